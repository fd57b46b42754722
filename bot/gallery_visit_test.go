//go:build e2e

package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/chromedp/chromedp"
)

// visit is one customer's part in one tale, in an empty company: what he does and what staff do
// is played in any language, by the keys of the buttons. Each screen that is new in the language
// has its picture, and stands in the record that is read beside them.
type visit struct {
	*walk
	record *record
	tale   string
	said   phrases
	handle string
	room   int64                    // whose screen is looked at: his chat, or a group's
	known  map[int64]map[int]string // the screens that were looked at
	newest map[int]int              // when each last came or changed
	acts   int
	open   int64 // the chat that the phone shows
}

// record is all that a language's customer saw, as text.
type record struct {
	lang  string
	texts map[string][]string // each key's forms
	out   strings.Builder
	shown strings.Builder // all messages, buttons and notes
}

// records reads a language's texts as they stand in the file.
func records(t *testing.T, lang string) *record {
	t.Helper()
	var raw map[string]any
	if _, err := toml.DecodeFile("text/"+lang+".toml", &raw); err != nil {
		t.Fatal(err)
	}
	r := &record{lang: lang, texts: map[string][]string{}}
	r.gather("", raw)
	return r
}

// gather takes texts out of a table, whose quoted keys may hold the plural forms.
func (r *record) gather(key string, v any) {
	switch x := v.(type) {
	case string:
		r.texts[key] = append(r.texts[key], x)
	case map[string]any:
		for name, v := range x {
			if below := key != "" && slices.Contains([]string{"zero", "one", "two", "few", "many", "other"}, name); below {
				r.gather(key, v)
			} else {
				r.gather(strings.TrimPrefix(key+"."+name, "."), v)
			}
		}
	}
}

var blank = regexp.MustCompile(`\{\{.*?\}\}`)

// pattern matches what is made of a text; whole: nothing stands around it.
func (r *record) pattern(key string, whole bool) *regexp.Regexp {
	var forms []string
	for _, text := range r.texts[key] {
		parts := blank.Split(directions.Replace(text), -1)
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		forms = append(forms, strings.Join(parts, `[\s\S]*?`))
	}
	expr := "(?:" + strings.Join(forms, "|") + ")"
	if whole {
		expr = "^" + expr + "$"
	}
	return regexp.MustCompile(expr)
}

// ofCustomers are the keys of what only customers read; what stands in the chats' buttons and
// rows among others is found by hand.
var ofCustomers = regexp.MustCompile(`^(chat|inv|receipt|remind|talk|copy|refuse\.(chat|rating|act\.(agreed|unsent|listtype)|account|deferral\.(onplan|nothing|already|nodebt)))\.`)

// unseen lists what customers read, and no tale has shown.
func (r *record) unseen() (out []string) {
	shown := directions.Replace(r.shown.String())
	for _, key := range slices.Sorted(maps.Keys(r.texts)) {
		if ofCustomers.MatchString(key) && !strings.HasPrefix(key, "remindhand.") && !r.pattern(key, false).MatchString(shown) {
			out = append(out, key)
		}
	}
	return out
}

// keeps writes the record beside the pictures.
func (r *record) keeps(dir string) error {
	fmt.Fprintf(&r.out, "\nNot shown:\n%s\n", strings.Join(r.unseen(), "\n"))
	return os.WriteFile(filepath.Join(dir, "phone-"+r.lang+".txt"), []byte(r.out.String()), 0o600)
}

// begins opens an empty company and its customer, whose person has not come yet.
func (w *walk) begins(t *testing.T, tale string, o sandboxOptions, r *record) *visit {
	o.empty = true
	v := &visit{walk: w, record: r, tale: tale, said: phrasesOf(w.lang), handle: "acme", known: map[int64]map[int]string{}, newest: map[int]int{}}
	w.act = curtain(t, o)
	w.do(chromedp.EmulateViewport(narrowX, narrowY))
	w.until("the chats", func() bool { // a page that is still loading does not hear a click
		w.click(at("#tab-phone", ""))
		return w.look(at(chatRow, "")).Found
	})
	v.room = w.chat
	fmt.Fprintf(&r.out, "\n######## %s ########\n", tale)
	v.play.command(sales, "CINVOICES1", fmt.Sprintf("/ar customer add %s %q lang=%s tz=%s terms=net7", v.handle, v.said.customer, w.lang, v.said.zone))
	return v
}

// desk is what staff type, confirmed where they are asked.
func (v *visit) desk(line string) {
	v.t.Helper()
	line = v.said.fill(line)
	_, seen := v.play.command(finance, "CINVOICES1", line)
	switch {
	case strings.Contains(seen, "[Confirm]"):
		v.play.press(finance, "Confirm")
	case strings.Contains(seen, "For example:"):
		v.t.Fatalf("%s: %s", line, seen)
	}
	v.looks("staff: " + line + "\n   " + strings.ReplaceAll(seen, "\n", "\n   "))
}

// invoice issues one, which goes out.
func (v *visit) invoice(line string) {
	v.t.Helper()
	v.desk("/ar invoice " + v.handle + " " + line)
	v.clock("90s")
}

// clock moves on by a duration, or to a time.
func (v *visit) clock(to string) {
	v.t.Helper()
	if strings.Contains(to, "T") {
		v.play.post("clock", map[string]any{"set": to}, nil)
	} else {
		v.play.advance(to)
	}
	v.looks("clock " + to)
}

// linked opens an invitation.
func (v *visit) linked() {
	v.t.Helper()
	v.play.link(v.handle, v.chat)
	v.looks("opens the invitation")
}

// writes is a line that he writes.
func (v *visit) writes(text string) {
	v.t.Helper()
	text = v.said.fill(text)
	v.play.write(v.room, text)
	v.looks("> " + text)
}

// sends is a file of his; kind is document or photo.
func (v *visit) sends(kind, name, data, words string) {
	v.t.Helper()
	v.play.post("telegram/message", map[string]any{"chat": v.room, "text": v.said.fill(words), kind: upload{Name: name, Data: []byte(data)}}, nil)
	v.looks("> " + name)
}

// taps presses the nth button that a text is on, of the message that has so many and changed last; words
// after = are the beginning of what stands there.
func (v *visit) taps(key string, nth ...int) {
	v.t.Helper()
	if !v.tries(key, nth...) {
		w := v.play.state()
		v.t.Fatalf("%s: no message has so many buttons %s:\n%s", v.tale, key, w.chat(v.room))
	}
}

// tries is taps where there is such a button.
func (v *visit) tries(key string, nth ...int) bool {
	v.t.Helper()
	n := slices.Max(append(nth, 0))
	fits := v.record.pattern(key, true).MatchString
	if words, ok := strings.CutPrefix(key, "="); ok {
		fits = func(s string) bool { return strings.HasPrefix(s, words) }
	}
	world := v.play.state()
	list := slices.Clone(world.messages(v.room))
	slices.SortStableFunc(list, func(a, b chatMessage) int {
		return cmp.Or(v.newest[b.MessageID]-v.newest[a.MessageID], b.MessageID-a.MessageID)
	})
	for _, m := range list {
		keys := slices.DeleteFunc(keysOfMessage(&m), func(b chatButton) bool { return b.URL != "" || !fits(directions.Replace(b.Text)) })
		if len(keys) <= n {
			continue
		}
		var r struct{ Answer *struct{ Text, URL string } }
		v.play.post("telegram/click", map[string]any{"chat": v.room, "message_id": m.MessageID, "label": keys[n].Text}, &r)
		if r.Answer != nil && r.Answer.Text != "" {
			fmt.Fprintf(&v.record.out, "\n(note) %s\n", r.Answer.Text)
			v.record.shown.WriteString(r.Answer.Text + "\n")
		}
		v.looks("[" + keys[n].Text + "]")
		return true
	}
	return false
}

// answers is what staff write in the thread of the newest message with these words.
func (v *visit) answers(words, text string) (channel, ts string) {
	v.t.Helper()
	w := v.play.state()
	m := w.newestWith(words, func(m *slackMessage) bool { return m.BotID != "" && m.EphemeralTo == "" })
	if m == nil {
		v.t.Fatalf("no message says %q", words)
	}
	head := m.TS
	if m.ThreadTS != "" {
		head = m.ThreadTS
	}
	var said struct{ TS string }
	v.play.post("slack/message", map[string]any{"user": sales, "channel": m.Channel, "thread_ts": head, "text": v.said.fill(text)}, &said)
	v.looks("staff: " + text)
	w = v.play.state()
	if mine := w.newestWith(v.said.fill(text), func(m *slackMessage) bool { return m.User == sales && m.BotID == "" }); mine != nil {
		return mine.Channel, mine.TS
	}
	return m.Channel, said.TS
}

// presses is a button of staff's, and the form behind it.
func (v *visit) presses(label string, fields ...string) {
	v.t.Helper()
	v.play.press(finance, label)
	if len(fields) > 0 {
		for i := range fields {
			fields[i] = v.said.fill(fields[i])
		}
		if wrong := v.play.fill(finance, fields); strings.HasPrefix(wrong, "! ") {
			v.t.Fatalf("%s: %s", label, wrong)
		}
	}
	v.looks("staff: [" + label + "]")
}

// looks waits until the bot rests, records what came or changed, and takes pictures of what the
// language had not shown yet.
func (v *visit) looks(after string) {
	v.t.Helper()
	w := v.play.state()
	fmt.Fprintf(&v.record.out, "\n── %s\n", after)
	var fresh []int
	v.acts++
	if v.known[v.room] == nil {
		v.known[v.room] = map[int]string{}
	}
	for _, m := range w.messages(v.room) {
		screen := screenOf(&m)
		if !m.From.IsBot || v.known[v.room][m.MessageID] == screen {
			continue
		}
		v.known[v.room][m.MessageID] = screen
		v.newest[m.MessageID] = v.acts
		fmt.Fprintf(&v.record.out, "\n%s\n", screen)
		v.record.shown.WriteString(screen + "\n")
		if v.isNew(&m) {
			fresh = append(fresh, m.MessageID)
		}
	}
	if len(fresh) > 0 {
		v.snaps(fresh)
	}
}

// snaps takes the pictures of these messages, from the first to the last of them.
func (v *visit) snaps(ids []int) {
	v.t.Helper()
	if v.open != v.room {
		if v.open != 0 {
			v.click(at("#screen .tg-head button", "Back to the chats"))
		}
		v.click(at(fmt.Sprintf("%s[data-chat='%d']", chatRow, v.room), ""))
		v.open = v.room
	}
	for _, id := range ids {
		v.sees(at(fmt.Sprintf("#screen [data-id='%d']", id), ""))
	}
	for from, more := 0, true; more && from < 4; from++ {
		more = call[bool](v.browser, scrollTo, ids[0], ids[len(ids)-1], from)
		file := fmt.Sprintf("phone-%s-%02d-%s", v.lang, len(v.shots), v.tale)
		v.picture(file)
		v.fits()
		v.shots = append(v.shots, file)
	}
}

// scrollTo brings a page of messages into view, and tells whether there is another one: of
// what fits into one, the end.
const scrollTo = `(first, last, page) => new Promise((done) => setTimeout(() => {
	const body = document.querySelector('#screen .tg-body');
	const place = (id) => body.querySelector('[data-id="' + id + '"]').getBoundingClientRect();
	const zero = body.getBoundingClientRect().top - body.scrollTop;
	const top = place(first).top - zero - 6, end = place(last).bottom - zero + 6, high = body.clientHeight;
	const from = Math.max(0, end - top <= high ? end - high : Math.min(top + page * (high - 40), end - high));
	body.scrollTop = from;
	done(end - top > high && from + high < end - 1);
}, 200))`
