package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/adapters/mail"
	"duebot/adapters/web"
	"duebot/commands/card"
	"duebot/ledger"
)

// newMail makes the channel of e-mail; nil where no server is set.
func newMail(cfg Config) (*mail.Client, error) {
	if cfg.SMTPURL == "" {
		return nil, nil
	}
	return mail.New(mail.Config{URL: cfg.SMTPURL, From: cfg.MailFrom, Name: cfg.Company.Name, Timeout: time.Duration(cfg.SMTPSeconds) * time.Second})
}

// channels are the channels to a customer in the order in which they are taken.
func (b *Bot) channels(c *ledger.Customer) []string {
	order := []string{ledger.ChannelTelegram, ledger.ChannelMail}
	if len(b.cfg.Channels.Order) > 0 && b.cfg.Channels.Order[0] == "email" {
		slices.Reverse(order)
	}
	if c.Channel != "" && c.Channel != order[0] {
		slices.Reverse(order)
	}
	return order
}

// route is the address that a notice to a customer takes, "" where there is none that is not
// known to be shut.
func (b *Bot) route(v *ledger.View, n *ledger.Notice) string {
	c := v.Customer(n.Customer)
	if chat := asker(v, n); chat != "" {
		return chat
	}
	var groups []string // are written to where there is no other way
	list := map[string][]string{}
	for _, chat := range c.Chats {
		if l, _ := v.ChatLink(chat, c.ID); l.Group {
			groups = append(groups, chat)
		} else {
			list[ledger.ChannelTelegram] = append(list[ledger.ChannelTelegram], chat)
		}
	}
	if b.mail != nil && !(n.Kind == ledger.NoticeReminder && c.MailStopped) {
		list[ledger.ChannelMail] = c.Mails
	}
	if number := v.SMSAddress(c); b.sms != nil && number != "" {
		list[ledger.ChannelSMS] = []string{number}
	}
	order := b.channels(c)
	if n.Kind == ledger.NoticeReminder && b.unanswered(v, c) && len(list[ledger.ChannelMail]) > 0 {
		order = []string{ledger.ChannelMail, ledger.ChannelTelegram}
	}
	if n.Kind == ledger.NoticeReminder {
		order = b.rules.Policy.Channels(v, &n.NoticeQueued, order)
	}
	for _, channel := range order {
		for _, address := range list[channel] {
			if !v.Shut(address) {
				return address
			}
		}
	}
	for _, chat := range groups {
		if !v.Shut(chat) {
			return chat
		}
	}
	return ""
}

// unansweredRow holds the day of the first reminder in a chat since its customer last did
// anything that can be seen.
func unansweredRow(id ledger.CustomerID) string { return fmt.Sprintf("unanswered:%d", id) }

// unanswered reports whether reminders in c's chat have had no answer for so long that
// e-mail is tried.
func (b *Bot) unanswered(v *ledger.View, c *ledger.Customer) bool {
	if b.cfg.Channels.FallbackDays == 0 {
		return false
	}
	row, err := v.Get(unansweredRow(c.ID))
	since, bad := ledger.ParseDate(string(row))
	return err == nil && bad == nil && int(v.Today()-since) >= b.cfg.Channels.FallbackDays
}

// reminded notes that a reminder went to a chat.
func (b *Bot) reminded(tx *ledger.Tx, o *outgoing) error {
	if b.cfg.Channels.FallbackDays == 0 || o.notice.Kind != ledger.NoticeReminder || ledger.ChannelOf(o.chat) != ledger.ChannelTelegram {
		return nil
	}
	row, err := tx.Get(unansweredRow(o.notice.Customer))
	if err == nil && row == nil {
		tx.Put(unansweredRow(o.notice.Customer), []byte(tx.Today().String()))
	}
	return err
}

// acted notes that these customers did something that can be seen, from chat if it is not "":
// it can be reached, and their silence is over.
func (b *Bot) acted(ctx context.Context, chat string, customers ...ledger.CustomerID) {
	var silent []ledger.CustomerID
	shut := false
	b.books.View(func(v *ledger.View) error {
		shut = v.Shut(chat)
		for _, id := range customers {
			if row, err := v.Get(unansweredRow(id)); err == nil && row != nil {
				silent = append(silent, id)
			}
		}
		return nil
	})
	if len(silent) == 0 && !shut || len(customers) == 0 {
		return
	}
	b.delivery.update(ctx, func(tx *ledger.Tx) error {
		for _, id := range silent {
			tx.Put(unansweredRow(id), nil)
		}
		return tx.MendRoute(chat)
	})
}

// owners are the customers of a chat.
func (b *Bot) owners(chat string) (out []ledger.CustomerID) {
	b.books.View(func(v *ledger.View) error {
		for _, c := range v.ChatCustomers(chat) {
			out = append(out, c.ID)
		}
		return nil
	})
	return out
}

// mailID is the id of a notice's mail: the same however often it is sent.
func (b *Bot) mailID(id ledger.NoticeID) string {
	name := noticeName(id)
	return b.mail.MessageID(name + "." + b.books.Seal("mail", name))
}

// sendMail hands an outgoing notice to the mail server.
func (b *Bot) sendMail(ctx context.Context, o *outgoing) (chat, message string, err error) {
	m := mail.Message{ID: b.mailID(o.notice.ID), At: b.clock.Now(), Try: o.notice.Attempt.Count + 1, Card: o.card, Words: o.words}
	chatting := false
	err = b.books.View(func(v *ledger.View) error {
		c := v.Customer(o.notice.Customer)
		m.Lang, chatting = b.texts.Match(c.Language), len(c.Chats) > 0
		for i, address := range c.MailAddresses() {
			if !v.Shut(c.Mails[i]) || c.Mails[i] == o.chat {
				m.To = append(m.To, address)
			}
		}
		inv := v.Invoice(o.notice.Invoice)
		if inv == nil || inv.Message == 0 || inv.Message == o.notice.ID {
			return nil
		}
		first, _, ok, err := v.NoticeMessage(inv.Message)
		if ok && ledger.ChannelOf(first) == ledger.ChannelMail {
			m.Follows = b.mailID(inv.Message)
		}
		return err
	})
	if err != nil {
		return "", "", &card.SendError{RetryAfter: time.Second, Reason: err.Error()}
	}
	m.Files = b.enclosed(ctx, o)
	m.How = func(buttons []card.Button) card.Text { return howByMail(buttons, chatting) }
	if o.notice.Kind == ledger.NoticeReminder {
		m.Stop = &mail.Stop{Subject: "unsubscribe", Label: card.T("mail.stop")}
		if b.cfg.PublicURL != "" {
			m.Stop.Link = b.cfg.PublicURL + "/mail/stop/" + b.stopLink(o.notice.Customer)
		}
	}
	refused, missed, err := b.mail.Send(ctx, m)
	if err == nil {
		b.delivery.someWithout(ctx, o, refused, missed)
	}
	return o.chat, m.ID, err
}

// howByMail tells a reader, in one line, what to do where a chat has buttons that are no links.
func howByMail(buttons []card.Button, chatting bool) card.Text {
	var actions []card.Text
	for _, k := range buttons {
		switch {
		case chatting:
		case k.Do == "disputefile", k.Do == "mydispute": // what is said of it comes by mail anyway
			continue
		case k.Do == "pay": // by the bank details, which the message has
			continue
		}
		actions = append(actions, k.Label)
	}
	switch {
	case len(actions) == 0:
		return card.Text{}
	case chatting:
		return card.T("mail.how.both", "action", card.Join(actions...))
	}
	return card.T("mail.how.answer", "action", card.Join(actions...))
}

// someWithout tells staff of the addresses that the mail server did not take while others got
// the message, and marks those that it never will.
func (d *delivery) someWithout(ctx context.Context, o *outgoing, refused, missed []string) {
	if len(refused)+len(missed) == 0 {
		return
	}
	d.update(ctx, func(tx *ledger.Tx) error {
		c := tx.Customer(o.notice.Customer)
		for _, a := range refused {
			if _, err := tx.BreakRoute(c.ID, ledger.ChannelMail+":"+a, ledger.RouteRefused, 0); err != nil {
				return err
			}
		}
		task := ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: c.ID, Invoice: o.notice.Invoice, Address: d.bot.cfg.Slack.Finance, Code: "mailrefused"}
		if len(refused) > 0 {
			if err := tx.NotifyText(task, strings.Join(refused, ", ")); err != nil {
				return err
			}
		}
		if len(missed) == 0 {
			return nil
		}
		task.Code = "mailmissed"
		return tx.NotifyText(task, strings.Join(missed, ", "))
	})
}

// stopLink is what proves that a reader may end a customer's reminders.
func (b *Bot) stopLink(id ledger.CustomerID) string {
	n := strconv.FormatUint(uint64(id), 36)
	return n + "." + b.books.Seal("mail.stop", n)
}

// Unsubscribe ends the reminders by e-mail that a link is about, or with do false only tells
// what it would do. ok is false for a link that we did not make.
func (b *Bot) Unsubscribe(ctx context.Context, link string, do bool) (words web.Words, ok bool) {
	n, proof, _ := strings.Cut(link, ".")
	id, err := strconv.ParseUint(n, 36, 32)
	lang := b.texts.Match(b.cfg.Company.Language)
	say := func(name string) web.Words {
		w := wordsIn(b.texts, lang)
		company := b.cfg.Company.Name
		return web.Words{Lang: lang, Title: w(card.T("mail.stop."+name+".title", "company", company)), Body: w(card.T("mail.stop."+name+".body", "company", company))}
	}
	if err != nil || !b.books.Sealed(proof, "mail.stop", n) {
		b.counts.inbound("mail")("forged")
		b.knock.Warn("a link to unsubscribe is not ours")
		return say("unknown"), false
	}
	withButton := func(w web.Words) web.Words {
		w.Button = wordsIn(b.texts, lang)(card.T("mail.stop"))
		return w
	}
	customer := ledger.CustomerID(id)
	b.books.View(func(v *ledger.View) error {
		if c := v.Customer(customer); c != nil {
			lang = b.texts.Match(c.Language)
		}
		return nil
	})
	if !do {
		return withButton(say("ask")), true
	}
	done := b.begin()
	defer done()
	_, err = b.books.Update(ctx, ledger.Command{By: "mail", Run: func(tx *ledger.Tx) ([]byte, error) {
		_, err := b.desk.Unsubscribe(tx, customer)
		return nil, err
	}})
	if err != nil {
		b.log.Error("unsubscribing a customer", "error", err)
		return withButton(say("failed")), true
	}
	return say("done"), true
}
