package telegram

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

// A message that never left is told as that, and can be sent again; one that may have arrived is
// an error of which nobody knows more. No error holds the token.
func TestSendCutAtEachStage(t *testing.T) {
	abort := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); panic(http.ErrAbortHandler) })
	half := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, `{"ok":true`)
	})
	hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() })
	gone := httptest.NewServer(abort)
	gone.Close()
	strange := httptest.NewTLSServer(abort)
	defer strange.Close()
	for name, x := range map[string]struct {
		url    string
		silent bool
	}{
		"refused": {gone.URL, true}, "a strange certificate": {strange.URL, true},
		"cut before the answer": {serving(t, abort), false}, "cut in the answer": {serving(t, half), false}, "no answer": {serving(t, hang), false},
	} {
		_, base, _ := newPlatform(t)
		c := New(Config{Token: "123:secret-token", APIURL: x.url, Timeout: 200 * time.Millisecond, Log: base.cfg.Log, Seal: base.cfg.Seal, Sealed: base.cfg.Sealed})
		_, err := c.Send(t.Context(), Message{Chat: "telegram:1", Card: &card.Card{Body: []card.Text{card.Plain("x")}}, Words: func(t card.Text) string { return t.Plain }})
		var refused *card.SendError
		if silent := errors.As(err, &refused) && refused.Silent && refused.All; err == nil || silent != x.silent {
			t.Errorf("%s: got %v, want an error of a call that never left: %t", name, err, x.silent)
		}
		if err != nil && strings.Contains(err.Error(), "secret-token") {
			t.Errorf("%s: the error holds the token", name)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}

func serving(t *testing.T, h http.Handler) (url string) {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}
