package telegramapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"duebot/adapters/sandbox/stand"
)

func TestTokensAndPaths(t *testing.T) {
	w := newWorld(t, emma())
	for _, c := range []struct {
		path string
		code int
		text string
	}{
		{"/telegram/bot" + Token + "/getMe", 200, ""},
		{"/bot" + Token + "/GETME", 200, ""},
		{"/telegram/bot" + LongToken + "/getme", 200, ""},
		{"/telegram/bot123456789:wrong/getMe", 401, "Unauthorized"},
		{"/telegram/botnonsense/getMe", 401, "Unauthorized: invalid token specified"},
		{"/telegram/bot" + Token + "/", 404, "Not Found"},
		{"/telegram/bot" + Token, 404, "Not Found"},
		{"/telegram/", 404, "Not Found"},
		{"/telegram/bot" + Token + "/sendLove", 404, "Not Found: method not found"},
		{"/telegram/file/bot" + Token + "/documents/none.pdf", 404, "Not Found"},
	} {
		r, err := http.Get(w.url + c.path)
		if err != nil {
			t.Fatal(err)
		}
		a, err := readAnswer(r)
		if err != nil || a.status != c.code || a.Text != c.text {
			t.Errorf("%s: %d %q, want %d %q (%v)", c.path, a.status, a.Text, c.code, c.text, err)
		}
	}
	for _, e := range w.log.Since(0) {
		if b, _ := json.Marshal(e); bytes.Contains(b, []byte("sandbox____")) || bytes.Contains(b, []byte(Token)) {
			t.Errorf("token in the log: %s", b)
		}
	}
}

// Every way to say the same thing makes the same message.
func TestBodies(t *testing.T) {
	w := newWorld(t, emma())
	base := w.url + "/telegram/bot" + Token + "/sendMessage"
	keyboard := `{"inline_keyboard":[[{"text":"Pay","callback_data":"p"}]]}`
	var form bytes.Buffer
	mw := multipart.NewWriter(&form)
	for k, v := range map[string]string{"chat_id": "1001", "text": "hi", "protect_content": "True", "reply_markup": keyboard} {
		_ = mw.WriteField(k, v)
	}
	_ = mw.Close()
	query := url.Values{"chat_id": {"1001"}, "text": {"hi"}, "protect_content": {"YES"}, "reply_markup": {keyboard}}.Encode()
	ways := map[string]func() (*http.Response, error){
		"get":       func() (*http.Response, error) { return http.Get(base + "?" + query) },
		"form":      func() (*http.Response, error) { return post(base, "application/x-www-form-urlencoded", query) },
		"multipart": func() (*http.Response, error) { return post(base, mw.FormDataContentType(), form.String()) },
		"json": func() (*http.Response, error) {
			return post(base, "application/json; charset=utf-8", `{"chat_id":1001,"text":"hi","protect_content":1,"entities":null,"reply_markup":`+keyboard+`}`)
		},
		"json in strings": func() (*http.Response, error) {
			return post(base, "application/json", `{"chat_id":"1001","text":"hi","protect_content":"true","reply_markup":`+string(encode(keyboard))+`}`)
		},
		"body and query": func() (*http.Response, error) {
			return post(base+"?chat_id=1001&text=hi", "application/json", `{"protect_content":true,"reply_markup":`+keyboard+`}`)
		},
	}
	for name, way := range ways {
		w.clock.move(time.Minute)
		r, err := way()
		if err != nil {
			t.Fatal(err)
		}
		a, err := readAnswer(r)
		var m message
		if err != nil || json.Unmarshal(a.Result, &m) != nil || m.Text != "hi" || !m.Protected || m.Markup.Rows[0][0].Data != "p" {
			t.Errorf("%s: %+v %v", name, a, err)
		}
	}
}

func post(to, kind, body string) (*http.Response, error) {
	return http.Post(to, kind, strings.NewReader(body))
}

func TestFaults(t *testing.T) {
	w := newWorld(t, emma())
	w.fault.Add(stand.Fault{Platform: "telegram", Kind: stand.Fault429, Chat: 1001, RetryAfter: 7})
	w.refused(429, "Too Many Requests: retry after 7", "sendMessage", "chat_id", 1001, "text", "x")
	w.fault.Add(stand.Fault{Platform: "telegram", Kind: stand.Fault500})
	w.refused(500, "Internal Server Error", "sendMessage", "chat_id", 1001, "text", "x")

	if testing.Short() {
		t.Skip("the rest takes four seconds of wall time")
	}
	w.fault.Add(stand.Fault{Platform: "telegram", Kind: stand.FaultTimeout})
	if a, err := w.try("sendMessage", "chat_id", 1001, "text", "x"); err == nil {
		t.Errorf("timeout was answered: %+v", a)
	}
	if n := w.count(1001); n != 0 {
		t.Errorf("timeout left %d messages, want none", n)
	}
	w.fault.Add(stand.Fault{Platform: "telegram", Kind: stand.FaultTimeoutAfterAccept})
	if a, err := w.try("sendMessage", "chat_id", 1001, "text", "x"); err == nil {
		t.Errorf("timeout_after_accept was answered: %+v", a)
	}
	if n := w.count(1001); n != 1 || w.Pending() != 0 {
		t.Errorf("timeout_after_accept left %d messages and %d pending, want 1 and 0", n, w.Pending())
	}
	log := w.log.Since(0)
	if last := log[len(log)-1]; last.Status != 0 || last.Method != "sendMessage" {
		t.Errorf("logged as %+v, want status 0", last)
	}
}

func TestLogAndDroppedPoll(t *testing.T) {
	w := newWorld(t, emma())
	w.updates("offset", 1)
	w.say(1001, "hello")
	w.updates("offset", 2)
	w.sent("sendMessage", "chat_id", 1001, "text", "hi")
	var got []string
	for _, e := range w.log.Since(0) {
		got = append(got, fmt.Sprint(e.Dir, " ", e.Method, " ", e.Where, " ", e.Status))
	}
	if want := []string{"out update 1001 200", "in sendMessage 1001 200"}; !reflect.DeepEqual(got, want) {
		t.Errorf("log %q, want %q", got, want)
	}
	w.fault.Add(stand.Fault{Platform: "telegram", Kind: stand.FaultDropSocket})
	if _, err := w.try("getUpdates", "offset", 3); err == nil {
		t.Error("a dropped getUpdates was answered")
	}
	if list := w.updates("offset", 4); len(list) != 1 || w.Pending() != 1 {
		t.Errorf("after the drop: %d updates, pending %d", len(list), w.Pending())
	}
}

// FuzzBody: whatever the body, the server answers with JSON and keeps serving.
func FuzzBody(f *testing.F) {
	f.Add("application/json", `{"chat_id":1001,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}}`)
	f.Add("application/x-www-form-urlencoded", "chat_id=1001&text=%3Cb%3Ex&parse_mode=HTML")
	f.Add("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"document\"; filename=\"a\"\r\n\r\nb\r\n--x--")
	f.Add("application/json", `{"chat_id":1001,"text":"ab","entities":[{"type":"bold","offset":0,"length":9}]}`)
	c := &clock{now: time.Now()}
	s := New(stand.Options{Clock: c, Faults: &stand.Faults{}, Log: stand.NewLog(c)}, []Chat{emma(), group()})
	f.Fuzz(func(t *testing.T, kind, body string) {
		for _, m := range []string{"sendMessage", "sendDocument", "editMessageMedia", "setMyCommands"} {
			c.move(time.Minute)
			r := httptest.NewRequest("POST", "/telegram/bot"+Token+"/"+m, strings.NewReader(body))
			r.Header.Set("Content-Type", kind)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			var a answer
			if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || a.OK != (w.Code == 200) {
				t.Fatalf("%s %d %s", m, w.Code, w.Body)
			}
		}
		if s.Pending() != 0 {
			t.Fatal("busy after the last answer")
		}
	})
}
