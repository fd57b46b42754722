package main

import (
	"context"
	"errors"
	"time"

	"duebot/adapters/pay"
	"duebot/commands"
	"duebot/ledger"
)

// askAgain is how long after it a provider is asked again that did not say all, of business time.
const askAgain = time.Hour

// kickKept has providers asked. It counts as under way from now on.
func (p *payments) kickKept() {
	done := p.bot.begin()
	select {
	case p.untold <- done:
	default: // a look that has not begun will see it too
		done()
	}
}

// runKept asks at the start, whenever it is kicked, and again while something was not said.
func (p *payments) runKept(ctx context.Context) error {
	p.kickKept()
	var later func() // ends the wait for the next time
	for {
		select {
		case <-ctx.Done():
			return nil
		case done := <-p.untold:
			if later != nil {
				later()
				later = nil
			}
			if p.askKept(ctx) {
				later = p.bot.clock.After(askAgain, p.kickKept)
			}
			done()
		}
	}
}

// askKept asks providers for what they did not say with a payment or a payout: what they kept, and
// what it is made of. What comes of it is booked once, however often it is asked. It reports whether
// something is still to be said.
func (p *payments) askKept(ctx context.Context) (left bool) {
	for _, by := range p.bot.providers {
		if err := p.askKeptOf(ctx, by); err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
			p.bot.log.Warn("asking what a provider kept", "of", by.Name(), "error", err)
		}
		_, tellsFees := by.(pay.FeeTeller)
		_, tellsParts := by.(pay.PartsTeller)
		fees, payouts, _ := p.bot.desk.Untold(by.Name())
		left = left || tellsFees && len(fees) > 0 || tellsParts && len(payouts) > 0
	}
	return left
}

// askKeptOf asks one provider. It asks one thing after the other, and ends at the first that is not
// answered: the others are asked with it the next time.
func (p *payments) askKeptOf(ctx context.Context, by pay.Provider) error {
	fees, payouts, err := p.bot.desk.Untold(by.Name())
	if err != nil {
		return err
	}
	if teller, ok := by.(pay.FeeTeller); ok {
		for _, f := range fees {
			if err := p.askFee(ctx, teller, f); err != nil {
				return err
			}
		}
	}
	if teller, ok := by.(pay.PartsTeller); ok {
		for _, x := range payouts {
			if err := p.askParts(ctx, teller, x); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *payments) askFee(ctx context.Context, by pay.FeeTeller, f commands.UntoldFee) error {
	kept, err := by.Kept(ctx, f.Reference)
	if errors.Is(err, pay.ErrNotSaid) || errors.Is(err, pay.ErrNoSession) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.bot.desk.Kept(ctx, f.Payment, commands.ProviderMovement{ID: kept.Movement, Sum: kept.Settled, Fee: kept.Fee})
}

func (p *payments) askParts(ctx context.Context, by pay.PartsTeller, x ledger.Payout) error {
	parts, err := by.Parts(ctx, x.ID)
	if errors.Is(err, pay.ErrNotSaid) || err == nil && len(parts) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	var out []commands.ProviderMovement
	for _, m := range parts {
		out = append(out, commands.ProviderMovement(m))
	}
	return p.bot.desk.PayoutMade(ctx, x.No, out)
}
