package ledger

import (
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
