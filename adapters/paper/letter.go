package paper

import (
	"strconv"
	"strings"

	"duebot/adapters/paper/pdf"
	"duebot/adapters/paper/shape"
	"duebot/ledger"
)

// letter is a document as it is laid out: head, parties, what it is about, sums, how to
// pay. All kinds share it; each has its own middle.
type letter struct {
	*sheet
	house *House
	doc   *Document
	title string
	logo  *pdf.Image

	accent, tint, ink, muted, line pdf.Color

	body, strong, small, label, big, huge style
}

func (l *letter) styles() {
	c := l.house.Accent
	if c == ([3]uint8{}) {
		c = accentOwn
	}
	l.accent = pdf.Color{R: c[0], G: c[1], B: c[2]}
	l.tint = pdf.Color{R: tinted(c[0]), G: tinted(c[1]), B: tinted(c[2])}
	l.ink, l.muted, l.line = pdf.Color{R: 0x22, G: 0x22, B: 0x22}, mutedColor, pdf.Color{R: 0xd5, G: 0xd8, B: 0xdc}
	l.body = style{9400, false, l.ink}
	l.strong = style{9400, true, l.ink}
	l.small = style{8000, false, l.muted}
	l.label = style{7800, true, l.accent}
	l.big = style{13500, true, l.ink}
	l.huge = style{19000, true, l.accent}
}

// tinted is a colour so light that text can be read on it.
func tinted(v uint8) uint8 { return uint8(255 - (255-int(v))*9/100) }

func (l *letter) draw() error {
	if len(l.house.Logo) > 0 {
		img, err := l.w.Image(l.house.Logo)
		if err != nil {
			return err
		}
		l.logo = img
	}
	l.onPage = l.running
	l.open()
	l.head()
	l.parties()
	switch l.doc.Kind {
	case Statement, Reconciliation:
		l.accounts()
	case Receipt:
		l.received()
	case Voucher:
		l.paidOut()
	case Dunning:
		l.reminder()
	default:
		l.goods()
	}
	return nil
}

// head is the logo or name on one side, what this is on the other.
func (l *letter) head() {
	l.fill(0, 0, pageWidth, 5*pt, l.accent)
	const most, high = 170 * pt, 46 * pt
	wide, tall := unit(230*pt), unit(0)
	if l.logo != nil {
		wide, tall = fitted(l.logo, most, high)
		l.page.Picture(l.logo, l.mirror(edge, wide), l.y, wide, tall)
	} else {
		name := style{14000, true, l.ink}
		tall = l.write(l.wrapMost(apart(l.doc.Seller.Name), name, wide, 3), name, edge, l.y, wide, start)
	}
	x, w := edge+wide+20*pt, bodyWidth-wide-20*pt
	y := l.y
	name := l.words.say(string(l.doc.Kind))
	title := l.shrunk(name, l.huge, w, 14000)
	y += l.write(l.wrap(name, title, w), title, x, y, w, end)
	if l.doc.Number != "" {
		st := style{11500, false, l.muted}
		y += l.write(l.wrapMost(l.words.say("numbered", "number", apart(l.doc.Number)), st, w, 2), st, x, y, w, end)
	}
	if l.doc.Copy {
		y += l.write(l.wrap(l.words.say("copy_of"), l.small, w), l.small, x, y, w, end)
	}
	l.y = max(l.y+tall, y) + 16*pt
}

// shrunk is a style so much smaller that a text fits on one line, down to a size.
func (l *letter) shrunk(text string, st style, width, least unit) style {
	for st.size > least && l.width(text, st) > width {
		st.size -= 500
	}
	return st
}

// wrapMost is at most n lines; the whole text stands elsewhere in the document.
func (l *letter) wrapMost(text string, st style, width unit, n int) []shape.Line {
	lines := l.wrap(text, st, width)
	return lines[:min(n, len(lines))]
}

// fitted is the size of a picture inside of a frame.
func fitted(img *pdf.Image, w, h unit) (unit, unit) {
	if unit(img.H)*w <= h*unit(img.W) {
		return w, w * unit(img.H) / unit(img.W)
	}
	return h * unit(img.W) / unit(img.H), h
}

// running is the head of the pages that follow.
func (l *letter) running() {
	l.fill(0, 0, pageWidth, 5*pt, l.accent)
	half := unit(bodyWidth/2 - 6*pt)
	l.write(l.fit(apart(l.doc.Seller.Name), l.small, half), l.small, edge, l.y-12*pt, half, start)
	l.write(l.fit(l.runningTitle(), l.small, half), l.small, edge+half+12*pt, l.y-12*pt, half, end)
	l.y += 8 * pt
}

// runningTitle is what the pages that follow are called: a copy is one on each of them.
func (l *letter) runningTitle() string {
	if l.doc.Copy {
		return l.title + " · " + l.words.say("copy")
	}
	return l.title
}

// foot is the company's own words and the number of the page.
func (l *letter) foot(page, pages int) {
	y := unit(pageHeight - lowEdge + 10*pt)
	l.rule(edge, y, bodyWidth, pt/2, l.line)
	count := l.words.say("page", "page", l.words.digits(strconv.Itoa(page)), "pages", l.words.digits(strconv.Itoa(pages)))
	w := l.width(count, l.small) + pt
	l.write(l.wrap(count, l.small, w), l.small, edge+bodyWidth-w, y+4*pt, w, end)
	if own := l.house.Footer[l.doc.Lang]; own != "" {
		l.write(l.wrapMost(own, l.small, bodyWidth-w-20*pt, 3), l.small, edge, y+4*pt, bodyWidth-w-20*pt, start)
	}
}

// parties is who asks whom, and beside it the facts.
func (l *letter) parties() {
	const gap = 18 * pt
	factsWidth := unit(172 * pt)
	side := (bodyWidth - factsWidth - 2*gap) / 2
	l.flow(
		block{edge, side, l.party("seller", &l.doc.Seller, side)},
		block{edge + side + gap, side, l.party("buyer", &l.doc.Buyer, side)},
		block{edge + 2*(side+gap), factsWidth, l.facts(factsWidth)})
	l.y += 14 * pt
}

func (l *letter) party(label string, p *Party, width unit) []item {
	out := l.para(l.words.say(label), l.label, width)
	out = append(out, l.para(apart(p.Name), l.strong, width)...)
	for line := range strings.SplitSeq(p.Address, "\n") {
		if line != "" {
			out = append(out, l.para(l.own(line), l.body, width)...)
		}
	}
	if p.TaxID != "" {
		out = append(out, l.para(l.words.taxID(p.TaxID), l.body, width)...)
	}
	for _, line := range p.Lines {
		out = append(out, l.para(l.own(line), l.body, width)...)
	}
	return out
}

// own is a line that somebody wrote, in its own direction: "10969 Berlin" is read so in a
// Persian document too.
func (l *letter) own(line string) string {
	if l.words.rtl {
		return apart(line)
	}
	return line
}

// facts are dates and references, each with its label.
func (l *letter) facts(width unit) (out []item) {
	d := l.doc
	add := func(key, value string) {
		if value != "" {
			out = append(out, l.pair(l.words.say(key), value, l.strong, width, 0)...)
		}
	}
	day := func(key string, on ledger.Date) {
		if on != 0 {
			add(key, l.words.both(on))
		}
	}
	day("date", d.Date)
	day("supplied", d.Supplied)
	if d.From != 0 {
		add("period", l.words.short(d.From)+" – "+l.words.short(d.To))
	}
	day("due", d.Due)
	for _, r := range d.References {
		add(r.Key, apart(r.Text))
	}
	add("method", d.Method)
	return out
}
