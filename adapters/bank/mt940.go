package bank

import (
	"bufio"
	"io"
	"regexp"
	"strconv"
	"strings"

	"duebot/ledger"
)

// MT940 is SWIFT's statement, MT942 its report within the day. Fields begin with a tag between
// colons at a line's beginning; what else stands there belongs to the field before.

const mtLineMax = 64 << 10

// mtPhase is how far a statement has come: text of a purpose may look like a tag, and is one only
// where a field of it may stand.
type mtPhase int

const (
	mtNone   mtPhase = iota // between statements
	mtHead                  // before its lines
	mtLines                 // after its opening balance, or its first line
	mtClosed                // after its closing balance
)

type mtReader struct {
	f     *feed
	row   int
	fixed bool // all stands in one line of the file

	phase  mtPhase
	begun  bool
	within bool // MT942
	st     ledger.BankStatement
	line   *ledger.BankLine // waits for its purpose
	said   [2]*int          // MT942: how many lines went and came, by :90D: and :90C:
	lines  [2]int           // and how many did

	tag    string
	tagRow int
	text   []string
}

func readMT940(s *source, f *feed) error {
	m := &mtReader{f: f}
	in := s.text(nil, f.options.Language)
	if mtRunOn.MatchString(onlyLF(headText(s.head))) {
		split, err := mtSplit(in)
		if err != nil {
			return err
		}
		in, m.fixed = split, true
	}
	for {
		line, err := readLine(in, mtLineMax)
		if err == io.EOF {
			return m.finish()
		}
		if m.row++; m.fixed {
			m.row = 1
		}
		if err == nil {
			err = m.physical(line)
		}
		if err != nil {
			return placed(err, m.row)
		}
	}
}

// placed gives a problem without a line the one that is read.
func placed(err error, row int) error {
	if p, ok := err.(*Problem); ok {
		return p.at(row, p.Excerpt)
	}
	return err
}

var (
	// mtRunOn is a head whose fields follow each other without ends of lines.
	mtRunOn = regexp.MustCompile(`(?m):20:[^\n:]*:(?:25P?|28C?|60[FM]):`)
	mtField = regexp.MustCompile(`:(?:20|25P?|28C?|34F|13D|86|64|65):|:6[02][FM]:[CD]\d{6}|:61:\d{6}|:90[CD]:\d|-\}`)
)

const mtRunOnMax = 16 << 20

// mtSplit puts the fields of such a file into lines of their own.
func mtSplit(in io.Reader) (*bufio.Reader, error) {
	data, err := io.ReadAll(io.LimitReader(in, mtRunOnMax+1))
	if err != nil {
		return nil, err
	}
	if len(data) > mtRunOnMax {
		return nil, &Problem{Line: 1, Key: "bank.problem.toolong"}
	}
	text := mtField.ReplaceAllString(string(data), "\n$0")
	return bufio.NewReader(strings.NewReader(text)), nil
}

var (
	mtTag = regexp.MustCompile(`^:(20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86|13D?|34F|90[CD]|NS):(.*)$`)
	mtEnd = regexp.MustCompile(`^-(?:\}|XXX$|$)`)
)

// mtLong are the fields of several lines.
var mtLong = map[string]bool{"25P": true, "61": true, "86": true, "NS": true}

// physical takes one line of the file.
func (m *mtReader) physical(s string) error {
	s = strings.Trim(s, "\x00\x01\x02\x03\x1a")
	if strings.HasPrefix(s, "{") {
		if strings.Contains(s, "{2:I942") || strings.Contains(s, "{2:O942") {
			m.within = true
		}
		i := strings.Index(s, "{4:")
		if i < 0 {
			return nil
		}
		s = s[i+3:]
	}
	if mtEnd.MatchString(s) && (m.phase == mtClosed || m.within || m.phase == mtNone || strings.HasPrefix(s, "-}")) {
		if err := m.close(); err != nil {
			return err
		}
		if i := strings.Index(s, "{1:"); i > 0 {
			return m.physical(s[i:])
		}
		return nil
	}
	if t := mtTag.FindStringSubmatch(s); t != nil && m.may(t[1], t[2]) {
		if err := m.flush(); err != nil {
			return err
		}
		m.tag, m.tagRow, m.text = t[1], m.row, []string{t[2]}
		if mtLong[t[1]] {
			return nil
		}
		return m.flush()
	}
	if m.tag != "" && len(m.text) < 200 {
		m.text = append(m.text, s)
	}
	return nil
}

var (
	mtBalance = regexp.MustCompile(`^\s*(C|D)\s*(\d{6})([A-Z]{3})?\s*([\d.,]+)\s*$`)
	sixDigits = regexp.MustCompile(`^\d{6}`)
	mtBegins  = regexp.MustCompile(`^\s*[CD]\s*\d{6}`)
)

// may reports whether a field may stand here, and is no piece of a purpose that looks like one.
func (m *mtReader) may(tag, text string) bool {
	switch tag {
	case "60F", "60M", "62F", "62M":
		return mtBegins.MatchString(text)
	case "61":
		return sixDigits.MatchString(text)
	case "86", "NS":
		return true
	case "64", "65":
		return mtBegins.MatchString(text) && m.phase != mtNone
	case "90C", "90D":
		return m.within
	case "34F", "13", "13D":
		return m.phase <= mtHead
	}
	return m.phase != mtLines || m.within && tag == "20"
}

// flush takes the field that has ended.
func (m *mtReader) flush() error {
	tag, text := m.tag, m.text
	m.tag, m.text = "", nil
	if tag == "" {
		return nil
	}
	p, err := m.field(tag, text)
	if p != nil {
		err = m.f.wrong(p.at(m.tagRow, ":"+tag+":"+text[0]))
	}
	return err
}

func (m *mtReader) field(tag string, text []string) (*Problem, error) {
	first := strings.TrimSpace(text[0])
	switch tag {
	case "20":
		if err := m.close(); err != nil {
			return nil, err
		}
		m.open()
		m.st.ID = clean(first)
	case "25", "25P":
		m.open()
		m.account(first, text[1:])
	case "28", "28C":
		m.open()
		m.st.Number = clean(first)
	case "60F", "60M":
		return m.opening(text[0])
	case "61":
		return m.entry(text)
	case "86":
		if m.line != nil {
			readPurpose(m.line, text, m.st.Account.Number)
		}
	case "NS":
		m.note(text)
	case "62F", "62M":
		return m.closing(text[0])
	case "34F": // the least sum that a report within the day tells
		m.open()
		m.within = true
		if c, p := currency(first[:min(3, len(first))]); p == nil && m.st.Account.Currency == "" {
			m.st.Account.Currency = c
		}
	case "90D":
		m.count(0, first)
	case "90C":
		m.count(1, first)
	}
	return nil, nil
}

// open begins a statement where none is open.
func (m *mtReader) open() {
	if m.phase != mtNone {
		return
	}
	format := "MT940"
	if m.within {
		format = "MT942"
	}
	m.phase, m.begun, m.said, m.lines = mtHead, false, [2]*int{}, [2]int{}
	m.st = ledger.BankStatement{Format: format, Account: ledger.BankAccount{Number: account(m.f.options.Account)}}
}

var (
	mtCurrency = regexp.MustCompile(`^(.*\d)[\s/]*([A-Z]{3})$`)
	mtBank     = regexp.MustCompile(`^(?:(\d{8}|AT\d{5}|[A-Z]{4}[A-Z0-9]{2,9})|([A-Z0-9]{2,11}))/(.+)$`) // any code before an IBAN
)

// account reads :25:, where banks put a currency behind the number, and their code before it.
func (m *mtReader) account(s string, more []string) {
	s = strings.TrimLeft(clean(s), "/")
	if t := mtCurrency.FindStringSubmatch(s); t != nil && ledger.Currency(t[2]).Valid() {
		s, m.st.Account.Currency = t[1], ledger.Currency(t[2])
	}
	if t := mtBank.FindStringSubmatch(s); t != nil && (t[1] != "" || isIBAN(account(t[3]))) {
		m.st.Account.Bank, s = firstOf(t[1], t[2]), t[3]
	}
	if len(more) > 0 {
		m.st.Account.Bank = firstOf(m.st.Account.Bank, account(more[0]))
	}
	m.st.Account.Number = firstOf(account(s), m.st.Account.Number)
}

// balance reads a balance; without a currency of its own it has the account's.
func (m *mtReader) balance(s string) (*ledger.BankBalance, *Problem) {
	t := mtBalance.FindStringSubmatch(s)
	if t == nil {
		return nil, &Problem{Key: "bank.problem.balance"}
	}
	day, ok := shortDay(t[2])
	if !ok {
		return nil, badDate(t[2])
	}
	c := m.st.Account.Currency
	if t[3] != "" {
		var p *Problem
		if c, p = currency(t[3]); p != nil {
			return nil, p
		}
	}
	sum, p := amount(t[4], c)
	if p == nil && t[1] == "D" {
		sum = sum.Neg()
	}
	return &ledger.BankBalance{Date: day, Amount: sum}, p
}

func (m *mtReader) opening(s string) (*Problem, error) {
	if m.phase == mtLines {
		return &Problem{Key: "bank.problem.cut"}, nil
	}
	if m.phase == mtClosed {
		if err := m.close(); err != nil {
			return nil, err
		}
	}
	m.open()
	b, p := m.balance(s)
	m.phase = mtLines
	if p != nil {
		return p, nil
	}
	m.st.Opening = b
	m.st.Account.Currency = b.Amount.Currency
	return nil, nil
}

func (m *mtReader) closing(s string) (*Problem, error) {
	if m.phase != mtLines && m.phase != mtHead {
		return &Problem{Key: "bank.problem.order"}, nil
	}
	if err := m.give(); err != nil {
		return nil, err
	}
	m.phase = mtClosed
	b, p := m.balance(s)
	if p != nil {
		return p, nil
	}
	m.st.Closing = b
	if m.st.Account.Currency == "" {
		m.st.Account.Currency = b.Amount.Currency
	}
	return nil, m.begin()
}

func (m *mtReader) begin() error {
	if m.begun {
		return nil
	}
	m.begun = true
	if m.within {
		m.st.Format = "MT942"
	}
	return m.f.begin(m.st)
}

// count keeps what MT942 says of the number of its lines.
func (m *mtReader) count(came int, s string) {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if n, err := strconv.Atoi(s[:digits]); err == nil {
		m.said[came] = &n
	}
}

// checkCount compares it with the lines that there are.
func (m *mtReader) checkCount() {
	for i, said := range m.said {
		if said != nil && *said != m.lines[i] {
			m.f.mismatch(ledger.BankMismatch{Kind: ledger.MismatchCount, Lines: [2]int{*said, m.lines[i]}})
		}
	}
}

// close ends the statement that is open, if one is.
func (m *mtReader) close() error {
	if err := m.flush(); err != nil {
		return err
	}
	if m.phase == mtNone {
		return nil
	}
	if m.phase != mtClosed && !m.within {
		m.phase = mtNone
		return m.f.wrong((&Problem{Key: "bank.problem.cut"}).at(m.row, m.st.ID))
	}
	if err := m.give(); err != nil {
		return err
	}
	if err := m.begin(); err != nil {
		return err
	}
	m.phase = mtNone
	m.checkCount()
	return m.f.end(m.st)
}

// finish is at the end of the file.
func (m *mtReader) finish() error {
	if m.within && m.phase != mtNone && m.said == [2]*int{} {
		m.phase = mtNone
		return m.f.wrong((&Problem{Key: "bank.problem.cut"}).at(m.row, ""))
	}
	return m.close()
}

// give tells the line that has waited for its purpose.
func (m *mtReader) give() error {
	l := m.line
	if m.line = nil; l == nil {
		return nil
	}
	if l.Party.Number == "" {
		l.Party.Number = ibanIn(l.Text, m.st.Account.Number)
	}
	l.Party.Holder = l.PartyName
	m.lines[b2i(l.Amount.Minor >= 0)]++
	return m.f.line(*l)
}

var mtEntry = regexp.MustCompile(`^(\d{6})(\d{4})?\s*(RC|RD|EC|ED|C|D)([A-Z])?\s*(\d+(?:[.,]\d*)?|[.,]\d+)\s*([A-Z][A-Z0-9]{3}|[A-Z] {3})?(.*)$`)

// mtTorn is what goes on as a sum does: the sum before it was not read whole.
var mtTorn = regexp.MustCompile(`^.?[.,]\d`)

// entry reads :61:. The mark RC takes back a credit, and is a debit; RD the other way round.
func (m *mtReader) entry(text []string) (*Problem, error) {
	if m.phase == mtNone || m.phase == mtHead && !m.within || m.phase == mtClosed {
		return &Problem{Key: "bank.problem.order"}, nil
	}
	if err := m.give(); err != nil {
		return nil, err
	}
	m.phase = mtLines
	t := mtEntry.FindStringSubmatch(strings.TrimSpace(text[0]))
	if t == nil || mtTorn.MatchString(t[7]) {
		return &Problem{Key: "bank.problem.entry"}, nil
	}
	own := m.st.Account.Currency
	if own == "" {
		own = m.f.options.Currency
	}
	if own == "" {
		return &Problem{Key: "bank.problem.nocurrency"}, nil
	}
	m.st.Account.Currency = own
	sum, p := amount(t[5], own)
	if p != nil {
		return p, nil
	}
	if t[3] == "D" || t[3] == "RC" || t[3] == "ED" {
		sum = sum.Neg()
	}
	value, ok := shortDay(t[1])
	if !ok {
		return badDate(t[1]), nil
	}
	l := &ledger.BankLine{Row: m.tagRow, Amount: sum, Value: value, Booked: value,
		Reversal: t[3] == "RC" || t[3] == "RD", Pending: t[3] == "EC" || t[3] == "ED"}
	if t[2] != "" {
		if l.Booked, ok = nearDay(t[2], value); !ok {
			return badDate(t[2]), nil
		}
	}
	if l.Code = strings.TrimSpace(t[6]); l.Code+t[7] == "NONREF" { // a reference without a kind before it
		l.Code, t[7] = "", "NONREF"
	}
	references(l, t[7], text[1:])
	m.line = l
	return nil, m.begin()
}

// references reads what stands behind the kind of an entry: the owner's reference, the bank's
// after two slashes, and a second line.
func references(l *ledger.BankLine, s string, more []string) {
	own, bank, _ := strings.Cut(s, "//")
	if t := mtPadded.FindStringSubmatch(own); t != nil {
		own, l.PartyName = t[1], clean(t[2])
		if strings.Trim(own, "P0123456789") == "" {
			l.Party.Number, own = strings.TrimLeft(own, "0"), ""
		}
	}
	own, bank = strings.TrimSuffix(clean(own), "+"), clean(bank)
	if isIBAN(own) {
		l.Party.Number = own
	} else if !noReference[own] {
		l.EndToEnd = own
	}
	if !noReference[bank] {
		l.BankRef = bank
	}
	further := joined(more...)
	if mtKind.MatchString(further) { // the bank's own code of the kind
		return
	}
	if mtTagged.MatchString(further) {
		l.Instructed, l.Fees = tagged("OCMT", further), tagged("CHGS", further)
		return
	}
	word, rest, _ := strings.Cut(further, " ")
	switch {
	case rest == "0" && strings.HasSuffix(l.Code, word): // the kind again
	case isIBAN(word):
		l.Party.Number, l.Text = word, rest
	case l.Party.Number != "" && l.PartyName == "":
		l.PartyName = further
	default:
		l.Text = further
	}
}

var mtKind = regexp.MustCompile(`^/TRCD/\w+/$`)

// mtPadded is an account, or a reference, in sixteen places and a name behind it.
var mtPadded = regexp.MustCompile(`^(\S{6,13}) {3,}(\S.*)$`)

var (
	noReference = map[string]bool{"": true, ".": true, "NONREF": true, "NONE": true, "NOREF": true, "EREF": true, "MREF": true, "PREF": true, "KREF": true, "NOTPROVIDED": true, "X": true}
	mtTagged    = regexp.MustCompile(`/(OCMT|CHGS)/([A-Z]{3})([\d,]+)`)
)

// tagged is the amount behind /OCMT/ or /CHGS/.
func tagged(tag, s string) ledger.Money {
	for _, m := range mtTagged.FindAllStringSubmatch(s, -1) {
		if m[1] != tag {
			continue
		}
		if c, p := currency(m[2]); p == nil {
			if sum, p := amount(m[3], c); p == nil {
				return sum
			}
		}
	}
	return ledger.Money{}
}

// note reads :NS:, in which some banks put what others put into :86:, under numbers: 01 to 14 the
// purpose, 15 and 16 the other side, 33 and 34 its account, 22 the account's owner.
func (m *mtReader) note(text []string) {
	number := ""
	for _, s := range text {
		if len(s) < 2 || s[0] < '0' || s[0] > '9' {
			continue
		}
		n, err := strconv.Atoi(s[:2])
		value := clean(s[2:])
		switch {
		case err != nil || value == "":
		case m.line == nil && n == 22:
			m.st.Account.Holder = value
		case m.line == nil:
		case n <= 14:
			m.line.Text = joined(m.line.Text, value)
		case n == 15, n == 16:
			m.line.PartyName = joined(m.line.PartyName, value)
		case n == 33, n == 34:
			number += account(value)
		}
	}
	if m.line != nil {
		m.line.Party.Number = firstOf(m.line.Party.Number, number)
	}
}

// shortDay reads YYMMDD. A day that the month has not is its last: banks that count thirty days
// to a month write 30 February.
func shortDay(s string) (ledger.Date, bool) {
	year, _ := strconv.Atoi(s[:2])
	if year += 2000; year >= 2080 {
		year -= 100
	}
	return clamped(year, s[2:])
}

// clamped is the day MMDD of a year.
func clamped(year int, monthDay string) (ledger.Date, bool) {
	day, _ := strconv.Atoi(monthDay[2:])
	if day < 1 || day > 31 {
		return 0, false
	}
	for ; day >= 28; day-- {
		if d, ok := realDay(strconv.Itoa(year), monthDay[:2], strconv.Itoa(day)); ok {
			return d, true
		}
	}
	return realDay(strconv.Itoa(year), monthDay[:2], strconv.Itoa(day))
}

// nearDay is the day MMDD next to another: at the turn of a year a booking of January has a value
// of December, or the other way round.
func nearDay(monthDay string, to ledger.Date) (best ledger.Date, found bool) {
	for year := to.Year() - 1; year <= to.Year()+1; year++ {
		d, ok := clamped(year, monthDay)
		if ok && (!found || distance(d, to) < distance(best, to)) {
			best, found = d, true
		}
	}
	return best, found
}

func distance(a, b ledger.Date) int { return max(int(a-b), int(b-a)) }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
