package commands

import (
	"context"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// Shortcut is an entry of Slack's own menus: it stands for a line, or for the form that asks
// for the line's words.
type Shortcut struct {
	ID      string // by which the platform tells it
	Name    card.Text
	Verb    string
	Message bool // of a message's menu: it is about the invoice whose card or thread that is
}

// Shortcuts lists them, as the manifest names them.
func Shortcuts() []Shortcut {
	return []Shortcut{
		{ID: "new_invoice", Name: card.T("shortcut.invoice"), Verb: "invoice"},
		{ID: "record_payment", Name: card.T("shortcut.payment"), Verb: "payment"},
		{ID: "find", Name: card.T("shortcut.find"), Verb: "find"},
		{ID: "message_payment", Name: card.T("shortcut.pay"), Verb: "payment", Message: true},
		{ID: "message_remind", Name: card.T("shortcut.remind"), Verb: "remind", Message: true},
		{ID: "message_dispute", Name: card.T("shortcut.dispute"), Verb: "dispute", Message: true},
	}
}

// Taken is a shortcut that somebody took.
type Taken struct {
	Key     string
	Who     Staff
	ID      string
	Channel string
	Thread  string // ts of the first message of the message's thread, for one of a message
}

// Shortcut runs a shortcut.
func (d *Desk) Shortcut(ctx context.Context, t Taken) (card.Reply, error) {
	for _, x := range Shortcuts() {
		if x.ID != t.ID {
			continue
		}
		cmd, _ := find(x.Verb)
		if !x.Message {
			return d.open(t.Who, cmd, "")
		}
		return d.shortcutOn(ctx, t, cmd)
	}
	return card.Say("button.old"), nil
}

// shortcutOn runs a shortcut about the invoice that a message belongs to.
func (d *Desk) shortcutOn(ctx context.Context, t Taken, cmd Command) (card.Reply, error) {
	subject := ""
	err := d.Books.View(func(v *ledger.View) error {
		v.May = d.lens(t.Who, cmd)
		inv := v.ThreadInvoice("slack:"+t.Channel, t.Thread)
		if inv == nil {
			return ledger.Refuse(ledger.NotFound, "shortcut.noinvoice")
		}
		if subject = inv.Number.String(); cmd.Name == "remind" {
			subject = v.Customer(inv.Customer).Handle
		}
		return v.Allowed(v.Customer(inv.Customer))
	})
	switch {
	case err != nil:
		return answered(card.Reply{}, err)
	case cmd.Name == "remind": // whom it would reach is shown first, and confirmed
		return d.Line(ctx, Line{Key: t.Key, Who: t.Who, Channel: t.Channel, Text: strings.TrimSpace(cmd.Name + " " + subject)})
	case cmd.Name == "dispute":
		subject = "open " + subject
	}
	return d.open(t.Who, cmd, subject)
}
