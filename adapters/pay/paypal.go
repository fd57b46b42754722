package pay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"duebot/ledger"
)

// PayPal takes payments by PayPal's orders, version 2.
//
// The customer only approves an order; the money is taken when we capture it. So nothing has to
// be ended: an order that is not captured takes nothing. Its webhooks are checked by PayPal
// itself, byte for byte, since its certificates come and go.
type PayPal struct {
	caller
	client, secret, webhook string

	mu    sync.Mutex
	token string
	until time.Time // in wall time, that of the token
}

// payPalLife is how long an order waits for its customer.
const payPalLife = 3 * time.Hour

// payPalCurrencies are what PayPal takes from everybody; those with 0 it takes without decimals,
// which ISO 4217 gives to some of them.
var payPalCurrencies = map[ledger.Currency]int32{"AUD": 2, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HKD": 2, "HUF": 0, "ILS": 2,
	"JPY": 0, "MXN": 2, "NOK": 2, "NZD": 2, "PHP": 2, "PLN": 2, "SEK": 2, "SGD": 2, "THB": 2, "TWD": 0, "USD": 2}

// payPalNowhere are countries whose people cannot pay by PayPal.
var payPalNowhere = []string{"BY", "CU", "IR", "KP", "RU", "SY"}

// NewPayPal makes a provider. The webhook is its id, which stands beside its address at PayPal.
func NewPayPal(client, secret, webhook, apiURL string) *PayPal {
	return &PayPal{caller: newCaller("PayPal", apiURL), client: client, secret: secret, webhook: webhook}
}

// Name is how the provider is named in settings, keys and texts.
func (p *PayPal) Name() string { return "paypal" }

// Takes reports whether a sum can be paid by a customer of a country.
func (p *PayPal) Takes(m ledger.Money, country string) bool {
	_, ok := payPalSum(m)
	return ok && m.Minor > 0 && !slices.Contains(payPalNowhere, country)
}

// payPalSum is a sum as PayPal writes it; ok is false for one that it cannot take.
func payPalSum(m ledger.Money) (s payPalAmount, ok bool) {
	places, known := payPalCurrencies[m.Currency]
	d := m.Decimal()
	if !known || !d.Shift(places).IsInteger() {
		return s, false
	}
	return payPalAmount{Currency: string(m.Currency), Value: d.StringFixed(places)}, true
}

// What is read and written of PayPal's objects.
type (
	payPalAmount struct {
		Currency string `json:"currency_code"`
		Value    string `json:"value"`
	}
	payPalLink struct {
		Rel  string `json:"rel"`
		Href string `json:"href"`
	}
	payPalCapture struct {
		ID       string       `json:"id"`
		Status   string       `json:"status"`
		Amount   payPalAmount `json:"amount"`
		CustomID string       `json:"custom_id"`
		Created  time.Time    `json:"create_time"`
		Links    []payPalLink `json:"links"`
		Kept     struct {
			Gross payPalAmount `json:"gross_amount"`
			Fee   payPalAmount `json:"paypal_fee"`
		} `json:"seller_receivable_breakdown"`
		Returned struct {
			InAll payPalAmount `json:"total_refunded_amount"`
			Fee   payPalAmount `json:"paypal_fee"` // that PayPal gives back with it
		} `json:"seller_payable_breakdown"`
		Related struct {
			IDs struct {
				Order string `json:"order_id"`
			} `json:"related_ids"`
		} `json:"supplementary_data"`
	}
	payPalOrder struct {
		ID      string       `json:"id"`
		Status  string       `json:"status"`
		Created time.Time    `json:"create_time"`
		Links   []payPalLink `json:"links"`
		Units   []struct {
			CustomID string `json:"custom_id"`
			Payments struct {
				Captures []payPalCapture `json:"captures"`
			} `json:"payments"`
		} `json:"purchase_units"`
	}
)

// Create makes an order for exactly o.Amount. The same o.ID gives the same order.
func (p *PayPal) Create(ctx context.Context, o Order) (Session, error) {
	sum, ok := payPalSum(o.Amount)
	if !ok || o.Amount.Minor <= 0 {
		return Session{}, fmt.Errorf("creating the order: PayPal takes no %s", o.Amount)
	}
	in := map[string]any{"intent": "CAPTURE",
		"purchase_units": []map[string]any{{"amount": sum, "description": cutRunes(o.Description, 127),
			"custom_id": o.ID + "|" + strconv.FormatUint(uint64(o.Invoice), 10)}},
		"payment_source": map[string]any{"paypal": map[string]any{"experience_context": map[string]string{
			"return_url": o.SuccessURL, "cancel_url": o.CancelURL, "user_action": "PAY_NOW", "shipping_preference": "NO_SHIPPING",
			"payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED"}}}}
	var got payPalOrder
	if err := p.call(ctx, http.MethodPost, "/v2/checkout/orders", o.ID, in, &got); err != nil {
		return Session{}, fmt.Errorf("creating the order: %w", err)
	}
	for _, l := range got.Links {
		if l.Rel == "payer-action" || l.Rel == "approve" {
			return Session{ID: got.ID, URL: l.Href, Expires: got.Created.Add(payPalLife).UTC()}, nil
		}
	}
	return Session{}, errors.New("creating the order: PayPal named no page to approve it on")
}

// Ask reads an order back.
func (p *PayPal) Ask(ctx context.Context, id string) (State, error) {
	if !payPalID(id) {
		return State{}, ErrNoSession
	}
	var got payPalOrder
	err := p.call(ctx, http.MethodGet, "/v2/checkout/orders/"+url.PathEscape(id), "", nil, &got)
	if says(err, http.StatusNotFound) {
		return State{}, fmt.Errorf("reading the order: %w", ErrNoSession)
	}
	if err != nil {
		return State{}, fmt.Errorf("reading the order: %w", err)
	}
	return got.state(id)
}

// payPalID reports whether an id can be one of PayPal's.
func payPalID(id string) bool {
	return id != "" && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

// state tells what an order says.
func (o *payPalOrder) state(id string) (State, error) {
	if o.ID != id {
		return State{}, errors.New("PayPal told of another order")
	}
	switch o.Status {
	case "APPROVED":
		return State{Status: Approved}, nil
	case "VOIDED":
		return State{Status: Expired}, nil
	case "COMPLETED":
	default:
		return State{Status: Open}, nil
	}
	if len(o.Units) != 1 || len(o.Units[0].Payments.Captures) == 0 {
		return State{}, fmt.Errorf("order %s is completed without a capture: %w", o.ID, ErrUnread)
	}
	all := o.Units[0].Payments.Captures
	c := all[len(all)-1]
	c.CustomID = first(c.CustomID, o.Units[0].CustomID)
	return c.state(o.ID)
}

// state tells what a capture says. The amount is what was paid, of which the invoice must be ours.
func (c *payPalCapture) state(order string) (State, error) {
	switch c.Status {
	case "COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED":
	case "PENDING":
		return State{Status: Pending}, nil
	case "DECLINED", "FAILED":
		return State{Status: Expired}, nil
	default:
		return State{}, fmt.Errorf("capture %s is %q: %w", c.ID, c.Status, ErrUnread)
	}
	amount, err := readSum(c.Amount.Value, c.Amount.Currency)
	if err != nil || amount.Minor == 0 || c.ID == "" {
		return State{}, fmt.Errorf("capture %s: its sum: %w", c.ID, ErrUnread)
	}
	attempt, number, _ := strings.Cut(c.CustomID, "|")
	invoice, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return State{}, fmt.Errorf("capture %s: %w", c.ID, errForeign)
	}
	fee, _ := readSum(c.Kept.Fee.Value, c.Kept.Fee.Currency) // none where it is not said
	return State{Paid, &Payment{By: "paypal", Fee: fee, ID: "capture:" + c.ID, Session: order, Attempt: attempt, Invoice: ledger.InvoiceID(invoice),
		Amount: amount, PaidAt: c.Created.UTC(), Reference: c.ID}}, nil
}

// Capture takes the money of an order that is approved. What PayPal refuses to take it will never
// be asked for again: the customer begins anew.
func (p *PayPal) Capture(ctx context.Context, id, attempt string) (State, error) {
	if !payPalID(id) {
		return State{}, ErrNoSession
	}
	var got payPalOrder
	err := p.call(ctx, http.MethodPost, "/v2/checkout/orders/"+url.PathEscape(id)+"/capture", attempt+".capture", struct{}{}, &got)
	switch {
	case says(err, http.StatusUnprocessableEntity, "ORDER_ALREADY_CAPTURED"):
		return p.Ask(ctx, id)
	case says(err, http.StatusUnprocessableEntity):
		return State{Status: Expired}, nil
	case says(err, http.StatusNotFound):
		return State{}, fmt.Errorf("capturing the order: %w", ErrNoSession)
	case err != nil:
		return State{}, fmt.Errorf("capturing the order: %w", err)
	}
	return p.Ask(ctx, id) // the answer to a capture leaves out whose it is
}

// Expire does nothing: an order that is not captured takes no money.
func (p *PayPal) Expire(context.Context, string) error { return nil }

// call makes a request with a token, and once more with a fresh one if PayPal took it back.
func (p *PayPal) call(ctx context.Context, method, path, key string, in, out any) error {
	for fresh := false; ; fresh = true {
		token, err := p.authorize(ctx, fresh)
		if err != nil {
			return err
		}
		err = p.do(ctx, method, path, func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Prefer", "return=representation")
			if key != "" {
				r.Header.Set("PayPal-Request-Id", key)
			}
		}, in, out)
		if fresh || !says(err, http.StatusUnauthorized) {
			return err
		}
	}
}

// tokenMargin is how long before its end a token is not used any more.
const tokenMargin = time.Minute

// authorize returns the token that is kept, or fetches one.
func (p *PayPal) authorize(ctx context.Context, fresh bool) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !fresh && p.token != "" && time.Now().Before(p.until) {
		return p.token, nil
	}
	var got struct {
		Token   string `json:"access_token"`
		Seconds int    `json:"expires_in"`
	}
	err := p.do(ctx, http.MethodPost, "/v1/oauth2/token", func(r *http.Request) {
		r.SetBasicAuth(p.client, p.secret)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}, verbatim("grant_type=client_credentials"), &got)
	if err != nil {
		return "", fmt.Errorf("fetching a token: %w", err)
	}
	if got.Token == "" {
		return "", errors.New("fetching a token: PayPal gave none")
	}
	p.token, p.until = got.Token, time.Now().Add(time.Duration(got.Seconds)*time.Second-tokenMargin)
	return p.token, nil
}

// Webhook asks PayPal whether a webhook is its own, and reads it.
func (p *PayPal) Webhook(ctx context.Context, n Note) (Event, error) {
	if err := p.verify(ctx, n); err != nil {
		return Event{}, err
	}
	var ev struct {
		ID       string          `json:"id"`
		Type     string          `json:"event_type"`
		Resource json.RawMessage `json:"resource"`
	}
	if err := json.Unmarshal(n.Body, &ev); err != nil || ev.Type == "" {
		return Event{}, fmt.Errorf("reading an event: %w", ErrUnread)
	}
	switch ev.Type {
	case "CHECKOUT.ORDER.APPROVED":
		var o payPalOrder
		if json.Unmarshal(ev.Resource, &o) != nil || !payPalID(o.ID) {
			return Event{}, fmt.Errorf("event %s: its order: %w", ev.ID, ErrUnread)
		}
		return Event{Session: o.ID, State: State{Status: Approved}}, nil
	case "PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED":
		var back payPalCapture
		if json.Unmarshal(ev.Resource, &back) != nil {
			return Event{}, fmt.Errorf("event %s: its refund: %w", ev.ID, ErrUnread)
		}
		return back.wentBack(ev.Type == "PAYMENT.CAPTURE.REVERSED")
	case "PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.DENIED", "PAYMENT.CAPTURE.DECLINED":
		var c payPalCapture
		if json.Unmarshal(ev.Resource, &c) != nil {
			return Event{}, fmt.Errorf("event %s: its capture: %w", ev.ID, ErrUnread)
		}
		c.Status = strings.TrimPrefix(ev.Type, "PAYMENT.CAPTURE.")
		return c.told(ev.ID)
	}
	return Event{}, nil
}

// told reads what an event says of a capture. Its order stands beside it, or in the link above it;
// one of another program may have none.
func (c *payPalCapture) told(event string) (Event, error) {
	if c.Status == "DENIED" {
		c.Status = "DECLINED"
	}
	order := first(c.Related.IDs.Order, c.up("/orders/"))
	_, invoice, ours := strings.Cut(c.CustomID, "|")
	if _, err := strconv.ParseUint(invoice, 10, 32); !ours || err != nil {
		return Event{}, nil
	}
	if !payPalID(order) {
		return Event{}, fmt.Errorf("event %s: the order of its capture: %w", event, ErrUnread)
	}
	state, err := c.state(order)
	return known(Event{Session: order, State: state}, err)
}

// up is the id of what stands above a capture, or a refund, if it is of a kind.
func (c *payPalCapture) up(kind string) string {
	for _, l := range c.Links {
		if _, id, ok := strings.Cut(l.Href, kind); ok && l.Rel == "up" {
			return id
		}
	}
	return ""
}

// wentBack tells of a refund, or of a payer's bank that took the money back: c is that, and refers
// to its capture.
func (c *payPalCapture) wentBack(chargeback bool) (Event, error) {
	capture := c.up("/captures/")
	if capture == "" && chargeback && c.Kept.Gross.Value != "" { // it is told of the capture itself
		capture = c.ID
	}
	back := &Back{ID: "refund:" + c.ID, Reference: capture, Chargeback: chargeback}
	back.Attempt, _, _ = strings.Cut(c.CustomID, "|")
	said := c.Amount
	if c.Returned.InAll.Value != "" {
		said, back.InAll = c.Returned.InAll, true
	}
	var err error
	if back.Sum, err = readSum(said.Value, said.Currency); err != nil || c.ID == "" || !payPalID(capture) {
		return Event{}, fmt.Errorf("refund %s: of what, and how much: %w", c.ID, ErrUnread)
	}
	if fee, err := readSum(c.Returned.Fee.Value, c.Returned.Fee.Currency); err == nil {
		back.Fee = fee.Neg()
	}
	return Event{Back: back}, nil
}

// verify asks PayPal about a signature. It is asked about what can be one alone, with the body
// byte for byte as it came.
func (p *PayPal) verify(ctx context.Context, n Note) error {
	h := map[string]string{"auth_algo": n.Header.Get("Paypal-Auth-Algo"), "cert_url": n.Header.Get("Paypal-Cert-Url"),
		"transmission_id": n.Header.Get("Paypal-Transmission-Id"), "transmission_sig": n.Header.Get("Paypal-Transmission-Sig"),
		"transmission_time": n.Header.Get("Paypal-Transmission-Time"), "webhook_id": p.webhook}
	for _, v := range h {
		if v == "" || len(v) > 2000 {
			return ErrForged
		}
	}
	if !p.certifies(h["cert_url"]) {
		return ErrForged
	}
	if !json.Valid(n.Body) {
		return ErrForged // PayPal sends nothing but JSON
	}
	head, err := json.Marshal(h)
	if err != nil {
		return err
	}
	ask := append(head[:len(head)-1:len(head)-1], `,"webhook_event":`...)
	ask = append(append(ask, n.Body...), '}')
	var got struct {
		Status string `json:"verification_status"`
	}
	if err := p.call(ctx, http.MethodPost, "/v1/notifications/verify-webhook-signature", "", verbatim(ask), &got); err != nil {
		if says(err, http.StatusBadRequest) || says(err, http.StatusUnprocessableEntity) {
			return ErrForged
		}
		return fmt.Errorf("checking a signature: %w", err)
	}
	if got.Status != "SUCCESS" {
		return ErrForged
	}
	return nil
}

// certifies reports whether a certificate's address is at PayPal, or where its API is.
func (p *PayPal) certifies(address string) bool {
	u, err := url.Parse(address)
	own, _ := url.Parse(p.base)
	if err != nil || u.User != nil {
		return false
	}
	paypal := u.Scheme == "https" && (u.Host == "paypal.com" || strings.HasSuffix(u.Host, ".paypal.com"))
	return paypal || own != nil && u.Scheme == own.Scheme && u.Host == own.Host
}

// verbatim is a body that is sent as it is: what is signed must not be written anew.
type verbatim []byte
