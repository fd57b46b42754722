package paper

// CashData is money by day, week or month, as columns.
type CashData struct {
	Title   string // "Cash in"
	Note    string
	Columns []CashColumn
	Legend  []Tone
	// Short writes a sum for the scale, in the reader's language: "€20k".
	Short func(minor int64) string
}

// CashColumn is one span of time: what came, and what is still expected in it.
type CashColumn struct {
	Label    string // short: "17 Nov", "Nov"
	Came     int64  // minor units
	Expected int64
}

const (
	plotHeight = 190
	axisSize   = 11
	axisLead   = 22
)

// CashIn draws money received and expected as a PNG, two pixels for each point.
func CashIn(data CashData, look Look) ([]byte, error) {
	var most int64
	labels := make([]string, len(data.Columns))
	for i, c := range data.Columns {
		most = max(most, max(c.Came, 0)+max(c.Expected, 0))
		labels[i] = c.Label
	}
	p := look.plot(data.Title, data.Note, data.Legend, data.Short, 0, most)
	pitch := p.width / float32(max(len(data.Columns), 1))
	wide := min(pitch*0.68, 40)
	for i, c := range data.Columns {
		x := p.left + pitch*(float32(i)+0.5) - wide/2
		base := p.height(0)
		for _, part := range []struct {
			minor int64
			tone  Tone
		}{{c.Came, Tone{}}, {c.Expected, Tone{Hatched: true}}} {
			if part.minor <= 0 {
				continue
			}
			h := max(p.height(0)-p.height(part.minor), 1.5)
			p.bar(x, base-h, wide, h, part.tone, 2)
			base -= h + 1
		}
	}
	p.labels(labels, pitch, pitch/2)
	return p.PNG()
}

// plot is a picture with a scale of sums at its start.
type plot struct {
	*board
	left, width float32
	top, low    float32
	from, step  int64
	steps       int64
}

// plot opens a picture with a scale that covers from least to most.
func (l Look) plot(title, note string, legend []Tone, short func(int64) string, least, most int64) *plot {
	if l.Width == 0 {
		l.Width = pictureWidth
	}
	under := l.open("", "", 0).legend(legend, 0, false)
	p := &plot{board: l.open(title, note, plotHeight+axisLead+under+12)}
	p.scale(least, most)
	p.top = p.y + 14
	p.low = p.top + plotHeight - 8
	widest := float32(0)
	for i := int64(0); i <= p.steps; i++ {
		widest = max(widest, p.board.width(short(p.from+i*p.step), axisSize))
	}
	p.left = margin + widest + 8
	p.width = float32(p.W) - margin - p.left
	for i := int64(0); i <= p.steps; i++ {
		value := p.from + i*p.step
		y := p.height(value)
		p.Rect(p.left, y-0.5, p.width, 1, 0, p.rule)
		p.end(short(value), false, p.left-8, y+4, axisSize, p.muted)
	}
	p.legend(legend, p.low+axisLead+8, true)
	return p
}

// height is where a sum lies.
func (p *plot) height(minor int64) float32 {
	return p.low - (p.low-p.top)*float32(minor-p.from)/float32(p.steps*p.step)
}

// scale chooses between three and six steps of 1, 2 or 5 with zeros.
func (p *plot) scale(least, most int64) {
	least, most = min(least, 0), max(most, 1)
	for p.step = 1; ; {
		for _, k := range []int64{1, 2, 5} {
			step := p.step * k
			from := -((-least + step - 1) / step) * step
			steps := (most - from + step - 1) / step
			if steps <= 5 {
				p.from, p.step, p.steps = from, step, max(steps, 1)
				return
			}
		}
		p.step *= 10
	}
}

// labels writes the names of columns below the plot: all, or every second, third …, as
// many as there is room for, the last among them.
func (p *plot) labels(names []string, pitch, first float32) {
	widest := float32(0)
	for _, n := range names {
		widest = max(widest, p.board.width(n, axisSize))
	}
	every := 1
	for float32(every)*pitch < widest*1.3+6 && every < len(names) {
		every++
	}
	for i := len(names) - 1; i >= 0; i -= every {
		x := p.left + first + pitch*float32(i)
		half := p.board.width(names[i], axisSize) / 2
		x = min(max(x, margin+half), float32(p.W)-margin/2-half)
		p.middle(names[i], x, p.low+17, axisSize, p.muted)
	}
}
