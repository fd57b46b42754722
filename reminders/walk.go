package reminders

import (
	"iter"
	"slices"

	"duebot/ledger"
)

// Planned is a contact of a day to come, if nothing happens until then but the contacts before it.
type Planned struct {
	On ledger.Date // of the customer
	Decision
}

// Ahead tells the contacts that c is to get through a day, if nobody pays, promises or says
// anything meanwhile: a promise is then broken on its day, and a hold over.
func (p *Policies) Ahead(v *ledger.View, c *ledger.Customer, through ledger.Date) []Planned {
	return slices.Collect(p.coming(v, c, through))
}

// coming yields them one by one: most ask for the next one.
func (p *Policies) coming(v *ledger.View, c *ledger.Customer, through ledger.Date) iter.Seq[Planned] {
	return func(yield func(Planned) bool) { p.walk(v, c, through, yield) }
}

func (p *Policies) walk(v *ledger.View, c *ledger.Customer, through ledger.Date, yield func(Planned) bool) {
	s := p.standing(v, c)
	if n, ok := v.OpenNotice(c.Reminder); ok { // it counts as said
		s.onItsWay = false
		s.said(Contact{Invoice: v.Invoice(n.Invoice), Step: n.Step, Part: n.Code, Also: n.Also}, n.For)
	}
	s.finish()
	for on := p.nextRun(v, c); on != 0 && on <= through; on = s.wakes(on) {
		s.resume(on)
		d := s.decide(on)
		switch d.Why {
		case "", NobodyThere, MoneyWaits, BankOld: // what is held today may be released
			if !yield(Planned{on, d}) {
				return
			}
			s.said(d.Contact, on)
		}
	}
}

// nextRun is the local day of c's for which the rules are asked next: today, until they were.
func (p *Policies) nextRun(v *ledger.View, c *ledger.Customer) ledger.Date {
	done, err := v.Get(p.slot(c).marker())
	if err != nil {
		done = nil
	}
	return p.nextRunAfter(v, c, string(done))
}

// nextRunAfter is nextRun, where the last run of c's slot was on the day done.
func (p *Policies) nextRunAfter(v *ledger.View, c *ledger.Customer, done string) ledger.Date {
	today := ledger.DateOf(v.Now, c.Zone)
	if done >= today.String() || p.hours(c).Until <= v.Now.In(c.Zone).Hour() {
		return today.AddDays(1)
	}
	return today
}

// said notes a contact of a day, as the books do when a platform has accepted it.
func (s *standing) said(c Contact, on ledger.Date) {
	s.last, s.contacts = on, append(slices.Clone(s.contacts), on)
	if s.c.Daily {
		s.told = on
	}
	for i := range s.parts {
		for _, claim := range s.parts[i].plan.Claims {
			if c.Step == 0 && claim.Invoice == c.Invoice.ID {
				s.parts[i].said = on
			}
		}
	}
	for i := range s.items {
		x := &s.items[i]
		switch {
		case x.inv == c.Invoice && c.Step == 0:
			x.nudge = on
		case x.inv == c.Invoice:
			x.step = c.Step
		}
		for _, also := range c.withNamed() {
			switch {
			case also.Invoice != x.inv.ID:
			case also.Step == 0:
				x.nudge = on
			default:
				x.step = max(x.step, also.Step)
			}
		}
	}
}

// resume counts the steps as said that fell into silences which were over before a day.
func (s *standing) resume(on ledger.Date) {
	for i := range s.items {
		x := &s.items[i]
		if x.pause.Said != 0 && !s.v.Silent(x.inv, on) {
			x.step = max(x.step, x.policy.silenced(ledger.DaysOverdue(x.inv.Carrying(), x.pause.Said)))
			x.pause = ledger.Silence{}
		}
	}
}

// wakes is the next day after on on which something else may come of the rules than on the day
// before; 0 for none. Between two of them nothing has to be looked at.
func (s *standing) wakes(on ledger.Date) (next ledger.Date) {
	consider := func(day ledger.Date) {
		if day > on && (next == 0 || day < next) {
			next = day
		}
	}
	for i := range s.items {
		x := &s.items[i]
		due := x.inv.Carrying()
		for _, days := range x.policy.Before {
			consider(due.AddDays(-days))
		}
		consider(due.AddDays(1)) // it adds to the sum that is overdue
		for _, part := range x.inv.Instalments() {
			consider(part.Due.AddDays(1)) // and a cheque that covered what was overdue does not any more
		}
		if x.step < len(x.policy.Steps) {
			consider(due.AddDays(x.policy.Steps[x.step].After))
		}
		if o, ok := x.inv.Early(on); ok {
			consider(o.Until.AddDays(-x.policy.horizon()))
		}
		if silence, silent := s.v.Silence(x.inv, on); silent && silence.Until != 0 {
			consider(silence.Until.AddDays(1))
		}
	}
	for _, part := range s.parts {
		for _, days := range part.policy.Before {
			consider(part.due.AddDays(-days))
		}
		for _, claim := range part.plan.Claims {
			if silence, silent := s.v.Silence(s.v.Invoice(claim.Invoice), on); silent && silence.Until != 0 {
				consider(silence.Until.AddDays(1))
			}
		}
	}
	if d := s.decide(on); d.Contact.Invoice != nil && d.Why != TooSmall {
		// What has come and is kept back is looked at again; so is what comes after it.
		consider(max(d.Until, on.AddDays(1)))
	}
	return next
}
