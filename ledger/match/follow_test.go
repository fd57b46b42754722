package match_test

import (
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/ledger"
	"duebot/ledger/match"
)

// realBooks are books of a company with one customer, on today.
func realBooks(t *testing.T) (*ledger.Books, func(func(*ledger.Tx) error)) {
	t.Helper()
	books, err := ledger.Open(t.TempDir()+"/m.db", ledger.Options{Now: func() time.Time { return today.At(9, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { books.Close() })
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
		_, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme", Name: "Acme Maschinenbau GmbH"})
		return err
	})
	return books, update
}

func issue(tx *ledger.Tx, price int64, with func(*ledger.Draft)) error {
	d := ledger.Draft{Customer: 1, Date: today.AddDays(-3), Due: today.AddDays(10), Currency: "EUR",
		Lines: []ledger.Line{{Text: "a", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(price)}}}
	with(&d)
	_, err := tx.Issue(d)
	return err
}

// A Book follows the books, and what it says of a line is what the books then do with the money:
// the sum, the discount, the instalment, what is forgiven.
func TestBookFollowsTheBooks(t *testing.T) {
	books, update := realBooks(t)
	update(func(tx *ledger.Tx) error {
		for _, with := range []func(*ledger.Draft){
			func(*ledger.Draft) {},
			func(d *ledger.Draft) { d.Early = ledger.EarlyDiscount{Percent: decimal.NewFromInt(2), Until: today} },
			func(d *ledger.Draft) {
				d.Instalments = []ledger.Instalment{{Due: today, Minor: 4000}, {Due: today.AddDays(30), Minor: 6000}}
			},
			func(*ledger.Draft) {},
		} {
			if err := issue(tx, 100, with); err != nil {
				return err
			}
		}
		_, err := tx.LoadOpening(ledger.Opening{On: today, Invoices: []ledger.OpeningInvoice{
			{Customer: "acme", Reference: "RE2024/1234", Date: today.AddDays(-90), Due: today.AddDays(-60), Open: decimal.NewFromInt(77)}}})
		return err
	})
	b := match.New(match.Rules{Tolerance: 1})
	follow := func() {
		t.Helper()
		if err := books.View(func(v *ledger.View) error { return b.Follow(v) }); err != nil {
			t.Fatal(err)
		}
	}
	follow()
	for _, x := range []struct {
		text  string
		minor int64
		told  string
	}{
		{"INV-2026-000001", 9999, "post | 1:9999 tolerance 1"}, {"inv 2026 2", 9800, "post | 2:9800 discount 200"}, {"INV-2026-000003", 4000, "post | 3:4000"},
		{"INV-2026-000003", 6000, "post | 3:6000"}, {"Rechnung RE2024/1234", 7700, "post | 5:7700"},
	} {
		l := line(x.minor, x.text)
		v := b.Match(l)
		check(t, b, l, x.told)
		p := v.Candidates[0].Parts[0]
		update(func(tx *ledger.Tx) error {
			before := tx.Invoice(p.Invoice).Open
			_, parts, err := tx.Receive(ledger.NewPayment{Customer: 1, Invoice: p.Invoice, Date: l.Booked, Amount: l.Amount, Method: "bank"})
			if took := before - tx.Invoice(p.Invoice).Open; err == nil && took != p.Amount.Minor+p.Discount.Minor+p.Tolerance.Minor {
				t.Errorf("%s: the books took %d off, in %v", x.told, took, parts)
			}
			return err
		})
		if err := books.View(func(v *ledger.View) error { return b.Follow(v) }); err != nil {
			t.Fatal(err)
		}
		if v := b.Match(l); v.Kind == match.Post {
			t.Errorf("%q is posted twice: %s", x.text, told(v))
		}
	}
	check(t, b, line(10000, "INV-2026-000001"), "propose | rest 10000 of 1") // it is known that it is paid
	check(t, b, from("ACME MASCHINENBAU", 10000, ""), "propose | 4:10000")
	update(func(tx *ledger.Tx) error {
		_, err := tx.SetParty(tx.Customer(1), ledger.Party{Name: "Lindenhof Werke AG", TaxID: "DE136695976"})
		return err
	})
	follow()
	for _, name := range []string{"LINDENHOF WERKE AG", "Acme Maschinenbau"} {
		if v := b.Match(from(name, 10000, "")); !slices.Contains(reasons(v.Candidates[0]), "match.name") {
			t.Errorf("%s is not known: %s", name, told(v))
		}
	}
}

// A command that was taken back leaves nothing in the Book, though its facts' numbers were given
// to others; a credited invoice pays nothing; the buyer's number and the net are the invoice's.
func TestBookFollowsWhatWasTakenBack(t *testing.T) {
	books, update := realBooks(t)
	update(func(tx *ledger.Tx) error {
		return issue(tx, 100, func(d *ledger.Draft) { d.Reference, d.Lines[0].Tax = "PO-4500123", decimal.NewFromInt(20) })
	})
	b := match.New(match.Rules{})
	_, err := books.Update(t.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := issue(tx, 300, func(*ledger.Draft) {}); err != nil {
			t.Error(err)
		}
		if err := b.Follow(&tx.View); err != nil {
			t.Error(err)
		}
		check(t, b, line(30000, "INV-2026-000002"), "post | 2:30000")
		return nil, ledger.Refuse(ledger.BadInput, "money.zero")
	}})
	if _, refused := ledger.AsRefusal(err); !refused {
		t.Fatal(err)
	}
	follow := func() {
		t.Helper()
		if err := books.View(func(v *ledger.View) error { return b.Follow(v) }); err != nil {
			t.Fatal(err)
		}
	}
	update(func(tx *ledger.Tx) error { return issue(tx, 500, func(*ledger.Draft) {}) }) // as many facts, and others
	follow()
	check(t, b, line(30000, "INV-2026-000002"), "propose | 2:30000")
	check(t, b, line(50000, "INV-2026-000002"), "post | 2:50000")
	check(t, b, from("Acme Maschinenbau", 12000, "PO-4500123"), "post | 1:12000")
	check(t, b, line(10000, "INV-2026-000001"), "propose | 1:10000 split 2000")
	update(func(tx *ledger.Tx) error {
		_, err := tx.Credit(tx.Invoice(2), eur(50000), "returned")
		return err
	})
	follow()
	check(t, b, line(50000, "INV-2026-000002"), "none")
}

// A claim that waits in the books is in the Book, and out of it when it has ended.
func TestBookFollowsClaims(t *testing.T) {
	books, update := realBooks(t)
	update(func(tx *ledger.Tx) error {
		for range 2 {
			if err := issue(tx, 100, func(*ledger.Draft) {}); err != nil {
				return err
			}
		}
		_, err := tx.ClaimPaid(ledger.NewPaidClaim{Invoice: tx.Invoice(2), Amount: eur(10000), Date: today})
		return err
	})
	b := match.New(match.Rules{})
	if err := books.View(func(v *ledger.View) error { return b.Follow(v) }); err != nil {
		t.Fatal(err)
	}
	check(t, b, from("Acme Maschinenbau", 10000, ""), "propose | 2:10000 | 1:10000")
}
