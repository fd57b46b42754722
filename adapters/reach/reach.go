// Package reach tells of an HTTP call that failed whether anything of it can have reached the
// other side: a call that never left may simply be made again, and what became of any other
// nobody knows.
package reach

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"
)

// Call is one call under way, with all that the client makes of it: a second try over a fresh
// connection, a redirect.
type Call struct{ left atomic.Bool }

// Watch returns a context to make a call with, and what will be known of it.
//
// The first line of a request is buffered before its headers are, so that a call of which no
// header was written has sent nothing: the name was not found, the connection refused, the
// certificate not trusted, or the context over before all that was done. Whoever wrote into
// the buffer may have sent it or not, which is told as if he had.
func Watch(ctx context.Context) (context.Context, *Call) {
	c := &Call{}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaderField: func(string, []string) { c.left.Store(true) },
		WroteHeaders:     func() { c.left.Store(true) },
		WroteRequest:     func(i httptrace.WroteRequestInfo) { c.wrote(i.Err) },
	}), c
}

// wrote notes a request that was written whole.
func (c *Call) wrote(err error) {
	if err == nil {
		c.left.Store(true)
	}
}

// Left reports whether any of the call can have reached the other side.
func (c *Call) Left() bool { return c.left.Load() }
