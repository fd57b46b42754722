package commands

import (
	"context"
	"strconv"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// A dispute as staff have it: a message in the thread of the invoice's card, with whoever
// answers for it, the day by which it is to be settled, and the ways in which it can be.

// answerDays is how many business days staff have where nothing is set.
const answerDays = 5

// raise opens a dispute and tells staff of it: whoever looks after the customer answers for it,
// else finance.
func (d *Desk) raise(tx *ledger.Tx, inv *ledger.Invoice, n ledger.NewDispute) (*ledger.Dispute, error) {
	days := d.AnswerDays
	if days == 0 {
		days = answerDays
	}
	n.Owner = tx.Customer(inv.Customer).Owner
	n.AnswerBy = tx.Days().Add(tx.Today(), days, tx.Home())
	disp, err := tx.Contest(inv, n)
	if err != nil {
		return nil, err
	}
	staff := ledger.NoticeQueued{Kind: ledger.NoticeDispute, Customer: inv.Customer, Invoice: inv.ID, Dispute: disp.ID, Who: n.By}
	if err := d.inThread(tx, &staff); err != nil {
		return nil, err
	}
	return disp, d.Refresh(tx, inv)
}

// answers names who answers for a dispute.
func answers(disp *ledger.Dispute) card.Text {
	if disp.Owner == "" {
		return card.T("setup.role.finance")
	}
	return card.T("value", "value", card.User(disp.Owner))
}

// deadline is the day by which a dispute is to be settled, marked where it is over.
func deadline(v *ledger.View, d *ledger.Dispute) card.Text {
	switch {
	case d.AnswerBy == 0:
		return card.Plain("–")
	case d.Late(v.Today()):
		return card.T("dispute.late", "date", d.AnswerBy)
	}
	return card.T("value", "value", d.AnswerBy)
}

// disputeNews is the message of a dispute in the thread of its invoice's card.
func disputeNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	inv, disp := v.Invoice(n.Invoice), v.Dispute(n.Dispute)
	if disp == nil {
		return card.Message{Withdraw: "no dispute"}, nil
	}
	k := &card.Card{
		Title:  card.T("dispute.title", "dispute", disp.Label(), "number", inv.Number.String(), "customer", v.CustomerName(v.Customer(n.Customer))),
		Fields: append(disputeFields(v, disp), card.Field{Label: card.T("field.who"), Value: card.T("value", "value", whoText(v, n.Who))}),
	}
	if first := v.Dispute(disp.Again); first != nil {
		k.Body = []card.Text{card.T("dispute.again", "dispute", first.Label(), "outcome", card.T("outcome."+string(first.Outcome)))}
	}
	if disp.Outcome != "" {
		k.Note = []card.Text{outcomeLine(v, disp)}
		k.Buttons = []card.Button{staffFileButton(disp)}
		return card.Message{Card: k}, nil
	}
	k.Fields = append(k.Fields, card.Field{Label: card.T("field.answers"), Value: answers(disp)}, card.Field{Label: card.T("field.answerby"), Value: deadline(v, disp)})
	k.Note = []card.Text{card.T("dispute.how", "dispute", disp.Label())}
	k.Buttons = settleButtons(inv, disp)
	return card.Message{Card: k}, nil
}

// outcomeLine tells how a dispute ended, by whom and when.
func outcomeLine(v *ledger.View, disp *ledger.Dispute) card.Text {
	co := v.Company()
	what := card.Join(card.T("outcome."+string(disp.Outcome)), actor(v, disp.EndedBy))
	return card.T("outcome.line", "what", what, "at", card.Instant{At: disp.Ended, Zone: co.Zone()})
}

// settleButtons are the ways in which a dispute can end, and who answers for it.
func settleButtons(inv *ledger.Invoice, d *ledger.Dispute) []card.Button {
	how := func(label, how string) card.Button {
		return formButton(card.T(label), "dispute", "resolve "+d.Label()+" "+how)
	}
	out := []card.Button{how("button.credit", "credit"), how("button.reject", "reject"), how("button.reissue", "reissue"),
		{Label: card.T("button.take"), Do: "take", Arg: idArg(uint32(d.ID))}, how("button.plan", "plan"), how("button.takenback", "withdraw"), staffFileButton(d)}
	out[0].Style = card.Primary
	for i := 4; i < len(out); i++ {
		out[i].More = true
	}
	if inv.Nature != ledger.NaturePrincipal { // interest and costs are credited, and not corrected
		out = append(out[:2], out[3:]...)
	}
	return out
}

// outcomeArgs are what the words of an outcome are about.
func outcomeArgs(v *ledger.View, d *ledger.Dispute, who string) []any {
	inv := v.Invoice(d.Invoice)
	args := []any{"number", inv.Number.String(), "dispute", d.Label(), "open", inv.OpenMoney(), "who", whoText(v, who)}
	if note := v.CreditNote(d.Note); note != nil {
		args = append(args, "note", note.Number.String(), "amount", note.Total)
	}
	if by := v.Invoice(inv.ReplacedBy); by != nil {
		args = append(args, "by", by.Number.String())
	}
	return args
}

// outcome tells, to the customer or to staff, how a dispute ended.
func (d *Desk) outcome(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	inv, disp := v.Invoice(n.Invoice), v.Dispute(n.Dispute)
	words, err := v.Text(n.Text)
	if err != nil {
		return card.Message{}, err
	}
	args, side := outcomeArgs(v, disp, n.Who), "chat."
	if n.Kind == ledger.NoticeResolved {
		side = "staff."
	}
	k := &card.Card{Title: card.T(side+"outcome.title", args...), Body: []card.Text{card.T(side+"outcome."+string(disp.Outcome), args...)}}
	k.Quote = card.Plain(words)
	if disp.Outcome == ledger.Planned {
		k.Fields = partFields(v.Plan(inv.Plan))
	}
	if n.Kind == ledger.NoticeOutcomeWord {
		k.Buttons = append(d.payButton(v, inv, false), disputeButtons(v, inv)...)
		k.Buttons = append(k.Buttons, disputeFileButton(disp))
	}
	return card.Message{Card: k}, nil
}

// partFields are the parts of a plan.
func partFields(p *ledger.Plan) (out []card.Field) {
	if p == nil {
		return nil
	}
	for _, part := range p.Parts {
		out = append(out, card.Field{Label: card.T("value", "value", part.Due), Value: money(ledger.Money{Minor: part.Minor, Currency: p.Currency})})
	}
	return out
}

// takeByButton has whoever presses answer for a dispute.
func takeByButton(c *Call) (card.Reply, error) {
	id, _ := strconv.Atoi(c.Where.Arg)
	disp := c.Dispute(ledger.DisputeID(id))
	if disp == nil {
		return card.Say("button.old"), nil
	}
	return takeOver(c, disp)
}

func takeOver(c *Call, disp *ledger.Dispute) (card.Reply, error) {
	if err := c.Allowed(c.Customer(disp.Customer)); err != nil {
		return card.Reply{}, err
	}
	if err := c.Tx.TakeDispute(disp, c.Who.ID); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.refreshDispute(c.Tx, disp); err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: &card.Card{Body: []card.Text{card.T("dispute.taken", "dispute", disp.Label(), "deadline", deadline(c.View, disp))}}}, nil
}

// RunDisputes tells staff of deadlines, and returns when to be called again; zero for never. It
// costs no commit while there is nothing to tell.
func (d *Desk) RunDisputes(ctx context.Context) (next time.Time, err error) {
	due := 0
	err = d.Books.View(func(v *ledger.View) error {
		list, at := v.DisputesToPress()
		due, next = len(list), at
		return nil
	})
	if err != nil || due == 0 {
		return next, err
	}
	_, err = d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		list, _ := tx.DisputesToPress()
		for _, disp := range tx.OpenDisputes() {
			if step := list[disp.ID]; step != ledger.NotPressed {
				if err := d.press(tx, disp, step); err != nil {
					return nil, err
				}
			}
		}
		return nil, nil
	}})
	return next, err
}

// press tells the owner of a dispute that its deadline is near, or those above him that it has
// passed; its thread is told by the fact.
func (d *Desk) press(tx *ledger.Tx, disp *ledger.Dispute, step ledger.Pressing) error {
	if err := tx.PressDispute(disp, step); err != nil {
		return err
	}
	to, code := []string{disp.Owner}, ledger.DisputeNear
	if step == ledger.Escalated {
		to, code = []string{d.EscalateTo}, "late"
		if d.EscalateTo == "" && d.People != nil {
			to = d.People(Manager)
		}
	}
	if len(to) == 0 || to[0] == "" {
		to = []string{d.FinanceChannel}
	}
	for _, address := range to {
		err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeDisputeDue, Customer: disp.Customer, Invoice: disp.Invoice, Dispute: disp.ID, Address: address, Code: code})
		if err != nil {
			return err
		}
	}
	return d.refreshDispute(tx, disp)
}

// disputeDue tells somebody of staff of a deadline.
func (d *Desk) disputeDue(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	inv, disp := v.Invoice(n.Invoice), v.Dispute(n.Dispute)
	if disp.Outcome != "" && n.Kind == ledger.NoticeDisputeDue {
		return card.Message{Withdraw: "the dispute was settled meanwhile"}, nil
	}
	k := &card.Card{
		Title:  card.T("dispute.due.near", "dispute", disp.Label(), "date", disp.AnswerBy, "customer", v.CustomerName(v.Customer(n.Customer))),
		Fields: append(disputeFields(v, disp), card.Field{Label: card.T("col.invoice"), Value: card.Plain(inv.Number.String())}, card.Field{Label: card.T("field.answers"), Value: answers(disp)}),
	}
	if n.Code == "late" {
		k.Title = card.T("dispute.due.late", "dispute", disp.Label(), "date", disp.AnswerBy, "customer", v.CustomerName(v.Customer(n.Customer)))
	}
	switch {
	case disp.Outcome != "":
		k.Note = []card.Text{outcomeLine(v, disp)}
		return card.Message{Card: k}, nil
	case n.Code == ledger.DisputeNear && disp.Owner != n.Address && disp.Owner != "":
		k.Note = []card.Text{card.T("question.assigned", "question", disp.Label(), "who", card.User(disp.Owner))}
		return card.Message{Card: k}, nil
	case disp.Answered.IsZero():
		k.Body = []card.Text{card.T("dispute.unanswered")}
	}
	chat, ts, posted, err := v.NoticeMessage(disp.Notice)
	if link := d.messageURL(chat, ts); posted && link != "" {
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.openthread"), URL: link})
	}
	k.Buttons = append(k.Buttons, formButton(card.T("button.settledispute"), "dispute", "resolve "+disp.Label()),
		card.Button{Label: card.T("button.take"), Do: "take", Arg: idArg(uint32(disp.ID))})
	return card.Message{Card: k}, err
}
