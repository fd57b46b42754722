package commands

import (
	"strconv"

	"duebot/commands/card"
	"duebot/ledger"
)

// showCommand shows one invoice, or one customer's account.
func showCommand() Command {
	return Command{
		Name: "show", Who: anybody(), Reads: true,
		Usage:    []string{`show <invoice or customer>`},
		Examples: []string{`show INV-2026-000001`, `show acme`},
		Form:     lookForm(card.T("form.show")), Words: accountWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{}, usage("show", "got", "")
			}
			inv, cust, err := invoiceOrCustomer(c.View, c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			if inv == nil {
				return card.Reply{Card: accountCard(c.View, cust)}, nil
			}
			return c.showInvoice(inv)
		},
	}
}

func showByButton(c *Call) (card.Reply, error) {
	id, _ := strconv.Atoi(c.Where.Arg)
	inv := c.Invoice(ledger.InvoiceID(id))
	if inv == nil {
		return card.Say("button.old"), nil
	}
	if err := c.Allowed(c.Customer(inv.Customer)); err != nil {
		return card.Reply{}, err
	}
	c.Line = inv.Number.String()
	return c.showInvoice(inv)
}

// showInvoice answers an invoice with its lines, and the buttons that are for the asker.
func (c *Call) showInvoice(inv *ledger.Invoice) (card.Reply, error) {
	k, err := invoiceCard(c.View, inv, true)
	if err != nil {
		return card.Reply{}, err
	}
	k.Buttons = c.forMe(k.Buttons)
	return card.Reply{Card: k}, nil
}

// invoiceCard is the staff's card of an invoice as it stands: short in a channel, with its
// lines where somebody asked.
func invoiceCard(v *ledger.View, inv *ledger.Invoice, whole bool) (*card.Card, error) {
	today := v.Today()
	k := &card.Card{Title: card.T("card.title", "number", inv.Number.String(), "customer", v.CustomerName(v.Customer(inv.Customer)))}
	k.Fields = []card.Field{
		{Label: card.T("field.total"), Value: money(inv.TotalMoney())},
		{Label: card.T("field.open"), Value: money(inv.OpenMoney())},
		{Label: card.T("field.due"), Value: card.T("value", "value", inv.Due)},
		{Label: card.T("field.state"), Value: cardState(inv, today)},
	}
	k.Fields = append(k.Fields, progress(v, inv)...)
	k.Body = earlyTerms(v, inv)
	if whole {
		k.Fields = k.Fields[1:] // the total comes with the other sums
		k.Fields[2].Value = stateText(inv, today)
	}
	if inv.OldNumber != "" {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.oldnumber"), Value: card.Plain(inv.OldNumber)})
	}
	k.Fields = append(k.Fields, coverFields(v, inv)...)
	if d := inv.DisputedMoney(); d.Minor > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("account.disputed"), Value: money(d)})
	}
	if inv.Credited > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.credited"), Value: money(ledger.Money{Minor: inv.Credited, Currency: inv.Currency})})
	}
	if names := fileNames(v, inv); names != "" {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.files"), Value: card.Plain(names)})
	}
	k.Fields = append(k.Fields, discountFields(inv)...)
	if by := v.Invoice(inv.UsedBy()); by != nil {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.usedby"), Value: card.Plain(by.Number.String())})
	}
	if inv.Nature != ledger.NaturePrincipal {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.nature"), Value: natureText(inv.Nature)})
	}
	if p := v.Plan(inv.Plan); p != nil {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.plan"), Value: card.Plain(p.Label())})
	}
	if day := v.ChargedThrough(inv); day != 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.chargedto"), Value: card.T("value", "value", day)})
	}
	if old := v.Invoice(inv.Corrects); old != nil {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.replaces"), Value: card.Plain(old.Number.String())})
	}
	if by := v.Invoice(inv.ReplacedBy); by != nil {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.replacedby"), Value: card.Plain(by.Number.String())})
	}
	if inv.Deducted > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.deducted"), Value: money(ledger.Money{Minor: inv.Deducted, Currency: inv.Currency})})
	}
	if inv.WrittenOff > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.writtenoff"), Value: money(ledger.Money{Minor: inv.WrittenOff, Currency: inv.Currency})})
	}
	k.Buttons = invoiceButtons(v, inv, whole)
	if !whole {
		return k, nil
	}
	doc, err := v.InvoiceDetail(inv)
	if err != nil {
		return nil, err
	}
	t, err := doc.Draft.Totals()
	if err != nil {
		return nil, err
	}
	k.Table = draftCard(v, &doc.Draft, t).Table
	k.Fields = append(sums(v, &doc.Draft, doc.Sums()), k.Fields...)
	if len(inv.Instalments()) > 0 {
		k.Fields = append(k.Fields, dueFields(0, inv.Instalments(), inv.Currency)...)
	}
	k.Note = append(k.Note, legend(&doc.Draft, doc.Taxes)...)
	k.Note = append(k.Note, foreignNote(v, &doc.Draft, doc.Sums())...)
	return k, nil
}
