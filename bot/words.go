package main

import (
	"strings"
	"time"
	"unicode"

	"duebot/bot/text"
	"duebot/commands/card"
)

// clean takes out of people's words what no platform shows: control characters, broken
// UTF-8, the marks that our renderers give a meaning to, and those that turn the direction of
// what follows, so that a name cannot write the sum behind it backwards.
func clean(s string) string {
	if plainly(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		turns := r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
		if unicode.IsControl(r) && r != '\n' && r != '\t' || turns || strings.ContainsRune(card.MentionOpen+card.MentionClose, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\ufffd"))
}

// plainly reports whether s is printable ASCII, as most texts are: nothing is to be taken out.
func plainly(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// wordsIn binds the texts of a language to what renderers ask for.
func wordsIn(c *text.Catalog, lang string) card.Words {
	w := c.In(lang)
	return func(t card.Text) string {
		words := say(w, t)
		// A person's own words, a figure in a column, and what programs read are no sentences.
		if t.Key == "" && len(t.Items) == 0 || t.Key == "value" || strings.HasPrefix(t.Key, "format.") {
			return words
		}
		return w.Lines(words)
	}
}

func say(w *text.Words, t card.Text) string {
	if len(t.Items) > 0 {
		items := make([]string, len(t.Items))
		for i, item := range t.Items {
			items[i] = w.Apart(say(w, item))
		}
		return strings.Join(items, " · ")
	}
	if t.Key == "" {
		return clean(t.Plain)
	}
	if len(t.Args) == 1 && t.Key == "value" {
		s, _ := value(w, t.Args[0]).(string)
		return s
	}
	data := make(map[string]any, len(t.Args))
	for _, a := range t.Args {
		data[a.Name] = value(w, a)
		if s, ok := data[a.Name].(string); ok && (a.Kind != card.KindText || a.Text.Plain != "") {
			data[a.Name] = w.Apart(s)
		}
	}
	return w.Say(t.Key, data)
}

// value writes one datum in the language; "count" stays a number, since it chooses the
// plural.
func value(w *text.Words, a card.Arg) any {
	switch a.Kind {
	case card.KindInt:
		if a.Name == "count" {
			return int(a.N)
		}
		return w.Int(a.N)
	case card.KindNumber:
		return w.Number(a.S)
	case card.KindMoney:
		return w.Money(a.N, a.Exp, a.S)
	case card.KindDate:
		return w.Date(int(a.N/10000), int(a.N/100%100), int(a.N%100))
	case card.KindTime:
		zone, err := time.LoadLocation(a.S)
		if err != nil {
			zone = time.UTC
		}
		return w.Time(time.Unix(a.N, 0).In(zone))
	case card.KindHour:
		return w.Hour(int(a.N))
	case card.KindClock:
		return w.Clock(int(a.N))
	case card.KindUser:
		return card.MentionOpen + a.S + card.MentionClose
	case card.KindMonth:
		return w.MonthOf(int(a.N/100), int(a.N%100), a.S == "jalali")
	case card.KindDay:
		return w.Weekday(int(a.N), a.S == "head")
	case card.KindText:
		return say(w, *a.Text)
	}
	return clean(a.S)
}
