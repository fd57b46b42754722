package reminders

import (
	"testing"
	"time"

	"duebot/ledger"
)

// A part shrinks at once where its commit took too long, and grows by and by where there is room.
func TestPaceFollowsTime(t *testing.T) {
	var p pace
	p.took(p.next(), 8*time.Millisecond)
	if want := partSize * 5 / 8; p.next() != want {
		t.Errorf("%d customers after a commit of 8 ms, want %d", p.next(), want)
	}
	before := p.next()
	p.took(3, time.Second) // the rest of a run
	if p.next() != before {
		t.Errorf("%d customers: a few of them tell nothing", p.next())
	}
	p.took(p.next(), time.Second)
	if p.next() != before/2 {
		t.Errorf("%d customers after one commit that was held up, want %d", p.next(), before/2)
	}
	for range 3 {
		p.took(p.next(), time.Second)
	}
	if p.next() != partLeast {
		t.Errorf("%d customers on a very slow machine, want %d", p.next(), partLeast)
	}
	for range 50 {
		before := p.next()
		if p.took(p.next(), time.Millisecond); p.next() > before+before/4 {
			t.Errorf("from %d to %d customers at once", before, p.next())
		}
	}
	if p.next() != partMost {
		t.Errorf("%d customers where a commit takes a millisecond, want %d", p.next(), partMost)
	}
}

// On a machine on which each customer takes a millisecond commits are soon about a few.
func TestCommitsOfASlowMachine(t *testing.T) {
	o := newOffice(t, "UTC")
	customers := 3*partSize + 10
	o.manyDebtors(customers)
	wall, sizes, before := time.Time{}, []int{}, 0
	began := false
	o.rules.Wall = func() time.Time {
		if began = !began; began {
			return wall
		}
		o.do(func(tx *ledger.Tx) error {
			now := len(tx.OpenNotices(0))
			sizes, before = append(sizes, now-before), now
			return nil
		})
		wall = wall.Add(time.Duration(sizes[len(sizes)-1]) * time.Millisecond)
		return wall
	}
	o.now = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	if err := o.books.View(func(v *ledger.View) error { o.rules.agenda.follow(v, o.rules.Policy); return nil }); err != nil {
		t.Fatal(err)
	}
	day := on("2026-10-01")
	for _, s := range o.rules.agenda.running() {
		if err := o.rules.runZone(t.Context(), s, o.now); err != nil {
			t.Fatal(err)
		}
	}
	if done, err := o.rules.done((slot{zone: "Europe/Berlin"}).marker(), day); !done || err != nil {
		t.Errorf("the run is over: %t, %v", done, err)
	}
	if before != customers+1 { // and the news of a campaign
		t.Errorf("%d notices of %d customers", before, customers)
	}
	for i, n := range sizes {
		if n > max(partLeast, partSize>>i)+1 {
			t.Errorf("commit %d is about %d customers", i, n)
		}
	}
}

// A month's end of promises is judged some of them a commit; what came in between those is looked at.
func TestManyPromisesAreJudgedInParts(t *testing.T) {
	o := newOffice(t, "UTC")
	o.manyDebtors(2*partSize + 10)
	var of []ledger.InvoiceID
	o.do(func(tx *ledger.Tx) (err error) {
		tx.Customers(func(c *ledger.Customer) {
			for _, inv := range tx.OpenInvoices(c) {
				if err == nil {
					of, err = append(of, inv.ID), tx.Promise(inv, on("2026-10-05"))
				}
			}
		})
		return err
	})
	last := of[len(of)-1]
	outcome := func(tx *ledger.Tx, id ledger.InvoiceID) ledger.PromiseOutcome {
		return tx.PromisesOn(tx.Invoice(id))[0].Outcome
	}
	o.now = time.Date(2026, 10, 8, 9, 0, 0, 0, time.UTC)
	var judged []int // by the end of each commit
	within := false
	o.rules.Wall = func() time.Time {
		if within = !within; within {
			return o.now
		}
		n := 0
		o.do(func(tx *ledger.Tx) error {
			for _, id := range of {
				if outcome(tx, id) != ledger.PromiseAwaited {
					n++
				}
			}
			if inv := tx.Invoice(last); n > 0 && inv.Open > 0 { // paid in time, and read from the bank now
				_, _, err := tx.Receive(ledger.NewPayment{Customer: inv.Customer, Invoice: last, Date: on("2026-10-05"), Amount: inv.OpenMoney(), Method: "bank"})
				return err
			}
			return nil
		})
		judged = append(judged, n)
		return o.now
	}
	if err := o.rules.judge(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.do(func(tx *ledger.Tx) error {
		for _, id := range of {
			want := ledger.PromiseFalse
			if id == last {
				want = ledger.PromiseTrue
			}
			if got := outcome(tx, id); got != want {
				t.Fatalf("the promise of %d is %q, want %q", id, got, want)
			}
		}
		return nil
	})
	for i, n := range judged {
		if before := append([]int{0}, judged...)[i]; n-before > partSize {
			t.Errorf("%v promises are judged after each commit: %d at once", judged, n-before)
		}
	}
}
