package commands

import (
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// peopleCommand shows who is linked to a customer, and changes that.
//
//	line = customer [ number [ position | "none" | "unlink" | "approve" | "decline" ] ] .
//
// The number is a person's, or a group's, as the list shows it.
func peopleCommand() Command {
	return Command{
		Name: "people", Who: anybody(),
		Usage:    []string{`people <customer>`, `people <customer> <number> buyer|accountant|director|none|unlink|approve|decline`},
		Examples: []string{`people acme`, `people acme 7 accountant`},
		Form:     lookForm(card.T("form.people")), Words: accountWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 || len(c.Args) > 3 {
				return card.Reply{}, usage("people", "got", c.Line)
			}
			_, cust, err := invoiceOrCustomer(c.View, c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			if len(c.Args) == 1 {
				return card.Reply{Card: c.peopleCard(cust)}, nil
			}
			if who := changers(c.Args[2:]); !c.Who.may(who) {
				return card.Reply{}, forbidden(who, c.Who.Role)
			}
			n, _ := strconv.ParseUint(c.Args[1].text, 10, 32)
			l, ok := c.LinkNumbered(cust, ledger.PersonID(n))
			if !ok {
				return card.Reply{}, ledger.Refuse(ledger.NotFound, "people.none", "text", c.Args[1].text, "handle", cust.Handle)
			}
			if len(c.Args) == 2 {
				return card.Reply{Card: c.personCard(cust, l)}, nil
			}
			return c.changeLink(cust, l, strings.ToLower(c.Args[2].text))
		},
	}
}

// linkers may change who is linked; admitters let people in.
func linkers() Command   { return Command{Name: "people", Who: []Role{Sales, Finance, Manager}} }
func admitters() Command { return Command{Name: "people", Who: []Role{Finance, Manager}} }

// changers are those who may do what the last word of a line says; without one it only looks.
func changers(word []token) Command {
	switch {
	case len(word) == 0:
		return Command{Name: "people", Who: anybody()}
	case word[0].is("approve") || word[0].is("decline"):
		return admitters()
	}
	return linkers()
}

// changeLink does to a link what the last word of the line says.
func (c *Call) changeLink(cust *ledger.Customer, l ledger.Link, do string) (card.Reply, error) {
	switch do {
	case "approve", "decline":
		return c.decideLink(cust, l, do == "approve")
	case "unlink":
		return c.unlink(cust, l.Chat)
	case string(ledger.Buyer), string(ledger.Accountant), string(ledger.Director), "none":
		if !l.Private() {
			return card.Reply{}, ledger.Refuse(ledger.Conflict, "people.noposition", "number", int(l.Person))
		}
		if err := c.Tx.SetPosition(l, ledger.Position(strings.TrimSuffix(do, "none"))); err != nil {
			return card.Reply{}, err
		}
		if err := c.Desk.refreshLink(c.Tx, l); err != nil {
			return card.Reply{}, err
		}
		l, _ = c.ChatLink(l.Chat, cust.ID)
		k := c.personCard(cust, l)
		k.Body = []card.Text{card.T("people.set", "who", c.LinkName(l), "position", positionText(l.Position))}
		return card.Reply{Card: k}, nil
	}
	return card.Reply{}, usage("people", "got", do)
}

// decideLink lets somebody in, or not, and tells him.
func (c *Call) decideLink(cust *ledger.Customer, l ledger.Link, in bool) (card.Reply, error) {
	code, said, decide := "declined", "people.declined", c.Tx.TurnAway
	if in {
		code, said, decide = "welcome", "people.letin", c.Tx.LetIn
	}
	if err := decide(l); err != nil {
		return card.Reply{}, err
	}
	if err := c.tellChat(l, code); err != nil {
		return card.Reply{}, err
	}
	return card.Say(said, "who", c.LinkName(l), "customer", c.CustomerName(cust)), nil
}

// tellChat tells a chat what became of its link, and has the message for staff show it.
func (c *Call) tellChat(l ledger.Link, code string) error {
	if err := c.Desk.refreshLink(c.Tx, l); err != nil {
		return err
	}
	return c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeAccess, Customer: l.Customer, Who: l.Chat, Code: code})
}

// unlink takes a chat from a customer, and tells it so.
func (c *Call) unlink(cust *ledger.Customer, chat string) (card.Reply, error) {
	l, known := c.ChatLink(chat, cust.ID)
	if err := c.Tx.Unlink(cust, chat); err != nil {
		return card.Reply{}, err
	}
	if known {
		if err := c.tellChat(l, "unlinked"); err != nil {
			return card.Reply{}, err
		}
	}
	return card.Say("unlinked", "customer", c.CustomerName(cust), "who", card.User(c.Who.ID)), nil
}

// peopleCard lists who is linked to cust.
func (c *Call) peopleCard(cust *ledger.Customer) *card.Card {
	links := c.Links(cust)
	k := &card.Card{Title: card.T("people.title", "count", len(links), "customer", c.CustomerName(cust))}
	if len(links) == 0 {
		k.Body = []card.Text{card.T("people.nobody", "handle", cust.Handle)}
		return k
	}
	k.Table = &card.Table{Head: []card.Text{card.T("col.no"), card.T("col.name"), card.T("field.position"), card.T("field.language"), card.T("col.since"), card.T("col.seen")},
		Right: []bool{true, false, false, false, false, false}}
	open := card.Pick{Label: card.T("pick.person")}
	for _, l := range onPage(links, c.Page) {
		open.Buttons = append(open.Buttons, lineButton(card.Plain(c.LinkName(l)), personLine(cust, l)))
	}
	for _, l := range links {
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(strconv.Itoa(int(l.Person))), card.Plain(c.LinkName(l)), c.linkPosition(l),
			c.linkLanguage(l), card.T("value", "value", c.dayOf(l.Since)), c.seen(l)})
	}
	k.Picks = []card.Pick{open}
	k.Note = []card.Text{card.T("people.how", "handle", cust.Handle)}
	return k
}

func personLine(cust *ledger.Customer, l ledger.Link) string {
	return "people " + cust.Handle + " " + strconv.Itoa(int(l.Person))
}

// linkPosition is what is said of a link in the place of a position: a group has none, and who
// asks is nobody yet.
func (c *Call) linkPosition(l ledger.Link) card.Text {
	switch {
	case l.State == ledger.LinkAsks:
		return card.T("people.asks")
	case l.Group && l.Sums:
		return card.T("people.group.sums")
	case l.Group:
		return card.T("people.group")
	}
	return positionText(l.Position)
}

// linkLanguage is in which language a person is spoken with.
func (c *Call) linkLanguage(l ledger.Link) card.Text {
	if lang := c.SpokenIn(l.Chat, c.Customer(l.Customer)); !l.Group && contains(c.Desk.Languages, lang) {
		return card.T("language." + lang)
	}
	return card.Plain("–")
}

func (c *Call) dayOf(at time.Time) ledger.Date {
	co := c.Company()
	return ledger.DateOf(at, co.Zone())
}

// personCard is one person, or group, with what may be changed.
func (c *Call) personCard(cust *ledger.Customer, l ledger.Link) *card.Card {
	co := c.Company()
	k := &card.Card{Title: card.T("people.one", "who", c.LinkName(l), "customer", c.CustomerName(cust)), Fields: []card.Field{
		{Label: card.T("field.position"), Value: c.linkPosition(l)},
		{Label: card.T("field.language"), Value: c.linkLanguage(l)},
		{Label: card.T("col.since"), Value: card.T("value", "value", card.Instant{At: l.Since, Zone: co.Zone()})},
		{Label: card.T("col.seen"), Value: c.seen(l)},
	}}
	line := personLine(cust, l)
	if l.State == ledger.LinkAsks {
		k.Buttons = askButtons(line)
	}
	if l.Private() {
		for _, p := range ledger.Positions() {
			if p != l.Position {
				k.Buttons = append(k.Buttons, lineButton(card.T("people.make", "position", positionText(p)), line+" "+string(p)))
			}
		}
	}
	if l.State == ledger.LinkStands {
		k.Buttons = append(k.Buttons, unlinkButton(c.View, l))
	}
	if !may(linkers(), c.Who.Role) {
		k.Buttons = nil
	}
	return k
}

// askButtons decide about who asks to be let in.
func askButtons(line string) []card.Button {
	yes, no := lineButton(card.T("button.approve"), line+" approve"), lineButton(card.T("button.decline"), line+" decline")
	yes.Style = card.Primary
	return []card.Button{yes, no}
}

// unlinkButton takes a chat from a customer, after a question.
func unlinkButton(v *ledger.View, l ledger.Link) card.Button {
	_, chat, _ := strings.Cut(l.Chat, ":")
	return card.Button{Label: card.T("button.unlink"), Do: "unlink", Arg: idArg(uint32(l.Customer)) + "." + chat, Style: card.Danger,
		Confirm: card.T("confirm.unlink", "who", v.LinkName(l), "customer", v.CustomerName(v.Customer(l.Customer)))}
}

// linkedNews tells staff of a link as it stands now.
func linkedNews(v *ledger.View, n *ledger.Notice) card.Message {
	l, ok := v.ChatLink(n.Who, n.Customer)
	if !ok {
		return card.Message{Withdraw: "there is no such link"}
	}
	cust := v.Customer(n.Customer)
	who, name := v.LinkName(l), v.CustomerName(cust)
	k := &card.Card{}
	switch {
	case l.State == ledger.LinkAsks:
		k.Body = []card.Text{card.T("linked.asks", "who", who, "customer", name)}
		k.Buttons = askButtons(personLine(cust, l))
	case l.State == ledger.LinkDeclined:
		k.Body = []card.Text{card.T("linked.declined", "who", who, "customer", name, "by", whoText(v, l.By))}
	case l.State == ledger.LinkEnded:
		k.Body = []card.Text{card.T("linked.ended", "who", who, "customer", name, "by", whoText(v, l.By))}
	case l.Group:
		k.Body = []card.Text{card.T("linked.group", "group", who, "customer", name)}
		k.Buttons = []card.Button{unlinkButton(v, l)}
	default:
		k.Body = []card.Text{card.T("linked.body", "who", who, "customer", name)}
		if l.Position != "" {
			k.Fields = []card.Field{{Label: card.T("field.position"), Value: positionText(l.Position)}}
		}
		k.Buttons = []card.Button{unlinkButton(v, l)}
	}
	return card.Message{Card: k}
}

// seenRow holds when something was last done in a chat, in Unix seconds.
func seenRow(chat string) string { return "seen:" + chat }

// seen is when the bot last saw an act in a link's chat.
func (c *Call) seen(l ledger.Link) card.Text {
	row, err := c.Get(seenRow(l.Chat))
	unix, bad := strconv.ParseInt(string(row), 10, 64)
	if err != nil || bad != nil {
		return card.Plain("–")
	}
	return card.T("value", "value", c.dayOf(time.Unix(unix, 0)))
}
