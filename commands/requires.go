package commands

import (
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// requirementWords are how staff name what a customer's invoices must carry.
var requirementWords = map[string]ledger.Requirement{
	"order": ledger.RequireOrder, "order number": ledger.RequireOrder, "po": ledger.RequireOrder, "ref": ledger.RequireOrder,
	"costcentre": ledger.RequireCost, "costcenter": ledger.RequireCost, "cost centre": ledger.RequireCost, "cost center": ledger.RequireCost,
	"buyercode": ledger.RequireBuyer, "buyer code": ledger.RequireBuyer, "buyer's code": ledger.RequireBuyer, "buyer": ledger.RequireBuyer,
}

// requiresOption reads requires="order number, cost centre"; "none" is nothing.
func requiresOption(value string) (list []ledger.Requirement, err error) {
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ';' || r == '+' }) {
		word = strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(word, "’", "'")), " "))
		r, ok := requirementWords[word]
		switch {
		case word == "none":
		case !ok:
			return nil, ledger.Refuse(ledger.BadInput, "requires.form", "text", word)
		default:
			list = append(list, r)
		}
	}
	return list, nil
}

// requireFields show what a customer's invoices must carry.
func requireFields(cust *ledger.Customer) []card.Field {
	if len(cust.Requires) == 0 {
		return nil
	}
	var words []card.Text
	for _, r := range cust.Requires {
		words = append(words, card.T("require."+string(r)))
	}
	return []card.Field{{Label: card.T("field.requires"), Value: card.Join(words...)}}
}
