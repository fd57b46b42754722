package reminders

import (
	"context"
	"slices"

	"duebot/ledger"
)

// cardsDay is the company's day by which cards were last looked through.
const cardsDay = "cards.day"

// runCards queues edits of the cards for which the company's new day is another state: an
// invoice is overdue since, or the day is over on which it was promised. Cards follow the
// company's day, on weekends too, and not the customer's, whom they are not for. It costs the cards
// that turn, some of them a commit; those that were edited before a stop in its midst show their
// new state already, and are edited once more.
func (r *Rules) runCards(ctx context.Context) error {
	var on, last ledger.Date
	err := r.Books.View(func(v *ledger.View) (err error) {
		on = v.Today()
		last, err = cardsSince(v)
		return err
	})
	if err != nil {
		return err
	}
	if done, err := r.done(cardsDay, on); done || err != nil {
		return err
	}
	list, looked := r.agenda.turning(on), map[ledger.CustomerID]bool{}
	for more := true; more && err == nil; {
		some := list[:min(r.pace.next(), len(list))]
		list = list[len(some):]
		more = len(list) > 0
		err = r.commit(ctx, len(some), func(tx *ledger.Tx) error {
			if !more {
				tx.Put(cardsDay, []byte(on.String()))
				r.agenda.follow(&tx.View, r.Policy)
				some = append(slices.Clip(some), r.agenda.turning(on)...) // and whom something concerns meanwhile
			}
			for _, id := range some {
				if looked[id] {
					continue
				}
				looked[id] = true
				r.agenda.again(tx.Customer(id))
				if err := r.turned(tx, tx.Customer(id), last, on); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err == nil {
		r.agenda.turned(on)
	}
	return err
}

// cardsSince is the company's day by which cards were last looked through: today, where they never
// were, since what is overdue already was shown so.
func cardsSince(v *ledger.View) (ledger.Date, error) {
	done, err := v.Get(cardsDay)
	if err != nil {
		return 0, err
	}
	if last, err := ledger.ParseDate(string(done)); err == nil {
		return last, nil
	}
	return v.Today(), nil
}

// turns is the first day of the company's after a day on which a card of c's invoices turns, if
// nothing happens until then; 0 for none.
func turns(v *ledger.View, c *ledger.Customer, last ledger.Date) (first ledger.Date) {
	if !c.HasOpen() {
		return 0
	}
	consider := func(day ledger.Date) {
		if day > last && (first == 0 || day < first) {
			first = day
		}
	}
	v.EachOpen(c, func(inv *ledger.Invoice) {
		if inv.Card != 0 {
			consider(inv.Due.AddDays(1))
			if inv.Promised != 0 {
				consider(inv.Promised.AddDays(1))
			}
		}
	})
	return first
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
