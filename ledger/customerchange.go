package ledger

import (
	"strings"
	"time"
)

// changed says which fields a CustomerChanged holds. The numbers are part of the file format.
type changed uint32

const (
	changedTerms changed = 1 << iota
	changedLimit
	changedLanguage
	changedZone
	changedName
	changedOwner
	changedSubstitute // since layout 2
	changedSegment    // since layout 2

	changedAll = 1<<iota - 1
)

// CustomerChanged is the fact that some of what holds for a customer is otherwise from now
// on: only what changed is in it. Invoices keep the name and the terms they were issued with.
type CustomerChanged struct {
	Customer CustomerID
	what     changed
	Terms    Terms
	Limited  bool  // false: no credit limit
	Limit    int64 // minor units of the customer's currency; 0: nothing on credit
	Language string
	ZoneName string
	Name     TextRef
	Owner    string // Slack user, "" for nobody

	Substitute string // Slack user, "" for nobody
	Segment    string // "" for none
}

func (x *CustomerChanged) kind() factKind { return kindCustomerChanged }

func (x *CustomerChanged) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.what)
	if x.what&^changedAll != 0 {
		c.fail(errUnknownChange)
	}
	if x.what&changedTerms != 0 {
		x.Terms.code(c)
	}
	if x.what&changedLimit != 0 {
		c.flag(&x.Limited)
		c.i64(&x.Limit)
	}
	if x.what&changedLanguage != 0 {
		str(c, &x.Language)
	}
	if x.what&changedZone != 0 {
		str(c, &x.ZoneName)
	}
	if x.what&changedName != 0 {
		c.text(&x.Name)
	}
	if x.what&changedOwner != 0 {
		str(c, &x.Owner)
	}
	if x.what&changedSubstitute != 0 {
		str(c, &x.Substitute)
	}
	if x.what&changedSegment != 0 {
		str(c, &x.Segment)
	}
}

func (x *CustomerChanged) apply(s *state, f *Fact) {
	c := s.customers.at(uint32(x.Customer))
	if c == nil {
		return
	}
	if x.what&changedTerms != 0 {
		set(s, &c.Terms, x.Terms)
	}
	if x.what&changedLimit != 0 {
		set(s, &c.Limited, x.Limited)
		set(s, &c.Limit, x.Limit)
	}
	if x.what&changedLanguage != 0 {
		set(s, &c.Language, x.Language)
	}
	if x.what&changedZone != 0 {
		set(s, &c.ZoneName, x.ZoneName)
		set(s, &c.Zone, loadZone(x.ZoneName))
	}
	if x.what&changedName != 0 {
		set(s, &c.Name, x.Name)
	}
	if x.what&changedOwner != 0 {
		set(s, &c.Owner, x.Owner)
	}
	if x.what&changedSubstitute != 0 {
		set(s, &c.Substitute, x.Substitute)
	}
	if x.what&changedSegment != 0 {
		set(s, &c.Segment, x.Segment)
	}
	if x.what&(changedName|changedLanguage) != 0 {
		c.turn(s, f.Seq, c.details())
	}
}

// CustomerChange is what ChangeCustomer needs: nil leaves a field as it is.
type CustomerChange struct {
	Terms    *Terms
	Limit    *Money // in the customer's currency
	NoLimit  bool   // takes the limit away
	Language *string
	ZoneName *string
	Name     *string
	Owner    *string

	Substitute *string
	Segment    *string
}

// ChangeCustomer books what of n differs from what holds for c, as one fact, and reports
// whether anything does. It returns a BadInput refusal for an unknown zone, an empty name,
// a segment that is not one word, or a limit that is negative or in another currency.
func (tx *Tx) ChangeCustomer(c *Customer, n CustomerChange) (bool, error) {
	x := &CustomerChanged{Customer: c.ID}
	if n.Terms != nil && n.Terms.String() != c.Terms.String() {
		x.what, x.Terms = x.what|changedTerms, *n.Terms
	}
	if err := x.limit(c, n); err != nil {
		return false, err
	}
	if n.Language != nil && *n.Language != c.Language {
		x.what, x.Language = x.what|changedLanguage, *n.Language
	}
	if n.ZoneName != nil && *n.ZoneName != c.ZoneName {
		if _, err := time.LoadLocation(*n.ZoneName); err != nil || *n.ZoneName == "" || *n.ZoneName == "Local" {
			return false, Refuse(BadInput, "zone.unknown", "text", *n.ZoneName)
		}
		x.what, x.ZoneName = x.what|changedZone, *n.ZoneName
	}
	if n.Owner != nil && *n.Owner != c.Owner {
		x.what, x.Owner = x.what|changedOwner, *n.Owner
	}
	if n.Substitute != nil && *n.Substitute != c.Substitute {
		x.what, x.Substitute = x.what|changedSubstitute, *n.Substitute
	}
	if err := x.segment(c, n.Segment); err != nil {
		return false, err
	}
	if err := tx.rename(x, c, n.Name); err != nil || x.what == 0 {
		return false, err
	}
	_, err := tx.append(tx.Today(), x)
	return err == nil, err
}

func (x *CustomerChanged) limit(c *Customer, n CustomerChange) error {
	switch {
	case n.NoLimit && c.Limited:
		x.what |= changedLimit
	case n.Limit == nil:
	case n.Limit.Currency != c.Currency || n.Limit.Minor < 0 || n.Limit.Minor > moneyMax:
		return Refuse(BadInput, "limit.form", "text", n.Limit.Decimal().String(), "currency", string(c.Currency))
	case !c.Limited || c.Limit != n.Limit.Minor:
		x.what, x.Limited, x.Limit = x.what|changedLimit, true, n.Limit.Minor
	}
	return nil
}

func (x *CustomerChanged) segment(c *Customer, name *string) error {
	if name == nil {
		return nil
	}
	s, err := segment(*name)
	if err == nil && s != c.Segment {
		x.what, x.Segment = x.what|changedSegment, s
	}
	return err
}

func (tx *Tx) rename(x *CustomerChanged, c *Customer, name *string) (err error) {
	if name == nil || *name == tx.CustomerName(c) {
		return nil
	}
	if strings.TrimSpace(*name) == "" {
		return Refuse(BadInput, "customer.noname", "handle", c.Handle)
	}
	x.what |= changedName
	x.Name, err = tx.keep(c.Person, strings.TrimSpace(*name))
	return err
}

// Exposure is what c owes on invoices in his own currency: what his credit limit is compared
// with. Money on account is not taken off: nobody has said yet what it is for.
func (v *View) Exposure(c *Customer) Money { return v.AccountBalance(Receivables, c.ID, c.Currency) }

// OverLimit is by how much an invoice over more would pass c's credit limit; zero when it
// would not, when c has none, and for an invoice in another currency.
func (v *View) OverLimit(c *Customer, more Money) Money {
	if !c.Limited || more.Currency != c.Currency {
		return Money{0, more.Currency}
	}
	over := v.Exposure(c).Add(more).Sub(Money{c.Limit, c.Currency})
	return Money{max(over.Minor, 0), c.Currency}
}

// checkLimit returns a Forbidden refusal for an invoice that passes c's credit limit and
// that nobody has allowed; where nothing is passed, no override is on record.
func (tx *Tx) checkLimit(c *Customer, d *Draft, total Money) error {
	over := tx.OverLimit(c, total)
	if over.IsZero() || d.Nature != NaturePrincipal { // what being late costs is no new credit
		d.Override = ""
		return nil
	}
	if !tx.needOverride(c, d, over) {
		return Refuse(Forbidden, "limit.passed", "customer", c.Handle, "over", over, "limit", Money{c.Limit, c.Currency})
	}
	d.Override = tx.s.actorOf(d.Override)
	return nil
}
