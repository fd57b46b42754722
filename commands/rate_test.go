package commands

import (
	"testing"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

func rate(value, per string) ledger.Rate {
	return ledger.Rate{Currency: "USD", Value: decimal.RequireFromString(value), Per: decimal.RequireFromString(per)}
}

// A slip of the finger is doubted, a day's move is not.
func TestDoubtfulRates(t *testing.T) {
	for _, tt := range []struct{ name, value, per, knownValue, knownPer, want string }{
		{"the same", "0.92", "1", "0.92", "1", ""},
		{"the same, quoted the other way", "1", "1.086957", "0.92", "1", ""},
		{"19 % more", "1.0948", "1", "0.92", "1", "inverse"}, // 1/0.92 is 1.0870
		{"exactly 20 % more", "2.4", "1", "2", "1", ""},
		{"more than 20 % more", "2.4001", "1", "2", "1", "far"},
		{"exactly 20 % less", "1.6", "1", "2", "1", ""},
		{"more than 20 % less", "1.5999", "1", "2", "1", "far"},
		{"yen the wrong way round", "161.5", "1", "0.6191", "100", "inverse"},
		{"a hundred yen taken for one", "0.6191", "1", "0.6191", "100", "far"},
		{"dollars near par, the wrong way round", "1.0857", "1", "0.9211", "1", "inverse"},
		{"francs at par: both ways are near", "0.99", "1", "1.01", "1", ""},
		{"francs near par: within 5 % is a day's move", "1.04", "1", "0.995", "1", ""},
		{"a point forgotten", "92", "1", "0.92", "1", "far"},
		{"a currency that broke down", "1", "40", "1", "20", "far"},
	} {
		known := rate(tt.knownValue, tt.knownPer)
		if got := doubtful(rate(tt.value, tt.per), &known); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := doubtful(rate("0.92", "1"), nil); got != "" {
		t.Errorf("the first rate of all: got %q", got)
	}
}

// Six significant digits are shown, however small the unit is.
func TestWorth(t *testing.T) {
	for _, tt := range []struct{ value, per, want string }{
		{"0.92", "1", "0.92"}, {"1", "1.0857", "0.921065"}, {"1", "161.52", "0.00619118"}, {"1", "19385.5", "0.0000515849"},
		{"4.9758", "1.0857", "4.58303"}, {"123456.789", "1", "123457"}, {"2.8", "1", "2.8"},
	} {
		if got := worth(rate(tt.value, tt.per)); got != tt.want {
			t.Errorf("%s for %s: got %s, want %s", tt.value, tt.per, got, tt.want)
		}
	}
}
