package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// sentMail is a mail in the stand-in of a mail server.
type sentMail struct {
	ID        int
	To        []string
	Subject   string
	MessageID string `json:"message_id"`
	Headers   [][2]string
	Text      string
	HTML      string
	Files     []struct{ Name, MIME string }
}

func (m *sentMail) header(name string) string {
	for _, h := range m.Headers {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

// mails are those that an address got, oldest first.
func (w *world) mails(to string) (out []sentMail) {
	for _, m := range w.Mail {
		if slices.Contains(m.To, to) {
			out = append(out, m)
		}
	}
	return out
}

func scriptMail(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "mail ADDRESS")
	w := on(ts).play.state()
	list := w.mails(args[0])
	fmt.Fprintf(ts.Stdout(), "%d mails\n", len(list))
	for _, m := range list {
		fmt.Fprintf(ts.Stdout(), "Subject: %s\n", m.Subject)
		for _, name := range []string{"From", "In-Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted"} {
			if v := m.header(name); v != "" {
				fmt.Fprintf(ts.Stdout(), "%s: %s\n", name, v)
			}
		}
		fmt.Fprintf(ts.Stdout(), "\n%s\n", isolates.Replace(m.Text))
		for _, f := range m.Files {
			fmt.Fprintf(ts.Stdout(), "<%s %s>\n", f.Name, f.MIME)
		}
	}
}

// isolates are the marks around words of one writing direction.
var isolates = strings.NewReplacer("\u2068", "", "\u2069", "")

func scriptBlock(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "block CHAT on|off")
	on(ts).play.post("telegram/block", map[string]any{"chat": chatID(ts, args[0]), "blocked": args[1] == "on"}, nil)
	on(ts).play.state()
}

func scriptUnsubscribe(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "unsubscribe ADDRESS [get]")
	w := on(ts).play.state()
	list := w.mails(args[0])
	if len(list) == 0 {
		ts.Fatalf("no mail to %s", args[0])
	}
	link, _, _ := strings.Cut(strings.TrimPrefix(list[len(list)-1].header("List-Unsubscribe"), "<"), ">")
	var resp *http.Response
	var err error
	if len(args) > 1 {
		resp, err = http.Get(link)
	} else {
		resp, err = http.Post(link, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
	}
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s\n%s\n", resp.Status, body)
}
