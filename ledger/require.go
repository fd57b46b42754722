package ledger

import (
	"slices"
	"strings"
)

// Requirement is something that a customer's invoices must carry, or his accounts payable
// sends them back.
type Requirement string

// The requirements.
const (
	RequireOrder Requirement = "order"      // the number of his order
	RequireCost  Requirement = "costcentre" // the cost centre that it goes to
	RequireBuyer Requirement = "buyer"      // his own code: of a department, or for routing
)

// Requirements lists what may be required.
func Requirements() []Requirement { return []Requirement{RequireOrder, RequireCost, RequireBuyer} }

// RequirementsSet is the fact of what a customer's invoices must carry from now on.
type RequirementsSet struct {
	Customer CustomerID
	Requires []Requirement
}

func (x *RequirementsSet) kind() factKind { return kindRequirements }

func (x *RequirementsSet) code(c *coder) {
	num(c, &x.Customer)
	list(c, &x.Requires, func(c *coder, r *Requirement) { str(c, r) })
}

func (x *RequirementsSet) apply(s *state, _ *Fact) {
	if c := s.customers.at(uint32(x.Customer)); c != nil {
		set(s, &c.Requires, x.Requires)
	}
}

// Require sets what c's invoices must carry; nothing ends all of it. It reports whether that
// is news.
func (tx *Tx) Require(c *Customer, list []Requirement) (changed bool, err error) {
	slices.Sort(list)
	list = slices.Compact(list)
	if slices.Equal(list, c.Requires) {
		return false, nil
	}
	_, err = tx.append(tx.Today(), &RequirementsSet{c.ID, list})
	return true, err
}

// carries is what d says of r.
func (d *Draft) carries(r Requirement) string {
	switch r {
	case RequireOrder:
		return d.Reference
	case RequireCost:
		return d.CostCentre
	case RequireBuyer:
		return d.BuyerCode
	}
	return ""
}

// Missing is what d has to carry and does not. Interest and costs are no order of anybody's.
func (v *View) Missing(d *Draft) (out []Requirement) {
	c := v.Customer(d.Customer)
	if c == nil || d.Nature != NaturePrincipal {
		return nil
	}
	for _, r := range c.Requires {
		if strings.TrimSpace(d.carries(r)) == "" {
			out = append(out, r)
		}
	}
	return out
}
