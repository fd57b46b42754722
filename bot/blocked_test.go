package main

import (
	"strings"
	"testing"
)

// A person who blocked the bot is told of once to whoever looks after him, and once a week that
// a reminder could not be sent; nothing is tried in his chat. When he lets it in again, the
// reminder comes.
func TestBlockedChatIsOneTask(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.command("USALES0001", "CINVOICES1", "/ar customer set acme owner=<@USALES0001>")
	ts, _ := f.command("UFINANCE01", "CINVOICES1", `/ar invoice acme 100 "Consulting" due 1d`)
	f.confirm(ts)
	f.rest()
	f.post("telegram/block", map[string]any{"chat": 1001, "blocked": true}, nil)
	tasks := func(words string) int {
		w := f.state()
		return strings.Count(w.channel("DM", "USALES0001"), words)
	}
	f.advance("144h")
	if got := tasks("can't be reached any more"); got != 1 {
		t.Errorf("%d tasks about the chat in six days, want 1", got)
	}
	if got := tasks("still can't be reached"); got != 1 {
		t.Errorf("%d tasks about a reminder in six days, want 1", got)
	}
	f.advance("168h")
	if got := tasks("still can't be reached"); got != 2 {
		t.Errorf("%d tasks about a reminder in two weeks, want one a week", got)
	}
	if _, seen := f.command("USALES0001", "CINVOICES1", "/ar show acme"); !strings.Contains(seen, "blocked the bot") {
		t.Errorf("the account does not say that the chat is blocked:\n%s", seen)
	}
	if n := count(logOf(t, f.base, 0), func(e entry) bool { return sends(e.Method) && e.Status == 403 }); n != 0 {
		t.Errorf("%d messages were sent to a chat that was known to be blocked", n)
	}
	f.post("telegram/block", map[string]any{"chat": 1001, "blocked": false}, nil)
	f.advance("24h")
	w := f.state()
	if seen := w.chat(1001); !strings.Contains(seen, "overdue") && !strings.Contains(seen, "reminder") {
		t.Errorf("no reminder came:\n%s", seen)
	}
	if _, seen := f.command("USALES0001", "CINVOICES1", "/ar show acme"); strings.Contains(seen, "blocked the bot") {
		t.Errorf("the account still says that the chat is blocked:\n%s", seen)
	}
}
