package commands

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// What a person does at a customer's, which he tells in one tap, and what he may decide there.

// noPosition is the argument of who would rather not say.
const noPosition = "skip"

func positionText(p ledger.Position) card.Text {
	if p == "" {
		return card.T("position.none")
	}
	return card.T("position." + string(p))
}

func positionButtons(cust *ledger.Customer) (out []card.Button) {
	id := idArg(uint32(cust.ID))
	for _, p := range ledger.Positions() {
		out = append(out, card.Button{Label: positionText(p), Do: "position", Arg: id + "." + string(p)})
	}
	return append(out, card.Button{Label: card.T("button.skip"), Do: "position", Arg: id + "." + noPosition})
}

// positionButton lets a person change what he does at his customer's.
func positionButton(c *ChatCall) card.Button {
	return card.Button{Label: card.T("button.position"), Do: "positions", Arg: idArg(uint32(c.Customer.ID))}
}

// ofCustomer returns the link that a button is about, if it is this person's own.
func (c *ChatCall) ofCustomer() (l ledger.Link, rest string, ok bool) {
	id, rest := cutArg(c.In.Arg)
	if !c.ChatHas(c.In.Chat, ledger.CustomerID(id)) {
		return l, "", false
	}
	l, ok = c.ChatLink(c.In.Chat, ledger.CustomerID(id))
	c.Customer = c.Tx.Customer(l.Customer)
	return l, rest, ok
}

// askPosition asks what a person does there.
func askPosition(c *ChatCall) (card.Reply, error) {
	l, _, ok := c.ofCustomer()
	if !ok || !l.Private() {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	k := &card.Card{Body: []card.Text{card.T("chat.position.ask", "customer", c.CustomerName(c.Customer))}, Buttons: positionButtons(c.Customer)}
	return c.menuPage(k, "settings")
}

// setPosition notes what a person does there.
func setPosition(c *ChatCall) (card.Reply, error) {
	l, said, ok := c.ofCustomer()
	p := ledger.Position(said)
	if !ok || !l.Private() || said != noPosition && !slices.Contains(ledger.Positions(), p) {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	k := &card.Card{Title: card.T("chat.linked.title", "company", c.Company().Name),
		Body: []card.Text{card.T("chat.linked.body", "company", c.Company().Name, "customer", c.CustomerName(c.Customer)), card.T("chat.linked.stop")}}
	if said == noPosition {
		k.Body = append(k.Body, card.T("chat.position.skipped"))
	} else {
		if err := c.SetPosition(l, p); err != nil {
			return card.Reply{}, err
		}
		if err := c.Desk.refreshLink(c.Tx, l); err != nil {
			return card.Reply{}, err
		}
		k.Body = append(k.Body, card.T("chat.position.set", "position", positionText(p)))
	}
	k.Buttons = append(invoicesButton(c.Customer), positionButton(c))
	return c.menuPage(k, "home")
}

// What a person may decide for his customer.
const (
	toAgree = "agree" // to an act of reconciliation or a plan
	toShow  = "sums"  // that a group is shown sums
)

// may reports whether the person who acts may decide this for c.Customer: an accountant or a
// director may; and where nobody of the customer has said what he does, anybody may agree.
func (c *ChatCall) may(what string) bool {
	l, ok := c.ChatLink(c.In.Person, c.Customer.ID)
	if !ok || !l.Private() {
		return false
	}
	if l.Position == ledger.Accountant || l.Position == ledger.Director {
		return true
	}
	return what == toAgree && !c.Positioned(c.Customer)
}

// notHis is what a person is told who may not decide something.
func (c *ChatCall) notHis() card.Reply {
	return card.Reply{Toast: card.T("chat.nothis", "customer", c.CustomerName(c.Customer))}
}
