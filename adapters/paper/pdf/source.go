package pdf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sync"

	"duebot/adapters/paper/font"

	"github.com/go-text/typesetting/font/opentype"
)

// source is the tables of a font file, from which subsets are cut. It is only read.
type source struct {
	head, hhea, maxp, hmtx, loca, glyf, cvt, fpgm, prep []byte

	upem             int
	glyphs, advances int
	box              [4]int
	ascent, descent  int
	long             bool // places of glyphs are 32 bits
}

var sources sync.Map // *font.Font → *source

func sourceOf(f *font.Font) (*source, error) {
	if s, ok := sources.Load(f); ok {
		return s.(*source), nil
	}
	s, err := readSource(f.Data)
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", f.Name, err)
	}
	sources.Store(f, s)
	return s, nil
}

func readSource(data []byte) (*source, error) {
	loader, err := opentype.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	s := &source{}
	for _, t := range []struct {
		tag  string
		into *[]byte
		size int // at least; 0: it may be missing
	}{{"head", &s.head, 54}, {"hhea", &s.hhea, 36}, {"maxp", &s.maxp, 6}, {"hmtx", &s.hmtx, 4}, {"loca", &s.loca, 4}, {"glyf", &s.glyf, 1},
		{"cvt ", &s.cvt, 0}, {"fpgm", &s.fpgm, 0}, {"prep", &s.prep, 0}} {
		*t.into, err = loader.RawTable(opentype.MustNewTag(t.tag))
		if t.size > 0 && (err != nil || len(*t.into) < t.size) {
			return nil, fmt.Errorf("table %s is missing or too short", t.tag)
		}
	}
	at := func(b []byte, i int) int { return int(int16(binary.BigEndian.Uint16(b[i:]))) }
	s.upem = int(binary.BigEndian.Uint16(s.head[18:]))
	for i := range s.box {
		s.box[i] = at(s.head, 36+2*i)
	}
	s.long = at(s.head, 50) != 0
	s.ascent, s.descent = at(s.hhea, 4), at(s.hhea, 6)
	s.advances = int(binary.BigEndian.Uint16(s.hhea[34:]))
	s.glyphs = int(binary.BigEndian.Uint16(s.maxp[4:]))
	if s.upem == 0 || s.advances == 0 || len(s.hmtx) < 4*s.advances {
		return nil, fmt.Errorf("wrong measures")
	}
	return s, nil
}

// scaled is font units in thousandths of an em.
func (s *source) scaled(v int) int { return rounded(v*1000, s.upem) }

// metrics is a glyph's advance and left bearing as the file has them.
func (s *source) metrics(id uint32) (advance, bearing uint16) {
	n := int(id)
	if s.advances == 0 {
		return 0, 0
	}
	if n < s.advances {
		return binary.BigEndian.Uint16(s.hmtx[4*n:]), binary.BigEndian.Uint16(s.hmtx[4*n+2:])
	}
	advance = binary.BigEndian.Uint16(s.hmtx[4*(s.advances-1):])
	if at := 4*s.advances + 2*(n-s.advances); at+2 <= len(s.hmtx) {
		bearing = binary.BigEndian.Uint16(s.hmtx[at:])
	}
	return advance, bearing
}

// width is a glyph's advance in thousandths of an em.
func (s *source) width(id uint32) int {
	if s.upem == 0 {
		return 0
	}
	advance, _ := s.metrics(id)
	return s.scaled(int(advance))
}

// glyph is a copy of a glyph's outline, empty for one that is not there.
func (s *source) glyph(id uint32) []byte {
	n := int(id)
	var from, to int
	switch {
	case n >= s.glyphs:
		return nil
	case s.long && 4*n+8 <= len(s.loca):
		from, to = int(binary.BigEndian.Uint32(s.loca[4*n:])), int(binary.BigEndian.Uint32(s.loca[4*n+4:]))
	case !s.long && 2*n+4 <= len(s.loca):
		from, to = 2*int(binary.BigEndian.Uint16(s.loca[2*n:])), 2*int(binary.BigEndian.Uint16(s.loca[2*n+2:]))
	}
	if from >= to || to > len(s.glyf) {
		return nil
	}
	return bytes.Clone(s.glyf[from:to])
}
