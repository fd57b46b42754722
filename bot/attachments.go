package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"duebot/adapters/slack"
	"duebot/bot/pace"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// attachments fetches the files that staff drop into invoices' threads, one at a time, and
// keeps them among those of the books before a fact names them.
type attachments struct {
	bot  *Bot
	wake chan func() // each ends what was counted as under way when it was asked for
}

// kick has the files looked at. It counts as under way from now on.
func (a *attachments) kick() {
	done := a.bot.begin()
	select {
	case a.wake <- done:
	default: // a look that has not begun will see it too
		done()
	}
}

// run looks for files whenever it is kicked, and once at the start.
func (a *attachments) run(ctx context.Context) error {
	a.kick()
	for {
		select {
		case <-ctx.Done():
			return nil
		case done := <-a.wake:
			a.work(ctx)
			done()
		}
	}
}

func (a *attachments) work(ctx context.Context) {
	for ctx.Err() == nil {
		next, ok, err := a.bot.desk.NextAttachment()
		if err == nil && ok {
			err = a.take(ctx, next)
		}
		if err != nil && !errors.Is(err, ledger.ErrClosed) && ctx.Err() == nil {
			a.bot.log.Error("keeping a file", "error", err)
		}
		if err != nil || !ok {
			return
		}
	}
}

// take brings a file into the books, or tells why not.
func (a *attachments) take(ctx context.Context, next commands.Attachment) error {
	name, data, err := a.fetch(ctx, next)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	file := ledger.NewFile{Name: name, Size: int64(len(data))}
	if err == nil {
		file.Type, err = fileType(name, data)
	}
	if _, refused := ledger.AsRefusal(err); err != nil && !refused {
		return err
	}
	if err == nil {
		if file.Bytes, err = a.bot.books.Files().Put(data); err != nil {
			return err
		}
	}
	return a.bot.desk.Attached(ctx, next, file, err)
}

// fetch downloads a file from Slack. Its error is a Refusal where Slack does not give it.
func (a *attachments) fetch(ctx context.Context, next commands.Attachment) (name string, data []byte, err error) {
	most := a.bot.cfg.FileMB << 20
	for range fetchTries {
		a.bot.turn(ctx, pace.Call{Platform: pace.Slack, Method: "files.info"})
		name, data, err = a.bot.slack.Fetch(ctx, next.File, most)
		if name == "" {
			name = next.Name
		}
		var refused *card.SendError
		switch {
		case err == nil:
			return name, data, nil
		case errors.Is(err, slack.ErrFileTooLarge):
			return name, nil, ledger.Refuse(ledger.BadInput, "attach.toolarge", "name", name, "max", a.bot.cfg.FileMB)
		case errors.As(err, &refused) && refused.Permanent:
			return name, nil, ledger.Refuse(ledger.NotFound, "attach.gone", "name", name)
		}
	}
	a.bot.log.Warn("fetching a file", "error", err)
	return name, nil, ledger.Refuse(ledger.NotFound, "attach.gone", "name", name)
}

// fileMBMax is what the platforms take of a bot.
const fileMBMax = 45

// handedIn is a document as somebody handed it in.
func (b *Bot) handedIn(p *card.Paper) (d card.Drawn, err error) {
	id, err := strconv.ParseUint(p.Of, 10, 32)
	if err != nil {
		return d, fmt.Errorf("a file of the number %q", p.Of)
	}
	var hash ledger.Hash
	err = b.books.View(func(v *ledger.View) error {
		f := v.File(ledger.FileID(id))
		if f == nil || f.Withdrawn {
			return fmt.Errorf("file %d was withdrawn", id)
		}
		d.Name, d.MIME, hash = v.FileName(f), fileMIME[f.Type], f.Bytes
		return nil
	})
	if err == nil {
		d.Data, err = b.books.Files().Read(hash)
	}
	return d, err
}
