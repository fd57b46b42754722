package main

import (
	"fmt"
	"slices"
	"strings"

	"duebot/bot/text"
	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
	"duebot/reminders"
)

// textFile is what the company says in place of our words in reminders.
type textFile struct {
	Language string   `toml:"language"` // "ro"
	Tone     string   `toml:"tone"`     // of steps, or "soon" for the words before the due date
	Policy   string   `toml:"policy"`   // by which it is said; default: by all that have no other
	Title    ownWords `toml:"title"`
	Body     ownWords `toml:"body"`
}

// ownWords are words in their plural forms: one = "…", other = "…"; or one text for any number.
type ownWords map[string]string

// UnmarshalTOML reads a text, or one for each plural form.
func (w *ownWords) UnmarshalTOML(data any) error {
	switch x := data.(type) {
	case string:
		*w = ownWords{"other": x}
		return nil
	case map[string]any:
		*w = ownWords{}
		for form, v := range x {
			s, ok := v.(string)
			if !ok {
				return fmt.Errorf("the form %q of a text is no text", form)
			}
			(*w)[form] = s
		}
		return nil
	}
	return fmt.Errorf("a text of a reminder is words, or words for each plural form, like {one = \"…\", other = \"…\"}")
}

// How long the company's own words may be, in letters: a title is the subject of a mail, and what
// follows stands over the invoices in one message of Telegram's, the longest kind of which, the
// caption of a letter, has 1024.
const (
	ownTitle = 80
	ownBody  = 500
)

// ownTexts takes the company's own words, and tells every mistake in them.
func (f *remindersFile) ownTexts(p *reminders.Policies, bad func(setting, format string, args ...any)) {
	langs := []string{}
	if ours, err := text.Load(); err == nil {
		langs = ours.Languages()
	}
	seen := map[string]bool{}
	for i, x := range f.Texts {
		setting := fmt.Sprintf("reminders.texts, number %d", i+1)
		which := x.Policy + "/" + x.Language + "/" + x.Tone
		switch {
		case !slices.Contains(langs, x.Language):
			bad(setting, "there is no language %q; there are %s", x.Language, strings.Join(langs, ", "))
		case !slices.Contains(reminders.Voices(), x.Tone):
			bad(setting, "there is no tone %q; there are %s", x.Tone, strings.Join(reminders.Voices(), ", "))
		case x.Policy != "" && p.Named[x.Policy] == nil:
			bad(setting, "there is no policy %q; there are %s", x.Policy, policyNames(p))
		case seen[which]:
			bad(setting, "the words of %s in %s are given twice", x.Tone, x.Language)
		case x.Title == nil && x.Body == nil:
			bad(setting, "it has neither a title nor a body")
		default:
			x.check(func(what, fault string) { bad(setting, "%s: %s", what, fault) })
			p.Texts = append(p.Texts, reminders.OwnText{Policy: x.Policy, Language: x.Language, Voice: x.Tone, Title: x.Title, Body: x.Body})
		}
		seen[which] = true
	}
}

// check tells what is wrong with the words.
func (x *textFile) check(bad func(what, fault string)) {
	for _, part := range []struct {
		what  string
		words ownWords
		most  int
		lines bool // it may have several
	}{{"title", x.Title, ownTitle, false}, {"body", x.Body, ownBody, true}} {
		if part.words == nil {
			continue
		}
		if fault := (text.Own{Lang: x.Language, Forms: part.words}).Check(part.most, "company", "customer", "count", "total"); fault != "" {
			bad(part.what, fault)
			continue
		}
		for _, s := range part.words {
			if clean(s) != s || !part.lines && strings.Contains(s, "\n") {
				bad(part.what, "it has a character that no message shows, or a line break where there is one line")
				break
			}
		}
	}
}

// withOwn is the catalog with the company's own words in reminders.
func withOwn(c *text.Catalog, p *reminders.Policies) *text.Catalog {
	var list []text.Own
	for _, x := range p.Texts {
		suffix := ""
		if x.Policy != "" {
			suffix = "/" + x.Policy
		}
		for part, forms := range map[string]map[string]string{".title": x.Title, ".body": x.Body} {
			if forms != nil {
				list = append(list, text.Own{Lang: x.Language, Key: "remind." + x.Voice + part + suffix, Forms: forms})
			}
		}
	}
	return c.With(list)
}

// sampleSum is what the invoices of a sample come to, in whole units of the company's currency.
const sampleSum = 1250

// reminderTexts are the words of every tone in a language, as a customer would get them, and after
// them those of policies that have words of their own.
func (b *Bot) reminderTexts(v *ledger.View, lang string) (out []commands.ReminderText) {
	p, words := b.rules.Policy, wordsIn(b.texts, lang)
	policies := []string{""}
	for _, x := range p.Texts {
		if x.Language == lang && !slices.Contains(policies, x.Policy) {
			policies = append(policies, x.Policy)
		}
	}
	cur := ledger.Currency(b.cfg.Company.Currency)
	sum := card.T("value", "value", ledger.Money{Minor: sampleSum * pow10(int(cur.Exponent())), Currency: cur})
	for _, policy := range policies {
		for _, voice := range reminders.Voices() {
			if policy != "" && !p.OwnOf(policy, voice, lang) {
				continue // it speaks as the others do
			}
			t := commands.ReminderText{Policy: policy, Tone: voice, Own: p.Own(policy, voice, lang)}
			for i, count := range []int{1, 3} {
				title, body := p.Words(policy, voice, reminders.Said{Count: count, Company: v.Company().Name, Customer: "Acme GmbH", Total: sum})
				t.Said[i] = words(title) + "\n" + words(body)
			}
			out = append(out, t)
		}
	}
	return out
}

// pow10 is ten to the nth power.
func pow10(n int) int64 {
	out := int64(1)
	for range n {
		out *= 10
	}
	return out
}
