package reminders

import (
	"slices"

	"duebot/ledger"
)

// Contact is what is to be said to a customer.
type Contact struct {
	Invoice *ledger.Invoice    // the one that carries it: the oldest due
	Step    int                // of its policy, from 1; 0 is a nudge before it is overdue
	Part    string             // of a plan: which part it is about, "PL-2.1"; else ""
	Policy  *Policy            // that Step is of
	Source  Source             // whose that policy is
	Also    []ledger.PlanStep  // steps of other currencies, which are said with it
	Named   []ledger.InvoiceID // of a nudge: what else falls due within its days, and is named with it
}

// notice is the reminder that makes the contact. What a nudge names besides is in it as step 0.
func (c Contact) notice(v *ledger.View, x *ledger.Customer, on ledger.Date) ledger.NoticeQueued {
	return ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: x.ID, Invoice: c.Invoice.ID, Step: c.Step, For: on, Code: c.Part,
		Policy: v.PolicyVersion(), Also: c.withNamed(), Free: v.ContactNotes(x).Released == c.Key()}
}

// Key names the contact.
func (c Contact) Key() ledger.ContactKey {
	return ledger.ContactKey{Invoice: c.Invoice.ID, Step: c.Step, Part: c.Part}
}

func (c Contact) withNamed() []ledger.PlanStep {
	out := slices.Clip(c.Also)
	for _, id := range c.Named {
		out = append(out, ledger.PlanStep{Invoice: id})
	}
	return out
}

// Why is why there is no contact, in one word.
type Why string

// The reasons, in the order in which they are looked at.
const (
	OnItsWay    Why = "onitsway"  // an earlier one is not settled yet
	NothingDue  Why = "nothing"   // no step has come
	TooSmall    Why = "small"     // a step has come, for less than the policy's smallest sum
	Snoozed     Why = "snoozed"   // staff put it off
	LeftOut     Why = "skipped"   // staff left the last one out, a moment ago
	TooSoon     Why = "toosoon"   // the last contact was within the interval
	WeekFull    Why = "week"      // the cap of a week is reached
	MonthFull   Why = "month"     // or that of a month
	FreeDay     Why = "freeday"   // nobody works where the customer is
	QuietDay    Why = "quiet"     // a day without contacts, by the policy
	AtWork      Why = "task"      // a person of staff is to do it, and has not yet
	NobodyThere Why = "nobody"    // there is no way to say it
	MoneyWaits  Why = "money"     // money of the customer's waits to be applied
	BankOld     Why = "stalebank" // what is known of the bank is old
)

// Decision is whether a customer is contacted on a day. Where a contact has come and something
// keeps it back, it stands there all the same, with why.
type Decision struct {
	Contact Contact
	Why     Why         // "" where the contact is made
	Until   ledger.Date // the first day on which that is over; 0: it is not known
}

// Decide tells whether c is contacted on a day of his, about what, and else why not.
func (p *Policies) Decide(v *ledger.View, c *ledger.Customer, on ledger.Date) Decision {
	return p.standing(v, c).decide(on)
}

// decide is the rule. What is said before a due date is no step: none follows from it.
func (s *standing) decide(on ledger.Date) Decision {
	if s.onItsWay {
		return Decision{Why: OnItsWay}
	}
	contact, small := s.step(on)
	atWork := contact
	if contact.Invoice == nil || s.atWork(contact) {
		contact = s.nudge(on)
	}
	switch {
	case contact.Invoice == nil && atWork.Invoice != nil:
		return Decision{Contact: atWork, Why: AtWork}
	case contact.Invoice == nil && small.Invoice != nil:
		return Decision{Contact: small, Why: TooSmall}
	case contact.Invoice == nil:
		return Decision{Why: NothingDue}
	}
	d := Decision{Contact: contact}
	if d.Why, d.Until = s.stopped(contact.Policy, on); d.Why == "" {
		d.Why, d.Until = s.kept(contact.Policy, on)
	}
	if d.Why == "" && !s.reaches(contact) {
		d.Why = NobodyThere
	}
	if d.Why == "" {
		d.Why = s.held(contact, on)
	}
	return d
}

// step finds the steps that have come on a day: of each currency the one after the last that was
// said of its oldest overdue invoice, if its age has reached that. The oldest of them carries the
// contact. Small is one that has come for too small a sum, where there is no other.
func (s *standing) step(on ledger.Date) (c, small Contact) {
	subjects := s.subjects(on)
	var seen []ledger.Currency
	for _, x := range subjects {
		cur := x.inv.Currency
		if slices.Contains(seen, cur) {
			continue
		}
		seen = append(seen, cur)
		age := ledger.DaysOverdue(x.inv.Carrying(), on)
		if age <= 0 || x.policy.reached(age) <= x.step {
			continue
		}
		step := Contact{Invoice: x.inv, Step: x.step + 1, Policy: x.policy, Source: x.source}
		_, credit := s.v.CreditsIn(s.c, cur)
		switch late := s.overdue(subjects, cur, on); {
		case late < x.policy.Minimum[cur], late > credit.Minor && late-credit.Minor < x.policy.Minimum[cur]:
			small = step
		case c.Invoice == nil:
			c = step
		case step.Kind().ByStaff() && !c.Kind().ByStaff(): // which no message says
		default:
			c.Also = append(c.Also, ledger.PlanStep{Invoice: x.inv.ID, Step: step.Step})
		}
	}
	return c, small
}

// overdue is what is overdue of a currency and no cheque covers, in minor units.
func (s *standing) overdue(subjects []*item, cur ledger.Currency, on ledger.Date) (sum int64) {
	for _, x := range subjects {
		if x.inv.Currency == cur {
			late := x.inv.UndisputedBy(on.AddDays(-1)).Minor
			sum += late - min(late, s.v.CoverOf(x.inv).Amount.Minor)
		}
	}
	return sum
}

// nudge finds the first word before a due date that has come: of an invoice, or of a part of a
// plan.
func (s *standing) nudge(on ledger.Date) Contact {
	subjects := s.subjects(on)
	for _, x := range subjects {
		opens := x.policy.opens(x.inv.Carrying(), on)
		if opens != 0 && max(x.nudge, s.told) < opens || x.saves(on) {
			return Contact{Invoice: x.inv, Policy: x.policy, Source: x.source, Named: named(x, subjects, on)}
		}
	}
	for _, part := range s.parts {
		policy, source := part.policy, part.source
		if opens := policy.opens(part.due, on); opens != 0 && max(part.said, s.told) < opens && !part.silent(s.v, on) {
			return Contact{Invoice: part.carrier, Part: part.code(), Policy: policy, Source: source}
		}
	}
	return Contact{}
}

// saves reports whether it is time to say, once, that an early payment saves a discount: its last
// day is near, and nothing was said in those days.
func (x *item) saves(on ledger.Date) bool {
	o, ok := x.inv.Early(on)
	near := o.Until.AddDays(-x.policy.horizon())
	return ok && on >= near && x.nudge < near
}

// named are the other invoices that a nudge about x names: those that fall due within its policy's
// days. It counts as said of each.
func named(x *item, subjects []*item, on ledger.Date) (out []ledger.InvoiceID) {
	for _, y := range subjects {
		if late := ledger.DaysOverdue(y.inv.Carrying(), on); y != x && late <= 0 && late >= -x.policy.horizon() {
			out = append(out, y.inv.ID)
		}
	}
	return out
}

// kept tells what keeps every contact by a policy back on a day, and from when on no more.
func (s *standing) kept(p *Policy, on ledger.Date) (Why, ledger.Date) {
	if days := s.interval(p); s.last != 0 && int(on-s.last) < days {
		return TooSoon, s.last.AddDays(days)
	}
	if until := full(s.contacts, p.Week, 7, on); until != 0 {
		return WeekFull, until
	}
	if until := full(s.contacts, p.Month, 30, on); until != 0 {
		return MonthFull, until
	}
	return freeUntil(s.v, p, s.c, on)
}

// weekApart is how many days lie between two reminders to whom wants one a week.
const weekApart = 7

// interval is how many days lie between two contacts by a policy, at least.
func (s *standing) interval(p *Policy) int {
	if s.v.Weekly(s.c) {
		return max(p.Interval, weekApart)
	}
	return p.Interval
}

// freeUntil is free, with the first day on which a contact may be made.
func freeUntil(v *ledger.View, p *Policy, c *ledger.Customer, on ledger.Date) (Why, ledger.Date) {
	why := free(v, p, c, on)
	if why == "" {
		return "", 0
	}
	until := on.AddDays(1)
	for free(v, p, c, until) != "" && until < on.AddDays(longestQuiet) {
		until = until.AddDays(1)
	}
	return why, until
}

// full is the day from which on a cap of contacts in so many days lets another one through, 0
// where it does today.
func full(contacts []ledger.Date, most, days int, on ledger.Date) ledger.Date {
	within := contacts
	for len(within) > 0 && within[0] <= on.AddDays(-days) {
		within = within[1:]
	}
	if most == 0 || len(within) < most {
		return 0
	}
	return within[len(within)-most].AddDays(days)
}

// free tells why no contact is made on a day, "" where it may be.
func free(v *ledger.View, p *Policy, c *ledger.Customer, on ledger.Date) Why {
	if !p.FreeDays && !v.Days().Business(on, v.CountryOf(c)) {
		return FreeDay
	}
	for _, q := range p.Quiet {
		if q.Has(on) {
			return QuietDay
		}
	}
	return ""
}
