package match

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"duebot/ledger/names"
)

// gap is what stands before a letter or digit of a text.
type gap uint8

// The gaps, the looser the greater.
const (
	joined gap = iota // nothing
	dashed            // a dash, a slash, a point: 2026-0042
	spaced            // one space, which may be the end of a bank's line
	loose             // other marks and spaces: "INV: 2026 / 42"
	apart             // what divides one thing from the next: a bracket, a semicolon
)

// text is what a line says, less everything that spellings do differently.
type text struct {
	runes   []rune // capital letters and digits; look-alikes of Latin letters are Latin
	written []rune // the same, with look-alikes as they were
	gaps    []gap  // what stands before each
	tokens  []token
	spans   []int // before which a mark of a range stands: 12–15, 12...15

	points, colons []int // before which a decimal point stands, or a colon, and nothing else
	percents       []int // behind which a percent sign stands
}

// token is a run of digits; O, I and L among them may be slips for 0 and 1.
type token struct {
	start, end int
	value      uint64
	slips      bool
	dated      bool // it is part of a date
	aside      bool // it measures something, and is no number of anything: 5 %, 14:30
}

// lookalikes are letters of other scripts that look like Latin capitals.
var lookalikes = map[rune]rune{
	'А': 'A', 'В': 'B', 'С': 'C', 'Е': 'E', 'Н': 'H', 'І': 'I', 'Ј': 'J', 'К': 'K', 'М': 'M', 'О': 'O', 'Р': 'P', 'Ѕ': 'S', 'Т': 'T',
	'У': 'Y', 'Х': 'X', 'Ү': 'Y', 'Ԛ': 'Q', 'Ԝ': 'W',
	'Α': 'A', 'Β': 'B', 'Ε': 'E', 'Ζ': 'Z', 'Η': 'H', 'Ι': 'I', 'Κ': 'K', 'Μ': 'M', 'Ν': 'N', 'Ο': 'O', 'Ρ': 'P', 'Τ': 'T', 'Υ': 'Y', 'Χ': 'X',
}

// textMax bounds what is read of a line: no bank writes more that is meant.
const textMax = 2000

// readText folds s and finds the runs of digits in it.
func readText(s string) *text {
	t := &text{runes: make([]rune, 0, len(s)), gaps: make([]gap, 0, len(s))}
	if len(s) > textMax { // the last word may have gone on
		s = strings.ToValidUTF8(s[:textMax], "")
		s = s[:max(strings.LastIndexAny(s, " \n\t,;"), 0)]
	}
	t.fold(s)
	t.findTokens()
	t.markDates()
	t.markMeasures()
	return t
}

func (t *text) fold(s string) {
	between, marks, spaces := apart, "", false
	for _, r := range plain(s) {
		switch {
		case unicode.IsLetter(r) || r >= '0' && r <= '9':
			t.written = append(t.written, r)
			if latin, ok := lookalikes[r]; ok {
				r = latin
			}
			t.divide(marks, spaces)
			t.runes, t.gaps = append(t.runes, r), append(t.gaps, between)
			between, marks, spaces = joined, "", false
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r): // accents, and what shows nothing
		default:
			if isPercent(r) && marks == "" && len(t.runes) > 0 {
				t.percents = append(t.percents, len(t.runes))
			}
			spaces = spaces || unicode.IsSpace(r)
			if between = widen(between, r); !unicode.IsSpace(r) && len(marks) < len("...") {
				marks += string(r)
			}
		}
	}
}

// divide notes what the marks before the next letter or digit may mean.
func (t *text) divide(marks string, spaces bool) {
	switch p := len(t.runes); {
	case isSpan(marks):
		t.spans = append(t.spans, p)
	case spaces:
	case marks == "," || marks == "." || marks == "٫":
		t.points = append(t.points, p)
	case marks == ":":
		t.colons = append(t.colons, p)
	}
}

// isSpan reports whether the marks between two numbers may mean all that lies between them.
func isSpan(marks string) bool {
	switch marks {
	case "-", "--", "‐", "–", "—", "−", "~", "..", "...":
		return true
	}
	return false
}

// plain is s in capitals, with the digits of any script as 0 to 9.
func plain(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if !ascii {
		// A numero sign would become the letters No, which then stand in one with what follows.
		s = norm.NFKD.String(strings.Map(plainMark, names.Digits(s)))
	}
	return strings.ToUpper(s)
}

// plainMark is r, or a mark for what would become letters or digits though it stands for none in
// what follows: a numero sign, a raised 2, a 1 in a circle.
func plainMark(r rune) rune {
	if r == '№' || unicode.Is(unicode.No, r) {
		return '#'
	}
	return r
}

// widen is a gap with one more mark in it.
func widen(g gap, r rune) gap {
	switch {
	case strings.ContainsRune(";()[]{}<>|=*\n", r):
		return apart
	case g == joined && strings.ContainsRune("-–—‑/\\._", r):
		return dashed
	case g == joined && unicode.IsSpace(r):
		return spaced
	}
	return max(g, loose)
}

// digitLike is what a letter or digit is as a digit: O is 0, and I and L are 1.
func digitLike(r rune) (digit rune, ok bool) {
	switch {
	case r >= '0' && r <= '9':
		return r, true
	case r == 'O':
		return '0', true
	case r == 'I' || r == 'L':
		return '1', true
	}
	return r, false
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// same reports whether a and b are one, or one a slip for the other.
func same(a, b rune) bool {
	if a == b {
		return true
	}
	a, okA := digitLike(a)
	b, okB := digitLike(b)
	return okA && okB && a == b
}

// findTokens finds the runs of digits; where letters in a run may be slips, once with and once
// without them.
func (t *text) findTokens() {
	for start := 0; start < len(t.runes); {
		end, digits := start, 0
		for ; end < len(t.runes) && (end == start || t.gaps[end] == joined); end++ {
			if _, ok := digitLike(t.runes[end]); !ok {
				break
			}
			if isDigit(t.runes[end]) {
				digits++
			}
		}
		if digits > 0 && digits < end-start {
			t.addToken(start, end, true)
			t.pureTokens(start, end)
		} else if digits > 0 {
			t.addToken(start, end, false)
		}
		start = max(end, start+1)
	}
}

func (t *text) pureTokens(start, end int) {
	for i := start; i < end; i++ {
		from := i
		for i < end && isDigit(t.runes[i]) {
			i++
		}
		if i > from {
			t.addToken(from, i, false)
		}
	}
}

func (t *text) addToken(start, end int, slips bool) {
	if value, ok := t.value(start, end); ok {
		t.tokens = append(t.tokens, token{start: start, end: end, value: value, slips: slips})
	}
}

// digitsMax is how many digits a number may have.
const digitsMax = 18

// value is the number that stands from start to end; ok is false for one without end.
func (t *text) value(start, end int) (v uint64, ok bool) {
	n := 0
	for _, r := range t.runes[start:end] {
		d, _ := digitLike(r)
		if v = v*10 + uint64(d-'0'); v > 0 {
			n++
		}
	}
	return v, n <= digitsMax
}

// markDates marks the runs that are day, month and year.
func (t *text) markDates() {
	for i := 0; i+2 < len(t.tokens); i++ {
		a, b, c := &t.tokens[i], &t.tokens[i+1], &t.tokens[i+2]
		if !t.linked(a, b) || !t.linked(b, c) || b.value < 1 || b.end-b.start > 2 {
			continue
		}
		day, month, year := a, b, c
		if a.end-a.start == 4 {
			day, year = c, a
		}
		if month.value > 12 {
			day, month = month, day
		}
		if width := year.end - year.start; day.value >= 1 && day.value <= 31 && month.value >= 1 && month.value <= 12 && (width == 4 && isAnyYear(year.value) || width == 2) {
			a.dated, b.dated, c.dated = true, true, true
		}
	}
	for i := range t.tokens {
		if tok := &t.tokens[i]; tok.end-tok.start == 8 {
			y, m, d := tok.value/10000, tok.value/100%100, tok.value%100
			tok.dated = tok.dated || isYear(y) && m >= 1 && m <= 12 && d >= 1 && d <= 31
		}
	}
}

func (t *text) linked(a, b *token) bool { return a.end == b.start && t.gaps[b.start] == dashed }

func isYear(v uint64) bool { return v >= 1990 && v < 2100 }

// isAnyYear also knows those of the Persian calendar.
func isAnyYear(v uint64) bool { return isYear(v) || v >= 1390 && v < 1430 }

// wordBefore are the letters that stand before position p, in one with it or divided by no more
// than a gap of that width.
func (t *text) wordBefore(p int, most gap) []rune {
	if p == 0 || t.gaps[p] > most {
		return nil
	}
	start := p
	for start > 0 && unicode.IsLetter(t.runes[start-1]) && (start == p || t.gaps[start] == joined) {
		start--
	}
	return t.runes[start:p]
}

// invoiceWords are what people write before the number of an invoice, folded as texts are.
var invoiceWords = foldAll("invoice", "invoices", "inv", "invoiceno", "bill", "no", "nr", "num", "number", "n", "ref", "reference", "rechnung", "rechnungsnr", "rechnungsnummer", "rechnungsnummern", "rech", "re", "rg", "rgnr",
	"renr", "factura", "facturi", "facturii", "fact", "fc", "ff", "fattura", "fatt", "ft", "facture", "счет", "счёт", "счету", "счёту", "счета", "сч", "счф", "сф",
	"рахунок", "рахунку", "发票", "发票号", "账单", "帐单", "款", "编号", "فاکتور", "صورتحساب", "شماره", "schet", "schetu", "chet", "fv", "faktura",
	"bills", "rechnungen", "facturile", "fatture", "счетов", "счетам", "scheta", "schetam", "فاکتورهای", "فاکتورها")

func foldAll(words ...string) map[string]bool {
	out := map[string]bool{}
	for _, w := range words {
		out[string(folded(w))] = true
	}
	return out
}

func isInvoiceWord(w []rune) bool {
	return invoiceWords[string(w)] || len(w) > 2 && w[len(w)-1] == '号'
}

// otherWords are what people write before a number that is no invoice's: of a contract, an order,
// a phone, an account, an authority's file, a sum. Those of four letters and more may go on.
var otherWords = foldAll("contract", "agreement", "dn", "release", "job", "so", "wo", "bl", "ds", "order", "po", "customer", "client", "account", "acct", "phone", "tel", "mobile", "iban", "bic", "swift", "ac", "cc", "vat", "tax", "week", "policy", "project", "case", "ticket", "amount", "total", "sum", "qty",
	"vertrag", "auftrag", "bestell", "bestnr", "best", "ls", "lsnr", "beleg", "belegnr", "belegnummer", "kunde", "kd", "kdnr", "konto", "telefon", "steuer", "ust", "ustid", "az", "aktenzeichen", "kw", "liefer", "police", "projekt", "mandat", "mitglied", "betrag", "summe",
	"договор", "дог", "пп", "зн", "дс", "контракт", "заказ", "заявк", "акт", "акту", "акта", "тел", "телефон", "инн", "кпп", "бик", "кбк", "октмо", "уин", "рс", "лс", "кс", "код", "сумм", "клиент", "dogovor", "dog", "zakaz", "akt", "inn", "kpp", "bik", "summa",
	"comand", "comenz", "cod", "cui", "cif", "op", "dosar", "suma", "cont", "contul", "aviz", "contratto", "ordine", "ord", "codice", "cig", "cup", "piva", "cf", "pratica", "polizza", "trasporto", "importo", "conto", "ddt", "commessa", "prot", "protocollo",
	"合同", "合同号", "订单", "订单号", "电话", "账号", "帐号", "客户", "项目", "金额", "税号", "قرارداد", "سفارش", "تلفن", "حساب", "مشتری", "کد", "مبلغ", "پروژه", "حواله", "چک")

// numberWords stand between such a word and its number.
var numberWords = foldAll("no", "nr", "num", "number", "n", "nummer", "numero", "numar", "numarul", "номер", "номеру", "ref", "rif", "id", "شماره", "编号", "号码")

// otherBefore reports whether what stands before position p says that a number is no invoice's.
func (t *text) otherBefore(p int) bool {
	w := t.wordBefore(p, loose)
	if numberWords[string(w)] {
		p -= len(w)
		w = t.wordBefore(p, loose)
	}
	if first := t.wordBefore(p-len(w), dashed); len(w) == 1 && len(first) == 1 { // р/с, a/c
		w = append(slices.Clone(first), w...)
	}
	if t.isInvoiceAlso(w, p-len(w)) {
		return false
	}
	for n := len(w); n > 0; n-- {
		if otherWords[string(w[:n])] && (n == len(w) || n >= 4) {
			return true
		}
		if unicode.Is(unicode.Han, w[0]) && otherWords[string(w[len(w)-n:])] { // words without spaces
			return true
		}
	}
	return false
}

// unitWords are what stands behind a number that counts, weighs or pays something.
var unitWords = foldAll("pcs", "pieces", "units", "kg", "t", "km", "h", "eur", "usd", "rub", "ron", "lei", "gbp", "chf", "cny", "rmb", "irr", "€", "stück", "stueck", "stk", "euro", "шт", "руб", "р", "рублей", "тонн", "кг",
	"buc", "bucăți", "pezzi", "pz", "个", "件", "元", "吨", "عدد", "ریال", "تومان", "کیلو")

// counts reports whether a unit stands behind a number that ends at p.
func (t *text) counts(p int) bool {
	behind := t.wordBehind(p)
	return len(behind) > 0 && unitWords[string(behind)]
}

// inRow reports whether a number stands in a row of groups of digits, as of a phone or an account,
// that no word for invoices begins. A day is no such group.
func (t *text) inRow(p int) bool {
	start := p
	for i := len(t.tokens) - 1; i >= 0; i-- {
		if tok := &t.tokens[i]; tok.end == start && !tok.slips && t.gaps[start] == spaced {
			if tok.dated {
				return false
			}
			start = tok.start
		}
	}
	return start < p && t.gaps[start] != dashed && !t.saidBefore(start) // 2026-000042 353370 is a list
}

// canon is a hash of what stands from start to end that no spelling of gaps, no zero in front of
// a number and no slip changes.
func canon(runes []rune, gaps []gap) uint64 {
	h := uint64(14695981039346656037) // FNV-1a
	mix := func(r rune) { h = (h ^ uint64(r)) * 1099511628211 }
	kind, leading := -1, false
	for i, r := range runes {
		d, ok := digitLike(r)
		now := 0
		if ok {
			now = 1
		}
		if now != kind || i > 0 && gaps[i] != joined {
			mix('.')
			kind, leading = now, ok
		}
		if leading && d == '0' {
			continue
		}
		leading = false
		mix(d)
	}
	return h | 1<<63
}
