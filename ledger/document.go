package ledger

import (
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Documents as they were handed out. What stands on one follows from the facts up to its own;
// that it was drawn, in which language and with which bytes, is a fact too, so that the same
// document drawn again can be held against it.

// DocumentKind is what a document is: "invoice", "receipt", …
type DocumentKind string

// DocumentMade is the fact that a document was drawn for the first time in a language, or that
// a statement went to a customer. It names what the document is of.
type DocumentMade struct {
	Kind     DocumentKind
	Customer CustomerID
	Invoice  InvoiceID
	Payment  PaymentID
	Credit   CreditNoteID
	Refund   RefundID // in cash
	From, To Date     // of a statement
	Notice   NoticeID // that brings it, where it carries an invitation for that; 0: it does not
	Lang     string   // "en"
	Bytes    Hash     // SHA-256 of the file
	Size     int      // bytes
}

func (x *DocumentMade) kind() factKind { return kindDocument }

func (x *DocumentMade) code(c *coder) {
	str(c, &x.Kind)
	num(c, &x.Customer)
	num(c, &x.Invoice)
	num(c, &x.Payment)
	num(c, &x.Credit)
	num(c, &x.From)
	num(c, &x.To)
	num(c, &x.Notice)
	str(c, &x.Lang)
	c.fixed(x.Bytes[:])
	num(c, &x.Size)
	if c.version >= 8 {
		num(c, &x.Refund)
	}
}

func (x *DocumentMade) apply(s *state, f *Fact) {
	if x.Issued() {
		put(s, s.documents, x.key(), factNo(f.Seq))
	}
}

// Issued reports whether x is of something that was issued once, and so has the same bytes
// for ever; a statement is of the day on which it is asked for.
func (x *DocumentMade) Issued() bool {
	return x.Invoice != 0 || x.Payment != 0 || x.Credit != 0 || x.Refund != 0
}

// key tells documents apart. Two that share one are told apart by their facts.
func (x *DocumentMade) key() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d %d %d %d %s", x.Kind, x.Invoice, x.Payment, x.Credit, x.Refund, x.Lang)
	return h.Sum64()
}

// same reports whether y is of the same document in the same language.
func (x *DocumentMade) same(y *DocumentMade) bool {
	return x.Kind == y.Kind && x.Invoice == y.Invoice && x.Payment == y.Payment && x.Credit == y.Credit && x.Refund == y.Refund && x.Lang == y.Lang
}

// MadeBefore returns the fact of the document that x is of, as it was first drawn in that
// language; nil where it was not.
func (v *View) MadeBefore(x *DocumentMade) (*DocumentMade, error) {
	seq := v.s.documents[x.key()]
	if seq == 0 || !x.Issued() {
		return nil, nil
	}
	f, err := v.fact(uint64(seq))
	if err != nil {
		return nil, err
	}
	if y, ok := f.Body.(*DocumentMade); ok && y.same(x) {
		return y, nil
	}
	return nil, nil
}

// NoteDocument books that x was drawn, unless the books know: of what was issued the first
// time counts.
func (tx *Tx) NoteDocument(x DocumentMade) error {
	if y, err := tx.MadeBefore(&x); y != nil || err != nil {
		return err
	}
	_, err := tx.append(tx.Today(), &x)
	return err
}

// RefundFact is the fact that booked r.
func (v *View) RefundFact(r *Refund) (*Fact, error) { return v.fact(r.fact) }

// InvoiceFact is the fact that issued inv.
func (v *View) InvoiceFact(inv *Invoice) (*Fact, error) { return v.fact(inv.fact) }

// CreditNoteFact is the fact that issued n.
func (v *View) CreditNoteFact(n *CreditNote) (*Fact, error) { return v.fact(n.fact) }

// CreditNoteOf is the credit note of that number, nil where there is none.
func (v *View) CreditNoteOf(number string) *CreditNote {
	m := numberPattern.FindStringSubmatch(strings.TrimSpace(number))
	if m == nil {
		return nil
	}
	year, _ := strconv.Atoi(m[2])
	n, _ := strconv.Atoi(m[3])
	want := Number{strings.ToUpper(m[1]), year, uint32(n)}
	for id := CreditNoteID(v.s.creditNotes.n); id > 0; id-- {
		if n := v.CreditNote(id); n.Number == want {
			return n
		}
	}
	return nil
}

// CompanyAt is what the company was when the fact of number seq was written; before the first
// fact of it, that.
func (v *View) CompanyAt(seq uint64) CompanySet {
	at := v.s.company
	for i := len(v.s.companies) - 1; i >= 0; i-- {
		if at = v.s.companies[i].CompanySet; v.s.companies[i].since <= seq {
			break
		}
	}
	return at
}

// companyAt is a company from a fact on.
type companyAt struct {
	since uint64
	CompanySet
}

// Received is what became of a payment when it was booked, as its receipt says for ever.
type Received struct {
	Fact      *Fact // PaymentReceived
	Parts     []ReceivedPart
	OnAccount Money // what no invoice took
}

// ReceivedPart is what a payment paid of an invoice.
type ReceivedPart struct {
	Invoice *Invoice
	Paid    Money // of the invoice, in its currency
	Left    Money // open after it
}

// Received returns what the command that booked p did with it.
func (v *View) Received(p *Payment) (Received, error) {
	f, err := v.fact(p.fact)
	if err != nil {
		return Received{}, err
	}
	last, err := v.lastOfCommand(f)
	out := Received{Fact: f, OnAccount: p.Amount}
	for _, st := range v.Settlements(p) {
		if st.fact > last || st.Cause != ByAllocation {
			continue
		}
		inv := v.Invoice(st.Invoice)
		taken := st.Minor
		if st.Taken.Currency != "" {
			taken = st.Taken.Minor
		}
		out.OnAccount.Minor -= taken
		i := slices.IndexFunc(out.Parts, func(x ReceivedPart) bool { return x.Invoice == inv })
		if i < 0 {
			i = len(out.Parts)
			out.Parts = append(out.Parts, ReceivedPart{inv, Money{0, inv.Currency}, v.OpenOn(inv, AsOf{dateMax, last})})
		}
		out.Parts[i].Paid.Minor += st.Minor
	}
	return out, err
}

// dateMax lies after every date.
const dateMax = Date(1<<31 - 1)

// lastOfCommand is the number of the last fact of the command that made f.
func (v *View) lastOfCommand(f *Fact) (uint64, error) {
	last := f.Seq
	for last < v.s.head.Seq {
		next, err := v.fact(last + 1)
		if err != nil {
			return last, err
		}
		if next.Via != "" || !sameCommand(f, next) {
			break
		}
		last++
	}
	return last, nil
}

// FactDocument is the name of the fact that a document was drawn.
const FactDocument FactName = "document"

// describeDocument tells of what a document is.
func (v *View) describeDocument(x *DocumentMade) Description {
	d := Description{Name: FactDocument, Refs: []string{string(x.Kind)}}
	switch {
	case x.Credit != 0:
		d.Refs = append(d.Refs, v.sourceRefs(0, x.Credit)...)
	case x.Payment != 0:
		d.Refs = append(d.Refs, PaymentLabel(x.Payment))
	case x.Refund != 0:
		if r := v.RefundOf(x.Refund); r != nil {
			d.Refs = append(d.Refs, r.Voucher.String())
		}
	case x.Invoice != 0:
		d.Refs = append(d.Refs, v.numbers(x.Invoice)...)
	default:
		d.Refs = append(d.Refs, v.handle(x.Customer)...)
	}
	return d
}

func dumpDocuments(w io.Writer, s *state) {
	for _, x := range s.companies {
		fmt.Fprintf(w, "company since %d %q\n", x.since, x.Name)
	}
	keys := make([]uint64, 0, len(s.documents))
	for key := range s.documents {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		fmt.Fprintf(w, "document %016x fact %d\n", key, s.documents[key])
	}
}
