package reminders

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"duebot/ledger"
)

// agenda knows on which day each customer has to be looked at next, so that a run costs what is
// due, and not what is open; the card of a day finds its rows by it, and the cards that turn. It is
// kept in memory: a customer whom a new fact concerns is unsure until he is looked at, and after a
// start all are. Nothing is decided by it: whoever is on it is decided about by the books as they
// are.
//
// It is asked within transactions and outside of them, and locks itself: whoever holds it waits for
// no transaction.
type agenda struct {
	mu     sync.Mutex
	serial uint64 // counts what happened to customers
	days
}

// days are what an agenda knows.
type days struct {
	policies *Policies
	version  int    // of the policies in the books
	home     string // the company's zone, whose business days count
	pilot    string // whom a pilot leaves outside is looked at by other days
	seen     int    // of the ledger's stirred customers
	slots    map[slot]*slotDays
	places   []place // by customer
	unsure   int     // how many customers are

	marked []ledger.CustomerID                 // of whom the card of a day may tell what became of a contact
	turns  map[ledger.Date][]ledger.CustomerID // by the company's day on which a card of theirs is another one
}

// place is where one customer stands on the agenda.
type place struct {
	in     *slotDays
	wake   ledger.Date // 0: on no day
	looked ledger.Date // the day of the last run that looked at him
	turn   ledger.Date // the company's day on which a card of his is another one; 0: none
	serial uint64      // another one since something happened to him
	unsure bool
	marked bool
}

// slotDays are the customers of a slot, by the day on which they are to be looked at.
type slotDays struct {
	slot    slot
	zone    *time.Location
	members int
	days    map[ledger.Date][]ledger.CustomerID // those whose wake is another one by now are not meant
	unsure  []ledger.CustomerID
	looked  time.Time // when the slot was run last, by this program
	next    time.Time // and when it is to be run again
}

// follow takes in what happened since the last time.
func (a *agenda) follow(v *ledger.View, p *Policies) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.catchUp(v, p)
}

func (a *agenda) catchUp(v *ledger.View, p *Policies) {
	ids, seen, ok := v.Stirred(a.seen)
	if pilot := fmt.Sprint(v.Pilot()); !ok || a.policies != p || a.version != v.PolicyVersion() || a.home != v.Company().ZoneName || a.pilot != pilot {
		a.days = days{policies: p, version: v.PolicyVersion(), home: v.Company().ZoneName, pilot: pilot, slots: map[slot]*slotDays{}, turns: map[ledger.Date][]ledger.CustomerID{}}
		v.Customers(func(c *ledger.Customer) { a.stir(c) })
	}
	for _, id := range ids {
		if c := v.Customer(id); c != nil {
			a.stir(c)
		}
	}
	a.seen = seen
}

// stir has c looked at again.
func (a *agenda) stir(c *ledger.Customer) {
	for len(a.places) <= int(c.ID) {
		a.places = append(a.places, place{})
	}
	x := &a.places[c.ID]
	if s := a.policies.slot(c); x.in == nil || x.in.slot != s {
		if x.in != nil {
			x.in.members--
		}
		if a.slots[s] == nil {
			a.slots[s] = &slotDays{slot: s, zone: c.Zone, days: map[ledger.Date][]ledger.CustomerID{}}
		}
		if x.unsure {
			a.unsure--
		}
		x.in, x.unsure = a.slots[s], false
		if x.in.members++; x.in.members == 1 {
			x.in.looked = time.Time{}
		}
	}
	a.serial++
	x.serial = a.serial
	if x.wake, x.turn = 0, 0; !x.unsure {
		x.in.unsure, x.unsure = append(x.in.unsure, c.ID), true
		a.unsure++
	}
}

// running are the slots that have customers, by zone and hour: what a run says has the same order
// when it is played again.
func (a *agenda) running() (out []*slotDays) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.slots {
		if s.members > 0 {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *slotDays) int {
		return cmp.Or(strings.Compare(a.slot.zone, b.slot.zone), cmp.Compare(a.slot.later, b.slot.later))
	})
	return out
}

// toRun is when a slot is to be run next, and whether it is now.
func (a *agenda) toRun(s *slotDays, now time.Time) (at time.Time, due bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return s.next, s.looked.IsZero() || now.Before(s.looked) || !now.Before(s.next)
}

// ran notes that a slot was run, and when it is to be again.
func (a *agenda) ran(s *slotDays, now, next time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s.looked, s.next = now, next
}

// settle finds the days of so many of those that are unsure; more tells that it has to be called
// again. What it finds it believes until something happens to them, so v is of no transaction that
// may be dropped.
func (a *agenda) settle(v *ledger.View, p *Policies, most int) (more bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.catchUp(v, p)
	if a.unsure == 0 {
		return false, nil
	}
	since, err := cardsSince(v)
	if err != nil {
		return false, err
	}
	p = p.At(v)
	day, _ := p.CardDay(v)
	from := p.cardAt(v, day)
	for _, s := range a.slots {
		if len(s.unsure) == 0 || most <= 0 {
			continue
		}
		done, err := v.Get(s.slot.marker())
		if err != nil {
			return false, err
		}
		on := ledger.DateOf(v.Now, s.zone)
		for last := s.last(done, on); len(s.unsure) > 0 && most > 0; most-- {
			id := s.unsure[len(s.unsure)-1]
			s.unsure = s.unsure[:len(s.unsure)-1]
			if x := &a.places[id]; x.in == s && x.unsure {
				if c := v.Customer(id); p.slot(c) != s.slot { // a transaction was dropped in which he moved
					a.stir(c)
					continue
				}
				if err := a.place(v, p, v.Customer(id), last, on, since, from); err != nil {
					return false, err
				}
			}
		}
	}
	return a.unsure > 0, nil
}

// place finds the days of c, the first of which may be on, after a run of the day last; cards were
// looked through on the day since, and the card of the day came at from.
func (a *agenda) place(v *ledger.View, p *Policies, c *ledger.Customer, last, on, since ledger.Date, from time.Time) (err error) {
	x := &a.places[c.ID]
	if x.wake, err = p.wake(v, c, last, on); err != nil {
		x.in.unsure = append(x.in.unsure, c.ID)
		return err
	}
	x.unsure = false
	a.unsure--
	if x.wake != 0 {
		x.in.days[x.wake] = append(x.in.days[x.wake], c.ID)
	}
	if x.turn = turns(v, c, since); x.turn != 0 {
		a.turns[x.turn] = append(a.turns[x.turn], c.ID)
	}
	if !x.marked && p.toldOf(v, c, from) {
		x.marked = true
		a.marked = append(a.marked, c.ID)
	}
	return nil
}

// due are the customers of a slot that are to be looked at on a day, in order.
func (a *agenda) due(s *slotDays, on ledger.Date) []ledger.CustomerID {
	a.mu.Lock()
	defer a.mu.Unlock()
	return inOrder(a.dueIn(s, on, nil))
}

func (a *agenda) dueIn(s *slotDays, on ledger.Date, out []ledger.CustomerID) []ledger.CustomerID {
	for wake, ids := range s.days {
		if wake > on {
			continue
		}
		for _, id := range ids {
			if x := &a.places[id]; x.in == s && x.wake == wake {
				out = append(out, id)
			}
		}
	}
	return out
}

func inOrder(ids []ledger.CustomerID) []ledger.CustomerID {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// news are the customers of a slot whom something concerns since their day was found, but for those
// that were looked at on the day on.
func (a *agenda) news(s *slotDays, on ledger.Date) []ledger.CustomerID {
	a.mu.Lock()
	defer a.mu.Unlock()
	return inOrder(slices.DeleteFunc(a.unsureOf(s, nil), func(id ledger.CustomerID) bool { return a.places[id].looked == on }))
}

// unsureOf adds the customers of a slot who are unsure.
func (a *agenda) unsureOf(s *slotDays, out []ledger.CustomerID) []ledger.CustomerID {
	for _, id := range s.unsure {
		if x := &a.places[id]; x.in == s && x.unsure {
			out = append(out, id)
		}
	}
	return out
}

// looks notes that c is looked at on a day: when he has to be again follows from what comes of it.
func (a *agenda) looks(c *ledger.Customer, on ledger.Date) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stir(c)
	a.places[c.ID].looked = on
}

// done forgets the days of a slot up to one, all of whose customers were looked at.
func (a *agenda) done(s *slotDays, on ledger.Date) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for wake := range s.days {
		if wake <= on {
			delete(s.days, wake)
		}
	}
}

// again has c's days found anew.
func (a *agenda) again(c *ledger.Customer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stir(c)
}

// onCard are the customers whom the card of a day may be about, beside those that it was about when
// it came: those who are unsure, whose day comes before a moment, and of whom it tells what became
// of a contact.
func (a *agenda) onCard(v *ledger.View, p *Policies, from, until time.Time) (ids []ledger.CustomerID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.catchUp(v, p)
	for _, s := range a.slots {
		ids = a.dueIn(s, p.lastBefore(s, v.Now, until), a.unsureOf(s, ids))
	}
	a.marked = slices.DeleteFunc(a.marked, func(id ledger.CustomerID) bool {
		x := &a.places[id]
		x.marked = x.unsure || p.toldOf(v, v.Customer(id), from)
		return !x.marked
	})
	return inOrder(append(ids, a.marked...))
}

// serials are what tells of some customers whether something happened to them since it was asked
// last: it is another one then.
func (a *agenda) serials(ids []ledger.CustomerID) []uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]uint64, len(ids))
	for i, id := range ids {
		out[i] = a.places[id].serial
	}
	return out
}

// lastBefore is the last day of a slot's whose hour comes before a moment, or today.
func (p *Policies) lastBefore(s *slotDays, now, until time.Time) ledger.Date {
	day, today := ledger.DateOf(until, s.zone), ledger.DateOf(now, s.zone)
	for day > today && !p.hourOf(s.slot, s.zone, day).Before(until) {
		day--
	}
	return max(day, today)
}

// turning are the customers a card of whom may be another one on the company's day on.
func (a *agenda) turning(on ledger.Date) (ids []ledger.CustomerID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for day, some := range a.turns {
		if day > on {
			continue
		}
		for _, id := range some {
			if a.places[id].turn == day {
				ids = append(ids, id)
			}
		}
	}
	for _, s := range a.slots {
		ids = a.unsureOf(s, ids)
	}
	return inOrder(ids)
}

// turned forgets the company's days up to one, all of whose customers were looked at.
func (a *agenda) turned(on ledger.Date) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for day := range a.turns {
		if day <= on {
			delete(a.turns, day)
		}
	}
}

// wake is the first day from on on which something may come of the rules for c, 0 for none, after
// a run of the day last.
func (p *Policies) wake(v *ledger.View, c *ledger.Customer, last, on ledger.Date) (ledger.Date, error) {
	if !c.HasOpen() {
		return 0, nil
	}
	if row, err := v.Get(brokenPlan(c.ID)); row != nil || err != nil {
		return on, err
	}
	s := p.standing(v, c)
	wake := s.wakes(on.AddDays(-1))
	if day := p.escalates(s, on); day != 0 && (wake == 0 || day < wake) {
		wake = day
	}
	v.EachOpen(c, func(inv *ledger.Invoice) { // whose messages show a discount that is over
		if until := inv.EarlyTerms().Until; until != 0 && inv.Message != 0 && until >= last {
			if edit := max(until.AddDays(1), on); wake == 0 || edit < wake {
				wake = edit
			}
		}
	})
	return wake, nil
}

// part is how far the run of a slot has come: it is written down with what it queued, so that a
// stop in its midst neither leaves out nor repeats.
type part struct {
	on       ledger.Date
	after    ledger.CustomerID // who was looked at last
	campaign ledger.CampaignID
}

// partRow is what the row of a part is named behind the marker of its slot.
const partRow = ".part"

func readPart(row []byte, on ledger.Date) (x part) {
	var day string
	if n, _ := fmt.Sscanf(string(row), "%s %d %d", &day, &x.after, &x.campaign); n != 3 || day != on.String() {
		return part{on: on}
	}
	x.on = on
	return x
}

func (x part) row() []byte { return fmt.Appendf(nil, "%s %d %d", x.on, x.after, x.campaign) }

// scheduled is the time at which a slot is run on a day of its zone; ok is false for a day without
// one. The schedule is read on the face of a clock, whatever the clocks do on that day.
func (p *Policies) scheduled(s slot, zone *time.Location, on ledger.Date) (at time.Time, ok bool) {
	midnight := on.At(0, 0, time.UTC)
	face := p.Schedule.Next(midnight.Add(-time.Second))
	if ledger.DateOf(face, time.UTC) != on {
		return time.Time{}, false
	}
	return on.At(face.Hour(), face.Minute(), zone).Add(s.later), true
}

// scheduledDays is how far ahead a day with a run is looked for: schedules are by the week at most.
const scheduledDays = 35

// nextRunOf is when a slot is to be run next after a time.
func (p *Policies) nextRunOf(s slot, zone *time.Location, now time.Time) time.Time {
	today := ledger.DateOf(now, zone)
	for n := range scheduledDays {
		if at, ok := p.scheduled(s, zone, today.AddDays(n)); ok && at.After(now) {
			return at
		}
	}
	return now.AddDate(0, 0, scheduledDays)
}
