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
	weekly  bool
	found   int // one more than passed, where coming is the day of the next invoice
	coming  day
	since   time.Time // its invoice is missing
	waited  bool      // it waited when it was looked at last
	burst   int       // invoices that were missed when it was looked at last
	request *request  // the last one
	asked   day       // of the invoice for which a second person was asked
	again   bool      // its price was set since, and so one may be asked again
}

// due is the day of the schedule on which the next invoice is due.
func (c *contract) due() day { return c.nth(c.passed) }

func (c *contract) nth(n int) day {
	if c.weekly {
		return c.from + day(7*n)
	}
	y, m, on := c.from.time().Date()
	first := 0
	if on > min(c.on, length(y, m)) {
		first = 1
	}
	at := time.Date(y, m+time.Month(first+n), 1, 0, 0, 0, 0, time.UTC)
	y, m, _ = at.Date()
	return day(time.Date(y, m, min(c.on, length(y, m)), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// begins is the day with which the period of the next invoice begins: one on the last day of a month is
// for the month that it ends.
func (c *contract) begins() day {
	on := c.due()
	if c.on == 31 && !c.weekly {
		_, _, d := on.time().Date()
		on -= day(d - 1)
	}
	return on
}

func length(y int, m time.Month) int { return time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// issue is the day on which the company makes the nth invoice of c.
func (o *oracle) issue(c *contract, n int) day {
	on := c.nth(n)
	for c.workday && !o.home.works(on) {
		on++
	}
	return on
}

// next is the day of c's next invoice; it is kept, since it is asked for each hour.
func (o *oracle) next(c *contract) day {
	if c.found != c.passed+1 {
		c.found, c.coming = c.passed+1, o.issue(c, c.passed)
	}
	return c.coming
}

// missed is how many invoices of c have come by a day and were not made.
func (o *oracle) missed(c *contract, on day) (n int) {
	for o.issue(c, c.passed+n) <= on {
		n++
	}
	return n
}

// missedMost is how many invoices of a contract come by themselves where they were missed: more wait for
// a person.
const missedMost = 3

// comesTo is what the next invoice of c comes to, and without what is given for paying on time.
func (o *oracle) comesTo(c *contract, now time.Time) (sum, price int64) {
	if price = c.price; c.change != 0 && c.begins() >= c.change {
		price = c.next
	}
	return c.loyalty.gives(c.of, c.of.at.today(now), price), price
}

// recurs is told of each invoice of a contract, and whether a person said that it is to be made; less
// tells that it has something off for paying on time.
func (o *oracle) recurs(c *contract, now time.Time, sum int64, person bool) (less bool) {
	o.checks++
	today := o.home.today(now)
	if on := o.issue(c, c.passed); today < on {
		o.fault(c.of, now, "the invoice of %s is issued before %s", c.due(), on)
	}
	want, price := o.comesTo(c, now)
	if sum != want {
		o.fault(c.of, now, "the invoice of %s is for %d, want %d of %d (%+v)", c.due(), sum, want, price, c.loyalty)
	}
	if !person && want > o.alone {
		o.fault(c.of, now, "the invoice of %s is for %d, and no second person was asked", c.due(), sum)
	}
	if !person && c.burst > missedMost {
		o.fault(c.of, now, "the invoice of %s is one of %d that were missed, and no person said so", c.due(), c.burst)
	}
	if price != c.price {
		c.price, c.change = price, 0
	}
	if want < price {
		c.loyalty.give(c.of, c.of.at.today(now))
	}
	c.passed++
	return want < price
}

// recurring is told before the invoices are made that have come: how many of each contract were missed
// decides whether they come by themselves.
func (o *oracle) recurring(now time.Time) {
	on := o.invoices(now)
	for _, c := range o.contracts {
		if c.burst = 0; o.next(c) <= on {
			c.burst = o.missed(c, on)
		}
	}
}

// invoices is the day whose invoices of contracts are made at a time: from eight in the morning on.
func (o *oracle) invoices(now time.Time) day { return o.home.today(now.Add(-issueHour * time.Hour)) }

const issueHour = 8

// recurred is told when all was made that had come and needs nobody. What waited for a person is looked
// at each hour.
func (o *oracle) recurred(now time.Time) {
	today := o.invoices(now)
	for _, c := range o.contracts {
		on := o.next(c)
		if on > today {
			c.since, c.waited = time.Time{}, false
			continue
		}
		sum, _ := o.comesTo(c, now)
		asked := c.asked == c.due()
		switch {
		case c.burst > missedMost, sum > o.alone && asked:
			c.since = time.Time{}
		case c.since.IsZero():
			if c.since = now; c.asked != c.due() && !c.waited {
				o.fault(c.of, now, "the invoice of %s for %d is missing, or nobody was asked", on, sum)
			}
		case now.Sub(c.since) > time.Hour:
			o.fault(c.of, now, "the invoice of %s for %d is missing since %s, or nobody was asked: %t", on, sum, c.since, asked)
		}
		c.waited = true
	}
}

// priced notes that staff set c's price: what nobody decided yet stays asked, else one is asked anew.
func (c *contract) priced() {
	if c.again = true; c.request == nil || c.request.over {
		c.asked = 0
	}
}
