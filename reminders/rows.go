package reminders

import (
	"sync"
	"time"

	"duebot/ledger"
)

// What was found of the rows of a card is kept in memory until something else may come of it: each
// press on a card shows all of it, and few of its rows are other ones than a moment ago.

// foundRows are the rows that were found of one card.
type foundRows struct {
	mu          sync.Mutex
	policies    *Policies
	from, until time.Time
	rows        map[ledger.CustomerID]foundRow
}

// foundRow is one of them, or that there is none.
type foundRow struct {
	by  rowBy
	row Row
	on  bool
}

// rowBy is what a row follows from, beside the facts about its customer: where it is the same, the
// row is.
type rowBy struct {
	serial      uint64      // of those facts
	today, next ledger.Date // of the customer, and the day for which the rules are asked next
	was         onCard
	old, money  bool // what holds contacts
	reached     bool // a way to him is open
	sms         bool // else, by short messages
}

// rowMoment is one moment of the books for many rows.
type rowMoment struct {
	p           *Policies
	v           *ledger.View
	was         map[ledger.CustomerID]onCard
	from, until time.Time
	done        map[slot]string // the day of the last run
}

// rowsOf are the rows of some customers of the card that holds now.
func (r *Rules) rowsOf(v *ledger.View, ids []ledger.CustomerID) (out []Row, err error) {
	day, until := r.Policy.CardDay(v)
	m := rowMoment{p: r.Policy.At(v), v: v, from: r.Policy.cardAt(v, day), until: until, done: map[slot]string{}}
	if m.was, err = r.was.on(v, day); err != nil {
		return nil, err
	}
	serials := r.agenda.serials(ids)
	f := &r.found
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.policies != r.Policy || !f.from.Equal(m.from) || !f.until.Equal(until) {
		f.policies, f.from, f.until, f.rows = r.Policy, m.from, until, map[ledger.CustomerID]foundRow{}
	}
	for i, id := range ids {
		c := v.Customer(id)
		by, err := m.by(c, serials[i])
		if err != nil {
			return nil, err
		}
		x, ok := f.rows[id]
		if !ok || x.by != by {
			x.by = by
			x.row, x.on = m.p.row(v, c, by.was, m.from, until)
			if !v.Underway() {
				f.rows[id] = x
			}
		}
		if x.on {
			out = append(out, x.row)
		}
	}
	return out, nil
}

// by is what the row of c follows from.
func (m *rowMoment) by(c *ledger.Customer, serial uint64) (by rowBy, err error) {
	s := m.p.slot(c)
	done, ok := m.done[s]
	if !ok {
		data, err := m.v.Get(s.marker())
		if err != nil {
			return by, err
		}
		done = string(data)
		m.done[s] = done
	}
	w := m.p.waiting(m.v)
	by = rowBy{serial: serial, today: ledger.DateOf(m.v.Now, c.Zone), was: m.was[c.ID], old: w.old, money: len(w.proposed[c.ID]) > 0,
		reached: m.v.Reaches(c, m.p.Mail, true), next: m.p.nextRunAfter(m.v, c, done)}
	by.sms = !by.reached && m.p.SMS && m.v.ReachesBySMS(c)
	return by, nil
}
