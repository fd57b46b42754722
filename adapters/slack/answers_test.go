package slack

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"duebot/commands/card"
)

// What Slack, or whoever answers in its place, may say to a message, and what is made of it:
// after a "lost" one it is looked up before it is sent again.
func TestAnswersToAPost(t *testing.T) {
	for name, x := range map[string]struct {
		status int
		retry  string
		body   string
		want   string
		wait   time.Duration
	}{
		"ok false and nothing else":          {200, "", `{"ok":false}`, "lost", 0},
		"an empty object":                    {200, "", `{}`, "lost", 0},
		"a page":                             {200, "", `<html>`, "lost", 0},
		"an error in the midst of it":        {200, "", `{"ok":false,"error":"internal_error"}`, "lost", 0},
		"a catastrophe in the midst of it":   {200, "", `{"ok":false,"error":"fatal_error"}`, "lost", 0},
		"a server that broke":                {503, "", `<html>503</html>`, "lost", 0},
		"a request that came in parts":       {200, "", `{"ok":false,"error":"request_timeout"}`, "later", time.Second},
		"too many, for three centuries":      {429, "999999999", `{}`, "limited", time.Hour},
		"too many, for longer than there is": {429, "9223372036854775807", `{}`, "limited", time.Second},
		"too many, since yesterday":          {429, "-86400", `{}`, "limited", time.Second},
		"too many, and not how long":         {429, "", `{"ok":false,"error":"ratelimited"}`, "limited", limitWait},
		"an app that may not post":           {200, "", `{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"commands"}`, "refused", 0},
		"an app that may not upload":         {200, "", `{"ok":false,"error":"missing_scope","needed":"files:write","provided":"commands"}`, "refused", 0},
		"a channel that is read only":        {200, "", `{"ok":false,"error":"restricted_action_read_only_channel"}`, "removed", 0},
		"an app that was taken out":          {200, "", `{"ok":false,"error":"token_expired"}`, "all", time.Minute},
		"taken":                              {200, "", `{"ok":true,"channel":"C1","ts":"1.000001"}`, "sent", 0},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if x.retry != "" {
				w.Header().Set("Retry-After", x.retry)
			}
			w.WriteHeader(x.status)
			io.WriteString(w, x.body)
		}))
		c, _ := testClient(srv.URL)
		m := Message{Channel: "C1", Card: &card.Card{Body: []card.Text{card.Plain("x")}}, Words: func(t card.Text) string { return t.Plain }}
		_, _, err := c.Post(t.Context(), m)
		if got, wait := fate(err); got != x.want || wait != x.wait {
			t.Errorf("%s: %s, wait %s; want %s, %s", name, got, wait, x.want, x.wait)
		}
		if got, _ := fate(c.Update(t.Context(), m, "1.000001")); got != x.want {
			t.Errorf("%s, to an edit: %s, want %s", name, got, x.want)
		}
		if _, ts, err := c.Find(t.Context(), "C1", "", "n1", time.Now()); err == nil && (x.want == "lost" || ts != "") {
			t.Errorf("%s: the message is taken for one that was never posted", name)
		}
		if _, _, err := c.Find(t.Context(), "C1", "1.000001", "n1", time.Now()); err == nil && x.want == "lost" {
			t.Errorf("%s: the reply is taken for one that was never posted", name)
		}
		srv.Close()
	}
}

// fate is what an error means for its message.
func fate(err error) (string, time.Duration) {
	var e *card.SendError
	switch {
	case err == nil:
		return "sent", 0
	case !errors.As(err, &e):
		return "lost", 0
	case e.Gone:
		return e.Route, 0
	case e.Limited:
		return "limited", e.RetryAfter
	case e.All:
		return "all", e.RetryAfter
	case e.Permanent:
		return "refused", 0
	}
	return "later", e.RetryAfter
}

// A message is looked up around the time when it was sent, whatever Slack's clock shows and
// however much was said since.
func TestFindLooksAroundItsTime(t *testing.T) {
	var asked string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		asked = r.Form.Get("oldest") + " " + r.Form.Get("latest")
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"ok":true,"messages":[],"has_more":true,"response_metadata":{"next_cursor":"more"}}`)
	}))
	defer srv.Close()
	c, _ := testClient(srv.URL)
	_, _, err := c.Find(t.Context(), "C1", "", "n1", time.Unix(1_000_000, 0))
	if asked != "999400.000000 1000600.000000" {
		t.Errorf("asked for %s", asked)
	}
	if got, _ := fate(err); got != "refused" || !strings.Contains(err.Error(), "too much") {
		t.Errorf("a channel without an end: %v, want a word that nobody knows", err)
	}
}
