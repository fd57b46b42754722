package commands

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// recurDesk is a desk with one customer, and a clock.
func recurDesk(t *testing.T, set func(*ledger.CompanySet)) (*Desk, *time.Time) {
	t.Helper()
	now := time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "r.db")
	books, err := ledger.Open(path, ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		books.Close()
		if rep, err := ledger.Verify(path, ""); err != nil || len(rep.Problems) > 0 {
			t.Error(err, rep)
		}
	})
	_, err = books.Update(t.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		co := ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"}
		if set != nil {
			set(&co)
		}
		if err := tx.SetCompany(co); err != nil {
			return nil, err
		}
		_, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme", Owner: me})
		return nil, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	d := &Desk{Books: books, Settings: Settings{FinanceChannel: "CFINANCE01", StaffOf: func(user string) Staff {
		return Staff{ID: user, Role: map[string]Role{me: Sales, "UMANAGER01": Manager}[user]}
	}}}
	return d, &now
}

// types runs a line of a person, and answers with the reply's keys.
func (d *Desk) types(t *testing.T, who Staff, line string) string {
	t.Helper()
	var head ledger.Head
	d.Books.View(func(v *ledger.View) error { head = v.Head(); return nil })
	r, err := d.Line(t.Context(), Line{Key: fmt.Sprint(head.Seq, line, time.Now().UnixNano()), Who: who, Text: line})
	if err != nil {
		t.Fatal(line, err)
	}
	out := []string{r.Card.Title.Key}
	for _, x := range r.Card.Body {
		out = append(out, x.Key)
	}
	for _, b := range r.Card.Buttons {
		if strings.HasPrefix(b.Arg, "recur confirm") {
			return d.types(t, who, b.Arg)
		}
	}
	return strings.TrimSpace(strings.Join(out, " "))
}

// run lets the contracts run at an instant, as after an outage until then.
func (d *Desk) runAt(t *testing.T, now *time.Time, at string) (invoices int, why string) {
	t.Helper()
	when, err := time.Parse("2006-01-02", at)
	if err != nil {
		t.Fatal(err)
	}
	*now = when.Add(9 * time.Hour)
	if _, err := d.RunContracts(context.Background(), *now); err != nil {
		t.Fatal(err)
	}
	d.Books.View(func(v *ledger.View) error {
		v.Invoices(func(*ledger.Invoice) { invoices++ })
		why = v.Contract(1).Hindrance.Why
		return nil
	})
	return invoices, why
}

// notices counts the queued notices of a code, and those that ask for an approval.
func (d *Desk) notices(code string) (n int) {
	d.Books.View(func(v *ledger.View) error {
		return v.Facts(1, func(f *ledger.Fact) error {
			if x, ok := f.Body.(*ledger.NoticeQueued); ok && (x.Code == code || string(x.Kind) == code) {
				n++
			}
			return nil
		})
	})
	return n
}

// After an outage a few invoices come by themselves, dated today, each for its own period. Many
// wait for a person, who is told once, and issues or skips them.
func TestOutageOfContracts(t *testing.T) {
	sales := Staff{ID: me, Role: Sales}
	for _, tt := range []struct {
		until, then string
		held        string
		want        int
	}{
		{"2027-02-15", "", "", 3},
		{"2027-06-15", "", "burst", 0},
		{"2027-06-15", "recur R-1 issue all", "burst", 7},
		{"2027-06-15", "recur R-1 skip missed", "burst", 0},
		{"2027-06-15", "recur R-1 issue", "burst", 1},
	} {
		d, now := recurDesk(t, nil)
		if got := d.types(t, sales, `recur acme monthly on 1 from 2026-12-01 100 "Rent {month}"`); got != "recur.made" {
			t.Fatalf("got %q", got)
		}
		n, why := d.runAt(t, now, tt.until)
		if why != tt.held || tt.then == "" && n != tt.want {
			t.Errorf("through %s: %d invoices, held %q, want %d, %q", tt.until, n, why, tt.want, tt.held)
		}
		d.runAt(t, now, tt.until)
		if got := d.notices("contract"); got > 1 || (got == 1) != (tt.held != "") {
			t.Errorf("through %s: %d tasks", tt.until, got)
		}
		if tt.then == "" {
			continue
		}
		d.types(t, sales, tt.then)
		if n, _ := d.runAt(t, now, tt.until); n != tt.want {
			t.Errorf("%s: %d invoices, want %d", tt.then, n, tt.want)
		}
		d.Books.View(func(v *ledger.View) error {
			v.Invoices(func(inv *ledger.Invoice) {
				if inv.Date.String() != tt.until {
					t.Errorf("%s: %s is dated %s", tt.then, inv.Number, inv.Date)
				}
			})
			return nil
		})
	}
}

// What is left out as missed is what was missed: the invoice of a day that is free waits for the next
// business day, and has not come yet.
func TestSkipMissedLeavesWhatHasNotCome(t *testing.T) {
	sales := Staff{ID: me, Role: Sales}
	d, now := recurDesk(t, nil)
	if got := d.types(t, sales, `recur acme weekly workday from 2026-12-05 100 "Cleaning"`); got != "recur.made" { // Saturdays
		t.Fatalf("got %q", got)
	}
	if n, why := d.runAt(t, now, "2027-01-09"); n != 0 || why != "burst" {
		t.Fatalf("on a Saturday, behind an outage: %d invoices, held %q", n, why)
	}
	d.types(t, sales, "recur R-1 skip missed")
	if n, _ := d.runAt(t, now, "2027-01-11"); n != 1 {
		t.Errorf("on the Monday behind it: %d invoices, want that of the Saturday", n)
	}
}

// What an invoice by hand would need a second person for, one of a contract does: in the name of
// whoever set its lines, unless that was approved with them.
func TestContractsAskForApproval(t *testing.T) {
	sales, manager := Staff{ID: me, Role: Sales}, Staff{ID: "UMANAGER01", Role: Manager}
	ceiling := func(minor int64) func(*ledger.CompanySet) {
		return func(co *ledger.CompanySet) { co.Approvals.Invoice = ledger.Ceiling{Set: true, Minor: minor} }
	}
	d, now := recurDesk(t, ceiling(20000))
	d.types(t, sales, `recur acme monthly on 1 from 2026-12-01 100 "Rent"`)
	if n, why := d.runAt(t, now, "2026-12-01"); n != 1 || why != "" {
		t.Fatalf("below the ceiling: %d invoices, %q", n, why)
	}
	_, err := d.Books.Update(t.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		co := ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"}
		ceiling(5000)(&co)
		return nil, tx.SetCompany(co)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if n, why := d.runAt(t, now, "2027-01-01"); n != 1 || why != "approval" {
		t.Fatalf("above it: %d invoices, %q", n, why)
	}
	decide := func(who Staff, do, arg string) string {
		r, err := d.Press(t.Context(), Press{Key: do + arg + who.ID, Who: who, Do: do, Arg: arg})
		if err != nil {
			t.Fatal(err)
		}
		return r.Card.Title.Key + r.Card.Body[0].Key
	}
	if got := decide(Staff{ID: me, Role: Manager}, "approve", "1"); !strings.Contains(got, "approval.own") {
		t.Errorf("whoever set it approves: %q", got)
	}
	decide(manager, "decline", "1")
	if n, why := d.runAt(t, now, "2027-01-02"); n != 1 || why != "declined" || d.notices("contract") != 1 {
		t.Errorf("declined: %d invoices, %q, %d tasks", n, why, d.notices("contract"))
	}
	if got := d.types(t, sales, "recur R-1 issue"); !strings.HasPrefix(got, "approval.asked") {
		t.Errorf("asked anew: %q", got)
	}
	if got := decide(manager, "approve", "2"); !strings.HasPrefix(got, "approval.did") {
		t.Errorf("approved: %q", got)
	}
	if n, why := d.runAt(t, now, "2027-01-03"); n != 2 || why != "" {
		t.Errorf("approved: %d invoices, %q", n, why)
	}
	if got := d.types(t, sales, "recur R-1 price 120"); !strings.HasPrefix(got, "approval.asked") {
		t.Errorf("another price: %q", got)
	}
	decide(manager, "approve", "3")
	if n, why := d.runAt(t, now, "2027-02-01"); n != 3 || why != "" || d.notices("approval") != 3 {
		t.Errorf("approved with its lines: %d invoices, %q, %d requests", n, why, d.notices("approval"))
	}
}

// Whoever looks after a customer hears of an invoice the day before, once, and a skip then holds.
func TestTomorrowIsAnnouncedOnce(t *testing.T) {
	d, now := recurDesk(t, nil)
	sales := Staff{ID: me, Role: Sales}
	d.types(t, sales, `recur acme weekly from 2026-12-08 100 "Cleaning"`)
	for range 3 {
		d.runAt(t, now, "2026-12-07")
	}
	if got := d.notices("recurring"); got != 1 {
		t.Errorf("announced %d times", got)
	}
	d.types(t, sales, "recur R-1 skip 2026-12-08 on leave")
	if n, _ := d.runAt(t, now, "2026-12-08"); n != 0 {
		t.Errorf("%d invoices of a day that was skipped", n)
	}
	if n, _ := d.runAt(t, now, "2026-12-15"); n != 1 || d.notices("recurring") != 1 {
		t.Errorf("%d invoices, announced %d times after an outage over the day before", n, d.notices("recurring"))
	}
}

// A text names the period of its invoice: a month, a quarter or a year of the calendar as such, any
// other by its days.
func TestTextsNameThePeriod(t *testing.T) {
	d := &Desk{Settings: Settings{WordsIn: func(string) card.Words {
		return func(x card.Text) string { return "<" + x.Key + ">" }
	}, MonthName: func(_ string, month int) string { return time.Month(month).String() }}}
	day := func(s string) ledger.Date {
		out, err := ledger.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, tt := range []struct{ from, to, text, want string }{
		{"2026-11-01", "2026-11-30", "{month} {year}, {period}", "November 2026, <period.month>"},
		{"2026-10-01", "2026-12-31", "{quarter}: {period}", "<period.quarter>: <period.inyear>"},
		{"2026-01-01", "2026-12-31", "{period}", "2026"},
		{"2026-11-15", "2026-12-14", "{period}", "<period.days>"},
		{"2026-11-01", "2027-01-31", "{period}", "<period.days>"},
		{"2026-11-02", "2026-11-08", "{from} to {to}", "<value> to <value>"},
		{"2026-11-01", "2026-11-30", "{nothing} of it", "{nothing} of it"},
	} {
		from := day(tt.from)
		p := ledger.Occurrence{From: from, To: day(tt.to), Named: from}
		if got := d.fillPeriod("en")(tt.text, p); got != tt.want {
			t.Errorf("%s–%s: got %s, want %s", tt.from, tt.to, got, tt.want)
		}
	}
	d.WordsIn = func(string) card.Words {
		return func(x card.Text) string {
			if x.Key == "format.digits" {
				return "\u200f۰۱۲۳۴۵۶۷۸۹" // as a text from the right begins
			}
			return x.Key
		}
	}
	year := ledger.Occurrence{From: day("2026-01-01"), To: day("2026-12-31"), Named: day("2026-01-01")}
	if got := d.fillPeriod("fa")("{year}, {period}", year); got != "۲۰۲۶, ۲۰۲۶" {
		t.Errorf("a year in Persian digits reads %s", got)
	}
}
