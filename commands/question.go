package commands

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// What customers want to know. A question goes to whoever looks after the customer, or to the
// channel that the company set for questions; what is written in its thread is the answer.

// questionKind is what the words of a question are for, see expected.
const questionKind = "question"

// askQuestion asks for the words of a question, or takes those behind the command.
func askQuestion(c *ChatCall) (card.Reply, error) {
	if c.In.Text = c.Words; c.In.Text != "" || len(c.In.Files) > 0 {
		return c.ask(nil)
	}
	if err := c.Expect(questionKind, ""); err != nil {
		return card.Reply{}, err
	}
	return c.menuPage(&card.Card{Body: []card.Text{card.T("chat.question", "company", c.Company().Name)}}, "home")
}

// questionWords takes the words of a question that was asked for.
func questionWords(c *ChatCall, _ string) (card.Reply, error) { return c.ask(nil) }

// ask takes words as a question, about inv where it is not nil. One that the chat has open goes
// on, unless they are about something else.
func (c *ChatCall) ask(inv *ledger.Invoice) (card.Reply, error) {
	c.filesToday()
	cust, about := c.Customer, ledger.InvoiceID(0)
	if inv != nil {
		cust, about = c.Tx.Customer(inv.Customer), inv.ID
	}
	for _, q := range c.OpenQuestions() {
		if c.Asker(q) == c.In.Chat && q.Customer == cust.ID && (inv == nil || q.Invoice == inv.ID) {
			return c.sayIn(matter{question: q})
		}
	}
	if c.In.Text == "" && !c.keepsFile() {
		return c.received(card.Text{}), nil
	}
	q, err := c.AskQuestion(cust, about, c.In.Chat, c.Desk.questionOwner(cust))
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.sayAll(matter{question: q}); err != nil {
		return card.Reply{}, err
	}
	return c.received(card.T("chat.asked", "question", q.Label(), "company", c.Company().Name)), nil
}

func (c *ChatCall) keepsFile() bool {
	for _, f := range c.In.Files {
		if f.Why == nil {
			return true
		}
	}
	return false
}

// questionOwner is where questions of a customer go.
func (d *Desk) questionOwner(cust *ledger.Customer) string {
	switch {
	case d.QuestionChannel != "":
		return d.QuestionChannel
	case cust.Owner != "":
		return cust.Owner
	case cust.Substitute != "":
		return cust.Substitute
	}
	return d.FinanceChannel
}

// questionNews is a question as staff see it.
func questionNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	q := v.Question(n.Question)
	k := &card.Card{Title: card.T("question.title", "question", q.Label(), "customer", v.CustomerName(v.Customer(q.Customer))),
		Fields: []card.Field{{Label: card.T("field.who"), Value: speaker(v, v.Asker(q), v.Customer(q.Customer))}}}
	if inv := v.Invoice(q.Invoice); inv != nil {
		k.Fields = append(k.Fields, card.Field{Label: card.T("col.invoice"), Value: card.Plain(inv.Number.String())})
	}
	said := v.SaidAbout(q)
	if n.Words == 0 && len(said) > 0 {
		k.Quote = card.Plain(saidText(v, said[0]))
	}
	for _, w := range said {
		if w.ID == n.Words {
			k.Quote = card.Plain(saidText(v, w))
			if w.Edited {
				k.Note = append(k.Note, card.T("talk.edited"))
			}
		}
	}
	if q.Closed() {
		co := v.Company()
		k.Note = append(k.Note, card.T("question.closed", "at", card.Instant{At: q.Ended, Zone: co.Zone()}))
		return card.Message{Card: k}, nil
	}
	if _, left := n.QuestionLeft(); left {
		k.Note = append(k.Note, card.T("question.assigned", "question", q.Label(), "who", card.User(q.Owner)))
		return card.Message{Card: k}, nil
	}
	if n.Code == "moved" && len(said) > 1 {
		k.Body = append(k.Body, saidSoFar(v, said[1:])...)
	}
	k.Note = append(k.Note, card.T("question.how"))
	k.Buttons = []card.Button{{Label: card.T("button.answered"), Do: "answered", Arg: idArg(uint32(q.ID)), Style: card.Primary},
		formButton(card.T("button.reassign"), "question", q.Label())}
	return card.Message{Card: k}, nil
}

// saidText is what was said, in words: of a file its name.
func saidText(v *ledger.View, w *ledger.Words) string {
	if f := v.File(w.File); f != nil {
		return v.FileName(f)
	}
	text, err := v.Text(w.Text)
	if err != nil {
		return ""
	}
	return text
}

// talkShown is how many lines of a talk a message retells.
const talkShown = 10

// saidSoFar retells a talk to whoever takes it over.
func saidSoFar(v *ledger.View, said []*ledger.Words) (out []card.Text) {
	if hidden := len(said) - talkShown; hidden > 0 {
		out, said = append(out, card.T("question.before", "count", hidden)), said[hidden:]
	}
	for _, w := range said {
		if w.Withdrawn {
			continue
		}
		who := whoText(v, v.WhoSaid(w))
		out = append(out, card.T("question.line", "who", who, "text", card.Brief(saidText(v, w))))
	}
	return out
}

// questionCommand lists open questions, hands one to somebody else, and ends it.
//
//	question = "list" | "close" "Q-" n | "assign" "Q-" n mention .
func questionCommand() Command {
	return Command{
		Name: "question", Who: anybody(),
		Usage:    []string{`question assign <Q-1> @<user>`, `question close <Q-1>`, `question list`},
		Examples: []string{`question assign Q-1 @UFINANCE01`, `question close Q-1`, `question list`},
		Form:     questionForm,
		Words: func(v map[string]string, arg string) []token {
			return row(word("assign"), chosen(v["question"], arg), word(v["who"]))
		},
		Run: runQuestion,
	}
}

// answerers may answer customers' questions.
func answerers() []Role { return []Role{Sales, Finance, Manager} }

func runQuestion(c *Call) (card.Reply, error) {
	if len(c.Args) == 0 || c.Args[0].is("list") {
		return card.Reply{Card: c.questionList()}, nil
	}
	if part := (Command{Name: "question assign", Who: answerers()}); !may(part, c.Who.Role) {
		return card.Reply{}, forbidden(part, c.Who.Role)
	}
	switch {
	case c.Args[0].is("close") && len(c.Args) == 2:
		q, err := c.questionNamed(c.Args[1].text)
		if err != nil {
			return card.Reply{}, err
		}
		return c.closeQuestion(q)
	case c.Args[0].is("assign") && len(c.Args) == 3:
		q, err := c.questionNamed(c.Args[1].text)
		if err != nil {
			return card.Reply{}, err
		}
		return c.assignQuestion(q, c.Args[2].text)
	}
	return card.Reply{}, usage("question", "got", c.Line)
}

// questionForm asks to whom a question goes.
func questionForm(c *Call) (*card.Form, error) {
	if !c.asking || len(c.Args) > 1 {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.question"), Submit: card.T("form.do.assign")}
	if len(c.Args) == 1 {
		q, err := c.questionNamed(c.Args[0].text)
		if err != nil {
			return nil, err
		}
		f.Arg = q.Label()
	} else {
		var open []card.Option
		for _, q := range c.ownQuestions() {
			open = append(open, card.Option{Value: q.Label(), Label: card.Join(card.Plain(q.Label()), card.Plain(c.CustomerName(c.Customer(q.Customer))))})
		}
		f.Fields = append(f.Fields, c.choiceField("question", card.T("col.question"), "", open...))
	}
	f.Fields = append(f.Fields, card.Input{Name: "who", Kind: card.InputPerson, Label: card.T("ask.answerer")})
	return f, nil
}

var questionName = regexp.MustCompile(`^[qQ]-(\d{1,9})$`)

// questionNamed reads "Q-7".
func (c *Call) questionNamed(word string) (*ledger.Question, error) {
	if m := questionName.FindStringSubmatch(word); m != nil {
		id, _ := strconv.Atoi(m[1])
		if q := c.Question(ledger.QuestionID(id)); q != nil {
			return q, c.Allowed(c.Customer(q.Customer))
		}
	}
	return nil, ledger.Refuse(ledger.NotFound, "question.unknown", "text", word)
}

// ownQuestions are the open ones of customers whom the asker may see, oldest first.
func (c *Call) ownQuestions() (out []*ledger.Question) {
	for _, q := range c.OpenQuestions() {
		if c.Sees(c.Customer(q.Customer)) {
			out = append(out, q)
		}
	}
	return out
}

func (c *Call) questionList() *card.Card {
	open := c.ownQuestions()
	k := &card.Card{Title: card.T("question.list", "count", len(open)), Table: &card.Table{
		Head: []card.Text{card.T("col.question"), card.T("aging.customer"), card.T("col.since"), card.T("field.owner"), card.T("col.text")}}}
	co := c.Company()
	for _, q := range onPage(open, c.Page) {
		text := ""
		if said := c.SaidAbout(q); len(said) > 0 {
			text = card.Brief(saidText(c.View, said[0]))
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(q.Label()), card.Plain(c.CustomerName(c.Customer(q.Customer))),
			card.T("value", "value", card.Instant{At: q.Asked, Zone: co.Zone()}), answererText(q.Owner), card.Plain(text)})
	}
	ownNote(c.View, k)
	return k
}

// answererText names who answers: a user or a channel.
func answererText(owner string) card.Text {
	if strings.HasPrefix(owner, "U") || strings.HasPrefix(owner, "W") {
		return userText(owner)
	}
	return card.Plain("#" + owner)
}

// answeredByButton ends a question from its message.
func answeredByButton(c *Call) (card.Reply, error) {
	id, _ := cutArg(c.Where.Arg)
	q := c.Question(ledger.QuestionID(id))
	if q == nil {
		return card.Say("button.old"), nil
	}
	if err := c.Allowed(c.Customer(q.Customer)); err != nil {
		return card.Reply{}, err
	}
	return c.closeQuestion(q)
}

func (c *Call) closeQuestion(q *ledger.Question) (card.Reply, error) {
	if err := c.Tx.CloseQuestion(q); err != nil {
		return card.Reply{}, err
	}
	n := matter{question: q}.notice(ledger.NoticeQuestionEdit)
	n.Address = q.Owner
	if said := c.SaidAbout(q); len(said) > 0 {
		n.Words = said[0].ID
	}
	return card.Say("question.done", "question", q.Label(), "customer", c.CustomerName(c.Customer(q.Customer))), c.Tx.Notify(n)
}

// assignQuestion hands a question to somebody else of staff: it is brought to him with what was
// said so far, and its old thread says so.
func (c *Call) assignQuestion(q *ledger.Question, to string) (card.Reply, error) {
	m := userForm.FindStringSubmatch(to)
	if m == nil {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "owner.unknown", "text", to)
	}
	cust := c.Customer(q.Customer)
	if !c.Desk.mayAnswer(m[1], cust) {
		return card.Reply{}, ledger.Refuse(ledger.Forbidden, "question.notyours", "who", card.User(m[1]), "customer", c.CustomerName(cust))
	}
	chat, ts, sent, err := c.NoticeMessage(q.Notice)
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Tx.LeaveQuestion(q, q.Owner); err != nil {
		return card.Reply{}, err
	}
	if err := c.Tx.AssignQuestion(q, m[1]); err != nil {
		return card.Reply{}, err
	}
	if sent {
		left := matter{question: q}.notice(ledger.NoticeTask)
		left.Address, left.Thread, left.Code, left.Who = strings.TrimPrefix(chat, "slack:"), ts, "question.moved", "slack:"+m[1]
		if err := c.Tx.Notify(left); err != nil {
			return card.Reply{}, err
		}
	}
	n := matter{question: q}.notice(ledger.NoticeQuestion)
	n.Address, n.Code, n.Who = m[1], "moved", c.Who.By()
	if said := c.SaidAbout(q); len(said) > 0 && !said[0].Awaits {
		n.Words = said[0].ID
	}
	return card.Say("question.assigned", "question", q.Label(), "who", card.User(m[1])), c.Tx.Notify(n)
}

// mayAnswer reports whether a Slack user may write to cust.
func (d *Desk) mayAnswer(user string, cust *ledger.Customer) bool {
	who := d.staffOf(user)
	lens := d.lens(who, questionCommand())
	return may(Command{Who: answerers()}, who.Role) && (lens == nil || lens(cust) == nil)
}

// homeQuestions are those that wait for an answer, the oldest first.
func (c *Call) homeQuestions() *card.Card {
	all := slices.DeleteFunc(c.ownQuestions(), func(q *ledger.Question) bool { return q.Waits.IsZero() })
	co := c.Company()
	return homeList("questions", all, func(q *ledger.Question) card.Text {
		return card.Join(card.Plain(q.Label()), card.T("home.since", "date", ledger.DateOf(q.Waits, co.Zone())), card.Plain(c.CustomerName(c.Customer(q.Customer))))
	}, lineButton(card.T("button.showall"), "question list"))
}
