package telegramapi

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHTML reads testdata/html.txt: what the parser makes of a source, or its error.
func TestHTML(t *testing.T) {
	vectors := readVectors(t, "testdata/html.txt")
	if len(vectors) < 60 {
		t.Fatalf("%d vectors, want at least 60", len(vectors))
	}
	for _, v := range vectors {
		text, list, err := parseHTML(v.in)
		got := vector{in: v.in, text: text, ents: written(list)}
		if err != nil {
			got = vector{in: v.in, err: err.Error()}
		}
		if got != v {
			t.Errorf("%q\n got %+v\nwant %+v", v.in, got, v)
		}
	}
}

// TestMarkdownV2 reads testdata/markdown.txt: what the parser makes of a source, or its error.
func TestMarkdownV2(t *testing.T) {
	vectors := readVectors(t, "testdata/markdown.txt")
	if len(vectors) < 60 {
		t.Fatalf("%d vectors, want at least 60", len(vectors))
	}
	for _, v := range vectors {
		text, list, err := parseMarkdownV2(v.in)
		got := vector{in: v.in, text: text, ents: written(list)}
		if err != nil {
			got = vector{in: v.in, err: err.Error()}
		}
		if got != v {
			t.Errorf("%q\n got %+v\nwant %+v", v.in, got, v)
		}
	}
}

// The older Markdown has neither nesting nor reserved marks, and closes each mark with itself.
func TestOlderMarkdown(t *testing.T) {
	for _, v := range []vector{
		{in: "*bold* _it_ `c.1` 12.50!", text: "bold it c.1 12.50!", ents: "bold 0+4; italic 5+2; code 8+3"},
		{in: `a \* b \_ c \x`, text: `a * b _ c \x`},
		{in: "[here](example.com) [example.com] [no](not a link)", text: "here example.com no", ents: "text_link 0+4 http://example.com/; text_link 5+11 http://example.com/"},
		{in: "[Anna](tg://user?id=1001)", text: "Anna", ents: "text_mention 0+4 1001"},
		{in: "```go\nx := 1```", text: "x := 1", ents: "pre 0+6 go"},
		{in: "*_not nested_*", text: "_not nested_", ents: "bold 0+12"},
		{in: "ж *open", err: "Can't find end of the entity starting at byte offset 3"},
		{in: "[open", err: "Can't find end of the entity starting at byte offset 0"},
		{in: "``", text: ""},
	} {
		text, list, err := parseMarkdown(v.in)
		got := vector{in: v.in, text: text, ents: written(list)}
		if err != nil {
			got = vector{in: v.in, err: err.Error()}
		}
		if got != v {
			t.Errorf("%q\n got %+v\nwant %+v", v.in, got, v)
		}
	}
}

// FuzzMarkdown: no input makes either parser panic or run on, and what they return is a text
// whose entities lie inside it.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{"*a _b_*", "[x](y.z)", "```go\nx```", ">a\n**>b||", "![x](tg://emoji?id=5)", `\\`, "||", "`", "*", ">a||"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, read := range []func(string) (string, []Entity, error){parseMarkdownV2, parseMarkdown} {
			if text, list, err := read(src); err == nil {
				inside(t, text, list)
			}
		}
	})
}

// TestSentHTML reads testdata/sent.txt: what a whole message text is after the server's
// cleaning, trimming and searching.
func TestSentHTML(t *testing.T) {
	for _, v := range readVectors(t, "testdata/sent.txt") {
		text, list, err := formatText(v.in, "HTML", "")
		if err == nil {
			text, list, err = fixText(text, list, false)
		}
		got := vector{in: v.in, text: text, ents: written(list)}
		if err != nil {
			got = vector{in: v.in, err: err.Text}
		}
		if got != v {
			t.Errorf("%q\n got %+v\nwant %+v", v.in, got, v)
		}
	}
}

type vector struct{ in, text, ents, err string }

// readVectors reads a file of "key value" lines in groups that blank lines part.
func readVectors(t *testing.T, name string) []vector {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []vector
	var v vector
	for _, line := range append(strings.Split(string(data), "\n"), "") {
		key, value, _ := strings.Cut(line, " ")
		if key == "in" || key == "err" { // five columns, so that a leading space can be seen
			value = strings.TrimPrefix(strings.TrimPrefix(value, " "), " ")
		}
		switch {
		case strings.HasPrefix(line, "#"):
		case line == "":
			if v != (vector{}) {
				out = append(out, v)
			}
			v = vector{}
		case key == "in":
			v.in = unescape(t, value)
		case key == "text":
			v.text = unescape(t, value)
		case key == "ents":
			v.ents = value
		case key == "err":
			v.err = value
		default:
			t.Fatalf("%s: line %q", name, line)
		}
	}
	return out
}

// unescape reads Go's escapes and \u{…}; quotes need none.
func unescape(t *testing.T, s string) string {
	t.Helper()
	for {
		i := strings.Index(s, `\u{`)
		if i < 0 {
			break
		}
		code, rest, _ := strings.Cut(s[i+3:], "}")
		n, err := strconv.ParseInt(code, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		s = s[:i] + string(rune(n)) + rest
	}
	out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return out
}

// written is a list of entities as the vector files write it.
func written(list []Entity) string {
	var out []string
	for _, e := range list {
		s := fmt.Sprintf("%s %d+%d", e.Type, e.Offset, e.Length)
		for _, arg := range []string{e.URL, e.Language, e.CustomEmoji} {
			if arg != "" {
				s += " " + arg
			}
		}
		if e.User != nil {
			s += fmt.Sprint(" ", e.User.ID)
		}
		if e.Unix != 0 {
			s = strings.TrimRight(fmt.Sprint(s, " ", e.Unix, " ", e.DateFormat), " ")
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// FuzzHTML: no input makes the parser panic or run on, and what it returns is a text
// whose entities lie inside it.
func FuzzHTML(f *testing.F) {
	for _, seed := range []string{"<b>x</b>", "<a href='x.y'>&#x1f4b6;</a>", "<pre><code class=\"language-a\">", "</", "<tg-time unix=1 format=wDT>x</>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		text, list, err := parseHTML(src)
		if err != nil {
			return
		}
		inside(t, text, list)
		if !utf8.ValidString(src) {
			return
		}
		text, list, refusal := fixText(text, list, true)
		if refusal != nil {
			t.Fatalf("%q: %v", src, refusal)
		}
		inside(t, text, list)
		if again := fixEntities(append([]Entity{}, list...)); written(again) != written(list) {
			t.Fatalf("%q: %s is fixed once more to %s", src, written(list), written(again))
		}
	})
}

func inside(t *testing.T, text string, list []Entity) {
	t.Helper()
	for _, e := range list {
		if e.Offset < 0 || e.Length <= 0 || utf8.ValidString(text) && e.end() > units(text) {
			t.Fatalf("%q: entity %s lies outside", text, written([]Entity{e}))
		}
	}
}
