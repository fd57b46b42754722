package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/adapters/sandbox/stand"
	"duebot/ledger"
)

// hanging are the files in the threads of #invoices, and what is said beside each.
func (f *fixture) hanging() (names []string, said string) {
	for _, m := range f.state().Slack.Messages {
		if m.Channel != "CINVOICES1" || m.BotID == "" || m.ThreadTS == "" {
			continue
		}
		for _, file := range m.Files {
			names, said = append(names, file.Name), said+m.said()+"\n"
		}
	}
	slices.Sort(names)
	return names, said
}

// A document hangs in its thread once, whatever becomes of the answer to its last step; one
// that Slack took and never showed comes again, and says so.
func TestPaperWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]struct {
		shown int
		copy  bool
	}{
		stand.FaultTimeout: {1, false}, stand.FaultTimeoutAfterAccept: {1, false}, stand.Fault500: {1, false}, stand.Fault429: {1, false},
		stand.FaultUnshared: {1, true},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.issue("acme", "Work")
			f.post("fault", map[string]any{"platform": "slack", "kind": kind, "count": 1, "channel": "CINVOICES1"}, nil)
			f.command("UFINANCE01", "CINVOICES1", "/ar act INV-2026-000001")
			for range 4 {
				f.rest()
			}
			names, said := f.hanging()
			if got := strings.Count(strings.Join(names, " "), "act-"); got != want.shown || len(names) != want.shown+1 {
				t.Errorf("in the thread hang %q", names)
			}
			if got := strings.Contains(said, "This is a copy"); got != want.copy {
				t.Errorf("it says %q", said)
			}
			f.books(func(a *audit) {})
		})
	}
}

// Without its scope a file does not come; finance is told once a day, and the card stands all
// the same. With the scope again it can be asked for.
func TestPaperWithoutItsScope(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.post("slack/scope", map[string]any{"scope": "files:write", "granted": false}, nil)
	f.issue("acme", "Work")
	f.issue("acme", "More")
	f.rest()
	w := f.state()
	if told := strings.Count(w.channel("CFINANCE01", ""), "can't be put into the thread"); told != 1 {
		t.Errorf("finance was told %d times:\n%s", told, w.channel("CFINANCE01", ""))
	}
	if !strings.Contains(w.channel("CINVOICES1", ""), "INV-2026-000002 · Acme GmbH") {
		t.Error("there is no card")
	}
	_, seen := f.command("UFINANCE01", "CINVOICES1", "/ar pdf INV-2026-000001 ru")
	if !strings.Contains(seen, "could not be brought") {
		t.Errorf("whoever asks reads %q", seen)
	}
	f.post("slack/scope", map[string]any{"scope": "files:write", "granted": true}, nil)
	f.command("UFINANCE01", "CINVOICES1", "/ar pdf INV-2026-000001")
	f.rest()
	if names, _ := f.hanging(); !slices.Equal(names, []string{"INV-2026-000001.pdf"}) {
		t.Errorf("in the thread hang %q", names)
	}
}

// Many invoices at once: each card comes before any document, each document into the thread of
// its own card, and no minute has more of them than Slack takes.
func TestPapersOfManyInvoices(t *testing.T) {
	t.Parallel()
	const invoices = 12
	f := newFixture(t)
	f.inBooks(f.manyInvoices(invoices))
	for range 20 {
		f.advance("30s")
		if names, _ := f.hanging(); len(names) == invoices {
			break
		}
	}
	names, _ := f.hanging()
	if len(names) != invoices || len(slices.Compact(names)) != invoices {
		t.Fatalf("%d documents hang, and %d are different", len(names), len(slices.Compact(slices.Clone(names))))
	}
	parents := map[string]string{}
	for _, m := range f.state().Slack.Messages {
		if m.Channel == "CINVOICES1" && m.ThreadTS == "" {
			parents[m.TS], _, _ = strings.Cut(m.Text, " ")
		}
	}
	for _, m := range f.state().Slack.Messages {
		for _, file := range m.Files {
			if card := parents[m.ThreadTS]; file.Name != card+".pdf" {
				t.Errorf("%s hangs below %q", file.Name, card)
			}
		}
	}
	f.ratesOfPapers(100)
}

// manyInvoices issues invoices to acme all at once.
func (f *fixture) manyInvoices(n int) func(tx *ledger.Tx) error {
	return func(tx *ledger.Tx) error {
		c, err := tx.CustomerNamed("acme")
		for range n {
			var inv *ledger.Invoice
			if err == nil {
				inv, err = tx.Issue(ledger.Draft{Customer: c.ID, Date: tx.Today(), Due: tx.Today().AddDays(14), Currency: "EUR",
					Lines: []ledger.Line{{Text: "Work", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(100)}}})
			}
			if err == nil {
				err = f.box.bot.Load().desk.AnnounceInvoice(tx, inv)
			}
		}
		return err
	}
}

// ratesOfPapers checks that no minute has more than most calls of a step, and that none was
// refused.
func (f *fixture) ratesOfPapers(most int) {
	f.t.Helper()
	at := map[string][]time.Time{}
	for _, e := range f.box.box.Log().Since(0) {
		if strings.HasPrefix(e.Method, "files.") {
			at[e.Method] = append(at[e.Method], e.At)
		}
		if e.Status == 429 {
			f.t.Errorf("%s was refused as too much", e.Method)
		}
	}
	for method, times := range at {
		for i := range times {
			if j := i + most; j < len(times) && times[j].Sub(times[i]) < time.Minute {
				f.t.Errorf("%d calls of %s within %s", most+1, method, times[j].Sub(times[i]))
				break
			}
		}
	}
	f.t.Log(fmt.Sprint("calls: ", len(at["files.completeUploadExternal"]), " shared, ", len(at["files.info"]), " looked up"))
}
