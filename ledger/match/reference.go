package match

import (
	"cmp"
	"slices"
	"unicode"

	"duebot/ledger/names"
)

// grade is how much of an invoice's number stands in a text.
type grade uint8

// The grades, the weakest first.
const (
	gradeNone   grade = iota
	gradeWeak         // digits that may be the number, and may be anything else
	gradeBare         // the number without its letters or its year: it counts with further evidence
	gradeListed       // the number of a list, after one that stands whole: INV-2026-000042, 43
	gradeWhole        // all of it
)

// hit is a number of an invoice, found in a text.
type hit struct {
	slot       uint32
	start, end int
	grade      grade
	structured bool // it stood in a field that is made for it
	exact      bool // no zero and no digit differs
	lettered   bool // its letters stand before it
	numbers    bool // of several runs of digits all stand
}

// variants are the parts of a number that people write, the fullest first.
func (n *number) variants(f func(atoms []atom, whole bool) bool) {
	if f(n.atoms, true) {
		return
	}
	from := 0
	if !n.atoms[0].digits {
		from = 1
	}
	if from == 1 && len(n.atoms) > 2 && f(n.atoms[1:], false) {
		return
	}
	if from == 1 && n.year > 0 && n.main > n.year && f([]atom{n.atoms[0], n.atoms[n.main]}, false) {
		return
	}
	if len(n.atoms) > 1 {
		f(n.atoms[n.main:n.main+1], false)
	}
}

// find looks for n in t where a run of digits ends at p, and grades what it finds.
func (t *text) find(n *number, tok *token, p int) (h hit, ok bool) {
	n.variants(func(atoms []atom, whole bool) bool {
		got := reach{text: t, end: p}
		if !got.back(atoms, p) {
			return false
		}
		h = hit{start: got.start, end: p, exact: got.exact, lettered: !atoms[0].digits, numbers: len(atoms) > 1 && atoms[0].digits}
		h.grade = t.judge(n, tok, atoms, whole, &got)
		ok = h.grade != gradeNone
		return true
	})
	return h, ok
}

// reach is how far back a number reaches that ends at a place.
type reach struct {
	text    *text
	end     int
	start   int
	exact   bool // all zeros stand
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

// begins reports whether a number may begin at p: no digit stands in one with its first.
func (r *reach) begins(p int) bool {
	t := r.text
	if p > 0 && t.gaps[p] == joined && isDigit(t.runes[p]) && isDigit(t.runes[p-1]) {
		return false
	}
	r.start, r.exact = p, true
	return true
}

// judge grades a find by what stands around it.
func (t *text) judge(n *number, tok *token, atoms []atom, whole bool, r *reach) grade {
	if r.end < len(t.runes) && t.gaps[r.end] == joined && isDigit(t.runes[r.end]) {
		return gradeNone
	}
	if r.wrapped && !r.exact { // another number, and something after it
		return gradeNone
	}
	before := t.wordBefore(r.start, dashed)
	if !atoms[0].digits {
		return t.judgeLettered(atoms, whole, before, r)
	}
	digits := 0
	for _, a := range atoms {
		digits += len(a.stripped())
	}
	said := isInvoiceWord(t.wordBefore(r.start, loose))
	switch {
	case t.composite(r, n): // 77-0042, 0042-1
		return gradeWeak
	case len(before) > 0 && len(before) <= 5 && !said && !unicode.Is(unicode.Han, before[0]) && !t.similar(r.start, before, n):
		return gradeWeak // of another series: PO-2026-0042
	case len(atoms) == 1 && (tok.dated || tok.end-tok.start == 4 && isAnyYear(tok.value)):
		return gradeWeak
	case !whole && t.ended(r) && !r.literal(atoms[len(atoms)-1].runes, r.end):
		return gradeWeak
	case len(atoms) > 1 && t.monthLike(tok):
		return gradeWeak
	case whole && (digits >= 8 || said && digits >= 5):
		return gradeWhole
	case len(atoms) > 1, said, r.end-r.start >= 4:
		return gradeBare
	}
	return gradeWeak
}

// judgeLettered grades a number that stands with its letters. A single letter in one with
// others before it is their last.
func (t *text) judgeLettered(atoms []atom, whole bool, before []rune, r *reach) grade {
	glued := len(before) > 0 && t.gaps[r.start] == joined && !unicode.Is(unicode.Han, before[len(before)-1])
	switch chars := size(atoms); {
	case glued && len(atoms[0].runes) < 3:
		return gradeWeak
	case !whole && t.ended(r) && !r.literal(atoms[len(atoms)-1].runes, r.end):
		return gradeWeak
	case !whole:
		return gradeBare
	case t.cutOff(r, atoms):
		return gradeBare
	case chars >= 6:
		return gradeWhole
	case chars >= 4:
		return gradeBare
	}
	return gradeWeak
}

// lineMin is the shortest line that banks cut purposes to.
const lineMin = 24

// ended reports whether a find ends a text that is so long that the bank may have cut it there.
func (t *text) ended(r *reach) bool { return r.end == len(t.runes) && r.end >= lineMin }

// cutOff reports whether a number at the end of a text may go on where the bank cut it: it has
// lost some of its zeros, and not all.
func (t *text) cutOff(r *reach, atoms []atom) bool {
	last := &atoms[len(atoms)-1]
	return t.ended(r) && !r.exact && last.digits && !r.number(last.stripped(), r.end, len(last.runes)) && isDigitZero(t, r.end-len(last.stripped())-1)
}

func isDigitZero(t *text, p int) bool { return p >= 0 && t.gaps[p+1] == joined && t.runes[p] == '0' }

// composite reports whether a find is a part of a longer number, as of a contract or a phone. A
// year on the other side, as in 42/2026, is the invoice's own or another's.
func (t *text) composite(r *reach, n *number) bool {
	if r.start > 0 && isDigit(t.runes[r.start-1]) && (t.gaps[r.start] == dashed || t.otherYear(r.start, n)) {
		return true
	}
	if r.end >= len(t.runes) || t.gaps[r.end] != dashed || !isDigit(t.runes[r.end]) {
		return false
	}
	end := r.end
	for end < len(t.runes) && (end == r.end || t.gaps[end] == joined) && isDigit(t.runes[end]) {
		end++
	}
	v, _ := t.value(r.end, end)
	if n.year >= 0 && v == n.atoms[n.year].value() && r.end-r.start >= 3 {
		return false
	}
	return end-r.end != r.end-r.start // 000042/000043 is a list
}

// otherYear reports whether the run that ends at p is a year that is not n's.
func (t *text) otherYear(p int, n *number) bool {
	start := p
	for start > 0 && isDigit(t.runes[start-1]) && (start == p || t.gaps[start] == joined) {
		start--
	}
	v, _ := t.value(start, p)
	return p-start == 4 && isYear(v) && n.year >= 0 && v != n.atoms[n.year].value()
}

// monthLike reports whether tok may be the month beside a year: 2026-11, 03/2026.
func (t *text) monthLike(tok *token) bool {
	return tok.dated || tok.value >= 1 && tok.value <= 12 && tok.end-tok.start <= 2
}

// similar reports whether the letters before a number may be its own, in another script or cut.
func (t *text) similar(p int, before []rune, n *number) bool {
	letters := n.letters()
	if len(letters) == 0 {
		return false
	}
	k := min(len(before), len(letters))
	return slices.EqualFunc(before[len(before)-k:], letters[len(letters)-k:], same) ||
		n.said != "" && names.Key(string(t.written[p-len(before):p])) == n.said
}

// references finds the invoices that t names.
func (b *Book) references(t *text) []hit {
	var hits []hit
	try := func(v uint64, tok *token, end int) {
		list := b.numbers.get(v)
		if len(list) > bucketMax {
			list = b.whole(t, end, list)
		}
		for _, slot := range list {
			n := &b.items[slot].number
			for _, p := range t.ends(n, end) {
				if h, ok := t.find(n, tok, p); ok {
					h.slot = slot
					hits = append(hits, h)
				}
			}
		}
	}
	for i := range t.tokens {
		tok := &t.tokens[i]
		try(tok.value, tok, tok.end)
		if v, ok := t.afterYear(tok); ok {
			try(v, tok, tok.end)
		}
		for k := i + 1; k < len(t.tokens) && k <= i+2; k++ {
			if next := &t.tokens[k]; next.start == tok.end && t.gaps[next.start] == spaced {
				if v, ok := t.value(tok.start, next.end); ok {
					try(v, next, next.end)
				}
				if v, ok := t.afterYear(&token{start: tok.start, end: next.end}); ok {
					try(v, next, next.end)
				}
			}
		}
	}
	return append(hits, b.lists(t, hits)...)
}

// ends are where a number may end whose telling digits end at p: А-123/26 goes on after them.
func (t *text) ends(n *number, p int) []int {
	after := size(n.atoms[n.main+1:])
	if after == 0 {
		return []int{p}
	}
	return []int{min(p+after, len(t.runes)), p}
}

// bucketMax is how many invoices may share what is looked up; of more only those whose whole
// number stands there.
const bucketMax = 64

// whole are those of list whose number, in any spelling of gaps and zeros, ends at end.
func (b *Book) whole(t *text, end int, list []uint32) (out []uint32) {
	start := end
	for cuts := 0; start > 0 && cuts < 6; {
		start--
		if start > 0 && t.gaps[start] == joined && unicode.IsLetter(t.runes[start-1]) == unicode.IsLetter(t.runes[start]) {
			continue
		}
		cuts++
		for _, slot := range b.numbers.get(canon(t.runes[start:end], t.gaps[start:end])) {
			if !slices.Contains(out, slot) {
				out = append(out, slot)
			}
		}
		if t.gaps[start] == apart {
			break
		}
	}
	return out
}

// afterYear is the number that a run says whose first four digits are a year: the zeros after
// it may be lost, or fewer.
func (t *text) afterYear(tok *token) (v uint64, ok bool) {
	if tok.end-tok.start < 5 {
		return 0, false
	}
	year, _ := t.value(tok.start, tok.start+4)
	if !isYear(year) {
		return 0, false
	}
	digits := []rune(nil)
	for i, r := range t.runes[tok.start:tok.end] {
		d, _ := digitLike(r)
		if i < 4 || d != '0' || len(digits) > 4 {
			digits = append(digits, d)
		}
	}
	return parse(digits)
}

// first is the order of what is so before what is not.
func first(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return -1
	}
	return 1
}

// best keeps, of finds in one place, the fullest, and that of a likely payer before others; and
// of each invoice its fullest.
func (b *Book) best(hits []hit, payers []evidence) []hit {
	his := func(h *hit) bool {
		e := evidenceOf(payers, b.items[h.slot].Customer)
		return e != nil && e.sure()
	}
	slices.SortStableFunc(hits, func(x, y hit) int {
		return cmp.Or(int(y.grade)-int(x.grade), first(x.exact && x.lettered, y.exact && y.lettered), first(his(&x), his(&y)), first(x.exact, y.exact), (y.end-y.start)-(x.end-x.start), int(x.slot)-int(y.slot))
	})
	var out []hit
	for _, h := range hits {
		hidden := false
		for _, o := range out {
			if o.slot == h.slot || o.grade >= gradeListed && h.start < o.end && o.start < h.end && !(h.start == o.start && h.end == o.end && h.exact == o.exact && his(&h) == his(&o)) {
				hidden = true
				break
			}
		}
		if !hidden {
			out = append(out, h)
		}
	}
	return out
}
