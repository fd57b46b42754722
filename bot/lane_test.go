package main

import (
	"testing"

	"duebot/ledger"
)

// A chat that is linked while its customer's lane looks for one is not overlooked: the lane
// would wait until something else is said to him.
func TestLaneWokenWhileItLooked(t *testing.T) {
	d := &delivery{lanes: map[string]*lane{}, stopped: true}
	l := d.lane(customerLane(1))
	l.queue = []ledger.NoticeID{7}

	l.busy = true
	d.stepped(l, 0, true)
	if !l.held || len(l.queue) != 1 {
		t.Fatalf("got %+v, want a lane that waits for a chat", l)
	}
	l.busy, l.held = true, false
	l.wake()
	d.stepped(l, 0, true)
	if l.held || len(l.queue) != 1 {
		t.Errorf("got %+v, want a lane that looks again", l)
	}
}
