package telegram

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"duebot/commands/card"
)

// fileServer answers getFile with a path, and the path with bytes.
func fileServer(t *testing.T, path string, size int, data string) *Client {
	return New(Config{Token: "123:secret", APIURL: serving(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/file/bot123:secret/"+path:
			io.WriteString(w, data)
		case strings.HasSuffix(r.URL.Path, "/getFile"):
			fmt.Fprintf(w, `{"ok":true,"result":{"file_id":"f","file_path":%q,"file_size":%d}}`, path, size)
		default:
			http.NotFound(w, r)
		}
	}))})
}

// A file comes whole or not at all, is never larger than asked for, whatever Telegram says of
// its size, and lies nowhere but below Telegram's own folder.
func TestFetch(t *testing.T) {
	ctx := t.Context()
	if data, err := fileServer(t, "photos/file 1.jpg", 5, "bytes").Fetch(ctx, FileRef{ID: "f"}, 10); err != nil || string(data) != "bytes" {
		t.Errorf("%q, %v", data, err)
	}
	for name, c := range map[string]*Client{"told": fileServer(t, "a", 11, "bytes"), "not told": fileServer(t, "a", 0, "eleven bytes")} {
		if _, err := c.Fetch(ctx, FileRef{ID: "f"}, 10); !errors.Is(err, ErrFileTooLarge) {
			t.Errorf("too large, %s: %v", name, err)
		}
	}
	for _, path := range []string{"", "../bot123:secret/getMe", "/etc/passwd", "photos/../../x"} {
		var refused *card.SendError
		if _, err := fileServer(t, path, 5, "bytes").Fetch(ctx, FileRef{ID: "f"}, 10); !errors.As(err, &refused) || !refused.Permanent {
			t.Errorf("%q: %v", path, err)
		}
	}
	c := New(Config{Token: "123:secret", APIURL: serving(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/getFile") {
			io.WriteString(w, `{"ok":true,"result":{"file_id":"f","file_path":"a"}}`)
			return
		}
		panic(http.ErrAbortHandler)
	}))})
	if _, err := c.Fetch(ctx, FileRef{ID: "f"}, 10); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a broken line: %v", err)
	}
}

// Of a photo the best size that a bot may fetch is taken.
func TestLargestSize(t *testing.T) {
	got := largest([]tgbotapi.PhotoSize{{FileID: "s", Width: 90, Height: 60, FileSize: 100}, {FileID: "l", Width: 1280, Height: 960, FileSize: 1 << 20},
		{FileID: "huge", Width: 9000, Height: 9000, FileSize: fetchMax + 1}, {FileID: "m", Width: 320, Height: 240, FileSize: 9000}})
	if got.ID != "l" {
		t.Errorf("took %q", got.ID)
	}
}
