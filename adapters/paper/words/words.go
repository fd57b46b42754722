// Package words writes sums in words, as documents state them beside the figures, to below
// 10^15: in English, Russian, Romanian, Italian, Chinese and Persian, with the genders and
// cases of each. A sum of a currency whose name it does not know keeps the code.
package words

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// most is the first number without words.
const most = 1_000_000_000_000_000

// language is how one language counts, and how it puts a sum together.
type language struct {
	// number writes a whole number that counts a noun of a gender.
	number func(n int64, g gender) string
	// sum writes a known currency's sum, minor units and all.
	sum func(l *language, major, minor int64, c *currency) string
	// names are the currencies by code.
	names map[string]*currency
}

// gender of a noun that is counted.
type gender int

const (
	masculine gender = iota
	feminine
	neuter
)

// noun is what is counted: its forms as the language's plurals go.
type noun struct {
	gender gender
	forms  []string
}

// currency names the unit and its part.
type currency struct {
	major, minor noun
}

func languages(lang string) *language {
	switch lang {
	case "en":
		return &english
	case "ru":
		return &russian
	case "ro":
		return &romanian
	case "it":
		return &italian
	case "zh":
		return &chinese
	case "fa":
		return &persian
	}
	return nil
}

// Sum writes minor units of a currency with that many decimals. It reports false for what
// it has no words for: another language, a sum below zero or past 10^15.
func Sum(lang string, minor int64, decimals int32, code string) (string, bool) {
	l := languages(lang)
	if l == nil || minor < 0 || decimals < 0 || decimals > 4 {
		return "", false
	}
	per := int64(1)
	for range decimals {
		per *= 10
	}
	major, rest := minor/per, minor%per
	if major >= most {
		return "", false
	}
	c := l.names[code]
	if c == nil || decimals != 0 && decimals != 2 {
		s := l.number(major, masculine) + " " + code
		if decimals > 0 {
			s += fmt.Sprintf(" %0*d/%d", decimals, rest, per)
		}
		return s, true
	}
	if decimals == 0 {
		c = &currency{major: c.major}
	}
	return l.sum(l, major, rest, c), true
}

// Number writes a whole number below 10^15 that counts nothing in particular, "" for what
// has no words.
func Number(lang string, n int64) string {
	l := languages(lang)
	if l == nil || n < 0 || n >= most {
		return ""
	}
	return l.number(n, masculine)
}

// First puts the first letter in upper case, as a sentence begins.
func First(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// groups cuts a number into thousands, the highest first; each comes with the power of
// 1000 that it stands for.
func groups(n int64) (out []struct{ n, power int }) {
	var parts []int
	for ; n > 0; n /= 1000 {
		parts = append(parts, int(n%1000))
	}
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i] > 0 {
			out = append(out, struct{ n, power int }{parts[i], i})
		}
	}
	return out
}

// two writes the digits of a currency's hundredths.
func two(n int64) string {
	s := strconv.FormatInt(n, 10)
	return strings.Repeat("0", max(2-len(s), 0)) + s
}
