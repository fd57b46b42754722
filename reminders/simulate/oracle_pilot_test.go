package simulate

import (
	"slices"
	"time"
)

// A pilot, as the oracle sees it: only customers of some segments hear anything unasked. What the
// others would have heard stands in the books and counts as said, and its days as contacts for as long
// as they are outside.

// outside reports whether a pilot leaves d alone.
func (o *oracle) outside(d *debtor) bool {
	return o.pilot != nil && !slices.Contains(o.pilot, d.segment)
}

// heard are the days of the last weeks on which d heard of his debt, or would have, were he not
// outside.
func (o *oracle) heard(d *debtor) []day {
	if len(d.unheard) == 0 || !o.outside(d) {
		return d.contacts
	}
	all := append(slices.Clone(d.contacts), d.unheard...)
	slices.Sort(all)
	return all
}

// wouldHear compares what the books say that d would have heard on a day with what he should have, and
// counts it as said.
func (o *oracle) wouldHear(d *debtor, now time.Time, on day, got, want *word) {
	if got.String() != want.String() || want != nil && want.meant != got.meant {
		o.fault(d, now, "outside of the pilot he would have heard %s, want %s", got, want)
	}
	if got == nil || want == nil {
		return
	}
	w := want
	if p := o.of(w.debt); w.part == "" {
		for _, y := range o.wordOf(d, w, on) {
			if sum := o.sumOf(d, w, p, on)[y.currency]; sum != got.sums[y.currency] {
				o.fault(d, now, "outside of the pilot %s names %v, want %d %s", w, got.sums, sum, y.currency)
				break
			}
		}
	}
	o.note(d, now, "would have heard "+w.String(), w.debt.id, int64(w.step))
	d.spend(w)
	d.unheard = append(d.unheard, on)
	if len(d.unheard) > 40 {
		d.unheard = d.unheard[1:]
	}
	if w.step > 0 {
		w.debt.carry().step = max(w.debt.carry().step, w.step)
		o.countAlso(w.also)
		return
	}
	w.debt.carry().named = max(w.debt.carry().named, on)
	if w.part != "" {
		return
	}
	for _, y := range o.subjects(d, on) {
		if y != w.debt && o.soon(w, y, on) {
			y.carry().named = max(y.carry().named, on)
		}
	}
}

// soon reports whether a word before a due date names y, too.
func (o *oracle) soon(w *word, y *debt, on day) bool {
	return y.late(on) <= 0 && -y.late(on) <= o.of(w.debt).horizon()
}

// wordOf are the debts that a word of a day is about.
func (o *oracle) wordOf(d *debtor, w *word, on day) (out []*debt) {
	for _, y := range o.subjects(d, on) {
		if y == w.debt || w.step > 0 && y.late(on) > 0 || w.step == 0 && o.soon(w, y, on) {
			out = append(out, y)
		}
	}
	return out
}

// sumOf is what a word of a day asks for, by currency.
func (o *oracle) sumOf(d *debtor, w *word, p *policy, on day) map[string]int64 {
	out := map[string]int64{}
	for _, y := range o.wordOf(d, w, on) {
		out[y.currency] += o.asks(y, p, w.step, on)
	}
	return out
}
