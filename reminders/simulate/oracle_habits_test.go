package simulate

import (
	"slices"
	"strings"
	"time"
)

// By which policy somebody is reminded who was given none: by how he pays, by his segment, by the law of
// his country where he is a consumer, or by the company's.

// habit is how somebody pays, and the policy for it.
type habit struct {
	Broken           int
	LateFrom, LateTo *int
	Policy           string
}

// The payments that tell a habit: so many of the last ones, and at least so many of them.
const (
	habitOf    = 24
	habitLeast = 3
)

// lateKept is for how many days a broken promise may turn out to have been kept.
const lateKept = 60

// promise is somebody's word to pay a debt by a day.
type promise struct {
	of *debt
	by day
}

// payment is money that came on a day, and the debt that it settled last.
type payment struct {
	on     day
	booked day
	last   *debt
	left   int64 // on account
	cur    string
}

// ofDebtor is the policy of d's debts that have none of their own.
func (o *oracle) ofDebtor(d *debtor) *policy {
	if p := o.policies[d.policy]; p != nil {
		return p
	}
	for _, h := range o.habits {
		if p := o.policies[h.Policy]; p != nil && h.fits(d) {
			return p
		}
	}
	if p := o.policies[o.segments[d.segment]]; p != nil {
		return p
	}
	if d.consumer || d.segment != "" && slices.Contains(o.buyers, d.segment) {
		country := d.at.country
		if country == "" {
			country = homes[d.at.name]
		}
		if p := o.policies[strings.ToLower(country)+"-consumer"]; p != nil {
			return p
		}
		if p := o.policies["consumer"]; p != nil {
			return p
		}
	}
	return o.policies[o.standard]
}

// fits reports whether d pays like h.
func (h habit) fits(d *debtor) bool {
	if len(d.broken) < h.Broken {
		return false
	}
	if h.LateFrom == nil && h.LateTo == nil {
		return h.Broken > 0
	}
	days, of := d.pays()
	return of >= habitLeast && (h.LateFrom == nil || days >= *h.LateFrom) && (h.LateTo == nil || days <= *h.LateTo)
}

// pays tells how many days after the due date d pays, the median of his last payments, and how many
// of them tell it.
func (d *debtor) pays() (days, of int) {
	var delays []int
	for _, p := range d.payments[max(0, len(d.payments)-habitOf):] {
		if p.last != nil {
			delays = append(delays, int(p.on-p.last.first()))
		}
	}
	if len(delays) == 0 {
		return 0, 0
	}
	slices.Sort(delays)
	return delays[len(delays)/2], len(delays)
}

// keptLate forgets broken promises whose money came all the same, dated by their day.
func (o *oracle) keptLate(d *debtor, now time.Time) {
	today := o.home.today(now)
	d.broken = slices.DeleteFunc(d.broken, func(p promise) bool {
		x := p.of
		if p.by+lateKept < today || x.sum-x.open-x.credited <= 0 {
			return false
		}
		return at(x.opens, p.by, x.sum)-at(x.disputes, p.by, 0) <= 0 || x.open > 0 && x.owed() <= 0
	})
}

// settled notes that a payment of d's settled x.
func (d *debtor) paid(booked, on day, x *debt, left int64, cur string) {
	d.payments = append(d.payments, &payment{on, booked, x, left, cur})
	if len(d.payments) > 2*habitOf {
		d.payments = slices.Delete(d.payments, 0, 1)
	}
}

// applied notes that all that d has on account settled x.
func (d *debtor) applied(x *debt) {
	for _, p := range d.payments {
		if p.cur == x.currency && p.left > 0 {
			p.last, p.left = x, 0
		}
	}
}
