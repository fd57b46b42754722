package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"duebot/adapters/reach"
	"duebot/commands/card"
)

// Config is what the adapter needs to work.
type Config struct {
	BotToken string // xoxb-…
	AppToken string // xapp-…, Socket Mode; "" for none
	// SigningSecret authenticates the requests of HTTP mode; "" for none.
	SigningSecret string
	APIURL        string // base of the Web API, with or without a final slash
	Log           *slog.Logger
	Called        func(method string) // is told of each call of a method before it is made; nil: nobody wants to know
	// Seal proves that a button is ours: made for a channel, about a verb and its argument.
	Seal func(channel, what string) string
	// Sealed checks what Seal made.
	Sealed func(proof, channel, what string) bool
	// Count counts what comes in, by what became of it: "taken", "forged". nil: nobody counts.
	Count func(outcome string)
	// Draw draws a picture in somebody's words, and Gallery remembers what was uploaded. nil:
	// cards go without pictures.
	Draw    func(p *card.Picture, words card.Words) ([]byte, error)
	Gallery Gallery
	// Paper draws a document or a sheet, and Papers remembers which file a message was to share.
	// nil: cards go without.
	Paper  func(ctx context.Context, p *card.Paper) (card.Drawn, error)
	Papers Papers
	// Name is what people call a user, where Slack shows no mention; nil: his id.
	Name func(user string) string
	// Timeout bounds one call, in wall time; 10 s where it is 0.
	Timeout time.Duration
}

// Client speaks with one Slack workspace.
type Client struct {
	cfg  Config
	api  *slack.Client
	http *http.Client
	slow *slack.Client // for whole files

	told  told
	turns turns
	home  home
	views modals
	acts  sync.WaitGroup // of people, under way

	drawing sync.Mutex   // one picture is uploaded at a time
	lag     atomic.Int64 // about how long Slack takes to share a file

	mu      sync.Mutex
	hearing bool
	dms     map[string]string // user → direct message channel
}

func (c *Client) count(outcome string) {
	if c.cfg.Count != nil {
		c.cfg.Count(outcome)
	}
}

// callTimeout bounds one Web API call.
const callTimeout = 10 * time.Second

// New makes a client. It calls nothing yet.
func New(cfg Config) *Client {
	if cfg.Timeout <= 0 {
		cfg.Timeout = callTimeout
	}
	hc := &http.Client{Timeout: cfg.Timeout, CheckRedirect: stay}
	if cfg.Called != nil {
		hc.Transport = &caller{base: strings.TrimSuffix(cfg.APIURL, "/") + "/", told: cfg.Called, next: http.DefaultTransport}
	}
	return &Client{cfg: cfg, http: hc, slow: newSlow(cfg, hc.Transport), dms: map[string]string{},
		api: slack.New(cfg.BotToken, slack.OptionAppLevelToken(cfg.AppToken), slack.OptionHTTPClient(hc),
			slack.OptionAPIURL(strings.TrimSuffix(cfg.APIURL, "/")+"/"))}
}

var errElsewhere = errors.New("the address leads elsewhere")

// stay follows no redirect: the token would go along.
func stay(*http.Request, []*http.Request) error { return errElsewhere }

// Check asks Slack who we are: a wrong token or address is told here.
func (c *Client) Check(ctx context.Context) (team, bot string, err error) {
	r, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return "", "", err
	}
	return r.Team, r.User, nil
}

// MissingScopes asks Slack which of the scopes of the manifest the app was not granted. Where
// Slack does not tell its scopes, none is missing.
func (c *Client) MissingScopes(ctx context.Context) (missing []string, err error) {
	r, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return nil, err
	}
	granted := strings.FieldsFunc(r.Header.Get("X-OAuth-Scopes"), func(c rune) bool { return c == ',' || c == ' ' })
	for _, s := range scopes() {
		if len(granted) > 0 && !slices.Contains(granted, s) {
			missing = append(missing, s)
		}
	}
	return missing, nil
}

// Person is a member of the workspace.
type Person struct {
	Name   string
	Zone   string // IANA
	Locale string // "en-US"
}

// Person looks somebody up by user id. Of people of other workspaces nothing is known.
func (c *Client) Person(ctx context.Context, user string) (Person, error) {
	if stranger(user) {
		return Person{}, nil
	}
	u, err := c.api.GetUserInfoContext(ctx, user, slack.GetUserInfoOptionIncludeLocale(true))
	if err != nil {
		return Person{}, fmt.Errorf("user %s: %w", user, err)
	}
	return Person{Name: u.RealName, Zone: u.TZ, Locale: u.Locale}, nil
}

// GroupMembers lists the users of a user group; one that was disabled has none.
func (c *Client) GroupMembers(ctx context.Context, group string) ([]string, error) {
	users, err := c.api.GetUserGroupMembersContext(ctx, group)
	if err != nil {
		return nil, fmt.Errorf("user group %s: %w", group, err)
	}
	return users, nil
}

// Message is what is posted.
type Message struct {
	Channel string // or a user, for a direct message
	Thread  string // ts of the thread's first message, "" for none
	Card    *card.Card
	Words   card.Words
	ID      string // our id, put into the metadata
}

// metadataType marks our messages.
const metadataType = "duebot_notice"

// Post posts m and returns where it is. The error is a *card.SendError when Slack surely
// did not take it; any other leaves that open.
func (c *Client) Post(ctx context.Context, m Message) (channel, ts string, err error) {
	if channel, err = c.channel(ctx, m.Channel); err != nil {
		return "", "", err
	}
	m.Channel = channel
	if m.Card.Paper != nil && c.cfg.Paper != nil {
		ts, err = c.postPaper(ctx, m)
		return channel, ts, err
	}
	if m.Card.File != nil {
		ts, err = c.upload(ctx, m)
		return channel, ts, err
	}
	err = c.showing(ctx, m, func(m Message) error {
		opts := c.content(channel, m)
		if m.Thread != "" {
			opts = append(opts, slack.MsgOptionTS(m.Thread))
		}
		ctx, sent := reach.Watch(ctx)
		_, ts, err = c.api.PostMessageContext(ctx, channel, opts...)
		return unsent(named(ts, err), sent)
	})
	return channel, ts, err
}

// Update edits the message ts.
func (c *Client) Update(ctx context.Context, m Message, ts string) error {
	return c.showing(ctx, m, func(m Message) error {
		ctx, sent := reach.Watch(ctx)
		_, at, _, err := c.api.UpdateMessageContext(ctx, m.Channel, ts, c.content(m.Channel, m)...)
		return unsent(named(at, err), sent)
	})
}

// named is the error of an answer that should name a message. slack-go takes one that is not
// ok, and says no more, for a good one.
func named(ts string, err error) error {
	if err == nil && ts == "" {
		return errors.New("the answer names no message")
	}
	return err
}

// showing sends m with its picture, and without it where Slack refuses that.
func (c *Client) showing(ctx context.Context, m Message, send func(Message) error) error {
	m.Card = c.pictured(ctx, m.Card, m.Words)
	err := send(m)
	if without, had := unpictured(m.Card); had && noPicture(err) {
		c.cfg.Gallery.DropPicture(m.Card.Picture.ID)
		m.Card = without
		err = send(m)
	}
	return err
}

func (c *Client) content(channel string, m Message) []slack.MsgOption {
	text, blocks := c.render(channel, m.Card, m.Words)
	return []slack.MsgOption{slack.MsgOptionText(text, false), slack.MsgOptionBlocks(blocks...), slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{"id": m.ID}})}
}

// channel opens the direct message channel of a user; a channel is itself.
func (c *Client) channel(ctx context.Context, to string) (string, error) {
	if !strings.HasPrefix(to, "U") && !strings.HasPrefix(to, "W") {
		return to, nil
	}
	c.mu.Lock()
	dm := c.dms[to]
	c.mu.Unlock()
	if dm != "" {
		return dm, nil
	}
	ch, _, _, err := c.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{to}})
	if err != nil {
		if e := sendError(err); errors.As(e, new(*card.SendError)) {
			return "", e
		}
		return "", &card.SendError{RetryAfter: time.Second, All: true, Silent: true, Reason: "opening the direct message: " + withoutURL(err).Error()}
	}
	c.mu.Lock()
	c.dms[to] = ch.ID
	c.mu.Unlock()
	return ch.ID, nil
}

// Find looks at what was said around the time when a message was sent, however much was said
// since: by so much may Slack's clock differ from ours, and so many pages are read.
const (
	findAround = 10 * time.Minute
	findPages  = 10
)

// Find looks for the message with our id in a channel, or in one of its threads, that was sent
// at about since. It tells what became of a send whose answer was lost. The error is a
// *card.SendError when Slack refuses to tell.
func (c *Client) Find(ctx context.Context, to, thread, id string, since time.Time) (channel, ts string, err error) {
	if channel, err = c.channel(ctx, to); err != nil {
		return "", "", err
	}
	oldest, latest := fmt.Sprintf("%d.000000", since.Add(-findAround).Unix()), fmt.Sprintf("%d.000000", since.Add(findAround).Unix())
	cursor := ""
	for range findPages {
		var list []slack.Message
		if thread != "" {
			list, _, cursor, err = c.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
				ChannelID: channel, Timestamp: thread, Oldest: oldest, Latest: latest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true})
			if err == nil && len(list) == 0 && cursor == "" { // the first message of a thread is always told
				err = errors.New("the answer names no message")
			}
		} else {
			var h *slack.GetConversationHistoryResponse
			h, err = c.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
				ChannelID: channel, Oldest: oldest, Latest: latest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true})
			if err == nil && !h.Ok { // see named
				err = errors.New("the answer is not ok, and does not say why")
			}
			if h != nil {
				list, cursor = h.Messages, h.ResponseMetaData.NextCursor
			}
		}
		if err != nil {
			return "", "", sendError(withoutURL(err))
		}
		for _, m := range list {
			if m.Metadata.EventType == metadataType && m.Metadata.EventPayload["id"] == id {
				return channel, m.Timestamp, nil
			}
		}
		if cursor == "" {
			return channel, "", nil
		}
	}
	return "", "", &card.SendError{Permanent: true, Reason: "too much was said in the channel to look it up"}
}

// gone are the errors of a channel or person that cannot be written to any more, and why, as
// the books name it.
var gone = map[string]string{"channel_not_found": "closed", "is_archived": "closed", "not_in_channel": "removed", "restricted_action": "removed",
	"user_not_found": "deleted", "user_disabled": "deleted", "cannot_dm_bot": "closed",
	"restricted_action_read_only_channel": "removed", "restricted_action_non_threadable_channel": "removed", "posting_to_general_channel_denied": "removed"}

// missing are the errors of a message that is not there to be edited.
var missing = map[string]bool{"message_not_found": true, "cant_update_message": true, "edit_window_closed": true}

// sendError sorts what a call returned: a *card.SendError when the message was surely not
// taken; a plain error when nobody knows.
func sendError(err error) error {
	var limited *slack.RateLimitedError
	var refused slack.SlackErrorResponse
	var status slack.StatusCodeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limited):
		return &card.SendError{RetryAfter: max(card.Patience(int64(limited.RetryAfter/time.Second)), time.Second), Limited: true, Reason: "ratelimited"}
	case errors.As(err, &status) && status.Code == http.StatusTooManyRequests: // and it does not say how long
		return &card.SendError{RetryAfter: limitWait, Limited: true, Reason: "ratelimited"}
	case errors.As(err, &refused):
		switch refused.Err {
		case "ratelimited", "rate_limited":
			return &card.SendError{RetryAfter: time.Second, Limited: true, Reason: refused.Err}
		case "account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed", "accesslimited", "org_login_required", "team_added_to_org":
			// The app itself was taken out: nothing can be said until somebody puts it right.
			return &card.SendError{RetryAfter: time.Minute, All: true, Reason: refused.Err}
		case "service_unavailable", "request_timeout": // this one means that our request came in parts
			return &card.SendError{RetryAfter: time.Second, Reason: refused.Err}
		case "missing_scope":
			if strings.Contains(refused.Needed, "chat:write") { // the app may write to nobody, until it may again
				return &card.SendError{RetryAfter: time.Minute, All: true, Reason: "missing_scope: chat:write"}
			}
		case "internal_error", "fatal_error":
			return err // Slack says of these that some of it may have been done
		}
		reason := refused.Err
		if len(refused.ResponseMetadata.Messages) > 0 {
			reason += ": " + strings.Join(refused.ResponseMetadata.Messages, "; ")
		}
		reason = card.Brief(reason)
		return &card.SendError{Permanent: true, Gone: gone[refused.Err] != "", Route: gone[refused.Err], Missing: missing[refused.Err], Reason: reason}
	case errors.Is(err, errElsewhere):
		return &card.SendError{RetryAfter: time.Minute, All: true, Reason: errElsewhere.Error()}
	}
	return err
}

// unsent is sendError of a call of which is known whether it left: what never did can be made
// again.
func unsent(err error, sent *reach.Call) error {
	if err != nil && !sent.Left() {
		return &card.SendError{RetryAfter: 2 * time.Second, All: true, Silent: true, Reason: "Slack cannot be reached"}
	}
	return sendError(err)
}

// CheckSocket asks for a Socket Mode address, which a wrong app token does not get.
func (c *Client) CheckSocket(ctx context.Context) error {
	_, _, err := c.api.StartSocketModeContext(ctx)
	return err
}

// CheckChannel looks whether the bot can see a channel and is in it.
func (c *Client) CheckChannel(ctx context.Context, id string) error {
	ch, err := c.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
	if err == nil && !ch.IsMember {
		err = errors.New("the bot is not in it")
	}
	return err
}
