package slack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"duebot/commands/card"
)

// A picture is a file of the workspace that belongs to no channel, shown by a block that
// names it. Slack needs a moment to read a file in; a block that names one before that is
// refused. So a picture goes along only once Slack has it; a message never waits long for
// one, and says all that it has to say without it.

// Gallery remembers which pictures were uploaded, by a hash of what they show.
type Gallery interface {
	Picture(hash string) (file string)
	KeepPicture(hash, file string)
	// DropPicture forgets a file that Slack has no more.
	DropPicture(file string)
}

const (
	picturePatience = 5 * time.Second        // wall time that a message waits for its picture
	pictureLook     = 150 * time.Millisecond // between two looks whether Slack has read it in
	altMax          = 1990
)

// pictured is k with its picture uploaded, or k as it is where that cannot be.
func (c *Client) pictured(ctx context.Context, k *card.Card, words card.Words) *card.Card {
	if k == nil || k.Picture == nil || c.cfg.Draw == nil || c.cfg.Gallery == nil || k.Picture.ID != "" {
		return k
	}
	ctx, cancel := context.WithTimeout(ctx, picturePatience)
	defer cancel()
	id, err := c.uploadPicture(ctx, k.Picture, words)
	if err != nil {
		c.count("unpictured")
		c.cfg.Log.Warn("a message goes without its picture", "error", withoutURL(err))
		return k
	}
	return withPicture(k, id)
}

// atHand is k with its picture where Slack has that already: nobody waits for it.
func (c *Client) atHand(k *card.Card, words card.Words) *card.Card {
	if k == nil || k.Picture == nil || c.cfg.Draw == nil || c.cfg.Gallery == nil || k.Picture.ID != "" {
		return k
	}
	data, err := c.cfg.Draw(k.Picture, words)
	if err != nil {
		return k
	}
	id := c.cfg.Gallery.Picture(pictureHash(data))
	if id == "" {
		return k
	}
	return withPicture(k, id)
}

func withPicture(k *card.Card, id string) *card.Card {
	shown, picture := *k, *k.Picture
	picture.ID, shown.Picture = id, &picture
	return &shown
}

// pictureHash tells one drawn picture from another.
func pictureHash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// draws reports whether an answer is to have a picture. It then never goes into an
// acknowledgement: nobody would tell us that Slack refused that.
func (c *Client) draws(a Answer) bool {
	return a.Card != nil && a.Card.Picture != nil && c.cfg.Draw != nil && c.cfg.Gallery != nil
}

// unpictured is k without its picture, for a second try; ok is false where it had none.
func unpictured(k *card.Card) (without *card.Card, ok bool) {
	if k == nil || k.Picture == nil || k.Picture.ID == "" {
		return k, false
	}
	shown := *k
	shown.Picture = nil
	return &shown, true
}

// uploadPicture draws p and returns the id of its file: of one that Slack has already, where
// the same was drawn before.
func (c *Client) uploadPicture(ctx context.Context, p *card.Picture, words card.Words) (id string, err error) {
	data, err := c.cfg.Draw(p, words)
	if err != nil {
		return "", err
	}
	hash := pictureHash(data)
	c.drawing.Lock() // the same for several people at once: one uploads it
	defer c.drawing.Unlock()
	if id := c.cfg.Gallery.Picture(hash); id != "" {
		return id, nil
	}
	name := p.Kind + ".png"
	up, err := c.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: name, FileSize: len(data), AltTxt: c.altText(p, words)})
	if err != nil {
		return "", err
	}
	if err := c.api.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: up.UploadURL, Reader: bytes.NewReader(data), Filename: name}); err != nil {
		return "", err
	}
	done, err := c.api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{{ID: up.FileID, Title: words(p.Title)}}})
	if err != nil {
		return "", err
	}
	if len(done.Files) != 1 {
		return "", errors.New("no file is named for an upload")
	}
	if err := c.readIn(ctx, done.Files[0].ID); err != nil {
		return "", err
	}
	c.cfg.Gallery.KeepPicture(hash, done.Files[0].ID)
	return done.Files[0].ID, nil
}

// readIn waits until Slack knows that a file is a picture.
func (c *Client) readIn(ctx context.Context, id string) error {
	for {
		f, _, _, err := c.api.GetFileInfoContext(ctx, id, 0, 0)
		if err != nil {
			return err
		}
		if strings.HasPrefix(f.Mimetype, "image/") {
			return nil
		}
		pause(ctx, pictureLook)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// picture shows an uploaded picture.
func (r *renderer) picture(p *card.Picture) {
	if p == nil || p.ID == "" || !r.room() {
		return
	}
	b := slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: p.ID}, r.c.altText(p, r.words), "", nil)
	r.blocks = append(r.blocks, b)
	r.left -= len([]rune(b.AltText))
}

// altText is what a picture shows, in words.
func (c *Client) altText(p *card.Picture, words card.Words) string {
	var lines []string
	for _, t := range p.Alt {
		lines = append(lines, oneLine(strings.ReplaceAll(c.unmarked(words(t)), "`", "")))
	}
	return cut(strings.Join(lines, "; "), altMax)
}

// noPicture reports whether Slack refused a message over the file of its picture.
func noPicture(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "slack file") || strings.Contains(err.Error(), "slack_file") || strings.Contains(err.Error(), "invalid_blocks"))
}
