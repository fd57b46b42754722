package pay

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v84"
	"github.com/stripe/stripe-go/v84/webhook"

	"duebot/ledger"
)

// Sums leave as Stripe counts them and come back as we do; a sum that Stripe cannot take is
// not offered.
func TestSumsAsStripeCountsThem(t *testing.T) {
	s := &Stripe{}
	for _, tt := range []struct {
		money ledger.Money
		want  int64 // 0: not taken
	}{
		{ledger.Money{Minor: 440181, Currency: "EUR"}, 440181},
		{ledger.Money{Minor: 500, Currency: "JPY"}, 500},
		{ledger.Money{Minor: 500, Currency: "ISK"}, 50000},
		{ledger.Money{Minor: 1, Currency: "UGX"}, 100},
		{ledger.Money{Minor: 10000, Currency: "MGA"}, 100}, // 100.00 ariary are a hundred, not ten thousand
		{ledger.Money{Minor: 10050, Currency: "MGA"}, 0},
		{ledger.Money{Minor: 1230, Currency: "KWD"}, 1230},
		{ledger.Money{Minor: 1234, Currency: "KWD"}, 0},
		{ledger.Money{Minor: 100, Currency: "RUB"}, 0},
	} {
		if got := s.Takes(tt.money, ""); got != (tt.want != 0) {
			t.Errorf("%s: takes %v", tt.money, got)
		}
		amount, ok := amountOf(tt.money)
		if !ok || tt.want == 0 {
			continue
		}
		back, whole := moneyOf(amount, tt.money.Currency)
		if amount != tt.want || !whole || back != tt.money {
			t.Errorf("%s: sent as %d, want %d, and read back as %s", tt.money, amount, tt.want, back)
		}
	}
	if _, whole := moneyOf(150, "ISK"); whole {
		t.Error("half a króna was taken for a whole one")
	}
}

// fake is a Stripe that answers with one body and keeps what it was sent.
func fake(t *testing.T, status int, body string) (*Stripe, *url.Values) {
	sent := &url.Values{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		*sent, _ = url.ParseQuery(string(data))
		w.Header().Set("Request-Id", "req_1")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	s, err := NewStripe("sk_test_secretkey", "whsec_secret", srv.URL+"/stripe/")
	if err != nil {
		t.Fatal(err)
	}
	return s, sent
}

func TestCreateAsksForTheSum(t *testing.T) {
	s, sent := fake(t, 200, `{"id":"cs_1","object":"checkout.session","url":"https://checkout.example/cs_1","expires_at":1790000000}`)
	got, err := s.Create(context.Background(), Order{ID: "a1", Invoice: 7, Number: "INV-2026-000007", Amount: ledger.Money{Minor: 10000, Currency: "MGA"}, Expires: time.Unix(1790000000, 0)})
	if err != nil || got.ID != "cs_1" {
		t.Fatalf("got %v, %v", got, err)
	}
	if sum, cur := sent.Get("line_items[0][price_data][unit_amount]"), sent.Get("line_items[0][price_data][currency]"); sum != "100" || cur != "mga" {
		t.Errorf("asked for %s %s, want 100 mga", sum, cur)
	}
	if _, err := s.Create(context.Background(), Order{ID: "a2", Amount: ledger.Money{Minor: 1234, Currency: "KWD"}}); err == nil {
		t.Error("a sum that Stripe refuses was asked for")
	}
}

// What an operator reads of an error holds neither key nor address.
func TestErrorsHoldNoSecret(t *testing.T) {
	s, _ := fake(t, 400, `{"error":{"type":"invalid_request_error","message":"Invalid currency","code":"parameter_invalid"}}`)
	_, err := s.Ask(context.Background(), "cs_1")
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "parameter_invalid") {
		t.Errorf("got %v", err)
	}
}

// note is a webhook of Stripe's.
func note(body []byte, signature string) Note {
	return Note{Body: body, Header: http.Header{"Stripe-Signature": {signature}}}
}

// signed is the header of a webhook as Stripe signs it.
func signed(body []byte, secret string, at time.Time) string {
	return webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: secret, Timestamp: at}).Header
}

// Whoever does not know the secret, or repeats an old webhook, is not believed; and a
// session that is not ours is nobody's payment.
func TestWebhookBelievesOnlyStripe(t *testing.T) {
	s := &Stripe{secret: "whsec_secret"}
	failed := []byte(`{"id":"evt_2","object":"event","type":"checkout.session.async_payment_failed","created":1790000000,"api_version":"` + stripe.APIVersion + `",
		"data":{"object":{"id":"cs_2","object":"checkout.session","status":"complete","payment_status":"unpaid","payment_intent":"pi_2","metadata":{}}}}`)
	event := func(metadata string) []byte {
		return []byte(fmt.Sprintf(`{"id":"evt_1","object":"event","type":"checkout.session.completed","created":1790000000,"api_version":"%s",
			"data":{"object":{"id":"cs_1","object":"checkout.session","status":"complete","payment_status":"paid","currency":"eur","amount_total":4200,"metadata":%s}}}`, stripe.APIVersion, metadata))
	}
	body := event(`{"invoice":"7","attempt":"a1","number":"INV-2026-000007"}`)
	ev, err := s.Webhook(context.Background(), note(body, signed(body, "whsec_secret", time.Now())))
	if p := ev.Paid; err != nil || ev.Status != Paid || ev.Session != "cs_1" || p.Key() != "stripe:session:cs_1" || p.Invoice != 7 || p.Amount.Minor != 4200 || p.PaidAt.Unix() != 1790000000 {
		t.Errorf("got %+v %v", ev, err)
	}
	for name, header := range map[string]string{
		"another secret": signed(body, "whsec_other", time.Now()), "another secret, an hour old": signed(body, "whsec_other", time.Now().Add(-time.Hour)),
		"another body": signed([]byte("{}"), "whsec_secret", time.Now()), "none": "", "nonsense": "t=1,v1=zz",
	} {
		if ev, err := s.Webhook(context.Background(), note(body, header)); err != ErrForged || ev.Paid != nil || ev.Status != "" {
			t.Errorf("%s: got %v %v", name, ev, err)
		}
	}
	if ev, err := s.Webhook(context.Background(), note(body, signed(body, "whsec_secret", time.Now().Add(-time.Hour)))); err != ErrStale || ev.Paid != nil || ev.Status != "" {
		t.Errorf("an hour old: got %v %v", ev, err)
	}
	if ev, err := s.Webhook(context.Background(), note(failed, signed(failed, "whsec_secret", time.Now()))); err != nil || ev.Status != Expired || ev.Session != "cs_2" {
		t.Errorf("a debit that failed: got %v %v, want that it is over", ev, err)
	}
	foreign := event(`{}`)
	if ev, err := s.Webhook(context.Background(), note(foreign, signed(foreign, "whsec_secret", time.Now()))); err != nil || ev.Paid != nil || ev.Status != "" {
		t.Errorf("a session that is not ours: got %v %v", ev, err)
	}
}

// A bank debit that failed is over; one under way is not.
func TestWhatBecameOfADebit(t *testing.T) {
	for intent, want := range map[string]Status{"processing": Pending, "requires_payment_method": Expired, "canceled": Expired} {
		s, _ := fake(t, 200, `{"id":"cs_1","object":"checkout.session","status":"complete","payment_status":"unpaid","currency":"eur","amount_total":4200,
			"metadata":{"invoice":"7"},"payment_intent":{"id":"pi_1","object":"payment_intent","status":"`+intent+`"}}`)
		if got, err := s.Ask(context.Background(), "cs_1"); got.Status != want || got.Paid != nil || err != nil {
			t.Errorf("%s: got %v %v, want %v", intent, got, err, want)
		}
	}
}
