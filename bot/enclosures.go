package main

import (
	"context"
	"strconv"
	"strings"

	"duebot/adapters/mail"
	"duebot/commands/card"
	"duebot/ledger"
)

// A mail brings what its reader is to get beside it: the documents that staff handed in with an
// invoice go with the invoice, as far as one mail may carry them, and what is too much for that
// goes together behind it.

// enclosedMax is how many bytes of handed-in documents go with one mail: more than that, in the
// letters that mail is written in, is what many servers turn away.
const enclosedMax = 10 << 20

// enclose finds what goes along with o by mail, and tells it in the card.
func (d *delivery) enclose(v *ledger.View, o *outgoing, k *card.Card) {
	inv := v.Invoice(o.notice.Invoice)
	if inv == nil || ledger.ChannelOf(o.chat) != ledger.ChannelMail {
		return
	}
	room := int64(enclosedMax)
	switch o.notice.Kind {
	case ledger.NoticeInvoice:
		for _, f := range v.SharedFiles(inv) {
			o.take(f, &room)
		}
	case ledger.NoticeFile:
		room -= v.File(o.notice.File).Size
	default:
		return
	}
	for _, n := range waitingFiles(v, &o.notice) {
		f := v.File(n.File)
		if o.notice.Kind == ledger.NoticeFile && !f.Withdrawn {
			o.take(f, &room)
		}
		if o.encloses(f.ID) {
			o.along = append(o.along, n.ID)
		}
	}
	var names []string
	for _, id := range o.files {
		names = append(names, v.FileName(v.File(id)))
	}
	if len(names) > 0 {
		k.Note = append(k.Note, card.T("mail.enclosed", "names", strings.Join(names, ", ")))
	}
}

// take has o bring a document, where there is room.
func (o *outgoing) take(f *ledger.File, room *int64) {
	if f.Size <= *room && !o.encloses(f.ID) && f.ID != o.notice.File {
		*room -= f.Size
		o.files = append(o.files, f.ID)
	}
}

func (o *outgoing) encloses(id ledger.FileID) bool {
	for _, f := range o.files {
		if f == id {
			return true
		}
	}
	return false
}

// waitingFiles are the notices behind n that bring documents of the same invoice.
func waitingFiles(v *ledger.View, n *ledger.Notice) (out []ledger.Notice) {
	for _, x := range v.OpenNotices(n.ID) {
		if x.Kind == ledger.NoticeFile && x.Invoice == n.Invoice && x.Attempt.At.IsZero() && !x.Attempt.Lost {
			out = append(out, x)
		}
	}
	return out
}

// enclosed are the files that go with a mail: its own document, and what goes along.
func (b *Bot) enclosed(ctx context.Context, o *outgoing) (out []mail.File) {
	papers := []*card.Paper{o.card.Paper}
	for _, id := range o.files {
		papers = append(papers, &card.Paper{Kind: card.PaperFile, Of: strconv.Itoa(int(id))})
	}
	for _, p := range papers {
		if p == nil {
			continue
		}
		drawn, err := b.paper(ctx, p)
		if err != nil {
			b.undrawn(ctx, p, err)
			continue
		}
		out = append(out, mail.File{Name: drawn.Name, Type: drawn.MIME, Data: drawn.Data})
	}
	return out
}

// went books that what went along with a mail was sent with it.
func (o *outgoing) went(tx *ledger.Tx, chat, message string) error {
	for _, id := range o.along {
		if _, waits := tx.OpenNotice(id); !waits {
			continue
		}
		if err := tx.Settle(ledger.NoticeOutcome{Notice: id, State: ledger.NoticeSent, Chat: chat, Message: message, Words: o.hash, Copy: o.copy}); err != nil {
			return err
		}
	}
	return nil
}
