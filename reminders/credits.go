package reminders

import (
	"duebot/commands/card"
	"duebot/ledger"
)

// Nobody is asked for what he was credited: a reminder names the credit notes that settle nothing yet,
// and what is left to pay after them (RULES.md). Where they cover all that it asks for it is held, for
// staff to apply them. Money of his that waits holds it in any case; where staff release that, it is
// set off, too.

// creditRows is how many credit notes are named one by one.
const creditRows = 3

// setOff adds what c has on account to a reminder's sums, and what is left of them to pay.
func setOff(v *ledger.View, c *ledger.Customer, k *card.Card, sums map[ledger.Currency]ledger.Money) {
	var rows []card.Field
	add := func(label card.Text, m ledger.Money) {
		rows = append(rows, card.Field{Label: label, Value: card.T("value", "value", m.Neg())})
	}
	for _, cur := range currencies(sums) {
		notes, credit := v.CreditsIn(c, cur)
		if len(notes) > creditRows {
			add(card.T("remind.credits", "count", len(notes)), credit)
		} else {
			for _, n := range notes {
				add(card.T("remind.credit", "number", n.Number.String()), ledger.Money{Minor: n.OnAcct, Currency: cur})
			}
		}
		for _, m := range v.MoneyWaiting(c) {
			if m.Currency == cur {
				add(card.T("remind.onaccount"), m)
			}
		}
	}
	if len(rows) > 0 {
		k.Fields = append(append(k.Fields, rows...), card.Field{Label: card.T("remind.left"), Value: each(leftOf(v, c, sums))})
	}
}

// leftOf is what is left to pay of sums that c is asked for, after what he has on account.
func leftOf(v *ledger.View, c *ledger.Customer, sums map[ledger.Currency]ledger.Money) map[ledger.Currency]ledger.Money {
	left := make(map[ledger.Currency]ledger.Money, len(sums))
	for cur, m := range sums {
		left[cur] = ledger.Money{Minor: max(0, m.Minor-max(0, v.OnAccount(c, cur).Minor)), Currency: cur}
	}
	return left
}

// lessCredits takes open credit notes off sums that c is asked for.
func lessCredits(v *ledger.View, c *ledger.Customer, sums map[ledger.Currency]ledger.Money) map[ledger.Currency]ledger.Money {
	for cur, m := range sums {
		_, credit := v.CreditsIn(c, cur)
		sums[cur] = ledger.Money{Minor: max(0, m.Minor-credit.Minor), Currency: cur}
	}
	return sums
}

// covered reports whether credit notes of c's settle all that a contact would ask for.
func (p *Policies) covered(v *ledger.View, c *ledger.Customer, of ledger.ContactKey, on ledger.Date) bool {
	if of.Part != "" || len(v.CreditsWaiting(c)) == 0 { // as of most
		return false
	}
	_, sums := p.Sums(v, c, of, on)
	for _, m := range sums {
		if m.Minor > 0 {
			return false
		}
	}
	return len(sums) > 0
}
