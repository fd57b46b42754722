package telegram

import (
	"context"
	"net/url"
	"strconv"
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
}

// Length is how many characters of HTML m is: long messages weigh more.
func Length(m Message) int { return utf8.RuneCountInString(text(m.Card, m.Words)) }

// Send sends m and returns the platform's id of it.
func (c *Client) Send(ctx context.Context, m Message) (id string, err error) {
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

// Edit makes the message id show m.
func (c *Client) Edit(ctx context.Context, m Message, id string) error {
	p := c.params(m)
	p.Set("message_id", id)
	return c.call(ctx, "editMessageText", p, nil)
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
