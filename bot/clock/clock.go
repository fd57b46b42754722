// Package clock is business time: what the books are dated by, and what schedules, rate
// windows and waits run on. In serve it is the wall clock. In the sandbox it can be moved:
// it then jumps from one due instant to the next, and goes on only when everything that was
// due has happened.
//
// It never goes back. Where the machine's clock is set back, business time goes on from what it
// showed, so that whatever waits for a minute waits for a minute, and no day comes twice; and
// slower by a tenth than the machine's, until the two are one again.
package clock

import (
	"container/heap"
	"context"
	"fmt"
	"sync"
	"time"
)

// Clock hands out the time and all timers. It is safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	read   Reader
	wall   time.Time     // as it was read last
	ran    time.Duration // as it was read last
	late   time.Duration // by which the wall clock was set back, less what was caught up since
	ahead  time.Duration // of the wall clock, besides
	frozen time.Time     // while it is being moved; else zero
	timers timerHeap
	wake   *time.Timer
	firing int // callbacks under way
	moving sync.Mutex
	pushed uint64 // timers made so far
}

type timer struct {
	at    time.Time
	seq   uint64
	f     func()
	index int // in the heap, -1 when out of it
}

// Reader reads the machine's clock: what it shows, which somebody may set, and how long it has
// run, which nobody does.
type Reader func() (wall time.Time, ran time.Duration)

var began = time.Now()

// Machine reads the clock of this machine.
func Machine() (wall time.Time, ran time.Duration) {
	now := time.Now()
	return now.UTC().Round(0), now.Sub(began)
}

// New returns a clock that shows start now. The zero start is the wall clock's time.
func New(start time.Time) *Clock {
	c := On(Machine)
	if !start.IsZero() {
		c.ahead = start.Sub(c.wall)
	}
	return c
}

// On returns a clock that shows what the machine's does, by whatever reads that.
func On(read Reader) *Clock {
	c := &Clock{read: read}
	c.wall, c.ran = read()
	return c
}

// catchUp is the part of passing time by which a clock that shows more than the machine's loses.
const catchUp = 10

// NotBefore lets the clock go on from an instant if it shows less: what happened before a restart
// is over, whatever the machine's clock says.
func (c *Clock) NotBefore(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if behind := at.Sub(c.now()); behind > 0 && c.frozen.IsZero() {
		c.late += behind
		c.arm()
	}
}

// Late is by how much the machine's clock is behind what the clock has shown.
func (c *Clock) Late() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now()
	return c.late
}

// Now is business time, UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if !c.frozen.IsZero() {
		return c.frozen
	}
	wall, ran := c.read()
	passed := ran - c.ran
	switch set := wall.Sub(c.wall) - passed; { // by which somebody set the machine's clock
	case set < 0:
		c.late -= set
	case set > 0:
		c.late -= min(c.late, set)
	}
	c.late -= min(c.late, passed/catchUp)
	c.wall, c.ran = wall, ran
	return wall.Add(c.late + c.ahead)
}

// After calls f in a goroutine of its own once Now has reached now+d. The returned function
// forgets the call, if it has not begun.
func (c *Clock) After(d time.Duration, f func()) (cancel func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pushed++
	t := &timer{at: c.now().Add(d), seq: c.pushed, f: f}
	heap.Push(&c.timers, t)
	c.arm()
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if t.index >= 0 {
			heap.Remove(&c.timers, t.index)
			c.arm()
		}
	}
}

// Sleep waits for d of business time, or for the end of ctx.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	done := make(chan struct{})
	cancel := c.After(d, func() { close(done) })
	defer cancel()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// longest is how far ahead the wall clock's timer is set: a machine that slept, or whose
// clock was set, is noticed within it.
const longest = time.Minute

// arm sets the wall clock's timer to the next of ours. c.mu is held.
func (c *Clock) arm() {
	if c.wake != nil {
		c.wake.Stop()
	}
	if len(c.timers) == 0 || !c.frozen.IsZero() {
		return
	}
	c.wake = time.AfterFunc(min(max(c.timers[0].at.Sub(c.now()), 0), longest), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.fire()
		c.arm()
	})
}

// fire starts everything that is due. c.mu is held.
func (c *Clock) fire() {
	now := c.now()
	for len(c.timers) > 0 && !c.timers[0].at.After(now) {
		t := heap.Pop(&c.timers).(*timer)
		c.firing++
		go func() {
			defer func() {
				c.mu.Lock()
				c.firing--
				c.mu.Unlock()
			}()
			t.f()
		}()
	}
}

// Advance moves the clock to an instant, stopping at each due one on the way until idle
// says that nothing is under way. It returns when everything due by then has happened.
func (c *Clock) Advance(ctx context.Context, to time.Time, idle func() bool) error {
	c.moving.Lock()
	defer c.moving.Unlock()
	c.mu.Lock()
	if now := c.now(); to.Before(now) {
		c.mu.Unlock()
		return fmt.Errorf("the clock shows %s already and cannot go back", now.Format(time.RFC3339))
	}
	c.frozen = c.now()
	c.mu.Unlock()
	defer c.thaw()
	for {
		if err := c.quiet(ctx, idle); err != nil {
			return err
		}
		c.mu.Lock()
		switch {
		case len(c.timers) > 0 && !c.timers[0].at.After(to):
			if c.timers[0].at.After(c.frozen) {
				c.frozen = c.timers[0].at
			}
			c.fire()
		case c.frozen.Before(to):
			c.frozen = to
		default:
			c.mu.Unlock()
			return nil
		}
		c.mu.Unlock()
	}
}

func (c *Clock) thaw() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.ran = c.read()
	c.ahead, c.late = c.frozen.Sub(c.wall), 0
	c.frozen = time.Time{}
	c.arm()
}

// quiet waits until no callback runs and idle agrees.
func (c *Clock) quiet(ctx context.Context, idle func() bool) error {
	wait := 20 * time.Microsecond
	for {
		c.mu.Lock()
		firing := c.firing
		c.mu.Unlock()
		if firing == 0 && idle() {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("moving the clock: something is still under way: %w", ctx.Err())
		case <-time.After(wait):
		}
		wait = min(2*wait, time.Millisecond)
	}
}

// timerHeap orders timers by time, and by age among equals.
type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].seq < h[j].seq
	}
	return h[i].at.Before(h[j].at)
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}

// Rewind sets the clock back. Only a sandbox that begins anew may do that: what waits for a
// later time waits longer.
func (c *Clock) Rewind(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead -= d
	c.arm()
}
