package bank

import (
	"io"

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

// readXLSX reads the first sheet of a workbook that has headings of a statement, else the first
// that has anything.
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
	name, at := sheetOf(book)
	if name == "" {
		return &Problem{Line: 1, Key: "bank.problem.empty"}
	}
	t := &table{source: s, f: f, format: XLSX, book: cells.Book{Excel: true}}
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		t.book.Y1904 = *props.Date1904
	}
	t.open = func() (rows, error) {
		r, err := book.Rows(name)
		if err != nil {
			return nil, &Problem{Line: 1, Key: "bank.problem.book"}
		}
		return &bookRows{rows: r}, nil
	}
	return t.read(at)
}

// sheetOf finds the sheet and the row of its headings, from 0; -1 is none.
func sheetOf(book *excelize.File) (name string, at int) {
	at = -1
	most := 1
	for _, sheet := range book.GetSheetList() {
		rows, err := book.Rows(sheet)
		if err != nil {
			continue
		}
		b := &bookRows{rows: rows}
		for i := range headLinesMax {
			cells, _, err := b.next()
			if err != nil {
				break
			}
			if name == "" && len(cells) > 0 {
				name = sheet
			}
			if n := known(cells); n > most {
				name, at, most = sheet, i, n
			}
		}
		rows.Close()
	}
	return name, at
}
