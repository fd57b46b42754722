// Package canvas draws pictures: areas, lines and shaped text on pixels, two for each
// point, so that they are sharp on a phone.
package canvas

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"duebot/adapters/paper/shape"

	typefont "github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/vector"
)

// Scale is how many pixels make a point.
const Scale = 2

// Canvas is a picture that is being drawn. Its points begin at the top left; with RTL they
// begin at the top right, so that whatever is laid out from left to right is mirrored.
type Canvas struct {
	W, H int // points
	RTL  bool

	img   *image.RGBA
	path  []step
	ras   *vector.Rasterizer
	faces map[*typefont.Font]*typefont.Face
}

// step is one of a path, in pixels.
type step struct {
	op opentype.SegmentOp
	at [3]Point
}

// New returns a canvas of that size in points, filled with a colour.
func New(w, h int, rtl bool, ground color.RGBA) *Canvas {
	c := &Canvas{W: w, H: h, RTL: rtl, img: image.NewRGBA(image.Rect(0, 0, w*Scale, h*Scale)), ras: vector.NewRasterizer(1, 1), faces: map[*typefont.Font]*typefont.Face{}}
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	return c
}

// PNG is the picture as a file. Few colours make a small one.
func (c *Canvas) PNG() ([]byte, error) {
	var b bytes.Buffer
	var img image.Image = c.img
	if few := c.paletted(); few != nil {
		img = few
	}
	if err := png.Encode(&b, img); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// paletted is the picture with its colours as a table, nil where they are too many.
func (c *Canvas) paletted() *image.Paletted {
	out := image.NewPaletted(c.img.Bounds(), nil)
	index := map[color.RGBA]uint8{}
	var last color.RGBA
	var at uint8
	for i := range out.Pix {
		p := c.img.Pix[4*i : 4*i+4]
		col := color.RGBA{p[0], p[1], p[2], p[3]}
		if col == last && len(out.Palette) > 0 { // as most are
			out.Pix[i] = at
			continue
		}
		var ok bool
		if at, ok = index[col]; !ok {
			if len(out.Palette) == 256 {
				return nil
			}
			at = uint8(len(out.Palette))
			index[col] = at
			out.Palette = append(out.Palette, col)
		}
		out.Pix[i], last = at, col
	}
	return out
}

// Rect fills a rectangle whose corners are rounded by r.
func (c *Canvas) Rect(x, y, w, h, r float32, col color.RGBA) {
	if w <= 0 || h <= 0 {
		return
	}
	if c.RTL {
		x = float32(c.W) - x - w
	}
	r = min(r, w/2, h/2) * Scale
	x, y, w, h = x*Scale, y*Scale, w*Scale, h*Scale
	k := r * 0.4477 // what a quarter of a circle leaves of its square, as a cubic curve
	c.move(x+r, y)
	c.line(x+w-r, y)
	c.cube(Point{x + w - k, y}, Point{x + w, y + k}, Point{x + w, y + r})
	c.line(x+w, y+h-r)
	c.cube(Point{x + w, y + h - k}, Point{x + w - k, y + h}, Point{x + w - r, y + h})
	c.line(x+r, y+h)
	c.cube(Point{x + k, y + h}, Point{x, y + h - k}, Point{x, y + h - r})
	c.line(x, y+r)
	c.cube(Point{x, y + k}, Point{x + k, y}, Point{x + r, y})
	c.fill(col)
}

// Point is a place on the canvas.
type Point struct{ X, Y float32 }

// Stroke draws a line of that width from point to point, with round ends.
func (c *Canvas) Stroke(points []Point, width float32, col color.RGBA) {
	for i := 1; i < len(points); i++ {
		c.segment(points[i-1], points[i], width)
	}
	c.fill(col)
	for _, p := range points {
		c.Rect(p.X-width/2, p.Y-width/2, width, width, width/2, col)
	}
}

// Hatch draws lines from lower left to upper right over a rectangle.
func (c *Canvas) Hatch(x, y, w, h, pitch, width float32, col color.RGBA) {
	for at := x - h; at < x+w; at += pitch {
		from, to := Point{at, y + h}, Point{at + h, y}
		if from.X < x {
			from = Point{x, from.Y - (x - from.X)}
		}
		if to.X > x+w {
			to = Point{x + w, to.Y + to.X - (x + w)}
		}
		if to.X > from.X {
			c.segment(from, to, width)
		}
	}
	c.fill(col)
}

// segment adds a straight line to the path.
func (c *Canvas) segment(a, b Point, width float32) {
	dx, dy := b.X-a.X, b.Y-a.Y
	n := root(dx*dx + dy*dy)
	if n == 0 {
		return
	}
	nx, ny := -dy/n*width/2, dx/n*width/2
	for i, p := range []Point{{a.X + nx, a.Y + ny}, {b.X + nx, b.Y + ny}, {b.X - nx, b.Y - ny}, {a.X - nx, a.Y - ny}} {
		if c.RTL {
			p.X = float32(c.W) - p.X
		}
		if i == 0 {
			c.move(p.X*Scale, p.Y*Scale)
		} else {
			c.line(p.X*Scale, p.Y*Scale)
		}
	}
}

// root is the square root by Newton's steps, which are the same on every machine.
func root(v float32) float32 {
	if v <= 0 {
		return 0
	}
	x := max(v, 1)
	for range 40 {
		x = (x + v/x) / 2
	}
	return x
}

// Text draws a line of text of that size; x is where it begins, y its baseline. It returns
// how wide it is.
func (c *Canvas) Text(line shape.Line, x, y, size float32, col color.RGBA) float32 {
	width := Width(line, size)
	if c.RTL {
		x = float32(c.W) - x - width
	}
	part := size * Scale / shape.Em // pixels of one part of an em
	pen := x * Scale
	for _, run := range line.Runs {
		parsed, err := run.Font.Parsed()
		if err != nil {
			continue
		}
		face := c.faces[parsed]
		if face == nil {
			face = typefont.NewFace(parsed)
			c.faces[parsed] = face
		}
		unit := size * Scale / float32(face.Upem())
		bold := float32(run.Font.Weight) / 1000 * size * Scale
		for _, g := range run.Glyphs {
			gx, gy := pen+float32(g.X)*part, y*Scale-float32(g.Y)*part
			pen += float32(g.Advance) * part
			outline, ok := face.GlyphDataOutline(typefont.GID(g.ID))
			if !ok || len(outline.Segments) == 0 {
				continue
			}
			c.glyph(outline, gx-bold/2, gy, unit)
			if bold > 0 {
				c.glyph(outline, gx+bold/2, gy, unit)
			}
		}
	}
	c.fill(col)
	return width
}

// Width is how wide a line is at a size.
func Width(line shape.Line, size float32) float32 { return float32(line.Width) * size / shape.Em }

// glyph adds an outline to the path.
func (c *Canvas) glyph(o typefont.GlyphOutline, x, y, unit float32) {
	for i := range o.Segments {
		s := step{op: o.Segments[i].Op}
		for j, p := range o.Segments[i].ArgsSlice() {
			s.at[j] = Point{x + p.X*unit, y - p.Y*unit}
		}
		c.path = append(c.path, s)
	}
}

func (c *Canvas) move(x, y float32) {
	c.path = append(c.path, step{opentype.SegmentOpMoveTo, [3]Point{{x, y}}})
}

func (c *Canvas) line(x, y float32) {
	c.path = append(c.path, step{opentype.SegmentOpLineTo, [3]Point{{x, y}}})
}

func (c *Canvas) cube(p, q, r Point) {
	c.path = append(c.path, step{opentype.SegmentOpCubeTo, [3]Point{p, q, r}})
}

// bounds is the pixels that the path may touch.
func (c *Canvas) bounds() image.Rectangle {
	r := image.Rectangle{}
	for i := range c.path {
		s := &c.path[i]
		for j := range (&opentype.Segment{Op: s.op}).ArgsSlice() {
			x, y := int(s.at[j].X), int(s.at[j].Y)
			r = r.Union(image.Rect(x-1, y-1, x+2, y+2))
		}
	}
	return r.Intersect(c.img.Bounds())
}

// shades is how many steps an edge has between a colour and its ground: enough for the
// eye, and so few that all colours of a picture fit a table.
const shades = 16

// fill paints what the path encloses, and ends it. Only the pixels around it are looked at.
func (c *Canvas) fill(col color.RGBA) {
	r := c.bounds()
	defer func() { c.path = c.path[:0] }()
	if r.Empty() {
		return
	}
	c.trace(r)
	mask := image.NewAlpha(image.Rect(0, 0, r.Dx(), r.Dy()))
	c.ras.DrawOp = draw.Src
	c.ras.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	for i, cover := range mask.Pix {
		n := (int(cover)*shades + 127) / 255
		if n == 0 {
			continue
		}
		at := c.img.PixOffset(r.Min.X+i%mask.Stride, r.Min.Y+i/mask.Stride)
		p := c.img.Pix[at : at+4]
		for j, v := range [4]uint8{col.R, col.G, col.B, col.A} {
			p[j] = uint8((int(v)*n + int(p[j])*(shades-n) + shades/2) / shades)
		}
	}
}

// trace gives the path to the rasterizer, as seen from a rectangle.
func (c *Canvas) trace(r image.Rectangle) {
	z, x, y := c.ras, float32(r.Min.X), float32(r.Min.Y)
	z.Reset(r.Dx(), r.Dy())
	for i := range c.path {
		s := &c.path[i]
		a, b, d := s.at[0], s.at[1], s.at[2]
		switch s.op {
		case opentype.SegmentOpMoveTo:
			z.ClosePath()
			z.MoveTo(a.X-x, a.Y-y)
		case opentype.SegmentOpLineTo:
			z.LineTo(a.X-x, a.Y-y)
		case opentype.SegmentOpQuadTo:
			z.QuadTo(a.X-x, a.Y-y, b.X-x, b.Y-y)
		case opentype.SegmentOpCubeTo:
			z.CubeTo(a.X-x, a.Y-y, b.X-x, b.Y-y, d.X-x, d.Y-y)
		}
	}
	z.ClosePath()
}
