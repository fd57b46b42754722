package pay

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// What Stripe tells, of ours and of others: what is not about us is taken and says nothing, so that
// it neither comes again nor alarms anybody.
func TestStripeEvents(t *testing.T) {
	session := func(more string) string {
		return `{"id":"cs_1","object":"checkout.session","mode":"payment","currency":"eur","amount_total":4200,"payment_intent":"pi_1",` + more + `}`
	}
	ours := `"metadata":{"invoice":"7","attempt":"a1","number":"INV-2026-000007"}`
	dispute := `{"id":"dp_1","object":"dispute","amount":4200,"currency":"eur","payment_intent":"pi_1","charge":"ch_1","status":"%s"}`
	for _, c := range []struct{ kind, object, want string }{
		{"checkout.session.completed", session(`"status":"complete","payment_status":"unpaid",` + ours), "pending cs_1"},
		{"checkout.session.async_payment_succeeded", session(`"status":"complete","payment_status":"paid",` + ours), "paid 42.00 EUR"},
		{"checkout.session.async_payment_failed", session(`"status":"complete","payment_status":"unpaid",` + ours), "expired cs_1"},
		{"checkout.session.expired", session(`"status":"expired","payment_status":"unpaid",` + ours), "expired cs_1"},
		{"checkout.session.completed", session(`"status":"complete","payment_status":"paid","metadata":{"order":"9"}`), "nothing"},
		{"checkout.session.completed", session(`"status":"complete","payment_status":"paid","metadata":{"invoice":"in_1"}`), "nothing"},
		{"checkout.session.completed", session(`"status":"complete","payment_status":"paid","metadata":null`), "nothing"},
		{"checkout.session.completed", `{"id":"cs_2","object":"checkout.session","mode":"setup","status":"complete","payment_status":"no_payment_required","currency":null,"amount_total":null}`, "pending cs_2"},
		{"checkout.session.completed", `{"id":"cs_3","object":"checkout.session","mode":"subscription","status":"complete","payment_status":"paid","currency":null,"subscription":"sub_1"}`, "nothing"},
		{"payment_intent.succeeded", `{"id":"pi_1","object":"payment_intent"}`, "nothing"},
		{"charge.succeeded", `{"id":"ch_1","object":"charge"}`, "nothing"},
		{"customer.subscription.updated", `{"id":"sub_1"}`, "nothing"},
		{"invoice.paid", `{"id":"in_1"}`, "nothing"},
		{"payout.created", `{"id":"po_1"}`, "nothing"},
		{"an.event.of.tomorrow", `{"new":true}`, "nothing"},
		{"charge.refunded", `{"id":"ch_1","object":"charge","payment_intent":"pi_1","amount":4200,"amount_refunded":1000,"currency":"eur","refunded":false}`, "back 10.00 EUR of pi_1 in all"},
		{"charge.dispute.created", fmt.Sprintf(dispute, "needs_response"), "nothing"},
		{"charge.dispute.updated", fmt.Sprintf(dispute, "under_review"), "nothing"},
		{"charge.dispute.funds_withdrawn", fmt.Sprintf(dispute, "needs_response"), "back 42.00 EUR of pi_1"},
		{"charge.dispute.closed", fmt.Sprintf(dispute, "lost"), "back 42.00 EUR of pi_1"},
		{"charge.dispute.closed", fmt.Sprintf(dispute, "won"), "nothing"},
		{"charge.dispute.closed", fmt.Sprintf(dispute, "warning_closed"), "nothing"},
		{"charge.dispute.funds_reinstated", fmt.Sprintf(dispute, "won"), "again 42.00 EUR of pi_1"},
	} {
		body := fmt.Sprintf(`{"id":"evt_1","object":"event","type":%q,"created":1790000000,"data":{"object":%s}}`, c.kind, c.object)
		if got := vouched(t, "stripe_", []byte(body)); got != c.want {
			t.Errorf("%s %.90s: %s, want %s", c.kind, c.object, got, c.want)
		}
	}
}

// What PayPal tells. A capture's order stands beside it, or in the link above it.
func TestPayPalEvents(t *testing.T) {
	amount := `"amount":{"currency_code":"EUR","value":"42.00"}`
	up := func(path string) string {
		return `"links":[{"rel":"self","href":"https://api.paypal.com/v2/payments/captures/CAP1"},{"rel":"up","href":"https://api.paypal.com/v2/` + path + `"}]`
	}
	beside := `"supplementary_data":{"related_ids":{"order_id":"ORDER1"}}`
	ours := `"id":"CAP1","custom_id":"a1|7",` + amount + `,`
	for _, c := range []struct{ kind, resource, want string }{
		{"PAYMENT.CAPTURE.COMPLETED", ours + beside, "paid 42.00 EUR"},
		{"PAYMENT.CAPTURE.COMPLETED", ours + up("checkout/orders/ORDER1"), "paid 42.00 EUR"},
		{"PAYMENT.CAPTURE.COMPLETED", `"id":"CAP1",` + amount + `,` + up("payments/authorizations/AUTH1"), "nothing"},
		{"PAYMENT.CAPTURE.COMPLETED", `"id":"CAP1","custom_id":"another program's",` + amount + `,` + beside, "nothing"},
		{"PAYMENT.CAPTURE.PENDING", ours + beside, "pending ORDER1"},
		{"PAYMENT.CAPTURE.DENIED", ours + beside, "expired ORDER1"},
		{"PAYMENT.CAPTURE.DENIED", `"id":"CAP1",` + amount, "nothing"},
		{"PAYMENT.CAPTURE.REFUNDED", `"id":"REF1",` + amount + `,` + up("payments/captures/CAP1"), "back 42.00 EUR of CAP1"},
		{"PAYMENT.CAPTURE.REVERSED", `"id":"REF1","custom_id":"a1|7",` + amount + `,"seller_payable_breakdown":{"total_refunded_amount":{"currency_code":"EUR","value":"42.00"}},` + up("payments/captures/CAP1"), "back 42.00 EUR of CAP1 in all"},
		{"PAYMENT.CAPTURE.REVERSED", ours + `"seller_receivable_breakdown":{"gross_amount":{"currency_code":"EUR","value":"42.00"}},` + up("checkout/orders/ORDER1"), "back 42.00 EUR of CAP1"},
		{"CHECKOUT.ORDER.APPROVED", `"id":"ORDER1","status":"APPROVED"`, "approved ORDER1"},
		{"CHECKOUT.ORDER.COMPLETED", `"id":"ORDER1"`, "nothing"},
		{"CUSTOMER.DISPUTE.CREATED", `"dispute_id":"PP-D-1"`, "nothing"},
		{"CUSTOMER.DISPUTE.RESOLVED", `"dispute_id":"PP-D-1"`, "nothing"},
		{"PAYMENT.SALE.COMPLETED", `"id":"SALE1","amount":{"total":"1.00","currency":"EUR"}`, "nothing"},
		{"BILLING.SUBSCRIPTION.CREATED", `"id":"I-1"`, "nothing"},
		{"AN.EVENT.OF.TOMORROW", `"new":true`, "nothing"},
	} {
		body := fmt.Sprintf(`{"id":"WH-1","event_type":%q,"resource":{%s}}`, c.kind, c.resource)
		if !json.Valid([]byte(body)) {
			t.Fatalf("%s: %s is no JSON", c.kind, body)
		}
		if got := vouched(t, "paypal_", []byte(body)); got != c.want {
			t.Errorf("%s %.120s: %s, want %s", c.kind, c.resource, got, c.want)
		}
	}
}

// What YooKassa tells that is not of a payment, or of another program's, says nothing.
func TestYooKassaEvents(t *testing.T) {
	for event, want := range map[string]string{
		"payment.succeeded": "nothing", "payment_method.active": "nothing", "payout.succeeded": "nothing", "payout.canceled": "nothing", "deal.closed": "nothing", "an.event": "nothing",
	} {
		body := fmt.Sprintf(`{"type":"notification","event":%q,"object":{"id":"2f9e4b2a-000f-5000-9000-1b2c3d4e5f6a","status":"succeeded","amount":{"value":"10.00","currency":"RUB"}}}`, event)
		if got := vouched(t, "yookassa_", []byte(body)); got != want || strings.Contains(got, "error") {
			t.Errorf("%s: %s, want %s", event, got, want)
		}
	}
	for status, want := range map[string]Status{"canceled": Expired, "waiting_for_capture": Pending, "pending": Open} {
		p := yooPayment{ID: "1", Status: status}
		if got, err := p.state(); err != nil || got.Status != want {
			t.Errorf("%s: %v %v, want %v", status, got, err, want)
		}
	}
}
