package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"duebot/commands/card"
)

// Handler is what people's acts are handed to. Each answers after the commit.
type Handler interface {
	Command(ctx context.Context, in Command) Answer
	Press(ctx context.Context, in Press) Answer
	Thread(ctx context.Context, in ThreadMessage) error
	// GroupChanged is told of a user group whose members are others now, or that was disabled.
	GroupChanged(ctx context.Context, group string)
	// Working is what is said when a commit takes long.
	Working(user string) Answer
	// Busy counts acts under way: begun before the acknowledgement, done after the last answer.
	Busy() (done func())
}

// Answer is a reply in the words of whoever asked. Without a card nothing is said.
type Answer struct {
	card.Reply
	Words card.Words
}

// Command is a slash command.
type Command struct {
	Key     string // from the trigger id
	User    string
	Channel string
	Command string // "/ar"
	Text    string
}

// Press is a button pressed.
type Press struct {
	Key     string
	User    string
	Channel string
	TS      string
	Do, Arg string
}

// ThreadMessage is a message in a thread.
type ThreadMessage struct {
	Key     string // from the event id
	User    string
	Channel string
	Thread  string
	Text    string
}

// ackPatience is how long a commit may take before "Working…" is said.
const ackPatience = time.Second

// frameMax is below the size of a frame that Slack loses.
const frameMax = 20000

// Run keeps a Socket Mode connection until ctx ends. It returns an error when Slack refuses
// the token; anything else is tried again.
func (c *Client) Run(ctx context.Context, h Handler) error {
	var acts sync.WaitGroup
	defer acts.Wait()
	wait := time.Second
	for ctx.Err() == nil {
		began := time.Now()
		err := c.connect(ctx, h, &acts)
		if fatal(err) {
			return err
		}
		if time.Since(began) > time.Minute {
			wait = time.Second
		}
		if err != nil && ctx.Err() == nil {
			c.cfg.Log.Warn("Slack's socket ended", "error", err, "again in", wait)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, time.Minute)
	}
	return nil
}

// fatal reports whether Slack will never accept us as we are.
func fatal(err error) bool {
	if err == nil {
		return false
	}
	switch err.Error() {
	case "invalid_auth", "account_inactive", "not_authed", "token_revoked", "not_allowed_token_type":
		return true
	}
	return false
}

func (c *Client) connect(ctx context.Context, h Handler, acts *sync.WaitGroup) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sock := socketmode.New(c.api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
	acts.Add(1)
	go func() {
		defer acts.Done()
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-sock.Events:
				done := h.Busy()
				acts.Add(1)
				go func() {
					defer acts.Done()
					defer done()
					// What was begun is finished, also when the program stops meanwhile.
					c.event(context.WithoutCancel(ctx), h, sock, e)
				}()
			}
		}
	}()
	return sock.RunContext(ctx)
}

// acker takes acknowledgements: a socket.
type acker interface {
	AckCtx(ctx context.Context, envelope string, payload any) error
}

// event takes one envelope. One that we do not know is acknowledged too, or Slack would
// tell it again.
func (c *Client) event(ctx context.Context, h Handler, sock acker, e socketmode.Event) {
	switch e.Type {
	case socketmode.EventTypeSlashCommand:
		if cmd, ok := e.Data.(slack.SlashCommand); ok {
			c.command(ctx, h, sock, *e.Request, cmd)
			return
		}
	case socketmode.EventTypeInteractive:
		if cb, ok := e.Data.(slack.InteractionCallback); ok && cb.Type == slack.InteractionTypeBlockActions {
			c.actions(ctx, h, sock, *e.Request, cb)
			return
		}
	case socketmode.EventTypeEventsAPI:
		if ev, ok := e.Data.(slackevents.EventsAPIEvent); ok {
			c.message(ctx, h, sock, *e.Request, ev)
			return
		}
	}
	if e.Request != nil && e.Request.EnvelopeID != "" {
		c.ack(sock, *e.Request, nil)
	}
}

func (c *Client) ack(sock acker, req socketmode.Request, payload any) {
	// A socket that has ended takes only so many, and then would never return.
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	if err := sock.AckCtx(ctx, req.EnvelopeID, payload); err != nil {
		c.cfg.Log.Warn("acknowledging to Slack", "error", err)
	}
}

// command answers a slash command in its acknowledgement, or by its response_url when the
// commit takes long or the answer is too large for a frame.
func (c *Client) command(ctx context.Context, h Handler, sock acker, req socketmode.Request, cmd slack.SlashCommand) {
	in := Command{Key: "slack:trigger:" + cmd.TriggerID, User: cmd.UserID, Channel: cmd.ChannelID, Command: cmd.Command, Text: typed(cmd.Text)}
	answers := make(chan Answer, 1)
	go func() { answers <- h.Command(ctx, in) }()
	select {
	case a := <-answers:
		payload := c.payload(cmd.ChannelID, a)
		if data, err := json.Marshal(payload); err == nil && len(data) < frameMax {
			c.ack(sock, req, payload)
			return
		}
		c.ack(sock, req, nil)
		c.respond(ctx, cmd.ResponseURL, cmd.ChannelID, a)
	case <-time.After(ackPatience):
		c.ack(sock, req, c.payload(cmd.ChannelID, h.Working(cmd.UserID)))
		c.respond(ctx, cmd.ResponseURL, cmd.ChannelID, <-answers)
	}
}

// payload is an answer as an acknowledgement carries it.
func (c *Client) payload(channel string, a Answer) any {
	if a.Card == nil {
		return nil
	}
	text, blocks := c.render(channel, a.Card, a.Words)
	return map[string]any{"response_type": responseType(a), "text": text, "blocks": blocks}
}

func responseType(a Answer) string {
	if a.Public {
		return slack.ResponseTypeInChannel
	}
	return slack.ResponseTypeEphemeral
}

// respond answers by a response_url.
func (c *Client) respond(ctx context.Context, to, channel string, a Answer) {
	if a.Card == nil || to == "" {
		return
	}
	text, blocks := c.render(channel, a.Card, a.Words)
	m := &slack.WebhookMessage{Text: text, Blocks: &slack.Blocks{BlockSet: blocks}, ReplaceOriginal: a.Replace}
	if !a.Replace {
		m.ResponseType = responseType(a)
	}
	if err := slack.PostWebhookCustomHTTPContext(ctx, to, c.http, m); err != nil {
		c.cfg.Log.Warn("answering by response_url", "error", withoutURL(err))
	}
}

// withoutURL drops the address from an error: whoever has a response_url can speak as we do.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// actions runs the buttons of one interaction, and acknowledges after their commits, or when
// these take long: the answers come by the response_url either way.
func (c *Client) actions(ctx context.Context, h Handler, sock acker, req socketmode.Request, cb slack.InteractionCallback) {
	channel := cb.Channel.ID
	if channel == "" {
		channel = cb.Container.ChannelID
	}
	done := make(chan []Answer, 1)
	go func() { done <- c.presses(ctx, h, channel, cb) }()
	var answers []Answer
	select {
	case answers = <-done:
		c.ack(sock, req, nil)
	case <-time.After(ackPatience):
		c.ack(sock, req, nil)
		answers = <-done
	}
	for _, a := range answers {
		c.respond(ctx, cb.ResponseURL, channel, a)
	}
}

// presses hands the buttons of one interaction to the commands, those that are ours.
func (c *Client) presses(ctx context.Context, h Handler, channel string, cb slack.InteractionCallback) (answers []Answer) {
	for i, a := range cb.ActionCallback.BlockActions {
		do, arg, ok := c.opened(channel, a.Value)
		if !ok {
			if a.Value != "" {
				c.cfg.Log.Warn("a button that is not ours was pressed", "user", cb.User.ID, "channel", channel)
			}
			continue
		}
		key := "slack:trigger:" + cb.TriggerID
		if i > 0 {
			key += "." + a.ActionID
		}
		answers = append(answers, h.Press(ctx, Press{Key: key, User: cb.User.ID, Channel: channel, TS: cb.Container.MessageTs, Do: do, Arg: arg}))
	}
	return answers
}

// message hands on what a person wrote in a thread, and that a user group changed.
func (c *Client) message(ctx context.Context, h Handler, sock acker, req socketmode.Request, ev slackevents.EventsAPIEvent) {
	switch g := ev.InnerEvent.Data.(type) {
	case *slackevents.SubteamUpdatedEvent:
		h.GroupChanged(ctx, g.Subteam.ID)
	case *slackevents.SubteamMembersChangedEvent:
		h.GroupChanged(ctx, g.SubteamID)
	}
	m, ok := ev.InnerEvent.Data.(*slackevents.MessageEvent)
	wrapped, _ := ev.Data.(*slackevents.EventsAPICallbackEvent)
	if ok && wrapped != nil && isReply(m) {
		in := ThreadMessage{Key: "slack:event:" + wrapped.EventID, User: m.User, Channel: m.Channel, Thread: m.ThreadTimeStamp,
			Text: typed(m.Text)}
		if err := h.Thread(ctx, in); err != nil {
			c.cfg.Log.Error("a thread message was not taken", "error", err)
			return // not acknowledged: Slack tells it again
		}
	}
	c.ack(sock, req, nil)
}

// isReply reports whether a person wrote m in a thread; one also sent to the channel is one too.
func isReply(m *slackevents.MessageEvent) bool {
	switch m.SubType {
	case "", slack.MsgSubTypeThreadBroadcast, slack.MsgSubTypeFileShare: // the words beside a file
	default:
		return false
	}
	return m.BotID == "" && m.User != "" && m.ThreadTimeStamp != ""
}

// typed gives back what people typed: Slack wraps addresses and escapes three characters.
// Mentions stay as they are: they are not text.
func typed(s string) string { return unescape.Replace(wrapped.ReplaceAllString(s, "$1$2")) }

var (
	// <https://a.example|a.example> and <https://a.example> are what was typed as a.example
	// and https://a.example.
	wrapped  = regexp.MustCompile(`<(?:(?:https?://|mailto:|tel:)[^|>]*\|([^>]*)|((?:https?://)[^|>]*))>`)
	unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)
