package slackapi

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	linkLife = 30 * time.Minute // business time
	linkUses = 5
)

// link is a response URL.
type link struct {
	ID      string
	User    string
	Channel string
	TS      string // the message that replace_original and delete_original mean; "" for none
	Left    int
	Until   time.Time // business time
}

// newLink makes a response URL about a message, or about none. The lock is held.
func (s *Server) newLink(kind, user, channel, ts string, now time.Time) *link {
	for id, l := range s.w.Links {
		if now.After(l.Until.Add(linkLife)) {
			delete(s.w.Links, id)
		}
	}
	l := &link{ID: kind + "-" + teamID + "-" + random(12), User: user, Channel: channel, TS: ts, Left: linkUses, Until: now.Add(linkLife)}
	s.w.Links[l.ID] = l
	return l
}

func (s *Server) linkURL(l *link) string { return s.base() + "/slack/response/" + l.ID }

// serveResponse answers a post to a response URL. It needs no token: the URL is the right.
func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request, id string) {
	c := &call{s: s, method: "response_url", base: baseOf(r), now: s.now()}
	var code string
	if c.args, code = readResponse(r); code != "" {
		write(w, http.StatusBadRequest, fail(code))
		return
	}
	s.mu.Lock()
	l := s.w.Links[id]
	s.mu.Unlock()
	if l != nil {
		c.args["channel"] = l.Channel
	}
	m := method{run: func(s *Server, c *call) answer { return s.respond(id, c) }, tier: 6000}
	if s.fault(w, r, c, m) {
		return
	}
	a, wait := s.perform(c, m)
	if a == nil {
		s.tooMany(w, c, wait)
		return
	}
	status := http.StatusOK
	switch a["error"] {
	case nil:
	case "expired_url", "used_url", "invalid_url":
		status = http.StatusNotFound
	default:
		status = http.StatusBadRequest
	}
	s.o.Log.Add("slack", "in", c.method, c.where(), c.logged(), status, a)
	if c.changed {
		s.changed()
	}
	if status != http.StatusOK {
		write(w, status, a)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "ok")
}

// readResponse reads the message out of a JSON body or out of the form field "payload".
func readResponse(r *http.Request) (map[string]any, string) {
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, bodyMax))
	if err != nil {
		return nil, "invalid_payload"
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(raw))
		if err == nil && form.Get("payload") != "" {
			raw = []byte(form.Get("payload"))
		}
	}
	var args map[string]any
	if json.Unmarshal(raw, &args) != nil || args == nil {
		return nil, "invalid_payload"
	}
	// Some clients send an empty metadata object along; it means none.
	delete(args, "metadata")
	return args, ""
}

// respond does what a response asks: delete, replace, or say something new.
func (s *Server) respond(id string, c *call) answer {
	l := s.w.Links[id]
	switch {
	case l == nil:
		return fail("invalid_url")
	case c.now.After(l.Until):
		return fail("expired_url")
	case l.Left == 0:
		return fail("used_url")
	}
	ch := s.w.channel(l.Channel)
	original := ch.message(l.TS)
	if c.yes("delete_original") {
		l.Left--
		return s.unsay(ch, original, c)
	}
	body, a := readContent(c)
	if a != nil {
		return a
	}
	if body.empty() {
		return fail("no_text")
	}
	l.Left--
	if c.yes("replace_original") && original != nil {
		// What is not sent is gone: a replacement is a whole message.
		body.hasText, body.hasBlocks, body.hasAttach = true, true, true
		s.change(ch, original, body, c)
		return answer{"ok": true}
	}
	m := s.say(ch, l.User, body, c.str("response_type") == "in_channel", c.str("thread_ts"), c)
	if l.TS == "" {
		l.TS = m.TS
	}
	return answer{"ok": true}
}

// unsay takes the original message away.
func (s *Server) unsay(ch *channel, m *message, c *call) answer {
	if m == nil {
		return answer{"ok": true}
	}
	c.changed = true
	s.erase(ch, m, c.now)
	return answer{"ok": true}
}

// say posts an answer of the bot: to everybody, or to the one user only.
func (s *Server) say(ch *channel, user string, body content, all bool, parent string, c *call) *message {
	m := &message{User: botUser, Bot: true, Text: body.text, Blocks: body.blocks, Attachments: body.attachments, Metadata: body.metadata}
	if parent != "" {
		m.ThreadTS = ch.thread(parent)
	}
	if all {
		s.post(ch, m, c)
		return m
	}
	m.EphemeralTo = user
	c.changed = true
	return ch.add(m, c.now)
}

// payloadContent reads the message that an acknowledgement of a slash command carries.
// ok is false when the payload holds no message.
func payloadContent(payload []byte, c *call) (body content, ok bool, a answer) {
	var args map[string]any
	if json.Unmarshal(payload, &args) != nil {
		var text string
		if json.Unmarshal(payload, &text) == nil && strings.TrimSpace(text) != "" {
			return body, false, fail("invalid_command_response")
		}
		return body, false, nil
	}
	delete(args, "metadata")
	c.args = args
	body, a = readContent(c)
	return body, a == nil && !body.empty(), a
}
