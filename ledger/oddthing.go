package ledger

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Odd things are kept: what was odd, who looks after it, and how it ended. Each is found once,
// told once, and closed by a person with an outcome; nothing of it books money by itself.

// OddID numbers odd things from 1 in order of finding.
type OddID uint32

// Label is how people name one: "OD-3".
func (id OddID) Label() string { return fmt.Sprintf("OD-%d", id) }

// ParseOdd reads what Label writes, in any case; it is 0 otherwise.
func ParseOdd(s string) OddID { return OddID(labelled("OD-", s)) }

// labelled is the number behind the mark of a label, in any case; 0 where s is none.
func labelled(mark, s string) uint32 {
	rest, ok := strings.CutPrefix(strings.ToUpper(s), mark)
	n, err := strconv.ParseUint(rest, 10, 32)
	if !ok || err != nil {
		return 0
	}
	return uint32(n)
}

// OddOutcome is how an odd thing ended, in one word.
type OddOutcome string

// The outcomes.
const (
	OddKept     OddOutcome = "kept"     // the money stays on account
	OddRefunded OddOutcome = "refunded" // it was paid back
	OddSame     OddOutcome = "same"     // the entry is of a payment that was recorded by hand
	OddRight    OddOutcome = "right"    // it is as it should be
	OddLearnt   OddOutcome = "learnt"   // the account is the customer's too
	OddNot      OddOutcome = "not"      // the money was not the customer's: the entry waits again
	OddFraud    OddOutcome = "fraud"    // somebody tried to cheat
	OddPlaced   OddOutcome = "placed"   // the entry was placed otherwise
)

// Odd is an odd thing.
type Odd struct {
	ID       OddID
	Kind     OddKind
	Customer CustomerID
	Payment  PaymentID   // that is odd, 0: an entry that waits, or no money at all
	Entry    BankEntryID // of a bank's statement, 0: none
	Invoice  InvoiceID   // that was paid before, 0: none is named
	Earlier  PaymentID   // that it may be a double of
	Amount   Money
	Usual    Money      // what the customer pays or owes, of OddSum
	How      SumCompare // of OddSum
	By       string     // whose act it was found in
	Words    TextRef    // what was written; of OddAccount the usual account and the other one
	Owner    string     // Slack user who looks after it, "": nobody yet
	Found    time.Time
	Day      Date
	Outcome  OddOutcome // "": open
	Ended    time.Time
	EndedBy  string
	Card     NoticeID // the message that shows it in Slack
}

// oddKey is what makes an odd thing the same one.
type oddKey struct {
	kind     OddKind
	customer CustomerID
	payment  PaymentID
	entry    BankEntryID
	key      PayerKey
}

// OddFound is the fact that something is odd.
type OddFound struct {
	Kind     OddKind
	Customer CustomerID
	Entry    BankEntryID
	Invoice  InvoiceID
	Earlier  PaymentID
	Payment  PaymentID
	Amount   Money
	Usual    Money
	How      SumCompare
	Key      PayerKey // of the account number, of OddAccount and OddDetails
	Words    TextRef
}

func (x *OddFound) kind() factKind { return kindOddFound }

func (x *OddFound) code(c *coder) {
	str(c, &x.Kind)
	num(c, &x.Customer)
	num(c, &x.Entry)
	num(c, &x.Invoice)
	num(c, &x.Earlier)
	num(c, &x.Payment)
	c.money(&x.Amount)
	c.money(&x.Usual)
	str(c, &x.How)
	c.fixed(x.Key[:])
	c.text(&x.Words)
}

func (x *OddFound) is() oddKey {
	k := oddKey{kind: x.Kind, customer: x.Customer, payment: x.Payment, entry: x.Entry, key: x.Key}
	if x.Kind == OddAccount { // further payments from there are the same oddity
		k.payment, k.entry = 0, 0
	}
	return k
}

func (x *OddFound) apply(s *state, f *Fact) {
	id := OddID(s.odds.n + 1)
	s.odds.add(s, Odd{ID: id, Kind: x.Kind, Customer: x.Customer, Payment: x.Payment, Entry: x.Entry, Invoice: x.Invoice, Earlier: x.Earlier, Amount: x.Amount,
		Usual: x.Usual, How: x.How, By: f.By, Words: x.Words, Found: f.Recorded, Day: f.Effective})
	put(s, s.oddOf, x.is(), id)
	put(s, s.openOdds, id, true)
}

// OddAssigned is the fact that somebody looks after an odd thing.
type OddAssigned struct {
	Odd   OddID
	Owner string
}

func (x *OddAssigned) kind() factKind { return kindOddAssigned }

func (x *OddAssigned) code(c *coder) {
	num(c, &x.Odd)
	str(c, &x.Owner)
}

func (x *OddAssigned) apply(s *state, _ *Fact) {
	if o := s.odds.at(uint32(x.Odd)); o != nil {
		set(s, &o.Owner, x.Owner)
	}
}

// OddClosed is the fact that an odd thing has come to its end.
type OddClosed struct {
	Odd     OddID
	Outcome OddOutcome
}

func (x *OddClosed) kind() factKind { return kindOddClosed }

func (x *OddClosed) code(c *coder) {
	num(c, &x.Odd)
	str(c, &x.Outcome)
}

func (x *OddClosed) apply(s *state, f *Fact) {
	if o := s.odds.at(uint32(x.Odd)); o != nil {
		set(s, &o.Outcome, x.Outcome)
		set(s, &o.Ended, f.Recorded)
		set(s, &o.EndedBy, f.By)
		drop(s, s.openOdds, x.Odd)
	}
}

// newOddFact makes the bodies of this file's kinds.
func newOddFact(k factKind) Body {
	switch k {
	case kindOddFound:
		return new(OddFound)
	case kindOddAssigned:
		return new(OddAssigned)
	case kindOddClosed:
		return new(OddClosed)
	}
	return nil
}

// AccountKey is an account number as facts name it.
func (v *View) AccountKey(number string) PayerKey {
	return v.accountKey(&BankLine{Party: BankAccount{Number: number}})
}

// FindOdd books that something is odd, with the words that it is about. What was found before is
// not found again, fresh is false then: only an account and words that come once more on a later
// day, after somebody closed the matter, are news.
func (tx *Tx) FindOdd(x OddFound, words string) (o *Odd, fresh bool, err error) {
	if old := tx.Odd(tx.s.oddOf[x.is()]); old != nil {
		news := old.Outcome != "" && old.Day < tx.Today() && (x.Kind == OddAccount || x.Kind == OddDetails)
		if !news {
			return old, false, nil
		}
	}
	if x.Words, err = tx.keep(tx.Customer(x.Customer).Person, words); err != nil {
		return nil, false, err
	}
	if _, err := tx.append(tx.Today(), &x); err != nil {
		return nil, false, err
	}
	return tx.s.odds.at(tx.s.odds.n), true, nil
}

// AssignOdd books who looks after an odd thing.
func (tx *Tx) AssignOdd(o *Odd, owner string) error {
	if err := oddOpen(o); err != nil {
		return err
	}
	if o.Owner == owner {
		return nil
	}
	_, err := tx.append(tx.Today(), &OddAssigned{o.ID, owner})
	return err
}

// CloseOdd books how an odd thing ended.
func (tx *Tx) CloseOdd(o *Odd, outcome OddOutcome) error {
	if err := oddOpen(o); err != nil {
		return err
	}
	_, err := tx.append(tx.Today(), &OddClosed{o.ID, outcome})
	return err
}

func oddOpen(o *Odd) error {
	if o.Outcome != "" {
		return Refuse(Conflict, "odd.over", "odd", o.ID.Label())
	}
	return nil
}

// Odd returns odd thing id, nil where there is none.
func (v *View) Odd(id OddID) *Odd { return v.s.odds.at(uint32(id)) }

// OddOfNotice is the odd thing that a notice is about, nil for none.
func (v *View) OddOfNotice(n *NoticeQueued) *Odd { return v.Odd(ParseOdd(n.Code)) }

// OddEntry is the open odd thing about an entry that waits, nil for none.
func (v *View) OddEntry(e *BankEntry) *Odd {
	for id := range v.s.openOdds {
		if o := v.Odd(id); o.Entry == e.ID && o.Payment == 0 {
			return o
		}
	}
	return nil
}

// OpenOdds returns the odd things that are open, oldest first. Its cost follows these.
func (v *View) OpenOdds() []*Odd {
	return sortedByID(v.s.openOdds, func(id OddID, _ bool) *Odd { return v.Odd(id) }, func(o *Odd) OddID { return o.ID })
}

// The names of facts about odd things.
const (
	FactOddFound    FactName = "oddfound"
	FactOddAssigned FactName = "oddassigned"
	FactOddClosed   FactName = "oddclosed"
)

// describeOdd tells facts about odd things.
func (v *View) describeOdd(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *OddFound:
		return Description{Name: FactOddFound, Refs: append([]string{string(x.Kind)}, v.handle(x.Customer)...), Amount: x.Amount}, true
	case *OddAssigned:
		return Description{Name: FactOddAssigned, Refs: []string{x.Odd.Label()}}, true
	case *OddClosed:
		return Description{Name: FactOddClosed, Refs: []string{x.Odd.Label(), string(x.Outcome)}}, true
	}
	return Description{}, false
}

func dumpOdds(w io.Writer, s *state) {
	s.odds.each(func(o *Odd) {
		fmt.Fprintf(w, "odd %d %s customer %d payment %d entry %d invoice %d earlier %d %s usual %s %q by %s owner %q found %s %q ended %s by %s card %d open %t\n", o.ID, o.Kind, o.Customer,
			o.Payment, o.Entry, o.Invoice, o.Earlier, o.Amount, o.Usual, o.How, o.By, o.Owner, o.Day, o.Outcome, o.Ended, o.EndedBy, o.Card, s.openOdds[o.ID])
	})
	of := map[string]OddID{}
	for k, id := range s.oddOf {
		of[fmt.Sprintf("%s %d %d %d %x", k.kind, k.customer, k.payment, k.entry, k.key)] = id
	}
	lines(w, "odd of", of, func(id OddID) string { return id.Label() })
}
