package bank

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem is why a file can't be read at one of its lines: Key names the sentence in bot/text
// that says it and what to do, and Args are its data, in pairs of name and value.
type Problem struct {
	File    string // within an archive; "" outside of one
	Line    int    // from 1; of a workbook its row
	Excerpt string // of what stands there; "" where it can't be shown
	Key     string
	Args    []any
}

func (p *Problem) Error() string {
	return fmt.Sprintf("line %d: %s %v", p.Line, p.Key, p.Args)
}

// Problems are those of one file, at least one and at most twenty.
type Problems []*Problem

func (p Problems) Error() string {
	out := make([]string, len(p))
	for i, one := range p {
		out[i] = one.Error()
	}
	return strings.Join(out, "; ")
}

const problemsMax = 20

// errEnough ends a reading that has found as many problems as are told.
var errEnough = errors.New("bank: enough problems")

// at gives a problem its place, where it has none yet.
func (p *Problem) at(line int, text string) *Problem {
	if p.Line == 0 {
		p.Line = line
	}
	if p.Excerpt == "" {
		p.Excerpt = excerpt([]byte(text))
	}
	return p
}

const excerptMax = 80

// excerpt is the first line of what stands at a place, short and without characters that do not
// print.
func excerpt(b []byte) string {
	b = b[:min(len(b), 4*excerptMax)]
	if !utf8.Valid(b) {
		b = []byte(strings.ToValidUTF8(string(b), "?"))
	}
	s, _, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	return shorten(clean(s), excerptMax)
}

// clean is what a bank wrote as one line: without control characters and those that turn the
// direction, one space where there was any.
func clean(s string) string {
	if plain(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == utf8.RuneError, r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
			return -1
		}
		return r
	}, s)
	return shorten(strings.Join(strings.Fields(s), " "), textMax)
}

// textMax is as much of a purpose as is kept, in bytes.
const textMax = 4000

// plain reports whether clean would change nothing: most text is so.
func plain(s string) bool {
	if len(s) > textMax || s != "" && (s[0] == ' ' || s[len(s)-1] == ' ') {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && s[i+1] == ' ' {
			return false
		}
	}
	return true
}

func shorten(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}
