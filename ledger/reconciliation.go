package ledger

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// Reconciliation acts that were sent to customers: each of a period, with the bytes that went
// out, and what the customer said of them. The bytes of an act are among the files of the books
// for ever, so that the one that was agreed to is handed out again as it was.

// ReconciliationID numbers them from 1.
type ReconciliationID uint32

// ActAnswer is what a customer said of an act, in one word.
type ActAnswer string

// The answers.
const (
	ActUnanswered ActAnswer = ""
	ActAgreed     ActAnswer = "agreed"
	ActDiffers    ActAnswer = "differs"
)

// Reconciliation is an act that was sent.
type Reconciliation struct {
	ID       ReconciliationID
	Customer CustomerID
	From, To Date
	Asked    time.Time
	By       string // who had it sent
	Lang     string // of its document
	Bytes    Hash   // of its document; zero until it was drawn
	Size     int64
	Reminded Date // 0: never
	Answer   ActAnswer
	Answered time.Time
	Who      string  // who answered: "telegram:1001"
	Words    TextRef // what differs
	List     Hash    // his own list, zero for none
	ListType FileType
	Known    uint64 // the fact that answered: differences are those that were known then
	Drawn    uint64 // the fact of its document: what was booked later does not stand there
}

// Label is how people name r: "RA-3".
func (r *Reconciliation) Label() string { return fmt.Sprintf("RA-%d", r.ID) }

// ActSent is the fact that an act goes to a customer.
type ActSent struct {
	Customer CustomerID
	From, To Date
}

func (x *ActSent) kind() factKind { return kindActSent }

func (x *ActSent) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.From)
	num(c, &x.To)
}

func (x *ActSent) apply(s *state, f *Fact) {
	id := ReconciliationID(s.acts.n + 1)
	s.acts.add(s, Reconciliation{ID: id, Customer: x.Customer, From: x.From, To: x.To, Asked: f.Recorded, By: f.By})
	put(s, s.openActs, id, true)
}

// ActDrawn is the fact of an act's document, as it goes out.
type ActDrawn struct {
	Act      ReconciliationID
	Customer CustomerID
	Lang     string
	Bytes    Hash
	Size     int64
}

func (x *ActDrawn) kind() factKind { return kindActDrawn }

func (x *ActDrawn) code(c *coder) {
	num(c, &x.Act)
	num(c, &x.Customer)
	str(c, &x.Lang)
	c.fixed(x.Bytes[:])
	c.i64(&x.Size)
}

func (x *ActDrawn) apply(s *state, f *Fact) {
	if r := s.acts.at(uint32(x.Act)); r != nil {
		set(s, &r.Lang, x.Lang)
		set(s, &r.Bytes, x.Bytes)
		set(s, &r.Size, x.Size)
		set(s, &r.Drawn, f.Seq)
	}
}

// ActAnswered is the fact of what a customer said of an act: of the document with these bytes.
type ActAnswered struct {
	Act      ReconciliationID
	Customer CustomerID
	Answer   ActAnswer
	Bytes    Hash
	Who      string // "person:7"
	Words    TextRef
	List     Hash
	ListType FileType
}

func (x *ActAnswered) kind() factKind { return kindActAnswered }

func (x *ActAnswered) code(c *coder) {
	num(c, &x.Act)
	num(c, &x.Customer)
	str(c, &x.Answer)
	c.fixed(x.Bytes[:])
	str(c, &x.Who)
	c.text(&x.Words)
	c.fixed(x.List[:])
	str(c, &x.ListType)
}

func (x *ActAnswered) apply(s *state, f *Fact) {
	r := s.acts.at(uint32(x.Act))
	if r == nil {
		return
	}
	set(s, &r.Answer, x.Answer)
	set(s, &r.Answered, f.Recorded)
	set(s, &r.Who, s.addressOf(x.Who))
	set(s, &r.Words, x.Words)
	set(s, &r.Known, f.Seq)
	if x.List != (Hash{}) {
		set(s, &r.List, x.List)
		set(s, &r.ListType, x.ListType)
	}
	drop(s, s.openActs, r.ID)
}

// newReconciliation makes the bodies of this file's kinds.
func newReconciliation(k factKind) Body {
	switch k {
	case kindActSent:
		return new(ActSent)
	case kindActDrawn:
		return new(ActDrawn)
	case kindActAnswered:
		return new(ActAnswered)
	}
	return nil
}

// SendAct books that the act of these days goes to c, and queues it. It returns a Conflict
// refusal while the same one waits for an answer, and a BadInput one for days that are not over.
func (tx *Tx) SendAct(c *Customer, from, to Date) (*Reconciliation, error) {
	if to > tx.Today() {
		return nil, Refuse(BadInput, "act.future", "date", to)
	}
	if len(tx.Statement(c, Period{From: from, To: to})) == 0 {
		return nil, Refuse(BadInput, "act.nothing", "customer", c.Handle)
	}
	for _, r := range tx.OpenActs() {
		if r.Customer == c.ID && r.From == from && r.To == to {
			return nil, Refuse(Conflict, "act.again", "act", r.Label(), "date", DateOf(r.Asked, tx.s.company.Zone()))
		}
	}
	if _, err := tx.append(tx.Today(), &ActSent{c.ID, from, to}); err != nil {
		return nil, err
	}
	r := tx.s.acts.at(tx.s.acts.n)
	return r, tx.Notify(NoticeQueued{Kind: NoticeAct, Customer: c.ID, Code: r.Label()})
}

// DrawnAct books the document of an act, the first time. Its bytes are among the files of the
// books already.
func (tx *Tx) DrawnAct(r *Reconciliation, lang string, bytes Hash, size int64) error {
	if r.Bytes != (Hash{}) {
		return nil
	}
	_, err := tx.append(tx.Today(), &ActDrawn{r.ID, r.Customer, lang, bytes, size})
	return err
}

// AnswerAct is what a customer says of an act.
type AnswerAct struct {
	Answer ActAnswer
	Chat   string
	Words  string
	List   Hash // his own list, among the files of the books; zero for none
	Type   FileType
}

// Answer books what a customer says of r. What was agreed to stays agreed; who named differences
// may name more, or agree in the end.
func (tx *Tx) Answer(r *Reconciliation, a AnswerAct) error {
	if r.Answer == ActAgreed {
		return Refuse(Conflict, "act.agreed", "act", r.Label())
	}
	if r.Bytes == (Hash{}) {
		return Refuse(Conflict, "act.unsent", "act", r.Label())
	}
	words, err := tx.keep(tx.Customer(r.Customer).Person, a.Words)
	if err != nil {
		return err
	}
	_, err = tx.append(tx.Today(), &ActAnswered{Act: r.ID, Customer: r.Customer, Answer: a.Answer, Bytes: r.Bytes, Who: tx.s.actorOf(a.Chat),
		Words: words, List: a.List, ListType: a.Type})
	return err
}

// Act returns act id, nil where there is none.
func (v *View) Act(id ReconciliationID) *Reconciliation { return v.s.acts.at(uint32(id)) }

// ActOf is the act that a notice is about, nil for none.
func (v *View) ActOf(n *NoticeQueued) *Reconciliation { return v.Act(actNumber(n)) }

// actNumber reads the label that a notice carries.
func actNumber(n *NoticeQueued) (id ReconciliationID) {
	fmt.Sscanf(n.Code, "RA-%d", &id)
	return id
}

// OpenActs returns the acts that wait for an answer, oldest first.
func (v *View) OpenActs() []*Reconciliation {
	return sortedByID(v.s.openActs, func(id ReconciliationID, _ bool) *Reconciliation { return v.Act(id) },
		func(r *Reconciliation) ReconciliationID { return r.ID })
}

// LastActs returns the newest acts, newest first, of those that the asker may see.
func (v *View) LastActs(most int) (out []*Reconciliation) {
	for id := v.s.acts.n; id > 0 && len(out) < most; id-- {
		if r := v.s.acts.at(id); v.Sees(v.Customer(r.Customer)) {
			out = append(out, r)
		}
	}
	return out
}

// actPatience is how many days an act waits until its customer is asked again, once.
const actPatience = 7

// DueActs returns the acts whose customers are to be asked again on a day.
func (v *View) DueActs() []*Reconciliation {
	return slices.DeleteFunc(v.OpenActs(), func(r *Reconciliation) bool {
		return r.Reminded != 0 || r.Bytes == (Hash{}) || DateOf(v.Now, v.s.company.Zone()) < DateOf(r.Asked, v.s.company.Zone()).AddDays(actPatience)
	})
}

// The names of facts about acts.
const (
	FactActSent     FactName = "actsent"
	FactActDrawn    FactName = "actdrawn"
	FactActAnswered FactName = "actanswered"
)

// describeReconciliation tells facts about acts.
func (v *View) describeReconciliation(f *Fact) (Description, bool) {
	label := func(id ReconciliationID) string { return (&Reconciliation{ID: id}).Label() }
	switch x := f.Body.(type) {
	case *ActSent:
		return Description{Name: FactActSent, Refs: append(v.handle(x.Customer), x.From.String(), x.To.String())}, true
	case *ActDrawn:
		return Description{Name: FactActDrawn, Refs: append(v.handle(x.Customer), label(x.Act), x.Bytes.Short())}, true
	case *ActAnswered:
		return Description{Name: FactActAnswered, Refs: append(v.handle(x.Customer), label(x.Act), string(x.Answer), x.Bytes.Short()), Words: x.Words}, true
	}
	return Description{}, false
}

func dumpReconciliations(w io.Writer, s *state) {
	s.acts.each(func(r *Reconciliation) {
		fmt.Fprintf(w, "act %d customer %d %s to %s asked %s by %q %s %s %d bytes reminded %s %q %s by %q list %s %s known %d drawn %d open %t\n", r.ID, r.Customer, r.From, r.To,
			r.Asked.UTC().Format(time.RFC3339Nano), r.By, r.Lang, r.Bytes, r.Size, r.Reminded, r.Answer, r.Answered.UTC().Format(time.RFC3339Nano), r.Who, r.List, r.ListType, r.Known, r.Drawn, s.openActs[r.ID])
	})
}
