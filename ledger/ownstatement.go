package ledger

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Statements that go out by themselves: who wants them, and for which period each had his.

// The kinds of this file's facts: 222 and 223.
const (
	kindStatementsChosen factKind = 222
	kindStatementLeftOut factKind = 223
)

// Statements is how often a customer gets a statement of his account by himself. The numbers are
// part of the file format.
type Statements uint8

// What may be chosen.
const (
	StatementsAsSet     Statements = 0 // as the company has it for his segment
	StatementsOff       Statements = 1
	StatementsMonthly   Statements = 2
	StatementsQuarterly Statements = 3
)

// String returns "default", "off", "monthly" or "quarterly".
func (s Statements) String() string {
	return [...]string{"default", "off", "monthly", "quarterly"}[min(int(s), 3)]
}

// ParseStatements reads what String writes.
func ParseStatements(text string) (Statements, bool) {
	for s := StatementsAsSet; s <= StatementsQuarterly; s++ {
		if s.String() == strings.ToLower(text) {
			return s, true
		}
	}
	return 0, false
}

// Before is the last whole period of s that is over on a day: a month, or a quarter.
func (s Statements) Before(day Date) Period {
	y, m, _ := day.Parts()
	if s == StatementsQuarterly {
		m -= (m - 1) % 3
	}
	last := NewDate(y, m, 1).AddDays(-1)
	y, m, _ = last.Parts()
	if s == StatementsQuarterly {
		m -= 2
	}
	return Period{From: NewDate(y, m, 1), To: last}
}

// After is the period that follows one of s.
func (s Statements) After(p Period) Period {
	longest := 31 // of a month: so many days after its first lie in the next
	if s == StatementsQuarterly {
		longest = 92
	}
	return s.Before(p.To.AddDays(1 + longest))
}

// WantsStatements is what was chosen about a customer's statements.
type WantsStatements struct {
	Every  Statements
	Always bool // also where nothing moved and nothing is open
	Since  Date // when that was chosen: earlier periods had none
}

// StatementsChosen is the fact of how often a customer wants a statement, by himself or by staff.
type StatementsChosen struct {
	Customer CustomerID
	Every    Statements
	Always   bool
}

func (x *StatementsChosen) kind() factKind { return kindStatementsChosen }

func (x *StatementsChosen) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Every)
	c.flag(&x.Always)
	if x.Every > StatementsQuarterly {
		c.fail(errKind)
	}
}

func (x *StatementsChosen) apply(s *state, f *Fact) {
	if x.Every == StatementsAsSet && !x.Always {
		drop(s, s.wantsStatements, x.Customer)
		return
	}
	put(s, s.wantsStatements, x.Customer, WantsStatements{x.Every, x.Always, f.Effective})
}

// ChooseStatements books how often c gets a statement, and whether also one without a movement.
func (tx *Tx) ChooseStatements(c *Customer, every Statements, always bool) (changed bool, err error) {
	if old := tx.StatementsOf(c); old.Every == every && old.Always == always {
		return false, nil
	}
	_, err = tx.append(tx.Today(), &StatementsChosen{c.ID, every, always})
	return true, err
}

// StatementsOf is what was chosen about c's statements; the zero value where nobody chose.
func (v *View) StatementsOf(c *Customer) WantsStatements { return v.s.wantsStatements[c.ID] }

// WantStatements are the customers about whose statements somebody chose, in no order.
func (v *View) WantStatements() []CustomerID {
	return slices.Collect(maps.Keys(v.s.wantsStatements))
}

// StatementLeftOut is the fact that the statement of a period did not go out, and why.
type StatementLeftOut struct {
	Customer CustomerID
	From, To Date
	Code     string // one word: see the rules of statements
}

func (x *StatementLeftOut) kind() factKind { return kindStatementLeftOut }

func (x *StatementLeftOut) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.From)
	num(c, &x.To)
	str(c, &x.Code)
}

func (x *StatementLeftOut) apply(s *state, _ *Fact) {
	put(s, s.stated, x.Customer, StatedThrough{To: x.To, LeftOut: x.Code})
}

// LeaveOutStatement books that c's statement of a period does not go out, with the reason.
func (tx *Tx) LeaveOutStatement(c *Customer, p Period, code string) error {
	_, err := tx.append(tx.Today(), &StatementLeftOut{c.ID, p.From, p.To, code})
	return err
}

// StatedThrough is the last period of a customer's for which a statement went out by itself, or
// was left out.
type StatedThrough struct {
	To      Date
	On      Date   // when it went out
	LeftOut string // why it did not
}

// StatedThrough tells of the last statement that went out to c by itself, or did not.
func (v *View) StatedThrough(c *Customer) StatedThrough { return v.s.stated[c.ID] }

// stateOfAccount notes that the statement of a period is on its way, where it goes by itself: then
// it names a day.
func (s *state) stateOfAccount(x *NoticeQueued) {
	_, to, _ := strings.Cut(x.Code, ".")
	n, err := strconv.Atoi(to)
	if x.For == 0 || err != nil || len(to) != len("20061231") {
		return
	}
	last, err := ParseDate(fmt.Sprintf("%04d-%02d-%02d", n/10000, n/100%100, n%100))
	if err == nil && last > s.stated[x.Customer].To {
		put(s, s.stated, x.Customer, StatedThrough{To: last, On: x.For})
	}
}

// newOwnStatement makes the bodies of this file's kinds, and of how often reminders come.
func newOwnStatement(k factKind) Body {
	switch k {
	case kindStatementsChosen:
		return new(StatementsChosen)
	case kindStatementLeftOut:
		return new(StatementLeftOut)
	case kindRhythm:
		return new(RhythmChosen)
	}
	return nil
}

// The names of this file's facts.
const (
	FactStatements       FactName = "statements"
	FactStatementLeftOut FactName = "statementleftout"
)

// describeOwnStatement tells the facts that newOwnStatement makes.
func (v *View) describeOwnStatement(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *StatementsChosen:
		return Description{Name: FactStatements, Refs: append(v.handle(x.Customer), x.Every.String())}, true
	case *RhythmChosen:
		return Description{Name: FactRhythm, Refs: v.handle(x.Customer)}, true
	case *StatementLeftOut:
		return Description{Name: FactStatementLeftOut, Refs: append(v.handle(x.Customer), x.From.String(), x.To.String(), x.Code)}, true
	}
	return Description{}, false
}

func dumpOwnStatements(w io.Writer, s *state) {
	for _, id := range slices.Sorted(maps.Keys(s.wantsStatements)) {
		fmt.Fprintf(w, "statements of %d: %v\n", id, s.wantsStatements[id])
	}
	for _, id := range slices.Sorted(maps.Keys(s.stated)) {
		fmt.Fprintf(w, "stated %d: %v\n", id, s.stated[id])
	}
	for _, id := range slices.Sorted(maps.Keys(s.thanked)) {
		fmt.Fprintf(w, "thanked %d on %s\n", id, s.thanked[id])
	}
}
