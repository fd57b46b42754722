package slackapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"duebot/adapters/sandbox/stand"
)

// httpApp is an app that Slack calls, made of the library's own functions.
type httpApp struct {
	*shop
	web *httptest.Server

	mu      sync.Mutex
	status  int // of the next answers; 0: 200
	body    string
	header  string // X-Slack-No-Retry
	hang    bool
	seen    []*http.Request // with their bodies in r.Form
	raws    []string
	forged  int
	refuses bool // to answer the challenge
}

func openHTTP(t *testing.T) *httpApp {
	a := &httpApp{shop: open(t)}
	a.web = httptest.NewServer(a)
	t.Cleanup(a.web.Close)
	if err := a.Install([]byte(a.manifest())); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *httpApp) manifest() string {
	return fmt.Sprintf(`{"display_information":{"name":"Test"},"features":{"bot_user":{"display_name":"test"},
		"slash_commands":[{"command":"/ar","description":"x","url":"%[1]s/commands"}],
		"shortcuts":[{"name":"Do","type":"global","callback_id":"do","description":"x"}]},
		"oauth_config":{"scopes":{"bot":["commands","chat:write","channels:history","users:read"]}},
		"settings":{"event_subscriptions":{"request_url":"%[1]s/events","bot_events":["message.channels"]},
		"interactivity":{"is_enabled":true,"request_url":"%[1]s/interactions"},"socket_mode_enabled":false}}`, a.web.URL)
}

func (a *httpApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	v, err := slack.NewSecretsVerifier(r.Header, SigningSecret)
	if err == nil {
		v.Write(raw)
		err = v.Ensure()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil {
		a.forged++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	r.Body = io.NopCloser(strings.NewReader(string(raw)))
	if e, err := slackevents.ParseEvent(json.RawMessage(raw), slackevents.OptionNoVerifyToken()); err == nil && e.Type == slackevents.URLVerification {
		if !a.refuses {
			io.WriteString(w, e.Data.(*slackevents.EventsAPIURLVerificationEvent).Challenge)
		}
		return
	}
	r.ParseForm()
	a.seen, a.raws = append(a.seen, r), append(a.raws, string(raw))
	if a.hang {
		a.hang = false
		a.mu.Unlock()
		<-r.Context().Done()
		a.mu.Lock()
		return
	}
	if a.header != "" {
		w.Header().Set("X-Slack-No-Retry", a.header)
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	if strings.HasPrefix(a.body, "{") {
		w.Header().Set("Content-Type", "application/json")
	}
	io.WriteString(w, a.body)
}

// answer sets what the app says next.
func (a *httpApp) answer(status int, body string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status, a.body = status, body
}

// calls waits until the app was called so often.
func (a *httpApp) calls(n int) []*http.Request {
	a.t.Helper()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		a.mu.Lock()
		seen := slices.Clone(a.seen)
		a.mu.Unlock()
		if len(seen) == n && a.Pending() == 0 {
			return seen
		}
		if time.Now().After(end) {
			a.t.Fatalf("called %d times, want %d", len(seen), n)
		}
	}
}

// A command is posted as a form, signed; its answer may be JSON or text, and an error shows
// itself to the person by its kind.
func TestCommandByHTTP(t *testing.T) {
	a := openHTTP(t)
	a.answer(0, `{"text":"Hello"}`)
	reply, err := a.Command(background, "USALES0001", "CINVOICES1", "/ar", "help & more")
	if err != nil || reply.Error != "" || a.last("CINVOICES1") != "Hello" {
		t.Fatalf("answered %+v %v, and shown %q", reply, err, a.last("CINVOICES1"))
	}
	f := a.calls(1)[0]
	if f.Form.Get("text") != "help &amp; more" || f.Form.Get("command") != "/ar" || f.Form.Get("response_url") == "" || f.Form.Get("trigger_id") == "" ||
		f.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || f.URL.Path != "/commands" {
		t.Errorf("posted %v to %s", f.Form, f.URL)
	}
	a.answer(0, "Plain words")
	if reply, _ = a.Command(background, "USALES0001", "CINVOICES1", "/ar", ""); reply.Error != "" || a.last("CINVOICES1") != "Plain words" {
		t.Errorf("answered %+v, and shown %q", reply, a.last("CINVOICES1"))
	}
	for status, want := range map[int]string{404: clientError, 500: serviceError, 503: serviceError} {
		a.answer(status, "")
		if reply, _ = a.Command(background, "USALES0001", "CINVOICES1", "/ar", ""); reply.Error != want {
			t.Errorf("status %d: shown %+v, want %s", status, reply, want)
		}
	}
	a.answer(0, "")
	wait := Patience
	Patience = 100 * time.Millisecond
	a.hang = true
	if reply, _ = a.Command(background, "USALES0001", "CINVOICES1", "/ar", ""); reply.Error != operationTimeout {
		t.Errorf("too late: shown %+v", reply)
	}
	Patience = wait
	a.web.Close()
	if reply, _ = a.Command(background, "USALES0001", "CINVOICES1", "/ar", ""); reply.Error != dispatchFailed {
		t.Errorf("nobody there: shown %+v", reply)
	}
}

// last is the newest text in a channel.
func (x *shop) last(channel string) string {
	list := x.messages(channel)
	if len(list) == 0 {
		return ""
	}
	return stringOf(list[len(list)-1]["text"])
}

// Buttons, forms and shortcuts are posted as the field "payload"; a form reads its errors out
// of the answer.
func TestInteractionsByHTTP(t *testing.T) {
	a := openHTTP(t)
	if err := a.Shortcut(background, "USALES0001", "do", "", ""); err != nil {
		t.Fatal(err)
	}
	r := a.calls(1)[0]
	cb, err := slack.InteractionCallbackParse(r)
	if err != nil || cb.Type != slack.InteractionTypeShortcut || cb.CallbackID != "do" || cb.User.ID != "USALES0001" {
		t.Fatalf("posted %+v %v", cb, err)
	}
	view, err := a.api.OpenView(cb.TriggerID, form("f"))
	if err != nil {
		t.Fatal(err)
	}
	a.answer(0, `{"response_action":"errors","errors":{"why":"Say more"}}`)
	got, err := a.Submit(background, "USALES0001", view.ID, map[string]any{"reason": "late", "sum": 12.5, "sort": "Quality"})
	if err != nil || got.Errors["why"] != "Say more" {
		t.Errorf("sent: %+v %v", got, err)
	}
	a.answer(0, "")
	if got, err = a.Submit(background, "USALES0001", view.ID, nil); err != nil || !got.Closed {
		t.Errorf("sent again: %+v %v", got, err)
	}
}

// The address of events is verified before the first; one that is not acknowledged comes
// again at once, after a minute and after five, each time with its number and the reason,
// and is then given up. An app can ask for no retry.
func TestEventsByHTTP(t *testing.T) {
	a := openHTTP(t)
	say := func(text string) {
		if _, err := a.Message(background, MessageAct{User: "USALES0001", Channel: "CINVOICES1", Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	say("one")
	first := a.calls(1)[0]
	if first.Header.Get("X-Slack-Retry-Num") != "" || first.Header.Get("Content-Type") != "application/json" || !strings.Contains(a.raws[0], `"text":"one"`) {
		t.Errorf("posted %v %s", first.Header, a.raws[0])
	}
	a.answer(500, "")
	say("two")
	a.calls(3) // the first retry came at once
	a.clock.move(59 * time.Second)
	time.Sleep(20 * time.Millisecond)
	a.calls(3)
	a.clock.move(2 * time.Second)
	a.calls(4)
	a.clock.move(6 * time.Minute)
	seen := a.calls(5)
	a.clock.move(time.Hour)
	time.Sleep(20 * time.Millisecond)
	a.calls(5)
	var numbers []string
	for i, r := range seen[1:] {
		numbers = append(numbers, r.Header.Get("X-Slack-Retry-Num")+r.Header.Get("X-Slack-Retry-Reason"))
		if a.raws[i+1] != a.raws[1] {
			t.Errorf("retry %d says something else", i)
		}
	}
	if fmt.Sprint(numbers) != "[ 1http_error 2http_error 3http_error]" {
		t.Errorf("retries %q", numbers)
	}
	a.header = "1"
	say("three")
	a.clock.move(time.Hour)
	time.Sleep(20 * time.Millisecond)
	a.calls(6)
}

// What was not acknowledged in time is told from what was refused.
func TestEventTimeoutByHTTP(t *testing.T) {
	a := openHTTP(t)
	wait := Patience
	Patience = 100 * time.Millisecond
	defer func() { Patience = wait }()
	a.hang = true
	a.Message(background, MessageAct{User: "USALES0001", Channel: "CINVOICES1", Text: "slow"})
	if r := a.calls(2)[1]; r.Header.Get("X-Slack-Retry-Num") != "1" || r.Header.Get("X-Slack-Retry-Reason") != "http_timeout" {
		t.Errorf("retried with %v", r.Header)
	}
}

// An address that does not answer its challenge gets no event.
func TestUnverifiedAddress(t *testing.T) {
	a := openHTTP(t)
	a.refuses = true
	a.Message(background, MessageAct{User: "USALES0001", Channel: "CINVOICES1", Text: "one"})
	time.Sleep(50 * time.Millisecond)
	a.calls(0)
	a.mu.Lock()
	a.refuses = false
	a.mu.Unlock()
	a.clock.move(2 * time.Minute)
	a.calls(1)
}

// The faults of HTTP mode: the same request again, an answer that is lost, and somebody who
// calls in Slack's name.
func TestFaultsByHTTP(t *testing.T) {
	a := openHTTP(t)
	a.faults.Add(stand.Fault{Platform: "slack", Kind: stand.FaultDuplicate})
	a.Command(background, "USALES0001", "CINVOICES1", "/ar", "one")
	seen := a.calls(2)
	if a.raws[0] != a.raws[1] || seen[0].Header.Get("X-Slack-Signature") != seen[1].Header.Get("X-Slack-Signature") {
		t.Error("the replayed request is another one")
	}
	a.faults.Add(stand.Fault{Platform: "slack", Kind: stand.FaultDropSocket})
	if reply, _ := a.Command(background, "USALES0001", "CINVOICES1", "/ar", "two"); reply.Error != dispatchFailed {
		t.Errorf("the answer was lost: shown %+v", reply)
	}
	a.calls(3)
	a.faults.Add(stand.Fault{Platform: "slack", Kind: stand.FaultForged})
	a.Command(background, "USALES0001", "CINVOICES1", "/ar", "three")
	if a.calls(4); a.forged != 1 {
		t.Errorf("%d forged calls", a.forged)
	}
}
