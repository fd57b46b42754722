package ledger

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// QuestionID numbers questions from 1 in order of asking.
type QuestionID uint32

// Question is what a customer wants to know. It is open until staff say that it is answered.
type Question struct {
	ID       QuestionID
	Customer CustomerID
	Invoice  InvoiceID // that it is about, 0: none
	By       string    // who asks: "person:7"
	Owner    string    // Slack user or channel where it is answered
	Asked    time.Time
	Answered time.Time // staff's first words
	Waits    time.Time // since when the customer has no answer to his last words; zero: he has
	Ended    time.Time // zero: it is open
	Pressed  int       // how often somebody was told that it waits
	Notice   NoticeID  // that brought it to its owner
}

// QuestionAsked is the fact of a question. Its words are those of the first message.
type QuestionAsked struct {
	Customer CustomerID
	Invoice  InvoiceID
	By       string // "person:7"
	Owner    string
}

func (x *QuestionAsked) kind() factKind { return kindQuestionAsked }

func (x *QuestionAsked) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Invoice)
	str(c, &x.By)
	str(c, &x.Owner)
}

func (x *QuestionAsked) apply(s *state, f *Fact) {
	id := QuestionID(s.questions.n + 1)
	s.questions.add(s, Question{ID: id, Customer: x.Customer, Invoice: x.Invoice, By: x.By, Owner: x.Owner, Asked: f.Recorded, Waits: f.Recorded})
	put(s, s.openQuestions, id, true)
}

// QuestionMessage is the fact of words about a question, by either side.
type QuestionMessage struct {
	Question QuestionID
	Staff    bool // else the customer
	Who      string
	Text     TextRef
	Place    string // where it was said: "person:7:55", "slack:C…:1700000000.000100"
	Awaits   bool   // it is a file that is to come
}

func (x *QuestionMessage) kind() factKind { return kindQuestionMessage }

func (x *QuestionMessage) code(c *coder) {
	num(c, &x.Question)
	c.flag(&x.Staff)
	str(c, &x.Who)
	c.text(&x.Text)
	str(c, &x.Place)
	c.flag(&x.Awaits)
}

func (x *QuestionMessage) apply(s *state, f *Fact) {
	q := s.questions.at(uint32(x.Question))
	if q == nil {
		return
	}
	s.said(Words{Customer: q.Customer, Question: q.ID, Staff: x.Staff, Who: x.Who, Text: x.Text, Awaits: x.Awaits, place: x.Place, fact: f.Seq})
	switch {
	case x.Staff:
		if q.Answered.IsZero() {
			set(s, &q.Answered, f.Recorded)
		}
		set(s, &q.Waits, time.Time{})
		set(s, &q.Pressed, 0)
	case q.Waits.IsZero():
		set(s, &q.Waits, f.Recorded)
	}
}

// QuestionClosed is the fact that a question is answered.
type QuestionClosed struct {
	Question QuestionID
}

func (x *QuestionClosed) kind() factKind { return kindQuestionClosed }

func (x *QuestionClosed) code(c *coder) { num(c, &x.Question) }

func (x *QuestionClosed) apply(s *state, f *Fact) {
	if q := s.questions.at(uint32(x.Question)); q != nil {
		set(s, &q.Ended, f.Recorded)
		set(s, &q.Waits, time.Time{})
		drop(s, s.openQuestions, q.ID)
	}
}

// QuestionAssigned is the fact that somebody else answers a question from now on.
type QuestionAssigned struct {
	Question QuestionID
	Owner    string
}

func (x *QuestionAssigned) kind() factKind { return kindQuestionAssigned }

func (x *QuestionAssigned) code(c *coder) {
	num(c, &x.Question)
	str(c, &x.Owner)
}

func (x *QuestionAssigned) apply(s *state, f *Fact) {
	if q := s.questions.at(uint32(x.Question)); q != nil {
		set(s, &q.Owner, x.Owner)
		set(s, &q.Pressed, 0)
		if !q.Waits.IsZero() {
			set(s, &q.Waits, f.Recorded)
		}
	}
}

// QuestionPressed is the fact that somebody was told, once, that a question waits.
type QuestionPressed struct {
	Question QuestionID
}

func (x *QuestionPressed) kind() factKind { return kindQuestionPressed }

func (x *QuestionPressed) code(c *coder) { num(c, &x.Question) }

func (x *QuestionPressed) apply(s *state, _ *Fact) {
	if q := s.questions.at(uint32(x.Question)); q != nil {
		set(s, &q.Pressed, q.Pressed+1)
	}
}

// AskQuestion books that somebody of a customer's wants to know something, about an invoice
// where it is not 0. His words are said in it next.
func (tx *Tx) AskQuestion(c *Customer, inv InvoiceID, chat, owner string) (*Question, error) {
	if _, err := tx.append(tx.Today(), &QuestionAsked{c.ID, inv, tx.s.actorOf(chat), owner}); err != nil {
		return nil, err
	}
	return tx.s.questions.at(tx.s.questions.n), nil
}

// CloseQuestion books that q is answered. It returns a Conflict refusal for one that was.
func (tx *Tx) CloseQuestion(q *Question) error {
	if q.Closed() {
		return Refuse(Conflict, "question.over", "question", q.Label())
	}
	_, err := tx.append(tx.Today(), &QuestionClosed{q.ID})
	return err
}

// AssignQuestion books that q is answered at owner from now on: a Slack user or channel.
func (tx *Tx) AssignQuestion(q *Question, owner string) error {
	if q.Closed() {
		return Refuse(Conflict, "question.over", "question", q.Label())
	}
	_, err := tx.append(tx.Today(), &QuestionAssigned{q.ID, owner})
	return err
}

// leftCode names, in an edit, the message of a question's that its owner has left.
const leftCode = "left."

// LeaveQuestion queues an edit of the message where q was answered until now: it tells who has
// it. It is for before q is brought to somebody else.
func (tx *Tx) LeaveQuestion(q *Question, address string) error {
	return tx.Notify(NoticeQueued{Kind: NoticeQuestionEdit, Customer: q.Customer, Invoice: q.Invoice, Question: q.ID, Address: address,
		Code: leftCode + strconv.Itoa(int(q.Notice))})
}

// QuestionLeft is the message of a question's that an edit shows to have been left; ok is false
// for any other edit.
func (n *NoticeQueued) QuestionLeft() (id NoticeID, ok bool) {
	rest, ok := strings.CutPrefix(n.Code, leftCode)
	if !ok || n.Kind != NoticeQuestionEdit {
		return 0, false
	}
	number, err := strconv.ParseUint(rest, 10, 32)
	return NoticeID(number), err == nil
}

// PressQuestion books that somebody is told that q waits.
func (tx *Tx) PressQuestion(q *Question) error {
	_, err := tx.append(tx.Today(), &QuestionPressed{q.ID})
	return err
}

// Label is how people name q: "Q-7".
func (q *Question) Label() string { return fmt.Sprintf("Q-%d", q.ID) }

// Closed reports whether q is answered.
func (q *Question) Closed() bool { return !q.Ended.IsZero() }

// Question returns question id, nil where there is none.
func (v *View) Question(id QuestionID) *Question { return v.s.questions.at(uint32(id)) }

// Asker is the chat of whoever asked q, "" for an erased person.
func (v *View) Asker(q *Question) string { return v.s.addressOf(q.By) }

// OpenQuestions returns the questions that are not answered, oldest first.
func (v *View) OpenQuestions() []*Question {
	return sortedByID(v.s.openQuestions, func(id QuestionID, _ bool) *Question { return v.Question(id) },
		func(q *Question) QuestionID { return q.ID })
}

// ThreadQuestion returns the question that heads the thread ts in chat ("slack:D…"), nil where
// none does.
func (v *View) ThreadQuestion(chat, ts string) *Question {
	return v.Question(v.s.questionThreads[chat+":"+ts])
}

// The names of facts about questions.
const (
	FactQuestionAsked    FactName = "questionasked"
	FactQuestionMessage  FactName = "questionmessage"
	FactQuestionClosed   FactName = "questionclosed"
	FactQuestionAssigned FactName = "questionassigned"
	FactQuestionPressed  FactName = "questionpressed"
)

// describeQuestion tells facts about questions.
func (v *View) describeQuestion(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *QuestionAsked:
		return Description{Name: FactQuestionAsked, Refs: append(v.handle(x.Customer), v.numbers(x.Invoice)...)}, true
	case *QuestionMessage:
		return Description{Name: FactQuestionMessage, Refs: v.questionRefs(x.Question), Words: x.Text}, true
	case *QuestionClosed:
		return Description{Name: FactQuestionClosed, Refs: v.questionRefs(x.Question)}, true
	case *QuestionAssigned:
		return Description{Name: FactQuestionAssigned, Refs: append(v.questionRefs(x.Question), x.Owner)}, true
	case *QuestionPressed:
		return Description{Name: FactQuestionPressed, Refs: v.questionRefs(x.Question)}, true
	}
	return Description{}, false
}

func (v *View) questionRefs(id QuestionID) []string {
	if q := v.Question(id); q != nil {
		return append(append([]string{q.Label()}, v.handle(q.Customer)...), v.numbers(q.Invoice)...)
	}
	return nil
}
