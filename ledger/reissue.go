package ledger

// Reissue credits what is left of the invoice that d corrects and issues d in its place:
// both or nothing. The new invoice's fact names the old one. The credit note is nil where
// the old invoice was credited already. It returns a Conflict refusal when the old one is
// void or was replaced before, and a BadInput one when it is another customer's.
func (tx *Tx) Reissue(d Draft, reason string) (*Invoice, *CreditNote, error) {
	old := tx.Invoice(d.Corrects)
	if old == nil {
		return nil, nil, Refuse(NotFound, "invoice.unknown", "text", "", "example", tx.exampleNumber())
	}
	if err := tx.replaceable(old, d.Customer); err != nil {
		return nil, nil, err
	}
	var note *CreditNote
	if left := old.Creditable(); left.Minor > 0 {
		n, err := tx.Credit(old, left, reason)
		if err != nil {
			return nil, nil, err
		}
		note = n
	}
	inv, err := tx.Issue(d)
	if err != nil {
		return nil, nil, err
	}
	return inv, note, tx.withdrawMessage(old, "the invoice was replaced")
}

// Replaceable reports by a refusal whether inv can be credited and issued anew.
func (v *View) Replaceable(inv *Invoice) error { return v.replaceable(inv, inv.Customer) }

func (v *View) replaceable(inv *Invoice, customer CustomerID) error {
	number := inv.Number.String()
	switch by := v.Invoice(inv.ReplacedBy); {
	case inv.Void:
		return Refuse(Conflict, "void.already", "number", number)
	case by != nil:
		return Refuse(Conflict, "reissue.already", "number", number, "by", by.Number.String())
	case inv.Customer != customer:
		return Refuse(BadInput, "reissue.customer", "number", number)
	}
	return nil
}

// checkCorrects sees to it that an invoice replaces only what is credited in full.
func (tx *Tx) checkCorrects(d *Draft) error {
	if d.Corrects == 0 {
		return nil
	}
	old := tx.Invoice(d.Corrects)
	if old == nil {
		return Refuse(NotFound, "invoice.unknown", "text", "", "example", tx.exampleNumber())
	}
	if err := tx.replaceable(old, d.Customer); err != nil {
		return err
	}
	if left := old.Creditable(); left.Minor > 0 {
		return Refuse(Conflict, "reissue.open", "number", old.Number.String(), "left", left)
	}
	return nil
}
