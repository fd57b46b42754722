package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/shopspring/decimal"
)

// ImportKind is what the rows of a file are.
type ImportKind string

// The kinds.
const (
	ImportCustomers ImportKind = "customers"
	ImportOpening   ImportKind = "opening"  // invoices of another program that are still open
	ImportInvoices  ImportKind = "invoices" // invoices to be issued
	ImportPayments  ImportKind = "payments"
	ImportStatement ImportKind = "statement" // entries of a bank's statements; see bankentry.go
)

// ImportRow is one row of a file, read and not yet checked against the books. One of its
// pointers is set.
type ImportRow struct {
	Line     int // of the file, from 1; of an invoice of several rows the first
	Customer *OpeningCustomer
	Opening  *OpeningInvoice
	Invoice  *ImportInvoice
	Payment  *ImportPayment

	Again int // rows before it in the file that say the same: two equal payments are two
}

// ImportInvoice is an invoice to be issued.
type ImportInvoice struct {
	Customer  string // handle, number elsewhere, or name
	Reference string // the number of the order or of the other program; it is issued once
	Date, Due Date   // 0: today, and the customer's terms
	Currency  Currency
	Lines     []Line
}

// ImportPayment is money that came in.
type ImportPayment struct {
	Customer  string // as of ImportInvoice; "" where Number tells it
	Number    string // of the invoice, ours or elsewhere; "": oldest due first
	Date      Date
	Amount    decimal.Decimal
	Currency  Currency // "": the invoice's, or the customer's
	Reference string
}

// Key tells a row of invoices or payments from any other, whichever file it comes in: what
// was booked under a key is not booked again. It is 0 for rows that the books know by
// themselves: customers by handle, open invoices by number.
func (r *ImportRow) Key() uint64 {
	h := sha256.New()
	switch {
	case r.Invoice != nil && r.Invoice.Reference != "":
		fmt.Fprintf(h, "i%q", []string{foldReference(r.Invoice.Customer), foldReference(r.Invoice.Reference)})
	case r.Invoice != nil:
		fmt.Fprintf(h, "j%q%d", r.Invoice.words(), r.Again)
	case r.Payment != nil:
		fmt.Fprintf(h, "p%q%d", r.Payment.words(), r.Again)
	default:
		return 0
	}
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// Same is what rows have in common that say the same; "" for those that cannot.
func (r *ImportRow) Same() string {
	switch {
	case r.Invoice != nil && r.Invoice.Reference == "":
		return fmt.Sprintf("%q", r.Invoice.words())
	case r.Payment != nil:
		return fmt.Sprintf("%q", r.Payment.words())
	}
	return ""
}

func (x *ImportInvoice) words() []string {
	out := []string{foldReference(x.Customer), x.Date.String(), x.Due.String(), string(x.Currency)}
	for _, l := range x.Lines {
		out = append(out, l.Text, l.Quantity.String(), l.Price.String(), l.Tax.String())
	}
	return out
}

func (x *ImportPayment) words() []string {
	return []string{foldReference(x.Customer), foldReference(x.Number), x.Date.String(), x.Amount.String(), string(x.Currency), x.Reference}
}

// ImportFile is a file as it was read: rows, what is wrong with others, and what a person has
// to say before any can be read.
type ImportFile struct {
	Kind   ImportKind
	Head   []string // the columns, as they are called
	Rows   []ImportRow
	Wrong  []ImportProblem
	Ask    *ImportQuestion
	Unused []string // columns that nothing is taken of
	Totals int      // rows of sums, left out
	Cells  func(line int) []string
}

// ImportProblem is what is wrong with a row.
type ImportProblem struct {
	Line int
	Err  error // a Refusal
}

// ImportQuestion is what the file does not tell by itself.
type ImportQuestion struct {
	What    string   // "kind", "dates", "numbers"
	Example string   // a cell that can be read in several ways
	Options []string // "opening", "invoices", "payments"; "dmy", "mdy"; ".", ","
}

// ImportAnswers are what people said about a file; "" is not asked yet.
type ImportAnswers struct {
	Kind    ImportKind `json:"kind,omitempty"`
	Dates   string     `json:"dates,omitempty"`
	Numbers string     `json:"numbers,omitempty"`
}

// With returns a with one more answer; it is a itself where there is no such question.
func (a ImportAnswers) With(what, answer string) ImportAnswers {
	switch what {
	case "kind":
		a.Kind = ImportKind(answer)
	case "dates":
		a.Dates = answer
	case "numbers":
		a.Numbers = answer
	}
	return a
}
