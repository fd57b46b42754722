package slackapi

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"duebot/adapters/sandbox/stand"
)

// wireChannel is a conversation as the Web API gives it.
func wireChannel(ch *channel) map[string]any {
	out := map[string]any{"id": ch.ID, "created": ch.Created, "is_archived": ch.Archived, "is_im": ch.IM, "is_org_shared": false,
		"context_team_id": teamID, "updated": ch.Created * 1000}
	if ch.IM {
		out["user"], out["is_user_deleted"], out["priority"] = ch.User, false, 0
		return out
	}
	for _, no := range []string{"is_group", "is_private", "is_mpim", "is_shared", "is_ext_shared", "is_pending_ext_shared"} {
		out[no] = false
	}
	out["is_channel"], out["is_general"], out["is_member"] = true, false, ch.has(botUser)
	out["name"], out["name_normalized"], out["creator"], out["unlinked"] = ch.Name, ch.Name, "UMANAGER01", 0
	nothing := map[string]any{"value": "", "creator": "", "last_set": 0}
	out["topic"], out["purpose"], out["num_members"] = nothing, nothing, len(ch.Members)
	return out
}

func conversationsOpen(s *Server, c *call) answer {
	if id := c.str("channel"); id != "" {
		ch := s.w.channel(id)
		if ch == nil || !ch.IM {
			return fail("channel_not_found")
		}
		return answer{"ok": true, "no_op": true, "already_open": true, "channel": wireChannel(ch)}
	}
	if a := c.need("users"); a != nil {
		return a
	}
	users := strings.Split(strings.ReplaceAll(c.str("users"), " ", ""), ",")
	for _, u := range users {
		if s.w.user(u) == nil {
			return fail("user_not_found")
		}
	}
	if len(users) > 1 {
		return fail("method_not_supported_for_channel_type")
	}
	if users[0] == botUser {
		return fail("cannot_dm_bot")
	}
	already := s.w.channel("D"+strings.TrimPrefix(users[0], "U")) != nil
	ch := s.w.direct(users[0], c.now)
	c.changed = !already
	out := answer{"ok": true, "channel": map[string]any{"id": ch.ID}}
	if already {
		out["no_op"], out["already_open"] = true, true
	}
	if c.yes("return_im") {
		out["channel"] = wireChannel(ch)
	}
	return out
}

func conversationsJoin(s *Server, c *call) answer {
	ch := s.w.channel(c.str("channel"))
	switch {
	case ch == nil:
		return fail("channel_not_found")
	case ch.IM:
		return fail("method_not_supported_for_channel_type")
	case ch.Archived:
		return fail("is_archived")
	case !ch.has(botUser):
		ch.Members = append(ch.Members, botUser)
		c.changed = true
		return answer{"ok": true, "channel": wireChannel(ch)}
	}
	out := answer{"ok": true, "channel": wireChannel(ch)}
	warn(out, "already_in_channel")
	return out
}

// SetChannel archives a channel, or takes the bot out of it; false undoes that, nil leaves it.
func (s *Server) SetChannel(id string, archived, removed *bool) error {
	s.mu.Lock()
	ch := s.w.channel(id)
	if ch == nil || ch.IM {
		s.mu.Unlock()
		return stand.Refuse(http.StatusNotFound, "There is no channel %q in this workspace.", id)
	}
	if archived != nil {
		ch.Archived = *archived
	}
	if removed != nil {
		ch.Members = slices.DeleteFunc(append([]string{}, ch.Members...), func(m string) bool { return m == botUser })
		if !*removed {
			ch.Members = append(ch.Members, botUser)
		}
	}
	s.mu.Unlock()
	s.changed()
	return nil
}

func conversationsList(s *Server, c *call) answer {
	return s.listChannels(c, func(*channel) bool { return true })
}

// usersConversations lists the channels of a user, the bot by default.
func usersConversations(s *Server, c *call) answer {
	user := c.str("user")
	if user == "" {
		user = botUser
	}
	if s.w.user(user) == nil {
		return fail("user_not_found")
	}
	return s.listChannels(c, func(ch *channel) bool { return ch.has(user) })
}

func (s *Server) listChannels(c *call, keep func(*channel) bool) answer {
	types := c.str("types")
	if types == "" {
		types = "public_channel"
	}
	want := map[string]bool{}
	for _, t := range strings.Split(types, ",") {
		switch t = strings.TrimSpace(t); t {
		case "public_channel", "private_channel", "im", "mpim":
			want[t] = true
		default:
			return fail("invalid_types")
		}
	}
	var list []any
	for _, ch := range s.w.Channels {
		if !keep(ch) || ch.IM && !want["im"] || !ch.IM && !want["public_channel"] || ch.Archived && c.yes("exclude_archived") {
			continue
		}
		list = append(list, wireChannel(ch))
	}
	return page(c, "channels", list, 100, 1000)
}

// page answers with the part of a list that limit and cursor ask for. A cursor is opaque
// to the app: the index to go on at.
func page(c *call, name string, list []any, def, max int) answer {
	limit, ok := c.number("limit", def, 0, max)
	if !ok {
		return fail("invalid_limit")
	}
	if limit == 0 {
		limit = def
	}
	from, ok := readCursor(c.str("cursor"))
	if !ok || from > len(list) {
		return fail("invalid_cursor")
	}
	to := min(from+limit, len(list))
	next := ""
	if to < len(list) {
		next = makeCursor(to)
	}
	return answer{"ok": true, name: append([]any{}, list[from:to]...), "response_metadata": map[string]any{"next_cursor": next}}
}

func makeCursor(at int) string {
	return base64.StdEncoding.EncodeToString([]byte("at:" + strconv.Itoa(at)))
}

func readCursor(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	b, err := base64.StdEncoding.DecodeString(s)
	at, found := strings.CutPrefix(string(b), "at:")
	n, err2 := strconv.Atoi(at)
	return n, err == nil && err2 == nil && found && n >= 0
}

// known is the channel of a call that only reads.
func (s *Server) known(c *call) (*channel, answer) {
	if a := c.need("channel"); a != nil {
		return nil, a
	}
	ch := s.w.channel(c.str("channel"))
	if ch == nil {
		return nil, fail("channel_not_found")
	}
	return ch, nil
}

func conversationsInfo(s *Server, c *call) answer {
	ch, a := s.known(c)
	if a != nil {
		return a
	}
	out := wireChannel(ch)
	if !c.yes("include_num_members") {
		delete(out, "num_members")
	}
	return answer{"ok": true, "channel": out}
}

func conversationsMembers(s *Server, c *call) answer {
	ch, a := s.known(c)
	if a != nil {
		return a
	}
	var list []any
	for _, m := range ch.Members {
		list = append(list, m)
	}
	return page(c, "members", list, 100, 1000)
}
