package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// Each entry that waits has an owner, who is told of his once a day while they wait, in one
// message; whoever stands above him is told of those that wait too long.

// How an owner is chosen for an entry that waits, beside a Slack user's id.
const (
	OwnerDropper = "dropper" // who brought the statement
	OwnerTurns   = "turns"   // those of finance, one after the other
)

// ownerFor is who looks after an entry that begins to wait, "" for nobody.
func (d *Desk) ownerFor(v *ledger.View, e *ledger.BankEntry) string {
	able := func(user string) bool { return user != "" && d.banks(user) }
	switch by, slack := strings.CutPrefix(v.BankStatement(e.Statement).By, "slack:"); {
	case d.EntryOwner != OwnerTurns && d.EntryOwner != OwnerDropper && able(d.EntryOwner):
		return d.EntryOwner
	case d.EntryOwner != OwnerTurns && slack && able(by):
		return by
	}
	if d.People == nil {
		return ""
	}
	if people := d.People(Finance); len(people) > 0 {
		return people[int(e.ID)%len(people)]
	}
	return ""
}

// banks reports whether a Slack user may place entries.
func (d *Desk) banks(user string) bool {
	return d.StaffOf != nil && may(Command{Who: bankers()}, d.StaffOf(user).Role)
}

// entriesFor are the entries that wait for an address of staff: his own, those that nobody able
// looks after where it is the channel of finance, and of those above him all that wait too long.
func (d *Desk) entriesFor(v *ledger.View, address string) (out []*ledger.BankEntry) {
	above := slices.Contains(d.aboveBankers(), address)
	for _, e := range v.WaitingEntries() {
		to := e.Owner
		if !d.banks(to) {
			to = d.FinanceChannel
		}
		if to == address || above && d.waitsTooLong(v, e) {
			out = append(out, e)
		}
	}
	return ledger.ByAgeAndSum(out)
}

func (d *Desk) waitsTooLong(v *ledger.View, e *ledger.BankEntry) bool {
	return d.EntryDays > 0 && v.EntryAge(e) > d.EntryDays
}

// aboveBankers are told of what waits too long.
func (d *Desk) aboveBankers() []string {
	if d.EscalateTo != "" {
		return []string{d.EscalateTo}
	}
	if d.People == nil {
		return nil
	}
	return d.People(Manager)
}

// entriesLate is the hour from which a day's message waits for the next business day.
const entriesLate = 18

// dueEntries are who is to be told today that entries wait for him, and when to look again; zero
// where none waits.
func (d *Desk) dueEntries(v *ledger.View) (due []string, next time.Time) {
	waiting := v.WaitingEntries()
	if len(waiting) == 0 || d.EntryHour < 0 {
		return nil, time.Time{}
	}
	co := v.Company()
	zone, today := co.Zone(), v.Today()
	at := today.At(d.EntryHour, 0, zone)
	next = v.Days().Next(today, v.Home()).At(d.EntryHour, 0, zone)
	switch {
	case !v.Days().Business(today, v.Home()), !v.Now.Before(today.At(entriesLate, 0, zone)):
		return nil, next
	case v.Now.Before(at):
		return nil, at
	}
	var to []string
	for _, e := range waiting {
		if v.EntryAge(e) == 0 {
			continue // its own message was today
		}
		if d.waitsTooLong(v, e) {
			to = append(to, d.aboveBankers()...)
		}
		if d.banks(e.Owner) {
			to = append(to, e.Owner)
		} else {
			to = append(to, d.FinanceChannel)
		}
	}
	slices.Sort(to)
	for _, address := range slices.Compact(to) {
		if _, day := v.EntriesTold(address); day < today && address != "" {
			due = append(due, address)
		}
	}
	return due, next
}

// RemindEntries tells each owner which entries wait for him, once on each day of work, and returns
// when to look again; zero where none waits. After days without the program it is once, too.
func (d *Desk) RemindEntries(ctx context.Context) (next time.Time, err error) {
	var due []string
	err = d.Books.View(func(v *ledger.View) error {
		due, next = d.dueEntries(v)
		return nil
	})
	if err != nil || len(due) == 0 {
		return next, err
	}
	_, err = d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		due, next = d.dueEntries(&tx.View)
		for _, address := range due {
			if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeWaiting, Address: address, For: tx.Today()}); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}})
	return next, err
}

// entryMoved has the messages of the day follow what became of an entry, and whoever has just got
// it from somebody else is told.
func (d *Desk) entryMoved(tx *ledger.Tx, e *ledger.BankEntry, before, actor string) error {
	to := append([]string{before, e.Owner, d.FinanceChannel}, d.aboveBankers()...)
	slices.Sort(to)
	for _, address := range slices.Compact(to) {
		n := ledger.NoticeQueued{Kind: ledger.NoticeWaitingEdit, Address: address, For: tx.Today()}
		_, day := tx.EntriesTold(address)
		if got := e.Place == ledger.EntryWaits && address == e.Owner && before != e.Owner; got && day != tx.Today() && actor != address {
			n.Kind = ledger.NoticeWaiting
		} else if day != tx.Today() {
			continue
		}
		if err := tx.Notify(n); err != nil {
			return err
		}
	}
	return nil
}

// waitingShown is how many entries a message of the day names.
const waitingShown = 5

// waitingMoney tells somebody which entries wait for him.
func (d *Desk) waitingMoney(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	all := d.entriesFor(v, n.Address)
	if len(all) == 0 {
		if n.Kind == ledger.NoticeWaiting {
			return card.Message{Withdraw: "nothing waits for him any more"}, nil
		}
		return card.Message{Card: &card.Card{Title: card.T("waiting.done")}}, nil
	}
	w := v.WaitingMoney(all)
	k := &card.Card{Title: card.T("waiting.title", "count", w.Count), Body: []card.Text{card.T("bank.waiting", "sums", eachOwed(w.Sums), "count", w.Oldest)}}
	for _, e := range all[:min(len(all), waitingShown)] {
		l, err := v.Line(e)
		if err != nil {
			return card.Message{}, err
		}
		line := card.T("waiting.line", "entry", e.ID.Label(), "amount", e.Amount, "count", v.EntryAge(e), "payer", card.Plain(payerOf(&l)))
		if e.Owner != "" && e.Owner != n.Address {
			line = card.Join(line, card.T("entry.owner", "who", card.User(e.Owner)))
		}
		k.Body = append(k.Body, line)
	}
	if more := len(all) - waitingShown; more > 0 {
		k.Body = append(k.Body, card.T("home.more", "count", more))
	}
	list := "bank"
	if slices.ContainsFunc(all, func(e *ledger.BankEntry) bool { return e.Owner == n.Address }) {
		list = "bank mine"
	}
	k.Buttons = []card.Button{lineButton(card.T("button.showall"), list)}
	return card.Message{Card: k}, nil
}

// homeEntries is the money that waits, for whoever places it.
func (c *Call) homeEntries() *card.Card {
	if !may(Command{Who: bankers()}, c.Who.Role) {
		return nil
	}
	all := ledger.ByAgeAndSum(c.WaitingEntries())
	k := homeList("entries", all, func(e *ledger.BankEntry) card.Text {
		l, err := c.View.Line(e)
		if err != nil {
			return card.Plain(e.ID.Label())
		}
		return card.T("waiting.line", "entry", e.ID.Label(), "amount", e.Amount, "count", c.EntryAge(e), "payer", card.Plain(payerOf(&l)))
	}, lineButton(card.T("button.showall"), "bank"))
	if k != nil {
		w := c.WaitingMoney(all)
		k.Body = append([]card.Text{card.T("bank.waiting", "sums", eachOwed(w.Sums), "count", w.Oldest)}, k.Body...)
	}
	return k
}
