package telegram

import (
	"encoding/json"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"duebot/commands/card"
)

// textMax and captionMax are below the platform's 4096 and 1024 characters, which count
// after parsing.
const (
	textMax    = 4000
	captionMax = 1000
)

// plain takes out what other platforms make of a mark of ours. A minus of a right-to-left
// language is joined to its sum: a phone would end a line between them.
var plain = strings.NewReplacer(card.MentionOpen, "", card.MentionClose, "", "\u2212\u200e", "\u2212\u200e\u2060")

// builder writes HTML and counts what is left of it when the tags are gone.
type builder struct {
	strings.Builder
	most  int // characters
	shown int
	kept  int // for what is still to come
}

// add writes s between tags, escaped and shortened to what still fits.
func (b *builder) add(open, s, end string) {
	s = plain.Replace(s)
	if room := b.most - b.kept - b.shown; utf8.RuneCountInString(s) > room {
		if room < 1 {
			return
		}
		s = string([]rune(s)[:room-1]) + "…"
	}
	b.shown += utf8.RuneCountInString(s) + strings.Count(open+end, "\n")
	b.WriteString(open)
	b.WriteString(html.EscapeString(s))
	b.WriteString(end)
}

// keep reserves room for the fields and the small print: a long body never pushes a sum or
// a date out of the message.
func (b *builder) keep(k *card.Card, words card.Words) {
	n := 1
	for _, f := range k.Fields {
		n += utf8.RuneCountInString(words(f.Label)+": "+words(f.Value)) + 1
	}
	for _, t := range k.Note {
		n += utf8.RuneCountInString(words(t)) + 2
	}
	b.kept = min(n, b.most*3/4) // a part of the message is its title and body, however many fields it has
}

// field writes a label and what it names. Of several lines the first is what counts, and the
// others say what it is about.
func (b *builder) field(label, value string) {
	first, rest, more := strings.Cut(value, "\n")
	b.add("\n", label, "")
	b.add("<b>", first, "</b>")
	if more {
		b.add("\n", rest, "")
	}
}

// text turns a card into the HTML of a message.
func text(k *card.Card, words card.Words) string { return written(k, words, textMax) }

// caption turns a card into the HTML under its paper's file: in the short words made for it.
func caption(k *card.Card, words card.Words) string {
	if k.Short != nil {
		k = k.Short
	}
	return written(k, words, captionMax)
}

// underPicture is caption for a card with a picture: the longest of its forms that fits below one
// without losing a word. ok is false where none does.
func underPicture(k *card.Card, words card.Words) (caption string, ok bool) {
	for ; k != nil; k = k.Short {
		if caption = written(k, words, captionMax); caption == text(k, words) {
			return caption, true
		}
	}
	return "", false
}

func written(k *card.Card, words card.Words, most int) string {
	b := builder{most: most}
	b.keep(k, words)
	if !k.Title.IsZero() {
		b.add("<b>", words(k.Title), "</b>\n")
	}
	for _, t := range k.Body {
		b.add("\n", words(t), "")
	}
	if len(k.Body) > 0 {
		b.add("", "\n", "")
	}
	if s := words(k.Quote); !k.Quote.IsZero() && s != "" {
		b.add("<blockquote>", s, "</blockquote>\n")
	}
	b.kept = 0
	for _, f := range k.Fields {
		b.field(words.Named(words(f.Label)), words(f.Value))
	}
	if k.Table != nil {
		for _, row := range k.Table.Rows {
			cells := make([]string, len(row))
			for i, t := range row {
				cells[i] = words(t)
			}
			b.add("\n", words.Line(cells...), "")
		}
	}
	for i, t := range k.Note {
		if i == 0 && !strings.HasSuffix(b.String(), "\n") { // one line stays empty above it
			b.add("\n", "\n", "")
		} else {
			b.add("", "\n", "")
		}
		b.add("<i>", words(t), "</i>")
	}
	return strings.TrimSpace(b.String())
}

type keyboard struct {
	Rows [][]key `json:"inline_keyboard"`
}

type key struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// pairMost is how wide a button may be that has only half of a phone's screen, in Latin letters:
// of a longer one its beginning could be read.
const pairMost = 18

// long reports whether a label needs a row of its own.
func long(label string) bool {
	n := 0
	for _, r := range label {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
		case r >= 0x2e80: // Chinese characters, and pictures
			n += 2
		default:
			n++
		}
	}
	return n > pairMost
}

// keyboard turns buttons into an inline keyboard: wide ones on rows of their own, those that
// share a row in it, others in pairs. Without buttons it is an empty one, which takes away what an edited message had.
func (c *Client) keyboard(chat string, buttons []card.Button, words card.Words) string {
	k := keyboard{Rows: [][]key{}}
	half, row := false, 0
	for _, b := range buttons {
		x := key{Text: label(plain.Replace(words(b.Label))), URL: b.URL}
		if b.Ask {
			x.URL = ""
		}
		if x.URL == "" {
			x.Data = c.data(chat, b)
		}
		last := len(k.Rows) - 1
		b.Wide = b.Wide || b.Row == 0 && long(x.Text)
		switch {
		case b.Row != 0 && b.Row == row:
			k.Rows[last] = append(k.Rows[last], x)
		case b.Row == 0 && !b.Wide && half:
			k.Rows[last] = append(k.Rows[last], x)
			half = false
			continue
		default:
			k.Rows = append(k.Rows, []key{x})
		}
		half, row = b.Row == 0 && !b.Wide, b.Row
	}
	out, err := json.Marshal(k)
	if err != nil {
		return `{"inline_keyboard":[]}`
	}
	return string(out)
}

// labelMax keeps a button's label on a phone's screen.
const labelMax = 60

func label(s string) string {
	if r := []rune(s); len(r) > labelMax {
		return string(r[:labelMax-1]) + "…"
	}
	return s
}

// data is what a button carries, at most 64 bytes: verb, argument, and the proof that both
// are ours for this chat.
func (c *Client) data(chat string, b card.Button) string {
	what := b.Do + "|" + b.Arg
	return what + "|" + c.cfg.Seal(chat, what)
}

// opened reads a button's data; ok is false for one that is not ours, or not this chat's.
func (c *Client) opened(chat, data string) (do, arg string, ok bool) {
	parts := strings.Split(data, "|")
	if len(parts) != 3 || !c.cfg.Sealed(parts[2], chat, parts[0]+"|"+parts[1]) {
		return "", "", false
	}
	return parts[0], parts[1], true
}
