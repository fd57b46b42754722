package paper

import (
	"image/color"

	"duebot/adapters/paper/canvas"
	"duebot/adapters/paper/font"
	"duebot/adapters/paper/shape"
)

// Look is how a picture is drawn, whatever it shows.
type Look struct {
	Lang   string // decides the direction and the fonts
	Dark   bool
	Width  int           // points, two pixels each; 0: as wide as a phone shows
	Shaper *shape.Shaper // nil: with the program's own fonts
}

var ownFonts = shape.New(font.Embedded())

// pictureWidth is about what a phone shows without making it smaller.
const pictureWidth = 400

// theme is the colours of a picture. Tones go from what is not due to what is oldest: blue
// apart from a row of oranges that grow stronger, which also those can tell apart who do
// not see red or green.
type theme struct {
	ground, ink, muted, track, rule color.RGBA
	tones                           [6]color.RGBA
}

func rgb(v uint32) color.RGBA { return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

func tones(v ...uint32) (out [6]color.RGBA) {
	for i := range out {
		out[i] = rgb(v[i])
	}
	return out
}

var (
	light = theme{ground: rgb(0xffffff), ink: rgb(0x1d1c1d), muted: rgb(0x5f6368), track: rgb(0xeef0f2), rule: rgb(0xd9dce0),
		tones: tones(0x2e75b6, 0xf2c14e, 0xe8963a, 0xcf6a25, 0xa8401c, 0x6e1f12)}
	dark = theme{ground: rgb(0x1b1e23), ink: rgb(0xececec), muted: rgb(0xa9adb3), track: rgb(0x2c3138), rule: rgb(0x3c424a),
		tones: tones(0x6cb1ee, 0xfbe3a4, 0xf6be63, 0xef9140, 0xde6231, 0xc9432a)}
)

func (l Look) theme() *theme {
	if l.Dark {
		return &dark
	}
	return &light
}

// board is a picture that is being laid out from top to bottom.
type board struct {
	*canvas.Canvas
	*theme
	look   Look
	shaper *shape.Shaper
	y      float32
}

const (
	margin     = 18
	titleSize  = 17
	labelSize  = 13.5
	smallSize  = 12
	titleLead  = 24
	noteLead   = 19
	cornerSize = 12
)

// open begins a picture of so many points below its title and note.
func (l Look) open(title, note string, below float32) *board {
	if l.Width == 0 {
		l.Width = pictureWidth
	}
	if l.Shaper == nil {
		l.Shaper = ownFonts
	}
	height := margin + below + margin
	if title != "" {
		height += titleLead
	}
	if note != "" {
		height += noteLead
	}
	b := &board{theme: l.theme(), look: l, shaper: l.Shaper, y: margin}
	b.Canvas = canvas.New(l.Width, int(height+0.5), shape.RTL(l.Lang), color.RGBA{})
	b.Rect(0, 0, float32(b.W), float32(b.H), cornerSize, b.ground)
	if title != "" {
		b.fit(title, true, margin, b.y+titleSize, titleSize, b.inner(), b.ink)
		b.y += titleLead
	}
	if note != "" {
		b.fit(note, false, margin, b.y+smallSize+1, smallSize, b.inner(), b.muted)
		b.y += noteLead
	}
	return b
}

// inner is the width between the margins.
func (b *board) inner() float32 { return float32(b.W) - 2*margin }

// fit writes a text at x, cut where it would be wider than width, and returns how wide it is.
func (b *board) fit(text string, bold bool, x, y, size, width float32, col color.RGBA) float32 {
	line := b.shaper.Fit(text, shape.Style{Lang: b.look.Lang, Bold: bold}, int(width/size*shape.Em))
	return b.Canvas.Text(line, x, y, size, col)
}

// end writes a text that ends at x, and returns how wide it is.
func (b *board) end(text string, bold bool, x, y, size float32, col color.RGBA) float32 {
	line := b.shaper.Line(text, shape.Style{Lang: b.look.Lang, Bold: bold})
	return b.Canvas.Text(line, x-canvas.Width(line, size), y, size, col)
}

// middle writes a text around x.
func (b *board) middle(text string, x, y, size float32, col color.RGBA) {
	line := b.shaper.Line(text, shape.Style{Lang: b.look.Lang})
	b.Canvas.Text(line, x-canvas.Width(line, size)/2, y, size, col)
}

// width is how wide a text is at a size.
func (b *board) width(text string, size float32) float32 {
	return canvas.Width(b.shaper.Line(text, shape.Style{Lang: b.look.Lang}), size)
}

// legend writes what the tones mean, in as many rows as they need, and returns how high
// these are; with draw false it only measures.
func (b *board) legend(items []Tone, y float32, draw bool) float32 {
	const swatch, gap, lead = 10, 14, 20
	if len(items) == 0 {
		return 0
	}
	x := float32(margin)
	rows := float32(1)
	for _, item := range items {
		w := swatch + 5 + b.width(item.Label, smallSize)
		if x > margin && x+w > float32(b.W)-margin {
			x = margin
			rows++
		}
		if draw {
			at := y + (rows-1)*lead
			b.bar(x, at+3, swatch, swatch, item, 3)
			b.fit(item.Label, false, x+swatch+5, at+12.5, smallSize, float32(b.W), b.muted)
		}
		x += w + gap
	}
	return rows*lead + 4
}

// bar fills a rectangle with a tone. What is only expected or disputed is hatched, so that
// it needs no colour to be told apart.
func (b *board) bar(x, y, w, h float32, tone Tone, round float32) {
	col := b.tones[min(max(tone.Step, 0), len(b.tones)-1)]
	if tone.Outline {
		b.outline(x+0.7, y+0.7, w-1.4, h-1.4)
		return
	}
	if !tone.Hatched {
		b.Rect(x, y, w, h, round, col)
		return
	}
	b.Rect(x, y, w, h, round, mix(col, b.ground, 4))
	b.Hatch(x+1, y+1, w-2, h-2, 5, 1.6, col)
}

// mix is a colour with n parts in ten of it, the rest of another.
func mix(a, b color.RGBA, n int) color.RGBA {
	part := func(x, y uint8) uint8 { return uint8((int(x)*n + int(y)*(10-n)) / 10) }
	return color.RGBA{part(a.R, b.R), part(a.G, b.G), part(a.B, b.B), 255}
}
