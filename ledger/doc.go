// Package ledger keeps the books: what customers owe, what they paid, what they dispute,
// and what they were told.
//
// A change is a fact, appended to a chained log and never altered; a mistake is corrected by
// a further fact that names it. Everything else (balances, open invoices, who must be
// told what) is a projection in memory, made from the facts at every start.
//
// # Nouns
//
//	Customer     who owes us, called by a handle ("acme")
//	Invoice      what is owed, with a gapless number given at issue
//	Payment      money received; all of it is on account until allocated
//	Allocation   which invoice a payment settles, and by how much
//	Deduction    a part settled without money: tax withheld, a bank's fee, a rounding residue
//	Instalment   a part of an invoice with a due date of its own
//	Deposit      an invoice ahead of goods and services, deducted by the final invoice
//	Write-off    a part given up as bad debt; owed again when money comes for it
//	CreditNote   takes back an invoice or a part of it
//	Void         takes back an invoice that nobody was shown
//	Dispute      a customer's objection to an invoice
//	Promise      a customer's word to pay by a day; kept or broken
//	Note         what staff noted of a talk with a customer, and when to call next
//	Plan         a debt that may be paid in dated parts
//	Contract     a schedule that issues its invoices by itself
//	Charge       interest for late payment and recovery costs, issued as invoices of their own
//	Notice       what somebody must hear; queued in the transaction that gave cause
//	Fact         any of these happening
//	Approval     a command above the company's sums, which waits for a second person
//	Posting      a line of the double entry that a fact makes
//	Statement    a customer's account over a period: opening, every document, closing
//
// # Chart of accounts
//
//	account           kind       increased by   posted by
//	receivables       asset      debit          invoice; less allocated, credited, deducted, written off, voids
//	bank              asset      debit          payment; less refunds, returned payments
//	on account        liability  credit         payment, credit note beyond what was open; less allocated, refunded
//	output tax        liability  credit         invoice; less credit notes, voids
//	sales             income     credit         invoice, net; less voids
//	sales reductions  income     debit          credit note, net
//	bad debt          expense    debit          write-off; less what is owed again
//	rounding          expense    debit          residue of a short payment
//	bank fees         expense    debit          short payment: a fee that the payer's bank kept
//	withheld tax      asset      debit          short payment: tax that counts once its certificate has come
//	exchange diff.    expense    debit          settlement in a foreign currency: loss; less gains; a value alone
//	conversion        technical  -              money of one currency that settles an invoice of another
//	opening balances  equity     credit         invoices that were open when the books began
//	discounts granted income     debit          early payment, net
//	advances          liability  credit         deposit invoice, net; less the final invoice that deducts it
//	split tax         asset      debit          short payment: tax that the buyer paid to the state
//	offsets           clearing   debit          short payment: what was netted against our debt to the customer
//	interest income   income     credit         invoice over interest; less credit notes, voids
//	fee income        income     credit         invoice over recovery costs and late fees; less credit notes, voids
//
// A posting has an amount and, in the company's currency, a value (Posting.Base): of a foreign
// invoice and of money at the rate of its day. What is settled releases the value at which it
// was booked, and the difference is realised at once (carry.go). Both balance in every fact.
//
// # Guarantees
//
// The debits of every fact equal its credits, per currency. An invoice number is given once
// and without a gap. Allocations never exceed what is open. A command with a key is applied
// once. What Update returned is on the disk. A refused command changes nothing.
//
// # Updates and deletion
//
// A fact cannot be changed or deleted. Personal text lies outside the facts, under a key
// per person; deleting that key erases the text and leaves the chain whole.
//
// The package knows no chat and no network, and takes the time as a value. bbolt is
// imported by one file.
package ledger
