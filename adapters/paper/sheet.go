package paper

import (
	"io"
	"slices"

	"duebot/adapters/paper/pdf"
	"duebot/adapters/paper/shape"
)

// unit is a thousandth of a point, as everywhere in documents.
type unit = pdf.Unit

const pt = pdf.Point

// A4, and what stays free of it.
const (
	pageWidth  = 595276
	pageHeight = 841890
	edge       = 48 * pt // left and right
	topEdge    = 44 * pt
	lowEdge    = 62 * pt // below what flows; the footer lies in it
	bodyWidth  = pageWidth - 2*edge
)

// align is where a text lies in its width, as the language is written: start is right in
// Persian.
type align int

const (
	start align = iota
	end
	middle
	figures // so that digits stand below each other: right in every language
)

// style is how a text looks.
type style struct {
	size  unit
	bold  bool
	color pdf.Color
}

// mutedColor is of labels and small print.
var mutedColor = pdf.Color{R: 0x66, G: 0x6a, B: 0x70}

// box is where a line of text lies, for the tests: no two may overlap.
type box struct {
	page       int
	x, y, w, h unit
	text       string
}

// sheet is a document that is being laid out from top to bottom. All places are as in a
// language that is written from left to right; in the others the page is mirrored.
type sheet struct {
	w      *pdf.Writer
	shaper *shape.Shaper
	words  *speech

	page   *pdf.Page
	pages  []*pdf.Page
	y      unit
	onPage func() // draws what begins each page but the first
	lead   unit   // thousandths of a size from line to line

	boxes  []box
	boxing bool
}

func newSheet(out io.Writer, info pdf.Info, shaper *shape.Shaper, words *speech) *sheet {
	s := &sheet{w: pdf.New(out, info), shaper: shaper, words: words, lead: 1400}
	switch words.lang {
	case "fa":
		s.lead = 1650 // its letters reach higher and deeper
	case "zh":
		s.lead = 1500
	}
	return s
}

// open begins the next page.
func (s *sheet) open() {
	if s.page != nil {
		s.page.Close()
	}
	s.page = s.w.Page(pageWidth, pageHeight)
	s.pages = append(s.pages, s.page)
	s.y = topEdge
	if len(s.pages) > 1 && s.onPage != nil {
		s.onPage()
	}
}

// room is how much is left of the page.
func (s *sheet) room() unit { return pageHeight - lowEdge - s.y }

// need begins a page if less than h is left of this one.
func (s *sheet) need(h unit) {
	if h > s.room() {
		s.open()
	}
}

// finish draws what stands at the foot of each page, now that their number is known, and
// ends the document.
func (s *sheet) finish(foot func(page, pages int)) error {
	s.page.Close()
	for i, p := range s.pages {
		s.page = p
		foot(i+1, len(s.pages))
		p.Close()
		p.End()
	}
	return s.w.Close()
}

// wrap breaks a text into lines of a width. Its digits are of one width.
func (s *sheet) wrap(text string, st style, width unit) []shape.Line {
	return s.shaper.Wrap(text, s.shape(st), int(int64(width)*shape.Em/int64(st.size)))
}

// prose is wrap for sentences, in which digits are as wide as they are by themselves.
func (s *sheet) prose(text string, st style, width unit) []shape.Line {
	look := s.shape(st)
	look.Tabular = false
	return s.shaper.Wrap(text, look, int(int64(width)*shape.Em/int64(st.size)))
}

// balanced breaks a short text into as few lines as its width allows, and these about as
// long as each other: no word stands alone below the others.
func (s *sheet) balanced(text string, st style, width unit) []shape.Line {
	lines := s.wrap(text, st, width)
	for narrow := width; len(lines) > 1 && narrow > width/3; {
		narrow -= width / 24
		closer := s.wrap(text, st, narrow)
		if len(closer) > len(lines) {
			break
		}
		lines = closer
	}
	return lines
}

// width is how wide a text is as one line.
func (s *sheet) width(text string, st style) unit {
	return lineWidth(s.shaper.Line(text, s.shape(st)), st)
}

// shape is a style as the shaper wants it.
func (s *sheet) shape(st style) shape.Style {
	return shape.Style{Lang: s.words.lang, Bold: st.bold, Tabular: true}
}

func lineWidth(line shape.Line, st style) unit {
	return unit(int64(line.Width) * int64(st.size) / shape.Em)
}

// fit is a text as one line of at most a width, cut where it is longer.
func (s *sheet) fit(text string, st style, width unit) []shape.Line {
	return []shape.Line{s.shaper.Fit(text, s.shape(st), int(int64(width)*shape.Em/int64(st.size)))}
}

// height is how high a line of a style is.
func (s *sheet) height(st style) unit { return st.size * s.lead / 1000 }

// write draws lines into a width, the first at y, and returns how high they are.
func (s *sheet) write(lines []shape.Line, st style, x, y, width unit, a align) unit {
	h := s.height(st)
	for i, line := range lines {
		w := lineWidth(line, st)
		at := x
		switch a {
		case end:
			at += width - w
		case figures:
			if !s.words.rtl {
				at += width - w
			}
		case middle:
			at += (width - w) / 2
		}
		top := y + h*unit(i)
		left := s.mirror(at, w)
		// The middle of a line's height is about the middle of a small letter.
		s.page.Text(line, left, top+h/2+st.size*34/100, st.size, st.color)
		s.note(left, top, w, h, line)
	}
	return h * unit(len(lines))
}

// mirror is the left end of what begins at x, as the page is seen.
func (s *sheet) mirror(x, w unit) unit {
	if s.words.rtl {
		return pageWidth - x - w
	}
	return x
}

func (s *sheet) note(x, y, w, h unit, line shape.Line) {
	if !s.boxing || w == 0 {
		return
	}
	text := ""
	for _, r := range line.Runs {
		for _, g := range r.Glyphs {
			text += g.Text
		}
	}
	s.boxes = append(s.boxes, box{slices.Index(s.pages, s.page) + 1, x, y, w, h, text})
}

// text writes a text at the current height and goes below it; it goes on over pages.
func (s *sheet) text(text string, st style, x, width unit, a align) {
	lines := s.prose(text, st, width)
	for len(lines) > 0 {
		n := min(max(int(s.room()/s.height(st)), 0), len(lines))
		if n == 0 {
			s.open()
			continue
		}
		s.y += s.write(lines[:n], st, x, s.y, width, a)
		lines = lines[n:]
	}
}

// fill paints a rectangle.
func (s *sheet) fill(x, y, w, h unit, c pdf.Color) { s.page.Rect(s.mirror(x, w), y, w, h, c) }

// rule draws a thin line.
func (s *sheet) rule(x, y, w, thick unit, c pdf.Color) { s.fill(x, y, w, thick, c) }

// item is one line of a block: a text at its start, one at its end, one at a place between.
type item struct {
	first, last     []shape.Line // none or one
	firstSt, lastSt style
	rest            []shape.Line
	restAt          unit
	restSt          style
	before          unit // free above
	lastWidth       unit // of a column of figures at the end; 0: it is none
}

// block is lines below each other, beside which others may stand.
type block struct {
	x, width unit
	items    []item
}

// para is a text as items.
func (s *sheet) para(text string, st style, width unit) (out []item) {
	for _, line := range s.prose(text, st, width) {
		out = append(out, item{first: []shape.Line{line}, firstSt: st})
	}
	return out
}

// pair is a label and a value on one line, or below each other where that is too narrow.
// Room is what the value takes at the least.
func (s *sheet) pair(label, value string, st style, width, room unit) []item {
	small := st
	small.bold, small.color = false, mutedColor
	const gap = 8 * pt
	if v := max(s.width(value, st), room); s.width(label, small)+gap+v <= width {
		return []item{{first: s.fit(label, small, width), firstSt: small, last: s.fit(value, st, width), lastSt: st}}
	}
	out := s.para(label, small, width)
	for _, line := range s.wrap(value, st, width) {
		out = append(out, item{last: []shape.Line{line}, lastSt: st})
	}
	return out
}

// flow writes blocks beside each other; each goes on on the next page where it must.
func (s *sheet) flow(blocks ...block) {
	for {
		low, more := s.y, false
		for i := range blocks {
			b := &blocks[i]
			y := s.y
			for len(b.items) > 0 && y+s.tall(&b.items[0]) <= pageHeight-lowEdge {
				it := &b.items[0]
				y += it.before
				s.write(it.first, it.firstSt, b.x, y, b.width, start)
				if it.lastWidth > 0 {
					s.write(it.last, it.lastSt, b.x+b.width-it.lastWidth, y, it.lastWidth, figures)
				} else {
					s.write(it.last, it.lastSt, b.x, y, b.width, end)
				}
				s.write(it.rest, it.restSt, b.x+it.restAt, y, b.width-it.restAt, start)
				y += s.tall(it) - it.before
				b.items = b.items[1:]
			}
			low, more = max(low, y), more || len(b.items) > 0
		}
		s.y = low
		if !more {
			return
		}
		s.open()
	}
}

// tall is how high an item is.
func (s *sheet) tall(it *item) unit {
	return it.before + max(s.height(it.firstSt), s.height(it.lastSt), s.height(it.restSt))
}

// total is how high a block is on one page.
func (s *sheet) total(items []item) (h unit) {
	for i := range items {
		h += s.tall(&items[i])
	}
	return h
}

// column is pairs of a label and a sum, the sums below each other as figures.
func (s *sheet) column(pairs [][2]string, st style, width unit) (out []item) {
	widest := unit(0)
	for _, p := range pairs {
		widest = max(widest, s.width(p[1], st))
	}
	for _, p := range pairs {
		out = append(out, s.pair(p[0], p[1], st, width, widest)...)
	}
	for i := range out {
		out[i].lastWidth = widest
	}
	return out
}
