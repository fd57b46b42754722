package main

import (
	"time"

	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
	"duebot/reminders"
)

// preflight takes when the card of a day comes, and how old the bank's data may be.
func (f *remindersFile) preflight(p *reminders.Policies, bad func(setting, format string, args ...any)) {
	switch {
	case f.Preflight == nil:
	case *f.Preflight == "":
		p.Preflight.Off = true
	default:
		at, err := time.Parse("15:04", *f.Preflight)
		if err != nil || at.Hour() >= preflightUntil {
			bad("reminders.preflight", "%q is not a time of day like \"08:30\", before 18:00; \"\" is for no card", *f.Preflight)
			return
		}
		p.Preflight.Hour, p.Preflight.Minute = at.Hour(), at.Minute()
	}
	if f.BankDays == nil {
		return
	}
	if p.Holding.BankDays = *f.BankDays; *f.BankDays < 0 || *f.BankDays > policyBefore {
		bad("reminders.bank_days", "%d is no number of business days from 1 to %d; 0 is for never", *f.BankDays, policyBefore)
	}
}

// preflightUntil is the hour by which the card of a day comes at the latest.
const preflightUntil = 18

// actsOnReminders reports whether one of staff may act on the card of a day.
func (b *Bot) actsOnReminders(user string) bool {
	role := b.roster.staff(user).Role
	return user != "" && (role == commands.Finance || role == commands.Manager)
}

// preflight is what commands ask about the card of a day.
func (b *Bot) preflight() commands.Preflight {
	p := b.rules.Policy
	row := func(x reminders.Row) commands.PreflightRow {
		return commands.PreflightRow{PlannedWord: plannedAt(x.Planned, x.At), Customer: x.Customer, State: string(x.State)}
	}
	rows := func(all []reminders.Row) []commands.PreflightRow {
		out := make([]commands.PreflightRow, 0, len(all))
		for _, x := range all {
			out = append(out, row(x))
		}
		return out
	}
	return commands.Preflight{
		Ready: b.rules.ReadyCard,
		Day:   func(v *ledger.View) ledger.Date { day, _ := p.CardDay(v); return day },
		Rows: func(v *ledger.View) ([]commands.PreflightRow, error) {
			all, err := b.rules.Rows(v)
			return rows(all), err
		},
		Row: func(v *ledger.View, c *ledger.Customer) (commands.PreflightRow, bool, error) {
			x, on, err := b.rules.RowOf(v, c)
			if !on || err != nil {
				return commands.PreflightRow{}, false, err
			}
			return row(x), true, nil
		},
		Held: func(v *ledger.View) []commands.PreflightRow { return rows(p.HeldNow(v)) },
		Asks: func(v *ledger.View, c *ledger.Customer, w commands.PlannedWord) ([]*ledger.Invoice, map[ledger.Currency]ledger.Money) {
			return p.Sums(v, c, w.Key(), w.On)
		},
		Way: func(v *ledger.View, c *ledger.Customer, w commands.PlannedWord) string {
			n := &ledger.Notice{NoticeQueued: ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: c.ID, Step: w.Step}}
			if w.Invoice != nil {
				n.Invoice = w.Invoice.ID
			}
			return ledger.ChannelOf(b.route(v, n))
		},
		Send: func(v *ledger.View, c *ledger.Customer) (ledger.NoticeQueued, commands.PlannedWord, time.Duration) {
			n, d, wait := p.SendNow(v, c)
			return n, planned(p, c, reminders.Planned{On: ledger.DateOf(v.Now, c.Zone), Decision: d}), wait
		},
		HourOver: p.HourOver,
		HeldTo:   b.rules.HeldTo,
		Reads: func(v *ledger.View, c *ledger.Customer) (*card.Card, error) {
			x, on, err := b.rules.RowOf(v, c)
			if !on || err != nil || x.Contact.Invoice == nil {
				return nil, err
			}
			return b.rules.Preview(v, c, x.Planned)
		},
		Proposed: b.desk.Proposed,
	}
}
