package commands

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// promiseCommand notes that a customer promised to pay by a day; reminders wait for it.
func promiseCommand() Command {
	return Command{
		Name: "promise", Who: []Role{Sales, Finance, Manager},
		Usage:    []string{`promise <invoice> <date>`},
		Examples: []string{`promise INV-2026-000001 friday`},
		Form:     promiseForm, Words: promiseWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) < 2 {
				return card.Reply{}, usage("promise", "got", c.Line)
			}
			inv, err := c.InvoiceNumbered(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			by, err := c.days().all(c.Args[1:])
			if err != nil {
				return card.Reply{}, err
			}
			if err := c.Tx.Promise(inv, by); err != nil {
				return card.Reply{}, err
			}
			if err := c.Desk.Refresh(c.Tx, inv); err != nil {
				return card.Reply{}, err
			}
			return card.Say("promise.noted", "number", inv.Number.String(), "date", by), nil
		},
	}
}

// noticeCommand lists the messages whose fate a person has to tell.
func noticeCommand() Command {
	return Command{
		Name: "notices", Who: anybody(), Reads: true,
		Usage:    []string{`notices`},
		Examples: []string{`notices`},
		Run: func(c *Call) (card.Reply, error) {
			unknown := c.unknown()
			if len(unknown) == 0 {
				return card.Say("notices.none"), nil
			}
			n := unknown[0]
			k := unknownCard(c.View, n)
			if len(unknown) > 1 {
				k.Note = append(k.Note, card.T("notices.more", "count", len(unknown)-1))
			}
			return card.Reply{Card: k}, nil
		},
	}
}

// unknown are the notices of unknown fate that the asker may see.
func (c *Call) unknown() []*ledger.Notice {
	return slices.DeleteFunc(c.UnknownNotices(), func(n *ledger.Notice) bool {
		return !c.Sees(c.Customer(n.Customer)) || n.Customer == 0 && c.View.May != nil
	})
}

// unknownCard asks what became of a message whose answer was lost.
func unknownCard(v *ledger.View, n *ledger.Notice) *card.Card {
	who := ""
	if cust := v.Customer(n.Customer); cust != nil {
		who = v.CustomerName(cust)
	}
	id := idArg(uint32(n.ID))
	return &card.Card{
		Title: card.T("task.unknown.title"),
		Body:  []card.Text{card.T("task.unknown."+string(n.Kind), "customer", who)},
		Buttons: []card.Button{
			{Label: card.T("button.arrived"), Do: "settle", Arg: id + ".arrived"},
			{Label: card.T("button.again"), Do: "settle", Arg: id + ".again"},
		},
	}
}

// settleNotice books what a person says of a message whose answer was lost: it arrived, or
// it is to be sent again.
func settleNotice(c *Call) (card.Reply, error) {
	id, how := cutArg(c.Where.Arg)
	var found *ledger.Notice
	for _, n := range c.UnknownNotices() {
		if n.ID == ledger.NoticeID(id) {
			if err := c.Allowed(c.Customer(n.Customer)); err != nil {
				return card.Reply{}, err
			}
		}
		if n.ID == ledger.NoticeID(id) {
			found = n
		}
	}
	if found == nil {
		return card.Say("button.old"), nil
	}
	if found.Customer == 0 && c.View.May != nil { // a digest, which is not of her customers alone
		return card.Reply{}, forbidden(Command{Name: "settle", Who: []Role{Finance, Manager}}, c.Who.Role)
	}
	done, err := c.Tx.ClearDoubts([]ledger.NoticeID{found.ID}, how == "again", c.Desk.FinanceChannel)
	if err != nil {
		return card.Reply{}, err
	}
	key := "settled.arrived"
	switch {
	case done.Left > 0:
		return replaced(card.Say("unknown.left", "count", done.Left)), nil
	case how == "again":
		key = "settled.again"
	}
	r := card.Say(key, "who", card.User(c.Who.ID))
	r.Replace = true
	return r, nil
}
