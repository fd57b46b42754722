package ledger

import (
	"fmt"
	"io"
	"time"
)

// Our own bank details. Whoever can change where customers pay to can take all that they owe; so
// what is printed follows the books and not the configuration. The first details are taken as they
// are. Any others, typed or found in the configuration, are a change: two people confirm it, it
// waits, anybody who may confirm can cancel it, and only then it counts.

// BankDetails are the company's accounts: one line as chats say them, and the list as whoever draws
// documents keeps it.
type BankDetails struct{ Line, Data string }

func (d *BankDetails) code(c *coder) {
	str(c, &d.Line)
	str(c, &d.Data)
}

// BankChangeID numbers changes of the company's bank details from 1.
type BankChangeID uint32

// Label is how people name a change: "BC-1".
func (id BankChangeID) Label() string { return fmt.Sprintf("BC-%d", id) }

// ParseBankChange reads what Label writes, in any case; it is 0 otherwise.
func ParseBankChange(s string) BankChangeID { return BankChangeID(labelled("BC-", s)) }

// BankChangeState is how a change stands.
type BankChangeState string

// The states. The last two are its ends.
const (
	BankChangeAsked     BankChangeState = "asked"     // nobody has confirmed it, or one of two
	BankChangeConfirmed BankChangeState = "confirmed" // it waits for its day
	BankChangeCancelled BankChangeState = "cancelled"
	BankChangeInForce   BankChangeState = "inforce"
)

// BankChange is a change of the company's bank details.
type BankChange struct {
	ID      BankChangeID
	Old     BankDetails
	New     BankDetails
	Config  bool     // it was found in the configuration, where nobody knows who wrote it
	By      string   // who asked, "duebot" for one that was found
	People  []string // who stands for it: who asked, and who confirmed
	Asked   time.Time
	Due     time.Time // from when on it counts; zero until it is confirmed
	State   BankChangeState
	Ended   time.Time
	EndedBy string
	Card    NoticeID // its message in Slack
}

// Over reports whether a change has come to its end.
func (x *BankChange) Over() bool {
	return x.State == BankChangeCancelled || x.State == BankChangeInForce
}

// BankSeen is the fact that the configuration names other bank details than it did. The first of
// all counts at once.
type BankSeen struct{ Details BankDetails }

func (x *BankSeen) kind() factKind { return kindBankSeen }

func (x *BankSeen) code(c *coder) { x.Details.code(c) }

func (x *BankSeen) apply(s *state, _ *Fact) {
	if s.bankSeen == nil {
		set(s, &s.bankForce, x.Details)
	}
	set(s, &s.bankSeen, &x.Details)
}

// BankChangeBegun is the fact that other bank details are to count.
type BankChangeBegun struct {
	Details BankDetails
	Config  bool
}

func (x *BankChangeBegun) kind() factKind { return kindBankChange }

func (x *BankChangeBegun) code(c *coder) {
	x.Details.code(c)
	c.flag(&x.Config)
}

func (x *BankChangeBegun) apply(s *state, f *Fact) {
	id := BankChangeID(s.bankChanges.n + 1)
	k := BankChange{ID: id, Old: s.bankForce, New: x.Details, Config: x.Config, By: f.By, Asked: f.Recorded, State: BankChangeAsked}
	if !x.Config {
		k.People = []string{f.By}
	}
	s.bankChanges.add(s, k)
	set(s, &s.bankPending, id)
}

// BankChangeMoved is the fact that somebody confirmed a change, that it was cancelled, or that it
// counts from now on.
type BankChangeMoved struct {
	Change BankChangeID
	State  BankChangeState // BankChangeAsked: one of two has confirmed it
	Due    time.Time
}

func (x *BankChangeMoved) kind() factKind { return kindBankChangeMoved }

func (x *BankChangeMoved) code(c *coder) {
	num(c, &x.Change)
	str(c, &x.State)
	c.instant(&x.Due)
}

func (x *BankChangeMoved) apply(s *state, f *Fact) {
	k := s.bankChanges.at(uint32(x.Change))
	if k == nil {
		return
	}
	set(s, &k.State, x.State)
	switch x.State {
	case BankChangeAsked, BankChangeConfirmed:
		set(s, &k.People, append(k.People[:len(k.People):len(k.People)], f.By))
		set(s, &k.Due, x.Due)
		return
	case BankChangeInForce:
		set(s, &s.bankForce, k.New)
	}
	set(s, &k.Ended, f.Recorded)
	set(s, &k.EndedBy, f.By)
	set(s, &s.bankPending, 0)
}

// newBankChangeFact makes the bodies of this file's kinds.
func newBankChangeFact(k factKind) Body {
	switch k {
	case kindBankSeen:
		return new(BankSeen)
	case kindBankChange:
		return new(BankChangeBegun)
	case kindBankChangeMoved:
		return new(BankChangeMoved)
	}
	return nil
}

// BankDetails are those that count; ok is false while the books have none.
func (v *View) BankDetails() (d BankDetails, ok bool) { return v.s.bankForce, v.s.bankSeen != nil }

// PendingBankChange is the change that is not over, nil for none.
func (v *View) PendingBankChange() *BankChange { return v.BankChange(v.s.bankPending) }

// BankChange returns change id, nil where there is none.
func (v *View) BankChange(id BankChangeID) *BankChange { return v.s.bankChanges.at(uint32(id)) }

// BankChangeOfNotice is the change that a notice is about, nil for none.
func (v *View) BankChangeOfNotice(n *NoticeQueued) *BankChange {
	return v.BankChange(ParseBankChange(n.Code))
}

// BankChanges calls f with every change, newest first, until it returns false.
func (v *View) BankChanges(f func(*BankChange) bool) {
	for id := v.s.bankChanges.n; id > 0 && f(v.s.bankChanges.at(id)); id-- {
	}
}

// TellBank takes what the configuration names now, where before are the details that counted in
// books of a version that kept none. Other details than it named so far are a change, which is
// returned; the one that waited is over then.
func (tx *Tx) TellBank(now, before BankDetails) (*BankChange, error) {
	if tx.s.bankSeen == nil {
		if _, err := tx.append(tx.Today(), &BankSeen{before}); err != nil {
			return nil, err
		}
	}
	if now == *tx.s.bankSeen {
		return nil, nil
	}
	if _, err := tx.append(tx.Today(), &BankSeen{now}); err != nil {
		return nil, err
	}
	if old := tx.PendingBankChange(); old != nil {
		if err := tx.CancelBankChange(old); err != nil {
			return nil, err
		}
	}
	if now == tx.s.bankForce {
		return nil, nil
	}
	return tx.beginBankChange(now, true)
}

// AskBankChange asks for other details. It returns a Conflict refusal while another change waits,
// and for what counts already.
func (tx *Tx) AskBankChange(d BankDetails) (*BankChange, error) {
	if old := tx.PendingBankChange(); old != nil {
		return nil, Refuse(Conflict, "bankchange.waits", "change", old.ID.Label())
	}
	if d == tx.s.bankForce {
		return nil, Refuse(Conflict, "bankchange.same")
	}
	return tx.beginBankChange(d, false)
}

func (tx *Tx) beginBankChange(d BankDetails, config bool) (*BankChange, error) {
	if _, err := tx.append(tx.Today(), &BankChangeBegun{d, config}); err != nil {
		return nil, err
	}
	return tx.s.bankChanges.at(tx.s.bankChanges.n), nil
}

// bankChangePeople is how many people stand for a change before it counts.
const bankChangePeople = 2

// ConfirmBankChange books that who acts stands for a change. With the second person it is
// confirmed, and counts after delay. It returns a Forbidden refusal to one who stands for it
// already.
func (tx *Tx) ConfirmBankChange(x *BankChange, delay time.Duration) error {
	if x.State != BankChangeAsked {
		return Refuse(Conflict, "bankchange.over", "change", x.ID.Label())
	}
	for _, who := range x.People {
		if who == tx.actor() {
			return Refuse(Forbidden, "bankchange.own", "change", x.ID.Label())
		}
	}
	m := &BankChangeMoved{Change: x.ID, State: BankChangeAsked}
	if len(x.People)+1 >= bankChangePeople {
		m.State, m.Due = BankChangeConfirmed, tx.Now.Add(delay)
	}
	_, err := tx.append(tx.Today(), m)
	return err
}

// CancelBankChange books that a change will not count.
func (tx *Tx) CancelBankChange(x *BankChange) error {
	if x.Over() {
		return Refuse(Conflict, "bankchange.over", "change", x.ID.Label())
	}
	_, err := tx.append(tx.Today(), &BankChangeMoved{Change: x.ID, State: BankChangeCancelled})
	return err
}

// TakeBankChange books that a confirmed change counts from now on, if its time has come.
func (tx *Tx) TakeBankChange(x *BankChange) (taken bool, err error) {
	if x.State != BankChangeConfirmed || tx.Now.Before(x.Due) {
		return false, nil
	}
	_, err = tx.append(tx.Today(), &BankChangeMoved{Change: x.ID, State: BankChangeInForce, Due: x.Due})
	return err == nil, err
}

// The names of facts about our own bank details.
const (
	FactBankSeen        FactName = "bankseen"
	FactBankChange      FactName = "bankchange"
	FactBankChangeMoved FactName = "bankchangemoved"
)

// describeBankChange tells facts about our own bank details.
func describeBankChange(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *BankSeen:
		return Description{Name: FactBankSeen, Refs: []string{x.Details.Line}}, true
	case *BankChangeBegun:
		return Description{Name: FactBankChange, Refs: []string{x.Details.Line}}, true
	case *BankChangeMoved:
		return Description{Name: FactBankChangeMoved, Refs: []string{x.Change.Label(), string(x.State)}}, true
	}
	return Description{}, false
}

func dumpBankChanges(w io.Writer, s *state) {
	if s.bankSeen != nil {
		fmt.Fprintf(w, "bank details %q %q seen %q pending %d\n", s.bankForce.Line, s.bankForce.Data, s.bankSeen.Data, s.bankPending)
	}
	s.bankChanges.each(func(x *BankChange) {
		fmt.Fprintf(w, "bank change %d %q to %q config %t by %s people %q asked %s due %s %s ended %s by %s card %d\n", x.ID, x.Old.Data, x.New.Data, x.Config, x.By, x.People,
			x.Asked, x.Due, x.State, x.Ended, x.EndedBy, x.Card)
	})
}
