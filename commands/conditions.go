package commands

import (
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// discountWord begins terms with an early-payment discount; the rest may be written apart:
// "2/10 net 30".
var discountWord = regexp.MustCompile(`^\d+(?:[.,]\d+)?/\d+`)

// instalmentWords is one instalment as it was typed: how much, and when.
type instalmentWords struct {
	much, when string
}

// instalmentWords reads "30% 14d, 30% 44d, 40% 74d".
func (p *invoiceParser) instalmentWords() error {
	for {
		t := p.peek()
		if t.quoted || !t.is("rest") && !looksLikeNumber(strings.TrimSuffix(t.text, "%")) {
			break
		}
		p.next()
		when := p.next()
		word := strings.Trim(when.text, ",")
		if strings.EqualFold(word, "net") {
			word += strings.Trim(p.next().text, ",")
		}
		if when.quoted || word == "" {
			return ledger.Refuse(ledger.BadInput, "instalments.form", "text", t.text)
		}
		p.parts = append(p.parts, instalmentWords{t.text, word})
		if p.peek().is(",") {
			p.next()
		}
	}
	if len(p.parts) == 0 {
		return ledger.Refuse(ledger.BadInput, "instalments.form", "text", p.peek().text)
	}
	return nil
}

// instalments turns the parts into sums and days. Percentages are of the total, and the last
// of them takes the residue; "rest", at the end, is what the parts before it leave.
func (p *invoiceParser) instalments() error {
	if len(p.parts) == 0 {
		return nil
	}
	d := p.draft
	if p.dueIsSet {
		return ledger.Refuse(ledger.BadInput, "instalments.due")
	}
	d.Early = ledger.EarlyDiscount{}
	t, err := p.v.Settled(d)
	if err != nil {
		return err
	}
	sums, err := p.instalmentSums(t.Total)
	if err != nil {
		return err
	}
	for i, part := range p.parts {
		due, err := p.instalmentDay(part.when)
		if err != nil {
			return err
		}
		d.Instalments = append(d.Instalments, ledger.Instalment{Due: due, Minor: sums[i]})
	}
	d.Due = d.Instalments[0].Due
	return nil
}

func (p *invoiceParser) instalmentSums(total ledger.Money) ([]int64, error) {
	var percents []decimal.Decimal
	sums, left := make([]int64, len(p.parts)), total
	for i, part := range p.parts {
		last := i == len(p.parts)-1
		switch text, isPercent := strings.CutSuffix(part.much, "%"); {
		case strings.EqualFold(text, "rest") && last && len(percents) == 0:
			sums[i] = left.Minor
		case strings.EqualFold(text, "rest") && last:
			rest := decimal.NewFromInt(100)
			for _, x := range percents {
				rest = rest.Sub(x)
			}
			percents = append(percents, rest)
		case isPercent && len(percents) == i:
			x, err := parsePercent(part.much, p.lang)
			if err != nil {
				return nil, err
			}
			percents = append(percents, x)
		case !isPercent && len(percents) == 0 && !strings.EqualFold(text, "rest"):
			sum, err := parseSum(text, p.lang, total.Currency)
			if err != nil {
				return nil, err
			}
			sums[i], left = sum.Minor, left.Sub(sum)
		default:
			return nil, ledger.Refuse(ledger.BadInput, "instalments.form", "text", part.much)
		}
	}
	if len(percents) > 0 {
		return ledger.SplitPercent(total, percents)
	}
	return sums, nil
}

// instalmentDay reads when an instalment is due: days and the like from the invoice's date,
// or a date.
func (p *invoiceParser) instalmentDay(word string) (ledger.Date, error) {
	if t, err := ledger.ParseTerms(word); err == nil && t.Discount.IsZero() && !looksLikeNumber(word) {
		return t.Due(p.draft.Date), nil
	}
	return p.days().read(word)
}

// depositOption reads the number of a deposit that is deducted.
func (p *invoiceParser) depositOption(word string) error {
	inv, err := p.v.InvoiceNumbered(strings.Trim(word, ","))
	if err != nil {
		return err
	}
	use := ledger.DepositUse{Invoice: inv.ID}
	if !slices.ContainsFunc(p.draft.Deposits, func(x ledger.DepositUse) bool { return x.Invoice == inv.ID }) {
		p.draft.Deposits = append(p.draft.Deposits, use)
	}
	return nil
}

// dueFields tell when an invoice is due: on one day, or in instalments.
func dueFields(due ledger.Date, plan []ledger.Instalment, cur ledger.Currency) (out []card.Field) {
	if len(plan) == 0 {
		return []card.Field{{Label: card.T("field.due"), Value: card.T("value", "value", due)}}
	}
	for _, p := range plan {
		out = append(out, card.Field{Label: card.T("field.instalment", "due", p.Due), Value: money(ledger.Money{Minor: p.Minor, Currency: cur})})
	}
	return out
}

// discountFields tell of an early-payment discount that was taken.
func discountFields(inv *ledger.Invoice) []card.Field {
	if inv.Discounted == 0 {
		return nil
	}
	return []card.Field{{Label: card.T("field.early", "rate", number(inv.EarlyTerms().Percent)),
		Value: money(ledger.Money{Minor: -inv.Discounted, Currency: inv.Currency})}}
}

// earlyTerms tell staff, and earlyOffer tells the customer in his invoice, what an early payment
// of inv saves while it counts. In a list of several the number stands with it.
func earlyTerms(v *ledger.View, inv *ledger.Invoice) []card.Text {
	if o, ok := inv.Early(v.Today()); ok {
		return []card.Text{card.T("early.terms", "pay", o.Pay, "until", o.Until, "save", o.Save)}
	}
	return nil
}

func earlyOffer(v *ledger.View, inv *ledger.Invoice) []card.Text {
	if o, ok := inv.Early(v.Today()); ok {
		return []card.Text{card.T("inv.early", "pay", o.Pay, "until", o.Until, "save", o.Save)}
	}
	return nil
}

func earlyOfferNamed(v *ledger.View, inv *ledger.Invoice) []card.Text {
	if o, ok := inv.Early(v.Today()); ok {
		return []card.Text{card.T("early.offer", "number", inv.Number.String(), "pay", o.Pay, "until", o.Until, "save", o.Save)}
	}
	return nil
}

// discountMissed is the last day of inv's early-payment discount where p came after it and
// what is left is no more than that discount: whoever paid meant to take it.
func discountMissed(inv *ledger.Invoice, p *ledger.Payment) (until ledger.Date, ok bool) {
	e := inv.EarlyTerms()
	if e.Percent.IsZero() || inv.Discounted != 0 || inv.Open == 0 || p.Date <= e.Until {
		return 0, false
	}
	off, err := ledger.Round(inv.TotalMoney().Decimal().Mul(e.Percent).Shift(-2), inv.Currency)
	return e.Until, err == nil && inv.Open <= off.Minor
}

// issuedLines say what was issued and when it is due, for whoever issued it.
func issuedLines(v *ledger.View, inv *ledger.Invoice) []card.Text {
	body := card.T("issued.body", "total", inv.TotalMoney(), "due", inv.Due)
	if n := len(inv.Instalments()); n > 0 {
		body = card.T("issued.parts", "total", inv.TotalMoney(), "count", n, "due", inv.Due)
	}
	return append([]card.Text{body}, earlyTerms(v, inv)...)
}
