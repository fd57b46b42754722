package commands

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// certificateCommand chases the paper behind tax that customers withheld, or paid straight to
// the state: it lists what is
// owed, and books what came.
//
//	line = [ number [ reference ] ] .
func certificateCommand() Command {
	return Command{
		Name: "certificate", Who: anybody(),
		Usage:    []string{`certificate <invoice> "<number of the paper>"`, `certificate`},
		Examples: []string{`certificate INV-2026-000001 "no. 4711"`},
		Form:     certificateForm, Words: certificateWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{Card: certificatesCard(c.View)}, nil
			}
			if c.Who.Role != Finance && c.Who.Role != Manager {
				return card.Reply{}, forbidden(Command{Name: "certificate", Who: []Role{Finance, Manager}}, c.Who.Role)
			}
			inv, err := c.InvoiceNumbered(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			if len(c.Args) < 2 {
				return card.Reply{}, usage("certificate", "got", c.Line)
			}
			sum, err := c.Tx.Certify(inv, join(c.Args[1:]))
			if err != nil {
				return card.Reply{}, err
			}
			return card.Say("certificate.title", "amount", sum, "number", inv.Number.String()), nil
		},
	}
}

func certificatesCard(v *ledger.View) *card.Card {
	owed := slices.DeleteFunc(v.OwedCertificates(), func(st *ledger.Settlement) bool { return !v.Sees(v.Customer(v.Invoice(st.Invoice).Customer)) })
	if len(owed) == 0 {
		return &card.Card{Body: []card.Text{card.T("certificate.nothing")}}
	}
	k := &card.Card{Title: card.T("certificate.list", "count", len(owed)), Table: &card.Table{
		Head:  []card.Text{card.T("col.invoice"), card.T("field.payment"), card.T("col.paper"), card.T("col.since"), card.T("col.amount")},
		Right: []bool{false, false, false, false, true}}}
	for _, st := range owed {
		inv := v.Invoice(st.Invoice)
		paper := card.T("paper.withheld")
		if st.Cause == ledger.BySplit {
			paper = card.T("paper.split")
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(label(v, inv)), card.Plain(v.Payment(st.Payment).Label()),
			paper, card.T("value", "value", st.Date), money(ledger.Money{Minor: st.Minor, Currency: inv.Currency})})
	}
	ownNote(v, k)
	k.Note = append(k.Note, card.T("certificate.note", "number", v.Invoice(owed[0].Invoice).Number.String()))
	return k
}
