package commands

import (
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// Kinds of what a field of a form is found among by typing.
const (
	suggestMax  = 20    // options at once
	suggestLook = 20000 // invoices that are looked at, newest first
)

// Suggest lists what somebody may mean who types into a field: customers and invoices that he
// may see, what begins with the words first. Before he has typed, it is who owes most urgently.
func (d *Desk) Suggest(who Staff, kind, typed string) (out []card.Option, err error) {
	if !slices.Contains(anybody(), who.Role) {
		return nil, nil
	}
	typed = strings.ToLower(strings.Join(strings.Fields(typed), " "))
	err = d.Books.View(func(v *ledger.View) error {
		v.May = d.lens(who, Command{Reads: true})
		if kind != card.InputCustomer {
			out = suggestInvoices(v, typed)
		}
		if kind != card.InputInvoice {
			out = append(suggestCustomers(v, typed), out...)
		}
		return nil
	})
	return out[:min(len(out), 2*suggestMax)], err
}

// suggestCustomers finds customers by handle or name.
func suggestCustomers(v *ledger.View, typed string) []card.Option {
	var first, rest []*ledger.Customer
	v.Customers(func(c *ledger.Customer) {
		handle := strings.ToLower(c.Handle)
		switch {
		case len(first) >= suggestMax:
		case strings.HasPrefix(handle, typed):
			if v.Sees(c) {
				first = append(first, c)
			}
		case len(rest) < suggestMax && (strings.Contains(strings.ToLower(v.CustomerName(c)), typed) || len(typed) > 3 && ledger.Distance(typed, handle) < 2):
			if v.Sees(c) {
				rest = append(rest, c)
			}
		}
	})
	slices.SortFunc(first, func(a, b *ledger.Customer) int { return strings.Compare(a.Handle, b.Handle) })
	var out []card.Option
	for _, c := range append(first, rest...) {
		if len(out) < suggestMax {
			out = append(out, card.Option{Value: c.Handle, Label: card.Join(card.Plain(v.CustomerName(c)), card.Plain(c.Handle))})
		}
	}
	return out
}

// suggestInvoices finds invoices by number, also by its end alone, or by their customer: open
// ones first, the newest first.
func suggestInvoices(v *ledger.View, typed string) []card.Option {
	var open, closed []card.Option
	option := func(inv *ledger.Invoice) card.Option {
		return card.Option{Value: inv.Number.String(), Label: card.Join(card.Plain(inv.Number.String()), money(inv.OpenMoney()), card.Plain(v.CustomerName(v.Customer(inv.Customer))))}
	}
	looked := 0
	for id := v.LastInvoice(); id > 0 && looked < suggestLook && len(open) < suggestMax; id, looked = id-1, looked+1 {
		inv := v.Invoice(id)
		cust := v.Customer(inv.Customer)
		fits := typed == "" || strings.Contains(strings.ToLower(inv.Number.String()), typed) || strings.HasPrefix(strings.ToLower(cust.Handle), typed)
		switch {
		case !fits || !v.Sees(cust):
		case inv.Open > 0:
			open = append(open, option(inv))
		case len(closed) < suggestMax && typed != "":
			closed = append(closed, option(inv))
		}
	}
	out := append(open, closed...)
	return out[:min(len(out), suggestMax)]
}
