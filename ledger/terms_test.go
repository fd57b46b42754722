package ledger

import "testing"

// Due dates at the ends of months, in leap years, and where day 31 does not exist.
func TestTermsDue(t *testing.T) {
	tests := []struct{ terms, date, due string }{
		{"net14", "2026-10-01", "2026-10-15"},
		{"net 30", "2026-01-31", "2026-03-02"},
		{"30d", "2028-01-31", "2028-03-01"},
		{"net0", "2026-10-01", "2026-10-01"},
		{"eom", "2026-02-01", "2026-02-28"},
		{"eom+10", "2026-01-31", "2026-02-10"},
		{"eom10", "2028-02-29", "2028-03-10"},
		{"eom+30", "2026-01-29", "2026-03-02"},
		{"eonm", "2026-01-29", "2026-02-28"},
		{"eonm", "2026-01-31", "2026-02-28"},
		{"eonm+10", "2026-12-15", "2027-02-10"},
		{"eonm", "2028-01-30", "2028-02-29"},
		{"net30day10", "2026-01-15", "2026-03-10"},
		{"net0day31", "2026-01-30", "2026-02-28"},
		{"net0day31", "2026-03-31", "2026-04-30"},
		{"net0day31", "2028-01-31", "2028-02-29"},
		{"net60day31", "2026-10-31", "2027-01-31"},
		{"2/10net30", "2026-10-01", "2026-10-31"},
	}
	for _, tt := range tests {
		terms, err := ParseTerms(tt.terms)
		if err != nil {
			t.Errorf("%s: %v", tt.terms, err)
			continue
		}
		date, _ := ParseDate(tt.date)
		if got := terms.Due(date).String(); got != tt.due {
			t.Errorf("%s of %s: got %s, want %s", tt.terms, tt.date, got, tt.due)
		}
		again, err := ParseTerms(terms.String())
		if err != nil || again.String() != terms.String() {
			t.Errorf("%s reads back as %s, %v", terms, again, err)
		}
	}
	for _, bad := range []string{"", "net", "net-1", "net999", "eom+999", "net30day0", "net30day32", "2/10", "100/10net30", "0/10net30", "soon", "2/999net30"} {
		if got, err := ParseTerms(bad); err == nil {
			t.Errorf("%q is read as %s", bad, got)
		}
	}
	terms, _ := ParseTerms("2,5/10 net 30")
	date, _ := ParseDate("2026-10-25")
	if got := terms.DiscountUntil(date).String(); got != "2026-11-04" || terms.String() != "2.5/10net30" {
		t.Errorf("got %s until %s", terms, got)
	}
}
