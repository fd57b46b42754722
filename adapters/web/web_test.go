package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// desk is a Handler that notes what reaches it.
type desk struct {
	link, signature string
	body            []byte
	ready           error
	refused         []string
}

func (d *desk) Pay(_ context.Context, link, _ string) (string, Words, bool) {
	if d.link = link; link == "good" {
		return "https://pay.example/s/1", Words{}, true
	}
	return "", Words{Lang: "en", Title: "Payment", Body: `<script>alert("x")</script>`}, link == "paid"
}

func (d *desk) Returned(_ context.Context, link string) (Words, bool) {
	d.link = link
	return Words{Lang: `en"><script>`, Title: "Thanks", Body: "ok"}, link == "paid"
}

func (d *desk) Refused(channel, why string) { d.refused = append(d.refused, channel+" "+why) }

func (d *desk) Providers() []string { return []string{"stripe"} }

func (d *desk) Webhook(_ string, r *http.Request, body []byte) int {
	d.body, d.signature = body, r.Header.Get("Stripe-Signature")
	return http.StatusBadRequest
}

func (d *desk) Ready() error { return d.ready }

func (d *desk) Troubles() []string { return []string{"telegram has not answered"} }

func ask(d *desk, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Stripe-Signature", "t=1")
	w := httptest.NewRecorder()
	New(d, slog.New(slog.NewTextHandler(io.Discard, nil))).ServeHTTP(w, r)
	return w
}

// A good link redirects and is not kept by anybody; any other shows words, as words.
func TestPay(t *testing.T) {
	d := &desk{}
	w := ask(d, "GET", "/pay/good", "")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "https://pay.example/s/1" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	for path, status := range map[string]int{"/pay/bad": 404, "/pay/bad/done": 404, "/pay/paid": 200, "/pay/paid/done": 200} {
		w := ask(d, "GET", path, "")
		if w.Code != status || !strings.Contains(path, d.link) || strings.Contains(w.Body.String(), "<script>") || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: got %d %s", path, w.Code, w.Body)
		}
	}
	d.link = ""
	if w := ask(d, "HEAD", "/pay/good", ""); w.Code != http.StatusNoContent || d.link != "" || w.Header().Get("Location") != "" {
		t.Errorf("who only looks at a link opens %q: %d", d.link, w.Code)
	}
}

// A webhook is handed on as it came, up to a size; its answer is the handler's.
func TestWebhook(t *testing.T) {
	d := &desk{}
	if w := ask(d, "POST", "/stripe/webhook", "{ }"); w.Code != http.StatusBadRequest || string(d.body) != "{ }" || d.signature != "t=1" {
		t.Errorf("got %d, and handed on %q %q", w.Code, d.body, d.signature)
	}
	d.body = nil
	if w := ask(d, "POST", "/stripe/webhook", strings.Repeat("x", bodyMax+1)); w.Code != http.StatusRequestEntityTooLarge || d.body != nil {
		t.Errorf("too large: got %d, and %d bytes were handed on", w.Code, len(d.body))
	}
	for method, path := range map[string]string{"GET": "/stripe/webhook", "POST": "/pay/good", "DELETE": "/healthz"} {
		d.refused = nil
		if w := ask(d, method, path, ""); w.Code != http.StatusMethodNotAllowed || strings.Join(d.refused, ",") != "web unknown" {
			t.Errorf("%s %s: got %d, and told of %q", method, path, w.Code, d.refused)
		}
	}
}

// Being ready is told without telling why not.
func TestReady(t *testing.T) {
	d := &desk{ready: errors.New("the ledger of Lindenhof is closed")}
	if w := ask(d, "GET", "/readyz", ""); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "Lindenhof") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	d.ready = nil
	if w := ask(d, "GET", "/readyz", ""); w.Code != http.StatusOK {
		t.Errorf("got %d", w.Code)
	}
}
