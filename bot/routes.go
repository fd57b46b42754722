package main

import (
	"context"
	"errors"
	"time"

	"duebot/bot/pace"
	"duebot/commands/card"
	"duebot/ledger"
)

// noStaff is why a notice for staff waits: neither its channel nor another can be written to.
const noStaff = "no channel can be written to"

// shut is why an edit is withdrawn.
const shut = "its chat cannot be written to"

// routeAgain is how long a channel of staff's is left alone that could not be written to: no
// platform tells when the bot is let in again.
const routeAgain = time.Hour

// routeLooked is how often what waits for a customer's chat is looked at, where short messages to him
// go past it: a chat that is linked wakes it sooner.
const routeLooked = 24 * time.Hour

// staffRoute is the Slack channel or user that a notice for staff goes to: its own, unless
// that cannot be written to; then the finance channel, or a manager. "" for none. A digest
// is its reader's alone.
func (d *delivery) staffRoute(v *ledger.View, n *ledger.Notice) string {
	to := append([]string{n.Address, d.bot.cfg.Slack.Finance}, d.bot.roster.users(d.bot.cfg.Roles.Manager)...)
	if n.Kind == ledger.NoticeDigest {
		to = to[:1]
	}
	for _, address := range to {
		if r, broken := v.Route("slack:" + address); !broken || v.Now.Sub(r.Since) >= routeAgain {
			return address
		}
	}
	return ""
}

// closed books that a chat cannot be written to. What was to be sent there takes another
// way, if there is one, or waits until the chat opens; whoever looks after the customer is
// told once.
func (d *delivery) closed(ctx context.Context, o *outgoing, why *card.SendError) time.Duration {
	n := &o.notice
	switch elsewhere := ledger.ChannelOf(o.chat) != pace.Slack; {
	case n.Kind == ledger.NoticeDigest && elsewhere:
		d.update(ctx, func(tx *ledger.Tx) error { return d.digestShut(tx, o) })
		return 0
	case n.Kind == ledger.NoticeDigest || n.Kind == ledger.NoticeDigestCode:
		d.fail(ctx, n, why)
		return finished
	}
	d.update(ctx, func(tx *ledger.Tx) error {
		if o.edit != "" { // a message stays where it is
			if err := errors.Join(withdraw(tx, n.ID, shut), d.unchanged(tx, n, shut)); err != nil {
				return err
			}
		}
		tx.NotSent(n.ID)
		reason := ledger.RouteReason(why.Route)
		if channel := ledger.ChannelOf(o.chat); channel == ledger.ChannelMail || channel == ledger.ChannelSMS {
			reason = ledger.RouteRefused
		}
		return d.bot.breakRoute(tx, n, o.chat, reason)
	})
	return 0
}

// breakRoute books that an address cannot be written to, and tells staff, unless that is known.
func (b *Bot) breakRoute(tx *ledger.Tx, n *ledger.Notice, address string, reason ledger.RouteReason) error {
	c := tx.Customer(n.Customer)
	channel := ledger.ChannelOf(address)
	if channel == pace.Slack {
		c = nil
	}
	shut, news := []string{address}, false
	if channel == ledger.ChannelMail && c != nil {
		shut = c.Mails // which one message goes to together
	}
	for _, a := range shut {
		id := ledger.CustomerID(0)
		if c != nil {
			id = c.ID
		}
		fresh, err := tx.BreakRoute(id, a, reason, routeAgain)
		if err != nil {
			return err
		}
		news = news || fresh
	}
	if !news {
		return nil
	}
	if c == nil {
		return tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeTask, Address: b.cfg.Slack.Finance, Code: "channel", Who: address})
	}
	return b.tellShut(tx, c, n, channel)
}

// tellShut tells staff that a way to c is shut, with what is to be done: nothing where another
// chat of his takes its place.
func (b *Bot) tellShut(tx *ledger.Tx, c *ledger.Customer, n *ledger.Notice, channel string) error {
	task := ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: c.ID, Invoice: n.Invoice, Address: b.owner(c), Code: "gone"}
	switch next := ledger.ChannelOf(b.route(&tx.View, n)); {
	case channel == ledger.ChannelSMS:
		task.Code = "smsrefused"
	case next == "":
	case channel == ledger.ChannelMail:
		task.Code = "rerouted.chat"
	case next == ledger.ChannelMail:
		task.Code = "rerouted.mail"
	default:
		return nil
	}
	return tx.Notify(task)
}

// owner is where a task about c goes: to whoever looks after him, else to finance.
func (b *Bot) owner(c *ledger.Customer) string {
	switch {
	case c.Owner != "":
		return c.Owner
	case c.Substitute != "":
		return c.Substitute
	}
	return b.cfg.Slack.Finance
}

// blocked books that a person blocked the bot, or let it in again.
func (b *Bot) blocked(ctx context.Context, chat string, blocked bool) {
	b.book(ctx, "keeping whether a chat can be written to", func(tx *ledger.Tx) error {
		c := tx.ChatOwner(chat)
		switch {
		case c == nil:
			return nil
		case blocked:
			return b.breakRoute(tx, &ledger.Notice{NoticeQueued: ledger.NoticeQueued{Customer: c.ID}}, chat, ledger.RouteBlocked)
		}
		return tx.MendRoute(chat)
	})
}

// moved books that a chat has a new address.
func (b *Bot) moved(ctx context.Context, from, to string) {
	b.book(ctx, "moving a chat", func(tx *ledger.Tx) error { return tx.MoveChat(from, to) })
}

// book writes something down that nobody waits for.
func (b *Bot) book(ctx context.Context, what string, fn func(tx *ledger.Tx) error) {
	_, err := b.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }})
	if err != nil {
		b.log.Error(what, "error", err)
	}
}

// spend counts an answer to a person in the rates: it waits for nobody, and what is not an
// answer waits the longer.
func (b *Bot) spend(platform, method, chat string) {
	b.delivery.pace.Answer(b.clock.Now(), pace.Call{Platform: platform, Method: method, Chat: chat})
}

// limited notes that Telegram refused an answer as one too many: what is no answer waits too.
func (b *Bot) limited(method, chat string, retry time.Duration) {
	b.delivery.pace.Limited(b.clock.Now(), pace.Call{Platform: pace.Telegram, Method: method, Chat: chat}, retry)
}

// paced are Slack's methods that the delivery loop takes a place for before it calls them.
var paced = map[string]bool{"chat.postMessage": true, "chat.update": true, "conversations.history": true, "conversations.replies": true}

// called counts a call of Slack's that waited for nobody.
func (b *Bot) called(method string) {
	if !paced[method] {
		b.spend(pace.Slack, method, "")
	}
}

// turn waits until there is a place for a call that is about to be made and counted.
func (b *Bot) turn(ctx context.Context, c pace.Call) {
	for {
		wait := b.delivery.pace.Wait(b.clock.Now(), c)
		if wait == 0 || b.clock.Sleep(ctx, wait) != nil {
			return
		}
	}
}
