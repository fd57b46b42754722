package slack

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// People also speak to the bot by its name, in a channel or in a thread, where slash commands
// do not work, and in the direct messages with it. What they write is a typed line.

// Mention is a line that somebody wrote to the bot.
type Mention struct {
	Key     string // from the event id
	User    string
	Channel string
	Thread  string // ts of the first message of its thread, "" for none
	TS      string // of the message itself
	Direct  bool   // in the direct messages with the bot
	Text    string // without the bot's name
}

// limitWait bounds how long an answer waits that Slack asks to send later.
const limitWait = 10 * time.Second

// mention returns the line that e brings, if it is one: a message that begins with the bot's
// name, or any in its direct messages.
func (e *event) mention() (Mention, bool) {
	m := Mention{Key: "slack:event:" + e.ID, User: e.Event.User, Channel: e.Event.Channel, Thread: e.Event.ThreadTS, TS: e.Event.TS,
		Direct: e.Event.ChannelType == "im"}
	text, named := e.afterName()
	m.Text = strings.TrimSpace(typed(text))
	switch {
	case e.Event.User == "" || e.Event.Bot != "" || !e.written():
		return m, false
	case e.Event.Type == "app_mention":
		return m, named && !m.Direct
	case e.Event.Type == "message":
		return m, m.Direct && m.Text != ""
	}
	return m, false
}

// afterName is the text behind the bot's name, if it begins with that.
func (e *event) afterName() (rest string, named bool) {
	text := strings.TrimSpace(e.Event.Text)
	id, rest, ok := strings.Cut(strings.TrimPrefix(text, "<@"), ">")
	if !ok || !strings.HasPrefix(text, "<@") {
		return text, false
	}
	id, _, _ = strings.Cut(id, "|")
	for _, a := range e.Authorizations {
		if a.User == id {
			return strings.TrimLeft(rest, " ,:"), true
		}
	}
	return text, false
}

// mentioned runs a line and answers it: what changed something is said to all in the thread,
// anything else to whoever wrote it alone. User is what the program calls him.
func (c *Client) mentioned(ctx context.Context, h Handler, in Mention, user string, d delivery) {
	answers := make(chan Answer, 1)
	asked := in
	asked.User = user
	go func() { answers <- h.Mention(ctx, asked) }()
	select {
	case a := <-answers:
		d.ack(nil)
		c.answer(ctx, in, a)
		c.handOver(ctx, in.User, a)
	case <-time.After(ackPatience):
		d.ack(nil)
		a := <-answers
		c.answer(ctx, in, a)
		c.handOver(ctx, in.User, a)
	}
}

// answer says a to whoever wrote in. It is said once, or not at all: the books keep what was
// done.
func (c *Client) answer(ctx context.Context, in Mention, a Answer) {
	if a = c.handed(ctx, in.User, in.Channel, a); a.Card == nil {
		return
	}
	a.Card = c.pictured(ctx, a.Card, a.Words)
	err := c.sayWith(ctx, in, a)
	var limited *slack.RateLimitedError
	if without, had := unpictured(a.Card); had && noPicture(err) {
		c.cfg.Gallery.DropPicture(a.Card.Picture.ID)
		a.Card = without
		err = c.sayWith(ctx, in, a)
	}
	if errors.As(err, &limited) && limited.RetryAfter <= limitWait {
		pause(ctx, limited.RetryAfter)
		err = c.sayWith(ctx, in, a)
	}
	if err != nil {
		c.cfg.Log.Warn("answering a line", "channel", in.Channel, "error", withoutURL(err))
	}
}

func (c *Client) sayWith(ctx context.Context, in Mention, a Answer) error {
	text, blocks := c.render(in.Channel, a.Card, a.Words)
	opts := []slack.MsgOption{slack.MsgOptionText(text, false), slack.MsgOptionBlocks(blocks...), slack.MsgOptionDisableLinkUnfurl()}
	thread := in.Thread
	if a.Booked && !in.Direct && thread == "" {
		thread = in.TS
	}
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	return c.say(ctx, in, a.Booked, opts)
}

func (c *Client) say(ctx context.Context, in Mention, toAll bool, opts []slack.MsgOption) (err error) {
	if in.Direct || toAll {
		_, _, err = c.api.PostMessageContext(ctx, in.Channel, opts...)
		return err
	}
	_, err = c.api.PostEphemeralContext(ctx, in.Channel, in.User, opts...)
	return err
}
