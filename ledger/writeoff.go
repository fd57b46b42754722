package ledger

// writeOff is a part of an invoice that was given up.
type writeOff struct {
	invoice InvoiceID
	date    Date
	left    int64  // minor units still given up: less what is owed again
	carry   int64  // what left was worth in the books
	before  uint32 // the one before on the same invoice
	fact    uint64
}

// WrittenOff is the fact that what is open on an invoice, or a part of it, is given up as
// bad debt.
type WrittenOff struct {
	Invoice InvoiceID
	Amount  Money
	Reason  TextRef // as staff wrote it
}

func (x *WrittenOff) kind() factKind { return kindWrittenOff }

func (x *WrittenOff) code(c *coder) {
	num(c, &x.Invoice)
	c.money(&x.Amount)
	c.text(&x.Reason)
}

func (x *WrittenOff) apply(s *state, f *Fact) {
	inv := s.invoices.at(uint32(x.Invoice))
	if inv == nil {
		return
	}
	s.writeOffs.add(s, writeOff{x.Invoice, f.Effective, x.Amount.Minor, f.base(BadDebt), inv.lastWriteOff, f.Seq})
	set(s, &inv.lastWriteOff, s.writeOffs.n)
	set(s, &inv.WrittenOff, inv.WrittenOff+x.Amount.Minor)
	s.reduce(inv, x.Amount.Minor, f.Effective)
}

// WriteOffReversed is the fact that what was given up is owed again, or a part of it: since
// money came for it, a credit note takes the claim itself back, or it was given up too early.
type WriteOffReversed struct {
	Fact    uint64 // WrittenOff
	Invoice InvoiceID
	Amount  Money
	Reason  TextRef // as staff wrote it; none where money or a credit note is the reason
}

func (x *WriteOffReversed) kind() factKind { return kindWriteOffReversed }

func (x *WriteOffReversed) code(c *coder) {
	c.u64(&x.Fact)
	num(c, &x.Invoice)
	c.money(&x.Amount)
	c.text(&x.Reason)
}

func (x *WriteOffReversed) apply(s *state, f *Fact) {
	inv := s.invoices.at(uint32(x.Invoice))
	if inv == nil {
		return
	}
	for w := s.writeOffs.at(inv.lastWriteOff); w != nil; w = s.writeOffs.at(w.before) {
		if w.fact == x.Fact {
			set(s, &w.left, w.left-x.Amount.Minor)
			set(s, &w.carry, w.carry+f.base(BadDebt))
			set(s, &inv.WrittenOff, inv.WrittenOff-x.Amount.Minor)
			s.reopen(inv, x.Amount.Minor, f.Effective)
			return
		}
	}
}

// WriteOff gives up sum of what is open on inv, or all of it where sum is zero. It returns
// a Conflict refusal when nothing is open, and a BadInput one for a sum beyond it.
func (tx *Tx) WriteOff(inv *Invoice, sum Money, reason string) (Money, error) {
	if sum.Minor == 0 {
		sum = inv.OpenMoney()
	}
	switch {
	case inv.Open == 0:
		return sum, Refuse(Conflict, "invoice.closed", "number", inv.Number.String())
	case reason == "":
		return sum, Refuse(BadInput, "writeoff.why", "number", inv.Number.String())
	case sum.Currency != inv.Currency || sum.Minor < 0 || sum.Minor > inv.Open:
		return sum, Refuse(BadInput, "writeoff.toomuch", "number", inv.Number.String(), "open", inv.OpenMoney())
	}
	ref, err := tx.keep(tx.Customer(inv.Customer).Person, reason)
	if err != nil {
		return sum, err
	}
	worth := inv.worth(sum.Minor)
	_, err = tx.append(max(tx.Today(), inv.Date, inv.reopened), &WrittenOff{inv.ID, sum, ref}, entry(inv.Customer,
		Posting{Account: BadDebt, Amount: sum, Base: worth},
		Posting{Account: Receivables, Amount: sum.Neg(), Base: -worth})...)
	return sum, err
}

// UndoWriteOff makes all that was given up on inv owed again, and returns how much that is.
// It returns a Conflict refusal when nothing was given up.
func (tx *Tx) UndoWriteOff(inv *Invoice, reason string) (Money, error) {
	sum := Money{inv.WrittenOff, inv.Currency}
	switch {
	case sum.Minor == 0:
		return sum, Refuse(Conflict, "writeoff.none", "number", inv.Number.String())
	case reason == "":
		return sum, Refuse(BadInput, "writeoff.whyundo", "number", inv.Number.String())
	}
	ref, err := tx.keep(tx.Customer(inv.Customer).Person, reason)
	if err != nil {
		return sum, err
	}
	return sum, tx.owedAgain(inv, sum.Minor, tx.Today(), ref)
}

// restore makes up to minor units that were given up on inv owed again, the newest
// write-off first, on day or on the day of the write-off, if that is later.
func (tx *Tx) restore(inv *Invoice, minor int64, day Date) error {
	return tx.owedAgain(inv, minor, day, TextRef{})
}

func (tx *Tx) owedAgain(inv *Invoice, minor int64, day Date, reason TextRef) error {
	for w := tx.s.writeOffs.at(inv.lastWriteOff); w != nil && minor > 0; w = tx.s.writeOffs.at(w.before) {
		sum := Money{minMinor(minor, w.left), inv.Currency}
		if sum.Minor == 0 {
			continue
		}
		worth := release(w.carry, sum.Minor, w.left)
		_, err := tx.append(max(day, w.date), &WriteOffReversed{w.fact, inv.ID, sum, reason}, entry(inv.Customer,
			Posting{Account: Receivables, Amount: sum, Base: worth},
			Posting{Account: BadDebt, Amount: sum.Neg(), Base: -worth})...)
		if err != nil {
			return err
		}
		minor -= sum.Minor
	}
	return nil
}
