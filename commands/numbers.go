package commands

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// parseNumber reads a number as people write it: 1200, 1,200.50, 1.200,50, 1'200.50, 1k.
// Where one separator could be either, the language of the company decides. It is for percents,
// whose bounds tell a slip; a sum or a rate is asked about: see parseAmount and parseRateOf.
func parseNumber(s, lang string) (decimal.Decimal, error) {
	t, factor, err := numberWord(s)
	if err != nil {
		return decimal.Zero, err
	}
	d, err := decimal.NewFromString(plainNumber(t, lang))
	if err != nil {
		return decimal.Zero, ledger.Refuse(ledger.BadInput, "number.unknown", "text", s)
	}
	return d.Mul(factor), nil
}

// parseAmount reads a sum or a quantity. A single separator before three digits groups them
// where the language of the company groups so; any other may be a slip, and is asked.
func parseAmount(s, lang string) (decimal.Decimal, error) {
	d, err := parseNumber(s, lang)
	if err != nil {
		return d, err
	}
	t, factor, _ := numberWord(s)
	if !eitherForm.MatchString(t) || strings.ContainsAny(t, groupsOf(lang)) {
		return d, nil
	}
	large, small := bothWays(t)
	return decimal.Zero, askNumber(s, large.Mul(factor), small.Mul(factor))
}

// bothWays are the two readings of a number whose one separator may group digits or begin
// decimals.
func bothWays(t string) (large, small decimal.Decimal) {
	at := strings.IndexAny(t, ".,")
	large, _ = decimal.NewFromString(t[:at] + t[at+1:])
	small, _ = decimal.NewFromString(t[:at] + "." + t[at+1:])
	return large, small
}

func askNumber(s string, readings ...decimal.Decimal) error {
	var all []reading
	for _, d := range readings {
		all = append(all, amountReading(d))
	}
	return either(ledger.Refuse(ledger.BadInput, "number.either", "text", s), s, all...)
}

// parseRateOf reads what a currency is worth. Rates have three decimals as often as not, and a
// thousand times too much is booked as easily: a separator that groups digits in the company's
// language is asked about, and any other begins the decimals.
func parseRateOf(s, lang string) (decimal.Decimal, error) {
	t, factor, err := numberWord(s)
	if err != nil || !eitherForm.MatchString(t) {
		return parseNumber(s, lang)
	}
	large, small := bothWays(t)
	if strings.ContainsAny(t, groupsOf(lang)) {
		return decimal.Zero, askNumber(s, small.Mul(factor), large.Mul(factor))
	}
	return small.Mul(factor), nil
}

// groupsOf is the sign that groups digits in a language, of those that may begin decimals.
// Russian groups by spaces alone.
func groupsOf(lang string) string {
	switch lang {
	case "en", "zh", "fa":
		return ","
	case "ru":
		return " "
	}
	return "."
}

// amountReading is a number as one of the answers to a question, written so that it can be
// read in one way alone.
func amountReading(d decimal.Decimal) reading {
	if d.IsInteger() {
		return reading{d.Truncate(0).String(), card.T("value", "value", card.Number(d.Truncate(0).String()))}
	}
	shown := d.String()
	if d.Equal(d.Truncate(2)) {
		shown = d.StringFixed(2)
	}
	return reading{d.StringFixed(4), card.T("value", "value", card.Number(shown))}
}

// largeForm is a number that ends like millions or thousand millions do.
var largeForm = regexp.MustCompile(`(?i)^[\d.,]+\s?(m|mn|mio|mln|mill|млн|b|bn|mrd|млрд)\.?$`)

// thousandForm is what stands behind thousands.
var thousandForm = regexp.MustCompile(`(?i)(k|к|тыс\.?)$`)

// numberWord is a number in plain digits and separators, and what it counts.
func numberWord(s string) (t string, factor decimal.Decimal, err error) {
	bad := ledger.Refuse(ledger.BadInput, "number.unknown", "text", s)
	t = apostrophes.Replace(names.Digits(s))
	factor = decimal.NewFromInt(1)
	if largeForm.MatchString(t) {
		return "", factor, ledger.Refuse(ledger.BadInput, "number.million", "text", s)
	}
	if k := thousandForm.FindString(t); k != "" && len(t) > len(k) {
		t, factor = strings.TrimSuffix(t, k), decimal.NewFromInt(1000)
	}
	if len(t) == 0 || len(t) > 30 || !numberForm.MatchString(t) {
		return "", factor, bad
	}
	return t, factor, nil
}

// The signs that group digits and nothing else.
var apostrophes = strings.NewReplacer("'", "", "’", "", "\u00a0", "", "\u202f", "", "\u2009", "", "−", "-",
	"\u200e", "", "\u2066", "", "\u2068", "", "\u2069", "", "\u2060", "")

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
	commaGroups := lang == "en" || lang == "zh" || lang == "fa"
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

// looksLikeNumber reports whether s is written as a number, with or without a currency.
func looksLikeNumber(s string) bool {
	s, _ = cutCurrency(s, "")
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

// marks are how people write currencies beside a sum. A mark of several means the one that
// is expected, else the first.
var marks = []struct{ mark, currencies string }{
	{"us$", "USD"}, {"ca$", "CAD"}, {"a$", "AUD"}, {"hk$", "HKD"}, {"nz$", "NZD"}, {"r$", "BRL"}, {"cn¥", "CNY"},
	{"€", "EUR"}, {"$", "USD CAD AUD NZD HKD SGD MXN"}, {"£", "GBP EGP"}, {"¥", "JPY CNY"}, {"￥", "CNY JPY"}, {"元", "CNY"}, {"円", "JPY"},
	{"₽", "RUB"}, {"руб.", "RUB"}, {"руб", "RUB"}, {"₴", "UAH"}, {"грн", "UAH"}, {"lei", "RON MDL"}, {"zł", "PLN"}, {"₺", "TRY"}, {"₸", "KZT"}, {"₹", "INR"}, {"₪", "ILS"}, {"﷼", "IRR"}, {"ریال", "IRR"},
}

// cutCurrency takes the currency off a sum in one word: "€1,200", "1200€", "1200EUR"; cur is
// "" where it names none.
func cutCurrency(s string, want ledger.Currency) (number string, cur ledger.Currency) {
	low := strings.ToLower(s)
	for _, m := range marks {
		rest, ok := strings.CutPrefix(low, m.mark)
		if !ok {
			rest, ok = strings.CutSuffix(low, m.mark)
		}
		if ok && rest != "" && strings.ContainsAny(names.Digits(rest), "0123456789") {
			return strings.TrimSpace(rest), oneCurrency(m.currencies, want)
		}
	}
	if n := len(s) - 3; n > 0 && isDigit(s[n-1]) {
		if code := ledger.Currency(strings.ToUpper(s[n:])); code.Valid() {
			return s[:n], code
		}
	}
	if len(s) > 3 && isDigit(s[3]) {
		if code := ledger.Currency(strings.ToUpper(s[:3])); code.Valid() {
			return s[3:], code
		}
	}
	return s, ""
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func oneCurrency(list string, want ledger.Currency) ledger.Currency {
	all := strings.Fields(list)
	for _, c := range all {
		if ledger.Currency(c) == want {
			return want
		}
	}
	return ledger.Currency(all[0])
}

// takeSum reads the sum at the beginning of args: a number, with its currency in one word
// ("€1,200") or behind it ("1200 EUR"). cur is "" where none is said.
func takeSum(args []token, lang string, want ledger.Currency) (sum decimal.Decimal, cur ledger.Currency, rest []token, err error) {
	if n := groupedBySpaces(args); n > 1 {
		if args, err = joinGroups(args, n); err != nil {
			return sum, "", nil, err
		}
	}
	word, cur := cutCurrency(args[0].text, want)
	if sum, err = parseAmount(word, lang); err != nil {
		return sum, "", nil, err
	}
	rest = args[1:]
	if len(rest) > 0 && !rest[0].quoted && cur == "" {
		if code := currencyWord(rest[0].text, want); code != "" {
			cur, rest = code, rest[1:]
		}
	}
	return sum, cur, rest, nil
}

var (
	firstGroup = regexp.MustCompile(`^\D{0,4}\d{1,3}$`)
	otherGroup = regexp.MustCompile(`^\d{3}$`)
	lastGroup  = regexp.MustCompile(`^\d{3}(?:[.,]\d{1,2})?\D{0,4}$`)
)

// groupedBySpaces is how many words a number takes whose digits are grouped by spaces:
// "1 200,50".
func groupedBySpaces(args []token) int {
	n := 1
	if args[0].quoted || !firstGroup.MatchString(names.Digits(args[0].text)) {
		return n
	}
	for n < len(args) && !args[n].quoted && otherGroup.MatchString(names.Digits(args[n].text)) {
		n++
	}
	if n < len(args) && !args[n].quoted && lastGroup.MatchString(names.Digits(args[n].text)) && !otherGroup.MatchString(names.Digits(args[n].text)) {
		n++
	}
	return n
}

// joinGroups makes one word of a number in n words. Two of them may as well be a sum and a
// reference, which is asked.
func joinGroups(args []token, n int) ([]token, error) {
	word := join(args[:n])
	whole := strings.ReplaceAll(word, " ", "")
	if n == 2 && otherGroup.MatchString(names.Digits(args[1].text)) {
		return nil, either(ledger.Refuse(ledger.BadInput, "number.spaced", "text", word), word,
			reading{whole, card.T("value", "value", whole)},
			reading{args[0].text + ` "` + args[1].text + `"`, card.T("reading.apart", "sum", args[0].text, "words", args[1].text)})
	}
	return append([]token{{text: whole}}, args[n:]...), nil
}

// currencyWord is the currency that a word of its own names: a code in any case, or a mark.
func currencyWord(s string, want ledger.Currency) ledger.Currency {
	if code := ledger.Currency(strings.ToUpper(s)); len(s) == 3 && code.Valid() {
		return code
	}
	for _, m := range marks {
		if strings.EqualFold(s, m.mark) {
			return oneCurrency(m.currencies, want)
		}
	}
	return ""
}

// sumOf is takeSum for a sum that must be of a currency, never finer than its minor unit.
func sumOf(args []token, lang string, currency ledger.Currency) (ledger.Money, []token, error) {
	d, cur, rest, err := takeSum(args, lang, currency)
	if err == nil && cur != "" && cur != currency {
		err = ledger.Refuse(ledger.BadInput, "sum.currency", "text", string(cur), "currency", string(currency))
	}
	if err != nil {
		return ledger.Money{}, nil, err
	}
	m, err := ledger.Exact(d, currency)
	return m, rest, err
}

// parseSum reads a sum of one word.
func parseSum(s, lang string, currency ledger.Currency) (ledger.Money, error) {
	m, _, err := sumOf([]token{{text: s}}, lang, currency)
	return m, err
}
