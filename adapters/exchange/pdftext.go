package exchange

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// The text layer of a PDF that a stranger made. Nothing of the file is believed: objects are
// looked for where they stand and not where its index says, nothing is followed twice, and all
// work is counted against a budget, so that no file costs more than a fraction of a second and a
// few megabytes. What cannot be read is left out; an encrypted file has no text.

const (
	pdfMax      = 4 << 20   // bytes of a file
	pdfUnpacked = 8 << 20   // bytes that all of its streams may unpack to
	pdfSteps    = 1_000_000 // tokens, and bytes passed over by eights
	pdfDepth    = 24        // of arrays, dictionaries and forms in each other
	pdfPages    = 5
	pdfObjects  = 50_000
	pdfText     = 32 << 10 // bytes of text
)

// errPDF ends the reading of a file that asks for too much, or has no text that can be read.
var errPDF = errors.New("the text of the PDF cannot be read")

// What a PDF is made of. A number is kept in thousandths.
type (
	pdfName   string
	pdfNumber int64
	pdfRef    int
	pdfWord   string // a keyword or an operator
	pdfDict   map[string]any
)

// pdfFile is a file being read.
type pdfFile struct {
	data  []byte
	at    map[int][]byte // where an object begins, by its number
	left  int            // bytes that may still be unpacked
	steps int
	text  strings.Builder
	fonts map[int]*pdfFont
	forms int // that were drawn
	pen   pdfPen
}

// pdfPen is where text is written: what stands apart are two words, and what stands on another
// height is another line. All is in thousandths.
type pdfPen struct {
	font         *pdfFont
	size, scale  int64
	lineX, lineY int64 // where the line begins
	x            int64 // where the next glyph stands
	lastX, lastY int64 // where the one before ended
	leading      int64
}

// move begins a line at a distance from the one before.
func (p *pdfPen) move(dx, dy int64) {
	p.lineX, p.lineY = p.lineX+dx*p.scale/1000, p.lineY+dy
	p.x = p.lineX
}

// PDFText returns the text of a PDF's first pages, line by line as far as lines can be told.
func PDFText(data []byte) (text string, err error) {
	if len(data) > pdfMax || bytes.Contains(data, []byte("/Encrypt")) {
		return "", errPDF
	}
	f := &pdfFile{data: data, at: map[int][]byte{}, left: pdfUnpacked, steps: pdfSteps, fonts: map[int]*pdfFont{}}
	defer func() { // the budget is used up, or the file is broken in a way that nobody thought of
		if recover() != nil {
			text, err = f.text.String(), nil
		}
	}()
	f.find()
	f.pages()
	return f.text.String(), nil
}

var objectHead = regexp.MustCompile(`(?:^|[\s>])(\d{1,7})\s+\d{1,5}\s+obj\b`)

// find looks for all objects, also of those that lie packed in streams.
func (f *pdfFile) find() {
	for _, m := range objectHead.FindAllSubmatchIndex(f.data, pdfObjects) {
		n, _ := strconv.Atoi(string(f.data[m[2]:m[3]]))
		f.at[n] = f.data[m[1]:]
	}
	for _, n := range f.numbers() {
		body := f.at[n]
		if !bytes.Contains(body[:min(len(body), 400)], []byte("/ObjStm")) {
			continue
		}
		d, ok := f.object(n).(pdfDict)
		if !ok || d["Type"] != pdfName("ObjStm") {
			continue
		}
		f.unpackObjects(f.stream(n), f.count(d["N"]), f.count(d["First"]))
	}
}

func (f *pdfFile) numbers() []int {
	out := make([]int, 0, len(f.at))
	for n := range f.at {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// unpackObjects finds the objects in a stream of them.
func (f *pdfFile) unpackObjects(data []byte, n, first int) {
	if first < 0 || first > len(data) {
		return
	}
	head := &pdfLexer{f: f, rest: data[:first]}
	for range min(n, pdfObjects) {
		number, ok1 := head.value(0).(pdfNumber)
		offset, ok2 := head.value(0).(pdfNumber)
		at := first + int(offset/1000)
		if !ok1 || !ok2 || at < first || at > len(data) || len(f.at) >= pdfObjects {
			return
		}
		if _, there := f.at[int(number/1000)]; !there {
			f.at[int(number/1000)] = data[at:]
		}
	}
}

// count is a whole number, not negative.
func (f *pdfFile) count(v any) int {
	if n, ok := f.resolve(v).(pdfNumber); ok && n >= 0 && n < 1<<40 {
		return int(n / 1000)
	}
	return 0
}

// object reads object n, without its stream.
func (f *pdfFile) object(n int) any {
	body, ok := f.at[n]
	if !ok {
		return nil
	}
	return (&pdfLexer{f: f, rest: body}).value(0)
}

// resolve follows a reference, and one from there.
func (f *pdfFile) resolve(v any) any {
	for range 3 {
		r, ok := v.(pdfRef)
		if !ok {
			return v
		}
		v = f.object(int(r))
	}
	return nil
}

func (f *pdfFile) dict(v any) pdfDict {
	d, _ := f.resolve(v).(pdfDict)
	return d
}

// stream unpacks the stream of object n; nil for one that is packed in a way that is not known.
func (f *pdfFile) stream(n int) []byte {
	l := &pdfLexer{f: f, rest: f.at[n]}
	d, ok := l.value(0).(pdfDict)
	if !ok || l.value(0) != pdfWord("stream") {
		return nil
	}
	raw := bytes.TrimPrefix(bytes.TrimPrefix(l.rest, []byte("\r")), []byte("\n"))
	if n := f.count(d["Length"]); n > 0 && n <= len(raw) && bytes.HasPrefix(bytes.TrimLeft(raw[n:min(len(raw), n+20)], "\r\n \t"), []byte("endstream")) {
		raw = raw[:n]
	} else {
		f.spend(len(raw) / 64)
		if end := bytes.Index(raw, []byte("endstream")); end >= 0 {
			raw = raw[:end]
		}
	}
	if parms := f.dict(d["DecodeParms"]); f.count(parms["Predictor"]) > 1 {
		return nil
	}
	filters, ok := f.resolve(d["Filter"]).([]any)
	if !ok && d["Filter"] != nil {
		filters = []any{d["Filter"]}
	}
	if len(filters) == 0 { // it lies there as it is, and may be asked for again and again
		f.unpacks(len(raw))
	}
	for _, filter := range filters {
		name, _ := f.resolve(filter).(pdfName)
		if raw = f.unpack(name, raw); raw == nil {
			return nil
		}
	}
	return raw
}

// spend counts work against the budget; with nothing left of it the reading ends.
func (f *pdfFile) spend(steps int) {
	if f.steps -= steps; f.steps < 0 {
		panic(errPDF)
	}
}

// unpacks counts bytes that streams become.
func (f *pdfFile) unpacks(n int) {
	if f.left -= n; f.left <= 0 {
		panic(errPDF)
	}
}

// unpack takes one filter off, as far as the budget reaches; what is broken at its end is kept.
func (f *pdfFile) unpack(filter pdfName, data []byte) []byte {
	f.spend(len(data) / 64)
	var r io.Reader
	switch filter {
	case "FlateDecode", "Fl":
		z, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil
		}
		r = z
	case "ASCII85Decode", "A85":
		data, _, _ = bytes.Cut(bytes.TrimPrefix(bytes.TrimSpace(data), []byte("<~")), []byte("~>"))
		r = ascii85.NewDecoder(bytes.NewReader(data))
	case "ASCIIHexDecode", "AHx":
		data, _, _ = bytes.Cut(data, []byte(">"))
		r = hex.NewDecoder(bytes.NewReader(bytes.Join(bytes.Fields(data), nil)))
	default:
		return nil
	}
	out, _ := io.ReadAll(io.LimitReader(r, int64(f.left)))
	f.unpacks(len(out))
	return out
}

// pages draws the text of the first pages.
func (f *pdfFile) pages() {
	drawn := 0
	for _, n := range f.numbers() {
		d, ok := f.object(n).(pdfDict)
		if !ok || f.resolve(d["Type"]) != pdfName("Page") {
			continue
		}
		if drawn++; drawn > pdfPages {
			return
		}
		f.draw(f.contents(d["Contents"]), f.resources(d), 0)
		f.text.WriteByte('\n')
	}
}

// resources are those of a page, or of what it stands in.
func (f *pdfFile) resources(page pdfDict) pdfDict {
	for range pdfDepth {
		if r := f.dict(page["Resources"]); r != nil {
			return r
		}
		if page = f.dict(page["Parent"]); page == nil {
			return nil
		}
	}
	return nil
}

// contents are a page's streams, one behind the other.
func (f *pdfFile) contents(v any) []byte {
	if r, ok := v.(pdfRef); ok {
		if list, ok := f.object(int(r)).([]any); ok {
			return f.contents(list)
		}
		return f.stream(int(r))
	}
	var out []byte
	list, _ := v.([]any)
	for _, x := range list[:min(len(list), 100)] {
		if r, ok := x.(pdfRef); ok {
			out = append(append(out, f.stream(int(r))...), '\n')
		}
	}
	return out
}

// draw writes down the text that a stream of operators shows.
func (f *pdfFile) draw(data []byte, resources pdfDict, depth int) {
	l, p := &pdfLexer{f: f, rest: data}, &f.pen
	var args []any
	for {
		v := l.value(0)
		op, isOp := v.(pdfWord)
		if !isOp {
			if v == nil && l.ended() {
				return
			}
			if args = append(args, v); len(args) > 64 {
				args = args[1:]
			}
			continue
		}
		number := func(fromEnd int) int64 {
			if i := len(args) - fromEnd; i >= 0 {
				n, _ := args[i].(pdfNumber)
				return int64(n)
			}
			return 0
		}
		switch op {
		case "BT":
			p.lineX, p.lineY, p.scale, p.x = 0, 0, 1000, 0
		case "Tf":
			if len(args) > 1 {
				name, _ := args[len(args)-2].(pdfName)
				p.font, p.size = f.font(f.dict(resources["Font"])[string(name)]), number(1)
			}
		case "TL":
			p.leading = number(1)
		case "Td", "TD":
			if p.move(number(2), number(1)); op == "TD" {
				p.leading = -number(1)
			}
		case "Tm":
			p.lineX, p.lineY, p.scale, p.x = number(2), number(1), number(6), number(2)
		case "T*", "'", `"`:
			p.move(0, -p.leading)
		case "BI": // a picture in between
			_, l.rest, _ = bytes.Cut(l.rest, []byte("EI"))
		case "Do":
			if len(args) > 0 {
				f.form(resources, args[len(args)-1], depth)
			}
		}
		if len(args) > 0 && (op == "Tj" || op == "'" || op == `"` || op == "TJ") {
			f.show(args[len(args)-1])
		}
		args = args[:0]
	}
}

// form draws a form that a page names.
func (f *pdfFile) form(resources pdfDict, name any, depth int) {
	n, _ := name.(pdfName)
	r, ok := f.dict(resources["XObject"])[string(n)].(pdfRef)
	if f.forms++; !ok || depth >= 4 || f.forms > 100 {
		return
	}
	d := f.dict(r)
	if d["Subtype"] != pdfName("Form") {
		return
	}
	inner := f.dict(d["Resources"])
	if inner == nil {
		inner = resources
	}
	f.draw(f.stream(int(r)), inner, depth+1)
}

// show writes down a string, or strings with the gaps between them.
func (f *pdfFile) show(v any) {
	switch x := v.(type) {
	case []byte:
		f.piece(x)
	case []any:
		for _, piece := range x {
			switch n := piece.(type) {
			case []byte:
				f.piece(n)
			case pdfNumber:
				f.pen.x -= int64(n) / 1000 * f.pen.size / 1000 * f.pen.scale / 1000
			}
		}
	}
}

// piece writes down a string where the pen stands. A fifth of the height of the letters apart are
// two words.
func (f *pdfFile) piece(s []byte) {
	p := &f.pen
	if p.font == nil {
		return
	}
	apart := p.x - p.lastX
	switch em := max(p.size*p.scale/1000, -p.size*p.scale/1000); {
	case p.lineY != p.lastY:
		f.write("\n")
	case apart > em/5 || apart < -em:
		f.write(" ")
	}
	text, width := p.font.read(s)
	f.write(text)
	p.x += width * p.size / 1000 * p.scale / 1000
	p.lastX, p.lastY = p.x, p.lineY
}

func (f *pdfFile) write(s string) {
	if f.text.Len()+len(s) > pdfText {
		panic(errPDF)
	}
	f.text.WriteString(s)
}

// pdfFont tells what the codes of a font mean.
type pdfFont struct {
	width int // bytes of a code
	means map[int]string
	wide  map[int]int64 // how wide the glyph of a code is, in thousandths of the letters' height
	plain int64         // how wide the others are
}

// font reads a font, once.
func (f *pdfFile) font(v any) *pdfFont {
	r, isRef := v.(pdfRef)
	if known := f.fonts[int(r)]; isRef && known != nil {
		return known
	}
	d := f.dict(v)
	font := &pdfFont{width: 1, means: map[int]string{}, wide: map[int]int64{}, plain: 500}
	if d["Subtype"] == pdfName("Type0") {
		font.width, font.plain = 2, 1000
		f.cidWidths(font, d)
	} else {
		f.encoding(font, f.resolve(d["Encoding"]))
		list, _ := f.resolve(d["Widths"]).([]any)
		f.widths(font, f.count(d["FirstChar"]), list)
	}
	if u, ok := d["ToUnicode"].(pdfRef); ok {
		f.unicode(font, f.stream(int(u)))
	}
	if isRef {
		f.fonts[int(r)] = font
	}
	return font
}

// widths are those of the codes from first on.
func (f *pdfFile) widths(font *pdfFont, first int, list []any) {
	f.spend(len(list))
	for i, w := range list[:min(len(list), 1<<16)] {
		if n, ok := w.(pdfNumber); ok {
			font.wide[first+i] = int64(n) / 1000
		}
	}
}

// cidWidths reads the widths of a font with codes of two bytes: "10 [500 600] 20 30 700".
func (f *pdfFile) cidWidths(font *pdfFont, d pdfDict) {
	descendants, _ := f.resolve(d["DescendantFonts"]).([]any)
	if len(descendants) == 0 {
		return
	}
	inner := f.dict(descendants[0])
	if n, ok := f.resolve(inner["DW"]).(pdfNumber); ok {
		font.plain = int64(n) / 1000
	}
	list, _ := f.resolve(inner["W"]).([]any)
	f.spend(len(list))
	for i := 0; i+1 < len(list); {
		first := f.count(list[i])
		if row, ok := f.resolve(list[i+1]).([]any); ok {
			f.widths(font, first, row)
			i += 2
			continue
		}
		if i+2 < len(list) {
			w, _ := list[i+2].(pdfNumber)
			for code := first; code <= min(f.count(list[i+1]), 0xffff); code++ {
				f.spend(1)
				font.wide[code] = int64(w) / 1000
			}
		}
		i += 3
	}
}

// encoding gives the codes of a simple font their meanings.
func (f *pdfFile) encoding(font *pdfFont, v any) {
	page, d := charmap.Windows1252, pdfDict{}
	name, _ := v.(pdfName)
	if dict, ok := v.(pdfDict); ok {
		d = dict
		name, _ = f.resolve(d["BaseEncoding"]).(pdfName)
	}
	if name == "MacRomanEncoding" {
		page = charmap.Macintosh
	}
	for code := 32; code < 256; code++ {
		font.means[code] = string(page.DecodeByte(byte(code)))
	}
	code := 0
	list, _ := f.resolve(d["Differences"]).([]any)
	f.spend(256 + len(list)) // a font that stands in place is read each time
	for _, x := range list {
		switch x := x.(type) {
		case pdfNumber:
			code = int(x / 1000)
		case pdfName:
			font.means[code] = glyphMeans(string(x))
			code++
		}
	}
}

// glyphs are names of the characters that sums, days and references are made of.
var glyphs = map[string]string{"space": " ", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
	"nine": "9", "period": ".", "comma": ",", "hyphen": "-", "minus": "-", "slash": "/", "colon": ":", "plus": "+", "numbersign": "#", "Euro": "€", "sterling": "£",
	"dollar": "$", "yen": "¥", "parenleft": "(", "parenright": ")", "quotesingle": "'", "quoteright": "’", "underscore": "_", "afii61352": "№",
	"scedilla": "ș", "Scedilla": "Ș", "tcommaaccent": "ț", "Tcommaaccent": "Ț", "abreve": "ă", "Abreve": "Ă", "acircumflex": "â", "icircumflex": "î",
	"adieresis": "ä", "odieresis": "ö", "udieresis": "ü", "germandbls": "ß", "agrave": "à", "egrave": "è", "eacute": "é", "igrave": "ì", "ograve": "ò", "ugrave": "ù"}

// glyphMeans is what a glyph of a name shows.
func glyphMeans(name string) string {
	if s, ok := glyphs[name]; ok {
		return s
	}
	if len(name) == 1 {
		return name
	}
	if digits, ok := strings.CutPrefix(name, "uni"); ok && len(digits) == 4 {
		if n, err := strconv.ParseUint(digits, 16, 32); err == nil {
			return string(rune(n))
		}
	}
	if digits, ok := strings.CutPrefix(name, "afii"); ok { // Cyrillic, in the order of its alphabet with Ё behind Е
		if n, err := strconv.Atoi(digits); err == nil && n >= 10017 && n <= 10097 {
			return cyrillic(n)
		}
	}
	return ""
}

func cyrillic(n int) string {
	letters := []rune("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")
	switch {
	case n-10017 < len(letters):
		return string(letters[n-10017])
	case n >= 10065 && n-10065 < len(letters):
		return strings.ToLower(string(letters[n-10065]))
	}
	return ""
}

// unicode reads the table by which a font says what its codes mean.
func (f *pdfFile) unicode(font *pdfFont, data []byte) {
	l := &pdfLexer{f: f, rest: data}
	var args []any
	for len(l.rest) > 0 {
		v := l.value(0)
		op, isOp := v.(pdfWord)
		if !isOp {
			if v == nil && l.ended() {
				return
			}
			args = append(args, v)
			continue
		}
		switch op {
		case "endcodespacerange":
			if s, ok := last(args).([]byte); ok && (len(s) == 1 || len(s) == 2) {
				font.width = len(s)
			}
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				code, to := codeOf(args[i]), meaningOf(args[i+1], 0)
				font.means[code] = to
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				f.codeRange(font, codeOf(args[i]), codeOf(args[i+1]), args[i+2])
			}
		}
		args = args[:0]
	}
}

// codeRange gives a row of codes their meanings.
func (f *pdfFile) codeRange(font *pdfFont, from, to int, v any) {
	if from < 0 || to < from || to > 0xffff {
		return
	}
	list, isList := v.([]any)
	for code := from; code <= to; code++ {
		f.spend(1)
		switch {
		case !isList:
			font.means[code] = meaningOf(v, code-from)
		case code-from < len(list):
			font.means[code] = meaningOf(list[code-from], 0)
		}
	}
}

func last(args []any) any {
	if len(args) == 0 {
		return nil
	}
	return args[len(args)-1]
}

// codeOf is the number that a string of one or two bytes is, -1 for another.
func codeOf(v any) int {
	s, ok := v.([]byte)
	switch {
	case ok && len(s) == 1:
		return int(s[0])
	case ok && len(s) == 2:
		return int(s[0])<<8 | int(s[1])
	}
	return -1
}

// meaningOf is text in UTF-16, with its last unit moved on.
func meaningOf(v any, by int) string {
	s, ok := v.([]byte)
	if !ok || len(s)%2 != 0 || len(s) == 0 || len(s) > 32 {
		return ""
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = uint16(s[2*i])<<8 | uint16(s[2*i+1])
	}
	units[len(units)-1] += uint16(by)
	return string(utf16.Decode(units))
}

// read is what a shown string means, and how wide it is; of one that means more than is kept at
// all, the beginning.
func (font *pdfFont) read(s []byte) (text string, wide int64) {
	var out strings.Builder
	for i := 0; i+font.width <= len(s) && out.Len() <= pdfText; i += font.width {
		code := int(s[i])
		if font.width == 2 {
			code = code<<8 | int(s[i+1])
		}
		out.WriteString(font.means[code])
		if w, ok := font.wide[code]; ok {
			wide += w
		} else {
			wide += font.plain
		}
	}
	return out.String(), wide
}
