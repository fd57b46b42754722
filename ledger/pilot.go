package ledger

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

// A pilot: while it is on, only some customers are contacted unasked. What the others would have
// been sent is written down instead, and counts as said: so whoever is let in hears the word of
// his debt's age, and not those that he missed.

// The kinds of a pilot's facts: 220 and 221.
const (
	kindPilot     factKind = 220
	kindPilotHeld factKind = 221
)

// Pilot is whom the bot writes to unasked; the zero Pilot is everybody.
type Pilot struct {
	On        bool
	Customers []string // handles
	Segments  []string
	Since     Date   // when it was put on
	File      string // what the configuration said last, whatever staff changed since
}

// has reports whether a customer is in it.
func (p *Pilot) has(c *Customer) bool {
	return slices.Contains(p.Customers, strings.ToLower(c.Handle)) || c.Segment != "" && slices.Contains(p.Segments, strings.ToLower(c.Segment))
}

// PilotSet is the fact of a pilot as it is from now on.
type PilotSet struct {
	On        bool
	Customers []string
	Segments  []string
	File      string
}

func (x *PilotSet) kind() factKind { return kindPilot }

func (x *PilotSet) code(c *coder) {
	c.flag(&x.On)
	list(c, &x.Customers, func(c *coder, s *string) { str(c, s) })
	list(c, &x.Segments, func(c *coder, s *string) { str(c, s) })
	str(c, &x.File)
}

func (x *PilotSet) apply(s *state, f *Fact) {
	p := Pilot{On: x.On, Customers: x.Customers, Segments: x.Segments, File: x.File}
	switch {
	case x.On && s.pilot.On:
		p.Since = s.pilot.Since
	case x.On:
		p.Since = f.Effective
	}
	set(s, &s.pilot, p)
}

// Pilot is the one in force.
func (v *View) Pilot() Pilot { return v.s.pilot }

// Outside reports whether c is one of those whom a pilot leaves alone.
func (v *View) Outside(c *Customer) bool { return v.s.pilot.On && !v.s.pilot.has(c) }

// SetPilot books whom the bot writes to unasked. It reports whether that is other than before.
func (tx *Tx) SetPilot(on bool, customers, segments []string) (changed bool, err error) {
	return tx.setPilot(&PilotSet{On: on, Customers: customers, Segments: segments, File: tx.s.pilot.File})
}

// ConfigurePilot takes the pilot that the configuration names, where that is other than it was
// when it was read last: what staff change holds until somebody changes the configuration.
func (tx *Tx) ConfigurePilot(customers, segments []string) error {
	file := strings.Join(customers, ",") + ";" + strings.Join(segments, ",")
	if file == ";" {
		file = ""
	}
	if file == tx.s.pilot.File {
		return nil
	}
	_, err := tx.setPilot(&PilotSet{On: file != "", Customers: customers, Segments: segments, File: file})
	return err
}

func (tx *Tx) setPilot(x *PilotSet) (changed bool, err error) {
	x.Customers, x.Segments = sortedWords(x.Customers), sortedWords(x.Segments)
	old := &tx.s.pilot
	if x.On == old.On && x.File == old.File && slices.Equal(x.Customers, old.Customers) && slices.Equal(x.Segments, old.Segments) {
		return false, nil
	}
	_, err = tx.append(tx.Today(), x)
	return true, err
}

func sortedWords(words []string) (out []string) {
	for _, w := range words {
		out = append(out, strings.ToLower(w))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Unasked reports whether x says something to a customer that neither he nor a member of staff has
// just asked for. A pilot holds that back, and nothing else.
func (x *NoticeQueued) Unasked() bool {
	switch x.Kind {
	case NoticeReminder: // steps and words before the due date; by hand the preview leaves out who is outside
		return true
	case NoticeStatement: // one by itself has a day; one that staff send knowingly has none
		return x.For != 0
	case NoticeThanks: // nobody waits for it
		return true
	case NoticeRating: // a question of ours
		return true
	case NoticeActAgain: // a reminder of an act that was sent
		return true
	case NoticePlanOver: // he did not pay, and did nothing else
		return true
	}
	// Everything else goes, and this is why:
	//   - documents (invoice, receipt, credit note, file, act) and edits of them: staff issued them
	//     for him, a contract that staff made did, or they follow a payment of his;
	//   - answers (reply, outcome, terms, plan agreed, claim word, mail decided, access): he asked;
	//   - what becomes of what he did (cheque word, annulled, what for): his money is under way;
	//   - messages of a group, and edits in it: they follow an invoice;
	//   - our new bank details: two people decided it, and not to know them costs him money.
	return false
}

// PilotHeld is the fact that a customer outside of the pilot would have been sent something.
// Steps of reminders count as said with it, and once in a while is once in a while.
type PilotHeld struct {
	Customer CustomerID
	Kind     NoticeKind
	For      Date // the local day on which it would have gone
	Invoice  InvoiceID
	Step     int
	Code     string // of the notice: a part of a plan, or the days of a statement
	Policy   int    // version of the policies
	Also     []PlanStep
	Channel  string  // by which it would have gone: "telegram", "mail"; "" for none
	Sums     []Money // that it would have named, one for each currency
}

func (x *PilotHeld) kind() factKind { return kindPilotHeld }

func (x *PilotHeld) code(c *coder) {
	num(c, &x.Customer)
	str(c, &x.Kind)
	num(c, &x.For)
	num(c, &x.Invoice)
	num(c, &x.Step)
	str(c, &x.Code)
	num(c, &x.Policy)
	steps(c, &x.Also)
	str(c, &x.Channel)
	list(c, &x.Sums, func(c *coder, m *Money) { c.money(m) })
}

func (x *PilotHeld) apply(s *state, f *Fact) {
	day := x.For
	if day == 0 {
		day = f.Effective
	}
	s.heldBack(day, x)
	n := x.Notice()
	switch x.Kind {
	case NoticeReminder:
		s.unheard(x, day)
		s.contactMade(x.Customer, n.Contact())
	case NoticeStatement:
		s.stateOfAccount(&n)
	case NoticeThanks:
		s.thankedFor(&n)
	case NoticeRating:
		s.askedRating(&n)
	case NoticeActAgain:
		if r := s.acts.at(uint32(actNumber(&n))); r != nil {
			set(s, &r.Reminded, f.Effective)
		}
	}
}

// Notice is what would have been queued.
func (x *PilotHeld) Notice() NoticeQueued {
	return NoticeQueued{Kind: x.Kind, Customer: x.Customer, Invoice: x.Invoice, Step: x.Step, For: x.For, Code: x.Code, Policy: x.Policy, Also: x.Also}
}

// unheard counts a reminder that was held back as said, and its day as one of those that count
// for the next one, as long as its customer stays outside.
func (s *state) unheard(x *PilotHeld, day Date) {
	for _, p := range append(slices.Clip(x.Also), PlanStep{x.Invoice, x.Step}) {
		if p.Step > 0 {
			s.countSaid([]PlanStep{p})
		} else if inv := s.invoices.at(uint32(p.Invoice)); inv != nil && day > inv.Nudge {
			set(s, &inv.Nudge, day)
		}
	}
	kept := slices.DeleteFunc(slices.Clone(s.unheardOn[x.Customer]), func(d Date) bool { return d <= day-contactDays })
	put(s, s.unheardOn, x.Customer, append(kept, day))
}

// heldDays is for how many days the books list what was held back.
const heldDays = 92

// heldBack lists what was held back on a day, and forgets what is long ago.
func (s *state) heldBack(day Date, x *PilotHeld) {
	if s.pilotHeld[day] == nil {
		for old := range s.pilotHeld {
			if old <= day-heldDays {
				drop(s, s.pilotHeld, old)
			}
		}
	}
	put(s, s.pilotHeld, day, append(s.pilotHeld[day], x))
}

// HoldBack books that a customer outside of the pilot would have been sent x, by a channel, and with
// which sums.
func (tx *Tx) HoldBack(x NoticeQueued, channel string, sums []Money) error {
	_, err := tx.append(tx.Today(), &PilotHeld{Customer: x.Customer, Kind: x.Kind, For: x.For, Invoice: x.Invoice, Step: x.Step, Code: x.Code,
		Policy: x.Policy, Also: x.Also, Channel: channel, Sums: sums})
	return err
}

// HeldBack is what a pilot held back from a day on, newest day first, and in the order of a day. It
// goes back three months.
func (v *View) HeldBack(since Date) []*PilotHeld { return v.heldBetween(since, math.MaxInt32) }

// heldBetween is HeldBack up to the day before another one.
func (v *View) heldBetween(since, before Date) (out []*PilotHeld) {
	days := slices.Sorted(maps.Keys(v.s.pilotHeld))
	slices.Reverse(days)
	for _, day := range days {
		if day >= since && day < before {
			out = append(out, v.s.pilotHeld[day]...)
		}
	}
	return out
}

// UnheardOn are the days of the last month on which c would have been contacted, had a pilot not
// held that back.
func (v *View) UnheardOn(c *Customer) []Date { return v.s.unheardOn[c.ID] }

// newPilot makes the bodies of this file's kinds.
func newPilot(k factKind) Body {
	switch k {
	case kindPilot:
		return new(PilotSet)
	case kindPilotHeld:
		return new(PilotHeld)
	}
	return nil
}

// The names of this file's facts.
const (
	FactPilot     FactName = "pilot"
	FactPilotHeld FactName = "pilotheld"
)

// describePilot tells this file's facts.
func (v *View) describePilot(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *PilotSet:
		return Description{Name: FactPilot, Refs: append(slices.Clone(x.Customers), x.Segments...)}, true
	case *PilotHeld:
		return Description{Name: FactPilotHeld, Refs: append(v.handle(x.Customer), v.numbers(x.Invoice)...)}, true
	}
	return Description{}, false
}

func dumpPilot(w io.Writer, s *state) {
	if p := s.pilot; p.On || p.File != "" {
		fmt.Fprintf(w, "pilot %t customers %v segments %v since %s file %q\n", p.On, p.Customers, p.Segments, p.Since, p.File)
	}
	for _, day := range slices.Sorted(maps.Keys(s.pilotHeld)) {
		for _, x := range s.pilotHeld[day] {
			fmt.Fprintf(w, "held back on %s: %s customer %d invoice %d step %d %q also %v by %q sums %v\n", day, x.Kind, x.Customer, x.Invoice, x.Step, x.Code,
				x.Also, x.Channel, x.Sums)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.unheardOn)) {
		fmt.Fprintf(w, "held back from %d on %v\n", id, s.unheardOn[id])
	}
}
