package commands

import (
	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// foreignNote says what an invoice in a foreign currency is worth in the company's, and its
// tax, as the law wants it; at which rate. None for one in the company's own currency.
func foreignNote(v *ledger.View, d *ledger.Draft, t ledger.Totals) []card.Text {
	base := v.Company().Currency
	if d.Currency == base || d.Rate.Per.IsZero() {
		return nil
	}
	b, err := v.DraftInBase(d, &t)
	if err != nil {
		return nil // too large a sum: the books refuse it with their reason
	}
	return []card.Text{card.T("foreign.note", "total", b.Total, "tax", b.Tax, "rate", rateWords(d.Rate, base), "date", d.Rate.Date)}
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
