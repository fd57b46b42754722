package stand

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"
)

// Hook is a webhook of a platform: what happened, as it is posted.
type Hook struct {
	ID   string          `json:"id"`
	Kind string          `json:"kind"`
	Body json.RawMessage `json:"body"`
}

// Courier brings webhooks to the bot, each until it is answered with 2xx: again within seconds
// of wall time at first, so that a bot that is just starting again loses no time, then at growing
// distances of business time. Its methods are safe for concurrent use.
type Courier struct {
	Soon, Later []time.Duration // between tries: of wall time, then of business time; to be set before the first Send

	platform string
	o        Options
	to       func() string // "": nowhere
	dress    func(r *http.Request, body []byte)
	web      *http.Client

	mu      sync.Mutex
	round   int // grows with every Reset and Load; work of an older round is dropped
	out     map[string]*errand
	order   []string // their ids, oldest first
	line    []string // ids that wait for their first try
	sending bool
}

type errand struct {
	hook  Hook
	tries int  // that failed
	due   bool // being sent, or to be sent again within seconds
	stop  func()
}

// NewCourier makes a courier. Dress signs a request before it is sent.
func NewCourier(platform string, o Options, to func() string, dress func(*http.Request, []byte)) *Courier {
	return &Courier{platform: platform, o: o, to: to, dress: dress, out: map[string]*errand{},
		Soon:  []time.Duration{time.Second, 2 * time.Second, 5 * time.Second},
		Later: []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour},
		web: &http.Client{
			Timeout: 20 * time.Second,
			// A redirect is a failed delivery, as with the real ones.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}}
}

// Send lines webhooks up. First tries go out one after the other, in the order in which things
// happened.
func (c *Courier) Send(hooks ...Hook) {
	if c.to == nil || c.to() == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range hooks {
		c.out[h.ID] = &errand{hook: h, due: true}
		c.order = append(c.order, h.ID)
		c.line = append(c.line, h.ID)
	}
	if !c.sending {
		c.sending = true
		go c.run(c.round)
	}
}

// run makes the first tries of what is in line, until there is nothing left.
func (c *Courier) run(round int) {
	for {
		c.mu.Lock()
		if c.round != round {
			c.mu.Unlock()
			return
		}
		if len(c.line) == 0 {
			c.sending = false
			c.mu.Unlock()
			return
		}
		id := c.line[0]
		c.line = c.line[1:]
		c.mu.Unlock()
		c.attempt(round, id)
	}
}

func (c *Courier) attempt(round int, id string) {
	c.mu.Lock()
	e := c.out[id]
	if c.round != round || e == nil {
		c.mu.Unlock()
		return
	}
	e.due = true
	c.mu.Unlock()
	taken := c.post(e.hook)
	if _, twice := c.o.Faults.Take(c.platform, "", FaultDuplicate); taken && twice {
		c.post(e.hook)
	}
	c.mu.Lock()
	if c.round == round {
		c.after(e, taken)
	}
	c.mu.Unlock()
	if c.o.Changed != nil {
		c.o.Changed()
	}
}

// after notes the outcome of a try. The lock is held.
func (c *Courier) after(e *errand, taken bool) {
	n := e.tries
	e.tries++
	if taken || n >= len(c.Soon)+len(c.Later) {
		delete(c.out, e.hook.ID)
		return
	}
	round := c.round
	again := func() { c.attempt(round, e.hook.ID) }
	if n < len(c.Soon) {
		t := time.AfterFunc(c.Soon[n], again)
		e.stop = func() { t.Stop() }
		return
	}
	e.due = false
	e.stop = c.o.Clock.After(c.Later[n-len(c.Soon)], again)
}

// post sends one webhook and tells whether it was answered with 2xx.
func (c *Courier) post(h Hook) bool {
	status, said := 0, ""
	defer func() { c.o.Log.Add(c.platform, "out", h.Kind, "", h.Body, status, said) }()
	ctx, cancel := context.WithTimeout(context.Background(), c.web.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.to(), bytes.NewReader(h.Body))
	if err != nil {
		said = err.Error()
		return false
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	c.dress(req, h.Body)
	resp, err := c.web.Do(req)
	if err != nil {
		said = err.Error()
		return false
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 4096))
	status, said = resp.StatusCode, string(text)
	return resp.StatusCode/100 == 2
}

// Pending counts the webhooks that are due and not taken yet.
func (c *Courier) Pending() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.out {
		if e.due {
			n++
		}
	}
	return n
}

// Waits reports whether the bot has not taken a webhook yet.
func (c *Courier) Waits(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out[id] != nil
}

// Left are the webhooks that the bot has not taken, oldest first.
func (c *Courier) Left() []Hook {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := []Hook{}
	for _, id := range c.order {
		if e := c.out[id]; e != nil {
			left = append(left, e.hook)
		}
	}
	return left
}

// Reset forgets everything, and takes up what was left of an earlier run: a moment later, since
// the listener and the bot are starting too.
func (c *Courier) Reset(left []Hook) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.out {
		if e.stop != nil {
			e.stop()
		}
	}
	c.round++
	c.out, c.order, c.line, c.sending = map[string]*errand{}, nil, nil, false
	round := c.round
	for _, h := range left {
		e := &errand{hook: h, due: true}
		t := time.AfterFunc(300*time.Millisecond, func() { c.attempt(round, h.ID) })
		e.stop = func() { t.Stop() }
		c.out[h.ID] = e
		c.order = append(c.order, h.ID)
	}
}
