package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// page is a log in memory.
type page struct {
	mu sync.Mutex
	strings.Builder
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Builder.Write(b)
}

func (p *page) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.String()
}

// Of lines like one another a few pass in a minute, and then their number; errors pass all.
func TestHush(t *testing.T) {
	var out page
	h := newHush(slog.New(slog.NewTextHandler(&out, nil)))
	one, other := slog.New(h).With("channel", "slack"), slog.New(h).With("channel", "telegram")
	for range 500 {
		one.Warn("refused", "why", "forged")
		other.Warn("refused", "why", "forged")
	}
	other.Warn("something else")
	for range 10 {
		one.Error("it failed")
	}
	now := time.Now()
	h.tell(now, false)
	if n := strings.Count(out.text(), "\n"); n != hushFew+1+10 {
		t.Errorf("%d lines:\n%s", n, out.text())
	}
	h.tell(now.Add(hushEvery), false)
	if got := out.text(); strings.Count(got, "left out") != 1 || !strings.Contains(got, `line=refused logged=5 left_out=995`) {
		t.Errorf("after a minute:\n%s", got)
	}
	one.Warn("refused")
	h.tell(now, true)
	if got := out.text(); strings.Count(got, "left out") != 1 {
		t.Errorf("the next minute leaves nothing out:\n%s", got)
	}
}

// A stranger is answered a few times an hour, many strangers no more than a platform's rate
// bears, and nobody's chat is remembered for longer.
func TestStrangers(t *testing.T) {
	var s strangers
	now := evening
	count := func(chats int) (n int) {
		for i := range chats {
			if s.answers(fmt.Sprint("telegram:", i), now) {
				n++
			}
		}
		return n
	}
	for i, want := range []int{1, 1, 1, 0, 0} {
		if got := count(1); got != want {
			t.Errorf("answer %d: got %d, want %d", i+1, got, want)
		}
	}
	now = now.Add(59 * time.Minute)
	if count(1) != 0 {
	}
	now = now.Add(time.Minute)
	if count(1) != 1 {
		t.Error("not answered after an hour")
	}
	for range 120 {
		now = now.Add(time.Minute)
		if got := count(100_000 / 100); got > strangersMost {
			t.Fatalf("%d strangers were answered in a minute", got)
		}
	}
	if n := len(s.chats); n > 60*strangersMost+1 {
		t.Errorf("%d chats are remembered", n)
	}
	now = now.Add(-48 * time.Hour) // a clock that was set back
	if got := count(1000); got != strangersMost {
		t.Errorf("%d answers after that", got)
	}
}

// What strangers write and forgers call fills neither the chats, nor the books, nor the log.
func TestFlood(t *testing.T) {
	t.Parallel()
	var out page
	f := newFixtureOf(t, sandboxOptions{http: true}, &out)
	for i := range 30 {
		f.write(strangersChat, fmt.Sprint("hello ", i))
	}
	for i := range 30 {
		f.write(strangersChat, fmt.Sprint("/start guess-", i))
	}
	f.rest()
	w := f.state()
	said := 0
	for _, m := range w.messages(strangersChat) {
		if m.From.IsBot {
			said++
		}
	}
	if said != strangerFew {
		t.Errorf("a stranger was answered %d times, want %d", said, strangerFew)
	}
	for range 100 {
		resp, err := http.Post(f.base+"/slack/commands", "application/x-www-form-urlencoded", strings.NewReader("user_id=U1"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	_, counted := f.page("/metrics")
	for _, want := range []string{`{channel="telegram",outcome="stranger"} 30`, `{channel="telegram",outcome="foreign_token"} 5`, `{channel="telegram",outcome="slowed_token"} 25`,
		`{channel="telegram",outcome="unanswered"} 57`, `{channel="slack",outcome="forged"} 100`} {
		if !strings.Contains(counted, want) {
			t.Errorf("the counters lack %s:\n%s", want, counted)
		}
	}
	if got := out.text(); strings.Count(got, "in Slack's name was refused") > 2*hushFew {
		t.Errorf("the log:\n%s", got)
	}
	f.advance("61m")
	f.link("acme", strangersChat)
	f.rest()
	w = f.state()
	if seen := w.chat(strangersChat); !strings.Contains(seen, "Acme") {
		t.Errorf("with an invitation he is answered:\n%s", seen)
	}
}
