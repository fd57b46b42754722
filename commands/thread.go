package commands

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// CardChannel is the Slack channel where a customer's invoices have their cards.
func (d *Desk) CardChannel(c *ledger.Customer) string {
	if d.ChannelFor != nil && c != nil {
		return d.ChannelFor(c.Segment, c.Owner)
	}
	return d.InvoiceChannel
}

// Touched queues what the cards of these invoices have to show and tell: a command just booked
// facts about them. No command has to think of it.
func (d *Desk) Touched(tx *ledger.Tx, about []ledger.InvoiceID) error {
	for _, id := range about {
		inv := tx.Invoice(id)
		if err := firstError(d.claimMet(tx, inv), d.tasksMet(tx, tx.Customer(inv.Customer))); err != nil {
			return err
		}
		if inv.Card == 0 {
			continue
		}
		channel := d.CardChannel(tx.Customer(inv.Customer))
		err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeCardEdit, Customer: inv.Customer, Address: channel, Invoice: id})
		if err != nil {
			return err
		}
		facts, err := tx.Booked(inv)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(facts, isCredit) {
			if err := d.hangPaper(tx, inv, inv.LastCredit()); err != nil {
				return err
			}
		}
		lines, err := story(&tx.View, inv, facts)
		if err == nil && len(lines) > 0 {
			err = tx.NotifyThread(inv, channel)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func isCredit(f *ledger.Fact) bool {
	_, ok := f.Body.(*ledger.CreditNoteIssued)
	return ok
}

// CardTitle names an invoice as its card does.
func CardTitle(v *ledger.View, inv *ledger.Invoice) card.Text {
	return card.T("card.title", "number", inv.Number.String(), "customer", v.CustomerName(v.Customer(inv.Customer)))
}

// storyMost is how many lines one message tells; of more it tells the newest, and how to read
// the rest.
const storyMost = 30

// threadNews tells in the thread of an invoice's card what nobody was told of yet.
func threadNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	inv := v.Invoice(n.Invoice)
	facts, err := v.Untold(inv)
	if err != nil {
		return card.Message{}, err
	}
	lines, err := story(v, inv, facts)
	if err != nil || len(lines) == 0 {
		return card.Message{Withdraw: "all of it is told already"}, err
	}
	if hidden := len(lines) - storyMost; hidden > 0 {
		lines = append([]card.Text{card.T("story.before", "count", hidden, "number", inv.Number.String())}, lines[hidden:]...)
	}
	return card.Message{Card: &card.Card{Note: lines}}, nil
}

// story tells facts about an invoice, a line for each. What a message of its own tells in the
// thread is left out.
func story(v *ledger.View, inv *ledger.Invoice, facts []*ledger.Fact) (lines []card.Text, err error) {
	own := tellThemselves(facts)
	for _, f := range facts {
		storied, notice, err := v.Storied(f)
		if err != nil {
			return nil, err
		}
		if storied && !own.tells(f) {
			lines = append(lines, storyLine(v, inv, f, notice))
		}
	}
	return lines, nil
}

// ownWords are what messages of their own tell in a thread.
type ownWords struct {
	payments []ledger.PaymentID
	credits  []ledger.CreditNoteID
	judged   bool
	asked    bool // a later day, or a plan
	files    bool
}

func tellThemselves(facts []*ledger.Fact) (own ownWords) {
	for _, f := range facts {
		x, ok := f.Body.(*ledger.NoticeQueued)
		if !ok || !x.InThread {
			continue
		}
		switch x.Kind {
		case ledger.NoticePaid:
			own.payments = append(own.payments, x.Payment)
		case ledger.NoticeCredited, ledger.NoticeResolved:
			own.credits = append(own.credits, x.Credit)
		case ledger.NoticeJudged:
			own.judged = true
		case ledger.NoticeDeferral:
			own.asked = true
		case ledger.NoticeKept:
			own.files = true
		}
	}
	return own
}

// tells reports whether one of the messages tells f too. Disputes and claims have their own each
// time, and so has whatever is said.
func (own *ownWords) tells(f *ledger.Fact) bool {
	paid := func(p ledger.PaymentID) bool { return slices.Contains(own.payments, p) }
	switch x := f.Body.(type) {
	case *ledger.DisputeOpened, *ledger.DisputeMessage, *ledger.DisputeResolved, *ledger.PaymentClaimed, *ledger.ClaimProven, *ledger.ClaimSettled:
		return true
	case *ledger.QuestionMessage, *ledger.QuestionPressed, *ledger.WordsEdited, *ledger.WordsWithdrawn:
		return true
	case *ledger.Allocated:
		return paid(x.Payment)
	case *ledger.Deducted:
		return paid(x.Payment)
	case *ledger.DiscountTaken:
		return paid(x.Payment)
	case *ledger.Converted:
		return paid(x.Payment)
	case *ledger.SettlementReversed:
		return paid(x.Payment)
	case *ledger.CreditNoteIssued:
		return len(own.credits) > 0
	case *ledger.DeferralRequested:
		return own.asked
	case *ledger.FileKept:
		return own.files || x.Words != 0
	case *ledger.PromiseKept, *ledger.PromiseBroken, *ledger.PlanKept, *ledger.PlanBroken:
		return own.judged
	}
	return false
}

// storyLine is a fact in one line: what, over how much, for which day, why, and who.
func storyLine(v *ledger.View, inv *ledger.Invoice, f *ledger.Fact, notice *ledger.NoticeQueued) card.Text {
	d := v.Describe(f)
	number, handle := inv.Number.String(), v.Customer(inv.Customer).Handle // which the card names
	d.Refs = slices.DeleteFunc(d.Refs, func(ref string) bool { return ref == number || ref == handle })
	items := []card.Text{factText(v, f, d)}
	switch x := f.Body.(type) {
	case *ledger.NoticeOutcome:
		items[0] = fateWords(v, x, notice)
	case *ledger.InvoiceIssued:
		items[0] = card.T("story.issued")
	}
	if d.Amount.Minor != 0 {
		items = append(items, money(d.Amount))
	}
	if d.Day != 0 {
		items = append(items, card.T("value", "value", d.Day))
	}
	if words, err := v.Text(d.Words); err == nil && words != "" { // an erased text is left out
		items = append(items, card.T("story.words", "words", words))
	}
	if a := v.Approval(f.Approval); a != nil {
		items = append(items, card.T("history.approved", "approval", a.Label(), "who", whoText(v, a.Decided)))
	}
	if f.By != "duebot" {
		items = append(items, actor(v, f.By))
	}
	return card.Join(items...)
}

// fateWords say what became of a message to the customer.
func fateWords(v *ledger.View, x *ledger.NoticeOutcome, n *ledger.NoticeQueued) card.Text {
	what := card.T("message." + string(n.Kind))
	switch x.State {
	case ledger.NoticeUnknown:
		return card.T("story.unknown", "what", what)
	case ledger.NoticeFailed:
		return card.T("story.failed", "what", what)
	}
	by := card.T("channel." + ledger.ChannelTelegram)
	if chat, _, ok, err := v.NoticeMessage(x.Notice); err == nil && ok && ledger.ChannelOf(chat) == ledger.ChannelMail {
		by = card.T("channel." + ledger.ChannelMail)
	}
	return card.T("story.sent", "what", what, "channel", by)
}

// progress tells how far an invoice has come with its customer: whether it was delivered,
// seen, reminded of, promised.
func progress(v *ledger.View, inv *ledger.Invoice) []card.Field {
	var items []card.Text
	today, co := v.Today(), v.Company()
	switch state, at, err := v.NoticeFate(inv.Message); {
	case inv.Void || err != nil:
	case state == ledger.NoticeSent:
		items = append(items, card.T("progress.delivered", "date", ledger.DateOf(at, co.Zone())))
	case state == ledger.NoticeUnknown:
		items = append(items, card.T("progress.unknown"))
	case state == ledger.NoticeFailed:
		items = append(items, card.T("progress.failed"))
	case state == ledger.NoticeQueuedState && !v.Reaches(v.Customer(inv.Customer), true, false):
		items = append(items, card.T("progress.noroute"))
	case state == ledger.NoticeQueuedState:
		items = append(items, card.T("progress.waits"))
	}
	if inv.Opened != 0 {
		items = append(items, card.T("progress.opened", "date", inv.Opened))
	}
	if inv.Step > 0 {
		items = append(items, card.T("progress.reminded", "step", inv.Step))
	}
	if inv.Open > 0 && inv.Promised >= today {
		items = append(items, card.T("state.promised", "date", inv.Promised))
	}
	if inv.ClosedOn != 0 && !inv.Void {
		items = append(items, card.T("progress.closed", "date", inv.ClosedOn))
	}
	if len(items) == 0 {
		return nil
	}
	return []card.Field{{Label: card.T("field.progress"), Value: card.Join(items...)}}
}
