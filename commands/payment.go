package commands

import (
	"context"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// paymentCommand records money that came in by bank: against an invoice, or for a customer,
// and then oldest due first. What is left stays on account.
//
//	line = ( number | customer ) sum [ currency ] { date | "at" rate | "cash" | kept } [ reference ] .
//	kept = ( "withheld" | "fee" | "split" ) sum | "offset" sum quoted .
//
// Money of another currency settles the invoice at the day's rates; "at" is the rate of the
// money at which the bank took it, in the company's currency.
// What an invoice's payer kept back is settled with it: tax withheld, a fee of his bank, tax
// that he paid straight to the state, or what we owed him, in whose words stands what for. Money
// for an invoice that was written off takes that much back.
func paymentCommand() Command {
	return Command{
		Name: "payment", Aliases: []string{"payment"}, Who: []Role{Finance, Manager},
		Usage: []string{`payment <invoice or customer> <sum> [<date>] [<reference>]`, `payment <invoice> <sum> [withheld <sum>] [fee <sum>] [split <sum>] [offset <sum> "<what>"]`,
			`payment <invoice> <sum> <currency> [at <rate>]`, `payment <invoice or customer> <sum> cash`},
		Examples: []string{`payment INV-2026-000001 500`, `payment acme 1500 2026-10-14 "transfer 4711"`, `payment INV-2026-000001 980 withheld 20`,
			`payment INV-2026-000001 1000 split 190`, `payment INV-2026-000001 800 offset 200 "our order 12"`, `payment INV-2026-000001 500 USD at 0.92`, `payment INV-2026-000001 500 cash`},
		Form: moneyInForm, Words: paymentWords,
		Run: recordPayment,
	}
}

func recordPayment(c *Call) (card.Reply, error) {
	if len(c.Args) < 2 {
		return card.Reply{}, usage("payment", "got", c.Line)
	}
	inv, cust, err := invoiceOrCustomer(c.View, c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	n := ledger.NewPayment{Customer: cust.ID, Date: c.Today(), Method: "bank"}
	currency := cust.Currency
	if inv != nil {
		n.Invoice, currency = inv.ID, inv.Currency
		if inv.Open == 0 && inv.WrittenOff == 0 {
			return card.Reply{}, ledger.Refuse(ledger.Conflict, "payment.closed", "number", inv.Number.String(), "handle", cust.Handle)
		}
	}
	sum, said, rest, err := takeSum(c.Args[1:], c.Lang(), currency)
	if err != nil {
		return card.Reply{}, err
	}
	if said != "" {
		currency = said
	}
	if n.Amount, err = ledger.Exact(sum, currency); err != nil {
		return card.Reply{}, err
	}
	if rest, err = paymentOptions(c, rest, &n); err != nil {
		return card.Reply{}, err
	}
	n.Reference = join(rest)
	lost := int64(0)
	if inv != nil {
		lost = inv.WrittenOff
	}
	p, parts, err := c.Desk.Receive(c.Tx, n)
	if err != nil {
		return card.Reply{}, err
	}
	k := paymentCard(c.View, p, parts)
	if inv != nil && inv.WrittenOff < lost {
		k.Body = append(k.Body, card.T("payment.recovered", "amount", ledger.Money{Minor: lost - inv.WrittenOff, Currency: inv.Currency}))
	}
	return card.Reply{Card: k}, nil
}

// paymentOptions reads the day and what was kept back, and returns the words after them. A
// reference that begins like an option stands in quotes.
func paymentOptions(c *Call, rest []token, n *ledger.NewPayment) ([]token, error) {
	for dated := false; len(rest) > 0; {
		if day, words, err := c.days().optional(rest); !dated && (err != nil || words > 0) {
			if err != nil {
				return nil, err
			}
			n.Date, rest, dated = day, rest[words:], true
			continue
		}
		into := &n.Withheld
		switch {
		case rest[0].is("cash"):
			n.Method, rest = ledger.MethodCash, rest[1:]
			continue
		case rest[0].is("at"):
			if len(rest) < 2 {
				return nil, usage("payment", "got", c.Line)
			}
			rate, err := parseRateOf(rest[1].text, c.Lang())
			if err != nil {
				return nil, err
			}
			n.Rate, rest = ledger.Rate{Value: rate, Per: decimal.NewFromInt(1)}, rest[2:]
			continue
		case rest[0].is("withheld"):
		case rest[0].is("fee"):
			into = &n.Fee
		case rest[0].is("split"):
			into = &n.Split
		case rest[0].is("offset"):
			into = &n.Offset
		default:
			return rest, nil
		}
		if len(rest) < 2 {
			return nil, usage("payment", "got", c.Line)
		}
		sum, after, err := sumOf(rest[1:], c.Lang(), n.Amount.Currency)
		if err != nil {
			return nil, err
		}
		*into, rest = sum, after
		if into == &n.Offset && len(rest) > 0 && rest[0].quoted {
			n.OffsetWords, rest = rest[0].text, rest[1:]
		}
	}
	return rest, nil
}

// Receive books a payment, queues what has to be said of it, and looks whether it is odd.
func (d *Desk) Receive(tx *ledger.Tx, n ledger.NewPayment) (*ledger.Payment, []ledger.Part, error) {
	p, parts, err := d.book(tx, n)
	if err == nil {
		err = d.lookAt(tx, p, namedBy(n.Invoice, n.Parts))
	}
	return p, parts, err
}

// book books a payment and queues what has to be said of it.
func (d *Desk) book(tx *ledger.Tx, n ledger.NewPayment) (*ledger.Payment, []ledger.Part, error) {
	p, parts, err := tx.Receive(n)
	if err != nil {
		return nil, nil, err
	}
	about := n.Invoice
	if len(parts) > 0 {
		about = parts[0].Invoice
	}
	paid := ledger.NoticeQueued{Kind: ledger.NoticePaid, Customer: p.Customer, Payment: p.ID, Invoice: about, Address: d.FinanceChannel}
	if err := d.inThread(tx, &paid); err != nil {
		return nil, nil, err
	}
	receipt := ledger.NoticeQueued{Kind: ledger.NoticeReceipt, Customer: p.Customer, Payment: p.ID, Invoice: about}
	if err := tx.Notify(receipt); err != nil {
		return nil, nil, err
	}
	for _, part := range parts {
		if err := d.Refresh(tx, tx.Invoice(part.Invoice)); err != nil {
			return nil, nil, err
		}
	}
	return p, parts, nil
}

// inThread queues a staff notice in the thread of its invoice's card, making the card first
// where there is none. A notice without an invoice goes to the channel.
func (d *Desk) inThread(tx *ledger.Tx, n *ledger.NoticeQueued) error {
	inv := tx.Invoice(n.Invoice)
	if inv == nil {
		return tx.Notify(*n)
	}
	if inv.Card == 0 {
		first := ledger.NoticeQueued{Kind: ledger.NoticeCard, Customer: inv.Customer, Address: d.CardChannel(tx.Customer(inv.Customer)), Invoice: inv.ID}
		if err := tx.Notify(first); err != nil {
			return err
		}
	}
	n.InThread, n.Address = true, d.CardChannel(tx.Customer(inv.Customer))
	return tx.Notify(*n)
}

// Refresh queues edits of the messages that show inv, so that they show it as it stands.
func (d *Desk) Refresh(tx *ledger.Tx, inv *ledger.Invoice) error {
	if inv.Card != 0 {
		err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeCardEdit, Customer: inv.Customer, Address: d.CardChannel(tx.Customer(inv.Customer)), Invoice: inv.ID})
		if err != nil {
			return err
		}
	}
	if inv.Message == 0 {
		return nil
	}
	return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeEdit, Customer: inv.Customer, Invoice: inv.ID})
}

// paymentCard shows what a payment settled.
func paymentCard(v *ledger.View, p *ledger.Payment, parts []ledger.Part) *card.Card {
	cust := v.Customer(p.Customer)
	k := &card.Card{Title: card.T("payment.title", "amount", p.Amount, "customer", v.CustomerName(cust))}
	k.Fields = []card.Field{{Label: card.T("field.payment"), Value: card.Plain(p.Label())}, {Label: card.T("field.date"), Value: card.T("value", "value", p.Date)}}
	if number, ok := v.CashNumber(p); ok {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.cashreceipt"), Value: card.Plain(number.String())})
		k.Buttons = append(k.Buttons, lineButton(card.T("button.receipt", "number", number.String()), "pdf "+p.Label()))
	}
	k.Body = append(k.Body, partLines(v, parts)...)
	for _, st := range v.Settlements(p) {
		sum := ledger.Money{Minor: st.Minor, Currency: v.Invoice(st.Invoice).Currency}
		switch st.Cause {
		case ledger.ByWithholding:
			k.Body = append(k.Body, card.T("payment.withheld", "amount", sum))
		case ledger.ByFee:
			k.Body = append(k.Body, card.T("payment.fee", "amount", sum))
		case ledger.BySplit:
			k.Body = append(k.Body, card.T("payment.split", "amount", sum))
		case ledger.ByOffset:
			k.Body = append(k.Body, card.T("payment.offset", "amount", sum))
		case ledger.ByDiscount:
			k.Body = append(k.Body, card.T("payment.discount", "amount", sum))
		case ledger.ByRounding:
			k.Body = append(k.Body, card.T("payment.rounded", "amount", sum))
		}
	}
	for _, x := range parts {
		inv := v.Invoice(x.Invoice)
		if until, missed := discountMissed(inv, p); missed {
			k.Body = append(k.Body, card.T("payment.missed", "number", inv.Number.String(), "until", until,
				"left", inv.OpenMoney().Decimal().StringFixed(inv.Currency.Exponent())))
		}
	}
	k.Body = append(k.Body, exchangeLines(v, p)...)
	k.Body = append(k.Body, orderNote(v, settledBy(v, p))...)
	if p.OnAcct > 0 {
		k.Body = append(k.Body, card.T("payment.onaccount", "amount", p.Unapplied()))
	}
	return k
}

// settledBy lists the invoices that p settles.
func settledBy(v *ledger.View, p *ledger.Payment) (out []ledger.InvoiceID) {
	for _, st := range v.Settlements(p) {
		if !st.Reversed {
			out = append(out, st.Invoice)
		}
	}
	return out
}

// partLines say what was settled of which invoice, and what is left of it.
func partLines(v *ledger.View, parts []ledger.Part) (out []card.Text) {
	for _, part := range parts {
		inv := v.Invoice(part.Invoice)
		applied := ledger.Money{Minor: part.Minor, Currency: inv.Currency}
		if inv.Open == 0 {
			out = append(out, card.T("payment.closes", "number", inv.Number.String(), "amount", applied))
		} else {
			out = append(out, card.T("payment.reduces", "number", inv.Number.String(), "amount", applied, "open", inv.OpenMoney()))
		}
	}
	return out
}

// Paid is what a payment provider says was paid.
type Paid struct {
	Key       string // the provider's own id: money of one key is booked once, for ever
	By        string // the provider
	Invoice   ledger.InvoiceID
	Amount    ledger.Money
	Date      ledger.Date // paid-at in the company's zone; 0: today
	Reference string
	Fee       ledger.Money // that the provider kept of it; none where it does not say
}

// Paid books a provider's payment. Money beyond what is open stays on account.
func (d *Desk) Paid(ctx context.Context, p Paid) error {
	_, err := d.Books.Update(ctx, ledger.Command{Key: p.Key, By: p.By, Input: p.Amount.String(), Run: func(tx *ledger.Tx) ([]byte, error) {
		inv := tx.Invoice(p.Invoice)
		if inv == nil {
			return nil, ledger.Refuse(ledger.NotFound, "invoice.unknown", "text", p.Reference)
		}
		n := ledger.NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: p.Date, Amount: p.Amount, Method: p.By, Reference: p.Reference, Held: ledger.PaysOut(p.By)}
		if n.Date == 0 || n.Date > tx.Today() {
			n.Date = tx.Today()
		}
		paid, _, err := d.Receive(tx, n)
		if err != nil {
			return nil, err
		}
		putPaid(tx, paid, p.By, p.Reference, 0)
		if err := tx.TakeFee(paid, p.Fee); err != nil {
			return nil, err
		}
		return nil, d.bookEarlyBacks(tx, p.By, p.Reference)
	}})
	return err
}
