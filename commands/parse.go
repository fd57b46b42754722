package commands

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"duebot/ledger/names"
)

// token is one word of a typed line, or the words between two quotes.
type token struct {
	text   string
	quoted bool
}

// is reports whether t is the unquoted word w, in any case.
func (t token) is(w string) bool { return !t.quoted && strings.EqualFold(t.text, w) }

// Phones and word processors turn quotes and spaces into others; they are read as what
// they mean.
var plainer = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`, "＂", `"`,
	"\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u3000", " ",
	// What turns a line's direction comes along when a figure is copied out of a Persian text.
	"\u200e", "", "\u200f", "", "\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\u2060", "")

// Chinese keyboards write some signs in full width, Persian ones have a sign of percent. Between quotes they stay: a text goes as it was
// written on to an invoice.
var halfWidth = map[rune]rune{'（': '(', '）': ')', '，': ',', '＋': '+', '％': '%', '٪': '%'}

// A no-break space or a thin one between digits groups them, and is no end of a word.
var groupedDigits = regexp.MustCompile(`(\d)[\x{00a0}\x{202f}\x{2009}](\d{3})`)

// labelForm is the number of an invoice, a task or a contract: with the digits of any script it is
// the same, and the books have 0 to 9.
var labelForm = regexp.MustCompile(`^\p{L}{1,12}(-\p{Nd}+)+$`)

// closers are the quotes that open a text, each with the one that closes it.
var closers = map[rune]rune{'"': '"', '«': '»', '»': '«', '「': '」'}

// closer is what closes a text that opened so, of which rest is still to be read: its own
// other half, or the next quote where somebody has mixed two kinds.
func closer(open rune, rest string) rune {
	if strings.ContainsRune(rest, closers[open]) {
		return closers[open]
	}
	if i := strings.IndexAny(rest, "\"«»」"); i >= 0 {
		r, _ := utf8.DecodeRuneInString(rest[i:])
		return r
	}
	return closers[open]
}

func endsInLetter(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r)
}

// split cuts a line into tokens. "(", ")" and "+" stand alone; a quote that is not closed
// runs to the end. Quotes of another kind inside a text belong to it: "ООО «Ромашка»".
func split(line string) []token {
	for groupedDigits.MatchString(line) {
		line = groupedDigits.ReplaceAllString(line, "$1$2")
	}
	var out []token
	var word strings.Builder
	var open, shut rune // of the text that is being read
	depth := 0
	end := func() {
		if word.Len() > 0 {
			text := word.String()
			if labelForm.MatchString(text) {
				text = names.Digits(text)
			}
			out = append(out, token{text: text})
			word.Reset()
		}
	}
	line = plainer.Replace(line)
	for i, r := range line {
		if half, ok := halfWidth[r]; ok && shut == 0 {
			r = half
		}
		switch {
		case shut != 0 && r == shut && depth == 0:
			out = append(out, token{strings.TrimSpace(word.String()), true})
			word.Reset()
			shut = 0
		case shut != 0:
			if r == shut {
				depth--
			} else if r == open {
				depth++
			}
			word.WriteRune(r)
		case closers[r] != 0:
			end()
			open, shut, depth = r, closer(r, line[i+utf8.RuneLen(r):]), 0
		case unicode.IsSpace(r):
			end()
		case r == '+' && endsInLetter(word.String()): // "eom+10" is one word
			word.WriteRune(r)
		case r == '(' || r == ')' || r == '+':
			end()
			out = append(out, token{text: string(r)})
		default:
			word.WriteRune(r)
		}
	}
	if shut != 0 {
		out = append(out, token{strings.TrimSpace(word.String()), true})
	} else {
		end()
	}
	return out
}

// join makes words of tokens again.
func join(tokens []token) string {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.text
	}
	return strings.Join(words, " ")
}
