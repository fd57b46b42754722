package reminders

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// draft issues d with one line over a sum in cents.
func (o *office) draft(d ledger.Draft, minor int64) (id ledger.InvoiceID) {
	o.t.Helper()
	o.do(func(tx *ledger.Tx) error {
		d.Customer, d.Date, d.Currency = o.acme, tx.Today(), "EUR"
		if d.Due == 0 {
			d.Due = d.Date.AddDays(30)
		}
		d.Lines = []ledger.Line{{Text: "x", Quantity: decimal.NewFromInt(1), Price: decimal.New(minor, -2)}}
		inv, err := tx.Issue(d)
		if err == nil {
			id = inv.ID
		}
		return err
	})
	return id
}

func day(t *testing.T, s string) ledger.Date {
	t.Helper()
	d, err := ledger.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// That an early payment saves is said once, three days before the last day; the due date has
// its own words later.
func TestEarlyPaymentIsSaidOnce(t *testing.T) {
	o := newOffice(t, "UTC")
	early := ledger.EarlyDiscount{Percent: decimal.NewFromInt(2), Until: day(t, "2026-10-11")}
	o.draft(ledger.Draft{Early: early, Due: day(t, "2026-10-31")}, 10000)
	o.expect("2026-10-07T10:00:00Z")
	o.expect("2026-10-08T10:00:00Z", 0)
	o.expect("2026-10-10T10:00:00Z")
	o.expect("2026-10-11T10:00:00Z")
	o.expect("2026-10-12T10:00:00Z")
	o.expect("2026-10-28T10:00:00Z", 0)
	o.expect("2026-10-31T10:00:00Z", 0)
	o.expect("2026-11-03T10:00:00Z", 1)
}

// Nothing is said of a discount that is lost already, nor of one that was taken.
func TestNoEarlyWordWithoutADiscount(t *testing.T) {
	o := newOffice(t, "UTC")
	early := ledger.EarlyDiscount{Percent: decimal.NewFromInt(2), Until: day(t, "2026-10-11")}
	o.pay(o.draft(ledger.Draft{Early: early}, 10000), 5000)
	o.pay(o.draft(ledger.Draft{Early: early}, 20000), 19600)
	o.expect("2026-10-08T10:00:00Z")
	o.expect("2026-10-11T10:00:00Z")
}

// Each instalment has its own nudges and steps, and the one that is paid is not spoken of.
func TestInstalmentsHaveTheirOwnSteps(t *testing.T) {
	o := newOffice(t, "UTC")
	id := o.draft(ledger.Draft{Due: day(t, "2026-10-15"), Instalments: []ledger.Instalment{
		{Due: day(t, "2026-10-15"), Minor: 3000}, {Due: day(t, "2026-11-15"), Minor: 7000}}}, 10000)
	o.expect("2026-10-12T10:00:00Z", 0)
	o.expect("2026-10-15T10:00:00Z", 0)
	o.expect("2026-10-18T10:00:00Z", 1)
	o.pay(id, 3000)
	o.expect("2026-10-22T10:00:00Z")
	o.expect("2026-11-12T10:00:00Z", 0)
	o.expect("2026-11-15T10:00:00Z", 0)
	o.expect("2026-11-18T10:00:00Z", 1)
	o.expect("2026-11-22T10:00:00Z", 2)
}

// Of an invoice in instalments a step asks for those that are overdue, and a word before a due date
// for those that are due by it.
func TestInstalmentsThatAreNotDueYet(t *testing.T) {
	o := newOffice(t, "UTC")
	id := o.draft(ledger.Draft{Due: on("2026-11-20"), Instalments: []ledger.Instalment{
		{Due: on("2026-10-05"), Minor: 30000}, {Due: on("2026-10-20"), Minor: 20000}, {Due: on("2026-11-20"), Minor: 50000}}}, 100000)
	for _, tt := range []struct {
		at   string
		step int
		asks int64
	}{{"2026-10-08", 1, 30000}, {"2026-10-20", 2, 30000}, {"2026-10-21", 2, 50000}, {"2026-10-03", 0, 30000}} {
		o.now = on(tt.at).At(10, 0, time.UTC)
		if err := o.books.View(func(v *ledger.View) error {
			m, err := o.rules.Notice(v, &ledger.Notice{NoticeQueued: ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: o.acme, Invoice: id, Step: tt.step}})
			if err != nil {
				return err
			}
			if got := m.Card.Fields[0].Value.Args[0].N; got != tt.asks {
				t.Errorf("on %s step %d asks for %d, want %d", tt.at, tt.step, got, tt.asks)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
