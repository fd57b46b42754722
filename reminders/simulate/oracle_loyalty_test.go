package simulate

import "time"

// Who pays well, as the oracle sees it: thanks for the last invoices that were all paid on time, and
// what a contract gives for so many of them.

// thanksFresh is for how many days after a payment thanks are still for it.
const thanksFresh = 7

// loyalty is what a contract gives for paying on time.
type loyalty struct {
	percent int64
	after   int   // invoices, one after the other; 0: it gives nothing
	earned  *debt // the newest of those that earned the last one
}

// onTime counts the debts that d paid on time, from the newest back to the first that he did not, and
// none up to one that earned something before. On time is in full and with money, by its last due date;
// what is not due yet, and what asked for no money after all, says nothing.
func (d *debtor) onTime(on day, earned *debt, most int) (n int, newest *debt, last day) {
	for i := len(d.debts) - 1; i >= 0 && n < most; i-- {
		x := d.debts[i]
		due := x.shares[len(x.shares)-1].due
		switch {
		case earned != nil && x.id <= earned.id:
			return n, newest, last
		case x.open > 0 && x.first() < on:
			return n, newest, last
		case x.open > 0 || x.sum == x.credited:
			continue
		case at(x.opens, due, x.sum) > 0:
			return n, newest, last
		}
		if n++; newest == nil {
			newest = x
		}
		last = max(last, x.closed())
	}
	return n, newest, last
}

// closed is the day from whose end on nothing of x is open.
func (x *debt) closed() (on day) {
	for _, l := range x.opens {
		on = max(on, l.on)
	}
	return on
}

// wrong reports whether something stands between d and the company: a debt that is overdue, disputed,
// or was promised in vain.
func (o *oracle) wrong(d *debtor, on day) bool {
	for _, x := range d.open {
		if x.first() < on || x.disputed > 0 {
			return true
		}
		for _, p := range d.broken {
			if p.of == x && p.by == x.promised {
				return true
			}
		}
	}
	return false
}

// thanked is told that thanks were decided, for so many invoices in a row: 0 where nobody says.
func (o *oracle) thanked(d *debtor, now time.Time, count int) {
	o.checks++
	on := d.at.today(now)
	if n, _, last := d.onTime(on, nil, 60); n < thanksAfter || count != 0 && n != count || last < on-thanksFresh {
		o.fault(d, now, "thanks for %d invoices, he paid the last %d on time, the last of them on %s", count, n, last)
	}
	if d.thanks != 0 && on < d.thanks+thanksEvery {
		o.fault(d, now, "thanks, and there were some on %s", d.thanks)
	}
	if o.wrong(d, on) {
		o.fault(d, now, "thanks, and something is overdue, disputed or was promised in vain")
	}
	d.thanks = on
}

// ranThanks is told after a run of d's hour whether he is thanked, for how many invoices, and whether a
// statement goes to him.
func (o *oracle) ranThanks(d *debtor, now time.Time, today, home day, thanks map[int]int, stated map[int]bool) {
	if n, ok := thanks[d.id]; ok {
		o.thanked(d, now, n)
		delete(thanks, d.id)
	} else if !stated[d.id] && o.owesThanks(d, now, today, home) {
		o.fault(d, now, "is not thanked, though he paid his last invoices on time")
	}
}

// owesThanks reports whether d is to be thanked in the run of a day: of those of whom it is plain, for
// nothing is open that words could be about.
func (o *oracle) owesThanks(d *debtor, now time.Time, on, home day) bool {
	if n := len(d.payments); n == 0 || d.payments[n-1].booked < home-thanksFresh+1 || len(d.open) > 0 || d.thanks != 0 && on < d.thanks+thanksEvery {
		return false
	}
	if n, _, last := d.onTime(on, nil, 60); n < thanksAfter || last < on-thanksFresh {
		return false
	}
	p := o.ofDebtor(d)
	heard := o.heard(d)
	return now.In(d.at.zone).Hour() < d.until && d.waiting == nil && d.hold == nil && d.plan == nil && d.reachable() &&
		(len(heard) == 0 || on >= heard[len(heard)-1]+courtesyApart) && (p.FreeDays || d.at.works(on)) && !p.quiet(on)
}

// gives takes what a contract gives for paying on time off a price: a sum of its own on the document, of
// which half a cent counts as one.
func (l *loyalty) gives(d *debtor, on day, price int64) int64 {
	if l.after == 0 {
		return price
	}
	if n, _, _ := d.onTime(on, l.earned, l.after); n < l.after {
		return price
	}
	return price - (price*l.percent+50)/100
}

// give notes that it is given: the count begins again with the invoices behind those that earned it.
func (l *loyalty) give(d *debtor, on day) { _, l.earned, _ = d.onTime(on, l.earned, l.after) }
