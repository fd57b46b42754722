// Package match says which open invoices a line of a bank statement pays.
//
// The rule that makes it safe: only a reference whose sum fits posts by itself. All else, a sum,
// an account seen before, a name in another script, a group of invoices that add up, is a proposal
// with its reasons, and a person decides.
//
// A Book is an index of what is open: what a line costs follows the invoices that may be meant,
// not those that are open. Nothing here reads storage, a clock or a setting, and what people
// taught (whose an account is, what a name stands for) is told to the Book by whoever keeps it.
package match
