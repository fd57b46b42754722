package commands

import (
	"testing"
	"time"

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

// Whatever is typed, a rate is what the books take, or a refusal.
func FuzzRateLine(f *testing.F) {
	for _, s := range []string{`USD 0.92`, `100 JPY = 0.62 2026-10-01`, `1 EUR=1.0857 USD yesterday`, `USD = 0,92 EUR`, `= = =`, `"" =`, `1 = 1`, `EUR 1`, `KWD 1e5`, `1 JPY = 2 USD`} {
		f.Add(s)
	}
	books, err := ledger.Open(f.TempDir()+"/r.db", ledger.Options{Now: func() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) }})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { books.Close() })
	d := &Desk{Books: books}
	_, err = books.Update(f.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		return nil, tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"})
	}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line string) {
		reply, err := d.Line(t.Context(), Line{Who: Staff{ID: "U1", Role: Finance}, Text: "rate " + line})
		if err != nil || reply.Card == nil {
			t.Fatalf("%q: %v", line, err)
		}
		err = books.View(func(v *ledger.View) error {
			for _, cur := range v.RatedCurrencies() {
				for _, r := range v.Rates(cur) {
					if cur == "EUR" || r.Date > v.Today() || !r.Value.IsPositive() || !r.Per.IsPositive() {
						t.Errorf("%q: booked %v", line, r)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
