package ledger

import (
	"strings"
	"time"
)

// Weekends by zone, where they are not Saturday and Sunday: a zone stands for the country that
// it is named after.
var weekends = map[string][]time.Weekday{
	"Asia/Tehran": {time.Friday}, "Iran": {time.Friday},
	"Asia/Kabul":   {time.Thursday, time.Friday},
	"Asia/Kolkata": {time.Sunday}, "Asia/Calcutta": {time.Sunday}, "Africa/Kampala": {time.Sunday},
}

// fridays are the zones whose weekend is Friday and Saturday.
const fridays = " Africa/Algiers Africa/Cairo Egypt Africa/Khartoum Africa/Tripoli Libya Asia/Aden Asia/Amman Asia/Baghdad Asia/Bahrain Asia/Damascus Asia/Dhaka " +
	"Asia/Jerusalem Asia/Tel_Aviv Israel Asia/Kuwait Asia/Muscat Asia/Qatar Asia/Riyadh "

// BusinessDay reports whether people of a zone ("Asia/Tehran") work on d. Holidays are not
// known.
func BusinessDay(d Date, zone string) bool {
	day := d.Weekday()
	if rest, ok := weekends[zone]; ok {
		for _, r := range rest {
			if day == r {
				return false
			}
		}
		return true
	}
	if zone != "" && strings.Contains(fridays, " "+zone+" ") {
		return day != time.Friday && day != time.Saturday
	}
	return day != time.Saturday && day != time.Sunday
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
