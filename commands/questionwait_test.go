package commands

import (
	"testing"
	"time"

	"duebot/ledger"
)

// Eight hours of work later, by the days on which the company's country works.
func TestAfterWork(t *testing.T) {
	tests := map[string]struct{ zone, from, want string }{
		"within a day":                       {"Europe/Berlin", "2026-11-18 09:00", "2026-11-18 17:00"},
		"over a night":                       {"Europe/Berlin", "2026-11-18 16:00", "2026-11-19 16:00"},
		"over Saturday and Sunday":           {"Europe/Berlin", "2026-11-20 16:00", "2026-11-23 16:00"},
		"over Friday in Tehran":              {"Asia/Tehran", "2026-11-19 16:00", "2026-11-21 16:00"},
		"asked on a Friday in Tehran":        {"Asia/Tehran", "2026-11-20 11:00", "2026-11-21 17:00"},
		"over Friday and Saturday in Riyadh": {"Asia/Riyadh", "2026-11-19 16:00", "2026-11-22 16:00"},
		"over Sunday alone in Kolkata":       {"Asia/Kolkata", "2026-11-20 16:00", "2026-11-21 16:00"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			from, err := time.ParseInLocation("2006-01-02 15:04", tt.from, zone)
			if err != nil {
				t.Fatal(err)
			}
			if got := afterWork(ledger.Days{}, from, 8, zone).Format("2006-01-02 15:04"); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
