package reminders

import (
	"fmt"
	"strings"
	"testing"

	"duebot/commands/card"
	"duebot/ledger"
)

// credited credits a paid invoice of acme's, so that the credit is on account.
func (o *office) credited(minor int64) {
	o.t.Helper()
	paid := o.invoice("2026-10-01", minor)
	o.pay(paid, minor)
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.Credit(tx.Invoice(paid), ledger.Money{Minor: minor, Currency: "EUR"}, "goodwill")
		return err
	})
}

// words are the fields of the reminder that waits, as "label value".
func (o *office) words() (out []string) {
	o.t.Helper()
	var msg card.Message
	o.do(func(tx *ledger.Tx) (err error) {
		n, ok := tx.OpenNotice(tx.Customer(o.acme).Reminder)
		if !ok {
			o.t.Fatal("no reminder waits")
		}
		msg, err = o.rules.Notice(&tx.View, &n)
		return err
	})
	if msg.Card == nil {
		o.t.Fatalf("it is withdrawn: %s", msg.Withdraw)
	}
	for _, f := range msg.Card.Fields {
		out = append(out, fmt.Sprint(f.Label.Key, " ", f.Value))
	}
	return out
}

// A reminder names the credit notes that settle nothing yet, and asks for what is left after them.
func TestCreditsAreSetOff(t *testing.T) {
	o := newOffice(t, "UTC")
	o.credited(20000)
	o.credited(5000)
	o.invoice("2026-10-05", 100000)
	o.run("2026-10-08T10:00:00Z")
	got := o.words()
	for i, want := range []string{"remind.line.late", "remind.credit", "remind.credit", "remind.left"} {
		if i >= len(got) || !strings.HasPrefix(got[i], want+" ") {
			t.Fatalf("the reminder says %q", got)
		}
	}
	for i, want := range []string{"100000", "-20000", "-5000", "75000"} {
		if !strings.Contains(got[i], want) {
			t.Errorf("%q, want the sum %s", got[i], want)
		}
	}
}

// Many credit notes are one line with their sum.
func TestManyCreditsAreOneLine(t *testing.T) {
	o := newOffice(t, "UTC")
	for range creditRows + 1 {
		o.credited(1000)
	}
	o.invoice("2026-10-05", 100000)
	o.run("2026-10-08T10:00:00Z")
	if got := o.words(); len(got) != 3 || !strings.HasPrefix(got[1], "remind.credits ") || !strings.Contains(got[1], "-4000") || !strings.Contains(got[2], "96000") {
		t.Errorf("the reminder says %q", got)
	}
}

// Credits over all that would be asked for hold the reminder, until they are applied, or not enough.
func TestCreditsOverAllHold(t *testing.T) {
	o := newOffice(t, "UTC")
	o.credited(20000)
	o.invoice("2026-10-05", 20000)
	o.run("2026-10-08T10:00:00Z")
	o.do(func(tx *ledger.Tx) error {
		c := tx.Customer(o.acme)
		if d := o.rules.Policy.Decide(&tx.View, c, tx.Today()); d.Why != MoneyWaits || c.Reminder != 0 {
			t.Errorf("%q, reminder %d: want it held", d.Why, c.Reminder)
		}
		return nil
	})
	if n := o.kinds(ledger.NoticeHeld); n != 1 {
		t.Errorf("staff were told %d times", n)
	}
	o.invoice("2026-10-06", 30000) // more is overdue than was credited
	o.run("2026-10-09T10:00:00Z")
	if got := o.words(); !strings.Contains(got[len(got)-1], "30000") {
		t.Errorf("the reminder says %q", got)
	}
}

// Credits in another currency leave what is asked for alone.
func TestCreditsOfAnotherCurrency(t *testing.T) {
	o := newOffice(t, "UTC")
	o.credited(20000)
	o.in("USD", "2026-10-05", 10000)
	o.run("2026-10-08T10:00:00Z")
	if got := o.words(); len(got) != 1 {
		t.Errorf("the reminder says %q", got)
	}
}

// Money that waits is set off where staff let the reminder go all the same.
func TestMoneyIsSetOffWhenReleased(t *testing.T) {
	o := newOffice(t, "UTC")
	o.pay(0, 3000)
	o.invoice("2026-10-05", 10000)
	o.run("2026-10-08T10:00:00Z")
	o.do(func(tx *ledger.Tx) error {
		n, d, _ := o.rules.Policy.SendNow(&tx.View, tx.Customer(o.acme))
		if d.Why != "" {
			t.Fatalf("it can't be sent: %s", d.Why)
		}
		return tx.Notify(n)
	})
	if got := o.words(); len(got) != 3 || !strings.HasPrefix(got[1], "remind.onaccount ") || !strings.Contains(got[2], "7000") {
		t.Errorf("the reminder says %q", got)
	}
}
