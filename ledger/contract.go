package ledger

import (
	"fmt"
	"slices"
	"strings"
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
	Every   Every
	Day     int     // 1 to 31; 0 for weeks
	N       int     // every Nth week or month; 0 is every one
	Workday bool    // on a day that is free the invoice waits for the next business day
	Billing Billing // which period an invoice is for
}

// Billing is which period an invoice of a schedule is for. The numbers are part of the file
// format.
type Billing uint8

// The ways. AsBegun is in advance, but on the last day of a month the period that it ends.
const (
	AsBegun Billing = 0
	Advance Billing = 1 // the period that begins on the day, or the day after the last of a month
	Arrears Billing = 2 // the period that ended the day before, or on the last of a month
)

// ScheduleEach is the highest N.
const ScheduleEach = 60

func (x *Schedule) code(c *coder) {
	num(c, &x.Every)
	num(c, &x.Day)
	if !c.writing && c.err == nil && !x.valid() {
		c.fail(errKind)
	}
}

// codeMore codes what layout 7 added.
func (x *Schedule) codeMore(c *coder) {
	num(c, &x.N)
	c.flag(&x.Workday)
	num(c, &x.Billing)
	if !c.writing && c.err == nil && !x.valid() {
		c.fail(errKind)
	}
}

func (x Schedule) valid() bool {
	if x.N < 0 || x.N > ScheduleEach || x.N > 1 && x.Every != Weekly && x.Every != Monthly || x.Billing > Arrears {
		return false
	}
	if x.Every == Weekly {
		return x.Day == 0
	}
	return x.Every > Weekly && x.Every <= Yearly && x.Day >= 1 && x.Day <= 31
}

// String returns "weekly", "monthly on 31", or "every 2 months on 1 workday arrears".
func (x Schedule) String() string {
	out := x.Every.String()
	if x.N > 1 {
		out = fmt.Sprintf("every %d %ss", x.N, strings.TrimSuffix(out, "ly"))
	}
	if x.Every != Weekly {
		out += fmt.Sprintf(" on %d", x.Day)
	}
	if x.Workday {
		out += " workday"
	}
	return out + [...]string{"", " advance", " arrears"}[min(x.Billing, Arrears)]
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
	n *= max(x.N, 1)
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

// Contract issues the same invoice again and again, once for each period of its schedule.
type Contract struct {
	ID       ContractID
	Customer CustomerID
	Schedule Schedule
	By       string // who made it
	From     Date   // the day of the schedule with which whole periods begin; see Occurrence
	Start    Date   // of a part of a period before the first whole one; 0: none
	Until    Date   // no period that begins after it; 0: none
	Times    int    // how many periods there are; 0: no end
	Next     Date   // the occurrence to be issued next
	Passed   int    // occurrences issued or left out so far
	Issued   int    // occurrences issued so far
	Stopped  Date   // 0 while it runs

	Paused      bool
	PausedOn    Date // the first day of the pause
	PausedUntil Date // its last; 0: until somebody ends it
	Hindrance   Hindrance
	Asked       Date // what was missed through this day somebody asked for: it was previewed, or made up

	gaps    []dateRange // days whose occurrences are left out
	changes []lineChange
	log     []uint64 // its facts, oldest first
	fact    uint64
}

// Label is how people name x: "R-1".
func (x *Contract) Label() string { return fmt.Sprintf("R-%d", x.ID) }

// Over reports whether no invoice is to come any more.
func (x *Contract) Over() bool {
	return x.Stopped != 0 || x.Times != 0 && x.Passed >= x.Times || x.Until != 0 && x.beyond(x.Occurrence(x.Passed))
}

// beyond reports whether a period begins after the last day of x.
func (x *Contract) beyond(p Occurrence) bool {
	if x.closing() {
		return p.On > x.Until
	}
	return p.From > x.Until
}

// ContractMade is the fact of a contract. It holds the invoice that it issues.
type ContractMade struct {
	Customer CustomerID
	Schedule Schedule
	From     Date
	Until    Date
	OwnTerms bool // Terms hold; else those that the customer has on the day
	Terms    Terms
	Draft    Draft // without dates; its texts may have {month} and {year}
	Start    Date  // of a part of a period, which is invoiced in proportion; 0: none
	Times    int   // how many periods there are; 0: no end
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
	if c.version >= 7 {
		x.Schedule.codeMore(c)
		num(c, &x.Start)
		num(c, &x.Times)
	}
}

func (x *ContractMade) apply(s *state, f *Fact) {
	con := Contract{ID: ContractID(s.contracts.n + 1), Customer: x.Customer, Schedule: x.Schedule, By: f.By, From: x.From, Start: x.Start,
		Until: x.Until, Times: x.Times, fact: f.Seq, log: []uint64{f.Seq}, Asked: f.Effective}
	con.Next = con.Occurrence(0).On
	s.contracts.add(s, con)
	put(s, s.running, con.ID, true)
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

func (x *ContractInvoiced) apply(s *state, f *Fact) {
	con := s.contracts.at(uint32(x.Contract))
	if con == nil {
		return
	}
	set(s, &con.Issued, con.Issued+1)
	set(s, &con.Passed, con.Passed+1)
	s.settleContract(con, f)
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
		s.settleContract(con, f)
	}
}

// contractDaysBack is how long ago a contract may have begun: what is issued at once then
// is no slip of the finger.
const contractDaysBack = 92

// MakeContract books a contract, whose service begins on x.From. Whole periods begin with the
// first day of the schedule from then on; with x.Start, whatever day it is, the days before are
// invoiced in proportion. Occurrences that are over are issued when it is made. It returns a
// BadInput refusal for a schedule or an invoice that cannot be.
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
	x.anchor()
	if x.Times < 0 || x.Times > contractTimes {
		return nil, Refuse(BadInput, "recur.times", "max", contractTimes)
	}
	con := Contract{Schedule: x.Schedule, From: x.From, Start: x.Start, Until: x.Until, Times: x.Times}
	if con.Over() {
		return nil, Refuse(BadInput, "recur.until", "date", x.Until, "from", con.Occurrence(0).On)
	}
	if err := tx.checkContractDraft(&x.Draft, x.Customer); err != nil {
		return nil, err
	}
	if _, err := tx.append(tx.Today(), &x); err != nil {
		return nil, err
	}
	return tx.s.contracts.at(tx.s.contracts.n), nil
}

// contractTimes is how many periods a contract may count.
const contractTimes = 1200

// anchor turns the day on which a service begins into that with which whole periods do.
func (x *ContractMade) anchor() {
	begins := x.From
	con := Contract{Schedule: x.Schedule}
	if con.closing() {
		x.From = x.Schedule.First(begins)
	} else {
		x.From = x.Schedule.First(begins - con.offset())
	}
	if con.From = x.From; x.Start != 0 {
		if x.Start = begins; begins == con.Occurrence(0).From {
			x.Start = 0
		}
	}
}

// checkContractDraft refuses lines that no invoice can have, and leaves out of them what each
// occurrence has of its own.
func (v *View) checkContractDraft(d *Draft, of CustomerID) error {
	if _, err := d.Totals(); err != nil {
		return err
	}
	if priced := *d; priced.Agreed { // the day's rate is not known yet, and an agreed one must do
		priced.Date = v.Today()
		if err := v.RateDraft(&priced); err != nil {
			return err
		}
	}
	d.Customer, d.Date, d.Due, d.Rounding = of, 0, 0, RoundAsSet
	d.Early = EarlyDiscount{} // each occurrence takes that of the terms
	return nil
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

// DueContracts returns the contracts that have an invoice to be issued on a day or before, in
// order; those that are paused are not among them.
func (v *View) DueContracts(on Date) (out []*Contract) {
	for id := range v.s.running {
		if x := v.Contract(id); !x.Paused && v.IssueDay(x) <= on {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *Contract) int { return int(a.ID) - int(b.ID) })
	return out
}

// StopContract books that x issues no more. It returns a Conflict refusal when it is over.
func (tx *Tx) StopContract(x *Contract) error {
	if x.Over() {
		return Refuse(Conflict, "recur.over", "contract", x.Label())
	}
	_, err := tx.append(tx.Today(), &ContractStopped{x.Customer, x.ID})
	return err
}
