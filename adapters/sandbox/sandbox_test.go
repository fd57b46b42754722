package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"duebot/adapters/sandbox/stand"
)

// handClock is business time that moves only when told. Nothing here waits for it.
type handClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) After(time.Duration, func()) func() { return func() {} }

func (c *handClock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

var begin = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// rig is a sandbox behind a listener on a loopback port.
type rig struct {
	*Sandbox
	t     *testing.T
	clock *handClock
	web   *httptest.Server
}

func newRig(t *testing.T, change func(*Options)) *rig {
	t.Helper()
	c := &handClock{now: begin}
	o := Options{Clock: c, Advance: func(_ context.Context, to time.Time) error { c.set(to); return nil }}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	s.SetBase(web.URL)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
		web.Close()
	})
	return &rig{Sandbox: s, t: t, clock: c, web: web}
}

// do sends a request to the control interface and returns the answer, which must be JSON.
func (r *rig) do(method, path, body string, head ...string) (status int, answer map[string]any) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.web.URL+"/control/"+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i < len(head); i += 2 {
		if req.Header.Set(head[i], head[i+1]); head[i] == "Host" {
			req.Host = head[i+1]
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	if err := json.Unmarshal(raw, &answer); err != nil {
		r.t.Fatalf("%s %s answered no JSON object: %q", method, path, raw)
	}
	return resp.StatusCode, answer
}

// must acts and returns the answer of an act that is to succeed.
func (r *rig) must(path, body string) map[string]any {
	r.t.Helper()
	status, a := r.do("POST", path, body)
	if status != http.StatusOK || a["error"] != nil && a["error"] != "" {
		r.t.Fatalf("%s %s: %d %v", path, body, status, a)
	}
	return a
}

// platform calls a platform's API as the bot does.
func (r *rig) platform(path string, form url.Values) map[string]any {
	r.t.Helper()
	req, _ := http.NewRequest("POST", r.web.URL+path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/stripe/") {
		req.SetBasicAuth("sk_test_sandbox", "")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	var a map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || resp.StatusCode != http.StatusOK || a["ok"] == false {
		r.t.Fatalf("%s: %d %v %v", path, resp.StatusCode, a, err)
	}
	return a
}

func TestOnlyThisMachinesOwnPageMayAsk(t *testing.T) {
	r := newRig(t, nil)
	own := strings.TrimPrefix(r.web.URL, "http://")
	_, port, _ := strings.Cut(own, ":")
	for _, c := range []struct {
		name string
		head []string
		want int
	}{
		{"curl", nil, 200},
		{"the page", []string{"Origin", r.web.URL, "Sec-Fetch-Site", "same-origin"}, 200},
		{"typed into the address bar", []string{"Sec-Fetch-Site", "none"}, 200},
		{"by the name localhost", []string{"Host", "localhost:" + port, "Origin", "http://localhost:" + port}, 200},
		{"by IPv6", []string{"Host", "[::1]:" + port}, 200},
		{"another name that leads here", []string{"Host", "evil.example:" + port}, 403},
		{"a name that begins like ours", []string{"Host", "127.0.0.1.evil.example"}, 403},
		{"another address", []string{"Host", "192.168.1.7:" + port}, 403},
		{"another origin", []string{"Origin", "https://evil.example"}, 403},
		{"another port of this machine", []string{"Origin", "http://127.0.0.1:1"}, 403},
		{"no origin to name", []string{"Origin", "null"}, 403},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another port, says the browser", []string{"Sec-Fetch-Site", "same-site"}, 403},
	} {
		for _, path := range []string{"GET state", "POST telegram/block"} {
			method, path, _ := strings.Cut(path, " ")
			status, a := r.do(method, path, `{"chat":1001,"blocked":false}`, c.head...)
			if want := c.want; status != want {
				t.Errorf("%s, %s: got %d %v, want %d", c.name, path, status, a["error"], want)
			}
		}
	}
}

func TestWrongRequestsAreRefusedWithASentence(t *testing.T) {
	r := newRig(t, nil)
	for _, c := range []struct {
		request, body string
		status        int
		says          string
	}{
		{"POST slack/command", `{"user":"USALES0001","chanel":"CINVOICES1"}`, 400, `unknown field "chanel"; known are: channel, command, text, user`},
		{"POST slack/message", `{"user":"USALES0001","channel":"CINVOICES1","text":"x","files":[{"nam":"a"}]}`, 400, `unknown field "nam"`},
		{"POST slack/home", `{"user":"USALES0001"} {}`, 400, "after the JSON object"},
		{"POST slack/home", `{"user":7}`, 400, `"user" wants a string, not number`},
		{"POST slack/home", `[]`, 400, "wants a JSON object"},
		{"POST slack/home", `{`, 400, "not JSON"},
		{"POST slack/home", `{"user":"UNOBODY"}`, 404, "UNOBODY"},
		{"POST slack/action", `{"user":"USALES0001","channel":"CINVOICES1","ts":"1.000001"}`, 400, "action_id or label"},
		{"POST slack/submit", `{"user":"USALES0001","view_id":"V1","values":{}}`, 404, "V1"},
		{"POST slack/sing", `{}`, 404, `no "slack/sing"`},
		{"GET slack/home", ``, 405, "wants POST"},
		{"POST state", ``, 405, "wants GET"},
		{"GET state?wait=forever", ``, 400, "forever"},
		{"GET log?since=x", ``, 400, "since"},
		{"GET file?slack=F0", ``, 404, "no file"},
		{"GET file?telegram=F0", ``, 404, "no file"},
		{"GET file", ``, 400, "file wants"},
		{"POST telegram/message", `{"chat":4711,"text":"hi"}`, 404, "4711"},
		{"POST telegram/message", `{"chat":"1001"}`, 400, `"chat" wants a whole number, not string`},
		{"POST telegram/click", `{"chat":1001,"message_id":1}`, 400, "label or data"},
		{"POST telegram/block", `{"chat":1001}`, 400, "blocked"},
		{"POST telegram/chat", `{"title":"x"}`, 400, "id"},
		{"POST clock", `{}`, 400, "either advance"},
		{"POST clock", `{"advance":"1h","set":"2027-01-01T00:00:00Z"}`, 400, "either advance"},
		{"POST clock", `{"advance":"3 weeks"}`, 400, "duration"},
		{"POST clock", `{"advance":"-1h"}`, 400, "backwards"},
		{"POST clock", `{"set":"2026-03-02T07:59:59Z"}`, 400, "backwards"},
		{"POST clock", `{"set":"tomorrow"}`, 400, "set wants a time"},
		{"POST fault", `{"platform":"fax","kind":"500"}`, 400, "platform"},
		{"POST fault", `{"platform":"slack","kind":"418"}`, 400, "kind"},
		{"POST fault", `{"platform":"stripe","kind":"drop_socket"}`, 400, "no socket"},
		{"POST fault", `{"platform":"slack","kind":"500","count":-1}`, 400, "negative"},
		{"POST pay", `{"url":"x","outcome":"maybe"}`, 400, "outcome"},
		{"POST pay", `{"url":"","outcome":"paid"}`, 400, "pay link"},
		{"POST pay", `{"url":"https://pay.example/pay/7","outcome":"paid"}`, 400, "not on this machine"},
		{"POST pay", `{"url":"/stripe/pay/cs_test_none","outcome":"paid"}`, 404, "cs_test_none"},
		{"POST reset", `{"really":true}`, 400, "known are: none"},
	} {
		method, path, _ := strings.Cut(c.request, " ")
		status, a := r.do(method, path, c.body)
		said, _ := a["error"].(string)
		if status != c.status || !strings.Contains(said, c.says) {
			t.Errorf("%s %s: got %d %q, want %d …%s…", c.request, c.body, status, said, c.status, c.says)
		}
	}
}

func TestStateHasTheFixedWorld(t *testing.T) {
	r := newRig(t, nil)
	status, a := r.do("GET", "state?wait=idle", "")
	if status != 200 || a["idle"] != true || a["now"] != "2026-03-02T08:00:00Z" {
		t.Fatalf("state: %d idle %v now %v", status, a["idle"], a["now"])
	}
	text, _ := json.Marshal(a)
	for _, want := range []string{"USALES0001", "UFINANCE01", "UMANAGER01", "UAUDITOR01", "CINVOICES1", "CFINANCE01", `"mail":[]`, `"homes":{}`, `"views":[]`, `"id":1001`, `"id":1010`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the state has no %s", want)
		}
	}
	if _, a := r.do("GET", "state?part=stripe", ""); a["slack"] != nil || a["stripe"] == nil {
		t.Errorf("part=stripe: %v", a)
	}
}

func TestIdleNeedsTheBotToo(t *testing.T) {
	idle := false
	r := newRig(t, func(o *Options) { o.BotIdle = func() bool { return idle } })
	if _, a := r.do("GET", "state", ""); a["idle"] != false {
		t.Error("idle while the bot works")
	}
	idle = true
	if _, a := r.do("GET", "state?wait=idle", ""); a["idle"] != true {
		t.Error("not idle while nobody works")
	}
}

func TestActsInSlack(t *testing.T) {
	r := newRig(t, nil)
	said := r.must("slack/message", `{"user":"USALES0001","channel":"CINVOICES1","text":"Look","files":[{"name":"a.txt","mime":"text/plain","data":"aGVsbG8="}]}`)
	ts, _ := said["ts"].(string)
	r.must("slack/message", `{"user":"UFINANCE01","channel":"CINVOICES1","thread_ts":"`+ts+`","text":"I do"}`)
	r.must("slack/edit", `{"user":"USALES0001","channel":"CINVOICES1","ts":"`+ts+`","text":"Look here"}`)
	list := r.messages()
	if len(list) != 2 || list[0]["text"] != "Look here" || list[0]["edited"] == nil || list[1]["thread_ts"] != ts {
		t.Fatalf("messages: %v", list)
	}
	file := list[0]["files"].([]any)[0].(map[string]any)["id"].(string)
	resp, err := http.Get(r.web.URL + "/control/file?slack=" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); string(b) != "hello" || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("the file is %q of type %s", b, resp.Header.Get("Content-Type"))
	}
	r.must("slack/delete", `{"user":"USALES0001","channel":"CINVOICES1","ts":"`+ts+`"}`)
	if list := r.messages(); len(list) > 0 && list[0]["text"] == "Look here" {
		t.Errorf("not deleted: %v", list)
	}
	// No bot is connected: the person is told so, and the platform waited for one in vain.
	if _, a := r.do("POST", "slack/command", `{"user":"USALES0001","channel":"CINVOICES1","command":"/ar","text":"help"}`); a["error"] != "dispatch_failed" {
		t.Errorf("a command without a bot: %v", a)
	}
}

func (r *rig) messages() []map[string]any {
	r.t.Helper()
	var state struct {
		Slack struct {
			Messages []map[string]any `json:"messages"`
		} `json:"slack"`
	}
	resp, err := http.Get(r.web.URL + "/control/state?part=slack")
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&state); err != nil {
		r.t.Fatal(err)
	}
	return state.Slack.Messages
}

func TestActsInTelegram(t *testing.T) {
	r := newRig(t, nil)
	api := "/telegram/bot123456789:sandbox/"
	r.must("telegram/message", `{"chat":1001,"text":"/start abc"}`)
	r.must("telegram/message", `{"chat":1001,"document":{"name":"a.csv","mime":"text/csv","data":"YTtiCg=="}}`)
	updates := r.platform(api+"getUpdates", nil)["result"].([]any)
	if len(updates) != 2 {
		t.Fatalf("updates: %v", updates)
	}
	sent := r.platform(api+"sendMessage", url.Values{"chat_id": {"1001"}, "text": {"Pay?"},
		"reply_markup": {`{"inline_keyboard":[[{"text":"Yes","callback_data":"y"},{"text":"Site","url":"https://example.com/"}]]}`}})
	id, _ := json.Marshal(sent["result"].(map[string]any)["message_id"])
	a := r.must("telegram/click", `{"chat":1001,"message_id":`+string(id)+`,"label":"Site"}`)
	if got := a["answer"].(map[string]any)["url"]; got != "https://example.com/" {
		t.Errorf("a URL button answers %v", a)
	}
	answered := make(chan bool)
	go func() { // the bot: it answers the query as soon as it comes
		defer close(answered)
		last := updates[1].(map[string]any)["update_id"].(float64)
		next, _ := json.Marshal(int(last) + 1)
		list := r.platform(api+"getUpdates", url.Values{"offset": {string(next)}, "timeout": {"5"}})["result"].([]any)
		q := list[0].(map[string]any)["callback_query"].(map[string]any)
		r.platform(api+"answerCallbackQuery", url.Values{"callback_query_id": {q["id"].(string)}, "text": {"Thanks"}, "show_alert": {"true"}})
	}()
	a = r.must("telegram/click", `{"chat":1001,"message_id":`+string(id)+`,"data":"y"}`)
	<-answered
	if got := a["answer"].(map[string]any); got["text"] != "Thanks" || got["show_alert"] != true {
		t.Errorf("the answer: %v", a)
	}
	r.must("telegram/block", `{"chat":1001,"blocked":true}`)
	resp, err := http.PostForm(r.web.URL+api+"sendMessage", url.Values{"chat_id": {"1001"}, "text": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 403 {
		t.Errorf("writing to one who blocked the bot: %d", resp.StatusCode)
	}
	r.must("telegram/chat", `{"id":-77,"type":"group","title":"Acme","people":[{"id":5,"first_name":"Ann"}]}`)
	r.must("telegram/message", `{"chat":-77,"from":5,"text":"hello"}`)
	r.must("telegram/chat", `{"id":-77,"migrate_to":-1000000000077}`)
	if _, a := r.do("GET", "state?part=telegram", ""); !strings.Contains(toText(a), "-1000000000077") {
		t.Error("the group did not migrate")
	}
}

func toText(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func TestTheClock(t *testing.T) {
	r := newRig(t, nil)
	if a := r.must("clock", `{"advance":"72h"}`); a["now"] != "2026-03-05T08:00:00Z" {
		t.Errorf("advance: %v", a)
	}
	if a := r.must("clock", `{"set":"2026-03-06T10:00:00+01:00"}`); a["now"] != "2026-03-06T09:00:00Z" {
		t.Errorf("set: %v", a)
	}
	still := newRig(t, func(o *Options) { o.Advance = nil })
	if status, a := still.do("POST", "clock", `{"advance":"1h"}`); status != 409 {
		t.Errorf("a clock of real time: %d %v", status, a)
	}
}

func TestFaultsAreOrderedAndListed(t *testing.T) {
	r := newRig(t, nil)
	r.must("fault", `{"platform":"slack","kind":"429","count":2,"channel":"CINVOICES1","retry_after":7}`)
	r.must("fault", `{"platform":"slack","kind":"drop_socket"}`)
	r.must("fault", `{"platform":"telegram","kind":"drop_socket"}`)
	want := stand.Fault{Platform: "slack", Kind: "429", Count: 2, Channel: "CINVOICES1", RetryAfter: 7}
	if got := r.Faults().Left(); len(got) != 1 || got[0] != want {
		t.Errorf("left: %+v", got)
	}
	if _, a := r.do("GET", "fault", ""); len(a["faults"].([]any)) != 1 {
		t.Errorf("listed: %v", a)
	}
	resp, err := http.PostForm(r.web.URL+"/slack/api/chat.postMessage", url.Values{"token": {"xoxb-sandbox"}, "channel": {"CINVOICES1"}, "text": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "7" {
		t.Errorf("the fault was not made: %d", resp.StatusCode)
	}
}

func TestPayFollowsTheBotsLink(t *testing.T) {
	var session string
	r := newRig(t, func(o *Options) {
		o.Bot = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			switch req.URL.Path {
			case "/pay/1":
				http.Redirect(w, req, "/pay/2", http.StatusSeeOther)
			case "/pay/2":
				http.Redirect(w, req, session, http.StatusSeeOther)
			case "/pay/loop":
				http.Redirect(w, req, "/pay/loop", http.StatusSeeOther)
			case "/stripe/webhook":
			default:
				http.NotFound(w, req)
			}
		})
	})
	session = r.session()
	a := r.must("pay", `{"url":"`+r.web.URL+`/pay/1","outcome":"paid"}`)
	if got := a["session"].(map[string]any)["payment_status"]; got != "paid" {
		t.Errorf("paid: %v", a)
	}
	if status, a := r.do("POST", "pay", `{"url":"/pay/1","outcome":"paid"}`); status != 409 {
		t.Errorf("paying again: %d %v", status, a)
	}
	for _, path := range []string{"/pay/loop", "/pay/none"} {
		if status, a := r.do("POST", "pay", `{"url":"`+path+`","outcome":"paid"}`); status != 409 {
			t.Errorf("%s: %d %v", path, status, a)
		}
	}
	session = r.session()
	for _, step := range []string{"pending complete unpaid", "paid complete paid"} {
		f := strings.Fields(step)
		a := r.must("pay", `{"url":"`+session+`","outcome":"`+f[0]+`"}`)["session"].(map[string]any)
		if a["status"] != f[1] || a["payment_status"] != f[2] {
			t.Errorf("%s: %v", step, a)
		}
	}
	if _, a := r.do("GET", "state?wait=idle", ""); a["idle"] != true {
		t.Error("the webhooks were taken, but the sandbox is not idle")
	}
	var kinds []string
	for _, e := range r.Log().Since(0) {
		if e.Platform == "stripe" && e.Dir == "out" {
			kinds = append(kinds, e.Method)
		}
	}
	if got, want := len(kinds), 6; got != want {
		t.Errorf("webhooks: %v", kinds)
	}
}

func (r *rig) session() string {
	r.t.Helper()
	a := r.platform("/stripe/v1/checkout/sessions", url.Values{"mode": {"payment"}, "success_url": {"https://t.me/x"},
		"line_items[0][quantity]": {"1"}, "line_items[0][price_data][currency]": {"eur"},
		"line_items[0][price_data][unit_amount]": {"5000"}, "line_items[0][price_data][product_data][name]": {"Invoice"}})
	return a["url"].(string)
}

func TestEventsTellWhatToLookAtAgain(t *testing.T) {
	r := newRig(t, nil)
	resp, err := http.Get(r.web.URL + "/control/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	names := make(chan string, 100)
	go func() {
		defer close(names)
		for in := bufio.NewScanner(resp.Body); in.Scan(); {
			if name, ok := strings.CutPrefix(in.Text(), "event: "); ok {
				names <- name
			}
		}
	}()
	expect := func(want string) {
		t.Helper()
		for end := time.After(5 * time.Second); ; {
			select {
			case name, ok := <-names:
				if name == want {
					return
				}
				if !ok {
					t.Fatalf("the stream ended before %q", want)
				}
			case <-end:
				t.Fatalf("no event %q", want)
			}
		}
	}
	expect("clock")
	r.must("slack/message", `{"user":"USALES0001","channel":"CINVOICES1","text":"x"}`)
	expect("slack")
	r.must("telegram/message", `{"chat":1001,"text":"x"}`)
	expect("telegram")
	r.session()
	expect("stripe")
	r.must("clock", `{"advance":"1h"}`)
	expect("clock")
	r.must("reset", `{}`)
	expect("reset")
}

func TestResetMakesEverythingNew(t *testing.T) {
	asked := false
	r := newRig(t, func(o *Options) {
		o.Reset = func(_ context.Context, clear func()) error { asked = true; clear(); return nil }
	})
	r.must("slack/message", `{"user":"USALES0001","channel":"CINVOICES1","text":"x"}`)
	r.must("telegram/message", `{"chat":1001,"text":"x"}`)
	r.must("fault", `{"platform":"slack","kind":"500"}`)
	r.session()
	r.must("reset", ``)
	_, a := r.do("GET", "state", "")
	if text := toText(a); !asked || strings.Contains(text, `"text":"x"`) || !strings.Contains(text, `"sessions":[]`) || len(r.Faults().Left()) > 0 {
		t.Errorf("after reset (the bot was asked: %v): %s", asked, text)
	}
	if n := r.Pending(); n != 0 {
		t.Errorf("pending after reset: %d", n)
	}
}

func TestTheStateOutlivesTheProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "stand.json")
	keep := func(o *Options) { o.File = file }
	r := newRig(t, keep)
	r.must("slack/message", `{"user":"USALES0001","channel":"CINVOICES1","text":"kept in Slack"}`)
	r.must("telegram/message", `{"chat":1001,"text":"kept in Telegram"}`)
	session := r.session()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	again := newRig(t, keep)
	_, a := again.do("GET", "state", "")
	for _, want := range []string{"kept in Slack", "kept in Telegram", session[strings.LastIndex(session, "/")+1:]} {
		if !strings.Contains(toText(a), want) {
			t.Errorf("lost: %s", want)
		}
	}
	if left, _ := filepath.Glob(file + ".*"); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	for name, text := range map[string]string{"cut": `{"version":1,"slack":`, "newer": `{"version":2}`} {
		if err := os.WriteFile(file+"-"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{Clock: &handClock{now: begin}, File: file + "-" + name}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("a %s file: %v", name, err)
		}
	}
}

func TestThePageIsServedStrictly(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Hint = "Type `/ar help`"
		o.Commands = []CommandHelp{{Command: "/ar help", Usage: "[verb]", Description: "What can be said"}}
	})
	for path, kind := range map[string]string{"/": "text/html; charset=utf-8", "/main.js": "text/javascript; charset=utf-8", "/base.css": "text/css; charset=utf-8", "/icon.svg": "image/svg+xml"} {
		resp, err := http.Get(r.web.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != kind || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'self'") {
			t.Errorf("%s: %d %v", path, resp.StatusCode, resp.Header)
		}
		for _, bad := range []string{"innerHTML", "insertAdjacentHTML", " onclick=", "eval(", "https://fonts"} {
			if strings.Contains(string(b), bad) {
				t.Errorf("%s has %s", path, bad)
			}
		}
	}
	for path, want := range map[string]int{"/none.js": 404, "/../control.go": 404, "/page": 404} {
		resp, err := http.Get(r.web.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	if _, a := r.do("GET", "page", ""); a["hint"] != "Type `/ar help`" || len(a["commands"].([]any)) != 1 || a["movable"] != true {
		t.Errorf("setting: %v", a)
	}
}

// The page imports only its own modules, by names that exist.
func TestThePagesModulesExist(t *testing.T) {
	list, err := pageFiles.ReadDir("page")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		b, _ := pageFiles.ReadFile("page/" + f.Name())
		for _, line := range strings.Split(string(b), "\n") {
			_, from, ok := strings.Cut(line, " from '")
			if !strings.HasPrefix(line, "import ") || !ok {
				continue
			}
			name, _, _ := strings.Cut(from, "'")
			if _, err := pageFiles.Open("page/" + strings.TrimPrefix(name, "./")); err != nil {
				t.Errorf("%s imports %s: %v", f.Name(), name, err)
			}
		}
	}
}
