package telegramapi

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// cleanText takes out what Telegram does not keep (control characters become spaces, \r
// and a few invisible characters go) and moves the entities along. Entities must be fixed.
func cleanText(text string, list []Entity) (string, []Entity, error) {
	if !utf8.ValidString(text) {
		return "", nil, wordsf("Strings must be encoded in UTF-8")
	}
	size := units(text)
	gone := make([]int, size+1) // how many units were taken out before each offset
	middle := make([]bool, size+1)
	var out strings.Builder
	at, lost := 0, 0
	for _, c := range text {
		gone[at] = lost
		n := 1
		if c > 0xffff {
			n, middle[at+1] = 2, true
		}
		switch {
		case c == '\r' || c >= 0x2028 && c <= 0x202e || c == 0x333 || c == 0x33f || c == 0x30a:
			lost++
		case c < ' ' && c != '\n':
			out.WriteByte(' ')
		default:
			out.WriteRune(c)
		}
		at += n
	}
	gone[size] = lost
	var kept []Entity
	for _, e := range list {
		switch {
		case e.Offset > size:
			return "", nil, wordsf("Entity begins after the end of the text at UTF-16 offset %d", e.Offset)
		case e.end() > size:
			return "", nil, wordsf("Entity beginning at UTF-16 offset %d ends after the end of the text at UTF-16 offset %d", e.Offset, e.end())
		case middle[e.Offset]:
			return "", nil, wordsf("Entity begins in a middle of a UTF-16 symbol at byte offset %d", byteOffset(text, e.Offset+1))
		case middle[e.end()]:
			return "", nil, wordsf("Entity beginning at UTF-16 offset %d ends in a middle of a UTF-16 symbol at byte offset %d", e.Offset, byteOffset(text, e.end()+1))
		}
		e.Length -= gone[e.end()] - gone[e.Offset]
		e.Offset -= gone[e.Offset]
		if e.Length > 0 {
			kept = append(kept, e)
		}
	}
	return out.String(), kept, nil
}

// units is the length of a text in UTF-16 code units.
func units(s string) int {
	n := 0
	for _, c := range s {
		n++
		if c > 0xffff {
			n++
		}
	}
	return n
}

func byteOffset(s string, at int) int {
	n := 0
	for i, c := range s {
		if n >= at {
			return i
		}
		n += units(string(c))
	}
	return len(s)
}

// trimText takes spaces and new lines off both ends; at the front only before the first
// entity. Entities shrink or go with the text.
func trimText(text string, list []Entity) (string, []Entity) {
	text = strings.TrimRight(text, " \n")
	size := units(text)
	var kept []Entity
	for _, e := range list {
		e.Length = min(e.end(), size) - e.Offset
		if e.Length > 0 {
			kept = append(kept, e)
		}
	}
	sortEntities(kept)
	first := len(text)
	if len(kept) > 0 {
		first = kept[0].Offset
	}
	n := 0
	for n < first && n < len(text) && (text[n] == ' ' || text[n] == '\n') {
		n++
	}
	for i := range kept {
		kept[i].Offset -= n
	}
	return text[n:], kept
}

// invisible reports a text in which nothing could be seen.
func invisible(text string) bool {
	for _, c := range text {
		switch {
		case c <= ' ', c == 0xa0, c == 0xad, c == 0x1680, c == 0x180e, c >= 0x2000 && c <= 0x200f, c >= 0x2028 && c <= 0x202f,
			c >= 0x205f && c <= 0x2064, c == 0x2800, c == 0x3000, c == 0x3164, c == 0xfeff, c == 0xfffc:
		default:
			return false
		}
	}
	return true
}

// fixText is what the server does with a text and its entities before it sends them:
// clean, trim, and find links, commands and the like. An empty result is an error unless
// it is allowed.
func fixText(text string, list []Entity, allowEmpty bool) (string, []Entity, *apiError) {
	for _, e := range list {
		if e.Offset < 0 || e.Offset > 1000000 {
			return "", nil, bad("Receive an entity with incorrect offset " + strconv.Itoa(e.Offset))
		}
		if e.Length < 0 || e.Length > 1000000 {
			return "", nil, bad("Receive an entity with incorrect length " + strconv.Itoa(e.Length))
		}
	}
	list = slices.DeleteFunc(list, func(e Entity) bool { return e.Length == 0 })
	text, list, err := cleanText(text, fixEntities(list))
	if err != nil {
		return "", nil, bad(err.Error())
	}
	text, list = trimText(text, fixEntities(list))
	if invisible(text) {
		if !allowEmpty {
			return "", nil, bad("Text must be non-empty")
		}
		return "", nil, nil
	}
	// Nothing is searched in a text that no message can hold; the caller refuses it.
	if utf8.RuneCountInString(text) <= textMax {
		list = addFound(list, findEntities(text))
	}
	return text, list, nil
}

// addFound adds what was found in the text where nobody marked anything that cannot be
// mixed with it.
func addFound(list, found []Entity) []Entity {
	out := append([]Entity{}, list...)
next:
	for _, f := range found {
		for _, e := range list {
			if e.Offset < f.end() && f.Offset < e.end() && !e.splittable() &&
				!(e.quote() && e.Offset <= f.Offset && f.end() <= e.end()) {
				continue next
			}
		}
		out = append(out, f)
	}
	return fixEntities(out)
}
