package shape

import (
	"unicode"

	"github.com/go-text/typesetting/bidi"
)

// levels is the level of each character: even from left to right, odd from right to left.
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
		level, until := int(run.Level), run.End
		// A run tells its first level alone, and goes on where a lower one of the same
		// direction begins: behind a number among words from right to left, or behind
		// what was set apart.
		if base == 0 && level > 0 && level%2 == 0 {
			until = inner(runes, run.Start, run.End)
		}
		for j := run.Start; j < run.End && j < len(out); j++ {
			if out[j] = level; j >= until {
				out[j] = base
			}
		}
	}
	return out
}

// inner is where the part of a run ends that belongs to words from right to left before
// it.
func inner(runes []rune, from, to int) int {
	depth := 0
	for i := from; i < to; i++ {
		switch runes[i] {
		case '\u2066', '\u2067', '\u2068':
			depth++
		case '\u2069':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	if !unicode.IsDigit(runes[from]) && !unicode.Is(unicode.Sc, runes[from]) {
		return to
	}
	i := from
	for i < to && (unicode.IsDigit(runes[i]) || unicode.Is(unicode.Sc, runes[i]) || i+1 < to && unicode.IsDigit(runes[i+1]) && separates(runes[i])) {
		i++
	}
	return i
}

// separates reports whether a character inside a number belongs to it.
func separates(r rune) bool {
	switch r {
	case '.', ',', ':', '/', '\u00a0', '٫', '٬':
		return true
	}
	return false
}
