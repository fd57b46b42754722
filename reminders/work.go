package reminders

import (
	"slices"

	"duebot/ledger"
)

// Steps that a person does, short messages, and what comes after the last step.

// kind is what a step does; what is said before the due date is a message.
func (p *Policy) kind(step int) Kind {
	if step == 0 || len(p.Steps) == 0 {
		return Message
	}
	return p.Steps[min(step, len(p.Steps))-1].Kind
}

// Kind is what the contact's step does.
func (c Contact) Kind() Kind { return c.Policy.kind(c.Step) }

// Channels are those that a notice to c takes, the first first, where usual are those that it takes
// elsewhere: c's own wish, then his policy's order, then the rest. Short messages are sent where a
// step or the policy says so, and nowhere else.
func (p *Policies) Channels(v *ledger.View, n *ledger.NoticeQueued, usual []string) (out []string) {
	c := v.Customer(n.Customer)
	policy, _ := p.Of(v, c, v.Invoice(n.Invoice))
	order := slices.Concat(policy.Channels, usual)
	if c.Channel != "" && len(policy.Channels) > 0 {
		order = append([]string{c.Channel}, order...)
	}
	switch policy.kind(n.Step) {
	case SMS:
		order = append([]string{ledger.ChannelSMS}, order...)
	case Letter: // which staff send by e-mail instead
		order = append([]string{ledger.ChannelMail}, order...)
	}
	for _, channel := range order {
		if !slices.Contains(out, channel) {
			out = append(out, channel)
		}
	}
	return out
}

// reaches reports whether there is a way to make a contact.
func (s *standing) reaches(c Contact) bool {
	kind := c.Kind()
	if kind.ByStaff() || s.v.Reaches(s.c, s.mail, true) {
		return true
	}
	short := kind == SMS || slices.Contains(c.Policy.Channels, ledger.ChannelSMS)
	return short && s.sms && s.v.ReachesBySMS(s.c)
}

// stepTasks are the open tasks about c that do steps.
func stepTasks(v *ledger.View, c *ledger.Customer) (out []*ledger.Task) {
	for _, kind := range []ledger.TaskKind{ledger.TaskCall, ledger.TaskLetter} {
		if t := v.TaskOf(c, kind); t != nil {
			out = append(out, t)
		}
	}
	return out
}

// atWork reports whether a person has a step to do already, with which c would be done, too: the
// next one waits until it is.
func (s *standing) atWork(c Contact) bool { return c.Step > 0 && len(s.tasks) > 0 }

// finish has the open tasks be done, for the days to come.
func (s *standing) finish() {
	for _, t := range s.tasks {
		for _, r := range t.Reasons {
			for _, done := range append([]ledger.PlanStep{{Invoice: r.Invoice, Step: r.Step}}, r.Also...) {
				s.count(done)
			}
		}
	}
	s.tasks = nil
}

// count has a step count as said.
func (s *standing) count(done ledger.PlanStep) {
	for i := range s.items {
		if x := &s.items[i]; x.inv.ID == done.Invoice {
			x.step = max(x.step, done.Step)
		}
	}
}

// work gives the step of a contact to staff.
func (r *Rules) work(tx *ledger.Tx, c *ledger.Customer, d Contact, on ledger.Date) error {
	kind := ledger.TaskCall
	if d.Kind() == Letter {
		kind = ledger.TaskLetter
	}
	if r.Task == nil {
		return nil
	}
	return r.Task(tx, c, kind, ledger.TaskReason{Invoice: d.Invoice.ID, Step: d.Step, Policy: tx.PolicyVersion(), Day: on, Also: d.Also})
}

// escalateAgain is how many days after the end of a task another one comes of the same debt, where
// it ended without a way out of it.
const escalateAgain = 14

// escalate gives to staff what every step was said of, some days ago.
func (r *Rules) escalate(tx *ledger.Tx, s *standing, on ledger.Date) error {
	if r.Task == nil || s.onItsWay {
		return nil
	}
	for _, x := range s.subjects(on) {
		if day := r.Policy.escalated(s, x); day == 0 || day > on {
			continue
		}
		if err := r.Task(tx, s.c, ledger.TaskLastStep, ledger.TaskReason{Invoice: x.inv.ID, Day: on}); err != nil {
			return err
		}
	}
	return nil
}

// escalates is the first day from on on which something of a customer's becomes a task, 0 for none.
func (p *Policies) escalates(s *standing, on ledger.Date) (first ledger.Date) {
	for _, x := range s.subjects(on) {
		if day := p.escalated(s, x); day != 0 && (first == 0 || max(day, on) < first) {
			first = max(day, on)
		}
	}
	return first
}

// escalated is the day from which on an item is a task, 0 where it is none, or one already: some days
// after the last step and after the last contact, and neither with nor soon after another task about
// the same that was broken or left. Where a call or a letter was the last step and ended with nothing
// more to do, somebody has seen to it.
func (p *Policies) escalated(s *standing, x *item) ledger.Date {
	steps := x.policy.Steps
	if p.Escalate == 0 || len(steps) == 0 || x.step < len(steps) {
		return 0
	}
	day := x.inv.Carrying().AddDays(steps[len(steps)-1].After + p.Escalate)
	if s.last != 0 {
		day = max(day, s.last.AddDays(p.Escalate))
	}
	t := s.v.Escalated(x.inv)
	switch {
	case t == nil, t.Kind.IsStep() && moreSince(t, x):
		return day
	case t.Outcome == "", t.Outcome == ledger.TaskLawyer, t.Outcome == ledger.TaskNothing && (t.Kind == ledger.TaskLastStep || t.Kind.IsStep()):
		return 0
	case t.Kind.IsStep():
		return max(day, ledger.DateOf(t.Ended, s.c.Zone).AddDays(p.Escalate))
	}
	return max(day, ledger.DateOf(t.Ended, s.c.Zone).AddDays(escalateAgain))
}

// moreSince reports whether more was said of x than the step that t did, or another instalment of it
// fell due since.
func moreSince(t *ledger.Task, x *item) bool {
	step, came := t.Did(x.inv.ID)
	return x.step > step || x.inv.Carrying() > came
}
