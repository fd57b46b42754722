package ledger

// balanceKey names a balance in the sums that tests make.
type balanceKey struct {
	Account  Account
	Customer CustomerID
	Currency Currency
}
