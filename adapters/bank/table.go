package bank

import (
	"io"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/adapters/cells"
	"duebot/ledger"
)

// rows gives the rows of a table, one after the other.
type rows interface {
	next() (cells []string, line int, err error)
}

// table is a statement as a table. It is gone through several times: to tell the columns, to
// tell in which order its days are written and how its sums, and to read it; once for each
// account and currency that are in it.
type table struct {
	source *source
	f      *feed
	format Format
	book   cells.Book
	open   func() (rows, error)

	head  []string
	skip  int        // rows up to and with the headings
	rows  [][]string // the first of them
	width int
	cells int    // that a row may have: as many as the headings' line, empty ones too
	owner string // our account, as the lines above the headings say it

	m      *Mapping
	parts  []part
	signs  signRule
	losses bool // most of ColDebit are negative: they carry their sign
	tied   bool // as many of them are as are not, and no balance tells which took something back
	told   bool // no sum has a sign: which side is ours tells the direction
	short  shortYears
	apart  bool // fees are not within the amounts: the balances say so
}

// part is what one statement is made of: the lines of one account in one currency.
type part struct {
	account  string
	currency ledger.Currency
}

const (
	partsMax = 50
	digits   = "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
)

// read reads the table whose headings stand in row at, from 0; -1 is none.
func (t *table) read(at int) error {
	if at < 0 {
		var err error
		if at, err = t.unknownHead(); err != nil {
			return err
		}
	}
	if err := t.begin(at); err != nil {
		return err
	}
	needs := t.propose()
	t.m = t.f.options.Mapping
	if t.m == nil || t.m.Signature != needs.Proposed.Signature {
		return t.ask(needs)
	}
	if len(t.m.Columns) < t.width || !t.m.Ready() {
		return &Problem{Line: t.skip, Excerpt: excerpt([]byte(strings.Join(t.head, " "))), Key: "bank.problem.columns"}
	}
	v, err := t.survey()
	if err != nil {
		return err
	}
	if t.short == shortDoubt {
		return t.refuseShort(v)
	}
	t.source.passes = t.source.pass + int64(len(t.parts))
	for _, p := range t.parts {
		r := &tableReader{table: t, part: p, days: map[string]ledger.Date{}}
		if err := r.read(); err != nil {
			return err
		}
	}
	return nil
}

// unknownHead looks for headings of which none is known: words above a row of a day and a sum. -1
// is none.
func (t *table) unknownHead() (int, error) {
	in, err := t.open()
	if err != nil {
		return -1, err
	}
	words := false // the row before is of words
	for i := range headLinesMax {
		row, _, err := in.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return -1, err
		}
		filled, days, sums, letters := 0, 0, 0, 0
		for _, s := range row {
			if s == "" {
				continue
			}
			filled++
			_, err := tableSum(s, ".")
			switch {
			case tableDayFits(s, "dmy", t.book), tableDayFits(s, "mdy", t.book):
				days++
			case err == nil:
				sums++
			case !strings.ContainsAny(s, digits):
				letters++
			}
		}
		if words && days > 0 && sums > 0 {
			return i - 1, nil
		}
		words = filled > 2 && letters == filled
	}
	return -1, nil
}

// begin reads the headings and the first rows.
func (t *table) begin(at int) error {
	in, err := t.open()
	if err != nil {
		return err
	}
	t.skip = at + 1
	for i := 0; len(t.rows) < sampleRows; i++ {
		row, _, err := in.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		switch {
		case i < at:
			t.own(row)
		case i == at:
			t.head, t.width, t.cells = trimmedRow(row), len(trimmedRow(row)), len(row)
		case i == at+1 && at >= 0 && t.below(row):
			t.skip++
		case i > at && len(trimmedRow(row)) > 0:
			t.rows = append(t.rows, sampled(row))
			if at < 0 {
				t.width = max(t.width, len(trimmedRow(row)))
			}
		}
	}
	if at >= 0 { // columns without a heading count where something is in them
		for _, row := range t.rows {
			t.width = max(t.width, min(len(trimmedRow(row)), t.cells))
		}
	}
	t.width = min(t.width, columnsMax)
	if t.width == 0 {
		return &Problem{Line: 1, Key: "bank.problem.unknown"}
	}
	t.head = t.head[:min(len(t.head), t.width)]
	return nil
}

// below completes headings over several columns by a second line: "Account" over "Debit" and
// "Credit". It reports whether the row is one.
func (t *table) below(row []string) bool {
	row = trimmedRow(row)
	spread := false
	for i, s := range row {
		if strings.ContainsAny(s, digits) {
			return false
		}
		spread = spread || s != "" && i > 0 && (i >= len(t.head) || t.head[i] == "") && i <= len(t.head) && t.head[i-1] != ""
	}
	if !spread {
		return false
	}
	over := ""
	for i := range max(len(row), len(t.head)) {
		if i >= len(t.head) {
			t.head = append(t.head, "")
		}
		over = firstOf(t.head[i], over)
		if i < len(row) && row[i] != "" {
			t.head[i] = over + " " + row[i]
		}
	}
	t.width, t.cells = len(t.head), max(t.cells, len(t.head))
	return true
}

// own learns our account from a line above the headings, where one alone stands there.
func (t *table) own(row []string) {
	for _, s := range row {
		number := account(s)
		if !isIBAN(number) {
			number = ibanIn(s, "")
		}
		switch {
		case number == "" || t.owner == number:
		case t.owner == "":
			t.owner = number
		default:
			t.owner = "-"
		}
	}
}

// sampled is a row as it is kept to be shown: its cells are no longer than a line on a screen.
func sampled(row []string) []string {
	out := make([]string, min(len(row), columnsMax))
	for i := range out {
		out[i] = shorten(row[i], 200)
	}
	return out
}

// trimmedRow is a row without the empty cells at its end.
func trimmedRow(row []string) []string {
	for len(row) > 0 && row[len(row)-1] == "" {
		row = row[:len(row)-1]
	}
	return row
}

// ask completes the proposal by what all rows tell.
func (t *table) ask(needs *NeedsMapping) error {
	t.m = &needs.Proposed
	if t.f.options.Mapping != nil {
		needs.Doubts = append(needs.Doubts, "bank.doubt.changed")
	}
	if t.m.at(ColDate) < 0 {
		needs.Doubts = append(needs.Doubts, "bank.doubt.date")
	}
	if t.m.at(ColAmount) < 0 && (t.m.at(ColDebit) < 0 || t.m.at(ColCredit) < 0) {
		needs.Doubts = append(needs.Doubts, "bank.doubt.amount")
	}
	v, err := t.survey()
	if err != nil {
		return err
	}
	if t.short == shortDoubt {
		return t.refuseShort(v)
	}
	t.m.Order = v.days.winner()
	if t.m.Order == "" && v.days.unclear {
		needs.Doubts = append(needs.Doubts, "bank.doubt.order")
		t.m.Order = "dmy"
	}
	t.m.Point = v.sums.winner()
	if t.m.Point == "" && v.sums.unclear {
		if t.m.Point = "."; t.format == CSV {
			if strings.Contains(cells.Digits.Replace(v.sums.example), ".") { // three digits behind each mark: it groups them
				t.m.Point = ","
			}
			needs.Doubts = append(needs.Doubts, "bank.doubt.point")
		}
	}
	if v.came && !v.went && t.m.at(ColSign) < 0 && !t.told && !t.grows() {
		needs.Doubts = append(needs.Doubts, "bank.doubt.sign")
	}
	t.askWhose(needs, v)
	return needs
}

// refuseShort is the problem of days whose calendar nobody can tell.
func (t *table) refuseShort(v *surveyed) error {
	p := shortProblem(v.short.example)
	return p.at(v.short.line, v.short.example)
}

// grows reports whether the balances of the first rows say that what has no minus came.
func (t *table) grows() bool {
	up, down := 0, 0
	var before, sumBefore decimal.Decimal
	for i, row := range t.rows {
		balance, err1 := tableSum(t.cell(row, ColBalance), t.m.Point)
		sum, err2 := tableSum(t.cell(row, ColAmount), t.m.Point)
		if err1 != nil || err2 != nil {
			continue
		}
		if i > 0 {
			switch step := balance.Sub(before); {
			case sum.Equal(sumBefore): // either order fits
			case step.Equal(sum), step.Equal(sumBefore.Neg()): // the oldest row first, or last
				up++
			default:
				down++
			}
		}
		before, sumBefore = balance, sum
	}
	return up > down
}

// askWhose completes it by the account and its currency.
func (t *table) askWhose(needs *NeedsMapping, v *surveyed) {
	if t.m.at(ColCurrency) < 0 && t.m.Currency == "" {
		if t.m.Currency = firstCurrency(v.currency, oneCCurrency(t.owner, "")); t.m.Currency == "" {
			t.m.Currency = t.f.options.Currency
			needs.Doubts = append(needs.Doubts, "bank.doubt.currency")
		}
	}
	if t.m.at(ColAccount) < 0 && len(t.owner) < 2 {
		if t.m.Account = account(t.f.options.Account); t.m.Account == "" {
			needs.Doubts = append(needs.Doubts, "bank.doubt.account")
		}
	}
}

// each calls f with each row of the table that has anything in it.
func (t *table) each(f func(row []string, line int) error) error {
	in, err := t.open()
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		row, line, err := in.next()
		if err == io.EOF {
			return nil
		}
		if err == nil && i >= t.skip && len(trimmedRow(row)) > 0 {
			if tailWords[cells.Fold(row[0])] {
				return nil
			}
			err = f(row, line)
		}
		if err != nil {
			return err
		}
	}
}

func (t *table) cell(row []string, c Column) string {
	i := t.m.at(c)
	if i < 0 || i >= len(row) || c != ColSign && nothing(row[i]) {
		return ""
	}
	return row[i]
}

// nothing reports whether a cell is empty, or holds what banks write where there is nothing.
func nothing(s string) bool { return strings.Trim(s, "-—–/ ") == "" }

// credited reports whether a word behind the amount, in a column of its own without a heading,
// says that it came.
func (t *table) credited(row []string) bool {
	i := t.m.at(ColAmount) + 1
	return i > 0 && i < len(row) && i >= len(t.head) && len(t.head) > 0 && strings.EqualFold(row[i], "CR")
}

func (t *table) hasSum(row []string) bool {
	return t.cell(row, ColAmount) != "" || t.cell(row, ColDebit) != "" || t.cell(row, ColCredit) != ""
}

// note keeps of which account and in which currency a row is.
func (t *table) note(row []string, line int) error {
	if t.cell(row, ColDate) == "" && !t.hasSum(row) || t.word(row) == wordTotal {
		return nil
	}
	p := t.partOf(row)
	if slices.Contains(t.parts, p) {
		return nil
	}
	if t.parts = append(t.parts, p); len(t.parts) > partsMax {
		return &Problem{Line: line, Key: "bank.problem.accounts", Args: []any{"max", partsMax}}
	}
	return nil
}

// partOf is the account and the currency of a row; what no column says is the mapping's.
func (t *table) partOf(row []string) part {
	p := part{account: account(t.cell(row, ColAccount)), currency: ledger.Currency(strings.ToUpper(t.cell(row, ColCurrency)))}
	if named := currencyNamed(string(p.currency)); named != "" {
		p.currency = named
	}
	if len(t.owner) > 1 {
		p.account = firstOf(p.account, t.owner)
	}
	p.account = firstOf(p.account, account(t.m.Account), account(t.f.options.Account))
	for _, c := range []ledger.Currency{t.m.Currency, currencyIn(t.cell(row, ColAmount)), t.f.options.Currency} {
		if p.currency == "" {
			p.currency = c
		}
	}
	return p
}

// currencyIn is the currency that stands beside a sum: "579,68 USD".
func currencyIn(s string) ledger.Currency {
	for _, word := range strings.Fields(strings.Trim(s, "'")) {
		if c := ledger.Currency(word); len(word) == 3 && c.Valid() {
			return c
		}
		if c := currencyNamed(strings.Trim(word, "+-−()0123456789.,'")); c != "" {
			return c
		}
	}
	return ""
}

// words of rows that are no lines.
type rowWord int

const (
	wordNone rowWord = iota
	wordOpening
	wordClosing
	wordTotal
)

// wordy are the columns in which banks write that a row is a balance, or a total.
var wordy = map[Column]bool{ColText: true, ColName: true, ColPayer: true, ColPayee: true, ColDate: true, ColNone: true, ColAmount: true, ColReference: true, ColID: true}

// word tells a row that is a balance or a total by the words in it.
func (t *table) word(row []string) rowWord {
	for i, s := range row {
		column := ColNone
		if i < len(t.m.Columns) {
			column = t.m.Columns[i]
		}
		if s == "" || len(s) > 60 || i > 0 && !wordy[column] {
			continue
		}
		name := strings.TrimRight(cells.Fold(strings.TrimLeft(s, "#")), " ,")
		switch {
		case openingWords[name], strings.HasPrefix(name, "beginning balance as of"):
			return wordOpening
		case closingWords[name], strings.HasPrefix(name, "ending balance as of"):
			return wordClosing
		case turnoverWords[name]:
			return wordTotal
		case (column == ColDate || !strings.ContainsAny(t.cell(row, ColDate), digits)) && (totalWords[name] || strings.HasSuffix(name, "合计") || slices.ContainsFunc(footWords, func(w string) bool { return strings.HasPrefix(name, w) })):
			return wordTotal
		}
	}
	return wordNone
}
