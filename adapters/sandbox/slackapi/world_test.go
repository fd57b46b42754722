package slackapi

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"duebot/adapters/sandbox/stand"
)

// tick is a clock that only moves when it is told to.
type tick struct {
	mu    sync.Mutex
	now   time.Time
	later []timer
}

type timer struct {
	at time.Time
	f  func()
}

func (c *tick) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *tick) After(d time.Duration, f func()) (cancel func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.later = append(c.later, timer{c.now.Add(d), f})
	return func() {}
}

func (c *tick) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	var left []timer
	for _, x := range c.later {
		if x.at.After(c.now) {
			left = append(left, x)
		} else {
			go x.f()
		}
	}
	c.later = left
}

// shop is a workspace with an app connected by the real client library.
type shop struct {
	*Server
	t      *testing.T
	clock  *tick
	faults *stand.Faults
	log    *stand.Log
	web    *httptest.Server
	api    *slack.Client
	sock   *socketmode.Client
	end    context.CancelFunc
}

// open starts a workspace; nothing is connected to its sockets yet.
func open(t *testing.T) *shop {
	t.Helper()
	x := &shop{t: t, clock: &tick{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, faults: &stand.Faults{}}
	x.log = stand.NewLog(x.clock)
	x.Server = New(stand.Options{Clock: x.clock, Faults: x.faults, Log: x.log, Base: func() string { return x.web.URL }})
	x.web = httptest.NewServer(x.Server)
	x.api = slack.New("xoxb-sandbox", slack.OptionAPIURL(x.web.URL+"/slack/api/"), slack.OptionAppLevelToken("xapp-sandbox"),
		slack.OptionLog(log.New(io.Discard, "", 0)), slack.OptionHTTPClient(&http.Client{Timeout: 5 * time.Second}))
	t.Cleanup(func() {
		if x.end != nil {
			x.end()
		}
		x.Close()
		x.web.Close()
	})
	return x
}

// connect opens a socket with the real client; handle gets what it delivers, one after the
// other.
func (x *shop) connect(handle func(socketmode.Event)) {
	x.t.Helper()
	x.sock = socketmode.New(x.api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ctx, cancel := context.WithCancel(context.Background())
	x.end = cancel
	ready := make(chan struct{}, 100)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case ev := <-x.sock.Events:
				if ev.Type == socketmode.EventTypeHello {
					ready <- struct{}{}
				}
				handle(ev)
			}
		}
	}()
	go x.sock.RunContext(ctx)
	select {
	case <-ready:
	case <-time.After(5 * time.Second):
		x.t.Fatal("no hello")
	}
}

// eventually waits until ok holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// messages are what the snapshot shows of a channel.
func (x *shop) messages(channel string) []map[string]any {
	x.t.Helper()
	var out []map[string]any
	for _, m := range x.snapshot().Messages {
		if m["channel"] == channel {
			out = append(out, m)
		}
	}
	return out
}

func (x *shop) snapshot() Snapshot {
	x.t.Helper()
	b, err := json.Marshal(x.State())
	if err != nil {
		x.t.Fatal(err)
	}
	var s Snapshot
	if err := json.Unmarshal(b, &s); err != nil {
		x.t.Fatal(err)
	}
	return s
}

// quick shortens the wall times of Socket Mode for one test.
func quick(t *testing.T, ack, sock time.Duration) {
	a, s := Patience, socketWait
	Patience, socketWait = ack, sock
	t.Cleanup(func() { Patience, socketWait = a, s })
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
