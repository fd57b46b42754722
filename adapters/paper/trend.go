package paper

import "duebot/adapters/paper/canvas"

// TrendData is sums over time, as lines.
type TrendData struct {
	Title, Note string
	Labels      []string // of the points in time, short
	Lines       []TrendLine
	Short       func(minor int64) string
}

// TrendLine is one line, of a tone and its name in the legend.
type TrendLine struct {
	Tone  Tone
	Minor []int64 // one for each label
}

// Trend draws how sums moved as a PNG, two pixels for each point. Lines differ in width and
// in their last point's mark, not in colour alone.
func Trend(data TrendData, look Look) ([]byte, error) {
	var least, most int64
	legend := make([]Tone, len(data.Lines))
	for i, l := range data.Lines {
		legend[i] = l.Tone
		for _, m := range l.Minor {
			least, most = min(least, m), max(most, m)
		}
	}
	p := look.plot(data.Title, data.Note, legend, data.Short, least, most)
	pitch := p.width / float32(max(len(data.Labels)-1, 1))
	for i, l := range data.Lines {
		points := make([]canvas.Point, len(l.Minor))
		for j, m := range l.Minor {
			points[j] = canvas.Point{X: p.left + pitch*float32(j), Y: p.height(m)}
		}
		if len(points) == 0 {
			continue
		}
		tone := p.tones[min(max(l.Tone.Step, 0), len(p.tones)-1)]
		p.Stroke(points, 3.2-float32(i), tone)
		last := points[len(points)-1]
		round := float32(5)
		if i%2 == 1 {
			round = 1
		}
		p.Rect(last.X-5, last.Y-5, 10, 10, round, tone)
		p.Rect(last.X-2, last.Y-2, 4, 4, round/2, p.ground)
	}
	p.labels(data.Labels, pitch, 0)
	return p.PNG()
}
