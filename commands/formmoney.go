package commands

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// The forms of money: what came in, what is taken back, given up or paid back.

var oneUnit = decimal.NewFromInt(1)

func moneyInForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.payment"), Submit: card.T("form.do.record")}
	inv, cust, err := c.named("account")
	if err != nil {
		return nil, err
	}
	known := ""
	switch {
	case inv != nil:
		known, f.Body = c.sumFigure(inv.OpenMoney()), openLine(c.View, inv)
	case cust != nil:
		known = c.sumFigure(c.Exposure(cust))
	}
	if len(c.Args) > 0 {
		f.Arg = c.Args[0].text
	} else {
		in := c.accountField()
		in.Again = true
		f.Fields = append(f.Fields, in)
		delete(c.holds, "sum") // it is that of what was chosen
	}
	if f.Arg != "" && inv == nil {
		f.Body = []card.Text{card.Plain(c.CustomerName(cust))}
	}
	sum := c.lineField("sum", card.T("col.amount"), known)
	sum.Hint = card.T("ask.sum.hint")
	f.Fields = append(f.Fields, sum, c.dayField("date", card.T("field.date"), c.Today()),
		card.Input{Name: "cash", Kind: card.InputTick, Label: card.T("ask.cash"), Shown: card.T("ask.cash.tick"), Value: c.hold("cash", ""), Optional: true},
		optional(c.lineField("reference", card.T("ask.reference"), ""), card.T("ask.reference.hint")),
		optional(c.lineField("options", card.T("ask.kept"), ""), card.T("ask.kept.hint")))
	return f, nil
}

func paymentWords(v map[string]string, arg string) []token {
	return row(chosen(v["account"], arg), sumWords(v["sum"]), word(v["date"]), cashWord(v["cash"]), sumWords(v["options"]), quote(v["reference"]))
}

// creditForm credits a sum, or lines. A tick makes it the form that issues a corrected invoice
// in one step.
func creditForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	if c.holds["reissue"] == "yes" {
		return reissueForm(c)
	}
	f := &card.Form{Title: card.T("form.credit"), Submit: card.T("form.do.issue")}
	inv, err := c.namedInvoice()
	if err != nil {
		return nil, err
	}
	if inv == nil {
		in := c.invoiceField()
		in.Again = true
		f.Fields = []card.Input{in}
		return f, nil
	}
	f.Arg, f.Body = inv.Number.String(), openLine(c.View, inv)
	sum := c.lineField("sum", card.T("col.amount"), "")
	sum.Hint = card.T("ask.credit.hint", "full", inv.Creditable())
	sum.Optional = true
	f.Fields = []card.Input{sum}
	doc, err := c.InvoiceDetail(inv)
	if err != nil {
		return nil, err
	}
	f.Fields = append(f.Fields, c.creditLineFields(doc)...)
	f.Fields = append(f.Fields, c.whyField(card.T("ask.why.customer"), true))
	if c.Replaceable(inv) == nil {
		f.Fields = append(f.Fields, card.Input{Name: "reissue", Kind: card.InputTick, Label: card.T("ask.reissue"), Shown: card.T("ask.reissue.tick"), Optional: true, Again: true})
	}
	return f, nil
}

// creditLinesMax is how many lines have a field of their own; more are named in one.
const creditLinesMax = 3

func (c *Call) creditLineFields(doc *ledger.InvoiceIssued) (out []card.Input) {
	if len(doc.Lines) > creditLinesMax {
		return []card.Input{optional(c.lineField("lines", card.T("ask.lines"), ""), card.T("ask.lines.hint"))}
	}
	for i, l := range doc.Lines {
		name := "line" + strconv.Itoa(i+1)
		in := c.lineField(name, card.T("ask.line", "text", l.Text, "quantity", number(l.Quantity), "price", priceText(l.Price, doc.Currency)), "")
		out = append(out, optional(in, card.Text{}))
	}
	return out
}

func creditWords(v map[string]string, arg string) []token {
	out := chosen(v["invoice"], arg)
	named := false
	for i := range creditLinesMax {
		at := strconv.Itoa(i + 1)
		if quantity := word(v["line"+at]); quantity != nil {
			out, named = row(out, option("line", word(at)), option("x", quantity)), true
		}
	}
	for part := range strings.SplitSeq(v["lines"], "+") {
		if line := split(part); len(line) > 0 {
			out, named = row(out, option("line", line)), true
		}
	}
	if named && strings.TrimSpace(v["sum"]) == "" {
		return row(out, quote(v["why"]))
	}
	if len(word(v["sum"])) == 0 && v["why"] == "" {
		return out
	}
	return row(out, word(v["sum"]), quote(v["why"]))
}

func writeOffForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.writeoff"), Submit: card.T("form.do.writeoff")}
	sum := optional(c.lineField("sum", card.T("col.amount"), ""), card.T("ask.all.hint"))
	return f, c.aboutInvoice(f, sum, c.whyField(card.T("col.reason"), false))
}

// aboutInvoice makes a form about one invoice: the one that is known, or one to be chosen.
func (c *Call) aboutInvoice(f *card.Form, fields ...card.Input) error {
	inv, err := c.namedInvoice()
	if err != nil {
		return err
	}
	if inv != nil && len(c.Args) > 0 {
		f.Arg, f.Body = inv.Number.String(), openLine(c.View, inv)
	} else {
		f.Fields = append(f.Fields, c.invoiceField())
	}
	f.Fields = append(f.Fields, fields...)
	return nil
}

// aboutCustomer does so for a customer.
func (c *Call) aboutCustomer(f *card.Form, fields ...card.Input) error {
	_, cust, err := c.named("customer")
	if err != nil {
		return err
	}
	if cust != nil && len(c.Args) > 0 {
		f.Arg, f.Body = cust.Handle, []card.Text{card.Plain(c.CustomerName(cust))}
	} else {
		f.Fields = append(f.Fields, c.customerField(cust))
	}
	f.Fields = append(f.Fields, fields...)
	return nil
}

func writeOffWords(v map[string]string, arg string) []token {
	return row(chosen(v["invoice"], arg), word(v["sum"]), quote(v["why"]))
}

func refundForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.refund"), Submit: card.T("form.do.record")}
	_, cust, err := c.named("customer")
	if err != nil {
		return nil, err
	}
	known := ""
	if cust != nil {
		known = c.sumFigure(c.OnAccount(cust, cust.Currency))
	}
	return f, c.aboutCustomer(f, c.lineField("sum", card.T("col.amount"), known), c.dayField("date", card.T("field.date"), c.Today()),
		card.Input{Name: "cash", Kind: card.InputTick, Label: card.T("ask.cashout"), Shown: card.T("ask.cashout.tick"), Value: c.hold("cash", ""), Optional: true},
		c.whyField(card.T("col.reason"), false))
}

func refundWords(v map[string]string, arg string) []token {
	return row(chosen(v["customer"], arg), sumWords(v["sum"]), word(v["date"]), cashWord(v["cash"]), quote(v["why"]))
}

// cashWord says that money changes hands in cash, if that was ticked.
func cashWord(tick string) []token {
	if tick == "yes" {
		return word("cash")
	}
	return nil
}

// paymentChoices is how many of the last payments are offered.
const paymentChoices = 30

// recentPayments are the last payments, as options.
func (c *Call) recentPayments() (out []card.Option) {
	for id := c.LastPayment(); id > 0 && len(out) < paymentChoices; id-- {
		if p := c.Payment(id); p != nil && !p.Returned && c.Sees(c.Customer(p.Customer)) {
			out = append(out, card.Option{Value: p.Label(), Label: card.Join(card.Plain(p.Label()), money(p.Amount), card.Plain(c.CustomerName(c.Customer(p.Customer))))})
		}
	}
	return out
}

func chargebackForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.chargeback"), Submit: card.T("form.do.record")}
	if len(c.Args) > 0 {
		if _, err := findPayment(c.View, c.Args[0].text); err != nil {
			return nil, err
		}
		f.Arg, f.Body = c.Args[0].text, []card.Text{card.Plain(c.Args[0].text)}
	} else {
		f.Fields = append(f.Fields, c.choiceField("payment", card.T("field.payment"), "", c.recentPayments()...))
	}
	f.Fields = append(f.Fields, c.whyField(card.T("col.reason"), false))
	return f, nil
}

func chargebackWords(v map[string]string, arg string) []token {
	return row(chosen(v["payment"], arg), quote(v["why"]))
}

func applyForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.apply"), Submit: card.T("form.do.apply")}
	inv := c.invoiceField()
	return f, c.aboutCustomer(f, optional(inv, card.T("ask.oldest.hint")), optional(c.lineField("sum", card.T("col.amount"), ""), card.T("ask.all.hint")))
}

func applyWords(v map[string]string, arg string) []token {
	out := row(chosen(v["customer"], arg), word(v["invoice"]))
	if v["invoice"] != "" {
		out = append(out, sumWords(v["sum"])...)
	}
	return out
}

func unapplyForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.unapply"), Submit: card.T("form.do.unapply")}
	if len(c.Args) > 0 {
		f.Arg, f.Body = c.Args[0].text, []card.Text{card.Plain(c.Args[0].text)}
	} else {
		f.Fields = append(f.Fields, c.choiceField("payment", card.T("field.payment"), "", c.recentPayments()...))
	}
	f.Fields = append(f.Fields, c.invoiceField())
	return f, nil
}

func unapplyWords(v map[string]string, arg string) []token {
	return row(chosen(v["payment"], arg), word(v["invoice"]))
}

func certificateForm(c *Call) (*card.Form, error) {
	if !c.asking && len(c.Args) != 1 || !may(Command{Who: []Role{Finance, Manager}}, c.Who.Role) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.certificate"), Submit: card.T("form.do.record")}
	return f, c.aboutInvoice(f, c.lineField("paper", card.T("ask.paper"), ""))
}

func certificateWords(v map[string]string, arg string) []token {
	return row(chosen(v["invoice"], arg), quote(v["paper"]))
}

func voidForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.void"), Submit: card.T("form.do.void")}
	return f, c.aboutInvoice(f, c.whyField(card.T("col.reason"), true))
}

func voidWords(v map[string]string, arg string) []token {
	return row(chosen(v["invoice"], arg), quote(v["why"]))
}
