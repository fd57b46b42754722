package commands

import (
	"regexp"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// The forms of what is made of lines: invoice, deposit, draft, recurring invoice, and the
// invoice that takes another's place.

// formLines is how many lines a form can hold.
const formLines = 10

var spacedDigits = regexp.MustCompile(`(\d)\s+(\d{3})(\D|$)`)

func invoiceForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.invoice"), Submit: card.T("form.do.preview")}
	return f, c.invoiceFields(f, false)
}

func depositForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.deposit"), Submit: card.T("form.do.preview")}
	return f, c.invoiceFields(f, false)
}

func draftForm(c *Call) (*card.Form, error) {
	if !c.few(2) || len(c.Args) == 1 && (c.Args[0].is("issue") || c.Args[0].is("drop")) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.draft"), Submit: card.T("form.do.save")}
	return f, c.invoiceFields(f, false)
}

// invoiceFields are the fields of an invoice, with what the customer's last one says. What was
// filled in for one customer and not changed gives way to what is known of the next.
func (c *Call) invoiceFields(f *card.Form, recurs bool) error {
	_, cust, err := c.named("customer")
	if err != nil {
		return err
	}
	was, now := map[string]string{}, map[string]string{}
	if len(c.Args) > 0 {
		if before, err := c.CustomerNamed(c.Args[0].text); err == nil && c.holds != nil {
			if was, err = c.lastInvoice(before); err != nil {
				return err
			}
		}
	}
	if cust != nil {
		f.Arg = cust.Handle
		if now, err = c.lastInvoice(cust); err != nil {
			return err
		}
	}
	in := c.customerField(cust)
	in.Again = true
	f.Fields = []card.Input{in}
	if recurs {
		f.Fields = append(f.Fields, c.scheduleFields()...)
	}
	f.Fields = append(f.Fields, c.itemFields(cust, was, now)...)
	f.Fields = append(f.Fields, optional(c.lineField("tax", card.T("ask.tax"), now["tax"]), card.T("ask.tax.hint")),
		optional(c.lineField("due", card.T("field.due"), now["due"]), card.T("ask.due.hint")))
	if !recurs {
		f.Fields = append(f.Fields, c.referenceFields(cust, now)...)
	}
	for i := range f.Fields {
		if x := &f.Fields[i]; x.Kind == card.InputLine && (x.Value == "" || x.Value == was[x.Name]) {
			x.Value = now[x.Name]
		}
	}
	if len(f.Fields) < 2*formLines {
		f.More = card.T("button.addline")
	}
	return nil
}

// referenceFields ask for what an invoice names of its buyer's: the order number, and what
// this customer's invoices must carry.
func (c *Call) referenceFields(cust *ledger.Customer, now map[string]string) []card.Input {
	ref := optional(c.lineField("ref", card.T("field.reference"), now["ref"]), card.Text{})
	out := []card.Input{ref}
	if cust == nil {
		return out
	}
	for _, r := range cust.Requires {
		switch r {
		case ledger.RequireOrder:
			out[0].Optional = false
		case ledger.RequireCost:
			out = append(out, c.lineField("costcentre", card.T("require."+string(r)), now["costcentre"]))
		case ledger.RequireBuyer:
			out = append(out, c.lineField("buyercode", card.T("require."+string(r)), now["buyercode"]))
		}
	}
	return out
}

// itemFields are the lines: what, and how many at what price.
func (c *Call) itemFields(cust *ledger.Customer, was, now map[string]string) (out []card.Input) {
	n := 1
	for i := 2; i <= formLines; i++ {
		at := strconv.Itoa(i)
		_, held := c.holds["text"+at]
		stale := held && c.holds["text"+at] == was["text"+at] && c.holds["price"+at] == was["price"+at]
		if held && !stale || now["text"+at] != "" {
			n = i
		}
	}
	if c.more && n < formLines {
		n++
	}
	for i := 1; i <= n; i++ {
		at := strconv.Itoa(i)
		text, price := c.lineField("text"+at, card.T("ask.text"), now["text"+at]), c.lineField("price"+at, card.T("ask.price"), now["price"+at])
		if price.Hint = card.T("ask.price.hint"); cust != nil {
			price.Hint = card.T("ask.price.in", "currency", string(cust.Currency))
		}
		if i > 1 {
			text.Label, price.Label, price.Hint = card.T("ask.textn", "n", at), card.T("ask.pricen", "n", at), card.Text{}
			text.Optional, price.Optional = true, true
		}
		out = append(out, text, price)
	}
	return out
}

// lastSearch is how many of a customer's facts are looked at for his last invoice.
const lastSearch = 200

// lastInvoice is what a customer's last invoice says, by field: text and price of its first
// line, its tax, the order; and his terms.
func (c *Call) lastInvoice(cust *ledger.Customer) (map[string]string, error) {
	out := map[string]string{"due": cust.Terms.String()}
	seen := 0
	err := c.History(cust, 0, 0, func(f *ledger.Fact) bool {
		x, ok := f.Body.(*ledger.InvoiceIssued)
		if ok = ok && x.Nature == ledger.NaturePrincipal && !x.Deposit && len(x.Lines) > 0; ok {
			first := *x
			first.Lines = x.Lines[:1]
			c.docFields(out, &first.Draft)
		}
		seen++
		return !ok && seen < lastSearch
	})
	return out, err
}

// docFields puts what a document says into fields.
func (c *Call) docFields(out map[string]string, d *ledger.Draft) {
	alike := true
	for _, l := range d.Lines {
		alike = alike && l.Tax.Equal(d.Lines[0].Tax) && l.Kind == d.Lines[0].Kind && l.Why == d.Lines[0].Why
	}
	for i, l := range d.Lines {
		at := strconv.Itoa(i + 1)
		out["text"+at] = l.Text
		price := c.figure(l.Price)
		if !l.Quantity.Equal(oneUnit) {
			price = c.figure(l.Quantity) + " x " + price
		}
		var own []string
		if tax := c.taxWords(l); tax != "" && !alike {
			own = append(own, tax)
		}
		if !l.Discount.IsZero() {
			own = append(own, "disc "+c.figure(l.Discount)+"%")
		}
		if len(own) > 0 {
			price += " (" + strings.Join(own, ", ") + ")"
		}
		out["price"+at] = price
	}
	if alike && len(d.Lines) > 0 {
		out["tax"] = strings.TrimPrefix(c.taxWords(d.Lines[0]), "tax ")
	}
	if d.Inclusive {
		out["tax"] = strings.TrimSpace(out["tax"] + " incl")
	}
	if d.Off.IsPositive() {
		out["tax"] = strings.TrimSpace(out["tax"] + " off " + c.figure(d.Off) + "%")
	}
	out["ref"], out["costcentre"], out["buyercode"] = d.Reference, d.CostCentre, d.BuyerCode
}

// taxWords is a line's tax as it would be typed.
func (c *Call) taxWords(l ledger.Line) string {
	why := ""
	if l.Why != "" {
		why = ` "` + inch.Replace(l.Why) + `"`
	}
	switch l.Kind {
	case ledger.TaxExempt:
		return "exempt" + why
	case ledger.TaxReverse:
		return "reverse" + why
	case ledger.TaxReduced:
		return "tax " + c.figure(l.Tax) + "% reduced"
	}
	if l.Tax.IsZero() {
		return ""
	}
	return "tax " + c.figure(l.Tax) + "%"
}

func invoiceWords(v map[string]string, arg string) []token {
	return row(chosen(v["customer"], arg), itemWords(v), documentWords(v))
}

// itemWords are the lines, joined by +. An item's own options stand behind its text.
func itemWords(v map[string]string) (out []token) {
	var foreign []token
	for i := 1; i <= formLines; i++ {
		at := strconv.Itoa(i)
		text, price := quote(v["text"+at]), sumWords(v["price"+at])
		if len(text)+len(price) == 0 {
			continue
		}
		var own []token
		for j, t := range price {
			if t.is("(") {
				price, own = price[:j], price[j:]
				break
			}
		}
		if n := len(price); n > 1 && ledger.Currency(strings.ToUpper(price[n-1].text)).Valid() {
			price, foreign = price[:n-1], option("currency", price[n-1:])
		}
		if len(out) > 0 {
			out = append(out, token{text: "+"})
		}
		out = row(out, price, text, own)
	}
	return append(out, foreign...)
}

// documentWords are what holds for the whole invoice.
func documentWords(v map[string]string) []token {
	tax := split(v["tax"])
	if len(tax) > 0 && looksLikeNumber(strings.TrimSuffix(tax[0].text, "%")) {
		tax = option("tax", tax)
	}
	return row(tax, option("due", split(v["due"])), option("ref", quote(v["ref"])), option("costcentre", quote(v["costcentre"])),
		option("buyercode", quote(v["buyercode"])))
}

// reissueForm holds the old invoice as it is, to be corrected.
func reissueForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.reissue"), Submit: card.T("form.do.preview"), Do: "reissue"}
	old, err := c.namedInvoice()
	if err != nil {
		return nil, err
	}
	if old == nil {
		in := c.invoiceField()
		in.Again = true
		f.Fields = []card.Input{in}
		return f, nil
	}
	if err := c.Replaceable(old); err != nil {
		return nil, err
	}
	doc, err := c.InvoiceDetail(old)
	if err != nil {
		return nil, err
	}
	if len(doc.Lines) > formLines {
		return nil, usage("reissue", "got", c.Line)
	}
	cust, now := c.Customer(old.Customer), map[string]string{}
	now["due"] = cust.Terms.String()
	c.docFields(now, &doc.Draft)
	f.Arg, f.Body = old.Number.String(), []card.Text{card.T("reissue.credits", "number", old.Number.String(), "amount", old.Creditable())}
	f.Fields = append(c.itemFields(cust, nil, now), optional(c.lineField("tax", card.T("ask.tax"), now["tax"]), card.T("ask.tax.hint")),
		optional(c.lineField("due", card.T("field.due"), now["due"]), card.T("ask.due.hint")))
	f.Fields = append(f.Fields, c.referenceFields(cust, now)...)
	f.More = card.T("button.addline")
	return f, nil
}

func reissueWords(v map[string]string, arg string) []token {
	return row(chosen(v["invoice"], arg), itemWords(v), documentWords(v))
}
