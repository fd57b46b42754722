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

// Credit notes take back what an invoice was over, and not a cent more.
func TestCreditNoteBeyondTheInvoice(t *testing.T) {
	b, _ := testBooks(t)
	id := issue(t, b, addAcme(t, b), line("x", "1", "100", "19"))
	credit := func(minor int64) error {
		return try(b, "", func(tx *Tx) error { _, err := tx.Credit(tx.Invoice(id), euros(minor), "because"); return err })
	}
	if err := credit(11800); err != nil {
		t.Fatal(err)
	}
	if r, _ := AsRefusal(credit(101)); r == nil || r.Key != "credit.toomuch" {
		t.Errorf("a cent too much: got %v, want credit.toomuch", r)
	}
	if err := credit(100); err != nil {
		t.Fatal(err)
	}
	if r, _ := AsRefusal(credit(1)); r == nil || r.Key != "credit.nothing" {
		t.Errorf("of nothing: got %v, want credit.nothing", r)
	}
}

// What is paid of a disputed sum is no longer disputed: nothing less than nothing is left
// to remind of.
func TestDisputeOfMoreThanIsOpen(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issue(t, b, c, line("x", "1", "100", "0"))
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.OpenDispute(tx.Invoice(id), ReasonSum, euros(8000), "telegram:1")
		return err
	})
	pay(t, b, NewPayment{Customer: c, Invoice: id, Amount: euros(7000)})
	b.View(func(v *View) error {
		if i := v.Invoice(id); i.DisputedMoney() != euros(3000) || i.Undisputed() != euros(0) {
			t.Errorf("30.00 are open: %s disputed, %s not", i.DisputedMoney(), i.Undisputed())
		}
		return nil
	})
}

// An invoice has one dispute at a time: what a second would settle, the first one holds.
func TestInvoiceIsDisputedOnce(t *testing.T) {
	b, _ := testBooks(t)
	id := issue(t, b, addAcme(t, b), line("x", "1", "100", "0"))
	dispute := func() error {
		return try(b, "", func(tx *Tx) error {
			_, err := tx.OpenDispute(tx.Invoice(id), ReasonSum, euros(100), "telegram:1")
			return err
		})
	}
	if err := dispute(); err != nil {
		t.Fatal(err)
	}
	if r, _ := AsRefusal(dispute()); r == nil || r.Kind != Conflict {
		t.Errorf("disputed again: got %v, want a conflict", r)
	}
}
