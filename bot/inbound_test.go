package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"duebot/adapters/sandbox/stand"
	"duebot/ledger"
)

// TestDuplicatesByHTTP plays TestFaults with platforms that call the bot, each of them twice.
func TestDuplicatesByHTTP(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"slack", "telegram"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			playUnderFault(t, newFixtureOf(t, sandboxOptions{http: true}, io.Discard), platform, stand.FaultDuplicate)
		})
	}
}

// The bot's answer to a call is lost on its way: whoever pressed a button presses again, and
// Telegram calls again by itself; each thing is done and said once.
func TestLostAnswersByHTTP(t *testing.T) {
	t.Parallel()
	f := newFixtureOf(t, sandboxOptions{http: true}, io.Discard)
	press := map[string]any{"user": "UFINANCE01", "channel": "CINVOICES1", "ts": f.preview("Work"), "label": "Confirm"}
	f.fault("slack", stand.FaultDropSocket, 1)
	if err := f.try("slack/action", press, nil); err == nil || !strings.Contains(err.Error(), "dispatch_failed") {
		t.Errorf("pressed: %v", err)
	}
	f.try("slack/action", press, nil) // what was pressed may be replaced by now
	f.rest()
	f.fault("telegram", stand.FaultDropSocket, 1)
	f.write(1001, "/balance")
	f.rest()
	w := f.state()
	if seen := w.chat(1001); strings.Count(seen, "> /balance") != 1 || strings.Count(seen, "INV-2026-000001 ") != 1 {
		t.Errorf("the chat is\n%s", seen)
	}
	f.books(func(a *audit) {
		a.booked("invoices", a.books.works, map[string]int{"Work": 1})
		out := count(a.log, func(e entry) bool { return e.Dir == "out" && e.Platform == "telegram" })
		if out != 3 { // /start, and the question twice
			t.Errorf("%d updates were called out", out)
		}
	})
}

// page gets an address of the bot's own HTTP.
func (f *fixture) page(path string, header ...string) (status int, body string) {
	f.t.Helper()
	req, err := http.NewRequest(http.MethodGet, f.base+path, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

// Who calls in a platform's name without its secret is refused, counted and logged, changes
// nothing, and the true call that follows is taken.
func TestForgedCalls(t *testing.T) {
	t.Parallel()
	var log lockedText
	f := newFixtureOf(t, sandboxOptions{http: true}, &log)
	f.fault("slack", stand.FaultForged, 2)
	f.confirm(f.preview("Work"))
	f.rest()
	f.fault("telegram", stand.FaultForged, 1)
	f.write(1001, "/balance")
	f.rest()
	_, counted := f.page("/metrics")
	for _, want := range []string{`{channel="slack",outcome="forged"} 2`, `{channel="telegram",outcome="forged"} 1`} {
		if !strings.Contains(counted, want) {
			t.Errorf("%s was not counted:\n%s", want, counted)
		}
	}
	if text := log.String(); !strings.Contains(text, "refused") || strings.Contains(text, sandboxSigning) || strings.Contains(text, sandboxWebhook) || strings.Contains(text, sandboxTelegramToken) {
		t.Errorf("logged:\n%s", text)
	}
	if status, _ := f.page("/metrics", "X-Forwarded-For", "203.0.113.9"); status != http.StatusNotFound {
		t.Errorf("whom a proxy lets in may read the counters: %d", status)
	}
	f.books(func(a *audit) {
		a.booked("invoices", a.books.works, map[string]int{"Work": 1})
		for _, e := range a.log {
			if e.Dir == "forged" && e.Status != http.StatusUnauthorized {
				t.Errorf("a forged call of %s was answered %d", e.Platform, e.Status)
			}
		}
	})
}

// lockedText is a log that may be written and read at once.
type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Settings that do not go together are one line each.
func TestInboundSettings(t *testing.T) {
	for want, change := range map[string]func(c *Config){
		"":                            func(c *Config) {},
		"SLACK_APP_TOKEN: is missing": func(c *Config) { c.SlackAppToken = "" },
		"DUEBOT_PUBLIC_URL: is missing; with SLACK": func(c *Config) { c.SlackAppToken, c.SlackSigning, c.PublicURL = "", "x", "" },
		"DUEBOT_PUBLIC_URL: is missing; with TELE":  func(c *Config) { c.TelegramSecret, c.PublicURL = "x", "" },
		"DUEBOT_PUBLIC_URL: must begin": func(c *Config) {
			c.byHTTP()
			c.TelegramURL = "https://api.telegram.org"
		},
		"TELEGRAM_WEBHOOK_SECRET: must be": func(c *Config) { c.TelegramSecret = "a b" },
	} {
		c := sandboxConfig("http://127.0.0.1:1", "x.db")
		change(&c)
		err := c.check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	c := sandboxConfig("http://127.0.0.1:1", "x.db")
	if c.byHTTP(); c.check() != nil || c.telegramWebhook() != "http://127.0.0.1:1/telegram/webhook" {
		t.Errorf("%v, %s", c.check(), c.telegramWebhook())
	}
}

// An offset that is older than Telegram keeps its numbers is not used any more.
func TestOldOffset(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	d := &customerDesk{f.box.bot.Load()}
	for stored, want := range map[string]int{
		"17":                                 17,
		fmt.Sprint("18 ", time.Now().Unix()): 18,
		fmt.Sprint("19 ", time.Now().Add(-7*24*time.Hour).Unix()): 0,
		"": 0,
	} {
		d.keep(t, stored)
		if got, _, err := d.Offset(); got != want || err != nil {
			t.Errorf("%q: got %d %v, want %d", stored, got, err, want)
		}
	}
}

func (d *customerDesk) keep(t *testing.T, offset string) {
	t.Helper()
	_, err := d.b.books.Update(context.Background(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		tx.Put(offsetRow, []byte(offset))
		return nil, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// An update that cannot be read is tried three times, put aside, and shown to staff; what
// comes after it is taken. Polled and called out alike.
func TestPoisonUpdate(t *testing.T) {
	t.Parallel()
	for name, http := range map[string]bool{"polled": false, "called out": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixtureOf(t, sandboxOptions{http: http}, io.Discard)
			f.fault("telegram", stand.FaultPoison, 1)
			f.write(1001, "/balance")
			f.rest()
			w := f.state()
			if seen := w.chat(1001); !strings.HasPrefix(seen[strings.LastIndex(seen, "> "):], "> /balance\n") || strings.HasSuffix(seen, "> /balance\n") {
				t.Errorf("the question behind it was not answered:\n%s", seen)
			}
			if seen := w.channel("CFINANCE01", "UFINANCE01"); strings.Count(seen, "put aside") != 1 {
				t.Errorf("finance sees\n%s", seen)
			}
			if _, counted := f.page("/metrics"); !strings.Contains(counted, `{channel="telegram",outcome="aside"} 1`) {
				t.Errorf("counted\n%s", counted)
			}
		})
	}
}
