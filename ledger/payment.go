package ledger

import "fmt"

// PaymentID numbers payments from 1 in order of recording.
type PaymentID uint32

// Payment is money that a customer paid.
type Payment struct {
	ID       PaymentID
	Customer CustomerID
	Date     Date
	Amount   Money
	OnAcct   int64  // minor units not allocated yet
	Carry    int64  // what OnAcct is worth in the books, in the company's currency
	Method   string // "bank", "stripe", "cash", "cheque"
	Recorded Date   // company's day on which it was booked
	Own      Date   // the day that the bank or the provider says, where Date is a later one; else 0
	fact     uint64

	Refunded    int64     // minor units paid back from what was on account
	Returned    bool      // all of the money went away again
	PaidBack    bool      // of what went away we paid some, or all, back
	Charged     bool      // of what went away the payer's bank took some, or all
	Annulled    bool      // booked by mistake; Returned is true too
	Held        bool      // Method is a provider, and holds the money until it pays out
	FeeTold     bool      // what it kept is booked
	before      PaymentID // the one before of the same customer
	freed       Date      // the last day on which something came back on account
	lastSettled uint32    // list of settlements by it, newest first
}

// Label is how people name p: "P-12".
func (p *Payment) Label() string { return PaymentLabel(p.ID) }

// went notes how money of p went away: the payer's bank took it, or we paid it back.
func (p *Payment) went(s *state, taken bool) {
	if taken {
		set(s, &p.Charged, true)
	} else {
		set(s, &p.PaidBack, true)
	}
}

// Unapplied is what is left on account of p.
func (p *Payment) Unapplied() Money { return Money{p.OnAcct, p.Amount.Currency} }

// PaymentReceived is the fact of money received. All of it is on account until allocated.
type PaymentReceived struct {
	Customer  CustomerID
	Amount    Money
	Method    string
	Reference TextRef // as the payer or the bank wrote it
	Dated     Date    // its own day, where the books were closed for that; else 0
}

func (x *PaymentReceived) kind() factKind { return kindPayment }

func (x *PaymentReceived) code(c *coder) {
	num(c, &x.Customer)
	c.money(&x.Amount)
	str(c, &x.Method)
	c.text(&x.Reference)
	num(c, &x.Dated)
}

func (x *PaymentReceived) apply(s *state, f *Fact) {
	p := s.payments.add(s, Payment{ID: PaymentID(s.payments.n + 1), Customer: x.Customer, Date: f.Effective,
		Amount: x.Amount, OnAcct: x.Amount.Minor, Method: x.Method,
		Recorded: DateOf(f.Recorded, s.company.Zone()), fact: f.Seq})
	s.revalueAccount(source{payment: p}, -f.base(OnAccount))
	s.listPayment(p)
	if f.postsTo(AtProviders) {
		set(s, &s.payments.at(s.payments.n).Held, true)
		s.hold(f, x.Method, func(h *Held, minor int64) { h.In += minor })
	}
	if x.Dated != 0 {
		set(s, &s.payments.at(s.payments.n).Own, x.Dated)
	}
}

// Part is what one invoice gets of a payment.
type Part struct {
	Invoice InvoiceID
	Minor   int64
}

// Allocated is the fact that a payment, or a part of it, settles invoices.
type Allocated struct {
	Payment PaymentID
	Parts   []Part
}

func (x *Allocated) kind() factKind { return kindAllocation }

func (x *Allocated) code(c *coder) {
	num(c, &x.Payment)
	list(c, &x.Parts, func(c *coder, p *Part) {
		num(c, &p.Invoice)
		c.i64(&p.Minor)
	})
}

func (x *Allocated) apply(s *state, f *Fact) {
	p := s.payments.at(uint32(x.Payment))
	if p == nil {
		return
	}
	for _, part := range x.Parts {
		inv := s.invoices.at(uint32(part.Invoice))
		if inv == nil {
			continue
		}
		set(s, &p.OnAcct, p.OnAcct-part.Minor)
		s.revalueAccount(source{payment: p}, -f.base(OnAccount))
		set(s, &inv.Paid, inv.Paid+part.Minor)
		s.reduce(inv, part.Minor, f.Effective)
		s.paidOff(inv, f.Effective)
		s.settled(Settlement{Payment: p.ID, Invoice: inv.ID, Minor: part.Minor, Date: f.Effective, fact: f.Seq})
	}
}

// NewPayment is what Receive needs.
type NewPayment struct {
	Customer  CustomerID
	Invoice   InvoiceID // the invoice it is for; 0: oldest due first
	Date      Date      // effective: typed, the bank's, or the provider's
	Amount    Money
	Method    string
	Reference string
	Parts     []Part // what goes to which invoice, where Chosen
	Chosen    bool   // Parts say all, also of Invoice: what they leave stays on account
	Rate      Rate   // of its currency, where the bank said one; else the day's
	Withheld  Money  // tax that the customer kept back of Invoice, for the state
	Fee       Money  // what the payer's bank kept of Invoice

	Held        bool  // Method is a provider, and holds the money until it pays out
	Split       Money // tax of Invoice that the customer paid straight to the state
	Offset      Money // netted against what we owe him
	OffsetWords string
}

// kept is what was kept back of the price for a reason, in minor units.
func (n *NewPayment) kept() int64 {
	return n.Withheld.Minor + n.Fee.Minor + n.Split.Minor + n.Offset.Minor
}

// forInvoice is how much money is for Invoice.
func (n *NewPayment) forInvoice() int64 {
	if !n.Chosen {
		return n.Amount.Minor
	}
	for _, p := range n.Parts {
		if p.Invoice == n.Invoice {
			return p.Minor
		}
	}
	return 0
}

// Receive books a payment and allocates it: to its invoice up to what is open, or to the
// customer's invoices of that currency, in the order of ToSettle. Money of another currency
// settles its invoice at the day's rates. What is left stays on account. It returns a
// BadInput refusal for a sum that is not positive, a day to come, or what was kept back
// where that cannot be, and a NotFound one for another customer's invoice or a rate that
// nobody knows.
func (tx *Tx) Receive(n NewPayment) (*Payment, []Part, error) {
	c := tx.Customer(n.Customer)
	if c == nil {
		return nil, nil, Refuse(NotFound, "customer.unknown", "text", fmt.Sprint(n.Customer))
	}
	if n.Amount.Minor <= 0 {
		return nil, nil, Refuse(BadInput, "payment.notpositive")
	}
	if n.Amount.Minor > moneyMax {
		return nil, nil, Refuse(BadInput, "money.toolarge", "text", n.Amount.String())
	}
	if n.Date > tx.Today() {
		return nil, nil, Refuse(BadInput, "payment.future", "date", n.Date)
	}
	inv := tx.Invoice(n.Invoice)
	if n.Invoice != 0 && (inv == nil || inv.Customer != c.ID) {
		return nil, nil, Refuse(NotFound, "invoice.unknown", "text", fmt.Sprint(n.Invoice))
	}
	if err := tx.checkDeductions(inv, n); err != nil {
		return nil, nil, err
	}
	base, err := tx.paymentInBase(n)
	if err != nil {
		return nil, nil, err
	}
	ref, err := tx.keep(c.Person, n.Reference)
	if err != nil {
		return nil, nil, err
	}
	x := &PaymentReceived{Customer: c.ID, Amount: n.Amount, Method: n.Method, Reference: ref}
	_, err = tx.append(n.Date, x, entry(c.ID,
		Posting{Account: (&Payment{Method: n.Method, Held: n.Held}).till(), Amount: n.Amount, Base: base},
		Posting{Account: OnAccount, Amount: n.Amount.Neg(), Base: -base})...)
	if err != nil {
		return nil, nil, err
	}
	p := tx.s.payments.at(tx.s.payments.n)
	if n.Method == MethodCash {
		if err := tx.numberCash(p); err != nil {
			return nil, nil, err
		}
	}
	if inv != nil && inv.Currency != n.Amount.Currency {
		parts, err := tx.allocateAcross(p, inv)
		return p, parts, err
	}
	if inv != nil && !n.Chosen {
		// Money for what was given up: that much is owed again, and then paid.
		if err := tx.restore(inv, n.Amount.Minor-inv.Open, p.Date); err != nil {
			return nil, nil, err
		}
	}
	shares := tx.chosen(p, n)
	if !n.Chosen {
		shares = shareOut(p, tx.fitting(c, n), p.OnAcct, n.kept())
	}
	parts, err := tx.allocate(p, shares, func() error { return tx.deductAll(p, inv, n) })
	return p, parts, err
}

// chosen is what the parts of n get of p, each up to what is open: what somebody said in so
// many words.
func (tx *Tx) chosen(p *Payment, n NewPayment) (out []share) {
	left := p.OnAcct
	for _, part := range n.Parts {
		inv := tx.Invoice(part.Invoice)
		if inv == nil || inv.Currency != p.Amount.Currency || inv.Customer != p.Customer {
			continue
		}
		for _, sh := range shareOut(p, itemsOf(nil, inv, inv.Open), min(part.Minor, left), 0) {
			left -= sh.minor
			out = append(out, sh)
		}
	}
	return out
}

// paymentInBase is what n is worth in the company's currency: at the bank's rate, or at
// that of its day.
func (tx *Tx) paymentInBase(n NewPayment) (int64, error) {
	r := n.Rate
	if r.Per.IsZero() {
		var err error
		if r, err = tx.ratePayment(n.Amount.Currency, n.Date); err != nil {
			return 0, err
		}
	} else {
		r.Currency, r.Date = n.Amount.Currency, n.Date
		if err := tx.CheckRate(r); err != nil {
			return 0, err
		}
	}
	return tx.inBase(n.Amount, r)
}

// allocateAcross settles inv from a payment in another currency. What was given up stays so:
// somebody has to say how much of it the money is for.
func (tx *Tx) allocateAcross(p *Payment, inv *Invoice) ([]Part, error) {
	if inv.Open == 0 {
		return nil, nil
	}
	src := source{payment: p}
	_, settled, err := tx.settleAcross(src, inv, p.OnAcct)
	if err != nil || settled.Minor == 0 {
		return nil, err
	}
	return []Part{{inv.ID, settled.Minor}}, tx.roundOff(src, inv)
}

// fitting lists what a payment may settle, in order.
func (tx *Tx) fitting(c *Customer, n NewPayment) []OpenItem {
	if inv := tx.Invoice(n.Invoice); inv != nil {
		return itemsOf(nil, inv, inv.Open)
	}
	var out []OpenItem
	for _, item := range tx.ToSettle(c) {
		if item.Invoice.Currency == n.Amount.Currency {
			out = append(out, item)
		}
	}
	return out
}

// allocate settles shares in turn from what p has on account, less an early-payment discount
// where p earned one. An
// allocation is dated on the later day of payment and invoice, and so there is one fact for
// each. What is short of the last one for a reason is deducted before a residue is rounded
// off.
func (tx *Tx) allocate(p *Payment, shares []share, deduct func() error) ([]Part, error) {
	var all []Part
	for _, sh := range shares {
		if sh.early != nil {
			if err := tx.takeEarly(p, sh.inv, *sh.early); err != nil {
				return nil, err
			}
		}
		all = append(all, Part{sh.inv.ID, sh.minor})
		if err := tx.settle(source{payment: p}, sh.inv, sh.minor); err != nil {
			return nil, err
		}
	}
	if err := deduct(); err != nil {
		return nil, err
	}
	for _, part := range all {
		if err := tx.roundOff(source{payment: p}, tx.Invoice(part.Invoice)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Payment returns payment id, nil where there is none.
func (v *View) Payment(id PaymentID) *Payment { return v.s.payments.at(uint32(id)) }

// PaymentsSince calls f with the payments booked on day or later, newest first. Its cost
// follows what it finds.
func (v *View) PaymentsSince(day Date, f func(*Payment)) {
	for id := v.s.payments.n; id > 0; id-- {
		p := v.s.payments.at(id)
		if p.Recorded < day {
			return
		}
		f(p)
	}
}

// LastPayment is the number of the newest payment, 0 while there is none.
func (v *View) LastPayment() PaymentID { return PaymentID(v.s.payments.n) }

// PaymentsBetween calls f with the payments after one and through another, oldest first.
func (v *View) PaymentsBetween(after, through PaymentID, f func(*Payment)) {
	for id := after + 1; id <= min(through, v.LastPayment()); id++ {
		f(v.Payment(id))
	}
}

// Payments calls f with every payment in order of recording.
func (v *View) Payments(f func(*Payment)) { v.s.payments.each(f) }
