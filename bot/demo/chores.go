package demo

import (
	"context"
	"fmt"

	"duebot/commands"
	"duebot/ledger"
)

// What the studio's people do about those who do not pay: a debt of which every reminder was said
// becomes a task, and tasks are done within a day or two. So whoever opens the demo finds a company
// in which a few matters wait, and not all that were ever left.

const (
	escalateDays = 7   // after the last reminder, as the default of the program is
	choresSpan   = 13  // days over which the calls of the last weeks of the history are spread
	lawyerAge    = 160 // days overdue from which on it may go to a lawyer
	choresEnd    = 3   // days before the end from which on tasks are left to the newcomer
)

// calls are those of the last weeks before the cut: what had become a task by then was done.
func (p *plan) calls() (acts []act) {
	for i, c := range p.clients {
		day := p.bankDay(p.cut.AddDays(i%choresSpan - choresSpan - 1))
		if day >= p.cut {
			continue
		}
		at := p.between(day, 10, 12)
		acts = append(acts, act{at, func(tx *ledger.Tx) error { return c.called(tx, i) }})
	}
	return acts
}

// called books a task about the debts of c of which all was said, and that somebody spoke with him.
func (c *client) called(tx *ledger.Tx, i int) error {
	cust := tx.Customer(c.id)
	if cust == nil || int(tx.Today()-cust.LastContact) < escalateDays {
		return nil
	}
	var task *ledger.Task
	for _, inv := range tx.OpenInvoices(cust) {
		if inv.Step < len(stepDays) || inv.Undisputed().Minor <= 0 || tx.Silent(inv, tx.Today()) {
			continue
		}
		t, _, _, err := tx.OpenTask(cust, ledger.TaskLastStep, ledger.TaskReason{Invoice: inv.ID, Day: tx.Today()}, c.owner, tx.Today().AddDays(2))
		if err != nil {
			return err
		}
		task = t
	}
	if task == nil {
		return nil
	}
	said := spoken()
	return tx.CloseTask(task, ledger.TaskTalked, 0, false, said[i%len(said)])
}

// spoken are what staff note of calls.
func spoken() []string {
	return []string{"They wait for a payment of their own, and want to pay before the month ends.", "Accounts payable had not got the approval; she asks for it again.",
		"He promised to look into it and to call back.", "The new bookkeeper had none of our invoices; sent them to her once more.", "They pay once their director is back from his journey."}
}

// chores lists what staff do about tasks and money on account on the working days of the three
// weeks, but for the last ones.
func (p *plan) chores() (events []Event) {
	for day := p.cut.AddDays(2); day < p.last.AddDays(-choresEnd); day++ {
		if !workday(day) {
			continue
		}
		events = append(events, Event{p.between(day, 13, 15), func(ctx context.Context, d *commands.Desk) error {
			lines, err := p.worklist(d, day)
			if err != nil {
				return err
			}
			for _, x := range lines {
				if err := typed(ctx, d, fmt.Sprintf("demo:chore:%s:%s", day, x.text), x.who, x.text); err != nil {
					return fmt.Errorf("demo, %s: %w", day, err)
				}
			}
			return nil
		}})
	}
	return events
}

// chore is a line that somebody types.
type chore struct {
	who  commands.Staff
	text string
}

// worklist is what is to be done on a day: each task that is not of that day itself, and money of
// customers who owe.
func (p *plan) worklist(d *commands.Desk, day ledger.Date) (out []chore, err error) {
	applied := map[string]bool{}
	err = d.Books.View(func(v *ledger.View) error {
		for _, t := range v.OpenTasks() {
			if t.Day >= day || t.Owner == "" {
				continue
			}
			who := commands.Staff{ID: t.Owner, Role: commands.Sales, Lang: "en"}
			if t.Owner == marta {
				who.Role = commands.Manager
			}
			oldest := v.Invoice(t.Reasons[0].Invoice)
			out = append(out, chore{who, fmt.Sprintf("task %s %s", t.ID.Label(), p.ending(t, ledger.DaysOverdue(oldest.Carrying(), day)))})
		}
		for _, b := range p.bills { // one that nothing else will become of
			inv, err := v.InvoiceNumbered(b.number)
			if err != nil || !b.isOpen() || b.dispute != nil || b.promise != nil || b.refund != nil || inv.Open == 0 || inv.Due >= day {
				continue
			}
			if c := v.Customer(inv.Customer); v.OnAccount(c, inv.Currency).Minor > 0 && !applied[c.Handle] {
				applied[c.Handle] = true
				out = append(out, chore{commands.Staff{ID: farid, Role: commands.Finance, Lang: "en"}, "apply " + c.Handle + " " + b.number})
			}
		}
		return nil
	})
	return out, err
}

// ending is what comes of a task about a debt so many days old: a word to pay, mostly; some are spoken
// with, some not reached at the first call, and some of the oldest go to a lawyer. Whom no message
// reaches is to be visited after the three weeks.
func (p *plan) ending(t *ledger.Task, age int) string {
	said := spoken()
	words := said[int(t.ID)%len(said)]
	switch {
	case t.Kind == ledger.TaskNoRoute:
		return "on " + p.bankDay(p.last.AddDays(2)).String()
	case age > lawyerAge && t.ID%2 == 0:
		return `lawyer "The file with all letters and statements is with Dr. Reinhold."`
	case t.ID%3 == 0 && t.Tries == 0:
		return "unreached"
	case t.ID%3 == 1:
		return fmt.Sprintf("talked %q", words)
	}
	by := p.last.AddDays(1 + 4*int(t.ID%4))
	for !workday(by) {
		by++
	}
	return fmt.Sprintf("promised %s %q", by, words)
}
