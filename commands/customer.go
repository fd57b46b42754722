package commands

import (
	"sort"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"duebot/commands/card"
	"duebot/ledger"
)

// customerCommand adds customers, invites them into Telegram, and lists them.
func customerCommand() Command {
	return Command{
		Name: "customer", Who: []Role{Sales, Finance, Manager},
		Usage: []string{
			`customer add <handle> "<name>" [currency=EUR] [lang=en] [tz=Europe/Berlin] [terms=net14] [segment=<word>]`,
			`customer set <handle> [terms=net30] [limit=5000] [lang=en] [tz=Europe/Berlin] [name="<name>"] [owner=@<user>] [substitute=@<user>] [segment=<word>] [interest=9%] [latefee=25] [email=<address>] [channel=email] [mailreminders=on] [statements=monthly] [phone="<number>"] [legal="<name>"] [address="<line>; <line>"] [taxid=<number>] [registration="<line>"]`,
			`customer invite <handle>`,
			`customer list`,
		},
		Examples: []string{`customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=net14`, `customer set acme terms=net30 limit=5000`, `customer set acme email=ap@acme.example`, `customer set acme legal="Acme Handels GmbH" address="Lindenstr. 1; 10115 Berlin" taxid=DE123456789`, `customer invite acme`},
		Form:     customerForm, Words: customerLine,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{}, usage("customer", "got", "")
			}
			verb := c.Args[0].text
			c.Args = c.Args[1:]
			switch strings.ToLower(verb) {
			case "add":
				return addCustomer(c)
			case "set":
				return setCustomer(c)
			case "invite":
				return inviteCustomer(c)
			case "list":
				return listCustomers(c)
			}
			return card.Reply{}, usage("customer", "got", verb)
		},
	}
}

func addCustomer(c *Call) (card.Reply, error) {
	if len(c.Args) == 0 {
		return card.Reply{}, usage("customer", "got", "add")
	}
	n := ledger.NewCustomer{Handle: c.Args[0].text, Owner: c.Who.ID}
	var name []token
	for _, t := range c.Args[1:] {
		key, value, ok := strings.Cut(t.text, "=")
		if t.quoted || !ok {
			name = append(name, t)
			continue
		}
		if err := c.customerOption(&n, strings.ToLower(key), value); err != nil {
			return card.Reply{}, err
		}
	}
	n.Name = join(name)
	cust, err := c.Tx.AddCustomer(n)
	if err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{
		Title: card.T("customer.added", "customer", c.CustomerName(cust), "handle", cust.Handle),
		Fields: []card.Field{
			{Label: card.T("field.currency"), Value: card.Plain(string(cust.Currency))},
			{Label: card.T("field.terms"), Value: card.Plain(cust.Terms.String())},
			{Label: card.T("field.language"), Value: card.Plain(cust.Language)},
			{Label: card.T("field.zone"), Value: card.Plain(cust.ZoneName)},
		},
		Body: []card.Text{card.T("customer.next", "handle", cust.Handle)},
	}
	if !contains(c.Desk.Languages, cust.Language) {
		k.Note = append(k.Note, card.T("customer.fallback", "language", cust.Language, "customer", c.CustomerName(cust)))
	}
	return card.Reply{Card: k}, nil
}

func (c *Call) customerOption(n *ledger.NewCustomer, key, value string) (err error) {
	switch key {
	case "currency":
		n.Currency, err = ledger.ParseCurrency(value)
	case "lang":
		n.Language = strings.ToLower(value)
		if _, bad := language.ParseBase(n.Language); bad != nil || len(n.Language) != 2 {
			err = ledger.Refuse(ledger.BadInput, "language.unknown", "text", value, "known", strings.Join(c.Desk.Languages, ", "))
		}
	case "tz":
		n.ZoneName = value
	case "segment":
		n.Segment = value
	case "terms":
		var t ledger.Terms
		t, err = ledger.ParseTerms(value)
		n.Terms = &t
	default:
		err = ledger.Refuse(ledger.BadInput, "customer.option", "text", key)
	}
	return err
}

// inviteCustomer makes a one-time link. It is told once: it is not in the stored reply.
func inviteCustomer(c *Call) (card.Reply, error) {
	if len(c.Args) == 0 {
		return card.Reply{}, usage("customer", "got", "invite")
	}
	cust, err := c.CustomerNamed(c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	group := len(c.Args) == 2 && c.Args[1].is("group")
	if len(c.Args) > 1 && !group {
		return card.Reply{}, usage("customer", "got", "invite "+c.Line)
	}
	url, make, how := c.Desk.InviteURL, c.Tx.Invite, "invite.body"
	if group {
		url, make, how = c.Desk.GroupURL, c.Tx.InviteGroup, "invite.group"
	}
	if url("") == "" {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "invite.notyet", "handle", cust.Handle)
	}
	token, expires, err := make(cust)
	if err != nil {
		return card.Reply{}, err
	}
	company := c.Company()
	link, title := url(token), card.T("invite.title", "customer", c.CustomerName(cust))
	return card.Reply{Alone: true, Card: &card.Card{
		Title:   title,
		Body:    []card.Text{card.Plain(link), card.T(how)},
		Note:    append([]card.Text{card.T("invite.note", "until", card.Instant{At: expires, Zone: company.Zone()})}, c.inviteAsks(cust, group)...),
		Picture: &card.Picture{Kind: card.PictureCode, Title: title, Note: card.T("invite.code"), Code: link, Alt: []card.Text{card.T("invite.code"), card.Plain(link)}},
	}}, nil
}

// inviteAsks says what is asked of whoever follows the link.
func (c *Call) inviteAsks(cust *ledger.Customer, group bool) []card.Text {
	p, err := c.Party(cust)
	switch {
	case c.Desk.LinkAsk == "" || err != nil:
		return nil
	case c.Desk.LinkAsk == AskTaxID && !group && lastFour(p.TaxID) != "":
		return []card.Text{card.T("invite.taxid")}
	case c.Desk.LinkAsk == AskTaxID && !group:
		return []card.Text{card.T("invite.notaxid", "handle", cust.Handle)}
	}
	return []card.Text{card.T("invite.approval")}
}

func listCustomers(c *Call) (card.Reply, error) {
	var all []*ledger.Customer
	c.Customers(func(x *ledger.Customer) {
		if c.Sees(x) {
			all = append(all, x)
		}
	})
	sort.Slice(all, func(i, j int) bool { return all[i].Handle < all[j].Handle })
	if len(all) == 0 {
		return card.Say("customer.none"), nil
	}
	linked := 0
	k := &card.Card{Table: &card.Table{Head: []card.Text{card.T("col.handle"), card.T("col.name"), card.T("col.owes"), card.T("col.telegram")}, Right: []bool{false, false, true, false}}}
	for _, cust := range all {
		if len(cust.Chats) > 0 {
			linked++
		}
		k.Table.Rows = append(k.Table.Rows, customerRow(c.View, cust))
	}
	k.Title = card.T("customer.list", "count", len(all), "linked", linked)
	open := card.Pick{Label: card.T("pick.account")}
	for _, cust := range onPage(all, c.Page) {
		open.Buttons = append(open.Buttons, lineButton(card.Plain(c.CustomerName(cust)), "show "+cust.Handle))
	}
	k.Picks = []card.Pick{open}
	ownNote(c.View, k)
	return card.Reply{Card: k}, nil
}

func customerRow(v *ledger.View, cust *ledger.Customer) []card.Text {
	owes := card.Plain("–")
	if b := v.Balance(cust); len(b) > 0 {
		each := make([]card.Text, len(b))
		for i, m := range b {
			each[i] = money(m)
		}
		owes = card.Join(each...)
	}
	chat := card.T("customer.notlinked")
	switch {
	case len(cust.Chats) > 0:
		chat = card.T("customer.linked")
	case len(cust.Mails) > 0:
		chat = card.T("channel.mail")
	}
	return []card.Text{card.Plain(cust.Handle), card.Plain(v.CustomerName(cust)), owes, chat}
}

// unlinkByButton takes a chat from a customer: somebody linked it who should not have.
func unlinkByButton(c *Call) (card.Reply, error) {
	id, chat, _ := strings.Cut(c.Where.Arg, ".")
	n, _ := strconv.Atoi(id)
	cust := c.Customer(ledger.CustomerID(n))
	if cust == nil {
		return card.Say("button.old"), nil
	}
	if err := c.Allowed(cust); err != nil {
		return card.Reply{}, err
	}
	r, err := c.unlink(cust, "telegram:"+chat)
	r.Replace = true
	return r, err
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
