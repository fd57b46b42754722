package slack

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"duebot/commands/card"
)

// A post that never left is told as that, and can be made again; one that may have arrived is an
// error of which nobody knows more. Both through slack-go.
func TestPostCutAtEachStage(t *testing.T) {
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
		base, _ := testClient(x.url)
		c := New(Config{BotToken: "xoxb-1", APIURL: x.url, Timeout: 200 * time.Millisecond, Log: base.cfg.Log, Seal: base.cfg.Seal, Sealed: base.cfg.Sealed})
		m := Message{Channel: "C1", Card: &card.Card{Body: []card.Text{card.Plain("x")}}, Words: func(t card.Text) string { return t.Plain }}
		for what, err := range map[string]error{"post": second(c.Post(t.Context(), m)), "edit": c.Update(t.Context(), m, "1.2")} {
			var refused *card.SendError
			if silent := errors.As(err, &refused) && refused.Silent && refused.All; err == nil || silent != x.silent {
				t.Errorf("%s, %s: got %v, want an error of a call that never left: %t", name, what, err, x.silent)
			}
		}
		c.http.CloseIdleConnections()
	}
}

func second(_, _ string, err error) error { return err }

func serving(t *testing.T, h http.Handler) (url string) {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}
