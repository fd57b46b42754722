package main

import (
	"context"
	"errors"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// shelf remembers which file a message of ours was about to share, until nobody can ask any
// more what became of it. It is working state.
type shelf struct{ b *Bot }

func shelfKey(message string) string { return "slack.file:" + message }

func (s shelf) Reserved(message string) (file string) {
	s.b.books.View(func(v *ledger.View) error {
		data, err := v.Get(shelfKey(message))
		file = string(data)
		return err
	})
	return file
}

func (s shelf) Reserve(ctx context.Context, message, file string) error {
	_, err := s.b.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		tx.Put(shelfKey(message), []byte(file))
		return nil, nil
	}})
	return err
}

// forgetFile forgets the file of a message that arrived.
func forgetFile(tx *ledger.Tx, n *ledger.Notice) {
	if n.Kind == ledger.NoticePaper {
		tx.Put(shelfKey(noticeName(n.ID)), nil)
	}
}

// paperFailed tells finance that documents do not get into Slack: once a day, for what is
// wrong with one is wrong with all.
func (d *delivery) paperFailed(tx *ledger.Tx, n *ledger.Notice, why *card.SendError) error {
	const marker = "unpapered"
	today := tx.Today().String()
	if last, err := tx.Get(marker); err != nil || string(last) == today {
		return err
	}
	tx.Put(marker, []byte(today))
	return tx.NotifyText(ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: n.Customer, Invoice: n.Invoice,
		Address: d.bot.cfg.Slack.Finance, Code: "paper"}, why.Reason)
}

// shareMax is how long Slack gets to show a file that it has taken.
const shareMax = time.Minute

// lostPaper finds out what became of a document of which nobody knows whether it hangs in its
// thread: Slack tells by the file that was reserved for it. One that it took and does not show
// goes again, marked as a copy.
func (d *delivery) lostPaper(ctx context.Context, n *ledger.Notice, again func(wasLost bool) (time.Duration, bool)) (wait time.Duration, settled bool) {
	channel, ts, pending, err := d.bot.slack.FindPaper(d.calls, sentTo(n), noticeName(n.ID))
	var refused *card.SendError
	switch {
	case errors.As(err, &refused) && refused.Permanent:
		d.log.Warn("looking up a lost file was refused", "notice", n.ID, "reason", refused.Reason)
		d.fail(ctx, n, refused)
		return finished, true
	case err != nil:
		d.log.Warn("looking up a lost file", "notice", n.ID, "error", err)
		return lookLater, false
	case ts != "":
		d.became("slack", "sent")
		d.update(ctx, func(tx *ledger.Tx) error {
			forgetFile(tx, n)
			return tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: "slack:" + channel, Message: ts, Words: n.Attempt.Words})
		})
		return finished, true
	case pending && d.clock.Now().Sub(n.Attempt.At) < shareMax:
		return lookLater, false
	}
	return again(pending)
}
