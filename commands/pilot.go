package commands

import (
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// pilotCommand tells whom the bot writes to unasked, and what the others would have been sent; or
// changes that, which managers do.
//
//	line = [ "since" day | "show" customer | change ] .
//	change = "on" | "off" | ( "add" | "remove" ) ( customer | "segment" name ) .
func pilotCommand() Command {
	return Command{
		Name: "pilot", Who: anybody(), Reads: true,
		Usage:    []string{`pilot add|remove <customer>`, `pilot add|remove segment <name>`, `pilot on|off`, `pilot`, `pilot since <date>`, `pilot show <customer>`},
		Examples: []string{`pilot add acme`, `pilot on`, `pilot`, `pilot show beta`},
		Instead:  pilotChange,
		Run: func(c *Call) (card.Reply, error) {
			switch {
			case len(c.Args) == 0:
				since := c.Pilot().Since
				if since == 0 { // of one that is over
					since = c.Today().AddDays(-pilotBack)
				}
				return card.Reply{Card: c.pilotCard(since)}, nil
			case len(c.Args) > 1 && c.Args[0].is("since"):
				since, err := c.days().all(c.Args[1:])
				return card.Reply{Card: c.pilotCard(since)}, err
			case len(c.Args) == 2 && c.Args[0].is("show"):
				return c.heldWords(c.Args[1].text)
			}
			return card.Reply{}, usage("pilot", "got", c.Line)
		},
	}
}

// pilotChange is the command that a line of pilot means if it changes something.
func pilotChange(rest string) (Command, bool) {
	word, _ := cutWord(rest)
	if !slices.Contains([]string{"on", "off", "add", "remove"}, strings.ToLower(word)) {
		return Command{}, false
	}
	return Command{Name: "pilot", Who: []Role{Manager}, Run: changePilot}, true
}

func changePilot(c *Call) (card.Reply, error) {
	p := c.Pilot()
	switch verb := strings.ToLower(c.Args[0].text); {
	case len(c.Args) == 1 && verb == "on":
		return c.setPilot(true, p.Customers, p.Segments)
	case len(c.Args) == 1 && verb == "off":
		return c.setPilot(false, p.Customers, p.Segments)
	case len(c.Args) == 2 && (verb == "add" || verb == "remove"):
		cust, err := c.CustomerNamed(c.Args[1].text)
		if err != nil {
			return card.Reply{}, err
		}
		list, err := member(p.Customers, cust.Handle, verb == "add")
		if err != nil {
			return card.Reply{}, err
		}
		return c.setPilot(p.On, list, p.Segments)
	case len(c.Args) == 3 && c.Args[1].is("segment") && (verb == "add" || verb == "remove"):
		name := strings.ToLower(c.Args[2].text)
		if verb == "add" && !c.hasSegment(name) {
			return card.Reply{}, ledger.Refuse(ledger.NotFound, "segment.none", "text", name)
		}
		list, err := member(p.Segments, name, verb == "add")
		if err != nil {
			return card.Reply{}, err
		}
		return c.setPilot(p.On, p.Customers, list)
	}
	return card.Reply{}, usage("pilot", "got", c.Line)
}

// member adds a word to a list, or takes it off. It returns a refusal for one that is not on it.
func member(list []string, word string, add bool) ([]string, error) {
	has := slices.Contains(list, word)
	switch {
	case add && !has:
		return append(slices.Clone(list), word), nil
	case !add && !has:
		return nil, ledger.Refuse(ledger.NotFound, "pilot.member", "text", word)
	case !add:
		return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == word }), nil
	}
	return list, nil
}

// hasSegment reports whether a customer is in a segment: those who are in none are no segment.
func (c *Call) hasSegment(name string) (has bool) {
	c.Customers(func(cust *ledger.Customer) {
		has = has || cust.Segment != "" && strings.EqualFold(cust.Segment, name)
	})
	return has
}

func (c *Call) setPilot(on bool, customers, segments []string) (card.Reply, error) {
	if _, err := c.Tx.SetPilot(on, customers, segments); err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: &card.Card{Body: []card.Text{c.pilotTitle(), c.pilotMembers()}}}, nil
}

func (c *Call) pilotTitle() card.Text {
	if p := c.Pilot(); p.On {
		return card.T("pilot.on", "date", p.Since)
	}
	return card.T("pilot.off")
}

// pilotMembers tells who is in the pilot.
func (c *Call) pilotMembers() card.Text {
	p := c.Pilot()
	var parts []card.Text
	if len(p.Customers) > 0 {
		parts = append(parts, card.T("pilot.customers", "customers", strings.Join(p.Customers, ", ")))
	}
	if len(p.Segments) > 0 {
		parts = append(parts, card.T("pilot.segments", "segments", strings.Join(p.Segments, ", ")))
	}
	if len(parts) == 0 {
		return card.T("pilot.nobody")
	}
	return card.Join(parts...)
}

// pilotBack is how many days are looked back at after a pilot.
const pilotBack = 30

// pilotWordings is how many rows have a button that shows their words.
const pilotWordings = 4

// pilotCard tells of the pilot, and what would have been sent since a day.
func (c *Call) pilotCard(since ledger.Date) *card.Card {
	k := &card.Card{Title: c.pilotTitle(), Body: []card.Text{c.pilotMembers()}}
	held := slices.DeleteFunc(c.HeldBack(since), func(x *ledger.PilotHeld) bool { return !c.Sees(c.Customer(x.Customer)) })
	if may(Command{Who: []Role{Manager}}, c.Who.Role) {
		k.Buttons = append(k.Buttons, pilotSwitch(c.Pilot().On))
	}
	if len(held) == 0 {
		return k
	}
	k.Body = append(k.Body, card.T("pilot.held", "count", len(held), "date", since), heldBySteps(held))
	k.Table = &card.Table{Head: []card.Text{card.T("col.day"), card.T("aging.customer"), card.T("col.act"), card.T("col.channel"), card.T("col.amount")},
		Right: []bool{false, false, false, false, true}}
	var shown []ledger.CustomerID
	for _, x := range held {
		cust := c.Customer(x.Customer)
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.T("value", "value", x.For), card.Plain(c.CustomerName(cust)), c.heldText(x), channelText(x.Channel), namedSums(x.Sums)})
		if len(shown) < pilotWordings && !slices.Contains(shown, cust.ID) {
			shown = append(shown, cust.ID)
			k.Buttons = append(k.Buttons, lineButton(card.T("button.wording", "handle", cust.Handle), "pilot show "+cust.Handle))
		}
	}
	k.Note = []card.Text{card.T("pilot.note")}
	return k
}

func pilotSwitch(on bool) card.Button {
	if on {
		return lineButton(card.T("button.pilot.off"), "pilot off")
	}
	return lineButton(card.T("button.pilot.on"), "pilot on")
}

// heldBySteps counts what was held back by its step.
func heldBySteps(held []*ledger.PilotHeld) card.Text {
	steps, other := map[int]int{}, 0
	most := 0
	for _, x := range held {
		if x.Kind != ledger.NoticeReminder {
			other++
			continue
		}
		steps[x.Step]++
		most = max(most, x.Step)
	}
	var parts []card.Text
	for step := 0; step <= most; step++ {
		switch n := steps[step]; {
		case n == 0:
		case step == 0:
			parts = append(parts, card.T("pilot.count.nudge", "sent", n))
		default:
			parts = append(parts, card.T("pilot.count.step", "step", step, "sent", n))
		}
	}
	if other > 0 {
		parts = append(parts, card.T("pilot.count.other", "sent", other))
	}
	return card.Join(parts...)
}

// heldText is what would have been sent, in a few words.
func (c *Call) heldText(x *ledger.PilotHeld) card.Text {
	inv := c.Invoice(x.Invoice)
	switch {
	case x.Kind != ledger.NoticeReminder || inv == nil:
		return card.T("message." + string(x.Kind))
	case x.Code != "":
		return card.T("reminding.word.part", "part", x.Code)
	case x.Step == 0:
		return card.T("reminding.word.nudge", "number", inv.Number.String())
	}
	return card.T("pilot.step", "step", x.Step, "number", inv.Number.String())
}

func channelText(channel string) card.Text {
	if channel == "" {
		return card.Plain("–")
	}
	return card.T("channel." + channel)
}

func namedSums(sums []ledger.Money) card.Text {
	if len(sums) == 0 {
		return card.Plain("–")
	}
	var out []card.Text
	for _, m := range sums {
		out = append(out, money(m))
	}
	return card.Join(out...)
}

// heldWords shows the words of the last message that a customer would have been sent, as the books
// stand now and in his language.
func (c *Call) heldWords(name string) (card.Reply, error) {
	cust, err := c.CustomerNamed(name)
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Allowed(cust); err != nil {
		return card.Reply{}, err
	}
	for _, x := range c.HeldBack(0) {
		if x.Customer != cust.ID {
			continue
		}
		k := &card.Card{Title: card.T("pilot.wording", "customer", c.CustomerName(cust), "date", x.For), Body: []card.Text{c.heldText(x)}}
		msg, err := c.Desk.Reminding.wording(c.View, &ledger.Notice{NoticeQueued: x.Notice()})
		switch {
		case err != nil:
			return card.Reply{}, err
		case msg.Card == nil:
			k.Note = []card.Text{card.T("pilot.over")}
		default:
			k.Quote = card.Plain(c.inWords(cust, msg.Card))
		}
		return card.Reply{Card: k}, nil
	}
	return card.Say("pilot.nothing", "handle", cust.Handle), nil
}

// inWords is a message as a text, in a customer's language.
func (c *Call) inWords(cust *ledger.Customer, k *card.Card) string {
	words := c.Desk.WordsIn(cust.Language)
	lines := []string{words(k.Title)}
	for _, t := range k.Body {
		lines = append(lines, words(t))
	}
	for _, f := range k.Fields {
		lines = append(lines, words(f.Label)+": "+words(f.Value))
	}
	for _, t := range k.Note {
		lines = append(lines, words(t))
	}
	return strings.Join(lines, "\n")
}
