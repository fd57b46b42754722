package slack

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"duebot/commands/card"
)

// FileMessage is a message of a person with files, or with a link to one.
type FileMessage struct {
	Key     string // from the event id
	User    string
	Channel string
	Thread  string // ts of the thread that it heads or is in
	Direct  bool   // it is a direct message to the bot
	Text    string // the words beside them
	Files   []FileRef
}

// FileRef names a file of the workspace; the name is "" where only its id is known.
type FileRef struct{ ID, Name string }

// eventFile is a file of a message.
type eventFile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// fileLink is Slack's own link to a file: /files/U012345/F012345/name.csv.
var fileLink = regexp.MustCompile(`https://[a-z0-9-]+\.slack\.com/files/[UW][A-Z0-9]+/(F[A-Z0-9]+)(?:/[^\s>|]*)?`)

// files are those of a message that a person wrote. In a direct message a link stands for its
// file; elsewhere people link to files without meaning us.
func (e *event) files() *FileMessage {
	in := &e.Event
	if in.Type != "message" || in.Bot != "" || in.User == "" || in.SubType != "" && in.SubType != slack.MsgSubTypeFileShare {
		return nil
	}
	m := &FileMessage{Key: "slack:event:" + e.ID + ":files", User: in.User, Channel: in.Channel, Thread: in.ThreadTS, Direct: strings.HasPrefix(in.Channel, "D"), Text: typed(in.Text)}
	if m.Thread == "" {
		m.Thread = in.TS
	}
	for _, f := range in.Files {
		m.Files = append(m.Files, FileRef(f))
	}
	if m.Direct && len(m.Files) == 0 {
		for _, found := range fileLink.FindAllStringSubmatch(in.Text, linksMax) {
			m.Files = append(m.Files, FileRef{ID: found[1]})
		}
	}
	if len(m.Files) == 0 {
		return nil
	}
	return m
}

// linksMax is how many links of one message are followed.
const linksMax = 5

// filePatience bounds the way of one file.
const filePatience = 2 * time.Minute

// ErrFileTooLarge is returned for a file of more bytes than asked for.
var ErrFileTooLarge = errors.New("the file is too large")

// Fetch downloads a file of at most max bytes. Its token goes to Slack's own addresses alone.
// The error is a *card.SendError when Slack refuses it.
func (c *Client) Fetch(ctx context.Context, id string, max int) (name string, data []byte, err error) {
	f, _, _, err := c.slow.GetFileInfoContext(ctx, id, 0, 0)
	if err != nil {
		return "", nil, sendError(err)
	}
	from := f.URLPrivateDownload
	if from == "" {
		from = f.URLPrivate
	}
	switch {
	case f.Size > max:
		return f.Name, nil, ErrFileTooLarge
	case from == "":
		return f.Name, nil, &card.SendError{Permanent: true, Reason: "the file has no address"}
	}
	into := &limited{left: max}
	if err := c.slow.GetFileContext(ctx, from, into); err != nil {
		if into.left < 0 {
			return f.Name, nil, ErrFileTooLarge
		}
		return f.Name, nil, sendError(withoutURL(err))
	}
	return f.Name, into.Bytes(), nil
}

// limited takes so many bytes and no more.
type limited struct {
	bytes.Buffer
	left int
}

func (w *limited) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, ErrFileTooLarge
	}
	return w.Buffer.Write(b)
}

// upload sends a card's table as a file, with the card's words beside it, and returns the
// file's id.
func (c *Client) upload(ctx context.Context, m Message) (id string, err error) {
	data := tableFile(m.Card.File, m.Words)
	beside := &card.Card{Title: m.Card.Title, Body: m.Card.Body}
	if !m.Card.File.Text.IsZero() {
		beside = &card.Card{Body: []card.Text{m.Card.File.Text}}
	}
	text, _ := c.render(m.Channel, beside, m.Words)
	f, err := c.slow.UploadFileContext(ctx, slack.UploadFileParameters{Filename: m.Card.File.Name, Title: m.Card.File.Name, FileSize: len(data),
		Reader: bytes.NewReader(data), Channel: m.Channel, ThreadTimestamp: m.Thread, InitialComment: text})
	if err != nil {
		return "", sendError(withoutURL(err)) // whoever has the address of an upload can upload there
	}
	return f.ID, nil
}

// tableFile is a table as CSV: with a byte order mark, by which spreadsheets know UTF-8, and
// without cells that they would take for formulas.
func tableFile(f *card.File, words card.Words) []byte {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	for _, row := range append([][]card.Text{f.Table.Head}, f.Table.Rows...) {
		cells := make([]string, len(row))
		for i, t := range row {
			cells[i] = words(t)
			if t.Key != "" { // our own words, where Slack's marks mean nothing
				cells[i] = strings.ReplaceAll(cells[i], "`", "")
			}
			cells[i] = inert(cells[i])
		}
		w.Write(cells)
	}
	w.Flush()
	return out.Bytes()
}

var signedNumber = regexp.MustCompile(`^[-+]?[\d.,\s]+$`)

// inert keeps a spreadsheet from running what somebody wrote into a cell.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) && !signedNumber.MatchString(s) {
		return "'" + s
	}
	return s
}

// newSlow is a client for whole files, which take their time.
func newSlow(cfg Config, transport http.RoundTripper) *slack.Client {
	return slack.New(cfg.BotToken, slack.OptionHTTPClient(&http.Client{Timeout: filePatience, Transport: transport}),
		slack.OptionAPIURL(fmt.Sprintf("%s/", strings.TrimSuffix(cfg.APIURL, "/"))))
}

// handOver sends the file of an answer to whoever asked, alone: an answer is for nobody else,
// and no file can be ephemeral.
func (c *Client) handOver(ctx context.Context, user string, a Answer) {
	if a.Card == nil || a.Card.File == nil {
		return
	}
	channel, err := c.channel(ctx, user)
	if err == nil {
		_, err = c.upload(ctx, Message{Channel: channel, Card: a.Card, Words: a.Words})
	}
	if err != nil {
		c.cfg.Log.Warn("sending the file of an answer", "error", err)
	}
}
