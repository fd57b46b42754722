package slackapi

import (
	"context"
	"encoding/json"
	"time"

	"duebot/adapters/sandbox/stand"
)

// Patience is how long, in wall time, an app may take for an acknowledgement, and to use a
// trigger: Slack's three seconds. It is a variable for tests alone: they need not wait for it, or
// allow for a machine that stands still for longer.
var Patience = 3 * time.Second

// socketWait is how long, in wall time, a person who acts waits for a socket to open while none
// is. It is a variable for tests, too.
var socketWait = 3 * time.Second

// retryMax is how often an event is sent again.
const retryMax = 3

// What a person sees when the app does not answer.
const (
	dispatchFailed   = "dispatch_failed"
	operationTimeout = "operation_timeout"
)

// envelope is one delivery to the app. The exported fields outlive a restart.
type envelope struct {
	ID      string
	Type    string // "events_api", "slash_commands", "interactive"
	Payload json.RawMessage
	Accepts bool   // whether the acknowledgement may carry a payload
	Where   string // channel, for faults and the log
	To      string // the address that it is posted to; "" is a socket
	Attempt int    // 0 for the first delivery
	Reason  string // of the repetition
	Late    int    // how often its time ran out

	copies  int // frames on their way that are not acknowledged
	settled bool
	socket  *socket
	timer   *time.Timer
	sent    chan struct{} // closed when the first frame left
	done    chan outcome  // one value
	// then is run under the lock with the payload of the first acknowledgement.
	then func(payload json.RawMessage, now time.Time)
}

// outcome is what became of an envelope that somebody waits for. Err is "" when it was
// acknowledged.
type outcome struct{ err string }

func newEnvelope(kind string, payload any, accepts bool) *envelope {
	b, _ := json.Marshal(payload)
	e := &envelope{ID: uuid(), Type: kind, Payload: b, Accepts: accepts}
	e.ready()
	return e
}

// ready makes what is not saved.
func (e *envelope) ready() {
	e.copies, e.settled, e.socket = 0, false, nil
	e.sent, e.done = make(chan struct{}), make(chan outcome, 1)
}

func (e *envelope) event() bool { return e.Type == "events_api" }

// settle tells whoever waits. Only the first call counts.
func (e *envelope) settle(o outcome) {
	if e.settled {
		return
	}
	e.settled = true
	if e.timer != nil && e.copies == 0 {
		e.timer.Stop()
	}
	e.done <- o
}

// frame is the envelope as the socket carries it.
func (e *envelope) frame(attempt int, reason string) map[string]any {
	out := map[string]any{"envelope_id": e.ID, "type": e.Type, "payload": e.Payload, "accepts_response_payload": e.Accepts}
	if e.event() {
		out["retry_attempt"], out["retry_reason"] = attempt, reason
	}
	return out
}

// dispatch posts what goes to an address, and hands the rest to the open sockets, one after
// the other. The lock is held. It is to be called whenever something was put into waiting.
func (s *Server) dispatch() {
	s.postAll()
	for len(s.waiting) > 0 && len(s.sockets) > 0 {
		e := s.waiting[0]
		k := s.pick()
		if _, cut := s.takeFault(e.Where, stand.FaultDropSocket); cut {
			s.dropAll()
			return
		}
		s.waiting = s.waiting[1:]
		s.flying[e.ID] = e
		e.socket = k
		s.transmit(k, e, e.Attempt, e.Reason)
		if _, twice := s.takeFault(e.Where, stand.FaultDuplicate); twice {
			s.transmit(s.pick(), e, max(1, e.Attempt), "timeout")
		}
		e.timer = time.AfterFunc(Patience, func() { s.unacknowledged(e) })
	}
}

// pick is the socket whose turn it is.
func (s *Server) pick() *socket {
	s.turn++
	return s.sockets[s.turn%len(s.sockets)]
}

// transmit puts one frame on its way.
func (s *Server) transmit(k *socket, e *envelope, attempt int, reason string) {
	e.copies++
	b, _ := json.Marshal(e.frame(attempt, reason))
	k.put(b)
	select {
	case <-e.sent:
	default:
		close(e.sent)
	}
}

// unacknowledged is called when the time for an acknowledgement is over: an event is sent
// again, up to retryMax times; anything else has failed.
func (s *Server) unacknowledged(e *envelope) {
	s.mu.Lock()
	if s.flying[e.ID] != e {
		s.mu.Unlock()
		return
	}
	lost, n := !e.settled, noteOf(e)
	e.Late++
	s.again(e, "timeout")
	s.dispatch()
	s.mu.Unlock()
	if lost {
		s.record(n, 0, nil)
	}
}

// again takes an envelope off its socket and queues it once more, if it is an event with
// tries left; otherwise it ends here. A delivery that a cut connection swallowed uses up
// none: it may have reached nobody. The lock is held.
func (s *Server) again(e *envelope, reason string) {
	if e.timer != nil {
		e.timer.Stop()
	}
	delete(s.flying, e.ID)
	e.copies = 0
	switch {
	case e.settled:
	case e.event() && e.Late <= retryMax:
		e.Attempt = min(e.Attempt+1, retryMax)
		e.Reason = reason
		s.waiting = append([]*envelope{e}, s.waiting...)
	default:
		s.unqueue(e)
		e.settle(outcome{err: operationTimeout})
	}
}

// unqueue forgets an event that needs no further delivery.
func (s *Server) unqueue(e *envelope) {
	s.w.Queue = without(s.w.Queue, e)
}

func without(list []*envelope, e *envelope) []*envelope {
	for i := range list {
		if list[i] == e {
			return append(list[:i:i], list[i+1:]...)
		}
	}
	return list
}

// acknowledge takes an acknowledgement from any socket. The second one of an envelope that
// was delivered twice changes nothing.
func (s *Server) acknowledge(id string, payload json.RawMessage) {
	now := s.now()
	s.mu.Lock()
	e := s.flying[id]
	if e == nil {
		for _, w := range s.waiting {
			if w.ID == id && w.Attempt > 0 {
				e = w
			}
		}
	}
	if e == nil {
		s.mu.Unlock()
		return
	}
	s.waiting = without(s.waiting, e)
	e.copies = max(0, e.copies-1)
	if e.copies == 0 {
		delete(s.flying, id)
	}
	first := !e.settled
	if first {
		s.unqueue(e)
		if e.then != nil {
			if !e.Accepts {
				payload = nil
			}
			e.then(payload, now)
		}
		e.settle(outcome{})
		s.dispatch()
	}
	n := noteOf(e)
	s.mu.Unlock()
	if first {
		s.record(n, 200, payload)
		s.changed()
	}
}

// request sends an envelope that a person waits for and returns "" when it was
// acknowledged, or why it was not.
func (s *Server) request(ctx context.Context, e *envelope) string {
	s.mu.Lock()
	s.waiting = append(s.waiting, e)
	s.dispatch()
	s.mu.Unlock()

	t := time.NewTimer(socketWait)
	defer t.Stop()
	select {
	case <-e.sent:
	case o := <-e.done:
		return o.err
	case <-t.C:
		return s.withdraw(e)
	case <-ctx.Done():
		return s.withdraw(e)
	case <-s.stop:
		return s.withdraw(e)
	}
	select {
	case o := <-e.done:
		return o.err
	case <-s.stop:
		return dispatchFailed
	}
}

// withdraw takes back an envelope that found no socket. It may have left in that very
// moment; then its acknowledgement is waited for.
func (s *Server) withdraw(e *envelope) string {
	s.mu.Lock()
	s.waiting = without(s.waiting, e)
	if s.flying[e.ID] != e {
		e.settle(outcome{err: dispatchFailed})
	}
	n := noteOf(e)
	s.mu.Unlock()
	o := <-e.done
	if o.err == dispatchFailed {
		s.record(n, 0, nil)
	}
	return o.err
}

// note is a delivery as the log keeps it: taken under the lock, written outside, since the
// log asks the clock.
type note struct {
	kind, where string
	frame       map[string]any
}

func noteOf(e *envelope) note {
	var p map[string]any
	json.Unmarshal(e.Payload, &p)
	delete(p, "token")
	frame := e.frame(e.Attempt, e.Reason)
	frame["payload"] = p
	return note{kind: e.Type, where: e.Where, frame: frame}
}

// record writes a delivery and its acknowledgement into the log. No lock is held.
func (s *Server) record(n note, status int, payload json.RawMessage) {
	var ack any
	if len(payload) > 0 {
		ack = payload
	}
	s.o.Log.Add("slack", "out", n.kind, n.where, n.frame, status, ack)
}
