package pay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v84"
	"github.com/stripe/stripe-go/v84/webhook"

	"duebot/ledger"
)

// Stripe takes payments by Stripe Checkout, through stripe-go v84.
//
// A session that is completed may still be unpaid (bank debits): the money is there when
// payment_status is "paid". Every webhook is signed; its API version may differ from the
// library's, since nothing is read that has changed between them.
type Stripe struct {
	client *stripe.Client
	secret string
}

// NewStripe makes a provider. The base address has or has no final slash.
func NewStripe(key, webhookSecret, apiURL string) (*Stripe, error) {
	base, err := url.Parse(strings.TrimSuffix(apiURL, "/"))
	if err != nil {
		return nil, fmt.Errorf("address of Stripe's API: %w", err)
	}
	backends := stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL:               stripe.String(base.Scheme + "://" + base.Host),
		HTTPClient:        &http.Client{Timeout: callTimeout, Transport: below(base.Path)},
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull},
		MaxNetworkRetries: stripe.Int64(2), // with one idempotency key
		EnableTelemetry:   stripe.Bool(false),
	})
	return &Stripe{client: stripe.NewClient(key, stripe.WithBackends(backends)), secret: webhookSecret}, nil
}

// below puts a path in front of every request's. Stripe-go does not read the answers of a
// base that has one.
type below string

func (b below) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Path = string(b) + r.URL.Path
	return http.DefaultTransport.RoundTrip(r)
}

// stripeExponents are the currencies whose decimals are not ISO 4217's at Stripe
// (docs.stripe.com/currencies): sums of ISK and UGX are sent a hundredfold although they
// have no minor unit in use, and the ariary counts as having none.
var stripeExponents = map[ledger.Currency]int32{"ISK": 2, "UGX": 2, "MGA": 0}

// scale is by how much minor units of c are multiplied, or divided, on the way to Stripe.
func scale(c ledger.Currency) (times, over int64) {
	exponent, deviates := stripeExponents[c]
	if !deviates {
		return 1, 1
	}
	times, over = 1, 1
	for e := c.Exponent(); e < exponent; e++ {
		times *= 10
	}
	for e := c.Exponent(); e > exponent; e-- {
		over *= 10
	}
	return times, over
}

// amountOf is m as Stripe counts it; ok is false where Stripe cannot take such a sum: a part
// of its smallest unit, or one whose thousandths are not tens.
func amountOf(m ledger.Money) (amount int64, ok bool) {
	times, over := scale(m.Currency)
	if m.Minor%over != 0 || m.Currency.Exponent() == 3 && m.Minor%10 != 0 {
		return 0, false
	}
	return m.Minor * times / over, true
}

// moneyOf is a sum of Stripe's as money; ok is false for a part of our smallest unit.
func moneyOf(amount int64, c ledger.Currency) (m ledger.Money, ok bool) {
	times, over := scale(c)
	return ledger.Money{Minor: amount * over / times, Currency: c}, amount%times == 0
}

// Name is how the provider is named in settings, keys and texts.
func (s *Stripe) Name() string { return "stripe" }

// Takes reports whether a sum can be paid.
func (s *Stripe) Takes(m ledger.Money, _ string) bool {
	switch m.Currency {
	case "RUB", "IRR", "BYN", "KPW", "SYP", "CUP":
		return false // not on Stripe's list of presentment currencies
	}
	_, ok := amountOf(m)
	return ok
}

// Create makes a session for exactly o.Amount. The same o.ID gives the same session.
func (s *Stripe) Create(ctx context.Context, o Order) (Session, error) {
	amount, ok := amountOf(o.Amount)
	if !ok || !s.Takes(o.Amount, "") {
		return Session{}, fmt.Errorf("creating the session: Stripe takes no %s", o.Amount)
	}
	meta := map[string]string{"attempt": o.ID, "invoice": strconv.FormatUint(uint64(o.Invoice), 10), "number": o.Number}
	p := &stripe.CheckoutSessionCreateParams{
		Mode:              stripe.String(string(stripe.CheckoutSessionModePayment)),
		ClientReferenceID: stripe.String(o.Number),
		SuccessURL:        stripe.String(o.SuccessURL),
		CancelURL:         stripe.String(o.CancelURL),
		ExpiresAt:         stripe.Int64(o.Expires.Unix()),
		PaymentIntentData: &stripe.CheckoutSessionCreatePaymentIntentDataParams{Metadata: meta, Description: stripe.String(o.Description)},
		LineItems: []*stripe.CheckoutSessionCreateLineItemParams{{
			Quantity: stripe.Int64(1),
			PriceData: &stripe.CheckoutSessionCreateLineItemPriceDataParams{
				Currency:    stripe.String(strings.ToLower(string(o.Amount.Currency))),
				UnitAmount:  stripe.Int64(amount),
				ProductData: &stripe.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: stripe.String(o.Description)},
			},
		}},
	}
	for k, v := range meta {
		p.AddMetadata(k, v)
	}
	p.SetIdempotencyKey(o.ID)
	got, err := s.client.V1CheckoutSessions.Create(ctx, p)
	if err != nil {
		return Session{}, stripeError("creating the session", err)
	}
	return Session{got.ID, got.URL, time.Unix(got.ExpiresAt, 0).UTC()}, nil
}

// Ask reads a session back.
func (s *Stripe) Ask(ctx context.Context, id string) (State, error) {
	p := &stripe.CheckoutSessionRetrieveParams{}
	p.AddExpand("payment_intent") // it alone tells a bank debit that failed from one under way
	got, err := s.client.V1CheckoutSessions.Retrieve(ctx, id, p)
	if err != nil {
		return State{}, stripeError("reading the session", err)
	}
	return read(got)
}

// Expire ends a session that nobody should pay any more. One that is over already is fine.
func (s *Stripe) Expire(ctx context.Context, id string) error {
	_, err := s.client.V1CheckoutSessions.Expire(ctx, id, nil)
	var e *stripe.Error
	if errors.As(err, &e) && e.HTTPStatusCode == http.StatusBadRequest {
		return nil
	}
	return stripeError("expiring the session", err)
}

// read tells what a session says. The amount is what was paid, of which the currency and
// the invoice must be ours.
func read(cs *stripe.CheckoutSession) (State, error) {
	switch {
	case cs.Status == stripe.CheckoutSessionStatusExpired:
		return State{Status: Expired}, nil
	case cs.Status != stripe.CheckoutSessionStatusComplete:
		return State{Status: Open}, nil
	case cs.PaymentStatus != stripe.CheckoutSessionPaymentStatusPaid && failed(cs.PaymentIntent):
		return State{Status: Expired}, nil
	case cs.PaymentStatus != stripe.CheckoutSessionPaymentStatusPaid:
		return State{Status: Pending}, nil
	}
	invoice, err := strconv.ParseUint(cs.Metadata["invoice"], 10, 32)
	if err != nil || cs.Metadata["attempt"] == "" {
		return State{}, fmt.Errorf("session %s: %w", cs.ID, errForeign)
	}
	currency, err := ledger.ParseCurrency(string(cs.Currency))
	if err != nil {
		return State{}, fmt.Errorf("session %s: currency %q", cs.ID, cs.Currency)
	}
	amount, ok := moneyOf(cs.AmountTotal, currency)
	if !ok || amount.Minor <= 0 || cs.ID == "" {
		return State{}, fmt.Errorf("session %q: %d is no whole sum of %s", cs.ID, cs.AmountTotal, currency)
	}
	pay := &Payment{By: "stripe", ID: "session:" + cs.ID, Session: cs.ID, Attempt: cs.Metadata["attempt"], Invoice: ledger.InvoiceID(invoice),
		Amount: amount, Reference: cs.ID}
	if cs.PaymentIntent != nil {
		pay.Reference = cs.PaymentIntent.ID
	}
	return State{Status: Paid, Paid: pay}, nil
}

// failed reports whether nothing is under way any more; nil, or one that was not read,
// says nothing.
func failed(pi *stripe.PaymentIntent) bool {
	return pi != nil && (pi.Status == stripe.PaymentIntentStatusRequiresPaymentMethod || pi.Status == stripe.PaymentIntentStatusCanceled)
}

// Webhook checks a webhook's signature and reads it.
func (s *Stripe) Webhook(_ context.Context, n Note) (Event, error) {
	signature := n.Header.Get("Stripe-Signature")
	if webhook.ValidatePayloadIgnoringTolerance(n.Body, signature, s.secret) != nil {
		return Event{}, ErrForged
	}
	if webhook.ValidatePayload(n.Body, signature, s.secret) != nil {
		return Event{}, ErrStale
	}
	var ev struct {
		ID      string           `json:"id"`
		Type    stripe.EventType `json:"type"`
		Created int64            `json:"created"`
		Data    struct {
			Raw json.RawMessage `json:"object"`
		} `json:"data"`
	}
	if json.Unmarshal(n.Body, &ev) != nil || ev.Type == "" || len(ev.Data.Raw) == 0 {
		return Event{}, fmt.Errorf("reading an event: %w", ErrUnread)
	}
	switch ev.Type {
	case stripe.EventTypeChargeRefunded:
		return refundedCharge(ev.Data.Raw)
	case stripe.EventTypeChargeDisputeFundsWithdrawn, stripe.EventTypeChargeDisputeClosed:
		return lostDispute(ev.Type, ev.Data.Raw)
	case stripe.EventTypeChargeDisputeFundsReinstated:
		return wonDispute(ev.Data.Raw)
	case stripe.EventTypePayoutPaid:
		return paidOut(ev.Data.Raw)
	}
	if !strings.HasPrefix(string(ev.Type), "checkout.session.") {
		return Event{}, nil
	}
	return toldSession(ev.Type, ev.Data.Raw, time.Unix(ev.Created, 0))
}

// toldSession reads an event about a session.
func toldSession(kind stripe.EventType, raw json.RawMessage, at time.Time) (Event, error) {
	var cs stripe.CheckoutSession
	if err := cs.UnmarshalJSON(raw); err != nil {
		return Event{}, fmt.Errorf("reading a session: %w: %w", ErrUnread, err)
	}
	state, err := read(&cs)
	if err != nil {
		return known(Event{}, fmt.Errorf("%w: %w", ErrUnread, err))
	}
	if kind == stripe.EventTypeCheckoutSessionAsyncPaymentFailed && state.Status == Pending {
		state.Status = Expired
	}
	if p := state.Paid; p != nil {
		p.PaidAt = at.UTC()
	}
	return Event{Session: cs.ID, State: state}, nil
}

// stripeError keeps what operators need of an error, without keys or addresses.
func stripeError(doing string, err error) error {
	if err == nil {
		return nil
	}
	var e *stripe.Error
	if errors.As(err, &e) {
		if e.Code == stripe.ErrorCodeResourceMissing {
			return fmt.Errorf("%s: %w (request %s)", doing, ErrNoSession, e.RequestID)
		}
		return fmt.Errorf("%s: Stripe answered %d %s %s (request %s)", doing, e.HTTPStatusCode, e.Code, e.Msg, e.RequestID)
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("%s: %w", doing, err)
}
