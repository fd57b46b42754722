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
	fact     uint64
}

// DisputeOpened is the fact of a dispute.
type DisputeOpened struct {
	Invoice InvoiceID
	Reason  Reason
	Amount  Money
	By      string // "person:7"
}

func (x *DisputeOpened) kind() factKind { return kindDisputeOpened }

func (x *DisputeOpened) code(c *coder) {
	num(c, &x.Invoice)
	str(c, &x.Reason)
	c.money(&x.Amount)
	str(c, &x.By)
}

func (x *DisputeOpened) apply(s *state, f *Fact) {
	inv := s.invoices.at(uint32(x.Invoice))
	if inv == nil {
		return
	}
	id := DisputeID(s.disputes.n + 1)
	s.disputes.add(s, Dispute{ID: id, Invoice: x.Invoice, Customer: inv.Customer, Reason: x.Reason, Amount: x.Amount,
		Opened: f.Effective, Chat: s.addressOf(x.By), fact: f.Seq})
	put(s, s.openDispute, id, true)
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
	if d := s.disputes.at(uint32(x.Dispute)); d != nil {
		set(s, &d.Messages, d.Messages+1)
		s.said(Words{Customer: d.Customer, Dispute: d.ID, Staff: x.Staff, Who: x.Who, Text: x.Text, Awaits: x.Awaits, place: x.Place, fact: f.Seq})
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
	drop(s, s.openDispute, d.ID)
	if inv := s.invoices.at(uint32(d.Invoice)); inv != nil && inv.Dispute == d.ID {
		s.dispute(inv, 0, 0, f.Effective)
	}
}

// OpenDispute books that the customer disputes amount of inv. It returns a Conflict
// refusal when inv is disputed already or nothing is open on it.
func (tx *Tx) OpenDispute(inv *Invoice, reason Reason, amount Money, chat string) (*Dispute, error) {
	if inv.Dispute != 0 {
		return nil, Refuse(Conflict, "dispute.already", "number", inv.Number.String())
	}
	if inv.Open == 0 {
		return nil, Refuse(Conflict, "invoice.closed", "number", inv.Number.String())
	}
	if amount.Minor <= 0 || amount.Minor > inv.Open {
		amount = inv.OpenMoney()
	}
	if _, err := tx.append(tx.Today(), &DisputeOpened{inv.ID, reason, amount, tx.s.actorOf(chat)}); err != nil {
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
