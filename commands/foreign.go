package commands

import (
	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// foreignNote tells staff what an invoice in a foreign currency is worth in the company's, and
// its tax; at which rate. None for one in the company's own currency.
func foreignNote(v *ledger.View, d *ledger.Draft, t ledger.Totals) []card.Text {
	b, ok := inBase(v, d, t)
	if !ok {
		return nil
	}
	args := []any{"total", b.Total, "rate", rateWords(d.Rate, v.Company().Currency), "date", d.Rate.Date}
	if b.Tax.IsZero() {
		return []card.Text{card.T("foreign.untaxed", args...)}
	}
	return []card.Text{card.T("foreign.note", append(args, "tax", b.Tax)...)}
}

// foreignTax tells a customer the tax in the company's currency, as the law wants it. What
// the invoice is worth to the company is its own matter.
func foreignTax(v *ledger.View, d *ledger.Draft, t ledger.Totals) []card.Text {
	b, ok := inBase(v, d, t)
	if !ok || b.Tax.IsZero() {
		return nil
	}
	own := v.Company().Currency
	return []card.Text{card.T("inv.foreign", "base", string(own), "tax", b.Tax, "rate", rateWords(d.Rate, own), "date", d.Rate.Date)}
}

// inBase are the sums of a foreign draft in the company's currency. A sum that is too large
// has none: the books refuse it with their reason.
func inBase(v *ledger.View, d *ledger.Draft, t ledger.Totals) (b ledger.BaseSums, ok bool) {
	if d.Currency == v.Company().Currency || d.Rate.Per.IsZero() {
		return b, false
	}
	b, err := v.DraftInBase(d, &t)
	return b, err == nil
}

// rateWords is a rate as it was quoted: "1 USD = 0.92 EUR", "100 JPY = 0.62 EUR", and
// "1 EUR = 1.0857 USD" where that is how a bank writes it.
func rateWords(r ledger.Rate, base ledger.Currency) card.Text {
	one := decimal.NewFromInt(1)
	if r.Value.Equal(one) && !r.Per.Equal(one) {
		return card.T("rate.is", "units", number(r.Value), "of", string(base), "worth", number(r.Per), "in", string(r.Currency))
	}
	return card.T("rate.is", "units", number(r.Per), "of", string(r.Currency), "worth", number(r.Value), "in", string(base))
}

// exchangeLines say what of a payment was in another currency than its invoices, and what
// the exchange rate gained or lost.
func exchangeLines(v *ledger.View, p *ledger.Payment) (out []card.Text) {
	sum := ledger.Money{Currency: v.Company().Currency}
	for _, st := range v.Settlements(p) {
		if st.Reversed {
			continue
		}
		inv := v.Invoice(st.Invoice)
		if st.Taken.Currency != "" {
			out = append(out, card.T("payment.converted", "taken", st.Taken, "number", inv.Number.String(),
				"settled", ledger.Money{Minor: st.Minor, Currency: inv.Currency}))
		}
		if inv.Currency == sum.Currency && st.Taken.Currency == "" {
			continue
		}
		if diff, err := v.Realised(&st); err == nil {
			sum = sum.Add(diff)
		}
	}
	switch {
	case sum.Minor > 0:
		out = append(out, card.T("payment.gain", "amount", sum))
	case sum.Minor < 0:
		out = append(out, card.T("payment.loss", "amount", sum.Neg()))
	}
	return out
}
