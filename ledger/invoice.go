package ledger

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// InvoiceID numbers invoices from 1 in order of issue.
type InvoiceID uint32

// series is one gapless run of document numbers.
type series struct {
	Prefix string
	Year   int
}

// Number is the number of a document: gapless within series and year.
type Number struct {
	Prefix string // "INV"
	Year   int
	N      uint32
}

func (n *Number) code(c *coder) {
	str(c, &n.Prefix)
	num(c, &n.Year)
	num(c, &n.N)
}

// String returns "INV-2026-000001".
func (n Number) String() string { return fmt.Sprintf("%s-%d-%06d", n.Prefix, n.Year, n.N) }

func (n Number) series() series { return series{n.Prefix, n.Year} }

// Invoice is one invoice as it stands now. Its lines are in the fact that issued it: see
// View.InvoiceDetail.
type Invoice struct {
	ID       InvoiceID
	Customer CustomerID
	Number   Number
	Date     Date
	Due      Date // of the oldest part that is open; see Slices
	LastDue  Date // of the last instalment
	Currency Currency
	Total    int64 // minor units, with tax, less deposits
	Open     int64 // what is still owed: Total less what was allocated, credited, deducted and written off
	Carry    int64 // what Open is worth in the books, in the company's currency
	Disputed int64 // of Open; see OpenDisputed

	// Here, beside what aging looks at, so that it lies in one or two lines of a core's cache.
	prevOpen, nextOpen InvoiceID

	Paid     int64 // allocated from payments, and from credits on account
	Credited int64 // credit notes on it, also what they left on account

	Deducted   int64 // settled without money: tax withheld, bank fees, rounding
	WrittenOff int64 // given up as bad debt, less what came back
	Discounted int64 // taken off for an early payment
	Split      int64 // of Deducted: tax that the buyer paid to the state

	Dispute   DisputeID
	Promised  Date   // 0: nothing promised
	ClosedOn  Date   // 0 while Open > 0
	OldNumber string // the number that it had elsewhere, of an opening balance
	Void      bool   // taken back before anybody saw it

	Corrects   InvoiceID // the invoice that this one replaces, 0: none
	ReplacedBy InvoiceID // the invoice that replaces this one, 0: none

	Nature Nature    // what it claims
	About  InvoiceID // of interest and costs: the one invoice that they are for; 0: several
	Plan   PlanID    // the plan by whose parts it is paid, 0: none

	// What reminders said of it while it was the item that carried the contact.
	Step  int  // last step said, 0: none
	Nudge Date // local day of the last word before it was overdue

	Card        NoticeID // its card in Slack, 0: none
	Message     NoticeID // its message in Telegram
	cardEdit    NoticeID // an edit that waits to be sent
	messageEdit NoticeID
	telling     NoticeID // a word in its thread that waits

	Opened Date // when its customer was first seen to have it before him, 0: never

	promise    uint32 // the newest promise to pay it
	lastCharge uint32 // list of charges of interest and costs on it, newest first

	reopened     Date   // the last day on which something was open again: nothing settles it before
	lastWriteOff uint32 // list of write-offs, newest first

	lastCredit   CreditNoteID
	lastMove     uint32 // of what is open on it; see history.go
	lastDisputed uint32
	fact         uint64
	cond         *conditions // nil for most
}

// TotalMoney is the total with tax.
func (i *Invoice) TotalMoney() Money { return Money{i.Total, i.Currency} }

// OpenMoney is what is still owed. It is the one definition of "open": reminders, aging,
// balance and pay link all take it from here.
func (i *Invoice) OpenMoney() Money { return Money{i.Open, i.Currency} }

// DisputedMoney is the part of what is open that the customer disputes.
func (i *Invoice) DisputedMoney() Money { return Money{minMinor(i.Disputed, i.Open), i.Currency} }

// Undisputed is what is open and not disputed: what may be reminded of and paid by link.
func (i *Invoice) Undisputed() Money { return i.OpenMoney().Sub(i.DisputedMoney()) }

// Overdue reports whether i is open and its due date lies before on.
func (i *Invoice) Overdue(on Date) bool { return i.Open > 0 && DaysOverdue(i.Due, on) > 0 }

// InvoiceState is what an invoice is, in one word.
type InvoiceState string

// The states of an issued invoice.
const (
	StateOpen     InvoiceState = "open"
	StatePartPaid InvoiceState = "partpaid"
	StateOverdue  InvoiceState = "overdue"
	StateDisputed InvoiceState = "disputed"
	StatePaid     InvoiceState = "paid"
	StateCredited InvoiceState = "credited"
	StateVoid     InvoiceState = "void"

	StateWrittenOff InvoiceState = "writtenoff"
)

// State is i's state as of a day: what needs somebody's attention first.
func (i *Invoice) State(on Date) InvoiceState {
	switch {
	case i.Void:
		return StateVoid
	case i.Open == 0 && i.WrittenOff > 0:
		return StateWrittenOff
	case i.Open == 0 && i.Paid == 0 && i.Deducted == 0:
		return StateCredited
	case i.Open == 0:
		return StatePaid
	case i.DisputedMoney().Minor > 0:
		return StateDisputed
	case i.Overdue(on):
		return StateOverdue
	case i.Open < i.Total:
		return StatePartPaid
	}
	return StateOpen
}

// Line is one line of an invoice. Sums are in major units of the invoice's currency.
type Line struct {
	Text     string
	Quantity decimal.Decimal // at most 6 places
	Price    decimal.Decimal // of one, at most 6 places; with tax where the document includes it
	Discount decimal.Decimal // percent off, 0 to 100
	Tax      decimal.Decimal // rate in percent, 0 to 100
	Kind     TaxKind
	Why      string // why no tax is charged: of exempt and reverse charge
}

func (l *Line) code(c *coder) {
	str(c, &l.Text)
	c.dec(&l.Quantity)
	c.dec(&l.Price)
	c.dec(&l.Discount)
	c.dec(&l.Tax)
	l.Kind.code(c)
	str(c, &l.Why)
}

// Draft is an invoice that is not issued yet: it has no number.
type Draft struct {
	Customer CustomerID
	Date     Date
	Due      Date
	Currency Currency
	Lines    []Line

	Inclusive bool            // prices include tax
	Off       decimal.Decimal // percent off the whole document, 0 to 100
	Rounding  TaxRounding     // in the fact: the rule that was in force
	Reference string          // the buyer's: "PO-4711"
	Corrects  InvoiceID       // the invoice that this one replaces, 0: none

	Rate   Rate // of its currency: as agreed, else the day's
	Agreed bool // the rate was agreed, and is not the day's

	Early       EarlyDiscount // what an early payment saves
	Instalments []Instalment  // they add up to the total; empty: one due date
	Deposit     bool          // it is a deposit
	Deposits    []DepositUse  // that it deducts
	Nature      Nature        // what it claims: interest and costs are invoices of their own
	About       InvoiceID     // of interest and costs: the one invoice that they are for; 0: several

	CostCentre string // the buyer's
	BuyerCode  string // the buyer's own code: of a department, or for routing

	Override string // who lets it pass the customer's credit limit; not part of a preview
}

func (d *Draft) code(c *coder) {
	num(c, &d.Customer)
	num(c, &d.Date)
	num(c, &d.Due)
	str(c, &d.Currency)
	details(c, &d.Lines, func(c *coder, l *Line) { l.code(c) })
	c.flag(&d.Inclusive)
	c.dec(&d.Off)
	d.Rounding.code(c)
	str(c, &d.Reference)
	num(c, &d.Corrects)
	if c.version >= 2 {
		d.Rate.code(c)
		c.flag(&d.Agreed)
		d.Early.code(c)
		list(c, &d.Instalments, func(c *coder, p *Instalment) { num(c, &p.Due); c.i64(&p.Minor) })
		c.flag(&d.Deposit)
		list(c, &d.Deposits, func(c *coder, u *DepositUse) { u.code(c) })
		d.Nature.code(c)
		num(c, &d.About)
	}
	if c.version >= 3 {
		str(c, &d.CostCentre)
		str(c, &d.BuyerCode)
	}
}

// Encode packs d, for a preview that waits for its confirm; DecodeDraft reads it.
func (d *Draft) Encode() []byte { return encode(factVersion, d.code) }

// DecodeDraft reads what Encode wrote.
func DecodeDraft(data []byte) (*Draft, error) {
	d := new(Draft)
	return d, decode(data, factVersion, d.code)
}

// InvoiceIssued is the fact of an invoice. It holds the whole document. Taxes, Net and Total
// are what is invoiced now: the whole less the deposits.
type InvoiceIssued struct {
	Number Number
	Draft
	Discount Money // off the document, in the prices' terms
	Taxes    []TaxSum
	Net      Money
	Total    Money
	Buyer    TextRef // the customer's name as it stood

	OldNumber string // the number that it had elsewhere, of an opening balance
}

// Sums are the sums as they were booked, without those of the lines.
func (x *InvoiceIssued) Sums() Totals {
	return Totals{Discount: x.Discount, Taxes: x.Taxes, Net: x.Net, Tax: x.Total.Sub(x.Net), Total: x.Total}
}

func (x *InvoiceIssued) kind() factKind { return kindInvoice }

func (x *InvoiceIssued) code(c *coder) {
	x.Number.code(c)
	x.Draft.code(c)
	c.money(&x.Discount)
	if x.Early.none() {
		details(c, &x.Taxes, func(c *coder, t *TaxSum) { t.code(c) })
	} else { // which the discount is taken of
		list(c, &x.Taxes, func(c *coder, t *TaxSum) { t.code(c) })
	}
	c.money(&x.Net)
	c.money(&x.Total)
	c.text(&x.Buyer)
	str(c, &x.Override)
	str(c, &x.OldNumber)
}

func (x *InvoiceIssued) apply(s *state, f *Fact) {
	id := InvoiceID(s.invoices.n + 1)
	inv := s.invoices.add(s, Invoice{ID: id, Customer: x.Customer, Number: x.Number, Date: x.Date, Due: x.Due,
		Currency: x.Currency, Total: x.Total.Minor, Open: x.Total.Minor, Corrects: x.Corrects,
		Nature: x.Nature, About: x.About, fact: f.Seq, LastDue: x.Due, cond: newConditions(x)})
	if n := len(x.Instalments); n > 0 {
		set(s, &inv.LastDue, x.Instalments[n-1].Due)
	}
	s.use(inv)
	if old := s.invoices.at(uint32(x.Corrects)); old != nil {
		set(s, &old.ReplacedBy, id)
	}
	put(s, s.numbers, x.Number.series(), append(s.numbers[x.Number.series()], id))
	if x.OldNumber != "" {
		set(s, &inv.OldNumber, x.OldNumber)
		put(s, s.references, foldReference(x.OldNumber), id)
	}
	if x.Reference != "" {
		s.orders.add(s, reference{hashWord(foldReference(x.Reference)), uint32(id)})
	}
	s.link(inv)
	s.owe(inv, x.Total.Minor, f.Effective)
	s.bill(inv.Currency, x.Total.Minor, x.Date)
	s.revalue(inv)
}

// link puts inv at the head of its customer's list of open invoices.
func (s *state) link(inv *Invoice) {
	c := s.customers.at(uint32(inv.Customer))
	if c == nil {
		return
	}
	if first := s.invoices.at(uint32(c.firstOpen)); first != nil {
		set(s, &first.prevOpen, inv.ID)
	}
	set(s, &inv.nextOpen, c.firstOpen)
	set(s, &inv.prevOpen, 0)
	set(s, &c.firstOpen, inv.ID)
	set(s, &c.openCount, c.openCount+1)
	s.addItem(inv)
}

// unlink takes inv out of its customer's list of open invoices.
func (s *state) unlink(inv *Invoice) {
	c := s.customers.at(uint32(inv.Customer))
	if prev := s.invoices.at(uint32(inv.prevOpen)); prev != nil {
		set(s, &prev.nextOpen, inv.nextOpen)
	} else {
		set(s, &c.firstOpen, inv.nextOpen)
	}
	if next := s.invoices.at(uint32(inv.nextOpen)); next != nil {
		set(s, &next.prevOpen, inv.prevOpen)
	}
	set(s, &inv.prevOpen, 0)
	set(s, &inv.nextOpen, 0)
	set(s, &c.openCount, c.openCount-1)
	s.dropItem(inv)
}

// reduce lowers what is open on inv on day, closing it when nothing is left; a negative sum
// opens it again. It is the one way in which what is open changes after the issue, so that
// history has every settlement.
func (s *state) reduce(inv *Invoice, minor int64, day Date) {
	if minor == 0 {
		return
	}
	closed := inv.Open == 0
	set(s, &inv.Open, inv.Open-minor)
	s.revalue(inv)
	s.owe(inv, -minor, day)
	s.fallDue(inv)
	switch {
	case inv.Open == 0:
		set(s, &inv.ClosedOn, s.closedOn(inv))
		s.unlink(inv)
	case closed:
		set(s, &inv.ClosedOn, 0)
		s.link(inv)
	default:
		s.noteItem(inv)
	}
}

// Issue gives d its number and books it as owed. It returns a BadInput refusal for a draft
// whose sums or dates cannot be.
func (tx *Tx) Issue(d Draft) (*Invoice, error) {
	c := tx.Customer(d.Customer)
	if c == nil {
		return nil, Refuse(NotFound, "customer.unknown", "text", fmt.Sprint(d.Customer))
	}
	if !d.Currency.Valid() {
		return nil, Refuse(BadInput, "currency.unknown", "text", string(d.Currency))
	}
	if d.Due < d.Date {
		return nil, Refuse(BadInput, "invoice.duebefore", "due", d.Due, "date", d.Date)
	}
	if err := tx.checkCorrects(&d); err != nil {
		return nil, err
	}
	if old := tx.Invoice(d.Corrects); old != nil {
		d.Nature, d.About = old.Nature, old.About
	}
	if d.Rounding == RoundAsSet {
		d.Rounding = tx.s.company.TaxRounding
	}
	t, err := tx.Settled(&d)
	if err != nil {
		return nil, err
	}
	if missing := tx.Missing(&d); len(missing) > 0 {
		return nil, Refuse(BadInput, "requires."+string(missing[0]), "customer", c.Handle)
	}
	if err := tx.checkLimit(c, &d, t.Total); err != nil {
		return nil, err
	}
	if err := tx.RateDraft(&d); err != nil {
		return nil, err
	}
	base, err := tx.DraftInBase(&d, &t)
	if err != nil {
		return nil, err
	}
	// The text of a name is never changed: another name is another text.
	buyer := c.Name
	x := &InvoiceIssued{Number: tx.NextNumber(d.Date),
		Draft: d, Discount: t.Discount, Taxes: t.Taxes, Net: t.Net, Total: t.Total, Buyer: buyer}
	if _, err = tx.append(d.Date, x, x.postings(base)...); err != nil {
		return nil, err
	}
	return tx.s.invoices.at(tx.s.invoices.n), nil
}

// Settled computes d's sums after it has taken from the books what d leaves to them: the mode
// of its early-payment discount, and what it deducts of each deposit. It returns a refusal for
// a discount, instalments or deposits that cannot be.
func (v *View) Settled(d *Draft) (Totals, error) {
	if err := d.checkEarly(v.s.company.DiscountTax); err != nil {
		return Totals{}, err
	}
	if err := v.checkDeposits(d); err != nil {
		return Totals{}, err
	}
	t, err := d.Totals()
	if r, ok := AsRefusal(err); ok && r.Key == "invoice.nothing" && len(d.Deposits) > 0 {
		return t, Refuse(BadInput, "deposit.all", "number", v.Invoice(d.Deposits[0].Invoice).Number.String(), "handle", v.Customer(d.Customer).Handle)
	}
	if err == nil {
		err = d.checkInstalments(t.Total)
	}
	return t, err
}

// Invoice returns invoice id, nil where there is none.
func (v *View) Invoice(id InvoiceID) *Invoice { return v.s.invoices.at(uint32(id)) }

// InvoiceDetail returns the document of inv: its lines and taxes.
func (v *View) InvoiceDetail(inv *Invoice) (*InvoiceIssued, error) {
	f, err := v.fact(inv.fact)
	if err != nil {
		return nil, err
	}
	x, ok := f.Body.(*InvoiceIssued)
	if !ok {
		return nil, fmt.Errorf("fact %d is no invoice", inv.fact)
	}
	return x, nil
}

var numberPattern = regexp.MustCompile(`^#?(\p{L}+)[-\s/]?(\d{4})[-\s/](\d{1,9})$`)

// LooksLikeNumber reports whether s has the form of a document number.
func LooksLikeNumber(s string) bool { return numberPattern.MatchString(s) }

// InvoiceNumbered returns the invoice of that number, in any case and with zeros left out.
// It returns a NotFound refusal otherwise, and that of View.May for an invoice of a customer
// whom the asker may not name.
func (v *View) InvoiceNumbered(text string) (*Invoice, error) {
	m := numberPattern.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return nil, Refuse(BadInput, "number.form", "text", text, "example", v.exampleNumber())
	}
	year, _ := strconv.Atoi(m[2])
	n, _ := strconv.Atoi(m[3])
	list := v.s.numbers[series{strings.ToUpper(m[1]), year}]
	if inv := v.InvoiceReferenced(text); inv != nil && (n < 1 || n > len(list)) {
		return inv, v.Allowed(v.Customer(inv.Customer))
	}
	if n < 1 || n > len(list) {
		return nil, Refuse(NotFound, "invoice.unknown", "text", text, "example", v.exampleNumber())
	}
	inv := v.Invoice(list[n-1])
	return inv, v.Allowed(v.Customer(inv.Customer))
}

// NextNumber is the number that an invoice of a day would get.
func (v *View) NextNumber(on Date) Number {
	ser := series{v.s.company.Invoices, on.Year()}
	return Number{ser.Prefix, ser.Year, uint32(len(v.s.numbers[ser]) + 1)}
}

// exampleNumber is the newest invoice's number, or what the first one's will be.
func (v *View) exampleNumber() string {
	if last := v.s.invoices.at(v.s.invoices.n); last != nil {
		return last.Number.String()
	}
	return Number{v.s.company.Invoices, v.Today().Year(), 1}.String()
}

// OpenInvoices returns c's open invoices, oldest due first; ties by number.
func (v *View) OpenInvoices(c *Customer) []*Invoice {
	out := make([]*Invoice, 0, c.openCount)
	for i := v.Invoice(c.firstOpen); i != nil; i = v.Invoice(i.nextOpen) {
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b *Invoice) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID)) })
	return out
}

// EachOpen calls f with those of OpenInvoices, in no order.
func (v *View) EachOpen(c *Customer, f func(inv *Invoice)) {
	for i := v.Invoice(c.firstOpen); i != nil; i = v.Invoice(i.nextOpen) {
		f(i)
	}
}

// HasOpen reports whether c owes anything on any invoice.
func (c *Customer) HasOpen() bool { return c.firstOpen != 0 }

// LastInvoice is the newest invoice, 0 where there is none.
func (v *View) LastInvoice() InvoiceID { return InvoiceID(v.s.invoices.n) }

// Invoices calls f with every invoice in order of issue.
func (v *View) Invoices(f func(*Invoice)) { v.s.invoices.each(f) }
