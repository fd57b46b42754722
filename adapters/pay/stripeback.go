package pay

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/stripe/stripe-go/v84"

	"duebot/ledger"
)

// stripeSum is a sum as an object of Stripe's tells it.
func stripeSum(amount int64, currency stripe.Currency) (ledger.Money, error) {
	c, err := ledger.ParseCurrency(string(currency))
	if err != nil {
		return ledger.Money{}, fmt.Errorf("%q is no currency: %w", currency, ErrUnread)
	}
	m, ok := moneyOf(amount, c)
	if !ok || m.Minor < 0 {
		return m, fmt.Errorf("%d is no whole sum of %s: %w", amount, c, ErrUnread)
	}
	return m, nil
}

// refundedCharge reads a charge of which something was paid back: all that ever was.
func refundedCharge(raw json.RawMessage) (Event, error) {
	var ch stripe.Charge
	if ch.UnmarshalJSON(raw) != nil || ch.ID == "" {
		return Event{}, fmt.Errorf("reading a charge: %w", ErrUnread)
	}
	if ch.PaymentIntent == nil || ch.PaymentIntent.ID == "" {
		return Event{}, nil // of no session, and so of none of ours
	}
	sum, err := stripeSum(ch.AmountRefunded, ch.Currency)
	if err != nil {
		return Event{}, err
	}
	return Event{Back: &Back{ID: fmt.Sprintf("refunded:%s:%d", ch.ID, ch.AmountRefunded), Reference: ch.PaymentIntent.ID,
		Attempt: ch.Metadata["attempt"], Sum: sum, InAll: true}}, nil
}

// lostDispute reads a dispute with the payer's bank by which money went away. Whichever event
// tells so first: that it was withdrawn, or that the dispute was lost.
func lostDispute(kind stripe.EventType, raw json.RawMessage) (Event, error) {
	var d stripe.Dispute
	if d.UnmarshalJSON(raw) != nil || d.ID == "" {
		return Event{}, fmt.Errorf("reading a dispute: %w", ErrUnread)
	}
	if kind == stripe.EventTypeChargeDisputeClosed && d.Status != stripe.DisputeStatusLost {
		return Event{}, nil
	}
	back, err := disputed(&d)
	return Event{Back: back}, err
}

// wonDispute reads a dispute whose money came again: all of it, or a part.
func wonDispute(raw json.RawMessage) (Event, error) {
	var d stripe.Dispute
	if d.UnmarshalJSON(raw) != nil || d.ID == "" {
		return Event{}, fmt.Errorf("reading a dispute: %w", ErrUnread)
	}
	again, err := disputed(&d)
	if err != nil {
		return Event{}, err
	}
	again.ID = "reinstated:" + d.ID
	return Event{Again: again}, nil
}

// disputed is what a dispute is about.
func disputed(d *stripe.Dispute) (*Back, error) {
	if d.PaymentIntent == nil || d.PaymentIntent.ID == "" {
		return nil, fmt.Errorf("dispute %s: of which payment: %w", d.ID, ErrUnread)
	}
	sum, err := stripeSum(d.Amount, d.Currency)
	if err != nil {
		return nil, fmt.Errorf("dispute %s: %w", d.ID, err)
	}
	return &Back{ID: "dispute:" + d.ID, Reference: d.PaymentIntent.ID, Sum: sum, Chargeback: true, Fee: disputeFee(d)}, nil
}

func paidOut(raw json.RawMessage) (Event, error) {
	var p stripe.Payout
	if p.UnmarshalJSON(raw) != nil || p.ID == "" {
		return Event{}, fmt.Errorf("reading a payout: %w", ErrUnread)
	}
	sum, err := stripeSum(max(p.Amount, -p.Amount), p.Currency)
	if err != nil {
		return Event{}, err
	}
	if p.Amount < 0 { // it takes from the bank's account what refunds left short
		sum = sum.Neg()
	}
	return Event{Payout: &Payout{ID: p.ID, Amount: sum, Arrives: time.Unix(p.ArrivalDate, 0).UTC()}}, nil
}
