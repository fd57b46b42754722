package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"duebot/bot/clock"
)

// A Slack that tells nothing of a person is not asked again with each of his acts, which
// would wait for it; a while later it is.
func TestPersonIsAskedForOnce(t *testing.T) {
	var asked atomic.Int32
	var knows atomic.Bool
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		if knows.Load() {
			io.WriteString(w, `{"ok":true,"user":{"id":"USALES0001","real_name":"Sofia","tz":"Europe/Berlin","locale":"ru-RU"}}`)
			return
		}
		io.WriteString(w, `{"ok":false,"error":"internal_error"}`)
	}))
	defer api.Close()
	clk := clock.New(time.Now())
	b, err := NewBot(sandboxConfig(api.URL, filepath.Join(t.TempDir(), "duebot.db")), clk, clk.Now, "", slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for range 3 {
		if p := b.person(t.Context(), "USALES0001"); p.Locale != "" {
			t.Errorf("got %+v of a Slack that says nothing", p)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	knows.Store(true)
	b.mu.Lock()
	b.missed["USALES0001"] = time.Now().Add(-missedRest)
	b.mu.Unlock()
	for range 2 {
		if p := b.person(t.Context(), "USALES0001"); p.Locale != "ru-RU" {
			t.Errorf("got %+v", p)
		}
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times in all", n)
	}
}
