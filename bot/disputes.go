package main

import (
	"bytes"
	"strings"

	"duebot/commands"
	"duebot/commands/card"
	"duebot/ledger"
)

// disputeFile is what is set about disputes.
type disputeFile struct {
	AnswerDays int    `toml:"answer_days"` // business days, where the company is, to settle one; default 5
	EscalateTo string `toml:"escalate_to"` // id of the Slack user who is told of one whose deadline has passed; default: the managers
}

// answerDaysMax is the longest that a dispute may take.
const answerDaysMax = 90

// escalateTo is the Slack user's id, however it was written.
func (c *Config) escalateTo() string { return strings.TrimPrefix(c.Disputes.EscalateTo, "@") }

func (c *Config) checkDisputes(bad func(setting, format string, args ...any)) {
	if c.Disputes.AnswerDays < 0 || c.Disputes.AnswerDays > answerDaysMax {
		bad("disputes.answer_days", "must be 1 to %d, or 0 for a business week", answerDaysMax)
	}
	if to := c.escalateTo(); to != "" && (!slackPeople.MatchString(to) || strings.HasPrefix(to, "S")) {
		bad("disputes.escalate_to", "%q is not the id of a Slack user (U…); it stands in the profile, behind ⋮", c.Disputes.EscalateTo)
	}
}

// disputeHistory is the history of a dispute as plain text in a language: with a byte order mark,
// by which programs know UTF-8.
func (b *Bot) disputeHistory(p *card.Paper) (d card.Drawn, err error) {
	words := wordsIn(b.texts, b.texts.Match(p.Lang))
	out := bytes.NewBufferString("\ufeff")
	line := func(t card.Text) { out.WriteString(named(words(t), b.nameOf) + "\r\n") }
	err = b.books.View(func(v *ledger.View) error {
		k, err := commands.DisputeHistory(v, p.Of, p.Sent)
		if err != nil {
			return err
		}
		line(k.Title)
		line(card.Text{})
		for _, f := range k.Fields {
			line(card.T("field.line", "label", f.Label, "value", f.Value))
		}
		line(card.Text{})
		for _, t := range k.Body {
			line(t)
		}
		return nil
	})
	return card.Drawn{Name: p.Of + ".txt", MIME: "text/plain; charset=utf-8", Data: out.Bytes()}, err
}
