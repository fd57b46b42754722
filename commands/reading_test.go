package commands

import (
	"testing"
	"time"

	"duebot/ledger"
)

// A separator that cannot group digits is never taken for one that does: the sum would be
// a thousandfold.
func TestNumbersThatLookGrouped(t *testing.T) {
	for _, tt := range []struct{ text, lang, want string }{
		{"0,500", "en", "0.5"}, {"0.125", "ru", "0.125"}, {"-0,250", "en", "-0.25"}, {"0.125", "en", "0.125"}, {"0,125", "ru", "0.125"},
		{"1,200", "zh", "1200"}, {"1,200.50", "ru", "1200.5"}, {"1,234,567.89", "ru", "1234567.89"}, {"1.234.567,89", "en", "1234567.89"},
	} {
		if got, err := parseNumber(tt.text, tt.lang); err != nil || got.String() != tt.want {
			t.Errorf("%q in %s: got %v, %v, want %s", tt.text, tt.lang, got, err, tt.want)
		}
	}
	for _, bad := range []string{"1,200,50", "1.200.50", "1,200,5000", "1.200.500.5", "1,2,3", "0,500,000", "012,345", "1,200.500.000", "1234,567,8"} {
		if got, err := parseNumber(bad, "en"); err == nil {
			t.Errorf("%q: got %v, want a refusal", bad, got)
		}
	}
}

// A day without a year is the nearest such day, also over the turn of the year.
func TestDayWithoutYear(t *testing.T) {
	for _, tt := range []struct{ today, text, want string }{
		{"2026-12-30", "05.01.", "2027-01-05"}, {"2027-01-02", "30.12.", "2026-12-30"}, {"2026-10-01", "31.12.", "2026-12-31"},
		{"2026-10-01", "1.5.", "2026-05-01"}, {"2028-01-20", "29.2.", "2028-02-29"},
	} {
		today, err := ledger.ParseDate(tt.today)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parseDate(tt.text, today); err != nil || got.String() != tt.want {
			t.Errorf("%q on %s: got %s, %v, want %s", tt.text, tt.today, got, err, tt.want)
		}
	}
}

// A year of another age is a slip of the finger.
func TestYearsOutOfReach(t *testing.T) {
	today := ledger.NewDate(2026, time.October, 1)
	for _, bad := range []string{"0206-10-14", "20226-10-14", "9999-12-31", "1970-01-01", "14.10.0206", "14.10.9206"} {
		if got, err := parseDate(bad, today); err == nil {
			t.Errorf("%q: got %s, want a refusal", bad, got)
		}
	}
}

// What has the form of a day is meant as one, and is not put aside as other words.
func TestFormOfADate(t *testing.T) {
	for _, s := range []string{"2026-10-14", "2026-13-40", "2026-1-5", "31.02.2026", "31.2.", "14d", "friday", "0206-10-14"} {
		if !looksLikeDate(s) {
			t.Errorf("%q is not taken for a date", s)
		}
	}
	for _, s := range []string{"4711", "transfer", "INV-2026-000001", "2026", "10.5", ""} {
		if looksLikeDate(s) {
			t.Errorf("%q is taken for a date", s)
		}
	}
}
