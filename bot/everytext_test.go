package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"duebot/adapters/slack"
	"duebot/adapters/telegram"
	"duebot/commands/card"
)

// hostileData are what people write in places that our sentences show: each text gets some of
// them, in turn.
var hostileData = []string{
	"Acme GmbH", "<b>bold</b> & <script>alert(1)</script>", "*a* _b_ ~c~ `d`", "<!channel> <@U012AB3CD>", "شرکت نمونه", "\u202eevil\u202c", "👩‍👩‍👧‍👦🏳️‍🌈", "ООО «Ромашка»", "深圳市数字有限公司",
	"{{.x}}{{end}}", "\ue000U1\ue001", "a\nb\r\nc", "\u0000\u0007", "é́́́́", "\u2066\u2067\u2068", "[x](http://evil.example)", "||spoiler||", "\u200f\u200e", "ﷺ", strings.Repeat("я", 10000), strings.Repeat("👨‍👩‍👦", 600),
}

// counts choose each plural form of each language once.
var countsTold = []int{0, 1, 2, 5, 11, 21, 100, 1000000}

// fieldInText is what a text names of its data.
var fieldInText = regexp.MustCompile(`\.([a-z]+)`)

// Every text in every language, with hostile data in each of its places, is a message that both
// platforms take, and shows none of its own machinery.
func TestEveryTextIsPosted(t *testing.T) {
	t.Parallel()
	toSlack, toPhone, texts := strictPlatforms(t)
	for _, lang := range texts.Languages() {
		words := wordsIn(texts, lang)
		var said []card.Text
		n := 0
		for key, fields := range textFields(t, lang) {
			for _, count := range countsTold {
				args := []any{}
				for _, f := range fields {
					n++
					if f == "count" {
						args = append(args, f, count)
					} else {
						args = append(args, f, hostileData[n%len(hostileData)])
					}
				}
				text := card.T(key, args...)
				whole(t, lang+" "+key, words(text))
				said = append(said, text)
				if !slices.Contains(fields, "count") {
					break
				}
			}
		}
		for piece := range slices.Chunk(said, 40) {
			k := &card.Card{Body: piece, Note: piece[:1], Title: piece[len(piece)-1]}
			if _, _, err := toSlack.Post(context.Background(), slack.Message{Channel: "CINVOICES1", Card: k, Words: words, ID: fmt.Sprint(n)}); err != nil {
				t.Errorf("%s: Slack refused %v: %v", lang, keysOf(piece), err)
			}
			if _, err := toPhone.Send(context.Background(), telegram.Message{Chat: "telegram:1001", Card: k, Words: words}); err != nil {
				t.Errorf("%s: Telegram refused %v: %v", lang, keysOf(piece), err)
			}
		}
	}
}

// whole fails where a text shows its machinery, or leaves a direction open that it turned.
func whole(t *testing.T, where, s string) {
	t.Helper()
	if strings.Contains(s, "<no value>") || strings.Contains(strings.ReplaceAll(s, "{{.x}}{{end}}", ""), "{{") || strings.ContainsRune(s, '\x00') {
		t.Errorf("%s: %.200q", where, s)
	}
	open := 0
	for _, r := range s {
		switch {
		case r >= '\u2066' && r <= '\u2068':
			open++
		case r == '\u2069':
			open--
		case r >= '\u202a' && r <= '\u202e':
			t.Errorf("%s turns the direction: %.200q", where, s)
		}
	}
	if open != 0 {
		t.Errorf("%s leaves %d isolates open: %.200q", where, open, s)
	}
}

func keysOf(texts []card.Text) (out []string) {
	for _, t := range texts {
		out = append(out, t.Key)
	}
	return out
}

// textFields are the texts of a language with the names of their data, in order of the keys.
func textFields(t *testing.T, lang string) func(yield func(string, []string) bool) {
	t.Helper()
	var raw map[string]any
	if _, err := toml.DecodeFile(filepath.Join("text", lang+".toml"), &raw); err != nil {
		t.Fatal(err)
	}
	return func(yield func(string, []string) bool) {
		for _, key := range slices.Sorted(maps.Keys(raw)) {
			if strings.HasPrefix(key, "format.") || key == "value" {
				continue
			}
			fields := map[string]bool{}
			for _, m := range fieldInText.FindAllStringSubmatch(insideBraces(fmt.Sprint(raw[key])), -1) {
				fields[m[1]] = true
			}
			if _, plural := raw[key].(map[string]any); plural {
				fields["count"] = true
			}
			if !yield(key, slices.Sorted(maps.Keys(fields))) {
				return
			}
		}
	}
}

// insideBraces is what stands between double braces.
func insideBraces(s string) (out string) {
	for _, part := range strings.Split(s, "{{")[1:] {
		in, _, _ := strings.Cut(part, "}}")
		out += " " + in
	}
	return out
}
