package ledger

import (
	"math/big"
	"slices"
	"time"
)

// Habit is how a customer pays, as his last payments tell.
type Habit struct {
	Days    int          // that he takes from the due date, the median; less than zero: before it
	Weekday time.Weekday // on which he pays most
	Of      int          // how many payments tell it; 0: nothing is known
}

// habitPayments is how many payments tell a customer's habit: enough to see a custom, and few
// enough that the cost does not follow his history.
const habitPayments = 24

// paidLately gives f the last payments of c that were not returned, newest first, with the day on
// which he paid each.
func (v *View) paidLately(c *Customer, f func(p *Payment, on Date)) {
	seen := 0
	for p := v.Payment(c.lastPayment); p != nil && seen < habitPayments; p = v.Payment(p.before) {
		seen++
		if !p.Returned {
			f(p, p.paidOn())
		}
	}
}

// PayingHabit tells how c pays, by his last payments that settled an invoice.
func (v *View) PayingHabit(c *Customer) (h Habit) {
	var delays []int
	days := map[time.Weekday]int{}
	v.paidLately(c, func(p *Payment, on Date) {
		for st := v.s.settlements.at(p.lastSettled); st != nil; st = v.s.settlements.at(st.before) {
			if inv := v.Invoice(st.Invoice); inv != nil && !st.Reversed {
				delays = append(delays, DaysOverdue(inv.Due, on))
				days[on.Weekday()]++
				break // one payment is one act, however many invoices it settles
			}
		}
	})
	if len(delays) == 0 {
		return h
	}
	slices.Sort(delays)
	h = Habit{Days: delays[len(delays)/2], Weekday: -1, Of: len(delays)}
	for i := range 7 {
		day := (time.Monday + time.Weekday(i)) % 7
		if !Weekend(day, v.CountryOf(c)) && (h.Weekday < 0 || days[day] > days[h.Weekday]) {
			h.Weekday = day
		}
	}
	return h
}

// MeanDelay is by how many days c pays late in a currency, rounded: the mean of what his last
// payments settled and of what is overdue on a day, counted to that, each sum weighing as much as it
// is (the weighted mean delay of credit management). Less than zero is early. Ok is false where he
// paid nothing yet and nothing is overdue.
func (v *View) MeanDelay(c *Customer, cur Currency, on Date) (days int, ok bool) {
	var m weighted
	v.weighDelays(c, cur, on, &m)
	return m.mean()
}

// MeanDelayOfAll is the MeanDelay of all customers who owe something.
func (v *View) MeanDelayOfAll(cur Currency, on Date) (days int, ok bool) {
	var m weighted
	v.s.customers.each(func(c *Customer) {
		if c.HasOpen() {
			v.weighDelays(c, cur, on, &m)
		}
	})
	return m.mean()
}

func (v *View) weighDelays(c *Customer, cur Currency, on Date, m *weighted) {
	for _, d := range v.delaysOf(c, cur) {
		m.add(d)
	}
	for i := v.Invoice(c.firstOpen); i != nil; i = v.Invoice(i.nextOpen) {
		if i.Currency != cur {
			continue
		}
		for _, item := range itemsOf(nil, i, i.Open) {
			if age := DaysOverdue(item.Due, on); age > 0 && item.Open.Minor > 0 {
				m.add(delay{age, item.Open.Minor})
			}
		}
	}
}

// weighted sums days by the money that they are of: a day of all that there is in minor units
// would not fit into 64 bits.
type weighted struct{ days, weight big.Int }

func (m *weighted) add(d delay) {
	w := big.NewInt(d.weight)
	m.weight.Add(&m.weight, w)
	m.days.Add(&m.days, w.Mul(w, big.NewInt(int64(d.days))))
}

// mean is rounded half away from zero.
func (m *weighted) mean() (days int, ok bool) {
	if m.weight.Sign() <= 0 {
		return 0, false
	}
	twice := new(big.Int).Lsh(new(big.Int).Abs(&m.days), 1)
	twice.Add(twice, &m.weight).Div(twice, new(big.Int).Lsh(&m.weight, 1))
	return int(twice.Int64()) * m.days.Sign(), true
}
