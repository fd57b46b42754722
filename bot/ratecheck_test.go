package main

import (
	"sync"
	"testing"
	"time"
)

// What is checked here is what the stand-in saw. It knows Telegram's published limits and
// nothing of how the bot keeps them.

// seenMessage is a message that reached the platform.
type seenMessage struct {
	Wall   time.Time
	Method string
	Where  string // chat
	Status int
}

// paceSeen reads the platform's log: messages that it took, in order of arrival, and how
// many calls it refused as too many.
func paceSeen(t testing.TB, base string) (taken []seenMessage, refused int) {
	t.Helper()
	var log struct{ Entries []seenMessage }
	fetch(t, base+"/control/log?since=0", &log)
	for _, e := range log.Entries {
		switch {
		case e.Status == 429:
			refused++
		case sends(e.Method) && e.Status == 200:
			taken = append(taken, e)
		}
	}
	return taken, refused
}

// densest is the largest number of messages within any window of this length, of one chat or
// of all.
func densest(taken []seenMessage, window time.Duration, chat string) (most int) {
	var within []time.Time
	for _, m := range taken {
		if chat != "" && m.Where != chat {
			continue
		}
		within = append(within, m.Wall)
		for m.Wall.Sub(within[0]) >= window {
			within = within[1:]
		}
		most = max(most, len(within))
	}
	return most
}

// stills are the times in which this machine stood still: nobody sends anything in them.
type stills struct {
	mu    sync.Mutex
	since []time.Time
	until []time.Time
}

// watchStills begins to look for them, until the test ends.
func watchStills(t testing.TB) *stills {
	const step, still = 20 * time.Millisecond, 200 * time.Millisecond
	s := &stills{}
	go func() {
		for last := time.Now(); t.Context().Err() == nil; {
			time.Sleep(step)
			now := time.Now()
			if now.Sub(last) > still {
				s.mu.Lock()
				s.since, s.until = append(s.since, last), append(s.until, now)
				s.mu.Unlock()
			}
			last = now
		}
	}()
	return s
}

// within is how much of the time between two moments they were.
func (s *stills) within(from, to time.Time) (sum time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, since := range s.since {
		until := s.until[i]
		if since.Before(from) {
			since = from
		}
		if until.After(to) {
			until = to
		}
		sum += max(0, until.Sub(since))
	}
	return sum
}

// platformMost is how many messages Telegram takes in a second, over all chats; lineMost is
// how many more a slow line may bring within one second of those that left in more.
const (
	platformMost = 30
	lineMost     = 4
)

// checkPace holds the platform's log against its limits and the rate that was set, and
// returns the rate that was reached while the machine worked.
func checkPace(t testing.TB, base string, s *stills, perSecond int, least float64, most int) float64 {
	t.Helper()
	taken, refused := paceSeen(t, base)
	if len(taken) < 2 {
		t.Fatalf("%d messages were sent", len(taken))
	}
	if refused > 0 {
		t.Errorf("%d calls were answered 429, want none", refused)
	}
	if n := densest(taken, time.Second, ""); n > most {
		t.Errorf("%d messages in one second over all chats, want at most %d", n, most)
	}
	chats := map[string]int{}
	for _, m := range taken {
		chats[m.Where]++
	}
	for chat, n := range chats {
		if n > 1 && densest(taken, 900*time.Millisecond, chat) > 1 {
			t.Errorf("chat %s was sent two messages within a second", chat)
		}
	}
	first, last := taken[0].Wall, taken[len(taken)-1].Wall
	still := s.within(first, last).Seconds()
	took := last.Sub(first).Seconds() - still
	reached := float64(len(taken)-1) / took
	t.Logf("%d messages in %.1f s, and %.1f s of standing still: %.2f a second, %.1f %% of %d; densest second %d", len(taken), took, still,
		reached, 100*reached/float64(perSecond), perSecond, densest(taken, time.Second, ""))
	if reached < least*float64(perSecond) {
		t.Errorf("%.2f messages a second, want %.0f %% of %d", reached, 100*least, perSecond)
	}
	return reached
}
