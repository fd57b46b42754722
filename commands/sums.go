package commands

import (
	"duebot/commands/card"
	"duebot/ledger"
)

// sums are the fields of a document's sums: reference, discount, net, tax per rate, total,
// and then the deposits that it deducts, with their net and tax, and the rest. Tax of nothing
// is left out; the legend tells why there is none.
func sums(v *ledger.View, d *ledger.Draft, t ledger.Totals) []card.Field {
	out := referenceFields(d)
	if !t.Discount.IsZero() {
		out = append(out, card.Field{Label: card.T("field.discount", "rate", number(d.Off)), Value: money(t.Discount.Neg())})
	}
	if len(d.Deposits) == 0 {
		return append(out, amounts(t.Net, t.Taxes, t.Total)...)
	}
	less := d.Deposited()
	net := t.Net.Add(less.Net)
	out = append(out, amounts(net, wholeTaxes(d, t.Taxes), t.Total.Add(less.Net).Add(less.Tax))...)
	for i := range d.Deposits {
		s := d.Deposits[i].Sum()
		number := ""
		if dep := v.Invoice(d.Deposits[i].Invoice); dep != nil {
			number = dep.Number.String()
		}
		out = append(out, card.Field{Label: card.T("field.deposit", "number", number, "net", s.Net, "tax", s.Tax), Value: money(s.Net.Add(s.Tax).Neg())})
	}
	return append(out, card.Field{Label: card.T("field.rest"), Value: money(t.Total)})
}

// referenceFields are the buyer's own words on an invoice of his.
func referenceFields(d *ledger.Draft) (out []card.Field) {
	if d.Reference != "" {
		out = append(out, card.Field{Label: card.T("field.reference"), Value: card.Plain(d.Reference)})
	}
	if d.CostCentre != "" {
		out = append(out, card.Field{Label: card.T("field.costcentre"), Value: card.Plain(d.CostCentre)})
	}
	if d.BuyerCode != "" {
		out = append(out, card.Field{Label: card.T("field.buyercode"), Value: card.Plain(d.BuyerCode)})
	}
	return out
}

// wholeTaxes are the taxes of a final invoice before its deposits are deducted.
func wholeTaxes(d *ledger.Draft, rest []ledger.TaxSum) []ledger.TaxSum {
	out := append([]ledger.TaxSum(nil), rest...)
	for _, dep := range d.Deposits {
		for _, t := range dep.Taxes {
			for i := range out {
				if s := &out[i]; s.Rate.Equal(t.Rate) && s.Kind == t.Kind && s.Why == t.Why {
					s.Base, s.Tax = s.Base.Add(t.Base), s.Tax.Add(t.Tax)
				}
			}
		}
	}
	return out
}

// amounts are the fields net, tax per rate and total.
func amounts(net ledger.Money, taxes []ledger.TaxSum, total ledger.Money) []card.Field {
	var out []card.Field
	for i := range taxes {
		switch t := &taxes[i]; {
		case t.Rate.IsZero():
		case t.Kind == ledger.TaxReduced:
			out = append(out, card.Field{Label: card.T("field.tax.reduced", "rate", number(t.Rate)), Value: money(t.Tax)})
		default:
			out = append(out, card.Field{Label: card.T("field.tax", "rate", number(t.Rate)), Value: money(t.Tax)})
		}
	}
	if len(out) > 0 {
		out = append([]card.Field{{Label: card.T("field.net"), Value: money(net)}}, out...)
	}
	return append(out, card.Field{Label: card.T("field.total"), Value: money(total)})
}

// lineWords is a line's text, with what is taken off it.
func lineWords(l ledger.Line) string {
	if l.Discount.IsZero() {
		return l.Text
	}
	return l.Text + " (−" + l.Discount.String() + "%)"
}

// legend are the sentences that belong under a document's sums: prices with tax, and why
// no tax is charged on what.
func legend(d *ledger.Draft, taxes []ledger.TaxSum) []card.Text {
	var out []card.Text
	if d.Inclusive {
		out = append(out, card.T("tax.incl"))
	}
	for i := range taxes {
		switch t := &taxes[i]; t.Kind {
		case ledger.TaxExempt:
			out = append(out, card.T("tax.exempt", "base", t.Base, "why", t.Why))
		case ledger.TaxReverse:
			out = append(out, card.T("tax.reverse", "why", t.Why))
		}
	}
	return out
}
