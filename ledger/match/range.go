package match

import "slices"

// rangeWords stand between the first and the last number of a range, and fromWords before the
// first, folded as texts are.
var (
	rangeWords = foldAll("to", "till", "through", "thru", "until", "bis", "по", "до", "po", "do", "a", "al", "alla", "fino", "finoalla", "finoal", "la", "pana", "până", "panala", "pânăla", "至", "到", "تا")
	fromWords  = foldAll("from", "von", "с", "от", "s", "ot", "dal", "dalla", "da", "la", "de", "从", "自", "از")
)

// rangeMax is how many invoices a range may have.
const rangeMax = 60

// ranges settles all that lies between two numbers: INV-2026-000042 to 45, invoices 12-15. It
// counts only where the sum is that of all that is open between them.
func (m *matching) ranges(all []hit) bool {
	if m.line.Text == "" {
		return false
	}
	t := readText(m.line.Text)
	var whole []hit
	for _, h := range all {
		if h.grade >= gradeListed && h.end <= len(t.runes) {
			whole = m.book.span(t, whole, &h)
		}
	}
	if len(whole) > 0 && m.settle(joinHits(all, whole), true) {
		return true
	}
	fits := false
	for _, r := range m.book.bareSpans(t) {
		e := m.payerOf(m.book.items[r[0].slot].Customer)
		fits = m.settle(joinHits(all, r), e != nil && e.sure()) && e != nil && e.sure() || fits
	}
	return fits
}

// joinHits are a and those of b that a has not.
func joinHits(a, b []hit) []hit {
	out := slices.Clone(a)
	for _, h := range b {
		if !slices.ContainsFunc(out, func(x hit) bool { return x.slot == h.slot }) {
			out = append(out, h)
		}
	}
	return out
}

// span adds to out what lies between an invoice that stands whole and the number behind it.
func (b *Book) span(t *text, out []hit, h *hit) []hit {
	n := &b.items[h.slot].number
	if len(n.atoms) < 2 || n.main != len(n.atoms)-1 {
		return out
	}
	for i := range t.tokens {
		tok := &t.tokens[i]
		if tok.slips || tok.start < h.end {
			continue
		}
		last, at := tok, tok.start
		if from := t.beforeNumber(tok, n); from >= 0 { // INV-2026-000042 to INV-2026-000045
			at = from
		} else if i+1 < len(t.tokens) && tok.value == n.yearValue() {
			continue // of the last number, whose digits are behind it
		}
		if !t.spanned(h.end, at) {
			return out
		}
		return append(out, b.between(h, n, endOfRange(n.atoms[n.main].value(), last))...)
	}
	return out
}

func (n *number) yearValue() uint64 {
	if n.year < 0 {
		return 0
	}
	return n.atoms[n.year].value()
}

// beforeNumber is where a number of n's series begins whose telling digits are tok, -1 where
// others stand before them.
func (t *text) beforeNumber(tok *token, n *number) int {
	r := reach{text: t, end: tok.start}
	if n.main == 0 || tok.start == 0 || t.gaps[tok.start] > loose || !r.back(n.atoms[:n.main], tok.start) {
		return -1
	}
	return r.start
}

// spanned reports whether what stands from the end of one number to the begin of the next means
// all between them.
func (t *text) spanned(from, to int) bool {
	if from == to {
		return slices.Contains(t.spans, to)
	}
	return to > from && to-from <= 8 && rangeWords[string(t.runes[from:to])]
}

// endOfRange is the last number of a range: 101-05 ends at 105.
func endOfRange(first uint64, last *token) uint64 {
	whole := uint64(1)
	for range min(last.end-last.start, digitsMax) {
		whole *= 10
	}
	if last.value < first && first >= whole {
		return first/whole*whole + last.value
	}
	return last.value
}

// between are the open invoices of h's series and customer that lie behind h, to last; none where
// last is none of them.
func (b *Book) between(h *hit, n *number, last uint64) (out []hit) {
	first, of := n.atoms[n.main].value(), &b.items[h.slot]
	if last <= first || last-first > rangeMax {
		return nil
	}
	for v := first + 1; v <= last; v++ {
		slot, ok := b.neighbour(n, v)
		it := &item{}
		if ok {
			it = &b.items[slot]
		}
		open := ok && it.Customer == of.Customer && it.Open.Minor > 0 && it.Open.Currency == of.Open.Currency
		if open {
			out = append(out, hit{slot: slot, start: h.start, end: h.end, grade: gradeListed, between: v < last})
		} else if v == last {
			return nil
		}
	}
	return out
}

// bareSpans are the ranges of numbers without letters, behind a word for invoices: "invoices
// 12-15" is a range in each series that has both.
func (b *Book) bareSpans(t *text) (out [][]hit) {
	for i := range t.tokens {
		first := &t.tokens[i]
		next := i + 1
		for next < len(t.tokens) && t.tokens[next].slips {
			next++
		}
		if first.slips || first.dated || first.aside || next == len(t.tokens) || t.tokens[next].dated || t.tokens[next].aside || !t.spanned(first.end, t.tokens[next].start) || !t.saidBefore(first.start) {
			continue
		}
		list := b.numbers.get(first.value)
		for _, slot := range list[:min(len(list), bucketMax)] {
			it := &b.items[slot]
			n := &it.number
			if n.main != len(n.atoms)-1 || n.atoms[n.main].value() != first.value || it.Open.Minor <= 0 {
				continue
			}
			h := hit{slot: slot, start: first.start, end: t.tokens[next].end, grade: gradeBare}
			if rest := b.between(&h, n, endOfRange(first.value, &t.tokens[next])); len(rest) > 0 {
				for k := range rest {
					rest[k].grade = gradeBare
				}
				out = append(out, append([]hit{h}, rest...))
			}
		}
	}
	return out
}

// saidBefore reports whether a word for invoices stands before position p, perhaps with one like
// "from" between.
func (t *text) saidBefore(p int) bool {
	w := t.wordBefore(p, loose)
	for range 2 { // de la 12
		if fromWords[string(w)] {
			p -= len(w)
			w = t.wordBefore(p, loose)
		}
	}
	return len(w) > 0 && isInvoiceWord(w) && !t.otherBefore(p) && !t.otherDocument(p, 0)
}
