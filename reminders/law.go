package reminders

import (
	"slices"
	"strings"
	"time"

	"duebot/ledger"
)

// What the law of a country says of reminding consumers, as presets. Most of these laws are made
// for banks and for those who collect for others, not for who reminds of his own invoices; where
// one has figures, they bind us all the same. Where none was found, the preset is the cautious one,
// and says so. None of this is legal advice.

// cautious are the rules for consumers where no law gives figures: one word a week, four in a
// month, by day.
func cautious(name string) *Policy {
	return &Policy{Name: name, Before: []int{3}, Interval: 6, Week: 1, Month: 4,
		Day: ledger.Hours{From: 9, Until: 20}, Free: ledger.Hours{From: 9, Until: 20}, Steps: []Step{
			{5, Friendly, Message}, {14, Plain, Message}, {28, Firm, Message}, {45, Final, Message}}}
}

// consumerSuffix ends the name of a country's preset for consumers: "ru-consumer".
const consumerSuffix = "-consumer"

// consumers are the presets for consumers of some countries, by country.
func consumers() []*Policy {
	ru := cautious("ru" + consumerSuffix)
	// Федеральный закон от 03.07.2016 № 230-ФЗ, ст. 7: at the creditor's own initiative too, and of
	// natural persons' debts. Between 8 and 22 o'clock on working days and 9 and 20 on others, by
	// the debtor's clock (ч. 3 п. 1, ч. 5); messages twice a day, four times a week, sixteen times
	// a month (ч. 5); calls once a day, twice a week, eight times a month (ч. 3). Steps may be calls,
	// so their figures hold for all; seven in any thirty days are eight in a month of 31.
	ru.Interval, ru.Week, ru.Month = 3, 2, 7
	ru.Day, ru.Free = ledger.Hours{From: 8, Until: 22}, ledger.Hours{From: 9, Until: 20}

	us := cautious("us" + consumerSuffix)
	// 12 CFR 1006.6(b)(1)(i) (Regulation F): a time before 8 a.m. and after 9 p.m. of the consumer's
	// is inconvenient; 1006.14(b)(2)(i): more than seven calls in seven days are presumed to harass.
	// It binds debt collectors, not a creditor; a week has one word here.
	us.Day, us.Free = ledger.Hours{From: 8, Until: 21}, ledger.Hours{From: 8, Until: 21}

	ro := cautious("ro" + consumerSuffix)
	// OUG 52/2016: who recovers claims from consumer credit does not communicate between 20:00 and
	// 9:00, does not harass, and does not reach consumers at work. It binds those who recover
	// credit; its hours are taken for invoices.
	ro.Day, ro.Free = ledger.Hours{From: 9, Until: 20}, ledger.Hours{From: 9, Until: 20}

	gb := cautious("gb" + consumerSuffix)
	// FCA Handbook, CONC 7.9: no contact at unreasonable times, with due regard to when and how the
	// customer asks to be reached. It gives no figures, and binds firms of consumer credit.

	it := cautious("it" + consumerSuffix)
	// Garante per la protezione dei dati personali, provvedimento 30 novembre 2005, which binds the
	// creditor himself: nothing that hurts dignity, no recorded calls, nothing to third persons. It
	// gives no figures.

	de := cautious("de" + consumerSuffix)
	// § 286 Abs. 3 BGB: without a date in the contract a consumer is in default thirty days after an
	// invoice that told him so, and not before a reminder else. So nothing is firm before the
	// thirtieth day. No law with figures about reminders was found.
	de.Steps = []Step{{7, Friendly, Message}, {18, Plain, Message}, {32, Firm, Message}, {48, Final, Message}}

	// No law with figures about reminders of invoices was found for these: the cautious one.
	md, cn, ir := cautious("md"+consumerSuffix), cautious("cn"+consumerSuffix), cautious("ir"+consumerSuffix)
	return []*Policy{cn, de, gb, ir, it, md, ro, ru, us}
}

// ofLaw is the preset that protects c where nothing stronger is set: that of his country for
// consumers, or the general one. It is nil for who is no consumer.
func (p *Policies) ofLaw(v *ledger.View, c *ledger.Customer) *Policy {
	if !v.LawOf(c).Consumer && (c.Segment == "" || !slices.Contains(p.Consumers, c.Segment)) {
		return nil
	}
	if x := p.Named[strings.ToLower(string(v.CountryOf(c)))+consumerSuffix]; x != nil {
		return x
	}
	return p.Named["consumer"]
}

// within are the hours of a day of c's in which words by a policy may leave: his own, as far as the
// policy lets them; where these two have no hour in common, the policy's.
func (p *Policies) within(v *ledger.View, policy *Policy, c *ledger.Customer, day ledger.Date) ledger.Hours {
	hours, bound := p.hours(c), policy.Day
	if !v.Days().Business(day, v.CountryOf(c)) {
		bound = policy.Free
	}
	if !bound.Chosen() {
		return hours
	}
	both := ledger.Hours{From: max(hours.From, bound.From), Until: min(hours.Until, bound.Until)}
	if both.From >= both.Until {
		return bound
	}
	return both
}

// Wait is how long a reminder that is on its way has to wait: until the next hour of the
// customer's for it, on a day on which contacts are made.
func (p *Policies) Wait(v *ledger.View, n *ledger.Notice) time.Duration {
	c := v.Customer(n.Customer)
	policy, _ := p.Of(v, c, v.Invoice(n.Invoice))
	at := v.Now.In(c.Zone)
	day := ledger.DateOf(at, c.Zone)
	if p.within(v, policy, c, day).Until <= at.Hour() {
		day = day.AddDays(1)
	}
	for i := 0; free(v, policy, c, day) != "" && i < longestQuiet; i++ {
		day = day.AddDays(1)
	}
	return max(0, day.At(p.within(v, policy, c, day).From, 0, c.Zone).Sub(at))
}
