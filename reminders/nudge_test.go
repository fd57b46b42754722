package reminders

import (
	"testing"
	"time"

	"duebot/ledger"
)

// A nudge names all that falls due within its days; what does not is nudged about later.
func TestNudgeOfALaterInvoice(t *testing.T) {
	o := newOffice(t, "UTC")
	o.invoice("2026-10-15", 10000)
	o.invoice("2026-10-16", 2000)
	o.expect("2026-10-11T10:00:00Z")
	o.expect("2026-10-12T10:00:00Z", 0)
	o.expect("2026-10-13T10:00:00Z")
	o.expect("2026-10-14T10:00:00Z") // within the interval
	o.expect("2026-10-15T10:00:00Z", 0)
	o.expect("2026-10-16T10:00:00Z") // within the interval of the day before, which named it
	o.expect("2026-10-17T10:00:00Z")
}

// Two invoices of one day are as many messages as one, before the day and on it.
func TestTwoOfOneDay(t *testing.T) {
	o := newOffice(t, "UTC")
	o.invoice("2026-10-15", 10000)
	o.invoice("2026-10-15", 5000)
	o.expect("2026-10-12T10:00:00Z", 0)
	o.expect("2026-10-13T10:00:00Z")
	o.expect("2026-10-14T10:00:00Z")
	o.expect("2026-10-15T10:00:00Z", 0)
	o.expect("2026-10-16T10:00:00Z")
	o.expect("2026-10-17T10:00:00Z")
	o.expect("2026-10-18T10:00:00Z", 1)
}

// What a nudge named counts as said, also when the invoice that carried it is paid.
func TestNudgeCountsForAllItNames(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Interval = 2
	first := o.invoice("2026-10-14", 10000)
	o.invoice("2026-10-15", 2000)
	o.invoice("2026-10-20", 3000)
	o.expect("2026-10-12T10:00:00Z", 0) // names the first two
	o.pay(first, 10000)
	o.expect("2026-10-14T10:00:00Z")
	o.expect("2026-10-15T10:00:00Z", 0)
	o.expect("2026-10-17T10:00:00Z", 0) // the third
}

// Money is in one digest, whatever the hour at which it was booked, and in no two.
func TestDigestsCountMoneyOnce(t *testing.T) {
	o := newOffice(t, "UTC")
	zone, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	o.rules.Readers = func() []Reader {
		return []Reader{{User: "UMANAGER01", Zone: zone, Wish: ledger.DigestWish{Days: ledger.DigestEvery, Minute: 9 * 60}}}
	}
	id := o.invoice("2026-10-30", 100000)
	told := map[int64]int{}
	for at := time.Date(2026, 10, 2, 0, 30, 0, 0, time.UTC); at.Before(time.Date(2026, 10, 6, 0, 0, 0, 0, time.UTC)); at = at.Add(time.Hour) {
		o.now = at
		if at.Day() < 5 {
			o.pay(id, int64(1)<<uint(at.Hour()%3+3*(at.Day()-2)))
		}
		if _, err := o.rules.Run(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		o.do(func(tx *ledger.Tx) error {
			for _, n := range tx.OpenNotices(0) {
				if n.Kind != ledger.NoticeDigest {
					continue
				}
				p, ok := ledger.ParseDigestPeriod(n.Code)
				if !ok {
					t.Fatalf("a digest of %q", n.Code)
				}
				for _, sum := range ledger.SumLines(tx.DigestCash(p)) {
					told[sum.Minor]++
				}
				if err := tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: "slack:D1", Message: at.String()}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	all, paid := int64(0), int64(0)
	for sum, n := range told {
		all += sum * int64(n)
	}
	o.do(func(tx *ledger.Tx) error { paid = tx.Invoice(id).Paid; return nil })
	if all != paid {
		t.Errorf("the digests told of %d, and %d was paid", all, paid)
	}
}
