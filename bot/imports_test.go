package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"duebot/commands"
	"duebot/ledger"
)

// importDesk is a desk on books of its own, with a file that was dropped and is here.
func importDesk(t testing.TB, file string) (*commands.Desk, ledger.ImportID, string) {
	t.Helper()
	path := t.TempDir() + "/duebot.db"
	d := openDesk(t, path)
	_, err := d.Books.Update(t.Context(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		return nil, tx.SetCompany(ledger.CompanySet{Name: "Lindenhof", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV"})
	}})
	if err != nil {
		t.Fatal(err)
	}
	return d, dropFile(t, d, file), path
}

func openDesk(t testing.TB, path string) *commands.Desk {
	t.Helper()
	now := time.Date(2026, 10, 1, 7, 0, 0, 0, time.UTC)
	books, err := ledger.Open(path, ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { books.Close() })
	return &commands.Desk{Books: books, Settings: commands.Settings{FinanceChannel: "CFINANCE01", InvoiceChannel: "CINVOICES1", ReadTable: readTable}}
}

var dropper = commands.Staff{ID: "UFINANCE01", Role: commands.Finance, Lang: "en"}

// dropFile drops a file and brings it as far as it comes without a person.
func dropFile(t testing.TB, d *commands.Desk, file string) ledger.ImportID {
	t.Helper()
	ctx := context.Background()
	if _, err := d.Drop(ctx, commands.FileDrop{Key: fmt.Sprint("drop", len(file)), Who: dropper, Channel: "CFINANCE01", Thread: "1.0",
		Files: []commands.DroppedFile{{ID: "F1", Name: "file.csv"}}}); err != nil {
		t.Fatal(err)
	}
	next, ok, err := d.NextImport(ctx)
	if err != nil || !ok {
		t.Fatal(next, ok, err)
	}
	if err := d.Fetched(ctx, next.ID, "file.csv", []byte(file), nil); err != nil {
		t.Fatal(err)
	}
	if err := d.WorkImport(ctx, next.ID); err != nil {
		t.Fatal(err)
	}
	return next.ID
}

func pressImport(t testing.TB, d *commands.Desk, id ledger.ImportID, do string) {
	t.Helper()
	if _, err := d.Press(context.Background(), commands.Press{Key: fmt.Sprint("press", id, do), Who: dropper, Do: "import", Arg: fmt.Sprintf("%d.%s", id, do)}); err != nil {
		t.Fatal(err)
	}
}

func countCustomers(d *commands.Desk) (n int) {
	d.Books.View(func(v *ledger.View) error { v.Customers(func(*ledger.Customer) { n++ }); return nil })
	return n
}

func manyCustomers(n int) string {
	var out strings.Builder
	out.WriteString("handle,name,terms\n")
	for i := range n {
		fmt.Fprintf(&out, "c%d,Customer %d Ltd,net30\n", i, i)
	}
	return out.String()
}

// An import that is cut off while its rows are booked goes on behind the last of them, and
// books none twice; the names that it needs are kept for it meanwhile.
func TestImportGoesOnAfterAStop(t *testing.T) {
	const rows = 1500
	d, id, path := importDesk(t, manyCustomers(rows))
	if n := countCustomers(d); n != 0 {
		t.Fatalf("%d customers before Import was pressed", n)
	}
	pressImport(t, d, id, "book")
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		for countCustomers(d) < 300 {
			time.Sleep(time.Millisecond)
		}
		stop()
	}()
	if err := d.WorkImport(ctx, id); err == nil {
		t.Fatal("it was not cut off")
	}
	before := countCustomers(d)
	if before < 300 || before >= rows {
		t.Fatalf("%d customers when it was cut off", before)
	}
	_, err := d.Books.Update(t.Context(), ledger.Command{By: "slack:USALES0001", Run: func(tx *ledger.Tx) ([]byte, error) {
		_, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("c%d", rows-1), Name: "Mine"})
		return nil, err
	}})
	if r, ok := ledger.AsRefusal(err); !ok || r.Key != "import.busy" {
		t.Errorf("a name that the file needs was taken: %v", err)
	}
	pressImport(t, d, id, "stop") // too late: it counts
	d.Books.Close()

	d = openDesk(t, path)
	next, ok, err := d.NextImport(t.Context())
	if err != nil || !ok || next.ID != id {
		t.Fatalf("nothing goes on: %v %v %v", next, ok, err)
	}
	if err := d.WorkImport(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if n := countCustomers(d); n != rows {
		t.Errorf("%d customers, want %d", n, rows)
	}
	if _, ok, err := d.NextImport(t.Context()); ok || err != nil {
		t.Errorf("something is left to do: %v", err)
	}
	d.Books.Close()
	if rep, err := ledger.Verify(path, ""); err != nil || len(rep.Problems) > 0 {
		t.Error(err, rep)
	}
}

// Stop while the rows are tried leaves nothing behind, and so does a stop of the program
// before the file counts.
func TestImportStopped(t *testing.T) {
	d, id, _ := importDesk(t, manyCustomers(3000))
	pressImport(t, d, id, "book")
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer stop()
	d.WorkImport(ctx, id)
	if n := countCustomers(d); n != 0 {
		t.Fatalf("%d customers before the file counts", n)
	}
	pressImport(t, d, id, "stop")
	if err := d.WorkImport(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if n := countCustomers(d); n != 0 {
		t.Errorf("%d customers after it was stopped", n)
	}
	again := dropFile(t, d, manyCustomers(3000)+"\n")
	pressImport(t, d, again, "book")
	if err := d.WorkImport(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if n := countCustomers(d); n != 3000 {
		t.Errorf("%d customers, want 3000", n)
	}
}

// What the books refuse when Import is pressed, because somebody was faster, keeps the whole
// file out.
func TestImportOfBooksThatMoved(t *testing.T) {
	const file = "customer,number,date,due,open\nacme,2026/7,2026-08-01,2026-08-31,100\n"
	d, id, _ := importDesk(t, "handle,name,currency\nacme,Acme GmbH,EUR\nbeta,Beta AG,EUR\n")
	_, err := d.Books.Update(t.Context(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		_, err := tx.AddCustomer(ledger.NewCustomer{Handle: "beta", Name: "Beta", Currency: "USD"})
		return nil, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	pressImport(t, d, id, "book")
	if err := d.WorkImport(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if n := countCustomers(d); n != 1 {
		t.Errorf("%d customers, want the one who was there", n)
	}
	if open := dropFile(t, d, file); open == id {
		t.Error("the next file has the same number")
	}
}
