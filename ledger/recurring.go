package ledger

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// What becomes of a contract after it was made (contract.go): which period each of its invoices
// is for, and what staff decide on the way. Nothing of a contract depends on when it is looked
// at: the nth occurrence is computed from the first, so that nothing drifts, and a contract only
// counts how many have passed.

// Occurrence is one turn of a contract's schedule: when it is invoiced, and the days that it is for.
type Occurrence struct {
	On       Date // of the schedule; see View.IssueDay
	From, To Date
	Days     int  // of the period; less than Whole for a part
	Whole    int  // days of the whole period
	Named    Date // a day of the month by which the period is called
}

// Part reports whether p is a part of a period, which is invoiced in proportion.
func (p Occurrence) Part() bool { return p.Days < p.Whole }

// closing reports whether an invoice of x is for the period that its day ends.
func (x *Contract) closing() bool { return x.Schedule.Billing == AsBegun && x.Schedule.Day == 31 }

// offset is how many days after a day of the schedule a period begins: after the last of a
// month it is the next one.
func (x *Contract) offset() Date {
	if x.Schedule.Day == 31 {
		return 1
	}
	return 0
}

// Occurrence is the nth of x, from 0.
func (x *Contract) Occurrence(n int) Occurrence {
	begins := func(k int) Date { return x.Schedule.At(x.From, k) + x.offset() }
	k := n
	if x.closing() {
		k-- // the day of From ends a period
	} else if x.Start != 0 {
		k-- // the part comes first
	}
	p := Occurrence{On: x.Schedule.At(x.From, k), From: begins(k), To: begins(k+1) - 1}
	p.Whole = int(p.To-p.From) + 1
	first := n == 0 && x.Start != 0
	if first {
		p.From = x.Start
	}
	switch {
	case x.closing() || x.Schedule.Billing == Arrears:
		p.On = x.Schedule.At(x.From, k+1)
	case first && x.Start == x.From: // the last of a month, on which the month behind it is invoiced too
		p.On = x.Start - 1
	case first:
		p.On = x.Start
	}
	if p.Days, p.Named = int(p.To-p.From)+1, p.From; x.closing() {
		p.Named = p.To
	}
	return p
}

// dateRange is the days from one to another, both included.
type dateRange struct{ from, to Date }

// lineChange is what a contract invoices for periods from a day on.
type lineChange struct {
	from Date
	fact uint64
}

// left reports whether an occurrence was left out.
func (x *Contract) left(p Occurrence) bool {
	return slices.ContainsFunc(x.gaps, func(r dateRange) bool { return r.from <= p.On && p.On <= r.to })
}

// settleContract notes that f is about x, and finds the occurrence that is next.
func (s *state) settleContract(x *Contract, f *Fact) {
	set(s, &x.log, append(slices.Clip(x.log), f.Seq))
	n := x.Passed
	for !x.overAt(n) && x.left(x.Occurrence(n)) {
		n++
	}
	set(s, &x.Passed, n)
	set(s, &x.Next, x.Occurrence(n).On)
	if x.Hindrance.On != 0 && x.Hindrance.On != x.Next {
		set(s, &x.Hindrance, Hindrance{})
	}
	if x.Over() {
		drop(s, s.running, x.ID)
	}
}

// overAt is Over after n occurrences.
func (x *Contract) overAt(n int) bool {
	y := *x
	y.Passed = n
	return y.Over()
}

// leave leaves out the occurrences of some days.
func (s *state) leave(x *Contract, from, to Date) {
	set(s, &x.gaps, append(slices.Clip(x.gaps), dateRange{from, to}))
}

// ContractChanged is the fact that a contract invoices something else, for the periods that
// begin on a day or later.
type ContractChanged struct {
	Customer CustomerID
	Contract ContractID
	From     Date
	OwnTerms bool
	Terms    Terms
	Draft    Draft
}

func (x *ContractChanged) kind() factKind { return kindContractChanged }

func (x *ContractChanged) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Contract)
	num(c, &x.From)
	c.flag(&x.OwnTerms)
	x.Terms.code(c)
	x.Draft.code(c)
}

func (x *ContractChanged) apply(s *state, f *Fact) {
	if con := s.contracts.at(uint32(x.Contract)); con != nil {
		set(s, &con.changes, append(slices.Clip(con.changes), lineChange{x.From, f.Seq}))
		set(s, &con.Hindrance, Hindrance{}) // what stood in the way may not any more
		s.settleContract(con, f)
	}
}

// ContractSkipped is the fact that the occurrences of some days are left out.
type ContractSkipped struct {
	Customer CustomerID
	Contract ContractID
	On       Date
	Through  Date
	Why      TextRef
}

func (x *ContractSkipped) kind() factKind { return kindContractSkipped }

func (x *ContractSkipped) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Contract)
	num(c, &x.On)
	num(c, &x.Through)
	c.text(&x.Why)
}

func (x *ContractSkipped) apply(s *state, f *Fact) {
	if con := s.contracts.at(uint32(x.Contract)); con != nil {
		s.leave(con, x.On, x.Through)
		s.settleContract(con, f)
	}
}

// ContractPaused is the fact that a contract issues nothing for a while.
type ContractPaused struct {
	Customer CustomerID
	Contract ContractID
	Until    Date // the last day; 0: until somebody ends it
	Why      TextRef
}

func (x *ContractPaused) kind() factKind { return kindContractPaused }

func (x *ContractPaused) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Contract)
	num(c, &x.Until)
	c.text(&x.Why)
}

func (x *ContractPaused) apply(s *state, f *Fact) {
	if con := s.contracts.at(uint32(x.Contract)); con != nil {
		if !con.Paused {
			set(s, &con.PausedOn, f.Effective)
		}
		set(s, &con.Paused, true)
		set(s, &con.PausedUntil, x.Until)
		s.settleContract(con, f)
	}
}

// ContractResumed is the fact that a pause is over. The occurrences of its days are left out,
// unless they are made up.
type ContractResumed struct {
	Customer CustomerID
	Contract ContractID
	On       Date // the first day after the pause
	MakeUp   bool
}

func (x *ContractResumed) kind() factKind { return kindContractResumed }

func (x *ContractResumed) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Contract)
	num(c, &x.On)
	c.flag(&x.MakeUp)
}

func (x *ContractResumed) apply(s *state, f *Fact) {
	con := s.contracts.at(uint32(x.Contract))
	if con == nil {
		return
	}
	if !x.MakeUp && x.On > con.PausedOn {
		s.leave(con, con.PausedOn, x.On-1)
	}
	if x.MakeUp {
		set(s, &con.Asked, x.On)
	}
	set(s, &con.Paused, false)
	set(s, &con.PausedOn, 0)
	set(s, &con.PausedUntil, 0)
	s.settleContract(con, f)
}

// Hindrance is what stands in the way of the next invoice of a contract.
type Hindrance struct {
	On       Date   // the occurrence; 0: nothing does
	Why      string // "limit", "rate", "requires", "other", "burst", "approval", "declined"
	Approval ApprovalID
}

// ContractHeld is the fact that an occurrence could not be issued, and why.
type ContractHeld struct {
	Customer CustomerID
	Contract ContractID
	Hindrance
}

func (x *ContractHeld) kind() factKind { return kindContractHeld }

func (x *ContractHeld) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Contract)
	num(c, &x.On)
	str(c, &x.Why)
	num(c, &x.Approval)
}

func (x *ContractHeld) apply(s *state, f *Fact) {
	if con := s.contracts.at(uint32(x.Contract)); con != nil {
		set(s, &con.Hindrance, x.Hindrance)
		s.settleContract(con, f)
	}
}

// ContractEnding is the fact of another last day of a contract.
type ContractEnding struct {
	Customer CustomerID
	Contract ContractID
	Until    Date // 0: it has no end
}

func (x *ContractEnding) kind() factKind { return kindContractEnding }

func (x *ContractEnding) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Contract)
	num(c, &x.Until)
}

func (x *ContractEnding) apply(s *state, f *Fact) {
	if con := s.contracts.at(uint32(x.Contract)); con != nil {
		set(s, &con.Until, x.Until)
		set(s, &con.Times, 0)
		s.settleContract(con, f)
	}
}

// runs returns a Conflict refusal for a contract that is over.
func (x *Contract) runs() error {
	if x.Over() {
		return Refuse(Conflict, "recur.over", "contract", x.Label())
	}
	return nil
}

// ChangeContract books what x.Contract invoices for the periods that begin on x.From or later.
func (tx *Tx) ChangeContract(x ContractChanged) error {
	con := tx.Contract(x.Contract)
	if err := con.runs(); err != nil {
		return err
	}
	x.Customer = con.Customer
	if err := tx.checkContractDraft(&x.Draft, con.Customer); err != nil {
		return err
	}
	_, err := tx.append(tx.Today(), &x)
	return err
}

// SkipOccurrences leaves out what x would invoice from the next occurrence through a day, the
// next one at least.
func (tx *Tx) SkipOccurrences(x *Contract, through Date, why string) error {
	if err := x.runs(); err != nil {
		return err
	}
	ref, err := tx.keep(tx.Customer(x.Customer).Person, why)
	if err == nil {
		_, err = tx.append(tx.Today(), &ContractSkipped{x.Customer, x.ID, x.Next, max(through, x.Next), ref})
	}
	return err
}

// contractFar is how many days ahead a pause may reach.
const contractFar = 3 * 366

// PauseContract has x issue nothing through a day; 0 is until somebody ends it.
func (tx *Tx) PauseContract(x *Contract, until Date, why string) error {
	if err := x.runs(); err != nil {
		return err
	}
	if until != 0 && (until < tx.Today() || until > tx.Today().AddDays(contractFar)) {
		return Refuse(BadInput, "recur.pause", "date", until)
	}
	ref, err := tx.keep(tx.Customer(x.Customer).Person, why)
	if err == nil {
		_, err = tx.append(tx.Today(), &ContractPaused{x.Customer, x.ID, until, ref})
	}
	return err
}

// ResumeContract ends a pause today. What it left out is issued too where it is to be made up.
func (tx *Tx) ResumeContract(x *Contract, makeUp bool) error {
	if !x.Paused {
		return Refuse(Conflict, "recur.running", "contract", x.Label())
	}
	_, err := tx.append(tx.Today(), &ContractResumed{x.Customer, x.ID, tx.Today(), makeUp})
	return err
}

// EndPause ends a pause whose last day is over; it reports whether it did.
func (tx *Tx) EndPause(x *Contract) (bool, error) {
	if !x.Paused || x.PausedUntil == 0 || x.PausedUntil >= tx.Today() {
		return false, nil
	}
	_, err := tx.append(tx.Today(), &ContractResumed{x.Customer, x.ID, x.PausedUntil + 1, false})
	return true, err
}

// PausesOver returns the contracts whose pause EndPause would end.
func (v *View) PausesOver() (out []ContractID) {
	for id := range v.s.running {
		if x := v.Contract(id); x.Paused && x.PausedUntil != 0 && x.PausedUntil < v.Today() {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// HoldContract books what stands in the way of the next invoice of x, once; it reports whether
// that is new.
func (tx *Tx) HoldContract(x *Contract, why string, approval ApprovalID) (bool, error) {
	h := Hindrance{x.Next, why, approval}
	if x.Hindrance == h {
		return false, nil
	}
	_, err := tx.append(tx.Today(), &ContractHeld{x.Customer, x.ID, h})
	return true, err
}

// EndContract sets the last day of x: no period that begins after it is invoiced. 0 is no end.
func (tx *Tx) EndContract(x *Contract, until Date) error {
	if err := x.runs(); err != nil {
		return err
	}
	_, err := tx.append(tx.Today(), &ContractEnding{x.Customer, x.ID, until})
	return err
}

// ContractHistory returns the facts of x, oldest first.
func (v *View) ContractHistory(x *Contract) (out []*Fact, err error) {
	for _, seq := range x.log {
		f, err := v.fact(seq)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// IssueDay is the day on which the next invoice of x is made: that of the schedule, or where
// that is free and it should wait, the company's next business day.
func (v *View) IssueDay(x *Contract) Date { return v.issueDay(x, x.Next) }

func (v *View) issueDay(x *Contract, on Date) Date {
	if x.Schedule.Workday && !v.Days().Business(on, v.Home()) {
		return v.Days().Next(on, v.Home())
	}
	return on
}

// Missed is how many invoices of x are due on a day or before.
func (v *View) Missed(x *Contract, on Date) (n int) {
	n, _ = v.missed(x, on)
	return n
}

// MissedThrough is the schedule's day of the last of these, 0 where there is none.
func (v *View) MissedThrough(x *Contract, on Date) (last Date) {
	_, last = v.missed(x, on)
	return last
}

func (v *View) missed(x *Contract, on Date) (n int, last Date) {
	for _, p := range v.ahead(x, 0) {
		if v.issueDay(x, p.On) > on {
			break
		}
		n, last = n+1, p.On
	}
	return n, last
}

// Unasked is how many of the missed ones an outage left: nobody asked for them.
func (v *View) Unasked(x *Contract, on Date) (n int) {
	for _, p := range v.ahead(x, 0) {
		if p.On > x.Asked && v.issueDay(x, p.On) <= on {
			n++
		}
	}
	return n
}

// ContractsOn returns the contracts whose next invoice is issued on a day, in order; those that
// are paused are not among them.
func (v *View) ContractsOn(day Date) (out []*Contract) {
	for _, id := range sortedKeys(v.s.running) {
		if x := v.Contract(id); !x.Paused && v.IssueDay(x) == day {
			out = append(out, x)
		}
	}
	return out
}

// ahead are the occurrences to come, at most some; with 0 all through the missed ones' days.
func (v *View) ahead(x *Contract, most int) (out []Occurrence) {
	for n := x.Passed; !x.overAt(n) && (most == 0 || len(out) < most); n++ {
		p := x.Occurrence(n)
		if most == 0 && p.On > v.Today() {
			break
		}
		if !x.left(p) {
			out = append(out, p)
		}
	}
	return out
}

// ContractLines are what a contract invoices, and who decided that.
type ContractLines struct {
	Draft    Draft
	OwnTerms bool
	Terms    Terms
	By       string
	Approval ApprovalID // by which it was approved; 0: it needed none
}

// LinesFor returns what x invoices for the period that begins on a day.
func (v *View) LinesFor(x *Contract, begins Date) (*ContractLines, error) {
	seq := x.fact
	for _, c := range x.changes {
		if c.from <= begins {
			seq = c.fact
		}
	}
	f, err := v.fact(seq)
	if err != nil {
		return nil, err
	}
	switch b := f.Body.(type) {
	case *ContractMade:
		return &ContractLines{b.Draft, b.OwnTerms, b.Terms, f.By, f.Approval}, nil
	case *ContractChanged:
		return &ContractLines{b.Draft, b.OwnTerms, b.Terms, f.By, f.Approval}, nil
	}
	return nil, fmt.Errorf("fact %d has no lines of a contract", seq)
}

// Fill puts a period into the text of a line.
type Fill func(text string, p Occurrence) string

// OccurrenceDraft is the invoice of x for a period, issued on a day.
func (v *View) OccurrenceDraft(x *Contract, p Occurrence, on Date, fill Fill) (*Draft, error) {
	l, err := v.LinesFor(x, p.From)
	if err != nil {
		return nil, err
	}
	d := v.draftOf(x, l, p, on, fill)
	if p.On == x.Occurrence(x.Passed).On { // those behind it have to earn theirs
		v.reward(x, d)
	}
	return d, nil
}

func (v *View) draftOf(x *Contract, l *ContractLines, p Occurrence, on Date, fill Fill) *Draft {
	d, terms := l.Draft, v.Customer(x.Customer).Terms
	if l.OwnTerms {
		terms = l.Terms
	}
	d.Date, d.Due, d.Early = on, terms.Due(on), terms.Early(on)
	d.Lines = slices.Clone(d.Lines)
	for i := range d.Lines {
		d.Lines[i].prorate(p, d.Currency)
		d.Lines[i].Text = fill(d.Lines[i].Text, p)
	}
	return &d
}

// prorate makes of a line that for a part of a period: one, at quantity times price times the
// days of the part by those of the whole period, rounded half away from zero to the currency's
// minor unit. Discounts and tax are computed of that. A whole period's line stays as it is.
func (l *Line) prorate(p Occurrence, cur Currency) {
	if !p.Part() {
		return
	}
	sum := l.Quantity.Mul(l.Price).Mul(decimal.NewFromInt(int64(p.Days)))
	l.Quantity, l.Price = decimalOne, sum.DivRound(decimal.NewFromInt(int64(p.Whole)), cur.Exponent())
}

// Coming is an invoice that a contract will issue.
type Coming struct {
	Contract *Contract
	Occurrence
	Date  Date // on which it is issued
	Draft *Draft
	Totals
}

// ComingOf returns the next invoices of x as they will be, at most some. What was missed comes
// today; a pause keeps back those of its days, and without an end all.
func (v *View) ComingOf(x *Contract, most int, fill Fill) (out []Coming, err error) {
	y := *x
	if x.Paused {
		end := x.PausedUntil
		if end == 0 {
			return nil, nil
		}
		y.gaps = append(slices.Clip(x.gaps), dateRange{x.PausedOn, end})
	}
	for _, p := range v.ahead(&y, most) {
		day := max(v.issueDay(x, p.On), v.Today())
		if x.Paused {
			day = max(day, x.PausedUntil+1)
		}
		d, err := v.OccurrenceDraft(x, p, day, fill)
		if err != nil {
			return nil, err
		}
		t, err := v.Settled(d)
		if err != nil {
			return nil, err
		}
		out = append(out, Coming{x, p, day, d, t})
	}
	return out, nil
}

// comingMost is how many invoices of one contract ComingThrough looks at.
const comingMost = 100

// ComingThrough calls f with each invoice that contracts will issue through a day, by contract:
// what a forecast of money to come in counts.
func (v *View) ComingThrough(through Date, fill Fill, f func(Coming)) error {
	for _, id := range sortedKeys(v.s.running) {
		list, err := v.ComingOf(v.Contract(id), comingMost, fill)
		if _, refused := AsRefusal(err); err != nil && !refused {
			return err
		}
		for _, x := range list {
			if x.Date <= through {
				f(x)
			}
		}
	}
	return nil
}

func sortedKeys(m map[ContractID]bool) (out []ContractID) {
	for id := range m {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// IssueOccurrence issues the next invoice of x, dated today, or the first open day where the
// books are closed for that: the period is named in its lines, and it falls due from the day on
// which it is issued. Fill puts the period there; override is who lets it pass the customer's
// credit limit.
func (tx *Tx) IssueOccurrence(x *Contract, fill Fill, override string) (*Invoice, error) {
	if err := x.runs(); err != nil {
		return nil, err
	}
	p, day := x.Occurrence(x.Passed), tx.Today()
	if tx.CheckOpen(day) != nil {
		day = max(day, (tx.s.closed + 1).First())
	}
	d, err := tx.OccurrenceDraft(x, p, day, fill)
	if err != nil {
		return nil, err
	}
	d.Override = override
	earned := tx.earned(x)
	inv, err := tx.Issue(*d)
	if err != nil {
		return nil, err
	}
	if err := tx.giveLoyalty(earned, inv); err != nil {
		return nil, err
	}
	_, err = tx.append(tx.Today(), &ContractInvoiced{x.ID, p.On, inv.ID})
	return inv, err
}

// Uncovered reports what the next invoice of x needs a second person for, that nobody decided
// when its lines were set; nil for nothing. Run is what would issue it, and is taken back.
func (tx *Tx) Uncovered(x *Contract, run func() error) (asked *Asked, err error) {
	l, err := tx.LinesFor(x, x.Occurrence(x.Passed).From)
	if err != nil {
		return nil, err
	}
	err = tx.For(l.By, func() error {
		asked, err = tx.Forecast(run)
		return err
	})
	if err != nil || asked == nil {
		return nil, err
	}
	if a := tx.Approval(l.Approval); a != nil && covers(a.Needs, asked.Needs) {
		return nil, nil
	}
	return asked, nil
}

// AskFor books a request of whoever set the lines of the next invoice of x.
func (tx *Tx) AskFor(x *Contract, r Request, asked *Asked) (a *Approval, fresh bool, err error) {
	l, err := tx.LinesFor(x, x.Occurrence(x.Passed).From)
	if err != nil {
		return nil, false, err
	}
	err = tx.For(l.By, func() error {
		a, fresh, err = tx.Ask(r, asked)
		return err
	})
	return a, fresh, err
}

// NextContract is the first instant after another at which contracts have something to do: an
// invoice is due, or it is so many days before; zero when none is to come.
func (v *View) NextContract(hour, before int, after time.Time) (at time.Time) {
	zone := v.s.company.Zone()
	for id := range v.s.running {
		x := v.Contract(id)
		day := v.IssueDay(x)
		if x.Paused && x.PausedUntil == 0 {
			continue
		} else if x.Paused {
			day = x.PausedUntil + 1
		}
		for _, d := range []Date{day.AddDays(-before), day} {
			if t := d.At(hour, 0, zone); t.After(after) && (at.IsZero() || t.Before(at)) {
				at = t
			}
		}
	}
	return at
}

// newRecurring makes the bodies of this file's kinds.
func newRecurring(k factKind) Body {
	switch k {
	case kindContractChanged:
		return new(ContractChanged)
	case kindContractSkipped:
		return new(ContractSkipped)
	case kindContractPaused:
		return new(ContractPaused)
	case kindContractResumed:
		return new(ContractResumed)
	case kindContractHeld:
		return new(ContractHeld)
	case kindContractEnding:
		return new(ContractEnding)
	}
	return nil
}

// The names of this file's facts.
const (
	FactContractChange FactName = "contractchange"
	FactContractSkip   FactName = "contractskip"
	FactContractPause  FactName = "contractpause"
	FactContractGoesOn FactName = "contractgoeson"
	FactContractHeld   FactName = "contractheld"
	FactContractEnding FactName = "contractending"
)

// describeRecurring tells this file's facts.
func (v *View) describeRecurring(f *Fact) (d Description, ok bool) {
	switch x := f.Body.(type) {
	case *ContractChanged:
		d = Description{Name: FactContractChange, Refs: v.contractRefs(x.Contract), Day: x.From}
		if t, err := x.Draft.Totals(); err == nil {
			d.Amount = t.Total
		}
	case *ContractSkipped:
		d = Description{Name: FactContractSkip, Refs: v.contractRefs(x.Contract), Day: x.On, Words: x.Why}
	case *ContractPaused:
		d = Description{Name: FactContractPause, Refs: v.contractRefs(x.Contract), Day: x.Until, Words: x.Why}
	case *ContractResumed:
		d = Description{Name: FactContractGoesOn, Refs: v.contractRefs(x.Contract), Day: x.On}
	case *ContractHeld:
		d = Description{Name: FactContractHeld, Refs: v.contractRefs(x.Contract), Day: x.On}
	case *ContractEnding:
		d = Description{Name: FactContractEnding, Refs: v.contractRefs(x.Contract), Day: x.Until}
	}
	return d, d.Name != ""
}

// dumpContract writes what became of a contract, where anything did.
func dumpContract(w io.Writer, x *Contract) {
	if x.Start != 0 || x.Times != 0 || x.Passed != x.Issued || x.Paused || x.Hindrance != (Hindrance{}) || len(x.gaps)+len(x.changes) > 0 {
		fmt.Fprintf(w, "contract %d by %s start %s times %d passed %d paused %t from %s until %s held %v gaps %v changes %v log %v\n", x.ID, x.By, x.Start, x.Times,
			x.Passed, x.Paused, x.PausedOn, x.PausedUntil, x.Hindrance, x.gaps, x.changes, x.log)
	}
}
