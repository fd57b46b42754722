package main

import (
	"fmt"
	"sync/atomic"

	"duebot/adapters/telegram"
)

// counts are what became of notices since the program was started.
type counts struct {
	sent, failed, unknown, limited atomic.Int64
}

// standing is how much waits in the lanes.
type standing struct {
	Customers, Slack int // notices
	Parked           int // of them, those that wait for a chat or the end of a pause
}

// standing counts what waits.
func (d *delivery) standing() (s standing) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.lanes {
		if l.name[0] == 'c' {
			s.Customers += len(l.queue)
		} else {
			s.Slack += len(l.queue)
		}
		if l.state == laneParked {
			s.Parked += len(l.queue)
		}
	}
	return s
}

// report writes what was delivered to the log, if anything was since the last report.
func (d *delivery) report(last string) (now string) {
	c, w := &d.counts, d.standing()
	now = fmt.Sprint(c.sent.Load(), c.failed.Load(), c.unknown.Load(), c.limited.Load())
	if now != last {
		d.log.Info("delivered so far", "sent", c.sent.Load(), "failed", c.failed.Load(), "unknown", c.unknown.Load(),
			"told to wait", c.limited.Load(), "waiting for customers", w.Customers, "waiting for staff", w.Slack, "parked", w.Parked)
	}
	return now
}

// Long messages meet Telegram's limits sooner; how much so is not published.
const weightEvery = 1024

// weight is how many ordinary messages a message counts as.
func (b *Bot) weight(o *outgoing) int {
	if o.edit != "" || o.call().Platform != "telegram" {
		return 1
	}
	return 1 + telegram.Length(telegram.Message{Chat: o.chat, Card: o.card, Words: o.words})/weightEvery
}
