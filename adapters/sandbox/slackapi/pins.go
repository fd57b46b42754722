package slackapi

import "slices"

// pinsMax is how many messages a channel can have pinned.
const pinsMax = 100

// pin is a message that stands at the top of its channel.
type pin struct {
	TS      string
	By      string
	Created int64
}

// pinnedAt is the place of a message among the pins, or -1.
func (c *channel) pinnedAt(ts string) int {
	return slices.IndexFunc(c.Pins, func(p pin) bool { return p.TS == ts })
}

func (c *channel) unpin(ts string) {
	c.Pins = slices.DeleteFunc(slices.Clone(c.Pins), func(p pin) bool { return p.TS == ts })
}

// pinned is the message of a call about pins.
func (s *Server) pinned(c *call) (*channel, *message, answer) {
	ch, a := s.known(c)
	switch {
	case a != nil:
		return nil, nil, a
	case c.str("timestamp") == "":
		return nil, nil, fail("no_item_specified")
	case !ch.has(botUser):
		return nil, nil, fail("not_in_channel")
	}
	m := ch.message(c.str("timestamp"))
	if m == nil || m.EphemeralTo != "" {
		return nil, nil, fail("message_not_found")
	}
	return ch, m, nil
}

func pinsAdd(s *Server, c *call) answer {
	ch, m, a := s.pinned(c)
	switch {
	case a != nil:
		return a
	case ch.Archived:
		return fail("is_archived")
	case ch.pinnedAt(m.TS) >= 0:
		return fail("already_pinned")
	case len(ch.Pins) >= pinsMax:
		return fail("too_many_pins")
	}
	ch.Pins = append(slices.Clone(ch.Pins), pin{TS: m.TS, By: botUser, Created: c.now.Unix()})
	c.changed = true
	s.pinEvent("pin_added", ch, m, c)
	return answer{"ok": true}
}

func pinsRemove(s *Server, c *call) answer {
	ch, m, a := s.pinned(c)
	switch {
	case a != nil:
		return a
	case ch.pinnedAt(m.TS) < 0:
		return fail("no_pin")
	}
	ch.unpin(m.TS)
	c.changed = true
	s.pinEvent("pin_removed", ch, m, c)
	return answer{"ok": true}
}

func (s *Server) pinEvent(kind string, ch *channel, m *message, c *call) {
	s.event(ch.ID, map[string]any{"type": kind, "user": botUser, "channel_id": ch.ID, "event_ts": eventTS(c.now),
		"item": map[string]any{"type": "message", "channel": ch.ID, "created": c.now.Unix(), "created_by": botUser,
			"message": s.wire(m, false, c.base)}}, c.now)
}

// pinsList gives the pinned messages, the newest pin first.
func pinsList(s *Server, c *call) answer {
	ch, a := s.known(c)
	if a != nil {
		return a
	}
	items := []any{}
	for _, p := range ch.Pins {
		m := ch.message(p.TS)
		wire := s.wire(m, false, c.base)
		wire["permalink"] = permalink(m)
		items = append([]any{map[string]any{"type": "message", "channel": ch.ID, "created": p.Created, "created_by": p.By, "message": wire}}, items...)
	}
	return answer{"ok": true, "items": items}
}
