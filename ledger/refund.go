package ledger

// RefundID numbers refunds from 1 in order of recording.
type RefundID uint32

// Refund is money on account that was paid back to the customer.
type Refund struct {
	ID       RefundID
	Customer CustomerID
	Date     Date
	Amount   Money
	Method   string      // "bank", or "cash"; or the provider in whose pages it was made
	Voucher  Number      // of one in cash
	Entry    BankEntryID // of the bank that brought it, 0: none yet
	Taken    bool        // charged back: the payer's bank took it
	fact     uint64
}

// RefundPart is what a refund takes of one payment or credit note.
type RefundPart struct {
	Payment PaymentID    // either
	Credit  CreditNoteID // or
	Minor   int64
}

// Refunded is the fact of money paid back from what was on account.
type Refunded struct {
	Customer CustomerID
	Amount   Money
	Method   string       // "bank", "cash"
	Parts    []RefundPart // their sum is Amount
	Reason   TextRef      // as staff wrote it
	Taken    bool         // by the payer's bank, through the provider: we paid nothing back
}

func (x *Refunded) kind() factKind { return kindRefunded }

func (x *Refunded) code(c *coder) {
	num(c, &x.Customer)
	c.money(&x.Amount)
	str(c, &x.Method)
	list(c, &x.Parts, func(c *coder, p *RefundPart) {
		num(c, &p.Payment)
		num(c, &p.Credit)
		c.i64(&p.Minor)
	})
	c.text(&x.Reason)
	if c.version >= 8 {
		c.flag(&x.Taken)
	}
}

func (x *Refunded) apply(s *state, f *Fact) {
	r := Refund{ID: RefundID(s.refunds.n + 1), Customer: x.Customer, Date: f.Effective, Amount: x.Amount, Method: x.Method, Taken: x.Taken, fact: f.Seq}
	s.voucher(&r, f)
	s.refunds.add(s, r)
	s.hold(f, x.Method, func(h *Held, minor int64) { h.Back -= minor })
	set(s, &s.expects, s.expects+1)
	for _, part := range x.Parts {
		src := source{s.payments.at(uint32(part.Payment)), s.creditNotes.at(uint32(part.Credit))}
		if src.none() {
			continue
		}
		worth := src.worth(part.Minor)
		set(s, src.onAcct(), *src.onAcct()-part.Minor)
		s.revalueAccount(src, -worth)
		if p := src.payment; p != nil {
			set(s, &p.Refunded, p.Refunded+part.Minor)
			p.went(s, x.Taken)
		}
	}
}

// Refund pays back sum of what c has on account, oldest first, on a day, by bank. It returns a
// BadInput refusal beyond what was there on that day, and for a day to come.
func (tx *Tx) Refund(c *Customer, sum Money, day Date, reason string) (*Refund, error) {
	return tx.refund(c, sum, day, "bank", Bank, reason)
}

// RefundCash is Refund out of the till, with a voucher.
func (tx *Tx) RefundCash(c *Customer, sum Money, day Date, reason string) (*Refund, error) {
	return tx.refund(c, sum, day, MethodCash, Cash, reason)
}

func (tx *Tx) refund(c *Customer, sum Money, day Date, method string, from Account, reason string) (*Refund, error) {
	switch {
	case sum.Minor <= 0:
		return nil, Refuse(BadInput, "refund.notpositive", "handle", c.Handle)
	case day > tx.Today():
		return nil, Refuse(BadInput, "payment.future", "date", day)
	case reason == "":
		return nil, Refuse(BadInput, "refund.why", "handle", c.Handle)
	}
	x := &Refunded{Customer: c.ID, Amount: sum, Method: method}
	there, worth, bare := Money{0, sum.Currency}, int64(0), int64(0) // bare is what came without a value
	for _, src := range tx.sources(c, sum.Currency) {
		if src.since() > day {
			continue
		}
		if take := minMinor(sum.Minor-there.Minor, *src.onAcct()); take > 0 {
			p, n := src.ids()
			x.Parts = append(x.Parts, RefundPart{p, n, take})
			worth += src.worth(take)
			if !tx.valued(src, nil) {
				bare += take
			}
		}
		there.Minor += *src.onAcct()
	}
	if there.IsZero() {
		return nil, Refuse(BadInput, "refund.nothing", "handle", c.Handle, "date", day)
	}
	if sum.Minor > there.Minor {
		return nil, Refuse(BadInput, "refund.toomuch", "amount", sum, "handle", c.Handle, "there", there, "date", day)
	}
	var err error
	if x.Reason, err = tx.keep(c.Person, reason); err != nil {
		return nil, err
	}
	rate, err := tx.RateOn(sum.Currency, day)
	if err != nil {
		return nil, err
	}
	paid, err := tx.inBase(sum, rate)
	if err != nil {
		return nil, err
	}
	unvalued := release(paid, bare, sum.Minor)
	_, err = tx.append(day, x, entry(c.ID,
		Posting{Account: OnAccount, Amount: sum, Base: worth},
		Posting{Account: from, Amount: sum.Neg(), Base: -paid},
		tx.difference(paid-unvalued-worth, true), tx.difference(unvalued, false))...)
	if err != nil {
		return nil, err
	}
	return tx.s.refunds.at(tx.s.refunds.n), nil
}

// RefundOf returns refund id, nil where there is none.
func (v *View) RefundOf(id RefundID) *Refund { return v.s.refunds.at(uint32(id)) }

// PaymentReturned is the fact that all of a payment's money went away again: it was charged back,
// or paid back in its provider's own pages. What it had settled was taken back before, by facts of
// its own.
type PaymentReturned struct {
	Payment  PaymentID
	Amount   Money
	Reason   TextRef // as staff wrote it, or as the provider said
	PaidBack bool    // by us; before layout 8 nobody noted that
}

func (x *PaymentReturned) kind() factKind { return kindPaymentReturned }

func (x *PaymentReturned) code(c *coder) {
	num(c, &x.Payment)
	c.money(&x.Amount)
	c.text(&x.Reason)
	if c.version >= 8 {
		c.flag(&x.PaidBack)
	}
}

func (x *PaymentReturned) apply(s *state, f *Fact) {
	if p := s.payments.at(uint32(x.Payment)); p != nil {
		set(s, &p.Returned, true)
		p.went(s, !x.PaidBack)
		set(s, &p.OnAcct, p.OnAcct-x.Amount.Minor)
		s.revalueAccount(source{payment: p}, -f.base(OnAccount))
		s.hold(f, p.Method, func(h *Held, minor int64) { h.Back -= minor })
	}
}

// Return books that payment p was charged back, as a whole: what it settled is open again.
// It returns the invoices that it had settled, and a Conflict refusal when it was returned
// already or a part of it was paid back.
func (tx *Tx) Return(p *Payment, reason string) ([]*Invoice, error) {
	return tx.returnFrom(p, reason, p.till(), false)
}

// ReturnPaidBack is Return for money that we paid back, in the provider's own pages.
func (tx *Tx) ReturnPaidBack(p *Payment, reason string) ([]*Invoice, error) {
	return tx.returnFrom(p, reason, p.till(), true)
}

// returnFrom is Return, where the money went away from an account.
func (tx *Tx) returnFrom(p *Payment, reason string, from Account, paidBack bool) ([]*Invoice, error) {
	switch {
	case p.Returned:
		return nil, Refuse(Conflict, "chargeback.again", "payment", p.Label())
	case p.Refunded > 0:
		return nil, Refuse(Conflict, "chargeback.refunded", "payment", p.Label(), "amount", Money{p.Refunded, p.Amount.Currency},
			"handle", tx.Customer(p.Customer).Handle)
	case reason == "":
		return nil, Refuse(BadInput, "chargeback.why", "payment", p.Label())
	}
	out := tx.settledBy(p)
	if _, err := tx.reverse(source{payment: p}, func(*Settlement) bool { return true }); err != nil {
		return nil, err
	}
	ref, err := tx.keep(tx.Customer(p.Customer).Person, reason)
	if err != nil {
		return nil, err
	}
	_, err = tx.append(max(tx.Today(), p.Date, p.freed), &PaymentReturned{p.ID, p.Amount, ref, paidBack}, entry(p.Customer,
		Posting{Account: OnAccount, Amount: p.Amount, Base: p.Carry},
		Posting{Account: from, Amount: p.Amount.Neg(), Base: -p.Carry})...)
	if err != nil {
		return nil, err
	}
	return out, tx.chequeGone(p, false, reason)
}
