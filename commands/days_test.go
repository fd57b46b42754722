package commands

import (
	"testing"

	"duebot/ledger"
)

// Days as people of six languages write them, on Sunday 22 November 2026, 1 Azar 1405.
func TestDaysOfSixLanguages(t *testing.T) {
	today := ledger.NewDate(2026, 11, 22)
	for lang, days6 := range map[string]map[string]string{
		"en": {"on Friday": "2026-11-27", "3 December": "2026-12-03", "by Dec 3rd": "2026-12-03", "in two weeks": "2026-12-06", "until the end of the month": "2026-11-30",
			"tomorrow": "2026-11-23", "2026-12-03": "2026-12-03", "a week later": "2026-11-29"},
		"ru": {"в пятницу": "2026-11-27", "3 декабря": "2026-12-03", "до 3 декабря": "2026-12-03", "через две недели": "2026-12-06", "во вторник": "2026-11-24",
			"до конца месяца": "2026-11-30", "3.12.": "2026-12-03", "к понедельнику": "2026-11-23", "завтра": "2026-11-23"},
		"ro": {"vineri": "2026-11-27", "pe 3 decembrie": "2026-12-03", "peste două săptămâni": "2026-12-06", "mâine": "2026-11-23", "până vineri": "2026-11-27",
			"sfârșitul lunii": "2026-11-30", "marti": "2026-11-24"},
		"it": {"venerdì": "2026-11-27", "entro il 3 dicembre": "2026-12-03", "tra una settimana": "2026-11-29", "il 1° dicembre": "2026-12-01", "domani": "2026-11-23",
			"dopodomani": "2026-11-24", "fine mese": "2026-11-30", "entro venerdi": "2026-11-27"},
		"zh": {"12月3日": "2026-12-03", "周五": "2026-11-27", "两周后": "2026-12-06", "3天后": "2026-11-25", "明天": "2026-11-23", "月底": "2026-11-30", "本周五": "2026-11-27",
			"2026年12月3日": "2026-12-03", "12/3": "2026-12-03"},
		"fa": {"جمعه": "2026-11-27", "۳ آذر": "2026-11-24", "۳۰ آبان ۱۴۰۵": "2026-11-21", "1405/09/12": "2026-12-03", "۱۴۰۵/۹/۱۲": "2026-12-03", "۱۲/۹/۱۴۰۵": "2026-12-03",
			"۹/۱۲": "2026-12-03", "فردا": "2026-11-23", "پس\u200cفردا": "2026-11-24", "سه\u200cشنبه": "2026-11-24", "تا ۱۲ آذر": "2026-12-03", "۲ هفته دیگر": "2026-12-06",
			"آخر ماه": "2026-12-21", "۱۲ آذرماه ۱۴۰۵": "2026-12-03", "۳۱ آذر": "", "2026-12-03": "2026-12-03"},
	} {
		for text, want := range days6 {
			got, err := days{today, lang}.read(text)
			if want == "" && err == nil || want != "" && got.String() != want {
				t.Errorf("%s %q: got %s %v, want %q", lang, text, got, err, want)
			}
		}
	}
	if day, err := (days{today, "en"}).read("1405/09/12"); err == nil {
		t.Errorf("a year of the Persian calendar is %s in English", day)
	}
}

// Every day from 1990 to 2050 has its place in the Persian calendar, and comes back from it.
func TestPersianDaysComeBack(t *testing.T) {
	for d := ledger.NewDate(1990, 1, 1); d < ledger.NewDate(2050, 1, 1); d++ {
		if y, m, day := jalali(d); fromJalali(y, m, day) != d {
			t.Fatalf("%s is %d/%d/%d, and that is %s", d, y, m, day, fromJalali(y, m, day))
		}
	}
}

// A page of the calendar has each day of the month once, in weeks of seven that begin as the
// language's do, and only days within the bounds can be pressed.
func TestCalendarPage(t *testing.T) {
	from, until := ledger.NewDate(2026, 11, 22), ledger.NewDate(2027, 1, 21)
	for _, x := range []struct {
		first   int
		persian bool
	}{{0, false}, {1, false}, {6, true}, {6, false}} {
		for on := from; on <= until; on++ {
			p := &calendarPage{on: on, from: from, until: until, first: x.first, persian: x.persian, dead: "none",
				day: func(d ledger.Date) string { return d.String() }, turn: func(d ledger.Date) string { return "turn " + d.String() }}
			checkPage(t, p)
		}
	}
}

func checkPage(t *testing.T, p *calendarPage) {
	t.Helper()
	begins, after := p.month(p.on)
	if p.on < begins || p.on >= after || after-begins < 28 || after-begins > 31 {
		t.Fatalf("the month of %s is %s to %s", p.on, begins, after)
	}
	rows, turns := map[int]int{}, 0
	seen := map[string]bool{}
	for _, b := range p.buttons() {
		if b.Label.Plain == "‹" || b.Label.Plain == "›" {
			turns++
			continue
		}
		rows[b.Row]++
		d, err := ledger.ParseDate(b.Arg)
		if err != nil {
			continue
		}
		if seen[b.Arg] || d < p.from || d > p.until || d < begins || d >= after {
			t.Errorf("the page of %s has a button for %s", p.on, d)
		}
		if column := (rows[b.Row] - 1); (int(d.Weekday())-p.first+7)%7 != column {
			t.Errorf("%s stands in column %d", d, column)
		}
		seen[b.Arg] = true
	}
	if want := int(min(after-1, p.until)-max(begins, p.from)) + 1; len(seen) != want {
		t.Errorf("the page of %s has %d days, want %d", p.on, len(seen), want)
	}
	if want := map[bool]int{true: 1}[begins > p.from] + map[bool]int{true: 1}[after <= p.until]; turns != want {
		t.Errorf("the page of %s leads to %d others, want %d", p.on, turns, want)
	}
	for row, n := range rows {
		if want := map[bool]int{true: 1, false: 7}[row == rowMonth]; n != want {
			t.Errorf("row %d of the page of %s has %d buttons", row, p.on, n)
		}
	}
}
