package commands

import (
	"cmp"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// What a customer settles for himself in his chat: language, the hours of reminders, one a day,
// his e-mail addresses, and whether we write here at all.

// showSettings shows what is settled, with buttons to change it.
func showSettings(c *ChatCall, _ string) (card.Reply, error) {
	cust := c.Customer
	rhythm, rhythms := c.rhythm()
	k := &card.Card{Title: card.T("chat.settings.title", "company", c.Company().Name), Fields: []card.Field{
		{Label: card.T("field.language"), Value: card.T("language." + c.language())},
		{Label: card.T("field.hours"), Value: hoursText(c.Desk.hoursOf(cust))},
		{Label: card.T("field.reminders"), Value: rhythm},
	}}
	k.Buttons = []card.Button{goTo(card.T("button.language"), "lang"), goTo(card.T("button.hours"), "hours")}
	k.Buttons = append(k.Buttons, rhythms...)
	k.Fields = append(k.Fields, card.Field{Label: card.T("field.statements"), Value: card.T("chat.statements." + c.statementsEvery().String())})
	k.Buttons = append(k.Buttons, goTo(card.T("button.ownstatements"), "statements"))
	if c.Desk.Mail {
		value := card.T("chat.nomail")
		if list := cust.MailAddresses(); len(list) > 0 {
			value = card.Plain(strings.Join(list, ", "))
		}
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.mail"), Value: value})
		k.Buttons = append(k.Buttons, goTo(card.T("button.mails"), "mail"))
	}
	if l, ok := c.ChatLink(c.In.Chat, cust.ID); ok && l.Private() {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.position"), Value: positionText(l.Position)})
		k.Buttons = append(k.Buttons, positionButton(c))
	}
	if c.Stopped(c.In.Chat) {
		k.Note = append(k.Note, card.T("chat.home.stopped"))
	} else {
		k.Buttons = append(k.Buttons, goTo(card.T("button.stophere"), "stop"))
	}
	return c.menuPage(k, "home")
}

// rhythm is how often he is reminded, with buttons for what else he may choose.
func (c *ChatCall) rhythm() (card.Text, []card.Button) {
	choice := func(label, arg string) card.Button { return card.Button{Label: card.T(label), Do: "set", Arg: arg} }
	singly, daily, weekly := choice("button.singly", "daily.off"), choice("button.daily", "daily.on"), choice("button.weekly", "daily.week")
	others := []card.Button{}
	if c.Desk.WeeklyReminders {
		others = append(others, weekly)
	}
	switch {
	case c.Weekly(c.Customer):
		return card.T("chat.weekly"), []card.Button{daily, singly}
	case c.Customer.Daily:
		return card.T("chat.daily"), append([]card.Button{singly}, others...)
	}
	return card.T("chat.singly"), append([]card.Button{daily}, others...)
}

// statementsEvery is how often he gets a statement by himself.
func (c *ChatCall) statementsEvery() ledger.Statements {
	if chosen := c.StatementsOf(c.Customer).Every; chosen != ledger.StatementsAsSet {
		return chosen
	}
	return max(c.Desk.Reminding.orNone().statement(&c.View, c.Customer).Every, ledger.StatementsOff)
}

// language is the one in which this person is spoken with.
func (c *ChatCall) language() string {
	if lang := c.SpokenIn(c.In.Chat, c.Customer); contains(c.Desk.Languages, lang) {
		return lang
	}
	return "en"
}

// companyLanguage is the one of the customer's documents.
func (c *ChatCall) companyLanguage() string {
	if contains(c.Desk.Languages, c.Customer.Language) {
		return c.Customer.Language
	}
	return "en"
}

// hoursOf are the hours in which c is reminded.
func (d *Desk) hoursOf(c *ledger.Customer) ledger.Hours {
	if c.Hours.Chosen() {
		return c.Hours
	}
	return d.ReminderHours
}

func hoursText(h ledger.Hours) card.Text {
	return card.T("chat.hours", "from", clockText(h.From), "until", clockText(h.Until))
}

// clockText is a full hour as clocks show it.
func clockText(hour int) card.Text { return card.T("value", "value", card.Hour(hour)) }

// askHours asks from which hour on reminders may come ("hours"), and then until when
// ("hours.9"), within what the company allows.
func askHours(c *ChatCall, rest string) (card.Reply, error) {
	all := c.Desk.ReminderHours
	k := &card.Card{Title: card.T("chat.hours.from")}
	if rest == "" {
		k.Body = []card.Text{card.T("chat.hours.body", "hours", hoursText(all), "zone", c.Customer.ZoneName)}
		for h := all.From; h < all.Until; h++ {
			k.Buttons = append(k.Buttons, hourButton(h, "go", "hours."+strconv.Itoa(h), h-all.From))
		}
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.anyhour"), Do: "set", Arg: "hours.any", Wide: true})
		return c.menuPage(k, "settings")
	}
	from, err := strconv.Atoi(rest)
	if err != nil || from < all.From || from >= all.Until {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	k.Title = card.T("chat.hours.until", "from", clockText(from))
	for h := from + 1; h <= all.Until; h++ {
		k.Buttons = append(k.Buttons, hourButton(h, "set", "hours."+rest+"."+strconv.Itoa(h), h-from-1))
	}
	return c.menuPage(k, "hours")
}

// hoursInRow is how many hours stand side by side.
const hoursInRow = 4

func hourButton(hour int, do, arg string, at int) card.Button {
	return card.Button{Label: clockText(hour), Do: do, Arg: arg, Row: 1 + at/hoursInRow}
}

// showMails lists the customer's e-mail addresses, with buttons to take one off and to ask for
// another.
func showMails(c *ChatCall, _ string) (card.Reply, error) {
	k := &card.Card{Title: card.T("chat.mails.title"), Body: []card.Text{card.T("chat.mails.body", "company", c.Company().Name)}}
	for i, address := range c.Customer.MailAddresses() {
		k.Fields = append(k.Fields, card.Field{Label: card.T("chat.page", "n", i+1), Value: card.Plain(address)})
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.unmail", "address", address), Do: "go",
			Arg: "unmail." + idArg(uint32(c.PersonAt(c.Customer.Mails[i]))), Wide: true})
	}
	for _, a := range c.MailAsks() {
		if address, err := c.Text(a.Address); a.Customer == c.Customer.ID && err == nil {
			k.Note = append(k.Note, card.T("chat.mails.asked", "address", address))
		}
	}
	if len(k.Fields) == 0 {
		k.Body = append(k.Body, card.T("chat.nomail"))
	}
	k.Buttons = append(k.Buttons, goTo(card.T("button.newmail"), "newmail"))
	return c.menuPage(k, "settings")
}

// mailAt is the address of the customer's that a button is about, "" where it is no more.
func (c *ChatCall) mailAt(rest string) string {
	for i, address := range c.Customer.MailAddresses() {
		if idArg(uint32(c.PersonAt(c.Customer.Mails[i]))) == rest {
			return address
		}
	}
	return ""
}

// askUnmail asks once before an address is taken off.
func askUnmail(c *ChatCall, rest string) (card.Reply, error) {
	address := c.mailAt(rest)
	switch {
	case address == "":
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	case !c.may(toAgree):
		return c.notHis(), nil
	}
	k := &card.Card{Body: []card.Text{card.T("chat.unmail.ask", "address", address, "company", c.Company().Name)},
		Buttons: []card.Button{{Label: card.T("button.unmail.yes"), Do: "set", Arg: "unmail." + rest}, goTo(card.T("button.never"), "mail")}}
	return c.menuPage(k, "")
}

// newMailKind is what an address that was asked for is for, see expected.
const newMailKind = "mail"

// askNewMail asks for an address.
func askNewMail(c *ChatCall, _ string) (card.Reply, error) {
	if err := c.Expect(newMailKind, ""); err != nil {
		return card.Reply{}, err
	}
	return c.menuPage(&card.Card{Body: []card.Text{card.T("chat.newmail", "company", c.Company().Name)}}, "mail")
}

// takeNewMail takes the address that was typed, and asks staff: invoices would go there.
func takeNewMail(c *ChatCall, _ string) (card.Reply, error) {
	address := strings.TrimSpace(c.In.Text)
	if _, err := ledger.ParseMail(address); err != nil {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "mail.typed", "text", address)
	}
	a, err := c.AskMail(c.Customer, c.In.Chat, address)
	if err != nil {
		return card.Reply{}, err
	}
	n := ledger.NoticeQueued{Kind: ledger.NoticeMailAsk, Customer: c.Customer.ID, Address: c.Desk.ownerOf(c.Customer), Code: idArg(uint32(a.ID)), Who: c.In.Chat}
	if err := c.Notify(n); err != nil {
		return card.Reply{}, err
	}
	return c.menuPage(&card.Card{Body: []card.Text{card.T("chat.newmail.asked", "address", address, "company", c.Company().Name)}}, "settings")
}

// change does what a button of the settings is for, and shows the page it stood on.
func change(c *ChatCall) (card.Reply, error) {
	what, rest, _ := strings.Cut(c.In.Arg, ".")
	switch what {
	case "hours":
		return c.chooseHours(rest)
	case "daily":
		if rest == "week" && !c.Desk.WeeklyReminders {
			return card.Reply{Toast: card.T("chat.oldbutton")}, nil
		}
		if err := c.ChooseDigest(c.Customer, rest != "off"); err != nil {
			return card.Reply{}, err
		}
		if err := c.ChooseWeekly(c.Customer, rest == "week"); err != nil {
			return card.Reply{}, err
		}
		return showSettings(c, "")
	case "statements":
		return c.chooseStatements(rest)
	case "unmail":
		return c.unmail(rest)
	case "stop":
		return c.stop()
	}
	return card.Reply{Toast: card.T("chat.oldbutton")}, nil
}

func (c *ChatCall) chooseHours(rest string) (card.Reply, error) {
	var h ledger.Hours
	if rest != "any" {
		from, until, _ := strings.Cut(rest, ".")
		h.From, _ = strconv.Atoi(from)
		h.Until, _ = strconv.Atoi(until)
	}
	if h == c.Desk.ReminderHours { // all that is allowed is no choice
		h = ledger.Hours{}
	}
	if err := c.ChooseHours(c.Customer, h, c.Desk.ReminderHours); err != nil {
		return card.Reply{}, err
	}
	return showSettings(c, "")
}

// unmail takes an address off, unless nothing would be left to reach the customer by.
func (c *ChatCall) unmail(rest string) (card.Reply, error) {
	gone := c.mailAt(rest)
	switch {
	case gone == "":
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	case !c.may(toAgree):
		return c.notHis(), nil
	}
	var left []string
	for _, address := range c.Customer.MailAddresses() {
		if address != gone {
			left = append(left, address)
		}
	}
	if _, err := c.SetMails(c.Customer, left); err != nil {
		return card.Reply{}, err
	}
	if !c.Reaches(c.Customer, c.Desk.Mail, false) {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "mail.last", "address", gone)
	}
	if err := c.tellOwner("mailgone", c.ChatName(c.In.Chat)+", "+gone); err != nil {
		return card.Reply{}, err
	}
	return showMails(c, "")
}

// ownerOf is where a task about cust goes: to whoever looks after him, else to finance.
func (d *Desk) ownerOf(cust *ledger.Customer) string {
	return cmp.Or(cust.Owner, cust.Substitute, d.FinanceChannel)
}

// tellOwner gives whoever looks after the customer something to know.
func (c *ChatCall) tellOwner(code, detail string) error {
	return c.NotifyText(ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: c.Customer.ID, Address: c.Desk.ownerOf(c.Customer), Code: code, Who: c.In.Chat}, detail)
}

// askStop asks once before nothing is written here any more.
func askStop(c *ChatCall, _ string) (card.Reply, error) {
	if c.Stopped(c.In.Chat) {
		return c.menuPage(&card.Card{Body: []card.Text{card.T("chat.home.stopped")}}, "home")
	}
	company := c.Company().Name
	k := &card.Card{Title: card.T("chat.stop.title", "company", company), Body: []card.Text{card.T("chat.stop.body", "company", company)},
		Buttons: []card.Button{{Label: card.T("button.stop.yes"), Do: "set", Arg: "stop"}, goTo(card.T("button.never"), "home")}}
	return c.menuPage(k, "")
}

// stop ends what we write to this person here. He owes as before, and other ways stay.
func (c *ChatCall) stop() (card.Reply, error) {
	digest := c.DigestReaderAt(c.In.Chat) != "" // of somebody of staff, whose chat it is, too
	if err := c.UnlinkDigest(c.In.Chat); err != nil {
		return card.Reply{}, err
	}
	if c.Stopped(c.In.Chat) { // staff were told
		return card.Reply{Toast: card.T("done.already")}, nil
	}
	for _, cust := range c.ChatCustomers(c.In.Chat) {
		if err := c.Tx.Stop(cust, c.In.Chat); err != nil {
			return card.Reply{}, err
		}
		c.Customer = cust
		if err := c.tellOwner("stopped."+c.left(), c.ChatName(c.In.Chat)); err != nil {
			return card.Reply{}, err
		}
	}
	k := &card.Card{Body: []card.Text{card.T("chat.stopped." + c.left())}}
	if digest {
		k.Body = append(k.Body, card.T("digest.chat.stopped"))
	}
	return card.Reply{Card: k, Replace: c.In.Do != ""}, nil
}

// left is the way that is left to reach the customer by.
func (c *ChatCall) left() string {
	switch {
	case len(c.OpenChats(c.Customer)) > 0:
		return "chat"
	case c.Reaches(c.Customer, c.Desk.Mail, false):
		return "mail"
	}
	return "none"
}

// resume takes a stop back, which whoever stopped does by /start; back is false where there was
// none.
func (c *ChatCall) resume() (back bool, err error) {
	if back, err = c.Resume(c.In.Chat); err != nil || !back {
		return false, err
	}
	for _, cust := range c.ChatCustomers(c.In.Chat) {
		c.Customer = cust
		if err := c.tellOwner("resumed", c.ChatName(c.In.Chat)); err != nil {
			return false, err
		}
	}
	return true, nil
}

// mailAskNews asks staff whether an address that a customer named is to be used, and tells what
// was decided.
func mailAskNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	id, _ := cutArg(n.Code)
	a := v.MailAsk(ledger.MailAskID(id))
	if a == nil || a.Decided {
		return card.Message{Withdraw: "decided meanwhile"}, nil
	}
	k, err := mailAskCard(v, a)
	return card.Message{Card: k}, err
}

func mailAskCard(v *ledger.View, a *ledger.MailAsk) (*card.Card, error) {
	address, err := v.Text(a.Address)
	if err != nil {
		return nil, err
	}
	cust := v.Customer(a.Customer)
	id := idArg(uint32(a.ID))
	return &card.Card{Title: card.T("mailask.title", "customer", v.CustomerName(cust)),
		Fields: []card.Field{{Label: card.T("field.mail"), Value: card.Plain(address)},
			{Label: card.T("field.who"), Value: card.Plain(v.ChatName(a.By))}},
		Note: []card.Text{card.T("mailask.note")},
		Buttons: []card.Button{{Label: card.T("button.mailask.yes"), Do: "mailask", Arg: id + ".yes", Style: card.Primary},
			{Label: card.T("button.mailask.no"), Do: "mailask", Arg: id + ".no"}}}, nil
}

// decideMail takes up an address that a customer named, or not; "show" asks.
func decideMail(c *Call) (card.Reply, error) {
	id, how := cutArg(c.Where.Arg)
	a := c.MailAsk(ledger.MailAskID(id))
	if a == nil {
		return card.Say("button.old"), nil
	}
	cust := c.Customer(a.Customer)
	if err := c.Allowed(cust); err != nil {
		return card.Reply{}, err
	}
	if how == "show" {
		k, err := mailAskCard(c.View, a)
		return card.Reply{Card: k}, err
	}
	if err := c.Tx.DecideMail(a, how == "yes"); err != nil {
		return card.Reply{}, err
	}
	if err := c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeMailDecided, Customer: cust.ID, Code: idArg(id)}); err != nil {
		return card.Reply{}, err
	}
	address, err := c.Text(a.Address)
	if err != nil {
		return card.Reply{}, err
	}
	key := map[bool]string{true: "mailask.granted", false: "mailask.declined"}[a.Granted]
	return replaced(card.Say(key, "customer", c.CustomerName(cust), "address", address, "who", card.User(c.Who.ID))), nil
}

// mailDecided tells the customer what became of the address that he named.
func mailDecided(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	id, _ := cutArg(n.Code)
	a := v.MailAsk(ledger.MailAskID(id))
	if a == nil {
		return card.Message{Withdraw: "nobody asked"}, nil
	}
	address, err := v.Text(a.Address)
	key := map[bool]string{true: "chat.newmail.granted", false: "chat.newmail.declined"}[a.Granted]
	return card.Message{Card: &card.Card{Body: []card.Text{card.T(key, "address", address, "company", v.Company().Name)}}}, err
}

// homeMails are e-mail addresses that customers asked for.
func (c *Call) homeMails() *card.Card {
	var all []*ledger.MailAsk
	for _, a := range c.MailAsks() {
		if c.Sees(c.Customer(a.Customer)) {
			all = append(all, a)
		}
	}
	k := homeList("mailasks", all, func(a *ledger.MailAsk) card.Text {
		address, _ := c.Text(a.Address)
		return card.Join(card.Plain(address), card.Plain(c.CustomerName(c.Customer(a.Customer))))
	})
	if k == nil {
		return nil
	}
	for _, a := range all[:min(len(all), homeNamed)] {
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.mailask.show", "handle", c.Customer(a.Customer).Handle), Do: "mailask", Arg: idArg(uint32(a.ID)) + ".show"})
	}
	return k
}

// chosenFields are what a customer settled in his chat, as staff see it.
func chosenFields(v *ledger.View, cust *ledger.Customer) (out []card.Field) {
	if cust.Hours.Chosen() {
		out = append(out, card.Field{Label: card.T("field.hours"), Value: hoursText(cust.Hours)})
	}
	switch {
	case v.Weekly(cust):
		out = append(out, card.Field{Label: card.T("field.reminders"), Value: card.T("chat.weekly")})
	case cust.Daily:
		out = append(out, card.Field{Label: card.T("field.reminders"), Value: card.T("chat.daily")})
	}
	return out
}
