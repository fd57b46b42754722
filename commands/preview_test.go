package commands

import (
	"context"
	"fmt"
	"testing"
	"time"

	"duebot/ledger"
)

// Previews that nobody confirmed do not pile up, and one that is too old says so for a week.
func TestOldPreviewsAreForgotten(t *testing.T) {
	now := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	books, err := ledger.Open(t.TempDir()+"/p.db", ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
	_, err = books.Update(t.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"}); err != nil {
			return nil, err
		}
		_, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme"})
		return nil, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	d := &Desk{Books: books}
	n := 0
	preview := func() {
		n++
		r, err := d.Line(context.Background(), Line{Key: fmt.Sprint("k", n), Who: Staff{ID: "U1", Role: Sales}, Text: `invoice acme 100 "Work"`})
		if err != nil || len(r.Card.Buttons) != 2 {
			t.Fatalf("got %+v, %v", r.Card, err)
		}
	}
	kept := func() (n int) {
		books.View(func(v *ledger.View) error {
			return v.Each("preview:", func(string, []byte) error { n++; return nil })
		})
		return n
	}
	for range 5 {
		preview()
	}
	now = now.Add(time.Hour)
	preview()
	if got := kept(); got != 6 {
		t.Errorf("%d previews are kept, want all 6", got)
	}
	r, err := d.Press(context.Background(), Press{Key: "p1", Who: Staff{ID: "U1", Role: Sales}, Do: "confirm", Arg: "1"})
	if err != nil || r.Card.Body[0].Key != "refuse.preview.late" {
		t.Errorf("got %+v, %v, want that it is too late", r.Card, err)
	}
	now = now.Add(8 * 24 * time.Hour)
	for range 3 {
		preview()
	}
	if got := kept(); got != 3 {
		t.Errorf("%d previews are kept, want the 3 new ones", got)
	}
}
