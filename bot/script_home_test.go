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

// scriptHome opens a person's Home tab and prints it; with "again" it prints what stands there
// without opening it once more.
func scriptHome(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "home USER [again]")
	p := on(ts).play
	if len(args) == 1 {
		p.post("slack/home", map[string]any{"user": args[0]}, nil)
	}
	w := p.state()
	io.WriteString(ts.Stdout(), w.home(args[0]))
}

// scriptHomePress presses a button of a person's Home tab.
func scriptHomePress(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "homepress USER LABEL")
	on(ts).play.post("slack/action", map[string]any{"user": args[0], "label": args[1]}, nil)
}

// home is what stands in a person's Home tab.
func (w *world) home(user string) string {
	v := w.Slack.Homes[user]
	if v.Blocks == nil {
		return "no Home tab\n"
	}
	var out strings.Builder
	for _, b := range v.blocks() {
		if b.Text != nil {
			fmt.Fprintln(&out, b.Text.Text)
		}
		for _, e := range b.Elements {
			var s string
			if json.Unmarshal(e.Text, &s) == nil {
				fmt.Fprintln(&out, s)
			}
		}
		for _, l := range labels(oneBlock(v.Blocks, b.BlockID)) {
			fmt.Fprintf(&out, "[%s]\n", l)
		}
		if b.Type == "image" {
			fmt.Fprintf(&out, "(picture: %s)\n", pictureOf(oneBlock(v.Blocks, b.BlockID)))
		}
	}
	return unescaper.Replace(out.String())
}

// slackHome is a Home tab as the state shows it.
type slackHome struct{ Blocks json.RawMessage }

func (h slackHome) blocks() (out []viewBlock) {
	json.Unmarshal(h.Blocks, &out)
	return out
}
