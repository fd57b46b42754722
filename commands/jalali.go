package commands

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/jalaali/go-jalaali"

	"duebot/ledger"
)

// Days of the Persian calendar, as people write them: 30 Aban 1405 by the name of its month,
// whatever the company's language, and 1405/08/30 where it is Persian.

// persianMonths begin with Farvardin.
const persianMonths = "فروردین اردیبهشت خرداد تیر مرداد|امرداد شهریور مهر آبان|ابان آذر|اذر دی بهمن اسفند|اسپند"

// Years of the Persian calendar that people mean: 1921 to 2121.
const persianYearMin, persianYearMax = 1300, 1499

var (
	persianFull  = regexp.MustCompile(`^(1[34]\d\d)[/.-](\d{1,2})[/.-](\d{1,2})$`)
	persianBack  = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](1[34]\d\d)$`)
	persianShort = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})$`)
)

// persian reads a day of the Persian calendar.
func (r days) persian(s string) (ledger.Date, bool, error) {
	words := strings.Fields(strings.NewReplacer(",", " ", "،", " ", "ماه", " ").Replace(s))
	if n := len(words); n == 2 || n == 3 {
		month, day := oneOf(persianMonths, words[1])+1, ordinalOf(words[0])
		if month == 0 { // the month first
			month, day = oneOf(persianMonths, words[0])+1, ordinalOf(words[1])
		}
		if month > 0 && day > 0 {
			year := 0
			if n == 3 {
				year, _ = strconv.Atoi(words[2])
				if year < persianYearMin || year > persianYearMax {
					return 0, false, ledger.Refuse(ledger.BadInput, "date.unknown", "text", s)
				}
			}
			return r.persianDay(year, month, day, s)
		}
	}
	if r.lang != "fa" {
		return 0, false, nil
	}
	part := func(i int, m []string) int { n, _ := strconv.Atoi(m[i]); return n }
	if m := persianFull.FindStringSubmatch(s); m != nil {
		return r.persianDay(part(1, m), part(2, m), part(3, m), s)
	}
	if m := persianBack.FindStringSubmatch(s); m != nil {
		return r.persianDay(part(3, m), part(2, m), part(1, m), s)
	}
	if m := persianShort.FindStringSubmatch(s); m != nil && part(1, m) <= 12 {
		return r.persianDay(0, part(1, m), part(2, m), s)
	}
	return 0, false, nil
}

// ordinalOf is the number of a day, 0 for none.
func ordinalOf(word string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(word, "ام"))
	if err != nil || n < 1 || n > 31 {
		return 0
	}
	return n
}

// persianDay is a day by its parts; without a year the nearest such day, to come or just over.
func (r days) persianDay(year, month, day int, s string) (ledger.Date, bool, error) {
	years := []int{year}
	if year == 0 {
		this, _, _ := jalali(r.today)
		years = []int{this, this - 1, this + 1}
	}
	var nearest ledger.Date
	for _, y := range years {
		if d := fromJalali(y, month, day); d != 0 && (nearest == 0 || distance(d, r.today) < distance(nearest, r.today)) {
			nearest = d
		}
	}
	if nearest == 0 {
		return 0, false, ledger.Refuse(ledger.BadInput, "date.unknown", "text", s)
	}
	return nearest, true, nil
}

// jalali is a day in the Persian calendar.
func jalali(d ledger.Date) (y, m, day int) {
	gy, gm, gd := d.Parts()
	y, month, day, err := jalaali.ToJalaali(gy, gm, gd)
	if err != nil {
		return 0, 0, 0
	}
	return y, int(month), day
}

// fromJalali is a day of the Persian calendar; 0 for one that does not exist.
func fromJalali(y, m, day int) ledger.Date {
	if !jalaali.IsValidDate(y, m, day) {
		return 0
	}
	gy, gm, gd, err := jalaali.ToGregorian(y, jalaali.Month(m), day)
	if err != nil {
		return 0
	}
	return ledger.NewDate(gy, gm, gd)
}
