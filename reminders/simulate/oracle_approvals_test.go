package simulate

import "time"

// What waits for a second person, as the oracle sees it: nothing of it is in the books until somebody
// else approves it in time, and then it is done once, as it was asked for, or not at all.

// askedDays is how long a request waits.
const askedDays = 7

// request is something that a person asked for and may not do alone.
type request struct {
	debt     *debt     // the invoice that it would make; nil: that of a contract
	contract *contract // and of which of its days, for how much
	due      day
	sum      int64
	at       time.Time
	over     bool
}

// requested is told that a second person is asked.
func (o *oracle) requested(r *request) {
	o.checks++
	d, now := (*debtor)(nil), r.at
	if r.contract == nil {
		if d = r.debt.of; r.debt.sum <= o.alone {
			o.fault(d, now, "a second person is asked for an invoice of %d", r.debt.sum)
		}
		return
	}
	c := r.contract
	d, r.due = c.of, c.due()
	if r.sum, _ = o.comesTo(c, now); r.sum <= o.alone || c.asked == r.due && !c.again || o.issue(c, c.passed) > o.home.today(now) {
		o.fault(d, now, "a second person is asked for the invoice of %s for %d, as on %s", r.due, r.sum, c.asked)
	}
	c.asked, c.request, c.again = r.due, r, false
}

// does reports whether a request still does what was asked for at a time, where it is approved.
func (o *oracle) does(r *request, now time.Time) bool {
	if r.over || !now.Before(r.at.AddDate(0, 0, askedDays)) {
		return false
	}
	if r.contract == nil {
		return true
	}
	sum, _ := o.comesTo(r.contract, now)
	return r.contract.due() == r.due && sum == r.sum
}
