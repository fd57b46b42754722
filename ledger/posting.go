package ledger

import "fmt"

// Account is a row of the chart of accounts (see the package doc for the side that
// increases each). The numbers are part of the file format.
type Account uint8

// The chart of accounts.
const (
	Receivables     Account = 1 // asset, debit: what customers owe on invoices
	Bank            Account = 2 // asset, debit: money received
	OnAccount       Account = 3 // liability, credit: customers' money and credits not applied yet
	OutputTax       Account = 4 // liability, credit: tax charged, owed to the state
	Sales           Account = 5 // income, credit: net of invoices
	SalesReductions Account = 6 // income, debit: net of credit notes

	BadDebt             Account = 7  // expense, debit: written off, less what came back
	RoundingDifferences Account = 8  // expense, debit: residues of short payments
	BankFees            Account = 9  // expense, debit: fees that payers' banks kept
	WithheldTax         Account = 10 // asset, debit: tax withheld by customers, against certificates
	OpeningBalances     Account = 14 // equity, credit: what was owed when the books began
)

func (a Account) String() string {
	switch a {
	case Receivables:
		return "receivables"
	case Bank:
		return "bank"
	case OnAccount:
		return "on account"
	case OutputTax:
		return "output tax"
	case Sales:
		return "sales"
	case SalesReductions:
		return "sales reductions"
	case BadDebt:
		return "bad debt"
	case RoundingDifferences:
		return "rounding differences"
	case BankFees:
		return "bank fees"
	case WithheldTax:
		return "withheld tax"
	case OpeningBalances:
		return "opening balances"
	}
	return fmt.Sprintf("account %d", uint8(a))
}

// Posting is one line of a journal entry. A positive amount is a debit, a negative one a
// credit.
type Posting struct {
	Account  Account
	Customer CustomerID
	Amount   Money
}

func (p *Posting) code(c *coder) {
	num(c, &p.Account)
	num(c, &p.Customer)
	c.money(&p.Amount)
}

// balanced returns an error that names the sum by which ps is off in a currency.
func balanced(ps []Posting) error {
	if len(ps) == 0 {
		return nil
	}
	sums := make(map[Currency]int64, 2)
	for _, p := range ps {
		if (p.Account < Receivables || p.Account > WithheldTax) && p.Account != OpeningBalances {
			return fmt.Errorf("posting to unknown %s", p.Account)
		}
		sums[p.Amount.Currency] += p.Amount.Minor
	}
	for cur, sum := range sums {
		if sum != 0 {
			return fmt.Errorf("postings are off by %s", Money{sum, cur})
		}
	}
	return nil
}

// entry builds the postings of a fact, leaving out lines of nothing.
func entry(customer CustomerID, lines ...Posting) []Posting {
	out := lines[:0]
	for _, p := range lines {
		if p.Amount.Minor != 0 {
			p.Customer = customer
			out = append(out, p)
		}
	}
	return out
}
