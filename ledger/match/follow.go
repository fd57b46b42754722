package match

import (
	"slices"

	"duebot/ledger"
)

// seen is what a customer was taken into the Book from.
type seen struct {
	name  ledger.TextRef
	legal string
	tax   string
}

// Follow brings b up to the books: customers, open invoices, claims that wait. Its cost follows
// what is open, and what changed; it is called once before a statement, and FollowCustomer after
// each line that was booked.
func (b *Book) Follow(v *ledger.View) error {
	var failed error
	v.Customers(func(c *ledger.Customer) {
		if err := b.follow(v, c); err != nil && failed == nil {
			failed = err
		}
	})
	return failed
}

// FollowCustomer brings what b knows of one customer up to the books.
func (b *Book) FollowCustomer(v *ledger.View, id ledger.CustomerID) error {
	c := v.Customer(id)
	if c == nil {
		return nil
	}
	return b.follow(v, c)
}

func (b *Book) follow(v *ledger.View, c *ledger.Customer) error {
	party, err := v.Party(c)
	if err != nil {
		return err
	}
	if now := (seen{c.Name, party.Name, party.TaxID}); b.seenName[c.ID] != now {
		b.Know(Customer{ID: c.ID, Names: namesOf(v.CustomerName(c), party.Name), TaxID: party.TaxID})
		b.seenName[c.ID] = now
	}
	open := v.OpenInvoices(c)
	for _, slot := range slices.Clone(b.payer(c.ID).open) {
		if inv := v.Invoice(b.items[slot].Invoice); inv == nil || inv.Open <= 0 {
			b.Drop(b.items[slot].Invoice)
		}
	}
	for _, inv := range open {
		x := ItemOf(inv)
		if slot, ok := b.slots[inv.ID]; !ok || !b.items[slot].same(&x) {
			b.Put(x)
		}
	}
	return b.followClaims(v, c, open)
}

// namesOf are the names that differ and say something.
func namesOf(all ...string) (out []string) {
	for _, s := range all {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (b *Book) followClaims(v *ledger.View, c *ledger.Customer, open []*ledger.Invoice) error {
	delete(b.claims, c.ID)
	for _, inv := range open {
		p := v.ClaimOn(inv)
		if p == nil {
			continue
		}
		claim := Claim{ID: p.ID, Invoice: inv.ID, Customer: c.ID, Amounts: []ledger.Money{p.Amount}, Dates: []ledger.Date{p.Date}}
		for _, proof := range p.Proofs {
			text, err := v.Text(proof.Reference)
			if err != nil {
				return err
			}
			if text != "" {
				claim.Reference = text
			}
			claim.Amounts, claim.Dates = append(claim.Amounts, proof.Amounts...), append(claim.Dates, proof.Dates...)
		}
		b.PutClaim(claim)
	}
	return nil
}

// ItemOf is an invoice of the books as matching sees it.
func ItemOf(inv *ledger.Invoice) Item {
	x := Item{Invoice: inv.ID, Customer: inv.Customer, Number: inv.Number.String(), Date: inv.Date, Due: inv.Due, Open: inv.OpenMoney()}
	if inv.OldNumber != "" {
		x.Number = inv.OldNumber
	}
	if until := inv.EarlyTerms().Until; until != 0 {
		if o, ok := inv.Early(until); ok {
			x.Early = Early{Pay: o.Pay.Minor, Until: o.Until}
		}
	}
	if slices := inv.Slices(); len(slices) > 1 {
		for _, s := range slices {
			x.Parts = append(x.Parts, s.Open.Minor)
		}
	}
	return x
}

// same reports whether nothing of it changed.
func (it *item) same(x *Item) bool {
	return it.Open == x.Open && it.Due == x.Due && it.Number == x.Number && it.Early == x.Early && it.Customer == x.Customer && slices.Equal(it.Parts, x.Parts)
}
