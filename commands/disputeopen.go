package commands

import (
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// openByStaff opens a dispute that a customer raised elsewhere, by telephone for one.
//
//	line = "open" number [ reason ] [ text ] .
//
// The reason is one of those that customers pick; without one it is another.
func openByStaff(c *Call) (card.Reply, error) {
	if part := (Command{Name: "dispute open", Who: []Role{Sales, Finance, Manager}}); !may(part, c.Who.Role) {
		return card.Reply{}, forbidden(part, c.Who.Role)
	}
	if len(c.Args) < 2 {
		return card.Reply{}, usage("dispute", "got", c.Line)
	}
	inv, err := c.InvoiceNumbered(c.Args[1].text)
	if err != nil {
		return card.Reply{}, err
	}
	reason, rest := ledger.ReasonOther, c.Args[2:]
	if len(rest) > 0 && !rest[0].quoted && slices.Contains(ledger.Reasons(), ledger.Reason(strings.ToLower(rest[0].text))) {
		reason, rest = ledger.Reason(strings.ToLower(rest[0].text)), rest[1:]
	}
	disp, err := c.Tx.OpenDispute(inv, reason, ledger.Money{}, c.Who.By())
	if err != nil {
		return card.Reply{}, err
	}
	if words := join(rest); words != "" {
		if _, err := c.Tx.Say(disp, true, c.Who.By(), words); err != nil {
			return card.Reply{}, err
		}
	}
	news := ledger.NoticeQueued{Kind: ledger.NoticeDispute, Customer: inv.Customer, Invoice: inv.ID, Dispute: disp.ID, Who: c.Who.By()}
	if err := c.Desk.inThread(c.Tx, &news); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("dispute.opened", "dispute", disp.Label(), "number", inv.Number.String()),
		Body: []card.Text{card.T("dispute.opened.body", "reason", reasonText(reason))}}
	return card.Reply{Card: k}, c.Desk.Refresh(c.Tx, inv)
}

// disputeOpenForm asks which invoice, why, and in which words.
func disputeOpenForm(c *Call) (*card.Form, error) {
	if !c.few(2) || !may(Command{Who: []Role{Sales, Finance, Manager}}, c.Who.Role) {
		return nil, nil
	}
	c.Args = c.Args[1:]
	f := &card.Form{Title: card.T("form.disputeopen"), Submit: card.T("form.do.open")}
	var reasons []card.Option
	for _, r := range ledger.Reasons() {
		reasons = append(reasons, card.Option{Value: string(r), Label: reasonText(r)})
	}
	err := c.aboutInvoice(f, c.choiceField("reason", card.T("col.reason"), string(ledger.ReasonSum), reasons...), c.whyField(card.T("ask.said"), true))
	f.Arg = strings.TrimSpace("open " + f.Arg)
	return f, err
}

// raisedBy is who raised a dispute: somebody in his chat, or one of staff for him.
func raisedBy(v *ledger.View, who string) card.Text {
	if strings.HasPrefix(who, "slack:") {
		return card.T("value", "value", whoText(v, who))
	}
	return card.Plain(v.ChatName(who))
}
