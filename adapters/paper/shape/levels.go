package shape

import (
	"unicode"

	"github.com/go-text/typesetting/bidi"
)

// levels is the level of each character: even from left to right, odd from right to left.
//
// The library's runs tell one level each, and join what has levels of one direction. In a
// text from right to left that makes no difference. In one from left to right a number
// among words of the other direction belongs to them, and what follows it may not: those
// are told apart here.
func (w *worker) levels(runes []rune, base int) []int {
	direction := bidi.LeftToRight
	if base == 1 {
		direction = bidi.RightToLeft
	}
	out := make([]int, len(runes))
	for i := range out {
		out[i] = base // of what lies behind a separator of paragraphs
	}
	runs := w.bidi.Segment(runes, direction)
	for i := range runs.NumRuns() {
		run := runs.Run(i)
		level, numbers := int(run.Level), run.Start
		even := base == 0 && level%2 == 0
		if even && level > 0 {
			numbers = numberEnd(runes, run.Start, run.End)
		}
		for j := run.Start; j < run.End && j < len(out); j++ {
			switch {
			case !even:
				out[j] = level
			case j < numbers:
				out[j] = 2
			}
		}
	}
	if base == 0 {
		raise(runes, out)
	}
	return out
}

// numberEnd is where the number ends that a run begins with. Signs of money and percents
// belong to it, but not behind Arabic letters, where Unicode takes numbers for Arabic ones.
func numberEnd(runes []rune, from, to int) int {
	signs := true
	for i := from - 1; i >= 0; i-- {
		if unicode.IsLetter(runes[i]) {
			signs = !unicode.In(runes[i], unicode.Arabic, unicode.Syriac, unicode.Thaana)
			break
		}
	}
	i := from
	for i < to && (unicode.IsDigit(runes[i]) || signs && sign(runes[i]) || i > from && i+1 < to && unicode.IsDigit(runes[i+1]) && separates(runes[i])) {
		i++
	}
	return i
}

func sign(r rune) bool { return unicode.Is(unicode.Sc, r) || r == '%' || r == '٪' || r == '°' }

// separates reports whether a character inside a number belongs to it.
func separates(r rune) bool {
	switch r {
	case '.', ',', ':', '/', '\u00a0', '٫', '٬':
		return true
	}
	return false
}

// raise puts what is set apart as words from right to left, and is itself from left to
// right, on the level of numbers there.
func raise(runes []rune, levels []int) {
	var open []bool // isolates, whether each is from right to left
	for i, r := range runes {
		switch r {
		case '\u2066':
			open = append(open, false)
			continue
		case '\u2067':
			open = append(open, true)
			continue
		case '\u2068':
			open = append(open, firstStrongRTL(runes[i+1:]))
			continue
		case '\u2069':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
			continue
		}
		if n := len(open); n > 0 && open[n-1] && levels[i]%2 == 0 {
			levels[i] = 2
		}
	}
}

// firstStrongRTL reports whether the first letter of an isolate is from right to left;
// isolates inside of it do not count.
func firstStrongRTL(runes []rune) bool {
	depth := 0
	for _, r := range runes {
		switch {
		case r >= '\u2066' && r <= '\u2068':
			depth++
		case r == '\u2069':
			if depth--; depth < 0 {
				return false
			}
		case depth == 0 && unicode.IsLetter(r):
			return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
		}
	}
	return false
}
