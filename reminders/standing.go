package reminders

import (
	"cmp"
	"slices"

	"duebot/ledger"
)

// item is an open invoice as the rules see it, with what was said of it.
type item struct {
	inv    *ledger.Invoice
	policy *Policy
	source Source
	step   int         // said or left out last, of the part that carries
	nudge  ledger.Date // of the last word before its due date
	pause  ledger.Silence
}

// standing is what the rules know of a customer: plain values, so that days to come can be tried
// on a copy.
type standing struct {
	p        *Policies
	v        *ledger.View
	c        *ledger.Customer
	items    []item // that something of may be asked for, oldest due first
	parts    []planPart
	contacts []ledger.Date // of the last month, in order
	last     ledger.Date   // the last contact
	told     ledger.Date   // when he was told of all that was due, where he wants to hear it so
	onItsWay bool
	mail     bool
	note     ledger.ContactNotes // what staff said of single contacts
	free     bool                // nothing is held
	sms      bool
	tasks    []*ledger.Task // that do steps, and are open
}

// standing reads how c stands.
func (p *Policies) standing(v *ledger.View, c *ledger.Customer) *standing {
	s := &standing{p: p, v: v, c: c, note: v.ContactNotes(c), parts: p.planParts(v, c), contacts: c.Contacts, last: c.LastContact, told: told(c), onItsWay: c.Reminder != 0, mail: p.Mail, sms: p.SMS, tasks: stepTasks(v, c)}
	for _, inv := range v.OpenInvoices(c) {
		if inv.Undisputed().Minor > 0 && inv.Plan == 0 {
			policy, source := p.Of(v, c, inv)
			pause, _ := v.Silence(inv, ledger.DateOf(v.Now, c.Zone))
			s.items = append(s.items, item{inv: inv, policy: policy, source: source, step: inv.Step, nudge: inv.Nudge, pause: pause})
		}
	}
	s.asIfSaid()
	slices.SortStableFunc(s.items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.inv.Carrying(), b.inv.Carrying()), cmp.Compare(b.inv.Undisputed().Minor, a.inv.Undisputed().Minor), cmp.Compare(a.inv.ID, b.inv.ID))
	})
	return s
}

// subjects are the items that may be spoken of on a day: of the others a promise is still to be
// judged, or something else keeps reminders away.
func (s *standing) subjects(on ledger.Date) (out []*item) {
	for i := range s.items {
		if !s.v.Silent(s.items[i].inv, on) {
			out = append(out, &s.items[i])
		}
	}
	return out
}

// Subjects are the invoices that c may be reminded of: open, not disputed in full, on no
// plan, whose parts stand for them, and without a promise that is still to be judged, or a hold.
// Oldest due first, an invoice in instalments by the oldest of them; ties by the larger sum, then
// by number.
func (p *Policies) Subjects(v *ledger.View, c *ledger.Customer, on ledger.Date) []*ledger.Invoice {
	var out []*ledger.Invoice
	for _, x := range p.standing(v, c).subjects(on) {
		out = append(out, x.inv)
	}
	return out
}
