package reminders

import (
	"slices"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// What customers choose of their reminders: other hours, and one message with all that is due.

// slot is whom one run of the schedule is for: the customers of a zone who are reminded so much
// later than the schedule says, because they chose other hours.
type slot struct {
	zone  string
	later time.Duration // may be negative
}

// slot is the one of c: the hour of his that is nearest to the schedule's.
func (p *Policies) slot(c *ledger.Customer) slot {
	s := slot{zone: c.ZoneName}
	if c.Hours.Chosen() {
		hour := p.Schedule.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).Hour()
		s.later = time.Duration(c.Hours.Near(hour)-hour) * time.Hour
	}
	return s
}

// marker names what is written down of a slot's last run.
func (s slot) marker() string {
	if s.later == 0 {
		return "reminded:" + s.zone
	}
	return "reminded:" + s.zone + s.later.String()
}

// slotDaysBack is how far back a slot looks for discounts that have ended: customers come to it
// when they choose.
const slotDaysBack = 7

// told is the day on which c was last told all that was due, 0 where his reminders tell what is
// due first.
func told(c *ledger.Customer) ledger.Date {
	if c.Daily {
		return c.LastContact
	}
	return 0
}

// rest adds to a reminder what else is due or falls due soon, beside what it is about already:
// invoices, or the part of a plan. It returns all invoices that the reminder then names.
func (r *Rules) rest(v *ledger.View, c *ledger.Customer, k *card.Card, about []*ledger.Invoice, part string, on ledger.Date) []*ledger.Invoice {
	sums := map[ledger.Currency]ledger.Money{}
	var lines []card.Field
	add := func(label card.Text, m ledger.Money) {
		sums[m.Currency] = sums[m.Currency].Add(m)
		lines = append(lines, card.Field{Label: label, Value: card.T("value", "value", m)})
	}
	all := slices.Clone(about)
	for _, inv := range r.Policy.Subjects(v, c, on) {
		policy, _ := r.Policy.Of(v, c, inv)
		if !slices.Contains(about, inv) && ledger.DaysOverdue(inv.Carrying(), on) >= -policy.horizon() {
			all = append(all, inv)
			add(line(inv, on), policy.asked(v, inv, 0, on))
		}
	}
	for _, p := range r.Policy.planParts(v, c) {
		if p.code() != part && ledger.DaysOverdue(p.due, on) >= -p.policy.horizon() && !p.silent(v, on) {
			add(card.T("remind.plan.part", "part", p.at+1, "parts", len(p.plan.Parts), "due", p.due), p.left)
		}
	}
	if len(lines) == 0 {
		return all
	}
	k.Fields = append(k.Fields, card.Field{Label: card.T("remind.daily.rest"), Value: each(sums)})
	if hidden := len(lines) - reminderRows; hidden > 0 {
		lines = lines[:reminderRows]
		k.Note = append(k.Note, card.T("account.more", "count", hidden))
	}
	k.Fields = append(k.Fields, lines...)
	return all
}
