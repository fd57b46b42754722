package reminders

import (
	"cmp"

	"duebot/commands/card"
	"duebot/ledger"
)

// Thanks to good payers: once in a while, after a payment on time, as a word of its own, and never
// beside a reminder.

// ThanksRules are who is thanked.
type ThanksRules struct {
	After int // the last so many invoices were all paid on time; 0: nobody is thanked
	Every int // days between two thanks, at least; 0: a quarter
}

// thanksEvery is how rare thanks are where the company does not say.
const thanksEvery = 91

// thanksFresh is for how many days after a payment thanks are still for it.
const thanksFresh = 7

// thanksMost is how many invoices are counted at most.
const thanksMost = 60

// NotEarned is why somebody is not thanked: he paid nothing on time lately, not all of his last
// invoices so, was thanked not long ago, or something else is wrong.
const NotEarned Why = "notearned"

// ThanksDecision is whether a customer is thanked on a day.
type ThanksDecision struct {
	Count    int              // invoices paid on time, one after the other
	Contract *ledger.Contract // that gives a discount for it, nil: none
	Why      Why              // "" where he is
	Until    ledger.Date
}

// Thanks tells whether c is thanked on a day of his: the last of his invoices were all paid on time,
// the last of them in the week before, nothing is wrong, and nothing was said of money.
func (p *Policies) Thanks(v *ledger.View, c *ledger.Customer, on ledger.Date) ThanksDecision {
	if p.GoodPayers.After == 0 {
		return ThanksDecision{Why: NotWanted}
	}
	every := cmp.Or(p.GoodPayers.Every, thanksEvery)
	last := v.PaymentsOf(c, 1)
	switch said := v.Thanked(c); {
	case len(last) == 0 || last[0].Recorded < on.AddDays(-thanksFresh): // most, and at no cost
		return ThanksDecision{Why: NotEarned}
	case said != 0 && on < said.AddDays(every):
		return ThanksDecision{Why: NotEarned, Until: said.AddDays(every)}
	}
	paid := v.OnTime(c, 0, thanksMost)
	d := ThanksDecision{Count: paid.Count}
	switch {
	case troubled(v, c, on), paid.Count < p.GoodPayers.After, paid.Last < on.AddDays(-thanksFresh):
		d.Why = NotEarned
	default:
		d.Why, d.Until = p.courteous(v, c, on)
		d.Contract = v.EarnedBy(c)
	}
	return d
}

// troubled reports whether something is wrong between c and us: then thanks would sound odd.
func troubled(v *ledger.View, c *ledger.Customer, on ledger.Date) bool {
	for _, inv := range v.OpenInvoices(c) {
		promises := v.PromisesOn(inv) // the newest first
		if inv.Overdue(on) || inv.Disputed > 0 || len(promises) > 0 && promises[0].Outcome == ledger.PromiseFalse {
			return true
		}
	}
	return false
}

// thank thanks c where the rules say so.
func (r *Rules) thank(tx *ledger.Tx, c *ledger.Customer, on ledger.Date) error {
	d := r.Policy.Thanks(&tx.View, c, on)
	if d.Why != "" {
		return nil
	}
	n := ledger.NoticeQueued{Kind: ledger.NoticeThanks, Customer: c.ID, Step: d.Count, For: on}
	if d.Contract != nil {
		n.Code = d.Contract.Label()
	}
	return r.say(tx, n)
}

// thanks is the message, as the books stand now.
func (r *Rules) thanks(v *ledger.View, n *ledger.Notice) card.Message {
	c := v.Customer(n.Customer)
	on := ledger.DateOf(v.Now, c.Zone)
	if on > n.For.AddDays(thanksFresh) && n.For != 0 {
		return card.Message{Withdraw: "it has waited until the payment is no news any more"}
	}
	if troubled(v, c, on) {
		return card.Message{Withdraw: "something is overdue or disputed meanwhile"}
	}
	k := &card.Card{
		Title: card.T("thanks.title", "customer", v.CustomerName(c)),
		Body:  []card.Text{card.T("thanks.body", "count", n.Step, "company", v.Company().Name)},
	}
	if x := v.EarnedBy(c); x != nil && x.Label() == n.Code {
		l, _, _ := v.LoyaltyOf(x)
		k.Body = append(k.Body, card.T("thanks.loyalty", "percent", card.Number(l.Percent.String()), "date", v.IssueDay(x)))
	}
	return card.Message{Card: k}
}
