package reminders

import (
	"duebot/ledger"
)

// What customers are asked unasked, at the hour of reminders: an act that waits for an answer, once,
// and how satisfied they were.

// asks queues what the customers of one run are asked on a day.
func (r *Rules) asks(tx *ledger.Tx, s slot, on ledger.Date) error {
	for _, act := range tx.DueActs() {
		if r.Policy.slot(tx.Customer(act.Customer)) != s {
			continue
		}
		if err := r.say(tx, ledger.NoticeQueued{Kind: ledger.NoticeActAgain, Customer: act.Customer, Code: act.Label(), For: on}); err != nil {
			return err
		}
	}
	if !r.Ratings {
		return nil
	}
	for _, n := range tx.MayRate(on) {
		if c := tx.Customer(n.Customer); r.Policy.slot(c) != s || r.Private == nil || !r.Private(&tx.View, c) {
			continue
		}
		if err := r.say(tx, n); err != nil {
			return err
		}
	}
	return nil
}
