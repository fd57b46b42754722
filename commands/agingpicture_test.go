package commands

import (
	"slices"
	"testing"

	"duebot/commands/card"
	"duebot/ledger"
)

// What is disputed stays in its bar, hatched, and the legend says so; a bar is as long as what is
// open, and no part of it is less than nothing.
func TestDisputedIsHatched(t *testing.T) {
	row := ledger.AgingRow{Currency: "EUR", Bucket: [ledger.Buckets]int64{0, 900, 100}, Disputed: 40, DisputedIn: [ledger.Buckets]int64{0, 0, 40}}
	want := [][]card.Part{
		{{Tone: card.Tone{Step: 0}}, {Tone: card.Tone{Step: 0, Hatched: true}}},
		{{Tone: card.Tone{Step: 1}, Minor: 900}, {Tone: card.Tone{Step: 1, Hatched: true}}},
		{{Tone: card.Tone{Step: 2}, Minor: 60}, {Tone: card.Tone{Step: 2, Hatched: true}, Minor: 40}},
	}
	for b := range want {
		if got := agingParts(&row, b); !slices.EqualFunc(got, want[b], samePart) {
			t.Errorf("bucket %d: got %+v, want %+v", b, got, want[b])
		}
	}
	hatched := func(rows ...ledger.AgingRow) bool {
		return slices.ContainsFunc(agingLegend(nil, rows, true), func(x card.Tone) bool { return x.Hatched })
	}
	if !hatched(row) || hatched(ledger.AgingRow{Currency: "EUR", Bucket: row.Bucket}) {
		t.Error("the legend tells of disputed sums where there are none, or not where there are")
	}
}

func samePart(a, b card.Part) bool {
	return a.Minor == b.Minor && a.Tone.Step == b.Tone.Step && a.Tone.Hatched == b.Tone.Hatched
}
