package commands

import (
	"duebot/commands/card"
	"duebot/ledger"
)

// paymentsCommand lists a customer's last payments, what became of them and what they settled.
func paymentsCommand() Command {
	return Command{
		Name: "payments", Who: anybody(), Reads: true,
		Usage:    []string{`payments <customer>`},
		Examples: []string{`payments acme`},
		Form:     paymentsForm, Words: customerWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) != 1 {
				return card.Reply{}, usage("payments", "got", c.Line)
			}
			cust, err := c.CustomerNamed(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			return card.Reply{Card: paymentsCard(c, cust)}, nil
		},
	}
}

func paymentsCard(c *Call, cust *ledger.Customer) *card.Card {
	v, most := c.View, c.pagesAhead()
	list := v.PaymentsOf(cust, most)
	if len(list) == 0 {
		return &card.Card{Body: []card.Text{card.T("payments.none", "customer", v.CustomerName(cust), "handle", cust.Handle)}}
	}
	k := &card.Card{Title: card.T("payments.title", "customer", v.CustomerName(cust)), Table: &card.Table{
		Head:  []card.Text{card.T("field.payment"), card.T("field.date"), card.T("col.amount"), card.T("aging.onaccount"), card.T("col.settles")},
		Right: []bool{false, false, true, true, false}, Open: len(list) == most}}
	for _, p := range list {
		name := card.Plain(p.Label())
		if number, ok := v.CashNumber(p); ok {
			name = card.Join(name, card.Plain(number.String()))
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{name, card.T("value", "value", p.Date), money(p.Amount),
			money(p.Unapplied()), settlesText(v, p)})
	}
	return k
}

// settlesMax is how many invoices one row names.
const settlesMax = 4

// goneText says how all of p went away again.
func goneText(p *ledger.Payment) card.Text {
	if p.PaidBack {
		return card.T("payments.paidback")
	}
	return card.T("payments.returned")
}

// backText says what of p went back, and how.
func backText(p *ledger.Payment) card.Text {
	sum := ledger.Money{Minor: p.Refunded, Currency: p.Amount.Currency}
	switch {
	case p.Charged && p.PaidBack:
		return card.T("payments.wentback", "amount", sum)
	case p.Charged:
		return card.T("payments.charged", "amount", sum)
	}
	return card.T("payments.refunded", "amount", sum)
}

// settlesText names the invoices that p settles, or says that it went away again.
func settlesText(v *ledger.View, p *ledger.Payment) card.Text {
	if p.Returned {
		return goneText(p)
	}
	seen := map[ledger.InvoiceID]bool{}
	var names []card.Text
	for _, st := range v.Settlements(p) {
		if !st.Reversed && !seen[st.Invoice] {
			seen[st.Invoice] = true
			names = append(names, card.Plain(v.Invoice(st.Invoice).Number.String()))
		}
	}
	if p.Refunded > 0 {
		names = append(names, backText(p))
	}
	switch {
	case len(names) == 0:
		return card.Plain("–")
	case len(names) > settlesMax:
		names = append(names[:settlesMax], card.Plain("…"))
	}
	return card.Join(names...)
}
