package ledger

import "pgregory.net/rapid"

// checkItems: a customer's open items are his open invoices, each as it stands.
func checkItems(r *rapid.T, v *View) {
	listed := map[InvoiceID]bool{}
	v.Customers(func(c *Customer) {
		for _, item := range v.s.itemsOf(c.ID) {
			inv := v.Invoice(item.invoice)
			if listed[inv.ID] || inv.Customer != c.ID || inv.Open == 0 || item != v.s.itemOf(inv) {
				r.Fatalf("customer %d has the item %+v of %s, of which %d are open", c.ID, item, inv.Number, inv.Open)
			}
			listed[inv.ID] = true
		}
		if n := len(v.s.itemsOf(c.ID)); n != c.openCount {
			r.Fatalf("customer %d has %d items and %d open invoices", c.ID, n, c.openCount)
		}
	})
}
