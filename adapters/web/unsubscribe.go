package web

import (
	"context"
	"log/slog"
	"net/http"
)

// Unsubscriber ends the mails that a link is about.
type Unsubscriber interface {
	// Unsubscribe does it, or with do false only tells what the link would do. ok is false for
	// a link that is none.
	Unsubscribe(ctx context.Context, link string, do bool) (words Words, ok bool)
}

// UnsubscribeRoutes are the link of a mail's List-Unsubscribe. Opening it asks, since programs
// open links to look at them; a POST does it, as RFC 8058's one click is one.
func UnsubscribeRoutes(u Unsubscriber, log *slog.Logger) map[string]http.Handler {
	serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		words, ok := u.Unsubscribe(r.Context(), r.PathValue("link"), r.Method == http.MethodPost)
		show(w, found(ok), words, log)
	})
	return map[string]http.Handler{"GET /mail/stop/{link}": serve, "POST /mail/stop/{link}": serve}
}
