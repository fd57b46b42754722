package commands

import (
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// lawOptions are what a line says about the law that a customer is under:
//
//	option = "country=" ( code | "none" ) | "consumer=" ( "yes" | "no" ) .
type lawOptions struct {
	country  *ledger.Country
	consumer *bool
}

// take reads one option; known is false for one that is about something else.
func (o *lawOptions) take(key, value string) (known bool, err error) {
	switch key {
	case "country":
		country := ledger.Country(strings.ToUpper(value))
		if strings.EqualFold(value, "none") {
			country = ""
		}
		o.country = &country
	case "consumer":
		consumer := strings.EqualFold(value, "yes")
		if !consumer && !strings.EqualFold(value, "no") {
			return true, ledger.Refuse(ledger.BadInput, "consumer.form", "text", value)
		}
		o.consumer = &consumer
	default:
		return false, nil
	}
	return true, nil
}

// set books the options over what is known, and reports whether any of them is news.
func (o *lawOptions) set(tx *ledger.Tx, cust *ledger.Customer) (changed bool, err error) {
	law := tx.LawOf(cust)
	if o.country != nil {
		law.Country = *o.country
	}
	if o.consumer != nil {
		law.Consumer = *o.consumer
	}
	return tx.SetLaw(cust, law)
}

// lawFields are the country of a customer, where it was said, and that he is a consumer.
func lawFields(v *ledger.View, cust *ledger.Customer) (out []card.Field) {
	law := v.LawOf(cust)
	if law.Country != "" {
		out = append(out, card.Field{Label: card.T("field.country"), Value: card.Plain(string(law.Country))})
	}
	if law.Consumer {
		out = append(out, card.Field{Label: card.T("field.consumer"), Value: card.T("word.yes")})
	}
	return out
}
