package simulate

import (
	"fmt"

	"duebot/ledger"
)

// statements has a customer want statements each month, or no more.
func (s *company) statements(tx *ledger.Tx, d *debtor) error {
	d.monthly, d.wished = !d.monthly, d.at.today(s.now)+1
	every := ledger.StatementsOff
	if d.monthly {
		every = ledger.StatementsMonthly
	}
	_, err := tx.ChooseStatements(s.customer(tx, d), every, false)
	return err
}

// courtesies says the statements and the thanks that wait, as the program's delivery does.
func (s *company) courtesies() {
	if len(s.polite) == 0 || s.now.Before(s.deaf) {
		return
	}
	list := s.polite
	s.polite = nil
	s.do(func(tx *ledger.Tx) error {
		for _, c := range list {
			n, ok := tx.OpenNotice(c.id)
			if !ok {
				continue
			}
			d := s.debtorOf(n.Customer)
			if s.rules.Policy.Wait(&tx.View, &n) > 0 {
				s.polite = append(s.polite, c)
				continue
			}
			chat := s.of[d].chat
			if !tx.Reaches(tx.Customer(n.Customer), false, true) {
				chat = s.address(d)
			}
			out := ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: chat, Message: fmt.Sprint(n.ID), Words: ledger.Hash{1}}
			why := s.rules.Overtaken(&tx.View, &n)
			if n.Kind == ledger.NoticeThanks && why == "" {
				m, err := s.rules.Notice(&tx.View, &n)
				if err != nil {
					return err
				}
				why = m.Withdraw
			}
			if why != "" || !tx.Reaches(tx.Customer(n.Customer), true, true) {
				s.did[string(n.Kind)+" withdrawn"]++
				out = ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeWithdrawn, Reason: why + "."}
			} else {
				s.did[string(n.Kind)]++
				s.oracle.courteous(d, s.now, courtesy{kind: string(n.Kind), code: n.Code, queued: c.at})
			}
			if err := tx.Settle(out); err != nil {
				return err
			}
		}
		return nil
	})
}
