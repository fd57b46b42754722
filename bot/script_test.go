package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"duebot/adapters/sandbox/slackapi"
)

var updateScripts = flag.Bool("update-scripts", false, "write what the scripts compare whole (refusals.txt) as it is now")

// sideBySide is how many tests run at a time: they wait for rates, for silence and for dead
// lines far more than they work.
const sideBySide = "12"

// TestMain lets the test binary be the program itself, for tests that need a process.
func TestMain(m *testing.M) {
	flag.Set("test.parallel", sideBySide) // what the command line says comes after it
	slackapi.Patience = 10 * time.Second  // a machine that many share may stand still for longer than Slack waits
	testscript.Main(m, map[string]func(){"duebot": func() {
		slackapi.Patience = 5 * time.Second // where the program is killed, people wait for its answer in vain
		setMachine()
		main()
	}})
}

// TestScript plays the conversations of testdata/script. Their own commands are:
//
//	sandbox [-demo] [-config FILE] [TIME]  starts a sandbox; all that follows happens in it
//	group ID USER…              gives a user group in Slack other members
//	scope NAME on|off           gives the app a scope in Slack, or takes it away
//	slack USER LINE             types a slash command in #invoices; what is answered is on stdout. A
//	                            card:NUMBER in it stands for the link to that invoice's card
//	refused KEY USER LINE       types a line that is refused with that text (refuse.KEY), and keeps it
//	refused KEY press USER LABEL  the same for a button; press-first is the oldest one
//	refused KEY direct USER LINE  the same for a line in a direct message, where no form can be shown
//	refusals                    prints what was refused so far: each line, and what it met
//	press USER LABEL            presses a button in Slack: of the person's modal, else of the newest message that has it
//	form USER                   prints the person's topmost modal: fields with what they hold, [buttons], <what sends it>
//	fill USER NAME=VALUE…       fills in and sends the form on top; what is wrong, or the next modal, is on stdout
//	choose USER NAME=VALUE      changes a field that the form follows
//	locale USER LOCALE          gives a member's Slack another language, before he is known
//	close USER                  closes the modal on top
//	shortcut USER ID [WORDS]    takes an entry of Slack's menu, or of the menu of the newest message with the words
//	seen USER                   prints the newest message that USER alone sees
//	picture USER                prints what the picture in it tells in words
//	home USER [again]           opens USER's Home tab and prints it; again: without opening it
//	homepress USER LABEL        presses a button of USER's Home tab
//	channel ID [USER]           prints a channel, its threads indented; ID DM is USER's direct messages
//	reply USER TEXT             writes in the thread of the newest threaded message
//	mention USER WHERE TEXT     writes to @Duebot: in the thread of an invoice's card (WHERE is its
//	                            number), in #invoices ("channel") or in a direct message ("direct")
//	drop USER CHANNEL [-in NUMBER] [-text WORDS] FILE… [-as NAME] [-mb MORE]  drops files into a channel, or
//	                            into the thread of an invoice's card; DM is the user's direct messages
//	workbook OUT IN             makes an Excel workbook of a CSV file: numbers are numbers, days days
//	recode OUT IN CODEPAGE      writes a file in a code page (windows-1251)
//	share USER FILE             sends the bot a link: to a file that was dropped before, or the one given
//	uploads                     prints the files that the bot has sent, name and text
//	thread USER WORDS TEXT [FILE…]  writes in the thread of the newest message with the words, with files
//	correct USER|CHAT WORDS TEXT  edits a person's newest message with the words, in Slack or in a chat
//	erase USER WORDS            deletes a person's newest message with the words in Slack
//	send CHAT [-text WORDS] [-photo] [-album] FILE…  sends files to a Telegram chat, one message each
//	answer CHAT WORDS TEXT      answers the newest message with the words in a Telegram chat
//	link HANDLE CHAT [LANGUAGE] invites a customer, and his person presses Start, in a program of
//	                            that language, or one that does not tell it
//	invitation HANDLE [group]   makes an invitation; {token} in what is written afterwards stands for it
//	linkgroup HANDLE CHAT PERSON…  makes a group in Telegram of people who have chats, invites it, and
//	                            the first of them adds the bot
//	write CHAT TEXT             writes in a Telegram chat; CHAT:PERSON is one of a group's people
//	tap CHAT LABEL              presses an inline button; its toast is on stdout. CHAT:PERSON as above
//	chat CHAT                   prints a Telegram chat: messages, > what the person wrote, [buttons]
//	document CHAT [NAME]        prints what the newest file with that in its name says in a chat, line by line
//	scan CHAT ADDRESS NAME      follows, in another chat, the invitation on a document that went there
//	payback PROVIDER OUTCOME    lets what was paid last by link go back: refunded, disputed; paidout: to the bank
//	trickle FILE DST            writes a copy of a file slowly
//	folder DIR NAME N           waits until N files lie in a folder below the watched one
//	await CHANNEL WORDS         waits until a channel says something
//	paybill CHAT OUTCOME        pays the newest bill of Telegram's own payments
//	pay CHAT LABEL OUTCOME [BY] pays behind a button with a link, at a provider
//	mail ADDRESS                prints the mails to an address: subject, some headers, text part
//	sms NUMBER                  prints the short messages to a number, and of how many parts each is
//	block CHAT on|off           blocks the bot in a Telegram chat, or lets it in again
//	unsubscribe ADDRESS [get]   follows the link to unsubscribe of the newest mail, by one click or in a browser
//	clock DURATION|TIME         moves the clock
//	fault PLATFORM KIND COUNT [SECONDS]  orders a fault, of 429 with how long to wait
//	restart                     stops the sandbox and starts it again on the same folder
//	halt                        stops the sandbox; restart starts it again
//	doctor                      runs the doctor against the sandbox's stand-ins
//	audit [-json]               stops the sandbox and prints the facts of its ledger
//	verify                      stops the sandbox and verifies its ledger
func TestScript(t *testing.T) {
	all, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(all) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	// What lasts longest begins first, so that nothing has to wait for it in the end.
	rank := func(path string) int { return slices.Index(longest, strings.TrimSuffix(filepath.Base(path), ".txtar")) }
	slices.SortStableFunc(all, func(a, b string) int { return rank(b) - rank(a) })
	playScripts(t, all, false)
}

// longest are the scripts that wait for most of a minute, the last of them for the longest.
var longest = []string{"bank", "refusals", "papers", "refusals_bankwaits", "settings"}

// TestScriptByHTTP plays some of them with platforms that call the bot, instead of a socket
// and polling: what people see is the same.
func TestScriptByHTTP(t *testing.T) {
	var files []string
	for _, name := range []string{"story", "reminders_once", "link_two_customers", "approvals_roles", "sandbox_restart"} {
		files = append(files, "testdata/script/"+name+".txtar")
	}
	playScripts(t, files, true)
}

func playScripts(t *testing.T, files []string, http bool) {
	testscript.Run(t, testscript.Params{
		Files: files,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"sandbox": scriptSandbox, "slack": scriptSlack, "press": scriptPress, "channel": scriptChannel, "reply": scriptReply, "mention": scriptMention,
			"refused": scriptRefused, "refusals": scriptRefusals,
			"thread": scriptThread, "correct": scriptCorrect, "erase": scriptErase, "send": scriptSend, "answer": scriptAnswer,
			"drop": scriptDrop, "trickle": scriptTrickle, "folder": scriptFolder, "await": scriptAwait, "uploads": scriptUploads, "share": scriptShare, "workbook": scriptWorkbook, "recode": scriptRecode,
			"link": scriptLink, "linkgroup": scriptLinkGroup, "invitation": scriptInvitation, "write": scriptWrite, "tap": scriptTap, "chat": scriptChat, "document": scriptDocument, "scan": scriptScan, "pay": scriptPay, "paybill": scriptPayBill, "payback": scriptPayBack,
			"clock": scriptClock, "restart": scriptRestart, "doctor": scriptDoctor, "fault": scriptFault, "verify": scriptVerify,
			"audit": scriptAudit,
			"halt":  scriptHalt,
			"mail":  scriptMail, "sms": scriptSMS, "block": scriptBlock, "unsubscribe": scriptUnsubscribe,
			"form": scriptForm, "fill": scriptFill, "choose": scriptChoose, "close": scriptClose, "locale": scriptLocale, "shortcut": scriptShortcut,
			"picture": scriptPicture, "seen": scriptSeen, "home": scriptHome, "homepress": scriptHomePress,
			"group": scriptGroup, "scope": scriptScope, "digestlink": scriptDigestLink, "digestcode": scriptDigestCode,
		},
		RequireExplicitExec: true,
		UpdateScripts:       *updateScripts,
		Setup: func(e *testscript.Env) error {
			e.Values["stage"] = &stage{dir: e.WorkDir, http: http}
			e.Defer(func() {
				if s := e.Values["stage"].(*stage); s.box != nil {
					s.box.close()
				}
			})
			return nil
		},
	})
}

// stage is where one script plays.
type stage struct {
	dir  string
	http bool
	o    sandboxOptions
	box  *theSandbox
	play *player

	refusals []string // what was refused, as the catalogue has it
	token    string   // of the newest invitation
}

func on(ts *testscript.TestScript) *stage { return ts.Value("stage").(*stage) }

func need(ts *testscript.TestScript, args []string, n int, usage string) {
	if len(args) < n {
		ts.Fatalf("usage: %s", usage)
	}
}

func chatID(ts *testscript.TestScript, s string) int64 {
	id, err := strconv.ParseInt(s, 10, 64)
	ts.Check(err)
	return id
}

func scriptSandbox(ts *testscript.TestScript, _ bool, args []string) {
	s := on(ts)
	o := sandboxOptions{addr: "127.0.0.1:0", dir: s.dir + "/data", http: s.http, empty: true, start: time.Date(2026, 10, 1, 7, 0, 0, 0, time.UTC)}
	for i, a := range args {
		if a == "-demo" {
			o.empty = false
			continue
		}
		if a == "-config" {
			o.config = ts.MkAbs(args[i+1])
		}
		if a == "-config" || i > 0 && args[i-1] == "-config" {
			continue
		}
		t, err := time.Parse(time.RFC3339, a)
		ts.Check(err)
		o.start = t
	}
	s.start(ts, o)
}

func (s *stage) start(ts *testscript.TestScript, o sandboxOptions) {
	box, err := openSandbox(context.Background(), o, slog.New(slog.NewTextHandler(logWriter{ts}, nil)))
	ts.Check(err)
	s.box, s.o = box, o
	s.play = &player{base: box.base, fail: ts.Fatalf}
}

// logWriter puts the program's log into the script's.
type logWriter struct{ ts *testscript.TestScript }

func (w logWriter) Write(b []byte) (int, error) {
	w.ts.Logf("log: %s", strings.TrimSpace(string(b)))
	return len(b), nil
}

func scriptGroup(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "group ID USER…")
	on(ts).play.post("slack/group", map[string]any{"group": args[0], "users": args[1:]}, nil)
	on(ts).play.state()
}

func scriptScope(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "scope NAME on|off")
	on(ts).play.post("slack/scope", map[string]any{"scope": args[0], "granted": args[1] == "on"}, nil)
}

func scriptSlack(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "slack USER LINE")
	p := on(ts).play
	_, seen := p.command(args[0], "CINVOICES1", p.linked(args[1]))
	fmt.Fprintln(ts.Stdout(), seen)
	if seen == "" { // the answer is a form
		w := on(ts).play.state()
		io.WriteString(ts.Stdout(), w.modal(args[0]))
	}
}

func scriptPress(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "press USER LABEL")
	on(ts).play.press(args[0], args[1])
}

func scriptChannel(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "channel ID [USER]")
	w := on(ts).play.state()
	user := ""
	if len(args) > 1 {
		user = args[1]
	}
	io.WriteString(ts.Stdout(), w.channel(args[0], user))
}

func scriptReply(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "reply USER TEXT")
	s := on(ts)
	w := s.play.state()
	for i := len(w.Slack.Messages) - 1; i >= 0; i-- {
		if m := w.Slack.Messages[i]; m.ThreadTS != "" && m.ThreadTS != m.TS {
			s.play.post("slack/message", map[string]any{"user": args[0], "channel": m.Channel, "thread_ts": m.ThreadTS, "text": args[1]}, nil)
			return
		}
	}
	ts.Fatalf("there is no thread")
}

func scriptMention(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "mention USER WHERE TEXT")
	on(ts).play.mention(args[0], args[1], args[2])
}

func scriptLink(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "link HANDLE CHAT [LANGUAGE]")
	p := on(ts).play
	p.programIn(chatID(ts, args[1]), strings.Join(args[2:], ""))
	p.link(args[0], chatID(ts, args[1]))
}

func scriptWrite(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "write CHAT TEXT")
	chat, person := chatPerson(ts, args[0])
	on(ts).play.writeAs(chat, person, strings.ReplaceAll(args[1], "{token}", on(ts).token))
}

// chatPerson reads CHAT or CHAT:PERSON.
func chatPerson(ts *testscript.TestScript, s string) (chat, person int64) {
	head, tail, ok := strings.Cut(s, ":")
	if ok {
		person = chatID(ts, tail)
	}
	return chatID(ts, head), person
}

func scriptInvitation(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "invitation HANDLE [group]")
	on(ts).token = on(ts).play.token(strings.Join(args, " "))
}

func scriptLinkGroup(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "linkgroup HANDLE CHAT PERSON…")
	p, chat := on(ts).play, chatID(ts, args[1])
	people := []any{}
	for _, id := range args[2:] {
		people = append(people, map[string]any{"id": chatID(ts, id), "first_name": "P" + id, "language_code": "en"})
	}
	p.post("telegram/chat", map[string]any{"id": chat, "type": "group", "title": "Paying " + args[0], "people": people}, nil)
	p.write(chat, "/start@duebot_sandbox_bot "+p.token(args[0]+" group"))
}

func scriptTap(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "tap CHAT LABEL")
	chat, person := chatPerson(ts, args[0])
	fmt.Fprintln(ts.Stdout(), on(ts).play.tapAs(chat, person, args[1]))
}

func scriptChat(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "chat CHAT")
	w := on(ts).play.state()
	io.WriteString(ts.Stdout(), directions.Replace(w.chat(chatID(ts, args[0]))))
}

func scriptPay(ts *testscript.TestScript, neg bool, args []string) {
	by := ""
	if len(args) == 4 {
		by, args = "?by="+args[3], args[:3]
	}
	need(ts, args, 3, "pay CHAT LABEL OUTCOME [PROVIDER]")
	p := on(ts).play
	err := p.try("pay", map[string]any{"url": p.payURL(chatID(ts, args[0]), args[1]) + by, "outcome": args[2]}, nil)
	if (err != nil) != neg {
		ts.Fatalf("pay: %v", err)
	}
}

// scriptPayBack lets money that was paid by link go back: the newest that a provider has.
func scriptPayBack(ts *testscript.TestScript, neg bool, args []string) {
	sum := 0
	if len(args) == 3 {
		sum, _ = strconv.Atoi(args[2])
		args = args[:2]
	}
	need(ts, args, 2, "payback PROVIDER refunded|disputed [CENTS]")
	p := on(ts).play
	resp, err := http.Get(p.base + "/control/state?wait=idle&part=" + args[0])
	ts.Check(err)
	defer resp.Body.Close()
	var parts map[string]json.RawMessage
	var state struct{ Sessions []struct{ URL string } }
	ts.Check(json.NewDecoder(resp.Body).Decode(&parts))
	ts.Check(json.Unmarshal(parts[args[0]], &state))
	err = p.try("pay", map[string]any{"url": state.Sessions[0].URL, "outcome": args[1], "sum": sum}, nil)
	if (err != nil) != neg {
		ts.Fatalf("payback: %v", err)
	}
}

func scriptPayBill(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 2, "paybill CHAT OUTCOME")
	p, chat, bill := on(ts).play, chatID(ts, args[0]), 0
	w := p.state()
	for _, m := range w.messages(chat) {
		if m.Invoice.Title != "" {
			bill = m.MessageID
		}
	}
	err := p.try("telegram/pay", map[string]any{"chat": chat, "message_id": bill, "outcome": args[1]}, nil)
	if (err != nil) != neg {
		ts.Fatalf("paybill: %v", err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
	}
}

func scriptClock(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "clock DURATION|TIME")
	if _, err := time.ParseDuration(args[0]); err == nil {
		on(ts).play.advance(args[0])
		return
	}
	on(ts).play.post("clock", map[string]any{"set": args[0]}, nil)
}

func scriptFault(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "fault PLATFORM KIND COUNT")
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	wait := 0
	if len(args) > 3 {
		wait, err = strconv.Atoi(args[3])
		ts.Check(err)
	}
	on(ts).play.post("fault", map[string]any{"platform": args[0], "kind": args[1], "count": n, "retry_after": wait}, nil)
}

func scriptRestart(ts *testscript.TestScript, _ bool, _ []string) {
	s := on(ts)
	if s.box != nil {
		s.play.state()
		s.box.close()
	}
	s.o.start = time.Time{} // the clock goes on from what it showed
	s.start(ts, s.o)
}

func scriptHalt(ts *testscript.TestScript, _ bool, _ []string) {
	s := on(ts)
	s.play.state()
	s.box.close()
	s.box = nil
}

func scriptDoctor(ts *testscript.TestScript, neg bool, args []string) {
	s := on(ts)
	for _, line := range s.box.environment() {
		name, value, _ := strings.Cut(line, "=")
		os.Setenv(name, value)
		ts.Defer(func() { os.Unsetenv(name) })
	}
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		os.Setenv(name, value)
		ts.Defer(func() { os.Unsetenv(name) })
	}
	if status := duebot([]string{"doctor"}, ts.Stdout(), ts.Stderr()); (status != 0) != neg {
		ts.Fatalf("doctor: exit status %d", status)
	}
}

func scriptVerify(ts *testscript.TestScript, _ bool, _ []string) {
	s := on(ts)
	s.play.state()
	s.box.close()
	s.box = nil
	if status := duebot([]string{"verify", s.dir + "/data/duebot.db"}, ts.Stdout(), ts.Stderr()); status != 0 {
		ts.Fatalf("verify: exit status %d", status)
	}
	if status := duebot([]string{"rebuild", s.dir + "/data/duebot.db"}, ts.Stdout(), ts.Stderr()); status != 0 {
		ts.Fatalf("rebuild: exit status %d", status)
	}
}

func scriptAudit(ts *testscript.TestScript, _ bool, args []string) {
	s := on(ts)
	if s.box != nil {
		s.play.state()
		s.box.close()
		s.box = nil
	}
	args = append(append([]string{"audit"}, args...), s.dir+"/data/duebot.db")
	if status := duebot(args, ts.Stdout(), ts.Stderr()); status != 0 {
		ts.Fatalf("audit: exit status %d", status)
	}
}
