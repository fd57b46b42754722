package ledger

import (
	"cmp"
	"encoding/binary"
	"sort"
	"time"
)

// NoticeID numbers notices from 1 in order of queueing.
type NoticeID uint32

// NoticeKind is what a notice tells. Its words are made when it is sent.
type NoticeKind string

// The kinds. Those that the second word names go to a customer's chat; "staff" ones to
// Slack. A document is sent again when its answer was lost, marked as a copy; a word is
// not: see Kind.Lost.
const (
	NoticeInvoice     NoticeKind = "invoice"         // customer, document
	NoticeReceipt     NoticeKind = "receipt"         // customer, document
	NoticeCreditNote  NoticeKind = "creditnote"      // customer, document
	NoticeReminder    NoticeKind = "reminder"        // customer, word
	NoticeReply       NoticeKind = "dispute.reply"   // customer: what staff wrote
	NoticeOutcomeWord NoticeKind = "dispute.outcome" // customer: how his dispute ended
	NoticeReplyEdit   NoticeKind = "reply.edit"      // customer: what staff wrote as it reads now
	NoticeEdit        NoticeKind = "invoice.edit"    // customer: his invoice message as it stands now
	NoticeMailDecided NoticeKind = "mail.decided"    // customer: what became of an e-mail address that he named; Code is which
	NoticeFile        NoticeKind = "file"            // customer, document: one that staff handed in with an invoice
	NoticeAnnulled    NoticeKind = "annulled"        // customer: that a payment was booked as his by mistake
	NoticeWhatFor     NoticeKind = "whatfor"         // customer: what money is for that came from him; Code is which entry
	NoticeChequeWord  NoticeKind = "cheque.word"     // customer: what became of his cheque; Code is which, and what
	NoticeClaimWord   NoticeKind = "claim.word"      // customer: that the payment he told of was not found
	NoticeAct         NoticeKind = "act"             // customer, document: a reconciliation act, to be agreed to; Code is which
	NoticeActAgain    NoticeKind = "act.again"       // customer: that an act waits for his answer; Code is which
	NoticeRating      NoticeKind = "rating"          // customer: how satisfied he was
	NoticeThanks      NoticeKind = "thanks"          // customer: that he pays on time; Step is how many invoices in a row, Code the contract that gives a discount for it
	NoticeAccess      NoticeKind = "access"          // customer: to the chat Who, that it was linked or is so no more; Code is which
	NoticeGroup       NoticeKind = "group"           // customer: to the group Who, that an invoice was issued
	NoticeGroupEdit   NoticeKind = "group.edit"      // customer: that message to the group Who, as the invoice stands now; Code is which
	NoticeStatement   NoticeKind = "statement"       // customer, document: his statement; Code is the days, "20260701.20260930"
	NoticeTerms       NoticeKind = "terms"           // customer: what staff say to the later day or the plan that he asked for
	NoticePlanAgreed  NoticeKind = "plan.agreed"     // customer: that staff agreed a plan with him; Code is which
	NoticePlanOver    NoticeKind = "plan.over"       // customer: that his plan is over; Code is which

	NoticeCard        NoticeKind = "card"          // staff: the card of an invoice, and its thread
	NoticeCardEdit    NoticeKind = "card.edit"     // staff: the card as it stands now
	NoticeThread      NoticeKind = "thread"        // staff: what else happened to an invoice, in its thread
	NoticePaper       NoticeKind = "paper"         // staff: a document of an invoice, as a file in its thread; Code is which
	NoticePaid        NoticeKind = "paid"          // staff: money came in
	NoticeCredited    NoticeKind = "credited"      // staff: a credit note was issued
	NoticeDispute     NoticeKind = "dispute"       // staff: a dispute was opened
	NoticeDisputeEdit NoticeKind = "dispute.edit"  // staff: that message as the dispute stands now
	NoticeWords       NoticeKind = "dispute.words" // staff: what the customer wrote
	NoticeWordsEdit   NoticeKind = "words.edit"    // staff: that as it reads now
	NoticeUnsaid      NoticeKind = "unsaid"        // staff: what they wrote did not reach the customer; Code is why
	NoticeResolved    NoticeKind = "resolved"      // staff: a dispute ended
	NoticeDisputeDue  NoticeKind = "dispute.due"   // staff: a dispute is to be settled, or should have been
	NoticeLinked      NoticeKind = "linked"        // staff: a chat was linked, or asks to be
	NoticeLinkedEdit  NoticeKind = "linked.edit"   // staff: that message as the link stands now
	NoticeMailAsk     NoticeKind = "mail.ask"      // staff: a customer named an e-mail address to be used; Code is which
	NoticeTask        NoticeKind = "task"          // staff: something needs a person
	NoticeJudged      NoticeKind = "judged"        // staff: a promise or a plan was kept or broken
	NoticeDigest      NoticeKind = "digest"        // staff: the daily digest, to one reader

	NoticeDigestCode   NoticeKind = "digest.code"   // staff: a code, to the address that a reader of the digest named
	NoticeDigestLinked NoticeKind = "digest.linked" // staff: to a reader, that his digest comes elsewhere; Code is the way

	NoticeQuestion     NoticeKind = "question"      // staff: what a customer wants to know; its thread is the talk
	NoticeQuestionEdit NoticeKind = "question.edit" // staff: that message as the question stands now

	NoticeDeferral     NoticeKind = "deferral"      // staff: a customer asks for a later day or a plan; Code is which
	NoticeDeferralEdit NoticeKind = "deferral.edit" // staff: that message as it stands now

	NoticeImport     NoticeKind = "import"      // staff: what a dropped file would do, and what it did
	NoticeImportEdit NoticeKind = "import.edit" // staff: that message as the import stands now
	NoticeImportRows NoticeKind = "import.rows" // staff: its wrong rows, as a file

	NoticeKept NoticeKind = "file.kept" // staff: what became of a file that was dropped into an invoice's thread

	NoticeClaim          NoticeKind = "claim"           // staff: a customer says that he has paid; Code is which claim
	NoticeClaimEdit      NoticeKind = "claim.edit"      // staff: that message as the claim stands now
	NoticeEntry          NoticeKind = "entry"           // staff: an entry of a bank statement that waits; Code is which
	NoticeEntryEdit      NoticeKind = "entry.edit"      // staff: that message as the entry stands now
	NoticeBankChange     NoticeKind = "bankchange"      // staff: our own bank details are to change; Code is which change
	NoticeBankChangeEdit NoticeKind = "bankchange.edit" // staff: that message as the change stands now
	NoticeBankWarn       NoticeKind = "bankchange.warn" // staff: the same, to one of those who may confirm or cancel it
	NoticeBankNews       NoticeKind = "bankchange.news" // customer: our new bank details; Code is which change
	NoticeCheque         NoticeKind = "cheque"          // staff: a cheque that a customer handed in; Code is which
	NoticeChequeEdit     NoticeKind = "cheque.edit"     // staff: that message as the cheque stands now
	NoticeChequeTask     NoticeKind = "cheque.task"     // staff: that a cheque bounced, to whoever looks after its customer

	NoticeWork     NoticeKind = "work"      // staff: a task, to whoever does it; Code is which
	NoticeWorkEdit NoticeKind = "work.edit" // staff: that message as the task stands now
	NoticeWorkLate NoticeKind = "work.late" // staff: which tasks of one of them are late, and to a manager those too long; For is the day

	NoticeWaiting     NoticeKind = "waiting"      // staff: which entries wait for one of them; For is the day
	NoticeWaitingEdit NoticeKind = "waiting.edit" // staff: that message as they stand now

	NoticePreflight     NoticeKind = "preflight"      // staff: who is reminded this day, before it is done
	NoticePreflightEdit NoticeKind = "preflight.edit" // staff: that message as they stand now
	NoticeHeld          NoticeKind = "held"           // staff: which reminders were held, and why
	NoticeHeldEdit      NoticeKind = "held.edit"      // staff: that message as they stand now

	NoticeOdd       NoticeKind = "odd"        // staff: something odd about money or words; Code is which
	NoticeOddEdit   NoticeKind = "odd.edit"   // staff: that message as it stands now
	NoticeActAnswer NoticeKind = "act.answer" // staff: what a customer said of a reconciliation act; Code is which
	NoticeRated     NoticeKind = "rated"      // staff: that a customer was not satisfied; Code is which rating

	NoticeCampaign     NoticeKind = "campaign"      // staff: how far a campaign is
	NoticeCampaignEdit NoticeKind = "campaign.edit" // staff: that message as the campaign stands now

	NoticeDoubt     NoticeKind = "doubt"      // staff: reminders of unknown fate, together
	NoticeDoubtEdit NoticeKind = "doubt.edit" // staff: that message as they stand now

	NoticeWish     NoticeKind = "wish"      // staff: somebody asks others to do what he may not
	NoticeWishDone NoticeKind = "wish.done" // staff: that it was done, to the one who asked

	NoticeApproval     NoticeKind = "approval"      // staff: somebody asks for an approval
	NoticeApprovalEdit NoticeKind = "approval.edit" // staff: that message as the request stands now
	NoticeApprovalDone NoticeKind = "approval.done" // staff: what became of it, to the one who asked
)

// Lost says what happens when the answer to a send is lost.
type Lost int

// What may happen to a send of unknown outcome.
const (
	LostUnknown Lost = iota // it stays unknown, and staff are told: saying it twice would be worse
	LostCopy                // it is sent again, marked as a copy
	LostRedo                // it is done again: doing it twice changes nothing
)

// Lost is what happens to a notice of kind k whose answer was lost.
func (k NoticeKind) Lost() Lost {
	switch k {
	case NoticeReminder, NoticeDigest:
		return LostUnknown
	case NoticeEdit, NoticeCardEdit, NoticeDisputeEdit, NoticeApprovalEdit, NoticeCampaignEdit, NoticeDoubtEdit, NoticeImportEdit, NoticeLinkedEdit, NoticeDeferralEdit, NoticeClaimEdit, NoticeEntryEdit, NoticeChequeEdit, NoticeWaitingEdit, NoticeOddEdit, NoticeBankChangeEdit, NoticeWorkEdit, NoticePreflightEdit, NoticeHeldEdit,
		NoticeReplyEdit, NoticeWordsEdit, NoticeQuestionEdit, NoticeGroupEdit:
		return LostRedo
	}
	return LostCopy
}

// ToCustomer reports whether notices of kind k go to the customer's chat.
func (k NoticeKind) ToCustomer() bool {
	switch k {
	case NoticeInvoice, NoticeReceipt, NoticeCreditNote, NoticeReminder, NoticeReply, NoticeReplyEdit, NoticeOutcomeWord, NoticeEdit, NoticeFile, NoticeAccess, NoticeGroup, NoticeGroupEdit, NoticeMailDecided, NoticeTerms, NoticePlanAgreed, NoticePlanOver, NoticeStatement,
		NoticeClaimWord, NoticeChequeWord, NoticeAnnulled, NoticeWhatFor, NoticeAct, NoticeActAgain, NoticeRating, NoticeThanks, NoticeBankNews:
		return true
	}
	return false
}

// ToChat reports whether notices of kind k go to the one chat that they name, and to no other
// of the customer's.
func (k NoticeKind) ToChat() bool {
	return k == NoticeAccess || k == NoticeGroup || k == NoticeGroupEdit
}

// NoticeState is what became of a notice.
type NoticeState string

// The states. Queued is the only one that is not a fact of its own.
const (
	NoticeQueuedState NoticeState = "queued"
	NoticeSent        NoticeState = "sent"      // a platform accepted it
	NoticeUnknown     NoticeState = "unknown"   // the answer was lost
	NoticeFailed      NoticeState = "failed"    // the platform refused it for good
	NoticeWithdrawn   NoticeState = "withdrawn" // when its turn came there was nothing to say
)

// NoticeQueued is the fact that somebody must hear something. It is written in the
// transaction that gave cause, so that no word is lost and none speaks of what was not
// booked.
type NoticeQueued struct {
	Kind     NoticeKind
	Customer CustomerID
	Address  string // staff notices: Slack channel or user
	InThread bool   // staff notices: in the thread of the invoice's card
	Invoice  InvoiceID
	Payment  PaymentID
	Credit   CreditNoteID
	Dispute  DisputeID
	Refund   RefundID // receipts: of money paid back, instead of a payment
	Text     TextRef  // words of a person
	Who      string   // whose: "slack:U…", "telegram:1001"; in the fact "person:7"
	Step     int      // reminders: step of the policy; 0 is a nudge before it is overdue
	For      Date     // reminders, digests, thanks and statements by themselves: the local date that it was meant for
	Code     string   // tasks: what needs a person

	Approval ApprovalID // the request that it is about
	Campaign CampaignID // that it is a part of, or about; 0: none
	Import   ImportID   // that it is about; 0: none
	Thread   string     // staff notices: the platform's id of the message in whose thread it is said; "" for none
	File     FileID     // that it carries, or is about; 0: none

	Words    WordsID    // that it brings to the other side, or is about; 0: none
	Question QuestionID // that it is about; 0: none

	Policy int        // reminders: the version of the policies that they follow; 0: from before there were versions
	Also   []PlanStep // reminders: steps of other invoices that they say besides, one for each further currency; 0: a nudge names it too
	Free   bool       // reminders: they go although money waits, or the bank's data is old: staff said so
	Again  bool       // reminders: said once more by a person's word, as the fate of the first is unknown
}

func (x *NoticeQueued) kind() factKind { return kindNotice }

func (x *NoticeQueued) code(c *coder) {
	str(c, &x.Kind)
	num(c, &x.Customer)
	str(c, &x.Address)
	c.flag(&x.InThread)
	num(c, &x.Invoice)
	num(c, &x.Payment)
	num(c, &x.Credit)
	num(c, &x.Dispute)
	num(c, &x.Refund)
	c.text(&x.Text)
	str(c, &x.Who)
	num(c, &x.Step)
	num(c, &x.For)
	str(c, &x.Code)
	if c.version >= 2 {
		num(c, &x.Approval)
		num(c, &x.Campaign)
	}
	if c.version >= 3 {
		num(c, &x.Import)
		str(c, &x.Thread)
	}
	if c.version >= 4 {
		num(c, &x.File)
		num(c, &x.Words)
		num(c, &x.Question)
	}
	if c.version >= 6 {
		num(c, &x.Policy)
		steps(c, &x.Also)
	}
	if c.version >= 7 {
		c.flag(&x.Free)
	}
	if c.version >= 8 {
		c.flag(&x.Again)
	}
}

// Notice is a notice that still waits, or whose fate a person has to tell.
type Notice struct {
	NoticeQueued
	ID      NoticeID
	At      time.Time // queued
	Attempt Attempt   // the send under way, if any
	Doubt   DoubtID   // of unknown fate: with which others it is asked about
	since   Date      // when it became that
	via     string    // and where it may have gone: "person:7"
}

// Attempt is the send of a notice that may be under way. It is working state, written
// before the platform is called.
type Attempt struct {
	At    time.Time // zero: none
	Count int       // sends begun so far
	Words Hash      // of what was sent
	Chat  string    // where to: "person:7", "slack:C…"
	Lost  bool      // the answer to an earlier send was lost: the next one is a copy
}

func (a *Attempt) code(c *coder) {
	c.instant(&a.At)
	num(c, &a.Count)
	c.fixed(a.Words[:])
	c.flag(&a.Lost)
	if c.version >= attemptVersion {
		str(c, &a.Chat)
	}
}

// attemptVersion is the newest layout of an attempt.
const attemptVersion = 2

// notice is what memory keeps of every notice: where to read about it.
type notice struct {
	queued, outcome factNo
}

func (x *NoticeQueued) apply(s *state, f *Fact) {
	id := NoticeID(s.notices.n + 1)
	s.notices.add(s, notice{queued: factNo(f.Seq)})
	n := s.newNotice()
	*n = Notice{NoticeQueued: *x, ID: id, At: f.Recorded}
	n.Who = s.addressOf(x.Who)
	put(s, s.open, id, n)
	switch {
	case x.Kind == NoticeDoubt || x.Kind == NoticeDoubtEdit:
		s.askedDoubt(n)
	case x.Campaign != 0:
		s.joined(n)
	}
	if c := s.customers.at(uint32(x.Customer)); c != nil && x.Kind == NoticeReminder {
		set(s, &c.Reminder, id)
	}
	if d := s.disputes.at(uint32(x.Dispute)); d != nil && x.Kind == NoticeDispute {
		set(s, &d.Notice, id)
	}
	if d := s.disputes.at(uint32(x.Dispute)); d != nil && x.Kind == NoticeDisputeDue && x.Code == DisputeNear {
		set(s, &d.Reminder, id)
		set(s, &d.ReminderTo, x.Address)
	}
	if a := s.approvals.at(uint32(x.Approval)); a != nil && x.Kind == NoticeApproval {
		set(s, &a.Notice, id)
	}
	s.copied(x, id)
	s.shownToGroup(x, id)
	if q := s.questions.at(uint32(x.Question)); q != nil && x.Kind == NoticeQuestion {
		set(s, &q.Notice, id)
	}
	switch x.Kind {
	case NoticeEntry:
		if e := s.bankEntries.at(uint32(ParseBankEntry(x.Code))); e != nil {
			set(s, &e.Card, id)
		}
	case NoticeCheque:
		if q := s.cheques.at(uint32(ParseCheque(x.Code))); q != nil {
			set(s, &q.Card, id)
		}
	case NoticeBankChange:
		if k := s.bankChanges.at(uint32(ParseBankChange(x.Code))); k != nil {
			set(s, &k.Card, id)
		}
	case NoticeOdd:
		if o := s.odds.at(uint32(ParseOdd(x.Code))); o != nil {
			set(s, &o.Card, id)
		}
	case NoticeWaiting, NoticeWaitingEdit:
		s.toldWaiting(x, id)
	case NoticePreflight, NoticePreflightEdit, NoticeHeld, NoticeHeldEdit:
		s.toldDay(x, id)
	case NoticeWork:
		if t := s.tasks.at(uint32(ParseTask(x.Code))); t != nil {
			set(s, &t.Card, id)
			set(s, &t.CardTo, x.Address)
		}
	case NoticeClaim:
		if p := s.paidClaims.at(uint32(claimNumber(x))); p != nil {
			set(s, &p.Notice, id)
		}
	case NoticeActAgain:
		if r := s.acts.at(uint32(actNumber(x))); r != nil {
			set(s, &r.Reminded, f.Effective)
		}
	case NoticeRating:
		s.askedRating(x)
	case NoticeStatement:
		s.stateOfAccount(x)
	case NoticeThanks:
		s.thankedFor(x)
	case NoticeLinked:
		s.told(n.Who, x.Customer, id)
	case NoticeDeferral:
		if d := s.deferrals.at(uint32(x.DeferralID())); d != nil {
			set(s, &d.Notice, id)
		}
	case NoticeImport:
		put(s, s.importNotices, x.Import, id)
	case NoticeImportEdit:
		put(s, s.importEdits, x.Import, id)
	}
	inv := s.invoices.at(uint32(x.Invoice))
	if inv == nil {
		return
	}
	switch x.Kind {
	case NoticeCard:
		set(s, &inv.Card, id)
	case NoticeInvoice:
		set(s, &inv.Message, id)
	case NoticeCardEdit:
		set(s, &inv.cardEdit, id)
	case NoticeThread:
		set(s, &inv.telling, id)
	case NoticeEdit:
		set(s, &inv.messageEdit, id)
	}
}

// newNotice returns room for a notice: in a replay, where nothing is taken back, that of one
// which has come to its end.
func (s *state) newNotice() *Notice {
	if n := len(s.ended); n > 0 {
		spare := s.ended[n-1]
		s.ended = s.ended[:n-1]
		return spare
	}
	return new(Notice)
}

// NoticeOutcome is the fact of what became of a notice.
type NoticeOutcome struct {
	Notice  NoticeID
	State   NoticeState
	Chat    string // where it was sent: "slack:C…", "telegram:1001"; in the fact "person:7"
	Message string // the platform's id of the message
	Words   Hash   // of what was said
	Copy    bool   // of sent: an earlier send may have arrived too, and this one says so
	Reason  string // of failed and withdrawn
}

func (x *NoticeOutcome) kind() factKind { return kindOutcome }

func (x *NoticeOutcome) code(c *coder) {
	num(c, &x.Notice)
	str(c, &x.State)
	str(c, &x.Chat)
	str(c, &x.Message)
	if x.State == NoticeSent || x.State == NoticeUnknown {
		c.fixed(x.Words[:])
	}
	if x.State == NoticeSent {
		c.flag(&x.Copy)
	}
	str(c, &x.Reason)
}

func (x *NoticeOutcome) apply(s *state, f *Fact) {
	n := s.notices.at(uint32(x.Notice))
	if n == nil {
		return
	}
	q, was := s.open[x.Notice], NoticeQueuedState
	if q == nil {
		q, was = s.settling[x.Notice], NoticeUnknown
	}
	set(s, &n.outcome, factNo(f.Seq))
	drop(s, s.open, x.Notice)
	drop(s, s.settling, x.Notice)
	if q == nil {
		return
	}
	if was == NoticeUnknown && x.State != NoticeUnknown {
		s.cleared(q, x, f)
	}
	if x.State == NoticeUnknown {
		s.doubted(q, x, f)
		put(s, s.settling, x.Notice, q)
	} else if s.replay {
		defer func() { s.ended = append(s.ended, q) }()
	}
	s.changeWent(q, x.State)
	if q.Kind == NoticeDoubt && x.State != NoticeSent {
		s.unasked(q)
	}
	if q.Campaign != 0 {
		s.counted(q, was, x.State, f.Recorded)
	}
	if q.Kind == NoticeQuestion && x.State == NoticeSent {
		put(s, s.questionThreads, x.Chat+":"+x.Message, q.Question)
	}
	inv := s.invoices.at(uint32(q.Invoice))
	switch {
	case q.Kind == NoticeReminder && was == NoticeUnknown: // it has counted since then
	case q.Kind == NoticeReminder:
		s.reminded(q, x.State, f.Recorded)
	case inv == nil:
	case q.Kind == NoticeCard && x.State == NoticeSent:
		put(s, s.threads, x.Chat+":"+x.Message, inv.ID)
	case q.Kind == NoticeCardEdit && inv.cardEdit == x.Notice:
		set(s, &inv.cardEdit, 0)
	case q.Kind == NoticeThread && inv.telling == x.Notice:
		set(s, &inv.telling, 0)
	case q.Kind == NoticeEdit && inv.messageEdit == x.Notice:
		set(s, &inv.messageEdit, 0)
	}
}

// reminded counts a reminder's step once a platform accepted it. One of unknown fate
// counts too: it may have been read, and must not be said again.
func (s *state) reminded(q *Notice, became NoticeState, at time.Time) {
	c := s.customers.at(uint32(q.Customer))
	if c == nil {
		return
	}
	if c.Reminder == q.ID && became != NoticeUnknown {
		set(s, &c.Reminder, 0)
	}
	if became != NoticeSent && became != NoticeUnknown {
		return
	}
	// What waited for its hour, or while a platform took nothing, is a contact of the day on which
	// it is heard: the next one keeps its distance from that.
	day := max(q.For, DateOf(at, c.Zone))
	set(s, &c.LastContact, day)
	s.contacted(c, day)
	s.contactMade(c.ID, q.Contact())
	s.countSaid(q.Also)
	if c.Reminder == q.ID {
		set(s, &c.Reminder, 0)
	}
	inv := s.invoices.at(uint32(q.Invoice))
	if inv == nil {
		return
	}
	if q.Step > 0 {
		set(s, &inv.Step, q.Step)
		return
	}
	set(s, &inv.Nudge, q.For)
	for _, p := range q.Also {
		if besides := s.invoices.at(uint32(p.Invoice)); besides != nil && p.Step == 0 && q.For > besides.Nudge {
			set(s, &besides.Nudge, q.For)
		}
	}
}

// Notify queues a notice. Edits of one message are one: an edit that waits already will
// show the newest state, and so a second is not queued.
//
// What nobody asked for is held back from a customer outside of a pilot.
func (tx *Tx) Notify(x NoticeQueued) error {
	if c := tx.Customer(x.Customer); c != nil && x.Unasked() && tx.Outside(c) {
		return tx.HoldBack(x, "", nil)
	}
	first := false // that its customer hears of an invoice
	if inv := tx.Invoice(x.Invoice); inv != nil {
		first = x.Kind == NoticeInvoice && inv.Message == 0
		waiting := NoticeID(0)
		switch x.Kind {
		case NoticeCardEdit:
			waiting = inv.cardEdit
		case NoticeEdit:
			waiting = inv.messageEdit
			if err := tx.editGroups(inv); err != nil {
				return err
			}
		}
		if n := tx.s.open[waiting]; n != nil && n.Attempt.At.IsZero() {
			return nil
		}
		if n := tx.s.open[inv.Card]; x.Kind == NoticeCardEdit && n != nil && n.Attempt.At.IsZero() {
			return nil // the card itself will show it
		}
	}
	if n := tx.s.open[tx.s.importEdits[x.Import]]; n != nil && x.Kind == NoticeImportEdit && n.Attempt.At.IsZero() {
		return nil
	}
	if tx.s.waitingSoon(&x) || tx.s.dayCardSoon(&x) {
		return nil
	}
	x.Who = tx.s.actorOf(x.Who)
	if _, err := tx.append(tx.Today(), &x); err != nil || !first {
		return err
	}
	for _, group := range tx.Groups(tx.Customer(x.Customer)) {
		if err := tx.Notify(NoticeQueued{Kind: NoticeGroup, Customer: x.Customer, Invoice: x.Invoice, Who: group.Chat}); err != nil {
			return err
		}
	}
	return nil
}

// NotifyText queues a notice that carries words of a person, kept under the customer's key.
func (tx *Tx) NotifyText(x NoticeQueued, text string) error {
	who := PersonID(0)
	if c := tx.Customer(x.Customer); c != nil {
		who = c.Person
	} else if text != "" { // of nobody's: it has a key of its own
		who = tx.newPerson()
	}
	ref, err := tx.keep(who, text)
	if err != nil {
		return err
	}
	x.Text = ref
	return tx.Notify(x)
}

// BeginSend writes down, before the platform is called, that notice id is being sent to chat.
func (tx *Tx) BeginSend(id NoticeID, chat string, words Hash) error {
	n := tx.s.open[id]
	if n == nil {
		return Refuse(Conflict, "notice.over")
	}
	a := Attempt{At: tx.Now, Count: n.Attempt.Count + 1, Words: words, Chat: tx.s.actorOf(chat), Lost: n.Attempt.Lost}
	tx.put(tableAttempts, attemptKey(id), encode(attemptVersion, a.code))
	set(tx.s, &n.Attempt, a)
	tx.tells(n)
	return nil
}

// NotSent writes down that the send of notice id surely did not happen: it goes back into
// the queue.
func (tx *Tx) NotSent(id NoticeID) { tx.requeue(id, false) }

// LostSend writes down that the answer to the send of notice id was lost: it goes back into
// the queue, and will be marked as a copy.
func (tx *Tx) LostSend(id NoticeID) { tx.requeue(id, true) }

func (tx *Tx) requeue(id NoticeID, lost bool) {
	n := tx.s.open[id]
	if n == nil {
		return
	}
	a := Attempt{Count: n.Attempt.Count, Lost: lost || n.Attempt.Lost}
	tx.put(tableAttempts, attemptKey(id), encode(attemptVersion, a.code))
	set(tx.s, &n.Attempt, a)
}

// Settle books what became of a notice.
func (tx *Tx) Settle(x NoticeOutcome) error {
	n := tx.s.open[x.Notice]
	if n == nil {
		n = tx.s.settling[x.Notice]
	}
	if n == nil {
		return nil
	}
	campaign, counts := n.Campaign, n.Kind.ToCustomer()
	if n.Kind.storied(x.State) {
		tx.touchInvoice(n.Invoice)
	}
	if err := tx.told(n, x.State, x.Words); err != nil {
		return err
	}
	if x.State == NoticeUnknown && x.Chat == "" {
		x.Chat = n.Attempt.Chat
	}
	tx.put(tableAttempts, attemptKey(x.Notice), nil)
	x.Chat = tx.s.actorOf(x.Chat)
	_, err := tx.append(tx.Today(), &x)
	if err == nil && campaign != 0 && counts {
		err = tx.campaignWent(campaign)
	}
	return err
}

// OpenNotice returns a copy of a notice that still waits.
func (v *View) OpenNotice(id NoticeID) (Notice, bool) {
	n := v.s.open[id]
	if n == nil {
		return Notice{}, false
	}
	return *n, true
}

// OpenNotices returns copies of the waiting notices with an id above after, oldest first.
// Its cost follows what is new; from the beginning, what waits.
func (v *View) OpenNotices(after NoticeID) (out []Notice) {
	if after == 0 {
		for _, n := range sortedByID(v.s.open, func(_ NoticeID, n *Notice) *Notice { return n }, func(n *Notice) NoticeID { return n.ID }) {
			out = append(out, *n)
		}
		return out
	}
	for id := after + 1; id <= NoticeID(v.s.notices.n); id++ {
		if n := v.s.open[id]; n != nil {
			out = append(out, *n)
		}
	}
	return out
}

// UnknownNotices returns copies of the notices whose fate a person has to tell.
func (v *View) UnknownNotices() []*Notice {
	return sortedByID(v.s.settling, func(_ NoticeID, n *Notice) *Notice { c := *n; return &c },
		func(n *Notice) NoticeID { return n.ID })
}

// LastNotice is the number of the newest notice.
func (v *View) LastNotice() NoticeID { return NoticeID(v.s.notices.n) }

// NoticeMessage returns where notice id was accepted: chat and the platform's message id;
// ok is false while it was not.
func (v *View) NoticeMessage(id NoticeID) (chat, message string, ok bool, err error) {
	x, err := v.noticeSent(id)
	if x == nil {
		return "", "", false, err
	}
	chat = v.s.addressOf(x.Chat)
	if v.s.beforeMove(chat, v.s.notices.at(uint32(id)).outcome) {
		return chat, "", false, nil
	}
	return chat, x.Message, true, nil
}

// NoticeCopied reports whether the message of notice id says that it is a copy.
func (v *View) NoticeCopied(id NoticeID) (bool, error) {
	x, err := v.noticeSent(id)
	return x != nil && x.Copy, err
}

// noticeSent returns the fact that a platform accepted notice id, nil while none did.
func (v *View) noticeSent(id NoticeID) (*NoticeOutcome, error) {
	n := v.s.notices.at(uint32(id))
	if n == nil || n.outcome == 0 {
		return nil, nil
	}
	f, err := v.fact(uint64(n.outcome))
	if err != nil {
		return nil, err
	}
	if x, _ := f.Body.(*NoticeOutcome); x != nil && x.State == NoticeSent {
		return x, nil
	}
	return nil, nil
}

// NoticeDone reports whether notice id has come to an end, whichever.
func (v *View) NoticeDone(id NoticeID) bool {
	n := v.s.notices.at(uint32(id))
	return n != nil && n.outcome != 0
}

// ThreadInvoice returns the invoice whose card heads the thread ts in chat ("slack:C…"),
// nil where none does.
func (v *View) ThreadInvoice(chat, ts string) *Invoice { return v.Invoice(v.s.threads[chat+":"+ts]) }

// CardUnderWay reports whether a card is being posted in a Slack channel whose place is not
// known yet.
func (v *View) CardUnderWay(channel string) bool {
	for _, n := range v.s.open {
		if n.Kind == NoticeCard && n.Address == channel && !n.Attempt.At.IsZero() {
			return true
		}
	}
	return false
}

func attemptKey(id NoticeID) string { return string(binary.BigEndian.AppendUint32(nil, uint32(id))) }

// sortedByID lists a map in order of an id.
func sortedByID[K comparable, V any, T any, I cmp.Ordered](m map[K]V, item func(K, V) T, id func(T) I) []T {
	out := make([]T, 0, len(m))
	for k, v := range m {
		out = append(out, item(k, v))
	}
	sort.Slice(out, func(i, j int) bool { return id(out[i]) < id(out[j]) })
	return out
}
