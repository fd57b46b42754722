package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// What staff read under the card of an invoice: each fact about it, once. The facts that
// nobody was told of yet are told by one notice, whose words are made when its turn comes,
// so that a day on which much happens is one message. How far an invoice's story was told is
// working state: it moves when a platform has accepted the message, and a message whose fate
// is not known is looked up before the story is told again.

// InvoiceOpened is the fact that an invoice's customer did something that he can't have done
// without seeing it: pressed a button under it, followed its link, answered it. Nobody is
// told what was read.
type InvoiceOpened struct {
	Invoice InvoiceID
}

func (x *InvoiceOpened) kind() factKind { return kindOpened }

func (x *InvoiceOpened) code(c *coder) { num(c, &x.Invoice) }

func (x *InvoiceOpened) apply(s *state, f *Fact) {
	if inv := s.invoices.at(uint32(x.Invoice)); inv != nil {
		set(s, &inv.Opened, f.Effective)
	}
}

// Open books that inv's customer was seen to have it before him, the first time.
func (tx *Tx) Open(inv *Invoice) error {
	if inv == nil || inv.Opened != 0 || inv.Void {
		return nil
	}
	_, err := tx.append(tx.Today(), &InvoiceOpened{inv.ID})
	return err
}

// newCard makes the bodies of this file's kinds.
func newCard(k factKind) Body {
	switch k {
	case kindOpened:
		return new(InvoiceOpened)
	case kindRequirements:
		return new(RequirementsSet)
	}
	return nil
}

// touch notes which invoices a fact is about, for Options.Touched. Notices and what became of
// them are not what an invoice's story is made of, but for those that its customer gets.
func (tx *Tx) touch(f *Fact) {
	if tx.b.touched == nil {
		return
	}
	switch x := f.Body.(type) {
	case *NoticeQueued:
		if x.Kind == NoticeInvoice { // also one that is to be sent again: its card says that it was delivered
			tx.touchInvoice(x.Invoice)
		}
		return
	case *NoticeOutcome, *DocumentMade, *PaperInvited:
		return
	case *TaskOpened, *TaskJoined, *TaskAssigned, *TaskMoved, *TaskClosed: // which have cards of their own
		return
	case *RouteBroken, *RouteMended, *ChatLinked, *ChatUnlinked:
		tx.touchUnsent(tx.Customer(tx.s.subject.customer))
	}
	for _, id := range tx.s.subject.invoices {
		tx.touchInvoice(id)
	}
}

// touchUnsent touches c's invoices that wait to be sent: their cards tell whether they can be.
func (tx *Tx) touchUnsent(c *Customer) {
	if c == nil || tx.b.touched == nil {
		return
	}
	for _, inv := range tx.OpenInvoices(c) {
		if tx.s.open[inv.Message] != nil {
			tx.touchInvoice(inv.ID)
		}
	}
}

// storied reports whether it is part of an invoice's story that a notice of kind k became so:
// a document or a reminder that went out, and whatever did not arrive.
func (k NoticeKind) storied(became NoticeState) bool {
	switch {
	case !k.ToCustomer() || k.Lost() == LostRedo || became == NoticeWithdrawn:
		return false
	case became == NoticeSent:
		return k == NoticeInvoice || k == NoticeReminder || k == NoticeCreditNote || k == NoticeFile
	}
	return true
}

// Storied reports whether a fact is told in the thread of an invoice that it is about; of a
// notice's fate also the notice.
func (v *View) Storied(f *Fact) (bool, *NoticeQueued, error) {
	switch x := f.Body.(type) {
	case *NoticeQueued, *DocumentMade, *PaperInvited:
		return false, nil, nil
	case *NoticeOutcome:
		q, err := v.noticeOf(x.Notice)
		if err != nil {
			return false, nil, err
		}
		return q.Kind.storied(x.State), q, nil
	}
	return true, nil, nil
}

func (tx *Tx) touchInvoice(id InvoiceID) {
	if id != 0 && tx.b.touched != nil && !slices.Contains(tx.s.touched, id) {
		set(tx.s, &tx.s.touched, append(tx.s.touched[:len(tx.s.touched):len(tx.s.touched)], id))
	}
}

// tellTouched lets the program queue what has to be said of the invoices that a command
// touched.
func (tx *Tx) tellTouched() error {
	if len(tx.s.touched) == 0 {
		return nil
	}
	about := tx.s.touched
	slices.Sort(about)
	tx.s.touched = nil
	return tx.b.touched(tx, about)
}

// NotifyThread queues a notice that tells what nobody was told of yet about inv, in the
// thread of its card. One that waits will tell that too.
func (tx *Tx) NotifyThread(inv *Invoice, address string) error {
	if n := tx.s.open[inv.telling]; n != nil && n.Attempt.At.IsZero() {
		return nil
	}
	if told, err := tx.Get(toldKey(inv.ID)); err != nil || told == nil {
		if err != nil {
			return err
		}
		tx.Put(toldKey(inv.ID), strconv.AppendUint(nil, tx.from, 10)) // what was before has been told otherwise, or never will
	}
	return tx.Notify(NoticeQueued{Kind: NoticeThread, Customer: inv.Customer, Invoice: inv.ID, InThread: true, Address: address})
}

func toldKey(id InvoiceID) string    { return "told:" + strconv.Itoa(int(id)) }
func tellingKey(id InvoiceID) string { return "telling:" + strconv.Itoa(int(id)) }

// Untold are the facts about inv that its thread was not told of, oldest first.
func (v *View) Untold(inv *Invoice) ([]*Fact, error) {
	data, err := v.Get(toldKey(inv.ID))
	if err != nil {
		return nil, err
	}
	told, _ := strconv.ParseUint(string(data), 10, 64)
	return v.factsSince(inv, told)
}

// Booked are the facts about inv of this command, oldest first.
func (tx *Tx) Booked(inv *Invoice) ([]*Fact, error) { return tx.factsSince(inv, tx.from) }

// factsSince looks back no further than to fact seq: its cost follows what is newer.
func (v *View) factsSince(inv *Invoice, seq uint64) (list []*Fact, err error) {
	last := uint64(0)
	for st := v.s.trail.at(v.Customer(inv.Customer).lastStep); st != nil && uint64(st.fact) > seq; st = v.s.trail.at(st.before) {
		if st.invoice != inv.ID || uint64(st.fact) == last {
			continue
		}
		last = uint64(st.fact)
		f, err := v.fact(last)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	slices.Reverse(list)
	return list, nil
}

func shownKey(id InvoiceID) string { return "shown:" + strconv.Itoa(int(id)) }

// ShownAlready reports whether an edit of a card would show what the card shows.
func (v *View) ShownAlready(n *Notice, words Hash) (bool, error) {
	if n.Kind != NoticeCardEdit {
		return false, nil
	}
	last, err := v.Get(shownKey(n.Invoice))
	return string(last) == string(words[:]), err
}

// tells notes how far a notice tells its invoice's story that is being sent.
func (tx *Tx) tells(n *Notice) {
	if n.Kind == NoticeThread {
		tx.Put(tellingKey(n.Invoice), strconv.AppendUint(nil, tx.s.head.Seq, 10))
	}
}

// told notes that the story was told so far, or what a card shows, where the notice arrived.
func (tx *Tx) told(n *Notice, became NoticeState, words Hash) error {
	if became == NoticeSent && (n.Kind == NoticeCard || n.Kind == NoticeCardEdit) {
		tx.Put(shownKey(n.Invoice), words[:])
	}
	if n.Kind != NoticeThread {
		return nil
	}
	far, err := tx.Get(tellingKey(n.Invoice))
	if err != nil {
		return err
	}
	if became == NoticeSent && far != nil {
		tx.Put(toldKey(n.Invoice), far)
	}
	tx.Put(tellingKey(n.Invoice), nil)
	return nil
}

// NoticeFate is what became of notice id, and when; "" for no notice.
func (v *View) NoticeFate(id NoticeID) (NoticeState, time.Time, error) {
	n := v.s.notices.at(uint32(id))
	if n == nil {
		return "", time.Time{}, nil
	}
	at := n.outcome
	if at == 0 {
		return NoticeQueuedState, time.Time{}, nil
	}
	f, err := v.fact(uint64(at))
	if err != nil {
		return "", time.Time{}, err
	}
	x, ok := f.Body.(*NoticeOutcome)
	if !ok {
		return "", time.Time{}, fmt.Errorf("fact %d is no outcome of a notice", at)
	}
	return x.State, f.Recorded, nil
}

// PaymentFact is the fact that p was received by.
func (v *View) PaymentFact(p *Payment) (*Fact, error) { return v.fact(p.fact) }
