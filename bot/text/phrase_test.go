package text

import (
	"strings"
	"testing"
)

// What is put together by pieces reads as the library's templates write it, at every count;
// and most texts are put together so.
func TestPhrasesAndTemplatesAgree(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for lang, texts := range readLanguages(t) {
		w := c.In(lang)
		if got, all := len(w.phrases), len(texts); got < all*9/10 {
			t.Errorf("%s: %d of %d texts are phrases", lang, got, all)
		}
		for key, m := range texts {
			data := map[string]any{}
			for _, name := range fieldsOf(t, key, m).all() {
				data[name] = "{{." + name + "}} <&> Мюллер"
			}
			agree(t, w, key, data)
			for n := range 125 {
				data["count"] = n
				agree(t, w, key, data)
			}
			data["count"] = "1.5"
			agree(t, w, key, data)
			for name := range data { // one that is not given is nobody's to guess
				delete(data, name)
				agree(t, w, key, data)
			}
		}
	}
}

func agree(t *testing.T, w *Words, key string, data map[string]any) {
	t.Helper()
	if got, want := w.Say(key, data), w.template(key, data); got != want {
		t.Errorf("%s %s %v: got %q, want %q", w.Lang, key, data, got, want)
	}
}

func BenchmarkSay(b *testing.B) {
	c, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	w := c.In("ru")
	for b.Loop() {
		w.Say("account.title", map[string]any{"customer": "Acme GmbH", "handle": "acme"})
		w.Say("state.overdue", map[string]any{"count": 12})
	}
}

// A name or a date that ends with a full stop ends its sentence: there is never a second one.
func TestOneFullStop(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		lang, key, name, value, want string
	}{
		{"en", "digest.due", "date", "8 Oct 2026", "due 8 Oct 2026"},
		{"en", "preflight.sent.now", "customer", "Bolt Inc.", "The reminder to Bolt Inc. goes now."},
		{"en", "statements.last", "date", "Bolt Inc.", "went on Bolt Inc."},
		{"en", "statements.last", "date", "\u2068Bolt Inc.\u2069", "went on \u2068Bolt Inc.\u2069"},
		{"en", "statements.last", "date", "2 Nov 2026", "went on 2 Nov 2026."},
		{"ru", "invite.note", "until", "8 окт. 2026 г.", "до 8 окт. 2026 г."},
		{"ro", "pilot.nothing", "handle", "Bolt S.R.L.", "Bolt S.R.L. nu ar fi primit nimic."},
	} {
		got := c.In(x.lang).Say(x.key, map[string]any{x.name: x.value, "to": "31 Oct 2026"})
		if !strings.HasSuffix(got, x.want) {
			t.Errorf("%s %s: got %q, want %q at its end", x.lang, x.key, got, x.want)
		}
	}
	for words, want := range map[string]string{".": "", ". And": " And", ".\nAnd": "\nAnd", ".pdf": ".pdf", "..": "..", ", and": ", and"} {
		if got := afterStop(words, true); got != want {
			t.Errorf("%q after a full stop: got %q, want %q", words, got, want)
		}
		if got := afterStop(words, false); got != words {
			t.Errorf("%q after none: got %q", words, got)
		}
	}
}
