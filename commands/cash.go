package commands

import (
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// cashCommand lists the receipts for cash of a year, and takes one back. The money itself is
// recorded by `payment … cash`. A receipt that is void keeps its number.
//
//	line = [ year ] | receipt "void" why .
func cashCommand() Command {
	return Command{
		Name: "cash", Who: anybody(),
		Usage:    []string{`cash [<year>]`, `cash <receipt> void "<why>"`},
		Examples: []string{`cash`, `cash CASH-2026-000001 void "typed twice"`},
		Form:     cashForm, Words: cashWords,
		Run: func(c *Call) (card.Reply, error) {
			year := c.Today().Year()
			if len(c.Args) == 1 {
				n, err := strconv.Atoi(c.Args[0].text)
				if err != nil || n < yearMin || n > yearMax {
					return card.Reply{}, usage("cash", "got", c.Line)
				}
				year = n
			}
			if len(c.Args) <= 1 {
				return card.Reply{Card: c.cashList(year)}, nil
			}
			if err := c.mayCash("cash"); err != nil {
				return card.Reply{}, err
			}
			if !c.Args[1].is("void") {
				return card.Reply{}, usage("cash", "got", c.Line)
			}
			return c.voidCash(c.Args[0].text, join(c.Args[2:]))
		},
	}
}

// cashForm asks why a receipt is void.
func cashForm(c *Call) (*card.Form, error) {
	if c.mayCash("cash") != nil {
		return nil, nil
	}
	if len(c.Args) == 0 && c.asking {
		return &card.Form{Title: card.T("form.cash.void"), Submit: card.T("form.do.void"),
			Fields: []card.Input{c.choiceField("receipt", card.T("field.cashreceipt"), "", c.standingReceipts()...), c.whyField(card.T("col.reason"), false)}}, nil
	}
	if len(c.Args) != 2 || !c.Args[1].is("void") {
		return nil, nil
	}
	p, err := c.cashNumbered(c.Args[0].text)
	if err != nil {
		return nil, err
	}
	return &card.Form{Title: card.T("form.cash.void"), Submit: card.T("form.do.void"), Arg: c.Line, Body: []card.Text{cashLine(c.View, p)},
		Fields: []card.Input{c.whyField(card.T("col.reason"), false)}}, nil
}

func cashWords(v map[string]string, arg string) []token {
	if len(split(arg)) == 0 {
		return row(word(v["receipt"]), word("void"), quote(v["why"]))
	}
	return row(split(arg), quote(v["why"]))
}

// standingReceipts are the last receipts of this year that are not void, as options.
func (c *Call) standingReceipts() (out []card.Option) {
	all := c.CashReceipts(c.Today().Year())
	for i := len(all) - 1; i >= 0 && len(out) < paymentChoices; i-- {
		if p := all[i]; !p.Returned && c.Sees(c.Customer(p.Customer)) {
			n, _ := c.CashNumber(p)
			out = append(out, card.Option{Value: n.String(), Label: cashLine(c.View, p)})
		}
	}
	return out
}

// cashNumbered reads a receipt's number.
func (c *Call) cashNumbered(number string) (*ledger.Payment, error) {
	p := c.PaymentNumbered(strings.ToUpper(number))
	if r := c.voucherNumbered(number); r != nil {
		return nil, ledger.Refuse(ledger.Conflict, "cash.voucher", "number", r.Voucher.String(), "handle", c.Customer(r.Customer).Handle)
	}
	if p == nil {
		return nil, ledger.Refuse(ledger.NotFound, "cash.unknown", "text", number)
	}
	return p, c.Allowed(c.Customer(p.Customer))
}

// voucherNumbered is the refund in cash whose voucher has a number, nil for none that may be seen.
func (c *Call) voucherNumbered(number string) *ledger.Refund {
	if r := c.VoucherNumbered(number); r != nil && c.Sees(c.Customer(r.Customer)) {
		return r
	}
	return nil
}

// cashLine names a receipt: "CASH-2026-000001 · €50.00 · Acme GmbH".
func cashLine(v *ledger.View, p *ledger.Payment) card.Text {
	n, _ := v.CashNumber(p)
	return card.Join(card.Plain(n.String()), money(p.Amount), card.Plain(v.CustomerName(v.Customer(p.Customer))))
}

// voidCash takes back a payment in cash that was a mistake.
func (c *Call) voidCash(number, why string) (card.Reply, error) {
	p, err := c.cashNumbered(number)
	if err != nil {
		return card.Reply{}, err
	}
	if why == "" {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "cash.why", "number", strings.ToUpper(number))
	}
	open, err := c.Tx.Annul(p, why)
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.tellReturned(c.Tx, p, open); err != nil {
		return card.Reply{}, err
	}
	if err := c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeAnnulled, Customer: p.Customer, Payment: p.ID}); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("cash.voided", "number", strings.ToUpper(number), "amount", p.Amount)}
	for _, inv := range open {
		k.Body = append(k.Body, card.T("unapply.open", "number", inv.Number.String(), "open", inv.OpenMoney()))
	}
	return card.Reply{Card: k}, nil
}

// cashList is the receipts of a year by number, those that are void too, and then the vouchers for
// what went back.
func (c *Call) cashList(year int) *card.Card {
	all := c.CashReceipts(year)
	k := &card.Card{Title: card.T("cash.title", "year", strconv.Itoa(year)), Table: &card.Table{
		Head:  []card.Text{card.T("col.number"), card.T("field.date"), card.T("aging.customer"), card.T("field.payment"), card.T("col.amount"), card.T("col.state")},
		Right: []bool{false, false, false, false, true, false}}}
	sums := map[ledger.Currency]ledger.Money{}
	for _, p := range all {
		cust := c.Customer(p.Customer)
		if !c.Sees(cust) {
			continue
		}
		n, _ := c.CashNumber(p)
		state := card.T("cash.received")
		switch {
		case p.Annulled:
			state = card.T("cash.void")
		case p.Returned:
			state = goneText(p)
		default:
			sums[p.Amount.Currency] = sums[p.Amount.Currency].Add(p.Amount)
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(n.String()), card.T("value", "value", p.Date), card.Plain(c.CustomerName(cust)), card.Plain(p.Label()), money(p.Amount), state})
	}
	for _, r := range c.CashVouchers(year) {
		if cust := c.Customer(r.Customer); c.Sees(cust) {
			sums[r.Amount.Currency] = sums[r.Amount.Currency].Add(r.Amount.Neg())
			k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(r.Voucher.String()), card.T("value", "value", r.Date), card.Plain(c.CustomerName(cust)), card.Plain("–"), money(r.Amount.Neg()), card.T("cash.paidout")})
		}
	}
	if len(k.Table.Rows) == 0 {
		k = &card.Card{Body: []card.Text{card.T("cash.none", "year", strconv.Itoa(year))}}
		ownNote(c.View, k)
		return k
	}
	for _, cur := range sortedCurrencies(sums) {
		k.Fields = append(k.Fields, card.Field{Label: card.T("cash.sum"), Value: money(sums[cur])})
	}
	ownNote(c.View, k)
	return k
}
