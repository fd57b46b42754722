package ledger

import (
	"testing"
	"time"
)

// Weeks are those of the zone's country: what is free, and with which day they begin.
func TestWeeks(t *testing.T) {
	tests := []struct {
		zone        string
		otherwise   time.Weekday
		free, works []time.Weekday
		begins      time.Weekday
	}{
		{"Europe/Berlin", time.Sunday, []time.Weekday{time.Saturday, time.Sunday}, []time.Weekday{time.Friday}, time.Monday},
		{"Europe/London", time.Sunday, []time.Weekday{time.Saturday, time.Sunday}, []time.Weekday{time.Friday}, time.Monday},
		{"America/New_York", time.Sunday, []time.Weekday{time.Saturday, time.Sunday}, []time.Weekday{time.Friday}, time.Sunday},
		{"Asia/Shanghai", time.Monday, []time.Weekday{time.Saturday, time.Sunday}, []time.Weekday{time.Friday}, time.Monday},
		{"Asia/Tehran", time.Monday, []time.Weekday{time.Friday}, []time.Weekday{time.Thursday, time.Saturday, time.Sunday}, time.Saturday},
		{"Asia/Jerusalem", time.Monday, []time.Weekday{time.Friday, time.Saturday}, []time.Weekday{time.Sunday}, time.Sunday},
		{"Asia/Riyadh", time.Monday, []time.Weekday{time.Friday, time.Saturday}, []time.Weekday{time.Sunday}, time.Sunday},
		{"Asia/Kuwait", time.Monday, []time.Weekday{time.Friday, time.Saturday}, []time.Weekday{time.Sunday}, time.Saturday},
		{"Asia/Dubai", time.Sunday, []time.Weekday{time.Saturday, time.Sunday}, []time.Weekday{time.Friday}, time.Monday},
		{"", time.Sunday, []time.Weekday{time.Saturday, time.Sunday}, []time.Weekday{time.Friday}, time.Sunday},
	}
	for _, tt := range tests {
		for _, day := range tt.free {
			if !Weekend(day, ZoneCountry(tt.zone)) {
				t.Errorf("%s works on %s", tt.zone, day)
			}
		}
		for _, day := range tt.works {
			if Weekend(day, ZoneCountry(tt.zone)) {
				t.Errorf("%s rests on %s", tt.zone, day)
			}
		}
		if got := WeekBegins(tt.zone, tt.otherwise); got != tt.begins {
			t.Errorf("in %s weeks begin on %s, want %s", tt.zone, got, tt.begins)
		}
	}
}

// Money between two countries moves on days on which both work.
func TestNextBusinessDayOfTwo(t *testing.T) {
	for from, want := range map[string]string{"2026-11-18": "2026-11-19", "2026-11-19": "2026-11-23", "2026-11-20": "2026-11-23", "2026-11-22": "2026-11-23"} {
		day, _ := ParseDate(from)
		if got := (Days{}).Next(day, "IR", "DE"); got.String() != want {
			t.Errorf("after %s: got %s, want %s", from, got, want)
		}
	}
}

// someDays is a calendar of a few days: "RO 2026-12-01" free, "CN 2026-10-10 works".
type someDays map[string]bool // whether it is worked

func (x someDays) Special(d Date, of Country) (Special, bool) {
	works, ok := x[string(of)+" "+d.String()]
	return Special{Works: works}, ok
}

// A holiday is no business day where it is one, and a worked Saturday is one.
func TestDaysOfCalendar(t *testing.T) {
	days := Days{someDays{"RO 2026-11-30": false, "RO 2026-12-01": false, "CN 2026-10-10": true, "XX 2026-10-10": false}}
	on := func(text string) Date { d, _ := ParseDate(text); return d }
	if got := days.Next(on("2026-11-27"), "RO", "DE"); got != on("2026-12-02") {
		t.Errorf("after a Friday before two holidays comes %s", got)
	}
	if got := days.Next(on("2026-10-09"), "CN"); got != on("2026-10-10") {
		t.Errorf("the worked Saturday is left out: %s", got)
	}
	if got := days.Add(on("2026-12-02"), -1, "RO"); got != on("2026-11-27") {
		t.Errorf("the business day before is %s", got)
	}
	if got := days.Count(on("2026-11-27"), on("2026-12-03"), "RO"); got != 2 {
		t.Errorf("%d business days", got)
	}
	if _, holiday := days.Holiday(on("2026-10-10"), "CN"); holiday {
		t.Error("a worked Saturday is a holiday")
	}
}

// A calendar of no business day ends no search in a loop.
func TestNoBusinessDayAtAll(t *testing.T) {
	days := Days{never{}}
	if got := days.Next(0, "RO"); got != farAhead {
		t.Errorf("next %d", got)
	}
	if got := days.Add(0, 3, "RO"); got <= 0 {
		t.Errorf("third %d", got)
	}
}

type never struct{}

func (never) Special(Date, Country) (Special, bool) { return Special{}, true }

// The country of a zone, by its own name or an older one; a customer's own goes before it.
func TestCountries(t *testing.T) {
	for zone, want := range map[string]Country{"Europe/Bucharest": "RO", "Europe/Kiev": "UA", "Asia/Calcutta": "IN", "Iran": "IR", "Africa/Asmera": "ER", "UTC": "", "Etc/GMT+5": "", "": ""} {
		if got := ZoneCountry(zone); got != want {
			t.Errorf("%q is in %q, want %q", zone, got, want)
		}
	}
	for country, want := range map[Country]bool{"RO": true, "ro": false, "XX": false, "": false} {
		if country.Known() != want {
			t.Errorf("%q known: %t", country, !want)
		}
	}
}
