package slack

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"duebot/commands/card"
)

// Of a card's buttons three are seen, as Slack advises; the rest is in a menu beside them.
const (
	visibleMax = 3
	menuMax    = 5  // options of a menu
	optionMax  = 75 // what an option may carry, and its label
)

// reserve keeps room for the texts of buttons: they count too, and are not left out.
func (r *renderer) reserve(buttons []card.Button) {
	for _, b := range buttons {
		r.left -= min(len([]rune(r.words(b.Label))), buttonMax)
		if !b.Confirm.IsZero() {
			r.left -= min(len([]rune(r.words(b.Confirm))), confirmMax) + buttonMax + 2*dialogMax
		}
	}
}

// buttons shows the first few as buttons and the others in menus. What asks before it does
// something stays a button: a menu asks the same question for all its options.
func (r *renderer) buttons(buttons []card.Button) {
	var seen, menu []card.Button
	for _, b := range buttons {
		if len(buttons) <= visibleMax || !b.More && len(seen) < visibleMax || !b.Confirm.IsZero() || b.URL != "" || len(r.c.value(r.channel, b)) > optionMax {
			seen = append(seen, b)
		} else {
			menu = append(menu, b)
		}
	}
	var elements []slack.BlockElement
	for _, b := range seen {
		elements = append(elements, r.button(b))
	}
	for len(menu) > 0 {
		n := min(len(menu), pickMax)
		elements = append(elements, r.menu(menu[:n]))
		menu = menu[n:]
	}
	for len(elements) > 0 {
		n := min(len(elements), elementsMax)
		r.blocks = append(r.blocks, slack.NewActionBlock("", elements[:n]...))
		elements = elements[n:]
	}
}

// elementsMax is how many elements stand in a row.
const elementsMax = 6

// id is an action_id that no other element of the message has.
func (r *renderer) id(name string) string {
	if r.ids[name]++; r.ids[name] > 1 {
		return fmt.Sprintf("%s.%d", name, r.ids[name])
	}
	return name
}

func (r *renderer) label(t card.Text, most int) *slack.TextBlockObject {
	s := cut(r.c.unmarked(oneLine(r.words(t))), most)
	if strings.TrimSpace(s) == "" {
		s = "–" // an empty one is refused
	}
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// unmarked is a text where Slack shows no mentions: people are called by name.
func (c *Client) unmarked(s string) string {
	if c.cfg.Name == nil {
		return plain.Replace(s)
	}
	for {
		before, rest, ok := strings.Cut(s, card.MentionOpen)
		user, after, closed := strings.Cut(rest, card.MentionClose)
		if !ok || !closed {
			return plain.Replace(s)
		}
		s = before + c.cfg.Name(user) + after
	}
}

// menu is an overflow menu, or a menu of choice where there is more than that holds.
func (r *renderer) menu(buttons []card.Button) slack.BlockElement {
	var options []*slack.OptionBlockObject
	for _, b := range buttons {
		options = append(options, slack.NewOptionBlockObject(r.c.value(r.channel, b), r.label(b.Label, optionMax), nil))
	}
	if len(options) > menuMax {
		return slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, r.label(card.T("button.more"), placeholderMax), r.id("more"), options...)
	}
	return slack.NewOverflowBlockElement(r.id("more"), options...)
}

func (r *renderer) button(b card.Button) slack.BlockElement {
	name := b.Do
	if name == "" {
		name = "link"
	}
	label := r.label(b.Label, buttonMax)
	e := slack.NewButtonBlockElement(r.id(name), r.c.value(r.channel, b), label)
	switch b.Style {
	case card.Primary:
		e.WithStyle(slack.StylePrimary)
	case card.Danger:
		e.WithStyle(slack.StyleDanger)
	}
	if b.URL != "" {
		e.URL = b.URL
	}
	if !b.Confirm.IsZero() {
		e.Confirm = slack.NewConfirmationBlockObject(r.label(b.Label, 100), r.label(b.Confirm, confirmMax),
			r.label(b.Label, dialogMax), r.label(card.T("button.never"), dialogMax))
	}
	return e
}

// value is what a button carries: verb, argument, and the proof that both are ours.
func (c *Client) value(channel string, b card.Button) string {
	if b.Do == "" {
		return ""
	}
	what := b.Do + "|" + b.Arg
	return what + "|" + c.cfg.Seal(channel, what)
}

// opened reads a button's value; ok is false for one that is not ours.
func (c *Client) opened(channel, value string) (do, arg string, ok bool) {
	end := strings.LastIndexByte(value, '|')
	do, arg, ok = strings.Cut(value[:max(end, 0)], "|")
	if !ok || !c.cfg.Sealed(value[end+1:], channel, value[:end]) {
		return "", "", false
	}
	return do, arg, true
}

// picks are menus of one choice. An option that carries more than a menu takes is a button
// beside it.
func (r *renderer) picks(picks []card.Pick) {
	var elements []slack.BlockElement
	for _, p := range picks {
		var options []*slack.OptionBlockObject
		for _, b := range p.Buttons {
			value := r.c.value(r.channel, b)
			if len(value) > optionMax || len(options) == pickMax {
				elements = append(elements, r.button(b))
				continue
			}
			options = append(options, slack.NewOptionBlockObject(value, r.label(b.Label, optionMax), nil))
		}
		if len(options) > 0 {
			elements = append(elements, slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, r.label(p.Label, placeholderMax), r.id("pick"), options...))
		}
	}
	for len(elements) > 0 && r.room() {
		n := min(len(elements), elementsMax)
		r.blocks = append(r.blocks, slack.NewActionBlock("", elements[:n]...))
		elements = elements[n:]
	}
}

const (
	pickMax        = 100 // options of a menu
	placeholderMax = 150
)
