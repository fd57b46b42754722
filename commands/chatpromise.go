package commands

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// A promise in the chat is one message that changes from step to step. Its buttons carry the
// invoice, what of it is promised, and the step:
//
//	7              a new message: on which day?
//	7.one          the same in place; "all" is all that is overdue
//	7.one.page.20781  the calendar's page of a day, counted as Date does
//	7.one.on.20781    that day is promised
//	7.one.ask.20781   staff are asked for it
//	7.one.none        nothing: a place of the calendar without a day
//	7.no              nothing is promised
const (
	scopeOne = "one"
	scopeAll = "all"
)

// expectPromise is whose the words are that are typed instead of pressing a day.
const expectPromise = "promise"

// promiseInChat runs a button of a promise.
func promiseInChat(c *ChatCall) (card.Reply, error) {
	inv, rest, err := c.mine()
	if err != nil || inv == nil {
		return card.Reply{Toast: card.T("chat.oldbutton")}, err
	}
	scope, step, _ := strings.Cut(rest, ".")
	what, value, _ := strings.Cut(step, ".")
	switch {
	case scope == "no":
		c.ExpectNothing(c.In.Chat)
		return keepInvoice(c)
	case what == "none":
		return card.Reply{Toast: card.T("chat.day.none")}, nil
	case scope != "" && scope != scopeOne && scope != scopeAll:
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if reply, is := c.barred(inv); is {
		return reply, nil
	}
	p := &promising{c, inv, scope == scopeAll}
	day, _ := strconv.Atoi(value)
	switch what {
	case "":
		return p.ask(scope != "")
	case "page":
		return p.calendar(ledger.Date(day))
	case "on":
		return replacedAlways(p.promise(ledger.Date(day)))
	case "ask":
		return p.request(ledger.Date(day))
	}
	return card.Reply{Toast: card.T("chat.oldbutton")}, nil
}

// promising is a promise under way.
type promising struct {
	*ChatCall
	inv *ledger.Invoice
	all bool
}

func (p *promising) list() []*ledger.Invoice { return p.deferrable(p.inv, p.all, false) }

// arg is what a button carries that leads to a step.
func (p *promising) arg(step string, day ledger.Date) string {
	out := idArg(uint32(p.inv.ID)) + "." + map[bool]string{false: scopeOne, true: scopeAll}[p.all]
	if step != "" {
		out += "." + step
	}
	if day != 0 {
		out += "." + strconv.Itoa(int(day))
	}
	return out
}

func (p *promising) button(label card.Text, step string, day ledger.Date) card.Button {
	return card.Button{Label: label, Do: "promise", Arg: p.arg(step, day), Wide: true}
}

// until is the last day that may be promised without asking.
func (p *promising) until() ledger.Date { return p.day().AddDays(p.Desk.terms().PromiseDays) }

// ask offers three days, and the way to others.
func (p *promising) ask(inPlace bool) (card.Reply, error) {
	p.ExpectNothing(p.In.Chat)
	list := p.list()
	k := &card.Card{
		Title: card.T("chat.when.title", "what", aboutInvoices(list)),
		Body:  []card.Text{card.T("chat.when.body", "amount", sumOfInvoices(list))},
	}
	for _, day := range p.likely() {
		k.Buttons = append(k.Buttons, p.button(card.T("button.day", "weekday", card.Weekday(day.Weekday()), "date", day), "on", day))
	}
	k.Buttons = append(k.Buttons, p.button(card.T("button.otherday"), "page", p.day()))
	if other := (&promising{p.ChatCall, p.inv, !p.all}); len(other.list()) != len(list) {
		label := card.T("button.onlythis", "number", p.inv.Number.String())
		if other.all {
			label = card.T("button.alloverdue", "count", len(other.list()))
		}
		k.Buttons = append(k.Buttons, other.button(label, "", 0))
	}
	k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.never"), Do: "promise", Arg: idArg(uint32(p.inv.ID)) + ".no", Wide: true})
	return card.Reply{Card: k, Replace: inPlace}, nil
}

// likelyDays is how many days are offered.
const likelyDays = 3

// likely are the days on which this customer may be expected to pay, by his habit: the next
// of his usual weekday, his usual delay from the due date, and the end of the month; business
// days within the limit, in order.
func (p *promising) likely() (out []ledger.Date) {
	today, h := p.day(), p.PayingHabit(p.Customer)
	weekday := p.lastOfWeek() // where nothing is known
	if h.Of > 0 {
		weekday = h.Weekday
	}
	next := today + 1
	for next.Weekday() != weekday {
		next++
	}
	y, m, _ := today.Parts()
	monthEnd := ledger.NewDate(y, m+1, 1) - 1
	for p.businessDay(monthEnd) != monthEnd {
		monthEnd--
	}
	usual := ledger.Date(0)
	if h.Of > 0 {
		usual = p.inv.Due.AddDays(h.Days)
	}
	for _, day := range []ledger.Date{next, usual, next + 7, monthEnd, next + 14} {
		if day = p.businessDay(day); day > today && day <= p.until() && !slices.Contains(out, day) && len(out) < likelyDays {
			out = append(out, day)
		}
	}
	slices.Sort(out)
	return out
}

// businessDay is d, or the first business day of the customer's after it.
func (c *ChatCall) businessDay(d ledger.Date) ledger.Date {
	return c.Days().Next(d-1, c.CountryOf(c.Customer))
}

// lastOfWeek is the day before the customer's weekend: Friday, mostly.
func (c *ChatCall) lastOfWeek() time.Weekday {
	day := time.Sunday
	for of := c.CountryOf(c.Customer); !ledger.Weekend((day+1)%7, of) || ledger.Weekend(day, of); {
		day++
	}
	return day
}

// calendar shows the page of a day. What is typed meanwhile is read as a day too.
func (p *promising) calendar(on ledger.Date) (card.Reply, error) {
	if err := p.Expect(expectPromise, p.arg("", 0)); err != nil {
		return card.Reply{}, err
	}
	page := p.page(on, p.day(), p.until())
	page.do, page.dead = "promise", p.arg("none", 0)
	page.day = func(d ledger.Date) string { return p.arg("on", d) }
	page.turn = func(d ledger.Date) string { return p.arg("page", d) }
	k := &card.Card{
		Title:   card.T("chat.when.title", "what", aboutInvoices(p.list())),
		Body:    append(page.beside(), card.T("chat.calendar.body", "until", p.until()), card.T("chat.calendar.weekend")),
		Buttons: append(page.buttons(), p.button(card.T("button.back"), "", 0)),
	}
	return card.Reply{Card: k, Replace: true}, nil
}

// page is a page of the customer's own calendar, from which days within some bounds are picked.
func (c *ChatCall) page(on, from, until ledger.Date) *calendarPage {
	page := &calendarPage{on: min(max(on, from), until), from: from, until: until}
	page.first, page.persian = c.Desk.calendar(c.Customer.Language)
	days, of := c.Days(), c.CountryOf(c.Customer)
	page.free = func(d ledger.Date) bool { return !days.Business(d, of) }
	page.first = int(ledger.WeekBegins(c.Customer.ZoneName, time.Weekday(page.first)))
	return page
}

// promise books the promise, or says why it cannot be had without asking.
func (p *promising) promise(day ledger.Date) (card.Reply, error) {
	list, terms := p.list(), p.Desk.terms()
	if day < p.day() {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "chat.daypast", "date", day)
	}
	often := slices.ContainsFunc(list, func(inv *ledger.Invoice) bool {
		return inv.Promised != day && len(p.PromisesOn(inv)) >= terms.PromiseCount
	})
	if often || day > p.until() {
		return p.offerRequest(day, often), nil
	}
	for _, inv := range list {
		if inv.Promised == day { // pressed twice
			continue
		}
		if err := p.PromiseWithin(inv, day, terms.PromiseDays+1); err != nil { // his day may be ahead of ours
			return card.Reply{}, err
		}
		if err := p.Desk.Refresh(p.Tx, inv); err != nil {
			return card.Reply{}, err
		}
	}
	p.ExpectNothing(p.In.Chat)
	k := &card.Card{
		Title: card.T("chat.promised.title", "date", day),
		Body:  []card.Text{card.T("chat.promised.body", "what", aboutInvoices(list), "amount", sumOfInvoices(list), "date", day)},
		Buttons: append(p.Desk.payButton(&p.View, p.inv, len(list) > 1),
			p.button(card.T("button.otherday"), "page", day)),
	}
	return card.Reply{Card: k}, nil
}

// offerRequest says what the limit is, and offers to ask staff.
func (p *promising) offerRequest(day ledger.Date, often bool) card.Reply {
	terms := p.Desk.terms()
	why := card.T("chat.day.far", "date", day, "count", terms.PromiseDays)
	if often {
		why = card.T("chat.day.often", "count", terms.PromiseCount)
	}
	return card.Reply{Card: &card.Card{
		Title: card.T("chat.when.title", "what", aboutInvoices(p.list())),
		Body:  []card.Text{why, card.T("chat.day.ask", "date", day)},
		Buttons: []card.Button{
			p.button(card.T("button.askthem"), "ask", day),
			p.button(card.T("button.back"), "", 0),
		},
	}}
}

// request asks staff for a day.
func (p *promising) request(day ledger.Date) (card.Reply, error) {
	if day < p.day() {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "chat.daypast", "date", day)
	}
	list := p.deferrable(p.inv, p.all, true)
	total := ledger.Money{Currency: p.inv.Currency}
	for _, inv := range list {
		total = total.Add(inv.Undisputed())
	}
	return p.asked(list, []ledger.PlanPart{{Due: day, Minor: total.Minor}})
}

// asked books what a customer asks for, and tells staff, who decide it.
func (c *ChatCall) asked(list []*ledger.Invoice, parts []ledger.PlanPart) (card.Reply, error) {
	d, err := c.RequestDeferral(c.Customer, list, parts, c.In.Chat)
	if err != nil {
		return card.Reply{}, err
	}
	c.ExpectNothing(c.In.Chat)
	if err := c.Desk.tellDeferral(c.Tx, d); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("chat.asked.title"), Body: []card.Text{card.T("chat.asked.body", "company", c.Company().Name)}}
	if d.ByDay() {
		k.Body = append([]card.Text{card.T("chat.asked.day", "what", aboutInvoices(list), "date", parts[0].Due)}, k.Body...)
	} else {
		k.Table = partsTable(parts, d.Currency)
	}
	return card.Reply{Card: k, Replace: c.In.Do != ""}, nil
}

// typedDay takes words that were typed while the calendar stood there. What is no day and
// does not look like one is taken as any words are.
func typedDay(c *ChatCall, about string) (card.Reply, error) {
	c.In.Arg = about
	inv, scope, err := c.mine()
	if err != nil || inv == nil {
		return c.unaskedIfNoError(err)
	}
	p := &promising{c, inv, scope == scopeAll}
	day, either, err := c.readDay()
	switch {
	case len(either) > 0:
		k := &card.Card{Body: []card.Text{card.T("chat.day.which")}}
		for _, d := range either {
			k.Buttons = append(k.Buttons, p.button(card.T("button.day", "weekday", card.Weekday(d.Weekday()), "date", d), "on", d))
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
	return p.promise(day)
}

func (c *ChatCall) unaskedIfNoError(err error) (card.Reply, error) {
	if err != nil {
		return card.Reply{}, err
	}
	return c.unasked()
}

// dayWordsMost is how many words are still taken for a day that could not be read; more are
// something else.
const dayWordsMost = 3

// readDay reads what was typed as a day in the customer's language. Either are several that
// it may mean; no day and no error is what is something else.
func (c *ChatCall) readDay() (day ledger.Date, either []ledger.Date, err error) {
	text := strings.TrimRight(strings.TrimSpace(c.In.Text), ".!。")
	day, err = days{c.day(), c.Customer.Language}.read(text)
	if q := (*doubt)(nil); errors.As(err, &q) {
		for _, r := range q.readings {
			if d, err := ledger.ParseDate(r.words); err == nil {
				either = append(either, d)
			}
		}
		return 0, either, nil
	}
	if err != nil && len(strings.Fields(text)) > dayWordsMost {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, ledger.Refuse(ledger.BadInput, "chat.daywords", "text", text)
	}
	return day, nil, nil
}

// replacedAlways has a reply stand in place of the message whose button was pressed.
func replacedAlways(r card.Reply, err error) (card.Reply, error) {
	r.Replace = err == nil
	return r, err
}
