package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"duebot/commands/card"
)

// What people send with a message comes as a name: its bytes are asked for, and lie at an
// address that holds the token, so that no error may hold the address.

// FileRef names a file of the platform's; its size is as the platform tells it, 0 for unknown.
type FileRef struct {
	ID, Name string
	Size     int
}

// brought are the files of a message, and what else it brings that is not taken.
func brought(m *tgbotapi.Message) (files []FileRef, odd string) {
	switch {
	case len(m.Photo) > 0:
		return []FileRef{largest(m.Photo)}, ""
	case m.Animation != nil: // which is a document too, for older programs
		return nil, "video"
	case m.Document != nil:
		return []FileRef{{m.Document.FileID, m.Document.FileName, m.Document.FileSize}}, ""
	case m.Voice != nil || m.Audio != nil:
		return nil, "voice"
	case m.Video != nil || m.VideoNote != nil:
		return nil, "video"
	case m.Sticker != nil || m.Dice != nil:
		return nil, "sticker"
	case m.Text == "":
		return nil, "other"
	}
	return nil, ""
}

// largest is the best of a photo's sizes that a bot may fetch.
func largest(sizes []tgbotapi.PhotoSize) (best FileRef) {
	most := -1
	for _, p := range sizes {
		if area := p.Width * p.Height; area > most && p.FileSize <= fetchMax {
			most, best = area, FileRef{p.FileID, "photo.jpg", p.FileSize}
		}
	}
	return best
}

// FetchMB is how large a file may be that the platform gives to bots.
const FetchMB = 20

const (
	fetchMax      = FetchMB << 20
	fetchPatience = 30 * time.Second
)

// ErrFileTooLarge is returned for a file of more bytes than asked for, or than bots get.
var ErrFileTooLarge = errors.New("the file is too large")

// Fetch downloads a file of at most max bytes. The error is a *card.SendError where Telegram
// does not give it; any other may pass.
func (c *Client) Fetch(ctx context.Context, f FileRef, max int) ([]byte, error) {
	if max = min(max, fetchMax); f.Size > max {
		return nil, ErrFileTooLarge
	}
	ctx, cancel := context.WithTimeout(ctx, fetchPatience)
	defer cancel()
	var at tgbotapi.File
	err := c.call(ctx, "getFile", url.Values{"file_id": {f.ID}}, &at)
	if tooLarge(err) || err == nil && at.FileSize > max {
		return nil, ErrFileTooLarge
	}
	if err != nil {
		return nil, err
	}
	return c.download(ctx, at.FilePath, max)
}

// download gets the bytes behind a path that getFile told.
func (c *Client) download(ctx context.Context, where string, max int) ([]byte, error) {
	if where == "" || path.Clean("/"+where) != "/"+where { // a server that keeps its files elsewhere, or worse
		return nil, &card.SendError{Permanent: true, Reason: "the file has no address"}
	}
	base := strings.TrimSuffix(c.base, "/bot"+c.cfg.Token+"/") + "/file/bot" + c.cfg.Token
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+(&url.URL{Path: "/" + where}).EscapedPath(), nil)
	if err != nil {
		return nil, fmt.Errorf("a file: %w", withoutURL(err))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("a file: %w", withoutURL(err))
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotFound:
		return nil, &card.SendError{Permanent: true, Reason: "the file is gone"}
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("a file: answered %s", resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, int64(max)+1))
	if err != nil {
		return nil, fmt.Errorf("a file: %w", withoutURL(err))
	}
	if len(data) > max {
		return nil, ErrFileTooLarge
	}
	return data, nil
}
