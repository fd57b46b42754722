package slackapi

import (
	"regexp"
	"slices"
	"time"
)

var reactionName = regexp.MustCompile(`^[a-z0-9_+'-]+(::skin-tone-[2-6])?$`)

// reactionsAdd puts the bot's emoji on a message.
func reactionsAdd(s *Server, c *call) answer {
	m, a := s.reactTo(c)
	if a != nil {
		return a
	}
	name := c.str("name")
	c.changed = true
	for _, r := range m.Reactions {
		if r.Name != name {
			continue
		}
		for _, u := range r.Users {
			if u == botUser {
				c.changed = false
				return fail("already_reacted")
			}
		}
		r.Users = append(r.Users, botUser)
		r.Count++
		s.reactedEvent("reaction_added", m, name, c.now)
		return answer{"ok": true}
	}
	m.Reactions = append(m.Reactions, &reaction{Name: name, Users: []string{botUser}, Count: 1})
	s.reactedEvent("reaction_added", m, name, c.now)
	return answer{"ok": true}
}

// reactionsRemove takes it off again.
func reactionsRemove(s *Server, c *call) answer {
	m, a := s.reactTo(c)
	if a != nil {
		return a
	}
	for i, r := range m.Reactions {
		for j, u := range r.Users {
			if r.Name != c.str("name") || u != botUser {
				continue
			}
			r.Users = append(r.Users[:j:j], r.Users[j+1:]...)
			if r.Count--; r.Count == 0 {
				m.Reactions = append(m.Reactions[:i:i], m.Reactions[i+1:]...)
			}
			c.changed = true
			s.reactedEvent("reaction_removed", m, c.str("name"), c.now)
			return answer{"ok": true}
		}
	}
	return fail("no_reaction")
}

// reactedEvent tells the app of a reaction, also of its own.
func (s *Server) reactedEvent(kind string, m *message, name string, now time.Time) {
	s.event(m.Channel, map[string]any{"type": kind, "user": botUser, "reaction": name, "item_user": m.User,
		"item": map[string]any{"type": "message", "channel": m.Channel, "ts": m.TS}, "event_ts": eventTS(now)}, now)
}

// reactionsGet gives a message with its reactions.
func reactionsGet(s *Server, c *call) answer {
	if c.str("channel") == "" || c.str("timestamp") == "" {
		return fail("no_item_specified")
	}
	ch := s.w.shown(c.str("channel"))
	if ch == nil {
		return fail("channel_not_found")
	}
	m := ch.message(c.str("timestamp"))
	if m == nil || m.EphemeralTo != "" {
		return fail("message_not_found")
	}
	wire := s.wire(m, false, c.base)
	wire["permalink"] = permalink(m)
	return answer{"ok": true, "type": "message", "channel": ch.ID, "message": wire}
}

// reactionsList lists the messages that somebody reacted to, the bot by default.
func reactionsList(s *Server, c *call) answer {
	user := c.str("user")
	if user == "" {
		user = botUser
	}
	if s.w.user(user) == nil {
		return fail("user_not_found")
	}
	var list []any
	for _, ch := range s.w.Channels {
		for _, m := range ch.Messages {
			mine := slices.ContainsFunc(m.Reactions, func(r *reaction) bool { return slices.Contains(r.Users, user) })
			if mine && !ch.hidden() && m.EphemeralTo == "" {
				list = append(list, map[string]any{"type": "message", "channel": ch.ID, "message": s.wire(m, false, c.base)})
			}
		}
	}
	return page(c, "items", list, 100, 1000)
}

func (s *Server) reactTo(c *call) (*message, answer) {
	if a := c.need("name"); a != nil {
		return nil, a
	}
	if !reactionName.MatchString(c.str("name")) {
		return nil, fail("invalid_name")
	}
	if c.str("channel") == "" || c.str("timestamp") == "" {
		return nil, fail("no_item_specified")
	}
	ch := s.w.shown(c.str("channel"))
	switch {
	case ch == nil:
		return nil, fail("channel_not_found")
	case !ch.has(botUser):
		return nil, fail("not_in_channel")
	case ch.Archived:
		return nil, fail("is_archived")
	}
	m := ch.message(c.str("timestamp"))
	if m == nil || m.EphemeralTo != "" {
		return nil, fail("message_not_found")
	}
	return m, nil
}
