package slack

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/slack-go/slack"

	"duebot/commands/card"
)

// origin is where somebody acted, and how he is answered there.
type origin struct {
	response string // response_url: for 30 minutes, and five answers
	channel  string
	user     string // as Slack calls him
	ts       string // of the message whose button was pressed, "" for none that can be edited
	thread   string
}

func (cmd *command) origin() origin {
	return origin{response: cmd.Response, channel: cmd.Channel, user: cmd.User}
}

func (cb *interaction) origin() origin {
	_, user, ok := strings.Cut(cb.User.ID, elsewhere)
	if !ok {
		user = cb.User.ID
	}
	o := origin{response: cb.Response, channel: cb.place(), user: user, thread: cb.Container.Thread}
	if !cb.Container.Own {
		o.ts = cb.Container.TS
	}
	return o
}

// inThread is the thread in which somebody acted: without it Slack says the answer in the channel
// behind the thread that he looks at. A message that only begins a thread stands in the channel.
func (o origin) inThread() string {
	if o.thread == o.ts {
		return ""
	}
	return o.thread
}

// tell answers where somebody acted, and hands over the file that belongs to it.
func (c *Client) tell(ctx context.Context, o origin, a Answer) {
	a = c.handed(ctx, o.user, o.channel, a)
	c.respond(ctx, o, a)
	c.handOver(ctx, o.user, a)
}

// respond answers where somebody acted: by the response_url, or where that is used up, by the
// Web API. A picture that Slack refuses is left out. It is said once, or not at all: the books
// keep what was done.
func (c *Client) respond(ctx context.Context, o origin, a Answer) {
	if a.Card == nil || o.response == "" {
		return
	}
	a.Card = c.pictured(ctx, a.Card, a.Words)
	err := c.byURL(ctx, o, a)
	if without, had := unpictured(a.Card); had && refusedURL(err) {
		c.cfg.Gallery.DropPicture(a.Card.Picture.ID)
		a.Card = without
		err = c.byURL(ctx, o, a)
	}
	var limited *slack.RateLimitedError
	if errors.As(err, &limited) && limited.RetryAfter <= limitWait {
		pause(ctx, limited.RetryAfter)
		err = c.byURL(ctx, o, a)
	}
	if refusedURL(err) {
		c.count("url_used")
		err = c.without(ctx, o, a)
	}
	if err != nil {
		c.cfg.Log.Warn("answering by response_url", "error", withoutURL(err))
	}
}

func (c *Client) byURL(ctx context.Context, o origin, a Answer) error {
	text, blocks := c.render(o.channel, a.Card, a.Words)
	m := &slack.WebhookMessage{Text: text, Blocks: &slack.Blocks{BlockSet: blocks}, ReplaceOriginal: a.Replace}
	if !a.Replace {
		m.ResponseType, m.ThreadTimestamp = responseType(a), o.inThread()
	}
	return slack.PostWebhookCustomHTTPContext(ctx, o.response, c.http, m)
}

// refusedURL reports whether Slack took nothing by a response_url: it is too old, was used
// five times, or what it was sent is not a message.
func refusedURL(err error) bool {
	var status slack.StatusCodeError
	return errors.As(err, &status) && status.Code >= http.StatusBadRequest && status.Code < http.StatusInternalServerError
}

// without answers by the Web API: the message is edited, or the answer is said in the channel,
// to its asker alone; where the bot may not speak there, in its direct messages with him.
func (c *Client) without(ctx context.Context, o origin, a Answer) error {
	opts := c.content(o.channel, Message{Card: a.Card, Words: a.Words})
	if a.Replace && o.ts != "" {
		_, _, _, err := c.api.UpdateMessageContext(ctx, o.channel, o.ts, opts...)
		return err
	}
	if thread := o.inThread(); thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	var err error
	if a.Public {
		_, _, err = c.api.PostMessageContext(ctx, o.channel, opts...)
	} else {
		_, err = c.api.PostEphemeralContext(ctx, o.channel, o.user, opts...)
	}
	var refused *card.SendError
	if !errors.As(sendError(err), &refused) || !refused.Gone {
		return err
	}
	_, _, err = c.Post(ctx, Message{Channel: o.user, Card: a.Card, Words: a.Words})
	return err
}
