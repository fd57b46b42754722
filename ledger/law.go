package ledger

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// Law is what decides which law protects a customer.
type Law struct {
	Country  Country // of his, "" for that of his zone
	Consumer bool    // he buys for himself and not for a business
}

// LawSet is the fact of a customer's country, and of whether he is a consumer.
type LawSet struct {
	Customer CustomerID
	Law      Law
}

func (x *LawSet) kind() factKind { return kindLaw }

func (x *LawSet) code(c *coder) {
	num(c, &x.Customer)
	str(c, &x.Law.Country)
	c.flag(&x.Law.Consumer)
}

func (x *LawSet) apply(s *state, _ *Fact) { put(s, s.laws, x.Customer, x.Law) }

// SetLaw books a customer's country and whether he is a consumer, and reports whether it is news.
// It returns a BadInput refusal for a country that is not there.
func (tx *Tx) SetLaw(c *Customer, law Law) (changed bool, err error) {
	if law.Country != "" && !law.Country.Known() {
		return false, Refuse(BadInput, "law.country", "text", string(law.Country))
	}
	if tx.LawOf(c) == law {
		return false, nil
	}
	_, err = tx.append(tx.Today(), &LawSet{c.ID, law})
	return err == nil, err
}

// LawOf is what was said of a customer's country, and of whether he is a consumer.
func (v *View) LawOf(c *Customer) Law { return v.s.laws[c.ID] }

// FactLaw is the name of this file's fact.
const FactLaw FactName = "law"

func dumpLaws(w io.Writer, s *state) {
	for _, id := range slices.Sorted(maps.Keys(s.laws)) {
		fmt.Fprintf(w, "law of %d: %s consumer %t\n", id, s.laws[id].Country, s.laws[id].Consumer)
	}
}
