package commands

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// A person may be linked to several customers in one chat. He is asked once for which of them
// he speaks; the answer is kept, stands on every page, and is changed by a button. A button
// under an invoice is about that invoice's customer, whatever was chosen.

// speaksRow holds the customer for whom a chat speaks.
func speaksRow(chat string) string { return "speaks:" + chat }

// SpeaksFor returns the customer for whom a chat speaks, nil for a stranger's; chosen is false
// where it has several and nobody has said which. Then it is the one that was linked last.
func SpeaksFor(v *ledger.View, chat string) (cust *ledger.Customer, chosen bool) {
	all := v.ChatCustomers(chat)
	if len(all) < 2 {
		return v.ChatOwner(chat), true
	}
	row, err := v.Get(speaksRow(chat))
	id, _ := strconv.ParseUint(string(row), 10, 32)
	if err == nil && v.ChatHas(chat, ledger.CustomerID(id)) {
		return v.Customer(ledger.CustomerID(id)), true
	}
	return all[0], false
}

// several reports whether the chat speaks for several customers.
func (c *ChatCall) several() bool { return len(c.ChatCustomers(c.In.Chat)) > 1 }

// askWhom asks for which customer a page is meant.
func (c *ChatCall) askWhom(page string) card.Reply {
	all := c.ChatCustomers(c.In.Chat)
	sort.Slice(all, func(i, j int) bool { return c.CustomerName(all[i]) < c.CustomerName(all[j]) })
	k := &card.Card{Body: []card.Text{card.T("chat.speak.ask")}}
	for _, cust := range all {
		k.Buttons = append(k.Buttons, card.Button{Label: card.Plain(c.CustomerName(cust)), Do: "speak", Arg: idArg(uint32(cust.ID)) + "." + page, Wide: true})
	}
	c.unsigned = true
	return card.Reply{Card: k}
}

// speakFor notes for whom the chat speaks, and goes on with the page that was asked for; with
// customer 0 it asks.
func speakFor(c *ChatCall) (card.Reply, error) {
	id, page := cutArg(c.In.Arg)
	show := pageNamed(page)
	if show == nil || !c.several() {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if id == 0 {
		reply := c.askWhom(page)
		reply.Replace = true
		return reply, nil
	}
	if !c.ChatHas(c.In.Chat, ledger.CustomerID(id)) {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	c.Customer = c.Tx.Customer(ledger.CustomerID(id))
	c.Put(speaksRow(c.In.Chat), []byte(idArg(id)))
	c.ExpectNothing(c.In.Chat) // what was asked for was about the other
	c.atPage = page
	reply, err := show(c)
	reply.Replace = true
	return reply, err
}

// pageNamed shows a page by the name of its command, or by its place ("list.2"); nil where there
// is none.
func pageNamed(page string) func(c *ChatCall) (card.Reply, error) {
	if i := slices.IndexFunc(ChatTable(), func(x ChatCommand) bool { return x.Name == page }); i >= 0 {
		return ChatTable()[i].Run
	}
	name, rest, _ := strings.Cut(page, ".")
	if show, ok := places()[name]; ok {
		return func(c *ChatCall) (card.Reply, error) { return show(c, rest) }
	}
	return nil
}

// signed says on a reply for which of several customers it is, with the way to another where it
// is a page of the menu.
func (c *ChatCall) signed(reply card.Reply) card.Reply {
	if reply.Card == nil || c.Customer == nil || c.unsigned || c.atPage == "" && c.In.Do == "" || !c.several() {
		return reply
	}
	k := *reply.Card
	k.Note = append(slices.Clip(k.Note), card.T("chat.speak.for", "customer", c.CustomerName(c.Customer)))
	if c.atPage != "" {
		k.Buttons = append(slices.Clip(k.Buttons), card.Button{Label: card.T("button.speak"), Do: "speak", Arg: "0." + c.atPage})
	}
	reply.Card = &k
	return reply
}
