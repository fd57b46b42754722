package commands

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// unknownCommand lists the reminders of which nobody knows whether they arrived, and settles
// them: all, those of one customer, or one by its number or its invoice's. Without words it is
// no form but the list, with its buttons: what to say of a reminder is seen there.
//
//	line = [ campaign | date | ( "arrived" | "again" ) ( "all" | customer | invoice | n ) ] .
func unknownCommand() Command {
	return Command{
		Name: "unknown", Who: anybody(),
		Usage:    []string{`unknown`, `unknown arrived all|<customer>|<number>`, `unknown again all|<customer>|<number>`, `unknown <C-1 or day>`},
		Examples: []string{`unknown`, `unknown arrived acme`, `unknown again all`, `unknown again 17`},
		Run: func(c *Call) (card.Reply, error) {
			if id, all, ok := c.doubtNamed(); ok {
				return card.Reply{Card: c.unknownList(id, all)}, nil
			}
			how := strings.ToLower(c.Args[0].text)
			if len(c.Args) != 2 || how != "arrived" && how != "again" {
				return card.Reply{}, usage("unknown", "got", c.Line)
			}
			if part := (Command{Name: "unknown " + how, Who: campaigners()}); !may(part, c.Who.Role) {
				return card.Reply{}, forbidden(part, c.Who.Role)
			}
			ids, err := c.unknownNamed(c.Args[1].text)
			if err != nil {
				return card.Reply{}, err
			}
			done, err := c.Tx.ClearDoubts(ids, how == "again", c.Desk.FinanceChannel)
			return card.Reply{Card: clearedCard(done, c.Who.By())}, err
		},
	}
}

// doubtNamed is what a list is asked of: all, a campaign, or the reminders of a day; ok is
// false for a line that settles something.
func (c *Call) doubtNamed() (id ledger.DoubtID, all, ok bool) {
	if len(c.Args) != 1 {
		return id, true, len(c.Args) == 0
	}
	if k, err := c.findCampaign(c.Args[0].text); err == nil {
		return ledger.DoubtID{Campaign: k.ID}, false, true
	}
	day, err := c.days().read(c.Args[0].text)
	return ledger.DoubtID{Day: day}, false, err == nil
}

// doubtLine is the line that lists what is asked about together.
func doubtLine(id ledger.DoubtID) string {
	if id.Campaign != 0 {
		return fmt.Sprintf("unknown C-%d", id.Campaign)
	}
	return "unknown " + id.Day.String()
}

// unknownNamed finds what a word means among the reminders of unknown fate.
func (c *Call) unknownNamed(word string) (ids []ledger.NoticeID, err error) {
	all := c.unknown()
	pick := func(fits func(*ledger.Notice) bool) []ledger.NoticeID {
		for _, n := range all {
			if fits(n) {
				ids = append(ids, n.ID)
			}
		}
		return ids
	}
	if strings.EqualFold(word, "all") {
		if len(all) == 0 {
			return nil, ledger.Refuse(ledger.Conflict, "unknown.none")
		}
		return pick(func(*ledger.Notice) bool { return true }), nil
	}
	if n, bad := strconv.ParseUint(strings.TrimPrefix(word, "#"), 10, 32); bad == nil {
		if len(pick(func(x *ledger.Notice) bool { return x.ID == ledger.NoticeID(n) })) == 0 {
			return nil, ledger.Refuse(ledger.NotFound, "unknown.number", "text", word)
		}
		return ids, nil
	}
	inv, cust, err := invoiceOrCustomer(c.View, word)
	if err != nil {
		return nil, err
	}
	if len(pick(func(x *ledger.Notice) bool { return x.Customer == cust.ID && (inv == nil || x.Invoice == inv.ID) })) == 0 {
		return nil, ledger.Refuse(ledger.NotFound, "unknown.customer", "handle", cust.Handle)
	}
	return ids, nil
}

// doubtArg and doubtOf write and read which reminders a button is about: "<campaign>.<day>", or
// "all".
func doubtArg(id ledger.DoubtID, all bool) string {
	if all {
		return "all"
	}
	return fmt.Sprintf("%d.%d", id.Campaign, id.Day)
}

func doubtOf(arg string) (id ledger.DoubtID, all bool, rest string) {
	if rest, ok := strings.CutPrefix(arg, "all."); ok {
		return id, true, rest
	}
	campaign, arg := cutArg(arg)
	day, rest, _ := strings.Cut(arg, ".")
	n, _ := strconv.Atoi(day)
	return ledger.DoubtID{Campaign: ledger.CampaignID(campaign), Day: ledger.Date(n)}, false, rest
}

// inDoubt are the reminders of unknown fate that the asker may see and that are asked about
// together, by customer.
func (c *Call) inDoubt(id ledger.DoubtID, all bool) []*ledger.Notice {
	list := slices.DeleteFunc(c.unknown(), func(n *ledger.Notice) bool { return !all && n.Doubt != id })
	slices.SortStableFunc(list, func(a, b *ledger.Notice) int {
		return cmp.Or(cmp.Compare(handleOf(c.View, a), handleOf(c.View, b)), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func handleOf(v *ledger.View, n *ledger.Notice) string {
	if cust := v.Customer(n.Customer); cust != nil {
		return cust.Handle
	}
	return ""
}

// unknownList lists reminders of unknown fate.
func (c *Call) unknownList(id ledger.DoubtID, all bool) *card.Card {
	list := c.inDoubt(id, all)
	if len(list) == 0 {
		return &card.Card{Body: []card.Text{card.T("notices.none")}}
	}
	k := &card.Card{Title: card.T("unknown.title", "count", len(list)), Table: &card.Table{
		Head: []card.Text{card.T("col.no"), card.T("col.handle"), card.T("col.invoice"), card.T("col.since"), card.T("col.channel")}}}
	for _, n := range list {
		k.Table.Rows = append(k.Table.Rows, c.unknownRow(n))
	}
	k.Note = []card.Text{card.T("unknown.how")}
	if may(Command{Who: campaigners()}, c.Who.Role) {
		k.Buttons = doubtButtons(doubtArg(id, all), len(list))
	}
	ownNote(c.View, k)
	return k
}

func (c *Call) unknownRow(n *ledger.Notice) []card.Text {
	since, channel := c.DoubtSince(n)
	by, number := card.Plain("–"), "–"
	if channel != "" {
		by = card.T("channel." + channel)
	}
	if inv := c.Invoice(n.Invoice); inv != nil {
		number = inv.Number.String()
	}
	return []card.Text{card.Plain(strconv.Itoa(int(n.ID))), card.Plain(handleOf(c.View, n)), card.Plain(number), card.T("value", "value", since), by}
}

// doubtButtons settle all that is asked about together.
func doubtButtons(arg string, count int) []card.Button {
	return []card.Button{
		{Label: card.T("button.allarrived"), Do: "doubt", Arg: arg + ".arrived", Confirm: card.T("confirm.allarrived", "count", count)},
		{Label: card.T("button.allagain"), Do: "doubt", Arg: arg + ".again", Confirm: card.T("confirm.allagain", "count", count)},
	}
}

// clearDoubts settles all that a message or a list asks about.
func clearDoubts(c *Call) (card.Reply, error) {
	id, all, how := doubtOf(c.Where.Arg)
	if how != "arrived" && how != "again" {
		return card.Say("button.old"), nil
	}
	var ids []ledger.NoticeID
	for _, n := range c.inDoubt(id, all) {
		ids = append(ids, n.ID)
	}
	if len(ids) == 0 {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "unknown.none")
	}
	done, err := c.Tx.ClearDoubts(ids, how == "again", c.Desk.FinanceChannel)
	return replaced(card.Reply{Card: clearedCard(done, c.Who.By())}), err
}

// clearedCard says what became of reminders of unknown fate.
func clearedCard(done ledger.Cleared, by string) *card.Card {
	k := &card.Card{Body: clearedLines(ledger.Doubt{Arrived: done.Arrived, ArrivedBy: by, Again: done.Again, AgainBy: by, Left: done.Left})}
	if done.Campaign != nil {
		k.Note = []card.Text{card.T("unknown.campaign", "campaign", done.Campaign.Label())}
	}
	return k
}

func clearedLines(d ledger.Doubt) (out []card.Text) {
	user := func(by string) card.User { return card.User(strings.TrimPrefix(by, "slack:")) }
	if d.Arrived > 0 {
		out = append(out, card.T("unknown.arrived", "count", d.Arrived, "who", user(d.ArrivedBy)))
	}
	if d.Again > 0 {
		out = append(out, card.T("unknown.again", "count", d.Again, "who", user(d.AgainBy)))
	}
	if d.Left > 0 {
		out = append(out, card.T("unknown.left", "count", d.Left))
	}
	return out
}

// doubtNews asks about the reminders of a campaign, or of a day, whose fate is unknown: by one
// message that counts them, and says in the end what became of them.
func doubtNews(v *ledger.View, n *ledger.Notice) card.Message {
	id := n.DoubtID()
	var open []*ledger.Notice
	for _, u := range v.UnknownNotices() {
		if u.Doubt == id {
			open = append(open, u)
		}
	}
	d := v.Doubt(id)
	lines := clearedLines(d)
	switch {
	case len(open) == 0 && n.Kind == ledger.NoticeDoubt:
		return card.Message{Withdraw: "settled meanwhile"}
	case len(open) == 0:
		return card.Message{Card: &card.Card{Title: card.T("unknown.over"), Body: lines}}
	case len(open) == 1 && id.Campaign == 0:
		k := unknownCard(v, open[0])
		k.Body = append(k.Body, lines...)
		return card.Message{Card: k}
	}
	what := card.T("unknown.day", "date", id.Day)
	if x := v.Campaign(id.Campaign); x != nil {
		what = card.T("unknown.of", "campaign", x.Label())
	}
	k := &card.Card{Title: card.T("unknown.ask", "count", len(open)), Body: append([]card.Text{what}, lines...), Note: []card.Text{card.T("unknown.why")}}
	k.Buttons = append([]card.Button{lineButton(card.T("button.showlist"), doubtLine(id))}, doubtButtons(doubtArg(id, false), len(open))...)
	return card.Message{Card: k}
}
