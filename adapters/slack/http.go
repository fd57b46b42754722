package slack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// bodyMax bounds a request of Slack's. The largest is an interaction, which carries the
	// message that it is about.
	bodyMax = 1 << 20
	// signatureLife is how far the time in a signature may be from now, in wall time.
	signatureLife = 5 * time.Minute
)

// Routes are the request URLs that Slack calls in HTTP mode, by the patterns of a ServeMux.
// There are none without a signing secret.
func (c *Client) Routes(h Handler) map[string]http.Handler {
	if c.cfg.SigningSecret == "" {
		return nil
	}
	return map[string]http.Handler{
		"POST /slack/commands":     c.route(h, formType, c.takeCommand),
		"POST /slack/interactions": c.route(h, formType, c.takeInteraction),
		"POST /slack/events":       c.route(h, jsonType, c.takeEvent),
	}
}

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// take handles one authentic body. An error means that it cannot be read.
type take func(ctx context.Context, h Handler, body []byte, d delivery) error

// route authenticates, and acknowledges with the answer to the request. What takes longer
// goes on behind it.
func (c *Client) route(h Handler, kind string, f take) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, bad := c.authentic(w, r)
		if bad == nil {
			if got, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); got != kind {
				bad = &refusal{http.StatusUnsupportedMediaType, "malformed"}
			}
		}
		if bad == nil && !c.begin() {
			bad = &refusal{http.StatusServiceUnavailable, "unready"}
		}
		if bad != nil {
			c.refused(w, r, bad)
			return
		}
		d := &request{answer: make(chan response, 1)}
		busy := h.Busy()
		go func() {
			defer c.acts.Done()
			defer busy()
			defer d.say(response{status: http.StatusInternalServerError}) // nobody said anything
			// What was begun is finished, also when the caller has gone.
			if err := f(context.WithoutCancel(r.Context()), h, body, d); err != nil {
				d.say(response{refused: &refusal{http.StatusBadRequest, "malformed"}})
			}
		}()
		answer := <-d.answer
		if answer.refused != nil {
			c.refused(w, r, answer.refused)
			return
		}
		if answer.status < http.StatusInternalServerError {
			c.count("taken")
		}
		answer.write(w)
	})
}

// refusal is why a request is not taken: the status to answer, and what it is counted as.
type refusal struct {
	status int
	why    string
}

// refused answers, counts and logs a request that is not taken. Nothing that it brought is
// in the log but Slack's own words about a retry.
func (c *Client) refused(w http.ResponseWriter, r *http.Request, bad *refusal) {
	c.count(bad.why)
	c.cfg.Log.Warn("a request in Slack's name was refused", "path", r.URL.Path, "why", bad.why, "retry", oneLine(cut(r.Header.Get("X-Slack-Retry-Num"), 8)))
	if bad.status != http.StatusUnauthorized && bad.status < http.StatusInternalServerError {
		w.Header().Set("X-Slack-No-Retry", "1") // it would be no better the next time
	}
	http.Error(w, bad.why, bad.status)
}

// authentic reads the body and checks that Slack signed it, lately.
func (c *Client) authentic(w http.ResponseWriter, r *http.Request) ([]byte, *refusal) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &refusal{http.StatusRequestEntityTooLarge, "oversized"}
	case err != nil:
		return nil, &refusal{http.StatusBadRequest, "truncated"}
	}
	if why := signed(r.Header, c.cfg.SigningSecret, body, time.Now()); why != "" {
		return nil, &refusal{http.StatusUnauthorized, why}
	}
	return body, nil
}

// signed checks Slack's signature of version 0; "" is a good one. An old one is told from a
// forged one only after it was found to be Slack's.
func signed(h http.Header, secret string, body []byte, now time.Time) (why string) {
	stamp := h.Get("X-Slack-Request-Timestamp")
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, "v0:"+stamp+":")
	mac.Write(body)
	given, ok := strings.CutPrefix(h.Get("X-Slack-Signature"), "v0=")
	sum, err := hex.DecodeString(given)
	at, err2 := strconv.ParseInt(stamp, 10, 64)
	switch {
	case !ok || err != nil || err2 != nil || !hmac.Equal(sum, mac.Sum(nil)):
		return "forged"
	case now.Sub(time.Unix(at, 0)).Abs() > signatureLife:
		return "stale"
	}
	return ""
}

// request is a delivery by HTTP: it is acknowledged by its answer.
type request struct{ answer chan response }

// response is what a request is answered with: a payload in JSON, some text, or nothing.
type response struct {
	status  int // 0 is 200
	payload any
	text    string
	refused *refusal
}

// say answers; only the first answer counts.
func (q *request) say(a response) {
	select {
	case q.answer <- a:
	default:
	}
}

func (q *request) ack(payload any) { q.say(response{payload: payload}) }

// refuse lets Slack tell it again, as it does for whatever is not answered with 200.
func (q *request) refuse() { q.say(response{status: http.StatusInternalServerError}) }

func (a response) write(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case a.payload != nil:
		data, made := a.payload.(json.RawMessage)
		var err error
		if !made {
			data, err = json.Marshal(a.payload)
		}
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", jsonType)
		w.Write(data)
	case a.text != "":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, a.text)
	case a.status != 0:
		w.WriteHeader(a.status)
	}
}

func (c *Client) takeCommand(ctx context.Context, h Handler, body []byte, d delivery) error {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return err
	}
	return c.command(ctx, h, command{User: form.Get("user_id"), Team: form.Get("team_id"), Channel: form.Get("channel_id"), Command: form.Get("command"),
		Text: form.Get("text"), Trigger: form.Get("trigger_id"), Response: form.Get("response_url")}, d)
}

func (c *Client) takeInteraction(ctx context.Context, h Handler, body []byte, d delivery) error {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return err
	}
	var cb interaction
	if err := json.Unmarshal([]byte(form.Get("payload")), &cb); err != nil {
		return err
	}
	return c.interaction(ctx, h, cb, d)
}

// challengeMax bounds what is said back to Slack when it verifies our address.
const challengeMax = 500

func (c *Client) takeEvent(ctx context.Context, h Handler, body []byte, d delivery) error {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return err
	}
	if e.Type == "url_verification" {
		if e.Challenge == "" || len(e.Challenge) > challengeMax {
			return errors.New("a verification without a challenge")
		}
		d.(*request).say(response{text: e.Challenge})
		return nil
	}
	return c.event(ctx, h, e, d)
}
