package paper

import (
	"encoding/csv"
	"io"
	"strings"

	"duebot/ledger"
)

// Workbook is a statement or reconciliation, or the lines of any other document, as a
// spreadsheet: one sheet for each currency.
func (d *Document) Workbook() (*Workbook, error) {
	words, err := speechOf(d.Lang, nil)
	if err != nil {
		return nil, err
	}
	b := &Workbook{Lang: d.Lang, Title: strings.TrimSpace(words.say(string(d.Kind)) + " " + d.Number), Author: d.Seller.Name, Created: d.Issued}
	if len(d.Accounts) == 0 {
		b.Sheets = []Sheet{d.linesSheet(words)}
	}
	for i := range d.Accounts {
		b.Sheets = append(b.Sheets, d.accountSheet(words, &d.Accounts[i]))
	}
	return b, nil
}

func (d *Document) accountSheet(words *speech, a *Account) Sheet {
	exponent, currency := a.Currency.Exponent(), words.currency(a.Currency)
	s := Sheet{Name: string(a.Currency), Total: words.say("turnover"), Columns: []SheetColumn{
		{Head: words.say("date")}, {Head: words.say("document")}, {Head: words.say("debit", "currency", currency), Decimals: exponent, Sum: true},
		{Head: words.say("creditcol", "currency", currency), Decimals: exponent, Sum: true}, {Head: words.say("balance", "currency", currency), Decimals: exponent}}}
	s.Rows = append(s.Rows, []Value{Day(d.From), Words(words.say("opening")), {}, {}, Figure(a.Opening)})
	for i := range a.Entries {
		e := &a.Entries[i]
		s.Rows = append(s.Rows, []Value{Day(e.Date), Words(e.Text), some(e.Debit), some(e.Credit), Figure(e.Balance)})
	}
	s.Rows = append(s.Rows, []Value{Day(d.To), Words(words.say("closing")), {}, {}, Figure(a.Closing)})
	return s
}

func (d *Document) linesSheet(words *speech) Sheet {
	exponent := d.Currency.Exponent()
	s := Sheet{Name: d.Number, Total: words.say("total"), Columns: []SheetColumn{
		{Head: words.say("line")}, {Head: words.say("quantity"), Decimals: 2}, {Head: words.say("price"), Decimals: exponent},
		{Head: words.say("discount"), Decimals: 2}, {Head: words.say("tax"), Decimals: 2}, {Head: words.say("amount", "currency", words.currency(d.Currency)), Decimals: exponent, Sum: true}}}
	for i := range d.Lines {
		l := &d.Lines[i]
		s.Rows = append(s.Rows, []Value{Words(l.Text), {Number: &l.Quantity}, {Number: &l.Price}, {Number: &l.Discount}, {Number: &l.Tax}, Figure(l.Amount)})
	}
	return s
}

// some is a sum, or an empty cell for none.
func some(m ledger.Money) Value {
	if m.IsZero() {
		return Value{}
	}
	return Figure(m)
}

// WriteCSV writes a sheet for other programs: figures with a point, dates as 2026-12-31. A
// text that a spreadsheet would take for a formula gets an apostrophe.
func (s *Sheet) WriteCSV(out io.Writer) error {
	w := csv.NewWriter(out)
	line := make([]string, len(s.Columns))
	for i := range s.Columns {
		line[i] = harmless(s.Columns[i].Head)
	}
	if err := w.Write(line); err != nil {
		return err
	}
	for _, row := range s.Rows {
		for i := range row {
			switch v := &row[i]; {
			case v.Text != "":
				line[i] = harmless(printable(v.Text))
			case v.Date != 0:
				line[i] = v.Date.String()
			case v.Number != nil:
				line[i] = v.Number.StringFixed(max(s.Columns[i].Decimals, -v.Number.Exponent()))
			default:
				line[i] = ""
			}
		}
		if err := w.Write(line); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// harmless keeps a spreadsheet from reading text as a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) || strings.HasPrefix(s, "＝") {
		return "'" + s
	}
	return s
}
