package paper

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"duebot/ledger"
)

// wild books random invoices with hostile words, payments, credit notes and interest, and
// returns what documents there are. What the books refuse is left out.
func (s *shelf) wild(r *rand.Rand) (out []Ask) {
	lang := Languages[r.Intn(len(Languages))]
	s.try(func(tx *ledger.Tx) error {
		name := hostile(r)
		_, err := tx.ChangeCustomer(tx.Customer(1), ledger.CustomerChange{Language: &lang, Name: &name})
		return err
	})
	s.do(func(tx *ledger.Tx) error {
		_, err := tx.ChangeCustomer(tx.Customer(1), ledger.CustomerChange{Language: &lang})
		return err
	})
	s.try(func(tx *ledger.Tx) error {
		_, err := tx.SetParty(tx.Customer(1), ledger.Party{Name: hostile(r), Address: hostile(r), TaxID: hostile(r)})
		return err
	})
	first := ledger.DateOf(s.now, time.UTC)
	for range 3 + r.Intn(4) {
		s.try(func(tx *ledger.Tx) error { _, err := tx.Issue(wildDraft(r, tx.Today())); return err })
		s.try(func(tx *ledger.Tx) error {
			n := ledger.NewPayment{Customer: 1, Date: tx.Today(), Amount: ledger.Money{Minor: 1 + r.Int63n(200_000), Currency: "EUR"}, Method: "bank", Reference: hostile(r)}
			_, _, err := tx.Receive(n)
			return err
		})
		s.try(func(tx *ledger.Tx) error {
			open := tx.OpenInvoices(tx.Customer(1))
			if len(open) == 0 {
				return nil
			}
			_, err := tx.Credit(open[r.Intn(len(open))], ledger.Money{Minor: 1 + r.Int63n(5000), Currency: "EUR"}, "x"+hostile(r))
			return err
		})
		s.try(func(tx *ledger.Tx) error {
			sum := ledger.Money{Minor: 1 + r.Int63n(3000), Currency: "EUR"}
			if _, _, err := tx.Receive(ledger.NewPayment{Customer: 1, Date: tx.Today(), Amount: sum, Method: ledger.MethodCash, Chosen: true}); err != nil {
				return err
			}
			_, err := tx.RefundCash(tx.Customer(1), sum, tx.Today(), "x"+hostile(r))
			return err
		})
		s.now = s.now.AddDate(0, 0, r.Intn(20))
	}
	s.try(func(tx *ledger.Tx) error { _, err := tx.ChargeInterest(tx.Customer(1), tx.Today()); return err })
	last := ledger.DateOf(s.now, time.UTC)
	for n := range 12 {
		number := fmt.Sprintf("2026-%06d", n+1)
		out = append(out, Ask{Kind: Invoice, Of: "INV-" + number}, Ask{Kind: Act, Of: "INV-" + number}, Ask{Kind: Delivery, Of: "INV-" + number},
			Ask{Kind: Credit, Of: "CN-" + number}, Ask{Kind: Receipt, Of: fmt.Sprint("P-", n+1)}, Ask{Kind: Voucher, Of: "CASHOUT-" + number})
	}
	return append(out, Ask{Kind: Statement, Of: "acme", From: first, To: last}, Ask{Kind: Reconciliation, Of: "acme", From: first.AddDays(7), To: last, Lang: Languages[r.Intn(len(Languages))]},
		Ask{Kind: Dunning, Of: "acme", To: last.AddDays(60), Letter: hostile(r)})
}

// try is do for what may be refused.
func (s *shelf) try(fn func(tx *ledger.Tx) error) {
	s.t.Helper()
	s.do(func(tx *ledger.Tx) error {
		err := fn(tx)
		if _, refused := ledger.AsRefusal(err); refused {
			return nil
		}
		return err
	})
}

func wildDraft(r *rand.Rand, today ledger.Date) ledger.Draft {
	d := ledger.Draft{Customer: 1, Date: today, Due: today.AddDays(r.Intn(40)), Currency: "EUR", Inclusive: r.Intn(4) == 0, Reference: hostile(r)}
	if r.Intn(3) == 0 {
		d.Off = dec(fmt.Sprint(r.Intn(50)))
	}
	for range 1 + r.Intn(25) {
		l := ledger.Line{Text: "x " + hostile(r), Quantity: dec(fmt.Sprintf("%d.%d", 1+r.Intn(99), r.Intn(1000))), Price: dec(fmt.Sprintf("%d.%02d", r.Intn(10_000), r.Intn(100))), Tax: dec(fmt.Sprint(r.Intn(100)))}
		if r.Intn(4) == 0 {
			l.Discount = dec(fmt.Sprint(r.Intn(100)))
		}
		d.Lines = append(d.Lines, l)
	}
	return d
}

// booked are the sums that the books know of a document, from elsewhere than Compose has them.
func booked(v *ledger.View, ask Ask) (out []ledger.Money) {
	switch ask.Kind {
	case Invoice:
		if inv, err := v.InvoiceNumbered(ask.Of); err == nil {
			out = append(out, inv.TotalMoney())
		}
	case Receipt:
		out = append(out, v.Payment(ledger.PaymentID(ledgerNumber(ask.Of))).Amount)
	case Voucher:
		if r := v.VoucherNumbered(ask.Of); r != nil {
			out = append(out, r.Amount)
		}
	case Statement, Reconciliation:
		c, err := v.CustomerNamed(ask.Of)
		if err != nil {
			return nil
		}
		for _, st := range v.Statement(c, ledger.Period{From: ask.From, To: ask.To, Known: v.Head().Seq}) {
			out = append(out, st.Opening, st.Debits, st.Credits, st.Closing)
			for _, l := range st.Lines {
				out = append(out, l.Balance)
			}
		}
	}
	return out
}

func ledgerNumber(label string) (n int) {
	fmt.Sscanf(label, "P-%d", &n)
	return n
}

// sumsOf are the sums that a document must show.
func sumsOf(d *Document) (out []ledger.Money) {
	switch d.Kind {
	case Delivery:
		return nil
	case Statement, Reconciliation:
		for _, a := range d.Accounts {
			out = append(out, a.Opening, a.Closing, a.Debits, a.Credits)
			for _, e := range a.Entries {
				out = append(out, e.Balance)
			}
		}
		return out
	case Receipt:
		for _, x := range d.Settled {
			out = append(out, x.Paid, x.Open)
		}
		return append(out, d.Total)
	case Voucher:
		return append(out, d.Total)
	case Dunning:
		for _, c := range d.Claims {
			out = append(out, c.Open)
		}
		for _, c := range d.Credits {
			out = append(out, c.Sum.Neg())
		}
		return append(out, d.Total)
	}
	for i := range d.Lines {
		out = append(out, d.Lines[i].Amount)
	}
	for i := range d.Taxes {
		out = append(out, d.Taxes[i].Base, d.Taxes[i].Tax)
	}
	return append(out, d.Net, d.Total)
}

// shows fails where a sum is not on the page, as figures with nothing beside them.
func shows(t *testing.T, name string, s *sheet, sums []ledger.Money) {
	t.Helper()
	var all strings.Builder
	for _, b := range s.boxes {
		all.WriteString("\n" + strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Bidi_Control, r) {
				return -1
			}
			return r
		}, b.text) + "\n")
	}
	text := all.String()
	for _, m := range sums {
		want := strings.TrimPrefix(s.words.sum(m), "\u200e")
		found := false
		for at := text; !found; {
			i := strings.Index(at, want)
			if i < 0 {
				break
			}
			before, after := []rune(at[:i]), []rune(at[i+len(want):])
			found = !unicode.IsDigit(before[len(before)-1]) && !unicode.IsDigit(after[0])
			at = at[i+len(want):]
		}
		if !found {
			t.Errorf("%s: %s is not on the page", name, want)
		}
	}
}

// Documents of random books with hostile words: nothing overlaps or is lost, and every sum on
// the page is that of the books. make soak goes on for as long as DUEBOT_SOAK says.
func TestWildLedgers(t *testing.T) {
	seed, until, most := int64(7), time.Time{}, 2
	if s, err := time.ParseDuration(os.Getenv("DUEBOT_SOAK")); err == nil {
		seed, until, most = time.Now().UnixNano(), time.Now().Add(s), 1<<30
	}
	n, drawnSo := 0, map[Kind]int{}
	for ; n < most && (until.IsZero() || time.Now().Before(until)) && !t.Failed(); n++ {
		r := rand.New(rand.NewSource(seed + int64(n)))
		s := newShelf(t)
		for _, ask := range s.wild(r) {
			s.wildPaper(fmt.Sprintf("seed %d, %s %s", seed+int64(n), ask.Kind, ask.Of), ask, drawnSo)
		}
		s.Close()
	}
	for _, kind := range []Kind{Invoice, Credit, Receipt, Voucher, Act, Delivery, Statement, Reconciliation, Dunning} {
		if drawnSo[kind] == 0 {
			t.Errorf("no %s was drawn", kind)
		}
	}
	t.Logf("seed %d: %d books, %v", seed, n, drawnSo)
}

// wildPaper draws one document twice, and looks at it.
func (s *shelf) wildPaper(name string, ask Ask, count map[Kind]int) {
	s.t.Helper()
	var d *Document
	var h *House
	var sums []ledger.Money
	err := s.View(func(v *ledger.View) (err error) {
		if d, h, err = Compose(v, ask); err == nil {
			sums = booked(v, ask)
		}
		return err
	})
	if _, refused := ledger.AsRefusal(err); refused {
		return
	}
	if err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	var a, b bytes.Buffer
	page, err := h.draw(&a, d, true)
	if err == nil {
		_, err = h.draw(&b, d, false)
	}
	if err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		s.t.Errorf("%s: drawn twice, other bytes, %v", name, err)
		return
	}
	count[ask.Kind]++
	checkLayout(s.t, name, page, said(d))
	shows(s.t, name, page, slices.Concat(sums, sumsOf(d)))
}
