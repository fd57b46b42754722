package match

import (
	"slices"
	"unicode"
)

// measures finds the runs of digits that measure something, and so name no invoice, whoever paid:
// 0,0625 %, a rate of 95.1234, 14:30, the 12th of October.

// percentWords, rateWords, timeWords and monthWords are what stands beside such numbers, folded as
// texts are; of a month its beginning.
var (
	percentWords = foldAll("percent", "prozent", "процент", "процента", "процентов", "procent", "procente", "percento", "درصد")
	rateWords    = foldAll("rate", "kurs", "wechselkurs", "umrechnungskurs", "curs", "cursul", "cambio", "tasso", "курс", "курсу", "курса", "fx", "汇率", "نرخ")
	timeWords    = foldAll("uhr", "h", "ч", "час", "часов", "ora", "ore", "am", "pm")
	monthWords   = foldAll("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mär", "mai", "okt", "dez",
		"янв", "фев", "мар", "апр", "мая", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек", "ian", "iun", "iul", "noi", "gen", "mag", "giu", "lug", "ago", "set", "ott", "dic",
		"فرو", "ارد", "خرد", "تیر", "مرد", "شهر", "مهر", "آبا", "آذر", "دی", "بهم", "اسف")
	dayMarks = foldAll("年", "月", "日", "号")
)

// isPercent reports whether r says that the number before it is a part of a hundred, or a thousand.
func isPercent(r rune) bool { return r == '%' || r == '‰' || r == '٪' || r == '％' }

// markMeasures marks the runs that measure something.
func (t *text) markMeasures() {
	for i := range t.tokens {
		tok := &t.tokens[i]
		if tok.slips {
			continue
		}
		whole := t.wholePart(i)
		fraction := whole != nil
		if !fraction {
			whole = tok
		}
		digits := whole.end - whole.start
		alone := whole.start == 0 || t.gaps[whole.start] > dashed
		behind := t.wordBehind(tok.end)
		switch {
		case alone && digits <= 3 && (slices.Contains(t.percents, tok.end) || percentWords[string(behind)]),
			alone && fraction && whole.value == 0 && digits == 1,
			alone && fraction && (rateWords[string(t.wordBefore(whole.start, apart))] || tok.end-tok.start > 2 && digits <= 3 && t.counts(tok.end)),
			t.isMonth(tok, behind):
			tok.aside, whole.aside = true, true
		}
		if i > 0 {
			t.markTime(&t.tokens[i-1], tok, behind)
		}
	}
}

// wholePart is the run before the i-th that is one decimal number with it: 0,0625.
func (t *text) wholePart(i int) *token {
	if i == 0 || t.tokens[i-1].end != t.tokens[i].start || t.tokens[i-1].slips || !slices.Contains(t.points, t.tokens[i].start) {
		return nil
	}
	return &t.tokens[i-1]
}

// markTime marks two runs that are hour and minute, and a third that is the seconds.
func (t *text) markTime(hour, minute *token, behind []rune) {
	if hour.end != minute.start || minute.end-minute.start != 2 || minute.value > 59 {
		return
	}
	colon := slices.Contains(t.colons, minute.start)
	said := timeWords[string(behind)] && slices.Contains(t.points, minute.start)
	switch {
	case (colon || said) && hour.end-hour.start <= 2 && hour.value <= 23, colon && hour.aside:
		hour.aside, minute.aside = true, true
	}
}

// isMonth reports whether a month stands behind a day, or a mark of Chinese dates.
func (t *text) isMonth(tok *token, behind []rune) bool {
	if len(behind) == 0 {
		return false
	}
	if unicode.Is(unicode.Han, behind[0]) {
		width := tok.end - tok.start
		return t.gaps[tok.end] == joined && dayMarks[string(behind[:1])] && (width <= 2 && tok.value <= 31 && behind[0] != '号' || width == 4 && isYear(tok.value) && behind[0] == '年')
	}
	if tok.end-tok.start > 2 || tok.value < 1 || tok.value > 31 || t.gaps[tok.end] == joined {
		return false
	}
	for n := 2; n <= min(len(behind), 3); n++ {
		if monthWords[string(behind[:n])] && (n == 3 || len(behind) == 2) && len(behind) <= 9 {
			return true
		}
	}
	return false
}

// wordBehind are the letters that stand behind position p.
func (t *text) wordBehind(p int) []rune {
	end := p
	for end < len(t.runes) && unicode.IsLetter(t.runes[end]) && (end == p && t.gaps[end] <= loose || t.gaps[end] == joined) {
		end++
	}
	return t.runes[p:end]
}
