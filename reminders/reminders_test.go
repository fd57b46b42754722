package reminders

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// office is books with one linked customer, on a clock that the test sets.
type office struct {
	t     *testing.T
	books *ledger.Books
	rules *Rules
	now   time.Time
	acme  ledger.CustomerID
}

func newOffice(t *testing.T, zone string) *office {
	o := &office{t: t, now: time.Date(2026, 10, 1, 6, 0, 0, 0, time.UTC)}
	path := filepath.Join(t.TempDir(), "duebot.db")
	var err error
	if o.books, err = ledger.Open(path, ledger.Options{Now: func() time.Time { return o.now }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		o.books.Close()
		if rep, err := ledger.Verify(path, ""); err != nil || len(rep.Problems) > 0 {
			t.Errorf("verify: %v %v", err, rep.Problems)
		}
	})
	o.rules = &Rules{Books: o.books, Policy: Default(), Finance: "CFINANCE01", Cards: func(*ledger.Customer) string { return "CINVOICES1" }, Readers: func() []Reader { return nil },
		Buttons: func(*ledger.View, []*ledger.Invoice) []card.Button { return nil }}
	o.rules.Policy.Named["standard"].FreeDays = true // days off have tests of their own
	o.do(func(tx *ledger.Tx) error {
		err := tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN"})
		if err != nil {
			return err
		}
		c, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme", ZoneName: zone})
		if err != nil {
			return err
		}
		o.acme = c.ID
		token, _, err := tx.Invite(c)
		if err != nil {
			return err
		}
		_, err = tx.Link(token, "telegram:1", "Anna", "en")
		return err
	})
	return o
}

func (o *office) do(fn func(tx *ledger.Tx) error) {
	o.t.Helper()
	_, err := o.books.Update(context.Background(), ledger.Command{By: "test", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }})
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) invoice(due string, minor int64) ledger.InvoiceID {
	o.t.Helper()
	var id ledger.InvoiceID
	o.do(func(tx *ledger.Tx) error {
		d, err := ledger.ParseDate(due)
		if err != nil {
			return err
		}
		inv, err := tx.Issue(ledger.Draft{Customer: o.acme, Date: min(tx.Today(), d), Due: d, Currency: "EUR",
			Lines: []ledger.Line{{Text: "x", Quantity: decimal.NewFromInt(1), Price: decimal.New(minor, -2)}}})
		if err == nil {
			id = inv.ID
		}
		return err
	})
	return id
}

// said runs the rules at a time, delivers what they queued, and tells the steps.
func (o *office) said(at string) (steps []int) {
	o.t.Helper()
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		o.t.Fatal(err)
	}
	o.now = now
	if _, err := o.rules.Run(context.Background(), now); err != nil {
		o.t.Fatal(err)
	}
	o.do(func(tx *ledger.Tx) error {
		for _, n := range tx.OpenNotices(0) {
			if n.Kind != ledger.NoticeReminder {
				continue
			}
			out := ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: "telegram:1", Message: "1"}
			if m, err := o.rules.Notice(&tx.View, &n); err != nil {
				return err
			} else if m.Withdraw != "" {
				out = ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeWithdrawn, Reason: m.Withdraw}
			} else {
				steps = append(steps, n.Step)
			}
			if err := tx.Settle(out); err != nil {
				return err
			}
		}
		return nil
	})
	return steps
}

func (o *office) expect(at string, want ...int) {
	o.t.Helper()
	got := o.said(at)
	if len(got) != len(want) || len(got) == 1 && got[0] != want[0] {
		o.t.Errorf("%s: said steps %v, want %v", at, got, want)
	}
}

// Every step comes once, on its day, at ten in the customer's zone, however often the rules
// are run.
func TestStepsComeOnce(t *testing.T) {
	o := newOffice(t, "Europe/Berlin")
	o.invoice("2026-10-15", 10000)
	o.expect("2026-10-11T09:00:00Z")
	o.expect("2026-10-12T07:59:00Z") // 09:59 in Berlin
	o.expect("2026-10-12T08:00:00Z", 0)
	o.expect("2026-10-12T08:00:00Z")
	o.expect("2026-10-12T20:00:00Z")
	o.expect("2026-10-15T08:00:00Z", 0)
	o.expect("2026-10-16T08:00:00Z")
	o.expect("2026-10-18T08:00:00Z", 1)
	o.expect("2026-10-21T23:00:00Z")
	o.expect("2026-10-22T08:00:00Z", 2)
	o.expect("2026-10-29T09:00:00Z", 3) // winter time
	o.expect("2026-11-14T09:00:00Z", 4)
	o.expect("2027-01-14T09:00:00Z")
}

// After a long outage what is due goes once: the next step, and no burst.
func TestOutage(t *testing.T) {
	o := newOffice(t, "Asia/Shanghai")
	o.invoice("2026-10-05", 10000)
	o.expect("2026-11-20T09:00:00Z", 1)
	o.expect("2026-11-20T10:00:00Z")
	o.expect("2026-11-21T03:00:00Z") // within the interval
	o.expect("2026-11-22T03:00:00Z")
	o.expect("2026-11-23T03:00:00Z", 2)
}

// The oldest due invoice carries the contact; when it is paid, the next carries on by its
// own age, and a part payment changes nothing.
func TestCarryingItem(t *testing.T) {
	o := newOffice(t, "UTC")
	first := o.invoice("2026-10-05", 10000)
	o.invoice("2026-10-10", 5000)
	o.expect("2026-10-08T10:00:00Z", 1)
	o.pay(first, 4000)
	o.expect("2026-10-12T10:00:00Z", 2)
	o.pay(first, 6000)
	o.expect("2026-10-15T10:00:00Z", 1) // of the second, 5 days late
}

// Of two that are due on one day, of one sum, the one with the lower number carries the contact, and
// goes on carrying it.
func TestCarryingItemOfTwins(t *testing.T) {
	o := newOffice(t, "UTC")
	first, second := o.invoice("2026-10-05", 10000), o.invoice("2026-10-05", 10000)
	for step, at := range []string{"2026-10-08T10:00:00Z", "2026-10-12T10:00:00Z"} {
		o.expect(at, step+1)
		o.do(func(tx *ledger.Tx) error {
			if a, b := tx.Invoice(first).Step, tx.Invoice(second).Step; a != step+1 || b != 0 {
				t.Errorf("steps %d and %d, want %d and 0", a, b, step+1)
			}
			return nil
		})
	}
}

func (o *office) pay(id ledger.InvoiceID, minor int64) {
	o.do(func(tx *ledger.Tx) error {
		_, _, err := tx.Receive(ledger.NewPayment{Customer: o.acme, Invoice: id, Date: tx.Today(), Amount: ledger.Money{Minor: minor, Currency: "EUR"}, Method: "bank"})
		return err
	})
}

// Paid between the rules and the send: nobody is reminded of what was just paid.
func TestPaidMeanwhile(t *testing.T) {
	o := newOffice(t, "UTC")
	id := o.invoice("2026-10-05", 10000)
	o.now = time.Date(2026, 10, 8, 10, 0, 0, 0, time.UTC)
	if _, err := o.rules.Run(context.Background(), o.now); err != nil {
		t.Fatal(err)
	}
	o.pay(id, 10000)
	o.expect("2026-10-08T10:00:01Z")
	o.do(func(tx *ledger.Tx) error {
		if tx.Customer(o.acme).Reminder != 0 || tx.Invoice(id).Step != 0 {
			t.Error("a withdrawn reminder counts as said")
		}
		return nil
	})
}

// A promise is silence until it is judged; the steps that fell inside are not replayed, but
// for the one of the age. A dispute takes its part out, and the rest goes on.
func TestPauses(t *testing.T) {
	o := newOffice(t, "UTC")
	id := o.invoice("2026-10-05", 10000)
	o.expect("2026-10-08T10:00:00Z", 1)
	o.do(func(tx *ledger.Tx) error { return tx.Promise(tx.Invoice(id), ledger.NewDate(2026, 10, 20)) })
	o.expect("2026-10-12T10:00:00Z")
	o.expect("2026-10-20T10:00:00Z")
	o.expect("2026-10-21T10:00:00Z") // money of the promised day has a business day to be booked
	o.expect("2026-10-22T10:00:00Z", 3)
	o.expect("2026-10-24T10:00:00Z")
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.OpenDispute(tx.Invoice(id), ledger.ReasonSum, ledger.Money{}, "telegram:1")
		return err
	})
	o.expect("2026-10-30T10:00:00Z")
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.Resolve(tx.Dispute(1), ledger.Rejected, 0, "no")
		return err
	})
	o.expect("2026-11-03T10:00:00Z")
	o.expect("2026-11-04T10:00:00Z", 4)
}

// A lost answer counts as said: it may have been read.
func TestUnknownIsNotRepeated(t *testing.T) {
	o := newOffice(t, "UTC")
	id := o.invoice("2026-10-05", 10000)
	o.now = time.Date(2026, 10, 8, 10, 0, 0, 0, time.UTC)
	if _, err := o.rules.Run(context.Background(), o.now); err != nil {
		t.Fatal(err)
	}
	o.do(func(tx *ledger.Tx) error {
		return tx.Settle(ledger.NoticeOutcome{Notice: tx.LastNotice(), State: ledger.NoticeUnknown})
	})
	o.expect("2026-10-09T10:00:00Z")
	o.do(func(tx *ledger.Tx) error {
		if tx.Invoice(id).Step != 1 {
			t.Errorf("step %d, want 1", tx.Invoice(id).Step)
		}
		return nil
	})
	o.expect("2026-10-12T10:00:00Z", 2)
}

// Every zone from -11 to +14 gets its day's reminder once, and both clock changes skip and
// repeat none.
func TestZones(t *testing.T) {
	for _, zone := range []string{"Pacific/Pago_Pago", "America/New_York", "Europe/London", "Asia/Kathmandu", "Asia/Tehran", "Pacific/Kiritimati", "America/Sao_Paulo"} {
		t.Run(zone, func(t *testing.T) {
			o := newOffice(t, zone)
			o.invoice("2026-10-20", 10000)
			count := 0
			for at := time.Date(2026, 10, 14, 0, 0, 0, 0, time.UTC); at.Before(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)); at = at.Add(time.Hour) {
				count += len(o.said(at.Format(time.RFC3339)))
			}
			if count != 6 {
				t.Errorf("%d messages, want the two nudges and four steps", count)
			}
		})
	}
}
