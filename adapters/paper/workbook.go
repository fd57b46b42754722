package paper

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"duebot/adapters/paper/shape"
	"duebot/ledger"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
)

// Workbook is figures to calculate with, as a spreadsheet. Numbers are numbers and dates
// are dates; what people wrote is text, whatever it begins with.
type Workbook struct {
	Lang    string // decides the direction
	Title   string
	Author  string
	Created time.Time
	Sheets  []Sheet
}

// Sheet is a table with a head that stays, and sums below.
type Sheet struct {
	Name    string
	Columns []SheetColumn
	Rows    [][]Value // as wide as Columns
	Total   string    // what stands before the sums, "" for none
}

// SheetColumn is one column.
type SheetColumn struct {
	Head     string
	Decimals int32 // of its figures
	Sum      bool  // it has a sum below
}

// Value is what one cell holds: the first that is set.
type Value struct {
	Text    string
	Date    ledger.Date
	Number  *decimal.Decimal
	Formula string // that makes Number, "" for none; never of what people wrote
}

// Words, Day and Figure make values.
func Words(s string) Value        { return Value{Text: s} }
func Day(d ledger.Date) Value     { return Value{Date: d} }
func Figure(m ledger.Money) Value { d := m.Decimal(); return Value{Number: &d} }

// Write writes the workbook as XLSX. The same workbook gives the same bytes.
func (b *Workbook) Write(out io.Writer) error {
	f := excelize.NewFile()
	defer f.Close()
	w := &workbook{File: f, book: b}
	if err := w.styles(); err != nil {
		return err
	}
	for i := range b.Sheets {
		if err := w.sheet(i); err != nil {
			return fmt.Errorf("sheet %d: %w", i+1, err)
		}
	}
	at := b.Created.UTC().Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{Title: b.Title, Creator: b.Author, LastModifiedBy: b.Author, Created: at, Modified: at, Language: b.Lang}); err != nil {
		return err
	}
	// Programs show the sums that the file holds, and count them again when they open it.
	yes := true
	if err := f.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &yes}); err != nil {
		return err
	}
	return f.Write(out)
}

// workbook is a file that is being written.
type workbook struct {
	*excelize.File
	book              *Workbook
	head, words, date int
	figures           map[string]int // by decimals and weight
}

func (w *workbook) styles() (err error) {
	if w.head, err = w.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E9EEF3"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}); err != nil {
		return err
	}
	if w.words, err = w.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top"}}); err != nil {
		return err
	}
	// Text that begins with = must stay text even when somebody edits the cell.
	yes := true
	w.Styles.CellXfs.Xf[w.words].QuotePrefix = &yes
	w.date, err = w.NewStyle(&excelize.Style{NumFmt: 14, Alignment: &excelize.Alignment{Vertical: "top"}})
	w.figures = map[string]int{}
	return err
}

// figure is the style of numbers with so many decimals.
func (w *workbook) figure(decimals int32, bold bool) (int, error) {
	key := fmt.Sprint(decimals, bold)
	if id, ok := w.figures[key]; ok {
		return id, nil
	}
	format := "#,##0"
	if decimals > 0 {
		format += "." + strings.Repeat("0", int(decimals))
	}
	id, err := w.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Bold: bold}, Alignment: &excelize.Alignment{Vertical: "top"}})
	w.figures[key] = id
	return id, err
}

func (w *workbook) sheet(i int) error {
	s := &w.book.Sheets[i]
	name := sheetName(s.Name, i)
	if i == 0 {
		if err := w.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else if _, err := w.NewSheet(name); err != nil {
		return err
	}
	rtl := shape.RTL(w.book.Lang)
	if err := w.SetSheetView(name, 0, &excelize.ViewOptions{RightToLeft: &rtl}); err != nil {
		return err
	}
	if err := w.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for c, column := range s.Columns {
		if err := w.text(name, c, 0, column.Head, w.head); err != nil {
			return err
		}
		letter, err := excelize.ColumnNumberToName(c + 1)
		if err != nil {
			return err
		}
		if err := w.SetColWidth(name, letter, letter, s.breadth(c)); err != nil {
			return err
		}
	}
	for r, row := range s.Rows {
		for c := range row {
			if err := w.value(name, c, r+1, &row[c], s.Columns[c].Decimals); err != nil {
				return err
			}
		}
	}
	return w.sums(name, s)
}

// breadth is about how many characters a column needs.
func (s *Sheet) breadth(c int) float64 {
	n := utf8.RuneCountInString(s.Columns[c].Head)
	for _, row := range s.Rows {
		n = max(n, utf8.RuneCountInString(row[c].Text))
		if row[c].Number != nil {
			n = max(n, len(row[c].Number.StringFixed(s.Columns[c].Decimals))*4/3)
		}
	}
	return float64(min(max(n, 9), 60) + 2)
}

func (w *workbook) value(sheet string, column, row int, v *Value, decimals int32) error {
	cell, err := excelize.CoordinatesToCellName(column+1, row+1)
	if err != nil {
		return err
	}
	switch {
	case v.Text != "":
		return w.text(sheet, column, row, v.Text, w.words)
	case v.Date != 0:
		// Days since the last of 1899, as spreadsheets count.
		err = w.SetCellDefault(sheet, cell, fmt.Sprint(int(v.Date-ledger.NewDate(1899, 12, 30))))
		if err == nil {
			err = w.SetCellStyle(sheet, cell, cell, w.date)
		}
	case v.Number != nil:
		var style int
		if style, err = w.figure(decimals, false); err == nil {
			err = w.SetCellStyle(sheet, cell, cell, style)
		}
		if err == nil {
			err = w.SetCellDefault(sheet, cell, v.Number.String()) // in figures: no float loses a cent
		}
		if err == nil && v.Formula != "" {
			err = w.SetCellFormula(sheet, cell, v.Formula)
		}
	}
	return err
}

func (w *workbook) text(sheet string, column, row int, text string, style int) error {
	cell, err := excelize.CoordinatesToCellName(column+1, row+1)
	if err != nil {
		return err
	}
	if err := w.SetCellStr(sheet, cell, printable(text)); err != nil {
		return err
	}
	return w.SetCellStyle(sheet, cell, cell, style)
}

// sums are formulas, with what they make beside them for programs that do not count.
func (w *workbook) sums(sheet string, s *Sheet) error {
	if s.Total == "" {
		return nil
	}
	last := len(s.Rows) + 1
	if err := w.text(sheet, 0, last, s.Total, w.head); err != nil {
		return err
	}
	for c := range s.Columns {
		if !s.Columns[c].Sum {
			continue
		}
		sum := decimal.Zero
		for _, row := range s.Rows {
			if row[c].Number != nil {
				sum = sum.Add(*row[c].Number)
			}
		}
		if err := w.value(sheet, c, last, &Value{Number: &sum}, s.Columns[c].Decimals); err != nil {
			return err
		}
		from, _ := excelize.CoordinatesToCellName(c+1, 2)
		to, _ := excelize.CoordinatesToCellName(c+1, last)
		cell, err := excelize.CoordinatesToCellName(c+1, last+1)
		if err != nil {
			return err
		}
		style, err := w.figure(s.Columns[c].Decimals, true)
		if err != nil {
			return err
		}
		if err := w.SetCellStyle(sheet, cell, cell, style); err != nil {
			return err
		}
		if len(s.Rows) > 0 {
			if err := w.SetCellFormula(sheet, cell, "SUM("+from+":"+to+")"); err != nil {
				return err
			}
		}
	}
	return nil
}

// sheetName is a name that spreadsheets take: at most 31 characters, some not among them.
func sheetName(s string, i int) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s), " ")
	if s == "" {
		s = fmt.Sprint(i + 1)
	}
	if runes := []rune(s); len(runes) > 28 {
		s = string(runes[:28])
	}
	return s
}

// printable takes out what XML cannot hold, and cuts what is longer than a cell.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff || r >= '\u202a' && r <= '\u202e' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if runes := []rune(s); len(runes) > excelize.TotalCellChars {
		s = string(runes[:excelize.TotalCellChars])
	}
	return s
}
