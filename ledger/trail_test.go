package ledger

import (
	"slices"
	"testing"
)

// kindsOf are the kinds of the facts of a history, newest first.
func kindsOf(t *testing.T, v *View, c *Customer, inv InvoiceID, pay PaymentID) (out []string) {
	t.Helper()
	if err := v.History(c, inv, pay, func(f *Fact) bool { out = append(out, KindName(f.Body)); return true }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestHistoryHasWhatConcernsOneAndNothingElse(t *testing.T) {
	b, _ := testBooks(t)
	acme := addAcme(t, b)
	first, second := issue(t, b, acme, line("a", "1", "100", "0")), issue(t, b, acme, line("b", "1", "50", "0"))
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.AddCustomer(NewCustomer{Handle: "other"})
		return err
	})
	do(t, b, "", func(tx *Tx) error {
		_, _, err := tx.Receive(NewPayment{Customer: acme, Date: tx.Today(), Amount: Money{12000, "EUR"}})
		return err
	})
	do(t, b, "", func(tx *Tx) error {
		d, err := tx.OpenDispute(tx.Invoice(second), ReasonSum, Money{}, "test")
		if err != nil {
			return err
		}
		if _, err = tx.Say(d, true, "test", "why?"); err != nil {
			return err
		}
		_, err = tx.Resolve(d, Rejected, 0, "no")
		return err
	})
	do(t, b, "", func(tx *Tx) error {
		return tx.Notify(NoticeQueued{Kind: NoticeInvoice, Customer: acme, Invoice: first})
	})
	do(t, b, "", func(tx *Tx) error { return tx.Settle(NoticeOutcome{Notice: 1, State: NoticeSent}) })
	b.View(func(v *View) error {
		c := v.Customer(acme)
		for _, tt := range []struct {
			name string
			got  []string
			want []string
		}{
			{"the first invoice", kindsOf(t, v, c, first, 0), []string{"NoticeOutcome", "NoticeQueued", "Allocated", "InvoiceIssued"}},
			{"the second invoice", kindsOf(t, v, c, second, 0), []string{"DisputeResolved", "DisputeMessage", "DisputeOpened", "Allocated", "InvoiceIssued"}},
			{"the payment", kindsOf(t, v, c, 0, 1), []string{"Allocated", "Allocated", "PaymentReceived"}},
			{"the customer", kindsOf(t, v, c, 0, 0), []string{"NoticeOutcome", "NoticeQueued", "DisputeResolved", "DisputeMessage", "DisputeOpened",
				"Allocated", "Allocated", "PaymentReceived", "InvoiceIssued", "InvoiceIssued", "CustomerAdded"}},
			{"another customer", kindsOf(t, v, v.Customer(2), 0, 0), []string{"CustomerAdded"}},
		} {
			if !slices.Equal(tt.got, tt.want) {
				t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
			}
		}
		return nil
	})
}

// An invoice that opens again is in the list of open ones, and was closed in between.
func TestAnInvoiceThatOpensAgain(t *testing.T) {
	s := newState()
	s.under = new(Fact)
	s.head.Seq = 1
	c := s.customers.add(s, Customer{ID: 1})
	inv := s.invoices.add(s, Invoice{ID: 1, Customer: 1, Currency: "EUR", Total: 100, Open: 100, Date: 10, Due: 15})
	s.link(inv)
	s.owe(inv, 100, 10)
	s.head.Seq = 2
	s.reduce(inv, 100, 20)
	s.head.Seq = 3
	s.reduce(inv, -40, 30)
	v := &View{s: s}
	for _, tt := range []struct {
		name string
		asOf AsOf
		want int64
	}{
		{"before its date", AsOf{On: 9}, 0},
		{"open at first", AsOf{On: 19}, 100},
		{"closed in between", AsOf{On: 29}, 0},
		{"open again", AsOf{On: 30}, 40},
		{"not yet known to be open again", AsOf{On: 30, Known: 2}, 0},
	} {
		open := int64(0)
		for _, item := range v.OpenAsOf(c, tt.asOf) {
			open += item.Open.Minor
		}
		if got := v.OpenOn(inv, tt.asOf).Minor; got != tt.want || open != tt.want {
			t.Errorf("%s: got %d and %d, want %d", tt.name, got, open, tt.want)
		}
	}
	if c.openCount != 1 || c.firstOpen != 1 || inv.ClosedOn != 0 {
		t.Errorf("got %d open, first %d, closed on %s", c.openCount, c.firstOpen, inv.ClosedOn)
	}
}

// People are told every kind of fact by a name of its own.
func TestEveryKindOfFactHasAName(t *testing.T) {
	v := &View{s: newState()}
	for k := factKind(1); k != 0; k++ {
		body := newBody(k)
		if body == nil {
			continue
		}
		if d := v.Describe(&Fact{Body: body}); d.Name == FactOther {
			t.Errorf("%s is called %q", KindName(body), d.Name)
		}
	}
}
