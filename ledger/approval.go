package ledger

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"sort"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Approvals: what one person may not do alone. The company sets sums above which an invoice,
// a credit note, a write-off and the like need a second person (Ceilings). A command of
// staff that passes one is run, checked by every rule, and taken back: what it would do is
// kept as a request. Who approves it has the same command run again, by the one who asked
// for it, over the books as they are then; if it would book anything else than what was
// asked for, nothing is booked. The facts that it does book name the request.

// ApprovalID numbers requests for approval from 1 in order of asking.
type ApprovalID uint32

// Ceiling is what one person may do alone; the zero Ceiling sets no bound.
type Ceiling struct {
	Set   bool
	Minor int64 // minor units of the company's currency; of a discount hundredths of a percent
}

func (l *Ceiling) code(c *coder) {
	c.flag(&l.Set)
	c.i64(&l.Minor)
}

// Ceilings are the bounds that the company sets.
type Ceilings struct {
	Invoice  Ceiling // total of an invoice
	Discount Ceiling // off any line, its own and the document's together, and an early payment's that is not the customer's agreed one; in a customer's terms
	Credit   Ceiling // a credit note
	WriteOff Ceiling
	Refund   Ceiling
	Limit    Ceiling // a credit limit that is raised, and by how much an invoice passes one
	Reopen   bool    // reopening a month
	Days     int     // how long a request waits; 0: approvalDays
}

func (x *Ceilings) code(c *coder) {
	for _, l := range []*Ceiling{&x.Invoice, &x.Discount, &x.Credit, &x.WriteOff, &x.Refund, &x.Limit} {
		l.code(c)
	}
	c.flag(&x.Reopen)
	num(c, &x.Days)
}

// approvalDays is how long a request waits where the company does not say.
const approvalDays = 7

// NeedKind is what a second person is needed for.
type NeedKind string

// The kinds.
const (
	NeedInvoice  NeedKind = "invoice"
	NeedDiscount NeedKind = "discount"
	NeedCredit   NeedKind = "credit"
	NeedWriteOff NeedKind = "writeoff"
	NeedOffset   NeedKind = "offset" // netted against what we owe; the write-offs' ceiling holds
	NeedRefund   NeedKind = "refund"
	NeedLimit    NeedKind = "limit"    // a credit limit is raised or taken away
	NeedOverride NeedKind = "override" // an invoice passes a credit limit
	NeedReopen   NeedKind = "reopen"
)

// Need is one reason for which a command needs a second person.
type Need struct {
	Kind    NeedKind
	Amount  Money           // what passes the ceiling; zero for a limit taken away, a discount and a month
	Percent decimal.Decimal // of a discount
	Before  Money           // the credit limit that is raised or taken away: it must not have moved until the approval
	Month   Month           // that is opened again

	customer CustomerID
	invoice  InvoiceID
}

func (n *Need) code(c *coder) {
	str(c, &n.Kind)
	c.money(&n.Amount)
	c.dec(&n.Percent)
	c.money(&n.Before)
	num(c, &n.Month)
}

// ApprovalState is what became of a request.
type ApprovalState string

// The states.
const (
	ApprovalWaiting   ApprovalState = "waiting"
	ApprovalApproved  ApprovalState = "approved"
	ApprovalDeclined  ApprovalState = "declined"
	ApprovalWithdrawn ApprovalState = "withdrawn" // declined by the one who asked
	ApprovalExpired   ApprovalState = "expired"
	ApprovalStale     ApprovalState = "stale" // approved, but the books had moved on
)

// Approval is a request for approval.
type Approval struct {
	ID       ApprovalID
	Customer CustomerID // 0: it is about no customer
	Invoice  InvoiceID  // 0: about no invoice that is there
	By       string     // who asks: "slack:USALES0001"
	Needs    []Need
	Asked    time.Time
	Expires  time.Time
	State    ApprovalState
	Decided  string    // who decided: "slack:UMANAGER01", "duebot" for one that expired
	Ended    time.Time // when
	Notice   NoticeID  // the message that asks
	input    Hash
	effect   Hash
	fact     uint64
}

// Label is how people name a request: "A-3".
func (a *Approval) Label() string { return approvalLabel(a.ID) }

func approvalLabel(id ApprovalID) string { return fmt.Sprintf("A-%d", id) }

// Request is the command that waits: a typed line, or a button with what it is about; an
// invoice that was previewed has its draft.
type Request struct {
	Do, Arg string // "" for a typed line
	Line    string
	Draft   *Draft // nil: none
}

// ApprovalAsked is the fact that somebody asked for an approval.
type ApprovalAsked struct {
	Customer CustomerID
	Invoice  InvoiceID
	Needs    []Need
	Do, Arg  string
	Line     TextRef // the typed line, under the customer's key
	Plain    string  // the same, of one that is about no customer
	Draft    []byte  // Draft.Encode; none for other commands
	Input    Hash    // of who asks for what: asked twice while it waits, it is one request
	Effect   Hash    // of what would be booked
	Expires  time.Time
}

func (x *ApprovalAsked) kind() factKind { return kindApprovalAsked }

func (x *ApprovalAsked) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Invoice)
	list(c, &x.Needs, func(c *coder, n *Need) { n.code(c) })
	str(c, &x.Do)
	str(c, &x.Arg)
	c.text(&x.Line)
	str(c, &x.Plain)
	c.bytes(&x.Draft)
	c.fixed(x.Input[:])
	c.fixed(x.Effect[:])
	c.instant(&x.Expires)
}

func (x *ApprovalAsked) apply(s *state, f *Fact) {
	id := ApprovalID(s.approvals.n + 1)
	s.approvals.add(s, Approval{ID: id, Customer: x.Customer, Invoice: x.Invoice, By: f.By, Needs: x.Needs, Asked: f.Recorded,
		Expires: x.Expires, State: ApprovalWaiting, input: x.Input, effect: x.Effect, fact: f.Seq})
	put(s, s.asked, x.Input, id)
}

// ApprovalDecided is the fact that a request has come to its end.
type ApprovalDecided struct {
	Approval ApprovalID
	State    ApprovalState
}

func (x *ApprovalDecided) kind() factKind { return kindApprovalDecided }

func (x *ApprovalDecided) code(c *coder) {
	num(c, &x.Approval)
	str(c, &x.State)
}

func (x *ApprovalDecided) apply(s *state, f *Fact) {
	a := s.approvals.at(uint32(x.Approval))
	if a == nil {
		return
	}
	set(s, &a.State, x.State)
	set(s, &a.Decided, f.By)
	set(s, &a.Ended, f.Recorded)
	drop(s, s.asked, a.input)
}

// gauge is what a transaction knows of the approvals that it needs.
type gauge struct {
	needs  []Need
	effect hash.Hash // of what it books, while somebody wants to know
	acting *Approval // the request that is being carried out
	maker  string    // for whom the program does what he set up to be done; "": for nobody
}

// actor is who acts: whoever asked for what is being carried out, else whose command it is.
func (tx *Tx) actor() string {
	if tx.gauge.acting != nil {
		return tx.gauge.acting.By
	}
	if tx.gauge.maker != "" {
		return tx.gauge.maker
	}
	return tx.s.actorOf(tx.cmd.By)
}

// For runs what the program does for somebody, by what he set up: it is his, as if he had
// typed it.
func (tx *Tx) For(maker string, run func() error) error {
	outer := tx.gauge
	tx.gauge.maker = maker
	err := run()
	outer.needs = tx.gauge.needs
	tx.gauge = outer
	return err
}

// CarriesOut reports whether tx does what a second person approved.
func (tx *Tx) CarriesOut() bool { return tx.gauge.acting != nil }

// consider notes for which reasons a fact needs a second person. Only what staff type is
// measured: what the program or a provider does follows from what somebody decided before.
func (tx *Tx) consider(body Body, postings []Posting) {
	if !strings.HasPrefix(tx.actor(), "slack:") {
		return
	}
	set := &tx.s.company.Approvals
	switch x := body.(type) {
	case *InvoiceIssued:
		if x.OldNumber != "" {
			break // it was issued elsewhere: who may load opening balances is the desk's matter
		}
		tx.need(set.Invoice, Need{Kind: NeedInvoice, Amount: x.Total, customer: x.Customer})
		tx.needDiscount(set.Discount, &x.Draft)
	case *ContractMade: // what its invoices come to is decided once, here
		tx.needContract(&x.Draft, x.Customer, x.OwnTerms, x.Terms)
	case *ContractChanged:
		tx.needContract(&x.Draft, x.Customer, x.OwnTerms, x.Terms)
	case *LoyaltyAgreed:
		tx.needLoyalty(set.Discount, x)
	case *CustomerAdded:
		tx.needTerms(set.Discount, x.Terms, Need{Kind: NeedDiscount})
	case *Deducted: // a fee is given up for good; tax that is withheld comes back by its paper
		switch x.Cause {
		case ByFee:
			tx.need(set.WriteOff, Need{Kind: NeedWriteOff, Amount: x.Amount, invoice: x.Invoice})
		case ByOffset:
			tx.need(set.WriteOff, Need{Kind: NeedOffset, Amount: x.Amount, invoice: x.Invoice})
		}
	case *CreditNoteIssued:
		tx.need(set.Credit, Need{Kind: NeedCredit, Amount: x.Total, invoice: x.Invoice})
	case *WrittenOff:
		tx.need(set.WriteOff, Need{Kind: NeedWriteOff, Amount: x.Amount, invoice: x.Invoice})
	case *Refunded:
		tx.need(set.Refund, Need{Kind: NeedRefund, Amount: x.Amount, customer: x.Customer})
	case *CustomerChanged:
		tx.needLimit(set.Limit, x)
		if c := tx.Customer(x.Customer); c != nil && x.what&changedTerms != 0 && x.Terms.Discount.GreaterThan(c.Terms.Discount) {
			tx.needTerms(set.Discount, x.Terms, Need{Kind: NeedDiscount, customer: c.ID})
		}
	case *PeriodReopened:
		if set.Reopen {
			tx.gauge.needs = append(tx.gauge.needs, Need{Kind: NeedReopen, Month: x.Month})
		}
	}
	tx.measure(body, postings)
}

// measure adds a fact to the fingerprint of what the command books. Exchange differences are
// left out: they follow the rate of the day, and nobody decides them.
func (tx *Tx) measure(body Body, postings []Posting) {
	if tx.gauge.effect == nil || len(postings) == 0 {
		return
	}
	fmt.Fprintf(tx.gauge.effect, "%d\n", body.kind())
	for _, p := range postings {
		if p.Account != ExchangeDifferences && p.Account != Conversion {
			fmt.Fprintf(tx.gauge.effect, "%d %d %d %s\n", p.Account, p.Customer, p.Amount.Minor, p.Amount.Currency)
		}
	}
}

// need notes n if its amount passes the ceiling.
func (tx *Tx) need(l Ceiling, n Need) {
	if tx.passes(l, n.Amount) {
		tx.gauge.needs = append(tx.gauge.needs, n)
	}
}

// passes reports whether m is more than one person may do alone. Another currency is compared
// at the last rate; a sum that nobody can compare always passes.
func (v *View) passes(l Ceiling, m Money) bool {
	if !l.Set {
		return false
	}
	if m.Currency != v.s.company.Currency {
		rate, err := v.RateOn(m.Currency, v.Today())
		if err != nil {
			return true
		}
		if m, err = v.InBase(m, rate); err != nil {
			return true
		}
	}
	return m.Minor > l.Minor
}

// needDiscount notes the largest discount of d's lines, with that of the whole document, if
// it passes the ceiling. What an early payment saves counts with it, unless it was agreed with
// the customer: that was decided with his terms (needTerms).
func (tx *Tx) needDiscount(l Ceiling, d *Draft) {
	whole := hundred.Sub(d.Off)
	if c := tx.Customer(d.Customer); c == nil || d.Early.Percent.GreaterThan(c.Terms.Discount) {
		whole = whole.Mul(hundred.Sub(d.Early.Percent)).Shift(-2)
	}
	most := decimal.Zero
	for _, line := range d.Lines {
		left := hundred.Sub(line.Discount).Mul(whole).Shift(-2)
		most = decimal.Max(most, hundred.Sub(left))
	}
	if l.Set && most.GreaterThan(decimal.New(l.Minor, -2)) {
		// A fact holds few places; more than the ceiling it stays when rounded up.
		tx.gauge.needs = append(tx.gauge.needs, Need{Kind: NeedDiscount, Percent: most.RoundUp(4), customer: d.Customer})
	}
}

// needContract notes what the invoices of a contract need.
func (tx *Tx) needContract(d *Draft, of CustomerID, own bool, terms Terms) {
	t, err := d.Totals()
	if err != nil {
		return
	}
	set := &tx.s.company.Approvals
	tx.need(set.Invoice, Need{Kind: NeedInvoice, Amount: t.Total, customer: of})
	lines := *d
	if own {
		lines.Early.Percent = terms.Discount
	}
	tx.needDiscount(set.Discount, &lines)
}

// needTerms notes n where terms give a larger discount for early payments than the ceiling.
func (tx *Tx) needTerms(l Ceiling, t Terms, n Need) {
	if l.Set && t.Discount.GreaterThan(decimal.New(l.Minor, -2)) {
		n.Percent = t.Discount
		tx.gauge.needs = append(tx.gauge.needs, n)
	}
}

// needLimit notes a credit limit that is raised past the ceiling, or taken away.
func (tx *Tx) needLimit(l Ceiling, x *CustomerChanged) {
	c := tx.Customer(x.Customer)
	if c == nil || x.what&changedLimit == 0 || !c.Limited || !l.Set {
		return
	}
	n := Need{Kind: NeedLimit, Before: Money{c.Limit, c.Currency}, customer: c.ID}
	if x.Limited {
		if n.Amount = (Money{x.Limit, c.Currency}); x.Limit <= c.Limit || !tx.passes(l, n.Amount) {
			return
		}
	}
	tx.gauge.needs = append(tx.gauge.needs, n)
}

// needOverride lets an invoice of c pass his credit limit by over. It returns false where
// nobody may let it pass: whoever issues it may not, and the company asks no second person.
// Where a second person is asked, it is he who lets it pass.
func (tx *Tx) needOverride(c *Customer, d *Draft, over Money) bool {
	l, staff := tx.s.company.Approvals.Limit, strings.HasPrefix(tx.actor(), "slack:")
	n := Need{Kind: NeedOverride, Amount: over, customer: c.ID}
	switch acting := tx.gauge.acting; {
	case acting != nil && l.Set:
		if d.Override == "" || tx.passes(l, over) {
			tx.gauge.needs = append(tx.gauge.needs, n)
		}
		d.Override = tx.s.actorOf(tx.cmd.By)
	case d.Override != "" && staff:
		tx.need(l, n)
	case d.Override == "" && staff && l.Set:
		tx.gauge.needs = append(tx.gauge.needs, n)
		d.Override = tx.actor() // nothing of this is booked
	}
	return d.Override != ""
}

// savepoint is a place in a transaction to which it can go back.
type savepoint struct {
	undo, facts, rows int
	wrote, secret     bool
	spoke             string
}

func (tx *Tx) save() savepoint {
	p := tx.b.batch
	return savepoint{len(tx.s.undo), len(p.facts), len(p.rows), tx.wrote, tx.secret, tx.spoke}
}

// back drops everything since at.
func (tx *Tx) back(at savepoint) {
	p := tx.b.batch
	tx.s.rollback(at.undo)
	p.facts, p.rows = p.facts[:at.facts], p.rows[:at.rows]
	p.index()
	tx.wrote, tx.secret, tx.spoke = at.wrote, at.secret, at.spoke
}

// Asked is what a command turned out to need, and a fingerprint of what it would book.
type Asked struct {
	Needs  []Need
	Effect Hash
}

// Guard runs a command's run. When that needs a second person, all that it did is taken back,
// and what it needs is returned; else nil, and all stays. Pointers to what run made are void
// after that.
func (tx *Tx) Guard(run func() error) (*Asked, error) {
	if tx.gauge.acting != nil {
		return nil, run()
	}
	at := tx.save()
	asked, err := tx.ask(run)
	if asked != nil {
		tx.back(at)
	}
	return asked, err
}

// Forecast runs a command's run and takes all of it back; it returns what it would need, nil
// for nothing.
func (tx *Tx) Forecast(run func() error) (*Asked, error) {
	at := tx.save()
	defer tx.back(at)
	return tx.ask(run)
}

// ask runs run with a gauge of its own.
func (tx *Tx) ask(run func() error) (*Asked, error) {
	outer := tx.gauge
	tx.gauge = gauge{effect: sha256.New(), acting: outer.acting, maker: outer.maker}
	err := run()
	g := tx.gauge
	tx.gauge = outer
	if err != nil || len(g.needs) == 0 {
		return nil, err
	}
	return &Asked{g.needs, Hash(g.effect.Sum(nil))}, nil
}

// Ask books a request for what Guard took back, or finds the same one that waits already.
func (tx *Tx) Ask(r Request, asked *Asked) (a *Approval, fresh bool, err error) {
	x := &ApprovalAsked{Needs: asked.Needs, Do: r.Do, Arg: r.Arg, Effect: asked.Effect}
	for _, n := range asked.Needs {
		x.Customer, x.Invoice = max(x.Customer, n.customer), max(x.Invoice, n.invoice)
	}
	if inv := tx.Invoice(x.Invoice); inv != nil {
		x.Customer = inv.Customer
	}
	if r.Draft != nil {
		x.Draft = r.Draft.Encode()
	}
	x.Input = sha256.Sum256([]byte(strings.Join([]string{tx.actor(), r.Do, r.Arg, r.Line, string(x.Draft)}, "\x00")))
	if a := tx.Approval(tx.s.asked[x.Input]); a != nil && tx.Now.Before(a.Expires) {
		return a, false, nil
	}
	if c := tx.Customer(x.Customer); c == nil {
		x.Plain = r.Line
	} else if x.Line, err = tx.keep(c.Person, r.Line); err != nil {
		return nil, false, err
	}
	days := tx.s.company.Approvals.Days
	if days == 0 {
		days = approvalDays
	}
	x.Expires = tx.Now.AddDate(0, 0, days)
	_, err = tx.append(tx.Today(), x)
	return tx.s.approvals.at(tx.s.approvals.n), true, err
}

// Approval returns request id, nil where there is none.
func (v *View) Approval(id ApprovalID) *Approval { return v.s.approvals.at(uint32(id)) }

// WaitingApprovals returns the requests that nobody has decided, oldest first. One that is
// past its time is among them until ExpireApproval.
func (v *View) WaitingApprovals() []*Approval {
	return sortedByID(v.s.asked, func(_ Hash, id ApprovalID) *Approval { return v.Approval(id) }, func(a *Approval) ApprovalID { return a.ID })
}

// RequestOf returns the command that waits in a.
func (v *View) RequestOf(a *Approval) (r Request, err error) {
	f, err := v.fact(a.fact)
	if err != nil {
		return r, err
	}
	x, ok := f.Body.(*ApprovalAsked)
	if !ok {
		return r, fmt.Errorf("fact %d is no request for approval", a.fact)
	}
	r = Request{Do: x.Do, Arg: x.Arg, Line: x.Plain}
	if x.Line.Person != 0 {
		if r.Line, err = v.Text(x.Line); err != nil {
			return r, err
		}
	}
	if len(x.Draft) > 0 {
		r.Draft, err = DecodeDraft(x.Draft)
	}
	return r, err
}

// decidable returns a Conflict refusal for a request that has come to its end.
func (tx *Tx) decidable(a *Approval) error {
	switch {
	case a.State != ApprovalWaiting:
		return Refuse(Conflict, "approval.over", "approval", a.Label())
	case !tx.Now.Before(a.Expires):
		return Refuse(Conflict, "approval.late", "approval", a.Label())
	}
	return nil
}

func (tx *Tx) decide(a *Approval, state ApprovalState) error {
	_, err := tx.append(tx.Today(), &ApprovalDecided{a.ID, state})
	return err
}

// Approve books that a was approved, and runs its command by run. Where the command is
// refused now, or would book something else than what was asked for, all of that is taken
// back, the request ends as stale, and why is the refusal. It returns a Forbidden refusal to
// the one who asked, and a Conflict for a request that is over.
func (tx *Tx) Approve(a *Approval, run func() error) (why *Refusal, err error) {
	if err := tx.decidable(a); err != nil {
		return nil, err
	}
	if a.By == tx.actor() {
		return nil, Refuse(Forbidden, "approval.own", "approval", a.Label())
	}
	at := tx.save()
	err = tx.carryOut(a, run)
	why, refused := AsRefusal(err)
	if !refused {
		return nil, err
	}
	tx.back(at)
	return why, tx.decide(a, ApprovalStale)
}

func (tx *Tx) carryOut(a *Approval, run func() error) error {
	if err := tx.decide(a, ApprovalApproved); err != nil {
		return err
	}
	outer := tx.gauge
	tx.gauge = gauge{effect: sha256.New(), acting: a}
	err := run()
	g := tx.gauge
	tx.gauge = outer
	if err == nil && (!covers(a.Needs, g.needs) || Hash(g.effect.Sum(nil)) != a.effect) {
		err = Refuse(Conflict, "approval.stale", "approval", a.Label())
	}
	return err
}

// covers reports whether what was asked for covers what is needed now: the same reasons, on
// the same basis, and no more of each.
func covers(asked, needed []Need) bool {
	for _, n := range needed {
		found := false
		for _, a := range asked {
			found = found || a.Kind == n.Kind && a.Before == n.Before && a.Month == n.Month && a.Amount.Currency == n.Amount.Currency &&
				n.Amount.Minor <= a.Amount.Minor && n.Percent.LessThanOrEqual(a.Percent)
		}
		if !found {
			return false
		}
	}
	return true
}

// Decline books that a will not be done; the one who asked withdraws it so. It returns a
// Conflict refusal for a request that is over.
func (tx *Tx) Decline(a *Approval) error {
	if err := tx.decidable(a); err != nil {
		return err
	}
	if a.By == tx.actor() {
		return tx.decide(a, ApprovalWithdrawn)
	}
	return tx.decide(a, ApprovalDeclined)
}

// ExpireApproval books that nobody decided a in time.
func (tx *Tx) ExpireApproval(a *Approval) error {
	if a.State != ApprovalWaiting || tx.Now.Before(a.Expires) {
		return nil
	}
	return tx.decide(a, ApprovalExpired)
}

// describeAsked tells the fact of a request: which it is, for what, and over how much.
func (v *View) describeAsked(f *Fact, x *ApprovalAsked) Description {
	// Requests are in the order of facts.
	i := sort.Search(int(v.s.approvals.n), func(i int) bool { return v.s.approvals.at(uint32(i)+1).fact >= f.Seq })
	d := Description{Name: FactAsked, Refs: append([]string{approvalLabel(ApprovalID(i + 1))}, v.numbers(x.Invoice)...), Words: x.Line}
	for i, n := range x.Needs {
		d.Refs = append(d.Refs, string(n.Kind))
		if i == 0 {
			d.Amount = n.Amount
		}
	}
	return d
}

// ApprovedBy is who approved request id: "" for none.
func (v *View) ApprovedBy(id ApprovalID) string {
	if a := v.Approval(id); a != nil {
		return a.Decided
	}
	return ""
}

func dumpApprovals(w io.Writer, s *state) {
	fmt.Fprintf(w, "ceilings %v\n", s.company.Approvals)
	s.approvals.each(func(a *Approval) {
		fmt.Fprintf(w, "approval %d customer %d invoice %d by %s asked %s until %s %s by %s notice %d effect %s waits %d\n", a.ID, a.Customer,
			a.Invoice, a.By, a.Asked, a.Expires, a.State, a.Decided, a.Notice, a.effect, s.asked[a.input])
		for _, n := range a.Needs {
			fmt.Fprintf(w, "need %s %s %s before %s month %s\n", n.Kind, n.Amount, n.Percent, n.Before, n.Month)
		}
	})
}
