package match

import (
	"errors"
	"slices"

	"duebot/ledger"
)

// seen is what a customer was taken into the Book from.
type seen struct {
	name  ledger.TextRef
	legal string
	tax   string
}

// closedDays is for how long the number of an invoice that was paid is still known: somebody may
// pay it again.
const closedDays = 120

// Follow brings b up to the books: our accounts, customers, invoices, claims that wait, payments
// that may come back. The first time, and after a command that was taken back, it reads all that
// is open; from then on its cost follows what was booked since. It is called before each line.
func (b *Book) Follow(v *ledger.View) error {
	holds, err := v.Holds(b.mark)
	if err != nil {
		return err
	}
	if holds && b.mark != (ledger.Mark{}) {
		err = b.readChanges(v)
	} else {
		err = b.readAll(v)
	}
	if err != nil {
		b.mark = ledger.Mark{} // half of it may be there
		return err
	}
	b.ours(v)
	b.mark = v.Mark()
	return nil
}

// ours takes which accounts and which tax number are the company's own.
func (b *Book) ours(v *ledger.View) {
	b.rules.TaxID = v.Company().TaxID
	for _, st := range v.BankFresh() {
		if st.Account != "" {
			b.own[foldAccount(st.Account)] = true
		}
	}
	if today := v.Today(); today != b.day {
		b.forgetClosed(today)
	}
}

// forgetClosed drops invoices that were paid long ago.
func (b *Book) forgetClosed(today ledger.Date) {
	b.day = today
	for i := range b.items {
		if x := &b.items[i]; x.Closed != 0 && x.Closed < today-closedDays {
			b.Drop(x.Invoice)
		}
	}
}

func (b *Book) readAll(v *ledger.View) (err error) {
	*b = *New(b.rules)
	keep := func(failed error) {
		if err == nil {
			err = failed
		}
	}
	v.Customers(func(c *ledger.Customer) { keep(b.followCustomer(v, c)) })
	since := v.Today() - closedDays
	v.Invoices(func(inv *ledger.Invoice) {
		if inv.Open > 0 || inv.ClosedOn >= since {
			keep(b.followInvoice(v, inv))
		}
	})
	for _, p := range v.WaitingClaims() {
		keep(b.followClaim(v, v.Invoice(p.Invoice)))
	}
	v.PaymentsSince(v.Today().AddDays(-returnDays), func(p *ledger.Payment) { keep(b.followPayment(v, p)) })
	return err
}

func (b *Book) readChanges(v *ledger.View) error {
	changed, err := v.Since(b.mark)
	if err != nil {
		return err
	}
	for _, id := range changed.Customers {
		if err := b.followCustomer(v, v.Customer(id)); err != nil {
			return err
		}
	}
	for _, id := range changed.Invoices {
		inv := v.Invoice(id)
		if err := errors.Join(b.followInvoice(v, inv), b.followClaim(v, inv)); err != nil {
			return err
		}
	}
	for _, id := range changed.Payments {
		if err := b.followPayment(v, v.Payment(id)); err != nil {
			return err
		}
	}
	return nil
}

// followCustomer takes what a customer is called.
func (b *Book) followCustomer(v *ledger.View, c *ledger.Customer) error {
	party, err := v.Party(c)
	if err != nil {
		return err
	}
	now := seen{c.Name, party.Name, party.TaxID}
	if b.seenName[c.ID] != now {
		b.Know(Customer{ID: c.ID, Names: namesOf(v.CustomerName(c), party.Name), TaxID: party.TaxID})
		b.seenName[c.ID] = now
	}
	return nil
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

// followInvoice takes an invoice as it stands. One that nobody paid and that is open no more was
// taken back or credited: its number pays nothing.
func (b *Book) followInvoice(v *ledger.View, inv *ledger.Invoice) error {
	if inv.Open <= 0 && inv.Paid <= 0 {
		b.Drop(inv.ID)
		return nil
	}
	x, err := itemOf(v, inv)
	if err == nil {
		b.Put(x)
	}
	return err
}

// itemOf is an invoice of the books as matching sees it.
func itemOf(v *ledger.View, inv *ledger.Invoice) (Item, error) {
	x := Item{Invoice: inv.ID, Customer: inv.Customer, Number: inv.Number.String(), Date: inv.Date, Due: inv.Due, Open: inv.OpenMoney(), Closed: inv.ClosedOn}
	if inv.OldNumber != "" {
		x.Number = inv.OldNumber
	}
	doc, err := v.InvoiceDetail(inv)
	if err != nil {
		return x, err
	}
	x.Order = doc.Reference
	if inv.Open == doc.Total.Minor && doc.Net.Minor < inv.Open { // of a part nobody knows the tax
		x.Net = doc.Net.Minor
	}
	if until := inv.EarlyTerms().Until; until != 0 {
		if o, ok := inv.Early(until); ok {
			x.Early = Early{Pay: o.Pay.Minor, Until: o.Until}
		}
	}
	if parts := inv.Slices(); len(parts) > 1 {
		for _, p := range parts {
			x.Parts = append(x.Parts, p.Open.Minor)
		}
	}
	return x, nil
}

// followClaim takes what a customer says that he paid of an invoice.
func (b *Book) followClaim(v *ledger.View, inv *ledger.Invoice) error {
	b.dropClaim(inv.Customer, inv.ID)
	p := v.ClaimOn(inv)
	if p == nil || inv.Open <= 0 {
		return nil
	}
	claim := Claim{ID: p.ID, Invoice: inv.ID, Customer: inv.Customer, Amounts: []ledger.Money{p.Amount}, Dates: []ledger.Date{p.Date}}
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
	return nil
}

// followPayment takes a payment that a line may take back, with what the bank wrote of it.
func (b *Book) followPayment(v *ledger.View, p *ledger.Payment) error {
	if p.Returned || p.Refunded > 0 {
		b.DropPaid(p.ID)
		return nil
	}
	x := Paid{Payment: p.ID, Customer: p.Customer, Amount: p.Amount, Date: p.Date}
	if e := v.EntryOf(p); e != nil {
		l, err := v.Line(e)
		if err != nil {
			return err
		}
		x.Account, x.BankRef, x.EndToEnd = l.Party.Number, l.BankRef, l.EndToEnd
	}
	b.PutPaid(x)
	return nil
}
