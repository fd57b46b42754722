package text

import (
	"strings"
	"text/template/parse"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
)

// Most texts are words with data between them. They are taken apart once, at the start, and
// put together here; by a template, each takes ten times as long, and a card has a hundred.
// Texts with conditions are left to templates.

// phrase is such a text, by the plural forms of its language.
type phrase map[plural.Form][]piece

// piece is some words, or the name of a datum.
type piece struct{ words, name string }

// newPhrase takes a text apart; nil is one with conditions.
func newPhrase(m *i18n.Message) phrase {
	p := phrase{}
	for form, s := range map[plural.Form]string{plural.Zero: m.Zero, plural.One: m.One, plural.Two: m.Two,
		plural.Few: m.Few, plural.Many: m.Many, plural.Other: m.Other} {
		if s == "" {
			continue
		}
		pieces, ok := takeApart(s)
		if !ok {
			return nil
		}
		p[form] = pieces
	}
	if len(p) == 0 {
		return nil
	}
	return p
}

func takeApart(s string) (out []piece, ok bool) {
	trees, err := parse.Parse("text", s, "", "")
	if err != nil || trees["text"] == nil {
		return nil, false
	}
	for _, n := range trees["text"].Root.Nodes {
		switch x := n.(type) {
		case *parse.TextNode:
			out = append(out, piece{words: string(x.Text)})
		case *parse.ActionNode:
			name, ok := datum(x.Pipe)
			if !ok {
				return nil, false
			}
			out = append(out, piece{name: name})
		default:
			return nil, false
		}
	}
	return out, true
}

// datum is the name in {{.name}}.
func datum(p *parse.PipeNode) (name string, ok bool) {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return "", false
	}
	f, ok := p.Cmds[0].Args[0].(*parse.FieldNode)
	if !ok || len(f.Ident) != 1 {
		return "", false
	}
	return f.Ident[0], true
}

// isolates are the marks that set a datum apart from what stands around it.
const isolates = "\u2066\u2067\u2068\u2069"

// afterStop is words that follow a datum. One that ends with a full stop of its own, like "Bolt
// Inc." or a Russian date, ends the sentence too.
func afterStop(words string, stopped bool) string {
	rest, ends := strings.CutPrefix(words, ".")
	if !stopped || !ends || rest != "" && !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, "\n") {
		return words
	}
	return rest
}

// phrase puts a text together; ok is false where data are missing, or are no texts. Only
// count is a number, and written as the language writes it.
func (w *Words) phrase(p phrase, data map[string]any) (s string, ok bool) {
	form := plural.Other
	if n, has := data["count"]; has {
		count, whole := n.(int)
		if !whole {
			return "", false
		}
		form = plural.Cardinal.MatchPlural(w.tag, max(count, -count), 0, 0, 0, 0)
	}
	pieces, has := p[form]
	if !has {
		pieces = p[plural.Other]
	}
	if len(pieces) == 1 && pieces[0].name == "" {
		return pieces[0].words, true
	}
	var b strings.Builder
	stopped := false
	for _, x := range pieces {
		if x.name == "" {
			b.WriteString(afterStop(x.words, stopped))
			continue
		}
		stopped = false
		switch v := data[x.name].(type) {
		case string:
			b.WriteString(v)
			stopped = strings.HasSuffix(strings.TrimRight(v, isolates), ".")
		case int:
			if x.name != "count" {
				return "", false
			}
			b.WriteString(w.Int(int64(v)))
		default:
			return "", false
		}
	}
	return b.String(), true
}
