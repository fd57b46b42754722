package ledger

import "sort"

// Balances calls each with every balance of an account that is not zero, a debit positive,
// in order of account, customer and currency.
func (v *View) Balances(each func(Account, CustomerID, Money)) {
	for _, k := range v.s.balanceKeys() {
		each(k.Account, k.Customer, Money{v.s.balances[k], k.Currency})
	}
}

// balanceKeys are the keys of the balances that are not zero, in order.
func (s *state) balanceKeys() []balanceKey {
	var keys []balanceKey
	for k, minor := range s.balances {
		if minor != 0 {
			keys = append(keys, k)
		}
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		if a.Account != b.Account {
			return a.Account < b.Account
		}
		if a.Customer != b.Customer {
			return a.Customer < b.Customer
		}
		return a.Currency < b.Currency
	})
	return keys
}
