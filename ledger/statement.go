package ledger

import "sort"

// Period is the days of a statement, both included. Known asks for what was known then, as
// in AsOf: a statement can be printed again as it was.
type Period struct {
	From, To Date
	Known    uint64
}

// StatementLine is one document that changed what a customer owes. An allocation is none:
// it moves money from his account to an invoice, and he owes as much as before.
type StatementLine struct {
	Fact    uint64
	Date    Date
	Amount  Money // positive is a debit: he owes more
	Balance Money // after it
}

// Debit is the amount of a line by which more is owed, zero for a credit.
func (l *StatementLine) Debit() Money { return Money{max(l.Amount.Minor, 0), l.Amount.Currency} }

// Credit is the amount of a line by which less is owed, zero for a debit.
func (l *StatementLine) Credit() Money { return Money{max(-l.Amount.Minor, 0), l.Amount.Currency} }

// Statement is the account of one customer in one currency: opening balance and lines make
// the closing balance. A balance is what is open on invoices less what is on account.
type Statement struct {
	Currency Currency
	Opening  Money
	Lines    []StatementLine // by date, then as booked
	Debits   Money           // sum of the lines that are debits
	Credits  Money
	Closing  Money
}

// Statement returns c's account in each currency that has a balance or a line in p, in
// order of currency. Its cost follows what moved since p began.
func (v *View) Statement(c *Customer, p Period) []Statement {
	all := map[Currency]*Statement{}
	of := func(cur Currency) *Statement {
		if all[cur] == nil {
			all[cur] = &Statement{Currency: cur, Closing: v.owed(c.ID, cur)}
		}
		return all[cur]
	}
	for _, cur := range v.s.currencies {
		if v.owed(c.ID, cur).Minor != 0 {
			of(cur)
		}
	}
	// All that moved since the period began, newest first: what lies after it or was not
	// known is taken back from the closing balance, the rest are lines.
	v.s.takeBack(c, AsOf{p.From.AddDays(-1), p.Known}, func(m *move) {
		cur := v.s.currencies[m.currency]
		st := of(cur)
		if !(AsOf{p.To, p.Known}).covers(m.day, m.fact) {
			st.Closing.Minor -= m.minor
			return
		}
		if n := len(st.Lines); n > 0 && st.Lines[n-1].Fact == m.fact && st.Lines[n-1].Date == m.day {
			st.Lines[n-1].Amount.Minor += m.minor
			return
		}
		st.Lines = append(st.Lines, StatementLine{Fact: m.fact, Date: m.day, Amount: Money{m.minor, cur}})
	})
	var out []Statement
	for _, st := range all {
		if st.total(); st.Opening.Minor != 0 || st.Closing.Minor != 0 || len(st.Lines) > 0 {
			out = append(out, *st)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Currency < out[j].Currency })
	return out
}

// owed is c's balance in a currency with everything booked, of days to come too.
func (v *View) owed(id CustomerID, cur Currency) Money {
	return Money{v.s.balance(Receivables, id, cur) + v.s.balance(OnAccount, id, cur), cur}
}

// total puts the lines in order and sums them up.
func (st *Statement) total() {
	lines := st.Lines[:0]
	for _, l := range st.Lines {
		if l.Amount.Minor != 0 {
			lines = append(lines, l)
		}
	}
	sort.Slice(lines, func(i, j int) bool {
		if lines[i].Date != lines[j].Date {
			return lines[i].Date < lines[j].Date
		}
		return lines[i].Fact < lines[j].Fact
	})
	st.Lines = lines
	st.Debits, st.Credits = Money{0, st.Currency}, Money{0, st.Currency}
	for i := range lines {
		st.Debits, st.Credits = st.Debits.Add(lines[i].Debit()), st.Credits.Add(lines[i].Credit())
	}
	st.Opening = st.Closing.Sub(st.Debits).Add(st.Credits)
	balance := st.Opening
	for i := range lines {
		balance = balance.Add(lines[i].Amount)
		lines[i].Balance = balance
	}
}

// Change is one change of what is open on an invoice.
type Change struct {
	Fact   uint64
	Date   Date
	Amount Money // negative lowers what is open
	Left   Money // after it
}

// WhyOpen returns what makes up the sum open on inv: its total first, then every change in
// the order in which they were booked. The last one's Left is what is open.
func (v *View) WhyOpen(inv *Invoice) []Change {
	var out []Change
	for m := v.s.moves.at(inv.lastMove); m != nil; m = v.s.moves.at(m.beforeHere) {
		out = append(out, Change{Fact: m.fact, Date: m.day, Amount: Money{m.minor, inv.Currency}})
	}
	return leftAfter(out, Money{0, inv.Currency})
}

// Why is what makes up a customer's balance in one currency.
type Why struct {
	Before Money    // the balance before the first fact: zero, unless there were too many
	Facts  []Change // as booked; the last one's Left is the balance
}

// WhyBalance returns, per currency, the facts since c's balance was last zero, at most max
// of them: they sum to his balance.
func (v *View) WhyBalance(c *Customer, max int) []Why {
	var cs []Currency
	for _, cur := range v.s.currencies {
		if v.owed(c.ID, cur).Minor != 0 {
			cs = append(cs, cur)
		}
	}
	sort.Slice(cs, func(i, j int) bool { return cs[i] < cs[j] })
	var out []Why
	for _, cur := range cs {
		out = append(out, v.whyBalance(c, v.owed(c.ID, cur), max, func(*move) bool { return true }))
	}
	return out
}

// WhyOpenAsOf is WhyOpen of a past day: of the facts that counted then.
func (v *View) WhyOpenAsOf(inv *Invoice, a AsOf) []Change {
	var out []Change
	for m := v.s.moves.at(inv.lastMove); m != nil; m = v.s.moves.at(m.beforeHere) {
		if a.covers(m.day, m.fact) {
			out = append(out, Change{Fact: m.fact, Date: m.day, Amount: Money{m.minor, inv.Currency}})
		}
	}
	return leftAfter(out, Money{0, inv.Currency})
}

// WhyBalanceAsOf is WhyBalance of a past day: of the facts that counted then, in the order in
// which they were booked.
func (v *View) WhyBalanceAsOf(c *Customer, a AsOf, max int) (out []Why) {
	for _, r := range v.AgingOfAsOf(c, a) {
		if owed := r.Total(); owed.Minor != 0 {
			out = append(out, v.whyBalance(c, owed, max, func(m *move) bool { return a.covers(m.day, m.fact) }))
		}
	}
	return out
}

// whyBalance explains what c owed by the moves that count.
func (v *View) whyBalance(c *Customer, owed Money, max int, counts func(*move) bool) Why {
	w, cur := Why{Before: owed}, owed.Currency
	var sum Change // of the fact whose moves are being read
	take := func() (enough bool) {
		if sum.Amount.Minor != 0 {
			w.Facts = append(w.Facts, sum)
			w.Before = w.Before.Sub(sum.Amount)
		}
		return len(w.Facts) == max || w.Before.Minor == 0
	}
	for m := v.s.moves.at(c.lastMove); m != nil; m = v.s.moves.at(m.before) {
		if v.s.currencies[m.currency] != cur || !counts(m) {
			continue
		}
		if m.fact != sum.Fact {
			if take() {
				sum.Amount.Minor = 0
				break
			}
			sum = Change{Fact: m.fact, Date: m.day, Amount: Money{0, cur}}
		}
		sum.Amount.Minor += m.minor
	}
	take()
	w.Facts = leftAfter(w.Facts, w.Before)
	return w
}

// leftAfter turns a list that is newest first, and fills in what was left after each.
func leftAfter(list []Change, left Money) []Change {
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	for i := range list {
		left = left.Add(list[i].Amount)
		list[i].Left = left
	}
	return list
}

// Movements lists n documents and payments that changed what c owes, the newest booked first,
// behind skip newer ones; more tells that there are older ones. Its cost follows skip and n.
func (v *View) Movements(c *Customer, skip, n int) (out []StatementLine, more bool) {
	var line StatementLine
	take := func() (enough bool) {
		switch {
		case line.Fact == 0 || line.Amount.Minor == 0: // an allocation moves money within the account
		case skip > 0:
			skip--
		case len(out) == n:
			more = true
		default:
			out = append(out, line)
		}
		return more
	}
	for m := v.s.moves.at(c.lastMove); m != nil; m = v.s.moves.at(m.before) {
		cur := v.s.currencies[m.currency]
		if m.fact == line.Fact && cur == line.Amount.Currency {
			line.Amount.Minor += m.minor
			continue
		}
		if take() {
			return out, true
		}
		line = StatementLine{Fact: m.fact, Date: m.day, Amount: Money{m.minor, cur}}
	}
	take()
	return out, more
}

// DocumentOf returns what a fact about c is a document of: an invoice, a payment or a credit
// note; nothing for any other fact.
func (v *View) DocumentOf(c *Customer, seq uint64) (inv *Invoice, p *Payment, n *CreditNote, err error) {
	f, err := v.Fact(seq)
	if err != nil {
		return nil, nil, nil, err
	}
	switch x := f.Body.(type) {
	case *InvoiceIssued:
		inv, err = v.InvoiceNumbered(x.Number.String())
	case *PaymentReceived:
		p = v.Payment(v.paymentOf(f))
	case *CreditNoteIssued:
		n = v.CreditNoteNumbered(c, x.Number.String())
	}
	return inv, p, n, err
}
