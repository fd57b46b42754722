package reminders

import "duebot/ledger"

// ByHand is the reminder that c gets when somebody asks for it now, or why there is none, as
// commands.Silences name it. The rules of the schedule hold, but that a step has come: the
// word of the step said last is said again, or the first; and a person may speak on any day.
func (r *Rules) ByHand(v *ledger.View, c *ledger.Customer, soon bool) (n ledger.NoticeQueued, why string) {
	on := ledger.DateOf(v.Now, c.Zone)
	s := r.Policy.standing(v, c)
	contact := s.byHand(on, soon)
	switch {
	case v.Outside(c):
		return n, "pilot"
	case s.onItsWay:
		return n, "onitsway"
	case contact.Invoice == nil:
		return n, "nothing"
	}
	switch why, _ := s.kept(contact.Policy, on); {
	case why == TooSoon, why == WeekFull, why == MonthFull:
		return n, "toosoon"
	case !s.reaches(contact):
		return n, "nobody"
	}
	n = contact.notice(v, c, on)
	n.Free = true // whoever sends it has seen what money waits
	return n, ""
}

// byHand finds what a reminder by hand is about: the oldest overdue, or with soon what falls
// due within the policy's days.
func (s *standing) byHand(on ledger.Date, soon bool) Contact {
	subjects := s.subjects(on)
	if len(subjects) == 0 {
		return Contact{}
	}
	first := subjects[0]
	c := Contact{Invoice: first.inv, Policy: first.policy, Source: first.source}
	if ledger.DaysOverdue(first.inv.Carrying(), on) > 0 {
		if next, _ := s.step(on); next.Step > 0 && !next.Kind().ByStaff() {
			return next
		}
		c.Step = max(first.step, 1)
		return c
	}
	if left := -ledger.DaysOverdue(first.inv.Carrying(), on); !soon || left > first.policy.horizon() {
		return Contact{}
	}
	c.Named = named(first, subjects, on)
	return c
}
