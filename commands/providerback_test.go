package commands

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// owedDesk is a desk with an invoice over 100, of which a provider has not told us yet.
func owedDesk(t *testing.T) *Desk {
	t.Helper()
	now := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	books, err := ledger.Open(filepath.Join(t.TempDir(), "duebot.db"), ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { books.Close() })
	if _, err := books.Update(t.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"}); err != nil {
			return nil, err
		}
		c, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme"})
		if err != nil {
			return nil, err
		}
		_, err = tx.Issue(ledger.Draft{Customer: c.ID, Date: tx.Today(), Due: tx.Today().AddDays(5), Currency: "EUR",
			Lines: []ledger.Line{{Text: "a", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(100)}}})
		return nil, err
	}}); err != nil {
		t.Fatal(err)
	}
	return &Desk{Books: books, Settings: Settings{FinanceChannel: "C2"}}
}

// What goes back of a payment is booked once, in whatever order a provider tells of it, and what
// staff paid back themselves is not taken for the provider's.
func TestMoneyGoesBackInAnyOrder(t *testing.T) {
	paid := func(d *Desk) error {
		return d.Paid(t.Context(), Paid{Key: "stripe:1", By: "stripe", Invoice: 1, Amount: ledger.Money{Minor: 10000, Currency: "EUR"}, Reference: "pi"})
	}
	back := func(key string, minor int64, all, waits bool) func(*Desk) error {
		return func(d *Desk) error {
			err := d.GaveBack(t.Context(), GivenBack{Key: key, By: "stripe", Reference: "pi", Sum: ledger.Money{Minor: minor, Currency: "EUR"}, InAll: all, Waits: waits, Reason: "gone"})
			if errors.Is(err, ErrNoPayment) && !waits {
				return nil
			}
			return err
		}
	}
	bank := func(minor int64) func(*Desk) error { // a refund by our own bank of what is on account
		return func(d *Desk) error {
			_, err := d.Books.Update(t.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
				if _, err := tx.Unapply(tx.Payment(1), tx.Invoice(1)); err != nil {
					return nil, err
				}
				_, err := tx.Refund(tx.Customer(1), ledger.Money{Minor: minor, Currency: "EUR"}, tx.Today(), "too much")
				return nil, err
			}})
			return err
		}
	}
	thirty, eighty, dispute := back("r30", 3000, true, true), back("r80", 8000, true, true), back("dp", 2000, false, true)
	won := func(d *Desk) error {
		return d.CameAgain(t.Context(), GivenBack{Key: "won", By: "stripe", Reference: "pi", Sum: ledger.Money{Minor: 2000, Currency: "EUR"}, Waits: true})
	}
	for name, tt := range map[string]struct {
		acts []func(*Desk) error
		left int64 // of the payment
	}{
		"in order":                           {[]func(*Desk) error{paid, thirty, eighty}, 2000},
		"each twice":                         {[]func(*Desk) error{paid, paid, thirty, thirty, eighty, eighty}, 2000},
		"the later first":                    {[]func(*Desk) error{paid, eighty, thirty}, 2000},
		"a refund before the payment":        {[]func(*Desk) error{thirty, paid}, 7000},
		"all before the payment":             {[]func(*Desk) error{eighty, thirty, eighty, paid}, 2000},
		"a chargeback before the payment":    {[]func(*Desk) error{dispute, paid}, 8000},
		"a chargeback, then a refund":        {[]func(*Desk) error{paid, dispute, thirty}, 5000},
		"a chargeback between two refunds":   {[]func(*Desk) error{paid, thirty, dispute, back("r60", 6000, true, true)}, 2000},
		"staff paid back, then the provider": {[]func(*Desk) error{paid, bank(1000), thirty}, 6000},
		"of another program's payment":       {[]func(*Desk) error{back("x", 3000, true, false), paid}, 10000},
		"the whole before the payment":       {[]func(*Desk) error{back("r100", 10000, true, true), paid}, 0},
		"a chargeback that was won":          {[]func(*Desk) error{paid, dispute, won, won}, 10000},
		"won before it was told of":          {[]func(*Desk) error{paid, won, dispute}, 10000},
		"won before the payment":             {[]func(*Desk) error{dispute, won, paid}, 10000},
		"the other way round":                {[]func(*Desk) error{won, dispute, paid}, 10000},
	} {
		t.Run(name, func(t *testing.T) {
			d := owedDesk(t)
			for i, act := range tt.acts {
				if err := act(d); err != nil {
					t.Fatal(fmt.Errorf("act %d: %w", i, err))
				}
			}
			d.Books.View(func(v *ledger.View) error {
				left := int64(0)
				v.Payments(func(p *ledger.Payment) {
					if !p.Returned {
						left += p.Amount.Minor - p.Refunded
					}
				})
				money := v.AccountBalance(ledger.Bank, 0, "EUR").Minor + v.AccountBalance(ledger.AtProviders, 0, "EUR").Minor
				if left != tt.left || money != tt.left {
					t.Errorf("%d are left, and %d at the bank and the provider, want %d", left, money, tt.left)
				}
				return nil
			})
		})
	}
}
