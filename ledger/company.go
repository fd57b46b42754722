package ledger

import (
	"slices"
	"sync"
	"time"
)

// CompanySet is the fact that holds what the company decides and the books depend on. It
// enters when the configuration differs from the one in force.
type CompanySet struct {
	Name     string
	TaxID    string
	Currency Currency // base currency
	ZoneName string   // IANA zone of accounting and of dates that staff type
	Language string   // of staff texts where Slack tells none, and of numbers as typed
	Invoices string   // series of invoices: "INV"
	Credits  string   // series of credit notes: "CN"
	BankLine string   // bank details as customers see them

	TaxRounding TaxRounding // of new invoices
	DiscountTax DiscountTax // of new invoices with an early-payment discount

	ApplyOrder ApplyOrder   // of money that names no invoice; "": DefaultApplyOrder
	Interest   InterestRule // for late payment, where a customer has no other; "": none
	DayCount   DayCount     // of interest
	Untaxed    string       // why interest and costs bear no tax; "": what the rule says
	Approvals  Ceilings     // what needs a second person

	zone *time.Location
}

func (x *CompanySet) kind() factKind { return kindCompany }

func (x *CompanySet) code(c *coder) {
	str(c, &x.Name)
	str(c, &x.TaxID)
	str(c, &x.Currency)
	str(c, &x.ZoneName)
	str(c, &x.Language)
	str(c, &x.Invoices)
	str(c, &x.Credits)
	str(c, &x.BankLine)
	x.TaxRounding.code(c)
	if c.version >= 2 {
		x.DiscountTax.code(c)
		str(c, &x.ApplyOrder)
		str(c, &x.Interest)
		x.DayCount.code(c)
		str(c, &x.Untaxed)
		x.Approvals.code(c)
	}
}

func (x *CompanySet) apply(s *state, f *Fact) {
	y := *x
	y.zone = loadZone(x.ZoneName)
	set(s, &s.company, y)
	set(s, &s.companies, append(slices.Clip(s.companies), companyAt{f.Seq, y}))
}

// Zone is where the company's days begin and end.
func (x *CompanySet) Zone() *time.Location {
	if x.zone == nil {
		return time.UTC
	}
	return x.zone
}

// Company returns what is in force.
func (v *View) Company() CompanySet { return v.s.company }

// SetCompany books x if it differs from what is in force. It returns a BadInput refusal
// for an unknown currency or zone, and a Conflict for another currency once something is
// booked: every value in the books is told in it.
func (tx *Tx) SetCompany(x CompanySet) error {
	if !x.Currency.Valid() {
		return Refuse(BadInput, "currency.unknown", "text", string(x.Currency))
	}
	if _, err := time.LoadLocation(x.ZoneName); err != nil || x.ZoneName == "" || x.ZoneName == "Local" {
		return Refuse(BadInput, "zone.unknown", "text", x.ZoneName)
	}
	if x.TaxRounding == RoundAsSet {
		x.TaxRounding = RoundDocument
	}
	if x.DiscountTax == DiscountAsSet {
		x.DiscountTax = DiscountIncluded
	}
	if err := x.checkClaims(); err != nil {
		return err
	}
	old := tx.s.company
	old.zone, x.zone = nil, nil
	if x == old {
		return nil
	}
	if old.Currency != "" && x.Currency != old.Currency && (len(tx.s.balances) > 0 || len(tx.s.rates) > 0) {
		return Refuse(Conflict, "company.currency", "currency", string(old.Currency), "text", string(x.Currency))
	}
	_, err := tx.append(DateOf(tx.Now, loadZone(x.ZoneName)), &x)
	return err
}

// zones are those that were asked for: to read one takes longer than to apply ten facts.
var zones sync.Map // name → *time.Location

// loadZone returns the zone of that name; facts hold only names that were checked, and a
// zone that this machine's data does not know counts as UTC.
func loadZone(name string) *time.Location {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, loc)
	return loc
}
