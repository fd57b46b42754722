package ledger

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// After any sequence of commands, refused ones among them: the aging is the balance of the
// accounts, open is total less paid and credited, no allocation exceeds what was open,
// numbers have no gap, and the projections made from the file are those that are live.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		path := filepath.Join(t.TempDir(), "duebot.db")
		b := openTest(t, path)
		c := addAcme(t, b)
		for step := range rapid.IntRange(1, 40).Draw(r, "steps") {
			err := try(b, fmt.Sprintf("k%d", step), func(tx *Tx) error { return randomAct(r, tx, c) })
			if _, refused := AsRefusal(err); err != nil && !refused && !errors.Is(err, errChanged) {
				r.Fatalf("step %d: %v", step, err)
			}
			b.View(func(v *View) error {
				checkInvariants(r, v, c)
				checkKeeping(r, v)
				checkAgingBy(r, v)
				checkApprovals(r, v)
				checkClaims(r, v, c)
				checkEntries(r, v)
				checkWishes(r, v)
				checkCheques(r, v, c)
				return nil
			})
		}
		b.Close()
		checkFile(t, path)
	})
}

var errChanged = errors.New("changed my mind")

// randomAct does one or two things, and sometimes changes its mind.
func randomAct(r *rapid.T, tx *Tx, c CustomerID) error {
	for range rapid.IntRange(1, 2).Draw(r, "acts") {
		if err := oneAct(r, tx, c); err != nil {
			return err
		}
	}
	if rapid.IntRange(0, 9).Draw(r, "mind") == 0 {
		return errChanged
	}
	return nil
}

// inOrder leaves out acts that date a document before one that was booked earlier: the
// oracle of past days leaves facts out, and documents are named by their order.
var inOrder bool

func oneAct(r *rapid.T, tx *Tx, c CustomerID) error {
	cur := rapid.SampledFrom([]Currency{"EUR", "JPY", "KWD"}).Draw(r, "currency")
	amount := Money{rapid.Int64Range(1, 30000).Draw(r, "amount"), cur}
	var inv *Invoice
	if n := int(tx.s.invoices.n); n > 0 {
		inv = tx.Invoice(InvoiceID(rapid.IntRange(1, n).Draw(r, "invoice")))
	}
	if !inOrder && rapid.IntRange(0, 3).Draw(r, "over time") == 0 {
		return claimAct(r, tx, c, inv)
	}
	if !inOrder && rapid.IntRange(0, 4).Draw(r, "wishes") == 0 {
		return wishAct(r, tx, tx.Customer(c), inv)
	}
	if !inOrder && rapid.IntRange(0, 9).Draw(r, "reminders") == 0 {
		return remindingAct(r, tx, c)
	}
	if !inOrder && rapid.IntRange(0, 5).Draw(r, "paper") == 0 {
		return chequeAct(r, tx, c, inv, amount)
	}
	act := rapid.IntRange(0, 12+cashActs).Draw(r, "act")
	if act == 12+cashActs && !inOrder {
		return approvalAct(r, tx, tx.Customer(c), inv, amount)
	}
	if act == 12+cashActs-1 && !inOrder {
		return keepingAct(r, tx, c)
	}
	if inv == nil {
		act = 0
	}
	if act >= 11 {
		return cashAct(r, tx, tx.Customer(c), inv, amount, act-11)
	}
	switch act {
	case 0, 1:
		d := Draft{Customer: c, Date: tx.Today(), Due: tx.Today().AddDays(rapid.IntRange(-1, 30).Draw(r, "days")), Currency: cur,
			Lines: []Line{line("a", "3", "33.333", "19"), line("b", "1", amount.Decimal().String(), rapid.SampledFrom([]string{"0", "7", "19"}).Draw(r, "tax"))}}
		t, err := d.Totals()
		if err != nil {
			return err
		}
		withConditions(r, tx, &d, t.Total.Minor)
		_, err = tx.Issue(d)
		return err
	case 2:
		if rapid.Bool().Draw(r, "same") {
			amount.Currency = inv.Currency
		}
		_, _, err := tx.Receive(NewPayment{Customer: c, Invoice: inv.ID, Date: tx.Today(), Amount: amount})
		return err
	case 3:
		_, _, err := tx.Receive(NewPayment{Customer: c, Date: tx.Today().AddDays(rapid.IntRange(-5, 1).Draw(r, "paid")), Amount: amount})
		return err
	case 4:
		_, err := tx.Credit(inv, Money{min(amount.Minor, inv.Total), inv.Currency}, "because")
		return err
	case 6:
		return tx.Void(inv, "typed wrong")
	case 7:
		n := dec(rapid.SampledFrom([]string{"0.5", "1", "2", "3"}).Draw(r, "quantity"))
		lines := []LineCredit{{Line: rapid.IntRange(1, 3).Draw(r, "line"), Quantity: &n}, {Line: 1}}
		_, err := tx.CreditLines(inv, lines[:rapid.IntRange(1, 2).Draw(r, "lines")], "because")
		return err
	case 8:
		doc, err := tx.InvoiceDetail(inv)
		if err != nil {
			return err
		}
		d := doc.Draft
		d.Corrects, d.Inclusive, d.Off, d.Instalments = inv.ID, !d.Inclusive, dec("2.5"), nil
		_, _, err = tx.Reissue(d, "because")
		return err
	case 9:
		if n := tx.s.open[inv.Message]; n != nil {
			return tx.Settle(NoticeOutcome{Notice: n.ID, State: NoticeSent, Chat: "telegram:1", Message: "1"})
		}
		return tx.Notify(NoticeQueued{Kind: NoticeInvoice, Customer: c, Invoice: inv.ID})
	case 5:
		_, err := tx.OpenDispute(inv, ReasonSum, Money{amount.Minor, inv.Currency}, "telegram:1")
		return err
	default:
		if d := tx.Dispute(inv.Dispute); d != nil {
			_, err := tx.Resolve(d, Rejected, 0, "no")
			return err
		}
		return tx.Promise(inv, tx.Today().AddDays(3))
	}
}

func checkInvariants(r *rapid.T, v *View, c CustomerID) {
	open := map[Currency]int64{}
	last := map[series]uint32{}
	v.Invoices(func(i *Invoice) {
		ser := i.Number.series()
		if last[ser]++; i.Number.N != last[ser] {
			r.Fatalf("number %s follows %d", i.Number, last[ser]-1)
		}
		open[i.Currency] += i.Open
		if i.Open < 0 || i.Open > i.Total || i.Credited > i.Total || i.Paid > i.Total {
			r.Fatalf("%s: total %d, open %d, paid %d, credited %d", i.Number, i.Total, i.Open, i.Paid, i.Credited)
		}
		checkCredits(r, v, i)
		if i.DisputedMoney().Minor > i.Open || i.Undisputed().Minor < 0 {
			r.Fatalf("%s: %s disputed of %s", i.Number, i.DisputedMoney(), i.OpenMoney())
		}
		if (i.Open == 0) != (i.ClosedOn != 0) {
			r.Fatalf("%s: open %d and closed on %s", i.Number, i.Open, i.ClosedOn)
		}
	})
	listed := map[Currency]int64{}
	for _, i := range v.OpenInvoices(v.Customer(c)) {
		listed[i.Currency] += i.Open
	}
	for _, cur := range []Currency{"EUR", "JPY", "KWD"} {
		if open[cur] != listed[cur] {
			r.Fatalf("open invoices sum to %d %s, the customer's list to %d", open[cur], cur, listed[cur])
		}
		if got := v.AccountBalance(Receivables, c, cur).Minor; got != open[cur] {
			r.Fatalf("receivables are %d %s, open invoices %d", got, cur, open[cur])
		}
		onAcct := int64(0)
		v.Payments(func(p *Payment) {
			if p.Amount.Currency == cur {
				onAcct += p.OnAcct
			}
			if p.OnAcct < 0 || p.OnAcct > p.Amount.Minor {
				r.Fatalf("payment %d: %d on account of %s", p.ID, p.OnAcct, p.Amount)
			}
		})
		v.s.creditNotes.each(func(n *CreditNote) {
			if n.Total.Currency == cur {
				onAcct += n.OnAcct
			}
			if n.OnAcct < 0 || n.OnAcct > n.Total.Minor {
				r.Fatalf("credit note %d: %d on account of %s", n.ID, n.OnAcct, n.Total)
			}
		})
		if got := -v.AccountBalance(OnAccount, c, cur).Minor; got != onAcct {
			r.Fatalf("%d %s are on account, and payments and credit notes leave %d", got, cur, onAcct)
		}
	}
	checkCash(r, v, c)
	checkItems(r, v)
	checkCarry(r, v)
	checkConditions(r, v, c)
	for _, row := range v.AgingOf(v.Customer(c), v.Today().AddDays(40)) {
		want := v.AccountBalance(Receivables, c, row.Currency).Add(v.AccountBalance(OnAccount, c, row.Currency))
		if row.Total() != want {
			r.Fatalf("aging says %s, the accounts %s", row.Total(), want)
		}
	}
}

// within reports whether part lies between nothing and whole, on whole's side of zero.
func within(part, whole int64) bool { return min(whole, 0) <= part && part <= max(whole, 0) }

// checkCredits sees to it that credit notes took back no more than the invoice had, per rate
// and per line, that the last took all, and that a void invoice is nothing but a number.
func checkCredits(r *rapid.T, v *View, i *Invoice) {
	if i.Void && (i.Open != 0 || i.Paid != 0 || i.Credited != 0 || i.State(v.Today()) != StateVoid) {
		r.Fatalf("%s is void, and %d open, %d paid, %d credited", i.Number, i.Open, i.Paid, i.Credited)
	}
	// A payment that goes away again opens even a replaced invoice; what its credit note left
	// on account is there for it.
	open := i.Open != 0 && i.reopened == 0
	if by := v.Invoice(i.ReplacedBy); by != nil && (by.Corrects != i.ID || open || i.Creditable().Minor != 0) {
		r.Fatalf("%s is replaced by %s, which corrects %d; %d are open", i.Number, by.Number, by.Corrects, i.Open)
	}
	left, err := (&Tx{View: *v}).creditLeft(i)
	if err != nil {
		r.Fatal(err)
	}
	rest := int64(0)
	for k, t := range left.taxes {
		had := left.doc.Taxes[k]
		if !within(t.Base.Minor, had.Base.Minor) || !within(t.Tax.Minor, had.Tax.Minor) {
			r.Fatalf("%s at %s%%: base %s of %s and tax %s of %s are left", i.Number, t.Rate, t.Base, had.Base, t.Tax, had.Tax)
		}
		rest += t.Base.Minor + t.Tax.Minor
	}
	if !i.Void && rest != i.Creditable().Minor {
		r.Fatalf("%s: %d left by rates, %s in all", i.Number, rest, i.Creditable())
	}
	for n, l := range left.lines {
		if l.Quantity.GreaterThan(left.doc.Lines[n-1].Quantity) || past(l.Net.Minor, left.sums[n-1].Net.Minor) {
			r.Fatalf("%s line %d: %s x, %s credited of %s", i.Number, n, l.Quantity, l.Net, left.sums[n-1].Net)
		}
	}
}
