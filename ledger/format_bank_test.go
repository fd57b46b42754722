package ledger

import (
	"fmt"
	"testing"
	"time"
)

// bankActs are what a bank's statements and payment providers bring.
func bankActs(t *testing.T, b *Books) {
	s := &bankSample{}
	acts := []func(tx *Tx) error{
		s.customer, s.lines, s.applied, s.learnt, s.forgotten, s.reopened, s.again, s.returned, s.left, s.assigned, s.fee, s.payout, s.toldAgain, s.twin,
		s.odd, s.oddOwned, s.oddClosed, s.bankTold, s.bankAsked, s.bankConfirmed, s.law,
	}
	for i, act := range acts {
		if err := try(b, fmt.Sprintf("bank%d", i), act); err != nil {
			t.Errorf("act %d of the bank's: %v", i, err)
		}
	}
}

// bankSample is what the acts of bankActs share.
type bankSample struct {
	c       *Customer
	line    BankLine
	entries []*BankEntry
}

func (s *bankSample) customer(tx *Tx) (err error) {
	s.c, err = tx.AddCustomer(NewCustomer{Handle: "payer", Name: "Țiriac SRL"})
	return err
}

func (s *bankSample) lines(tx *Tx) error {
	day := tx.Today()
	s.line = BankLine{Booked: day, Value: day, Party: BankAccount{Number: "RO49AAAA1B31007593840000"}, PartyName: "Țiriac SRL", Text: "thank you",
		Creditor: "RF18539007547034", EndToEnd: "E2E-1", BankRef: "REF-1", Code: "NTRF", Fees: euros(3)}
	st, err := tx.TakeStatement(1, 1, BankStatement{Format: "CAMT.053", Account: BankAccount{Number: "DE02"}, Number: "7", From: day, To: day,
		Opening: &BankBalance{day, euros(0)}, Closing: &BankBalance{day, euros(3000)}}, 4, true)
	for i, minor := range []int64{5000, -5000, 2000, 1000} {
		if err != nil {
			return err
		}
		s.line.Amount, s.line.Reversal = euros(minor), minor < 0
		var e *BankEntry
		e, _, err = tx.TakeEntry(st, &s.line, identity(fmt.Sprintf("sample %d", i)))
		s.entries = append(s.entries, e)
	}
	return err
}

func (s *bankSample) applied(tx *Tx) error {
	_, err := tx.ApplyEntry(tx.BankEntry(s.entries[0].ID), []EntryShare{{Customer: s.c.ID, Minor: 5000}}, true, []string{"reference", "amount"}, receive(tx))
	return err
}

func (s *bankSample) learnt(tx *Tx) error {
	_, err := tx.LearnPayer(&s.line, tx.Customer(s.c.ID))
	return err
}

func (s *bankSample) forgotten(tx *Tx) error { return tx.ForgetPayer(&s.line, tx.Customer(s.c.ID)) }

func (s *bankSample) reopened(tx *Tx) error {
	_, err := tx.ReopenEntry(tx.BankEntry(s.entries[0].ID))
	return err
}

func (s *bankSample) again(tx *Tx) error { return s.applied(tx) }

func (s *bankSample) returned(tx *Tx) error {
	_, err := tx.ReturnEntry(tx.BankEntry(s.entries[1].ID), tx.Payment(tx.LastPayment()), "AC04", true)
	return err
}

func (s *bankSample) left(tx *Tx) error {
	return tx.LeaveEntry(tx.BankEntry(s.entries[2].ID), LeftPayout, false)
}

func (s *bankSample) assigned(tx *Tx) error {
	return tx.AssignEntry(tx.BankEntry(s.entries[3].ID), "U1", s.c.ID)
}

func (s *bankSample) fee(tx *Tx) error {
	p, _, err := tx.Receive(NewPayment{Customer: s.c.ID, Date: tx.Today(), Amount: euros(9000), Method: "stripe", Reference: "pi_1"})
	if err != nil {
		return err
	}
	return tx.TakeFee(p, euros(150))
}

func (s *bankSample) payout(tx *Tx) error {
	return tx.TellPayout(PayoutTold{Provider: "stripe", ID: "po_1", Amount: euros(8850), Arrives: tx.Today().AddDays(2)})
}

func (s *bankSample) odd(tx *Tx) error {
	p := tx.LastPayment()
	_, _, err := tx.FindOdd(OddFound{Kind: OddAccount, Customer: s.c.ID, Entry: s.entries[0].ID, Earlier: p - 1, Payment: p, Amount: euros(9000), Usual: euros(100),
		How: SumLarge, Key: tx.AccountKey("RO49AAAA1B31007593840000")}, "RO01\nRO49AAAA1B31007593840000")
	return err
}

func (s *bankSample) oddOwned(tx *Tx) error { return tx.AssignOdd(tx.Odd(1), "U1") }

func (s *bankSample) oddClosed(tx *Tx) error { return tx.CloseOdd(tx.Odd(1), OddLearnt) }

func (s *bankSample) bankTold(tx *Tx) error {
	_, err := tx.TellBank(BankDetails{"IBAN DE02", `[{"iban":"DE02"}]`}, BankDetails{"IBAN DE02", `[{"iban":"DE02"}]`})
	return err
}

func (s *bankSample) bankAsked(tx *Tx) error {
	_, err := tx.TellBank(BankDetails{"IBAN DE89", `[{"iban":"DE89"}]`}, BankDetails{})
	return err
}

func (s *bankSample) bankConfirmed(tx *Tx) error {
	return tx.ConfirmBankChange(tx.PendingBankChange(), time.Hour)
}

// toldAgain has a booking told whole where its parts are known.
func (s *bankSample) toldAgain(tx *Tx) error {
	st, err := tx.TakeStatement(1, 2, BankStatement{Format: "CAMT.054", Account: BankAccount{Number: "DE02"}, To: tx.Today()}, 2, false)
	if err != nil {
		return err
	}
	s.line.Amount, s.line.Text, s.line.BankRef, s.line.EndToEnd = euros(1000), "", "", ""
	got, err := tx.TakeLine(st, &s.line, LineIdentity{Own: identity("part"), Whole: identity("whole")})
	s.entries = append(s.entries, got.Entry)
	return err
}

func (s *bankSample) twin(tx *Tx) error {
	return tx.TwinEntry(tx.BankEntry(s.entries[4].ID), tx.BankEntry(s.entries[3].ID))
}

func (s *bankSample) law(tx *Tx) error {
	_, err := tx.SetLaw(tx.Customer(s.c.ID), Law{Country: "MD", Consumer: true})
	return err
}
