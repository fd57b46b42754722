package commands

import (
	"strings"

	"duebot/commands/card"
)

// The forms of cheques: what stands on a new one, and why one bounced or was given back.

// chequeForm asks for a cheque, or about one: "CH-1 bounced", "CH-1 returned", "CH-1 replace".
func chequeForm(c *Call) (*card.Form, error) {
	if len(c.Args) > 0 && strings.HasPrefix(strings.ToUpper(c.Args[0].text), "CH-") {
		return c.chequeStepForm()
	}
	if !c.few(2) || c.mayCash("cheque") != nil {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.cheque"), Submit: card.T("form.do.record")}
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
	f.Fields = append(f.Fields, c.chequeFields(known)...)
	return f, nil
}

// chequeFields are what stands on a cheque.
func (c *Call) chequeFields(sum string) []card.Input {
	amount := c.lineField("sum", card.T("col.amount"), sum)
	amount.Hint = card.T("ask.sum.hint")
	return []card.Input{amount, c.lineField("number", card.T("cheque.number"), ""), c.dayField("dated", card.T("cheque.dated"), c.Today()),
		optional(c.lineField("bank", card.T("cheque.bank"), ""), card.Text{}), optional(c.lineField("drawer", card.T("cheque.drawer"), ""), card.Text{})}
}

// chequesForm asks whose cheques to list.
func chequesForm(c *Call) (*card.Form, error) {
	if !c.asking {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.cheques"), Submit: card.T("form.do.show")}
	err := c.aboutCustomer(f)
	for i := range f.Fields {
		f.Fields[i].Optional = true
	}
	return f, err
}

// chequeStepForm asks why a cheque bounced or was given back, or for the one in its place.
func (c *Call) chequeStepForm() (*card.Form, error) {
	if len(c.Args) != 2 || c.mayCash("cheque") != nil {
		return nil, nil
	}
	q, err := chequeNamed(c.View, c.Args[0].text)
	if err != nil {
		return nil, err
	}
	f := &card.Form{Submit: card.T("form.do.record"), Arg: c.Line, Body: []card.Text{chequeLine(c.View, q)}}
	why := c.whyField(card.T("col.reason"), false)
	switch {
	case c.Args[1].is("bounced"):
		f.Title = card.T("form.cheque.bounced")
		f.Fields = []card.Input{why, c.dayField("date", card.T("field.date"), c.Today()), optional(c.lineField("fee", card.T("cheque.fees"), ""), card.Text{})}
	case c.Args[1].is("returned"):
		f.Title = card.T("form.cheque.returned")
		f.Fields = []card.Input{why}
	case c.Args[1].is("replace"):
		f.Title = card.T("form.cheque")
		f.Fields = c.chequeFields(c.sumFigure(q.Amount))
		f.Arg = c.Customer(q.Customer).Handle + " " + c.Line
	default:
		return nil, nil
	}
	return f, nil
}

// chequeFormWords makes the line of a filled form. The argument is what the form is about: a
// customer or an invoice, "CH-1 bounced", or "acme CH-1 replace".
func chequeFormWords(v map[string]string, arg string) []token {
	about := split(arg)
	if len(about) == 2 {
		return row(about, quote(v["why"]), option("fee", sumWords(v["fee"])), word(v["date"]))
	}
	target, replaces := chosen(v["account"], arg), []token(nil)
	if len(about) == 3 && about[2].is("replace") {
		target, replaces = about[:1], about[1:2]
	}
	return row(target, sumWords(v["sum"]), option("no", quote(v["number"])), option("dated", word(v["dated"])), option("bank", quote(v["bank"])),
		option("drawer", quote(v["drawer"])), option("replaces", replaces))
}
