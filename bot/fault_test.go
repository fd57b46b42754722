package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v84/webhook"
)

// evening is after the digest's time, so that what is tested is all that is said.
var evening = time.Date(2026, 10, 1, 19, 0, 0, 0, time.UTC)

// fixture is a sandbox in this process with one customer, acme, who is linked to chat 1001.
type fixture struct {
	t   *testing.T
	box *theSandbox
	*player
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	dir := t.TempDir()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	box, err := openSandbox(context.Background(), sandboxOptions{addr: "127.0.0.1:0", dir: dir, empty: true, start: evening}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, box: box, player: newPlayer(t, box.base)}
	t.Cleanup(func() {
		if f.box != nil {
			f.box.close()
		}
	})
	f.command("USALES0001", "CINVOICES1", `/ar customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=net14`)
	f.link("acme", 1001)
	f.rest()
	return f
}

// rest lets everything be said that is going to be said within the next minutes.
func (f *fixture) rest() {
	f.t.Helper()
	f.advance("5m")
	f.state()
}

// fault orders a failure.
func (f *fixture) fault(platform, kind string, count int) {
	f.post("fault", map[string]any{"platform": platform, "kind": kind, "count": count}, nil)
}

// invoice types an invoice and returns where its preview is.
func (f *fixture) preview(work string) (ts string) {
	ts, _ = f.command("UFINANCE01", "CINVOICES1", `/ar invoice acme 1200 "`+work+`" tax 19% due 14d`)
	return ts
}

// confirm presses Confirm; a message that was replaced meanwhile is fine.
func (f *fixture) confirm(ts string) {
	err := f.try("slack/action", map[string]any{"user": "UFINANCE01", "channel": "CINVOICES1", "ts": ts, "label": "Confirm"}, nil)
	if err != nil && !strings.Contains(err.Error(), "404") {
		f.fail("%v", err)
	}
}

// patiently does something until the person sees what he wants, at most some times: an
// answer may be lost for good, and then people try again.
func (f *fixture) patiently(what string, try func(), seen func() bool) {
	f.t.Helper()
	for range 4 {
		try()
		f.rest()
		if seen() {
			return
		}
	}
	w := f.state()
	f.t.Fatalf("%s does not come\n%s", what, w.chat(1001))
}

// shows reports whether the chat shows a button in a message with these words.
func (f *fixture) shows(label, words string) bool {
	w := worldOf(f.t, f.base)
	_, _, ok := w.button(1001, label, words)
	return ok
}

// clickOn presses the newest button with this label in a message with these words.
func (f *fixture) clickOn(label, words string) {
	w := worldOf(f.t, f.base)
	message, _, ok := w.button(1001, label, words)
	if !ok {
		f.t.Fatalf("no message with %q has a button %q", words, label)
	}
	f.post("telegram/click", map[string]any{"chat": 1001, "message_id": message, "label": label}, nil)
}

// books stops the bot and compares its books with the platforms.
func (f *fixture) books(use func(a *audit)) {
	f.t.Helper()
	f.rest()
	world, log := worldOf(f.t, f.base), logOf(f.t, f.base, 0)
	f.box.close()
	f.box = nil
	db := filepath.Join(f.t.TempDir(), "nothing")
	_ = db
	readBooks(f.t, f.db(), sandboxMark, func(b *bookReader) {
		a := &audit{f.t, b, world, log}
		a.outcomes()
		a.slack()
		use(a)
	})
	checkFile(f.t, f.db())
}
