package commands

import (
	"cmp"
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

const (
	barsMost = 8  // of owners, segments or currencies
	barsAll  = 12 // with headings, in one picture: what is much higher than wide is shown small
)

// agingPicture draws a report: the buckets of each currency, or who owes by them.
func agingPicture(title card.Text, c *Call, rows []ledger.AgingRow, by ledger.AgingBy) *card.Picture {
	return agingPictureSince(title, c, rows, by, nil)
}

// agingPictureSince is agingPicture with outlines of what the buckets were before.
func agingPictureSince(title card.Text, c *Call, rows []ledger.AgingRow, by ledger.AgingBy, before []ledger.AgingRow) *card.Picture {
	was := map[ledger.Currency]*ledger.AgingRow{}
	for i := range before {
		was[before[i].Currency] = &before[i]
	}
	totals := ledger.AgingTotals(rows)
	p := &card.Picture{Kind: card.PictureAging, Title: title, Alt: []card.Text{title}}
	groups := map[ledger.Currency][]ledger.AgingGroup{}
	byBucket := by != ledger.ByOwner && by != ledger.BySegment
	ownFirst(c.View, totals)
	bars, left := 0, []string(nil)
	if !byBucket {
		for _, g := range c.Group(rows, by) {
			groups[g.Currency] = append(groups[g.Currency], g)
		}
	}
	for i := range totals {
		t := &totals[i]
		b := card.Bars{Heading: card.Plain(string(t.Currency)), Total: money(t.Total())}
		if byBucket {
			b.Bars = bucketBars(c.View, t, was[t.Currency])
		} else {
			b.Bars = groupBars(groups[t.Currency], by)
		}
		if bars += len(b.Bars) + 1; bars > barsAll && i > 0 {
			left = append(left, string(t.Currency))
			continue
		}
		p.Groups = append(p.Groups, b)
		p.Alt = append(p.Alt, card.T("picture.total", "currency", string(t.Currency), "total", t.Total()))
		for _, bar := range b.Bars {
			p.Alt = append(p.Alt, card.T("picture.bar", "label", bar.Label, "value", bar.Value))
		}
	}
	if len(left) > 0 {
		p.Note = card.T("picture.more", "names", strings.Join(left, ", "))
		p.Alt = append(p.Alt, p.Note)
	}
	p.Legend = agingLegend(c.View, totals, byBucket)
	return p
}

// ownFirst puts the company's own currency before the others.
func ownFirst(v *ledger.View, totals []ledger.AgingRow) {
	base := v.Company().Currency
	slices.SortStableFunc(totals, func(a, b ledger.AgingRow) int { return boolOrder(b.Currency == base, a.Currency == base) })
}

// agingParts are the parts of one bucket: what is disputed is hatched.
func agingParts(r *ledger.AgingRow, b int) []card.Part {
	disputed := min(max(r.DisputedIn[b], 0), max(r.Bucket[b], 0))
	return []card.Part{{Tone: card.Tone{Step: b}, Minor: r.Bucket[b] - disputed}, {Tone: card.Tone{Step: b, Hatched: true}, Minor: disputed}}
}

// bucketBars has a bar for each bucket; was is what they were before, nil where that is not
// shown.
func bucketBars(v *ledger.View, t, was *ledger.AgingRow) (out []card.Bar) {
	for b := range t.Bucket {
		before := int64(0)
		if was != nil {
			before = max(was.Bucket[b], 0)
		}
		if t.Bucket[b] == 0 && before == 0 && b > 0 {
			continue // the day's own row always stands, so that a picture is never empty
		}
		label := bucketText(v, b)
		if b > 0 {
			label = card.T("picture.days", "bucket", label)
		}
		out = append(out, card.Bar{Label: label, Value: money(ledger.Money{Minor: t.Bucket[b], Currency: t.Currency}), Parts: agingParts(t, b), Was: before})
	}
	return out
}

// groupBars are those who owe most, and all others together.
func groupBars(groups []ledger.AgingGroup, by ledger.AgingBy) (out []card.Bar) {
	slices.SortStableFunc(groups, func(a, b ledger.AgingGroup) int { return cmp.Compare(b.Total().Minor, a.Total().Minor) })
	most := ledger.AgingGroup{}
	for i := range groups {
		g := &groups[i]
		if i >= barsMost && len(groups) > barsMost+1 {
			most.Currency = g.Currency
			most.Customers++
			for b := range g.Bucket {
				most.Bucket[b] += g.Bucket[b]
				most.DisputedIn[b] += g.DisputedIn[b]
			}
			most.OnAcct += g.OnAcct
			continue
		}
		out = append(out, groupBar(groupName(g, by), g))
	}
	if most.Customers > 0 {
		out = append(out, groupBar(card.T("picture.others", "number", most.Customers), &most))
	}
	return out
}

func groupBar(label card.Text, g *ledger.AgingGroup) card.Bar {
	bar := card.Bar{Label: label, Value: money(g.Total())}
	for b := range g.Bucket {
		bar.Parts = append(bar.Parts, agingParts(&g.AgingRow, b)...)
	}
	return bar
}

// agingLegend says what the tones mean where the bars do not say it themselves.
func agingLegend(v *ledger.View, totals []ledger.AgingRow, byBucket bool) (out []card.Tone) {
	disputed := false
	for i := range totals {
		disputed = disputed || totals[i].Disputed > 0
	}
	for b := 0; b < ledger.Buckets && !byBucket; b++ {
		out = append(out, card.Tone{Step: b, Label: bucketText(v, b)})
	}
	if disputed {
		out = append(out, card.Tone{Step: 2, Hatched: true, Label: card.T("picture.disputed")})
	}
	return out
}
