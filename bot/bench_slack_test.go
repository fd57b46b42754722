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

	"duebot/bot/clock"
)

const (
	slackAsks   = 3000 // commands that are timed
	slackWarm   = 300
	slackSecret = "0123456789abcdef0123456789abcdef"
)

// slackCommand times signed commands over loopback, from the signature to the last byte of
// the acknowledgement, which is the answer: idle, and while 64 writers post invoices.
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
			"p50 200 us, p99 2 ms idle; p99 25 ms while 64 writers post", "idle p50 %s, p99 %s; while 64 writers post (%.0f a second) p50 %s, p99 %s",
			short(idle[len(idle)/2]), short(idle[len(idle)*99/100]), posted, short(busy[len(busy)/2]), short(busy[len(busy)*99/100]))
	}
}

// slackLine is the program's own handler of Slack's calls, on a port of loopback.
type slackLine struct {
	t      *testing.T
	b      *Bot
	srv    *httptest.Server
	client *http.Client
	size   int
	rng    *rand.Rand
	asked  int
	stop   func()
}

func newSlackLine(t *testing.T, path string, n int) *slackLine {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
	s := &slackLine{t: t, b: b, srv: httptest.NewServer(b.web), client: &http.Client{}, size: n, rng: rand.New(rand.NewPCG(benchSeed, 7))}
	s.stop = func() {
		cancel()
		<-done
		s.client.CloseIdleConnections()
		s.srv.Close()
		b.Close()
		api.Close()
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if status, _ := s.command("help"); status == http.StatusOK {
			return s
		} else if time.Now().After(end) {
			t.Fatalf("the line answers %d", status)
		}
	}
}

func (s *slackLine) close() { s.stop() }

// ask types a line about one customer after the other, and returns how long each took, in order.
func (s *slackLine) ask(n int, line string) []time.Duration {
	took := make([]time.Duration, n)
	for i := range took {
		text := fmt.Sprintf(line, fmt.Sprintf("c%d", s.rng.IntN(years(s.size).customers)+1))
		began := time.Now()
		status, answer := s.command(text)
		took[i] = time.Since(began)
		if status != http.StatusOK || !strings.Contains(answer, "Customer") {
			s.t.Fatalf("%s: %d %.200s", text, status, answer)
		}
	}
	slices.Sort(took)
	return took
}

// command signs and sends a slash command, and reads its acknowledgement.
func (s *slackLine) command(text string) (status int, answer string) {
	s.asked++
	body := url.Values{"user_id": {"UMANAGER01"}, "team_id": {"T0SANDBOX"}, "channel_id": {"CINVOICES1"}, "command": {"/ar"}, "text": {text},
		"trigger_id": {fmt.Sprintf("1.%d.bench", s.asked)}, "response_url": {"http://127.0.0.1:1/"}}.Encode()
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	r, err := http.NewRequest(http.MethodPost, s.srv.URL+"/slack/commands", strings.NewReader(body))
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
