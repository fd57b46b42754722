package commands

import (
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// digestForm asks a reader where, on which days and when he wants his digest. A line alone shows
// the digest.
func digestForm(c *Call) (*card.Form, error) {
	if !c.asking {
		return nil, nil
	}
	if err := c.readsDigest(); err != nil {
		return nil, err
	}
	r := c.DigestReader(c.Who.ID)
	w := r.Wish.Or(c.Desk.Digest.Usual)
	days := []card.Option{{Value: "working", Label: card.T("digest.on.working")}, {Value: "every", Label: card.T("digest.on.every")}}
	if known := digestDaysTyped(w.Days); known != "working" && known != "every" {
		days = append(days, card.Option{Value: known, Label: digestDaysText(w.Days)})
	}
	ways := []card.Option{{Value: ledger.DigestBySlack, Label: card.T("digest.way.slack")}, {Value: ledger.DigestByTelegram, Label: card.T("digest.way.telegram")}}
	if c.Desk.Mail {
		ways = append(ways, card.Option{Value: ledger.DigestByMail, Label: card.T("digest.way.mail")})
	}
	hour := c.lineField("at", card.T("digest.when"), digestHourTyped(w.Minute))
	hour.Hint = card.T("digest.when.hint")
	f := &card.Form{Title: card.T("form.digest"), Submit: card.T("form.do.save"), Fields: []card.Input{
		c.choiceField("by", card.T("digest.where"), w.Way, ways...), hour, c.choiceField("on", card.T("digest.on"), digestDaysTyped(w.Days), days...)}}
	if c.Desk.Mail {
		f.Fields = append(f.Fields, optional(c.lineField("mail", card.T("digest.way.mail"), strings.TrimPrefix(r.Mail, "mail:")), card.T("digest.mail.hint")))
	}
	f.Fields = append(f.Fields, optional(c.dayField("pause", card.T("digest.paused"), w.Until), card.T("digest.pause.hint")))
	return f, nil
}

// digestDaysTyped are days as they are typed.
func digestDaysTyped(days ledger.DigestDays) string {
	switch days {
	case ledger.DigestWorking:
		return "working"
	case ledger.DigestEvery:
		return "every"
	}
	var out []string
	for i := range 7 {
		if d := (i + 1) % 7; days&(1<<d) != 0 {
			out = append(out, dayNames()[d])
		}
	}
	return strings.Join(out, ",")
}

func digestWords(v map[string]string, _ string) []token {
	by := option("by", word(v["by"]))
	if v["by"] == ledger.DigestByMail {
		by = row(by, word(v["mail"]))
	}
	pause := option("pause", word(v["pause"]))
	if v["pause"] == "" {
		pause = word("resume")
	}
	return row(option("at", word(v["at"])), option("on", word(v["on"])), by, pause)
}
