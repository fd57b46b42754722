package demo

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// Rates returns the exchange rates of all days from first to last, to the company's currency.
type Rates func(first, last ledger.Date) ([]ledger.Rate, error)

// ratesBefore is how many days before the first one rates are known of.
const ratesBefore = 7

// ratesAll is for how many days before the cut the rates of all currencies are booked, and
// not of the customers' alone.
const ratesAll = 14

// act is one thing that somebody did in the two years.
type act struct {
	at  time.Time
	run func(tx *ledger.Tx) error
}

// actsAtOnce is how many are booked by one commit: a commit costs two syncs of the disk.
const actsAtOnce = 400

// errNotNew is returned for books in which something happened already.
var errNotNew = errors.New("the demo company needs new books")

// Fill books two years of history up to until (business time) into books that hold
// nothing yet: the company, its customers and their chats, invoices, payments, disputes,
// promises and the reminders that were sent, and each day's exchange rates, which rates
// gives. Every fact is recorded at its own moment; set moves the books' clock, forward only,
// and stands at until in the end. No notice is left waiting.
func Fill(ctx context.Context, books *ledger.Books, until time.Time, rates Rates, set func(time.Time)) error {
	p, err := planUntil(until)
	if err != nil {
		return err
	}
	if p.rates, err = rates(p.first.AddDays(-ratesBefore), p.cut); err != nil {
		return fmt.Errorf("rates of the demo company: %w", err)
	}
	err = books.View(func(v *ledger.View) error {
		if v.Head().Seq > 0 {
			return errNotNew
		}
		return nil
	})
	if err != nil {
		return err
	}
	acts := p.history(until)
	for n := 0; n < len(acts); n += actsAtOnce {
		some := acts[n:min(n+actsAtOnce, len(acts))]
		set(some[0].at)
		if err := book(ctx, books, some, "demo:history:"+strconv.Itoa(n)); err != nil {
			return fmt.Errorf("demo company: %w", err)
		}
	}
	set(until)
	return nil
}

// planUntil makes the plan whose history ends at until.
func planUntil(until time.Time) (*plan, error) {
	zone, err := time.LoadLocation(berlin)
	if err != nil {
		return nil, fmt.Errorf("zone of the demo company: %w", err)
	}
	return newPlan(ledger.DateOf(until, zone))
}

// book commits acts together, each at its own time.
func book(ctx context.Context, books *ledger.Books, acts []act, key string) error {
	_, err := books.Update(ctx, ledger.Command{Key: key, By: "demo", Input: key, Run: func(tx *ledger.Tx) ([]byte, error) {
		for _, a := range acts {
			tx.Now = a.at.UTC() // later than the fact before, as acts are in order
			if err := a.run(tx); err != nil {
				return nil, fmt.Errorf("%s: %w", a.at.Format(time.DateTime), err)
			}
		}
		return nil, nil
	}})
	return err
}

// history lists all acts up to until, in order.
func (p *plan) history(until time.Time) []act {
	opening := p.first.At(8, 0, p.zone)
	acts := []act{{opening, func(tx *ledger.Tx) error { return tx.SetCompany(Company()) }}}
	acts = append(acts, p.rateActs(opening)...)
	acts = append(acts, p.interestActs(opening)...)
	for i, c := range p.clients {
		acts = append(acts, p.arrival(c, i)...)
	}
	for _, b := range p.bills {
		if p.day(b.at) < p.cut {
			acts = append(acts, p.course(b)...)
		}
	}
	acts = append(acts, p.contacts(until)...)
	acts = append(acts, p.calls()...)
	sort.SliceStable(acts, func(i, j int) bool { return acts[i].at.Before(acts[j].at) })
	for n := len(acts); n > 0; n-- {
		if !acts[n-1].at.After(until) {
			return acts[:n]
		}
	}
	return nil
}

// rateActs book the rates of each day once the ECB has published them; those of the days
// before there was a company, with its opening.
func (p *plan) rateActs(opening time.Time) (acts []act) {
	needed := map[ledger.Currency]bool{}
	for _, c := range p.clients {
		needed[c.currency] = true
	}
	byDay := map[ledger.Date][]ledger.Rate{}
	for _, r := range p.rates {
		if !needed[r.Currency] && r.Date < p.cut.AddDays(-ratesAll) {
			continue
		}
		day := max(r.Date, p.first-1)
		byDay[day] = append(byDay[day], r)
	}
	for day, rates := range byDay {
		at := day.At(16, 15, p.zone)
		if day < p.first {
			at = opening.Add(time.Minute)
		}
		acts = append(acts, act{at, func(tx *ledger.Tx) error {
			_, err := tx.SetRates("ECB", rates)
			return err
		}})
	}
	sort.Slice(acts, func(i, j int) bool { return acts[i].at.Before(acts[j].at) })
	return acts
}

// interestRates are the ECB's rates of its main refinancing operations, from the day on which
// each came into force: statutory interest follows them.
var interestRates = []struct{ day, percent string }{
	{"2023-09-20", "4.50"}, {"2024-06-12", "4.25"}, {"2024-09-18", "3.65"}, {"2024-10-23", "3.40"}, {"2024-12-18", "3.15"},
	{"2025-02-05", "2.90"}, {"2025-03-12", "2.65"}, {"2025-04-23", "2.40"}, {"2025-06-11", "2.15"},
}

// interestActs enter the reference rates of interest when they come into force; those of the
// days before, with the opening.
func (p *plan) interestActs(opening time.Time) (acts []act) {
	for _, r := range interestRates {
		acts = append(acts, act{opening.Add(2 * time.Minute), func(tx *ledger.Tx) error {
			day, err := ledger.ParseDate(r.day)
			if err != nil {
				return err
			}
			percent, err := decimal.NewFromString(r.percent)
			if err != nil {
				return err
			}
			return tx.SetInterestRate("eu", ledger.InterestRate{Date: day, Percent: percent})
		}})
		if day, err := ledger.ParseDate(r.day); err == nil && day >= p.first {
			acts[len(acts)-1].at = day.At(9, 5, p.zone)
		}
	}
	sort.SliceStable(acts, func(i, j int) bool { return acts[i].at.Before(acts[j].at) })
	return acts
}

// arrival books customer number i, and the next day the chat that he links.
func (p *plan) arrival(c *client, i int) []act {
	from, _ := p.span(c)
	came := from.AddDays(-1).At(8, 30+i%20, p.zone)
	acts := []act{{came, func(tx *ledger.Tx) error {
		cust, err := tx.AddCustomer(ledger.NewCustomer{Handle: c.handle, Name: c.name, Currency: c.currency, Language: c.lang,
			ZoneName: c.zone, Terms: &ledger.Terms{Days: c.netDays}, Owner: c.owner})
		if err == nil {
			c.id = cust.ID
		}
		if err == nil {
			_, err = tx.SetParty(cust, parties()[c.handle])
		}
		if err == nil {
			_, err = tx.SetPhone(cust, c.phone(i))
		}
		if err == nil && c.mail != "" {
			_, err = tx.SetMails(cust, []string{c.mail})
		}
		return err
	}}}
	if c.chat.ID == 0 {
		return acts
	}
	return append(acts, act{came.Add(26 * time.Hour), func(tx *ledger.Tx) error {
		token, _, err := tx.Invite(tx.Customer(c.id))
		if err != nil {
			return err
		}
		_, err = tx.Link(token, c.chat.address(), c.chat.FirstName+" "+c.chat.LastName, c.lang)
		return err
	}})
}

// address is how the books name the chat.
func (c Chat) address() string { return "telegram:" + strconv.FormatInt(c.ID, 10) }

// course lists what became of a bill before the cut.
func (p *plan) course(b *bill) []act {
	acts := []act{{b.at, b.issue}}
	add := func(at time.Time, run func(tx *ledger.Tx) error) {
		if p.beforeCut(at) {
			acts = append(acts, act{at, run})
		}
	}
	add(b.partAt, func(tx *ledger.Tx) error { return b.receive(tx, share(tx.Invoice(b.id).TotalMoney(), b.part)) })
	add(b.paid, func(tx *ledger.Tx) error {
		rest := tx.Invoice(b.id).OpenMoney()
		rest.Minor += b.more
		return b.receive(tx, rest)
	})
	add(b.twice, func(tx *ledger.Tx) error { return b.receive(tx, tx.Invoice(b.id).TotalMoney()) })
	if b.promise != nil {
		add(b.promise.made, func(tx *ledger.Tx) error { return tx.Promise(tx.Invoice(b.id), b.promise.by) })
	}
	if b.refund != nil {
		add(b.refund.at, func(tx *ledger.Tx) error {
			inv := tx.Invoice(b.id)
			_, err := tx.Credit(inv, share(inv.TotalMoney(), b.refund.share), b.refund.reason)
			return err
		})
	}
	if b.dispute != nil {
		add(b.dispute.opened, b.complain)
		add(b.dispute.answer, func(tx *ledger.Tx) error {
			_, err := tx.Say(tx.Dispute(tx.Invoice(b.id).Dispute), true, "slack:"+sofia, answers()[b.dispute.reason])
			return err
		})
		add(b.dispute.ended, b.settle)
	}
	return acts
}

// issue books b, which must get the number that was planned.
func (b *bill) issue(tx *ledger.Tx) error {
	cust, err := tx.CustomerNamed(b.client.handle)
	if err != nil {
		return err
	}
	inv, err := tx.Issue(ledger.Draft{Customer: cust.ID, Date: b.date, Due: b.due, Currency: b.client.currency, Lines: b.lines})
	if err != nil {
		return err
	}
	b.id = inv.ID
	if got := inv.Number.String(); got != b.number {
		return fmt.Errorf("invoice %s was planned as %s", got, b.number)
	}
	return nil
}

// share is percent of m, in whole major units unless it is all of it.
func share(m ledger.Money, percent int) ledger.Money {
	if percent < 100 {
		m.Minor = max(m.Minor*int64(percent)/10000*100, 100)
	}
	return m
}

// receive books money for b.
func (b *bill) receive(tx *ledger.Tx, amount ledger.Money) error {
	n := ledger.NewPayment{Customer: tx.Invoice(b.id).Customer, Invoice: b.id, Date: tx.Today(), Amount: amount, Method: "bank", Reference: b.reference()}
	if b.byLink {
		n.Method, n.Reference = "stripe", b.session()
	}
	_, _, err := tx.Receive(n)
	return err
}

// session is the provider's reference of a payment by link.
func (b *bill) session() string { return "pi_demo_" + b.number }

func (b *bill) complain(tx *ledger.Tx) error {
	d, err := tx.OpenDispute(tx.Invoice(b.id), b.dispute.reason, ledger.Money{}, b.client.chat.address())
	if err != nil {
		return err
	}
	_, err = tx.Say(d, false, d.Chat, b.complaint())
	return err
}

// complaint is what the customer writes, in the language that he speaks.
func (b *bill) complaint() string { return complaints()[b.dispute.reason].in(b.client.lang) }

func (b *bill) settle(tx *ledger.Tx) error {
	inv := tx.Invoice(b.id)
	d, note := tx.Dispute(inv.Dispute), ledger.CreditNoteID(0)
	words := closings()[b.dispute.outcome]
	if b.dispute.outcome == ledger.Credited {
		n, err := tx.Credit(inv, share(inv.TotalMoney(), b.dispute.share), words)
		if err != nil {
			return err
		}
		note = n.ID
	}
	_, err := tx.Resolve(d, b.dispute.outcome, note, words)
	return err
}
