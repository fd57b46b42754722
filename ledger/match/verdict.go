package match

import "duebot/ledger"

// Kind is what is to be done with a line, in one word.
type Kind string

// The kinds.
const (
	Post        Kind = "post"    // the first candidate is booked by itself
	Propose     Kind = "propose" // a person picks a candidate, or none
	OwnTransfer Kind = "own"     // the company's money went from one of its accounts to another
	Return      Kind = "return"  // money of an earlier payment went back
	PayoutIn    Kind = "payout"  // a provider paid out what it told of
	RefundOut   Kind = "refund"  // a refund that the books have left the account
	None        Kind = "none"    // nothing is known of it
)

// Verdict is what Match says of a line.
type Verdict struct {
	Kind       Kind
	Candidates []Candidate // the best first
	Reasons    []Reason    // of the whole, where no candidate has them
}

// Candidate is one way to settle a line.
type Candidate struct {
	Customer ledger.CustomerID // on whose account the rest goes
	Parts    []Allocation      // may belong to several customers, where one paid for them
	Rest     ledger.Money      // what no invoice takes: it goes on account
	Payment  ledger.PaymentID  // of a return: what is taken back
	Claim    ledger.PaidClaimID
	Provider string          // whose payout it is, "" for none
	Payout   ledger.PayoutID // of it, 0 where nobody told of one
	Refund   ledger.RefundID
	Score    int
	Reasons  []Reason // the strongest first

	posts bool // a reference, and its sum fits
}

// Allocation is what an invoice gets of a line, and what settles it without money.
type Allocation struct {
	Customer  ledger.CustomerID
	Invoice   ledger.InvoiceID
	Amount    ledger.Money
	Discount  ledger.Money // of an early payment
	Fee       ledger.Money // what banks kept
	Tolerance ledger.Money // the residue that nobody asks for
	Withheld  ledger.Money // tax that the customer keeps back for the state
	Split     ledger.Money // tax that he pays straight to it
}

// Reason is why a candidate is one: the key of a text, and its data.
type Reason struct {
	Key  string
	Args []any // name, value, name, value …
}

func reason(key string, args ...any) Reason { return Reason{key, args} }

// candidatesMax is how many candidates a verdict has.
const candidatesMax = 5

// What the evidence adds to a candidate. A reference outweighs a sum, which outweighs a name; a
// whole reference with any sum stands before all that has none.
const (
	scoreWhole   = 600
	scoreBare    = 260
	scoreWeak    = 60
	scoreFurther = 40 // each further reference

	scoreExact     = 300
	scoreSaid      = 305 // each document's sum, as the payer tells it
	scoreEarly     = 310
	scoreStated    = 280 // less fees that the bank tells
	scorePart1     = 260 // what is due next of instalments
	scoreTolerance = 250
	scoreAll       = 230 // the whole account
	scoreDue       = 220 // all that is due
	scoreRow       = 224 // of those that fall due one after the other
	scoreGroup     = 220 // of two, and less for each more
	scoreNet       = 205
	scoreWithheld  = 200
	scoreFee       = 170
	scoreOver      = 90
	scorePart      = 80

	scoreAccount = 240
	scoreTax     = 240
	scoreAlias   = 220
	scoreName    = 200
	scoreClaim   = 220
)
