package commands

import (
	"context"

	"duebot/ledger"
)

// What providers say later than of the payment: what they kept of it, and what a payout of theirs
// is made of. It is asked for until they say it.

// ProviderMovement is what a provider says of money of a payment in its account.
type ProviderMovement struct {
	ID        string       // the provider's
	Reference string       // of the payment, "" for what is of none
	Original  ledger.Money // in the payment's currency; negative for money that went back
	Sum       ledger.Money // in the currency of the payout
	Fee       ledger.Money // kept of it besides
}

// PaidOut books that a provider pays out to the company's bank.
func (d *Desk) PaidOut(ctx context.Context, x ledger.PayoutTold) error {
	_, err := d.Books.Update(ctx, ledger.Command{Key: x.Provider + ":payout:" + x.ID, By: x.Provider, Input: x.Amount.String(), Run: func(tx *ledger.Tx) ([]byte, error) {
		return nil, tx.TellPayout(x)
	}})
	return err
}

// Kept books what a provider kept of a payment, once, and into what it changed its money.
func (d *Desk) Kept(ctx context.Context, id ledger.PaymentID, m ProviderMovement) error {
	_, err := d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		p := tx.Payment(id)
		m.Original = p.Amount
		return nil, keepOf(tx, p, m)
	}})
	return err
}

// keepOf books what a movement says of a payment. The fee is that of the payment: what is kept for
// a refund or a dispute comes with that.
func keepOf(tx *ledger.Tx, p *ledger.Payment, m ProviderMovement) error {
	if err := tx.ProviderConverts(p, m.ID, m.Original, m.Sum); err != nil {
		return err
	}
	if m.Original.Minor < 0 || p.FeeTold {
		return nil
	}
	return tx.TakeFee(p, m.Fee)
}

// PayoutMade books what a payout is made of, and with it every fee that nobody has told of yet.
func (d *Desk) PayoutMade(ctx context.Context, no ledger.PayoutID, parts []ProviderMovement) error {
	_, err := d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		out := tx.Payout(no)
		if out.Parts != nil {
			return nil, nil
		}
		x := ledger.PayoutParts{}
		for _, m := range parts {
			p, err := knownPaidBy(&tx.View, out.Provider, m.Reference)
			if err != nil {
				return nil, err
			}
			if m.Reference == "" || p == nil || !p.Held {
				x.Others += m.Sum.Minor - m.Fee.Minor
				continue
			}
			if err := keepOf(tx, p, m); err != nil {
				return nil, err
			}
			x.Fees += m.Fee.Minor
			if m.Sum.Minor < 0 {
				x.Back -= m.Sum.Minor
				continue
			}
			x.Payments++
			x.Gross += m.Sum.Minor
		}
		return nil, tx.TellParts(out, x)
	}})
	return err
}

// askedDays is for how many days a provider is asked what it did not say.
const askedDays = 10

// UntoldFee is a payment of which its provider did not say yet what it kept.
type UntoldFee struct {
	Payment   ledger.PaymentID
	Reference string
}

// Untold are the payments and the payouts of a provider of which it did not say all.
func (d *Desk) Untold(provider string) (fees []UntoldFee, payouts []ledger.Payout, err error) {
	err = d.Books.View(func(v *ledger.View) error {
		since := v.Today().AddDays(-askedDays)
		for _, p := range v.UntoldFees(provider, since) {
			f, err := v.PaymentFact(p)
			if err != nil {
				return err
			}
			reference, err := v.Text(v.Describe(f).Words)
			if err != nil {
				return err
			}
			fees = append(fees, UntoldFee{p.ID, reference})
		}
		v.Payouts(func(p *ledger.Payout) {
			if p.Provider == provider && p.Parts == nil && p.Entry == 0 && p.Told >= since {
				payouts = append(payouts, *p)
			}
		})
		return nil
	})
	return fees, payouts, err
}
