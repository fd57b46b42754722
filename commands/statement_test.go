package commands

import (
	"testing"
	"time"

	"duebot/ledger"
)

// The periods behind a customer's buttons are whole months and years up to today.
func TestPeriodsOfTheButtons(t *testing.T) {
	for _, tt := range []struct {
		name, today, button, from, to string
	}{
		{"this month begins on its first day", "2026-10-14", "month", "2026-10-01", "2026-10-14"},
		{"on the first this month is one day", "2026-10-01", "month", "2026-10-01", "2026-10-01"},
		{"last month is whole", "2026-10-14", "lastmonth", "2026-09-01", "2026-09-30"},
		{"last month of a January is in the old year", "2027-01-31", "lastmonth", "2026-12-01", "2026-12-31"},
		{"last month of a March may have 29 days", "2028-03-31", "lastmonth", "2028-02-01", "2028-02-29"},
		{"this year begins on the first of January", "2026-10-14", "year", "2026-01-01", "2026-10-14"},
	} {
		today, err := ledger.ParseDate(tt.today)
		if err != nil {
			t.Fatal(err)
		}
		if p, ok := chatPeriod(tt.button, today); !ok || p.From.String() != tt.from || p.To.String() != tt.to {
			t.Errorf("%s: got %s to %s, want %s to %s", tt.name, p.From, p.To, tt.from, tt.to)
		}
	}
	if _, ok := chatPeriod("century", ledger.NewDate(2026, time.October, 1)); ok {
		t.Error("a button that is none of ours has a period")
	}
}
