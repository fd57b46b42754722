package telegram

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"duebot/commands/card"
)

// pictured is a card with a picture, of so many characters, which has a shorter form.
func pictured(letters int) Message {
	short := &card.Card{Title: card.Plain("Short")}
	return Message{Chat: "telegram:7", Words: func(t card.Text) string { return t.Plain }, Card: &card.Card{Title: card.Plain("Digest"),
		Body: []card.Text{card.Plain(strings.Repeat("x", letters))}, Short: short, Picture: &card.Picture{Kind: card.PictureAging}}}
}

func TestPictures(t *testing.T) {
	const few = 3
	text := "sendMessage <b>Digest</b>\n\n" + strings.Repeat("x", few)
	photo := "sendPhoto <b>Digest</b>\n\n" + strings.Repeat("x", few) + ` with photo "aging.png" image/png "\x89PNG"`
	for name, tt := range map[string]struct {
		message Message
		undrawn bool
		answers []string
		want    []string
		err     bool
	}{
		"with its words below":                      {message: pictured(few), want: []string{photo}},
		"with fewer where they do not fit":          {message: pictured(1500), want: []string{`sendPhoto <b>Short</b> with photo "aging.png" image/png "\x89PNG"`}},
		"as a text where nothing can be drawn":      {message: pictured(few), undrawn: true, want: []string{text}},
		"as a text where the picture is refused":    {message: pictured(few), answers: []string{refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")}, want: []string{photo, text}},
		"and where it is too large":                 {message: pictured(few), answers: []string{refusal(413, "Request Entity Too Large")}, want: []string{photo, text}},
		"not at all to a chat that is shut":         {message: pictured(few), answers: []string{refusal(403, "Forbidden: bot was blocked by the user")}, want: []string{photo}, err: true},
		"not as a text while the platform waits":    {message: pictured(few), answers: []string{refusal(429, "Too Many Requests: retry after 5")}, want: []string{photo}, err: true},
		"not twice where the answer says nothing":   {message: pictured(few), answers: []string{"no JSON"}, want: []string{photo}, err: true},
		"not twice where the platform broke off":    {message: pictured(few), answers: []string{refusal(500, "Internal Server Error")}, want: []string{photo}, err: true},
		"a group that moved is not written to here": {message: pictured(few), answers: []string{`{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-100}}`}, want: []string{photo}, err: true},
	} {
		t.Run(name, func(t *testing.T) {
			p, c, _ := newPapers(t, tt.answers...)
			c.cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
			counted := 0
			c.cfg.Count = func(string) { counted++ }
			c.cfg.Picture = func(*card.Picture, card.Words) ([]byte, error) {
				if tt.undrawn {
					return nil, errors.New("no ink")
				}
				return []byte("\x89PNG"), nil
			}
			id, err := c.Send(context.Background(), tt.message)
			if (err != nil) != tt.err || err == nil && id == "" || !slices.Equal(p.calls, tt.want) {
				t.Errorf("got %q as %q, %v", p.calls, id, err)
			}
			if without := !tt.err && strings.HasPrefix(tt.want[len(tt.want)-1], "sendMessage"); without != (counted == 1) {
				t.Errorf("%d messages without their picture were counted", counted)
			}
		})
	}
}

// Where no form of the words is short enough for a picture, the words count for more.
func TestPictureWithTooManyWords(t *testing.T) {
	p, c, _ := newPapers(t)
	m := pictured(1500)
	m.Card.Short.Body = m.Card.Body
	c.cfg.Picture = func(*card.Picture, card.Words) ([]byte, error) { return []byte("\x89PNG"), nil }
	if _, err := c.Send(context.Background(), m); err != nil || len(p.calls) != 1 || !strings.HasPrefix(p.calls[0], "sendMessage <b>Digest</b>\n\nxxx") {
		t.Errorf("got %q, %v", p.calls, err)
	}
}
