package main

import (
	"duebot/adapters/exchange"
	"duebot/commands"
)

// readSent reads in a file that a customer sent what may be asked of it: a payment order's sum, day
// and reference, or his own list of his account. It is called outside of transactions, and what
// cannot be read is left out.
func (b *Bot) readSent(f *commands.ChatFile, data []byte, language string) {
	switch f.Type {
	case "csv", "xlsx":
		f.List, f.ListWhy = exchange.ReadAccount(data, language)
	}
}
