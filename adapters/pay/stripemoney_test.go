package pay

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"duebot/adapters/sandbox/stand"
	"duebot/adapters/sandbox/stripeapi"
	"duebot/ledger"
)

// What Stripe kept of a payment, into what it changed it, and what a payout is made of, as the
// stand-in says it.
func TestStripeKeptAndParts(t *testing.T) {
	api := stripeapi.New(stand.Options{Clock: wall{}, Faults: &stand.Faults{}, Log: stand.NewLog(wall{}), Base: func() string { return "" }}, func() string { return "" })
	srv := httptest.NewServer(api)
	defer srv.Close()
	s, err := NewStripe(stripeapi.Key, stripeapi.WebhookSecret, srv.URL+"/stripe")
	if err != nil {
		t.Fatal(err)
	}
	paid := func(id string, sum ledger.Money, outcomes ...string) (session, reference string) {
		x, err := s.Create(t.Context(), Order{ID: id, Invoice: 7, Number: "INV-2026-000007", Amount: sum, Description: "Consulting",
			SuccessURL: "http://127.0.0.1/", CancelURL: "http://127.0.0.1/", Expires: time.Now().Add(23 * time.Hour)})
		for _, o := range outcomes {
			if err == nil {
				err = api.Pay(x.ID, o)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		state, err := s.Ask(context.Background(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		return x.ID, state.Paid.Reference
	}
	eur, chf := ledger.Money{Minor: 100000, Currency: "EUR"}, ledger.Money{Minor: 10000, Currency: "CHF"}
	last, first := paid("a1", eur, stripeapi.Paid)
	_, second := paid("a2", chf, stripeapi.Paid, stripeapi.Refunded)
	for _, x := range []struct {
		reference    string
		settled, fee int64
	}{{first, 100000, 1525}, {second, 10400, 181}} {
		kept, err := s.Kept(t.Context(), x.reference)
		if err != nil || kept.Settled != (ledger.Money{Minor: x.settled, Currency: "EUR"}) || kept.Fee != (ledger.Money{Minor: x.fee, Currency: "EUR"}) || kept.Movement == "" {
			t.Errorf("of %s: got %+v %v", x.reference, kept, err)
		}
	}
	if _, err := s.Kept(t.Context(), "pi_none"); !errors.Is(err, ErrNoSession) {
		t.Errorf("of a payment that is not there: %v", err)
	}

	if err := api.Pay(last, stripeapi.PaidOut); err != nil {
		t.Fatal(err)
	}
	if err := api.Pay(last, stripeapi.PaidOut); err == nil {
		t.Error("what is in no account was paid out")
	}
	id := ""
	for _, m := range api.Moves() {
		if m.Kind == "payout" {
			id = m.Payout
		}
	}
	parts, err := s.Parts(t.Context(), id)
	if err != nil || len(parts) != 3 {
		t.Fatalf("the payout's parts are %+v %v", parts, err)
	}
	sum := int64(0)
	for _, m := range parts {
		sum += m.Sum.Minor - m.Fee.Minor
	}
	if sum != 100000-1525-181 {
		t.Errorf("they make %d", sum)
	}
	back := parts[0] // the newest first
	if back.Reference != second || back.Original != chf.Neg() || back.Sum.Minor != -10400 || back.Fee.Minor != 0 {
		t.Errorf("the refund is %+v", back)
	}
	if _, err := s.Parts(t.Context(), "po_none"); err == nil {
		t.Error("a payout that is not there has parts")
	}
}
