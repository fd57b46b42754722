package demo

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"time"

	"duebot/ledger"
)

// How large the demo is. Window is the last three weeks, which run through the bot.
const (
	invoicesTotal  = 1500
	invoicesWindow = 28
	singlesWindow  = 6 // at least, beside the monthly invoices
	paymentsWindow = 26
	openTarget     = 100
	lyingLeast     = 24 // invoices that nobody pays, at least
	lyingOfOne     = 5  // of one customer, at most
)

// The plan's days, counted from the cut: history before it is booked at once, what comes
// after it goes through the bot. On the day of the cut itself nothing happens.
const (
	historyDays = 710
	windowDays  = 20
)

// Window is how long before now Fill is to end and the events of Recent begin.
const Window = 21 * 24 * time.Hour

// A bill is an invoice of the plan, with all that will become of it.
type bill struct {
	client *client
	number string           // as the books will give it
	id     ledger.InvoiceID // once it is booked
	at     time.Time        // issued
	date   ledger.Date
	due    ledger.Date
	lines  []ledger.Line

	paid   time.Time // zero: open to the end
	byLink bool      // paid by our link, else by bank
	more   int64     // minor units paid too much
	twice  time.Time // zero: not paid a second time
	part   int       // percent paid at partAt, before the rest
	partAt time.Time

	dispute *quarrel
	promise *word
	refund  *refund
}

// quarrel is a dispute of the plan.
type quarrel struct {
	reason  ledger.Reason
	opened  time.Time
	answer  time.Time // zero: nobody answered yet
	ended   time.Time // zero: open
	outcome ledger.Outcome
	share   int // percent credited
}

// word is a promise of the plan.
type word struct {
	made time.Time
	by   ledger.Date
}

// refund is a credit note of the plan that no dispute led to.
type refund struct {
	at     time.Time
	share  int // percent
	reason string
}

// plan is the two years and the three weeks after, decided before anything is booked. It
// follows from the day of the cut alone.
type plan struct {
	zone             *time.Location
	first, cut, last ledger.Date
	clients          []*client
	bills            []*bill // in order of issue
	rates            []ledger.Rate
	rng              *rand.Rand
}

// seed makes every demo the same company.
const seed = 20190411

func newPlan(cut ledger.Date) (*plan, error) {
	zone, err := time.LoadLocation(berlin)
	if err != nil {
		return nil, fmt.Errorf("zone of the demo company: %w", err)
	}
	p := &plan{zone: zone, first: cut.AddDays(-historyDays), cut: cut, last: cut.AddDays(windowDays),
		clients: clients(), rng: rand.New(rand.NewPCG(seed, 0))}
	p.acmeBills()
	p.monthlyBills()
	p.singleBills()
	p.giveNumbers()
	p.payBills()
	p.thinWindow()
	p.leaveOpen()
	p.oldStories()
	p.newStories()
	return p, nil
}

// between is a minute of day between two hours.
func (p *plan) between(day ledger.Date, from, to int) time.Time {
	return day.At(from, 5+p.rng.IntN(60*(to-from)-10), p.zone)
}

// issueDay is the working day for an invoice of day: the next one, on the same side of the
// cut and of the end.
func (p *plan) issueDay(day ledger.Date) ledger.Date {
	limit := p.last
	if day <= p.cut {
		limit = p.cut.AddDays(-1)
	}
	d := min(day, limit)
	for !workday(d) && d < limit {
		d++
	}
	for !workday(d) {
		d--
	}
	return d
}

// bankDay is the next day on which the bank books.
func (p *plan) bankDay(day ledger.Date) ledger.Date {
	for !workday(day) || day == p.cut {
		day++
	}
	return day
}

// span is the days on which c is a customer.
func (p *plan) span(c *client) (from, to ledger.Date) {
	from, to = p.first.AddDays(2+c.joined*historyDays/100), p.last
	if c.left > 0 {
		to = p.first.AddDays(c.left * historyDays / 100)
	}
	return from, to
}

func (p *plan) add(c *client, day ledger.Date, lines []ledger.Line) {
	p.bills = append(p.bills, &bill{client: c, date: day, due: day.AddDays(c.netDays), at: p.between(day, 9, 18), lines: lines})
}

// acmeBills gives acme a modest history that is over: the newcomer's first invoice is to be
// the only open one.
func (p *plan) acmeBills() {
	acme := p.clients[0]
	for back := historyDays - 30; back > 50; back -= 88 {
		day := p.issueDay(p.cut.AddDays(-back))
		p.add(acme, day, []ledger.Line{acme.line(byHour()[2], day, quarters(p.rng, 4, 12), nice(acme.rate, 1)),
			acme.line(hosting, day, one, nice(29, 1))})
	}
}

// monthlyBills gives everybody with a contract an invoice a month.
func (p *plan) monthlyBills() {
	for _, c := range p.clients {
		if c.fee == 0 && c.host == 0 {
			continue
		}
		from, to := p.span(c)
		year, month, _ := from.Parts()
		for k := 0; ; k++ {
			day := ledger.NewDate(year, month+time.Month(k), c.day)
			if day > to {
				break
			}
			if day >= from && day != p.cut {
				p.add(c, p.issueDay(day), c.monthly(day, day > from.AddDays(400)))
			}
		}
	}
}

// singleBills fills up with projects, hours and pieces of work, so that there are exactly
// as many invoices as the demo promises.
func (p *plan) singleBills() {
	window, heard := 0, map[*client]bool{}
	for _, b := range p.bills {
		if b.date > p.cut {
			window++
			heard[b.client] = true
		}
	}
	before := len(p.bills) - window
	total := max(invoicesWindow, window+singlesWindow)
	for n := total - window; n > 0; n-- {
		day := p.issueDay(p.cut.AddDays(1 + p.rng.IntN(windowDays)))
		c := p.pick(day, heard)
		heard[c] = true // whoever opens the demo finds something in most chats
		p.add(c, day, p.oneOff(c, day))
	}
	for n := invoicesTotal - total - before; n > 0; {
		day := p.issueDay(p.first.AddDays(3 + p.rng.IntN(historyDays-4)))
		c := p.pick(day, nil)
		if p.rng.IntN(8) == 0 {
			n -= p.project(c, day, n)
			continue
		}
		p.add(c, day, p.oneOff(c, day))
		n--
	}
}

// oneOff is an invoice by the hour or of a fixed price.
func (p *plan) oneOff(c *client, day ledger.Date) []ledger.Line {
	if p.rng.IntN(2) == 0 {
		return c.hours(p.rng, day.AddDays(-10)) // the month before, in its first days
	}
	return c.single(p.rng, day)
}

// project adds up to most milestones from day on, and returns how many.
func (p *plan) project(c *client, day ledger.Date, most int) int {
	all := projects()
	what, parts := all[p.rng.IntN(len(all))], 2+p.rng.IntN(3)
	from, to := 14, 40
	if c.weight >= 5 {
		from, to = 40, 120
	}
	_, end := p.span(c)
	for i := 1; i <= parts; i++ {
		if i > most || day >= p.cut || day > end {
			return i - 1
		}
		p.add(c, day, c.milestone(what, i, parts, from+p.rng.IntN(to-from)))
		day = p.issueDay(day.AddDays(18 + p.rng.IntN(18)))
		if day <= p.bills[len(p.bills)-1].date {
			return i
		}
	}
	return parts
}

// pick draws a customer of that day by weight, leaving some out.
func (p *plan) pick(day ledger.Date, but map[*client]bool) *client {
	sum := 0
	for _, c := range p.clients {
		if !but[c] {
			sum += p.weight(c, day)
		}
	}
	n := p.rng.IntN(sum)
	for _, c := range p.clients {
		if but[c] {
			continue
		}
		if n -= p.weight(c, day); n < 0 {
			return c
		}
	}
	panic("demo: nobody to pick") // IntN is below the sum
}

func (p *plan) weight(c *client, day ledger.Date) int {
	if from, to := p.span(c); day < from || day > to {
		return 0
	}
	return c.weight
}

// giveNumbers orders the invoices, and tells the number that each will get.
func (p *plan) giveNumbers() {
	sort.SliceStable(p.bills, func(i, j int) bool { return p.bills[i].at.Before(p.bills[j].at) })
	count := map[int]uint32{}
	for _, b := range p.bills {
		year := b.date.Year()
		count[year]++
		b.number = ledger.Number{Prefix: Company().Invoices, Year: year, N: count[year]}.String()
	}
}

// payBills lets everybody pay as is his habit. What would be paid after the end is open.
func (p *plan) payBills() {
	for _, b := range p.bills {
		h := b.client.habit
		delay := h.mean - h.spread + p.rng.IntN(h.spread+1) + p.rng.IntN(h.spread+1)
		b.byLink = p.rng.IntN(100) < b.client.byLink
		p.payOn(b, max(b.date+1, b.due.AddDays(delay)))
	}
}

// payOn has b paid on day, or the next on which it can be.
func (p *plan) payOn(b *bill, day ledger.Date) {
	from, to := 9, 12
	if b.byLink {
		from, to = 8, 22
	}
	if !b.byLink || day == p.cut {
		day = p.bankDay(day)
	}
	b.paid = time.Time{}
	if day <= p.last {
		b.paid = p.between(day, from, to)
	}
}

func (p *plan) day(t time.Time) ledger.Date { return ledger.DateOf(t, p.zone) }

// isOpen reports whether nobody pays b before the end.
func (b *bill) isOpen() bool { return b.paid.IsZero() }

// thinWindow keeps the three weeks short: some of what would be paid in them was paid
// before.
func (p *plan) thinWindow() {
	var late []*bill
	for _, b := range p.bills {
		if !b.isOpen() && p.day(b.paid) > p.cut && b.date < p.cut.AddDays(-4) {
			late = append(late, b)
		}
	}
	p.shuffle(late)
	for i := paymentsWindow; i < len(late); i++ {
		b := late[i]
		if day := p.issueDay(p.day(b.paid).AddDays(-windowDays - 1)); day > b.date {
			b.byLink = false
			p.payOn(b, day)
		}
	}
}

func (p *plan) shuffle(list []*bill) {
	p.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// age is how many days b is overdue when the demo is opened.
func (p *plan) age(b *bill) int { return ledger.DaysOverdue(b.due, p.last.AddDays(1)) }

// leaveOpen picks the debts that nobody pays, so many for each bucket of the aging report,
// from those who are late by habit.
func (p *plan) leaveOpen() {
	open := 0
	var lax, rest []*bill
	for _, b := range p.bills {
		switch {
		case b.isOpen():
			open++
		case b.client.handle == "acme" || b.date > p.cut:
		case b.client.habit.lax():
			lax = append(lax, b)
		case b.client.habit == slow:
			rest = append(rest, b)
		}
	}
	p.shuffle(lax)
	p.shuffle(rest)
	need, lying := max(openTarget-open, lyingLeast), map[*client]int{}
	for _, bucket := range []struct{ from, to, percent int }{{2, 30, 20}, {31, 60, 29}, {61, 90, 21}, {91, 120, 15}, {121, 210, 15}} {
		left := (need*bucket.percent + 99) / 100
		for _, b := range append(lax[:len(lax):len(lax)], rest...) {
			if age := p.age(b); left == 0 || age < bucket.from || age > bucket.to || lying[b.client] == lyingOfOne {
				continue
			}
			b.paid = time.Time{}
			lying[b.client]++
			left--
		}
	}
}
