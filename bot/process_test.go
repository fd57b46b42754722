package main

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is the program run as one of its own, under the name that TestMain gave it.
type process struct {
	cmd *exec.Cmd
	out pipeText

	ended chan struct{}
	err   error // of Wait, once ended is closed
}

// pipeText collects what a process writes.
type pipeText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *pipeText) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *pipeText) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// start runs duebot with these arguments in an environment of its own. A process that still
// runs when the test ends is killed.
func start(t testing.TB, env []string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command("duebot", args...), ended: make(chan struct{})}
	p.cmd.Env = env
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	return p
}

// kill ends the process at once, as a power cut would, and returns when it is gone.
func (p *process) kill() {
	p.cmd.Process.Signal(syscall.SIGKILL)
	<-p.ended
}

// stop asks the process to end, and fails the test when it does not do so cleanly.
func (p *process) stop(t testing.TB) {
	t.Helper()
	// Before its main begins a program ends at once: it has taken up nothing yet.
	eventually(t, "a word of "+p.cmd.Args[1], func() bool { return p.out.String() != "" })
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
		if p.err != nil {
			t.Fatalf("%s: %v\n%s", p.cmd.Args, p.err, p.out.String())
		}
	case <-time.After(15 * time.Second):
		t.Fatalf("%s does not end\n%s", p.cmd.Args, p.out.String())
	}
}

// twoProcesses are the stand-ins in one process and what serve in another needs to work
// with them.
type twoProcesses struct {
	t     testing.TB
	stand *process
	base  string   // of the stand-ins
	own   string   // host:port of serve's own HTTP
	db    string   // serve's ledger
	env   []string // serve's environment
}

var exported = regexp.MustCompile(`^\s+export (\w+=\S+)$`)

// standIns starts sandbox -no-bot and reads from what it prints how a bot reaches it.
func standIns(t testing.TB) *twoProcesses {
	t.Helper()
	return standInsWith(t, false)
}

// standInsWith is standIns with platforms that call the bot, or not.
func standInsWith(t testing.TB, byHTTP bool) *twoProcesses {
	t.Helper()
	w := &twoProcesses{t: t, own: freeAddress(t), db: filepath.Join(t.TempDir(), "duebot.db")}
	w.env = []string{"HOME=" + t.TempDir(), "DUEBOT_DB=" + w.db, "DUEBOT_HTTP_ADDR=" + w.own, "DUEBOT_PUBLIC_URL=http://" + w.own}
	args := []string{"sandbox", "-no-bot", "-addr", "127.0.0.1:0", "-stripe-webhook", "http://" + w.own + "/stripe/webhook"}
	settings := 21 // how many lines it prints
	if byHTTP {
		args = append(args, "-http", "-bot", "http://"+w.own)
		settings += 2
	}
	w.stand = start(t, []string{"HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}, args...)
	eventually(t, "the stand-ins' environment", func() bool {
		text := w.stand.out.String()
		return strings.Count(text, "export ") == settings && strings.HasSuffix(text, "\n")
	})
	lines := bufio.NewScanner(strings.NewReader(w.stand.out.String()))
	for lines.Scan() {
		if at := address.FindString(lines.Text()); w.base == "" {
			w.base = at
		}
		if m := exported.FindStringSubmatch(lines.Text()); m != nil {
			w.env = append(w.env, m[1])
		}
	}
	return w
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// freeAddress is a host:port that nothing listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serve starts the bot.
func (w *twoProcesses) serve() *process { return start(w.t, w.env, "serve") }

// ready reports whether the bot takes requests.
func (w *twoProcesses) ready() bool {
	resp, err := http.Get("http://" + w.own + "/readyz")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// eventually waits, up to ten seconds, for what happens in another process.
func eventually(t testing.TB, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !happened(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: did not come", what)
		}
	}
}

// see waits until a text fits the pattern, and returns it. The bot's own queue cannot be
// seen from outside, so that a quiet world is no sign that everything was said.
func see(t testing.TB, pattern string, look func() string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	text := ""
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if text = look(); re.MatchString(text) {
			return text
		}
	}
	t.Fatalf("%q is not to be seen in\n%s", pattern, text)
	return ""
}

// checkFile verifies the ledger and rebuilds it, as an operator would.
func checkFile(t testing.TB, db string) {
	t.Helper()
	for _, command := range []string{"verify", "rebuild"} {
		var out bytes.Buffer
		if status := duebot([]string{command, db}, &out, &out); status != 0 {
			t.Errorf("%s: exit status %d: %s", command, status, out.String())
		}
	}
}

// TestTwoProcesses plays the story with stand-ins and bot in processes of their own, on
// real time, over nothing but the settings that the sandbox prints.
func TestTwoProcesses(t *testing.T) {
	for name, http := range map[string]bool{"a socket and polling": false, "HTTP": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of it is waiting
			playTwoProcesses(t, standInsWith(t, http))
		})
	}
}

func playTwoProcesses(t *testing.T, w *twoProcesses) {
	bot := w.serve()
	eventually(t, "the bot is ready", w.ready)
	p := newPlayer(t, w.base)
	chat := func() string { s := p.state(); return s.chat(1001) }
	channel := func() string { s := p.state(); return s.channel("CINVOICES1", "USALES0001") }

	// Sales adds a customer and invites him; his person presses Start.
	p.command("USALES0001", "CINVOICES1", `/ar customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=net14`)
	p.link("acme", 1001)
	see(t, `Lindenhof Studio GmbH`, chat)

	// The invoice is shown before anything is booked, and arrives when it is confirmed.
	_, preview := p.command("USALES0001", "CINVOICES1", `/ar invoice acme 3 x 1200 "Consulting, October" + 1 x 99 "Hosting" tax 19% due 14d`)
	if !strings.Contains(preview, "€4,401.81") {
		t.Fatalf("got the preview %q, want its total €4,401.81", preview)
	}
	if got := chat(); strings.Contains(got, "INV-") {
		t.Fatalf("the invoice arrived before it was confirmed:\n%s", got)
	}
	p.press("USALES0001", "Confirm")
	see(t, `INV-\d+-000001(?s:.*)\[Pay €4,401.81\]\n\[Dispute\]`, chat)
	see(t, `INV-\d+-000001 · Acme GmbH`, channel)

	// Acme disputes it; the words are in the card's thread, and the answer comes back.
	p.tap(1001, "Dispute")
	see(t, `\[The sum is wrong\]`, chat)
	p.tap(1001, "The sum")
	see(t, `\[The whole invoice`, chat)
	p.tap(1001, "The whole invoice")
	see(t, `D-1`, chat)
	p.write(1001, "Hosting cancelled")
	see(t, `  \| .*Hosting cancelled`, channel)
	reply(p, "UFINANCE01", "You are right about the hosting.")
	see(t, `You are right about the hosting`, chat)

	// A credit note settles it; the rest is paid by the link, and both sides have the receipt.
	_, said := p.command("UFINANCE01", "CINVOICES1", `/ar dispute resolve D-1 credit 117.81 "The hosting is credited"`)
	if !regexp.MustCompile(`CN-\d+-000001`).MatchString(said) {
		t.Fatalf("got %q, want the number of the credit note", said)
	}
	see(t, `CN-\d+-000001(?s:.*)\[Pay €4,284.00\]`, chat)
	p.post("pay", map[string]any{"url": p.payURL(1001, "Pay"), "outcome": "paid"}, nil)
	see(t, `Receipt: €4,284.00|€4,284.00 received|Thank you`, chat)
	see(t, `  \| .*€4,284.00`, channel)
	if _, aging := p.command("UAUDITOR01", "CINVOICES1", "/ar aging acme"); strings.Contains(aging, "4,284.00") {
		t.Errorf("paid, and still owed: %s", aging)
	}

	bot.stop(t)
	checkFile(t, w.db)
	w.stand.stop(t)
}

// reply writes in the newest thread.
func reply(p *player, user, text string) {
	w := p.state()
	for i := len(w.Slack.Messages) - 1; i >= 0; i-- {
		if m := w.Slack.Messages[i]; m.ThreadTS != "" && m.ThreadTS != m.TS {
			p.post("slack/message", map[string]any{"user": user, "channel": m.Channel, "thread_ts": m.ThreadTS, "text": text}, nil)
			return
		}
	}
	p.fail("there is no thread")
}
