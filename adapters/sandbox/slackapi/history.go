package slackapi

import (
	"encoding/base64"
	"strings"
)

// span is the part of a channel's time that a call asks for.
type span struct {
	oldest, latest string
	inclusive      bool
}

func readSpan(c *call) (span, answer) {
	sp := span{oldest: c.str("oldest"), latest: c.str("latest"), inclusive: c.yes("inclusive")}
	var ok bool
	if sp.oldest, ok = padTS(sp.oldest); !ok {
		return sp, fail("invalid_ts_oldest")
	}
	if sp.latest, ok = padTS(sp.latest); !ok {
		return sp, fail("invalid_ts_latest")
	}
	return sp, nil
}

// padTS brings "", "0", "now", whole seconds and short fractions into the form of a ts.
func padTS(s string) (string, bool) {
	if s == "" || s == "0" || s == "now" {
		return "", true
	}
	sec, frac, _ := strings.Cut(s, ".")
	if len(frac) < 6 {
		frac += "000000"[len(frac):]
	}
	for len(sec) < 10 {
		sec = "0" + sec
	}
	s = sec + "." + frac[:6]
	return s, validTS(s)
}

func (sp span) covers(ts string) bool {
	if sp.oldest != "" && (ts < sp.oldest || ts == sp.oldest && !sp.inclusive) {
		return false
	}
	return sp.latest == "" || ts < sp.latest || ts == sp.latest && sp.inclusive
}

// conversationsHistory gives the channel's own messages, newest first: no replies but the
// broadcast ones, nothing ephemeral.
func conversationsHistory(s *Server, c *call) answer {
	ch, a := s.known(c)
	if a != nil {
		return a
	}
	if !ch.has(botUser) {
		return fail("not_in_channel")
	}
	sp, a := readSpan(c)
	if a != nil {
		return a
	}
	var list []*message
	for i := len(ch.Messages) - 1; i >= 0; i-- {
		m := ch.Messages[i]
		if m.EphemeralTo == "" && (m.ThreadTS == "" || m.Subtype == "thread_broadcast") && sp.covers(m.TS) {
			list = append(list, m)
		}
	}
	return s.messagePage(c, list, 100, 999, false)
}

// messagePage pages over messages by the ts of the last one given, so that messages which
// come in between move nothing.
func (s *Server) messagePage(c *call, list []*message, def, max int, ascending bool) answer {
	limit, ok := c.number("limit", def, 0, max)
	if !ok {
		return fail("invalid_limit")
	}
	if limit == 0 {
		limit = def
	}
	if cur := c.str("cursor"); cur != "" {
		b, err := base64.StdEncoding.DecodeString(cur)
		last, found := strings.CutPrefix(string(b), "next_ts:")
		if err != nil || !found || !validTS(last) {
			return fail("invalid_cursor")
		}
		for len(list) > 0 && (ascending && list[0].TS <= last || !ascending && list[0].TS >= last) {
			list = list[1:]
		}
	}
	more := len(list) > limit
	if more {
		list = list[:limit]
	}
	out := []any{}
	for _, m := range list {
		out = append(out, s.wire(m, c.yes("include_all_metadata"), c.base))
	}
	a := answer{"ok": true, "messages": out, "has_more": more, "pin_count": 0}
	if ch := s.w.channel(c.str("channel")); ch != nil {
		a["pin_count"] = len(ch.Pins)
	}
	if more {
		next := base64.StdEncoding.EncodeToString([]byte("next_ts:" + list[len(list)-1].TS))
		a["response_metadata"] = map[string]any{"next_cursor": next}
	}
	return a
}

// conversationsReplies gives a thread, the parent first. The ts of a reply gives that
// reply alone.
func conversationsReplies(s *Server, c *call) answer {
	ch, a := s.known(c)
	if a == nil {
		a = c.need("ts")
	}
	if a != nil {
		return a
	}
	if !ch.has(botUser) {
		return fail("not_in_channel")
	}
	sp, a := readSpan(c)
	if a != nil {
		return a
	}
	m := ch.message(c.str("ts"))
	if m == nil || m.EphemeralTo != "" {
		return fail("thread_not_found")
	}
	list := []*message{m}
	if m.ThreadTS == "" {
		for _, r := range ch.replies(m.TS) {
			if sp.covers(r.TS) {
				list = append(list, r)
			}
		}
	}
	return s.messagePage(c, list, 1000, 1000, true)
}
