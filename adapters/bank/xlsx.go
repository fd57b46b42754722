package bank

import (
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"duebot/adapters/cells"
	"duebot/ledger"
)

const (
	bookUnpackedMax = 1 << 30
	bookInMemory    = 16 << 20 // a larger sheet is unpacked into a temporary file
)

// bookRows are the rows of a sheet: values, not formulas, and numbers as they are kept.
type bookRows struct {
	rows *excelize.Rows
	row  int
}

func (b *bookRows) next() ([]string, int, error) {
	if !b.rows.Next() {
		if b.rows.Error() != nil {
			return nil, b.row, &Problem{Line: b.row, Key: "bank.problem.book"}
		}
		return nil, b.row, io.EOF
	}
	b.row++
	cells, err := b.rows.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, b.row, &Problem{Line: b.row, Key: "bank.problem.book"}
	}
	for i := range cells {
		cells[i] = clean(cells[i])
	}
	return cells[:min(len(cells), columnsMax)], b.row, nil
}

// readXLSX reads the sheets of a workbook that have the headings of a statement, else the first
// sheet that has anything.
func readXLSX(s *source, f *feed) error {
	if err := cells.CheckBook(s.src, s.size, bookUnpackedMax); err != nil {
		key := "bank.problem.book"
		if r, ok := ledger.AsRefusal(err); ok && r.Key == "file.bomb" {
			key = "bank.problem.bomb"
		}
		return &Problem{Line: 1, Key: key}
	}
	book, err := excelize.OpenReader(io.NewSectionReader(s.src, 0, s.size), excelize.Options{RawCellValue: true, UnzipSizeLimit: bookUnpackedMax, UnzipXMLSizeLimit: bookInMemory})
	if err != nil {
		return &Problem{Line: 1, Key: "bank.problem.book"}
	}
	defer book.Close()
	sheets, problem := sheetsOf(book)
	if problem != nil {
		return problem
	}
	y1904 := false
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		y1904 = *props.Date1904
	}
	defer func() { f.file = "" }()
	for _, sheet := range sheets {
		if len(sheets) > 1 {
			f.file = shorten(clean(sheet.name), excerptMax)
		}
		t := &table{source: s, f: f, format: XLSX, book: cells.Book{Excel: true, Y1904: y1904}}
		t.open = func() (rows, error) {
			r, err := book.Rows(sheet.name)
			if err != nil {
				return nil, &Problem{Line: 1, Key: "bank.problem.book"}
			}
			return &bookRows{rows: r}, nil
		}
		if err := t.read(sheet.at); err != nil {
			return f.failed(err)
		}
	}
	return nil
}

// sheet is one that holds a table: at is the row of its headings, from 0; -1 is none.
type sheet struct {
	name  string
	at    int
	heads string // the headings, made comparable
}

// sheetsOf finds the sheet of the surest headings, and all others with the same ones: a sheet for
// each month, or for each account. Another statement with headings of its own is a problem: its
// lines would be lost.
func sheetsOf(book *excelize.File) ([]sheet, *Problem) {
	best := sheet{at: -1}
	var statements []sheet // that look like one, and have lines
	most := 1
	for _, name := range book.GetSheetList() {
		rows, err := book.Rows(name)
		if err != nil {
			continue
		}
		b := &bookRows{rows: rows}
		one, found, lines := sheet{name: name, at: -1}, map[Column]bool{}, false
		for i := range headLinesMax {
			row, _, err := b.next()
			if err != nil {
				break
			}
			if best.name == "" && len(row) > 0 {
				best.name = name
			}
			if here := columnsIn(row); len(here) > max(1, len(found)) {
				found, one.at, one.heads, lines = here, i, foldedRow(row), false
			} else if one.at >= 0 && len(trimmedRow(row)) > 0 {
				lines = true
			}
		}
		rows.Close()
		if len(found) > most {
			best, most = one, len(found)
		}
		if lines && found[ColDate] && (found[ColAmount] || found[ColDebit] && found[ColCredit]) {
			statements = append(statements, one)
		}
	}
	if best.name == "" {
		return nil, &Problem{Line: 1, Key: "bank.problem.empty"}
	}
	if len(statements) == 0 {
		return []sheet{best}, nil
	}
	for _, o := range statements[1:] {
		if o.heads != statements[0].heads {
			return nil, &Problem{Line: o.at + 1, Key: "bank.problem.sheets", Args: []any{"one", shorten(clean(statements[0].name), excerptMax), "other", shorten(clean(o.name), excerptMax)}}
		}
	}
	return statements, nil
}

func foldedRow(row []string) string {
	var out []string
	for _, s := range trimmedRow(row) {
		out = append(out, cells.Fold(s))
	}
	return strings.Join(out, "\x1f")
}
