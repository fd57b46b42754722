package pdftest

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-text/typesetting/font/opentype"
)

// cidFont is a font of a file: how many glyphs it has, and what each stands for.
type cidFont struct {
	glyphs int
	text   map[int]string
}

// fonts are those that a page can name.
func (f *file) fonts(resources *object) map[string]*cidFont {
	out := map[string]*cidFont{}
	for _, m := range regexp.MustCompile(`/(F\d+) (\d+) 0 R`).FindAllStringSubmatch(resources.dict, -1) {
		n, _ := strconv.Atoi(m[2])
		out[m[1]] = f.font(m[1], f.objects[n])
	}
	return out
}

// font must lie whole in the file, with the widths that the pages count on.
func (f *file) font(name string, o *object) *cidFont {
	c := &cidFont{text: map[int]string{}}
	descendants := f.list(o.dict, "/DescendantFonts")
	unicode := f.at(o.dict, "/ToUnicode")
	if !strings.Contains(o.dict, "/Subtype/Type0") || !strings.Contains(o.dict, "/Encoding/Identity-H") || len(descendants) != 1 || unicode == nil {
		f.fault("font %s: %s", name, o.dict)
		return c
	}
	d := descendants[0]
	descriptor := f.at(d.dict, "/FontDescriptor")
	if descriptor == nil || f.at(descriptor.dict, "/FontFile2") == nil || !strings.Contains(d.dict, "/Subtype/CIDFontType2") || !strings.Contains(d.dict, "/CIDToGIDMap/Identity") ||
		!strings.Contains(d.dict, "/Ordering()") {
		f.fault("font %s: %s", name, d.dict)
		return c
	}
	base := regexp.MustCompile(`/(?:BaseFont|FontName)/([A-Z]{6}\+[A-Za-z0-9-]+)`)
	names := []string{}
	for _, x := range []*object{o, d, descriptor} {
		if m := base.FindStringSubmatch(x.dict); m != nil {
			names = append(names, m[1])
		}
	}
	if slices.Sort(names); len(names) != 3 || names[0] != names[2] {
		f.fault("font %s is called %q", name, names)
	}
	f.widths(name, c, d, f.at(descriptor.dict, "/FontFile2"))
	f.meanings(name, c, unicode.stream)
	return c
}

// widths compares what the file says of each glyph with what the font says itself.
func (f *file) widths(name string, c *cidFont, d, program *object) {
	loader, err := opentype.NewLoader(bytes.NewReader(program.stream))
	if err != nil {
		f.fault("font %s: %v", name, err)
		return
	}
	table := func(tag string, least int) []byte {
		b, err := loader.RawTable(opentype.MustNewTag(tag))
		if err != nil || len(b) < least {
			f.fault("font %s has no table %s", name, tag)
			return make([]byte, least)
		}
		return b
	}
	head, hhea, maxp, hmtx, loca, glyf := table("head", 54), table("hhea", 36), table("maxp", 6), table("hmtx", 4), table("loca", 8), table("glyf", 0)
	c.glyphs = int(binary.BigEndian.Uint16(maxp[4:]))
	advances, upem := int(binary.BigEndian.Uint16(hhea[34:])), int(binary.BigEndian.Uint16(head[18:]))
	m := regexp.MustCompile(`/W\[0\[([0-9 ]*)\]\]`).FindStringSubmatch(d.dict)
	if m == nil || advances != c.glyphs || len(hmtx) < 4*advances || len(loca) != 4*(c.glyphs+1) || upem == 0 {
		f.fault("font %s: its measures do not fit its %d glyphs", name, c.glyphs)
		return
	}
	for i, w := range strings.Fields(m[1]) {
		want, _ := strconv.Atoi(w)
		if got := int(binary.BigEndian.Uint16(hmtx[4*i:])) * 1000; i >= advances || want*upem-got > upem || got-want*upem > upem {
			f.fault("font %s: glyph %d is %d wide, and its font says %d", name, i, want, got/upem)
		}
	}
	for i := range c.glyphs {
		from, to := binary.BigEndian.Uint32(loca[4*i:]), binary.BigEndian.Uint32(loca[4*i+4:])
		if from > to || int(to) > len(glyf) {
			f.fault("font %s: glyph %d lies at %d–%d of %d", name, i, from, to, len(glyf))
		}
	}
}

var (
	charPattern  = regexp.MustCompile(`(?m)^<([0-9a-f]{4})><([0-9a-f]+)>$`)
	blockPattern = regexp.MustCompile(`(\d+) beginbfchar\n((?:<.*>\n)*)endbfchar`)
)

// meanings reads what the glyphs stand for.
func (f *file) meanings(name string, c *cidFont, table []byte) {
	for _, block := range blockPattern.FindAllSubmatch(table, -1) {
		n, _ := strconv.Atoi(string(block[1]))
		chars := charPattern.FindAllSubmatch(block[2], -1)
		if n != len(chars) || n > 100 {
			f.fault("font %s: a block of %d meanings says %d", name, len(chars), n)
		}
		for _, m := range chars {
			code, _ := strconv.ParseUint(string(m[1]), 16, 16)
			text := utf16Text(string(m[2]))
			if int(code) >= c.glyphs || text == "" || strings.ContainsAny(text, "\x00\ufeff\ufffe") {
				f.fault("font %s: glyph %d stands for %q", name, code, text)
			}
			c.text[int(code)] = text
		}
	}
}

// utf16Text reads hexadecimal digits as UTF-16.
func utf16Text(digits string) string {
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw)%2 != 0 {
		return ""
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units))
}

// stringOf is the string under a key of a dictionary.
func stringOf(dict, key string) string {
	_, rest, ok := strings.Cut(dict, key)
	switch {
	case !ok || rest == "":
		return ""
	case rest[0] == '<':
		digits, _, _ := strings.Cut(rest[1:], ">")
		return strings.TrimPrefix(utf16Text(digits), "\ufeff")
	}
	var b strings.Builder
	for i := 1; i < len(rest) && rest[i] != ')'; i++ {
		if rest[i] == '\\' {
			i++
		}
		b.WriteByte(rest[i])
	}
	return b.String()
}
