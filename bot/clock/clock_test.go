package clock

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

var start = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

// A moved clock stops at every due instant, in order, and shows it while what was due runs;
// what that starts for before the end happens too.
func TestAdvanceStopsAtEachInstant(t *testing.T) {
	c := New(start)
	var mu sync.Mutex
	var seen []string
	note := func(what string) func() {
		return func() {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, fmt.Sprintf("%s %s", what, c.Now().Sub(start).Round(time.Minute)))
		}
	}
	c.After(3*time.Hour, note("third"))
	c.After(time.Hour, func() {
		note("first")()
		c.After(30*time.Minute, note("second"))
	})
	c.After(50*time.Hour, note("too late"))
	cancel := c.After(2*time.Hour, note("cancelled"))
	cancel()
	if err := c.Advance(context.Background(), start.Add(24*time.Hour), func() bool { return true }); err != nil {
		t.Fatal(err)
	}
	want := "[first 1h0m0s second 1h30m0s third 3h0m0s]"
	if got := fmt.Sprint(seen); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if d := c.Now().Sub(start.Add(24 * time.Hour)); d < 0 || d > time.Minute {
		t.Errorf("the clock shows %s", c.Now())
	}
}

// It does not go on while something is under way.
func TestAdvanceWaitsForIdle(t *testing.T) {
	c := New(start)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := c.Advance(ctx, start.Add(time.Hour), func() bool { return false }); err == nil {
		t.Error("moved although something was under way")
	}
	if err := c.Advance(context.Background(), start.Add(-time.Hour), func() bool { return true }); err == nil {
		t.Error("went back")
	}
}

func TestWallTimers(t *testing.T) {
	c := New(time.Time{})
	done := make(chan struct{})
	c.After(time.Millisecond, func() { close(done) })
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Error("a timer did not fire")
	}
	if err := c.Sleep(context.Background(), time.Millisecond); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if c.Sleep(ctx, time.Hour) == nil {
		t.Error("slept through a cancelled context")
	}
}

// setClock is a machine's clock that can be set.
type setClock struct {
	mu   sync.Mutex
	wall time.Time
	ran  time.Duration
}

func (s *setClock) read() (time.Time, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wall, s.ran
}

func (s *setClock) move(passed, set time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wall, s.ran = s.wall.Add(passed+set), s.ran+passed
}

// Where the machine's clock is set back, business time goes on by what really passes, and finds
// back by and by.
func TestMachineSetBack(t *testing.T) {
	for _, back := range []time.Duration{time.Minute, time.Hour, 24 * time.Hour, 31 * 24 * time.Hour} {
		m := &setClock{wall: start}
		c := On(m.read)
		last := c.Now()
		step := func(passed, set, least, most time.Duration) {
			t.Helper()
			m.move(passed, set)
			now := c.Now()
			if d := now.Sub(last); d < least || d > most {
				t.Errorf("set back by %s: of %s that passed %s did", back, passed, d)
			}
			last = now
		}
		step(time.Second, 0, time.Second, time.Second)
		step(time.Second, -back, time.Second*9/10, time.Second)
		step(time.Second, 0, time.Second*9/10, time.Second)
		if late := c.Late(); late < back-time.Second || late > back {
			t.Errorf("set back by %s, and %s late", back, late)
		}
		step(11*back, 0, 10*back-time.Second, 10*back+time.Second)
		if late := c.Late(); late != 0 || !last.Equal(m.wall) {
			t.Errorf("set back by %s: %s late still, it shows %s at %s", back, late, last, m.wall)
		}
		step(time.Second, back, time.Second+back, time.Second+back) // set forward it follows at once
	}
}

// A clock that was set back and is put right again shows what it would have.
func TestMachinePutRight(t *testing.T) {
	m := &setClock{wall: start}
	c := On(m.read)
	m.move(time.Second, -24*time.Hour)
	c.Now()
	m.move(time.Second, 24*time.Hour)
	if got := c.Now(); !got.Equal(start.Add(2*time.Second)) || c.Late() != 0 {
		t.Errorf("it shows %s, %s late", got, c.Late())
	}
}

// What waits for a moment waits no longer because the machine's clock was set back.
func TestTimersOfAMachineSetBack(t *testing.T) {
	var mu sync.Mutex
	var set time.Duration
	c := On(func() (time.Time, time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		wall, ran := Machine()
		return wall.Add(set), ran
	})
	done := make(chan struct{})
	c.After(50*time.Millisecond, func() { close(done) })
	mu.Lock()
	set = -time.Hour
	mu.Unlock()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Error("a timer did not fire")
	}
}

// After a restart the clock goes on from what was written down.
func TestNotBefore(t *testing.T) {
	m := &setClock{wall: start}
	c := On(m.read)
	c.NotBefore(start.Add(-time.Hour))
	if !c.Now().Equal(start) {
		t.Errorf("it shows %s", c.Now())
	}
	c.NotBefore(start.Add(time.Hour))
	m.move(time.Minute, 0)
	if got := c.Now().Sub(start); got != time.Hour+54*time.Second {
		t.Errorf("it shows %s more", got)
	}
}
