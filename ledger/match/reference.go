package match

import (
	"cmp"
	"slices"
	"unicode"
)

// grade is how much of an invoice's number stands in a text.
type grade uint8

// The grades, the weakest first.
const (
	gradeNone   grade = iota
	gradeWeak         // digits that may be the number, and may be anything else
	gradeBare         // the number without letters or without its year: it counts with further evidence
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
	order      bool // it is the buyer's own number
	other      bool // a word for something else stands before it: накладная 50
	between    bool // it lies between two that stand there: INV-2026-000042 to 45
}

// over reports whether h and o lie over each other.
func (h *hit) over(o *hit) bool { return h.start < o.end && o.start < h.end }

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
		got := reach{text: t, end: p, digits: atoms[0].digits}
		if !got.back(atoms, p) {
			return false
		}
		h = hit{start: got.start, end: p, exact: got.exact, lettered: !atoms[0].digits, numbers: len(atoms) > 1 && atoms[0].digits}
		if h.grade = t.judge(n, tok, atoms, whole, &got); t.suffixed(p) { // INV-2026-000042A is not INV-2026-000042
			h.grade = min(h.grade, gradeWeak)
		}
		h.other = h.grade == gradeWeak && t.isOther(&got, tok)
		ok = h.grade != gradeNone
		return true
	})
	return h, ok
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
		if tok.aside {
			continue
		}
		try(tok.value, tok, tok.end)
		if v, ok := t.afterYear(tok); ok {
			try(v, tok, tok.end)
		}
		for k := i + 1; k < len(t.tokens) && k <= i+2; k++ {
			if next := &t.tokens[k]; next.start == tok.end && t.gaps[next.start] == spaced && !next.aside {
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
	for i := range hits {
		if h := &hits[i]; h.grade > gradeBare && !h.exact && !his(h) && slices.ContainsFunc(hits, func(o hit) bool { return o.exact && o.grade >= gradeBare && his(&o) && h.over(&o) }) {
			h.grade = gradeBare // Inv. 2026-42 is 2026-42 of who pays, and not another's INV-2026-000042
		}
	}
	slices.SortStableFunc(hits, func(x, y hit) int {
		return cmp.Or(int(y.grade)-int(x.grade), first(x.exact && x.lettered, y.exact && y.lettered), first(his(&x), his(&y)), first(x.exact, y.exact), (y.end-y.start)-(x.end-x.start), int(x.slot)-int(y.slot))
	})
	var out []hit
	for _, h := range hits {
		hidden := false
		for _, o := range out {
			if o.slot == h.slot || o.grade >= gradeListed && h.over(&o) && !(h.start == o.start && h.end == o.end && h.exact == o.exact && his(&h) == his(&o)) {
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
