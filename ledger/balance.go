package ledger

import (
	"cmp"
	"slices"
)

// balance is what postings to one account in one currency sum to, for one customer: a debit
// is positive. A customer has few of them, and so they are a short list.
type balance struct {
	account  Account
	currency uint16 // index into state.currencies
	minor    int64
}

// book adds a posting to the balances of its customer; those of customer 0 are nobody's.
func (s *state) book(p *Posting) {
	for int(p.Customer) >= len(s.balances) {
		set(s, &s.balances, append(s.balances, nil))
	}
	if p.Base != 0 {
		set(s, &s.worth[p.Account], s.worth[p.Account]+p.Base)
	}
	cur := s.currencyIndex(p.Amount.Currency)
	rows := s.balances[p.Customer]
	for i := range rows {
		if b := &rows[i]; b.account == p.Account && b.currency == cur {
			set(s, &b.minor, b.minor+p.Amount.Minor)
			return
		}
	}
	set(s, &s.balances[p.Customer], append(rows, balance{p.Account, cur, p.Amount.Minor}))
}

// balancesOf are the balances of one customer, zeros among them; they must not be changed.
func (s *state) balancesOf(id CustomerID) []balance {
	if int(id) >= len(s.balances) {
		return nil
	}
	return s.balances[id]
}

// balance is one balance in minor units, debit positive.
func (s *state) balance(a Account, id CustomerID, cur Currency) int64 {
	for _, b := range s.balancesOf(id) {
		if b.account == a && s.currencies[b.currency] == cur {
			return b.minor
		}
	}
	return 0
}

// currencyIndex numbers currencies in order of appearance: there are few.
func (s *state) currencyIndex(cur Currency) uint16 {
	for i, c := range s.currencies {
		if c == cur {
			return uint16(i)
		}
	}
	set(s, &s.currencies, append(s.currencies[:len(s.currencies):len(s.currencies)], cur))
	return uint16(len(s.currencies) - 1)
}

// AccountBalance is the balance of an account for a customer, debit positive; customer 0
// sums over all.
func (v *View) AccountBalance(a Account, id CustomerID, cur Currency) Money {
	if id != 0 {
		return Money{v.s.balance(a, id, cur), cur}
	}
	sum := Money{0, cur}
	for id := range v.s.balances {
		sum.Minor += v.s.balance(a, CustomerID(id), cur)
	}
	return sum
}

// Balances calls each with every balance of an account that is not zero, a debit positive,
// in order of account, customer and currency.
func (v *View) Balances(each func(Account, CustomerID, Money)) {
	type row struct {
		balance
		customer CustomerID
	}
	var rows []row
	for id, list := range v.s.balances {
		for _, b := range list {
			if b.minor != 0 {
				rows = append(rows, row{b, CustomerID(id)})
			}
		}
	}
	name := func(r row) Currency { return v.s.currencies[r.currency] }
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.customer, b.customer), cmp.Compare(name(a), name(b)))
	})
	for _, r := range rows {
		each(r.account, r.customer, Money{r.minor, name(r)})
	}
}
