package commands

import (
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// invoiceButtons are what can be done with an invoice as it stands: three are seen, the rest
// is in a menu. Everybody sees those of a channel's card; who presses one is asked for his
// role then.
func invoiceButtons(v *ledger.View, inv *ledger.Invoice, whole bool) (out []card.Button) {
	number := inv.Number.String()
	more := func(b card.Button) card.Button { b.More = true; return b }
	details := card.Button{Label: card.T("button.details"), Do: "show", Arg: strconv.Itoa(int(inv.ID))}
	if whole {
		details = lineButton(card.T("button.why"), "why "+number)
	}
	history := lineButton(card.T("button.history"), "history "+number)
	if inv.Open == 0 {
		return []card.Button{details, history}
	}
	out = append(out, formButton(card.T("button.payment"), "payment", number))
	if inv.Undisputed().Minor > 0 {
		out = append(out, lineButton(card.T("button.remindnow"), "remind "+v.Customer(inv.Customer).Handle))
	}
	out = append(out, details, more(history), more(formButton(card.T("button.promise"), "promise", number)))
	if inv.Nature == ledger.NaturePrincipal {
		out = append(out, more(formButton(card.T("button.creditnote"), "credit", number)), more(formButton(card.T("button.reissue"), "reissue", number)))
	}
	return append(out, more(formButton(card.T("button.writeoff"), "writeoff", number)))
}

// forMe leaves out the buttons whose verbs are not for the asker.
func (c *Call) forMe(list []card.Button) []card.Button {
	return slices.DeleteFunc(list, func(b card.Button) bool {
		cmd, ok := buttons()[b.Do]
		switch b.Do {
		case "line", "form":
			verb, _, _ := strings.Cut(strings.Replace(b.Arg, ".", " ", 1), " ")
			cmd, ok = find(verb)
		}
		return !ok || !c.Who.may(cmd)
	})
}
