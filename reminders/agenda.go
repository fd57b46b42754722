package reminders

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"duebot/ledger"
)

// agenda knows on which day each customer has to be looked at next, so that a run costs what is
// due, and not what is open. It is kept in memory: a customer whom a new fact concerns is unsure
// until he is looked at, and after a start all are. Nothing is decided by it: whoever is on it is
// decided about by the books as they are.
type agenda struct {
	policies *Policies
	version  int    // of the policies in the books
	home     string // the company's zone, whose business days count
	pilot    string // whom a pilot leaves outside is looked at by other days
	seen     int    // of the ledger's stirred customers
	slots    map[slot]*slotDays
	places   []place // by customer
}

// place is where one customer stands on the agenda.
type place struct {
	in     *slotDays
	wake   ledger.Date // 0: on no day
	looked ledger.Date // the day of the last run that looked at him
	unsure bool
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
	ids, seen, ok := v.Stirred(a.seen)
	if !ok || a.policies != p || a.version != v.PolicyVersion() || a.home != v.Company().ZoneName || a.pilot != fmt.Sprint(v.Pilot()) {
		*a = agenda{policies: p, version: v.PolicyVersion(), home: v.Company().ZoneName, pilot: fmt.Sprint(v.Pilot()), slots: map[slot]*slotDays{}}
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
		x.in, x.unsure = a.slots[s], false
		if x.in.members++; x.in.members == 1 {
			x.in.looked = time.Time{}
		}
	}
	if x.wake = 0; !x.unsure {
		x.in.unsure, x.unsure = append(x.in.unsure, c.ID), true
	}
}

// inOrder are the slots that somebody is in, by zone and hour: what one run says has the same order
// wherever it is played again.
func (a *agenda) inOrder() (out []*slotDays) {
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

// settle finds the days of so many of those that are unsure, the first of which may be on, after a
// run of the day last; more tells that it has to be called again.
func (a *agenda) settle(v *ledger.View, s *slotDays, last, on ledger.Date, most int) (more bool, err error) {
	p := a.policies.At(v)
	for ; len(s.unsure) > 0 && most > 0; most-- {
		id := s.unsure[len(s.unsure)-1]
		s.unsure = s.unsure[:len(s.unsure)-1]
		x := &a.places[id]
		if x.in != s || !x.unsure {
			continue
		}
		x.unsure = false
		if x.wake, err = p.wake(v, v.Customer(id), last, on); err != nil {
			return false, err
		}
		if x.wake != 0 {
			s.days[x.wake] = append(s.days[x.wake], id)
		}
	}
	return len(s.unsure) > 0, nil
}

// due are the customers of a slot that are to be looked at on a day, in order.
func (a *agenda) due(s *slotDays, on ledger.Date) (out []ledger.CustomerID) {
	for wake, ids := range s.days {
		for _, id := range ids {
			if x := &a.places[id]; wake <= on && x.in == s && x.wake == wake {
				out = append(out, id)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// news are the customers of a slot whom something concerns since their day was found, but for those
// that were looked at on the day on.
func (a *agenda) news(s *slotDays, on ledger.Date) (out []ledger.CustomerID) {
	for _, id := range s.unsure {
		if x := &a.places[id]; x.in == s && x.unsure && x.looked != on {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// looks notes that c is looked at on a day: when he has to be again follows from what comes of it.
func (a *agenda) looks(c *ledger.Customer, on ledger.Date) {
	a.stir(c)
	a.places[c.ID].looked = on
}

// done forgets the days up to one, all of whose customers were looked at.
func (s *slotDays) done(on ledger.Date) {
	for wake := range s.days {
		if wake <= on {
			delete(s.days, wake)
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
	for _, inv := range v.OpenInvoices(c) { // whose messages show a discount that is over
		if until := inv.EarlyTerms().Until; until != 0 && inv.Message != 0 && until >= last {
			if edit := max(until.AddDays(1), on); wake == 0 || edit < wake {
				wake = edit
			}
		}
	}
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
