package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// hub tells listeners that something changed, by kind. A listener that is slow, or a world
// that changes a thousand times a second, gets one event of a kind at a time: what it says
// is "look again", so none is missed.
type hub struct {
	mu     sync.Mutex
	seq    int64
	closed bool
	list   map[*listener]bool
}

type listener struct {
	mu    sync.Mutex
	order []string
	data  map[string]map[string]any
	wake  chan struct{}
	end   chan struct{}
}

func newHub() *hub { return &hub{list: map[*listener]bool{}} }

// tell leaves an event for every listener, in place of an older one of its kind.
func (h *hub) tell(kind string, data map[string]any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seq++
	all := map[string]any{"seq": h.seq}
	for k, v := range data {
		all[k] = v
	}
	for l := range h.list {
		l.put(kind, all)
	}
}

func (l *listener) put(kind string, data map[string]any) {
	l.mu.Lock()
	if _, ok := l.data[kind]; !ok {
		l.order = append(l.order, kind)
	}
	l.data[kind] = data
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// take returns what was left since the last take, in the order of first mention.
func (l *listener) take() (kinds []string, data map[string]map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kinds, data = l.order, l.data
	l.order, l.data = nil, map[string]map[string]any{}
	return kinds, data
}

func (h *hub) listen() *listener {
	l := &listener{data: map[string]map[string]any{}, wake: make(chan struct{}, 1), end: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		close(l.end)
		return l
	}
	h.list[l] = true
	return l
}

func (h *hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.list, l)
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for l := range h.list {
		close(l.end)
		delete(h.list, l)
	}
}

// gather is how long changes are gathered into one event.
const gather = 25 * time.Millisecond

// serveEvents streams events until the client goes away. Every second it looks whether the
// clock was moved by somebody else than the control interface.
func (s *Sandbox) serveEvents(w http.ResponseWriter, r *http.Request) {
	flush := http.NewResponseController(w)
	// A stream outlives the time that a server may set for answers.
	if err := flush.SetWriteDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		fail(w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	l := s.hub.listen()
	defer s.hub.leave(l)
	send := func(kind string, data any) error {
		b, err := json.Marshal(data)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", kind, b)
		return err
	}
	lag := time.Since(s.o.Clock.Now())
	if send("clock", s.clockEvent(false)) != nil || flush.Flush() != nil {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for quiet := 0; ; {
		select {
		case <-l.wake:
			time.Sleep(gather)
			kinds, data := l.take()
			for _, k := range kinds {
				if send(k, data[k]) != nil {
					return
				}
			}
			quiet = 0
		case <-tick.C:
			quiet++
			if now := time.Since(s.o.Clock.Now()); (now - lag).Abs() > 500*time.Millisecond {
				lag = now
				s.hub.tell("clock", s.clockEvent(false))
			} else if quiet%10 == 0 {
				fmt.Fprint(w, ": still here\n\n")
			}
		case <-l.end:
			return
		case <-r.Context().Done():
			return
		}
		if flush.Flush() != nil {
			return
		}
	}
}

func (s *Sandbox) clockEvent(moving bool) map[string]any {
	return map[string]any{"now": stamp(s.o.Clock.Now()), "moving": moving}
}

// stamp writes a time as the control interface does.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
