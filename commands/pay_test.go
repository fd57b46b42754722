package commands

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// A link over what it was made for stays right until that changes: the discounted price, the
// instalment that is next, or all that is open.
func TestLinkIsRightWhileItsSumIsDue(t *testing.T) {
	today := ledger.NewDate(2026, 10, 1)
	early := func(d *ledger.Draft) {
		d.Early = ledger.EarlyDiscount{Percent: decimal.NewFromInt(2), Until: today.AddDays(5)}
	}
	inTwo := func(d *ledger.Draft) {
		d.Instalments = []ledger.Instalment{{Due: today.AddDays(5), Minor: 4000}, {Due: today.AddDays(20), Minor: 6000}}
	}
	nothing := func(*ledger.Tx, *ledger.Invoice) error { return nil }
	pay := func(minor int64) func(*ledger.Tx, *ledger.Invoice) error {
		return func(tx *ledger.Tx, inv *ledger.Invoice) error {
			_, _, err := tx.Receive(ledger.NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: ledger.Money{Minor: minor, Currency: "EUR"}})
			return err
		}
	}
	for name, tt := range map[string]struct {
		terms  func(*ledger.Draft)
		amount int64 // of the link
		days   int   // later
		then   func(*ledger.Tx, *ledger.Invoice) error
		right  bool
	}{
		"all that is open":                      {func(*ledger.Draft) {}, 10000, 0, nothing, true},
		"a part was paid":                       {func(*ledger.Draft) {}, 10000, 0, pay(1), false},
		"the discounted price":                  {early, 9800, 0, nothing, true},
		"the discounted price, on its last day": {early, 9800, 5, nothing, true},
		"the discounted price, a day late":      {early, 9800, 6, nothing, false},
		"the discounted price, and it was paid": {early, 9800, 0, pay(9800), false},
		"the first part":                        {inTwo, 4000, 0, nothing, true},
		"the first part, and it was paid":       {inTwo, 4000, 0, pay(4000), false},
		"both parts when both are due":          {inTwo, 4000, 21, nothing, false},
	} {
		t.Run(name, func(t *testing.T) {
			now := today.At(9, 0, time.UTC)
			books, err := ledger.Open(t.TempDir()+"/p.db", ledger.Options{Now: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			defer books.Close()
			update := func(fn func(*ledger.Tx) error) {
				t.Helper()
				if _, err := books.Update(t.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }}); err != nil {
					t.Fatal(err)
				}
			}
			update(func(tx *ledger.Tx) error {
				if err := tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"}); err != nil {
					return err
				}
				c, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme"})
				if err != nil {
					return err
				}
				d := ledger.Draft{Customer: c.ID, Date: today, Due: today.AddDays(5), Currency: "EUR",
					Lines: []ledger.Line{{Text: "a", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(100)}}}
				tt.terms(&d)
				_, err = tx.Issue(d)
				return err
			})
			a, err := (&Desk{Books: books}).BeginPayment(context.Background(), 1, 1, "stripe")
			if err != nil || a.Amount.Minor != tt.amount {
				t.Fatalf("the link is over %s, %v", a.Amount, err)
			}
			now = now.AddDate(0, 0, tt.days)
			update(func(tx *ledger.Tx) error { return tt.then(tx, tx.Invoice(1)) })
			books.View(func(v *ledger.View) error {
				if got := StillDue(v, v.Invoice(1), a.Amount); got != tt.right {
					t.Errorf("the link over %s is right: %t", a.Amount, got)
				}
				return nil
			})
		})
	}
}

// Money that is being taken blocks every other attempt until it is known what came of it; and
// only what is due is taken, by the attempt that stands.
func TestTakingBlocks(t *testing.T) {
	now := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	books, err := ledger.Open(filepath.Join(t.TempDir(), "duebot.db"), ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
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
	d := &Desk{Books: books}
	a, err := d.BeginPayment(t.Context(), 1, 1, "paypal")
	if sum, ok := AttemptSum(a.ID); err != nil || !d.Ours(a.ID) || !ok || sum != a.Amount {
		t.Fatalf("attempt %q over %s, %v", a.ID, a.Amount, err)
	}
	a.Session = "ORDER1"
	if err := d.PaymentMade(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := d.MayTake(t.Context(), 1, "ORDER2"); ok || err != nil {
		t.Errorf("the money of another session may be taken: %v", err)
	}
	for range 2 {
		if got, ok, err := d.MayTake(t.Context(), 1, "ORDER1"); !ok || err != nil || got.ID != a.ID {
			t.Errorf("may take: %t %v", ok, err)
		}
	}
	_, err = d.BeginPayment(t.Context(), 1, 1, "stripe")
	if r, ok := ledger.AsRefusal(err); !ok || r.Key != "pay.underway" {
		t.Errorf("another attempt: %v", err)
	}
	if err := d.PaymentOver(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if next, err := d.BeginPayment(t.Context(), 1, 1, "stripe"); err != nil || next.ID == a.ID {
		t.Errorf("afterwards: %+v %v", next, err)
	}
}
