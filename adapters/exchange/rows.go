package exchange

import (
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/adapters/cells"
	"duebot/ledger"
)

// Reading is how a file is to be read.
type Reading struct {
	Language string // the company's: it decides what the file and its readers leave open
	Alone    bool   // nobody is there who could be asked: rows that can be read in two ways are wrong
	ledger.ImportAnswers
}

// ReadImport reads a file of customers, open invoices, invoices to be issued or payments: a
// CSV in whatever encoding and with whatever delimiter, or a workbook. What it is follows from
// its columns. The error is a Refusal for a file that is no such table at all; rows that
// cannot be read are in Wrong; and where a person has to say how to read it, Ask says what,
// and there are no rows.
func ReadImport(data []byte, how Reading) (*ledger.ImportFile, error) {
	s, err := readSheet(data, how.Language, importBounds)
	if err != nil {
		return nil, err
	}
	c := readHead(s.head)
	f := &ledger.ImportFile{Kind: how.Kind, Head: s.head, Wrong: s.wrong, Unused: c.unused, Cells: s.cells}
	if c.twice != "" {
		return nil, ledger.Refuse(ledger.BadInput, "file.twice", "first", c.first, "second", c.second)
	}
	if f.Kind == "" {
		f.Kind, f.Ask = kindOf(&c)
	}
	if f.Ask != nil {
		return f, nil
	}
	if f.Kind == "" {
		return nil, ledger.Refuse(ledger.BadInput, "file.columns", "columns", strings.Join(shortList(s.head), ", "))
	}
	if err := missing(f.Kind, &c); err != nil {
		return nil, err
	}
	r := &reader{sheet: s, columns: c, file: f, broken: map[int]bool{}}
	if r.settle(how); f.Ask == nil {
		r.read()
	}
	return f, nil
}

// Names of columns that a message shows at most.
const namesMax = 12

func shortList(head []string) []string {
	var out []string
	for _, h := range head {
		if h = strings.TrimSpace(h); h != "" && len(out) < namesMax {
			out = append(out, h[:min(len(h), 40)])
		}
	}
	return out
}

// kindOf tells what a file is by its columns; where they fit several kinds, it is asked.
func kindOf(c *columns) (ledger.ImportKind, *ledger.ImportQuestion) {
	who := c.any(colCustomer, colHandle, colName)
	switch {
	case c.has(colNumber, colOpen) && who:
		return ledger.ImportOpening, nil
	case who && c.has(colPrice):
		return ledger.ImportInvoices, nil
	case c.any(colPaid, colPaidOn) && c.any(colPaid, colAmount) && (who || c.has(colNumber)):
		return ledger.ImportPayments, nil
	case who && c.has(colAmount, colText) && !c.has(colNumber):
		return ledger.ImportInvoices, nil
	case who && c.has(colAmount):
		return "", &ledger.ImportQuestion{What: "kind", Options: []string{"opening", "invoices", "payments"}}
	case who && !c.any(colOpen, colPrice, colNumber, colDue):
		return ledger.ImportCustomers, nil
	}
	return "", nil
}

// missing refuses a file that lacks a column without which its kind cannot be read.
func missing(kind ledger.ImportKind, c *columns) error {
	needs := map[ledger.ImportKind][][]string{
		ledger.ImportCustomers: {{colHandle, colName, colCustomer}},
		ledger.ImportOpening:   {{colCustomer, colHandle, colName}, {colNumber}, {colDate}, {colOpen, colAmount}},
		ledger.ImportInvoices:  {{colCustomer, colHandle, colName}, {colPrice, colAmount}, {colText}},
		ledger.ImportPayments:  {{colCustomer, colHandle, colName, colNumber}, {colPaid, colAmount}, {colPaidOn, colDate}},
	}[kind]
	for _, any := range needs {
		if !c.any(any...) {
			return ledger.Refuse(ledger.BadInput, "file.missing", "column", any[0])
		}
	}
	return nil
}

// reader turns the rows of a sheet into those of an import.
type reader struct {
	*sheet
	columns
	file   *ledger.ImportFile
	point  string // before decimals
	order  string // of day and month
	broken map[int]bool
}

var (
	sumColumns = []string{colLimit, colOpen, colAmount, colPaid, colPrice, colQuantity}
	dayColumns = []string{colDate, colDue, colPaidOn}
)

// settle finds out how sums and days are written: from the file, from what people said, from
// the company's language, or by asking.
func (r *reader) settle(how Reading) {
	point, unclear := cells.PointOf(r.values(sumColumns))
	if point == "" {
		point = how.Numbers
	}
	order, twoDays := cells.OrderOf(r.values(dayColumns))
	if order == "" {
		order = how.Dates
	}
	if order == "" && slices.Contains([]string{"de", "ru", "ro", "it"}, how.Language) {
		order = "dmy"
	}
	switch {
	case how.Alone:
	case twoDays != "" && order == "":
		r.file.Ask = &ledger.ImportQuestion{What: "dates", Example: twoDays, Options: []string{"dmy", "mdy"}}
	case unclear != "" && point == "":
		r.file.Ask = &ledger.ImportQuestion{What: "numbers", Example: unclear, Options: []string{".", ","}}
	}
	r.point, r.order = point, order
}

// values are the cells of some columns.
func (r *reader) values(names []string) (out []string) {
	for _, n := range names {
		if at, ok := r.at[n]; ok {
			for _, row := range r.rows {
				if row[at] != "" {
					out = append(out, row[at])
				}
			}
		}
	}
	return out
}

func (r *reader) read() {
	for _, p := range r.wrong {
		r.broken[p.Line] = true
	}
	same := map[string]int{}
	for i, row := range r.rows {
		line := r.lines[i]
		if r.broken[line] {
			continue
		}
		if r.isTotal(row) {
			r.file.Totals++
			continue
		}
		out, err := r.row(row)
		if err != nil {
			r.file.Wrong = append(r.file.Wrong, ledger.ImportProblem{Line: line, Err: err})
			continue
		}
		out.Line = line
		switch {
		case out.Customer != nil:
			out.Customer.Line = line
		case out.Opening != nil:
			out.Opening.Line = line
		}
		if r.continues(&out) {
			continue
		}
		if key := out.Same(); key != "" {
			out.Again = same[key]
			same[key]++
		}
		r.file.Rows = append(r.file.Rows, out)
	}
	sort.SliceStable(r.file.Wrong, func(i, j int) bool { return r.file.Wrong[i].Line < r.file.Wrong[j].Line })
}

// isTotal reports whether a row sums up the others, as programs print them below a table.
func (r *reader) isTotal(row []string) bool {
	for _, cell := range row {
		if cell != "" {
			return totals[cells.Fold(cell)] && r.cell(row, colNumber) == ""
		}
	}
	return false
}

// continues adds a row to the invoice before it, where both have the same number.
func (r *reader) continues(row *ledger.ImportRow) bool {
	n := len(r.file.Rows)
	if row.Invoice == nil || n == 0 || row.Invoice.Reference == "" {
		return false
	}
	last := r.file.Rows[n-1].Invoice
	if last.Reference != row.Invoice.Reference || last.Customer != row.Invoice.Customer {
		return false
	}
	last.Lines = append(last.Lines, row.Invoice.Lines...)
	return true
}

func (r *reader) row(row []string) (out ledger.ImportRow, err error) {
	switch r.file.Kind {
	case ledger.ImportCustomers:
		out.Customer, err = r.customer(row)
	case ledger.ImportOpening:
		out.Opening, err = r.opening(row)
	case ledger.ImportInvoices:
		out.Invoice, err = r.invoice(row)
	default:
		out.Payment, err = r.payment(row)
	}
	return out, err
}

// cell is what a row says in the first of some columns that is there and not empty.
func (r *reader) cell(row []string, names ...string) string {
	for _, n := range names {
		if at, ok := r.at[n]; ok && row[at] != "" {
			return row[at]
		}
	}
	return ""
}

var (
	languageForm = regexp.MustCompile(`^[a-z]{2}$`)
	ownerForm    = regexp.MustCompile(`^[UW][A-Z0-9]{5,20}$`)
	termsDays    = regexp.MustCompile(`^(\d{1,3})\s*\p{L}*\.?$`)
)

func (r *reader) customer(row []string) (*ledger.OpeningCustomer, error) {
	c := &ledger.OpeningCustomer{}
	if c.Handle = r.cell(row, colHandle); !strings.EqualFold(ledger.HandleOf(c.Handle), c.Handle) {
		c.Handle = ledger.HandleOf(c.Handle)
	}
	c.Name, c.Language, c.ZoneName = r.cell(row, colName, colCustomer), strings.ToLower(r.cell(row, colLanguage)), r.cell(row, colZone)
	c.Owner, c.Segment = r.cell(row, colOwner), r.cell(row, colSegment)
	if c.Handle == "" {
		c.Handle = ledger.HandleOf(c.Name)
	}
	if c.Handle == "" {
		return nil, ledger.Refuse(ledger.BadInput, "row.nobody")
	}
	if c.Language != "" && !languageForm.MatchString(c.Language) {
		return nil, ledger.Refuse(ledger.BadInput, "row.language", "text", c.Language)
	}
	if c.Owner != "" && !ownerForm.MatchString(c.Owner) {
		return nil, ledger.Refuse(ledger.BadInput, "row.owner", "text", c.Owner)
	}
	for mail := range strings.FieldsFuncSeq(r.cell(row, colMail), func(x rune) bool { return strings.ContainsRune(",; ", x) }) {
		c.Mails = append(c.Mails, mail)
	}
	c.Party = r.party(row)
	return c, r.conditions(c, row)
}

// party reads who a customer is by law: lines of a cell, or parts between semicolons.
func (r *reader) party(row []string) ledger.Party {
	p := ledger.Party{Name: r.cell(row, colLegal), Address: strings.Join(linesOf(r.cell(row, colAddress)), "\n"), TaxID: r.cell(row, colTaxID)}
	p.Lines = linesOf(r.cell(row, colRegister))
	return p
}

func linesOf(cell string) (out []string) {
	for line := range strings.FieldsFuncSeq(cell, func(x rune) bool { return x == ';' || x == '\n' || x == '\r' }) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// conditions reads currency, terms and credit limit.
func (r *reader) conditions(c *ledger.OpeningCustomer, row []string) (err error) {
	if c.Currency, err = r.currency(row); err != nil {
		return err
	}
	if s := r.cell(row, colTerms); s != "" {
		if m := termsDays.FindStringSubmatch(s); m != nil { // "30", "30 Tage"
			s = "net" + m[1]
		}
		t, err := ledger.ParseTerms(s)
		if err != nil {
			return ledger.Refuse(ledger.BadInput, "row.terms", "text", s)
		}
		c.Terms = &t
	}
	if s := r.cell(row, colLimit); s != "" {
		d, err := cells.Sum(s, r.point)
		if err != nil {
			return err
		}
		if d.IsNegative() {
			return ledger.Refuse(ledger.BadInput, "row.limit", "text", s)
		}
		c.Limit = &d
	}
	return nil
}

func (r *reader) currency(row []string) (ledger.Currency, error) {
	s := r.cell(row, colCurrency)
	if s == "" {
		return "", nil
	}
	if c, ok := signs[strings.ToLower(s)]; ok {
		return c, nil
	}
	c, err := ledger.ParseCurrency(s)
	if err != nil {
		return "", ledger.Refuse(ledger.BadInput, "row.currency", "text", s)
	}
	return c, nil
}

// signs are currencies as people write them, of those that mean one only.
var signs = map[string]ledger.Currency{"€": "EUR", "₽": "RUB", "руб": "RUB", "руб.": "RUB", "£": "GBP", "lei": "RON", "人民币": "CNY", "元": "CNY"}

func (r *reader) opening(row []string) (*ledger.OpeningInvoice, error) {
	x := &ledger.OpeningInvoice{Customer: r.cell(row, colHandle, colCustomer, colName), Reference: r.cell(row, colNumber)}
	if x.Customer == "" {
		return nil, ledger.Refuse(ledger.BadInput, "row.nocustomer")
	}
	var err error
	if x.Date, err = cells.Day(r.cell(row, colDate), r.order, r.sheet.Book); err != nil {
		return nil, err
	}
	if s := r.cell(row, colDue); s != "" { // else the customer's terms
		if x.Due, err = cells.Day(s, r.order, r.sheet.Book); err != nil {
			return nil, err
		}
	}
	if x.Open, err = cells.Sum(r.cell(row, colOpen, colAmount), r.point); err != nil {
		return nil, err
	}
	x.Currency, err = r.currency(row)
	return x, err
}

func (r *reader) invoice(row []string) (*ledger.ImportInvoice, error) {
	x := &ledger.ImportInvoice{Customer: r.cell(row, colHandle, colCustomer, colName), Reference: r.cell(row, colNumber, colReference)}
	if x.Customer == "" {
		return nil, ledger.Refuse(ledger.BadInput, "row.nocustomer")
	}
	var err error
	if s := r.cell(row, colDate); s != "" {
		if x.Date, err = cells.Day(s, r.order, r.sheet.Book); err != nil {
			return nil, err
		}
	}
	if s := r.cell(row, colDue); s != "" {
		if x.Due, err = cells.Day(s, r.order, r.sheet.Book); err != nil {
			return nil, err
		}
	}
	if x.Currency, err = r.currency(row); err != nil {
		return nil, err
	}
	l, err := r.item(row)
	x.Lines = []ledger.Line{l}
	return x, err
}

// item reads the line of an invoice that a row is.
func (r *reader) item(row []string) (l ledger.Line, err error) {
	if l.Text = r.cell(row, colText); l.Text == "" {
		return l, ledger.Refuse(ledger.BadInput, "row.notext")
	}
	l.Quantity = decimal.NewFromInt(1)
	if s := r.cell(row, colQuantity); s != "" {
		if l.Quantity, err = cells.Sum(s, r.point); err != nil {
			return l, err
		}
	}
	if l.Price, err = cells.Sum(r.cell(row, colPrice, colAmount), r.point); err != nil {
		return l, err
	}
	if s := strings.TrimSpace(strings.TrimSuffix(r.cell(row, colTax), "%")); s != "" {
		if l.Tax, err = cells.Sum(s, r.point); err != nil {
			return l, err
		}
		// A workbook keeps 19% as 0.19; no law has a rate below one percent.
		if r.Excel && l.Tax.IsPositive() && l.Tax.LessThan(decimal.NewFromInt(1)) {
			l.Tax = l.Tax.Shift(2)
		}
	}
	return l, nil
}

func (r *reader) payment(row []string) (*ledger.ImportPayment, error) {
	x := &ledger.ImportPayment{Customer: r.cell(row, colHandle, colCustomer, colName), Number: r.cell(row, colNumber), Reference: r.cell(row, colReference)}
	if x.Customer == "" && x.Number == "" {
		return nil, ledger.Refuse(ledger.BadInput, "row.nocustomer")
	}
	var err error
	if x.Date, err = cells.Day(r.cell(row, colPaidOn, colDate), r.order, r.sheet.Book); err != nil {
		return nil, err
	}
	if x.Amount, err = cells.Sum(r.cell(row, colPaid, colAmount), r.point); err != nil {
		return nil, err
	}
	x.Currency, err = r.currency(row)
	return x, err
}

// cells are the cells of a row, by its line.
func (s *sheet) cells(line int) []string {
	i := sort.SearchInts(s.lines, line)
	if i == len(s.lines) || s.lines[i] != line {
		return []string{strconv.Itoa(line)}
	}
	return s.rows[i]
}
