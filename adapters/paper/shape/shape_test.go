package shape

import (
	"slices"
	"strings"
	"testing"

	"duebot/adapters/paper/font"
)

// said is what a line says in reading order of its runs: only the sorted characters can be
// compared where directions are mixed.
func said(lines []Line) []rune {
	var b strings.Builder
	for _, l := range lines {
		for _, r := range l.Runs {
			for _, g := range r.Glyphs {
				b.WriteString(g.Text)
			}
		}
	}
	out := []rune(b.String())
	slices.Sort(out)
	return out
}

// hostile are names as people and attackers have them.
var hostile = []string{
	"", " ", "Müller & Söhne GmbH", "ООО «Ромашка»", "شرکت آریا (سهامی خاص) می\u200cخواهد ۱۲٬۳۴۵", "镕喆堃珺玥贸易有限公司", "לירון 123 abc",
	"a\u0301\u0327\u0323\u0300\u0301\u0302\u0303", "👩‍👩‍👧‍👦🏳️‍🌈", "\u202eabc\u202c def", "a\u200db\u200cc\u200d", strings.Repeat("x", 2000), strings.Repeat("گ", 2000),
	strings.Repeat("中", 3000), "line one\nline two\n\nline four", "a\u2028b\u2029c", "לֹא (שלום) [a]", "ﷺ لا إله", "\u2066a\u2069 \u2067ب\u2069", "Z̴̡̛͓̖̲͚̹͙̺͇͔̍̓̄̄̕͝a", "\x00\x07\x1b[31m", "\xff\xfe", "क्षत्रिय", "ภาษาไทย",
}

func TestNoTextIsLost(t *testing.T) {
	s := New(font.Embedded())
	for _, text := range hostile {
		for _, lang := range []string{"en", "zh", "fa"} {
			want := []rune(strings.ReplaceAll(Clean(text), "\n", ""))
			slices.Sort(want)
			blank := func(r rune) bool { return r == ' ' }
			whole, line := slices.DeleteFunc(slices.Clone(want), blank), slices.DeleteFunc(said([]Line{s.Line(text, Style{Lang: lang})}), blank)
			if string(line) != string(whole) {
				t.Errorf("%q in %s as one line says %q, want %q", text, lang, string(line), string(whole))
			}
			for _, width := range []int{0, 10 * Em} {
				lines := s.Wrap(text, Style{Lang: lang}, width)
				if got := said(lines); string(got) != string(want) {
					t.Errorf("%q in %s says %q, want %q", text, lang, string(got), string(want))
				}
				for _, l := range lines {
					if width > 0 && l.Width > width+Em/2 {
						t.Errorf("%q in %s: a line is %d wide, more than %d", text, lang, l.Width, width)
					}
				}
			}
		}
	}
}

// Letters of Persian are joined, and stand from right to left.
func TestPersianIsJoined(t *testing.T) {
	s := New(font.Embedded())
	whole := s.Line("سلام", Style{Lang: "fa"})
	single := s.Line("س", Style{Lang: "fa"})
	last := whole.Runs[0].Glyphs[len(whole.Runs[0].Glyphs)-1]
	if last.Text != "س" || last.ID == single.Runs[0].Glyphs[0].ID {
		t.Errorf("the rightmost glyph is %+v, alone it is %+v", last, single.Runs[0].Glyphs[0])
	}
}

func TestFit(t *testing.T) {
	s := New(font.Embedded())
	for _, text := range hostile {
		if l := s.Fit(text, Style{Lang: "en"}, 4*Em); l.Width > 4*Em {
			t.Errorf("%q is %d wide", text, l.Width)
		}
	}
}

// A font has what the six languages need, and its box stands for what none has.
func TestFonts(t *testing.T) {
	if m := font.Embedded().Missing("Șțâă €₽¥£₺₴₸ №§ «„“”‘’» Ёё Ññ Ğğ 镕喆堃珺玥 。，、《》 ۰۱۲٪٫٬ گچپژ ﷼ Ωμέγα ひらカナ"); len(m) > 0 {
		t.Errorf("no font has %q", string(m))
	}
	if m := font.Embedded().Missing("a👩‍👧b한"); string(m) != "👩👧한" {
		t.Errorf("missing are %q", string(m))
	}
}

// Numbers and names keep their places among words of the other direction. From left to
// right as seen.
func TestDirections(t *testing.T) {
	s := New(font.Embedded())
	for _, c := range []struct{ lang, text, want string }{
		{"en", "ابج 123 دهو, ltd", "وهد 123 جبا, ltd"},
		{"en", "ابج 123 ltd", "123 جبا ltd"},
		{"en", "For \u2068ابج 12\u2069, 3 pieces", "For 12 جبا, 3 pieces"},
		{"en", "For \u206812 ابج\u2069, 3 pieces", "For جبا 12, 3 pieces"},
		{"en", "For \u2068ابج Pro\u2069, 3 pieces", "For Pro جبا, 3 pieces"},
		{"en", "דהו 12€ abc", "12€ והד abc"},
		{"fa", "ابج 3.50 EUR دهو", "وهد EUR 3.50 جبا"},
		{"fa", "ابج \u2068Acme 3\u2069 دهو", "وهد Acme 3 جبا"},
		{"fa", "مبلغ ۱۲٫۵۰", "۱۲٫۵۰ غلبم"},
	} {
		got := ""
		for _, run := range s.Line(c.text, Style{Lang: c.lang}).Runs {
			for _, g := range run.Glyphs {
				got += strings.Trim(g.Text, "\u2068\u2069")
			}
		}
		if got != c.want {
			t.Errorf("%q in %s is seen as %q, want %q", c.text, c.lang, got, c.want)
		}
	}
}
