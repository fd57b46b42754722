package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duebot/commands/card"
)

// platform is a Bot API that has updates, and notes what it is asked.
type platform struct {
	mu      sync.Mutex
	updates []string
	sent    []url.Values // sendMessage
	answers []url.Values // answerCallbackQuery
	hooked  bool         // there is a webhook once more, after the first deleteWebhook
	asked   map[string]url.Values
	drained chan struct{}
}

func newPlatform(t *testing.T, updates ...string) (*platform, *Client, *bytes.Buffer) {
	p := &platform{updates: updates, drained: make(chan struct{})}
	srv := httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(srv.Close)
	log := &bytes.Buffer{}
	c := New(Config{Token: "123:secret", APIURL: srv.URL + "/", Log: slog.New(slog.NewTextHandler(log, nil)),
		Seal: func(chat, what string) string { return "seal" }, Later: func(d time.Duration, f func()) { f() },
		Sealed: func(proof, chat, what string) bool { return proof == "seal" }})
	return p, c, log
}

func (p *platform) serve(w http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	p.mu.Lock()
	defer p.mu.Unlock()
	method, _ := strings.CutPrefix(r.URL.Path, "/bot123:secret/")
	if p.asked == nil {
		p.asked = map[string]url.Values{}
	}
	again := p.asked["deleteWebhook"] != nil && method == "deleteWebhook"
	p.asked[method] = r.Form
	switch method {
	case "getUpdates":
		if p.hooked {
			w.WriteHeader(http.StatusConflict)
			io.WriteString(w, `{"ok":false,"error_code":409,"description":"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}`)
			return
		}
		offset, _ := strconv.Atoi(r.Form.Get("offset"))
		var left []json.RawMessage
		for _, u := range p.updates {
			var head struct {
				ID int `json:"update_id"`
			}
			json.Unmarshal([]byte(u), &head)
			if head.ID >= offset {
				left = append(left, json.RawMessage(u))
			}
		}
		if left == nil {
			select {
			case <-p.drained:
			default:
				close(p.drained)
			}
			left = []json.RawMessage{}
		}
		out, _ := json.Marshal(left)
		fmt.Fprintf(w, `{"ok":true,"result":%s}`, out)
	case "sendMessage":
		p.sent = append(p.sent, r.Form)
		io.WriteString(w, `{"ok":true,"result":{"message_id":1,"chat":{"id":1001}}}`)
	case "deleteWebhook":
		p.hooked = p.hooked && !again
		io.WriteString(w, `{"ok":true,"result":true}`)
	case "setWebhook":
		io.WriteString(w, `{"ok":true,"result":true}`)
	case "answerCallbackQuery":
		p.answers = append(p.answers, r.Form)
		io.WriteString(w, `{"ok":true,"result":true}`)
	default:
		http.NotFound(w, r)
	}
}

// method is what a method was last called with, nil if it never was.
func (p *platform) method(name string) url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[name]
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// desk is a Handler that fails for the words "fail" and notes the rest.
type desk struct {
	mu    sync.Mutex
	taken []string
	tries int
	aside []int
	kept  int
}

func (d *desk) Offset() (int, time.Time, error) { return 0, time.Time{}, nil }
func (d *desk) Taken(_ context.Context, offset int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept = offset
	return nil
}
func (d *desk) Chat(_ context.Context, in Chat) (Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	words := func(t card.Text) string { return t.Plain }
	if in.Text == "fail" || in.Do == "fail" {
		d.tries++
		return Answer{Reply: card.Reply{Card: &card.Card{Body: []card.Text{card.Plain("it went wrong")}}}, Words: words}, errors.New("the books say no")
	}
	if in.Text == "panic" {
		panic("a mistake of ours")
	}
	d.taken = append(d.taken, in.Text)
	return Answer{}, nil
}
func (d *desk) Blocked(context.Context, string, bool) {}
func (d *desk) Aside(_ context.Context, update int, _ error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.aside = append(d.aside, update)
}
func (d *desk) Busy() func() { return func() {} }

func message(update int, text string) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1,"from":{"id":1001,"first_name":"Anna"},"chat":{"id":1001,"type":"private"},"text":%q}}`, update, update, text)
}

// An update that cannot be taken is tried three times, and then put aside with a word to the
// person; those behind it are taken after it, in order, each once.
func TestUpdateThatFails(t *testing.T) {
	p, c, _ := newPlatform(t, message(5, "one"), message(6, "fail"), message(7, "two"), message(8, "panic"), message(9, "three"))
	d := &desk{}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	go func() {
		select {
		case <-p.drained:
		case <-ctx.Done():
			t.Error("the updates were never all confirmed")
		}
		cancel()
	}()
	if err := c.Run(ctx, d); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(d.taken, " "); got != "one two three" {
		t.Errorf("taken %q", got)
	}
	if d.tries != 3 || fmt.Sprint(d.aside) != "[6 8]" || d.kept != 10 {
		t.Errorf("%d tries, put aside %v, offset %d; want 3, [6 8], 10", d.tries, d.aside, d.kept)
	}
	if len(p.sent) != 1 || !strings.Contains(p.sent[0].Get("text"), "it went wrong") {
		t.Errorf("the person was told %v, want one word that it went wrong", p.sent)
	}
}

// A button with a proof that does not fit is handed on as forged; every callback is answered.
func TestForgedButton(t *testing.T) {
	_, c, _ := newPlatform(t)
	for data, forged := range map[string]bool{"pay|1|seal": false, "pay|1|other": true, "pay|1": true, "": true, "pay|1|seal|x": true} {
		raw := fmt.Sprintf(`{"update_id":1,"callback_query":{"id":"c1","from":{"id":1001},"data":%q,"message":{"message_id":3,"chat":{"id":1001,"type":"private"}}}}`, data)
		var got Chat
		h := &catcher{desk: &desk{}, in: &got}
		if err := c.one(context.Background(), h, json.RawMessage(raw), false); err != nil {
			t.Fatal(err)
		}
		if got.Forged != forged || forged && got.Do != "" {
			t.Errorf("%q: got %+v, want forged %v", data, got, forged)
		}
	}
}

type catcher struct {
	*desk
	in *Chat
}

func (h *catcher) Chat(_ context.Context, in Chat) (Answer, error) {
	*h.in = in
	return Answer{}, nil
}

// No error holds the token: neither of a server that is gone, nor of one that talks nonsense.
func TestErrorsHoldNoToken(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	hangsUp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }))
	defer hangsUp.Close()
	nonsense := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>") }))
	defer nonsense.Close()
	for _, base := range []string{gone.URL, hangsUp.URL, nonsense.URL, "http://127.0.0.1:bad", "http://\x7f"} {
		c := New(Config{Token: "123:secret", APIURL: base})
		_, err := c.Me(context.Background())
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", base, err)
		}
	}
}

// A long body never pushes the sum out of a message, and no message is longer than Telegram
// takes, whatever people wrote.
func TestLongCardsKeepTheirSum(t *testing.T) {
	words := func(t card.Text) string { return t.Plain }
	k := &card.Card{Title: card.Plain(strings.Repeat("T", 200)), Quote: card.Plain(strings.Repeat("<&q", 2000)),
		Fields: []card.Field{{Label: card.Plain("Total"), Value: card.Plain("€4,401.81")}}, Note: []card.Text{card.Plain("Reference: INV-2026-000001")}}
	for range 60 {
		k.Body = append(k.Body, card.Plain(strings.Repeat("ж", 100)))
	}
	html := text(k, words)
	if !strings.Contains(html, "<b>€4,401.81</b>") || !strings.Contains(html, "INV-2026-000001") {
		t.Errorf("the sum or the reference is not in %q", html[len(html)-300:])
	}
	shown := html
	for _, tag := range []string{"<b>", "</b>", "<i>", "</i>", "<blockquote>", "</blockquote>"} {
		shown = strings.ReplaceAll(shown, tag, "")
	}
	shown = strings.NewReplacer("&lt;", "<", "&amp;", "&").Replace(shown)
	if n := len([]rune(shown)); n > 4096 {
		t.Errorf("%d characters", n)
	}
}

// An address that leads elsewhere is not followed: the token would go along.
func TestRedirectIsNotFollowed(t *testing.T) {
	var followed atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	defer other.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	c := New(Config{Token: "123:secret", APIURL: srv.URL})
	_, err := c.Me(context.Background())
	var e *card.SendError
	if !errors.As(err, &e) || !e.All || followed.Load() || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, followed %v", err, followed.Load())
	}
}
