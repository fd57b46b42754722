package telegramapi

import (
	"context"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"duebot/adapters/sandbox/stand"
)

const (
	// answerLife is how long a pressed button can be answered, in wall time. Telegram
	// publishes no deadline; bots have seen fifteen to twenty seconds.
	answerLife = 20 * time.Second
	// clickWait is how long Click waits for the answer.
	clickWait = 5 * time.Second
	answerMax = 200 // characters
)

// CallbackAnswer is what the bot answered to a pressed button, or the address that the
// button leads to.
type CallbackAnswer struct {
	Text      string `json:"text,omitempty"`
	ShowAlert bool   `json:"show_alert"`
	URL       string `json:"url,omitempty"`
}

// query is a pressed button that waits for its answer.
type query struct {
	At       time.Time       `json:"at"` // wall time
	Answered bool            `json:"answered"`
	answer   *CallbackAnswer // set before done is closed
	done     chan struct{}
}

// callbackQuery is the Bot API's CallbackQuery.
type callbackQuery struct {
	ID       string   `json:"id"`
	From     Person   `json:"from"`
	Message  *message `json:"message"`
	Instance string   `json:"chat_instance"`
	Data     string   `json:"data"`
}

// Click lets a person press the button with this label or, if the label is empty, this
// callback data. It waits a few seconds for the bot's answer, which is nil when none came.
// A button with an address answers with the address, and the bot hears nothing.
func (s *Server) Click(ctx context.Context, chat, from int64, messageID int, label, data string) (*CallbackAnswer, error) {
	var q *query
	var there *CallbackAnswer
	var err error
	s.change(func() { q, there, err = s.press(chat, from, messageID, label, data) })
	if q == nil {
		return there, err
	}
	t := time.NewTimer(clickWait)
	defer t.Stop()
	select {
	case <-q.done:
		return q.answer, nil
	case <-t.C:
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// press makes the query of a click, or the answer of a button that needs none.
func (s *Server) press(chat, from int64, messageID int, label, data string) (*query, *CallbackAnswer, error) {
	r, who, err := s.actor(chat, from)
	if err != nil {
		return nil, nil, err
	}
	i := r.find(messageID)
	if i < 0 {
		return nil, nil, stand.Refuse(404, "no message %d in chat %d", messageID, chat)
	}
	m := r.Messages[i]
	b, ok := m.Markup.button(label, data)
	switch {
	case !ok:
		return nil, nil, stand.Refuse(404, "message %d has no button %q", messageID, label+data)
	case b.URL != "":
		return nil, &CallbackAnswer{URL: b.URL}, nil
	case b.WebApp != nil:
		return nil, &CallbackAnswer{URL: b.WebApp.URL}, nil
	case b.CopyText != nil:
		return nil, &CallbackAnswer{Text: b.CopyText.Text}, nil
	case b.Data == "":
		return nil, nil, stand.Refuse(400, "the button %q does nothing here", b.Text)
	}
	id := strconv.FormatInt(who.ID<<32|s.nextSerial(), 10)
	q := &query{At: time.Now(), done: make(chan struct{})}
	s.forgetQueries()
	s.queries[id] = q
	s.push("callback_query", chat, callbackQuery{ID: id, From: who, Message: m, Instance: instance(chat), Data: b.Data})
	return q, nil, nil
}

// button finds a button by its label, or by its data when there is no label.
func (k *inlineKeyboard) button(label, data string) (button, bool) {
	if k == nil {
		return button{}, false
	}
	for _, row := range k.Rows {
		for _, b := range row {
			if label != "" && b.Text == label || label == "" && data != "" && b.Data == data {
				return b, true
			}
		}
	}
	return button{}, false
}

// instance is the chat's name in callback queries.
func instance(chat int64) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strconv.FormatInt(chat, 10))) // a hash takes everything
	return strconv.FormatInt(int64(h.Sum64()), 10)
}

// forgetQueries drops those that are too old to be answered.
func (s *Server) forgetQueries() {
	for id, q := range s.queries {
		if time.Since(q.At) > answerLife {
			delete(s.queries, id)
		}
	}
}

func (s *Server) answerCallback(p *params) (any, *apiError) {
	q := s.queries[p.str("callback_query_id")]
	if q == nil || q.Answered || time.Since(q.At) > answerLife {
		return nil, bad(textQueryTooOld)
	}
	a := &CallbackAnswer{Text: p.str("text"), ShowAlert: p.flag("show_alert"), URL: p.str("url")}
	if utf8.RuneCountInString(a.Text) > answerMax {
		return nil, bad("MESSAGE_TOO_LONG")
	}
	// Apart from games a bot may only lead to itself.
	if a.URL != "" && !ownLink(a.URL) {
		return nil, bad("URL_INVALID")
	}
	q.Answered, q.answer = true, a
	close(q.done)
	return true, nil
}

func ownLink(address string) bool {
	_, rest, found := strings.Cut(address, "://")
	if !found {
		rest = address
	}
	rest = strings.ToLower(rest)
	return strings.HasPrefix(rest, "t.me/"+Username) || strings.HasPrefix(rest, "telegram.me/"+Username) ||
		strings.HasPrefix(rest, "resolve?domain="+Username)
}
