package pay

import (
	"context"
	"testing"
	"time"
)

// Whatever an event that is rightly signed says, money is only what a paid session has: of a
// sum more than nothing, in a currency that there is, for an invoice.
func FuzzWebhook(f *testing.F) {
	for _, s := range []string{
		`{"id":"evt_1","object":"event","type":"checkout.session.completed","created":1700000000,"data":{"object":{"id":"cs_1","object":"checkout.session","payment_status":"paid","status":"complete","currency":"eur","amount_total":4200,"metadata":{"invoice":"7","attempt":"a1","number":"INV-2026-000007"}}}}`,
		`{"id":"evt_2","object":"event","type":"checkout.session.expired","data":{"object":{"id":"cs_2","status":"expired"}}}`,
		`{"id":"evt_3","type":"charge.refunded","data":{}}`, `{"type":"checkout.session.completed"}`, `[]`,
	} {
		f.Add([]byte(s))
	}
	s, err := NewStripe("sk_test_1", "whsec_secret", "http://127.0.0.1:1")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		ev, err := s.Webhook(context.Background(), note(body, signed(body, "whsec_secret", time.Now())))
		status, p, session := ev.Status, ev.Paid, ev.Session
		if err != nil && p != nil {
			t.Errorf("an error, and yet money: %+v", p)
		}
		if p != nil && (p.Amount.Minor <= 0 || !p.Amount.Currency.Valid() || session == "" || status != Paid) {
			t.Errorf("%s of session %q: money %+v", status, session, p)
		}
		if _, err := s.Webhook(context.Background(), note(body, signed(body, "whsec_other", time.Now()))); err != ErrForged {
			t.Errorf("a wrong signature: %v", err)
		}
	})
}
