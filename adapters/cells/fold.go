package cells

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Folded are names, divided by bars, made comparable.
func Folded(names string) map[string]bool {
	out := map[string]bool{}
	for name := range strings.SplitSeq(names, "|") {
		out[Fold(name)] = true
	}
	return out
}

var (
	sameLetters = strings.NewReplacer("ي", "ی", "ك", "ک", "ß", "ss", "ё", "е", "№", " no ", "#", " no ")
	marksAside  = strings.NewReplacer("_", " ", "-", " ", ".", " ", "/", " ", ":", " ", "*", " ", "(", " ", ")", " ", "\"", " ", "\u200c", "", "\ufeff", "")
)

// Fold makes a heading comparable: small letters without marks, one space between words. What
// stands in brackets at its end, as in "Amount (EUR)", is left out.
func Fold(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexAny(s, "([（"); i > 0 && strings.LastIndexAny(s, ")]）") > i {
		s = s[:i]
	}
	s = sameLetters.Replace(strings.ToLower(s))
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
	return strings.Join(strings.Fields(marksAside.Replace(s)), " ")
}
