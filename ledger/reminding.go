package ledger

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
)

// What staff decide about reminders: by which policy a customer or an invoice is reminded, that
// there be none for a while, and that a step is left out. The policies themselves are the
// configuration's; the books keep each version of them, because every contact names the one that
// it followed.

// PoliciesSet is the fact of other policies of reminders than before: the next version.
type PoliciesSet struct{ Text string }

func (x *PoliciesSet) kind() factKind { return kindPolicies }
func (x *PoliciesSet) code(c *coder)  { str(c, &x.Text) }
func (x *PoliciesSet) apply(s *state, _ *Fact) {
	set(s, &s.policies, append(slices.Clip(s.policies), x.Text))
}

// SetPolicies books the policies of reminders, in the words of whoever reads them, and returns
// their version, from 1. What is in force already stays the version that it is.
func (tx *Tx) SetPolicies(text string) (version int, err error) {
	if n := tx.PolicyVersion(); n > 0 && tx.s.policies[n-1] == text {
		return n, nil
	}
	_, err = tx.append(tx.Today(), &PoliciesSet{text})
	return tx.PolicyVersion(), err
}

// PolicyVersion is the version of the policies in force, 0 where there are none.
func (v *View) PolicyVersion() int { return len(v.s.policies) }

// Policies are those of a version, "" for none.
func (v *View) Policies(version int) string {
	if version < 1 || version > len(v.s.policies) {
		return ""
	}
	return v.s.policies[version-1]
}

// PolicyGiven is the fact that a customer, or one invoice, is reminded by a policy of its own;
// Name "" takes that back.
type PolicyGiven struct {
	Customer CustomerID
	Invoice  InvoiceID // 0: all of his
	Name     string
}

func (x *PolicyGiven) kind() factKind { return kindPolicyGiven }

func (x *PolicyGiven) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Invoice)
	str(c, &x.Name)
}

func (x *PolicyGiven) apply(s *state, _ *Fact) {
	at := remindKey{x.Customer, x.Invoice}
	if x.Name == "" {
		drop(s, s.policyOf, at)
		return
	}
	put(s, s.policyOf, at, x.Name)
}

// remindKey is a customer, or one invoice of his.
type remindKey struct {
	customer CustomerID
	invoice  InvoiceID // 0: all of his
}

// GivePolicy books by which policy a customer, or with inv one invoice of his, is reminded; "" is
// again that of the segment or the company.
func (tx *Tx) GivePolicy(c *Customer, inv InvoiceID, name string) error {
	if tx.PolicyOf(c, inv) == name {
		return nil
	}
	_, err := tx.append(tx.Today(), &PolicyGiven{c.ID, inv, name})
	return err
}

// PolicyOf is the policy that a customer, or with inv one invoice of his, was given; "" for none.
func (v *View) PolicyOf(c *Customer, inv InvoiceID) string {
	if len(v.s.policyOf) == 0 { // it is asked for each open invoice
		return ""
	}
	return v.s.policyOf[remindKey{c.ID, inv}]
}

// HoldID numbers holds from 1.
type HoldID uint32

// Label is how people name a hold: "H-4".
func (id HoldID) Label() string { return fmt.Sprintf("H-%d", id) }

// Hold is a time in which a customer hears nothing of his debt, because staff said so.
type Hold struct {
	ID       HoldID
	Customer CustomerID
	Invoice  InvoiceID // 0: of all that he owes
	Until    Date      // the last day; 0: until somebody ends it
	By       string
	Since    Date
	Ended    Date // 0: it holds
	Reason   TextRef
}

// HoldSet is the fact of a hold. One that held for the same is over with it.
type HoldSet struct {
	Customer CustomerID
	Invoice  InvoiceID
	Until    Date
	Reason   TextRef
}

func (x *HoldSet) kind() factKind { return kindHold }

func (x *HoldSet) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Invoice)
	num(c, &x.Until)
	c.text(&x.Reason)
}

func (x *HoldSet) apply(s *state, f *Fact) {
	at := remindKey{x.Customer, x.Invoice}
	if old := s.holds.at(uint32(s.holding[at])); old != nil {
		set(s, &old.Ended, f.Effective)
	}
	id := HoldID(s.holds.n + 1)
	s.holds.add(s, Hold{ID: id, Customer: x.Customer, Invoice: x.Invoice, Until: x.Until, By: f.By, Since: f.Effective, Reason: x.Reason})
	put(s, s.holding, at, id)
}

// HoldEnded is the fact that reminders go on after a hold: with the steps of the invoices' ages.
// Those before fell into its time, and are not replayed.
type HoldEnded struct {
	Hold     HoldID
	Customer CustomerID
	Invoice  InvoiceID
	Steps    []PlanStep
}

func (x *HoldEnded) kind() factKind { return kindHoldEnded }

func (x *HoldEnded) code(c *coder) {
	num(c, &x.Hold)
	num(c, &x.Customer)
	num(c, &x.Invoice)
	steps(c, &x.Steps)
}

func (x *HoldEnded) apply(s *state, f *Fact) {
	if h := s.holds.at(uint32(x.Hold)); h != nil {
		set(s, &h.Ended, f.Effective)
		if at := (remindKey{h.Customer, h.Invoice}); s.holding[at] == h.ID {
			drop(s, s.holding, at)
		}
	}
	s.countSaid(x.Steps)
}

// steps codes the steps that count as said of some invoices.
func steps(c *coder, of *[]PlanStep) {
	list(c, of, func(c *coder, p *PlanStep) {
		num(c, &p.Invoice)
		num(c, &p.Step)
	})
}

// countSaid has steps count as said: those of higher ones do already.
func (s *state) countSaid(said []PlanStep) {
	for _, p := range said {
		if inv := s.invoices.at(uint32(p.Invoice)); inv != nil && p.Step > inv.Step {
			set(s, &inv.Step, p.Step)
		}
	}
}

// holdMax is the longest reason of a hold, in letters.
const holdMax = 300

// Hold keeps reminders of a customer, or with inv of one invoice of his, away until a day, that
// one included; 0 is until somebody ends it. It returns a BadInput refusal for a day that is over.
func (tx *Tx) Hold(c *Customer, inv InvoiceID, until Date, reason string) (*Hold, error) {
	switch {
	case until != 0 && until < DateOf(tx.Now, c.Zone):
		return nil, Refuse(BadInput, "hold.past", "date", until)
	case len([]rune(reason)) > holdMax:
		return nil, Refuse(BadInput, "hold.long", "max", holdMax)
	}
	ref, err := tx.keep(c.Person, reason)
	if err != nil {
		return nil, err
	}
	if _, err := tx.append(tx.Today(), &HoldSet{c.ID, inv, until, ref}); err != nil {
		return nil, err
	}
	return tx.s.holds.at(tx.s.holds.n), nil
}

// EndHold ends a hold before its day, or one without a day. Steps tells how many steps of
// reminders of an invoice count as said at an age in days. It returns a Conflict refusal for a
// hold that is over.
func (tx *Tx) EndHold(h *Hold, steps func(inv *Invoice, days int) int) error {
	if h.Ended != 0 {
		return Refuse(Conflict, "hold.over", "hold", h.ID.Label())
	}
	return tx.endHold(h, DateOf(tx.Now, tx.Customer(h.Customer).Zone), steps)
}

func (tx *Tx) endHold(h *Hold, day Date, steps func(inv *Invoice, days int) int) error {
	x := &HoldEnded{Hold: h.ID, Customer: h.Customer, Invoice: h.Invoice}
	for _, inv := range tx.OpenInvoices(tx.Customer(h.Customer)) {
		if h.Invoice == 0 || h.Invoice == inv.ID {
			x.Steps = append(x.Steps, PlanStep{inv.ID, steps(inv, DaysOverdue(inv.Carrying(), day))})
		}
	}
	_, err := tx.append(tx.Today(), x)
	return err
}

// DueHolds are the holds whose last day is over in the customer's zone, in order, for JudgeHolds.
func (v *View) DueHolds() (due []HoldID) {
	for _, h := range v.OpenHolds() {
		if v.holdOver(h) {
			due = append(due, h.ID)
		}
	}
	return due
}

func (v *View) holdOver(h *Hold) bool {
	return h.Ended == 0 && h.Until != 0 && h.Until < DateOf(v.Now, v.Customer(h.Customer).Zone)
}

// JudgeHolds ends those of some holds whose last day is over.
func (tx *Tx) JudgeHolds(some []HoldID, steps func(inv *Invoice, days int) int) error {
	for _, id := range some {
		if h := tx.s.holds.at(uint32(id)); tx.holdOver(h) {
			if err := tx.endHold(h, h.Until, steps); err != nil {
				return err
			}
		}
	}
	return nil
}

// OpenHolds are those that hold, oldest first.
func (v *View) OpenHolds() []*Hold {
	return sortedByID(v.s.holding, func(_ remindKey, id HoldID) *Hold { return v.s.holds.at(uint32(id)) }, func(h *Hold) HoldID { return h.ID })
}

// HoldOf is the hold of a customer, or with inv that of one invoice of his alone; nil for none.
func (v *View) HoldOf(c *Customer, inv InvoiceID) *Hold {
	if len(v.s.holding) == 0 { // it is asked for each open invoice
		return nil
	}
	return v.s.holds.at(uint32(v.s.holding[remindKey{c.ID, inv}]))
}

// StepsSkipped is the fact that steps were left out, with the reason: they count as said.
type StepsSkipped struct {
	Customer CustomerID
	For      Date // the local day of the contact that did not take place
	Steps    []PlanStep
	Nudges   []InvoiceID // words before the due date that were left out
	Code     string      // why, in one word: see the Skip constants
	Words    TextRef     // and in staff's own
}

// Why steps were left out.
const (
	SkipByStaff = "staff"   // somebody said so
	SkipContact = "contact" // somebody left out the contact that would have said them
	SkipUnheard = "silent"  // its policy has no word for it
)

func (x *StepsSkipped) kind() factKind { return kindStepsSkipped }

func (x *StepsSkipped) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.For)
	steps(c, &x.Steps)
	list(c, &x.Nudges, func(c *coder, id *InvoiceID) { num(c, id) })
	str(c, &x.Code)
	c.text(&x.Words)
}

func (x *StepsSkipped) apply(s *state, _ *Fact) {
	if x.Code == SkipContact {
		s.leftOut(x)
	}
	s.countSaid(x.Steps)
	for _, id := range x.Nudges {
		if inv := s.invoices.at(uint32(id)); inv != nil && x.For > inv.Nudge {
			set(s, &inv.Nudge, x.For)
		}
	}
}

// SkipSteps leaves steps, or with step 0 words before the due date, of a customer's invoices out.
func (tx *Tx) SkipSteps(c *Customer, on Date, said []PlanStep, code, words string) error {
	ref, err := tx.keep(c.Person, words)
	if err != nil {
		return err
	}
	x := &StepsSkipped{Customer: c.ID, For: on, Code: code, Words: ref}
	for _, p := range said {
		if p.Step == 0 {
			x.Nudges = append(x.Nudges, p.Invoice)
		} else {
			x.Steps = append(x.Steps, p)
		}
	}
	_, err = tx.append(tx.Today(), x)
	return err
}

// contactDays is for how many days the books remember each contact: laws cap those of a week and
// of a month.
const contactDays = 31

// contacted counts a contact on a day of the customer's.
func (s *state) contacted(c *Customer, day Date) {
	kept := slices.DeleteFunc(slices.Clone(c.Contacts), func(d Date) bool { return d <= day-contactDays })
	at, _ := slices.BinarySearch(kept, day)
	set(s, &c.Contacts, slices.Insert(kept, at, day))
}

// uncontacted takes one contact of a day back.
func (s *state) uncontacted(c *Customer, day Date) {
	if at, ok := slices.BinarySearch(c.Contacts, day); ok {
		set(s, &c.Contacts, slices.Delete(slices.Clone(c.Contacts), at, at+1))
	}
}

// newReminding makes the bodies of this file's kinds.
func newReminding(k factKind) Body {
	switch k {
	case kindPolicies:
		return new(PoliciesSet)
	case kindPolicyGiven:
		return new(PolicyGiven)
	case kindHold:
		return new(HoldSet)
	case kindHoldEnded:
		return new(HoldEnded)
	case kindStepsSkipped:
		return new(StepsSkipped)
	}
	return nil
}

// The names of this file's facts.
const (
	FactPolicies    FactName = "policies"
	FactPolicyGiven FactName = "policygiven"
	FactHold        FactName = "hold"
	FactHoldEnded   FactName = "holdended"
	FactSkipped     FactName = "skipped"
)

// describeReminding tells this file's facts.
func (v *View) describeReminding(f *Fact) (Description, bool) {
	of := func(c CustomerID, inv InvoiceID) []string { return append(v.handle(c), v.numbers(inv)...) }
	switch x := f.Body.(type) {
	case *PoliciesSet:
		return Description{Name: FactPolicies}, true
	case *PolicyGiven:
		return Description{Name: FactPolicyGiven, Refs: append(of(x.Customer, x.Invoice), x.Name)}, true
	case *HoldSet:
		return Description{Name: FactHold, Refs: of(x.Customer, x.Invoice), Words: x.Reason}, true
	case *HoldEnded:
		return Description{Name: FactHoldEnded, Refs: of(x.Customer, x.Invoice)}, true
	case *LawSet:
		return Description{Name: FactLaw, Refs: append(v.handle(x.Customer), string(x.Law.Country))}, true
	case *StepsSkipped:
		refs := v.handle(x.Customer)
		for _, p := range x.Steps {
			refs = append(refs, v.numbers(p.Invoice)...)
		}
		return Description{Name: FactSkipped, Refs: refs, Words: x.Words}, true
	}
	return Description{}, false
}

func dumpReminding(w io.Writer, s *state) {
	for i, text := range s.policies {
		fmt.Fprintf(w, "policies %d %q\n", i+1, text)
	}
	s.holds.each(func(h *Hold) {
		fmt.Fprintf(w, "hold %d customer %d invoice %d until %s since %s ended %s by %s\n", h.ID, h.Customer, h.Invoice, h.Until, h.Since, h.Ended, h.By)
	})
	s.customers.each(func(c *Customer) {
		if len(c.Contacts) > 0 {
			fmt.Fprintf(w, "contacts of %d: %v\n", c.ID, c.Contacts)
		}
	})
	pairs(w, "policy", s.policyOf)
	pairs(w, "held", s.holding)
}

// pairs writes what customers and invoices have of something.
func pairs[V any](w io.Writer, what string, m map[remindKey]V) {
	keys := slices.SortedFunc(maps.Keys(m), func(a, b remindKey) int {
		return cmp.Or(cmp.Compare(a.customer, b.customer), cmp.Compare(a.invoice, b.invoice))
	})
	for _, k := range keys {
		fmt.Fprintf(w, "%s of %d, %d: %v\n", what, k.customer, k.invoice, m[k])
	}
}
