package ledger

import (
	"fmt"
	"io"
)

// What payment providers keep, pay back and pay out. A payment is booked with the whole sum that
// the customer paid: the provider's fee is an expense of its own, and what the provider pays out
// is told of here, so that the line of a bank statement can be found for it.

// ProviderFee is the fact of what a provider kept of a payment.
type ProviderFee struct {
	Payment PaymentID
	Amount  Money
}

func (x *ProviderFee) kind() factKind { return kindProviderFee }

func (x *ProviderFee) code(c *coder) {
	num(c, &x.Payment)
	c.money(&x.Amount)
}

func (x *ProviderFee) apply(s *state, f *Fact) {
	p := s.payments.at(uint32(x.Payment))
	if p == nil {
		return
	}
	set(s, &p.FeeTold, true)
	s.hold(f, p.Method, func(h *Held, minor int64) { h.Fees -= minor })
}

// TakeFee books what a provider kept of p; a negative sum is what it gave back of that, with a
// refund. Nothing is a fee of nothing.
func (tx *Tx) TakeFee(p *Payment, fee Money) error {
	if fee.Minor == 0 || max(fee.Minor, -fee.Minor) > p.Amount.Minor && fee.Currency == p.Amount.Currency {
		return nil
	}
	rate, err := tx.ratePayment(fee.Currency, p.Date)
	if err != nil {
		return err
	}
	base, err := tx.inBase(fee, rate)
	if err != nil {
		return err
	}
	_, err = tx.append(p.Date, &ProviderFee{p.ID, fee}, entry(p.Customer,
		Posting{Account: BankFees, Amount: fee, Base: base},
		Posting{Account: p.provided(), Amount: fee.Neg(), Base: -base})...)
	return err
}

// NoFee books that a provider keeps nothing of p.
func (tx *Tx) NoFee(p *Payment) error {
	_, err := tx.append(p.Date, &ProviderFee{p.ID, Money{0, p.Amount.Currency}})
	return err
}

// provided is the account from which a provider takes what it keeps of p or pays back.
func (p *Payment) provided() Account {
	if p.Held {
		return AtProviders
	}
	return Bank
}

// GiveBack books that a provider took sum of p back: by a refund that was made in its own pages,
// or for a payer's bank, which is taken. What p settled is open again by that much. It returns the refund, which
// is nil where all of p went away at once, and the invoices that p had settled.
func (tx *Tx) GiveBack(p *Payment, sum Money, reason string, taken bool) (*Refund, []*Invoice, error) {
	if p.Returned || sum.Minor <= 0 || sum.Currency != p.Amount.Currency {
		return nil, nil, nil
	}
	sum.Minor = minMinor(sum.Minor, p.Amount.Minor-p.Refunded)
	if sum.Minor == p.Amount.Minor {
		open, err := tx.returnFrom(p, reason, p.till(), !taken)
		return nil, open, err
	}
	if sum.Minor == 0 {
		return nil, nil, nil
	}
	open, before := tx.settledBy(p), tx.Settlements(p)
	if p.OnAcct < sum.Minor {
		if _, err := tx.reverse(source{payment: p}, func(*Settlement) bool { return true }); err != nil {
			return nil, nil, err
		}
	}
	ref, err := tx.keep(tx.Customer(p.Customer).Person, reason)
	if err != nil {
		return nil, nil, err
	}
	day := max(tx.Today(), p.Date, p.freed)
	worth := source{payment: p}.worth(sum.Minor)
	paid := worth // where no rate is known: the money is gone all the same
	if rate, ok := tx.lastRate(sum.Currency, day); ok {
		var err error
		if paid, err = tx.inBase(sum, rate); err != nil {
			return nil, nil, err
		}
	}
	if p.Held {
		paid = tx.Held(p.Method, sum.Currency).worth(sum.Minor, paid)
	}
	unvalued := int64(0)
	if !tx.valued(source{payment: p}, nil) {
		unvalued = paid
	}
	method := p.Method
	if method == MethodCash { // no provider opens the till: nobody gave notes, and no voucher is due
		method = "bank"
	}
	x := &Refunded{Customer: p.Customer, Amount: sum, Method: method, Parts: []RefundPart{{Payment: p.ID, Minor: sum.Minor}}, Reason: ref, Taken: taken}
	if _, err := tx.append(day, x, entry(p.Customer,
		Posting{Account: OnAccount, Amount: sum, Base: worth},
		Posting{Account: p.provided(), Amount: sum.Neg(), Base: -paid},
		tx.difference(paid-unvalued-worth, true), tx.difference(unvalued, false))...); err != nil {
		return nil, nil, err
	}
	return tx.s.refunds.at(tx.s.refunds.n), open, tx.settleAgain(p, before)
}

// lastRate is the rate of a day, however old it is: what a provider has done cannot be refused.
func (v *View) lastRate(cur Currency, day Date) (last Rate, ok bool) {
	if rate, err := v.RateOn(cur, day); err == nil {
		return rate, true
	}
	for _, r := range v.Rates(cur) {
		if r.Date <= day {
			last, ok = r, true
		}
	}
	return last, ok
}

// settleAgain lets what is left of p settle what it settled before.
func (tx *Tx) settleAgain(p *Payment, before []Settlement) error {
	for _, st := range before {
		inv := tx.Invoice(st.Invoice)
		if st.Reversed || st.Cause != 0 || inv.Currency != p.Amount.Currency {
			continue
		}
		minor := minMinor(minMinor(st.Minor, p.OnAcct), inv.Open)
		if minor == 0 {
			continue
		}
		if err := tx.settle(source{payment: p}, inv, minor); err != nil {
			return err
		}
	}
	return nil
}

// PayoutTold is the fact that a provider pays out to the company's bank account.
type PayoutTold struct {
	Provider string
	ID       string // the provider's
	Amount   Money
	Arrives  Date // as the provider expects it; 0 where it does not say
}

func (x *PayoutTold) kind() factKind { return kindPayoutTold }

func (x *PayoutTold) code(c *coder) {
	str(c, &x.Provider)
	str(c, &x.ID)
	c.money(&x.Amount)
	num(c, &x.Arrives)
}

func (x *PayoutTold) apply(s *state, f *Fact) {
	s.payouts.add(s, Payout{No: PayoutID(s.payouts.n + 1), PayoutTold: *x, Told: f.Effective})
	put(s, s.payoutIDs, x.Provider+":"+x.ID, PayoutID(s.payouts.n))
	set(s, &s.expects, s.expects+1)
}

// Payout is money that a provider pays out: one line of the bank for many payments.
type Payout struct {
	No PayoutID
	PayoutTold
	Told  Date
	Parts *PayoutParts // what it is made of, nil where the provider does not say
	Entry BankEntryID  // of the bank that brought it, 0: none yet
}

// TellPayout books that a provider pays out, once.
func (tx *Tx) TellPayout(x PayoutTold) error {
	if tx.PayoutOf(x.Provider, x.ID) != nil {
		return nil
	}
	_, err := tx.append(tx.Today(), &x)
	return err
}

// Payouts calls f with every payout, in the order in which they were told of.
func (v *View) Payouts(f func(*Payout)) { v.s.payouts.each(f) }

// newProviderFact makes the bodies of this file's kinds.
func newProviderFact(k factKind) Body {
	switch k {
	case kindProviderFee:
		return new(ProviderFee)
	case kindPayoutTold:
		return new(PayoutTold)
	}
	return newPayoutFact(k)
}

// The names of this file's facts.
const (
	FactProviderFee FactName = "providerfee"
	FactPayout      FactName = "payout"
)

// describeProvider tells this file's facts.
func (v *View) describeProvider(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *ProviderFee:
		return Description{Name: FactProviderFee, Refs: v.sourceRefs(x.Payment, 0), Amount: x.Amount}, true
	case *PayoutTold:
		return Description{Name: FactPayout, Refs: []string{x.Provider, x.ID}, Amount: x.Amount}, true
	}
	return v.describePayout(f)
}

func dumpPayouts(w io.Writer, s *state) {
	s.payouts.each(func(p *Payout) {
		fmt.Fprintf(w, "payout %s %s %s arrives %s told %s parts %v entry %d\n", p.Provider, p.ID, p.Amount, p.Arrives, p.Told, p.Parts, p.Entry)
	})
	dumpHeld(w, s)
}
