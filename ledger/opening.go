package ledger

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"github.com/shopspring/decimal"
)

// openingSeries is the series of invoices that were open when the books began: their own
// numbers are kept as references, since no two programs number alike.
const openingSeries = "OPEN"

// OpeningLoaded is the fact that opening balances were loaded: one per pair of files. The
// customers and invoices follow as facts of their own.
type OpeningLoaded struct {
	Files     Hash // of the rows, however they were laid out
	Customers int
	Invoices  int
}

func (x *OpeningLoaded) kind() factKind { return kindOpening }

func (x *OpeningLoaded) code(c *coder) {
	c.fixed(x.Files[:])
	num(c, &x.Customers)
	num(c, &x.Invoices)
}

func (x *OpeningLoaded) apply(s *state, _ *Fact) { put(s, s.openings, x.Files, true) }

// OpeningCustomer is a row of the customers' file.
type OpeningCustomer struct {
	Line int // in the file, from 1
	NewCustomer
	Limit *decimal.Decimal // in his currency; nil: none
	Mails []string
	Party Party // by law; an empty Name: as he is called
}

// OpeningInvoice is a row of the open invoices' file.
type OpeningInvoice struct {
	Line      int
	Customer  string          // handle, number elsewhere, or name
	Reference string          // the number that it has so far
	Date, Due Date            // no Due: by the customer's terms
	Open      decimal.Decimal // what is still owed, with tax
	Currency  Currency        // "": the customer's
}

// Opening is what LoadOpening needs.
type Opening struct {
	On        Date // the day at which the balances are booked; 0: today
	Customers []OpeningCustomer
	Invoices  []OpeningInvoice
}

// RowError is what is wrong with a row.
type RowError struct {
	Invoices bool // of the invoices' file, else of the customers'
	Line     int
	Err      error // a Refusal
}

// OpeningErrors are the rows that cannot be loaded; with any of them nothing is.
type OpeningErrors []RowError

func (e OpeningErrors) Error() string { return fmt.Sprintf("%d rows cannot be loaded", len(e)) }

// hash is of what the rows say, not of how the files are laid out.
func (o *Opening) hash() Hash {
	h := sha256.New()
	for _, c := range o.Customers {
		terms, limit := "", ""
		if c.Terms != nil {
			terms = c.Terms.String()
		}
		if c.Limit != nil {
			limit = c.Limit.String()
		}
		fmt.Fprintf(h, "c%q\n", []string{c.Handle, c.Name, string(c.Currency), c.Language, c.ZoneName, terms, limit, c.Owner})
		if c.Segment != "" || len(c.Mails) > 0 {
			fmt.Fprintf(h, "d%q\n", append(c.Mails, c.Segment))
		}
		if p := c.Party; p.Name != "" || p.Address != "" || p.TaxID != "" || len(p.Lines) > 0 {
			fmt.Fprintf(h, "e%q\n", append([]string{p.Name, p.Address, p.TaxID}, p.Lines...))
		}
	}
	for _, i := range o.Invoices {
		fmt.Fprintf(h, "i%q\n", []string{i.Customer, i.Reference, i.Date.String(), i.Due.String(), i.Open.String(), string(i.Currency)})
	}
	return Hash(h.Sum(nil))
}

// LoadOpening books customers and the invoices that are open when the books begin, and
// reports false when the same rows are in the books already. It returns OpeningErrors that
// name every row that is wrong, or a Refusal that concerns them all.
func (tx *Tx) LoadOpening(o Opening) (bool, error) {
	if o.On == 0 {
		o.On = tx.Today()
	}
	if o.On > tx.Today() {
		return false, Refuse(BadInput, "opening.future", "date", o.On)
	}
	if err := tx.CheckOpen(o.On); err != nil {
		return false, err
	}
	x := &OpeningLoaded{Files: o.hash(), Customers: len(o.Customers), Invoices: len(o.Invoices)}
	if tx.s.openings[x.Files] {
		return false, nil
	}
	if _, err := tx.append(o.On, x); err != nil {
		return false, err
	}
	var wrong OpeningErrors
	note := func(invoices bool, line int, err error) error {
		if _, ok := AsRefusal(err); ok {
			wrong = append(wrong, RowError{invoices, line, err})
			return nil
		}
		return err
	}
	for _, c := range o.Customers {
		if err := note(false, c.Line, tx.openCustomer(c)); err != nil {
			return false, err
		}
	}
	names := CustomerNames{}
	tx.AddNames(names, 0, int(tx.s.customers.n))
	for _, i := range o.Invoices {
		if err := note(true, i.Line, tx.openInvoice(i, o.On, names)); err != nil {
			return false, err
		}
	}
	if len(wrong) > 0 {
		return false, wrong
	}
	return true, nil
}

func (tx *Tx) openCustomer(row OpeningCustomer) error {
	c, err := tx.AddCustomer(row.NewCustomer)
	if err != nil {
		return err
	}
	if len(row.Mails) > 0 {
		if _, err := tx.SetMails(c, row.Mails); err != nil {
			return err
		}
	}
	if _, err := tx.setPartyOf(c, row.Party); err != nil {
		return err
	}
	if row.Limit == nil {
		return nil
	}
	limit, err := Exact(*row.Limit, c.Currency)
	if err != nil {
		return err
	}
	_, err = tx.ChangeCustomer(c, CustomerChange{Limit: &limit})
	return err
}

// openInvoice books what is still owed on an invoice that was issued elsewhere. Its tax was
// declared there: here it is one sum, against the opening balances.
func (tx *Tx) openInvoice(row OpeningInvoice, on Date, names CustomerNames) error {
	c, err := tx.CustomerCalled(row.Customer, names)
	if err != nil {
		return err
	}
	if row.Due == 0 {
		row.Due = c.Terms.Due(row.Date)
	}
	d := Draft{Customer: c.ID, Date: row.Date, Due: row.Due, Currency: row.Currency}
	if d.Currency == "" {
		d.Currency = c.Currency
	}
	if err := tx.checkOpening(row, on); err != nil {
		return err
	}
	if _, err := Exact(row.Open, d.Currency); err != nil {
		return err
	}
	d.Lines = []Line{{Text: row.Reference, Quantity: decimal.NewFromInt(1), Price: row.Open}}
	t, err := d.Totals()
	if err != nil {
		return err
	}
	// The text of a name is never changed: another name is another text.
	x := &InvoiceIssued{Draft: d, Taxes: t.Taxes, Net: t.Net, Total: t.Total, OldNumber: row.Reference, Buyer: c.Name}
	ser := series{openingSeries, on.Year()}
	x.Number = Number{ser.Prefix, ser.Year, uint32(len(tx.s.numbers[ser]) + 1)}
	if x.Rate, err = tx.RateOn(d.Currency, on); err != nil {
		return err
	}
	base, err := tx.inBase(t.Total, x.Rate)
	if err != nil {
		return err
	}
	_, err = tx.append(on, x, entry(c.ID,
		Posting{Account: Receivables, Amount: t.Total, Base: base},
		Posting{Account: OpeningBalances, Amount: t.Total.Neg(), Base: -base})...)
	return err
}

const referenceMax = 64

func (tx *Tx) checkOpening(row OpeningInvoice, on Date) error {
	switch {
	case foldReference(row.Reference) == "" || len(row.Reference) > referenceMax:
		return Refuse(BadInput, "opening.reference", "text", row.Reference)
	case tx.InvoiceReferenced(row.Reference) != nil:
		return Refuse(Conflict, "opening.twice", "text", row.Reference)
	case row.Date > on:
		return Refuse(BadInput, "opening.date", "date", row.Date, "on", on)
	case row.Due < row.Date:
		return Refuse(BadInput, "invoice.duebefore", "due", row.Due, "date", row.Date)
	case !row.Open.IsPositive():
		return Refuse(BadInput, "opening.sum", "text", row.Open.String())
	}
	return nil
}

// foldReference makes a foreign number comparable, as people type it.
func foldReference(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(strings.TrimPrefix(strings.TrimSpace(s), "#")), " "))
}

// References calls f with the number that each opening invoice had elsewhere, in capitals.
func (v *View) References(f func(text string, id InvoiceID)) {
	for text, id := range v.s.references {
		f(text, id)
	}
}

// InvoiceReferenced returns the opening invoice that had this number elsewhere, nil where
// there is none.
func (v *View) InvoiceReferenced(text string) *Invoice {
	return v.Invoice(v.s.references[foldReference(text)])
}

// dumpKeeping writes periods, limits and opening balances.
func dumpKeeping(w io.Writer, s *state) {
	if s.closed != 0 {
		fmt.Fprintf(w, "closed %s\n", s.closed)
	}
	for _, a := range s.periods {
		fmt.Fprintf(w, "period %s closed %t on %s by %s %q\n", a.Month, a.Closed, a.On, a.By, a.Reason)
	}
	s.customers.each(func(c *Customer) {
		if c.Limited {
			fmt.Fprintf(w, "limit customer %d %s\n", c.ID, Money{c.Limit, c.Currency})
		}
	})
	s.payments.each(func(p *Payment) {
		if p.Own != 0 {
			fmt.Fprintf(w, "payment %d dated %s\n", p.ID, p.Own)
		}
	})
	loaded := map[string]bool{}
	for h := range s.openings {
		loaded[h.String()] = true
	}
	lines(w, "opening", loaded, func(bool) string { return "" })
	lines(w, "reference", s.references, func(id InvoiceID) string { return fmt.Sprint(id) })
}
