package match

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// fit is how a sum settles some invoices.
type fit struct {
	parts []Allocation
	rest  int64
	score int
	exact bool // nothing is left of the sum or the invoices, but for what is known
	why   Reason
}

// earlyPay is what settles it on a day, if that is less than what is open.
func (it *item) earlyPay(on ledger.Date) (int64, bool) {
	return it.Early.Pay, it.Early.Pay > 0 && on <= it.Early.Until
}

// money is minor units of what is matched.
func (m *matching) money(minor int64) ledger.Money {
	return ledger.Money{Minor: minor, Currency: m.line.Amount.Currency}
}

// full settles it with all that is open.
func (m *matching) full(it *item) Allocation {
	return Allocation{Customer: it.Customer, Invoice: it.Invoice, Amount: it.Open}
}

// early settles it with the discounted price.
func (m *matching) early(it *item) Allocation {
	a := m.full(it)
	a.Amount, a.Discount = m.money(it.Early.Pay), m.money(it.Open.Minor-it.Early.Pay)
	return a
}

// pays says how the line's sum settles exactly these invoices, at best without a remainder; ok is
// false where it does in no way that somebody would mean.
func (m *matching) pays(slots []uint32) (f fit, ok bool) {
	items := m.byDue(slots)
	if len(items) == 0 {
		return f, false
	}
	for _, try := range []func([]*item) (fit, bool){m.paysEarly, m.paysExact, m.paysStated, m.paysInstalment, m.paysTolerance, m.paysNet, m.paysWithheld, m.paysLessFee} {
		if f, ok := try(items); ok {
			return f, true
		}
	}
	return f, false
}

// byDue are items in the line's currency, oldest due first.
func (m *matching) byDue(slots []uint32) (items []*item) {
	for _, s := range slots {
		if it := &m.book.items[s]; it.Open.Minor > 0 && it.Open.Currency == m.line.Amount.Currency {
			items = append(items, it)
		}
	}
	slices.SortFunc(items, byDueDate)
	return items
}

// byDueDate is the order of what is due first, then of what was issued first.
func byDueDate(a, b *item) int {
	return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Invoice, b.Invoice))
}

func sumOf(items []*item) (sum int64) {
	for _, it := range items {
		sum += it.Open.Minor
	}
	return sum
}

// earlyMax is how many invoices are tried at either price.
const earlyMax = 8

// paysEarly tries the discounted prices: of all that still have one, then of some.
func (m *matching) paysEarly(items []*item) (fit, bool) {
	var cheap []int
	for i, it := range items {
		if _, ok := it.earlyPay(m.line.Booked); ok {
			cheap = append(cheap, i)
		}
	}
	if len(cheap) == 0 || len(cheap) > earlyMax {
		return fit{}, false
	}
	for set := 1<<len(cheap) - 1; set > 0; set-- {
		parts, sum := make([]Allocation, len(items)), int64(0)
		for i, it := range items {
			parts[i] = m.full(it)
			if k := slices.Index(cheap, i); k >= 0 && set&(1<<k) != 0 {
				parts[i] = m.early(it)
			}
			sum += parts[i].Amount.Minor
		}
		if sum == m.line.Amount.Minor {
			return fit{parts: parts, score: scoreEarly, exact: true, why: reason("match.sum.early", "amount", m.line.Amount, "until", items[cheap[0]].Early.Until)}, true
		}
	}
	return fit{}, false
}

func (m *matching) fulls(items []*item) []Allocation {
	parts := make([]Allocation, len(items))
	for i, it := range items {
		parts[i] = m.full(it)
	}
	return parts
}

func (m *matching) paysExact(items []*item) (fit, bool) {
	if sumOf(items) != m.line.Amount.Minor {
		return fit{}, false
	}
	why := reason("match.sum.exact", "amount", m.line.Amount)
	if len(items) > 1 {
		why = reason("match.sum.together", "amount", m.line.Amount)
	}
	return fit{parts: m.fulls(items), score: scoreExact, exact: true, why: why}, true
}

// paysStated takes what the bank says that it kept, or that the payer sent.
func (m *matching) paysStated(items []*item) (fit, bool) {
	line, short := m.line, sumOf(items)-m.line.Amount.Minor
	fees := line.Fees.Currency == line.Amount.Currency && line.Fees.Minor == short
	sent := line.Instructed.Currency == line.Amount.Currency && line.Instructed.Minor == sumOf(items)
	if short <= 0 || short > line.Amount.Minor || !fees && !sent {
		return fit{}, false
	}
	parts, ok := m.lessOf(items, short, func(a *Allocation, x ledger.Money) { a.Fee = x })
	return fit{parts: parts, score: scoreStated, exact: true, why: reason("match.sum.stated", "amount", m.money(sumOf(items)), "fee", m.money(short))}, ok
}

// lessOf settles items but for a sum that is kept back of the largest.
func (m *matching) lessOf(items []*item, short int64, keep func(*Allocation, ledger.Money)) ([]Allocation, bool) {
	parts := m.fulls(items)
	largest := 0
	for i := range parts {
		if parts[i].Amount.Minor > parts[largest].Amount.Minor {
			largest = i
		}
	}
	a := &parts[largest]
	if a.Amount.Minor <= short {
		return nil, false
	}
	a.Amount.Minor -= short
	keep(a, m.money(short))
	return parts, true
}

// paysInstalment takes what is due next of an invoice in instalments: the first part, or the
// first few.
func (m *matching) paysInstalment(items []*item) (fit, bool) {
	if len(items) != 1 || len(items[0].Parts) < 2 {
		return fit{}, false
	}
	sum := int64(0)
	for _, part := range items[0].Parts {
		if sum += part; sum == m.line.Amount.Minor {
			a := m.full(items[0])
			a.Amount = m.line.Amount
			return fit{parts: []Allocation{a}, score: scorePart1, exact: true, why: reason("match.sum.instalment", "amount", m.line.Amount)}, true
		}
	}
	return fit{}, false
}

// paysTolerance forgives a residue: of a shortfall alone, never of a surplus.
func (m *matching) paysTolerance(items []*item) (fit, bool) {
	short := sumOf(items) - m.line.Amount.Minor
	if short <= 0 || short > m.book.rules.Tolerance {
		return fit{}, false
	}
	parts, ok := m.lessOf(items, short, func(a *Allocation, x ledger.Money) { a.Tolerance = x })
	return fit{parts: parts, score: scoreTolerance, exact: true, why: reason("match.sum.tolerance", "amount", m.money(sumOf(items)), "short", m.money(short))}, ok
}

// paysNet takes what is without tax: of customers who pay it straight to the state.
func (m *matching) paysNet(items []*item) (fit, bool) {
	parts, sum := m.fulls(items), int64(0)
	for i, it := range items {
		if it.Net <= 0 || it.Net >= it.Open.Minor {
			return fit{}, false
		}
		parts[i].Amount, parts[i].Split = m.money(it.Net), m.money(it.Open.Minor-it.Net)
		sum += it.Net
	}
	return fit{parts: parts, score: scoreNet, why: reason("match.sum.net", "amount", m.money(sumOf(items)), "net", m.line.Amount)}, sum == m.line.Amount.Minor
}

// paysWithheld tries the rates of tax that customers keep back, of each invoice's sum or net.
func (m *matching) paysWithheld(items []*item) (fit, bool) {
	short := sumOf(items) - m.line.Amount.Minor
	if short <= 0 {
		return fit{}, false
	}
	for _, rate := range m.book.rules.Withheld {
		for _, net := range []bool{true, false} {
			if !mayKeep(items, rate, net, short) {
				continue
			}
			if parts, ok := m.lessTax(items, rate, net); ok {
				return fit{parts: parts, score: scoreWithheld, why: reason("match.sum.withheld", "amount", m.money(sumOf(items)), "percent", rate.String())}, true
			}
		}
	}
	return fit{}, false
}

// mayKeep tells at once, for most sums, that they are short by no such rate: what each invoice's
// rounding changes is less than a unit.
func mayKeep(items []*item, rate decimal.Decimal, net bool, short int64) bool {
	of := int64(0)
	for _, it := range items {
		if net {
			of += it.Net
		} else {
			of += it.Open.Minor
		}
	}
	thousandths := rate.Shift(3).IntPart()
	kept := of/100_000*thousandths + of%100_000*thousandths/100_000
	most := int64(len(items)) + 1
	return kept-most <= short && short <= kept+most
}

// lessTax settles items less a rate of their sums, or of their net, if that is what came.
func (m *matching) lessTax(items []*item, rate decimal.Decimal, net bool) (parts []Allocation, ok bool) {
	parts, sum := m.fulls(items), int64(0)
	for i, it := range items {
		of := it.Open.Minor
		if net {
			of = it.Net
		}
		kept, err := ledger.Round(m.money(of).Decimal().Mul(rate).Shift(-2), it.Open.Currency)
		if err != nil || kept.Minor <= 0 || kept.Minor >= it.Open.Minor {
			return nil, false
		}
		parts[i].Amount, parts[i].Withheld = it.Open.Sub(kept), kept
		sum += parts[i].Amount.Minor
	}
	return parts, sum == m.line.Amount.Minor
}

// paysLessFee takes a small shortfall for what banks on the way kept.
func (m *matching) paysLessFee(items []*item) (fit, bool) {
	sum := sumOf(items)
	short := sum - m.line.Amount.Minor
	if short <= 0 || short > m.feeMax(sum) {
		return fit{}, false
	}
	parts, ok := m.lessOf(items, short, func(a *Allocation, x ledger.Money) { a.Fee = x })
	return fit{parts: parts, score: scoreFee, why: reason("match.sum.fee", "amount", m.money(sum), "short", m.money(short))}, ok
}

// feeMax is what banks may keep of a sum: a twentieth, and no more than sixty, or half a percent
// of a large one.
func (m *matching) feeMax(sum int64) int64 {
	unit := int64(1)
	for range m.line.Amount.Currency.Exponent() {
		unit *= 10
	}
	return min(sum/20, max(60*unit, sum/200))
}

// spread gives the line's sum to items, oldest due first; what they do not take stays on account.
func (m *matching) spread(items []*item) fit {
	left, f := m.line.Amount.Minor, fit{}
	for _, it := range items {
		if left == 0 {
			break
		}
		a := m.full(it)
		if a.Amount.Minor > left {
			a.Amount = m.money(left)
		}
		left -= a.Amount.Minor
		f.parts = append(f.parts, a)
	}
	f.rest = left
	switch {
	case len(f.parts) == 0:
		f.why = reason("match.sum.account", "amount", m.line.Amount)
	case left > 0:
		f.score, f.why = scoreOver, reason("match.sum.over", "rest", m.money(left))
	default:
		f.score, f.why = scorePart, reason("match.sum.part", "amount", m.line.Amount, "open", m.money(sumOf(items)))
	}
	return f
}
