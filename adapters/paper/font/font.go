// Package font holds the fonts that documents and pictures are drawn with: one family for
// Latin, Greek and Cyrillic, one for Persian and Arabic, one for Chinese. They lie in the
// program, so that a document looks the same everywhere and for ever. README.md says where
// they come from and how they were cut.
//
// A character that none of them has can come from a folder of further fonts; Missing tells
// which characters have none at all.
package font

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

//go:embed NotoSans-Regular.ttf
var latinRegular []byte

//go:embed NotoSans-Bold.ttf
var latinBold []byte

//go:embed Vazirmatn-Regular.ttf
var arabicRegular []byte

//go:embed Vazirmatn-Bold.ttf
var arabicBold []byte

//go:embed NotoSansSC-Regular.ttf
var chineseRegular []byte

// Font is one font file. It is safe for concurrent use.
type Font struct {
	Name   string // as PDF names it, without the tag of a subset
	Data   []byte // the whole file: TrueType with glyf outlines
	Weight int    // thousandths of an em that a stroke adds, where bold is not drawn by the font itself

	once   sync.Once
	parsed *font.Font
	err    error
}

// Parsed is the font as the shaper wants it; it is read at the first call.
func (f *Font) Parsed() (*font.Font, error) {
	f.once.Do(func() {
		loader, err := opentype.NewLoader(bytes.NewReader(f.Data))
		if err == nil {
			f.parsed, err = font.NewFont(loader)
		}
		if err != nil {
			f.err = fmt.Errorf("font %s: %w", f.Name, err)
		}
	})
	return f.parsed, f.err
}

// has reports whether f draws r.
func (f *Font) has(r rune) bool {
	p, err := f.Parsed()
	if err != nil {
		return false
	}
	_, ok := p.NominalGlyph(r)
	return ok
}

// boldStroke is how much wider a stroke makes a font that has no bold of its own.
const boldStroke = 28

// Set is the fonts that one company's documents are drawn with.
type Set struct {
	latin, arabic, chinese [2]*Font // regular, bold
	further                []*Font  // of the company's folder, by name
}

var embedded = &Set{
	latin:   [2]*Font{{Name: "NotoSans-Regular", Data: latinRegular}, {Name: "NotoSans-Bold", Data: latinBold}},
	arabic:  [2]*Font{{Name: "Vazirmatn-Regular", Data: arabicRegular}, {Name: "Vazirmatn-Bold", Data: arabicBold}},
	chinese: [2]*Font{{Name: "NotoSansSC-Regular", Data: chineseRegular}, {Name: "NotoSansSC-Regular", Data: chineseRegular, Weight: boldStroke}},
}

// Embedded is the fonts of the program alone.
func Embedded() *Set { return embedded }

// File is a font as a file.
type File struct {
	Name string // of the file
	Data []byte
}

// ReadDir reads the TrueType fonts of a folder, by their names.
func ReadDir(dir string) (files []File, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.ttf"))
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	slices.Sort(names)
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{filepath.Base(name), data})
	}
	return files, nil
}

// Open adds the TrueType fonts of a folder to those of the program, for characters that
// these lack.
func Open(dir string) (*Set, error) {
	files, err := ReadDir(dir)
	if err != nil {
		return nil, err
	}
	return With(files)
}

// With adds fonts to those of the program, for characters that these lack: the first that
// has a character draws it.
func With(files []File) (*Set, error) {
	s := *embedded
	for _, file := range files {
		f := &Font{Name: postscriptName(file.Name), Data: file.Data}
		if _, err := f.Parsed(); err != nil {
			return nil, err
		}
		if !f.hasOutlines() {
			return nil, fmt.Errorf("font %s: no TrueType outlines", file.Name)
		}
		s.further = append(s.further, f)
	}
	return &s, nil
}

// hasOutlines reports whether f has the tables that a PDF embeds.
func (f *Font) hasOutlines() bool {
	loader, err := opentype.NewLoader(bytes.NewReader(f.Data))
	if err != nil {
		return false
	}
	for _, table := range []string{"glyf", "loca", "head", "hhea", "hmtx", "maxp"} {
		if !loader.HasTable(opentype.MustNewTag(table)) {
			return false
		}
	}
	return true
}

// postscriptName makes of a file's name what PDF takes for a font's.
func postscriptName(file string) string {
	return strings.Map(func(r rune) rune {
		if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-') {
			return r
		}
		return -1
	}, strings.TrimSuffix(file, filepath.Ext(file)))
}

// For is the font that draws r in a text of that language, and whether one has it at all;
// else it is the font whose box stands for it.
func (s *Set) For(r rune, lang string, bold bool) (*Font, bool) {
	weight := 0
	if bold {
		weight = 1
	}
	for _, f := range s.order(r, lang, weight) {
		if f.has(r) {
			return f, true
		}
	}
	for _, f := range s.further {
		if f.has(r) {
			return f, true
		}
	}
	return s.latin[weight], false
}

// order puts the fonts that draw a language best first. Marks that Chinese and Latin share
// (quotes, dashes, dots) are Chinese in a Chinese text, its letters and digits are not.
func (s *Set) order(r rune, lang string, weight int) [3]*Font {
	switch {
	case lang == "zh" && r >= 0x2000:
		return [3]*Font{s.chinese[weight], s.latin[weight], s.arabic[weight]}
	case lang == "fa":
		return [3]*Font{s.arabic[weight], s.latin[weight], s.chinese[weight]}
	}
	return [3]*Font{s.latin[weight], s.arabic[weight], s.chinese[weight]}
}

// Missing lists the characters of text that no font has, each once.
func (s *Set) Missing(text string) (out []rune) {
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector) || slices.Contains(out, r) {
			continue
		}
		if _, ok := s.For(r, "", false); !ok {
			out = append(out, r)
		}
	}
	return out
}
