package ledger

import (
	"github.com/shopspring/decimal"
)

// CreditNoteID numbers credit notes from 1 in order of issue.
type CreditNoteID uint32

// CreditNote takes back an invoice, or a part of it.
type CreditNote struct {
	ID      CreditNoteID
	Invoice InvoiceID
	Number  Number
	Date    Date
	Total   Money
	OnAcct  int64        // minor units on account, not applied yet
	before  CreditNoteID // the one before on the same invoice
	fact    uint64

	earlier     CreditNoteID // the one before of the same customer
	freed       Date         // the last day on which something came back on account
	lastSettled uint32       // list of settlements from it, newest first
}

// CreditNoteIssued is the fact of a credit note. What it takes off an invoice that was
// paid already stays on the customer's account.
type CreditNoteIssued struct {
	Number  Number
	Invoice InvoiceID
	Net     Money
	Taxes   []TaxSum // what it takes back per rate
	Total   Money
	Applied Money   // to what was open on the invoice; the rest is on account
	Reason  TextRef // as staff wrote it
}

func (x *CreditNoteIssued) kind() factKind { return kindCreditNote }

func (x *CreditNoteIssued) code(c *coder) {
	x.Number.code(c)
	num(c, &x.Invoice)
	c.money(&x.Net)
	list(c, &x.Taxes, func(c *coder, t *TaxSum) { t.code(c) })
	c.money(&x.Total)
	c.money(&x.Applied)
	c.text(&x.Reason)
}

func (x *CreditNoteIssued) apply(s *state, f *Fact) {
	inv := s.invoices.at(uint32(x.Invoice))
	if inv == nil {
		return
	}
	id := CreditNoteID(s.creditNotes.n + 1)
	n := s.creditNotes.add(s, CreditNote{ID: id, Invoice: x.Invoice, Number: x.Number, Date: f.Effective, Total: x.Total,
		OnAcct: x.Total.Minor - x.Applied.Minor, before: inv.lastCredit, fact: f.Seq})
	s.listCredit(n, inv.Customer)
	put(s, s.creditNums, x.Number.series(), x.Number.N)
	set(s, &inv.lastCredit, id)
	set(s, &inv.Credited, inv.Credited+x.Total.Minor)
	s.reduce(inv, x.Applied.Minor, f.Effective)
}

// Credit issues a credit note over amount, tax included, on inv. Its tax is the same share
// of each rate's tax as amount is of the invoice; the note that takes the last cent takes
// all that is left of each. It returns a BadInput refusal beyond what can still be credited.
func (tx *Tx) Credit(inv *Invoice, amount Money, reason string) (*CreditNote, error) {
	left := Money{inv.Total - inv.Credited, inv.Currency}
	if amount.Currency != inv.Currency {
		return nil, Refuse(BadInput, "payment.currency", "number", inv.Number.String(), "currency", string(inv.Currency))
	}
	if amount.Minor <= 0 {
		return nil, Refuse(BadInput, "credit.notpositive")
	}
	if amount.Minor > left.Minor {
		return nil, Refuse(BadInput, "credit.toomuch", "amount", amount, "number", inv.Number.String(), "left", left)
	}
	// What was given up is owed again first: the note would leave money on account that never came.
	if err := tx.restore(inv, amount.Minor-inv.Open, tx.Today()); err != nil {
		return nil, err
	}
	x, err := tx.creditShares(inv, amount, left)
	if err != nil {
		return nil, err
	}
	c := tx.Customer(inv.Customer)
	if x.Reason, err = tx.keep(c.Person, reason); err != nil {
		return nil, err
	}
	x.Applied = Money{minMinor(amount.Minor, inv.Open), inv.Currency}
	tax := x.Total.Sub(x.Net)
	_, err = tx.append(max(tx.Today(), inv.Date), x, entry(c.ID,
		Posting{Account: SalesReductions, Amount: x.Net},
		Posting{Account: OutputTax, Amount: tax},
		Posting{Account: Receivables, Amount: x.Applied.Neg()},
		Posting{Account: OnAccount, Amount: x.Applied.Sub(x.Total)})...)
	if err != nil {
		return nil, err
	}
	return tx.s.creditNotes.at(tx.s.creditNotes.n), nil
}

// creditShares splits amount into net and tax per rate.
func (tx *Tx) creditShares(inv *Invoice, amount, left Money) (*CreditNoteIssued, error) {
	doc, err := tx.InvoiceDetail(inv)
	if err != nil {
		return nil, err
	}
	before, err := tx.creditedTaxes(inv)
	if err != nil {
		return nil, err
	}
	year := tx.Today().Year()
	ser := series{tx.s.company.Credits, year}
	x := &CreditNoteIssued{Number: Number{ser.Prefix, year, tx.s.creditNums[ser] + 1}, Invoice: inv.ID, Total: amount, Net: amount}
	last := amount == left
	for _, t := range doc.Taxes {
		share := TaxSum{Rate: t.Rate}
		rest := t.Tax.Minor - before[t.Rate.String()].Tax.Minor
		restBase := t.Base.Minor - before[t.Rate.String()].Base.Minor
		if last {
			share.Tax, share.Base = Money{rest, inv.Currency}, Money{restBase, inv.Currency}
		} else {
			share.Tax = Money{shareOf(t.Tax.Minor, rest, amount.Minor, inv.Total), inv.Currency}
			share.Base = Money{shareOf(t.Base.Minor, restBase, amount.Minor, inv.Total), inv.Currency}
		}
		x.Taxes = append(x.Taxes, share)
		x.Net = x.Net.Sub(share.Tax)
	}
	return x, nil
}

// shareOf is sum * part / whole in minor units, half away from zero, and never past what
// rest leaves of sum: sum is negative for a rebate that has a line of its own.
func shareOf(sum, rest, part, whole int64) int64 {
	// The product comes first, since a quotient may be cut just below a half.
	minor := decimal.NewFromInt(sum).Mul(decimal.NewFromInt(part)).Div(decimal.NewFromInt(whole)).Round(0).IntPart()
	if sum < 0 {
		return max(minor, rest)
	}
	return minMinor(minor, rest)
}

// creditedTaxes sums, per rate, what earlier credit notes on inv took back.
func (tx *Tx) creditedTaxes(inv *Invoice) (map[string]TaxSum, error) {
	out := map[string]TaxSum{}
	for n := tx.CreditNote(inv.lastCredit); n != nil; n = tx.CreditNote(n.before) {
		x, err := tx.CreditNoteDetail(n)
		if err != nil {
			return nil, err
		}
		for _, t := range x.Taxes {
			sum := out[t.Rate.String()]
			sum.Tax, sum.Base = sum.Tax.Add(t.Tax), sum.Base.Add(t.Base)
			out[t.Rate.String()] = sum
		}
	}
	return out, nil
}

// CreditNote returns credit note id, nil where there is none.
func (v *View) CreditNote(id CreditNoteID) *CreditNote { return v.s.creditNotes.at(uint32(id)) }

// CreditNoteDetail returns the document of n.
func (v *View) CreditNoteDetail(n *CreditNote) (*CreditNoteIssued, error) {
	f, err := v.fact(n.fact)
	if err != nil {
		return nil, err
	}
	return f.Body.(*CreditNoteIssued), nil
}
