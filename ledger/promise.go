package ledger

import "slices"

// PromiseOutcome is what became of a promise, in one word.
type PromiseOutcome string

// The outcomes.
const (
	PromiseAwaited PromiseOutcome = ""
	PromiseMoved   PromiseOutcome = "moved"  // another day was promised before this one was over
	PromiseTrue    PromiseOutcome = "kept"   // all that was due was paid by then
	PromiseFalse   PromiseOutcome = "broken" // it was not; money booked later for that day turns it to kept
	PromiseVoid    PromiseOutcome = "lapsed" // nothing was left to pay for another reason
)

// Promise is a customer's word to pay an invoice by a day: all that is open on it then and
// not disputed.
type Promise struct {
	Invoice InvoiceID
	By      Date
	Made    Date
	Outcome PromiseOutcome
	before  uint32 // the one before of the same invoice
}

// PromiseMade is the fact of a promise.
type PromiseMade struct {
	Invoice InvoiceID
	By      Date
}

func (x *PromiseMade) kind() factKind { return kindPromise }

func (x *PromiseMade) code(c *coder) {
	num(c, &x.Invoice)
	num(c, &x.By)
}

func (x *PromiseMade) apply(s *state, f *Fact) {
	inv := s.invoices.at(uint32(x.Invoice))
	if inv == nil {
		return
	}
	if old := s.promises.at(inv.promise); old != nil && old.Outcome == PromiseAwaited && old.By >= f.Effective {
		set(s, &old.Outcome, PromiseMoved)
		drop(s, s.awaited, inv.promise)
	}
	s.promises.add(s, Promise{Invoice: x.Invoice, By: x.By, Made: f.Effective, before: inv.promise})
	put(s, s.awaited, s.promises.n, true)
	set(s, &inv.promise, s.promises.n)
	set(s, &inv.Promised, x.By)
}

// promiseMaxDays is how far ahead staff may note a promise.
const promiseMaxDays = 60

// Promise books that inv will be paid by a day. It returns a refusal for a day that is
// over or too far, and for an invoice that nothing is open on.
func (tx *Tx) Promise(inv *Invoice, by Date) error { return tx.PromiseWithin(inv, by, promiseMaxDays) }

// PromiseWithin is Promise for a day at most so many days ahead.
func (tx *Tx) PromiseWithin(inv *Invoice, by Date, most int) error {
	if inv.Open == 0 {
		return Refuse(Conflict, "invoice.closed", "number", inv.Number.String())
	}
	if by < tx.Today() || by > tx.Today().AddDays(most) {
		return Refuse(BadInput, "promise.range", "date", by, "max", most)
	}
	_, err := tx.append(tx.Today(), &PromiseMade{inv.ID, by})
	return err
}

// PromisesOn returns the promises to pay inv, newest first.
func (v *View) PromisesOn(inv *Invoice) (out []*Promise) {
	for p := v.s.promises.at(inv.promise); p != nil; p = v.s.promises.at(p.before) {
		out = append(out, p)
	}
	return out
}

// PromiseKept is the fact that a promise came true. It corrects PromiseBroken where money
// of the promised days was booked after that.
type PromiseKept struct {
	Promise uint32 // from 1, in order of the facts that made them
	Invoice InvoiceID
}

func (x *PromiseKept) kind() factKind { return kindPromiseKept }

func (x *PromiseKept) code(c *coder) {
	num(c, &x.Promise)
	num(c, &x.Invoice)
}

func (x *PromiseKept) apply(s *state, _ *Fact) { s.judge(x.Promise, PromiseTrue) }

// PromiseBroken is the fact that a promise did not come true. Reminders go on with the step
// of the invoice's age: those before it fell into the pause, and are not replayed.
type PromiseBroken struct {
	Promise uint32
	Invoice InvoiceID
	Step    int // the last step that counts as said
}

func (x *PromiseBroken) kind() factKind { return kindPromiseBroken }

func (x *PromiseBroken) code(c *coder) {
	num(c, &x.Promise)
	num(c, &x.Invoice)
	num(c, &x.Step)
}

func (x *PromiseBroken) apply(s *state, f *Fact) {
	s.judge(x.Promise, PromiseFalse)
	s.breached(f.Seq, x.Promise, 0)
	if inv := s.invoices.at(uint32(x.Invoice)); inv != nil && x.Step > inv.Step {
		set(s, &inv.Step, x.Step)
	}
}

// PromiseLapsed is the fact that a promise says nothing of the customer: its invoice was
// credited, written off or is in dispute, and nothing was left to pay.
type PromiseLapsed struct {
	Promise uint32
	Invoice InvoiceID
}

func (x *PromiseLapsed) kind() factKind { return kindPromiseLapsed }

func (x *PromiseLapsed) code(c *coder) {
	num(c, &x.Promise)
	num(c, &x.Invoice)
}

func (x *PromiseLapsed) apply(s *state, _ *Fact) { s.judge(x.Promise, PromiseVoid) }

// judge sets what became of a promise, and the customer's count of them.
func (s *state) judge(id uint32, outcome PromiseOutcome) {
	p := s.promises.at(id)
	if p == nil {
		return
	}
	inv := s.invoices.at(uint32(p.Invoice))
	if c := s.customers.at(uint32(inv.Customer)); c != nil {
		if p.Outcome == PromiseFalse {
			set(s, &c.PromisesBroken, c.PromisesBroken-1)
		}
		switch outcome {
		case PromiseTrue:
			set(s, &c.PromisesKept, c.PromisesKept+1)
		case PromiseFalse:
			set(s, &c.PromisesBroken, c.PromisesBroken+1)
		}
	}
	set(s, &p.Outcome, outcome)
	if outcome != PromiseFalse { // a broken one may still turn out to have been kept
		drop(s, s.awaited, id)
	}
}

// promiseLateDays is how long after its day a broken promise may still turn to kept.
const promiseLateDays = 60

// Judged is a promise that has just been judged.
type Judged struct {
	Promise
	Customer CustomerID
}

// DuePromises are the numbers of the promises of which something has come by now, in order, for
// JudgePromises.
func (v *View) DuePromises() (due []uint32) {
	for id := range v.s.awaited {
		if _, ok := v.comeOf(id); ok {
			due = append(due, id)
		}
	}
	slices.Sort(due)
	return due
}

// comeOf is what has come of an awaited promise, if anything has that is not booked.
func (v *View) comeOf(id uint32) (o PromiseOutcome, ok bool) {
	p, today := v.s.promises.at(id), v.Today()
	if p.Outcome == PromiseFalse && p.By.AddDays(promiseLateDays) < today {
		return o, false
	}
	if p.Outcome == PromiseAwaited && p.By >= today && v.Invoice(p.Invoice).Undisputed().Minor > 0 {
		return o, false // its day is not over, and there is something to pay
	}
	o = v.outcomeOf(p)
	return o, o != PromiseAwaited && o != p.Outcome
}

// outcomeOf is what has come of p by now. Money counts by its effective date, and is booked
// days later: nothing is broken before one business day after the promised one is over,
// where the customer is.
func (v *View) outcomeOf(p *Promise) PromiseOutcome {
	inv := v.Invoice(p.Invoice)
	c := v.Customer(inv.Customer)
	today := DateOf(v.Now, c.Zone)
	late := p.Outcome == PromiseFalse
	switch {
	case v.paidBy(inv, p.By):
		if inv.Paid+inv.Deducted > 0 {
			return PromiseTrue
		}
		if late {
			return PromiseAwaited
		}
		return PromiseVoid
	case late, today <= v.nextBusinessDay(p.By, c):
		return PromiseAwaited
	}
	return PromiseFalse
}

// paidBy reports whether nothing was left to pay on inv at the end of a day, but for what is
// disputed, as far as it is known now.
func (v *View) paidBy(inv *Invoice, day Date) bool {
	if inv.Undisputed().Minor > 0 && inv.reopened == 0 && inv.lastDisputed == 0 {
		return false // no less was open before, and its history need not be read
	}
	a := AsOf{On: day}
	open := v.OpenOn(inv, a).Minor - v.paidInTime(inv, day)
	return open-v.s.disputedOn(inv, a) <= 0 || inv.Undisputed().Minor <= 0 && inv.ClosedOn == 0 && inv.Dispute != 0
}

// paidInTime is what came for inv by a day, and is booked on a later one since the books were
// closed for its own. Its cost follows what was booked after that day.
func (v *View) paidInTime(inv *Invoice, day Date) (minor int64) {
	c := v.Customer(inv.Customer)
	for p := v.Payment(c.lastPayment); p != nil && p.Recorded > day; p = v.Payment(p.before) {
		if p.Own == 0 || p.Own > day {
			continue
		}
		for st := v.s.settlements.at(p.lastSettled); st != nil; st = v.s.settlements.at(st.before) {
			if st.Invoice == inv.ID && !st.Reversed && st.Date > day {
				minor += st.Minor
			}
		}
	}
	return minor
}

// JudgePromises books which of some promises were kept and which are broken by now, each once, and
// returns them in order; one of which nothing has come is left alone. Steps tells how many steps of
// reminders count as said at an age in days. Money that is booked later for the promised days turns a
// broken promise to kept.
func (tx *Tx) JudgePromises(some []uint32, steps func(inv *Invoice, days int) int) (out []Judged, err error) {
	for _, id := range some {
		if !tx.s.awaited[id] {
			continue
		}
		outcome, ok := tx.comeOf(id)
		if !ok {
			continue
		}
		p := *tx.s.promises.at(id)
		inv := tx.Invoice(p.Invoice)
		var body Body
		switch outcome {
		case PromiseTrue:
			body = &PromiseKept{id, p.Invoice}
		case PromiseFalse:
			body = &PromiseBroken{id, p.Invoice, steps(inv, DaysOverdue(inv.Carrying(), p.By))}
		default:
			body = &PromiseLapsed{id, p.Invoice}
		}
		if _, err := tx.append(tx.Today(), body); err != nil {
			return nil, err
		}
		p.Outcome = outcome
		out = append(out, Judged{p, inv.Customer})
	}
	return out, nil
}

// Silence is why nothing is said of an invoice for a while.
type Silence struct {
	Why   SilenceReason
	Until Date // the last silent day; 0: until something happens
	Said  Date // the steps that its age has reached by this day count as said then, but for the last
	Hold  *Hold
}

// SilenceReason is what keeps reminders of an invoice away, in one word.
type SilenceReason string

// The reasons.
const (
	SilencePromise SilenceReason = "promise" // the customer named a day
	SilenceClaim   SilenceReason = "claim"   // he says that he has paid
	SilenceCheque  SilenceReason = "cheque"  // his cheque covers it
	SilenceHold    SilenceReason = "hold"    // staff said so
)

// Silence tells what keeps reminders of inv away on a day: a promise or the customer's word that
// he has paid, until it was judged, his cheque, until the bank has said what it is worth, or a
// hold, of inv alone or of all that he owes. The one that lasts longest counts.
func (v *View) Silence(inv *Invoice, on Date) (last Silence, silent bool) {
	c := v.Customer(inv.Customer)
	consider := func(s Silence) {
		if s.Until != 0 && s.Until < on {
			return
		}
		if !silent || s.Until == 0 || last.Until != 0 && s.Until > last.Until {
			last, silent = s, true
		}
	}
	if inv.Promised != 0 {
		consider(Silence{Why: SilencePromise, Until: inv.Promised, Said: inv.Promised})
	}
	if p := v.s.promises.at(inv.promise); p != nil && p.Outcome == PromiseAwaited {
		consider(Silence{Why: SilencePromise, Until: v.nextBusinessDay(p.By, c), Said: p.By})
	}
	if p := v.PaidClaim(v.s.silences[inv.ID]); p != nil && p.Silent != 0 && p.Outcome != ClaimNotFound && p.Outcome != ClaimTakenBack {
		consider(Silence{Why: SilenceClaim, Until: p.Silent, Said: p.Silent})
	}
	if v.coveredOn(inv, on) {
		consider(Silence{Why: SilenceCheque})
	}
	for _, of := range []InvoiceID{0, inv.ID} {
		if h := v.HoldOf(c, of); h != nil {
			consider(Silence{Why: SilenceHold, Until: h.Until, Said: h.Until, Hold: h})
		}
	}
	return last, silent
}

// Silent reports whether something keeps reminders of inv away on a day.
func (v *View) Silent(inv *Invoice, on Date) bool {
	_, silent := v.Silence(inv, on)
	return silent
}
