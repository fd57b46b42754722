package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"duebot/adapters/paper"
	"duebot/adapters/pay"
	"duebot/commands/card"
	"duebot/ledger"
)

// paper draws a document of the books. What was issued is noted with its bytes the first time
// that it is drawn in a language, and has the same ones ever after; one that has not is not
// handed out. Drawing takes milliseconds: call it outside of transactions.
func (b *Bot) paper(ctx context.Context, p *card.Paper) (card.Drawn, error) {
	switch {
	case p.Kind == card.PaperFile:
		return b.handedIn(p)
	case p.Kind == card.PaperDifferences:
		return b.differenceSheet(p)
	case p.Act != 0:
		return b.actPaper(ctx, p)
	}
	if p.Kind == card.PaperWithdrawn {
		return b.withdrawn(p), nil
	}
	if p.Kind == card.PaperDispute {
		return b.disputeHistory(p)
	}
	ask := paper.Ask{Kind: paper.Kind(p.Kind), Of: p.Of, From: dateOf(p.From), To: dateOf(p.To), Lang: p.Lang,
		Currency: ledger.Currency(p.Currency), Invoices: p.Invoices, Notice: ledger.NoticeID(p.Notice), PayLink: b.paperLink}
	if ask.Lang != "" && !slices.Contains(paper.Languages, ask.Lang) {
		return card.Drawn{}, fmt.Errorf("a document in the language %q", ask.Lang)
	}
	var doc *paper.Document
	var house *paper.House
	var made ledger.DocumentMade
	err := b.books.View(func(v *ledger.View) (err error) {
		if made, err = paper.Subject(v, ask); err != nil {
			return err
		}
		doc, house, err = paper.Compose(v, ask)
		return err
	})
	if err != nil {
		return card.Drawn{}, err
	}
	drawn, err := drawPaper(doc, house, p)
	if err != nil || p.Format != card.FormatPDF {
		return drawn, err
	}
	made.Lang, made.Bytes, made.Size = doc.Lang, sha256.Sum256(drawn.Data), len(drawn.Data)
	return drawn, b.noted(ctx, made, p.Sent)
}

// easel holds what was drawn ahead of its message, by the paper that the message names.
type easel struct{ drawn sync.Map }

type aheadOf struct {
	card.Drawn
	err error
}

// drawAhead draws what a message to a chat brings before the message counts as gone: drawing
// takes its time, and many that wait for it must not go out together. What it returns forgets
// what nobody asked for.
func (b *Bot) drawAhead(ctx context.Context, o *outgoing) (forget func()) {
	if o == nil || o.edit != "" || o.card.Paper == nil || ledger.ChannelOf(o.chat) != ledger.ChannelTelegram {
		return func() {}
	}
	p := o.card.Paper
	drawn, err := b.paper(ctx, p)
	b.easel.drawn.Store(p, aheadOf{drawn, err})
	return func() { b.easel.drawn.Delete(p) }
}

// chatPaper draws a document for a chat, or hands over what was drawn ahead.
func (b *Bot) chatPaper(ctx context.Context, p *card.Paper) (card.Drawn, error) {
	if x, ok := b.easel.drawn.LoadAndDelete(p); ok {
		return x.(aheadOf).Drawn, x.(aheadOf).err
	}
	return b.paper(ctx, p)
}

// paperLink is where an invoice can be paid online, as its document says it, "" for a currency that
// no provider took when its letterhead was made.
func (b *Bot) paperLink(head *paper.Letterhead, inv ledger.InvoiceID, sum ledger.Money) string {
	taken := slices.Contains(head.PayIn, sum.Currency)
	if head.PayIn == nil {
		taken = (*pay.Stripe)(nil).Takes(sum, "") // whether or not it is set today
	}
	if !taken {
		return ""
	}
	return b.payments.linkFrom(head.Pay, inv)
}

// linkedCurrencies are those of which some provider takes sums by a link.
func (b *Bot) linkedCurrencies() (out []ledger.Currency) {
	for _, c := range ledger.Currencies() {
		sum := ledger.Money{Minor: 10000, Currency: c}
		if slices.ContainsFunc(b.providers, func(p pay.Provider) bool { return b.cfg.Pay.wants(p.Name(), c) && p.Takes(sum, "") }) {
			out = append(out, c)
		}
	}
	return out
}

// paperInvite is what stands before the token of an invitation on a document, "" where
// documents carry none, or it is not known yet who we are in Telegram.
func (b *Bot) paperInvite() string {
	if b.cfg.Paper.QR != nil && !slices.Contains(b.cfg.Paper.QR, "telegram") {
		return ""
	}
	return b.inviteLink("")
}

// invite has a document that goes to a customer without a chat carry an invitation. It is for
// what is not issued and drawn but once: an invoice has its own.
func (d *delivery) invite(tx *ledger.Tx, o *outgoing, k *card.Card) error {
	p := k.Paper
	if p == nil || !p.Sent || ledger.ChannelOf(o.chat) != ledger.ChannelMail {
		return nil
	}
	carries, err := tx.InviteOnNotice(&o.notice, d.bot.paperInvite())
	if carries {
		p.Notice = uint32(o.notice.ID)
	}
	return err
}

// drawPaper draws a document in the format that is asked for.
func drawPaper(doc *paper.Document, house *paper.House, p *card.Paper) (d card.Drawn, err error) {
	var out bytes.Buffer
	d.Name = paperName(doc, p)
	switch p.Format {
	case card.FormatPDF:
		d.Name, d.MIME = d.Name+".pdf", "application/pdf"
		err = house.Draw(&out, doc)
	case card.FormatXLSX, card.FormatCSV:
		var book *paper.Workbook
		if book, err = doc.Workbook(); err != nil {
			return d, err
		}
		if p.Format == card.FormatXLSX {
			d.Name, d.MIME = d.Name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
			err = book.Write(&out)
			break
		}
		d.Name, d.MIME = d.Name+".csv", "text/csv"
		for i := range book.Sheets {
			if err == nil {
				err = book.Sheets[i].WriteCSV(&out)
			}
		}
	default:
		err = fmt.Errorf("a document in the format %q", p.Format)
	}
	d.Data = out.Bytes()
	return d, err
}

// paperName is what a document's file is called, before its format.
func paperName(doc *paper.Document, p *card.Paper) string {
	parts := []string{doc.Number}
	if doc.Number == "" || p.Kind == card.PaperAct || p.Kind == card.PaperDelivery || p.Kind == card.PaperReceipt {
		what := p.Kind
		if what == card.PaperDunning {
			what = "reminder"
		}
		parts = append([]string{what}, parts...)
	}
	if doc.From != 0 {
		parts = append(parts, doc.From.String(), doc.To.String())
	} else if doc.Number == "" {
		parts = append(parts, doc.Date.String())
	}
	if doc.Copy {
		parts = append(parts, doc.Lang)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "-")
}

// noted holds a document against the one that the books know, and lets them know of a first
// one. A statement or a letter is noted when it goes to its customer.
func (b *Bot) noted(ctx context.Context, made ledger.DocumentMade, sent bool) error {
	if !made.Issued() && !sent {
		return nil
	}
	var before *ledger.DocumentMade
	err := b.books.View(func(v *ledger.View) (err error) { before, err = v.MadeBefore(&made); return err })
	switch {
	case err != nil:
		return err
	case before == nil:
		_, err := b.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, tx.NoteDocument(made) }})
		return err
	case before.Bytes != made.Bytes:
		b.log.Error("a document is not what it was when it was first drawn", "kind", made.Kind, "invoice", made.Invoice, "payment", made.Payment, "credit", made.Credit, "refund", made.Refund,
			"language", made.Lang, "first", before.Bytes, "now", made.Bytes)
		return errPaperChanged
	}
	return nil
}

var errPaperChanged = errors.New("the document is not what it was")

// undrawn tells staff, once, of a message that went without its paper: whoever got it knows
// what it says, and has no document.
func (b *Bot) undrawn(ctx context.Context, p *card.Paper, why error) {
	b.log.Error("a message went without its document", "kind", p.Kind, "of", p.Of, "error", why)
	marker := "undrawn:" + p.Kind + ":" + p.Of
	_, err := b.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		if told, err := tx.Get(marker); told != nil || err != nil {
			return nil, err
		}
		tx.Put(marker, []byte{1})
		n := ledger.NoticeQueued{Kind: ledger.NoticeTask, Address: b.cfg.Slack.Finance, Code: "undrawn"}
		if x, err := paper.Subject(&tx.View, paper.Ask{Kind: paper.Kind(p.Kind), Of: p.Of}); err == nil {
			n.Customer, n.Invoice, n.Payment = x.Customer, x.Invoice, x.Payment
		}
		return nil, tx.NotifyText(n, p.Of)
	}})
	if err != nil {
		b.log.Error("telling staff of a message without its document", "error", err)
	}
}

// dateOf reads a day written as YYYYMMDD, 0 for none.
func dateOf(n int) ledger.Date {
	if n == 0 {
		return 0
	}
	return ledger.NewDate(n/10000, time.Month(n/100%100), n%100)
}
