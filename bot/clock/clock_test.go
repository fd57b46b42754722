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
