package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"duebot/commands/card"
)

// Message is what is sent.
type Message struct {
	Chat   string // "telegram:1001"
	Card   *card.Card
	Words  card.Words
	Silent bool // without a sound

	Captioned bool // edits: the message is known to be a file with a caption
	Instead   bool // edits: the card's paper takes the place of the file, where there is one
}

// Length is how many characters of HTML m is: long messages weigh more.
func Length(m Message) int {
	if m.Card.Paper != nil {
		return utf8.RuneCountInString(caption(m.Card, m.Words))
	}
	if under, ok := underPicture(m.Card, m.Words); m.Card.Picture != nil && ok {
		return utf8.RuneCountInString(under)
	}
	return utf8.RuneCountInString(text(m.Card, m.Words))
}

// Send sends m and returns the platform's id of it. A card with a paper is the paper's file
// with a caption, and one with a picture the picture with all that it says below; where there is
// none to be had it goes as a text, rather than not at all.
func (c *Client) Send(ctx context.Context, m Message) (id string, err error) {
	if m.Card.Paper != nil && c.cfg.Draw != nil {
		if id, err = c.sendPaper(ctx, m); !errors.Is(err, errNoFile) {
			return id, err
		}
	}
	if m.Card.Picture != nil && c.cfg.Picture != nil {
		if id, err = c.sendPicture(ctx, m); !errors.Is(err, errNoFile) {
			return id, err
		}
	}
	p := c.params(m)
	if m.Silent {
		p.Set("disable_notification", "true")
	}
	var sent tgbotapi.Message
	if err := c.call(ctx, "sendMessage", p, &sent); err != nil {
		return "", err
	}
	return strconv.Itoa(sent.MessageID), nil
}

// Edit makes the message id show m. Whether it is a text or a file with a caption, the
// platform knows: messages from before there were papers are texts, and so are those that
// went without theirs. The file stays as it was.
func (c *Client) Edit(ctx context.Context, m Message, id string) error {
	if m.Instead {
		if err := c.editFile(ctx, m, id); !errors.Is(err, errNoFile) {
			return err
		}
	}
	edits := []func(context.Context, Message, string) error{c.editText, c.editCaption}
	if m.Card.Paper != nil || m.Captioned {
		edits[0], edits[1] = edits[1], edits[0]
	}
	err := edits[0](ctx, m, id)
	var refused *card.SendError
	if errors.As(err, &refused) && (strings.Contains(refused.Reason, "there is no caption in the message") || strings.Contains(refused.Reason, "there is no text in the message")) {
		err = edits[1](ctx, m, id)
	}
	return err
}

// editFile puts the paper of m in the place of what message id was, a text too. It returns
// errNoFile where there is no paper to be had.
func (c *Client) editFile(ctx context.Context, m Message, id string) error {
	drawn, err := c.cfg.Draw(ctx, m.Card.Paper)
	if err != nil {
		return c.without(ctx, m.Card.Paper, err)
	}
	media, err := json.Marshal(map[string]string{"type": "document", "media": "attach://document", "caption": caption(m.Card, m.Words), "parse_mode": "HTML"})
	if err != nil {
		return err
	}
	p := url.Values{"chat_id": {chatID(m.Chat)}, "message_id": {id}, "media": {string(media)}, "reply_markup": {c.keyboard(m.Chat, m.Card.Buttons, m.Words)}}
	return c.upload(ctx, "editMessageMedia", p, "document", &drawn, nil)
}

func (c *Client) editText(ctx context.Context, m Message, id string) error {
	p := c.params(m)
	p.Set("message_id", id)
	return c.call(ctx, "editMessageText", p, nil)
}

func (c *Client) editCaption(ctx context.Context, m Message, id string) error {
	p := c.captioned(m)
	p.Set("message_id", id)
	return c.call(ctx, "editMessageCaption", p, nil)
}

// captioned are the parameters of a file with m as its caption.
func (c *Client) captioned(m Message) url.Values {
	return url.Values{"chat_id": {chatID(m.Chat)}, "caption": {caption(m.Card, m.Words)}, "parse_mode": {"HTML"},
		"reply_markup": {c.keyboard(m.Chat, m.Card.Buttons, m.Words)}}
}

func (c *Client) params(m Message) url.Values {
	return url.Values{
		"chat_id": {chatID(m.Chat)}, "text": {text(m.Card, m.Words)}, "parse_mode": {"HTML"},
		"disable_web_page_preview": {"true"}, "reply_markup": {c.keyboard(m.Chat, m.Card.Buttons, m.Words)},
	}
}

// answerCallback stops a button's spinner, with a short word if there is one.
func (c *Client) answerCallback(ctx context.Context, id, toast string) {
	p := url.Values{"callback_query_id": {id}}
	if r := []rune(toast); len(r) > 200 {
		toast = string(r[:199]) + "…"
	}
	if toast != "" {
		p.Set("text", toast)
		p.Set("show_alert", strconv.FormatBool(len([]rune(toast)) > 60))
	}
	// A late answer is refused; the button has stopped by itself then.
	if err := c.call(ctx, "answerCallbackQuery", p, nil); err != nil {
		c.cfg.Log.Debug("answering a button", "error", err)
	}
}
