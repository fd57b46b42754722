package simulate

import (
	"fmt"

	"duebot/ledger"
)

// segments are those of customers.
var segments = []string{"retail", "north", "south", "east", "west", ""}

// piloted begins a pilot, lets somebody else in, or ends it.
func (s *company) piloted(tx *ledger.Tx) error {
	s.oracle.pilot = nil
	if s.rng.IntN(2) == 0 {
		s.oracle.pilot = []string{}
		for _, x := range segments[:len(segments)-1] {
			if s.rng.IntN(2) == 0 {
				s.oracle.pilot = append(s.oracle.pilot, x)
			}
		}
	}
	s.oracle.changed = s.now
	s.did["pilot"]++
	_, err := tx.SetPilot(s.oracle.pilot != nil, nil, s.oracle.pilot)
	return err
}

// heldBack are the words that the books have as held back by the pilot since the last time.
func (s *company) heldBack(v *ledger.View, thanks map[int]int, stated map[int]bool) (words map[int]*word, overs map[int]bool) {
	words, overs = map[int]*word{}, map[int]bool{}
	seen := map[ledger.Date]int{}
	for _, x := range v.HeldBack(0) {
		if seen[x.For]++; seen[x.For] <= s.held[x.For] {
			continue
		}
		d := s.debtorOf(x.Customer)
		s.did[fmt.Sprint("held back ", x.Kind)]++
		switch x.Kind {
		case ledger.NoticeStatement:
			stated[d.id] = true
			continue
		case ledger.NoticeThanks:
			thanks[d.id] = x.Step
			continue
		case ledger.NoticePlanOver:
			overs[d.id] = true
			continue
		}
		if words[d.id] != nil {
			s.oracle.fault(d, s.now, "two words are held back at once")
		}
		n := x.Notice()
		w := s.word(&ledger.Notice{NoticeQueued: n})
		w.sums = map[string]int64{}
		for _, sum := range x.Sums {
			w.sums[string(sum.Currency)] += sum.Minor
		}
		words[d.id] = w
	}
	s.held = seen
	return words, overs
}
