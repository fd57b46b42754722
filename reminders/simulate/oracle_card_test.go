package simulate

import (
	"fmt"
	"slices"
)

// What staff say of single contacts before they are made, and what holds one whose time has come:
// money that waits, and old data of the bank.

// bankDays is how many business days of the company's the bank's data may be old.
const bankDays = 5

// key names a contact.
type key struct {
	debt int
	step int
	part string
}

func (w *word) key() key { return key{w.debt.id, w.step, w.part} }

// skip is a contact that staff left out.
type skip struct {
	on     day
	said   []given // its steps, by debt
	steps  []int   // of those debts before
	named  []*debt // that its word before the due date named
	nudges []day   // when these were named before
}

// held is what was booked last of a contact that was held.
type held struct {
	of  key
	why string
}

// holds tells what holds a word to d at this moment.
func (o *oracle) holds(d *debtor) string {
	for _, there := range d.onAccount {
		if there > 0 {
			return "money"
		}
	}
	if d.proposed {
		return "money"
	}
	if o.stale() {
		return "stalebank"
	}
	return ""
}

// stale reports whether the bank's data is old: of an account that is still used.
func (o *oracle) stale() bool {
	today, days := o.home.today(o.now), 0
	if o.banked == 0 || o.banked < today-90 {
		return false
	}
	for on := o.banked + 1; on <= today; on++ {
		if o.home.works(on) {
			days++
		}
	}
	return days > bankDays
}

// stopped tells whether staff keep words to d back on a day.
func (d *debtor) stopped(p *policy, on day) string {
	switch {
	case d.snoozed > on:
		return "snoozed"
	case d.skip != nil && int(on-d.skip.on) < p.Interval:
		return "skipped"
	}
	return ""
}

// skips leaves a word of a day out: it counts as said.
func (o *oracle) skips(d *debtor, w *word, on day) {
	d.skip = &skip{on: on}
	if w.step > 0 {
		d.skip.said = append(alsoOf(w.also), given{debt: w.debt.id, step: w.step})
	} else {
		d.skip.named = append(slices.Clone(w.names), w.debt)
	}
	for _, g := range d.skip.said {
		x := o.debts[g.debt-1]
		d.skip.steps = append(d.skip.steps, x.carry().step)
		x.carry().step = max(x.carry().step, g.step)
	}
	for _, x := range d.skip.named {
		d.skip.nudges = append(d.skip.nudges, x.carry().named)
		x.carry().named = max(x.carry().named, on)
	}
}

// unskips takes that back, unless more was said since.
func (o *oracle) unskips(d *debtor) bool {
	x := d.skip
	if x == nil || len(d.contacts) > 0 && d.contacts[len(d.contacts)-1] >= x.on {
		return false
	}
	for i, g := range x.said {
		if y := o.debts[g.debt-1]; y.carry().step == g.step {
			y.carry().step = x.steps[i]
		}
	}
	for i, y := range x.named {
		y.carry().named = x.nudges[i]
	}
	d.skip = nil
	return true
}

// alsoOf reads "12:3 14:1".
func alsoOf(also string) (out []given) {
	for rest := also; rest != ""; {
		var g given
		fmt.Sscanf(rest, "%d:%d", &g.debt, &g.step)
		out = append(out, g)
		_, rest, _ = cutSpace(rest)
	}
	return out
}

// heldNow notes that a contact is held, which is to stand in the books.
func (o *oracle) heldNow(d *debtor, w *word, why string) {
	d.held = held{w.key(), why}
	o.holding = append(o.holding, d)
}
