package telegram

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"duebot/commands/card"
)

// errNoFile says that a paper cannot go as a file: its card goes as a text.
var errNoFile = errors.New("there is no file")

// sendPaper sends m as the file of its paper with a caption. A file that the platform has
// already goes by its id.
func (c *Client) sendPaper(ctx context.Context, m Message) (id string, err error) {
	drawn, err := c.cfg.Draw(ctx, m.Card.Paper)
	if err != nil {
		return "", c.without(ctx, m.Card.Paper, err)
	}
	p, key := c.captioned(m), fileKey(&drawn)
	if m.Silent {
		p.Set("disable_notification", "true")
	}
	var sent tgbotapi.Message
	err = errNoFile
	if known := c.files.of(key); known != "" {
		p.Set("document", known)
		if err = c.call(ctx, "sendDocument", p, &sent); strange(err) {
			c.files.drop(key)
			err = errNoFile
		}
		p.Del("document")
	}
	if errors.Is(err, errNoFile) {
		err = c.upload(ctx, "sendDocument", p, "document", &drawn, &sent)
	}
	switch {
	case tooLarge(err):
		return "", c.without(ctx, m.Card.Paper, err)
	case err != nil:
		return "", err
	}
	if sent.Document != nil {
		c.files.keep(key, sent.Document.FileID)
	}
	return strconv.Itoa(sent.MessageID), nil
}

// without tells that a paper's card goes without it.
func (c *Client) without(ctx context.Context, p *card.Paper, why error) error {
	if c.cfg.Undrawn != nil {
		c.cfg.Undrawn(ctx, p, why)
	}
	return errNoFile
}

// upload posts a method with a file among its parameters.
func (c *Client) upload(ctx context.Context, method string, params url.Values, field string, d *card.Drawn, out any) error {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name := range params {
		if err := w.WriteField(name, params.Get(name)); err != nil {
			return err
		}
	}
	head := textproto.MIMEHeader{"Content-Type": {d.MIME}}
	head.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, field, quoting.Replace(d.Name)))
	part, err := w.CreatePart(head)
	if err != nil {
		return err
	}
	if _, err := part.Write(d.Data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.post(ctx, method, w.FormDataContentType(), &body, out)
}

// quoting keeps a file's name inside of its quotes.
var quoting = strings.NewReplacer(`\`, "_", `"`, "_", "\r", "_", "\n", "_")

// strange reports that the platform does not know a file by its id any more.
func strange(err error) bool {
	var e *card.SendError
	return errors.As(err, &e) && e.Permanent && !e.Gone &&
		(strings.Contains(e.Reason, "file identifier") || strings.Contains(e.Reason, "file_id") || strings.Contains(e.Reason, "FILE_REFERENCE") || strings.Contains(e.Reason, "use file of type"))
}

// tooLarge reports that the platform takes no such file.
func tooLarge(err error) bool {
	var e *card.SendError
	if !errors.As(err, &e) || !e.Permanent || e.Gone {
		return false
	}
	low := strings.ToLower(e.Reason)
	return strings.Contains(low, "too large") || strings.Contains(low, "too big") || strings.Contains(low, "file must be non-empty") || strings.Contains(low, "file_part")
}

// fileKey tells files apart by their bytes and name.
func fileKey(d *card.Drawn) [sha256.Size]byte {
	return sha256.Sum256(append([]byte(d.Name+"\x00"), d.Data...))
}

// files are the ids by which the platform knows what was uploaded lately. One that is
// forgotten is uploaded again.
type files struct {
	mu  sync.Mutex
	ids map[[sha256.Size]byte]string
}

const filesMax = 2000

func (f *files) of(key [sha256.Size]byte) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ids[key]
}

func (f *files) keep(key [sha256.Size]byte, id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ids == nil || len(f.ids) >= filesMax {
		f.ids = map[[sha256.Size]byte]string{}
	}
	f.ids[key] = id
}

func (f *files) drop(key [sha256.Size]byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.ids, key)
}
