package slack

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

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
	titleMax   = 300
	noteMax    = 10   // elements of a context block
	blocksMax  = 47   // of a message, less what says that something was left out, and room for a picture
	textMax    = 9000 // all blocks of a message together
	lostMax    = 300  // of these, for saying that something was left out
)

// escape makes words of people harmless in mrkdwn. Mentions, which bot/words wraps in two
// private-use characters, become Slack's.
var escape = &marks{strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", card.MentionOpen, "<@", card.MentionClose, ">")}

// plain drops mention marks where mrkdwn is not read.
var plain = &marks{strings.NewReplacer(card.MentionOpen, "@", card.MentionClose, "")}

// marks replaces marks in words. Most words have none, and are only looked through.
type marks struct{ r *strings.Replacer }

// Replace returns s with its marks replaced.
func (m *marks) Replace(s string) string {
	for i := range len(s) {
		switch s[i] {
		case '&', '<', '>', card.MentionOpen[0]:
			return m.r.Replace(s)
		}
	}
	return s
}

// renderer collects the blocks of one message within Slack's limits.
type renderer struct {
	c       *Client
	channel string
	words   card.Words
	blocks  []slack.Block
	left    int  // characters that may still be used
	lost    bool // something found no room at all
	ids     map[string]int
	modal   bool // where there are no tables
	most    int  // blocks that it may have, 0: blocksMax
	header  bool // a title heads a part of a page
}

// render turns a card into blocks, and into the text for notifications and screen readers.
// What finds no room is cut, with an ellipsis, or left out, and then the last block says so.
func (c *Client) render(channel string, k *card.Card, words card.Words) (text string, blocks []slack.Block) {
	r := &renderer{c: c, channel: channel, words: words, left: textMax - lostMax, ids: map[string]int{}}
	r.card(k)
	return r.fallback(k), r.blocks
}

// card makes the blocks of k, and says where something found no room.
func (r *renderer) card(k *card.Card) {
	r.part(k)
	r.sayLost()
}

func (r *renderer) sayLost() {
	if r.lost {
		r.context(cut(escape.Replace(r.words(card.T("slack.lost"))), lostMax))
	}
}

// part makes the blocks of a card among others.
func (r *renderer) part(k *card.Card) {
	words := r.words
	r.reserve(k.Buttons)
	for _, p := range k.Picks {
		r.reserve(p.Buttons)
	}
	switch {
	case k.Title.IsZero():
	case r.header:
		r.heading(k.Title)
	default:
		r.section("*" + cut(escape.Replace(oneLine(words(k.Title))), titleMax) + "*")
	}
	var body []string
	for _, t := range k.Body {
		body = append(body, escape.Replace(words(t)))
	}
	if r.beside(k, strings.Join(body, "\n")) {
		return
	}
	r.section(strings.Join(body, "\n"))
	if !k.Quote.IsZero() {
		r.section("> " + strings.ReplaceAll(escape.Replace(words(k.Quote)), "\n", "\n> "))
	}
	r.picture(k.Picture)
	if k.Table != nil && k.Table.First {
		r.table(k.Table, k.Fields, k.Note)
		r.fields(k.Fields)
	} else {
		r.fields(k.Fields)
		r.table(k.Table, nil, k.Note)
	}
	r.picks(k.Picks)
	r.buttons(k.Buttons)
	r.notes(k.Note)
}

// mrkdwn is text in which Slack looks for nothing that we did not mark: people's words about
// "@channel" would call everybody.
func mrkdwn(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
}

// take cuts s to what the message and the block can hold.
func (r *renderer) take(s string, limit int) string {
	out := cut(s, min(limit, max(r.left, 0)))
	r.left -= len([]rune(out))
	r.lost = r.lost || out == "" && s != ""
	return out
}

// room reports whether another block may follow.
func (r *renderer) room() bool {
	full := len(r.blocks) >= cmp.Or(r.most, blocksMax)
	r.lost = r.lost || full
	return !full
}

func (r *renderer) section(s string) {
	for s != "" && r.room() {
		head, rest := splitAt(s, sectionMax)
		if head = r.take(head, sectionMax); strings.TrimSpace(head) != "" {
			r.blocks = append(r.blocks, slack.NewSectionBlock(mrkdwn(head), nil, nil))
		}
		if s = rest; r.left <= 0 {
			r.lost = r.lost || s != ""
			return
		}
	}
}

// beside makes a part of a page that is a few words and one button a single block, with the button
// at its side; false where k is more than that.
func (r *renderer) beside(k *card.Card, words string) bool {
	if !k.Part || !k.Title.IsZero() || words == "" || len(k.Buttons) != 1 || len(k.Picks)+len(k.Fields)+len(k.Note) > 0 || !k.Quote.IsZero() || k.Table != nil || k.Picture != nil || !r.room() {
		return false
	}
	if words = r.take(words, sectionMax); strings.TrimSpace(words) == "" {
		return false
	}
	r.blocks = append(r.blocks, slack.NewSectionBlock(mrkdwn(words), nil, slack.NewAccessory(r.button(k.Buttons[0]))))
	return true
}

// headerMax is how long a heading may be.
const headerMax = 150

func (r *renderer) heading(t card.Text) {
	if r.room() {
		b := slack.NewHeaderBlock(r.label(t, min(headerMax, max(r.left, 1))))
		r.left -= len([]rune(b.Text.Text))
		r.blocks = append(r.blocks, b)
	}
}

func (r *renderer) fields(fields []card.Field) {
	for len(fields) > 0 && r.room() {
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

// table shows a table with all its rows, their cells as short as it needs. Behind it there is
// still to be room for fields and notes.
func (r *renderer) table(t *card.Table, fields []card.Field, notes []card.Text) {
	if t == nil || len(t.Rows) == 0 || !r.room() {
		return
	}
	if r.modal {
		r.lines(t)
		return
	}
	rows := [][]string{r.cells(t.Head)}
	for _, row := range t.Rows {
		if len(rows) == tableMax {
			r.lost = true
			break
		}
		rows = append(rows, r.cells(row))
	}
	behind := 0
	for _, f := range fields {
		behind += min(len([]rune(r.words(f.Label)))+len([]rune(r.words(f.Value)))+8, fieldMax)
	}
	for _, n := range notes {
		behind += min(len([]rune(r.words(n))), sectionMax)
	}
	limit := fitting(rows, r.left-min(behind, r.left/2))
	b := slack.NewTableBlock("")
	for _, row := range rows {
		b.AddRow(r.row(row, limit)...)
	}
	for i := range t.Head {
		set := slack.ColumnSetting{Align: slack.ColumnAlignmentLeft}
		if i < len(t.Right) && t.Right[i] {
			set.Align = slack.ColumnAlignmentRight
		}
		set.IsWrapped = i > 0 && set.Align == slack.ColumnAlignmentLeft && slices.ContainsFunc(rows, func(row []string) bool { return i < len(row) && len([]rune(row[i])) > wrapOver })
		b.ColumnSettings = append(b.ColumnSettings, set)
	}
	r.blocks = append(r.blocks, b)
}

// wrapOver is how long a cell of words may be before its column is broken into lines, in letters: else
// what stands behind it is out of sight.
const wrapOver = 36

// cells are the words of a row.
func (r *renderer) cells(texts []card.Text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = oneLine(r.words(t))
	}
	return out
}

// fitting is how long a cell may be so that all rows together have at most so many
// characters.
func fitting(rows [][]string, most int) int {
	for limit := cellMax; ; limit = limit * 3 / 4 {
		sum := 0
		for _, row := range rows {
			for _, cell := range row {
				sum += max(min(len([]rune(cell)), limit), 1)
			}
		}
		if sum <= most || limit < 4 {
			return limit
		}
	}
}

func (r *renderer) row(cells []string, limit int) []slack.TableCell {
	out := make([]slack.TableCell, len(cells))
	for i, words := range cells {
		s := cut(plain.Replace(words), limit)
		if strings.TrimSpace(s) == "" {
			s = "–" // an empty cell is refused
		}
		r.left -= len([]rune(s))
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

// notes is the small print, ten lines to a block.
func (r *renderer) notes(notes []card.Text) {
	var lines []string
	for i, t := range notes {
		if s := r.take(escape.Replace(r.words(t)), sectionMax); s != "" {
			lines = append(lines, s)
		}
		if len(lines) == noteMax || i == len(notes)-1 && len(lines) > 0 {
			if !r.room() {
				return
			}
			r.context(lines...)
			lines = nil
		}
	}
}

func (r *renderer) context(lines ...string) {
	var elements []slack.MixedElement
	for _, s := range lines {
		elements = append(elements, mrkdwn(s))
	}
	r.blocks = append(r.blocks, slack.NewContextBlock("", elements...))
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
		add(r.words.Named(r.words(f.Label)) + r.words(f.Value))
	}
	if k.Table != nil {
		for _, row := range k.Table.Rows {
			cells := make([]string, len(row))
			for i, t := range row {
				cells[i] = r.words(t)
			}
			add(r.words.Line(cells...))
		}
	}
	for _, t := range k.Note {
		add(r.words(t))
	}
	return cut(strings.Join(parts, "\n"), 3900)
}

// oneLine is s without breaks. Spaces that hold a figure together stay.
func oneLine(s string) string {
	if tidy(s) {
		return s
	}
	breaks := func(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' }
	return strings.Join(strings.FieldsFunc(s, breaks), " ")
}

// tidy reports whether s is one line of ASCII without a space too many, as most are.
func tidy(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && before == ' ' {
			return false
		}
		before = s[i]
	}
	return s == "" || before != ' '
}

// cut shortens s to max characters, with an ellipsis where something is lost.
func cut(s string, max int) string {
	if len(s) <= max { // it has no more characters than bytes
		return s
	}
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
	if len(s) <= max {
		return s, ""
	}
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
