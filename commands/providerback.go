package commands

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"duebot/ledger"
)

// GivenBack is a payment provider's word that money of a payment went away again.
type GivenBack struct {
	Key       string // the provider's own id: booked once, for ever
	By        string // the provider
	Reference string // of the payment
	Sum       ledger.Money
	InAll     bool         // Sum is all that ever went back, and not what did now
	Fee       ledger.Money // that the provider takes for it; negative where it gives back of what it kept
	Reason    string
}

// ErrNoPayment is returned where the books know no such payment: its own news may still come.
var ErrNoPayment = errors.New("no payment of that reference is booked")

// GaveBack books what a provider took back, and lets finance and the customer hear of it.
func (d *Desk) GaveBack(ctx context.Context, g GivenBack) error {
	_, err := d.Books.Update(ctx, ledger.Command{Key: g.Key, By: g.By, Input: g.Sum.String(), Run: func(tx *ledger.Tx) ([]byte, error) {
		p, err := paidBy(&tx.View, g.By, g.Reference)
		if err != nil {
			return nil, err
		}
		sum := g.Sum
		if g.InAll {
			sum.Minor -= p.Refunded
		}
		if err := d.giveBack(tx, p, sum, g.Reason); err != nil {
			return nil, err
		}
		return nil, tx.TakeFee(p, g.Fee)
	}})
	return err
}

// CameAgain books money that a provider had taken back and gave again, as a payment of its own for
// what the first one settled. Whichever of the two is told of first, the books end the same: what
// goes back next is taken from the payment that came last.
func (d *Desk) CameAgain(ctx context.Context, g GivenBack) error {
	_, err := d.Books.Update(ctx, ledger.Command{Key: g.Key, By: g.By, Input: g.Sum.String(), Run: func(tx *ledger.Tx) ([]byte, error) {
		p, err := paidBy(&tx.View, g.By, g.Reference)
		if err != nil {
			return nil, err
		}
		n := ledger.NewPayment{Customer: p.Customer, Date: tx.Today(), Amount: g.Sum, Method: g.By, Reference: g.Reference, Held: ledger.PaysOut(g.By)}
		for _, st := range tx.Settlements(p) {
			if inv := tx.Invoice(st.Invoice); inv != nil && inv.Open > 0 && inv.Currency == g.Sum.Currency {
				n.Invoice = inv.ID
			}
		}
		again, _, err := d.Receive(tx, n)
		if err != nil {
			return nil, err
		}
		tx.Put(paidRow(g.By, g.Reference), []byte(strconv.FormatUint(uint64(again.ID), 10)))
		return nil, tx.NoFee(again) // it was kept of the first
	}})
	return err
}

func (d *Desk) giveBack(tx *ledger.Tx, p *ledger.Payment, sum ledger.Money, reason string) error {
	if sum == p.Amount && !p.Returned && p.Refunded == 0 {
		_, err := d.Returned(tx, p, reason)
		return err
	}
	r, open, err := tx.GiveBack(p, sum, reason)
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
	if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeReceipt, Customer: p.Customer, Refund: r.ID}); err != nil {
		return err
	}
	for _, inv := range open {
		if err := d.Refresh(tx, inv); err != nil {
			return err
		}
	}
	return nil
}

// paidRow is the row that finds a payment by its provider's reference.
func paidRow(by, reference string) string { return "paid:" + by + ":" + reference }

// paidBy is the payment of a provider's reference. One from before there were rows is looked for.
func paidBy(v *ledger.View, by, reference string) (*ledger.Payment, error) {
	found, err := knownPaidBy(v, by, reference)
	if err != nil || found != nil {
		return found, err
	}
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
	id, _ := strconv.ParseUint(string(row), 10, 32)
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
