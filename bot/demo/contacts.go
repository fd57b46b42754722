package demo

import (
	"slices"
	"sort"
	"strconv"
	"time"

	"duebot/ledger"
)

// The reminders of the two years follow the default policy of package reminders, which this
// package may not know: a nudge three days before the due date and one on it, then steps
// after so many days, at ten in the morning of the customer's zone and three days apart.
const (
	nudgeDays    = 3
	contactHour  = 10
	contactEvery = 3
)

var stepDays = [...]int{3, 7, 14, 30}

// contacts lists, for each zone and day up to until, the hour at which its customers were
// reminded.
func (p *plan) contacts(until time.Time) []act {
	byZone := map[string][]*client{}
	var zones []string
	for _, c := range p.clients {
		if byZone[c.zone] == nil {
			zones = append(zones, c.zone)
		}
		byZone[c.zone] = append(byZone[c.zone], c)
	}
	var acts []act
	said := map[*client]int{}
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			continue // AddCustomer refuses it, and says so
		}
		for day := p.first; ; day++ {
			at := day.At(contactHour, 0, zone)
			if at.After(until) {
				break
			}
			acts = append(acts, act{at, func(tx *ledger.Tx) error {
				for _, c := range byZone[name] {
					if err := c.contact(tx, day, said); err != nil {
						return err
					}
				}
				return nil
			}})
		}
	}
	return acts
}

// contact books what c was reminded of on a day of his, as sent.
func (c *client) contact(tx *ledger.Tx, on ledger.Date, said map[*client]int) error {
	cust := tx.Customer(c.id)
	if cust == nil || !cust.HasOpen() || !cust.Reachable(true, true) || cust.LastContact != 0 && int(on-cust.LastContact) < contactEvery {
		return nil
	}
	inv, step := dueWord(tx.OpenInvoices(cust), on)
	if inv == nil {
		return nil
	}
	err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: cust.ID, Invoice: inv.ID, Step: step, For: on})
	if err != nil {
		return err
	}
	said[c]++
	to := slices.Concat(cust.Chats, cust.Mails)[0]
	return tx.Settle(ledger.NoticeOutcome{Notice: tx.LastNotice(), State: ledger.NoticeSent, Chat: to, Message: strconv.Itoa(said[c])})
}

// dueWord finds the invoice to be spoken of and the step: the next of the oldest overdue
// one, else a nudge (step 0); nil where there is nothing to say.
func dueWord(open []*ledger.Invoice, on ledger.Date) (*ledger.Invoice, int) {
	var about []*ledger.Invoice
	for _, inv := range open {
		if inv.Undisputed().Minor > 0 && inv.Promised < on {
			about = append(about, inv)
		}
	}
	sort.SliceStable(about, func(i, j int) bool {
		return about[i].Carrying() < about[j].Carrying() || about[i].Carrying() == about[j].Carrying() && about[i].Undisputed().Minor > about[j].Undisputed().Minor
	})
	if len(about) == 0 {
		return nil, 0
	}
	if oldest := about[0]; oldest.Step < len(stepDays) && ledger.DaysOverdue(oldest.Carrying(), on) >= stepDays[oldest.Step] {
		return oldest, oldest.Step + 1
	}
	for _, inv := range about {
		left := int(inv.Carrying() - on)
		if left == 0 && inv.Nudge < on || left > 0 && left <= nudgeDays && inv.Nudge == 0 {
			return inv, 0
		}
	}
	return nil, 0
}
