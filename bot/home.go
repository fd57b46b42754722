package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"duebot/adapters/slack"
	"duebot/commands/card"
	"duebot/ledger"
)

// The Home tabs of those who looked at them lately follow the books. Changes are gathered: a
// tab is written at most every few seconds, the more seldom the more are open, so that all
// together stay within what Slack takes in a minute. Which are open is working state.

const (
	homeEvery = 3 * time.Second // of one person
	homeEach  = time.Second     // for each person whose tab is open
	homeLife  = 3 * 24 * time.Hour
	homeAgain = 30 * time.Second // after a call that Slack did not take
	homeRow   = "home:"
)

type homes struct {
	b    *Bot
	mu   sync.Mutex
	open map[string]*homeTab // by user
}

// homeTab is the Home tab of one person.
type homeTab struct {
	opened  time.Time // last, in business time
	kept    time.Time // what of it the books know
	written time.Time
	shown   [32]byte // what stands there
	due     bool     // a writing waits for its time

	one sync.Mutex // one writing at a time
}

// load reads whose tabs were open before a restart.
func (h *homes) load() {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := h.b.books.View(func(v *ledger.View) error {
		return v.Each(homeRow, func(name string, value []byte) error {
			unix, _ := strconv.ParseInt(string(value), 10, 64)
			at := time.Unix(unix, 0)
			h.open[strings.TrimPrefix(name, homeRow)] = &homeTab{opened: at, kept: at}
			return nil
		})
	})
	if err != nil {
		h.b.log.Warn("reading whose Home tabs are open", "error", err)
	}
}

// opened writes the tab that somebody looks at.
func (h *homes) opened(ctx context.Context, user string) {
	now := h.b.clock.Now()
	h.mu.Lock()
	t := h.open[user]
	if t == nil {
		t = &homeTab{}
		h.open[user] = t
	}
	t.opened = now
	keep := now.Sub(t.kept) > homeLife/3
	if keep {
		t.kept = now
	}
	h.mu.Unlock()
	if keep {
		h.keep(user, strconv.AppendInt(nil, now.Unix(), 10))
	}
	h.write(ctx, user, t, true)
}

func (h *homes) keep(user string, value []byte) {
	_, err := h.b.books.Update(context.Background(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		tx.Put(homeRow+user, value)
		return nil, nil
	}})
	if err != nil {
		h.b.log.Warn("remembering an open Home tab", "error", err)
	}
}

// outdated has the open tabs written again, each when its time comes.
func (h *homes) outdated() {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.b.clock.Now()
	for user, t := range h.open {
		if now.Sub(t.opened) > homeLife {
			delete(h.open, user)
			continue
		}
		h.plan(user, t, t.written.Add(h.every()).Sub(now))
	}
}

// daily has the tabs written again when the company's day begins: what is due then, and how
// old a debt is, changes without anything being booked.
func (h *homes) daily(ctx context.Context) error {
	return h.b.repeat(ctx, func() time.Duration {
		h.outdated()
		now, zone := h.b.clock.Now(), time.UTC
		h.b.books.View(func(v *ledger.View) error {
			co := v.Company()
			zone = co.Zone()
			return nil
		})
		return max(ledger.DateOf(now, zone).AddDays(1).At(0, 0, zone).Sub(now), time.Second)
	})
}

// every is how long one person's tab rests.
func (h *homes) every() time.Duration { return max(homeEvery, time.Duration(len(h.open))*homeEach) }

// plan has a tab written after a wait, once. The lock is held.
func (h *homes) plan(user string, t *homeTab, wait time.Duration) {
	if t.due {
		return
	}
	t.due = true
	run := func() {
		h.mu.Lock()
		t.due = false
		h.mu.Unlock()
		h.write(context.Background(), user, t, false)
	}
	if wait > 0 {
		h.b.clock.After(wait, func() {
			defer h.b.begin()()
			if h.b.ready.Load() {
				run()
			}
		})
		return
	}
	done := h.b.begin()
	go func() {
		defer done()
		run()
	}()
}

// write publishes a tab whose content is another than what stands there, or whose owner has
// just opened it.
func (h *homes) write(ctx context.Context, user string, t *homeTab, looking bool) {
	t.one.Lock()
	defer t.one.Unlock()
	who := (&staffDesk{h.b}).staff(ctx, user)
	began := h.b.clock.Now()
	cards, err := h.b.desk.Home(who)
	if err != nil {
		if !errors.Is(err, ledger.ErrClosed) {
			h.b.log.Error("making a Home tab", "user", user, "error", err)
		}
		return
	}
	data, _ := json.Marshal(struct {
		Cards []*card.Card
		Lang  string
	}{cards[:len(cards)-1], who.Lang})
	sum := sha256.Sum256(data)
	h.mu.Lock()
	t.written = began
	same := t.shown == sum
	h.mu.Unlock()
	if same && !looking {
		return
	}
	err = h.b.slack.PublishHome(ctx, user, cards, wordsIn(h.b.texts, who.Lang))
	h.written(user, t, sum, err)
}

// written notes what became of a writing: one that Slack did not take is done again.
func (h *homes) written(user string, t *homeTab, sum [32]byte, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var refused *card.SendError
	switch {
	case err == nil:
		t.shown = sum
	case errors.Is(err, slack.ErrNoHome):
		delete(h.open, user)
		h.b.log.Warn("writing a Home tab: paste the manifest that duebot prints, and install the app again", "error", err)
	case errors.As(err, &refused) && refused.Permanent:
		h.b.log.Error("writing a Home tab", "user", user, "error", err)
	case h.b.ready.Load():
		h.b.log.Warn("writing a Home tab", "user", user, "error", err)
		wait := homeAgain
		if refused != nil {
			wait = max(refused.RetryAfter, h.every())
		}
		h.plan(user, t, wait)
	}
}
