package reminders

import "duebot/ledger"

// ByHand is the reminder that c gets when somebody asks for it now, or why there is none, as
// commands.Silences name it. The rules of the schedule hold, but that a step has come: the
// word of the step said last is said again, or the first.
func (r *Rules) ByHand(v *ledger.View, c *ledger.Customer, soon bool) (n ledger.NoticeQueued, why string) {
	on := ledger.DateOf(v.Now, c.Zone)
	inv, step, due := r.Policy.byHand(Subjects(v, c, on), on, soon)
	switch {
	case !due:
		return n, "nothing"
	case c.Reminder != 0:
		return n, "onitsway"
	case c.LastContact != 0 && int(on-c.LastContact) < r.Policy.Interval:
		return n, "toosoon"
	case !v.Reaches(c, r.Policy.Mail, true):
		return n, "nobody"
	}
	return ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: c.ID, Invoice: inv.ID, Step: step, For: on}, ""
}

// byHand finds what a reminder by hand is about: the oldest overdue, or with soon what falls
// due within the policy's days.
func (p Policy) byHand(subjects []*ledger.Invoice, on ledger.Date, soon bool) (inv *ledger.Invoice, step int, due bool) {
	if len(subjects) == 0 {
		return nil, 0, false
	}
	first := subjects[0]
	if ledger.DaysOverdue(first.Carrying(), on) > 0 {
		if next, ok := p.step(subjects, on, 0); ok && next.Step > 0 {
			return next.Invoice, next.Step, true
		}
		return first, max(first.Step, 1), true
	}
	left := -ledger.DaysOverdue(first.Carrying(), on)
	return first, 0, soon && left <= p.Before
}
