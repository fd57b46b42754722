package telegramapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

const (
	hookWait       = 60 * time.Second // wall time, for the bot's answer
	hookResendMax  = 60 * time.Second // business time; a little of chance comes on top
	hookRetryMax   = time.Hour        // the longest Retry-After that is kept
	hookGone       = 23 * time.Hour   // of 410 answers, which take a webhook away
	hookAnswerMax  = 1 << 20
	hookConnection = 40 // simultaneous calls, unless the bot says
	hookSetPause   = time.Second
)

// hook is the bot's webhook.
type hook struct {
	URL     string    `json:"url"`
	Secret  string    `json:"secret,omitempty"`
	Max     int       `json:"max"`
	Cert    bool      `json:"cert,omitempty"`
	Error   string    `json:"error,omitempty"`
	ErrorAt time.Time `json:"error_at,omitzero"` // business time
	GoneAt  time.Time `json:"gone_at,omitzero"`  // of the first 410 in a row
}

// hooks is what goes on around the webhook. Nothing of it is saved but hook.
type hooks struct {
	hook   *hook
	flying map[int64]bool // chats whose update is on its way: each chat keeps its order
	set    time.Time      // wall time of the last setWebhook
	alive  context.Context
	die    context.CancelFunc
}

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// setWebhook lets updates be called out from now on; without an address it takes the webhook
// away. Addresses of this machine may be plain HTTP at any port, as a server in local mode
// allows; others must be what the real server takes.
func (s *Server) setWebhook(p *params) (any, *apiError) {
	if p.str("url") == "" {
		return s.deleteWebhook(p)
	}
	if time.Since(s.hooks.set) < hookSetPause {
		return nil, tooMany(1)
	}
	s.hooks.set = time.Now()
	h := &hook{URL: p.str("url"), Secret: p.str("secret_token"), Max: int(p.integer("max_connections", hookConnection, 1, 100)), Cert: p.files["certificate"] != nil}
	if err := checkHook(h); err != nil {
		return nil, err
	}
	s.queue.allow(p)
	if p.flag("drop_pending_updates") {
		s.queue.list = nil
	}
	s.queue.end(statusHooked)
	if old := s.hooks.hook; old != nil && old.URL == h.URL && old.Secret == h.Secret && old.Max == h.Max && old.Cert == h.Cert {
		return described{true, "Webhook is already set"}, nil
	}
	s.hooks.hook = h
	for _, u := range s.queue.list {
		u.due = time.Time{}
	}
	s.pump()
	return described{true, "Webhook was set"}, nil
}

func checkHook(h *hook) *apiError {
	address := h.URL
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return bad("invalid webhook URL specified")
	case len(h.Secret) > 256:
		return bad("Secret token is too long")
	case h.Secret != "" && !secretForm.MatchString(h.Secret):
		return bad("Secret token contains unallowed characters")
	}
	h.URL = address
	ip := net.ParseIP(u.Hostname())
	if u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	switch port := u.Port(); {
	case u.Scheme != "https":
		return bad("Bad webhook: An HTTPS URL must be provided for webhook")
	case port != "" && port != "443" && port != "80" && port != "88" && port != "8443":
		return bad("Bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	case ip != nil && (ip.IsPrivate() || ip.IsUnspecified() || ip.IsLinkLocalUnicast()):
		return bad("Bad webhook: IP address " + ip.String() + " is reserved")
	}
	return nil
}

func (s *Server) deleteWebhook(p *params) (any, *apiError) {
	if p.flag("drop_pending_updates") {
		s.queue.list = nil
	}
	if s.hooks.hook == nil {
		return described{true, "Webhook is already deleted"}, nil
	}
	s.hooks.hook = nil
	return described{true, "Webhook was deleted"}, nil
}

func (s *Server) getWebhookInfo(*params) (any, *apiError) {
	s.queue.expire(s.now())
	info := map[string]any{"url": "", "has_custom_certificate": false, "pending_update_count": len(s.queue.list)}
	if s.queue.allowed != nil {
		info["allowed_updates"] = s.queue.allowed
	}
	if h := s.hooks.hook; h != nil {
		info["url"], info["has_custom_certificate"], info["max_connections"] = h.URL, h.Cert, h.Max
		if u, _ := url.Parse(h.URL); net.ParseIP(u.Hostname()) != nil {
			info["ip_address"] = u.Hostname()
		}
		if h.Error != "" {
			info["last_error_date"], info["last_error_message"] = h.ErrorAt.Unix(), h.Error
		}
	}
	return info, nil
}

// pump calls out what is due: at most so many at once as the webhook allows, and of each
// chat one after the other. The lock is held.
func (s *Server) pump() {
	h, now := s.hooks.hook, s.now()
	if h == nil {
		return
	}
	s.queue.expire(now)
	behind := map[int64]bool{} // chats whose older update has to wait
	for _, u := range s.queue.list {
		if len(s.hooks.flying) >= h.Max {
			return
		}
		if s.hooks.flying[u.Chat] || behind[u.Chat] {
			continue
		}
		if u.due.After(now) {
			behind[u.Chat] = true
			continue
		}
		where := strconv.FormatInt(u.Chat, 10)
		if !u.Handed && !u.Again {
			_, u.Twice = s.o.Faults.Take("telegram", where, stand.FaultDuplicate)
		}
		_, cut := s.o.Faults.Take("telegram", where, stand.FaultDropSocket)
		_, forged := s.o.Faults.Take("telegram", where, stand.FaultForged)
		u.Handed = true
		s.hooks.flying[u.Chat] = true
		go s.callOut(*h, u, cut, forged)
	}
}

// caller follows no redirects, as the server does not.
var caller = &http.Client{Timeout: hookWait, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// called is what the bot answered.
type called struct {
	status int // 0: nothing
	after  time.Duration
	kind   string
	body   []byte
	err    string
}

// callOut delivers one update and says what came of it.
func (s *Server) callOut(h hook, u *update, cut, forged bool) {
	if forged {
		wrong := h
		wrong.Secret = "not-" + h.Secret
		c := s.post(wrong, u.Body)
		s.o.Log.Add("telegram", "forged", "update", strconv.FormatInt(u.Chat, 10), nil, c.status, nil)
	}
	c := s.post(h, u.Body)
	if cut {
		c = called{err: "Webhook connection closed"}
	}
	s.o.Log.Add("telegram", "out", "update", strconv.FormatInt(u.Chat, 10), u.Body, c.status, nil)
	if c.err == "" {
		s.answerInPlace(c)
	}
	s.change(func() {
		delete(s.hooks.flying, u.Chat)
		if c.err == "" {
			s.delivered(u)
		} else {
			s.undelivered(u, c)
		}
		s.pump()
	})
}

func (s *Server) post(h hook, body []byte) called {
	req, err := http.NewRequestWithContext(s.hooks.alive, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return called{err: "Invalid webhook URL"}
	}
	req.Header.Set("Content-Type", "application/json")
	if h.Secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.Secret)
	}
	resp, err := caller.Do(req)
	if err != nil {
		return called{err: "Connection failed"} // without the address: whoever reads the state need not know it
	}
	defer resp.Body.Close()
	c := called{status: resp.StatusCode}
	if c.body, err = io.ReadAll(io.LimitReader(resp.Body, hookAnswerMax)); err != nil {
		return called{err: "Webhook connection closed"}
	}
	c.kind = resp.Header.Get("Content-Type")
	if c.status < 200 || c.status > 299 {
		c.err = "Wrong response from the webhook: " + resp.Status
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		c.after = min(max(0, time.Duration(seconds)*time.Second), hookRetryMax)
	}
	return c
}

// delivered forgets an update, unless it is to come twice. The lock is held.
func (s *Server) delivered(u *update) {
	if h := s.hooks.hook; h != nil {
		h.GoneAt = time.Time{}
	}
	if u.Twice {
		u.Twice, u.Again = false, true
		return
	}
	for i, x := range s.queue.list {
		if x == u {
			s.queue.list = append(s.queue.list[:i:i], s.queue.list[i+1:]...)
			return
		}
	}
}

// undelivered lets an update wait: it comes again at once, then after two seconds, four, and
// so on up to a minute or two. The lock is held.
func (s *Server) undelivered(u *update, c called) {
	now := s.now()
	wait := c.after
	if wait == 0 && u.fails > 0 {
		u.delay = min(max(2*u.delay, 2*time.Second), hookResendMax+time.Duration(rand.Int64N(int64(hookResendMax))))
		wait = u.delay
	}
	u.fails++
	u.due = now.Add(wait)
	if wait > 0 {
		go s.o.Clock.After(wait, func() { s.change(s.pump) })
	}
	h := s.hooks.hook
	if h == nil {
		return
	}
	h.Error, h.ErrorAt = c.err, now
	switch {
	case c.status != http.StatusGone:
		h.GoneAt = time.Time{}
	case h.GoneAt.IsZero():
		h.GoneAt = now
	case now.Sub(h.GoneAt) > hookGone:
		s.hooks.hook = nil
	}
}

// answerInPlace does what a bot asks for in its answer to a webhook call: any method but
// those that read, or change how updates come. What becomes of it nobody is told.
func (s *Server) answerInPlace(c called) {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return
	}
	p := &params{vals: map[string]string{}, files: map[string]*Upload{}}
	switch kind, _, _ := mime.ParseMediaType(c.kind); kind {
	case "application/json":
		if !json.Valid(c.body) || p.addJSON(c.body) != nil {
			return
		}
	case "application/x-www-form-urlencoded":
		q, err := url.ParseQuery(string(c.body))
		if err != nil {
			return
		}
		p.addValues(q)
	default:
		return
	}
	name := strings.ToLower(p.str("method"))
	m, ok := s.table[name]
	if !ok || name == "deletewebhook" || name == "setwebhook" || strings.HasPrefix(name, "get") {
		return
	}
	delete(p.vals, "method")
	var result any
	var err *apiError
	s.change(func() { result, err = m.call(s, p) })
	s.log(m.name, p, err, result)
}

// Close ends what is being called out. The server must not be used afterwards.
func (s *Server) Close() {
	s.hooks.die()
}

// Webhook reports whether updates are called out.
func (s *Server) Webhook() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hooks.hook != nil
}
