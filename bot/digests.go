package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"duebot/adapters/mail"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
	"duebot/reminders"
)

// digestFile is what is set about the daily digest. Each reader may choose otherwise for himself.
type digestFile struct {
	Readers []string `toml:"readers"` // ids of Slack users and user groups; default: the managers
	At      string   `toml:"at"`      // of the reader's day; default "9:00"
	Days    string   `toml:"days"`    // "working", the default, "every", or days like "mon-fri"
}

// What holds where nothing is set.
const (
	digestAtUsual   = "9:00"
	digestDaysUsual = "working"
)

// digestWish is what holds for a reader who chose nothing.
func (c *Config) digestWish() ledger.DigestWish {
	w, _ := commands.DigestWishOf(c.Digest.At, c.Digest.Days) // it was checked with the rest
	return w
}

func (c *Config) checkDigest(bad func(setting, format string, args ...any)) {
	if _, err := commands.DigestWishOf(c.Digest.At, digestDaysUsual); err != nil {
		bad("digest.at", "%q is no hour of the day from 5:00 to 21:00, like %q", c.Digest.At, digestAtUsual)
	}
	if _, err := commands.DigestWishOf(digestAtUsual, c.Digest.Days); err != nil {
		bad("digest.days", "%q is neither %q nor %q nor days like \"mon-fri\" or \"mon,wed,fri\"", c.Digest.Days, digestDaysUsual, "every")
	}
}

// readsDigest reports whether the digest is for a Slack user.
func (b *Bot) readsDigest(user string) bool {
	return slices.Contains(b.roster.users(b.cfg.Digest.Readers), user)
}

// zoneOf is the time zone that Slack knows of a user, or else the company's.
func (b *Bot) zoneOf(user string) *time.Location {
	b.mu.Lock()
	name := b.people[user].Zone
	b.mu.Unlock()
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" {
		zone, _ = time.LoadLocation(b.cfg.Company.Zone)
	}
	return zone
}

// readers are who gets the digest, each with his zone and what he chose.
func (b *Bot) readers() (out []reminders.Reader) {
	usual := b.cfg.digestWish()
	b.books.View(func(v *ledger.View) error {
		for _, user := range b.roster.users(b.cfg.Digest.Readers) {
			out = append(out, reminders.Reader{User: user, Zone: b.zoneOf(user), Wish: v.DigestReader(user).Wish.Or(usual), Days: v.Days()})
		}
		return nil
	})
	return out
}

// digestAddress is where a digest goes, or a code that proves an address: the place that its
// reader chose, if it can be written to. ok is false where it goes by Slack.
func (d *delivery) digestAddress(v *ledger.View, o *outgoing) (ok bool) {
	n, r := &o.notice, v.DigestReader(o.notice.Address)
	switch n.Kind {
	case ledger.NoticeDigest:
		way := r.Wish.Or(d.bot.cfg.digestWish()).Way
		if way == ledger.DigestByMail && d.bot.mail == nil {
			return false
		}
		o.chat = v.DigestPlace(n.Address, way)
	case ledger.NoticeDigestCode:
		o.chat = r.Asked
	}
	o.words = d.bot.staffWords(n.Address)
	return o.chat != ""
}

// sendDigestMail hands a digest, or a code, to the mail server.
func (b *Bot) sendDigestMail(ctx context.Context, o *outgoing) (chat, message string, err error) {
	m := mail.Message{ID: b.mailID(o.notice.ID), At: b.clock.Now(), Try: o.notice.Attempt.Count + 1, Card: o.card, Words: o.words,
		To: []string{strings.TrimPrefix(o.chat, ledger.ChannelMail+":")}, Lang: o.words(card.T("format.language"))}
	if p := o.card.Picture; p != nil {
		data, err := b.draw(p, o.words)
		if err != nil {
			b.log.Warn("drawing the picture of a digest", "notice", o.notice.ID, "error", err)
		} else {
			m.Files = append(m.Files, mail.File{Name: "receivables.png", Type: "image/png", Data: data})
		}
	}
	refused, missed, err := b.mail.Send(ctx, m)
	if err == nil && len(refused)+len(missed) > 0 {
		return "", "", &card.SendError{Permanent: len(refused) > 0, Gone: len(refused) > 0, Reason: "the mail server does not take the address"}
	}
	return o.chat, m.ID, err
}

// digestShut notes that the place of a reader's digest takes nothing: the digest goes by Slack,
// where it says so.
func (d *delivery) digestShut(tx *ledger.Tx, o *outgoing) error {
	tx.NotSent(o.notice.ID)
	if ledger.ChannelOf(o.chat) == ledger.ChannelMail {
		_, err := tx.BreakRoute(0, o.chat, ledger.RouteRefused, routeAgain)
		return err
	}
	_, err := tx.BreakRoute(0, o.chat, ledger.RouteBlocked, routeAgain)
	if err != nil {
		return fmt.Errorf("the chat of a digest: %w", err)
	}
	return nil
}
