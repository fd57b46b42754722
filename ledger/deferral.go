package ledger

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

// Deferrals: what customers ask for that they cannot have by themselves. Staff accept it,
// decline it with words, or offer other parts, which the customer agrees to or not.

// DeferralID numbers deferrals from 1 in order of asking.
type DeferralID uint32

// DeferralState is how a deferral stands, in one word.
type DeferralState string

// The states. Staff decide what is asked, and the customer what is offered; the others are ends.
const (
	DeferralAsked    DeferralState = "asked"
	DeferralOffered  DeferralState = "offered"
	DeferralAgreed   DeferralState = "agreed"
	DeferralDeclined DeferralState = "declined" // by staff
	DeferralRefused  DeferralState = "refused"  // what staff offered, by the customer
)

// Deferral is a customer's wish to pay later than is allowed without asking: on a day that
// is too far, which is one part, or in dated parts, which are a plan.
type Deferral struct {
	ID       DeferralID
	Customer CustomerID
	Currency Currency
	Claims   []Part     // what was open and undisputed of each invoice when it was asked
	Asked    []PlanPart // as the customer wants them; they add up to the claims
	Parts    []PlanPart // as they stand: those asked, or those offered instead
	State    DeferralState
	Chat     string // who asked
	On       Date
	Notice   NoticeID // its message in Slack
	Changes  int      // how often staff offered others
	Words    TextRef  // said with an offer or a decision
	EndedBy  string   // "slack:UFINANCE01", "person:7"
	Ended    time.Time
}

// Label is how people name d: "DF-3".
func (d *Deferral) Label() string { return fmt.Sprintf("DF-%d", d.ID) }

// Total is the debt that d is about, as it was when it was asked.
func (d *Deferral) Total() Money {
	sum := Money{0, d.Currency}
	for _, x := range d.Claims {
		sum.Minor += x.Minor
	}
	return sum
}

// ByDay reports whether d is about one later day, and not about a plan.
func (d *Deferral) ByDay() bool { return len(d.Parts) == 1 }

// Over reports whether d is decided.
func (d *Deferral) Over() bool { return d.State != DeferralAsked && d.State != DeferralOffered }

// DeferralRequested is the fact that a customer asks.
type DeferralRequested struct {
	Customer CustomerID
	Currency Currency
	Claims   []Part
	Parts    []PlanPart
	By       string // "person:7"
}

func (x *DeferralRequested) kind() factKind { return kindDeferralRequested }

func (x *DeferralRequested) code(c *coder) {
	num(c, &x.Customer)
	str(c, &x.Currency)
	list(c, &x.Claims, codePart)
	list(c, &x.Parts, codePlanPart)
	str(c, &x.By)
}

func (x *DeferralRequested) apply(s *state, f *Fact) {
	id := DeferralID(s.deferrals.n + 1)
	s.deferrals.add(s, Deferral{ID: id, Customer: x.Customer, Currency: x.Currency, Claims: x.Claims, Asked: x.Parts, Parts: x.Parts,
		State: DeferralAsked, Chat: s.addressOf(x.By), On: f.Effective})
	put(s, s.waiting, id, true)
}

// DeferralChanged is the fact that staff offer other parts.
type DeferralChanged struct {
	Deferral DeferralID
	Parts    []PlanPart
	Words    TextRef
}

func (x *DeferralChanged) kind() factKind { return kindDeferralChanged }

func (x *DeferralChanged) code(c *coder) {
	num(c, &x.Deferral)
	list(c, &x.Parts, codePlanPart)
	c.text(&x.Words)
}

func (x *DeferralChanged) apply(s *state, _ *Fact) {
	if d := s.deferrals.at(uint32(x.Deferral)); d != nil {
		set(s, &d.Parts, x.Parts)
		set(s, &d.Changes, d.Changes+1)
		set(s, &d.Words, x.Words)
		set(s, &d.State, DeferralOffered)
	}
}

// DeferralEnded is the fact of a decision. What was agreed is a promise or a plan by facts of
// its own.
type DeferralEnded struct {
	Deferral DeferralID
	State    DeferralState
	Words    TextRef
}

func (x *DeferralEnded) kind() factKind { return kindDeferralEnded }

func (x *DeferralEnded) code(c *coder) {
	num(c, &x.Deferral)
	str(c, &x.State)
	c.text(&x.Words)
}

func (x *DeferralEnded) apply(s *state, f *Fact) {
	d := s.deferrals.at(uint32(x.Deferral))
	if d == nil {
		return
	}
	set(s, &d.State, x.State)
	set(s, &d.Words, x.Words)
	set(s, &d.EndedBy, f.By)
	set(s, &d.Ended, f.Recorded)
	drop(s, s.waiting, d.ID)
}

func codePart(c *coder, p *Part) {
	num(c, &p.Invoice)
	c.i64(&p.Minor)
}

func codePlanPart(c *coder, p *PlanPart) {
	num(c, &p.Due)
	c.i64(&p.Minor)
}

// deferralDaysMax is how far ahead a single day may be asked for.
const deferralDaysMax = 366

// RequestDeferral books that c asks to pay the open invoices that are listed, disputed sums
// left out, in these parts. It returns a Conflict refusal where nothing can be put off, and
// for an invoice that is asked about already, and a BadInput one for parts that cannot be.
func (tx *Tx) RequestDeferral(c *Customer, invoices []*Invoice, parts []PlanPart, chat string) (*Deferral, error) {
	x := &DeferralRequested{Customer: c.ID, Parts: parts, By: tx.s.actorOf(chat)}
	total := int64(0)
	for _, inv := range invoices {
		due := inv.Undisputed().Minor
		switch {
		case inv.Plan != 0:
			return nil, Refuse(Conflict, "deferral.onplan", "number", inv.Number.String())
		case due <= 0:
			return nil, Refuse(Conflict, "deferral.nothing", "number", inv.Number.String())
		case tx.DeferralOn(inv) != nil:
			return nil, Refuse(Conflict, "deferral.already", "number", inv.Number.String())
		}
		x.Currency = inv.Currency
		x.Claims = append(x.Claims, Part{inv.ID, due})
		total += due
	}
	if len(x.Claims) == 0 {
		return nil, Refuse(Conflict, "deferral.nodebt")
	}
	if err := tx.checkDeferral(parts, Money{total, x.Currency}); err != nil {
		return nil, err
	}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, err
	}
	return tx.s.deferrals.at(tx.s.deferrals.n), nil
}

// checkDeferral checks parts as those of a plan, or a single day.
func (v *View) checkDeferral(parts []PlanPart, total Money) error {
	if len(parts) != 1 {
		return v.checkParts(parts, total)
	}
	if day := parts[0].Due; day < v.Today() || day > v.Today().AddDays(deferralDaysMax) {
		return Refuse(BadInput, "promise.range", "date", day, "max", deferralDaysMax)
	}
	return nil
}

// ChangeDeferral books that staff offer other parts, with words to the customer.
func (tx *Tx) ChangeDeferral(d *Deferral, parts []PlanPart, words string) error {
	if d.Over() {
		return Refuse(Conflict, "deferral.over", "deferral", d.Label())
	}
	if err := tx.checkDeferral(parts, tx.DeferralDebt(d)); err != nil {
		return err
	}
	ref, err := tx.keep(tx.Customer(d.Customer).Person, words)
	if err != nil {
		return err
	}
	_, err = tx.append(tx.Today(), &DeferralChanged{d.ID, parts, ref})
	return err
}

// AgreeDeferral books d as it stands: a promise of each invoice, or a plan. It returns a
// Conflict refusal where the debt has changed since, so that the parts do not add up to it.
func (tx *Tx) AgreeDeferral(d *Deferral) error {
	if d.Over() {
		return Refuse(Conflict, "deferral.over", "deferral", d.Label())
	}
	invoices := tx.DeferralInvoices(d)
	if len(invoices) == 0 {
		return Refuse(Conflict, "deferral.settled", "deferral", d.Label())
	}
	if d.ByDay() {
		for _, inv := range invoices {
			if err := tx.PromiseWithin(inv, d.Parts[0].Due, deferralDaysMax); err != nil {
				return err
			}
		}
		return tx.EndDeferral(d, DeferralAgreed, "")
	}
	if !tx.DeferralFits(d) {
		return Refuse(Conflict, "deferral.moved", "deferral", d.Label(), "sum", sumOfParts(d.Parts, d.Currency), "total", tx.DeferralDebt(d))
	}
	if _, err := tx.AgreePlan(tx.Customer(d.Customer), invoices, d.Parts); err != nil {
		return err
	}
	return tx.EndDeferral(d, DeferralAgreed, "")
}

// DeferralFits reports whether d can be agreed to as it stands: something is left to pay, and
// the parts of a plan add up to it.
func (v *View) DeferralFits(d *Deferral) bool {
	debt := v.DeferralDebt(d)
	return debt.Minor > 0 && (d.ByDay() || sumOfParts(d.Parts, d.Currency) == debt)
}

func sumOfParts(parts []PlanPart, cur Currency) Money {
	sum := Money{0, cur}
	for _, p := range parts {
		sum.Minor += p.Minor
	}
	return sum
}

// EndDeferral books a decision, with words to the customer.
func (tx *Tx) EndDeferral(d *Deferral, state DeferralState, words string) error {
	if d.Over() {
		return Refuse(Conflict, "deferral.over", "deferral", d.Label())
	}
	ref, err := tx.keep(tx.Customer(d.Customer).Person, words)
	if err != nil {
		return err
	}
	_, err = tx.append(tx.Today(), &DeferralEnded{d.ID, state, ref})
	return err
}

// Deferral returns deferral id, nil where there is none.
func (v *View) Deferral(id DeferralID) *Deferral { return v.s.deferrals.at(uint32(id)) }

// DeferralInvoices are the invoices of d on which something is left to pay, and that are on
// no plan.
func (v *View) DeferralInvoices(d *Deferral) (out []*Invoice) {
	for _, x := range d.Claims {
		if inv := v.Invoice(x.Invoice); inv != nil && inv.Plan == 0 && inv.Undisputed().Minor > 0 {
			out = append(out, inv)
		}
	}
	return out
}

// DeferralDebt is what is left to pay on the invoices of d now.
func (v *View) DeferralDebt(d *Deferral) Money {
	sum := Money{0, d.Currency}
	for _, inv := range v.DeferralInvoices(d) {
		sum = sum.Add(inv.Undisputed())
	}
	return sum
}

// WaitingDeferrals returns those that are not decided and are still about a debt, oldest first.
func (v *View) WaitingDeferrals() (out []*Deferral) {
	for _, d := range sortedByID(v.s.waiting, func(id DeferralID, _ bool) *Deferral { return v.Deferral(id) }, func(d *Deferral) DeferralID { return d.ID }) {
		if len(v.DeferralInvoices(d)) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// DeferralOn is the one about inv that is not decided, nil for none. Its cost follows those
// that wait.
func (v *View) DeferralOn(inv *Invoice) *Deferral {
	for id := range v.s.waiting {
		d := v.Deferral(id)
		for _, x := range d.Claims {
			if x.Invoice == inv.ID {
				return d
			}
		}
	}
	return nil
}

// DeferralID is the deferral that a notice is about: its code is the number. 0 is none.
func (x *NoticeQueued) DeferralID() DeferralID {
	n, _ := strconv.ParseUint(x.Code, 10, 32)
	return DeferralID(n)
}

// newDeferral makes the bodies of deferrals.
func newDeferral(k factKind) Body {
	switch k {
	case kindDeferralRequested:
		return new(DeferralRequested)
	case kindDeferralChanged:
		return new(DeferralChanged)
	case kindDeferralEnded:
		return new(DeferralEnded)
	}
	return nil
}

// The names of what happens to deferrals.
const (
	FactDeferral        FactName = "deferral"
	FactDeferralChanged FactName = "deferralchanged"
	FactDeferralEnded   FactName = "deferralended"
)

// describeDeferral tells facts of deferrals.
func (v *View) describeDeferral(f *Fact) (d Description, ok bool) {
	span := func(name FactName, cur Currency, parts []PlanPart) Description {
		d := Description{Name: name, Refs: []string{strconv.Itoa(len(parts)) + "×"}, Amount: Money{0, cur}}
		for _, p := range parts {
			d.Amount.Minor, d.Day = d.Amount.Minor+p.Minor, p.Due
		}
		return d
	}
	switch x := f.Body.(type) {
	case *DeferralRequested:
		return span(FactDeferral, x.Currency, x.Parts), true
	case *DeferralChanged:
		d = Description{Name: FactDeferralChanged}
		if of := v.Deferral(x.Deferral); of != nil {
			d = span(FactDeferralChanged, of.Currency, x.Parts)
			d.Refs = append([]string{of.Label()}, d.Refs...)
		}
		d.Words = x.Words
		return d, true
	case *DeferralEnded:
		return Description{Name: FactDeferralEnded, Refs: []string{(&Deferral{ID: x.Deferral}).Label(), string(x.State)}, Words: x.Words}, true
	}
	return d, false
}

func dumpDeferrals(w io.Writer, s *state) {
	s.deferrals.each(func(d *Deferral) {
		fmt.Fprintf(w, "deferral %d customer %d %s claims %v asked %v parts %v changes %d %s by %q on %s notice %d words %v ended %q %s waiting %t\n", d.ID, d.Customer,
			d.Currency, d.Claims, d.Asked, d.Parts, d.Changes, d.State, s.actorOf(d.Chat), d.On, d.Notice, d.Words, d.EndedBy, d.Ended, s.waiting[d.ID])
	})
}
