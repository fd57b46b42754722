package commands

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// Setting up leads from an export of the old program to the first true aging, step by step, in
// one message. Where it stands is working state, so that it can be left and taken up again.
//
// A step looks at the books and says what is there and what is missing; what it asks for is
// done by the ordinary ways, a file dropped into the channel or a typed line.
type setup struct {
	Step    int                            `json:"step"`
	Begun   time.Time                      `json:"begun"`
	Totals  map[ledger.Currency]int64      `json:"totals,omitempty"` // owed by the old program's books, in minor units
	Of      map[ledger.CustomerID][]owedOf `json:"of,omitempty"`     // the same, of single customers
	Invited int                            `json:"invited,omitempty"`
}

// owedOf is a sum that the old program says somebody owes.
type owedOf struct {
	Currency ledger.Currency `json:"currency"`
	Minor    int64           `json:"minor"`
}

// setupStep is one step: what it is called, what it shows, and whether there is nothing to do
// any more, so that going on is not skipping.
type setupStep struct {
	name string
	show func(c *Call, s *setup, k *card.Card) (done bool)
}

func setupSteps() []setupStep {
	return []setupStep{{"company", showCompany}, {"people", showPeople}, {"customers", showSetupCustomers}, {"invoices", showSetupInvoices},
		{"check", showCheck}, {"invite", showInvite}, {"done", showSetupDone}}
}

// setupCommand shows the step at which setting up stands, or takes the old program's sums.
// Without words it is no form but the step, whose buttons lead on; what a step asks for has one.
//
//	line = [ "total" [ customer ] sum [ currency ] | "again" ] .
func setupCommand() Command {
	return Command{
		Name: "setup", Who: setters(),
		Usage:    []string{`setup`, `setup total <sum> [EUR]`, `setup total <customer> <sum> [EUR]`, `setup again`},
		Examples: []string{`setup`, `setup total 34500.75`, `setup total acme 1200.50`},
		Form:     setupForm, Words: setupWords,
		Run: func(c *Call) (card.Reply, error) {
			s, err := loadSetup(c.View)
			if err != nil {
				return card.Reply{}, err
			}
			switch {
			case len(c.Args) == 0:
			case c.Args[0].is("total"):
				err = c.setupTotal(s, c.Args[1:])
			case c.Args[0].is("again"):
				*s = setup{}
			default:
				err = usage("setup", "got", c.Line)
			}
			if err != nil {
				return card.Reply{}, err
			}
			return c.showSetup(s, false)
		},
	}
}

// setters may set up.
func setters() []Role { return []Role{Finance, Manager} }

const setupRow = "setup"

func loadSetup(v *ledger.View) (*setup, error) {
	s := new(setup)
	data, err := v.Get(setupRow)
	if err == nil && data != nil {
		err = json.Unmarshal(data, s)
	}
	return s, err
}

// showSetup keeps where setting up stands, and shows it.
func (c *Call) showSetup(s *setup, replace bool) (card.Reply, error) {
	if s.Begun.IsZero() {
		s.Begun = c.Now
	}
	steps := setupSteps()
	s.Step = min(max(s.Step, 0), len(steps)-1)
	data, err := json.Marshal(s)
	if err != nil {
		return card.Reply{}, err
	}
	c.Tx.Put(setupRow, data)
	step := steps[s.Step]
	k := &card.Card{Title: card.T("setup.title", "step", s.Step+1, "steps", len(steps), "what", card.T("setup."+step.name))}
	done := step.show(c, s, k)
	button := func(do string) card.Button {
		return card.Button{Label: card.T("button.setup." + do), Do: "setup", Arg: strconv.Itoa(s.Step) + "." + do}
	}
	if s.Step < len(steps)-1 {
		next := button("skip")
		if done {
			next = button("next")
			next.Style = card.Primary
		}
		k.Buttons = append(k.Buttons, next)
	}
	if s.Step > 0 {
		k.Buttons = append(k.Buttons, button("back"))
	}
	k.Buttons = append(k.Buttons, button("look"))
	k.Note = append(k.Note, card.T("setup.note"))
	return card.Reply{Card: k, Replace: replace}, nil
}

// setupByButton goes a step on or back, looks again, or makes the file of invitations. A
// button of another step than the one at which it stands shows that one.
func setupByButton(c *Call) (card.Reply, error) {
	s, err := loadSetup(c.View)
	if err != nil {
		return card.Reply{}, err
	}
	at, do, _ := strings.Cut(c.Where.Arg, ".")
	if at != strconv.Itoa(s.Step) {
		return c.showSetup(s, true)
	}
	switch do {
	case "next", "skip":
		s.Step++
	case "back":
		s.Step--
	case "invite":
		return c.inviteAll(s)
	}
	return c.showSetup(s, true)
}

func showCompany(c *Call, _ *setup, k *card.Card) bool {
	co := c.Company()
	add := func(key, value string) {
		k.Fields = append(k.Fields, card.Field{Label: card.T(key), Value: card.Plain(value)})
	}
	add("field.company", co.Name)
	add("field.currency", string(co.Currency))
	add("field.zone", co.ZoneName)
	add("field.language", co.Language)
	add("field.numbers", c.NextNumber(c.Today()).String())
	if co.BankLine != "" {
		add("field.bank", co.BankLine)
	} else {
		k.Body = append(k.Body, card.T("setup.nobank"))
	}
	k.Body = append(k.Body, card.T("setup.company.how"))
	return true
}

func showPeople(c *Call, _ *setup, k *card.Card) bool {
	managers := 0
	for _, role := range anybody() {
		var who []card.Text
		if c.Desk.People != nil {
			for _, id := range c.Desk.People(role) {
				who = append(who, card.T("value", "value", card.User(id)))
			}
		}
		if role == Manager {
			managers = len(who)
		}
		if len(who) == 0 {
			who = []card.Text{card.T("setup.noone")}
		}
		k.Fields = append(k.Fields, card.Field{Label: card.T("setup.role." + string(role)), Value: card.Join(who...)})
	}
	if managers < 2 {
		k.Body = append(k.Body, card.T("setup.onemanager"))
	}
	k.Body = append(k.Body, card.T("setup.people.how"))
	return true
}

func showSetupCustomers(c *Call, _ *setup, k *card.Card) bool {
	n := 0
	c.Customers(func(*ledger.Customer) { n++ })
	k.Body = []card.Text{card.T("setup.customers.have", "count", n), card.T("setup.customers.how")}
	return n > 0
}

func showSetupInvoices(c *Call, _ *setup, k *card.Card) bool {
	n := 0
	c.Customers(func(x *ledger.Customer) { n += len(c.OpenInvoices(x)) })
	k.Body = []card.Text{card.T("setup.invoices.have", "count", n), card.T("setup.invoices.how")}
	if sums := c.owedSums(); len(sums) > 0 {
		k.Fields = []card.Field{{Label: card.T("field.open"), Value: eachOwed(sums)}}
	}
	return n > 0
}

// owedSums is what all customers owe, by currency.
func (c *Call) owedSums() map[ledger.Currency]int64 {
	sums := map[ledger.Currency]int64{}
	c.Customers(func(x *ledger.Customer) {
		for _, m := range c.Balance(x) {
			sums[m.Currency] += m.Minor
		}
	})
	return sums
}

// showSetupDone shows what was reached, and in which time.
func showSetupDone(c *Call, s *setup, k *card.Card) bool {
	all, linked := c.linkedCount()
	k.Body = []card.Text{card.T("setup.done.how"), card.T("setup.linked", "count", all, "linked", linked)}
	k.Fields = []card.Field{{Label: card.T("field.took"), Value: card.T("setup.minutes", "count", int(c.Now.Sub(s.Begun)/time.Minute)+1)}}
	if sums := c.owedSums(); len(sums) > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.open"), Value: eachOwed(sums)})
	}
	k.Buttons = []card.Button{{Label: card.T("button.setup.aging"), Do: "line", Arg: "aging", Style: card.Primary}}
	return true
}

func (c *Call) linkedCount() (all, linked int) {
	c.Customers(func(x *ledger.Customer) {
		all++
		if len(x.Chats) > 0 {
			linked++
		}
	})
	return all, linked
}
