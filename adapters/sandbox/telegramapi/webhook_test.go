package telegramapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"duebot/adapters/sandbox/stand"
)

// listener is a bot that is called.
type listener struct {
	web *httptest.Server

	mu      sync.Mutex
	texts   []string
	secrets []string
	status  int
	header  http.Header
	body    string
	hold    chan struct{} // nil: answers at once
	most    int           // calls at the same time
	now     int
}

func listen(t *testing.T) *listener {
	l := &listener{header: http.Header{}}
	l.web = httptest.NewServer(l)
	t.Cleanup(l.web.Close)
	return l
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var u tgbotapi.Update
	json.Unmarshal(body, &u)
	l.mu.Lock()
	if u.Message != nil {
		l.texts = append(l.texts, u.Message.Text)
	}
	l.secrets = append(l.secrets, r.Header.Get("X-Telegram-Bot-Api-Secret-Token"))
	l.now++
	l.most = max(l.most, l.now)
	hold := l.hold
	l.mu.Unlock()
	if hold != nil {
		<-hold
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now--
	for k, v := range l.header {
		w.Header()[k] = v
	}
	if l.status != 0 {
		w.WriteHeader(l.status)
	}
	io.WriteString(w, l.body)
}

func (l *listener) answer(status int, body string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status, l.body = status, body
}

func (l *listener) set(name, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.header.Del(name); value != "" {
		l.header.Set(name, value)
	}
}

// said is what the bot has heard so far.
func (l *listener) said() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string{}, l.texts...)
}

// heard waits until the bot has heard these texts.
func (l *listener) heard(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		got = l.said()
		if len(got) >= len(want) {
			break
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("heard %q, want %q", got, want)
	}
}

// hook sets the webhook; more than one call a second is refused.
func (w *world) hook(pairs ...any) answer {
	w.t.Helper()
	w.mu.Lock()
	w.hooks.set = time.Time{}
	w.mu.Unlock()
	return w.call("setWebhook", pairs...)
}

// still waits until nothing is on its way.
func (w *world) still() {
	w.t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		w.mu.Lock()
		quiet := len(w.hooks.flying) == 0
		w.mu.Unlock()
		if quiet && w.Pending() == 0 {
			return
		}
	}
	w.t.Fatal("something is still on its way")
}

// The rules of setWebhook, in the server's words.
func TestSetWebhookRules(t *testing.T) {
	w := newWorld(t, emma())
	for want, pairs := range map[string][]any{
		"Bad Request: invalid webhook URL specified":                                        {"url", "https://"},
		"Bad Request: bad webhook: An HTTPS URL must be provided for webhook":               {"url", "http://ar.example.com/x"},
		"Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443": {"url", "https://ar.example.com:8080/x"},
		"Bad Request: bad webhook: IP address 10.0.0.1 is reserved":                         {"url", "https://10.0.0.1/x"},
		"Bad Request: secret token is too long":                                             {"url", "https://ar.example.com", "secret_token", strings.Repeat("x", 257)},
		"Bad Request: secret token contains unallowed characters":                           {"url", "https://ar.example.com", "secret_token", "a b"},
		"Webhook was set": {"url", "ar.example.com:8443/x", "max_connections", 1000},
	} {
		a := w.hook(pairs...)
		if a.Text != want || a.OK != (want == "Webhook was set") {
			t.Errorf("%v: got %q, want %q", pairs, a.Text, want)
		}
	}
	w = newWorld(t, emma())
	for i, want := range []string{"Webhook was set", "Webhook is already set"} {
		if a := w.hook("url", "https://ar.example.com/x", "secret_token", "s"); a.Text != want {
			t.Errorf("time %d: %q", i, a.Text)
		}
	}
	if a := w.call("setWebhook", "url", "https://ar.example.com/x"); a.Code != 429 || a.Params.RetryAfter != 1 {
		t.Errorf("twice a second: %+v", a)
	}
	if a := w.call("getUpdates"); a.Code != 409 || a.Text != "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first" {
		t.Errorf("polling beside it: %+v", a)
	}
	for i, want := range []string{"Webhook was deleted", "Webhook is already deleted"} {
		if a := w.call("deleteWebhook"); a.Text != want {
			t.Errorf("time %d: %q", i, a.Text)
		}
	}
}

// Updates are called out with the secret, in order for each chat; what waited for a poll is
// called out too, and a poll that waits is ended.
func TestWebhook(t *testing.T) {
	w := newWorld(t, emma())
	l := listen(t)
	w.say(1001, "before")
	w.updates("offset", -1)
	polled := make(chan answer, 1)
	go func() {
		a, _ := w.try("getUpdates", "offset", 999999999999, "timeout", 50)
		polled <- a
	}()
	for parked := false; !parked; time.Sleep(time.Millisecond) {
		w.mu.Lock()
		parked = w.queue.poll != nil
		w.mu.Unlock()
	}
	w.say(1001, "one")
	if a := w.hook("url", l.web.URL, "secret_token", "s3cret"); !a.OK {
		t.Fatal(a)
	}
	if a := <-polled; a.Code != 409 || a.Text != "Conflict: terminated by setWebhook request" {
		t.Errorf("the poll ended with %+v", a)
	}
	w.say(1001, "two")
	l.heard(t, "one", "two")
	w.still()
	if l.secrets[0] != "s3cret" {
		t.Errorf("the secret came as %q", l.secrets)
	}
	if l.most != 1 {
		t.Errorf("%d calls at once for one chat", l.most)
	}
	for _, e := range w.log.Since(0) {
		if strings.Contains(string(e.Request)+string(e.Answer), "s3cret") && e.Method != "setWebhook" {
			t.Errorf("the log tells the secret: %s", e.Request)
		}
	}
}

// Several chats are called out at once, up to max_connections.
func TestWebhookConnections(t *testing.T) {
	for _, max := range []int{1, 2} {
		w := newWorld(t, emma(), Chat{ID: 1002, Started: true}, Chat{ID: 1003, Started: true})
		l := listen(t)
		l.hold = make(chan struct{})
		w.hook("url", l.web.URL, "max_connections", max)
		for _, chat := range []int64{1001, 1002, 1003} {
			w.say(chat, "x")
		}
		for end := time.Now().Add(5 * time.Second); len(l.said()) < max && time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		}
		time.Sleep(30 * time.Millisecond) // for one more than may come
		close(l.hold)
		w.still()
		if l.most != max {
			t.Errorf("%d at once, want %d", l.most, max)
		}
	}
}

// What is not answered with 200 comes again at once, and then after two seconds, four and so
// on; Retry-After is kept; the error can be read. After 23 hours of 410 the webhook is gone.
func TestWebhookRetries(t *testing.T) {
	w := newWorld(t, emma())
	l := listen(t)
	w.hook("url", l.web.URL)
	l.answer(500, "")
	w.say(1001, "x")
	l.heard(t, "x", "x")
	w.still()
	for _, wait := range []time.Duration{2, 4, 8} {
		w.clock.move(wait*time.Second - time.Millisecond)
		time.Sleep(10 * time.Millisecond)
		before := l.said()
		w.clock.move(time.Millisecond)
		l.heard(t, append(before, "x")...)
		w.still()
	}
	var info struct {
		URL   string `json:"url"`
		Error string `json:"last_error_message"`
		Count int    `json:"pending_update_count"`
	}
	json.Unmarshal(w.call("getWebhookInfo").Result, &info)
	if info.URL != l.web.URL || info.Error != "Wrong response from the webhook: 500 Internal Server Error" || info.Count != 1 {
		t.Errorf("the webhook: %+v", info)
	}
	l.set("Retry-After", "100")
	before := l.said()
	w.clock.move(16 * time.Second)
	l.heard(t, append(before, "x")...)
	w.still()
	l.answer(200, "")
	w.clock.move(99 * time.Second)
	time.Sleep(10 * time.Millisecond)
	if got := l.said(); len(got) != len(before)+1 {
		t.Errorf("%d calls before Retry-After was over", len(got)-len(before))
	}
	w.clock.move(2 * time.Second)
	l.heard(t, append(before, "x", "x")...)
	for end := time.Now().Add(time.Second); info.Count > 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		json.Unmarshal(w.call("getWebhookInfo").Result, &info)
	}
	if info.Count != 0 {
		t.Errorf("still waiting: %+v", info)
	}
	l.set("Retry-After", "")
	l.answer(410, "")
	w.say(1001, "gone")
	for range 70 {
		time.Sleep(5 * time.Millisecond)
		w.clock.move(23 * time.Minute)
		w.say(1001, "still")
	}
	for end := time.Now().Add(time.Second); w.Webhook() && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	if w.Webhook() {
		t.Error("the webhook outlives a day of 410")
	}
}

// An answer may ask for a method.
func TestWebhookAnswers(t *testing.T) {
	w := newWorld(t, emma())
	l := listen(t)
	l.set("Content-Type", "application/json")
	l.answer(0, `{"method":"sendMessage","chat_id":1001,"text":"Hello"}`)
	w.hook("url", l.web.URL)
	w.say(1001, "hi")
	w.still()
	l.answer(0, `{"method":"deleteWebhook"}`)
	w.say(1001, "hi again")
	w.still()
	state, _ := json.Marshal(w.State())
	if !strings.Contains(string(state), `"text":"Hello"`) || !w.Webhook() {
		t.Errorf("the chat is %s; the webhook is there: %v", state, w.Webhook())
	}
}

// The faults of webhooks: an update that comes twice, an answer that is lost, and somebody
// who calls in Telegram's name.
func TestWebhookFaults(t *testing.T) {
	w := newWorld(t, emma())
	l := listen(t)
	w.hook("url", l.web.URL, "secret_token", "s3cret")
	w.fault.Add(stand.Fault{Platform: "telegram", Kind: stand.FaultDuplicate})
	w.say(1001, "twice")
	w.still()
	w.fault.Add(stand.Fault{Platform: "telegram", Kind: stand.FaultDropSocket})
	w.say(1001, "lost")
	w.still()
	w.fault.Add(stand.Fault{Platform: "telegram", Kind: stand.FaultForged})
	w.say(1001, "forged")
	w.still()
	l.heard(t, "twice", "twice", "lost", "lost", "forged", "forged")
	if l.secrets[4] != "not-s3cret" || l.secrets[5] != "s3cret" {
		t.Errorf("the secrets were %q", l.secrets)
	}
}

// A webhook outlives a restart of the server.
func TestWebhookIsKept(t *testing.T) {
	w, v := newWorld(t, emma()), newWorld(t, emma())
	l := listen(t)
	w.hook("url", l.web.URL, "secret_token", "s3cret")
	data, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Load(data); err != nil {
		t.Fatal(err)
	}
	v.say(1001, "after the restart")
	l.heard(t, "after the restart")
}
