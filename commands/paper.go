package commands

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// Papers are files: documents, and sheets to calculate with. What belongs to an invoice hangs
// in the thread of its card, once, where all find it. What one person asks for goes into his
// own messages with the bot, for Slack shows a file to all who are in a channel.

// Ends of a paper's button beside its format.
const (
	paperMine = "mine" // in the words of whoever presses it, marked as a copy
	paperToMe = "me"   // into his own messages
)

// formats are what a line may end in, and Paper.Format of each.
var formats = map[string]string{"pdf": card.FormatPDF, "xlsx": card.FormatXLSX, "excel": card.FormatXLSX, "csv": card.FormatCSV}

// paperButton hands out p; how are the ends of its argument.
func paperButton(label card.Text, p card.Paper, how ...string) card.Button {
	arg := p.Kind + "." + p.Of
	if p.From != 0 {
		arg += "." + strconv.Itoa(p.From) + "." + strconv.Itoa(p.To)
	}
	if p.Format != card.FormatPDF {
		arg += "." + p.Format
	}
	for _, end := range how {
		arg += "." + end
	}
	return card.Button{Label: label, Do: "paper", Arg: arg}
}

// paperAt reads what paperButton wrote, from its end: a handle may have points in it.
func paperAt(arg string) (p card.Paper, how string, ok bool) {
	kind, rest, ok := strings.Cut(arg, ".")
	parts := strings.Split(rest, ".")
	last := func(is func(string) bool) (end string) {
		if n := len(parts) - 1; n > 0 && is(parts[n]) {
			end, parts = parts[n], parts[:n]
		}
		return end
	}
	how = last(func(s string) bool { return s == paperMine || s == paperToMe })
	p = card.Paper{Kind: kind, Format: last(func(s string) bool { return s == card.FormatXLSX || s == card.FormatCSV })}
	if kind == card.PaperStatement || kind == card.PaperReconciliation {
		p.To, _ = strconv.Atoi(last(isDay))
		p.From, _ = strconv.Atoi(last(isDay))
	}
	p.Of = strings.Join(parts, ".")
	return p, how, ok && p.Of != ""
}

func isDay(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && len(s) == len("20060102") && n > 0
}

// paperByButton hands out what a button names.
func paperByButton(c *Call) (card.Reply, error) {
	p, how, ok := paperAt(c.Where.Arg)
	if !ok {
		return card.Say("button.old"), nil
	}
	if how == paperMine {
		p.Lang = c.Who.Lang
	}
	return c.handOut(p, how == "")
}

// handOut hands out a paper; shared says that it may hang in the thread of its invoice.
func (c *Call) handOut(p card.Paper, shared bool) (card.Reply, error) {
	switch p.Kind {
	case card.PaperInvoice, card.PaperAct, card.PaperDelivery:
		inv, err := c.InvoiceNumbered(p.Of)
		if err != nil {
			return card.Reply{}, err
		}
		return c.invoicePaper(inv, p, shared)
	case card.PaperCredit:
		note := c.CreditNoteOf(p.Of)
		if note == nil {
			return card.Reply{}, ledger.Refuse(ledger.NotFound, "paper.unknown", "text", p.Of)
		}
		cust := c.Customer(c.Invoice(note.Invoice).Customer)
		p.Of = note.Number.String()
		if err := c.Allowed(cust); err != nil {
			return card.Reply{}, err
		}
		return c.toAsker(p, cust)
	case card.PaperReceipt:
		return c.receiptPaper(p)
	case card.PaperVoucher:
		r := c.voucherNumbered(p.Of)
		if r == nil {
			return card.Reply{}, ledger.Refuse(ledger.NotFound, "paper.unknown", "text", p.Of)
		}
		return c.toAsker(p, c.Customer(r.Customer))
	case card.PaperStatement, card.PaperReconciliation:
		cust, err := c.CustomerNamed(p.Of)
		if err != nil {
			return card.Reply{}, err
		}
		if p.From == 0 || p.From > p.To {
			return card.Say("button.old"), nil
		}
		return c.accountPaper(cust, ledger.Period{From: dayOf(p.From), To: dayOf(p.To)}, p)
	case card.PaperAging:
		return c.agingPaper(p)
	case card.PaperDispute:
		return c.disputePaper(p)
	case card.PaperFile:
		return c.keptFile(p)
	case paperTask:
		return c.taskPaper(p)
	case card.PaperDifferences, "sentact":
		return c.actPaper(p)
	}
	return card.Say("button.old"), nil
}

// receiptPaper is the receipt of a payment; of money that went back there is none.
func (c *Call) receiptPaper(p card.Paper) (card.Reply, error) {
	m := paymentForm.FindStringSubmatch(p.Of)
	if m == nil {
		return card.Say("button.old"), nil
	}
	pay, err := paymentNamed(c.View, m)
	if err != nil {
		return card.Reply{}, err
	}
	if p.Of = pay.Label(); pay.Returned {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "paper.returned", "payment", p.Of)
	}
	return c.toAsker(p, c.Customer(pay.Customer))
}

// dayOf reads a day that dayDigits wrote.
func dayOf(n int) ledger.Date { return ledger.NewDate(n/10000, time.Month(n/100%100), n%100) }

// invoicePaper hangs a document of an invoice into the thread of its card, where it does not
// hang yet. Where there is no card, or only a copy is wanted, it goes to whoever asks.
func (c *Call) invoicePaper(inv *ledger.Invoice, p card.Paper, shared bool) (card.Reply, error) {
	p.Of = inv.Number.String()
	cust := c.Customer(inv.Customer)
	if err := paperOf(inv, p.Kind); err != nil {
		return card.Reply{}, err
	}
	chat, ts, posted, err := c.NoticeMessage(inv.Card)
	if err != nil {
		return card.Reply{}, err
	}
	if !shared || !posted || inv.Void || c.Who.Role == Auditor || c.Who.Audits { // who only looks hangs nothing up
		return c.toAsker(p, cust)
	}
	fate, err := c.PaperFate(inv, p.Kind)
	if err != nil {
		return card.Reply{}, err
	}
	if fate == "" {
		about := ledger.NoticeQueued{Kind: ledger.NoticePaper, Customer: inv.Customer, Invoice: inv.ID, Code: p.Kind, InThread: true}
		about.Address = c.Desk.CardChannel(cust)
		if err := c.Tx.Notify(about); err != nil {
			return card.Reply{}, err
		}
	}
	key := "paper.hangs"
	if fate != ledger.NoticeSent {
		key = "paper.coming"
	}
	k := &card.Card{Title: paperName(c.View, p, cust), Body: []card.Text{card.T(key, "number", p.Of)}}
	if link := c.Desk.messageURL(chat, ts); link != "" {
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.openthread"), URL: link})
	}
	k.Buttons = append(k.Buttons, paperButton(card.T("button.file.me"), p, paperToMe))
	return card.Reply{Card: c.inMyWords(k, p, cust)}, nil
}

// paperOf refuses a document that inv can't have.
func paperOf(inv *ledger.Invoice, kind string) error {
	number := inv.Number.String()
	switch {
	case inv.OldNumber != "":
		return ledger.Refuse(ledger.BadInput, "paper.elsewhere", "number", inv.OldNumber)
	case kind == card.PaperInvoice:
		return nil
	case !delivered(inv):
		return ledger.Refuse(ledger.BadInput, "paper.noact", "number", number)
	case inv.Void:
		return ledger.Refuse(ledger.Conflict, "paper.void", "number", number)
	}
	return nil
}

// delivered reports whether an invoice bills something that was done or handed over.
func delivered(inv *ledger.Invoice) bool {
	return inv.Nature == ledger.NaturePrincipal && !inv.IsDeposit()
}

func (d *Desk) messageURL(chat, ts string) string {
	if d.MessageURL == nil {
		return ""
	}
	return d.MessageURL(chat, ts)
}

// accountPaper is a statement or a reconciliation as a file: a document in the customer's
// words, a sheet in those of whoever calculates with it.
func (c *Call) accountPaper(cust *ledger.Customer, days ledger.Period, p card.Paper) (card.Reply, error) {
	if err := c.Allowed(cust); err != nil {
		return card.Reply{}, err
	}
	p.Of, p.From, p.To = cust.Handle, dayDigits(days.From), dayDigits(days.To)
	if len(c.Statement(cust, days)) == 0 {
		return card.Say("statement.nothing"), nil
	}
	if p.Format != card.FormatPDF {
		p.Lang = c.Who.Lang
	}
	return c.toAsker(p, cust)
}

// agingPaper is a report of receivables as a sheet, of the customers whom the asker may see.
func (c *Call) agingPaper(p card.Paper) (card.Reply, error) {
	place, ok := agingAt(p.Of)
	if !ok || p.Format == card.FormatPDF {
		return card.Say("button.old"), nil
	}
	rows, on, err := c.agingRows(place)
	if err != nil {
		return card.Reply{}, err
	}
	if len(rows) == 0 {
		return card.Say("aging.nothing"), nil
	}
	p.Lang, p.For = c.Who.Lang, c.Who.ID
	k := &card.Card{Title: card.T("aging.title", "date", on), Body: []card.Text{card.T("paper.direct")}, Paper: &p}
	return card.Reply{Card: k}, nil
}

// toAsker sends a paper to whoever asks for it.
func (c *Call) toAsker(p card.Paper, cust *ledger.Customer) (card.Reply, error) {
	k := &card.Card{Title: paperName(c.View, p, cust), Body: []card.Text{card.T("paper.direct")}, Paper: &p}
	return card.Reply{Card: c.inMyWords(k, p, cust)}, nil
}

// inMyWords offers a document in the reader's language, where it was issued in another.
func (c *Call) inMyWords(k *card.Card, p card.Paper, cust *ledger.Customer) *card.Card {
	if p.Format == card.FormatPDF && p.Lang == "" && cust.Language != c.Who.Lang {
		k.Buttons = append(k.Buttons, paperButton(card.T("button.file.mine"), p, paperMine))
	}
	return k
}

// paperName is what a paper is called.
func paperName(v *ledger.View, p card.Paper, cust *ledger.Customer) card.Text {
	return card.T("paper.name."+p.Kind, "number", p.Of, "customer", v.CustomerName(cust), "from", dayOf(p.From), "to", dayOf(p.To))
}

// paperMenu are the papers of an invoice, in the menu of its card.
func paperMenu(inv *ledger.Invoice) (out []card.Button) {
	if inv.Void || inv.OldNumber != "" {
		return nil
	}
	kinds := []string{card.PaperInvoice}
	if delivered(inv) {
		kinds = append(kinds, card.PaperAct, card.PaperDelivery)
	}
	for _, kind := range kinds {
		b := paperButton(card.T("button.file."+kind), card.Paper{Kind: kind, Of: inv.Number.String()})
		b.More = true
		out = append(out, b)
	}
	return out
}

// paperNews is a document in the thread of its invoice's card.
func paperNews(v *ledger.View, n *ledger.Notice) card.Message {
	if w := v.Words(n.Words); w != nil {
		return saidPaper(v, w)
	}
	inv := v.Invoice(n.Invoice)
	if inv.Void {
		return card.Message{Withdraw: "the invoice was taken back"}
	}
	p := card.Paper{Kind: n.Code, Of: inv.Number.String()}
	if note := v.CreditNote(n.Credit); note != nil {
		p.Of = note.Number.String()
	}
	return card.Message{Card: &card.Card{Body: []card.Text{paperName(v, p, v.Customer(n.Customer))}, Paper: &p}}
}

// hangPaper queues the document of a new invoice or credit note for the thread of its card.
func (d *Desk) hangPaper(tx *ledger.Tx, inv *ledger.Invoice, note ledger.CreditNoteID) error {
	x := ledger.NoticeQueued{Kind: ledger.NoticePaper, Customer: inv.Customer, Invoice: inv.ID, Credit: note, Code: card.PaperInvoice, InThread: true}
	if note != 0 {
		x.Code = card.PaperCredit
	} else if paperOf(inv, card.PaperInvoice) != nil {
		return nil
	}
	x.Address = d.CardChannel(tx.Customer(inv.Customer))
	return tx.Notify(x)
}

// cutFormat takes "pdf", "xlsx" or "csv" off the end of a line.
func (c *Call) cutFormat() (format string, ok bool) {
	last := len(c.Args) - 1
	if last < 0 || c.Args[last].quoted {
		return "", false
	}
	if format, ok = formats[strings.ToLower(c.Args[last].text)]; ok {
		c.Args = c.Args[:last]
	}
	return format, ok
}

// cutLanguage takes a language that documents are written in off the end of a line.
func (c *Call) cutLanguage() string {
	last := len(c.Args) - 1
	if last < 1 || c.Args[last].quoted {
		return ""
	}
	lang := strings.TrimPrefix(strings.ToLower(c.Args[last].text), "lang=")
	if !slices.Contains(c.Desk.PaperLanguages, lang) {
		return ""
	}
	c.Args = c.Args[:last]
	return lang
}
