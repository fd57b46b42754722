package slackapi

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duebot/adapters/sandbox/stand"
)

const (
	roomNameMax = 80
	noteMax     = 250
)

var roomName = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{Nd}_-]+$`)

// checkName refuses a name that no channel can have.
func (s *Server) checkName(name string) answer {
	switch {
	case name == "":
		return fail("invalid_name_required")
	case utf8.RuneCountInString(name) > roomNameMax:
		return fail("invalid_name_maxlength")
	case strings.Trim(name, "-_") == "":
		return fail("invalid_name_punctuation")
	case !roomName.MatchString(name):
		return fail("invalid_name_specials")
	}
	for _, ch := range s.w.Channels {
		if ch.Name == name {
			return fail("name_taken")
		}
	}
	return nil
}

// conversationsCreate makes a channel in which the bot is the only member.
func conversationsCreate(s *Server, c *call) answer {
	kind := "channels"
	if c.yes("is_private") {
		kind = "groups"
	}
	if a := s.checkScope(c, scopeOf(kind, ":write")); a != nil {
		return a
	}
	name := strings.TrimPrefix(c.str("name"), "#")
	if a := s.checkName(name); a != nil {
		return a
	}
	ch := s.makeRoom(name, botUser, c.yes("is_private"), c.now)
	c.changed = true
	if !ch.Private {
		s.event(ch.ID, map[string]any{"type": "channel_created", "channel": map[string]any{"id": ch.ID, "name": ch.Name, "created": ch.Created,
			"creator": botUser}, "event_ts": eventTS(c.now)}, c.now)
	}
	return answer{"ok": true, "channel": wireChannel(ch)}
}

func (s *Server) makeRoom(name, creator string, private bool, now time.Time) *channel {
	ch := &channel{ID: s.w.id("C"), Name: name, Private: private, Creator: creator, Members: []string{creator}, Created: now.Unix()}
	s.w.Channels = append(s.w.Channels, ch)
	return ch
}

// ownRoom is the channel of a call that changes it: the bot must be in it.
func (s *Server) ownRoom(c *call) (*channel, answer) {
	ch, a := s.known(c)
	switch {
	case a != nil:
		return nil, a
	case ch.IM || ch.Group:
		return nil, fail("method_not_supported_for_channel_type")
	case !ch.has(botUser):
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

// joins puts somebody into a channel, in which all can see it, and tells the app.
func (s *Server) joins(ch *channel, user, inviter string, now time.Time) {
	ch.Members = append(slices.Clone(ch.Members), user)
	e := map[string]any{"type": "member_joined_channel", "user": user, "channel": ch.ID, "channel_type": strings.ToUpper(ch.ID[:1]),
		"team": teamID, "event_ts": eventTS(now)}
	if inviter != "" {
		e["inviter"] = inviter
	}
	if ch.has(botUser) {
		s.event(ch.ID, e, now)
	}
}

// leaves takes somebody out of a channel. Of its own going the app hears by another name.
func (s *Server) leaves(ch *channel, user string, now time.Time) {
	ch.Members = slices.DeleteFunc(slices.Clone(ch.Members), func(m string) bool { return m == user })
	if user != botUser {
		if ch.has(botUser) {
			s.event(ch.ID, map[string]any{"type": "member_left_channel", "user": user, "channel": ch.ID, "channel_type": strings.ToUpper(ch.ID[:1]),
				"team": teamID, "event_ts": eventTS(now)}, now)
		}
		return
	}
	kind := "channel_left"
	if ch.Private {
		kind = "group_left"
	}
	s.event(ch.ID, map[string]any{"type": kind, "channel": ch.ID, "actor_id": user, "event_ts": eventTS(now)}, now)
}

// conversationsInvite brings people into a channel; with force those who can be, else all or none.
func conversationsInvite(s *Server, c *call) answer {
	ch, a := s.ownRoom(c)
	if a == nil {
		a = c.need("users")
	}
	switch {
	case a != nil:
		return a
	case ch.Archived:
		return fail("is_archived")
	}
	users := strings.Split(strings.ReplaceAll(c.str("users"), " ", ""), ",")
	var come []string
	var wrong []any
	for _, u := range users {
		if code := s.uninvitable(ch, u); code != "" {
			wrong = append(wrong, map[string]any{"user": u, "ok": false, "error": code})
			continue
		}
		come = append(come, u)
	}
	if len(wrong) > 0 && (!c.yes("force") || len(come) == 0) {
		out := fail(wrong[0].(map[string]any)["error"].(string))
		out["errors"] = wrong
		return out
	}
	for _, u := range come {
		s.joins(ch, u, botUser, c.now)
	}
	c.changed = true
	return answer{"ok": true, "channel": wireChannel(ch)}
}

func (s *Server) uninvitable(ch *channel, user string) string {
	switch {
	case user == botUser:
		return "cant_invite_self"
	case s.w.user(user) == nil:
		return "user_not_found"
	case ch.has(user):
		return "already_in_channel"
	}
	return ""
}

func conversationsKick(s *Server, c *call) answer {
	ch, a := s.ownRoom(c)
	if a == nil {
		a = c.need("user")
	}
	user := c.str("user")
	switch {
	case a != nil:
		return a
	case user == botUser:
		return fail("cant_kick_self")
	case s.w.user(user) == nil:
		return fail("user_not_found")
	case !ch.has(user):
		return fail("not_in_channel")
	}
	s.leaves(ch, user, c.now)
	c.changed = true
	return answer{"ok": true, "errors": map[string]any{}}
}

func conversationsLeave(s *Server, c *call) answer {
	ch, a := s.known(c)
	switch {
	case a != nil:
		return a
	case ch.IM || ch.Group:
		return fail("method_not_supported_for_channel_type")
	case ch.Archived:
		return fail("is_archived")
	case !ch.has(botUser):
		return answer{"ok": true, "not_in_channel": true}
	case ch.Private && len(ch.Members) == 1:
		return fail("last_member")
	}
	s.leaves(ch, botUser, c.now)
	c.changed = true
	return answer{"ok": true}
}

// conversationsClose closes direct messages; what was said stays, and they open again.
func conversationsClose(s *Server, c *call) answer {
	ch, a := s.known(c)
	switch {
	case a != nil:
		return a
	case !ch.IM && !ch.Group:
		return fail("method_not_supported_for_channel_type")
	}
	return answer{"ok": true}
}

func conversationsArchive(s *Server, c *call) answer {
	ch, a := s.ownRoom(c)
	switch {
	case a != nil:
		return a
	case ch.Archived:
		return fail("already_archived")
	}
	s.archive(ch, true, botUser, c.now)
	c.changed = true
	return answer{"ok": true}
}

func conversationsUnarchive(s *Server, c *call) answer {
	ch, a := s.ownRoom(c)
	switch {
	case a != nil:
		return a
	case !ch.Archived:
		return fail("not_archived")
	}
	s.archive(ch, false, botUser, c.now)
	c.changed = true
	return answer{"ok": true}
}

func (s *Server) archive(ch *channel, archived bool, user string, now time.Time) {
	if ch.Archived == archived {
		return
	}
	ch.Archived = archived
	kind := map[bool]string{true: "archive", false: "unarchive"}[archived]
	if ch.has(botUser) {
		s.event(ch.ID, map[string]any{"type": ch.family() + "_" + kind, "channel": ch.ID, "user": user, "event_ts": eventTS(now)}, now)
	}
}

// family is how the names of events about a channel begin.
func (c *channel) family() string {
	if c.Private {
		return "group"
	}
	return "channel"
}

func conversationsRename(s *Server, c *call) answer {
	ch, a := s.ownRoom(c)
	if a != nil {
		return a
	}
	name := strings.TrimPrefix(c.str("name"), "#")
	if a := s.checkName(name); a != nil {
		return a
	}
	ch.Name = name
	c.changed = true
	s.event(ch.ID, map[string]any{"type": ch.family() + "_rename", "channel": map[string]any{"id": ch.ID, "name": name, "created": ch.Created},
		"event_ts": eventTS(c.now)}, c.now)
	return answer{"ok": true, "channel": wireChannel(ch)}
}

func conversationsSetTopic(s *Server, c *call) answer {
	return s.setNote(c, "topic", func(ch *channel, n remark) { ch.Topic = n })
}

func conversationsSetPurpose(s *Server, c *call) answer {
	return s.setNote(c, "purpose", func(ch *channel, n remark) { ch.Purpose = n })
}

func (s *Server) setNote(c *call, field string, set func(*channel, remark)) answer {
	ch, a := s.ownRoom(c)
	switch {
	case a != nil:
		return a
	case ch.Archived:
		return fail("is_archived")
	case utf8.RuneCountInString(c.str(field)) > noteMax:
		return fail("too_long")
	}
	set(ch, remark{Value: c.str(field), Creator: botUser, LastSet: c.now.Unix()})
	c.changed = true
	return answer{"ok": true, "channel": wireChannel(ch)}
}

// conversationsMark says how far the bot has read, which nobody sees.
func conversationsMark(s *Server, c *call) answer {
	ch, a := s.known(c)
	switch {
	case a != nil:
		return a
	case !ch.has(botUser):
		return fail("not_in_channel")
	case !validTS(c.str("ts")):
		return fail("invalid_timestamp")
	}
	return answer{"ok": true}
}

// MakeChannel makes a channel of some people, who may include the bot, and returns its id.
func (s *Server) MakeChannel(name string, private bool, members []string) (string, error) {
	now := s.now()
	s.mu.Lock()
	for _, m := range members {
		if s.w.user(m) == nil {
			s.mu.Unlock()
			return "", stand.Refuse(http.StatusNotFound, "There is no person %q in this workspace.", m)
		}
	}
	if a := s.checkName(name); a != nil || len(members) == 0 {
		s.mu.Unlock()
		return "", stand.Refuse(http.StatusBadRequest, "A channel needs members and a new name of small letters, digits, - and _; this one is %q.", name)
	}
	ch := s.makeRoom(name, members[0], private, now)
	for _, m := range members[1:] {
		s.joins(ch, m, members[0], now)
	}
	s.dispatch()
	s.mu.Unlock()
	s.changed()
	return ch.ID, nil
}

// SetChannel archives a channel, or takes the bot out of it; false undoes that, nil leaves it.
func (s *Server) SetChannel(id string, archived, removed *bool) error {
	now := s.now()
	s.mu.Lock()
	ch := s.w.channel(id)
	if ch == nil || ch.IM {
		s.mu.Unlock()
		return stand.Refuse(http.StatusNotFound, "There is no channel %q in this workspace.", id)
	}
	if archived != nil {
		s.archive(ch, *archived, "UMANAGER01", now)
	}
	switch {
	case removed == nil || *removed != ch.has(botUser):
	case *removed:
		s.leaves(ch, botUser, now)
	default:
		s.joins(ch, botUser, "UMANAGER01", now)
	}
	s.dispatch()
	s.mu.Unlock()
	s.changed()
	return nil
}
