package match

import "unicode"

// reach is how far back a number reaches that ends at a place.
type reach struct {
	text    *text
	end     int
	start   int
	exact   bool // all zeros stand
	digits  bool // it begins with digits
	wrapped bool // a space stands in the middle of a run, as at the end of a bank's line
}

// back compares atoms, the last first, with what ends at p.
func (r *reach) back(atoms []atom, p int) bool {
	if len(atoms) == 0 {
		return r.begins(p)
	}
	a, rest := &atoms[len(atoms)-1], atoms[:len(atoms)-1]
	if p != r.end && r.text.gaps[p] == apart {
		return false
	}
	wrapped := r.wrapped
	if r.literal(a.runes, p) && r.then(rest, p-len(a.runes), true) {
		return true
	}
	if r.wrapped = wrapped; !a.digits {
		return false
	}
	lean := a.stripped()
	for width := len(lean); width <= len(lean)+digitsMax && r.number(lean, p, width); width++ {
		if width != len(a.runes) && !r.wrapped && r.then(rest, p-width, false) {
			return true
		}
	}
	if len(a.runes) == 4 && isYear(a.value()) && len(rest) > 0 { // '26
		return r.number(a.runes[2:], p, 2) && r.then(rest, p-2, false)
	}
	return false
}

// then goes on with what stands before p.
func (r *reach) then(rest []atom, p int, exact bool) bool {
	if !r.back(rest, p) {
		return false
	}
	r.exact = exact && (len(rest) == 0 || r.exact)
	return true
}

// literal reports whether what ends at p is runes; one space may stand in the middle.
func (r *reach) literal(runes []rune, p int) bool {
	start, t, spaces := p-len(runes), r.text, 0
	if start < 0 {
		return false
	}
	for i, want := range runes {
		if !same(t.runes[start+i], want) {
			return false
		}
		if i > 0 && t.gaps[start+i] != joined {
			if spaces++; spaces > 1 || t.gaps[start+i] != spaced {
				return false
			}
		}
	}
	r.wrapped = r.wrapped || spaces > 0
	return true
}

// number reports whether the width letters that end at p are lean with zeros in front.
func (r *reach) number(lean []rune, p, width int) bool {
	start, t := p-width, r.text
	if start < 0 {
		return false
	}
	for i := range width {
		want := '0'
		if k := i - (width - len(lean)); k >= 0 {
			want = lean[k]
		}
		if d, ok := digitLike(t.runes[start+i]); !ok || d != want || i > 0 && t.gaps[start+i] != joined {
			return false
		}
	}
	return true
}

// begins reports whether a number may begin at p: no digit stands in one with its first, and what
// is a slip for one is not the end of a word, as in "presupuesto 70050".
func (r *reach) begins(p int) bool {
	t := r.text
	if p > 0 && t.gaps[p] == joined && isDigit(t.runes[p]) && isDigit(t.runes[p-1]) {
		return false
	}
	if p > 0 && t.gaps[p] == joined && r.digits && !isDigit(t.runes[p]) && unicode.IsLetter(t.runes[p-1]) {
		return false
	}
	r.start, r.exact = p, true
	return true
}
