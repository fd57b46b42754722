package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"duebot/commands/card"
)

// Handler is what people's acts are handed to. Each answers after the commit.
type Handler interface {
	Command(ctx context.Context, in Command) Answer
	Press(ctx context.Context, in Press) Answer
	// Thread takes what a person wrote in a thread, or did to what he had written. Taken says
	// that it was said to a customer, and so is nothing else.
	Thread(ctx context.Context, in ThreadMessage) (taken bool, err error)
	Mention(ctx context.Context, in Mention) Answer
	// Files takes files that a person dropped into a channel.
	Files(ctx context.Context, in FileMessage) error
	// Fill runs a form that was sent, and Reform makes one again with what it holds.
	Fill(ctx context.Context, in Filled) Answer
	Reform(ctx context.Context, in Filled) Answer
	Suggest(ctx context.Context, in Query) ([]card.Option, card.Words)
	Shortcut(ctx context.Context, in Shortcut) Answer
	// HomeOpened is told that somebody looks at his Home tab.
	HomeOpened(ctx context.Context, user string)
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

// ThreadMessage is a message in a thread, or what became of one.
type ThreadMessage struct {
	Key     string // from the event id
	User    string
	Channel string
	Thread  string
	TS      string // of the message itself
	Text    string
	Files   []FileRef
	Direct  bool // in the direct messages with the bot

	Edited  bool   // Text is what it reads now
	Was     string // before
	Deleted bool

	at string // when, as Slack counts: a change is later than its message
}

// ackPatience is how long a commit may take before "Working…" is said.
const ackPatience = time.Second

// openPatience is how long an acknowledgement waits for a form to be opened: both have three
// seconds in all.
const openPatience = 1500 * time.Millisecond

// ackMax is how large an acknowledgement may be: a frame of 20,480 bytes is lost on a socket.
const ackMax = 20000

// delivery is one thing that Slack tells, by whichever way it came. One of its methods is
// called, once.
type delivery interface {
	// ack acknowledges, with a payload where Slack reads one; nil is none.
	ack(payload any)
	// refuse leaves it unacknowledged, so that Slack tells it again.
	refuse()
}

// The shapes below are the parts of Slack's payloads that matter here. They are read by
// ourselves: slack-go refuses a whole event over one block that it cannot read, and a form
// whose state is empty.

// command is a slash command.
type command struct {
	User     string `json:"user_id"`
	Team     string `json:"team_id"` // of the user
	Channel  string `json:"channel_id"`
	Command  string `json:"command"`
	Text     string `json:"text"`
	Trigger  string `json:"trigger_id"`
	Response string `json:"response_url"`
}

// interaction is what people do with messages and views.
type interaction struct {
	Type     string   `json:"type"`
	Trigger  string   `json:"trigger_id"`
	Response string   `json:"response_url"`
	Team     teamName `json:"team"` // the app's
	User     struct {
		ID   string   `json:"id"`
		Team teamName `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		Channel string `json:"channel_id"`
		TS      string `json:"message_ts"`
		Thread  string `json:"thread_ts"`
		Own     bool   `json:"is_ephemeral"` // only who acts sees it
	} `json:"container"`
	Message struct {
		TS     string `json:"ts"`
		Thread string `json:"thread_ts"`
	} `json:"message"`
	Callback string `json:"callback_id"`
	ActionID string `json:"action_id"` // of a field into which somebody types
	Value    string `json:"value"`     // what he has typed
	View     view   `json:"view"`
	Actions  []struct {
		ID       string `json:"action_id"`
		Block    string `json:"block_id"`
		Value    string `json:"value"`
		Selected struct {
			Value string `json:"value"`
		} `json:"selected_option"` // of a menu
	} `json:"actions"`
}

// event is one of the Events API.
type event struct {
	Type      string `json:"type"`
	ID        string `json:"event_id"`
	Challenge string `json:"challenge"`
	// Authorizations say for whom the event came: the bot.
	Authorizations []struct {
		User string `json:"user_id"`
	} `json:"authorizations"`
	Event struct {
		Type        string      `json:"type"`
		SubType     string      `json:"subtype"`
		Channel     string      `json:"channel"`
		User        string      `json:"user"`
		UserTeam    teamName    `json:"user_team"` // in a channel that is shared
		Team        teamName    `json:"team"`
		Bot         string      `json:"bot_id"`
		Text        string      `json:"text"`
		TS          string      `json:"ts"`
		ThreadTS    string      `json:"thread_ts"`
		ChannelType string      `json:"channel_type"`
		Files       []eventFile `json:"files"`
		Message     *message    `json:"message"`          // of one that was changed: as it is now
		Previous    *message    `json:"previous_message"` // and before
		Group       string      `json:"subteam_id"`
		Tab         string      `json:"tab"` // of the app, that was opened
		Subteam     struct {
			ID string `json:"id"`
		} `json:"subteam"`
	} `json:"event"`
}

// message is one inside of an event that tells of its change.
type message struct {
	SubType  string   `json:"subtype"`
	User     string   `json:"user"`
	Team     teamName `json:"team"`
	Bot      string   `json:"bot_id"`
	Text     string   `json:"text"`
	TS       string   `json:"ts"`
	ThreadTS string   `json:"thread_ts"`
}

var errNoKey = errors.New("it has no id that would tell it from another")

// command answers a slash command in its acknowledgement, or by its response_url when the
// commit takes long or the answer is too large.
func (c *Client) command(ctx context.Context, h Handler, cmd command, d delivery) error {
	if cmd.Trigger == "" || cmd.User == "" {
		return errNoKey
	}
	user, err := c.who(ctx, cmd.User, cmd.Team)
	if err != nil {
		return c.unready(d, err)
	}
	in := Command{Key: "slack:trigger:" + cmd.Trigger, User: user, Channel: cmd.Channel, Command: cmd.Command, Text: typed(cmd.Text)}
	c.once(in.Key, d, func(d delivery) {
		answers := make(chan Answer, 1)
		go func() { answers <- h.Command(ctx, in) }()
		select {
		case a := <-answers:
			if a.Form != nil && c.asks(ctx, cmd, a) {
				d.ack(nil)
				return
			}
			if payload, small := c.inAck(cmd.Channel, a); small {
				d.ack(payload)
				c.handOver(ctx, cmd.User, a)
				return
			}
			d.ack(nil)
			c.tell(ctx, cmd.origin(), a)
		case <-time.After(ackPatience):
			d.ack(c.payload(cmd.Channel, h.Working(in.User)))
			c.tell(ctx, cmd.origin(), <-answers)
		}
	})
	return nil
}

// unready leaves to Slack to tell it again when we know who is of our workspace.
func (c *Client) unready(d delivery, err error) error {
	c.count("unready")
	c.cfg.Log.Warn("asking Slack which workspace is ours", "error", withoutURL(err))
	d.refuse()
	return nil
}

// asks opens the form of an answer; false where Slack does not open it: then the card says
// how the line is typed.
func (c *Client) asks(ctx context.Context, cmd command, a Answer) bool {
	ctx, cancel := context.WithTimeout(ctx, openPatience)
	defer cancel()
	_, err := c.api.OpenViewContext(ctx, cmd.Trigger, c.formView(cmd.User, a.Form, a.Words, nil))
	if err != nil {
		c.count("unopened")
		c.cfg.Log.Warn("opening a form", "error", withoutURL(err))
	}
	return err == nil
}

// inAck is an answer as an acknowledgement carries it, in JSON; small is false for one that
// is better said later.
func (c *Client) inAck(channel string, a Answer) (payload any, small bool) {
	if c.draws(a) || c.papers(a) {
		return nil, false
	}
	if payload = c.payload(channel, a); payload == nil {
		return nil, true
	}
	data, err := json.Marshal(payload)
	return json.RawMessage(data), err == nil && len(data) < ackMax
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

// withoutURL drops the address from an error: whoever has a response_url can speak as we do.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// interaction runs the buttons of one interaction, and acknowledges after their commits, or
// when these take long: the answers come by the response_url either way. What has no
// buttons is acknowledged.
func (c *Client) interaction(ctx context.Context, h Handler, cb interaction, d delivery) error {
	user, err := c.who(ctx, cb.User.ID, string(cmp.Or(cb.User.Team, cb.Team)))
	if err != nil {
		return c.unready(d, err)
	}
	cb.User.ID = user
	switch {
	case cb.Type == "view_submission":
		return c.submission(ctx, h, cb, d)
	case cb.Type == "block_suggestion":
		return c.suggestion(ctx, h, cb, d)
	case cb.Type == "shortcut" || cb.Type == "message_action":
		return c.shortcut(ctx, h, cb, d)
	case cb.Type == "block_actions" && cb.View.ID != "":
		return c.inView(ctx, h, cb, d)
	case cb.Type != "block_actions": // view_closed: nothing waits for it
		d.ack(nil)
		return nil
	}
	if cb.Trigger == "" || cb.User.ID == "" {
		return errNoKey
	}
	channel := cb.place()
	c.once("slack:trigger:"+cb.Trigger, d, func(d delivery) {
		done := make(chan []Answer, 1)
		go func() { done <- c.presses(ctx, h, channel, cb) }()
		var answers []Answer
		select {
		case answers = <-done:
			d.ack(nil)
		case <-time.After(ackPatience):
			d.ack(nil)
			answers = <-done
		}
		for _, a := range answers {
			if a.Form != nil {
				c.openModal(ctx, cb, a)
				continue
			}
			c.tell(ctx, cb.origin(), a)
		}
	})
	return nil
}

// place is the channel where the interaction happened.
func (cb *interaction) place() string {
	if cb.Channel.ID == "" {
		return cb.Container.Channel
	}
	return cb.Channel.ID
}

// presses hands the buttons of one interaction to the commands, those that are ours.
func (c *Client) presses(ctx context.Context, h Handler, channel string, cb interaction) (answers []Answer) {
	for i, a := range cb.Actions {
		value := a.Value
		if value == "" {
			value = a.Selected.Value
		}
		do, arg, ok := c.opened(channel, value)
		if !ok {
			if value != "" {
				c.count("foreign_button")
				c.cfg.Log.Warn("a button that is not ours was pressed", "user", cb.User.ID, "channel", channel)
			}
			continue
		}
		key := "slack:trigger:" + cb.Trigger
		if i > 0 {
			key += "." + a.ID
		}
		answers = append(answers, h.Press(ctx, Press{Key: key, User: cb.User.ID, Channel: channel, TS: cb.Container.TS, Do: do, Arg: arg}))
	}
	return answers
}

// event hands on what a person wrote in a thread, and that a user group changed.
func (c *Client) event(ctx context.Context, h Handler, e event, d delivery) error {
	if e.Type != "event_callback" { // app_rate_limited, for one
		c.cfg.Log.Warn("Slack told something beside its events", "type", e.Type)
		d.ack(nil)
		return nil
	}
	if e.ID == "" {
		return errNoKey
	}
	e.unfold()
	user, err := c.who(ctx, e.Event.User, string(cmp.Or(e.Event.UserTeam, e.Event.Team)))
	if err != nil {
		return c.unready(d, err)
	}
	c.once("slack:event:"+e.ID, d, func(d delivery) {
		switch e.Event.Type {
		case "subteam_updated":
			h.GroupChanged(ctx, e.Event.Subteam.ID)
		case "subteam_members_changed":
			h.GroupChanged(ctx, e.Event.Group)
		case "app_home_opened":
			if e.Event.Tab == "home" && !stranger(user) {
				d.ack(nil) // a page takes its time, and is drawn again the next time
				h.HomeOpened(ctx, user)
				return
			}
		}
		files := e.files()
		if files != nil {
			files.User = user
			if err := h.Files(ctx, *files); err != nil {
				c.cfg.Log.Error("a file was not taken", "error", err)
				d.refuse()
				return
			}
		}
		if in := e.inThread(); in != nil {
			in.User = user
			taken, err := c.inTurn(ctx, h, in)
			if err != nil {
				if errors.Is(err, card.ErrLater) {
					c.cfg.Log.Info("a thread message is asked for again", "error", err)
				} else {
					c.cfg.Log.Error("a thread message was not taken", "error", err)
				}
				d.refuse()
				return
			}
			if taken {
				d.ack(nil)
				return
			}
		}
		if files != nil && files.Direct { // the words beside it are no line
			d.ack(nil)
			return
		}
		if in, ok := e.mention(); ok {
			c.mentioned(ctx, h, in, user, d)
			return
		}
		d.ack(nil)
	})
	return nil
}

// unfold has an event about a change be as if from whoever's message was changed.
func (e *event) unfold() {
	in := &e.Event
	m := in.Message
	if in.Type != "message" || in.SubType == slack.MsgSubTypeMessageDeleted {
		m = in.Previous
	}
	if m == nil || in.SubType != slack.MsgSubTypeMessageChanged && in.SubType != slack.MsgSubTypeMessageDeleted {
		return
	}
	if in.Previous != nil && m.SubType == "tombstone" { // deleted, with answers below it
		m, in.SubType = in.Previous, slack.MsgSubTypeMessageDeleted
	}
	in.User, in.Team, in.Bot = m.User, m.Team, m.Bot
	in.ThreadTS = m.ThreadTS
}

// inThread is what a person wrote in a thread, or did to what he had written there; nil where
// it is nothing of the kind.
func (e *event) inThread() *ThreadMessage {
	in := &e.Event
	m := &ThreadMessage{Key: "slack:event:" + e.ID, Channel: in.Channel, Thread: in.ThreadTS, TS: in.TS, at: in.TS, Text: typed(in.Text), Direct: strings.HasPrefix(in.Channel, "D")}
	if in.Type != "message" || in.Bot != "" || in.User == "" || in.ThreadTS == "" {
		return nil
	}
	switch {
	case in.SubType == slack.MsgSubTypeMessageChanged && in.Message != nil && in.Previous != nil:
		m.Edited, m.TS, m.Text, m.Was = true, in.Message.TS, typed(in.Message.Text), typed(in.Previous.Text)
		if m.Text == m.Was { // a preview of a link came, an answer was counted
			return nil
		}
	case in.SubType == slack.MsgSubTypeMessageDeleted && in.Previous != nil:
		m.Deleted, m.TS, m.Text = true, in.Previous.TS, ""
	case !e.isReply():
		return nil
	default:
		for _, f := range in.Files {
			m.Files = append(m.Files, FileRef(f))
		}
	}
	return m
}

// isReply reports whether a person wrote e in a thread, and not to the bot, which is told of
// that in an event of its own.
func (e *event) isReply() bool {
	_, named := e.afterName()
	return e.Event.Type == "message" && e.written() && e.Event.Bot == "" && e.Event.User != "" && e.Event.ThreadTS != "" && !named
}

// written reports whether e is a new message; one in a thread also sent to the channel is one
// too, and so are the words beside a file.
func (e *event) written() bool {
	switch e.Event.SubType {
	case "", slack.MsgSubTypeThreadBroadcast, slack.MsgSubTypeFileShare:
		return true
	}
	return false
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
