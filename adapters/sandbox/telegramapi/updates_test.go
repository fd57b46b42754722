package telegramapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"duebot/adapters/sandbox/stand"
)

func TestOffsets(t *testing.T) {
	w := newWorld(t, emma())
	for i := range 5 {
		w.say(1001, fmt.Sprint("m", i))
	}
	list := w.updates()
	if len(list) != 5 {
		t.Fatalf("%d updates, want 5", len(list))
	}
	first := updateID(list[0])
	if got := w.Pending(); got != 5 {
		t.Errorf("pending %d after delivery, want 5: nothing is confirmed", got)
	}
	if list = w.updates("offset", first+2, "limit", 2); len(list) != 2 || updateID(list[0]) != first+2 {
		t.Errorf("from the third, two: %v", list)
	}
	if got := w.Pending(); got != 3 {
		t.Errorf("pending %d, want 3", got)
	}
	if list = w.updates("offset", first); len(list) != 3 {
		t.Errorf("a lower offset brings back %d, want the 3 not confirmed", len(list))
	}
	if list = w.updates("offset", -1); len(list) != 1 || updateID(list[0]) != first+4 {
		t.Errorf("offset -1: %v", list)
	}
	if got := w.Pending(); got != 1 {
		t.Errorf("pending %d after a negative offset, want 1", got)
	}
	w.clock.move(24*time.Hour + time.Second)
	if got := w.Pending(); got != 0 {
		t.Errorf("pending %d after a day, want 0", got)
	}
	w.say(1001, "after a day")
	if list = w.updates("offset", first+5); len(list) != 1 || updateID(list[0]) != first+5 {
		t.Errorf("ids go on: %v", list)
	}
}

func TestAllowedUpdatesStick(t *testing.T) {
	w := newWorld(t, emma())
	w.say(1001, "before")
	if n := len(w.updates("allowed_updates", `["callback_query"]`)); n != 1 {
		t.Fatalf("what was queued before stays: got %d", n)
	}
	w.say(1001, "not wanted")
	if n := len(w.updates("offset", -1)); n != 1 { // the first, again
		t.Errorf("got %d updates, want 1", n)
	}
	w.say(1001, "still not wanted")
	if w.Pending() != 1 {
		t.Errorf("pending %d, want 1", w.Pending())
	}
	w.updates("allowed_updates", `[]`)
	w.say(1001, "wanted again")
	if w.Pending() != 2 {
		t.Errorf("pending %d, want 2", w.Pending())
	}
}

func TestLongPoll(t *testing.T) {
	w := newWorld(t, emma())
	got := make(chan answer, 2)
	poll := func(pairs ...any) {
		a, err := w.try("getUpdates", append([]any{"timeout", 50}, pairs...)...)
		if err != nil {
			a.Text = "cut"
		}
		got <- a
	}
	go poll()
	w.parked()
	if n := w.Pending(); n != 0 {
		t.Errorf("pending %d with a parked poll, want 0", n)
	}
	w.say(1001, "wake up")
	a := <-got
	if !a.OK || !bytes.Contains(a.Result, []byte("wake up")) {
		t.Fatalf("woken poll: %+v", a)
	}

	// A second poller takes over; the older one is told, the newer one is served.
	next := firstUpdateID + 1
	go poll("offset", next)
	w.parked()
	second := make(chan answer, 1)
	go func() {
		a, _ := w.try("getUpdates", "timeout", 50, "offset", next)
		second <- a
	}()
	a = <-got
	const text = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
	if a.Code != 409 || a.Text != text {
		t.Errorf("older poller: %d %s", a.Code, a.Text)
	}
	w.parked()
	w.say(1001, "for the second")
	if a = <-second; !a.OK || !bytes.Contains(a.Result, []byte("for the second")) {
		t.Errorf("newer poller: %+v", a)
	}

	// DropPoll cuts, and nothing is lost.
	go poll("offset", next+1)
	w.parked()
	w.DropPoll()
	if a = <-got; a.Text != "cut" {
		t.Errorf("dropped poll was answered: %+v", a)
	}
	if n := w.Pending(); n != 0 {
		t.Errorf("pending %d after the cut, want 0", n)
	}
}

func TestDuplicate(t *testing.T) {
	w := newWorld(t, emma())
	w.fault.Add(stand.Fault{Platform: "telegram", Kind: stand.FaultDuplicate})
	w.say(1001, "twice")
	w.say(1001, "once")
	first := w.updates()
	if len(first) != 2 {
		t.Fatalf("%d updates, want 2", len(first))
	}
	again := w.updates("offset", updateID(first[1])+1)
	if len(again) != 1 || updateID(again[0]) != updateID(first[0]) {
		t.Fatalf("second round %v, want the first update alone", again)
	}
	if w.Pending() != 1 {
		t.Errorf("pending %d, want 1", w.Pending())
	}
	w.say(1001, "next")
	last := w.updates("offset", updateID(first[1])+1)
	if len(last) != 1 || updateID(last[0]) != updateID(first[1])+1 || w.Pending() != 1 {
		t.Errorf("third round %v, pending %d", last, w.Pending())
	}
}

// TestPendingIsExact: once everybody has spoken, nothing is pending only when the bot has
// dealt with everything and said so.
func TestPendingIsExact(t *testing.T) {
	w := newWorld(t, emma(), group())
	const people, each = 4, 25
	var handled sync.Map
	go func() { // the bot
		offset := int64(0)
		for {
			a, err := w.try("getUpdates", "timeout", 50, "offset", offset)
			if err != nil {
				return
			}
			var list []map[string]json.RawMessage
			_ = json.Unmarshal(a.Result, &list)
			for _, u := range list {
				if _, err := w.try("getChat", "chat_id", 1001); err != nil {
					return
				}
				handled.Store(updateID(u), true)
				offset = updateID(u) + 1
			}
		}
	}()
	var all sync.WaitGroup
	for range people {
		all.Go(func() {
			for range each {
				w.say(1001, "x")
			}
		})
	}
	all.Wait()
	quiet(t, w)
	n := 0
	handled.Range(func(any, any) bool { n++; return true })
	if n != people*each {
		t.Errorf("nothing pending after %d of %d updates were handled", n, people*each)
	}
}

func TestBrake(t *testing.T) {
	var q queue
	if limit, timeout := q.brake(0, 100, 0); limit != 100 || timeout != 0 {
		t.Errorf("the first call: limit %d, timeout %v", limit, timeout)
	}
	if limit, timeout := q.brake(0, 100, 0); limit != 1 || timeout != 3*time.Second {
		t.Errorf("the same at once: limit %d, timeout %v", limit, timeout)
	}
	if limit, timeout := q.brake(5, 100, 0); limit != 100 || timeout != 0 {
		t.Errorf("another offset: limit %d, timeout %v", limit, timeout)
	}
}
