package simulate

import "time"

// Invoices of contracts, as the oracle sees them: each month has one, on its day, for the price of its
// period.

// contract is one as the oracle knows it.
type contract struct {
	of      *debtor
	on      int // day of the month
	workday bool
	from    day
	passed  int // invoices that were made or left out
	price   int64
	next    int64 // from change on
	change  day   // 0: the price stays
	loyalty loyalty
}

// due is the day of the schedule on which the next invoice is due.
func (c *contract) due() day {
	y, m, on := c.from.time().Date()
	first := 0
	if on > min(c.on, length(y, m)) {
		first = 1
	}
	at := time.Date(y, m+time.Month(first+c.passed), 1, 0, 0, 0, 0, time.UTC)
	y, m, _ = at.Date()
	return day(time.Date(y, m, min(c.on, length(y, m)), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// begins is the day with which the period of the next invoice begins: one on the last day of a month is
// for the month that it ends.
func (c *contract) begins() day {
	on := c.due()
	if c.on == 31 {
		_, _, d := on.time().Date()
		on -= day(d - 1)
	}
	return on
}

func length(y int, m time.Month) int { return time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// issue is the day on which the company makes the next invoice of c.
func (o *oracle) issue(c *contract) day {
	on := c.due()
	for c.workday && !o.home.works(on) {
		on++
	}
	return on
}

// recurs is told of each invoice of a contract; less tells that it has something off for paying on time.
func (o *oracle) recurs(c *contract, now time.Time, sum int64) (less bool) {
	o.checks++
	if on := o.issue(c); o.home.today(now) < on {
		o.fault(c.of, now, "the invoice of %s is issued before %s", c.due(), on)
	}
	if c.change != 0 && c.begins() >= c.change {
		c.price, c.change = c.next, 0
	}
	want := c.loyalty.gives(c.of, c.of.at.today(now), c.price)
	if sum != want {
		o.fault(c.of, now, "the invoice of %s is for %d, want %d of %d (%+v)", c.due(), sum, want, c.price, c.loyalty)
	}
	c.passed++
	return want < c.price
}

// recurred is told when all that had come was issued.
func (o *oracle) recurred(now time.Time) {
	for _, c := range o.contracts {
		if on := o.issue(c); on <= o.home.today(now) {
			o.fault(c.of, now, "the invoice of %s is missing", on)
		}
	}
}
