package slackapi

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// wireChannel is a conversation as the Web API gives it.
func wireChannel(ch *channel) map[string]any {
	out := map[string]any{"id": ch.ID, "created": ch.Created, "is_archived": ch.Archived, "is_im": ch.IM, "is_org_shared": false,
		"context_team_id": teamID, "updated": ch.Created * 1000}
	if ch.IM {
		out["user"], out["is_user_deleted"], out["priority"] = ch.User, false, 0
		return out
	}
	for _, no := range []string{"is_shared", "is_ext_shared", "is_pending_ext_shared"} {
		out[no] = false
	}
	out["is_channel"], out["is_group"], out["is_mpim"], out["is_private"] = !ch.Group, ch.Group, ch.Group, ch.Private || ch.Group
	out["is_general"], out["is_member"], out["creator"] = false, ch.has(botUser), ch.Creator
	if ch.Creator == "" {
		out["creator"] = "UMANAGER01"
	}
	out["name"], out["name_normalized"], out["unlinked"] = ch.Name, ch.Name, 0
	out["topic"], out["purpose"], out["num_members"] = ch.Topic, ch.Purpose, len(ch.Members)
	return out
}

// conversationsOpen opens direct messages: with one person, or a group of up to eight. Its
// scope goes by their number.
func conversationsOpen(s *Server, c *call) answer {
	if id := c.str("channel"); id != "" {
		return s.reopen(c, id)
	}
	if c.str("users") == "" {
		return fail("users_list_not_supplied")
	}
	users := strings.Split(strings.ReplaceAll(c.str("users"), " ", ""), ",")
	for _, u := range users {
		if s.w.user(u) == nil {
			return fail("user_not_found")
		}
	}
	if len(users) > 1 {
		return s.openGroup(c, users)
	}
	if users[0] == botUser {
		return fail("cannot_dm_bot")
	}
	if a := s.checkScope(c, "im:write"); a != nil {
		return a
	}
	already := s.w.channel("D"+strings.TrimPrefix(users[0], "U")) != nil
	if !already && c.yes("prevent_creation") {
		return fail("channel_not_found")
	}
	return opened(c, s.w.direct(users[0], c.now), already)
}

// reopen opens what has been opened before, by its id.
func (s *Server) reopen(c *call, id string) answer {
	ch := s.w.shown(id)
	switch {
	case ch == nil:
		return fail("channel_not_found")
	case !ch.IM && !ch.Group:
		return fail("method_not_supported_for_channel_type")
	}
	if a := s.checkScope(c, ch.scopes()+":write"); a != nil {
		return a
	}
	c.args["return_im"] = true
	return opened(c, ch, true)
}

// openGroup opens the direct messages of the bot and several people.
func (s *Server) openGroup(c *call, users []string) answer {
	users = slices.DeleteFunc(users, func(u string) bool { return u == botUser })
	slices.Sort(users)
	users = slices.Compact(users)
	switch {
	case len(users) < 2:
		return fail("not_enough_users")
	case len(users) > 8:
		return fail("too_many_users")
	}
	if a := s.checkScope(c, "mpim:write"); a != nil {
		return a
	}
	for _, ch := range s.w.Channels {
		if ch.Group && slices.Equal(ch.Members, append(slices.Clone(users), botUser)) {
			return opened(c, ch, true)
		}
	}
	if c.yes("prevent_creation") {
		return fail("channel_not_found")
	}
	names := []string{}
	for _, u := range users {
		names = append(names, s.w.user(u).Name)
	}
	ch := &channel{ID: s.w.id("C"), Name: "mpdm-" + strings.Join(append(names, botName), "--") + "-1", Group: true, Creator: botUser,
		Members: append(users, botUser), Created: c.now.Unix()}
	s.w.Channels = append(s.w.Channels, ch)
	return opened(c, ch, false)
}

func opened(c *call, ch *channel, already bool) answer {
	c.changed = !already
	out := answer{"ok": true, "channel": map[string]any{"id": ch.ID}}
	if already {
		out["no_op"], out["already_open"] = true, true
	}
	if c.yes("return_im") || ch.Group {
		out["channel"] = wireChannel(ch)
	}
	return out
}

func conversationsJoin(s *Server, c *call) answer {
	ch := s.w.shown(c.str("channel"))
	switch {
	case ch == nil:
		return fail("channel_not_found")
	case ch.IM || ch.Group || ch.Private && !ch.has(botUser):
		return fail("method_not_supported_for_channel_type")
	case ch.Archived:
		return fail("is_archived")
	case !ch.has(botUser):
		s.joins(ch, botUser, "", c.now)
		c.changed = true
		return answer{"ok": true, "channel": wireChannel(ch)}
	}
	out := answer{"ok": true, "channel": wireChannel(ch)}
	warn(out, "already_in_channel")
	return out
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
		if !keep(ch) || ch.hidden() || !want[ch.listed()] || ch.Archived && c.yes("exclude_archived") {
			continue
		}
		list = append(list, wireChannel(ch))
	}
	return page(c, "channels", list, 100, 1000)
}

// listed is the kind of channel as conversations.list names it.
func (c *channel) listed() string {
	switch {
	case c.IM:
		return "im"
	case c.Group:
		return "mpim"
	case c.Private:
		return "private_channel"
	}
	return "public_channel"
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
	ch := s.w.shown(c.str("channel"))
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
