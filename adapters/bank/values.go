package bank

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duebot/adapters/cells"
	"duebot/ledger"
)

var plainAmount = regexp.MustCompile(`^[+-]?(?:\d{1,18}(?:[.,]\d{0,12})?|[.,]\d{1,12})$`)

// amount reads a sum as formats write it: digits, at most one point or comma, and a sign. A sum
// finer than the currency's smallest unit is refused: nothing is rounded in silence. So is one
// whose mark may group digits: 1,250 of a currency that has no thousandths.
func amount(s string, c ledger.Currency) (ledger.Money, *Problem) {
	m, p := pointed(s, c)
	if p == nil && c.Exponent() < 3 && cells.TwoWays.MatchString(strings.TrimPrefix(strings.TrimSpace(s), "+")) {
		return ledger.Money{}, &Problem{Key: "bank.problem.amount", Args: []any{"text", shorten(clean(s), excerptMax)}}
	}
	return m, p
}

// pointed reads a sum whose mark, whichever it is, begins the decimals.
func pointed(s string, c ledger.Currency) (ledger.Money, *Problem) {
	t := strings.TrimSpace(s)
	if !plainAmount.MatchString(t) {
		return ledger.Money{}, &Problem{Key: "bank.problem.amount", Args: []any{"text", shorten(clean(s), excerptMax)}}
	}
	t = strings.TrimPrefix(strings.Replace(t, ",", ".", 1), "+")
	d, err := decimal.NewFromString(strings.TrimSuffix(t, "."))
	if err != nil {
		return ledger.Money{}, &Problem{Key: "bank.problem.amount", Args: []any{"text", shorten(clean(s), excerptMax)}}
	}
	return exactly(d, c)
}

// exactly gives d as money of c.
func exactly(d decimal.Decimal, c ledger.Currency) (ledger.Money, *Problem) {
	m, err := ledger.Exact(d, c)
	if err == nil {
		return m, nil
	}
	if r, ok := ledger.AsRefusal(err); ok && r.Key == "money.toofine" {
		return ledger.Money{}, &Problem{Key: "bank.problem.decimals", Args: []any{"text", d.String(), "currency", string(c)}}
	}
	return ledger.Money{}, &Problem{Key: "bank.problem.amount", Args: []any{"text", shorten(d.String(), excerptMax)}}
}

func currency(s string) (ledger.Currency, *Problem) {
	c, err := ledger.ParseCurrency(strings.TrimSpace(s))
	if err != nil {
		return "", &Problem{Key: "bank.problem.currency", Args: []any{"text", shorten(clean(s), excerptMax)}}
	}
	return c, nil
}

var isoStart = regexp.MustCompile(`^(\d{4})-?(\d\d)-?(\d\d)(?:$|[T \[Z+-]|\d\d)`)

// isoDay reads a date that begins with the year, and leaves out the time behind it: the bank's
// day is the one that it wrote, whatever the zone.
func isoDay(s string) (ledger.Date, *Problem) {
	t := strings.TrimSpace(s)
	if m := isoStart.FindStringSubmatch(t); m != nil {
		if d, ok := realDay(m[1], m[2], m[3]); ok {
			return d, nil
		}
	}
	return 0, badDate(s)
}

func badDate(s string) *Problem {
	return &Problem{Key: "bank.problem.date", Args: []any{"text", shorten(clean(s), excerptMax)}}
}

// realDay is a day that exists.
func realDay(year, month, day string) (ledger.Date, bool) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	out := ledger.NewDate(y, time.Month(m), d)
	gy, gm, gd := out.Parts()
	return out, gy == y && int(gm) == m && gd == d && y >= 1970 && y <= 2200
}

// account makes a number comparable: capitals, no spaces.
func account(s string) string {
	return shorten(strings.ToUpper(strings.Trim(strings.Join(strings.Fields(clean(s)), ""), "'")), 64)
}

// isIBAN reports whether s is one whose check digits fit.
func isIBAN(s string) bool {
	if len(s) < 15 || len(s) > 34 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' || s[2] < '0' || s[2] > '9' {
		return false
	}
	rest := 0
	for _, c := range s[4:] + s[:4] {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// joined are the pieces that are not empty, each once, with one space between.
func joined(pieces ...string) string {
	var out []string
	for _, p := range pieces {
		if p = clean(p); p != "" && (len(out) == 0 || out[len(out)-1] != p) {
			out = append(out, p)
		}
	}
	return shorten(strings.Join(out, " "), textMax)
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
