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
// role then. Whole is the card with all its lines, which somebody asked for.
func invoiceButtons(v *ledger.View, inv *ledger.Invoice, whole bool) []card.Button {
	number := inv.Number.String()
	details := card.Button{Label: card.T("button.details"), Do: "show", Arg: strconv.Itoa(int(inv.ID))}
	why := lineButton(card.T("button.why"), "why "+number)
	history := lineButton(card.T("button.history"), "history "+number)
	disp := v.Dispute(inv.Dispute)
	switch {
	case inv.Open == 0 && whole:
		return append([]card.Button{why, history}, paperMenu(inv)...)
	case inv.Open == 0:
		return append([]card.Button{details, history}, paperMenu(inv)...)
	}
	out := []card.Button{formButton(card.T("button.payment"), "payment", number)}
	switch {
	case whole:
		out = append(out, why, history)
	case disp != nil:
		out = append(out, formButton(card.T("button.settledispute"), "dispute", "resolve "+disp.Label()), details)
	default:
		out = append(out, lineButton(card.T("button.remindnow"), "remind "+v.Customer(inv.Customer).Handle), details)
	}
	return append(append(out, paperMenu(inv)...), invoiceMenu(inv, number)...)
}

// invoiceMenu is the rest of what can be done with an open invoice. What can't be undone asks
// by a form.
func invoiceMenu(inv *ledger.Invoice, number string) (out []card.Button) {
	add := func(label card.Text, verb, subject string) {
		b := formButton(label, verb, subject)
		b.More = true
		out = append(out, b)
	}
	add(card.T("button.promise"), "promise", number)
	if inv.Dispute == 0 {
		add(card.T("button.opendispute"), "dispute", "open "+number)
	}
	if inv.Nature == ledger.NaturePrincipal {
		add(card.T("button.creditnote"), "credit", number)
		add(card.T("button.reissue"), "reissue", number)
	}
	add(card.T("button.writeoff"), "writeoff", number)
	return out
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
