package commands

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// digestCommand shows a reader his digest, or what stands behind one of its figures. What he
// chooses about it is digestSetting.
//
//	line    = [ figure | "settings" ] .
//	figure  = "broken" | "cash" | "contested" | "disputed" | "dso" | "forecast" | "moved" | "newly" | "overdue" | "today" .
func digestCommand() Command {
	return Command{
		Name: "digest", Who: anybody(), Reads: true,
		Usage: []string{`digest [at <hour>] [on <days>] [by slack|telegram|mail <address>]`, `digest settings`, `digest pause <date>`, `digest resume`,
			`digest code <digits>`, `digest unlink telegram|mail`, `digest`, `digest forecast`},
		Examples: []string{`digest at 8:30 on mon-fri by telegram`, `digest`, `digest by mail marta@lindenhof.example`, `digest pause 2026-12-27`, `digest cash`},
		Form:     digestForm, Words: digestWords, Instead: digestSetting,
		Run: func(c *Call) (card.Reply, error) {
			if err := c.readsDigest(); err != nil {
				return card.Reply{}, err
			}
			c.View.May = nil // a reader of the digest reads of all customers
			switch {
			case len(c.Args) == 0:
				p, err := c.NextDigest(c.Who.ID, c.Desk.Digest.today(c.View, c.Who.ID), true)
				return card.Reply{Card: c.Desk.digestCard(c.View, c.Who.ID, p)}, err
			case len(c.Args) == 1 && c.Args[0].is("settings"):
				return card.Reply{Card: c.digestSettings()}, nil
			}
			return c.digestFigure()
		},
	}
}

// readsDigest refuses whoever the digest is not for.
func (c *Call) readsDigest() error {
	if c.Desk.Digest.reads(c.Who.ID) {
		return nil
	}
	return ledger.Refuse(ledger.Forbidden, "digest.notreader")
}

// digestFigure shows what stands behind a figure: of the period that a button names, or of the
// digest as it is now.
func (c *Call) digestFigure() (card.Reply, error) {
	p, err := c.NextDigest(c.Who.ID, c.Desk.Digest.today(c.View, c.Who.ID), true)
	if err != nil {
		return card.Reply{}, err
	}
	if len(c.Args) == 2 {
		asked, ok := ledger.ParseDigestPeriod(c.Args[1].text)
		if !ok || asked.On > p.On.AddDays(1) {
			return card.Reply{}, usage("digest", "got", c.Line)
		}
		p = asked
	}
	x := &digestOf{Call: c, p: p, base: c.Company().Currency}
	k := x.list(strings.ToLower(c.Args[0].text))
	if k == nil || len(c.Args) > 2 {
		return card.Reply{}, usage("digest", "got", c.Line)
	}
	return card.Reply{Card: k}, nil
}

// digestSetting is the command that a line of digest means if it chooses something.
func digestSetting(rest string) (Command, bool) {
	word, _ := cutWord(strings.TrimSpace(rest))
	if !digestWord(token{text: word}) {
		return Command{}, false
	}
	return Command{Name: "digest", Who: anybody(), Run: setDigest}, true
}

// digestWord reports whether a part of such a line begins with t.
func digestWord(t token) bool {
	return slices.ContainsFunc([]string{"at", "on", "by", "pause", "resume", "code", "unlink"}, t.is)
}

// setDigest books what a reader chooses, all that a line says together.
//
//	line = { "at" hour | "on" days | "by" ( "slack" | "telegram" | "mail" [ address ] ) | "pause" [ "until" ] day | "resume" }
//	     | "code" digits | "unlink" ( "telegram" | "mail" ) .
//	days = "working" | "every" | day { "," day } | day "-" day .
func setDigest(c *Call) (card.Reply, error) {
	if err := c.readsDigest(); err != nil {
		return card.Reply{}, err
	}
	switch {
	case c.Args[0].is("code") && len(c.Args) == 2:
		return c.digestCode(c.Args[1].text)
	case c.Args[0].is("unlink") && len(c.Args) == 2:
		return c.unlinkDigest(strings.ToLower(c.Args[1].text))
	}
	w := c.DigestReader(c.Who.ID).Wish
	way, address := "", ""
	for args := c.Args; len(args) > 0; {
		n, err := 2, error(nil)
		switch {
		case args[0].is("resume"):
			w.Until, n = 0, 1
		case len(args) < 2:
			return card.Reply{}, usage("digest", "got", c.Line)
		case args[0].is("at"):
			w.Minute, err = digestMinute(args[1].text)
		case args[0].is("on"):
			w.Days, err = digestDays(args[1].text)
		case args[0].is("pause"):
			w.Until, n, err = c.digestPause(args)
		case args[0].is("by"):
			if way = strings.ToLower(args[1].text); way == ledger.DigestByMail && len(args) > 2 && !digestWord(args[2]) {
				address, n = plainMail(args[2].text), 3
			}
		default:
			return card.Reply{}, usage("digest", "got", c.Line)
		}
		if err != nil {
			return card.Reply{}, err
		}
		args = args[n:]
	}
	return c.wishDigest(w, way, address)
}

// digestPause reads until when there is to be no digest.
func (c *Call) digestPause(args []token) (until ledger.Date, n int, err error) {
	from := 1
	if args[1].is("until") {
		from = 2
	}
	until, n, err = c.days().take(args[from:])
	today := c.Desk.Digest.today(c.View, c.Who.ID)
	if err == nil && (until <= today || until > today.AddDays(digestPauseMax)) {
		err = ledger.Refuse(ledger.BadInput, "digest.pause", "from", today.AddDays(1), "to", today.AddDays(digestPauseMax))
	}
	return until, from + n, err
}

// digestPauseMax is how long a pause may be in days: whoever wants none at all is taken off the
// readers.
const digestPauseMax = 180

// The hours at which a digest may come.
const (
	digestFirst = 5 * 60
	digestLast  = 21 * 60
)

var clockForm = regexp.MustCompile(`^(\d{1,2})(?:[:.](\d{2}))?$`)

// digestMinute reads an hour of the day.
func digestMinute(s string) (minute int, err error) {
	m := clockForm.FindStringSubmatch(names.Digits(s))
	if m == nil {
		return 0, ledger.Refuse(ledger.BadInput, "digest.hour", "text", s)
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ = strconv.Atoi(m[2])
	if minute > 59 || hour*60+minute < digestFirst || hour*60+minute > digestLast {
		return 0, ledger.Refuse(ledger.BadInput, "digest.hour", "text", s)
	}
	return hour*60 + minute, nil
}

// dayNames are the days of the week as they are typed, from Sunday.
func dayNames() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// digestDays reads the days of a digest.
func digestDays(s string) (days ledger.DigestDays, err error) {
	switch s = strings.ToLower(s); s {
	case "working":
		return ledger.DigestWorking, nil
	case "every":
		return ledger.DigestEvery, nil
	}
	day := func(name string) int {
		return slices.IndexFunc(dayNames(), func(d string) bool { return len(name) >= 3 && strings.HasPrefix(name, d) })
	}
	for _, part := range strings.Split(s, ",") {
		first, last, span := strings.Cut(strings.ReplaceAll(part, "–", "-"), "-")
		from, to := day(first), day(first)
		if span {
			to = day(last)
		}
		if from < 0 || to < 0 {
			return 0, ledger.Refuse(ledger.BadInput, "digest.days", "text", s)
		}
		for d := from; ; d = (d + 1) % 7 {
			if days |= 1 << d; d == to {
				break
			}
		}
	}
	return days, nil
}

// digestDaysText says on which days a digest comes.
func digestDaysText(days ledger.DigestDays) card.Text {
	switch days {
	case ledger.DigestWorking:
		return card.T("digest.on.working")
	case ledger.DigestEvery:
		return card.T("digest.on.every")
	}
	var out []card.Text
	for i := range 7 {
		if d := (i + 1) % 7; days&(1<<d) != 0 {
			out = append(out, card.T("value", "value", card.Weekday(d)))
		}
	}
	return card.Join(out...)
}

// digestHourTyped is an hour as it is typed.
func digestHourTyped(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// digestSettings is what a reader has chosen, with a form to change it.
func (c *Call) digestSettings() *card.Card {
	r := c.DigestReader(c.Who.ID)
	w := r.Wish.Or(c.Desk.Digest.Usual)
	zone := c.Desk.Digest.Zone(c.Who.ID)
	k := &card.Card{Title: card.T("digest.settings"), Fields: []card.Field{
		{Label: card.T("digest.where"), Value: c.digestWhere(r, w)},
		{Label: card.T("digest.when"), Value: card.Join(card.T("value", "value", card.Clock(w.Minute)), card.Plain(zone.String()))},
		{Label: card.T("digest.on"), Value: digestDaysText(w.Days)},
	}}
	if w.Until > c.Desk.Digest.today(c.View, c.Who.ID) {
		k.Fields = append(k.Fields, card.Field{Label: card.T("digest.paused"), Value: card.T("digest.until", "date", w.Until)})
		k.Buttons = append(k.Buttons, lineButton(card.T("button.digest.resume"), "digest resume"))
	}
	if r.Asked != "" {
		k.Body = append(k.Body, card.T("digest.mail.waits", "address", strings.TrimPrefix(r.Asked, "mail:")))
	}
	k.Buttons = append([]card.Button{formButton(card.T("button.digest.change"), "digest", "")}, k.Buttons...)
	for _, way := range []struct{ name, place string }{{ledger.DigestByTelegram, r.Chat}, {ledger.DigestByMail, r.Mail}} {
		if way.place != "" {
			k.Buttons = append(k.Buttons, lineButton(card.T("button.digest.unlink."+way.name), "digest unlink "+way.name))
		}
	}
	k.Buttons = append(k.Buttons, lineButton(card.T("button.digest.now"), "digest"))
	k.Note = []card.Text{card.T("digest.settings.note")}
	return k
}

// digestWhere says where a digest comes, and where it comes instead.
func (c *Call) digestWhere(r ledger.DigestReader, w ledger.DigestWish) card.Text {
	if w.Way == "" || w.Way == ledger.DigestBySlack {
		return card.T("digest.way.slack")
	}
	if c.DigestPlace(c.Who.ID, w.Way) == "" {
		return card.T("digest.instead", "way", card.T("digest.way."+w.Way))
	}
	if w.Way == ledger.DigestByMail {
		return card.Join(card.T("digest.way.mail"), card.Plain(strings.TrimPrefix(r.Mail, "mail:")))
	}
	return card.T("digest.way.telegram")
}

// DigestWishOf reads an hour and days as a configuration has them.
func DigestWishOf(at, days string) (w ledger.DigestWish, err error) {
	w.Way = ledger.DigestBySlack
	if w.Minute, err = digestMinute(at); err == nil {
		w.Days, err = digestDays(days)
	}
	return w, err
}
