package commands

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// Papers in a customer's chat: his invoice is its document with a caption, and what else there
// is of it comes when he asks.

// invoicePaperOf is the document of inv, nil where another program issued it.
func invoicePaperOf(inv *ledger.Invoice) *card.Paper {
	if inv.OldNumber != "" {
		return nil
	}
	return &card.Paper{Kind: card.PaperInvoice, Of: inv.Number.String()}
}

// captionOf are the words of an invoice under its document, where its lines stand: how much,
// until when, and what became of it.
func captionOf(v *ledger.View, k *card.Card, inv *ledger.Invoice, doc *ledger.InvoiceIssued) *card.Card {
	short := &card.Card{Title: k.Title, Note: k.Note}
	if old := v.Invoice(inv.Corrects); old != nil {
		short.Body = append(short.Body, card.T("inv.replaces", "number", old.Number.String()))
	}
	if by := v.Invoice(inv.ReplacedBy); by != nil {
		short.Body = append(short.Body, card.T("inv.replacedby", "number", by.Number.String()))
	}
	short.Body = append(append(short.Body, chargeWords(v, inv)...), earlyOffer(v, inv)...)
	short.Fields = append(referenceFields(&doc.Draft), card.Field{Label: card.T("field.total"), Value: money(inv.TotalMoney())})
	due := dueFields(inv.Due, inv.Instalments(), inv.Currency)
	if hidden := len(due) - captionParts; hidden > 0 {
		due = append(due[:captionParts], card.Field{Label: card.T("inv.moreparts.label"), Value: card.T("inv.moreparts", "count", hidden)})
	}
	short.Fields = append(append(short.Fields, due...), discountFields(inv)...)
	today := ledger.DateOf(v.Now, v.Customer(inv.Customer).Zone)
	if inv.State(today) != ledger.StateOpen {
		short.Fields = append(short.Fields, card.Field{Label: card.T("field.state"), Value: customerState(inv, today)})
	}
	if inv.Open > 0 && inv.Open < inv.Total {
		short.Fields = append(short.Fields, card.Field{Label: card.T("field.open"), Value: money(inv.OpenMoney())})
	}
	short.Fields = append(append(short.Fields, disputedParts(inv)...), chequeFields(v, inv)...)
	return short
}

// captionParts is how many instalments a caption lists.
const captionParts = 6

// papersButton leads to what else there is of inv.
func papersButton(v *ledger.View, inv *ledger.Invoice) []card.Button {
	if inv.Void || inv.OldNumber != "" && len(v.SharedFiles(inv)) == 0 {
		return nil
	}
	return []card.Button{{Label: card.T("button.papers"), Do: "papers", Arg: idArg(uint32(inv.ID))}}
}

// showPapers lists the documents of an invoice, as buttons.
func showPapers(c *ChatCall) (card.Reply, error) {
	inv, rest, err := c.mine()
	if err != nil {
		return card.Reply{}, err
	}
	if inv == nil || len(papersButton(&c.View, inv)) == 0 {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	return c.paperLists(inv, rest)
}

// chatKinds are the documents that there are of inv: nothing is delivered with a deposit, or
// with interest.
func chatKinds(inv *ledger.Invoice) []string {
	if inv.OldNumber != "" { // its papers are where it was issued
		return nil
	}
	if inv.IsDeposit() || inv.Nature != ledger.NaturePrincipal {
		return []string{card.PaperInvoice}
	}
	return []string{card.PaperInvoice, card.PaperAct, card.PaperDelivery}
}

// chatPaperButton hands out a document; of says of what, and for which days.
func chatPaperButton(kind, of string) card.Button {
	return card.Button{Label: card.T("button.paper." + kind), Do: "paper", Arg: kind + "." + of, Wide: true}
}

// periodButtons hand out what a statement shows, also as marked copies in the language of
// whoever reads it.
func (c *ChatCall) periodButtons(p ledger.Period) (out []card.Button) {
	days := "me." + strconv.Itoa(dayDigits(p.From)) + "." + strconv.Itoa(dayDigits(p.To))
	kinds := []string{card.PaperStatement, card.PaperReconciliation}
	for _, kind := range kinds {
		out = append(out, chatPaperButton(kind, days))
	}
	if lang := c.copyLanguage(); lang != "" {
		for _, kind := range kinds {
			out = append(out, copyButton(kind, days, lang))
		}
	}
	return out
}

// copyLanguage is the language of this person, where his customer's documents are in another
// and there are documents in his; "" where no copy is of use.
func (c *ChatCall) copyLanguage() string {
	if lang := c.SpokenIn(c.In.Chat, c.Customer); lang != c.Customer.Language && contains(c.Desk.PaperLanguages, lang) {
		return lang
	}
	return ""
}

// copyButton hands out a marked copy of a document in another language than it was issued in.
func copyButton(kind, of, lang string) card.Button {
	b := chatPaperButton(kind, of+"."+lang)
	b.Label = card.Join(b.Label, card.T("language."+lang))
	return b
}

// dayDigits is a day as YYYYMMDD.
func dayDigits(d ledger.Date) int {
	y, m, day := d.Parts()
	return y*10000 + int(m)*100 + day
}

// readDay reads what dayDigits wrote.
func readDay(s string) (n int, ok bool) {
	day, err := time.Parse("20060102", s)
	if err != nil {
		return 0, false
	}
	n, err = strconv.Atoi(s)
	return n, err == nil && day.Year() > 1970
}

// givePaper hands a customer a document: of an invoice of his own, or of his own account.
func givePaper(c *ChatCall) (card.Reply, error) {
	kind, of, _ := strings.Cut(c.In.Arg, ".")
	if kind == card.PaperStatement || kind == card.PaperReconciliation {
		return c.givePeriod(kind, of)
	}
	if kind == card.PaperReceipt || kind == card.PaperCredit {
		return c.giveProof(kind, of), nil
	}
	c.In.Arg = of
	inv, lang, err := c.mine()
	if err != nil {
		return card.Reply{}, err
	}
	if inv == nil || inv.OldNumber != "" || inv.Void || !slices.Contains(chatKinds(inv), kind) || lang != "" && !slices.Contains(c.Desk.PaperLanguages, lang) {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	number := inv.Number.String()
	return card.Reply{Card: &card.Card{Title: card.T("chat.paper."+kind, "number", number, "company", c.Company().Name),
		Paper: &card.Paper{Kind: kind, Of: number, Lang: lang}}}, nil
}

// giveProof hands out the receipt of a payment of his, or a credit note.
func (c *ChatCall) giveProof(kind, of string) card.Reply {
	id, _ := cutArg(of)
	number := ""
	if p := c.Payment(ledger.PaymentID(id)); kind == card.PaperReceipt && p != nil && !p.Returned && c.ChatHas(c.In.Chat, p.Customer) {
		number = p.Label()
	}
	if n := c.CreditNote(ledger.CreditNoteID(id)); kind == card.PaperCredit && n != nil && c.ChatHas(c.In.Chat, c.Invoice(n.Invoice).Customer) {
		number = n.Number.String()
	}
	if number == "" {
		return card.Reply{Toast: card.T("chat.oldbutton")}
	}
	return card.Reply{Card: &card.Card{Title: card.T("chat.paper."+kind, "number", number, "company", c.Company().Name),
		Paper: &card.Paper{Kind: kind, Of: number}}}
}

// givePeriod hands out the statement, or the act, of the days in a button.
func (c *ChatCall) givePeriod(kind, of string) (card.Reply, error) {
	who, days, _ := strings.Cut(of, ".")
	from, to, _ := strings.Cut(days, ".")
	to, lang, _ := strings.Cut(to, ".")
	first, ok1 := readDay(from)
	last, ok2 := readDay(to)
	if who != "me" || !ok1 || !ok2 || first > last || lang != "" && !slices.Contains(c.Desk.PaperLanguages, lang) {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	k := &card.Card{Title: card.T("chat.paper."+kind, "company", c.Company().Name),
		Paper: &card.Paper{Kind: kind, Of: c.Customer.Handle, From: first, To: last, Lang: lang, Sent: true}}
	return card.Reply{Card: k}, nil
}
