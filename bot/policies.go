package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/shopspring/decimal"

	"duebot/commands"
	"duebot/ledger"
	"duebot/reminders"
)

// remindersFile is what a company decides about reminders.
type remindersFile struct {
	Hours     string       `toml:"hours"`     // of a customer's day, of which he may choose fewer: "8-20"
	At        string       `toml:"at"`        // when contacts are made in the customer's zone: "10:00"
	Weekly    bool         `toml:"weekly"`    // customers may choose a week between two reminders
	Until     int          `toml:"until"`     // the hour of his from which on none is: 18
	Policy    string       `toml:"policy"`    // by which those are reminded who have no other
	Consumers []string     `toml:"consumers"` // segments of customers who are consumers
	Policies  []policyFile `toml:"policies"`
	Habits    []habitFile  `toml:"habits"`
	Texts     []textFile   `toml:"texts"`

	Preflight *string `toml:"preflight"` // when the card of a working day comes: "08:30", "" for never
	BankDays  *int    `toml:"bank_days"` // reminders are held when the bank's data is older, in business days; 0: never
}

// policyFile is a policy; what it leaves out is as in the one that it is based on.
type policyFile struct {
	Name         string     `toml:"name"`
	BasedOn      string     `toml:"based_on"` // a preset, or one above; default "standard"
	Segments     []string   `toml:"segments"` // of customers that have it
	Before       *[]int     `toml:"before"`
	Steps        []stepFile `toml:"steps"`
	IntervalDays *int       `toml:"interval_days"`
	Week         *int       `toml:"week"`
	Month        *int       `toml:"month"`
	Minimum      []string   `toml:"minimum"` // "20 EUR"
	FreeDays     *bool      `toml:"free_days"`
	Quiet        []string   `toml:"quiet"`    // "12-24..01-01", "2026-08-10"
	Channels     []string   `toml:"channels"` // "telegram", "email" and "sms", the first first
}

type stepFile struct {
	After int    `toml:"after"`
	Tone  string `toml:"tone"`
	Kind  string `toml:"kind"` // "message", "sms", "call" or "letter"; default: a message
}

// habitFile is a policy for customers who pay in some way.
type habitFile struct {
	BrokenPromises int    `toml:"broken_promises"`
	LateFrom       *int   `toml:"late_from"`
	LateTo         *int   `toml:"late_to"`
	Policy         string `toml:"policy"`
}

// The most that a policy may say: beyond it a setting is a slip of the pen.
const (
	policyBefore = 60  // days before a due date
	policyAfter  = 730 // and after it
	policySteps  = 12
	policyCap    = 60 // contacts in a month, days between two
)

var (
	policyName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}_-]{0,31}$`)
	quietDay   = regexp.MustCompile(`^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`)
)

// policies are those of the configuration, beside the presets. It tells every mistake to bad.
func (c *Config) policies(bad func(setting, format string, args ...any)) *reminders.Policies {
	f, p := &c.Reminders, reminders.Default()
	f.policyHours(p, bad)
	f.preflight(p, bad)
	c.courtesies(p, bad)
	for i := range f.Policies {
		x := &f.Policies[i]
		setting := fmt.Sprintf("reminders.policies %q", x.Name)
		if slices.ContainsFunc(f.Policies[:i], func(y policyFile) bool { return strings.EqualFold(x.Name, y.Name) }) {
			bad(setting, "this name stands there twice: give one of them another")
		}
		x.into(p, func(format string, args ...any) { bad(setting, format, args...) })
	}
	for i, h := range f.Habits {
		setting := fmt.Sprintf("reminders.habits, number %d", i+1)
		switch {
		case p.Named[h.Policy] == nil:
			bad(setting, "there is no policy %q; there are %s", h.Policy, policyNames(p))
		case h.BrokenPromises < 1 && h.LateFrom == nil && h.LateTo == nil:
			bad(setting, "say of whom: broken_promises = 2, late_from = 10 or late_to = 1")
		case h.LateFrom != nil && h.LateTo != nil && *h.LateFrom > *h.LateTo:
			bad(setting, "nobody pays from %d to %d days late: late_from is the smaller one", *h.LateFrom, *h.LateTo)
		}
		p.Habits = append(p.Habits, reminders.Habit{Broken: h.BrokenPromises, LateFrom: h.LateFrom, LateTo: h.LateTo, Policy: h.Policy})
	}
	f.ownTexts(p, bad)
	for _, s := range f.Consumers {
		p.Consumers = append(p.Consumers, strings.ToLower(s))
	}
	if f.Policy != "" {
		p.Company = f.Policy
	}
	if p.Named[p.Company] == nil {
		bad("reminders.policy", "there is no policy %q; there are %s", p.Company, policyNames(p))
		p.Company = reminders.Standard().Name
	}
	return p
}

// policyHours takes the time at which contacts are made, and the hour from which on none is.
func (f *remindersFile) policyHours(p *reminders.Policies, bad func(setting, format string, args ...any)) {
	if f.Until != 0 {
		p.Hours.Until = f.Until
	}
	if f.At != "" {
		at, err := time.Parse("15:04", f.At)
		if err != nil {
			bad("reminders.at", "%q is not a time of day like \"10:00\"", f.At)
			return
		}
		schedule, err := cron.ParseStandard(fmt.Sprintf("%d %d * * *", at.Minute(), at.Hour()))
		if err != nil {
			bad("reminders.at", "%q: %v", f.At, err)
			return
		}
		p.Schedule, p.Hours.From = schedule, at.Hour()
	}
	if p.Hours.Until <= p.Hours.From || p.Hours.Until > 24 {
		bad("reminders.until", "%d is no hour after that of reminders.at, like 18", p.Hours.Until)
	}
}

// into adds f to the policies.
func (f *policyFile) into(p *reminders.Policies, bad func(format string, args ...any)) {
	base := f.BasedOn
	if base == "" {
		base = reminders.Standard().Name
	}
	if !policyName.MatchString(f.Name) {
		bad("a policy's name is one word of letters and digits, like \"mild\"")
		return
	}
	if strings.EqualFold(f.Name, "none") {
		bad("none is what takes a policy from a customer again: give this one another name")
		return
	}
	from := p.Named[base]
	if from == nil {
		bad("it is based on %q, which is not there; there are %s", base, policyNames(p))
		return
	}
	x := *from
	x.Name = f.Name
	f.words(&x, bad)
	f.ways(&x, bad)
	f.limits(&x, bad)
	p.Named[x.Name] = &x
	for _, s := range f.Segments {
		s = strings.ToLower(s)
		if other := p.Segments[s]; other != "" {
			bad("customers of segment %q have the policy %q already", s, other)
		}
		p.Segments[s] = x.Name
	}
}

// words reads when what is said.
func (f *policyFile) words(x *reminders.Policy, bad func(format string, args ...any)) {
	if f.Before != nil {
		x.Before = slices.Clone(*f.Before)
		slices.Sort(x.Before)
		slices.Reverse(x.Before)
		x.Before = slices.Compact(x.Before)
		if len(x.Before) > 0 && (x.Before[0] > policyBefore || x.Before[len(x.Before)-1] < 0) {
			bad("before: days before the due date are 0 to %d", policyBefore)
		}
	}
	if f.Steps == nil {
		return
	}
	x.Steps = nil
	for i, s := range f.Steps {
		kind := reminders.Kind(cmp.Or(s.Kind, string(reminders.Message)))
		tone := reminders.Tone(cmp.Or(s.Tone, usualTones[kind]))
		switch {
		case !slices.Contains(reminders.Kinds(), kind):
			bad("step %d: %q is none of the kinds message, sms, call and letter", i+1, s.Kind)
		case s.After < 1 || s.After > policyAfter:
			bad("step %d: after is 1 to %d days", i+1, policyAfter)
		case i > 0 && s.After <= f.Steps[i-1].After:
			bad("step %d comes after %d days, and the one before it after %d: write them in order", i+1, s.After, f.Steps[i-1].After)
		case !slices.Contains(reminders.Tones(), tone):
			bad("step %d: %q is none of the tones friendly, plain, firm and final", i+1, s.Tone)
		}
		x.Steps = append(x.Steps, reminders.Step{After: s.After, Tone: tone, Kind: kind})
	}
	if len(x.Steps) > policySteps {
		bad("%d steps are too many; %d at most", len(x.Steps), policySteps)
	}
}

// usualTones are those of steps that are no messages, where none is set.
var usualTones = map[reminders.Kind]string{reminders.SMS: string(reminders.Plain), reminders.Call: string(reminders.Plain), reminders.Letter: string(reminders.Final)}

// ways reads by which channels messages go.
func (f *policyFile) ways(x *reminders.Policy, bad func(format string, args ...any)) {
	if f.Channels == nil {
		return
	}
	x.Channels = nil
	for _, name := range f.Channels {
		channel := wayNames[name]
		if channel == "" || slices.Contains(x.Channels, channel) {
			bad("channels: %q is none of telegram, email and sms, or stands there twice", name)
			continue
		}
		x.Channels = append(x.Channels, channel)
	}
}

// wayNames are what the channels of a policy are called.
var wayNames = map[string]string{"telegram": ledger.ChannelTelegram, "email": ledger.ChannelMail, "mail": ledger.ChannelMail, "sms": ledger.ChannelSMS}

// limits reads what keeps contacts back.
func (f *policyFile) limits(x *reminders.Policy, bad func(format string, args ...any)) {
	number := func(name string, from *int, least int, to *int) {
		if from == nil {
			return
		}
		if *to = *from; *from < least || *from > policyCap {
			bad("%s is %d to %d", name, least, policyCap)
		}
	}
	number("interval_days", f.IntervalDays, 1, &x.Interval)
	number("week", f.Week, 0, &x.Week)
	number("month", f.Month, 0, &x.Month)
	if f.FreeDays != nil {
		x.FreeDays = *f.FreeDays
	}
	if f.Minimum != nil {
		x.Minimum = map[ledger.Currency]int64{}
	}
	for _, text := range f.Minimum {
		number, code, _ := strings.Cut(text, " ")
		cur := ledger.Currency(strings.ToUpper(code))
		d, err := decimal.NewFromString(number)
		minor := d.Shift(int32(cur.Exponent()))
		if err != nil || !cur.Valid() || minor.IsNegative() || !minor.IsInteger() || !minor.BigInt().IsInt64() {
			bad("minimum: %q is not a sum like \"20 EUR\"", text)
			continue
		}
		x.Minimum[cur] = minor.IntPart()
	}
	if f.Quiet != nil {
		x.Quiet = nil
	}
	for _, text := range f.Quiet {
		from, to, several := strings.Cut(text, "..")
		if !several {
			to = from
		}
		if !isQuietDay(from) || !isQuietDay(to) || len(from) != len(to) || len(from) > len("01-02") && from > to {
			bad("quiet: %q is no days like \"12-24..01-01\" of every year, or \"2026-08-10..2026-08-21\"", text)
			continue
		}
		if len(from) == len("01-02") && quietDays(from, to) >= 365 {
			bad("quiet: %q is the whole year: nobody would be reminded on any day", text)
			continue
		}
		x.Quiet = append(x.Quiet, reminders.Quiet{From: from, To: to})
	}
}

// isQuietDay reports whether s is a day that there is: of some year, where it names none.
func isQuietDay(s string) bool {
	if len(s) == len("01-02") {
		s = "2028-" + s // which has a 29th of February
	}
	_, err := time.Parse(time.DateOnly, s)
	return quietDay.MatchString(s) && err == nil
}

// quietDays counts the days from one of a year to another, which may lie in the next.
func quietDays(from, to string) int {
	a, _ := time.Parse(time.DateOnly, "2028-"+from)
	b, _ := time.Parse(time.DateOnly, "2028-"+to)
	if b.Before(a) {
		b = b.AddDate(0, 0, 366)
	}
	return int(b.Sub(a)/(24*time.Hour)) + 1
}

// policyNames lists the policies.
func policyNames(p *reminders.Policies) string {
	var names []string
	for name := range p.Named {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// reminding is what commands ask of the rules of reminders.
func (b *Bot) reminding() commands.Reminding {
	p := b.rules.Policy
	return commands.Reminding{
		Now: func(v *ledger.View, c *ledger.Customer) commands.PlannedWord {
			on := ledger.DateOf(v.Now, c.Zone)
			w := planned(p, c, reminders.Planned{On: on, Decision: p.Decide(v, c, on)})
			if w.Policy == "" {
				policy, source := p.Of(v, c, nil)
				w.Policy, w.Source = policy.Name, string(source)
			}
			return w
		},
		Ahead: func(v *ledger.View, c *ledger.Customer, through ledger.Date) (out []commands.PlannedWord) {
			for _, x := range p.Ahead(v, c, through) {
				out = append(out, planned(p, c, x))
			}
			return out
		},
		Policies: func() (out []commands.PolicyWords) { return policyWords(p) },
		Texts:    b.reminderTexts,
		Silenced: p.Silenced,
		Statement: func(v *ledger.View, c *ledger.Customer) commands.StatementWord {
			d := p.Statement(v, c, ledger.DateOf(v.Now, c.Zone))
			return commands.StatementWord{Every: d.Every, Period: d.Period, Why: string(d.Why), Until: d.Until}
		},
		Wording:   b.message,
		Preflight: b.preflight(),
	}
}

// planned is a contact as commands show it.
func planned(p *reminders.Policies, c *ledger.Customer, x reminders.Planned) commands.PlannedWord {
	return plannedAt(x, p.HourOf(c, x.On))
}

// plannedAt is a contact whose hour is known.
func plannedAt(x reminders.Planned, at time.Time) commands.PlannedWord {
	w := commands.PlannedWord{On: x.On, Invoice: x.Contact.Invoice, Step: x.Contact.Step, Part: x.Contact.Part, Why: string(x.Why), Until: x.Until,
		At: at, Also: x.Contact.Besides()}
	if policy := x.Contact.Policy; policy != nil {
		w.Policy, w.Source, w.Steps = policy.Name, string(x.Contact.Source), len(policy.Steps)
		if w.Step > 0 {
			w.Tone, w.Kind = string(policy.Steps[w.Step-1].Tone), string(policy.Steps[w.Step-1].Kind)
		}
	}
	return w
}

// policyWords are the policies as commands show them, by name.
func policyWords(p *reminders.Policies) (out []commands.PolicyWords) {
	for _, x := range p.Named {
		w := commands.PolicyWords{Name: x.Name, Company: x.Name == p.Company, Before: x.Before, Interval: x.Interval, Week: x.Week}
		for _, step := range x.Steps {
			w.After = append(w.After, step.After)
		}
		for segment, name := range p.Segments {
			if name == x.Name {
				w.Segments = append(w.Segments, segment)
			}
		}
		slices.Sort(w.Segments)
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b commands.PolicyWords) int { return strings.Compare(a.Name, b.Name) })
	return out
}
