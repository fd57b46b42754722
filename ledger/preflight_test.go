package ledger

import (
	"path/filepath"
	"testing"
)

// What staff left out can be had back, as it was; whatever else counts meanwhile stays.
func TestSkipUndone(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	setTestCompany(t, b)
	acme := addAcme(t, b)
	one, two := issueFor(t, b, acme, "100"), issueFor(t, b, acme, "200")
	day := one.Due.AddDays(8)
	do(t, b, "", func(tx *Tx) error {
		return tx.SkipSteps(tx.Customer(acme), day, []PlanStep{{one.ID, 1}, {two.ID, 0}}, SkipContact, "a new director")
	})
	if one.Step != 1 || two.Nudge != day {
		t.Errorf("after it was left out: step %d, nudge %s", one.Step, two.Nudge)
	}
	do(t, b, "", func(tx *Tx) error { return tx.UndoSkip(tx.Customer(acme)) })
	if one.Step != 0 || two.Nudge != 0 {
		t.Errorf("after the undo: step %d, nudge %s", one.Step, two.Nudge)
	}
	if r, ok := AsRefusal(try(b, "", func(tx *Tx) error { return tx.UndoSkip(tx.Customer(acme)) })); !ok || r.Key != "preflight.noundo" {
		t.Errorf("undone twice: %v", r)
	}
}

// A contact that is held day after day is booked once; money waits that settled nothing.
func TestHeldOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duebot.db")
	b := openTest(t, path)
	setTestCompany(t, b)
	acme := addAcme(t, b)
	inv := issueFor(t, b, acme, "100")
	key := ContactKey{Invoice: inv.ID, Step: 1}
	for i, want := range []bool{true, false} {
		do(t, b, "", func(tx *Tx) error {
			news, err := tx.HoldContact(tx.Customer(acme), key, inv.Due.AddDays(3+i), HeldMoney)
			if news != want {
				t.Errorf("day %d: news %t, want %t", i, news, want)
			}
			return err
		})
	}
	do(t, b, "", func(tx *Tx) error {
		_, _, err := tx.Receive(NewPayment{Customer: acme, Date: tx.Today(), Amount: euros(50000), Method: "bank"})
		return err
	})
	b.View(func(v *View) error {
		c := v.Customer(acme)
		if got := v.MoneyWaiting(c); len(got) != 1 || got[0] != euros(40000) {
			t.Errorf("money that waits: %v", got)
		}
		return nil
	})
}

// preflightActs are what staff say of single contacts, once each.
func preflightActs(t *testing.T, b *Books) {
	var inv *Invoice
	b.View(func(v *View) error {
		v.Customers(func(c *Customer) {
			if open := v.OpenInvoices(c); inv == nil && len(open) > 0 {
				inv = open[0]
			}
		})
		return nil
	})
	if inv == nil {
		t.Fatal("the sample has no open invoice")
	}
	key := ContactKey{Invoice: inv.ID, Step: 1, Part: "PL-1.1"}
	for i, act := range []func(tx *Tx, c *Customer) error{
		func(tx *Tx, c *Customer) error {
			return tx.SkipSteps(c, tx.Today(), []PlanStep{{inv.ID, inv.Step + 1}}, SkipContact, "")
		},
		func(tx *Tx, c *Customer) error { return tx.UndoSkip(c) },
		func(tx *Tx, c *Customer) error { return tx.Snooze(c, tx.Today(), tx.Today().AddDays(3)) },
		func(tx *Tx, c *Customer) error { return tx.WordContact(c, key, "Please call us.", true) },
		func(tx *Tx, c *Customer) error { return tx.ReleaseContact(c, key) },
		func(tx *Tx, c *Customer) error {
			_, err := tx.HoldContact(c, key, tx.Today(), HeldStale)
			return err
		},
		func(tx *Tx, c *Customer) error {
			return tx.Notify(NoticeQueued{Kind: NoticePreflight, Address: "CFINANCE01", For: tx.Today()})
		},
	} {
		if err := try(b, "", func(tx *Tx) error { return act(tx, tx.Customer(inv.Customer)) }); err != nil {
			t.Errorf("act %d of single contacts: %v", i, err)
		}
	}
}

// What is on account stands by its own date: money and credit notes, the oldest first.
func TestUnapplied(t *testing.T) {
	f := newFigureBooks(t, "2026-01-01")
	id := f.issue(f.acme, "2026-01-10", "100")
	f.day("2026-01-05")
	f.pay(id, 15000, "bank")
	f.day("2026-01-07")
	f.do(func(tx *Tx) error { _, err := tx.Credit(tx.Invoice(id), euros(2000), "why"); return err })
	f.day("2026-02-01")
	f.view(func(v *View) {
		got := v.UnappliedOf(v.Customer(f.acme))
		if len(got) != 2 || got[0].Payment == nil || got[0].Left != euros(5000) || got[0].Date != mustDate(t, "2026-01-05") ||
			got[1].Credit == nil || got[1].Left != euros(2000) || got[1].Date != mustDate(t, "2026-01-07") {
			t.Errorf("got %+v", got)
		}
		if len(v.UnappliedOf(v.Customer(f.bolt))) != 0 {
			t.Error("another customer has something")
		}
	})
}
