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
	"sync"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// Rules are what the package needs to work.
type Rules struct {
	Books   *ledger.Books
	Policy  *Policies
	Finance string                          // Slack channel for tasks
	Acts    func(user string) bool          // whether one of staff may act on the card of a day. nil: nobody is known
	Cards   func(c *ledger.Customer) string // Slack channel with the cards of his invoices
	// Buttons are those under a reminder about these invoices.
	Buttons func(v *ledger.View, invoices []*ledger.Invoice) []card.Button
	// Ratings has customers asked how satisfied they were, where Private tells that the answer to
	// it comes from one person.
	Ratings bool
	Private func(v *ledger.View, c *ledger.Customer) bool
	// Task gives a person of staff something to do about a customer; nil: nobody does anything.
	Task func(tx *ledger.Tx, c *ledger.Customer, kind ledger.TaskKind, why ledger.TaskReason) error
	// Channel is by which way a notice would go: "telegram". nil: nobody knows.
	Channel func(v *ledger.View, n *ledger.Notice) string
	// Wall is wall time, by which commits are kept short. nil: each is about as many customers.
	Wall func() time.Time
	// Readers are who gets the digest, with the zone of each.
	Readers func() []Reader

	running sync.Mutex
	agenda  agenda
	was     wasOnCard
	found   foundRows
	pace    pace
}

// Run queues every contact that is due by now, each once, and returns when to be called
// again. Each zone's run of a local date is written down with what it queued, so that a
// second call, a restart or a moved clock queues nothing twice; after days without a run
// what is due goes once.
func (r *Rules) Run(ctx context.Context, now time.Time) (next time.Time, err error) {
	r.running.Lock()
	defer r.running.Unlock()
	var midnight time.Time
	err = r.Books.View(func(v *ledger.View) error {
		co := v.Company()
		midnight = v.Today().AddDays(1).At(0, 0, co.Zone())
		return nil
	})
	if err != nil {
		return now.Add(time.Minute), err
	}
	// What is promised or agreed is judged first: a broken promise is a reason to remind.
	if err := r.judge(ctx); err != nil {
		return now.Add(time.Minute), fmt.Errorf("judging promises and plans: %w", err)
	}
	if err := r.settle(); err != nil {
		return now.Add(time.Minute), fmt.Errorf("finding the days of customers: %w", err)
	}
	if err := r.runCards(ctx); err != nil {
		return now.Add(time.Minute), fmt.Errorf("cards of a new day: %w", err)
	}
	morning, err := r.runPreflight(ctx)
	if err != nil {
		return now.Add(time.Minute), fmt.Errorf("the card of the day: %w", err)
	}
	if next, err = r.runZones(ctx, now); err != nil {
		return now.Add(time.Minute), err
	}
	at, err := r.runDigests(ctx, now)
	if err == nil && !r.Policy.Preflight.Off {
		err = r.ReadyCard()
	}
	return earlier(earlier(earlier(next, midnight), at), morning), err
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// runZones queues the contacts of the zones whose hour has come, and returns when the next one's
// does.
func (r *Rules) runZones(ctx context.Context, now time.Time) (next time.Time, err error) {
	err = r.Books.View(func(v *ledger.View) error { r.agenda.follow(v, r.Policy); return nil })
	if err != nil {
		return next, err
	}
	for _, s := range r.agenda.running() {
		at, due := r.agenda.toRun(s, now)
		if due {
			if err := r.runZone(ctx, s, now); err != nil {
				return next, fmt.Errorf("reminders of zone %s: %w", s.slot.zone, err)
			}
			at = r.Policy.nextRunOf(s.slot, s.zone, now)
			r.agenda.ran(s, now, at)
		}
		next = earlier(next, at)
	}
	return next, nil
}

// runZone queues the contacts of one zone's customers for its scheduled day. A day that is over is
// no day any more: what was due on it is said at the next one's hour, and not at night.
func (r *Rules) runZone(ctx context.Context, s *slotDays, now time.Time) error {
	on := ledger.DateOf(now, s.zone)
	if at, ok := r.Policy.scheduled(s.slot, s.zone, on); !ok || at.After(now) {
		return nil
	}
	if done, err := r.done(s.slot.marker(), on); done || err != nil {
		return err
	}
	list, many, err := r.choose(s, on)
	for more := true; more && err == nil; {
		more, err = r.runPart(ctx, s, on, &list, many)
	}
	if err == nil {
		r.agenda.done(s, on)
		err = r.courtesies(ctx, s.slot, on)
	}
	return err
}

// settleSize is how many customers are looked at while nobody writes: it takes some milliseconds.
const settleSize = 250

// settle finds the days of all customers whom something concerns since they were found last.
func (r *Rules) settle() error {
	for more := true; more; {
		err := r.Books.View(func(v *ledger.View) (err error) {
			more, err = r.agenda.settle(v, r.Policy, settleSize)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// viewSome calls f with all customers of a list, in order, some of them while nobody writes.
func (r *Rules) viewSome(list []ledger.CustomerID, f func(v *ledger.View, p *Policies, some []ledger.CustomerID) error) error {
	for some := range slices.Chunk(list, settleSize) {
		if err := r.Books.View(func(v *ledger.View) error { return f(v, r.Policy.At(v), some) }); err != nil {
			return err
		}
	}
	return nil
}

// choose lists the customers of a slot that have to be looked at on a day, and tells whether those
// that are contacted then are so many that they are a campaign.
func (r *Rules) choose(s *slotDays, on ledger.Date) (list []ledger.CustomerID, many bool, err error) {
	if err := r.settle(); err != nil {
		return nil, false, err
	}
	list = r.agenda.due(s, on)
	if r.Policy.Campaign <= 0 || len(list) <= r.Policy.Campaign {
		return list, false, nil
	}
	contacts := 0
	err = r.viewSome(list, func(v *ledger.View, p *Policies, some []ledger.CustomerID) error {
		for _, id := range some {
			if contacts <= p.Campaign && !v.Outside(v.Customer(id)) && p.Decide(v, v.Customer(id), on).Why == "" {
				contacts++
			}
		}
		return nil
	})
	return list, contacts > r.Policy.Campaign, err
}

// last is the day of a slot's run before that of a day, by what its marker says; 0 for none.
func (s *slotDays) last(done []byte, on ledger.Date) ledger.Date {
	last, _ := ledger.ParseDate(string(done))
	if s.slot.later != 0 {
		last = max(last, on.AddDays(-slotDaysBack))
	}
	return last
}

// runPart looks at the next customers of a list, which it shortens; more tells that some are left.
func (r *Rules) runPart(ctx context.Context, s *slotDays, on ledger.Date, list *[]ledger.CustomerID, many bool) (more bool, err error) {
	marker := s.slot.marker()
	part := (*list)[:min(r.pace.next(), len(*list))]
	*list = (*list)[len(part):]
	err = r.commit(ctx, len(part), func(tx *ledger.Tx) error {
		done, err := tx.Get(marker)
		if err != nil || string(done) >= on.String() {
			return err
		}
		row, err := tx.Get(marker + partRow)
		if err != nil {
			return err
		}
		x := readPart(row, on)
		ids := slices.DeleteFunc(slices.Clone(part), func(id ledger.CustomerID) bool {
			if id > x.after {
				return false
			}
			r.agenda.looks(tx.Customer(id), on) // by the program before this one
			return true
		})
		if more = len(*list) > 0; !more {
			r.agenda.follow(&tx.View, r.Policy)
			ids = r.withNews(ids, s, on)
		}
		if err := r.look(tx, s, on, ids, s.last(done, on), many, &x); err != nil {
			return err
		}
		if more {
			tx.Put(marker+partRow, x.row())
			return nil
		}
		tx.Put(marker, []byte(on.String()))
		if row != nil {
			tx.Put(marker+partRow, nil)
		}
		return r.asks(tx, s.slot, on)
	})
	return more, err
}

// withNews adds to the last customers of a run those about whom something changed since they were
// listed. One who is among them already is looked at once: what the run says to him is not in the
// books yet when he comes a second time.
func (r *Rules) withNews(ids []ledger.CustomerID, s *slotDays, on ledger.Date) []ledger.CustomerID {
	for _, id := range r.agenda.news(s, on) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// look queues what is due to some customers of a slot on a day, after a run of the day last.
func (r *Rules) look(tx *ledger.Tx, s *slotDays, on ledger.Date, ids []ledger.CustomerID, last ledger.Date, many bool, x *part) (err error) {
	var due []ledger.NoticeQueued
	p := r.Policy.At(&tx.View)
	for _, id := range ids {
		c := tx.Customer(id)
		if r.Policy.slot(c) != s.slot {
			continue
		}
		x.after = max(x.after, id)
		if r.agenda.looks(c, on); !c.HasOpen() {
			continue
		}
		if err := r.refresh(tx, c, last, on); err != nil {
			return err
		}
		if hours := r.Policy.hours(c); hours.Until <= tx.Now.In(c.Zone).Hour() {
			continue // the rules are asked again tomorrow
		}
		if told, err := r.tellOver(tx, c, on); told || err != nil {
			if err != nil {
				return err
			}
			continue // one word a day is enough
		}
		if due, err = r.contact(tx, p, c, on, due); err != nil {
			return err
		}
	}
	return r.queue(tx, due, many, x)
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

// refresh queues edits of the messages to c whose discount was over after the day last and by
// the day on.
func (r *Rules) refresh(tx *ledger.Tx, c *ledger.Customer, last, on ledger.Date) error {
	over := func(inv *ledger.Invoice) bool {
		until := inv.EarlyTerms().Until
		return inv.Message != 0 && until != 0 && until >= last && until < on
	}
	some := false
	if tx.EachOpen(c, func(inv *ledger.Invoice) { some = some || over(inv) }); !some { // as of most
		return nil
	}
	for _, inv := range tx.OpenInvoices(c) {
		if over(inv) {
			if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeEdit, Customer: c.ID, Invoice: inv.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

// contact adds c's contact to those that are due, or queues a task for staff where nobody
// can be reached.
func (r *Rules) contact(tx *ledger.Tx, p *Policies, c *ledger.Customer, on ledger.Date, due []ledger.NoticeQueued) ([]ledger.NoticeQueued, error) {
	s := p.standing(&tx.View, c)
	if tx.Outside(c) {
		return due, r.heldBack(tx, c, s.decide(on), on)
	}
	if err := r.escalate(tx, s, on); err != nil {
		return due, err
	}
	d := s.decide(on)
	switch {
	case d.Why == "" && d.Contact.Kind().ByStaff():
		return due, r.work(tx, c, d.Contact, on)
	case d.Why == "":
		return append(due, d.Contact.notice(&tx.View, c, on)), nil
	case d.Why == NobodyThere:
		return due, r.nobody(tx, c, d.Contact.Invoice)
	case d.Held():
		return due, r.hold(tx, c, d.Contact.Key(), on, d.Why)
	}
	return due, nil
}

// queue queues reminders of one run; many are a campaign.
func (r *Rules) queue(tx *ledger.Tx, due []ledger.NoticeQueued, many bool, x *part) error {
	if many && x.campaign == 0 && len(due) > 0 {
		k, err := tx.BeginCampaign("daily", r.Finance)
		if err != nil {
			return err
		}
		x.campaign = k.ID
	}
	for _, n := range due {
		n.Campaign = x.campaign
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
	if n.Code == "noroute" && r.Task != nil {
		return r.Task(tx, c, ledger.TaskNoRoute, ledger.TaskReason{Invoice: inv.ID})
	}
	return tx.Notify(n)
}

// Notice makes the message of a reminder from the books as they stand when it is sent; a reminder of what was paid, disputed or promised meanwhile is withdrawn.
func (r *Rules) Notice(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	c := v.Customer(n.Customer)
	if n.Kind == ledger.NoticeThanks {
		return r.thanks(v, n), nil
	}
	on := ledger.DateOf(v.Now, c.Zone)
	if r.Policy.crossed(v, c, n, on) {
		return card.Message{Withdraw: "it would come too soon by now"}, nil
	}
	if n.Code != "" {
		msg := r.planWord(v, c, n)
		return msg, worded(v, c, n, msg.Card)
	}
	subjects := r.Policy.Subjects(v, c, on)
	about := func(id ledger.InvoiceID) bool {
		return slices.ContainsFunc(subjects, func(inv *ledger.Invoice) bool { return inv.ID == id })
	}
	if !about(n.Invoice) || slices.ContainsFunc(n.Also, func(p ledger.PlanStep) bool { return p.Step > 0 && !about(p.Invoice) }) {
		return card.Message{Withdraw: "paid, disputed, promised or put on hold meanwhile"}, nil
	}
	if r.Policy.outOfStep(v, c, n, on) {
		return card.Message{Withdraw: "its step has not come by the policy that he has now, or counts as said meanwhile"}, nil
	}
	k := r.reminder(v, c, n, subjects, on)
	return card.Message{Card: k}, worded(v, c, n, k)
}

// about are the invoices that a reminder names, with their sums, and what is overdue besides.
func (p *Policy) about(v *ledger.View, n *ledger.Notice, subjects []*ledger.Invoice, on ledger.Date) (all []*ledger.Invoice, sums, besides map[ledger.Currency]ledger.Money) {
	sums, besides = map[ledger.Currency]ledger.Money{}, map[ledger.Currency]ledger.Money{}
	for _, inv := range subjects {
		late := ledger.DaysOverdue(inv.Carrying(), on)
		switch {
		case inv.ID == n.Invoice, n.Step > 0 && late > 0, n.Step == 0 && late <= 0 && late >= -p.horizon():
			all = append(all, inv)
			sums[inv.Currency] = sums[inv.Currency].Add(p.asked(v, inv, n.Step, on))
		case late > 0:
			besides[inv.Currency] = besides[inv.Currency].Add(p.asked(v, inv, 1, on))
		}
	}
	return all, sums, besides
}

// crossed reports whether n would come too soon by now. It waited for its hour, or while a platform
// took nothing: meanwhile somebody spoke to c, he was given a stricter policy, or chose a week between
// two words. The next run takes it up.
func (p *Policies) crossed(v *ledger.View, c *ledger.Customer, n *ledger.Notice, on ledger.Date) bool {
	if n.At.IsZero() { // it is only tried
		return false
	}
	if n.Again && !spokenSince(v, c, n) { // its own first time, of which nobody knows, is not in its way
		return false
	}
	policy, _ := p.Of(v, c, v.Invoice(n.Invoice))
	switch why, _ := p.standing(v, c).kept(policy, on); why {
	case TooSoon, WeekFull, MonthFull:
		return true
	}
	return false
}

// spokenSince reports whether somebody spoke to c after n was queued.
func spokenSince(v *ledger.View, c *ledger.Customer, n *ledger.Notice) bool {
	note := v.LastNote(c)
	return c.LastContact > ledger.DateOf(n.At, c.Zone) || note != nil && note.Kind.Reached() && note.At.After(n.At)
}

// outOfStep reports whether the step of n, or its word before a due date, is none to be said now: the
// instalment was paid that it is about, and the next one has words of its own; he was given a milder
// policy while it waited, by which it has not come; or it counts as said since a pause was over. The
// last two are for staff to say by hand all the same.
func (p *Policies) outOfStep(v *ledger.View, c *ledger.Customer, n *ledger.Notice, on ledger.Date) bool {
	if n.At.IsZero() { // it is only tried
		return false
	}
	inv := v.Invoice(n.Invoice)
	policy, _ := p.Of(v, c, inv)
	late := ledger.DaysOverdue(inv.Carrying(), on)
	switch {
	case n.Step == 0:
		_, saves := inv.Early(on)
		return !saves && -late > policy.horizon()
	case late <= 0:
		return true
	case n.Free || n.Again:
		return n.Step > inv.Step+1
	}
	other := func(x ledger.PlanStep) bool { return x.Step > 0 && v.Invoice(x.Invoice).Step+1 != x.Step }
	return n.Step != inv.Step+1 || slices.ContainsFunc(n.Also, other) || policy.reached(late) < n.Step
}

// reminderRows is how many invoices a reminder lists.
const reminderRows = 10

// reminder words one message for the customer's whole debt: a step lists what is overdue; a
// nudge lists what falls due, and names the sum of what is overdue besides.
func (r *Rules) reminder(v *ledger.View, c *ledger.Customer, n *ledger.Notice, subjects []*ledger.Invoice, on ledger.Date) *card.Card {
	policy, _ := r.Policy.Of(v, c, v.Invoice(n.Invoice))
	about, sums, besides := policy.about(v, n, subjects, on)
	k := &card.Card{Body: make([]card.Text, 1)}
	k.Title, k.Body[0] = r.Policy.Words(policy.Name, policy.voice(n.Step), said(v, c, len(about), sums))
	if inv := v.Invoice(n.Invoice); n.Step == 0 && inv.Carrying() > on.AddDays(policy.horizon()) {
		k.Title = card.T("remind.early.title", "number", inv.Number.String(), "company", v.Company().Name)
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
		k.Fields = append(k.Fields, card.Field{Label: line(inv, on), Value: card.T("value", "value", policy.asked(v, inv, n.Step, on))})
	}
	if len(about) > 1 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("remind.total"), Value: each(sums)})
	}
	setOff(v, c, k, sums)
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
	if (policy.voice(n.Step) == string(Final) || policy.kind(n.Step) == Letter) && len(sums) == 1 {
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
func (p *Policy) asked(v *ledger.View, inv *ledger.Invoice, step int, on ledger.Date) ledger.Money {
	by := on.AddDays(-1)
	if step == 0 {
		by = on.AddDays(p.horizon())
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
