package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"duebot/ledger"
)

// Payout is money that a payment provider pays out, or holds.
type Payout struct {
	Provider string
	Names    []string        // as banks write the provider's: single words
	No       ledger.PayoutID // 0: what it holds in all, of which it told no payout
	ID       string          // the provider's
	Amount   ledger.Money
	Day      ledger.Date // on which it is to arrive
}

// Refund is money that was paid back by bank, and of which no line was seen.
type Refund struct {
	ID       ledger.RefundID
	Customer ledger.CustomerID
	Amount   ledger.Money
	Date     ledger.Date
}

// PutPayout takes into b what a provider pays out, or holds.
func (b *Book) PutPayout(p Payout) {
	if p.No == 0 {
		b.tills = append(b.tills, p)
		return
	}
	b.payouts[sumKey(p.Amount)] = append(b.payouts[sumKey(p.Amount)], p)
}

// PutRefund takes a refund into b.
func (b *Book) PutRefund(r Refund) {
	key := sumKey(r.Amount.Neg())
	b.refunds[key] = append(b.refunds[key], r)
}

// refundDays is how long ago a refund may be that a line brings.
const refundDays = 400

// FollowPayouts brings b up to what providers pay out and hold, and to refunds of which no line was
// seen. It reads them where they are not what they were.
func (b *Book) FollowPayouts(v *ledger.View, words func(provider string) []string) {
	if b.expects == v.Expects()+1 {
		return
	}
	b.expects, b.payouts, b.tills, b.refunds = v.Expects()+1, map[uint64][]Payout{}, nil, map[uint64][]Refund{}
	named := func(provider string) []string {
		if words == nil {
			return nil
		}
		return words(provider)
	}
	v.Payouts(func(p *ledger.Payout) {
		if p.Entry == 0 {
			b.PutPayout(Payout{Provider: p.Provider, Names: named(p.Provider), No: p.No, ID: p.ID, Amount: p.Amount, Day: p.Day()})
		}
	})
	for _, h := range v.AllHeld() {
		if h.Minor > 0 {
			b.PutPayout(Payout{Provider: h.Provider, Names: named(h.Provider), Amount: h.Money()})
		}
	}
	for _, r := range v.UnseenRefunds(v.Today() - refundDays) {
		b.PutRefund(Refund{ID: r.ID, Customer: r.Customer, Amount: r.Amount, Date: r.Date})
	}
}

// How many days before and after the day that a provider names its money arrives: over a weekend
// and a holiday, and by the day of another zone.
const (
	payoutEarly = 2
	payoutLate  = 10
)

// How many days before and after the books have a refund its line comes.
const (
	refundEarly = 5
	refundLate  = 14
)

// What the evidence adds to a payout. Its sum and day with the provider's name, or its number, are
// beyond doubt; the name alone with money that the provider holds is not.
const (
	scorePayoutSum  = 200
	scoreProvider   = 500
	scoreTill       = 450
	scorePayoutSure = scorePayoutSum + scoreProvider
)

// payoutsFor are the payouts that a line may bring, the best first.
func (b *Book) payoutsFor(line *ledger.BankLine) (out []Candidate) {
	for _, p := range b.payouts[sumKey(line.Amount)] {
		if p.Amount != line.Amount || line.Booked < p.Day-payoutEarly || line.Booked > p.Day+payoutLate {
			continue
		}
		c := Candidate{Provider: p.Provider, Payout: p.No, Score: scorePayoutSum, Reasons: []Reason{reason("match.payout.sum", "amount", p.Amount, "date", p.Day)}}
		if says(line, p.Names) {
			c.Score += scoreProvider
			c.Reasons = append([]Reason{reason("match.payout.name", "provider", p.Provider)}, c.Reasons...)
		}
		if mentions(line, p.ID) {
			c.Score += scoreWhole
			c.Reasons = append([]Reason{reason("match.payout.id", "payout", p.ID)}, c.Reasons...)
		}
		out = append(out, c)
	}
	if len(out) == 0 || out[0].Score < scorePayoutSure {
		out = append(out, b.tillsFor(line)...)
	}
	slices.SortStableFunc(out, func(x, y Candidate) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Payout, y.Payout))
	})
	return out
}

// tillsFor are providers that a line names and that hold as much as it brings.
func (b *Book) tillsFor(line *ledger.BankLine) (out []Candidate) {
	for _, p := range b.tills {
		if line.Amount.Minor > 0 && p.Amount.Currency == line.Amount.Currency && line.Amount.Minor <= p.Amount.Minor && says(line, p.Names) {
			out = append(out, Candidate{Provider: p.Provider, Score: scoreTill,
				Reasons: []Reason{reason("match.payout.name", "provider", p.Provider), reason("match.payout.held", "amount", p.Amount)}})
		}
	}
	return out
}

// says reports whether a line has one of some words, as a word of its own.
func says(line *ledger.BankLine, words []string) bool {
	for _, s := range []string{line.PartyName, line.Text, line.Creditor} {
		for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if slices.ContainsFunc(words, func(x string) bool { return strings.EqualFold(x, w) }) {
				return true
			}
		}
	}
	return false
}

// sure reports whether the first of all is beyond doubt, and no other one is.
func sure(all []Candidate, least int) bool {
	return len(all) > 0 && all[0].Score >= least && (len(all) == 1 || all[1].Score < least || all[0].Score >= all[1].Score+scoreWhole)
}

// orPayout is v, unless the line brings what a provider paid out, or may do so. What names an
// invoice and fits it as well is asked about.
func (b *Book) orPayout(v Verdict, line *ledger.BankLine) Verdict {
	found := b.payoutsFor(line)
	beyondDoubt := sure(found, scorePayoutSure) && !line.Pending
	switch {
	case len(found) == 0, v.Kind == Post && !beyondDoubt:
		return v
	case v.Kind != Post && beyondDoubt:
		return Verdict{Kind: PayoutIn, Candidates: found[:1]}
	}
	return proposed(found, v.Candidates)
}

// proposed are the candidates of two kinds for a person to pick from.
func proposed(some, others []Candidate) Verdict {
	all := append(slices.Clone(some), others...)
	slices.SortStableFunc(all, func(x, y Candidate) int { return cmp.Compare(y.Score, x.Score) })
	return Verdict{Kind: Propose, Candidates: all[:min(len(all), candidatesMax)]}
}

// wentOut says what a line is for by which money left the account: a return of a payment by its
// code or its number, a refund that the books have, a provider that took money back, or another.
func (b *Book) wentOut(line *ledger.BankLine) Verdict {
	v := b.returned(line)
	if line.Reversal || line.Return != "" || byNumber(v) {
		return v
	}
	refunds := b.refundsFor(line)
	switch {
	case sure(refunds, scoreExact+scoreName):
		return Verdict{Kind: RefundOut, Candidates: refunds[:1]}
	case len(refunds) > 0:
		return proposed(refunds, v.Candidates)
	}
	return b.orPayout(v, line)
}

// byNumber reports whether a return names the payment that it takes back.
func byNumber(v Verdict) bool {
	return v.Kind == Return && len(v.Candidates) > 0 && v.Candidates[0].Reasons[0].Key == "match.return.reference"
}

// refundsFor are the refunds that a line may have brought, the best first.
func (b *Book) refundsFor(line *ledger.BankLine) (out []Candidate) {
	payees, named := b.payers(line), b.named(line)
	for _, r := range b.refunds[sumKey(line.Amount)] {
		if r.Amount.Neg() != line.Amount || line.Booked < r.Date-refundEarly || line.Booked > r.Date+refundLate {
			continue
		}
		c := Candidate{Customer: r.Customer, Refund: r.ID, Score: scoreExact, Reasons: []Reason{reason("match.refund.sum", "amount", r.Amount, "date", r.Date)}}
		if e := evidenceOf(payees, r.Customer); e != nil && (e.sure() || e.inText) {
			c.Score += max(e.score(), scoreName)
			c.Reasons = append(e.reasons(line), c.Reasons...)
		}
		for _, h := range named {
			if it := &b.items[h.slot]; it.Customer == r.Customer && h.grade >= gradeListed {
				c.Score += scoreName
				c.Reasons = append([]Reason{reason("match.ref", "number", it.Number)}, c.Reasons...)
				break
			}
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(x, y Candidate) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Refund, y.Refund))
	})
	return out
}
