package reminders

import (
	"testing"
	"time"

	"duebot/ledger"
)

// kinds counts the notices of a kind that wait.
func (o *office) kinds(kind ledger.NoticeKind) (n int) {
	o.do(func(tx *ledger.Tx) error {
		for _, x := range tx.OpenNotices(0) {
			if x.Kind == kind {
				n++
			}
		}
		return nil
	})
	return n
}

func (o *office) wantSaid(at string, steps ...int) {
	o.t.Helper()
	if got := o.said(at); len(got) != len(steps) || len(steps) > 0 && got[0] != steps[0] {
		o.t.Errorf("at %s: said steps %v, want %v", at, got, steps)
	}
}

// firstStep is the first step of an invoice.
func firstStep(inv ledger.InvoiceID) ledger.ContactKey {
	return ledger.ContactKey{Invoice: inv, Step: 1}
}

// A customer whose money waits is not reminded; staff are told once, and the step keeps its turn.
func TestMoneyWaits(t *testing.T) {
	o := newOffice(t, "Europe/Berlin")
	o.policy().Before = nil
	o.do(func(tx *ledger.Tx) error {
		_, _, err := tx.Receive(ledger.NewPayment{Customer: o.acme, Date: tx.Today(), Amount: ledger.Money{Minor: 1000, Currency: "EUR"}, Method: "bank"})
		return err
	})
	inv := o.invoice("2026-10-01", 10000)
	o.wantWhy("2026-10-04", "money")
	o.wantSaid("2026-10-04T09:00:00Z")
	o.wantSaid("2026-10-05T09:00:00Z")
	if n := o.kinds(ledger.NoticeHeld); n != 1 {
		t.Errorf("told %d times that it is held, want once", n)
	}
	o.do(func(tx *ledger.Tx) error { return tx.ReleaseContact(tx.Customer(o.acme), firstStep(inv)) })
	o.wantSaid("2026-10-06T09:00:00Z", 1)
	o.wantWhy("2026-10-10", "money")
}

// What staff said of one contact ends with it: an invoice has two words before its due date, and each
// of its instalments the same steps.
func TestNotesAreForOneContact(t *testing.T) {
	o := newOffice(t, "Europe/Berlin")
	o.policy().Before = []int{3, 0}
	o.pay(0, 1000) // on account
	nudge := ledger.ContactKey{Invoice: o.parts(ledger.Instalment{Due: on("2026-10-12"), Minor: 4000}, ledger.Instalment{Due: on("2026-11-16"), Minor: 6000})}
	o.do(func(tx *ledger.Tx) error {
		err := tx.WordContact(tx.Customer(o.acme), nudge, "Call us.", false)
		if err == nil {
			err = tx.ReleaseContact(tx.Customer(o.acme), nudge)
		}
		return err
	})
	words := func(again bool) (words string) {
		o.do(func(tx *ledger.Tx) (err error) {
			words, _, err = tx.ContactWords(tx.Customer(o.acme), nudge, again)
			return err
		})
		return words
	}
	if words(false) == "" {
		t.Error("the first word has none of staff's")
	}
	o.wantSaid("2026-10-09T09:00:00Z", 0)
	if got := words(false); got != "" {
		t.Errorf("the next word says %q, too", got)
	}
	if words(true) == "" {
		t.Error("a copy of the first has none of staff's words")
	}
	o.wantWhy("2026-10-12", "money") // the first alone was released
	o.wantSaid("2026-10-12T09:00:00Z")
	if n := o.kinds(ledger.NoticeHeld); n != 1 {
		t.Errorf("told %d times that it is held, want once", n)
	}
}

// What holds a reminder is asked once more when it is sent.
func TestHeldWhenItIsSent(t *testing.T) {
	o := newOffice(t, "Europe/Berlin")
	o.policy().Before = nil
	o.invoice("2026-10-01", 10000)
	o.do(func(tx *ledger.Tx) error {
		c := tx.Customer(o.acme)
		d := o.rules.Policy.Decide(&tx.View, c, on("2026-10-04"))
		return tx.Notify(d.Contact.notice(&tx.View, c, on("2026-10-04")))
	})
	again := func(want bool) {
		t.Helper()
		o.do(func(tx *ledger.Tx) error {
			n, _ := tx.OpenNotice(tx.Customer(o.acme).Reminder)
			held, err := o.rules.HoldAgain(tx, &n)
			if held != want {
				t.Errorf("held is %t, want %t", held, want)
			}
			return err
		})
	}
	again(false)
	o.do(func(tx *ledger.Tx) error {
		p, _, err := tx.Receive(ledger.NewPayment{Customer: o.acme, Date: tx.Today(), Amount: ledger.Money{Minor: 20000, Currency: "EUR"}, Method: "bank"})
		if err != nil || p.OnAcct == 0 {
			t.Errorf("on account %d, %v", p.OnAcct, err)
		}
		return err
	})
	again(true)
}

// With old data of the bank nobody is reminded, until a newer statement is there.
func TestBankIsOld(t *testing.T) {
	o := newOffice(t, "Europe/Berlin")
	o.policy().Before = nil
	file := ledger.ImportID(0)
	statement := func(day string) {
		file++
		o.do(func(tx *ledger.Tx) error {
			_, err := tx.TakeStatement(file, 1, ledger.BankStatement{Format: "MT940", Account: ledger.BankAccount{Number: "DE02"}, From: on(day), To: on(day)}, 0, false)
			return err
		})
	}
	statement("2026-09-24")
	o.invoice("2026-10-01", 10000)
	o.wantSaid("2026-10-05T09:00:00Z") // seven business days old
	statement("2026-10-02")
	o.wantSaid("2026-10-06T09:00:00Z", 1)
	o.rules.Policy.Holding.BankDays = 0
	o.wantSaid("2026-10-19T09:00:00Z", 2)
}

// A step that staff leave out counts as said, and the next keeps the interval from it; one that is
// put off keeps its turn.
func TestSkipAndSnooze(t *testing.T) {
	o := newOffice(t, "Europe/Berlin")
	o.policy().Before = nil
	inv := o.invoice("2026-09-20", 10000) // eleven days: two steps are reached
	o.do(func(tx *ledger.Tx) error {
		return tx.SkipSteps(tx.Customer(o.acme), on("2026-10-01"), []ledger.PlanStep{{Invoice: inv, Step: 1}}, ledger.SkipContact, "")
	})
	o.wantWhy("2026-10-01", "skipped until 2026-10-04")
	o.wantSaid("2026-10-01T09:00:00Z")
	o.do(func(tx *ledger.Tx) error {
		return tx.Snooze(tx.Customer(o.acme), on("2026-10-04"), on("2026-10-07"))
	})
	o.wantWhy("2026-10-05", "snoozed until 2026-10-07")
	o.wantSaid("2026-10-05T09:00:00Z")
	o.wantSaid("2026-10-07T09:00:00Z", 2)
}

// Wherever a customer is, his contact stands on the card that came last before its hour.
func TestEveryContactWasOnACard(t *testing.T) {
	for _, zone := range []string{"Pacific/Kiritimati", "Asia/Tehran", "Europe/Berlin", "America/Los_Angeles", "Pacific/Midway"} {
		o := newOffice(t, zone)
		o.invoice("2026-10-12", 10000)
		said, end := 0, o.now.AddDate(0, 0, 45)
		for at := o.now; at.Before(end); at = at.Add(2 * time.Hour) {
			day := ledger.Date(0)
			var was map[ledger.CustomerID]onCard
			o.do(func(tx *ledger.Tx) (err error) {
				day, _ = o.rules.Policy.CardDay(&tx.View)
				was, err = o.rules.was.on(&tx.View, day)
				return err
			})
			start := at
			steps := o.said(start.Format(time.RFC3339))
			if said += len(steps); len(steps) == 0 {
				continue
			}
			o.do(func(tx *ledger.Tx) (err error) {
				day, _ = o.rules.Policy.CardDay(&tx.View) // a card may have come in the same moment
				if now, _ := o.rules.was.on(&tx.View, day); now != nil {
					was = now
				}
				return nil
			})
			if x := was[o.acme]; x.On != ledger.DateOf(start, mustZone(t, zone)) {
				t.Errorf("%s: reminded at %s, and the card of %s has %s", zone, start, day, x.On)
			}
		}
		if said < 6 {
			t.Errorf("%s: %d contacts, want six", zone, said)
		}
	}
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// The card says of whom nobody can reach that, after the hour of his reminder as before.
func TestNobodyOnTheCard(t *testing.T) {
	o := newOffice(t, "Europe/Berlin")
	o.policy().Before = nil
	o.do(func(tx *ledger.Tx) error {
		c, err := tx.AddCustomer(ledger.NewCustomer{Handle: "mute", ZoneName: "Europe/Berlin"})
		o.acme = c.ID
		return err
	})
	o.invoice("2026-10-01", 10000)
	for _, at := range []string{"2026-10-05T07:00:00Z", "2026-10-05T09:00:00Z", "2026-10-05T13:00:00Z"} {
		o.run(at)
		err := o.books.View(func(v *ledger.View) error {
			x, on, err := o.rules.RowOf(v, v.Customer(o.acme))
			if !on || x.State != RowNobody {
				t.Errorf("at %s: on the card %t, %q", at, on, x.State)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
