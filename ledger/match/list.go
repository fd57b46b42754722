package match

// lists finds the further numbers of a list: after an invoice that stands whole, a bare number in
// its series names another one of the same customer's.
func (b *Book) lists(t *text, hits []hit) (out []hit) {
	for _, h := range hits {
		if h.grade != gradeWhole {
			continue
		}
		n := &b.items[h.slot].number
		if len(n.atoms) < 2 || n.main != len(n.atoms)-1 {
			continue
		}
		end := h.end
		for i := range t.tokens {
			tok := &t.tokens[i]
			if tok.start < end || tok.slips {
				continue
			}
			slot, ok := b.neighbour(n, tok.value)
			if !ok || tok.dated || tok.aside || b.items[slot].Customer != b.items[h.slot].Customer || tok.start > end+3 || tok.end-tok.start > len(n.atoms[n.main].runes)+2 || t.otherBefore(tok.start) { // "und", "and", and no "PO"
				break
			}
			out = append(out, hit{slot: slot, start: tok.start, end: tok.end, grade: gradeListed})
			end = tok.end
		}
	}
	return out
}

// neighbour is the invoice of n's series with another number.
func (b *Book) neighbour(n *number, value uint64) (slot uint32, ok bool) {
	for _, slot := range b.numbers.get(value) {
		if m := &b.items[slot].number; m.inSeries(n) && m.atoms[m.main].value() == value {
			return slot, true
		}
	}
	return 0, false
}

// inSeries reports whether n and m differ in what tells them alone.
func (n *number) inSeries(m *number) bool {
	if len(n.atoms) != len(m.atoms) || n.main != m.main {
		return false
	}
	for i := range n.atoms {
		if i != n.main && string(n.atoms[i].runes) != string(m.atoms[i].runes) {
			return false
		}
	}
	return true
}
