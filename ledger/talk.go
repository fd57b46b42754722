package ledger

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// What staff and a customer say to each other, in a dispute or about a question: words, files,
// what either edited, what was taken back. Each of them is numbered; what it says now follows
// from the facts, and so does where it was said and which notice brought it to the other side.

// WordsID numbers what was said, from 1.
type WordsID uint32

// Words is one thing said: a text, or a file.
type Words struct {
	ID        WordsID
	Customer  CustomerID
	Dispute   DisputeID  // that it was said in; 0: none
	Question  QuestionID // likewise
	Staff     bool       // else the customer
	Who       string     // "slack:USALES0001", "person:7"
	Text      TextRef    // as it is now
	Awaits    bool       // a file, which is not here yet
	File      FileID     // 0: none
	Edited    bool
	Withdrawn bool
	Copy      NoticeID // that brings it to the other side
	edit      NoticeID // the newest edit of that
	place     string   // where it was said
	samePlace WordsID  // said there before: the text of a file, other files
	before    WordsID  // in the same talk
	fact      uint64
}

// talk is a dispute or a question.
type talk struct {
	dispute  DisputeID
	question QuestionID
}

// Saying is what SayWords needs.
type Saying struct {
	Dispute  DisputeID
	Question QuestionID
	Staff    bool
	Who      string // "slack:USALES0001", "telegram:1001"
	Text     string
	Awaits   bool   // it is a file that is to come: see KeepWordsFile
	Chat     string // where it was said, "telegram:1001", "slack:C…", and the platform's id of
	Message  string // the message: an edit of that changes the words
}

// placeOf is where something was said, as facts call it: no address of a person is in them.
func (s *state) placeOf(chat, message string) string {
	if message == "" {
		return ""
	}
	return s.actorOf(chat) + ":" + message
}

// spot is a place by the address of its chat, which stays while a chat is linked anew, and has
// another person by that.
func (s *state) spot(place string) string {
	i := strings.LastIndexByte(place, ':')
	if i < 0 {
		return place
	}
	if chat := s.addressOf(place[:i]); chat != "" {
		return chat + place[i:]
	}
	return place
}

// said adds what was said to the projections.
func (s *state) said(w Words) {
	w.ID = WordsID(s.words.n + 1)
	in := talk{w.Dispute, w.Question}
	w.before = s.lastWords[in]
	put(s, s.lastWords, in, w.ID)
	if w.place != "" {
		at := s.spot(w.place)
		w.samePlace = s.wordsAt[at]
		put(s, s.wordsAt, at, w.ID)
	}
	s.words.add(s, w)
}

// WordsEdited is the fact that somebody changed what he had said.
type WordsEdited struct {
	Words WordsID
	Text  TextRef
}

func (x *WordsEdited) kind() factKind { return kindWordsEdited }

func (x *WordsEdited) code(c *coder) {
	num(c, &x.Words)
	c.text(&x.Text)
}

func (x *WordsEdited) apply(s *state, _ *Fact) {
	if w := s.words.at(uint32(x.Words)); w != nil {
		set(s, &w.Text, x.Text)
		set(s, &w.Edited, true)
	}
}

// WordsWithdrawn is the fact that somebody took back what he had said, or that a file which he
// gave did not come.
type WordsWithdrawn struct {
	Words WordsID
}

func (x *WordsWithdrawn) kind() factKind { return kindWordsWithdrawn }

func (x *WordsWithdrawn) code(c *coder) { num(c, &x.Words) }

func (x *WordsWithdrawn) apply(s *state, _ *Fact) {
	w := s.words.at(uint32(x.Words))
	if w == nil {
		return
	}
	set(s, &w.Withdrawn, true)
	if f := s.files.at(uint32(w.File)); f != nil {
		set(s, &f.Withdrawn, true)
	}
}

// newTalk makes the bodies of talks.
func newTalk(k factKind) Body {
	switch k {
	case kindQuestionAsked:
		return new(QuestionAsked)
	case kindQuestionMessage:
		return new(QuestionMessage)
	case kindQuestionClosed:
		return new(QuestionClosed)
	case kindQuestionAssigned:
		return new(QuestionAssigned)
	case kindQuestionPressed:
		return new(QuestionPressed)
	case kindWordsEdited:
		return new(WordsEdited)
	case kindWordsWithdrawn:
		return new(WordsWithdrawn)
	}
	return nil
}

// SayWords books what somebody said, and returns it. It returns a Conflict refusal where the
// dispute or the question is over.
func (tx *Tx) SayWords(x Saying) (*Words, error) {
	customer, err := tx.talksWith(x.Dispute, x.Question)
	if err != nil {
		return nil, err
	}
	ref, err := tx.keep(tx.Customer(customer).Person, x.Text)
	if err != nil {
		return nil, err
	}
	var body Body = &DisputeMessage{x.Dispute, x.Staff, tx.s.actorOf(x.Who), ref, tx.s.placeOf(x.Chat, x.Message), x.Awaits}
	if x.Question != 0 {
		body = &QuestionMessage{x.Question, x.Staff, tx.s.actorOf(x.Who), ref, tx.s.placeOf(x.Chat, x.Message), x.Awaits}
	}
	if _, err := tx.append(tx.Today(), body); err != nil {
		return nil, err
	}
	return tx.Words(WordsID(tx.s.words.n)), nil
}

// talksWith is whose a talk is that goes on.
func (v *View) talksWith(d DisputeID, q QuestionID) (CustomerID, error) {
	if disp := v.Dispute(d); disp != nil {
		if disp.Outcome != "" {
			return 0, Refuse(Conflict, "dispute.over", "dispute", disp.Label())
		}
		return disp.Customer, nil
	}
	ask := v.Question(q)
	switch {
	case ask == nil:
		return 0, Refuse(NotFound, "question.unknown", "text", fmt.Sprintf("Q-%d", q))
	case ask.Closed():
		return 0, Refuse(Conflict, "question.over", "question", ask.Label())
	}
	return ask.Customer, nil
}

// EditWords books that w says text now, and reports whether that is another text.
func (tx *Tx) EditWords(w *Words, text string) (changed bool, err error) {
	was, err := tx.Text(w.Text)
	if err != nil || was == text || w.Withdrawn {
		return false, err
	}
	ref, err := tx.keep(tx.Customer(w.Customer).Person, text)
	if err == nil {
		_, err = tx.append(tx.Today(), &WordsEdited{w.ID, ref})
	}
	return err == nil, err
}

// WithdrawWords books that w was taken back, and reports whether it was not before.
func (tx *Tx) WithdrawWords(w *Words) (changed bool, err error) {
	if w.Withdrawn {
		return false, nil
	}
	_, err = tx.append(tx.Today(), &WordsWithdrawn{w.ID})
	return err == nil, err
}

// KeepWordsFile books the file that w consists of, which is among those of the books.
func (tx *Tx) KeepWordsFile(w *Words, n NewFile) (*File, error) {
	x := &FileKept{Customer: w.Customer, Dispute: w.Dispute, Question: w.Question, Words: w.ID, Bytes: n.Bytes, Size: n.Size, Type: n.Type}
	if d := tx.Dispute(w.Dispute); d != nil {
		x.Invoice = d.Invoice
	}
	var err error
	if x.Name, err = tx.keep(tx.Customer(w.Customer).Person, CleanFileName(n.Name, n.Type)); err != nil {
		return nil, err
	}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, err
	}
	return tx.File(FileID(tx.s.files.n)), nil
}

// NotifyWordsEdit queues an edit of the copy of w, unless one that waits, or the copy itself,
// will show what it says now.
func (tx *Tx) NotifyWordsEdit(w *Words, x NoticeQueued) error {
	for _, id := range []NoticeID{w.Copy, w.edit} {
		if n := tx.s.open[id]; n != nil && n.Attempt.At.IsZero() && n.Attempt.Count == 0 {
			return nil
		}
	}
	if w.Copy == 0 {
		return nil
	}
	x.Words = w.ID
	return tx.Notify(x)
}

// Words returns what was said by its number, nil where there is none.
func (v *View) Words(id WordsID) *Words { return v.s.words.at(uint32(id)) }

// WordsAt lists what was said in a message, oldest first: a text and files may be one.
func (v *View) WordsAt(chat, message string) (out []*Words) {
	for w := v.Words(v.s.wordsAt[chat+":"+message]); w != nil; w = v.Words(w.samePlace) {
		out = append(out, w)
	}
	slices.Reverse(out)
	return out
}

// SaidAt tells where w was said: chat and the platform's id of the message; ok is false where
// nobody noted it.
func (v *View) SaidAt(w *Words) (chat, message string, ok bool) {
	i := strings.LastIndexByte(w.place, ':')
	if i < 0 {
		return "", "", false
	}
	return v.s.addressOf(w.place[:i]), w.place[i+1:], true
}

// SaidIn lists what was said in a dispute, oldest first.
func (v *View) SaidIn(d *Dispute) []*Words { return v.saidIn(talk{dispute: d.ID}) }

// SaidAbout lists what was said about a question, oldest first.
func (v *View) SaidAbout(q *Question) []*Words { return v.saidIn(talk{question: q.ID}) }

func (v *View) saidIn(in talk) (out []*Words) {
	for w := v.Words(v.s.lastWords[in]); w != nil; w = v.Words(w.before) {
		out = append(out, w)
	}
	slices.Reverse(out)
	return out
}

// DisputeTouched and QuestionTouched tell which of them was talked about last: of that, the
// number is the greatest.
func (v *View) DisputeTouched(d *Dispute) uint64 { return v.touched(talk{dispute: d.ID}, d.fact) }

// QuestionTouched is DisputeTouched for a question.
func (v *View) QuestionTouched(q *Question) uint64 { return v.touched(talk{question: q.ID}, 0) }

func (v *View) touched(in talk, begun uint64) uint64 {
	if w := v.Words(v.s.lastWords[in]); w != nil {
		return max(w.fact, begun)
	}
	return begun
}

// WhoSaid is the address of whoever said w, "" for an erased person.
func (v *View) WhoSaid(w *Words) string { return v.s.addressOf(w.Who) }

// copied notes which notice brings words to the other side.
func (s *state) copied(x *NoticeQueued, id NoticeID) {
	w := s.words.at(uint32(x.Words))
	if w == nil {
		return
	}
	switch x.Kind {
	case NoticeReply, NoticeWords, NoticeQuestion, NoticePaper:
		set(s, &w.Copy, id)
	case NoticeReplyEdit, NoticeWordsEdit, NoticeQuestionEdit:
		set(s, &w.edit, id)
	}
}

// The names of facts about what was said.
const (
	FactWordsEdited    FactName = "wordsedited"
	FactWordsWithdrawn FactName = "wordswithdrawn"
)

// EditNotice is the notice that brings the newest change of w to the other side, 0 for none.
func (w *Words) EditNotice() NoticeID { return w.edit }

// describeTalk tells facts of talks.
func (v *View) describeTalk(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *WordsEdited:
		return Description{Name: FactWordsEdited, Refs: v.talkRefs(x.Words), Words: x.Text}, true
	case *WordsWithdrawn:
		return Description{Name: FactWordsWithdrawn, Refs: v.talkRefs(x.Words)}, true
	}
	return v.describeQuestion(f)
}

// talkRefs name what words were said in.
func (v *View) talkRefs(id WordsID) []string {
	w := v.Words(id)
	if w == nil {
		return nil
	}
	if q := v.Question(w.Question); q != nil {
		return append([]string{q.Label()}, v.numbers(q.Invoice)...)
	}
	return v.disputeRefs(w.Dispute)
}

func dumpTalks(w io.Writer, v *View) {
	v.s.words.each(func(x *Words) {
		text, _ := v.Text(x.Text)
		fmt.Fprintf(w, "words %d customer %d dispute %d question %d staff %t by %s at %q %q awaits %t file %d edited %t withdrawn %t copy %d edit %d before %d %d\n",
			x.ID, x.Customer, x.Dispute, x.Question, x.Staff, x.Who, x.place, text, x.Awaits, x.File, x.Edited, x.Withdrawn, x.Copy, x.edit, x.before, x.samePlace)
	})
	v.s.questions.each(func(q *Question) {
		fmt.Fprintf(w, "question %d customer %d invoice %d by %s owner %q asked %s answered %s ended %s pressed %d notice %d\n",
			q.ID, q.Customer, q.Invoice, q.By, q.Owner, q.Asked, q.Answered, q.Ended, q.Pressed, q.Notice)
	})
	dumpUnseen(w, v.s)
	dumpGroupCopies(w, v.s)
	lines(w, "question thread", v.s.questionThreads, func(id QuestionID) string { return fmt.Sprint(id) })
}
