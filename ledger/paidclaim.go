package ledger

import (
	"fmt"
	"io"
	"slices"

	"github.com/shopspring/decimal"
)

// What customers say that they have paid. It settles nothing: money is booked when it is seen.
// But whoever says so is not reminded of the invoice for a while, once in sixty days, and the
// payment that fits ends the claim by itself.

// PaidClaimID numbers them from 1.
type PaidClaimID uint32

// ClaimOutcome is what became of a claim that something was paid, in one word.
type ClaimOutcome string

// The outcomes.
const (
	ClaimWaits     ClaimOutcome = ""
	ClaimPaid      ClaimOutcome = "paid"      // the money was found
	ClaimNotFound  ClaimOutcome = "notfound"  // staff looked and found none
	ClaimTakenBack ClaimOutcome = "withdrawn" // by the customer
	ClaimOver      ClaimOutcome = "over"      // nothing was left to pay, for another reason
)

// PaidClaim is a customer's word that he has paid an invoice, or a part of it.
type PaidClaim struct {
	ID       PaidClaimID
	Invoice  InvoiceID
	Customer CustomerID
	Amount   Money
	Date     Date // on which he says that he paid
	Made     Date
	Silent   Date // the last day without reminders of the invoice, 0: none was left to give
	Chat     string
	Proofs   []Proof
	Outcome  ClaimOutcome
	Payment  PaymentID // that ended it
	Ended    Date
	EndedBy  string
	Notice   NoticeID // the message that asks staff, in Slack
}

// Proof is a file that shows a payment, and what could be read in it.
type Proof struct {
	File FileID
	OrderText
	Reference TextRef
}

// OrderText is what the text of a payment order says; what could not be read is zero.
type OrderText struct {
	Amounts []Money // that may be the sum, the likeliest first
	Dates   []Date
}

// OrderRead is what could be read in a payment order, before it is known in which currency.
type OrderRead struct {
	Amounts   []decimal.Decimal
	Dates     []Date
	Reference string
}

// in is what r says in a currency: what is no sum of it is left out.
func (r *OrderRead) in(cur Currency) (out OrderText) {
	for _, d := range r.Amounts {
		if m, err := Exact(d, cur); err == nil {
			out.Amounts = append(out.Amounts, m)
		}
	}
	out.Dates = r.Dates
	return out
}

// Label is how people name c: "PC-3".
func (c *PaidClaim) Label() string { return fmt.Sprintf("PC-%d", c.ID) }

// PaymentClaimed is the fact that a customer says that he paid.
type PaymentClaimed struct {
	Customer CustomerID
	Invoice  InvoiceID
	Amount   Money
	Date     Date
	Silent   Date
	By       string // "person:7"
}

func (x *PaymentClaimed) kind() factKind { return kindPaymentClaimed }

func (x *PaymentClaimed) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Invoice)
	c.money(&x.Amount)
	num(c, &x.Date)
	num(c, &x.Silent)
	str(c, &x.By)
}

func (x *PaymentClaimed) apply(s *state, f *Fact) {
	id := PaidClaimID(s.paidClaims.n + 1)
	s.paidClaims.add(s, PaidClaim{ID: id, Invoice: x.Invoice, Customer: x.Customer, Amount: x.Amount, Date: x.Date, Made: f.Effective,
		Silent: x.Silent, Chat: s.addressOf(x.By)})
	put(s, s.claimOf, x.Invoice, id)
	put(s, s.waitingClaims, id, true)
	if x.Silent != 0 {
		put(s, s.silences, x.Invoice, id)
	}
}

// ClaimProven is the fact that a customer handed in what shows his payment.
type ClaimProven struct {
	Claim     PaidClaimID
	Invoice   InvoiceID
	File      FileID
	Amounts   []Money
	Dates     []Date
	Reference TextRef
}

func (x *ClaimProven) kind() factKind { return kindClaimProven }

func (x *ClaimProven) code(c *coder) {
	num(c, &x.Claim)
	num(c, &x.Invoice)
	num(c, &x.File)
	list(c, &x.Amounts, func(c *coder, m *Money) { c.money(m) })
	list(c, &x.Dates, func(c *coder, d *Date) { num(c, d) })
	c.text(&x.Reference)
}

func (x *ClaimProven) apply(s *state, _ *Fact) {
	if p := s.paidClaims.at(uint32(x.Claim)); p != nil {
		set(s, &p.Proofs, append(slices.Clip(p.Proofs), Proof{x.File, OrderText{x.Amounts, x.Dates}, x.Reference}))
	}
}

// ClaimSettled is the fact that ends a claim.
type ClaimSettled struct {
	Claim   PaidClaimID
	Invoice InvoiceID
	Outcome ClaimOutcome
	Payment PaymentID // of ClaimPaid
	Words   TextRef   // to the customer
}

func (x *ClaimSettled) kind() factKind { return kindClaimSettled }

func (x *ClaimSettled) code(c *coder) {
	num(c, &x.Claim)
	num(c, &x.Invoice)
	str(c, &x.Outcome)
	num(c, &x.Payment)
	c.text(&x.Words)
}

func (x *ClaimSettled) apply(s *state, f *Fact) {
	p := s.paidClaims.at(uint32(x.Claim))
	if p == nil {
		return
	}
	set(s, &p.Outcome, x.Outcome)
	set(s, &p.Payment, x.Payment)
	set(s, &p.Ended, f.Effective)
	set(s, &p.EndedBy, f.By)
	drop(s, s.waitingClaims, p.ID)
	if x.Payment != 0 {
		put(s, s.claimPaidBy, x.Payment, p.ID)
	}
}

// SilenceEnded is the fact that reminders of an invoice go on after a claim: with the step of
// its age. Those before fell into the silence, and are not replayed.
type SilenceEnded struct {
	Claim   PaidClaimID
	Invoice InvoiceID
	Step    int // the last step that counts as said
}

func (x *SilenceEnded) kind() factKind { return kindSilenceEnded }

func (x *SilenceEnded) code(c *coder) {
	num(c, &x.Claim)
	num(c, &x.Invoice)
	num(c, &x.Step)
}

func (x *SilenceEnded) apply(s *state, _ *Fact) {
	if s.silences[x.Invoice] == x.Claim {
		drop(s, s.silences, x.Invoice)
	}
	if inv := s.invoices.at(uint32(x.Invoice)); inv != nil && x.Step > inv.Step {
		set(s, &inv.Step, x.Step)
	}
}

// newPaidClaim makes the bodies of this file's kinds.
func newPaidClaim(k factKind) Body {
	switch k {
	case kindPaymentClaimed:
		return new(PaymentClaimed)
	case kindClaimProven:
		return new(ClaimProven)
	case kindClaimSettled:
		return new(ClaimSettled)
	case kindSilenceEnded:
		return new(SilenceEnded)
	}
	return nil
}

const (
	// silenceEvery is how often, in days, a claim silences reminders of one invoice: whoever
	// says each week that he has paid is reminded all the same.
	silenceEvery = 60
	// claimBackDays is how far back a payment may lie that somebody says that he made.
	claimBackDays = 180
	// ProofsMax is how many files one claim takes.
	ProofsMax = 5
)

// NewPaidClaim is what ClaimPaid needs.
type NewPaidClaim struct {
	Invoice *Invoice
	Amount  Money
	Date    Date
	Chat    string
	Pause   int // business days without reminders
}

// ClaimPaid books that a customer says that he paid. It returns a Conflict refusal where nothing
// is open, or a claim waits already, and a BadInput one for a day or a sum that cannot be.
func (tx *Tx) ClaimPaid(n NewPaidClaim) (*PaidClaim, error) {
	inv := n.Invoice
	number := inv.Number.String()
	today := DateOf(tx.Now, tx.Customer(inv.Customer).Zone)
	switch before := tx.ClaimOn(inv); {
	case inv.Open == 0:
		return nil, Refuse(Conflict, "invoice.closed", "number", number)
	case before != nil:
		return nil, Refuse(Conflict, "paid.again", "number", number, "date", before.Made)
	case n.Amount.Minor <= 0 || n.Amount.Currency != inv.Currency:
		return nil, Refuse(BadInput, "paid.sum", "number", number, "open", inv.OpenMoney())
	case n.Date > today || n.Date < today.AddDays(-claimBackDays):
		return nil, Refuse(BadInput, "paid.day", "date", n.Date)
	}
	x := &PaymentClaimed{Customer: inv.Customer, Invoice: inv.ID, Amount: n.Amount, Date: n.Date, By: tx.s.actorOf(n.Chat)}
	if tx.maySilence(inv, today) && n.Pause > 0 {
		x.Silent = today
		for range n.Pause {
			x.Silent = tx.nextBusinessDay(x.Silent, tx.Customer(inv.Customer))
		}
	}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, err
	}
	return tx.s.paidClaims.at(tx.s.paidClaims.n), nil
}

// maySilence reports whether a claim silences reminders of inv: none did in the last sixty days.
func (v *View) maySilence(inv *Invoice, today Date) bool {
	for id := v.s.paidClaims.n; id > 0; id-- {
		p := v.s.paidClaims.at(id)
		if p.Made < today.AddDays(-silenceEvery) {
			return true
		}
		if p.Invoice == inv.ID && p.Silent != 0 {
			return false
		}
	}
	return true
}

// ProvePaid books a file that shows the payment of a claim, with what its text says. The file
// is one of the invoice's.
func (tx *Tx) ProvePaid(p *PaidClaim, file NewFile, order OrderRead) error {
	if p.Outcome != ClaimWaits && p.Outcome != ClaimNotFound {
		return Refuse(Conflict, "paid.over", "number", tx.Invoice(p.Invoice).Number.String())
	}
	if len(p.Proofs) >= ProofsMax {
		return Refuse(Conflict, "paid.proofs", "max", ProofsMax)
	}
	inv := tx.Invoice(p.Invoice)
	file.Invoice = inv.ID
	var kept *File
	for _, f := range tx.FilesWith(inv) {
		if f.Bytes == file.Bytes {
			kept = f
		}
	}
	if kept == nil {
		var err error
		if kept, err = tx.KeepFile(file); err != nil {
			return err
		}
	}
	ref, err := tx.keep(tx.Customer(inv.Customer).Person, order.Reference)
	if err != nil {
		return err
	}
	read := order.in(p.Amount.Currency)
	_, err = tx.append(tx.Today(), &ClaimProven{Claim: p.ID, Invoice: inv.ID, File: kept.ID, Amounts: read.Amounts, Dates: read.Dates, Reference: ref})
	return err
}

// SettleClaim ends a claim. Words are for the customer.
func (tx *Tx) SettleClaim(p *PaidClaim, outcome ClaimOutcome, payment PaymentID, words string) (TextRef, error) {
	if p.Outcome != ClaimWaits {
		return TextRef{}, Refuse(Conflict, "paid.over", "number", tx.Invoice(p.Invoice).Number.String())
	}
	ref, err := tx.keep(tx.Customer(p.Customer).Person, words)
	if err != nil {
		return ref, err
	}
	_, err = tx.append(tx.Today(), &ClaimSettled{Claim: p.ID, Invoice: p.Invoice, Outcome: outcome, Payment: payment, Words: ref})
	return ref, err
}

// claimNearDays is how far the day of a payment may lie from the one that the customer said:
// banks take some days, and more over holidays.
const claimNearDays = 14

// Fits reports whether a payment is the one that was claimed: it settles the invoice, its day is
// near, and its sum is the one that was said, but for a bank's fee of two percent at most, or
// it leaves nothing open.
func (v *View) Fits(c *PaidClaim, p *Payment) bool {
	inv := v.Invoice(c.Invoice)
	if p.Returned || p.Customer != c.Customer || c.Outcome != ClaimWaits {
		return false
	}
	settles := slices.ContainsFunc(v.Settlements(p), func(st Settlement) bool { return st.Invoice == inv.ID && !st.Reversed })
	day := p.Date
	if p.Own != 0 {
		day = p.Own
	}
	near := day >= c.Date.AddDays(-claimNearDays) && day <= c.Date.AddDays(claimNearDays)
	off := p.Amount.Minor - c.Amount.Minor
	same := p.Amount.Currency == c.Amount.Currency && off <= c.Amount.Minor/50 && -off <= c.Amount.Minor/50
	return settles && (inv.Open == 0 || near && same)
}

// ClaimOn is the claim that waits for an answer on inv, nil for none.
func (v *View) ClaimOn(inv *Invoice) *PaidClaim {
	if p := v.PaidClaim(v.s.claimOf[inv.ID]); p != nil && p.Outcome == ClaimWaits {
		return p
	}
	return nil
}

// LastClaim is the newest claim on inv, whatever became of it; nil for none.
func (v *View) LastClaim(inv *Invoice) *PaidClaim { return v.PaidClaim(v.s.claimOf[inv.ID]) }

// ClaimPaidBy is the claim that a payment ended, nil for none.
func (v *View) ClaimPaidBy(p *Payment) *PaidClaim { return v.PaidClaim(v.s.claimPaidBy[p.ID]) }

// PaidClaim returns claim id, nil where there is none.
func (v *View) PaidClaim(id PaidClaimID) *PaidClaim { return v.s.paidClaims.at(uint32(id)) }

// ClaimOfNotice is the claim that a notice is about, nil for none.
func (v *View) ClaimOfNotice(n *NoticeQueued) *PaidClaim { return v.PaidClaim(claimNumber(n)) }

// claimNumber reads the label that a notice carries.
func claimNumber(n *NoticeQueued) (id PaidClaimID) {
	fmt.Sscanf(n.Code, "PC-%d", &id)
	return id
}

// WaitingClaims returns the claims that wait for an answer, oldest first.
func (v *View) WaitingClaims() []*PaidClaim {
	return sortedByID(v.s.waitingClaims, func(id PaidClaimID, _ bool) *PaidClaim { return v.PaidClaim(id) },
		func(p *PaidClaim) PaidClaimID { return p.ID })
}

// silentFor reports whether a claim keeps reminders of inv away on a day.
func (v *View) silentFor(inv *Invoice, on Date) bool {
	p := v.PaidClaim(v.s.silences[inv.ID])
	return p != nil && p.Outcome != ClaimNotFound && p.Outcome != ClaimTakenBack && on <= p.Silent
}

// DueClaims are the claims that wait though nothing is open, in order, for JudgeClaims.
func (v *View) DueClaims() (due []PaidClaimID) {
	for _, p := range v.WaitingClaims() {
		if v.Invoice(p.Invoice).Open == 0 {
			due = append(due, p.ID)
		}
	}
	return due
}

// JudgeClaims ends those of some claims whose invoices were settled otherwise.
func (tx *Tx) JudgeClaims(some []PaidClaimID) error {
	for _, id := range some {
		p := tx.PaidClaim(id)
		if !tx.s.waitingClaims[id] || tx.Invoice(p.Invoice).Open != 0 {
			continue
		}
		if _, err := tx.SettleClaim(p, ClaimOver, 0, ""); err != nil {
			return err
		}
	}
	return nil
}

// DueSilences are the invoices that a claim keeps reminders away from no longer, in order, for
// JudgeSilences.
func (v *View) DueSilences() (due []InvoiceID) {
	for id := range v.s.silences {
		if v.silenceOver(v.Invoice(id)) {
			due = append(due, id)
		}
	}
	slices.Sort(due)
	return due
}

func (v *View) silenceOver(inv *Invoice) bool {
	return !v.silentFor(inv, DateOf(v.Now, v.Customer(inv.Customer).Zone))
}

// JudgeSilences ends what kept reminders of some invoices away, where it is over. Steps tells how
// many steps of reminders count as said at an age in days.
func (tx *Tx) JudgeSilences(some []InvoiceID, steps func(inv *Invoice, days int) int) error {
	for _, id := range some {
		p, inv := tx.PaidClaim(tx.s.silences[id]), tx.Invoice(id)
		if p == nil || !tx.silenceOver(inv) {
			continue
		}
		until := p.Silent
		if p.Ended != 0 && p.Ended < until {
			until = p.Ended
		}
		x := &SilenceEnded{Claim: p.ID, Invoice: inv.ID, Step: steps(inv, DaysOverdue(inv.Carrying(), until))}
		if _, err := tx.append(tx.Today(), x); err != nil {
			return err
		}
	}
	return nil
}

// The names of facts about claims that something was paid.
const (
	FactPaidClaimed FactName = "paidclaimed"
	FactPaidProven  FactName = "paidproven"
	FactPaidSettled FactName = "paidsettled"
	FactPaidSilence FactName = "paidsilence"
)

// describePaidClaim tells facts about claims that something was paid.
func (v *View) describePaidClaim(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *PaymentClaimed:
		return Description{Name: FactPaidClaimed, Refs: v.numbers(x.Invoice), Amount: x.Amount, Day: x.Date}, true
	case *ClaimProven:
		return Description{Name: FactPaidProven, Refs: v.numbers(x.Invoice), Words: v.nameOf(x.File)}, true
	case *ClaimSettled:
		d := Description{Name: FactPaidSettled, Refs: append(v.numbers(x.Invoice), string(x.Outcome)), Words: x.Words}
		if x.Payment != 0 {
			d.Refs = append(d.Refs, PaymentLabel(x.Payment))
		}
		return d, true
	case *SilenceEnded:
		return Description{Name: FactPaidSilence, Refs: v.numbers(x.Invoice)}, true
	}
	return Description{}, false
}

func dumpPaidClaims(w io.Writer, s *state) {
	s.paidClaims.each(func(p *PaidClaim) {
		fmt.Fprintf(w, "claim %d invoice %d customer %d %s on %s made %s silent %s proofs %v %q payment %d ended %s by %q waits %t last %t silences %t\n", p.ID, p.Invoice, p.Customer,
			p.Amount, p.Date, p.Made, p.Silent, p.Proofs, p.Outcome, p.Payment, p.Ended, p.EndedBy, s.waitingClaims[p.ID], s.claimOf[p.Invoice] == p.ID, s.silences[p.Invoice] == p.ID)
	})
}
