package ledger

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
)

// The periods of statements: whole months and quarters, over the end of a year too.
func TestStatementPeriods(t *testing.T) {
	for _, tt := range []struct {
		every          Statements
		day, from, to  string
		nextFrom, next string
	}{
		{StatementsMonthly, "2026-10-01", "2026-09-01", "2026-09-30", "2026-10-01", "2026-10-31"},
		{StatementsMonthly, "2026-10-31", "2026-09-01", "2026-09-30", "2026-10-01", "2026-10-31"},
		{StatementsMonthly, "2027-01-15", "2026-12-01", "2026-12-31", "2027-01-01", "2027-01-31"},
		{StatementsMonthly, "2028-03-01", "2028-02-01", "2028-02-29", "2028-03-01", "2028-03-31"},
		{StatementsMonthly, "2027-02-10", "2027-01-01", "2027-01-31", "2027-02-01", "2027-02-28"},
		{StatementsQuarterly, "2026-12-31", "2026-07-01", "2026-09-30", "2026-10-01", "2026-12-31"},
		{StatementsQuarterly, "2027-01-01", "2026-10-01", "2026-12-31", "2027-01-01", "2027-03-31"},
		{StatementsQuarterly, "2027-06-30", "2027-01-01", "2027-03-31", "2027-04-01", "2027-06-30"},
		{StatementsQuarterly, "2027-07-01", "2027-04-01", "2027-06-30", "2027-07-01", "2027-09-30"},
	} {
		p := tt.every.Before(mustDate(t, tt.day))
		if p.From != mustDate(t, tt.from) || p.To != mustDate(t, tt.to) {
			t.Errorf("%s before %s: %s to %s, want %s to %s", tt.every, tt.day, p.From, p.To, tt.from, tt.to)
		}
		if n := tt.every.After(p); n.From != mustDate(t, tt.nextFrom) || n.To != mustDate(t, tt.next) {
			t.Errorf("%s after %s: %s to %s, want %s to %s", tt.every, p.To, n.From, n.To, tt.nextFrom, tt.next)
		}
	}
}

// Who pays on time: in full, by the last due date, one invoice after the other.
func TestOnTime(t *testing.T) {
	for _, tt := range []struct {
		name string
		act  func(tx *Tx, c *Customer, one *Invoice) error
		want int
	}{
		{"paid at once", func(tx *Tx, c *Customer, one *Invoice) error { return payOff(tx, one, one.Date) }, 2},
		{"paid on the due date", func(tx *Tx, c *Customer, one *Invoice) error { return payOff(tx, one, one.Due) }, 2},
		{"paid the day after", func(tx *Tx, c *Customer, one *Invoice) error { return payOff(tx, one, one.Due.AddDays(1)) }, 0},
		{"in part the day after, and the rest in time but told later", func(tx *Tx, c *Customer, one *Invoice) error {
			if _, _, err := tx.Receive(NewPayment{Customer: c.ID, Invoice: one.ID, Date: one.Due.AddDays(1), Amount: Money{4000, "EUR"}, Method: "bank"}); err != nil {
				return err
			}
			return payOff(tx, one, one.Due)
		}, 0},
		{"overdue", func(tx *Tx, c *Customer, one *Invoice) error { return nil }, 0},
		{"given up", func(tx *Tx, c *Customer, one *Invoice) error {
			_, err := tx.WriteOff(one, Money{}, "they are gone")
			return err
		}, 0},
	} {
		b, _ := testBooks(t)
		acme := addAcme(t, b)
		do(t, b, "", func(tx *Tx) error {
			c := tx.Customer(acme)
			issue := func(days int) *Invoice {
				inv, err := tx.Issue(Draft{Customer: c.ID, Date: tx.Today().AddDays(-30), Due: tx.Today().AddDays(days), Currency: "EUR", Lines: []Line{line("a", "1", "100", "0")}})
				if err != nil {
					t.Fatal(err)
				}
				return inv
			}
			first := issue(-10)
			if err := payOff(tx, first, first.Due); err != nil {
				return err
			}
			second := issue(-5)
			if err := tt.act(tx, c, second); err != nil {
				return err
			}
			issue(5) // not due yet: it tells nothing
			got := tx.OnTime(c, 0, 10)
			if got.Count != tt.want {
				t.Errorf("%s: %d on time, want %d", tt.name, got.Count, tt.want)
			}
			if after := tx.OnTime(c, first.ID, 10).Count; after > 1 || tt.want > 0 && after != 1 {
				t.Errorf("%s: %d since the first", tt.name, after)
			}
			if tt.want > 0 && tx.OnTime(c, 0, 1).Count != 1 {
				t.Errorf("%s: more than asked for", tt.name)
			}
			return nil
		})
	}
}

func payOff(tx *Tx, inv *Invoice, on Date) error {
	_, _, err := tx.Receive(NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: on, Amount: inv.OpenMoney(), Method: "bank"})
	return err
}

// What a pilot held back is listed for three months, and no longer.
func TestHeldBackIsForgotten(t *testing.T) {
	b, _ := testBooks(t)
	acme := addAcme(t, b)
	do(t, b, "", func(tx *Tx) error {
		if _, err := tx.SetPilot(true, []string{"Zeta", "beta", "zeta"}, nil); err != nil {
			return err
		}
		if p := tx.Pilot(); fmt.Sprint(p.Customers) != "[beta zeta]" || !tx.Outside(tx.Customer(acme)) {
			t.Errorf("the pilot is %v", p)
		}
		for _, days := range []int{0, 0, heldDays - 1, heldDays} {
			if err := tx.HoldBack(NoticeQueued{Kind: NoticeReminder, Customer: acme, For: tx.Today().AddDays(days), Invoice: 1}, "mail", nil); err != nil {
				return err
			}
		}
		if n := len(tx.HeldBack(0)); n != 2 {
			t.Errorf("%d are listed, want 2", n)
		}
		return nil
	})
}

// courtesyActs are what is said without need, and what a pilot holds back of it, once each.
func courtesyActs(t *testing.T, b *Books) {
	var c *Customer
	acts := []func(tx *Tx) error{
		func(tx *Tx) (err error) {
			c, err = tx.AddCustomer(NewCustomer{Handle: "pilot", Name: "Pilot"})
			return err
		},
		func(tx *Tx) error { return tx.ConfigurePilot([]string{"acme"}, []string{"retail"}) },
		func(tx *Tx) error {
			return tx.HoldBack(NoticeQueued{Kind: NoticeReminder, Customer: c.ID, For: tx.Today(), Invoice: 1, Step: 1, Policy: 1, Also: []PlanStep{{2, 1}}}, "telegram", []Money{euros(100)})
		},
		func(tx *Tx) error { _, err := tx.ChooseStatements(c, StatementsQuarterly, true); return err },
		func(tx *Tx) error {
			return tx.LeaveOutStatement(c, Period{From: tx.Today().AddDays(-90), To: tx.Today().AddDays(-1)}, "near")
		},
		func(tx *Tx) error { return loyal(tx, c) },
		func(tx *Tx) error { return tx.ChooseWeekly(c, true) },
	}
	for i, act := range acts {
		if err := try(b, fmt.Sprintf("courtesy%d", i), act); err != nil {
			t.Errorf("act %d of courtesy: %v", i, err)
		}
	}
}

// loyal agrees what a contract gives for paying on time, and has it given.
func loyal(tx *Tx, c *Customer) error {
	if _, err := tx.SetPilot(false, nil, nil); err != nil {
		return err
	}
	x, err := tx.MakeContract(ContractMade{Customer: c.ID, Schedule: Schedule{Every: Weekly}, From: tx.Today().AddDays(-14),
		Draft: Draft{Currency: "EUR", Lines: []Line{line("hosting", "1", "99.99", "19")}}})
	if err != nil {
		return err
	}
	if err := tx.AgreeLoyalty(x, decimal.New(25, -1), 1); err != nil {
		return err
	}
	for range 2 {
		inv, err := tx.IssueOccurrence(x, func(text string, _ Occurrence) string { return text }, "")
		if err != nil {
			return err
		}
		if err := payOff(tx, inv, inv.Date); err != nil {
			return err
		}
	}
	return nil
}

// A contract's next invoice has something off after so many that were paid on time, once; then the
// count begins again. What it has off already is added to.
func TestLoyalty(t *testing.T) {
	b, _ := testBooks(t)
	acme := addAcme(t, b)
	do(t, b, "", func(tx *Tx) error {
		x, err := tx.MakeContract(ContractMade{Customer: acme, Schedule: Schedule{Every: Weekly}, From: tx.Today().AddDays(-49),
			Draft: Draft{Currency: "EUR", Off: decimal.NewFromInt(10), Lines: []Line{line("hosting", "1", "99.99", "19")}}})
		if err != nil {
			return err
		}
		for _, bad := range []struct{ percent, after int64 }{{0, 6}, {-1, 6}, {51, 6}, {2, -1}, {2, 61}} {
			if _, refused := AsRefusal(tx.AgreeLoyalty(x, decimal.NewFromInt(bad.percent), int(bad.after))); !refused {
				t.Errorf("%v is agreed", bad)
			}
		}
		if err := tx.AgreeLoyalty(x, decimal.New(25, -1), 2); err != nil {
			return err
		}
		var off []string
		for i := range 7 {
			inv, err := tx.IssueOccurrence(x, func(text string, _ Occurrence) string { return text }, "")
			if err != nil {
				return err
			}
			doc, err := tx.InvoiceDetail(inv)
			if err != nil {
				return err
			}
			off = append(off, doc.Off.String())
			if err := payOff(tx, inv, inv.Date); err != nil {
				return err
			}
			if i != 4 {
				continue
			}
			late, err := tx.Issue(Draft{Customer: acme, Date: tx.Today().AddDays(-30), Due: tx.Today().AddDays(-10), Currency: "EUR", Lines: []Line{line("a", "1", "100", "0")}})
			if err != nil {
				return err
			}
			if err := payOff(tx, late, tx.Today()); err != nil {
				return err
			}
		}
		// The third has earned it, and the third and fourth the next; behind the fifth another one was paid late.
		if got, want := fmt.Sprint(off), "[10 10 12.5 10 12.5 10 10]"; got != want {
			t.Errorf("off is %s, want %s", got, want)
		}
		l, paid, earned := tx.LoyaltyOf(x)
		if paid != 2 || !earned || tx.EarnedBy(tx.Customer(acme)) != x || l.After != 2 {
			t.Errorf("%d of %d, earned %t", paid, l.After, earned)
		}
		inv, err := tx.IssueOccurrence(x, func(text string, _ Occurrence) string { return text }, "")
		if err != nil {
			return err
		}
		if err := tx.AgreeLoyalty(x, decimal.Zero, 0); err != nil {
			return err
		}
		if l, paid, earned := tx.LoyaltyOf(x); l.After != 0 || paid != 0 || earned {
			t.Errorf("ended, it gives %+v, %d paid, earned %t", l, paid, earned)
		}
		// Agreed anew, it does not give for the same invoices once more.
		if err := tx.AgreeLoyalty(x, decimal.New(25, -1), 2); err != nil {
			return err
		}
		if _, paid, earned := tx.LoyaltyOf(x); paid != 0 || earned {
			t.Errorf("agreed anew behind %s, %d are paid, earned %t", inv.Number, paid, earned)
		}
		return nil
	})
}
