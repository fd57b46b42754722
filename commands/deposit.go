package commands

import (
	"duebot/commands/card"
)

// depositCommand issues a deposit: an invoice ahead of goods and services, which the final
// invoice deducts with its tax. The line is as for an invoice.
func depositCommand() Command {
	return Command{
		Name: "deposit", Who: []Role{Sales, Finance, Manager},
		Usage:    []string{`deposit <customer> <price> "<text>" [tax <rate>%] [due 14d]`},
		Examples: []string{`deposit acme 500 "Advance for PO-17" tax 19%`},
		Form:     depositForm, Words: invoiceWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) < 2 {
				return card.Reply{}, usage("deposit", "got", c.Line)
			}
			cust, err := c.CustomerNamed(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			p := newInvoiceParser(c.View, cust, c.Args[1:], c.Lang())
			p.draft.Deposit = true
			draft, err := p.parse()
			if err != nil {
				return card.Reply{}, err
			}
			k, err := c.preview(draft)
			return card.Reply{Card: k}, err
		},
	}
}
