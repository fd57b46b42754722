package ledger

import (
	"fmt"
	"time"
)

// DisputeID numbers disputes from 1 in order of opening.
type DisputeID uint32

// Reason is why a customer disputes.
type Reason string

// The reasons that a customer may pick.
const (
	ReasonSum         Reason = "wrong_sum"
	ReasonNotReceived Reason = "not_received"
	ReasonQuality     Reason = "quality"
	ReasonPaid        Reason = "already_paid"
	ReasonDuplicate   Reason = "duplicate"
	ReasonNotOurs     Reason = "not_ours"
	ReasonOther       Reason = "other"
)

// Reasons lists them in the order in which people are asked.
func Reasons() []Reason {
	return []Reason{ReasonSum, ReasonNotReceived, ReasonQuality, ReasonPaid, ReasonDuplicate, ReasonNotOurs, ReasonOther}
}

// Outcome is how a dispute ended.
type Outcome string

// The outcomes.
const (
	Rejected  Outcome = "rejected"  // the sum stays due
	Credited  Outcome = "credited"  // a credit note took it back
	Withdrawn Outcome = "withdrawn" // by the customer
	Reissued  Outcome = "reissued"  // a corrected invoice takes its place
	Planned   Outcome = "planned"   // it stays due, and is paid in parts
)

// Dispute is a customer's objection to an invoice, or to a part of it.
type Dispute struct {
	ID       DisputeID
	Invoice  InvoiceID
	Customer CustomerID
	Reason   Reason
	Amount   Money // in question
	Opened   Date
	Outcome  Outcome // "" while it is open
	Chat     string  // who raised it
	Messages int
	Notice   NoticeID // the message that opened it in Slack
	EndedBy  string   // who settled it: "slack:UFINANCE01", "person:7"
	Ended    time.Time

	Lines    []int     // lines of the invoice that are in question; empty: a sum, or all of it
	Owner    string    // Slack user who answers for it, "" for finance
	AnswerBy Date      // the last day to settle it, 0: none
	At       time.Time // it was opened
	Answered time.Time // staff's first words, or its end; zero: neither yet
	Pressed  Pressing  // how far staff were pressed to settle it
	Note     CreditNoteID
	Again    DisputeID // the settled one that it takes up again, 0: none
	TakenUp  DisputeID // the one that takes this one up again

	Reminder   NoticeID // that told its owner of the deadline, 0: none
	ReminderTo string   // and where: Slack user or channel

	before DisputeID // on the same invoice
	fact   uint64
}

// DisputeOpened is the fact of a dispute.
type DisputeOpened struct {
	Invoice InvoiceID
	Reason  Reason
	Amount  Money
	By      string // "person:7"

	Lines    []int
	Owner    string
	AnswerBy Date
	Again    DisputeID
}

func (x *DisputeOpened) kind() factKind { return kindDisputeOpened }

func (x *DisputeOpened) code(c *coder) {
	num(c, &x.Invoice)
	str(c, &x.Reason)
	c.money(&x.Amount)
	str(c, &x.By)
	if c.version >= 4 {
		list(c, &x.Lines, func(c *coder, n *int) { num(c, n) })
		str(c, &x.Owner)
		num(c, &x.AnswerBy)
		num(c, &x.Again)
	}
}

func (x *DisputeOpened) apply(s *state, f *Fact) {
	inv := s.invoices.at(uint32(x.Invoice))
	if inv == nil {
		return
	}
	id := DisputeID(s.disputes.n + 1)
	s.disputes.add(s, Dispute{ID: id, Invoice: x.Invoice, Customer: inv.Customer, Reason: x.Reason, Amount: x.Amount,
		Opened: f.Effective, Chat: s.addressOf(x.By), Lines: x.Lines, Owner: x.Owner, AnswerBy: x.AnswerBy, At: f.Recorded,
		Again: x.Again, before: s.lastDispute[x.Invoice], fact: f.Seq})
	put(s, s.openDispute, id, true)
	put(s, s.lastDispute, x.Invoice, id)
	if first := s.disputes.at(uint32(x.Again)); first != nil {
		set(s, &first.TakenUp, id)
	}
	s.dispute(inv, id, x.Amount.Minor, f.Effective)
}

// DisputeMessage is the fact of words said in a dispute, by either side.
type DisputeMessage struct {
	Dispute DisputeID
	Staff   bool   // else the customer
	Who     string // "slack:USALES0001", "person:7"
	Text    TextRef
	Place   string // where it was said: "person:7:55", "slack:C…:1700000000.000100"
	Awaits  bool   // it is a file that is to come
}

func (x *DisputeMessage) kind() factKind { return kindDisputeMessage }

func (x *DisputeMessage) code(c *coder) {
	num(c, &x.Dispute)
	c.flag(&x.Staff)
	str(c, &x.Who)
	c.text(&x.Text)
	if c.version >= 4 {
		str(c, &x.Place)
		c.flag(&x.Awaits)
	}
}

func (x *DisputeMessage) apply(s *state, f *Fact) {
	d := s.disputes.at(uint32(x.Dispute))
	if d == nil {
		return
	}
	set(s, &d.Messages, d.Messages+1)
	s.said(Words{Customer: d.Customer, Dispute: d.ID, Staff: x.Staff, Who: x.Who, Text: x.Text, Awaits: x.Awaits, place: x.Place, fact: f.Seq})
	if x.Staff && f.Recorded.After(d.At) { // what was noted as it was opened is the customer's own
		s.answered(d, f)
	}
}

func (s *state) answered(d *Dispute, f *Fact) {
	if d.Answered.IsZero() {
		set(s, &d.Answered, f.Recorded)
	}
}

// DisputeResolved is the fact that ends a dispute.
type DisputeResolved struct {
	Dispute    DisputeID
	Outcome    Outcome
	CreditNote CreditNoteID // of Credited
	Words      TextRef      // to the customer
}

func (x *DisputeResolved) kind() factKind { return kindDisputeResolved }

func (x *DisputeResolved) code(c *coder) {
	num(c, &x.Dispute)
	str(c, &x.Outcome)
	num(c, &x.CreditNote)
	c.text(&x.Words)
}

func (x *DisputeResolved) apply(s *state, f *Fact) {
	d := s.disputes.at(uint32(x.Dispute))
	if d == nil {
		return
	}
	set(s, &d.Outcome, x.Outcome)
	set(s, &d.EndedBy, f.By)
	set(s, &d.Ended, f.Recorded)
	set(s, &d.Note, x.CreditNote)
	s.answered(d, f)
	drop(s, s.openDispute, d.ID)
	s.rateable(d.Customer, occasion{invoice: d.Invoice, dispute: d.ID, on: f.Effective})
	if inv := s.invoices.at(uint32(d.Invoice)); inv != nil && inv.Dispute == d.ID {
		s.dispute(inv, 0, 0, f.Effective)
	}
}

// NewDispute is what a customer objects to.
type NewDispute struct {
	Reason   Reason
	Amount   Money     // in question; none, or more than is open: all that is open
	Lines    []int     // of the invoice, from 1, that it is about; empty: the sum, or all of it
	By       string    // who says so: "telegram:1001", "slack:U…"
	Owner    string    // Slack user who answers for it, "" for finance
	AnswerBy Date      // the last day to settle it, 0: none
	Again    DisputeID // the settled one that it takes up again, 0: none
}

// OpenDispute books that the customer disputes amount of inv: see Contest.
func (tx *Tx) OpenDispute(inv *Invoice, reason Reason, amount Money, chat string) (*Dispute, error) {
	return tx.Contest(inv, NewDispute{Reason: reason, Amount: amount, By: chat})
}

// Contest books that the customer disputes inv, or a part of it. It returns a Conflict refusal
// when inv is disputed already, nothing is open on it, or what n takes up again was taken up
// before.
func (tx *Tx) Contest(inv *Invoice, n NewDispute) (*Dispute, error) {
	if inv.Dispute != 0 {
		return nil, Refuse(Conflict, "dispute.already", "number", inv.Number.String())
	}
	if inv.Open == 0 {
		return nil, Refuse(Conflict, "invoice.closed", "number", inv.Number.String())
	}
	if first := tx.Dispute(n.Again); n.Again != 0 && (first == nil || first.Invoice != inv.ID || first.TakenUp != 0) {
		return nil, Refuse(Conflict, "dispute.settled", "number", inv.Number.String())
	}
	if n.Amount.Minor <= 0 || n.Amount.Minor > inv.Open {
		n.Amount = inv.OpenMoney()
	}
	x := &DisputeOpened{Invoice: inv.ID, Reason: n.Reason, Amount: n.Amount, By: tx.s.actorOf(n.By), Lines: n.Lines, Owner: n.Owner, AnswerBy: n.AnswerBy, Again: n.Again}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, err
	}
	return tx.s.disputes.at(tx.s.disputes.n), nil
}

// Say books words in a dispute and returns where they are kept.
func (tx *Tx) Say(d *Dispute, staff bool, who, text string) (TextRef, error) {
	w, err := tx.SayWords(Saying{Dispute: d.ID, Staff: staff, Who: who, Text: text})
	if err != nil {
		return TextRef{}, err
	}
	return w.Text, nil
}

// Resolve ends d. Words are for the customer. With Credited, note is the credit note.
func (tx *Tx) Resolve(d *Dispute, outcome Outcome, note CreditNoteID, words string) (TextRef, error) {
	if d.Outcome != "" {
		return TextRef{}, Refuse(Conflict, "dispute.over", "dispute", d.Label())
	}
	ref, err := tx.keep(tx.Customer(d.Customer).Person, words)
	if err != nil {
		return ref, err
	}
	_, err = tx.append(tx.Today(), &DisputeResolved{d.ID, outcome, note, ref})
	return ref, err
}

// Label is how people name d: "D-7".
func (d *Dispute) Label() string { return fmt.Sprintf("D-%d", d.ID) }

// Dispute returns dispute id, nil where there is none.
func (v *View) Dispute(id DisputeID) *Dispute { return v.s.disputes.at(uint32(id)) }

// OpenDisputes returns the disputes that are not settled, oldest first.
func (v *View) OpenDisputes() []*Dispute {
	return sortedByID(v.s.openDispute, func(id DisputeID, _ bool) *Dispute { return v.Dispute(id) },
		func(d *Dispute) DisputeID { return d.ID })
}
