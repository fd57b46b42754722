package telegramapi

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// update is one thing that happened, kept until the bot asks for a higher offset.
type update struct {
	ID      int64           `json:"id"`
	Kind    string          `json:"kind"` // "message", "callback_query", …
	Chat    int64           `json:"chat"`
	Body    json.RawMessage `json:"body"` // the Update object
	Expires time.Time       `json:"expires"`
	Handed  bool            `json:"handed,omitempty"` // was in an answer at least once
	Twice   bool            `json:"twice,omitempty"`  // to come again once it is confirmed
	Again   bool            `json:"again,omitempty"`  // confirmed, and here again

	// Of deliveries to a webhook.
	fails int
	delay time.Duration
	due   time.Time // business time before which it is not called out again
}

// queue holds the updates and the one long poll that may wait for them.
type queue struct {
	nextID  int64
	list    []*update
	allowed []string // as the bot asked; nil is the default
	poll    *poll
	// Of the last getUpdates, for the server's brakes on clients that spin.
	lastOffset int64
	lastStart  time.Time
	lastClash  time.Time
}

// expire forgets updates that are too old to be delivered.
func (q *queue) expire(now time.Time) {
	kept := q.list[:0]
	for _, u := range q.list {
		if now.Before(u.Expires) {
			kept = append(kept, u)
		}
	}
	clear(q.list[len(kept):])
	q.list = kept
}

// takes reports whether the bot wants updates of a kind. By default it gets all but those
// about members and reactions.
func (q *queue) takes(kind string) bool {
	if len(q.allowed) == 0 {
		return kind != "chat_member"
	}
	for _, k := range q.allowed {
		if k == kind {
			return true
		}
	}
	return false
}

// push queues an update for the bot and wakes its poll.
func (s *Server) push(kind string, chat int64, body any) {
	if !s.queue.takes(kind) {
		return
	}
	u := &update{ID: s.queue.nextID, Kind: kind, Chat: chat, Expires: s.now().Add(updateLife)}
	if kind == "callback_query" {
		u.Expires = s.now().Add(callbackLife)
	}
	s.queue.nextID++
	// The id comes first, as the server writes it: some clients take the second name for the kind.
	u.Body = json.RawMessage(`{"update_id":` + strconv.FormatInt(u.ID, 10) + `,"` + kind + `":` + string(encode(body)) + `}`)
	s.queue.list = append(s.queue.list, u)
	s.queue.wake()
	s.pump()
}

// encode writes a value as JSON with <, > and & as they are.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("telegramapi: " + err.Error()) // only values of our own types get here
	}
	return bytes.TrimSpace(b.Bytes())
}

func (q *queue) wake() {
	if q.poll != nil {
		select {
		case q.poll.wake <- struct{}{}:
		default: // it is awake already
		}
	}
}

// confirm forgets the updates below an offset. One that is to come twice comes again,
// and goes for good with the confirmation after that.
func (q *queue) confirm(offset int64) {
	kept := q.list[:0]
	for _, u := range q.list {
		switch {
		case u.ID >= offset:
		case u.Again && !u.Handed:
		case u.Twice && u.Handed:
			u.Twice, u.Again, u.Handed = false, true, false
		default:
			continue
		}
		kept = append(kept, u)
	}
	clear(q.list[len(kept):])
	q.list = kept
}

// ready returns up to limit updates from an offset on. An update that comes again comes
// alone, so that it is handled in a round of its own.
func (q *queue) ready(offset int64, limit int) []*update {
	out := []*update{}
	for _, u := range q.list {
		if u.Again {
			return []*update{u}
		}
	}
	for _, u := range q.list {
		if u.ID >= offset && len(out) < limit {
			out = append(out, u)
		}
	}
	return out
}

// allow keeps the list of update kinds, when the call has one. It stays for later calls.
func (q *queue) allow(p *params) {
	var list []string
	if json.Unmarshal([]byte(p.str("allowed_updates")), &list) != nil {
		return
	}
	q.allowed = list
}

// from turns a negative offset, which counts from the end, into an id.
func (q *queue) from(offset int64) int64 {
	if offset >= 0 {
		return offset
	}
	return max(q.nextID+offset, 0)
}
