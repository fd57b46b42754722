package reminders

import (
	"slices"

	"duebot/ledger"
)

// A pilot: whom it leaves outside is reminded in the books alone. Steps are decided as ever, with
// the days of those that were held back in the place of contacts, so that what is listed is what
// would have been sent, and when.

// say queues what nobody asked for, or, for a customer outside of the pilot, writes it down.
func (r *Rules) say(tx *ledger.Tx, n ledger.NoticeQueued) error {
	if c := tx.Customer(n.Customer); !tx.Outside(c) || !n.Unasked() {
		return tx.Notify(n)
	}
	return tx.HoldBack(n, r.channel(&tx.View, &n), r.named(&tx.View, &n))
}

// heldBack writes the contact of a day down that a pilot keeps from c, also one that is a person's to
// make. That nobody could be reached is told when he is let in.
func (r *Rules) heldBack(tx *ledger.Tx, c *ledger.Customer, d Decision, on ledger.Date) error {
	if d.Why != "" {
		return nil
	}
	return r.say(tx, d.Contact.notice(&tx.View, c, on))
}

// channel is by which way a notice would go.
func (r *Rules) channel(v *ledger.View, n *ledger.NoticeQueued) string {
	if r.Channel == nil {
		return ""
	}
	return r.Channel(v, &ledger.Notice{NoticeQueued: *n})
}

// named are the sums that a reminder would name, of each currency; of anything else, none.
func (r *Rules) named(v *ledger.View, n *ledger.NoticeQueued) (out []ledger.Money) {
	if n.Kind != ledger.NoticeReminder {
		return nil
	}
	c, sums := v.Customer(n.Customer), map[ledger.Currency]ledger.Money{}
	if n.Code != "" {
		for _, p := range r.Policy.planParts(v, c) {
			if p.code() == n.Code {
				return []ledger.Money{p.left}
			}
		}
		return nil
	}
	policy, _ := r.Policy.Of(v, c, v.Invoice(n.Invoice))
	for _, inv := range r.Policy.Subjects(v, c, n.For) {
		late := ledger.DaysOverdue(inv.Carrying(), n.For)
		if inv.ID == n.Invoice || n.Step > 0 && late > 0 || n.Step == 0 && late <= 0 && late >= -policy.horizon() {
			sums[inv.Currency] = sums[inv.Currency].Add(policy.asked(v, inv, n.Step, n.For))
		}
	}
	sums = lessCredits(v, c, sums)
	for _, cur := range currencies(sums) {
		out = append(out, sums[cur])
	}
	return out
}

// asIfSaid has what a pilot held back count like contacts, as long as its customer is outside: a
// real one follows no interval of words that he never heard.
func (s *standing) asIfSaid() {
	unheard := s.v.UnheardOn(s.c)
	if len(unheard) == 0 || !s.v.Outside(s.c) {
		return
	}
	s.contacts = append(slices.Clone(s.contacts), unheard...)
	slices.Sort(s.contacts)
	s.last = max(s.last, unheard[len(unheard)-1])
	if s.c.Daily {
		s.told = s.last
	}
}
