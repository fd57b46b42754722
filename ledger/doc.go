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
//	CreditNote   takes back an invoice or a part of it
//	Dispute      a customer's objection to an invoice
//	Promise      a customer's word to pay by a day
//	Notice       what somebody must hear; queued in the transaction that gave cause
//	Fact         any of these happening
//	Posting      a line of the double entry that a fact makes
//
// # Chart of accounts
//
//	account           kind       increased by   posted by
//	receivables       asset      debit          invoice; less payments allocated, credit notes
//	bank              asset      debit          payment
//	on account        liability  credit         payment; less what is allocated of it
//	output tax        liability  credit         invoice; less credit notes
//	sales             income     credit         invoice, net
//	sales reductions  income     debit          credit note, net
//	opening balances  equity     credit         invoices that were open when the books began
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
