package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"duebot/adapters/exchange"
	"duebot/adapters/paper"
	"duebot/commands/card"
	"duebot/ledger"
)

// actPaper is the document of a reconciliation act that goes to its customer. The first time it is
// drawn, and its bytes are kept among the files of the books; ever after it is those.
func (b *Bot) actPaper(ctx context.Context, p *card.Paper) (d card.Drawn, err error) {
	var r ledger.Reconciliation
	err = b.books.View(func(v *ledger.View) error {
		act := v.Act(ledger.ReconciliationID(p.Act))
		if act == nil {
			return fmt.Errorf("there is no act %d", p.Act)
		}
		r = *act
		return nil
	})
	if err != nil {
		return d, err
	}
	if r.Bytes != (ledger.Hash{}) {
		d.Name, d.MIME = fmt.Sprintf("reconciliation-%s-%s.pdf", r.From, r.To), "application/pdf"
		d.Data, err = b.books.Files().Read(r.Bytes)
		return d, err
	}
	fresh := *p
	fresh.Act = 0
	if d, err = b.paper(ctx, &fresh); err != nil {
		return d, err
	}
	hash, err := b.books.Files().Put(d.Data)
	if err != nil {
		return d, err
	}
	_, err = b.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		act := tx.Act(r.ID)
		return nil, tx.DrawnAct(act, tx.Customer(act.Customer).Language, hash, int64(len(d.Data)))
	}})
	return d, err
}

// differenceSheet is the lines that differ between an act and the list that its customer sent, to
// calculate with.
func (b *Bot) differenceSheet(p *card.Paper) (d card.Drawn, err error) {
	words := wordsIn(b.texts, b.texts.Match(p.Lang))
	book := &paper.Workbook{Lang: p.Lang}
	var r ledger.Reconciliation
	var language string
	err = b.books.View(func(v *ledger.View) error {
		act := v.Act(ledger.ReconciliationID(p.Act))
		if act == nil || act.List == (ledger.Hash{}) {
			return fmt.Errorf("act %d has no list", p.Act)
		}
		r, language = *act, v.Customer(act.Customer).Language
		book.Author, book.Created = v.Company().Name, act.Answered
		book.Title = words(card.T("paper.name.differences", "customer", v.CustomerName(v.Customer(act.Customer)), "from", r.From, "to", r.To))
		return nil
	})
	if err != nil {
		return d, err
	}
	data, err := b.books.Files().Read(r.List)
	if err != nil {
		return d, err
	}
	list, err := exchange.ReadAccount(data, language)
	if err != nil {
		return d, err
	}
	var found []ledger.Difference
	err = b.books.View(func(v *ledger.View) (err error) { found, err = b.desk.Differences(v, &r, list); return err })
	if err != nil {
		return d, err
	}
	book.Sheets = differenceSheets(found, words, p.Sent)
	var out bytes.Buffer
	d.Name, d.MIME = fmt.Sprintf("differences-%s-%s.xlsx", r.From, r.To), fileMIME["xlsx"]
	err = book.Write(&out)
	d.Data = out.Bytes()
	return d, err
}

// differenceSheets are the differences, a sheet for each currency; theirs says that the reader is
// the customer.
func differenceSheets(found []ledger.Difference, words card.Words, theirs bool) (out []paper.Sheet) {
	at := map[ledger.Currency]int{}
	for _, d := range found {
		n, ok := at[d.Currency]
		if !ok {
			n = len(out)
			at[d.Currency] = n
			out = append(out, differenceHead(d.Currency, words, theirs))
		}
		s := &out[n]
		money := func(minor int64) paper.Value { return paper.Figure(ledger.Money{Minor: minor, Currency: d.Currency}) }
		s.Rows = append(s.Rows, []paper.Value{paper.Day(d.Date), paper.Words(d.Number), money(d.Ours), money(d.Theirs), money(d.Ours - d.Theirs),
			paper.Words(words(differenceText(d.Kind, theirs)))})
	}
	return out
}

func differenceText(kind ledger.DifferenceKind, theirs bool) card.Text {
	if theirs {
		return card.T("chat.diff." + string(kind))
	}
	return card.T("diff." + string(kind))
}

func differenceHead(cur ledger.Currency, words card.Words, theirs bool) paper.Sheet {
	ours, his := "diff.col.ours", "diff.col.theirs"
	if theirs {
		ours, his = "chat.diff.col.ours", "chat.diff.col.theirs"
	}
	s := paper.Sheet{Name: string(cur), Total: words(card.T("aging.all", "currency", string(cur)))}
	for _, key := range []string{"field.date", "col.number"} {
		s.Columns = append(s.Columns, paper.SheetColumn{Head: words(card.T(key))})
	}
	for _, key := range []string{ours, his, "col.difference"} {
		s.Columns = append(s.Columns, paper.SheetColumn{Head: words(card.T(key)), Decimals: cur.Exponent(), Sum: true})
	}
	s.Columns = append(s.Columns, paper.SheetColumn{Head: words(card.T("col.state"))})
	return s
}

// answersAlone reports whether what c is asked is read by one person: never in a group.
func (b *Bot) answersAlone(v *ledger.View, c *ledger.Customer) bool {
	to := b.route(v, &ledger.Notice{NoticeQueued: ledger.NoticeQueued{Kind: ledger.NoticeRating, Customer: c.ID}})
	return strings.HasPrefix(to, "telegram:") && !strings.HasPrefix(to, "telegram:-")
}
