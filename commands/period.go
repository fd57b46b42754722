package commands

import (
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// periodCommand closes and reopens months, and lists what was closed. A closed month takes
// no more dates: what is typed into one is refused.
func periodCommand() Command {
	return Command{
		Name: "period", Who: anybody(),
		Usage:    []string{`period`, `period close <month>`, `period reopen <month> "<why>"`},
		Examples: []string{`period close 2026-09`, `period reopen 2026-09 "The bank corrected a booking"`},
		Form:     periodForm, Words: periodWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 || c.Args[0].is("list") {
				return card.Reply{Card: periodCard(c.View)}, nil
			}
			verb := c.Args[0].text
			c.Args = c.Args[1:]
			switch strings.ToLower(verb) {
			case "close":
				return closePeriod(c)
			case "reopen":
				return reopenPeriod(c)
			}
			return card.Reply{}, usage("period", "got", verb)
		},
	}
}

// periodMonth reads the month that a line names, for one of these roles.
func periodMonth(c *Call, verb string, who ...Role) (ledger.Month, error) {
	if part := (Command{Name: "period " + verb, Who: who}); !may(part, c.Who.Role) {
		return 0, forbidden(part, c.Who.Role)
	}
	if len(c.Args) == 0 {
		return 0, usage("period", "got", verb)
	}
	return ledger.ParseMonth(c.Args[0].text)
}

func closePeriod(c *Call) (card.Reply, error) {
	m, err := periodMonth(c, "close", Finance, Manager)
	if err == nil && len(c.Args) > 1 {
		err = usage("period", "got", c.Args[1].text)
	}
	if err == nil {
		err = c.Tx.ClosePeriod(m)
	}
	if err != nil {
		return card.Reply{}, err
	}
	return card.Say("period.done", "month", m.String(), "open", (m + 1).First()), nil
}

func reopenPeriod(c *Call) (card.Reply, error) {
	m, err := periodMonth(c, "reopen", Manager)
	if err == nil {
		err = c.Tx.ReopenPeriod(m, join(c.Args[1:]))
	}
	if err != nil {
		return card.Reply{}, err
	}
	return card.Say("period.undone", "month", m.String()), nil
}

// periodRows is how many acts the list shows, the newest first.
const periodRows = 24

func periodCard(v *ledger.View) *card.Card {
	acts := v.PeriodActs()
	closed := v.ClosedThrough()
	if len(acts) == 0 {
		return &card.Card{Body: []card.Text{card.T("period.none")}}
	}
	k := &card.Card{Title: card.T("period.allopen"), Table: &card.Table{
		Head:  []card.Text{card.T("col.month"), card.T("col.act"), card.T("col.day"), card.T("col.who"), card.T("col.reason")},
		Right: []bool{false, false, false, false, false}, First: true,
	}}
	if closed != 0 {
		k.Title = card.T("period.title", "month", closed.String(), "open", (closed + 1).First())
	}
	for i := len(acts) - 1; i >= 0 && len(k.Table.Rows) < periodRows; i-- {
		a, act := acts[i], card.T("period.act.reopened")
		if a.Closed {
			act = card.T("period.act.closed")
		}
		who := card.Plain(a.By)
		if user, ok := strings.CutPrefix(a.By, "slack:"); ok {
			who = card.T("value", "value", card.User(user))
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(a.Month.String()), act, card.T("value", "value", a.On), who, card.Plain(a.Reason)})
	}
	return k
}
