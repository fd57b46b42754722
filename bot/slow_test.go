package main

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
)

// However long the books take for a commit, Slack hears within its time: first "Working…", and
// then what was booked, once.
func TestSlowBooksAreAcknowledged(t *testing.T) {
	box, err := openSandbox(t.Context(), sandboxOptions{addr: "127.0.0.1:0", dir: t.TempDir(), empty: true, start: time.Date(2026, 10, 1, 7, 0, 0, 0, time.UTC)}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer box.close()
	p := newPlayer(t, box.base)
	p.command("USALES0001", "CINVOICES1", `/ar customer add acme "Acme GmbH"`)
	busy, let := make(chan struct{}), make(chan struct{})
	go box.bot.Load().books.Update(context.Background(), ledger.Command{By: "duebot", Run: func(*ledger.Tx) ([]byte, error) {
		close(busy)
		<-let
		return nil, nil
	}})
	<-busy
	still, began := watchStills(t), time.Now()
	var r commandReply
	p.post("slack/command", map[string]any{"user": "UFINANCE01", "channel": "CINVOICES1", "command": "/ar", "text": "payment acme 10"}, &r)
	if took := time.Since(began) - still.within(began, time.Now()); took > 2500*time.Millisecond || r.Payload.Text != "Working…" {
		t.Errorf("after %s: %q", took, r.Payload.Text)
	}
	close(let)
	if seen := p.newest("UFINANCE01"); !strings.Contains(seen.Text, "€10.00 from Acme GmbH") {
		t.Errorf("later: %q", seen.Text)
	}
	if _, seen := p.command("USALES0001", "CINVOICES1", "/ar payments acme"); strings.Count(seen, "P-") != 1 {
		t.Errorf("booked: %s", seen)
	}
}
