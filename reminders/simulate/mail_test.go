package simulate

import (
	"fmt"

	"duebot/ledger"
)

// address is where somebody's mail goes.
func (s *company) address(d *debtor) string {
	return fmt.Sprintf("%s:c%d@mail.example", ledger.ChannelMail, d.id)
}

// mailed has something change about how somebody is reached by e-mail: his address is known, or known
// anew, he wants it first or not, ends reminders by it or has them again, it comes back, or is forgotten.
func (s *company) mailed(tx *ledger.Tx, d *debtor) (err error) {
	c, m := s.customer(tx, d), &d.mail
	switch n := s.rng.IntN(8); {
	case !m.has || m.shut && n < 6:
		m.has, m.shut = true, false
		_, err = tx.SetMails(c, []string{fmt.Sprintf("c%d@mail.example", d.id)})
	case n < 3:
		m.first = !m.first
		channel := ""
		if m.first {
			channel = ledger.ChannelMail
		}
		_, err = tx.ChooseChannel(c, channel)
	case n < 5 || m.ended:
		m.ended = !m.ended
		_, err = tx.StopMailReminders(c, m.ended)
	case n < 7:
		err = s.comesBack(tx, d)
	default:
		m.has, m.shut = false, false
		_, err = tx.SetMails(c, nil)
	}
	s.oracle.note(d, s.now, fmt.Sprintf("mail %+v", *m), 0, 0)
	return err
}

// comesBack has staff note that mail does not reach somebody.
func (s *company) comesBack(tx *ledger.Tx, d *debtor) error {
	d.mail.shut = true
	_, err := tx.BreakRoute(s.of[d].id, s.address(d), ledger.RouteBounced, 0)
	return err
}

// mailLetter has staff send a letter by e-mail instead: its step counts when that is sent, and else
// is to be done still.
func (s *company) mailLetter(tx *ledger.Tx, t *task) error {
	d, why := t.of, tx.Task(s.tasks[t]).Reasons[0]
	if err := s.endTask(tx, t, ledger.TaskMailed, false); err != nil || d.waiting != nil {
		return err
	}
	n := ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: s.of[d].id, Invoice: why.Invoice, Step: why.Step, For: ledger.Date(d.at.today(s.now)),
		Policy: tx.PolicyVersion(), Also: why.Also}
	d.waiting = s.word(&ledger.Notice{NoticeQueued: n})
	s.did["letter mailed"]++
	s.oracle.note(d, s.now, "letter by mail: "+d.waiting.String(), d.waiting.debt.id, int64(d.waiting.step))
	return s.notify(tx, n)
}
