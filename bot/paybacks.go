package main

import (
	"context"
	"errors"
	"fmt"

	"duebot/adapters/pay"
	"duebot/commands"
	"duebot/ledger"
)

// wentBack books that money of a payment went away again. What is, or may be, of one of ours that
// is not booked yet waits for it; another program's, which shares the account, does not. A payer's
// bank does not say whose it is.
func (p *payments) wentBack(ctx context.Context, by string, x *pay.Back) error {
	b := p.bot
	reason := by + " refund"
	if x.Chargeback {
		reason = by + " chargeback"
	}
	err := b.desk.GaveBack(ctx, commands.GivenBack{Key: by + ":" + x.ID, By: by, Reference: x.Reference, Sum: x.Sum, InAll: x.InAll, Fee: x.Fee, Reason: reason, Taken: x.Chargeback,
		Waits: b.desk.Ours(x.Attempt) || x.Attempt == "" && x.Chargeback})
	if errors.Is(err, commands.ErrNoPayment) {
		b.log.Warn("money went back of a payment that is not booked here", "by", by, "payment", x.Reference)
		return nil
	}
	if err == nil {
		b.counts.inbound(by)("back")
	}
	return err
}

// cameAgain books that money which had gone away came again.
func (p *payments) cameAgain(ctx context.Context, by string, x *pay.Back) error {
	b := p.bot
	err := b.desk.CameAgain(ctx, commands.GivenBack{Key: by + ":" + x.ID, By: by, Reference: x.Reference, Sum: x.Sum,
		Waits: b.desk.Ours(x.Attempt) || x.Attempt == ""})
	if errors.Is(err, commands.ErrNoPayment) {
		b.log.Warn("money came again of a payment that is not booked here", "by", by, "payment", x.Reference)
		return nil
	}
	return err
}

// paidOut books that a provider pays out.
func (p *payments) paidOut(ctx context.Context, by string, x *pay.Payout) error {
	out := ledger.PayoutTold{Provider: by, ID: x.ID, Amount: x.Amount}
	if !x.Arrives.IsZero() {
		p.bot.books.View(func(v *ledger.View) error {
			co := v.Company()
			out.Arrives = ledger.DateOf(x.Arrives, co.Zone())
			return nil
		})
	}
	err := p.bot.desk.PaidOut(ctx, out)
	if err == nil {
		p.kickKept()
	}
	return err
}

// tellForged tells finance, once a day, that somebody sends webhooks in a provider's name.
func (p *payments) tellForged(ctx context.Context, by string) {
	b := p.bot
	var day ledger.Date
	b.books.View(func(v *ledger.View) error { day = v.Today(); return nil })
	err := b.desk.TellOfPayment(ctx, fmt.Sprintf("forged:%s:%s", by, day), "pay.forged", 0, by)
	if err != nil && !errors.Is(err, ledger.ErrClosed) {
		b.log.Error("telling of forged webhooks", "error", err)
	}
}
