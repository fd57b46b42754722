package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"duebot/ledger"
)

// What may be said to whom and when, as a person would hold it against what he got: from the rules
// of the field, and by what the people of the play did. It asks neither the books nor the rules.

// yearWeekends are the free days of a week where they are not Saturday and Sunday.
var yearWeekends = map[string][]time.Weekday{
	"Asia/Tehran": {time.Friday}, "Asia/Kolkata": {time.Sunday}, "Asia/Kathmandu": {time.Saturday}, "Asia/Riyadh": {time.Friday, time.Saturday},
}

// yearFree are some days on which nobody works.
var yearFree = map[string][]string{
	"Europe/Berlin":     {"2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-12-25", "2027-01-01", "2027-03-26", "2027-03-29"},
	"Europe/Bucharest":  {"2026-04-10", "2026-04-13", "2026-05-01", "2026-06-01", "2026-11-30", "2026-12-01", "2026-12-25", "2027-01-06", "2027-01-07"},
	"Europe/Rome":       {"2026-04-06", "2026-05-01", "2026-06-02", "2026-12-08", "2026-12-25", "2027-01-06"},
	"Europe/London":     {"2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-12-25", "2026-12-28"},
	"Asia/Shanghai":     {"2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-05-01", "2026-10-01", "2026-10-02"},
	"Asia/Tehran":       {"2026-03-21", "2026-03-22", "2026-03-23", "2026-03-24", "2026-04-01", "2026-04-02"},
	"America/Sao_Paulo": {"2026-04-03", "2026-04-21", "2026-05-01", "2026-09-07", "2026-12-25"},
	"America/New_York":  {"2026-05-25", "2026-07-03", "2026-09-07", "2026-11-26", "2026-12-25"},
	"Europe/Moscow":     {"2026-02-23", "2026-03-09", "2026-05-01", "2026-06-12", "2026-11-04"},
}

// yearWorked are days of weekends on which people work.
var yearWorked = map[string][]string{"Asia/Shanghai": {"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}}

// worksAt reports whether people work somewhere on a day.
func worksAt(place string, on ledger.Date) bool {
	for _, own := range []string{"2026-03-17", "2026-10-05", "2026-10-06"} { // yearHolidays
		if on.String() == own {
			return false
		}
	}
	if slices.Contains(yearWorked[place], on.String()) {
		return true
	}
	free, ok := yearWeekends[place]
	if !ok {
		free = []time.Weekday{time.Saturday, time.Sunday}
	}
	return !slices.Contains(free, on.Weekday()) && !slices.Contains(yearFree[place], on.String())
}

func (y *year) worksAtHome(on ledger.Date) bool { return worksAt("Europe/Berlin", on) }

// yearQuiet reports whether it is a day without reminders by every policy of the company.
func yearQuiet(on ledger.Date) bool {
	day := on.String()[len("2006-"):]
	return day >= "12-24" || day <= "01-01" || day >= "08-10" && day <= "08-14"
}

// judge looks at one message.
func (y *year) judge(w *yearWord) {
	y.t.Helper()
	if strings.HasPrefix(w.where, "slack:") || y.texts.digest(w) {
		y.judgeDigest(w)
		return
	}
	c := y.of[w.where]
	if c == nil {
		return
	}
	y.judgeWords(c, w)
	voice := y.texts.voice(w)
	if voice == "" {
		if strings.HasPrefix(w.where, "sms:") {
			y.wrong(c, w, "nobody knows what this short message is")
		}
		return
	}
	y.note("reminders")
	y.note("reminders by " + w.where[:strings.Index(w.where, ":")])
	y.judgeHour(c, w)
	y.judgeRhythm(c, w)
	if y.pilot != nil && !y.pilot[c] {
		y.wrong(c, w, "he is not in the pilot")
	}
	if w.parts > 2 {
		y.wrong(c, w, "it is a short message of %d parts", w.parts)
	}
	if voice == "plan" {
		return
	}
	y.judgeDebts(c, w, voice)
}

func (y *year) wrong(c *yearCustomer, w *yearWord, format string, args ...any) {
	y.t.Helper()
	text := ""
	for _, x := range c.debts {
		if x.open > 0 {
			text += fmt.Sprintf("\n\t%+v", *x)
		}
	}
	y.t.Errorf("%s (%s, %s, policy %s, weekly %t, contacts %v, held %s, snoozed %s): %s\n%s%s", c.handle, c.place, w.at.In(c.zone()).Format("Mon 2006-01-02 15:04"), c.policy, c.weekly, c.contacts,
		c.held, c.snoozed, fmt.Sprintf(format, args...), w, text)
}

// judgeHour sees that it came in his hours, and on a day on which he works.
func (y *year) judgeHour(c *yearCustomer, w *yearWord) {
	y.t.Helper()
	local := w.at.In(c.zone())
	on := ledger.DateOf(w.at, c.zone())
	if h := local.Hour(); h < 9 || h >= 18 {
		y.wrong(c, w, "it came outside of his hours")
	}
	if !worksAt(c.place, on) {
		y.wrong(c, w, "it came on a day on which he does not work")
	}
	if yearQuiet(on) {
		y.wrong(c, w, "it came on a day without reminders")
	}
	if on <= c.held {
		y.wrong(c, w, "he is on hold")
	}
	if on < c.snoozed && !c.wished {
		y.wrong(c, w, "staff had put it off")
	}
	if w.at.Before(c.skipped) && !c.wished {
		y.wrong(c, w, "staff had left it out")
	}
}

// judgeRhythm sees that it did not come too soon after others.
func (y *year) judgeRhythm(c *yearCustomer, w *yearWord) {
	y.t.Helper()
	on, p := ledger.DateOf(w.at, c.zone()), yearPolicies[c.policy]
	days := p.interval
	if c.weekly {
		days = max(days, 7)
	}
	within := func(days int) (n int) {
		for _, day := range c.contacts {
			if int(on-day) < days {
				n++
			}
		}
		return n
	}
	switch repeated := c.again || c.wished; {
	case repeated:
	case len(c.contacts) > 0 && int(on-c.contacts[len(c.contacts)-1]) < days:
		y.wrong(c, w, "the last one was fewer than %d days ago", days)
	case within(7) >= p.week:
		y.wrong(c, w, "it is more than %d in seven days", p.week)
	case within(30) >= p.month:
		y.wrong(c, w, "it is more than %d in thirty days", p.month)
	}
	c.contacts, c.wished = append(c.contacts, on), false
}

// judgeDebts sees that it asks for what is owed, and no step a second time.
func (y *year) judgeDebts(c *yearCustomer, w *yearWord, voice string) {
	y.t.Helper()
	on := ledger.DateOf(w.at, c.zone())
	var carrier *yearDebt
	lines := w.asks()
	if len(lines) == 0 && !w.paper {
		y.wrong(c, w, "it names no invoice")
	}
	for _, l := range lines {
		at := slices.IndexFunc(c.debts, func(x *yearDebt) bool { return x.number == l.number })
		if at < 0 {
			y.wrong(c, w, "%s is not his", l.number)
			continue
		}
		x := c.debts[at]
		switch {
		case x.open == 0:
			y.wrong(c, w, "%s is paid", l.number)
		case x.disputed:
			y.wrong(c, w, "%s is in dispute", l.number)
		case on <= x.promised:
			y.wrong(c, w, "%s is promised for %s", l.number, x.promised)
		case on <= x.held:
			y.wrong(c, w, "%s is on hold", l.number)
		case on <= x.planned:
			y.wrong(c, w, "%s is on a plan", l.number)
		case l.cents >= 0 && l.cents != x.open:
			y.wrong(c, w, "of %s it asks for %s, and %s is open", l.number, cents(l.cents), cents(x.open))
		}
		if carrier == nil || x.due < carrier.due || x.due == carrier.due && x.open > carrier.open {
			carrier = x
		}
	}
	step := slices.Index(voiceOrder, voice) + 1
	if carrier == nil || step == 0 { // before a due date, or too brief to have a tone
		return
	}
	if on <= carrier.due {
		y.wrong(c, w, "%s is not overdue", carrier.number)
	}
	if step <= carrier.said && !c.again {
		y.wrong(c, w, "step %d of %s was said, after which this one does not come", carrier.said, carrier.number)
	}
	carrier.said, c.again = max(step, carrier.said), false
}

// judgeWords sees that what staff wrote into one reminder is in no other.
func (y *year) judgeWords(c *yearCustomer, w *yearWord) {
	for _, of := range y.customers {
		of.words = slices.DeleteFunc(of.words, func(words string) bool {
			in := strings.Contains(w.text, words)
			if in && of != c {
				y.wrong(c, w, "these words are for %s", of.handle)
			}
			if in {
				y.note("own words read")
			}
			return in
		})
	}
}

// judgeDigest sees whose digest it is, and that it came at his hour, at his place.
func (y *year) judgeDigest(w *yearWord) {
	y.t.Helper()
	if !y.texts.digest(w) {
		return
	}
	for _, r := range y.readers {
		way := ""
		switch w.where {
		case "slack:D" + r.user[1:], "slack:" + r.user:
			way = "slack"
		case "mail:" + r.mail:
			way = "mail"
		case fmt.Sprintf("telegram:%d", r.chat):
			way = "telegram"
		default:
			continue
		}
		y.note("digests")
		y.note("digests by " + way)
		if w.at.Before(y.repeats) {
			return
		}
		on := ledger.DateOf(w.at, y.home)
		if r.got[on]++; r.got[on] > 1 {
			y.t.Errorf("%s has %d digests of %s, the last one\n%s", r.user, r.got[on], on, w)
		}
		if r.chosen == on {
			return
		}
		if !r.days(on) || on < r.paused {
			y.t.Errorf("%s wants no digest on %s (%s)\n%s", r.user, on, on.Weekday(), w)
		}
		late := w.at.Sub(on.At(r.minute/60, r.minute%60, y.home))
		if late < 0 || late > 2*time.Minute && w.at.After(y.trouble) {
			y.t.Errorf("%s wants his digest at %d:%02d, and got it %s after\n%s", r.user, r.minute/60, r.minute%60, late, w)
		}
		if way != r.way && w.at.After(y.trouble) && (way != "slack" || !r.shut) {
			y.t.Errorf("%s wants his digest by %s, and got it by %s\n%s", r.user, r.way, way, w)
		}
		if way == "slack" && y.now().Sub(w.at) < 10*time.Minute && y.chance(4) {
			y.openFigures(r, w)
		}
		return
	}
	y.t.Errorf("nobody's digest\n%s", w)
}

// checkDigests sees that everybody had the digest of a day that he wants one on.
func (y *year) checkDigests(on ledger.Date) {
	y.t.Helper()
	for _, r := range y.readers {
		if r.days(on) && on >= r.paused && r.chosen < on && on > y.began && r.got[on] == 0 && on > r.lost {
			y.t.Errorf("%s has no digest of %s (%s)", r.user, on, on.Weekday())
		}
	}
	if y.t.Failed() {
		y.t.FailNow()
	}
}

// euros finds sums in what is said in English.
var euros = regexp.MustCompile(`€[\d,]+\.\d\d`)

// openFigures presses each of a digest's figures, and adds up the lines that stand behind it.
func (y *year) openFigures(r *yearReader, w *yearWord) {
	y.t.Helper()
	resp := y.slackNow()
	var digest *slackMessage
	for i := range resp.Slack.Messages {
		if m := &resp.Slack.Messages[i]; m.BotID != "" && m.EphemeralTo == "" && strings.HasPrefix(plainWords(unescaper.Replace(m.Text)), w.head()) {
			digest = m
		}
	}
	if digest == nil {
		y.t.Errorf("%s has no digest that begins as\n%s", r.user, w)
		return
	}
	text := strings.Split(plainWords(unescaper.Replace(digest.Text)), "\n")
	for _, label := range labels(digest.Blocks) {
		figure := ""
		for _, line := range text {
			if rest, ok := strings.CutPrefix(line, label+": "); ok {
				figure = rest
			}
		}
		sum := int64(0)
		for _, part := range euros.FindAllString(figure, -1) {
			sum += centsOf(part)
		}
		if sum == 0 {
			continue
		}
		if y.try("slack/action", map[string]any{"user": r.user, "channel": digest.Channel, "ts": digest.TS, "label": label}, nil) != nil {
			continue
		}
		added, lines, seen := y.addUp(r, label)
		if lines == 0 && seen == "" {
			continue // the answer is still on its way
		}
		y.note("figures opened")
		if added != sum {
			y.t.Errorf("%s: the digest says %s, and its %d lines are %s:\n%s\n%s", label, cents(sum), lines, cents(added), w, seen)
		}
	}
}

// addUp adds up the lines that a figure opened, page by page.
func (y *year) addUp(r *yearReader, label string) (added int64, lines int, seen string) {
	for page := ""; ; {
		y.advance("3s")
		m := y.newestOf(r.user)
		now := plainWords(shown(m.Text, m.Blocks))
		if !strings.HasPrefix(now, label) || now == page {
			return added, lines, seen
		}
		page, seen = now, seen+now+"\n"
		for line := range strings.Lines(now) {
			if all := euros.FindAllString(line, -1); len(all) > 0 && strings.Count(line, " · ") > 1 {
				added, lines = added+centsOf(all[len(all)-1]), lines+1
			}
		}
		next := map[string]any{"user": r.user, "channel": m.Channel, "ts": m.TS, "label": "Next"}
		if !slices.Contains(labels(m.Blocks), "Next") || y.try("slack/action", next, nil) != nil {
			return added, lines, seen
		}
	}
}

// slackNow is what stands in Slack.
func (y *year) slackNow() (w world) {
	data, err := json.Marshal(y.box.box.Slack().State())
	if err == nil {
		err = json.Unmarshal(data, &w.Slack)
	}
	if err != nil {
		y.t.Fatal(err)
	}
	return w
}

// newestOf is the newest message that a user alone sees.
func (y *year) newestOf(user string) (last slackMessage) {
	w := y.slackNow()
	for _, m := range w.Slack.Messages {
		if m.EphemeralTo == user && m.TS > last.TS {
			last = m
		}
	}
	return last
}
