package main

import "duebot/commands"

// What customers may have by themselves in their chat, as the company set it.

// Bounds of these settings.
const (
	promiseDaysMost  = 366
	promiseCountMost = 20
	planPartsMost    = 12
	planDaysMost     = 732
)

// checkTerms checks them; 0 is the default.
func (c *Config) checkTerms(bad func(setting, format string, args ...any)) {
	for _, x := range []struct {
		name              string
		value, least, max int
	}{
		{"promises.max_days", c.Promises.MaxDays, 1, promiseDaysMost},
		{"promises.per_invoice", c.Promises.PerInvoice, 1, promiseCountMost},
		{"plans.max_parts", c.Plans.MaxParts, 2, planPartsMost},
		{"plans.max_days", c.Plans.MaxDays, 14, planDaysMost},
		{"plans.min_first", c.Plans.MinFirst, 1, 90},
	} {
		if x.value != 0 && (x.value < x.least || x.value > x.max) {
			bad(x.name, "must be %d to %d; leave it out for what is usual", x.least, x.max)
		}
	}
}

// terms are the settings with what is usual in place of what is not set.
func (c *Config) terms() commands.Terms {
	t := commands.DefaultTerms()
	set := func(p *int, v int) {
		if v != 0 {
			*p = v
		}
	}
	set(&t.PromiseDays, c.Promises.MaxDays)
	set(&t.PromiseCount, c.Promises.PerInvoice)
	set(&t.PlanParts, c.Plans.MaxParts)
	set(&t.PlanDays, c.Plans.MaxDays)
	set(&t.PlanFirst, c.Plans.MinFirst)
	t.PlanAlone = c.Plans.SelfService
	return t
}
