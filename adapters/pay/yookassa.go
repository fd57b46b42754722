package pay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"duebot/ledger"
)

// YooKassa takes payments by YooKassa's API v3.
//
// It signs nothing. A notice is taken from the ranges that YooKassa publishes alone, and even
// then only the id in it is believed: the payment is read back. A payment that waits for its
// customer cannot be ended, and ends by itself after an hour.
type YooKassa struct {
	caller
	shop, secret string
	senders      []netip.Prefix
	receipt      YooReceipt
}

// YooKassaSenders are the ranges from which YooKassa sends notices, as it publishes them.
func YooKassaSenders() []string {
	return []string{"185.71.76.0/27", "185.71.77.0/27", "77.75.153.0/25", "77.75.154.128/25", "77.75.156.11/32", "77.75.156.35/32", "2a02:5180::/32"}
}

// YooReceipt is what a receipt by the law 54-FZ needs. Without a VATCode none is asked for: then
// the company makes its receipts elsewhere.
type YooReceipt struct {
	VATCode   int // YooKassa's code of the tax rate: 1 is without tax
	TaxSystem int // YooKassa's code of the tax system; 0: the shop has one only
}

// yooLife is how long a payment waits for its customer.
const yooLife = time.Hour

// NewYooKassa makes a provider. The base address is that before /v3.
func NewYooKassa(shop, secret, apiURL string, senders []string, receipt YooReceipt) (*YooKassa, error) {
	y := &YooKassa{caller: newCaller("YooKassa", apiURL), shop: shop, secret: secret, receipt: receipt}
	for _, s := range senders {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("YooKassa's senders: %q is no range of addresses", s)
		}
		y.senders = append(y.senders, p)
	}
	return y, nil
}

// Name is how the provider is named in settings, keys and texts.
func (y *YooKassa) Name() string { return "yookassa" }

// Takes reports whether a sum can be paid: roubles, from one on.
func (y *YooKassa) Takes(m ledger.Money, _ string) bool { return m.Currency == "RUB" && m.Minor >= 100 }

// yooAmount is a sum as YooKassa writes it.
type yooAmount struct {
	Value    string `json:"value"`
	Currency string `json:"currency"`
}

// yooPayment is what is read of a payment.
type yooPayment struct {
	ID           string                     `json:"id"`
	Status       string                     `json:"status"`
	Paid         bool                       `json:"paid"`
	Amount       yooAmount                  `json:"amount"`
	CreatedAt    time.Time                  `json:"created_at"`
	CapturedAt   time.Time                  `json:"captured_at"`
	Refunded     yooAmount                  `json:"refunded_amount"`
	Income       yooAmount                  `json:"income_amount"`
	Metadata     map[string]json.RawMessage `json:"metadata"` // another program may keep anything there
	Confirmation struct {
		URL string `json:"confirmation_url"`
	} `json:"confirmation"`
}

// Create makes a payment for exactly o.Amount. The same o.ID gives the same payment.
func (y *YooKassa) Create(ctx context.Context, o Order) (Session, error) {
	if !y.Takes(o.Amount, "") {
		return Session{}, fmt.Errorf("creating the payment: YooKassa takes no %s", o.Amount)
	}
	sum := yooAmount{writeSum(o.Amount), string(o.Amount.Currency)}
	in := map[string]any{
		"amount": sum, "capture": true, "description": cutRunes(o.Description, 128),
		"confirmation": map[string]any{"type": "redirect", "return_url": o.SuccessURL},
		"metadata":     map[string]string{"attempt": o.ID, "invoice": strconv.FormatUint(uint64(o.Invoice), 10), "number": o.Number},
	}
	if y.receipt.VATCode > 0 {
		in["receipt"] = y.receiptOf(o, sum)
	}
	var got yooPayment
	if err := y.do(ctx, http.MethodPost, "/v3/payments", y.keyed(o.ID), in, &got); err != nil {
		return Session{}, fmt.Errorf("creating the payment: %w", err)
	}
	if got.ID == "" || got.Confirmation.URL == "" {
		return Session{}, fmt.Errorf("creating the payment: YooKassa named no page to pay on")
	}
	return Session{ID: got.ID, URL: got.Confirmation.URL, Expires: got.CreatedAt.Add(yooLife).UTC()}, nil
}

// receiptOf is the receipt of an order: one service, paid in full, sent to the customer's e-mail.
func (y *YooKassa) receiptOf(o Order, sum yooAmount) map[string]any {
	out := map[string]any{
		"customer": map[string]string{"email": o.Email},
		"items": []map[string]any{{"description": cutRunes(o.Description, 128), "quantity": "1.00", "amount": sum,
			"vat_code": y.receipt.VATCode, "payment_mode": "full_payment", "payment_subject": "service"}},
	}
	if y.receipt.TaxSystem > 0 {
		out["tax_system_code"] = y.receipt.TaxSystem
	}
	return out
}

func (y *YooKassa) signed(r *http.Request) { r.SetBasicAuth(y.shop, y.secret) }

// keyed signs a request that changes something, and gives it the key by which it is known again.
func (y *YooKassa) keyed(key string) func(*http.Request) {
	return func(r *http.Request) {
		y.signed(r)
		r.Header.Set("Idempotence-Key", key)
	}
}

// Ask reads a payment back.
func (y *YooKassa) Ask(ctx context.Context, id string) (State, error) {
	got, err := y.read(ctx, id)
	if err != nil {
		return State{}, err
	}
	return got.state()
}

func (y *YooKassa) read(ctx context.Context, id string) (got yooPayment, err error) {
	if id == "" || strings.ContainsAny(id, "/?#.") {
		return got, ErrNoSession
	}
	err = y.do(ctx, http.MethodGet, "/v3/payments/"+url.PathEscape(id), y.signed, nil, &got)
	if says(err, http.StatusNotFound) {
		return got, fmt.Errorf("reading the payment: %w", ErrNoSession)
	}
	if err != nil {
		return got, fmt.Errorf("reading the payment: %w", err)
	}
	if got.ID != id {
		return got, fmt.Errorf("reading the payment: YooKassa told of another one")
	}
	return got, nil
}

// state tells what a payment says. The amount is what was paid, of which the invoice must be ours.
func (p *yooPayment) state() (State, error) {
	switch {
	case p.Status == "canceled":
		return State{Status: Expired}, nil
	case p.Status == "waiting_for_capture":
		return State{Status: Pending}, nil
	case p.Status != "succeeded" || !p.Paid:
		return State{Status: Open}, nil
	}
	amount, err := readSum(p.Amount.Value, p.Amount.Currency)
	if err != nil || amount.Minor == 0 {
		return State{}, fmt.Errorf("payment %s: its sum: %w", p.ID, ErrUnread)
	}
	invoice, err := strconv.ParseUint(p.meta("invoice"), 10, 32)
	if err != nil {
		return State{}, fmt.Errorf("payment %s: %w", p.ID, errForeign)
	}
	return State{Paid, &Payment{By: "yookassa", ID: "payment:" + p.ID, Session: p.ID, Attempt: p.meta("attempt"),
		Invoice: ledger.InvoiceID(invoice), Amount: amount, PaidAt: p.CapturedAt.UTC(), Reference: p.ID, Fee: p.fee(amount)}}, nil
}

// fee is what YooKassa keeps of a payment: what is less in its income.
func (p *yooPayment) fee(paid ledger.Money) ledger.Money {
	income, err := readSum(p.Income.Value, p.Income.Currency)
	if err != nil || income.Currency != paid.Currency || income.Minor > paid.Minor {
		return ledger.Money{}
	}
	return ledger.Money{Minor: paid.Minor - income.Minor, Currency: paid.Currency}
}

// refunded tells what went back of a payment, in all.
func (p *yooPayment) refunded() (Event, error) {
	sum, err := readSum(p.Refunded.Value, p.Refunded.Currency)
	if err != nil {
		return Event{}, fmt.Errorf("payment %s: what was refunded: %w", p.ID, err)
	}
	return Event{Back: &Back{ID: fmt.Sprintf("refunded:%s:%d", p.ID, sum.Minor), Reference: p.ID, Attempt: p.meta("attempt"), Sum: sum, InAll: true}}, nil
}

func (p *yooPayment) meta(key string) (value string) {
	if json.Unmarshal(p.Metadata[key], &value) != nil {
		return ""
	}
	return value
}

// Expire does nothing: a payment that waits for its customer ends by itself.
func (y *YooKassa) Expire(context.Context, string) error { return nil }

// Webhook reads a notice: who sent it, what it is about, and then what YooKassa says of that.
func (y *YooKassa) Webhook(ctx context.Context, n Note) (Event, error) {
	if !y.sends(n.From) {
		return Event{}, ErrForged
	}
	var note struct {
		Event  string `json:"event"`
		Object struct {
			ID      string `json:"id"`
			Payment string `json:"payment_id"`
		} `json:"object"`
	}
	if err := json.Unmarshal(n.Body, &note); err != nil || note.Event == "" || note.Object.ID == "" {
		return Event{}, fmt.Errorf("reading a notice: %w", ErrUnread)
	}
	id, refund := note.Object.ID, note.Event == "refund.succeeded"
	if refund && note.Object.Payment != "" {
		id = note.Object.Payment
	}
	if !refund && !strings.HasPrefix(note.Event, "payment.") {
		return Event{}, nil
	}
	got, err := y.read(ctx, id)
	if err != nil {
		return Event{}, noticed(err)
	}
	if refund {
		return got.refunded()
	}
	state, err := got.state()
	return known(Event{Session: got.ID, State: state}, err)
}

// noticed is the error of reading back what a notice is about. One about nothing that is there
// was not sent by the provider, or not to us.
func noticed(err error) error {
	if says(err, http.StatusBadRequest) || says(err, http.StatusForbidden) || errors.Is(err, ErrNoSession) {
		return ErrForged
	}
	return err
}

func (y *YooKassa) sends(from netip.Addr) bool {
	for _, p := range y.senders {
		if p.Contains(from) {
			return true
		}
	}
	return false
}
