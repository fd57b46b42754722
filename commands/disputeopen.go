package commands

import (
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// raiseDispute opens a dispute for a customer who objected by telephone or in a letter:
//
//	line = "open" number [ reason ] [ sum ] [ words ] .
//
// The reason is one of those that customers pick; where none stands there, it is found in the
// words, and without one it is "something else". Reminders of what is
// disputed stop at once, as when the customer presses the button himself.
func raiseDispute(c *Call, args []token) (card.Reply, error) {
	if c.Who.Role == Auditor || c.Who.Role == "" {
		return card.Reply{}, forbidden(Command{Name: "dispute open", Who: []Role{Sales, Finance, Manager}}, c.Who.Role)
	}
	inv, err := c.InvoiceNumbered(args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	amount, words, reason := ledger.Money{}, args[1:], ledger.Reason("")
	if len(words) > 0 && !words[0].quoted && slices.Contains(ledger.Reasons(), ledger.Reason(strings.ToLower(words[0].text))) {
		reason, words = ledger.Reason(strings.ToLower(words[0].text)), words[1:]
	}
	for i, t := range words {
		if t.quoted || !looksLikeNumber(t.text) {
			continue
		}
		var rest []token
		if amount, rest, err = sumOf(words[i:], c.Lang(), inv.Currency); err != nil {
			return card.Reply{}, err
		}
		if amount.Minor <= 0 || amount.Minor > inv.Open {
			return card.Reply{}, ledger.Refuse(ledger.BadInput, "dispute.sum", "amount", amount, "number", inv.Number.String(), "open", inv.OpenMoney())
		}
		words = append(append([]token{}, words[:i]...), rest...)
		break
	}
	if reason == "" {
		reason = reasonIn(words)
	}
	disp, err := c.Desk.raise(c.Tx, inv, ledger.NewDispute{Reason: reason, Amount: amount, By: c.Who.By()})
	if err != nil {
		return card.Reply{}, err
	}
	if said := join(words); said != "" {
		if _, err := c.Tx.Say(disp, true, c.Who.By(), said); err != nil {
			return card.Reply{}, err
		}
	}
	return card.Reply{Card: &card.Card{
		Title: card.T("dispute.raised", "dispute", disp.Label(), "number", inv.Number.String()),
		Fields: []card.Field{{Label: card.T("col.reason"), Value: reasonText(disp.Reason)},
			{Label: card.T("col.disputed"), Value: money(disp.Amount)}, {Label: card.T("field.answers"), Value: answers(disp)},
			{Label: card.T("field.answerby"), Value: deadline(c.View, disp)}},
		Note: []card.Text{card.T("dispute.how", "dispute", disp.Label())},
	}}, nil
}

// reasonWords are parts of words that tell why an invoice is disputed, in the languages of
// staff.
func reasonWords() []struct {
	reason ledger.Reason
	words  string
} {
	return []struct {
		reason ledger.Reason
		words  string
	}{
		{ledger.ReasonPaid, "already paid,paid,уже оплач,оплачен"},
		{ledger.ReasonDuplicate, "twice,duplicate,double,дважды,дубл,повторн"},
		{ledger.ReasonNotReceived, "not received,never received,not arrived,missing,delivery,не получ,не достав,не пришл"},
		{ledger.ReasonQuality, "quality,defect,damaged,broken,faulty,качеств,брак,дефект,повреж,сломан"},
		{ledger.ReasonNotOurs, "not our,not ours,never ordered,wrong customer,не наш,не заказыв"},
		{ledger.ReasonSum, "sum,amount,price,total,too much,сумм,цен,дорог,лишн"},
	}
}

// reasonIn is the reason that words tell of.
func reasonIn(words []token) ledger.Reason {
	said := strings.ToLower(join(words))
	for _, r := range reasonWords() {
		for w := range strings.SplitSeq(r.words, ",") {
			if strings.Contains(said, w) {
				return r.reason
			}
		}
	}
	return ledger.ReasonOther
}

// disputeOpenForm asks which invoice, why, and in which words.
func disputeOpenForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	if part := (Command{Name: "dispute open", Who: []Role{Sales, Finance, Manager}}); !may(part, c.Who.Role) {
		return nil, forbidden(part, c.Who.Role)
	}
	c.Args = c.Args[1:]
	f := &card.Form{Title: card.T("form.disputeopen"), Submit: card.T("form.do.open")}
	var reasons []card.Option
	for _, r := range ledger.Reasons() {
		reasons = append(reasons, card.Option{Value: string(r), Label: reasonText(r)})
	}
	sum := optional(c.lineField("sum", card.T("col.amount"), ""), card.T("ask.all.hint"))
	err := c.aboutInvoice(f, sum, c.choiceField("reason", card.T("col.reason"), string(ledger.ReasonSum), reasons...), c.whyField(card.T("ask.objection"), true))
	f.Arg = strings.TrimSpace("open " + f.Arg)
	return f, err
}
