package reminders

import (
	"testing"

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

// That a plan is over is told in his hours: after an outage that ends at night on the next day, once.
func TestPlanIsOverByDay(t *testing.T) {
	o := newOffice(t, "UTC")
	id := o.invoice("2026-10-05", 90000)
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.AgreePlan(tx.Customer(o.acme), []*ledger.Invoice{tx.Invoice(id)}, []ledger.PlanPart{{Due: ledger.NewDate(2026, 10, 8), Minor: 40000}, {Due: ledger.NewDate(2026, 10, 30), Minor: 50000}})
		return err
	})
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
}
