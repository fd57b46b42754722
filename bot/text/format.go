package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jalaali/go-jalaali"
)

// format is how a language writes sums and dates. Each language file tells its own, in the
// texts that begin with "format."; the forms are CLDR's.
type format struct {
	group, point, minus string
	least               int               // digits before the first group: 1 writes 1,000, and 2 only 10,000
	digits              []rune            // from 0 to 9
	before              bool              // the currency stands before the sum
	symbols             map[string]string // by ISO 4217 code
	months              []string          // of the calendar, as they stand in a date
	names               []string          // of our months, alone
	weekdays            []string          // short, from Sunday
	heads               []string          // the same above the columns of a calendar
	first               int               // the day that its weeks begin with, 0 for Sunday
	date                []string          // in its order: "day", " ", "month"
	jalali              bool              // days are told in the Persian calendar, ours beside it
	rtl                 bool              // it is written from right to left
}

const nbsp = "\u00a0"

// readFormat takes a format out of a language's texts; say gives a text by its key.
func readFormat(say func(key string) string) (format, error) {
	f := format{group: say("format.group"), point: say("format.point"), minus: say("format.minus"), before: say("format.currency") == "before",
		digits: []rune(say("format.digits")), symbols: map[string]string{}, months: strings.Fields(say("format.months")),
		names: strings.Fields(say("format.monthnames")), weekdays: strings.Fields(say("format.weekdays")), heads: strings.Fields(say("format.weekheads")), date: strings.FieldsFunc(say("format.date"), brace),
		jalali: say("format.calendar") == "jalali", rtl: say("format.direction") == "rtl"}
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
	if len(f.weekdays) != 7 || len(f.heads) != 7 {
		return f, fmt.Errorf("format.weekdays: %d days, %d heads", len(f.weekdays), len(f.heads))
	}
	if len(f.digits) != 10 {
		return f, fmt.Errorf("format.digits: %d digits", len(f.digits))
	}
	var err error
	if f.least, err = strconv.Atoi(say("format.least")); err != nil {
		return f, fmt.Errorf("format.least: %w", err)
	}
	if f.first, err = strconv.Atoi(say("format.weekbegins")); err != nil || f.first < 0 || f.first > 6 {
		return f, fmt.Errorf("format.weekbegins: %q is not 0 for Sunday to 6 for Saturday", say("format.weekbegins"))
	}
	return f, nil
}

// Money writes a sum of minor units with that many decimals: "€4,401.81", "4 401,81 €".
func (w *Words) Money(minor int64, decimals int32, currency string) string {
	f := &w.form
	sign, digits := "", strconv.FormatInt(minor, 10)
	if minor < 0 {
		sign, digits = f.minus, digits[1:]
	}
	for len(digits) <= int(decimals) {
		digits = "0" + digits
	}
	whole, frac := digits[:len(digits)-int(decimals)], digits[len(digits)-int(decimals):]
	sum := f.grouped(whole)
	if decimals > 0 {
		sum += f.point + f.own(frac)
	}
	symbol, ok := f.symbols[currency]
	if !ok {
		symbol = currency
	}
	if !f.before {
		return sign + sum + nbsp + symbol
	}
	if last, _ := utf8.DecodeLastRuneInString(symbol); unicode.IsLetter(last) {
		symbol += nbsp
	}
	if f.rtl { // or the sum would stand before its currency
		sign += leftToRight
	}
	return sign + symbol + sum
}

// leftToRight is the mark with which the digits of a right-to-left language stand in order.
const leftToRight = "\u200e"

// grouped writes the digits of a whole number.
func (f *format) grouped(whole string) string {
	if len(whole) < 3+f.least {
		return f.own(whole)
	}
	return f.own(grouped(whole, f.group))
}

// own writes digits as the language does.
func (f *format) own(s string) string {
	if f.digits[0] == '0' {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return f.digits[r-'0']
		}
		return r
	}, s)
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
	sign, digits := "", strconv.FormatInt(n, 10)
	if n < 0 {
		sign, digits = w.form.minus, digits[1:]
	}
	if len(digits) < 5 { // a year, a number of days
		return sign + w.form.own(digits)
	}
	return sign + w.form.grouped(digits)
}

// Number writes a decimal that was written with a point, as the language writes it.
func (w *Words) Number(s string) string {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return w.form.minus + w.Number(rest)
	}
	return w.form.own(strings.Replace(s, ".", w.form.point, 1))
}

// Date writes a day: in Persian in its own calendar, with ours beside it.
func (w *Words) Date(y, m, d int) string {
	if m < 1 || m > 12 {
		return ""
	}
	f := &w.form
	if !f.jalali {
		return f.day(y, d, f.months[m-1])
	}
	ours := f.day(y, d, f.names[m-1])
	jy, jm, jd, err := jalaali.ToJalaali(y, time.Month(m), d)
	if err != nil {
		return ours
	}
	return f.day(jy, jd, f.months[jm-1]) + " (" + ours + ")"
}

func (f *format) day(y, d int, month string) string {
	var b strings.Builder
	for _, part := range f.date {
		switch part {
		case "day":
			b.WriteString(f.own(strconv.Itoa(d)))
		case "month":
			b.WriteString(month)
		case "year":
			b.WriteString(f.own(strconv.Itoa(y)))
		default:
			b.WriteString(part)
		}
	}
	return b.String()
}

func brace(r rune) bool { return r == '{' || r == '}' }

// Month is the name of a month that stands alone: 1 is January.
func (w *Words) Month(m int) string {
	if m < 1 || m > 12 {
		return ""
	}
	return w.form.names[m-1]
}

// MonthOf is a month of a year, as the head of a calendar: "November 2026".
func (w *Words) MonthOf(y, m int, jalali bool) string {
	if m < 1 || m > 12 {
		return ""
	}
	f := &w.form
	year, name := f.own(strconv.Itoa(y)), f.names[m-1]
	if jalali && f.jalali {
		name = f.months[m-1]
	}
	if at := slices.Index(f.date, "month"); at > 0 && f.date[0] == "year" {
		return year + strings.Join(f.date[1:at], "") + f.months[m-1]
	}
	return name + " " + year
}

// Weekday is the short name of a day of the week, 0 for Sunday; as a head, that above a column
// of a calendar.
func (w *Words) Weekday(n int, head bool) string {
	if head {
		return w.form.heads[(n%7+7)%7]
	}
	return w.form.weekdays[(n%7+7)%7]
}

// Calendar tells the day that the language's weeks begin with, 0 for Sunday, and whether its
// days are told in the Persian calendar.
func (w *Words) Calendar() (first int, jalali bool) { return w.form.first, w.form.jalali }

// Time writes a moment in a zone: day and 24-hour clock.
func (w *Words) Time(t time.Time) string {
	y, m, d := t.Date()
	return w.Date(y, int(m), d) + " " + w.form.own(t.Format("15:04"))
}

// Clock writes a time of the day, which is so many minutes after midnight.
func (w *Words) Clock(minute int) string {
	return w.form.own(fmt.Sprintf("%02d:%02d", minute/60, minute%60))
}

// Hour writes a full hour as clocks show it.
func (w *Words) Hour(hour int) string { return w.form.own(strconv.Itoa(hour) + ":00") }

// RightToLeft reports whether the language is written so.
func (w *Words) RightToLeft() bool { return w.form.rtl }

// The marks that keep something inside a sentence from turning it, or being turned by it: of
// a text whose direction its first letter tells, and of one from left to right.
const (
	isolate    = "\u2068"
	isolateLTR = "\u2066"
	isolated   = "\u2069"
	rightMark  = "\u200f"
)

// unmarked takes the marks out of a command: it must be what was typed, and be copied so.
var unmarked = strings.NewReplacer(isolate, "", isolateLTR, "", isolated, "", rightMark, "", "\u200e", "")

// Apart is what somebody wrote, or a figure, as it stands inside a sentence: where the
// sentence runs from right to left, a Latin name or a number would jump otherwise.
func (w *Words) Apart(s string) string {
	if !w.form.rtl || s == "" || strings.HasPrefix(s, isolate) {
		return s
	}
	// A line's end would end what is set apart: each line is, by itself.
	return isolate + strings.ReplaceAll(s, "\n", isolated+"\n"+isolate) + isolated
}

// Lines turns each line of a finished text to the language's direction: what begins with a
// number or a Latin word would be set as if it were English. Commands in it stay as typed.
func (w *Words) Lines(s string) string {
	if !w.form.rtl || s == "" {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		parts := strings.Split(line, "`")
		for j := 1; j+1 < len(parts); j += 2 { // between two backticks
			parts[j] = isolateLTR + "`" + unmarked.Replace(parts[j]) + "`" + isolated
		}
		if len(parts)%2 == 1 {
			line = strings.Join(parts, "")
		}
		if line != "" && !strings.HasPrefix(line, rightMark) {
			line = rightMark + line
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}
