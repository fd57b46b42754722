package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// What two people decide at the same moment about one reminder, or one task, is decided once: the
// other is told how it stands.
func TestDecidedTogether(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "duebot.toml")
	text := `[reminders]
policy = "calls"
[[reminders.policies]]
name = "calls"
before = []
steps = [{after = 3, tone = "plain"}, {after = 7, kind = "call", tone = "firm"}]
`
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	box, err := openSandbox(t.Context(), sandboxOptions{addr: "127.0.0.1:0", dir: t.TempDir(), empty: true, config: config, start: time.Date(2026, 10, 1, 7, 0, 0, 0, time.UTC)}, logger(false))
	if err != nil {
		t.Fatal(err)
	}
	defer box.close()
	p := newPlayer(t, box.base)
	p.command(sales, "CINVOICES1", `/ar customer add acme "Acme GmbH" terms=net7`)
	p.link("acme", 1001)
	p.command(sales, "CINVOICES1", `/ar invoice acme 100 "One"`)
	p.press(sales, "Confirm")

	together := func(lines ...string) (said []string) {
		t.Helper()
		said = make([]string, len(lines))
		var all sync.WaitGroup
		for i, line := range lines {
			all.Go(func() {
				var r commandReply
				act := map[string]any{"user": []string{finance, manager}[i%2], "channel": "CINVOICES1", "command": "/ar", "text": line}
				if err := p.try("slack/command", act, &r); err != nil {
					t.Error(err)
				}
				said[i] = r.Error + shown(r.Payload.Text, r.Payload.Blocks)
			})
		}
		all.Wait()
		return said
	}
	count := func(said []string, words string) (n int) {
		for _, s := range said {
			if strings.Contains(s, words) {
				n++
			}
		}
		return n
	}

	p.post("clock", map[string]any{"set": "2026-10-12T07:30:00Z"}, nil)
	said := together("preflight send acme", "preflight send acme", "preflight skip acme", "preflight snooze acme until 2026-10-20", "preflight send acme", "preflight skip acme")
	done := count(said, "goes now") + count(said, "is not reminded this time") + count(said, "is not reminded before")
	if done != 1 {
		t.Errorf("%d of them were done:\n%s", done, strings.Join(said, "\n"))
	}
	p.advance("1h")
	w := p.state()
	if n := strings.Count(w.chat(1001), "an invoice is overdue"); n != count(said, "goes now") {
		t.Errorf("he got %d reminders:\n%s", n, strings.Join(said, "\n"))
	}

	p.post("clock", map[string]any{"set": "2026-10-28T12:00:00Z"}, nil) // also after a snooze
	_, tasks := p.command(finance, "CINVOICES1", "/ar tasks")
	if !strings.Contains(tasks, "T-1") {
		t.Fatalf("no task:\n%s", tasks)
	}
	said = together(`task T-1 talked "one"`, `task T-1 talked "two"`, `task T-1 nothing "three"`, `task T-1 talked "four"`)
	if count(said, "is closed already, and nothing was changed") != 3 {
		t.Errorf("closed by several:\n%s", strings.Join(said, "\n"))
	}
}
