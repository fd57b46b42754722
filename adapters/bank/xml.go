package bank

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
)

const (
	xmlDepthMax = 48       // a statement needs 15
	xmlTokenMax = 4 << 20  // of bytes from one tag to the next
	xmlPartMax  = 16 << 20 // of bytes of what is kept whole: one transaction, one balance
)

// xmlReader reads tokens one after the other, and refuses what makes bombs: entities of the
// file's own, endless nesting, endless tags.
type xmlReader struct {
	*xml.Decoder              // by whose namespaces and nesting the tokens are checked
	raw          *xml.Decoder // which reads the file
	depth        int
	since        int // bytes read since the last token
	recent       []byte
	all          int64 // bytes read
	mark         int64 // of them before the part that is kept now
	in           io.Reader
}

var xmlDeclared = regexp.MustCompile(`^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']`)

// xml returns the file's tokens.
func (s *source) xml(language string) *xmlReader {
	page := pageNamed("")
	if m := xmlDeclared.FindStringSubmatch(headText(s.head)); m != nil {
		page = pageNamed(m[1])
	}
	x := &xmlReader{in: s.text(page, language)}
	x.raw = xml.NewDecoder(readFunc(x.read))
	x.raw.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	x.Decoder = xml.NewTokenDecoder(tokenFunc(x.token))
	return x
}

type readFunc func(p []byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

type tokenFunc func() (xml.Token, error)

func (f tokenFunc) Token() (xml.Token, error) { return f() }

func (x *xmlReader) read(p []byte) (int, error) {
	if x.since > xmlTokenMax {
		return 0, &Problem{Key: "bank.problem.xmlbomb"}
	}
	n, err := x.in.Read(p)
	x.since += n
	x.all += int64(n)
	if x.recent = append(x.recent, p[:n]...); len(x.recent) > 16<<10 {
		x.recent = append(x.recent[:0], x.recent[len(x.recent)-8<<10:]...)
	}
	return n, err
}

func (x *xmlReader) token() (xml.Token, error) {
	t, err := x.raw.RawToken()
	x.since = 0
	switch t.(type) {
	case xml.StartElement:
		x.depth++
	case xml.EndElement:
		x.depth--
	case xml.Directive: // a document type may define entities
		return nil, &Problem{Key: "bank.problem.xmlbomb"}
	}
	if x.depth > xmlDepthMax || x.mark > 0 && x.all-x.mark > xmlPartMax {
		return nil, &Problem{Key: "bank.problem.xmlbomb"}
	}
	return t, err
}

// keep reads the element that has begun into a value.
func (x *xmlReader) keep(into any, start xml.StartElement) error {
	x.mark = max(x.all, 1)
	err := x.DecodeElement(into, &start)
	x.mark = 0
	return err
}

// line is the line of the file that is being read.
func (x *xmlReader) line() int {
	line, _ := x.raw.InputPos()
	return line
}

// problem is err with its place; an error of the file itself stays as it is.
func (x *xmlReader) problem(err error) error {
	var syntax *xml.SyntaxError
	var p *Problem
	switch {
	case errors.As(err, &p):
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		p = &Problem{Key: "bank.problem.cut"}
	case errors.As(err, &syntax), isXML(err):
		p = &Problem{Key: "bank.problem.xml"}
	default:
		return err
	}
	return p.at(x.line(), string(x.around()))
}

// isXML reports whether an error is of the words in a file, and not of reading it.
func isXML(err error) bool {
	var unmarshal xml.UnmarshalError
	return errors.As(err, &unmarshal) || bytes.HasPrefix([]byte(err.Error()), []byte("xml:"))
}

// around is the line in which reading stopped.
func (x *xmlReader) around() []byte {
	end := len(x.recent)
	if ahead := int(x.all - x.raw.InputOffset()); ahead > 0 && ahead <= end {
		end -= ahead
	}
	start := max(0, end-excerptMax)
	if i := bytes.LastIndexByte(x.recent[start:end], '\n'); i >= 0 && i+1 < end-start {
		start += i + 1
	}
	return x.recent[start:end]
}
