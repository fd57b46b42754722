package text

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"text/template/parse"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// message is one text of a language file: its words by plural form. A text that reads the
// same at every number has "other" alone.
type message map[string]string

func (m message) isPlural() bool { return len(m) > 1 }

// fields are the names that a text mentions. Those under "may" stand only inside a condition,
// so that a caller may leave them out.
type fields struct{ must, may map[string]bool }

func (f fields) all() []string {
	var out []string
	for name := range f.must {
		out = append(out, name)
	}
	for name := range f.may {
		if !f.must[name] {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

// readLanguages reads the files as they are, without the mechanism that is tested.
func readLanguages(t *testing.T) map[string]map[string]message {
	t.Helper()
	names, err := filepath.Glob("*.toml")
	if err != nil || len(names) < 2 {
		t.Fatalf("language files: %v, %v", names, err)
	}
	out := map[string]map[string]message{}
	for _, name := range names {
		var raw map[string]any
		if _, err := toml.DecodeFile(name, &raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		texts := map[string]message{}
		for key, v := range raw {
			texts[key] = readMessage(t, name+" "+key, v)
		}
		out[strings.TrimSuffix(name, ".toml")] = texts
	}
	return out
}

func readMessage(t *testing.T, where string, v any) message {
	t.Helper()
	if s, ok := v.(string); ok {
		return message{"other": s}
	}
	m := message{}
	forms, _ := v.(map[string]any)
	for form, words := range forms {
		m[form], _ = words.(string)
	}
	if m["other"] == "" {
		t.Errorf("%s: no words for other", where)
	}
	return m
}

// fieldsOf reads the names out of all forms of a text, but not count, which need not be
// mentioned.
func fieldsOf(t *testing.T, where string, m message) fields {
	t.Helper()
	f := fields{map[string]bool{}, map[string]bool{}}
	for form, words := range m {
		trees, err := parse.Parse("", words, "", "", map[string]any{"eq": true})
		if err != nil {
			t.Errorf("%s %s: %v", where, form, err)
			continue
		}
		f.walk(trees[""].Root, false)
	}
	delete(f.must, "count")
	return f
}

func (f fields) walk(list *parse.ListNode, guarded bool) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch x := n.(type) {
		case *parse.ActionNode:
			f.note(x.Pipe, guarded)
		case *parse.WithNode:
			f.note(x.Pipe, true)
			f.walk(x.List, true)
			f.walk(x.ElseList, guarded)
		case *parse.IfNode:
			f.note(x.Pipe, guarded)
			f.walk(x.List, guarded)
			f.walk(x.ElseList, guarded)
		}
	}
}

func (f fields) note(p *parse.PipeNode, guarded bool) {
	into := f.must
	if guarded {
		into = f.may
	}
	for _, cmd := range p.Cmds {
		for _, arg := range cmd.Args {
			if x, ok := arg.(*parse.FieldNode); ok {
				into[x.Ident[0]] = true
			}
		}
	}
}

func TestLanguagesHaveTheSameTexts(t *testing.T) {
	langs := readLanguages(t)
	for lang, texts := range langs {
		for key, m := range langs[Fallback] {
			other, ok := texts[key]
			if !ok {
				t.Errorf("%s has no %q", lang, key)
				continue
			}
			want, got := fieldsOf(t, Fallback+" "+key, m), fieldsOf(t, lang+" "+key, other)
			if a, b := strings.Join(want.all(), " "), strings.Join(got.all(), " "); a != b {
				t.Errorf("%s %s mentions %q, %s mentions %q", lang, key, b, Fallback, a)
			}
			sameInEachForm(t, lang+" "+key, other)
		}
		for key := range texts {
			if _, ok := langs[Fallback][key]; !ok {
				t.Errorf("%s has %q, %s has not", lang, key, Fallback)
			}
		}
	}
}

func sameInEachForm(t *testing.T, where string, m message) {
	t.Helper()
	all := strings.Join(fieldsOf(t, where, m).all(), " ")
	for form, words := range m {
		if got := strings.Join(fieldsOf(t, where, message{form: words}).all(), " "); got != all {
			t.Errorf("%s: form %s mentions %q, the others %q", where, form, got, all)
		}
	}
}

// pluralForms are the forms that CLDR has for a language, found by trying numbers.
func pluralForms(lang string) string {
	names := map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}
	tag, found := language.Make(lang), map[string]bool{}
	for n := 0; n <= 1000; n++ {
		found[names[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]] = true
		found[names[plural.Cardinal.MatchPlural(tag, n, 1, 1, 5, 5)]] = true // n.5
	}
	return sorted(found)
}

func sorted[V any](m map[string]V) string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

func TestPluralFormsAreTheLanguages(t *testing.T) {
	if got := pluralForms("ru"); got != "few many one other" {
		t.Fatalf("forms of ru are %q", got)
	}
	for lang, texts := range readLanguages(t) {
		want := pluralForms(lang)
		for key, m := range texts {
			if want != "other" && !m.isPlural() && strings.Contains(m["other"], ".count") {
				t.Errorf("%s %s tells a count in one form only", lang, key)
			}
			if got := sorted(m); m.isPlural() && got != want {
				t.Errorf("%s %s has the forms %q, want %q", lang, key, got, want)
			}
		}
	}
}

func TestPluralsRead(t *testing.T) {
	c := load(t)
	for _, x := range []struct {
		lang  string
		count int
		want  string
	}{
		{"en", 1, "overdue by 1 day"}, {"en", 2, "overdue by 2 days"}, {"en", 0, "overdue by 0 days"},
		{"ru", 1, "просрочен на 1 день"}, {"ru", 3, "просрочен на 3 дня"}, {"ru", 5, "просрочен на 5 дней"},
		{"ru", 11, "просрочен на 11 дней"}, {"ru", 21, "просрочен на 21 день"}, {"ru", 22, "просрочен на 22 дня"},
		{"ru", 111, "просрочен на 111 дней"}, {"ru", 0, "просрочен на 0 дней"},
	} {
		if got := c.In(x.lang).Say("state.overdue", map[string]any{"count": x.count}); got != x.want {
			t.Errorf("%s %d: got %q, want %q", x.lang, x.count, got, x.want)
		}
	}
}

func load(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sample is a datum as people see it, by its name.
func sample(w *Words, name string) string {
	switch name {
	case "amount", "open", "total", "left":
		return w.Money(123456789, 2, "EUR")
	case "date", "due":
		return w.Date(2026, 10, 15)
	case "until":
		return w.Time(time.Date(2026, 10, 15, 9, 5, 0, 0, time.UTC))
	case "number", "example", "near":
		return "INV-2026-000001"
	case "decimals":
		return "2"
	case "max":
		return "60"
	case "linked":
		return "7"
	}
	return "Acme " + name
}

func TestEveryTextRenders(t *testing.T) {
	c := load(t)
	for lang, texts := range readLanguages(t) {
		w := c.In(lang)
		for key, m := range texts {
			f := fieldsOf(t, lang+" "+key, m)
			for _, count := range []int{0, 1, 2, 5, 21, 1_000_000} {
				data := map[string]any{"count": count}
				for name := range f.must {
					data[name] = sample(w, name)
				}
				checkWords(t, lang+" "+key, key, w.Say(key, data)) // without what may be left out
				for name := range f.may {
					data[name] = sample(w, name)
				}
				checkWords(t, lang+" "+key, key, w.Say(key, data))
			}
		}
	}
}

func checkWords(t *testing.T, where, key, got string) {
	t.Helper()
	switch {
	case got == key || got == "":
		t.Errorf("%s says nothing: %q", where, got)
	case strings.Contains(got, "<no value>") || strings.Contains(got, "{{"):
		t.Errorf("%s lacks a datum: %q", where, got)
	case strings.Contains(got, "..") || strings.Contains(got, "  ") || strings.Contains(got, " ,") || strings.TrimSpace(got) != got && key != "format.group":
		t.Errorf("%s reads badly: %q", where, got)
	}
}

func TestHostileDataComeThroughUnchanged(t *testing.T) {
	c := load(t)
	hostile := []string{"{{.amount}}", "{{", "}}{{end}}", "<b>&amp;</b>", "%s %d %!", "*x*`_~", "\u202eשלום\u202c مرحبا", "\"'\\\n\t", strings.Repeat("ы", 5000)}
	for lang, texts := range readLanguages(t) {
		for key, m := range texts {
			for i, bad := range hostile {
				data := map[string]any{"count": 5}
				names := fieldsOf(t, lang+" "+key, m).all()
				for _, name := range names {
					data[name] = name + bad
				}
				got := c.In(lang).Say(key, data)
				for _, name := range names {
					if !strings.Contains(got, name+bad) {
						t.Errorf("%s %s: datum %s of the kind %d is lost or changed", lang, key, name, i)
					}
				}
			}
		}
	}
}

// toCustomers are the texts that customers are shown: by their beginnings, and refusals of
// what they may press or write.
var toCustomers = []string{"chat.", "menu.", "inv.", "mail.", "pay.", "receipt.", "remind.", "reason.", "state.", "copy.note", "dispute.reply", "account.more",
	"refuse.link.unknown", "refuse.invoice.closed", "refuse.dispute.already", "refuse.dispute.over", "refuse.pay.", "refuse.key.reused", "refuse.hours.outside", "refuse.mail.typed", "refuse.mail.used", "refuse.mail.asked", "refuse.mail.last"}

// An invoice is a request for payment: no text calls it by the name of a document that the law
// asks for in a form or portal of the state, and the README says that it is none.
func TestNoStateForm(t *testing.T) {
	forms := []string{"счёт-фактур", "счет-фактур", "счета-фактур", "счёта-фактур", "发票", "發票", "fattura", "fatture", "factur"}
	for lang, texts := range readLanguages(t) {
		for key, m := range texts {
			for _, words := range m {
				for _, form := range forms {
					if strings.Contains(strings.ToLower(words), form) {
						t.Errorf("%s: %s calls something %q: %q", lang, key, form, words)
					}
				}
			}
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"request for payment", "счёт-фактура", "发票"} {
		if !strings.Contains(string(readme), words) {
			t.Errorf("the README does not say %q", words)
		}
	}
}

func TestTone(t *testing.T) {
	for lang, texts := range readLanguages(t) {
		for key, m := range texts {
			for _, words := range m {
				if strings.Contains(words, "!") {
					t.Errorf("%s %s: an exclamation mark", lang, key)
				}
				for _, prefix := range toCustomers {
					if strings.HasPrefix(key, prefix) && strings.Contains(words, "`") {
						t.Errorf("%s %s: a Slack mark in a text for customers", lang, key)
					}
				}
			}
		}
	}
}

// TestTextsFitTheirPlaces holds the limits of the platforms for short texts: Telegram's
// toast 200 and command 256, our label there 60, Slack's confirm buttons 30 and question 300.
// A modal's title and its buttons, and shortcuts, have 24.
// "button.old" is no label but what an old button answers.
func TestTextsFitTheirPlaces(t *testing.T) {
	c := load(t)
	limits := map[string]int{"button.": 60, "button.credit": 30, "button.reject": 30, "button.unlink": 30, "button.never": 30, "confirm.": 300,
		"menu.": 256, "reason.": 60, "chat.oldbutton": 60, "chat.disputed.already": 200, "chat.error": 200, "refuse.pay.": 200, "pay.failed": 200,
		"form.": 24, "shortcut.": 24, "refuse.invoice.closed": 200, "refuse.dispute.": 200, "refuse.key.reused": 200}
	for lang, texts := range readLanguages(t) {
		w := c.In(lang)
		for key, m := range texts {
			data := map[string]any{}
			for _, name := range fieldsOf(t, key, m).all() {
				data[name] = sample(w, name)
			}
			n := utf8.RuneCountInString(w.Say(key, data))
			for prefix, limit := range limits {
				if key != "button.old" && key != "form.late" && key != "shortcut.about" && strings.HasPrefix(key, prefix) && n > limit {
					t.Errorf("%s %s has %d characters, more than %d", lang, key, n, limit)
				}
			}
		}
	}
}

func TestLanguageOfAPlatform(t *testing.T) {
	c := load(t)
	for tag, want := range map[string]string{"ru": "ru", "ru-RU": "ru", "RU_ru": "ru", "en-US": "en", "pt-br": "en", "": "en", "run": "en"} {
		if got := c.Match(tag); got != want {
			t.Errorf("Match(%q): got %q, want %q", tag, got, want)
		}
	}
	if got := c.In("xx").Lang; got != Fallback {
		t.Errorf("In(xx) speaks %q", got)
	}
	if got := c.In("en").Say("no.such.text", nil); got != "no.such.text" {
		t.Errorf("a text that is not there says %q", got)
	}
}

func TestFilesAreUTF8(t *testing.T) {
	for lang := range readLanguages(t) {
		name := lang + ".toml"
		data, err := os.ReadFile(name)
		if err != nil || !utf8.Valid(data) || strings.Contains(string(data), "\u00a0") {
			t.Errorf("%s: %v; not UTF-8, or a no-break space that cannot be seen", name, err)
		}
	}
}
