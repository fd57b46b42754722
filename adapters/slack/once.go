package slack

import (
	"slices"
	"sync"
	"time"
)

// Slack may tell one thing twice: over two sockets, over a socket and by HTTP, as a retry
// whose acknowledgement came late, or because somebody replays a signed request. The books
// do nothing twice, since every command carries its key; but an answer by response_url would
// be said twice. So keys are remembered for a while, and a repetition waits for the first and
// is acknowledged, on a socket with the same words: one that was cut may have lost them.

const (
	toldLife = time.Hour // Slack's last retry comes after six minutes
	toldMax  = 10000
	toldKept = 64 // of the last ones the words are kept: a cut socket repeats at once
)

// told is what Slack told lately.
type told struct {
	mu   sync.Mutex
	list map[string]*telling
	last [toldKept]*telling // a ring
	next int
}

// telling is one thing told.
type telling struct {
	at      time.Time
	over    chan struct{} // closed when the first was acknowledged or refused
	refused bool
	payload any // of the acknowledgement
}

// first reports whether a key is new, or was refused when it was told before; then over must
// be called, with what it was acknowledged with. Otherwise it waits for the first to be over,
// and returns that.
func (t *told) first(key string, now time.Time) (first bool, payload any, over func(refused bool, payload any)) {
	for {
		t.mu.Lock()
		x, ok := t.list[key]
		if !ok {
			x = t.add(key, now)
			t.mu.Unlock()
			return true, nil, func(refused bool, payload any) { t.end(key, x, refused, payload) }
		}
		t.mu.Unlock()
		<-x.over
		t.mu.Lock()
		refused, payload := x.refused, x.payload
		t.mu.Unlock()
		if !refused {
			return false, payload, nil
		}
	}
}

// add notes a key, and forgets old ones when there are many. The lock is held.
func (t *told) add(key string, now time.Time) *telling {
	if t.list == nil {
		t.list = map[string]*telling{}
	}
	for life := toldLife; len(t.list) >= toldMax && life > 0; life -= toldLife / 4 {
		for k, x := range t.list {
			if now.Sub(x.at) > life {
				delete(t.list, k)
			}
		}
	}
	if len(t.list) >= toldMax {
		clear(t.list) // a flood: the books' own keys stand behind this
	}
	x := &telling{at: now, over: make(chan struct{})}
	t.list[key] = x
	if old := t.last[t.next]; old != nil {
		old.payload = nil
	}
	t.last[t.next], t.next = x, (t.next+1)%toldKept
	return x
}

func (t *told) end(key string, x *telling, refused bool, payload any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x.refused = refused; refused && t.list[key] == x {
		delete(t.list, key)
	}
	if slices.Contains(t.last[:], x) {
		x.payload = payload
	}
	close(x.over)
}

// once runs f for the first delivery with a key.
func (c *Client) once(key string, d delivery, f func(delivery)) {
	first, payload, over := c.told.first(key, time.Now())
	if !first {
		c.count("repeated")
		if _, ours := d.(*frame); !ours {
			payload = nil // a request that somebody recorded and sends again learns nothing
		}
		d.ack(payload)
		return
	}
	w := &watched{delivery: d, over: over}
	defer w.end(true, nil) // f panicked, or forgot: Slack may tell it again
	f(w)
}

// watched is a delivery that tells when it is over.
type watched struct {
	delivery
	over  func(refused bool, payload any)
	ended bool
}

func (w *watched) end(refused bool, payload any) {
	if !w.ended {
		w.ended = true
		w.over(refused, payload)
	}
}

func (w *watched) ack(payload any) { w.delivery.ack(payload); w.end(false, payload) }
func (w *watched) refuse()         { w.delivery.refuse(); w.end(true, nil) }
