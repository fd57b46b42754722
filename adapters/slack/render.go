package slack

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"duebot/commands/card"
)

// Limits of Block Kit, a little below Slack's own.
const (
	sectionMax = 2900
	fieldMax   = 1900
	fieldsMax  = 10
	tableMax   = 100
	cellMax    = 200
	buttonMax  = 75
	confirmMax = 300 // the question of a confirm dialog
	dialogMax  = 30  // its buttons
	buttonsMax = 5
	noteMax    = 10
	textMax    = 9000 // all blocks of a message together
)

// escape makes words of people harmless in mrkdwn. Mentions, which bot/words wraps in two
// private-use characters, become Slack's.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", card.MentionOpen, "<@", card.MentionClose, ">")

// plain drops mention marks where mrkdwn is not read.
var plain = strings.NewReplacer(card.MentionOpen, "@", card.MentionClose, "")

// renderer collects the blocks of one message within Slack's limits.
type renderer struct {
	c       *Client
	channel string
	words   card.Words
	blocks  []slack.Block
	left    int // characters that may still be used
	ids     map[string]int
}

// render turns a card into blocks, and into the text for notifications and screen readers.
func (c *Client) render(channel string, k *card.Card, words card.Words) (text string, blocks []slack.Block) {
	r := &renderer{c: c, channel: channel, words: words, left: textMax, ids: map[string]int{}}
	for _, b := range k.Buttons { // their texts count too, and buttons are not left out
		r.left -= min(len([]rune(words(b.Label))), buttonMax)
		if !b.Confirm.IsZero() {
			r.left -= min(len([]rune(words(b.Confirm))), confirmMax) + buttonMax + 2*dialogMax
		}
	}
	if !k.Title.IsZero() {
		r.section("*" + escape.Replace(oneLine(words(k.Title))) + "*")
	}
	var body []string
	for _, t := range k.Body {
		body = append(body, escape.Replace(words(t)))
	}
	r.section(strings.Join(body, "\n"))
	if !k.Quote.IsZero() {
		r.section("> " + strings.ReplaceAll(escape.Replace(words(k.Quote)), "\n", "\n> "))
	}
	if k.Table != nil && k.Table.First {
		r.table(k.Table)
		r.fields(k.Fields)
	} else {
		r.fields(k.Fields)
		r.table(k.Table)
	}
	r.buttons(k.Buttons)
	r.notes(k.Note)
	return r.fallback(k), r.blocks
}

// mrkdwn is text in which Slack looks for nothing that we did not mark: people's words about
// "@channel" would call everybody.
func mrkdwn(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
}

// take cuts s to what the message and the block can hold.
func (r *renderer) take(s string, limit int) string {
	s = cut(s, min(limit, max(r.left, 0)))
	r.left -= len([]rune(s))
	return s
}

func (r *renderer) section(s string) {
	for s != "" && r.left > 0 {
		head, rest := splitAt(s, sectionMax)
		if head = r.take(head, sectionMax); strings.TrimSpace(head) != "" {
			r.blocks = append(r.blocks, slack.NewSectionBlock(mrkdwn(head), nil, nil))
		}
		s = rest
	}
}

func (r *renderer) fields(fields []card.Field) {
	for len(fields) > 0 {
		n := min(len(fields), fieldsMax)
		var objects []*slack.TextBlockObject
		for _, f := range fields[:n] {
			s := r.take("*"+escape.Replace(oneLine(r.words(f.Label)))+"*\n"+escape.Replace(r.words(f.Value)), fieldMax)
			if s != "" {
				objects = append(objects, mrkdwn(s))
			}
		}
		if len(objects) > 0 {
			r.blocks = append(r.blocks, slack.NewSectionBlock(nil, objects, nil))
		}
		fields = fields[n:]
	}
}

func (r *renderer) table(t *card.Table) {
	if t == nil || len(t.Rows) == 0 {
		return
	}
	b := slack.NewTableBlock("")
	b.AddRow(r.row(t.Head)...)
	for i, row := range t.Rows {
		if i == tableMax-1 || r.left <= 0 {
			break
		}
		b.AddRow(r.row(row)...)
	}
	for i := range t.Head {
		set := slack.ColumnSetting{Align: slack.ColumnAlignmentLeft}
		if i < len(t.Right) && t.Right[i] {
			set.Align = slack.ColumnAlignmentRight
		}
		b.ColumnSettings = append(b.ColumnSettings, set)
	}
	r.blocks = append(r.blocks, b)
}

func (r *renderer) row(cells []card.Text) []slack.TableCell {
	out := make([]slack.TableCell, len(cells))
	for i, t := range cells {
		words := oneLine(r.words(t))
		s := r.take(plain.Replace(words), cellMax)
		if s == "" {
			s = "–" // an empty cell is refused
		}
		if parts := mentions(words); parts != nil && s == plain.Replace(words) {
			out[i] = slack.NewTableRichTextCell(slack.NewRichTextSection(parts...))
			continue
		}
		out[i] = slack.NewTableRawTextCell(s)
	}
	return out
}

// mentions cuts words at the people named in them, whom a cell of plain text would show by
// their ids; nil where nobody is.
func mentions(words string) (out []slack.RichTextSectionElement) {
	named := false
	for words != "" {
		before, rest, _ := strings.Cut(words, card.MentionOpen)
		if before != "" {
			out = append(out, slack.NewRichTextSectionTextElement(before, nil))
		}
		id, after, ok := strings.Cut(rest, card.MentionClose)
		if ok && id != "" {
			out, named = append(out, slack.NewRichTextSectionUserElement(id, nil)), true
		}
		words = after
	}
	if !named {
		return nil
	}
	return out
}

func (r *renderer) buttons(buttons []card.Button) {
	for len(buttons) > 0 {
		n := min(len(buttons), buttonsMax)
		elements := make([]slack.BlockElement, n)
		for i, b := range buttons[:n] {
			elements[i] = r.button(b)
		}
		r.blocks = append(r.blocks, slack.NewActionBlock("", elements...))
		buttons = buttons[n:]
	}
}

func (r *renderer) button(b card.Button) slack.BlockElement {
	label := slack.NewTextBlockObject(slack.PlainTextType, cut(plain.Replace(oneLine(r.words(b.Label))), buttonMax), false, false)
	id := b.Do
	if id == "" {
		id = "link"
	}
	if r.ids[id]++; r.ids[id] > 1 {
		id = fmt.Sprintf("%s.%d", id, r.ids[id])
	}
	e := slack.NewButtonBlockElement(id, r.c.value(r.channel, b), label)
	switch b.Style {
	case card.Primary:
		e.WithStyle(slack.StylePrimary)
	case card.Danger:
		e.WithStyle(slack.StyleDanger)
	}
	if b.URL != "" {
		e.URL = b.URL
	}
	if !b.Confirm.IsZero() {
		plainText := func(s string, max int) *slack.TextBlockObject {
			return slack.NewTextBlockObject(slack.PlainTextType, cut(s, max), false, false)
		}
		e.Confirm = slack.NewConfirmationBlockObject(plainText(label.Text, 100), plainText(plain.Replace(r.words(b.Confirm)), confirmMax),
			plainText(label.Text, dialogMax), plainText(r.words(card.T("button.never")), dialogMax))
	}
	return e
}

func (r *renderer) notes(notes []card.Text) {
	var elements []slack.MixedElement
	for _, t := range notes {
		if s := r.take(escape.Replace(r.words(t)), sectionMax); s != "" && len(elements) < noteMax {
			elements = append(elements, mrkdwn(s))
		}
	}
	if len(elements) > 0 {
		r.blocks = append(r.blocks, slack.NewContextBlock("", elements...))
	}
}

// fallback is the message in one text, which is all that a screen reader may read out: title,
// body, facts, notes.
func (r *renderer) fallback(k *card.Card) string {
	var parts []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			parts = append(parts, escape.Replace(s))
		}
	}
	add(r.words(k.Title))
	for _, t := range k.Body {
		add(r.words(t))
	}
	add(r.words(k.Quote))
	for _, f := range k.Fields {
		add(r.words(f.Label) + ": " + r.words(f.Value))
	}
	if k.Table != nil {
		for _, row := range k.Table.Rows {
			cells := make([]string, len(row))
			for i, t := range row {
				cells[i] = r.words(t)
			}
			add(strings.Join(cells, " · "))
		}
	}
	for _, t := range k.Note {
		add(r.words(t))
	}
	return cut(strings.Join(parts, "\n"), 3900)
}

// value is what a button carries: verb, argument, and the proof that both are ours.
func (c *Client) value(channel string, b card.Button) string {
	if b.Do == "" {
		return ""
	}
	what := b.Do + "|" + b.Arg
	return what + "|" + c.cfg.Seal(channel, what)
}

// opened reads a button's value; ok is false for one that is not ours.
func (c *Client) opened(channel, value string) (do, arg string, ok bool) {
	parts := strings.Split(value, "|")
	if len(parts) != 3 || !c.cfg.Sealed(parts[2], channel, parts[0]+"|"+parts[1]) {
		return "", "", false
	}
	return parts[0], parts[1], true
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// cut shortens s to max characters, with an ellipsis where something is lost.
func cut(s string, max int) string {
	r := []rune(s)
	if len(r) <= max {
		return s
	}
	if max < 1 {
		return ""
	}
	return string(r[:max-1]) + "…"
}

// splitAt cuts s after at most max characters, at the end of a line if there is one.
func splitAt(s string, max int) (head, rest string) {
	r := []rune(s)
	if len(r) <= max {
		return s, ""
	}
	head = string(r[:max])
	if i := strings.LastIndexByte(head, '\n'); i > 0 {
		return s[:i], s[i+1:]
	}
	return head, string(r[max:])
}
