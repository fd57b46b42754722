package commands

import (
	"duebot/commands/card"
	"duebot/ledger"
)

// creditButton settles what a reminder is about from the customer's own credit notes, where they are
// in its currency.
func creditButton(v *ledger.View, invoices []*ledger.Invoice) []card.Button {
	first, asked := invoices[0], ledger.Money{Currency: invoices[0].Currency}
	for _, inv := range invoices {
		if inv.Currency == first.Currency {
			asked = asked.Add(inv.Undisputed())
		}
	}
	_, credit := v.CreditsIn(v.Customer(first.Customer), first.Currency)
	credit.Minor = min(credit.Minor, asked.Minor)
	if credit.Minor <= 0 {
		return nil
	}
	return []card.Button{{Label: card.T("button.usecredit", "amount", credit), Do: "credit", Arg: idArg(uint32(first.ID)), Wide: true}}
}

// useCredit settles invoices from the customer's credit notes, in the currency of the one that the
// button is about. No money moves, and staff can take it back by /ar unapply.
func useCredit(c *ChatCall) (card.Reply, error) {
	inv, _, err := c.mine()
	if err != nil || inv == nil {
		return card.Reply{Toast: card.T("chat.oldbutton")}, err
	}
	parts, err := c.ApplyCredits(c.Customer, inv.Currency)
	if err != nil {
		return card.Reply{}, err
	}
	if len(parts) == 0 {
		return card.Reply{Toast: card.T("chat.credit.none")}, nil
	}
	k := &card.Card{Title: card.T("chat.credit.title")}
	for _, part := range parts {
		of := c.Invoice(part.Invoice)
		key, used := "chat.credit.reduces", ledger.Money{Minor: part.Minor, Currency: of.Currency}
		if of.Open == 0 {
			key = "chat.credit.closes"
		}
		k.Body = append(k.Body, card.T(key, "number", of.Number.String(), "amount", used, "open", of.OpenMoney()))
		if err := c.Desk.Refresh(c.Tx, of); err != nil {
			return card.Reply{}, err
		}
		if len(k.Buttons) < remindedButtons {
			k.Buttons = append(k.Buttons, c.Desk.payButton(&c.Tx.View, of, true)...)
		}
	}
	return card.Reply{Card: k}, nil
}
