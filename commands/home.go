package commands

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// A person's Home is a list of cards: what he begins things with, what needs him now, his
// customers, and when it was made. Each kind of matter is one card that names the first few
// and has a button to all of them, so that the page stays short whatever the books hold.

const (
	homeNamed     = 3 // of each kind of matter
	homeCustomers = 8
)

// Home is what a person's Home tab shows. The last card says when it was made, and is all
// that changes while nothing happens.
func (d *Desk) Home(who Staff) (cards []*card.Card, err error) {
	reads := Command{Name: "home", Who: anybody(), Reads: true}
	found := &homeWalk{}
	if who.may(reads) {
		if err := found.walk(d, d.lens(who, reads)); err != nil {
			return nil, err
		}
	}
	err = d.Books.View(func(v *ledger.View) error {
		v.May = d.lens(who, reads)
		c := &Call{View: v, Desk: d, Who: who}
		switch {
		case !who.may(reads):
			cards = []*card.Card{refused(forbidden(reads, who.Role)).Card}
		case !anyCustomer(v):
			cards = []*card.Card{c.homeBegin()}
		default:
			cards = append([]*card.Card{c.homeHead()}, c.homeMatters(found)...)
			cards = append(cards, c.homeCustomers()...)
		}
		co := v.Company()
		cards = append(cards, &card.Card{Note: []card.Text{card.T("home.updated", "at", card.Instant{At: v.Now, Zone: co.Zone()})}})
		return nil
	})
	return cards, err
}

// homeWalk is what a Home tab tells that all customers have to be asked for: some of them at a time,
// since the tabs are written again whenever something was booked.
type homeWalk struct {
	promised  []*ledger.Invoice // to be paid today
	unreached []*ledger.Customer
	calls     []duty
}

func (w *homeWalk) walk(d *Desk, may func(*ledger.Customer) error) error {
	err := d.Books.EachCustomer(func(v *ledger.View, cust *ledger.Customer) {
		v.May = may
		if call, due := dutyOf(v, cust, d.Mail); due {
			w.calls = append(w.calls, call)
		}
		if !cust.HasOpen() || !v.Sees(cust) {
			return
		}
		some, today := false, v.Today()
		if v.EachOpen(cust, func(inv *ledger.Invoice) { some = some || inv.Promised == today }); some {
			w.promised = append(w.promised, slices.DeleteFunc(v.OpenInvoices(cust), func(inv *ledger.Invoice) bool { return inv.Promised != today })...)
		}
		if !v.Reaches(cust, d.Mail, false) && len(routeNotes(v, cust)) > 0 {
			w.unreached = append(w.unreached, cust)
		}
	})
	w.calls = urgentFirst(w.calls)
	return err
}

func anyCustomer(v *ledger.View) (any bool) {
	v.Customers(func(*ledger.Customer) { any = true })
	return any
}

// homeBegin teaches the first three steps.
func (c *Call) homeBegin() *card.Card {
	k := &card.Card{Title: card.T("home.begin.title"), Body: []card.Text{card.T("home.begin.add"), card.T("home.begin.invoice"), card.T("home.begin.invite")}}
	add := formButton(card.T("button.newcustomer"), "customer", "")
	add.Style = card.Primary
	k.Buttons = c.forMe([]card.Button{add, lineButton(card.T("button.setup"), "setup"), lineButton(card.T("button.help"), "help")})
	return k
}

// homeHead is what a day's work begins with.
func (c *Call) homeHead() *card.Card {
	k := &card.Card{Title: card.T("home.title", "company", c.Company().Name)}
	invoice := formButton(card.T("button.newinvoice"), "invoice", "")
	invoice.Style = card.Primary
	k.Buttons = c.forMe([]card.Button{invoice, formButton(card.T("button.payment"), "payment", ""), lineButton(card.T("button.help"), "help")})
	return k
}

// homeMatters are what needs the person now, the most pressing first.
func (c *Call) homeMatters(found *homeWalk) []*card.Card {
	out := []*card.Card{{Title: card.T("home.now")}}
	add := func(list ...*card.Card) {
		for _, k := range list {
			if k != nil {
				k.Buttons = c.forMe(k.Buttons)
				out = append(out, k)
			}
		}
	}
	add(c.homeApprovals(), c.homeLinks(), c.homeDeferrals())
	add(c.homeTasks()...)
	add(c.homeFreeTasks()...)
	add(c.homeDisputes(), c.homeQuestions(), c.homeClaims(), c.homeEntries(), c.homePromises(found.promised), c.homeCheques(), c.homeUnknown(), c.homeMails(), c.homeRoutes(found.unreached), c.homeCalls(found.calls))
	if len(out) == 1 {
		out[0].Body = []card.Text{card.T("home.nothing")}
	}
	return out
}

// homeList is one kind of matter: how many, the first few, and the way to all. Names end the
// lines: one that is written from right to left would turn what follows it.
func homeList[T any](key string, all []T, line func(T) card.Text, buttons ...card.Button) *card.Card {
	if len(all) == 0 {
		return nil
	}
	k := &card.Card{Title: card.T("home."+key, "count", len(all)), Part: true, Buttons: buttons}
	for i, x := range all {
		if i == homeNamed {
			k.Body = append(k.Body, card.T("home.more", "count", len(all)-homeNamed))
			break
		}
		k.Body = append(k.Body, card.T("home.line", "line", line(x)))
	}
	return k
}

// homeApprovals are requests that he may decide.
func (c *Call) homeApprovals() *card.Card {
	all := slices.DeleteFunc(c.WaitingApprovals(), func(a *ledger.Approval) bool { return !c.Now.Before(a.Expires) || c.mayDecide(a) != nil })
	k := homeList("approvals", all, func(a *ledger.Approval) card.Text {
		return card.Join(card.Plain(a.Label()), actor(c.View, a.By), card.Join(needTexts(a.Needs)...), card.T("home.until", "at", until(c.View, a)))
	})
	if k == nil {
		return nil
	}
	for _, a := range all[:min(len(all), homeNamed)] {
		k.Buttons = append(k.Buttons, lineButton(card.T("button.review", "approval", a.Label()), "approvals "+a.Label()))
	}
	if len(all) > homeNamed {
		k.Buttons = append(k.Buttons, lineButton(card.T("button.showall"), "approvals"))
	}
	return k
}

// homeLinks are people who wait to be let in.
func (c *Call) homeLinks() *card.Card {
	if !may(admitters(), c.Who.Role) {
		return nil
	}
	all := c.LinksAsking(nil)
	k := homeList("links", all, func(l ledger.Link) card.Text {
		return card.Join(card.T("value", "value", c.dayOf(l.Since)), card.Plain(c.CustomerName(c.Customer(l.Customer))), card.Plain(c.LinkName(l)))
	})
	for _, l := range all[:min(len(all), homeNamed)] {
		k.Buttons = append(k.Buttons, lineButton(card.T("button.reviewlink", "who", c.LinkName(l)), personLine(c.Customer(l.Customer), l)))
	}
	return k
}

// homeDeferrals are requests of customers that he may decide.
func (c *Call) homeDeferrals() *card.Card {
	all := slices.DeleteFunc(c.waiting(), func(d *ledger.Deferral) bool { return c.mayDefer(d) != nil })
	k := homeList("deferrals", all, func(d *ledger.Deferral) card.Text {
		return card.Join(card.Plain(d.Label()), money(c.DeferralDebt(d)), wishText(d.Parts, d.Currency), card.Plain(c.CustomerName(c.Customer(d.Customer))))
	})
	if k == nil {
		return nil
	}
	for _, d := range all[:min(len(all), homeNamed)] {
		k.Buttons = append(k.Buttons, lineButton(card.T("button.review", "approval", d.Label()), "defer "+d.Label()))
	}
	if len(all) > homeNamed {
		k.Buttons = append(k.Buttons, lineButton(card.T("button.showall"), "defer"))
	}
	return k
}

// homeDisputes are the open ones, the most pressing first.
func (c *Call) homeDisputes() *card.Card {
	all := slices.DeleteFunc(c.DisputesByDeadline(), func(d *ledger.Dispute) bool { return !c.Sees(c.Customer(d.Customer)) })
	return homeList("disputes", all, func(d *ledger.Dispute) card.Text {
		inv := c.Invoice(d.Invoice)
		when := card.T("home.since", "date", d.Opened)
		if d.Late(c.Today()) {
			when = deadline(c.View, d)
		} else if d.AnswerBy != 0 {
			when = card.T("home.by", "date", d.AnswerBy)
		}
		return card.Join(card.Plain(d.Label()), money(inv.DisputedMoney()), when, answers(d), card.Plain(label(c.View, inv)))
	}, lineButton(card.T("button.showall"), "dispute list"))
}

// homePromises are invoices that were promised to be paid today.
func (c *Call) homePromises(all []*ledger.Invoice) *card.Card {
	today := c.Today()
	all = slices.DeleteFunc(all, func(inv *ledger.Invoice) bool { return inv.Promised != today || inv.Open == 0 }) // by now
	k := homeList("promises", all, func(inv *ledger.Invoice) card.Text {
		return card.Join(money(inv.OpenMoney()), card.Plain(label(c.View, inv)))
	})
	if k == nil {
		return nil
	}
	pick := card.Pick{Label: card.T("button.payment")}
	for _, inv := range all[:min(len(all), pageRows)] {
		pick.Buttons = append(pick.Buttons, formButton(card.Plain(label(c.View, inv)), "payment", inv.Number.String()))
	}
	if pick.Buttons = c.forMe(pick.Buttons); len(pick.Buttons) > 0 {
		k.Picks = []card.Pick{pick}
	}
	return k
}

// homeUnknown are messages of which nobody knows whether they arrived.
func (c *Call) homeUnknown() *card.Card {
	return homeList("unknown", c.unknown(), func(n *ledger.Notice) card.Text {
		cust := c.Customer(n.Customer)
		if cust == nil {
			return card.T("message." + string(n.Kind))
		}
		return card.Join(card.T("message."+string(n.Kind)), card.Plain(c.CustomerName(cust)))
	}, lineButton(card.T("button.showall"), "unknown"))
}

// homeRoutes are customers who owe and whom no message reaches any more.
func (c *Call) homeRoutes(all []*ledger.Customer) *card.Card {
	k := homeList("routes", all, func(cust *ledger.Customer) card.Text { return card.Plain(c.CustomerName(cust)) })
	if k != nil {
		k.Picks = []card.Pick{{Label: card.T("pick.account"), Buttons: c.accountButtons(all[:min(len(all), pageRows)])}}
	}
	return k
}

// accountButtons lead to customers' accounts.
func (c *Call) accountButtons(list []*ledger.Customer) (out []card.Button) {
	for _, cust := range list {
		p := agingPlace{agingQuestion: agingQuestion{by: ledger.ByCustomer}, customer: cust.ID}
		out = append(out, p.button(card.Plain(c.CustomerName(cust))))
	}
	return out
}

// homeCalls are the calls of the day: everybody's for whoever sees all, his own for sales. Whom a
// task is about is called because of that, and stands there alone.
func (c *Call) homeCalls(all []duty) *card.Card {
	if !c.Who.may(callsCommand()) {
		return nil
	}
	all = slices.DeleteFunc(all, func(d duty) bool { return len(c.TasksOf(d.customer)) > 0 })
	return homeList("calls", all, func(d duty) card.Text {
		return card.Join(card.Plain(c.CustomerName(d.customer)), card.T("call."+d.why))
	}, lineButton(card.T("button.calls"), "calls"))
}

// homeCustomers are his customers by what is overdue, with the aging drawn; those of all where
// he looks after nobody.
func (c *Call) homeCustomers() []*card.Card {
	p := agingPlace{agingQuestion: agingQuestion{by: ledger.ByCustomer}}
	all := c.own(c.Aging(c.Today()))
	mine := p
	mine.filter.Owner = c.Who.ID
	title, rows := card.T("home.mine"), c.Filter(all, mine.filter)
	if len(rows) == 0 {
		title, rows, mine = card.T("home.all"), all, p
	}
	if len(rows) == 0 {
		k := &card.Card{Title: title, Body: []card.Text{card.T("aging.nothing")}}
		ownNote(c.View, k)
		return []*card.Card{k}
	}
	k := &card.Card{Title: title, Picture: agingPicture(card.T("aging.title", "date", c.Today()), c, rows, ledger.ByBucket)}
	byOverdue(c.View, rows)
	t := &card.Table{Head: []card.Text{card.T("aging.customer"), card.T("account.overdue"), card.T("aging.total")}, Right: []bool{false, true, true}}
	var named []*ledger.Customer
	for _, r := range rows[:min(len(rows), homeCustomers)] {
		cust := c.Customer(r.Customer)
		t.Rows = append(t.Rows, []card.Text{card.Plain(c.CustomerName(cust)), moneyOrDash(r.Overdue().Minor, r.Currency), money(r.Total())})
		if !slices.Contains(named, cust) {
			named = append(named, cust)
		}
	}
	k.Table = t
	if len(rows) > homeCustomers {
		k.Note = append(k.Note, card.T("home.rest", "shown", homeCustomers, "all", len(rows)))
	}
	ownNote(c.View, k)
	k.Picks = []card.Pick{{Label: card.T("pick.account"), Buttons: c.accountButtons(named)}}
	k.Buttons = append(k.Buttons, mine.button(card.T("button.aging")))
	if mine.filter != p.filter {
		k.Buttons = append(k.Buttons, p.button(card.T("button.allcustomers")))
	}
	return []*card.Card{k}
}
