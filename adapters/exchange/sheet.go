package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"duebot/adapters/cells"
	"duebot/ledger"
)

const (
	columnsMax = 200
	headLines  = 20 // among which the one that names the columns is looked for
	headBytes  = 64 << 10
)

// bounds are how large a table may be.
type bounds struct {
	bytes    int   // of its text
	rows     int   // of its text
	bookRows int   // of a workbook
	unpacked int64 // what a workbook becomes: a few kilobytes can become gigabytes
}

// importBounds are those of what staff drop.
var importBounds = bounds{bytes: 1 << 30, rows: 2_000_000, bookRows: 200_000, unpacked: 256 << 20}

// sheet is a table as it lies in a file: all cells are text.
type sheet struct {
	head  []string
	lines []int // of the rows, from 1
	rows  [][]string
	wrong []ledger.ImportProblem

	cells.Book
	number func(line, column int) bool
}

// readSheet reads a CSV file or a workbook within bounds. Its error is a Refusal for a file that is no
// table that can be read.
func readSheet(data []byte, language string, max bounds) (*sheet, error) {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readBook(data, max)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")): // the format before 2007
		return nil, ledger.Refuse(ledger.BadInput, "file.oldexcel")
	case len(data) > max.bytes:
		return nil, ledger.Refuse(ledger.BadInput, "file.rows", "max", max.rows)
	}
	text, err := decodeText(data, language)
	if err != nil {
		return nil, err
	}
	return readCSV(text, max.rows)
}

// decodeText returns data in UTF-8, whichever way it is encoded: by its byte order mark, else
// UTF-8 where it is that, else the code page under which the most headings are known; that of
// the company's language wins a tie.
func decodeText(data []byte, language string) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if utf16 := utf16Of(data); utf16 != nil {
		out, err := utf16.NewDecoder().Bytes(data)
		if err != nil {
			return nil, ledger.Refuse(ledger.BadInput, "file.encoding")
		}
		data = out
	} else if !utf8.Valid(data) {
		data = decodePage(data, language)
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, ledger.Refuse(ledger.BadInput, "file.notable")
	}
	return data, nil
}

// utf16Of tells UTF-16 by its mark, or by the zeros of its first letters.
func utf16Of(data []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case len(data) < 4 || len(data)%2 != 0:
	case data[1] == 0 && data[3] == 0 && data[0] != 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case data[0] == 0 && data[2] == 0 && data[1] != 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

// pages are the code pages of spreadsheets, by the language whose they are.
var pages = []struct {
	language string
	encoding encoding.Encoding
}{
	{"en", charmap.Windows1252}, {"ru", charmap.Windows1251}, {"ro", charmap.Windows1250}, {"zh", simplifiedchinese.GB18030},
	{"fa", charmap.Windows1256}, {"ru", charmap.CodePage866},
}

func decodePage(data []byte, language string) (best []byte) {
	most := -1
	for _, p := range pages {
		start, err := p.encoding.NewDecoder().Bytes(data[:min(len(data), headBytes)])
		if err != nil {
			continue
		}
		score := 2 * known(start)
		if p.language == language {
			score++
		}
		if strings.ContainsRune(string(start), utf8.RuneError) {
			score -= 2
		}
		if score <= most {
			continue
		}
		if out, err := p.encoding.NewDecoder().Bytes(data); err == nil {
			most, best = score, out
		}
	}
	return best
}

// known is how many headings of a text are known, under the best of the delimiters.
func known(text []byte) int {
	_, _, n := findHead(text)
	return n
}

var delimiters = []rune{',', ';', '\t', '|'}

// findHead looks for the line that names the columns, below the titles that programs put over
// a table.
func findHead(text []byte) (delimiter rune, skip, most int) {
	delimiter, skip, most = ',', 0, -1
	rest, at := text[:min(len(text), headBytes)], 0
	for range headLines {
		line, after, more := bytes.Cut(rest, []byte("\n"))
		for _, d := range delimiters {
			r := csv.NewReader(bytes.NewReader(line))
			r.Comma, r.LazyQuotes = d, true
			cells, err := r.Read()
			if err != nil {
				continue
			}
			head := readHead(cells)
			n := 2*len(head.at) - boolInt(at > 0)
			if n > most {
				delimiter, skip, most = d, at, n
			}
		}
		at++
		rest = after
		if !more {
			break
		}
	}
	return delimiter, skip, (most + 1) / 2
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func readCSV(text []byte, max int) (*sheet, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, ledger.Refuse(ledger.BadInput, "file.empty")
	}
	delimiter, skip, _ := findHead(text)
	for range skip {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = delimiter, -1, false
	s := &sheet{}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, ledger.Refuse(ledger.BadInput, "file.quotes", "line", strconv.Itoa(bad.StartLine+skip))
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if s.add(line+skip, record, max) {
			return nil, ledger.Refuse(ledger.BadInput, "file.rows", "max", max)
		}
	}
}

// add takes a row, the first one as the head. It reports whether there are too many.
func (s *sheet) add(line int, cells []string, max int) (full bool) {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	if s.head == nil {
		s.head = cells[:min(len(cells), columnsMax)]
		return false
	}
	for len(cells) > len(s.head) && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	switch {
	case !slices.ContainsFunc(cells, func(c string) bool { return c != "" }):
		return false
	case len(s.rows) >= max:
		return true
	case len(cells) != len(s.head) && !s.Excel:
		s.wrong = append(s.wrong, ledger.ImportProblem{Line: line,
			Err: ledger.Refuse(ledger.BadInput, "row.cells", "cells", strconv.Itoa(len(cells)), "head", strconv.Itoa(len(s.head)))})
	}
	for len(cells) < len(s.head) {
		cells = append(cells, "")
	}
	s.lines, s.rows = append(s.lines, line), append(s.rows, cells[:min(len(cells), max)])
	return false
}

// readBook reads the first sheet of a workbook that has a table: values, not formulas.
func readBook(data []byte, max bounds) (*sheet, error) {
	if err := cells.CheckBook(bytes.NewReader(data), int64(len(data)), max.unpacked); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: max.unpacked, UnzipXMLSizeLimit: max.unpacked})
	if err != nil {
		return nil, ledger.Refuse(ledger.BadInput, "file.book")
	}
	defer f.Close()
	var best *sheet
	for _, name := range f.GetSheetList() {
		s, err := readPage(f, name, max.bookRows)
		if err != nil {
			return nil, err
		}
		if s.head != nil && (best == nil || len(best.rows) == 0) {
			best = s
		}
		if best != nil && len(best.rows) > 0 {
			break
		}
	}
	if best == nil {
		return nil, ledger.Refuse(ledger.BadInput, "file.empty")
	}
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		best.Y1904 = *props.Date1904
	}
	return best, nil
}

// readPage reads one sheet of a workbook from its line of headings on.
func readPage(f *excelize.File, name string, max int) (*sheet, error) {
	rows, err := f.Rows(name)
	if err != nil {
		return nil, ledger.Refuse(ledger.BadInput, "file.book")
	}
	defer rows.Close()
	s := &sheet{Book: cells.Book{Excel: true}, number: func(line, column int) bool { return isNumber(f, name, line, column) }}
	first, err := bookHead(f, name)
	if err != nil {
		return nil, err
	}
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, ledger.Refuse(ledger.BadInput, "file.book")
		}
		if line < first || s.head == nil && len(cells) == 0 {
			continue
		}
		if s.add(line, cells[:min(len(cells), columnsMax)], max) {
			return nil, ledger.Refuse(ledger.BadInput, "file.rows", "max", max)
		}
	}
	return s, s.settle(rows.Error())
}

func (s *sheet) settle(err error) error {
	if err != nil {
		return ledger.Refuse(ledger.BadInput, "file.book")
	}
	// Kept while the workbook is open; see isNumber.
	for i, row := range s.rows {
		for j, cell := range row {
			if cells.TwoWays.MatchString(cell) && s.number(s.lines[i], j) {
				row[j] = cell + "000" // a number of Excel's has one reading
			}
		}
	}
	return nil
}

// bookHead is the line of a sheet that names the columns.
func bookHead(f *excelize.File, name string) (first int, err error) {
	rows, err := f.Rows(name)
	if err != nil {
		return 0, ledger.Refuse(ledger.BadInput, "file.book")
	}
	defer rows.Close()
	first, most := 1, 0
	for line := 1; line <= headLines && rows.Next(); line++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return 0, ledger.Refuse(ledger.BadInput, "file.book")
		}
		if head := readHead(cells[:min(len(cells), columnsMax)]); len(head.at) > most {
			first, most = line, len(head.at)
		}
	}
	return first, nil
}

// isNumber reports whether a cell holds a number, and not the words of one.
func isNumber(f *excelize.File, name string, line, column int) bool {
	cell, err := excelize.CoordinatesToCellName(column+1, line)
	if err != nil {
		return false
	}
	kind, err := f.GetCellType(name, cell)
	return err == nil && (kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber || kind == excelize.CellTypeFormula)
}
