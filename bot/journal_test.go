package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/adapters/exchange"
	"duebot/ledger"
)

// The journal is read by a reader that knows nothing of ours: each transaction sums to
// nothing per currency, and all balances are those of the books.
func TestJournalSaysWhatTheBooksSay(t *testing.T) {
	for seed := range int64(3) {
		b := randomBooks(t, seed)
		var out bytes.Buffer
		if err := b.View(func(v *ledger.View) error { return exchange.Journal(&out, v) }); err != nil {
			t.Fatal(err)
		}
		got, err := readJournal(&out)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		compareBalances(t, fmt.Sprintf("seed %d", seed), got, bookBalances(b))
	}
}

// compareBalances compares the balances of accounts, per currency, to the last minor unit.
func compareBalances(t *testing.T, what string, got, want map[string]decimal.Decimal) {
	t.Helper()
	if len(want) == 0 {
		t.Fatalf("%s: the books are empty", what)
	}
	for k, sum := range want {
		if !got[k].Equal(sum) {
			t.Errorf("%s: %s is %s in the journal and %s in the books", what, k, got[k], sum)
		}
	}
	for k, sum := range got {
		if _, ok := want[k]; !ok && !sum.IsZero() {
			t.Errorf("%s: %s is %s in the journal and nothing in the books", what, k, sum)
		}
	}
}

// bookBalances are the balances by account, handle and currency: "receivables:acme EUR".
func bookBalances(b *ledger.Books) map[string]decimal.Decimal {
	out := map[string]decimal.Decimal{}
	b.View(func(v *ledger.View) error {
		v.Balances(func(a ledger.Account, id ledger.CustomerID, m ledger.Money) {
			name := a.String()
			if c := v.Customer(id); c != nil {
				name += ":" + c.Handle
			}
			out[name+" "+string(m.Currency)] = m.Decimal()
		})
		if diff := v.BaseBalance(ledger.ExchangeDifferences); diff.Minor != 0 {
			out["exchange differences EUR"] = diff.Decimal()
		}
		return nil
	})
	return out
}

// readJournal reads the part of hledger's form that we write.
func readJournal(r io.Reader) (map[string]decimal.Decimal, error) {
	out, txn := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	end := func() error {
		for cur, sum := range txn {
			if !sum.IsZero() {
				return fmt.Errorf("a transaction is off by %s %s", sum, cur)
			}
		}
		clear(txn)
		return nil
	}
	for s := bufio.NewScanner(r); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), ";")
		if !strings.HasPrefix(line, "    ") {
			if err := end(); err != nil {
				return nil, err
			}
			if date, _, _ := strings.Cut(line, " "); strings.Contains(date, "-") && date != "decimal-mark" {
				if _, err := time.Parse("2006-01-02", date); err != nil {
					return nil, err
				}
			}
			continue
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		account, amount, ok := strings.Cut(strings.TrimSpace(line), "  ")
		words := strings.Fields(amount)
		if !ok || len(words) != 2 && (len(words) != 5 || words[2] != "@@") {
			return nil, fmt.Errorf("a posting is %q", line)
		}
		d, err := decimal.NewFromString(words[0])
		if err != nil {
			return nil, err
		}
		_, name, _ := strings.Cut(account, ":")
		key := name + " " + words[1]
		out[key] = out[key].Add(d)
		if name != "exchange differences" { // a value alone
			txn[words[1]] = txn[words[1]].Add(d)
		}
		if len(words) == 5 {
			cost, err := decimal.NewFromString(words[3])
			if err != nil {
				return nil, err
			}
			if d = cost; words[0][0] == '-' {
				d = cost.Neg()
			}
		}
		txn["cost"] = txn["cost"].Add(d)
	}
	return out, end()
}

// randomBooks are books that a seeded year of random commands made, refused ones among them.
func randomBooks(t *testing.T, seed int64) *ledger.Books {
	t.Helper()
	rng := rand.New(rand.NewSource(seed))
	now := time.Date(2025, 10, 1, 9, 0, 0, 0, time.UTC)
	b, err := ledger.Open(filepath.Join(t.TempDir(), "duebot.db"), ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	update := func(fn func(tx *ledger.Tx) error) {
		_, err := b.Update(context.Background(), ledger.Command{By: "slack:U1", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }})
		if _, refused := ledger.AsRefusal(err); err != nil && !refused {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	update(func(tx *ledger.Tx) error {
		return tx.SetCompany(ledger.CompanySet{Name: "Ink; Paper, Ltd", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN", Interest: "9%"})
	})
	for i, cur := range []ledger.Currency{"EUR", "JPY", "KWD", "USD"} {
		update(func(tx *ledger.Tx) error {
			_, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("c%d.х-y", i), Currency: cur})
			return err
		})
	}
	now = now.AddDate(0, 0, -30)
	update(func(tx *ledger.Tx) error { return setRates(rng, tx) })
	now = now.AddDate(0, 0, 30)
	update(func(tx *ledger.Tx) error {
		_, err := tx.LoadOpening(ledger.Opening{Invoices: []ledger.OpeningInvoice{{Customer: "c0.х-y", Reference: "2024; 7, (x)", Date: tx.Today(), Due: tx.Today(), Open: decimal.New(12345, -2)}}})
		return err
	})
	for range 400 {
		now = now.Add(time.Duration(rng.Intn(48)) * time.Hour)
		update(func(tx *ledger.Tx) error { return setRates(rng, tx) })
		update(func(tx *ledger.Tx) error { return randomCommand(rng, tx) })
	}
	return b
}

// setRates makes the day's rates of the currencies that randomBooks use.
func setRates(rng *rand.Rand, tx *ledger.Tx) error {
	var rates []ledger.Rate
	for i, cur := range []ledger.Currency{"JPY", "KWD", "USD"} {
		value := decimal.New([]int64{6100, 2990000, 920000}[i]+rng.Int63n(600), -6)
		for _, days := range []int{-20, -14, -7, 0} {
			rates = append(rates, ledger.Rate{Currency: cur, Date: tx.Today().AddDays(days), Value: value, Per: decimal.NewFromInt(1)})
		}
	}
	_, err := tx.SetRates("random", rates)
	return err
}

func randomCommand(rng *rand.Rand, tx *ledger.Tx) error {
	c := tx.Customer(ledger.CustomerID(rng.Intn(4) + 1))
	amount := ledger.Money{Minor: rng.Int63n(200000) + 1, Currency: c.Currency}
	var invoices []*ledger.Invoice
	tx.Invoices(func(i *ledger.Invoice) { invoices = append(invoices, i) })
	inv := invoices[rng.Intn(len(invoices))]
	switch rng.Intn(20) {
	case 0, 1, 2, 3, 4, 5:
		_, err := tx.Issue(randomDraft(rng, tx, c, amount))
		return err
	case 6, 7:
		_, _, err := tx.Receive(ledger.NewPayment{Customer: c.ID, Date: tx.Today().AddDays(-rng.Intn(20)), Amount: amount, Method: "bank"})
		return err
	case 8:
		if c.Currency != inv.Currency {
			_, _, err := tx.Receive(ledger.NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: amount, Method: "bank"})
			return err
		}
	case 9, 10:
		sum := inv.TotalMoney()
		if o, ok := inv.Early(tx.Today()); ok {
			sum = o.Pay
		}
		_, _, err := tx.Receive(ledger.NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: sum, Method: "stripe"})
		return err
	case 11:
		_, err := tx.Credit(inv, ledger.Money{Minor: rng.Int63n(inv.Total) + 1, Currency: inv.Currency}, "because")
		return err
	case 12: // what was kept back
		kept := func() ledger.Money { return ledger.Money{Minor: rng.Int63n(inv.Open/6 + 1), Currency: inv.Currency} }
		_, _, err := tx.Receive(ledger.NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: ledger.Money{Minor: inv.Open/2 + 1, Currency: inv.Currency},
			Withheld: kept(), Fee: kept(), Split: kept(), Offset: kept(), OffsetWords: "theirs", Method: "bank"})
		return err
	case 13:
		return randomReversal(rng, tx, inv)
	case 14:
		_, err := tx.Apply(c, nil, ledger.Money{})
		return err
	case 15:
		across := tx.OnAccount(tx.Customer(inv.Customer), c.Currency)
		_, err := tx.Apply(tx.Customer(inv.Customer), inv, across)
		return err
	case 16:
		_, err := tx.Refund(c, ledger.Money{Minor: rng.Int63n(tx.OnAccount(c, c.Currency).Minor+1) + 1, Currency: c.Currency}, tx.Today(), "too much")
		return err
	case 17:
		if inv.WrittenOff > 0 {
			_, err := tx.UndoWriteOff(inv, "too early")
			return err
		}
		_, err := tx.WriteOff(inv, ledger.Money{Minor: inv.Open / 2, Currency: inv.Currency}, "insolvent")
		return err
	case 18:
		_, err := tx.ChargeInterest(c, tx.Today())
		return err
	}
	return tx.ClosePeriod(ledger.MonthOf(tx.Today()) - 1)
}

// randomDraft is an invoice with a discount for early payment, in instalments, a deposit, or one
// that deducts those that were paid.
func randomDraft(rng *rand.Rand, tx *ledger.Tx, c *ledger.Customer, amount ledger.Money) ledger.Draft {
	d := ledger.Draft{Customer: c.ID, Date: tx.Today().AddDays(-rng.Intn(20)), Due: tx.Today().AddDays(rng.Intn(30)), Currency: c.Currency,
		Lines: []ledger.Line{{Text: "work", Quantity: decimal.NewFromInt(3), Price: amount.Decimal().Div(decimal.NewFromInt(8)).Round(5), Tax: decimal.NewFromInt(int64(rng.Intn(3) * 7))}}}
	switch rng.Intn(4) {
	case 0:
		d.Early = ledger.EarlyDiscount{Percent: decimal.NewFromInt(3), Until: tx.Today().AddDays(20), Tax: ledger.DiscountTax(rng.Intn(4))}
	case 1:
		d.Deposit = true
	case 2:
		d.Lines[0].Quantity = decimal.NewFromInt(30)
		tx.Invoices(func(i *ledger.Invoice) {
			if i.Customer == c.ID && i.IsDeposit() && i.UsedBy() == 0 && !i.Void && i.Open+i.WrittenOff == 0 && i.Creditable().Minor > 0 {
				if doc, err := tx.InvoiceDetail(i); err == nil && len(d.Deposits) < 2 && doc.Lines[0].Tax.Equal(d.Lines[0].Tax) {
					d.Deposits = append(d.Deposits, ledger.DepositUse{Invoice: i.ID})
				}
			}
		})
	}
	return d
}

// randomReversal takes back what a payment settled, charges one back, voids or reissues.
func randomReversal(rng *rand.Rand, tx *ledger.Tx, inv *ledger.Invoice) error {
	p := tx.Payment(ledger.PaymentID(rng.Intn(int(tx.LastPayment())+1) + 1))
	switch n := rng.Intn(5); {
	case n == 0:
		return tx.Void(inv, "typed wrong")
	case n == 1:
		doc, err := tx.InvoiceDetail(inv)
		if err != nil {
			return err
		}
		d := doc.Draft
		d.Corrects, d.Date, d.Due, d.Rate, d.Instalments = inv.ID, tx.Today(), tx.Today().AddDays(14), ledger.Rate{}, nil
		d.Early = ledger.EarlyDiscount{}
		_, _, err = tx.Reissue(d, "because")
		return err
	case p == nil:
	case n == 2:
		_, err := tx.Return(p, "no funds")
		return err
	default:
		for _, st := range tx.Settlements(p) {
			if !st.Reversed {
				_, err := tx.Unapply(p, tx.Invoice(st.Invoice))
				return err
			}
		}
	}
	return nil
}
