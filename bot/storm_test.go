package main

import (
	"testing"
	"time"
)

// TestNoStormOfRefusals lets the platform refuse what comes within its limits, three calls each
// time, in the middle of a campaign through a slow line. Those that were under way may be
// refused with the first; after that nothing arrives until Retry-After is over, and then fewer.
func TestNoStormOfRefusals(t *testing.T) {
	t.Parallel() // most of it is waiting
	const customers, after = 60, 4 * time.Second
	w, _ := campaignUnder(t, customers)
	p := newPlayer(t, w.base)
	bot := w.serve()
	for range 2 {
		before, _ := calls(t, w.base)
		eventually(t, "more reminders", func() bool { now, _ := calls(t, w.base); return len(now) > len(before)+5 })
		p.post("fault", map[string]any{"platform": "telegram", "kind": "429", "count": 3, "retry_after": int(after.Seconds())}, nil)
	}
	awaitDone(t, w.base, time.Minute)
	time.Sleep(200 * time.Millisecond)
	bot.stop(t)
	taken, refused := calls(t, w.base)
	if len(refused) == 0 {
		t.Fatal("nothing was refused")
	}
	first := time.Time{}
	for _, at := range refused {
		if at.Sub(first) > after { // the first of its kind
			first = at
		}
		if late := at.Sub(first); late > lineDelay {
			t.Errorf("a call was refused %s after another, and %s were to be waited", late, after)
		}
	}
	for _, at := range taken {
		for i, r := range refused {
			if d := at.Sub(r); d > lineDelay && d < after && !alone(refused, i) {
				t.Errorf("a call arrived %s after one that was to wait %s", d, after)
			}
		}
	}
	t.Logf("%d calls were refused of %d", len(refused), len(refused)+len(taken))
	checkCampaign(t, w, customers, 0)
	w.stand.stop(t)
}

// alone reports whether a refusal came by itself. Where its chat was refused before in the same
// minute that is taken as the limit of this chat, and the others go on until one of them is
// refused, too.
func alone(refused []time.Time, i int) bool {
	near := func(k int) bool { return k >= 0 && k < len(refused) && refused[k].Sub(refused[i]).Abs() < lineDelay }
	return !near(i-1) && !near(i+1)
}

// lineDelay is how long after a refusal calls may arrive that were under way then: what the line
// delays them, the commits before and after, and a machine with other work.
const lineDelay = 2 * time.Second

// calls are when messages reached the platform and were taken, and when they were refused as too
// many, in order.
func calls(t testing.TB, base string) (taken, refused []time.Time) {
	t.Helper()
	var log struct{ Entries []seenMessage }
	fetch(t, base+"/control/log?since=0", &log)
	for _, e := range log.Entries {
		switch {
		case sends(e.Method) && e.Status == 429:
			refused = append(refused, e.Wall)
		case sends(e.Method) && e.Status == 200:
			taken = append(taken, e.Wall)
		}
	}
	return taken, refused
}
