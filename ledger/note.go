package ledger

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"duebot/ledger/names"
)

// NoteID numbers what staff noted of customers, from 1.
type NoteID uint32

// NoteKind is what a note tells of, in one word.
type NoteKind string

// The kinds. Whoever was spoken with was contacted: that counts for the interval of reminders.
const (
	NoteContact  NoteKind = "contact"     // a talk, a letter, a visit
	NoteNoAnswer NoteKind = "noanswer"    // nobody took the call
	NoteWrong    NoteKind = "wrongnumber" // the number is another's
	NoteSnoozed  NoteKind = "snoozed"     // to be called on a later day
)

// Reached reports whether k is a contact.
func (k NoteKind) Reached() bool { return k == NoteContact }

// Note is what a member of staff noted of a customer.
type Note struct {
	ID       NoteID
	Customer CustomerID
	Invoice  InvoiceID // in whose thread it is told, 0: none
	Kind     NoteKind
	By       string // "slack:USALES0001"
	At       time.Time
	Next     Date // when to call next, 0: no day was said
	Words    TextRef
	Promises int // promises to pay that were noted with it
	Undone   bool

	promise     uint32 // the last of these
	before      NoteID // the customer's note before
	lastContact Date   // what these were before it
	nextCall    Date
}

// NoteMade is the fact of a note. The promises that were noted with it are the facts before.
type NoteMade struct {
	Customer CustomerID
	Invoice  InvoiceID
	Kind     NoteKind
	Words    TextRef
	Next     Date
	Promises int
}

func (x *NoteMade) kind() factKind { return kindNote }

func (x *NoteMade) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Invoice)
	str(c, &x.Kind)
	c.text(&x.Words)
	num(c, &x.Next)
	num(c, &x.Promises)
}

func (x *NoteMade) apply(s *state, f *Fact) {
	c := s.customers.at(uint32(x.Customer))
	if c == nil {
		return
	}
	id := NoteID(s.notes.n + 1)
	s.notes.add(s, Note{ID: id, Customer: x.Customer, Invoice: x.Invoice, Kind: x.Kind, By: f.By, At: f.Recorded, Next: x.Next,
		Words: x.Words, Promises: x.Promises, promise: s.promises.n, before: c.lastNote, lastContact: c.LastContact, nextCall: c.NextCall})
	set(s, &c.lastNote, id)
	day := DateOf(f.Recorded, c.Zone)
	if x.Kind.Reached() {
		set(s, &c.LastContact, max(c.LastContact, day))
		s.contacted(c, day)
	}
	if x.Next != 0 || c.NextCall <= f.Effective { // a call that was agreed for later stays
		set(s, &c.NextCall, x.Next)
	}
}

// NoteUndone is the fact that a note was a mistake: what it changed is as it was before,
// unless something has changed it since.
type NoteUndone struct {
	Note     NoteID
	Customer CustomerID
	Invoice  InvoiceID
}

func (x *NoteUndone) kind() factKind { return kindNoteUndone }

func (x *NoteUndone) code(c *coder) {
	num(c, &x.Note)
	num(c, &x.Customer)
	num(c, &x.Invoice)
}

func (x *NoteUndone) apply(s *state, _ *Fact) {
	n, c := s.notes.at(uint32(x.Note)), s.customers.at(uint32(x.Customer))
	if n == nil || c == nil || n.Undone {
		return
	}
	set(s, &n.Undone, true)
	if day := DateOf(n.At, c.Zone); n.Kind.Reached() {
		if c.LastContact == day {
			set(s, &c.LastContact, n.lastContact)
		}
		s.uncontacted(c, day)
	}
	if c.NextCall == n.Next {
		set(s, &c.NextCall, n.nextCall)
	}
	for id := n.promise; id > n.promise-uint32(n.Promises); id-- {
		s.unpromise(id)
	}
}

// unpromise takes a promise back: the one before it on its invoice holds again.
func (s *state) unpromise(id uint32) {
	p := s.promises.at(id)
	if p == nil {
		return
	}
	inv := s.invoices.at(uint32(p.Invoice))
	s.judge(id, PromiseVoid)
	if inv == nil || inv.promise != id {
		return
	}
	set(s, &inv.promise, 0)
	set(s, &inv.Promised, 0)
	for before := id - 1; before > 0; before-- {
		old := s.promises.at(before)
		if old.Invoice != p.Invoice {
			continue
		}
		set(s, &inv.promise, before)
		set(s, &inv.Promised, old.By)
		if old.Outcome == PromiseMoved {
			set(s, &old.Outcome, PromiseAwaited)
			put(s, s.awaited, before, true)
		}
		return
	}
}

// PhoneSet is the fact that a customer is called by a number from now on; an empty one is
// none.
type PhoneSet struct {
	Customer CustomerID
	Phone    TextRef
}

func (x *PhoneSet) kind() factKind { return kindPhone }

func (x *PhoneSet) code(c *coder) {
	num(c, &x.Customer)
	c.text(&x.Phone)
}

func (x *PhoneSet) apply(s *state, _ *Fact) {
	if c := s.customers.at(uint32(x.Customer)); c != nil {
		set(s, &c.Phone, x.Phone)
		s.callable(c)
	}
}

func newNote(k factKind) Body {
	switch k {
	case kindNote:
		return new(NoteMade)
	case kindNoteUndone:
		return new(NoteUndone)
	case kindPhone:
		return new(PhoneSet)
	}
	return nil
}

// NewNote is what NoteOn needs.
type NewNote struct {
	Customer CustomerID
	Invoice  InvoiceID // in whose thread it is told, 0: none
	Kind     NoteKind
	Words    string
	Next     Date
	Promises int // how many promises were booked just before it, and belong to it
}

const (
	nextMaxDays = 366  // how far ahead a call may be put
	noteMax     = 2000 // characters of a note
)

// NoteOn books a note. It returns a BadInput refusal for a next day that is over or too far,
// and for words that are too long.
func (tx *Tx) NoteOn(n NewNote) (*Note, error) {
	c := tx.Customer(n.Customer)
	if c == nil {
		return nil, Refuse(NotFound, "customer.unknown", "text", fmt.Sprint(n.Customer))
	}
	if n.Next != 0 && (n.Next <= tx.Today() || n.Next > tx.Today().AddDays(nextMaxDays)) {
		return nil, Refuse(BadInput, "note.next", "date", n.Next)
	}
	if utf8.RuneCountInString(n.Words) > noteMax {
		return nil, Refuse(BadInput, "note.long", "max", noteMax)
	}
	words, err := tx.keep(c.Person, n.Words)
	if err != nil {
		return nil, err
	}
	x := &NoteMade{Customer: n.Customer, Invoice: n.Invoice, Kind: n.Kind, Words: words, Next: n.Next, Promises: n.Promises}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, err
	}
	return tx.s.notes.at(tx.s.notes.n), nil
}

// NoteLife is how long a note can be undone.
const NoteLife = 15 * time.Minute

// UndoNote books that n was a mistake. It returns a Conflict refusal when that is too late,
// or was done already.
func (tx *Tx) UndoNote(n *Note) error {
	if n.Undone {
		return Refuse(Conflict, "note.undone")
	}
	if tx.Now.Sub(n.At) > NoteLife {
		return Refuse(Conflict, "note.late", "handle", tx.Customer(n.Customer).Handle)
	}
	_, err := tx.append(tx.Today(), &NoteUndone{Note: n.ID, Customer: n.Customer, Invoice: n.Invoice})
	return err
}

// Note returns note id, nil where there is none.
func (v *View) Note(id NoteID) *Note { return v.s.notes.at(uint32(id)) }

// PromisedBy lists the invoices that were promised with a note.
func (v *View) PromisedBy(n *Note) (out []InvoiceID) {
	for id := n.promise - uint32(n.Promises) + 1; id <= n.promise; id++ {
		out = append(out, v.s.promises.at(id).Invoice)
	}
	return out
}

// LastNote is the newest note on c that was not undone, nil where there is none.
func (v *View) LastNote(c *Customer) *Note {
	for n := v.Note(c.lastNote); n != nil; n = v.Note(n.before) {
		if !n.Undone {
			return n
		}
	}
	return nil
}

// NotesOf are the newest notes on c that were not undone, newest first, at most so many.
func (v *View) NotesOf(c *Customer, most int) (out []*Note) {
	for n := v.Note(c.lastNote); n != nil && len(out) < most; n = v.Note(n.before) {
		if !n.Undone {
			out = append(out, n)
		}
	}
	return out
}

// LastSpoken is c's local day of the last talk that staff noted, 0 for none.
func (v *View) LastSpoken(c *Customer) Date {
	for n := v.Note(c.lastNote); n != nil; n = v.Note(n.before) {
		if n.Kind.Reached() && !n.Undone {
			return DateOf(n.At, c.Zone)
		}
	}
	return 0
}

// BrokenSince reports whether a promise to pay inv was broken, and its day was not before
// another one.
func (v *View) BrokenSince(inv *Invoice, day Date) bool {
	p := v.s.promises.at(inv.promise)
	return p != nil && p.Outcome == PromiseFalse && p.By >= day
}

// phoneForm is a telephone number as people write it.
var phoneForm = regexp.MustCompile(`^\+?[\d\s()./-]{5,30}(?:\s?(?:x|ext\.?|доб\.?)\s?\d{1,6})?$`)

// SetPhone books by which number c is called, "" for none, and reports whether that is news.
// It returns a BadInput refusal for what is no telephone number.
func (tx *Tx) SetPhone(c *Customer, phone string) (changed bool, err error) {
	phone = strings.Join(strings.Fields(names.Digits(phone)), " ")
	if phone != "" && !phoneForm.MatchString(phone) {
		return false, Refuse(BadInput, "phone.form", "text", phone)
	}
	if phone == tx.Phone(c) {
		return false, tx.MendRoute(tx.SMSAddress(c)) // named again: it may be tried again
	}
	x := &PhoneSet{Customer: c.ID}
	if x.Phone, err = tx.keep(c.Person, phone); err != nil {
		return false, err
	}
	_, err = tx.append(tx.Today(), x)
	return err == nil, err
}

// Phone is the number by which c is called, "" where none is known.
func (v *View) Phone(c *Customer) string {
	phone, err := v.Text(c.Phone)
	if err != nil {
		return ""
	}
	return phone
}

// The names of facts about contacts by staff.
const (
	FactNote       FactName = "note"
	FactNoteUndone FactName = "noteundone"
	FactPhone      FactName = "phone"
)

// describeNote tells facts about contacts by staff.
func (v *View) describeNote(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *NoteMade:
		return Description{Name: FactNote, Refs: v.handle(x.Customer), Words: x.Words, Day: x.Next}, true
	case *NoteUndone:
		return Description{Name: FactNoteUndone, Refs: v.handle(x.Customer)}, true
	case *PhoneSet:
		return Description{Name: FactPhone, Refs: v.handle(x.Customer)}, true
	}
	return Description{}, false
}

func dumpNotes(w io.Writer, v *View) {
	s := v.s
	s.notes.each(func(n *Note) {
		fmt.Fprintf(w, "note %d customer %d invoice %d %s next %s promises %d undone %t before %d\n", n.ID, n.Customer, n.Invoice, n.Kind, n.Next, n.Promises, n.Undone, n.before)
	})
	s.customers.each(func(c *Customer) {
		if c.NextCall != 0 || c.Phone.Person != 0 {
			fmt.Fprintf(w, "call customer %d next %s phone %q\n", c.ID, c.NextCall, v.Phone(c))
		}
	})
	s.orders.each(func(r *reference) { fmt.Fprintf(w, "order %08x invoice %d\n", r.hash, r.id) })
}
