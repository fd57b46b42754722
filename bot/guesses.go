package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"time"

	"duebot/adapters/telegram"
	"duebot/commands/card"
	"duebot/ledger"
)

// Whoever guesses invitations is slowed: after a few wrong ones of an hour those of his chat are
// not even looked at for an hour, and he can't tell. Finance hears of it once a day. The times
// are business time, as that of invitations.

// guesses counts invitations that were none. The zero guesses are ready.
type guesses struct {
	mu    sync.Mutex
	chats map[string][]time.Time // wrong ones lately
	shut  map[string]time.Time   // since when a chat's are not looked at
	told  guessReport            // what is still to be told
}

// guessReport is what finance is told.
type guessReport struct {
	Since time.Time       `json:"since"` // the first; zero: there were none
	Count int             `json:"count"`
	Chats map[string]bool `json:"chats"`
}

const (
	guessFew     = 5
	guessEvery   = time.Hour
	guessHour    = 9      // of the day after, in the company's zone, when finance is told
	guessChatMax = 10_000 // chats that a report counts
	guessRow     = "guesses"
)

// may reports whether an invitation of this chat's is to be looked at.
func (g *guesses) may(chat string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	since, shut := g.shut[chat]
	if shut && now.Sub(since) < guessEvery && !now.Before(since) {
		g.count(chat, now)
		return false
	}
	delete(g.shut, chat)
	return true
}

// wrong notes that an invitation of this chat's was none.
func (g *guesses) wrong(chat string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.chats == nil {
		g.chats, g.shut = map[string][]time.Time{}, map[string]time.Time{}
	}
	if _, known := g.chats[chat]; !known { // now and then
		maps.DeleteFunc(g.chats, func(_ string, list []time.Time) bool { return len(lately(list, now, guessEvery)) == 0 })
		maps.DeleteFunc(g.shut, func(_ string, since time.Time) bool { return now.Sub(since) >= guessEvery })
	}
	list := append(lately(g.chats[chat], now, guessEvery), now)
	if len(list) >= guessFew {
		g.shut[chat] = now
		list = nil
	}
	g.chats[chat] = list
	g.count(chat, now)
}

func (g *guesses) count(chat string, now time.Time) {
	r := &g.told
	if r.Since.IsZero() {
		*r = guessReport{Since: now, Chats: map[string]bool{}}
	}
	if r.Count++; len(r.Chats) < guessChatMax {
		r.Chats[chat] = true
	}
}

// due returns what is to be told at now, or when it will be: at nine of the day after the first.
func (g *guesses) due(now time.Time, zone *time.Location) (r guessReport, at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.told.Since.IsZero() {
		return r, at
	}
	day := g.told.Since.In(zone)
	at = time.Date(day.Year(), day.Month(), day.Day()+1, guessHour, 0, 0, 0, zone)
	if now.Before(at) {
		return r, at
	}
	r, g.told = g.told, guessReport{}
	return r, time.Time{}
}

// tellGuesses tells finance of the guesses of a day when that is due, and returns when it will
// be.
func (b *Bot) tellGuesses(ctx context.Context, now time.Time) time.Time {
	zone, err := time.LoadLocation(b.cfg.Company.Zone)
	if err != nil {
		zone = time.UTC
	}
	r, at := b.guesses.due(now, zone)
	if r.Count > 0 && ctx.Err() == nil {
		b.book(ctx, "telling of guessed invitations", func(tx *ledger.Tx) error {
			return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeTask, Address: b.cfg.Slack.Finance, Code: fmt.Sprintf("guesses.%d.%d", r.Count, len(r.Chats))})
		})
	}
	return at
}

// keepGuesses and loadGuesses take what is still to be told over a restart.
func (b *Bot) keepGuesses() {
	b.guesses.mu.Lock()
	r := b.guesses.told
	b.guesses.mu.Unlock()
	if r.Count == 0 {
		return
	}
	row, err := json.Marshal(r)
	if err != nil {
		b.log.Error("keeping guessed invitations", "error", err)
		return
	}
	b.book(context.Background(), "keeping guessed invitations", func(tx *ledger.Tx) error { tx.Put(guessRow, row); return nil })
}

func (b *Bot) loadGuesses() {
	var row []byte
	b.books.View(func(v *ledger.View) (err error) { row, err = v.Get(guessRow); return err })
	var r guessReport
	if row == nil || json.Unmarshal(row, &r) != nil || r.Chats == nil {
		return
	}
	b.guesses.mu.Lock()
	b.guesses.told = r
	b.guesses.mu.Unlock()
	b.book(context.Background(), "keeping guessed invitations", func(tx *ledger.Tx) error { tx.Put(guessRow, nil); return nil })
}

// wrongToken is what is said to an invitation that is none, whether it was looked at or not.
func wrongToken(in telegram.Chat) card.Reply {
	if !in.Private {
		return card.Say("chat.linkprivately")
	}
	return card.Say("refuse.link.unknown")
}

// isWrongToken reports whether reply is that.
func isWrongToken(reply card.Reply) bool {
	k := reply.Card
	return k != nil && len(k.Body) == 1 && (k.Body[0].Key == "refuse.link.unknown" || k.Body[0].Key == "chat.linkprivately")
}
