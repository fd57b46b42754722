package bank

import (
	"regexp"
	"strings"

	"duebot/adapters/cells"
	"duebot/ledger"
)

// Programs of Iranian banks write 05/07/14 for 1405-07-14, which elsewhere is a day of 2014. It is
// read so where the table says in Persian, or with whole years, whose calendar it keeps, and all of
// it fits; where it only may be Iranian, it is refused.

// shortYears is what the years of two digits in a table are.
type shortYears int

const (
	shortOthers  shortYears = iota // of the calendar of others
	shortPersian                   // 05/07/14 is 1405-07-14
	shortDoubt                     // of either
)

var twoDigits = regexp.MustCompile(`^(\d\d)[-./](\d\d)[-./](\d\d)$`)

// persianHeadings are parts of headings that no other language has that is written in these letters.
var persianHeadings = []string{"واریز", "برداشت", "مانده", "بدهکار", "بستانکار", "کارمزد", "موجودی", "توضیحات", "شرح", "شماره", "پیگیری", "گردش", "تراکنش", "ذینفع", "چک"}

// spanMost is how many days there may be between the first and the last of a statement whose years
// are short: read in a wrong order they lie decades apart.
const spanMost = 3 * 366

// shortVotes are what the days of a table say of its short years.
type shortVotes struct {
	seen, wrong        bool // some are there; some do not fit the Persian calendar
	persian, gregorian bool // whole years of either are there
	digits             bool // of Persian
	first, last        ledger.Date
	line               int // of the first
	example            string
}

func plainOf(s string) string {
	return clockPart.ReplaceAllString(strings.TrimSpace(cells.Digits.Replace(s)), "")
}

// add takes a cell of days.
func (v *shortVotes) add(s string, line int) {
	t := plainOf(s)
	m := twoDigits.FindStringSubmatch(t)
	if m == nil {
		if len(t) >= 8 && (strings.HasPrefix(t, "13") || strings.HasPrefix(t, "14")) {
			v.persian = true
		} else if len(t) >= 8 && (strings.HasPrefix(t, "20") || strings.HasPrefix(t, "19") || strings.Contains(t, "/20")) {
			v.gregorian = true
		}
		return
	}
	if !v.seen {
		v.seen, v.line, v.example = true, line, s
	}
	v.digits = v.digits || strings.ContainsAny(s, "۰۱۲۳۴۵۶۷۸۹")
	day, p := persianShort(m)
	if p != nil {
		v.wrong = true
		return
	}
	if v.first == 0 || day < v.first {
		v.first = day
	}
	v.last = max(v.last, day)
}

// persianShort reads a day of the Persian calendar whose year has two digits.
func persianShort(m []string) (ledger.Date, *Problem) {
	century := "14"
	if m[1] >= "50" {
		century = "13"
	}
	return tableDay(century+m[1]+"/"+m[2]+"/"+m[3], "", cells.Book{})
}

// say decides what the short years of t are.
func (v *shortVotes) say(t *table) shortYears {
	persian := v.persian || t.headedInPersian()
	rial := t.m.Currency == "IRR" || t.m.Currency == "" && t.f.options.Currency == "IRR" || strings.HasPrefix(t.owner, "IR")
	for _, p := range t.parts {
		rial = rial || p.currency == "IRR" || strings.HasPrefix(p.account, "IR")
	}
	switch {
	case !v.seen:
		return shortOthers
	case persian && !v.gregorian && !v.wrong && int(v.last-v.first) <= spanMost:
		return shortPersian
	case persian, rial, v.digits:
		return shortDoubt
	}
	return shortOthers
}

func (t *table) headedInPersian() bool {
	for _, h := range t.head {
		for _, word := range persianHeadings {
			if strings.Contains(cells.Fold(h), word) {
				return true
			}
		}
	}
	return false
}

// dayOf reads a day of the table.
func (t *table) dayOf(s string) (ledger.Date, *Problem) {
	if m := twoDigits.FindStringSubmatch(plainOf(s)); m != nil && t.short != shortOthers {
		if t.short == shortDoubt {
			return 0, shortProblem(s)
		}
		return persianShort(m)
	}
	return tableDay(s, t.m.Order, t.book)
}

func shortProblem(s string) *Problem {
	return &Problem{Key: "bank.problem.shortyear", Args: []any{"text", shorten(clean(s), excerptMax)}}
}
