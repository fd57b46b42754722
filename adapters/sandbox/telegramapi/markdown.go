package telegramapi

import (
	"strconv"
	"strings"
)

// parseMarkdownV2 reads Telegram's MarkdownV2 and returns the plain text and its entities,
// sorted. The error is the server's, without its prefix; offsets in it are bytes of the
// source.
func parseMarkdownV2(src string) (string, []Entity, error) {
	m := &mdReader{src: src, quotable: true}
	for m.pos < len(src) {
		if err := m.step(); err != nil {
			return "", nil, err
		}
		m.pos++
	}
	if err := m.finish(); err != nil {
		return "", nil, err
	}
	sortEntities(m.found)
	return string(m.out), m.found, nil
}

// mdReader is a parser in the middle of a text.
type mdReader struct {
	src      string
	pos      int
	out      []byte // the text so far
	units    int    // its length in UTF-16 code units
	open     []mdMark
	found    []Entity
	quoting  bool // a quote is open
	quotable bool // a quote may begin here: at the beginning of a line
}

// mdMark is a mark that waits for its end.
type mdMark struct {
	kind     string // the server's name of it, as errors have it
	language string
	units    int // where its text begins in UTF-16 code units
	source   int // where the mark stands, in bytes of the source
	bytes    int // where its text begins in bytes of the output
}

// mdTypes are the entities that marks make, by the server's names.
var mdTypes = map[string]string{"Bold": "bold", "Italic": "italic", "Underline": "underline", "Strikethrough": "strikethrough",
	"Spoiler": "spoiler", "Code": "code", "Pre": "pre", "PreCode": "pre", "TextUrl": "text_link", "CustomEmoji": "custom_emoji",
	"BlockQuote": "blockquote", "ExpandableBlockQuote": "expandable_blockquote"}

// at is the byte at a place, 0 past the end.
func (m *mdReader) at(i int) byte {
	if i < len(m.src) {
		return m.src[i]
	}
	return 0
}

func (m *mdReader) last() *mdMark {
	if len(m.open) == 0 {
		return nil
	}
	return &m.open[len(m.open)-1]
}

// escaped reports whether a backslash at i takes the meaning of the byte behind it.
func (m *mdReader) escaped(i int) bool {
	return m.at(i) == '\\' && m.at(i+1) > 0 && m.at(i+1) <= 126
}

// step reads one character or mark, and leaves pos at its last byte.
func (m *mdReader) step() error {
	c := m.at(m.pos)
	if m.escaped(m.pos) {
		m.pos++
		m.units++
		m.out = append(m.out, m.at(m.pos))
		if m.at(m.pos) != '\r' {
			m.quotable = m.at(m.pos) == '\n'
		}
		return nil
	}
	reserved := "_*[]()~`>#+-=|{}.!\n"
	if t := m.last(); t != nil && (t.kind == "Code" || t.kind == "Pre" || t.kind == "PreCode") {
		reserved = "`"
	}
	switch {
	case strings.IndexByte(reserved, c) < 0:
		m.plain(c)
		return nil
	case m.ends(c):
		return m.close(c)
	}
	return m.begin(c)
}

func (m *mdReader) plain(c byte) {
	if c&0xc0 != 0x80 {
		m.units++
		if c >= 0xf0 {
			m.units++
		}
		if c != '\r' {
			m.quotable = false
		}
	}
	m.out = append(m.out, c)
}

// ends reports whether a reserved character closes the last open mark. A quote ends with the
// line whose next one does not go on with it.
func (m *mdReader) ends(c byte) bool {
	t := m.last()
	if t == nil {
		return false
	}
	next := m.at(m.pos + 1)
	if m.quoting && c == '\n' && (m.pos+1 == len(m.src) || next != '>') {
		return true
	}
	switch t.kind {
	case "Bold":
		return c == '*'
	case "Italic":
		return c == '_' && next != '_'
	case "Underline":
		return c == '_' && next == '_'
	case "Strikethrough":
		return c == '~'
	case "Spoiler":
		return c == '|' && next == '|'
	case "Code":
		return c == '`'
	case "Pre", "PreCode":
		return c == '`' && next == '`' && m.at(m.pos+2) == '`'
	case "TextUrl", "CustomEmoji":
		return c == ']'
	}
	return false
}

func reservedError(c byte) error {
	return wordsf("Character '%c' is reserved and must be escaped with the preceding '\\'", c)
}

// begin opens a mark, or goes on with a line.
func (m *mdReader) begin(c byte) error {
	t := mdMark{source: m.pos}
	next := m.at(m.pos + 1)
	switch {
	case c == '_' && next == '_':
		t.kind = "Underline"
		m.pos++
	case c == '_':
		t.kind = "Italic"
	case c == '*':
		t.kind = "Bold"
	case c == '~':
		t.kind = "Strikethrough"
	case c == '|' && next == '|':
		t.kind = "Spoiler"
		m.pos++
	case c == '[':
		t.kind = "TextUrl"
	case c == '!' && next == '[':
		t.kind = "CustomEmoji"
		m.pos++
	case c == '`' && next == '`' && m.at(m.pos+2) == '`':
		m.pos += 3
		t.kind = "Pre"
		if t.language = m.language(); t.language != "" {
			t.kind = "PreCode"
		}
		m.skipLine()
		m.pos--
	case c == '`':
		t.kind = "Code"
	case c == '\n':
		m.out = append(m.out, c)
		m.units++
		m.quotable = true
		return nil
	case c == '>' && m.quotable && m.quoting:
		return nil
	case c == '>' && m.quotable:
		t.kind = "BlockQuote"
		m.quoting = true
	default:
		return reservedError(c)
	}
	t.units, t.bytes = m.units, len(m.out)
	m.open = append(m.open, t)
	return nil
}

// language reads the word behind ```, if it is not the listing itself.
func (m *mdReader) language() string {
	end := m.pos
	for m.at(end) != 0 && !isSpace(m.at(end)) && m.at(end) != '`' {
		end++
	}
	if end == m.pos || end >= len(m.src) || m.at(end) == '`' {
		return ""
	}
	word := m.src[m.pos:end]
	m.pos = end
	return word
}

// skipLine skips one line break at the beginning of a listing.
func (m *mdReader) skipLine() {
	if c, next := m.at(m.pos), m.at(m.pos+1); c == '\n' || c == '\r' {
		m.pos++
		if (next == '\n' || next == '\r') && next != c {
			m.pos++
		}
	}
}

func (m *mdReader) unclosed(t *mdMark) error {
	return wordsf("Can't find end of %s entity at byte offset %d", t.kind, t.source)
}

// close ends the last open mark.
func (m *mdReader) close(c byte) error {
	t := *m.last()
	if c == '\n' && t.kind != "BlockQuote" {
		// A quote that ends with || is one to be opened by a tap.
		if t.kind != "Spoiler" || t.source != m.pos-2 && (t.source != m.pos-3 || len(m.out) == 0 || m.out[len(m.out)-1] != '\r') {
			return m.unclosed(&t)
		}
		m.open = m.open[:len(m.open)-1]
		if t = *m.last(); t.kind != "BlockQuote" {
			return m.unclosed(&t)
		}
		t.kind = "ExpandableBlockQuote"
	}
	m.open = m.open[:len(m.open)-1]
	e := Entity{Type: mdTypes[t.kind], Offset: t.units, Language: t.language}
	keep := m.units != t.units
	var err error
	switch t.kind {
	case "Underline", "Spoiler":
		m.pos++
	case "Pre", "PreCode":
		m.pos += 2
	case "TextUrl":
		var ok bool
		ok, err = m.closeLink(&e, t)
		keep = keep && ok
	case "CustomEmoji":
		err = m.closeEmoji(&e)
	case "BlockQuote", "ExpandableBlockQuote":
		m.quoting, m.quotable, keep = false, true, true
		m.out = append(m.out, c)
		m.units++
	}
	if e.Length = m.units - t.units; keep && err == nil {
		m.found = append(m.found, e)
	}
	return err
}

// address reads "(address)" behind "]"; what is what the server calls it.
func (m *mdReader) address(what string) (string, error) {
	m.pos += 2
	begin := m.pos
	var out []byte
	for m.pos < len(m.src) && m.at(m.pos) != ')' {
		if m.escaped(m.pos) {
			m.pos++
		}
		out = append(out, m.at(m.pos))
		m.pos++
	}
	if m.at(m.pos) != ')' {
		return "", wordsf("Can't find end of a %s at byte offset %d", what, begin)
	}
	return string(out), nil
}

// closeLink makes a link; ok is false for an address that leaves plain text.
func (m *mdReader) closeLink(e *Entity, t mdMark) (ok bool, err error) {
	link := string(m.out[t.bytes:])
	if m.at(m.pos+1) == '(' {
		if link, err = m.address("URL"); err != nil {
			return false, err
		}
	}
	return e.setLink(link), nil
}

// closeEmoji makes a custom emoji, or a time that each reader sees in his own zone.
func (m *mdReader) closeEmoji(e *Entity) error {
	if m.at(m.pos+1) != '(' {
		return wordsf("Custom emoji entity must contain a tg://emoji URL")
	}
	link, err := m.address("custom emoji URL")
	if err != nil {
		return err
	}
	kind, fields := tgLink(link)
	switch kind {
	case "":
		return wordsf("Custom emoji URL must have scheme tg")
	case "time":
		e.Type = "date_time"
		if e.DateFormat, err = dateFormat(fields["format"]); err != nil {
			return err
		}
		if e.Unix, err = strconv.ParseInt(fields["unix"], 10, 32); err != nil || e.Unix <= 0 {
			return wordsf("Invalid date specified")
		}
		return nil
	case "emoji":
	default:
		return wordsf("Custom emoji URL must have host \"emoji\"")
	}
	if fields["id"] == "" {
		return wordsf("Custom emoji URL must have an emoji identifier")
	}
	if id, err := strconv.ParseInt(fields["id"], 10, 64); err != nil || id == 0 {
		return wordsf("Invalid custom emoji identifier specified")
	}
	e.CustomEmoji = fields["id"]
	return nil
}

// tgLink takes tg://kind?field=value apart.
func tgLink(link string) (kind string, fields map[string]string) {
	rest, ok := cutScheme(link, "tg:")
	if !ok {
		return "", nil
	}
	kind, query, _ := strings.Cut(rest, "?")
	fields = map[string]string{}
	for _, part := range strings.Split(strings.SplitN(query, "#", 2)[0], "&") {
		k, v, _ := strings.Cut(part, "=")
		fields[k] = v
	}
	return strings.TrimSuffix(lowerASCII(kind), "/"), fields
}

// finish closes a quote that the text ends with; anything else that is open is an error.
func (m *mdReader) finish() error {
	if m.quoting {
		kind := "BlockQuote"
		if t := m.last(); t.kind == "Spoiler" && t.source == len(m.src)-2 {
			m.open = m.open[:len(m.open)-1]
			kind = "ExpandableBlockQuote"
		}
		if t := m.last(); t.kind == "BlockQuote" {
			if n := m.units - t.units; n > 0 {
				m.found = append(m.found, Entity{Type: mdTypes[kind], Offset: t.units, Length: n})
			}
			m.open = m.open[:len(m.open)-1]
		}
	}
	if t := m.last(); t != nil {
		return m.unclosed(t)
	}
	return nil
}

// parseMarkdown reads the older Markdown, which has neither nesting nor underline.
func parseMarkdown(src string) (string, []Entity, error) {
	m := &mdReader{src: src}
	for ; m.pos < len(src); m.pos++ {
		c := m.at(m.pos)
		switch {
		case c == '\\' && m.at(m.pos+1) != 0 && strings.IndexByte("_*`[", m.at(m.pos+1)) >= 0:
			m.pos++
			m.plain(m.at(m.pos))
		case strings.IndexByte("_*`[", c) < 0:
			m.plain(c)
		default:
			if err := m.old(c); err != nil {
				return "", nil, err
			}
		}
	}
	sortEntities(m.found)
	return string(m.out), m.found, nil
}

// old reads one entity of the older Markdown from its first mark to its last.
func (m *mdReader) old(c byte) error {
	t := mdMark{source: m.pos, units: m.units, bytes: len(m.out)}
	end, listing := c, c == '`' && m.at(m.pos+1) == '`' && m.at(m.pos+2) == '`'
	m.pos++
	if c == '[' {
		end = ']'
	}
	if listing {
		m.pos += 2
		t.language = m.language()
		m.skipLine()
	}
	for m.pos < len(m.src) && (m.at(m.pos) != end || listing && (m.at(m.pos+1) != '`' || m.at(m.pos+2) != '`')) {
		m.plain(m.at(m.pos))
		m.pos++
	}
	if m.pos >= len(m.src) {
		return wordsf("Can't find end of the entity starting at byte offset %d", t.source)
	}
	if listing {
		m.pos += 2
	}
	e := Entity{Offset: t.units, Length: m.units - t.units, Language: t.language}
	keep := true
	switch {
	case c == '_':
		e.Type = "italic"
	case c == '*':
		e.Type = "bold"
	case listing:
		e.Type = "pre"
	case c == '`':
		e.Type = "code"
	default:
		keep = m.oldLink(&e, t)
	}
	if keep && e.Length > 0 {
		m.found = append(m.found, e)
	}
	return nil
}

// oldLink reads the address behind a link's words; without one the words are it. An address
// that does not end reaches to the end of the text.
func (m *mdReader) oldLink(e *Entity, t mdMark) bool {
	link := string(m.out[t.bytes:])
	if m.at(m.pos+1) == '(' {
		m.pos += 2
		begin := m.pos
		for m.pos < len(m.src) && m.at(m.pos) != ')' {
			m.pos++
		}
		link = m.src[begin:min(m.pos, len(m.src))]
	}
	return e.setLink(link)
}
