package ledger

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
)

// Nature is what a document claims. The numbers are part of the file format.
type Nature uint8

// The natures. Interest and costs are invoices of their own: paying the principal does not
// lose them.
const (
	NaturePrincipal Nature = 0 // goods and services
	NatureInterest  Nature = 1 // interest for late payment
	NatureCosts     Nature = 2 // recovery costs and late fees
)

func (n *Nature) code(c *coder) {
	num(c, n)
	if *n > NatureCosts {
		c.fail(errKind)
	}
}

// String returns "principal", "interest" or "costs", as settings call them.
func (n Nature) String() string {
	switch n {
	case NatureInterest:
		return "interest"
	case NatureCosts:
		return "costs"
	}
	return "principal"
}

// income is where the net of a document is posted to.
func (n Nature) income() Account {
	switch n {
	case NatureInterest:
		return InterestIncome
	case NatureCosts:
		return FeeIncome
	}
	return Sales
}

// reduction is where the net of a credit note on a document is posted to.
func (n Nature) reduction() Account {
	if n == NaturePrincipal {
		return SalesReductions
	}
	return n.income()
}

// ApplyOrder is the order in which money that names no invoice settles natures: each word
// of Nature.String once, separated by commas. Within a nature the oldest due comes first.
//
// Most laws have costs, then interest, then principal (BGB §367, Code civil art. 1343-1);
// in Russia interest of art. 395 comes after the principal (GK art. 319).
type ApplyOrder string

// DefaultApplyOrder holds where the company sets none.
const DefaultApplyOrder ApplyOrder = "costs, interest, principal"

// ParseApplyOrder reads an order, and "principal first" for the principal before costs and
// interest; "" is the default. It returns a BadInput refusal for anything else.
func ParseApplyOrder(s string) (ApplyOrder, error) {
	text := strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(s, ",", " "))), ", ")
	switch text {
	case "":
		return DefaultApplyOrder, nil
	case "principal, first":
		return "principal, costs, interest", nil
	}
	parts := strings.Split(text, ", ")
	slices.Sort(parts)
	if strings.Join(parts, ", ") != "costs, interest, principal" {
		return "", Refuse(BadInput, "applyorder.unknown", "text", s)
	}
	return ApplyOrder(text), nil
}

// Words returns the natures in order.
func (o ApplyOrder) Words() []string {
	if o == "" {
		o = DefaultApplyOrder
	}
	return strings.Split(string(o), ", ")
}

// ToSettle returns what is open for c, by instalment, in the order in which money that names
// no invoice settles it: by nature as the company set it, then oldest due first; ties by
// number.
func (v *View) ToSettle(c *Customer) []OpenItem {
	list, words := v.OpenItems(c), v.s.company.ApplyOrder.Words()
	rank := func(x OpenItem) int { return slices.Index(words, x.Invoice.Nature.String()) }
	sort.SliceStable(list, func(i, j int) bool { return rank(list[i]) < rank(list[j]) })
	return list
}

// checkClaims refuses settings of order and interest that cannot be.
func (x *CompanySet) checkClaims() (err error) {
	if x.ApplyOrder, err = ParseApplyOrder(string(x.ApplyOrder)); err != nil {
		return err
	}
	if x.Interest, err = ParseInterestRule(string(x.Interest)); err != nil {
		return err
	}
	if x.DayCount > ActualActual {
		return errKind
	}
	return nil
}

// newClaim makes the bodies of claims and promises over time.
func newClaim(k factKind) Body {
	switch k {
	case kindRateOfInterest:
		return new(RateOfInterest)
	case kindInterestAgreed:
		return new(InterestAgreed)
	case kindInterestCharged:
		return new(InterestCharged)
	case kindPromiseKept:
		return new(PromiseKept)
	case kindPromiseBroken:
		return new(PromiseBroken)
	case kindPromiseLapsed:
		return new(PromiseLapsed)
	case kindPlanAgreed:
		return new(PlanAgreed)
	case kindPlanKept:
		return new(PlanKept)
	case kindPlanBroken:
		return new(PlanBroken)
	case kindPlanCancelled:
		return new(PlanCancelled)
	case kindContractMade:
		return new(ContractMade)
	case kindContractInvoiced:
		return new(ContractInvoiced)
	case kindContractStopped:
		return new(ContractStopped)
	}
	return nil
}

// describeClaim tells facts of claims and promises over time.
func (v *View) describeClaim(f *Fact) (d Description, ok bool) {
	switch x := f.Body.(type) {
	case *RateOfInterest:
		d = Description{Name: FactInterestRate, Refs: []string{x.Table, x.Percent.String() + "%"}, Day: x.Date}
	case *InterestAgreed:
		d = Description{Name: FactInterestTerms, Refs: append(v.handle(x.Customer), string(x.Rule), x.Fee)}
	case *InterestCharged:
		d = Description{Name: FactCharged}
		for _, p := range x.Parts {
			d.Refs = append(d.Refs, v.numbers(p.Invoice)...)
			d.Amount = d.Amount.Add(p.Interest).Add(p.Fixed).Add(p.Fee)
			d.Day = max(d.Day, p.Through)
		}
	case *PromiseKept:
		d = Description{Name: FactPromiseKept, Refs: v.numbers(x.Invoice), Day: v.promisedDay(x.Promise)}
	case *PromiseBroken:
		d = Description{Name: FactPromiseBroken, Refs: v.numbers(x.Invoice), Day: v.promisedDay(x.Promise)}
	case *PromiseLapsed:
		d = Description{Name: FactPromiseLapsed, Refs: v.numbers(x.Invoice), Day: v.promisedDay(x.Promise)}
	case *PlanAgreed:
		d = Description{Name: FactPlan, Refs: v.handle(x.Customer)}
		for _, p := range x.Parts {
			d.Amount, d.Day = d.Amount.Add(Money{p.Minor, x.Currency}), p.Due
		}
	case *PlanKept:
		d = Description{Name: FactPlanKept, Refs: v.planRefs(x.Plan)}
	case *PlanBroken:
		d = Description{Name: FactPlanBroken, Refs: v.planRefs(x.Plan), Amount: x.Missing}
	case *PlanCancelled:
		d = Description{Name: FactPlanCancelled, Refs: v.planRefs(x.Plan)}
	case *ContractMade:
		d = Description{Name: FactContract, Refs: append(v.handle(x.Customer), x.Schedule.String()), Day: x.From}
	case *ContractInvoiced:
		d = Description{Name: FactOccurrence, Refs: append(v.contractRefs(x.Contract), v.numbers(x.Invoice)...), Day: x.On}
	case *ContractStopped:
		d = Description{Name: FactContractStop, Refs: v.contractRefs(x.Contract)}
	}
	return d, d.Name != ""
}

func (v *View) promisedDay(id uint32) Date {
	if p := v.s.promises.at(id); p != nil {
		return p.By
	}
	return 0
}

func (v *View) planRefs(id PlanID) []string {
	if p := v.Plan(id); p != nil {
		return []string{p.Label()}
	}
	return nil
}

func (v *View) contractRefs(id ContractID) []string {
	if x := v.Contract(id); x != nil {
		return []string{x.Label()}
	}
	return nil
}

func dumpClaims(w io.Writer, s *state) {
	co := &s.company
	fmt.Fprintf(w, "claims %q %q %d %q\n", co.ApplyOrder, co.Interest, co.DayCount, co.Untaxed)
	lines(w, "interest", s.interestRates, func(list []InterestRate) string {
		out := ""
		for _, r := range list {
			out += fmt.Sprintf(" %s %s", r.Date, r.Percent)
		}
		return out
	})
	s.customers.each(func(c *Customer) {
		if c.PromisesKept+c.PromisesBroken > 0 || c.interest != (interestTerms{}) {
			fmt.Fprintf(w, "claims customer %d kept %d broken %d interest %q fee %q\n", c.ID, c.PromisesKept, c.PromisesBroken, c.interest.rule, c.interest.fee)
		}
	})
	s.invoices.each(func(i *Invoice) {
		if i.Nature != 0 || i.Plan != 0 || i.promise != 0 || i.lastCharge != 0 {
			fmt.Fprintf(w, "claims invoice %d %s about %d plan %d promise %d charge %d\n", i.ID, i.Nature, i.About, i.Plan, i.promise, i.lastCharge)
		}
	})
	s.charges.each(func(x *charge) {
		fmt.Fprintf(w, "charge on %d through %s in %d, costs in %d fixed %t fee %t before %d\n", x.invoice, x.through, x.interest, x.costs, x.fixed, x.fee, x.before)
	})
	for id := uint32(1); id <= s.promises.n; id++ {
		p := s.promises.at(id)
		fmt.Fprintf(w, "promise %d judged %q awaited %t\n", id, p.Outcome, s.awaited[id])
	}
	s.plans.each(func(p *Plan) {
		fmt.Fprintf(w, "plan %d customer %d %s agreed %s %q on %s claims %v beyond %v parts %v active %t\n", p.ID, p.Customer, p.Currency, p.Agreed, p.Outcome, p.Ended, p.Claims, p.outside, p.Parts, s.activePlans[p.ID])
	})
	s.contracts.each(func(x *Contract) {
		fmt.Fprintf(w, "contract %d customer %d %s from %s until %s next %s issued %d stopped %s running %t\n", x.ID, x.Customer, x.Schedule, x.From, x.Until, x.Next, x.Issued, x.Stopped, s.running[x.ID])
		dumpContract(w, x)
	})
}
