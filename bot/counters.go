package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"duebot/adapters/web"
)

// counters count what happened since the start, by name with labels as Prometheus writes
// them. The zero counters are ready.
type counters struct {
	mu sync.Mutex
	n  map[string]int64

	standing func() map[string]int64 // what is so now, by name; nil: nothing is
}

func (c *counters) add(name string, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int64{}
	}
	c.n[name] += n
}

// inbound counts what comes in from a platform. What an outcome is called is a word of our
// own, and nothing that a caller has sent.
func (c *counters) inbound(channel string) func(outcome string) {
	return func(outcome string) { c.add(inboundName(channel, outcome), 1) }
}

func inboundName(channel, outcome string) string {
	return fmt.Sprintf("duebot_inbound_total{channel=%q,outcome=%q}", channel, outcome)
}

// outcomes are what the acts of customers and strangers are counted as that were refused, by
// the key of what they were told; what staff are refused is "forbidden".
var outcomes = map[string]string{"chat.stranger": "stranger", "link.unknown": "foreign_token", "chat.linkprivately": "public_token"}

// turnedAway counts who was refused what is not his. A role may be newer than what we know.
func (b *Bot) turnedAway(key string) {
	if outcome := outcomes[key]; outcome != "" {
		b.counts.inbound("telegram")(outcome)
		return
	}
	b.counts.inbound("slack")("forbidden")
	if key == "role.none" || key == "role.not" {
		b.roster.bust()
	}
}

// routes serve the counters to whoever is on this machine, and not to those whom a proxy
// lets in: how often somebody tried to forge a call is nobody else's business.
func (c *counters) routes() map[string]http.Handler {
	return map[string]http.Handler{"GET /metrics": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !web.Local(r) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		c.write(w)
	})}
}

func (c *counters) write(w io.Writer) {
	c.mu.Lock()
	all := maps.Clone(c.n)
	c.mu.Unlock()
	last := ""
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if family, _, _ := strings.Cut(name, "{"); family != last {
			fmt.Fprintf(w, "# TYPE %s counter\n", family)
			last = family
		}
		fmt.Fprintf(w, "%s %d\n", name, all[name])
	}
	if c.standing == nil {
		return
	}
	now := c.standing()
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if family, _, _ := strings.Cut(name, "{"); family != last {
			fmt.Fprintf(w, "# TYPE %s gauge\n", family)
			last = family
		}
		fmt.Fprintf(w, "%s %d\n", name, now[name])
	}
}
