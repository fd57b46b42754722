package bank

import (
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// tableReader reads the lines of one account in one currency.
type tableReader struct {
	*table
	part
	st    ledger.BankStatement
	begun bool
	line  *ledger.BankLine // the last one: rows without a day may go on with its purpose
	feet  []*Problem       // rows without a day and a sum: wrong, unless no line follows
	last  ledger.Date
	chain chain
	days  map[string]ledger.Date // that were read: most lines have the day of the line before
}

// day reads a day of a row.
func (r *tableReader) day(s string) (ledger.Date, *Problem) {
	if d, ok := r.days[s]; ok {
		return d, nil
	}
	d, p := r.dayOf(s)
	if p == nil {
		if len(r.days) > 1000 {
			clear(r.days)
		}
		r.days[s] = d
	}
	return d, p
}

func (r *tableReader) read() error {
	r.st = ledger.BankStatement{Format: string(r.format), Account: ledger.BankAccount{Number: r.account, Currency: r.currency}}
	if err := r.each(r.row); err != nil {
		return err
	}
	if err := r.flush(); err != nil {
		return err
	}
	if err := r.begin(); err != nil {
		return err
	}
	r.finish()
	return r.f.end(r.st)
}

func (r *tableReader) begin() error {
	if r.begun {
		return nil
	}
	r.begun = true
	return r.f.begin(r.st)
}

// row takes one row.
func (r *tableReader) row(row []string, line int) error {
	day := r.cell(row, ColDate)
	word := r.word(row)
	switch {
	case word == wordTotal:
		return nil
	case word != wordNone:
		return r.balanceRow(word, row, line)
	case day == "" && !r.hasSum(row):
		return r.goOn(row)
	case !strings.ContainsAny(day, digits) && unbooked(day): // it stands where the day will
		return nil
	case r.partOf(row) != r.part:
		return r.flush()
	case !strings.ContainsAny(day, digits) && r.words(row), len(r.head) == 0 && r.line == nil && !r.begun && !r.hasSum(row): // a note, a title
		return nil
	}
	if most := max(r.width, r.cells); len(row) > most && len(trimmedRow(row)) > most {
		return r.problem(&Problem{Key: "bank.problem.cells", Args: []any{"cells", len(row), "head", r.width}}, row, line)
	}
	l, p := r.lineOf(row, line)
	if p != nil && day == "" && r.pending(row) { // its day is not known yet
		return nil
	}
	if p != nil && !strings.ContainsAny(day, digits) && !r.hasSum(row) {
		r.feet = append(r.feet, r.place(p, row, line)) // below the table, unless more follows
		return nil
	}
	if p != nil {
		return r.problem(p, row, line)
	}
	if err := r.noFeet(); err != nil {
		return err
	}
	if err := r.flush(); err != nil {
		return err
	}
	r.line = l
	return r.track(row, l)
}

// words reports whether a row has no day and no sum anywhere.
func (r *tableReader) words(row []string) bool {
	return !slices.ContainsFunc(row, func(s string) bool {
		_, p := tableDay(s, "dmy", r.book)
		_, err := tableSum(s, ".")
		return s != "" && (p == nil || err == nil)
	})
}

func (r *tableReader) place(p *Problem, row []string, line int) *Problem {
	return p.at(line, strings.Join(trimmedRow(row), " "))
}

func (r *tableReader) problem(p *Problem, row []string, line int) error {
	return r.f.wrong(r.place(p, row, line))
}

// noFeet tells what was taken for words below the table: it is in the middle of it. What stands
// above the first line of a table without headings is its title.
func (r *tableReader) noFeet() error {
	feet := r.feet
	r.feet = nil
	if r.line == nil && len(r.head) == 0 {
		return nil
	}
	for _, p := range feet {
		if err := r.f.wrong(p); err != nil {
			return err
		}
	}
	return nil
}

// goOn adds a row without a day and a sum to the purpose of the line before it.
func (r *tableReader) goOn(row []string) error {
	if r.line == nil {
		return nil
	}
	words := r.texts(row)
	labelled(r.line, words)
	r.line.Text = joined(r.line.Text, words)
	return nil
}

// What banks of Romania write below a line, one of Poland into columns of its own, and one of
// Germany before the purpose.
var (
	sideLabel    = regexp.MustCompile(`^(?:Ordonator|Beneficiar|Platitor|Nazwa nadawcy|Nazwa odbiorcy|Auftraggeber|Empfänger):\s*(\S.*?)(?:\s+Buchungstext:.*)?$`)
	accountLabel = regexp.MustCompile(`^(?:Din contul|[IÎ]n contul|Cont|Rachunek nadawcy|Rachunek odbiorcy):\s*([A-Z]{0,2}\d{2}[A-Z0-9 ]{11,40})$`)
)

// labelled takes the other side from words that say it.
func labelled(l *ledger.BankLine, words string) {
	if m := sideLabel.FindStringSubmatch(words); m != nil && l.PartyName == "" {
		l.PartyName, l.Party.Holder = m[1], m[1]
	}
	if m := accountLabel.FindStringSubmatch(words); m != nil && l.Party.Number == "" {
		l.Party.Number = account(m[1])
	}
}

func (r *tableReader) texts(row []string) string {
	var pieces []string
	for i, c := range r.m.Columns {
		if c == ColText && i < len(row) && !nothing(row[i]) {
			pieces = append(pieces, row[i])
		}
	}
	return joined(pieces...)
}

// flush tells the line that has waited for what goes on with it.
func (r *tableReader) flush() error {
	l := r.line
	if r.line = nil; l == nil {
		return nil
	}
	if err := r.begin(); err != nil {
		return err
	}
	return r.f.line(*l)
}

// balanceRow reads a row that tells a balance.
func (r *tableReader) balanceRow(word rowWord, row []string, line int) error {
	if r.partOf(row) != r.part && r.cell(row, ColAccount)+r.cell(row, ColCurrency) != "" {
		return nil
	}
	m, p := r.sum(row)
	if p != nil {
		if m, p = r.money(r.cell(row, ColBalance)); p != nil {
			return nil // words alone
		}
	}
	day, p := r.day(r.cell(row, ColDate))
	if p != nil {
		day = r.last
	}
	if word == wordOpening {
		r.st.Opening = &ledger.BankBalance{Date: day, Amount: m}
	} else {
		r.st.Closing = &ledger.BankBalance{Date: day, Amount: m}
	}
	return nil
}

// aheadMost is how many days ahead a line may be dated: banks tell what comes.
const aheadMost = 92

// lineOf reads a row as a line.
func (r *tableReader) lineOf(row []string, line int) (l *ledger.BankLine, p *Problem) {
	l = &ledger.BankLine{Row: line}
	if l.Booked, p = r.day(firstOf(r.cell(row, ColDate), r.cell(row, ColValue))); p != nil {
		return nil, p
	}
	if today := r.f.options.Today; today != 0 && l.Booked > today.AddDays(aheadMost) { // of another calendar: 20-11-69 in Bangkok, 2083-08-04 in Kathmandu
		return nil, badDate(firstOf(r.cell(row, ColDate), r.cell(row, ColValue)))
	}
	if !r.currency.Valid() {
		if r.currency == "" {
			return nil, &Problem{Key: "bank.problem.nocurrency"}
		}
		return nil, &Problem{Key: "bank.problem.currency", Args: []any{"text", shorten(clean(string(r.currency)), excerptMax)}}
	}
	if v := r.cell(row, ColValue); v != "" {
		if l.Value, p = r.day(v); p != nil {
			return nil, p
		}
	}
	if l.Amount, p = r.sum(row); p != nil {
		return nil, p
	}
	l.PartyName = clean(r.cell(row, ColName))
	l.Party = ledger.BankAccount{Number: account(r.cell(row, ColParty)), Bank: account(r.cell(row, ColBank)), Holder: l.PartyName}
	l.PartyTax, l.Creditor = clean(r.cell(row, ColTax)), clean(r.cell(row, ColCreditor))
	r.otherSide(l, row)
	l.EndToEnd, l.BankRef = clean(r.cell(row, ColReference)), clean(r.cell(row, ColID))
	if d := clean(r.cell(row, ColDocument)); d != "" {
		l.Documents = []string{d}
	}
	if text := r.texts(row); text != "" {
		sepaPurpose(l, text)
	}
	for i, c := range r.m.Columns {
		if c == ColText && i < len(row) {
			labelled(l, row[i])
		}
	}
	l.Pending = r.pending(row)
	r.kept(l, row)
	return l, nil
}

// otherSide takes the side that is not ours, of a table that names both: the payer of what came.
func (r *tableReader) otherSide(l *ledger.BankLine, row []string) {
	payer, payee := sideOf(r.cell(row, ColPayerAccount)), sideOf(r.cell(row, ColPayeeAccount))
	came := l.Amount.Minor >= 0
	switch r.account { // what is sure
	case "":
	case payer.number:
		came = false
	case payee.number:
		came = true
	}
	name, other, tax := ColPayee, payee, ColPayeeTax
	if came {
		name, other, tax = ColPayer, payer, ColPayerTax
	}
	l.PartyName = firstOf(l.PartyName, clean(r.cell(row, name)), other.name)
	l.Party.Number, l.Party.Holder = firstOf(l.Party.Number, other.number), l.PartyName
	l.PartyTax = firstOf(l.PartyTax, clean(r.cell(row, tax)), other.tax)
}

// side is who stands on one side of a payment.
type side struct{ number, tax, name string }

// inOneCell is an account, the tax number and the name of whose it is, as banks of Russia write
// them below each other.
var inOneCell = regexp.MustCompile(`^([A-Z]{2}\d{2}[A-Z0-9]{11,30}|\d{16,28})\s+(?:(\d{9,13})\s+)?(\S.*)$`)

func sideOf(cell string) side {
	if m := inOneCell.FindStringSubmatch(clean(cell)); m != nil {
		return side{m[1], m[2], m[3]}
	}
	return side{number: account(cell)}
}

// pending reports whether one of the row's states says that it is not booked.
func (r *tableReader) pending(row []string) bool {
	if r.m.at(ColSign) >= 0 && r.m.at(ColAmount) >= 0 && signOf(r.cell(row, ColSign)) == signNeither {
		return true
	}
	for i, c := range r.m.Columns {
		if c == ColStatus && i < len(row) && unbooked(row[i]) {
			return true
		}
	}
	return false
}

func unbooked(status string) bool {
	status = strings.ToLower(status)
	return status == "memo" || status == "offen" || slices.ContainsFunc(notBooked, func(w string) bool { return strings.Contains(status, w) })
}

// kept reads what the bank took of the gross amount.
func (r *tableReader) kept(l *ledger.BankLine, row []string) {
	fee, p := r.money(r.cell(row, ColFee))
	if p != nil || fee.Minor == 0 {
		return
	}
	if l.Fees = fee; fee.Minor < 0 {
		l.Fees = fee.Neg()
	}
	if r.apart {
		l.Instructed, l.Amount = l.Amount, l.Amount.Sub(l.Fees)
	} else if gross, p := r.money(r.cell(row, ColGross)); p == nil && gross != l.Amount {
		l.Instructed = gross
	}
}

// money reads a sum of the part's currency.
func (r *tableReader) money(s string) (ledger.Money, *Problem) {
	d, p := r.decimal(s)
	if p != nil {
		return ledger.Money{}, p
	}
	return exactly(d, r.currency)
}

func (r *tableReader) decimal(s string) (decimal.Decimal, *Problem) {
	d, err := tableSum(s, r.m.Point)
	if err == nil {
		return d, nil
	}
	key := "bank.problem.amount"
	if refusal, ok := ledger.AsRefusal(err); ok && refusal.Key == "row.twoways" {
		key = "bank.problem.twoways"
	}
	return d, &Problem{Key: key, Args: []any{"text", shorten(clean(s), excerptMax)}}
}

// sum is what came, or went, by a row: one amount with a sign or a word for it, or one of two
// columns.
func (r *tableReader) sum(row []string) (m ledger.Money, p *Problem) {
	switch {
	case r.m.at(ColAmount) >= 0:
		if r.cell(row, ColAmount) == "" {
			return m, &Problem{Key: "bank.problem.missing", Args: []any{"field", r.heading(ColAmount)}}
		}
		if m, p = r.money(r.cell(row, ColAmount)); p != nil {
			return m, p
		}
		if r.m.at(ColSign) >= 0 {
			if m, p = r.directed(m, r.cell(row, ColSign)); p != nil {
				return m, p
			}
		}
	default:
		if m, p = r.sides(row); p != nil {
			return m, p
		}
	}
	if r.told && sideOf(r.cell(row, ColPayerAccount)).number == r.account && r.account != sideOf(r.cell(row, ColPayeeAccount)).number {
		m = m.Neg()
	}
	if r.m.Inverse && !r.credited(row) {
		m = m.Neg()
	}
	return m, nil
}

// directed gives a sum the direction that the word beside it says.
func (r *tableReader) directed(m ledger.Money, word string) (ledger.Money, *Problem) {
	way := signOf(word)
	switch {
	case r.signs == bySign || way == signNeither:
		return m, nil
	case way == signNone:
		return m, &Problem{Key: "bank.problem.sign", Args: []any{"text", shorten(clean(word), excerptMax)}}
	case r.signs == byProduct && way == signOut, r.signs == byWord && (m.Minor < 0) != (way == signOut):
		return m.Neg(), nil
	}
	return m, nil
}

// sides reads what went and what came from two columns.
func (r *tableReader) sides(row []string) (ledger.Money, *Problem) {
	debit, credit := r.cell(row, ColDebit), r.cell(row, ColCredit)
	sum := ledger.Money{Currency: r.currency}
	if debit == "" && credit == "" {
		return sum, &Problem{Key: "bank.problem.missing", Args: []any{"field", r.heading(ColDebit) + ", " + r.heading(ColCredit)}}
	}
	if credit != "" {
		m, p := r.money(credit)
		if p != nil {
			return m, p
		}
		sum = sum.Add(m)
	}
	if debit != "" {
		m, p := r.money(debit)
		if p == nil && r.tied {
			p = &Problem{Key: "bank.problem.sign", Args: []any{"text", shorten(clean(debit), excerptMax)}}
		}
		if p != nil {
			return m, p
		}
		if !r.losses {
			m = m.Neg()
		}
		sum = sum.Add(m)
	}
	return sum, nil
}

func (r *tableReader) heading(c Column) string {
	if i := r.m.at(c); i >= 0 && i < len(r.head) {
		return shorten(clean(r.head[i]), excerptMax)
	}
	return string(c)
}

// chain follows the balances behind lines, whether the oldest line stands first or last.
type chain struct {
	any                     bool
	firstRow, lastRow       ledger.BankBalance
	firstAmount, lastAmount ledger.Money
	up, down                []ledger.BankMismatch
}

func (c *chain) add(row int, b ledger.BankBalance, amount ledger.Money) {
	if !c.any {
		c.any, c.firstRow, c.firstAmount = true, b, amount
	} else {
		c.up = broken(c.up, row, b.Amount, c.lastRow.Amount.Add(amount))
		c.down = broken(c.down, row, b.Amount, c.lastRow.Amount.Sub(c.lastAmount))
	}
	c.lastRow, c.lastAmount = b, amount
}

func broken(list []ledger.BankMismatch, row int, said, found ledger.Money) []ledger.BankMismatch {
	if said == found || len(list) > mismatchesMax {
		return list
	}
	return append(list, ledger.BankMismatch{Kind: ledger.MismatchRunning, Row: row, Said: said, Found: found})
}

// track checks the balance behind a line.
func (r *tableReader) track(row []string, l *ledger.BankLine) error {
	r.last = l.Booked
	if b, p := r.money(r.cell(row, ColBalance)); p == nil && !l.Pending && r.m.at(ColBalance) >= 0 {
		r.chain.add(l.Row, ledger.BankBalance{Date: l.Booked, Amount: b}, l.Amount)
	}
	return nil
}

// finish sets the balances, where rows of their own have not told them, in the order of the
// lines under which more of them fit.
func (r *tableReader) finish() {
	c := &r.chain
	if !c.any {
		return
	}
	opening, closing, breaks := c.firstRow, c.lastRow, c.up
	opening.Amount = opening.Amount.Sub(c.firstAmount)
	if len(c.down) < len(c.up) {
		opening, closing, breaks = c.lastRow, c.firstRow, c.down
		opening.Amount = opening.Amount.Sub(c.lastAmount)
	}
	for _, m := range breaks {
		r.f.mismatch(m)
	}
	if r.st.Opening == nil {
		r.st.Opening = &opening
	}
	if r.st.Closing == nil {
		r.st.Closing = &closing
	}
}
