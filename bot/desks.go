package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/adapters/slack"
	"duebot/adapters/telegram"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// staffDesk hands what staff do in Slack to the commands.
type staffDesk struct{ b *Bot }

func (d *staffDesk) Busy() func() { return d.b.begin() }

func (d *staffDesk) staff(ctx context.Context, user string) commands.Staff {
	d.b.roster.fresh(ctx)
	s := d.b.roster.staff(user)
	s.Lang = d.b.texts.Match(d.b.person(ctx, user).Locale)
	return s
}

// HomeOpened shows somebody what needs him now.
func (d *staffDesk) HomeOpened(ctx context.Context, user string) { d.b.homes.opened(ctx, user) }

// GroupChanged is told when the members of a user group changed.
func (d *staffDesk) GroupChanged(ctx context.Context, group string) {
	if slices.Contains(d.b.cfg.groups(), group) {
		d.b.roster.read(ctx)
	}
}

// Command runs a slash command. A short form (/invoice) is the verb of that name.
func (d *staffDesk) Command(ctx context.Context, in slack.Command) slack.Answer {
	who := d.staff(ctx, in.User)
	line := in.Text
	if verb := shortForm(in.Command); verb != "" {
		line = verb + " " + line
	}
	reply, err := d.b.desk.Line(ctx, commands.Line{Key: in.Key, Who: who, Channel: in.Channel, Text: line})
	verb, _, _ := strings.Cut(line, " ") // the rest may be somebody's name, and has no place in a log
	return d.answer(who, reply, err, "command", verb)
}

// shortForm returns the verb that a slash command of its own stands for.
func shortForm(command string) string {
	name := strings.TrimPrefix(command, "/")
	for _, c := range commands.Table() {
		for _, a := range c.Aliases {
			if strings.EqualFold(a, name) {
				return c.Name
			}
		}
	}
	return ""
}

// Press runs a button.
func (d *staffDesk) Press(ctx context.Context, in slack.Press) slack.Answer {
	who := d.staff(ctx, in.User)
	reply, err := d.b.desk.Press(ctx, commands.Press{Key: in.Key, Who: who, Channel: in.Channel, Message: in.TS, Do: in.Do, Arg: in.Arg})
	if in.Do == "import" {
		d.b.imports.kick()
	}
	return d.answer(who, reply, err, "button", in.Do)
}

// Mention runs a line that was written to the bot.
func (d *staffDesk) Mention(ctx context.Context, in slack.Mention) slack.Answer {
	who := d.staff(ctx, in.User)
	reply, err := d.b.desk.Line(ctx, commands.Line{Key: in.Key, Who: who, Channel: in.Channel, Thread: in.Thread, Text: in.Text})
	verb, _, _ := strings.Cut(in.Text, " ")
	return d.answer(who, reply, err, "line", verb)
}

// Fill runs a form.
func (d *staffDesk) Fill(ctx context.Context, in slack.Filled) slack.Answer {
	who := d.staff(ctx, in.User)
	reply, err := d.b.desk.Fill(ctx, formOf(who, in))
	return d.answer(who, reply, err, "form", in.Do)
}

// Reform makes a form again.
func (d *staffDesk) Reform(ctx context.Context, in slack.Filled) slack.Answer {
	who := d.staff(ctx, in.User)
	reply, err := d.b.desk.Reform(ctx, formOf(who, in))
	return d.answer(who, reply, err, "form", in.Do)
}

func formOf(who commands.Staff, in slack.Filled) commands.Filled {
	return commands.Filled{Key: in.Key, Who: who, Do: in.Do, Arg: in.Arg, Values: in.Values, More: in.More}
}

// Suggest finds what somebody types.
func (d *staffDesk) Suggest(ctx context.Context, in slack.Query) ([]card.Option, card.Words) {
	who := d.staff(ctx, in.User)
	found, err := d.b.desk.Suggest(who, in.Kind, in.Typed)
	if err != nil {
		d.b.log.Error("finding what was typed", "user", who.ID, "error", err)
	}
	return found, wordsIn(d.b.texts, who.Lang)
}

// Shortcut runs an entry of Slack's menus.
func (d *staffDesk) Shortcut(ctx context.Context, in slack.Shortcut) slack.Answer {
	who := d.staff(ctx, in.User)
	reply, err := d.b.desk.Shortcut(ctx, commands.Taken{Key: in.Key, Who: who, ID: in.ID, Channel: in.Channel, Thread: in.Thread})
	return d.answer(who, reply, err, "shortcut", in.ID)
}

// Thread hands on what was written in a thread.
func (d *staffDesk) Thread(ctx context.Context, in slack.ThreadMessage) (taken bool, err error) {
	m := commands.ThreadMessage{Key: in.Key, Who: d.staff(ctx, in.User), Channel: in.Channel, Thread: in.Thread, Message: in.TS, Text: in.Text,
		Direct: in.Direct, Edited: in.Edited, Was: in.Was, Deleted: in.Deleted}
	for _, f := range in.Files {
		m.Files = append(m.Files, commands.DroppedFile(f))
	}
	if taken, err = d.b.desk.Thread(ctx, m); taken && len(m.Files) > 0 {
		d.b.attachments.kick()
	}
	return taken, err
}

// Working is said when a commit takes long.
func (d *staffDesk) Working(user string) slack.Answer {
	return slack.Answer{Reply: card.Say("working"), Words: d.b.staffWords(user)}
}

func (d *staffDesk) answer(who commands.Staff, reply card.Reply, err error, kind, what string) slack.Answer {
	if err != nil {
		ref := reference()
		d.b.log.Error("a "+kind+" failed", "ref", ref, "user", who.ID, "what", what, "error", err)
		reply = card.Say("error.internal", "ref", ref)
	}
	return slack.Answer{Reply: reply, Words: wordsIn(d.b.texts, who.Lang)}
}

// customerDesk hands what customers do in Telegram to the commands.
type customerDesk struct{ b *Bot }

const offsetRow = "telegram.offset"

// offsetLife is below the week without updates after which Telegram may number them anew; an
// offset from before would then confirm what nobody has seen. It is wall time, as Telegram's.
const offsetLife = 6 * 24 * time.Hour

func (d *customerDesk) Busy() func() { return d.b.begin() }

// Offset is the first update that was not taken yet; 0, which stands for all that wait, when
// the last one was taken long ago.
func (d *customerDesk) Offset() (offset int, last time.Time, err error) {
	err = d.b.books.View(func(v *ledger.View) error {
		data, err := v.Get(offsetRow)
		number, at, dated := strings.Cut(string(data), " ")
		offset, _ = strconv.Atoi(number)
		if unix, bad := strconv.ParseInt(at, 10, 64); dated && bad == nil {
			last = time.Unix(unix, 0)
		}
		if dated && time.Since(last) > offsetLife {
			offset = 0
		}
		return err
	})
	return offset, last, err
}

// Taken keeps the offset.
func (d *customerDesk) Taken(ctx context.Context, offset int) error {
	_, err := d.b.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		tx.Put(offsetRow, fmt.Appendf(nil, "%d %d", offset, time.Now().Unix()))
		return nil, nil
	}})
	return err
}

// Chat runs what a customer asked. The reply is in the customer's language, or in that of
// the person's own program while he is a stranger.
func (d *customerDesk) Chat(ctx context.Context, in telegram.Chat) (telegram.Answer, error) {
	b := d.b
	if in.Forged {
		b.counts.inbound("telegram")("foreign_button")
		b.knock.Warn("a button that is not this chat's was pressed", "chat", in.Chat)
		return telegram.Answer{Reply: card.Reply{Toast: card.T("chat.oldbutton")}, Words: d.words(in)}, nil
	}
	owners := b.owners(in.Chat)
	links, answers := linksChat(in), d.answering(in.Chat)
	if len(owners) == 0 && !links && !answers {
		b.turnedAway("chat.stranger") // the books have nothing to do with it
		return d.toStranger(in, d.stranger(in)), nil
	}
	if links && !b.guesses.may(in.Chat, b.clock.Now()) {
		b.counts.inbound("telegram")("slowed_token")
		return d.afterStart(in, len(owners) == 0, wrongToken(in)), nil
	}
	b.acted(ctx, in.Chat, owners...)
	var reply card.Reply
	var err error
	if in.Do == "pay" && !d.discreet(in.Chat) {
		reply, err = b.payments.ask(ctx, in.Chat, in.Arg)
	} else {
		reply, err = d.ask(ctx, in, len(owners) > 0)
	}
	if links && err == nil && isWrongToken(reply) {
		b.guesses.wrong(in.Chat, b.clock.Now())
	}
	if err != nil {
		ref := reference()
		b.log.Error("a customer's request failed", "ref", ref, "chat", in.Chat, "error", err)
		reply = card.Say("chat.error", "ref", ref)
	}
	return d.afterStart(in, len(owners) == 0 && !answers && len(b.owners(in.Chat)) == 0 && !d.answering(in.Chat), reply), err
}

// afterStart answers somebody; a stranger a few times an hour.
func (d *customerDesk) afterStart(in telegram.Chat, stranger bool, reply card.Reply) telegram.Answer {
	if stranger {
		return d.toStranger(in, reply)
	}
	return telegram.Answer{Reply: reply, Words: d.words(in)}
}

// discreet reports whether a chat is a group that is shown no sums.
func (d *customerDesk) discreet(chat string) (yes bool) {
	d.b.books.View(func(v *ledger.View) error { yes = commands.Discreet(v, chat); return nil })
	return yes
}

// answering reports whether a chat was asked something before it is linked, or is where a member
// of staff reads the digest.
func (d *customerDesk) answering(chat string) (yes bool) {
	d.b.books.View(func(v *ledger.View) error {
		yes = commands.Answering(v, chat) || v.DigestReaderAt(chat) != ""
		return nil
	})
	return yes
}

// stranger is what somebody is told whose chat is nobody's: by an old button, that it is not
// any more.
func (d *customerDesk) stranger(in telegram.Chat) card.Reply {
	if in.Do != "" {
		return card.Reply{Toast: card.T("chat.unlinkedbutton")}
	}
	return card.Say("chat.stranger")
}

// own is a platform's language tag as one of our languages, "" where we have no such.
func (b *Bot) own(tag string) string {
	if lang := b.texts.Match(tag); strings.HasPrefix(strings.ToLower(tag), lang) {
		return lang
	}
	return ""
}

// ask hands on what was written or pressed, with the files of whoever is a customer.
func (d *customerDesk) ask(ctx context.Context, in telegram.Chat, known bool) (card.Reply, error) {
	chat := commands.Chat{Key: in.Key, Chat: in.Chat, Name: in.Name, Lang: d.b.own(in.Lang), Text: in.Text, Do: in.Do, Arg: in.Arg, Private: in.Private,
		Message: in.Message, Edited: in.Edited, Album: in.Album, Odd: in.Odd, ReplyTo: in.ReplyTo, Person: in.Person, Title: in.Title}
	if known && in.Private {
		var err error
		if chat.Files, err = d.b.chatFiles(ctx, in); err != nil {
			return card.Reply{}, err
		}
	}
	return d.b.desk.Customer(ctx, chat)
}

// linksChat reports whether in is an invitation followed, which strangers may.
func linksChat(in telegram.Chat) bool {
	word, token, _ := strings.Cut(strings.TrimSpace(in.Text), " ")
	word, _, _ = strings.Cut(strings.ToLower(word), "@")
	return word == "/start" && strings.TrimSpace(token) != ""
}

// toStranger answers somebody whom we don't know, a few times an hour; then he is only counted.
func (d *customerDesk) toStranger(in telegram.Chat, reply card.Reply) telegram.Answer {
	if !d.b.strange.answers(in.Chat, d.b.clock.Now()) {
		d.b.counts.inbound("telegram")("unanswered")
		reply = card.Reply{}
	}
	return telegram.Answer{Reply: reply, Words: d.words(in)}
}

func (d *customerDesk) words(in telegram.Chat) card.Words {
	lang := d.b.texts.Match(in.Lang)
	d.b.books.View(func(v *ledger.View) error {
		if c, _ := commands.SpeaksFor(v, in.Chat); c != nil {
			lang = v.SpokenIn(in.Chat, c)
		} else if user := v.DigestReaderAt(in.Chat); user != "" {
			lang = d.b.staffLang(user)
		}
		return nil
	})
	return wordsIn(d.b.texts, lang)
}

// Blocked notes that a person has blocked the bot, or let it in again.
func (d *customerDesk) Blocked(ctx context.Context, chat string, blocked bool) {
	d.b.knock.Info("a person changed whether the bot may write to him", "chat", chat, "blocked", blocked)
	d.b.blocked(ctx, chat, blocked)
}

// Aside tells staff of an update that could not be taken.
func (d *customerDesk) Aside(ctx context.Context, update int, why error) {
	ref := reference()
	d.b.log.Error("an update was put aside", "ref", ref, "update", update, "error", why)
	_, err := d.b.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		return nil, tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeTask, Address: d.b.cfg.Slack.Finance, Code: "aside"})
	}})
	if err != nil {
		d.b.log.Error("telling staff of an update put aside", "ref", ref, "error", err)
	}
}
