// Package text holds the words: one file per language, with every text that people are
// shown, for staff as for customers. Code names a text by its key and gives the data; how
// sums, dates and plurals look is decided here.
//
// To add a language, add its file: a test compares its keys and renders each.
package text

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"sort"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed *.toml
var files embed.FS

// Catalog holds all languages.
type Catalog struct {
	bundle *i18n.Bundle
	langs  []string
	words  map[string]*Words
}

// Words speaks one language. It is safe for concurrent use.
type Words struct {
	Lang    string
	tag     language.Tag
	phrases map[string]phrase
	loc     *i18n.Localizer // for what is no phrase
	form    format
}

// Fallback is the language of whoever speaks none of ours.
const Fallback = "en"

// Load reads the embedded files.
func Load() (*Catalog, error) { return embedded() }

// embedded reads the files once: they are a part of the program, and nothing changes a catalog.
var embedded = sync.OnceValues(func() (*Catalog, error) { return read(files) })

func read(files fs.FS) (*Catalog, error) {
	c := &Catalog{bundle: i18n.NewBundle(language.English), words: map[string]*Words{}}
	c.bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		file, err := c.bundle.LoadMessageFileFS(files, e.Name())
		if err != nil {
			return nil, fmt.Errorf("texts %s: %w", e.Name(), err)
		}
		lang := strings.TrimSuffix(e.Name(), ".toml")
		c.langs = append(c.langs, lang)
		c.words[lang] = &Words{Lang: lang, tag: file.Tag, phrases: map[string]phrase{}}
		for _, m := range file.Messages {
			if p := newPhrase(m); p != nil {
				c.words[lang].phrases[m.ID] = p
			}
		}
	}
	sort.Strings(c.langs)
	for _, lang := range c.langs {
		w := c.words[lang]
		w.loc = i18n.NewLocalizer(c.bundle, lang)
		if w.form, err = readFormat(func(key string) string { return w.Say(key, nil) }); err != nil {
			return nil, fmt.Errorf("texts %s: %w", lang, err)
		}
	}
	return c, nil
}

// Languages lists the languages that have a file, by two-letter code.
func (c *Catalog) Languages() []string { return c.langs }

// Has reports whether lang has a file.
func (c *Catalog) Has(lang string) bool { return c.words[lang] != nil }

// Match returns the two-letter code of the file for a platform's language tag ("ru-RU",
// "pt-br"), Fallback where there is none.
func (c *Catalog) Match(tag string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	if c.Has(base) {
		return base
	}
	return Fallback
}

// In returns the words of lang, or of Fallback.
func (c *Catalog) In(lang string) *Words {
	if w := c.words[lang]; w != nil {
		return w
	}
	return c.words[Fallback]
}

// Say returns the text of key with its data: strings, or an int named "count" that chooses
// the plural. What stands behind a slash in a key is whom a company may have words of its own for.
// A key without text comes back as itself: a test sees to it that there is none.
func (w *Words) Say(key string, data map[string]any) string {
	if ours, _, own := strings.Cut(key, "/"); own && w.phrases[key] == nil {
		key = ours
	}
	if p := w.phrases[key]; p != nil {
		if s, ok := w.phrase(p, data); ok {
			return s
		}
	}
	return w.template(key, data)
}

// template says any text, by the library's way.
func (w *Words) template(key string, data map[string]any) string {
	cfg := &i18n.LocalizeConfig{MessageID: key, TemplateData: data}
	if n, ok := data["count"].(int); ok {
		own := maps.Clone(data)
		own["count"] = w.Int(int64(n))
		cfg.PluralCount, cfg.TemplateData = n, own
	}
	s, err := w.loc.Localize(cfg)
	if err != nil && s == "" {
		return key
	}
	return s
}
