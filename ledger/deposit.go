package ledger

// A deposit is invoiced before the goods or services are there: its net is owed to the
// customer as a service to come, and stands as an advance; its tax is due with it. The final
// invoice is over the whole, and deducts the deposit with its tax, per rate, so that no tax
// is owed twice (Directive 2006/112/EC, articles 65 and 220; for Germany § 14 (5) UStG).

// DepositUse is a deposit that a final invoice deducts.
type DepositUse struct {
	Invoice InvoiceID // the deposit
	Taxes   []TaxSum  // per rate, what it deducts: all that credit notes left of it
	Base    int64     // what its net is worth in the books, in the company's currency
}

func (d *DepositUse) code(c *coder) {
	num(c, &d.Invoice)
	list(c, &d.Taxes, func(c *coder, t *TaxSum) { t.code(c) })
	c.i64(&d.Base)
}

// Sum is the net and the tax that d deducts.
func (d *DepositUse) Sum() LineSum {
	cur := Currency("")
	if len(d.Taxes) > 0 {
		cur = d.Taxes[0].Base.Currency
	}
	net, tax := sumTaxes(d.Taxes, cur)
	return LineSum{net, tax}
}

// Deposited is the net and the tax of all deposits that d deducts.
func (d *Draft) Deposited() LineSum {
	sum := LineSum{Money{0, d.Currency}, Money{0, d.Currency}}
	for i := range d.Deposits {
		s := d.Deposits[i].Sum()
		sum.Net, sum.Tax = sum.Net.Add(s.Net), sum.Tax.Add(s.Tax)
	}
	return sum
}

// IsDeposit reports whether i is a deposit invoice.
func (i *Invoice) IsDeposit() bool { return i.cond != nil && i.cond.deposit }

// UsedBy is the final invoice that deducts deposit i, 0 for none.
func (i *Invoice) UsedBy() InvoiceID {
	if i.cond == nil {
		return 0
	}
	return i.cond.usedBy
}

// Deposit returns what the final invoice d may deduct of deposit inv. It returns a refusal for
// what is no deposit of d's customer, for one that is not paid, and for one that another
// invoice deducts than d replaces: a deposit is deducted once, and as a whole.
func (v *View) Deposit(inv *Invoice, d *Draft) (DepositUse, error) {
	number, cur := inv.Number.String(), d.Currency
	by := v.Invoice(inv.UsedBy())
	switch {
	case inv.Customer != d.Customer:
		return DepositUse{}, Refuse(NotFound, "invoice.unknown", "text", number)
	case !inv.IsDeposit() || inv.Void:
		return DepositUse{}, Refuse(BadInput, "deposit.none", "number", number)
	case by != nil && by.ID != d.Corrects:
		return DepositUse{}, Refuse(Conflict, "deposit.used", "number", number, "by", by.Number.String())
	case inv.Currency != cur:
		return DepositUse{}, Refuse(BadInput, "deposit.currency", "number", number, "currency", string(inv.Currency))
	case inv.Open > 0 || inv.WrittenOff > 0:
		return DepositUse{}, Refuse(Conflict, "deposit.unpaid", "number", number, "open", Money{inv.Open + inv.WrittenOff, cur})
	case inv.Creditable().Minor == 0:
		return DepositUse{}, Refuse(Conflict, "credit.nothing", "number", number)
	}
	left, err := v.creditLeft(inv)
	if err != nil {
		return DepositUse{}, err
	}
	base, err := v.advanced(inv)
	return DepositUse{inv.ID, left.taxes, base}, err
}

// advanced is what deposit inv stands for among the advances, in the company's currency.
func (v *View) advanced(inv *Invoice) (int64, error) {
	f, err := v.fact(inv.fact)
	if err != nil {
		return 0, err
	}
	base := -f.base(Advances)
	for n := v.CreditNote(inv.lastCredit); n != nil; n = v.CreditNote(n.before) {
		if f, err = v.fact(n.fact); err != nil {
			return 0, err
		}
		base -= f.base(Advances)
	}
	return base, nil
}

// checkDeposits fills in, from the books, what d deducts of each deposit that it names.
func (v *View) checkDeposits(d *Draft) error {
	if d.Deposit && len(d.Deposits) > 0 {
		return Refuse(BadInput, "deposit.both")
	}
	seen := map[InvoiceID]bool{}
	for i := range d.Deposits {
		inv := v.Invoice(d.Deposits[i].Invoice)
		if inv == nil {
			return Refuse(NotFound, "invoice.unknown", "text", "")
		}
		if seen[inv.ID] {
			return Refuse(BadInput, "deposit.twice", "number", inv.Number.String())
		}
		seen[inv.ID] = true
		use, err := v.Deposit(inv, d)
		if err != nil {
			return err
		}
		d.Deposits[i] = use
	}
	return nil
}

// deduct takes d's deposits off the sums of the whole, rate by rate. It returns a BadInput
// refusal for a deposit beyond what is invoiced at its rate.
func (t *Totals) deduct(d *Draft) error {
	for i := range d.Deposits {
		for j := range d.Deposits[i].Taxes {
			dep := &d.Deposits[i].Taxes[j]
			if !t.lower(dep) {
				return Refuse(BadInput, "deposit.more", "rate", dep.Rate.String(), "deposit", dep.Base)
			}
			t.Net, t.Tax = t.Net.Sub(dep.Base), t.Tax.Sub(dep.Tax)
		}
	}
	return nil
}

// lower takes dep off its rate, and reports false where there is not as much.
func (t *Totals) lower(dep *TaxSum) bool {
	if dep.Base.IsZero() && dep.Tax.IsZero() {
		return true
	}
	for i := range t.Taxes {
		if s := &t.Taxes[i]; s.same(dep) {
			if past(dep.Base.Minor, s.Base.Minor) || past(dep.Tax.Minor, s.Tax.Minor) {
				return false
			}
			s.Base, s.Tax = s.Base.Sub(dep.Base), s.Tax.Sub(dep.Tax)
			return true
		}
	}
	return false
}

// postings are those of an invoice as it is issued, worth base: what is owed, the whole as
// income, or as an advance for a deposit, and the deposits that it deducts taken out of the
// advances. An advance keeps the value at which it came, and so does the income of it (IFRIC 22).
func (x *InvoiceIssued) postings(base BaseSums) []Posting {
	deposited, income := x.Deposited(), x.Nature.income()
	if x.Deposit {
		income = Advances
	}
	worth := int64(0)
	for i := range x.Deposits {
		worth += x.Deposits[i].Base
	}
	return entry(x.Customer,
		Posting{Account: Receivables, Amount: x.Total, Base: base.Total.Minor},
		Posting{Account: income, Amount: x.Net.Add(deposited.Net).Neg(), Base: -base.Net.Minor - worth},
		Posting{Account: Advances, Amount: deposited.Net, Base: worth},
		Posting{Account: OutputTax, Amount: x.Total.Sub(x.Net).Neg(), Base: -base.Tax.Minor})
}

// use marks the deposits that inv deducts.
func (s *state) use(inv *Invoice) {
	if inv.cond == nil {
		return
	}
	for _, d := range inv.cond.deposits {
		if dep := s.invoices.at(uint32(d.Invoice)); dep != nil && dep.cond != nil {
			set(s, &dep.cond.usedBy, inv.ID)
		}
	}
}

// release frees the deposits that inv deducted: it was taken back, and they are advances
// again.
func (s *state) release(inv *Invoice) {
	if inv.cond == nil {
		return
	}
	for _, d := range inv.cond.deposits {
		if dep := s.invoices.at(uint32(d.Invoice)); dep != nil && dep.UsedBy() == inv.ID {
			set(s, &dep.cond.usedBy, 0)
		}
	}
}

// released is the net that release makes advances again, in minor units, and what it is
// worth in the company's currency.
func (s *state) released(inv *Invoice) (net, base int64) {
	if inv.cond == nil {
		return 0, 0
	}
	for i := range inv.cond.deposits {
		d := &inv.cond.deposits[i]
		if dep := s.invoices.at(uint32(d.Invoice)); dep != nil && dep.UsedBy() == inv.ID {
			net, base = net+d.Sum().Net.Minor, base+d.Base
		}
	}
	return net, base
}
