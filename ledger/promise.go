package ledger

// Promise is a customer's word to pay an invoice by a day.
type Promise struct {
	Invoice InvoiceID
	By      Date
	Made    Date
}

// PromiseMade is the fact of a promise.
type PromiseMade struct {
	Invoice InvoiceID
	By      Date
}

func (x *PromiseMade) kind() factKind { return kindPromise }

func (x *PromiseMade) code(c *coder) {
	num(c, &x.Invoice)
	num(c, &x.By)
}

func (x *PromiseMade) apply(s *state, f *Fact) {
	if inv := s.invoices.at(uint32(x.Invoice)); inv != nil {
		s.promises.add(s, Promise{x.Invoice, x.By, f.Effective})
		set(s, &inv.Promised, x.By)
	}
}

// promiseMaxDays is how far ahead a promise may reach.
const promiseMaxDays = 60

// Promise books that inv will be paid by a day. It returns a refusal for a day that is
// over or too far, and for an invoice that nothing is open on.
func (tx *Tx) Promise(inv *Invoice, by Date) error {
	if inv.Open == 0 {
		return Refuse(Conflict, "invoice.closed", "number", inv.Number.String())
	}
	if by < tx.Today() || by > tx.Today().AddDays(promiseMaxDays) {
		return Refuse(BadInput, "promise.range", "date", by, "max", promiseMaxDays)
	}
	_, err := tx.append(tx.Today(), &PromiseMade{inv.ID, by})
	return err
}
