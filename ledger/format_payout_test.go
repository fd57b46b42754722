package ledger

import "testing"

// payoutActs are what payouts of providers, and refunds, bring in the bank.
func payoutActs(t *testing.T, b *Books) {
	s := &payoutSample{}
	for i, act := range []func(tx *Tx) error{s.held, s.refunded, s.lines, s.told, s.arrived, s.seen, s.reopened} {
		if err := try(b, "", act); err != nil {
			t.Errorf("act %d of payouts: %v", i, err)
		}
	}
}

// payoutSample is what the acts of payoutActs share.
type payoutSample struct {
	c       *Customer
	entries []BankEntryID
}

func (s *payoutSample) held(tx *Tx) (err error) {
	if s.c, err = tx.AddCustomer(NewCustomer{Handle: "online", Name: "Online Ltd"}); err != nil {
		return err
	}
	p, _, err := tx.Receive(NewPayment{Customer: s.c.ID, Date: tx.Today(), Amount: Money{10000, "JPY"}, Method: "stripe", Reference: "pi_2", Held: true})
	if err == nil {
		err = tx.ProviderConverts(p, "txn_1", p.Amount, euros(6100))
	}
	if err == nil {
		err = tx.TakeFee(p, euros(100))
	}
	return err
}

func (s *payoutSample) refunded(tx *Tx) error {
	p, _, err := tx.Receive(NewPayment{Customer: s.c.ID, Date: tx.Today(), Amount: euros(500), Method: "bank"})
	if err == nil {
		_, err = tx.Refund(tx.Customer(s.c.ID), p.Amount, tx.Today(), "paid twice")
	}
	return err
}

func (s *payoutSample) lines(tx *Tx) error {
	day := tx.Today()
	st, err := tx.TakeStatement(2, 1, BankStatement{Format: "MT940", Account: BankAccount{Number: "DE03"}, From: day, To: day}, 3, false)
	for _, m := range []Money{euros(6500), euros(-500), euros(1)} {
		if err != nil {
			return err
		}
		var e *BankEntry
		e, _, err = tx.TakeEntry(st, &BankLine{Booked: day, Amount: m, Text: "STRIPE"}, identity("payouts "+m.String()))
		if err == nil {
			s.entries = append(s.entries, e.ID)
		}
	}
	return err
}

func (s *payoutSample) told(tx *Tx) error {
	if err := tx.TellPayout(PayoutTold{Provider: "stripe", ID: "po_2", Amount: euros(6500), Arrives: tx.Today()}); err != nil {
		return err
	}
	return tx.TellParts(tx.PayoutOf("stripe", "po_2"), PayoutParts{Payments: 1, Gross: 6100, Fees: 100, Others: 500})
}

func (s *payoutSample) arrived(tx *Tx) error {
	return tx.ArrivePayout(tx.BankEntry(s.entries[0]), "stripe", tx.PayoutOf("stripe", "po_2"), true)
}

func (s *payoutSample) seen(tx *Tx) error {
	all := tx.UnseenRefunds(0)
	return tx.SeeRefund(tx.BankEntry(s.entries[1]), all[len(all)-1], true)
}

func (s *payoutSample) reopened(tx *Tx) error {
	_, err := tx.ReopenEntry(tx.BankEntry(s.entries[0]))
	return err
}
