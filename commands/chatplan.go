package commands

import (
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// A plan in the chat is asked for in one message that changes from step to step. Its buttons
// carry all that was chosen so far:
//
//	7                     a new message: which invoices, or how many parts
//	7.all                 all that is overdue; "one" is this invoice
//	7.all.3               three parts
//	7.all.3.m             monthly; "w" is weekly, "f" every two weeks
//	7.all.3.m.20781       the first on that day: the parts are shown
//	7.all.3.m.20781.ask90000  they are asked for, as they were shown: over so much
//	7.all.3.m.p20781      the calendar's page of a day, for the first part
//	7.none, 7.no          a place without a day; nothing is asked for
const (
	rhythmWeek  = "w"
	rhythmTwo   = "f"
	rhythmMonth = "m"
)

// expectPlan is whose the words are that are typed instead of pressing the first day.
const expectPlan = "plan"

// planInChat runs a button of a plan.
func planInChat(c *ChatCall) (card.Reply, error) {
	inv, rest, err := c.mine()
	if err != nil || inv == nil {
		return card.Reply{Toast: card.T("chat.oldbutton")}, err
	}
	switch rest {
	case "no":
		c.ExpectNothing(c.In.Chat)
		return keepInvoice(c)
	case "none":
		return card.Reply{Toast: card.T("chat.day.none")}, nil
	}
	if reply, is := c.barred(inv); is {
		return reply, nil
	}
	p, steps, ok := c.planning(inv, rest)
	if !ok {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	reply, err := p.step(steps)
	reply.Replace = err == nil && rest != ""
	return reply, err
}

// planning is a plan under way: what was chosen of it so far.
type planning struct {
	*ChatCall
	inv    *ledger.Invoice
	all    bool
	parts  int
	rhythm string
	first  ledger.Date
	shown  int64 // the debt over which the parts were shown
}

// planning reads what a button carries, and how many of the choices it has.
func (c *ChatCall) planning(inv *ledger.Invoice, rest string) (p *planning, steps []string, ok bool) {
	p = &planning{ChatCall: c, inv: inv}
	if rest != "" {
		steps = strings.Split(rest, ".")
	}
	for i, s := range steps {
		n, err := strconv.Atoi(strings.TrimPrefix(s, "p"))
		switch {
		case i == 0 && (s == scopeOne || s == scopeAll):
			p.all = s == scopeAll
		case i == 1 && err == nil && n >= 2 && n <= p.Desk.terms().PlanParts:
			p.parts = n
		case i == 2 && (s == rhythmWeek || s == rhythmTwo || s == rhythmMonth):
			p.rhythm = s
		case i == 3 && err == nil && n > 0:
			p.first = ledger.Date(n)
		case i == 4 && strings.HasPrefix(s, "ask"):
			p.shown, _ = strconv.ParseInt(strings.TrimPrefix(s, "ask"), 10, 64)
		default:
			return nil, nil, false
		}
	}
	return p, steps, true
}

func (p *planning) step(steps []string) (card.Reply, error) {
	switch len(steps) {
	case 0:
		if all := (&planning{ChatCall: p.ChatCall, inv: p.inv, all: true}); len(all.list()) > 1 {
			return p.askWhich(all.list()), nil
		}
		return p.askCount(), nil
	case 1:
		return p.askCount(), nil
	case 2:
		return p.askRhythm(), nil
	case 3:
		return p.askFirst(), nil
	case 4:
		if strings.HasPrefix(steps[3], "p") {
			return p.calendar()
		}
		return p.show()
	}
	return p.request()
}

func (p *planning) list() []*ledger.Invoice { return p.deferrable(p.inv, p.all, true) }

func (p *planning) total() ledger.Money {
	sum := ledger.Money{Currency: p.inv.Currency}
	for _, inv := range p.list() {
		sum = sum.Add(inv.Undisputed())
	}
	return sum
}

// arg is what a button carries that leads to the choices made so far and these.
func (p *planning) arg(more ...string) string {
	out := []string{idArg(uint32(p.inv.ID)), map[bool]string{false: scopeOne, true: scopeAll}[p.all]}
	if p.parts != 0 {
		out = append(out, strconv.Itoa(p.parts))
	}
	if p.rhythm != "" {
		out = append(out, p.rhythm)
	}
	return strings.Join(append(out, more...), ".")
}

func (p *planning) button(label card.Text, arg string) card.Button {
	return card.Button{Label: label, Do: "plan", Arg: arg, Wide: true}
}

// card is a step: what it is about, a question, and the ways back.
func (p *planning) card(question card.Text, back string, buttons ...card.Button) card.Reply {
	k := &card.Card{Title: card.T("chat.plan.title", "what", aboutInvoices(p.list()), "amount", p.total()), Body: []card.Text{question}, Buttons: buttons}
	if back != "" {
		k.Buttons = append(k.Buttons, p.button(card.T("button.back"), back))
	}
	k.Buttons = append(k.Buttons, p.button(card.T("button.never"), idArg(uint32(p.inv.ID))+".no"))
	return card.Reply{Card: k}
}

func (p *planning) askWhich(all []*ledger.Invoice) card.Reply {
	one := planning{ChatCall: p.ChatCall, inv: p.inv}
	every := planning{ChatCall: p.ChatCall, inv: p.inv, all: true}
	return p.card(card.T("chat.plan.which"), "",
		p.button(card.T("button.scope", "what", aboutInvoices(all), "amount", every.total()), every.arg()),
		p.button(card.T("button.scope", "what", aboutInvoices(one.list()), "amount", one.total()), one.arg()))
}

func (p *planning) askCount() card.Reply {
	p.parts, p.rhythm = 0, ""
	var buttons []card.Button
	for n := 2; n <= p.Desk.terms().PlanParts; n++ {
		if p.total().Minor >= int64(n) {
			buttons = append(buttons, card.Button{Label: card.T("value", "value", n), Do: "plan", Arg: p.arg(strconv.Itoa(n)), Row: 1})
		}
	}
	return p.card(card.T("chat.plan.count"), "", buttons...)
}

// rhythms are the ways in which parts may follow each other, and the fewest days between the
// first and the last of n.
func rhythms() []struct {
	code, key string
	days      int
} {
	return []struct {
		code, key string
		days      int
	}{{rhythmWeek, "chat.rhythm.week", 7}, {rhythmTwo, "chat.rhythm.two", 14}, {rhythmMonth, "chat.rhythm.month", 31}}
}

func (p *planning) askRhythm() card.Reply {
	p.rhythm = ""
	var buttons []card.Button
	for _, r := range rhythms() {
		if r.days*(p.parts-1) < p.Desk.terms().PlanDays {
			buttons = append(buttons, p.button(card.T(r.key), p.arg(r.code)))
		}
	}
	back := planning{ChatCall: p.ChatCall, inv: p.inv, all: p.all}
	return p.card(card.T("chat.plan.rhythm"), back.arg(), buttons...)
}

// until is the last day on which the first part may lie, for the last to be in time.
func (p *planning) until() ledger.Date {
	for _, r := range rhythms() {
		if r.code == p.rhythm {
			return p.day().AddDays(p.Desk.terms().PlanDays - r.days*(p.parts-1))
		}
	}
	return p.day()
}

// askFirst offers days for the first part: soon, in two weeks, and at the month's beginning.
func (p *planning) askFirst() card.Reply {
	p.ExpectNothing(p.In.Chat)
	today := p.day()
	y, m, _ := today.Parts()
	var days []ledger.Date
	for _, day := range []ledger.Date{today + 7, today + 14, ledger.NewDate(y, m+1, 1)} {
		if day = p.businessDay(day); day > today && day <= p.until() && !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	slices.Sort(days)
	var buttons []card.Button
	for _, day := range days {
		buttons = append(buttons, p.button(card.T("button.day", "weekday", card.Weekday(day.Weekday()), "date", day), p.arg(strconv.Itoa(int(day)))))
	}
	buttons = append(buttons, p.button(card.T("button.otherday"), p.arg("p"+strconv.Itoa(int(today)))))
	back := planning{ChatCall: p.ChatCall, inv: p.inv, all: p.all, parts: p.parts}
	return p.card(card.T("chat.plan.first"), back.arg(), buttons...)
}

func (p *planning) calendar() (card.Reply, error) {
	if err := p.Expect(expectPlan, p.arg()); err != nil {
		return card.Reply{}, err
	}
	page := p.page(p.first, p.day(), p.until())
	page.do, page.dead = "plan", idArg(uint32(p.inv.ID))+".none"
	page.day = func(d ledger.Date) string { return p.arg(strconv.Itoa(int(d))) }
	page.turn = func(d ledger.Date) string { return p.arg("p" + strconv.Itoa(int(d))) }
	reply := p.card(card.T("chat.calendar.body", "until", p.until()), p.arg(), page.buttons()...)
	reply.Card.Body = append(append(page.beside(), reply.Card.Body...), card.T("chat.calendar.weekend"))
	return reply, nil
}

// dated are the parts that were chosen.
func (p *planning) dated() []ledger.PlanPart {
	_, _, day := p.first.Parts()
	month := ledger.Schedule{Every: ledger.Monthly, Day: day}
	return partsOf(p.total(), p.parts, p.Desk.terms().PlanFirst, func(i int) ledger.Date {
		switch p.rhythm {
		case rhythmWeek:
			return p.first.AddDays(7 * i)
		case rhythmTwo:
			return p.first.AddDays(14 * i)
		}
		return month.At(p.first, i)
	})
}

// show shows the parts, before they are asked for.
func (p *planning) show() (card.Reply, error) {
	if p.first < p.day() || p.first > p.until() {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "chat.firstday", "date", p.first, "until", p.until())
	}
	label := card.T("button.askthem")
	if p.Desk.terms().PlanAlone {
		label = card.T("button.agree")
	}
	reply := p.card(card.T("chat.plan.check"), p.arg(), p.button(label, p.arg(strconv.Itoa(int(p.first)), "ask"+strconv.FormatInt(p.total().Minor, 10))))
	reply.Card.Table = partsTable(p.dated(), p.inv.Currency)
	return reply, nil
}

// request asks staff for the plan, or agrees it where the company lets customers. A debt that
// has changed since the parts were shown has them shown again.
func (p *planning) request() (card.Reply, error) {
	if p.first < p.day() || p.first > p.until() {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "chat.firstday", "date", p.first, "until", p.until())
	}
	switch {
	case !p.may(toAgree):
		return p.notHis(), nil
	case p.shown != p.total().Minor:
		return p.show()
	}
	if !p.Desk.terms().PlanAlone {
		return p.asked(p.list(), p.dated())
	}
	plan, err := p.AgreePlan(p.Customer, p.list(), p.dated())
	if err != nil {
		return card.Reply{}, err
	}
	for _, x := range plan.Claims {
		if err := p.Desk.Refresh(p.Tx, p.Invoice(x.Invoice)); err != nil {
			return card.Reply{}, err
		}
	}
	return card.Reply{Card: agreedPlan(plan.Parts, plan.Currency)}, nil
}

// agreedPlan is what a customer is told of a plan that holds from now on.
func agreedPlan(parts []ledger.PlanPart, cur ledger.Currency) *card.Card {
	return &card.Card{Title: card.T("chat.plan.agreed"), Table: partsTable(parts, cur), Note: []card.Text{card.T("chat.plan.note")}}
}

// partsTable lists dated parts.
func partsTable(parts []ledger.PlanPart, cur ledger.Currency) *card.Table {
	t := &card.Table{Head: []card.Text{card.T("col.plan"), card.T("col.due"), card.T("col.amount")}, Right: []bool{false, false, true}}
	for i, p := range parts {
		t.Rows = append(t.Rows, []card.Text{card.T("value", "value", i+1), card.T("value", "value", p.Due), money(ledger.Money{Minor: p.Minor, Currency: cur})})
	}
	return t
}

// typedFirst takes words that were typed while the calendar of a plan's first day stood there.
func typedFirst(c *ChatCall, about string) (card.Reply, error) {
	c.In.Arg = about
	inv, rest, err := c.mine()
	if err != nil || inv == nil {
		return c.unaskedIfNoError(err)
	}
	p, _, ok := c.planning(inv, rest)
	if !ok || p.rhythm == "" {
		return c.unasked()
	}
	day, either, err := c.readDay()
	switch {
	case len(either) > 0:
		k := &card.Card{Body: []card.Text{card.T("chat.day.which")}}
		for _, d := range either {
			k.Buttons = append(k.Buttons, p.button(card.T("button.day", "weekday", card.Weekday(d.Weekday()), "date", d), p.arg(strconv.Itoa(int(d)))))
		}
		return card.Reply{Card: k}, nil
	case err != nil:
		return card.Reply{}, err
	case day == 0:
		return c.unasked()
	}
	if reply, is := c.barred(inv); is {
		return card.Reply{Card: &card.Card{Body: []card.Text{reply.Toast}}}, nil
	}
	p.first = day
	return p.show()
}
