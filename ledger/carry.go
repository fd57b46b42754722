package ledger

import (
	"fmt"
	"io"

	"github.com/shopspring/decimal"
)

// What is open on an invoice, or on account, carries the value at which it came into the
// books, in the company's currency. A settlement releases the invoice's and the money's
// share of it, and the difference is what the exchange rate gained or lost: it is realised
// there and then. The last share is all that is left, so that a closed invoice carries
// nothing, and neither does money that is used up. In the company's own currency the value
// is the sum itself.

// release is the share of a carried value that goes with part of whole, rounded once.
func release(carry, part, whole int64) int64 {
	switch {
	case part == whole:
		return carry
	case carry == whole: // the company's own currency
		return part
	}
	return decimal.NewFromInt(carry).Mul(decimal.NewFromInt(part)).DivRound(decimal.NewFromInt(whole), 0).IntPart()
}

// worth is the value that minor units of what is open on i carry.
func (i *Invoice) worth(minor int64) int64 { return release(i.Carry, minor, i.Open) }

// worth is the value that minor units of what is on account of x carry.
func (x source) worth(minor int64) int64 { return release(*x.carry(), minor, *x.onAcct()) }

func (x source) carry() *int64 {
	if x.payment != nil {
		return &x.payment.Carry
	}
	return &x.credit.Carry
}

func (x source) currency() Currency {
	if x.payment != nil {
		return x.payment.Amount.Currency
	}
	return x.credit.Total.Currency
}

// base sums the base values of f's postings to an account.
func (f *Fact) base(a Account) int64 {
	sum := int64(0)
	for i := range f.Postings {
		if f.Postings[i].Account == a {
			sum += f.Postings[i].Base
		}
	}
	return sum
}

// HasValues reports whether f's layout has values in the company's currency: the first one
// booked foreign sums without.
func (f *Fact) HasValues() bool { return f.version != 1 }

// valued reports whether any of f's postings has a value.
func (f *Fact) valued() bool {
	for i := range f.Postings {
		if f.Postings[i].Base != 0 {
			return true
		}
	}
	return false
}

// revalue lets what is open on inv carry what the postings of the fact under way say.
func (s *state) revalue(inv *Invoice) {
	if inv.Currency == s.company.Currency {
		set(s, &inv.Carry, inv.Open)
	} else if base := s.under.base(Receivables); base != 0 {
		set(s, &inv.Carry, inv.Carry+base)
	}
}

// revalueAccount lets what is on account of x carry base more.
func (s *state) revalueAccount(x source, base int64) {
	if x.currency() == s.company.Currency {
		base = *x.onAcct() - *x.carry()
	}
	if base != 0 {
		set(s, x.carry(), *x.carry()+base)
	}
}

// difference posts what a settlement realised: a loss is a debit. Where an early layout
// left either side without a value there is none to compare, and the value comes in as an
// opening balance.
func (tx *Tx) difference(minor int64, valued bool) Posting {
	p := Posting{Account: ExchangeDifferences, Amount: Money{0, tx.s.company.Currency}, Base: minor}
	if !valued {
		p.Account = OpeningBalances
	}
	return p
}

// valued reports whether the sums of a settlement came into the books with a value. What
// carries none may be worth less than the smallest coin, which its document tells.
func (tx *Tx) valued(src source, inv *Invoice) bool {
	own := tx.s.company.Currency
	if src.currency() != own && *src.onAcct() != 0 && *src.carry() == 0 {
		if src.credit != nil {
			if doc, err := tx.InvoiceDetail(tx.Invoice(src.credit.Invoice)); err != nil || doc.Rate.Per.IsZero() {
				return false
			}
		} else if !tx.valuedPayment(src.payment) {
			return false
		}
	}
	if inv != nil && inv.Currency != own && inv.Open != 0 && inv.Carry == 0 {
		doc, err := tx.InvoiceDetail(inv)
		return err == nil && !doc.Rate.Per.IsZero()
	}
	return true
}

// valuedPayment is valued for all of p.
func (tx *Tx) valuedPayment(p *Payment) bool {
	if f, err := tx.fact(p.fact); err != nil || f.valued() {
		return err == nil
	}
	rate, err := tx.RateOn(p.Amount.Currency, p.Date)
	if err != nil {
		return false
	}
	worth, err := tx.inBase(p.Amount, rate)
	return err == nil && worth == 0
}

// ratePayment is the rate at which money of cur comes into the books on a day. Money that a
// provider or a bank reports is there, whatever rates are known: it takes the nearest.
func (tx *Tx) ratePayment(cur Currency, day Date) (Rate, error) {
	r, err := tx.RateOn(cur, day)
	if err == nil || !keptForEver(tx.cmd.Key) {
		return r, err
	}
	if old := tx.s.rateUntil(cur, day); old != nil {
		return *old, nil
	}
	if list := tx.s.rates[cur]; len(list) > 0 {
		return list[0], nil
	}
	return Rate{Currency: cur, Date: day}, nil // it carries no value
}

// inBase is InBase, where a rate that is none gives nothing.
func (tx *Tx) inBase(m Money, r Rate) (int64, error) {
	if r.Per.IsZero() {
		return 0, nil
	}
	b, err := tx.InBase(m, r)
	return b.Minor, err
}

// RateDraft gives d the rate of its currency on its date, unless one was agreed. It returns a
// NotFound refusal where no rate is known, and a Conflict where d was shown with another.
func (v *View) RateDraft(d *Draft) error {
	if d.Agreed && d.Currency != v.s.company.Currency {
		d.Rate.Currency, d.Rate.Date = d.Currency, d.Date
		return v.CheckRate(d.Rate)
	}
	if d.Currency == v.s.company.Currency {
		d.Rate = Rate{}
	}
	r, err := v.RateOn(d.Currency, d.Date)
	if err == nil && !d.Rate.Per.IsZero() && !d.Rate.same(r) {
		err = Refuse(Conflict, "rate.moved", "currency", string(d.Currency))
	}
	d.Rate, d.Agreed = r, false
	return err
}

// BaseSums are the sums of a document in the company's currency.
type BaseSums struct {
	Net, Tax, Total Money
	Taxes           []Money // per rate, as the law wants it of foreign invoices (Directive 2006/112/EC, article 230)
}

// DraftInBase returns t in the company's currency at d's rate. Total and the tax of each
// rate are rounded; the net is the rest.
func (v *View) DraftInBase(d *Draft, t *Totals) (BaseSums, error) {
	zero := Money{0, v.s.company.Currency}
	b := BaseSums{Net: zero, Tax: zero, Total: zero}
	if d.Rate.Per.IsZero() {
		return b, nil
	}
	for i := range t.Taxes {
		m, err := v.InBase(t.Taxes[i].Tax, d.Rate)
		if err != nil {
			return b, err
		}
		b.Taxes = append(b.Taxes, m)
		b.Tax = b.Tax.Add(m)
	}
	var err error
	b.Total, err = v.InBase(t.Total, d.Rate)
	b.Net = b.Total.Sub(b.Tax)
	return b, err
}

// Converted is the fact that money of one currency settles a part of an invoice of another.
type Converted struct {
	Payment  PaymentID    // either
	Credit   CreditNoteID // or: what was on account of it
	Invoice  InvoiceID
	Taken    Money // of what was on account
	Settled  Money // of the invoice
	From, To Rate  // of Taken and of Settled
}

func (x *Converted) kind() factKind { return kindConverted }

func (x *Converted) code(c *coder) {
	num(c, &x.Payment)
	num(c, &x.Credit)
	num(c, &x.Invoice)
	c.money(&x.Taken)
	c.money(&x.Settled)
	x.From.code(c)
	x.To.code(c)
}

func (x *Converted) apply(s *state, f *Fact) {
	src := source{s.payments.at(uint32(x.Payment)), s.creditNotes.at(uint32(x.Credit))}
	inv := s.invoices.at(uint32(x.Invoice))
	if src.none() || inv == nil {
		return
	}
	set(s, src.onAcct(), *src.onAcct()-x.Taken.Minor)
	s.revalueAccount(src, -f.base(OnAccount))
	set(s, &inv.Paid, inv.Paid+x.Settled.Minor)
	s.reduce(inv, x.Settled.Minor, f.Effective)
	s.settled(Settlement{Payment: x.Payment, Credit: x.Credit, Invoice: inv.ID, Minor: x.Settled.Minor, Taken: x.Taken, Date: f.Effective, fact: f.Seq})
}

// settleAcross settles inv from what src has on account in another currency, up to most of
// it: at the rates of the day on which it settles. It returns what inv got.
func (tx *Tx) settleAcross(src source, inv *Invoice, most int64) (taken, settled Money, err error) {
	day := settleDate(src, inv)
	from, err := tx.ratePayment(src.currency(), day)
	if err != nil {
		return taken, settled, err
	}
	to, err := tx.ratePayment(inv.Currency, day)
	if err != nil || from.Per.IsZero() || to.Per.IsZero() {
		return taken, settled, err // money without a rate stays on account
	}
	if err := tx.earlyAcross(src, inv, Money{most, src.currency()}, from, to); err != nil {
		return taken, settled, err
	}
	taken, settled, err = across(Money{most, src.currency()}, inv.OpenMoney(), from, to)
	if err != nil || taken.Minor == 0 || settled.Minor == 0 {
		return Money{}, Money{}, err
	}
	p, n := src.ids()
	money, debt := src.worth(taken.Minor), inv.worth(settled.Minor)
	valued := tx.valued(src, inv)
	swapped := money // both sides of a conversion are worth the same
	if inv.Currency == tx.s.company.Currency {
		swapped = debt
	}
	_, err = tx.append(day, &Converted{p, n, inv.ID, taken, settled, from, to}, entry(inv.Customer,
		Posting{Account: OnAccount, Amount: taken, Base: money},
		Posting{Account: Conversion, Amount: taken.Neg(), Base: -swapped},
		Posting{Account: Conversion, Amount: settled, Base: swapped},
		Posting{Account: Receivables, Amount: settled.Neg(), Base: -debt},
		tx.difference(debt-money, valued))...)
	return taken, settled, err
}

// earlyAcross books the discount of inv that most of another currency earned: the discounted
// price, or more.
func (tx *Tx) earlyAcross(src source, inv *Invoice, most Money, from, to Rate) error {
	if src.payment == nil {
		return nil
	}
	o, ok := inv.Early(src.payment.paidOn())
	if !ok {
		return nil
	}
	_, settled, err := across(most, o.Pay, from, to)
	if err != nil || settled != o.Pay {
		return err
	}
	return tx.takeEarly(src.payment, inv, o)
}

// across is how much of most, and of open, one pays the other: all that is open where most
// suffices, and else all of most.
func across(most, open Money, from, to Rate) (taken, settled Money, err error) {
	need, err := Convert(open, to, from)
	need.Minor = max(need.Minor, 1) // what is worth less than the smallest coin takes one, not all of most
	if err == nil && most.Minor >= need.Minor {
		return need, open, nil
	} // an error: it takes more than any sum can be, and so more than most
	settled, err = Convert(most, from, to)
	settled.Minor = minMinor(settled.Minor, open.Minor)
	return most, settled, err
}

// applyAcross settles inv from sum of what c has on account in another currency.
func (tx *Tx) applyAcross(c *Customer, inv *Invoice, sum Money) ([]Part, error) {
	there := tx.OnAccount(c, sum.Currency)
	switch {
	case there.Minor <= 0:
		return nil, Refuse(Conflict, "apply.nothing", "handle", c.Handle)
	case inv.Open == 0:
		return nil, Refuse(Conflict, "invoice.closed", "number", inv.Number.String())
	case sum.Minor > there.Minor:
		return nil, Refuse(BadInput, "apply.beyond", "amount", sum, "there", there)
	}
	part := Part{Invoice: inv.ID}
	for _, src := range tx.sources(c, sum.Currency) {
		if sum.Minor == 0 || inv.Open == 0 {
			break
		}
		taken, settled, err := tx.settleAcross(src, inv, minMinor(sum.Minor, *src.onAcct()))
		if err != nil {
			return nil, err
		}
		if settled.Minor == 0 {
			continue
		}
		part.Minor += settled.Minor
		sum.Minor -= taken.Minor
		if err := tx.roundOff(src, inv); err != nil {
			return nil, err
		}
	}
	if part.Minor == 0 {
		return nil, Refuse(BadInput, "apply.worthless", "amount", sum, "number", inv.Number.String(), "currency", string(inv.Currency))
	}
	return []Part{part}, nil
}

// Realised is what settlement st gained or, negative, lost by the exchange rate, in the
// company's currency. It reads one fact.
func (v *View) Realised(st *Settlement) (Money, error) {
	f, err := v.fact(st.fact)
	if err != nil {
		return Money{}, err
	}
	return Money{-f.base(ExchangeDifferences), v.s.company.Currency}, nil
}

// BaseBalance is the value of an account's balance in the company's currency, over all
// customers and currencies; debit positive.
func (v *View) BaseBalance(a Account) Money {
	return Money{v.s.worth[a], v.s.company.Currency}
}

func dumpCarry(w io.Writer, s *state) {
	s.invoices.each(func(i *Invoice) {
		if i.Currency != s.company.Currency {
			fmt.Fprintf(w, "invoice %d carries %d\n", i.ID, i.Carry)
		}
	})
	s.payments.each(func(p *Payment) {
		if p.Amount.Currency != s.company.Currency {
			fmt.Fprintf(w, "payment %d carries %d\n", p.ID, p.Carry)
		}
	})
	s.creditNotes.each(func(n *CreditNote) {
		if n.Total.Currency != s.company.Currency {
			fmt.Fprintf(w, "creditnote %d carries %d\n", n.ID, n.Carry)
		}
	})
	for a := Account(0); a < accountMax; a++ {
		if s.worth[a] != 0 {
			fmt.Fprintf(w, "worth %s %d\n", a, s.worth[a])
		}
	}
}
