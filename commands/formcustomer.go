package commands

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
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
	known := c.setValues(cust)
	f.Arg, f.Body = strings.Join([]string{"set", cust.Handle, setMarks(known)}, " "), []card.Text{card.Plain(c.CustomerName(cust))}
	f.Fields = []card.Input{optional(c.lineField("terms", card.T("field.terms"), known["terms"]), card.T("ask.due.hint")),
		optional(card.Input{Name: "owner", Kind: card.InputPerson, Label: card.T("field.owner"), Value: c.hold("owner", known["owner"])}, card.Text{}),
		optional(c.lineField("email", card.T("field.mail"), known["email"]), card.Text{}),
		optional(c.lineField("segment", card.T("field.segment"), known["segment"]), card.Text{})}
	if may(Command{Who: []Role{Finance, Manager}}, c.Who.Role) {
		f.Fields = append(f.Fields, optional(c.lineField("limit", card.T("field.limit"), known["limit"]), card.T("ask.limit.hint")))
	}
	f.Fields = append(f.Fields, c.partyInputs(cust)...)
	f.Fields = append(f.Fields, optional(c.lineField("options", card.T("ask.options"), ""), card.T("ask.options.hint")))
	return f, nil
}

// setNames are the fields of what holds for a customer.
func setNames() []string {
	return append([]string{"terms", "owner", "email", "segment", "limit"}, partyNames()...)
}

// setValues are what these fields hold before anything is changed.
func (c *Call) setValues(cust *ledger.Customer) map[string]string {
	known := map[string]string{"terms": cust.Terms.String(), "owner": cust.Owner, "email": strings.Join(cust.MailAddresses(), ", "), "segment": cust.Segment}
	if cust.Limited {
		known["limit"] = c.figure(ledger.Money{Minor: cust.Limit, Currency: cust.Currency}.Decimal())
	}
	maps.Copy(known, c.partyValues(cust))
	return known
}

// setMarks tell what a form showed: what is as it was is not set again when the form comes back,
// for somebody else may have changed it meanwhile.
func setMarks(known map[string]string) string {
	marks := make([]string, len(setNames()))
	for i, name := range setNames() {
		marks[i] = setMark(name, known[name])
	}
	return strings.Join(marks, ".")
}

func setMark(name, value string) string {
	sum := sha256.Sum256([]byte(name + "=" + setValue(name, value)))
	return hex.EncodeToString(sum[:4])
}

// setValue is what was filled in, without the spaces that mean nothing.
func setValue(name, value string) string {
	if name == "terms" || name == "limit" {
		return joined(value)
	}
	return strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n"))
}

// setOptions are the options of what was changed in a form; where nothing was, one that changes
// nothing.
func setOptions(v map[string]string, marks string) (out []token) {
	for _, name := range setNames() {
		value, asked := v[name]
		if !asked || slices.Contains(strings.Split(marks, "."), setMark(name, value)) {
			continue
		}
		if value = setValue(name, value); value == "" && name != "terms" {
			value = "none"
		}
		out = row(out, equals(name, value))
	}
	if out = row(out, split(v["options"])); len(out) == 0 {
		out = equals("terms", joined(v["terms"]))
	}
	return out
}

func customerLine(v map[string]string, arg string) []token {
	verb, subject, _ := strings.Cut(arg, " ")
	subject, marks, _ := strings.Cut(subject, " ")
	out := row(word(verb), chosen(v["customer"], subject))
	switch verb {
	case "add":
		return row(word(verb), word(v["handle"]), quote(v["name"]), equals("currency", v["currency"]), equals("lang", v["lang"]),
			equals("tz", v["tz"]), equals("terms", joined(v["terms"])))
	case "set":
		return row(out, setOptions(v, marks))
	}
	return out
}
