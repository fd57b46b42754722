package commands

import (
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// pdfCommand hands out the document of an invoice, a credit note, a payment or cash that went out.
//
//	line = ( number | payment ) [ language ] .
func pdfCommand() Command {
	return Command{
		Name: "pdf", Who: anybody(), Shows: true,
		Usage:    []string{`pdf <invoice, credit note or payment> [<language>]`},
		Examples: []string{`pdf INV-2026-000001`, `pdf CN-2026-000001 en`, `pdf P-12`},
		Form:     docForm(card.T("form.pdf")), Words: docWords,
		Run: func(c *Call) (card.Reply, error) {
			lang := c.cutLanguage()
			if len(c.Args) != 1 {
				return card.Reply{}, usage("pdf", "got", c.Line)
			}
			p, err := c.paperNamed(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			p.Lang = lang
			return c.handOut(p, lang == "")
		},
	}
}

// paperNamed reads which document a word means.
func (c *Call) paperNamed(word string) (card.Paper, error) {
	if paymentForm.MatchString(word) {
		return card.Paper{Kind: card.PaperReceipt, Of: word}, nil
	}
	if p := c.PaymentNumbered(strings.ToUpper(word)); p != nil {
		return card.Paper{Kind: card.PaperReceipt, Of: p.Label()}, nil
	}
	if r := c.voucherNumbered(word); r != nil {
		return card.Paper{Kind: card.PaperVoucher, Of: r.Voucher.String()}, nil
	}
	_, err := c.InvoiceNumbered(word)
	if r, ok := ledger.AsRefusal(err); ok && r.Kind == ledger.NotFound {
		return card.Paper{Kind: card.PaperCredit, Of: word}, nil
	}
	return card.Paper{Kind: card.PaperInvoice, Of: word}, err
}

// deliveryCommand hands out the delivery note of an invoice.
//
//	line = number [ language ] .
func deliveryCommand() Command {
	return Command{
		Name: "delivery", Who: anybody(), Shows: true,
		Usage:    []string{`delivery <invoice> [<language>]`},
		Examples: []string{`delivery INV-2026-000001`, `delivery INV-2026-000001 en`},
		Form:     docForm(card.T("form.delivery")), Words: docWords,
		Run: func(c *Call) (card.Reply, error) {
			lang := c.cutLanguage()
			if len(c.Args) != 1 {
				return card.Reply{}, usage("delivery", "got", c.Line)
			}
			return c.handOut(card.Paper{Kind: card.PaperDelivery, Of: c.Args[0].text, Lang: lang}, lang == "")
		},
	}
}

// actCommand hands out what the other side signs: of an invoice that its work was done, of a
// customer that both books say the same.
//
//	line = "list" | ( number | customer [ from [ to ] ] [ "pdf" | "xlsx" | "csv" ] ) [ language ] .
func actCommand() Command {
	return Command{
		Name: "act", Who: anybody(), Shows: true,
		Usage:    []string{`act <invoice> [<language>]`, `act <customer> [<from> [<to>]] [xlsx|csv] [<language>]`, `act list`},
		Examples: []string{`act INV-2026-000001`, `act acme 2026-07-01 2026-09-30`, `act acme 2026-07-01 2026-09-30 xlsx`},
		Form:     actForm, Words: statementWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 1 && c.Args[0].is("list") {
				return card.Reply{Card: c.actList()}, nil
			}
			p := card.Paper{Kind: card.PaperReconciliation, Lang: c.cutLanguage()}
			p.Format, _ = c.cutFormat()
			if len(c.Args) == 0 || len(c.Args) > 3 {
				return card.Reply{}, usage("act", "got", c.Line)
			}
			inv, cust, err := invoiceOrCustomer(c.View, c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			if inv != nil {
				p.Kind, p.Of, p.Format = card.PaperAct, inv.Number.String(), card.FormatPDF
				return c.invoicePaper(inv, p, p.Lang == "")
			}
			days, err := c.period(c.Args[1:], past{})
			if err != nil {
				return card.Reply{}, err
			}
			return c.accountPaper(cust, days, p)
		},
	}
}

// docForm asks for an invoice.
func docForm(title card.Text) func(c *Call) (*card.Form, error) {
	return func(c *Call) (*card.Form, error) {
		if !c.few(1) {
			return nil, nil
		}
		f := &card.Form{Title: title, Submit: card.T("form.do.show")}
		return f, c.aboutInvoice(f)
	}
}

func docWords(v map[string]string, arg string) []token { return chosen(v["invoice"], arg) }

// actForm asks whose books are to be compared, and for which days.
func actForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.act"), Submit: card.T("form.do.show")}
	return f, c.aboutCustomer(f, c.dayField("from", card.T("ask.from"), firstOfMonth(c.Today())), c.dayField("to", card.T("field.until"), c.Today()))
}
