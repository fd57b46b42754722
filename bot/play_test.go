package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duebot/bot/text"
)

// player plays people through the control interface, as a script from outside would.
type player struct {
	base string
	fail func(format string, args ...any)
}

// world is the part of GET state that tests look at.
type world struct {
	Now   time.Time
	Idle  bool
	Slack struct {
		Messages []slackMessage
		Views    []slackView
		Homes    map[string]slackHome
	}
	Mail     []sentMail
	Telegram struct {
		Chats []struct {
			ID       int64
			Type     string
			Title    string
			People   []map[string]any
			Messages []chatMessage
		}
	}
}

type slackMessage struct {
	Channel     string
	TS          string
	ThreadTS    string `json:"thread_ts"`
	User        string
	BotID       string `json:"bot_id"`
	Text        string
	EphemeralTo string `json:"ephemeral_to"`
	Blocks      json.RawMessage
	Files       []sharedFile
}

// said is a message's text; of a file of the bot's its name, below what the blocks say.
func (m *slackMessage) said() string {
	text := m.Text
	if m.BotID == "" || len(m.Files) == 0 {
		return text
	}
	if text == "" {
		var blocks []struct {
			Text     struct{ Text string }
			Elements []struct{ Text string }
		}
		json.Unmarshal(m.Blocks, &blocks)
		for _, b := range blocks {
			text = strings.TrimSpace(text + "\n" + b.Text.Text)
			for _, e := range b.Elements {
				text += e.Text
			}
		}
	}
	for _, f := range m.Files {
		text += "\n{" + f.Name + "}"
	}
	return text
}

type chatMessage struct {
	MessageID int `json:"message_id"`
	From      struct {
		IsBot bool `json:"is_bot"`
	}
	Text    string
	Invoice struct { // a bill of Telegram's own payments
		Title string
		Total int64 `json:"total_amount"`
	}

	ReplyMarkup struct {
		Rows [][]chatButton `json:"inline_keyboard"`
	} `json:"reply_markup"`

	File *chatFile `json:"-"`
}

type chatButton struct {
	Text string
	URL  string
	Data string `json:"callback_data"`
}

func newPlayer(t testing.TB, base string) *player {
	return &player{base: base, fail: func(format string, args ...any) { t.Helper(); t.Fatalf(format, args...) }}
}

// post does an act and decodes its answer; an error of the interface fails the test.
func (p *player) post(path string, body, out any) {
	if err := p.try(path, body, out); err != nil {
		p.fail("%v", err)
	}
}

func (p *player) try(path string, body, out any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	resp, err := http.Post(p.base+"/control/"+path, "application/json", bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s %s", path, data, resp.Status, answer)
	}
	if err == nil && out != nil {
		err = json.Unmarshal(answer, out)
	}
	return err
}

// state returns the world once the bot is idle.
func (p *player) state() (w world) {
	for range 100 {
		resp, err := http.Get(p.base + "/control/state?wait=idle")
		if err != nil {
			p.fail("%v", err)
		}
		err = json.NewDecoder(resp.Body).Decode(&w)
		resp.Body.Close()
		if err != nil {
			p.fail("state: %v", err)
		}
		if w.Idle {
			return w
		}
	}
	p.fail("the bot does not come to rest")
	return w
}

type commandReply struct {
	TS      string
	Error   string
	Payload struct {
		Text   string
		Blocks json.RawMessage
	}
}

// command types a slash command and returns what the person sees.
func (p *player) command(user, channel, line string) (ts, seen string) {
	command, text, _ := strings.Cut(line, " ")
	var r commandReply
	before := p.newest(user).TS
	p.post("slack/command", map[string]any{"user": user, "channel": channel, "command": command, "text": text}, &r)
	if r.Error != "" {
		p.fail("%s: %s", line, r.Error)
	}
	if r.Payload.Text == "" || working(r.Payload.Text) { // it came later, by the response_url, or it is a form
		if m := p.newest(user); m.TS > before {
			return m.TS, shown(m.Text, m.Blocks)
		}
	}
	return r.TS, shown(r.Payload.Text, r.Payload.Blocks)
}

// working tells that a commit took long, as it does where the machine stands still for a while:
// what was asked for comes later.
func working(said string) bool {
	texts, err := text.Load()
	return err == nil && slices.ContainsFunc(texts.Languages(), func(lang string) bool { return texts.In(lang).Say("working", nil) == said })
}

// shown is a Slack message as a line-reader would see it: text, then buttons.
func shown(text string, blocks json.RawMessage) string {
	for _, label := range labels(blocks) {
		text += "\n[" + label + "]"
	}
	return unescaper.Replace(text)
}

var unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// labels are the buttons of a message, and what its menus offer.
func labels(blocks json.RawMessage) (out []string) {
	type labelled struct {
		Type    string
		Text    json.RawMessage
		Options []struct{ Text struct{ Text string } }
	}
	var list []struct {
		Type      string
		Elements  []labelled
		Accessory *labelled
	}
	json.Unmarshal(blocks, &list)
	for _, b := range list {
		if b.Accessory != nil {
			b.Type, b.Elements = "actions", []labelled{*b.Accessory}
		}
		for _, e := range b.Elements {
			var t struct{ Text string }
			if b.Type == "actions" && e.Type == "button" && json.Unmarshal(e.Text, &t) == nil {
				out = append(out, t.Text)
			}
			for _, o := range e.Options {
				if b.Type == "actions" && (e.Type == "overflow" || e.Type == "static_select") {
					out = append(out, o.Text.Text)
				}
			}
		}
	}
	return out
}

// press presses the button with that label, in the newest message that has it; pressFirst in
// the oldest one.
func (p *player) press(user, label string) { p.pressIn(user, label, false) }

func (p *player) pressFirst(user, label string) { p.pressIn(user, label, true) }

func (p *player) pressIn(user, label string, first bool) {
	w := p.state()
	if p.tapModal(&w, user, label) {
		return
	}
	msgs := w.Slack.Messages
	slices.SortStableFunc(msgs, func(a, b slackMessage) int { return strings.Compare(a.TS, b.TS) })
	if !first {
		slices.Reverse(msgs)
	}
	for _, m := range msgs {
		if (m.EphemeralTo == "" || m.EphemeralTo == user) && slices.Contains(labels(m.Blocks), label) {
			p.post("slack/action", map[string]any{"user": user, "channel": m.Channel, "ts": m.TS, "label": label, "value": ""}, nil)
			return
		}
	}
	p.fail("no message that %s sees has a button %q", user, label)
}

// mention writes a line to the bot in the thread of an invoice's card, in #invoices
// ("channel"), or in the direct messages with it ("direct").
func (p *player) mention(user, where, text string) {
	act := map[string]any{"user": user, "channel": "CINVOICES1", "text": "<@UDUEBOT001> " + text}
	switch where {
	case "channel":
	case "direct":
		act["channel"], act["text"] = user, text
	default:
		act["channel"], act["thread_ts"] = p.card(where)
	}
	p.post("slack/message", act, nil)
}

// card is where the card of an invoice stands.
func (p *player) card(number string) (channel, ts string) {
	for _, m := range p.state().Slack.Messages {
		if m.BotID != "" && m.EphemeralTo == "" && (m.ThreadTS == "" || m.ThreadTS == m.TS) && strings.HasPrefix(m.Text, number+" ·") {
			return m.Channel, m.TS
		}
	}
	p.fail("no card of %s", number)
	return "", ""
}

var cardWord = regexp.MustCompile(`card:([A-Z]+-\d+-\d+)`)

// linked puts the links to invoices' cards into a line.
func (p *player) linked(line string) string {
	return cardWord.ReplaceAllStringFunc(line, func(s string) string {
		channel, ts := p.card(cardWord.FindStringSubmatch(s)[1])
		return "https://lindenhof.slack.com/archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", "")
	})
}

// channel is what is to be seen in a channel by user, threads indented.
func (w *world) channel(id, user string) string {
	var out strings.Builder
	msgs := slices.Clone(w.Slack.Messages)
	slices.SortStableFunc(msgs, func(a, b slackMessage) int { return strings.Compare(a.TS, b.TS) })
	for _, m := range msgs {
		if m.Channel != id && !(id == "DM" && strings.HasPrefix(m.Channel, "D")) || m.EphemeralTo != "" && m.EphemeralTo != user {
			continue
		}
		indent := ""
		if m.ThreadTS != "" && m.ThreadTS != m.TS {
			indent = "  | "
		}
		for line := range strings.SplitSeq(shown(m.said(), m.Blocks), "\n") {
			fmt.Fprintf(&out, "%s%s\n", indent, line)
		}
	}
	return out.String()
}

// chat is what is to be seen in a Telegram chat: the bot's messages, with their buttons.
func (w *world) chat(id int64) string {
	var out strings.Builder
	for _, m := range w.messages(id) {
		who := ""
		if !m.From.IsBot {
			who = "> "
		}
		fmt.Fprintf(&out, "%s%s\n", who, m.Text)
		for _, row := range m.ReplyMarkup.Rows {
			for _, b := range row {
				fmt.Fprintf(&out, "[%s]\n", b.Text)
			}
		}
	}
	return out.String()
}

func (w *world) messages(id int64) []chatMessage {
	for _, c := range w.Telegram.Chats {
		if c.ID == id {
			return c.Messages
		}
	}
	return nil
}

// tap presses the inline button whose label begins so, in the newest message that has it,
// and returns the toast.
func (p *player) tap(chat int64, label string) string { return p.tapAs(chat, 0, label) }

// tapAs is tap by one of a group's people; 0 is the first.
func (p *player) tapAs(chat, person int64, label string) string {
	w := p.state()
	for _, m := range slices.Backward(w.messages(chat)) {
		for _, row := range m.ReplyMarkup.Rows {
			for _, b := range row {
				if strings.HasPrefix(directions.Replace(b.Text), directions.Replace(label)) {
					var r struct{ Answer *struct{ Text, URL string } }
					p.post("telegram/click", map[string]any{"chat": chat, "from": person, "message_id": m.MessageID, "label": b.Text}, &r)
					if r.Answer != nil {
						return r.Answer.Text
					}
					return ""
				}
			}
		}
	}
	p.fail("no message in chat %d has a button %q:\n%s", chat, label, w.chat(chat))
	return ""
}

// directions takes out of a label what sets its direction.
var directions = strings.NewReplacer("\u200e", "", "\u200f", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

// payURL is the address behind the newest button whose label begins so.
func (p *player) payURL(chat int64, label string) string {
	w := p.state()
	for _, m := range slices.Backward(w.messages(chat)) {
		for _, row := range m.ReplyMarkup.Rows {
			for _, b := range row {
				if strings.HasPrefix(b.Text, label) && b.URL != "" {
					return b.URL
				}
			}
		}
	}
	p.fail("no message in chat %d has a link %q:\n%s", chat, label, w.chat(chat))
	return ""
}

func (p *player) write(chat int64, text string) {
	p.writeAs(chat, 0, text)
}

// writeAs is write by one of a group's people; 0 is the first.
func (p *player) writeAs(chat, person int64, text string) {
	p.post("telegram/message", map[string]any{"chat": chat, "from": person, "text": text}, nil)
}

func (p *player) advance(d string) {
	p.post("clock", map[string]any{"advance": d}, nil)
}

// programIn gives the person of a private chat a program in a language; "" is one that does not
// tell, so that the customer's holds.
func (p *player) programIn(chat int64, lang string) {
	w := p.state()
	for _, c := range w.Telegram.Chats {
		if c.ID == chat && c.Type == "private" && len(c.People) == 1 {
			c.People[0]["language_code"] = lang
			p.post("telegram/chat", map[string]any{"id": chat, "type": c.Type, "title": c.Title, "people": c.People, "started": true}, nil)
		}
	}
}

// link invites a customer and presses Start in a chat.
func (p *player) link(handle string, chat int64) {
	if token := p.token(handle); token != "" {
		p.write(chat, "/start "+token)
	}
}

// token makes an invitation and returns what is secret in it.
func (p *player) token(handle string) string {
	const by = "USALES0001"
	_, seen := p.command(by, "CINVOICES1", "/ar customer invite "+handle)
	token := inviteLink.FindStringSubmatch(seen)
	for end := time.Now().Add(10 * time.Second); token == nil && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		m := p.newest(by) // its picture is drawn first, by a bot that may be another process
		seen = shown(m.Text, m.Blocks)
		token = inviteLink.FindStringSubmatch(seen)
	}
	if token == nil {
		p.fail("no link in %q", seen)
		return ""
	}
	return token[1]
}

var inviteLink = regexp.MustCompile(`\?start(?:group)?=([A-Za-z0-9_-]+)`)
