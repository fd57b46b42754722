package slack

import (
	"context"
	"net/http"
	"strings"
)

type placedKey struct{}

// placed marks the calls of a message that waited for its place in the rates.
func placed(ctx context.Context) context.Context { return context.WithValue(ctx, placedKey{}, true) }

// caller tells of each call of a Web API method before it is made, so that the rates count
// those too that nobody waits with.
type caller struct {
	base string // of the Web API, with a final slash
	told func(method string)
	next http.RoundTripper
}

func (c *caller) RoundTrip(r *http.Request) (*http.Response, error) {
	if method, ok := strings.CutPrefix(r.URL.String(), c.base); ok && r.Context().Value(placedKey{}) == nil {
		method, _, _ = strings.Cut(method, "?")
		c.told(method)
	}
	return c.next.RoundTrip(r)
}
