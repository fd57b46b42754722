package ledger

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"
)

// The same money comes in more than one file: within the day (CAMT.052, MT942), as an advice
// (054), and in the statement (053, MT940); as one sum in one of them, and part by part in
// another. A line that the books have surely is never taken again; one that they may have waits
// for a person.

// LineIdentity is by what a line is known again.
type LineIdentity struct {
	Own   EntryIdentity
	Whole EntryIdentity // of the booking that the line is one of several parts of; zero where it is whole
}

// statementFamily is which files tell the same booking with the same words: those of one kind.
type statementFamily uint8

// families are the kinds by how their names begin; any other is the last bit.
var families = []string{"CAMT.052", "CAMT.053", "CAMT.054", "MT940", "MT942", "OFX", "1C"}

func familyOf(format string) statementFamily {
	for i, name := range families {
		if strings.HasPrefix(format, name) {
			return 1 << i
		}
	}
	return 1 << len(families)
}

// BankEntrySeen is the fact that a line of another statement is an entry that is in the books, or
// that an entry is the first part of a booking that may come as a whole elsewhere.
type BankEntrySeen struct {
	Entry     BankEntryID
	Statement BankStatementID
	Identity  EntryIdentity // of that line; zero where it is the entry's own
	Whole     bool          // it is the booking's that the entry is a part of
}

func (x *BankEntrySeen) kind() factKind { return kindBankEntrySeen }

func (x *BankEntrySeen) code(c *coder) {
	num(c, &x.Entry)
	num(c, &x.Statement)
	c.fixed(x.Identity[:])
	c.flag(&x.Whole)
}

func (x *BankEntrySeen) apply(s *state, _ *Fact) {
	e, st := s.bankEntries.at(uint32(x.Entry)), s.bankStatements.at(uint32(x.Statement))
	if e == nil || st == nil {
		return
	}
	if x.Whole {
		put(s, s.wholeEntries, x.Identity, e.ID)
		return
	}
	if x.Identity != (EntryIdentity{}) {
		put(s, s.entryIDs, x.Identity, e.ID)
	}
	set(s, &e.seen, e.seen|st.family)
}

// BankEntryTwin is the fact that an entry is the same money as another one, by somebody's word.
type BankEntryTwin struct {
	Entry BankEntryID
	Of    BankEntryID
}

func (x *BankEntryTwin) kind() factKind { return kindBankEntryTwin }

func (x *BankEntryTwin) code(c *coder) {
	num(c, &x.Entry)
	num(c, &x.Of)
}

func (x *BankEntryTwin) apply(s *state, _ *Fact) {
	if e := s.bankEntries.at(uint32(x.Entry)); e != nil {
		s.placed(e, EntryLeft, LeftTwin, false)
		set(s, &e.Twin, x.Of)
	}
}

// entrySum is what entries have in common that may be the same money: their day and their sum,
// hashed, since every entry is kept under it.
type entrySum uint64

func sumOfEntry(booked Date, amount Money) entrySum {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d %s", booked, amount.Minor, amount.Currency)
	return entrySum(h.Sum64())
}

// Of a day and a sum, so many entries are looked at, and so many may be the one.
const (
	alikeWalk = 1000
	alikeMax  = 50
)

// TakenLine is what became of a line of a statement.
type TakenLine struct {
	Entry    *BankEntry
	Known    bool       // the books have it
	Replaced *BankEntry // the whole that waited, now that its parts are told; nil for none
}

// TakeLine books a line of a statement, once, whichever files tell it: see TakeEntry.
func (tx *Tx) TakeLine(st *TakenStatement, l *BankLine, id LineIdentity) (TakenLine, error) {
	if old := tx.s.entryIDs[id.Own]; old != 0 {
		return TakenLine{Entry: tx.BankEntry(old), Known: true}, tx.toldBy(st, tx.BankEntry(old), EntryIdentity{})
	}
	if part := tx.s.wholeEntries[id.Own]; part != 0 {
		return TakenLine{Entry: tx.BankEntry(part), Known: true}, nil
	}
	whole := tx.BankEntry(tx.s.entryIDs[id.Whole])
	if tx.LineKnown(id) {
		return TakenLine{Entry: whole, Known: true}, tx.toldBy(st, whole, id.Own)
	}
	if twin, err := tx.sureTwin(st, l); err != nil || twin != nil {
		if err == nil {
			err = tx.toldBy(st, twin, id.Own)
		}
		return TakenLine{Entry: twin, Known: true}, err
	}
	e, _, err := tx.TakeEntry(st, l, id.Own)
	if err != nil || id.Whole == (EntryIdentity{}) {
		return TakenLine{Entry: e}, err
	}
	out := TakenLine{Entry: e}
	if whole != nil && whole.Place == EntryWaits {
		out.Replaced = whole
		if err := tx.LeaveEntry(whole, LeftParts, true); err != nil {
			return out, err
		}
	}
	if tx.s.wholeEntries[id.Whole] == 0 {
		_, err = tx.append(tx.Today(), &BankEntrySeen{Entry: e.ID, Statement: st.ID, Identity: id.Whole, Whole: true})
	}
	return out, err
}

// LineKnown reports whether the books have a line, as far as its identity tells: that they have it
// in other words is seen when it is taken.
func (v *View) LineKnown(id LineIdentity) bool {
	if v.s.entryIDs[id.Own] != 0 || v.s.wholeEntries[id.Own] != 0 {
		return true
	}
	whole := v.BankEntry(v.s.entryIDs[id.Whole])
	return whole != nil && whole.Why != LeftParts && whole.Place != EntryWaits
}

// toldBy books that a line of st is e: nothing where a file of that kind told it before.
func (tx *Tx) toldBy(st *TakenStatement, e *BankEntry, id EntryIdentity) error {
	known := e.seen | tx.BankStatement(e.Statement).family
	if id == (EntryIdentity{}) && known&st.family != 0 {
		return nil
	}
	_, err := tx.append(tx.Today(), &BankEntrySeen{Entry: e.ID, Statement: st.ID, Identity: id})
	return err
}

// sureTwin is the entry of another kind of file that surely is the same money, nil for none.
func (tx *Tx) sureTwin(st *TakenStatement, l *BankLine) (*BankEntry, error) {
	for _, e := range tx.alike(st, l.Booked, l.Amount) {
		old, err := tx.Line(e)
		if err != nil {
			return nil, err
		}
		if tx.BankStatement(e.Statement).Account != "" && st.Account != "" && sameWords(&old, l) {
			return e, nil
		}
	}
	return nil, nil
}

// Twins are the entries that e may be the same money as: of the same day and sum, told by
// another kind of file, and of which nothing says that they are not.
func (v *View) Twins(e *BankEntry) (out []*BankEntry, err error) {
	l, err := v.Line(e)
	if err != nil {
		return nil, err
	}
	for _, x := range v.alike(v.BankStatement(e.Statement), e.Booked, e.Amount) {
		old, err := v.Line(x)
		if err != nil {
			return nil, err
		}
		if x.ID < e.ID && !otherPayer(&old, &l) {
			out = append(out, x)
		}
	}
	return out, nil
}

// IsTwin reports whether of can still be the same money as e.
func (v *View) IsTwin(e, of *BankEntry) bool {
	return slices.Contains(v.alike(v.BankStatement(e.Statement), e.Booked, e.Amount), of)
}

// alike are the entries of a day and a sum on the account of st that no file of its kind told,
// oldest first.
func (v *View) alike(st *TakenStatement, booked Date, amount Money) (out []*BankEntry) {
	taken := map[BankEntryID]bool{} // what one of that kind is the same as already
	id := v.s.entrySums[sumOfEntry(booked, amount)]
	for n := 0; id != 0 && n < alikeWalk && len(out) < alikeMax; n++ {
		e := v.BankEntry(id)
		id = e.before
		from := v.BankStatement(e.Statement)
		if e.Twin != 0 && from.family == st.family {
			taken[e.Twin] = true
		}
		if e.Booked == booked && e.Amount == amount && e.Twin == 0 && e.Why != LeftParts && (e.seen|from.family)&st.family == 0 && sameAccount(from.Account, st.Account) {
			out = append(out, e)
		}
	}
	slices.Reverse(out)
	return slices.DeleteFunc(out, func(e *BankEntry) bool { return taken[e.ID] })
}

// sameAccount reports whether two names of our accounts may be one: the number that MT940 writes
// stands inside the IBAN that CAMT does. A table may not say it at all.
func sameAccount(a, b string) bool {
	if a == b || a == "" || b == "" {
		return true
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	groups := strings.FieldsFunc(b, func(r rune) bool { return r < '0' || r > '9' })
	if len(groups) == 0 || len(groups[len(groups)-1]) < 5 || len(a) < 15 || a[0] < 'A' {
		return false
	}
	rest := a[4:]
	return strings.HasSuffix(rest, groups[len(groups)-1]) && (len(groups) == 1 || strings.HasPrefix(rest, groups[0]))
}

// otherPayer reports whether two lines cannot be the same money: the banks name other accounts of
// the payer, or other orders of his.
func otherPayer(a, b *BankLine) bool {
	differ := func(x, y string) bool { return x != "" && y != "" && foldWords(x) != foldWords(y) }
	return differ(a.Party.Number, b.Party.Number) || differ(a.EndToEnd, b.EndToEnd) || differ(a.PartyTax, b.PartyTax)
}

// wordsMin is as much of a purpose as says something.
const wordsMin = 6

// sameWords reports whether two lines of one day, sum and account are the same money: by the
// bank's id, by the payer's, or by purpose and name, where one file may cut them.
func sameWords(a, b *BankLine) bool {
	if otherPayer(a, b) {
		return false
	}
	if a.BankRef != "" && b.BankRef != "" {
		return a.BankRef == b.BankRef
	}
	if a.EndToEnd != "" && b.EndToEnd != "" {
		return true
	}
	within := func(x, y string) bool { return strings.Contains(x, y) || strings.Contains(y, x) }
	said, told := foldWords(a.Text), foldWords(b.Text)
	return min(len(said), len(told)) >= wordsMin && within(said, told) && within(foldWords(a.PartyName), foldWords(b.PartyName))
}

// foldWords are the letters and digits of s, in capitals.
func foldWords(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// TwinEntry books that e is the same money as another entry, by somebody's word.
func (tx *Tx) TwinEntry(e, of *BankEntry) error {
	if err := tx.mayPlace(e); err != nil {
		return err
	}
	if !tx.IsTwin(e, of) {
		return Refuse(Conflict, "entry.noproposal", "entry", e.ID.Label(), "text", of.ID.Label())
	}
	_, err := tx.append(tx.Today(), &BankEntryTwin{Entry: e.ID, Of: of.ID})
	return err
}

// newSeenFact makes the bodies of this file's kinds.
func newSeenFact(k factKind) Body {
	switch k {
	case kindBankEntrySeen:
		return new(BankEntrySeen)
	case kindBankEntryTwin:
		return new(BankEntryTwin)
	}
	return nil
}

// The names of this file's facts.
const (
	FactEntrySeen FactName = "entryseen"
	FactEntryTwin FactName = "entrytwin"
)

// describeSeen tells them.
func describeSeen(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *BankEntrySeen:
		return Description{Name: FactEntrySeen, Refs: []string{x.Entry.Label(), x.Statement.Label()}}, true
	case *BankEntryTwin:
		return Description{Name: FactEntryTwin, Refs: []string{x.Entry.Label(), x.Of.Label()}}, true
	}
	return Description{}, false
}
