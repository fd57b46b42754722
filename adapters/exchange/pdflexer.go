package exchange

import (
	"bytes"
	"strconv"
)

// pdfLexer reads values and operators one after the other.
type pdfLexer struct {
	f    *pdfFile
	rest []byte
}

const (
	pdfSpaces = "\x00\t\n\f\r "
	pdfMarks  = "()<>[]{}/%"
)

func regular(b byte) bool {
	return bytes.IndexByte([]byte(pdfSpaces), b) < 0 && bytes.IndexByte([]byte(pdfMarks), b) < 0
}

// skip passes over spaces and comments.
func (l *pdfLexer) skip() {
	for {
		l.rest = bytes.TrimLeft(l.rest, pdfSpaces)
		if len(l.rest) == 0 || l.rest[0] != '%' {
			return
		}
		end := bytes.IndexAny(l.rest, "\r\n")
		if end < 0 {
			end = len(l.rest)
		}
		l.rest = l.rest[end:]
	}
}

// ended reports whether nothing is left but spaces, which are passed over.
func (l *pdfLexer) ended() bool {
	l.skip()
	return len(l.rest) == 0
}

// value reads one value or operator; nil at the end, and for null. All that it passes over is
// counted.
func (l *pdfLexer) value(depth int) any {
	before := len(l.rest)
	v := l.read(depth)
	l.f.spend(1 + (before-len(l.rest))/8)
	return v
}

func (l *pdfLexer) read(depth int) any {
	if depth > pdfDepth {
		panic(errPDF)
	}
	l.skip()
	if len(l.rest) == 0 {
		return nil
	}
	switch b := l.rest[0]; {
	case b == '/':
		l.rest = l.rest[1:]
		return l.name()
	case b == '(':
		return l.literal()
	case bytes.HasPrefix(l.rest, []byte("<<")):
		l.rest = l.rest[2:]
		return l.dict(depth)
	case b == '<':
		return l.hex()
	case b == '[':
		l.rest = l.rest[1:]
		return l.array(depth)
	case !regular(b):
		l.rest = l.rest[1:]
		return pdfWord(b)
	}
	return l.word()
}

// run takes the regular characters that come next.
func (l *pdfLexer) run() []byte {
	n := 0
	for n < len(l.rest) && regular(l.rest[n]) {
		n++
	}
	out := l.rest[:n]
	l.rest = l.rest[n:]
	return out
}

func (l *pdfLexer) name() pdfName {
	raw := l.run()
	if bytes.IndexByte(raw, '#') < 0 {
		return pdfName(raw)
	}
	var out []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			if n, err := strconv.ParseUint(string(raw[i+1:i+3]), 16, 8); err == nil {
				out, i = append(out, byte(n)), i+2
				continue
			}
		}
		out = append(out, raw[i])
	}
	return pdfName(out)
}

// word reads a number, a reference or an operator.
func (l *pdfLexer) word() any {
	raw := l.run()
	n, ok := thousandths(raw)
	switch {
	case string(raw) == "null":
		return nil
	case !ok:
		return pdfWord(raw)
	case n < 0 || n%1000 != 0:
		return n
	}
	// "12 0 R" is a reference.
	after := bytes.TrimLeft(l.rest[:min(len(l.rest), 24)], pdfSpaces)
	digits := 0
	for digits < len(after) && after[digits] >= '0' && after[digits] <= '9' {
		digits++
	}
	tail := bytes.TrimLeft(after[digits:], pdfSpaces)
	if digits > 0 && len(tail) < len(after)-digits && len(tail) > 0 && tail[0] == 'R' && (len(tail) == 1 || !regular(tail[1])) {
		l.rest = l.rest[bytes.IndexByte(l.rest, 'R')+1:]
		return pdfRef(n / 1000)
	}
	return n
}

// thousandths reads a number.
func thousandths(raw []byte) (pdfNumber, bool) {
	if len(raw) == 0 || len(raw) > 16 {
		return 0, false
	}
	var n int64
	negative, point, digits := false, -1, 0
	for i, b := range raw {
		switch {
		case b >= '0' && b <= '9':
			if digits++; point < 3 {
				n = n*10 + int64(b-'0')
				if point >= 0 {
					point++
				}
			}
		case b == '.' && point < 0:
			point = 0
		case (b == '-' || b == '+') && i == 0:
			negative = b == '-'
		default:
			return 0, false
		}
	}
	if digits == 0 {
		return 0, false
	}
	for point = max(point, 0); point < 3; point++ {
		n *= 10
	}
	if negative {
		n = -n
	}
	return pdfNumber(n), true
}

// escapes are what a letter behind a backslash means.
var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

func (l *pdfLexer) literal() []byte {
	var out []byte
	deep, i := 0, 0
	for ; i < len(l.rest); i++ {
		switch b := l.rest[i]; {
		case b == '\\' && i+1 < len(l.rest):
			i++
			c := l.rest[i]
			switch {
			case c >= '0' && c <= '7':
				n, k := 0, 0
				for ; k < 3 && i+k < len(l.rest) && l.rest[i+k] >= '0' && l.rest[i+k] <= '7'; k++ {
					n = n*8 + int(l.rest[i+k]-'0')
				}
				out, i = append(out, byte(n)), i+k-1
			case escapes[c] != 0:
				out = append(out, escapes[c])
			case c != '\n' && c != '\r':
				out = append(out, c)
			}
		case b == '(':
			if deep++; deep > 1 {
				out = append(out, b)
			}
		case b == ')':
			if deep--; deep == 0 {
				l.rest = l.rest[i+1:]
				return out
			}
			out = append(out, b)
		default:
			out = append(out, b)
		}
	}
	l.rest = nil
	return out
}

func (l *pdfLexer) hex() []byte {
	raw, after, _ := bytes.Cut(l.rest[1:], []byte(">"))
	l.rest = after
	var out []byte
	half := -1
	for _, b := range raw {
		switch n := bytes.IndexByte([]byte("0123456789abcdef"), b|0x20); {
		case n < 0 || b < '0':
		case half < 0:
			half = n
		default:
			out, half = append(out, byte(half<<4|n)), -1
		}
	}
	if half >= 0 {
		out = append(out, byte(half<<4))
	}
	return out
}

func (l *pdfLexer) array(depth int) []any {
	out := []any{}
	for {
		if l.skip(); len(l.rest) == 0 {
			return out
		}
		if l.rest[0] == ']' {
			l.rest = l.rest[1:]
			return out
		}
		out = append(out, l.value(depth+1))
	}
}

func (l *pdfLexer) dict(depth int) pdfDict {
	out := pdfDict{}
	for {
		if l.skip(); len(l.rest) == 0 {
			return out
		}
		if bytes.HasPrefix(l.rest, []byte(">>")) {
			l.rest = l.rest[2:]
			return out
		}
		key, ok := l.value(depth + 1).(pdfName)
		if ok {
			out[string(key)] = l.value(depth + 1)
		}
	}
}
