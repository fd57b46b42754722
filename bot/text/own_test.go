package text

import (
	"strings"
	"testing"
)

// Each fault in a company's own words is told by its name.
func TestOwnIsChecked(t *testing.T) {
	names := []string{"company", "count"}
	for want, o := range map[string]Own{
		"":                          {Lang: "ru", Forms: map[string]string{"other": "{{.company}}: платите"}},
		"no words":                  {Lang: "en"},
		"there is no placeholder":   {Lang: "en", Forms: map[string]string{"other": "Dear {{.name}}"}},
		"a placeholder is written":  {Lang: "en", Forms: map[string]string{"other": "{{if .company}}x{{end}}"}},
		"{{.company}}, and nothing": {Lang: "en", Forms: map[string]string{"other": "{{.company | printf}}"}},
		"few, many, one, other":     {Lang: "ru", Forms: map[string]string{"other": "{{.count}} счетов"}},
		"one = \"…\", other":        {Lang: "en", Forms: map[string]string{"one": "x", "few": "y", "other": "z"}},
		"no plural form":            {Lang: "en", Forms: map[string]string{"none": "x", "other": "y"}},
		"it has no words":           {Lang: "en", Forms: map[string]string{"other": " {{/* later */}}\n"}},
		"more than 3 times":         {Lang: "en", Forms: map[string]string{"other": strings.Repeat("{{.company}}", 4)}},
		"51 letters":                {Lang: "en", Forms: map[string]string{"other": strings.Repeat("я", 51)}},
	} {
		got := o.Check(50, names...)
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%v: %q, want %q", o.Forms, got, want)
		}
	}
	for _, o := range []Own{{Lang: "zh", Forms: map[string]string{"other": "{{.count}}张账单"}}, {Lang: "en", Forms: map[string]string{"one": "it", "other": "{{.count}}"}},
		{Lang: "ru", Forms: map[string]string{"one": "{{.count}}", "few": "{{.count}}", "many": "{{.count}}", "other": "{{.count}}"}}} {
		if got := o.Check(50, names...); got != "" {
			t.Errorf("%v: %q", o.Forms, got)
		}
	}
}

// Own words stand in place of ours in their language alone; those of a policy for it alone; and the
// catalog that they are laid over keeps its own.
func TestOwnWords(t *testing.T) {
	ours, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	c := ours.With([]Own{
		{"en", "remind.firm.title", map[string]string{"one": "{{.company}} waits", "other": "{{.company}} waits for {{.count}}"}},
		{"en", "remind.firm.title/retail", map[string]string{"other": "Hey, {{.company}}"}},
		{"ru", "remind.firm.title/retail", map[string]string{"other": "Эй"}},
		{"xx", "remind.firm.title", map[string]string{"other": "nobody"}},
	})
	data := func(n int) map[string]any {
		return map[string]any{"count": n, "company": "L", "customer": "A", "total": "5"}
	}
	for _, tt := range []struct {
		lang, key string
		n         int
		want      string
	}{
		{"en", "remind.firm.title", 1, "L waits"}, {"en", "remind.firm.title", 3, "L waits for 3"}, {"en", "remind.firm.title/retail", 3, "Hey, L"},
		{"en", "remind.firm.title/other", 3, "L waits for 3"}, {"ru", "remind.firm.title/retail", 2, "Эй"},
		{"ru", "remind.firm.title", 2, ours.In("ru").Say("remind.firm.title", data(2))}, {"it", "remind.firm.title/retail", 1, ours.In("it").Say("remind.firm.title", data(1))},
	} {
		if got := c.In(tt.lang).Say(tt.key, data(tt.n)); got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.lang, tt.key, got, tt.want)
		}
	}
	if got := ours.In("en").Say("remind.firm.title", data(1)); strings.Contains(got, "waits") {
		t.Errorf("ours says %q", got)
	}
}
