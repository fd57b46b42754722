package ledger

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// PlanID numbers plans from 1 in order of agreement.
type PlanID uint32

// PlanOutcome is how a plan ended, in one word.
type PlanOutcome string

// The outcomes.
const (
	PlanStands    PlanOutcome = ""
	PlanDone      PlanOutcome = "kept"
	PlanFailed    PlanOutcome = "broken" // a part was missed: the rest is due as it was
	PlanWithdrawn PlanOutcome = "cancelled"
)

// Plan is a debt that may be paid in dated parts. Its invoices keep their due dates, and
// aging goes by these; reminders follow the parts while the plan stands. Money settles the
// parts in order, on whichever of the invoices it is booked.
type Plan struct {
	ID       PlanID
	Customer CustomerID
	Currency Currency
	Claims   []Part     // what was open and undisputed of each invoice
	Parts    []PlanPart // in order of date; they add up to the claims
	Agreed   Date
	Outcome  PlanOutcome
	Ended    Date
	outside  []outside // per claim
}

// outside is what an invoice was when a plan was agreed: how much was open beyond the plan's
// claim, since it was disputed, and how much was credited before.
type outside struct{ open, credited int64 }

// PlanPart is one dated part of a plan.
type PlanPart struct {
	Due   Date
	Minor int64
}

// Label is how people name p: "PL-2".
func (p *Plan) Label() string { return fmt.Sprintf("PL-%d", p.ID) }

// Total is the debt that the plan is about.
func (p *Plan) Total() Money {
	sum := Money{0, p.Currency}
	for _, x := range p.Claims {
		sum.Minor += x.Minor
	}
	return sum
}

// PlanAgreed is the fact of a plan.
type PlanAgreed struct {
	Customer CustomerID
	Currency Currency
	Claims   []Part
	Parts    []PlanPart
}

func (x *PlanAgreed) kind() factKind { return kindPlanAgreed }

func (x *PlanAgreed) code(c *coder) {
	num(c, &x.Customer)
	str(c, &x.Currency)
	list(c, &x.Claims, func(c *coder, p *Part) {
		num(c, &p.Invoice)
		c.i64(&p.Minor)
	})
	list(c, &x.Parts, func(c *coder, p *PlanPart) {
		num(c, &p.Due)
		c.i64(&p.Minor)
	})
}

func (x *PlanAgreed) apply(s *state, f *Fact) {
	id := PlanID(s.plans.n + 1)
	beyond := make([]outside, len(x.Claims))
	for i, p := range x.Claims {
		if inv := s.invoices.at(uint32(p.Invoice)); inv != nil {
			set(s, &inv.Plan, id)
			beyond[i] = outside{inv.Open - p.Minor, inv.Credited}
		}
	}
	s.plans.add(s, Plan{ID: id, Customer: x.Customer, Currency: x.Currency, Claims: x.Claims, Parts: x.Parts, Agreed: f.Effective, outside: beyond})
	put(s, s.activePlans, id, true)
}

// PlanKept is the fact that all parts of a plan are paid.
type PlanKept struct {
	Customer CustomerID
	Plan     PlanID
}

func (x *PlanKept) kind() factKind { return kindPlanKept }

func (x *PlanKept) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Plan)
}

func (x *PlanKept) apply(s *state, f *Fact) { s.endPlan(x.Plan, PlanDone, f.Effective) }

// PlanBroken is the fact that a part was missed. Reminders go on with the steps of the
// invoices' ages: those before fell into the time of the plan, and are not replayed.
type PlanBroken struct {
	Customer CustomerID
	Plan     PlanID
	Part     int   // from 1
	Missing  Money // of the parts up to it
	Steps    []PlanStep
}

// PlanStep is the last step of reminders that counts as said of an invoice.
type PlanStep struct {
	Invoice InvoiceID
	Step    int
}

func (x *PlanBroken) kind() factKind { return kindPlanBroken }

func (x *PlanBroken) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Plan)
	num(c, &x.Part)
	c.money(&x.Missing)
	steps(c, &x.Steps)
}

func (x *PlanBroken) apply(s *state, f *Fact) {
	s.endPlan(x.Plan, PlanFailed, f.Effective)
	s.breached(f.Seq, 0, x.Plan)
	s.countSaid(x.Steps)
}

// PlanCancelled is the fact that staff took a plan back.
type PlanCancelled struct {
	Customer CustomerID
	Plan     PlanID
}

func (x *PlanCancelled) kind() factKind { return kindPlanCancelled }

func (x *PlanCancelled) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Plan)
}

func (x *PlanCancelled) apply(s *state, f *Fact) { s.endPlan(x.Plan, PlanWithdrawn, f.Effective) }

func (s *state) endPlan(id PlanID, outcome PlanOutcome, day Date) {
	p := s.plans.at(uint32(id))
	if p == nil {
		return
	}
	set(s, &p.Outcome, outcome)
	set(s, &p.Ended, day)
	drop(s, s.activePlans, id)
	for _, part := range p.Claims {
		if inv := s.invoices.at(uint32(part.Invoice)); inv != nil && inv.Plan == id {
			set(s, &inv.Plan, 0)
		}
	}
}

// Bounds of a plan.
const (
	planPartsMax = 60
	planDaysMax  = 5 * 366
)

// AgreePlan books that the open invoices of c that are listed, disputed sums left out, may be
// paid in these parts. It returns a Conflict refusal for an invoice that is on a plan or has
// nothing to pay, and a BadInput one for parts that do not add up or are out of order.
func (tx *Tx) AgreePlan(c *Customer, invoices []*Invoice, parts []PlanPart) (*Plan, error) {
	x := &PlanAgreed{Customer: c.ID, Parts: parts}
	total := int64(0)
	for _, inv := range invoices {
		due := inv.Undisputed()
		switch {
		case inv.Plan != 0:
			return nil, Refuse(Conflict, "plan.already", "number", inv.Number.String(), "handle", c.Handle)
		case due.Minor <= 0:
			return nil, Refuse(Conflict, "plan.nothing", "number", inv.Number.String())
		}
		x.Currency = inv.Currency
		x.Claims = append(x.Claims, Part{inv.ID, due.Minor})
		total += due.Minor
	}
	if len(x.Claims) == 0 {
		return nil, Refuse(Conflict, "plan.nodebt", "handle", c.Handle)
	}
	if err := tx.checkParts(parts, Money{total, x.Currency}); err != nil {
		return nil, err
	}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, err
	}
	return tx.s.plans.at(tx.s.plans.n), nil
}

func (v *View) checkParts(parts []PlanPart, total Money) error {
	if len(parts) < 2 || len(parts) > planPartsMax {
		return Refuse(BadInput, "plan.parts", "max", planPartsMax)
	}
	sum, before := int64(0), v.Today()-1
	for _, p := range parts {
		switch {
		case p.Due <= before || p.Due > v.Today().AddDays(planDaysMax):
			return Refuse(BadInput, "plan.dates", "date", p.Due)
		case p.Minor <= 0 || p.Minor > moneyMax:
			return Refuse(BadInput, "plan.small", "total", total)
		}
		sum, before = sum+p.Minor, p.Due
	}
	if sum != total.Minor {
		return Refuse(BadInput, "plan.sum", "sum", Money{sum, total.Currency}, "total", total)
	}
	return nil
}

// EvenParts cuts a debt into n dated parts: each is rounded, and the last takes what is left.
func EvenParts(total Money, n int, day func(i int) Date) []PlanPart {
	out, left := make([]PlanPart, n), total.Minor
	each := part(total, decimal.NewFromInt(1), decimal.NewFromInt(int64(n))).Minor
	for i := range out {
		if i == n-1 {
			each = left
		}
		out[i], left = PlanPart{day(i), each}, left-each
	}
	return out
}

// Plan returns plan id, nil where there is none.
func (v *View) Plan(id PlanID) *Plan { return v.s.plans.at(uint32(id)) }

// PlansOf returns c's plans that stand and have something to pay, oldest first. Its cost
// follows c's open invoices.
func (v *View) PlansOf(c *Customer) (out []*Plan) {
	for i := v.Invoice(c.firstOpen); i != nil; i = v.Invoice(i.nextOpen) {
		if p := v.Plan(i.Plan); p != nil && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *Plan) int { return int(a.ID) - int(b.ID) })
	return out
}

// PlanPaid is what was paid on p by the end of a day, as far as it is known now: what is not
// open any more of its claims, and what is disputed since.
func (v *View) PlanPaid(p *Plan, day Date) Money {
	paid, a := Money{0, p.Currency}, AsOf{On: day}
	for i, claim := range p.Claims {
		inv, credited := v.Invoice(claim.Invoice), int64(0)
		for n := v.CreditNote(inv.lastCredit); n != nil; n = v.CreditNote(n.before) {
			if n.Date <= day {
				credited += n.Total.Minor
			}
		}
		disputed := v.s.disputedOn(inv, a)
		paid.Minor += p.paidOf(i, v.OpenOn(inv, a).Minor-v.paidInTime(inv, day), credited, disputed, disputed)
	}
	return paid
}

// planPaidNow is PlanPaid without a day: all that is booked counts. What is disputed since
// is asked of nobody, but it is not paid: with asked it counts as if it were.
func (v *View) planPaidNow(p *Plan, asked bool) (paid int64) {
	for i, claim := range p.Claims {
		inv, held := v.Invoice(claim.Invoice), int64(0)
		if asked {
			held = inv.Disputed
		}
		paid += p.paidOf(i, inv.Open, inv.Credited, inv.Disputed, held)
	}
	return paid
}

// paidOf is what was paid on claim i of p, whose invoice is as given; what is held counts as
// paid. What was disputed when the plan was agreed stays outside of it, however the dispute
// ends: a credit note takes it back first, and money pays it last.
func (p *Plan) paidOf(i int, open, credited, disputed, held int64) int64 {
	claim, out := p.Claims[i].Minor, p.outside[i]
	beyond := max(out.open-max(credited-out.credited, 0), minMinor(disputed, out.open), held, 0)
	return claim - max(minMinor(open-beyond, claim), 0)
}

// NextPart is the first part of p that is not paid in full, by its place from 0, and what is
// missing of it; ok is false when nothing is.
func (v *View) NextPart(p *Plan) (at int, left Money, ok bool) {
	paid := v.planPaidNow(p, true)
	for i, part := range p.Parts {
		if paid < part.Minor {
			return i, Money{part.Minor - paid, p.Currency}, true
		}
		paid -= part.Minor
	}
	return 0, Money{0, p.Currency}, false
}

// CancelPlan books that p does not hold any more. It returns a Conflict refusal for one that
// has ended.
func (tx *Tx) CancelPlan(p *Plan) error {
	if p.Outcome != PlanStands {
		return Refuse(Conflict, "plan.over", "plan", p.Label())
	}
	_, err := tx.append(tx.Today(), &PlanCancelled{p.Customer, p.ID})
	return err
}

// planVerdict is what has come of p by now: kept, broken with the place of the part that was
// missed, or nothing yet. Money counts by its effective date, and has one business day to be
// booked, as for promises.
func (v *View) planVerdict(p *Plan) (outcome PlanOutcome, at int) {
	if v.planPaidNow(p, false) >= p.Total().Minor {
		return PlanDone, 0
	}
	c := v.Customer(p.Customer)
	today := DateOf(v.Now, c.Zone)
	due := int64(0)
	for i, part := range p.Parts {
		if part.Due >= today { // nor is any behind it over
			break
		}
		if due += part.Minor; today > v.nextBusinessDay(part.Due, c) && v.PlanPaid(p, part.Due).Minor < due {
			return PlanFailed, i
		}
	}
	return PlanStands, 0
}

// DuePlans are the plans that were kept or are broken by now, in order, for JudgePlans.
func (v *View) DuePlans() (due []PlanID) {
	for id := range v.s.activePlans {
		if o, _ := v.planVerdict(v.Plan(id)); o != PlanStands {
			due = append(due, id)
		}
	}
	slices.Sort(due)
	return due
}

// JudgePlans books which of some plans were kept and which are broken by now, and returns them in
// order; one that stands is left alone. Steps tells how many steps of reminders count as said at an
// age in days.
func (tx *Tx) JudgePlans(some []PlanID, steps func(inv *Invoice, days int) int) (out []*Plan, err error) {
	for _, id := range some {
		p := tx.Plan(id)
		if !tx.s.activePlans[id] {
			continue
		}
		outcome, at := tx.planVerdict(p)
		var body Body
		switch outcome {
		case PlanStands:
			continue
		case PlanDone:
			body = &PlanKept{p.Customer, p.ID}
		default:
			body = tx.planBroken(p, at, steps)
		}
		if _, err := tx.append(tx.Today(), body); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (tx *Tx) planBroken(p *Plan, at int, steps func(inv *Invoice, days int) int) *PlanBroken {
	x := &PlanBroken{Customer: p.Customer, Plan: p.ID, Part: at + 1, Missing: Money{0, p.Currency}}
	for _, part := range p.Parts[:at+1] {
		x.Missing.Minor += part.Minor
	}
	x.Missing = x.Missing.Sub(tx.PlanPaid(p, p.Parts[at].Due))
	for _, claim := range p.Claims {
		if inv := tx.Invoice(claim.Invoice); inv.Open > 0 {
			x.Steps = append(x.Steps, PlanStep{inv.ID, steps(inv, DaysOverdue(inv.Carrying(), p.Parts[at].Due))})
		}
	}
	return x
}
