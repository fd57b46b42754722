package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"duebot/adapters/sandbox/stand"
	"duebot/ledger"
)

// pressNow presses a button of the campaign's message without waiting for anything to be said.
func (f *fixture) pressNow(user, label string) {
	f.t.Helper()
	for _, m := range worldOf(f.t, f.base).Slack.Messages {
		if strings.Contains(m.Text, "Reminders C-1") {
			f.post("slack/action", map[string]any{"user": user, "channel": m.Channel, "ts": m.TS, "label": label}, nil)
			return
		}
	}
	f.t.Fatal("the campaign has no message")
}

// says waits, in real time, until the campaign's message says something.
func (f *fixture) says(words string) {
	f.t.Helper()
	said := ""
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if said = campaignSays(f.t, f.base); strings.Contains(said, words) {
			return
		}
	}
	f.t.Fatalf("the campaign does not say %q:\n%s", words, said)
}

// reminders counts, in what a chat shows, how often it was reminded of its first invoice.
func (f *fixture) reminders(chat int64) int {
	w := f.state()
	n := 0
	for _, late := range []string{", was due", ", просрочено на", ", restantă de"} { // people are written to in the language of their programs
		n += strings.Count(w.chat(chat), late)
	}
	return n
}

// TestCampaignPausedAndStopped pauses a campaign that Telegram holds up, restarts the bot,
// lets another message pass, resumes and stops it: what was not sent is withdrawn, and counts
// as nothing.
func TestCampaignPausedAndStopped(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "duebot.toml")
	brisk := "[reminders]\npolicy = \"brisk\"\n[[reminders.policies]]\nname = \"brisk\"\ninterval_days = 2\n"
	if err := os.WriteFile(path, []byte(brisk), 0o600); err != nil {
		t.Fatal(err)
	}
	f := newFixtureOf(t, sandboxOptions{config: path}, io.Discard)
	for i, handle := range []string{"beta", "gamma"} {
		f.command("USALES0001", "CINVOICES1", `/ar customer add `+handle+` "`+handle+`" currency=EUR lang=en tz=Europe/Berlin`)
		f.link(handle, int64(1002+i))
	}
	for _, handle := range []string{"acme", "beta", "gamma"} {
		ts, _ := f.command("UFINANCE01", "CINVOICES1", `/ar invoice `+handle+` 100 "Work" due 7d`)
		f.confirm(ts)
	}
	f.post("clock", map[string]any{"set": "2026-10-14T12:00:00Z"}, nil) // the first step was said on the 12th, a Monday
	ts, _ := f.command("UFINANCE01", "CINVOICES1", "/ar remind overdue")
	f.post("fault", map[string]any{"platform": "telegram", "kind": "429", "count": 20, "retry_after": 60}, nil)
	f.post("slack/action", map[string]any{"user": "UFINANCE01", "channel": "CINVOICES1", "ts": ts, "label": "Send 3 Reminders"}, nil)
	f.says("0% · running")
	f.pressNow("UFINANCE01", "Pause")
	f.post("clock", map[string]any{"advance": "5m"}, nil)
	f.says("0% · paused")

	f.state()
	f.box.close()
	f.open(time.Time{})
	f.post("clock", map[string]any{"advance": "2h"}, nil)
	ts, _ = f.command("UFINANCE01", "CINVOICES1", `/ar invoice acme 50 "More"`)
	f.confirm(ts)
	f.rest()
	if w := f.state(); !strings.Contains(w.chat(1001), "INV-2026-000004") || f.reminders(1001) != 1 {
		t.Errorf("want the new invoice, and no reminder but the first:\n%s", w.chat(1001))
	}
	f.post("fault", map[string]any{"platform": "telegram", "kind": "429", "count": 20, "retry_after": 60}, nil)
	f.pressNow("UMANAGER01", "Resume")
	f.says("0% · running")
	f.pressNow("UMANAGER01", "Stop")
	f.post("clock", map[string]any{"advance": "5m"}, nil)
	f.says("100% · stopped")
	if got := f.reminders(1001) + f.reminders(1002) + f.reminders(1003); got != 3 {
		t.Errorf("%d reminders were sent, want those of the first step", got)
	}
	if err := f.try("slack/action", map[string]any{"user": "UMANAGER01", "channel": "CFINANCE01", "label": "Pause"}, nil); err == nil {
		t.Error("a campaign that is over can be paused")
	}
	f.post("clock", map[string]any{"set": "2026-10-15T12:00:00Z"}, nil)
	if got := f.reminders(1002); got != 2 {
		t.Errorf("%d reminders in beta's chat, want the second step on its day", got)
	}
	f.state()
	f.box.close()
	f.box = nil
	checkEnds(t, ledger.Path(f.dir))
	checkFile(t, ledger.Path(f.dir))
}

// TestGroupMoves follows a group to the supergroup that it becomes, once by the answer to a
// send, and once by what the group says of itself.
func TestGroupMoves(t *testing.T) {
	t.Parallel()
	for _, told := range []bool{false, true} {
		t.Run(fmt.Sprintf("told %v", told), func(t *testing.T) {
			f := newFixture(t)
			const group, super = int64(-5001), int64(-1001000005001)
			f.post("telegram/chat", map[string]any{"id": group, "type": "group", "title": "Beta's desk",
				"people": []map[string]any{{"id": 77, "first_name": "Berta"}}}, nil)
			f.command("USALES0001", "CINVOICES1", `/ar customer add beta "Beta AG"`)
			f.linkDirectly("beta", fmt.Sprintf("telegram:%d", group))
			f.issue("beta", "One")
			if w := f.state(); !strings.Contains(w.chat(group), "INV-2026-000001") {
				t.Fatalf("the group got no invoice:\n%s", w.chat(group))
			}
			f.post("telegram/chat", map[string]any{"id": group, "migrate_to": super}, nil)
			f.rest()
			if !told { // as if the group's own word had been lost
				f.inBooks(func(tx *ledger.Tx) error {
					return tx.MoveChat(fmt.Sprintf("telegram:%d", super), fmt.Sprintf("telegram:%d", group))
				})
			}
			f.issue("beta", "Two")
			f.command("UFINANCE01", "CINVOICES1", "/ar payment INV-2026-000001 5")
			f.rest()
			w := f.state()
			if seen := w.chat(super); !strings.Contains(seen, "INV-2026-000002") || !strings.Contains(seen, "Receipt") {
				t.Errorf("the supergroup got\n%s", seen)
			}
			// The message of the first invoice stayed in the old group: nothing here is edited for it.
			if seen := w.chat(super); strings.Contains(seen, "INV-2026-000001 ·") {
				t.Errorf("a message of the supergroup was overwritten:\n%s", seen)
			}
			f.box.close()
			f.box = nil
			checkEnds(t, ledger.Path(f.dir))
			checkFile(t, ledger.Path(f.dir))
		})
	}
}

// linkDirectly links a chat without its Start: the bot takes invitations in private only.
func (f *fixture) linkDirectly(handle, chat string) {
	f.t.Helper()
	f.inBooks(func(tx *ledger.Tx) error {
		c, err := tx.CustomerNamed(handle)
		if err != nil {
			return err
		}
		token, _, err := tx.Invite(c)
		if err == nil {
			_, err = tx.Link(token, chat, "Berta", "en")
		}
		return err
	})
}

// inBooks does something in the books of the running bot.
func (f *fixture) inBooks(fn func(tx *ledger.Tx) error) {
	f.t.Helper()
	_, err := f.box.bot.Load().books.Update(context.Background(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }})
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) issue(handle, work string) {
	ts, _ := f.command("UFINANCE01", "CINVOICES1", `/ar invoice `+handle+` 100 "`+work+`"`)
	f.confirm(ts)
	f.rest()
}

// TestNothingIsLeft lives with the bot for a while and closes it: no goroutine stays.
func TestNothingIsLeft(t *testing.T) {
	before := goleak.IgnoreCurrent()
	f := newFixture(t)
	f.issue("acme", "Work")
	f.fault("telegram", stand.Fault429, 1)
	f.issue("acme", "More")
	f.box.close()
	f.box = nil
	goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

// open starts the sandbox of a fixture.
func (f *fixture) open(start time.Time) {
	f.t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	o := f.o
	o.addr, o.dir, o.empty, o.start = "127.0.0.1:0", f.dir, true, start
	box, err := openSandbox(context.Background(), o, quiet)
	if err != nil {
		f.t.Fatal(err)
	}
	f.box, f.player = box, newPlayer(f.t, box.base)
}
