package commands

import (
	"errors"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
)

// What may be either is asked, with both readings, each written so that it is no question
// any more; what the company's language decides is not.
func TestAmountsThatMayBeEither(t *testing.T) {
	for _, tt := range []struct{ text, lang, readings string }{
		{"1.200", "en", "1200|1.2000"}, {"1,200", "ru", "1200|1.2000"}, {"1.200", "ru", "1200|1.2000"}, {"1,234", "it", "1234|1.2340"}, {"12.500k", "en", "12500000|12500"},
	} {
		_, err := parseAmount(tt.text, tt.lang)
		var q *doubt
		if !errors.As(err, &q) {
			t.Errorf("%s in %s: got %v, want a question", tt.text, tt.lang, err)
			continue
		}
		var words []string
		for _, r := range q.readings {
			words = append(words, r.words)
			if _, err := parseAmount(r.words, tt.lang); err != nil {
				t.Errorf("%s in %s: the reading %s is refused: %v", tt.text, tt.lang, r.words, err)
			}
		}
		if got := strings.Join(words, "|"); got != tt.readings {
			t.Errorf("%s in %s: got the readings %s, want %s", tt.text, tt.lang, got, tt.readings)
		}
	}
	for _, tt := range []struct{ text, lang, want string }{
		{"1,200", "en", "1200"}, {"1.200", "it", "1200"}, {"1.200", "ro", "1200"}, {"0.125", "en", "0.125"}, {"1.20", "en", "1.2"}, {"1.2000", "en", "1.2"}, {"1,200.50", "ru", "1200.5"}, {"1200", "en", "1200"},
	} {
		if got, err := parseAmount(tt.text, tt.lang); err != nil || got.String() != tt.want {
			t.Errorf("%s in %s: got %s, %v, want %s", tt.text, tt.lang, got, err, tt.want)
		}
	}
}

// A sum may name its currency before, behind or beside it, and group its digits by spaces.
func TestSums(t *testing.T) {
	for _, tt := range []struct {
		line, lang string
		want       ledger.Currency // that is expected
		sum        string
		cur        ledger.Currency
		rest       string
	}{
		{"€1,200 x", "en", "EUR", "1200", "EUR", "x"}, {"1200€", "en", "USD", "1200", "EUR", ""}, {"1200 EUR ref", "en", "EUR", "1200", "EUR", "ref"},
		{"$5", "en", "CAD", "5", "CAD", ""}, {"$5", "en", "EUR", "5", "USD", ""}, {"5usd", "en", "EUR", "5", "USD", ""}, {"EUR5", "en", "EUR", "5", "EUR", ""},
		{"1 200,50 x", "ru", "EUR", "1200.5", "", "x"}, {"1 200 300", "ru", "RUB", "1200300", "", ""}, {"1 200,50 руб.", "ru", "RUB", "1200.5", "RUB", ""}, {"500₽", "ru", "RUB", "500", "RUB", ""},
		{"1200 transfer", "en", "EUR", "1200", "", "transfer"}, {"¥500", "en", "CNY", "500", "CNY", ""}, {"¥500", "en", "EUR", "500", "JPY", ""}, {"1.5k", "en", "EUR", "1500", "", ""},
	} {
		sum, cur, rest, err := takeSum(split(tt.line), tt.lang, tt.want)
		if err != nil || sum.String() != tt.sum || cur != tt.cur || join(rest) != tt.rest {
			t.Errorf("%s: got %s %s %q, %v, want %s %s %q", tt.line, sum, cur, join(rest), err, tt.sum, tt.cur, tt.rest)
		}
	}
	for line, key := range map[string]string{"1.2m": "number.million", "3 mio": "", "2млн": "number.million", "1 200": "number.spaced", "abc": "number.unknown", "€": "number.unknown"} {
		_, _, _, err := takeSum(split(line), "en", "EUR")
		if r, _ := ledger.AsRefusal(err); key != "" && (r == nil || r.Key != key) {
			t.Errorf("%s: got %v, want the refusal %s", line, err, key)
		}
	}
}

// The order of day and month is the language's; English has two, and asks.
func TestSlashesByLanguage(t *testing.T) {
	today := ledger.NewDate(2026, time.October, 1)
	for _, tt := range []struct{ text, lang, want string }{
		{"03/04/2026", "en", ""}, {"03/04/2026", "ru", "2026-04-03"}, {"03/04/2026", "it", "2026-04-03"}, {"03/04/2026", "zh", "2026-03-04"}, {"3/4", "ru", "2026-04-03"}, {"30/4", "en", "2026-04-30"}, {"4/30", "ru", "2026-04-30"},
	} {
		got, err := days{today, tt.lang}.read(tt.text)
		if tt.want == "" && !isDoubt(err) || tt.want != "" && (err != nil || got.String() != tt.want) {
			t.Errorf("%s in %s: got %s, %v, want %s", tt.text, tt.lang, got, err, tt.want)
		}
	}
	for _, bad := range []string{"32/1/2026", "13/13/2026", "0/5/2026", "31 feb", "week", "next", "next week", "31 foo", "may"} {
		if got, err := (days{today, "en"}).read(bad); err == nil || isDoubt(err) {
			t.Errorf("%s: got %s, %v, want a refusal", bad, got, err)
		}
	}
}

// Where words may stand, a day is only what cannot be a part of them.
func TestDaysAmongWords(t *testing.T) {
	r := days{ledger.NewDate(2026, time.October, 1), "en"}
	for line, want := range map[string]int{"2026-09-30 transfer": 1, "31 dec 2026 rent": 3, "2 weeks of support": 0, "in 2 weeks": 3, "transfer 4711": 0, "mar 5": 2, "10.5 hours": 0, "friday": 1, `"friday"`: 0, "5 may retainer": 2, "сб": 0} {
		_, n, err := r.optional(split(line))
		if err != nil || n != want {
			t.Errorf("%s: got %d words, %v, want %d", line, n, err, want)
		}
	}
}

// A rate of three decimals is as usual as a sum of thousands: what groups digits in the company's
// language is asked about, and never taken for a thousand times as much.
func TestRatesThatMayBeEither(t *testing.T) {
	for _, tt := range []struct{ text, lang, readings string }{{"1,165", "en", "1.1650|1165"}, {"1.165", "it", "1.1650|1165"}, {"1,085", "zh", "1.0850|1085"}} {
		_, err := parseRateOf(tt.text, tt.lang)
		var q *doubt
		if !errors.As(err, &q) {
			t.Errorf("%s in %s: got %v, want a question", tt.text, tt.lang, err)
			continue
		}
		var words []string
		for _, r := range q.readings {
			words = append(words, r.words)
			if _, err := parseRateOf(r.words, tt.lang); err != nil {
				t.Errorf("%s in %s: the reading %s is refused: %v", tt.text, tt.lang, r.words, err)
			}
		}
		if got := strings.Join(words, "|"); got != tt.readings {
			t.Errorf("%s in %s: got the readings %s, want %s", tt.text, tt.lang, got, tt.readings)
		}
	}
	for _, tt := range []struct{ text, lang, want string }{
		{"1.165", "en", "1.165"}, {"1,165", "it", "1.165"}, {"92.505", "ru", "92.505"}, {"92,505", "ru", "92.505"}, {"0,920", "en", "0.92"}, {"0.92", "ru", "0.92"}, {"1,200.5", "en", "1200.5"}, {"1165", "en", "1165"},
	} {
		if got, err := parseRateOf(tt.text, tt.lang); err != nil || got.String() != tt.want {
			t.Errorf("%s in %s: got %s, %v, want %s", tt.text, tt.lang, got, err, tt.want)
		}
	}
}
