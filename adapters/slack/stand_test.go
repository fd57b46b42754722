package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/goleak"

	"duebot/adapters/sandbox/slackapi"
	"duebot/adapters/sandbox/stand"
)

// wall is business time that is real time.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }
func (wall) After(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

// onStage runs the adapter against the stand-in, with an answering desk, until the test ends.
func onStage(t *testing.T) (s *slackapi.Server, faults *stand.Faults, h *desk, count *tally, stop func()) {
	t.Helper()
	h = &desk{let: make(chan struct{})}
	close(h.let)
	s, faults, count, stop = stageOf(t, wall{}, h, func(*Config) {})
	return s, faults, h, count, stop
}

// stageOf is onStage with another clock, another desk, or other settings.
func stageOf(t *testing.T, clock stand.Clock, h Handler, change func(*Config)) (s *slackapi.Server, faults *stand.Faults, count *tally, stop func()) {
	t.Helper()
	apart := socketApart
	socketApart = 10 * time.Millisecond
	faults = &stand.Faults{}
	var base atomic.Pointer[string]
	s = slackapi.New(stand.Options{Clock: clock, Faults: faults, Log: stand.NewLog(clock), Base: func() string { return *base.Load() }})
	srv := httptest.NewServer(s)
	base.Store(&srv.URL)
	c, _ := testClient(srv.URL + "/slack/api")
	count = &tally{}
	cfg := Config{BotToken: "xoxb-sandbox", AppToken: "xapp-sandbox", APIURL: srv.URL + "/slack/api", Log: c.cfg.Log, Seal: c.cfg.Seal, Sealed: c.cfg.Sealed, Count: count.add}
	change(&cfg)
	c = New(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- c.Run(ctx, h) }()
	until(t, "two sockets", func() bool { return s.Sockets() == socketCount })
	return s, faults, count, func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(10 * time.Second):
			t.Error("the adapter does not end")
		}
		s.Close()
		srv.Close()
		c.http.CloseIdleConnections()
		socketApart = apart
	}
}

func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !f(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not in ten seconds", what)
		}
	}
}

// Slack asks for fresh sockets, again and again, while people type: one is always open, each
// command is run once and answered at once, and in the end nothing is left running.
func TestRefreshedSockets(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, _, h, _, stop := onStage(t)
	deaf := atomic.Bool{}
	var asked, lost atomic.Int32
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	typing := make(chan struct{})
	go func() {
		defer close(typing)
		for ctx.Err() == nil {
			n := asked.Add(1)
			r, err := s.Command(context.Background(), "USALES0001", "CINVOICES1", "/ar", fmt.Sprint("help ", n))
			if r.Error == "operation_timeout" { // it was on its way to a socket that was closing, and the platform gives it to no other
				lost.Add(1)
				continue
			}
			if err != nil || r.Error != "" || !strings.Contains(string(r.Payload), "done") {
				t.Errorf("command %d: %s %v", n, r.Error, err)
			}
		}
	}()
	for range 6 {
		s.RefreshOne()
		for end := time.Now().Add(250 * time.Millisecond); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if s.Sockets() == 0 {
				deaf.Store(true)
			}
		}
		until(t, "both sockets again", func() bool { return s.Sockets() == socketCount })
	}
	<-typing
	if deaf.Load() {
		t.Error("for a moment nobody heard")
	}
	if n := int(lost.Load()); n > 1 || h.commands+n < int(asked.Load()) {
		t.Errorf("run %d commands of %d, and %d were lost", h.commands, asked.Load(), n)
	}
	stop()
}

// What is delivered twice, once by each socket, is run once; sockets that break are opened
// again.
func TestTwiceByTwoSockets(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, faults, h, count, stop := onStage(t)
	const n = 20
	for i := range n {
		faults.Add(stand.Fault{Platform: "slack", Kind: stand.FaultDuplicate})
		if r, err := s.Command(context.Background(), "USALES0001", "CINVOICES1", "/ar", fmt.Sprint("help ", i)); err != nil || r.Error != "" {
			t.Errorf("command %d: %s %v", i, r.Error, err)
		}
	}
	until(t, "the second acknowledgements", func() bool { return s.Pending() == 0 })
	if got := count.take(); h.commands != n || got["repeated"] != n {
		t.Errorf("run %d of %d commands, counted %v", h.commands, n, got)
	}
	s.DropSocket()
	until(t, "both sockets again", func() bool { return s.Sockets() == socketCount })
	if r, err := s.Command(context.Background(), "USALES0001", "CINVOICES1", "/ar", "help"); err != nil || r.Error != "" {
		t.Errorf("after the break: %s %v", r.Error, err)
	}
	stop()
}

// What slack-go gives up is read all the same: an event with one block that it cannot read,
// and a button in a message whose state is an empty list; a frame of which nothing can be
// read ends nothing.
func TestWhatTheLibraryGivesUp(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	count := &tally{}
	c.cfg.Count = count.add
	c.hearing = true
	h := &desk{let: make(chan struct{})}
	close(h.let)
	sock := socketmode.New(slack.New("xoxb-x"))
	for _, frame := range []string{
		`{"envelope_id":"1","type":"events_api","payload":{"type":"event_callback","event_id":"Ev1","event":{"type":"message","user":"U1","channel":"C1","thread_ts":"1.0","text":"words","blocks":[{"type":"section","text":5}]}}}`,
		`{"envelope_id":"2","type":"interactive","payload":{"type":"block_actions","trigger_id":"t2","user":{"id":"U1"},"container":{"channel_id":"C1"},"state":{"values":[]},"actions":[{"action_id":"a","type":"button","value":"confirm|1|seal-C1"}]}}`,
		`{"envelope_id":"3","type":"something_new","payload":{}}`,
		`{"envelope_id":7}`,
	} {
		c.hear(context.Background(), h, sock, socketmode.Event{Type: socketmode.EventTypeErrorBadMessage,
			Data: &socketmode.ErrorBadMessage{Cause: io.ErrUnexpectedEOF, Message: json.RawMessage(frame)}})
	}
	c.acts.Wait()
	if len(h.threads) != 1 || h.threads[0].Text != "words" || len(h.presses) != 1 || h.presses[0].Do != "confirm" {
		t.Errorf("heard %+v, pressed %+v", h.threads, h.presses)
	}
	if got := count.take(); got["malformed"] != 1 {
		t.Errorf("counted %v", got)
	}
}

// A token that Slack refuses ends the adapter, with what Slack says of it.
func TestRefusedToken(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := slackapi.New(stand.Options{Clock: wall{}, Faults: &stand.Faults{}, Log: stand.NewLog(wall{}), Base: func() string { return "" }})
	srv := httptest.NewServer(s)
	defer srv.Close()
	c, _ := testClient(srv.URL + "/slack/api")
	defer c.http.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.Run(ctx, &desk{}); err == nil || err.Error() != "invalid_auth" {
		t.Errorf("got %v", err)
	}
}
