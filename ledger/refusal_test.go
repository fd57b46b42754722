package ledger

import (
	"context"
	"strings"
	"testing"
)

// Money of one customer never settles another's invoice.
func TestPaymentOfAnothersInvoice(t *testing.T) {
	b, _ := testBooks(t)
	acme := addAcme(t, b)
	id := issue(t, b, acme, line("x", "1", "100", "0"))
	var other CustomerID
	do(t, b, "", func(tx *Tx) error {
		c, err := tx.AddCustomer(NewCustomer{Handle: "other"})
		if err == nil {
			other = c.ID
		}
		return err
	})
	before := dumpOf(t, b)
	for name, n := range map[string]NewPayment{
		"another's invoice": {Customer: other, Invoice: id},
		"no such invoice":   {Customer: acme, Invoice: 99},
	} {
		err := try(b, "", func(tx *Tx) error {
			n.Date, n.Amount = tx.Today(), Money{100, "EUR"}
			_, _, err := tx.Receive(n)
			return err
		})
		if r, _ := AsRefusal(err); r == nil || r.Kind != NotFound {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
	if after := dumpOf(t, b); after != before {
		t.Errorf("a refused payment left a trace:\n%s\n---\n%s", before, after)
	}
}

// A handle that reads as an invoice's number would never be found again.
func TestHandleLikeANumber(t *testing.T) {
	b, _ := testBooks(t)
	err := try(b, "", func(tx *Tx) error { _, err := tx.AddCustomer(NewCustomer{Handle: "inv-2026-1"}); return err })
	if r, _ := AsRefusal(err); r == nil || r.Key != "customer.badhandle" {
		t.Errorf("got %v, want a refusal", err)
	}
}

// What the program says of its own mistake goes into a log: nothing that people wrote is in it.
func TestPanicTellsNoWords(t *testing.T) {
	b, _ := testBooks(t)
	_, err := b.Update(context.Background(), Command{By: "telegram:1001", Input: "my daughter is ill", Run: func(*Tx) ([]byte, error) {
		panic("index out of range")
	}})
	if err == nil || !strings.Contains(err.Error(), "index out of range") {
		t.Fatalf("got %v, want what went wrong", err)
	}
	if strings.Contains(err.Error(), "daughter") || strings.Contains(err.Error(), "1001") {
		t.Errorf("the error holds what a person wrote: %.200s", err)
	}
}
