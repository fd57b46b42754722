package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/match"
)

// payoutsCommand lists what payment providers pay out, and what each still holds.
//
//	line = [ provider ] .
func payoutsCommand() Command {
	return Command{
		Name: "payouts", Who: []Role{Finance, Manager, Auditor}, Reads: true,
		Usage:    []string{`payouts`, `payouts <provider>`},
		Examples: []string{`payouts`, `payouts stripe`},
		Run:      runPayouts,
	}
}

func runPayouts(c *Call) (card.Reply, error) {
	only := ""
	switch {
	case len(c.Args) > 1:
		return card.Reply{}, usage("payouts", "got", c.Line)
	case len(c.Args) == 1:
		if only = strings.ToLower(c.Args[0].text); !ledger.PaysOut(only) {
			return card.Reply{}, ledger.Refuse(ledger.NotFound, "payout.provider", "text", c.Args[0].text)
		}
	}
	k := &card.Card{Title: card.T("payouts.title")}
	k.Table = &card.Table{Head: []card.Text{card.T("col.provider"), card.T("col.payout"), card.T("col.amount"), card.T("col.arrives"), card.T("col.state"), card.T("col.others")},
		Right: []bool{false, false, true, false, false, true}}
	var all []*ledger.Payout
	c.Payouts(func(p *ledger.Payout) {
		if only == "" || p.Provider == only {
			all = append(all, p)
		}
	})
	for i := len(all) - 1; i >= 0; i-- { // the newest first
		k.Table.Rows = append(k.Table.Rows, c.Desk.payoutRow(c.View, all[i]))
	}
	for _, h := range c.AllHeld() {
		if only == "" || h.Provider == only {
			k.Body = append(k.Body, heldLines(c.View, h)...)
		}
	}
	if len(all) == 0 {
		k.Table = nil
		k.Body = append(k.Body, card.T("payouts.none"))
	}
	return card.Reply{Card: k}, nil
}

// payoutRow is one payout: when it is to arrive, whether it did, and how much of it is of no
// payment of the books.
func (d *Desk) payoutRow(v *ledger.View, p *ledger.Payout) []card.Text {
	state := card.T("payout.expected")
	switch late := d.payoutLate(v, p); {
	case p.Entry != 0:
		state = card.T("payout.arrived", "entry", p.Entry.Label())
	case late > 0:
		state = card.T("payout.late", "days", card.T("count.days", "count", late))
	}
	others := card.Plain("–")
	if p.Parts != nil {
		others = money(ledger.Money{Minor: p.Amount.Minor - p.Parts.Ours(), Currency: p.Amount.Currency})
	}
	return []card.Text{providerName(p.Provider), card.Plain(p.No.Label() + " · " + cut(p.ID, 40)), money(p.Amount), card.T("value", "value", p.Day()), state, others}
}

// heldLines say what a provider holds, and what that is made of.
func heldLines(v *ledger.View, h ledger.Held) []card.Text {
	of := func(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: h.Currency} }
	coming := int64(0)
	v.Payouts(func(p *ledger.Payout) {
		if p.Provider == h.Provider && p.Amount.Currency == h.Currency && p.Entry == 0 {
			coming += v.Ours(h.Provider, p, p.Amount).Minor
		}
	})
	lines := []card.Text{card.T("payouts.held", "provider", providerName(h.Provider), "held", h.Money(), "in", of(h.In), "back", of(h.Back), "fees", of(h.Fees), "out", of(h.Out))}
	if h.Swapped != 0 {
		lines = append(lines, card.T("payouts.swapped", "amount", of(h.Swapped)))
	}
	if h.Minor != coming {
		lines = append(lines, card.T("payouts.rest", "amount", of(h.Minor-coming)))
	}
	return lines
}

func providerName(provider string) card.Text { return card.T("provider." + provider) }

// payoutDays is after how many days a payout is late, without a setting.
const payoutDays = 5

// payoutLate is for how many days a payout is late: 0 for one that is not.
func (d *Desk) payoutLate(v *ledger.View, p *ledger.Payout) int {
	grace := d.PayoutDays
	if grace == 0 {
		grace = payoutDays
	}
	if days := int(v.Today() - p.Day()); p.Entry == 0 && days > grace {
		return days
	}
	return 0
}

// payoutsTold is how far back payouts are told of as late: who begins to read statements is not told
// of years.
const payoutsTold = 60

// TellLatePayouts tells finance once of each payout that no statement brought, and returns when to
// look again. Where no statements are read there is nothing to miss.
func (d *Desk) TellLatePayouts(ctx context.Context) (next time.Time, err error) {
	var late []ledger.PayoutID
	err = d.Books.View(func(v *ledger.View) error {
		zone := v.Company()
		next = (v.Today() + 1).At(9, 0, zone.Zone())
		if len(v.BankFresh()) == 0 {
			return nil
		}
		v.Payouts(func(p *ledger.Payout) {
			if days := d.payoutLate(v, p); days > 0 && days <= payoutsTold {
				late = append(late, p.No)
			}
		})
		return nil
	})
	for _, no := range late {
		if err == nil {
			err = d.tellLatePayout(ctx, no)
		}
	}
	return next, err
}

func (d *Desk) tellLatePayout(ctx context.Context, no ledger.PayoutID) error {
	told := false
	if err := d.Books.View(func(v *ledger.View) error {
		row, err := v.Get(payoutTold(v.Payout(no)))
		told = row != nil
		return err
	}); err != nil || told {
		return err
	}
	return d.program(ctx, func(tx *ledger.Tx) error {
		p := tx.Payout(no)
		tx.Put(payoutTold(p), []byte("told"))
		detail := p.Amount.String() + ", " + p.Provider + " " + p.No.Label() + " " + p.ID + ", " + p.Day().String()
		return tx.NotifyText(ledger.NoticeQueued{Kind: ledger.NoticeTask, Address: d.FinanceChannel, Code: "payout.late"}, detail)
	})
}

func payoutTold(p *ledger.Payout) string { return "payout.late:" + p.Provider + ":" + p.ID }

// settleProvider books that an entry brought a payout, or a refund.
func (d *Desk) settleProvider(tx *ledger.Tx, e *ledger.BankEntry, provider string, payout ledger.PayoutID, refund ledger.RefundID, alone bool) error {
	err := error(nil)
	if refund != 0 {
		err = tx.SeeRefund(e, tx.RefundOf(refund), alone)
	} else {
		err = tx.ArrivePayout(e, provider, tx.Payout(payout), alone)
	}
	if err == nil {
		tx.Put(proposalRow(e.ID), nil)
	}
	return err
}

// saidOf are the data of a reason, with the provider as people call it.
func saidOf(c *match.Candidate, args []any) []any {
	out := slices.Clone(args)
	for i := 1; i < len(out); i += 2 {
		if out[i-1] == "provider" {
			out[i] = providerName(c.Provider)
		}
	}
	return out
}

// takePayout says that an entry brought what a provider paid out: "payout stripe", "payout PO-1".
func takePayout(c *Call, e *ledger.BankEntry, rest []token) error {
	if len(rest) != 1 {
		return usage("bank", "got", c.Line)
	}
	var found *ledger.Payout
	named := strings.ToLower(rest[0].text)
	c.Tx.Payouts(func(p *ledger.Payout) {
		fits := p.Provider == named && p.Amount == e.Amount && p.Entry == 0
		if fits && found == nil || strings.EqualFold(p.ID, rest[0].text) || strings.EqualFold(p.No.Label(), rest[0].text) {
			found = p
		}
	})
	switch {
	case found != nil:
		return c.Desk.settleProvider(c.Tx, e, found.Provider, found.No, 0, false)
	case ledger.PaysOut(named):
		return c.Desk.settleProvider(c.Tx, e, named, 0, 0, false)
	}
	return ledger.Refuse(ledger.NotFound, "payout.unknown", "text", rest[0].text)
}

// takeRefund says that an entry brought a refund that the books have: "refund acme".
func takeRefund(c *Call, e *ledger.BankEntry, rest []token) error {
	if len(rest) != 1 {
		return usage("bank", "got", c.Line)
	}
	cust, err := c.CustomerNamed(rest[0].text)
	if err != nil {
		return err
	}
	var best *ledger.Refund
	rank := 0
	for _, r := range c.Tx.RefundsTo(cust.ID) {
		fits, unseen := r.Amount.Neg() == e.Amount, r.Entry == 0
		for i, is := range []bool{unseen, fits, fits && unseen} {
			if is && i+1 > rank {
				best, rank = r, i+1
			}
		}
	}
	if best == nil {
		return ledger.Refuse(ledger.NotFound, "refund.noneseen", "handle", cust.Handle)
	}
	return c.Desk.settleProvider(c.Tx, e, "", 0, best.ID, false)
}

// providerWords say which payout or refund p takes.
func (p *proposal) providerWords(v *ledger.View) []card.Text {
	if r := v.RefundOf(p.Refund); r != nil {
		return []card.Text{card.T("entry.share.refund", "amount", r.Amount, "customer", v.CustomerName(v.Customer(r.Customer)), "date", r.Date)}
	}
	if out := v.Payout(p.Payout); out != nil {
		return []card.Text{card.T("entry.share.payout", "provider", providerName(p.Provider), "payout", out.No.Label(), "amount", out.Amount)}
	}
	if p.Provider != "" {
		return []card.Text{card.T("entry.share.held", "provider", providerName(p.Provider))}
	}
	return nil
}

// arrivedLines say which payout or refund an entry brought, and what of a payout is of no payment of
// the books.
func arrivedLines(v *ledger.View, e *ledger.BankEntry) []card.Text {
	if r := v.RefundOf(e.Refund); r != nil {
		return []card.Text{card.T("entry.share.refund", "amount", r.Amount, "customer", v.CustomerName(v.Customer(r.Customer)), "date", r.Date)}
	}
	provider, p := v.ArrivedBy(e)
	if provider == "" {
		return nil
	}
	ours := v.ArrivedSum(e)
	words := card.T("entry.share.held", "provider", providerName(provider))
	if p != nil {
		words = card.T("entry.share.payout", "provider", providerName(provider), "payout", p.No.Label(), "amount", p.Amount)
	}
	out := []card.Text{words}
	if p != nil && p.Parts != nil {
		of := func(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: p.Amount.Currency} }
		out = append(out, card.T("entry.payout.parts", "n", p.Parts.Payments, "gross", of(p.Parts.Gross), "fees", of(p.Parts.Fees), "back", of(p.Parts.Back)))
	}
	if rest := e.Amount.Minor - ours.Minor; rest != 0 {
		out = append(out, card.T("entry.payout.others", "amount", ledger.Money{Minor: rest, Currency: e.Amount.Currency}))
	}
	return out
}
