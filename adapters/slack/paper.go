package slack

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"duebot/adapters/reach"
	"duebot/commands/card"
)

// A paper goes as a file, in three steps: Slack reserves an id, takes the bytes, and shares the
// file. Nobody sees anything before the last one, so that what fails until then never was. The
// last one shares later than it answers, now and then not at all, and its answer may be lost:
// so the id is written down before, and a file counts as sent once Slack tells where it is.

// Papers remembers, for a message that is a file, which file it is going to share.
type Papers interface {
	Reserved(message string) (file string)
	Reserve(ctx context.Context, message, file string) error
}

// Whether a file was shared is looked up, in wall time: first when the last ones were there,
// then ever later.
const (
	shareFirst    = 20 * time.Millisecond
	shareLater    = 40 * time.Millisecond
	sharePatience = 4 * time.Second
)

// ErrNotShared says that Slack has taken a file, and does not show it yet.
var ErrNotShared = errors.New("the file is not to be seen yet")

// postPaper draws the paper of m and shares it where m goes. It returns the message's ts.
func (c *Client) postPaper(ctx context.Context, m Message) (ts string, err error) {
	file, err := c.reservePaper(placed(ctx), m.Card.Paper)
	if err != nil {
		return "", err
	}
	if m.ID != "" && c.cfg.Papers != nil {
		if err := c.cfg.Papers.Reserve(ctx, m.ID, file.ID); err != nil {
			return "", &card.SendError{RetryAfter: time.Second, Reason: "the file cannot be written down"}
		}
	}
	watched, sent := reach.Watch(placed(ctx))
	_, err = c.api.CompleteUploadExternalContext(watched, slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{file}, Channel: m.Channel,
		ThreadTimestamp: m.Thread, Blocks: c.beside(m)})
	if err != nil {
		return "", unsent(err, sent)
	}
	f, err := c.shared(ctx, file.ID, m.Channel)
	return shareIn(f, m.Channel), err
}

// reservePaper draws a paper and brings it to Slack, where nobody sees it yet.
func (c *Client) reservePaper(ctx context.Context, p *card.Paper) (file slack.FileSummary, err error) {
	drawn, err := c.cfg.Paper(ctx, p)
	if err != nil {
		c.count("undrawn")
		c.cfg.Log.Error("drawing a document", "kind", p.Kind, "of", p.Of, "error", err)
		return file, &card.SendError{Permanent: true, Reason: "it could not be drawn; see the log"}
	}
	up, err := c.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: drawn.Name, FileSize: len(drawn.Data)})
	if err != nil {
		return file, unshared(err)
	}
	err = c.slow.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: up.UploadURL, Reader: bytes.NewReader(drawn.Data), Filename: drawn.Name})
	if err != nil {
		return file, unshared(err)
	}
	return slack.FileSummary{ID: up.FileID, Title: drawn.Name}, nil
}

// unshared is the error of a step before anything can be seen: it is made again, whatever
// became of it.
func unshared(err error) error {
	if sorted := sendError(err); errors.As(sorted, new(*card.SendError)) {
		return sorted
	}
	return &card.SendError{RetryAfter: 2 * time.Second, All: true, Silent: true, Reason: "the file was not taken"}
}

// beside are the words beside a file. Blocks and no text: in text Slack would look for mentions.
func (c *Client) beside(m Message) slack.Blocks {
	_, blocks := c.render(m.Channel, &card.Card{Title: m.Card.Title, Body: m.Card.Body, Note: m.Card.Note}, m.Words)
	return slack.Blocks{BlockSet: blocks}
}

// shared waits a moment until Slack shows a file in a channel.
func (c *Client) shared(ctx context.Context, id, channel string) (*slack.File, error) {
	begun := time.Now()
	pause(ctx, max(time.Duration(c.lag.Load()), shareFirst))
	for later := shareLater; ; later *= 2 {
		f, _, _, err := c.api.GetFileInfoContext(ctx, id, 0, 0)
		took := time.Since(begun)
		if err == nil && shareIn(f, channel) != "" {
			c.lag.Store(c.lag.Load()/2 + int64(took)/2)
			return f, nil
		}
		if took+later > sharePatience || ctx.Err() != nil {
			return nil, errors.Join(ErrNotShared, withoutURL(err))
		}
		pause(ctx, later)
	}
}

// shareIn is the ts of the message that shows f in a channel, "" where none does.
func shareIn(f *slack.File, channel string) string {
	if f == nil {
		return ""
	}
	for _, list := range []map[string][]slack.ShareFileInfo{f.Shares.Public, f.Shares.Private} {
		if in := list[channel]; len(in) > 0 {
			return in[0].Ts
		}
	}
	return ""
}

// FindPaper tells what became of the message with our id that was to share a file: ts is where
// it is; pending says that Slack has the file and does not show it, which may still change.
func (c *Client) FindPaper(ctx context.Context, to, id string) (channel, ts string, pending bool, err error) {
	if channel, err = c.channel(ctx, to); err != nil {
		return "", "", false, err
	}
	file := ""
	if c.cfg.Papers != nil {
		file = c.cfg.Papers.Reserved(id)
	}
	if file == "" { // it was never about to be shared
		return channel, "", false, nil
	}
	f, _, _, err := c.api.GetFileInfoContext(ctx, file, 0, 0)
	var refused slack.SlackErrorResponse
	switch {
	case errors.As(err, &refused) && (refused.Err == "file_not_found" || refused.Err == "file_deleted"):
		return channel, "", false, nil
	case err != nil:
		return "", "", false, sendError(err)
	}
	ts = shareIn(f, channel)
	return channel, ts, ts == "", nil
}

// papers reports whether an answer brings a file. It is told once the file is there, and so
// never in an acknowledgement.
func (c *Client) papers(a Answer) bool {
	return a.Card != nil && a.Card.Paper != nil && c.cfg.Paper != nil
}

// handed sends the paper of an answer to whoever asked, alone: an answer is for nobody else,
// and no file can be ephemeral. It returns what there is to say: where the file is, or that
// there is none.
func (c *Client) handed(ctx context.Context, user, from string, a Answer) Answer {
	if !c.papers(a) {
		return a
	}
	f, channel, err := c.toDirect(ctx, user, a)
	shown := *a.Card
	a.Card = &shown
	shown.Paper = nil
	switch {
	case err != nil && !errors.Is(err, ErrNotShared):
		c.cfg.Log.Warn("sending a file to whoever asked for it", "user", user, "error", withoutURL(err))
		a.Card = card.Say("paper.unsent").Card
	case channel == from && len(shown.Buttons) == 0: // it stands there by itself
		a.Card = nil
	case channel == from:
		shown.Body = nil
	case f != nil && f.Permalink != "":
		open := card.Button{Label: card.T("button.openfile"), URL: f.Permalink}
		shown.Buttons = append([]card.Button{open}, shown.Buttons...)
	}
	return a
}

// toDirect shares the paper of an answer in the direct messages with whoever asked.
func (c *Client) toDirect(ctx context.Context, user string, a Answer) (f *slack.File, channel string, err error) {
	if channel, err = c.channel(ctx, user); err != nil {
		return nil, "", err
	}
	file, err := c.reservePaper(ctx, a.Card.Paper)
	if err != nil {
		return nil, channel, err
	}
	m := Message{Channel: channel, Card: &card.Card{Title: a.Card.Title}, Words: a.Words}
	_, err = c.api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{file}, Channel: channel, Blocks: c.beside(m)})
	if err != nil {
		return nil, channel, sendError(err)
	}
	f, err = c.shared(ctx, file.ID, channel)
	return f, channel, err
}

// Link is a link to a message, "" while it is not known what Slack calls our workspace.
func (c *Client) Link(channel, ts string) string {
	c.home.mu.Lock()
	defer c.home.mu.Unlock()
	if c.home.url == "" || channel == "" || ts == "" {
		return ""
	}
	return strings.TrimSuffix(c.home.url, "/") + "/archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", "")
}
