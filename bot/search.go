package main

import (
	"context"

	"duebot/ledger"
)

// warmSearch makes the index by which people find names and numbers, a part at a time, so that
// nobody waits for it and it holds nobody up.
func (b *Bot) warmSearch(ctx context.Context) error {
	for ctx.Err() == nil {
		whole := false
		err := b.books.View(func(v *ledger.View) (err error) {
			whole, err = v.WarmFind()
			return err
		})
		if err != nil && ctx.Err() == nil {
			b.log.Warn("making the index of names; whoever asks makes the rest of it", "error", err)
		}
		if whole || err != nil {
			return nil
		}
	}
	return nil
}
