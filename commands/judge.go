package commands

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/match"
)

// judge knows which invoices are open and who pays, and says what a line of a statement is for.
// It is made once for a file, and follows the books while the file's lines are taken.
type judge struct {
	book      *match.Book
	seen      ledger.Mark                 // up to where the book knows the books
	elsewhere map[ledger.InvoiceID]string // what opening invoices were called before
}

// paidBackDays is how far back a payment may lie that a line takes back: direct debits come back
// within thirteen months where the payer never agreed to them.
const paidBackDays = 13 * 31

// newJudge reads what is open. Its cost follows that, not the history.
func (d *Desk) newJudge(v *ledger.View) *judge {
	co := v.Company()
	j := &judge{seen: v.Mark(), elsewhere: map[ledger.InvoiceID]string{}}
	v.References(func(text string, id ledger.InvoiceID) { j.elsewhere[id] = text })
	rules := match.Rules{TaxID: co.TaxID}
	for _, st := range v.BankFresh() {
		rules.Accounts = append(rules.Accounts, st.Account)
	}
	j.book = match.New(rules)
	v.Customers(func(c *ledger.Customer) {
		j.know(v, c)
		for _, inv := range v.OpenInvoices(c) {
			j.put(v, inv)
		}
	})
	for _, p := range v.WaitingClaims() {
		j.claim(v, p)
	}
	j.expect(v, d.ProviderWords)
	v.PaymentsSince(v.Today().AddDays(-paidBackDays), func(p *ledger.Payment) { j.paid(v, p) })
	return j
}

func (j *judge) know(v *ledger.View, c *ledger.Customer) {
	k := match.Customer{ID: c.ID, Names: []string{v.CustomerName(c)}}
	if p, err := v.Party(c); err == nil {
		k.TaxID = p.TaxID
		if p.Name != "" && p.Name != k.Names[0] {
			k.Names = append(k.Names, p.Name)
		}
	}
	j.book.Know(k)
}

// put takes an invoice as it stands.
func (j *judge) put(v *ledger.View, inv *ledger.Invoice) {
	x := match.Item{Invoice: inv.ID, Customer: inv.Customer, Number: firstOf(j.elsewhere[inv.ID], inv.Number.String()), Date: inv.Date, Due: inv.Due, Open: inv.OpenMoney()}
	if o, ok := inv.Early(inv.Date); ok {
		x.Early = match.Early{Pay: o.Pay.Minor, Until: o.Until}
	}
	if parts := inv.OpenParts(); len(parts) > 1 {
		for _, item := range parts {
			x.Parts = append(x.Parts, item.Open.Minor)
		}
	}
	j.book.Put(x)
}

func (j *judge) claim(v *ledger.View, p *ledger.PaidClaim) {
	c := match.Claim{ID: p.ID, Invoice: p.Invoice, Customer: p.Customer, Amounts: []ledger.Money{p.Amount}, Dates: []ledger.Date{p.Date}}
	for _, proof := range p.Proofs {
		c.Amounts, c.Dates = append(c.Amounts, proof.Amounts...), append(c.Dates, proof.Dates...)
		if ref, err := v.Text(proof.Reference); err == nil && c.Reference == "" {
			c.Reference = ref
		}
	}
	j.book.PutClaim(c)
}

func (j *judge) paid(v *ledger.View, p *ledger.Payment) {
	if p.Returned || p.Refunded > 0 {
		return
	}
	x := match.Paid{Payment: p.ID, Customer: p.Customer, Amount: p.Amount, Date: p.Date}
	if e := v.EntryOf(p); e != nil {
		if l, err := v.Line(e); err == nil {
			x.Account, x.BankRef, x.EndToEnd = l.Party.Number, l.BankRef, l.EndToEnd
		}
	}
	j.book.PutPaid(x)
}

// follow brings the book up to what was booked since it was asked last.
func (j *judge) follow(tx *ledger.Tx) error {
	ids, customers, err := tx.Since(j.seen)
	if err != nil {
		return err
	}
	for _, id := range ids {
		j.put(&tx.View, tx.Invoice(id))
	}
	for _, id := range customers {
		j.know(&tx.View, tx.Customer(id))
	}
	j.seen = tx.Mark()
	return nil
}

// verdict says what a line is for.
func (j *judge) verdict(v *ledger.View, l *ledger.BankLine) match.Verdict {
	for _, c := range v.PayersByAccount(l) {
		j.book.LearnAccount(l.Party.Number, c)
	}
	for _, c := range v.PayersByName(l) {
		j.book.LearnName(l.PartyName, c)
	}
	return j.book.Match(*l)
}

// judgeEntry puts an entry where the rules say, or leaves it waiting with proposals and a message
// that asks.
func (d *Desk) judgeEntry(tx *ledger.Tx, j *judge, e *ledger.BankEntry, l *ledger.BankLine) error {
	if err := j.follow(tx); err != nil {
		return err
	}
	said := j.verdict(&tx.View, l)
	if placed, err := d.placeAlone(tx, e, said); placed || err != nil {
		j.settled(l, said)
		return err
	}
	if err := keepProposals(tx, e, proposalsOf(e, said)); err != nil {
		return err
	}
	return d.showEntry(tx, e)
}

// placeAlone books what needs nobody: a reference whose sum fits, a debit that came back by the
// bank's own reference, and what is nothing of the receivables'. What the books refuse waits.
func (d *Desk) placeAlone(tx *ledger.Tx, e *ledger.BankEntry, said match.Verdict) (placed bool, err error) {
	var place func() error
	switch {
	case said.Kind == match.Post:
		c := said.Candidates[0]
		place = func() error { return d.placeEntry(tx, e, sharesOf(e, &c), true, reasonKeys(c.Reasons)) }
	case said.Kind == match.PayoutIn || said.Kind == match.RefundOut:
		c := said.Candidates[0]
		place = func() error { return d.settleProvider(tx, e, c.Provider, c.Payout, c.Refund, true) }
	case said.Kind == match.OwnTransfer:
		place = func() error { return tx.LeaveEntry(e, ledger.LeftOwn, true) }
	case said.Kind == match.Return && byReference(said.Candidates):
		p := tx.Payment(said.Candidates[0].Payment)
		place = func() error { return d.returnEntry(tx, e, p, true) }
	case said.Kind == match.None && e.Amount.Minor < 0 && !e.Reversal:
		place = func() error { return tx.LeaveEntry(e, ledger.LeftOutgoing, true) }
	default:
		return false, nil
	}
	err = tx.Whole(place)
	if _, refused := ledger.AsRefusal(err); refused {
		return false, nil
	}
	return true, err
}

// byReference reports whether a return names the payment that it takes back by the bank's id.
func byReference(all []match.Candidate) bool {
	return len(all) > 0 && len(all[0].Reasons) > 0 && all[0].Reasons[0].Key == "match.return.reference"
}

func reasonKeys(all []match.Reason) (out []string) {
	for _, r := range all {
		out = append(out, r.Key)
	}
	return out
}

// sharesOf is what each customer gets of an entry by a candidate.
func sharesOf(e *ledger.BankEntry, c *match.Candidate) []ledger.EntryShare {
	var out []ledger.EntryShare
	of := func(id ledger.CustomerID) *ledger.EntryShare {
		at := slices.IndexFunc(out, func(s ledger.EntryShare) bool { return s.Customer == id })
		if at < 0 {
			at, out = len(out), append(out, ledger.EntryShare{Customer: id})
		}
		return &out[at]
	}
	left := e.Amount.Minor
	for _, a := range c.Parts {
		sh := of(a.Customer)
		sh.Minor += a.Amount.Minor
		left -= a.Amount.Minor
		if a.Fee.Minor+a.Withheld.Minor > 0 && len(c.Parts) == 1 {
			sh.Invoice, sh.Fee, sh.Withheld = a.Invoice, a.Fee, a.Withheld
			continue
		}
		sh.Parts = append(sh.Parts, ledger.Part{Invoice: a.Invoice, Minor: a.Amount.Minor})
	}
	if left > 0 {
		of(c.Customer).Minor += left
	}
	return out
}

// proposalsOf are the candidates of a verdict as people see them.
func proposalsOf(e *ledger.BankEntry, said match.Verdict) (out []proposal) {
	for i := range said.Candidates {
		c := &said.Candidates[i]
		if c.Customer == 0 && len(c.Parts) == 0 && c.Payment == 0 && c.Provider == "" {
			continue
		}
		p := proposal{Payment: c.Payment, Provider: c.Provider, Payout: c.Payout, Refund: c.Refund, Sure: i == 0 && isSure(said.Candidates)}
		if c.Payment == 0 && c.Provider == "" && c.Refund == 0 {
			p.Shares = sharesOf(e, c)
		}
		for _, r := range c.Reasons {
			p.Keys, p.Reasons = append(p.Keys, r.Key), append(p.Reasons, card.T(r.Key, saidOf(c, r.Args)...))
		}
		out = append(out, p)
	}
	return out
}

// What one press for many may take: evidence of two kinds at least, and no other candidate near.
const (
	sureScore = 480
	sureLead  = 100
)

func isSure(all []match.Candidate) bool {
	return all[0].Payment == 0 && all[0].Score >= sureScore && (len(all) == 1 || all[0].Score-all[1].Score >= sureLead)
}

// propose makes the proposals for an entry anew.
func (d *Desk) propose(tx *ledger.Tx, e *ledger.BankEntry) error {
	if e.Place != ledger.EntryWaits {
		return ledger.Refuse(ledger.Conflict, "entry.placed", "entry", e.ID.Label())
	}
	l, err := tx.Line(e)
	if err != nil {
		return err
	}
	return keepProposals(tx, e, proposalsOf(e, d.newJudge(&tx.View).verdict(&tx.View, &l)))
}
