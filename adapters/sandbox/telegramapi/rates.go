package telegramapi

import (
	"math"
	"time"
)

// The limits, in business time. Telegram publishes "about one message per second and
// chat, twenty a minute in a group, thirty a second in all", and lets short bursts pass.
// Edits have a pool of their own with more room.
const (
	chatBurst, chatPerSecond = 3, 1
	editBurst, editPerSecond = 10, 2
	allBurst, allPerSecond   = 30, 30
	groupMax                 = 20
	groupWindow              = time.Minute
)

// rates is what was sent lately.
type rates struct {
	all    bucket
	sends  map[int64]*bucket
	edits  map[int64]*bucket
	groups map[int64][]time.Time
}

func newRates() rates {
	return rates{sends: map[int64]*bucket{}, edits: map[int64]*bucket{}, groups: map[int64][]time.Time{}}
}

// bucket counts how much of a burst is used up; it drains with time.
type bucket struct {
	used float64
	at   time.Time
}

// wait returns how long until one more fits, and forgets what has drained.
func (b *bucket) wait(now time.Time, burst, perSecond float64) time.Duration {
	if gone := now.Sub(b.at).Seconds(); gone > 0 {
		b.used = math.Max(0, b.used-gone*perSecond)
	}
	b.at = now
	if b.used <= burst-1 {
		return 0
	}
	return time.Duration((b.used - burst + 1) / perSecond * float64(time.Second))
}

// admit counts one message (or edit) to a chat, or refuses it with the seconds to wait.
// A refused one is not counted.
func (s *Server) admit(r *room, edit bool) *apiError {
	now := s.now()
	pool, burst, perSecond := s.rates.sends, float64(chatBurst), float64(chatPerSecond)
	if edit {
		pool, burst, perSecond = s.rates.edits, editBurst, editPerSecond
	}
	b := pool[r.ID]
	if b == nil {
		b = &bucket{}
		pool[r.ID] = b
	}
	wait := max(s.rates.all.wait(now, allBurst, allPerSecond), b.wait(now, burst, perSecond))
	if group := r.Type != "private" && !edit; group {
		wait = max(wait, s.rates.group(r.ID, now))
		if wait == 0 {
			s.rates.groups[r.ID] = append(s.rates.groups[r.ID], now)
		}
	}
	if wait > 0 {
		return tooMany(int(math.Ceil(wait.Seconds())))
	}
	b.used++
	s.rates.all.used++
	return nil
}

// charge counts more messages that go with one that was admitted: an album is let in whole
// and paid for by what comes after it.
func (s *Server) charge(r *room, n int) {
	now := s.now()
	s.rates.sends[r.ID].used += float64(n)
	s.rates.all.used += float64(n)
	for range n {
		if r.Type != "private" {
			s.rates.groups[r.ID] = append(s.rates.groups[r.ID], now)
		}
	}
}

// group returns how long until a group takes another message.
func (x *rates) group(id int64, now time.Time) time.Duration {
	list := x.groups[id]
	for len(list) > 0 && now.Sub(list[0]) >= groupWindow {
		list = list[1:]
	}
	x.groups[id] = list
	if len(list) < groupMax {
		return 0
	}
	return groupWindow - now.Sub(list[len(list)-groupMax])
}
