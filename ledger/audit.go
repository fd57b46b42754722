package ledger

import (
	"fmt"
	"sort"
	"strings"
)

// FactName is what a fact is, in one word, for people: see View.Describe.
type FactName string

// The names. A kind that has none is FactOther.
const (
	FactCompany    FactName = "company"
	FactCustomer   FactName = "customer"
	FactInvited    FactName = "invited"
	FactLinked     FactName = "linked"
	FactUnlinked   FactName = "unlinked"
	FactInvoice    FactName = "invoice"
	FactPayment    FactName = "payment"
	FactAllocation FactName = "allocation"
	FactCreditNote FactName = "creditnote"
	FactDispute    FactName = "dispute"
	FactWords      FactName = "words"
	FactResolved   FactName = "resolved"
	FactPromise    FactName = "promise"
	FactNotice     FactName = "notice"
	FactOutcome    FactName = "outcome"
	FactLanguage   FactName = "language"
	FactAsked      FactName = "asked"   // for an approval
	FactDecided    FactName = "decided" // what became of it
	FactDiscount   FactName = "discount"
	FactOpened     FactName = "opened" // by the customer

	FactRequirements FactName = "requirements" // of a customer's invoices
	FactOther        FactName = "other"

	FactInterest      FactName = "interest"
	FactCosts         FactName = "costs"
	FactInterestRate  FactName = "interestrate"
	FactInterestTerms FactName = "interestterms"
	FactCharged       FactName = "charged"
	FactPromiseKept   FactName = "promisekept"
	FactPromiseBroken FactName = "promisebroken"
	FactPromiseLapsed FactName = "promiselapsed"
	FactPlan          FactName = "plan"
	FactPlanKept      FactName = "plankept"
	FactPlanBroken    FactName = "planbroken"
	FactPlanCancelled FactName = "plancancelled"
	FactContract      FactName = "contract"
	FactOccurrence    FactName = "occurrence"
	FactContractStop  FactName = "contractstop"
)

// Description is a fact in a few words.
type Description struct {
	Name   FactName
	Refs   []string // documents it makes or names: "INV-2026-000001", "P-3", "acme", a kind or state
	Amount Money    // zero where none is told
	Day    Date     // a promise's
	Words  TextRef  // of a person: a reference, a reason
}

// Describe tells what f is and what it names. It reads no other fact, but that of the notice
// of an outcome.
func (v *View) Describe(f *Fact) Description {
	switch x := f.Body.(type) {
	case *InvoiceIssued:
		name := map[Nature]FactName{NaturePrincipal: FactInvoice, NatureInterest: FactInterest, NatureCosts: FactCosts}[x.Nature]
		return Description{Name: name, Refs: []string{x.Number.String()}, Amount: x.Total}
	case *CreditNoteIssued:
		return Description{Name: FactCreditNote, Refs: append([]string{x.Number.String()}, v.numbers(x.Invoice)...), Amount: x.Total, Words: x.Reason}
	case *PaymentReceived:
		return Description{Name: FactPayment, Refs: []string{PaymentLabel(v.paymentOf(f))}, Amount: x.Amount, Words: x.Reference}
	case *Allocated:
		return v.describeAllocation(x)
	case *DiscountTaken:
		return Description{Name: FactDiscount, Refs: append([]string{PaymentLabel(x.Payment)}, v.numbers(x.Invoice)...), Amount: x.Amount}
	case *DisputeOpened:
		return Description{Name: FactDispute, Refs: append(v.numbers(x.Invoice), lineMarks(x.Lines)...), Amount: x.Amount}
	case *DisputeMessage:
		return Description{Name: FactWords, Refs: v.disputeRefs(x.Dispute), Words: x.Text}
	case *DisputeResolved:
		return Description{Name: FactResolved, Refs: append(v.disputeRefs(x.Dispute), string(x.Outcome)), Words: x.Words}
	case *PromiseMade:
		return Description{Name: FactPromise, Refs: v.numbers(x.Invoice), Day: x.By}
	case *NoticeQueued:
		return Description{Name: FactNotice, Refs: append([]string{string(x.Kind)}, v.numbers(x.Invoice)...), Words: x.Text}
	case *NoticeOutcome:
		d := Description{Name: FactOutcome, Refs: []string{string(x.State)}}
		if q, err := v.noticeOf(x.Notice); err == nil {
			d.Refs = append(d.Refs, string(q.Kind))
		}
		return d
	}
	if d, ok := v.describeClaim(f); ok {
		return d
	}
	if d, ok := v.describeRecurring(f); ok {
		return d
	}
	if d, ok := describeImport(f); ok {
		return d
	}
	if d, ok := v.describeSpoken(f); ok {
		return d
	}
	if d, ok := v.describeNote(f); ok {
		return d
	}
	if d, ok := v.describeContact(f); ok {
		return d
	}
	if d, ok := v.describeTalk(f); ok {
		return d
	}
	if d, ok := v.describeLink(f); ok {
		return d
	}
	if d, ok := v.describeChosen(f); ok {
		return d
	}
	if d, ok := describeDigest(f); ok {
		return d
	}
	if d, ok := v.describeFile(f); ok {
		return d
	}
	if d, ok := v.describeLetterhead(f); ok {
		return d
	}
	if d, ok := v.describeDispute(f); ok {
		return d
	}
	if d, ok := v.describeBank(f); ok {
		return d
	}
	if d, ok := v.describeCheque(f); ok {
		return d
	}
	if d, ok := describeBankChange(f); ok {
		return d
	}
	if d, ok := v.describeOdd(f); ok {
		return d
	}
	if d, ok := v.describePaidClaim(f); ok {
		return d
	}
	if d, ok := v.describeReconciliation(f); ok {
		return d
	}
	if d, ok := v.describeProvider(f); ok {
		return d
	}
	if d, ok := v.describePreflight(f); ok {
		return d
	}
	if d, ok := v.describeReminding(f); ok {
		return d
	}
	if d, ok := v.describePilot(f); ok {
		return d
	}
	if d, ok := v.describeLoyalty(f); ok {
		return d
	}
	if d, ok := v.describeOwnStatement(f); ok {
		return d
	}
	if d, ok := v.describeTask(f); ok {
		return d
	}
	if d, ok := v.describeRating(f); ok {
		return d
	}
	if d, ok := v.describeDeferral(f); ok {
		return d
	}
	switch x := f.Body.(type) {
	case *InvoiceOpened:
		return Description{Name: FactOpened, Refs: v.numbers(x.Invoice)}
	case *RequirementsSet:
		return Description{Name: FactRequirements, Refs: v.handle(x.Customer)}
	}
	return v.describeParties(f)
}

// describeParties tells facts about who is who.
func (v *View) describeParties(f *Fact) Description {
	switch x := f.Body.(type) {
	case *CompanySet:
		return Description{Name: FactCompany, Refs: []string{x.Name}}
	case *CustomerAdded:
		return Description{Name: FactCustomer, Refs: []string{x.Handle}}
	case *CustomerInvited:
		return Description{Name: FactInvited, Refs: v.handle(x.Customer)}
	case *ChatLinked:
		return Description{Name: FactLinked, Refs: v.handle(x.Customer)}
	case *ChatUnlinked:
		return Description{Name: FactUnlinked, Refs: v.handle(x.Customer)}
	case *LanguageSet:
		return Description{Name: FactLanguage, Refs: append(v.handle(x.Customer), x.Language)}
	}
	return v.describeCash(f)
}

func (v *View) describeAllocation(x *Allocated) Description {
	d := Description{Name: FactAllocation, Refs: []string{PaymentLabel(x.Payment)}}
	for _, p := range x.Parts {
		if inv := v.Invoice(p.Invoice); inv != nil {
			d.Refs = append(d.Refs, inv.Number.String())
			d.Amount = d.Amount.Add(Money{p.Minor, inv.Currency})
		}
	}
	return d
}

func (v *View) numbers(id InvoiceID) []string {
	if inv := v.Invoice(id); inv != nil {
		return []string{inv.Number.String()}
	}
	return nil
}

func (v *View) handle(id CustomerID) []string {
	if c := v.Customer(id); c != nil {
		return []string{c.Handle}
	}
	return nil
}

func (v *View) disputeRefs(id DisputeID) []string {
	if d := v.Dispute(id); d != nil {
		return append([]string{d.Label()}, v.numbers(d.Invoice)...)
	}
	return nil
}

// noticeOf reads the fact that queued a notice.
func (v *View) noticeOf(id NoticeID) (*NoticeQueued, error) {
	n := v.s.notices.at(uint32(id))
	if n == nil {
		return nil, fmt.Errorf("there is no notice %d", id)
	}
	f, err := v.fact(uint64(n.queued))
	if err != nil {
		return nil, err
	}
	return f.Body.(*NoticeQueued), nil
}

// Retold reports whether f is about the edit of a message that stood already: it tells
// nothing that another fact does not.
func (v *View) Retold(f *Fact) bool {
	switch x := f.Body.(type) {
	case *NoticeQueued:
		return x.Kind.retells()
	case *NoticeOutcome:
		q, err := v.noticeOf(x.Notice)
		return err == nil && q.Kind.retells()
	}
	return false
}

// retells reports whether notices of kind k tell what other facts tell.
func (k NoticeKind) retells() bool { return k.Lost() == LostRedo || k == NoticeThread }

// KindName is the name of a fact's kind in files for auditors: "InvoiceIssued".
func KindName(b Body) string {
	name := fmt.Sprintf("%T", b)
	return name[strings.LastIndexByte(name, '.')+1:]
}

// PaymentLabel is how people name a payment: "P-3".
func PaymentLabel(id PaymentID) string { return fmt.Sprintf("P-%d", id) }

// paymentOf finds the payment that a fact received: payments are in the order of facts.
func (v *View) paymentOf(f *Fact) PaymentID {
	i := sort.Search(int(v.s.payments.n), func(i int) bool { return v.s.payments.at(uint32(i)+1).fact >= f.Seq })
	if p := v.s.payments.at(uint32(i) + 1); p != nil && p.fact == f.Seq {
		return p.ID
	}
	return 0
}

// Fact returns fact number seq.
func (v *View) Fact(seq uint64) (*Fact, error) { return v.fact(seq) }

// ViaOf is the key of the command that made f: facts of one command keep it in the first.
// It is "" for what the program did by itself.
func (v *View) ViaOf(f *Fact) (string, error) {
	for first := f; ; {
		if first.Via != "" || first.Seq <= 1 {
			return first.Via, nil
		}
		before, err := v.fact(first.Seq - 1)
		if err != nil {
			return "", err
		}
		if !sameCommand(before, f) {
			return "", nil
		}
		first = before
	}
}

// sameCommand reports whether f may be of the command that made the fact before it.
func sameCommand(before, f *Fact) bool { return before.By == f.By && before.Recorded.Equal(f.Recorded) }

// ActorName is the name of whoever a fact was made by, where the books know one: a person
// behind a chat. Slack users and programs are called as the fact does.
func (v *View) ActorName(by string) string {
	if address := v.s.addressOf(by); address != by && address != "" {
		if name := v.ChatName(address); name != "" {
			return name
		}
	}
	return by
}

// Audit reads the ledger file at path as Verify does, and calls each with every fact that
// the chain vouches for, in order, while v shows the books as they stood after it. Via is
// filled in where a fact has that of the one before. It returns Verify's report.
func Audit(path string, each func(v *View, f *Fact) error, watch ...Watch) (*Report, error) {
	var failed error
	var last *Fact
	rep, err := verify(path, "", func(v *View, f *Fact) {
		if last != nil && f.Via == "" && sameCommand(last, f) {
			f.Via = last.Via
		}
		if last = f; failed == nil {
			failed = each(v, f)
		}
	}, firstWatch(watch))
	if err == nil {
		err = failed
	}
	return rep, err
}
