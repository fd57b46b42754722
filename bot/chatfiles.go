package main

import (
	"context"
	"errors"

	"duebot/adapters/telegram"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// chatFiles fetches what came with a customer's message and keeps it among the files of the
// books, before the message counts as taken: after a crash in between it comes again, and its
// bytes are the same file. One that cannot be kept has a Refusal for the person instead.
func (b *Bot) chatFiles(ctx context.Context, in telegram.Chat) (out []commands.ChatFile, err error) {
	left := 0
	if len(in.Files) > 0 {
		b.books.View(func(v *ledger.View) error { left = commands.FilesLeft(v, in.Chat); return nil })
	}
	for i, ref := range in.Files {
		if i >= left { // its bytes would lie there for nobody
			out = append(out, commands.ChatFile{NewFile: ledger.NewFile{Name: ledger.CleanFileName(ref.Name, "")}, Why: commands.ManyFiles()})
			continue
		}
		f := commands.ChatFile{NewFile: ledger.NewFile{Name: ref.Name}}
		data, err := b.chatFile(ctx, ref)
		if err == nil {
			f.Size = int64(len(data))
			f.Type, err = chatFileType(ref.Name, data)
		}
		if err == nil {
			f.Bytes, err = b.books.Files().Put(data)
		}
		if _, refused := ledger.AsRefusal(err); err != nil && !refused {
			return nil, err
		}
		if err == nil {
			b.readSent(&f, data, in.Chat)
		}
		f.Name, f.Why = ledger.CleanFileName(ref.Name, f.Type), err
		out = append(out, f)
	}
	return out, nil
}

// chatFileType is fileType in the words of customers.
func chatFileType(name string, data []byte) (ledger.FileType, error) {
	kind, err := fileType(name, data)
	if _, refused := ledger.AsRefusal(err); refused {
		return "", ledger.Refuse(ledger.BadInput, "chat.file.type", "name", ledger.CleanFileName(name, ""))
	}
	return kind, err
}

// chatFile downloads a file from Telegram. Its error is a Refusal where that gives none.
func (b *Bot) chatFile(ctx context.Context, ref telegram.FileRef) (data []byte, err error) {
	name := ledger.CleanFileName(ref.Name, "")
	for range fetchTries {
		var refused *card.SendError
		switch data, err = b.telegram.Fetch(ctx, ref, b.cfg.FileMB<<20); {
		case err == nil:
			return data, nil
		case errors.Is(err, telegram.ErrFileTooLarge):
			return nil, ledger.Refuse(ledger.BadInput, "chat.file.toolarge", "name", name, "max", min(b.cfg.FileMB, telegram.FetchMB))
		case errors.As(err, &refused) && refused.Permanent:
			return nil, ledger.Refuse(ledger.NotFound, "chat.file.gone", "name", name)
		}
	}
	b.log.Warn("fetching a customer's file", "error", err)
	return nil, ledger.Refuse(ledger.NotFound, "chat.file.gone", "name", name)
}
