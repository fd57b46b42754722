package ledger

import (
	"fmt"
	"slices"
	"time"
)

// ContractID numbers contracts from 1 in order of the facts that made them.
type ContractID uint32

// Every is how often a schedule comes round. The numbers are part of the file format.
type Every uint8

// The periods.
const (
	Weekly    Every = 1
	Monthly   Every = 2
	Quarterly Every = 3
	Yearly    Every = 4
)

// String returns "weekly", "monthly", "quarterly" or "yearly".
func (e Every) String() string {
	return [...]string{"", "weekly", "monthly", "quarterly", "yearly"}[min(int(e), 4)]
}

// ParseEvery reads what String writes; ok is false otherwise.
func ParseEvery(s string) (Every, bool) {
	for e := Weekly; e <= Yearly; e++ {
		if e.String() == s {
			return e, true
		}
	}
	return 0, false
}

// months is how many months lie between two occurrences, 0 for weeks.
func (e Every) months() int { return [...]int{0, 0, 1, 3, 12}[min(int(e), 4)] }

// Schedule is a run of days: every week, or a day of every month, quarter or year. Day 31
// is the last of the month; a day that a month does not have is its last.
type Schedule struct {
	Every Every
	Day   int // 1 to 31; 0 for weeks
}

func (x *Schedule) code(c *coder) {
	num(c, &x.Every)
	num(c, &x.Day)
	if !c.writing && c.err == nil && !x.valid() {
		c.fail(errKind)
	}
}

func (x Schedule) valid() bool {
	if x.Every == Weekly {
		return x.Day == 0
	}
	return x.Every > Weekly && x.Every <= Yearly && x.Day >= 1 && x.Day <= 31
}

// String returns "weekly" or "monthly on 31".
func (x Schedule) String() string {
	if x.Every == Weekly {
		return "weekly"
	}
	return fmt.Sprintf("%s on %d", x.Every, x.Day)
}

// First is the first day of x that is not before from.
func (x Schedule) First(from Date) Date {
	if x.Every == Weekly {
		return from
	}
	if day := x.in(from, 0); day >= from {
		return day
	}
	return x.in(from, 1)
}

// At is the nth day of x after first, from 0.
func (x Schedule) At(first Date, n int) Date {
	if x.Every == Weekly {
		return first.AddDays(7 * n)
	}
	return x.in(first, n*x.Every.months())
}

// in is x's day in the month that lies some months after that of d.
func (x Schedule) in(d Date, months int) Date {
	y, m, length := endOfMonth(d, months).Parts()
	return NewDate(y, m, min(x.Day, length))
}

// Contract issues the same invoice again and again, once for each day of its schedule.
type Contract struct {
	ID       ContractID
	Customer CustomerID
	Schedule Schedule
	From     Date // the first occurrence
	Until    Date // no occurrence after it; 0: none
	Next     Date // the occurrence to be issued next
	Issued   int  // occurrences issued so far
	Stopped  Date // 0 while it runs
	fact     uint64
}

// Label is how people name x: "R-1".
func (x *Contract) Label() string { return fmt.Sprintf("R-%d", x.ID) }

// Over reports whether no invoice is to come any more.
func (x *Contract) Over() bool { return x.Stopped != 0 || x.Until != 0 && x.Next > x.Until }

// ContractMade is the fact of a contract. It holds the invoice that it issues.
type ContractMade struct {
	Customer CustomerID
	Schedule Schedule
	From     Date
	Until    Date
	OwnTerms bool // Terms hold; else those that the customer has on the day
	Terms    Terms
	Draft    Draft // without dates; its texts may have {month} and {year}
}

func (x *ContractMade) kind() factKind { return kindContractMade }

func (x *ContractMade) code(c *coder) {
	num(c, &x.Customer)
	x.Schedule.code(c)
	num(c, &x.From)
	num(c, &x.Until)
	c.flag(&x.OwnTerms)
	x.Terms.code(c)
	x.Draft.code(c)
}

func (x *ContractMade) apply(s *state, f *Fact) {
	id := ContractID(s.contracts.n + 1)
	s.contracts.add(s, Contract{ID: id, Customer: x.Customer, Schedule: x.Schedule, From: x.From, Until: x.Until, Next: x.From, fact: f.Seq})
	put(s, s.running, id, true)
}

// ContractInvoiced is the fact that an occurrence of a contract was issued: no other
// invoice of it has that day.
type ContractInvoiced struct {
	Contract ContractID
	On       Date // of the schedule; the invoice's own date is later where the month was closed
	Invoice  InvoiceID
}

func (x *ContractInvoiced) kind() factKind { return kindContractInvoiced }

func (x *ContractInvoiced) code(c *coder) {
	num(c, &x.Contract)
	num(c, &x.On)
	num(c, &x.Invoice)
}

func (x *ContractInvoiced) apply(s *state, _ *Fact) {
	con := s.contracts.at(uint32(x.Contract))
	if con == nil {
		return
	}
	set(s, &con.Issued, con.Issued+1)
	set(s, &con.Next, con.Schedule.At(con.From, con.Issued))
	if con.Over() {
		drop(s, s.running, con.ID)
	}
}

// ContractStopped is the fact that a contract issues no more.
type ContractStopped struct {
	Customer CustomerID
	Contract ContractID
}

func (x *ContractStopped) kind() factKind { return kindContractStopped }

func (x *ContractStopped) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Contract)
}

func (x *ContractStopped) apply(s *state, f *Fact) {
	if con := s.contracts.at(uint32(x.Contract)); con != nil {
		set(s, &con.Stopped, f.Effective)
		drop(s, s.running, con.ID)
	}
}

// contractDaysBack is how long ago a contract may have begun: what is issued at once then
// is no slip of the finger.
const contractDaysBack = 92

// MakeContract books a contract. Its first occurrence is the first day of the schedule from
// x.From on; those that are over are issued when it is made. It returns a BadInput refusal
// for a schedule or an invoice that cannot be.
func (tx *Tx) MakeContract(x ContractMade) (*Contract, error) {
	if tx.Customer(x.Customer) == nil {
		return nil, Refuse(NotFound, "customer.unknown", "text", fmt.Sprint(x.Customer))
	}
	if !x.Schedule.valid() {
		return nil, Refuse(BadInput, "recur.day", "text", fmt.Sprint(x.Schedule.Day))
	}
	if x.From < tx.Today().AddDays(-contractDaysBack) || x.From > tx.Today().AddDays(2*366) {
		return nil, Refuse(BadInput, "recur.from", "date", x.From, "days", contractDaysBack)
	}
	x.From = x.Schedule.First(x.From)
	if x.Until != 0 && x.Until < x.From {
		return nil, Refuse(BadInput, "recur.until", "date", x.Until, "from", x.From)
	}
	if _, err := x.Draft.Totals(); err != nil {
		return nil, err
	}
	if priced := x.Draft; priced.Agreed { // the day's rate is not known yet, and an agreed one must do
		priced.Date = tx.Today()
		if err := tx.RateDraft(&priced); err != nil {
			return nil, err
		}
	}
	x.Draft.Customer, x.Draft.Date, x.Draft.Due, x.Draft.Rounding = x.Customer, 0, 0, RoundAsSet
	x.Draft.Early = EarlyDiscount{} // each occurrence takes that of the terms
	if _, err := tx.append(tx.Today(), &x); err != nil {
		return nil, err
	}
	return tx.s.contracts.at(tx.s.contracts.n), nil
}

// Contract returns contract id, nil where there is none.
func (v *View) Contract(id ContractID) *Contract { return v.s.contracts.at(uint32(id)) }

// Contracts calls f with every contract in order.
func (v *View) Contracts(f func(*Contract)) { v.s.contracts.each(f) }

// ContractDetail returns the fact that made x: its invoice and terms.
func (v *View) ContractDetail(x *Contract) (*ContractMade, error) {
	f, err := v.fact(x.fact)
	if err != nil {
		return nil, err
	}
	return f.Body.(*ContractMade), nil
}

// DueContracts returns the contracts that have an occurrence on a day or before, in order.
func (v *View) DueContracts(on Date) (out []*Contract) {
	for id := range v.s.running {
		if x := v.Contract(id); x.Next <= on && !x.Over() {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *Contract) int { return int(a.ID) - int(b.ID) })
	return out
}

// IssueOccurrence issues the next invoice of x, dated on the day of the schedule, or today
// where the books are closed for that. Fill puts the period into a line's text. A credit
// limit does not hold it up: what was agreed is owed, and whoever made the contract is on
// record for it.
func (tx *Tx) IssueOccurrence(x *Contract, fill func(text string, day Date) string) (*Invoice, error) {
	made, err := tx.fact(x.fact)
	if err != nil {
		return nil, err
	}
	body := made.Body.(*ContractMade)
	on, d := x.Next, body.Draft
	d.Date = on
	if tx.CheckOpen(on) != nil {
		d.Date = max(tx.Today(), (tx.s.closed + 1).First())
	}
	terms := tx.Customer(x.Customer).Terms
	if body.OwnTerms {
		terms = body.Terms
	}
	d.Due, d.Early, d.Override = terms.Due(d.Date), terms.Early(d.Date), made.By
	d.Lines = slices.Clone(d.Lines)
	for i := range d.Lines {
		d.Lines[i].Text = fill(d.Lines[i].Text, on)
	}
	given := tx.rewarded(x, &d)
	inv, err := tx.Issue(d)
	if err != nil {
		return nil, err
	}
	if err := tx.giveLoyalty(given, inv); err != nil {
		return nil, err
	}
	_, err = tx.append(tx.Today(), &ContractInvoiced{x.ID, on, inv.ID})
	return inv, err
}

// StopContract books that x issues no more. It returns a Conflict refusal when it is over.
func (tx *Tx) StopContract(x *Contract) error {
	if x.Over() {
		return Refuse(Conflict, "recur.over", "contract", x.Label())
	}
	_, err := tx.append(tx.Today(), &ContractStopped{x.Customer, x.ID})
	return err
}

// NextContract is the instant at which the next occurrence falls due, at an hour of the
// company's zone; zero when none is to come.
func (v *View) NextContract(hour int) (at time.Time) {
	for id := range v.s.running {
		if t := v.Contract(id).Next.At(hour, 0, v.s.company.Zone()); at.IsZero() || t.Before(at) {
			at = t
		}
	}
	return at
}
