package slackapi

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// room is the channel of a call, when the bot may write there.
func (s *Server) room(c *call) (*channel, answer) {
	if a := c.need("channel"); a != nil {
		return nil, a
	}
	ch := s.w.find(c.str("channel"), c.now)
	switch {
	case ch == nil || ch.hidden():
		return nil, fail("channel_not_found")
	case ch.Archived:
		return nil, fail("is_archived")
	case !ch.has(botUser) && (c.method != "chat.postMessage" || !s.granted("chat:write.public")):
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

// chatPostMessage posts for the bot. A thread_ts whose parent was deleted posts into the
// channel, as Slack does.
func chatPostMessage(s *Server, c *call) answer {
	ch, a := s.room(c)
	if a != nil {
		return a
	}
	body, a := readContent(c)
	if a != nil {
		return a
	}
	if body.empty() {
		return fail("no_text")
	}
	m := &message{User: botUser, Bot: true, Text: body.text, Blocks: body.blocks, Attachments: body.attachments, Metadata: body.metadata}
	if a := threadOf(ch, m, c); a != nil {
		return a
	}
	s.post(ch, m, c)
	out := answer{"ok": true, "channel": ch.ID, "ts": m.TS, "message": s.wire(m, true, c.base)}
	warn(out, body.warning)
	return out
}

// threadOf puts a message into the thread that the call names.
func threadOf(ch *channel, m *message, c *call) answer {
	ts := c.str("thread_ts")
	if ts == "" {
		return nil
	}
	m.ThreadTS = ch.thread(ts)
	if m.ThreadTS == "" && !ch.Gone[ts] {
		return fail("thread_not_found")
	}
	if m.ThreadTS != "" && c.yes("reply_broadcast") {
		m.Subtype = "thread_broadcast"
	}
	return nil
}

// post puts a message into a channel and tells the app, which hears its own messages too.
func (s *Server) post(ch *channel, m *message, c *call) {
	ch.add(m, c.now)
	c.changed = true
	s.heard(ch, m, c.now)
}

// warn adds a warning to an answer, beside those that it has.
func warn(a answer, warning string) {
	if warning == "" {
		return
	}
	more, _ := a["response_metadata"].(map[string]any)
	if more == nil {
		more = map[string]any{}
	}
	list, _ := more["warnings"].([]string)
	list = append(list, warning)
	more["warnings"] = list
	a["warning"], a["response_metadata"] = strings.Join(list, ","), more
}

// chatPostEphemeral shows a message to one user of the channel. It raises no event and is
// in no history.
func chatPostEphemeral(s *Server, c *call) answer {
	ch, a := s.room(c)
	if a == nil {
		a = c.need("user")
	}
	if a != nil {
		return a
	}
	if s.w.user(c.str("user")) == nil {
		return fail("user_not_found")
	}
	if !ch.has(c.str("user")) {
		return fail("user_not_in_channel")
	}
	body, a := readContent(c)
	if a != nil {
		return a
	}
	if body.empty() {
		return fail("no_text")
	}
	m := &message{User: botUser, Bot: true, Text: body.text, Blocks: body.blocks, Attachments: body.attachments, EphemeralTo: c.str("user")}
	if a := threadOf(ch, m, c); a != nil {
		return a
	}
	ch.add(m, c.now)
	c.changed = true
	out := answer{"ok": true, "message_ts": m.TS}
	warn(out, body.warning)
	return out
}

// mine is the bot's own message that a call names by channel and ts. An ephemeral message
// cannot be reached this way.
func (s *Server) mine(c *call, field, foreign string) (*channel, *message, answer) {
	if a := c.need("channel", field); a != nil {
		return nil, nil, a
	}
	ch := s.w.find(c.str("channel"), c.now)
	if ch == nil || ch.hidden() {
		return nil, nil, fail("channel_not_found")
	}
	m := ch.message(c.str(field))
	switch {
	case m == nil || m.EphemeralTo != "":
		return nil, nil, fail("message_not_found")
	case !m.Bot && foreign != "":
		return nil, nil, fail(foreign)
	case ch.Archived && foreign != "":
		return nil, nil, fail("is_archived")
	}
	return ch, m, nil
}

// chatUpdate changes a message of the bot. What the call does not name stays.
func chatUpdate(s *Server, c *call) answer {
	ch, m, a := s.mine(c, "ts", "cant_update_message")
	if a != nil {
		return a
	}
	if utf8.RuneCountInString(c.str("text")) > updateTextMax {
		return fail("msg_too_long")
	}
	body, a := readContent(c)
	if a != nil {
		return a
	}
	if body.empty() && !body.hasMetadata {
		return fail("no_text")
	}
	s.change(ch, m, body, c)
	return answer{"ok": true, "channel": ch.ID, "ts": m.TS, "text": m.Text, "message": s.wire(m, true, c.base)}
}

// change gives a message new content and raises message_changed unless it is ephemeral.
func (s *Server) change(ch *channel, m *message, body content, c *call) {
	before := *m
	if body.hasText {
		m.Text = body.text
	}
	if body.hasBlocks {
		m.Blocks = body.blocks
		m.Typed = nil
	}
	if body.hasAttach {
		m.Attachments = body.attachments
	}
	if body.hasMetadata {
		m.Metadata = body.metadata
	}
	c.changed = true
	if m.EphemeralTo != "" {
		return
	}
	m.Edited = &edit{User: botUser, TS: strconv.FormatInt(c.now.Unix(), 10) + ".000000"}
	s.changedEvent(ch, m, &before, c.now)
}

func chatDelete(s *Server, c *call) answer {
	ch, m, a := s.mine(c, "ts", "cant_delete_message")
	if a != nil {
		return a
	}
	s.erase(ch, m, c.now)
	c.changed = true
	return answer{"ok": true, "channel": ch.ID, "ts": m.TS}
}

func chatGetPermalink(s *Server, c *call) answer {
	ch, m, a := s.mine(c, "message_ts", "")
	if a != nil {
		return a
	}
	return answer{"ok": true, "channel": ch.ID, "permalink": permalink(m)}
}

func permalink(m *message) string {
	u := "https://" + teamDomain + ".slack.com/archives/" + m.Channel + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.ThreadTS != "" {
		u += "?" + url.Values{"thread_ts": {m.ThreadTS}, "cid": {m.Channel}}.Encode()
	}
	return u
}
