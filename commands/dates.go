package commands

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// days reads days as people of a company write them: 2026-12-31, 31.12., tomorrow, next fri,
// 31 Dec, через 2 недели, 14d. Words of all languages are understood; what a language
// decides, the company's does, and what is ambiguous in it is asked.
type days struct {
	today ledger.Date
	lang  string
}

func (c *Call) days() days { return days{c.Today(), c.Lang()} }

// Years that people mean; any other is a slip of the finger, like 0206.
const yearMin, yearMax = 2000, 2099

// phraseMax is how many words a day may have: "the end of the month", "31 Dec 2026".
const phraseMax = 5

// take reads the day at the beginning of args, and tells how many words it has. It returns
// a BadInput refusal where there is none, and a doubt where it may be several.
func (r days) take(args []token) (day ledger.Date, n int, err error) {
	for n := min(len(args), phraseMax); n > 1; n-- {
		if words, ok := phrase(args[:n]); ok {
			if day, err := r.read(words); err == nil || isDoubt(err) {
				return day, n, err
			}
		}
	}
	if len(args) == 0 {
		return 0, 0, ledger.Refuse(ledger.BadInput, "date.missing")
	}
	day, err = r.read(strings.TrimSuffix(args[0].text, ","))
	return day, 1, err
}

// optional reads a day where other words may stand: n is 0 for these. A word that has the
// form of a day and is none is refused, and not taken for other words.
func (r days) optional(args []token) (day ledger.Date, n int, err error) {
	if len(args) == 0 || args[0].quoted {
		return 0, 0, nil
	}
	for n := min(len(args), phraseMax); n > 1; n-- {
		words, ok := phrase(args[:n])
		if !ok || unclear(words) {
			continue
		}
		if day, err := r.read(words); err == nil || isDoubt(err) {
			return day, n, err
		}
	}
	if !looksLikeDate(args[0].text) {
		return 0, 0, nil
	}
	day, err = r.read(args[0].text)
	return day, 1, err
}

// unclear reports whether words are a count alone, which may belong to others: "2 weeks of
// support".
func unclear(words string) bool {
	for _, cal := range calendars {
		if two := strings.Fields(words); len(two) == 2 {
			if _, _, ok := cal.count(two); ok && !has(cal.within, two[0]) {
				return true
			}
		}
	}
	return false
}

// all reads a day that is all of args.
func (r days) all(args []token) (ledger.Date, error) {
	day, n, err := r.take(args)
	if err == nil && n != len(args) {
		err = ledger.Refuse(ledger.BadInput, "date.unknown", "text", join(args))
	}
	return day, err
}

// phrase is unquoted words in a row.
func phrase(args []token) (string, bool) {
	for _, t := range args {
		if t.quoted {
			return "", false
		}
	}
	return join(args), true
}

// parseDate reads a day of one word or several, as days.read does.
func parseDate(s string, today ledger.Date) (ledger.Date, error) {
	return days{today, "en"}.read(s)
}

// read reads a day, all of s: "friday", and "on friday" too.
func (r days) read(s string) (ledger.Date, error) {
	day, err := r.readBare(s, s)
	if err == nil || isDoubt(err) {
		return day, err
	}
	if rest, ok := withoutPreposition(s); ok {
		if day, err := r.readBare(rest, s); err == nil || isDoubt(err) {
			return day, err
		}
	}
	return day, err
}

// withoutPreposition is s without the word before a day: on, до, entro il.
func withoutPreposition(s string) (rest string, ok bool) {
	for n := 0; n < 2; n++ { // "entro il"
		word, after, more := strings.Cut(strings.TrimSpace(s), " ")
		is := false
		for _, cal := range calendars {
			is = is || has(cal.before, strings.ToLower(word))
		}
		if !more || !is {
			break
		}
		s, ok = after, true
	}
	return s, ok
}

// readBare reads a day; typed is the whole of what was typed.
func (r days) readBare(s, typed string) (ledger.Date, error) {
	low := strings.Join(strings.Fields(strings.ToLower(names.Digits(s))), " ")
	for _, form := range []func(string) (ledger.Date, bool, error){r.word, r.counted, r.weekday, r.persian, r.named, r.dotted, r.slashed} {
		if day, ok, err := form(low); ok || err != nil {
			if q := (*doubt)(nil); errors.As(err, &q) {
				q.word = typed // it is looked for in the line
			}
			return r.checked(day, typed, err)
		}
	}
	day, err := ledger.ParseDate(low)
	if err != nil {
		err = ledger.Refuse(ledger.BadInput, "date.unknown", "text", typed)
	}
	return r.checked(day, typed, err)
}

// checked refuses a day of another age.
func (r days) checked(day ledger.Date, s string, err error) (ledger.Date, error) {
	if err == nil && (day.Year() < yearMin || day.Year() > yearMax) {
		return 0, ledger.Refuse(ledger.BadInput, "date.unknown", "text", s)
	}
	return day, err
}

// word reads today, tomorrow, end of month and the like.
func (r days) word(s string) (ledger.Date, bool, error) {
	for _, cal := range calendars {
		if v, ok := valueOf(cal.days, s); ok {
			n, _ := strconv.Atoi(v)
			return r.today.AddDays(n), true, nil
		}
		if has(cal.monthEnd, s) {
			if cal == calendars["fa"] {
				y, m, _ := jalali(r.today)
				return fromJalali(y+m/12, m%12+1, 1) - 1, true, nil
			}
			y, m, _ := r.today.Parts()
			return ledger.NewDate(y, m+1, 1).AddDays(-1), true, nil
		}
	}
	return 0, false, nil
}

var (
	daysOrWeeks = regexp.MustCompile(`^\+?(\d{1,3})([dw])$`)
	netDays     = regexp.MustCompile(`^net ?(\d{1,3})$`)
	chineseSpan = regexp.MustCompile(`^(\d{1,3}|[一两三四]) ?(天|日|周|个星期|个月) ?(后|以后|前|以前)$`)
)

// counted reads 14d, 2w, net30, in 2 weeks, через неделю, 3 days ago.
func (r days) counted(s string) (ledger.Date, bool, error) {
	if m := daysOrWeeks.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		if m[2] == "w" {
			n *= 7
		}
		return r.today.AddDays(n), true, nil
	}
	if m := netDays.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		return r.today.AddDays(n), true, nil
	}
	if m := chineseSpan.FindStringSubmatch(s); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			n = oneOf("一 两 三 四", m[1]) + 1
		}
		if strings.HasSuffix(m[3], "前") {
			n = -n
		}
		return r.span(n, map[string]string{"天": "1", "日": "1", "周": "7", "个星期": "7", "个月": "1m"}[m[2]]), true, nil
	}
	words := strings.Fields(s)
	for _, cal := range calendars {
		if n, unit, ok := cal.count(words); ok {
			return r.span(n, unit), true, nil
		}
	}
	return 0, false, nil
}

// count reads "in 2 weeks", "через неделю", "2 weeks", "2 weeks ago".
func (cal *calendar) count(words []string) (n int, unit string, ok bool) {
	sign, said := 1, false
	if len(words) > 1 && has(cal.within, words[0]) {
		words, said = words[1:], true
	}
	if len(words) > 1 && has(cal.ago, words[len(words)-1]) {
		words, sign, said = words[:len(words)-1], -1, true
	}
	if len(words) > 1 && has(cal.later, words[len(words)-1]) {
		words, said = words[:len(words)-1], true
	}
	n = 1
	if len(words) == 2 {
		count, err := strconv.Atoi(words[0])
		if n := oneOf(cal.counts, words[0]); err != nil && n >= 0 {
			count, err = n+1, nil
		}
		if err != nil || count > 999 || count < 0 {
			return 0, "", false
		}
		n, words = count, words[1:]
	} else if !said {
		return 0, "", false // "week" alone is no day
	}
	if len(words) != 1 {
		return 0, "", false
	}
	unit, ok = valueOf(cal.units, words[0])
	return sign * n, unit, ok
}

// span is the day n units from today; a month's end stays one.
func (r days) span(n int, unit string) ledger.Date {
	if of, months := strings.CutSuffix(unit, "m"); months {
		k, _ := strconv.Atoi(of)
		y, m, d := r.today.Parts()
		first := ledger.NewDate(y, m+time.Month(n*k), 1)
		_, month, _ := first.Parts()
		last := ledger.NewDate(first.Year(), month+1, 1).AddDays(-1)
		_, _, most := last.Parts()
		return first.AddDays(min(d, most) - 1)
	}
	k, _ := strconv.Atoi(unit)
	return r.today.AddDays(n * k)
}

// weekday reads "friday", which is the next one, and "next friday": that of the next week.
// Where another one comes before it, people mean either, and are asked.
func (r days) weekday(s string) (ledger.Date, bool, error) {
	rest := s
	next := false
	for lang, cal := range calendars {
		for name := range strings.SplitSeq(cal.next, "|") {
			if before, ok := strings.CutSuffix(s, " "+name); ok && name != "" && r.dayOfWeek(before) >= 0 {
				rest, next = before, true
				continue
			}
			after, ok := strings.CutPrefix(s, name)
			if lang != "zh" && ok {
				after, ok = strings.CutPrefix(strings.TrimPrefix(after, "."), " ")
			}
			if name != "" && ok && r.dayOfWeek(strings.TrimSpace(after)) >= 0 {
				rest, next = strings.TrimSpace(after), true
			}
		}
	}
	wd := r.dayOfWeek(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(rest, "this "), "本"), "这"))
	if wd < 0 {
		return 0, false, nil
	}
	coming := r.today.AddDays((wd-int(r.today.Weekday())+6)%7 + 1)
	monday := r.today.AddDays(-(int(r.today.Weekday()) + 6) % 7)
	nextWeek := monday.AddDays(7 + (wd+6)%7)
	if !next || coming == nextWeek {
		return coming, true, nil
	}
	return 0, false, either(ledger.Refuse(ledger.BadInput, "date.either", "text", s), s, r.reading(coming), r.reading(nextWeek))
}

// dayOfWeek is the weekday that a word names, -1 for none. A short name counts in English
// and in the company's language.
func (r days) dayOfWeek(word string) int {
	for lang, cal := range calendars {
		if n := oneOf(cal.weekdays, word); n >= 0 {
			return n
		}
		if lang == "en" || lang == r.lang {
			if n := oneOf(cal.shortDay, word); n >= 0 {
				return n
			}
		}
	}
	return -1
}

// reading is a day as one of the answers to a question.
func (r days) reading(day ledger.Date) reading {
	return reading{day.String(), card.T("value", "value", day)}
}

var (
	ordinal     = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th|-го|-е|er|°|º|\.|,)?$`)
	yearForm    = regexp.MustCompile(`^(\d{4})(?:г|г\.|,)?$`)
	chineseDate = regexp.MustCompile(`^(?:(\d{4}) ?年)? ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?$`)
	joinedDay   = regexp.MustCompile(`^(\d{1,2})[-.]?(\pL{3,})[-.]?(\d{4})?$`)
)

// named reads a day with the name of its month: 31 Dec, December 31, 31 декабря 2026.
func (r days) named(s string) (ledger.Date, bool, error) {
	if m := chineseDate.FindStringSubmatch(s); m != nil {
		return r.dayOf(m[1], m[2], m[3], s)
	}
	if m := joinedDay.FindStringSubmatch(s); m != nil {
		s = strings.TrimSpace(m[1] + " " + m[2] + " " + m[3])
	}
	words := strings.Fields(strings.ReplaceAll(s, ",", " "))
	if len(words) > 1 && (words[len(words)-1] == "г." || words[len(words)-1] == "года") {
		words = words[:len(words)-1]
	}
	if len(words) == 3 && words[1] == "of" { // the 31st of December
		words = []string{words[0], words[2]}
	}
	year := ""
	if n := len(words) - 1; n == 2 && yearForm.MatchString(words[n]) {
		year, words = yearForm.FindStringSubmatch(words[n])[1], words[:n]
	}
	if len(words) != 2 {
		return 0, false, nil
	}
	for _, pair := range [][2]string{{words[0], words[1]}, {words[1], words[0]}} {
		m := ordinal.FindStringSubmatch(pair[0])
		if month := monthNamed(pair[1]); m != nil && month > 0 {
			return r.dayOf(year, strconv.Itoa(month), m[1], s)
		}
	}
	return 0, false, nil
}

// monthNamed is the month that a word names in any language, 0 for none.
func monthNamed(word string) int {
	for _, cal := range calendars {
		if n := oneOf(cal.months, word); n >= 0 {
			return n + 1
		}
	}
	return 0
}

var dayMonth = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2})?)?$`)

// dotted reads 31.12.2026, 31.12.26, 31.12. and 31.12.
func (r days) dotted(s string) (ledger.Date, bool, error) {
	m := dayMonth.FindStringSubmatch(s)
	if m == nil {
		return 0, false, nil
	}
	return r.dayOf(m[3], m[2], m[1], s)
}

var (
	slashForm = regexp.MustCompile(`^(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?$`)
	yearSlash = regexp.MustCompile(`^(\d{4})/(\d{1,2})/(\d{1,2})$`)
)

// slashed reads 31/12/2026 in the order of the company's language. English has two, and
// where the day could be either that is asked.
func (r days) slashed(s string) (ledger.Date, bool, error) {
	if m := yearSlash.FindStringSubmatch(s); m != nil {
		return r.dayOf(m[1], m[2], m[3], s)
	}
	m := slashForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false, nil
	}
	dayFirst, _, err1 := r.dayOf(m[3], m[2], m[1], s)
	monFirst, _, err2 := r.dayOf(m[3], m[1], m[2], s)
	cal := calendars[r.lang]
	switch {
	case err1 != nil && err2 != nil:
		return 0, false, err1
	case err2 != nil || err1 == nil && (dayFirst == monFirst || cal != nil && cal.dayFirst):
		return dayFirst, true, nil
	case err1 != nil || cal != nil && cal.monFirst:
		return monFirst, true, nil
	}
	return 0, false, either(ledger.Refuse(ledger.BadInput, "date.either", "text", s), s, r.reading(dayFirst), r.reading(monFirst))
}

// dayOf is a day by its parts; without a year the nearest such day, to come or just over.
func (r days) dayOf(yearText, monthText, dayText, s string) (ledger.Date, bool, error) {
	day, _ := strconv.Atoi(dayText)
	month, _ := strconv.Atoi(monthText)
	years := []int{r.today.Year(), r.today.Year() - 1, r.today.Year() + 1}
	if yearText != "" {
		year, _ := strconv.Atoi(yearText)
		if len(yearText) == 2 {
			year += yearMin
		}
		years = []int{year}
	}
	var nearest ledger.Date
	for _, year := range years {
		d := ledger.NewDate(year, time.Month(month), day)
		if _, mm, dd := d.Parts(); int(mm) != month || dd != day || year < yearMin || year > yearMax {
			continue
		}
		if nearest == 0 || distance(d, r.today) < distance(nearest, r.today) {
			nearest = d
		}
	}
	if nearest == 0 {
		return 0, false, ledger.Refuse(ledger.BadInput, "date.unknown", "text", s)
	}
	return nearest, true, nil
}

// distance is the number of days between two dates.
func distance(a, b ledger.Date) int { return max(ledger.DaysOverdue(a, b), ledger.DaysOverdue(b, a)) }

var (
	isoForm    = regexp.MustCompile(`^\d{3,5}-\d{1,2}-\d{1,2}$`)
	dottedForm = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?$`)
	shortDot   = regexp.MustCompile(`^\d{1,2}\.\d{1,2}$`)
	slashShort = regexp.MustCompile(`^\d{1,2}[/-]\d{1,2}$`)
)

// looksLikeDate reports whether s, one word, is written as a day rather than as anything
// else, also when there is no such day. What may as well be a sum or a part of a number
// (10.5, 3/4) is none.
func looksLikeDate(s string) bool {
	low := names.Digits(s)
	if shortDot.MatchString(low) || slashShort.MatchString(low) {
		return false
	}
	_, err := parseDate(low, 20000)
	return err == nil || isDoubt(err) || isoForm.MatchString(low) || dottedForm.MatchString(low) || slashForm.MatchString(low)
}
