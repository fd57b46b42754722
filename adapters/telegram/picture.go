package telegram

import (
	"context"
	"errors"
	"strconv"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"duebot/commands/card"
)

// sendPicture sends m as its picture with its words below, in one message: what becomes of the
// one becomes of the other. It returns errNoFile where the words are too long for that, where
// nothing can be drawn, and where the platform surely sent nothing and takes no such picture.
func (c *Client) sendPicture(ctx context.Context, m Message) (id string, err error) {
	under, ok := underPicture(m.Card, m.Words)
	if !ok {
		return "", errNoFile
	}
	data, err := c.cfg.Picture(m.Card.Picture, m.Words)
	if err != nil {
		return "", c.unpictured(err)
	}
	p := c.captioned(m)
	p.Set("caption", under)
	if m.Silent {
		p.Set("disable_notification", "true")
	}
	var sent tgbotapi.Message
	err = c.upload(ctx, "sendPhoto", p, "photo", &card.Drawn{Name: m.Card.Picture.Kind + ".png", MIME: "image/png", Data: data}, &sent)
	if e := (*card.SendError)(nil); errors.As(err, &e) && e.Permanent && !e.Gone {
		return "", c.unpictured(err)
	}
	return strconv.Itoa(sent.MessageID), err
}

// unpictured notes that a message goes without its picture.
func (c *Client) unpictured(why error) error {
	c.count("unpictured")
	c.cfg.Log.Warn("a message goes without its picture", "error", why)
	return errNoFile
}
