package bank

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/adapters/cells"
	"duebot/ledger"
)

// Column is what a column of a table holds.
type Column string

// The columns that are understood. A table needs ColDate, and ColAmount or ColDebit and
// ColCredit; the others may be missing.
const (
	ColNone      Column = ""
	ColDate      Column = "date"      // of the booking
	ColValue     Column = "value"     // of the value
	ColAmount    Column = "amount"    // what came is positive, unless ColSign says which it is
	ColDebit     Column = "debit"     // what went
	ColCredit    Column = "credit"    // what came
	ColSign      Column = "sign"      // a word for debit or credit
	ColCurrency  Column = "currency"  // of the amount
	ColBalance   Column = "balance"   // behind the line
	ColName      Column = "name"      // of the other side
	ColParty     Column = "party"     // its account
	ColBank      Column = "bank"      // its bank
	ColTax       Column = "tax"       // its tax number
	ColText      Column = "text"      // the purpose; of several columns the pieces are joined
	ColReference Column = "reference" // the payer's own
	ColCreditor  Column = "creditor"  // a structured one of ours
	ColDocument  Column = "document"  // the number of an invoice
	ColID        Column = "id"        // the bank's own id of the line
	ColAccount   Column = "account"   // our account
	ColStatus    Column = "status"    // booked, pending, failed
	ColFee       Column = "fee"       // what was kept of the gross amount
	ColGross     Column = "gross"     // the amount before it

	// Where a table names both sides of each line, the one that is not ours counts.
	ColPayer        Column = "payer"
	ColPayee        Column = "payee"
	ColPayerAccount Column = "payeraccount"
	ColPayeeAccount Column = "payeeaccount"
	ColPayerTax     Column = "payertax"
	ColPayeeTax     Column = "payeetax"
)

// Mapping says what the columns of a table mean. It is made once, by a person's confirmation of
// a proposal, and holds for every table of the same Signature. It is kept as JSON.
type Mapping struct {
	Signature string          `json:"signature"`          // of the headings
	Columns   []Column        `json:"columns"`            // for each column of the table
	Order     string          `json:"order,omitempty"`    // "dmy" or "mdy" where numbers with slashes or dashes are days; "" where they tell it themselves
	Point     string          `json:"point,omitempty"`    // "." or "," before decimals; "" where each sum tells it itself
	Inverse   bool            `json:"inverse,omitempty"`  // what came is negative, as on some credit cards
	Currency  ledger.Currency `json:"currency,omitempty"` // where no column says it
	Account   string          `json:"account,omitempty"`  // where no column says it
}

// NeedsMapping is returned for a table whose columns a person has not confirmed: the proposal is
// shown with its beginning, and read with when it is confirmed.
type NeedsMapping struct {
	Proposed Mapping
	Head     []string   // the headings; empty where the table has none
	Sample   [][]string // its first rows
	Doubts   []string   // text keys, bank.doubt.…: what the table leaves open, or where it could be read in two ways
}

func (n *NeedsMapping) Error() string { return "bank: the columns of the table are not confirmed" }

// Ready reports whether a table can be read with m at all.
func (m *Mapping) Ready() bool {
	return m.at(ColDate) >= 0 && (m.at(ColAmount) >= 0 || m.at(ColDebit) >= 0 && m.at(ColCredit) >= 0)
}

// at is the place of the first such column, -1 without one.
func (m *Mapping) at(c Column) int { return slices.Index(m.Columns, c) }

const sampleRows = 200 // by which columns are told

// kinds counts what the cells of a column look like.
type kinds struct {
	filled, words, days, sums, currencies, signs, accounts, letters int // words: cells without a digit

	rows   int
	cents  int             // sums with two decimals
	values map[string]bool // that differ
	ways   map[sign]bool   // that its words for a direction say
}

func (k *kinds) add(s string, t *table) {
	if k.rows++; s == "" {
		return
	}
	if k.values == nil {
		k.values = map[string]bool{}
	}
	k.values[s] = true
	k.filled++
	if !strings.ContainsAny(s, digits) {
		k.words++
	}
	if _, p := tableDay(s, "dmy", t.book); p == nil || tableDayFits(s, "mdy", t.book) || twoDigits.MatchString(plainOf(s)) {
		k.days++
	}
	if _, err := tableSum(s, "."); err == nil {
		k.sums++
		k.cents += b2i(centsEnd.MatchString(s))
	}
	if len(s) == 3 && !noCurrency[s] && (strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" || ledger.Currency(strings.ToUpper(s)).Valid()) || currencyNamed(s) != "" { // one that is no more, too
		k.currencies++
	}
	if way := signOf(s); way != signNone {
		if k.signs++; k.ways == nil {
			k.ways = map[sign]bool{}
		}
		k.ways[way] = true
	}
	if a := account(s); ibanForm.FindString(a) == a || len(a) >= 10 && strings.Trim(a, "0123456789-/") == "" {
		k.accounts++
	}
	k.letters += len(s)
}

// noCurrency are words of three letters that stand in columns of yes and no.
var noCurrency = map[string]bool{"NEJ": true, "YES": true, "OUI": true, "NON": true, "TAK": true, "NIE": true, "ANO": true}

var centsEnd = regexp.MustCompile(`\d[.,٫]\d\d\D*$`)

func most(n, of int) bool { return of == 0 || n*5 >= of*4 }

// fits reports whether a column's cells can be what its heading says: a heading is believed
// where half of them are wrong.
func (k *kinds) fits(c Column) bool {
	switch c {
	case ColDate, ColValue: // below a table stand words
		return k.days*2 >= k.filled-k.words && (k.days > 0 || k.filled == 0)
	case ColAmount:
		return k.sums*2 >= k.filled-k.words && (k.sums > 0 || k.rows == 0)
	case ColDebit, ColCredit, ColBalance, ColFee, ColGross:
		return k.sums*2 >= k.filled-k.words && (k.sums > 0 || k.filled == 0)
	case ColCurrency:
		return most(k.currencies, k.filled)
	case ColSign:
		return most(k.signs, k.filled) && k.filled > 0
	case ColParty:
		return most(k.accounts, k.filled)
	case ColAccount: // ours is in each row, and seldom another one
		return k.rows == 0 || most(k.filled, k.rows) && (len(k.values) == 1 || len(k.values)*4 <= k.rows)
	}
	return true
}

// propose says what the columns seem to mean: by their headings where what is in them fits, else
// by what is in them alone.
func (t *table) propose() *NeedsMapping {
	n := &NeedsMapping{Head: t.head}
	m := &n.Proposed
	look := make([]kinds, t.width)
	for _, row := range t.rows {
		for i, s := range row[:min(len(row), t.width)] {
			look[i].add(s, t)
		}
	}
	m.Columns = make([]Column, t.width)
	if len(t.head) > 0 {
		if m.byHeadings(t.head, look); !m.Ready() {
			guessed, sides := m.byRest(look, t.rows)
			if guessed {
				n.Doubts = append(n.Doubts, "bank.doubt.guessed")
			}
			if sides {
				n.Doubts = append(n.Doubts, "bank.doubt.sides")
			}
		}
	} else {
		n.Doubts = append(n.Doubts, "bank.doubt.nohead")
		if m.byCells(look, t.rows) {
			n.Doubts = append(n.Doubts, "bank.doubt.sides")
		}
	}
	if i := m.at(ColReference); m.at(ColText) < 0 && (i < 0 || look[i].sums > 0) { // numbers are no purpose
		m.guessText(look)
	}
	if m.at(ColText) < 0 { // what the payer wrote is all that there is
		m.rename(ColReference, ColText)
	}
	if m.at(ColCurrency) < 0 && m.Currency == "" {
		m.guessCurrency(t.head, look)
	}
	if m.at(ColAmount) >= 0 { // both ways are there: one is enough
		m.drop(ColDebit)
		m.drop(ColCredit)
	}
	m.Signature = t.signature(look)
	n.Sample = t.sample(m)
	return n
}

// guessText takes the column of the most words for the purpose, where no heading says it: what a
// payer wrote is not lost for an unknown heading.
func (m *Mapping) guessText(look []kinds) {
	best, most := -1, 10 // letters of a row
	for i, k := range look {
		if m.Columns[i] == ColNone && k.filled > 0 && k.letters > most*k.filled && k.days+k.sums+k.accounts == 0 && 2*len(k.values) > k.filled {
			best, most = i, k.letters/k.filled
		}
	}
	if best >= 0 {
		m.Columns[best] = ColText
	}
}

// notOurs are in headings of a currency that is not the account's.
var notOurs = regexp.MustCompile(`orig|foreign|local|instructed|fremd|exchange|fee`)

// guessCurrency takes the only column that holds a currency in each row, whatever its heading.
func (m *Mapping) guessCurrency(head []string, look []kinds) {
	found := -1
	for i, k := range look {
		if k.rows == 0 || k.currencies < k.rows || m.Columns[i] != ColNone || i < len(head) && notOurs.MatchString(strings.ToLower(head[i])) {
			continue
		}
		if found >= 0 {
			return
		}
		found = i
	}
	if found >= 0 {
		m.Columns[found] = ColCurrency
	}
}

// sample is the first rows as people read them: a workbook keeps days as numbers.
func (t *table) sample(m *Mapping) (out [][]string) {
	for _, row := range t.rows[:min(len(t.rows), 5)] {
		row = slices.Clone(row)
		for i, c := range m.Columns[:min(len(m.Columns), len(row))] {
			if t.format == XLSX && (c == ColDate || c == ColValue) {
				if day, p := tableDay(row[i], "dmy", t.book); p == nil {
					row[i] = day.String()
				}
			}
		}
		out = append(out, row)
	}
	return out
}

func (m *Mapping) drop(c Column) { m.rename(c, ColNone) }

func (m *Mapping) rename(from, to Column) {
	if i := m.at(from); i >= 0 {
		m.Columns[i] = to
	}
}

// byHeadings gives each column the meaning of its heading. Where several mean the same the one
// whose name is the surer counts; only of texts all do.
func (m *Mapping) byHeadings(head []string, look []kinds) {
	for _, h := range headings() {
		names := strings.Split(h.names, "|")
		best, rank := -1, len(names)
		for i, heading := range head {
			if m.Columns[i] != ColNone || !look[i].fits(h.column) {
				continue
			}
			name, own := headingOf(heading)
			at := slices.Index(names, name)
			if at < 0 {
				continue
			}
			if h.column == ColText || h.column == ColStatus {
				m.Columns[i] = h.column
			} else if at < rank {
				best, rank = i, at
			}
			if best == i && own != "" && slices.Contains([]Column{ColAmount, ColDebit, ColCredit}, h.column) {
				m.Currency = own
			}
		}
		if best >= 0 {
			m.Columns[best] = h.column
		}
	}
	for _, pair := range bothSides {
		m.sides(head, look, pair)
	}
	if m.at(ColSign) < 0 && m.at(ColAmount) >= 0 { // whatever its heading: banks of Germany leave it empty
		for i, k := range look {
			if m.Columns[i] == ColNone && k.signs == k.filled && k.ways[signOut] && k.ways[signIn] {
				m.Columns[i] = ColSign
				break
			}
		}
	}
	if slices.ContainsFunc(head, func(h string) bool { return cells.Fold(h) == "particulars" }) { // New Zealand's payers write into both
		for i, h := range head {
			if m.Columns[i] == ColNone && cells.Fold(h) == "code" {
				m.Columns[i] = ColText
			}
		}
	}
	for i := 1; i < len(m.Columns); i++ { // a purpose that goes on in columns without headings
		bare := i >= len(head) || head[i] == ""
		if bare && m.Columns[i] == ColNone && m.Columns[i-1] == ColText && look[i].letters > 3*look[i].filled {
			m.Columns[i] = ColText
		}
	}
}

// sides takes the columns of both sides, where the table has both. One alone is the other side.
func (m *Mapping) sides(head []string, look []kinds, pair sidePair) {
	payer, payee := -1, -1
	for i, heading := range head {
		name, _ := headingOf(heading)
		switch {
		case m.Columns[i] != ColNone && m.Columns[i] != pair.one && m.Columns[i] != ColText:
		case pair.payers[name]:
			payer = i
		case pair.payees[name]:
			payee = i
		}
	}
	if payer < 0 || payee < 0 || pair.one == ColParty && (look[payer].filled+look[payee].filled == 0) {
		return
	}
	m.Columns[payer], m.Columns[payee] = pair.payer, pair.payee
}

// inBrackets takes away brackets, and leaves what is in them.
var inBrackets = strings.NewReplacer("(", " ", ")", " ", "（", " ", "）", " ", "[", " ", "]", " ")

// strokes are letters that do not come apart into a letter and its mark.
var strokes = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ı", "i", "æ", "ae")

var apostrophes = strings.NewReplacer("'", " ", "’", " ")

// headingOf is a heading made comparable, and the currency that it names: "Betrag (EUR)".
func headingOf(s string) (name string, own ledger.Currency) {
	said := ""
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ()（）[],/", r) }) {
		if c := ledger.Currency(word); len(word) == 3 && c.Valid() {
			own, said = c, " "+cells.Fold(word)
		} else if c := currencyNamed(word); c != "" {
			own, said = c, " "+cells.Fold(word)
		}
	}
	s = apostrophes.Replace(strings.Trim(s, " ,;#"))
	if full := strokes.Replace(cells.Fold(inBrackets.Replace(s))); columnNames[full] != ColNone && full != cells.Fold(s) {
		return full, own // what stands in brackets tells it apart from another column
	}
	name = strokes.Replace(cells.Fold(s))
	if bare, ok := strings.CutSuffix(name, said); ok && own != "" { // "Umsatz in EUR"
		name = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(bare, " in"), " en"))
	}
	return name, own
}

// byCells gives columns without headings a meaning. It reports whether what came and what went
// stand in two columns, which only a person can tell apart.
func (m *Mapping) byCells(look []kinds, rows [][]string) (sides bool) {
	var sums []int
	for i, k := range look {
		switch {
		case k.filled == 0:
		case most(k.days, k.filled) && m.at(ColDate) < 0:
			m.Columns[i] = ColDate
		case most(k.days, k.filled) && m.at(ColValue) < 0:
			m.Columns[i] = ColValue
		case most(k.currencies, k.filled) && m.at(ColCurrency) < 0:
			m.Columns[i] = ColCurrency
		case most(k.accounts, k.filled) && len(k.values) == 1 && k.filled > 2 && m.at(ColAccount) < 0:
			m.Columns[i] = ColAccount // the same in each row
		case most(k.accounts, k.filled) && m.at(ColParty) < 0:
			m.Columns[i] = ColParty
		case most(k.sums, k.filled):
			sums = append(sums, i)
		case k.letters > 3*k.filled:
			m.Columns[i] = ColText
		}
	}
	switch {
	case len(sums) >= 2 && apart(rows, sums[0], sums[1]):
		debit, credit := sums[0], sums[1]
		if look[credit].filled > look[debit].filled {
			debit, credit = credit, debit
		}
		m.Columns[debit], m.Columns[credit] = ColDebit, ColCredit
		return true
	case len(sums) >= 2:
		m.Columns[sums[0]], m.Columns[sums[1]] = ColAmount, ColBalance
	case len(sums) == 1:
		m.Columns[sums[0]] = ColAmount
	}
	return false
}

// byRest gives what a table can't be read without to columns whose headings are unknown, by what
// is in them. Sides tells that only a person knows which of two sums came.
func (m *Mapping) byRest(look []kinds, rows [][]string) (guessed, sides bool) {
	var sums []int
	cents := false
	for i, k := range look {
		switch {
		case m.Columns[i] != ColNone || k.filled == 0:
		case most(k.days, k.filled) && m.at(ColDate) < 0:
			m.Columns[i], guessed = ColDate, true
		case most(k.sums, k.filled-k.words) && k.sums > 0 && k.accounts == 0:
			sums = append(sums, i)
			cents = cents || k.cents > 0
		}
	}
	if m.at(ColDate) < 0 { // a day of the value is better than none
		m.rename(ColValue, ColDate)
	}
	if cents { // the others count something
		sums = slices.DeleteFunc(sums, func(i int) bool { return look[i].cents == 0 })
	}
	debit, credit := m.at(ColDebit), m.at(ColCredit)
	switch {
	case m.at(ColAmount) >= 0 || debit >= 0 && credit >= 0 || len(sums) == 0:
	case debit >= 0 && apart(rows, debit, sums[0]):
		m.Columns[sums[0]], guessed, sides = ColCredit, true, true
	case credit >= 0 && apart(rows, credit, sums[0]):
		m.Columns[sums[0]], guessed, sides = ColDebit, true, true
	case debit >= 0 || credit >= 0:
	case len(sums) > 1 && apart(rows, sums[0], sums[1]):
		m.Columns[sums[0]], m.Columns[sums[1]], guessed, sides = ColDebit, ColCredit, true, true
		if len(sums) > 2 && m.at(ColBalance) < 0 {
			m.Columns[sums[2]] = ColBalance
		}
	default:
		m.Columns[sums[0]], guessed = ColAmount, true
		if len(sums) > 1 && m.at(ColBalance) < 0 {
			m.Columns[sums[1]] = ColBalance
		}
	}
	if sides && m.at(ColBalance) >= 0 {
		switch as, swapped := m.rises(rows, ColCredit, ColDebit), m.rises(rows, ColDebit, ColCredit); {
		case as > 0 && swapped == 0:
			sides = false
		case swapped > 0 && as == 0:
			debit, credit := m.at(ColDebit), m.at(ColCredit)
			m.Columns[debit], m.Columns[credit], sides = ColCredit, ColDebit, false
		}
	}
	return guessed, sides
}

// rises counts the rows by which the balance rose as if one column came and the other went,
// whether the oldest row stands first or last.
func (m *Mapping) rises(rows [][]string, came, went Column) (n int) {
	sum := func(row []string, c Column) (d decimal.Decimal) {
		if i := m.at(c); i < len(row) {
			d, _ = tableSum(row[i], "") // none is zero
		}
		return d
	}
	for i := 1; i < len(rows); i++ {
		rise := sum(rows[i], ColBalance).Sub(sum(rows[i-1], ColBalance))
		if now, before := sum(rows[i], came).Sub(sum(rows[i], went).Abs()), sum(rows[i-1], came).Sub(sum(rows[i-1], went).Abs()); !rise.IsZero() && (rise.Equal(now) || rise.Neg().Equal(before)) {
			n++
		}
	}
	return n
}

// apart reports whether of two columns of sums never both are filled.
func apart(rows [][]string, a, b int) bool {
	one := func(s string) bool {
		d, err := tableSum(s, ".")
		return err == nil && !d.IsZero() || err != nil && strings.ContainsAny(s, digits)
	}
	for _, row := range rows {
		if max(a, b) < len(row) && one(row[a]) && one(row[b]) {
			return false
		}
	}
	return true
}

// signature is by what a table of the same kind is known again: its headings, or without them
// what its columns look like.
func (t *table) signature(look []kinds) string {
	var names []string
	for _, h := range t.head {
		names = append(names, cells.Fold(h))
	}
	if len(names) == 0 {
		for _, k := range look {
			kind := "words"
			switch {
			case k.filled == 0:
				kind = "none"
			case most(k.days, k.filled):
				kind = "days"
			case most(k.sums, k.filled):
				kind = "sums"
			}
			names = append(names, kind)
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(names, "\x1f")))
	return hex.EncodeToString(sum[:12])
}
