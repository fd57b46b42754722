package match

import (
	"cmp"
	"slices"
	"strings"

	"duebot/ledger"
)

// returnDays is how long after it a payment may go back: a debit without a mandate for thirteen
// months.
const returnDays = 400

// returned says which earlier payment a line takes back. Money that went out to somebody and is
// no return is nothing of ours to match.
func (b *Book) returned(line *ledger.BankLine) Verdict {
	m := &matching{book: b, line: line}
	said := line.Reversal || line.Return != ""
	account, payers := foldAccount(line.Party.Number), b.payers(line)
	for _, p := range b.paid[sumKey(line.Amount.Neg())] {
		if p.Amount != line.Amount.Neg() || p.Date > line.Booked || line.Booked > p.Date+returnDays {
			continue
		}
		c := Candidate{Customer: p.Customer, Payment: p.Payment, Score: scoreExact, Reasons: []Reason{reason("match.return.sum", "amount", p.Amount, "date", p.Date)}}
		if mentions(line, p.BankRef) || mentions(line, p.EndToEnd) {
			c.Score += scoreWhole
			c.Reasons = append([]Reason{reason("match.return.reference", "payment", ledger.PaymentLabel(p.Payment))}, c.Reasons...)
		}
		if account != "" && account == p.Account {
			c.Score += scoreAccount
			c.Reasons = append(c.Reasons, reason("match.account", "account", line.Party.Number))
		}
		for i := range payers {
			if e := &payers[i]; e.customer == p.Customer && e.name > 0 {
				c.Score += scoreName * e.name / 100
				c.Reasons = append(c.Reasons, e.reasons(line)...)
			}
		}
		if said || c.Score > scoreExact {
			m.out = append(m.out, c)
		}
	}
	slices.SortStableFunc(m.out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Payment, a.Payment)) // the newest of equals
	})
	switch {
	case said || len(m.out) > 0 && m.out[0].Score >= scoreExact+scoreName:
		return Verdict{Kind: Return, Candidates: m.out[:min(len(m.out), candidatesMax)], Reasons: returnReasons(line)}
	}
	return Verdict{Kind: None}
}

func returnReasons(line *ledger.BankLine) []Reason {
	if line.Return == "" {
		return nil
	}
	return []Reason{reason("match.return.code", "code", line.Return)}
}

// mentions reports whether line names a bank's or a payer's id of another entry.
func mentions(line *ledger.BankLine, id string) bool {
	id = foldAccount(id)
	if len(id) < 5 {
		return false
	}
	for _, s := range []string{line.BankRef, line.EndToEnd, line.Creditor, line.Text} {
		if strings.Contains(foldAccount(s), id) {
			return true
		}
	}
	return false
}
