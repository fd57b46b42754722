package commands

import (
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// ReminderText is what reminders say in one tone: of one invoice, and of several.
type ReminderText struct {
	Policy string // that says it so; "": all that have no words of their own
	Tone   string // "soon" is before the due date
	Own    bool   // the words are the company's
	Said   [2]string
}

// reminderTexts shows what reminders say in every tone, in a language.
func (c *Call) reminderTexts() (card.Reply, error) {
	lang := c.Lang()
	if len(c.Args) > 1 {
		lang = strings.ToLower(c.Args[1].text)
	}
	if len(c.Args) > 2 {
		return card.Reply{}, usage("reminders", "got", c.Line)
	}
	if !slices.Contains(c.Desk.Languages, lang) {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "language.unknown", "text", lang, "known", strings.Join(c.Desk.Languages, ", "))
	}
	k := &card.Card{Title: card.T("reminders.texts.title", "language", card.T("language."+lang))}
	for _, t := range c.Desk.Reminding.orNone().Texts(c.View, lang) {
		for i, said := range t.Said {
			k.Fields = append(k.Fields, card.Field{Label: t.label(i), Value: card.Plain(said)})
		}
	}
	k.Note = []card.Text{card.T("reminders.texts.note")}
	for _, other := range c.Desk.Languages {
		if other != lang {
			k.Buttons = append(k.Buttons, lineButton(card.T("language."+other), "reminders texts "+other))
		}
	}
	return card.Reply{Card: k}, nil
}

// label names the tone of some words, for one invoice or several, by which policy, and whose they
// are.
func (t *ReminderText) label(several int) card.Text {
	number, whose := "reminders.texts.one", "reminders.texts.ours"
	if several > 0 {
		number = "reminders.texts.several"
	}
	if t.Own {
		whose = "reminders.texts.own"
	}
	parts := []card.Text{card.T("tone." + t.Tone), card.T(number), card.T(whose)}
	if t.Policy != "" {
		parts = append(parts, card.Plain(t.Policy))
	}
	return card.Join(parts...)
}
