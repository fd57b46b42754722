package commands

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"duebot/ledger"
)

// GivenBack is a payment provider's word that money of a payment went away again.
type GivenBack struct {
	Key       string // the provider's own id: booked once, for ever
	By        string // the provider
	Reference string // of the payment
	Sum       ledger.Money
	InAll     bool         // Sum is all that the provider ever paid back, and not what went now
	Fee       ledger.Money // that the provider takes for it; negative where it gives back of what it kept
	Reason    string
	Waits     bool // it may be of a payment of ours whose own news is still to come
	Again     bool // it came again, after it had gone
	Taken     bool // the payer's bank took it: we paid nothing back
}

// ErrNoPayment is returned where the books know no such payment.
var ErrNoPayment = errors.New("no payment of that reference is booked")

// GaveBack books what a provider took back, and lets finance and the customer hear of it. What
// may be of a payment that is not booked yet is kept until it is; what is not is ErrNoPayment.
func (d *Desk) GaveBack(ctx context.Context, g GivenBack) error {
	_, err := d.Books.Update(ctx, ledger.Command{Key: g.Key, By: g.By, Input: g.Sum.String(), Run: func(tx *ledger.Tx) ([]byte, error) {
		p, told, err := paidBy(&tx.View, g.By, g.Reference)
		if errors.Is(err, ErrNoPayment) && g.Waits {
			return nil, keepEarlyBack(tx, g)
		}
		if err != nil {
			return nil, err
		}
		return nil, d.bookBack(tx, p, told, g)
	}})
	return err
}

// bookBack books what went back of p. Told is what the provider said by then that it had paid
// back in all: what staff or the payer's bank took is not in that.
func (d *Desk) bookBack(tx *ledger.Tx, p *ledger.Payment, told int64, g GivenBack) error {
	if g.Again {
		return d.bookAgain(tx, p, told, g)
	}
	sum := g.Sum
	if g.InAll {
		sum.Minor -= told
		putPaid(tx, p, g.By, g.Reference, max(told, g.Sum.Minor))
	}
	if err := d.giveBack(tx, p, sum, g); err != nil {
		return err
	}
	return tx.TakeFee(p, g.Fee)
}

// earlyBackRow is the row of what went back of a payment before that was booked.
func earlyBackRow(by, reference string) string { return "paid.back:" + by + ":" + reference }

func earlyBacks(v *ledger.View, by, reference string) (all []GivenBack, err error) {
	data, err := v.Get(earlyBackRow(by, reference))
	if err == nil && data != nil {
		err = json.Unmarshal(data, &all)
	}
	return all, err
}

func keepEarlyBack(tx *ledger.Tx, g GivenBack) error {
	all, err := earlyBacks(&tx.View, g.By, g.Reference)
	if err != nil {
		return err
	}
	data, err := json.Marshal(append(all, g))
	tx.Put(earlyBackRow(g.By, g.Reference), data)
	return err
}

// bookEarlyBacks books what went back of a payment before it was booked itself.
func (d *Desk) bookEarlyBacks(tx *ledger.Tx, by, reference string) error {
	all, err := earlyBacks(&tx.View, by, reference)
	if err != nil || len(all) == 0 {
		return err
	}
	for _, g := range all {
		p, told, err := paidBy(&tx.View, by, reference)
		if err == nil {
			err = d.bookBack(tx, p, told, g)
		}
		if err != nil {
			return err
		}
	}
	tx.Put(earlyBackRow(by, reference), nil)
	return nil
}

// CameAgain books money that a provider had taken back and gave again.
func (d *Desk) CameAgain(ctx context.Context, g GivenBack) error {
	g.Again = true
	return d.GaveBack(ctx, g)
}

// bookAgain books what came again as a payment of its own for what the first one settled. Whichever
// of the two is told of first, the books end the same: what goes back next is taken from the
// payment that came last.
func (d *Desk) bookAgain(tx *ledger.Tx, p *ledger.Payment, told int64, g GivenBack) error {
	n := ledger.NewPayment{Customer: p.Customer, Date: tx.Today(), Amount: g.Sum, Method: g.By, Reference: g.Reference, Held: ledger.PaysOut(g.By)}
	for _, st := range tx.Settlements(p) {
		if inv := tx.Invoice(st.Invoice); inv != nil && inv.Open > 0 && inv.Currency == g.Sum.Currency {
			n.Invoice = inv.ID
		}
	}
	again, _, err := d.Receive(tx, n)
	if err != nil {
		return err
	}
	putPaid(tx, again, g.By, g.Reference, told)
	return tx.NoFee(again) // it was kept of the first
}

func (d *Desk) giveBack(tx *ledger.Tx, p *ledger.Payment, sum ledger.Money, g GivenBack) error {
	if sum.Currency == p.Amount.Currency && sum.Minor >= p.Amount.Minor && !p.Returned && p.Refunded == 0 {
		return d.wholeBack(tx, p, g)
	}
	r, open, err := tx.GiveBack(p, sum, g.Reason, g.Taken)
	if err != nil || r == nil {
		return err
	}
	news := ledger.NoticeQueued{Kind: ledger.NoticePaid, Customer: p.Customer, Payment: p.ID, Refund: r.ID, Address: d.FinanceChannel}
	if len(open) > 0 {
		news.Invoice = open[0].ID
	}
	if err := d.inThread(tx, &news); err != nil {
		return err
	}
	if !g.Taken {
		if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeReceipt, Customer: p.Customer, Refund: r.ID}); err != nil {
			return err
		}
	}
	for _, inv := range open {
		if err := d.Refresh(tx, inv); err != nil {
			return err
		}
	}
	return nil
}

// wholeBack books that all of p went back. Of what we paid back the customer hears; what his bank
// took it tells him itself.
func (d *Desk) wholeBack(tx *ledger.Tx, p *ledger.Payment, g GivenBack) error {
	if g.Taken {
		_, err := d.Returned(tx, p, g.Reason)
		return err
	}
	open, err := tx.ReturnPaidBack(p, g.Reason)
	if err != nil {
		return err
	}
	if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeReceipt, Customer: p.Customer, Payment: p.ID, Code: receiptPaidBack}); err != nil {
		return err
	}
	return d.tellReturned(tx, p, open)
}

// receiptPaidBack marks the notice that tells a customer of a payment that was paid back to him.
const receiptPaidBack = "paidback"

// paidRow is the row that finds a payment by its provider's reference: its number, and what the
// provider said that it paid back of it in all.
func paidRow(by, reference string) string { return "paid:" + by + ":" + reference }

func putPaid(tx *ledger.Tx, p *ledger.Payment, by, reference string, told int64) {
	tx.Put(paidRow(by, reference), fmt.Appendf(nil, "%d %d", p.ID, told))
}

// paidBy is the payment of a provider's reference, and what the provider said that it paid back
// of it. One from before there were rows is looked for.
func paidBy(v *ledger.View, by, reference string) (p *ledger.Payment, told int64, err error) {
	row, err := v.Get(paidRow(by, reference))
	if err != nil {
		return nil, 0, err
	}
	number, back, _ := strings.Cut(string(row), " ")
	if id, err := strconv.ParseUint(number, 10, 32); err == nil {
		p = v.Payment(ledger.PaymentID(id))
		if told, err = strconv.ParseInt(back, 10, 64); err != nil { // from before that was noted
			told = p.Refunded
		}
		return p, told, nil
	}
	if p, err = searchPaid(v, by, reference); err == nil {
		told = p.Refunded
	}
	return p, told, err
}

func searchPaid(v *ledger.View, by, reference string) (found *ledger.Payment, err error) {
	v.Payments(func(p *ledger.Payment) {
		if found != nil || p.Method != by {
			return
		}
		f, ferr := v.PaymentFact(p)
		if ferr != nil {
			err = cmp.Or(err, ferr)
			return
		}
		if words, _ := v.Text(v.Describe(f).Words); words == reference {
			found = p
		}
	})
	if err == nil && found == nil {
		err = ErrNoPayment
	}
	return found, err
}

// knownPaidBy is the payment of a provider's reference, nil for one without a row.
func knownPaidBy(v *ledger.View, by, reference string) (*ledger.Payment, error) {
	row, err := v.Get(paidRow(by, reference))
	if err != nil {
		return nil, err
	}
	number, _, _ := strings.Cut(string(row), " ")
	id, _ := strconv.ParseUint(number, 10, 32)
	return v.Payment(ledger.PaymentID(id)), nil
}

// TellOfPayment tells finance, once for a key, of something about payments that nobody booked:
// Code is what, and the detail what it is about.
func (d *Desk) TellOfPayment(ctx context.Context, key, code string, inv ledger.InvoiceID, detail string) error {
	_, err := d.Books.Update(ctx, ledger.Command{Key: key, By: "duebot", Input: key, Run: func(tx *ledger.Tx) ([]byte, error) {
		n := ledger.NoticeQueued{Kind: ledger.NoticeTask, Address: d.FinanceChannel, Code: code}
		if i := tx.Invoice(inv); i != nil {
			n.Invoice, n.Customer = i.ID, i.Customer
		}
		return nil, tx.NotifyText(n, detail)
	}})
	return err
}
