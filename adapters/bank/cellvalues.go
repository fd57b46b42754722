package bank

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/adapters/cells"
	"duebot/ledger"
)

var (
	sideSuffix = regexp.MustCompile(`(?i)^(.*\d)\s*(CR|DR|C|D|H|S)\.?$`) // H and S: Haben and Soll
	noWhole    = regexp.MustCompile(`^(-?)([.,]\d{2})$`)                 // -,01
	zoneSuffix = regexp.MustCompile(`\s+(?:[A-Z]{3,4}|[+-]\d{4}|[+-]\d\d:\d\d)$`)
	compactDay = regexp.MustCompile(`^(19|20)(\d\d)(\d\d)(\d\d)(?:\d{6})?$`)
	jalaliDay  = regexp.MustCompile(`^(1[34]\d\d)(\d\d)(\d\d)$`)
	weekday    = regexp.MustCompile(`^\p{L}{2,10}\.?, +`)
	yearWord   = regexp.MustCompile(` *(?:г|р)\.?$`) // of a year, in Russian and Ukrainian
	wordDay    = regexp.MustCompile(`^(\d{1,2})\.?[\s./-]*(\p{L}{3,12})\.?,?[\s./-]*(\d{4}|\d{2})$`)
	monthDay   = regexp.MustCompile(`^(\p{L}{3,12})\.?[\s-]+(\d{1,2}),?[\s-]+(\d{4}|\d{2})$`)
	clockPart  = regexp.MustCompile(`[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AP]M)?(?:Z|[+-]\d\d:?\d\d)?$|[T -]\d\d\.\d\d\.\d\d(?:[.,]\d+)?$`)
)

// tableSum reads a sum in a cell, with what banks put around it.
func tableSum(s, point string) (decimal.Decimal, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "+")
	s = noWhole.ReplaceAllString(s, "${1}0$2")
	if m := sideSuffix.FindStringSubmatch(s); m != nil {
		d, err := cells.Sum(m[1], point)
		if wentSuffix(m[2]) {
			d = d.Abs().Neg()
		}
		return d, err
	}
	return cells.Sum(s, point)
}

func wentSuffix(s string) bool {
	return strings.EqualFold(s, "DR") || strings.EqualFold(s, "D") || strings.EqualFold(s, "S")
}

// tableDay reads a day in a cell: as numbers, as one number of eight digits, with the month in
// words; a time behind it is left out.
func tableDay(s, order string, book cells.Book) (ledger.Date, *Problem) {
	t := strings.TrimSpace(zoneSuffix.ReplaceAllString(strings.TrimSpace(s), ""))
	t = clockPart.ReplaceAllString(t, "")
	t = weekday.ReplaceAllString(yearWord.ReplaceAllString(t, ""), "")
	if m := compactDay.FindStringSubmatch(t); m != nil {
		if d, ok := realDay(m[1]+m[2], m[3], m[4]); ok {
			return d, nil
		}
	}
	if m := jalaliDay.FindStringSubmatch(cells.Digits.Replace(t)); m != nil {
		t = m[1] + "/" + m[2] + "/" + m[3]
	}
	day, month, year := "", "", ""
	if m := wordDay.FindStringSubmatch(t); m != nil {
		day, month, year = m[1], m[2], m[3]
	} else if m := monthDay.FindStringSubmatch(t); m != nil {
		day, month, year = m[2], m[1], m[3]
	}
	if n := monthOf(month); n > 0 {
		if len(year) == 2 {
			year = "20" + year
		}
		if d, ok := realDay(year, strconv.Itoa(n), day); ok {
			return d, nil
		}
	}
	d, err := cells.Day(t, order, book)
	if err == nil {
		return d, nil
	}
	if r, ok := ledger.AsRefusal(err); ok && r.Key == "row.twodays" {
		return 0, &Problem{Key: "bank.problem.twodays", Args: []any{"text", shorten(clean(s), excerptMax)}}
	}
	return 0, badDate(s)
}

func tableDayFits(s, order string, book cells.Book) bool {
	_, p := tableDay(s, order, book)
	return p == nil
}

// months are their names' beginnings in the languages that banks write them in.
var months = []string{"jan|янв|ian|gen|ene|sty|led|січ|oca", "feb|фев|fev|fév|lut|uno|лют|şub", "mar|мар|mär|mrz|maa|mrt|bre|бер|már", "apr|апр|avr|abr|kwi|dub|кві|nis|ápr", "may|мая|май|mai|mei|mag|maj|kve|тра|máj", "jun|июн|iun|giu|juin|cze|чер|haz|jún", "jul|июл|iul|lug|juil|lip|лип|tem|júl", "aug|авг|aoû|aou|ago|sie|srp|сер|ağu", "sep|сен|set|wrz|zar|zář|вер|eyl|sze", "oct|окт|okt|ott|out|paź|paz|říj|rij|жов|eki", "nov|ноя|noi|lis|лис|kas", "dec|дек|dez|dic|déc|gru|pro|гру|ara"}

func monthOf(word string) int {
	word = strings.ToLower(word)
	for i, names := range months {
		for name := range strings.SplitSeq(names, "|") {
			if word != "" && strings.HasPrefix(word, name) {
				return i + 1
			}
		}
	}
	return 0
}
