package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v84/webhook"

	"duebot/adapters/web"
	"duebot/bot/clock"
)

// entrances is the bot's own HTTP as serve opens it, over real connections.
type entrances struct {
	t    *testing.T
	b    *Bot
	log  *lockedText
	addr string
}

// The tests' patience with slow callers; the program's is longer.
const shortPatience = 400 * time.Millisecond

func newEntrances(t *testing.T) *entrances {
	e := &entrances{t: t, log: &lockedText{}}
	f := newFixtureOf(t, sandboxOptions{http: true}, e.log)
	e.b = f.box.bot.Load()
	for _, name := range e.b.payments.Providers() { // which would be told amid the counting
		e.b.payments.tellForged(t.Context(), name)
	}
	f.rest()
	l, err := web.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := web.Server(e.b.web)
	if srv.ReadHeaderTimeout <= 0 || srv.ReadTimeout <= 0 || srv.WriteTimeout <= 0 || srv.IdleTimeout <= 0 || srv.MaxHeaderBytes <= 0 {
		t.Errorf("a server without limits: %+v", srv)
	}
	srv.ReadHeaderTimeout, srv.ReadTimeout = shortPatience, 2*shortPatience
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	e.addr = l.Addr().String()
	return e
}

// knock is a request as it goes over the wire.
type knock struct {
	method, path string
	headers      []string // "Name: value"
	body         string
	sent         int  // of the body's bytes; 0 for all
	slow         bool // and then nothing more comes
}

// do sends k and returns the status of the answer; 0 for none.
func (e *entrances) do(k knock) int {
	e.t.Helper()
	conn, err := net.Dial("tcp", e.addr)
	if err != nil {
		e.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", k.method, k.path, e.addr)
	for _, h := range k.headers {
		head.WriteString(h + "\r\n")
	}
	if k.body != "" {
		fmt.Fprintf(&head, "Content-Length: %d\r\n", len(k.body))
	}
	body := k.body
	if k.sent > 0 {
		body = body[:k.sent]
	}
	go func() { // the answer may come before all is sent
		io.WriteString(conn, head.String()+"\r\n"+body)
		if !k.slow {
			conn.(*net.TCPConn).CloseWrite()
		}
	}()
	var status int
	answer, _ := io.ReadAll(conn)
	if line, _, ok := strings.Cut(string(answer), "\r\n"); ok {
		fmt.Sscanf(line, "HTTP/1.1 %d", &status)
	}
	return status
}

func (e *entrances) counted() map[string]int64 {
	e.b.counts.mu.Lock()
	defer e.b.counts.mu.Unlock()
	return maps.Clone(e.b.counts.n)
}

// slackKnock is a call of Slack's, signed at a time with a secret.
func slackKnock(path, kind, body, secret string, at time.Time) knock {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return knock{method: "POST", path: "/slack/" + path, body: body, headers: []string{"Content-Type: " + kind,
		"X-Slack-Request-Timestamp: " + stamp, "X-Slack-Signature: " + slackSignature(stamp, body, secret)}}
}

func telegramKnock(body, secret string) knock {
	return knock{method: "POST", path: "/telegram/webhook", body: body, headers: []string{"Content-Type: application/json",
		"X-Telegram-Bot-Api-Secret-Token: " + secret}}
}

func stripeKnock(body, secret string, at time.Time) knock {
	signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(body), Secret: secret, Timestamp: at})
	return knock{method: "POST", path: "/stripe/webhook", body: body, headers: []string{"Stripe-Signature: " + signed.Header}}
}

func payPalKnock(body, certificate string) knock {
	return knock{method: "POST", path: "/paypal/webhook", body: body, headers: []string{"Paypal-Auth-Algo: SHA256withRSA", "Paypal-Cert-Url: " + certificate,
		"Paypal-Transmission-Id: 1", "Paypal-Transmission-Sig: eHh4eA==", "Paypal-Transmission-Time: 2026-10-01T09:00:00Z"}}
}

// part sends only half of the body, and then closes or waits.
func part(k knock, slow bool) knock {
	k.sent, k.slow = len(k.body)/2, slow
	return k
}

// large is more than any entrance reads.
var large = strings.Repeat("x", 2<<20)

// What comes in at any entrance that is forged, old, repeated, too large, cut, slow or not to
// be read is answered with the right status, counted by its name, and logged once, without a
// secret or a word of what came.
func TestEntrances(t *testing.T) {
	t.Parallel()
	e := newEntrances(t)
	now := time.Now()
	const form, js = "application/x-www-form-urlencoded", "application/json"
	type row struct {
		knock  knock
		status int
		count  string // "channel outcome"; "" for what is only answered
		logged int
	}
	rows := map[string]row{}
	for path, x := range map[string]struct{ kind, good, bad string }{
		"commands":     {form, "trigger_id=t1&user_id=UNOBODY001&command=%2Far&text=PRIVATE", "%zz"},
		"interactions": {form, `payload={"type":"view_closed","private_metadata":"PRIVATE"}`, "payload=[PRIVATE]"},
		"events":       {js, `{"type":"event_callback","event_id":"E1","event":{"type":"message","text":"PRIVATE"}}`, `{"type":"PRIVATE`},
	} {
		unsigned := knock{method: "POST", path: "/slack/" + path, body: x.good, headers: []string{"Content-Type: " + x.kind}}
		maps.Copy(rows, map[string]row{
			"slack " + path + " unsigned":        {unsigned, 401, "slack forged", 1},
			"slack " + path + " forged":          {slackKnock(path, x.kind, x.good, "not-"+sandboxSigning, now), 401, "slack forged", 1},
			"slack " + path + " old":             {slackKnock(path, x.kind, x.good, sandboxSigning, now.Add(-301*time.Second)), 401, "slack stale", 1},
			"slack " + path + " too large":       {slackKnock(path, x.kind, large, sandboxSigning, now), 413, "slack oversized", 1},
			"slack " + path + " cut":             {part(slackKnock(path, x.kind, x.good, sandboxSigning, now), false), 400, "slack truncated", 1},
			"slack " + path + " slow":            {part(slackKnock(path, x.kind, x.good, sandboxSigning, now), true), 400, "slack truncated", 1},
			"slack " + path + " not to be read":  {slackKnock(path, x.kind, x.bad, sandboxSigning, now), 400, "slack malformed", 1},
			"slack " + path + " of another type": {slackKnock(path, "text/plain", x.good, sandboxSigning, now), 415, "slack malformed", 1},
			"slack " + path + " by GET":          {knock{method: "GET", path: "/slack/" + path}, 405, "web unknown", 0},
		})
	}
	update := `{"update_id":9001,"message":{"message_id":1,"date":1,"from":{"id":1009},"chat":{"id":1009,"type":"private"},"text":"PRIVATE"}}`
	session := `{"id":"evt_PRIVATE","object":"event","type":"checkout.session.expired","data":{"object":{"id":"cs_1","status":"expired"}}}`
	maps.Copy(rows, map[string]row{
		"telegram without secret":      {telegramKnock(update, ""), 401, "telegram forged", 1},
		"telegram with another secret": {telegramKnock(update, "not-"+sandboxWebhook), 401, "telegram forged", 1},
		"telegram too large":           {telegramKnock(large, sandboxWebhook), 413, "telegram oversized", 1},
		"telegram cut":                 {part(telegramKnock(update, sandboxWebhook), false), 400, "telegram truncated", 1},
		"telegram slow":                {part(telegramKnock(update, sandboxWebhook), true), 400, "telegram truncated", 1},
		"telegram not to be read":      {telegramKnock(update[:40], sandboxWebhook), 400, "telegram malformed", 1},
		"telegram by GET":              {knock{method: "GET", path: "/telegram/webhook"}, 405, "web unknown", 0},

		"stripe unsigned":       {knock{method: "POST", path: "/stripe/webhook", body: session}, 400, "stripe forged", 1},
		"stripe forged":         {stripeKnock(session, "whsec_other", now), 400, "stripe forged", 1},
		"stripe old":            {stripeKnock(session, sandboxStripeWebhook, now.Add(-301*time.Second)), 400, "stripe stale", 1},
		"stripe old and forged": {stripeKnock(session, "whsec_other", now.Add(-301*time.Second)), 400, "stripe forged", 1},
		"stripe too large":      {stripeKnock(large, sandboxStripeWebhook, now), 413, "stripe oversized", 1},
		"stripe cut":            {part(stripeKnock(session, sandboxStripeWebhook, now), false), 400, "stripe truncated", 1},
		"stripe slow":           {part(stripeKnock(session, sandboxStripeWebhook, now), true), 400, "stripe truncated", 1},
		// Stripe would repeat for days what is refused, and it would read no better.
		"stripe not to be read": {stripeKnock(`{"PRIVATE"`, sandboxStripeWebhook, now), 200, "stripe malformed", 1},
		"stripe taken":          {stripeKnock(session, sandboxStripeWebhook, now), 200, "stripe taken", 0},
		"stripe by GET":         {knock{method: "GET", path: "/stripe/webhook"}, 405, "web unknown", 0},

		"a link to pay that is none":         {knock{method: "GET", path: "/pay/1.PRIVATEPRIVATEPR"}, 404, "pay forged", 1},
		"a link to pay of great length":      {knock{method: "GET", path: "/pay/" + large[:30000]}, 404, "pay forged", 1},
		"a link to pay, returned to":         {knock{method: "GET", path: "/pay/1.PRIVATE/done"}, 404, "pay forged", 1},
		"a link to pay, looked at":           {knock{method: "HEAD", path: "/pay/1.PRIVATE"}, 204, "", 0},
		"a link to pay by POST":              {knock{method: "POST", path: "/pay/1.PRIVATE"}, 405, "web unknown", 0},
		"a link with what is no path":        {knock{method: "GET", path: "/pay/%0d%0aPRIVATE"}, 404, "pay forged", 1},
		"unsubscribe by a link that is none": {knock{method: "POST", path: "/mail/stop/1.PRIVATE"}, 404, "mail forged", 1},
		"looking at such a link":             {knock{method: "GET", path: "/mail/stop/1.PRIVATE"}, 404, "mail forged", 1},
		"unsubscribe by DELETE":              {knock{method: "DELETE", path: "/mail/stop/1.PRIVATE"}, 405, "web unknown", 0},

		// What YooKassa's range sends is about a payment that is there, or it is not YooKassa's.
		"yookassa about nothing":     {knock{method: "POST", path: "/yookassa/webhook", body: `{"event":"payment.succeeded","object":{"id":"PRIVATE"}}`}, 400, "yookassa forged", 1},
		"paypal forged":              {payPalKnock(`{"event_type":"PRIVATE"}`, "https://api.paypal.com/cert"), 400, "paypal forged", 1},
		"yookassa not to be read":    {knock{method: "POST", path: "/yookassa/webhook", body: `{"PRIVATE"`}, 200, "yookassa malformed", 1},
		"yookassa of no object":      {knock{method: "POST", path: "/yookassa/webhook", body: `{"event":"payment.succeeded"}`}, 200, "yookassa malformed", 1},
		"yookassa of something else": {knock{method: "POST", path: "/yookassa/webhook", body: `{"event":"something.new","object":{"id":"x"}}`}, 200, "yookassa taken", 0},
		"paypal unsigned":            {knock{method: "POST", path: "/paypal/webhook", body: `{"event_type":"PRIVATE"}`}, 400, "paypal forged", 1},
		"paypal of another's key":    {payPalKnock(`{"event_type":"PRIVATE"}`, "https://paypal.com.evil.example/cert"), 400, "paypal forged", 1},
		"paypal too large":           {payPalKnock(large, "https://api.paypal.com/cert"), 413, "paypal oversized", 1},

		"healthz":                  {knock{method: "GET", path: "/healthz"}, 200, "", 0},
		"healthz by POST":          {knock{method: "POST", path: "/healthz", body: "x"}, 405, "web unknown", 0},
		"readyz":                   {knock{method: "GET", path: "/readyz"}, 200, "", 0},
		"metrics":                  {knock{method: "GET", path: "/metrics"}, 200, "", 0},
		"metrics through a proxy":  {knock{method: "GET", path: "/metrics", headers: []string{"X-Forwarded-For: 203.0.113.9"}}, 404, "", 0},
		"metrics by another proxy": {knock{method: "GET", path: "/metrics", headers: []string{"X-Real-IP: 203.0.113.9"}}, 404, "", 0},
		"metrics by POST":          {knock{method: "POST", path: "/metrics", body: "x"}, 405, "web unknown", 0},
		"something else":           {knock{method: "GET", path: "/.env"}, 404, "web unknown", 0},
		"a header too large":       {knock{method: "GET", path: "/healthz", headers: []string{"X: " + large[:200<<10]}}, 431, "", 0},
	})
	for name, r := range rows {
		e.b.hush.tell(time.Now(), true) // as in another minute
		before, lines := e.counted(), strings.Count(e.log.String(), "\n")
		status := e.do(r.knock)
		got := map[string]int64{}
		for counter, n := range e.counted() {
			if strings.HasPrefix(counter, "duebot_inbound") && n > before[counter] {
				got[counter] = n - before[counter]
			}
		}
		want := map[string]int64{}
		if channel, outcome, ok := strings.Cut(r.count, " "); ok {
			want[inboundName(channel, outcome)] = 1
		}
		if status != r.status || !maps.Equal(got, want) {
			t.Errorf("%s: answered %d and counted %v, want %d and %v", name, status, got, r.status, want)
		}
		if n := strings.Count(e.log.String(), "\n") - lines; n != r.logged {
			t.Errorf("%s: %d lines in the log, want %d", name, n, r.logged)
		}
	}
	for _, word := range []string{"PRIVATE", sandboxSigning, sandboxWebhook, sandboxStripeWebhook, "v0=", "xxxx"} {
		if strings.Contains(e.log.String(), word) {
			t.Errorf("the log has %q:\n%.3000s", word, e.log.String())
		}
	}
}

// The host that is asked for tells a proxy too that leaves no other mark, and a page that
// another name leads here.
func TestCountersAreLocal(t *testing.T) {
	for host, want := range map[string]bool{"127.0.0.1:8081": true, "localhost": true, "[::1]:8081": true, "ar.example.com": false,
		"evil.example:8081": false, "": false} {
		r := &http.Request{Host: host, RemoteAddr: "127.0.0.1:5555", Header: http.Header{}}
		if got := web.Local(r); got != want {
			t.Errorf("%q: got %v", host, got)
		}
		if r.RemoteAddr = "203.0.113.9:5555"; web.Local(r) {
			t.Errorf("%q from elsewhere", host)
		}
	}
}

// Who sends a request's head slowly is hung up on, and keeps nobody else waiting.
func TestSlowHeads(t *testing.T) {
	t.Parallel()
	e := newEntrances(t)
	var conns []net.Conn
	for range 50 {
		c, err := net.Dial("tcp", e.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "POST /slack/events HTTP/1.1\r\nX-Slow: ")
		conns = append(conns, c)
	}
	if status := e.do(knock{method: "GET", path: "/healthz"}); status != http.StatusOK {
		t.Errorf("others are answered %d", status)
	}
	for _, c := range conns {
		c.SetReadDeadline(time.Now().Add(5 * time.Second))
		answer, err := io.ReadAll(c)
		if err != nil || strings.Contains(string(answer), "200") {
			t.Fatalf("not hung up on: %v %q", err, answer)
		}
	}
}

// Whoever knows no secret asks for anything at all: he is answered without harm, is sent
// nowhere, and learns nothing.
func FuzzEntrances(f *testing.F) {
	for _, path := range []string{"/pay/1.AAAAAAAAAAAAAAAA", "/pay/1.AAAAAAAAAAAAAAAA/done", "/mail/stop/1.AAAAAAAAAAAAAAAA", "/slack/events", "/slack/commands",
		"/slack/interactions", "/telegram/webhook", "/stripe/webhook", "/healthz", "/readyz", "/metrics", "/pay/..%2f..%2fetc", "//evil.example/pay/1"} {
		for method := range 2 {
			f.Add(method, path, "application/json", "t=1,v1=00", []byte(`{"type":"url_verification","challenge":"x"}`))
		}
	}
	cfg := sandboxConfig("http://127.0.0.1:1", filepath.Join(f.TempDir(), "duebot.db"))
	cfg.byHTTP()
	clk := clock.New(evening)
	b, err := NewBot(cfg, clk, clk.Now, sandboxMark, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { b.Close() })
	f.Fuzz(func(t *testing.T, method int, path, kind, signature string, body []byte) {
		r, err := http.NewRequest([]string{"GET", "POST", "HEAD", "PUT", "OPTIONS"}[uint(method)%5], "http://ar.example.com/", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if r.URL, err = url.ParseRequestURI(path); err != nil {
			return
		}
		r.RemoteAddr = "127.0.0.1:5555"
		for _, name := range []string{"X-Slack-Signature", "X-Slack-Request-Timestamp", "X-Telegram-Bot-Api-Secret-Token", "Stripe-Signature"} {
			r.Header.Set(name, signature)
		}
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		b.web.ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != http.StatusServiceUnavailable {
			t.Errorf("answered %d", w.Code)
		}
		if to, err := url.Parse(w.Header().Get("Location")); err != nil || to.Host != "" && to.Host != r.URL.Host {
			t.Errorf("sent to %q", w.Header().Get("Location"))
		}
		if r.Method == http.MethodPost && w.Code == http.StatusOK {
			t.Errorf("something was taken: %s", w.Body)
		}
	})
}
