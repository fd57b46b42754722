package slack

import (
	"sync"
	"time"
)

// Slack may tell one thing twice: over two sockets, over a socket and by HTTP, as a retry
// whose acknowledgement came late, or because somebody replays a signed request. The books
// do nothing twice, since every command carries its key; but an answer by response_url would
// be said twice. So keys are remembered for a while, and a repetition waits for the first and
// is acknowledged without a word.

const (
	toldLife = time.Hour // Slack's last retry comes after six minutes
	toldMax  = 10000
)

// told is what Slack told lately.
type told struct {
	mu   sync.Mutex
	list map[string]*telling
}

// telling is one thing told.
type telling struct {
	at      time.Time
	over    chan struct{} // closed when the first was acknowledged or refused
	refused bool
}

// first reports whether a key is new, or was refused when it was told before; then over must
// be called. Otherwise it waits for the first to be over.
func (t *told) first(key string, now time.Time) (first bool, over func(refused bool)) {
	for {
		t.mu.Lock()
		x, ok := t.list[key]
		if !ok {
			x = t.add(key, now)
			t.mu.Unlock()
			return true, func(refused bool) { t.end(key, x, refused) }
		}
		t.mu.Unlock()
		<-x.over
		t.mu.Lock()
		refused := x.refused
		t.mu.Unlock()
		if !refused {
			return false, nil
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
	return x
}

func (t *told) end(key string, x *telling, refused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x.refused = refused; refused && t.list[key] == x {
		delete(t.list, key)
	}
	close(x.over)
}

// once runs f for the first delivery with a key.
func (c *Client) once(key string, d delivery, f func(delivery)) {
	first, over := c.told.first(key, time.Now())
	if !first {
		c.count("repeated")
		d.ack(nil)
		return
	}
	w := &watched{delivery: d, over: over}
	defer w.end(true) // f panicked, or forgot: Slack may tell it again
	f(w)
}

// watched is a delivery that tells when it is over.
type watched struct {
	delivery
	over  func(refused bool)
	ended bool
}

func (w *watched) end(refused bool) {
	if !w.ended {
		w.ended = true
		w.over(refused)
	}
}

func (w *watched) ack(payload any) { w.delivery.ack(payload); w.end(false) }
func (w *watched) refuse()         { w.delivery.refuse(); w.end(true) }
