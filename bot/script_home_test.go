package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptPicture prints what the picture in the newest message that a person sees tells in
// words; with ! there is none.
func scriptPicture(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "picture USER")
	s := on(ts)
	alt := pictureOf(s.play.newest(args[0]).Blocks)
	if (alt == "") != neg {
		ts.Fatalf("the picture says %q", alt)
	}
	fmt.Fprintln(ts.Stdout(), alt)
}

// pictureOf is the alternative text of the first picture in some blocks.
func pictureOf(blocks json.RawMessage) string {
	var list []struct {
		Type string
		Alt  string              `json:"alt_text"`
		File struct{ ID string } `json:"slack_file"`
	}
	json.Unmarshal(blocks, &list)
	for _, b := range list {
		if b.Type == "image" && strings.HasPrefix(b.File.ID, "F") {
			return b.Alt
		}
	}
	return ""
}

// scriptSeen prints the newest message that a person alone sees.
func scriptSeen(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "seen USER")
	m := on(ts).play.newest(args[0])
	io.WriteString(ts.Stdout(), shown(m.Text, m.Blocks)+"\n")
}

// newest is the last message that was said to a person alone.
func (p *player) newest(user string) (last slackMessage) {
	for _, m := range p.state().Slack.Messages {
		if m.EphemeralTo == user && m.TS > last.TS {
			last = m
		}
	}
	return last
}
