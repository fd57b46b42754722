package commands

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// bouncedCommand notes that mail to a customer came back: nothing more goes to that address, or
// to any of his, until it is named again. What he has not got takes another way, or waits for
// one.
//
//	line = customer [ address ] .
func bouncedCommand() Command {
	return Command{
		Name: "bounced", Who: []Role{Sales, Finance, Manager},
		Usage:    []string{`bounced <customer> [<address>]`},
		Examples: []string{`bounced acme`, `bounced acme ap@acme.example`},
		Form:     bouncedForm, Words: bouncedWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 || len(c.Args) > 2 {
				return card.Reply{}, usage("bounced", "got", c.Line)
			}
			cust, err := c.CustomerNamed(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			back := cust.Mails
			if len(c.Args) == 2 {
				address := ledger.ChannelMail + ":" + plainMail(c.Args[1].text)
				if !slices.Contains(cust.Mails, address) {
					return card.Reply{}, ledger.Refuse(ledger.NotFound, "bounced.address", "text", plainMail(c.Args[1].text), "handle", cust.Handle)
				}
				back = []string{address}
			}
			return c.bounced(cust, back)
		},
	}
}

// bounced shuts addresses of cust, and has sent again what went there alone.
func (c *Call) bounced(cust *ledger.Customer, back []string) (card.Reply, error) {
	news := 0
	for _, a := range back {
		fresh, err := c.Tx.BreakRoute(cust.ID, a, ledger.RouteBounced, 0)
		if err != nil {
			return card.Reply{}, err
		}
		if fresh {
			news++
		}
	}
	if news == 0 {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "bounced.known", "handle", cust.Handle)
	}
	k := &card.Card{Title: card.T("bounced.title", "count", news, "customer", c.CustomerName(cust))}
	if slices.ContainsFunc(cust.Mails, func(a string) bool { return !c.Shut(a) }) {
		k.Body = []card.Text{card.T("bounced.others")}
		return card.Reply{Card: k}, nil
	}
	again, err := c.sendBounced(cust)
	if err != nil {
		return card.Reply{}, err
	}
	code := "bounced.waits"
	if len(c.OpenChats(cust)) > 0 {
		code = "bounced.chat"
	}
	k.Body = []card.Text{card.T(code, "handle", cust.Handle)}
	if again > 0 {
		k.Body = append(k.Body, card.T("bounced.again", "count", again))
	}
	if owner := cust.Owner; owner != "" && owner != c.Who.ID {
		err = c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: cust.ID, Address: owner, Code: "bounced"})
	}
	return card.Reply{Card: k}, err
}

// sendBounced queues the open invoices once more whose message went by mail and nowhere else.
func (c *Call) sendBounced(cust *ledger.Customer) (count int, err error) {
	for _, inv := range c.OpenInvoices(cust) {
		chat, _, sent, err := c.NoticeMessage(inv.Message)
		if err != nil {
			return count, err
		}
		if !sent || ledger.ChannelOf(chat) != ledger.ChannelMail {
			continue
		}
		if err := c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeInvoice, Customer: cust.ID, Invoice: inv.ID}); err != nil {
			return count, err
		}
		count++
	}
	return count, nil
}

// bouncedForm asks to whom mail came back, and from which of several addresses.
func bouncedForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.bounced"), Submit: card.T("form.do.bounced"), Body: []card.Text{card.T("help.bounced")}}
	_, cust, err := c.named("customer")
	if err != nil {
		return nil, err
	}
	if err := c.aboutCustomer(f); err != nil {
		return nil, err
	}
	for i := range f.Fields {
		f.Fields[i].Again = true
	}
	var known []card.Option
	if cust != nil {
		for _, a := range cust.MailAddresses() {
			if len(a) <= optionWide {
				known = append(known, card.Option{Value: a, Label: card.Plain(a)})
			}
		}
	}
	if len(known) > 1 {
		f.Fields = append(f.Fields, optional(c.choiceField("address", card.T("field.mail"), "", known...), card.T("ask.bounced.hint")))
	}
	return f, nil
}

func bouncedWords(v map[string]string, arg string) []token {
	return row(chosen(v["customer"], arg), word(v["address"]))
}
