package commands

import (
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// What money is for that a customer sent without saying: staff ask him, and one tap answers.
// The answer books nothing by itself; it becomes the first proposal to staff.

// whatForShown is how many invoices he is offered.
const whatForShown = 5

// whatForNews asks a customer what his money is for.
func whatForNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	e := v.EntryOfNotice(&n.NoticeQueued)
	c := v.Customer(n.Customer)
	if e.Place != ledger.EntryWaits || e.Asked != c.ID {
		return card.Message{Withdraw: "it is known by now"}, nil
	}
	k := &card.Card{Title: card.T("whatfor.title", "amount", e.Amount, "date", e.Booked), Body: []card.Text{card.T("whatfor.body")}}
	for _, item := range v.ToSettle(c) {
		if item.Invoice.Currency == e.Amount.Currency && len(k.Buttons) < whatForShown && !hasButton(k, whatForArg(e, item.Invoice.ID)) {
			k.Buttons = append(k.Buttons, card.Button{Label: card.Join(card.Plain(item.Invoice.Number.String()), money(item.Invoice.OpenMoney())),
				Do: "whatfor", Arg: whatForArg(e, item.Invoice.ID), Wide: true})
		}
	}
	k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.whatfor.advance"), Do: "whatfor", Arg: whatForArg(e, 0), Wide: true})
	k.Note = []card.Text{card.T("whatfor.else")}
	return card.Message{Card: k}, nil
}

func hasButton(k *card.Card, arg string) bool {
	for _, b := range k.Buttons {
		if b.Arg == arg {
			return true
		}
	}
	return false
}

func whatForArg(e *ledger.BankEntry, inv ledger.InvoiceID) string {
	return idArg(uint32(e.ID)) + "." + idArg(uint32(inv))
}

// sayWhatFor takes a customer's answer.
func sayWhatFor(c *ChatCall) (card.Reply, error) {
	id, rest, _ := strings.Cut(c.In.Arg, ".")
	n, _ := strconv.ParseUint(id, 10, 32)
	of, _ := strconv.ParseUint(rest, 10, 32)
	e, inv := c.BankEntry(ledger.BankEntryID(n)), c.Invoice(ledger.InvoiceID(of))
	if e == nil || e.Asked != c.Customer.ID || of != 0 && (inv == nil || inv.Customer != c.Customer.ID) {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if e.Place != ledger.EntryWaits {
		return card.Reply{Toast: card.T("whatfor.known")}, nil
	}
	p := proposal{Shares: []ledger.EntryShare{{Customer: c.Customer.ID, Minor: e.Amount.Minor}}, Keys: []string{"match.customer"}, Reasons: []card.Text{card.T("match.customer")}}
	said := card.T("whatfor.thanks.advance")
	if inv != nil {
		said = card.T("whatfor.thanks", "number", inv.Number.String())
		if inv.Open > 0 && inv.Currency == e.Amount.Currency {
			p.Shares[0].Parts = []ledger.Part{{Invoice: inv.ID, Minor: min(inv.Open, e.Amount.Minor)}}
		}
	}
	all, err := proposals(&c.Tx.View, e)
	if err == nil {
		err = keepProposals(c.Tx, e, append([]proposal{p}, all...))
	}
	if err == nil {
		err = c.Desk.showEntry(c.Tx, e)
	}
	return card.Reply{Card: &card.Card{Body: []card.Text{said}}, Replace: true}, err
}

// annulledNews tells a customer that a payment was not his after all.
func annulledNews(v *ledger.View, n *ledger.Notice) card.Message {
	p := v.Payment(n.Payment)
	k := &card.Card{Title: card.T("annulled.title", "payment", p.Label()), Body: []card.Text{card.T("annulled.body", "amount", p.Amount, "date", p.Date)}}
	if number, ok := v.CashNumber(p); ok {
		k.Body = append(k.Body, card.T("annulled.cash", "number", number.String()))
	}
	return card.Message{Card: k}
}
