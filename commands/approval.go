package commands

import (
	"context"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// approvalsCommand lists what waits for a second person, or shows one request.
//
//	line = [ "A-" n ] .
func approvalsCommand() Command {
	return Command{
		Name: "approvals", Who: anybody(), Reads: true,
		Usage:    []string{`approvals`, `approvals <A-1>`},
		Examples: []string{`approvals`, `approvals A-1`},
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{Card: c.approvalsCard()}, nil
			}
			a, err := c.findApproval(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			k, err := c.Desk.approvalCard(c.View, a)
			switch {
			case err != nil || len(k.Buttons) == 0 || c.mayDecide(a) == nil:
			case a.By == c.Who.By(): // his own he can only take back
				k.Buttons = []card.Button{{Label: card.T("button.recall"), Do: "decline", Arg: idArg(uint32(a.ID))}}
			default:
				k.Buttons = nil
			}
			return card.Reply{Card: k}, err
		},
	}
}

// seesApproval reports whether the asker may see a: his own request, or one about a customer
// whom he may see.
func (c *Call) seesApproval(a *ledger.Approval) bool {
	return a.By == c.Who.By() || c.May == nil || a.Customer != 0 && c.Sees(c.Customer(a.Customer))
}

// findApproval reads "A-3".
func (c *Call) findApproval(word string) (*ledger.Approval, error) {
	if rest, ok := strings.CutPrefix(strings.ToUpper(word), "A-"); ok {
		if n, err := strconv.ParseUint(rest, 10, 32); err == nil {
			if a := c.Approval(ledger.ApprovalID(n)); a != nil && c.seesApproval(a) {
				return a, nil
			}
		}
	}
	return nil, ledger.Refuse(ledger.NotFound, "approval.unknown", "text", word)
}

func (c *Call) approvalsCard() *card.Card {
	k := &card.Card{Table: &card.Table{Head: []card.Text{card.T("col.approval"), card.T("col.who"), card.T("aging.customer"), card.T("col.reason"), card.T("col.until")}}}
	for _, a := range c.WaitingApprovals() {
		if c.seesApproval(a) && c.Now.Before(a.Expires) {
			k.Table.Rows = append(k.Table.Rows, approvalRow(c.View, a))
		}
	}
	if len(k.Table.Rows) == 0 {
		return &card.Card{Body: []card.Text{card.T("approvals.none")}}
	}
	k.Title = card.T("approvals.title", "count", len(k.Table.Rows))
	k.Note = append(k.Note, card.T("approvals.note"))
	return k
}

func approvalRow(v *ledger.View, a *ledger.Approval) []card.Text {
	co, customer := v.Company(), card.Plain("–")
	if cust := v.Customer(a.Customer); cust != nil {
		customer = card.Plain(v.CustomerName(cust))
	}
	return []card.Text{card.Plain(a.Label()), actor(v, a.By), customer, card.Join(needTexts(a.Needs)...),
		card.T("value", "value", card.Instant{At: a.Expires, Zone: co.Zone()})}
}

// needTexts say for what a second person is needed.
func needTexts(needs []ledger.Need) (out []card.Text) {
	for _, n := range needs {
		kind := string(n.Kind)
		if n.Kind == ledger.NeedLimit && n.Amount.Currency == "" {
			kind = "nolimit"
		}
		out = append(out, card.T("need."+kind, "amount", n.Amount, "percent", number(n.Percent), "before", n.Before, "month", n.Month.String()))
	}
	return out
}

// guarded runs cmd. Where it needs a second person, nothing of it stays but a request.
func (d *Desk) guarded(c *Call, cmd Command) (reply card.Reply, err error) {
	if err := c.noDetails(cmd.Name); err != nil {
		c.refused = err
		return reply, d.noted(err)
	}
	asked, err := c.Tx.Guard(func() (err error) {
		if reply, err = cmd.Run(c); err == nil {
			c.turn(reply.Card, cmd.Name)
		}
		c.refused = err
		return d.noted(err)
	})
	if err != nil || asked == nil {
		return reply, err
	}
	r := ledger.Request{Do: c.Where.Do, Arg: c.Where.Arg, Draft: c.draft}
	if r.Do == "" || r.Do == "wish" { // who decides a wish reads what was wished
		r.Line = strings.TrimSpace(c.verb + " " + c.Line)
	}
	if c.usedUp != "" {
		c.Tx.Put("preview:"+c.usedUp, nil)
	}
	if r.Draft != nil { // the request has what the preview held, which is used up
		c.Tx.Put("preview:"+r.Arg, nil)
		c.Tx.Put(previewDraft(r.Arg), nil)
		r.Arg = ""
	}
	return d.ask(c, r, asked)
}

// ask keeps the request and tells those who may approve it.
func (d *Desk) ask(c *Call, r ledger.Request, asked *ledger.Asked) (card.Reply, error) {
	a, fresh, err := c.Tx.Ask(r, asked)
	if err != nil {
		return card.Reply{}, err
	}
	title := card.T("approval.again", "approval", a.Label())
	if fresh && c.draftNo != "" { // the draft stays in the list until it is issued
		c.Tx.Put(previewDraft(a.Label()), []byte(c.draftNo))
	}
	if fresh {
		title = card.T("approval.asked", "approval", a.Label())
		err = c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeApproval, Customer: a.Customer, Address: d.approvers(), Approval: a.ID})
	}
	k := &card.Card{Title: title, Body: append(needTexts(a.Needs), d.decidersText(c.View, a))}
	k.Note = []card.Text{card.T("approval.until", "until", until(c.View, a))}
	return card.Reply{Card: k, Replace: r.Draft != nil}, err
}

// approvers is the channel where approvals are asked for.
func (d *Desk) approvers() string {
	if d.ApprovalChannel != "" {
		return d.ApprovalChannel
	}
	return d.FinanceChannel
}

func until(v *ledger.View, a *ledger.Approval) card.Instant {
	co := v.Company()
	return card.Instant{At: a.Expires, Zone: co.Zone()}
}

// asker is the Slack user who asks for a.
func asker(a *ledger.Approval) string { return strings.TrimPrefix(a.By, "slack:") }

// decides reports whether a role may decide what a person of another asks: a manager, and
// finance what sales ask. Nobody decides what he asks himself.
func decides(role, asks Role) bool { return role == Manager || role == Finance && asks == Sales }

// mayDecide returns the refusal for somebody who may not decide a.
func (c *Call) mayDecide(a *ledger.Approval) error {
	if a.By == c.Who.By() {
		return ledger.Refuse(ledger.Forbidden, "approval.own", "approval", a.Label())
	}
	if !decides(c.Who.Role, c.Desk.staffOf(asker(a)).Role) {
		return ledger.Refuse(ledger.Forbidden, "approval.who", "approval", a.Label(), "who", card.T("approval.roles"))
	}
	return nil
}

// staffOf is what is known of a Slack user.
func (d *Desk) staffOf(user string) Staff {
	if d.StaffOf == nil {
		return Staff{ID: user}
	}
	return d.StaffOf(user)
}

// decidersText names those who may decide a, or says that nobody can.
func (d *Desk) decidersText(_ *ledger.View, a *ledger.Approval) card.Text {
	var who []card.Text
	asks := d.staffOf(asker(a)).Role
	for _, role := range []Role{Finance, Manager} {
		if !decides(role, asks) || d.People == nil {
			continue
		}
		for _, user := range d.People(role) {
			if user != asker(a) {
				who = append(who, userText(user))
			}
		}
	}
	if len(who) == 0 {
		return card.T("approval.nobody")
	}
	return card.T("approval.deciders", "who", card.Join(who...))
}

// approvalCard shows a request as it stands: who asks, for what and why, and while it waits
// the buttons that decide it.
func (d *Desk) approvalCard(v *ledger.View, a *ledger.Approval) (*card.Card, error) {
	r, err := v.RequestOf(a)
	if err != nil {
		return nil, err
	}
	k := &card.Card{Title: card.T("approval.title", "approval", a.Label(), "who", whoText(v, a.By)), Body: needTexts(a.Needs), Quote: card.Plain(r.Line)}
	if cust := v.Customer(a.Customer); cust != nil {
		k.Fields = append(k.Fields, card.Field{Label: card.T("aging.customer"), Value: card.Plain(v.CustomerName(cust))})
	}
	if inv := v.Invoice(a.Invoice); inv != nil {
		k.Fields = append(k.Fields, card.Field{Label: card.T("col.invoice"), Value: card.T("paid.open", "number", inv.Number.String(), "open", inv.OpenMoney())})
	}
	if r.Draft != nil {
		t, err := r.Draft.Totals()
		if err != nil {
			return nil, err
		}
		draft := draftCard(v, r.Draft, t)
		k.Table, k.Fields, k.Note = draft.Table, append(k.Fields, draft.Fields...), draft.Note
	}
	if a.State != ledger.ApprovalWaiting {
		k.Note = append(k.Note, approvalOutcome(v, a))
		return k, nil
	}
	k.Fields = append(k.Fields, approvalEffect(v, a, r)...)
	k.Body = append(k.Body, d.decidersText(v, a))
	k.Note = append(k.Note, card.T("approval.until", "until", until(v, a)))
	id := idArg(uint32(a.ID))
	k.Buttons = []card.Button{
		{Label: card.T("button.approve"), Do: "approve", Arg: id, Style: card.Primary, Confirm: card.T("confirm.approve", "approval", a.Label())},
		{Label: card.T("button.decline"), Do: "decline", Arg: id},
	}
	return k, nil
}

// approvalState is what became of a request, and by whom.
func approvalState(v *ledger.View, a *ledger.Approval) card.Text {
	return card.T("approval.state."+string(a.State), "who", whoText(v, a.Decided))
}

// approvalOutcome is the line that takes the place of the buttons: what became of a request,
// by whom, and when.
func approvalOutcome(v *ledger.View, a *ledger.Approval) card.Text {
	co := v.Company()
	return card.T("outcome.line", "what", approvalState(v, a), "at", card.Instant{At: a.Ended, Zone: co.Zone()})
}

// approvalEffect tells what whoever decides wants to know: how things stand with the customer,
// and what it would change.
func approvalEffect(v *ledger.View, a *ledger.Approval, r ledger.Request) (out []card.Field) {
	cust := v.Customer(a.Customer)
	if cust == nil {
		return nil
	}
	if r.Draft != nil {
		if t, err := r.Draft.Totals(); err == nil {
			out = append(out, limitAfter(v, cust, t.Total)...)
		}
	}
	for _, n := range a.Needs {
		out = append(out, needEffect(v, cust, v.Invoice(a.Invoice), n)...)
	}
	out = append(out, agingFields(v.AgingOf(cust, v.Today()))...)
	return append(out, recordFields(v, cust)...)
}

// needEffect is what one of the reasons for a request would change.
func needEffect(v *ledger.View, cust *ledger.Customer, inv *ledger.Invoice, n ledger.Need) []card.Field {
	change := func(label card.Text, before, after ledger.Money) []card.Field {
		return []card.Field{{Label: label, Value: card.T("effect.change", "before", before, "after", after)}}
	}
	switch {
	case (n.Kind == ledger.NeedCredit || n.Kind == ledger.NeedWriteOff || n.Kind == ledger.NeedOffset) && inv != nil && inv.Currency == n.Amount.Currency:
		after := inv.OpenMoney().Sub(n.Amount)
		after.Minor = max(after.Minor, 0)
		return change(card.T("effect.open", "number", inv.Number.String()), inv.OpenMoney(), after)
	case n.Kind == ledger.NeedRefund:
		before := v.OnAccount(cust, n.Amount.Currency)
		return change(card.T("aging.onaccount"), before, before.Sub(n.Amount))
	case n.Kind == ledger.NeedLimit && n.Amount.Currency != "":
		return []card.Field{{Label: card.T("effect.used"), Value: card.T("limit.after", "used", v.Exposure(cust), "limit", n.Amount)}}
	}
	return nil
}

// approvalNews makes the messages about a request.
func (d *Desk) approvalNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	a := v.Approval(n.Approval)
	if a == nil {
		return card.Message{Withdraw: "no such request"}, nil
	}
	if n.Kind != ledger.NoticeApprovalDone {
		k, err := d.approvalCard(v, a)
		return card.Message{Card: k}, err
	}
	r, err := v.RequestOf(a)
	k := &card.Card{Title: card.T("approval.done."+string(a.State), "approval", a.Label(), "who", whoText(v, a.Decided)), Body: needTexts(a.Needs), Quote: card.Plain(r.Line)}
	return card.Message{Card: k}, err
}

// pressedApproval is the request whose button was pressed.
func (c *Call) pressedApproval() *ledger.Approval {
	id, _ := cutArg(c.Where.Arg)
	return c.Approval(ledger.ApprovalID(id))
}

// approveByButton runs what was asked for, once, over the books as they are now.
func approveByButton(c *Call) (card.Reply, error) {
	a := c.pressedApproval()
	if a == nil {
		return card.Say("button.old"), nil
	}
	if err := c.mayDecide(a); err != nil {
		return card.Reply{}, err
	}
	r, err := c.RequestOf(a)
	if err != nil {
		return card.Reply{}, err
	}
	var done card.Reply
	why, err := c.Tx.Approve(a, func() (err error) {
		done, err = c.Desk.carryOut(c, c.Desk.staffOf(asker(a)), a.Label(), r)
		return err
	})
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.announceDecision(c.Tx, a); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("approval.did", "approval", a.Label(), "who", whoText(c.View, a.By))}
	if why != nil {
		k.Title = card.T("approval.didnot", "approval", a.Label())
		k.Body = append(refused(why).Card.Body, card.T("approval.askanew", "who", whoText(c.View, a.By)))
	} else if done.Card != nil {
		if k.Body = done.Card.Body; !done.Card.Title.IsZero() {
			k.Body = append([]card.Text{done.Card.Title}, k.Body...)
		}
	}
	return card.Reply{Card: k}, nil
}

// carryOut runs what who asked for by the request of that label.
func (d *Desk) carryOut(c *Call, who Staff, label string, r ledger.Request) (card.Reply, error) {
	call := &Call{View: c.View, Tx: c.Tx, Desk: d, Who: who, Where: Press{Who: who, Do: r.Do, Arg: r.Arg}}
	cmd, ok := buttons()[r.Do]
	if r.Do == "" {
		verb, rest := cutWord(r.Line)
		cmd, ok = find(verb)
		call.Where, call.Line, call.Args = Press{}, rest, split(rest)
	}
	if !ok {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "approval.unfit")
	}
	if !who.may(cmd) {
		return card.Reply{}, ledger.Refuse(ledger.Forbidden, "approval.asker", "who", card.User(who.ID))
	}
	before := c.Tx.May
	defer func() { c.Tx.May = before }()
	c.Tx.May = d.lens(who, cmd)
	if r.Draft != nil {
		var err error
		if call.draftNo, err = call.draftOf(label); err != nil {
			return card.Reply{}, err
		}
		return issueDraft(call, *r.Draft, r.Do == "override")
	}
	return cmd.Run(call)
}

// declineByButton ends a request; the one who asked withdraws it so.
func declineByButton(c *Call) (card.Reply, error) {
	a := c.pressedApproval()
	if a == nil {
		return card.Say("button.old"), nil
	}
	if err := c.mayDecide(a); err != nil && a.By != c.Who.By() {
		return card.Reply{}, err
	}
	if err := c.Tx.Decline(a); err != nil {
		return card.Reply{}, err
	}
	return card.Say("approval.declined", "approval", a.Label(), "state", approvalState(c.View, a)), c.Desk.announceDecision(c.Tx, a)
}

// announceDecision edits the message that asked, and tells the one who asked.
func (d *Desk) announceDecision(tx *ledger.Tx, a *ledger.Approval) error {
	if a.Notice != 0 {
		err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeApprovalEdit, Customer: a.Customer, Address: d.approvers(), Approval: a.ID})
		if err != nil {
			return err
		}
	}
	if a.State == ledger.ApprovalWithdrawn {
		return nil // he did it himself
	}
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeApprovalDone, Customer: a.Customer, Address: asker(a), Approval: a.ID})
}

// ExpireApprovals ends the requests that nobody decided in time, and returns when the next one
// comes to its end; zero where none waits.
func (d *Desk) ExpireApprovals(ctx context.Context) (next time.Time, err error) {
	due := false
	err = d.Books.View(func(v *ledger.View) error {
		for _, a := range v.WaitingApprovals() {
			if !v.Now.Before(a.Expires) {
				due = true
			} else if next.IsZero() || a.Expires.Before(next) {
				next = a.Expires
			}
		}
		return nil
	})
	if err != nil || !due {
		return next, err
	}
	_, err = d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		for _, a := range tx.WaitingApprovals() {
			if err := tx.ExpireApproval(a); err != nil {
				return nil, err
			}
			if a.State != ledger.ApprovalExpired {
				continue
			}
			if err := d.announceDecision(tx, a); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}})
	return next, err
}

// warnOfApproval says on a preview that a second person will be asked.
func (c *Call) warnOfApproval(k *card.Card, draft *ledger.Draft) {
	d := *draft
	if may(buttons()["override"], c.Who.Role) {
		d.Override = c.Who.By()
	}
	asked, _ := c.Tx.Forecast(func() (err error) { // what is refused here is refused at the confirm
		if d.Corrects != 0 {
			_, _, err = c.Tx.Reissue(d, "")
			return err
		}
		_, err = c.Tx.Issue(d)
		return err
	})
	if asked != nil {
		k.Body = append(append(k.Body, card.T("approval.preview")), needTexts(asked.Needs)...)
	}
}
