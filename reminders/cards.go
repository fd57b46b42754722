package reminders

import (
	"context"

	"duebot/ledger"
)

// cardsDay is the company's day by which cards were last looked through.
const cardsDay = "cards.day"

// runCards queues edits of the cards for which the company's new day is another state: an
// invoice is overdue since, or the day is over on which it was promised. Cards follow the
// company's day, on weekends too, and not the customer's, whom they are not for.
func (r *Rules) runCards(ctx context.Context) error {
	var on ledger.Date
	if err := r.Books.View(func(v *ledger.View) error { on = v.Today(); return nil }); err != nil {
		return err
	}
	if done, err := r.done(cardsDay, on); done || err != nil {
		return err
	}
	_, err := r.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		done, err := tx.Get(cardsDay)
		if err != nil || string(done) >= on.String() {
			return nil, err
		}
		last, err := ledger.ParseDate(string(done))
		if err != nil {
			last = on // the first look: what is overdue already was shown so
		}
		err = nil
		tx.Customers(func(c *ledger.Customer) {
			if err == nil && c.HasOpen() {
				err = r.turned(tx, c, last, on)
			}
		})
		tx.Put(cardsDay, []byte(on.String()))
		return nil, err
	}})
	return err
}

// turned queues edits of the cards of c's invoices that became overdue after the day last
// and by the day on, or whose promise was for a day in between.
func (r *Rules) turned(tx *ledger.Tx, c *ledger.Customer, last, on ledger.Date) error {
	for _, inv := range tx.OpenInvoices(c) {
		late := inv.Overdue(on) && !inv.Overdue(last)
		broken := inv.Promised >= last && inv.Promised < on
		if inv.Card == 0 || !late && !broken {
			continue
		}
		if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeCardEdit, Customer: c.ID, Address: r.Cards(c), Invoice: inv.ID}); err != nil {
			return err
		}
	}
	return nil
}
