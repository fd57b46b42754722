package paper

import "duebot/adapters/paper/canvas"

// AgingData is who or what owes how much, as bars. All words and sums come in the reader's
// language; nothing is summed up or rounded here.
type AgingData struct {
	Title  string // "Receivables by age"
	Note   string // "21 November 2026 · EUR"
	Groups []AgingGroup
	Legend []Tone // what the tones mean, where the bars do not say it themselves
}

// AgingGroup is bars on one scale: those of one currency.
type AgingGroup struct {
	Heading string // "EUR", "" where there is one group
	Total   string
	Bars    []AgingBar
}

// AgingBar is one bar: a bucket, a customer, an owner.
type AgingBar struct {
	Label, Value string
	Parts        []AgingPart
	Was          int64 // what it was before, as an outline; 0: none
}

// AgingPart is a part of a bar. What is below zero is not drawn; the bar's value tells it.
type AgingPart struct {
	Tone  Tone
	Minor int64
}

// Tone is a colour and what it means: 0 is not due, 1 to 5 are older and older.
type Tone struct {
	Step    int
	Hatched bool   // disputed, or only expected
	Outline bool   // what was before
	Label   string // in the legend
}

const (
	barHeight   = 13
	barPitch    = 45
	headingLead = 28
)

// Aging draws receivables by age as a PNG, two pixels for each point. The same data and
// look give the same bytes.
func Aging(data AgingData, look Look) ([]byte, error) {
	if look.Width == 0 {
		look.Width = pictureWidth
	}
	// The height follows from the words, so they are measured on a picture that nobody sees.
	measure := look.open("", "", 0)
	below := measure.legend(data.Legend, 0, false) + 6
	for _, g := range data.Groups {
		if g.Heading != "" || g.Total != "" {
			below += headingLead
		}
		below += float32(len(g.Bars)) * barPitch
	}
	b := look.open(data.Title, data.Note, below)
	b.y += 6
	for _, g := range data.Groups {
		b.group(&g)
	}
	b.legend(data.Legend, b.y, true)
	return b.PNG()
}

func (b *board) group(g *AgingGroup) {
	end := float32(b.W) - margin
	if g.Heading != "" || g.Total != "" {
		w := b.end(g.Total, true, end, b.y+15, labelSize+1, b.ink)
		b.fit(g.Heading, true, margin, b.y+15, labelSize+1, b.inner()-w-12, b.ink)
		b.Rect(margin, b.y+22, b.inner(), 1, 0, b.rule)
		b.y += headingLead
	}
	var most int64
	for _, bar := range g.Bars {
		most = max(most, bar.sum(), bar.Was)
	}
	for _, bar := range g.Bars {
		w := b.end(bar.Value, true, end, b.y+15, labelSize, b.ink)
		b.fit(bar.Label, false, margin, b.y+15, labelSize, b.inner()-w-12, b.ink)
		b.stack(&bar, b.y+22, most)
		b.y += barPitch
	}
}

// sum is what a bar's parts make together.
func (x *AgingBar) sum() (n int64) {
	for _, p := range x.Parts {
		n += max(p.Minor, 0)
	}
	return n
}

// stack draws a bar's parts one after the other, with a hair between them.
func (b *board) stack(bar *AgingBar, y float32, most int64) {
	b.Rect(margin, y, b.inner(), barHeight, 4, b.track)
	if most <= 0 {
		return
	}
	const hair = 1
	x := float32(margin)
	for _, p := range bar.Parts {
		if p.Minor <= 0 {
			continue
		}
		// At least a sliver: what is there must be seen.
		w := max(b.inner()*float32(p.Minor)/float32(most), 3)
		w = min(w, float32(b.W)-margin-x)
		b.bar(x, y, max(w-hair, 1), barHeight, p.Tone, 4)
		x += w
	}
	if bar.Was > 0 {
		b.outline(margin, y-2, max(b.inner()*float32(bar.Was)/float32(most), 3), barHeight+4)
	}
}

// outline draws the edge of a bar: what it was before.
func (b *board) outline(x, y, w, h float32) {
	b.Stroke([]canvas.Point{{X: x, Y: y}, {X: x + w, Y: y}, {X: x + w, Y: y + h}, {X: x, Y: y + h}, {X: x, Y: y}}, 1.4, b.ink)
}
