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
		return tx.SetCompany(ledger.CompanySet{Name: "Ink; Paper, Ltd", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN"})
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
	for range 300 {
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
	switch rng.Intn(9) {
	case 0, 1, 2:
		_, err := tx.Issue(ledger.Draft{Customer: c.ID, Date: tx.Today().AddDays(-rng.Intn(20)), Due: tx.Today().AddDays(rng.Intn(30)), Currency: c.Currency,
			Lines: []ledger.Line{{Text: "work", Quantity: decimal.NewFromInt(3), Price: amount.Decimal().Div(decimal.NewFromInt(8)).Round(5), Tax: decimal.NewFromInt(int64(rng.Intn(3) * 7))}}})
		return err
	case 3, 4:
		_, _, err := tx.Receive(ledger.NewPayment{Customer: c.ID, Date: tx.Today().AddDays(-rng.Intn(20)), Amount: amount, Method: "bank"})
		return err
	case 7:
		if c.Currency != inv.Currency {
			_, _, err := tx.Receive(ledger.NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: amount, Method: "bank"})
			return err
		}
	case 5:
		_, _, err := tx.Receive(ledger.NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: inv.TotalMoney(), Method: "stripe"})
		return err
	case 6:
		_, err := tx.Credit(inv, ledger.Money{Minor: rng.Int63n(inv.Total) + 1, Currency: inv.Currency}, "because")
		return err
	}
	return tx.ClosePeriod(ledger.MonthOf(tx.Today()) - 1)
}
