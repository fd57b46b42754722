package ledger

import (
	"math/big"

	"github.com/shopspring/decimal"
)

// CreditNoteID numbers credit notes from 1 in order of issue.
type CreditNoteID uint32

// CreditNote takes back an invoice, or a part of it.
type CreditNote struct {
	ID      CreditNoteID
	Invoice InvoiceID
	Number  Number
	Date    Date
	Total   Money
	OnAcct  int64        // minor units on account, not applied yet
	Carry   int64        // what OnAcct is worth in the books, in the company's currency
	before  CreditNoteID // the one before on the same invoice
	fact    uint64

	earlier     CreditNoteID // the one before of the same customer
	freed       Date         // the last day on which something came back on account
	lastSettled uint32       // list of settlements from it, newest first
}

// CreditLine is what a credit note takes back of one line of the invoice.
type CreditLine struct {
	Line     int             // 1 is the first
	Quantity decimal.Decimal // of the line's
	Net, Tax Money
}

func (l *CreditLine) code(c *coder) {
	num(c, &l.Line)
	c.dec(&l.Quantity)
	c.money(&l.Net)
	c.money(&l.Tax)
}

// CreditNoteIssued is the fact of a credit note. What it takes off an invoice that was
// paid already stays on the customer's account.
type CreditNoteIssued struct {
	Number  Number
	Invoice InvoiceID
	Net     Money
	Taxes   []TaxSum // what it takes back per rate; bases add up to Net
	Total   Money
	Applied Money        // to what was open on the invoice; the rest is on account
	Reason  TextRef      // as staff wrote it
	Lines   []CreditLine // empty where a sum was credited
}

func (x *CreditNoteIssued) kind() factKind { return kindCreditNote }

func (x *CreditNoteIssued) code(c *coder) {
	x.Number.code(c)
	num(c, &x.Invoice)
	c.money(&x.Net)
	list(c, &x.Taxes, func(c *coder, t *TaxSum) { t.code(c) })
	c.money(&x.Total)
	c.money(&x.Applied)
	c.text(&x.Reason)
	list(c, &x.Lines, func(c *coder, l *CreditLine) { l.code(c) })
}

func (x *CreditNoteIssued) apply(s *state, f *Fact) {
	inv := s.invoices.at(uint32(x.Invoice))
	if inv == nil {
		return
	}
	id := CreditNoteID(s.creditNotes.n + 1)
	n := s.creditNotes.add(s, CreditNote{ID: id, Invoice: x.Invoice, Number: x.Number, Date: f.Effective, Total: x.Total,
		OnAcct: x.Total.Minor - x.Applied.Minor, before: inv.lastCredit, fact: f.Seq})
	s.revalueAccount(source{credit: n}, -f.base(OnAccount))
	s.listCredit(n, inv.Customer)
	put(s, s.creditNums, x.Number.series(), x.Number.N)
	set(s, &inv.lastCredit, id)
	set(s, &inv.Credited, inv.Credited+x.Total.Minor)
	s.bill(x.Total.Currency, -x.Total.Minor, f.Effective)
	s.forget(inv, x.Taxes)
	s.reduce(inv, x.Applied.Minor, f.Effective)
	if inv.Creditable().Minor == 0 {
		s.release(inv)
	}
}

// Creditable is what can still be credited of i: a discount that was taken is off already.
func (i *Invoice) Creditable() Money {
	if i.Void {
		return Money{0, i.Currency}
	}
	return Money{i.Total - i.Credited - i.Discounted, i.Currency}
}

// LastCredit is the newest credit note on i, 0 without one.
func (i *Invoice) LastCredit() CreditNoteID { return i.lastCredit }

// Credit issues a credit note over amount, tax included, on inv. Of each rate it takes the
// same share of what is left, so that the note with the last cent takes all that is left of
// each. It returns a BadInput refusal beyond what can still be credited.
func (tx *Tx) Credit(inv *Invoice, amount Money, reason string) (*CreditNote, error) {
	if amount.Currency != inv.Currency {
		return nil, Refuse(BadInput, "payment.currency", "number", inv.Number.String(), "currency", string(inv.Currency))
	}
	if err := creditable(inv, amount); err != nil {
		return nil, err
	}
	left, err := tx.creditLeft(inv)
	if err != nil {
		return nil, err
	}
	var parts []int64
	for _, t := range left.taxes {
		parts = append(parts, t.Tax.Minor, t.Base.Minor)
	}
	parts = shares(parts, amount.Minor, inv.Creditable().Minor)
	x := &CreditNoteIssued{Invoice: inv.ID, Total: amount, Net: Money{0, inv.Currency}}
	for i, t := range left.taxes {
		t.Tax, t.Base = Money{parts[2*i], inv.Currency}, Money{parts[2*i+1], inv.Currency}
		x.Net = x.Net.Add(t.Base)
		x.Taxes = append(x.Taxes, t)
	}
	return tx.issueCredit(inv, x, reason)
}

func creditable(inv *Invoice, amount Money) error {
	left := inv.Creditable()
	switch {
	case inv.Void:
		return Refuse(Conflict, "void.already", "number", inv.Number.String())
	case left.Minor == 0:
		return Refuse(Conflict, "credit.nothing", "number", inv.Number.String())
	case amount.Minor <= 0:
		return Refuse(BadInput, "credit.notpositive")
	case amount.Minor > left.Minor:
		return Refuse(BadInput, "credit.toomuch", "amount", amount, "number", inv.Number.String(), "left", left)
	}
	return nil
}

// shares gives amount/left of each part, in whole units that add up to amount; left is the
// sum of the parts. Each share lies between none and all of its part: the steps of a running
// sum that is rounded with halves up never reach further.
func shares(parts []int64, amount, left int64) []int64 {
	out := make([]int64, len(parts))
	run, before := int64(0), int64(0)
	for i, p := range parts {
		run += p
		// (2 run amount + left) / (2 left), rounded down.
		n := new(big.Int).Mul(big.NewInt(run), big.NewInt(amount))
		n.Add(n.Lsh(n, 1), big.NewInt(left))
		now := n.Div(n, new(big.Int).Lsh(big.NewInt(left), 1)).Int64()
		out[i], before = now-before, now
	}
	return out
}

// LineCredit asks for a line, or a quantity of it, to be credited.
type LineCredit struct {
	Line     int              // 1 is the first
	Quantity *decimal.Decimal // nil: all that is left of it
}

// CreditLines issues a credit note over lines of inv. A line that is credited in parts gives
// back exactly what it added to the invoice. It returns a BadInput refusal for a line that
// is not there or is no more, and beyond what is left of its rate.
func (tx *Tx) CreditLines(inv *Invoice, lines []LineCredit, reason string) (*CreditNote, error) {
	left, err := tx.creditLeft(inv)
	if err != nil {
		return nil, err
	}
	zero := Money{0, inv.Currency}
	x := &CreditNoteIssued{Invoice: inv.ID, Net: zero, Total: zero}
	for _, want := range lines {
		l, err := left.line(inv, want)
		if err != nil {
			return nil, err
		}
		if err := left.take(x, l); err != nil {
			return nil, err
		}
		x.Lines = append(x.Lines, l)
		x.Net = x.Net.Add(l.Net)
		x.Total = x.Total.Add(l.Net).Add(l.Tax)
	}
	if err := creditable(inv, x.Total); err != nil {
		return nil, err
	}
	return tx.issueCredit(inv, x, reason)
}

// creditLeft is what can still be credited of an invoice.
type creditLeft struct {
	doc   *InvoiceIssued
	sums  []LineSum
	taxes []TaxSum           // per rate
	lines map[int]CreditLine // what was credited of lines, by number
}

// creditLeft computes what earlier credit notes left of inv.
func (v *View) creditLeft(inv *Invoice) (*creditLeft, error) {
	doc, err := v.InvoiceDetail(inv)
	if err != nil {
		return nil, err
	}
	t, err := doc.Draft.Totals()
	if err != nil {
		return nil, err
	}
	left := &creditLeft{doc: doc, sums: t.Lines, taxes: append([]TaxSum(nil), doc.Taxes...), lines: map[int]CreditLine{}}
	taken := uint64(0)
	if inv.cond != nil {
		taken = inv.cond.taken
	}
	var later []*CreditNoteIssued // than the discount, whose odd cents they must not move
	for n := v.CreditNote(inv.lastCredit); n != nil; n = v.CreditNote(n.before) {
		x, err := v.CreditNoteDetail(n)
		if err != nil {
			return nil, err
		}
		if taken != 0 && n.fact > taken {
			later = append(later, x)
		} else {
			left.less(x)
		}
	}
	if taken != 0 {
		f, err := v.fact(taken)
		if err != nil {
			return nil, err
		}
		left.lessDiscount(f.Body.(*DiscountTaken))
	}
	for _, x := range later {
		left.less(x)
	}
	return left, nil
}

// less takes off what a credit note took back.
func (left *creditLeft) less(x *CreditNoteIssued) {
	lessTaxes(left.taxes, x.Taxes)
	for _, l := range x.Lines {
		left.note(l)
	}
}

func (left *creditLeft) note(l CreditLine) {
	sum := left.lines[l.Line]
	left.lines[l.Line] = CreditLine{l.Line, sum.Quantity.Add(l.Quantity), sum.Net.Add(l.Net), sum.Tax.Add(l.Tax)}
}

// line computes what crediting a quantity of a line takes back: the step of its running
// share, so that the last piece takes what is left.
func (left *creditLeft) line(inv *Invoice, want LineCredit) (CreditLine, error) {
	number := inv.Number.String()
	if want.Line < 1 || want.Line > len(left.sums) {
		return CreditLine{}, Refuse(BadInput, "credit.noline", "line", want.Line, "number", number, "max", len(left.sums))
	}
	whole, sum, had := left.doc.Lines[want.Line-1].Quantity, left.sums[want.Line-1], left.lines[want.Line]
	rest := whole.Sub(had.Quantity)
	quantity := rest
	if want.Quantity != nil {
		quantity = *want.Quantity
	}
	if !rest.IsPositive() {
		return CreditLine{}, Refuse(Conflict, "credit.linedone", "line", want.Line, "number", number)
	}
	if err := checkNumber(quantity); err != nil {
		return CreditLine{}, err
	}
	if !quantity.IsPositive() || quantity.GreaterThan(rest) {
		return CreditLine{}, Refuse(BadInput, "credit.quantity", "line", want.Line, "text", quantity.String(), "left", rest.String())
	}
	upTo := had.Quantity.Add(quantity)
	return CreditLine{Line: want.Line, Quantity: quantity,
		Net: part(sum.Net, upTo, whole).Sub(had.Net), Tax: part(sum.Tax, upTo, whole).Sub(had.Tax)}, nil
}

// take moves l from what is left of its rate into x. It returns a BadInput refusal when an
// earlier credit note over a sum has taken too much of that rate already.
func (left *creditLeft) take(x *CreditNoteIssued, l CreditLine) error {
	line := left.doc.Lines[l.Line-1]
	of := TaxSum{Rate: line.Tax, Kind: line.Kind, Why: line.Why, Base: l.Net, Tax: l.Tax}
	for i := range left.taxes {
		t := &left.taxes[i]
		if !t.same(&of) {
			continue
		}
		if past(l.Net.Minor, t.Base.Minor) || past(l.Tax.Minor, t.Tax.Minor) {
			return Refuse(BadInput, "credit.ratedone", "line", l.Line, "left", t.Base.Add(t.Tax))
		}
		t.Base, t.Tax = t.Base.Sub(l.Net), t.Tax.Sub(l.Tax)
	}
	left.note(l)
	for i := range x.Taxes {
		if t := &x.Taxes[i]; t.same(&of) {
			t.Base, t.Tax = t.Base.Add(l.Net), t.Tax.Add(l.Tax)
			return nil
		}
	}
	x.Taxes = append(x.Taxes, of)
	return nil
}

// past reports whether sum goes past what is left, on either side of zero.
func past(sum, left int64) bool { return sum > 0 && sum > left || sum < 0 && sum < left }

// issueCredit numbers and books x.
func (tx *Tx) issueCredit(inv *Invoice, x *CreditNoteIssued, reason string) (*CreditNote, error) {
	if by := tx.Invoice(inv.UsedBy()); by != nil {
		return nil, Refuse(Conflict, "deposit.used", "number", inv.Number.String(), "by", by.Number.String())
	}
	var err error
	if x.Reason, err = tx.keep(tx.Customer(inv.Customer).Person, reason); err != nil {
		return nil, err
	}
	// What was given up is owed again first: the note would leave money on account that never came.
	if err := tx.restore(inv, x.Total.Minor-inv.Open, tx.Today()); err != nil {
		return nil, err
	}
	day := max(tx.Today(), inv.Date)
	ser := series{tx.s.company.Credits, day.Year()}
	x.Number = Number{ser.Prefix, ser.Year, tx.s.creditNums[ser] + 1}
	x.Applied = Money{minMinor(x.Total.Minor, inv.Open), inv.Currency}
	tax, rest, err := tx.creditInBase(inv, x)
	if err != nil {
		return nil, err
	}
	debt := inv.worth(x.Applied.Minor)
	income := inv.Nature.reduction()
	if inv.IsDeposit() {
		income = Advances
	}
	var back, backBase int64 // deposits that are advances again, since nothing is left of the invoice
	if inv.Creditable() == x.Total {
		back, backBase = tx.s.released(inv)
	}
	_, err = tx.append(day, x, entry(inv.Customer,
		Posting{Account: income, Amount: Money{x.Net.Minor + back, inv.Currency}, Base: debt + rest - tax + backBase},
		Posting{Account: Advances, Amount: Money{-back, inv.Currency}, Base: -backBase},
		Posting{Account: OutputTax, Amount: x.Total.Sub(x.Net), Base: tax},
		Posting{Account: Receivables, Amount: x.Applied.Neg(), Base: -debt},
		Posting{Account: OnAccount, Amount: x.Applied.Sub(x.Total), Base: -rest})...)
	if err != nil {
		return nil, err
	}
	return tx.s.creditNotes.at(tx.s.creditNotes.n), nil
}

// creditInBase is what x takes back of the tax, and what it leaves on account, in the
// company's currency: at the rate of the invoice, whose value it undoes.
func (tx *Tx) creditInBase(inv *Invoice, x *CreditNoteIssued) (tax, rest int64, err error) {
	doc, err := tx.InvoiceDetail(inv)
	if err != nil {
		return 0, 0, err
	}
	for i := range x.Taxes {
		m, err := tx.inBase(x.Taxes[i].Tax, doc.Rate)
		if err != nil {
			return 0, 0, err
		}
		tax += m
	}
	rest, err = tx.inBase(x.Total.Sub(x.Applied), doc.Rate)
	return tax, rest, err
}

// CreditNote returns credit note id, nil where there is none.
func (v *View) CreditNote(id CreditNoteID) *CreditNote { return v.s.creditNotes.at(uint32(id)) }

// CreditNoteDetail returns the document of n.
func (v *View) CreditNoteDetail(n *CreditNote) (*CreditNoteIssued, error) {
	f, err := v.fact(n.fact)
	if err != nil {
		return nil, err
	}
	return f.Body.(*CreditNoteIssued), nil
}
