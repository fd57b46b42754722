package commands

import (
	"strconv"

	"duebot/commands/card"
	"duebot/ledger"
)

// Reconciliation acts that go to customers: who agrees presses a button, and that is a fact with
// the document's hash; who does not writes what differs, or sends his own list and gets the lines
// that do.

// expectDiffers is what the words of a chat are expected for here: about "3", the act.
const expectDiffers = "act.differs"

// reconcileCommand hands out the act of a period, sends it, and lists those that were sent.
//
//	line = [ "list" ] | customer [ from [ to ] ] [ "send" ] .
func reconcileCommand() Command {
	return Command{
		Name: "reconcile", Who: anybody(),
		Usage:    []string{`reconcile <customer> [<from> [<to>]] [send]`, `reconcile list`},
		Examples: []string{`reconcile acme 2026-07-01 2026-09-30 send`, `reconcile list`},
		Form:     reconcileForm, Words: func(v map[string]string, arg string) []token { return row(statementWords(v, arg), word("send")) },
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 1 && c.Args[0].is("list") {
				return card.Reply{Card: c.actList()}, nil
			}
			send := len(c.Args) > 1 && c.Args[len(c.Args)-1].is("send")
			if send {
				c.Args = c.Args[:len(c.Args)-1]
			}
			cust, days, err := c.accountDays(usage("reconcile", "got", c.Line), past{})
			if err != nil {
				return card.Reply{}, err
			}
			if send {
				return c.sendAct(cust, days)
			}
			return c.actPreview(cust, days)
		},
	}
}

// actSenders may send an act to a customer.
func actSenders() []Role { return []Role{Sales, Finance, Manager} }

// reconcileForm asks whose books are to be compared, and for which days.
func reconcileForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.reconcile"), Submit: card.T("form.do.send")}
	first := firstOfMonth(c.Today())
	return f, c.aboutCustomer(f, c.dayField("from", card.T("ask.from"), firstOfMonth(first.AddDays(-1))), c.dayField("to", card.T("field.until"), first.AddDays(-1)))
}

// actPreview hands the act to whoever asks, and offers to send it.
func (c *Call) actPreview(cust *ledger.Customer, days ledger.Period) (card.Reply, error) {
	r, err := c.accountPaper(cust, days, card.Paper{Kind: card.PaperReconciliation})
	if err == nil && r.Card.Paper != nil && may(Command{Who: actSenders()}, c.Who.Role) {
		line := "reconcile " + cust.Handle + " " + days.From.String() + " " + days.To.String() + " send"
		r.Card.Buttons = append(r.Card.Buttons, lineButton(card.T("button.sendact"), line))
	}
	return r, err
}

// sendAct sends the act of these days to its customer.
func (c *Call) sendAct(cust *ledger.Customer, days ledger.Period) (card.Reply, error) {
	if err := c.Allowed(cust); err != nil {
		return card.Reply{}, err
	}
	if !may(Command{Who: actSenders()}, c.Who.Role) {
		return card.Reply{}, forbidden(Command{Name: "reconcile", Who: actSenders()}, c.Who.Role)
	}
	r, err := c.Tx.SendAct(cust, days.From, days.To)
	if err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("act.sending", "act", r.Label(), "customer", c.CustomerName(cust), "from", r.From, "to", r.To),
		Body: []card.Text{card.T("act.willtell")}}
	if !c.Reaches(cust, c.Desk.Mail, false) {
		k.Note = []card.Text{card.T("act.noroute", "handle", cust.Handle)}
	}
	return card.Reply{Card: k}, nil
}

// actRows is how many acts a list names.
const actRows = 50

func (c *Call) actList() *card.Card {
	k := &card.Card{Title: card.T("act.list")}
	all := c.LastActs(actRows)
	if len(all) == 0 {
		k.Body = []card.Text{card.T("act.none")}
		return k
	}
	k.Table = &card.Table{Head: []card.Text{card.T("col.act"), card.T("aging.customer"), card.T("ask.from"), card.T("field.until"), card.T("col.state")}}
	for _, r := range all {
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(r.Label()), card.Plain(c.CustomerName(c.Customer(r.Customer))),
			card.T("value", "value", r.From), card.T("value", "value", r.To), c.actState(r)})
	}
	ownNote(c.View, k)
	return k
}

// actState tells how an act stands.
func (c *Call) actState(r *ledger.Reconciliation) card.Text {
	co := c.Company()
	day := func(key string) card.Text {
		return card.T(key, "date", ledger.DateOf(r.Answered, co.Zone()), "who", whoText(c.View, r.Who))
	}
	switch {
	case r.Answer == ledger.ActAgreed:
		return card.Join(day("act.state.agreed"), card.Plain(r.Bytes.Short()))
	case r.Answer == ledger.ActDiffers:
		return day("act.state.differs")
	case r.Reminded != 0:
		return card.T("act.state.reminded", "date", r.Reminded)
	case r.Bytes == (ledger.Hash{}):
		return card.T("act.state.waits")
	}
	return card.T("act.state.sent", "date", ledger.DateOf(r.Asked, co.Zone()))
}

// actNews brings an act to its customer, or asks for his answer again.
func (d *Desk) actNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	r := v.ActOf(&n.NoticeQueued)
	if r.Answer != ledger.ActUnanswered {
		return card.Message{Withdraw: "it was answered meanwhile"}, nil
	}
	co := v.Company().Name
	if n.Kind == ledger.NoticeActAgain {
		k := &card.Card{Title: card.T("chat.act.again", "company", co, "from", r.From, "to", r.To), Body: []card.Text{card.T("chat.act.body")}, Buttons: actButtons(r, true)}
		return card.Message{Card: k}, nil
	}
	k := &card.Card{Title: card.T("chat.act.title", "company", co, "from", r.From, "to", r.To), Body: []card.Text{card.T("chat.act.body")}, Buttons: actButtons(r, false)}
	for _, st := range v.Statement(v.Customer(r.Customer), ledger.Period{From: r.From, To: r.To, Known: r.Drawn}) { // as its document says
		k.Fields = append(k.Fields, card.Field{Label: card.T("statement.closing"), Value: money(st.Closing)})
	}
	k.Paper = actPaperOf(v, r)
	return card.Message{Card: k}, nil
}

// actPaperOf is the document of an act, as it went out.
func actPaperOf(v *ledger.View, r *ledger.Reconciliation) *card.Paper {
	return &card.Paper{Kind: card.PaperReconciliation, Of: v.Customer(r.Customer).Handle, From: dayDigits(r.From), To: dayDigits(r.To), Sent: true, Act: int(r.ID)}
}

func actButtons(r *ledger.Reconciliation, document bool) []card.Button {
	id := idArg(uint32(r.ID))
	out := []card.Button{{Label: card.T("button.agreeact"), Do: "agree", Arg: id}, {Label: card.T("button.differ"), Do: "differ", Arg: id}}
	if document {
		out = append(out, card.Button{Label: card.T("button.document"), Do: "actpaper", Arg: id, Wide: true})
	}
	return out
}

// myAct is the act that a button is about, if it is the customer's own.
func (c *ChatCall) myAct(arg string) *ledger.Reconciliation {
	id, _ := cutArg(arg)
	r := c.Act(ledger.ReconciliationID(id))
	if r == nil || !c.ChatHas(c.In.Chat, r.Customer) {
		return nil
	}
	c.Customer = c.Tx.Customer(r.Customer)
	return r
}

// mayAnswer answers where r is not to be agreed to, or contested, by this person and here.
func (c *ChatCall) mayAnswer(r *ledger.Reconciliation) (card.Reply, bool) {
	switch {
	case r == nil || r.Bytes == (ledger.Hash{}):
		return card.Reply{Toast: card.T("chat.oldbutton")}, false
	case !c.In.Private:
		return c.privately(startMenu), false
	case r.Answer == ledger.ActAgreed:
		return card.Reply{Toast: card.T("refuse.act.agreed", "act", r.Label())}, false
	case !c.may(toAgree):
		return c.notHis(), false
	}
	return card.Reply{}, true
}

// agreeAct books that the customer agrees to an act.
func agreeAct(c *ChatCall) (card.Reply, error) {
	r := c.myAct(c.In.Arg)
	if reply, ok := c.mayAnswer(r); !ok {
		return reply, nil
	}
	if err := c.Answer(r, ledger.AnswerAct{Answer: ledger.ActAgreed, Chat: c.In.Chat}); err != nil {
		return card.Reply{}, err
	}
	if err := c.tellAct(r); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("chat.act.agreed", "from", r.From, "to", r.To, "company", c.Company().Name),
		Body:    []card.Text{card.T("chat.act.kept", "act", r.Label(), "hash", r.Bytes.Short())},
		Buttons: []card.Button{{Label: card.T("button.document"), Do: "actpaper", Arg: idArg(uint32(r.ID))}}}
	return card.Reply{Card: k, Replace: true}, nil
}

// tellAct tells staff what was said of an act: whoever looks after the customer, or finance.
func (c *ChatCall) tellAct(r *ledger.Reconciliation) error {
	return c.Notify(ledger.NoticeQueued{Kind: ledger.NoticeActAnswer, Customer: r.Customer, Address: c.Desk.FinanceChannel, Code: r.Label(), Text: r.Words, Who: c.In.Chat})
}

// differAct asks what differs.
func differAct(c *ChatCall) (card.Reply, error) {
	r := c.myAct(c.In.Arg)
	if reply, ok := c.mayAnswer(r); !ok {
		return reply, nil
	}
	k := &card.Card{Title: card.T("chat.act.differs", "from", r.From, "to", r.To), Body: []card.Text{card.T("chat.act.what"), card.T("chat.act.list")},
		Buttons: []card.Button{{Label: card.T("button.document"), Do: "actpaper", Arg: idArg(uint32(r.ID))}}}
	return card.Reply{Card: k}, c.Expect(expectDiffers, idArg(uint32(r.ID)))
}

// giveAct hands out the document of an act, as it was.
func giveAct(c *ChatCall) (card.Reply, error) {
	r := c.myAct(c.In.Arg)
	if r == nil || r.Bytes == (ledger.Hash{}) {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	k := &card.Card{Title: card.T("chat.act.title", "company", c.Company().Name, "from", r.From, "to", r.To), Paper: actPaperOf(&c.View, r)}
	return card.Reply{Card: k}, nil
}

// takeDiffers takes what differs: words, or the customer's own list.
func takeDiffers(c *ChatCall, about string) (card.Reply, error) {
	r := c.myAct(about)
	if reply, ok := c.mayAnswer(r); !ok {
		return said(reply), nil
	}
	a := ledger.AnswerAct{Answer: ledger.ActDiffers, Chat: c.In.Chat, Words: c.In.Text}
	var list []ledger.AccountLine
	for _, f := range c.In.Files {
		if f.Why != nil {
			return card.Reply{}, f.Why
		}
		if f.List == nil {
			return card.Reply{}, c.unlisted(&f)
		}
		a.List, a.Type, list = f.Bytes, f.Type, f.List
	}
	if err := c.Answer(r, a); err != nil {
		return card.Reply{}, err
	}
	if err := c.tellAct(r); err != nil {
		return card.Reply{}, err
	}
	if err := c.Expect(expectDiffers, about); err != nil { // there may be more to say
		return card.Reply{}, err
	}
	if list == nil {
		return card.Say("chat.act.passedon", "company", c.Company().Name), nil
	}
	found, err := c.Compare(c.Customer, actPeriod(r), list)
	if err != nil {
		return card.Reply{}, err
	}
	if err := noteDiffering(c.Tx, r, found); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("chat.act.compared", "count", len(found), "from", r.From, "to", r.To)}
	if len(found) == 0 {
		k.Body = []card.Text{card.T("chat.act.same")}
		k.Buttons = actButtons(r, false)[:1]
		return card.Reply{Card: k}, nil
	}
	k.Body = append(differenceLines(found), card.T("chat.act.passedon", "company", c.Company().Name))
	k.Paper = &card.Paper{Kind: card.PaperDifferences, Of: r.Label(), Format: card.FormatXLSX, Lang: c.Customer.Language, Act: int(r.ID), Sent: true}
	return card.Reply{Card: k}, nil
}

// unlisted refuses a file that is no list.
func (c *ChatCall) unlisted(f *ChatFile) error {
	if f.ListWhy != nil {
		return f.ListWhy
	}
	return ledger.Refuse(ledger.BadInput, "act.listtype", "name", f.Name)
}

// actPeriod is the days of an act, as they were known when it was answered.
func actPeriod(r *ledger.Reconciliation) ledger.Period {
	return ledger.Period{From: r.From, To: r.To, Known: r.Known}
}

// differencesShown is how many differences a message names; the sheet has all.
const differencesShown = 10

// differenceLines name what differs, to the customer.
func differenceLines(found []ledger.Difference) (out []card.Text) {
	for i, d := range found {
		if i == differencesShown {
			out = append(out, card.T("account.more", "count", len(found)-differencesShown))
			break
		}
		sum := func(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: d.Currency} }
		var day any = ""
		if d.Date != 0 {
			day = d.Date
		}
		out = append(out, card.T("chat.act.diff."+string(d.Kind), "number", d.Number, "date", day, "ours", sum(d.Ours), "theirs", sum(d.Theirs)))
	}
	return out
}

// Differences are the lines that differ between an act and the list that its customer sent.
func (d *Desk) Differences(v *ledger.View, r *ledger.Reconciliation, list []ledger.AccountLine) ([]ledger.Difference, error) {
	return v.Compare(v.Customer(r.Customer), actPeriod(r), list)
}

// actAnswer tells staff what a customer said of an act.
func (d *Desk) actAnswer(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	r := v.ActOf(&n.NoticeQueued)
	cust := v.Customer(r.Customer)
	args := []any{"act", r.Label(), "customer", v.CustomerName(cust), "from", r.From, "to", r.To, "who", whoText(v, n.Who)}
	if r.Answer == ledger.ActAgreed {
		return card.Message{Card: &card.Card{Title: card.T("act.agreed", args...), Note: []card.Text{card.T("act.kept", "hash", r.Bytes.Short())},
			Buttons: []card.Button{actFileButton(r, card.PaperReconciliation, "button.document")}}}, nil
	}
	words, err := v.Text(n.Text)
	k := &card.Card{Title: card.T("act.differs", args...), Quote: card.Plain(words), Body: []card.Text{card.T("act.todo")}}
	if err != nil {
		return card.Message{}, err
	}
	more := 0
	if k.Table, more, err = differingTable(v, r); more > 0 {
		k.Note = append(k.Note, card.T("account.more", "count", more))
	}
	if r.List != (ledger.Hash{}) {
		k.Buttons = append(k.Buttons, actFileButton(r, card.PaperDifferences, "button.differences"))
	}
	k.Buttons = append(k.Buttons, actFileButton(r, card.PaperReconciliation, "button.document"))
	return card.Message{Card: k}, err
}

// actFileButton hands staff a paper of an act: "sentact.3", "differences.3".
func actFileButton(r *ledger.Reconciliation, kind, label string) card.Button {
	if kind == card.PaperReconciliation {
		kind = "sentact"
	}
	return card.Button{Label: card.T(label), Do: "paper", Arg: kind + "." + idArg(uint32(r.ID))}
}

// actPaper hands a member of staff the document of an act, or the lines that differ.
func (c *Call) actPaper(p card.Paper) (card.Reply, error) {
	id, _ := strconv.Atoi(p.Of)
	r := c.Act(ledger.ReconciliationID(id))
	if r == nil || r.Bytes == (ledger.Hash{}) {
		return card.Say("button.old"), nil
	}
	cust := c.Customer(r.Customer)
	if err := c.Allowed(cust); err != nil {
		return card.Reply{}, err
	}
	name := card.T("paper.name.reconciliation", "number", "", "customer", c.CustomerName(cust), "from", r.From, "to", r.To)
	out := actPaperOf(c.View, r)
	if p.Kind == card.PaperDifferences {
		name = card.T("paper.name.differences", "customer", c.CustomerName(cust), "from", r.From, "to", r.To)
		out = &card.Paper{Kind: card.PaperDifferences, Of: r.Label(), Format: card.FormatXLSX, Lang: c.Who.Lang, Act: int(r.ID)}
	}
	return card.Reply{Card: &card.Card{Title: name, Body: []card.Text{card.T("paper.direct")}, Paper: out}}, nil
}
