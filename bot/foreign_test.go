package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duebot/adapters/sandbox/stand"
	"duebot/commands"
	"duebot/ledger"
)

// TestForeign plays a story with everything that the bot hands to people: buttons, links,
// tokens, numbers. What it handed out is read from the platforms' own log, whatever it is
// called, and then tried by all those for whom it is not. Nobody learns a name, a number or a
// sum, nothing is booked, each try is counted, and in the end it all still works for those
// whose it is.
func TestForeign(t *testing.T) {
	t.Parallel()
	var log lockedText
	config := filepath.Join(t.TempDir(), "duebot.toml")
	if err := os.WriteFile(config, []byte("[company]\nsend_delay = \"60s\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := newFixtureOf(t, sandboxOptions{http: true, config: config}, &log)
	f.tellStory()
	s := newSpy(t, f)
	s.collect()
	s.everyVerb()
	before := s.books()

	s.foreignTaps()
	s.foreignTokens()
	s.foreignWords()
	s.foreignLinks()
	s.foreignPresses()
	s.foreignLines()
	s.learnt("outsiders", s.names, s.numbers, s.sums)
	s.colleaguesPresses()
	s.learnt("sales", s.names, s.sums) // a refusal repeats the line with its number, and offers to ask

	if after := s.books(); after != before {
		t.Errorf("something was changed:\n%s", difference(before, after))
	}
	s.counted()
	for _, secret := range []string{sandboxSigning, sandboxWebhook, sandboxTelegramToken, "Acme", "Бета", s.unused} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	s.stillWork()
}

// The people of the story. Farid of finance looks after all customers.
const (
	acmesChat, betasChat, epsilonsChat = 1001, 1002, 1004
	managersChat                       = 1005
	strangersChat, groupChat           = 1009, -500700
	acmesGroup                         = -500701
	finance, manager, sales, auditor   = "UFINANCE01", "UMANAGER01", "USALES0001", "UAUDITOR01"
)

// tellStory lets the bot hand out at least one of each thing.
func (f *fixture) tellStory() {
	f.t.Helper()
	say := func(user, line string) string {
		_, seen := f.command(user, "CINVOICES1", line)
		return seen
	}
	for _, line := range []string{
		`/ar customer add beta "Бета ООО" currency=EUR lang=ru tz=Europe/Berlin terms=net14`,
		`/ar customer add gamma "Gamma SARL" currency=EUR lang=en tz=Europe/Berlin terms=net14`,
		`/ar customer add delta "Delta KG" currency=EUR lang=en tz=Europe/Berlin terms=net14`,
		`/ar customer add epsilon "Epsilon AG" currency=EUR lang=en tz=Europe/Berlin terms=net14`,
		`/ar customer add zeta "Zeta SpA" currency=EUR lang=en tz=Europe/Berlin terms=net14`, // nobody can reach Zeta but by phone
		`/ar customer set gamma email=` + reader,
		`/ar customer set epsilon limit=600`,
		`/ar customer set acme owner=<@UFINANCE01|farid>`,
		`/ar interest rate 2026-07-01 2.15%`,
	} {
		say(finance, line)
	}
	say(manager, `/ar digest pause 2026-12-01`)
	for handle, chat := range map[string]int64{"beta": betasChat, "delta": acmesChat, "epsilon": epsilonsChat} {
		f.invite(handle, chat)
	}
	f.post("telegram/chat", map[string]any{"id": groupChat, "type": "group", "title": "Friends of Acme",
		"people": []any{map[string]any{"id": acmesChat, "first_name": "Emma"}}}, nil)
	f.people()
	for _, line := range []string{`acme 1101.11 "Consulting"`, `acme 1202.22 "Hosting"`, `beta 1303.33 "Paper"`, `beta 1404.44 "Ink"`,
		`gamma 1505.55 "Stamps"`, `delta 1606.66 "Boxes"`, `epsilon 517.17 "Glue"`, `zeta 818.18 "Nails"`} {
		f.commit(finance, "/ar invoice "+line, "Confirm")
		f.rest() // the platforms' rates are waited for on the clock, and not in truth
	}
	f.tap(betasChat, "Оспорить")
	f.rest()
	for _, step := range []string{"reason|", "partsum|", "part|", "contest|"} {
		f.tapData(betasChat, step)
		f.rest()
	}
	f.tapData(betasChat, "mydispute|")
	for _, words := range []string{"/language", "/statement", "/invoices", "/balance"} {
		f.write(acmesChat, words)
	}
	f.rest()
	f.tapData(acmesChat, "papers|")
	f.tapData(acmesChat, "period|")
	f.rest()

	f.write(acmesChat, "Which lorry brings it?") // a question, with its buttons
	f.rest()

	// Beta's person looks at what he can settle, and names an address that staff are to confirm.
	f.write(betasChat, "/settings")
	for _, data := range []string{"go|mail|", "go|newmail|"} {
		f.rest()
		f.tapData(betasChat, data)
	}
	f.rest()
	f.write(betasChat, "new@beta.example")
	f.rest()

	// Acme has paid one invoice, and is credited some of it: its reminder offers to set that off.
	say(finance, "/ar payment INV-2026-000002 1202.22")
	say(finance, `/ar credit INV-2026-000002 2.22 "Two hours less"`)
	f.rest()

	// The first reminders; of one of them, and then of two, nobody knows the fate.
	f.fault("telegram", stand.FaultTimeoutAfterAccept, 1)
	f.advance("288h")
	f.fault("telegram", stand.FaultTimeoutAfterAccept, 2)
	f.advance("168h")
	f.tellPaid(say)

	// The manager has the digest in a chat of his.
	link := inviteLink.FindStringSubmatch(say(manager, "/ar digest resume by telegram"))
	if link == nil {
		f.t.Fatal("no link for the digest")
	}
	f.write(managersChat, "/start "+link[1])
	f.rest()
	f.advance("20m") // the schedule looks again within a quarter of an hour

	for _, line := range []string{`/ar aging`, `/ar aging acme`, `/ar interest acme`, `/ar rate KWD 2.80`, `/ar rate KWD 0.3571`,
		`/ar show acme`, `/ar show INV-2026-000001`} {
		say(finance, line)
	}
	f.commit(finance, `/ar invoice acme 25000 "Machine"`, "Confirm")
	f.commit(auditor, `/ar writeoff INV-2026-000001 1 "she may not"`, "Ask Finance")
	say(auditor, `/ar writeoff INV-2026-000001 2 "she may not"`)
	f.rest()

	// A campaign that is paused before it is over.
	f.post("fault", map[string]any{"platform": "telegram", "kind": stand.Fault429, "count": 9, "retry_after": 60}, nil)
	f.commit(manager, "/ar remind overdue", "Send ")
	f.says("% · running") // who is reached by mail is not held up
	f.pressNow(manager, "Pause")
	f.box.box.Faults().Clear()
	f.rest()
	say(manager, "/ar remind overdue") // its button is not pressed
	say(manager, "/ar setup")
	say(finance, `/ar invoice acme 99.99 "Pens"`)
	say(finance, `/ar invoice epsilon 717.17 "More glue"`)

	// Two documents of an invoice: one for the customer, one for the company alone.
	channel, thread := f.card("INV-2026-000001")
	for _, name := range []string{"slip", "hours"} {
		f.post("slack/message", map[string]any{"user": finance, "channel": channel, "thread_ts": thread, "text": "",
			"files": []upload{{Name: name + ".txt", Mime: "text/plain", Data: []byte("of " + name)}}}, nil)
		f.rest()
		if name == "slip" {
			f.press(finance, "For the Customer")
			f.rest()
		}
	}
	f.tapData(acmesChat, "papers|1|")
	f.rest()

	// Epsilon names a day, then asks for a plan, and is offered another.
	for _, data := range []string{"promise|7|", "promise|7.one.on.", "plan|7|", "plan|7.one.2|", "plan|7.one.2.w|", "plan|7.one.2.w.", "plan|7.one.2.w."} {
		f.tapData(epsilonsChat, data)
		f.rest()
	}
	say(finance, `/ar defer DF-1 offer 3 weekly from tomorrow`)
	f.rest()

	f.tellChoice(say)

	// What follows, and all that is tried then, happens within one day.
	f.post("clock", map[string]any{"set": "2026-10-22T08:30:00Z"}, nil)
	f.rest()

	// Talks, calls, and a colleague who asks for what she may not.
	say(finance, `/ar note acme called Emma, the cheque is in the mail`)
	say(finance, `/ar calls`)
	say(manager, `/ar setup`)
	say(finance, `/ar find acme`)
	say(finance, `/ar shwo acme`)
	f.commit(sales, `/ar payment acme 5`, "Ask ")
	f.post("slack/message", map[string]any{"user": finance, "channel": "CFINANCE01", "text": "",
		"files": []upload{{Name: "customers.csv", Mime: "text/csv", Data: []byte("Customer No;Name;Terms\neta;Eta Oy;net14\n")}}}, nil)
	f.rest()
}

// tellPaid has customers say that they have paid, asks them how satisfied they are, and sends an act.
func (f *fixture) tellPaid(say func(user, line string) string) {
	f.tapData(betasChat, "paid|")
	f.rest()
	for _, step := range []string{"paid|3.", "paid|3.2026"} {
		f.tapData(betasChat, step)
		f.rest()
	}
	say(finance, `/ar claim list`)
	say(finance, `/ar claim PC-1 notfound`)
	f.rest()
	f.tapData(betasChat, "paid|")
	f.rest()
	f.tapData(betasChat, "paid|3.")
	f.rest()
	f.tapData(betasChat, "paid|3.2026")
	f.rest()
	say(finance, `/ar payment INV-2026-000003 1303.33`)
	say(finance, `/ar reconcile acme 2026-09-01 2026-10-10 send`)
	f.post("slack/message", map[string]any{"user": finance, "channel": "CFINANCE01", "text": "",
		"files": []upload{{Name: "october.sta", Mime: "text/plain", Data: []byte(unclearStatement)}}}, nil)
	f.rest()
	f.pressLabel(finance, "Import 1 Row")
	f.rest()
	say(finance, `/ar bank BE-1 ask acme`) // what the money is for
	f.advance("24h")
	f.rest()
	f.tapData(acmesChat, "differ|")
	f.rest()
}

// tellChoice asks Acme how it pays what several providers take: under the invoice, and in the menu.
func (f *fixture) tellChoice(say func(user, line string) string) {
	say(finance, "/ar rate GBP 1.15")
	f.commit(finance, `/ar invoice acme 61.61 "Labels" currency GBP`, "Confirm")
	f.rest()
	f.tapData(acmesChat, "pay|")
	f.rest()
	f.write(acmesChat, "/pay")
	f.rest()
	f.tapData(acmesChat, "pay|")
	f.rest()
}

// pressLabel presses the newest button of finance's channel that is called so.
func (f *fixture) pressLabel(user, label string) {
	f.t.Helper()
	for _, m := range slices.Backward(worldOf(f.t, f.base).Slack.Messages) {
		if m.Channel == "CFINANCE01" && strings.Contains(string(m.Blocks), label) {
			f.post("slack/action", map[string]any{"user": user, "channel": m.Channel, "ts": m.TS, "label": label}, nil)
			return
		}
	}
	f.t.Fatalf("no message has a button %s", label)
}

// unclearStatement is a bank's statement with money that says nothing of what it is for.
const unclearStatement = ":20:1\n:25:DE02120300000000202051\n:28C:1/1\n:60F:C261001EUR0,00\n:61:2610051005C77,77NTRFNONREF//R1\n:86:166?00CREDIT?20thank you?32SOMEBODY\n:62F:C261005EUR77,77\n-\n"

// people lets a person say what she does and for whom she speaks, and add the bot to a group.
func (f *fixture) people() {
	f.tapData(acmesChat, "position|")
	f.write(acmesChat, "/invoices")
	f.rest()
	f.tapData(acmesChat, "speak|1.")
	f.rest()
	f.write(acmesChat, "/balance")
	f.rest()
	f.tapData(acmesChat, "speak|0.")
	f.post("telegram/chat", map[string]any{"id": acmesGroup, "type": "group", "title": "Those who pay",
		"people": []any{map[string]any{"id": acmesChat, "first_name": "Emma"}}}, nil)
	f.write(acmesGroup, "/start@duebot_sandbox_bot "+f.token("acme group"))
	f.write(acmesGroup, "/settings@duebot_sandbox_bot")
	f.rest()
}

// invite links a customer, whom finance looks after, to a chat.
func (f *fixture) invite(handle string, chat int64) { f.write(chat, "/start "+f.token(handle)) }

// token makes a link and returns what is secret in it.
func (f *fixture) token(handle string) string {
	_, seen := f.command(finance, "CINVOICES1", "/ar customer invite "+handle)
	token := inviteLink.FindStringSubmatch(seen)
	if token == nil {
		f.t.Fatalf("no link in %q", seen)
	}
	return token[1]
}

// tapData presses the newest button of a chat whose data begins so.
func (f *fixture) tapData(chat int64, data string) {
	w := f.state()
	for _, m := range slices.Backward(w.messages(chat)) {
		for _, b := range slices.Concat(m.ReplyMarkup.Rows...) {
			if strings.HasPrefix(b.Data, data) {
				f.post("telegram/click", map[string]any{"chat": chat, "message_id": m.MessageID, "data": b.Data}, nil)
				return
			}
		}
	}
	f.t.Fatalf("chat %d has no button %s…:\n%s", chat, data, w.chat(chat))
}

// commit types a line and presses the button of its answer whose label begins so.
func (f *fixture) commit(user, line, label string) {
	f.t.Helper()
	ts, seen := f.command(user, "CINVOICES1", line)
	at := strings.Index(seen, "["+label)
	if at < 0 {
		f.t.Fatalf("%s: no button %s…:\n%s", line, label, seen)
	}
	label, _, _ = strings.Cut(seen[at+1:], "]")
	f.post("slack/action", map[string]any{"user": user, "channel": "CINVOICES1", "ts": ts, "label": label}, nil)
}

// found is one thing that the bot handed out: a button's data, and where it stands.
type found struct{ where, value string }

// spy tries what is not his.
type spy struct {
	t *testing.T
	f *fixture
	b *Bot

	taps, presses        []found // buttons in Telegram and in Slack
	pays, stops          []string
	tokens               []string // used up
	unused               string
	names, numbers, sums []string
	verbs                map[string]bool
	tries                atomic.Int64
	since                int64 // of the platforms' log
	inbox                *httptest.Server
	mu                   sync.Mutex
	told                 []string // what the bot answered
}

func newSpy(t *testing.T, f *fixture) *spy {
	s := &spy{t: t, f: f, b: f.box.bot.Load(), verbs: map[string]bool{}, names: []string{"Acme", "Бета", "Gamma", "Delta", "Epsilon", "Zeta"}}
	s.inbox = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.hear(string(body))
	}))
	t.Cleanup(s.inbox.Close)
	s.unused = f.token("epsilon")
	return s
}

func (s *spy) hear(words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, words)
}

var (
	payLink  = regexp.MustCompile(`/pay/([A-Za-z0-9_.-]+)`)
	stopLink = regexp.MustCompile(`/mail/stop/([A-Za-z0-9_.-]+)`)
	docs     = regexp.MustCompile(`\b(?:INV|CN)-\d{4}-\d{6}\b`)
	amounts  = regexp.MustCompile(`\d(?:[\d., \x{a0}\x{202f}]*\d)?[.,]\d\d\b`)
)

// collect reads the platforms' log and what lies in mailboxes.
func (s *spy) collect() {
	s.f.state()
	add := func(list *[]string, words string, what *regexp.Regexp) {
		for _, m := range what.FindAllStringSubmatch(words, -1) {
			if x := m[len(m)-1]; !slices.Contains(*list, x) {
				*list = append(*list, x)
			}
		}
	}
	read := func(words string) {
		add(&s.pays, words, payLink)
		add(&s.stops, words, stopLink)
		add(&s.tokens, words, inviteLink)
		add(&s.numbers, words, docs)
		add(&s.sums, words, amounts)
	}
	for _, e := range logOf(s.t, s.f.base, 0) {
		s.since = e.Seq
		for _, part := range []json.RawMessage{e.Request, e.Answer} {
			var tree any
			if json.Unmarshal(part, &tree) == nil && (e.Platform == "telegram" || e.Platform == "slack") {
				s.walk(e.Platform, e.Where, tree, read)
			}
		}
	}
	w := s.f.state()
	for _, m := range w.Mail {
		read(m.Text + m.header("List-Unsubscribe"))
	}
	s.tokens = slices.DeleteFunc(s.tokens, func(x string) bool { return x == s.unused })
	if len(s.taps) < 15 || len(s.presses) < 25 || len(s.pays) < 7 || len(s.stops) < 1 || len(s.tokens) < 4 || len(s.numbers) < 7 || len(s.sums) < 7 {
		s.t.Errorf("handed out are only %d and %d buttons, %d and %d links, %d tokens, %d numbers, %d sums",
			len(s.taps), len(s.presses), len(s.pays), len(s.stops), len(s.tokens), len(s.numbers), len(s.sums))
	}
}

// walk looks for buttons in JSON, and in JSON that a text holds.
func (s *spy) walk(platform, where string, tree any, read func(words string)) {
	switch x := tree.(type) {
	case string:
		read(x)
		var inner any
		if strings.ContainsAny(x, "{[") && json.Unmarshal([]byte(x), &inner) == nil {
			s.walk(platform, where, inner, read)
		}
	case []any:
		for _, y := range x {
			s.walk(platform, where, y, read)
		}
	case map[string]any:
		if data, ok := x["callback_data"].(string); ok && platform == "telegram" {
			s.note(&s.taps, "customers:", found{where, data})
		}
		if value, ok := x["value"].(string); ok && platform == "slack" && x["type"] == "button" && value != "" {
			s.note(&s.presses, "staff:", found{where, value})
		}
		for _, y := range x {
			s.walk(platform, where, y, read)
		}
	}
}

func (s *spy) note(list *[]found, whose string, x found) {
	if strings.Count(x.value, "|") != 2 { // a person pressed it, and Slack's stand-in says what
		return
	}
	if verb, _, _ := strings.Cut(x.value, "|"); !slices.Contains(*list, x) {
		*list = append(*list, x)
		s.verbs[whose+verb] = true
	}
}

// everyVerb sees that no kind of button is missing from what is tried. A kind that comes to
// the bot later has to be handed out in tellStory, or be named here with a reason.
func (s *spy) everyVerb() {
	unseen := map[string]string{
		"staff:doubts": "messages of the first version; it is line, which is tried",
		"staff:defer":  "requests shown before; it is line, which is tried",
		"staff:page":   "lists of more than a page; it is line, which is tried",
	}
	staff, customers := commands.Verbs()
	for whose, list := range map[string][]string{"staff:": staff, "customers:": customers} {
		for _, verb := range list {
			if !s.verbs[whose+verb] && unseen[whose+verb] == "" {
				s.t.Errorf("no button %s%s was handed out in the story", whose, verb)
			}
		}
	}
	for where, choice := range map[string]*regexp.Regexp{"under an invoice": underInvoice, "in the menu": inMenu} {
		if !slices.ContainsFunc(s.taps, func(x found) bool { return choice.MatchString(x.value) }) {
			s.t.Errorf("no choice of a provider was handed out %s", where)
		}
	}
	// Where there is no public address, Pay is a button too: here on what Acme and Delta owe.
	for _, id := range []string{"1", "2", "6"} {
		what := "pay|" + id
		chat := "telegram:" + strconv.Itoa(acmesChat)
		s.taps = append(s.taps, found{strconv.Itoa(acmesChat), what + "|" + s.b.books.Seal(chat, what)})
	}
}

// The buttons by which a customer chooses where he pays.
var (
	underInvoice = regexp.MustCompile(`^pay\|\d+@[a-z]+\|`)
	inMenu       = regexp.MustCompile(`^pay\|\d+@[a-z]+\.[a-z]`)
)

// books is all that the bot keeps: what is booked, and its working state.
func (s *spy) books() string {
	s.f.state()
	var out bytes.Buffer
	err := s.b.books.View(func(v *ledger.View) error {
		rows := map[string]string{}
		err := v.Each("", func(name string, value []byte) error { rows[name] = string(value); return nil })
		for _, name := range slices.Sorted(maps.Keys(rows)) {
			// That somebody linked did something is noted, whatever he did; and a day may pass
			// while so many answers wait.
			if !strings.HasPrefix(name, "seen:") && name != "cards.day" {
				fmt.Fprintf(&out, "row %s %q\n", name, rows[name])
			}
		}
		if err != nil {
			return err
		}
		return v.Dump(&out)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out.String()
}

// difference is the lines of b that a has not, and the other way round.
func difference(a, b string) string {
	var out strings.Builder
	for sign, x := range map[string][2]string{"- ": {a, b}, "+ ": {b, a}} {
		other := strings.Split(x[1], "\n")
		for line := range strings.SplitSeq(x[0], "\n") {
			if !slices.Contains(other, line) && out.Len() < 4000 {
				out.WriteString(sign + line + "\n")
			}
		}
	}
	return out.String()
}

// refusals is what was counted as somebody's try of what is not his.
func (s *spy) refusals() (n int64) {
	s.b.counts.mu.Lock()
	defer s.b.counts.mu.Unlock()
	for name, x := range s.b.counts.n {
		if strings.HasPrefix(name, "duebot_inbound_total") && !strings.Contains(name, `outcome="taken"`) && !strings.Contains(name, `outcome="repeated"`) {
			n += x
		}
	}
	return n
}

// try does something that has to be refused, and counted.
func (s *spy) try(what string, do func()) {
	s.t.Helper()
	before := s.refusals()
	do()
	if s.refusals() == before {
		s.t.Errorf("not counted: %s", what)
	}
}

// trial is something that has to be refused, and counted.
type trial struct {
	what string
	do   func()
}

// tryAll tries many things side by side, since each waits for the disk. Each is counted once;
// where the count is another one, they are tried again one after the other, to name it.
func (s *spy) tryAll(list []trial) {
	s.t.Helper()
	for some := range slices.Chunk(list, 200) {
		before := s.refusals()
		s.sideBySide(some)
		if s.refusals()-before == int64(len(some)) {
			continue
		}
		for _, x := range some {
			s.try(x.what, x.do)
		}
	}
}

// spiesAtOnce is how many things are tried at a time.
const spiesAtOnce = 16

func (s *spy) sideBySide(list []trial) {
	var all sync.WaitGroup
	turn := make(chan struct{}, spiesAtOnce)
	for _, x := range list {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			x.do()
		})
	}
	all.Wait()
}

// post sends a request with headers, and hears what is answered.
func (s *spy) post(path, kind, body string, headers ...string) (status int) {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.f.base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return s.answer(req)
}

var noRedirects = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (s *spy) answer(req *http.Request) (status int) {
	s.t.Helper()
	resp, err := noRedirects.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	s.hear(string(body) + resp.Header.Get("Location"))
	return resp.StatusCode
}

// update lets Telegram tell what somebody did in a chat.
func (s *spy) update(chat int64, fields string) {
	s.t.Helper()
	kind := "private"
	if chat < 0 {
		kind = "group"
	}
	serial := s.tries.Add(1)
	from := fmt.Sprintf(`"from":{"id":%d,"first_name":"Mallory","language_code":"en"}`, max(chat, acmesChat))
	where := fmt.Sprintf(`"chat":{"id":%d,"type":%q}`, chat, kind)
	body := strings.NewReplacer("<FROM>", from, "<CHAT>", where, "<SERIAL>", strconv.FormatInt(700000+serial, 10)).Replace(
		`{"update_id":<SERIAL>,` + fields + `}`)
	if status := s.post("/telegram/webhook", "application/json", body, "X-Telegram-Bot-Api-Secret-Token", sandboxWebhook); status != http.StatusOK {
		s.t.Errorf("answered %d: %s", status, body)
	}
}

// tap presses a button in a chat.
func (s *spy) tap(chat int64, data string) {
	s.update(chat, fmt.Sprintf(`"callback_query":{"id":"<SERIAL>",<FROM>,"message":{"message_id":1,"date":1,<CHAT>},"data":%q}`, data))
}

// write says something in a chat.
func (s *spy) write(chat int64, words string) {
	s.update(chat, fmt.Sprintf(`"message":{"message_id":<SERIAL>,"date":1,<FROM>,<CHAT>,"text":%q}`, words))
}

// chats are all in which somebody may try things.
func chats() []int64 {
	return []int64{acmesChat, betasChat, epsilonsChat, strangersChat, groupChat}
}

// bent is a value with one character changed, at its beginning, in the middle and at its
// end, and cut.
func bent(value string) (out []string) {
	for _, i := range []int{0, len(value) / 2, len(value) - 1} {
		c := byte('A')
		if value[i] == c {
			c = 'B'
		}
		out = append(out, value[:i]+string(c)+value[i+1:])
	}
	return append(out, value[:len(value)-1], value[:len(value)/2], value+"A")
}

// foreignTaps presses each customer's buttons in every other chat, and bent ones in his own;
// and as if it had been made for the wrong chat.
func (s *spy) foreignTaps() {
	var tries, more []trial
	for _, x := range s.taps {
		own, err := strconv.ParseInt(x.where, 10, 64)
		if err != nil {
			s.t.Fatalf("a button in no chat: %v", x)
		}
		for _, chat := range chats() {
			if chat != own {
				tries = append(tries, trial{fmt.Sprintf("%s in chat %d", x.value, chat), func() { s.tap(chat, x.value) }})
			}
		}
		for _, data := range bent(x.value) {
			tries = append(tries, trial{data + " in its chat", func() { s.tap(own, data) }})
		}
		verb, arg, _ := strings.Cut(x.value[:strings.LastIndexByte(x.value, '|')], "|")
		guessed := verb == "paper" && !strings.Contains(arg, ".me.") // "me" is whoever presses
		if guessed || arg != "" && arg[0] >= '0' && arg[0] <= '9' && verb != "keep" {
			more = append(more, s.resealed(own, verb+"|"+arg)...)
		}
	}
	s.tryAll(tries)
	s.sideBySide(more)
	s.foreignPapers()
}

// foreignPapers asks for every kind of document by guessed arguments, with true proofs, where
// nobody has any; and of a customer's own for what he has none of.
func (s *spy) foreignPapers() {
	var all []trial
	for _, kind := range []string{"invoice", "act", "delivery", "credit", "receipt", "dunning", "statement", "reconciliation", "aging", ""} {
		for _, of := range []string{"1", "2", "3", "INV-2026-000001", "acme", "acme.20260101.20261231", "P-1", "me", "me.1.2.3", "me.20269999.20260101", "me..", "0", "-1", "4294967297", ""} {
			for _, chat := range []int64{strangersChat, groupChat, epsilonsChat} {
				all = append(all, s.sealed(chat, "paper|"+kind+"."+of))
			}
		}
	}
	s.sideBySide(all)
	for _, c := range s.f.state().Telegram.Chats {
		for _, m := range c.Messages {
			if m.File != nil && (c.ID == strangersChat || c.ID == groupChat || c.ID == epsilonsChat && !slices.Contains(s.epsilons(), m.File.Name)) {
				s.t.Errorf("chat %d has the document %s", c.ID, m.File.Name)
			}
		}
	}
}

// epsilons are the files that Epsilon has had from the beginning.
func (s *spy) epsilons() (out []string) {
	s.b.books.View(func(v *ledger.View) error {
		v.Invoices(func(inv *ledger.Invoice) {
			if v.Customer(inv.Customer).Handle == "epsilon" {
				out = append(out, inv.Number.String()+".pdf")
			}
		})
		v.Payments(func(p *ledger.Payment) {
			if v.Customer(p.Customer).Handle == "epsilon" {
				out = append(out, "receipt-"+p.Label()+".pdf")
			}
		})
		return nil
	})
	return out
}

// resealed presses a button about something of another customer's that has a true proof.
func (s *spy) resealed(own int64, what string) (out []trial) {
	for _, chat := range chats() {
		if chat != own {
			out = append(out, s.sealed(chat, what))
		}
	}
	return out
}

// sealed presses a button with a true proof.
func (s *spy) sealed(chat int64, what string) trial {
	return trial{what, func() { s.tap(chat, what+"|"+s.b.books.Seal("telegram:"+strconv.FormatInt(chat, 10), what)) }}
}

// foreignTokens uses invitations again, bent ones, and a true one where everybody reads it.
func (s *spy) foreignTokens() {
	for _, chat := range chats() {
		for _, token := range append(bent(s.unused), s.tokens...) {
			s.try("/start "+token, func() { s.write(chat, "/start "+token) })
		}
	}
	s.try("a token in a group", func() { s.write(groupChat, "/start "+s.unused) })
}

// foreignWords names others' invoices in chats. What customers write without a command reaches
// staff, in a dispute or as a question, and so is left out.
func (s *spy) foreignWords() {
	var tries []trial
	for _, number := range s.numbers {
		for _, words := range []string{number, "/invoices " + number, "/pay " + number, "/start " + number, "/balance@duebot " + number} {
			for _, chat := range []int64{strangersChat, groupChat} {
				tries = append(tries, trial{words, func() { s.write(chat, words) }})
			}
		}
		s.write(epsilonsChat, "/help "+number)
	}
	s.tryAll(tries)
}

// foreignLinks opens bent links, and each kind's proofs with each other's ids.
func (s *spy) foreignLinks() {
	all := map[string]bool{}
	for _, x := range slices.Concat(s.pays, s.stops) {
		all[x] = true
	}
	var proofs, ids []string
	for x := range all {
		id, proof, _ := strings.Cut(x, ".")
		ids, proofs = append(ids, id), append(proofs, proof)
	}
	for _, x := range s.taps {
		proofs = append(proofs, x.value[strings.LastIndexByte(x.value, '|')+1:])
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var tries []trial
	open := func(path string, made []string) {
		wrong := map[string]bool{}
		for _, x := range made {
			for _, y := range bent(x) {
				wrong[y] = true
			}
		}
		for _, id := range ids {
			for _, proof := range proofs {
				wrong[id+"."+proof] = true
			}
		}
		for link := range wrong {
			if !slices.Contains(made, link) {
				for _, way := range waysIn(path, link) {
					tries = append(tries, trial{path + link, func() { s.open(way.method, way.path) }})
				}
			}
		}
	}
	open("/pay/", s.pays)
	open("/mail/stop/", s.stops)
	s.tryAll(tries)
}

// wayIn is one way to open a link.
type wayIn struct{ method, path string }

func waysIn(path, link string) []wayIn {
	if path == "/pay/" {
		return []wayIn{{http.MethodGet, path + link}, {http.MethodGet, path + link + "/done"}}
	}
	return []wayIn{{http.MethodGet, path + link}, {http.MethodPost, path + link}}
}

// open follows a link that nobody was given.
func (s *spy) open(method, path string) {
	s.t.Helper()
	s.tries.Add(1)
	req, err := http.NewRequest(method, s.f.base+path, nil)
	if err != nil {
		s.t.Error(err)
		return
	}
	if status := s.answer(req); status != http.StatusNotFound {
		s.t.Errorf("%s %s is answered %d", method, path, status)
	}
}

// who is somebody in Slack.
type who struct{ user, team string }

func (w who) String() string { return w.user + " of " + w.team }

const ourTeam = "T0SANDBOX"

// outsiders may do nothing in Slack: one of ours without a role, and a namesake of the
// manager in a workspace that shares our channels.
func outsiders() []who { return []who{{"UNOBODY001", ourTeam}, {manager, "TELSEWHERE"}} }

// press lets Slack tell of a button pressed.
func (s *spy) press(w who, channel, value string) {
	s.t.Helper()
	serial := s.tries.Add(1)
	payload, err := json.Marshal(map[string]any{"type": "block_actions", "trigger_id": fmt.Sprint("spy.", serial),
		"response_url": s.inbox.URL, "team": map[string]any{"id": ourTeam}, "user": map[string]any{"id": w.user, "team_id": w.team},
		"channel": map[string]any{"id": channel}, "container": map[string]any{"channel_id": channel, "message_ts": "1.0"},
		"actions": []any{map[string]any{"action_id": "x", "value": value}}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.slack("/slack/interactions", url.Values{"payload": {string(payload)}}.Encode(), http.StatusOK)
}

// line lets Slack tell of a slash command.
func (s *spy) line(w who, text string) {
	s.t.Helper()
	serial := s.tries.Add(1)
	s.slack("/slack/commands", url.Values{"user_id": {w.user}, "team_id": {w.team}, "channel_id": {"CINVOICES1"}, "command": {"/ar"},
		"text": {text}, "trigger_id": {fmt.Sprint("spy.", serial)}, "response_url": {s.inbox.URL}}.Encode(), http.StatusOK)
}

func (s *spy) slack(path, body string, want int) {
	s.t.Helper()
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	if status := s.post(path, "application/x-www-form-urlencoded", body, "X-Slack-Request-Timestamp", stamp,
		"X-Slack-Signature", slackSignature(stamp, body, sandboxSigning)); status != want {
		s.t.Errorf("%s is answered %d", path, status)
	}
}

// foreignPresses presses each of staff's buttons as outsiders, and as the manager where it
// does not stand, and bent.
func (s *spy) foreignPresses() {
	var tries []trial
	channels := map[string]bool{"CELSEWHERE": true}
	for _, x := range s.presses {
		channels[x.where] = true
	}
	for _, x := range s.presses {
		for _, w := range outsiders() {
			tries = append(tries, trial{fmt.Sprintf("%s by %s", x.value, w), func() { s.press(w, x.where, x.value) }})
		}
		for channel := range channels {
			if channel != x.where {
				tries = append(tries, trial{x.value + " in " + channel, func() { s.press(who{manager, ourTeam}, channel, x.value) }})
			}
		}
		for _, value := range bent(x.value) {
			tries = append(tries, trial{value + " in its channel", func() { s.press(who{manager, ourTeam}, x.where, value) }})
		}
	}
	s.tryAll(tries)
}

// foreignLines types each command about others' invoices and customers as outsiders, and
// writes in the thread of a dispute.
func (s *spy) foreignLines() {
	for _, w := range outsiders() {
		var tries []trial
		for _, cmd := range commands.Table() {
			if cmd.Name == "help" { // everybody's
				continue
			}
			for _, about := range []string{"", s.numbers[0], "acme", "list", "INV-2026-000003 5"} {
				tries = append(tries, trial{fmt.Sprintf("%s %s by %s", cmd.Name, about, w), func() { s.line(w, strings.TrimSpace(cmd.Name+" "+about)) }})
			}
		}
		s.tryAll(tries)
		s.inThread(w)
		s.try("paid 500 to the bot by "+w.user, func() { s.toBot(w, "paid 500") })
	}
}

// toBot writes a line to the bot in the thread of an invoice's card.
func (s *spy) toBot(w who, line string) {
	serial := s.tries.Add(1)
	channel, ts := s.f.card(s.numbers[0])
	body := fmt.Sprintf(`{"type":"event_callback","event_id":"EvSpy%d","team_id":%q,"authorizations":[{"user_id":"UDUEBOT001","is_bot":true}],"event":{"type":"app_mention","channel":%q,"user":%q,"team":%q,"user_team":%q,"text":"<@UDUEBOT001> %s","thread_ts":%q,"ts":"9.9"}}`,
		serial, ourTeam, channel, w.user, w.team, w.team, line, ts)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	s.post("/slack/events", "application/json", body, "X-Slack-Request-Timestamp", stamp, "X-Slack-Signature", slackSignature(stamp, body, sandboxSigning))
}

// inThread writes in every thread that there is.
func (s *spy) inThread(w who) {
	world := s.f.state()
	var all []trial
	for _, m := range world.Slack.Messages {
		serial := s.tries.Add(1)
		body := fmt.Sprintf(`{"type":"event_callback","event_id":"EvSpy%d","team_id":%q,"event":{"type":"message","channel":%q,"user":%q,"team":%q,"user_team":%q,"text":"pay to my account","thread_ts":%q,"ts":"9.9"}}`,
			serial, ourTeam, m.Channel, w.user, w.team, w.team, m.TS)
		all = append(all, trial{"", func() {
			stamp := strconv.FormatInt(time.Now().Unix(), 10)
			s.post("/slack/events", "application/json", body, "X-Slack-Request-Timestamp", stamp, "X-Slack-Signature", slackSignature(stamp, body, sandboxSigning))
		}})
	}
	s.sideBySide(all)
}

// colleaguesPresses presses staff's buttons as colleagues to whom they are not: sales, who
// looks after none of these customers, presses all, and the auditor those that do something.
func (s *spy) colleaguesPresses() {
	reads := []string{"show", "aging", "line", "form", "found", "ask", "paper"} // an auditor may; who asks is she herself
	var tries []trial
	for _, x := range s.presses {
		verb, arg, _ := strings.Cut(x.value, "|")
		press := func(user string) func() { return func() { s.press(who{user, ourTeam}, x.where, x.value) } }
		switch {
		case verb == "ask": // everybody's: it only asks
			continue
		case verb == "form", // asks for words, and the line that they make is refused
			verb == "aging" && !agingOpens(arg), strings.HasPrefix(x.value, "paper|aging."), verb == "line" && listsOwn(arg): // a list of her own customers, of whom there are none
			press(sales)()
			continue
		case (verb == "confirm" || verb == "cancel") && !s.waits(arg): // used up, for everybody
			press(sales)()
			press(auditor)()
			continue
		}
		tries = append(tries, trial{x.value + " by sales", press(sales)})
		if !slices.Contains(reads, verb) {
			tries = append(tries, trial{x.value + " by the auditor", press(auditor)})
		}
	}
	s.tryAll(tries)
}

// listsOwn reports whether a line lists what is hers alone.
func listsOwn(line string) bool {
	line, _, _ = strings.Cut(line, "|")
	return strings.HasPrefix(line, "unknown") || strings.HasPrefix(line, "tasks") || slices.Contains([]string{"dispute list", "approvals", "defer"}, line)
}

// agingOpens reports whether a button of the aging report opens one customer, rather than a
// list (commands/agingplace.go).
func agingOpens(arg string) bool {
	code, _, _ := strings.Cut(arg, "|")
	parts := strings.Split(code, "/")
	return len(parts) > 8 && parts[8] != ""
}

// waits reports whether the preview of a button can still be confirmed.
func (s *spy) waits(arg string) bool {
	id, _, _ := strings.Cut(arg, "|")
	var row []byte
	err := s.b.books.View(func(v *ledger.View) (err error) { row, err = v.Get("preview:" + id); return err })
	return err == nil && row != nil
}

// learnt looks through all that the bot has said since the story ended.
func (s *spy) learnt(by string, secrets ...[]string) {
	s.f.rest() // so many answers wait for Telegram's rates
	s.mu.Lock()
	said := s.told
	s.told = nil
	s.mu.Unlock()
	for _, e := range logOf(s.t, s.f.base, s.since) {
		s.since = e.Seq
		if e.Dir == "in" && e.Method != "users.info" && e.Method != "usergroups.users.list" {
			said = append(said, string(e.Request))
		}
	}
	for _, words := range said {
		for _, secret := range slices.Concat(secrets...) {
			if says(words, secret) && !(by == "sales" && s.stands(secret)) {
				s.t.Errorf("%s learnt %q: %.300s", by, secret, words)
				return
			}
		}
	}
}

// says reports whether a secret stands in words, and not as the middle of another number: a small
// sum is in many a message's id.
func says(words, secret string) bool {
	digit := func(i int) bool { return i >= 0 && i < len(words) && words[i] >= '0' && words[i] <= '9' }
	for at := 0; ; at++ {
		i := strings.Index(words[at:], secret)
		if i < 0 {
			return false
		}
		at += i
		if !digit(at-1) && !digit(at+len(secret)) {
			return true
		}
	}
}

// stands reports whether words stand in what is pressed itself: who presses that has learnt
// nothing when the refusal names it.
func (s *spy) stands(words string) bool {
	return slices.ContainsFunc(s.presses, func(x found) bool { return strings.Contains(x.value, words) })
}

// counted looks at what the operator sees.
func (s *spy) counted() {
	_, page := s.f.page("/metrics")
	for _, want := range []string{`{channel="telegram",outcome="foreign_button"}`, `{channel="telegram",outcome="foreign_token"}`,
		`{channel="telegram",outcome="public_token"}`, `{channel="telegram",outcome="stranger"}`, `{channel="slack",outcome="foreign_button"}`,
		`{channel="slack",outcome="forbidden"}`, `{channel="slack",outcome="foreign_workspace"}`, `{channel="pay",outcome="forged"}`,
		`{channel="mail",outcome="forged"}`} {
		if !strings.Contains(page, "duebot_inbound_total"+want+" ") {
			s.t.Errorf("the counters lack %s:\n%s", want, page)
		}
	}
	s.t.Logf("%d buttons, %d links, %d tokens, %d numbers; %d tries", len(s.taps)+len(s.presses), len(s.pays)+len(s.stops), len(s.tokens)+1, len(s.numbers), s.tries.Load())
}

// stillWork does with what was tried what those may whose it is: the refusals were about who,
// and not about what.
func (s *spy) stillWork() {
	f := s.f
	f.tapData(betasChat, "withdraw|")
	for _, label := range []string{"Resume", "Approve"} {
		f.press(manager, label)
		f.rest()
	}
	f.advance("61m") // whoever guessed is not looked at for an hour
	f.write(strangersChat, "/start "+s.unused)
	f.rest()
	w := f.state()
	if !strings.Contains(w.chat(strangersChat), "Epsilon") {
		s.t.Errorf("the invitation does not work any more:\n%s", w.chat(strangersChat))
	}
	if seen := w.channel("CFINANCE01", manager); !strings.Contains(seen, "is approved") {
		s.t.Errorf("the approval does not work any more:\n%s", seen)
	}
	for _, x := range s.taps {
		if underInvoice.MatchString(x.value) && strings.Contains(x.value, "@paypal|") {
			f.tapData(acmesChat, x.value)
		}
	}
	f.rest()
	if w = f.state(); !strings.Contains(w.chat(acmesChat), "[Pay £61.61 Now]") {
		s.t.Errorf("the choice of a provider does not work any more:\n%s", w.chat(acmesChat))
	}
	if to, _ := f.visit(f.base + "/pay/" + s.pays[0]); to == "" {
		s.t.Error("a link to pay does not work any more")
	}
	if status, _ := unsubscribe(s.t, f.base+"/mail/stop/"+s.stops[0]); status != http.StatusOK {
		s.t.Errorf("the link to unsubscribe is answered %d", status)
	}
	err := s.b.books.View(func(v *ledger.View) error {
		if d := v.Dispute(1); d == nil || d.Outcome != ledger.Withdrawn {
			s.t.Errorf("the dispute cannot be withdrawn: %+v", d)
		}
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
}

// slackSignature signs a body as Slack does.
func slackSignature(stamp, body, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, "v0:"+stamp+":"+body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}
