package bank

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

var utf8Mark = []byte("\xef\xbb\xbf")

// utf16Of tells UTF-16 by its mark, or by where its zeros stand.
func utf16Of(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf.UTF16(utf.LittleEndian, utf.UseBOM)
	}
	var zeros [2]int // at even and at odd places: the other halves of letters of ASCII
	for i, c := range head[:min(len(head), 4096)] {
		if c == 0 {
			zeros[i%2]++
		}
	}
	few := min(len(head), 4096) / 20
	switch {
	case zeros[0] == 0 && zeros[1] > few:
		return utf.UTF16(utf.LittleEndian, utf.IgnoreBOM)
	case zeros[1] == 0 && zeros[0] > few:
		return utf.UTF16(utf.BigEndian, utf.IgnoreBOM)
	}
	return nil
}

// headText is the beginning of a file without its mark, as far as its letters of ASCII go.
func headText(head []byte) string {
	if u := utf16Of(head); u != nil {
		out, _ := u.NewDecoder().Bytes(head)
		return string(out)
	}
	return string(bytes.TrimPrefix(head, utf8Mark))
}

// onlyLF ends each line with a line feed, whatever it ended with.
func onlyLF(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// text returns the file in UTF-8, each line ended by a line feed. What is not UTF-8 is read in
// page; each line for itself, since programs join pieces of different origin. Nil is the page
// that fits the beginning best.
func (s *source) text(page encoding.Encoding, language string) *bufio.Reader {
	r := s.reader()
	if u := utf16Of(s.head); u != nil {
		r = transform.NewReader(r, u.NewDecoder())
	}
	if page == nil {
		page = s.guessed(language)
	}
	return bufio.NewReaderSize(&decoded{in: bufio.NewReaderSize(r, 64<<10), page: page, start: true}, 64<<10)
}

// decoded is a text in UTF-8 made of lines in UTF-8 or in a page.
type decoded struct {
	in    *bufio.Reader
	page  encoding.Encoding
	start bool
	cut   bool // the last byte given was a carriage return
	rest  []byte
	out   []byte
}

func (d *decoded) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if err := d.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// fill decodes a line, or a piece of a very long one.
func (d *decoded) fill() error {
	chunk, err := d.in.ReadSlice('\n')
	if len(chunk) == 0 && len(d.rest) == 0 {
		return err
	}
	if d.start {
		chunk, d.start = bytes.TrimPrefix(chunk, utf8Mark), false
	}
	if len(d.rest) > 0 {
		chunk = append(d.rest, chunk...)
		d.rest = nil
	}
	if err == bufio.ErrBufferFull {
		keep := halfRune(chunk)
		d.rest = append(d.rest, chunk[len(chunk)-keep:]...)
		chunk = chunk[:len(chunk)-keep]
	}
	d.out = d.out[:0]
	for len(chunk) > 0 {
		end := bytes.IndexAny(chunk, "\r\n")
		if end < 0 {
			end = len(chunk) - 1
		}
		d.line(chunk[:end+1])
		chunk = chunk[end+1:]
	}
	return nil
}

// line decodes what ends with a carriage return, a line feed, or nothing.
func (d *decoded) line(b []byte) {
	body, end := b, byte(0)
	if last := b[len(b)-1]; last == '\r' || last == '\n' {
		body, end = b[:len(b)-1], last
	}
	skip := d.cut && end == '\n' && len(body) == 0 // the second half of a line's end
	d.cut = end == '\r'
	if len(body) > 0 && !utf8.Valid(body) || d.page != nil && multiByte(d.page) {
		if out, err := d.page.NewDecoder().Bytes(body); err == nil {
			body = out
		}
	}
	d.out = append(d.out, body...)
	if end != 0 && !skip {
		d.out = append(d.out, '\n')
	}
}

// halfRune is how many bytes at b's end may be the beginning of a letter.
func halfRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// multiByte reports whether a page's bytes may look like UTF-8 by chance.
func multiByte(page encoding.Encoding) bool {
	_, single := page.(*charmap.Charmap)
	return !single && page != encoding.Nop
}

// pageNamed is the encoding of a name as files write it; nil where it is UTF-8, ASCII or
// unknown: then the bytes tell.
func pageNamed(name string) encoding.Encoding {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "", "utf-8", "utf8", "utf-16", "utf16", "us-ascii", "usascii", "ascii", "none":
		return nil
	case "1250", "1251", "1252", "1253", "1254", "1255", "1256", "1257", "1258":
		name = "windows-" + name
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	if n, _ := htmlindex.Name(e); strings.HasPrefix(n, "utf-") {
		return nil
	}
	return e
}

// readLine returns the next line without its end. A line longer than lineMax is a problem.
func readLine(r *bufio.Reader, lineMax int) (string, error) {
	part, err := r.ReadSlice('\n')
	if err == nil {
		return string(part[:len(part)-1]), nil
	}
	var out []byte
	for err == bufio.ErrBufferFull {
		if out = append(out, part...); len(out) > lineMax {
			return "", &Problem{Key: "bank.problem.toolong", Excerpt: excerpt(out)}
		}
		part, err = r.ReadSlice('\n')
	}
	out = append(out, part...)
	if err == io.EOF && len(out) > 0 {
		return string(out), nil
	}
	return string(bytes.TrimSuffix(out, []byte("\n"))), err
}
