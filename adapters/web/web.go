// Package web is the program's own HTTP: the links that customers pay by, the payment
// providers' webhooks, health, and what other packages bring along: Slack's request URLs,
// Telegram's webhook.
package web

import (
	"context"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/netutil"
)

// Handler is what requests are handed to.
type Handler interface {
	// Pay opens the payment behind a link, at the provider that the customer chose ("" before he
	// has): an address to go to, or words to show. ok is false for a link that is none.
	Pay(ctx context.Context, link, provider string) (to string, words Words, ok bool)
	// Returned is where the provider sends the customer afterwards.
	Returned(ctx context.Context, link string) (words Words, ok bool)
	// Providers are whose webhooks are taken, each below its name: /stripe/webhook.
	Providers() []string
	// Webhook takes a webhook of a provider's and returns the HTTP status to answer with.
	Webhook(provider string, r *http.Request, body []byte) int
	// Ready returns nil when requests can be served.
	Ready() error
	// Refused is told of a request that was not handed on: whose it claimed to be, and why.
	Refused(channel, why string)
	// Troubles tell what does not work, a line each: for whoever is on this machine.
	Troubles() []string
}

// Words are a page of a few words, in the reader's language.
type Words struct {
	Lang, Title, Body string
	Button            string // posts to the page's own address; "" for none
	Choices           []Choice
}

// Choice is a link to go on by.
type Choice struct{ Label, Href string }

// bodyMax bounds what a webhook may send.
const bodyMax = 1 << 20

// New returns the routes, with those of others by their patterns.
func New(h Handler, log *slog.Logger, others ...map[string]http.Handler) http.Handler {
	mux := http.NewServeMux()
	for _, routes := range others {
		for pattern, handler := range routes {
			mux.Handle(pattern, handler)
		}
	}
	mux.HandleFunc("GET /pay/{link}", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead { // a program looks whether there is something
			w.WriteHeader(http.StatusNoContent)
			return
		}
		to, words, ok := h.Pay(r.Context(), r.PathValue("link"), r.URL.Query().Get("by"))
		if to != "" {
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		show(w, found(ok), words, log)
	})
	mux.HandleFunc("GET /pay/{link}/done", func(w http.ResponseWriter, r *http.Request) {
		words, ok := h.Returned(r.Context(), r.PathValue("link"))
		show(w, found(ok), words, log)
	})
	for _, name := range h.Providers() {
		mux.HandleFunc("POST /"+name+"/webhook", func(w http.ResponseWriter, r *http.Request) { takeWebhook(h, name, w, r) })
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "ok\n") // the program lives, which is what restarting it would mend
		if Local(r) {
			for _, line := range h.Troubles() {
				io.WriteString(w, line+"\n")
			}
		}
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := h.Ready(); err != nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, "ready\n")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" {
			h.Refused("web", "unknown")
		}
		mux.ServeHTTP(w, r)
	})
}

// takeWebhook hands on a provider's webhook that came whole.
func takeWebhook(h Handler, provider string, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		h.Refused(provider, "oversized")
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	case err != nil:
		h.Refused(provider, "truncated")
		http.Error(w, "truncated", http.StatusBadRequest)
	default:
		w.WriteHeader(h.Webhook(provider, r, body))
	}
}

// found is the status of a page behind a link.
func found(ok bool) int {
	if !ok {
		return http.StatusNotFound
	}
	return http.StatusOK
}

// connectionsMax bounds the memory that callers can hold: each may send bodyMax before it is
// known who he is. What comes beyond waits until a connection is free, or is timed out.
const connectionsMax = 512

// Listen opens a port for a Server.
func Listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return netutil.LimitListener(l, connectionsMax), nil
}

// Local reports whether a request comes from this machine itself: from its address, to its
// name, and without a mark that proxies leave.
func Local(r *http.Request) bool {
	loopback := func(hostPort string) bool {
		host, _, err := net.SplitHostPort(hostPort)
		if err != nil {
			host = hostPort // without a port
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		return host == "localhost" || ip != nil && ip.IsLoopback()
	}
	for _, mark := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-Ip", "Via"} {
		if r.Header.Get(mark) != "" {
			return false
		}
	}
	return loopback(r.RemoteAddr) && loopback(r.Host)
}

// Server makes a server of these routes with time limits.
func Server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 30 * time.Second, MaxHeaderBytes: 64 << 10}
}

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="{{.Lang}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
:root { color-scheme: light dark }
body { font: 17px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(#f4f5f7, #16181d); color: light-dark(#1d2129, #e8eaee) }
main { max-width: 26rem; margin: 1.5rem; padding: 2rem; border-radius: 14px; background: light-dark(#fff, #21252c);
  box-shadow: 0 1px 3px #0002, 0 8px 24px #0001 }
h1 { font-size: 1.25rem; margin: 0 0 .5rem }
p { margin: 0 }
a { display: block; margin: 1rem 0 0; padding: .7rem 1.2rem; border-radius: 8px; border: 1px solid #8886; color: inherit; text-decoration: none; text-align: center }
button { font: inherit; margin: 1rem 0 0; padding: .5rem 1.2rem; border-radius: 8px; border: 1px solid #8886; cursor: pointer }
</style>
<main dir="auto"><h1>{{.Title}}</h1><p>{{.Body}}</p>{{with .Button}}<form method="post"><button>{{.}}</button></form>{{end}}{{range .Choices}}<a href="{{.Href}}">{{.Label}}</a>{{end}}</main>
`))

func show(w http.ResponseWriter, status int, words Words, log *slog.Logger) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := page.Execute(w, words); err != nil {
		log.Debug("writing a page", "error", err)
	}
}
