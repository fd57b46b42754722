package simulate

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// The oracle's own calendar: days written down by hand from what each country publishes, where
// the program has rules.

// homes are the countries of the zones.
var homes = map[string]string{
	"Pacific/Honolulu": "US", "America/Anchorage": "US", "America/Los_Angeles": "US", "America/Denver": "US", "America/New_York": "US",
	"America/St_Johns": "CA", "America/Sao_Paulo": "BR", "Atlantic/Azores": "PT", "Asia/Kathmandu": "NP", "Europe/London": "GB", "Europe/Berlin": "DE",
	"Europe/Bucharest": "RO", "Europe/Chisinau": "MD", "Europe/Rome": "IT", "Europe/Moscow": "RU", "Asia/Riyadh": "SA", "Asia/Tehran": "IR", "Asia/Dubai": "AE", "Asia/Kabul": "AF",
	"Asia/Kolkata": "IN", "Asia/Shanghai": "CN", "Asia/Tokyo": "JP", "Australia/Adelaide": "AU", "Australia/Lord_Howe": "AU",
	"Pacific/Auckland": "NZ", "Pacific/Chatham": "NZ", "Pacific/Niue": "NU", "Pacific/Kiritimati": "KI",
}

// weekends are the free weekdays, where they are not Saturday and Sunday.
var weekends = map[string][]time.Weekday{
	"IR": {time.Friday}, "AF": {time.Thursday, time.Friday}, "IN": {time.Sunday}, "SA": {time.Friday, time.Saturday},
}

// holidays are the days from 2026 to the first week of 2028 on which nobody works, and with "+" those
// of a weekend on which people do. What falls on a weekend anyway may be missing. The lunar days of
// Iran and of the Emirates are those that the program has, for nobody can reckon them by heart. Of China
// and Russia 2027 is as the law alone says it; of countries that are missing weekends alone are known.
var holidays = map[string]string{
	"US": `2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-10-12 2026-11-11 2026-11-26 2026-12-25
		2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-07-05 2027-09-06 2027-10-11 2027-11-11 2027-11-25 2027-12-24 2027-12-31`,
	"CA": `2026-01-01 2026-04-03 2026-04-06 2026-05-18 2026-07-01 2026-08-03 2026-09-07 2026-09-30 2026-10-12 2026-11-11 2026-12-25 2026-12-28
		2027-01-01 2027-03-26 2027-03-29 2027-05-24 2027-07-01 2027-08-02 2027-09-06 2027-09-30 2027-10-11 2027-11-11 2027-12-27 2027-12-28 2028-01-03`,
	"BR": `2026-01-01 2026-02-17 2026-04-03 2026-04-21 2026-05-01 2026-06-04 2026-09-07 2026-10-12 2026-11-02 2026-11-20 2026-12-25
		2027-01-01 2027-02-09 2027-03-26 2027-04-21 2027-05-27 2027-09-07 2027-10-12 2027-11-02 2027-11-15`,
	"GB": `2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
		2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28 2028-01-03`,
	"DE": `2026-01-01 2026-04-03 2026-04-06 2026-05-01 2026-05-14 2026-05-25 2026-12-25
		2027-01-01 2027-03-26 2027-03-29 2027-05-06 2027-05-17`,
	"RO": `2026-01-01 2026-01-02 2026-01-06 2026-01-07 2026-04-10 2026-04-13 2026-05-01 2026-06-01 2026-11-30 2026-12-01 2026-12-25
		2027-01-01 2027-01-06 2027-01-07 2027-04-30 2027-05-03 2027-06-01 2027-06-21 2027-11-30 2027-12-01 2028-01-06 2028-01-07`,
	"MD": `2026-01-01 2026-01-07 2026-01-08 2026-04-13 2026-04-20 2026-05-01 2026-08-27 2026-08-31 2026-12-25
		2027-01-01 2027-01-07 2027-01-08 2027-03-08 2027-05-03 2027-05-10 2027-08-27 2027-08-31 2028-01-07`,
	"IT": `2026-01-01 2026-01-06 2026-04-06 2026-05-01 2026-06-02 2026-12-08 2026-12-25
		2027-01-01 2027-01-06 2027-03-29 2027-06-02 2027-10-04 2027-11-01 2027-12-08 2028-01-06`,
	"RU": `2026-01-01 2026-01-02 2026-01-05 2026-01-06 2026-01-07 2026-01-08 2026-01-09 2026-02-23 2026-03-09 2026-05-01 2026-05-11 2026-06-12 2026-11-04 2026-12-31
		2027-01-01 2027-01-04 2027-01-05 2027-01-06 2027-01-07 2027-01-08 2027-02-23 2027-03-08 2027-05-03 2027-05-10 2027-06-14 2027-11-04
		2028-01-03 2028-01-04 2028-01-05 2028-01-06 2028-01-07`,
	"IR": `2026-01-03 2026-01-17 2026-02-04 2026-02-11 2026-03-11 2026-03-21 2026-03-22 2026-03-23 2026-03-24 2026-04-01 2026-04-02 2026-05-27 2026-06-04 2026-06-24 2026-06-25
		2026-08-04 2026-08-12 2026-08-13 2026-08-30 2026-12-23 2027-01-06 2027-01-24 2027-02-11 2027-03-01 2027-03-10 2027-03-11 2027-03-20 2027-03-21 2027-03-22 2027-03-23
		2027-03-24 2027-04-01 2027-06-05`,
	"AE": `2026-01-01 2026-03-20 2026-05-26 2026-05-27 2026-05-28 2026-05-29 2026-06-16 2026-08-25 2026-12-02 2026-12-03
		2027-01-01 2027-03-09 2027-03-10 2027-03-11 2027-05-17 2027-05-18 2027-12-02 2027-12-03`,
	"CN": `2026-01-01 2026-01-02 +2026-01-04 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-02-23 +2026-02-14 +2026-02-28 2026-04-06 2026-05-01 2026-05-04
		2026-05-05 +2026-05-09 2026-06-19 2026-09-25 2026-10-01 2026-10-02 2026-10-05 2026-10-06 2026-10-07 +2026-09-20 +2026-10-10
		2027-01-01 2027-02-05 2027-02-08 2027-04-05 2027-06-09 2027-09-15 2027-10-01`,
	"JP": `2026-01-01 2026-01-12 2026-02-11 2026-02-23 2026-03-20 2026-04-29 2026-05-04 2026-05-05 2026-05-06 2026-07-20 2026-08-11 2026-09-21 2026-09-22 2026-09-23
		2026-10-12 2026-11-03 2026-11-23 2027-01-01 2027-01-11 2027-02-11 2027-02-23 2027-03-22 2027-04-29 2027-05-03 2027-05-04 2027-05-05 2027-07-19 2027-08-11
		2027-09-20 2027-09-23 2027-10-11 2027-11-03 2027-11-23`,
	"AU": `2026-01-01 2026-01-26 2026-04-03 2026-04-06 2026-12-25 2026-12-28
		2027-01-01 2027-01-26 2027-03-26 2027-03-29 2027-12-27 2027-12-28 2028-01-03`,
	"NZ": `2026-01-01 2026-01-02 2026-02-06 2026-04-03 2026-04-06 2026-04-27 2026-06-01 2026-07-10 2026-10-26 2026-12-25 2026-12-28
		2027-01-01 2027-01-04 2027-02-08 2027-03-26 2027-03-29 2027-04-26 2027-06-07 2027-06-25 2027-10-25 2027-12-27 2027-12-28 2028-01-03 2028-01-04`,
}

// special are the days of a country that are not what their weekday says, and whether people work.
var special = sync.OnceValue(func() map[string]map[day]bool {
	out := map[string]map[day]bool{}
	for country, text := range holidays {
		out[country] = map[day]bool{}
		for _, word := range strings.Fields(text) {
			date, works := strings.CutPrefix(word, "+")
			at, err := time.Parse(time.DateOnly, date)
			if err != nil {
				panic(err) // it is written above
			}
			out[country][day(at.Unix()/86400)] = works
		}
	}
	return out
})

func (c calendar) works(on day) bool {
	country := c.country
	if country == "" {
		country = homes[c.name]
	}
	if works, ok := special()[country][on]; ok {
		return works
	}
	free, ok := weekends[country]
	if !ok {
		free = []time.Weekday{time.Saturday, time.Sunday}
	}
	return !slices.Contains(free, time.Weekday((int(on)+4)%7)) // 1970-01-01 was a Thursday
}
