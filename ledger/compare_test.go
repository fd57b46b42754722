package ledger

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// TestDifferCost holds a long account against a long list, whose lines say much. It is done while
// everybody else's commands wait.
func TestDifferCost(t *testing.T) {
	var ours []side
	for i := range 5_000 {
		ours = append(ours, side{date: Date(20_000 + i%300), number: fmt.Sprint("INV-", i), words: []string{fmt.Sprint("INV", i), "2026"}, minor: int64(1000 + i)})
	}
	var list []AccountLine
	for i := range 5_000 {
		var text strings.Builder
		for word := range 100 {
			fmt.Fprintf(&text, "A%06d ", 100*i+word)
		}
		list = append(list, AccountLine{Date: Date(20_000 + i%300), Number: fmt.Sprint("X-", i), Text: "2025 " + text.String(),
			Debit: decimal.New(int64(900+i), -2)})
	}
	begun := time.Now()
	found := differ(ours, theirSides(list, &Statement{Currency: "EUR"}, Period{From: 19_000, To: 21_000}, "EUR", 1), "EUR")
	if took := time.Since(begun); took > 2*time.Second || len(found) == 0 {
		t.Errorf("%d differences after %v", len(found), took)
	}
}

// TestDifferFindsTheSame compares differ with what it means: each line takes the first of the
// other side that fits.
func TestDifferFindsTheSame(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	some := func() (out []side) {
		for range rnd.IntN(12) {
			s := side{date: Date(20_000 + rnd.IntN(30)), number: fmt.Sprint(rnd.IntN(6)), minor: int64(rnd.IntN(7) - 3)}
			for range rnd.IntN(4) {
				s.words = append(s.words, []string{"", "A1", "B2", "C3", "D4"}[rnd.IntN(5)])
			}
			if rnd.IntN(5) == 0 {
				s.date = 0
			}
			out = append(out, s)
		}
		return out
	}
	for range 5_000 {
		ours, theirs := some(), some()
		again := append([]side(nil), theirs...)
		if got, want := differ(ours, theirs, "EUR"), differPlainly(ours, again, "EUR"); !reflect.DeepEqual(got, want) {
			t.Fatalf("%v\n%v\ngot  %v\nwant %v", ours, theirs, got, want)
		}
	}
}

// differPlainly matches lines by document and sum, then by document, then by sum and day; what is left
// is on one side only.
func differPlainly(ours, theirs []side, cur Currency) (out []Difference) {
	ours = slices.Clone(ours)
	named := func(a, b *side) bool {
		return slices.ContainsFunc(a.words, func(w string) bool { return w != "" && slices.Contains(b.words, w) })
	}
	match := func(fits func(a, b *side) bool, sums bool) {
		for i := range ours {
			a := &ours[i]
			for j := range theirs {
				b := &theirs[j]
				if a.matched || b.matched || !fits(a, b) {
					continue
				}
				a.matched, b.matched = true, true
				if sums {
					out = append(out, Difference{OtherSum, a.date, a.number, cur, a.minor, b.minor})
				}
			}
		}
	}
	match(func(a, b *side) bool { return a.minor == b.minor && named(a, b) }, false)
	match(func(a, b *side) bool { return a.minor > 0 == (b.minor > 0) && named(a, b) }, true)
	match(func(a, b *side) bool {
		return a.minor == b.minor && b.date != 0 && a.date <= b.date.AddDays(matchDays) && b.date <= a.date.AddDays(matchDays)
	}, false)
	for _, a := range ours {
		if !a.matched {
			out = append(out, Difference{OnlyOurs, a.date, a.number, cur, a.minor, 0})
		}
	}
	for _, b := range theirs {
		if !b.matched {
			out = append(out, Difference{OnlyTheirs, b.date, b.number, cur, 0, b.minor})
		}
	}
	slices.SortStableFunc(out, func(a, b Difference) int { return int(a.Date) - int(b.Date) })
	return out
}
