package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/slack-go/slack/socketmode"

	"duebot/commands/card"
)

// workspace is a Web API that tells which workspace is ours, once it works.
func workspace(t *testing.T) (url string, works *atomic.Bool, asked *atomic.Int32) {
	works, asked = &atomic.Bool{}, &atomic.Int32{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		if !works.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, `{"ok":true,"team_id":"T1","team":"Ours","user":"duebot"}`)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, works, asked
}

// Who acts in a channel that is shared with another workspace may have the id of one of ours:
// he is called by his workspace too, so that he has nobody's role.
func TestOtherWorkspaces(t *testing.T) {
	url, works, asked := workspace(t)
	works.Store(true)
	c, log := testClient(url)
	count := &tally{}
	c.cfg.Count = count.add
	h := &desk{let: make(chan struct{})}
	close(h.let)
	w := &wire{acks: make(chan any, 9)}
	for i, fields := range []string{`"team":"T1"`, `"user_team":"T2","team":"T1"`, `"team":"T2"`, `"team":{"id":"T2"}`, `"team":7`} {
		var e event
		raw := fmt.Sprintf(`{"type":"event_callback","event_id":"Ev%d","event":{"type":"message","user":"U1","thread_ts":"1.0",%s}}`, i, fields)
		if err := json.Unmarshal([]byte(raw), &e); err != nil {
			t.Fatal(err)
		}
		c.event(context.Background(), h, e, w)
	}
	var said []string
	for _, m := range h.threads {
		said = append(said, m.User)
	}
	if got := strings.Join(said, " "); got != "U1 T2:U1 T2:U1 T2:U1 U1" {
		t.Errorf("in threads wrote %s", got)
	}
	cb := pressed("t1", "", "C1", "confirm|1|seal-C1")
	cb.Team, cb.User.Team = "T1", "T2" // as Slack tells of a guest's press in a shared channel
	c.interaction(context.Background(), h, cb, w)
	if len(h.presses) != 1 || h.presses[0].User != "T2:U1" {
		t.Errorf("pressed %+v", h.presses)
	}
	if who, err := c.who(context.Background(), "U1", "T1"); who != "U1" || err != nil {
		t.Errorf("ours is %q %v", who, err)
	}
	if p, err := c.Person(context.Background(), "T2:U1"); p != (Person{}) || err != nil || asked.Load() != 1 {
		t.Errorf("of a stranger we know %+v %v, and asked %d times", p, err, asked.Load())
	}
	if n := count.take()["foreign_workspace"]; n != 4 || strings.Contains(log.String(), "xoxb") {
		t.Errorf("counted %d, logged %s", n, log)
	}
}

// While Slack does not tell which workspace is ours, nobody is taken for one of ours: it is
// told again later.
func TestUnknownWorkspace(t *testing.T) {
	url, works, _ := workspace(t)
	c, _ := testClient(url)
	h := &desk{let: make(chan struct{})}
	close(h.let)
	w := &wire{acks: make(chan any, 9)}
	cmd := command{User: "U1", Team: "T1", Channel: "C1", Trigger: "t1", Text: "aging"}
	if err := c.command(context.Background(), h, cmd, w); err != nil || len(w.acks) != 0 || h.commands != 0 {
		t.Errorf("taken: %v, %d acknowledged, %d done", err, len(w.acks), h.commands)
	}
	works.Store(true)
	if err := c.command(context.Background(), h, cmd, w); err != nil || len(w.acks) != 1 || h.commands != 1 {
		t.Errorf("not taken: %v, %d acknowledged, %d done", err, len(w.acks), h.commands)
	}
}

// Whatever comes by a socket, it is read without harm: it is acknowledged once or refused, and
// what is done has a key and a person, and no button without our seal.
func FuzzFrame(f *testing.F) {
	for kind, s := range map[string]string{
		"slash_commands": `{"trigger_id":"t","user_id":"U1","team_id":"T1","channel_id":"C1","command":"/ar","text":"aging"}`,
		"interactive":    `{"type":"block_actions","trigger_id":"t","user":{"id":"U1","team_id":"T2"},"container":{"channel_id":"C1"},"actions":[{"action_id":"x","value":"confirm|1|seal-C1"}]}`,
		"events_api":     reply("E"),
		"hello":          `{}`,
	} {
		f.Add(kind, []byte(s))
	}
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		c, _ := testClient("http://127.0.0.1:1")
		c.home.team = "T1"
		h := &desk{let: make(chan struct{})}
		close(h.let)
		w := &wire{acks: make(chan any, 9)}
		c.envelope(context.Background(), h, &socketmode.Request{Type: kind, EnvelopeID: "1", Payload: payload}, w)
		if len(w.acks) > 1 {
			t.Errorf("acknowledged %d times", len(w.acks))
		}
		for _, p := range h.presses {
			if p.User == "" || p.Key == "slack:trigger:" || !strings.Contains(string(payload), "seal") {
				t.Errorf("pressed %+v", p)
			}
		}
		for _, m := range h.threads {
			if m.User == "" || m.Key == "slack:event:" || m.Thread == "" {
				t.Errorf("heard %+v", m)
			}
		}
	})
}

// An address that leads elsewhere is not followed: the token would go along.
func TestRedirectIsNotFollowed(t *testing.T) {
	var followed atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	defer other.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	c, _ := testClient(srv.URL)
	_, _, err := c.Post(context.Background(), Message{Channel: "C1", Card: &card.Card{Body: []card.Text{card.Plain("x")}}, Words: func(t card.Text) string { return t.Plain }})
	var e *card.SendError
	if !errors.As(err, &e) || !e.All || followed.Load() || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, followed %v", err, followed.Load())
	}
}

// A frame that nobody can read is counted and logged, without what it holds; one that can be
// read in part is taken, and acknowledged where it makes no sense.
func TestUnreadableFrames(t *testing.T) {
	c, log := testClient("http://127.0.0.1:1")
	count := &tally{}
	c.cfg.Count, c.hearing = count.add, true
	h, w := &desk{}, &wire{acks: make(chan any, 9)}
	c.hear(context.Background(), h, nil, socketmode.Event{Data: &socketmode.ErrorBadMessage{Message: json.RawMessage(`{"PRIVATE`)}})
	for kind, payload := range map[string]string{"slash_commands": `[`, "interactive": `"PRIVATE"`, "events_api": `{"event_id":7,"text":"PRIVATE"}`,
		"unheard_of": `{}`} {
		c.envelope(context.Background(), h, &socketmode.Request{Type: kind, EnvelopeID: "1", Payload: json.RawMessage(payload)}, w)
	}
	if n := count.take()["malformed"]; n != 4 || len(w.acks) != 4 || strings.Count(log.String(), "\n") != 4 || strings.Contains(log.String(), "PRIVATE") {
		t.Errorf("counted %d, acknowledged %d, logged %s", n, len(w.acks), log)
	}
}
