package ledger

// InvoiceVoided is the fact that takes back an invoice which nobody was shown. It names the
// invoice; its postings are the invoice's, reversed; the number stays used.
type InvoiceVoided struct {
	Invoice InvoiceID
	Reason  TextRef // as staff wrote it
}

func (x *InvoiceVoided) kind() factKind { return kindVoid }

func (x *InvoiceVoided) code(c *coder) {
	num(c, &x.Invoice)
	c.text(&x.Reason)
}

func (x *InvoiceVoided) apply(s *state, f *Fact) {
	inv := s.invoices.at(uint32(x.Invoice))
	if inv == nil {
		return
	}
	set(s, &inv.Void, true)
	s.release(inv)
	s.bill(inv.Currency, -inv.Total, inv.Date)
	set(s, &inv.Promised, 0)
	s.reduce(inv, inv.Open, f.Effective)
	if old := s.invoices.at(uint32(inv.Corrects)); old != nil {
		set(s, &old.ReplacedBy, 0) // which may be issued anew once more
	}
}

// Void takes back inv and withdraws the message that waits to tell its customer. It returns a
// Conflict refusal when its message was accepted or may be on its way, or when money or a
// credit note has touched it: then a credit note is the way.
func (tx *Tx) Void(inv *Invoice, reason string) error {
	number := inv.Number.String()
	switch seen, err := tx.seen(inv); {
	case err != nil:
		return err
	case inv.Void:
		return Refuse(Conflict, "void.already", "number", number)
	case seen || inv.Dispute != 0 || inv.reminded():
		return Refuse(Conflict, "void.sent", "number", number)
	case inv.Open != inv.Total || inv.Credited != 0 || inv.reopened != 0:
		return Refuse(Conflict, "void.touched", "number", number)
	}
	issue, err := tx.fact(inv.fact)
	if err != nil {
		return err
	}
	ref, err := tx.keep(tx.Customer(inv.Customer).Person, reason)
	if err != nil {
		return err
	}
	_, err = tx.append(max(tx.Today(), inv.Date), &InvoiceVoided{inv.ID, ref}, reversed(issue.Postings)...)
	if err != nil {
		return err
	}
	return tx.withdrawMessage(inv, "the invoice is void")
}

// seen reports whether inv's customer may have read it: its message was accepted, is being
// sent, or was sent and the answer lost.
func (v *View) seen(inv *Invoice) (bool, error) {
	if n := v.s.open[inv.Message]; n != nil {
		return !n.Attempt.At.IsZero() || n.Attempt.Lost, nil
	}
	if v.s.settling[inv.Message] != nil {
		return true, nil
	}
	x, err := v.noticeSent(inv.Message)
	return x != nil, err
}

// withdrawMessage withdraws inv's message if it still waits and no send was begun of it.
func (tx *Tx) withdrawMessage(inv *Invoice, why string) error {
	n := tx.s.open[inv.Message]
	if n == nil || !n.Attempt.At.IsZero() || n.Attempt.Lost {
		return nil
	}
	return tx.Settle(NoticeOutcome{Notice: n.ID, State: NoticeWithdrawn, Reason: why})
}
