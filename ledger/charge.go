package ledger

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Claim is what late payment of one invoice costs its customer, and was not charged yet: a
// proposal until ChargeInterest books it.
type Claim struct {
	Invoice *Invoice
	Rule    InterestRule
	Periods []InterestPeriod
	Through Date   // the last day that the interest covers
	Sum     Money  // interest
	Fixed   Money  // recovery costs by law, once per invoice
	Source  string // the law of Fixed
	Fee     Money  // late fee by contract, once per invoice
}

// Total is interest and costs together.
func (x *Claim) Total() Money { return x.Sum.Add(x.Fixed).Add(x.Fee) }

// charge is what was charged on an invoice up to a day.
type charge struct {
	invoice         InvoiceID
	through         Date      // 0: no interest
	interest, costs InvoiceID // the documents, 0: none
	fixed, fee      bool      // the sums of costs
	before          uint32    // the invoice's charge before
}

// ChargePart is what a charge took for one invoice.
type ChargePart struct {
	Invoice  InvoiceID
	Through  Date // the last day that interest was charged for
	Interest Money
	Fixed    Money
	Fee      Money
}

func (p *ChargePart) code(c *coder) {
	num(c, &p.Invoice)
	num(c, &p.Through)
	c.money(&p.Interest)
	c.money(&p.Fixed)
	c.money(&p.Fee)
}

// InterestCharged is the fact that interest and costs were charged by documents of their
// own: no day and no fixed sum of these invoices is charged again, unless they are void.
type InterestCharged struct {
	Interest InvoiceID // the document over interest, 0: none
	Costs    InvoiceID // the document over costs, 0: none
	Parts    []ChargePart
}

func (x *InterestCharged) kind() factKind { return kindInterestCharged }

func (x *InterestCharged) code(c *coder) {
	num(c, &x.Interest)
	num(c, &x.Costs)
	list(c, &x.Parts, func(c *coder, p *ChargePart) { p.code(c) })
}

func (x *InterestCharged) apply(s *state, _ *Fact) {
	for _, p := range x.Parts {
		inv := s.invoices.at(uint32(p.Invoice))
		if inv == nil {
			continue
		}
		ch := charge{invoice: p.Invoice, fixed: p.Fixed.Minor > 0, fee: p.Fee.Minor > 0, before: inv.lastCharge}
		if p.Interest.Minor > 0 {
			ch.through, ch.interest = p.Through, x.Interest
		}
		if ch.fixed || ch.fee {
			ch.costs = x.Costs
		}
		s.charges.add(s, ch)
		set(s, &inv.lastCharge, s.charges.n)
	}
}

// charged tells through which day interest of inv is charged, and which fixed sums. What a
// void document took does not count: nobody has seen it.
func (v *View) charged(inv *Invoice) (through Date, fixed, fee bool) {
	stands := func(id InvoiceID) bool { doc := v.Invoice(id); return doc != nil && !doc.Void }
	for ch := v.s.charges.at(inv.lastCharge); ch != nil; ch = v.s.charges.at(ch.before) {
		if stands(ch.interest) {
			through = max(through, ch.through)
		}
		if stands(ch.costs) {
			fixed, fee = fixed || ch.fixed, fee || ch.fee
		}
	}
	return through, fixed, fee
}

// ChargedThrough is the last day for which interest was charged on inv, 0 for none.
func (v *View) ChargedThrough(inv *Invoice) Date { through, _, _ := v.charged(inv); return through }

// Claims computes what c's late payments cost through a day, invoice by invoice, oldest
// first: of all invoices over principal, also of those that were paid since. Its cost
// follows c's history. It returns a BadInput refusal for a day to come, and a NotFound one
// for a reference rate that is not known.
func (v *View) Claims(c *Customer, until Date) ([]Claim, error) {
	if until > v.Today() {
		return nil, Refuse(BadInput, "interest.future", "date", until, "today", v.Today())
	}
	seen := map[InvoiceID]bool{}
	for m := v.s.moves.at(c.lastMove); m != nil; m = v.s.moves.at(m.before) {
		seen[m.invoice] = true
	}
	delete(seen, 0)
	var out []Claim
	since := v.paidSince(c)
	for _, id := range sortedByID(seen, func(id InvoiceID, _ bool) InvoiceID { return id }, func(id InvoiceID) InvoiceID { return id }) {
		claim, err := v.claim(c, v.Invoice(id), until, since)
		if err != nil {
			return nil, err
		}
		if claim.Total().Minor > 0 {
			out = append(out, claim)
		}
	}
	return out, nil
}

func (v *View) claim(c *Customer, inv *Invoice, until Date, since map[uint64]Date) (Claim, error) {
	zero := Money{0, inv.Currency}
	rule, fee := v.InterestOf(c)
	x := Claim{Invoice: inv, Rule: rule, Sum: zero, Fixed: zero, Fee: zero}
	if inv.Nature != NaturePrincipal || inv.Void || inv.FirstDue() >= until {
		return x, nil
	}
	through, fixed, fee1 := v.charged(inv)
	if spans := v.overdueSpans(inv, max(inv.FirstDue(), through)+1, until, since); len(spans) > 0 && rule != NoInterest {
		var err error
		if x.Periods, err = v.interestPeriods(spans, rule, inv.Currency); err != nil {
			return x, err
		}
		for _, p := range x.Periods {
			x.Sum = x.Sum.Add(p.Amount)
		}
		x.Through = spans[len(spans)-1].to
	}
	first := v.overdueSpans(inv, inv.FirstDue()+1, until, since)
	if len(first) == 0 {
		return x, nil
	}
	debt := Money{first[0].minor, inv.Currency}
	if !fixed {
		x.Fixed, x.Source = v.fixedSum(rule, debt, until)
	}
	if !fee1 && fee != "" {
		x.Fee = lateFee(fee, debt)
	}
	return x, nil
}

// fixedSum is what the law of a rule, or of the company for an agreed rate, gives for
// recovery costs. Where it is in another currency and no rate of exchange is known there is
// none: it can be charged later.
func (v *View) fixedSum(rule InterestRule, debt Money, on Date) (Money, string) {
	zero := Money{0, debt.Currency}
	if rule == NoInterest {
		return zero, ""
	}
	l := lawOf(rule)
	if l == nil {
		l = lawOf(v.s.company.Interest)
	}
	if l == nil || len(l.steps) == 0 {
		return zero, ""
	}
	from, err := v.RateOn(debt.Currency, on)
	to, err2 := v.RateOn(l.currency, on)
	if debt.Currency == l.currency {
		from, to, err, err2 = Rate{}, Rate{}, nil, nil
	}
	if err != nil || err2 != nil {
		return zero, ""
	}
	size := debt
	if debt.Currency != l.currency {
		if size, err = Convert(debt, from, to); err != nil {
			return zero, ""
		}
	}
	sum := Money{0, l.currency}
	for _, step := range l.steps {
		if size.Minor >= step.from {
			sum.Minor = step.minor
		}
	}
	if debt.Currency != l.currency {
		if sum, err = Convert(sum, to, from); err != nil {
			return zero, ""
		}
	}
	return sum, l.source
}

// lateFee reads a fee as AgreeInterest checked it: a sum of the debt's currency, or a part
// of the debt.
func lateFee(fee string, debt Money) Money {
	if text, ok := strings.CutSuffix(fee, "%"); ok {
		return part(debt, decimal.RequireFromString(text), hundred)
	}
	m, err := Round(decimal.RequireFromString(fee), debt.Currency)
	if err != nil {
		return Money{0, debt.Currency}
	}
	return m
}

// ChargeInterest issues what Claims proposes through a day: per currency one invoice over
// interest and one over costs, exempt from tax, due as the customer's terms say; more where
// one cannot hold all lines. It returns a Conflict refusal when there is nothing to charge.
func (tx *Tx) ChargeInterest(c *Customer, until Date) ([]*Invoice, error) {
	claims, err := tx.Claims(c, until)
	if err != nil {
		return nil, err
	}
	if len(claims) == 0 {
		return nil, Refuse(Conflict, "interest.nothing", "handle", c.Handle)
	}
	var currencies []Currency
	for i := range claims {
		if cur := claims[i].Invoice.Currency; !slices.Contains(currencies, cur) {
			currencies = append(currencies, cur)
		}
	}
	var out []*Invoice
	for _, cur := range currencies {
		list := slices.DeleteFunc(slices.Clone(claims), func(x Claim) bool { return x.Invoice.Currency != cur })
		for len(list) > 0 {
			n := roomFor(list)
			docs, err := tx.chargeIn(c, list[:n], cur)
			if err != nil {
				return nil, err
			}
			out, list = append(out, docs...), list[n:]
		}
	}
	return out, nil
}

// roomFor is how many of claims, one at least, have room on one pair of documents.
func roomFor(claims []Claim) int {
	n, interest, costs := 0, 0, 0
	for ; n < len(claims); n++ {
		interest, costs = interest+len(claims[n].Periods), costs+2
		if n > 0 && max(interest, costs) > linesMax {
			break
		}
	}
	return n
}

// chargeIn issues the documents of claims of one currency.
func (tx *Tx) chargeIn(c *Customer, claims []Claim, cur Currency) (docs []*Invoice, err error) {
	why := tx.untaxed(c)
	x := &InterestCharged{}
	var lines [2][]Line
	var about [2][]InvoiceID
	add := func(at int, inv *Invoice, text string, sum Money) {
		if sum.Minor > 0 {
			lines[at] = append(lines[at], Line{Text: text, Quantity: decimal.NewFromInt(1), Price: sum.Decimal(), Kind: TaxExempt, Why: why})
			about[at] = append(without(about[at], inv.ID), inv.ID)
		}
	}
	for i := range claims {
		cl := &claims[i]
		number := cl.Invoice.Number.String()
		for _, p := range cl.Periods {
			add(0, cl.Invoice, fmt.Sprintf("%s: %s – %s, %s × %s %% × %d/%d", number, p.From, p.To, p.Base, p.Percent, p.Days(), p.YearDays), p.Amount)
		}
		add(1, cl.Invoice, number+": "+cl.Source, cl.Fixed)
		add(1, cl.Invoice, number, cl.Fee)
		x.Parts = append(x.Parts, ChargePart{cl.Invoice.ID, cl.Through, cl.Sum, cl.Fixed, cl.Fee})
	}
	for at, nature := range []Nature{NatureInterest, NatureCosts} {
		if len(lines[at]) == 0 {
			continue
		}
		d := Draft{Customer: c.ID, Date: tx.Today(), Due: c.Terms.Due(tx.Today()), Currency: cur, Lines: lines[at], Nature: nature}
		if len(about[at]) == 1 {
			d.About = about[at][0]
		}
		doc, err := tx.Issue(d)
		if err != nil {
			return nil, err
		}
		if nature == NatureInterest {
			x.Interest = doc.ID
		} else {
			x.Costs = doc.ID
		}
		docs = append(docs, doc)
	}
	_, err = tx.append(tx.Today(), x)
	return docs, err
}

// untaxed is why interest and costs of c bear no tax, as his documents say.
func (v *View) untaxed(c *Customer) string {
	if why := v.s.company.Untaxed; why != "" {
		return why
	}
	rule, _ := v.InterestOf(c)
	for _, r := range []InterestRule{rule, v.s.company.Interest, "eu"} {
		if l := lawOf(r); l != nil {
			return l.untaxed
		}
	}
	return ""
}
