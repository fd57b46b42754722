package main

import (
	"maps"
	"slices"
	"strings"

	"duebot/ledger"
	"duebot/reminders"
)

// accountStatementsFile is what a company decides about statements of account that go to customers
// by themselves.
type accountStatementsFile struct {
	Every      string            `toml:"every"`       // "monthly", "quarterly"; default "off"
	Segments   map[string]string `toml:"segments"`    // the same, of the customers of a segment
	WorkingDay *int              `toml:"working_day"` // after the period's end on which they go; default 1
	WaitDays   *int              `toml:"wait_days"`   // that one may wait for a week without a reminder; default 14
}

// thanksFile is what it decides about thanks to those who pay on time.
type thanksFile struct {
	After     int `toml:"after"`      // the last so many invoices were paid on time; 0: nobody is thanked
	EveryDays int `toml:"every_days"` // between two thanks; default 91
}

// pilotFile is whom alone the bot writes to unasked; with neither there is no pilot.
type pilotFile struct {
	Customers []string `toml:"customers"` // handles
	Segments  []string `toml:"segments"`
}

// The most that may be set of these: beyond it a setting is a slip of the pen.
const (
	statementWorkday = 15
	statementWaits   = 25
	thanksAfter      = 60
	thanksEveryMost  = 730
)

// courtesies are what is said without need, as the configuration has it. It tells every mistake to
// bad.
func (c *Config) courtesies(p *reminders.Policies, bad func(setting, format string, args ...any)) {
	s := &c.AccountStatements
	every := func(setting, text string) ledger.Statements {
		x, ok := ledger.ParseStatements(text)
		if text != "" && (!ok || x == ledger.StatementsAsSet) {
			bad(setting, "%q is none of monthly, quarterly and off", text)
		}
		return x
	}
	p.Statements = reminders.StatementRules{Every: every("account_statements.every", s.Every), Segments: map[string]ledger.Statements{}}
	for _, name := range slices.Sorted(maps.Keys(s.Segments)) {
		p.Statements.Segments[strings.ToLower(name)] = every("account_statements.segments", s.Segments[name])
	}
	number := func(setting string, from *int, most int, to *int) {
		if from == nil {
			return
		}
		if *to = *from; *from < 1 || *from > most {
			bad(setting, "%d is not a number from 1 to %d", *from, most)
		}
	}
	number("account_statements.working_day", s.WorkingDay, statementWorkday, &p.Statements.WorkDay)
	number("account_statements.wait_days", s.WaitDays, statementWaits, &p.Statements.Wait)
	p.GoodPayers = reminders.ThanksRules{After: c.Thanks.After, Every: c.Thanks.EveryDays}
	if c.Thanks.After < 0 || c.Thanks.After > thanksAfter {
		bad("thanks.after", "%d is not a number of invoices from 1 to %d, or 0 for no thanks", c.Thanks.After, thanksAfter)
	}
	if c.Thanks.EveryDays < 0 || c.Thanks.EveryDays > thanksEveryMost {
		bad("thanks.every_days", "%d is not a number of days from 1 to %d", c.Thanks.EveryDays, thanksEveryMost)
	}
}
