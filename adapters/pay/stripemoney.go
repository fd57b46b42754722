package pay

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/stripe/stripe-go/v84"

	"duebot/ledger"
)

// What Stripe keeps of a payment stands in the balance transaction of its charge, which it makes
// when the money is captured: with or after the webhook of the session. Refunds have one of their
// own; the fee of the payment is not given back with them.

// Kept asks what Stripe kept of a payment intent, and into what it changed the money.
func (s *Stripe) Kept(ctx context.Context, reference string) (Kept, error) {
	p := &stripe.PaymentIntentRetrieveParams{}
	p.AddExpand("latest_charge.balance_transaction")
	pi, err := s.client.V1PaymentIntents.Retrieve(ctx, reference, p)
	if err != nil {
		return Kept{}, stripeError("reading a payment", err)
	}
	if pi.LatestCharge == nil || pi.LatestCharge.BalanceTransaction == nil || pi.LatestCharge.BalanceTransaction.Currency == "" {
		return Kept{}, ErrNotSaid
	}
	m, err := movementOf(pi.LatestCharge.BalanceTransaction)
	return Kept{Movement: m.ID, Settled: m.Sum, Fee: m.Fee}, err
}

// movementOf is what a balance transaction says: a negative sum is money that went away.
func movementOf(t *stripe.BalanceTransaction) (m Movement, err error) {
	c, err := ledger.ParseCurrency(string(t.Currency))
	if err != nil {
		return m, fmt.Errorf("%s: %q is no currency: %w", t.ID, t.Currency, ErrUnread)
	}
	sum, whole := moneyOf(t.Amount, c)
	fee, wholeFee := moneyOf(t.Fee, c)
	if !whole || !wholeFee || t.ID == "" {
		return m, fmt.Errorf("%s: %d less %d is no whole sum of %s: %w", t.ID, t.Amount, t.Fee, c, ErrUnread)
	}
	m = Movement{ID: t.ID, Sum: sum, Fee: fee}
	if t.Source == nil {
		return m, nil
	}
	original, currency, sign := int64(0), stripe.Currency(""), int64(1)
	var of *stripe.PaymentIntent
	switch x := t.Source; {
	case x.Charge != nil:
		of, original, currency = x.Charge.PaymentIntent, x.Charge.Amount, x.Charge.Currency
	case x.Refund != nil:
		of, original, currency, sign = x.Refund.PaymentIntent, x.Refund.Amount, x.Refund.Currency, -1
	case x.Dispute != nil:
		of, original, currency = x.Dispute.PaymentIntent, x.Dispute.Amount, x.Dispute.Currency
		if t.Amount < 0 { // what is won back comes as a second transaction of the dispute
			sign = -1
		}
	}
	if of == nil {
		return m, nil
	}
	m.Reference = of.ID
	if m.Original, err = stripeSum(original, currency); err != nil {
		return m, err
	}
	m.Original.Minor *= sign
	return m, nil
}

// movementsMax is how many movements of one payout are read.
const movementsMax = 10_000

// Parts lists what a payout is made of. Of a payout that somebody made by hand Stripe does not say:
// that is ErrNotSaid.
func (s *Stripe) Parts(ctx context.Context, payout string) (out []Movement, err error) {
	p := &stripe.BalanceTransactionListParams{Payout: stripe.String(payout)}
	p.Limit = stripe.Int64(100)
	p.AddExpand("data.source")
	for t, err := range s.client.V1BalanceTransactions.List(ctx, p) {
		var e *stripe.Error
		switch {
		case errors.As(err, &e) && e.HTTPStatusCode == http.StatusBadRequest:
			return nil, ErrNotSaid
		case err != nil:
			return nil, stripeError("listing the parts of a payout", err)
		case len(out) == movementsMax:
			return nil, fmt.Errorf("payout %s has more than %d parts", payout, movementsMax)
		case t.Type == stripe.BalanceTransactionTypePayout: // the payout itself
			continue
		}
		m, err := movementOf(t)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// disputeFee is what Stripe takes for a dispute, in the currency of the account.
func disputeFee(d *stripe.Dispute) (fee ledger.Money) {
	for _, t := range d.BalanceTransactions {
		m, err := movementOf(t)
		if err == nil && m.Fee.Minor > 0 && (fee.Currency == "" || fee.Currency == m.Fee.Currency) {
			fee = fee.Add(m.Fee)
		}
	}
	return fee
}
