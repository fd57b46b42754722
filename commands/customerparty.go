package commands

import (
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// partyOptions are what a line says about who a customer is by law:
//
//	option = "legal=" ( name | "none" ) | "address=" ( line { ";" line } | "none" )
//	       | "taxid=" ( number | "none" ) | "registration=" ( line { ";" line } | "none" ) .
type partyOptions struct {
	legal, taxID      *string
	address, register *[]string
}

// take reads one option; known is false for one that is about something else.
func (o *partyOptions) take(key, value string) (known bool) {
	if strings.EqualFold(strings.TrimSpace(value), "none") {
		value = ""
	}
	lines, one := partyLines(value), strings.Join(strings.Fields(value), " ")
	switch key {
	case "legal":
		o.legal = &one
	case "taxid":
		o.taxID = &one
	case "address":
		o.address = &lines
	case "registration":
		o.register = &lines
	default:
		return false
	}
	return true
}

// partyLines are the lines of a text that may stand in one, with semicolons.
func partyLines(text string) (out []string) {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// set books the options over what is known, and reports whether any of them is news.
func (o *partyOptions) set(tx *ledger.Tx, cust *ledger.Customer) (changed bool, err error) {
	if *o == (partyOptions{}) {
		return false, nil
	}
	p, err := tx.Party(cust)
	if err != nil {
		return false, err
	}
	if o.legal != nil {
		p.Name = *o.legal
	}
	if o.taxID != nil {
		p.TaxID = *o.taxID
	}
	if o.address != nil {
		p.Address = strings.Join(*o.address, "\n")
	}
	if o.register != nil {
		p.Lines = *o.register
	}
	return tx.SetParty(cust, p)
}

// partyFields are who a customer is by law, as his documents say it.
func partyFields(v *ledger.View, cust *ledger.Customer) (out []card.Field) {
	p, err := v.Party(cust)
	if err != nil {
		return nil // erased
	}
	for _, f := range [][2]string{{"field.legal", p.Name}, {"field.address", strings.ReplaceAll(p.Address, "\n", ", ")},
		{"field.taxid", p.TaxID}, {"field.registration", strings.Join(p.Lines, ", ")}} {
		if f[1] != "" {
			out = append(out, card.Field{Label: card.T(f[0]), Value: card.Plain(f[1])})
		}
	}
	return out
}

// partyNames are the fields of who a customer is by law.
func partyNames() []string { return []string{"legal", "address", "taxid", "registration"} }

// partyValues are what these fields hold.
func (c *Call) partyValues(cust *ledger.Customer) map[string]string {
	p, err := c.Party(cust)
	if err != nil {
		return nil
	}
	return map[string]string{"legal": p.Name, "address": p.Address, "taxid": p.TaxID, "registration": strings.Join(p.Lines, "; ")}
}

// partyInputs ask for who a customer is by law.
func (c *Call) partyInputs(cust *ledger.Customer) []card.Input {
	known := c.partyValues(cust)
	if known == nil {
		return nil
	}
	address := c.lineField("address", card.T("field.address"), known["address"])
	address.Kind = card.InputText
	return []card.Input{optional(c.lineField("legal", card.T("field.legal"), known["legal"]), card.T("ask.legal.hint")),
		optional(address, card.Text{}),
		optional(c.lineField("taxid", card.T("field.taxid"), known["taxid"]), card.Text{}),
		optional(c.lineField("registration", card.T("field.registration"), known["registration"]), card.T("ask.registration.hint"))}
}
