// Package cells reads what people and programs write into the cells of tables: sums with any
// marks, days in any order, the names of columns in any language's letters.
//
// It guesses nothing: what can be read in two ways is refused, unless the other cells of its
// column, or a person, told which way is meant.
package cells

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/jalaali/go-jalaali"
	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// Digits reads Persian, Arabic and wide digits, and other marks of numbers, as what they mean.
var Digits = func() *strings.Replacer {
	pairs := []string{"٫", ".", "٬", ",", "−", "-", "–", "-", "\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u200f", "", "\u200e", "", "，", ",", "．", "."}
	for i := range 10 {
		for _, zero := range []rune{'٠', '۰', '０'} {
			pairs = append(pairs, string(zero+rune(i)), strconv.Itoa(i))
		}
	}
	return strings.NewReplacer(pairs...)
}()

var (
	sumForm = regexp.MustCompile(`^-?(?:\d{1,15}(?:[.,]\d{1,6}0*)?|\d{1,3}(?:,\d{3})+(?:\.\d{1,6}0*)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,6}0*)?|\d{1,3}(?:\.\d{3})+(?:,\d{1,6}0*)?)$`)
	// TwoWays is a sum whose one mark may group Digits or begin decimals.
	TwoWays  = regexp.MustCompile(`^-?[1-9]\d{0,2}[.,]\d{3}$`)
	exponent = regexp.MustCompile(`^-?\d+(?:\.\d+)?[eE][+-]?\d{1,3}$|^-?\d+\.\d{7,}$`) // as spreadsheets keep their numbers
	// torn is a space that groups no three digits: 12 50.
	torn     = regexp.MustCompile(`\d[ '’](?:\d{1,2}|\d{4,})(?:\D|$)`)
	sumSpace = strings.NewReplacer(" ", "", "'", "", "’", "")
	oneSign  = regexp.MustCompile(`^([-(]?)(?:[A-Z]{0,2}\p{Sc}|[A-Za-z]{3}|руб\.?|лв\.?|lei|kr\.?|元)?(-?[\d.,]+-?|\([\d.,]+\))(?:\p{Sc}|[A-Za-z]{3}|руб\.?|р\.|лв\.?|грн\.?|lei|kr\.?|zł|Kč|Ft|元)?(\)?)$`)
)

// plainSum takes away what people put around a sum: spaces between Digits, a currency, a minus
// behind it or the brackets that mean one.
func plainSum(s string) string {
	t := sumSpace.Replace(Digits.Replace(s))
	t = strings.TrimSuffix(strings.TrimSuffix(t, ",--"), ",-")
	m := oneSign.FindStringSubmatch(t)
	if m == nil || (m[1] == "(") != (m[3] == ")") || m[1] != "" && strings.ContainsAny(m[2], "-(") {
		return t
	}
	t = m[2]
	if strings.HasPrefix(t, "(") {
		t = "-" + strings.Trim(t, "()")
	}
	if strings.HasSuffix(t, "-") {
		t = "-" + strings.TrimSuffix(t, "-")
	}
	if m[1] != "" { // before the currency: -$5.00, ($5.00)
		t = "-" + t
	}
	return t
}

// sumMost is how long a sum may be, in bytes: a row of a million zeros is no sum, and takes minutes.
const sumMost = 100

// Sum reads 1200, 1200.50, 1200,50, 1,200.50 and 1.200,50. Point is the mark of decimals
// where the file's other sums, or a person, told it: without it a sum that can be read in two
// ways is refused.
func Sum(s, point string) (decimal.Decimal, error) {
	if len(s) > sumMost {
		return decimal.Zero, ledger.Refuse(ledger.BadInput, "row.sum", "text", strings.ToValidUTF8(s[:sumMost], ""))
	}
	if torn.MatchString(Digits.Replace(s)) {
		return decimal.Zero, ledger.Refuse(ledger.BadInput, "row.sum", "text", s)
	}
	t := plainSum(s)
	if exponent.MatchString(t) {
		if d, err := decimal.NewFromString(t); err == nil && len(d.String()) < 30 {
			return d.Round(6), nil
		}
	}
	if !sumForm.MatchString(t) {
		return decimal.Zero, ledger.Refuse(ledger.BadInput, "row.sum", "text", s)
	}
	if TwoWays.MatchString(t) {
		switch point {
		case "":
			return decimal.Zero, ledger.Refuse(ledger.BadInput, "row.twoways", "text", s)
		case ".":
			return decimal.NewFromString(strings.ReplaceAll(t, ",", ""))
		}
		return decimal.NewFromString(strings.Replace(strings.ReplaceAll(t, ".", ""), ",", ".", 1))
	}
	return decimal.NewFromString(onePoint(t))
}

// onePoint writes a sum that can be read in one way with a point.
func onePoint(t string) string {
	dot, comma := strings.LastIndexByte(t, '.'), strings.LastIndexByte(t, ',')
	switch {
	case comma > dot && strings.Count(t, ",") == 1:
		return strings.Replace(strings.ReplaceAll(t, ".", ""), ",", ".", 1)
	case dot > comma && strings.Count(t, ".") == 1:
		return strings.ReplaceAll(t, ",", "")
	}
	return strings.NewReplacer(",", "", ".", "").Replace(t)
}

// PointOf tells from a file's sums which mark begins their decimals: ".", ",", or "" where
// they do not agree or do not tell; example is a sum that needs to know.
func PointOf(sums []string) (point, example string) {
	votes := map[string]bool{}
	for _, s := range sums {
		t := plainSum(s)
		dot, comma := strings.LastIndexByte(t, '.'), strings.LastIndexByte(t, ',')
		switch {
		case !sumForm.MatchString(t) || dot < 0 && comma < 0:
		case TwoWays.MatchString(t):
			example = s
		case dot >= 0 && comma >= 0:
			votes[string(t[max(dot, comma)])] = true
		case strings.Count(t, ".") > 1:
			votes[","] = true
		case strings.Count(t, ",") > 1:
			votes["."] = true
		default:
			votes[string(t[max(dot, comma)])] = true
		}
	}
	if len(votes) == 1 {
		for v := range votes {
			point = v
		}
	}
	return point, example
}

var (
	isoDay   = regexp.MustCompile(`^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$`)
	otherDay = regexp.MustCompile(`^(\d{1,2})([-./])(\d{1,2})[-./](\d{4}|\d{2})$`)
	clock    = regexp.MustCompile(`[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?$`)
	serial   = regexp.MustCompile(`^(\d{5})(?:\.\d+)?$`)
)

// plainDay takes away what stands around a day.
func plainDay(s string) string {
	t := clock.ReplaceAllString(strings.TrimSpace(Digits.Replace(s)), "")
	t = strings.TrimRightFunc(t, func(r rune) bool { return unicode.IsSpace(r) || r == 'г' || r == '.' })
	return strings.ReplaceAll(t, " ", "")
}

// Book is a workbook, in which a number may be a day. The zero Book is none.
type Book struct{ Excel, Y1904 bool }

// Day reads 2026-09-30, 30.09.2026, 2026年9月30日, a Persian date, and in a workbook a
// number of days. With a slash or a dash between, order says whether the day or the month
// comes first: "dmy", "mdy"; "" refuses what can be read in two ways.
func Day(s, order string, book Book) (ledger.Date, error) {
	t := plainDay(s)
	bad := ledger.Refuse(ledger.BadInput, "row.date", "text", s)
	if m := serial.FindStringSubmatch(t); m != nil && book.Excel {
		n, _ := strconv.Atoi(m[1])
		if book.Y1904 {
			return ledger.NewDate(1904, time.January, 1).AddDays(n), nil
		}
		return ledger.NewDate(1899, time.December, 30).AddDays(n), nil
	}
	if m := isoDay.FindStringSubmatch(t); m != nil {
		return realDay(m[1], m[2], m[3], bad)
	}
	m := otherDay.FindStringSubmatch(t)
	if m == nil {
		return 0, bad
	}
	year, day, month := m[4], m[1], m[3]
	if len(year) == 2 {
		year = "20" + year
	}
	if m[2] == "." {
		return realDay(year, month, day, bad)
	}
	if order == "" && !oneWay(day, month) {
		return 0, ledger.Refuse(ledger.BadInput, "row.twodays", "text", s)
	}
	if order == "mdy" || order == "" && above12(month) {
		day, month = month, day
	}
	return realDay(year, month, day, bad)
}

func above12(s string) bool { n, _ := strconv.Atoi(s); return n > 12 }

// oneWay reports whether two numbers cannot be taken for each other as day and month.
func oneWay(a, b string) bool { return above12(a) || above12(b) || a == b }

// realDay is a day that exists. Years from 1300 to 1500 are of the Persian calendar.
func realDay(year, month, day string, bad error) (ledger.Date, error) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	if y >= 1300 && y <= 1500 {
		gy, gm, gd, err := jalaali.ToGregorian(y, jalaali.Month(m), d)
		if err != nil {
			return 0, bad
		}
		return ledger.NewDate(gy, gm, gd), nil
	}
	out := ledger.NewDate(y, time.Month(m), d)
	if gy, gm, gd := out.Parts(); gy != y || int(gm) != m || gd != d || y < 1990 || y > 2200 {
		return 0, bad
	}
	return out, nil
}

// OrderOf tells from a file's days which comes first, the day or the month, where a slash or
// a dash is between; example is one that can be read in two ways.
func OrderOf(days []string) (order, example string) {
	votes := map[string]bool{}
	for _, s := range days {
		m := otherDay.FindStringSubmatch(plainDay(s))
		switch {
		case m == nil || m[2] == ".":
		case above12(m[1]):
			votes["dmy"] = true
		case above12(m[3]):
			votes["mdy"] = true
		case m[1] != m[3]:
			example = s
		}
	}
	if len(votes) == 1 {
		for v := range votes {
			order = v
		}
	}
	return order, example
}
