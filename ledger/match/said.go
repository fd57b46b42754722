package match

import "duebot/ledger"

// asSaid settles what the payer says in so many words: each document with the sum that he pays of
// it. It reports whether these sums are what came, and none is more than is open.
func (m *matching) asSaid() bool {
	line := m.line
	if len(line.Sums) == 0 || len(line.Sums) != len(line.Documents) {
		return false
	}
	f := fit{score: scoreSaid, exact: true, why: reason("match.sum.said", "amount", line.Amount)}
	var hits []hit
	left, seen := line.Amount.Minor, map[uint32]bool{}
	for i, field := range line.Documents {
		found := m.book.best(m.book.inField(field), m.payers)
		if len(found) != 1 || seen[found[0].slot] {
			return false
		}
		it, sum := &m.book.items[found[0].slot], line.Sums[i]
		if sum.Minor <= 0 || sum.Minor > it.Open.Minor || sum.Currency != it.Open.Currency || sum.Currency != line.Amount.Currency {
			return false
		}
		seen[found[0].slot] = true
		f.parts, hits = append(f.parts, m.takes(it, sum)), append(hits, found[0])
		left -= sum.Minor
	}
	if left != 0 {
		return false
	}
	c := m.candidate(f, hits)
	c.posts = true
	m.add(c)
	return true
}

// takes settles it with a sum that somebody named: with the discount, where it is that price.
func (m *matching) takes(it *item, sum ledger.Money) Allocation {
	if pay, ok := it.earlyPay(m.line.Booked); ok && pay == sum.Minor {
		return m.early(it)
	}
	a := m.full(it)
	a.Amount = sum
	return a
}
