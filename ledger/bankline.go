package ledger

// BankStatement is what a file of a bank says of one account over one period, but for its
// lines.
type BankStatement struct {
	Format  string // as people call it, with its version: "CAMT.053.001.08", "MT940", "1CClientBankExchange 1.03"
	ID      string // the bank's own id of the statement; "" where the format has none
	Number  string // number and page within the year; "" where the format has none
	Account BankAccount
	From    Date         // the period's first day; where the file does not say it, that of its lines, known at the end
	To      Date         // and its last
	Opening *BankBalance // the balance before the first line; nil where the file does not say
	Closing *BankBalance // the balance after the last line; nil where the file does not say
}

// BankAccount is an account at a bank, as a file names it.
type BankAccount struct {
	Number   string   // IBAN or domestic number, in capitals, without spaces; "" where it is not said
	Bank     string   // BIC, БИК or sort code; "" where it is not said
	Holder   string   // "" where it is not said
	Currency Currency // "" where the file leaves it to the account
}

// BankBalance is the booked balance at the end of a day; an overdraft is negative.
type BankBalance struct {
	Date   Date
	Amount Money
}

// BankLine is one entry of a statement: what the bank wrote, read and not judged yet.
type BankLine struct {
	Row      int   // the line of the file where the entry begins, from 1; of a workbook its row
	Booked   Date  // the booking date; of a pending entry the day it is expected
	Value    Date  // zero where it is not said
	Amount   Money // what came is positive, what went is negative
	Pending  bool  // the bank has not booked it: it may be shown, and is never posted
	Reversal bool  // the entry takes an earlier one back: a returned debit, a storno

	Party     BankAccount // the other side: who paid what came, who got what went; Currency is ""
	PartyName string      // as the bank writes it; "" where it is not said
	PartyTax  string      // his tax number where the bank tells it (ИНН, CUI); ""

	Text       string   // what was written as the purpose, its pieces joined by one space
	Creditor   string   // a structured reference of the creditor's (RF18…, a KID, a VS symbol); ""
	Documents  []string // numbers of documents that structured remittance names
	Sums       []Money  // what is paid of each of Documents; nil where that is not said of all
	EndToEnd   string   // the payer's own id; "" also for NOTPROVIDED
	BankRef    string   // the bank's own id of the entry (AcctSvcrRef, FITID, the part of :61: after //); ""
	Batch      string   // the bank's id of the booking that this is one of several parts of; "" where it is whole
	Whole      Money    // the sum of that booking; Currency "" where the entry is whole
	Code       string   // what kind of entry it is, in the bank's code: "PMNT-RCDT-ESCT", "NTRF", "DIRECTDEP"
	Return     string   // the code of a return's reason (AC04, MD06); ""
	Instructed Money    // what the payer sent, where the bank says that it differs; Currency "" where not
	Fees       Money    // what the banks kept of it; Currency "" where not said
}

// BankMismatch is what does not add up in a statement. Its lines are read all the same, and are
// taken only after a person says so.
type BankMismatch struct {
	Kind  BankMismatchKind
	Row   int    // the line of the file; 0 where it is about the whole statement
	Said  Money  // what the bank says
	Found Money  // what adding gives
	Lines [2]int // of MismatchCount: as many as the bank says, and as many as there are
	Went  bool   // of MismatchTurnover: it is about what went, not about what came
}

// BankMismatchKind says what does not add up.
type BankMismatchKind string

// What may not add up.
const (
	MismatchClosing  BankMismatchKind = "closing"  // the opening balance and the lines are not the closing one
	MismatchRunning  BankMismatchKind = "running"  // the balance behind a line is not the one before it and the line
	MismatchTurnover BankMismatchKind = "turnover" // the sum of what came or of what went
	MismatchCount    BankMismatchKind = "count"    // the number of lines
	MismatchCurrency BankMismatchKind = "currency" // a line or a balance is in another currency than the account
)
