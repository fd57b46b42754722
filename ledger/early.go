package ledger

import (
	"github.com/shopspring/decimal"
)

// DiscountTax is how an early-payment discount meets the tax. The numbers are part of the
// file format.
type DiscountTax uint8

// The modes; the names are those of the field (Odoo, "Cash discounts and tax reduction"). A
// draft of DiscountAsSet takes the company's mode when it is issued.
const (
	DiscountAsSet    DiscountTax = 0
	DiscountIncluded DiscountTax = 1 // off the sum with tax: an early payment corrects the tax too
	DiscountExcluded DiscountTax = 2 // off the net alone: the tax stays
	DiscountMixed    DiscountTax = 3 // off the net; the tax is of the discounted net from the start
)

func (t *DiscountTax) code(c *coder) {
	num(c, t)
	if *t > DiscountMixed {
		c.fail(errKind)
	}
}

// EarlyDiscount is what an early payment of an invoice saves; the zero EarlyDiscount is none.
type EarlyDiscount struct {
	Percent decimal.Decimal // more than 0, less than 100
	Until   Date            // the last day, included
	Tax     DiscountTax     // in the fact: the mode that was in force
}

func (e *EarlyDiscount) code(c *coder) {
	c.dec(&e.Percent)
	num(c, &e.Until)
	e.Tax.code(c)
}

func (e *EarlyDiscount) none() bool { return e.Percent.IsZero() }

// Early is the early-payment discount of an invoice of that date under these terms.
func (t Terms) Early(date Date) EarlyDiscount {
	if t.Discount.IsZero() {
		return EarlyDiscount{}
	}
	return EarlyDiscount{Percent: t.Discount, Until: t.DiscountUntil(date)}
}

// checkEarly takes the company's mode where d has none, and sees to it that the discount can
// be. A deposit has none, since the final invoice deducts it as it was, and neither has an
// invoice in instalments: an early payment of which?
func (d *Draft) checkEarly(mode DiscountTax) error {
	if d.Early.none() || d.Deposit || len(d.Instalments) > 0 {
		d.Early = EarlyDiscount{}
		return nil
	}
	if d.Early.Tax == DiscountAsSet {
		d.Early.Tax = max(mode, DiscountIncluded)
	}
	switch p := d.Early.Percent; {
	case p.IsNegative() || p.GreaterThanOrEqual(hundred) || checkPercent(p) != nil:
		return Refuse(BadInput, "percent.range", "text", p.String())
	case d.Early.Until < d.Date:
		return Refuse(BadInput, "early.before", "until", d.Early.Until, "date", d.Date)
	}
	return nil
}

// taxable is rate as it bears on the net of d: of mixed discounts the tax is of the net less
// the discount, whether it is taken or not.
func (d *Draft) taxable(rate decimal.Decimal) decimal.Decimal {
	if d.Early.Tax != DiscountMixed || d.Early.none() {
		return rate
	}
	return rate.Mul(hundred.Sub(d.Early.Percent)).Shift(-2)
}

// EarlyOffer is what an early payment of an invoice saves now.
type EarlyOffer struct {
	Percent decimal.Decimal
	Until   Date
	Pay     Money    // what settles the invoice
	Save    Money    // and what is off for it
	Taxes   []TaxSum // per rate, of Save: the net given up, and the tax corrected
}

// Early returns the discount that a payment of a day still earns on i; ok is false after its
// last day, and once anything was settled at the undiscounted price. Credit notes lower it.
//
// The discount is rounded once, and so are net and tax of each rate. What the rates do not
// add up to is odd cents, which go to the rounding differences.
func (i *Invoice) Early(day Date) (o EarlyOffer, ok bool) {
	c := i.cond
	if c == nil || c.early.none() || day > c.early.Until || i.Open == 0 || i.touched() {
		return o, false
	}
	o = EarlyOffer{Percent: c.early.Percent, Until: c.early.Until}
	of := Money{0, i.Currency}
	for _, t := range c.taxes {
		of = of.Add(t.Base)
		if c.early.Tax == DiscountIncluded {
			of = of.Add(t.Tax)
			t.Tax = part(t.Tax, o.Percent, hundred)
		} else {
			t.Tax = Money{0, i.Currency}
		}
		t.Base = part(t.Base, o.Percent, hundred)
		o.Taxes = append(o.Taxes, t)
	}
	o.Save = part(of, o.Percent, hundred)
	o.Pay = i.OpenMoney().Sub(o.Save)
	return o, o.Save.Minor > 0 && o.Pay.Minor > 0
}

// touched reports whether anything of i is settled, given up or taken off, but by a credit
// note.
func (i *Invoice) touched() bool { return i.Paid+i.Deducted+i.WrittenOff+i.Discounted != 0 }

// EarlyOffer is what an early payment of d, of these sums, will save.
func (d *Draft) EarlyOffer(t Totals) (EarlyOffer, bool) {
	if d.Early.none() {
		return EarlyOffer{}, false
	}
	inv := Invoice{Currency: d.Currency, Total: t.Total.Minor, Open: t.Total.Minor, cond: &conditions{early: d.Early, taxes: t.Taxes}}
	return inv.Early(d.Early.Until)
}

// EarlyTerms are i's early-payment discount as it was agreed, whether it still counts or
// not; the zero EarlyDiscount for none.
func (i *Invoice) EarlyTerms() EarlyDiscount {
	if i.cond == nil {
		return EarlyDiscount{}
	}
	return i.cond.early
}

// sums are the net and the tax of o, and the odd cents.
func (o *EarlyOffer) sums() (net, tax, odd Money) {
	net, tax = sumTaxes(o.Taxes, o.Save.Currency)
	return net, tax, o.Save.Sub(net).Sub(tax)
}

func sumTaxes(taxes []TaxSum, cur Currency) (net, tax Money) {
	net, tax = Money{0, cur}, Money{0, cur}
	for _, t := range taxes {
		net, tax = net.Add(t.Base), tax.Add(t.Tax)
	}
	return net, tax
}

// DiscountTaken is the fact that a payment came early enough, and was enough, for the
// discount of an invoice.
type DiscountTaken struct {
	Payment PaymentID
	Invoice InvoiceID
	Amount  Money    // off what is owed: net, tax and odd cents
	Taxes   []TaxSum // per rate: the net given up, and the tax corrected
}

func (x *DiscountTaken) kind() factKind { return kindDiscount }

func (x *DiscountTaken) code(c *coder) {
	num(c, &x.Payment)
	num(c, &x.Invoice)
	c.money(&x.Amount)
	list(c, &x.Taxes, func(c *coder, t *TaxSum) { t.code(c) })
}

func (x *DiscountTaken) apply(s *state, f *Fact) {
	inv := s.invoices.at(uint32(x.Invoice))
	if inv == nil || inv.cond == nil {
		return
	}
	set(s, &inv.Discounted, inv.Discounted+x.Amount.Minor)
	set(s, &inv.cond.taken, f.Seq)
	s.reduce(inv, x.Amount.Minor, f.Effective)
	s.settled(Settlement{Payment: x.Payment, Invoice: inv.ID, Cause: ByDiscount, Minor: x.Amount.Minor, Date: f.Effective, fact: f.Seq})
}

// paidOn is the day on which the customer paid, with which a discount's window is compared: the
// payment's own.
func (p *Payment) paidOn() Date {
	if p.Own != 0 {
		return p.Own
	}
	return p.Date
}

// earlyFor returns inv's discount if money minor units of p earn it: enough, or, where a part
// of the price was kept back for a reason, exactly what is missing.
func (p *Payment) earlyFor(inv *Invoice, money, kept int64) (EarlyOffer, bool) {
	o, ok := inv.Early(p.paidOn())
	if !ok || kept == 0 && money < o.Pay.Minor || kept != 0 && money+kept != o.Pay.Minor {
		return o, false
	}
	return o, true
}

// takeEarly books the discount of inv that p earned.
func (tx *Tx) takeEarly(p *Payment, inv *Invoice, o EarlyOffer) error {
	net, tax, odd := o.sums()
	worth := inv.worth(o.Save.Minor) // at the invoice's rate: it was never money
	taxWorth, oddWorth := release(worth, tax.Minor, o.Save.Minor), release(worth, odd.Minor, o.Save.Minor)
	_, err := tx.append(settleDate(source{payment: p}, inv), &DiscountTaken{p.ID, inv.ID, o.Save, o.Taxes}, entry(inv.Customer,
		Posting{Account: DiscountsGranted, Amount: net, Base: worth - taxWorth - oddWorth},
		Posting{Account: OutputTax, Amount: tax, Base: taxWorth},
		Posting{Account: RoundingDifferences, Amount: odd, Base: oddWorth},
		Posting{Account: Receivables, Amount: o.Save.Neg(), Base: -worth})...)
	return err
}

// share is how much of a payment an invoice gets.
type share struct {
	inv   *Invoice
	minor int64
	early *EarlyOffer // the discount taken with it, nil: none
}

// shareOut divides money minor units of p over items, in order, and for each invoice once.
// What is exactly one invoice's discounted price is for that invoice. Kept is what was kept
// back of the first for a reason.
func shareOut(p *Payment, items []OpenItem, money, kept int64) []share {
	for _, item := range items {
		if o, ok := p.earlyFor(item.Invoice, money, kept); ok && o.Pay.Minor == money+kept {
			return []share{{item.Invoice, money, &o}}
		}
	}
	var out []share
	at := map[InvoiceID]int{}
	for _, item := range items {
		inv, sh := item.Invoice, share{inv: item.Invoice, minor: minMinor(money, item.Open.Minor)}
		if o, ok := p.earlyFor(inv, money, kept); ok {
			sh.minor, sh.early = o.Pay.Minor-kept, &o
		}
		if money -= sh.minor; sh.minor == 0 {
			continue
		}
		if n, ok := at[inv.ID]; ok {
			out[n].minor += sh.minor
			continue
		}
		at[inv.ID] = len(out)
		out = append(out, sh)
	}
	return out
}

// forget takes what a credit note took back off what the discount is of.
func (s *state) forget(inv *Invoice, taxes []TaxSum) {
	if inv.cond == nil || len(inv.cond.taxes) == 0 {
		return
	}
	left := append([]TaxSum(nil), inv.cond.taxes...)
	lessTaxes(left, taxes)
	set(s, &inv.cond.taxes, left)
}

// lessTaxes takes what is in taxes off left, rate by rate.
func lessTaxes(left, taxes []TaxSum) {
	for i := range taxes {
		for j := range left {
			if l := &left[j]; l.same(&taxes[i]) {
				l.Base, l.Tax = l.Base.Sub(taxes[i].Base), l.Tax.Sub(taxes[i].Tax)
			}
		}
	}
}

// lessDiscount takes a discount off what can be credited, its odd cents off the largest net.
func (left *creditLeft) lessDiscount(x *DiscountTaken) {
	lessTaxes(left.taxes, x.Taxes)
	net, tax := sumTaxes(x.Taxes, x.Amount.Currency)
	largest := 0
	for i := range left.taxes {
		if left.taxes[i].Base.Minor > left.taxes[largest].Base.Minor {
			largest = i
		}
	}
	t := &left.taxes[largest]
	t.Base = t.Base.Sub(x.Amount.Sub(net).Sub(tax))
}
