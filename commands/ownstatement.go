package commands

import (
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// Statements that go out by themselves: who gets one when, and how often somebody wants it.

// StatementWord is when a customer's next statement goes by itself, or why none does.
type StatementWord struct {
	Every  ledger.Statements
	Period ledger.Period
	Why    string // that it does not go today; "": it does
	Until  ledger.Date
}

// statementsCommand lists who gets a statement by himself, when the next one goes, and why not.
//
//	line = [ customer ] .
func statementsCommand() Command {
	return Command{
		Name: "statements", Who: anybody(), Reads: true,
		Usage:    []string{`statements [<customer>]`},
		Examples: []string{`statements`, `statements acme`},
		Run: func(c *Call) (card.Reply, error) {
			switch len(c.Args) {
			case 0:
				return card.Reply{Card: c.statementsCard()}, nil
			case 1:
				cust, err := c.CustomerNamed(c.Args[0].text)
				if err == nil {
					err = c.Allowed(cust)
				}
				if err != nil {
					return card.Reply{}, err
				}
				return card.Reply{Card: &card.Card{Title: card.T("statements.of", "customer", c.CustomerName(cust)), Body: c.statementTexts(cust)}}, nil
			}
			return card.Reply{}, usage("statements", "got", c.Line)
		},
	}
}

func (c *Call) statementsCard() *card.Card {
	k := &card.Card{Title: card.T("statements.title"), Table: &card.Table{
		Head: []card.Text{card.T("aging.customer"), card.T("field.schedule"), card.T("col.period"), card.T("col.next")}}}
	type due struct {
		cust *ledger.Customer
		word StatementWord
	}
	var all []due
	c.Customers(func(cust *ledger.Customer) {
		if w := c.Desk.Reminding.orNone().statement(c.View, cust); w.Why != "off" && c.Sees(cust) {
			all = append(all, due{cust, w})
		}
	})
	if len(all) == 0 {
		return &card.Card{Body: []card.Text{card.T("statements.none")}}
	}
	slices.SortStableFunc(all, func(a, b due) int { return int(a.word.Until) - int(b.word.Until) })
	for _, x := range all {
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(c.CustomerName(x.cust)), c.everyText(x.cust, x.word.Every),
			card.T("statements.period", "from", x.word.Period.From, "to", x.word.Period.To), c.statementWhen(x.cust, x.word)})
	}
	k.Note = []card.Text{card.T("statements.note")}
	return k
}

// everyText is how often a customer gets statements.
func (c *Call) everyText(cust *ledger.Customer, every ledger.Statements) card.Text {
	text := card.T("statements.every." + every.String())
	if c.StatementsOf(cust).Always {
		text = card.Join(text, card.T("statements.always"))
	}
	return text
}

// statementWhen tells when a statement goes, or what keeps it back.
func (c *Call) statementWhen(cust *ledger.Customer, w StatementWord) card.Text {
	if w.Why == "" {
		return card.T("statements.today")
	}
	return keptText(c.View, cust, PlannedWord{On: ledger.DateOf(c.Now, cust.Zone), Why: w.Why, Until: w.Until})
}

// statementTexts tell how often a customer gets statements, of when the next is, and what became of
// the last.
func (c *Call) statementTexts(cust *ledger.Customer) (out []card.Text) {
	w := c.Desk.Reminding.orNone().statement(c.View, cust)
	out = append(out, c.everyText(cust, w.Every))
	if w.Why != "off" {
		out = append(out, card.T("statements.next", "from", w.Period.From, "to", w.Period.To), c.statementWhen(cust, w))
	}
	switch last := c.StatedThrough(cust); {
	case last.LeftOut != "":
		out = append(out, card.T("statements.leftout", "to", last.To), keptReason(last.LeftOut))
	case last.To != 0:
		out = append(out, card.T("statements.last", "to", last.To, "date", last.On))
	}
	return out
}

// keptReason is why something did not go, after the fact.
func keptReason(why string) card.Text { return card.T("statements.because." + why) }

// ownStatement is the line about statements under what a customer hears next; none where he gets none.
func (c *Call) ownStatement(cust *ledger.Customer) []card.Text {
	w := c.Desk.Reminding.orNone().statement(c.View, cust)
	if w.Why == "off" {
		return nil
	}
	return []card.Text{card.Join(card.T("statements.next", "from", w.Period.From, "to", w.Period.To), c.statementWhen(cust, w))}
}

// statementsOption reads "monthly", "quarterly", "off" or "default", with ",always" for a statement of
// nothing too.
func statementsOption(value string) (ledger.WantsStatements, error) {
	word, always, more := strings.Cut(strings.ToLower(value), ",")
	every, ok := ledger.ParseStatements(word)
	if !ok || more && always != "always" || more && every < ledger.StatementsMonthly {
		return ledger.WantsStatements{}, ledger.Refuse(ledger.BadInput, "statements.form", "text", value)
	}
	return ledger.WantsStatements{Every: every, Always: more}, nil
}

// askStatements asks a customer how often he wants a statement.
func askStatements(c *ChatCall, _ string) (card.Reply, error) {
	k := &card.Card{Title: card.T("chat.statements.title"), Body: []card.Text{card.T("chat.statements.body", "company", c.Company().Name)}}
	for _, every := range []ledger.Statements{ledger.StatementsMonthly, ledger.StatementsQuarterly, ledger.StatementsOff} {
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("chat.statements." + every.String()), Do: "set", Arg: "statements." + every.String(), Wide: true})
	}
	return c.menuPage(k, "settings")
}

// chooseStatements takes what he chose.
func (c *ChatCall) chooseStatements(word string) (card.Reply, error) {
	every, ok := ledger.ParseStatements(word)
	if !ok || every == ledger.StatementsAsSet {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if _, err := c.ChooseStatements(c.Customer, every, false); err != nil {
		return card.Reply{}, err
	}
	return showSettings(c, "")
}
