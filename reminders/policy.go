package reminders

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/robfig/cron/v3"

	"duebot/ledger"
)

// Tone is how a reminder speaks.
type Tone string

// The tones, the mildest first.
const (
	Friendly Tone = "friendly"
	Plain    Tone = "plain"
	Firm     Tone = "firm"
	Final    Tone = "final"
)

// Tones are all of them, the mildest first.
func Tones() []Tone { return []Tone{Friendly, Plain, Firm, Final} }

// Kind is what a step of a policy does.
type Kind string

// The kinds of steps.
const (
	Message Kind = "message" // a word to the customer, by the channel that reaches him
	SMS     Kind = "sms"     // a short one to his telephone, or what reaches him where that does not
	Call    Kind = "call"    // a task of staff's: to call him
	Letter  Kind = "letter"  // a task of staff's: to print a letter and to post it
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{Message, SMS, Call, Letter} }

// ByStaff reports whether a step of kind k is done by a person.
func (k Kind) ByStaff() bool { return k == Call || k == Letter }

// Step is one contact of a policy.
type Step struct {
	After int  `json:"after"` // days after the due date
	Tone  Tone `json:"tone"`
	Kind  Kind `json:"kind"`
}

// Policy is when and how strongly a customer is reminded, in days from the due date.
type Policy struct {
	Name     string                    `json:"name"`
	Before   []int                     `json:"before"` // days before the due date of the nudges, falling; 0 is the due date
	Steps    []Step                    `json:"steps"`
	Interval int                       `json:"interval"`           // fewest days between two contacts
	Week     int                       `json:"week"`               // most contacts in seven days, 0: no cap
	Month    int                       `json:"month"`              // and in thirty
	Minimum  map[ledger.Currency]int64 `json:"minimum"`            // smallest overdue sum that is worth a word, in minor units
	FreeDays bool                      `json:"freedays"`           // contacts are made on weekends and public holidays too
	Quiet    []Quiet                   `json:"quiet"`              // days without contacts
	Day      ledger.Hours              `json:"day"`                // outside of which a law allows no contact, on a business day; none: it does not say
	Free     ledger.Hours              `json:"free"`               // and on other days
	Channels []string                  `json:"channels,omitempty"` // as the ledger names them, the first first; none: as it is elsewhere
}

// Quiet is a stretch of days without contacts, both ends included: of one year, or of every
// year, where From and To have none ("12-24").
type Quiet struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Has reports whether d is one of q's days.
func (q Quiet) Has(d ledger.Date) bool {
	day := d.String()
	if len(q.From) == len("01-02") {
		day = day[len("2006-"):]
	}
	if q.From <= q.To {
		return q.From <= day && day <= q.To
	}
	return day >= q.From || day <= q.To // over the end of a year
}

// horizon is how many days before a due date reminders speak of it.
func (p *Policy) horizon() int {
	if len(p.Before) == 0 {
		return 0
	}
	return p.Before[0]
}

// opens is the first day of the stretch before due in which on lies: one nudge is said in each. It
// is 0 where nothing is said yet, or no more.
func (p *Policy) opens(due, on ledger.Date) ledger.Date {
	left, first := int(due-on), ledger.Date(0)
	for _, days := range p.Before {
		if left >= 0 && left <= days {
			first = due.AddDays(-days)
		}
	}
	return first
}

// reached is how many steps an age in days has reached.
func (p *Policy) reached(age int) int {
	return sort.Search(len(p.Steps), func(i int) bool { return p.Steps[i].After > age })
}

// silenced is how many steps count as said after a pause that ended at an age in days: all
// before the one of that age. So the next word is the right one for the age, said once, and
// those before it are not replayed.
func (p *Policy) silenced(age int) int { return max(p.reached(age)-1, 0) }

// voice names the words of a step: those of its tone, or "soon" before the due date.
func (p *Policy) voice(step int) string {
	if step == 0 || len(p.Steps) == 0 {
		return Soon
	}
	return string(p.Steps[min(step, len(p.Steps))-1].Tone)
}

// Policies are those of a company.
type Policies struct {
	Company   string             // the name of the one that holds where no other does
	Named     map[string]*Policy // by name
	Segments  map[string]string  // the names of those of segments
	Consumers []string           // segments of consumers, beside those who are marked
	Habits    []Habit            // of payers, whom another one fits better

	Texts []OwnText // of the company's, in place of ours

	Schedule cron.Schedule // hours of the customer's zone at which contacts are made
	Hours    ledger.Hours  // of his day, outside of which none is, but where he chose others himself
	Campaign int           // more reminders than this in one run are a campaign
	Mail     bool          // e-mail goes out
	SMS      bool          // short messages do
	Escalate int           // days after the last step from which on a person is to see to it

	Holding   Holding   // what holds contacts back whose time has come
	Preflight Preflight // when the card of a day comes

	waits      *waiting       // read once for many customers; see At
	Statements StatementRules // of account, by themselves
	GoodPayers ThanksRules    // who are thanked
}

// Habit is how a customer pays, and the policy that fits him.
type Habit struct {
	Broken   int    `json:"broken,omitempty"`   // promises that he broke, at least; 0: does not matter
	LateFrom *int   `json:"latefrom,omitempty"` // days after the due date that he takes as a rule, at least
	LateTo   *int   `json:"lateto,omitempty"`   // and at most
	Policy   string `json:"policy"`
}

// Default is the policy that needs no setting: 3 days before, on the day, and 3, 7, 14 and
// 30 days after, at ten in the morning of the customer's zone.
func Default() *Policies {
	at, err := cron.ParseStandard("0 10 * * *")
	if err != nil {
		panic(err) // a constant
	}
	p := &Policies{Company: "standard", Named: map[string]*Policy{}, Segments: map[string]string{}, Schedule: at, Hours: ledger.Hours{From: 9, Until: 18}, Campaign: 20,
		Holding: Holding{Money: true, BankDays: 5}, Preflight: Preflight{Hour: 8, Minute: 30}}
	for _, x := range Presets() {
		p.Named[x.Name] = x
	}
	return p
}

// hours are those of c's day in which words about his debt may leave.
func (p *Policies) hours(c *ledger.Customer) ledger.Hours {
	if c.Hours.Chosen() {
		return c.Hours
	}
	return p.Hours
}

// longestQuiet is how many days in a row are looked at for one with contacts.
const longestQuiet = 366

// Standard is the policy of a company that sets none.
func Standard() *Policy {
	return &Policy{Name: "standard", Before: []int{3, 0}, Interval: 3, Week: 3, Steps: []Step{
		{3, Friendly, Message}, {7, Plain, Message}, {14, Firm, Message}, {30, Final, Message}}}
}

// Text is the policies as the books keep them: the same text for the same policies.
func (p *Policies) Text() string {
	named := make([]*Policy, 0, len(p.Named))
	for _, x := range p.Named {
		named = append(named, x)
	}
	slices.SortFunc(named, func(a, b *Policy) int { return strings.Compare(a.Name, b.Name) })
	text, err := json.Marshal(struct {
		Company   string            `json:"company"`
		Named     []*Policy         `json:"named"`
		Segments  map[string]string `json:"segments,omitempty"`
		Consumers []string          `json:"consumers,omitempty"`
		Habits    []Habit           `json:"habits,omitempty"`
		Texts     []OwnText         `json:"texts,omitempty"`
	}{p.Company, named, p.Segments, p.Consumers, p.Habits, p.Texts})
	if err != nil {
		panic(fmt.Sprintf("policies have no text: %v", err)) // they are plain values
	}
	return string(text)
}

// Of is the policy of an invoice of c: its own, c's, the one of his habits, that of his segment,
// that of his country for consumers where he is one, or the company's. Source tells which of these it is. One that is not there any more counts as
// none.
func (p *Policies) Of(v *ledger.View, c *ledger.Customer, inv *ledger.Invoice) (policy *Policy, source Source) {
	if inv != nil {
		if x := p.Named[v.PolicyOf(c, inv.ID)]; x != nil {
			return x, OfInvoice
		}
	}
	if x := p.Named[v.PolicyOf(c, 0)]; x != nil {
		return x, OfCustomer
	}
	for _, h := range p.Habits {
		if x := p.Named[h.Policy]; x != nil && h.fits(v, c) {
			return x, OfHabit
		}
	}
	if x := p.Named[p.Segments[c.Segment]]; x != nil && c.Segment != "" {
		return x, OfSegment
	}
	if x := p.ofLaw(v, c); x != nil {
		return x, OfLaw
	}
	return p.Named[p.Company], OfCompany
}

// Silenced tells how many steps of an invoice count as said at an age in days.
func (p *Policies) Silenced(v *ledger.View) func(inv *ledger.Invoice, age int) int {
	return func(inv *ledger.Invoice, age int) int {
		policy, _ := p.Of(v, v.Customer(inv.Customer), inv)
		return policy.silenced(age)
	}
}

// Source is whose policy an invoice is reminded by, in one word.
type Source string

// The sources, the strongest first.
const (
	OfInvoice  Source = "invoice"
	OfCustomer Source = "customer"
	OfHabit    Source = "habit"
	OfSegment  Source = "segment"
	OfLaw      Source = "law" // of his country, for consumers
	OfCompany  Source = "company"
)

// habitOf is how many payments tell a habit.
const habitOf = 3

// fits reports whether c pays like h.
func (h Habit) fits(v *ledger.View, c *ledger.Customer) bool {
	if c.PromisesBroken < h.Broken {
		return false
	}
	if h.LateFrom == nil && h.LateTo == nil {
		return h.Broken > 0
	}
	pays := v.PayingHabit(c)
	return pays.Of >= habitOf && (h.LateFrom == nil || pays.Days >= *h.LateFrom) && (h.LateTo == nil || pays.Days <= *h.LateTo)
}
