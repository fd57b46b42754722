package slack

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

const secret = "8f742231b10e8888abcd99yyyzzz85a5"

// tally counts what the adapter counts.
type tally struct {
	mu sync.Mutex
	n  map[string]int
}

func (t *tally) add(outcome string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == nil {
		t.n = map[string]int{}
	}
	t.n[outcome]++
}

func (t *tally) take() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.n
	t.n = nil
	return n
}

// httpApp is a client that hears by HTTP, with its desk and what it counts and logs.
type httpApp struct {
	c     *Client
	h     *desk
	mux   *http.ServeMux
	log   *bytes.Buffer
	tally tally
}

func newHTTPApp(t *testing.T) *httpApp {
	a := &httpApp{h: &desk{let: make(chan struct{})}, mux: http.NewServeMux()}
	a.c, a.log = testClient("http://127.0.0.1:1")
	a.c.cfg.AppToken, a.c.cfg.SigningSecret, a.c.cfg.Count = "", secret, a.tally.add
	for pattern, handler := range a.c.Routes(a.h) {
		a.mux.Handle(pattern, handler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- a.c.Run(ctx, a.h) }()
	for !a.c.begin() { // Run has begun
		time.Sleep(time.Millisecond)
	}
	a.c.acts.Done()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return a
}

// sign signs a request as Slack does.
func sign(r *http.Request, body, secret string, at time.Time) *http.Request {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, "v0:"+stamp+":"+body)
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

func call(path, kind, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return r
}

func (a *httpApp) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	a.mux.ServeHTTP(w, r)
	return w
}

func slash(trigger string) string {
	return url.Values{"user_id": {"U1"}, "channel_id": {"C1"}, "command": {"/ar"}, "text": {"aging"}, "trigger_id": {trigger}}.Encode()
}

func block(trigger, value string) string {
	payload, _ := json.Marshal(map[string]any{"type": "block_actions", "trigger_id": trigger, "user": map[string]any{"id": "U1"},
		"container": map[string]any{"channel_id": "C1"}, "actions": []any{map[string]any{"action_id": "x", "value": value}}})
	return url.Values{"payload": {string(payload)}}.Encode()
}

func reply(id string) string {
	return fmt.Sprintf(`{"type":"event_callback","event_id":%q,"event":{"type":"message","channel":"C1","user":"U1","text":"a","thread_ts":"1.0"}}`, id)
}

// Our signature check agrees with slack-go's, and with the example of Slack's documentation.
func TestSignatureIsSlacks(t *testing.T) {
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	h := http.Header{}
	h.Set("X-Slack-Request-Timestamp", "1531420618")
	h.Set("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
	if why := signed(h, "8f742231b10e8888abcd99yyyzzz85a5", []byte(body), time.Unix(1531420618, 0)); why != "" {
		t.Errorf("Slack's own example is %s", why)
	}
	r := sign(call("/", formType, "a=b"), "a=b", secret, time.Now())
	v, err := slack.NewSecretsVerifier(r.Header, secret)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(&v, "a=b")
	if err := v.Ensure(); err != nil {
		t.Error(err)
	}
}

// What is not Slack's, not fresh, not whole or not to be read is refused, counted and logged,
// and nothing is done; no word of the secret, the signature or the body is in the log.
func TestRefusedRequests(t *testing.T) {
	a := newHTTPApp(t)
	close(a.h.let)
	now := time.Now()
	good := slash("t1")
	for name, c := range map[string]struct {
		r      *http.Request
		status int
		count  string
	}{
		"no signature":               {call("/slack/commands", formType, good), 401, "forged"},
		"another secret":             {sign(call("/slack/commands", formType, good), good, "other", now), 401, "forged"},
		"another body":               {sign(call("/slack/commands", formType, good+"&x=1"), good, secret, now), 401, "forged"},
		"the signature cut":          {edit(sign(call("/slack/commands", formType, good), good, secret, now), "X-Slack-Signature", func(s string) string { return s[:len(s)-2] }), 401, "forged"},
		"the signature without v0":   {edit(sign(call("/slack/commands", formType, good), good, secret, now), "X-Slack-Signature", func(s string) string { return s[3:] }), 401, "forged"},
		"another time":               {edit(sign(call("/slack/commands", formType, good), good, secret, now), "X-Slack-Request-Timestamp", func(s string) string { return s[:len(s)-1] + "x" }), 401, "forged"},
		"no time":                    {sign(call("/slack/commands", formType, good), good, secret, time.Time{}), 401, "stale"},
		"six minutes old":            {sign(call("/slack/commands", formType, good), good, secret, now.Add(-6*time.Minute)), 401, "stale"},
		"six minutes ahead":          {sign(call("/slack/commands", formType, good), good, secret, now.Add(6*time.Minute)), 401, "stale"},
		"oversized":                  {call("/slack/events", jsonType, strings.Repeat("x", bodyMax+1)), 413, "oversized"},
		"truncated":                  {cutShort(call("/slack/events", jsonType, good)), 400, "truncated"},
		"JSON for a form":            {sign(call("/slack/commands", jsonType, good), good, secret, now), 415, "malformed"},
		"a form that is none":        {sign(call("/slack/commands", formType, "%zz"), "%zz", secret, now), 400, "malformed"},
		"a command without an id":    {sign(call("/slack/commands", formType, slash("")), slash(""), secret, now), 400, "malformed"},
		"a button without an id":     {sign(call("/slack/interactions", formType, block("", "")), block("", ""), secret, now), 400, "malformed"},
		"an interaction that is not": {sign(call("/slack/interactions", formType, "payload=[]"), "payload=[]", secret, now), 400, "malformed"},
		"no interaction":             {sign(call("/slack/interactions", formType, ""), "", secret, now), 400, "malformed"},
		"an event that is not JSON":  {sign(call("/slack/events", jsonType, "{"), "{", secret, now), 400, "malformed"},
		"an event without an id":     {sign(call("/slack/events", jsonType, reply("")), reply(""), secret, now), 400, "malformed"},
		"no challenge":               {sign(call("/slack/events", jsonType, `{"type":"url_verification"}`), `{"type":"url_verification"}`, secret, now), 400, "malformed"},
		"a forged verification":      {call("/slack/events", jsonType, `{"type":"url_verification","challenge":"x"}`), 401, "forged"},
		"payload in the query":       {sign(call("/slack/interactions?"+block("t9", "confirm|1|seal-C1"), formType, ""), "", secret, now), 400, "malformed"},
	} {
		w := a.serve(c.r)
		if got := a.tally.take(); w.Code != c.status || !maps.Equal(got, map[string]int{c.count: 1}) {
			t.Errorf("%s: answered %d and counted %v, want %d and %s", name, w.Code, got, c.status, c.count)
		}
	}
	if len(a.h.presses)+len(a.h.threads)+a.h.commands > 0 {
		t.Error("something was done")
	}
	for _, word := range []string{secret, "v0=", "aging", "U1", "secret"} {
		if strings.Contains(a.log.String(), word) {
			t.Errorf("the log has %q", word)
		}
	}
	if w := a.serve(httptest.NewRequest(http.MethodGet, "/slack/events", nil)); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET is answered %d", w.Code)
	}
}

func edit(r *http.Request, header string, f func(string) string) *http.Request {
	r.Header.Set(header, f(r.Header.Get(header)))
	return r
}

// cutShort is a request whose connection breaks in the middle of its body.
func cutShort(r *http.Request) *http.Request {
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader("half"), brokenReader{}))
	return r
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A signed request is done once, however often it comes: a retry of Slack's, or somebody who
// replays it. The repetition is acknowledged and learns nothing.
func TestReplayedRequests(t *testing.T) {
	a := newHTTPApp(t)
	close(a.h.let)
	for path, body := range map[string]string{"commands": slash("t1"), "interactions": block("t2", "confirm|1|seal-C1"), "events": reply("Ev1")} {
		kind := formType
		if path == "events" {
			kind = jsonType
		}
		for i := range 4 {
			r := sign(call("/slack/"+path, kind, body), body, secret, time.Now())
			if i > 0 {
				r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(i))
				r.Header.Set("X-Slack-Retry-Reason", "http_timeout")
			}
			w := a.serve(r)
			if w.Code != http.StatusOK || (w.Body.Len() > 0) != (i == 0 && path == "commands") {
				t.Errorf("%s, time %d: answered %d %q", path, i+1, w.Code, w.Body)
			}
		}
	}
	if a.h.commands != 1 || len(a.h.presses) != 1 || len(a.h.threads) != 1 {
		t.Errorf("done %d, %d and %d times, want once each", a.h.commands, len(a.h.presses), len(a.h.threads))
	}
	if got := a.tally.take(); got["repeated"] != 9 || got["taken"] != 12 {
		t.Errorf("counted %v", got)
	}
}

// What could not be taken is answered with an error, so that Slack tells it again, and is
// then taken.
func TestEventThatFails(t *testing.T) {
	a := newHTTPApp(t)
	tell := func() int {
		return a.serve(sign(call("/slack/events", jsonType, reply("Ev1")), reply("Ev1"), secret, time.Now())).Code
	}
	a.h.fail = errors.New("no")
	if got := tell(); got != http.StatusInternalServerError {
		t.Errorf("answered %d", got)
	}
	a.h.fail = nil
	if got := tell(); got != http.StatusOK || len(a.h.threads) != 2 {
		t.Errorf("answered %d, told %d times", got, len(a.h.threads))
	}
}

// The verification of the address is answered with its challenge.
func TestURLVerification(t *testing.T) {
	a := newHTTPApp(t)
	body := `{"token":"x","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}`
	w := a.serve(sign(call("/slack/events", jsonType, body), body, secret, time.Now()))
	if w.Code != 200 || w.Body.String() != "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P" {
		t.Errorf("answered %d %q", w.Code, w.Body)
	}
}

// A command whose commit takes long is answered with "Working…" before Slack gives up, and by
// its response_url when it is done; shutting down waits for that.
func TestSlowCommandByHTTP(t *testing.T) {
	answered := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		answered <- string(body)
	}))
	t.Cleanup(srv.Close)
	a := newHTTPApp(t)
	body := slash("t1") + "&response_url=" + url.QueryEscape(srv.URL)
	began := time.Now()
	w := a.serve(sign(call("/slack/commands", formType, body), body, secret, began))
	if took := time.Since(began); took > 2900*time.Millisecond || !strings.Contains(w.Body.String(), "working") {
		t.Errorf("answered %q after %s", w.Body, took)
	}
	close(a.h.let)
	select {
	case got := <-answered:
		if !strings.Contains(got, "done") {
			t.Errorf("answered %s", got)
		}
	case <-time.After(5 * time.Second):
		t.Error("the answer never came")
	}
}

// While the program starts or stops nothing is let in, and Slack is told to come again.
func TestRequestsBeforeAndAfter(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	c.cfg.SigningSecret = secret
	w := httptest.NewRecorder()
	c.Routes(&desk{})["POST /slack/events"].ServeHTTP(w, sign(call("/slack/events", jsonType, reply("Ev1")), reply("Ev1"), secret, time.Now()))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("answered %d", w.Code)
	}
}

// Whatever an authentic body holds, it is read without harm: an answer comes, and what is
// done has a key and a person, and no button without our seal.
func FuzzHTTP(f *testing.F) {
	for _, s := range []string{slash("t"), block("t", "confirm|1|seal-C1"), block("t", "x"), reply("E"), `{"type":"url_verification","challenge":"c"}`,
		`payload={"type":"view_submission"}`, `{"type":"event_callback","event_id":"E","event":{"type":"subteam_updated","subteam":{"id":"S1"}}}`, "%", "{", ""} {
		for kind := range 3 {
			f.Add([]byte(s), kind)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, kind int) {
		c, _ := testClient("http://127.0.0.1:1")
		c.hearing, c.cfg.SigningSecret = true, secret
		h := &desk{let: make(chan struct{})}
		close(h.let)
		path := []string{"commands", "interactions", "events"}[uint(kind)%3]
		form := formType
		if path == "events" {
			form = jsonType
		}
		w := httptest.NewRecorder()
		c.Routes(h)["POST /slack/"+path].ServeHTTP(w, sign(call("/slack/"+path, form, string(body)), string(body), secret, time.Now()))
		c.acts.Wait()
		if w.Code != 200 && w.Code != 400 {
			t.Errorf("answered %d", w.Code)
		}
		for _, p := range h.presses {
			if p.User == "" || p.Key == "slack:trigger:" || !strings.Contains(string(body), "seal") {
				t.Errorf("pressed %+v", p)
			}
		}
		for _, m := range h.threads {
			if m.User == "" || m.Key == "slack:event:" || m.Thread == "" {
				t.Errorf("heard %+v", m)
			}
		}
	})
}
