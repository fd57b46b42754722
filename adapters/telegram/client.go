// Package telegram is the customers' channel: the Bot API, with the types of
// telegram-bot-api v5.5.1 and our own calls and polling.
//
// What the platform and the library do that one would not guess:
//   - The library's GetUpdatesChan confirms an update before anybody has handled it, logs the
//     token with every network error, and cannot be stopped: we poll ourselves, and the
//     offset moves only when the books have taken the update.
//   - Its ListenForWebhook checks no secret: webhooks come in by our own route, and end in the
//     same function as polled updates (try). Telegram calls one at a time, so order is kept.
//   - Polling and a webhook exclude each other: whichever is configured takes the other away.
//   - Its errors of uploads carry no code, and none of its calls takes a context.
//   - A network error holds the address, and the address holds the token: see call.
//   - "message is not modified" is success. A send whose answer was lost cannot be looked up.
//   - Every callback must be answered, or the button spins; a late answer is an error to ignore.
//   - Update ids may restart lower after a quiet week, so keys are made of message and
//     callback ids, and an offset older than that is not used.
//   - A payment waits ten seconds for our word, wherever its update stands in the line: see
//     lookout. The library cannot send a bill at all (its empty tips are refused): see SendBill.
//   - Text is sent as HTML: numbers, dates and sums are full of MarkdownV2's reserved marks.
package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"duebot/adapters/reach"
	"duebot/commands/card"
)

// Config is what the adapter needs to work.
type Config struct {
	Token  string
	APIURL string // base up to "/bot<token>", with or without a final slash
	Log    *slog.Logger
	// Seal proves that a button is ours: made for a chat, about a verb and its argument.
	Seal func(chat, what string) string
	// Sealed checks what Seal made.
	Sealed func(proof, chat, what string) bool
	// Later calls f when d of business time has passed; answers use it when the platform asks
	// to wait. It returns at once: other people's updates do not wait with them.
	Later func(d time.Duration, f func())
	// Spend is told of each answer before it is sent, so that the rates count it; nil: nobody
	// wants to know.
	Spend func(method, chat string)
	// Limited is told of an answer that the platform refused as one too many; nil: nobody wants
	// to know.
	Limited func(method, chat string, retry time.Duration)
	// Draw makes the file of a paper that goes with a card. nil: cards go without.
	Draw func(ctx context.Context, p *card.Paper) (card.Drawn, error)
	// Undrawn is told of a card that went without its paper, and why; nil: nobody wants to know.
	Undrawn func(ctx context.Context, p *card.Paper, why error)
	// Picture draws a picture in a reader's words, as PNG. nil: cards go without.
	Picture func(p *card.Picture, words card.Words) ([]byte, error)
	// Till decides about Telegram's own payments; nil: there are none.
	Till Till
	// Moved is told of a group that became a supergroup; nil: nobody wants to know.
	Moved func(ctx context.Context, from, to string)
	// Webhook is the address at which Telegram calls the Routes; "" polls. Secret proves
	// there that a call is Telegram's.
	Webhook, Secret string
	// Count counts what comes in, by what became of it: "taken", "forged". nil: nobody counts.
	Count func(outcome string)
	// Timeout bounds one call, in wall time; 10 s where it is 0.
	Timeout time.Duration
}

// Client speaks as one bot.
type Client struct {
	cfg  Config
	base string
	http *http.Client

	// Updates are taken one after the other, however they come.
	taking chan struct{}
	failed map[int]int  // update → how often it failed
	recent map[int]bool // updates that were taken or put aside

	files files // uploaded lately
	asked checkOuts

	mu      sync.Mutex
	hearing bool // webhooks are let in
	calls   sync.WaitGroup
}

func (c *Client) count(outcome string) {
	if c.cfg.Count != nil {
		c.cfg.Count(outcome)
	}
}

const (
	callTimeout = 10 * time.Second
	pollSeconds = 50 // the longest that the platform allows
	answerMax   = 8 << 20
)

// New makes a client. It calls nothing yet.
func New(cfg Config) *Client {
	if cfg.Timeout <= 0 {
		cfg.Timeout = callTimeout
	}
	return &Client{cfg: cfg, taking: make(chan struct{}, 1), base: strings.TrimSuffix(cfg.APIURL, "/") + "/bot" + cfg.Token + "/", http: &http.Client{CheckRedirect: stay},
		failed: map[int]int{}, recent: map[int]bool{}}
}

var errElsewhere = errors.New("the address leads elsewhere")

// stay follows no redirect: the token would go along.
func stay(*http.Request, []*http.Request) error { return errElsewhere }

// Me asks who we are: a wrong token or address is told here.
func (c *Client) Me(ctx context.Context) (username string, err error) {
	var me tgbotapi.User
	err = c.call(ctx, "getMe", nil, &me)
	return me.UserName, err
}

// MenuCommand is one row of the commands menu.
type MenuCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// Scopes of a commands menu.
const (
	InPrivate = "all_private_chats"
	InGroups  = "all_group_chats"
)

// SetMenu sets the commands menu of a scope in a language; "" is for all others.
func (c *Client) SetMenu(ctx context.Context, scope, lang string, commands []MenuCommand) error {
	list, err := json.Marshal(commands)
	if err != nil {
		return err
	}
	p := url.Values{"commands": {string(list)}, "scope": {`{"type":"` + scope + `"}`}}
	if lang != "" {
		p.Set("language_code", lang)
	}
	return c.call(ctx, "setMyCommands", p, nil)
}

// call posts one method and decodes its result into out, if that is not nil. The error is
// a *card.SendError when the platform surely did nothing; any other leaves that open. No
// error holds the token.
func (c *Client) call(ctx context.Context, method string, params url.Values, out any) error {
	return c.post(ctx, method, "application/x-www-form-urlencoded", strings.NewReader(params.Encode()), out)
}

func (c *Client) post(ctx context.Context, method, contentType string, params io.Reader, out any) error {
	if _, has := ctx.Deadline(); !has {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.cfg.Timeout)
		defer cancel()
	}
	ctx, sent := reach.Watch(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+method, params)
	if err != nil {
		return fmt.Errorf("%s: %w", method, withoutURL(err))
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := c.http.Do(req)
	if err != nil {
		return transportError(method, err, sent.Left())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerMax))
	if err != nil {
		return fmt.Errorf("%s: reading the answer: %w", method, withoutURL(err))
	}
	var answer tgbotapi.APIResponse
	err = json.Unmarshal(body, &answer)
	if resp.StatusCode == http.StatusRequestEntityTooLarge && (err != nil || answer.ErrorCode == 0) { // a proxy's before the API
		return &card.SendError{Permanent: true, Reason: method + ": " + resp.Status}
	}
	if err != nil {
		return fmt.Errorf("%s: answered %s, and not in JSON", method, resp.Status)
	}
	if !answer.Ok {
		if answer.ErrorCode == 0 || answer.ErrorCode >= http.StatusInternalServerError && answer.Parameters == nil {
			// Not in Telegram's shape, or it broke off somewhere behind its door: a message that was
			// under way in a server that starts anew is answered so, and may arrive all the same.
			return fmt.Errorf("%s: answered %s, %d %q", method, resp.Status, answer.ErrorCode, card.Brief(answer.Description))
		}
		return refused(method, &answer)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Result, out); err != nil {
		return fmt.Errorf("%s: reading the result: %w", method, err)
	}
	return nil
}

// transportError sorts an error of the network. What never left can be sent again.
func transportError(method string, err error, left bool) error {
	if errors.Is(err, errElsewhere) {
		return &card.SendError{RetryAfter: time.Minute, All: true, Reason: errElsewhere.Error()}
	}
	if !left {
		return &card.SendError{RetryAfter: 2 * time.Second, All: true, Silent: true, Reason: "Telegram cannot be reached"}
	}
	return fmt.Errorf("%s: %w", method, withoutURL(err))
}

// withoutURL drops the address from an error: the token is in it.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// refused sorts an answer that is not ok.
func refused(method string, a *tgbotapi.APIResponse) error {
	e := &card.SendError{Reason: card.Brief(a.Description)}
	if a.Parameters != nil {
		e.RetryAfter = card.Patience(int64(a.Parameters.RetryAfter))
		if to := a.Parameters.MigrateToChatID; to != 0 {
			e.MovedTo = ChatName(to)
		}
	}
	switch {
	case e.MovedTo != "":
	case e.RetryAfter > 0 || a.ErrorCode == http.StatusTooManyRequests:
		e.RetryAfter, e.Limited = max(e.RetryAfter, time.Second), true
	case a.ErrorCode >= 500:
		e.RetryAfter = 2 * time.Second
	case a.ErrorCode == http.StatusUnauthorized || a.ErrorCode == http.StatusNotFound:
		e.RetryAfter, e.All = time.Minute, true
	case a.ErrorCode == http.StatusForbidden, shut(a.Description):
		e.Permanent, e.Gone, e.Route = true, true, route(a.Description)
	case strings.Contains(a.Description, "message is not modified"):
		return nil
	case strings.Contains(a.Description, "message to edit not found"), strings.Contains(a.Description, "message can't be edited"),
		strings.Contains(a.Description, "MESSAGE_ID_INVALID"):
		e.Permanent, e.Missing = true, true
	default:
		e.Permanent = true
	}
	if e.Permanent {
		e.Reason = method + ": " + e.Reason
	}
	return e
}

// shut reports whether a request counts as bad because of its chat. Of a group that lets the
// bot write no more Telegram says that, and does not forbid it.
func shut(description string) bool {
	for _, x := range []string{"chat not found", "rights to send", "CHAT_WRITE_FORBIDDEN", "write access to the chat", "administrator rights in the channel",
		"chat was deactivated", "PEER_ID_INVALID", "USER_IS_BLOCKED", "INPUT_USER_DEACTIVATED"} {
		if strings.Contains(description, x) {
			return true
		}
	}
	return false
}

// route is why a chat cannot be written to, as the books name it.
func route(description string) string {
	for _, x := range [][2]string{{"blocked by the user", "blocked"}, {"deactivated", "deleted"}, {"kicked", "removed"}, {"not a member", "removed"},
		{"rights", "removed"}, {"WRITE_FORBIDDEN", "removed"}, {"write access", "removed"}, {"initiate conversation", "blocked"},
		{"USER_IS_BLOCKED", "blocked"}, {"USER_DEACTIVATED", "deleted"}} {
		if strings.Contains(description, x[0]) {
			return x[1]
		}
	}
	return "closed"
}

// ChatName is how the rest of the program names a chat: "telegram:1001".
func ChatName(id int64) string { return "telegram:" + strconv.FormatInt(id, 10) }

// chatID reads a ChatName.
func chatID(name string) string { return strings.TrimPrefix(name, "telegram:") }
