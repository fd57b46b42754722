package main

import (
	"strings"
	"testing"
)

// A person who blocked the bot is told of once a week, not every morning on which he should
// have been reminded; when he lets it in again, the reminder comes.
func TestBlockedChatIsOneTask(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ts, _ := f.command("UFINANCE01", "CINVOICES1", `/ar invoice acme 100 "Consulting" due 1d`)
	f.confirm(ts)
	f.rest()
	f.post("telegram/block", map[string]any{"chat": 1001, "blocked": true}, nil)
	tasks := func() int {
		w := f.state()
		return strings.Count(w.channel("CFINANCE01", "UFINANCE01"), "can't be reached any more")
	}
	f.advance("144h")
	if got := tasks(); got != 1 {
		t.Errorf("%d tasks in six days, want 1", got)
	}
	f.advance("168h")
	if got := tasks(); got < 2 || got > 3 {
		t.Errorf("%d tasks in two weeks, want one a week", got)
	}
	f.post("telegram/block", map[string]any{"chat": 1001, "blocked": false}, nil)
	f.advance("24h")
	w := f.state()
	if seen := w.chat(1001); !strings.Contains(seen, "overdue") && !strings.Contains(seen, "reminder") {
		t.Errorf("no reminder came:\n%s", seen)
	}
}
