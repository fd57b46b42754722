// Package reminders decides whom the bot speaks to unasked, when, and about what: reminders
// to customers, and the daily digest to managers.
//
// A rule is a pure function of one customer's open invoices, of what was said of them, and
// of a date; it sends nothing and remembers nothing. What was already said stands in the
// books, so running the rules twice, or after a week offline, says each thing once.
package reminders

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"duebot/commands/card"
	"duebot/ledger"
)

// Policy is when a customer is reminded, in days from the due date.
type Policy struct {
	Before   int           // days before the due date of the first nudge, and before the last day of a discount; another comes on the due date
	Steps    []int         // days after it, rising
	Interval int           // fewest days between two contacts
	Campaign int           // more reminders than this in one run are a campaign
	Schedule cron.Schedule // hours of the customer's zone at which contacts are made
	Mail     bool          // e-mail goes out
}

// Default is the policy that needs no setting: 3 days before, on the day, and 3, 7, 14 and
// 30 days after, at ten in the morning of the customer's zone.
func Default() Policy {
	at, err := cron.ParseStandard("0 10 * * *")
	if err != nil {
		panic(err) // a constant
	}
	return Policy{Before: 3, Steps: []int{3, 7, 14, 30}, Interval: 2, Campaign: 20, Schedule: at}
}

// Rules are what the package needs to work.
type Rules struct {
	Books   *ledger.Books
	Policy  Policy
	Finance string                          // Slack channel for tasks
	Cards   func(c *ledger.Customer) string // Slack channel with the cards of his invoices
	// Buttons are those under a reminder about these invoices.
	Buttons func(v *ledger.View, invoices []*ledger.Invoice) []card.Button
	// Ratings has customers asked how satisfied they were, where Private tells that the answer to
	// it comes from one person.
	Ratings bool
	Private func(v *ledger.View, c *ledger.Customer) bool
	// Readers are who gets the digest, with the zone of each.
	Readers func() []Reader
}

// Contact is what is to be said to a customer.
type Contact struct {
	Invoice *ledger.Invoice // the one that carries it: the oldest due
	Step    int             // of the policy, from 1; 0 is a nudge before it is overdue
	Part    string          // of a plan: which part it is about, "PL-2.1"; else ""
}

// Reasons why there is no contact.
const (
	OnItsWay    = "on its way"    // an earlier one is not settled yet
	TooSoon     = "too soon"      // the last contact was within the interval
	NothingDue  = "nothing due"   // no step has come
	NobodyThere = "nobody linked" // a step has come, and there is no way to say it
)

// Next is the contact that c is due on a day of his, or why there is none.
func Next(v *ledger.View, c *ledger.Customer, on ledger.Date, p Policy) (Contact, string) {
	if c.Reminder != 0 {
		return Contact{}, OnItsWay
	}
	contact, due := p.step(Subjects(v, c, on), on, told(c))
	if !due {
		var part planPart
		if part, due = p.nudgePart(planParts(v, c), on, told(c)); due {
			contact = Contact{Invoice: part.carrier, Part: part.code()}
		}
	}
	switch {
	case !due:
		return Contact{}, NothingDue
	case c.LastContact != 0 && int(on-c.LastContact) < p.Interval:
		return Contact{}, TooSoon
	case !v.Reaches(c, p.Mail, true):
		return contact, NobodyThere
	}
	return contact, ""
}

// Subjects are the invoices that c may be reminded of: open, not disputed in full, on no
// plan, whose parts stand for them, and without a promise that is still to be judged. Oldest
// due first, an invoice in instalments by the oldest of them; ties by the larger sum, then by
// number.
func Subjects(v *ledger.View, c *ledger.Customer, on ledger.Date) []*ledger.Invoice {
	var out []*ledger.Invoice
	for _, inv := range v.OpenInvoices(c) {
		if inv.Undisputed().Minor > 0 && inv.Plan == 0 && !v.Silent(inv, on) {
			out = append(out, inv)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.Carrying() != b.Carrying() {
			return a.Carrying() < b.Carrying()
		}
		if x, y := a.Undisputed().Minor, b.Undisputed().Minor; x != y {
			return x > y
		}
		return a.ID < b.ID
	})
	return out
}

// step finds the step that has come for these invoices. The oldest overdue one carries the
// contact; its step is the one after the last said of it, if its age has reached that. A
// nudge is about the first that is not overdue; told is when c was last told of all.
func (p Policy) step(subjects []*ledger.Invoice, on, told ledger.Date) (Contact, bool) {
	if len(subjects) == 0 {
		return Contact{}, false
	}
	first := subjects[0]
	if age := ledger.DaysOverdue(first.Carrying(), on); age > 0 {
		byAge := 0
		for _, days := range p.Steps {
			if age >= days {
				byAge++
			}
		}
		if byAge > first.Step {
			return Contact{Invoice: first, Step: first.Step + 1}, true
		}
	}
	for _, inv := range subjects {
		left := -ledger.DaysOverdue(inv.Carrying(), on)
		if left < 0 {
			continue
		}
		said := max(p.nudged(inv, subjects), told)
		if left == 0 && said < on || left > 0 && left <= p.Before && said < inv.Carrying().AddDays(-p.Before) || p.saves(inv, on) {
			return Contact{Invoice: inv}, true
		}
	}
	return Contact{}, false
}

// saves reports whether it is time to say, once, that an early payment of inv saves a
// discount: its last day is near, and nothing was said in those days.
func (p Policy) saves(inv *ledger.Invoice, on ledger.Date) bool {
	o, ok := inv.Early(on)
	return ok && on >= o.Until.AddDays(-p.Before) && inv.Nudge < o.Until.AddDays(-p.Before)
}

// nudged is the local day of the last nudge that named inv, 0 for none: its own, or one
// that another invoice carried while inv was within its horizon.
func (p Policy) nudged(inv *ledger.Invoice, subjects []*ledger.Invoice) ledger.Date {
	last := inv.Nudge
	for _, x := range subjects {
		due := inv.Carrying()
		named := x.Nudge >= inv.Date && x.Nudge >= due.AddDays(-p.Before) && x.Nudge <= due
		if named && x.Nudge > last {
			last = x.Nudge
		}
	}
	return last
}

// Run queues every contact that is due by now, each once, and returns when to be called
// again. Each zone's run of a local date is written down with what it queued, so that a
// second call, a restart or a moved clock queues nothing twice; after days without a run
// what is due goes once.
func (r *Rules) Run(ctx context.Context, now time.Time) (next time.Time, err error) {
	slots := map[slot]*time.Location{}
	var midnight time.Time
	err = r.Books.View(func(v *ledger.View) error {
		co := v.Company()
		midnight = v.Today().AddDays(1).At(0, 0, co.Zone())
		v.Customers(func(c *ledger.Customer) { slots[r.Policy.slot(c)] = c.Zone })
		return nil
	})
	if err != nil {
		return now.Add(time.Minute), err
	}
	// What is promised or agreed is judged first: a broken promise is a reason to remind.
	if err := r.judge(ctx); err != nil {
		return now.Add(time.Minute), fmt.Errorf("judging promises and plans: %w", err)
	}
	if err := r.runCards(ctx); err != nil {
		return now.Add(time.Minute), fmt.Errorf("cards of a new day: %w", err)
	}
	for s, zone := range slots {
		if err := r.runZone(ctx, s, zone, now); err != nil {
			return now.Add(time.Minute), fmt.Errorf("reminders of zone %s: %w", s.zone, err)
		}
		next = earlier(next, r.Policy.Schedule.Next(now.Add(-s.later).In(zone)).Add(s.later))
	}
	at, err := r.runDigests(ctx, now)
	return earlier(earlier(next, midnight), at), err
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// runZone queues the contacts of one zone's customers for the newest scheduled date. To those
// who chose other hours a day that is over is no day any more: they hear at the next one's.
func (r *Rules) runZone(ctx context.Context, s slot, zone *time.Location, now time.Time) error {
	on, ok := lastRun(r.Policy.Schedule, now.Add(-s.later).In(zone))
	if !ok || s.later != 0 && on < ledger.DateOf(now, zone) {
		return nil
	}
	marker := s.marker()
	if done, err := r.done(marker, on); done || err != nil {
		return err
	}
	_, err := r.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		done, err := tx.Get(marker)
		if err != nil || string(done) >= on.String() {
			return nil, err
		}
		last, _ := ledger.ParseDate(string(done)) // none: the first run
		if s.later != 0 {
			last = max(last, on.AddDays(-slotDays))
		}
		var due []ledger.NoticeQueued
		tx.Customers(func(c *ledger.Customer) {
			if err != nil || r.Policy.slot(c) != s || !c.HasOpen() {
				return
			}
			if err = r.refresh(tx, c, last, on); err == nil {
				var told bool
				if told, err = r.tellOver(tx, c); told {
					return // one word a day is enough
				}
			}
			if err == nil {
				due, err = r.contact(tx, c, on, due)
			}
		})
		if err == nil {
			err = r.queue(tx, due)
		}
		if err == nil {
			err = r.asks(tx, s, on)
		}
		tx.Put(marker, []byte(on.String()))
		return nil, err
	}})
	return err
}

// done reports whether what marker stands for was done for a date or a later one. It costs
// no commit, as most calls find that nothing is to be done.
func (r *Rules) done(marker string, on ledger.Date) (done bool, err error) {
	err = r.Books.View(func(v *ledger.View) error {
		last, err := v.Get(marker)
		done = string(last) >= on.String()
		return err
	})
	return done, err
}

// lastRun is the local date of the newest scheduled time at or before now, within a week.
func lastRun(s cron.Schedule, now time.Time) (ledger.Date, bool) {
	var last time.Time
	for t := s.Next(now.AddDate(0, 0, -7)); !t.After(now); t = s.Next(t) {
		last = t
	}
	return ledger.DateOf(last, now.Location()), !last.IsZero()
}

// refresh queues edits of the messages to c whose discount was over after the day last and by
// the day on.
func (r *Rules) refresh(tx *ledger.Tx, c *ledger.Customer, last, on ledger.Date) error {
	for _, inv := range tx.OpenInvoices(c) {
		if until := inv.EarlyTerms().Until; inv.Message != 0 && until != 0 && until >= last && until < on {
			if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeEdit, Customer: c.ID, Invoice: inv.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

// contact adds c's contact to those that are due, or queues a task for staff where nobody
// can be reached.
func (r *Rules) contact(tx *ledger.Tx, c *ledger.Customer, on ledger.Date, due []ledger.NoticeQueued) ([]ledger.NoticeQueued, error) {
	contact, why := Next(&tx.View, c, on, r.Policy)
	switch why {
	case "":
		return append(due, ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: c.ID, Invoice: contact.Invoice.ID,
			Step: contact.Step, For: on, Code: contact.Part}), nil
	case NobodyThere:
		return due, r.nobody(tx, c, contact.Invoice)
	}
	return due, nil
}

// queue queues the reminders of one run; many are a campaign.
func (r *Rules) queue(tx *ledger.Tx, due []ledger.NoticeQueued) error {
	campaign := ledger.CampaignID(0)
	if len(due) > r.Policy.Campaign && r.Policy.Campaign > 0 {
		k, err := tx.BeginCampaign("daily", r.Finance)
		if err != nil {
			return err
		}
		campaign = k.ID
	}
	for _, n := range due {
		n.Campaign = campaign
		if err := tx.Notify(n); err != nil {
			return err
		}
	}
	return nil
}

// shutDays is how often staff are told that a chat still cannot be written to.
const shutDays = 7

// nobody asks staff, once per invoice, to link a customer who is due a word; once a week to
// reach one whose chat cannot be written to.
func (r *Rules) nobody(tx *ledger.Tx, c *ledger.Customer, inv *ledger.Invoice) error {
	marker, told := "nobody:"+inv.Number.String(), []byte{1}
	n := ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: c.ID, Invoice: inv.ID, Address: r.Finance, Code: "noroute"}
	done, err := tx.Get(marker)
	if c.Reachable(r.Policy.Mail, true) { // he could be, but for what is shut
		n.Code, told = "shut", []byte(tx.Today().String())
		if c.Owner != "" {
			n.Address = c.Owner
		}
		if string(done) <= tx.Today().AddDays(-shutDays).String() {
			done = nil
		}
	}
	if err != nil || done != nil {
		return err
	}
	tx.Put(marker, told)
	return tx.Notify(n)
}

// Notice makes the message of a reminder or digest from the books as they stand when it is
// sent; a reminder of what was paid, disputed or promised meanwhile is withdrawn.
func (r *Rules) Notice(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	if n.Kind == ledger.NoticeDigest {
		return digest(v, n), nil
	}
	c := v.Customer(n.Customer)
	if n.Code != "" {
		return r.planWord(v, c, n), nil
	}
	on := ledger.DateOf(v.Now, c.Zone)
	subjects := Subjects(v, c, on)
	carries := false
	for _, inv := range subjects {
		carries = carries || inv.ID == n.Invoice
	}
	if !carries {
		return card.Message{Withdraw: "paid, disputed or promised meanwhile"}, nil
	}
	return card.Message{Card: r.reminder(v, c, n, subjects, on)}, nil
}

// reminderRows is how many invoices a reminder lists.
const reminderRows = 10

// reminder words one message for the customer's whole debt: a step lists what is overdue; a
// nudge lists what falls due, and names the sum of what is overdue besides.
func (r *Rules) reminder(v *ledger.View, c *ledger.Customer, n *ledger.Notice, subjects []*ledger.Invoice, on ledger.Date) *card.Card {
	var about []*ledger.Invoice
	sums, besides := map[ledger.Currency]ledger.Money{}, map[ledger.Currency]ledger.Money{}
	for _, inv := range subjects {
		late := ledger.DaysOverdue(inv.Carrying(), on)
		switch {
		case inv.ID == n.Invoice, n.Step > 0 && late > 0, n.Step == 0 && late <= 0 && late >= -r.Policy.Before:
			about = append(about, inv)
			sums[inv.Currency] = sums[inv.Currency].Add(r.asked(v, inv, n.Step, on))
		case late > 0:
			besides[inv.Currency] = besides[inv.Currency].Add(r.asked(v, inv, 1, on))
		}
	}
	company := v.Company().Name
	k := &card.Card{
		Title: card.T(fmt.Sprintf("remind.%d.title", n.Step), "count", len(about), "company", company),
		Body:  []card.Text{card.T(fmt.Sprintf("remind.%d.body", n.Step), "count", len(about), "company", company, "customer", v.CustomerName(c))},
	}
	if inv := v.Invoice(n.Invoice); n.Step == 0 && inv.Carrying() > on.AddDays(r.Policy.Before) {
		k.Title = card.T("remind.early.title", "number", inv.Number.String(), "company", company)
		k.Body = []card.Text{card.T("remind.early.body", "number", inv.Number.String(), "customer", v.CustomerName(c))}
	}
	for _, inv := range about {
		if o, ok := inv.Early(on); ok {
			if len(about) == 1 {
				k.Body = append(k.Body, card.T("inv.early", "pay", o.Pay, "until", o.Until, "save", o.Save))
				continue
			}
			k.Body = append(k.Body, card.T("early.offer", "number", inv.Number.String(), "pay", o.Pay, "until", o.Until, "save", o.Save))
		}
	}
	for i, inv := range about {
		if i == reminderRows {
			k.Note = append(k.Note, card.T("account.more", "count", len(about)-reminderRows))
			break
		}
		k.Fields = append(k.Fields, card.Field{Label: line(inv, on), Value: card.T("value", "value", r.asked(v, inv, n.Step, on))})
	}
	if len(about) > 1 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("remind.total"), Value: each(sums)})
	}
	shown := about
	if c.Daily {
		shown, besides = r.rest(v, c, k, about, "", on), nil
	}
	if len(besides) > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("remind.besides"), Value: each(besides)})
	}
	k.Buttons = r.Buttons(v, shown)
	k.Note = append(k.Note, bankNote(v, k.Buttons, shown)...)
	k.Note = append(k.Note, card.T("remind.note"))
	if n.Step == len(r.Policy.Steps) && len(sums) == 1 {
		letter(k, c, about, on)
	}
	return k
}

// letter puts the letter that one can print beside the last reminder; under it stand its
// sums, for it lists the rest.
func letter(k *card.Card, c *ledger.Customer, about []*ledger.Invoice, on ledger.Date) {
	y, m, d := on.Parts()
	k.Paper = &card.Paper{Kind: card.PaperDunning, Of: c.Handle, To: y*10000 + int(m)*100 + d, Currency: string(about[0].Currency), Sent: true}
	for _, inv := range about {
		k.Paper.Invoices = append(k.Paper.Invoices, inv.Number.String())
	}
	k.Short = &card.Card{Title: k.Title, Body: k.Body, Fields: k.Fields, Note: k.Note}
	if listed := min(len(about), reminderRows); listed > letterRows {
		k.Short.Fields = k.Fields[listed:]
	}
}

// letterRows is how many invoices are listed beside a letter.
const letterRows = 3

// bankNote tells where to pay and what to name, where no button pays.
func bankNote(v *ledger.View, buttons []card.Button, about []*ledger.Invoice) []card.Text {
	bank := v.Company().BankLine
	if bank == "" || slices.ContainsFunc(buttons, func(b card.Button) bool { return b.Do == "pay" }) {
		return nil
	}
	var numbers []string
	for _, inv := range about[:min(len(about), reminderRows)] {
		numbers = append(numbers, inv.Number.String())
	}
	return []card.Text{card.T("inv.bank", "details", bank, "number", strings.Join(numbers, ", "))}
}

// asked is what a reminder asks for of inv: what is overdue at a step, and what falls due
// soon at a nudge; at least the part that it is about. What a cheque covers is not asked for.
func (r *Rules) asked(v *ledger.View, inv *ledger.Invoice, step int, on ledger.Date) ledger.Money {
	by := on.AddDays(-1)
	if step == 0 {
		by = on.AddDays(r.Policy.Before)
	}
	due := inv.UndisputedBy(max(by, inv.Carrying()))
	if cover := v.CoverOf(inv).Amount; cover.Minor < due.Minor {
		return due.Sub(cover)
	}
	return due
}

// line names an invoice and how it stands with its due date.
func line(inv *ledger.Invoice, on ledger.Date) card.Text {
	number, due := inv.Number.String(), inv.Carrying()
	late := ledger.DaysOverdue(due, on)
	switch {
	case late > 0:
		return card.T("remind.line.late", "number", number, "due", due, "count", late)
	case late == 0:
		return card.T("remind.line.today", "number", number)
	}
	return card.T("remind.line.soon", "number", number, "due", due)
}

// each is sums of several currencies in a row.
func each(sums map[ledger.Currency]ledger.Money) card.Text {
	var values []card.Text
	for _, cur := range currencies(sums) {
		values = append(values, card.T("value", "value", sums[cur]))
	}
	return card.Join(values...)
}

func currencies(m map[ledger.Currency]ledger.Money) []ledger.Currency {
	out := make([]ledger.Currency, 0, len(m))
	for c := range m {
		out = append(out, c)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}
