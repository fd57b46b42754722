package commands

import (
	"fmt"
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// The card of a task: why, how the customer stands, what was said lately, what to do next and why,
// words for the call, and buttons for what came of it.

// taskNews is the message of a task as it stands.
func (d *Desk) taskNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	t := v.TaskOfNotice(&n.NoticeQueued)
	if t.Outcome != "" && n.Kind == ledger.NoticeWork {
		return card.Message{Withdraw: "it is done already"}, nil
	}
	k, err := d.taskCard(v, t)
	return card.Message{Card: k}, err
}

// taskCard shows a task, and what can be done.
func (d *Desk) taskCard(v *ledger.View, t *ledger.Task) (*card.Card, error) {
	cust := v.Customer(t.Customer)
	k := &card.Card{Title: card.T("work.title", "task", t.ID.Label(), "what", workKind(t), "customer", v.CustomerName(cust))}
	for i := range t.Reasons {
		if i < reasonsShown {
			k.Body = append(k.Body, workWhy(v, t, &t.Reasons[i]))
		}
	}
	if more := len(t.Reasons) - reasonsShown; more > 0 {
		k.Body = append(k.Body, card.T("home.more", "count", more))
	}
	if t.Outcome != "" {
		return k, endOfTask(v, k, t)
	}
	stands := d.standingOf(v, t)
	k.Body = append(k.Body, stands.advice())
	fields, err := stands.fields()
	if err != nil {
		return nil, err
	}
	k.Fields = fields
	if t.Kind != ledger.TaskLetter && t.Kind != ledger.TaskNoRoute {
		k.Quote = stands.script()
	}
	k.Buttons = stands.buttons()
	if t.Owner == "" {
		k.Note = append(k.Note, card.T("work.nobody"))
	} else {
		k.Note = append(k.Note, card.T("entry.owner", "who", card.User(t.Owner)))
	}
	k.Note = append(k.Note, card.T("work.due", "date", t.Due))
	return k, nil
}

// reasonsShown is how many reasons of a task are told.
const reasonsShown = 4

// workWhy tells why a task is there.
func workWhy(v *ledger.View, t *ledger.Task, r *ledger.TaskReason) card.Text {
	number := ""
	if inv := v.Invoice(r.Invoice); inv != nil {
		number = inv.Number.String()
	}
	if t.Kind == ledger.TaskNoRoute {
		return card.T("task.noroute", "handle", v.Customer(t.Customer).Handle, "number", number)
	}
	data := []any{"number", number, "step", r.Step}
	if r.Day != 0 {
		data = append(data, "date", r.Day)
	}
	return card.T("work.why."+string(t.Kind), data...)
}

// endOfTask tells how a task ended.
func endOfTask(v *ledger.View, k *card.Card, t *ledger.Task) error {
	words, err := v.Text(t.Words)
	if err != nil {
		return err
	}
	if words != "" {
		k.Quote = card.Plain(words)
	}
	co := v.Company()
	end := card.T("work.outcome." + string(t.Outcome))
	if t.Named != 0 {
		end = card.Join(end, card.T("value", "value", t.Named))
	}
	k.Note = []card.Text{card.Join(end, actor(v, t.EndedBy), card.T("value", "value", card.Instant{At: t.Ended, Zone: co.Zone()}))}
	return nil
}

// stands is how a customer stands whom a task is about.
type stands struct {
	v        *ledger.View
	t        *ledger.Task
	cust     *ledger.Customer
	oldest   *ledger.Invoice // that is overdue and may be asked for
	age      int             // of it, in days
	overdue  map[ledger.Currency]ledger.Money
	account  map[ledger.Currency]ledger.Money // money that settles nothing yet
	disputes []*ledger.Dispute
	promises ledger.PromiseRecord
	broken   int // words that were not kept
	habit    ledger.Habit
	phone    string
	mails    bool
}

func (d *Desk) standingOf(v *ledger.View, t *ledger.Task) *stands {
	cust := v.Customer(t.Customer)
	s := &stands{v: v, t: t, cust: cust, overdue: map[ledger.Currency]ledger.Money{}, account: map[ledger.Currency]ledger.Money{},
		promises: v.LatePromises(cust), broken: wordsBroken(v, cust), habit: v.PayingHabit(cust), phone: v.Phone(cust), mails: d.mails(v, cust)}
	today := v.Today()
	for _, inv := range v.OpenInvoices(cust) {
		if disp := v.Dispute(inv.Dispute); disp != nil && disp.Outcome == "" {
			s.disputes = append(s.disputes, disp)
		}
		m := inv.UndisputedBy(today.AddDays(-1))
		if m.Minor <= 0 || inv.Plan != 0 {
			continue
		}
		if s.oldest == nil || inv.Carrying() < s.oldest.Carrying() {
			s.oldest = inv
		}
		s.overdue[inv.Currency] = s.overdue[inv.Currency].Add(m)
		if free := v.OnAccount(cust, inv.Currency); free.Minor > 0 {
			s.account[inv.Currency] = free
		}
	}
	if s.oldest != nil {
		s.age = ledger.DaysOverdue(s.oldest.Carrying(), today)
	}
	return s
}

// wordsBroken is how many promises a customer broke: a day that was named for several invoices, of
// which some are open still, is one word.
func wordsBroken(v *ledger.View, cust *ledger.Customer) int {
	type word struct{ made, by ledger.Date }
	of, words := 0, map[word]bool{}
	for _, inv := range v.OpenInvoices(cust) {
		for _, p := range v.PromisesOn(inv) {
			if p.Outcome == ledger.PromiseFalse {
				of++
				words[word{p.Made, p.By}] = true
			}
		}
	}
	return cust.PromisesBroken - of + len(words)
}

// From when on a debt, and a number of broken promises, ask for more than a word.
const (
	planAge     = 60
	brokenOften = 2
)

// advice is the next best action, with its reason. The first rule that fits holds.
func (s *stands) advice() card.Text {
	broken, kept := s.broken, s.cust.PromisesKept
	switch {
	case len(s.account) > 0:
		return card.T("work.advice.apply", "amount", card.Join(moneyRow(s.account)...), "handle", s.cust.Handle)
	case len(s.disputes) > 0:
		return card.T("work.advice.dispute", "dispute", s.disputes[0].Label())
	case s.t.Kind == ledger.TaskLetter && s.mails:
		return card.T("work.advice.letter.mail")
	case s.t.Kind == ledger.TaskLetter:
		return card.T("work.advice.letter")
	case s.phone == "":
		return card.T("work.advice.nophone", "handle", s.cust.Handle)
	case s.t.Tries >= callTries-1:
		return card.T("work.advice.unreached", "count", s.t.Tries)
	case broken >= brokenOften && s.promises.Late > 0:
		return card.T("work.advice.late", "count", broken, "late", card.T("count.days", "count", s.promises.LateDays))
	case broken >= brokenOften:
		return card.T("work.advice.broken", "count", broken)
	case s.age > planAge:
		return card.T("work.advice.plan", "count", s.age)
	case s.habit.Of >= habitShown && s.habit.Days > 0 && s.age <= s.habit.Days:
		return card.T("work.advice.slow", "count", s.habit.Days)
	case kept > 0 && broken == 0:
		return card.T("work.advice.kept", "count", kept)
	}
	return card.T("work.advice.call")
}

// habitShown is how many payments tell a custom.
const habitShown = 3

// contactsShown is how many of the last contacts are told.
const contactsShown = 3

// fields are the figures of a customer.
func (s *stands) fields() ([]card.Field, error) {
	var out []card.Field
	add := func(label string, value card.Text) {
		out = append(out, card.Field{Label: card.T(label), Value: value})
	}
	if len(s.overdue) > 0 {
		add("col.overdue", card.Join(append(moneyRow(s.overdue), card.T("work.oldest", "number", s.oldest.Number.String(), "count", s.age))...))
	}
	if len(s.account) > 0 {
		add("aging.onaccount", card.Join(moneyRow(s.account)...))
	}
	if s.cust.PromisesKept+s.broken > 0 {
		add("work.promises", card.T("work.promises.of", "kept", s.cust.PromisesKept, "broken", s.broken))
	}
	if s.habit.Of >= habitShown {
		add("work.habit", delayText(s.habit.Days))
	}
	if s.phone != "" {
		add("col.phone", card.Plain(s.phone))
	}
	if names := s.names(); names != "" {
		add("work.people", card.Plain(names))
	}
	notes, label := s.v.NotesOf(s.cust, contactsShown), card.T("col.lastcontact")
	if last := s.cust.LastContact; last != 0 && (len(notes) == 0 || last > ledger.DateOf(notes[0].At, s.cust.Zone)) {
		out = append(out, card.Field{Label: label, Value: card.T("value", "value", last)}) // a message of ours
		label = card.T("work.before")
	}
	for _, n := range notes {
		words, err := s.v.Text(n.Words)
		if err != nil {
			return nil, err
		}
		items := []card.Text{card.T("value", "value", ledger.DateOf(n.At, s.cust.Zone)), noteWas(s.v, n.Customer, n.Kind, words, n.At)}
		if letter := s.v.LetterNoted(n.Customer, words, n.At); letter != nil {
			items = append(items, card.Plain(letter.ID.Label()))
			words = strings.TrimSpace(words[len(letter.ID.Label()):])
		}
		if words != "" {
			items = append(items, card.T("story.words", "words", words))
		}
		out = append(out, card.Field{Label: label, Value: card.Join(append(items, actor(s.v, n.By))...)})
		label = card.T("work.before")
	}
	return out, nil
}

// names are those who are linked for the customer.
func (s *stands) names() string {
	var out []string
	for _, chat := range s.cust.Chats {
		if name := s.v.ChatName(chat); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out[:min(len(out), contactsShown)], ", ")
}

// script is what may be said on the telephone, in the staff's language: friendly at first, short
// when a word was broken or all was said.
func (s *stands) script() card.Text {
	if len(s.overdue) == 0 {
		return card.Text{}
	}
	key := "work.script.plain"
	switch {
	case s.t.Kind == ledger.TaskPromise || s.t.Kind == ledger.TaskPlan:
		key = "work.script.promise"
	case s.t.Kind == ledger.TaskLastStep:
		key = "work.script.final"
	case s.cust.PromisesBroken == 0 && s.age <= silentAge:
		key = "work.script.friendly"
	}
	about := s.oldest
	if key == "work.script.promise" || key == "work.script.final" {
		about = s.about()
	}
	return card.T(key, "company", s.v.Company().Name, "amount", card.Join(moneyRow(s.overdue)...), "number", about.Number.String(), "due", about.Carrying())
}

// about is what the newest reason of the task is about and may still be asked for: what was
// promised, or reminded of to the end, need not be the oldest. Of several for one day it is the
// first, which the card lists.
func (s *stands) about() *ledger.Invoice {
	about, day := s.oldest, ledger.Date(0)
	for _, r := range slices.Backward(s.t.Reasons) {
		if day != 0 && r.Day != day {
			break
		}
		if inv := s.v.Invoice(r.Invoice); inv != nil && inv.UndisputedBy(s.v.Today().AddDays(-1)).Minor > 0 {
			about, day = inv, r.Day
			if day == 0 {
				break
			}
		}
	}
	return about
}

// buttons are what can come of a task, the likeliest first; what means an act of the books leads to
// its form.
func (s *stands) buttons() (out []card.Button) {
	id := s.t.ID.Label()
	form := func(act string, more bool) {
		b := formButton(card.T("button.work."+act), "task", id+" "+act)
		b.More = more
		out = append(out, b)
	}
	line := func(act string) {
		out = append(out, lineButton(card.T("button.work."+act), "task "+id+" "+act))
	}
	if s.t.Kind == ledger.TaskLetter {
		out = append(out, paperButton(card.T("button.work.letter"), card.Paper{Kind: paperTask, Of: id}))
		line("posted")
		if s.mails {
			line("mailed")
		}
	} else {
		if s.t.Kind == ledger.TaskNoRoute {
			out = append(out, lineButton(card.T("button.work.invite"), "customer invite "+s.cust.Handle))
		}
		form("promised", false)
		form("talked", false)
		out = append(out, lineButton(card.T("button.work.unreached"), fmt.Sprintf("task %s unreached call %d", id, s.t.Tries+1)))
	}
	if len(s.account) > 0 {
		out = append(out, lineButton(card.T("button.work.apply"), "apply "+s.cust.Handle))
	}
	out[0].Style = card.Primary
	if s.t.Owner == "" {
		line("mine")
	}
	form("pass", true)
	form("on", true)
	if s.oldest != nil {
		out = append(out, s.acts()...)
	}
	form("lawyer", true)
	form("nothing", true)
	return out
}

// acts are the acts of the books that end a task, each with its form.
func (s *stands) acts() (out []card.Button) {
	number := s.oldest.Number.String()
	for _, x := range [][3]string{{"paid", "payment", number}, {"plan", "plan", s.cust.Handle}, {"dispute", "dispute", "open " + number}, {"hold", "hold", s.cust.Handle}, {"writeoff", "writeoff", number}} {
		b := formButton(card.T("button.work."+x[0]), x[1], x[2])
		b.More = true
		out = append(out, b)
	}
	return out
}

// paperTask is the letter of a task, which is drawn when somebody asks for it.
const paperTask = "taskletter"

// taskPaper is the letter of a task, to be printed.
func (c *Call) taskPaper(p card.Paper) (card.Reply, error) {
	t, err := c.taskNamed(p.Of)
	if err != nil {
		return card.Reply{}, err
	}
	cust, first := c.Customer(t.Customer), c.Invoice(t.Reasons[0].Invoice)
	y, m, day := c.Today().Parts()
	p = card.Paper{Kind: card.PaperDunning, Of: cust.Handle, To: y*10000 + int(m)*100 + day, Currency: string(first.Currency)}
	for _, inv := range c.OpenInvoices(cust) {
		if inv.Currency == first.Currency && inv.Plan == 0 && inv.UndisputedBy(c.Today().AddDays(-1)).Minor > 0 {
			p.Invoices = append(p.Invoices, inv.Number.String())
		}
	}
	if len(p.Invoices) == 0 {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "task.nodebt", "task", t.ID.Label())
	}
	return card.Reply{Card: &card.Card{Title: card.T("paper.name.dunning", "customer", c.CustomerName(cust)), Body: []card.Text{card.T("paper.direct")}, Paper: &p}}, nil
}
