package slackapi

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"duebot/adapters/sandbox/stand"
)

// Server is the stand-in. It is safe for concurrent use. Make it with New.
type Server struct {
	o stand.Options

	// mu guards all below. Clock, log and listener may call back or wait, so none of them
	// is called while it is held.
	mu       sync.Mutex
	w        *world
	app      *manifest // nil: everything is granted
	verified string    // the address of events that has answered its challenge
	rates    map[string]*bucket
	triggers map[string]*trigger
	tickets  map[string]time.Time // single-use tickets for a socket, by wall time of issue
	sockets  []*socket
	turn     int // round robin over the sockets
	waiting  []*envelope
	flying   map[string]*envelope
	serving  int // requests of the app being answered right now
	closed   bool
	stop     chan struct{}
	alive    context.Context // until Close
	die      context.CancelFunc
}

// New returns an empty workspace: five users, two channels, no message.
func New(o stand.Options) *Server {
	s := &Server{o: o, stop: make(chan struct{})}
	s.alive, s.die = context.WithCancel(context.Background())
	s.clear(o.Clock.Now())
	return s
}

// clear makes the state new. The lock is held, or nobody else has the server yet.
func (s *Server) clear(now time.Time) {
	s.w = newWorld(now)
	s.forget()
}

// forget drops what is not kept over a restart: rates, triggers, tickets, deliveries.
func (s *Server) forget() {
	s.rates = map[string]*bucket{}
	s.triggers = map[string]*trigger{}
	s.tickets = map[string]time.Time{}
	for _, e := range s.flying {
		e.settle(outcome{err: dispatchFailed})
	}
	for _, e := range s.waiting {
		e.settle(outcome{err: dispatchFailed})
	}
	s.flying = map[string]*envelope{}
	s.waiting = nil
}

// ServeHTTP answers everything below /slack/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/slack/")
	kind, rest, _ := strings.Cut(path, "/")
	if kind == "socket" {
		s.serveSocket(w, r)
		return
	}
	s.begin()
	defer s.end()

	switch kind {
	case "api":
		s.serveMethod(w, r, rest)
	case "upload":
		s.serveUpload(w, r, rest)
	case "files":
		s.serveFile(w, r, rest)
	case "response":
		s.serveResponse(w, r, rest)
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) begin() {
	s.mu.Lock()
	s.serving++
	s.mu.Unlock()
}

func (s *Server) end() {
	s.mu.Lock()
	s.serving--
	s.mu.Unlock()
}

// Pending counts what the app still has to do: envelopes it has not acknowledged, also
// those that wait for a socket, and requests of it that are being answered.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.serving + len(s.waiting)
	for _, e := range s.flying {
		n += e.copies
	}
	return n
}

// changed tells the listener that people see something new. No lock may be held.
func (s *Server) changed() {
	if s.o.Changed != nil {
		s.o.Changed()
	}
}

func (s *Server) now() time.Time { return s.o.Clock.Now() }

// base is the address of the sandbox as events give it, without a final slash.
func (s *Server) base() string {
	if s.o.Base == nil {
		return ""
	}
	return strings.TrimSuffix(s.o.Base(), "/")
}

// Close cuts the sockets and ends what runs in the background. The server must not be
// used afterwards.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	close(s.stop)
	s.die()
	s.mu.Unlock()
	s.DropSocket()
}

// sleep waits wall time; it is cut short when ctx or the server ends.
func (s *Server) sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-s.stop:
	}
}
