package telegramapi

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"duebot/adapters/sandbox/stand"
)

const (
	// firstUpdateID looks as random as the real ones do, and is the same in every run.
	firstUpdateID = int64(584201737)
	updateLife    = 24 * time.Hour
	// callbackLife: an update about a pressed button is of no use later.
	callbackLife = 150 * time.Second
	pollMax      = 50 // seconds
)

// poll is a parked getUpdates.
type poll struct {
	wake chan struct{} // an update came
	end  chan int      // the status to end with: 409, statusHooked, or 0 to cut the connection
}

// statusHooked ends a poll because a webhook was set.
const statusHooked = -http.StatusConflict

// end ends the parked poll, if there is one, with a status.
func (q *queue) end(status int) {
	if q.poll != nil {
		q.poll.end <- status
		q.poll = nil
	}
}

// getUpdates confirms what lies below the offset and hands out what comes next, waiting
// for it if it must. It is the one method that gives up the lock.
func (s *Server) getUpdates(w http.ResponseWriter, r *http.Request, p *params) {
	if s.Webhook() {
		s.clash(w, r, "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
		return
	}
	if _, cut := s.o.Faults.Take("telegram", "", stand.FaultDropSocket); cut {
		panic(http.ErrAbortHandler)
	}
	offset, _ := strconv.ParseInt(p.str("offset"), 10, 64)
	limit := int(p.integer("limit", 100, 1, 100))
	timeout := time.Duration(p.integer("timeout", 0, 0, pollMax)) * time.Second

	s.mu.Lock()
	s.queue.end(http.StatusConflict)
	s.queue.allow(p)
	limit, timeout = s.queue.brake(offset, limit, timeout)
	offset = s.queue.from(offset)
	s.queue.confirm(offset)
	list := s.collect(offset, limit)
	if len(list) > 0 || timeout == 0 {
		s.mu.Unlock()
		s.hand(w, list)
		return
	}
	mine := &poll{wake: make(chan struct{}, 1), end: make(chan int, 1)}
	s.queue.poll = mine
	s.busy-- // a parked poll is nothing that the bot has to do
	s.mu.Unlock()

	list, status := s.park(r, mine, offset, limit, timeout)
	switch status {
	case http.StatusOK:
		s.hand(w, list)
	case http.StatusConflict:
		s.clash(w, r, "terminated by other getUpdates request; make sure that only one bot instance is running")
	case statusHooked:
		s.clash(w, r, "terminated by setWebhook request")
	default:
		panic(http.ErrAbortHandler)
	}
}

// park waits for updates, the time-out, or the end of the poll. It returns counted as
// busy again.
func (s *Server) park(r *http.Request, mine *poll, offset int64, limit int, timeout time.Duration) ([]*update, int) {
	t := time.NewTimer(timeout)
	defer t.Stop()
	over, status := false, http.StatusOK
	for {
		select {
		case <-mine.wake:
		case status = <-mine.end:
			over = true
		case <-t.C:
			over = true
		case <-r.Context().Done():
			over, status = true, 0
		}
		s.mu.Lock()
		var list []*update
		if status == http.StatusOK && s.queue.poll == mine {
			list = s.collect(offset, limit)
		}
		if len(list) == 0 && !over {
			s.mu.Unlock()
			continue
		}
		if s.queue.poll == mine {
			s.queue.poll = nil
		} else if status == http.StatusOK {
			status = <-mine.end // ended in the same moment
		}
		s.busy++
		s.mu.Unlock()
		return list, status
	}
}

// brake slows a client that asks for the same offset again and again, as the server does:
// within half a second it gets one update, within three it waits at least three.
func (q *queue) brake(offset int64, limit int, timeout time.Duration) (int, time.Duration) {
	now := time.Now()
	if since := now.Sub(q.lastStart); offset == q.lastOffset && !q.lastStart.IsZero() {
		if since < 500*time.Millisecond {
			limit = 1
		}
		if since < 3*time.Second {
			timeout = max(timeout, 3*time.Second)
		}
	}
	q.lastOffset, q.lastStart = offset, now
	return limit, timeout
}

// collect returns what is ready and notes that it is handed out.
func (s *Server) collect(offset int64, limit int) []*update {
	s.queue.expire(s.now())
	list := s.queue.ready(offset, limit)
	for _, u := range list {
		if !u.Handed && !u.Again {
			_, u.Twice = s.o.Faults.Take("telegram", strconv.FormatInt(u.Chat, 10), stand.FaultDuplicate)
		}
		u.Handed = true
	}
	return list
}

// hand writes updates to the bot and logs each.
func (s *Server) hand(w http.ResponseWriter, list []*update) {
	bodies := make([]json.RawMessage, len(list))
	for i, u := range list {
		bodies[i] = u.Body
		s.o.Log.Add("telegram", "out", "update", strconv.FormatInt(u.Chat, 10), u.Body, http.StatusOK, nil)
	}
	write(w, http.StatusOK, okBody(bodies))
}

// clash tells a poller that somebody else hears the updates now. Repeated, the answer is held
// back, so that two bots do not spin.
func (s *Server) clash(w http.ResponseWriter, r *http.Request, why string) {
	s.mu.Lock()
	wait := 3*time.Second - time.Since(s.queue.lastClash)
	if s.queue.lastClash.IsZero() {
		wait = 0
	}
	s.queue.lastClash = time.Now()
	if wait > 0 {
		s.busy--
	}
	s.mu.Unlock()
	if wait > 0 {
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-r.Context().Done():
		}
		t.Stop()
		s.enter()
	}
	s.refuse(w, conflict(why))
}

// DropPoll cuts the connection of the parked getUpdates, if there is one.
func (s *Server) DropPoll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.end(0)
}

// Conflict ends the parked getUpdates as another bot's does that polls with the same token.
func (s *Server) Conflict() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.end(http.StatusConflict)
}

// Poison queues an update with a field of the wrong type: such may come from a server that is
// newer than the bot's library.
func (s *Server) Poison() {
	s.change(func() {
		s.push("message", 0, map[string]any{"message_id": "not a number", "date": s.now().Unix(), "chat": map[string]any{"id": 0, "type": "private"}})
	})
}
