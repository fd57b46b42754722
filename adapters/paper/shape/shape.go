// Package shape turns text into glyphs: joined where the script joins, in the order in
// which they stand on the page, wrapped by Unicode's rules, each character from a font that
// has it. Documents and pictures are set by the same shaper.
//
// All measures are whole numbers, so that the same text always makes the same document.
package shape

import (
	"strings"
	"sync"
	"unicode"

	"duebot/adapters/paper/font"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/di"
	typefont "github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// Em is the unit of advances and offsets: so many make the size of the font.
const Em = 64000

// Style is what decides how a text is shaped, besides its size.
type Style struct {
	Lang    string // two letters; it decides the direction and the first font
	Bold    bool
	Tabular bool // digits of one width, so that they stand below each other
}

// tabular is the feature of fonts whose digits have widths of their own.
var tabular = []shaping.FontFeature{{Tag: opentype.MustNewTag("tnum"), Value: 1}}

// Glyph is one shape of a font.
type Glyph struct {
	ID      uint32
	Advance int    // parts of Em
	X, Y    int    // by how much it is moved from where it stands, up is positive
	Text    string // what it stands for, "" where another glyph of its cluster tells
}

// Run is glyphs of one font, from left to right.
type Run struct {
	Font   *font.Font
	Glyphs []Glyph
}

// Line is runs from left to right.
type Line struct {
	Runs  []Run
	Width int // parts of Em
}

// RTL reports whether a language is written from right to left.
func RTL(lang string) bool { return lang == "fa" || lang == "ar" || lang == "he" || lang == "ur" }

// Shaper shapes with one set of fonts. It is safe for concurrent use.
type Shaper struct {
	Fonts *font.Set
	pool  sync.Pool // of *worker
}

// New returns a shaper with a set of fonts.
func New(fonts *font.Set) *Shaper { return &Shaper{Fonts: fonts} }

// worker is what one text at a time is shaped with: faces are not for concurrent use.
type worker struct {
	fonts    *font.Set
	style    Style
	faces    map[*font.Font]*typefont.Face
	of       map[*typefont.Face]*font.Font
	segments shaping.Segmenter
	harfbuzz shaping.HarfbuzzShaper
	bidi     bidi.Paragraph
	breaks   segmenter.Segmenter
	clusters []cluster // of the paragraph, in reading order
	last     *typefont.Face
}

func (s *Shaper) worker() *worker {
	if w, ok := s.pool.Get().(*worker); ok {
		return w
	}
	return &worker{fonts: s.Fonts, faces: map[*font.Font]*typefont.Face{}, of: map[*typefont.Face]*font.Font{}}
}

// Line shapes a text as one line.
func (s *Shaper) Line(text string, style Style) Line {
	lines := s.Wrap(oneLine(text), style, 0)
	return lines[0]
}

// oneLine puts a blank where a text begins another line.
func oneLine(text string) string { return strings.ReplaceAll(Clean(text), "\n", " ") }

// Wrap shapes a text and breaks it into lines no wider than width, in parts of Em; 0: as
// wide as it gets. It breaks inside a word that does not fit alone. There is always a line.
func (s *Shaper) Wrap(text string, style Style, width int) []Line {
	w := s.worker()
	defer s.pool.Put(w)
	w.style = style
	var out []Line
	for _, paragraph := range strings.Split(Clean(text), "\n") {
		runes := []rune(paragraph)
		for len(runes) > runesMax {
			out = append(out, w.paragraph(runes[:runesMax], width)...)
			runes = runes[runesMax:]
		}
		out = append(out, w.paragraph(runes, width)...)
	}
	return out
}

// runesMax bounds what is shaped at once: the shaper's fixed-point measures end beyond.
const runesMax = 8000

// widthMax is the widest that a line can be asked for, of the same reason.
const widthMax = 1 << 30

// Clean takes out what has no shape and could only deceive: control characters, and the
// marks that turn the direction of what follows (the isolates, by which a name is set
// apart inside a sentence, stay).
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r == '\u2028' || r == '\u2029':
			return '\n'
		case r >= '\u202a' && r <= '\u202e', unicode.IsControl(r), r == '\ufeff', r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

func (w *worker) paragraph(runes []rune, width int) []Line {
	if len(runes) == 0 {
		return []Line{{}}
	}
	if width <= 0 || width > widthMax {
		width = widthMax
	}
	in := shaping.Input{Text: runes, RunEnd: len(runes), Direction: di.DirectionLTR, Size: fixed.I(Em / 64), Language: language.NewLanguage(w.style.Lang)}
	if w.style.Tabular {
		in.FontFeatures = tabular
	}
	base := 0
	if RTL(w.style.Lang) {
		in.Direction, base = di.DirectionRTL, 1
	}
	w.last = nil
	w.clusters = w.clusters[:0]
	levels := w.levels(runes, base)
	for _, part := range w.segments.Split(in, w) {
		w.shape(part, levels)
	}
	return w.wrap(runes, width, base)
}

// ResolveFace chooses the font of a character. A mark stays in the font of its letter
// where that has it.
func (w *worker) ResolveFace(r rune) *typefont.Face {
	if w.last != nil && unicode.Is(unicode.M, r) {
		if _, ok := w.last.NominalGlyph(r); ok {
			return w.last
		}
	}
	f, _ := w.fonts.For(r, w.style.Lang, w.style.Bold)
	w.last = w.face(f)
	return w.last
}

func (w *worker) face(f *font.Font) *typefont.Face {
	if face := w.faces[f]; face != nil {
		return face
	}
	parsed, err := f.Parsed()
	if err != nil {
		// The program's own fonts are read by its tests, a folder's when it is opened.
		panic(err)
	}
	face := typefont.NewFace(parsed)
	w.faces[f], w.of[face] = face, f
	return face
}

// Fit shapes a text as one line no wider than width; where it is longer, an ellipsis
// stands for the rest.
func (s *Shaper) Fit(text string, style Style, width int) Line {
	text = oneLine(text)
	if line := s.Line(text, style); line.Width <= width {
		return line
	}
	runes := []rune(text)
	low, high := 0, len(runes) // so many characters fit; so many don't
	for low+1 < high {
		mid := (low + high) / 2
		if s.Line(cut(runes, mid), style).Width <= width {
			low = mid
		} else {
			high = mid
		}
	}
	return s.Line(cut(runes, low), style)
}

func cut(runes []rune, n int) string { return strings.TrimRight(string(runes[:n]), " ") + "…" }
