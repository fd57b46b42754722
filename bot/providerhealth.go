package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"duebot/adapters/pay"
	"duebot/ledger"
)

// silences are the payment providers that do not answer, each with since when. The zero one is
// ready.
type silences struct {
	mu    sync.Mutex
	since map[string]time.Time
}

// heard notes what came of a call to a provider. That it refuses is an answer.
func (s *silences) heard(by string, err error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, refused := ledger.AsRefusal(err)
	if err == nil || refused || errors.Is(err, pay.ErrNoSession) || errors.Is(err, pay.ErrUnread) {
		delete(s.since, by)
		return
	}
	if s.since == nil {
		s.since = map[string]time.Time{}
	}
	if s.since[by].IsZero() {
		s.since[by] = now
	}
}

// lines tell which providers do not answer.
func (s *silences) lines() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, by := range slices.Sorted(maps.Keys(s.since)) {
		out = append(out, fmt.Sprintf("%s has failed since %s; its Pay buttons open nothing", by, s.since[by].UTC().Format(time.RFC3339)))
	}
	return out
}
