package text

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// A company may say some things in words of its own. They are phrases like ours, under our keys;
// behind a slash a key names whom they are for, and everybody else keeps the text without it.

// Own is a text of a company's.
type Own struct {
	Lang  string
	Key   string
	Forms map[string]string // by plural form, "other" alone for one that tells no number
}

var pluralNames = map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}

// Forms are the plural forms of a language, in order.
func Forms(lang string) []string {
	found, tag := map[string]bool{}, language.Make(lang)
	for _, n := range append(numbers(200), 1_000_000) {
		found[pluralNames[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]] = true
	}
	found["other"] = true // of fractions
	return slices.Sorted(maps.Keys(found))
}

// numbers are the first n.
func numbers(n int) (out []int) {
	for i := range n {
		out = append(out, i)
	}
	return out
}

// Check tells what is wrong with o, "" for nothing: names are the data that it may name, and most
// how many letters it may have.
func (o Own) Check(most int, names ...string) string {
	if len(o.Forms) == 0 {
		return "it has no words"
	}
	counts := false
	for form, s := range o.Forms {
		if fault := checkForm(form, s, most, names); fault != "" {
			return fault
		}
		counts = counts || strings.Contains(s, "{{.count}}")
	}
	want := Forms(o.Lang)
	got := slices.Sorted(maps.Keys(o.Forms))
	switch {
	case len(got) == 1 && got[0] == "other" && (!counts || len(want) == 1):
		return ""
	case !slices.Equal(got, want):
		return fmt.Sprintf("it tells a number, so it needs the plural forms %s of this language, as {%s = \"…\"}", strings.Join(want, ", "), strings.Join(want, " = \"…\", "))
	}
	return ""
}

// ownTimes is how often a text may tell one thing: how long it is when it is said, nobody knows
// here.
const ownTimes = 3

// checkForm tells what is wrong with one form of a text.
func checkForm(form, s string, most int, names []string) string {
	pieces, ok := takeApart(s)
	if !ok {
		return fmt.Sprintf("%q: a placeholder is written {{.%s}}, and nothing else stands in braces", s, names[0])
	}
	letters, said, times := 0, false, map[string]int{}
	for _, p := range pieces {
		letters += len([]rune(p.words))
		said = said || p.name != "" || strings.TrimSpace(p.words) != ""
		if times[p.name]++; p.name != "" && times[p.name] > ownTimes {
			return fmt.Sprintf("{{.%s}} stands in it more than %d times", p.name, ownTimes)
		}
		if p.name != "" && !slices.Contains(names, p.name) {
			return fmt.Sprintf("there is no placeholder {{.%s}}; there are {{.%s}}", p.name, strings.Join(names, "}}, {{."))
		}
	}
	switch {
	case !slices.Contains(slices.Collect(maps.Values(pluralNames)), form):
		return fmt.Sprintf("%q is no plural form", form)
	case !said:
		return "it has no words"
	case letters > most:
		return fmt.Sprintf("%d letters are too many; %d at most, beside the placeholders", letters, most)
	}
	return ""
}

// With is the catalog with texts of a company's, which Check found nothing wrong with.
func (c *Catalog) With(texts []Own) *Catalog {
	out := &Catalog{bundle: c.bundle, langs: c.langs, words: maps.Clone(c.words)}
	for _, o := range texts {
		w := out.words[o.Lang]
		if w == nil {
			continue
		}
		if w == c.words[o.Lang] {
			own := *w
			own.phrases = maps.Clone(w.phrases)
			w, out.words[o.Lang] = &own, &own
		}
		p := phrase{}
		for form, name := range pluralNames {
			if s := o.Forms[name]; s != "" {
				p[form], _ = takeApart(s)
			}
		}
		w.phrases[o.Key] = p
	}
	return out
}
