package ledger

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
)

// Cause is what settled a part of an invoice. The numbers are part of the file format.
type Cause uint8

// The causes. All but the first settle without money, because a payment fell short of the
// invoice for a reason.
const (
	ByAllocation  Cause = 0 // money or a credit on account
	ByWithholding Cause = 1 // tax that the customer pays to the state, and whose certificate is owed
	ByFee         Cause = 2 // a fee that the payer's bank kept
	ByRounding    Cause = 3 // a residue within the tolerance
	BySplit       Cause = 4 // tax that the buyer paid straight to the state, and whose proof is owed
	ByOffset      Cause = 5 // netted against what we owe the customer
	ByDiscount    Cause = 6 // for an early payment: see DiscountTaken
)

// account is where a deduction is posted to.
func (c Cause) account() Account {
	switch c {
	case ByWithholding:
		return WithheldTax
	case ByFee:
		return BankFees
	case BySplit:
		return SplitTax
	case ByOffset:
		return Offsets
	}
	return RoundingDifferences
}

// Settlement is a part of an invoice that a payment or a credit note settled.
type Settlement struct {
	Payment  PaymentID    // either
	Credit   CreditNoteID // or: what was on account of it
	Invoice  InvoiceID
	Cause    Cause
	Reversed bool // taken back by a further fact
	Minor    int64
	Taken    Money // of what was on account, where that is of another currency; else none
	Date     Date
	before   uint32 // the one before of the same payment or credit note
	fact     uint64
}

// CreditAllocated is the fact that a credit note's rest on account settles an invoice.
type CreditAllocated struct {
	Credit  CreditNoteID
	Invoice InvoiceID
	Amount  Money
}

func (x *CreditAllocated) kind() factKind { return kindCreditAllocated }

func (x *CreditAllocated) code(c *coder) {
	num(c, &x.Credit)
	num(c, &x.Invoice)
	c.money(&x.Amount)
}

func (x *CreditAllocated) apply(s *state, f *Fact) {
	n, inv := s.creditNotes.at(uint32(x.Credit)), s.invoices.at(uint32(x.Invoice))
	if n == nil || inv == nil {
		return
	}
	set(s, &n.OnAcct, n.OnAcct-x.Amount.Minor)
	s.revalueAccount(source{credit: n}, -f.base(OnAccount))
	set(s, &inv.Paid, inv.Paid+x.Amount.Minor)
	s.reduce(inv, x.Amount.Minor, f.Effective)
	s.settled(Settlement{Credit: n.ID, Invoice: inv.ID, Minor: x.Amount.Minor, Date: f.Effective, fact: f.Seq})
}

// Deducted is the fact that a part of an invoice is settled without money, together with
// the payment or credit note that fell short of it.
type Deducted struct {
	Payment PaymentID
	Credit  CreditNoteID
	Invoice InvoiceID
	Cause   Cause
	Amount  Money
	Words   TextRef // what an offset was netted against, as staff wrote it
}

func (x *Deducted) kind() factKind { return kindDeducted }

func (x *Deducted) code(c *coder) {
	num(c, &x.Payment)
	num(c, &x.Credit)
	num(c, &x.Invoice)
	num(c, &x.Cause)
	c.money(&x.Amount)
	if c.version >= 2 {
		c.text(&x.Words)
	}
}

func (x *Deducted) apply(s *state, f *Fact) {
	inv := s.invoices.at(uint32(x.Invoice))
	if inv == nil {
		return
	}
	set(s, &inv.Deducted, inv.Deducted+x.Amount.Minor)
	if x.Cause == BySplit {
		set(s, &inv.Split, inv.Split+x.Amount.Minor)
	}
	s.reduce(inv, x.Amount.Minor, f.Effective)
	s.settled(Settlement{Payment: x.Payment, Credit: x.Credit, Invoice: inv.ID, Cause: x.Cause, Minor: x.Amount.Minor, Date: f.Effective, fact: f.Seq})
}

// SettlementReversed is the fact that takes one settlement back: the invoice is open again
// by that much, and an allocation's sum is on account again.
type SettlementReversed struct {
	Fact    uint64 // Allocated, CreditAllocated, Deducted or DiscountTaken
	Payment PaymentID
	Credit  CreditNoteID
	Invoice InvoiceID // which part of it
	Amount  Money
}

func (x *SettlementReversed) kind() factKind { return kindSettlementReversed }

func (x *SettlementReversed) code(c *coder) {
	c.u64(&x.Fact)
	num(c, &x.Payment)
	num(c, &x.Credit)
	num(c, &x.Invoice)
	c.money(&x.Amount)
}

func (x *SettlementReversed) apply(s *state, f *Fact) {
	src := source{s.payments.at(uint32(x.Payment)), s.creditNotes.at(uint32(x.Credit))}
	inv := s.invoices.at(uint32(x.Invoice))
	if src.none() || inv == nil {
		return
	}
	for n, st := *src.last(), (*Settlement)(nil); n != 0; n = st.before {
		st = s.settlements.at(n)
		if st.fact != x.Fact || st.Invoice != x.Invoice || st.Reversed {
			continue
		}
		set(s, &st.Reversed, true)
		drop(s, s.owedPapers, n)
		switch st.Cause {
		case ByAllocation:
			set(s, src.onAcct(), *src.onAcct()+st.taken().Minor)
			s.revalueAccount(src, -f.base(OnAccount))
			set(s, src.freed(), max(*src.freed(), f.Effective))
			set(s, &inv.Paid, inv.Paid-st.Minor)
		case ByDiscount:
			set(s, &inv.Discounted, inv.Discounted-st.Minor)
			set(s, &inv.cond.taken, 0)
		default:
			set(s, &inv.Deducted, inv.Deducted-st.Minor)
			if st.Cause == BySplit {
				set(s, &inv.Split, inv.Split-st.Minor)
			}
		}
		s.reopen(inv, st.Minor, f.Effective)
		return
	}
}

// settled writes down a settlement in the list of its payment or credit note.
func (s *state) settled(x Settlement) {
	src := source{s.payments.at(uint32(x.Payment)), s.creditNotes.at(uint32(x.Credit))}
	if src.none() {
		return
	}
	x.before = *src.last()
	s.settlements.add(s, x)
	set(s, src.last(), s.settlements.n)
	if x.Cause == ByWithholding || x.Cause == BySplit {
		put(s, s.owedPapers, s.settlements.n, true)
	}
}

// reopen raises what is open on inv again: the opposite of reduce.
func (s *state) reopen(inv *Invoice, minor int64, day Date) {
	s.reduce(inv, -minor, day)
	set(s, &inv.reopened, max(inv.reopened, day))
}

func (s *state) listPayment(p *Payment) {
	if c := s.customers.at(uint32(p.Customer)); c != nil {
		set(s, &p.before, c.lastPayment)
		set(s, &c.lastPayment, p.ID)
	}
}

func (s *state) listCredit(n *CreditNote, customer CustomerID) {
	if c := s.customers.at(uint32(customer)); c != nil {
		set(s, &n.earlier, c.lastCredit)
		set(s, &c.lastCredit, n.ID)
	}
}

// source is where money on account came from: a payment or a credit note.
type source struct {
	payment *Payment
	credit  *CreditNote
}

func (x source) none() bool { return x.payment == nil && x.credit == nil }

func (x source) onAcct() *int64 {
	if x.payment != nil {
		return &x.payment.OnAcct
	}
	return &x.credit.OnAcct
}

func (x source) freed() *Date {
	if x.payment != nil {
		return &x.payment.freed
	}
	return &x.credit.freed
}

func (x source) last() *uint32 {
	if x.payment != nil {
		return &x.payment.lastSettled
	}
	return &x.credit.lastSettled
}

// ids are how facts name x: one of the two is 0.
func (x source) ids() (PaymentID, CreditNoteID) {
	if x.payment != nil {
		return x.payment.ID, 0
	}
	return 0, x.credit.ID
}

// since is the day from which what is on account of x is free: its own, or the one on which
// it last came back.
func (x source) since() Date {
	if x.payment != nil {
		return max(x.payment.Date, x.payment.freed)
	}
	return max(x.credit.Date, x.credit.freed)
}

// sources returns what c has on account in cur, oldest first; payments before credit notes
// of the same day. Its cost follows the documents since the oldest that has something left.
func (v *View) sources(c *Customer, cur Currency) (out []source) {
	left := v.OnAccount(c, cur).Minor
	for n := v.CreditNote(c.lastCredit); n != nil && left > 0; n = v.CreditNote(n.earlier) {
		if n.OnAcct > 0 && n.Total.Currency == cur {
			out, left = append(out, source{credit: n}), left-n.OnAcct
		}
	}
	for p := v.Payment(c.lastPayment); p != nil && left > 0; p = v.Payment(p.before) {
		if p.OnAcct > 0 && p.Amount.Currency == cur {
			out, left = append(out, source{payment: p}), left-p.OnAcct
		}
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.since() != b.since() {
			return a.since() < b.since()
		}
		ap, ac := a.ids()
		bp, bc := b.ids()
		if (ap == 0) != (bp == 0) {
			return ap != 0
		}
		return ap < bp || ap == bp && ac < bc
	})
	return out
}

// OpenCredits are the credit notes of c's in cur of which something settles no invoice yet, oldest
// first.
func (v *View) OpenCredits(c *Customer, cur Currency) (out []*CreditNote) {
	for _, x := range v.sources(c, cur) {
		if x.credit != nil {
			out = append(out, x.credit)
		}
	}
	return out
}

// OnAccount is what c has on account in cur: money and credits that belong to no invoice yet.
func (v *View) OnAccount(c *Customer, cur Currency) Money {
	return v.AccountBalance(OnAccount, c.ID, cur).Neg()
}

// settle allocates minor units of src to inv. It is dated on the later day of the two, and
// never before what either of them took back: as-of answers stay true.
func (tx *Tx) settle(src source, inv *Invoice, minor int64) error {
	sum := Money{minor, inv.Currency}
	money, debt, valued := src.worth(minor), inv.worth(minor), tx.valued(src, inv)
	var body Body
	if p := src.payment; p != nil {
		body = &Allocated{p.ID, []Part{{inv.ID, minor}}}
	} else {
		body = &CreditAllocated{src.credit.ID, inv.ID, sum}
	}
	_, err := tx.append(settleDate(src, inv), body, entry(inv.Customer,
		Posting{Account: OnAccount, Amount: sum, Base: money},
		Posting{Account: Receivables, Amount: sum.Neg(), Base: -debt},
		tx.difference(debt-money, valued))...)
	return err
}

func settleDate(src source, inv *Invoice) Date { return max(src.since(), inv.Date, inv.reopened) }

// deduct settles sum of inv without money, because src fell short of it.
func (tx *Tx) deduct(src source, inv *Invoice, cause Cause, sum Money, words TextRef) error {
	if sum.Minor == 0 {
		return nil
	}
	p, n := src.ids()
	worth := inv.worth(sum.Minor)
	_, err := tx.append(settleDate(src, inv), &Deducted{p, n, inv.ID, cause, sum, words}, entry(inv.Customer,
		Posting{Account: cause.account(), Amount: sum, Base: worth},
		Posting{Account: Receivables, Amount: sum.Neg(), Base: -worth})...)
	return err
}

// roundingMax bounds what is rounded off, in minor units, however many lines there are.
const roundingMax = 50

// roundOff settles what src left open on inv when it is at most one minor unit per line: no
// invoice stays overdue for a cent. What is disputed is no residue.
func (tx *Tx) roundOff(src source, inv *Invoice) error {
	if inv.Open == 0 || inv.Open > roundingMax || inv.Dispute != 0 {
		return nil
	}
	doc, err := tx.InvoiceDetail(inv)
	if err != nil || inv.Open > int64(len(doc.Lines)) {
		return err
	}
	return tx.deduct(src, inv, ByRounding, inv.OpenMoney(), TextRef{})
}

// checkDeductions refuses deductions that do not belong to one invoice, or go beyond it.
func (tx *Tx) checkDeductions(inv *Invoice, n NewPayment) error {
	kept := n.kept()
	if kept == 0 {
		return nil
	}
	if inv == nil {
		return Refuse(BadInput, "payment.whichinvoice")
	}
	if inv.Currency != n.Amount.Currency {
		return Refuse(BadInput, "payment.currency", "number", inv.Number.String(), "currency", string(inv.Currency))
	}
	for _, sum := range []Money{n.Withheld, n.Fee, n.Split, n.Offset} {
		if sum.Minor < 0 || sum.Minor > moneyMax || sum.Minor > 0 && sum.Currency != inv.Currency {
			return Refuse(BadInput, "payment.deduction", "number", inv.Number.String(), "currency", string(inv.Currency))
		}
	}
	// Money comes first: what it leaves is all that can be deducted.
	left := Money{max(inv.Open+inv.WrittenOff-n.forInvoice(), 0), inv.Currency}
	if kept > left.Minor {
		return Refuse(BadInput, "payment.deductmuch", "amount", Money{kept, inv.Currency},
			"number", inv.Number.String(), "left", left)
	}
	if n.Offset.Minor > 0 && strings.TrimSpace(n.OffsetWords) == "" {
		return Refuse(BadInput, "payment.offsetwhat", "number", inv.Number.String())
	}
	return tx.checkSplit(inv, n.Split)
}

// checkSplit refuses to count more tax as paid to the state than credit notes left on inv.
func (tx *Tx) checkSplit(inv *Invoice, split Money) error {
	if split.Minor == 0 {
		return nil
	}
	left, err := tx.creditLeft(inv)
	if err != nil {
		return err
	}
	_, tax := sumTaxes(left.taxes, inv.Currency)
	tax = tax.Sub(Money{inv.Split, inv.Currency})
	if split.Minor > tax.Minor {
		return Refuse(BadInput, "payment.splitmuch", "amount", split, "number", inv.Number.String(), "tax", tax)
	}
	return nil
}

// deductAll books what a payment says was kept back.
func (tx *Tx) deductAll(p *Payment, inv *Invoice, n NewPayment) error {
	if inv == nil {
		return nil
	}
	src := source{payment: p}
	if err := tx.restore(inv, n.kept()-inv.Open, p.Date); err != nil {
		return err
	}
	var words TextRef
	if n.Offset.Minor > 0 {
		var err error
		if words, err = tx.keep(tx.Customer(inv.Customer).Person, strings.TrimSpace(n.OffsetWords)); err != nil {
			return err
		}
	}
	for _, d := range []struct {
		cause Cause
		sum   Money
		words TextRef
	}{{ByWithholding, n.Withheld, TextRef{}}, {ByFee, n.Fee, TextRef{}}, {BySplit, n.Split, TextRef{}}, {ByOffset, n.Offset, words}} {
		if err := tx.deduct(src, inv, d.cause, d.sum, d.words); err != nil {
			return err
		}
	}
	return nil
}

// Apply settles invoices of c from what is on account, oldest money first: inv up to sum,
// or up to what fits where sum is zero; with inv nil all open invoices, oldest due first.
// It returns a Conflict refusal when nothing is on account or nothing is open, and a
// BadInput one for a sum beyond either.
func (tx *Tx) Apply(c *Customer, inv *Invoice, sum Money) ([]Part, error) {
	if inv == nil {
		return tx.applyAll(c)
	}
	if inv.Customer != c.ID {
		return nil, Refuse(NotFound, "invoice.unknown", "text", inv.Number.String())
	}
	if sum.Minor > 0 && sum.Currency != inv.Currency {
		return tx.applyAcross(c, inv, sum)
	}
	there := tx.OnAccount(c, inv.Currency)
	open := Money{inv.Open + inv.WrittenOff, inv.Currency}
	switch {
	case there.Minor <= 0:
		return nil, Refuse(Conflict, "apply.nothing", "handle", c.Handle)
	case open.Minor == 0:
		return nil, Refuse(Conflict, "invoice.closed", "number", inv.Number.String())
	case sum.Minor < 0:
		return nil, Refuse(BadInput, "apply.sum", "number", inv.Number.String(), "currency", string(inv.Currency))
	case sum.Minor > there.Minor || sum.Minor > open.Minor:
		return nil, Refuse(BadInput, "apply.toomuch", "amount", sum, "number", inv.Number.String(), "open", open, "there", there)
	case sum.Minor == 0:
		// What was given up is settled only where somebody says by how much.
		sum = Money{minMinor(there.Minor, inv.Open), inv.Currency}
		if inv.Open == 0 {
			sum.Minor = minMinor(there.Minor, inv.WrittenOff)
		}
	}
	return tx.applyTo(c, inv, sum.Minor)
}

func (tx *Tx) applyTo(c *Customer, inv *Invoice, minor int64) ([]Part, error) {
	part := Part{Invoice: inv.ID}
	if err := tx.restore(inv, minor-inv.Open, tx.Today()); err != nil {
		return nil, err
	}
	for _, src := range tx.sources(c, inv.Currency) {
		if p := src.payment; p != nil && part.Minor == 0 {
			if o, ok := p.earlyFor(inv, minMinor(minor, p.OnAcct), 0); ok {
				if err := tx.takeEarly(p, inv, o); err != nil {
					return nil, err
				}
				minor = o.Pay.Minor
			}
		}
		take := minMinor(minor-part.Minor, *src.onAcct())
		if take == 0 {
			break
		}
		if err := tx.settle(src, inv, take); err != nil {
			return nil, err
		}
		if part.Minor += take; part.Minor == minor {
			if err := tx.roundOff(src, inv); err != nil {
				return nil, err
			}
		}
	}
	return []Part{part}, nil
}

func (tx *Tx) applyAll(c *Customer) ([]Part, error) {
	if len(tx.s.onAccount(c.ID)) == 0 {
		return nil, Refuse(Conflict, "apply.nothing", "handle", c.Handle)
	}
	var all []Part
	for _, item := range tx.ToSettle(c) {
		inv := item.Invoice
		there := tx.OnAccount(c, inv.Currency).Minor
		minor := minMinor(there, minMinor(item.Open.Minor, inv.Open)) // a residue may have been rounded off
		if minor <= 0 {
			continue
		}
		parts, err := tx.applyTo(c, inv, minor)
		if err != nil {
			return nil, err
		}
		all = addParts(all, parts)
	}
	if len(all) == 0 {
		return nil, Refuse(Conflict, "apply.noopen", "handle", c.Handle)
	}
	return all, nil
}

// addParts adds parts to all, once for each invoice.
func addParts(all, parts []Part) []Part {
	for _, p := range parts {
		i := slices.IndexFunc(all, func(x Part) bool { return x.Invoice == p.Invoice })
		if i < 0 {
			all = append(all, p)
		} else {
			all[i].Minor += p.Minor
		}
	}
	return all
}

// Unapply takes back all that payment p settled on inv: its sum is on account again, and
// what was deducted with it is open again. It returns a Conflict refusal when p settles
// nothing there.
func (tx *Tx) Unapply(p *Payment, inv *Invoice) (Money, error) {
	back, err := tx.reverse(source{payment: p}, func(st *Settlement) bool { return st.Invoice == inv.ID })
	if err == nil && back == 0 {
		err = Refuse(Conflict, "unapply.none", "payment", p.Label(), "number", inv.Number.String())
	}
	return Money{back, inv.Currency}, err
}

// UnapplyCredit is Unapply for what was on account of credit note n.
func (tx *Tx) UnapplyCredit(n *CreditNote, inv *Invoice) (Money, error) {
	back, err := tx.reverse(source{credit: n}, func(st *Settlement) bool { return st.Invoice == inv.ID })
	if err == nil && back == 0 {
		err = Refuse(Conflict, "unapply.none", "payment", n.Number.String(), "number", inv.Number.String())
	}
	return Money{back, inv.Currency}, err
}

// reverse takes back the settlements of src that which picks, newest first, and returns how
// much is open again.
func (tx *Tx) reverse(src source, which func(*Settlement) bool) (back int64, err error) {
	for st := tx.s.settlements.at(*src.last()); st != nil; st = tx.s.settlements.at(st.before) {
		if st.Reversed || !which(st) {
			continue
		}
		inv := tx.Invoice(st.Invoice)
		if st.Cause == ByDiscount && inv.Credited > 0 && inv.Creditable().Minor == 0 {
			continue // a credit note took back the rest: with the discount, nothing was ever owed
		}
		sum := Money{st.Minor, inv.Currency}
		f, err := tx.fact(st.fact)
		if err != nil {
			return 0, err
		}
		_, err = tx.append(max(tx.Today(), st.Date), &SettlementReversed{st.fact, st.Payment, st.Credit, st.Invoice, sum}, reversed(f.Postings)...)
		if err != nil {
			return 0, err
		}
		back += st.Minor
	}
	return back, nil
}

// taken is what a settlement took of an account.
func (st *Settlement) taken() Money {
	if st.Taken.Currency != "" {
		return st.Taken
	}
	return Money{Minor: st.Minor}
}

// Settlements returns what p settled, oldest first, also what was taken back.
func (v *View) Settlements(p *Payment) (out []Settlement) {
	for st := v.s.settlements.at(p.lastSettled); st != nil; st = v.s.settlements.at(st.before) {
		out = append(out, *st)
	}
	slices.Reverse(out)
	return out
}

// PaymentsOf returns c's last payments, newest first, at most limit.
func (v *View) PaymentsOf(c *Customer, limit int) (out []*Payment) {
	for p := v.Payment(c.lastPayment); p != nil && len(out) < limit; p = v.Payment(p.before) {
		out = append(out, p)
	}
	return out
}

// CreditNoteNumbered returns c's credit note of that number, nil where there is none.
func (v *View) CreditNoteNumbered(c *Customer, number string) *CreditNote {
	n := v.CreditNote(c.lastCredit)
	for n != nil && n.Number.String() != number {
		n = v.CreditNote(n.earlier)
	}
	return n
}

// CertificateReceived is the fact that the certificate of tax withheld has come, or the proof
// of tax that the buyer paid to the state.
type CertificateReceived struct {
	Fact      uint64 // Deducted
	Payment   PaymentID
	Invoice   InvoiceID
	Amount    Money
	Reference TextRef // the paper's number, as staff wrote it
}

func (x *CertificateReceived) kind() factKind { return kindCertificate }

func (x *CertificateReceived) code(c *coder) {
	c.u64(&x.Fact)
	num(c, &x.Payment)
	num(c, &x.Invoice)
	c.money(&x.Amount)
	c.text(&x.Reference)
}

func (x *CertificateReceived) apply(s *state, _ *Fact) {
	p := s.payments.at(uint32(x.Payment))
	if p == nil {
		return
	}
	for n, st := p.lastSettled, (*Settlement)(nil); n != 0; n = st.before {
		if st = s.settlements.at(n); st.fact == x.Fact {
			drop(s, s.owedPapers, n)
		}
	}
}

// OwedCertificates returns the settlements by tax withheld, or paid to the state by the
// buyer, whose paper has not come, oldest first.
func (v *View) OwedCertificates() []*Settlement {
	return sortedByID(v.s.owedPapers, func(n uint32, _ bool) *Settlement { return v.s.settlements.at(n) },
		func(st *Settlement) uint64 { return st.fact })
}

// Certify books that the certificate of all tax withheld on inv has come, and returns how
// much that is. It returns a Conflict refusal when none is owed.
func (tx *Tx) Certify(inv *Invoice, reference string) (Money, error) {
	sum := Money{0, inv.Currency}
	for _, st := range tx.OwedCertificates() {
		if st.Invoice != inv.ID {
			continue
		}
		ref, err := tx.keep(tx.Customer(inv.Customer).Person, reference)
		if err != nil {
			return sum, err
		}
		part := Money{st.Minor, inv.Currency}
		if _, err := tx.append(max(tx.Today(), st.Date), &CertificateReceived{st.fact, st.Payment, inv.ID, part, ref}); err != nil {
			return sum, err
		}
		sum = sum.Add(part)
	}
	if sum.Minor == 0 {
		return sum, Refuse(Conflict, "certificate.none", "number", inv.Number.String())
	}
	return sum, nil
}

// dumpCash writes what this file and its neighbours project.
func dumpCash(w io.Writer, s *state) {
	s.invoices.each(func(i *Invoice) {
		if i.Deducted != 0 || i.WrittenOff != 0 || i.Discounted != 0 || i.reopened != 0 {
			fmt.Fprintf(w, "settled invoice %d deducted %d split %d discounted %d written off %d/%d reopened %s\n", i.ID, i.Deducted, i.Split, i.Discounted, i.WrittenOff, i.lastWriteOff, i.reopened)
		}
	})
	s.payments.each(func(p *Payment) {
		fmt.Fprintf(w, "payment %d before %d refunded %d returned %t paid back %t charged %t freed %s settled %d\n", p.ID, p.before, p.Refunded, p.Returned, p.PaidBack, p.Charged, p.freed, p.lastSettled)
	})
	s.creditNotes.each(func(n *CreditNote) {
		fmt.Fprintf(w, "creditnote %d before %d on account %d freed %s settled %d\n", n.ID, n.earlier, n.OnAcct, n.freed, n.lastSettled)
	})
	s.settlements.each(func(x *Settlement) {
		fmt.Fprintf(w, "settlement of payment %d credit %d invoice %d cause %d %d %s reversed %t before %d fact %d\n",
			x.Payment, x.Credit, x.Invoice, x.Cause, x.Minor, x.Date, x.Reversed, x.before, x.fact)
	})
	for n := uint32(1); n <= s.settlements.n; n++ {
		if s.owedPapers[n] {
			fmt.Fprintf(w, "certificate owed for settlement %d\n", n)
		}
	}
	s.refunds.each(func(r *Refund) {
		fmt.Fprintf(w, "refund %d customer %d %s %s fact %d voucher %s\n", r.ID, r.Customer, r.Date, r.Amount, r.fact, r.Voucher)
	})
	s.writeOffs.each(func(x *writeOff) {
		fmt.Fprintf(w, "writeoff invoice %d %s left %d before %d fact %d\n", x.invoice, x.date, x.left, x.before, x.fact)
	})
}
