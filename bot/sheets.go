package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"duebot/adapters/paper"
	"duebot/commands/card"
	"duebot/ledger"
)

// staffPaper draws what staff ask for: a document of the books, or a sheet of receivables.
func (b *Bot) staffPaper(ctx context.Context, p *card.Paper) (card.Drawn, error) {
	if p.Kind == card.PaperAging {
		return b.agingSheet(p)
	}
	d, err := b.paper(ctx, p)
	if p.From != 0 { // staff have those of many customers in one folder
		d.Name = strings.Replace(d.Name, p.Kind+"-", p.Kind+"-"+p.Of+"-", 1)
	}
	return d, err
}

// agingSheet is a report of receivables to calculate with: of the customers whom the asker may
// see, in his language. A spreadsheet has a sheet for each currency; for other programs all is
// one table that names it.
func (b *Bot) agingSheet(p *card.Paper) (d card.Drawn, err error) {
	words := wordsIn(b.texts, b.texts.Match(p.Lang))
	book := &paper.Workbook{Lang: p.Lang}
	var rows []agingRow
	var edges ledger.AgingEdges
	err = b.books.View(func(v *ledger.View) error {
		edges = v.Edges()
		list, on, err := b.desk.AgingRows(v, b.roster.staff(p.For), p.Of)
		if err != nil {
			return err
		}
		d.Name = "aging-" + on.String()
		co := v.Company()
		book.Title, book.Author, book.Created = words(card.T("aging.title", "date", on)), co.Name, v.Now
		for i := range list {
			c := v.Customer(list[i].Customer)
			rows = append(rows, agingRow{c.Handle, v.CustomerName(c), named(words(ownerText(c)), b.nameOf), c.Segment, &list[i]})
		}
		return nil
	})
	if err != nil {
		return d, err
	}
	var out bytes.Buffer
	switch p.Format {
	case card.FormatXLSX:
		d.Name, d.MIME = d.Name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		book.Sheets = agingSheets(rows, edges, words)
		err = book.Write(&out)
	case card.FormatCSV:
		d.Name, d.MIME = d.Name+".csv", "text/csv"
		err = agingTable(rows, edges).WriteCSV(&out)
	default:
		err = fmt.Errorf("a report of receivables in the format %q", p.Format)
	}
	d.Data = out.Bytes()
	return d, err
}

// agingEdges are the buckets of receivables; zero where none are set.
func (c *Config) agingEdges() (e ledger.AgingEdges) {
	copy(e[:], c.Company.AgingDays)
	return e
}

// agingMost is the longest that anybody tells overdue debts apart by, in days.
const agingMost = 3650

func (c *Config) checkAging(bad func(setting, format string, args ...any)) {
	days := c.Company.AgingDays
	if len(days) == 0 {
		return
	}
	ok := len(days) == len(ledger.UsualEdges) && days[0] > 0 && days[len(days)-1] <= agingMost
	for i := 1; i < len(days) && ok; i++ {
		ok = days[i-1] < days[i]
	}
	if !ok {
		bad("company.aging_days", "%v are not four numbers of days, each larger than the one before, like [30, 60, 90, 120]", days)
	}
}

// agingRow is a customer in one currency.
type agingRow struct {
	handle, name, owner, segment string
	*ledger.AgingRow
}

func ownerText(c *ledger.Customer) card.Text {
	if c.Owner == "" {
		return card.Text{}
	}
	return card.T("value", "value", card.User(c.Owner))
}

// agingSheets are the rows as people calculate with them, a sheet for each currency: what is
// owed is the sum of its parts.
func agingSheets(rows []agingRow, edges ledger.AgingEdges, words card.Words) (out []paper.Sheet) {
	at := map[ledger.Currency]int{}
	for i := range rows {
		r := &rows[i]
		n, ok := at[r.Currency]
		if !ok {
			n = len(out)
			at[r.Currency] = n
			out = append(out, agingHead(r.Currency, edges, words))
		}
		s := &out[n]
		s.Rows = append(s.Rows, r.cells(len(s.Rows)+2))
	}
	return out
}

// The columns of names that stand before the sums.
const agingNames = 4

func agingHead(cur ledger.Currency, edges ledger.AgingEdges, words card.Words) paper.Sheet {
	s := paper.Sheet{Name: string(cur), Total: words(card.T("aging.all", "currency", string(cur)))}
	for _, key := range []string{"col.handle", "col.name", "field.owner", "field.segment"} {
		s.Columns = append(s.Columns, paper.SheetColumn{Head: words(card.T(key))})
	}
	sums := append([]string{words(card.T("aging.total")), words(card.T("aging.notdue"))}, bucketHeads(edges)...)
	for _, head := range append(sums, words(card.T("aging.onaccount")), words(card.T("account.disputed"))) {
		s.Columns = append(s.Columns, paper.SheetColumn{Head: strings.ReplaceAll(head, "`", ""), Decimals: cur.Exponent(), Sum: true})
	}
	return s
}

// bucketHeads are the ends of the buckets of what is overdue: "1–30", "120+".
func bucketHeads(edges ledger.AgingEdges) (out []string) {
	for i := 1; i < ledger.Buckets; i++ {
		if i == ledger.Buckets-1 {
			out = append(out, fmt.Sprintf("%d+", edges.From(i)-1))
			break
		}
		out = append(out, fmt.Sprintf("%d–%d", edges.From(i), edges.From(i+1)-1))
	}
	return out
}

// cells are the row of number line, whose first sum adds up the others but the last: what is
// disputed is a part of them.
func (r *agingRow) cells(line int) []paper.Value {
	out := []paper.Value{paper.Words(r.handle), paper.Words(r.name), paper.Words(r.owner), paper.Words(r.segment)}
	total := paper.Figure(r.Total())
	total.Formula = fmt.Sprintf("SUM(%c%d:%c%d)", 'A'+agingNames+1, line, 'A'+agingNames+1+ledger.Buckets, line)
	out = append(out, total)
	for _, minor := range r.Bucket {
		out = append(out, paper.Figure(ledger.Money{Minor: minor, Currency: r.Currency}))
	}
	return append(out, paper.Figure(ledger.Money{Minor: -r.OnAcct, Currency: r.Currency}), paper.Figure(ledger.Money{Minor: r.Disputed, Currency: r.Currency}))
}

// agingTable is the rows as programs read them: always the same columns while the buckets are, with
// names of their own.
func agingTable(rows []agingRow, edges ledger.AgingEdges) *paper.Sheet {
	s := &paper.Sheet{}
	for _, head := range []string{"customer", "name", "owner", "segment", "currency", "total", "not_due"} {
		s.Columns = append(s.Columns, paper.SheetColumn{Head: head})
	}
	for _, head := range bucketHeads(edges) {
		s.Columns = append(s.Columns, paper.SheetColumn{Head: "days_" + strings.NewReplacer("–", "_", "+", "_up").Replace(head)})
	}
	s.Columns = append(s.Columns, paper.SheetColumn{Head: "on_account"}, paper.SheetColumn{Head: "disputed"})
	for i := range rows {
		r := &rows[i]
		cells := r.cells(0)
		line := append(append([]paper.Value{}, cells[:agingNames]...), paper.Words(string(r.Currency)))
		s.Rows = append(s.Rows, append(line, cells[agingNames:]...))
	}
	return s
}

// messageURL is a link to a message in Slack, by "slack:C…" and its id.
func (b *Bot) messageURL(chat, message string) string {
	channel, ok := strings.CutPrefix(chat, "slack:")
	if !ok {
		return ""
	}
	return b.slack.Link(channel, message)
}
