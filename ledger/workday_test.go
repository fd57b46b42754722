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
			if !Weekend(day, tt.zone) {
				t.Errorf("%s works on %s", tt.zone, day)
			}
		}
		for _, day := range tt.works {
			if Weekend(day, tt.zone) {
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
		if got := NextBusinessDay(day, "Asia/Tehran", "Europe/Berlin"); got.String() != want {
			t.Errorf("after %s: got %s, want %s", from, got, want)
		}
	}
}
