package commands

import (
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// past is the part of a question that asks for another day than today.
type past struct {
	on, known ledger.Date // 0: not asked
}

func (p past) asked() bool { return p.on != 0 || p.known != 0 }

// cutPast takes "as-of <date>" and "known-at <date>" out of the words of a line.
func (c *Call) cutPast() (p past, err error) {
	var rest []token
	for i := 0; i < len(c.Args); i++ {
		into := &p.on
		switch {
		case c.Args[i].is("as-of"), c.Args[i].is("asof"):
		case c.Args[i].is("known-at"):
			into = &p.known
		default:
			rest = append(rest, c.Args[i])
			continue
		}
		if i+1 == len(c.Args) {
			return p, ledger.Refuse(ledger.BadInput, "asof.nodate", "word", strings.ToLower(c.Args[i].text), "date", c.Today())
		}
		day, n, err := c.days().take(c.Args[i+1:])
		if err != nil {
			return p, err
		}
		*into = day
		i += n
	}
	c.Args = rest
	return p, nil
}

// asOf turns p into what the books are asked; without a day of its own, "known-at" asks for
// the same day.
func (p past) asOf(v *ledger.View) (ledger.AsOf, error) {
	if p.on == 0 {
		p.on = p.known
	}
	return v.AsOfDay(p.on, p.known)
}

// knownNote says that later entries are left out.
func (p past) knownNote(k *card.Card) {
	if p.known != 0 {
		k.Body = append([]card.Text{card.T("asof.known", "date", p.known)}, k.Body...)
	}
}

// pastAccount shows what one customer owed on a past day, and on which invoices.
func pastAccount(v *ledger.View, cust *ledger.Customer, a ledger.AsOf) *card.Card {
	title := card.T("asof.account", "customer", v.CustomerName(cust), "handle", cust.Handle, "date", a.On)
	k := &card.Card{Title: title, Fields: agingFields(v.AgingOfAsOf(cust, a))}
	if len(k.Fields) == 0 {
		k.Body = append(k.Body, card.T("asof.nothing"))
		return k
	}
	open := v.OpenAsOf(cust, a)
	if len(open) == 0 {
		return k
	}
	k.Table = &card.Table{Head: []card.Text{card.T("col.number"), card.T("col.due"), card.T("col.state"), card.T("col.open")},
		Right: []bool{false, false, false, true}}
	for _, item := range open {
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(item.Invoice.Number.String()), card.T("value", "value", item.Due),
			pastState(item, a.On), money(item.Open)})
	}
	return k
}

func pastState(item ledger.OpenItem, on ledger.Date) card.Text {
	if days := ledger.DaysOverdue(item.Due, on); days > 0 {
		return card.T("state.overdue", "count", days)
	}
	if item.Open != item.Invoice.TotalMoney() && len(item.Invoice.Instalments()) == 0 {
		return card.T("state.partpaid")
	}
	return card.T("state.open")
}
