package commands

import (
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// creditCommand issues a credit note on an invoice; on a disputed one it settles the dispute.
//
//	credit = number ( "full" | sum | line { [ "+" ] line } ) [ text ] .
//	line   = "line" n [ "x" number ] .          without a quantity: what is left of the line
func creditCommand() Command {
	return Command{
		Name: "credit", Who: []Role{Finance, Manager},
		Usage: []string{`credit <invoice> <sum> "<why>"`, `credit <invoice> line <n> [x <quantity>] [+ line …] "<why>"`, `credit <invoice> full "<why>"`},
		Examples: []string{`credit INV-2026-000001 99 "You are right about the hosting"`,
			`credit INV-2026-000001 line 2 x 1 "One seat less"`, `credit INV-2026-000001 full "Invoiced twice"`},
		Form: creditForm, Words: creditWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) < 2 {
				return card.Reply{}, usage("credit", "got", c.Line)
			}
			inv, err := c.InvoiceNumbered(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			note, why, err := creditAs(c, inv, c.Args[1:])
			if err != nil {
				return card.Reply{}, err
			}
			if err := c.Desk.announceCredit(c, inv, note, why); err != nil {
				return card.Reply{}, err
			}
			words, err := creditedWords(c.View, inv, note)
			if err != nil {
				return card.Reply{}, err
			}
			left := card.T("resolved.left", "number", inv.Number.String(), "open", inv.OpenMoney())
			return card.Reply{Card: &card.Card{Title: words[0], Body: append(words[1:], left)}}, nil
		},
	}
}

// creditAs issues the note that the words ask for, and returns what is left of them: why.
func creditAs(c *Call, inv *ledger.Invoice, words []token) (*ledger.CreditNote, string, error) {
	first := words[0]
	switch {
	case first.is("line"):
		lines, rest, err := creditLines(words, c.Lang())
		if err != nil {
			return nil, "", err
		}
		note, err := c.Tx.CreditLines(inv, lines, join(rest))
		return note, join(rest), err
	case first.is("full"):
		why := join(words[1:])
		note, err := c.Tx.Credit(inv, inv.Creditable(), why)
		return note, why, err
	case first.quoted || !looksLikeNumber(first.text):
		return nil, "", usage("credit", "got", first.text)
	}
	amount, rest, err := sumOf(words, c.Lang(), inv.Currency)
	if err != nil {
		return nil, "", err
	}
	why := join(rest)
	note, err := c.Tx.Credit(inv, amount, why)
	return note, why, err
}

// creditLines reads "line 2 x 1 + line 3", and returns the words behind it.
func creditLines(words []token, lang string) (lines []ledger.LineCredit, rest []token, err error) {
	for len(words) > 0 && words[0].is("line") {
		if len(words) < 2 {
			return nil, nil, usage("credit", "got", "line")
		}
		n, err := strconv.ParseUint(strings.Trim(words[1].text, ","), 10, 16)
		if err != nil {
			return nil, nil, usage("credit", "got", "line "+words[1].text)
		}
		l := ledger.LineCredit{Line: int(n)}
		words = words[2:]
		if len(words) > 1 && isTimes(words[0]) {
			quantity, err := parseAmount(strings.TrimSuffix(words[1].text, ","), lang)
			if err != nil {
				return nil, nil, err
			}
			l.Quantity, words = &quantity, words[2:]
		}
		lines = append(lines, l)
		if len(words) > 1 && words[0].is("+") && words[1].is("line") {
			words = words[1:]
		}
	}
	return lines, words, nil
}

// announceCredit tells the customer and the invoice's thread of a credit note. Where the
// invoice was disputed, the note settles the dispute, and its outcome is what is told.
func (d *Desk) announceCredit(c *Call, inv *ledger.Invoice, note *ledger.CreditNote, why string) error {
	if disp := c.Dispute(inv.Dispute); disp != nil {
		words, err := c.Tx.Resolve(disp, ledger.Credited, note.ID, why)
		if err != nil {
			return err
		}
		return d.announceOutcome(c, disp, note.ID, words)
	}
	about := ledger.NoticeQueued{Customer: inv.Customer, Invoice: inv.ID, Credit: note.ID, Who: c.Who.By()}
	staff := about
	staff.Kind = ledger.NoticeCredited
	if err := d.inThread(c.Tx, &staff); err != nil {
		return err
	}
	about.Kind = ledger.NoticeCreditNote
	if err := c.Tx.Notify(about); err != nil {
		return err
	}
	return d.Refresh(c.Tx, inv)
}

// creditNote is a credit note as its customer or staff see it: what it takes back and why,
// and what is left to pay.
func (d *Desk) creditNote(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	inv, note := v.Invoice(n.Invoice), v.CreditNote(n.Credit)
	x, err := v.CreditNoteDetail(note)
	if err != nil {
		return card.Message{}, err
	}
	doc, err := v.InvoiceDetail(inv)
	if err != nil {
		return card.Message{}, err
	}
	k, err := creditHead(v, n, inv, note)
	if err != nil {
		return card.Message{}, err
	}
	head := slices.Clip(k.Body)
	for i, l := range x.Lines {
		if i == messageLines {
			k.Body = append(k.Body, card.T("inv.more", "count", len(x.Lines)-messageLines))
			break
		}
		line := doc.Lines[l.Line-1]
		k.Body = append(k.Body, card.T("inv.line", "text", lineWords(line), "quantity", number(l.Quantity), "price", priceText(line.Price, inv.Currency)))
	}
	k.Fields = append(amounts(x.Net, x.Taxes, x.Total), card.Field{Label: card.T("field.open"), Value: card.T("paid.open", "number", inv.Number.String(), "open", inv.OpenMoney())})
	reason, err := v.Text(x.Reason)
	if err != nil {
		return card.Message{}, err
	}
	k.Quote = card.Plain(reason)
	if n.Kind == ledger.NoticeCreditNote {
		k.Buttons = d.payButton(v, inv, false)
		k.Paper = &card.Paper{Kind: card.PaperCredit, Of: note.Number.String()}
		k.Short = &card.Card{Title: k.Title, Body: head, Quote: k.Quote, Fields: k.Fields[len(k.Fields)-2:]} // the total, and what is open
	}
	return card.Message{Card: k}, nil
}

// creditHead begins the card of a credit note, for staff or for the customer.
func creditHead(v *ledger.View, n *ledger.Notice, inv *ledger.Invoice, note *ledger.CreditNote) (*card.Card, error) {
	if n.Kind == ledger.NoticeCredited {
		words, err := creditedWords(v, inv, note)
		if err != nil {
			return nil, err
		}
		return &card.Card{Title: words[0], Body: append(words[1:], card.T("credited.by", "who", whoText(v, n.Who)))}, nil
	}
	k := &card.Card{Title: card.T("inv.credit.title", "note", note.Number.String(), "company", v.Company().Name),
		Body: []card.Text{card.T("inv.credit.body", "number", inv.Number.String(), "amount", note.Total)}}
	rest, err := onAccountOf(v, note)
	if rest.Minor > 0 {
		k.Body = append(k.Body, card.T("inv.credit.onaccount", "amount", rest))
	}
	return k, err
}

// onAccountOf is what of a credit note found nothing open and stays on account.
func onAccountOf(v *ledger.View, note *ledger.CreditNote) (ledger.Money, error) {
	x, err := v.CreditNoteDetail(note)
	if err != nil {
		return ledger.Money{}, err
	}
	return x.Total.Sub(x.Applied), nil
}

// creditedWords are a note's line for staff, and what of it stays on account.
func creditedWords(v *ledger.View, inv *ledger.Invoice, note *ledger.CreditNote) ([]card.Text, error) {
	rest, err := onAccountOf(v, note)
	if err != nil {
		return nil, err
	}
	out := []card.Text{card.T("credited.title", "note", note.Number.String(), "amount", note.Total, "number", inv.Number.String())}
	if rest.Minor > 0 {
		out = append(out, card.T("payment.onaccount", "amount", rest))
	}
	return out, nil
}
