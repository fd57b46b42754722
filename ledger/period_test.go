package ledger

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// keepingAct is one act of the books' keeping for the state machine (invariants_test.go).
func keepingAct(r *rapid.T, tx *Tx, c CustomerID) error {
	month := MonthOf(tx.Today()) - Month(rapid.IntRange(0, 3).Draw(r, "month"))
	switch rapid.IntRange(0, 9).Draw(r, "keeping") {
	case 9:
		return entryAct(r, tx, c)
	case 0:
		return tx.ClosePeriod(month)
	case 1:
		return tx.ReopenPeriod(month, "again")
	case 2:
		limit := Money{rapid.Int64Range(0, 40000).Draw(r, "limit"), "EUR"}
		_, err := tx.ChangeCustomer(tx.Customer(c), CustomerChange{Limit: &limit, NoLimit: limit.Minor%2 == 0})
		return err
	case 3:
		_, _, err := tx.Receive(NewPayment{Customer: c, Date: month.First(), Amount: Money{rapid.Int64Range(1, 500).Draw(r, "late"), "EUR"}})
		return err
	case 4:
		return rateAct(r, tx)
	case 5:
		return contactAct(r, tx, tx.Customer(c))
	case 6:
		return noteAct(r, tx, tx.Customer(c))
	case 7:
		return saidAct(r, tx, tx.Customer(c))
	}
	n := rapid.IntRange(1, 6).Draw(r, "old")
	_, err := tx.LoadOpening(Opening{On: month.Last(), Invoices: []OpeningInvoice{{Line: 2, Customer: "acme", Reference: fmt.Sprintf("2025/%d", n),
		Date: month.First(), Due: month.Last(), Open: decimal.New(int64(n), -2)}}})
	if wrong := (OpeningErrors)(nil); errors.As(err, &wrong) {
		return wrong[0].Err
	}
	return err
}

// keepBooks does one of each act of the books' keeping.
func keepBooks(tx *Tx, id CustomerID) error {
	month, name, limit := MonthOf(tx.Today())-1, "Acme AG", Money{500000, "EUR"}
	_, err := tx.LoadOpening(Opening{Invoices: []OpeningInvoice{{Line: 2, Customer: "acme", Reference: "2025/1", Date: month.First(), Due: month.Last(), Open: dec("12.34")}}})
	if err == nil {
		_, err = tx.ChangeCustomer(tx.Customer(id), CustomerChange{Name: &name, Limit: &limit})
	}
	if err == nil {
		err = tx.ClosePeriod(month)
	}
	if err == nil {
		err = tx.ReopenPeriod(month, "a late slip")
	}
	return err
}

// checkKeeping walks the facts: none is dated into a month that was closed when it was
// booked, months close in order, and the accounts of all customers sum to nothing.
func checkKeeping(r *rapid.T, v *View) {
	checkRates(r, v)
	closed := Month(0)
	err := v.Facts(1, func(f *Fact) error {
		if closed != 0 && MonthOf(f.Effective) <= closed {
			return fmt.Errorf("fact %d is of %s, and %s was closed", f.Seq, f.Effective, closed)
		}
		switch x := f.Body.(type) {
		case *PeriodClosed:
			closed = x.Month
		case *PeriodReopened:
			closed = x.Month - 1
		}
		return nil
	})
	if err != nil || closed != v.ClosedThrough() {
		r.Fatalf("%v; closed through %s, the facts say %s", err, v.ClosedThrough(), closed)
	}
	sums := map[Currency]int64{}
	v.Balances(func(_ Account, _ CustomerID, m Money) { sums[m.Currency] += m.Minor })
	for cur, sum := range sums {
		if sum != 0 {
			r.Fatalf("the accounts are off by %s", Money{sum, cur})
		}
	}
}

func TestMonths(t *testing.T) {
	for _, c := range []struct{ text, first, last string }{
		{"2026-09", "2026-09-01", "2026-09-30"},
		{"2024-02", "2024-02-01", "2024-02-29"},
		{"2026-12", "2026-12-01", "2026-12-31"},
		{"2027-01", "2027-01-01", "2027-01-31"},
	} {
		m, err := ParseMonth(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if m.String() != c.text || m.First().String() != c.first || m.Last().String() != c.last || MonthOf(m.Last()) != m {
			t.Errorf("%s: got %s from %s to %s", c.text, m, m.First(), m.Last())
		}
	}
	for _, bad := range []string{"", "2026-13", "2026-00", "26-09", "2026-9", "2026-09-01", "0026-09"} {
		if m, err := ParseMonth(bad); err == nil {
			t.Errorf("%q reads as %s", bad, m)
		}
	}
}

func mustMonth(t *testing.T, s string) Month {
	t.Helper()
	m, err := ParseMonth(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func wantRefusal(t *testing.T, err error, key string) {
	t.Helper()
	if r, ok := AsRefusal(err); !ok || r.Key != key {
		t.Errorf("got %v, want the refusal %s", err, key)
	}
}

// What is typed into a closed month is refused; what a provider reports for one is booked
// today and keeps its own day; what the program dates by itself takes today.
func TestClosedMonthTakesNoDates(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	september := mustMonth(t, "2026-09")
	last := september.Last()
	receive := func(key string, n NewPayment) error {
		return try(b, key, func(tx *Tx) error { _, _, err := tx.Receive(n); return err })
	}
	one := NewPayment{Customer: c, Date: last, Amount: Money{100, "EUR"}, Method: "bank"}
	if err := receive("", one); err != nil {
		t.Fatalf("before the closing: %v", err)
	}
	do(t, b, "", func(tx *Tx) error { return tx.ClosePeriod(september) })
	wantRefusal(t, receive("", one), "period.closed")
	wantRefusal(t, try(b, "", func(tx *Tx) error {
		_, err := tx.Issue(Draft{Customer: c, Date: last, Due: last, Currency: "EUR", Lines: []Line{line("a", "1", "1", "0")}})
		return err
	}), "period.closed")
	if err := receive("stripe:evt_9", one); err != nil {
		t.Fatalf("a provider's payment: %v", err)
	}
	b.View(func(v *View) error {
		p := v.Payment(v.LastPayment())
		if p.Date != v.Today() || p.Own != last {
			t.Errorf("the provider's payment is dated %s, its own day is %s", p.Date, p.Own)
		}
		if p := v.Payment(1); p.Date != last || p.Own != 0 {
			t.Errorf("the payment before the closing is dated %s, own %s", p.Date, p.Own)
		}
		return nil
	})
	// Money on account since September settles an invoice of today: the allocation is of today.
	inv := issue(t, b, c, line("a", "1", "1", "0"))
	do(t, b, "", func(tx *Tx) error {
		tx.Invoice(inv).Date = last // as if it had been issued in time
		_, err := tx.allocate(tx.Payment(1), shareOut(tx.Payment(1), itemsOf(nil, tx.Invoice(inv), tx.Invoice(inv).Open), tx.Payment(1).OnAcct, 0), func() error { return nil })
		tx.Invoice(inv).Date = tx.Today()
		return err
	})
	b.View(func(v *View) error {
		if got := v.Invoice(inv).ClosedOn; got != v.Today() {
			t.Errorf("the invoice is closed on %s, want today", got)
		}
		return nil
	})
}

func TestPeriodsCloseAndReopenInOrder(t *testing.T) {
	b, _ := testBooks(t)
	period := func(fn func(tx *Tx) error) error { return try(b, "", fn) }
	m := mustMonth(t, "2026-08")
	wantRefusal(t, period(func(tx *Tx) error { return tx.ClosePeriod(MonthOf(tx.Today())) }), "period.running")
	wantRefusal(t, period(func(tx *Tx) error { return tx.ReopenPeriod(m, "why") }), "period.notclosed")
	do(t, b, "", func(tx *Tx) error { return tx.ClosePeriod(m + 1) })
	wantRefusal(t, period(func(tx *Tx) error { return tx.ClosePeriod(m) }), "period.already")
	wantRefusal(t, period(func(tx *Tx) error { return tx.ReopenPeriod(m, "why") }), "period.later")
	wantRefusal(t, period(func(tx *Tx) error { return tx.ReopenPeriod(m+1, "") }), "period.why")
	do(t, b, "", func(tx *Tx) error { return tx.ReopenPeriod(m+1, "a late slip") })
	b.View(func(v *View) error {
		if v.ClosedThrough() != m || len(v.PeriodActs()) != 2 || v.PeriodActs()[1].Reason != "a late slip" {
			t.Errorf("closed through %s, acts %v", v.ClosedThrough(), v.PeriodActs())
		}
		return nil
	})
}

// A change of the company's zone puts today back into a month that was closed: what the
// program dates by itself goes to the first open day, and nothing stands still.
func TestClosedMonthAfterChangeOfZone(t *testing.T) {
	now := time.Date(2026, 9, 30, 13, 0, 0, 0, time.UTC)
	b, err := Open(t.TempDir()+"/duebot.db", Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	co := CompanySet{Name: "x", Currency: "EUR", ZoneName: "Pacific/Kiritimati", Language: "en", Invoices: "INV", Credits: "CN"}
	var f *Fact
	_, err = b.Update(context.Background(), Command{Run: func(tx *Tx) ([]byte, error) {
		if err := tx.SetCompany(co); err != nil {
			return nil, err
		}
		if err := tx.ClosePeriod(Month(2026*12 + 8)); err != nil {
			return nil, err
		}
		co.ZoneName = "Pacific/Honolulu"
		if err := tx.SetCompany(co); err != nil {
			return nil, err
		}
		f, err = tx.append(tx.Today(), &LanguageSet{1, "en"})
		return nil, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	if f.Effective.String() != "2026-10-01" {
		t.Errorf("booked at %s, want the first open day", f.Effective)
	}
}

func TestCustomerChanges(t *testing.T) {
	b, _ := testBooks(t)
	id := addAcme(t, b)
	change := func(n CustomerChange) (changed bool, err error) {
		err = try(b, "", func(tx *Tx) error { changed, err = tx.ChangeCustomer(tx.Customer(id), n); return err })
		return changed, err
	}
	p := func(s string) *string { return &s }
	limit, terms := Money{500000, "EUR"}, Terms{Days: 30}
	if ok, err := change(CustomerChange{Limit: &limit, Terms: &terms, Name: p("Acme AG"), Language: p("ru"), ZoneName: p("Asia/Tokyo"), Owner: p("U1")}); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := change(CustomerChange{Limit: &limit, Terms: &terms, Name: p("Acme AG")}); ok || err != nil {
		t.Errorf("the same again: changed %t, %v", ok, err)
	}
	b.View(func(v *View) error {
		c := v.Customer(id)
		if v.CustomerName(c) != "Acme AG" || c.Language != "ru" || c.Zone.String() != "Asia/Tokyo" || c.Owner != "U1" ||
			!c.Limited || c.Limit != 500000 || c.Terms.String() != "net30" {
			t.Errorf("got %+v", c)
		}
		return nil
	})
	usd := Money{1, "USD"}
	_, err := change(CustomerChange{Limit: &usd})
	wantRefusal(t, err, "limit.form")
	_, err = change(CustomerChange{ZoneName: p("Local")})
	wantRefusal(t, err, "zone.unknown")
	_, err = change(CustomerChange{Name: p(" ")})
	wantRefusal(t, err, "customer.noname")
	if ok, err := change(CustomerChange{NoLimit: true}); !ok || err != nil {
		t.Error("the limit can't be taken away:", err)
	}
}

// The limit is passed by a cent, not met by it; an override is on record only where needed.
func TestCreditLimit(t *testing.T) {
	b, _ := testBooks(t)
	id := addAcme(t, b)
	limit := Money{10000, "EUR"}
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.ChangeCustomer(tx.Customer(id), CustomerChange{Limit: &limit})
		return err
	})
	draft := func(price, override string, cur Currency) func(tx *Tx) error {
		return func(tx *Tx) error {
			_, err := tx.Issue(Draft{Customer: id, Date: tx.Today(), Due: tx.Today(), Currency: cur, Override: override, Lines: []Line{line("a", "1", price, "0")}})
			return err
		}
	}
	wantRefusal(t, try(b, "", draft("100.01", "", "EUR")), "limit.passed")
	do(t, b, "", draft("100", "slack:U1", "EUR"))
	do(t, b, "", draft("1000", "", "USD")) // the limit is in euros
	wantRefusal(t, try(b, "", draft("0.01", "", "EUR")), "limit.passed")
	do(t, b, "", draft("0.01", "slack:U1", "EUR"))
	b.View(func(v *View) error {
		for i, want := range []string{"", "", "slack:U1"} {
			doc, err := v.InvoiceDetail(v.Invoice(InvoiceID(i + 1)))
			if err != nil || doc.Override != want {
				t.Errorf("invoice %d: override %q, want %q (%v)", i+1, doc.Override, want, err)
			}
		}
		return nil
	})
}

// The same rows are loaded once, however often; a wrong row keeps all out.
func TestOpeningIsLoadedOnceOrNotAtAll(t *testing.T) {
	b, _ := testBooks(t)
	addAcme(t, b)
	today := DateOf(testNow, time.UTC)
	row := func(ref, open string) OpeningInvoice {
		return OpeningInvoice{Customer: "ACME", Reference: ref, Date: today - 60, Due: today - 30, Open: dec(open)}
	}
	load := func(rows ...OpeningInvoice) (booked bool, err error) {
		err = try(b, "", func(tx *Tx) error { booked, err = tx.LoadOpening(Opening{Invoices: rows}); return err })
		return booked, err
	}
	before := dumpOf(t, b)
	wrong := OpeningErrors(nil)
	if _, err := load(row("A 1", "10"), row("a  1", "5"), row("", "1"), row("A 2", "0"), row("A 3", "0.001")); !errors.As(err, &wrong) || len(wrong) != 4 {
		t.Fatalf("got %v", err)
	}
	if dumpOf(t, b) != before {
		t.Error("a refused file left something")
	}
	for i, want := range []bool{true, false, false} {
		if booked, err := load(row("A 1", "10"), row("A 2", "5.50")); err != nil || booked != want {
			t.Errorf("time %d: booked %t, %v", i+1, booked, err)
		}
	}
	b.View(func(v *View) error {
		inv := v.InvoiceReferenced("#a 2")
		if inv == nil || inv.Number.String() != "OPEN-2026-000002" || inv.Open != 550 || !inv.Overdue(v.Today()) {
			t.Errorf("got %+v", inv)
		}
		if got := v.AccountBalance(OpeningBalances, 0, "EUR"); got.Minor != -1550 {
			t.Errorf("opening balances are %s", got)
		}
		return nil
	})
}
