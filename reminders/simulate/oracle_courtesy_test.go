package simulate

import (
	"fmt"
	"time"
)

// Statements that go by themselves, and thanks, as the oracle sees them: never in the same week as a
// word about money, each once, and by the same hours.

// courtesyApart is how many days lie between a statement, or thanks, and a word about money.
const courtesyApart = 7

// How rare thanks are, in days, and for how many invoices in a row that were paid on time.
const (
	thanksEvery = 91
	thanksAfter = 3
)

// courtesy is a word that asks for nothing.
type courtesy struct {
	kind   string
	code   string    // which days a statement is of
	queued time.Time // when the rules decided it
	said   day       // when it was heard
}

// courteous is told when a statement is said, or thanks.
func (o *oracle) courteous(d *debtor, now time.Time, c courtesy) {
	o.checks++
	today, p := d.at.today(now), o.ofDebtor(d)
	if o.outside(d) {
		o.fault(d, now, "%s outside of the pilot", c.kind)
	}
	if hour, may := now.In(d.at.zone).Hour(), d.may(p, today); hour < may.From || hour >= may.Until {
		o.fault(d, now, "%s at %d, out of his hours %d to %d", c.kind, hour, may.From, may.Until)
	}
	if !p.FreeDays && !d.at.works(today) || p.quiet(today) {
		o.fault(d, now, "%s on a free day", c.kind)
	}
	if n := len(d.contacts); d.waiting != nil || n > 0 && today < d.contacts[n-1]+courtesyApart {
		o.fault(d, now, "%s in the week of a word about money (%s)", c.kind, d.waiting)
	}
	key := fmt.Sprint(d.id, c.kind, c.code)
	if c.kind == "thanks" {
		if d.thanked != 0 && today < d.thanked+thanksEvery-courtesyApart { // it is counted from when it was decided
			o.fault(d, now, "thanks, and there were some on %s", d.thanked)
		}
		d.thanked = today
		if o.wrong(d, today) {
			o.fault(d, now, "thanks, and something is overdue, disputed or was promised in vain")
		}
		key += today.String()
	}
	if o.stated[key] {
		o.fault(d, now, "%s %s twice", c.kind, c.code)
	}
	o.stated[key] = true
	c.said = today
	d.courtesy = &c
}

// near reports a word about money that follows a statement or thanks within the week, though nothing
// has happened since that could bring it.
func (o *oracle) near(d *debtor, now time.Time) {
	c := d.courtesy
	if today := d.at.today(now); c == nil || today >= c.said+courtesyApart || o.changed.After(c.queued) {
		return
	}
	for _, e := range d.events {
		if !e.at.Before(c.queued) {
			return
		}
	}
	o.fault(d, now, "%s in the week of %s of %s, decided at %s", d.waiting, c.kind, c.said, c.queued)
}

// owesStatement is told on some midnights until when statements went out to d, or were left out with
// the reason: towards the end of a month that of the last one did.
func (o *oracle) owesStatement(d *debtor, now time.Time, through day) {
	today := d.at.today(now)
	y, m, on := today.time().Date()
	last := day(time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).Unix()/86400) - 1
	if !d.monthly || on < 27 || d.wished > last || o.stood > last {
		return
	}
	for _, x := range d.open {
		if d.onAccount[x.currency] != 0 || d.freed > last { // it may be, or have been, as much as is open: then nothing is to be stated
			continue
		}
		if o.checks++; x.made <= last-1 && x.booked <= last-1 && through < last {
			o.fault(d, now, "his statements go through %s, want %s", through, last)
			return
		}
	}
}
