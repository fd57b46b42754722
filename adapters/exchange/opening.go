package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// RowProblem is what is wrong with a row of a file, and what to write instead.
type RowProblem struct {
	Line int // of the file, from 1
	Text string
}

// Columns of the two files; those in the first list must be there.
var (
	customerNeeds   = []string{"handle"}
	customerMay     = []string{"name", "currency", "language", "zone", "terms", "limit", "owner"}
	invoiceNeeds    = []string{"customer", "number", "date", "due", "open"}
	invoiceMay      = []string{"currency"}
	otherColumnName = map[string]string{"lang": "language", "tz": "zone", "time zone": "zone", "credit limit": "limit", "amount": "open", "invoice": "number"}
)

const (
	fileMax = 64 << 20
	rowsMax = 200_000
)

// ReadCustomers reads a file of customers: a header that names its columns in any order,
// then a row each. Problems name rows that cannot be understood; the error is for a file
// that is no such table at all.
func ReadCustomers(r io.Reader) (out []ledger.OpeningCustomer, problems []RowProblem, err error) {
	t, err := readTable(r, customerNeeds, customerMay)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range t.rows {
		c, err := readCustomer(row)
		if err != nil {
			problems = append(problems, RowProblem{row.line, err.Error()})
			continue
		}
		out = append(out, c)
	}
	return out, append(problems, t.problems...), nil
}

func readCustomer(row row) (c ledger.OpeningCustomer, err error) {
	c.Line = row.line
	c.Handle, c.Name, c.Language, c.ZoneName = row.cell["handle"], row.cell["name"], strings.ToLower(row.cell["language"]), row.cell["zone"]
	c.Owner = row.cell["owner"]
	if c.Language != "" && !languageForm.MatchString(c.Language) {
		return c, fmt.Errorf("language %q is not a two-letter code; write it like en", c.Language)
	}
	if c.Owner != "" && !ownerForm.MatchString(c.Owner) {
		return c, fmt.Errorf("owner %q is not a Slack user id; write it like U0123ABCD", c.Owner)
	}
	if c.Currency, err = readCurrency(row.cell["currency"]); err != nil {
		return c, err
	}
	if s := row.cell["terms"]; s != "" {
		t, err := ledger.ParseTerms(s)
		if err != nil {
			return c, fmt.Errorf("terms %q can't be read; write them like net14, eom+10 or net30day10", s)
		}
		c.Terms = &t
	}
	if s := row.cell["limit"]; s != "" {
		d, err := readSum(s)
		if err == nil && d.IsNegative() {
			err = fmt.Errorf("the credit limit %s is below zero; write it like 5000, or leave it empty", s)
		}
		if err != nil {
			return c, err
		}
		c.Limit = &d
	}
	return c, nil
}

var (
	languageForm = regexp.MustCompile(`^[a-z]{2}$`)
	ownerForm    = regexp.MustCompile(`^[UW][A-Z0-9]{5,20}$`)
)

// ReadInvoices reads a file of open invoices, as ReadCustomers does one of customers.
func ReadInvoices(r io.Reader) (out []ledger.OpeningInvoice, problems []RowProblem, err error) {
	t, err := readTable(r, invoiceNeeds, invoiceMay)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range t.rows {
		i, err := readInvoice(row)
		if err != nil {
			problems = append(problems, RowProblem{row.line, err.Error()})
			continue
		}
		out = append(out, i)
	}
	return out, append(problems, t.problems...), nil
}

func readInvoice(row row) (i ledger.OpeningInvoice, err error) {
	i = ledger.OpeningInvoice{Line: row.line, Customer: row.cell["customer"], Reference: row.cell["number"]}
	if i.Date, err = readDate(row.cell["date"]); err != nil {
		return i, err
	}
	if i.Due, err = readDate(row.cell["due"]); err != nil {
		return i, err
	}
	if i.Open, err = readSum(row.cell["open"]); err != nil {
		return i, err
	}
	i.Currency, err = readCurrency(row.cell["currency"])
	return i, err
}

func readCurrency(s string) (ledger.Currency, error) {
	if s == "" {
		return "", nil
	}
	c, err := ledger.ParseCurrency(s)
	if err != nil {
		return "", fmt.Errorf("the currency %q is unknown; write its three letters, like EUR", s)
	}
	return c, nil
}

var dottedDay = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})$`)

// readDate reads 2026-09-30 and 30.09.2026; 09/30/2026 could be read in two ways, and is not.
func readDate(s string) (ledger.Date, error) {
	iso := s
	if m := dottedDay.FindStringSubmatch(s); m != nil {
		iso = fmt.Sprintf("%s-%02s-%02s", m[3], m[2], m[1])
	}
	d, err := ledger.ParseDate(iso)
	if err != nil || d.Year() < 1990 {
		return 0, fmt.Errorf("the date %q can't be read, or does not exist; write it like 2026-09-30 or 30.09.2026", s)
	}
	return d, nil
}

var (
	sumForm = regexp.MustCompile(`^-?(?:\d{1,15}(?:[.,]\d{1,6})?|\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?|\d{1,3}(?:\.\d{3})+(?:,\d{1,6})?)$`)
	// twoWays is a sum whose one mark may group digits or begin decimals.
	twoWays  = regexp.MustCompile(`^-?[1-9]\d{0,2}[.,]\d{3}$`)
	sumSpace = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "’", "")
)

// readSum reads 1200, 1200.50, 1200,50, 1,200.50 and 1.200,50. A sum that can be read in two
// ways is an error: nobody is there who could be asked.
func readSum(s string) (decimal.Decimal, error) {
	t := sumSpace.Replace(s)
	if !sumForm.MatchString(t) {
		return decimal.Zero, fmt.Errorf("the sum %q can't be read; write it like 1200.50", s)
	}
	if twoWays.MatchString(t) {
		return decimal.Zero, fmt.Errorf("the sum %q can be read in two ways; write it like 1200.00", s)
	}
	dot, comma := strings.LastIndexByte(t, '.'), strings.LastIndexByte(t, ',')
	switch {
	case comma > dot && strings.Count(t, ",") == 1:
		t = strings.Replace(strings.ReplaceAll(t, ".", ""), ",", ".", 1)
	case dot > comma && strings.Count(t, ".") == 1:
		t = strings.ReplaceAll(t, ",", "")
	default:
		t = strings.NewReplacer(",", "", ".", "").Replace(t)
	}
	return decimal.NewFromString(t)
}

// table is a CSV file with its columns by name.
type table struct {
	rows     []row
	problems []RowProblem
}

type row struct {
	line int
	cell map[string]string // by column; trimmed
}

// readTable reads a CSV file in UTF-8, with or without a byte order mark, whose delimiter is
// a comma, a semicolon or a tab.
func readTable(r io.Reader, needs, may []string) (*table, error) {
	data, err := io.ReadAll(io.LimitReader(r, fileMax+1))
	if err != nil {
		return nil, err
	}
	if len(data) > fileMax {
		return nil, fmt.Errorf("the file is larger than %d MiB", fileMax>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, errors.New("the file is not in UTF-8; save it as \"CSV UTF-8\"")
	}
	c := csv.NewReader(bytes.NewReader(data))
	c.Comma, c.FieldsPerRecord = delimiter(data), -1
	head, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file is empty; its first line names the columns, like %s", strings.Join(needs, ","))
	}
	if err != nil {
		return nil, err
	}
	columns, err := readHeader(head, needs, may)
	if err != nil {
		return nil, err
	}
	return readRows(c, columns)
}

// delimiter is the one that occurs most in the first line.
func delimiter(data []byte) rune {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t'} {
		if n := strings.Count(string(first), string(d)); n > most {
			best, most = d, n
		}
	}
	return best
}

func readHeader(head, needs, may []string) ([]string, error) {
	var columns []string
	for _, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		if other, ok := otherColumnName[name]; ok {
			name = other
		}
		switch {
		case slices.Contains(columns, name):
			return nil, fmt.Errorf("line 1: the column %q is there twice", name)
		case !slices.Contains(needs, name) && !slices.Contains(may, name):
			return nil, fmt.Errorf("line 1: the column %q is unknown; there may be %s", name, strings.Join(append(slices.Clone(needs), may...), ", "))
		}
		columns = append(columns, name)
	}
	for _, name := range needs {
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("line 1: the column %q is missing; it must name %s", name, strings.Join(needs, ", "))
		}
	}
	return columns, nil
}

func readRows(c *csv.Reader, columns []string) (*table, error) {
	t := &table{}
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil { // a quote that is not closed: what follows can't be told apart
			return nil, err
		}
		line, _ := c.FieldPos(0)
		if len(record) != len(columns) {
			t.problems = append(t.problems, RowProblem{line, fmt.Sprintf("the row has %d cells, and the header %d; put cells with a delimiter in them into \"quotes\"", len(record), len(columns))})
			continue
		}
		if len(t.rows) == rowsMax {
			return nil, fmt.Errorf("line %d: there are more than %d rows; split the file", line, rowsMax)
		}
		cells := make(map[string]string, len(columns))
		for i, s := range record {
			cells[columns[i]] = strings.TrimSpace(s)
		}
		t.rows = append(t.rows, row{line, cells})
	}
}
