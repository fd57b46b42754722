package commands

import (
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// warnOfBoxes says which characters of an invoice no font has, and what to do, before anybody
// gets a document with boxes in their place.
func warnOfBoxes(c *Call, k *card.Card, draft *ledger.Draft) error {
	cust := c.Customer(draft.Customer)
	p, err := c.Party(cust)
	if err != nil {
		return err
	}
	words := append([]string{c.CustomerName(cust), p.Name, p.Address, p.TaxID, draft.Reference, draft.CostCentre}, p.Lines...)
	for i := range draft.Lines {
		words = append(words, draft.Lines[i].Text)
	}
	k.Body = append(k.Body, c.boxes(words...)...)
	return nil
}

// boxes warns of the characters of some words that no font has; nothing where all are there.
func (c *Call) boxes(words ...string) []card.Text {
	if c.Desk.Boxes == nil {
		return nil
	}
	list := c.Desk.Boxes(c.View, strings.Join(words, " "))
	if list == "" {
		return nil
	}
	return []card.Text{card.T("paper.boxes", "list", list)}
}
