package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"duebot/commands/card"
)

// Handler is what people's acts are handed to. Each returns after the commit.
type Handler interface {
	// Offset is the number of the first update that was not taken yet, and when the last one
	// was; 0 where that is too long ago for its number to mean anything.
	Offset() (offset int, last time.Time, err error)
	// Taken writes down that all updates below offset were taken.
	Taken(ctx context.Context, offset int) error
	// Chat runs what was asked. With an error the answer is what the person is told when
	// the last try has failed too.
	Chat(ctx context.Context, in Chat) (Answer, error)
	// Blocked notes that a person has blocked the bot, or let it in again.
	Blocked(ctx context.Context, chat string, blocked bool)
	// Aside writes down an update that could not be taken three times.
	Aside(ctx context.Context, update int, why error)
	// Busy counts acts under way.
	Busy() (done func())
}

// Answer is a reply in the words of whoever asked. Without a card nothing is said.
type Answer struct {
	card.Reply
	Words card.Words
}

// Chat is a message or a button.
type Chat struct {
	Key     string
	Chat    string // "telegram:1001"
	Person  string // whose act it is, as his private chat
	Name    string // of the person
	Title   string // of a group
	Lang    string // of the person's program: "ru", "pt-br"
	Text    string
	Do, Arg string // the button; Forged: it is not one of ours for this chat
	Forged  bool
	Private bool

	Message string    // the platform's id of what was written, "" for a button
	Edited  bool      // it was written before, and reads so now
	Album   string    // what several messages share that were sent at once
	Files   []FileRef // what came with it
	Odd     string    // what came and is not taken: "voice", "sticker"
	ReplyTo string    // the words of our own message that it answers

	callback string      // to be answered
	answered func() bool // ends the wait for that, and tells whether it was done without a word
	message  string      // whose button it is

	captioned bool // message is a file with a caption
}

// allowed are the updates that we want; what is left out is not sent to us.
const allowed = `["message","edited_message","callback_query","pre_checkout_query","my_chat_member"]`

// tries is how often an update is tried before it is put aside.
const tries = 3

// quietMax is below the week after which Telegram may number updates anew, from anywhere: an
// offset from before would then confirm what nobody has seen.
const quietMax = 6 * 24 * time.Hour

// poll fetches updates until ctx ends. It returns an error only for a token that Telegram
// refuses.
func (c *Client) poll(ctx context.Context, h Handler) error {
	offset, last, err := h.Offset()
	if err != nil {
		return err
	}
	for failed := 0; ctx.Err() == nil; {
		if time.Since(last) > quietMax {
			offset = 0
		}
		updates, err := c.updates(ctx, offset)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			if err := c.unpolled(ctx, err, failed); err != nil {
				return err
			}
			failed++
		case len(updates) > 0:
			failed, last = 0, time.Now()
			next := c.take(ctx, h, updates, offset)
			if next == offset { // one that fails, or that cannot be confirmed, comes back at once
				pause(ctx, pollPause)
			}
			offset = next
		default:
			failed = 0
		}
	}
	return nil
}

// Between two polls of which the first failed, or brought nothing that could be taken: longer
// each time, so that a Telegram that is away for a night is not asked every second of it.
const (
	pollPause = time.Second
	pollMost  = 15 * time.Second
)

// unpolled does what helps against an error of getUpdates, after so many others, and waits a
// while.
func (c *Client) unpolled(ctx context.Context, err error, failed int) error {
	var e *card.SendError
	errors.As(err, &e)
	wait := min(pollPause<<min(failed, 8), pollMost)
	if e != nil && e.Limited {
		wait = max(wait, min(e.RetryAfter, pollMost))
	}
	switch {
	case unauthorized(err):
		return fmt.Errorf("telegram refuses the token: %s", e.Reason)
	case e != nil && strings.Contains(e.Reason, "webhook is active"):
		c.count("conflict")
		c.cfg.Log.Warn("somebody set a webhook for this bot; it is taken away", "error", err)
		err = c.call(ctx, "deleteWebhook", nil, nil)
	case e != nil && strings.Contains(e.Reason, "Conflict:"):
		c.count("conflict")
	}
	if err != nil {
		c.cfg.Log.Warn("polling Telegram", "error", err, "again in", wait)
	}
	pause(ctx, wait)
	return nil
}

// unauthorized reports whether Telegram refuses the token.
func unauthorized(err error) bool {
	var e *card.SendError
	return errors.As(err, &e) && strings.HasPrefix(e.Reason, "Unauthorized")
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func (c *Client) updates(ctx context.Context, offset int) (list []json.RawMessage, err error) {
	ctx, cancel := context.WithTimeout(ctx, (pollSeconds+10)*time.Second)
	defer cancel()
	err = c.call(ctx, "getUpdates", url.Values{"offset": {strconv.Itoa(offset)}, "timeout": {strconv.Itoa(pollSeconds)},
		"allowed_updates": {allowed}}, &list)
	return list, err
}

// take hands on updates in order, and returns the next offset. One that fails is tried
// again with the next poll; those behind it wait, and so do all when the program ends: each may
// take as long as the answer to it.
func (c *Client) take(ctx context.Context, h Handler, list []json.RawMessage, offset int) int {
	defer h.Busy()()
	for _, raw := range list {
		c.checkOut(ctx, raw)
	}
	defer c.lookout(ctx, offset)()
	for _, raw := range list {
		if ctx.Err() != nil {
			break
		}
		id, err := updateID(raw)
		if err != nil {
			c.count("malformed")
			c.cfg.Log.Error("an update without an id", "error", err)
			continue
		}
		if !c.try(context.WithoutCancel(ctx), h, id, raw) {
			break
		}
		offset = id + 1
	}
	if err := h.Taken(context.WithoutCancel(ctx), offset); err != nil {
		c.cfg.Log.Error("keeping the offset", "error", err)
	}
	return offset
}

func updateID(raw json.RawMessage) (int, error) {
	var head struct {
		ID *int `json:"update_id"`
	}
	err := json.Unmarshal(raw, &head)
	if err == nil && head.ID == nil {
		err = errors.New("there is no update_id")
	}
	if err != nil {
		return 0, err
	}
	return *head.ID, nil
}

// recentMax is how many updates are remembered, so that one that comes again is not answered
// again; the books would do nothing twice anyway, since every update carries a key.
const recentMax = 1000

// try takes one update, as it comes by poll and by webhook alike, and reports whether it
// need not come again: it was taken, or it failed three times and was put aside.
func (c *Client) try(ctx context.Context, h Handler, id int, raw json.RawMessage) bool {
	if c.recent[id] {
		c.count("repeated")
		return true
	}
	n := c.failed[id] + 1
	if err := c.one(ctx, h, raw, n == tries); err != nil {
		c.count("failed")
		if n < tries {
			c.failed[id] = n
			c.cfg.Log.Warn("an update was not taken", "update", id, "try", n, "error", err)
			return false
		}
		c.count("aside")
		h.Aside(ctx, id, err)
	} else {
		c.count("taken")
	}
	delete(c.failed, id)
	if len(c.recent) >= recentMax {
		clear(c.recent)
	}
	c.recent[id] = true
	return true
}

// one takes a single update: to the books first, and then the answer. An error is answered
// when it is the last try.
func (c *Client) one(ctx context.Context, h Handler, raw json.RawMessage, last bool) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("taking an update: %v", r)
		}
	}()
	var u tgbotapi.Update
	if err := json.Unmarshal(raw, &u); err != nil {
		return fmt.Errorf("reading an update: %w", err)
	}
	if m := u.MyChatMember; m != nil {
		h.Blocked(ctx, ChatName(m.Chat.ID), m.NewChatMember.Status == "kicked" || m.NewChatMember.Status == "left")
		return nil
	}
	if m := u.Message; m != nil && m.Chat != nil && m.MigrateToChatID != 0 && c.cfg.Moved != nil {
		c.cfg.Moved(ctx, ChatName(m.Chat.ID), ChatName(m.MigrateToChatID))
	}
	if paid, err := c.charged(ctx, u.Message); paid || u.PreCheckoutQuery != nil { // which was answered before
		return err
	}
	in, ok := c.read(&u)
	if !ok {
		return nil
	}
	in.answered = c.soothe(ctx, in.callback)
	a, err := h.Chat(ctx, in)
	if err == nil || last {
		c.answer(ctx, in, a)
	} else {
		in.answered() // it comes again, and its button is answered then
	}
	return err
}

// spinMost is how long a button spins while the books are slow, in wall time. Telegram gives a
// press up after some seconds, and takes no answer to it then.
const spinMost = 2 * time.Second

// soothe stops the spinner of a button whose answer takes long. What it returns ends that, and
// tells whether it was stopped: then a word over the chat cannot be said any more.
func (c *Client) soothe(ctx context.Context, callback string) (answered func() bool) {
	if callback == "" {
		return func() bool { return false }
	}
	var mu sync.Mutex
	over, stopped := false, false
	late := time.AfterFunc(spinMost, func() {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			stopped = true
			c.answerCallback(ctx, callback, "")
		}
	})
	return func() bool {
		late.Stop()
		mu.Lock()
		defer mu.Unlock()
		over = true
		return stopped
	}
}

// read takes what matters out of an update; ok is false where nothing does.
func (c *Client) read(u *tgbotapi.Update) (in Chat, ok bool) {
	if q := u.CallbackQuery; q != nil {
		if q.Message == nil || q.Message.Chat == nil || q.From == nil {
			return in, false
		}
		in = who(q.Message.Chat, q.From)
		in.Key, in.callback, in.message = "telegram:callback:"+q.ID, q.ID, strconv.Itoa(q.Message.MessageID)
		in.captioned = q.Message.Document != nil
		in.Do, in.Arg, ok = c.opened(in.Chat, q.Data)
		in.Forged = !ok
		return in, true
	}
	m := u.Message
	if m == nil {
		m = u.EditedMessage
	}
	if m == nil || m.From == nil || m.Chat == nil || m.From.IsBot {
		return in, false
	}
	in = who(m.Chat, m.From)
	in.Key = fmt.Sprintf("telegram:message:%d:%d:%d", m.Chat.ID, m.MessageID, m.EditDate)
	if in.Text = m.Text; in.Text == "" {
		in.Text = m.Caption
	}
	in.Message, in.Edited, in.Album = strconv.Itoa(m.MessageID), m.EditDate != 0, m.MediaGroupID
	in.Files, in.Odd = brought(m)
	if to := m.ReplyToMessage; to != nil && to.From != nil && to.From.IsBot {
		in.ReplyTo = to.Text + to.Caption
	}
	service := m.NewChatMembers != nil || m.LeftChatMember != nil || m.MigrateToChatID != 0 || m.MigrateFromChatID != 0 || m.GroupChatCreated
	return in, !service
}

func who(chat *tgbotapi.Chat, from *tgbotapi.User) Chat {
	return Chat{Chat: ChatName(chat.ID), Person: ChatName(from.ID), Title: chat.Title, Name: strings.TrimSpace(from.FirstName + " " + from.LastName),
		Lang: from.LanguageCode, Private: chat.IsPrivate()}
}

// answer tells the person what came of it: it is not kept for retry.
func (c *Client) answer(ctx context.Context, in Chat, a Answer) {
	if in.callback != "" {
		toast := ""
		if !a.Toast.IsZero() {
			toast = plain.Replace(a.Words(a.Toast))
		}
		if stopped := in.answered(); !stopped {
			c.answerCallback(ctx, in.callback, toast)
		} else if a.Card == nil && toast != "" {
			a.Card, a.Replace = &card.Card{Body: []card.Text{a.Toast}}, false
		}
	}
	if a.Card == nil {
		return
	}
	m := Message{Chat: in.Chat, Card: a.Card, Words: a.Words}
	method := "sendMessage"
	if a.Replace && in.message != "" {
		method, m.Captioned = "editMessageText", in.captioned
	}
	say := func() (err error) {
		c.spend(method, in.Chat)
		if method == "sendMessage" {
			_, err = c.Send(ctx, m)
		} else {
			err = c.Edit(ctx, m, in.message)
		}
		var e *card.SendError
		if errors.As(err, &e) && e.Missing { // the message was deleted meanwhile
			_, err = c.Send(ctx, m)
		}
		if errors.As(err, &e) && e.Limited && c.cfg.Limited != nil {
			c.cfg.Limited(method, in.Chat, e.RetryAfter)
		}
		return err
	}
	err := say()
	var e *card.SendError
	if errors.As(err, &e) && e.RetryAfter > 0 && e.RetryAfter < 5*time.Second {
		c.cfg.Later(e.RetryAfter, func() { c.lost(in, say()) })
		return
	}
	c.lost(in, err)
}

func (c *Client) spend(method, chat string) {
	if c.cfg.Spend != nil {
		c.cfg.Spend(method, chat)
	}
}

// lost logs an answer that nobody will get.
func (c *Client) lost(in Chat, err error) {
	if err != nil {
		c.cfg.Log.Warn("an answer was lost", "chat", in.Chat, "error", err)
	}
}
