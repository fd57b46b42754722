package ledger

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
)

// What staff say of single contacts before they are made: that one waits until a day, that it goes
// although money waits, in which words it goes, that a step which was left out is not; and which
// contacts the rules held back, for money that waits or because the bank's data is old.

// ContactKey is which contact of a customer: what carries it, its step, and the part of a plan.
type ContactKey struct {
	Invoice InvoiceID
	Step    int
	Part    string // "PL-2.1"; "" for no plan
}

func (k *ContactKey) code(c *coder) {
	num(c, &k.Invoice)
	num(c, &k.Step)
	str(c, &k.Part)
}

// Contact is the contact that a reminder makes.
func (x *NoticeQueued) Contact() ContactKey { return ContactKey{x.Invoice, x.Step, x.Code} }

// ContactNotes are what is noted of the contacts of one customer, each the newest of its kind.
type ContactNotes struct {
	Skipped  Date // the local day of the contact that staff left out; 0: none
	before   stepsBefore
	Snoozed  Date // the first day on which contacts are made again; 0: they are
	Since    Date // the local day of the contact that was put off
	Released ContactKey
	Held     ContactKey
	HeldWhy  HeldWhy
	HeldOn   Date // the local day on which it was held
	Worded   ContactKey
	Instead  bool // Words stand in the place of the message's own
	Words    TextRef
	spoken   bool // a contact was made in them
}

// stepsBefore are the steps and the words before the due date as they were before some were left out.
type stepsBefore struct {
	said   []PlanStep // that were left out
	steps  []PlanStep // as they were
	nudges []nudgeBefore
}

// nudgeBefore is the day of the last word before an invoice's due date.
type nudgeBefore struct {
	Invoice InvoiceID
	Day     Date
}

// HeldWhy is why a contact was held, in one word.
type HeldWhy string

// The reasons.
const (
	HeldMoney HeldWhy = "money"     // money of the customer's waits to be applied
	HeldStale HeldWhy = "stalebank" // what is known of the bank is old
)

// ContactNotes are what is noted of c's contacts.
func (v *View) ContactNotes(c *Customer) ContactNotes { return v.s.contactNotes[c.ID] }

// noteContact changes what is noted of a customer's contacts.
// contactMade ends what staff said of one contact, once it is made: an invoice has the same step again
// when its next instalment is due, and several words before a due date.
func (s *state) contactMade(id CustomerID, of ContactKey) {
	n, ok := s.contactNotes[id]
	if !ok || n.Released != of && n.Held != of && n.Worded != of {
		return
	}
	s.noteContact(id, func(n *ContactNotes) {
		if n.Released == of {
			n.Released = ContactKey{}
		}
		if n.Held == of {
			n.Held = ContactKey{}
		}
		n.spoken = n.spoken || n.Worded == of
	})
}

func (s *state) noteContact(id CustomerID, change func(n *ContactNotes)) {
	n := s.contactNotes[id]
	change(&n)
	put(s, s.contactNotes, id, n)
}

// leftOut notes, before steps are left out by staff, how they stood.
func (s *state) leftOut(x *StepsSkipped) {
	before := stepsBefore{said: x.Steps}
	for _, p := range x.Steps {
		if inv := s.invoices.at(uint32(p.Invoice)); inv != nil {
			before.steps = append(before.steps, PlanStep{p.Invoice, inv.Step})
		}
	}
	for _, id := range x.Nudges {
		if inv := s.invoices.at(uint32(id)); inv != nil {
			before.nudges = append(before.nudges, nudgeBefore{id, inv.Nudge})
		}
	}
	s.noteContact(x.Customer, func(n *ContactNotes) { n.Skipped, n.before = x.For, before })
}

// SkipUndone is the fact that what staff left out last of a customer's steps is said after all.
type SkipUndone struct {
	Customer CustomerID
	For      Date
	Steps    []PlanStep // as they count again
	Nudges   []nudgeBefore
}

func (x *SkipUndone) kind() factKind { return kindSkipUndone }

func (x *SkipUndone) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.For)
	steps(c, &x.Steps)
	list(c, &x.Nudges, func(c *coder, n *nudgeBefore) {
		num(c, &n.Invoice)
		num(c, &n.Day)
	})
}

func (x *SkipUndone) apply(s *state, _ *Fact) {
	for _, p := range x.Steps {
		if inv := s.invoices.at(uint32(p.Invoice)); inv != nil {
			set(s, &inv.Step, p.Step)
		}
	}
	for _, n := range x.Nudges {
		if inv := s.invoices.at(uint32(n.Invoice)); inv != nil {
			set(s, &inv.Nudge, n.Day)
		}
	}
	s.noteContact(x.Customer, func(n *ContactNotes) { n.Skipped, n.before = 0, stepsBefore{} })
}

// UndoSkip takes back that staff left c's last contact out. It returns a Conflict refusal where
// nothing was, or where more was said since.
func (tx *Tx) UndoSkip(c *Customer) error {
	n := tx.ContactNotes(c)
	if n.Skipped == 0 || c.LastContact >= n.Skipped {
		return Refuse(Conflict, "preflight.noundo", "customer", tx.CustomerName(c))
	}
	x := &SkipUndone{Customer: c.ID, For: n.Skipped, Nudges: n.before.nudges}
	for i, p := range n.before.steps { // something else may have counted further ones
		if inv := tx.Invoice(p.Invoice); i < len(n.before.said) && inv.Step == n.before.said[i].Step {
			x.Steps = append(x.Steps, p)
		}
	}
	_, err := tx.append(tx.Today(), x)
	return err
}

// ContactSnoozed is the fact that a customer's contacts wait until a day. Until 0 ends that.
type ContactSnoozed struct {
	Customer CustomerID
	For      Date // the local day of the contact that is put off
	Until    Date // the first day on which it may be made
}

func (x *ContactSnoozed) kind() factKind { return kindContactSnoozed }

func (x *ContactSnoozed) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.For)
	num(c, &x.Until)
}

func (x *ContactSnoozed) apply(s *state, _ *Fact) {
	s.noteContact(x.Customer, func(n *ContactNotes) { n.Snoozed, n.Since = x.Until, x.For })
}

// snoozeMost is the longest that a contact is put off, in days: for longer there are holds.
const snoozeMost = 92

// Snooze puts c's contact of a day of his off until another, or with until 0 no more. It returns a
// BadInput refusal for a day that is not behind the contact's, or too far.
func (tx *Tx) Snooze(c *Customer, on, until Date) error {
	if until != 0 && (until <= on || until > on.AddDays(snoozeMost)) {
		return Refuse(BadInput, "preflight.until", "from", on.AddDays(1), "to", on.AddDays(snoozeMost))
	}
	if until == 0 && tx.ContactNotes(c).Snoozed == 0 {
		return Refuse(Conflict, "preflight.noundo", "customer", tx.CustomerName(c))
	}
	_, err := tx.append(tx.Today(), &ContactSnoozed{c.ID, on, until})
	return err
}

// ContactWorded is the fact that one contact is made in staff's own words: beside the message's, or
// in their place. Without words it is made in the message's alone again.
type ContactWorded struct {
	Customer CustomerID
	Contact  ContactKey
	Instead  bool
	Words    TextRef
}

func (x *ContactWorded) kind() factKind { return kindContactWorded }

func (x *ContactWorded) code(c *coder) {
	num(c, &x.Customer)
	x.Contact.code(c)
	c.flag(&x.Instead)
	c.text(&x.Words)
}

func (x *ContactWorded) apply(s *state, _ *Fact) {
	s.noteContact(x.Customer, func(n *ContactNotes) { n.Worded, n.Instead, n.Words, n.spoken = x.Contact, x.Instead, x.Words, false })
}

// contactWords is how long staff's own words in a reminder may be, in letters.
const contactWords = 500

// WordContact has one contact of c's say words of staff's, beside the message's own or instead.
func (tx *Tx) WordContact(c *Customer, of ContactKey, words string, instead bool) error {
	if len([]rune(words)) > contactWords {
		return Refuse(BadInput, "preflight.long", "max", contactWords)
	}
	ref, err := tx.keep(c.Person, words)
	if err == nil {
		_, err = tx.append(tx.Today(), &ContactWorded{c.ID, of, instead, ref})
	}
	return err
}

// ContactWords are staff's own words for a contact of c's, "" for none. Those of a contact that was made
// are for its copy alone, which is sent where nobody knows whether it arrived.
func (v *View) ContactWords(c *Customer, of ContactKey, again bool) (words string, instead bool, err error) {
	n := v.ContactNotes(c)
	if n.Worded != of || n.Words.Person == 0 || n.spoken && !again {
		return "", false, nil
	}
	words, err = v.Text(n.Words)
	return words, n.Instead, err
}

// ContactReleased is the fact that one contact is made although money waits, or the bank's data is
// old.
type ContactReleased struct {
	Customer CustomerID
	Contact  ContactKey
}

func (x *ContactReleased) kind() factKind { return kindContactReleased }

func (x *ContactReleased) code(c *coder) {
	num(c, &x.Customer)
	x.Contact.code(c)
}

func (x *ContactReleased) apply(s *state, _ *Fact) {
	s.noteContact(x.Customer, func(n *ContactNotes) { n.Released = x.Contact })
}

// ReleaseContact lets one contact of c's go although money waits, or the bank's data is old.
func (tx *Tx) ReleaseContact(c *Customer, of ContactKey) error {
	if tx.ContactNotes(c).Released == of {
		return nil
	}
	_, err := tx.append(tx.Today(), &ContactReleased{c.ID, of})
	return err
}

// ContactHeld is the fact that the rules held a contact back whose time had come.
type ContactHeld struct {
	Customer CustomerID
	For      Date
	Contact  ContactKey
	Why      HeldWhy
}

func (x *ContactHeld) kind() factKind { return kindContactHeld }

func (x *ContactHeld) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.For)
	x.Contact.code(c)
	str(c, &x.Why)
}

func (x *ContactHeld) apply(s *state, _ *Fact) {
	s.noteContact(x.Customer, func(n *ContactNotes) { n.Held, n.HeldWhy, n.HeldOn = x.Contact, x.Why, x.For })
}

// HoldContact books that a contact of c's is held back on a day of his. It reports whether that is
// news: a contact that is held day after day is booked once for each reason.
func (tx *Tx) HoldContact(c *Customer, of ContactKey, on Date, why HeldWhy) (news bool, err error) {
	if n := tx.ContactNotes(c); n.Held == of && n.HeldWhy == why && n.HeldOn != 0 {
		return false, nil
	}
	_, err = tx.append(tx.Today(), &ContactHeld{c.ID, on, of, why})
	return err == nil, err
}

// HeldContacts calls f with every customer of whom a contact was held at some time, in order.
func (v *View) HeldContacts(f func(c *Customer, n ContactNotes)) {
	for _, id := range slices.Sorted(maps.Keys(v.s.contactNotes)) {
		if n := v.s.contactNotes[id]; n.HeldOn != 0 {
			f(v.Customer(id), n)
		}
	}
}

// MoneyWaiting is the money of c's that is on account, per currency; credits are none: see
// CreditsWaiting.
func (v *View) MoneyWaiting(c *Customer) (out []Money) {
	for cur := range v.s.onAccount(c.ID) {
		sum := Money{0, cur}
		for _, src := range v.sources(c, cur) {
			if src.payment != nil {
				sum.Minor += src.payment.OnAcct
			}
		}
		if sum.Minor > 0 {
			out = append(out, sum)
		}
	}
	slices.SortFunc(out, func(a, b Money) int { return cmp.Compare(a.Currency, b.Currency) })
	return out
}

// Unapplied is money, or a credit note, of which a part settles nothing yet. One of the two is nil.
type Unapplied struct {
	Payment *Payment
	Credit  *CreditNote
	Date    Date // its own
	Left    Money
}

// UnappliedOf are what c has on account, in order of currency, and there the oldest first.
func (v *View) UnappliedOf(c *Customer) (out []Unapplied) {
	there := v.s.onAccount(c.ID)
	for _, cur := range slices.Sorted(maps.Keys(there)) {
		for _, src := range v.sources(c, cur) {
			u := Unapplied{Payment: src.payment, Credit: src.credit, Left: Money{*src.onAcct(), cur}}
			if u.Payment != nil {
				u.Date = u.Payment.Date
			} else {
				u.Date = u.Credit.Date
			}
			out = append(out, u)
		}
	}
	return out
}

// CreditsWaiting are c's credit notes of which a part settles nothing yet, oldest first of each
// currency.
func (v *View) CreditsWaiting(c *Customer) (out []*CreditNote) {
	for _, u := range v.UnappliedOf(c) {
		if u.Credit != nil {
			out = append(out, u.Credit)
		}
	}
	return out
}

// CreditsIn are those of CreditsWaiting in one currency, and what of them settles nothing yet.
func (v *View) CreditsIn(c *Customer, cur Currency) (notes []*CreditNote, sum Money) {
	sum.Currency = cur
	for _, src := range v.sources(c, cur) {
		if src.credit != nil {
			notes, sum.Minor = append(notes, src.credit), sum.Minor+src.credit.OnAcct
		}
	}
	return notes, sum
}

// BankOlder are the accounts of ours whose newest statement ends more than so many business days
// ago; one that is not used any more counts for nothing.
func (v *View) BankOlder(days int) []*TakenStatement {
	return slices.DeleteFunc(v.BankFresh(), func(st *TakenStatement) bool {
		return v.Days().Count(st.To, v.Today(), v.Home()) <= days || st.To < v.Today().AddDays(-bankGone)
	})
}

// dayCard is a message of a day to an address of staff's, of one kind.
type dayCard struct {
	kind    NoticeKind
	address string
}

// dayCardOf is the message that a notice is, or edits, of those that there is one of for a day.
func dayCardOf(x *NoticeQueued) (of dayCard, edit, ok bool) {
	switch x.Kind {
	case NoticePreflight, NoticeHeld:
		return dayCard{x.Kind, x.Address}, false, true
	case NoticePreflightEdit:
		return dayCard{NoticePreflight, x.Address}, true, true
	case NoticeHeldEdit:
		return dayCard{NoticeHeld, x.Address}, true, true
	}
	return dayCard{}, false, false
}

// toldDay keeps which message of a day tells an address, and its newest edit.
func (s *state) toldDay(x *NoticeQueued, id NoticeID) {
	switch of, edit, ok := dayCardOf(x); {
	case !ok:
	case edit:
		put(s, s.dayCardEdits, of, id)
	default:
		put(s, s.dayCards, of, toldOfEntries{id, x.For})
	}
}

// dayCardSoon reports whether a message to come shows what an edit would.
func (s *state) dayCardSoon(x *NoticeQueued) bool {
	of, edit, _ := dayCardOf(x)
	if !edit {
		return false
	}
	for _, id := range []NoticeID{s.dayCards[of].notice, s.dayCardEdits[of]} {
		if n := s.open[id]; n != nil && n.Attempt.At.IsZero() {
			return true
		}
	}
	return false
}

// DayCard is the last message of a kind to an address of staff's, and its day.
func (v *View) DayCard(kind NoticeKind, address string) (NoticeID, Date) {
	t := v.s.dayCards[dayCard{kind, address}]
	return t.notice, t.day
}

// DayCardOf is the message that an edit of one is about.
func (v *View) DayCardOf(x *NoticeQueued) NoticeID {
	of, _, _ := dayCardOf(x)
	return v.s.dayCards[of].notice
}

// DayCards are the addresses whose last message of a kind is for a day, or a later one, in order.
func (v *View) DayCards(kind NoticeKind, since Date) (to []string) {
	for of, t := range v.s.dayCards {
		if of.kind == kind && t.day >= since {
			to = append(to, of.address)
		}
	}
	slices.Sort(to)
	return to
}

// newPreflight makes the bodies of this file's kinds.
func newPreflight(k factKind) Body {
	switch k {
	case kindSkipUndone:
		return new(SkipUndone)
	case kindContactSnoozed:
		return new(ContactSnoozed)
	case kindContactWorded:
		return new(ContactWorded)
	case kindContactReleased:
		return new(ContactReleased)
	case kindContactHeld:
		return new(ContactHeld)
	}
	return nil
}

// The names of this file's facts.
const (
	FactSkipUndone FactName = "skipundone"
	FactSnoozed    FactName = "snoozed"
	FactUnsnoozed  FactName = "unsnoozed"
	FactWorded     FactName = "worded"
	FactReleased   FactName = "released"
	FactHeld       FactName = "held"
)

// describePreflight tells this file's facts.
func (v *View) describePreflight(f *Fact) (Description, bool) {
	of := func(c CustomerID, k ContactKey) []string { return append(v.handle(c), v.numbers(k.Invoice)...) }
	switch x := f.Body.(type) {
	case *SkipUndone:
		return Description{Name: FactSkipUndone, Refs: v.handle(x.Customer)}, true
	case *ContactSnoozed:
		if x.Until == 0 {
			return Description{Name: FactUnsnoozed, Refs: v.handle(x.Customer)}, true
		}
		return Description{Name: FactSnoozed, Refs: append(v.handle(x.Customer), x.Until.String())}, true
	case *ContactWorded:
		return Description{Name: FactWorded, Refs: of(x.Customer, x.Contact), Words: x.Words}, true
	case *ContactReleased:
		return Description{Name: FactReleased, Refs: of(x.Customer, x.Contact)}, true
	case *ContactHeld:
		return Description{Name: FactHeld, Refs: append(of(x.Customer, x.Contact), string(x.Why))}, true
	}
	return Description{}, false
}

func dumpPreflight(w io.Writer, s *state) {
	for _, id := range slices.Sorted(maps.Keys(s.contactNotes)) {
		n := s.contactNotes[id]
		fmt.Fprintf(w, "contacts of %d: skipped %s before %v snoozed %s since %s released %v held %v %s on %s worded %v instead %t words %d spoken %t\n", id, n.Skipped, n.before,
			n.Snoozed, n.Since, n.Released, n.Held, n.HeldWhy, n.HeldOn, n.Worded, n.Instead, n.Words.N, n.spoken)
	}
	cards := slices.SortedFunc(maps.Keys(s.dayCards), func(a, b dayCard) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.address, b.address)) })
	for _, of := range cards {
		t := s.dayCards[of]
		fmt.Fprintf(w, "%s to %s: %d on %s, edit %d\n", of.kind, of.address, t.notice, t.day, s.dayCardEdits[of])
	}
}
