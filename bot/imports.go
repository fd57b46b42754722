package main

import (
	"context"
	"errors"

	"duebot/adapters/exchange"
	"duebot/adapters/slack"
	"duebot/bot/pace"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// imports works on the files that staff drop into Slack, one at a time: it fetches them, and
// lets the desk check and book them. What a file waits for is in the books' working state, so
// that a restart goes on with it.
type imports struct {
	bot  *Bot
	wake chan func() // each ends what was counted as under way when it was asked for
}

func newImports(b *Bot) *imports { return &imports{bot: b, wake: make(chan func(), 1)} }

// kick has the files looked at. It counts as under way from now on.
func (i *imports) kick() {
	done := i.bot.begin()
	select {
	case i.wake <- done:
	default: // a look that has not begun will see it too
		done()
	}
}

// run looks for files whenever it is kicked, and once at the start.
func (i *imports) run(ctx context.Context) error {
	i.kick()
	for {
		select {
		case <-ctx.Done():
			return nil
		case done := <-i.wake:
			i.work(ctx)
			done()
		}
	}
}

// work does all that files wait for.
func (i *imports) work(ctx context.Context) {
	log := i.bot.log
	var last commands.ImportWork
	for ctx.Err() == nil {
		next, ok, err := i.bot.desk.NextImport(ctx)
		if err != nil || !ok {
			if err != nil && !errors.Is(err, ledger.ErrClosed) && ctx.Err() == nil {
				log.Error("looking for files to import", "error", err)
			}
			return
		}
		if again := next == last; again {
			err = errNoProgress
		} else if last = next; next.File != "" {
			err = i.fetch(ctx, next)
		} else {
			err = i.bot.desk.WorkImport(ctx, next.ID)
		}
		if err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
			ref := reference()
			log.Error("importing a file", "ref", ref, "file", next.ID.Label(), "error", err)
			if err := i.bot.desk.BreakImport(ctx, next.ID, ref); err != nil {
				log.Error("ending an import", "ref", ref, "error", err)
				return
			}
		}
	}
}

var errNoProgress = errors.New("work on it leads nowhere")

// fetchTries is how often a file is asked for that Slack does not give at once.
const fetchTries = 3

// fetch brings a file's bytes into the books' working state.
func (i *imports) fetch(ctx context.Context, next commands.ImportWork) (err error) {
	if name, ok := next.FolderFile(); ok {
		return i.fetchFolder(ctx, next.ID, name)
	}
	for range fetchTries {
		i.bot.turn(ctx, pace.Call{Platform: pace.Slack, Method: "files.info"})
		name, data, failed := i.bot.slack.Fetch(ctx, next.File, i.bot.cfg.importMax())
		var refused *card.SendError
		switch err = failed; {
		case errors.Is(failed, slack.ErrFileTooLarge):
			failed = ledger.Refuse(ledger.BadInput, "file.toolarge", "max", i.bot.cfg.importMax()>>20)
		case errors.As(failed, &refused) && refused.Permanent:
			failed = ledger.Refuse(ledger.NotFound, "file.gone")
		case failed != nil:
			continue
		}
		return i.bot.desk.Fetched(ctx, next.ID, name, data, failed)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	i.bot.log.Warn("fetching a file", "file", next.ID.Label(), "error", err)
	return i.bot.desk.Fetched(ctx, next.ID, "", nil, ledger.Refuse(ledger.NotFound, "file.gone"))
}

// readTable reads a dropped file.
func readTable(data []byte, language string, how ledger.ImportAnswers) (*ledger.ImportFile, error) {
	return exchange.ReadImport(data, exchange.Reading{Language: language, ImportAnswers: how})
}

// Files hands on the files that somebody dropped into a channel.
func (d *staffDesk) Files(ctx context.Context, in slack.FileMessage) error {
	drop := commands.FileDrop{Key: in.Key, Who: d.staff(ctx, in.User), Channel: in.Channel, Thread: in.Thread, Direct: in.Direct, Text: in.Text}
	for _, f := range in.Files {
		drop.Files = append(drop.Files, commands.DroppedFile(f))
	}
	todo, err := d.b.desk.Drop(ctx, drop)
	if todo {
		d.b.imports.kick()
		d.b.attachments.kick()
	}
	return err
}
