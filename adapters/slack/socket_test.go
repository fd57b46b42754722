package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"duebot/commands/card"
)

// wire is a delivery that notes when it is acknowledged.
type wire struct{ acks chan any }

func (w *wire) ack(payload any) { w.acks <- payload }
func (w *wire) refuse()         {}

// pressed is an interaction with one button.
func pressed(trigger, responseURL, channel, value string) (cb interaction) {
	raw := fmt.Sprintf(`{"type":"block_actions","trigger_id":%q,"response_url":%q,"user":{"id":"U1"},"container":{"channel_id":%q},"actions":[{"action_id":"confirm","value":%q}]}`,
		trigger, responseURL, channel, value)
	if err := json.Unmarshal([]byte(raw), &cb); err != nil {
		panic(err)
	}
	return cb
}

// desk is a Handler that answers once it is let.
type desk struct {
	mu      sync.Mutex
	let     chan struct{}
	presses []Press
	threads []ThreadMessage
	groups  []string
	fail    error

	commands int

	form      *card.Form // asked by a command, where it is set
	answer    Answer     // to a form that was sent
	wait      time.Duration
	filled    []Filled
	reformed  []Filled
	shortcuts []Shortcut
}

func said(s string) Answer {
	return Answer{Reply: card.Reply{Card: &card.Card{Body: []card.Text{card.Plain(s)}}}, Words: func(t card.Text) string { return t.Plain }}
}

func (d *desk) Command(context.Context, Command) Answer {
	<-d.let
	d.mu.Lock()
	defer d.mu.Unlock()
	d.commands++
	if d.form != nil {
		return Answer{Reply: card.Reply{Form: d.form}, Words: said("").Words}
	}
	return said("done")
}

func (d *desk) HomeOpened(context.Context, string) {}

func (d *desk) Press(_ context.Context, in Press) Answer {
	<-d.let
	d.mu.Lock()
	defer d.mu.Unlock()
	d.presses = append(d.presses, in)
	return said("done")
}
func (d *desk) Mention(_ context.Context, in Mention) Answer {
	return Answer{Reply: card.Say("said", "text", in.Text), Words: func(t card.Text) string { return t.Args[0].S }}
}

func (d *desk) Thread(_ context.Context, in ThreadMessage) (bool, error) {
	d.threads = append(d.threads, in)
	return true, d.fail
}
func (d *desk) Files(context.Context, FileMessage) error { return nil }

func (d *desk) Fill(_ context.Context, in Filled) Answer {
	if d.wait > 0 {
		time.Sleep(d.wait)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.filled = append(d.filled, in)
	return d.answer
}
func (d *desk) Reform(_ context.Context, in Filled) Answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reformed = append(d.reformed, in)
	return Answer{Reply: card.Reply{Form: d.form}, Words: said("").Words}
}
func (d *desk) Shortcut(_ context.Context, in Shortcut) Answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shortcuts = append(d.shortcuts, in)
	return Answer{Reply: card.Reply{Form: d.form}, Words: said("").Words}
}
func (d *desk) Suggest(_ context.Context, in Query) ([]card.Option, card.Words) {
	return []card.Option{{Value: in.Kind + in.Typed, Label: card.Plain("found " + in.Typed)}, {Value: strings.Repeat("x", 200)}}, said("").Words
}
func (d *desk) GroupChanged(_ context.Context, group string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.groups = append(d.groups, group)
}
func (d *desk) Working(string) Answer { return said("working") }
func (d *desk) Busy() func()          { return func() {} }

func testClient(url string) (*Client, *bytes.Buffer) {
	log := &bytes.Buffer{}
	return New(Config{BotToken: "xoxb-secret", AppToken: "xapp-secret", APIURL: url, Log: slog.New(slog.NewTextHandler(log, nil)),
		Seal:   func(channel, what string) string { return "seal-" + channel },
		Sealed: func(proof, channel, what string) bool { return proof == "seal-"+channel }}), log
}

// A button whose commit takes long is acknowledged all the same before Slack gives up, and
// answered by the response_url when it is done.
func TestSlowButtonIsAcknowledged(t *testing.T) {
	answered := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		answered <- string(body)
		io.WriteString(w, "ok")
	}))
	defer srv.Close()
	c, _ := testClient(srv.URL)
	h, w := &desk{let: make(chan struct{})}, &wire{acks: make(chan any, 1)}
	cb := pressed("t1", srv.URL, "C1", "confirm|1|seal-C1")
	done := make(chan struct{})
	go func() { c.interaction(context.Background(), h, cb, w); close(done) }()
	select {
	case <-w.acks:
	case <-time.After(2900 * time.Millisecond):
		t.Error("not acknowledged within three seconds")
	}
	close(h.let)
	<-done
	select {
	case body := <-answered:
		if !strings.Contains(body, "done") {
			t.Errorf("answered %s", body)
		}
	default:
		t.Error("the answer never came")
	}
}

// A button that carries no proof, or another channel's, does nothing.
func TestForgedButton(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	h, w := &desk{let: make(chan struct{})}, &wire{acks: make(chan any, 9)}
	close(h.let)
	for i, value := range []string{"confirm|1|seal-C2", "confirm|1", "confirm|1|", "", "seal-C1"} {
		c.interaction(context.Background(), h, pressed(fmt.Sprint("t", i), "", "C1", value), w)
	}
	if len(h.presses) != 0 || len(w.acks) != 5 {
		t.Errorf("pressed %+v, acknowledged %d of 5", h.presses, len(w.acks))
	}
}

// What people write in threads is handed on, also when it is sent to the channel besides;
// what bots write, and what is changed or joined, is not. What could not be taken is not
// acknowledged.
func TestThreadMessages(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	h, w := &desk{}, &wire{acks: make(chan any, 9)}
	told := 0
	tell := func(fields string) {
		told++
		raw := fmt.Sprintf(`{"type":"event_callback","event_id":"Ev%d","event":{"type":"message","channel":"C1","user":"U1","ts":"2.0","text":"5 &lt; 6"%s}}`, told, fields)
		var ev event
		if err := json.Unmarshal([]byte(raw), &ev); err != nil {
			t.Fatal(err)
		}
		c.event(context.Background(), h, ev, w)
	}
	tell(`,"thread_ts":"1.0"`)
	tell(`,"thread_ts":"1.0","subtype":"thread_broadcast"`)
	if len(h.threads) != 2 || !reflect.DeepEqual(h.threads[1], ThreadMessage{Key: "slack:event:Ev2", User: "U1", Channel: "C1", Thread: "1.0", TS: "2.0", Text: "5 < 6", at: "2.0"}) {
		t.Errorf("handed on %+v", h.threads)
	}
	tell(``)
	tell(`,"thread_ts":"1.0","bot_id":"B1"`)
	tell(`,"thread_ts":"1.0","subtype":"message_changed"`)
	tell(`,"thread_ts":"1.0","subtype":"channel_join"`)
	if len(h.threads) != 2 || len(w.acks) != 6 {
		t.Errorf("handed on %d, acknowledged %d; want 2 and 6", len(h.threads), len(w.acks))
	}
	h.fail = errors.New("no")
	tell(`,"thread_ts":"1.0"`)
	if len(w.acks) != 6 {
		t.Error("what was not taken was acknowledged")
	}
}

// The log holds no response_url: whoever has it can speak as the bot.
func TestLogHoldsNoResponseURL(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer srv.Close()
	c, log := testClient(srv.URL)
	c.respond(context.Background(), origin{response: srv.URL + "/commands/T1/secret", channel: "C1"}, said("hello"))
	if strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "response_url") {
		t.Errorf("logged %s", log)
	}
}

// Slack's refusal to look a message up is final; an answer that was lost is not.
func TestFindRefused(t *testing.T) {
	answer := `{"ok":false,"error":"missing_scope"}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer == "" {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, answer)
	}))
	defer srv.Close()
	c, _ := testClient(srv.URL)
	var e *card.SendError
	if _, _, err := c.Find(context.Background(), "C1", "", "n1", time.Now()); !errors.As(err, &e) || !e.Permanent {
		t.Errorf("refused: got %v", err)
	}
	answer = ""
	if _, _, err := c.Find(context.Background(), "C1", "", "n1", time.Now()); err == nil || errors.As(err, &e) || strings.Contains(err.Error(), "secret") {
		t.Errorf("lost: got %v", err)
	}
}

// Words of people reach nobody's attention and make no links or mentions.
func TestWordsAreHarmless(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	k := &card.Card{Title: card.Plain("<!channel> *x*"), Body: []card.Text{card.Plain("<@U1> <https://a|b> &amp;")}, Quote: card.Plain("a\n<!here>")}
	text, blocks := c.render("C1", k, func(t card.Text) string { return t.Plain })
	data, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{text, string(data)} {
		s = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(s)
		if strings.Contains(s, "<!") || strings.Contains(s, "<@") || strings.Contains(s, "<http") {
			t.Errorf("rendered %s", s)
		}
	}
	// Left to itself Slack would make a call of "@channel" too.
	if n := strings.Count(string(data), `"type":"mrkdwn"`); n == 0 || n != strings.Count(string(data), `"verbatim":true`) {
		t.Errorf("Slack looks for mentions by itself: %s", data)
	}
}

// People named in a table are mentions there too, not their ids.
func TestMentionsInTable(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	k := &card.Card{Table: &card.Table{Head: []card.Text{card.Plain("Who"), card.Plain("What")},
		Rows: [][]card.Text{{card.Plain("by " + card.MentionOpen + "U1" + card.MentionClose + " today"), card.Plain("paid")}}}}
	text, blocks := c.render("C1", k, func(t card.Text) string { return t.Plain })
	data, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"type":"text","text":"by "},{"type":"user","user_id":"U1"},{"type":"text","text":" today"}]`
	if !strings.Contains(string(data), want) || !strings.Contains(text, "by <@U1> today · paid") {
		t.Errorf("rendered %q and %s", text, data)
	}
}

// What a person did to a message of his is handed on as his: the new words, or that it is gone.
// A preview that Slack added is no change.
func TestThreadChanges(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	h, w := &desk{}, &wire{acks: make(chan any, 9)}
	told := 0
	tell := func(fields string) {
		told++
		raw := fmt.Sprintf(`{"type":"event_callback","event_id":"Ev%d","event":{"type":"message","channel":"C1","ts":"9.0",%s}}`, told, fields)
		var ev event
		if err := json.Unmarshal([]byte(raw), &ev); err != nil {
			t.Fatal(err)
		}
		c.event(context.Background(), h, ev, w)
	}
	of := func(text string) string {
		return fmt.Sprintf(`{"user":"U1","ts":"2.0","thread_ts":"1.0","text":%q}`, text)
	}
	tell(`"subtype":"message_changed","message":` + of("now") + `,"previous_message":` + of("was"))
	tell(`"subtype":"message_changed","message":` + of("same") + `,"previous_message":` + of("same"))
	tell(`"subtype":"message_deleted","deleted_ts":"2.0","previous_message":` + of("was"))
	tell(`"subtype":"message_changed","message":{"subtype":"tombstone","ts":"2.0","thread_ts":"1.0"},"previous_message":` + of("was"))
	tell(`"subtype":"message_changed","message":{"bot_id":"B1","user":"U2","ts":"2.0","thread_ts":"1.0","text":"a"},"previous_message":` + of("was"))
	want := []ThreadMessage{
		{Key: "slack:event:Ev1", User: "U1", Channel: "C1", Thread: "1.0", TS: "2.0", Text: "now", Edited: true, Was: "was", at: "9.0"},
		{Key: "slack:event:Ev3", User: "U1", Channel: "C1", Thread: "1.0", TS: "2.0", Deleted: true, at: "9.0"},
		{Key: "slack:event:Ev4", User: "U1", Channel: "C1", Thread: "1.0", TS: "2.0", Deleted: true, at: "9.0"},
	}
	if !reflect.DeepEqual(h.threads, want) || len(w.acks) != told {
		t.Errorf("handed on %+v; %d of %d acknowledged", h.threads, len(w.acks), told)
	}
}

// What several connections tell at once is taken in the order in which it was said.
func TestTurns(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	h := &desk{}
	var all sync.WaitGroup
	for _, ts := range []string{"3.0", "1.0", "2.0"} {
		all.Go(func() { c.inTurn(t.Context(), h, &ThreadMessage{Channel: "C1", TS: ts, at: ts}) })
	}
	all.Wait()
	for i, m := range h.threads {
		if want := fmt.Sprintf("%d.0", i+1); m.TS != want {
			t.Errorf("turn %d: %s", i+1, m.TS)
		}
	}
}
