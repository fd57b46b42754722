package telegramapi

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Patterns of what Telegram finds by itself. What may stand before and after a match is
// checked in code: RE2 has no look-around.
var (
	mentionPattern = regexp.MustCompile(`@[a-zA-Z0-9_]{2,32}`)
	commandPattern = regexp.MustCompile(`/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?`)
	hashtagPattern = regexp.MustCompile(`#[\pL\p{Nd}_\x{200c}\x{b7}]{1,256}`)
	cashtagPattern = regexp.MustCompile(`\$(?:1INCH|[A-Z]{1,8})`)
	emailPattern   = regexp.MustCompile(`[a-zA-Z0-9._+-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*\.[a-zA-Z]{2,24}`)
	phonePattern   = regexp.MustCompile(`\+[0-9][0-9 ()-]{5,18}[0-9]`)
	schemePattern  = regexp.MustCompile(`(?i)(?:https?|ftp)://[^\s<>"]+|(?:tg|ton)://[a-zA-Z0-9_-]+[^\s<>"]*`)
	domainPattern  = regexp.MustCompile(`(?i)(?:[\pL\p{Nd}_-]+\.)+(?:` + knownZones + `)(?::[0-9]{1,5})?(?:[/?#][^\s<>"]*)?`)
)

// knownZones are the endings by which a bare name is taken for an address. Telegram knows
// all of them; these are the ones that people type.
const knownZones = `com|org|net|edu|gov|info|biz|dev|app|io|me|ai|co|tv|cc|xyz|online|site|shop|store|tech|cloud|eu|` +
	`de|at|ch|fr|it|es|pt|nl|be|lu|uk|ie|us|ca|au|nz|se|no|dk|fi|is|pl|cz|sk|hu|ro|md|bg|gr|rs|hr|si|ua|by|ru|su|kz|ge|am|` +
	`ee|lv|lt|tr|il|ir|ae|in|cn|hk|tw|jp|kr|sg|br|mx|ar|za|рф`

// findEntities finds addresses, mail addresses, commands, mentions, tags and phone
// numbers in a text. Nothing that it returns overlaps.
func findEntities(text string) []Entity {
	var found []Entity
	add := func(kind string, from, to int) {
		e := Entity{Type: kind, Offset: units(text[:from]), Length: units(text[from:to])}
		for _, x := range found {
			if e.Offset < x.end() && x.Offset < e.end() {
				return
			}
		}
		found = append(found, e)
	}
	for _, m := range schemePattern.FindAllStringIndex(text, -1) {
		if end := m[0] + len(trimAddress(text[m[0]:m[1]])); !wordBefore(text, m[0], "") && linked(text[m[0]:end]) {
			add("url", m[0], end)
		}
	}
	for _, m := range emailPattern.FindAllStringIndex(text, -1) {
		if !wordBefore(text, m[0], "") && !wordAfter(text, m[1], "") {
			add("email", m[0], m[1])
		}
	}
	for _, m := range domainPattern.FindAllStringIndex(text, -1) {
		end := m[0] + len(trimAddress(text[m[0]:m[1]]))
		if !wordBefore(text, m[0], "@/.") && !wordAfter(text, end, "@.") {
			add("url", m[0], end)
		}
	}
	marks(text, commandPattern, "/<>", "/<>", func(from, to int) { add("bot_command", from, to) })
	marks(text, mentionPattern, "", "", func(from, to int) { add("mention", from, to) })
	marks(text, hashtagPattern, "", "#", func(from, to int) {
		if strings.ContainsFunc(text[from:to], unicode.IsLetter) {
			add("hashtag", from, to)
		}
	})
	marks(text, cashtagPattern, "$", "$", func(from, to int) { add("cashtag", from, to) })
	marks(text, phonePattern, "+", "", func(from, to int) { add("phone_number", from, to) })
	sortEntities(found)
	return found
}

// marks calls f for each match that no word character touches, nor one of the others.
func marks(text string, p *regexp.Regexp, before, after string, f func(from, to int)) {
	for _, m := range p.FindAllStringIndex(text, -1) {
		if !wordBefore(text, m[0], before) && !wordAfter(text, m[1], after) {
			f(m[0], m[1])
		}
	}
}

func wordBefore(text string, at int, others string) bool {
	c, n := utf8.DecodeLastRuneInString(text[:at])
	return n > 0 && (isWord(c) || strings.ContainsRune(others, c))
}

func wordAfter(text string, at int, others string) bool {
	c, n := utf8.DecodeRuneInString(text[at:])
	if n == 0 {
		return false
	}
	// A full stop ends a sentence more often than it goes on as a name.
	if c == '.' && strings.Contains(others, ".") {
		next, _ := utf8.DecodeRuneInString(text[at+n:])
		return isWord(next)
	}
	return isWord(c) || strings.ContainsRune(others, c)
}

func isWord(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsNumber(c) }

// trimAddress takes off what ends a sentence and not an address: punctuation, and a
// closing bracket that was not opened in it.
func trimAddress(s string) string {
	for {
		t := strings.TrimRight(s, ".,:;!?'\"»…")
		if n := len(t); n > 0 && (t[n-1] == ')' || t[n-1] == ']' || t[n-1] == '}') {
			opening := map[byte]string{')': "(", ']': "[", '}': "{"}[t[n-1]]
			if strings.Count(t, opening) < strings.Count(t, t[n-1:]) {
				t = t[:n-1]
			}
		}
		if t == s {
			return s
		}
		s = t
	}
}

func linked(address string) bool {
	rest, ok := cutScheme(address, "ftp:")
	if ok {
		address = rest
	}
	_, err := checkLink(address)
	return err == nil
}
