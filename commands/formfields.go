package commands

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// hold is what a field holds: what somebody entered, else what is known.
func (c *Call) hold(name, known string) string {
	if v, ok := c.holds[name]; ok {
		return v
	}
	return known
}

// few reports whether a form is to ask: it is wanted, or fewer than n words were typed.
func (c *Call) few(n int) bool { return c.asking || len(c.Args) < n }

// lineField asks for a few words, a sum or a number.
func (c *Call) lineField(name string, label card.Text, known string) card.Input {
	return card.Input{Name: name, Kind: card.InputLine, Label: label, Value: c.hold(name, known)}
}

// dayField asks for a day.
func (c *Call) dayField(name string, label card.Text, known ledger.Date) card.Input {
	value := ""
	if known != 0 {
		value = known.String()
	}
	return card.Input{Name: name, Kind: card.InputDate, Label: label, Value: c.hold(name, value)}
}

// whyField asks for a reason, which the books demand, or not.
func (c *Call) whyField(label card.Text, optional bool) card.Input {
	return card.Input{Name: "why", Kind: card.InputText, Label: label, Value: c.hold("why", ""), Optional: optional}
}

// optional may stay empty, and says below what may stand in it.
func optional(in card.Input, hint card.Text) card.Input {
	in.Optional, in.Hint = true, hint
	return in
}

// customerField asks for a customer.
func (c *Call) customerField(known *ledger.Customer) card.Input {
	in := card.Input{Name: "customer", Kind: card.InputCustomer, Label: card.T("aging.customer")}
	if known != nil {
		in.Value = known.Handle
	}
	return c.shown(in)
}

// invoiceField asks for an invoice.
func (c *Call) invoiceField() card.Input {
	return c.shown(card.Input{Name: "invoice", Kind: card.InputInvoice, Label: card.T("col.invoice")})
}

// accountField asks for an invoice or a customer.
func (c *Call) accountField() card.Input {
	return c.shown(card.Input{Name: "account", Kind: card.InputAccount, Label: card.T("ask.account")})
}

// shown puts what is held into a field that is found by typing, with how it is shown.
func (c *Call) shown(in card.Input) card.Input {
	if in.Value = c.hold(in.Name, in.Value); in.Value == "" {
		return in
	}
	in.Shown = card.Plain(in.Value)
	if inv, cust, err := invoiceOrCustomer(c.View, in.Value); err == nil && inv != nil {
		in.Shown = card.Plain(label(c.View, inv))
	} else if err == nil {
		in.Shown = card.Plain(c.CustomerName(cust))
	}
	return in
}

// choiceField asks for one of a few.
func (c *Call) choiceField(name string, label card.Text, known string, options ...card.Option) card.Input {
	in := card.Input{Name: name, Kind: card.InputChoice, Label: label, Value: c.hold(name, known), Options: options}
	if len(options) == 0 { // nothing to choose from: typed, it is refused with words
		in.Kind = card.InputLine
	}
	return in
}

// named is the customer and the invoice that a form is about: of its first word, or of what
// was chosen in a field. Both are nil where nothing is known.
func (c *Call) named(field string) (*ledger.Invoice, *ledger.Customer, error) {
	name := c.holds[field]
	if name == "" && len(c.Args) > 0 {
		name = c.Args[0].text
	}
	if name == "" {
		return nil, nil, nil
	}
	return invoiceOrCustomer(c.View, name)
}

// namedInvoice is named where only an invoice will do.
func (c *Call) namedInvoice() (*ledger.Invoice, error) {
	name := c.holds["invoice"]
	if name == "" && len(c.Args) > 0 {
		name = c.Args[0].text
	}
	if name == "" {
		return nil, nil
	}
	return c.InvoiceNumbered(name)
}

// openLine tells what is open on an invoice that a form is about.
func openLine(v *ledger.View, inv *ledger.Invoice) []card.Text {
	return []card.Text{card.T("ask.about", "what", label(v, inv), "open", inv.OpenMoney())}
}

// figure writes a number as the company's language does, so that it is read as the same.
func (c *Call) figure(d decimal.Decimal) string { return c.written(d.String()) }

func (c *Call) written(s string) string {
	if _, decimals, ok := strings.Cut(s, "."); ok && len(decimals) == 3 {
		s += "0" // three digits behind a separator may be a group
	}
	if lang := c.Lang(); lang != "en" && lang != "zh" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// sumFigure is figure for a sum of money: with all its cents, or with none.
func (c *Call) sumFigure(m ledger.Money) string {
	if m.Minor == 0 {
		return ""
	}
	d := m.Decimal()
	if d.IsInteger() {
		return c.figure(d)
	}
	_, exp, _ := m.MoneyParts()
	return c.written(d.StringFixed(exp))
}

// monthOf is the month before today, which is what people close.
func lastMonth(today ledger.Date) string {
	y, m, _ := today.Parts()
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).AddDate(0, -1, 0).Format("2006-01")
}

// sumWords reads a sum with what may follow it: "1 200,50 USD at 0.92".
func sumWords(s string) []token {
	for grouped := spacedDigits.ReplaceAllString(s, "$1$2$3"); grouped != s; grouped = spacedDigits.ReplaceAllString(s, "$1$2$3") {
		s = grouped
	}
	return split(s)
}
