package ledger

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"time"
)

// Who answers for a dispute, until when, and what staff are told when time runs out.

// Pressing is how far staff were pressed to settle a dispute.
type Pressing int

// The steps.
const (
	NotPressed Pressing = iota
	Reminded            // its owner: the deadline is near
	Escalated           // those above him: it has passed
)

// DisputeTaken is the fact that somebody of staff answers for a dispute from now on.
type DisputeTaken struct {
	Dispute DisputeID
	Owner   string // Slack user
}

func (x *DisputeTaken) kind() factKind { return kindDisputeTaken }

func (x *DisputeTaken) code(c *coder) {
	num(c, &x.Dispute)
	str(c, &x.Owner)
}

func (x *DisputeTaken) apply(s *state, _ *Fact) {
	if d := s.disputes.at(uint32(x.Dispute)); d != nil {
		set(s, &d.Owner, x.Owner)
	}
}

// DisputePressed is the fact that staff were told, once, that a dispute's deadline is near or
// has passed.
type DisputePressed struct {
	Dispute DisputeID
	Step    Pressing
}

func (x *DisputePressed) kind() factKind { return kindDisputePressed }

func (x *DisputePressed) code(c *coder) {
	num(c, &x.Dispute)
	num(c, &x.Step)
}

func (x *DisputePressed) apply(s *state, _ *Fact) {
	if d := s.disputes.at(uint32(x.Dispute)); d != nil {
		set(s, &d.Pressed, x.Step)
	}
}

func newDisputeFact(k factKind) Body {
	switch k {
	case kindDisputeTaken:
		return new(DisputeTaken)
	case kindDisputePressed:
		return new(DisputePressed)
	}
	return nil
}

// TakeDispute books that a Slack user answers for d. It returns a Conflict refusal for one that
// is settled, and for his own.
func (tx *Tx) TakeDispute(d *Dispute, user string) error {
	switch {
	case d.Outcome != "":
		return Refuse(Conflict, "dispute.over", "dispute", d.Label())
	case d.Owner == user:
		return Refuse(Conflict, "dispute.yours", "dispute", d.Label())
	}
	_, err := tx.append(tx.Today(), &DisputeTaken{d.ID, user})
	return err
}

// DisputeNear is the code of the notice that tells the owner of a dispute that its deadline is near,
// and of the edits of that message.
const DisputeNear = "near"

// pressHour is when staff are told of deadlines, where the company is.
const pressHour = 9

// pressing is how far staff are to be pressed about d by now, and when that changes next; zero
// for never.
func (v *View) pressing(d *Dispute) (now Pressing, next time.Time) {
	if d.AnswerBy == 0 || d.Outcome != "" {
		return d.Pressed, time.Time{}
	}
	co := v.Company()
	near := v.Days().Add(d.AnswerBy, -1, v.Home()).At(pressHour, 0, co.Zone())
	late := v.Days().Add(d.AnswerBy, 1, v.Home()).At(pressHour, 0, co.Zone())
	switch {
	case !v.Now.Before(late):
		return Escalated, time.Time{}
	case !v.Now.Before(near):
		return Reminded, late
	}
	return NotPressed, near
}

// DisputesToPress are the open disputes of whose deadline staff are to be told, each with how far;
// next is when there may be others. A step that was slept through is not told after a further
// one.
func (v *View) DisputesToPress() (due map[DisputeID]Pressing, next time.Time) {
	due = map[DisputeID]Pressing{}
	for id := range v.s.openDispute {
		d := v.Dispute(id)
		step, at := v.pressing(d)
		if step > d.Pressed {
			due[id] = step
		}
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return due, next
}

// PressDispute books that staff are told of d's deadline.
func (tx *Tx) PressDispute(d *Dispute, step Pressing) error {
	_, err := tx.append(tx.Today(), &DisputePressed{d.ID, step})
	return err
}

// Late reports whether the last day to settle d is over.
func (d *Dispute) Late(today Date) bool {
	return d.Outcome == "" && d.AnswerBy != 0 && today > d.AnswerBy
}

// Times are how long the customer waited for the first answer, and for the end; negative where
// it has not come.
func (d *Dispute) Times() (answer, end time.Duration) {
	answer, end = -1, -1
	if !d.Answered.IsZero() {
		answer = d.Answered.Sub(d.At)
	}
	if !d.Ended.IsZero() {
		end = d.Ended.Sub(d.At)
	}
	return answer, end
}

// DisputesByDeadline returns the disputes that are not settled, the most pressing first; those
// without a deadline last.
func (v *View) DisputesByDeadline() []*Dispute {
	list := v.OpenDisputes()
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i].AnswerBy, list[j].AnswerBy
		return a != 0 && (b == 0 || a < b)
	})
	return list
}

// reopenDays is for how long after its end a customer may take a dispute up again.
const reopenDays = 30

// MayDispute reports whether inv's customer may dispute it by himself, and which settled dispute
// he takes up again by that, nil for none: once, within some weeks, with something open. One
// that he withdrew himself never stands in the way.
func (v *View) MayDispute(inv *Invoice) (again *Dispute, ok bool) {
	if inv.Open == 0 || inv.Void || inv.Dispute != 0 {
		return nil, false
	}
	last := v.Dispute(v.s.lastDispute[inv.ID])
	switch {
	case last == nil, last.Outcome == Withdrawn && last.Again == 0:
		return nil, true
	case last.Again != 0:
		return nil, false
	}
	co := v.Company()
	return last, DateOf(last.Ended, co.Zone()).AddDays(reopenDays) >= v.Today()
}

// LastDispute is the newest dispute on inv, nil for none.
func (v *View) LastDispute(inv *Invoice) *Dispute { return v.Dispute(v.s.lastDispute[inv.ID]) }

// LinesLeft is what is left to credit of each line of inv, tax included.
func (v *View) LinesLeft(inv *Invoice) ([]Money, error) {
	left, err := v.creditLeft(inv)
	if err != nil {
		return nil, err
	}
	out := make([]Money, len(left.sums))
	for i, sum := range left.sums {
		had, ok := left.lines[i+1]
		if out[i] = sum.Net.Add(sum.Tax); ok {
			out[i] = out[i].Sub(had.Net).Sub(had.Tax)
		}
	}
	return out, nil
}

// DisputeFacts are the facts that belong to d, oldest first: whatever names it, but for
// messages on their way.
func (v *View) DisputeFacts(d *Dispute) (list []*Fact, err error) {
	err = v.History(v.Customer(d.Customer), d.Invoice, 0, func(f *Fact) bool {
		if f.Seq < d.fact {
			return false
		}
		w := v.WordsOf(f)
		if f.Seq == d.fact || namesDispute(f.Body, d.ID) || w != nil && w.Dispute == d.ID {
			list = append(list, f)
		}
		return true
	})
	slices.Reverse(list)
	return list, err
}

// WordsOf is what was said that f books, changes or takes back, nil where it is about no words of a
// dispute.
func (v *View) WordsOf(f *Fact) *Words {
	switch x := f.Body.(type) {
	case *DisputeMessage:
		for w := v.Words(v.s.lastWords[talk{dispute: x.Dispute}]); w != nil; w = v.Words(w.before) {
			if w.fact == f.Seq {
				return w
			}
		}
	case *WordsEdited:
		return v.Words(x.Words)
	case *WordsWithdrawn:
		return v.Words(x.Words)
	}
	return nil
}

func namesDispute(b Body, id DisputeID) bool {
	if _, isNotice := b.(*NoticeQueued); isNotice {
		return false
	}
	f := reflect.ValueOf(b).Elem().FieldByName("Dispute")
	return f.IsValid() && f.Interface() == any(id)
}

// lineMarks name lines of an invoice in every language: "#2".
func lineMarks(lines []int) (out []string) {
	for _, n := range lines {
		out = append(out, fmt.Sprintf("#%d", n))
	}
	return out
}

// The names of facts about who answers for a dispute, and when.
const (
	FactDisputeTaken    FactName = "disputetaken"
	FactDisputeReminded FactName = "disputereminded"
	FactDisputeLate     FactName = "disputelate"
)

func (v *View) describeDispute(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *DisputeTaken:
		return Description{Name: FactDisputeTaken, Refs: v.disputeRefs(x.Dispute)}, true
	case *DisputePressed:
		d := Description{Name: FactDisputeReminded, Refs: v.disputeRefs(x.Dispute)}
		if x.Step == Escalated {
			d.Name = FactDisputeLate
		}
		if of := v.Dispute(x.Dispute); of != nil {
			d.Day = of.AnswerBy
		}
		return d, true
	}
	return Description{}, false
}
