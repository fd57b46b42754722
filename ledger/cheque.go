package ledger

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Cheques that customers hand in, most of them dated later than that day. A cheque pays nothing
// before the bank has cleared it: the invoice stays open and keeps its age, and the cheque covers
// it, see chequecover.go. Meanwhile its sum stands on accounts of its own, against another one, so
// that the books know what paper there is, and where.

// ChequeID numbers cheques from 1 in order of recording.
type ChequeID uint32

// Label is how people name a cheque: "CH-3".
func (id ChequeID) Label() string { return fmt.Sprintf("CH-%d", id) }

// ParseCheque reads what Label writes, in any case, and no words behind it; it is 0 otherwise.
func ParseCheque(s string) ChequeID {
	label, _, _ := strings.Cut(s, " ")
	digits, ok := strings.CutPrefix(strings.ToUpper(label), "CH-")
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || !ok {
		return 0
	}
	return ChequeID(n)
}

// ChequeState is where a cheque is, in one word.
type ChequeState string

// The states.
const (
	ChequeHeld      ChequeState = "held"      // in our hands
	ChequeDeposited ChequeState = "deposited" // the bank collects it
	ChequeCleared   ChequeState = "cleared"   // its money is in the bank: it became a payment
	ChequeBounced   ChequeState = "bounced"   // the bank did not pay it; it may be presented again
	ChequeGivenBack ChequeState = "returned"  // to the customer
	ChequeReplaced  ChequeState = "replaced"  // by another one
	ChequeVoid      ChequeState = "void"      // it was recorded by mistake
)

// Live reports whether money is still expected of a cheque in this state.
func (st ChequeState) Live() bool { return st == ChequeHeld || st == ChequeDeposited }

// account is where the sum of a cheque in this state stands, 0 for nowhere.
func (st ChequeState) account() Account {
	switch st {
	case ChequeHeld:
		return ChequesHeld
	case ChequeDeposited:
		return ChequesDeposited
	}
	return 0
}

// Cheque is a cheque as it stands now.
type Cheque struct {
	ID       ChequeID
	Customer CustomerID
	Number   string // as it is printed
	Sayad    string // the sixteen digits by which Iran's central bank knows it; ""
	Bank     string // that it is drawn on; ""
	Dated    Date   // written on it: not to be presented before
	Amount   Money
	For      []InvoiceID // in this order; none: his oldest due first
	Received Date
	State    ChequeState
	Since    Date      // when it came into that state
	Payment  PaymentID // that it became
	Replaces ChequeID
	By       ChequeID // that replaces it
	Fees     int64    // what our bank took when it bounced, in its currency
	Card     NoticeID // the message that shows it in Slack

	base    int64         // what it is worth, in the company's currency
	path    []ChequeState // the states before
	bounces []bounceFee   // what each time cost that it bounced, and that was not taken back
	drawer  TextRef
	reason  TextRef // of the state, as staff or the bank said
}

// ChequeReceived is the fact that a customer handed in a cheque.
type ChequeReceived struct {
	Customer CustomerID
	Number   string
	Sayad    string
	Bank     string
	Drawer   TextRef // who signed it
	Dated    Date
	Amount   Money
	Base     int64
	For      []InvoiceID
	Replaces ChequeID
}

func (x *ChequeReceived) kind() factKind { return kindChequeReceived }

func (x *ChequeReceived) code(c *coder) {
	num(c, &x.Customer)
	str(c, &x.Number)
	str(c, &x.Sayad)
	str(c, &x.Bank)
	c.text(&x.Drawer)
	num(c, &x.Dated)
	c.money(&x.Amount)
	c.i64(&x.Base)
	list(c, &x.For, func(c *coder, id *InvoiceID) { num(c, id) })
	num(c, &x.Replaces)
}

func (x *ChequeReceived) apply(s *state, f *Fact) {
	id := ChequeID(s.cheques.n + 1)
	s.cheques.add(s, Cheque{ID: id, Customer: x.Customer, Number: x.Number, Sayad: x.Sayad, Bank: x.Bank, Dated: x.Dated, Amount: x.Amount,
		For: slices.Clone(x.For), Received: f.Effective, State: ChequeHeld, Since: f.Effective, Replaces: x.Replaces, base: x.Base, drawer: x.Drawer})
	put(s, s.chequesOf, x.Customer, append(slices.Clip(s.chequesOf[x.Customer]), id))
	put(s, s.liveCheques, id, true)
	if old := s.cheques.at(uint32(x.Replaces)); old != nil {
		s.moveCheque(old, ChequeReplaced, f.Effective)
		set(s, &old.By, id)
	}
}

// moveCheque brings c into a state, and remembers the one before.
func (s *state) moveCheque(c *Cheque, to ChequeState, day Date) {
	set(s, &c.path, append(slices.Clip(c.path), c.State))
	s.setCheque(c, to, day)
}

func (s *state) setCheque(c *Cheque, to ChequeState, day Date) {
	set(s, &c.State, to)
	set(s, &c.Since, day)
	if to.Live() {
		put(s, s.liveCheques, c.ID, true)
	} else {
		drop(s, s.liveCheques, c.ID)
	}
}

// bounceFee is what our bank took when a cheque bounced, in its currency and in the company's.
type bounceFee struct{ minor, base int64 }

// ChequeMoved is the fact that a cheque was deposited, bounced or given back.
type ChequeMoved struct {
	Cheque ChequeID
	To     ChequeState
	Reason TextRef
	Fee    Money // that our bank took
}

func (x *ChequeMoved) kind() factKind { return kindChequeMoved }

func (x *ChequeMoved) code(c *coder) {
	num(c, &x.Cheque)
	str(c, &x.To)
	c.text(&x.Reason)
	c.money(&x.Fee)
}

func (x *ChequeMoved) apply(s *state, f *Fact) {
	c := s.cheques.at(uint32(x.Cheque))
	if c == nil {
		return
	}
	s.moveCheque(c, x.To, f.Effective)
	set(s, &c.reason, x.Reason)
	set(s, &c.Fees, c.Fees+x.Fee.Minor)
	if x.To == ChequeBounced {
		set(s, &c.bounces, append(slices.Clip(c.bounces), bounceFee{x.Fee.Minor, f.base(BankFees)}))
	}
}

// ChequeClearedFact is the fact that the bank paid a cheque: by a payment whose fact is before
// this one.
type ChequeClearedFact struct {
	Cheque  ChequeID
	Payment PaymentID
}

func (x *ChequeClearedFact) kind() factKind { return kindChequeCleared }

func (x *ChequeClearedFact) code(c *coder) {
	num(c, &x.Cheque)
	num(c, &x.Payment)
}

func (x *ChequeClearedFact) apply(s *state, f *Fact) {
	c := s.cheques.at(uint32(x.Cheque))
	if c == nil {
		return
	}
	s.moveCheque(c, ChequeCleared, f.Effective)
	set(s, &c.Payment, x.Payment)
	put(s, s.chequePaidBy, x.Payment, c.ID)
}

// ChequeUndone is the fact that the last step of a cheque was a mistake: it is in the state before
// again. Without one, that it was recorded was the mistake.
type ChequeUndone struct{ Cheque ChequeID }

func (x *ChequeUndone) kind() factKind { return kindChequeUndone }

func (x *ChequeUndone) code(c *coder) { num(c, &x.Cheque) }

func (x *ChequeUndone) apply(s *state, f *Fact) {
	c := s.cheques.at(uint32(x.Cheque))
	if c == nil {
		return
	}
	if c.State == ChequeBounced {
		for _, p := range f.Postings { // an early version forgot the fee of a bounce before the last
			if p.Account == BankFees {
				set(s, &c.Fees, c.Fees+p.Amount.Minor)
			}
		}
		last := len(c.bounces) - 1
		set(s, &c.bounces, c.bounces[:last:last])
	}
	if c.State == ChequeCleared {
		drop(s, s.chequePaidBy, c.Payment)
		set(s, &c.Payment, 0)
	}
	to := c.undone()
	if n := len(c.path); n > 0 {
		set(s, &c.path, c.path[:n-1:n-1])
	} else if old := s.cheques.at(uint32(c.Replaces)); old != nil {
		back := old.undone()
		set(s, &old.path, old.path[:len(old.path)-1:len(old.path)-1])
		s.setCheque(old, back, f.Effective)
		set(s, &old.By, 0)
	}
	s.setCheque(c, to, f.Effective)
}

// undone is the state that taking back c's last step leads to.
func (c *Cheque) undone() ChequeState {
	if n := len(c.path); n > 0 {
		return c.path[n-1]
	}
	return ChequeVoid
}

// entry is what moving c into a state posts.
func (c *Cheque) entry(to ChequeState) []Posting { return c.entryFrom(c.State, to) }

func (c *Cheque) entryFrom(from, to ChequeState) (out []Posting) {
	post := func(a Account, minor, base int64) {
		out = append(out, entry(c.Customer, Posting{Account: a, Amount: Money{minor, c.Amount.Currency}, Base: base})...)
	}
	if from == to {
		return nil
	}
	if from.Live() {
		post(from.account(), -c.Amount.Minor, -c.base)
	}
	if to.Live() {
		post(to.account(), c.Amount.Minor, c.base)
	}
	switch {
	case from.Live() && !to.Live():
		post(ChequesUncleared, c.Amount.Minor, c.base)
	case to.Live() && !from.Live():
		post(ChequesUncleared, -c.Amount.Minor, -c.base)
	}
	return out
}

// newChequeFact makes the bodies of cheques' kinds, and of receipts for cash.
func newChequeFact(k factKind) Body {
	switch k {
	case kindChequeReceived:
		return new(ChequeReceived)
	case kindChequeMoved:
		return new(ChequeMoved)
	case kindChequeCleared:
		return new(ChequeClearedFact)
	case kindChequeUndone:
		return new(ChequeUndone)
	case kindCashReceipt:
		return new(CashReceipt)
	}
	return nil
}

// NewCheque is what ReceiveCheque needs.
type NewCheque struct {
	Customer CustomerID
	Number   string
	Sayad    string
	Bank     string
	Drawer   string
	Dated    Date
	Amount   Money
	For      []InvoiceID
	Received Date
	Replaces ChequeID
}

// What a cheque's own words may be, in characters, and how far its date may lie from today.
const (
	chequeWords = 80
	chequePast  = 366
	chequeAhead = 10 * 366
)

func (tx *Tx) checkCheque(n *NewCheque) error {
	switch {
	case n.Amount.Minor <= 0:
		return Refuse(BadInput, "payment.notpositive")
	case n.Amount.Minor > moneyMax:
		return Refuse(BadInput, "money.toolarge", "text", n.Amount.String())
	case n.Received > tx.Today():
		return Refuse(BadInput, "payment.future", "date", n.Received)
	case n.Number == "" || len([]rune(n.Number)) > chequeWords || !strings.ContainsFunc(n.Number, isDigit):
		return Refuse(BadInput, "cheque.number", "text", n.Number)
	case n.Sayad != "" && (len(n.Sayad) != 16 || strings.ContainsFunc(n.Sayad, func(r rune) bool { return !isDigit(r) })):
		return Refuse(BadInput, "cheque.sayad", "text", n.Sayad)
	case len([]rune(n.Bank)) > chequeWords || len([]rune(n.Drawer)) > chequeWords:
		return Refuse(BadInput, "cheque.words", "max", chequeWords)
	case n.Dated < n.Received.AddDays(-chequePast) || n.Dated > n.Received.AddDays(chequeAhead):
		return Refuse(BadInput, "cheque.date", "date", n.Dated)
	}
	for i, id := range n.For {
		inv := tx.Invoice(id)
		if inv == nil || inv.Customer != n.Customer || slices.Contains(n.For[:i], id) {
			return Refuse(BadInput, "cheque.invoices")
		}
		if inv.Open == 0 {
			return Refuse(Conflict, "invoice.closed", "number", inv.Number.String())
		}
		if len(n.For) > 1 && inv.Currency != n.Amount.Currency {
			return Refuse(BadInput, "cheque.currency", "number", inv.Number.String(), "currency", string(n.Amount.Currency))
		}
	}
	for _, c := range tx.ChequesOf(tx.Customer(n.Customer)) {
		same := c.Number == n.Number && c.Bank == n.Bank || n.Sayad != "" && c.Sayad == n.Sayad
		if same && c.State != ChequeVoid && c.ID != n.Replaces {
			return Refuse(Conflict, "cheque.again", "cheque", c.ID.Label(), "number", n.Number)
		}
	}
	return nil
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// ReceiveCheque books that a customer handed in a cheque: for invoices of his, or for whatever is
// due first. It settles nothing. It may replace one that is held, deposited or bounced. It returns
// a Conflict refusal for a cheque that is recorded already.
func (tx *Tx) ReceiveCheque(n NewCheque) (*Cheque, error) {
	cust := tx.Customer(n.Customer)
	if cust == nil {
		return nil, Refuse(NotFound, "customer.unknown", "text", fmt.Sprint(n.Customer))
	}
	if err := tx.checkCheque(&n); err != nil {
		return nil, err
	}
	var postings []Posting
	if n.Replaces != 0 {
		old := tx.Cheque(n.Replaces)
		if old == nil || old.Customer != n.Customer {
			return nil, Refuse(NotFound, "cheque.unknown", "text", n.Replaces.Label())
		}
		if !old.State.Live() && old.State != ChequeBounced {
			return nil, tx.chequeOver(old)
		}
		postings = old.entry(ChequeReplaced)
	}
	rate, err := tx.ratePayment(n.Amount.Currency, n.Received)
	if err != nil {
		return nil, err
	}
	x := &ChequeReceived{Customer: n.Customer, Number: n.Number, Sayad: n.Sayad, Bank: n.Bank, Dated: n.Dated, Amount: n.Amount, For: n.For, Replaces: n.Replaces}
	if x.Base, err = tx.inBase(n.Amount, rate); err != nil {
		return nil, err
	}
	if x.Drawer, err = tx.keep(cust.Person, n.Drawer); err != nil {
		return nil, err
	}
	made := Cheque{Customer: n.Customer, Amount: n.Amount, base: x.Base}
	if _, err := tx.append(n.Received, x, append(postings, made.entryFrom(ChequeVoid, ChequeHeld)...)...); err != nil {
		return nil, err
	}
	return tx.s.cheques.at(tx.s.cheques.n), nil
}

// chequeOver refuses what cannot be done with c as it stands.
func (tx *Tx) chequeOver(c *Cheque) error {
	switch c.State {
	case ChequeDeposited:
		return Refuse(Conflict, "cheque.deposited", "cheque", c.ID.Label(), "date", c.Since)
	case ChequeCleared:
		return Refuse(Conflict, "cheque.cleared", "cheque", c.ID.Label(), "date", c.Since, "payment", PaymentLabel(c.Payment))
	case ChequeBounced:
		return Refuse(Conflict, "cheque.bounced", "cheque", c.ID.Label(), "date", c.Since)
	}
	return Refuse(Conflict, "cheque.ended", "cheque", c.ID.Label(), "date", c.Since)
}

// chequeDay refuses a day to come, or before c came to us.
func (tx *Tx) chequeDay(c *Cheque, day Date) error {
	if day > tx.Today() {
		return Refuse(BadInput, "payment.future", "date", day)
	}
	if day < c.Since {
		return Refuse(BadInput, "cheque.before", "cheque", c.ID.Label(), "date", c.Since)
	}
	return nil
}

// DepositCheque books that c was handed to the bank on a day, also for another time.
func (tx *Tx) DepositCheque(c *Cheque, day Date) error {
	if c.State != ChequeHeld && c.State != ChequeBounced {
		return tx.chequeOver(c)
	}
	if err := tx.chequeDay(c, day); err != nil {
		return err
	}
	_, err := tx.append(day, &ChequeMoved{Cheque: c.ID, To: ChequeDeposited}, c.entry(ChequeDeposited)...)
	return err
}

// ClearCheque books that the bank paid c on a day: as a payment that settles what it is for. Book
// is how a payment is booked and told of: Receive, or what the caller makes of it.
func (tx *Tx) ClearCheque(c *Cheque, day Date, book func(NewPayment) (*Payment, error)) (*Payment, error) {
	if !c.State.Live() && c.State != ChequeBounced {
		return nil, tx.chequeOver(c)
	}
	if err := tx.chequeDay(c, day); err != nil && !keptForEver(tx.cmd.Key) {
		return nil, err
	}
	p, err := book(tx.chequePayment(c, day))
	if err != nil {
		return nil, err
	}
	return p, tx.chequeCleared(c, p)
}

// chequePayment is the payment that c becomes.
func (tx *Tx) chequePayment(c *Cheque, day Date) NewPayment {
	n := NewPayment{Customer: c.Customer, Date: day, Amount: c.Amount, Method: MethodCheque, Reference: c.Number}
	switch len(c.For) {
	case 0:
	case 1:
		if inv := tx.Invoice(c.For[0]); inv.Open > 0 {
			n.Invoice = inv.ID
		}
	default:
		left := c.Amount.Minor
		for _, id := range c.For {
			if minor := min(left, tx.Invoice(id).Open); minor > 0 {
				n.Parts = append(n.Parts, Part{id, minor})
				left -= minor
			}
		}
		n.Chosen = true
	}
	return n
}

// PaidByCheque books that p, which is in the books, was c's money: nothing is posted twice.
func (tx *Tx) PaidByCheque(c *Cheque, p *Payment) error {
	switch {
	case !c.State.Live() && c.State != ChequeBounced:
		return tx.chequeOver(c)
	case p.Customer != c.Customer || p.Amount != c.Amount || p.Returned || tx.s.chequePaidBy[p.ID] != 0:
		return Refuse(Conflict, "cheque.notthis", "cheque", c.ID.Label(), "payment", p.Label(), "amount", c.Amount)
	}
	return tx.chequeCleared(c, p)
}

func (tx *Tx) chequeCleared(c *Cheque, p *Payment) error {
	_, err := tx.append(max(p.Date, c.Received), &ChequeClearedFact{c.ID, p.ID}, c.entry(ChequeCleared)...)
	return err
}

// BounceCheque books that the bank did not pay c, or took its money back, and what it charged for
// that. It returns the invoices that are open again.
func (tx *Tx) BounceCheque(c *Cheque, day Date, reason string, fee Money) ([]*Invoice, error) {
	switch {
	case !c.State.Live() && c.State != ChequeCleared:
		return nil, tx.chequeOver(c)
	case reason == "":
		return nil, Refuse(BadInput, "cheque.why", "cheque", c.ID.Label())
	case fee.Minor < 0:
		return nil, Refuse(BadInput, "payment.notpositive")
	}
	if err := tx.chequeDay(c, day); err != nil {
		return nil, err
	}
	p := tx.Payment(c.Payment)
	cleared := c.State == ChequeCleared
	if err := tx.bounce(c, day, reason, fee); err != nil || !cleared {
		return nil, err
	}
	return tx.Return(p, reason)
}

func (tx *Tx) bounce(c *Cheque, day Date, reason string, fee Money) error {
	ref, err := tx.keep(tx.Customer(c.Customer).Person, reason)
	if err != nil {
		return err
	}
	postings, base := c.entry(ChequeBounced), int64(0)
	if fee.Minor > 0 {
		rate, err := tx.ratePayment(fee.Currency, day)
		if err != nil {
			return err
		}
		if base, err = tx.inBase(fee, rate); err != nil {
			return err
		}
		postings = append(postings, chequeFee(c, fee.Minor, base)...)
	}
	_, err = tx.append(day, &ChequeMoved{Cheque: c.ID, To: ChequeBounced, Reason: ref, Fee: Money{fee.Minor, c.Amount.Currency}}, postings...)
	return err
}

// chequeFee is what our bank took of us.
func chequeFee(c *Cheque, minor, base int64) []Posting {
	sum := Money{minor, c.Amount.Currency}
	return entry(c.Customer, Posting{Account: BankFees, Amount: sum, Base: base}, Posting{Account: Bank, Amount: sum.Neg(), Base: -base})
}

// GiveBackCheque books that c was handed back to the customer.
func (tx *Tx) GiveBackCheque(c *Cheque, reason string) error {
	if !c.State.Live() && c.State != ChequeBounced {
		return tx.chequeOver(c)
	}
	if reason == "" {
		return Refuse(BadInput, "cheque.why", "cheque", c.ID.Label())
	}
	ref, err := tx.keep(tx.Customer(c.Customer).Person, reason)
	if err != nil {
		return err
	}
	_, err = tx.append(max(tx.Today(), c.Since), &ChequeMoved{Cheque: c.ID, To: ChequeGivenBack, Reason: ref, Fee: Money{0, c.Amount.Currency}}, c.entry(ChequeGivenBack)...)
	return err
}

// UndoCheque takes back the last step of c. The payment that it became is annulled. It returns the
// invoices that are open again, and a Conflict refusal where that step cannot be taken back.
func (tx *Tx) UndoCheque(c *Cheque) ([]*Invoice, error) {
	bouncedAfter := c.State == ChequeBounced && c.undone() == ChequeCleared
	switch {
	case c.State == ChequeReplaced || c.State == ChequeVoid:
		return nil, tx.chequeOver(c)
	case bouncedAfter:
		return nil, Refuse(Conflict, "cheque.undo.bounced", "cheque", c.ID.Label())
	case c.State != ChequeCleared:
		return nil, tx.undoCheque(c)
	}
	p := tx.Payment(c.Payment)
	if p.Method != MethodCheque { // it was there before the cheque was said to be it
		return nil, tx.undoCheque(c)
	}
	if e := tx.EntryOf(p); e != nil {
		return nil, Refuse(Conflict, "cheque.undo.entry", "cheque", c.ID.Label(), "entry", e.ID.Label())
	}
	return tx.Annul(p, "")
}

func (tx *Tx) undoCheque(c *Cheque) error {
	postings := c.entry(c.undone())
	if old := tx.Cheque(c.Replaces); old != nil && len(c.path) == 0 {
		postings = append(postings, old.entry(old.undone())...)
	}
	if c.State == ChequeBounced {
		if fee := c.bounces[len(c.bounces)-1]; fee.minor > 0 {
			postings = append(postings, chequeFee(c, -fee.minor, -fee.base)...)
		}
	}
	_, err := tx.append(max(tx.Today(), c.Since), &ChequeUndone{c.ID}, postings...)
	return err
}

// chequeGone follows a payment that went away again: the cheque that it was bounced, or where the
// payment was a mistake, is what it was before.
func (tx *Tx) chequeGone(p *Payment, mistake bool, reason string) error {
	c := tx.ChequeOf(p)
	if c == nil || c.State != ChequeCleared {
		return nil
	}
	if mistake {
		return tx.undoCheque(c)
	}
	return tx.bounce(c, max(tx.Today(), c.Since), reason, Money{0, c.Amount.Currency})
}

// Cheque returns cheque id, nil where there is none.
func (v *View) Cheque(id ChequeID) *Cheque { return v.s.cheques.at(uint32(id)) }

// ChequesOf are c's cheques, oldest first.
func (v *View) ChequesOf(c *Customer) (out []*Cheque) {
	for _, id := range v.s.chequesOf[c.ID] {
		out = append(out, v.Cheque(id))
	}
	return out
}

// Cheques calls f with every cheque in order of recording.
func (v *View) Cheques(f func(*Cheque)) { v.s.cheques.each(f) }

// ChequeOf is the cheque that became a payment, nil for none.
func (v *View) ChequeOf(p *Payment) *Cheque { return v.Cheque(v.s.chequePaidBy[p.ID]) }

// EntryOfCheque is the entry of a bank's statement that c was cleared by, nil for none.
func (v *View) EntryOfCheque(c *Cheque) *BankEntry {
	if p := v.Payment(c.Payment); p != nil && c.State == ChequeCleared && p.Method == MethodCheque {
		return v.EntryOf(p)
	}
	return nil
}

// ChequeOfNotice is the cheque that a notice is about, nil for none.
func (v *View) ChequeOfNotice(n *NoticeQueued) *Cheque { return v.Cheque(ParseCheque(n.Code)) }

// ChequeWords are who signed c, and why it is in its state, "" where nobody said.
func (v *View) ChequeWords(c *Cheque) (drawer, reason string, err error) {
	if drawer, err = v.Text(c.drawer); err != nil {
		return "", "", err
	}
	if c.State == ChequeBounced || c.State == ChequeGivenBack {
		reason, err = v.Text(c.reason)
	}
	return drawer, reason, err
}

// Undoable reports whether the last step of c may be taken back.
func (c *Cheque) Undoable() bool {
	return c.State != ChequeReplaced && c.State != ChequeVoid && !(c.State == ChequeBounced && c.undone() == ChequeCleared)
}

// The names of facts about cheques, and of receipts for cash.
const (
	FactChequeReceived FactName = "chequereceived"
	FactChequeMoved    FactName = "chequemoved"
	FactChequeCleared  FactName = "chequecleared"
	FactChequeUndone   FactName = "chequeundone"
	FactCashReceipt    FactName = "cashreceipt"
)

// describeCheque tells facts about cheques, and receipts for cash.
func (v *View) describeCheque(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *ChequeReceived:
		refs := []string{x.Number}
		for _, id := range x.For {
			refs = append(refs, v.numbers(id)...)
		}
		return Description{Name: FactChequeReceived, Refs: refs, Amount: x.Amount, Day: x.Dated}, true
	case *ChequeMoved:
		return Description{Name: FactChequeMoved, Refs: []string{x.Cheque.Label(), string(x.To)}, Words: x.Reason}, true
	case *ChequeClearedFact:
		return Description{Name: FactChequeCleared, Refs: []string{x.Cheque.Label(), PaymentLabel(x.Payment)}}, true
	case *ChequeUndone:
		return Description{Name: FactChequeUndone, Refs: []string{x.Cheque.Label()}}, true
	case *CashReceipt:
		return Description{Name: FactCashReceipt, Refs: []string{x.Number.String(), PaymentLabel(x.Payment)}}, true
	}
	return Description{}, false
}

func dumpCheques(w io.Writer, s *state) {
	s.cheques.each(func(c *Cheque) {
		fmt.Fprintf(w, "cheque %d customer %d %q %q %q dated %s %s worth %d for %v received %s %s since %s after %q payment %d replaces %d by %d fees %d/%v card %d live %t\n", c.ID, c.Customer,
			c.Number, c.Sayad, c.Bank, c.Dated, c.Amount, c.base, c.For, c.Received, c.State, c.Since, c.path, c.Payment, c.Replaces, c.By, c.Fees, c.bounces, c.Card, s.liveCheques[c.ID])
	})
	of := map[string]ChequeID{}
	for p, id := range s.chequePaidBy {
		of[PaymentLabel(p)] = id
	}
	lines(w, "cheque of payment", of, func(id ChequeID) string { return id.Label() })
	numbers := map[string]Number{}
	for p, n := range s.cashNumbers {
		numbers[PaymentLabel(p)] = n
	}
	lines(w, "cash receipt of", numbers, Number.String)
}
