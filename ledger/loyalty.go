package ledger

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

// Loyalty: a contract may give its customer something off for paying on time. After so many
// invoices in a row, whatever they were for, the next one of the contract has a percentage off the
// whole document, and the count begins again with the invoices that follow.

// The kinds of this file's facts: 224 and 225.
const (
	kindLoyaltyAgreed factKind = 224
	kindLoyaltyGiven  factKind = 225
)

// Loyalty is what a contract gives for paying on time; the zero Loyalty is nothing.
type Loyalty struct {
	Percent decimal.Decimal // off the next invoice
	After   int             // invoices paid on time, one after the other
	through InvoiceID       // the newest of those that earned the last one
}

// LoyaltyAgreed is the fact of what a contract gives for paying on time; After 0 ends that.
type LoyaltyAgreed struct {
	Customer CustomerID
	Contract ContractID
	Percent  decimal.Decimal
	After    int
}

func (x *LoyaltyAgreed) kind() factKind { return kindLoyaltyAgreed }

func (x *LoyaltyAgreed) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Contract)
	c.dec(&x.Percent)
	num(c, &x.After)
}

func (x *LoyaltyAgreed) apply(s *state, _ *Fact) {
	// What has earned something once earns nothing more, also where that ends and is agreed anew.
	put(s, s.loyalty, x.Contract, Loyalty{Percent: x.Percent, After: x.After, through: s.loyalty[x.Contract].through})
}

// LoyaltyGiven is the fact that an invoice of a contract has something off for that.
type LoyaltyGiven struct {
	Customer CustomerID
	Contract ContractID
	Invoice  InvoiceID // that has it off
	Through  InvoiceID // the newest of those that earned it
}

func (x *LoyaltyGiven) kind() factKind { return kindLoyaltyGiven }

func (x *LoyaltyGiven) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Contract)
	num(c, &x.Invoice)
	num(c, &x.Through)
}

func (x *LoyaltyGiven) apply(s *state, _ *Fact) {
	if l, ok := s.loyalty[x.Contract]; ok {
		l.through = x.Through
		put(s, s.loyalty, x.Contract, l)
	}
}

// The bounds of what loyalty is worth: beyond them it is a slip of the pen.
const (
	loyaltyMost  = 50 // percent
	loyaltyAfter = 60 // invoices
)

// AgreeLoyalty books what a contract gives for paying on time: a percentage off the next invoice
// after so many; 0 ends it. It returns a BadInput refusal for one that cannot be, and a Conflict one
// for a contract that is over.
func (tx *Tx) AgreeLoyalty(x *Contract, percent decimal.Decimal, after int) error {
	switch {
	case x.Over():
		return Refuse(Conflict, "recur.over", "contract", x.Label())
	case after == 0:
		percent = decimal.Zero
	case checkPercent(percent) != nil || percent.Sign() <= 0 || percent.GreaterThan(decimal.NewFromInt(loyaltyMost)) || after < 1 || after > loyaltyAfter:
		return Refuse(BadInput, "loyalty.range", "percent", loyaltyMost, "most", loyaltyAfter)
	}
	if old := tx.s.loyalty[x.ID]; old.After == after && old.Percent.Equal(percent) {
		return nil
	}
	_, err := tx.append(tx.Today(), &LoyaltyAgreed{x.Customer, x.ID, percent, after})
	return err
}

// LoyaltyOf is what a contract gives for paying on time, and how many invoices were paid so since
// it did last: earned where the next invoice has it off.
func (v *View) LoyaltyOf(x *Contract) (l Loyalty, paid int, earned bool) {
	l = v.s.loyalty[x.ID]
	if l.After == 0 {
		return l, 0, false
	}
	paid = v.OnTime(v.Customer(x.Customer), l.through, l.After).Count
	return l, paid, paid >= l.After
}

// EarnedBy is the contract whose next invoice c has something off, nil for none: the one that comes
// first.
func (v *View) EarnedBy(c *Customer) (best *Contract) {
	for id := range v.s.loyalty {
		x := v.Contract(id)
		if _, _, earned := v.LoyaltyOf(x); x.Customer == c.ID && !x.Over() && earned && (best == nil || x.Next < best.Next || x.Next == best.Next && x.ID < best.ID) {
			best = x
		}
	}
	return best
}

// reward takes what x gives for loyalty off its next invoice, where it was earned: beside what is
// off already, and never more than all of it.
func (v *View) reward(x *Contract, d *Draft) {
	if l, _, earned := v.LoyaltyOf(x); earned {
		d.Off = decimal.Min(d.Off.Add(l.Percent), hundred)
	}
}

// earned is what is to be booked with the next invoice of x, nil where it has nothing off.
func (v *View) earned(x *Contract) *LoyaltyGiven {
	l, _, earned := v.LoyaltyOf(x)
	if !earned {
		return nil
	}
	return &LoyaltyGiven{Customer: x.Customer, Contract: x.ID, Through: v.OnTime(v.Customer(x.Customer), l.through, l.After).Newest}
}

// giveLoyalty books that inv has something off for loyalty, if it has.
func (tx *Tx) giveLoyalty(given *LoyaltyGiven, inv *Invoice) error {
	if given == nil {
		return nil
	}
	given.Invoice = inv.ID
	_, err := tx.append(tx.Today(), given)
	return err
}

// needLoyalty has a second person decide on what is given for loyalty past the ceiling: with what a
// contract has off already.
func (tx *Tx) needLoyalty(l Ceiling, x *LoyaltyAgreed) {
	con := tx.Contract(x.Contract)
	lines, err := tx.LinesFor(con, con.Occurrence(con.Passed).From)
	if err != nil {
		return
	}
	d := lines.Draft
	d.Off = decimal.Min(d.Off.Add(x.Percent), hundred)
	tx.needDiscount(l, &d)
}

// newLoyalty makes the bodies of this file's kinds.
func newLoyalty(k factKind) Body {
	switch k {
	case kindLoyaltyAgreed:
		return new(LoyaltyAgreed)
	case kindLoyaltyGiven:
		return new(LoyaltyGiven)
	}
	return nil
}

// The names of this file's facts.
const (
	FactLoyalty      FactName = "loyalty"
	FactLoyaltyGiven FactName = "loyaltygiven"
)

// describeLoyalty tells this file's facts.
func (v *View) describeLoyalty(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *LoyaltyAgreed:
		return Description{Name: FactLoyalty, Refs: append(v.handle(x.Customer), (&Contract{ID: x.Contract}).Label())}, true
	case *LoyaltyGiven:
		return Description{Name: FactLoyaltyGiven, Refs: append(v.handle(x.Customer), append(v.numbers(x.Invoice), (&Contract{ID: x.Contract}).Label())...)}, true
	}
	return Description{}, false
}

func dumpLoyalty(w io.Writer, s *state) {
	for _, id := range slices.Sorted(maps.Keys(s.loyalty)) {
		l := s.loyalty[id]
		fmt.Fprintf(w, "loyalty of contract %d: %s after %d, given through %d\n", id, l.Percent, l.After, l.through)
	}
}
