package commands

import (
	"slices"
	"sync"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/match"
)

// judge knows which invoices are open and who pays, and says what a line of a statement is for.
// What it knows is read once, and follows the books from then on.
type judge struct {
	mu   sync.Mutex
	book *match.Book
}

// withheld are the rates of tax, in percent, that states make customers keep back: of services
// in Italy 20 and of works for its condominiums 4; 10 to non-residents in China and Russia's 15 and
// 20; 16, 10 and 8 in Romania; 5 and 3 in Iran. A sum that is short by one of them is only ever
// proposed.
var withheld = []int64{20, 10, 4, 15, 16, 8, 5, 3, 30}

// tolerated is of how little a payment may be short: what the books round off of every document.
const tolerated = 1

// verdict says what a line is for.
func (j *judge) verdict(v *ledger.View, l *ledger.BankLine, words func(provider string) []string) (match.Verdict, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.book == nil {
		rules := match.Rules{Tolerance: tolerated}
		for _, percent := range withheld {
			rules.Withheld = append(rules.Withheld, decimal.NewFromInt(percent))
		}
		j.book = match.New(rules)
	}
	if err := j.book.Follow(v); err != nil {
		return match.Verdict{}, err
	}
	j.book.FollowPayouts(v, words)
	j.book.LearnAccount(l.Party.Number, v.PayersByAccount(l)...)
	j.book.LearnName(l.PartyName, v.PayersByName(l)...)
	return j.book.Match(*l), nil
}

// judgeEntry puts an entry where the rules say, or leaves it waiting with proposals and a message
// that asks.
func (d *Desk) judgeEntry(tx *ledger.Tx, e *ledger.BankEntry, l *ledger.BankLine) error {
	if placed, err := d.placeOnCheque(tx, e, l); placed || err != nil {
		return err
	}
	said, err := d.judge.verdict(&tx.View, l, d.ProviderWords)
	if err != nil {
		return err
	}
	all, err := twinsOf(&tx.View, e, said.Kind)
	if err != nil {
		return err
	}
	var why *ledger.Refusal
	if len(all) == 0 && !mayBeCheque(&tx.View, e, &said) { // no twin
		placed, refused, err := d.placeAlone(tx, e, said)
		if placed || err != nil {
			return err
		}
		why = refused
	}
	all = append(all, proposeCheques(&tx.View, e, l, proposalsOf(&tx.View, e, said))...)
	if why != nil && len(all) > 0 {
		all[0].Reasons = append(all[0].Reasons, card.T("entry.refused", "why", card.T("refuse."+why.Key, why.Args...)))
	}
	if err := keepProposals(tx, e, all); err != nil {
		return err
	}
	if err := tx.AssignEntry(e, d.ownerFor(&tx.View, e), e.Asked); err != nil {
		return err
	}
	if err := d.lookAtWaiting(tx, e, said); err != nil {
		return err
	}
	return d.showEntry(tx, e)
}

// twinsOf proposes that an entry is the same money as one that another kind of file told. What
// went out is nobody's debt either way.
func twinsOf(v *ledger.View, e *ledger.BankEntry, kind match.Kind) (out []proposal, err error) {
	if e.Amount.Minor < 0 && kind != match.Return {
		return nil, nil
	}
	twins, err := v.Twins(e)
	for _, x := range twins[:min(len(twins), proposalsMost-1)] {
		out = append(out, proposal{Twin: x.ID, Keys: []string{"match.twin"}, Reasons: []card.Text{card.T("match.twin", "statement", x.Statement.Label())}})
	}
	return out, err
}

// placeAlone books what needs nobody: a reference whose sum fits, a debit that came back by the
// bank's own reference, and what is nothing of the receivables'. What the books refuse waits, and why.
func (d *Desk) placeAlone(tx *ledger.Tx, e *ledger.BankEntry, said match.Verdict) (placed bool, why *ledger.Refusal, err error) {
	var place func() error
	switch {
	case said.Kind == match.Post:
		c := said.Candidates[0]
		place = func() error { return d.placeEntry(tx, e, sharesOf(&tx.View, e, &c), true, reasonKeys(c.Reasons)) }
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
		return false, nil, nil
	}
	err = tx.Whole(place)
	if why, refused := ledger.AsRefusal(err); refused {
		return false, why, nil
	}
	return true, nil, err
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

// sharesOf is what each customer gets of an entry by a candidate. An invoice of which something
// is kept back is named in a share, and so is one in another currency; where that is so of several,
// each has its own.
func sharesOf(v *ledger.View, e *ledger.BankEntry, c *match.Candidate) []ledger.EntryShare {
	var out []ledger.EntryShare
	of := func(id ledger.CustomerID, kept bool) *ledger.EntryShare {
		at := slices.IndexFunc(out, func(s ledger.EntryShare) bool { return s.Customer == id && (!kept || s.Invoice == 0) })
		if at < 0 {
			at, out = len(out), append(out, ledger.EntryShare{Customer: id})
		}
		return &out[at]
	}
	left := e.Amount.Minor
	for _, a := range c.Parts {
		kept := a.Fee.Minor+a.Withheld.Minor+a.Split.Minor > 0
		sh := of(a.Customer, kept)
		sh.Minor += a.Amount.Minor
		left -= a.Amount.Minor
		if v.Invoice(a.Invoice).Currency != e.Amount.Currency { // it gets the whole, at the day's rate
			sh.Invoice = a.Invoice
			continue
		}
		if kept {
			sh.Invoice, sh.Fee, sh.Withheld, sh.Split = a.Invoice, a.Fee, a.Withheld, a.Split
		}
		sh.Parts = append(sh.Parts, ledger.Part{Invoice: a.Invoice, Minor: a.Amount.Minor})
	}
	if left > 0 {
		of(c.Customer, false).Minor += left
	}
	return out
}

// proposalsOf are the candidates of a verdict as people see them.
func proposalsOf(v *ledger.View, e *ledger.BankEntry, said match.Verdict) (out []proposal) {
	for i := range said.Candidates {
		c := &said.Candidates[i]
		if c.Customer == 0 && len(c.Parts) == 0 && c.Payment == 0 && c.Provider == "" {
			continue
		}
		p := proposal{Payment: c.Payment, Provider: c.Provider, Payout: c.Payout, Refund: c.Refund, Sure: i == 0 && isSure(said.Candidates)}
		if slices.ContainsFunc(c.Reasons, func(r match.Reason) bool { return r.Key == "match.paid" }) {
			p.Sure = false // whether it is to be paid back is for a person to say
		}
		if c.Payment == 0 && c.Provider == "" && c.Refund == 0 {
			p.Shares = sharesOf(v, e, c)
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
	said, err := d.judge.verdict(&tx.View, &l, d.ProviderWords)
	if err != nil {
		return err
	}
	twins, err := twinsOf(&tx.View, e, said.Kind)
	if err != nil {
		return err
	}
	return keepProposals(tx, e, append(twins, proposeCheques(&tx.View, e, &l, proposalsOf(&tx.View, e, said))...))
}
