package ledger

import (
	"strings"
	"time"
)

// workweek is on which days people of some countries rest, and with which day their weeks begin.
type workweek struct {
	countries string // between spaces
	rest      [2]time.Weekday
	first     time.Weekday
}

// workweeks are those that differ from Saturday and Sunday, by weekData of CLDR 48 (weekendStart,
// weekendEnd, firstDay). Where one day alone is free it stands twice. Bangladesh is not in CLDR's
// list: there the law makes Friday and Saturday free.
var workweeks = []workweek{
	{" IR ", [2]time.Weekday{time.Friday, time.Friday}, time.Saturday},
	{" AF ", [2]time.Weekday{time.Thursday, time.Friday}, time.Saturday},
	{" IN ", [2]time.Weekday{time.Sunday, time.Sunday}, time.Sunday},
	{" UG ", [2]time.Weekday{time.Sunday, time.Sunday}, time.Monday},
	{" DZ EG SD LY JO IQ BH SY KW OM QA ", [2]time.Weekday{time.Friday, time.Saturday}, time.Saturday},
	{" IL SA YE BD ", [2]time.Weekday{time.Friday, time.Saturday}, time.Sunday},
	{" AE ", [2]time.Weekday{time.Saturday, time.Sunday}, time.Monday},
	{" PT ", [2]time.Weekday{time.Saturday, time.Sunday}, time.Sunday},
}

// workweekOf is the week of a country, ok is false for one that is not in the table.
func workweekOf(of Country) (w workweek, ok bool) {
	for _, w := range workweeks {
		if of != "" && strings.Contains(w.countries, " "+string(of)+" ") {
			return w, true
		}
	}
	return workweek{rest: [2]time.Weekday{time.Saturday, time.Sunday}, first: time.Monday}, false
}

// Weekend reports whether a day of the week is free in a country.
func Weekend(day time.Weekday, of Country) bool {
	w, _ := workweekOf(of)
	return day == w.rest[0] || day == w.rest[1]
}

// WeekBegins is the day with which weeks begin in a zone; otherwise where that is not known.
func WeekBegins(zone string, otherwise time.Weekday) time.Weekday {
	if w, ok := workweekOf(ZoneCountry(zone)); ok || strings.HasPrefix(zone, "Europe/") {
		return w.first
	}
	return otherwise
}

// Calendar knows the days that are not what their day of the week says: public holidays, and days
// of a weekend that are worked. It is the same as long as the books are open, and no fact is read
// by it: what was decided by a calendar is in the facts themselves.
type Calendar interface {
	// Special tells of such a day in a country; ok is false for all other days.
	Special(d Date, of Country) (s Special, ok bool)
}

// Special is a day that is not what its day of the week says.
type Special struct {
	Works bool   // it is worked; otherwise it is free
	Key   string // of its name among the texts, "" where it has none there
	Name  string // as the company calls it, "" where it says nothing
}

// Days are the business days of a calendar; without one only weekends are free. All that counts
// business days asks these.
type Days struct{ Calendar Calendar }

// Days are those of the calendar that the books were opened with.
func (v *View) Days() Days { return Days{v.b.calendar} }

// Business reports whether people of a country work on d.
func (x Days) Business(d Date, of Country) bool {
	if s, ok := x.special(d, of); ok {
		return s.Works
	}
	return !Weekend(d.Weekday(), of)
}

// Holiday is the public holiday that d is in a country, where it is one.
func (x Days) Holiday(d Date, of Country) (s Special, ok bool) {
	s, ok = x.special(d, of)
	return s, ok && !s.Works
}

func (x Days) special(d Date, of Country) (s Special, ok bool) {
	if x.Calendar == nil {
		return s, false
	}
	return x.Calendar.Special(d, of)
}

// farAhead ends a search for a business day: a calendar may leave none.
const farAhead = 366

// Next is the first day after d on which people of all these countries work.
func (x Days) Next(d Date, of ...Country) Date {
	for end := d + farAhead; d < end; {
		works := true
		d++
		for _, country := range of {
			works = works && x.Business(d, country)
		}
		if works {
			break
		}
	}
	return d
}

// Add is the nth business day of a country after d, or before it where n is negative.
func (x Days) Add(d Date, n int, of Country) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for limit := farAhead + 7*n; n > 0 && limit > 0; limit-- {
		if d = d.AddDays(step); x.Business(d, of) {
			n--
		}
	}
	return d
}

// Count is how many business days of a country there are after one day and through another.
func (x Days) Count(after, through Date, of Country) (n int) {
	for d := after + 1; d <= through; d++ {
		if x.Business(d, of) {
			n++
		}
	}
	return n
}

// nextBusinessDay is the first day after d on which money of c's may move and be booked: he works
// then, and the company does.
func (v *View) nextBusinessDay(d Date, c *Customer) Date {
	return v.Days().Next(d, v.CountryOf(c), v.Home())
}
