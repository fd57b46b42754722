package match_test

import (
	"testing"

	"duebot/ledger/match"
	"duebot/ledger/match/matchtest"
)

// Lines that look as if they named an invoice, of its customer and with its sum, are never booked
// without a person.
func TestHostileLines(t *testing.T) {
	for seed := uint64(1); seed <= 2; seed++ {
		w := matchtest.New(seed, 2000)
		b := bookOf(w)
		for _, l := range w.Hostile(1000) {
			if v := b.Match(l.BankLine); v.Kind == match.Post {
				t.Errorf("seed %d, %s: %.120q %q, from %q, was posted: %s %q", seed, l.How, l.Text, l.EndToEnd, l.PartyName, told(v), reasons(v.Candidates[0]))
			}
		}
	}
}
