// Package pdftest reads the PDF files that this program writes, and no others, and holds them
// against the rules of PDF/A-3 that can be checked without a validator: for tests. It shares
// nothing with the package that writes them.
package pdftest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// object is one object of a file.
type object struct {
	dict   string // without the strings in it
	whole  string // with them
	stream []byte // unpacked; nil: none
	packed bool
}

// file is a document with its objects by number.
type file struct {
	data    []byte
	objects map[int]*object
	trailer string
	faults  []string
}

func (f *file) fault(format string, args ...any) {
	f.faults = append(f.faults, fmt.Sprintf(format, args...))
}

var (
	startPattern  = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	lengthPattern = regexp.MustCompile(`/Length (\d+)>>$`)
	refPattern    = regexp.MustCompile(`(\d+) 0 R`)
	numberString  = regexp.MustCompile(`^\d+ 0 obj\n`)
)

// read takes a file apart by its table of objects.
func read(data []byte) *file {
	f := &file{data: data, objects: map[int]*object{}}
	m := startPattern.FindSubmatch(data)
	if m == nil {
		f.fault("the end of the file is not as it should be")
		return f
	}
	at, _ := strconv.Atoi(string(m[1]))
	if at >= len(data) {
		f.fault("the table of objects is not in the file")
		return f
	}
	table, trailer, _ := strings.Cut(string(data[at:]), "trailer\n")
	f.trailer, _, _ = strings.Cut(trailer, "\nstartxref")
	lines := strings.Split(table, "\n")
	if len(lines) < 3 || lines[0] != "xref" || lines[2] != "0000000000 65535 f " {
		f.fault("the table of objects begins with %q", lines[:min(3, len(lines))])
		return f
	}
	for i, line := range lines[3:] {
		if line == "" {
			continue
		}
		offset, err := strconv.Atoi(strings.TrimSuffix(line, " 00000 n "))
		if err != nil || len(line) != 19 || offset >= len(data) {
			f.fault("entry %d of the table is %q", i+1, line)
			continue
		}
		f.object(i+1, data[offset:])
	}
	for n, o := range f.objects {
		for _, ref := range refPattern.FindAllStringSubmatch(o.dict, -1) {
			if k, _ := strconv.Atoi(ref[1]); f.objects[k] == nil {
				f.fault("object %d refers to %d, which is not there", n, k)
			}
		}
	}
	return f
}

// object reads the object that data begins with.
func (f *file) object(n int, data []byte) {
	head := numberString.Find(data)
	if string(head) != fmt.Sprintf("%d 0 obj\n", n) {
		f.fault("object %d does not begin where the table says", n)
		return
	}
	data = data[len(head):]
	end, stream := bytes.Index(data, []byte("\nendobj\n")), bytes.Index(data, []byte("\nstream\n"))
	if stream < 0 || end >= 0 && end < stream {
		if end < 0 {
			f.fault("object %d has no end", n)
			return
		}
		f.objects[n] = &object{dict: f.bare(n, string(data[:end])), whole: string(data[:end])}
		return
	}
	o := &object{whole: string(data[:stream])}
	o.dict = f.bare(n, o.whole)
	f.objects[n] = o
	length := lengthPattern.FindStringSubmatch(o.whole)
	if length == nil {
		f.fault("stream %d does not say its length", n)
		return
	}
	size, _ := strconv.Atoi(length[1])
	body := data[stream+len("\nstream\n"):]
	if size > len(body) || !bytes.HasPrefix(body[size:], []byte("\nendstream\nendobj\n")) {
		f.fault("stream %d is not as long as it says", n)
		return
	}
	o.stream = body[:size:size]
	if o.packed = strings.Contains(o.dict, "/FlateDecode"); o.packed {
		o.stream = f.unpack(n, o.stream)
	}
}

func (f *file) unpack(n int, data []byte) []byte {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err == nil {
		data, err = io.ReadAll(z)
	}
	if err != nil {
		f.fault("stream %d: %v", n, err)
	}
	return data
}

// longest is the most that the standard lets a string have.
const longest = 32767

// bare is a dictionary without the strings in it, so that nothing that people wrote is taken
// for a key.
func (f *file) bare(n int, s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		from := i
		switch {
		case s[i] == '(':
			for i++; i < len(s) && s[i] != ')'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
			b.WriteString("()")
		case s[i] == '<' && i+1 < len(s) && s[i+1] != '<' && (i == 0 || s[i-1] != '<'):
			for i < len(s) && s[i] != '>' {
				i++
			}
			b.WriteString("<>")
		default:
			b.WriteByte(s[i])
		}
		if i-from > longest {
			f.fault("object %d has a string of %d bytes", n, i-from)
		}
	}
	return b.String()
}

// at is the object that a key of a dictionary refers to; nil: none.
func (f *file) at(dict, key string) *object {
	m := regexp.MustCompile(regexp.QuoteMeta(key) + ` ?\[?(\d+) 0 R`).FindStringSubmatch(dict)
	if m == nil {
		return nil
	}
	n, _ := strconv.Atoi(m[1])
	return f.objects[n]
}

// list are the objects that an array under a key refers to.
func (f *file) list(dict, key string) (out []*object) {
	m := regexp.MustCompile(regexp.QuoteMeta(key) + `\[([^\]]*)\]`).FindStringSubmatch(dict)
	if m == nil {
		return nil
	}
	for _, ref := range refPattern.FindAllStringSubmatch(m[1], -1) {
		n, _ := strconv.Atoi(ref[1])
		if o := f.objects[n]; o != nil {
			out = append(out, o)
		}
	}
	return out
}
