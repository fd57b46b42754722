package main

import (
	"fmt"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	startToken = regexp.MustCompile(`\?start=([\w-]+)`)
	digestCode = regexp.MustCompile(`/ar digest code (\d{6})`)
)

// scriptDigestLink has a reader ask for his digest in Telegram; the link's token is {token} then.
func scriptDigestLink(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "digestlink USER")
	if on(ts).token = on(ts).play.digestLink(args[0]); on(ts).token == "" {
		ts.Fatalf("no link came")
	}
}

// digestLink is the token of the link by which a reader gets his digest in Telegram; "" where none
// came.
func (p *player) digestLink(user string) (token string) {
	_, seen := p.command(user, "CINVOICES1", "/ar digest by telegram")
	m := startToken.FindStringSubmatch(seen)
	for end := time.Now().Add(10 * time.Second); m == nil && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		answer := p.newest(user) // its picture is drawn first
		m = startToken.FindStringSubmatch(shown(answer.Text, answer.Blocks))
	}
	if m == nil {
		return ""
	}
	return m[1]
}

// scriptDigestCode has a reader type the code that came to an address.
func scriptDigestCode(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "digestcode USER ADDRESS")
	p := on(ts).play
	w := p.state()
	list := w.mails(args[1])
	if len(list) == 0 {
		ts.Fatalf("no mail came to %s", args[1])
	}
	m := digestCode.FindStringSubmatch(list[len(list)-1].Text)
	if m == nil {
		ts.Fatalf("no code in %q", list[len(list)-1].Text)
	}
	_, seen := p.command(args[0], "CINVOICES1", "/ar digest code "+m[1])
	fmt.Fprintln(ts.Stdout(), seen)
}
