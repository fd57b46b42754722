package ledger

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// cashActs is how many kinds of act cashAct knows.
const cashActs = 14

// cashAct does one thing with money that is there already. Sums are drawn up to 300.00 and
// documents are of that size, so that both sides of every limit are met.
func cashAct(r *rapid.T, tx *Tx, c *Customer, inv *Invoice, amount Money, act int) error {
	own := Money{amount.Minor, inv.Currency}
	var p *Payment
	if n := int(tx.s.payments.n); n > 0 {
		p = tx.Payment(PaymentID(rapid.IntRange(1, n).Draw(r, "payment")))
	}
	switch act {
	case 0:
		_, err := tx.Apply(c, nil, Money{})
		return err
	case 1, 2:
		switch rapid.IntRange(0, 2).Draw(r, "how much") {
		case 0:
			own.Minor = 0
		case 1:
			own = amount
		}
		_, err := tx.Apply(c, inv, own)
		return err
	case 3:
		give := tx.Refund
		if rapid.Bool().Draw(r, "in cash") {
			give = tx.RefundCash
		}
		_, err := give(c, amount, tx.Today().AddDays(-rapid.IntRange(0, 3).Draw(r, "refunded")), "paid too much")
		return err
	case 4:
		_, err := tx.WriteOff(inv, Money{min(amount.Minor, inv.Open), inv.Currency}, "insolvent")
		return err
	case 5: // what is short of the whole by a residue, a fee or withheld tax
		n := NewPayment{Customer: c.ID, Invoice: inv.ID, Date: tx.Today().AddDays(-2), Amount: Money{inv.Open + inv.WrittenOff, inv.Currency}}
		n.Withheld = Money{rapid.Int64Range(0, 300).Draw(r, "withheld"), inv.Currency}
		n.Fee = Money{rapid.Int64Range(0, 300).Draw(r, "fee"), inv.Currency}
		if rapid.Bool().Draw(r, "lawful") {
			n.Split, n.Withheld = n.Withheld, Money{}
			n.Offset, n.Fee, n.OffsetWords = n.Fee, Money{}, "our order 12"
		}
		n.Amount.Minor -= n.kept() + rapid.Int64Range(-1, 3).Draw(r, "residue")
		_, _, err := tx.Receive(n)
		return err
	case 6:
		if n := int(tx.s.creditNotes.n); n > 0 {
			_, err := tx.UnapplyCredit(tx.CreditNote(CreditNoteID(rapid.IntRange(1, n).Draw(r, "credit"))), inv)
			return err
		}
	case 7, 8:
		if p != nil {
			if all := tx.Settlements(p); len(all) > 0 {
				inv = tx.Invoice(all[len(all)-1].Invoice)
			}
			_, err := tx.Unapply(p, inv)
			return err
		}
	case 9:
		if p != nil {
			_, err := tx.Return(p, "the account was closed")
			return err
		}
	case 10:
		if list := tx.OwedCertificates(); len(list) > 0 {
			inv = tx.Invoice(list[0].Invoice)
		}
		_, err := tx.Certify(inv, "4711")
		return err
	case 11:
		_, err := tx.UndoWriteOff(inv, "they pay after all")
		return err
	case 12:
		return payEarly(r, tx, inv)
	case 13:
		if p != nil {
			_, _, err := tx.GiveBack(p, Money{amount.Minor, p.Amount.Currency}, "the card's holder objects", true)
			return err
		}
	}
	return nil
}

// checkCash compares each invoice with what settled it, and the accounts of settlements
// without money with what the invoices say.
func checkCash(r *rapid.T, v *View, c CustomerID) {
	credited := map[InvoiceID]int64{}
	v.s.creditNotes.each(func(n *CreditNote) {
		x, err := v.CreditNoteDetail(n)
		if err != nil {
			r.Fatal(err)
		}
		credited[n.Invoice] += x.Applied.Minor
	})
	paid, deducted := map[InvoiceID]int64{}, map[InvoiceID]int64{}
	accounts := map[balanceKey]int64{}
	v.s.settlements.each(func(st *Settlement) {
		inv := v.Invoice(st.Invoice)
		switch {
		case st.Reversed:
		case st.Cause == ByAllocation:
			paid[st.Invoice] += st.Minor
		case st.Cause == ByDiscount: // see checkConditions
			f, err := v.fact(st.fact)
			if err != nil {
				r.Fatal(err)
			}
			x := f.Body.(*DiscountTaken)
			net, tax := sumTaxes(x.Taxes, inv.Currency)
			accounts[balanceKey{RoundingDifferences, c, inv.Currency}] += x.Amount.Sub(net).Sub(tax).Minor
		default:
			deducted[st.Invoice] += st.Minor
			accounts[balanceKey{st.Cause.account(), c, inv.Currency}] += st.Minor
		}
		if st.Date < inv.Date {
			r.Fatalf("%s of %s settled on %s", inv.Number, inv.Date, st.Date)
		}
	})
	v.Invoices(func(i *Invoice) {
		if i.Paid != paid[i.ID] || i.Deducted != deducted[i.ID] || i.WrittenOff < 0 {
			r.Fatalf("%s: paid %d of settlements %d, deducted %d of %d, written off %d", i.Number, i.Paid, paid[i.ID], i.Deducted, deducted[i.ID], i.WrittenOff)
		}
		if i.Void {
			if i.Open != 0 {
				r.Fatalf("%s is void, and %d is open", i.Number, i.Open)
			}
			return
		}
		if i.Open != i.Total-i.Paid-i.Deducted-i.Discounted-i.WrittenOff-credited[i.ID] {
			r.Fatalf("%s: %d open of %d, paid %d, deducted %d, written off %d, credited %d", i.Number, i.Open, i.Total, i.Paid, i.Deducted, i.WrittenOff, credited[i.ID])
		}
		accounts[balanceKey{BadDebt, c, i.Currency}] += i.WrittenOff
	})
	v.Payments(func(p *Payment) {
		sum := p.OnAcct + p.Refunded
		for _, st := range v.Settlements(p) {
			if !st.Reversed && st.Cause == ByAllocation {
				sum += st.taken().Minor
			}
		}
		if p.Returned != (sum == 0) || !p.Returned && sum != p.Amount.Minor {
			r.Fatalf("%s of %s, returned %t: its parts make %d", p.Label(), p.Amount, p.Returned, sum)
		}
		if !p.Returned {
			accounts[balanceKey{p.till(), c, p.Amount.Currency}] += p.Amount.Minor
		}
	})
	v.Cheques(func(q *Cheque) {
		accounts[balanceKey{Bank, c, q.Amount.Currency}] -= q.Fees
		accounts[balanceKey{BankFees, c, q.Amount.Currency}] += q.Fees
	})
	v.s.refunds.each(func(x *Refund) {
		from := Bank
		if x.Method == MethodCash {
			from = Cash
		}
		accounts[balanceKey{from, c, x.Amount.Currency}] -= x.Amount.Minor
	})
	for _, st := range v.OwedCertificates() {
		if st.Reversed || st.Cause != ByWithholding && st.Cause != BySplit {
			r.Fatalf("a certificate is owed for cause %d of invoice %d, reversed %t", st.Cause, st.Invoice, st.Reversed)
		}
	}
	for k, want := range accounts {
		if got := v.AccountBalance(k.Account, c, k.Currency).Minor; got != want {
			r.Fatalf("%s is %d %s, the documents say %d", k.Account, got, k.Currency, want)
		}
	}
}

// pay books a payment of c and returns its number.
func pay(t *testing.T, b *Books, n NewPayment) PaymentID {
	t.Helper()
	var id PaymentID
	do(t, b, "", func(tx *Tx) error {
		if n.Date == 0 {
			n.Date = tx.Today()
		}
		p, _, err := tx.Receive(n)
		if err == nil {
			id = p.ID
		}
		return err
	})
	return id
}

// euros is a sum in cents.
func euros(minor int64) Money { return Money{minor, "EUR"} }

// checkAccounts compares what stands on accounts, in cents, debit positive.
func checkAccounts(t *testing.T, b *Books, want map[Account]int64) {
	t.Helper()
	b.View(func(v *View) error {
		for a := Receivables; a <= WithheldTax; a++ {
			if got := v.AccountBalance(a, 0, "EUR").Minor; got != want[a] && a != Sales && a != OutputTax && a != SalesReductions {
				t.Errorf("%s: got %d, want %d", a, got, want[a])
			}
		}
		return nil
	})
}

func TestShortPayments(t *testing.T) {
	three := []Line{line("a", "1", "300", "0"), line("b", "1", "300", "0"), line("c", "1", "400", "0")}
	tests := map[string]struct {
		lines               []Line
		paid, withheld, fee int64
		open                int64
		accounts            map[Account]int64
		state               InvoiceState
	}{
		"one cent per line is rounded off":         {three, 99997, 0, 0, 0, map[Account]int64{RoundingDifferences: 3}, StatePaid},
		"more than a cent per line stays open":     {three, 99996, 0, 0, 4, nil, StatePartPaid},
		"a surplus is not rounded off":             {three, 100001, 0, 0, 0, map[Account]int64{OnAccount: -1}, StatePaid},
		"tax withheld closes the invoice":          {three, 98000, 2000, 0, 0, map[Account]int64{WithheldTax: 2000}, StatePaid},
		"a fee of the payer's bank closes it":      {three, 99750, 0, 250, 0, map[Account]int64{BankFees: 250}, StatePaid},
		"both, and a cent besides":                 {three, 97749, 2000, 250, 0, map[Account]int64{WithheldTax: 2000, BankFees: 250, RoundingDifferences: 1}, StatePaid},
		"what has no reason stays open":            {three, 90000, 2000, 0, 8000, map[Account]int64{WithheldTax: 2000}, StatePartPaid},
		"the tolerance ends at a set sum":          {manyLines(60), 6000 - 51, 0, 0, 51, nil, StatePartPaid},
		"within the set sum, many lines round off": {manyLines(60), 6000 - 50, 0, 0, 0, map[Account]int64{RoundingDifferences: 50}, StatePaid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, _ := testBooks(t)
			c := addAcme(t, b)
			id := issue(t, b, c, tt.lines...)
			pay(t, b, NewPayment{Customer: c, Invoice: id, Amount: euros(tt.paid), Withheld: euros(tt.withheld), Fee: euros(tt.fee)})
			if tt.accounts == nil {
				tt.accounts = map[Account]int64{}
			}
			tt.accounts[Bank], tt.accounts[Receivables] = tt.paid, tt.open
			checkAccounts(t, b, tt.accounts)
			b.View(func(v *View) error {
				if inv := v.Invoice(id); inv.Open != tt.open || inv.State(v.Today()) != tt.state {
					t.Errorf("open %d in state %s, want %d and %s", inv.Open, inv.State(v.Today()), tt.open, tt.state)
				}
				return nil
			})
		})
	}
}

// manyLines are n lines over a euro each.
func manyLines(n int) (out []Line) {
	for range n {
		out = append(out, line("a", "1", "1", "0"))
	}
	return out
}

// A residue that the customer disputes is no residue.
func TestDisputedCentIsNotRoundedOff(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issue(t, b, c, line("a", "1", "100", "0"))
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.OpenDispute(tx.Invoice(id), ReasonSum, euros(1), "telegram:1")
		return err
	})
	pay(t, b, NewPayment{Customer: c, Invoice: id, Amount: euros(9999)})
	checkAccounts(t, b, map[Account]int64{Bank: 9999, Receivables: 1})
}

// Money on account settles a later invoice; taken back, it settles another.
func TestMoneyMovesFromOneInvoiceToAnother(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	var first, second InvoiceID
	p := pay(t, b, NewPayment{Customer: c, Date: DateOf(testNow, time.UTC).AddDays(-5), Amount: euros(10000)})
	first, second = issue(t, b, c, line("a", "1", "100", "0")), issue(t, b, c, line("b", "1", "60", "0"))
	do(t, b, "", func(tx *Tx) error { _, err := tx.Apply(tx.Customer(c), nil, Money{}); return err })
	do(t, b, "", func(tx *Tx) error {
		if inv := tx.Invoice(first); inv.Open != 0 {
			t.Errorf("after apply %d is open", inv.Open)
		}
		back, err := tx.Unapply(tx.Payment(p), tx.Invoice(first))
		if err == nil && back != euros(10000) {
			t.Errorf("unapply gave back %s", back)
		}
		return err
	})
	do(t, b, "", func(tx *Tx) error {
		parts, err := tx.Apply(tx.Customer(c), tx.Invoice(second), Money{})
		if err == nil && (len(parts) != 1 || parts[0].Minor != 6000) {
			t.Errorf("applied %v", parts)
		}
		return err
	})
	checkAccounts(t, b, map[Account]int64{Bank: 10000, Receivables: 10000, OnAccount: -4000})
}

// An allocation has the later day of payment and invoice, but never a day on which its money
// still settled another invoice, or on which its invoice was still settled by other money: the
// balance as of any day stays true.
func TestNothingIsSettledTwiceOnAnyDay(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	today := DateOf(testNow, time.UTC)
	old := func() (id InvoiceID) {
		do(t, b, "", func(tx *Tx) error {
			inv, err := tx.Issue(Draft{Customer: c, Date: today.AddDays(-10), Due: today, Currency: "EUR", Lines: []Line{line("a", "1", "100", "0")}})
			if err == nil {
				id = inv.ID
			}
			return err
		})
		return id
	}
	first, second := old(), old()
	p := pay(t, b, NewPayment{Customer: c, Invoice: first, Date: today.AddDays(-5), Amount: euros(10000)})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Unapply(tx.Payment(p), tx.Invoice(first)); return err })
	do(t, b, "", func(tx *Tx) error { _, err := tx.Apply(tx.Customer(c), tx.Invoice(second), Money{}); return err })
	q := pay(t, b, NewPayment{Customer: c, Invoice: first, Date: today.AddDays(-4), Amount: euros(10000)})
	b.View(func(v *View) error {
		all := v.Settlements(v.Payment(p))
		if len(all) != 2 || all[0].Date != today.AddDays(-5) || !all[0].Reversed || all[1].Date != today {
			t.Errorf("%s settled %+v, want five days ago and then today", v.Payment(p).Label(), all)
		}
		if all := v.Settlements(v.Payment(q)); len(all) != 1 || all[0].Date != today {
			t.Errorf("%s settled %+v, want today", v.Payment(q).Label(), all)
		}
		return nil
	})
}

// What a credit note leaves on account settles another invoice, and can be taken back.
func TestCreditOnAccountIsApplied(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	paid := issue(t, b, c, line("a", "1", "100", "0"))
	pay(t, b, NewPayment{Customer: c, Invoice: paid, Amount: euros(10000)})
	next := issue(t, b, c, line("b", "1", "70", "0"))
	do(t, b, "", func(tx *Tx) error { _, err := tx.Credit(tx.Invoice(paid), euros(4000), "hosting"); return err })
	do(t, b, "", func(tx *Tx) error {
		if _, err := tx.Apply(tx.Customer(c), tx.Invoice(next), Money{}); err != nil {
			return err
		}
		if inv := tx.Invoice(next); inv.Open != 3000 {
			t.Errorf("%d is open, want 3000", inv.Open)
		}
		_, err := tx.UnapplyCredit(tx.CreditNote(1), tx.Invoice(next))
		return err
	})
	checkAccounts(t, b, map[Account]int64{Bank: 10000, Receivables: 7000, OnAccount: -4000})
}

// Written off, then paid in part: the money is bad debt that came back, and the rest stays
// given up. A credit note then takes the claim itself back, and leaves on account only what
// was paid.
func TestWrittenOffDebtComesBack(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issue(t, b, c, line("a", "1", "100", "0"))
	do(t, b, "", func(tx *Tx) error { _, err := tx.WriteOff(tx.Invoice(id), Money{}, "insolvent"); return err })
	checkAccounts(t, b, map[Account]int64{BadDebt: 10000})
	pay(t, b, NewPayment{Customer: c, Invoice: id, Amount: euros(4000)})
	checkAccounts(t, b, map[Account]int64{BadDebt: 6000, Bank: 4000})
	do(t, b, "", func(tx *Tx) error {
		if s := tx.Invoice(id).State(tx.Today()); s != StateWrittenOff {
			t.Errorf("state %s", s)
		}
		_, err := tx.Credit(tx.Invoice(id), euros(10000), "never delivered")
		return err
	})
	checkAccounts(t, b, map[Account]int64{Bank: 4000, OnAccount: -4000})
}

// A write-off that came too early is taken back, also one in two parts.
func TestWriteOffIsUndone(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issue(t, b, c, line("a", "1", "100", "0"))
	for _, minor := range []int64{1000, 9000} {
		do(t, b, "", func(tx *Tx) error { _, err := tx.WriteOff(tx.Invoice(id), euros(minor), "insolvent"); return err })
	}
	do(t, b, "", func(tx *Tx) error {
		sum, err := tx.UndoWriteOff(tx.Invoice(id), "they trade again")
		if err == nil && (sum != euros(10000) || tx.Invoice(id).Open != 10000) {
			t.Errorf("%s owed again, %d open", sum, tx.Invoice(id).Open)
		}
		return err
	})
	checkAccounts(t, b, map[Account]int64{Receivables: 10000})
}

// A payment that is charged back leaves nothing of what came with it.
func TestChargebackOpensInvoicesAgain(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issue(t, b, c, line("a", "1", "100", "0"))
	p := pay(t, b, NewPayment{Customer: c, Invoice: id, Amount: euros(9700), Withheld: euros(200), Fee: euros(99)})
	checkAccounts(t, b, map[Account]int64{Bank: 9700, WithheldTax: 200, BankFees: 99, RoundingDifferences: 1})
	do(t, b, "", func(tx *Tx) error {
		list, err := tx.Return(tx.Payment(p), "account closed")
		if err == nil && (len(list) != 1 || list[0].Open != 10000 || list[0].ClosedOn != 0) {
			t.Errorf("open again: %+v", list)
		}
		return err
	})
	checkAccounts(t, b, map[Account]int64{Receivables: 10000})
}

// A certificate is owed from the payment that was short of tax until it comes, or until the
// payment is charged back.
func TestCertificatesAreOwed(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	first, second := issue(t, b, c, line("a", "1", "100", "0")), issue(t, b, c, line("b", "1", "100", "0"))
	pay(t, b, NewPayment{Customer: c, Invoice: first, Amount: euros(9000), Withheld: euros(1000)})
	p := pay(t, b, NewPayment{Customer: c, Invoice: second, Amount: euros(9500), Withheld: euros(500)})
	owed := func(want int) {
		t.Helper()
		b.View(func(v *View) error {
			if got := len(v.OwedCertificates()); got != want {
				t.Errorf("%d certificates are owed, want %d", got, want)
			}
			return nil
		})
	}
	owed(2)
	do(t, b, "", func(tx *Tx) error {
		sum, err := tx.Certify(tx.Invoice(first), "no. 4711")
		if err == nil && sum != euros(1000) {
			t.Errorf("certified %s", sum)
		}
		return err
	})
	owed(1)
	do(t, b, "", func(tx *Tx) error { _, err := tx.Return(tx.Payment(p), "bounced"); return err })
	owed(0)
	err := try(b, "", func(tx *Tx) error { _, err := tx.Certify(tx.Invoice(second), ""); return err })
	if r, _ := AsRefusal(err); r == nil || r.Key != "certificate.none" {
		t.Errorf("got %v, want certificate.none", err)
	}
}

func TestCashRefusals(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	open, closed := issue(t, b, c, line("a", "1", "100", "0")), issue(t, b, c, line("b", "1", "60", "0"))
	settled := pay(t, b, NewPayment{Customer: c, Invoice: closed, Amount: euros(6000)})
	over := pay(t, b, NewPayment{Customer: c, Invoice: open, Amount: euros(3000)})
	loose := pay(t, b, NewPayment{Customer: c, Amount: Money{500, "USD"}})
	gone := pay(t, b, NewPayment{Customer: c, Amount: Money{700, "USD"}})
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.Refund(tx.Customer(c), Money{100, "USD"}, tx.Today(), "why")
		return err
	})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Return(tx.Payment(gone), "bounced"); return err })
	tests := map[string]struct {
		key string
		act func(tx *Tx) error
	}{
		"apply with nothing on account": {"apply.nothing", func(tx *Tx) error { _, err := tx.Apply(tx.Customer(c), tx.Invoice(open), Money{}); return err }},
		"apply with nothing open":       {"apply.noopen", func(tx *Tx) error { _, err := tx.Apply(tx.Customer(c), nil, Money{}); return err }},
		"unapply what settles nothing":  {"unapply.none", func(tx *Tx) error { _, err := tx.Unapply(tx.Payment(settled), tx.Invoice(open)); return err }},
		"refund more than is there": {"refund.toomuch", func(tx *Tx) error {
			_, err := tx.Refund(tx.Customer(c), Money{401, "USD"}, tx.Today(), "x")
			return err
		}},
		"refund before it was there": {"refund.nothing", func(tx *Tx) error {
			_, err := tx.Refund(tx.Customer(c), Money{1, "USD"}, tx.Today().AddDays(-1), "x")
			return err
		}},
		"refund on a day to come": {"payment.future", func(tx *Tx) error {
			_, err := tx.Refund(tx.Customer(c), Money{1, "USD"}, tx.Today().AddDays(1), "x")
			return err
		}},
		"refund without a reason":       {"refund.why", func(tx *Tx) error { _, err := tx.Refund(tx.Customer(c), Money{1, "USD"}, tx.Today(), ""); return err }},
		"refund of nothing":             {"refund.notpositive", func(tx *Tx) error { _, err := tx.Refund(tx.Customer(c), Money{0, "USD"}, tx.Today(), "x"); return err }},
		"write-off of what is closed":   {"invoice.closed", func(tx *Tx) error { _, err := tx.WriteOff(tx.Invoice(closed), Money{}, "x"); return err }},
		"write-off of more than open":   {"writeoff.toomuch", func(tx *Tx) error { _, err := tx.WriteOff(tx.Invoice(open), euros(7001), "x"); return err }},
		"write-off without a reason":    {"writeoff.why", func(tx *Tx) error { _, err := tx.WriteOff(tx.Invoice(open), Money{}, ""); return err }},
		"undo what was not given up":    {"writeoff.none", func(tx *Tx) error { _, err := tx.UndoWriteOff(tx.Invoice(open), "x"); return err }},
		"chargeback twice":              {"chargeback.again", func(tx *Tx) error { _, err := tx.Return(tx.Payment(gone), "x"); return err }},
		"chargeback of what was repaid": {"chargeback.refunded", func(tx *Tx) error { _, err := tx.Return(tx.Payment(loose), "x"); return err }},
		"chargeback without a reason":   {"chargeback.why", func(tx *Tx) error { _, err := tx.Return(tx.Payment(over), ""); return err }},
		"tax withheld of no invoice": {"payment.whichinvoice", func(tx *Tx) error {
			_, _, err := tx.Receive(NewPayment{Customer: c, Date: tx.Today(), Amount: euros(10), Withheld: euros(1)})
			return err
		}},
		"tax withheld beyond what is open": {"payment.deductmuch", func(tx *Tx) error {
			_, _, err := tx.Receive(NewPayment{Customer: c, Invoice: open, Date: tx.Today(), Amount: euros(6900), Withheld: euros(101)})
			return err
		}},
		"a fee in another currency": {"payment.deduction", func(tx *Tx) error {
			_, _, err := tx.Receive(NewPayment{Customer: c, Invoice: open, Date: tx.Today(), Amount: euros(6900), Fee: Money{1, "USD"}})
			return err
		}},
	}
	before := dumpOf(t, b)
	for name, tt := range tests {
		r, _ := AsRefusal(try(b, "", tt.act))
		if r == nil || r.Key != tt.key {
			t.Errorf("%s: got %v, want %s", name, r, tt.key)
		}
	}
	if after := dumpOf(t, b); after != before {
		t.Errorf("a refusal left a trace")
	}
}

func TestApplyRefuses(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	open, closed := issue(t, b, c, line("a", "1", "100", "0")), issue(t, b, c, line("b", "1", "5", "0"))
	pay(t, b, NewPayment{Customer: c, Invoice: closed, Amount: euros(2500)})
	tests := map[string]struct {
		inv InvoiceID
		sum Money
		key string
	}{
		"more than is on account": {open, euros(2001), "apply.toomuch"},
		"another currency":        {open, Money{1, "USD"}, "apply.nothing"},
		"less than nothing":       {open, euros(-1), "apply.sum"},
		"what is closed":          {closed, Money{}, "invoice.closed"},
	}
	before := dumpOf(t, b)
	for name, tt := range tests {
		err := try(b, "", func(tx *Tx) error { _, err := tx.Apply(tx.Customer(c), tx.Invoice(tt.inv), tt.sum); return err })
		if r, _ := AsRefusal(err); r == nil || r.Key != tt.key {
			t.Errorf("%s: got %v, want %s", name, err, tt.key)
		}
	}
	if dumpOf(t, b) != before {
		t.Error("a refusal left a trace")
	}
}
