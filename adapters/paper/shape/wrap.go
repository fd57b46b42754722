package shape

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"duebot/adapters/paper/font"

	"github.com/go-text/typesetting/di"
	typefont "github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/shaping"
)

// cluster is glyphs that cannot be torn apart: mostly one, of one character.
type cluster struct {
	font   *font.Font
	face   *typefont.Face
	glyphs []Glyph // from left to right
	width  int
	level  int // odd: from right to left
	from   int // first character
	to     int // behind the last
}

// shape adds the clusters of a run, in reading order.
func (w *worker) shape(in shaping.Input, levels []int) {
	out := w.harfbuzz.Shape(in)
	glyphs := make([]Glyph, len(out.Glyphs))
	for i := range out.Glyphs {
		g := &out.Glyphs[i]
		glyphs[i] = Glyph{ID: uint32(g.GlyphID), Advance: int(g.Advance), X: int(g.XOffset), Y: int(g.YOffset)}
	}
	first := len(w.clusters)
	for i := 0; i < len(glyphs); {
		g := &out.Glyphs[i]
		n := min(max(g.GlyphsCount(), 1), len(glyphs)-i)
		c := cluster{font: w.of[in.Face], face: in.Face, glyphs: glyphs[i : i+n : i+n], level: levels[g.TextIndex()], from: g.TextIndex(), to: min(g.TextIndex()+max(g.RunesCount(), 1), in.RunEnd)}
		if n > 1 && !slices.ContainsFunc(c.glyphs, func(g Glyph) bool { return g.ID != 0 && g.Advance != 0 }) {
			c.glyphs = c.glyphs[:1] // one box for what is one sign, such as a family of emoji
		}
		for j := range c.glyphs {
			c.width += c.glyphs[j].Advance
		}
		c.tell(in.Text[c.from:c.to], in.Direction == di.DirectionRTL)
		w.clusters = append(w.clusters, c)
		i += n
	}
	if in.Direction == di.DirectionRTL {
		slices.Reverse(w.clusters[first:])
	}
}

// tell notes at each glyph what it stands for: where a cluster has as many glyphs as
// characters each its own, else the first, in reading order, all of them.
func (c *cluster) tell(text []rune, back bool) {
	n := len(c.glyphs)
	for j := range n {
		at := j
		if back {
			at = n - 1 - j
		}
		switch {
		case n == len(text):
			c.glyphs[at].Text = string(text[j])
		case j == 0:
			c.glyphs[at].Text = string(text)
		}
	}
	if back {
		c.glyphs = apart(c.glyphs, c.face)
	}
}

// apart gives each character of a joined glyph, such as lam-alef, a glyph of its own where
// text runs from right to left: readers of documents turn the order of glyphs, and not of
// the characters that one of them stands for. The glyph keeps the leftmost; the others get
// blanks without width at its right.
func apart(glyphs []Glyph, face *typefont.Face) []Glyph {
	blank, ok := face.NominalGlyph(' ')
	if !ok || !slices.ContainsFunc(glyphs, joined) {
		return glyphs
	}
	out := make([]Glyph, 0, len(glyphs)+4)
	for _, g := range glyphs {
		if !joined(g) {
			out = append(out, g)
			continue
		}
		text := []rune(g.Text)
		g.Text = string(text[len(text)-1])
		out = append(out, g)
		for i := len(text) - 2; i >= 0; i-- {
			out = append(out, Glyph{ID: uint32(blank), Text: string(text[i])})
		}
	}
	return out
}

func joined(g Glyph) bool { return utf8.RuneCountInString(g.Text) > 1 }

// Where a line may end: behind a character.
const (
	anywhere = 1 << iota // between two letters, where nothing else helps
	between              // by Unicode's rules
)

// ends tells for each character whether a line may end behind it.
func (w *worker) ends(runes []rune) []uint8 {
	out := make([]uint8, len(runes)+1)
	w.breaks.Init(runes)
	for it := w.breaks.GraphemeIterator(); it.Next(); {
		g := it.Grapheme()
		out[g.Offset+len(g.Text)] |= anywhere
	}
	for it := w.breaks.LineIterator(); it.Next(); {
		l := it.Line()
		out[l.Offset+len(l.Text)] |= between
	}
	return out
}

// wrap fills lines with clusters, as many as fit. Blanks at a line's end hang over.
func (w *worker) wrap(runes []rune, width, base int) (out []Line) {
	ends := w.ends(runes)
	all := w.clusters
	begin, used, hanging := 0, 0, 0
	word, letter := -1, -1 // the last places where the line may end
	for i := 0; i < len(all); i++ {
		c := &all[i]
		if blank(runes, c) {
			hanging += c.width
		} else {
			used, hanging = used+hanging+c.width, 0
		}
		if used > width && i > begin {
			stop := i
			if word > begin {
				stop = word
			} else if letter > begin {
				stop = letter
			}
			out = append(out, line(runes, all[begin:stop], base))
			begin, used, hanging, word, letter = stop, 0, 0, -1, -1
			i = stop - 1
			continue
		}
		if ends[c.to]&between != 0 {
			word = i + 1
		}
		if ends[c.to]&anywhere != 0 {
			letter = i + 1
		}
	}
	return append(out, line(runes, all[begin:], base))
}

// blank reports whether a cluster is a space at which lines may end.
func blank(runes []rune, c *cluster) bool {
	for _, r := range runes[c.from:c.to] {
		if !unicode.IsSpace(r) || r == '\u00a0' || r == '\u202f' {
			return false
		}
	}
	return true
}

// line puts clusters into the order in which they stand. Blanks at the end have no width.
func line(runes []rune, clusters []cluster, base int) Line {
	order := make([]*cluster, len(clusters))
	for i := range clusters {
		order[i] = &clusters[i]
	}
	for i := len(order) - 1; i >= 0 && blank(runes, order[i]); i-- {
		c := order[i]
		c.width, c.level = 0, base
		for j := range c.glyphs {
			c.glyphs[j].Advance = 0
		}
	}
	reorder(order)
	var out Line
	for _, c := range order {
		out.Width += c.width
		if n := len(out.Runs); n > 0 && out.Runs[n-1].Font == c.font {
			out.Runs[n-1].Glyphs = append(out.Runs[n-1].Glyphs, c.glyphs...)
		} else {
			out.Runs = append(out.Runs, Run{Font: c.font, Glyphs: slices.Clone(c.glyphs)})
		}
	}
	return out
}

// reorder turns what is written from right to left, rule L2 of Unicode's algorithm: from
// the highest level down, every stretch of that level or above.
func reorder(order []*cluster) {
	highest := 0
	for _, c := range order {
		highest = max(highest, c.level)
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(order); i++ {
			from := i
			for i < len(order) && order[i].level >= level {
				i++
			}
			slices.Reverse(order[from:i])
		}
	}
}
