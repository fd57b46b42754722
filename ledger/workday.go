package ledger

import (
	"strings"
	"time"
)

// workweek is on which days people of some zones rest, and with which day their weeks begin.
type workweek struct {
	zones string // between spaces; a zone stands for the country that it is named after
	rest  [2]time.Weekday
	first time.Weekday
}

// workweeks are those that differ from Saturday and Sunday, by weekData of CLDR 48 (weekendStart,
// weekendEnd, firstDay). Where one day alone is free it stands twice. Bangladesh is not in CLDR's
// list: there the law makes Friday and Saturday free.
var workweeks = []workweek{
	{" Asia/Tehran Iran ", [2]time.Weekday{time.Friday, time.Friday}, time.Saturday},
	{" Asia/Kabul ", [2]time.Weekday{time.Thursday, time.Friday}, time.Saturday},
	{" Asia/Kolkata Asia/Calcutta ", [2]time.Weekday{time.Sunday, time.Sunday}, time.Sunday},
	{" Africa/Kampala ", [2]time.Weekday{time.Sunday, time.Sunday}, time.Monday},
	{" Africa/Algiers Africa/Cairo Egypt Africa/Khartoum Africa/Tripoli Libya Asia/Amman Asia/Baghdad Asia/Bahrain Asia/Damascus Asia/Kuwait Asia/Muscat Asia/Qatar ",
		[2]time.Weekday{time.Friday, time.Saturday}, time.Saturday},
	{" Asia/Jerusalem Asia/Tel_Aviv Israel Asia/Riyadh Asia/Aden Asia/Dhaka ", [2]time.Weekday{time.Friday, time.Saturday}, time.Sunday},
	{" Asia/Dubai ", [2]time.Weekday{time.Saturday, time.Sunday}, time.Monday},
	{" Europe/Lisbon Portugal ", [2]time.Weekday{time.Saturday, time.Sunday}, time.Sunday},
}

// workweekOf is the week of a zone, ok is false for one that is not in the table.
func workweekOf(zone string) (w workweek, ok bool) {
	for _, w := range workweeks {
		if zone != "" && strings.Contains(w.zones, " "+zone+" ") {
			return w, true
		}
	}
	return workweek{rest: [2]time.Weekday{time.Saturday, time.Sunday}, first: time.Monday}, false
}

// Weekend reports whether a day of the week is free in a zone ("Asia/Tehran").
func Weekend(day time.Weekday, zone string) bool {
	w, _ := workweekOf(zone)
	return day == w.rest[0] || day == w.rest[1]
}

// WeekBegins is the day with which weeks begin in a zone; otherwise where that is not known.
func WeekBegins(zone string, otherwise time.Weekday) time.Weekday {
	if w, ok := workweekOf(zone); ok || strings.HasPrefix(zone, "Europe/") {
		return w.first
	}
	return otherwise
}

// BusinessDay reports whether people of a zone work on d. Whatever else makes a day free, public
// holidays for one, belongs here: all that counts business days asks this.
func BusinessDay(d Date, zone string) bool { return !Weekend(d.Weekday(), zone) }

// NextBusinessDay is the first day after d on which people of all these zones work.
func NextBusinessDay(d Date, zones ...string) Date {
	for {
		works := true
		d++
		for _, zone := range zones {
			works = works && BusinessDay(d, zone)
		}
		if works {
			return d
		}
	}
}

// nextBusinessDay is the first day after d on which money of c's may move and be booked: he works
// then, and the company does.
func (v *View) nextBusinessDay(d Date, c *Customer) Date {
	return NextBusinessDay(d, c.ZoneName, v.s.company.ZoneName)
}

// AddBusinessDays is the nth business day of a zone after d, or before it where n is negative.
func AddBusinessDays(d Date, n int, zone string) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		if d = d.AddDays(step); BusinessDay(d, zone) {
			n--
		}
	}
	return d
}
