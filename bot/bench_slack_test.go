//go:build bench

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duebot/adapters/slack"
	"duebot/bot/clock"
)

const (
	slackAsks   = 3000 // commands that are timed
	slackWarm   = 300
	slackSecret = "0123456789abcdef0123456789abcdef"
)

// slackCommand times signed commands over loopback, from the signature to the last byte of
// the acknowledgement, which is the answer: idle, and while 64 writers post invoices. In turn
// with the idle ones it times commands of which nothing is asked behind the signature: what
// client, HTTP and signature take by themselves.
func (f *figures) slackCommand(n int) {
	work := filepath.Join(benchDir(), "slack.db")
	copyFile(f.t, years(n).make(f.t), work)
	defer os.Remove(work)
	s := newSlackLine(f.t, work, n)
	defer s.close()
	for _, line := range []string{"show %s", "aging %s"} {
		what := strings.Fields(line)[0]
		s.ask(slackWarm, line)
		idle := s.ask(slackAsks, line)
		stop := s.post64(years(n).customers)
		s.ask(slackWarm, line)
		busy := s.ask(slackAsks, line)
		posted := stop()
		f.row("P7", fmt.Sprintf("signed /ar %s, signature to acknowledgement, ledger of %s", what, thousands(n)),
			"p50 200 us, p99 2 ms idle; p99 25 ms while 64 writers post",
			"idle p50 %s, p99 %s, of which %s (%.0f %%) and %s are taken where nothing is asked; while 64 writers post (%.0f a second) p50 %s, p99 %s, %d of %d answered behind a Working",
			short(middle(idle.took)), short(slowest(idle.took)), short(middle(idle.nothing)), 100*ratio(middle(idle.nothing), middle(idle.took)), short(slowest(idle.nothing)),
			posted, short(middle(busy.took)), short(slowest(busy.took)), busy.late, slackAsks)
	}
}

// middle and slowest are the median and the 99th percentile of what is in order.
func middle(took []time.Duration) time.Duration  { return took[len(took)/2] }
func slowest(took []time.Duration) time.Duration { return took[len(took)*99/100] }

// slackLine is the program's own handler of Slack's calls, on a port of loopback.
type slackLine struct {
	t      *testing.T
	b      *Bot
	srv    *httptest.Server
	idle   *httptest.Server // the same signature, with nothing behind it
	client *http.Client
	size   int
	rng    *rand.Rand
	asked  int
	stop   func()
}

func newSlackLine(t *testing.T, path string, n int) *slackLine {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/users.info") {
			io.WriteString(w, `{"ok":true,"user":{"id":"UMANAGER01","real_name":"Mara","tz":"Europe/Berlin","locale":"en-US"}}`)
			return
		}
		io.WriteString(w, `{"ok":true,"team":"Lindenhof","team_id":"T0SANDBOX","user":"duebot","user_id":"UDUEBOT001"}`)
	}))
	cfg := sandboxConfig(api.URL, path)
	cfg.byHTTP()
	cfg.SlackSigning, cfg.SlackURL = slackSecret, api.URL+"/slack/api"
	clk := clock.New(benchNow)
	b, err := NewBot(cfg, clk, clk.Now, "", slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.slack.Run(ctx, &staffDesk{b}) }()
	s := &slackLine{t: t, b: b, srv: httptest.NewServer(b.web),
		idle: httptest.NewServer(b.slack.Routes(nothing{})["POST /slack/commands"]), client: &http.Client{}, size: n, rng: rand.New(rand.NewPCG(benchSeed, 7))}
	s.stop = func() {
		cancel()
		<-done
		s.client.CloseIdleConnections()
		s.srv.Close()
		s.idle.Close()
		b.Close()
		api.Close()
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if status, _ := s.command(s.srv, "help"); status == http.StatusOK {
			return s
		} else if time.Now().After(end) {
			t.Fatalf("the line answers %d", status)
		}
	}
}

func (s *slackLine) close() { s.stop() }

// nothing answers every command with nothing.
type nothing struct{ slack.Handler }

func (nothing) Busy() func() { return func() {} }

func (nothing) Command(context.Context, slack.Command) slack.Answer { return slack.Answer{} }

// asked is how long commands took, in order, and those in turn with them that asked nothing.
type asked struct {
	took, nothing []time.Duration
	late          int // were told to wait for their answer
}

// ask types a line about one customer after the other.
func (s *slackLine) ask(n int, line string) (a asked) {
	for range n {
		text := fmt.Sprintf(line, fmt.Sprintf("c%d", s.rng.IntN(years(s.size).customers)+1))
		began := time.Now()
		status, answer := s.command(s.srv, text)
		a.took = append(a.took, time.Since(began))
		switch {
		case status == http.StatusOK && strings.Contains(answer, "Working"):
			a.late++
		case status != http.StatusOK || !strings.Contains(answer, "Customer"):
			s.t.Fatalf("%s: %d %.200s", text, status, answer)
		}
		began = time.Now()
		s.command(s.idle, text)
		a.nothing = append(a.nothing, time.Since(began))
	}
	slices.Sort(a.took)
	slices.Sort(a.nothing)
	return a
}

// command signs and sends a slash command, and reads its acknowledgement.
func (s *slackLine) command(to *httptest.Server, text string) (status int, answer string) {
	s.asked++
	body := url.Values{"user_id": {"UMANAGER01"}, "team_id": {"T0SANDBOX"}, "channel_id": {"CINVOICES1"}, "command": {"/ar"}, "text": {text},
		"trigger_id": {fmt.Sprintf("1.%d.bench", s.asked)}, "response_url": {"http://127.0.0.1:1/"}}.Encode()
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	r, err := http.NewRequest(http.MethodPost, to.URL+"/slack/commands", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", slackSignature(stamp, body, slackSecret))
	resp, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

// post64 has 64 writers post invoices until stop, which returns how many they posted a second.
func (s *slackLine) post64(customers int) (stop func() float64) {
	var ended atomic.Bool
	var n atomic.Int64
	var writers sync.WaitGroup
	began := time.Now()
	for range 64 {
		writers.Go(func() {
			for !ended.Load() {
				i := n.Add(1)
				if err := postOne(s.b.books, fmt.Sprintf("slack:trigger:%d.%d", began.UnixNano(), i), customers, int(i)); err != nil {
					panic(err)
				}
			}
		})
	}
	return func() float64 {
		ended.Store(true)
		writers.Wait()
		return float64(n.Load()) / time.Since(began).Seconds()
	}
}
