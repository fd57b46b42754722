package commands

import (
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

const (
	suggestMax  = 20    // options at once
	suggestLook = 20000 // invoices that are looked at, newest first
)

// Suggest lists what somebody may mean who types into a field: customers and invoices that he
// may see, the nearest first. Before he has typed, it is the newest open invoices.
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

// suggestCustomers finds customers by handle or name, also misspelt or in another script.
func suggestCustomers(v *ledger.View, typed string) (out []card.Option) {
	var found []*ledger.Customer
	v.Customers(func(c *ledger.Customer) {
		if len(found) < suggestMax && strings.HasPrefix(strings.ToLower(c.Handle), typed) && v.Sees(c) {
			found = append(found, c)
		}
	})
	slices.SortFunc(found, func(a, b *ledger.Customer) int { return strings.Compare(a.Handle, b.Handle) })
	if typed != "" {
		for _, c := range v.CustomersNear(typed, suggestMax) {
			if !slices.Contains(found, c) && v.Sees(c) {
				found = append(found, c)
			}
		}
	}
	for _, c := range found[:min(len(found), suggestMax)] {
		out = append(out, card.Option{Value: c.Handle, Label: card.Join(card.Plain(v.CustomerName(c)), card.Plain(c.Handle))})
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
