package ledger

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// paper is a cheque as it truly is: the states it went through, the present one last, with what
// the bank took at each step.
type paper struct {
	id       ChequeID
	minor    int64
	path     []ChequeState
	fees     []int64
	entry    *BankEntry // that paid it
	replaces *paper
}

func (p *paper) state() ChequeState { return p.path[len(p.path)-1] }

func (p *paper) to(s ChequeState, fee int64) { p.path, p.fees = append(p.path, s), append(p.fees, fee) }

func (p *paper) back() {
	p.path, p.fees = p.path[:len(p.path)-1], p.fees[:len(p.fees)-1]
	p.entry = nil
}

// desk is a cashier's desk of which all is known: what came in truly, and what was billed.
type desk struct {
	r      *rapid.T
	t      *testing.T
	b      *Books
	c      CustomerID
	inv    []InvoiceID
	billed int64
	papers []*paper
	lines  int
}

// Cheques are received, deposited, cleared, bounced, given back, replaced and all that undone, by
// hand and by lines of the bank, in any order; what the books say was paid is what truly was, what
// may not be done is refused, and nothing else is.
func TestChequesTrulyPaid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		path := filepath.Join(t.TempDir(), "duebot.db")
		d := &desk{r: r, t: t, b: openTest(t, path)}
		d.c = addAcme(t, d.b)
		for range 3 {
			price := rapid.Int64Range(100, 900).Draw(r, "price")
			d.inv = append(d.inv, issueFor(t, d.b, d.c, fmt.Sprint(price)).ID)
			d.billed += price * 100
		}
		for range rapid.IntRange(4, 16).Draw(r, "steps") {
			d.step()
			d.check()
		}
		d.b.Close()
		checkFile(t, path)
	})
}

// try does something, which is refused or not, as it should be.
func (d *desk) try(what string, p *paper, allowed bool, do func(tx *Tx) error) bool {
	err := try(d.b, "", do)
	if _, refused := AsRefusal(err); err != nil && !refused || refused == allowed {
		d.r.Fatalf("%s of CH-%d, which went %v: %v", what, p.id, p.path, err)
	}
	return err == nil
}

func (d *desk) step() {
	act := rapid.IntRange(0, 9).Draw(d.r, "act")
	if len(d.papers) == 0 || act == 0 && len(d.papers) < 3 {
		d.receive(nil)
		return
	}
	p := rapid.SampledFrom(d.papers).Draw(d.r, "cheque")
	s := p.state()
	live := s == ChequeHeld || s == ChequeDeposited
	switch act {
	case 1, 2:
		if d.try("deposit", p, s == ChequeHeld || s == ChequeBounced, func(tx *Tx) error { return tx.DepositCheque(tx.Cheque(p.id), tx.Today()) }) {
			p.to(ChequeDeposited, 0)
		}
	case 3:
		if d.try("clearing", p, live || s == ChequeBounced, func(tx *Tx) error {
			_, err := tx.ClearCheque(tx.Cheque(p.id), tx.Today(), receive(tx))
			return err
		}) {
			p.to(ChequeCleared, 0)
		}
	case 4:
		fee := rapid.Int64Range(0, 900).Draw(d.r, "fee")
		if d.try("bounce", p, live || s == ChequeCleared, func(tx *Tx) error {
			_, err := tx.BounceCheque(tx.Cheque(p.id), tx.Today(), "no funds", euros(fee))
			return err
		}) {
			p.to(ChequeBounced, fee)
			p.entry = nil
		}
	case 5:
		if d.try("giving back", p, live || s == ChequeBounced, func(tx *Tx) error { return tx.GiveBackCheque(tx.Cheque(p.id), "he pays by bank") }) {
			p.to(ChequeGivenBack, 0)
		}
	case 0, 6:
		d.receive(p)
	case 7, 8:
		d.undo(p)
	case 9:
		d.line(p)
	}
}

// receive takes a cheque, in the place of another one if there is one.
func (d *desk) receive(old *paper) {
	p := &paper{id: ChequeID(len(d.papers) + 1), minor: rapid.Int64Range(1000, 60000).Draw(d.r, "sum"), path: []ChequeState{ChequeHeld}, fees: []int64{0}, replaces: old}
	n := NewCheque{Customer: d.c, Number: fmt.Sprint(80000 + int(p.id)), Bank: "BCR", Amount: euros(p.minor)}
	allowed := true
	if old != nil {
		n.Replaces = old.id
		s := old.state()
		allowed = s == ChequeHeld || s == ChequeDeposited || s == ChequeBounced
	}
	if d.try("receiving", p, allowed, func(tx *Tx) error {
		n.Received, n.Dated = tx.Today(), tx.Today().AddDays(20)
		if inv := tx.Invoice(rapid.SampledFrom(d.inv).Draw(d.r, "invoice")); inv.Open > 0 && rapid.Bool().Draw(d.r, "named") {
			n.For = []InvoiceID{inv.ID}
		}
		_, err := tx.ReceiveCheque(n)
		return err
	}) {
		if old != nil {
			old.to(ChequeReplaced, 0)
		}
		d.papers = append(d.papers, p)
	}
}

// undo takes back a cheque's last step, at the entry that paid it if one did.
func (d *desk) undo(p *paper) {
	s, n := p.state(), len(p.path)
	afterCleared := s == ChequeBounced && n > 1 && p.path[n-2] == ChequeCleared
	if p.entry != nil {
		d.try("undoing", p, false, func(tx *Tx) error { _, err := tx.UndoCheque(tx.Cheque(p.id)); return err })
		d.try("reopening", p, true, func(tx *Tx) error {
			e := tx.BankEntry(p.entry.ID)
			if _, err := tx.ReopenEntry(e); err != nil {
				return err
			}
			return tx.LeaveEntry(e, LeftNotOurs, false)
		})
		p.back()
		return
	}
	if !d.try("undoing", p, s != ChequeReplaced && s != ChequeVoid && !afterCleared, func(tx *Tx) error {
		_, err := tx.UndoCheque(tx.Cheque(p.id))
		return err
	}) {
		return
	}
	if n > 1 {
		p.back()
		return
	}
	p.path = []ChequeState{ChequeVoid}
	if p.replaces != nil {
		p.replaces.back()
	}
}

// line is what the bank tells of a cheque: that it was paid, also where staff said so before, or
// that its money went back.
func (d *desk) line(p *paper) {
	s := p.state()
	out := s == ChequeCleared && rapid.Bool().Draw(d.r, "out")
	if s == ChequeCleared && p.entry != nil && !out {
		return // a bank pays once
	}
	d.lines++
	l := BankLine{Amount: euros(p.minor), Text: fmt.Sprintf("cheque %d", 80000+int(p.id))}
	if out {
		l.Amount = l.Amount.Neg()
	}
	var named []*Cheque
	d.b.View(func(v *View) error { l.Booked, named = v.Today(), v.NamedCheques(&l); return nil })
	e := takeLine(d.t, d.b, fmt.Sprintf("line %d", d.lines), l)
	known := slices.Contains([]ChequeState{ChequeHeld, ChequeDeposited, ChequeCleared, ChequeBounced}, s)
	if known != (len(named) == 1 && named[0].ID == p.id) {
		d.r.Fatalf("a line about CH-%d, which went %v, names %v", p.id, p.path, named)
	}
	switch {
	case out:
		d.try("a return", p, true, func(tx *Tx) error {
			_, err := tx.ReturnEntry(e, tx.Payment(tx.Cheque(p.id).Payment), "no funds", true)
			return err
		})
		p.to(ChequeBounced, 0)
		p.entry = nil
	case s == ChequeCleared, !known:
		d.try("leaving a line", p, true, func(tx *Tx) error { return tx.LeaveEntry(e, LeftBooked, true) })
	default:
		d.try("clearing by a line", p, true, func(tx *Tx) error {
			q := tx.Cheque(p.id)
			_, err := tx.ApplyEntry(e, []EntryShare{{Customer: d.c, Minor: p.minor}}, true, nil, func(n NewPayment) (*Payment, error) {
				return tx.ClearCheque(q, n.Date, receive(tx))
			})
			return err
		})
		p.to(ChequeCleared, 0)
		p.entry = e
	}
}

// check compares the books with what truly happened.
func (d *desk) check() {
	paid, fees := int64(0), int64(0)
	d.b.View(func(v *View) error {
		for _, p := range d.papers {
			if got := v.Cheque(p.id).State; got != p.state() {
				d.r.Fatalf("CH-%d is %s, and went %v", p.id, got, p.path)
			}
			if p.state() == ChequeCleared {
				paid += p.minor
			}
			sum := int64(0)
			for _, fee := range p.fees {
				sum += fee
			}
			if fees += sum; v.Cheque(p.id).Fees != sum {
				d.r.Fatalf("CH-%d cost %d of fees, and truly %d", p.id, v.Cheque(p.id).Fees, sum)
			}
		}
		open := int64(0)
		for _, id := range d.inv {
			open += v.Invoice(id).Open
		}
		if got := open - v.OnAccount(v.Customer(d.c), "EUR").Minor; got != d.billed-paid {
			d.r.Fatalf("%d is owed; billed were %d and truly paid %d", got, d.billed, paid)
		}
		if bank, cost := v.AccountBalance(Bank, d.c, "EUR").Minor, v.AccountBalance(BankFees, d.c, "EUR").Minor; bank != paid-fees || cost != fees {
			d.r.Fatalf("the bank has %d after fees of %d; truly paid were %d and taken %d", bank, cost, paid, fees)
		}
		checkCheques(d.r, v, d.c)
		return nil
	})
}
