package ledger

import (
	"testing"
)

// issueDraft issues d for c, dated today and due in 30 days unless d says so.
func issueDraft(t testing.TB, b *Books, c CustomerID, d Draft) InvoiceID {
	t.Helper()
	var id InvoiceID
	do(t, b, "", func(tx *Tx) error {
		d.Customer, d.Currency = c, "EUR"
		if d.Date == 0 {
			d.Date = tx.Today()
		}
		if d.Due == 0 {
			d.Due = d.Date.AddDays(30)
		}
		inv, err := tx.Issue(d)
		if err == nil {
			id = inv.ID
		}
		return err
	})
	return id
}

// balances compares accounts in cents, debit positive; what is not named must be nothing.
func balances(t *testing.T, b *Books, want map[Account]int64) {
	t.Helper()
	b.View(func(v *View) error {
		for a := Receivables; a <= Offsets; a++ {
			if got := v.AccountBalance(a, 0, "EUR").Minor; got != want[a] {
				t.Errorf("%s: got %d, want %d", a, got, want[a])
			}
		}
		return nil
	})
}

// 100 at 21 %, 2 % off within 7 days: the example and the three modes of the Odoo 17 manual,
// "Cash discounts and tax reduction" (On early payment, Never, Always): 118.58 of 121.00,
// 119.00 of 121.00, and 118.58 of 120.58. The others by the same rules.
func TestEarlyPaymentDiscount(t *testing.T) {
	one := []Line{line("a", "1", "100", "21")}
	tests := map[string]struct {
		lines            []Line
		inclusive        bool
		mode             DiscountTax
		total, pay       int64
		net, tax, odd    int64 // of the discount
		sales, outputTax int64 // credits after it
	}{
		"included: the tax falls with the price":     {one, false, DiscountIncluded, 12100, 11858, 200, 42, 0, 10000, 2058},
		"excluded: the tax stays":                    {one, false, DiscountExcluded, 12100, 11900, 200, 0, 0, 10000, 2100},
		"mixed: the tax is of the discounted price":  {one, false, DiscountMixed, 12058, 11858, 200, 0, 0, 10000, 2058},
		"as set: the company's mode":                 {one, false, DiscountAsSet, 12100, 11858, 200, 42, 0, 10000, 2058},
		"mixed, prices with tax":                     {[]Line{line("a", "1", "120.58", "21")}, true, DiscountMixed, 12058, 11858, 200, 0, 0, 10000, 2058},
		"two rates are corrected each":               {[]Line{line("a", "1", "100", "19"), line("b", "1", "50", "7")}, false, DiscountIncluded, 17250, 16905, 300, 45, 0, 15000, 2205},
		"odd cents of the rates go to their account": {[]Line{line("a", "1", "0.25", "0"), line("b", "1", "0.25", "7")}, false, DiscountIncluded, 52, 51, 2, 0, -1, 50, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, _ := testBooks(t)
			c := addAcme(t, b)
			id := issueDraft(t, b, c, Draft{Lines: tt.lines, Inclusive: tt.inclusive, Early: EarlyDiscount{Percent: dec("2"), Until: testDay.AddDays(7), Tax: tt.mode}})
			b.View(func(v *View) error {
				inv := v.Invoice(id)
				o, ok := inv.Early(v.Today().AddDays(7))
				if !ok || inv.Total != tt.total || o.Pay.Minor != tt.pay {
					t.Errorf("total %d, want %d; offer %+v", inv.Total, tt.total, o)
				}
				if _, ok := inv.Early(v.Today().AddDays(8)); ok {
					t.Error("the discount outlives its last day")
				}
				return nil
			})
			p := pay(t, b, NewPayment{Customer: c, Invoice: id, Amount: euros(tt.pay)})
			want := map[Account]int64{Bank: tt.pay, Sales: -tt.sales, OutputTax: -tt.outputTax, DiscountsGranted: tt.net, RoundingDifferences: tt.odd}
			balances(t, b, want)
			b.View(func(v *View) error {
				inv := v.Invoice(id)
				if inv.Open != 0 || inv.Discounted != tt.net+tt.tax+tt.odd || inv.State(v.Today()) != StatePaid || inv.Creditable().Minor != tt.pay {
					t.Errorf("got %+v", inv)
				}
				return nil
			})
			// The bank takes the money back: nothing of it is left, and the invoice is owed as before.
			do(t, b, "", func(tx *Tx) error { _, err := tx.Return(tx.Payment(p), "no funds"); return err })
			balances(t, b, map[Account]int64{Receivables: tt.total, Sales: -tt.sales, OutputTax: -tt.outputTax - tt.tax})
		})
	}
}

// The odd cents of a discount are of one rate, whatever is credited after it: what is left of
// a credit of all is nothing at each.
func TestCreditAfterDiscountLeavesNothing(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issueDraft(t, b, c, Draft{Lines: []Line{line("a", "1", "0.25", "0"), line("b", "1", "0.25", "7")},
		Early: EarlyDiscount{Percent: dec("2"), Until: testDay, Tax: DiscountIncluded}})
	pay(t, b, NewPayment{Customer: c, Invoice: id, Amount: euros(51)})
	for _, part := range []int64{20, 31} {
		do(t, b, "", func(tx *Tx) error { _, err := tx.Credit(tx.Invoice(id), euros(part), "because"); return err })
	}
	b.View(func(v *View) error {
		left, err := v.creditLeft(v.Invoice(id))
		if err != nil {
			t.Fatal(err)
		}
		for _, rate := range left.taxes {
			if rate.Base.Minor != 0 || rate.Tax.Minor != 0 {
				t.Errorf("at %s%% %s and tax of %s are left", rate.Rate, rate.Base, rate.Tax)
			}
		}
		return nil
	})
}

// When a discount is taken, and when not: 1,000 without tax, 2 % off within 10 days.
func TestEarlyPaymentIsTakenOnlyWhenEarned(t *testing.T) {
	today := testDay
	type money struct {
		amount    int64
		daysAgo   int
		fee       int64
		unnamed   bool
		thenApply bool
	}
	tests := map[string]struct {
		issued, days int // days ago, and of the window
		paid         []money
		open, onAcct int64
		discounted   int64
	}{
		"exactly the discounted price on the last day": {10, 10, []money{{amount: 98000}}, 0, 0, 2000},
		"a day too late":                                   {11, 10, []money{{amount: 98000}}, 2000, 0, 0},
		"booked late, paid in time":                        {12, 10, []money{{amount: 98000, daysAgo: 2}}, 0, 0, 2000},
		"a cent too little":                                {0, 10, []money{{amount: 97999}}, 2001, 0, 0},
		"more than enough: the rest stays on account":      {0, 10, []money{{amount: 100000}}, 0, 2000, 2000},
		"not after a part at the full price":               {0, 10, []money{{amount: 50000}, {amount: 48000}}, 2000, 0, 0},
		"for the customer, not for the invoice":            {0, 10, []money{{amount: 98000, unnamed: true}}, 0, 0, 2000},
		"with a fee, when together it is exact":            {0, 10, []money{{amount: 97500, fee: 500}}, 0, 0, 2000},
		"with a fee, when it is the whole":                 {0, 10, []money{{amount: 99500, fee: 500}}, 0, 0, 0},
		"money on account since the window, applied later": {20, 10, []money{{amount: 98000, daysAgo: 15, unnamed: true, thenApply: true}}, 0, 0, 2000},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, _ := testBooks(t)
			c := addAcme(t, b)
			bill := func() InvoiceID {
				date := today.AddDays(-tt.issued)
				return issueDraft(t, b, c, Draft{Date: date, Due: date.AddDays(30), Lines: []Line{line("a", "1", "1000", "0")}, Early: EarlyDiscount{Percent: dec("2"), Until: date.AddDays(tt.days)}})
			}
			id := InvoiceID(0)
			if !tt.paid[0].thenApply {
				id = bill()
			}
			for _, m := range tt.paid {
				n := NewPayment{Customer: c, Date: today.AddDays(-m.daysAgo), Amount: euros(m.amount), Fee: euros(m.fee)}
				if !m.unnamed {
					n.Invoice = id
				}
				pay(t, b, n)
				if m.thenApply {
					id = bill()
					do(t, b, "", func(tx *Tx) error { _, err := tx.Apply(tx.Customer(c), nil, Money{}); return err })
				}
			}
			b.View(func(v *View) error {
				inv := v.Invoice(id)
				if inv.Open != tt.open || inv.Discounted != tt.discounted || v.OnAccount(v.Customer(c), "EUR").Minor != tt.onAcct {
					t.Errorf("open %d, discounted %d, on account %s", inv.Open, inv.Discounted, v.OnAccount(v.Customer(c), "EUR"))
				}
				return nil
			})
		})
	}
}

// A payment that is exactly one invoice's discounted price is for that one, whatever is older.
func TestEarlyAmountsAreTriedFirst(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	older := issueDraft(t, b, c, Draft{Due: testDay.AddDays(1), Lines: []Line{line("a", "1", "300", "0")}})
	early := issueDraft(t, b, c, Draft{Lines: []Line{line("a", "1", "1000", "0")}, Early: EarlyDiscount{Percent: dec("2"), Until: testDay.AddDays(10)}})
	pay(t, b, NewPayment{Customer: c, Amount: euros(98000)})
	pay(t, b, NewPayment{Customer: c, Amount: euros(20000)})
	b.View(func(v *View) error {
		if v.Invoice(older).Open != 10000 || v.Invoice(early).Open != 0 || v.Invoice(early).Discounted != 2000 {
			t.Errorf("older open %d, early open %d", v.Invoice(older).Open, v.Invoice(early).Open)
		}
		return nil
	})
}

// A credit note before the payment lowers the discount; one after it takes back no more than
// was paid.
func TestEarlyDiscountAndCreditNotes(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issueDraft(t, b, c, Draft{Lines: []Line{line("a", "2", "100", "21")}, Early: EarlyDiscount{Percent: dec("2"), Until: testDay.AddDays(7)}})
	one := dec("1")
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.CreditLines(tx.Invoice(id), []LineCredit{{Line: 1, Quantity: &one}}, "one came back")
		return err
	})
	pay(t, b, NewPayment{Customer: c, Amount: euros(11858)})
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.Credit(tx.Invoice(id), tx.Invoice(id).Creditable(), "the other too")
		return err
	})
	balances(t, b, map[Account]int64{Bank: 11858, OnAccount: -11858, Sales: -20000, SalesReductions: 19800, DiscountsGranted: 200})
}

// testDay is the company's day at testNow.
var testDay = DateOf(testNow, loadZone("Europe/Berlin"))
