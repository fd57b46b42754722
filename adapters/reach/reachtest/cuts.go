// Package reachtest has servers with which a call goes wrong, each at another stage, for the
// tests of the adapters: what never left can be sent again, and what may have arrived is an
// error of which nobody knows more.
package reachtest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Cut is a server on this machine with which no call comes to its end.
type Cut struct {
	Name string
	URL  string
	Left bool // a call to it may have arrived
}

// Cuts serves until the test ends. The last server never answers: its caller has to give up.
func Cuts(t *testing.T) []Cut {
	t.Helper()
	abort := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); panic(http.ErrAbortHandler) })
	half := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, `{"ok":true`)
	})
	hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() })
	gone := httptest.NewServer(abort)
	gone.Close()
	strange := httptest.NewTLSServer(abort)
	t.Cleanup(strange.Close)
	return []Cut{{"refused", gone.URL, false}, {"a strange certificate", strange.URL, false},
		{"cut before the answer", serving(t, abort), true}, {"cut in the answer", serving(t, half), true}, {"no answer", serving(t, hang), true}}
}

func serving(t *testing.T, h http.Handler) (url string) {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}
