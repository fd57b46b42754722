package ledger

import (
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// chequeAct does one thing with a cheque, or takes cash.
func chequeAct(r *rapid.T, tx *Tx, c CustomerID, inv *Invoice, amount Money) error {
	var q *Cheque
	if n := int(tx.s.cheques.n); n > 0 {
		q = tx.Cheque(ChequeID(rapid.IntRange(1, n).Draw(r, "cheque")))
	}
	day := tx.Today().AddDays(rapid.IntRange(-2, 1).Draw(r, "paper day"))
	act := rapid.IntRange(0, 9).Draw(r, "paper act")
	if q == nil && act > 2 {
		act = 0
	}
	switch act {
	case 0, 1:
		n := NewCheque{Customer: c, Number: fmt.Sprint(rapid.IntRange(1000, 1040).Draw(r, "number")), Bank: "BCR", Drawer: "Ion", Dated: day.AddDays(20), Amount: amount, Received: min(day, tx.Today())}
		if inv != nil && rapid.Bool().Draw(r, "named") {
			n.For = []InvoiceID{inv.ID}
		}
		if q != nil && rapid.IntRange(0, 2).Draw(r, "replaces") == 0 {
			n.Replaces = q.ID
		}
		_, err := tx.ReceiveCheque(n)
		return err
	case 2:
		_, _, err := tx.Receive(NewPayment{Customer: c, Date: min(day, tx.Today()), Amount: amount, Method: MethodCash})
		return err
	case 3, 4:
		return tx.DepositCheque(q, day)
	case 5:
		_, err := tx.ClearCheque(q, day, receive(tx))
		return err
	case 6:
		fee := Money{0, q.Amount.Currency}
		if fee.Currency == "EUR" {
			fee.Minor = rapid.Int64Range(-1, 500).Draw(r, "bounce fee")
		}
		_, err := tx.BounceCheque(q, day, "no funds", fee)
		return err
	case 7:
		return tx.GiveBackCheque(q, "he pays by bank")
	case 8:
		if n := tx.LastPayment(); n > 0 {
			return tx.PaidByCheque(q, tx.Payment(n))
		}
	case 9:
		_, err := tx.UndoCheque(q)
		return err
	}
	return nil
}

// checkCheques sees to it that what stands on the accounts of cheques is the cheques that are
// there, that a cleared one has its payment and no other, that covers are within what is open and
// what was handed in, and that the numbers of receipts for cash have no gap.
func checkCheques(r *rapid.T, v *View, c CustomerID) {
	sums := map[balanceKey]int64{}
	worth := map[Account]int64{}
	v.Cheques(func(q *Cheque) {
		if a := q.State.account(); a != 0 {
			sums[balanceKey{a, c, q.Amount.Currency}] += q.Amount.Minor
			sums[balanceKey{ChequesUncleared, c, q.Amount.Currency}] -= q.Amount.Minor
			worth[a] += q.base
			worth[ChequesUncleared] -= q.base
		}
		p := v.Payment(q.Payment)
		if cleared := q.State == ChequeCleared; cleared && (p == nil || p.Returned || p.Amount != q.Amount || v.ChequeOf(p) != q) {
			r.Fatalf("%s is cleared, and its payment is %+v", q.ID.Label(), p)
		}
		if q.Fees < 0 || (q.State == ChequeReplaced) != (q.By != 0) || v.s.liveCheques[q.ID] != q.State.Live() {
			r.Fatalf("%+v", *q)
		}
	})
	for _, a := range []Account{ChequesHeld, ChequesDeposited, ChequesUncleared} {
		for _, cur := range []Currency{"EUR", "JPY", "KWD"} {
			if got, want := v.AccountBalance(a, c, cur).Minor, sums[balanceKey{a, c, cur}]; got != want {
				r.Fatalf("%s are %d %s, the cheques make %d", a, got, cur, want)
			}
		}
		if got := v.BaseBalance(a).Minor; got != worth[a] {
			r.Fatalf("%s are worth %d, the cheques %d", a, got, worth[a])
		}
	}
	for id, cover := range v.Covers(v.Customer(c)) {
		inv := v.Invoice(id)
		if cover.Amount.Minor <= 0 || cover.Amount.Minor > inv.Open {
			r.Fatalf("%s of %s is covered, %d is open", cover.Amount, inv.Number, inv.Open)
		}
	}
	checkCashNumbers(r, v)
}

func checkCashNumbers(r *rapid.T, v *View) {
	inCash := 0
	v.Payments(func(p *Payment) {
		if n, ok := v.CashNumber(p); ok != (p.Method == MethodCash) || ok && v.PaymentNumbered(n.String()) != p {
			r.Fatalf("%s in %s has the receipt %s, %t", p.Label(), p.Method, n, ok)
		} else if ok {
			inCash++
		}
	})
	for ser, list := range v.s.cashReceipts {
		inCash -= len(list)
		for i, id := range list {
			if n := v.s.cashNumbers[id]; n != (Number{ser.Prefix, ser.Year, uint32(i) + 1}) {
				r.Fatalf("receipt %d of %d is %s", i+1, ser.Year, n)
			}
		}
	}
	if inCash != 0 {
		r.Fatalf("%d payments in cash are in no series", inCash)
	}
	checkVouchers(r, v)
}

// checkVouchers sees to it that each refund in cash has its number, without a gap, and no other has.
func checkVouchers(r *rapid.T, v *View) {
	numbers := map[series]uint32{}
	v.s.refunds.each(func(x *Refund) {
		ser, want := series{voucherPrefix, x.Date.Year()}, Number{}
		if x.Method == MethodCash {
			numbers[ser]++
			want = Number{ser.Prefix, ser.Year, numbers[ser]}
			if all := v.CashVouchers(ser.Year); len(all) < int(want.N) || all[want.N-1].ID != x.ID {
				r.Fatalf("refund %d is not number %d of %d", x.ID, want.N, len(all))
			}
		}
		if x.Voucher != want {
			r.Fatalf("refund %d by %s has the voucher %s, want %s", x.ID, x.Method, x.Voucher, want)
		}
	})
}

// chequeFor takes a cheque of 500.00 for an invoice.
func chequeFor(t *testing.T, b *Books, c CustomerID, inv InvoiceID, number string) (q *Cheque) {
	t.Helper()
	do(t, b, "", func(tx *Tx) (err error) {
		q, err = tx.ReceiveCheque(NewCheque{Customer: c, Number: number, Bank: "BCR", Drawer: "Ion Țiriac", Dated: tx.Today().AddDays(10),
			Amount: euros(50000), For: []InvoiceID{inv}, Received: tx.Today()})
		return err
	})
	return q
}

// chequeSteps does things with a cheque in turn.
func chequeSteps(t *testing.T, b *Books, q *Cheque, steps ...string) {
	t.Helper()
	for _, step := range steps {
		do(t, b, "", func(tx *Tx) (err error) {
			switch step {
			case "deposit":
				err = tx.DepositCheque(q, tx.Today())
			case "clear":
				_, err = tx.ClearCheque(q, tx.Today(), receive(tx))
			case "bounce":
				_, err = tx.BounceCheque(q, tx.Today(), "no funds", euros(1500))
			case "give back":
				err = tx.GiveBackCheque(q, "he pays by bank")
			case "undo":
				_, err = tx.UndoCheque(q)
			}
			return err
		})
	}
}

// A cheque covers its invoice and settles nothing; clearing it pays, bouncing it leaves the
// invoice open, and each step can be taken back.
func TestChequeSteps(t *testing.T) {
	held, collected := map[Account]int64{ChequesHeld: 50000, ChequesUncleared: -50000}, map[Account]int64{ChequesDeposited: 50000, ChequesUncleared: -50000}
	tests := map[string]struct {
		steps    []string
		state    ChequeState
		open     int64
		covered  int64
		accounts map[Account]int64
	}{
		"received":                     {nil, ChequeHeld, 50000, 50000, held},
		"deposited":                    {[]string{"deposit"}, ChequeDeposited, 50000, 50000, collected},
		"cleared":                      {[]string{"deposit", "clear"}, ChequeCleared, 0, 0, map[Account]int64{Bank: 50000}},
		"cleared over the counter":     {[]string{"clear"}, ChequeCleared, 0, 0, map[Account]int64{Bank: 50000}},
		"bounced":                      {[]string{"deposit", "bounce"}, ChequeBounced, 50000, 0, map[Account]int64{Bank: -1500, BankFees: 1500}},
		"bounced after it was cleared": {[]string{"clear", "bounce"}, ChequeBounced, 50000, 0, map[Account]int64{Bank: -1500, BankFees: 1500}},
		"presented again":              {[]string{"deposit", "bounce", "deposit", "clear"}, ChequeCleared, 0, 0, map[Account]int64{Bank: 48500, BankFees: 1500}},
		"given back":                   {[]string{"give back"}, ChequeGivenBack, 50000, 0, nil},
		"given back by mistake":        {[]string{"give back", "undo"}, ChequeHeld, 50000, 50000, held},
		"a bounce by mistake":          {[]string{"deposit", "bounce", "undo"}, ChequeDeposited, 50000, 50000, collected},
		"presented again by mistake":   {[]string{"deposit", "bounce", "deposit", "undo", "undo"}, ChequeDeposited, 50000, 50000, collected},
		"cleared by mistake":           {[]string{"deposit", "clear", "undo"}, ChequeDeposited, 50000, 50000, collected},
		"all by mistake":               {[]string{"deposit", "clear", "undo", "undo", "undo"}, ChequeVoid, 50000, 0, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "duebot.db")
			b := openTest(t, path)
			c := addAcme(t, b)
			inv := issue(t, b, c, line("a", "1", "500", "0"))
			q := chequeFor(t, b, c, inv, "4711")
			chequeSteps(t, b, q, tt.steps...)
			b.View(func(v *View) error {
				i := v.Invoice(inv)
				cover := v.CoverOf(i)
				if got := v.Cheque(q.ID); got.State != tt.state || i.Open != tt.open || cover.Amount.Minor != tt.covered {
					t.Errorf("the cheque is %s, %d is open and %s covered; want %s, %d and %d", got.State, i.Open, cover.Amount, tt.state, tt.open, tt.covered)
				}
				if silent := v.Silent(i, v.Today().AddDays(60)); silent != (tt.covered > 0) {
					t.Errorf("silent %t with %d covered", silent, tt.covered)
				}
				for a := Bank; a <= Cash; a++ {
					if got := v.AccountBalance(a, 0, "EUR").Minor; got != tt.accounts[a] && a != Sales && a != OutputTax {
						t.Errorf("%s: got %d, want %d", a, got, tt.accounts[a])
					}
				}
				if rows := v.AgingOf(v.Customer(c), i.Due.AddDays(40)); tt.open > 0 && (len(rows) != 1 || rows[0].Overdue().Minor != tt.open) {
					t.Errorf("the debt is younger by a cheque: %+v", rows)
				}
				return nil
			})
			b.Close()
			checkFile(t, path)
		})
	}
}

// A payment that went away by another way takes its cheque along; one by mistake leaves it where
// it was.
func TestChequeFollowsItsPayment(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	q := chequeFor(t, b, c, issue(t, b, c, line("a", "1", "500", "0")), "4711")
	state := func(want ChequeState) {
		t.Helper()
		b.View(func(v *View) error {
			if got := v.Cheque(q.ID).State; got != want {
				t.Errorf("the cheque is %s, want %s", got, want)
			}
			return nil
		})
	}
	chequeSteps(t, b, q, "deposit", "clear")
	do(t, b, "", func(tx *Tx) error { _, err := tx.Annul(tx.Payment(tx.LastPayment()), "not this one"); return err })
	state(ChequeDeposited)
	chequeSteps(t, b, q, "clear")
	do(t, b, "", func(tx *Tx) error { _, err := tx.Return(tx.Payment(tx.LastPayment()), "no funds"); return err })
	state(ChequeBounced)
	if err := try(b, "", func(tx *Tx) error { _, err := tx.UndoCheque(q); return err }); refusalKey(err) != "cheque.undo.bounced" {
		t.Errorf("a bounce after clearing is undone: %v", err)
	}
	chequeSteps(t, b, q, "clear")
	state(ChequeCleared)
}

// A payment that was there before is the cheque's money where somebody says so: nothing is posted
// twice, and taking that back leaves the payment.
func TestPaidByCheque(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	q := chequeFor(t, b, c, issue(t, b, c, line("a", "1", "500", "0")), "4711")
	chequeSteps(t, b, q, "deposit")
	paid := pay(t, b, NewPayment{Customer: c, Amount: euros(50000), Method: "bank"})
	do(t, b, "", func(tx *Tx) error {
		if p := tx.PaidLike(q); p == nil || p.ID != paid {
			t.Errorf("the payment like the cheque is %+v", p)
		}
		return tx.PaidByCheque(q, tx.Payment(paid))
	})
	checkAccounts(t, b, map[Account]int64{Bank: 50000})
	second := chequeFor(t, b, c, issue(t, b, c, line("b", "1", "500", "0")), "4712")
	if err := try(b, "", func(tx *Tx) error { return tx.PaidByCheque(second, tx.Payment(paid)) }); refusalKey(err) != "cheque.notthis" {
		t.Errorf("one payment is the money of two cheques: %v", err)
	}
	chequeSteps(t, b, second, "give back")
	chequeSteps(t, b, q, "undo")
	b.View(func(v *View) error {
		if v.Cheque(q.ID).State != ChequeDeposited || v.Payment(paid).Returned || v.ChequeOf(v.Payment(paid)) != nil {
			t.Errorf("after the undo: %+v and %+v", v.Cheque(q.ID), v.Payment(paid))
		}
		return nil
	})
}

func refusalKey(err error) string {
	if r, ok := AsRefusal(err); ok {
		return r.Key
	}
	return ""
}

// Another cheque takes the place and the cover of one that is replaced; taking it back brings the
// first one back.
func TestChequeReplaced(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	inv := issue(t, b, c, line("a", "1", "500", "0"))
	q := chequeFor(t, b, c, inv, "4711")
	chequeSteps(t, b, q, "deposit", "bounce")
	var other *Cheque
	do(t, b, "", func(tx *Tx) (err error) {
		other, err = tx.ReceiveCheque(NewCheque{Customer: c, Number: "4712", Dated: tx.Today(), Amount: euros(52000), Received: tx.Today(), Replaces: q.ID})
		return err
	})
	b.View(func(v *View) error {
		if cover := v.CoverOf(v.Invoice(inv)); v.Cheque(q.ID).State != ChequeReplaced || cover.Amount != euros(50000) || cover.Cheque != other.ID {
			t.Errorf("%s, covered by %+v", v.Cheque(q.ID).State, cover)
		}
		return nil
	})
	chequeSteps(t, b, other, "undo")
	b.View(func(v *View) error {
		if q := v.Cheque(q.ID); q.State != ChequeBounced || q.By != 0 || len(v.Covers(v.Customer(c))) != 0 {
			t.Errorf("the first is %+v", q)
		}
		return nil
	})
}

// What cannot be a cheque, and what cannot be done with one, is refused.
func TestChequeRefusals(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	inv := issue(t, b, c, line("a", "1", "500", "0"))
	q := chequeFor(t, b, c, inv, "4711")
	good := NewCheque{Customer: c, Number: "9", Amount: euros(100), Received: q.Received, Dated: q.Dated}
	for want, change := range map[string]func(*NewCheque){
		"payment.notpositive": func(n *NewCheque) { n.Amount.Minor = 0 },
		"payment.future":      func(n *NewCheque) { n.Received++ },
		"cheque.number":       func(n *NewCheque) { n.Number = "none" },
		"cheque.sayad":        func(n *NewCheque) { n.Sayad = "12345" },
		"cheque.date":         func(n *NewCheque) { n.Dated += 9999 },
		"cheque.invoices":     func(n *NewCheque) { n.For = []InvoiceID{inv, inv} },
		"cheque.again":        func(n *NewCheque) { n.Number, n.Bank = "4711", "BCR" },
		"cheque.unknown":      func(n *NewCheque) { n.Replaces = 99 },
	} {
		n := good
		change(&n)
		if err := try(b, "", func(tx *Tx) error { _, err := tx.ReceiveCheque(n); return err }); refusalKey(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	chequeSteps(t, b, q, "deposit", "clear")
	for want, act := range map[string]func(tx *Tx) error{
		"cheque.cleared":      func(tx *Tx) error { return tx.DepositCheque(q, tx.Today()) },
		"cheque.why":          func(tx *Tx) error { _, err := tx.BounceCheque(q, tx.Today(), "", euros(0)); return err },
		"cheque.before":       func(tx *Tx) error { _, err := tx.BounceCheque(q, tx.Today()-1, "x", euros(0)); return err },
		"payment.notpositive": func(tx *Tx) error { _, err := tx.BounceCheque(q, tx.Today(), "x", euros(-1)); return err },
	} {
		if err := try(b, "", act); refusalKey(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A cheque in another currency stands with the value of its day, and clearing it books the
// difference as for any payment; a closed month takes none of its days.
func TestChequeInDollars(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	rate := func(value string) {
		do(t, b, "", func(tx *Tx) error {
			_, err := tx.SetRates("test", []Rate{{Currency: "USD", Date: tx.Today(), Value: dec(value), Per: dec("1")}})
			return err
		})
	}
	rate("0.9")
	var inv *Invoice
	var q *Cheque
	do(t, b, "", func(tx *Tx) (err error) {
		inv, err = tx.Issue(Draft{Customer: c, Date: tx.Today(), Due: tx.Today(), Currency: "USD", Lines: []Line{line("a", "1", "100", "0")}})
		if err == nil {
			q, err = tx.ReceiveCheque(NewCheque{Customer: c, Number: "77001", Dated: tx.Today(), Amount: Money{10000, "USD"}, For: []InvoiceID{inv.ID}, Received: tx.Today()})
		}
		return err
	})
	worth := func(a Account, want int64) {
		t.Helper()
		b.View(func(v *View) error {
			if got := v.BaseBalance(a).Minor; got != want {
				t.Errorf("%s are worth %d, want %d", a, got, want)
			}
			return nil
		})
	}
	worth(ChequesHeld, 9000)
	rate("0.95")
	chequeSteps(t, b, q, "deposit", "clear")
	worth(ChequesDeposited, 0)
	worth(ChequesUncleared, 0)
	worth(Bank, 9500)
	worth(ExchangeDifferences, -500)
	do(t, b, "", func(tx *Tx) error { return tx.ClosePeriod(MonthOf(tx.Today()) - 1) })
	err := try(b, "", func(tx *Tx) error {
		old := MonthOf(tx.Today()).First() - 1
		_, err := tx.ReceiveCheque(NewCheque{Customer: c, Number: "77002", Dated: old, Amount: euros(100), Received: old})
		return err
	})
	if refusalKey(err) != "period.closed" {
		t.Errorf("got %v, want a closed month", err)
	}
}

// A line of a statement is a cheque's by its number, however it is written, and its sum; a number
// inside of another one, or another sum, is none.
func TestNamedCheques(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	q := chequeFor(t, b, c, issue(t, b, c, line("a", "1", "500", "0")), "004711")
	chequeSteps(t, b, q, "deposit")
	for text, want := range map[string]int{"CHQ 4711": 1, "چک ۰۰۴۷۱۱": 1, "支票004711": 1, "CHQ 47110": 0, "INV-2026-004711X cheque": 1, "cheque": 0} {
		b.View(func(v *View) error {
			if got := v.NamedCheques(&BankLine{Amount: euros(50000), Text: text}); len(got) != want {
				t.Errorf("%q names %d cheques, want %d", text, len(got), want)
			}
			if got := v.NamedCheques(&BankLine{Amount: euros(49999), Text: text}); len(got) != 0 {
				t.Errorf("%q names a cheque of another sum", text)
			}
			return nil
		})
	}
}

// Cash stands on its own account, and its receipts are numbered without a gap, also by those that
// are void.
func TestCashReceipts(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	for range 3 {
		pay(t, b, NewPayment{Customer: c, Amount: euros(1000), Method: MethodCash})
	}
	pay(t, b, NewPayment{Customer: c, Amount: euros(500), Method: "bank"})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Annul(tx.Payment(2), "typed twice"); return err })
	pay(t, b, NewPayment{Customer: c, Amount: euros(700), Method: MethodCash})
	b.View(func(v *View) error {
		var got []string
		for _, p := range v.CashReceipts(v.Today().Year()) {
			n, _ := v.CashNumber(p)
			got = append(got, fmt.Sprintf("%s %s %t", n, p.Amount, p.Annulled))
		}
		year := v.Today().Year()
		want := fmt.Sprintf("[CASH-%[1]d-000001 10.00 EUR false CASH-%[1]d-000002 10.00 EUR true CASH-%[1]d-000003 10.00 EUR false CASH-%[1]d-000004 7.00 EUR false]", year)
		if fmt.Sprint(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if cash, bank := v.AccountBalance(Cash, c, "EUR").Minor, v.AccountBalance(Bank, c, "EUR").Minor; cash != 2700 || bank != 500 {
			t.Errorf("cash %d and bank %d, want 2700 and 500", cash, bank)
		}
		return nil
	})
}

// Money that goes back in cash leaves the till and not the bank, with a voucher whose numbers have no
// gap; no line of a bank is waited for.
func TestRefundInCash(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	pay(t, b, NewPayment{Customer: c, Amount: euros(5000), Method: MethodCash})
	pay(t, b, NewPayment{Customer: c, Amount: euros(4000), Method: "bank"})
	for i, sum := range []int64{1000, 2500, 300} {
		do(t, b, fmt.Sprint("back", i), func(tx *Tx) (err error) {
			if sum == 2500 {
				_, err = tx.Refund(tx.Customer(c), euros(sum), tx.Today(), "by bank")
				return err
			}
			_, err = tx.RefundCash(tx.Customer(c), euros(sum), tx.Today(), "in cash")
			return err
		})
	}
	b.View(func(v *View) error {
		var got []string
		for _, r := range v.CashVouchers(v.Today().Year()) {
			got = append(got, r.Voucher.String()+" "+r.Amount.String()+" "+r.Method)
		}
		if want := fmt.Sprintf("[CASHOUT-%[1]d-000001 10.00 EUR cash CASHOUT-%[1]d-000002 3.00 EUR cash]", v.Today().Year()); fmt.Sprint(got) != want {
			t.Errorf("got %v, want %s", got, want)
		}
		if cash, bank := v.AccountBalance(Cash, c, "EUR").Minor, v.AccountBalance(Bank, c, "EUR").Minor; cash != 3700 || bank != 1500 {
			t.Errorf("cash %d and bank %d, want 3700 and 1500", cash, bank)
		}
		if unseen, all := v.UnseenRefunds(v.Today()), v.RefundsTo(c); len(unseen) != 1 || len(all) != 1 || unseen[0].Method != "bank" {
			t.Errorf("the bank is expected to bring %v of %v", unseen, all)
		}
		return nil
	})
}

// chequeActs are what a sample of the layout has of cheques and of cash.
func chequeActs(t *testing.T, b *Books) {
	var c *Customer
	var q *Cheque
	acts := []func(tx *Tx) error{
		func(tx *Tx) (err error) {
			c, err = tx.AddCustomer(NewCustomer{Handle: "drawer", Name: "Drawer Ltd"})
			return err
		},
		func(tx *Tx) (err error) {
			q, err = tx.ReceiveCheque(NewCheque{Customer: c.ID, Number: "88001", Sayad: "1234567890123456", Bank: "ملت", Drawer: "رضا", Dated: tx.Today().AddDays(9), Amount: euros(9900), Received: tx.Today()})
			return err
		},
		func(tx *Tx) error { return tx.DepositCheque(q, tx.Today()) },
		func(tx *Tx) error { _, err := tx.UndoCheque(q); return err },
		func(tx *Tx) error { _, err := tx.ClearCheque(q, tx.Today(), receive(tx)); return err },
		func(tx *Tx) error { _, err := tx.BounceCheque(q, tx.Today(), "no funds", euros(700)); return err },
		func(tx *Tx) error {
			_, _, err := tx.Receive(NewPayment{Customer: c.ID, Date: tx.Today(), Amount: euros(120), Method: MethodCash})
			return err
		},
		func(tx *Tx) error {
			_, err := tx.RefundCash(c, euros(20), tx.Today(), "too much")
			return err
		},
	}
	for i, act := range acts {
		if err := try(b, fmt.Sprintf("cheque%d", i), act); err != nil {
			t.Errorf("act %d with cheques: %v", i, err)
		}
	}
}
