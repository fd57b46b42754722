package slack

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"duebot/commands/card"
)

// formDesk answers everything by a form.
type formDesk struct{ Handler }

func (formDesk) answer() Answer {
	return Answer{Reply: card.Reply{Card: &card.Card{Body: []card.Text{card.Plain("typed so")}},
		Form: &card.Form{Title: card.Plain("Form"), Submit: card.Plain("Send"), Do: "payment"}}, Words: func(t card.Text) string { return t.Key + t.Plain }}
}

func (f formDesk) Command(context.Context, Command) Answer   { return f.answer() }
func (f formDesk) Shortcut(context.Context, Shortcut) Answer { return f.answer() }

// A Slack that takes its time to open a form does not keep a person's act from being
// acknowledged within its three seconds.
func TestSlowOpeningIsAcknowledged(t *testing.T) {
	over := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-over
		io.WriteString(w, `{"ok":false,"error":"expired_trigger_id"}`)
	}))
	defer srv.Close()
	defer close(over)
	for name, act := range map[string]func(c *Client, w *wire){
		"a command": func(c *Client, w *wire) {
			c.command(context.Background(), formDesk{}, command{User: "U1", Trigger: "1.1.a", Command: "/ar", Text: "payment"}, w)
		},
		"a shortcut": func(c *Client, w *wire) {
			var cb interaction
			json.Unmarshal([]byte(`{"type":"shortcut","trigger_id":"1.2.b","callback_id":"record_payment","user":{"id":"U1"}}`), &cb)
			c.interaction(context.Background(), formDesk{}, cb, w)
		},
	} {
		c, _ := testClient(srv.URL + "/")
		w := &wire{acks: make(chan any, 9)}
		go act(c, w)
		select {
		case <-w.acks:
		case <-time.After(2500 * time.Millisecond):
			t.Errorf("%s was not acknowledged", name)
		}
	}
}
