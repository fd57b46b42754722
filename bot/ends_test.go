package main

import (
	"testing"
	"time"

	"duebot/ledger"
)

// ends are what became of the notices of a ledger, in the order of its facts.
type ends struct {
	t      testing.TB
	v      *ledger.View
	queued []ledger.NoticeQueued // by notice id, from 1
	became map[ledger.NoticeID]*ledger.NoticeOutcome
	last   map[string]ledger.NoticeID // by lane: the newest that has come to its end
}

// checkEnds sees that each notice of a stopped bot came to an end that somebody sees: sent,
// unknown and asked about, failed and told to staff, or withdrawn with its reason; and that
// those of one chat did so in the order in which they were queued. What waits is for a
// customer who cannot be reached, paused, or has its hours.
func checkEnds(t testing.TB, path string) {
	t.Helper()
	at := evening
	books, err := ledger.Open(path, ledger.Options{Now: func() time.Time { return at }, Mark: sandboxMark})
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
	err = books.View(func(v *ledger.View) error {
		e := &ends{t: t, v: v, queued: make([]ledger.NoticeQueued, 1), became: map[ledger.NoticeID]*ledger.NoticeOutcome{}, last: map[string]ledger.NoticeID{}}
		if err := v.Facts(1, func(f *ledger.Fact) error { e.fact(f); return nil }); err != nil {
			return err
		}
		e.check()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (e *ends) fact(f *ledger.Fact) {
	switch x := f.Body.(type) {
	case *ledger.NoticeQueued:
		e.queued = append(e.queued, *x)
	case *ledger.NoticeOutcome:
		n := &e.queued[x.Notice]
		if e.became[x.Notice] == nil && n.Campaign == 0 && !hasHours(n) { // a pause lets others overtake
			lane := laneOf(&ledger.Notice{NoticeQueued: *n})
			if x.Notice < e.last[lane] {
				e.t.Errorf("notice %d (%s) of %s came to its end after notice %d", x.Notice, n.Kind, lane, e.last[lane])
			}
			e.last[lane] = x.Notice
		}
		e.became[x.Notice] = x
	}
}

// hasHours reports whether n waits for the hours of its customer, or for those at which staff work.
func hasHours(n *ledger.NoticeQueued) bool {
	return n.Kind == ledger.NoticeReminder || n.Kind == ledger.NoticeWork || n.Kind == ledger.NoticeHeld
}

// check looks at each notice.
func (e *ends) check() {
	asked := map[ledger.NoticeID]bool{}
	for _, n := range e.v.UnknownNotices() {
		asked[n.ID] = e.v.Doubt(n.Doubt).Card != 0
	}
	tasks := map[string]int{} // code → how many
	for i := range e.queued {
		if n := &e.queued[i]; n.Kind == ledger.NoticeTask {
			tasks[n.Code]++
		}
	}
	for id := ledger.NoticeID(1); int(id) < len(e.queued); id++ {
		n, x := &e.queued[id], e.became[id]
		switch {
		case x == nil:
			c := e.v.Customer(n.Customer)
			k := e.v.Campaign(n.Campaign)
			reminder := n.Kind == ledger.NoticeReminder
			if !n.Kind.ToCustomer() && hasHours(n) {
				continue
			}
			if paused := k != nil && k.State == ledger.CampaignPaused; n.Kind.ToCustomer() && (paused || reminder || !e.v.Reaches(c, true, reminder)) {
				continue
			}
			e.t.Errorf("notice %d (%s) has come to no end", id, n.Kind)
		case x.State == ledger.NoticeSent:
		case x.State == ledger.NoticeUnknown && asked[id]:
		case x.State == ledger.NoticeFailed && x.Reason != "" && (n.Kind == ledger.NoticeTask || tasks["failed"] > 0):
		case x.State == ledger.NoticeWithdrawn && x.Reason != "":
		default:
			e.t.Errorf("notice %d (%s) is %s for %q, and nobody sees it", id, n.Kind, x.State, x.Reason)
		}
	}
}
