package match

import (
	"slices"
	"unicode"

	"duebot/ledger/names"
)

// judge grades a find by what stands around it. Digits alone, however many they are, are anybody's:
// who paid must be known.
func (t *text) judge(n *number, tok *token, atoms []atom, whole bool, r *reach) grade {
	if r.end < len(t.runes) && t.gaps[r.end] == joined && isDigit(t.runes[r.end]) {
		return gradeNone
	}
	if r.wrapped && !r.exact { // another number, and something after it
		return gradeNone
	}
	before := t.wordBefore(r.start, dashed)
	if !atoms[0].digits {
		g := t.judgeLettered(atoms, whole, before, r)
		if len(atoms[0].runes) == 1 && t.isOther(r, tok) { // договор А-12
			g = min(g, gradeWeak)
		}
		return g
	}
	said := t.saidOf(r.start)
	switch {
	case len(atoms) < 3 && tok.dated && tok.end-tok.start < 8: // 12.10.2026
		return gradeNone
	case len(atoms) == 1 && !said && !(whole && r.exact) && tok.end-tok.start == 4 && isAnyYear(tok.value):
		return gradeNone
	case t.composite(r, n): // 77-0042, 0042-1
		return gradeWeak
	case t.isOther(r, tok), t.counts(r.end), t.inRow(r.start):
		return gradeWeak
	case len(atoms) > 1 && !r.exact && !said && (tok.end-tok.start < 4 || t.gaps[tok.start] > dashed): // 42 pieces in 2026, the week 2026-42
		return gradeWeak
	case len(before) > 0 && len(before) <= 5 && !said && !unicode.Is(unicode.Han, before[0]) && !t.similar(r.start, before, n):
		return gradeWeak // of another series: PO-2026-0042
	case len(atoms) == 1 && (tok.dated || tok.end-tok.start == 4 && isAnyYear(tok.value)):
		return gradeWeak
	case !whole && t.ended(r) && !r.literal(atoms[len(atoms)-1].runes, r.end):
		return gradeWeak
	case len(atoms) > 1 && t.monthLike(tok):
		return gradeWeak
	case len(atoms) > 1, said, r.end-r.start >= bareMin:
		return gradeBare
	}
	return gradeWeak
}

// isOther reports whether the words around a find say that it is no invoice's number. A year may
// stand between: week 2026 / 70050.
func (t *text) isOther(r *reach, tok *token) bool {
	return t.otherBefore(t.yearBefore(r.start)) || t.otherDocument(r.start, tok.end-tok.start) || t.documentBehind(r.end)
}

// suffixed reports whether one letter of the Latin alphabet alone stands in one with what ends at p.
func (t *text) suffixed(p int) bool {
	return p < len(t.runes) && t.gaps[p] == joined && t.runes[p] >= 'A' && t.runes[p] <= 'Z' && t.written[p] == t.runes[p] &&
		(p+1 == len(t.runes) || t.gaps[p+1] != joined)
}

// bareMin is how many digits tell an invoice where nothing says that they do.
const bareMin = 5

// judgeLettered grades a number that stands with its letters. A single letter in one with
// others before it is their last; more letters in one with a few others are of another series.
func (t *text) judgeLettered(atoms []atom, whole bool, before []rune, r *reach) grade {
	foreign := len(before) > 0 && !unicode.Is(unicode.Han, before[len(before)-1]) && !isInvoiceWord(before)
	glued := len(before) > 0 && t.gaps[r.start] == joined
	switch chars := size(atoms); {
	case glued && len(atoms[0].runes) < 3 && !unicode.Is(unicode.Han, before[len(before)-1]):
		return gradeWeak
	case glued && foreign && len(before) <= seriesMax:
		return gradeWeak
	case !whole && t.ended(r) && !r.literal(atoms[len(atoms)-1].runes, r.end):
		return gradeWeak
	case !whole:
		return gradeBare
	case glued && foreign || foreign && len(before) <= seriesMax && !fieldWords[string(before)]:
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

// seriesMax is how many letters a series of somebody else's may have before ours: X-INV-2026.
const seriesMax = 4

// fieldWords are what banks write before a field, in one with what payers wrote.
var fieldWords = foldAll("rfb", "roc", "ipi", "cinv", "eref", "svwz", "kref", "mref", "uri", "purp", "ref", "ocr", "txt", "bez", "lt", "zu", "vs", "rmt", "ustrd", "trn")

// lineMin is the shortest line that banks cut purposes to.
const lineMin = 24

// ended reports whether a find ends a text that is so long that the bank may have cut it there.
func (t *text) ended(r *reach) bool { return r.end == len(t.runes) && r.end >= lineMin }

// cutOff reports whether a number at the end of a text may go on where the bank cut it: it has
// lost some of its zeros, and not all.
func (t *text) cutOff(r *reach, atoms []atom) bool {
	last := &atoms[len(atoms)-1]
	return t.ended(r) && !r.exact && last.digits && !r.number(last.stripped(), r.end, len(last.runes)) && t.zeroAt(r.end-len(last.stripped())-1)
}

// zeroAt reports whether a zero stands at p, in one with what follows.
func (t *text) zeroAt(p int) bool { return p >= 0 && t.gaps[p+1] == joined && t.runes[p] == '0' }

// composite reports whether a find is a part of a longer number, as of a contract or a phone. A
// year on the other side, as in 42/2026, is the invoice's own or another's.
func (t *text) composite(r *reach, n *number) bool {
	if r.start > 0 && isDigit(t.runes[r.start-1]) && (t.gaps[r.start] == dashed || t.otherYear(r.start, n)) {
		return true
	}
	if r.end < len(t.runes) && t.gaps[r.end] == dashed && unicode.IsLetter(t.runes[r.end]) { // 42/INV/2026
		end := t.wordEnd(r.end)
		return end < len(t.runes) && t.gaps[end] <= dashed && isDigit(t.runes[end])
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
