package main

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// Whoever knows our address or the bot's name can call and write as often as he likes. Each time
// is counted, but only the first few of a minute are logged or answered: neither the log nor
// the rates of a platform are his to fill.

// hush is a log that passes on the first few lines of each text in a minute, and then how many
// there were. Errors always pass: people are told their references. Its time is wall time, as
// that of the log.
type hush struct {
	slog.Handler
	*hushed
}

type hushed struct {
	mu    sync.Mutex
	since time.Time
	lines map[string]int // in this minute, by text, which is one of ours
}

// hushFew is how many lines of one text are logged in hushEvery.
const (
	hushFew   = 5
	hushEvery = time.Minute
)

func newHush(log *slog.Logger) hush { return hush{log.Handler(), &hushed{lines: map[string]int{}}} }

// Handle passes a line on, or counts it.
func (h hush) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		return h.Handler.Handle(ctx, r)
	}
	h.tell(r.Time, false)
	h.mu.Lock()
	h.lines[r.Message]++
	n := h.lines[r.Message]
	h.mu.Unlock()
	if n > hushFew {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// tell writes how many lines were left out, once the minute is over, or with end at once.
func (h hush) tell(now time.Time, end bool) {
	h.mu.Lock()
	if !end && now.Sub(h.since) < hushEvery && !now.Before(h.since) {
		h.mu.Unlock()
		return
	}
	lines := h.lines
	h.since, h.lines = now, map[string]int{}
	h.mu.Unlock()
	for _, text := range slices.Sorted(maps.Keys(lines)) {
		if more := lines[text] - hushFew; more > 0 {
			r := slog.NewRecord(now, slog.LevelWarn, "lines like one another were left out", 0)
			r.AddAttrs(slog.String("line", text), slog.Int("logged", hushFew), slog.Int("left_out", more))
			h.Handler.Handle(context.Background(), r)
		}
	}
}

// WithAttrs and WithGroup keep the count, which is of all that is logged through h.
func (h hush) WithAttrs(attrs []slog.Attr) slog.Handler {
	return hush{h.Handler.WithAttrs(attrs), h.hushed}
}

func (h hush) WithGroup(name string) slog.Handler { return hush{h.Handler.WithGroup(name), h.hushed} }

// strangers bounds what people are answered whom we don't know: a few times an hour each, and
// all of them together no oftener than leaves the platform's rate to our customers.
type strangers struct {
	mu    sync.Mutex
	chats map[string][]time.Time // answers lately, in business time
	all   []time.Time
}

const (
	strangerFew   = 3
	strangerEvery = time.Hour
	strangersMost = 20 // in a minute, and so of all chats no more than 1,200 are remembered
)

// answers reports whether a chat is to be answered once more, and counts that.
func (s *strangers) answers(chat string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chats == nil {
		s.chats = map[string][]time.Time{}
	}
	s.all = lately(s.all, now, time.Minute)
	mine := lately(s.chats[chat], now, strangerEvery)
	if len(mine) >= strangerFew || len(s.all) >= strangersMost {
		return false
	}
	if len(s.all) == 0 { // now and then
		maps.DeleteFunc(s.chats, func(_ string, list []time.Time) bool { return len(lately(list, now, strangerEvery)) == 0 })
	}
	s.all, s.chats[chat] = append(s.all, now), append(mine, now)
	return true
}

// lately are those of a list, oldest first, that are no older than a while.
func lately(list []time.Time, now time.Time, while time.Duration) []time.Time {
	return slices.DeleteFunc(slices.Clone(list), func(t time.Time) bool { return now.Sub(t) >= while || t.After(now) })
}
