package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// importRunner tries or books the rows of one file.
type importRunner struct {
	desk  *Desk
	x     *fileImport
	file  *ledger.ImportFile
	names ledger.CustomerNames
	seen  map[string]int // what may stand once in a file → its line
	count importCount
	owed  map[ledger.Currency]int64
	wrong []wrongRow
}

// namesRun is how many names are read while others wait.
const namesRun = 500

func (d *Desk) newImportRun(x *fileImport, f *ledger.ImportFile) (*importRunner, error) {
	r := &importRunner{desk: d, x: x, file: f, names: ledger.CustomerNames{}, seen: map[string]int{}, owed: map[ledger.Currency]int64{}}
	if f.Kind == ledger.ImportCustomers {
		return r, nil
	}
	last, more := ledger.CustomerID(0), true
	for more {
		if err := d.Books.View(func(v *ledger.View) error { last, more = v.AddNames(r.names, last, namesRun); return nil }); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// begun reports whether the file is being booked already: the program was stopped meanwhile.
func (r *importRunner) begun() (yes bool, err error) {
	err = r.desk.Books.View(func(v *ledger.View) error {
		id, _ := v.Booking()
		yes = id == r.x.ID
		return nil
	})
	return yes, err
}

// try runs every row by the rules that book it, and takes it back. It reports whether all can
// be booked; the message of the file says so, or which cannot. It ends early where somebody
// stopped it.
func (r *importRunner) try(ctx context.Context) (whole bool, err error) {
	for _, p := range r.file.Wrong {
		r.fail(p.Line, p.Err)
	}
	at, told := 0, 0
	for part := range slices.Chunk(r.file.Rows, importRun) {
		if err := r.tryRows(ctx, part); err != nil {
			return false, err
		}
		at += len(part)
		going, err := r.progress(ctx, at, at-told >= importTold)
		if err != nil || !going {
			return false, err
		}
		if at-told >= importTold {
			told = at
		}
	}
	if r.count.Wrong > 0 && r.count.Wrong == len(r.file.Rows)+len(r.file.Wrong) {
		if asked, err := r.desk.maybeBank(ctx, r.x, r.file); asked || err != nil {
			return false, err
		}
	}
	return len(r.wrong) == 0, r.tell(ctx)
}

// tryRows tries some rows in one transaction, of which nothing stays.
func (r *importRunner) tryRows(ctx context.Context, rows []ledger.ImportRow) error {
	_, err := r.desk.Books.Update(ctx, ledger.Command{By: r.by(), Run: func(tx *ledger.Tx) ([]byte, error) {
		for i := range rows {
			row := &rows[i]
			err := r.twice(row)
			if err == nil {
				err = r.rowOrNote(tx, row)
			} else {
				r.fail(row.Line, err)
				err = nil
			}
			if err != nil {
				return nil, err
			}
		}
		return nil, errDryRun
	}})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return err
}

func (r *importRunner) by() string {
	return r.x.actor()
}

func (r *importRunner) fail(line int, err error) {
	refusal, _ := ledger.AsRefusal(err)
	r.count.Wrong++
	if len(r.wrong) < wrongKept {
		r.wrong = append(r.wrong, wrongRow{line, r.file.Cells(line), card.T("refuse."+refusal.Key, refusal.Args...)})
	}
}

// twice refuses what stands in the file for the second time: rows are tried apart, and the
// books would not see it.
func (r *importRunner) twice(row *ledger.ImportRow) error {
	key := ""
	switch {
	case row.Customer != nil:
		key = strings.ToLower(row.Customer.Handle)
	case row.Opening != nil:
		key = strings.ToUpper(strings.Join(strings.Fields(row.Opening.Reference), " "))
	case row.Invoice != nil && row.Invoice.Reference != "":
		key = strings.ToUpper(row.Invoice.Customer + "\x00" + row.Invoice.Reference)
	}
	if key == "" {
		return nil
	}
	if first := r.seen[key]; first > 0 {
		return ledger.Refuse(ledger.BadInput, "row.twice", "line", fmt.Sprint(first))
	}
	r.seen[key] = row.Line
	return nil
}

// rowOrNote books one row; one that is refused is noted, and nothing of it stays. Of a file
// that counts already all rows were tried: what is refused all the same keeps the others from
// nothing.
func (r *importRunner) rowOrNote(tx *ledger.Tx, row *ledger.ImportRow) error {
	err := tx.Whole(func() error { return r.row(tx, row) })
	if _, ok := ledger.AsRefusal(err); ok {
		r.fail(row.Line, err)
		return nil
	}
	return err
}

// row books one row, and counts what became of it.
func (r *importRunner) row(tx *ledger.Tx, row *ledger.ImportRow) error {
	if tx.ImportKnown(row) {
		r.count.Same++
		return nil
	}
	added, changed, err := true, false, error(nil)
	var inv *ledger.Invoice
	switch {
	case row.Customer != nil:
		added, changed, err = tx.OpenOrChange(*row.Customer)
	case row.Opening != nil:
		added, err = tx.OpenInvoice(*row.Opening, tx.Today(), r.names)
		inv = tx.InvoiceReferenced(row.Opening.Reference)
	case row.Invoice != nil:
		inv, err = r.invoice(tx, row.Invoice)
	default:
		err = r.payment(tx, row.Payment)
	}
	if err == nil {
		err = tx.Alone()
	}
	switch {
	case err != nil:
		return err
	case added:
		r.count.Added++
	case changed:
		r.count.Changed++
	default:
		r.count.Same++
	}
	if added && inv != nil {
		r.owed[inv.Currency] += inv.Total
	}
	return nil
}

// invoice issues an invoice of today, or of its own day within the last year, and queues what
// has to be said of it.
func (r *importRunner) invoice(tx *ledger.Tx, x *ledger.ImportInvoice) (*ledger.Invoice, error) {
	c, err := tx.CustomerCalled(x.Customer, r.names)
	if err != nil {
		return nil, err
	}
	today := tx.Today()
	d := ledger.Draft{Customer: c.ID, Date: x.Date, Due: x.Due, Currency: x.Currency, Lines: x.Lines, Reference: x.Reference, Rounding: tx.Company().TaxRounding}
	if d.Date == 0 {
		d.Date = today
	}
	if d.Currency == "" {
		d.Currency = c.Currency
	}
	if d.Due == 0 {
		d.Due, d.Early = c.Terms.Due(d.Date), c.Terms.Early(d.Date)
	}
	if d.Date > today || d.Date < today.AddDays(-366) {
		return nil, ledger.Refuse(ledger.BadInput, "invoice.date", "date", d.Date)
	}
	inv, err := tx.Issue(d)
	if err != nil {
		return nil, err
	}
	return inv, r.desk.AnnounceInvoice(tx, inv)
}

// receiptDays is how old a payment may be for its customer to get a receipt: of what another
// program booked long ago he knows.
const receiptDays = 7

// payment books money that came in, for its invoice or the oldest due first.
func (r *importRunner) payment(tx *ledger.Tx, x *ledger.ImportPayment) error {
	n := ledger.NewPayment{Date: x.Date, Method: "bank", Reference: x.Reference}
	cur := x.Currency
	if x.Number != "" {
		inv, err := paidInvoice(&tx.View, x.Number)
		if err != nil {
			return err
		}
		n.Invoice, n.Customer = inv.ID, inv.Customer
		if cur == "" {
			cur = inv.Currency
		}
	}
	if x.Customer != "" {
		c, err := tx.CustomerCalled(x.Customer, r.names)
		if err != nil {
			return err
		}
		if n.Customer != 0 && n.Customer != c.ID {
			return ledger.Refuse(ledger.BadInput, "row.othercustomer", "number", x.Number, "customer", c.Handle)
		}
		if n.Customer = c.ID; cur == "" {
			cur = c.Currency
		}
	}
	var err error
	if n.Amount, err = ledger.Exact(x.Amount, cur); err != nil {
		return err
	}
	return r.receive(tx, n)
}

// paidInvoice finds an invoice by our number, or by the one that it had elsewhere.
func paidInvoice(v *ledger.View, number string) (*ledger.Invoice, error) {
	if inv := v.InvoiceReferenced(number); inv != nil {
		return inv, v.Allowed(v.Customer(inv.Customer))
	}
	if !ledger.LooksLikeNumber(number) {
		return nil, ledger.Refuse(ledger.NotFound, "import.noinvoice", "text", number)
	}
	return v.InvoiceNumbered(number)
}

func (r *importRunner) receive(tx *ledger.Tx, n ledger.NewPayment) error {
	if n.Date >= tx.Today().AddDays(-receiptDays) {
		_, _, err := r.desk.Receive(tx, n)
		return err
	}
	_, parts, err := tx.Receive(n)
	for _, part := range parts {
		err = errors.Join(err, r.desk.Refresh(tx, tx.Invoice(part.Invoice)))
	}
	return err
}

// progress keeps how many rows were tried, shows it now and then, and reports whether to go
// on: somebody may have stopped it.
func (r *importRunner) progress(ctx context.Context, at int, tell bool) (going bool, err error) {
	err = r.desk.change(ctx, r.x.ID, []importState{importCheck, importBook}, func(tx *ledger.Tx, x *fileImport) error {
		going = true
		x.Kind, x.Rows, x.Tried = r.file.Kind, len(r.file.Rows)+len(r.file.Wrong), at
		if tell || tx.ImportNotice(x.ID) != 0 && tx.Now.Sub(x.Shown) >= importShown {
			return r.desk.showImport(tx, x)
		}
		return nil // what is not shown need not be kept: a restart begins anew
	})
	return going, err
}

// tell shows what the file would do, or why nothing is done.
func (r *importRunner) tell(ctx context.Context) error {
	slices.SortStableFunc(r.wrong, func(a, b wrongRow) int { return a.Line - b.Line })
	return r.desk.change(ctx, r.x.ID, []importState{importCheck, importBook}, func(tx *ledger.Tx, x *fileImport) error {
		x.Kind, x.Count, x.Owed, x.Rows = r.file.Kind, r.count, r.owed, len(r.file.Rows)+len(r.file.Wrong)
		x.Unused, x.Totals, x.Wrong = r.file.Unused, r.file.Totals, r.wrong[:min(len(r.wrong), wrongShown)]
		switch {
		case len(r.wrong) > 0:
			x.State = importWrong
			return r.showWrong(tx, x)
		case x.State == importBook:
			return saveImport(tx, x)
		default:
			x.State = importReady
		}
		return r.desk.showImport(tx, x)
	})
}

// showWrong shows x with the rows that cannot be booked, and queues the file of them.
func (r *importRunner) showWrong(tx *ledger.Tx, x *fileImport) error {
	data, err := json.Marshal(wrongRows{r.file.Head, r.wrong})
	if err != nil {
		return err
	}
	tx.Put(importWrongRows(x.ID), data)
	if err := r.desk.showImport(tx, x); err != nil {
		return err
	}
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeImportRows, Address: x.Channel, Thread: x.Thread, Import: x.ID})
}

// wrongRows is what the file of wrong rows is made of.
type wrongRows struct {
	Head []string   `json:"head"`
	Rows []wrongRow `json:"rows"`
}

// book books all rows. One fact says first that the file counts; where it has few rows they
// come with it, else in runs behind it, which go on after a stop of the program.
func (r *importRunner) book(ctx context.Context) error {
	if len(r.file.Rows) <= importRun {
		return r.bookRun(ctx, func(tx *ledger.Tx) error {
			if err := r.accept(tx); err != nil {
				return err
			}
			if err := tx.BookImport(r.x.ID, r.file.Rows, func(row *ledger.ImportRow) error { return r.row(tx, row) }); err != nil {
				return err
			}
			return r.end(tx)
		})
	}
	if begun, err := r.begun(); err != nil {
		return err
	} else if !begun {
		if err := r.bookRun(ctx, r.accept); err != nil {
			return err
		}
	}
	return r.bookRest(ctx)
}

func (r *importRunner) accept(tx *ledger.Tx) error {
	return tx.AcceptImport(ledger.ImportAccepted{Import: r.x.ID, Kind: r.file.Kind, File: r.x.Hash, Rows: len(r.file.Rows)})
}

// bookRun runs one transaction of a booking, as whoever pressed Import. What it refuses ends
// the import, and nothing of it stays.
func (r *importRunner) bookRun(ctx context.Context, fn func(tx *ledger.Tx) error) error {
	r.count, r.owed = importCount{}, map[ledger.Currency]int64{}
	_, err := r.desk.Books.Update(ctx, ledger.Command{By: r.by(), Input: r.x.ID.Label(), Run: func(tx *ledger.Tx) ([]byte, error) {
		x, err := loadImport(&tx.View, r.x.ID)
		if err != nil || x == nil || x.State != importBook {
			return nil, errors.Join(err, errStopped)
		}
		r.x = x
		return nil, fn(tx)
	}})
	refusal, ok := ledger.AsRefusal(err)
	switch {
	case errors.Is(err, errStopped):
		return nil
	case ok:
		return r.desk.change(ctx, r.x.ID, []importState{importBook}, func(tx *ledger.Tx, x *fileImport) error {
			return r.desk.failImport(tx, x, card.T("refuse."+refusal.Key, refusal.Args...))
		})
	}
	return err
}

var errStopped = errors.New("the import was stopped")

// bookRest books the rows behind those that are in the books, in runs.
func (r *importRunner) bookRest(ctx context.Context) error {
	for told := 0; ; {
		done, at := false, 0
		_, err := r.desk.Books.Update(ctx, ledger.Command{By: r.by(), Run: func(tx *ledger.Tx) ([]byte, error) {
			id, from := tx.Booking()
			if id != r.x.ID {
				done = true
				return nil, nil
			}
			if from >= len(r.file.Rows) {
				done = true
				return nil, r.end(tx)
			}
			rows := r.file.Rows[from:min(from+importRun, len(r.file.Rows))]
			at = from + len(rows)
			return nil, tx.BookImport(id, rows, func(row *ledger.ImportRow) error { return r.rowOrNote(tx, row) })
		}})
		if err != nil || done {
			return err
		}
		if _, err := r.progress(ctx, at, at-told >= importTold); err != nil {
			return err
		}
		if at-told >= importTold {
			told = at
		}
	}
}

// end books that all rows are in, and shows it.
func (r *importRunner) end(tx *ledger.Tx) error {
	if err := tx.EndImport(r.x.ID); err != nil {
		return err
	}
	x, err := loadImport(&tx.View, r.x.ID)
	if err != nil || x == nil {
		return err
	}
	x.State = importDone
	if len(r.file.Rows) <= importRun || len(r.wrong) > 0 {
		x.Count, x.Owed = r.count, r.owed
	}
	if len(r.wrong) > 0 {
		x.Wrong = r.wrong[:min(len(r.wrong), wrongShown)]
		return r.showWrong(tx, x)
	}
	return r.desk.showImport(tx, x)
}
