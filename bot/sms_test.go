package main

import (
	"strings"
	"testing"

	"duebot/adapters/sms"
	"duebot/bot/text"
	"duebot/commands/card"
	"duebot/ledger"
)

// In every language the shortest form of a short message has room for its link, and what is said in
// a tone has without one; no marks of direction make it longer than it reads.
func TestShortMessagesAreShort(t *testing.T) {
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	const link = "https://pay.lindenhof-studio.example/pay/1000.4ArqxDVxGSlU7g59"
	due, err := ledger.ParseDate("2026-09-28")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range texts.Languages() {
		for _, voice := range []string{"soon", "friendly", "plain", "firm", "final", "short"} {
			to := ""
			if voice == "short" {
				to = link
			}
			k := &card.Card{Body: []card.Text{card.T("sms."+voice, "company", "Lindenhof Studio Gmb", "number", "INV-2026-000001", "more", "12",
				"amount", card.T("value", "value", ledger.Money{Minor: 1234567, Currency: "EUR"}), "due", due, "link", to)}}
			got := smsText(k, wordsIn(texts, lang))
			if n := sms.Segments(got); n > smsParts {
				t.Errorf("%s %s: %d parts: %q", lang, voice, n, got)
			}
			if strings.ContainsAny(got, "\u2066\u2067\u2068\u2069\u200e\u200f") {
				t.Errorf("%s %s has marks of direction: %q", lang, voice, got)
			}
		}
	}
}
