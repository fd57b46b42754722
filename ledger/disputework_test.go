package ledger

import (
	"slices"
	"testing"
	"time"
)

// The nth business day leaves out the weekend of the company's zone.
func TestBusinessDays(t *testing.T) {
	tests := []struct {
		zone, from string
		n          int
		want       string
	}{
		{"Europe/Berlin", "2026-11-20", 1, "2026-11-23"}, // from a Friday
		{"Europe/Berlin", "2026-11-20", 5, "2026-11-27"},
		{"Europe/Berlin", "2026-11-21", 1, "2026-11-23"}, // from a Saturday
		{"Europe/Berlin", "2026-11-23", -1, "2026-11-20"},
		{"Europe/Berlin", "2026-11-25", 0, "2026-11-25"},
		{"Asia/Tehran", "2026-11-19", 1, "2026-11-21"}, // Friday alone is free
		{"Asia/Tehran", "2026-11-18", 5, "2026-11-24"},
		{"Asia/Riyadh", "2026-11-19", 1, "2026-11-22"},
		{"Asia/Kolkata", "2026-11-20", 2, "2026-11-23"},
		{"Asia/Kabul", "2026-11-18", 1, "2026-11-21"},
		{"", "2026-11-20", 1, "2026-11-23"},
	}
	for _, tt := range tests {
		from, _ := ParseDate(tt.from)
		if got := (Days{}).Add(from, tt.n, ZoneCountry(tt.zone)); got.String() != tt.want {
			t.Errorf("%s, %d business days from %s: got %s, want %s", tt.zone, tt.n, tt.from, got, tt.want)
		}
	}
}

// A dispute keeps its lines, owner and deadline; it can be taken over, is pressed once a step,
// and is taken up again once by its customer, for some weeks.
func TestDisputeWork(t *testing.T) {
	b, _ := testBooks(t)
	id := issue(t, b, addAcme(t, b), line("x", "1", "100", "0"))
	look := func(fn func(v *View)) {
		t.Helper()
		if err := b.View(func(v *View) error { fn(v); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	do(t, b, "", func(tx *Tx) error {
		inv := tx.Invoice(id)
		_, err := tx.Contest(inv, NewDispute{Reason: ReasonQuality, Amount: euros(3000), Lines: []int{1}, By: "telegram:1", Owner: "USALES0001",
			AnswerBy: tx.Days().Add(tx.Today(), 5, "DE")})
		return err
	})
	look(func(v *View) {
		inv, d := v.Invoice(id), v.Dispute(1)
		if inv.DisputedMoney() != euros(3000) || !slices.Equal(d.Lines, []int{1}) || d.Owner != "USALES0001" {
			t.Errorf("got %+v, %s in dispute", d, inv.DisputedMoney())
		}
		if _, ok := v.MayDispute(inv); ok {
			t.Error("an invoice in dispute may be disputed")
		}
		if due, next := v.DisputesToPress(); len(due) != 0 || next.IsZero() {
			t.Errorf("pressed at once: %v, next %s", due, next)
		}
		if answer, end := d.Times(); answer >= 0 || end >= 0 {
			t.Errorf("answered after %s, ended after %s", answer, end)
		}
	})
	do(t, b, "", func(tx *Tx) error { return tx.TakeDispute(tx.Dispute(1), "UFINANCE01") })
	for _, want := range []Pressing{Reminded, Escalated} {
		do(t, b, "", func(tx *Tx) error {
			d := tx.Dispute(1)
			day := d.AnswerBy
			if want == Escalated {
				day = day.AddDays(7) // the program did not run for a week
			}
			tx.Now = day.At(12, 0, time.UTC)
			due, _ := tx.DisputesToPress()
			if due[1] != want {
				t.Errorf("on %s: got %v, want %d", day, due, want)
			}
			if err := tx.PressDispute(d, due[1]); err != nil {
				return err
			}
			if due, _ := tx.DisputesToPress(); len(due) != 0 {
				t.Errorf("pressed twice: %v", due)
			}
			return nil
		})
	}
	do(t, b, "", func(tx *Tx) error { _, err := tx.Resolve(tx.Dispute(1), Rejected, 0, "no"); return err })
	do(t, b, "", func(tx *Tx) error {
		inv, first := tx.Invoice(id), tx.Dispute(1)
		again, ok := tx.MayDispute(inv)
		if !ok || again != first {
			t.Errorf("a settled dispute cannot be taken up again: %v %t", again, ok)
		}
		now := tx.Now
		tx.Now = now.AddDate(0, 0, 32)
		if _, ok := tx.MayDispute(inv); ok {
			t.Error("it can be taken up again for ever")
		}
		tx.Now = now
		if _, err := tx.Contest(inv, NewDispute{Reason: ReasonSum, By: "telegram:1", Again: 1}); err != nil {
			return err
		}
		_, err := tx.Resolve(tx.Dispute(2), Withdrawn, 0, "")
		return err
	})
	look(func(v *View) {
		if answer, end := v.Dispute(1).Times(); answer <= 0 || end != answer {
			t.Errorf("answered after %s, ended after %s: the end is the first answer here", answer, end)
		}
		if first, second := v.Dispute(1), v.Dispute(2); first.TakenUp != 2 || second.Again != 1 {
			t.Errorf("got %d and %d", first.TakenUp, second.Again)
		}
		if _, ok := v.MayDispute(v.Invoice(id)); ok {
			t.Error("it can be taken up again twice")
		}
		facts, err := v.DisputeFacts(v.Dispute(1))
		var kinds []string
		for _, f := range facts {
			kinds = append(kinds, KindName(f.Body))
		}
		if want := []string{"DisputeOpened", "DisputeTaken", "DisputePressed", "DisputePressed", "DisputeResolved"}; err != nil || !slices.Equal(kinds, want) {
			t.Errorf("got %v, want %v: %v", kinds, want, err)
		}
	})
}
