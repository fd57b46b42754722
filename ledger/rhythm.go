package ledger

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// Some customers want to be reminded once a week at most, with all that is due.

// kindRhythm is the kind of this file's fact.
const kindRhythm factKind = 226

// RhythmChosen is the fact that a customer wants a week between two reminders, or no more than the
// policy has again.
type RhythmChosen struct {
	Customer CustomerID
	Weekly   bool
}

func (x *RhythmChosen) kind() factKind { return kindRhythm }

func (x *RhythmChosen) code(c *coder) {
	num(c, &x.Customer)
	c.flag(&x.Weekly)
}

func (x *RhythmChosen) apply(s *state, _ *Fact) {
	if x.Weekly {
		put(s, s.weekly, x.Customer, true)
	} else {
		drop(s, s.weekly, x.Customer)
	}
}

// ChooseWeekly books whether c is reminded once a week at most.
func (tx *Tx) ChooseWeekly(c *Customer, weekly bool) error {
	if tx.Weekly(c) == weekly {
		return nil
	}
	_, err := tx.append(tx.Today(), &RhythmChosen{c.ID, weekly})
	return err
}

// Weekly reports whether c chose a week between two reminders.
func (v *View) Weekly(c *Customer) bool { return v.s.weekly[c.ID] }

// FactRhythm is the name of this file's fact.
const FactRhythm FactName = "rhythm"

func dumpRhythm(w io.Writer, s *state) {
	for _, id := range slices.Sorted(maps.Keys(s.weekly)) {
		fmt.Fprintf(w, "weekly %d\n", id)
	}
}
