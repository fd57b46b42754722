package commands

import (
	"duebot/commands/card"
	"duebot/ledger"
)

// writeOffCommand gives up what is open on an invoice, or a part of it, as bad debt. Money
// that comes all the same is booked as a payment on that invoice.
//
//	line = number ( [ sum ] | "undo" ) why .
func writeOffCommand() Command {
	return Command{
		Name: "writeoff", Who: []Role{Finance, Manager},
		Usage:    []string{`writeoff <invoice> [<sum>] "<why>"`, `writeoff <invoice> undo "<why>"`},
		Examples: []string{`writeoff INV-2026-000001 "insolvent since May"`, `writeoff INV-2026-000001 12.50 "not worth a letter"`},
		Form:     writeOffForm, Words: writeOffWords,
		Run: writeOff,
	}
}

func writeOff(c *Call) (card.Reply, error) {
	if len(c.Args) == 0 {
		return card.Reply{}, usage("writeoff", "got", c.Line)
	}
	inv, err := c.InvoiceNumbered(c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	var sum ledger.Money
	rest := c.Args[1:]
	if len(rest) > 0 && rest[0].is("undo") {
		return undoWriteOff(c, inv, join(rest[1:]))
	}
	if len(rest) > 0 && !rest[0].quoted && looksLikeNumber(rest[0].text) {
		if sum, rest, err = sumOf(rest, c.Lang(), inv.Currency); err != nil {
			return card.Reply{}, err
		}
		if sum.Minor == 0 { // in the books zero means all of it
			sum.Minor = -1
		}
	}
	sum, err = c.Tx.WriteOff(inv, sum, join(rest))
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.Refresh(c.Tx, inv); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("writeoff.title", "amount", sum, "number", inv.Number.String())}
	if inv.Open > 0 {
		k.Body = append(k.Body, card.T("resolved.left", "open", inv.OpenMoney(), "number", inv.Number.String()))
	}
	k.Note = []card.Text{card.T("writeoff.note", "number", inv.Number.String())}
	return card.Reply{Card: k}, nil
}

func undoWriteOff(c *Call, inv *ledger.Invoice, why string) (card.Reply, error) {
	sum, err := c.Tx.UndoWriteOff(inv, why)
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.Refresh(c.Tx, inv); err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: &card.Card{
		Title: card.T("writeoff.undone", "amount", sum, "number", inv.Number.String()),
		Body:  []card.Text{card.T("unapply.open", "number", inv.Number.String(), "open", inv.OpenMoney())},
	}}, nil
}
