package commands

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// token is one word of a typed line, or the words between two quotes.
type token struct {
	text   string
	quoted bool
}

// is reports whether t is the unquoted word w, in any case.
func (t token) is(w string) bool { return !t.quoted && strings.EqualFold(t.text, w) }

// Phones and word processors turn quotes and spaces into others; they are read as what
// they mean.
var plainer = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "「", `"`, "」", `"`, "‟", `"`, "＂", `"`,
	"\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u3000", " ", "（", "(", "）", ")", "，", ",", "＋", "+", "％", "%")

// A no-break space or a thin one between digits groups them, and is no end of a word.
var groupedDigits = regexp.MustCompile(`(\d)[\x{00a0}\x{202f}\x{2009}](\d{3})`)

func endsInLetter(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r)
}

// split cuts a line into tokens. "(", ")" and "+" stand alone; a quote that is not closed
// runs to the end.
func split(line string) []token {
	for groupedDigits.MatchString(line) {
		line = groupedDigits.ReplaceAllString(line, "$1$2")
	}
	var out []token
	var word strings.Builder
	quoted := false
	end := func() {
		if word.Len() > 0 {
			out = append(out, token{text: word.String()})
			word.Reset()
		}
	}
	for _, r := range plainer.Replace(line) {
		switch {
		case r == '"' && quoted:
			out = append(out, token{strings.TrimSpace(word.String()), true})
			word.Reset()
			quoted = false
		case r == '"':
			end()
			quoted = true
		case quoted:
			word.WriteRune(r)
		case unicode.IsSpace(r):
			end()
		case r == '+' && endsInLetter(word.String()): // "eom+10" is one word
			word.WriteRune(r)
		case r == '(' || r == ')' || r == '+':
			end()
			out = append(out, token{text: string(r)})
		default:
			word.WriteRune(r)
		}
	}
	if quoted {
		out = append(out, token{strings.TrimSpace(word.String()), true})
	} else {
		end()
	}
	return out
}

// parseNumber reads a number as people write it: 1200, 1,200.50, 1.200,50, 1'200.50, 1k.
// Where one separator could be either, the language of the company decides.
func parseNumber(s, lang string) (decimal.Decimal, error) {
	bad := ledger.Refuse(ledger.BadInput, "number.unknown", "text", s)
	t := strings.ReplaceAll(strings.ReplaceAll(s, "'", ""), "’", "")
	factor := decimal.NewFromInt(1)
	if n := len(t); n > 1 && (t[n-1] == 'k' || t[n-1] == 'K') {
		t, factor = t[:n-1], decimal.NewFromInt(1000)
	}
	if len(t) == 0 || len(t) > 30 {
		return decimal.Zero, bad
	}
	if !numberForm.MatchString(t) {
		return decimal.Zero, bad
	}
	d, err := decimal.NewFromString(plainNumber(t, lang))
	if err != nil {
		return decimal.Zero, bad
	}
	return d.Mul(factor), nil
}

var (
	// numberForm is digits, then decimals; or groups of three digits, and then decimals
	// behind the other separator: "1,200,50" is neither, and must not become 120050.
	numberForm = regexp.MustCompile(`^-?(?:\d+|(?:0|[1-9]\d*)[.,]\d+|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?)$`)
	// eitherForm is a number whose one separator may group digits or begin decimals. One
	// that begins with a zero has decimals.
	eitherForm = regexp.MustCompile(`^-?[1-9]\d{0,2}[.,]\d{3}$`)
)

// plainNumber drops what groups the digits, and writes a point where the decimals begin.
func plainNumber(t, lang string) string {
	dot, comma := strings.LastIndexByte(t, '.'), strings.LastIndexByte(t, ',')
	commaGroups := lang == "en" || lang == "zh"
	switch {
	case dot >= 0 && comma >= 0: // the last one begins the decimals
		if dot > comma {
			return strings.ReplaceAll(t, ",", "")
		}
		return strings.Replace(strings.ReplaceAll(t, ".", ""), ",", ".", 1)
	case strings.Count(t, ",") > 1:
		return strings.ReplaceAll(t, ",", "")
	case strings.Count(t, ".") > 1:
		return strings.ReplaceAll(t, ".", "")
	case comma >= 0:
		if commaGroups && eitherForm.MatchString(t) {
			return t[:comma] + t[comma+1:]
		}
		return strings.Replace(t, ",", ".", 1)
	case dot >= 0 && !commaGroups && eitherForm.MatchString(t):
		return t[:dot] + t[dot+1:]
	}
	return t
}

var (
	isoForm      = regexp.MustCompile(`^\d{3,5}-\d{1,2}-\d{1,2}$`)
	dayMonth     = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})?$`)
	daysOrWeeks  = regexp.MustCompile(`^\+?(\d{1,3})([dw])$`)
	weekdayNames = map[string]time.Weekday{"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
		"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
)

// parseDate reads a day: 2026-12-31, 31.12.2026, 31.12., today, tomorrow, yesterday,
// friday (the next one), 14d, 2w.
func parseDate(s string, today ledger.Date) (ledger.Date, error) {
	low := strings.ToLower(s)
	switch low {
	case "today":
		return today, nil
	case "tomorrow":
		return today.AddDays(1), nil
	case "yesterday":
		return today.AddDays(-1), nil
	}
	if m := daysOrWeeks.FindStringSubmatch(low); m != nil {
		n, _ := strconv.Atoi(m[1])
		if m[2] == "w" {
			n *= 7
		}
		return today.AddDays(n), nil
	}
	if wd, ok := weekdayNames[low]; ok {
		return today.AddDays((int(wd)-int(today.Weekday())+6)%7 + 1), nil
	}
	if m := dayMonth.FindStringSubmatch(low); m != nil {
		return dottedDate(m, s, today)
	}
	d, err := ledger.ParseDate(s)
	if err == nil && (d.Year() < yearMin || d.Year() > yearMax) {
		return 0, ledger.Refuse(ledger.BadInput, "date.unknown", "text", s)
	}
	return d, err
}

// Years that people mean; any other is a slip of the finger, like 0206.
const yearMin, yearMax = 2000, 2099

// dottedDate reads 31.12.2026, or 31.12. as the nearest such day, to come or just over.
func dottedDate(m []string, s string, today ledger.Date) (ledger.Date, error) {
	day, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	years := []int{today.Year(), today.Year() - 1, today.Year() + 1}
	if m[3] != "" {
		year, _ := strconv.Atoi(m[3])
		years = []int{year}
	}
	var nearest ledger.Date
	for _, year := range years {
		d := ledger.NewDate(year, time.Month(month), day)
		if _, mm, dd := d.Parts(); int(mm) != month || dd != day || year < yearMin || year > yearMax {
			continue
		}
		if nearest == 0 || distance(d, today) < distance(nearest, today) {
			nearest = d
		}
	}
	if nearest == 0 {
		return 0, ledger.Refuse(ledger.BadInput, "date.unknown", "text", s)
	}
	return nearest, nil
}

// distance is the number of days between two dates.
func distance(a, b ledger.Date) int { return max(ledger.DaysOverdue(a, b), ledger.DaysOverdue(b, a)) }

// looksLikeDate reports whether s is written as a day rather than as anything else, also
// when there is no such day: then it is refused, and not taken for other words.
func looksLikeDate(s string) bool {
	_, err := parseDate(s, 20000)
	return err == nil || isoForm.MatchString(s) || dayMonth.MatchString(s)
}

// looksLikeNumber reports whether s is written as a number.
func looksLikeNumber(s string) bool {
	_, err := parseNumber(s, "en")
	return err == nil && s[len(s)-1] != '.'
}

// parsePercent reads 19% or 19.
func parsePercent(s, lang string) (decimal.Decimal, error) {
	d, err := parseNumber(strings.TrimSuffix(s, "%"), lang)
	if err != nil {
		return d, ledger.Refuse(ledger.BadInput, "percent.unknown", "text", s)
	}
	return d, nil
}

// join makes words of tokens again.
func join(tokens []token) string {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.text
	}
	return strings.Join(words, " ")
}
