package exchange

import (
	"strings"

	"github.com/shopspring/decimal"

	"duebot/adapters/cells"
	"duebot/ledger"
)

// accountBounds are those of a customer's own list: anybody who is linked may send one, at any
// time.
var accountBounds = bounds{bytes: 4 << 20, rows: 5_000, bookRows: 5_000, unpacked: 8 << 20}

// The columns of an account that no import has.
const (
	colDebit  = "debit"
	colCredit = "credit"
)

// accountHeadings are what programs call them.
var accountHeadings = func() map[string]string {
	out := map[string]string{}
	for column, names := range map[string]string{
		colDebit:  "debit|dr|debit amount|soll|дебет|дт|debito|dare|借方|借方金额|借|بدهکار",
		colCredit: "credit|cr|credit amount|haben|кредит|кт|credito|avere|贷方|贷方金额|贷|بستانکار",
	} {
		for name := range cells.Folded(names) {
			out[name] = column
		}
	}
	return out
}()

// ReadAccount reads a customer's own list of what he owes, and paid: a table with a number or a
// text, a date, and debit and credit, or one sum. Its error is a Refusal for a file that is no
// such table.
func ReadAccount(data []byte, language string) ([]ledger.AccountLine, error) {
	s, err := readSheet(data, language, accountBounds)
	if err != nil {
		return nil, err
	}
	c := readHead(s.head)
	for i, name := range s.head {
		if column := accountHeadings[cells.Fold(name)]; column != "" {
			c.at[column] = i
		}
	}
	if !c.any(colNumber, colText, colReference) || !c.any(colDebit, colCredit, colAmount) {
		return nil, ledger.Refuse(ledger.BadInput, "account.columns", "columns", strings.Join(shortList(s.head), ", "))
	}
	return readAccountRows(s, &c), nil
}

// readAccountRows reads the rows that have a sum; a row of totals and what cannot be read are
// left out: they show as lines that only one side has.
func readAccountRows(s *sheet, c *columns) (out []ledger.AccountLine) {
	cell := func(row []string, column string) string {
		if i, ok := c.at[column]; ok && i < len(row) {
			return row[i]
		}
		return ""
	}
	var sums, days []string
	for _, row := range s.rows {
		sums = append(sums, cell(row, colDebit), cell(row, colCredit), cell(row, colAmount))
		days = append(days, cell(row, colDate))
	}
	point, _ := cells.PointOf(sums)
	order, _ := cells.OrderOf(days)
	if point == "" {
		point = "."
	}
	if order == "" {
		order = "dmy"
	}
	sum := func(text string) decimal.Decimal {
		d, err := cells.Sum(text, point)
		if err != nil {
			return decimal.Zero
		}
		return d
	}
	for i, row := range s.rows {
		l := ledger.AccountLine{Line: s.lines[i], Number: cell(row, colNumber), Text: cell(row, colText) + " " + cell(row, colReference),
			Debit: sum(cell(row, colDebit)), Credit: sum(cell(row, colCredit)), Currency: ledger.Currency(strings.ToUpper(cell(row, colCurrency)))}
		if !c.any(colDebit, colCredit) {
			l.Debit = sum(cell(row, colAmount))
		}
		l.Text = strings.TrimSpace(l.Text)
		l.Date, _ = cells.Day(cell(row, colDate), order, s.Book)
		if l.Debit.IsZero() && l.Credit.IsZero() || len(row) > 0 && totals[cells.Fold(row[0])] {
			continue
		}
		out = append(out, l)
	}
	return out
}
