package exchange

import (
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/adapters/cells"
	"duebot/ledger"
)

// What a payment order says of itself: sums, days and a reference, as far as its text tells.

const (
	orderMost  = 5   // sums and days that are told
	orderWords = 140 // characters of a reference
)

var (
	orderSum = regexp.MustCompile(`(?:\d{1,3}(?:[ .,\x{00a0}\x{202f}'’]\d{3})+|\d{1,12})[.,-]\d{2}`)
	orderDay = regexp.MustCompile(`\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}|\d{4}年\d{1,2}月\d{1,2}日`)

	sumWords = regexp.MustCompile(`(?i)amount|betrag|сумма|suma|importo|金额|مبلغ|total|итого|totale|合计`)
	dayWords = regexp.MustCompile(`(?i)execut|value date|booking|paid|ausführ|buchung|wertstellung|списан|исполн|поступ|execut|procesat|esecuzione|valuta|交易日|付款日|日期|تاریخ|date|datum|дата|data`)
	refWords = regexp.MustCompile(`(?i)(?:payment reference|reference|remittance information|details of payment|payment details|verwendungszweck|назначение платежа|detalii(?: plată| plata)?|explicații|causale|附言|用途|摘要|بابت|شرح)\s*[:：]?\s*(.*)`)
)

// ReadOrder reads a payment order. It returns nothing for a file without a text that can be read.
func ReadOrder(data []byte) (out ledger.OrderRead) {
	text, err := PDFText(data)
	if err != nil {
		return out
	}
	lines := strings.Split(cells.Digits.Replace(text), "\n")
	out.Amounts = orderSums(lines)
	out.Dates = orderDays(lines)
	out.Reference = orderReference(strings.Split(text, "\n"))
	return out
}

// likelier visits lines, those first that say what they hold, or whose line before does.
func likelier(lines []string, says *regexp.Regexp, visit func(line string)) {
	for _, wanted := range []bool{true, false} {
		for i, line := range lines {
			said := says.MatchString(line) || i > 0 && says.MatchString(lines[i-1])
			if said == wanted {
				visit(line)
			}
		}
	}
}

func orderSums(lines []string) (out []decimal.Decimal) {
	likelier(lines, sumWords, func(line string) {
		for _, m := range orderSum.FindAllStringIndex(line, -1) {
			if len(out) == orderMost || m[1] < len(line) && strings.ContainsRune("0123456789.,-/", rune(line[m[1]])) ||
				m[0] > 0 && strings.ContainsRune("0123456789.,/", rune(line[m[0]-1])) {
				continue
			}
			word := line[m[0]:m[1]]
			if word[0] == '0' && word[1] >= '0' && word[1] <= '9' { // of a telephone or an account
				continue
			}
			if i := strings.LastIndexByte(word, '-'); i == len(word)-3 { // as Russian forms write kopecks
				word = word[:i] + "." + word[i+1:]
			}
			d, err := cells.Sum(word, "")
			if err == nil && d.IsPositive() && !slices.ContainsFunc(out, d.Equal) {
				out = append(out, d)
			}
		}
	})
	return out
}

func orderDays(lines []string) (out []ledger.Date) {
	likelier(lines, dayWords, func(line string) {
		for _, word := range orderDay.FindAllString(line, -1) {
			d, err := cells.Day(word, "dmy", cells.Book{})
			if err == nil && len(out) < orderMost && !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	})
	return out
}

// orderReference is what stands behind the word for it, or in the next line.
func orderReference(lines []string) string {
	for i, line := range lines {
		m := refWords.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		ref := strings.TrimSpace(m[1])
		if ref == "" && i+1 < len(lines) {
			ref = strings.TrimSpace(lines[i+1])
		}
		if runes := []rune(ref); len(runes) > orderWords {
			ref = string(runes[:orderWords])
		}
		if ref != "" {
			return strings.ToValidUTF8(ref, "")
		}
	}
	return ""
}
