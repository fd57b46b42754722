package pdf

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"duebot/adapters/paper/shape"
)

// Color is red, green, blue.
type Color struct{ R, G, B uint8 }

// Page is a page that is being drawn. What is drawn later lies above.
type Page struct {
	w      *Writer
	ref    *pageRef
	b      []byte
	width  Unit
	height Unit

	fill   Color // what the content stream has set
	stroke Color
}

// pageRef is what stays of a page that was closed.
type pageRef struct {
	obj           int
	width, height Unit
	contents      []int
	links         []int
}

// Page begins a page.
func (w *Writer) Page(width, height Unit) *Page {
	ref := &pageRef{obj: w.reserve(), width: width, height: height}
	w.pages = append(w.pages, ref)
	return &Page{w: w, ref: ref, width: width, height: height}
}

// Close writes what was drawn since the page was begun or opened again.
func (p *Page) Close() {
	n := p.w.reserve()
	p.ref.contents = append(p.ref.contents, n)
	p.w.stream(n, "", p.b)
	p.b = nil
	p.fill, p.stroke = Color{}, Color{}
}

// End writes the page itself; nothing can be drawn on it any more.
func (p *Page) End() {
	b := fmt.Appendf(nil, "<</Type/Page/Parent %d 0 R/Resources %d 0 R/MediaBox[0 0 ", pagesObj, resourcesObj)
	b = number(b, p.width)
	b = append(b, ' ')
	b = number(b, p.height)
	b = append(b, "]/Contents["...)
	for _, n := range p.ref.contents {
		b = fmt.Appendf(b, "%d 0 R ", n)
	}
	b = append(b, ']')
	if len(p.ref.links) > 0 {
		b = append(b, "/Annots["...)
		for _, n := range p.ref.links {
			b = fmt.Appendf(b, "%d 0 R ", n)
		}
		b = append(b, ']')
	}
	p.w.object(p.ref.obj, string(append(b, ">>"...)))
}

// add writes numbers and an operator.
func (p *Page) add(op string, numbers ...Unit) {
	for _, n := range numbers {
		p.b = number(p.b, n)
		p.b = append(p.b, ' ')
	}
	p.b = append(p.b, op...)
	p.b = append(p.b, '\n')
}

func (p *Page) setFill(c Color) {
	if c != p.fill {
		p.fill = c
		p.add("rg", part(c.R), part(c.G), part(c.B))
	}
}

func (p *Page) setStroke(c Color) {
	if c != p.stroke {
		p.stroke = c
		p.add("RG", part(c.R), part(c.G), part(c.B))
	}
}

func part(v uint8) Unit { return (Unit(v)*1000 + 127) / 255 }

// Rect fills a rectangle.
func (p *Page) Rect(x, y, w, h Unit, c Color) {
	p.setFill(c)
	p.add("re", x, p.height-y-h, w, h)
	p.add("f")
}

// Squares fills those squares of a grid that on tells, as of a QR code. Neighbours in a row
// are one rectangle.
func (p *Page) Squares(x, y, side Unit, n int, on func(column, row int) bool) {
	p.setFill(Color{})
	for row := range n {
		top, bottom := side*Unit(row)/Unit(n), side*Unit(row+1)/Unit(n)
		for from := 0; from < n; from++ {
			to := from
			for to < n && on(to, row) {
				to++
			}
			if to > from {
				left, right := side*Unit(from)/Unit(n), side*Unit(to)/Unit(n)
				p.add("re", x+left, p.height-y-bottom, right-left, bottom-top)
				from = to
			}
		}
	}
	p.add("f")
}

// Picture draws an image into a rectangle.
func (p *Page) Picture(img *Image, x, y, w, h Unit) {
	p.b = append(p.b, "q "...)
	p.add("cm", w, 0, 0, h, x, p.height-y-h)
	p.b = fmt.Appendf(p.b, "/I%d Do Q\n", img.index)
}

// Link makes a rectangle lead to an address.
func (p *Page) Link(x, y, w, h Unit, url string) {
	n := p.w.reserve()
	p.ref.links = append(p.ref.links, n)
	b := []byte("<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect[")
	for _, u := range []Unit{x, p.height - y - h, x + w, p.height - y} {
		b = append(number(b, u), ' ')
	}
	p.w.object(n, string(b)+"]/A<</S/URI/URI"+text(ascii(url))+">>>>")
}

// ascii writes an address with %XX for what addresses cannot hold: they are no text, and
// readers take them byte by byte.
func ascii(url string) string {
	var b strings.Builder
	for i := 0; i < len(url); i++ {
		if c := url[i]; c > ' ' && c < 127 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// Text draws a line of text of a size; x is its left end, y its baseline.
func (p *Page) Text(line shape.Line, x, y, size Unit, c Color) {
	if len(line.Runs) == 0 {
		return
	}
	p.setFill(c)
	p.b = append(p.b, "BT\n"...)
	for i := range line.Runs {
		run := &line.Runs[i]
		s := p.w.subset(run.Font)
		p.b = fmt.Appendf(p.b, "/F%d ", s.index)
		p.add("Tf", size)
		if run.Font.Weight > 0 { // bold by a stroke around each letter
			p.setStroke(c)
			p.add("w", size*Unit(run.Font.Weight)/1000)
			p.b = append(p.b, "2 Tr\n"...)
		}
		p.add("Tm", Point, 0, 0, Point, x, p.height-y)
		x += p.run(s, run, size)
		if run.Font.Weight > 0 {
			p.b = append(p.b, "0 Tr\n"...)
		}
	}
	p.b = append(p.b, "ET\n"...)
}

// run draws glyphs where the pen stands, and returns how far it went.
func (p *Page) run(s *subset, run *shape.Run, size Unit) Unit {
	const per = shape.Em / 1000 // parts in a thousandth, in which PDF moves
	pen, stands, open := 0, 0, false
	for i := range run.Glyphs {
		g := &run.Glyphs[i]
		want := pen + g.X
		pen += g.Advance
		if unseen(g.Text) {
			continue
		}
		code, width := s.use(g.ID, g.Text)
		if g.Y != 0 {
			p.end(&open)
			p.add("Ts", Unit(g.Y)*size/shape.Em)
		}
		if !open {
			p.b = append(p.b, "[<"...)
			open = true
		}
		if move := rounded(stands-want, per); move != 0 {
			p.b = fmt.Appendf(p.b, ">%d<", move)
			stands -= move * per
		}
		p.b = fmt.Appendf(p.b, "%04x", code)
		stands += width * per
		if g.Y != 0 {
			p.end(&open)
			p.add("Ts", 0)
		}
	}
	p.end(&open)
	return Unit(pen) * size / shape.Em
}

// end ends a string of glyphs.
func (p *Page) end(open *bool) {
	if *open {
		p.b = append(p.b, ">]TJ\n"...)
		*open = false
	}
}

// rounded is n/per to the nearest whole number.
func rounded(n, per int) int {
	if n < 0 {
		return -((-n + per/2) / per)
	}
	return (n + per/2) / per
}

// unseen reports whether a glyph stands for nothing but a mark of direction: it is not
// drawn, and nobody wants it in what he copies.
func unseen(s string) bool {
	if s == "" {
		return false
	}
	for _, r := range s {
		if !unicode.Is(unicode.Bidi_Control, r) {
			return false
		}
	}
	return utf8.ValidString(s)
}
