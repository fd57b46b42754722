package slack

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"duebot/commands/card"
)

// ErrNoHome is returned where the app has no Home tab, or may not write it.
var ErrNoHome = errors.New("the app has no Home tab")

// PublishHome shows cards in a person's Home tab, one below the other. The error is a
// *card.SendError when Slack surely did not take them.
func (c *Client) PublishHome(ctx context.Context, user string, cards []*card.Card, words card.Words) error {
	shown := make([]*card.Card, len(cards))
	had := false
	for i, k := range cards {
		shown[i] = c.pictured(ctx, k, words)
		had = had || shown[i].Picture != nil && shown[i].Picture.ID != ""
	}
	err := c.publish(ctx, user, shown, words)
	var refused slack.SlackErrorResponse
	if errors.As(err, &refused) && refused.Err == "invalid_arguments" && had {
		for i, k := range shown {
			if without, had := unpictured(k); had {
				c.cfg.Gallery.DropPicture(k.Picture.ID)
				shown[i] = without
			}
		}
		err = c.publish(ctx, user, shown, words)
	}
	if errors.As(err, &refused) && (refused.Err == "not_enabled" || refused.Err == "missing_scope") {
		return ErrNoHome
	}
	return sendError(withoutURL(err))
}

func (c *Client) publish(ctx context.Context, user string, cards []*card.Card, words card.Words) error {
	view := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: c.homeBlocks(user, cards, words)}}
	_, err := c.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: view})
	return err
}

// homeBlocksMax is how many blocks a Home tab has, a little below Slack's own limit of 100: what
// says that something was left out, and buttons, come on top.
const homeBlocksMax = 90

// homeBlocks are the cards within the limits of one view.
func (c *Client) homeBlocks(user string, cards []*card.Card, words card.Words) []slack.Block {
	r := &renderer{c: c, channel: viewPlace(user), words: words, left: textMax - lostMax, ids: map[string]int{}, modal: true, most: homeBlocksMax}
	for i, k := range cards {
		if r.header = !k.Part; i > 0 && r.header && !k.Title.IsZero() && r.room() {
			r.blocks = append(r.blocks, slack.NewDividerBlock())
		}
		r.part(k)
	}
	r.sayLost()
	if len(r.blocks) == 0 {
		r.section("–")
	}
	return r.blocks
}
