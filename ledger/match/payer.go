package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"duebot/ledger"
	"duebot/ledger/names"
)

// evidence is what tells that a customer is who paid.
type evidence struct {
	customer ledger.CustomerID
	account  bool // the account was his before
	tax      bool // the bank tells his tax number
	alias    bool // somebody said that he is called so
	name     int  // how alike the names are, in hundredths
	inText   bool // his name stands in the purpose
}

// likeSame and likeMaybe are the likenesses, in hundredths, from which on a name is the
// customer's, and may be.
const (
	likeSame  = 84
	likeMaybe = 56
)

// sure reports whether e is enough to stand beside a reference that is not whole.
func (e *evidence) sure() bool { return e.account || e.tax || e.alias || e.name >= likeSame }

// score is what e adds to a candidate.
func (e *evidence) score() int {
	n := 0
	for _, x := range []struct {
		is bool
		n  int
	}{{e.account, scoreAccount}, {e.tax, scoreTax}, {e.alias, scoreAlias}} {
		if x.is {
			n = max(n, x.n)
		}
	}
	if e.name >= likeMaybe {
		n = max(n+scoreName*e.name/400, scoreName*e.name/100)
	}
	return n
}

// reasons are e in words, the strongest first.
func (e *evidence) reasons(line *ledger.BankLine) (out []Reason) {
	if e.account {
		out = append(out, reason("match.account", "account", line.Party.Number))
	}
	if e.tax {
		out = append(out, reason("match.tax", "tax", line.PartyTax))
	}
	switch {
	case e.alias:
		out = append(out, reason("match.alias", "name", line.PartyName))
	case e.name >= likeMaybe && e.inText:
		out = append(out, reason("match.intext"))
	case e.name >= likeSame:
		out = append(out, reason("match.name", "name", line.PartyName))
	case e.name >= likeMaybe:
		out = append(out, reason("match.namelike", "name", line.PartyName))
	}
	return out
}

// payersMax is how many customers are looked at by name.
const payersMax = 20

// payers are the customers who may have paid line, the likeliest first.
func (b *Book) payers(line *ledger.BankLine) []evidence {
	found := map[ledger.CustomerID]*evidence{}
	at := func(id ledger.CustomerID) *evidence {
		if found[id] == nil {
			found[id] = &evidence{customer: id}
		}
		return found[id]
	}
	for _, id := range b.accounts[foldAccount(line.Party.Number)] {
		at(id).account = true
	}
	for _, id := range b.taxes[foldTax(line.PartyTax)] {
		at(id).tax = true
	}
	written := readName(line.PartyName)
	for _, id := range b.aliases[written.whole] {
		at(id).alias = true
	}
	sure := len(found) > 0
	for _, id := range b.names.among(&written, payersMax) {
		if like := b.like(id, &written); like >= likeMaybe {
			at(id).name = like
			sure = sure || like >= likeSame
		}
	}
	if !sure {
		b.inText(line, at)
	}
	out := make([]evidence, 0, len(found))
	for _, e := range found {
		out = append(out, *e)
	}
	slices.SortFunc(out, func(x, y evidence) int {
		return cmp.Or(cmp.Compare(y.score(), x.score()), cmp.Compare(x.customer, y.customer))
	})
	return out
}

// like is how alike a customer's best name and a written one are.
func (b *Book) like(id ledger.CustomerID, written *name) (best int) {
	p := b.customers[id]
	for i := range p.names {
		best = max(best, b.names.likeness(&p.names[i], written))
	}
	return best
}

// inText looks for customers whose whole name stands in the purpose: a payment service or a
// parent wrote on whose behalf it pays.
func (b *Book) inText(line *ledger.BankLine, at func(ledger.CustomerID) *evidence) {
	words := strings.FieldsFunc(line.Text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '.' && r != '\'' })
	written := readName(strings.Join(words[:min(len(words), 30)], " "))
	for _, id := range b.names.among(&written, payersMax) {
		p := b.customers[id]
		for i := range p.names {
			n := &p.names[i]
			if len(n.whole) < 5 || !standsIn(n, &written) {
				continue
			}
			if e := at(id); e.name < likeSame-4 {
				e.name, e.inText = likeSame-4, true
			}
		}
	}
}

// standsIn reports whether all words of n stand in written, as they are.
func standsIn(n, written *name) bool {
	for _, w := range n.words {
		if !slices.ContainsFunc(written.words, func(x names.Word) bool { return x.Key == w.Key }) {
			return false
		}
	}
	return true
}

// foldAccount is an account as it is compared: capitals and digits.
func foldAccount(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// foldTax is a tax number as it is compared: without the letters of a country.
func foldTax(s string) string {
	s = foldAccount(s)
	if len(s) > 6 {
		s = strings.TrimLeft(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	}
	return s
}
