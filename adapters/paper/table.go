package paper

import (
	"iter"
	"strings"
	"unicode/utf8"

	"duebot/adapters/paper/pdf"
	"duebot/adapters/paper/shape"
)

// column is one of a table. Those without a share are as wide as what they hold, the
// others part the rest.
type column struct {
	head  string
	share int
	align align
	width unit
	least unit // of one without a share
}

// row is cells, one for each column, in one style. A row that carries has the figure that
// the sum so far grows to.
type row struct {
	cells   []string
	style   style
	ground  *pdf.Color
	carried string // the sum after this row, in the last column, if the page ends here
}

// table is a table that goes on over pages, its head on each, and sums carried over.
type table struct {
	*sheet
	columns []column
	head    style
	ground  pdf.Color // behind the head
	line    pdf.Color
	carry   style
	x       unit
	wide    unit
	bare    bool // no head
	padding unit
	gap     unit // between columns
	inset   unit // of the outer columns from the ground's edge
	broken  bool // a page was begun inside the table
	before  string
}

// measure sets the widths of the columns by what they hold: of each the longest text.
func (t *table) measure(rows iter.Seq[row]) {
	longest := make([]cell, len(t.columns))
	for r := range rows {
		for i := range r.cells {
			longest[i] = longest[i].longer(cell{r.cells[i], style{size: r.style.size, bold: true}})
		}
		n := len(t.columns) - 1
		longest[n] = longest[n].longer(cell{r.carried, style{size: t.carry.size, bold: true}})
	}
	left := t.wide - 2*t.inset - t.gap*unit(len(t.columns)-1)
	shares := 0
	for i := range t.columns {
		c := &t.columns[i]
		if c.share > 0 {
			shares += c.share
			continue
		}
		// No column of figures may take so much that words have no room.
		c.width = min(max(t.widest(c.head, longest[i]), c.least), t.wide/4)
		left -= c.width
	}
	left -= t.wholeHeads(left)
	for i := range t.columns {
		if c := &t.columns[i]; c.share > 0 {
			c.width = left * unit(c.share) / unit(shares)
		}
	}
}

// wholeHeads widens the columns whose heads would wrap, where words keep room enough, and
// returns by how much.
func (t *table) wholeHeads(left unit) (sum unit) {
	more := make([]unit, len(t.columns))
	for i := range t.columns {
		if c := &t.columns[i]; c.share == 0 && !t.bare {
			more[i] = max(0, min(t.width(c.head, t.head)+pt/10, t.wide/4)-c.width)
			sum += more[i]
		}
	}
	if left-sum < t.wide*2/5 {
		return 0
	}
	for i := range more {
		t.columns[i].width += more[i]
	}
	return sum
}

// cell is a text with the boldest look that it may have.
type cell struct {
	text  string
	style style
}

// longer is whichever has more characters: figures are all of one width.
func (c cell) longer(d cell) cell {
	if utf8.RuneCountInString(d.text) > utf8.RuneCountInString(c.text) {
		return d
	}
	return c
}

// widest is the width that a column needs.
func (t *table) widest(head string, longest cell) (w unit) {
	if !t.bare {
		// A head may wrap between words, but not inside of one.
		for _, word := range strings.Split(head, " ") {
			w = max(w, t.width(word, t.head))
		}
	}
	if longest.text != "" {
		w = max(w, t.width(longest.text, longest.style))
	}
	return w + pt/10
}

// draw writes the rows, which are asked for twice and never held.
func (t *table) draw(rows iter.Seq[row]) {
	t.measure(rows)
	t.header()
	var held *row // until it is known whether it is the last
	for r := range rows {
		if held != nil {
			t.row(held, false)
		}
		held = &r
	}
	if held != nil {
		t.row(held, true)
	}
}

func (t *table) header() {
	if t.bare {
		return
	}
	cells := t.layout(func(i int) string { return t.columns[i].head }, t.head)
	h := t.high(cells, t.head)
	if t.y+h+t.height(t.head)*2 > pageHeight-lowEdge && !t.broken {
		t.open()
	}
	t.fill(t.x, t.y, t.wide, h, t.ground)
	t.cells(cells, t.head, h)
}

// layout wraps each cell into its column.
func (t *table) layout(text func(i int) string, st style) [][]shape.Line {
	out := make([][]shape.Line, len(t.columns))
	for i := range t.columns {
		switch s, c := text(i), &t.columns[i]; {
		case s == "":
		case c.share > 0:
			out[i] = t.prose(s, st, c.width)
		default:
			out[i] = t.wrap(s, st, c.width)
		}
	}
	return out
}

// high is how high a row of wrapped cells is.
func (t *table) high(cells [][]shape.Line, st style) unit {
	n := 1
	for _, c := range cells {
		n = max(n, len(c))
	}
	return unit(n)*t.height(st) + 2*t.padding
}

// cells writes a row's cells at the current height and goes below them.
func (t *table) cells(cells [][]shape.Line, st style, h unit) {
	x := t.x + t.inset
	for i := range t.columns {
		c := &t.columns[i]
		t.write(cells[i], st, x, t.y+t.padding, c.width, c.align)
		x += c.width + t.gap
	}
	t.y += h
}

// row writes one row; one that does not fit begins a page, or, if it is higher than that
// is of use, goes on there.
func (t *table) row(r *row, last bool) {
	cells := t.layout(func(i int) string {
		if i < len(r.cells) {
			return r.cells[i]
		}
		return ""
	}, r.style)
	carry := unit(0) // for the sum so far, should the page end here
	if r.carried != "" {
		carry = t.height(t.carry) + 2*t.padding
	}
	reserve := carry
	if last {
		reserve = 0
	}
	h := t.high(cells, r.style)
	if h+reserve > t.room() && h < (pageHeight-topEdge-lowEdge)/3 {
		t.next()
	}
	for h+reserve > t.room() {
		if t.part(cells, r.style, t.room()-carry) {
			t.before = r.carried // its figures stand in its first part
		}
		t.next()
		h = t.high(cells, r.style)
	}
	if r.ground != nil {
		t.fill(t.x, t.y, t.wide, h, *r.ground)
	}
	t.cells(cells, r.style, h)
	if !t.bare {
		t.rule(t.x, t.y-pt/2, t.wide, pt/2, t.line)
	}
	t.before = r.carried
}

// part writes as many lines of a row as go into a height, and takes them from its cells. It
// reports whether there were any.
func (t *table) part(cells [][]shape.Line, st style, room unit) bool {
	n := int((room - 2*t.padding) / t.height(st))
	if n < 1 {
		return false
	}
	part := make([][]shape.Line, len(cells))
	for i := range cells {
		k := min(n, len(cells[i]))
		part[i], cells[i] = cells[i][:k], cells[i][k:]
	}
	t.cells(part, st, t.high(part, st))
	return true
}

// next goes on on a new page: the sum so far at the end of this one and the beginning of
// the next, below the head.
func (t *table) next() {
	t.sumSoFar("carried")
	t.open()
	t.broken = true
	t.header()
	t.sumSoFar("brought")
}

func (t *table) sumSoFar(key string) {
	if t.before == "" {
		return
	}
	h := t.height(t.carry) + 2*t.padding
	figure := t.columns[len(t.columns)-1].width
	label := t.wide - 2*t.inset - figure - t.gap
	t.write(t.wrap(t.words.say(key), t.carry, label), t.carry, t.x+t.inset, t.y+t.padding, label, end)
	t.write(t.wrap(t.before, t.carry, figure), t.carry, t.x+t.inset+label+t.gap, t.y+t.padding, figure, figures)
	t.y += h
	t.rule(t.x, t.y-pt/2, t.wide, pt/2, t.line)
}
