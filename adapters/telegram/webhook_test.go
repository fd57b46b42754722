package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

const secret = "s3cret_token-of-the-webhook"

// hooked is a client that Telegram calls.
type hooked struct {
	c    *Client
	p    *platform
	d    *desk
	log  fmt.Stringer
	mu   sync.Mutex
	n    map[string]int
	stop func()
}

func (k *hooked) count(outcome string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.n[outcome]++
}

func (k *hooked) take() map[string]int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := k.n
	k.n = map[string]int{}
	return n
}

func newHooked(t *testing.T) *hooked {
	p, c, log := newPlatform(t)
	k := &hooked{c: c, p: p, d: &desk{}, log: log, n: map[string]int{}}
	c.cfg.Webhook, c.cfg.Secret, c.cfg.Count = "https://ar.example.com/telegram/webhook", secret, k.count
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- c.Run(ctx, k.d) }()
	k.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(k.stop)
	for !c.begin() {
		time.Sleep(time.Millisecond)
	}
	c.calls.Done()
	return k
}

func (k *hooked) tell(body string) int { return k.serve(update(body)) }

func update(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/telegram/webhook", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	return r
}

func (k *hooked) serve(r *http.Request) int {
	w := httptest.NewRecorder()
	k.c.Routes(k.d)["POST /telegram/webhook"].ServeHTTP(w, r)
	return w.Code
}

// The webhook is set with its secret and the updates that we want, one at a time.
func TestWebhookIsSet(t *testing.T) {
	k := newHooked(t)
	for k.p.method("setWebhook") == nil {
		time.Sleep(time.Millisecond)
	}
	f := k.p.method("setWebhook")
	if f.Get("url") != "https://ar.example.com/telegram/webhook" || f.Get("secret_token") != secret || f.Get("max_connections") != "1" || f.Get("allowed_updates") != allowed {
		t.Errorf("set with %v", f)
	}
}

// What is not Telegram's, not whole or not to be read is refused, counted and logged without
// the secret, and nothing is done.
func TestRefusedWebhooks(t *testing.T) {
	k := newHooked(t)
	with := func(r *http.Request, header, value string) *http.Request { r.Header.Set(header, value); return r }
	broken := update("")
	broken.Body = io.NopCloser(io.MultiReader(strings.NewReader(message(1, "one")[:20]), broke{}))
	for name, c := range map[string]struct {
		r      *http.Request
		status int
		count  string
	}{
		"no secret":           {with(update(message(1, "one")), "X-Telegram-Bot-Api-Secret-Token", ""), 401, "forged"},
		"another secret":      {with(update(message(1, "one")), "X-Telegram-Bot-Api-Secret-Token", "S3cret_token-of-the-webhook"), 401, "forged"},
		"half the secret":     {with(update(message(1, "one")), "X-Telegram-Bot-Api-Secret-Token", secret[:9]), 401, "forged"},
		"a form":              {with(update(message(1, "one")), "Content-Type", "application/x-www-form-urlencoded"), 415, "malformed"},
		"oversized":           {update(strings.Repeat(" ", updateMax+1)), 413, "oversized"},
		"truncated":           {broken, 400, "truncated"},
		"cut JSON":            {update(message(1, "one")[:40]), 400, "malformed"},
		"no id":               {update(`{"message":{}}`), 400, "malformed"},
		"two updates":         {update(message(1, "one") + message(2, "two")), 400, "malformed"},
		"an id that is none":  {update(`{"update_id":"1; drop"}`), 400, "malformed"},
		"a list of an update": {update("[" + message(1, "one") + "]"), 400, "malformed"},
	} {
		if status, got := k.serve(c.r), k.take(); status != c.status || !maps.Equal(got, map[string]int{c.count: 1}) {
			t.Errorf("%s: answered %d and counted %v, want %d and %s", name, status, got, c.status, c.count)
		}
	}
	if len(k.d.taken) > 0 || k.d.tries > 0 {
		t.Errorf("something was done: %v", k.d.taken)
	}
	if s := k.log.String(); strings.Contains(s, secret) || strings.Contains(s, "s3cret") || strings.Contains(s, "one") {
		t.Errorf("logged %s", s)
	}
}

type broke struct{}

func (broke) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// An update is answered with 200 once it was taken, and done once however often it comes; one
// that fails comes again, and the third time it is put aside with a word to the person.
func TestWebhookTakes(t *testing.T) {
	k := newHooked(t)
	for range 3 {
		if got := k.tell(message(5, "one")); got != 200 {
			t.Errorf("answered %d", got)
		}
	}
	var answers []int
	for range 4 {
		answers = append(answers, k.tell(message(6, "fail")))
	}
	if got := k.tell(message(7, "two")); got != 200 {
		t.Errorf("answered %d", got)
	}
	if fmt.Sprint(answers) != "[500 500 200 200]" || k.d.tries != 3 || fmt.Sprint(k.d.aside) != "[6]" || len(k.p.sent) != 1 {
		t.Errorf("a poison update was answered %v, tried %d times, put aside %v, told %d times", answers, k.d.tries, k.d.aside, len(k.p.sent))
	}
	if strings.Join(k.d.taken, " ") != "one two" {
		t.Errorf("taken %v", k.d.taken)
	}
	if got := k.take(); !maps.Equal(got, map[string]int{"taken": 2, "repeated": 3, "failed": 3, "aside": 1}) {
		t.Errorf("counted %v", got)
	}
	k.stop()
	if got := k.tell(message(8, "late")); got != http.StatusServiceUnavailable || len(k.d.taken) != 2 {
		t.Errorf("after the end: answered %d", got)
	}
}

// Polling takes a webhook away that somebody set, at the start and meanwhile.
func TestPollingTakesTheWebhookAway(t *testing.T) {
	p, c, _ := newPlatform(t, message(5, "one"))
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	defer c.http.CloseIdleConnections()
	d := &desk{}
	p.hooked = true
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	go func() {
		<-p.drained
		cancel()
	}()
	if err := c.Run(ctx, d); err != nil || !errors.Is(ctx.Err(), context.Canceled) {
		t.Error(err, ctx.Err())
	}
	if strings.Join(d.taken, " ") != "one" {
		t.Errorf("taken %v", d.taken)
	}
}

// Whatever an authentic call holds, it is answered, and read without harm.
func FuzzWebhook(f *testing.F) {
	for _, s := range []string{message(1, "one"), message(2, "/start x"), `{"update_id":3}`, `{"update_id":4,"message":{"chat":{}}}`, "{", `{"update_id":-1,"callback_query":{"id":"1"}}`} {
		f.Add([]byte(s))
	}
	c := New(Config{Token: "123:secret", APIURL: "http://127.0.0.1:1/", Webhook: "x", Secret: secret, Log: quiet,
		Seal:   func(chat, what string) string { return "seal" },
		Sealed: func(proof, chat, what string) bool { return proof == "seal" }, Later: func(time.Duration, func()) {}})
	c.hearing = true
	f.Fuzz(func(t *testing.T, body []byte) {
		clear(c.recent)
		clear(c.failed)
		w := httptest.NewRecorder()
		c.Routes(&silent{})["POST /telegram/webhook"].ServeHTTP(w, update(string(body)))
		if w.Code != 200 && w.Code != 400 && w.Code != 500 {
			t.Errorf("answered %d", w.Code)
		}
	})
}

// silent is a Handler that says nothing, so that nothing is sent.
type silent struct{ desk }

func (*silent) Chat(_ context.Context, in Chat) (Answer, error) {
	if !strings.HasPrefix(in.Key, "telegram:") || !strings.HasPrefix(in.Chat, "telegram:") {
		panic(fmt.Sprintf("taken without a key or a chat: %+v", in))
	}
	in.callback = ""
	return Answer{}, nil
}
