package slackapi

import (
	"regexp"
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
		return answer{"ok": true}
	}
	m.Reactions = append(m.Reactions, &reaction{Name: name, Users: []string{botUser}, Count: 1})
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
			return answer{"ok": true}
		}
	}
	return fail("no_reaction")
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
	ch := s.w.channel(c.str("channel"))
	if ch == nil {
		return nil, fail("channel_not_found")
	}
	m := ch.message(c.str("timestamp"))
	if m == nil || m.EphemeralTo != "" {
		return nil, fail("message_not_found")
	}
	return m, nil
}
