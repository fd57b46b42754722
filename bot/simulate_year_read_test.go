package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"duebot/adapters/sms"
	"duebot/bot/text"
	"duebot/commands/card"
)

// What the stand-ins of the platforms took of the bot, as whoever holds the telephone reads it: at
// which hour, in which words. Nothing here asks the books.

// yearWord is a message that somebody got.
type yearWord struct {
	at    time.Time
	where string // "telegram:1001", "mail:a@b.example", "sms:+40…", "slack:D…"
	text  string // without marks of direction
	parts int    // of a short message
	paper bool   // its lines are in a document that came with it
}

// head is its first line.
func (w *yearWord) head() string {
	head, _, _ := strings.Cut(w.text, "\n")
	return head
}

// plainWords takes marks of direction out, and spaces that do not break.
func plainWords(s string) string { return invisible.Replace(isolates.Replace(s)) }

// yearPost reads what the stand-ins took since it looked last.
type yearPost struct {
	log, mail, sms int64
}

// fresh are the new words, the oldest first of each platform.
func (p *yearPost) fresh(box *theSandbox) (out []yearWord) {
	for _, e := range box.box.Log().Since(p.log) {
		p.log = e.Seq
		if e.Dir == "in" && (e.Platform == "telegram" || e.Platform == "slack") {
			if w, ok := spokenIn(e.Platform, e.Method, e.Where, e.Status, e.Request, e.Answer); ok {
				w.at = e.At
				out = append(out, w)
			}
		}
	}
	for _, m := range box.box.Mail().Mails() {
		if int64(m.ID) > p.mail {
			p.mail = int64(m.ID)
			for _, to := range m.To {
				out = append(out, yearWord{at: m.At, where: "mail:" + to, text: plainWords(m.Subject + "\n" + m.Text)})
			}
		}
	}
	for _, m := range box.box.SMS().Messages() {
		if int64(m.ID) > p.sms {
			p.sms = int64(m.ID)
			out = append(out, yearWord{at: m.At, where: "sms:" + m.To, text: plainWords(m.Text), parts: sms.Segments(m.Text)})
		}
	}
	return out
}

// spokenIn is what a call to a platform said, if it was taken; also where its answer was lost.
func spokenIn(platform, method, where string, status int, request, answer json.RawMessage) (w yearWord, ok bool) {
	switch {
	case platform == "slack" && method == "chat.postMessage":
		var told struct{ OK bool }
		var said struct {
			Text string
		}
		json.Unmarshal(answer, &told)
		json.Unmarshal(request, &said)
		return yearWord{where: "slack:" + where, text: plainWords(unescaper.Replace(said.Text))}, told.OK
	case platform != "telegram" || !strings.HasPrefix(method, "send"):
		return w, false
	}
	type message struct {
		Text, Caption string
		Document      struct {
			ID string `json:"file_id"`
		}
		ReplyMarkup struct {
			Rows [][]chatButton `json:"inline_keyboard"`
		} `json:"reply_markup"`
	}
	var told struct {
		OK     bool
		Result message
		message
	}
	if json.Unmarshal(answer, &told) != nil {
		return w, false
	}
	m := told.Result
	if status == 0 { // it was taken, and the answer was lost
		m = told.message
	}
	text := m.Text + m.Caption
	for _, b := range slices.Concat(m.ReplyMarkup.Rows...) {
		text += "\n[" + b.Text + "]"
	}
	w = yearWord{where: "telegram:" + where, text: plainWords(text), paper: m.Document.ID != ""}
	return w, status == 0 && m.Text+m.Caption != "" || told.OK
}

// yearTexts knows by their words what messages are.
type yearTexts struct {
	words   map[string]card.Words // by language
	voices  []yearVoice
	digests []*regexp.Regexp
}

// yearVoice finds the messages of one tone in one language.
type yearVoice struct {
	voice string // "soon", "plan", "friendly", "plain", "firm", "final", "brief"
	is    *regexp.Regexp
}

// voiceOrder are the tones, the mildest first, as the policies of the year have them.
var voiceOrder = []string{"friendly", "plain", "firm", "final"}

const yearCompany = "Lindenhof Studio GmbH"

func newYearTexts(catalog *text.Catalog) *yearTexts {
	y := &yearTexts{words: map[string]card.Words{}}
	for _, lang := range []string{"en", "ru", "ro", "it", "zh", "fa"} {
		y.words[lang] = wordsIn(catalog, lang)
		for _, voice := range append([]string{"soon"}, voiceOrder...) {
			for _, count := range []int{1, 2, 5, 21} {
				title := y.pattern(lang, "remind."+voice+".title", "company", yearCompany, "count", count)
				y.voices = append(y.voices, yearVoice{voice, regexp.MustCompile("^" + digitRun.ReplaceAllString(title, `\d+`) + `\n`)})
			}
			for _, more := range []string{"", hole} {
				for _, link := range []string{"", hole} {
					y.short(lang, voice, "sms."+voice, more, link, hole)
					y.short(lang, voice, "sms."+voice, more, link, "")
					y.short(lang, "brief", "sms.short", more, link, hole)
				}
			}
		}
		plan := y.pattern(lang, "remind.plan.body", "customer", hole, "amount", hole, "date", hole)
		y.voices = append(y.voices, yearVoice{"plan", regexp.MustCompile(`(?m)^` + plan + `$`)})
		for _, digest := range []string{y.pattern(lang, "digest.title", "company", yearCompany, "date", hole),
			y.pattern(lang, "digest.nothing", "company", yearCompany, "date", hole, "since", hole, "sums", hole)} {
			y.digests = append(y.digests, regexp.MustCompile(`^`+digest+`(\n|$)`))
		}
	}
	return y
}

func (y *yearTexts) short(lang, voice, key, more, link, due string) {
	p := y.pattern(lang, key, "company", hole, "number", hole, "more", more, "amount", hole, "due", due, "link", link)
	y.voices = append(y.voices, yearVoice{voice, regexp.MustCompile(`^` + p + `$`)})
}

// hole stands for what differs from message to message.
const hole = "QXQ"

var digitRun = regexp.MustCompile(`\d+`)

// pattern is a text with its holes open.
func (y *yearTexts) pattern(lang, key string, data ...any) string {
	said := latinDigits(plainWords(y.words[lang](card.T(key, data...))))
	return strings.ReplaceAll(regexp.QuoteMeta(said), hole, ".+?")
}

// voice is the tone of a reminder; "" for what is none.
func (y *yearTexts) voice(w *yearWord) string {
	said := latinDigits(w.text) + "\n"
	short := strings.HasPrefix(w.where, "sms:")
	if short {
		said = strings.TrimSuffix(said, "\n")
	}
	found := ""
	for _, v := range y.voices {
		if v.is.MatchString(said) && (found == "" || found == "brief") {
			found = v.voice
		}
	}
	return found
}

// digest reports whether it is a digest.
func (y *yearTexts) digest(w *yearWord) bool {
	said := latinDigits(w.text)
	return slices.ContainsFunc(y.digests, func(r *regexp.Regexp) bool { return r.MatchString(said) })
}

// latinDigits writes the figures of every script as ours.
func latinDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		}
		return r
	}, s)
}

// yearLine is an invoice that a message asks for, and how much.
type yearLine struct {
	number string
	cents  int64 // -1 where the message gives no sum of its own for it
}

var yearNumber = regexp.MustCompile(`INV-\d{4}-\d{6}`)

// asks are the invoices that a message names, each once. A line of its own has the sum at its end.
func (w *yearWord) asks() (out []yearLine) {
	for line := range strings.Lines(latinDigits(w.text)) {
		number := yearNumber.FindString(line)
		if number == "" || strings.Contains(line, "IBAN") || slices.ContainsFunc(out, func(x yearLine) bool { return x.number == number }) {
			continue
		}
		x := yearLine{number, -1}
		if at := strings.LastIndexAny(line, ":："); at >= 0 && strings.HasPrefix(line, number) {
			if sum := centsOf(line[at:]); sum > 0 {
				x.cents = sum
			}
		}
		out = append(out, x)
	}
	return out
}

// centsOf reads a sum in euros, however a language writes it: all of them have two places.
func centsOf(s string) int64 {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, latinDigits(s))
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (w *yearWord) String() string {
	return fmt.Sprintf("%s to %s:\n%s", w.at.Format("Mon 2006-01-02 15:04 MST"), w.where, w.text)
}
