package main

import (
	"time"

	"duebot/bot/clock"
	"duebot/commands/card"
	"duebot/ledger"
)

// A machine's clock may be set back: it was wrong before, or it is now, as after a start without
// a battery. Business time goes on all the same (see clock), while the program runs and over a
// restart; whoever runs it is told, for only people know which of the two is right.

// machine reads the machine's clock. Tests set it back.
var machine clock.Reader = clock.Machine

// clockSlack is what the machine's clock may be behind without a word.
const clockSlack = 2 * time.Minute

// clockBack is the code of the notice that it is.
const clockBack = "clock"

// goOn lets business time go on from what was booked last.
func (b *Bot) goOn() error {
	return b.books.View(func(v *ledger.View) error { b.clock.NotBefore(v.Now); return nil })
}

// lookAtClock tells finance and the log, once, that the machine's clock was set back, and the log
// when it is right again.
func (b *Bot) lookAtClock() {
	late := b.clock.Late()
	switch {
	case !b.behind && late >= clockSlack:
		b.behind = true
		now := b.clock.Now()
		b.log.Error("the machine's clock was set back; business time goes on from what is booked", "machine", now.Add(-late), "business", now, "behind", late.Round(time.Second))
		b.delivery.tell(clockBack)
	case b.behind && late < clockSlack/2:
		b.behind = false
		b.log.Info("the machine's clock and business time are one again")
	}
}

// clockNews words the line about it, unless it is right again.
func (b *Bot) clockNews(v *ledger.View) card.Message {
	late := b.clock.Late()
	if late < clockSlack/2 {
		return card.Message{Withdraw: "the machine's clock is right again"}
	}
	company := v.Company()
	now, zone := b.clock.Now(), company.Zone()
	return card.Message{Card: &card.Card{Title: card.T("task.title"), Body: []card.Text{card.T("clock.behind",
		"machine", card.Instant{At: now.Add(-late), Zone: zone}, "books", card.Instant{At: now, Zone: zone})}}}
}
