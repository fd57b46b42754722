package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// Rates is what a file of exchange rates says.
type Rates struct {
	Source  string        // "ECB"; "" for a table of the company's own
	List    []ledger.Rate // in the file's order; never empty
	Unknown []string      // currencies that were left out: ISO 4217 does not list them any more
}

// Span is the first and the last day of the rates.
func (r *Rates) Span() (first, last ledger.Date) {
	for i, x := range r.List {
		if i == 0 || x.Date < first {
			first = x.Date
		}
		last = max(last, x.Date)
	}
	return first, last
}

// ECB is the source of rates that were read from a file of the European Central Bank.
const ECB = "ECB"

const (
	rateFileMax  = 32 << 20 // bytes; the ECB's whole history has 7 MB as XML
	rateCountMax = 500_000
	zipFilesMax  = 16
	excerptMax   = 60 // characters
)

// ReadRates reads a file of exchange rates for a company whose currency is own, all of it or
// nothing. The file's content tells what it is:
//
//   - the ECB's reference rates as XML or CSV, of a day or of its history, or the zip that it
//     wraps the CSV in (www.ecb.europa.eu/stats/policy_and_exchange_rates): units per euro;
//   - a CSV table with the columns date, currency, rate and perhaps per, in any order: per
//     units of the currency (1 unless given) are rate units of own. A decimal may begin with a
//     comma where the cells do not end with one.
//
// The error names the line, what stands there, and what to do.
func ReadRates(r io.Reader, own ledger.Currency) (*Rates, error) {
	data, err := readBounded(r)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		if data, err = unzipRates(data); err != nil {
			return nil, err
		}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("the file is empty; take it again from where it came")
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, errors.New("the file is neither the ECB's nor a table in UTF-8; save it as \"CSV UTF-8\"")
	}
	var days []ecbDay
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")):
		days, err = readECBXML(data)
	case ecbHeader.Match(data):
		days, err = readECBTable(data)
	default:
		return readOwnRates(data, own)
	}
	if err != nil {
		return nil, err
	}
	return againstEuro(days, own)
}

func readBounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, rateFileMax+1))
	if err == nil && len(data) > rateFileMax {
		err = fmt.Errorf("the file is larger than %d MiB; take a shorter history", rateFileMax>>20)
	}
	return data, err
}

// unzipRates returns the one CSV file in a zip. What it unpacks to is bounded, whatever the
// zip says of it.
func unzipRates(data []byte) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("the zip is damaged (%w); take it again from where it came", err)
	}
	if len(z.File) > zipFilesMax {
		return nil, fmt.Errorf("the zip holds %d files, and the ECB's holds one; unpack it, and give the CSV file", len(z.File))
	}
	var found *zip.File
	for _, f := range z.File {
		if !strings.HasSuffix(strings.ToLower(f.Name), ".csv") {
			continue
		}
		if found != nil {
			return nil, errors.New("the zip holds several CSV files; unpack it, and give the one with the rates")
		}
		found = f
	}
	if found == nil {
		return nil, errors.New("the zip holds no CSV file; take eurofxref.zip or eurofxref-hist.zip from the ECB")
	}
	f, err := found.Open()
	if err == nil {
		defer f.Close()
		data, err = readBounded(f)
	}
	if err != nil {
		return nil, fmt.Errorf("%s in the zip: %w", excerpt(found.Name), err)
	}
	return data, nil
}

// ecbDay is what the ECB quotes for a day: units per euro.
type ecbDay struct {
	date   ledger.Date
	quotes []ecbQuote
}

type ecbQuote struct {
	currency string
	per      decimal.Decimal
}

// quoted is how many units of cur are one euro; false where the day has no quote.
func (d *ecbDay) quoted(cur ledger.Currency) (decimal.Decimal, bool) {
	if cur == "EUR" {
		return decimal.NewFromInt(1), true
	}
	for _, q := range d.quotes {
		if q.currency == string(cur) {
			return q.per, true
		}
	}
	return decimal.Zero, false
}

// againstEuro makes rates of own of quotes per euro, as quotients that nobody has rounded: of
// "1 EUR = 1.0857 USD = 4.9758 RON" follows that 1.0857 USD are 4.9758 RON. A day on which
// own was not quoted has none.
func againstEuro(days []ecbDay, own ledger.Currency) (*Rates, error) {
	out := &Rates{Source: ECB}
	for _, d := range days {
		value, ok := d.quoted(own)
		if !ok {
			continue
		}
		if own != "EUR" {
			out.List = append(out.List, ledger.Rate{Currency: "EUR", Date: d.date, Value: value, Per: decimal.NewFromInt(1)})
		}
		for _, q := range d.quotes {
			cur := ledger.Currency(q.currency)
			switch {
			case cur == own:
			case cur.Valid():
				out.List = append(out.List, ledger.Rate{Currency: cur, Date: d.date, Value: value, Per: q.per})
			case !slices.Contains(out.Unknown, q.currency):
				out.Unknown = append(out.Unknown, q.currency)
			}
		}
	}
	if len(out.List) == 0 {
		return nil, fmt.Errorf("the ECB's file does not quote %s, the company's currency; give a table with the columns date,currency,rate instead", own)
	}
	slices.Sort(out.Unknown)
	return out, nil
}

// readECBXML reads eurofxref-daily.xml, -hist.xml and -hist-90d.xml. Elements deeper than
// theirs, and a document type, which could define entities, are refused.
func readECBXML(data []byte) ([]ecbDay, error) {
	const depthMax = 8
	x := &xmlReader{Decoder: xml.NewDecoder(bytes.NewReader(data)), data: data}
	depth, elements := 0, 0
	var out []ecbDay
	for {
		tok, err := x.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, x.broken(err)
		}
		switch tok := tok.(type) {
		case xml.Directive:
			return nil, x.wrong("there is a document type, which the ECB's files have not")
		case xml.EndElement:
			depth--
		case xml.StartElement:
			if depth++; depth > depthMax {
				return nil, x.wrong("the elements are nested too deep")
			}
			if elements++; elements > rateCountMax {
				return nil, x.wrong("there are more than %d rates", rateCountMax)
			}
			if tok.Name.Local == "Cube" {
				if err := x.cube(tok, &out); err != nil {
					return nil, err
				}
			}
		}
	}
	if len(out) == 0 {
		return nil, x.wrong("there is no rate in it")
	}
	return out, nil
}

type xmlReader struct {
	*xml.Decoder
	data []byte
}

// cube reads one <Cube>: the outer one, which holds all, that of a day, or that of a rate.
func (x *xmlReader) cube(tok xml.StartElement, out *[]ecbDay) error {
	var currency, rate string
	for _, a := range tok.Attr {
		switch a.Name.Local {
		case "time":
			d, err := ledger.ParseDate(a.Value)
			if err != nil || d.Year() < 1999 {
				return x.wrong("%q is no day of the euro", excerpt(a.Value))
			}
			*out = append(*out, ecbDay{date: d})
		case "currency":
			currency = a.Value
		case "rate":
			rate = a.Value
		}
	}
	if currency == "" && rate == "" {
		return nil
	}
	if len(*out) == 0 {
		return x.wrong("the rate of %q stands under no day", excerpt(currency))
	}
	q, err := newQuote(currency, rate)
	if err != nil {
		return x.wrong("%v", err)
	}
	day := &(*out)[len(*out)-1]
	day.quotes = append(day.quotes, q)
	return nil
}

// broken is an error of the XML itself.
func (x *xmlReader) broken(err error) error {
	if bad, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return x.wrong("%s", bad.Msg)
	}
	return x.wrong("%v", err)
}

// wrong is an error at the reader's place: the line, what begins there, and the remedy.
func (x *xmlReader) wrong(format string, args ...any) error {
	line, _ := x.InputPos()
	text, _, _ := strings.Cut(string(x.data), "\n")
	for i, l := range strings.Split(string(x.data), "\n") {
		if i+1 == line {
			text = l
			break
		}
	}
	return fmt.Errorf("line %d (%s): %s; take eurofxref-daily.xml again from the ECB", line, excerpt(text), fmt.Sprintf(format, args...))
}

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

func newQuote(currency, rate string) (ecbQuote, error) {
	if !currencyForm.MatchString(currency) {
		return ecbQuote{}, fmt.Errorf("%q is no currency", excerpt(currency))
	}
	d, err := readRate(rate, false)
	if err != nil {
		return ecbQuote{}, fmt.Errorf("the rate of %s is %q", currency, excerpt(rate))
	}
	return ecbQuote{currency, d}, nil
}

// ecbHeader is the first line of the ECB's tables: "Date, USD, JPY, …, ".
var ecbHeader = regexp.MustCompile(`^\s*Date\s*(?:,\s*[A-Z]{3}\s*)+,?[ \t]*(?:\r?\n|$)`)

// readECBTable reads eurofxref.csv, whose day is "02 October 2026", and eurofxref-hist.csv,
// whose days are "2026-10-02". A cell "N/A" or an empty one is no quote; each line may end
// with a comma.
func readECBTable(data []byte) ([]ecbDay, error) {
	c := csv.NewReader(bytes.NewReader(data))
	c.FieldsPerRecord, c.TrimLeadingSpace = -1, true
	head, err := c.Read()
	if err != nil {
		return nil, err
	}
	trimCells(head)
	var out []ecbDay
	for count := 0; ; {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w; take the file again from the ECB", err)
		}
		trimCells(cells)
		line, _ := c.FieldPos(0)
		day, err := readECBRow(head, cells)
		if err != nil {
			return nil, fmt.Errorf("line %d (%s): %w; take the file again from the ECB", line, excerpt(strings.Join(cells, ",")), err)
		}
		if count += len(day.quotes); count > rateCountMax {
			return nil, fmt.Errorf("line %d: there are more than %d rates; take a shorter history", line, rateCountMax)
		}
		out = append(out, day)
	}
	if len(out) == 0 {
		return nil, errors.New("line 2: there is no day in it; take the file again from the ECB")
	}
	return out, nil
}

func trimCells(cells []string) {
	for i, s := range cells {
		cells[i] = strings.TrimSpace(s)
	}
}

func readECBRow(head, cells []string) (day ecbDay, err error) {
	if len(cells) != len(head) {
		return day, fmt.Errorf("the row has %d cells, and the header %d", len(cells), len(head))
	}
	if day.date, err = ledger.ParseDate(cells[0]); err != nil {
		t, err := time.Parse("02 January 2006", cells[0])
		if err != nil {
			return day, fmt.Errorf("%q is no day", excerpt(cells[0]))
		}
		day.date = ledger.DateOf(t, time.UTC)
	}
	if day.date.Year() < 1999 {
		return day, fmt.Errorf("%s was before the euro", day.date)
	}
	for i, s := range cells[1:] {
		currency := head[i+1]
		if s == "" || s == "N/A" {
			continue
		}
		q, err := newQuote(currency, s)
		if err != nil {
			return day, err
		}
		day.quotes = append(day.quotes, q)
	}
	return day, nil
}

var (
	rateNeeds = []string{"date", "currency", "rate"}
	rateMay   = []string{"per"}
)

// rateProblemsMax is how many wrong rows are named: the others are mostly wrong alike.
const rateProblemsMax = 20

// readOwnRates reads a table of the company's own. Every row that is wrong is named.
func readOwnRates(data []byte, own ledger.Currency) (*Rates, error) {
	t, err := readTable(bytes.NewReader(data), rateNeeds, rateMay)
	if err != nil {
		return nil, fmt.Errorf("%w (rates are a table like date,currency,rate, or a file of the ECB)", err)
	}
	comma := delimiter(data) != ','
	problems := t.problems
	out := &Rates{}
	seen := map[string]int{} // currency and day → line
	for _, row := range t.rows {
		r, err := readOwnRate(row, own, comma)
		if err == nil {
			key := string(r.Currency) + r.Date.String()
			if first := seen[key]; first > 0 {
				err = fmt.Errorf("%s on %s stands in line %d already; leave one out", r.Currency, r.Date, first)
			}
			seen[key] = row.line
		}
		if err != nil {
			problems = append(problems, RowProblem{row.line, err.Error()})
			continue
		}
		out.List = append(out.List, r)
	}
	if len(problems) > 0 {
		return nil, rowErrors(problems)
	}
	if len(out.List) == 0 {
		return nil, errors.New("line 2: there is no rate in it; write rows like 2026-09-30,USD,0.92")
	}
	return out, nil
}

func readOwnRate(row row, own ledger.Currency, comma bool) (r ledger.Rate, err error) {
	if r.Date, err = readDate(row.cell["date"]); err != nil {
		return r, err
	}
	if r.Currency, err = ledger.ParseCurrency(row.cell["currency"]); err != nil {
		return r, fmt.Errorf("the currency %q is unknown; write its three letters, like USD", excerpt(row.cell["currency"]))
	}
	if r.Currency == own {
		return r, fmt.Errorf("%s is the company's own currency; write what one unit of the other is worth in %s", own, own)
	}
	r.Per = decimal.NewFromInt(1)
	for _, cell := range []struct {
		name string
		into *decimal.Decimal
	}{{"rate", &r.Value}, {"per", &r.Per}} {
		s := row.cell[cell.name]
		if cell.name == "per" && s == "" {
			continue
		}
		if *cell.into, err = readRate(s, comma); err != nil {
			return r, fmt.Errorf("the %s %q can't be read; write it like 0.92: more than nothing, at most 6 decimals, no marks between thousands", cell.name, excerpt(s))
		}
	}
	return r, nil
}

// rowErrors is one error of several lines, in the order of the file.
func rowErrors(problems []RowProblem) error {
	slices.SortStableFunc(problems, func(a, b RowProblem) int { return a.Line - b.Line })
	var errs []error
	for i, p := range problems {
		if i == rateProblemsMax {
			errs = append(errs, fmt.Errorf("and %d more lines", len(problems)-i))
			break
		}
		errs = append(errs, fmt.Errorf("line %d: %s", p.Line, p.Text))
	}
	return errors.Join(errs...)
}

var rateForm = regexp.MustCompile(`^\d{1,12}(?:[.,]\d{1,12})?$`)

// readRate reads a number of more than zero with at most 6 places. Its one mark begins the
// decimals: nobody groups the digits of a rate.
func readRate(s string, comma bool) (decimal.Decimal, error) {
	bad := errors.New("no rate")
	if !rateForm.MatchString(s) || !comma && strings.Contains(s, ",") {
		return decimal.Zero, bad
	}
	d, err := decimal.NewFromString(strings.Replace(s, ",", ".", 1))
	if err != nil || !d.IsPositive() || !d.Shift(6).IsInteger() {
		return decimal.Zero, bad
	}
	return d, nil
}

// excerpt is the beginning of a text, on one line.
func excerpt(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > excerptMax {
		return string(r[:excerptMax]) + "…"
	}
	return s
}
