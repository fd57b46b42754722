package ledger

import (
	"strings"

	"duebot/ledger/names"
)

// What cheques do before they are cleared. One that we hold, or that the bank collects, covers
// what it is for: aging keeps the debt and its age, and says how much of it is covered; reminders
// leave that part alone. What a cheque is for follows from the books as they are: the invoices
// that it names, else those that are due first.

// Cover is what live cheques cover of an invoice.
type Cover struct {
	Amount Money
	Cheque ChequeID // the last of them
	Until  Date     // written on it
}

// Covers are what c's live cheques cover, by invoice. It costs next to nothing where he has none.
func (v *View) Covers(c *Customer) map[InvoiceID]Cover {
	if len(v.s.chequesOf[c.ID]) == 0 {
		return nil
	}
	out := map[InvoiceID]Cover{}
	for _, named := range []bool{true, false} {
		for _, q := range v.ChequesOf(c) {
			if q.State.Live() && (len(q.For) > 0) == named {
				v.cover(out, c, q)
			}
		}
	}
	return out
}

func (v *View) cover(out map[InvoiceID]Cover, c *Customer, q *Cheque) {
	left := q.Amount.Minor
	take := func(inv *Invoice) {
		open := inv.Open - out[inv.ID].Amount.Minor
		most := left
		if inv.Currency != q.Amount.Currency { // at what both are worth in the books
			most = release(inv.Open, min(q.base, inv.Carry), max(inv.Carry, 1))
		}
		if most = min(most, open); most <= 0 {
			return
		}
		left -= most
		old := out[inv.ID]
		out[inv.ID] = Cover{Money{old.Amount.Minor + most, inv.Currency}, q.ID, max(old.Until, q.Dated)}
	}
	for _, id := range q.For {
		take(v.Invoice(id))
	}
	if len(q.For) > 0 {
		return
	}
	for _, item := range v.ToSettle(c) {
		if item.Invoice.Currency == q.Amount.Currency {
			take(item.Invoice)
		}
	}
}

// CoverOf is what live cheques cover of inv.
func (v *View) CoverOf(inv *Invoice) Cover {
	cover, ok := v.Covers(v.Customer(inv.Customer))[inv.ID]
	if !ok {
		cover.Amount.Currency = inv.Currency
	}
	return cover
}

// coveredOn reports whether cheques cover all that could be asked of inv on a day: what is overdue
// by then, or else the next part.
func (v *View) coveredOn(inv *Invoice, on Date) bool {
	if len(v.s.liveCheques) == 0 {
		return false
	}
	cover := v.CoverOf(inv).Amount.Minor
	return cover > 0 && inv.UndisputedBy(max(on.AddDays(-1), inv.Carrying())).Minor <= cover
}

// LiveCheques are those of which money is still expected, oldest first. Its cost follows them.
func (v *View) LiveCheques() []*Cheque {
	return sortedByID(v.s.liveCheques, func(id ChequeID, _ bool) *Cheque { return v.Cheque(id) }, func(c *Cheque) ChequeID { return c.ID })
}

// collectDays is how long a bank may take before somebody should ask it.
const collectDays = 7

// Expects is the day on which something is to happen with c: the date written on it while it is
// held, and some days after it was deposited.
func (c *Cheque) Expects() Date {
	if c.State == ChequeDeposited {
		return max(c.Since, c.Dated).AddDays(collectDays)
	}
	return c.Dated
}

// DueCheques are the live ones that somebody has to do something about on a day: deposit them, or
// ask the bank what became of them.
func (v *View) DueCheques(on Date) (out []*Cheque) {
	for _, c := range v.LiveCheques() {
		if c.Expects() <= on {
			out = append(out, c)
		}
	}
	return out
}

// ExpectedMoney is money that is to come from a customer on a day.
type ExpectedMoney struct {
	Customer CustomerID
	Date     Date
	Amount   Money
}

// ChequeForecast is what live cheques bring, by the dates written on them: one that is overdue is
// expected today. The debts that they cover are not to be expected besides.
func (v *View) ChequeForecast() (out []ExpectedMoney) {
	for _, c := range v.LiveCheques() {
		out = append(out, ExpectedMoney{c.Customer, max(c.Dated, v.Today()), c.Amount})
	}
	return out
}

// BouncedSince reports whether a cheque of c bounced on a day or later, and nothing came in its
// place.
func (v *View) BouncedSince(c *Customer, day Date) bool {
	for _, q := range v.ChequesOf(c) {
		if q.State == ChequeBounced && q.Since >= day {
			return true
		}
	}
	return false
}

// NamedCheques are the cheques whose number and whose sum, in or out, a line of a statement has:
// live ones, those that were cleared, and those that bounced.
func (v *View) NamedCheques(l *BankLine) (out []*Cheque) {
	if v.s.cheques.n == 0 {
		return nil
	}
	said := map[string]bool{}
	for _, s := range append([]string{l.Text, l.Creditor, l.EndToEnd, l.BankRef}, l.Documents...) {
		for _, word := range strings.FieldsFunc(names.Digits(s), func(r rune) bool { return !isDigit(r) }) {
			said[strings.TrimLeft(word, "0")] = true
		}
	}
	v.Cheques(func(c *Cheque) {
		fits := c.Amount == l.Amount && (c.State.Live() || c.State == ChequeCleared || c.State == ChequeBounced) ||
			c.Amount == l.Amount.Neg() && c.State == ChequeCleared
		if fits && (c.said(said, c.Number) || c.said(said, c.Sayad)) {
			out = append(out, c)
		}
	})
	return out
}

// said reports whether the runs of digits of a number are all among those of a line, with a long
// one among them: a short one may be anything.
func (c *Cheque) said(words map[string]bool, number string) bool {
	long := false
	for _, run := range strings.FieldsFunc(number, func(r rune) bool { return !isDigit(r) }) {
		if !words[strings.TrimLeft(run, "0")] {
			return false
		}
		long = long || len(strings.TrimLeft(run, "0")) >= chequeDigits
	}
	return long
}

// chequeDigits is how many digits make a number that tells a cheque, together with its sum.
const chequeDigits = 3

// DepositedLike are the cheques under collection, of a customer, that a sum may be the money of.
func (v *View) DepositedLike(c *Customer, sum Money, on Date) (out []*Cheque) {
	for _, q := range v.ChequesOf(c) {
		if q.State == ChequeDeposited && q.Amount == sum && q.Dated <= on.AddDays(1) {
			out = append(out, q)
		}
	}
	return out
}

// PaidLike is a payment that may have been q's money: of the same sum, by bank, after q was
// deposited, and no other cheque's. It is nil where there is none.
func (v *View) PaidLike(q *Cheque) *Payment {
	for p := v.Payment(v.Customer(q.Customer).lastPayment); p != nil && p.Recorded >= q.Received; p = v.Payment(p.before) {
		if p.Amount == q.Amount && p.Method == "bank" && !p.Returned && p.Date >= q.Since && v.s.chequePaidBy[p.ID] == 0 {
			return p
		}
	}
	return nil
}
