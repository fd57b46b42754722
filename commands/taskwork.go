package commands

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// How tasks come to people: opened by the rules of reminders, told to whoever looks after the
// customer, ended by what becomes of the debt, and told again once a day while they are late.

// TaskRules are what is set about tasks.
type TaskRules struct {
	Days int // of work in which one is to be done
	Hour int // of a day of work at which late ones are told, -1: never
	Late int // days of work that one may be late before those above are told, 0: for ever
}

// GiveTask gives somebody something to do about a customer: whoever looks after him, else finance.
func (d *Desk) GiveTask(tx *ledger.Tx, cust *ledger.Customer, kind ledger.TaskKind, why ledger.TaskReason) error {
	due := tx.Days().Add(tx.Today(), max(d.Tasks.Days, 1), tx.Home())
	t, fresh, joined, err := tx.OpenTask(cust, kind, why, cmp.Or(cust.Owner, cust.Substitute), due)
	switch {
	case err != nil:
		return err
	case fresh:
		return d.tellTask(tx, t)
	case joined:
		return d.showTask(tx, t)
	}
	return nil
}

// tellTask queues the card of a task, for whoever does it.
func (d *Desk) tellTask(tx *ledger.Tx, t *ledger.Task) error {
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeWork, Customer: t.Customer, Address: cmp.Or(t.Owner, d.FinanceChannel), Code: t.ID.Label()})
}

// showTask queues an edit of the card of a task.
func (d *Desk) showTask(tx *ledger.Tx, t *ledger.Task) error {
	if t.Card == 0 {
		return nil
	}
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeWorkEdit, Customer: t.Customer, Address: t.CardTo, Code: t.ID.Label()})
}

// tasksMet ends the tasks about a customer that what was just booked has answered.
func (d *Desk) tasksMet(tx *ledger.Tx, cust *ledger.Customer) error {
	for _, t := range tx.TasksOf(cust) {
		outcome := tx.TaskAnswered(t)
		if outcome == "" && t.Kind == ledger.TaskNoRoute && tx.Reaches(cust, d.Mail, true) {
			outcome = ledger.TaskReachable
		}
		if outcome == "" {
			continue
		}
		if err := tx.CloseTask(t, outcome, 0, false, ""); err != nil {
			return err
		}
		if err := d.showTask(tx, t); err != nil {
			return err
		}
	}
	return nil
}

// answeredTasks are the open tasks that tasksMet would end.
func (d *Desk) answeredTasks(v *ledger.View) []*ledger.Task {
	return slices.DeleteFunc(v.OpenTasks(), func(t *ledger.Task) bool {
		reached := t.Kind == ledger.TaskNoRoute && v.Reaches(v.Customer(t.Customer), d.Mail, true)
		return v.TaskAnswered(t) == "" && !reached
	})
}

// toldRow holds the day on which an address was last told of late tasks.
func toldRow(address string) string { return "tasks.told:" + address }

// tasksFor are the late tasks that a notice to one of staff names: his own, and to one above those
// that became too late since he was told before.
func (d *Desk) tasksFor(v *ledger.View, n *ledger.Notice) (out []*ledger.Task) {
	told, never := ledger.ParseDate(n.Code)
	for _, t := range v.OpenTasks() {
		if t.Late(v.Today()) && (cmp.Or(t.Owner, d.FinanceChannel) == n.Address || n.Code != "" && d.tooLate(v, t) && (never != nil || !d.tooLateOn(v, t, told))) {
			out = append(out, t)
		}
	}
	// What became late last comes first: of the rest he has heard before, and only the first few are named.
	slices.SortStableFunc(out, func(a, b *ledger.Task) int { return cmp.Or(cmp.Compare(b.Due, a.Due), cmp.Compare(b.ID, a.ID)) })
	return out
}

func (d *Desk) tooLate(v *ledger.View, t *ledger.Task) bool { return d.tooLateOn(v, t, v.Today()) }

func (d *Desk) tooLateOn(v *ledger.View, t *ledger.Task, day ledger.Date) bool {
	return d.Tasks.Late > 0 && v.Days().Count(t.Due, day, v.Home()) > d.Tasks.Late
}

// neverTold is the code of a notice to somebody above who was told of no task before; else it is the
// day on which he was.
const neverTold = "never"

// dueTasks are who is to be told today of tasks that are late, with the code of the notice, and when
// to look again; zero where there is none.
func (d *Desk) dueTasks(v *ledger.View) (due map[string]string, next time.Time, err error) {
	open := v.OpenTasks()
	if len(open) == 0 || d.Tasks.Hour < 0 {
		return nil, time.Time{}, nil
	}
	co := v.Company()
	zone, today := co.Zone(), v.Today()
	at := today.At(d.Tasks.Hour, 0, zone)
	next = v.Days().Next(today, v.Home()).At(d.Tasks.Hour, 0, zone)
	switch {
	case !v.Days().Business(today, v.Home()), !v.Now.Before(today.At(entriesLate, 0, zone)):
		return nil, next, nil
	case v.Now.Before(at):
		return nil, at, nil
	}
	due = map[string]string{}
	for _, t := range open {
		address := cmp.Or(t.Owner, d.FinanceChannel)
		told, err := v.Get(toldRow(address))
		if err != nil {
			return nil, next, err
		}
		if t.Late(today) && address != "" && string(told) < today.String() {
			due[address] = ""
		}
	}
	return due, next, d.tellAbove(v, open, due)
}

// tellAbove adds those above to who is to be told, where a task became too late after they were told
// last: they hear of each once, for the same list each morning would not be read.
func (d *Desk) tellAbove(v *ledger.View, open []*ledger.Task, due map[string]string) error {
	for _, address := range d.aboveBankers() {
		row, err := v.Get(toldRow(address))
		if err != nil {
			return err
		}
		if string(row) >= v.Today().String() {
			continue
		}
		told, never := ledger.ParseDate(string(row))
		for _, t := range open {
			if d.tooLate(v, t) && (never != nil || !d.tooLateOn(v, t, told)) {
				due[address] = cmp.Or(string(row), neverTold)
			}
		}
	}
	return nil
}

// RemindTasks ends the tasks that have been answered, tells each of staff once on each day of work
// which of his are late, and returns when to look again; zero where none is open.
func (d *Desk) RemindTasks(ctx context.Context) (next time.Time, err error) {
	var due map[string]string
	var over []*ledger.Task
	look := func(v *ledger.View) (err error) {
		over = d.answeredTasks(v)
		due, next, err = d.dueTasks(v)
		return err
	}
	if err := d.Books.View(look); err != nil || len(due)+len(over) == 0 {
		return next, err
	}
	_, err = d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		for _, t := range d.answeredTasks(&tx.View) {
			if err := d.tasksMet(tx, tx.Customer(t.Customer)); err != nil {
				return nil, err
			}
		}
		if due, next, err = d.dueTasks(&tx.View); err != nil {
			return nil, err
		}
		for _, address := range slices.Sorted(maps.Keys(due)) {
			tx.Put(toldRow(address), []byte(tx.Today().String()))
			if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeWorkLate, Address: address, Code: due[address], For: tx.Today()}); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}})
	return next, err
}

// lateTasks tells somebody which tasks are late.
func (d *Desk) lateTasks(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	all := d.tasksFor(v, n)
	if len(all) == 0 {
		return card.Message{Withdraw: "none is late any more"}, nil
	}
	k := &card.Card{Title: card.T("work.late", "count", len(all))}
	mine := false
	for i, t := range all {
		mine = mine || t.Owner == n.Address
		if i >= waitingShown {
			continue
		}
		line := card.T("work.late.line", "task", t.ID.Label(), "what", workKind(t), "customer", v.CustomerName(v.Customer(t.Customer)), "age", card.T("count.workdays", "count", v.TaskAge(t)))
		if t.Owner != "" && t.Owner != n.Address {
			line = card.Join(line, card.T("entry.owner", "who", card.User(t.Owner)))
		}
		k.Body = append(k.Body, line)
	}
	if more := len(all) - waitingShown; more > 0 {
		k.Body = append(k.Body, card.T("home.more", "count", more))
	}
	list := "tasks late"
	if mine {
		list = "tasks mine"
	}
	k.Buttons = []card.Button{lineButton(card.T("button.showall"), list)}
	return card.Message{Card: k}, nil
}
