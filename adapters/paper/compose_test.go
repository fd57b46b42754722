package paper

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duebot/ledger"

	"github.com/shopspring/decimal"
)

// shelf is books with documents in them, whose clock the test moves.
type shelf struct {
	*ledger.Books
	t    *testing.T
	path string
	now  time.Time
	n    int
}

func newShelf(t *testing.T) *shelf {
	s := &shelf{t: t, path: filepath.Join(t.TempDir(), "duebot.db"), now: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)}
	s.open()
	t.Cleanup(func() { s.Close() })
	s.do(func(tx *ledger.Tx) error {
		return tx.SetCompany(ledger.CompanySet{Name: "Lindenhof Studio GmbH", TaxID: "DE123456788", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN",
			Interest: "10%", BankLine: "IBAN DE02 1203 0000 0000 2020 51, BIC BYLADEM1001"})
	})
	s.do(func(tx *ledger.Tx) error {
		day := tx.Today()
		var rates []ledger.Rate
		for d := day.AddDays(-5); d <= day; d++ {
			rates = append(rates, ledger.Rate{Currency: "USD", Date: d, Value: decimal.New(9, -1), Per: decimal.New(1, 0)})
		}
		_, err := tx.SetRates("test", rates)
		return err
	})
	s.do(func(tx *ledger.Tx) error {
		c, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme", Name: "Acme", Language: "it"})
		if err == nil {
			_, err = tx.SetParty(c, ledger.Party{Name: "Acme Handels GmbH", Address: "Lindenstr. 1\n10115 Berlin", TaxID: "DE999", Lines: []string{"HRB 1"}})
		}
		return err
	})
	return s
}

func (s *shelf) open() {
	b, err := ledger.Open(s.path, ledger.Options{Now: func() time.Time { return s.now }})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Books = b
}

// do runs fn as one command, a second after the one before.
func (s *shelf) do(fn func(tx *ledger.Tx) error) {
	s.t.Helper()
	s.n++
	s.now = s.now.Add(time.Second)
	if _, err := s.Update(context.Background(), ledger.Command{Key: fmt.Sprint("k", s.n), By: "test", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelf) issue(d ledger.Draft) (number string) {
	s.t.Helper()
	s.do(func(tx *ledger.Tx) error {
		d.Customer, d.Date, d.Due = 1, tx.Today(), tx.Today().AddDays(30)
		if d.Currency == "" {
			d.Currency = "EUR"
		}
		inv, err := tx.Issue(d)
		if err == nil {
			number = inv.Number.String()
		}
		return err
	})
	return number
}

func (s *shelf) pay(number string, minor int64, cur ledger.Currency) {
	s.t.Helper()
	s.do(func(tx *ledger.Tx) error {
		n := ledger.NewPayment{Customer: 1, Date: tx.Today(), Amount: ledger.Money{Minor: minor, Currency: cur}, Method: "bank", Reference: "ref 7"}
		if number != "" {
			n.Invoice = s.invoice(tx, number).ID
		}
		_, _, err := tx.Receive(n)
		return err
	})
}

func (s *shelf) invoice(tx *ledger.Tx, number string) *ledger.Invoice {
	inv, err := tx.InvoiceNumbered(number)
	if err != nil {
		s.t.Fatal(err)
	}
	return inv
}

func sold(text, quantity, price, tax string) ledger.Line {
	return ledger.Line{Text: text, Quantity: dec(quantity), Price: dec(price), Tax: dec(tax)}
}

// fill books one of everything.
func (s *shelf) fill() {
	day := ledger.DateOf(s.now, time.UTC)
	rebate := sold("Hosting", "1", "50", "7")
	rebate.Discount = dec("10")
	s.issue(ledger.Draft{Lines: []ledger.Line{sold("Work", "3", "33.33", "19"), rebate}, Off: dec("5"), Reference: "PO-7", CostCentre: "K-1", BuyerCode: "991"}) // 1
	s.issue(ledger.Draft{Deposit: true, Lines: []ledger.Line{sold("Advance", "1", "2500", "19")}})                                                               // 2
	s.pay("INV-2026-000002", 297500, "EUR")                                                                                                                      // P-1
	s.issue(ledger.Draft{Lines: []ledger.Line{sold("Building", "1", "10000", "19")}, Deposits: []ledger.DepositUse{{Invoice: 2}}})                               // 3
	s.issue(ledger.Draft{Currency: "USD", Lines: []ledger.Line{sold("Abroad", "1", "100", "19")}})                                                               // 4
	s.issue(ledger.Draft{Lines: []ledger.Line{{Text: "Translation", Quantity: dec("1"), Price: dec("80"), Kind: ledger.TaxReverse, Why: "Art. 196"},
		{Text: "Lesson", Quantity: dec("1"), Price: dec("20"), Kind: ledger.TaxExempt, Why: "education"}}}) // 5
	s.issue(ledger.Draft{Inclusive: true, Off: dec("10"), Lines: []ledger.Line{sold("Book", "2", "10.70", "7")}})                                                                                // 6
	s.issue(ledger.Draft{Lines: []ledger.Line{sold("Machine", "1", "1000", "0")}, Instalments: []ledger.Instalment{{Due: day.AddDays(10), Minor: 40000}, {Due: day.AddDays(40), Minor: 60000}}}) // 7
	s.issue(ledger.Draft{Lines: []ledger.Line{sold("Quick", "1", "100", "19")}, Early: ledger.EarlyDiscount{Percent: dec("2"), Until: day.AddDays(10)}})                                         // 8
	s.do(func(tx *ledger.Tx) error {
		_, err := tx.CreditLines(s.invoice(tx, "INV-2026-000001"), []ledger.LineCredit{{Line: 2}}, "The hosting was cancelled")
		return err
	}) // CN-1
	s.pay("INV-2026-000006", 1000, "EUR") // P-2, a part
	s.do(func(tx *ledger.Tx) error {
		_, err := tx.Credit(s.invoice(tx, "INV-2026-000006"), ledger.Money{Minor: 1500, Currency: "EUR"}, "too dear")
		return err
	}) // CN-2, some of it on account
	s.do(func(tx *ledger.Tx) error {
		_, _, err := tx.Reissue(ledger.Draft{Customer: 1, Date: day, Due: day.AddDays(30), Currency: "EUR", Lines: []ledger.Line{sold("Translation", "1", "90", "19")}, Corrects: 5}, "wrong tax")
		return err
	}) // CN-3, INV-9
	s.pay("INV-2026-000008", 11900+5000, "EUR") // P-3, the rest on account
	s.pay("INV-2026-000004", 10710, "EUR")      // P-4, of another currency
	s.now = s.now.AddDate(0, 2, 0)
	s.do(func(tx *ledger.Tx) error { _, err := tx.ChargeInterest(tx.Customer(1), tx.Today()); return err }) // INV-10, 11
	s.do(func(tx *ledger.Tx) error {
		_, err := tx.RefundCash(tx.Customer(1), ledger.Money{Minor: 2025, Currency: "EUR"}, tx.Today(), "paid twice")
		return err
	})
}

// gist is a document in a few lines.
func gist(d *Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", d.Kind, d.Number, d.Date)
	if d.Due != 0 {
		fmt.Fprintf(&b, " due %s", d.Due)
	}
	for _, r := range d.References {
		fmt.Fprintf(&b, ", %s %s", r.Key, r.Text)
	}
	for _, l := range d.Lines {
		fmt.Fprintf(&b, "\n%s %s x %s", l.Text, l.Quantity, l.Price)
		if !l.Discount.IsZero() {
			fmt.Fprintf(&b, " -%s%%", l.Discount)
		}
		fmt.Fprintf(&b, " = %s", l.Amount)
	}
	if !d.Discount.IsZero() {
		fmt.Fprintf(&b, "\noff %s%% %s", d.Off, d.Discount)
	}
	for _, x := range d.Deposits {
		fmt.Fprintf(&b, "\nless %s %s", x.Number, x.Amount)
	}
	for _, x := range d.Taxes {
		fmt.Fprintf(&b, "\ntax %s%% %d on %s = %s %s", x.Rate, x.Kind, x.Base, x.Tax, x.Why)
	}
	for _, x := range d.Settled {
		fmt.Fprintf(&b, "\nsettled %s %s left %s", x.Number, x.Paid, x.Open)
	}
	for _, x := range d.Claims {
		fmt.Fprintf(&b, "\nclaim %s due %s %d days %s", x.Number, x.Due, x.Days, x.Open)
	}
	for _, x := range d.Credits {
		fmt.Fprintf(&b, "\nless %s %s", x.Text, x.Sum)
	}
	for _, a := range d.Accounts {
		fmt.Fprintf(&b, "\n%s opening %s debits %s credits %s closing %s", a.Currency, a.Opening, a.Debits, a.Credits, a.Closing)
		for _, e := range a.Entries {
			fmt.Fprintf(&b, "\n%s %s %s %s = %s", e.Date, strings.Trim(e.Text, "\u2068\u2069"), e.Debit, e.Credit, e.Balance)
		}
	}
	fmt.Fprintf(&b, "\nnet %s total %s", d.Net, d.Total)
	if d.Foreign != nil {
		fmt.Fprintf(&b, "\nforeign %s at %s", d.Foreign.Tax, d.Foreign.Rate)
	}
	if d.Early != nil {
		fmt.Fprintf(&b, "\nearly %s pay %s save %s", d.Early.Until, d.Early.Pay, d.Early.Save)
	}
	for _, x := range d.Instalments {
		fmt.Fprintf(&b, "\npart %s %s", x.Due, x.Amount)
	}
	if !d.OnAccount.IsZero() {
		fmt.Fprintf(&b, "\non account %s", d.OnAccount)
	}
	for _, x := range []string{d.Reason, d.Method, d.Letter} {
		if x != "" {
			fmt.Fprintf(&b, "\n%q", x)
		}
	}
	for _, x := range d.Banks {
		fmt.Fprintf(&b, "\nto %s %s", x.IBAN, x.BIC)
	}
	return b.String()
}

func (s *shelf) compose(ask Ask) (d *Document, pdf []byte, err error) {
	var h *House
	if err := s.View(func(v *ledger.View) (err error) { d, h, err = Compose(v, ask); return err }); err != nil {
		return nil, nil, err
	}
	return d, drawn(s.t, h, d), nil
}

const composedFile = "testdata/composed.txt"

// asks are every kind of document of the shelf, in order.
func asks() (out []Ask) {
	for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10} {
		out = append(out, Ask{Kind: Invoice, Of: fmt.Sprintf("INV-2026-%06d", n)})
	}
	for _, n := range []int{1, 2, 3} {
		out = append(out, Ask{Kind: Credit, Of: fmt.Sprintf("CN-2026-%06d", n)})
	}
	for _, n := range []int{1, 2, 3, 4} {
		out = append(out, Ask{Kind: Receipt, Of: fmt.Sprintf("P-%d", n)})
	}
	out = append(out, Ask{Kind: Voucher, Of: "CASHOUT-2026-000001"})
	october, november := ledger.NewDate(2026, 10, 1), ledger.NewDate(2026, 11, 1)
	return append(out, Ask{Kind: Act, Of: "INV-2026-000003"}, Ask{Kind: Delivery, Of: "INV-2026-000001"},
		Ask{Kind: Statement, Of: "acme", From: october, To: october.AddDays(30)}, Ask{Kind: Reconciliation, Of: "acme", From: november, To: november.AddDays(30)},
		Ask{Kind: Dunning, Of: "acme", To: november.AddDays(30), Letter: "Please pay."})
}

// Every kind of document says what the books say. DUEBOT_COMPOSED=write keeps what it says now.
func TestCompose(t *testing.T) {
	s := newShelf(t)
	s.fill()
	var got strings.Builder
	for _, ask := range asks() {
		d, pdf, err := s.compose(ask)
		if err != nil {
			t.Fatalf("%s %s: %v", ask.Kind, ask.Of, err)
		}
		keep(t, fmt.Sprintf("%s-%s.pdf", ask.Kind, ask.Of), pdf)
		fmt.Fprintf(&got, "%s\n\n", gist(d))
	}
	if os.Getenv("DUEBOT_COMPOSED") == "write" {
		if err := os.WriteFile(composedFile, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(composedFile)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s", got.String())
	}
}

// The sums of a document add up, and are those of the books.
func TestComposedSums(t *testing.T) {
	s := newShelf(t)
	s.fill()
	for _, ask := range asks() {
		d, _, err := s.compose(ask)
		if err != nil {
			t.Fatal(err)
		}
		lines, taxes := ledger.Money{Currency: d.Currency}, d.Net
		for _, l := range d.Lines {
			lines = lines.Add(l.Amount)
		}
		lines = lines.Sub(d.Discount)
		for _, x := range d.Deposits {
			lines = lines.Sub(x.Amount)
		}
		for _, x := range d.Taxes {
			taxes = taxes.Add(x.Tax)
		}
		sum := d.Net
		if d.Inclusive {
			sum = d.Total
		}
		if len(d.Lines) > 0 && lines != sum || len(d.Taxes) > 0 && taxes != d.Total {
			t.Errorf("%s %s: lines make %s, net and tax %s, and it says %s and %s", d.Kind, d.Number, lines, taxes, d.Net, d.Total)
		}
		s.View(func(v *ledger.View) error {
			if inv, err := v.InvoiceNumbered(d.Number); err == nil && d.Kind == Invoice && d.Total != inv.TotalMoney() {
				t.Errorf("%s is over %s, and the books say %s", d.Number, d.Total, inv.TotalMoney())
			}
			return nil
		})
		for _, a := range d.Accounts {
			balance := a.Opening
			for _, e := range a.Entries {
				if balance = balance.Add(e.Debit).Sub(e.Credit); balance != e.Balance {
					t.Errorf("%s: %s makes %s, and it says %s", d.Kind, e.Text, balance, e.Balance)
				}
			}
			if balance != a.Closing {
				t.Errorf("%s: the entries make %s, and it closes with %s", d.Kind, balance, a.Closing)
			}
		}
	}
}

// Whatever happens later, a document is drawn again as it was; in another language it is
// marked as a copy.
func TestComposedStays(t *testing.T) {
	s := newShelf(t)
	s.fill()
	var before [][]byte
	issued := asks()[:19] // those after them are of the day on which they are asked for
	for _, ask := range issued {
		_, pdf, err := s.compose(ask)
		if err != nil {
			t.Fatal(err)
		}
		before = append(before, pdf)
	}
	s.do(func(tx *ledger.Tx) error {
		name, lang := "Acme Holding", "ru"
		_, err := tx.ChangeCustomer(tx.Customer(1), ledger.CustomerChange{Name: &name, Language: &lang})
		return err
	})
	s.do(func(tx *ledger.Tx) error {
		_, err := tx.SetParty(tx.Customer(1), ledger.Party{Name: "Other"})
		return err
	})
	s.do(func(tx *ledger.Tx) error {
		co := tx.Company()
		co.Name, co.BankLine = "Another GmbH", "elsewhere"
		return tx.SetCompany(co)
	})
	s.pay("INV-2026-000003", 892500, "EUR")
	s.Close()
	s.open()
	for i, ask := range issued {
		d, pdf, err := s.compose(ask)
		if err != nil || !bytes.Equal(pdf, before[i]) || d.Copy {
			t.Errorf("%s %s is another one than it was: %v", ask.Kind, ask.Of, err)
		}
		ask.Lang = "zh"
		if d, _, err = s.compose(ask); err != nil || !d.Copy || d.Lang != "zh" {
			t.Errorf("%s %s in Chinese: copy %t, %v", ask.Kind, ask.Of, d.Copy, err)
		}
	}
}

func TestComposeRefuses(t *testing.T) {
	s := newShelf(t)
	s.fill()
	s.do(func(tx *ledger.Tx) error {
		d := ledger.Draft{Customer: 1, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Lines: []ledger.Line{sold("Mistake", "1", "1", "0")}}
		inv, err := tx.Issue(d)
		if err == nil {
			err = tx.Void(inv, "typed wrong")
		}
		return err
	})
	for key, ask := range map[string]Ask{
		"invoice.unknown":  {Kind: Invoice, Of: "INV-2026-000099"},
		"number.form":      {Kind: Act, Of: "../../etc"},
		"paper.noact":      {Kind: Act, Of: "INV-2026-000002"},
		"paper.void":       {Kind: Delivery, Of: "INV-2026-000011"},
		"paper.unknown":    {Kind: Credit, Of: "CN-2026-000009"},
		"customer.unknown": {Kind: Statement, Of: "nobody"},
	} {
		_, _, err := s.compose(ask)
		if r, ok := ledger.AsRefusal(err); !ok || r.Key != key {
			t.Errorf("%v: got %v, want %s", ask, err, key)
		}
	}
	if _, _, err := s.compose(Ask{Kind: Voucher, Of: "CASHOUT-2026-000002"}); err == nil {
		t.Error("a voucher of nothing")
	}
	if _, _, err := s.compose(Ask{Kind: Receipt, Of: "P-99"}); err == nil {
		t.Error("a receipt of nothing")
	}
}
