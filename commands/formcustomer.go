package commands

import (
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// customerForm adds a customer, changes what holds for one, or invites one.
func customerForm(c *Call) (*card.Form, error) {
	verb := "add"
	if len(c.Args) > 0 {
		verb, c.Args = strings.ToLower(c.Args[0].text), c.Args[1:]
	}
	switch {
	case verb == "add" && c.few(1):
		return c.addForm(), nil
	case verb == "set" && c.few(2):
		return c.setForm()
	case verb == "invite" && c.few(1):
		f := &card.Form{Title: card.T("form.invite"), Submit: card.T("form.do.link")}
		err := c.aboutCustomer(f)
		f.Arg = strings.TrimSpace("invite " + f.Arg)
		return f, err
	}
	return nil, nil
}

func (c *Call) addForm() *card.Form {
	company := c.Company()
	known := ""
	if len(c.Args) > 0 {
		known = c.Args[0].text
	}
	handle := c.lineField("handle", card.T("col.handle"), known)
	handle.Hint = card.T("ask.handle.hint")
	var langs []card.Option
	for _, l := range c.Desk.Languages {
		langs = append(langs, card.Option{Value: l, Label: card.T("language." + l)})
	}
	return &card.Form{Title: card.T("form.customer"), Submit: card.T("form.do.add"), Arg: "add", Fields: []card.Input{
		c.lineField("name", card.T("col.name"), ""), handle,
		optional(c.lineField("currency", card.T("field.currency"), string(company.Currency)), card.Text{}),
		c.choiceField("lang", card.T("field.language"), company.Language, langs...),
		optional(c.lineField("terms", card.T("field.terms"), ""), card.T("ask.due.hint")),
		optional(c.lineField("tz", card.T("field.zone"), company.ZoneName), card.Text{})}}
}

// setForm holds what is set; only what is changed becomes words.
func (c *Call) setForm() (*card.Form, error) {
	f := &card.Form{Title: card.T("form.set"), Submit: card.T("form.do.save"), Arg: "set"}
	_, cust, err := c.named("customer")
	if err != nil {
		return nil, err
	}
	if cust == nil {
		in := c.customerField(nil)
		in.Again = true
		f.Fields = []card.Input{in}
		return f, nil
	}
	f.Arg, f.Body = "set "+cust.Handle, []card.Text{card.Plain(c.CustomerName(cust))}
	f.Fields = []card.Input{optional(c.lineField("terms", card.T("field.terms"), cust.Terms.String()), card.T("ask.due.hint")),
		optional(card.Input{Name: "owner", Kind: card.InputPerson, Label: card.T("field.owner"), Value: c.hold("owner", cust.Owner)}, card.Text{}),
		optional(c.lineField("email", card.T("field.mail"), strings.Join(cust.MailAddresses(), ", ")), card.Text{}),
		optional(c.lineField("segment", card.T("field.segment"), cust.Segment), card.Text{})}
	if may(Command{Who: []Role{Finance, Manager}}, c.Who.Role) {
		known := ""
		if cust.Limited {
			known = c.figure(ledger.Money{Minor: cust.Limit, Currency: cust.Currency}.Decimal())
		}
		f.Fields = append(f.Fields, optional(c.lineField("limit", card.T("field.limit"), known), card.T("ask.limit.hint")))
	}
	f.Fields = append(f.Fields, c.partyInputs(cust)...)
	f.Fields = append(f.Fields, optional(c.lineField("options", card.T("ask.options"), ""), card.T("ask.options.hint")))
	return f, nil
}

func customerLine(v map[string]string, arg string) []token {
	verb, subject, _ := strings.Cut(arg, " ")
	out := row(word(verb), chosen(v["customer"], subject))
	switch verb {
	case "add":
		return row(word(verb), word(v["handle"]), quote(v["name"]), equals("currency", v["currency"]), equals("lang", v["lang"]),
			equals("tz", v["tz"]), equals("terms", joined(v["terms"])))
	case "set":
		for _, name := range []string{"terms", "owner", "email", "segment", "limit", "legal", "address", "taxid", "registration"} {
			value := strings.TrimSpace(v[name])
			if name == "terms" || name == "limit" {
				value = joined(value)
			}
			if _, asked := v[name]; asked && value == "" && name != "terms" {
				value = "none"
			}
			out = row(out, equals(name, value))
		}
		return row(out, split(v["options"]))
	}
	return out
}
