// Package sms is the channel of short messages: one HTTP gateway, whichever it is, with an address,
// a token, and the shape of what it wants to be told.
//
// What gateways do that one would not guess:
//   - They count segments and not letters: 160 of GSM's alphabet make one, 153 each of several; one
//     letter outside of it makes all of them sixteen bits long, and 70 and 67 are left.
//   - A message is accepted by the answer, and by nothing before. 500, 502 and 504 leave open whether
//     it was: only what never left, 429 and 503 say that it was not.
//   - Few know an idempotency key. Ours goes along all the same, and nothing is said twice by it.
//   - The token is in a header, never in the address; no error holds either.
package sms

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/adapters/reach"
	"duebot/commands/card"
)

// Config is what the adapter needs to work.
type Config struct {
	URL     string        // where messages are posted to
	Token   string        // sent as "Authorization: Bearer …"
	Type    string        // of the body: TypeJSON or TypeForm; "" for JSON
	Body    string        // with {to}, {text}, {id} and {from}; "" for the usual one of the type
	From    string        // who it says that it is from; "" leaves that to the gateway
	Timeout time.Duration // of one message, in wall time
}

// Types of a body.
const (
	TypeJSON = "json"
	TypeForm = "form"
)

// The bodies where none is set.
const (
	usualJSON = `{"to":"{to}","text":"{text}","reference":"{id}"}`
	usualForm = `to={to}&text={text}&reference={id}`
	fromJSON  = `{"to":"{to}","from":"{from}","text":"{text}","reference":"{id}"}`
	fromForm  = `to={to}&from={from}&text={text}&reference={id}`
)

const defaultTimeout = 10 * time.Second

// Client sends by one gateway.
type Client struct {
	cfg  Config
	http *http.Client
}

// New makes a client. It calls nothing; its error names the setting that is wrong, and tells nothing
// of the token or the address.
func New(cfg Config) (*Client, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("SMS_URL: is not an address like https://sms.example/send")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, errors.New("SMS_URL: must begin with https, since the token goes along")
	}
	if cfg.Token == "" || strings.ContainsFunc(cfg.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("SMS_TOKEN: is missing, or no token; take it from your gateway's settings")
	}
	if cfg.Type == "" {
		cfg.Type = TypeJSON
	}
	if cfg.Type != TypeJSON && cfg.Type != TypeForm {
		return nil, fmt.Errorf("sms.type: %q is neither %q nor %q", cfg.Type, TypeJSON, TypeForm)
	}
	if cfg.Body == "" {
		cfg.Body = map[string]string{TypeJSON: usualJSON, TypeForm: usualForm}[cfg.Type]
		if cfg.From != "" {
			cfg.Body = map[string]string{TypeJSON: fromJSON, TypeForm: fromForm}[cfg.Type]
		}
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	c := &Client{cfg: cfg, http: &http.Client{CheckRedirect: stay}}
	return c, c.checkBody()
}

// checkBody tells whether the body says to whom and what, and stays one whatever is said.
func (c *Client) checkBody() error {
	for _, name := range []string{"{to}", "{text}"} {
		if strings.Count(c.cfg.Body, name) != 1 {
			return fmt.Errorf("sms.body: has to hold %s once", name)
		}
	}
	body := c.body(Message{To: "+40721234567", Text: "\"a\"&b=\n", ID: "n1"})
	if c.cfg.Type == TypeJSON && !json.Valid([]byte(body)) {
		return errors.New(`sms.body: is no JSON; write {to} and the others between quotes, like {"to":"{to}","text":"{text}"}`)
	}
	if _, err := url.ParseQuery(body); c.cfg.Type == TypeForm && err != nil {
		return errors.New(`sms.body: is no form like to={to}&text={text}`)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

var errElsewhere = errors.New("the address leads elsewhere")

// stay follows no redirect: the token would go along.
func stay(*http.Request, []*http.Request) error { return errElsewhere }

// Message is what is sent.
type Message struct {
	To   string // by E.164: "+40721234567"
	Text string
	ID   string // the same for each send of the same
}

// body is what the gateway is told of m.
func (c *Client) body(m Message) string {
	write := func(s string) string {
		if c.cfg.Type == TypeForm {
			return url.QueryEscape(s)
		}
		quoted, err := json.Marshal(s)
		if err != nil {
			return ""
		}
		return string(quoted[1 : len(quoted)-1])
	}
	return strings.NewReplacer("{to}", write(m.To), "{text}", write(m.Text), "{id}", write(m.ID), "{from}", write(c.cfg.From)).Replace(c.cfg.Body)
}

// answerMax is how much of an answer is read.
const answerMax = 64 << 10

// Send hands a message to the gateway and returns the gateway's id of it, or ours where it names
// none. The error is a *card.SendError when the gateway surely took nothing; any other leaves that
// open. No error holds the token, the number or the address.
func (c *Client) Send(ctx context.Context, m Message) (id string, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	ctx, sent := reach.Watch(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.URL, strings.NewReader(c.body(m)))
	if err != nil {
		return "", &card.SendError{Permanent: true, Reason: "the request could not be made"}
	}
	req.Header.Set("Authorization", "Bearer "+c.cfg.Token)
	req.Header.Set("Content-Type", map[string]string{TypeJSON: "application/json", TypeForm: "application/x-www-form-urlencoded"}[c.cfg.Type])
	req.Header.Set("Idempotency-Key", m.ID)
	resp, err := c.http.Do(req)
	if err != nil {
		return "", transportError(err, sent.Left())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerMax))
	switch {
	case resp.StatusCode/100 != 2:
		return "", c.refused(resp, body)
	case err != nil:
		return "", errors.New("sms: reading the answer broke off")
	}
	if failed(body) {
		return "", &card.SendError{Permanent: true, Reason: fmt.Sprintf("the SMS gateway answered %d, and that it failed%s", resp.StatusCode, c.said(body))}
	}
	if id = messageID(body); id == "" {
		id = m.ID
	}
	return id, nil
}

// failed reports whether an answer with a status of success says in its body that nothing was
// taken, as some gateways do: {"success":false}, {"status":"error"}, {"error":"no money left"},
// "ERROR 3".
func failed(body []byte) bool {
	var answer map[string]any
	if json.Unmarshal(body, &answer) != nil {
		word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(string(body))), " ")
		return slices.Contains(failures, strings.TrimRight(word, ":=,;"))
	}
	for name, value := range answer {
		status, _ := value.(string)
		switch strings.ToLower(strings.ReplaceAll(name, "_", "")) {
		case "success", "ok":
			if value == false {
				return true
			}
		case "status", "result":
			if slices.Contains(failures, strings.ToLower(status)) {
				return true
			}
		case "error", "errors", "errorcode", "errormessage":
			if !isNothing(value) {
				return true
			}
		}
	}
	return false
}

// failures are words by which gateways say that nothing was taken.
var failures = []string{"error", "err", "fail", "failed", "failure", "rejected", "refused", "invalid", "undeliverable"}

// isNothing reports whether a value of an answer says that there is none.
func isNothing(value any) bool {
	switch x := value.(type) {
	case nil:
		return true
	case bool:
		return !x
	case float64:
		return x == 0
	case string:
		return x == "" || x == "0" || strings.EqualFold(x, "none") || strings.EqualFold(x, "ok")
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}

// transportError sorts an error of the network. What never left can be sent again.
func transportError(err error, left bool) error {
	if errors.Is(err, errElsewhere) {
		return &card.SendError{RetryAfter: time.Minute, All: true, Reason: errElsewhere.Error()}
	}
	if !left {
		return &card.SendError{RetryAfter: 2 * time.Second, All: true, Silent: true, Reason: "the SMS gateway cannot be reached"}
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address
	}
	return fmt.Errorf("sms: %w", err)
}

// refused sorts an answer that is no success. A number is given up where the gateway says that the
// request itself is wrong: all else in it is the same for everybody.
func (c *Client) refused(resp *http.Response, body []byte) error {
	e := &card.SendError{Reason: fmt.Sprintf("the SMS gateway answered %d%s", resp.StatusCode, c.said(body))}
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		e.Limited, e.RetryAfter = true, max(retryAfter(resp), time.Second)
	case http.StatusServiceUnavailable:
		e.RetryAfter = max(retryAfter(resp), 2*time.Second)
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed:
		e.All, e.RetryAfter = true, time.Minute // the token, the account or the address: nobody's number
	case http.StatusBadRequest, http.StatusGone, http.StatusUnprocessableEntity:
		e.Permanent, e.Gone, e.Route = true, true, "refused"
	default:
		if resp.StatusCode >= http.StatusInternalServerError {
			return errors.New("sms: " + e.Reason)
		}
		e.Permanent = true
	}
	return e
}

// said is why a gateway says that it refused, without what must not be in logs.
func (c *Client) said(body []byte) string {
	var answer struct {
		Message, Error, Detail, Description any

		Text any `json:"error_message"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	for _, x := range []any{answer.Message, answer.Text, answer.Error, answer.Detail, answer.Description} {
		if s, ok := x.(string); ok && s != "" {
			return ": " + card.Brief(hideNumbers(strings.ReplaceAll(s, c.cfg.Token, "…")))
		}
	}
	return ""
}

// hideNumbers takes telephone numbers out of a text.
func hideNumbers(s string) string {
	const least = 7
	out, run := strings.Builder{}, strings.Builder{}
	flush := func() {
		if run.Len() >= least {
			out.WriteString("…")
		} else {
			out.WriteString(run.String())
		}
		run.Reset()
	}
	for _, r := range s {
		if r >= '0' && r <= '9' {
			run.WriteRune(r)
			continue
		}
		flush()
		out.WriteRune(r)
	}
	flush()
	return out.String()
}

// retryAfter is how long the gateway asks to wait, in seconds or until a moment.
func retryAfter(resp *http.Response) time.Duration {
	text := resp.Header.Get("Retry-After")
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return card.Patience(n)
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now := time.Now()
	if told, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		now = told // by the gateway's own clock
	}
	return card.Patience(int64(at.Sub(now) / time.Second))
}

// messageID is the gateway's id of a message, wherever it names it.
func messageID(body []byte) string {
	var answer map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&answer) != nil {
		return ""
	}
	for _, name := range []string{"id", "message_id", "messageId", "sid", "uuid"} {
		switch x := answer[name].(type) {
		case string:
			if x != "" {
				return card.Brief(x)
			}
		case json.Number:
			return x.String()
		}
	}
	return ""
}

// Check asks whether the gateway's address answers at all; it sends nothing.
func (c *Client) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodOptions, c.cfg.URL, nil)
	if err != nil {
		return errors.New("the request could not be made")
	}
	req.Header.Set("Authorization", "Bearer "+c.cfg.Token)
	resp, err := c.http.Do(req)
	if err != nil {
		return transportError(err, false)
	}
	resp.Body.Close()
	if resp.StatusCode == http.StatusUnauthorized {
		return errors.New("the gateway does not accept the token")
	}
	return nil
}
