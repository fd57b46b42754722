package main

import (
	"strings"
	"testing"
)

// Numbers that could not be found again, or that two documents would share, are refused
// before anything starts.
func TestNumberingIsChecked(t *testing.T) {
	for _, tt := range []struct{ invoices, credits, want string }{
		{"INV", "CN", ""}, {"СЧЁТ", "КН", ""}, {"inv", "CN", "numbering.invoices"}, {"INV-A", "CN", "numbering.invoices"},
		{"2026R", "CN", "numbering.invoices"}, {"INV", "INV", "numbering.credit_notes"}, {"INV", "C N", "numbering.credit_notes"},
	} {
		c := sandboxConfig("http://127.0.0.1:8080", "x.db")
		c.Numbering.Invoices, c.Numbering.Credits = tt.invoices, tt.credits
		err := c.check()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want+":")) {
			t.Errorf("%s, %s: got %v, want %q", tt.invoices, tt.credits, err, tt.want)
		}
	}
}

// The rule of rounding is one of two words; none is the first.
func TestRoundingIsChecked(t *testing.T) {
	for rule, want := range map[string]string{"": "", "document": "", "line": "", "lines": "company.tax_rounding"} {
		c := sandboxConfig("http://127.0.0.1:8080", "x.db")
		c.Company.Rounding = rule
		c.defaults()
		err := c.check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want+":")) {
			t.Errorf("%q: got %v, want %q", rule, err, want)
		}
	}
}

// What is set about late payment is checked before anything starts.
func TestClaimsAreChecked(t *testing.T) {
	for _, tt := range []struct{ order, interest, count, want string }{
		{"", "", "", ""}, {"principal first", "eu+9", "actual/360", ""}, {"costs, principal, interest", "9.5%", "actual/actual", ""},
		{"costs", "", "", "company.apply_order"}, {"", "fr", "", "company.interest"}, {"", "", "30/360", "company.day_count"},
	} {
		c := sandboxConfig("http://127.0.0.1:8080", "x.db")
		c.Company.Order, c.Company.Interest, c.Company.DayCount = tt.order, tt.interest, tt.count
		c.defaults()
		err := c.check()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want+":")) {
			t.Errorf("%+v: got %v", tt, err)
		}
	}
}
