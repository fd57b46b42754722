package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"duebot/commands/card"
	"duebot/ledger"
)

// recurringCommand lists the contracts, those of a customer, or shows one as it will go on.
//
//	line = [ customer | label ] .
func recurringCommand() Command {
	return Command{
		Name: "recurring", Who: anybody(), Reads: true,
		Usage:    []string{`recurring [<customer or contract>]`},
		Examples: []string{`recurring`, `recurring acme`, `recurring R-1`},
		Form:     recurringForm, Words: recurringWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) > 1 {
				return card.Reply{}, usage("recurring", "got", c.Line)
			}
			return c.recurring(c.Args)
		},
	}
}

// recurringForm asks whose.
func recurringForm(c *Call) (*card.Form, error) {
	if !c.asking {
		return nil, nil
	}
	in := c.customerField(nil)
	in.Optional = true
	return &card.Form{Title: card.T("form.recurring"), Submit: card.T("form.do.show"), Fields: []card.Input{in}}, nil
}

func recurringWords(v map[string]string, arg string) []token { return chosen(v["customer"], arg) }

func (c *Call) recurring(words []token) (card.Reply, error) {
	only := ledger.CustomerID(0)
	if len(words) > 0 {
		if contractForm.MatchString(words[0].text) {
			return c.changeNamed(words[0], nil)
		}
		cust, err := c.CustomerNamed(words[0].text)
		if err != nil {
			return card.Reply{}, err
		}
		only = cust.ID
	}
	var list []*ledger.Contract
	c.Contracts(func(x *ledger.Contract) {
		if !x.Over() && (only == 0 || x.Customer == only) && c.Sees(c.Customer(x.Customer)) {
			list = append(list, x)
		}
	})
	if len(list) == 0 {
		return card.Say("recur.none"), nil
	}
	if only != 0 && len(list) == 1 {
		k, err := c.contractPage(list[0])
		return card.Reply{Card: k}, err
	}
	k, err := c.contractsCard(list)
	return card.Reply{Card: k}, err
}

// contractsCard lists contracts, each with its next invoice.
func (c *Call) contractsCard(list []*ledger.Contract) (*card.Card, error) {
	k := &card.Card{Title: card.T("recur.list"), Table: &card.Table{
		Head:  []card.Text{card.T("col.contract"), card.T("aging.customer"), card.T("field.schedule"), card.T("col.next"), card.T("col.amount")},
		Right: []bool{false, false, false, false, true}}}
	for _, x := range list {
		sum := card.Plain("–")
		coming, err := c.coming(x, 1)
		if err != nil {
			return nil, err
		}
		if len(coming) > 0 {
			sum = money(coming[0].Total)
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(x.Label()), card.Plain(c.CustomerName(c.Customer(x.Customer))),
			scheduleText(x.Schedule), c.nextText(x), sum})
	}
	pick := card.Pick{Label: card.T("button.details")}
	for _, x := range onPage(list, c.Page) {
		pick.Buttons = append(pick.Buttons, lineButton(card.Plain(x.Label()+" "+c.Customer(x.Customer).Handle), "recurring "+x.Label()))
	}
	k.Picks = []card.Pick{pick}
	ownNote(c.View, k)
	return k, nil
}

// nextText is when the next invoice of x is issued, or why it is not.
func (c *Call) nextText(x *ledger.Contract) card.Text {
	day := card.T("value", "value", c.IssueDay(x))
	switch {
	case x.Paused && x.PausedUntil == 0:
		return card.T("recur.state.paused")
	case x.Paused:
		return card.T("recur.state.pausedtill", "until", x.PausedUntil)
	case x.Hindrance.On != 0:
		return card.Join(day, card.T("recur.state.held"))
	}
	return day
}

// contractAhead is how many invoices to come a contract's card shows.
const contractAhead = 3

// coming are the next invoices of x. One that cannot be counted now (its rate is missing) shows none.
func (c *Call) coming(x *ledger.Contract, most int) ([]ledger.Coming, error) {
	list, err := c.ComingOf(x, most, c.Desk.fillPeriod(c.Customer(x.Customer).Language))
	if _, refused := ledger.AsRefusal(err); refused {
		return nil, nil
	}
	return list, err
}

// contractCard shows a contract: when it comes round, what stands in its way, the next invoices
// as they will be.
func (c *Call) contractCard(x *ledger.Contract) (*card.Card, error) {
	coming, err := c.coming(x, contractAhead)
	if err != nil {
		return nil, err
	}
	k := &card.Card{Title: card.T("recur.made", "contract", x.Label(), "customer", c.CustomerName(c.Customer(x.Customer))), Fields: c.contractFields(x)}
	if len(coming) > 0 {
		k.Table = comingTable(coming)
		k.Note = append(k.Note, legend(coming[0].Draft, coming[0].Taxes)...)
	}
	if l, _, _ := c.LoyaltyOf(x); l.After != 0 {
		k.Body = append(k.Body, c.loyaltyTexts(x)...)
	}
	if x.Hindrance.On != 0 {
		k.Body = append(k.Body, c.hindranceText(x))
	}
	if n := c.Missed(x, c.Today()); n > 1 {
		k.Body = append(k.Body, card.T("recur.missed", "n", n))
	}
	k.Buttons = c.contractButtons(x)
	return k, nil
}

// contractPage is the card of a contract with its story.
func (c *Call) contractPage(x *ledger.Contract) (*card.Card, error) {
	k, err := c.contractCard(x)
	if err == nil {
		k.Note = append(k.Note, c.contractStory(x)...)
	}
	return k, err
}

// contractFields tell when a contract comes round.
func (c *Call) contractFields(x *ledger.Contract) []card.Field {
	out := []card.Field{{Label: card.T("field.schedule"), Value: scheduleText(x.Schedule)}}
	switch {
	case x.Over():
		out = append(out, card.Field{Label: card.T("field.next"), Value: card.T("recur.state.over")})
	default:
		out = append(out, card.Field{Label: card.T("field.next"), Value: c.nextText(x)})
	}
	if x.Until != 0 {
		out = append(out, card.Field{Label: card.T("field.until"), Value: card.T("value", "value", x.Until)})
	}
	if x.Times != 0 {
		out = append(out, card.Field{Label: card.T("field.until"), Value: card.T("recur.times", "passed", x.Passed, "times", x.Times)})
	}
	return out
}

// comingTable shows invoices that are still to come.
func comingTable(list []ledger.Coming) *card.Table {
	t := &card.Table{Head: []card.Text{card.T("col.next"), card.T("col.text"), card.T("col.net"), card.T("recur.tax"), card.T("col.amount"), card.T("col.due")},
		Right: []bool{false, false, true, true, true, false}}
	for _, x := range list {
		var texts []string
		for _, l := range x.Draft.Lines {
			texts = append(texts, fmt.Sprintf("%s x %s", l.Quantity, lineWords(l)))
			if l.Quantity.Equal(oneUnit) {
				texts[len(texts)-1] = lineWords(l)
			}
		}
		t.Rows = append(t.Rows, []card.Text{card.T("value", "value", x.Date), card.Plain(strings.Join(texts, "; ")), money(x.Net), money(x.Tax), money(x.Total),
			card.T("value", "value", x.Draft.Due)})
	}
	return t
}

func scheduleText(s ledger.Schedule) card.Text {
	items := []card.Text{card.T("every." + s.Every.String())}
	if s.N > 1 {
		items[0] = card.T("every.n."+s.Every.String(), "count", s.N)
	}
	switch {
	case s.Day == 31:
		items = append(items, card.T("every.last"))
	case s.Day == 1 && s.Workday:
		items = append(items, card.T("every.workday"))
	case s.Day != 0:
		items = append(items, card.T("every.day", "day", s.Day))
	}
	if s.Workday && s.Day != 1 {
		items = append(items, card.T("every.waits"))
	}
	switch s.Billing {
	case ledger.Advance:
		items = append(items, card.T("every.advance"))
	case ledger.Arrears:
		items = append(items, card.T("every.arrears"))
	}
	return card.Join(items...)
}

// storyShown is how many of a contract's changes its card tells.
const storyShown = 5

// contractStory tells what was done to a contract last, and by whom. Its invoices are left out.
func (c *Call) contractStory(x *ledger.Contract) (out []card.Text) {
	facts, err := c.ContractHistory(x)
	if err != nil {
		return nil
	}
	co := c.Company()
	for _, f := range slices.Backward(facts) {
		if _, invoiced := f.Body.(*ledger.ContractInvoiced); invoiced || len(out) == storyShown {
			continue
		}
		d := c.Describe(f)
		d.Refs = nil
		line := []card.Text{card.T("value", "value", ledger.DateOf(f.Recorded, co.Zone())), actor(c.View, f.By), factWords(d)}
		if d.Day != 0 {
			line = append(line, card.T("value", "value", d.Day))
		}
		if words, err := c.Text(d.Words); err == nil && words != "" {
			line = append(line, card.Plain(words))
		}
		out = append(out, card.Join(line...))
	}
	return out
}

// contractButtons are what can be done to a contract.
func (c *Call) contractButtons(x *ledger.Contract) []card.Button {
	if x.Over() || !may(recurCommand(), c.Who.Role) {
		return nil
	}
	label, on := x.Label(), x.Next.String()
	var out []card.Button
	if c.IssueDay(x) <= c.Today() && !x.Paused {
		out = append(out, lineButton(card.T("button.recur.issue"), "recur "+label+" issue anyway "+on))
	}
	out = append(out, lineButton(card.T("button.recur.skip"), "recur "+label+" skip "+on))
	if x.Paused {
		out = append(out, lineButton(card.T("button.resume"), "recur "+label+" resume"))
	} else {
		out = append(out, formButton(card.T("button.pause"), "recur", label+" pause"))
	}
	return append(out, formButton(card.T("button.recur.change"), "recur", label+" lines"), formButton(card.T("button.recur.end"), "recur", label+" until"))
}

// fillPeriod puts the period of an invoice into the places of a text, in a language: {month} and
// {year} of it, {quarter} ("Q4"), {from} and {to} its days, {period} all of it in words. A part
// of a period says so behind its text.
func (d *Desk) fillPeriod(lang string) ledger.Fill {
	say := func(t card.Text) string { return t.Key }
	if d.WordsIn != nil {
		say = d.WordsIn(lang)
	}
	return func(text string, p ledger.Occurrence) string {
		year, month, _ := p.Named.Parts()
		name := fmt.Sprintf("%02d", int(month))
		if d.MonthName != nil {
			name = d.MonthName(lang, int(month))
		}
		quarter := func() string { return say(card.T("period.quarter", "n", (int(month)+2)/3)) }
		day := func(x ledger.Date) string { return say(card.T("value", "value", x)) }
		if strings.Contains(text, "{") { // most texts have few of them
			text = strings.NewReplacer("{month}", name, "{year}", yearText(say, year), "{quarter}", quarter(), "{from}", day(p.From), "{to}", day(p.To),
				"{period}", spanWords(say, p, name, quarter())).Replace(text)
		}
		if p.Part() {
			text = say(card.T("period.part", "text", text, "from", p.From, "to", p.To, "days", p.Days, "whole", p.Whole))
		}
		return text
	}
}

// yearText is a year in the digits of a language.
func yearText(say card.Words, year int) string {
	digits := slices.DeleteFunc([]rune(say(card.T("format.digits"))), func(r rune) bool { return !unicode.IsDigit(r) })
	return strings.Map(func(r rune) rune {
		if len(digits) == 10 {
			return digits[r-'0']
		}
		return r
	}, strconv.Itoa(year))
}

// spanWords names a period: a month, a quarter or a year of the calendar as such, else its days.
func spanWords(say card.Words, p ledger.Occurrence, month, quarter string) string {
	y, m, d := p.From.Parts()
	y2, m2, _ := p.To.Parts()
	_, _, next := (p.To + 1).Parts()
	year := yearText(say, y)
	switch whole := d == 1 && next == 1 && y == y2 && !p.Part(); {
	case whole && m == m2:
		return say(card.T("period.month", "month", month, "year", year))
	case whole && m2 == m+2 && m%3 == 1:
		return say(card.T("period.inyear", "part", quarter, "year", year))
	case whole && m == 1 && m2 == 12:
		return year
	}
	return say(card.T("period.days", "from", p.From, "to", p.To))
}
