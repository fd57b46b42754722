package main

import (
	"fmt"
	"strings"

	"duebot/adapters/telegram"
	"duebot/bot/pace"
	"duebot/ledger"
)

// became counts what became of a notice that was to go to a chat ("telegram:1001").
func (d *delivery) became(chat, outcome string) {
	d.bot.counts.add(noticesName(chat, outcome), 1)
}

// platformOf is where a notice goes that has no chat yet, as became wants it.
func platformOf(n *ledger.Notice) string {
	if n.Kind.ToCustomer() {
		return pace.Telegram
	}
	return pace.Slack
}

// noticesName is the name of a counter: by platform, and nothing of the chat.
func noticesName(chat, outcome string) string {
	platform, _, _ := strings.Cut(chat, ":")
	return fmt.Sprintf("duebot_notices_total{platform=%q,outcome=%q}", platform, outcome)
}

// standing is how things stand: whether platforms answer, by how much the machine's clock is
// behind, and the notices that wait, by whom they are for, apart those that are parked:
// for a chat that can be written to, or for the end of a pause.
func (d *delivery) standing() map[string]int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[string]int64{}
	for _, to := range []string{"customers", "staff"} {
		for _, state := range []string{"moving", "parked"} {
			out[waitingName(to, state)] = 0
		}
	}
	for _, l := range d.lanes {
		to, state := "customers", "moving"
		if strings.HasPrefix(l.name, "slack:") {
			to = "staff"
		}
		if l.state == laneParked {
			state = "parked"
		}
		out[waitingName(to, state)] += int64(len(l.queue))
	}
	for name, p := range d.platforms {
		if name != "" {
			out[fmt.Sprintf("duebot_platform_answers{platform=%q}", name)] = answers(&p.gate)
		}
	}
	out["duebot_clock_behind_seconds"] = int64(d.clock.Late().Seconds())
	return out
}

// answers is 1 for a platform that answers, as far as is known, and 0 for one that does not.
func answers(g *gate) int64 {
	if g.since.IsZero() {
		return 1
	}
	return 0
}

func waitingName(to, state string) string {
	return fmt.Sprintf("duebot_notices_waiting{for=%q,state=%q}", to, state)
}

// report writes what was delivered to the log, if anything was since the last report.
func (d *delivery) report(last string) (now string) {
	sum := func(outcome string) (n int64) {
		for _, platform := range []string{pace.Telegram, pace.Slack, pace.Mail, pace.SMS} {
			n += d.bot.counts.of(noticesName(platform+":", outcome))
		}
		return n
	}
	sent, failed, unknown, limited := sum("sent"), sum("failed"), sum("unknown"), sum("limited")
	if now = fmt.Sprint(sent, failed, unknown, limited); now != last {
		w := d.standing()
		d.log.Info("delivered so far", "sent", sent, "failed", failed, "unknown", unknown, "told to wait", limited,
			"wait for customers", w[waitingName("customers", "moving")], "for staff", w[waitingName("staff", "moving")],
			"parked", w[waitingName("customers", "parked")])
	}
	return now
}

// Long messages meet Telegram's limits sooner; how much so is not published.
const weightEvery = 1024

// weight is how many ordinary messages a message counts as.
func (b *Bot) weight(o *outgoing) int {
	if o.edit != "" || o.call().Platform != pace.Telegram {
		return 1
	}
	return 1 + telegram.Length(telegram.Message{Chat: o.chat, Card: o.card, Words: o.words})/weightEvery
}

// of is what was counted by a name.
func (c *counters) of(name string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n[name]
}
