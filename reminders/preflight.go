package reminders

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// The card of a working day: who is reminded until the next one comes, and what became of it. It
// comes at its hour of the company's zone. A customer further east whose hour comes before that is
// on the card of the working day before, as are those of weekends: no contact goes that was on no
// card, but for what turns up after it.

// Preflight is when the card comes.
type Preflight struct {
	Off    bool
	Hour   int
	Minute int
}

// preflightLate is the hour from which a day's card is not sent any more, after an outage.
const preflightLate = 18

// RowState is how it stands with a contact on the card, in one word.
type RowState string

// The states.
const (
	RowGoes    RowState = "goes"    // at its hour
	RowHeld    RowState = "held"    // it would, but money waits, or the bank's data is old
	RowNobody  RowState = "nobody"  // there is no way to say it
	RowSkipped RowState = "skipped" // staff left it out
	RowSnoozed RowState = "snoozed" // staff put it off
	RowQueued  RowState = "queued"  // it is on its way
	RowSent    RowState = "sent"
	RowGone    RowState = "gone" // paid, promised, on hold: nothing is due any more
)

// Row is a contact on the card.
type Row struct {
	Customer *ledger.Customer
	Planned
	At    time.Time
	State RowState
}

// cardAt is when the card of a day comes.
func (p *Policies) cardAt(v *ledger.View, day ledger.Date) time.Time {
	co := v.Company()
	return day.At(p.Preflight.Hour, p.Preflight.Minute, co.Zone())
}

// CardDay is the working day whose card holds now, and when the next one takes its place.
func (p *Policies) CardDay(v *ledger.View) (day ledger.Date, until time.Time) {
	day = v.Today()
	for !v.Days().Business(day, v.Home()) || v.Now.Before(p.cardAt(v, day)) {
		day--
	}
	return day, p.cardAt(v, v.Days().Next(day, v.Home()))
}

// HourOf is when the contacts of a day of c's are made.
func (p *Policies) HourOf(c *ledger.Customer, on ledger.Date) time.Time {
	s := p.slot(c)
	if at, ok := p.scheduled(s, c.Zone, on); ok {
		return at
	}
	return p.nextRunOf(s, c.Zone, on.At(0, 0, c.Zone))
}

// next is the next contact of c, if its hour comes before a moment.
func (p *Policies) next(v *ledger.View, c *ledger.Customer, until time.Time) (x Planned, at time.Time, ok bool) {
	ahead := p.Ahead(v, c, ledger.DateOf(until, c.Zone))
	if len(ahead) == 0 {
		return x, at, false
	}
	at = p.HourOf(c, ahead[0].On)
	return ahead[0], at, at.Before(until)
}

// onCard is a contact as the card of a day is remembered: the books' working state, which no
// balance and no rule depends on.
type onCard struct {
	Customer ledger.CustomerID `json:"c"`
	On       ledger.Date       `json:"on"`
	Invoice  ledger.InvoiceID  `json:"i"`
	Step     int               `json:"s,omitempty"`
	Part     string            `json:"p,omitempty"`
}

const (
	cardRows = "preflight.rows" // of the newest card
	cardSent = "preflight.day"  // of which card was asked last
)

// remembered are the contacts that the card of a day was about, by customer.
func remembered(v *ledger.View, day ledger.Date) (map[ledger.CustomerID]onCard, error) {
	data, err := v.Get(cardRows)
	if err != nil || data == nil {
		return nil, err
	}
	var kept struct {
		Day  ledger.Date `json:"day"`
		Rows []onCard    `json:"rows"`
	}
	if err := json.Unmarshal(data, &kept); err != nil {
		return nil, fmt.Errorf("the rows of the morning's card: %w", err)
	}
	out := map[ledger.CustomerID]onCard{}
	if kept.Day == day {
		for _, x := range kept.Rows {
			out[x.Customer] = x
		}
	}
	return out, nil
}

// Rows are the contacts of the card that holds now, as they stand: those to come, and what became
// of the others. The furthest steps stand first.
func (p *Policies) Rows(v *ledger.View) (out []Row, err error) {
	day, until := p.CardDay(v)
	was, err := remembered(v, day)
	if err != nil {
		return nil, err
	}
	p = p.At(v)
	v.Customers(func(c *ledger.Customer) {
		if x, ok := p.row(v, c, was[c.ID], p.cardAt(v, day), until); ok {
			out = append(out, x)
		}
	})
	slices.SortStableFunc(out, func(a, b Row) int { return b.Contact.Step - a.Contact.Step })
	return out, nil
}

// RowOf is the contact of one customer on the card that holds now.
func (p *Policies) RowOf(v *ledger.View, c *ledger.Customer) (Row, bool, error) {
	day, until := p.CardDay(v)
	was, err := remembered(v, day)
	if err != nil {
		return Row{}, false, err
	}
	x, ok := p.row(v, c, was[c.ID], p.cardAt(v, day), until)
	return x, ok, nil
}

func (p *Policies) row(v *ledger.View, c *ledger.Customer, was onCard, since, until time.Time) (Row, bool) {
	x, known := Row{Customer: c}, was.Customer != 0
	if !known && !c.HasOpen() {
		return x, false
	}
	if known {
		x.Planned, x.At = p.contactOf(v, c, was), p.HourOf(c, was.On)
	}
	note := v.ContactNotes(c)
	within := func(d ledger.Date) bool {
		return d != 0 && !p.HourOf(c, d).Before(since) && p.HourOf(c, d).Before(until)
	}
	if n, open := v.OpenNotice(c.Reminder); open {
		x.Planned = p.contactOf(v, c, onCard{c.ID, n.For, n.Invoice, n.Step, n.Code})
		x.State = RowQueued
		return x.timed(p), known || within(n.For)
	}
	if note.Snoozed > note.Since && within(note.Since) {
		if !known {
			x.Planned = Planned{note.Since, p.Decide(v, c, note.Since)}
		}
		x.State = RowSnoozed
		return x.timed(p), x.Contact.Invoice != nil
	}
	if within(note.Skipped) && c.LastContact < note.Skipped {
		x.State, x.On = RowSkipped, note.Skipped
		return x.timed(p), x.Contact.Invoice != nil
	}
	if next, at, ok := p.next(v, c, until); ok {
		return Row{Customer: c, Planned: next, At: at, State: stateOf(next.Decision)}, true
	}
	today := ledger.DateOf(v.Now, c.Zone)
	if d := p.Decide(v, c, today); d.Held() {
		return Row{Customer: c, Planned: Planned{today, d}, At: p.HourOf(c, today), State: RowHeld}, true
	}
	x.State = RowGone
	if c.LastContact != 0 && c.LastContact >= ledger.DateOf(since, c.Zone) {
		x.State = RowSent
	}
	return x, known
}

// timed is x with its hour.
func (x Row) timed(p *Policies) Row {
	x.At = p.HourOf(x.Customer, x.On)
	return x
}

func stateOf(d Decision) RowState {
	switch {
	case d.Held():
		return RowHeld
	case d.Why == NobodyThere:
		return RowNobody
	}
	return RowGoes
}

// contactOf is a contact as it is remembered.
func (p *Policies) contactOf(v *ledger.View, c *ledger.Customer, x onCard) Planned {
	contact := Contact{Invoice: v.Invoice(x.Invoice), Step: x.Step, Part: x.Part}
	contact.Policy, contact.Source = p.Of(v, c, contact.Invoice)
	contact.Step = min(contact.Step, len(contact.Policy.Steps)) // the policy may have fewer by now
	return Planned{x.On, Decision{Contact: contact}}
}

// Sums are what a contact on a day asks for, per currency, and of which invoices.
func (p *Policies) Sums(v *ledger.View, c *ledger.Customer, of ledger.ContactKey, on ledger.Date) (about []*ledger.Invoice, sums map[ledger.Currency]ledger.Money) {
	if of.Part != "" {
		for _, part := range p.planParts(v, c) {
			if part.code() == of.Part {
				return []*ledger.Invoice{part.carrier}, map[ledger.Currency]ledger.Money{part.left.Currency: part.left}
			}
		}
		return nil, nil
	}
	policy, _ := p.Of(v, c, v.Invoice(of.Invoice))
	n := &ledger.Notice{NoticeQueued: ledger.NoticeQueued{Invoice: of.Invoice, Step: of.Step}}
	about, sums, _ = policy.about(v, n, p.Subjects(v, c, on), on)
	return about, sums
}

// runPreflight sends the card of this working day, once, and returns when the next one comes.
func (r *Rules) runPreflight(ctx context.Context) (next time.Time, err error) {
	if r.Policy.Preflight.Off {
		return time.Time{}, nil
	}
	var day ledger.Date
	late := false
	err = r.Books.View(func(v *ledger.View) error {
		co := v.Company()
		day, next = r.Policy.CardDay(v)
		late = day != v.Today() || !v.Now.Before(day.At(preflightLate, 0, co.Zone()))
		return nil
	})
	if err != nil || late {
		return next, err
	}
	if done, err := r.done(cardSent, day); done || err != nil {
		return next, err
	}
	_, err = r.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		if done, err := tx.Get(cardSent); err != nil || string(done) >= day.String() {
			return nil, err
		}
		tx.Put(cardSent, []byte(day.String()))
		return nil, r.sendCard(tx, day)
	}})
	return next, err
}

// sendCard remembers who is on the card of a day, and sends it to finance: one for all, as a morning
// has enough messages. A day without contacts has none.
func (r *Rules) sendCard(tx *ledger.Tx, day ledger.Date) error {
	tx.Put(cardRows, nil)
	all, err := r.Policy.Rows(&tx.View)
	if err != nil {
		return err
	}
	var rows []onCard
	for _, x := range all {
		switch x.State {
		case RowGoes, RowHeld, RowNobody:
			rows = append(rows, onCard{x.Customer.ID, x.On, x.Contact.Invoice.ID, x.Contact.Step, x.Contact.Part})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	data, err := json.Marshal(map[string]any{"day": day, "rows": rows})
	if err != nil {
		return err
	}
	tx.Put(cardRows, data)
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticePreflight, Address: r.Finance, For: day})
}

// SendNow is the reminder of c that staff send before its hour, or release: every rule holds but
// for its hour and for what it was held for. Wait is how long it then still waits for his hours.
func (p *Policies) SendNow(v *ledger.View, c *ledger.Customer) (n ledger.NoticeQueued, d Decision, wait time.Duration) {
	on := ledger.DateOf(v.Now, c.Zone)
	s := p.standing(v, c)
	s.free = true
	if d = s.decide(on); d.Why != "" {
		return n, d, 0
	}
	if d.Contact.Kind().ByStaff() {
		d.Why = AtWork
		return n, d, 0
	}
	n = d.Contact.notice(v, c, on)
	n.Free = true
	return n, d, p.Wait(v, &ledger.Notice{NoticeQueued: n})
}

// HourOver reports whether the rules were asked about c's contacts of this day of his already.
func (p *Policies) HourOver(v *ledger.View, c *ledger.Customer) bool {
	return p.nextRun(v, c) > ledger.DateOf(v.Now, c.Zone)
}

// worded puts staff's own words for one contact into its message: behind its first sentence, or in
// the place of that.
func worded(v *ledger.View, c *ledger.Customer, n *ledger.Notice, k *card.Card) error {
	words, instead, err := v.ContactWords(c, n.Contact())
	if err != nil || words == "" || k == nil {
		return err
	}
	for _, x := range []*card.Card{k, k.Short} {
		if x == nil || len(x.Body) == 0 {
			continue
		}
		if body := slices.Clone(x.Body); instead {
			body[0] = card.Plain(words)
			x.Body = body
		} else {
			x.Body = slices.Insert(body, 1, card.Plain(words))
		}
	}
	return nil
}

// Preview is the message of a contact as it would read now; nil where nothing would be said.
func (r *Rules) Preview(v *ledger.View, c *ledger.Customer, x Planned) (*card.Card, error) {
	n := &ledger.Notice{NoticeQueued: x.Contact.notice(v, c, x.On)}
	msg, err := r.Notice(v, n)
	return msg.Card, err
}

// Besides are the steps that the contact says beside its own; those of 0 are named by it.
func (c Contact) Besides() []ledger.PlanStep { return c.withNamed() }
