package reminders

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
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
	return p.hourOf(p.slot(c), c.Zone, on)
}

func (p *Policies) hourOf(s slot, zone *time.Location, on ledger.Date) time.Time {
	if at, ok := p.scheduled(s, zone, on); ok {
		return at
	}
	return p.nextRunOf(s, zone, on.At(0, 0, zone))
}

// next is the next contact of c, if its hour comes before a moment.
func (p *Policies) next(v *ledger.View, c *ledger.Customer, until time.Time) (x Planned, at time.Time, ok bool) {
	for x := range p.coming(v, c, ledger.DateOf(until, c.Zone)) {
		at = p.HourOf(c, x.On)
		return x, at, at.Before(until)
	}
	return x, at, false
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

// partOfCard is the row of working state with a part of a card's contacts: one of thousands has
// several, which are written before it.
func partOfCard(n int) string { return fmt.Sprintf("%s.%d", cardRows, n) }

// keptCard is the card of a day as it is remembered.
type keptCard struct {
	Day   ledger.Date `json:"day"`
	Parts int         `json:"parts,omitempty"` // with contacts, too
	Rows  []onCard    `json:"rows"`            // beside those in parts, and in the place of them
	Gone  []onCard    `json:"gone,omitempty"`  // of those in parts: none any more
}

// wasOnCard keeps the contacts of the newest card at hand: they are asked for with each press on it.
type wasOnCard struct {
	mu   sync.Mutex
	card string // as it is remembered
	rows map[ledger.CustomerID]onCard
}

// on are the contacts that the card of a day was about when it came, by customer. They are not
// changed.
func (w *wasOnCard) on(v *ledger.View, day ledger.Date) (map[ledger.CustomerID]onCard, error) {
	data, err := v.Get(cardRows)
	if err != nil || data == nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rows == nil || w.card != string(data) {
		kept, rows, err := readCard(v, data)
		if err != nil {
			return nil, fmt.Errorf("the rows of the morning's card: %w", err)
		}
		if kept.Day != day {
			return nil, nil
		}
		w.card, w.rows = string(data), rows
	}
	return w.rows, nil
}

// readCard reads a card as it is remembered, with its parts.
func readCard(v *ledger.View, data []byte) (kept keptCard, rows map[ledger.CustomerID]onCard, err error) {
	if err := json.Unmarshal(data, &kept); err != nil {
		return kept, nil, err
	}
	rows = map[ledger.CustomerID]onCard{}
	for n := range kept.Parts {
		var part []onCard
		data, err := v.Get(partOfCard(n))
		if err == nil {
			err = json.Unmarshal(data, &part)
		}
		if err != nil {
			return kept, nil, err
		}
		for _, x := range part {
			rows[x.Customer] = x
		}
	}
	for _, x := range kept.Gone {
		delete(rows, x.Customer)
	}
	for _, x := range kept.Rows {
		rows[x.Customer] = x
	}
	return kept, rows, nil
}

// Rows are the contacts of the card that holds now, as they stand: those to come, and what became
// of the others. The furthest steps stand first. They cost what is on the card, and who was
// concerned by something since the rules ran last.
func (r *Rules) Rows(v *ledger.View) (out []Row, err error) {
	ids, err := r.cardOf(v)
	if err == nil {
		out, err = r.rowsOf(v, ids)
	}
	slices.SortStableFunc(out, func(a, b Row) int { return b.Contact.Step - a.Contact.Step })
	return out, err
}

// cardOf are the customers whom the card that holds now may be about, in order.
func (r *Rules) cardOf(v *ledger.View) ([]ledger.CustomerID, error) {
	day, until := r.Policy.CardDay(v)
	was, err := r.was.on(v, day)
	ids := r.agenda.onCard(v, r.Policy, r.Policy.cardAt(v, day), until)
	for id := range was {
		ids = append(ids, id)
	}
	return inOrder(ids), err
}

// ReadyCard finds how it stands with the contacts of the card that holds now, some of them while
// nobody writes, so that Rows has to look at few.
func (r *Rules) ReadyCard() error {
	var ids []ledger.CustomerID
	err := r.Books.View(func(v *ledger.View) (err error) {
		ids, err = r.cardOf(v)
		return err
	})
	for some := range slices.Chunk(ids, settleSize) {
		if err == nil {
			err = r.Books.View(func(v *ledger.View) error {
				_, err := r.rowsOf(v, some)
				return err
			})
		}
	}
	return err
}

// RowOf is the contact of one customer on the card that holds now.
func (r *Rules) RowOf(v *ledger.View, c *ledger.Customer) (Row, bool, error) {
	p := r.Policy
	day, until := p.CardDay(v)
	was, err := r.was.on(v, day)
	if err != nil {
		return Row{}, false, err
	}
	x, ok := p.row(v, c, was[c.ID], p.cardAt(v, day), until)
	return x, ok, nil
}

// toldDays is how many days before a card came its rows tell nothing of: a schedule with few days
// has contacts of the days between.
const toldDays = 7

// toldOf reports whether a card that came at from, or a later one, may tell what became of a contact
// of c's: it is on its way, or staff left it out or put it off.
func (p *Policies) toldOf(v *ledger.View, c *ledger.Customer, from time.Time) bool {
	if c.Reminder != 0 {
		return true
	}
	note := v.ContactNotes(c)
	since := from.AddDate(0, 0, -toldDays)
	return note.Skipped != 0 && !p.HourOf(c, note.Skipped).Before(since) || note.Since != 0 && !p.HourOf(c, note.Since).Before(since)
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
	if d := p.Decide(v, c, today); d.Held() || known && d.Why == NobodyThere {
		return Row{Customer: c, Planned: Planned{today, d}, At: p.HourOf(c, today), State: stateOf(d)}, true
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

// Sums are what a contact on a day asks for, per currency and less open credit notes, and of which
// invoices.
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
	return about, lessCredits(v, c, sums)
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
	return next, r.makeCard(ctx, day)
}

// morning is the card of a day being made.
type morning struct {
	day   ledger.Date
	seen  int // of the ledger's stirred customers, before the first was looked at
	rows  map[ledger.CustomerID]onCard
	parts int // that are written already
}

// makeCard finds the contacts of a day's card, some of them while nobody writes, and sends it.
func (r *Rules) makeCard(ctx context.Context, day ledger.Date) error {
	if err := r.settle(); err != nil {
		return err
	}
	m := morning{day: day, rows: map[ledger.CustomerID]onCard{}}
	var list []ledger.CustomerID
	err := r.Books.View(func(v *ledger.View) error {
		_, m.seen, _ = v.Stirred(0)
		_, until := r.Policy.CardDay(v)
		list = r.agenda.onCard(v, r.Policy, r.Policy.cardAt(v, day), until)
		return nil
	})
	if err == nil {
		err = r.viewSome(list, func(v *ledger.View, p *Policies, some []ledger.CustomerID) error { m.look(v, p, some); return nil })
	}
	if err == nil && len(m.rows) > partSize {
		err = m.writeParts(ctx, r.Books)
	}
	if err != nil {
		return err
	}
	_, err = r.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		if done, err := tx.Get(cardSent); err != nil || string(done) >= day.String() {
			return nil, err
		}
		tx.Put(cardSent, []byte(day.String()))
		return nil, r.sendCard(tx, &m)
	}})
	return err
}

// look finds which of some customers are on the card, and of what contacts.
func (m *morning) look(v *ledger.View, p *Policies, some []ledger.CustomerID) {
	from := p.cardAt(v, m.day)
	until := p.cardAt(v, v.Days().Next(m.day, v.Home()))
	for _, id := range some {
		delete(m.rows, id)
		x, ok := p.row(v, v.Customer(id), onCard{}, from, until)
		if !ok {
			continue
		}
		switch x.State {
		case RowGoes, RowHeld, RowNobody:
			m.rows[id] = onCard{id, x.On, x.Contact.Invoice.ID, x.Contact.Step, x.Contact.Part}
		}
	}
}

// inOrder are the contacts of the card by customer.
func (m *morning) inOrder() []onCard {
	return slices.SortedFunc(maps.Values(m.rows), func(a, b onCard) int { return cmp.Compare(a.Customer, b.Customer) })
}

// cardPart is how many contacts are remembered in one commit.
const cardPart = 2000

// writeParts remembers what was found of a card with thousands of contacts: what is in one commit
// with it is then what changed meanwhile. Until that nobody reads them.
func (m *morning) writeParts(ctx context.Context, books *ledger.Books) error {
	for some := range slices.Chunk(m.inOrder(), cardPart) {
		data, err := json.Marshal(some)
		if err != nil {
			return err
		}
		_, err = books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
			tx.Put(partOfCard(m.parts), data)
			return nil, nil
		}})
		if err != nil {
			return err
		}
		m.parts++
	}
	return nil
}

// sendCard remembers who is on the card of a day, and sends it to finance: one for all, as a morning
// has enough messages. A day without contacts has none. Whom something concerns since he was looked
// at is looked at again.
func (r *Rules) sendCard(tx *ledger.Tx, m *morning) error {
	if err := forgetCard(tx, m.parts); err != nil {
		return err
	}
	news, _, ok := tx.Stirred(m.seen)
	if !ok {
		return errors.New("more happened than is known of")
	}
	news = inOrder(news)
	m.look(&tx.View, r.Policy.At(&tx.View), news)
	if len(m.rows) == 0 {
		return nil
	}
	kept := keptCard{Day: m.day, Parts: m.parts, Rows: []onCard{}}
	if m.parts == 0 {
		kept.Rows = m.inOrder()
	} else {
		for _, id := range news {
			if x, on := m.rows[id]; on {
				kept.Rows = append(kept.Rows, x)
			} else {
				kept.Gone = append(kept.Gone, onCard{Customer: id})
			}
		}
	}
	data, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	tx.Put(cardRows, data)
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticePreflight, Address: r.Finance, For: m.day})
}

// forgetCard forgets the card before, but for so many of its parts, which are those of the new one.
func forgetCard(tx *ledger.Tx, parts int) error {
	data, err := tx.Get(cardRows)
	if err != nil || data == nil {
		return err
	}
	var old keptCard
	if err := json.Unmarshal(data, &old); err != nil {
		return fmt.Errorf("the rows of the morning's card before: %w", err)
	}
	for n := parts; n < old.Parts; n++ {
		tx.Put(partOfCard(n), nil)
	}
	tx.Put(cardRows, nil)
	return nil
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
	words, instead, err := v.ContactWords(c, n.Contact(), n.Again)
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
