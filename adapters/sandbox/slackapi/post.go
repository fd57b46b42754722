package slackapi

import (
	"bytes"
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

	"duebot/adapters/sandbox/stand"
)

// SigningSecret signs what is posted to the app.
const SigningSecret = "sandbox-signing-secret"

const (
	agent       = "Slackbot 1.0 (+https://api.slack.com/robots)"
	redirectMax = 2
	postedMax   = 1 << 20 // bytes of the app's answer
)

// What a person sees of an app that answers with an error.
const (
	clientError  = "http_client_error"
	serviceError = "http_service_error"
)

// retryAfter is how long an event waits before it is posted again, in business time: the
// first retry comes at once.
var retryAfter = [retryMax]time.Duration{0, time.Minute, 5 * time.Minute}

// Posts reports whether the app is called, instead of listening at a socket.
func (s *Server) Posts() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app != nil && !s.app.Settings.Socket
}

// posted is what came of one post.
type posted struct {
	status  int // 0: there was no answer
	payload json.RawMessage
	reason  string // "" when it was acknowledged; else why it is posted again
	code    string // and what a person sees
	final   bool   // the app asked for no retry
}

// postAll posts what waits for an address. The lock is held.
func (s *Server) postAll() {
	var left, now []*envelope
	for _, e := range s.waiting {
		if e.To == "" {
			left = append(left, e)
		} else {
			now = append(now, e)
		}
	}
	s.waiting = left
	for _, e := range now {
		s.flying[e.ID] = e
		e.socket = nil
		_, cut := s.takeFault(e.Where, stand.FaultDropSocket)
		_, twice := s.takeFault(e.Where, stand.FaultDuplicate)
		_, forged := s.takeFault(e.Where, stand.FaultForged)
		e.copies = 1
		if twice {
			e.copies = 2
		}
		p := s.prepare(e)
		select {
		case <-e.sent:
		default:
			close(e.sent)
		}
		go s.deliver(e, p, cut, twice, forged)
	}
}

// parcel is a request as it leaves: a repetition is the same, byte by byte.
type parcel struct {
	to, kind string
	body     []byte
	attempt  int
	reason   string
	verify   bool // the address has to answer a challenge before
	stamp    string
}

// prepare makes the request of an envelope. The lock is held.
func (s *Server) prepare(e *envelope) parcel {
	p := parcel{to: e.To, kind: "application/x-www-form-urlencoded", attempt: e.Attempt, reason: e.Reason, stamp: strconv.FormatInt(time.Now().Unix(), 10)}
	switch e.Type {
	case "events_api":
		p.kind, p.body = "application/json", e.Payload
		p.verify = s.verified != e.To
	case "interactive":
		p.body = []byte(url.Values{"payload": {string(e.Payload)}}.Encode())
	default:
		var fields map[string]string
		json.Unmarshal(e.Payload, &fields)
		form := url.Values{}
		for k, v := range fields {
			form.Set(k, v)
		}
		p.body = []byte(form.Encode())
	}
	return p
}

// deliver posts an envelope, twice if that was ordered, and says what came of it.
func (s *Server) deliver(e *envelope, p parcel, cut, twice, forged bool) {
	if forged {
		s.forge(e, p)
	}
	if p.verify {
		if !s.verifies(p.to) {
			s.arrived(e, posted{reason: "http_error", code: dispatchFailed})
			return
		}
		s.mu.Lock()
		s.verified = p.to
		s.mu.Unlock()
	}
	out := s.send(p, SigningSecret)
	if cut {
		out = posted{reason: "connection_failed", code: dispatchFailed}
	}
	s.arrived(e, out)
	if twice {
		if p.attempt++; e.event() {
			p.reason = "http_timeout"
		} else {
			p.attempt = 0 // Slack repeats these never; somebody else does
		}
		s.arrived(e, s.send(p, SigningSecret))
	}
}

// send makes one request and reads its answer.
func (s *Server) send(p parcel, secret string) posted {
	ctx, cancel := context.WithTimeout(s.alive, Patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.to, bytes.NewReader(p.body))
	if err != nil {
		return posted{reason: "unknown_error", code: dispatchFailed}
	}
	req.Header.Set("Content-Type", p.kind)
	req.Header.Set("User-Agent", agent)
	req.Header.Set("X-Slack-Request-Timestamp", p.stamp)
	req.Header.Set("X-Slack-Signature", signature(p.stamp, p.body, secret))
	if p.attempt > 0 {
		req.Header.Set("X-Slack-Retry-Num", strconv.Itoa(p.attempt))
		req.Header.Set("X-Slack-Retry-Reason", p.reason)
	}
	resp, err := poster.Do(req)
	if err == nil {
		defer resp.Body.Close()
		var body []byte
		if body, err = io.ReadAll(io.LimitReader(resp.Body, postedMax)); err == nil {
			return answered(resp, body)
		}
	}
	switch {
	case errors.Is(err, errRedirects):
		return posted{reason: "too_many_redirects", code: dispatchFailed}
	case ctx.Err() != nil:
		return posted{reason: "http_timeout", code: operationTimeout}
	}
	return posted{reason: "connection_failed", code: dispatchFailed}
}

var errRedirects = errors.New("too many redirects")

var poster = &http.Client{CheckRedirect: func(_ *http.Request, via []*http.Request) error {
	if len(via) > redirectMax {
		return errRedirects
	}
	return nil
}}

// signature is the v0 signature of a body.
func signature(stamp string, body []byte, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, "v0:"+stamp+":")
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// answered reads the app's answer: JSON, or some text, which is then the message.
func answered(resp *http.Response, body []byte) posted {
	out := posted{status: resp.StatusCode}
	switch {
	case resp.StatusCode >= 500:
		out.reason, out.code = "http_error", serviceError
	case resp.StatusCode >= 300:
		out.reason, out.code = "http_error", clientError
	}
	if out.reason != "" {
		out.final = resp.Header.Get("X-Slack-No-Retry") == "1"
		return out
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch text := strings.TrimSpace(string(body)); {
	case text == "":
	case json.Valid(body) && (kind == "application/json" || text[0] == '{'):
		out.payload = body
	default:
		out.payload, _ = json.Marshal(map[string]string{"text": text})
	}
	return out
}

// verifies reports whether an address answers a challenge, as each must before it gets events.
func (s *Server) verifies(to string) bool {
	challenge := random(26)
	body, _ := json.Marshal(map[string]string{"token": verification, "challenge": challenge, "type": "url_verification"})
	out := s.send(parcel{to: to, kind: "application/json", body: body, stamp: strconv.FormatInt(time.Now().Unix(), 10)}, SigningSecret)
	var said struct{ Text, Challenge string }
	json.Unmarshal(out.payload, &said)
	form, _ := url.ParseQuery(said.Text)
	right := out.reason == "" && (said.Text == challenge || said.Challenge == challenge || form.Get("challenge") == challenge)
	s.o.Log.Add("slack", "out", "url_verification", "", map[string]any{"url": to}, out.status, map[string]any{"verified": right})
	return right
}

// forge posts an envelope as somebody would who does not know the secret.
func (s *Server) forge(e *envelope, p parcel) {
	out := s.send(p, "not-"+SigningSecret)
	s.o.Log.Add("slack", "forged", e.Type, e.Where, nil, out.status, nil)
}

// arrived notes what came of a post. An event that was not acknowledged is posted again.
func (s *Server) arrived(e *envelope, out posted) {
	if out.reason == "" {
		s.acknowledge(e.ID, out.payload)
		return
	}
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flying[e.ID] != e {
		return
	}
	if e.copies--; e.copies > 0 && e.event() {
		return // the copy is still on its way
	}
	delete(s.flying, e.ID)
	e.copies = 0
	n := noteOf(e)
	go s.record(n, out.status, nil)
	switch {
	case e.settled:
	case e.event() && e.Attempt < retryMax && !out.final:
		e.Attempt, e.Reason = e.Attempt+1, out.reason
		s.repost(e, now.Add(retryAfter[e.Attempt-1]), now)
	default:
		s.unqueue(e)
		e.settle(outcome{err: out.code})
	}
}

// repost queues an event again when its time has come. The lock is held.
func (s *Server) repost(e *envelope, at, now time.Time) {
	again := func() {
		for _, q := range s.w.Queue {
			if q == e {
				s.waiting = append(s.waiting, e)
				s.dispatch()
			}
		}
	}
	if !at.After(now) {
		again()
		return
	}
	go s.o.Clock.After(at.Sub(now), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.closed {
			again()
		}
	})
}
