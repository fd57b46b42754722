package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// format is how a language writes sums and dates. Each language file tells its own, in the
// texts that begin with "format."; the forms are CLDR's.
type format struct {
	group, point string
	before       bool              // the currency stands before the sum
	symbols      map[string]string // by ISO 4217 code
	months       []string
	names        []string // of months, alone
	date         []string // in its order: "day", " ", "month"
}

const nbsp = "\u00a0"

// readFormat takes a format out of a language's texts; say gives a text by its key.
func readFormat(say func(key string) string) (format, error) {
	f := format{group: say("format.group"), point: say("format.point"), before: say("format.currency") == "before",
		symbols: map[string]string{}, months: strings.Fields(say("format.months")),
		names: strings.Fields(say("format.monthnames")), date: strings.FieldsFunc(say("format.date"), brace)}
	for _, pair := range strings.Fields(say("format.symbols")) {
		code, symbol, ok := strings.Cut(pair, "=")
		if !ok {
			return f, fmt.Errorf("format.symbols: %q is not CODE=symbol", pair)
		}
		f.symbols[code] = symbol
	}
	if len(f.months) != 12 || len(f.names) != 12 {
		return f, fmt.Errorf("format.months: %d months, %d names", len(f.months), len(f.names))
	}
	return f, nil
}

func brace(r rune) bool { return r == '{' || r == '}' }

// Money writes a sum of minor units with that many decimals: "€4,401.81", "4 401,81 €".
func (w *Words) Money(minor int64, decimals int32, currency string) string {
	f := &w.form
	sign, digits := "", strconv.FormatInt(minor, 10)
	if minor < 0 {
		sign, digits = "-", digits[1:]
	}
	for len(digits) <= int(decimals) {
		digits = "0" + digits
	}
	whole, frac := digits[:len(digits)-int(decimals)], digits[len(digits)-int(decimals):]
	sum := grouped(whole, f.group)
	if decimals > 0 {
		sum += f.point + frac
	}
	symbol, short := f.symbols[currency]
	if !short {
		symbol = currency
	}
	switch {
	case f.before && short:
		return sign + symbol + sum
	case f.before:
		return sign + symbol + nbsp + sum
	}
	return sign + sum + nbsp + symbol
}

func grouped(whole, sep string) string {
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Int writes a whole number.
func (w *Words) Int(n int64) string {
	if n < 0 {
		return "-" + grouped(strconv.FormatInt(-n, 10), w.form.group)
	}
	if n < 10000 {
		return strconv.FormatInt(n, 10)
	}
	return grouped(strconv.FormatInt(n, 10), w.form.group)
}

// Number writes a decimal that was written with a point, as the language writes it.
func (w *Words) Number(s string) string { return strings.Replace(s, ".", w.form.point, 1) }

// Date writes a day.
func (w *Words) Date(y, m, d int) string {
	if m < 1 || m > 12 {
		return ""
	}
	var b strings.Builder
	for _, part := range w.form.date {
		switch part {
		case "day":
			b.WriteString(strconv.Itoa(d))
		case "month":
			b.WriteString(w.form.months[m-1])
		case "year":
			b.WriteString(strconv.Itoa(y))
		default:
			b.WriteString(part)
		}
	}
	return b.String()
}

// Month is the name of a month that stands alone: 1 is January.
func (w *Words) Month(m int) string {
	if m < 1 || m > 12 {
		return ""
	}
	return w.form.names[m-1]
}

// Time writes a moment in a zone: day and 24-hour clock.
func (w *Words) Time(t time.Time) string {
	y, m, d := t.Date()
	return w.Date(y, int(m), d) + " " + t.Format("15:04")
}
