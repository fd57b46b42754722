package commands

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// The menu of a customer's chat is one message that its buttons change: pages of his account,
// each with a way back. A button carries the place where it leads, so nothing has to be
// remembered, and an old message shows what is true when it is pressed. What is typed opens the
// same page in a message of its own.

// places are the pages of the menu, by the first part of a place ("list.2"); the rest of it is
// the page's own.
func places() map[string]func(c *ChatCall, rest string) (card.Reply, error) {
	return map[string]func(c *ChatCall, rest string) (card.Reply, error){
		"home":     showHome,
		"more":     showMore,
		"list":     showList,
		"balance":  func(c *ChatCall, _ string) (card.Reply, error) { return showBalance(c) },
		"pay":      showPay,
		"period":   func(c *ChatCall, _ string) (card.Reply, error) { return askPeriod(c) },
		"past":     showPast,
		"dispute":  pickDisputed,
		"question": func(c *ChatCall, _ string) (card.Reply, error) { return askQuestion(c) },
		"help":     func(c *ChatCall, _ string) (card.Reply, error) { return chatHelp(c) },
		"lang":     func(c *ChatCall, _ string) (card.Reply, error) { return askLanguage(c) },
		"settings": showSettings,
		"hours":    askHours,

		"statements": askStatements,
		"mail":       showMails,
		"newmail":    askNewMail,
		"unmail":     askUnmail,
		"stop":       askStop,
	}
}

// goTo is a button that leads to a place.
func goTo(label card.Text, place string) card.Button {
	return card.Button{Label: label, Do: "go", Arg: place}
}

// showPlace shows the place of the button that was pressed.
func showPlace(c *ChatCall) (card.Reply, error) {
	name, rest, _ := strings.Cut(c.In.Arg, ".")
	show, ok := places()[name]
	if !ok {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if err := c.goesOn(); err != nil {
		return card.Reply{}, err
	}
	return show(c, rest)
}

// goesOn ends what was asked for in this chat: whoever goes on to something else does not type
// that any more.
func (c *ChatCall) goesOn() error {
	_, waits, err := c.Expected(c.In.Chat)
	if err == nil && waits {
		c.ExpectNothing(c.In.Chat)
	}
	return err
}

// place makes the command of a page.
func place(show func(c *ChatCall, rest string) (card.Reply, error)) func(c *ChatCall) (card.Reply, error) {
	return func(c *ChatCall) (card.Reply, error) { return show(c, "") }
}

// menuPage is how every page of an account leaves: in place of the message whose button was
// pressed, with the way back.
func (c *ChatCall) menuPage(k *card.Card, back string) (card.Reply, error) {
	if back != "" {
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.back"), Do: "go", Arg: back, Wide: true})
	}
	return card.Reply{Card: k, Replace: c.In.Do != ""}, nil
}

// today is the customer's.
func (c *ChatCall) today() ledger.Date { return ledger.DateOf(c.Now, c.Customer.Zone) }

// showHome is the first page: who writes here, what is owed, and where to go from here.
func showHome(c *ChatCall, _ string) (card.Reply, error) {
	company := c.Company().Name
	k := &card.Card{Title: card.T("chat.home.title", "company", company),
		Body: []card.Text{card.T("chat.home.body", "company", company, "customer", c.CustomerName(c.Customer))}}
	if c.Stopped(c.In.Chat) {
		k.Note = append(k.Note, card.T("chat.home.stopped"))
	}
	rows := c.AgingOf(c.Customer, c.today())
	if k.Fields = agingFields(rows); len(rows) == 0 {
		k.Body = append(k.Body, card.T("chat.nobalance"))
	}
	k.Fields = append(k.Fields, c.nextDue()...)
	k.Buttons = []card.Button{goTo(card.T("button.myinvoices"), "list.0"), goTo(card.T("button.topay"), "pay"), goTo(card.T("button.statement"), "period"), goTo(card.T("button.past"), "past.0"), goTo(card.T("button.more"), "more")}
	return c.menuPage(k, "")
}

// nextDue is what falls due next, of what is not overdue.
func (c *ChatCall) nextDue() []card.Field {
	today := c.today()
	var next *ledger.Invoice
	for _, inv := range c.OpenInvoices(c.Customer) {
		if inv.Undisputed().Minor > 0 && inv.Carrying() >= today && (next == nil || inv.Carrying() < next.Carrying()) {
			next = inv
		}
	}
	if next == nil {
		return nil
	}
	value := card.T("chat.nextdue", "amount", next.UndisputedBy(next.Carrying()), "due", next.Carrying())
	return []card.Field{{Label: card.T("field.nextdue"), Value: value}}
}

// showMore is what the first page has no room for.
func showMore(c *ChatCall, _ string) (card.Reply, error) {
	k := &card.Card{Body: []card.Text{card.T("chat.more")}, Buttons: []card.Button{goTo(card.T("button.balance"), "balance"), goTo(card.T("button.dispute"), "dispute.0"),
		goTo(card.T("button.question"), "question"), goTo(card.T("button.settings"), "settings"), goTo(card.T("button.language"), "lang"), goTo(card.T("button.help"), "help")}}
	return c.menuPage(k, "home")
}

// listRows is how many invoices, or lines of the history, one page shows.
const listRows = 8

// onList is the page at of a list, and how many pages there are.
func onList[T any](all []T, at int) (rows []T, page, pages int) {
	pages = max((len(all)+listRows-1)/listRows, 1)
	page = max(min(at, pages-1), 0)
	return all[page*listRows : min((page+1)*listRows, len(all))], page, pages
}

// pagerMost is how many pages have a button each; of more the first, the last and those around
// the one that is shown.
const pagerMost = 8

// pager are the buttons to the pages of a list, in one row.
func pager(name string, at, pages int) (out []card.Button) {
	if pages < 2 {
		return nil
	}
	for p := range pages {
		if pages > pagerMost && p != 0 && p != pages-1 && (p < at-2 || p > at+2) {
			continue
		}
		label := card.T("chat.page", "n", p+1)
		if p == at {
			label = card.T("chat.page.here", "n", p+1)
		}
		out = append(out, card.Button{Label: label, Do: "go", Arg: name + "." + strconv.Itoa(p), Row: 1})
	}
	return out
}

func showInvoices(c *ChatCall) (card.Reply, error) { return showList(c, "") }

// showList lists the open invoices, the oldest due first, each with a button to its own page.
func showList(c *ChatCall, rest string) (card.Reply, error) {
	all := c.OpenInvoices(c.Customer)
	if len(all) == 0 {
		return c.menuPage(&card.Card{Body: []card.Text{card.T("chat.noinvoices")}}, "home")
	}
	at, _ := strconv.Atoi(rest)
	rows, at, pages := onList(all, at)
	k := &card.Card{Title: card.T("chat.invoices", "count", len(all))}
	for i, inv := range rows {
		k.Fields = append(k.Fields, card.Field{Label: card.Plain(inv.Number.String()),
			Value: card.T("chat.invoiceline", "open", inv.OpenMoney(), "due", inv.Carrying(), "state", stateText(inv, c.today()))})
		k.Body = append(k.Body, earlyOfferNamed(&c.View, inv)...)
		item := itemButton(inv, "list."+strconv.Itoa(at))
		if at == 0 || inv.OldNumber != "" {
			k.Buttons = append(k.Buttons, item)
			continue
		}
		// A further page is a tap away, and its documents stand beside the numbers for it.
		item.Row = i + 2 // the pager is row 1
		k.Buttons = append(k.Buttons, item, card.Button{Label: card.T("button.pdf"), Do: "paper", Arg: card.PaperInvoice + "." + idArg(uint32(inv.ID)), Row: i + 2})
	}
	k.Buttons = append(k.Buttons, pager("list", at, pages)...)
	return c.menuPage(k, "home")
}

// itemButton leads to the page of an invoice, and from there back to a place. It has the number
// alone: two stand side by side, and the sums stand above them.
func itemButton(inv *ledger.Invoice, back string) card.Button {
	return card.Button{Label: card.Plain(inv.Number.String()), Do: "item", Arg: idArg(uint32(inv.ID)) + "." + back}
}

// owned is the invoice that a button is about, if it is this chat's, and what else the button
// says. It was looked at, and that is no news for anybody.
func (c *ChatCall) owned() (inv *ledger.Invoice, rest string) {
	id, rest := cutArg(c.In.Arg)
	if inv = c.Invoice(ledger.InvoiceID(id)); inv == nil || !c.ChatHas(c.In.Chat, inv.Customer) {
		return nil, ""
	}
	c.Customer = c.Tx.Customer(inv.Customer)
	return inv, rest
}

// itemLines is how many lines of an invoice its page shows, and itemMoves how many of the
// changes of what is open on it.
const (
	itemLines = 6
	itemMoves = 6
)

// showItem is the page of an invoice: what it is for, how it stands, what was paid on it, and
// what can be done about it.
func showItem(c *ChatCall) (card.Reply, error) {
	inv, back := c.owned()
	if inv == nil {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	doc, err := c.InvoiceDetail(inv)
	if err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("inv.title", "number", inv.Number.String(), "company", c.Company().Name)}
	for _, l := range doc.Lines[:min(len(doc.Lines), itemLines)] {
		k.Body = append(k.Body, card.T("inv.line", "text", lineWords(l), "quantity", number(l.Quantity), "price", priceText(l.Price, inv.Currency)))
	}
	if hidden := len(doc.Lines) - itemLines; hidden > 0 {
		k.Body = append(k.Body, card.T("inv.more", "count", hidden))
	}
	k.Body = append(k.Body, earlyOffer(&c.View, inv)...)
	k.Fields = append(referenceFields(&doc.Draft), card.Field{Label: card.T("field.total"), Value: money(inv.TotalMoney())},
		card.Field{Label: card.T("field.open"), Value: money(inv.OpenMoney())})
	k.Fields = append(k.Fields, dueFields(inv.Due, inv.Instalments(), inv.Currency)...)
	k.Fields = append(k.Fields, card.Field{Label: card.T("field.state"), Value: customerState(inv, c.today())})
	if parts := disputedParts(inv); len(parts) > 0 {
		k.Fields = append(k.Fields, parts...)
	} else if d := inv.DisputedMoney(); d.Minor > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("account.disputed"), Value: money(d)})
	}
	if err := c.itemMoves(k, inv); err != nil {
		return card.Reply{}, err
	}
	k.Buttons = c.itemActions(inv, back)
	return c.menuPage(k, cmp.Or(back, "list.0"))
}

// itemMoves tells what was paid on an invoice, and credited, the newest last.
func (c *ChatCall) itemMoves(k *card.Card, inv *ledger.Invoice) error {
	all := c.WhyOpen(inv)
	if len(all) > 0 { // the first is its total
		all = all[1:]
	}
	for _, x := range all[max(len(all)-itemMoves, 0):] {
		what, err := c.settledBy(x.Fact)
		if err != nil {
			return err
		}
		k.Fields = append(k.Fields, card.Field{Label: card.T("value", "value", x.Date), Value: card.T("chat.past.line", "what", what, "amount", x.Amount)})
	}
	return nil
}

// settledBy is entryText of what changed the sum open on an invoice: a customer is told of his
// payment, or our credit note, and not that it was allocated.
func (c *ChatCall) settledBy(seq uint64) (card.Text, error) {
	f, err := c.Fact(seq)
	if err != nil {
		return card.Text{}, err
	}
	d := c.Describe(f)
	if d.Name != ledger.FactAllocation || len(d.Refs) == 0 {
		return entryText(&c.View, seq)
	}
	what := card.T("fact.creditnote")
	if strings.HasPrefix(d.Refs[0], "P-") {
		what = card.T("fact.payment")
	}
	return card.T("entry", "what", what, "refs", d.Refs[0]), nil
}

// itemActions are what can be done about an invoice, in the order of its page.
func (c *ChatCall) itemActions(inv *ledger.Invoice, back string) (out []card.Button) {
	id := idArg(uint32(inv.ID))
	out = inMenu(c.Desk.payButton(&c.View, inv, false), "item."+id+"."+back)
	if !inv.Void && inv.OldNumber == "" {
		out = append(out, card.Button{Label: card.T("button.pdf"), Do: "paper", Arg: card.PaperInvoice + "." + id})
	}
	out = append(out, papersButton(&c.View, inv)...)
	out = append(out, disputeButtons(&c.View, inv)...)
	out = append(out, c.Desk.TermsButtons(&c.View, inv, true)...)
	return append(out, paidButton(&c.View, inv)...)
}

// inMenu lets Pay buttons that ask the bot answer in place, with a way back: "item.12.list.0",
// "go.pay".
func inMenu(buttons []card.Button, back string) []card.Button {
	for i := range buttons {
		if buttons[i].URL == "" || buttons[i].Ask {
			buttons[i].Arg += "." + back
		}
	}
	return buttons
}

// BackTo is the button that leads from the answer to such a button back to its page.
func BackTo(back string) card.Button {
	do, arg, _ := strings.Cut(back, ".")
	return card.Button{Label: card.T("button.back"), Do: do, Arg: arg, Wide: true}
}

// showPay lists what can be paid now, the oldest due first, or the largest ("big").
func showPay(c *ChatCall, order string) (card.Reply, error) {
	type item struct {
		inv *ledger.Invoice
		due ledger.Money
	}
	var all []item
	for _, inv := range c.OpenInvoices(c.Customer) {
		if due, _ := payable(&c.View, inv); due.Minor > 0 {
			all = append(all, item{inv, due})
		}
	}
	if len(all) == 0 {
		return c.menuPage(&card.Card{Body: []card.Text{card.T("chat.nothingtopay")}}, "home")
	}
	if order == "big" {
		slices.SortStableFunc(all, func(a, b item) int {
			return cmp.Or(cmp.Compare(a.due.Currency, b.due.Currency), cmp.Compare(b.due.Minor, a.due.Minor))
		})
	}
	k := &card.Card{Title: card.T("chat.pay.title", "company", c.Company().Name)}
	var unpayable []string
	for _, x := range all[:min(len(all), listRows)] {
		k.Fields = append(k.Fields, card.Field{Label: card.Plain(x.inv.Number.String()),
			Value: card.T("chat.invoiceline", "open", x.due, "due", x.inv.Carrying(), "state", stateText(x.inv, c.today()))})
		pay := inMenu(c.Desk.payButton(&c.View, x.inv, true), "go.pay."+order)
		if k.Buttons = append(k.Buttons, pay...); len(pay) == 0 {
			unpayable = append(unpayable, x.inv.Number.String())
		}
	}
	if len(all) > listRows {
		k.Note = append(k.Note, card.T("account.more", "count", len(all)-listRows))
	}
	if bank := c.Company().BankLine; bank != "" && len(unpayable) > 0 {
		k.Note = append(k.Note, card.T("inv.bank", "details", bank, "number", strings.Join(unpayable, ", ")))
	}
	if len(all) > 1 {
		other := map[string]card.Button{"": goTo(card.T("button.largest"), "pay.big"), "big": goTo(card.T("button.oldest"), "pay")}[order]
		if other.Wide = true; other.Do != "" {
			k.Buttons = append(k.Buttons, other)
		}
	}
	return c.menuPage(k, "home")
}

// showPast lists documents and payments, the newest first.
func showPast(c *ChatCall, rest string) (card.Reply, error) {
	at, _ := strconv.Atoi(rest)
	at = max(min(at, pastMost), 0)
	lines, more := c.Movements(c.Customer, at*listRows, listRows)
	k := &card.Card{Title: card.T("chat.past.title", "company", c.Company().Name)}
	if len(lines) == 0 {
		k.Body = []card.Text{card.T("chat.past.nothing")}
	}
	here := "past." + strconv.Itoa(at)
	for i := range lines {
		l := &lines[i]
		what, err := entryText(&c.View, l.Fact)
		if err != nil {
			return card.Reply{}, err
		}
		k.Fields = append(k.Fields, card.Field{Label: card.T("value", "value", l.Date), Value: card.T("chat.past.line", "what", what, "amount", l.Amount)})
		leads, err := c.pastButtons(l.Fact, here)
		if err != nil {
			return card.Reply{}, err
		}
		k.Buttons = append(k.Buttons, leads...)
	}
	turn := func(label card.Text, page int) {
		b := goTo(label, "past."+strconv.Itoa(page))
		b.Row = 1
		k.Buttons = append(k.Buttons, b)
	}
	if at > 0 {
		turn(card.T("button.newer"), at-1)
	}
	if more && at < pastMost {
		turn(card.T("button.older"), at+1)
	}
	return c.menuPage(k, "home")
}

// pastButtons lead from a line of the history to what it tells of: the page of an invoice, or a
// document.
func (c *ChatCall) pastButtons(fact uint64, here string) (out []card.Button, err error) {
	inv, p, n, err := c.DocumentOf(c.Customer, fact)
	switch {
	case inv != nil:
		out = []card.Button{itemButton(inv, here)}
	case p != nil && !p.Returned:
		out = []card.Button{{Label: card.T("button.receipt", "number", p.Label()), Do: "paper", Arg: card.PaperReceipt + "." + idArg(uint32(p.ID))}}
	case n != nil:
		out = []card.Button{{Label: card.Plain(n.Number.String()), Do: "paper", Arg: card.PaperCredit + "." + idArg(uint32(n.ID))}}
	}
	return out, err
}

// pastMost bounds the pages of the history: what is older stands in statements.
const pastMost = 999

// pickDisputed lists the invoices that can be disputed, and those that are.
func pickDisputed(c *ChatCall, rest string) (card.Reply, error) {
	all := slices.DeleteFunc(c.OpenInvoices(c.Customer), func(inv *ledger.Invoice) bool { return len(disputeButtons(&c.View, inv)) == 0 })
	if len(all) == 0 {
		return c.menuPage(&card.Card{Body: []card.Text{card.T("chat.dispute.none")}}, "home")
	}
	at, _ := strconv.Atoi(rest)
	rows, at, pages := onList(all, at)
	k := &card.Card{Body: []card.Text{card.T("chat.dispute.which")}}
	for _, inv := range rows {
		b := disputeButtons(&c.View, inv)[0]
		b.Wide = true
		if inv.Dispute != 0 {
			b.Label = card.Join(card.Plain(inv.Number.String()), b.Label)
		} else {
			b.Label = card.Join(card.Plain(inv.Number.String()), money(inv.OpenMoney()))
		}
		k.Buttons = append(k.Buttons, b)
	}
	k.Buttons = append(k.Buttons, pager("dispute", at, pages)...)
	return c.menuPage(k, "home")
}
