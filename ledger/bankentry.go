package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"duebot/ledger/names"
)

// The entries of a bank's statements. A file counts as a whole or not at all; then each of its
// lines is taken into the books once, however often and in how many files it comes. A taken
// entry is in one of four places, and the facts alone move it: it waits for somebody to say
// whose it is, it became payments, it took a payment back, or it is none of the receivables'
// business. Nothing is posted of one that waits: the ledger books the money of customers.

// BankStatementID numbers the statements that were taken from 1.
type BankStatementID uint32

// Label is how people name a statement: "BS-4".
func (id BankStatementID) Label() string { return fmt.Sprintf("BS-%d", id) }

// BankEntryID numbers the entries that were taken from 1.
type BankEntryID uint32

// Label is how people name an entry: "BE-12".
func (id BankEntryID) Label() string { return fmt.Sprintf("BE-%d", id) }

// ParseBankEntry reads what Label writes, in any case; it is 0 otherwise.
func ParseBankEntry(s string) BankEntryID {
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(s), "BE-"), 10, 32)
	if err != nil || !strings.HasPrefix(strings.ToUpper(s), "BE-") {
		return 0
	}
	return BankEntryID(n)
}

// EntryPlace is where an entry is, in one word.
type EntryPlace string

// The places.
const (
	EntryWaits   EntryPlace = ""        // for somebody to say whose it is
	EntryApplied EntryPlace = "applied" // it became payments: of invoices, or on account
	EntryReturn  EntryPlace = "return"  // it took a payment back
	EntryLeft    EntryPlace = "left"    // it is nothing of the receivables'
)

// Why an entry was left aside, in one word.
const (
	LeftNotOurs  = "notours"  // somebody said so
	LeftOutgoing = "outgoing" // money that we paid
	LeftOwn      = "own"      // between the company's own accounts
	LeftRefund   = "refund"   // a refund that the books have
	LeftPayout   = "payout"   // of a payment provider, whose payments the books have
	LeftBooked   = "booked"   // the payment was recorded by hand before
	LeftTwin     = "twin"     // it is the same money as another entry
	LeftParts    = "parts"    // another file told it part by part
)

// TakenStatement is a bank's statement that is in the books.
type TakenStatement struct {
	ID      BankStatementID
	Import  ImportID // the file that it came in
	Part    int      // which of the file's statements, from 1
	Account string   // ours
	From    Date
	To      Date
	Opening *BankBalance
	Closing *BankBalance
	Lines   int
	Odd     bool // its lines do not make its balances, and somebody said that it counts all the same
	By      string
	Taken   Date
	family  statementFamily

	first, last BankEntryID // of its entries; those of others may lie between them
}

// BankEntry is a line of a statement that is in the books.
type BankEntry struct {
	ID        BankEntryID
	Statement BankStatementID
	Booked    Date
	Amount    Money
	Reversal  bool
	Place     EntryPlace
	Why       string // of EntryLeft
	Alone     bool   // it was placed by the rules, and by nobody
	Taken     Date
	Payments  []PaymentID // that it became; of EntryReturn the one that it took back
	Owner     string      // Slack user who looks after it, "": nobody yet
	Asked     CustomerID  // who was asked what it is for, 0: nobody
	Card      NoticeID    // the message that shows it in Slack
	Refund    RefundID    // of the books that it brought, 0: none
	Twin      BankEntryID // of LeftTwin: the entry that it is the same money as
	words     TextRef
	before    BankEntryID     // of the same day and sum
	seen      statementFamily // kinds of other files that told it too
}

// BankStatementTaken is the fact that a statement is in the books; its lines follow.
type BankStatementTaken struct {
	Import  ImportID
	Part    int
	Account string // the company's own
	Format  string
	Number  string
	From    Date
	To      Date
	Opening *BankBalance
	Closing *BankBalance
	Lines   int
	Odd     bool
}

func (x *BankStatementTaken) kind() factKind { return kindBankStatement }

func (x *BankStatementTaken) code(c *coder) {
	num(c, &x.Import)
	num(c, &x.Part)
	str(c, &x.Account)
	str(c, &x.Format)
	str(c, &x.Number)
	num(c, &x.From)
	num(c, &x.To)
	balanceOf(c, &x.Opening)
	balanceOf(c, &x.Closing)
	num(c, &x.Lines)
	c.flag(&x.Odd)
}

// balanceOf codes a balance that may be missing.
func balanceOf(c *coder, b **BankBalance) {
	there := *b != nil
	c.flag(&there)
	if !there {
		return
	}
	if *b == nil {
		*b = new(BankBalance)
	}
	num(c, &(*b).Date)
	c.money(&(*b).Amount)
}

func (x *BankStatementTaken) apply(s *state, f *Fact) {
	id := BankStatementID(s.bankStatements.n + 1)
	s.bankStatements.add(s, TakenStatement{ID: id, Import: x.Import, Part: x.Part, Account: x.Account, From: x.From, To: x.To,
		Opening: x.Opening, Closing: x.Closing, Lines: x.Lines, Odd: x.Odd, By: f.By, Taken: f.Effective, family: familyOf(x.Format)})
	put(s, s.bankParts, bankPart{x.Import, x.Part}, id)
	if last := s.bankStatements.at(uint32(s.bankFresh[x.Account])); last == nil || x.To >= last.To {
		put(s, s.bankFresh, x.Account, id)
	}
}

// bankPart is a statement of a file.
type bankPart struct {
	file ImportID
	part int
}

// EntryIdentity tells an entry from any other, whichever file it comes in.
type EntryIdentity [16]byte

// BankEntryTaken is the fact that a line of a statement is in the books.
type BankEntryTaken struct {
	Statement BankStatementID
	Identity  EntryIdentity
	Booked    Date
	Value     Date
	Amount    Money
	Reversal  bool
	Code      string
	Words     TextRef // who, what for, and every id: see entryWords
}

func (x *BankEntryTaken) kind() factKind { return kindBankEntry }

func (x *BankEntryTaken) code(c *coder) {
	num(c, &x.Statement)
	c.fixed(x.Identity[:])
	num(c, &x.Booked)
	num(c, &x.Value)
	c.money(&x.Amount)
	c.flag(&x.Reversal)
	str(c, &x.Code)
	c.text(&x.Words)
}

func (x *BankEntryTaken) apply(s *state, f *Fact) {
	id := BankEntryID(s.bankEntries.n + 1)
	s.bankEntries.add(s, BankEntry{ID: id, Statement: x.Statement, Booked: x.Booked, Amount: x.Amount, Reversal: x.Reversal, Taken: f.Effective, words: x.Words, before: s.entrySums[sumOfEntry(x.Booked, x.Amount)]})
	put(s, s.entrySums, sumOfEntry(x.Booked, x.Amount), id)
	put(s, s.entryIDs, x.Identity, id)
	put(s, s.waitingEntries, id, true)
	if st := s.bankStatements.at(uint32(x.Statement)); st != nil {
		if st.first == 0 {
			set(s, &st.first, id)
		}
		set(s, &st.last, id)
	}
}

// BankEntryApplied is the fact that an entry became payments, whose facts are before it.
type BankEntryApplied struct {
	Entry    BankEntryID
	Payments []PaymentID
	Alone    bool     // by the rules, and by nobody
	Reasons  []string // in the words of the rules: "reference", "amount"
}

func (x *BankEntryApplied) kind() factKind { return kindBankEntryApplied }

func (x *BankEntryApplied) code(c *coder) {
	num(c, &x.Entry)
	list(c, &x.Payments, func(c *coder, p *PaymentID) { num(c, p) })
	c.flag(&x.Alone)
	list(c, &x.Reasons, func(c *coder, r *string) { str(c, r) })
}

func (x *BankEntryApplied) apply(s *state, _ *Fact) {
	if e := s.bankEntries.at(uint32(x.Entry)); e != nil {
		s.placed(e, EntryApplied, "", x.Alone)
		set(s, &e.Payments, x.Payments)
		for _, p := range x.Payments {
			put(s, s.entryOf, p, e.ID)
		}
	}
}

func (s *state) placed(e *BankEntry, place EntryPlace, why string, alone bool) {
	set(s, &e.Place, place)
	set(s, &e.Why, why)
	set(s, &e.Alone, alone)
	drop(s, s.waitingEntries, e.ID)
}

// BankEntryLeft is the fact that an entry is nothing of the receivables'.
type BankEntryLeft struct {
	Entry BankEntryID
	Why   string
	Alone bool
}

func (x *BankEntryLeft) kind() factKind { return kindBankEntryLeft }

func (x *BankEntryLeft) code(c *coder) {
	num(c, &x.Entry)
	str(c, &x.Why)
	c.flag(&x.Alone)
}

func (x *BankEntryLeft) apply(s *state, _ *Fact) {
	if e := s.bankEntries.at(uint32(x.Entry)); e != nil {
		s.placed(e, EntryLeft, x.Why, x.Alone)
	}
}

// BankEntryReturned is the fact that an entry took a payment back, by a fact before it.
type BankEntryReturned struct {
	Entry   BankEntryID
	Payment PaymentID
	Alone   bool
}

func (x *BankEntryReturned) kind() factKind { return kindBankEntryReturned }

func (x *BankEntryReturned) code(c *coder) {
	num(c, &x.Entry)
	num(c, &x.Payment)
	c.flag(&x.Alone)
}

func (x *BankEntryReturned) apply(s *state, _ *Fact) {
	if e := s.bankEntries.at(uint32(x.Entry)); e != nil {
		s.placed(e, EntryReturn, "", x.Alone)
		set(s, &e.Payments, []PaymentID{x.Payment})
	}
}

// BankEntryReopened is the fact that what was done with an entry was a mistake: it waits
// again. The payments that it had become are annulled by facts before it.
type BankEntryReopened struct{ Entry BankEntryID }

func (x *BankEntryReopened) kind() factKind { return kindBankEntryReopened }

func (x *BankEntryReopened) code(c *coder) { num(c, &x.Entry) }

func (x *BankEntryReopened) apply(s *state, f *Fact) {
	e := s.bankEntries.at(uint32(x.Entry))
	if e == nil {
		return
	}
	for _, p := range e.Payments {
		if s.entryOf[p] == e.ID {
			drop(s, s.entryOf, p)
		}
	}
	s.unsettleEntry(e, f)
	s.placed(e, EntryWaits, "", false)
	set(s, &e.Payments, nil)
	set(s, &e.Twin, 0)
	put(s, s.waitingEntries, e.ID, true)
}

// BankEntryAssigned is the fact that somebody looks after an entry, or that a customer was
// asked about it.
type BankEntryAssigned struct {
	Entry BankEntryID
	Owner string
	Asked CustomerID
}

func (x *BankEntryAssigned) kind() factKind { return kindBankEntryAssigned }

func (x *BankEntryAssigned) code(c *coder) {
	num(c, &x.Entry)
	str(c, &x.Owner)
	num(c, &x.Asked)
}

func (x *BankEntryAssigned) apply(s *state, _ *Fact) {
	if e := s.bankEntries.at(uint32(x.Entry)); e != nil {
		set(s, &e.Owner, x.Owner)
		set(s, &e.Asked, x.Asked)
	}
}

// PaymentAnnulled is the fact that a payment was booked by mistake: as if it had never been.
// What it had settled was taken back before, by facts of its own.
type PaymentAnnulled struct {
	Payment PaymentID
	Amount  Money
	Reason  TextRef
}

func (x *PaymentAnnulled) kind() factKind { return kindPaymentAnnulled }

func (x *PaymentAnnulled) code(c *coder) {
	num(c, &x.Payment)
	c.money(&x.Amount)
	c.text(&x.Reason)
}

func (x *PaymentAnnulled) apply(s *state, f *Fact) {
	if p := s.payments.at(uint32(x.Payment)); p != nil {
		set(s, &p.Returned, true)
		set(s, &p.Annulled, true)
		set(s, &p.OnAcct, 0)
		s.revalueAccount(source{payment: p}, -f.base(OnAccount))
		s.hold(f, p.Method, func(h *Held, minor int64) { h.In += minor })
	}
}

// newBankFact makes the bodies of this file's kinds.
func newBankFact(k factKind) Body {
	switch k {
	case kindBankStatement:
		return new(BankStatementTaken)
	case kindBankEntry:
		return new(BankEntryTaken)
	case kindBankEntryApplied:
		return new(BankEntryApplied)
	case kindBankEntryLeft:
		return new(BankEntryLeft)
	case kindBankEntryReturned:
		return new(BankEntryReturned)
	case kindBankEntryReopened:
		return new(BankEntryReopened)
	case kindBankEntryAssigned:
		return new(BankEntryAssigned)
	case kindPaymentAnnulled:
		return new(PaymentAnnulled)
	case kindPayerLearnt:
		return new(PayerLearnt)
	case kindPayerForgotten:
		return new(PayerForgotten)
	}
	return nil
}

// entryWords is what an entry says that is personal: it lies under a key of its own, and not
// in the chain.
type entryWords struct {
	Party      BankAccount `json:"party"`
	PartyName  string      `json:"name,omitempty"`
	PartyTax   string      `json:"tax,omitempty"`
	Text       string      `json:"text,omitempty"`
	Creditor   string      `json:"creditor,omitempty"`
	Documents  []string    `json:"documents,omitempty"`
	Sums       []Money     `json:"sums,omitempty"`
	EndToEnd   string      `json:"endtoend,omitempty"`
	BankRef    string      `json:"bankref,omitempty"`
	Return     string      `json:"return,omitempty"`
	Value      Date        `json:"value,omitempty"`
	Code       string      `json:"code,omitempty"`
	Instructed *Money      `json:"instructed,omitempty"`
	Fees       *Money      `json:"fees,omitempty"`
}

func wordsOf(l *BankLine) entryWords {
	w := entryWords{Party: l.Party, PartyName: l.PartyName, PartyTax: l.PartyTax, Text: l.Text, Creditor: l.Creditor, Documents: l.Documents, Sums: l.Sums,
		EndToEnd: l.EndToEnd, BankRef: l.BankRef, Return: l.Return, Value: l.Value, Code: l.Code}
	if l.Instructed.Currency != "" {
		w.Instructed = &l.Instructed
	}
	if l.Fees.Currency != "" {
		w.Fees = &l.Fees
	}
	return w
}

// TakeStatement books that a statement of an accepted file is in the books. Part numbers the
// file's statements from 1; a part that is there already is returned as it is.
func (tx *Tx) TakeStatement(file ImportID, part int, st BankStatement, lines int, odd bool) (*TakenStatement, error) {
	if id := tx.s.bankParts[bankPart{file, part}]; id != 0 {
		return tx.s.bankStatements.at(uint32(id)), nil
	}
	x := &BankStatementTaken{Import: file, Part: part, Account: st.Account.Number, Format: st.Format, Number: st.Number, From: st.From, To: st.To,
		Opening: st.Opening, Closing: st.Closing, Lines: lines, Odd: odd}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, err
	}
	return tx.s.bankStatements.at(tx.s.bankStatements.n), nil
}

// TakeEntries takes lines of an accepted file by take, and notes that so many more of them were
// read: a program that is stopped goes on behind them.
func (tx *Tx) TakeEntries(file ImportID, lines int, take func() error) error {
	if tx.s.booking != file {
		return Refuse(Conflict, "import.over", "import", file.Label())
	}
	tx.importing = true
	defer func() { tx.importing = false }()
	if err := take(); err != nil {
		return err
	}
	_, err := tx.append(tx.Today(), &ImportBooked{Import: file, Rows: lines})
	return err
}

// TakeEntry books a line of a statement, once: known is true for one that the books have. A
// pending line is never taken.
func (tx *Tx) TakeEntry(st *TakenStatement, l *BankLine, id EntryIdentity) (e *BankEntry, known bool, err error) {
	if old := tx.s.entryIDs[id]; old != 0 {
		return tx.BankEntry(old), true, nil
	}
	data, err := json.Marshal(wordsOf(l))
	if err != nil {
		return nil, false, err
	}
	words, err := tx.keep(tx.newPerson(), string(data))
	if err != nil {
		return nil, false, err
	}
	x := &BankEntryTaken{Statement: st.ID, Identity: id, Booked: l.Booked, Value: l.Value, Amount: l.Amount, Reversal: l.Reversal, Code: l.Code, Words: words}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, false, err
	}
	return tx.s.bankEntries.at(tx.s.bankEntries.n), false, nil
}

// BankEntry returns entry id, nil where there is none.
func (v *View) BankEntry(id BankEntryID) *BankEntry { return v.s.bankEntries.at(uint32(id)) }

// BankStatement returns statement id, nil where there is none.
func (v *View) BankStatement(id BankStatementID) *TakenStatement {
	return v.s.bankStatements.at(uint32(id))
}

// EntryOfNotice is the entry that a notice is about, nil for none.
func (v *View) EntryOfNotice(n *NoticeQueued) *BankEntry {
	return v.BankEntry(ParseBankEntry(n.Code))
}

// EntryOf is the entry that became a payment, nil for none.
func (v *View) EntryOf(p *Payment) *BankEntry { return v.BankEntry(v.s.entryOf[p.ID]) }

// WaitingEntries returns the entries that wait, oldest first. Its cost follows what waits.
func (v *View) WaitingEntries() []*BankEntry {
	return sortedByID(v.s.waitingEntries, func(id BankEntryID, _ bool) *BankEntry { return v.BankEntry(id) }, func(e *BankEntry) BankEntryID { return e.ID })
}

// BankFresh is the newest statement of each of our accounts, by account.
func (v *View) BankFresh() (out []*TakenStatement) {
	for _, id := range v.s.bankFresh {
		out = append(out, v.BankStatement(id))
	}
	slices.SortFunc(out, func(a, b *TakenStatement) int { return strings.Compare(a.Account, b.Account) })
	return out
}

// Line is what the bank wrote of e.
func (v *View) Line(e *BankEntry) (BankLine, error) {
	l := BankLine{Booked: e.Booked, Amount: e.Amount, Reversal: e.Reversal}
	text, err := v.Text(e.words)
	if err != nil {
		return l, err
	}
	var w entryWords
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return l, fmt.Errorf("the words of %s: %w", e.ID.Label(), err)
	}
	l.Party, l.PartyName, l.PartyTax, l.Text, l.Creditor, l.Documents = w.Party, w.PartyName, w.PartyTax, w.Text, w.Creditor, w.Documents
	l.Sums, l.EndToEnd, l.BankRef, l.Return, l.Value, l.Code = w.Sums, w.EndToEnd, w.BankRef, w.Return, w.Value, w.Code
	if w.Instructed != nil {
		l.Instructed = *w.Instructed
	}
	if w.Fees != nil {
		l.Fees = *w.Fees
	}
	return l, nil
}

// Reference is what a payment is booked with: what the payer wrote, or who he is.
func (l *BankLine) Reference() string {
	for _, s := range []string{l.Text, l.Creditor, l.EndToEnd, l.PartyName} {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			if r := []rune(s); len(r) > purposeMax {
				s = string(r[:purposeMax])
			}
			return s
		}
	}
	return l.BankRef
}

// purposeMax is how many characters of a purpose a payment carries.
const purposeMax = 140

// EntryShare is what a customer gets of an entry.
type EntryShare struct {
	Customer CustomerID
	Minor    int64
	Parts    []Part // what goes to which invoice; the rest stays on account
	Invoice  InvoiceID
	Fee      Money // kept back of Invoice
	Withheld Money
	Split    Money
}

// ApplyEntry books an entry as payments, one for each share, whose sums make the entry's. Book
// is how a payment is booked and told of: Receive, or what the caller makes of it.
func (tx *Tx) ApplyEntry(e *BankEntry, shares []EntryShare, alone bool, reasons []string, book func(NewPayment) (*Payment, error)) ([]*Payment, error) {
	if err := tx.mayPlace(e); err != nil {
		return nil, err
	}
	if e.Amount.Minor <= 0 {
		return nil, Refuse(BadInput, "entry.outgoing", "entry", e.ID.Label())
	}
	sum := int64(0)
	for _, sh := range shares {
		if err := tx.checkShare(e, sh); err != nil {
			return nil, err
		}
		sum += sh.Minor
	}
	if sum != e.Amount.Minor {
		return nil, Refuse(BadInput, "entry.sum", "entry", e.ID.Label(), "amount", e.Amount, "sum", Money{sum, e.Amount.Currency})
	}
	line, err := tx.Line(e)
	if err != nil {
		return nil, err
	}
	x := &BankEntryApplied{Entry: e.ID, Alone: alone, Reasons: reasons}
	var out []*Payment
	for _, sh := range shares {
		p, err := book(NewPayment{Customer: sh.Customer, Invoice: sh.Invoice, Date: e.Booked, Amount: Money{sh.Minor, e.Amount.Currency},
			Method: "bank", Reference: line.Reference(), Parts: sh.Parts, Chosen: sh.Invoice == 0 || len(sh.Parts) > 0, Fee: sh.Fee, Withheld: sh.Withheld, Split: sh.Split})
		if err != nil {
			return nil, err
		}
		out, x.Payments = append(out, p), append(x.Payments, p.ID)
	}
	_, err = tx.append(tx.Today(), x)
	return out, err
}

// checkShare refuses a share that is no sum, or whose invoices are not its customer's, are named
// twice, or have less open than is for them.
func (tx *Tx) checkShare(e *BankEntry, sh EntryShare) error {
	if sh.Minor <= 0 {
		return Refuse(BadInput, "payment.notpositive")
	}
	left, seen := sh.Minor, map[InvoiceID]bool{}
	for _, part := range sh.Parts {
		inv := tx.Invoice(part.Invoice)
		if inv == nil || inv.Customer != sh.Customer || inv.Currency != e.Amount.Currency {
			return Refuse(NotFound, "invoice.unknown", "text", fmt.Sprint(part.Invoice))
		}
		if left -= part.Minor; part.Minor <= 0 || part.Minor > inv.Open || left < 0 || seen[inv.ID] {
			return Refuse(Conflict, "entry.part", "entry", e.ID.Label(), "number", inv.Number.String(), "open", inv.OpenMoney())
		}
		seen[inv.ID] = true
	}
	return nil
}

// mayPlace refuses what was done with an entry already.
func (tx *Tx) mayPlace(e *BankEntry) error {
	if e.Place != EntryWaits {
		return Refuse(Conflict, "entry.placed", "entry", e.ID.Label())
	}
	return nil
}

// LeaveEntry books that an entry is nothing of the receivables'.
func (tx *Tx) LeaveEntry(e *BankEntry, why string, alone bool) error {
	if err := tx.mayPlace(e); err != nil {
		return err
	}
	_, err := tx.append(tx.Today(), &BankEntryLeft{Entry: e.ID, Why: why, Alone: alone})
	return err
}

// ReturnEntry books that an entry took payment p back: what it settled is open again. The
// entry's sum is the payment's.
func (tx *Tx) ReturnEntry(e *BankEntry, p *Payment, reason string, alone bool) ([]*Invoice, error) {
	if err := tx.mayPlace(e); err != nil {
		return nil, err
	}
	if e.Amount.Minor != -p.Amount.Minor || e.Amount.Currency != p.Amount.Currency {
		return nil, Refuse(BadInput, "entry.returnsum", "entry", e.ID.Label(), "amount", e.Amount.Neg(), "payment", p.Label(), "sum", p.Amount)
	}
	out, err := tx.returnFrom(p, reason, Bank, false)
	if err != nil {
		return nil, err
	}
	_, err = tx.append(tx.Today(), &BankEntryReturned{Entry: e.ID, Payment: p.ID, Alone: alone})
	return out, err
}

// ReopenEntry takes back what was done with an entry: payments that it had become are
// annulled, and what they had settled is open again. It returns those invoices. A return
// cannot be taken back: the payment would have to be booked anew.
func (tx *Tx) ReopenEntry(e *BankEntry) (out []*Invoice, err error) {
	switch e.Place {
	case EntryWaits:
		return nil, Refuse(Conflict, "entry.waits", "entry", e.ID.Label())
	case EntryReturn:
		return nil, Refuse(Conflict, "entry.returned", "entry", e.ID.Label(), "payment", PaymentLabel(e.Payments[0]))
	}
	if e.Why == LeftParts {
		return nil, Refuse(Conflict, "entry.split", "entry", e.ID.Label())
	}
	for _, id := range e.Payments {
		open, err := tx.Annul(tx.Payment(id), "")
		if err != nil {
			return nil, err
		}
		out = append(out, open...)
	}
	_, err = tx.append(tx.Today(), &BankEntryReopened{e.ID}, reversed(tx.arrivedBy(e))...)
	return out, err
}

// Annul books that a payment was a mistake, as a whole: what it settled is open again. It
// returns the invoices that it had settled, and a Conflict refusal where a part of it was paid
// back, or it went away already.
func (tx *Tx) Annul(p *Payment, reason string) ([]*Invoice, error) {
	switch {
	case p.Returned:
		return nil, Refuse(Conflict, "chargeback.again", "payment", p.Label())
	case p.Refunded > 0:
		return nil, Refuse(Conflict, "chargeback.refunded", "payment", p.Label(), "amount", Money{p.Refunded, p.Amount.Currency},
			"handle", tx.Customer(p.Customer).Handle)
	}
	out := tx.settledBy(p)
	if _, err := tx.reverse(source{payment: p}, func(*Settlement) bool { return true }); err != nil {
		return nil, err
	}
	ref, err := tx.keep(tx.Customer(p.Customer).Person, reason)
	if err != nil {
		return nil, err
	}
	_, err = tx.append(max(tx.Today(), p.Date, p.freed), &PaymentAnnulled{p.ID, p.Amount, ref}, entry(p.Customer,
		Posting{Account: OnAccount, Amount: p.Amount, Base: p.Carry},
		Posting{Account: p.till(), Amount: p.Amount.Neg(), Base: -p.Carry})...)
	if err != nil {
		return nil, err
	}
	return out, tx.chequeGone(p, true, reason)
}

// settledBy are the invoices that p settles, each once.
func (v *View) settledBy(p *Payment) (out []*Invoice) {
	for _, st := range v.Settlements(p) {
		if inv := v.Invoice(st.Invoice); !st.Reversed && !slices.Contains(out, inv) {
			out = append(out, inv)
		}
	}
	return out
}

// AssignEntry books who looks after an entry, and which customer was asked about it.
func (tx *Tx) AssignEntry(e *BankEntry, owner string, asked CustomerID) error {
	if err := tx.mayPlace(e); err != nil {
		return err
	}
	if owner == e.Owner && asked == e.Asked {
		return nil
	}
	_, err := tx.append(tx.Today(), &BankEntryAssigned{Entry: e.ID, Owner: owner, Asked: asked})
	return err
}

// What finance picks is learnt: who pays from an account, and under which name. Both are kept
// as keyed hashes, so that the chain has no account numbers and no names.

// PayerKey is an account or a name that was seen, as the books keep it.
type PayerKey [12]byte

// PayerLearnt is the fact that money from an account, or in a name, was a customer's.
type PayerLearnt struct {
	Key      PayerKey
	Customer CustomerID
}

func (x *PayerLearnt) kind() factKind { return kindPayerLearnt }

func (x *PayerLearnt) code(c *coder) {
	c.fixed(x.Key[:])
	num(c, &x.Customer)
}

func (x *PayerLearnt) apply(s *state, _ *Fact) {
	old := s.payers[x.Key]
	if !slices.Contains(old, x.Customer) {
		put(s, s.payers, x.Key, append(slices.Clip(old), x.Customer))
	}
}

// PayerForgotten is the fact that what was learnt of an account or a name was a mistake.
type PayerForgotten struct {
	Key      PayerKey
	Customer CustomerID
}

func (x *PayerForgotten) kind() factKind { return kindPayerForgotten }

func (x *PayerForgotten) code(c *coder) {
	c.fixed(x.Key[:])
	num(c, &x.Customer)
}

func (x *PayerForgotten) apply(s *state, _ *Fact) {
	left := slices.DeleteFunc(slices.Clone(s.payers[x.Key]), func(id CustomerID) bool { return id == x.Customer })
	if len(left) == 0 {
		drop(s, s.payers, x.Key)
	} else {
		put(s, s.payers, x.Key, left)
	}
}

func (v *View) payerKey(kind, text string) (k PayerKey) {
	if text == "" {
		return k
	}
	m := hmac.New(sha256.New, v.b.key)
	fmt.Fprintf(m, "payer:%s:%s", kind, text)
	copy(k[:], m.Sum(nil))
	return k
}

func (v *View) accountKey(l *BankLine) PayerKey {
	return v.payerKey("account", strings.ToUpper(strings.Join(strings.Fields(l.Party.Number), "")))
}

func (v *View) nameKey(l *BankLine) PayerKey { return v.payerKey("name", names.Key(l.PartyName)) }

// PayersByAccount are the customers whose money came from the account of l before.
func (v *View) PayersByAccount(l *BankLine) []CustomerID { return v.s.payers[v.accountKey(l)] }

// PayersByName are the customers whose money came in the name of l before.
func (v *View) PayersByName(l *BankLine) []CustomerID { return v.s.payers[v.nameKey(l)] }

// LearnPayer books that the payer of l pays for c, by his account and by his name; it reports
// whether anything was new.
func (tx *Tx) LearnPayer(l *BankLine, c *Customer) (bool, error) {
	learnt := false
	for _, k := range []PayerKey{tx.accountKey(l), tx.nameKey(l)} {
		if k == (PayerKey{}) || slices.Contains(tx.s.payers[k], c.ID) {
			continue
		}
		if _, err := tx.append(tx.Today(), &PayerLearnt{k, c.ID}); err != nil {
			return learnt, err
		}
		learnt = true
	}
	return learnt, nil
}

// ForgetPayer takes back what LearnPayer booked.
func (tx *Tx) ForgetPayer(l *BankLine, c *Customer) error {
	for _, k := range []PayerKey{tx.accountKey(l), tx.nameKey(l)} {
		if !slices.Contains(tx.s.payers[k], c.ID) {
			continue
		}
		if _, err := tx.append(tx.Today(), &PayerForgotten{k, c.ID}); err != nil {
			return err
		}
	}
	return nil
}

// BankCount is what became of the entries of statements: In is the sum of the others.
type BankCount struct {
	In      int
	Posted  int // became payments of invoices, at least in part
	Account int // became payments that are wholly on account
	Return  int // took a payment back
	Waits   int // exceptions
	Left    int // nothing of the receivables'
}

// BankCount counts the entries of a file. Its cost follows theirs.
func (v *View) BankCount(file ImportID) (n BankCount) {
	for part := 1; ; part++ {
		st := v.BankStatement(v.s.bankParts[bankPart{file, part}])
		if st == nil {
			return n
		}
		for id := st.first; id != 0 && id <= st.last; id++ {
			if e := v.BankEntry(id); e.Statement == st.ID {
				n.add(v, e)
			}
		}
	}
}

func (n *BankCount) add(v *View, e *BankEntry) {
	n.In++
	switch v.KindOf(e) {
	case EntryWaiting:
		n.Waits++
	case EntryAside:
		n.Left++
	case EntryBack:
		n.Return++
	case EntryPosted:
		n.Posted++
	default:
		n.Account++
	}
}

// The names of facts about entries of statements.
const (
	FactBankStatement FactName = "bankstatement"
	FactBankEntry     FactName = "bankentry"
	FactEntryApplied  FactName = "entryapplied"
	FactEntryLeft     FactName = "entryleft"
	FactEntryReturned FactName = "entryreturned"
	FactEntryReopened FactName = "entryreopened"
	FactEntryAssigned FactName = "entryassigned"
	FactAnnulled      FactName = "annulled"
	FactPayerLearnt   FactName = "payerlearnt"
	FactPayerGone     FactName = "payerforgotten"
)

// describeBank tells facts about entries of statements.
func (v *View) describeBank(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *BankStatementTaken:
		return Description{Name: FactBankStatement, Refs: []string{x.Account, strconv.Itoa(x.Lines)}, Day: x.To}, true
	case *BankEntryTaken:
		return Description{Name: FactBankEntry, Refs: []string{x.Statement.Label()}, Amount: x.Amount, Day: x.Booked}, true
	case *BankEntryApplied:
		refs := []string{x.Entry.Label()}
		for _, p := range x.Payments {
			refs = append(refs, PaymentLabel(p))
		}
		return Description{Name: FactEntryApplied, Refs: refs}, true
	case *BankEntryLeft:
		return Description{Name: FactEntryLeft, Refs: []string{x.Entry.Label(), x.Why}}, true
	case *BankEntryReturned:
		return Description{Name: FactEntryReturned, Refs: []string{x.Entry.Label(), PaymentLabel(x.Payment)}}, true
	case *BankEntryReopened:
		return Description{Name: FactEntryReopened, Refs: []string{x.Entry.Label()}}, true
	case *BankEntryAssigned:
		return Description{Name: FactEntryAssigned, Refs: []string{x.Entry.Label()}}, true
	case *PaymentAnnulled:
		return Description{Name: FactAnnulled, Refs: v.sourceRefs(x.Payment, 0), Amount: x.Amount, Words: x.Reason}, true
	case *PayerLearnt:
		return Description{Name: FactPayerLearnt, Refs: v.handle(x.Customer)}, true
	case *PayerForgotten:
		return Description{Name: FactPayerGone, Refs: v.handle(x.Customer)}, true
	}
	return describeSeen(f)
}

func dumpBank(w io.Writer, s *state) {
	s.bankStatements.each(func(t *TakenStatement) {
		fmt.Fprintf(w, "bank statement %d file %d part %d account %s %s to %s lines %d odd %t fresh %t\n", t.ID, t.Import, t.Part, t.Account, t.From, t.To, t.Lines, t.Odd, s.bankFresh[t.Account] == t.ID)
	})
	s.bankEntries.each(func(e *BankEntry) {
		fmt.Fprintf(w, "bank entry %d statement %d %s %s reversal %t %q %q alone %t payments %v owner %q asked %d waits %t seen %d twin %d\n", e.ID, e.Statement, e.Booked, e.Amount, e.Reversal,
			e.Place, e.Why, e.Alone, e.Payments, e.Owner, e.Asked, s.waitingEntries[e.ID], e.seen, e.Twin)
	})
	ids := map[string]BankEntryID{}
	for k, id := range s.entryIDs {
		ids[fmt.Sprintf("%x", k)] = id
	}
	lines(w, "bank entry identity", ids, func(id BankEntryID) string { return id.Label() })
	wholes := map[string]BankEntryID{}
	for k, id := range s.wholeEntries {
		wholes[fmt.Sprintf("%x", k)] = id
	}
	lines(w, "bank entry whole", wholes, func(id BankEntryID) string { return id.Label() })
	payers := map[string][]CustomerID{}
	for k, c := range s.payers {
		payers[fmt.Sprintf("%x", k)] = c
	}
	lines(w, "payer", payers, func(c []CustomerID) string { return fmt.Sprint(c) })
	lines(w, "told of entries", s.waitingTold, func(t toldOfEntries) string { return fmt.Sprintf("%d on %s", t.notice, t.day) })
	lines(w, "told of entries anew", s.waitingEdits, func(id NoticeID) string { return fmt.Sprint(id) })
	of := map[string]BankEntryID{}
	for p, id := range s.entryOf {
		of[PaymentLabel(p)] = id
	}
	lines(w, "entry of payment", of, func(id BankEntryID) string { return id.Label() })
}
