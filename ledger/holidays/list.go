package holidays

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jalaali/go-jalaali"

	"duebot/ledger"
)

// list is a file of days: one on a line, later ones before earlier ones.
type list struct {
	days  []line
	until map[ledger.Country]ledger.Date
}

// line is days of some countries.
type line struct {
	countries []ledger.Country // nil: all
	from, to  day
	special   ledger.Special
}

// day is one of a year, of every year, or one that moves with Easter.
type day struct {
	kind   dayKind
	date   ledger.Date // dayOnce
	month  int         // dayYearly, dayPersian
	of     int         // its day
	offset int         // from Easter
}

type dayKind int

const (
	dayOnce dayKind = iota
	dayYearly
	dayPersian
	dayEaster
	dayPascha
)

// longestFree is how many days one line may name: beyond it a year is mistyped.
const longestFree = 31

// nameLong is the longest name of a day, in letters.
const nameLong = 60

// read reads a file of days. Where it is ours the names are keys.
func read(name, text string, own bool) (*list, error) {
	l := &list{until: map[ledger.Country]ledger.Date{}}
	var mistakes []string
	for i, row := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		row, _, _ = strings.Cut(row, "#")
		words := strings.Fields(row)
		if len(words) == 0 {
			continue
		}
		if err := l.take(words, own); err != nil {
			mistakes = append(mistakes, fmt.Sprintf("%s, line %d: %v", name, i+1, err))
		}
	}
	return l, joined(mistakes)
}

// take reads a line.
func (l *list) take(words []string, own bool) error {
	if len(words) < 3 {
		return fmt.Errorf("a line is a country or *, a day, free or works, and a name: \"RO 2026-12-24 free Christmas Eve\"")
	}
	countries, err := countriesOf(words[0])
	if err != nil {
		return err
	}
	if words[1] == "until" {
		end, err := ledger.ParseDate(words[2])
		if err != nil || len(words) > 3 || len(countries) != 1 {
			return fmt.Errorf("until is of one country, and a day like 2027-12-31")
		}
		l.until[countries[0]] = end
		return nil
	}
	x := line{countries: countries}
	if x.from, x.to, err = rangeOf(words[1]); err != nil {
		return err
	}
	switch words[2] {
	case "free":
	case "works":
		x.special.Works = true
	default:
		return fmt.Errorf("%q is neither free nor works", words[2])
	}
	called := strings.Join(words[3:], " ")
	switch {
	case own:
		x.special.Key = called
	case utf8.RuneCountInString(called) > nameLong:
		return fmt.Errorf("a name of %d letters is too long; %d at most", utf8.RuneCountInString(called), nameLong)
	default:
		x.special.Name = called
	}
	l.days = append(l.days, x)
	return nil
}

// countriesOf reads countries with commas between them; * is all.
func countriesOf(text string) (out []ledger.Country, err error) {
	if text == "*" {
		return nil, nil
	}
	for code := range strings.SplitSeq(text, ",") {
		c := ledger.Country(strings.ToUpper(code))
		if !c.Known() {
			return nil, fmt.Errorf("%q is no country like RO, nor * for all", code)
		}
		out = append(out, c)
	}
	return out, nil
}

var (
	onceForm   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	yearlyForm = regexp.MustCompile(`^(jalali:)?(\d{2})-(\d{2})$`)
	easterForm = regexp.MustCompile(`^(easter|pascha)([+-]\d{1,2})$`)
)

// rangeOf reads a day, or a first and a last one.
func rangeOf(text string) (from, to day, err error) {
	first, last, several := strings.Cut(text, "..")
	if from, err = dayOf(first); err != nil {
		return from, to, err
	}
	to = from
	if several {
		if to, err = dayOf(last); err != nil {
			return from, to, err
		}
	}
	// A year without gaps tells how many days there are.
	a, okA := from.in(2027)
	b, okB := to.in(2027)
	if from.kind == dayOnce {
		a, okA, b, okB = from.date, true, to.date, to.kind == dayOnce
	}
	if from.kind != to.kind || okA && okB && (b < a || b > a.AddDays(longestFree)) {
		return from, to, fmt.Errorf("%q: the last day comes after the first, in the same way of writing, and %d days later at most", text, longestFree)
	}
	return from, to, nil
}

// dayOf reads a day.
func dayOf(text string) (day, error) {
	wrong := fmt.Errorf("%q is no day like 2026-12-24, 12-24 of every year, jalali:01-13, easter-2 or pascha+1", text)
	if onceForm.MatchString(text) {
		d, err := ledger.ParseDate(text)
		if err != nil {
			return day{}, wrong
		}
		return day{kind: dayOnce, date: d}, nil
	}
	if m := yearlyForm.FindStringSubmatch(text); m != nil {
		d := day{kind: dayYearly, month: atoi(m[2]), of: atoi(m[3])}
		last := 31
		if m[1] != "" {
			d.kind = dayPersian
		} else if d.month >= 1 && d.month <= 12 {
			_, _, last = ledger.NewDate(2028, time.Month(d.month)+1, 0).Parts() // a leap year
		}
		if d.month < 1 || d.month > 12 || d.of < 1 || d.of > last {
			return day{}, wrong
		}
		return d, nil
	}
	if m := easterForm.FindStringSubmatch(text); m != nil {
		d := day{kind: dayEaster, offset: atoi(m[2])}
		if m[1] == "pascha" {
			d.kind = dayPascha
		}
		return d, nil
	}
	return day{}, wrong
}

// atoi is the number that a pattern found.
func atoi(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err) // the patterns take digits alone
	}
	return n
}

// in is the day in a year, ok is false where that has none.
func (d day) in(y int) (on ledger.Date, ok bool) {
	switch d.kind {
	case dayOnce:
		return d.date, d.date.Year() == y
	case dayYearly:
		on = ledger.NewDate(y, time.Month(d.month), d.of)
		_, m, _ := on.Parts()
		return on, int(m) == d.month // 29 February is not in every year
	case dayPersian:
		for _, jy := range []int{y - 621, y - 622} {
			if !jalaali.IsValidDate(jy, d.month, d.of) {
				continue
			}
			gy, gm, gd, err := jalaali.ToGregorian(jy, jalaali.Month(d.month), d.of)
			if err == nil && gy == y {
				return ledger.NewDate(gy, gm, gd), true
			}
		}
		return 0, false
	}
	return easter(y, d.kind == dayPascha).AddDays(d.offset), true
}

// year adds the days of a year.
func (l *list) year(y year, to map[ledger.Date]ledger.Special) {
	for _, x := range l.days {
		if x.countries != nil && !slices.Contains(x.countries, y.country) {
			continue
		}
		from, okFrom := x.from.in(y.of)
		last, okLast := x.to.in(y.of)
		switch {
		case x.from.kind == dayOnce: // it may reach over the end of a year
			from, last = x.from.date, x.to.date
		case !okFrom || !okLast:
			continue
		}
		for d := from; d <= last; d++ {
			if d.Year() == y.of {
				to[d] = x.special
			}
		}
	}
}

// has reports whether the list has a day of a country by its name.
func (l *list) has(of ledger.Country) bool {
	return slices.ContainsFunc(l.days, func(x line) bool { return slices.Contains(x.countries, of) })
}
