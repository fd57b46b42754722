package commands

import (
	"strconv"

	"duebot/commands/card"
	"duebot/ledger"
)

// undoButton takes an invoice back while it waits to be sent. One that replaces another has
// none: what it replaced was credited, and stays so.
func (d *Desk) undoButton(inv *ledger.Invoice) []card.Button {
	if d.SendDelay == 0 || inv.Corrects != 0 {
		return nil
	}
	return []card.Button{{Label: card.T("button.undo"), Do: "undo", Arg: strconv.Itoa(int(inv.ID))}}
}

// undoInvoice takes back an invoice that no platform has accepted. After that a credit note
// is the way, and is offered.
func undoInvoice(c *Call) (card.Reply, error) {
	id, _ := strconv.Atoi(c.Where.Arg)
	inv := c.Invoice(ledger.InvoiceID(max(id, 0)))
	if inv == nil {
		return card.Say("button.old"), nil
	}
	if err := c.Allowed(c.Customer(inv.Customer)); err != nil {
		return card.Reply{}, err
	}
	err := c.Tx.Void(inv, "")
	if r, ok := ledger.AsRefusal(err); ok && (r.Key == "void.sent" || r.Key == "void.touched") {
		k := &card.Card{Title: card.T("undo.late", "number", inv.Number.String()), Body: refused(r).Card.Body}
		k.Buttons = c.forMe([]card.Button{formButton(card.T("button.creditnote"), "credit", inv.Number.String())})
		return card.Reply{Card: k, Replace: true}, nil
	}
	if err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("void.title", "number", inv.Number.String()), Body: []card.Text{card.T("void.body")}}
	return card.Reply{Card: k, Replace: true}, nil
}
