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
	ExchangeDifferences Account = 11 // expense, debit: realised losses less gains, in the company's currency alone
	Conversion          Account = 12 // technical: money of one currency that settled a debt of another
	DiscountsGranted    Account = 13 // income, debit: net given up for early payments
	OpeningBalances     Account = 14 // equity, credit: what was owed when the books began
	InterestIncome      Account = 15 // income, credit: interest for late payment, less what was credited of it
	FeeIncome           Account = 16 // income, credit: recovery costs and late fees, less what was credited of them
	Advances            Account = 17 // liability, credit: net of deposits, owed as goods and services to come
	SplitTax            Account = 18 // asset, debit: tax that customers paid straight to the state
	Offsets             Account = 19 // clearing, debit: netted against what we owe the customer

	ChequesHeld      Account = 20 // memorandum, debit: customers' cheques in our hands
	ChequesDeposited Account = 21 // memorandum, debit: cheques that the bank collects
	ChequesUncleared Account = 22 // memorandum, credit: what both stand against, until the bank has paid
	Cash             Account = 23 // asset, debit: money received in cash
	AtProviders      Account = 24 // asset, debit: what payment providers hold for us until they pay it out

	accountMax = 32 // more than there will be
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
	case ExchangeDifferences:
		return "exchange differences"
	case Conversion:
		return "conversion"
	case OpeningBalances:
		return "opening balances"
	case DiscountsGranted:
		return "discounts granted"
	case Advances:
		return "advances"
	case SplitTax:
		return "split tax"
	case Offsets:
		return "offsets"
	case ChequesHeld:
		return "cheques in hand"
	case ChequesDeposited:
		return "cheques under collection"
	case ChequesUncleared:
		return "cheques not cleared"
	case Cash:
		return "cash"
	case AtProviders:
		return "payment providers"
	case InterestIncome:
		return "interest income"
	case FeeIncome:
		return "fee income"
	}
	return fmt.Sprintf("account %d", uint8(a))
}

// Posting is one line of a journal entry. A positive amount is a debit, a negative one a
// credit.
type Posting struct {
	Account  Account
	Customer CustomerID
	Amount   Money
	Base     int64 // what it is worth in the company's currency, in its minor units; 0 for what an early layout left unvalued
}

// code codes a posting behind another one of the same fact, nil for the first. Nearly always
// they are of one customer and one currency.
func (p *Posting) code(c *coder, before *Posting) {
	num(c, &p.Account)
	same := before != nil && p.Customer == before.Customer && p.Amount.Currency == before.Amount.Currency
	if before != nil && c.version >= 2 {
		c.flag(&same)
	} else {
		same = false
	}
	if same {
		p.Customer, p.Amount.Currency = before.Customer, before.Amount.Currency
		c.i64(&p.Amount.Minor)
	} else {
		num(c, &p.Customer)
		c.money(&p.Amount)
	}
	if c.version >= 2 {
		// Of the company's own currency both are the same: a difference of 0 takes one byte.
		diff := p.Base - p.Amount.Minor
		c.i64(&diff)
		p.Base = p.Amount.Minor + diff
	}
}

// valueOwn gives postings of the company's own currency their base value: themselves. What
// has no amount is a value alone (Tx.difference).
func (s *state) valueOwn(ps []Posting) {
	for i := range ps {
		if p := &ps[i]; p.Amount.Currency == s.company.Currency && p.Amount.Minor != 0 {
			p.Base = p.Amount.Minor
		}
	}
}

// valid reports whether a is in the chart of accounts.
func (a Account) valid() bool {
	return a >= Receivables && a <= AtProviders
}

// balanced returns an error that names the sum by which ps is off in a currency, or in value.
func balanced(ps []Posting) error {
	if len(ps) == 0 {
		return nil
	}
	sum, value, one := int64(0), int64(0), true
	for i := range ps {
		if !ps[i].Account.valid() {
			return fmt.Errorf("posting to unknown %s", ps[i].Account)
		}
		sum += ps[i].Amount.Minor
		value += ps[i].Base
		one = one && ps[i].Amount.Currency == ps[0].Amount.Currency
	}
	if one && sum == 0 && value == 0 { // nearly always
		return nil
	}
	sums := make(map[Currency]int64, 2)
	for _, p := range ps {
		sums[p.Amount.Currency] += p.Amount.Minor
	}
	for cur, sum := range sums {
		if sum != 0 {
			return fmt.Errorf("postings are off by %s", Money{sum, cur})
		}
	}
	if value != 0 {
		return fmt.Errorf("postings are off by %d in base value", value)
	}
	return nil
}

// reversed returns what takes ps back.
func reversed(ps []Posting) []Posting {
	out := make([]Posting, len(ps))
	for i, p := range ps {
		p.Amount, p.Base = p.Amount.Neg(), -p.Base
		out[i] = p
	}
	return out
}

// entry builds the postings of a fact, leaving out lines of nothing.
func entry(customer CustomerID, lines ...Posting) []Posting {
	out := lines[:0]
	for _, p := range lines {
		if p.Amount.Minor != 0 || p.Base != 0 {
			p.Customer = customer
			out = append(out, p)
		}
	}
	return out
}
