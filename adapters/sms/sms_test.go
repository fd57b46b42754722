package sms_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"duebot/adapters/sandbox/smsapi"
	"duebot/adapters/sandbox/stand"
	"duebot/adapters/sms"
	"duebot/commands/card"
)

type wall struct{}

func (wall) Now() time.Time { return time.Now() }

func (wall) After(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

// gateway is the stand-in, and what it can be told to fail by.
type gateway struct {
	*smsapi.Server
	faults stand.Faults
	url    string
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{}
	g.Server = smsapi.New(stand.Options{Clock: wall{}, Faults: &g.faults, Log: stand.NewLog(wall{}), Changed: func() {}})
	http := httptest.NewServer(g.Server)
	t.Cleanup(func() { g.Close(); http.Close() })
	g.url = http.URL + smsapi.Path
	return g
}

func client(t *testing.T, cfg sms.Config) *sms.Client {
	t.Helper()
	c, err := sms.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const number = "+40721234567"

// A message is taken by either body, with every letter as it was.
func TestSend(t *testing.T) {
	g := newGateway(t)
	const text = `Lindenhof & Söhne: "500 €" = 50% + 1, ждём {to}`
	for i, kind := range []string{sms.TypeJSON, sms.TypeForm} {
		c := client(t, sms.Config{URL: g.url, Token: smsapi.Token, Type: kind, From: "Duebot"})
		id, err := c.Send(context.Background(), sms.Message{To: number, Text: text, ID: "n7.x"})
		if err != nil || id == "n7.x" || id == "" {
			t.Errorf("%s: got id %q, %v", kind, id, err)
		}
		if got := g.Messages()[i]; got.To != number || got.Text != text || got.Reference != "n7.x" {
			t.Errorf("%s: taken was %+v", kind, got)
		}
	}
	c := client(t, sms.Config{URL: g.url, Token: smsapi.Token})
	if err := c.Check(context.Background()); err != nil || len(g.Messages()) != 2 {
		t.Errorf("a check: %v, and %d messages", err, len(g.Messages()))
	}
}

// What the gateway says tells whether anything was sent: that is so of each failure.
func TestFailures(t *testing.T) {
	for _, x := range []struct {
		name, fault, token, to string
		want                   card.SendError // but for its reason
		unknown                bool
		taken                  int
	}{
		{name: "slow down", fault: stand.Fault429, want: card.SendError{Limited: true, RetryAfter: 7 * time.Second}},
		{name: "the number is none", fault: stand.FaultRefuse, want: card.SendError{Permanent: true, Gone: true, Route: "refused"}},
		{name: "no E.164", to: "0721234567", want: card.SendError{Permanent: true, Gone: true, Route: "refused"}},
		{name: "a wrong token", token: "other", want: card.SendError{All: true, RetryAfter: time.Minute}},
		{name: "it broke off inside", fault: stand.Fault500, unknown: true},
		{name: "no answer", fault: stand.FaultTimeout, unknown: true},
		{name: "a lost answer", fault: stand.FaultTimeoutAfterAccept, unknown: true, taken: 1},
	} {
		t.Run(x.name, func(t *testing.T) {
			g := newGateway(t)
			if x.fault != "" {
				g.faults.Add(stand.Fault{Platform: "sms", Kind: x.fault, RetryAfter: 7})
			}
			token, to := smsapi.Token, number
			if x.token != "" {
				token = x.token
			}
			if x.to != "" {
				to = x.to
			}
			_, err := client(t, sms.Config{URL: g.url, Token: token, Timeout: 300 * time.Millisecond}).Send(context.Background(), sms.Message{To: to, Text: "500", ID: "n1"})
			var refused *card.SendError
			switch {
			case err == nil:
				t.Fatal("it was taken")
			case errors.As(err, &refused) == x.unknown:
				t.Errorf("got %v", err)
			case refused != nil:
				got := *refused
				if got.Reason = ""; got != x.want {
					t.Errorf("got %+v, want %+v", got, x.want)
				}
			}
			for _, secret := range []string{token, to, "127.0.0.1"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells %q", secret)
				}
			}
			if len(g.Messages()) != x.taken {
				t.Errorf("%d messages were taken", len(g.Messages()))
			}
		})
	}
}

// What never left is not sent, and can be sent again.
func TestNobodyThere(t *testing.T) {
	g := newGateway(t)
	gone := httptest.NewServer(g.Server)
	url := gone.URL
	gone.Close()
	_, err := client(t, sms.Config{URL: url + smsapi.Path, Token: smsapi.Token}).Send(context.Background(), sms.Message{To: number, Text: "500", ID: "n1"})
	var refused *card.SendError
	if !errors.As(err, &refused) || !refused.Silent || refused.Permanent {
		t.Errorf("got %v", err)
	}
}

// What a gateway says in the body of an answer with a status of success counts: an error there is
// no message that was taken. What only looks like one is none.
func TestErrorInSuccess(t *testing.T) {
	for _, x := range []struct {
		body   string
		failed bool
		why    string // the reason names it
	}{
		{`{"status":"error","message":"no money left for +40721234567"}`, true, "no money left for +…"},
		{`{"success":false,"error":{"code":7}}`, true, ""},
		{`{"error":"no such sender","id":"5"}`, true, "no such sender"},
		{`{"error_code":12,"error_message":"token sms-sandbox-token is blocked"}`, true, "token … is blocked"},
		{`{"Errors":[{"text":"x"}]}`, true, ""},
		{`{"id":"9","status":"Rejected"}`, true, ""},
		{"ERROR: 5", true, ""},
		{`{"id":"9","status":"accepted","error":null,"errors":[],"error_code":0}`, false, ""},
		{`{"ok":true,"message_id":77,"errorCode":"0"}`, false, ""},
		{`accepted`, false, ""},
		{``, false, ""},
	} {
		gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, x.body) }))
		_, err := client(t, sms.Config{URL: gateway.URL, Token: smsapi.Token}).Send(context.Background(), sms.Message{To: number, Text: "500", ID: "n1"})
		gateway.Close()
		var refused *card.SendError
		switch {
		case !x.failed && err != nil, x.failed && (!errors.As(err, &refused) || !refused.Permanent || refused.Gone):
			t.Errorf("%s: got %v", x.body, err)
		case x.failed && !strings.Contains(err.Error(), x.why):
			t.Errorf("%s: the reason is %q, want %q in it", x.body, err, x.why)
		}
	}
}

// A gateway that leads elsewhere is not followed: the token would go along. It took nothing.
func TestRedirect(t *testing.T) {
	followed := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer other.Close()
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		gateway := httptest.NewServer(http.RedirectHandler(other.URL, status))
		_, err := client(t, sms.Config{URL: gateway.URL, Token: smsapi.Token}).Send(context.Background(), sms.Message{To: number, Text: "500", ID: "n1"})
		gateway.Close()
		var refused *card.SendError
		if followed || !errors.As(err, &refused) || !refused.All || refused.Permanent || strings.Contains(err.Error(), other.URL) {
			t.Errorf("%d: followed %t, got %v", status, followed, err)
		}
	}
}

// Settings that are wrong are named, and tell no secret.
func TestSettings(t *testing.T) {
	const url, token = "https://sms.example/send", "s3cret"
	for _, x := range []struct {
		cfg  sms.Config
		want string
	}{
		{sms.Config{URL: "sms.example", Token: token}, "SMS_URL"},
		{sms.Config{URL: "http://sms.example/send", Token: token}, "SMS_URL"},
		{sms.Config{URL: "https://user:s3cret@sms.example", Token: token}, "SMS_URL"},
		{sms.Config{URL: url}, "SMS_TOKEN"},
		{sms.Config{URL: url, Token: "two words"}, "SMS_TOKEN"},
		{sms.Config{URL: url, Token: token, Type: "xml"}, "sms.type"},
		{sms.Config{URL: url, Token: token, Body: `{"to":"{to}"}`}, "sms.body"},
		{sms.Config{URL: url, Token: token, Body: `{"to":{to},"text":"{text}"}`}, "sms.body"},
		{sms.Config{URL: url, Token: token, Body: `{"phone":"{to}","body":"{text}"}`}, ""},
	} {
		_, err := sms.New(x.cfg)
		switch {
		case x.want == "" && err != nil, x.want != "" && (err == nil || !strings.HasPrefix(err.Error(), x.want+":")):
			t.Errorf("%+v: got %v, want %q", x.cfg, err, x.want)
		case err != nil && strings.Contains(err.Error(), token):
			t.Errorf("the error tells the token: %v", err)
		}
	}
}

// A text is as many messages as the alphabets make of it.
func TestSegments(t *testing.T) {
	for _, x := range []struct {
		text string
		want int
	}{
		{"", 1}, {strings.Repeat("a", 160), 1}, {strings.Repeat("a", 161), 2}, {strings.Repeat("a", 306), 2}, {strings.Repeat("a", 307), 3},
		{strings.Repeat("€", 80), 1}, {strings.Repeat("€", 81), 2}, {strings.Repeat("€", 152), 2}, {strings.Repeat("€", 153), 3},
		{strings.Repeat("ж", 70), 1}, {strings.Repeat("ж", 71), 2}, {strings.Repeat("ж", 134), 2}, {strings.Repeat("ж", 135), 3},
		{strings.Repeat("a", 69) + "ж", 1}, {strings.Repeat("a", 70) + "ж", 2}, {strings.Repeat("😀", 35), 1}, {strings.Repeat("😀", 36), 2}, {strings.Repeat("😀", 66), 2}, {strings.Repeat("😀", 67), 3},
		{"ș", 1}, {"Rugam sa achitati", 1},
	} {
		if got := sms.Segments(x.text); got != x.want {
			t.Errorf("%d letters, the first %.3q: got %d, want %d", len([]rune(x.text)), x.text, got, x.want)
		}
	}
}
