package telegramapi

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// parseHTML reads Telegram's HTML and returns the plain text and its entities, sorted.
// The error is the server's, without its prefix; offsets in it are bytes of the source.
func parseHTML(src string) (string, []Entity, error) {
	if strings.IndexByte(src, 0) >= 0 {
		return "", nil, wordsf("Text must not contain null bytes")
	}
	h := &htmlReader{src: src}
	for h.pos < len(src) {
		if err := h.step(); err != nil {
			return "", nil, err
		}
	}
	if n := len(h.open); n > 0 {
		return "", nil, wordsf("Can't find end tag corresponding to start tag %q", h.open[n-1].name)
	}
	if h.surrogates && !utf8.Valid(h.out) {
		return "", nil, wordsf("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units")
	}
	for i := range h.found {
		if h.found[i].Type == "code" {
			h.found[i].Language = ""
		}
	}
	sortEntities(h.found)
	return string(h.out), h.found, nil
}

// htmlReader is a parser in the middle of a text.
type htmlReader struct {
	src        string
	pos        int
	out        []byte // the text so far
	units      int    // its length in UTF-16 code units
	open       []openTag
	found      []Entity
	surrogates bool // a numeric entity made half of a surrogate pair
}

// openTag is a tag that waits for its end.
type openTag struct {
	name  string
	arg   string // link, language, class, format or emoji, as the tag has it
	unix  int64  // of tg-time
	units int    // where its text begins in UTF-16 code units
	bytes int    // and in bytes of the output
}

// at is the byte at a place, 0 past the end.
func (h *htmlReader) at(i int) byte {
	if i < len(h.src) {
		return h.src[i]
	}
	return 0
}

// step reads one character, character reference or tag.
func (h *htmlReader) step() error {
	c := h.at(h.pos)
	if c == '&' {
		if code, n := reference(h.src[h.pos:]); code != 0 {
			h.pos += n
			h.surrogates = h.surrogates || code >= 0xd800 && code <= 0xdfff
			h.out = appendCode(h.out, code)
			h.units++
			if code > 0xffff {
				h.units++
			}
			return nil
		}
	}
	if c != '<' {
		if c&0xc0 != 0x80 {
			h.units++
		}
		if c >= 0xf0 {
			h.units++
		}
		h.out = append(h.out, c)
		h.pos++
		return nil
	}
	begin := h.pos
	h.pos++
	if h.at(h.pos) == '/' {
		return h.endTag(begin)
	}
	return h.startTag(begin)
}

// startTag reads "<name attributes>"; begin is the place of "<".
func (h *htmlReader) startTag(begin int) error {
	for !isSpace(h.at(h.pos)) && h.at(h.pos) != '>' {
		h.pos++
	}
	if h.at(h.pos) == 0 {
		return wordsf("Unclosed start tag at byte offset %d", begin)
	}
	t := openTag{name: lowerASCII(h.src[begin+1 : h.pos]), units: h.units, bytes: len(h.out)}
	if !htmlTags[t.name] {
		return wordsf("Unsupported start tag \"%s\" at byte offset %d", t.name, begin)
	}
	for h.at(h.pos) != '>' {
		done, err := h.attribute(&t, begin)
		if err != nil {
			return err
		}
		if done {
			break
		}
	}
	if t.name == "span" && t.arg != "spoiler" {
		return wordsf("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
	}
	h.open = append(h.open, t)
	h.pos++
	return nil
}

var htmlTags = map[string]bool{"a": true, "b": true, "strong": true, "i": true, "em": true, "s": true, "strike": true,
	"del": true, "u": true, "ins": true, "tg-spoiler": true, "tg-emoji": true, "tg-time": true, "span": true,
	"pre": true, "code": true, "blockquote": true}

// attribute reads one attribute into t. It reports true at the end of the tag.
func (h *htmlReader) attribute(t *openTag, begin int) (done bool, err error) {
	h.skipSpace()
	if h.at(h.pos) == '>' {
		return true, nil
	}
	from := h.pos
	for !isSpace(h.at(h.pos)) && strings.IndexByte("=>/\"'", h.at(h.pos)) < 0 {
		h.pos++
	}
	name := h.src[from:min(h.pos, len(h.src))]
	if name == "" {
		return false, wordsf("Empty attribute name in the tag \"%s\" at byte offset %d", t.name, begin)
	}
	h.skipSpace()
	if h.at(h.pos) != '=' {
		if h.at(h.pos) == 0 {
			return false, wordsf("Unclosed start tag \"%s\" at byte offset %d", t.name, begin)
		}
		// A name without a value is let pass, and only one means something.
		if name == "expandable" {
			t.set(name, "1")
			return false, nil
		}
		return false, nil
	}
	h.pos++
	h.skipSpace()
	if h.at(h.pos) == 0 {
		return false, wordsf("Unclosed start tag \"%s\" at byte offset %d", t.name, begin)
	}
	value, err := h.value(begin)
	if err != nil {
		return false, err
	}
	t.set(name, value)
	return false, nil
}

// value reads a quoted value or a bare token of letters, digits, dots and hyphens.
func (h *htmlReader) value(begin int) (string, error) {
	quote := h.at(h.pos)
	if quote != '\'' && quote != '"' {
		from := h.pos
		for isAlnum(h.at(h.pos)) || h.at(h.pos) == '.' || h.at(h.pos) == '-' {
			h.pos++
		}
		if !isSpace(h.at(h.pos)) && h.at(h.pos) != '>' {
			return "", wordsf("Unexpected end of name token at byte offset %d", from)
		}
		if h.at(h.pos) == 0 {
			return "", wordsf("Unclosed start tag at byte offset %d", begin)
		}
		return lowerASCII(h.src[from:h.pos]), nil
	}
	h.pos++
	var out []byte
	for h.at(h.pos) != quote && h.at(h.pos) != 0 {
		if h.at(h.pos) == '&' {
			if code, n := reference(h.src[h.pos:]); code != 0 {
				out, h.pos = appendCode(out, code), h.pos+n
				continue
			}
		}
		out = append(out, h.at(h.pos))
		h.pos++
	}
	if h.at(h.pos) == quote {
		h.pos++
	}
	if h.at(h.pos) == 0 {
		return "", wordsf("Unclosed start tag at byte offset %d", begin)
	}
	return string(out), nil
}

// set keeps the attributes that mean something for their tag. Names are case-sensitive.
func (t *openTag) set(name, value string) {
	switch {
	case t.name == "a" && name == "href", t.name == "tg-emoji" && name == "emoji-id", t.name == "tg-time" && name == "format":
		t.arg = value
	case t.name == "code" && name == "class" && strings.HasPrefix(value, "language-"):
		t.arg = value[len("language-"):]
	case t.name == "span" && name == "class" && strings.HasPrefix(value, "tg-"):
		t.arg = value[len("tg-"):]
	case t.name == "blockquote" && name == "expandable":
		t.arg = "1"
	case t.name == "tg-time" && name == "unix":
		t.unix, _ = strconv.ParseInt(value, 10, 32)
	}
}

// endTag reads "</name>", "</>" included, and closes the last open tag.
func (h *htmlReader) endTag(begin int) error {
	if len(h.open) == 0 {
		return wordsf("Unexpected end tag at byte offset %d", begin)
	}
	for !isSpace(h.at(h.pos)) && h.at(h.pos) != '>' {
		h.pos++
	}
	name := lowerASCII(h.src[begin+2 : max(begin+2, min(h.pos, len(h.src)))])
	h.skipSpace()
	if h.at(h.pos) != '>' {
		return wordsf("Unclosed end tag at byte offset %d", begin)
	}
	h.pos++
	t := h.open[len(h.open)-1]
	if name != "" && name != t.name {
		return wordsf("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, t.name, name)
	}
	h.open = h.open[:len(h.open)-1]
	if h.units == t.units {
		return nil
	}
	return h.close(t)
}

// close makes the entity of a tag that has text in it.
func (h *htmlReader) close(t openTag) error {
	e := Entity{Offset: t.units, Length: h.units - t.units}
	switch t.name {
	case "b", "strong":
		e.Type = "bold"
	case "i", "em":
		e.Type = "italic"
	case "s", "strike", "del":
		e.Type = "strikethrough"
	case "u", "ins":
		e.Type = "underline"
	case "tg-spoiler", "span":
		e.Type = "spoiler"
	case "blockquote":
		e.Type = "blockquote"
		if t.arg != "" {
			e.Type = "expandable_blockquote"
		}
	case "pre":
		return h.closePre(e)
	case "code":
		return h.closeCode(e, t.arg)
	case "tg-emoji":
		if id, err := strconv.ParseInt(t.arg, 10, 64); err != nil || id == 0 {
			return wordsf("Invalid custom emoji identifier specified")
		}
		e.Type, e.CustomEmoji = "custom_emoji", t.arg
	case "tg-time":
		format, err := dateFormat(t.arg)
		if err != nil {
			return err
		}
		if t.unix <= 0 {
			return nil
		}
		e.Type, e.Unix, e.DateFormat = "date_time", t.unix, format
	case "a":
		link := t.arg
		if link == "" {
			link = string(h.out[t.bytes:])
		}
		if !e.setLink(link) {
			return nil // a wrong address leaves plain text
		}
	}
	h.found = append(h.found, e)
	return nil
}

// closePre closes <pre>: around <code class="language-x"> alone it takes its language.
func (h *htmlReader) closePre(e Entity) error {
	if n := len(h.found); n > 0 {
		last := &h.found[n-1]
		if last.Type == "code" && last.Offset == e.Offset && last.Length == e.Length && last.Language != "" {
			last.Type = "pre"
			return nil
		}
	}
	e.Type = "pre"
	h.found = append(h.found, e)
	return nil
}

// closeCode closes <code>; with a language around <pre> alone it makes that a listing.
func (h *htmlReader) closeCode(e Entity, language string) error {
	if n := len(h.found); n > 0 {
		last := &h.found[n-1]
		if last.Type == "pre" && last.Language == "" && last.Offset == e.Offset && last.Length == e.Length && language != "" {
			last.Language = language
			return nil
		}
	}
	e.Type, e.Language = "code", language
	h.found = append(h.found, e)
	return nil
}

func (h *htmlReader) skipSpace() {
	for h.at(h.pos) != 0 && isSpace(h.at(h.pos)) {
		h.pos++
	}
}

// dateFormat checks the format of a <tg-time> and spells it in the order that the server
// gives back: day of week, date, time; or "r" alone.
func dateFormat(s string) (string, error) {
	if s == "r" || s == "R" {
		return "r", nil
	}
	for _, c := range s {
		if !strings.ContainsRune("tTdDwW", c) {
			return "", wordsf("Invalid date format used")
		}
	}
	out := ""
	for _, pair := range []string{"wW", "dD", "tT"} {
		switch {
		case pair == "wW" && strings.ContainsAny(s, pair):
			out += "w"
		case strings.Contains(s, pair[:1]):
			out += pair[:1]
		case strings.Contains(s, pair[1:]):
			out += pair[1:]
		}
	}
	return out, nil
}
