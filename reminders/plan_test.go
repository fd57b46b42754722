package reminders

import (
	"testing"
	"time"

	"duebot/ledger"
)

// While a plan stands its invoices are silent and each part has its two words; a missed part
// brings the reminders back, at the step of the age.
func TestRemindersFollowThePlan(t *testing.T) {
	o := newOffice(t, "UTC")
	id := o.invoice("2026-10-05", 90000)
	o.expect("2026-10-08T10:00:00Z", 1)
	o.do(func(tx *ledger.Tx) error {
		parts := []ledger.PlanPart{{Due: ledger.NewDate(2026, 10, 20), Minor: 30000}, {Due: ledger.NewDate(2026, 10, 27), Minor: 60000}}
		_, err := tx.AgreePlan(tx.Customer(o.acme), []*ledger.Invoice{tx.Invoice(id)}, parts)
		return err
	})
	o.expect("2026-10-12T10:00:00Z")
	o.expect("2026-10-16T10:00:00Z")
	o.expect("2026-10-17T10:00:00Z", 0)
	o.expect("2026-10-18T10:00:00Z")
	o.expect("2026-10-19T10:00:00Z")
	o.expect("2026-10-20T10:00:00Z", 0)
	o.pay(id, 30000)
	o.expect("2026-10-21T10:00:00Z")
	o.expect("2026-10-24T10:00:00Z", 0)
	o.expect("2026-10-27T10:00:00Z", 0)
	o.expect("2026-10-28T10:00:00Z")
	o.expect("2026-10-29T10:00:00Z")    // he is told that the plan is over
	o.expect("2026-10-30T10:00:00Z", 3) // 25 days old: 14 days' step, and not 7 days' too
	o.expect("2026-10-31T10:00:00Z")
	o.expect("2026-11-04T10:00:00Z", 4)
}

// A hold keeps words about a plan away like any other, of the customer or of all that the plan is
// about; they go on when it is over.
func TestHoldKeepsThePlanSilent(t *testing.T) {
	o := newOffice(t, "UTC")
	id := o.invoice("2026-10-05", 90000)
	o.do(func(tx *ledger.Tx) error {
		parts := []ledger.PlanPart{{Due: ledger.NewDate(2026, 10, 20), Minor: 30000}, {Due: ledger.NewDate(2026, 11, 10), Minor: 60000}}
		_, err := tx.AgreePlan(tx.Customer(o.acme), []*ledger.Invoice{tx.Invoice(id)}, parts)
		if err == nil {
			_, err = tx.Hold(tx.Customer(o.acme), 0, ledger.NewDate(2026, 10, 18), "their accountant is ill")
		}
		return err
	})
	o.expect("2026-10-17T10:00:00Z")
	o.expect("2026-10-18T10:00:00Z")
	o.expect("2026-10-19T10:00:00Z", 0)
	o.pay(id, 30000)
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.Hold(tx.Customer(o.acme), id, 0, "the goods come back")
		return err
	})
	o.expect("2026-11-07T10:00:00Z")
	o.expect("2026-11-10T10:00:00Z")
}

// planned agrees to a plan of acme's whose first part falls due on 8 October.
func (o *office) planned() {
	o.t.Helper()
	id := o.invoice("2026-10-05", 90000)
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.AgreePlan(tx.Customer(o.acme), []*ledger.Invoice{tx.Invoice(id)}, []ledger.PlanPart{{Due: ledger.NewDate(2026, 10, 8), Minor: 40000}, {Due: ledger.NewDate(2026, 10, 30), Minor: 50000}})
		return err
	})
}

// A word that was to come yesterday, or would come beside another, waits for a day of its own.
func TestPlanIsOverOnADayOfItsOwn(t *testing.T) {
	o := newOffice(t, "UTC")
	o.planned()
	o.invoice("2026-10-06", 1000)
	o.run("2026-10-09T10:00:00Z") // its reminder waits, since no platform takes it
	o.run("2026-10-12T10:00:00Z")
	if n := o.kinds(ledger.NoticePlanOver); n != 0 {
		t.Errorf("told %d times while another word is on its way", n)
	}
	o.expect("2026-10-13T09:00:00Z", 1)
	o.run("2026-10-13T10:00:00Z")
	if n := o.kinds(ledger.NoticePlanOver); n != 0 {
		t.Errorf("told %d times on the day of another word", n)
	}
	o.run("2026-10-14T10:00:00Z")
	if n := o.kinds(ledger.NoticePlanOver); n != 1 {
		t.Fatalf("told %d times on the next day", n)
	}
	o.now = o.now.Add(20 * time.Hour)
	o.do(func(tx *ledger.Tx) error {
		for _, n := range tx.OpenNotices(0) {
			if n.Kind != ledger.NoticePlanOver {
				continue
			}
			held, err := o.rules.HoldAgain(tx, &n)
			if !held {
				t.Error("a word of yesterday goes")
			}
			if err != nil {
				return err
			}
			return tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeWithdrawn, Reason: "another day"})
		}
		return nil
	})
	o.run("2026-10-15T10:00:00Z")
	if n := o.kinds(ledger.NoticePlanOver); n != 1 {
		t.Errorf("it waits %d times on the day after, want it queued once more", n)
	}
}

// That a plan is over is told in his hours: after an outage that ends at night on the next day, once.
func TestPlanIsOverByDay(t *testing.T) {
	o := newOffice(t, "UTC")
	o.planned()
	told := func() (n int) {
		o.do(func(tx *ledger.Tx) error {
			for _, x := range tx.OpenNotices(0) {
				if x.Kind == ledger.NoticePlanOver {
					n++
				}
			}
			return nil
		})
		return n
	}
	o.expect("2026-10-20T22:30:00Z")
	if n := told(); n != 0 {
		t.Errorf("told %d times at night", n)
	}
	o.expect("2026-10-21T10:00:00Z")
	o.expect("2026-10-21T11:00:00Z")
	if n := told(); n != 1 {
		t.Errorf("told %d times on the next day", n)
	}
	o.do(func(tx *ledger.Tx) error {
		return tx.ChooseHours(tx.Customer(o.acme), ledger.Hours{From: 19, Until: 20}, ledger.Hours{From: 8, Until: 20})
	})
	o.expect("2026-10-21T19:00:00Z") // one word a day, whatever hour he chooses after it
	o.expect("2026-10-22T19:00:00Z", 1)
}
