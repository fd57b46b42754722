package simulate

import (
	"time"

	"duebot/ledger"
	"duebot/reminders"
)

// wish has a reader of the digest choose other days and another hour, or a pause.
func (s *company) wish() {
	r := s.oracle.readers[s.rng.IntN(len(s.oracle.readers))]
	r.minute = []int{7 * 60, 9 * 60, 17*60 + 30, 20*60 + 15}[s.rng.IntN(4)]
	r.days = [][]time.Weekday{nil, {0, 1, 2, 3, 4, 5, 6}, {time.Monday}, {time.Tuesday, time.Friday}}[s.rng.IntN(4)]
	if r.pause = 0; s.rng.IntN(4) == 0 {
		r.pause = r.at.today(s.now) + day(s.rng.IntN(15))
	}
}

// readers are those of the digest, as the rules are told of them.
func (s *company) readers() (out []reminders.Reader) {
	for _, r := range s.oracle.readers {
		wish := ledger.DigestWish{Days: ledger.DigestWorking, Minute: r.minute, Until: ledger.Date(r.pause)}
		if len(r.days) > 0 {
			wish.Days = 0
		}
		for _, d := range r.days {
			wish.Days |= 1 << d
		}
		out = append(out, reminders.Reader{User: r.name, Zone: r.at.zone, Wish: wish, Days: ledger.Days{Calendar: holidaysOf}})
	}
	return out
}
