package match

import (
	"slices"
	"strings"

	"duebot/ledger"
)

// What is proposed where no reference says it: by who paid, by what he said, by the sum alone.

// likely is how many of the likeliest payers are looked at.
const likely = 8

// byPayer proposes how each likely payer's sum may be meant.
func (m *matching) byPayer() {
	for i := range m.payers[:min(len(m.payers), likely)] {
		p := m.book.customers[m.payers[i].customer]
		m.ofCustomer(p.ID, m.byDue(p.open))
	}
	m.forSeveral()
}

// ofCustomer proposes for one payer: one invoice, a group, all that is due, the whole account, or
// his oldest.
func (m *matching) ofCustomer(id ledger.CustomerID, items []*item) {
	found := m.singles(items)
	if !found {
		found = m.grouped(items)
	}
	found = m.whole(items) || found
	if !found {
		m.nearly(items)
	}
	if c := m.candidate(m.spread(items), nil); len(c.Parts) > 0 {
		m.add(c)
	} else if e := m.payerOf(id); e != nil { // he owes nothing
		m.add(Candidate{Customer: id, Rest: m.line.Amount, Score: e.score(), Reasons: append([]Reason{reason("match.sum.account", "amount", m.line.Amount)}, e.reasons(m.line)...)})
	}
}

// singlesMax is how many invoices of one sum are told.
const singlesMax = 3

// singles proposes the invoices whose price is the sum, oldest first.
func (m *matching) singles(items []*item) bool {
	n := 0
	for _, it := range items {
		if n == singlesMax {
			break
		}
		one := []*item{it}
		for _, try := range []func([]*item) (fit, bool){m.paysEarly, m.paysExact, m.paysStated, m.paysInstalment} {
			if f, ok := try(one); ok {
				c := m.candidate(f, nil)
				c.Score -= n // the oldest of several
				m.add(c)
				n++
				break
			}
		}
	}
	return n > 0
}

// nearly proposes the invoices that the sum falls short of for a reason.
func (m *matching) nearly(items []*item) {
	n := 0
	for _, it := range items {
		for _, try := range []func([]*item) (fit, bool){m.paysTolerance, m.paysNet, m.paysWithheld, m.paysLessFee} {
			if f, ok := try([]*item{it}); ok && n < singlesMax {
				c := m.candidate(f, nil)
				c.Score -= n
				m.add(c)
				n++
				break
			}
		}
	}
}

// grouped proposes groups of invoices whose prices add up to the sum: the discounted ones first.
func (m *matching) grouped(items []*item) bool {
	early, cheap := make([]int64, len(items)), false
	open := make([]int64, len(items))
	for i, it := range items {
		open[i], early[i] = it.Open.Minor, it.Open.Minor
		if pay, ok := it.earlyPay(m.line.Booked); ok {
			early[i], cheap = pay, true
		}
	}
	if cheap && m.asGroups(items, early, m.early) {
		return true
	}
	return m.asGroups(items, open, m.full)
}

func (m *matching) asGroups(items []*item, prices []int64, price func(*item) Allocation) bool {
	found := groups(prices, m.line.Amount.Minor)
	for n, g := range found {
		f := fit{score: scoreGroup - 15*(len(g)-2) - n, why: reason("match.sum.group", "amount", m.line.Amount, "count", len(g))}
		for _, i := range g {
			a := m.full(items[i])
			if prices[i] != items[i].Open.Minor {
				a = price(items[i])
			}
			f.parts = append(f.parts, a)
		}
		m.add(m.candidate(f, nil))
	}
	return m.inRow(items, prices, price) || len(found) > 0
}

// inRow proposes the invoices that fall due one after the other and add up to the sum: a month's,
// or a delivery's. They may be more than groups are sought among.
func (m *matching) inRow(items []*item, prices []int64, price func(*item) Allocation) (found bool) {
	sum, from := int64(0), 0
	for to := range items {
		sum += prices[to]
		for sum > m.line.Amount.Minor && from < to {
			sum -= prices[from]
			from++
		}
		if sum != m.line.Amount.Minor || to == from {
			continue
		}
		f := fit{score: scoreRow - min(to-from, 40), why: reason("match.sum.row", "amount", m.line.Amount, "count", to-from+1)}
		for i := from; i <= to; i++ {
			a := m.full(items[i])
			if prices[i] != items[i].Open.Minor {
				a = price(items[i])
			}
			f.parts = append(f.parts, a)
		}
		m.add(m.candidate(f, nil))
		if found {
			break // two are enough
		}
		found = true
	}
	return found
}

// whole proposes all that a customer owes, or all that is due.
func (m *matching) whole(items []*item) bool {
	if len(items) < 2 {
		return false
	}
	due := slices.Clone(items)
	due = slices.DeleteFunc(due, func(it *item) bool { return it.Due > m.line.Booked })
	found := false
	for _, x := range []struct {
		items []*item
		score int
		key   string
	}{{items, scoreAll, "match.sum.all"}, {due, scoreDue, "match.sum.due"}} {
		if len(x.items) > 1 && sumOf(x.items) == m.line.Amount.Minor {
			m.add(m.candidate(fit{parts: m.fulls(x.items), score: x.score, why: reason(x.key, "amount", m.line.Amount, "count", len(x.items))}, nil))
			found = true
		}
	}
	return found
}

// forSeveral proposes what a payer who pays for several customers may have paid for them together.
func (m *matching) forSeveral() {
	var slots []uint32
	several := 0
	for i := range m.payers {
		if e := &m.payers[i]; e.account || e.alias || e.tax {
			several++
			slots = append(slots, m.book.customers[e.customer].open...)
		}
	}
	if several < 2 {
		return
	}
	items := m.byDue(slots)
	if !m.grouped(items) {
		m.whole(items)
	}
}

// claimDays is how far the day that a customer names may lie from the bank's.
const claimDays = 7

// byClaim proposes what customers said that they paid, where the sum is the one they named, or
// their proof.
func (m *matching) byClaim() {
	if len(m.book.claims) == 0 {
		return
	}
	var who []ledger.CustomerID
	for i := range m.payers[:min(len(m.payers), likely)] {
		who = append(who, m.payers[i].customer)
	}
	for _, s := range m.book.sums.get(sumKey(m.line.Amount)) {
		who = append(who, m.book.items[s].Customer)
	}
	for _, h := range m.refs {
		who = append(who, m.book.items[h.slot].Customer)
	}
	for _, s := range []string{m.line.Text, m.line.EndToEnd, m.line.BankRef} {
		for _, key := range proofKeys(s) {
			who = append(who, m.book.proofs[key]...)
		}
	}
	slices.Sort(who)
	for _, id := range slices.Compact(who) {
		for i := range m.book.claims[id] {
			m.claimed(&m.book.claims[id][i])
		}
	}
}

// claimed proposes the invoice of a claim, if the line fits what was claimed.
func (m *matching) claimed(c *Claim) {
	sum := slices.Contains(c.Amounts, m.line.Amount)
	near := slices.ContainsFunc(c.Dates, func(d ledger.Date) bool {
		return d-claimDays <= m.line.Booked && m.line.Booked <= d+claimDays
	})
	proof := m.proves(c.Reference)
	slot, open := m.book.slots[c.Invoice]
	if !open || !(sum && near) && !proof {
		return
	}
	f, ok := m.pays([]uint32{slot})
	if !ok {
		f = m.spread(m.byDue([]uint32{slot}))
	}
	if len(f.parts) == 0 {
		return
	}
	var hits []hit
	for _, h := range m.refs {
		if h.slot == slot {
			hits = append(hits, h)
		}
	}
	x := m.candidate(f, hits)
	x.Score += scoreClaim
	x.Claim = c.ID
	x.Reasons = append([]Reason{reason("match.claim", "number", m.book.items[slot].Number)}, x.Reasons...)
	m.add(x)
}

// proves reports whether the number of a payment order stands in the line.
func (m *matching) proves(reference string) bool {
	want := foldAccount(reference)
	if len(want) < 5 {
		return false
	}
	for _, s := range []string{m.line.EndToEnd, m.line.BankRef, m.line.Text} {
		if strings.Contains(foldAccount(s), want) {
			return true
		}
	}
	return false
}

// bySum proposes invoices of exactly that sum, whoever paid: the fewer there are, the more it
// says.
func (m *matching) bySum() {
	slots := m.book.sums.get(sumKey(m.line.Amount))
	if len(slots) > bucketMax {
		slots = slots[:bucketMax]
	}
	items := m.byDue(slots)
	for n, it := range items[:min(len(items), singlesMax)] {
		f, ok := m.paysEarly([]*item{it})
		if !ok {
			f, ok = m.paysExact([]*item{it})
		}
		if !ok {
			continue
		}
		f.score -= n + 150 + 10*min(len(items), 10)
		f.why = reason("match.sum.alone", "amount", m.line.Amount, "count", len(items))
		m.add(m.candidate(f, nil))
	}
}
