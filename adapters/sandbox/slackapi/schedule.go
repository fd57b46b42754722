package slackapi

import (
	"slices"
	"strconv"
	"time"
)

const (
	scheduleMax    = 120 * 24 * time.Hour // how far ahead a message can be scheduled
	scheduleWindow = 5 * time.Minute
	windowMax      = 30 // messages of one channel that fall into such a window
)

// scheduled is a message that waits for its time.
type scheduled struct {
	ID      string
	At      time.Time // business time
	Created int64
	Message *message
}

// chatSchedule takes a message for later. Metadata goes lost on the way, as it does in Slack.
func chatSchedule(s *Server, c *call) answer {
	ch, a := s.room(c)
	if a == nil {
		a = c.need("post_at")
	}
	if a != nil {
		return a
	}
	sec, err := strconv.ParseInt(c.str("post_at"), 10, 64)
	if err != nil {
		return fail("invalid_time")
	}
	at := time.Unix(sec, 0).UTC()
	switch {
	case !at.After(c.now):
		return fail("time_in_past")
	case at.Sub(c.now) > scheduleMax:
		return fail("time_too_far")
	case s.crowded(ch, at):
		return fail("restricted_too_many")
	}
	body, a := readContent(c)
	if a != nil {
		return a
	}
	if body.empty() {
		return fail("no_text")
	}
	m := &message{Channel: ch.ID, User: botUser, Bot: true, Text: body.text, Blocks: body.blocks, Attachments: body.attachments}
	if a := threadOf(ch, m, c); a != nil {
		return a
	}
	x := &scheduled{ID: s.w.id("Q"), At: at, Created: c.now.Unix(), Message: m}
	s.w.Later = append(s.w.Later, x)
	s.await(x)
	wire := s.wire(m, false, c.base)
	delete(wire, "ts")
	wire["type"] = "delayed_message"
	out := answer{"ok": true, "channel": ch.ID, "scheduled_message_id": x.ID, "post_at": sec, "message": wire}
	warn(out, body.warning)
	return out
}

// crowded reports whether a channel has all the messages about a time that it may.
func (s *Server) crowded(ch *channel, at time.Time) bool {
	n := 0
	for _, x := range s.w.Later {
		if x.Message.Channel == ch.ID && x.At.Sub(at).Abs() < scheduleWindow {
			n++
		}
	}
	return n >= windowMax
}

// await posts a scheduled message at its time, unless it was taken back by then.
func (s *Server) await(x *scheduled) {
	s.o.Clock.After(x.At.Sub(s.now()), func() {
		now := s.now()
		s.mu.Lock()
		i := slices.Index(s.w.Later, x)
		if i >= 0 {
			s.w.Later = slices.Delete(slices.Clone(s.w.Later), i, i+1)
			s.postLater(x.Message, now)
			s.dispatch()
		}
		s.mu.Unlock()
		if i >= 0 {
			s.changed()
		}
	})
}

// postLater posts what was scheduled, if the bot may still write there.
func (s *Server) postLater(m *message, now time.Time) {
	ch := s.w.channel(m.Channel)
	if ch == nil || ch.Archived || !ch.has(botUser) {
		return
	}
	ch.add(m, now)
	s.heard(ch, m, now)
}

// chatUnschedule takes a scheduled message back, up to a minute before its time.
func chatUnschedule(s *Server, c *call) answer {
	if a := c.need("channel", "scheduled_message_id"); a != nil {
		return a
	}
	ch := s.w.find(c.str("channel"), c.now)
	if ch == nil || ch.hidden() {
		return fail("channel_not_found")
	}
	i := slices.IndexFunc(s.w.Later, func(x *scheduled) bool { return x.ID == c.str("scheduled_message_id") && x.Message.Channel == ch.ID })
	if i < 0 || s.w.Later[i].At.Sub(c.now) < time.Minute {
		return fail("invalid_scheduled_message_id")
	}
	s.w.Later = slices.Delete(slices.Clone(s.w.Later), i, i+1)
	return answer{"ok": true}
}

// chatScheduled lists what waits, in a channel or in all.
func chatScheduled(s *Server, c *call) answer {
	ch := s.w.find(c.str("channel"), c.now)
	if c.str("channel") != "" && (ch == nil || ch.hidden()) {
		return fail("invalid_channel")
	}
	var list []any
	for _, x := range s.w.Later {
		if ch == nil || x.Message.Channel == ch.ID {
			list = append(list, map[string]any{"id": x.ID, "channel_id": x.Message.Channel, "post_at": x.At.Unix(), "date_created": x.Created, "text": x.Message.Text})
		}
	}
	return page(c, "scheduled_messages", list, 100, 1000)
}

// chatMeMessage posts a line that says what the bot does: "/me is counting".
func chatMeMessage(s *Server, c *call) answer {
	ch, a := s.room(c)
	switch {
	case a != nil:
		return a
	case c.str("text") == "":
		return fail("no_text")
	}
	m := &message{User: botUser, Bot: true, Subtype: "me_message", Text: c.str("text")}
	s.post(ch, m, c)
	return answer{"ok": true, "channel": ch.ID, "ts": m.TS}
}
