package main

import (
	"duebot/adapters/exchange"
	"duebot/commands"
	"duebot/ledger"
)

// readSent reads in a file that came in a chat what may be asked of it: a payment order's sum, day
// and reference, or the customer's own list of his account. It is called outside of transactions,
// and what cannot be read is left out.
func (b *Bot) readSent(f *commands.ChatFile, data []byte, chat string) {
	if f.Type == "pdf" {
		f.Order = exchange.ReadOrder(data)
	}
	if f.Type != "csv" && f.Type != "xlsx" {
		return
	}
	language := ""
	b.books.View(func(v *ledger.View) error {
		if c := v.ChatOwner(chat); c != nil {
			language = c.Language
		}
		return nil
	})
	f.List, f.ListWhy = exchange.ReadAccount(data, language)
}
