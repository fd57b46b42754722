package commands

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/match"
)

// Cheques in bank statements. A line that names a cheque's number, with its sum, is that cheque's
// money, or takes it back: it is placed on the cheque, so that no second payment comes of it. A
// line that has no more than the sum of a cheque under collection asks first.

// placeOnCheque places an entry on the one cheque that it names.
func (d *Desk) placeOnCheque(tx *ledger.Tx, e *ledger.BankEntry, l *ledger.BankLine) (placed bool, err error) {
	named := tx.NamedCheques(l)
	if len(named) != 1 {
		return false, nil
	}
	q := named[0]
	var place func() error
	switch paid := tx.Payment(q.Payment); {
	case e.Amount.Minor < 0:
		place = func() error { return d.returnEntry(tx, e, paid, true) }
	case q.State == ledger.ChequeCleared && tx.EntryOf(paid) == nil && e.Booked >= paid.Date.AddDays(-receiptDays):
		place = func() error { return tx.LeaveEntry(e, ledger.LeftBooked, true) }
	case q.State != ledger.ChequeCleared && e.Booked >= q.Received:
		place = func() error { return d.clearByEntry(tx, e, q, true, "match.cheque.number") }
	default:
		return false, nil
	}
	err = tx.Whole(place)
	if _, refused := ledger.AsRefusal(err); refused {
		return false, nil
	}
	return err == nil, err
}

// clearByEntry books that an entry is a cheque's money.
func (d *Desk) clearByEntry(tx *ledger.Tx, e *ledger.BankEntry, q *ledger.Cheque, alone bool, reasons ...string) error {
	share := ledger.EntryShare{Customer: q.Customer, Minor: q.Amount.Minor}
	_, err := tx.ApplyEntry(e, []ledger.EntryShare{share}, alone, reasons, func(n ledger.NewPayment) (*ledger.Payment, error) {
		return d.clearCheque(tx, q, max(n.Date, q.Since), func(cheque ledger.NewPayment) (*ledger.Payment, error) {
			cheque.Date = n.Date
			return d.receiveLate(tx, cheque)
		})
	})
	if err == nil {
		tx.Put(proposalRow(e.ID), nil)
	}
	return err
}

// chequesOfEntry are the cheques whose money an entry is.
func chequesOfEntry(v *ledger.View, e *ledger.BankEntry) (out []*ledger.Cheque) {
	for _, id := range e.Payments {
		if q := v.ChequeOf(v.Payment(id)); q != nil && q.State == ledger.ChequeCleared {
			out = append(out, q)
		}
	}
	return out
}

// proposeCheques puts the cheques whose sum an entry has before other proposals: those of the
// customers that these are about, or the only one there is.
func proposeCheques(v *ledger.View, e *ledger.BankEntry, l *ledger.BankLine, all []proposal) []proposal {
	if e.Amount.Minor <= 0 {
		return all
	}
	var out []proposal
	for _, q := range likelyCheques(v, e, l, all) {
		out = append(out, proposal{Cheque: q.ID, Keys: []string{"match.cheque.sum"}, Reasons: []card.Text{card.T("match.cheque.sum", "number", q.Number, "date", q.Since)}})
	}
	return append(out, all...)
}

func likelyCheques(v *ledger.View, e *ledger.BankEntry, l *ledger.BankLine, all []proposal) (out []*ledger.Cheque) {
	named := v.NamedCheques(l)
	for _, q := range v.LiveCheques() {
		if slices.Contains(named, q) {
			out = append(out, q)
			continue
		}
		if q.State != ledger.ChequeDeposited || q.Amount != e.Amount || e.Booked < q.Since {
			continue
		}
		about := slices.ContainsFunc(all, func(p proposal) bool {
			return slices.ContainsFunc(p.Shares, func(s ledger.EntryShare) bool { return s.Customer == q.Customer })
		})
		if about || len(all) == 0 {
			out = append(out, q)
		}
	}
	return out
}

// mayBeCheque reports whether what the rules would post by themselves may be the money of a cheque
// under collection: then a person has to say.
func mayBeCheque(v *ledger.View, e *ledger.BankEntry, said *match.Verdict) bool {
	if said.Kind != match.Post || len(v.LiveCheques()) == 0 {
		return false
	}
	for _, sh := range sharesOf(v, e, &said.Candidates[0]) {
		if len(v.DepositedLike(v.Customer(sh.Customer), e.Amount, e.Booked)) > 0 {
			return true
		}
	}
	return false
}
