package commands

import (
	"duebot/commands/card"
	"duebot/ledger"
)

// reissueCommand corrects an invoice in one step: what is left of it is credited in full, and
// a new one takes its place. It is shown first, as a new invoice is.
//
//	reissue = number item { "+" item } { option | whole } .     as for invoice
//
// Currency and the buyer's reference are the old invoice's unless others are given; a deposit
// stays one, and what the old invoice deducted the new one deducts.
func reissueCommand() Command {
	return Command{
		Name: "reissue", Who: []Role{Finance, Manager},
		Usage:    []string{`reissue <invoice> [<quantity> x] <price> "<text>" [+ …] [tax <rate>%] [due 14d]`},
		Examples: []string{`reissue INV-2026-000001 3 x 1100 "Consulting, October" tax 19% due 14d`},
		Form:     reissueForm, Words: reissueWords,
		Run: previewReissue,
	}
}

func previewReissue(c *Call) (card.Reply, error) {
	if len(c.Args) < 2 {
		return card.Reply{}, usage("reissue", "got", c.Line)
	}
	old, err := c.InvoiceNumbered(c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Replaceable(old); err != nil {
		return card.Reply{}, err
	}
	doc, err := c.InvoiceDetail(old)
	if err != nil {
		return card.Reply{}, err
	}
	p := newInvoiceParser(c.View, c.Customer(old.Customer), c.Args[1:], c.Lang())
	p.draft.Corrects, p.draft.Currency, p.draft.Reference = old.ID, old.Currency, doc.Reference
	p.draft.CostCentre, p.draft.BuyerCode = doc.CostCentre, doc.BuyerCode
	p.draft.Deposit = doc.Deposit
	for _, use := range doc.Deposits { // what the old one deducted is free again when it is credited
		p.draft.Deposits = append(p.draft.Deposits, ledger.DepositUse{Invoice: use.Invoice})
	}
	draft, err := p.parse()
	if err != nil {
		return card.Reply{}, err
	}
	k, err := c.preview(draft)
	if err != nil {
		return card.Reply{}, err
	}
	k.Title = card.T("reissue.preview", "number", old.Number.String(), "customer", c.CustomerName(c.Customer(old.Customer)))
	k.Body = append(k.Body, card.T("reissue.credits", "number", old.Number.String(), "amount", old.Creditable()))
	return card.Reply{Card: k}, nil
}

// confirmReissue does what was previewed, and tells of it: the old invoice's message names
// the new one, and the new one says what it replaces.
func confirmReissue(c *Call, draft ledger.Draft) (card.Reply, error) {
	if cmd := reissueCommand(); !may(cmd, c.Who.Role) {
		return card.Reply{}, forbidden(cmd, c.Who.Role)
	}
	inv, note, err := c.Tx.Reissue(draft, "")
	if err != nil {
		return card.Reply{}, err
	}
	old := c.Invoice(draft.Corrects)
	k := &card.Card{
		Title: card.T("reissue.title", "old", old.Number.String(), "number", inv.Number.String()),
		Body:  issuedLines(c.View, inv),
	}
	if note != nil {
		words, err := creditedWords(c.View, old, note)
		if err != nil {
			return card.Reply{}, err
		}
		k.Body = append(k.Body, words...)
	}
	if disp := c.Dispute(old.Dispute); disp != nil {
		if err := settleReplaced(c, old, disp); err != nil {
			return card.Reply{}, err
		}
	} else if err := c.Desk.Refresh(c.Tx, old); err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: k, Replace: true}, c.Desk.AnnounceInvoice(c.Tx, inv)
}

// settleReplaced ends the dispute on an invoice that was credited and issued anew.
func settleReplaced(c *Call, old *ledger.Invoice, disp *ledger.Dispute) error {
	words, err := c.Tx.Resolve(disp, ledger.Reissued, old.LastCredit(), "")
	if err != nil {
		return err
	}
	return c.Desk.announceOutcome(c, disp, old.LastCredit(), words)
}
