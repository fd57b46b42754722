package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"unicode/utf16"

	"duebot/adapters/paper/font"

	"github.com/go-text/typesetting/font/opentype"
)

// subset is the part of a font that a document uses. A glyph that stands for two texts is
// two glyphs of the subset, so that each can be copied as what it stands for.
type subset struct {
	font   *font.Font
	index  int
	obj    int
	src    *source
	codes  map[glyphKey]int
	glyphs []glyphKey // by code; 0 is the box
	err    error
}

type glyphKey struct {
	id   uint32
	text string
}

// subset returns the part of f that this document uses so far.
func (w *Writer) subset(f *font.Font) *subset {
	if s := w.byFont[f]; s != nil {
		return s
	}
	s := &subset{font: f, index: len(w.fonts), obj: w.reserve(), codes: map[glyphKey]int{}, glyphs: []glyphKey{{}}}
	s.src, s.err = sourceOf(f)
	if s.err != nil {
		w.err, s.src = s.err, &source{}
	}
	w.fonts = append(w.fonts, s)
	w.byFont[f] = s
	return s
}

// use returns the code of a glyph and its width in thousandths of an em.
func (s *subset) use(id uint32, text string) (code, width int) {
	key := glyphKey{id, text}
	code, ok := s.codes[key]
	if !ok && len(s.glyphs) < 0xffff {
		code = len(s.glyphs)
		s.codes[key] = code
		s.glyphs = append(s.glyphs, key)
	}
	return code, s.src.width(id)
}

// font writes the font's objects.
func (w *Writer) font(s *subset) {
	if s.err != nil {
		return
	}
	file, descriptor, descendant, unicode := w.reserve(), w.reserve(), w.reserve(), w.reserve()
	data := s.file()
	name := s.tag(data) + "+" + s.font.Name
	w.stream(file, fmt.Sprintf("/Length1 %d", len(data)), data)
	src := s.src
	w.object(descriptor, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>",
		name, src.scaled(src.box[0]), src.scaled(src.box[1]), src.scaled(src.box[2]), src.scaled(src.box[3]), src.scaled(src.ascent), src.scaled(src.descent), src.scaled(src.ascent)*2/3, file))
	w.object(descendant, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W[0[%s]]>>",
		name, descriptor, s.widths()))
	w.stream(unicode, "", s.toUnicode())
	w.object(s.obj, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, descendant, unicode))
}

// tag is the six letters by which a subset is told from others of its font.
func (s *subset) tag(data []byte) string {
	sum := sha256.Sum256(data)
	var tag [6]byte
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag[:])
}

func (s *subset) widths() string {
	var b bytes.Buffer
	for _, g := range s.glyphs {
		fmt.Fprintf(&b, "%d ", s.src.width(g.id))
	}
	return b.String()
}

// toUnicode tells what each code stands for.
func (s *subset) toUnicode() []byte {
	var lines []string
	for code, g := range s.glyphs {
		if g.text == "" {
			continue
		}
		line := fmt.Sprintf("<%04x><", code)
		for _, u := range utf16.Encode([]rune(g.text)) {
			line += fmt.Sprintf("%04x", u)
		}
		lines = append(lines, line+">\n")
	}
	var b bytes.Buffer
	b.WriteString("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><ffff>\nendcodespacerange\n")
	for len(lines) > 0 {
		n := min(len(lines), 100) // the most that one block may have
		fmt.Fprintf(&b, "%d beginbfchar\n", n)
		for _, l := range lines[:n] {
			b.WriteString(l)
		}
		b.WriteString("endbfchar\n")
		lines = lines[n:]
	}
	b.WriteString("endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// file makes a font of the glyphs that were used.
func (s *subset) file() []byte {
	glyf, loca, hmtx := s.outlines()
	if len(glyf) == 0 { // nothing but blanks; readers want the table all the same
		glyf = make([]byte, 4)
	}
	n := uint16(len(hmtx) / 4)
	head, hhea, maxp := bytes.Clone(s.src.head), bytes.Clone(s.src.hhea), bytes.Clone(s.src.maxp)
	binary.BigEndian.PutUint32(head[8:], 0)  // the sum over the file, which readers of PDF do not check
	binary.BigEndian.PutUint16(head[50:], 1) // places are 32 bits
	binary.BigEndian.PutUint16(hhea[34:], n)
	binary.BigEndian.PutUint16(maxp[4:], n)
	var tables []opentype.Table
	for _, t := range []struct {
		tag  string
		data []byte
	}{{"cvt ", s.src.cvt}, {"fpgm", s.src.fpgm}, {"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}, {"prep", s.src.prep}} {
		if len(t.data) > 0 {
			tables = append(tables, opentype.Table{Tag: opentype.MustNewTag(t.tag), Content: t.data})
		}
	}
	return opentype.WriteTTF(tables)
}

// outlines are the glyphs by code, where each begins, and their measures. Parts of composed
// glyphs come after them.
func (s *subset) outlines() (glyf, loca, hmtx []byte) {
	order := make([]uint32, len(s.glyphs))
	for i, g := range s.glyphs {
		order[i] = g.id
	}
	parts := map[uint32]int{}
	for i := 0; i < len(order); i++ {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		data := s.src.glyph(order[i])
		for _, at := range components(data) {
			id := uint32(binary.BigEndian.Uint16(data[at:]))
			if _, ok := parts[id]; !ok {
				parts[id] = len(order)
				order = append(order, id)
			}
			binary.BigEndian.PutUint16(data[at:], uint16(parts[id]))
		}
		glyf = append(glyf, data...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		advance, bearing := s.src.metrics(order[i])
		hmtx = binary.BigEndian.AppendUint16(hmtx, advance)
		hmtx = binary.BigEndian.AppendUint16(hmtx, bearing)
	}
	return glyf, binary.BigEndian.AppendUint32(loca, uint32(len(glyf))), hmtx
}

// components lists where a composed glyph names its parts; none for a simple one.
func components(data []byte) (at []int) {
	const (
		wordArgs, scale, more, xyScale, twoByTwo = 1 << 0, 1 << 3, 1 << 5, 1 << 6, 1 << 7
	)
	if len(data) < 10 || int16(binary.BigEndian.Uint16(data)) >= 0 {
		return nil
	}
	for i := 10; i+4 <= len(data); {
		flags := binary.BigEndian.Uint16(data[i:])
		at = append(at, i+2)
		i += 6
		if flags&wordArgs != 0 {
			i += 2
		}
		switch {
		case flags&scale != 0:
			i += 2
		case flags&xyScale != 0:
			i += 4
		case flags&twoByTwo != 0:
			i += 8
		}
		if flags&more == 0 {
			break
		}
	}
	return at
}
