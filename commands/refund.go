package commands

import (
	"duebot/commands/card"
	"duebot/ledger"
)

// refundCommand pays back what a customer has on account.
//
//	line = customer sum [ currency ] [ date ] [ "cash" ] why .
func refundCommand() Command {
	return Command{
		Name: "refund", Who: []Role{Finance, Manager},
		Usage:    []string{`refund <customer> <sum> [<date>] [cash] "<why>"`},
		Examples: []string{`refund acme 50 "paid twice"`, `refund acme 50 2026-10-14 "paid twice"`, `refund acme 50 cash "paid twice"`},
		Form:     refundForm, Words: refundWords,
		Run: refund,
	}
}

func refund(c *Call) (card.Reply, error) {
	if len(c.Args) < 2 {
		return card.Reply{}, usage("refund", "got", c.Line)
	}
	cust, err := c.CustomerNamed(c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	amount, currency, rest, err := takeSum(c.Args[1:], c.Lang(), cust.Currency)
	if err != nil {
		return card.Reply{}, err
	}
	if currency == "" {
		currency = cust.Currency
	}
	sum, err := ledger.Exact(amount, currency)
	if err != nil {
		return card.Reply{}, err
	}
	day := c.Today()
	if d, n, err := c.days().optional(rest); err != nil {
		return card.Reply{}, err
	} else if n > 0 {
		day, rest = d, rest[n:]
	}
	give := c.Tx.Refund
	if len(rest) > 0 && rest[0].is("cash") {
		give, rest = c.Tx.RefundCash, rest[1:]
	}
	r, err := c.payBack(give, cust, sum, day, join(rest))
	if err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("refund.title", "amount", r.Amount, "customer", c.CustomerName(cust), "date", r.Date),
		Body: []card.Text{onAccountLine(c.View, cust, currency)}}
	if r.Voucher.N != 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.cashvoucher"), Value: card.Plain(r.Voucher.String())})
	}
	return card.Reply{Card: k}, nil
}

// giver books money that goes back: by bank, or in cash.
type giver = func(*ledger.Customer, ledger.Money, ledger.Date, string) (*ledger.Refund, error)

// payBack books that a customer gets money back, and tells him.
func (c *Call) payBack(give giver, cust *ledger.Customer, sum ledger.Money, day ledger.Date, why string) (*ledger.Refund, error) {
	r, err := give(cust, sum, day, why)
	if err != nil {
		return nil, err
	}
	return r, c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeReceipt, Customer: cust.ID, Refund: r.ID})
}

// chargebackCommand books that a payment's money went away again: the payer's bank or the
// provider took it back. It is always the whole payment.
//
//	line = "P-" n why .
func chargebackCommand() Command {
	return Command{
		Name: "chargeback", Who: []Role{Finance, Manager},
		Usage:    []string{`chargeback <P-1> "<why>"`},
		Examples: []string{`chargeback P-12 "debit returned: no funds"`},
		Form:     chargebackForm, Words: chargebackWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{}, usage("chargeback", "got", c.Line)
			}
			p, err := findPayment(c.View, c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			open, err := c.Desk.Returned(c.Tx, p, join(c.Args[1:]))
			if err != nil {
				return card.Reply{}, err
			}
			k := &card.Card{Title: card.T("chargeback.title", "amount", p.Amount, "payment", p.Label(), "customer", c.CustomerName(c.Customer(p.Customer)))}
			for _, inv := range open {
				k.Body = append(k.Body, card.T("unapply.open", "number", inv.Number.String(), "open", inv.OpenMoney()))
			}
			return card.Reply{Card: k}, nil
		},
	}
}

// Returned books that p was charged back and queues what has to be said of it: the news in
// the thread of the first invoice that is open again, and edits of the messages of all.
func (d *Desk) Returned(tx *ledger.Tx, p *ledger.Payment, reason string) ([]*ledger.Invoice, error) {
	open, err := tx.Return(p, reason)
	if err != nil {
		return nil, err
	}
	return open, d.tellReturned(tx, p, open)
}

// tellReturned queues what has to be said of a payment that went away again.
func (d *Desk) tellReturned(tx *ledger.Tx, p *ledger.Payment, open []*ledger.Invoice) error {
	news := ledger.NoticeQueued{Kind: ledger.NoticePaid, Customer: p.Customer, Payment: p.ID, Address: d.FinanceChannel}
	if len(open) > 0 {
		news.Invoice = open[0].ID
	}
	if err := d.inThread(tx, &news); err != nil {
		return err
	}
	for _, inv := range open {
		if err := d.Refresh(tx, inv); err != nil {
			return err
		}
	}
	if q := tx.ChequeOf(p); q != nil && q.State == ledger.ChequeBounced {
		return d.tellCheque(tx, q, nil, chequeTold{word: chequeWordBounced, task: true})
	}
	return nil
}
