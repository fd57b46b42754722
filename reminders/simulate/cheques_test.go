package simulate

import (
	"fmt"
	"slices"

	"duebot/ledger"
)

// cheque has somebody hand in a cheque: for one invoice, for two, or for whatever is due first. It is
// deposited, and then paid, or it bounces, perhaps to be presented once more.
func (s *company) cheque(tx *ledger.Tx) error {
	d, x := s.indebted()
	if x == nil {
		return nil
	}
	q := &cheque{of: d, cur: x.currency, sum: x.open, debts: []*debt{x}}
	switch n := s.rng.IntN(10); {
	case n < 2:
		q.sum = max(100, x.open*int64(1+s.rng.IntN(9))/10)
	case n < 4:
		for _, y := range d.open {
			if y != x && y.currency == x.currency {
				q.debts, q.sum = append(q.debts, y), q.sum+y.open
				break
			}
		}
	case n < 7:
		q.debts = nil
	}
	var of []ledger.InvoiceID
	for _, y := range q.debts {
		of = append(of, ledger.InvoiceID(y.id))
	}
	s.cheques++
	days := s.rng.IntN(40)
	made, err := tx.ReceiveCheque(ledger.NewCheque{Customer: s.of[d].id, Number: fmt.Sprintf("%06d", s.cheques), Dated: tx.Today().AddDays(days),
		Amount: ledger.Money{Minor: q.sum, Currency: ledger.Currency(q.cur)}, For: of, Received: tx.Today()})
	if err != nil {
		return err
	}
	d.cheques = append(d.cheques, q)
	s.did["cheque"]++
	s.oracle.note(d, s.now, fmt.Sprintf("cheque for %v", of), x.id, q.sum)
	id := made.ID
	s.plus(tx, max(1, days), func(tx *ledger.Tx) error { return s.deposit(tx, q, id) })
	return nil
}

func (s *company) deposit(tx *ledger.Tx, q *cheque, id ledger.ChequeID) error {
	if err := tx.DepositCheque(tx.Cheque(id), tx.Today()); err != nil {
		return err
	}
	if !slices.Contains(q.of.cheques, q) { // it bounced, and is presented once more
		q.of.cheques = append(q.of.cheques, q)
		slices.SortFunc(q.of.cheques, func(a, b *cheque) int { return s.chequeOf[a] - s.chequeOf[b] })
	}
	s.chequeOf[q] = int(id)
	s.oracle.note(q.of, s.now, "cheque deposited", int(id), q.sum)
	s.plus(tx, 1+s.rng.IntN(6), func(tx *ledger.Tx) error { return s.collected(tx, q, id) })
	return nil
}

// collected is what the bank says of a cheque.
func (s *company) collected(tx *ledger.Tx, q *cheque, id ledger.ChequeID) error {
	x := tx.Cheque(id)
	if s.rng.IntN(3) == 0 {
		s.dies(q, "bounced")
		if s.rng.IntN(2) == 0 {
			s.plus(tx, 2+s.rng.IntN(20), func(tx *ledger.Tx) error { return s.deposit(tx, q, id) })
		}
		_, err := tx.BounceCheque(x, tx.Today(), "no funds", ledger.Money{Minor: 0, Currency: x.Amount.Currency})
		return err
	}
	pays := q.of.settles(q.cur, q.sum)
	if len(q.debts) > 0 {
		pays = nil
		left := q.sum
		for _, y := range q.debts {
			if take := min(left, y.open); take > 0 {
				pays = append(pays, slice{of: y, sum: take})
				left -= take
			}
		}
	}
	sum, odd := int64(0), false
	for _, x := range pays {
		sum += x.sum
		odd = odd || x.of.open-x.sum < 100 && x.of.open > x.sum
	}
	if odd || sum < q.sum && len(q.debts) > 0 { // it was paid otherwise meanwhile
		s.dies(q, "given back")
		return tx.GiveBackCheque(x, "paid otherwise")
	}
	s.dies(q, "paid")
	if _, err := tx.ClearCheque(x, tx.Today(), func(n ledger.NewPayment) (*ledger.Payment, error) {
		p, _, err := tx.Receive(n)
		return p, err
	}); err != nil {
		return err
	}
	for _, x := range pays {
		s.reduce(x.of, x.sum, day(tx.Today()))
	}
	q.of.keep(q.cur, level{day(tx.Today()), q.sum - sum})
	var last *debt // that it settled: several parts of one are one, where the first stands
	for i, x := range pays {
		if !slices.ContainsFunc(pays[:i], func(y slice) bool { return y.of == x.of }) {
			last = x.of
		}
	}
	q.of.paid(day(tx.Today()), day(tx.Today()), last, q.sum-sum, q.cur)
	return nil
}

// dies has a cheque cover nothing any more.
func (s *company) dies(q *cheque, what string) {
	q.of.cheques = slices.DeleteFunc(q.of.cheques, func(x *cheque) bool { return x == q })
	s.did["cheque "+what]++
	s.oracle.note(q.of, s.now, "cheque "+what, s.chequeOf[q], q.sum)
}
