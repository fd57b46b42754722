package commands

import (
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// Groups are read by people whom nobody invited. They hear that there is something, and a
// button leads to where it is said: the private chat. An accountant or a director of the
// customer may let a group see sums; then it is shown what a private chat is, and what takes
// words or money still happens in private.

// What the bot's link may open it with, beside an invitation.
const startMenu = "menu"

func invoiceStart(id ledger.InvoiceID) string { return "inv" + idArg(uint32(id)) }

func startInvoice(words string) (ledger.InvoiceID, bool) {
	digits, ok := strings.CutPrefix(words, "inv")
	id, err := strconv.ParseUint(digits, 10, 32)
	return ledger.InvoiceID(id), ok && err == nil
}

// open shows an invoice to whom it is, who has followed a link to it.
func (c *ChatCall) open(id ledger.InvoiceID) (card.Reply, error) {
	inv := c.Invoice(id)
	switch {
	case c.Customer == nil:
		c.Desk.turnedAway("chat.stranger")
		return card.Say("chat.stranger"), nil
	case !c.In.Private:
		return c.privately(invoiceStart(id)), nil
	case inv == nil || !c.ChatHas(c.In.Chat, inv.Customer) || inv.Void:
		return showHome(c, "")
	}
	c.Customer = c.Tx.Customer(inv.Customer)
	if err := c.Open(inv); err != nil {
		return card.Reply{}, err
	}
	msg, err := c.Desk.customerInvoice(&c.View, &ledger.Notice{NoticeQueued: ledger.NoticeQueued{Invoice: id}})
	return card.Reply{Card: msg.Card}, err
}

// privately is the one line that leads to the private chat.
func (c *ChatCall) privately(start string) card.Reply {
	if c.In.Do != "" {
		return card.Reply{Toast: card.T("chat.group.toast")}
	}
	return card.Reply{Card: &card.Card{Body: []card.Text{card.T("chat.group.private")}, Buttons: c.Desk.privateButton(start)}}
}

// privateButton opens the private chat with the bot.
func (d *Desk) privateButton(start string) []card.Button {
	if d.ChatURL == nil || d.ChatURL(start) == "" {
		return nil
	}
	return []card.Button{{Label: card.T("button.private"), URL: d.ChatURL(start), Wide: true}}
}

// groupCommands, groupButtons and groupPages are what a group may ask for that is shown sums:
// what only looks.
var (
	groupCommands = []string{"invoices", "balance", "statement", "history", "pay", "language"}
	groupButtons  = []string{"invoices", "item", "pay", "lang", "file", "period", "paper", "papers", "speak"}
	groupPages    = []string{"home", "more", "list", "balance", "pay", "period", "past", "help", "lang"}
)

// inGroup answers a group where a private chat would be answered otherwise; ok is false where
// it would not.
func (c *ChatCall) inGroup(command string) (reply card.Reply, ok bool) {
	switch {
	case c.In.Private || c.In.Do == "groupsums":
		return reply, false
	case command == "settings":
		return c.groupSettings(), true
	case command == "help":
		return c.groupHelp(), true
	case !Discreet(&c.View, c.In.Chat) && (slices.Contains(groupCommands, command) || slices.Contains(groupButtons, c.In.Do) || c.In.Do == "go" && slices.Contains(groupPages, placeName(c.In.Arg))):
		return reply, false
	}
	return c.privately(startMenu), true
}

// placeName is the page of a place ("list.2").
func placeName(place string) string {
	name, _, _ := strings.Cut(place, ".")
	return name
}

// Discreet reports whether a chat is a group in which no sum is named, for one at least of its
// customers.
func Discreet(v *ledger.View, chat string) bool {
	return slices.ContainsFunc(v.ChatCustomers(chat), func(cust *ledger.Customer) bool {
		l, _ := v.ChatLink(chat, cust.ID)
		return l.Discreet()
	})
}

func (c *ChatCall) groupHelp() card.Reply {
	c.unsigned = true
	return card.Reply{Card: &card.Card{Title: card.T("chat.help.title", "company", c.Company().Name),
		Body:    []card.Text{card.T("chat.group.welcome", "company", c.Company().Name, "customer", c.CustomerName(c.Customer)), card.T("chat.group.private")},
		Buttons: c.Desk.privateButton(startMenu)}}
}

// groupSettings tell whose group it is and what it is shown, with the button that changes that.
func (c *ChatCall) groupSettings() card.Reply {
	l, _ := c.ChatLink(c.In.Chat, c.Customer.ID)
	k := &card.Card{Title: card.T("chat.group.title", "customer", c.CustomerName(c.Customer)), Note: []card.Text{card.T("chat.group.who")}}
	arg := idArg(uint32(c.Customer.ID))
	if l.Sums {
		k.Body = []card.Text{card.T("chat.group.shown")}
		k.Buttons = []card.Button{{Label: card.T("button.hidesums"), Do: "groupsums", Arg: arg + ".off", Wide: true}}
	} else {
		k.Body = []card.Text{card.T("chat.group.hidden")}
		k.Buttons = []card.Button{{Label: card.T("button.showsums"), Do: "groupsums", Arg: arg + ".on", Wide: true}}
	}
	return card.Reply{Card: k}
}

// setGroupSums shows a group sums, or no more, if who presses may decide that. All who are in
// it are told.
func setGroupSums(c *ChatCall) (card.Reply, error) {
	l, to, ok := c.ofCustomer()
	if !ok || !l.Group || to != "on" && to != "off" {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if !c.may(toShow) {
		c.Desk.turnedAway("chat.nothis")
		return c.notHis(), nil
	}
	who, _ := c.ChatLink(c.In.Person, c.Customer.ID)
	if l.Sums == (to == "on") {
		return card.Reply{Toast: card.T("done.already")}, nil
	}
	if err := c.ShowSums(l, who, to == "on"); err != nil {
		return card.Reply{}, err
	}
	if to == "on" {
		return card.Say("chat.group.nowshown", "who", c.LinkName(who), "customer", c.CustomerName(c.Customer)), nil
	}
	return card.Say("chat.group.nowhidden", "who", c.LinkName(who), "customer", c.CustomerName(c.Customer)), nil
}

// groupNews tells a group that an invoice was issued, and how it stands: as the group may be told
// it.
func (d *Desk) groupNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	inv := v.Invoice(n.Invoice)
	if l, ok := v.ChatLink(n.Who, n.Customer); !ok || l.State != ledger.LinkStands || inv.Void {
		return card.Message{Withdraw: "the group is not the customer's, or the invoice is void"}, nil
	}
	return d.customerInvoice(v, n)
}

// ForChat is a message as the chat that it goes to may read it: without sums in a group that is
// not shown them, and with the customer's name where a chat speaks for several.
func (d *Desk) ForChat(v *ledger.View, n *ledger.Notice, chat string, msg card.Message) card.Message {
	l, ok := v.ChatLink(chat, n.Customer)
	if !ok || msg.Card == nil || n.Kind == ledger.NoticeAccess {
		return msg
	}
	if l.Discreet() {
		msg.Card = d.discreetCard(v, n)
	}
	if len(v.ChatCustomers(chat)) < 2 {
		return msg
	}
	whose := card.T("chat.speak.for", "customer", v.CustomerName(v.Customer(n.Customer)))
	k := *msg.Card
	k.Note = append(slices.Clip(k.Note), whose)
	if k.Short != nil {
		short := *k.Short
		short.Note = append(slices.Clip(short.Note), whose)
		k.Short = &short
	}
	msg.Card = &k
	return msg
}

// discreetCard is what a group hears of a notice: that there is something, and where it is said.
func (d *Desk) discreetCard(v *ledger.View, n *ledger.Notice) *card.Card {
	start, key, number := startMenu, "chat.group.anynews", ""
	if inv := v.Invoice(n.Invoice); inv != nil {
		start, key, number = invoiceStart(inv.ID), "chat.group.news", inv.Number.String()
	}
	switch n.Kind {
	case ledger.NoticeInvoice, ledger.NoticeGroup, ledger.NoticeGroupEdit, ledger.NoticeEdit:
		key = "chat.group.invoice"
	case ledger.NoticeReminder:
		start, key = startMenu, "chat.group.reminder"
	case ledger.NoticeReceipt:
		start, key = startMenu, "chat.group.receipt"
	}
	k := &card.Card{Body: []card.Text{card.T(key, "company", v.Company().Name, "number", number)}, Buttons: d.privateButton(start)}
	if inv := v.Invoice(n.Invoice); (n.Kind == ledger.NoticeEdit || n.Kind == ledger.NoticeGroupEdit) && inv.Open == 0 {
		k.Body = append(k.Body, customerState(inv, ledger.DateOf(v.Now, v.Customer(n.Customer).Zone)))
	}
	return k
}
