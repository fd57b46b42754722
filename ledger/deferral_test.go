package ledger

import (
	"testing"
	"time"
)

// What a customer asks for is decided once: staff accept it, decline it, or offer others, and
// what is agreed is a promise or a plan.
func TestDeferrals(t *testing.T) {
	b, _, c := claimBooks(t, "2026-10-12", nil)
	one, two := owe(t, b, c, "100", "EUR", "2026-10-01"), owe(t, b, c, "50", "EUR", "2026-10-02")
	ask := func(ids []InvoiceID, parts ...PlanPart) (d *Deferral, err error) {
		do(t, b, "", func(tx *Tx) error {
			var list []*Invoice
			for _, id := range ids {
				list = append(list, tx.Invoice(id))
			}
			d, err = tx.RequestDeferral(tx.Customer(c), list, parts, "telegram:1")
			return nil
		})
		return d, err
	}
	refused := func(err error, key string) {
		t.Helper()
		if r, ok := AsRefusal(err); !ok || r.Key != key {
			t.Errorf("got %v, want %s", err, key)
		}
	}
	far, sooner := mustDate(t, "2027-02-01"), mustDate(t, "2026-12-01")
	_, err := ask(nil)
	refused(err, "deferral.nodebt")
	_, err = ask([]InvoiceID{one}, PlanPart{mustDate(t, "2028-01-01"), 10000})
	refused(err, "promise.range")
	_, err = ask([]InvoiceID{one}, PlanPart{sooner, 6000}, PlanPart{far, 3000})
	refused(err, "plan.sum")

	day, err := ask([]InvoiceID{one}, PlanPart{far, 10000})
	if err != nil || !day.ByDay() || day.Label() != "DF-1" {
		t.Fatalf("got %+v %v", day, err)
	}
	_, err = ask([]InvoiceID{two, one}, PlanPart{sooner, 7500}, PlanPart{far, 7500})
	refused(err, "deferral.already")
	do(t, b, "", func(tx *Tx) error { return tx.AgreeDeferral(tx.Deferral(1)) })
	do(t, b, "", func(tx *Tx) error {
		if inv := tx.Invoice(one); inv.Promised != far || len(tx.PromisesOn(inv)) != 1 {
			t.Errorf("promised for %s", inv.Promised)
		}
		refused(tx.EndDeferral(tx.Deferral(1), DeferralDeclined, "late"), "deferral.over")
		return nil
	})

	plan, err := ask([]InvoiceID{one, two}, PlanPart{sooner, 7500}, PlanPart{far, 7500})
	if err != nil {
		t.Fatal(err)
	}
	do(t, b, "", func(tx *Tx) error {
		return tx.ChangeDeferral(tx.Deferral(plan.ID), []PlanPart{{sooner, 10000}, {far, 5000}}, "more at first")
	})
	pay(t, b, NewPayment{Customer: c, Invoice: two, Date: mustDate(t, "2026-10-12"), Amount: Money{1000, "EUR"}})
	do(t, b, "", func(tx *Tx) error {
		d := tx.Deferral(plan.ID)
		if d.State != DeferralOffered || d.Changes != 1 || tx.DeferralFits(d) || tx.DeferralDebt(d) != (Money{14000, "EUR"}) {
			t.Errorf("got %+v, debt %s", d, tx.DeferralDebt(d))
		}
		refused(tx.AgreeDeferral(d), "deferral.moved")
		return nil
	})
	do(t, b, "", func(tx *Tx) error {
		return tx.ChangeDeferral(tx.Deferral(plan.ID), []PlanPart{{sooner, 9000}, {far, 5000}}, "")
	})
	do(t, b, "", func(tx *Tx) error { return tx.AgreeDeferral(tx.Deferral(plan.ID)) })
	do(t, b, "", func(tx *Tx) error {
		if p := tx.Plan(tx.Invoice(one).Plan); p == nil || len(p.Parts) != 2 || len(tx.WaitingDeferrals()) != 0 {
			t.Errorf("the plan is %+v", p)
		}
		return nil
	})
	_, err = ask([]InvoiceID{one}, PlanPart{far, 10000})
	refused(err, "deferral.onplan")
}

// A customer's habit is the median of his delays and his usual weekday, of his last payments.
func TestPayingHabit(t *testing.T) {
	b, now, c := claimBooks(t, "2026-01-05", nil) // a Monday
	habit := func() (h Habit) {
		b.View(func(v *View) error { h = v.PayingHabit(v.Customer(c)); return nil })
		return h
	}
	if h := habit(); h.Of != 0 {
		t.Errorf("nothing is known, and yet %+v", h)
	}
	for i, delay := range []int{4, 4, 11, 4, 33} { // Fridays, but for the last
		due := mustDate(t, "2026-01-05") + Date(7*i)
		on := due.AddDays(delay)
		if noon := on.At(12, 0, time.UTC); noon.After(*now) {
			*now = noon
		}
		id := owe(t, b, c, "100", "EUR", due.String())
		pay(t, b, NewPayment{Customer: c, Invoice: id, Date: on, Amount: Money{10000, "EUR"}})
	}
	if h := habit(); h.Days != 4 || h.Weekday != time.Friday || h.Of != 5 {
		t.Errorf("got %+v", h)
	}
}
