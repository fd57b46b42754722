package reminders

import (
	"duebot/ledger"
)

// What holds a contact back whose time has come: money of the customer's that waits to be applied, or
// credit notes over all of it, and old data of the bank. It is asked when a contact is queued and once more when it is sent,
// each time in the transaction that does it. What is held keeps its turn until somebody of staff
// releases it, or its cause is gone.

// Holding is what contacts are held for.
type Holding struct {
	Money    bool // money of the customer's waits
	BankDays int  // the newest statement of an account is older, in business days; 0: that holds nothing
	// Proposed are the entries of the bank that wait and are proposed as a customer's. nil: none are.
	Proposed func(v *ledger.View) map[ledger.CustomerID][]ledger.BankEntryID
}

// waiting is what holds contacts at one moment.
type waiting struct {
	read     bool
	old      bool // the bank's data
	proposed map[ledger.CustomerID][]ledger.BankEntryID
}

// At is p for many customers at one moment of the books, which v is of: what holds contacts is read
// once, and not before somebody's contact has come.
func (p *Policies) At(v *ledger.View) *Policies {
	x := *p
	x.waits = &waiting{}
	return &x
}

func (p *Policies) waiting(v *ledger.View) *waiting {
	w := p.waits
	if w == nil {
		w = &waiting{}
	}
	if w.read {
		return w
	}
	w.read, w.old = true, p.Holding.BankDays > 0 && len(v.BankOlder(p.Holding.BankDays)) > 0
	if p.Holding.Proposed != nil && p.Holding.Money {
		w.proposed = p.Holding.Proposed(v)
	}
	return w
}

// holds tells why a contact of c's on a day is held, "" where it is not.
func (p *Policies) holds(v *ledger.View, c *ledger.Customer, of ledger.ContactKey, on ledger.Date) Why {
	w := p.waiting(v)
	switch {
	case p.Holding.Money && (len(v.MoneyWaiting(c)) > 0 || len(w.proposed[c.ID]) > 0), p.covered(v, c, of, on):
		return MoneyWaits
	case w.old:
		return BankOld
	}
	return ""
}

// held tells why a contact is held that nothing else keeps back, and that nobody has released.
func (s *standing) held(c Contact, on ledger.Date) Why {
	if s.free || s.note.Released == c.Key() {
		return ""
	}
	return s.p.holds(s.v, s.c, c.Key(), on)
}

// stopped tells whether staff keep contacts back on a day, and from when on no more: they put them
// off, or left one out, from which the interval counts as if it had been made.
func (s *standing) stopped(p *Policy, on ledger.Date) (Why, ledger.Date) {
	switch {
	case s.note.Snoozed > on:
		return Snoozed, s.note.Snoozed
	case s.note.Skipped != 0 && int(on-s.note.Skipped) < p.Interval:
		return LeftOut, s.note.Skipped.AddDays(p.Interval)
	}
	return "", 0
}

// Held reports whether a decision is that of a contact which is held.
func (d Decision) Held() bool { return d.Why == MoneyWaits || d.Why == BankOld }

// HoldAgain asks once more, when a reminder is to be sent, whether it is held. One that is gives up
// its place and keeps its turn. So does the word that a plan is over, once the day has passed on which
// it was to come: the next run has a day for it on which nothing else comes.
func (r *Rules) HoldAgain(tx *ledger.Tx, n *ledger.Notice) (held bool, err error) {
	c := tx.Customer(n.Customer)
	if n.Kind == ledger.NoticePlanOver && n.Attempt.At.IsZero() && ledger.DateOf(tx.Now, c.Zone) > ledger.DateOf(n.At, c.Zone) {
		tx.Put(brokenPlan(c.ID), []byte(n.Code))
		r.agenda.again(c)
		return true, nil
	}
	if n.Kind != ledger.NoticeReminder || n.Free {
		return false, nil
	}
	on := ledger.DateOf(tx.Now, c.Zone)
	why := r.Policy.holds(&tx.View, c, n.Contact(), on)
	if why == "" {
		return false, nil
	}
	return true, r.hold(tx, c, n.Contact(), on, why)
}

// hold books that a contact is held, and tells staff of it, once: whoever looks after the customer
// and may release it, or finance; that the bank's data is old is for finance.
func (r *Rules) hold(tx *ledger.Tx, c *ledger.Customer, of ledger.ContactKey, on ledger.Date, why Why) error {
	news, err := tx.HoldContact(c, of, on, ledger.HeldWhy(why))
	if err != nil || !news {
		return err
	}
	n := ledger.NoticeQueued{Kind: ledger.NoticeHeld, Address: r.HeldTo(c, string(why)), For: tx.Today()}
	if _, day := tx.DayCard(ledger.NoticeHeld, n.Address); day == n.For {
		n.Kind = ledger.NoticeHeldEdit
	}
	return tx.Notify(n)
}

// HeldTo is who is told of a contact of c's that is held.
func (r *Rules) HeldTo(c *ledger.Customer, why string) string {
	if Why(why) == MoneyWaits && r.Acts != nil && r.Acts(c.Owner) {
		return c.Owner
	}
	return r.Finance
}

// HeldNow are the contacts that are held, of those whose time has come.
func (p *Policies) HeldNow(v *ledger.View) (out []Row) {
	p = p.At(v)
	v.HeldContacts(func(c *ledger.Customer, _ ledger.ContactNotes) {
		on := ledger.DateOf(v.Now, c.Zone)
		if d := p.Decide(v, c, on); d.Held() && c.HasOpen() {
			out = append(out, Row{Customer: c, Planned: Planned{on, d}, At: p.HourOf(c, on), State: RowHeld})
		}
	})
	return out
}
