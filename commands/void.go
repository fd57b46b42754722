package commands

import (
	"duebot/commands/card"
)

// voidCommand takes back an invoice that its customer was not shown yet.
//
//	void = number [ text ] .
func voidCommand() Command {
	return Command{
		Name: "void", Who: []Role{Sales, Finance, Manager},
		Usage:    []string{`void <invoice> ["<why>"]`},
		Examples: []string{`void INV-2026-000001 "Typed for the wrong customer"`},
		Form:     voidForm, Words: voidWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{}, usage("void")
			}
			inv, err := c.InvoiceNumbered(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			if err := c.Tx.Void(inv, join(c.Args[1:])); err != nil {
				return card.Reply{}, err
			}
			if old := c.Invoice(inv.Corrects); old != nil { // its message named inv
				if err := c.Desk.Refresh(c.Tx, old); err != nil {
					return card.Reply{}, err
				}
			}
			k := &card.Card{Title: card.T("void.title", "number", inv.Number.String()), Body: []card.Text{card.T("void.body")}}
			return card.Reply{Card: k}, nil
		},
	}
}
