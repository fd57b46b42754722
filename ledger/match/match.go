package match

import (
	"cmp"
	"slices"

	"duebot/ledger"
)

// matching is one line on its way to a verdict.
type matching struct {
	book   *Book
	line   *ledger.BankLine
	refs   []hit
	payers []evidence
	out    []Candidate
}

// Match says what line settles. It reads the Book and changes nothing.
func (b *Book) Match(line ledger.BankLine) Verdict {
	switch {
	case b.isOwn(&line):
		return Verdict{Kind: OwnTransfer, Reasons: []Reason{reason("match.own", "account", line.Party.Number)}}
	case line.Amount.Minor < 0:
		return b.wentOut(&line)
	case line.Amount.Minor == 0 || line.Reversal: // what comes back of a payment that we made
		return Verdict{Kind: None}
	}
	m := &matching{book: b, line: &line}
	m.payers = b.payers(&line)
	m.refs = b.best(b.openFirst(b.named(&line)), m.payers)
	m.byReference()
	m.byPayer()
	m.byClaim()
	m.bySum()
	return b.orPayout(m.verdict(), &line)
}

// isOwn reports whether the other side is the company itself.
func (b *Book) isOwn(line *ledger.BankLine) bool {
	return line.Party.Number != "" && b.own[foldAccount(line.Party.Number)] ||
		b.rules.TaxID != "" && foldTax(line.PartyTax) == foldTax(b.rules.TaxID)
}

// elsewhere is added to the place of a find in another field: places in two fields never meet.
const elsewhere = 1_000_000

// named finds the invoices that a line names, wherever it does.
func (b *Book) named(line *ledger.BankLine) []hit {
	hits := b.structured(line)
	if line.Text != "" {
		t := readText(line.Text)
		hits = append(append(hits, b.references(t)...), b.ordered(t)...)
	}
	if line.EndToEnd != "" {
		for _, h := range b.references(readText(line.EndToEnd)) {
			h.start, h.end = h.start+elsewhere, h.end+elsewhere
			if h.grade == gradeBare { // payers number their own orders there
				h.grade = gradeWeak
			}
			hits = append(hits, h)
		}
	}
	for i := range hits {
		if h := &hits[i]; h.grade == gradeBare && b.isSum(line, h) {
			h.grade = gradeWeak
		}
	}
	return hits
}

// openFirst leaves invoices that are paid out of hits, but for those whose whole number stands:
// short numbers come again each year.
func (b *Book) openFirst(hits []hit) []hit {
	isPaid := func(h hit) bool { return b.items[h.slot].Open.Minor <= 0 }
	if !slices.ContainsFunc(hits, func(h hit) bool { return !isPaid(h) }) {
		return hits
	}
	return slices.DeleteFunc(hits, func(h hit) bool { return isPaid(h) && h.grade < gradeListed })
}

// isSum reports whether the digits of a find are the line's own sum.
func (b *Book) isSum(line *ledger.BankLine, h *hit) bool {
	n := &b.items[h.slot].number
	if h.order || h.structured || n.main < 0 {
		return false
	}
	main, sum := n.atoms[n.main].value(), uint64(line.Amount.Minor)
	whole := sum
	for range line.Amount.Currency.Exponent() {
		whole /= 10
	}
	return main == sum || main == whole
}

// payerOf is what is known of a customer as the payer, nil for nothing.
func (m *matching) payerOf(id ledger.CustomerID) *evidence { return evidenceOf(m.payers, id) }

func evidenceOf(payers []evidence, id ledger.CustomerID) *evidence {
	for i := range payers {
		if payers[i].customer == id {
			return &payers[i]
		}
	}
	return nil
}

// trusted are the references that count: those that stand whole, and those without their letters
// where the payer is known, or year and number stand and no payer is told at all. The rest are
// hints.
func (m *matching) trusted() (all, whole []hit) {
	for _, h := range m.refs {
		e := m.payerOf(m.book.items[h.slot].Customer)
		switch {
		case h.grade >= gradeListed:
			all, whole = append(all, h), append(whole, h)
		case h.grade == gradeBare && (e != nil && e.sure() || h.numbers && m.line.PartyName == "" && m.line.Party.Number == ""):
			all = append(all, h)
		}
	}
	return all, whole
}

// referencesMax is how many references one payment may have.
const referencesMax = 60

// byReference makes candidates of what the line names.
func (m *matching) byReference() {
	all, whole := m.trusted()
	if len(all) > referencesMax {
		return
	}
	fits := m.asSaid()
	for _, try := range []func() bool{
		func() bool { return m.settle(all, true) },
		func() bool { return len(whole) < len(all) && m.settle(whole, true) },
		func() bool { return m.stillOpen(all) },
		func() bool { return m.withKin(all, whole) },
		func() bool { return m.ranges(all) },
		func() bool { return m.cutOff(all) },
	} {
		fits = fits || try()
	}
	if !fits && len(all) > 1 {
		for i := range all {
			m.settle(all[i:i+1], true)
		}
	}
	if !fits {
		m.short(all)
	}
	for _, h := range m.refs { // hints, each by itself
		if !slices.ContainsFunc(all, func(x hit) bool { return x.slot == h.slot }) {
			if !m.settle([]hit{h}, false) && h.grade == gradeBare && !fits {
				m.short([]hit{h})
			}
		}
	}
}

// settle proposes that the line pays exactly what hits name, and reports whether its sum says so
// too. With trust it may be posted.
func (m *matching) settle(hits []hit, trust bool) bool {
	if len(hits) == 0 {
		return false
	}
	f, ok := m.pays(slotsOf(hits))
	if !ok || len(f.parts) != len(hits) {
		return false
	}
	c := m.candidate(f, hits)
	c.posts = trust && f.exact
	m.add(c)
	return f.exact
}

// stillOpen settles what is open of what the line names: the rest was paid before.
func (m *matching) stillOpen(hits []hit) bool {
	open := slices.DeleteFunc(slices.Clone(hits), func(h hit) bool { return m.book.items[h.slot].Open.Minor <= 0 })
	return len(open) < len(hits) && m.settle(open, true)
}

// withKin settles what stands whole together with the numbers beside it that have lost their
// letters: where all are of one customer, and the sum says so, they are his invoices too.
func (m *matching) withKin(all, whole []hit) bool {
	if len(whole) == 0 {
		return false
	}
	customer, kin := m.book.items[whole[0].slot].Customer, slices.Clone(all)
	for _, h := range m.refs {
		if h.grade == gradeBare && m.book.items[h.slot].Customer == customer && !slices.ContainsFunc(all, func(x hit) bool { return x.slot == h.slot }) {
			kin = append(kin, h)
		}
	}
	one := !slices.ContainsFunc(whole, func(h hit) bool { return m.book.items[h.slot].Customer != customer })
	return one && len(kin) > len(all) && m.settle(kin, true)
}

func slotsOf(hits []hit) (out []uint32) {
	for _, h := range hits {
		out = append(out, h.slot)
	}
	return out
}

// short proposes what a sum that does not fit may mean: more of the same customer's invoices, a
// part, or too much.
func (m *matching) short(hits []hit) {
	items := m.byDue(slotsOf(hits))
	if len(items) == 0 {
		m.ofNamed(hits)
		return
	}
	m.more(hits, items)
	m.add(m.candidate(m.spread(items), hits))
	for i := range hits[:min(len(hits), candidatesMax)] {
		if len(hits) > 1 {
			m.add(m.candidate(m.spread(m.byDue(slotsOf(hits[i:i+1]))), hits[i:i+1]))
		}
	}
}

// ofNamed proposes the customer whose invoices are named but take nothing: they are paid, or in
// another currency.
func (m *matching) ofNamed(hits []hit) {
	for _, h := range hits {
		it := &m.book.items[h.slot]
		f := fit{rest: m.line.Amount.Minor, why: reason("match.paid", "number", it.Number, "date", it.Closed)}
		if it.Open.Minor > 0 {
			f = fit{parts: []Allocation{{Customer: it.Customer, Invoice: it.Invoice, Amount: m.line.Amount}}, score: scorePart,
				why: reason("match.currency", "number", it.Number, "open", it.Open)}
			if m.line.Instructed == it.Open {
				f.score = scoreStated
			}
		}
		c := m.candidate(f, []hit{h})
		c.Customer = it.Customer
		m.add(c)
		if it.Open.Minor <= 0 {
			m.insteadOf(it, c)
		}
	}
}

// insteadOf proposes what money for a paid invoice may be meant for: the one of its customer that
// is exactly the sum, or the next that is due.
func (m *matching) insteadOf(paid *item, account Candidate) {
	items := m.byDue(m.book.payer(paid.Customer).open)
	if len(items) == 0 {
		return
	}
	next := items[0]
	if i := slices.IndexFunc(items, func(it *item) bool { return it.Open == m.line.Amount }); i >= 0 {
		next = items[i]
	}
	f := m.spread([]*item{next})
	f.score = 0
	c := m.candidate(f, nil)
	c.Reasons = append(slices.Clip(account.Reasons), reason("match.instead", "number", next.Number, "due", next.Due))
	c.Score = account.Score - 1
	m.add(c)
}

// candidate is f with what speaks for it: references, the payer, a claim.
func (m *matching) candidate(f fit, hits []hit) Candidate {
	c := Candidate{Parts: f.parts, Rest: m.money(f.rest), Score: f.score}
	if len(f.parts) > 0 {
		c.Customer = f.parts[0].Customer
	}
	first := 0
	for _, h := range hits {
		it := &m.book.items[h.slot]
		if c.Customer == 0 {
			c.Customer = it.Customer
		}
		key, score := "match.ref", scoreWhole
		switch {
		case h.structured:
			key = "match.ref.field"
		case h.order:
			key, score = "match.ref.order", scoreBare
		case h.between:
			key = "match.ref.range"
		case h.grade == gradeBare:
			key, score = "match.ref.bare", scoreBare
		case h.grade == gradeWeak && h.other:
			key, score = "match.ref.other", scoreWeak
		case h.grade == gradeWeak:
			key, score = "match.ref.maybe", scoreWeak
		}
		if first > 0 {
			c.Score += min(score, scoreFurther)
		}
		first = max(first, score)
		c.Reasons = append(c.Reasons, reasonOf(key, it))
	}
	c.Score += first
	if f.why.Key != "" {
		c.Reasons = append(c.Reasons, f.why)
	}
	if e := m.payerOf(c.Customer); e != nil {
		c.Score += e.score()
		c.Reasons = append(c.Reasons, e.reasons(m.line)...)
	}
	return c
}

func reasonOf(key string, it *item) Reason {
	if key == "match.ref.order" {
		return reason("match.ref.order", "number", it.Number, "order", it.Order)
	}
	return reason(key, "number", it.Number)
}

// add keeps c; of two that settle the same in the same way the better one, with the reasons of
// both.
func (m *matching) add(c Candidate) {
	for i := range m.out {
		if old := &m.out[i]; old.Customer == c.Customer && old.Payment == c.Payment && old.Payout == c.Payout && old.Refund == c.Refund && slices.Equal(old.Parts, c.Parts) {
			if c.Score > old.Score {
				c.posts = c.posts || old.posts
				c.Claim = max(c.Claim, old.Claim)
				*old = c
			} else {
				old.posts = c.posts || old.posts
				old.Claim = max(c.Claim, old.Claim)
			}
			return
		}
	}
	m.out = append(m.out, c)
}

// verdict ranks the candidates: by what speaks for them, then the oldest due, then the number.
func (m *matching) verdict() Verdict {
	if len(m.out) == 0 {
		return Verdict{Kind: None}
	}
	slices.SortStableFunc(m.out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(m.dueOf(&a), m.dueOf(&b)), cmp.Compare(firstOf(&a), firstOf(&b)))
	})
	v := Verdict{Kind: Propose, Candidates: m.out[:min(len(m.out), candidatesMax)]}
	first := &m.out[0]
	others := slices.ContainsFunc(m.out[1:], func(c Candidate) bool { return c.posts })
	if first.posts && !others && !m.line.Pending {
		v.Kind = Post
	}
	if v.Kind == Post && m.takesBack() {
		return held(v)
	}
	return v
}

func (m *matching) dueOf(c *Candidate) ledger.Date {
	if len(c.Parts) == 0 {
		return 0
	}
	return m.book.items[m.book.slots[c.Parts[0].Invoice]].Due
}

func firstOf(c *Candidate) ledger.InvoiceID {
	if len(c.Parts) == 0 {
		return 0
	}
	return c.Parts[0].Invoice
}
