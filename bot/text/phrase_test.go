package text

import "testing"

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
