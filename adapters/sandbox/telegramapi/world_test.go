package telegramapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"duebot/adapters/sandbox/stand"
)

// clock is business time that stands still until it is moved.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	later []func() bool // each reports whether it has run
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.later = slices.DeleteFunc(c.later, func(f func() bool) bool { return f() })
}

func (c *clock) After(d time.Duration, f func()) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.now.Add(d)
	c.later = append(c.later, func() bool {
		if at.After(c.now) {
			return false
		}
		go f()
		return true
	})
	return func() {}
}

// world is a server on loopback and the hands to use it.
type world struct {
	*Server
	t     *testing.T
	clock *clock
	url   string
	log   *stand.Log
	fault *stand.Faults
}

func newWorld(t *testing.T, chats ...Chat) *world {
	t.Helper()
	c := &clock{now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	w := &world{t: t, clock: c, log: stand.NewLog(c), fault: &stand.Faults{}}
	w.Server = New(stand.Options{Clock: c, Faults: w.fault, Log: w.log}, chats)
	h := httptest.NewServer(w)
	t.Cleanup(func() { w.Close(); w.DropPoll(); h.CloseClientConnections(); h.Close() })
	w.url = h.URL
	return w
}

// emma is a private chat that the bot may write to.
func emma() Chat {
	return Chat{ID: 1001, Type: "private", Started: true,
		People: []Person{{ID: 1001, FirstName: "Emma", LastName: "Clarke", Username: "emma", LanguageCode: "en"}}}
}

func group() Chat {
	return Chat{ID: -500, Type: "group", Title: "Acme and Lindenhof", People: []Person{{ID: 1001, FirstName: "Emma"}, {ID: 1002, FirstName: "Bo"}}}
}

// answer is the body of any answer.
type answer struct {
	OK     bool            `json:"ok"`
	Code   int             `json:"error_code"`
	Text   string          `json:"description"`
	Result json.RawMessage `json:"result"`
	Params struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
	status int
	header http.Header
}

// call posts a form; the pairs are names and values.
func (w *world) call(method string, pairs ...any) answer {
	w.t.Helper()
	a, err := w.try(method, pairs...)
	if err != nil {
		w.t.Fatalf("%s: %v", method, err)
	}
	return a
}

func (w *world) try(method string, pairs ...any) (a answer, err error) {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i].(string), fmt.Sprint(pairs[i+1]))
	}
	r, err := http.PostForm(w.url+"/telegram/bot"+Token+"/"+method, v)
	if err != nil {
		return a, err
	}
	return readAnswer(r)
}

func readAnswer(r *http.Response) (a answer, err error) {
	defer r.Body.Close()
	a.status, a.header = r.StatusCode, r.Header
	return a, json.NewDecoder(r.Body).Decode(&a)
}

// sent calls and returns the message, which must have been taken.
func (w *world) sent(method string, pairs ...any) (m message) {
	w.t.Helper()
	a := w.call(method, pairs...)
	if !a.OK || json.Unmarshal(a.Result, &m) != nil {
		w.t.Fatalf("%s %v: %d %s", method, pairs, a.Code, a.Text)
	}
	return m
}

// refused calls and compares the refusal.
func (w *world) refused(code int, text, method string, pairs ...any) answer {
	w.t.Helper()
	a := w.call(method, pairs...)
	if a.OK || a.Code != code || a.status != code || a.Text != text {
		w.t.Errorf("%s %.80v\n got %d %s\nwant %d %s", method, pairs, a.Code, a.Text, code, text)
	}
	return a
}

// updates fetches updates; it does not ask twice for the same offset within a test unless
// it means to wait.
func (w *world) updates(pairs ...any) []map[string]json.RawMessage {
	w.t.Helper()
	a := w.call("getUpdates", pairs...)
	var out []map[string]json.RawMessage
	if !a.OK || json.Unmarshal(a.Result, &out) != nil {
		w.t.Fatalf("getUpdates: %d %s", a.Code, a.Text)
	}
	return out
}

func (w *world) say(chat int64, text string) int {
	w.t.Helper()
	id, err := w.Message(MessageAct{Chat: chat, Text: text})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func updateID(u map[string]json.RawMessage) (id int64) {
	_ = json.Unmarshal(u["update_id"], &id)
	return id
}

// count is how many messages a chat has.
func (w *world) count(chat int64) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.chats[chat].Messages)
}

// parked waits until a poll is parked.
func (w *world) parked() {
	w.t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		w.mu.Lock()
		is := w.queue.poll != nil
		w.mu.Unlock()
		if is {
			return
		}
	}
	w.t.Fatal("no poll was parked")
}

// status is the status of a Refusal.
func status(err error) int {
	var r *stand.Refusal
	if errors.As(err, &r) {
		return r.Status
	}
	return 0
}

// onePixel is a PNG of one pixel.
func onePixel() []byte {
	b, _ := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
	return b
}

// upload posts a multipart body with one file.
func (w *world) upload(method, field, name string, data []byte, pairs ...string) answer {
	w.t.Helper()
	var body bytes.Buffer
	mw := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		_ = mw.WriteField(pairs[i], pairs[i+1])
	}
	part, _ := mw.CreateFormFile(field, name)
	_, _ = part.Write(data)
	_ = mw.Close()
	r, err := http.Post(w.url+"/telegram/bot"+Token+"/"+method, mw.FormDataContentType(), &body)
	if err != nil {
		w.t.Fatal(err)
	}
	a, err := readAnswer(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}
