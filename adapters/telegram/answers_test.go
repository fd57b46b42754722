package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"duebot/commands/card"
)

// What Telegram, or whoever answers in its place, may say to a message, and what is made of it:
// "lost" is an answer after which nobody knows whether the message was sent.
func TestAnswersToASend(t *testing.T) {
	for name, x := range map[string]struct {
		status int
		body   string
		want   string // route, or what becomes of the message
		wait   time.Duration
	}{
		"a server that starts anew":        {500, `{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}`, "lost", 0},
		"a door with nobody behind it":     {502, `{"ok":false,"error_code":502,"description":"Bad Gateway"}`, "lost", 0},
		"a door that waited too long":      {504, `{"ok":false,"error_code":504,"description":"Gateway Timeout"}`, "lost", 0},
		"a proxy's own words":              {503, `{"message":"no healthy upstream"}`, "lost", 0},
		"a proxy that takes less":          {413, `{"message":"too large"}`, "refused", 0},
		"a proxy's page":                   {503, `<html>503</html>`, "lost", 0},
		"ok false and nothing else":        {200, `{"ok":false}`, "lost", 0},
		"ok true and nothing else":         {200, `{"ok":true}`, "lost", 0},
		"too many, for three centuries":    {429, `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":9999999999}}`, "limited", time.Hour},
		"too many, for longer than it can": {429, `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":9223372036854775807}}`, "limited", time.Hour},
		"too many, since yesterday":        {429, `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":-86400}}`, "limited", time.Second},
		"too many, and not how long":       {429, `{"ok":false,"error_code":429,"description":"Too Many Requests"}`, "limited", time.Second},
		"a group that lets nobody write":   {400, `{"ok":false,"error_code":400,"description":"Bad Request: not enough rights to send text messages to the chat"}`, "removed", 0},
		"a channel without its bot":        {400, `{"ok":false,"error_code":400,"description":"Bad Request: need administrator rights in the channel chat"}`, "removed", 0},
		"blocked":                          {403, `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`, "blocked", 0},
		"a message that it cannot read":    {400, `{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities"}`, "refused", 0},
		"taken":                            {200, `{"ok":true,"result":{"message_id":7,"chat":{"id":1}}}`, "sent", 0},
	} {
		c := New(Config{Token: "123:secret", APIURL: serving(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(x.status)
			io.WriteString(w, x.body)
		})), Seal: func(string, string) string { return "seal" }})
		_, err := c.Send(t.Context(), Message{Chat: "telegram:1", Card: &card.Card{Body: []card.Text{card.Plain("x")}}, Words: func(t card.Text) string { return t.Plain }})
		if got, wait := fate(err); got != x.want || wait != x.wait {
			t.Errorf("%s: %s, wait %s; want %s, %s", name, got, wait, x.want, x.wait)
		}
	}
}

// fate is what an error means for its message.
func fate(err error) (string, time.Duration) {
	var e *card.SendError
	switch {
	case err == nil:
		return "sent", 0
	case !errors.As(err, &e):
		return "lost", 0
	case e.Gone:
		return e.Route, 0
	case e.Limited:
		return "limited", e.RetryAfter
	case e.Permanent:
		return "refused", 0
	}
	return "later", e.RetryAfter
}

// A Telegram whose updates cannot be confirmed is not asked for them without a pause, and what
// ends the program does not wait for all that it has brought.
func TestPollThatGetsNowhere(t *testing.T) {
	var polls atomic.Int64
	srv := serving(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "getUpdates") {
			polls.Add(1)
		}
		io.WriteString(w, `{"ok":true,"result":[{"message":{}}]}`)
	}))
	_, base, _ := newPlatform(t)
	c := New(Config{Token: "123:secret", APIURL: srv, Log: base.cfg.Log})
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if err := c.Run(ctx, &desk{}); err != nil {
		t.Fatal(err)
	}
	if n := polls.Load(); n > 2 {
		t.Errorf("it was asked %d times in half a second", n)
	}
	var many []string
	for i := range 100 {
		many = append(many, message(i+1, fmt.Sprint(i)))
	}
	_, c, _ = newPlatform(t, many...)
	ctx, cancel = context.WithCancel(t.Context())
	d := &ender{desk: &desk{}, end: cancel}
	if err := c.Run(ctx, d); err != nil || len(d.taken) != 1 || d.kept != 2 {
		t.Errorf("%v; %d updates were taken after the end, up to %d", err, len(d.taken), d.kept)
	}
}

// ender ends the program with the first message.
type ender struct {
	*desk
	end context.CancelFunc
}

func (d *ender) Chat(ctx context.Context, in Chat) (Answer, error) {
	d.end()
	return d.desk.Chat(ctx, in)
}

// An offset is as old as the last update, however often Telegram was asked since: after a week
// without updates their numbers begin anywhere.
func TestEmptyPollKeepsNoOffset(t *testing.T) {
	p, c, _ := newPlatform(t)
	d := &desk{kept: -1}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	go func() { <-p.drained; time.Sleep(50 * time.Millisecond); cancel() }()
	if err := c.Run(ctx, d); err != nil || d.kept != -1 {
		t.Errorf("%v; the offset %d was kept, though nothing was taken", err, d.kept)
	}
}

func serving(t *testing.T, h http.Handler) (url string) {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}
