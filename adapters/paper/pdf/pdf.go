// Package pdf writes PDF files: shaped text, lines, areas, pictures, links and attached
// files, in the structure of PDF/A-3 (ISO 19005-3): all fonts embedded, a colour profile,
// XMP metadata, associated files. That the files conform is not certified by anybody.
//
// Text stays text: each glyph carries what it stands for, so that it can be searched and
// copied. Pages are written as they are closed, so that the length of a document costs no
// memory. The same calls give the same bytes: nothing is taken from the clock or by chance.
//
// Measures are thousandths of a point, from the upper left corner.
package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf16"

	"duebot/adapters/paper/font"
	"duebot/adapters/paper/shape"
)

//go:embed sRGB2014.icc
var profile []byte // the ICC's own, free to be embedded

// Unit is a thousandth of a point.
type Unit int

// Point is 1/72 inch.
const Point Unit = 1000

// Info is what a file says about itself.
type Info struct {
	Title, Author, Subject string
	Lang                   string // "ru"
	RTL                    bool
	Created                time.Time
}

// producer is who made the file.
const producer = "Duebot"

// Writer writes one document. An error stays and is returned by Close.
type Writer struct {
	out     io.Writer
	sum     hash.Hash
	at      int64
	offsets []int64 // by object number less one; 0: not written yet
	err     error
	info    Info

	fonts  []*subset
	byFont map[*font.Font]*subset
	images []*Image
	pages  []*pageRef
	files  []Attachment
}

// packers are costly to make.
var packers = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

// The first objects have fixed numbers.
const (
	catalogObj = 1 + iota
	pagesObj
	resourcesObj
	infoObj
	firstFree
)

// New begins a document.
func New(out io.Writer, info Info) *Writer {
	for _, s := range []*string{&info.Title, &info.Author, &info.Subject} {
		*s = told(*s)
	}
	w := &Writer{out: out, sum: sha256.New(), info: info, byFont: map[*font.Font]*subset{}, offsets: make([]int64, firstFree-1)}
	// The second line tells programs that the file is binary.
	w.write([]byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"))
	return w
}

// toldMax is the most that a file says of itself in one text: strings of archives are short.
const toldMax = 500

// told is a text as its line in the dictionary and in the metadata: the same in both, and
// without what either cannot hold.
func told(s string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r >= 0xfffe && r <= 0xffff {
			return ' '
		}
		return r
	}, shape.Clean(s)))
	return string(runes[:min(len(runes), toldMax)])
}

func (w *Writer) write(b []byte) {
	if w.err != nil {
		return
	}
	w.sum.Write(b)
	n, err := w.out.Write(b)
	w.at += int64(n)
	w.err = err
}

// reserve gives out the number of an object that is written later.
func (w *Writer) reserve() int {
	w.offsets = append(w.offsets, 0)
	return len(w.offsets)
}

// object writes an object without a stream.
func (w *Writer) object(n int, body string) {
	w.offsets[n-1] = w.at
	w.write(fmt.Appendf(nil, "%d 0 obj\n%s\nendobj\n", n, body))
}

// stream writes an object with a stream, compressed where that makes it smaller; dict is
// what its dictionary says besides.
func (w *Writer) stream(n int, dict string, data []byte) {
	if packed := pack(data); len(packed) < len(data) {
		dict += "/Filter/FlateDecode"
		data = packed
	}
	w.raw(n, dict, data)
}

// raw writes a stream as it is.
func (w *Writer) raw(n int, dict string, data []byte) {
	w.offsets[n-1] = w.at
	w.write(fmt.Appendf(nil, "%d 0 obj\n<<%s/Length %d>>\nstream\n", n, dict, len(data)))
	w.write(data)
	w.write([]byte("\nendstream\nendobj\n"))
}

func pack(data []byte) []byte {
	var b bytes.Buffer
	z := packers.Get().(*zlib.Writer)
	defer packers.Put(z)
	z.Reset(&b)
	// Writes to a buffer do not fail.
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// Close writes what the pages share and ends the file.
func (w *Writer) Close() error {
	for _, s := range w.fonts {
		w.font(s)
	}
	w.resources()
	w.tree()
	attached := w.attachments()
	metadata, intent, icc := w.reserve(), w.reserve(), w.reserve()
	w.raw(metadata, "/Type/Metadata/Subtype/XML", w.info.xmp()) // PDF/A wants it readable as it lies
	w.stream(icc, "/N 3", profile)
	w.object(intent, fmt.Sprintf("<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)/DestOutputProfile %d 0 R>>", icc))
	direction := ""
	if w.info.RTL {
		direction = "/Direction/R2L"
	}
	w.object(catalogObj, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang%s/Metadata %d 0 R/OutputIntents[%d 0 R]/ViewerPreferences<</DisplayDocTitle true%s>>%s>>",
		pagesObj, text(w.info.Lang), metadata, intent, direction, attached))
	date := text(w.info.date())
	w.object(infoObj, fmt.Sprintf("<</Title%s/Author%s/Subject%s/Creator(%s)/Producer(%s)/CreationDate%s/ModDate%s>>",
		text(w.info.Title), text(w.info.Author), text(w.info.Subject), producer, producer, date, date))
	return w.trailer()
}

// date is the moment of creation as PDF writes it.
func (i *Info) date() string { return i.Created.UTC().Format("D:20060102150405+00'00'") }

// trailer writes where each object lies. The file's id follows from its content.
func (w *Writer) trailer() error {
	id := hex.EncodeToString(w.sum.Sum(nil)[:16])
	start := w.at
	w.write(fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1))
	for n, at := range w.offsets {
		if at == 0 && w.err == nil {
			return fmt.Errorf("pdf: object %d was never written", n+1)
		}
		w.write(fmt.Appendf(nil, "%010d 00000 n \n", at))
	}
	w.write(fmt.Appendf(nil, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(w.offsets)+1, catalogObj, infoObj, id, id, start))
	return w.err
}

func (w *Writer) resources() {
	var b bytes.Buffer
	b.WriteString("<</ProcSet[/PDF/Text/ImageC/ImageB]/Font<<")
	for i, s := range w.fonts {
		fmt.Fprintf(&b, "/F%d %d 0 R", i, s.obj)
	}
	b.WriteString(">>/XObject<<")
	for i, img := range w.images {
		fmt.Fprintf(&b, "/I%d %d 0 R", i, img.obj)
	}
	b.WriteString(">>>>")
	w.object(resourcesObj, b.String())
}

// tree writes the list of pages.
func (w *Writer) tree() {
	var b bytes.Buffer
	b.WriteString("<</Type/Pages/Kids[")
	for _, p := range w.pages {
		fmt.Fprintf(&b, "%d 0 R ", p.obj)
	}
	fmt.Fprintf(&b, "]/Count %d>>", len(w.pages))
	w.object(pagesObj, b.String())
}

// text is a string as PDF writes one that may hold any character, sealed against whatever
// it contains.
func text(s string) string {
	plain := true
	for _, r := range s {
		plain = plain && r >= ' ' && r < 127
	}
	var b bytes.Buffer
	if plain {
		b.WriteByte('(')
		for i := 0; i < len(s); i++ {
			if s[i] == '(' || s[i] == ')' || s[i] == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(s[i])
		}
		b.WriteByte(')')
		return b.String()
	}
	b.WriteString("<feff")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04x", u)
	}
	b.WriteByte('>')
	return b.String()
}

// number writes thousandths as a decimal.
func number(b []byte, u Unit) []byte {
	if u < 0 {
		b, u = append(b, '-'), -u
	}
	b = strconv.AppendInt(b, int64(u/1000), 10)
	if rest := int(u % 1000); rest != 0 {
		b = append(b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
		b = bytes.TrimRight(b, "0")
	}
	return b
}
