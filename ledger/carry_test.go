package ledger

import (
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// checkCarry sees to it that the books balance in the company's currency too: what is open
// and what is on account carries what the accounts say, what is closed or used up carries
// nothing, and money is worth what its day's rate made of it, by arithmetic of this test's own.
func checkCarry(r *rapid.T, v *View) {
	checkCarried(r, v)
	worth := map[Account]int64{}
	v.Payments(func(p *Payment) {
		if !p.Returned {
			worth[p.till()] += inEuros(v, p.Amount, p.Date)
		}
	})
	v.Cheques(func(q *Cheque) { worth[Bank] -= q.Fees }) // the acts have fees in euros alone
	v.s.refunds.each(func(x *Refund) {
		from := Bank
		if x.Method == MethodCash {
			from = Cash
		}
		worth[from] -= inEuros(v, x.Amount, x.Date)
	})
	for _, a := range []Account{Bank, Cash} {
		if got := v.BaseBalance(a).Minor; got != worth[a] {
			r.Fatalf("%s is worth %d, what came and went %d", a, got, worth[a])
		}
	}
	if got := v.BaseBalance(OpeningBalances).Minor + opened(v); got != 0 {
		r.Fatalf("the opening balances are off by %d", got)
	}
}

// opened is what was owed when the books began.
func opened(v *View) (sum int64) {
	v.Invoices(func(i *Invoice) {
		if f, err := v.fact(i.fact); err == nil && i.OldNumber != "" && !i.Void {
			sum += f.base(Receivables)
		}
	})
	return sum
}

// checkCarried is checkCarry of what may have no value.
func checkCarried(r *rapid.T, v *View) {
	all, open, acct := int64(0), int64(0), int64(0)
	for a := Account(0); a < accountMax; a++ {
		all += v.BaseBalance(a).Minor
	}
	carried := func(what string, minor, carry int64, cur Currency) {
		if minor == 0 && carry != 0 || cur == "EUR" && carry != minor || carry < 0 {
			r.Fatalf("%s: %d %s carry %d", what, minor, cur, carry)
		}
	}
	v.Invoices(func(i *Invoice) {
		carried(i.Number.String(), i.Open, i.Carry, i.Currency)
		open += i.Carry
	})
	v.Payments(func(p *Payment) {
		carried(p.Label(), p.OnAcct, p.Carry, p.Amount.Currency)
		acct += p.Carry
	})
	v.s.creditNotes.each(func(n *CreditNote) {
		carried(n.Number.String(), n.OnAcct, n.Carry, n.Total.Currency)
		acct += n.Carry
	})
	for a, want := range map[Account]int64{Receivables: open, OnAccount: -acct, Conversion: 0} {
		if got := v.BaseBalance(a).Minor; got != want {
			r.Fatalf("%s is worth %d, its parts %d", a, got, want)
		}
	}
	if all != 0 {
		r.Fatalf("the accounts are off by %d in the company's currency", all)
	}
}

// inEuros is what m was worth on a day, in cents, half away from zero.
func inEuros(v *View, m Money, day Date) int64 {
	rate := big.NewRat(1, 1)
	for _, x := range v.Rates(m.Currency) {
		if x.Date <= day {
			rate = new(big.Rat).Quo(x.Value.Rat(), x.Per.Rat())
		}
	}
	if m.Currency == "EUR" {
		return m.Minor
	}
	cents := new(big.Rat).Mul(rate, big.NewRat(m.Minor, 1))
	shift := int64(2) - int64(m.Currency.Exponent())
	for ; shift > 0; shift-- {
		cents.Mul(cents, big.NewRat(10, 1))
	}
	for ; shift < 0; shift++ {
		cents.Quo(cents, big.NewRat(10, 1))
	}
	cents.Add(cents, big.NewRat(1, 2))
	return new(big.Int).Div(cents.Num(), cents.Denom()).Int64()
}

// dollars is a sum in cents.
func dollars(minor int64) Money { return Money{minor, "USD"} }

// fxBooks are books with rates of three days: 0.92 euros for a dollar 20 days ago, 0.90 ten
// days ago, 0.95 today; 100 yen are 0.60 euros all the time.
func fxBooks(t *testing.T) (*Books, CustomerID, Date) {
	path := filepath.Join(t.TempDir(), "duebot.db")
	b := openBare(t, path)
	t.Cleanup(func() { b.Close(); checkFile(t, path) })
	c := addAcme(t, b)
	today := DateOf(testNow, time.UTC)
	do(t, b, "", func(tx *Tx) error {
		one := decimal.NewFromInt(1)
		var rates []Rate
		for days, usd := range map[int]string{-20: "0.92", -10: "0.90", 0: "0.95"} {
			rates = append(rates, Rate{"USD", today.AddDays(days), dec(usd), one}, Rate{"JPY", today.AddDays(days), dec("0.60"), decimal.NewFromInt(100)})
		}
		_, err := tx.SetRates("entered", rates)
		return err
	})
	return b, c, today
}

func issueForeign(t *testing.T, b *Books, d Draft, lines ...Line) InvoiceID {
	t.Helper()
	var id InvoiceID
	d.Lines, d.Due = lines, d.Date.AddDays(14)
	do(t, b, "", func(tx *Tx) error {
		inv, err := tx.Issue(d)
		if err == nil {
			id = inv.ID
		}
		return err
	})
	return id
}

func checkWorth(t *testing.T, b *Books, when string, want map[Account]int64) {
	t.Helper()
	b.View(func(v *View) error {
		for a := Account(1); a < accountMax; a++ {
			if got := v.BaseBalance(a).Minor; got != want[a] {
				t.Errorf("%s: %s is worth %d, want %d", when, a, got, want[a])
			}
		}
		return nil
	})
}

// IAS 21.23 and 28: a receivable is booked at the rate of its day, and the difference to the
// rate of the day on which it is settled is income or expense, of each part by itself.
func TestPartialPaymentsRealiseTheirShareOfTheExchangeDifference(t *testing.T) {
	b, c, today := fxBooks(t)
	inv := issueForeign(t, b, Draft{Customer: c, Date: today.AddDays(-20), Currency: "USD"}, line("a", "1", "1000", "0"))
	checkWorth(t, b, "issued", map[Account]int64{Receivables: 92000, Sales: -92000})
	pay(t, b, NewPayment{Customer: c, Invoice: inv, Date: today.AddDays(-10), Amount: dollars(40000)})
	// 400 dollars came as 360 euros, and were booked at 368: a loss of 8.
	checkWorth(t, b, "400 paid", map[Account]int64{Receivables: 55200, Sales: -92000, Bank: 36000, ExchangeDifferences: 800})
	last := pay(t, b, NewPayment{Customer: c, Invoice: inv, Amount: dollars(60000)})
	// 600 dollars came as 570 euros, and were booked at 552: a gain of 18.
	checkWorth(t, b, "all paid", map[Account]int64{Sales: -92000, Bank: 93000, ExchangeDifferences: -1000})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Unapply(tx.Payment(last), tx.Invoice(inv)); return err })
	checkWorth(t, b, "taken back", map[Account]int64{Receivables: 55200, OnAccount: -57000, Sales: -92000, Bank: 93000, ExchangeDifferences: 800})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Return(tx.Payment(last), "bounced"); return err })
	checkWorth(t, b, "charged back", map[Account]int64{Receivables: 55200, Sales: -92000, Bank: 36000, ExchangeDifferences: 800})
}

func TestOtherEndingsOfAForeignInvoice(t *testing.T) {
	tests := map[string]struct {
		end  func(tx *Tx, inv *Invoice) error
		want map[Account]int64
	}{
		"a credit note takes back what was booked, at the invoice's rate": {
			func(tx *Tx, inv *Invoice) error { _, err := tx.Credit(inv, inv.TotalMoney(), "wrong"); return err },
			map[Account]int64{Sales: -92000, SalesReductions: 92000}},
		"a void too": {
			func(tx *Tx, inv *Invoice) error { return tx.Void(inv, "wrong") },
			map[Account]int64{}},
		"a write-off gives up what was booked": {
			func(tx *Tx, inv *Invoice) error { _, err := tx.WriteOff(inv, Money{}, "insolvent"); return err },
			map[Account]int64{Sales: -92000, OutputTax: -17480, BadDebt: 109480}},
		"money after a write-off takes back what was given up, and realises the difference": {
			func(tx *Tx, inv *Invoice) error {
				if _, err := tx.WriteOff(inv, Money{}, "insolvent"); err != nil {
					return err
				}
				_, _, err := tx.Receive(NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: dollars(50000)})
				return err
			},
			map[Account]int64{Sales: -92000, OutputTax: -17480, BadDebt: 63480, Bank: 47500, ExchangeDifferences: -1500}},
		"tax withheld counts at the invoice's rate": {
			func(tx *Tx, inv *Invoice) error {
				_, _, err := tx.Receive(NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: dollars(109000), Withheld: dollars(10000)})
				return err
			},
			map[Account]int64{Sales: -92000, OutputTax: -17480, Bank: 103550, WithheldTax: 9200, ExchangeDifferences: -3270}},
		"a refund of too much money realises what the dollar moved since": {
			func(tx *Tx, inv *Invoice) error {
				_, _, err := tx.Receive(NewPayment{Customer: inv.Customer, Date: tx.Today().AddDays(-10), Amount: dollars(119000 + 10000), Invoice: inv.ID})
				if err == nil {
					_, err = tx.Refund(tx.Customer(inv.Customer), dollars(10000), tx.Today(), "too much")
				}
				return err
			},
			// 1,290 came as 1,161; 1,190 of it met 1,094.80: loss 23.80; 100 came as 90 and went as 95: loss 5.
			map[Account]int64{Sales: -92000, OutputTax: -17480, Bank: 116100 - 9500, ExchangeDifferences: 2380 + 500}},
		"euros settle dollars at the day's rate": {
			func(tx *Tx, inv *Invoice) error {
				_, _, err := tx.Receive(NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: euros(113050)})
				return err
			},
			map[Account]int64{Sales: -92000, OutputTax: -17480, Bank: 113050, ExchangeDifferences: -3570}},
		"a part of them in euros, and too much in yen for the rest": {
			func(tx *Tx, inv *Invoice) error {
				_, _, err := tx.Receive(NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: euros(47500)})
				if err != nil || inv.Open != 69000 {
					return errOr(err, "after 475 euros %d are open", inv.Open)
				}
				p, _, err := tx.Receive(NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: Money{120000, "JPY"}})
				// 690 dollars are 655.50 euros, and these 109,250 yen.
				if err == nil && (inv.Open != 0 || p.OnAcct != 120000-109250) {
					return errOr(nil, "%d are open, %d yen on account", inv.Open, p.OnAcct)
				}
				return err
			},
			map[Account]int64{Sales: -92000, OutputTax: -17480, Bank: 47500 + 72000, OnAccount: -6450, ExchangeDifferences: -3570}},
		"the bank's own rate": {
			func(tx *Tx, inv *Invoice) error {
				_, _, err := tx.Receive(NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: dollars(119000),
					Rate: Rate{Value: dec("0.93"), Per: dec("1")}})
				return err
			},
			map[Account]int64{Sales: -92000, OutputTax: -17480, Bank: 110670, ExchangeDifferences: -1190}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, c, today := fxBooks(t)
			tax := "19"
			if tt.want[OutputTax] == 0 {
				tax = "0"
			}
			id := issueForeign(t, b, Draft{Customer: c, Date: today.AddDays(-20), Currency: "USD"}, line("a", "1", "1000", tax))
			do(t, b, "", func(tx *Tx) error { return tt.end(tx, tx.Invoice(id)) })
			checkWorth(t, b, "at the end", tt.want)
		})
	}
}

func TestRatesOfForeignDocuments(t *testing.T) {
	b, c, today := fxBooks(t)
	draft := Draft{Customer: c, Currency: "USD", Date: today.AddDays(-20), Lines: []Line{line("a", "1", "100", "19")}}
	tests := map[string]struct {
		change func(*Draft)
		want   string // refusal
		worth  int64
	}{
		"the rate of the invoice's date":                     {func(d *Draft) {}, "", 10948},
		"seven days later it still holds":                    {func(d *Draft) { d.Date += 7 }, "", 10948},
		"after eight it does not":                            {func(d *Draft) { d.Date += 8 }, "rate.old", 0},
		"before the first there is none":                     {func(d *Draft) { d.Date -= 1 }, "rate.none", 0},
		"a currency without rates":                           {func(d *Draft) { d.Currency = "CHF" }, "rate.none", 0},
		"an agreed rate counts for any day":                  {func(d *Draft) { d.Date += 8; d.Rate = Rate{Value: dec("0.5"), Per: dec("1")}; d.Agreed = true }, "", 5950},
		"an agreed rate is more than nothing":                {func(d *Draft) { d.Agreed = true }, "rate.positive", 0},
		"a rate that was shown and is not the day's":         {func(d *Draft) { d.Rate = Rate{"USD", d.Date, dec("0.91"), dec("1")} }, "rate.moved", 0},
		"euros need none":                                    {func(d *Draft) { d.Currency = "EUR" }, "", 11900},
		"and take none":                                      {func(d *Draft) { d.Currency = "EUR"; d.Rate = Rate{Value: dec("2"), Per: dec("1")}; d.Agreed = true }, "", 11900},
		"tax is rounded in the company's currency by itself": {func(d *Draft) { d.Lines = []Line{line("a", "1", "0.55", "20")} }, "", 61},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := draft
			tt.change(&d)
			d.Due = d.Date
			err := try(b, "", func(tx *Tx) error {
				before := tx.BaseBalance(Receivables).Minor
				if _, err := tx.Issue(d); err != nil {
					return err
				}
				if got := tx.BaseBalance(Receivables).Minor - before; got != tt.worth {
					t.Errorf("worth %d, want %d", got, tt.worth)
				}
				return errChanged
			})
			if r, ok := AsRefusal(err); ok && r.Key != tt.want || !ok && (tt.want != "" || err != errChanged) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// Money that a provider reports is there: it is booked at the nearest rate, or without a
// value where there is none.
func TestProvidersMoneyNeedsNoFreshRate(t *testing.T) {
	for cur, worth := range map[Currency]int64{"USD": 9000, "CHF": 0} {
		b, c, today := fxBooks(t)
		do(t, b, "stripe:evt_"+string(cur), func(tx *Tx) error {
			_, _, err := tx.Receive(NewPayment{Customer: c, Date: today.AddDays(-1), Amount: Money{10000, cur}, Method: "stripe"})
			return err
		})
		checkWorth(t, b, string(cur), map[Account]int64{Bank: worth, OnAccount: -worth})
		if err := try(b, "slack:1", func(tx *Tx) error {
			_, _, err := tx.Receive(NewPayment{Customer: c, Date: today.AddDays(-1), Amount: Money{10000, cur}})
			return err
		}); err == nil {
			t.Errorf("%s: staff booked money without a rate", cur)
		}
	}
}

// Rates are corrected by later ones for the same day; what was booked stays.
func TestRatesAreKept(t *testing.T) {
	b, c, today := fxBooks(t)
	issueForeign(t, b, Draft{Customer: c, Date: today, Currency: "USD"}, line("a", "1", "100", "0"))
	set := func(want int, rates ...Rate) {
		t.Helper()
		do(t, b, "", func(tx *Tx) error {
			n, err := tx.SetRates("entered", rates)
			if n != want {
				t.Errorf("%d new rates, want %d", n, want)
			}
			return err
		})
	}
	set(0, Rate{"USD", today, dec("0.95"), dec("1")}, Rate{"EUR", today, dec("7"), dec("1")})
	set(1, Rate{"USD", today, dec("0.90"), dec("1")}, Rate{"USD", today, dec("0.94"), dec("1.0")})
	set(2, Rate{"USD", today.AddDays(-30), dec("0.8"), dec("1")}, Rate{"GBP", today, dec("1.2"), dec("1")})
	checkWorth(t, b, "after the correction", map[Account]int64{Receivables: 9500, Sales: -9500})
	b.View(func(v *View) error {
		if r, err := v.RateOn("USD", today); err != nil || !r.Value.Equal(dec("0.94")) {
			t.Errorf("today's rate is %v, %v", r, err)
		}
		if got := v.RatedCurrencies(); len(got) != 3 {
			t.Errorf("rated currencies: %v", got)
		}
		return nil
	})
	for name, r := range map[string]Rate{
		"rate.future": {"USD", today + 1, dec("1"), dec("1")}, "currency.unknown": {"EUX", today, dec("1"), dec("1")},
		"rate.positive": {"USD", today, dec("0"), dec("1")}, "number.toofine": {"USD", today, dec("0.1234567"), dec("1")},
	} {
		err := try(b, "", func(tx *Tx) error { _, err := tx.SetRates("x", []Rate{r}); return err })
		if f, ok := AsRefusal(err); !ok || f.Key != name {
			t.Errorf("got %v, want %s", err, name)
		}
	}
}

// The company's currency is what every value is told in, and cannot change under them.
func TestCompanyCurrencyStaysOnceSomethingIsBooked(t *testing.T) {
	b, _ := testBooks(t)
	change := func(tx *Tx) error {
		x := tx.Company()
		x.Currency = "USD"
		return tx.SetCompany(x)
	}
	c := addAcme(t, b)
	issue(t, b, c, line("a", "1", "1", "0"))
	if r, ok := AsRefusal(try(b, "", change)); !ok || r.Key != "company.currency" {
		t.Errorf("got %v", r)
	}
}

// What a layout before values, or a provider where no rate was known, left without a value
// is settled, paid back and taken back like anything else: its value comes in against the
// opening balances, and the exchange rate has gained or lost nothing.
func TestWhatHasNoValueIsSettledAgainstOpeningBalances(t *testing.T) {
	b, c, today := fxBooks(t)
	francs := func(minor int64) Money { return Money{minor, "CHF"} }
	do(t, b, "stripe:evt_1", func(tx *Tx) error {
		_, _, err := tx.Receive(NewPayment{Customer: c, Date: today, Amount: francs(10000), Method: "stripe"})
		return err
	})
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.SetRates("entered", []Rate{{"CHF", today, dec("1.05"), dec("1")}})
		return err
	})
	inv := issueForeign(t, b, Draft{Customer: c, Date: today, Currency: "CHF"}, line("a", "1", "60", "0"))
	home := issue(t, b, c, line("b", "1", "21", "0"))
	do(t, b, "", func(tx *Tx) error { _, err := tx.Apply(tx.Customer(c), tx.Invoice(inv), Money{}); return err })
	checkWorth(t, b, "francs settled", map[Account]int64{Receivables: 2100, Sales: -6300 - 2100, OpeningBalances: 6300})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Apply(tx.Customer(c), tx.Invoice(home), francs(2000)); return err })
	checkWorth(t, b, "euros settled", map[Account]int64{Sales: -6300 - 2100, OpeningBalances: 6300 + 2100})
	pay(t, b, NewPayment{Customer: c, Date: today, Amount: francs(1000), Rate: Rate{Value: dec("1"), Per: dec("1")}})
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.Refund(tx.Customer(c), francs(2500), today, "too much")
		return err
	})
	// 20 francs without a value, and 5 that came as 5 euros, went as 26.25.
	checkWorth(t, b, "paid back", map[Account]int64{Bank: 1000 - 2625, OnAccount: -500, Sales: -6300 - 2100, OpeningBalances: 6300 + 2100 + 2100, ExchangeDifferences: 25})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Unapply(tx.Payment(1), tx.Invoice(inv)); return err })
	checkWorth(t, b, "taken back", map[Account]int64{Bank: 1000 - 2625, OnAccount: -500, Receivables: 6300, Sales: -6300 - 2100, OpeningBalances: 2100 + 2100, ExchangeDifferences: 25})
}

// What is worth less than a cent is no reason to take all the money there is, and no opening
// balance.
func TestSumsBelowTheSmallestCoin(t *testing.T) {
	b, c, today := fxBooks(t)
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.SetRates("entered", []Rate{{"VND", today, dec("0.000036"), dec("1")}})
		return err
	})
	inv := issueForeign(t, b, Draft{Customer: c, Date: today, Currency: "VND"}, line("a", "1", "100", "0"))
	do(t, b, "", func(tx *Tx) error {
		p, parts, err := tx.Receive(NewPayment{Customer: c, Invoice: inv, Date: today, Amount: euros(10000)})
		if err == nil && (p.OnAcct != 9999 || len(parts) != 1 || parts[0].Minor != 100) {
			t.Errorf("100 dong took all but %d cents, and settled %v", p.OnAcct, parts)
		}
		return err
	})
	checkWorth(t, b, "paid", map[Account]int64{Bank: 10000, OnAccount: -9999, ExchangeDifferences: -1})
}

// An early payment earns its discount in whatever currency it comes.
func TestEarlyPaymentInAnotherCurrency(t *testing.T) {
	for name, tt := range map[string]struct {
		paid  int64 // euro cents, for 1,000 dollars less 2 % at 0.95
		apply bool  // money that was on account
		open  int64
		left  int64 // on account
	}{
		"exactly":                {93100, false, 0, 0},
		"a cent short":           {93099, false, 2001, 0},
		"the undiscounted price": {95000, false, 0, 1900},
		"from what is there":     {93100, true, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b, c, today := fxBooks(t)
			id := issueForeign(t, b, Draft{Customer: c, Date: today, Currency: "USD", Early: EarlyDiscount{Percent: dec("2"), Until: today + 10}}, line("a", "1", "1000", "0"))
			do(t, b, "", func(tx *Tx) error {
				n := NewPayment{Customer: c, Invoice: id, Date: today, Amount: euros(tt.paid)}
				if tt.apply {
					n.Invoice = 0
				}
				p, _, err := tx.Receive(n)
				if err == nil && tt.apply {
					_, err = tx.Apply(tx.Customer(c), tx.Invoice(id), p.Amount)
				}
				if inv := tx.Invoice(id); err == nil && (inv.Open != tt.open || p.OnAcct != tt.left || (inv.Discounted > 0) != (tt.open == 0)) {
					return errOr(nil, "open %d, on account %d, discount %d", inv.Open, p.OnAcct, inv.Discounted)
				}
				return err
			})
		})
	}
}

// A ledger of the layout before values goes on: its foreign items are settled, credited,
// taken back and paid back among new ones, and the books balance in both currencies.
func TestOldForeignItemsAmongNewOnes(t *testing.T) {
	old := filepath.Join(t.TempDir(), "v1.db")
	unzip(t, "testdata/format/v1.db.gz", old)
	data, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		path := filepath.Join(t.TempDir(), "duebot.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := Open(path, Options{Now: func() time.Time { return testNow }})
		if err != nil {
			t.Fatal(err)
		}
		do(t, b, "", func(tx *Tx) error {
			_, err := tx.SetRates("entered", []Rate{{"JPY", tx.Today() - 6, dec("0.6"), dec("100")}, {"KWD", tx.Today() - 6, dec("2.99"), dec("1")},
				{"JPY", tx.Today(), dec("0.66"), dec("100")}, {"KWD", tx.Today(), dec("2.7"), dec("1")}})
			return err
		})
		for step := range rapid.IntRange(1, 40).Draw(r, "steps") {
			err := try(b, fmt.Sprintf("n%d", step), func(tx *Tx) error { return randomAct(r, tx, 1) })
			if _, refused := AsRefusal(err); err != nil && !refused && !errors.Is(err, errChanged) {
				r.Fatalf("step %d: %v", step, err)
			}
			b.View(func(v *View) error { checkCarried(r, v); return nil })
		}
		b.Close()
		checkFile(t, path)
	})
}
