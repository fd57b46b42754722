package ledger

import (
	"errors"
	"strings"
	"testing"
)

// Buckets: not yet due, then 1-30, 31-60, 61-90, 91-120 and over 120, upper edge inclusive.
func TestBucketEdges(t *testing.T) {
	due := NewDate(2026, 3, 1)
	for days, want := range map[int]int{-400: 0, -1: 0, 0: 0, 1: 1, 30: 1, 31: 2, 60: 2, 61: 3, 90: 3, 91: 4, 120: 4, 121: 5, 5000: 5} {
		if got := UsualEdges.Bucket(due, due.AddDays(days)); got != want {
			t.Errorf("%d days late: bucket %d, want %d", days, got, want)
		}
	}
}

// A company may count by other days: the books' own reports do, of now and of a past day.
func TestOwnBucketEdges(t *testing.T) {
	f := figureBooksBy(t, "2026-01-01", AgingEdges{7, 14, 28, 45})
	b, c := f.b, f.acme
	f.issue(c, "2026-01-10", "100")
	inThree(t, b, c, NewDate(2026, 1, 1)) // another shape of debt: parts
	for day, want := range map[string][Buckets]int64{"2026-01-17": {0, 10000}, "2026-01-18": {0, 0, 10000}, "2026-02-24": {0, 0, 0, 0, 10000}, "2026-02-25": {0, 0, 0, 0, 0, 10000}} {
		f.view(func(v *View) {
			on, got := mustDate(t, day), [Buckets]int64{}
			v.Invoice(1).slices(10000, func(due Date, minor int64) { got[v.Edges().Bucket(due, on)] += minor })
			if got != want {
				t.Errorf("on %s: got %v, want %v", day, got, want)
			}
		})
	}
	f.now = at("2026-02-25")
	f.view(func(v *View) {
		now, then := v.Aging(v.Today()), v.AgingAsOf(AsOf{On: v.Today()})
		var sums [Buckets]int64
		for _, item := range v.OpenItems(v.Customer(c)) {
			sums[AgingEdges{7, 14, 28, 45}.Bucket(item.Due, v.Today())] += item.Open.Minor
		}
		if len(now) != 1 || len(then) != 1 || now[0].Bucket != sums || then[0].Bucket != sums {
			t.Errorf("got %v, and %v of the past, want %v", now, then, sums)
		}
		if n, ok := v.Edges().Over(28); n != 4 || !ok || v.Edges().From(4) != 29 {
			t.Errorf("over 28 days begins bucket %d, %t, from %d", n, ok, v.Edges().From(4))
		}
	})
}

// What is disputed stays in aging, in the bucket of what it is of, and is marked there: it takes
// the place of the oldest parts, and never more than is open.
func TestDisputedStaysInItsBucket(t *testing.T) {
	for _, tt := range []struct {
		disputed, paid int64
		bucket, marked [Buckets]int64
	}{
		{30000, 0, [Buckets]int64{48000, 36000, 36000}, [Buckets]int64{0, 0, 30000}},
		{40000, 0, [Buckets]int64{48000, 36000, 36000}, [Buckets]int64{0, 4000, 36000}},
		{80000, 0, [Buckets]int64{48000, 36000, 36000}, [Buckets]int64{8000, 36000, 36000}},
		{80000, 50000, [Buckets]int64{48000, 22000, 0}, [Buckets]int64{48000, 22000, 0}},
	} {
		b, _ := testBooks(t)
		c := addAcme(t, b)
		id := inThree(t, b, c, testDay.AddDays(-50)) // 360, 360 and 480: due 36 and 6 days ago, and in 24 days
		do(t, b, "", func(tx *Tx) error {
			_, err := tx.OpenDispute(tx.Invoice(id), ReasonSum, euros(tt.disputed), "telegram:1")
			return err
		})
		if tt.paid > 0 {
			pay(t, b, NewPayment{Customer: c, Invoice: id, Amount: euros(tt.paid)})
		}
		sum, overdue := int64(0), int64(0)
		for i, minor := range tt.marked {
			if sum += minor; i > 0 {
				overdue += minor
			}
		}
		b.View(func(v *View) error {
			for when, rows := range map[string][]AgingRow{"now": v.Aging(v.Today()), "as of today": v.AgingAsOf(AsOf{On: v.Today()})} {
				if len(rows) != 1 || rows[0].Bucket != tt.bucket || rows[0].DisputedIn != tt.marked || rows[0].Disputed != sum || rows[0].OverdueDisputed() != euros(overdue) {
					t.Errorf("%d disputed, %d paid, %s: got %+v", tt.disputed, tt.paid, when, rows)
				}
			}
			return nil
		})
	}
}

// Half away from zero, in each currency's own minor units; what people type is exact or
// refused; nothing is beyond 10^15 minor units.
func TestRoundAndExact(t *testing.T) {
	rounded := []struct {
		text string
		cur  Currency
		want int64
	}{
		{"0.005", "EUR", 1}, {"-0.005", "EUR", -1}, {"0.0049", "EUR", 0}, {"0.5", "JPY", 1}, {"1.49", "JPY", 1}, {"0.0005", "KWD", 1},
		{"10000000000000", "EUR", 1_000_000_000_000_000}, {"1000000000000000", "JPY", 1_000_000_000_000_000},
	}
	for _, tt := range rounded {
		if got, err := Round(dec(tt.text), tt.cur); err != nil || got.Minor != tt.want {
			t.Errorf("%s %s: got %d, %v, want %d", tt.text, tt.cur, got.Minor, err, tt.want)
		}
	}
	for text, cur := range map[string]Currency{"10000000000000.01": "EUR", "-10000000000000.01": "EUR", "1000000000000001": "JPY"} {
		if got, err := Round(dec(text), cur); err == nil {
			t.Errorf("%s %s: got %s, want a refusal", text, cur, got)
		}
	}
	for text, cur := range map[string]Currency{"10.005": "EUR", "0.1": "JPY", "0.0001": "KWD"} {
		if got, err := Exact(dec(text), cur); err == nil {
			t.Errorf("%s %s: got %s, want a refusal", text, cur, got)
		}
	}
	for text, cur := range map[string]Currency{"10.500": "EUR", "7.0": "JPY", "0.125": "KWD"} {
		if _, err := Exact(dec(text), cur); err != nil {
			t.Errorf("%s %s: %v", text, cur, err)
		}
	}
}

// Money is allocated to the oldest due first, whatever was issued first; an invoice that
// is closed is in no list any more.
func TestOldestDueFirst(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	var late, early InvoiceID
	do(t, b, "", func(tx *Tx) error {
		for _, d := range []struct {
			days int
			id   *InvoiceID
		}{{30, &late}, {5, &early}} {
			inv, err := tx.Issue(Draft{Customer: c, Date: tx.Today(), Due: tx.Today().AddDays(d.days), Currency: "EUR", Lines: []Line{line("x", "1", "10", "0")}})
			if err != nil {
				return err
			}
			*d.id = inv.ID
		}
		return nil
	})
	do(t, b, "", func(tx *Tx) error {
		_, parts, err := tx.Receive(NewPayment{Customer: c, Date: tx.Today(), Amount: Money{1000, "EUR"}})
		if len(parts) != 1 || parts[0].Invoice != early {
			t.Errorf("got %v, want all to invoice %d", parts, early)
		}
		return err
	})
	b.View(func(v *View) error {
		if open := v.OpenInvoices(v.Customer(c)); len(open) != 1 || open[0].ID != late {
			t.Errorf("%d invoices are listed as open, want the one that is", len(open))
		}
		return nil
	})
	do(t, b, "", func(tx *Tx) error {
		_, _, err := tx.Receive(NewPayment{Customer: c, Date: tx.Today(), Amount: Money{1000, "EUR"}})
		return err
	})
	b.View(func(v *View) error {
		if cust := v.Customer(c); cust.HasOpen() || len(v.AgingOf(cust, v.Today())) != 0 {
			t.Error("a customer who paid everything still has open invoices")
		}
		return nil
	})
}

func TestMoneyOfTomorrowIsRefused(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	for days, want := range map[int]string{1: "payment.future", 0: "", -30: ""} {
		err := try(b, "", func(tx *Tx) error {
			_, _, err := tx.Receive(NewPayment{Customer: c, Date: tx.Today().AddDays(days), Amount: Money{100, "EUR"}})
			return err
		})
		if r, _ := AsRefusal(err); (r == nil) != (want == "") || r != nil && r.Key != want {
			t.Errorf("dated %d days from today: got %v, want %q", days, err, want)
		}
	}
}

// Postings that do not balance stop the transaction with the sum in the message, and are
// found when they are read.
func TestUnbalancedPostings(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	off := []Posting{{Account: Receivables, Customer: c, Amount: Money{100, "EUR"}}, {Account: Sales, Customer: c, Amount: Money{-99, "EUR"}}}
	err := try(b, "", func(tx *Tx) error {
		_, err := tx.append(tx.Today(), &PromiseMade{1, tx.Today()}, off...)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "0.01 EUR") {
		t.Errorf("got %v, want postings off by 0.01 EUR", err)
	}
	two := []Posting{{Account: Receivables, Customer: c, Amount: Money{100, "EUR"}}, {Account: Sales, Customer: c, Amount: Money{-100, "USD"}}}
	if balanced(two) == nil {
		t.Error("euros were balanced by dollars")
	}
	f := &Fact{Body: &PromiseMade{1, 2}, Postings: off}
	rec, err := f.record(Hash{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readFact(1, rec); err == nil {
		t.Error("an unbalanced fact was read without a word")
	}
}

// A row of working state that was altered is not believed.
func TestDamagedRow(t *testing.T) {
	stored := guardRow(tableWork, "k", []byte("value"))
	if v, err := openRow(tableWork, "k", stored); err != nil || string(v) != "value" {
		t.Errorf("got %q, %v", v, err)
	}
	for i := range stored {
		stored[i] ^= 1
		if _, err := openRow(tableWork, "k", stored); !errors.Is(err, errDamaged) {
			t.Errorf("byte %d altered: got %v", i, err)
		}
		stored[i] ^= 1
	}
	if _, err := openRow(tableWork, "other", stored); !errors.Is(err, errDamaged) {
		t.Error("a row under another key was believed")
	}
}
