package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// slackView is a modal as the state shows it.
type slackView struct {
	ID   string
	User string
	View struct {
		Title, Submit *struct{ Text string }
		Blocks        json.RawMessage
		State         struct {
			Values map[string]map[string]map[string]any
		}
	}
}

type viewBlock struct {
	Type     string
	BlockID  string `json:"block_id"`
	Text     *struct{ Text string }
	Fields   []struct{ Text string }
	Label    struct{ Text string }
	Hint     *struct{ Text string }
	Optional bool
	Alt      string `json:"alt_text"`
	Element  struct {
		Type     string
		ActionID string `json:"action_id"`
	}
	Elements []struct {
		Type string
		Text json.RawMessage
	}
}

func (v *slackView) blocks() (out []viewBlock) {
	json.Unmarshal(v.View.Blocks, &out)
	return out
}

// top is the modal that a person sees; nil for none.
func (w *world) top(user string) *slackView {
	for i := len(w.Slack.Views) - 1; i >= 0; i-- {
		if w.Slack.Views[i].User == user {
			return &w.Slack.Views[i]
		}
	}
	return nil
}

// modal is what a person sees in his topmost modal: its title, texts, fields with what they
// hold, buttons.
func (w *world) modal(user string) string {
	v := w.top(user)
	if v == nil {
		return "no modal\n"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "== %s ==\n", v.View.Title.Text)
	for _, b := range v.blocks() {
		switch b.Type {
		case "input":
			mark := ""
			if b.Optional {
				mark = "?"
			}
			fmt.Fprintf(&out, "%s%s: %s\n", b.Label.Text, mark, v.holds(b))
			if b.Hint != nil {
				fmt.Fprintf(&out, "  (%s)\n", b.Hint.Text)
			}
		case "actions":
			for _, l := range labels(oneBlock(v.View.Blocks, b.BlockID)) {
				fmt.Fprintf(&out, "[%s]\n", l)
			}
		case "image":
			fmt.Fprintf(&out, "(picture: %s)\n", b.Alt)
		default:
			if b.Text != nil {
				fmt.Fprintln(&out, b.Text.Text)
			}
			for _, f := range b.Fields {
				fmt.Fprintln(&out, strings.ReplaceAll(f.Text, "\n", " "))
			}
			for _, e := range b.Elements {
				var s string
				if json.Unmarshal(e.Text, &s) == nil {
					fmt.Fprintln(&out, s)
				}
			}
		}
	}
	if v.View.Submit != nil {
		fmt.Fprintf(&out, "<%s>\n", v.View.Submit.Text)
	}
	return unescaper.Replace(out.String())
}

// oneBlock is a block of a view, as it was sent.
func oneBlock(all json.RawMessage, id string) json.RawMessage {
	var list []map[string]any
	json.Unmarshal(all, &list)
	for _, b := range list {
		if b["block_id"] == id {
			data, _ := json.Marshal([]any{b})
			return data
		}
	}
	return nil
}

// holds is what a field holds, as a person sees it.
func (v *slackView) holds(b viewBlock) string {
	e := v.View.State.Values[b.BlockID][b.Element.ActionID]
	for _, name := range []string{"value", "selected_date", "selected_user"} {
		if s, ok := e[name].(string); ok {
			return s
		}
	}
	if list, _ := e["selected_options"].([]any); len(list) > 0 {
		return "✓"
	}
	option, _ := e["selected_option"].(map[string]any)
	text, _ := option["text"].(map[string]any)
	s, _ := text["text"].(string)
	return s
}

// field finds an input by its name in the form: "sum".
func (v *slackView) field(name string) (viewBlock, bool) {
	list := v.blocks()
	i := slices.IndexFunc(list, func(b viewBlock) bool {
		_, field, _ := strings.Cut(b.Element.ActionID, ".")
		return b.Type == "input" && field == name
	})
	if i < 0 {
		return viewBlock{}, false
	}
	return list[i], true
}

// choice is what to enter for a field; of one whose options are found by typing, the option
// that the bot finds.
func (p *player) choice(user string, v *slackView, b viewBlock, value string) any {
	if b.Element.Type == "checkboxes" {
		return []any{value}
	}
	if b.Element.Type != "external_select" || value == "" {
		return value
	}
	var found struct{ Options []map[string]any }
	p.post("slack/suggest", map[string]any{"user": user, "view_id": v.ID, "action_id": b.Element.ActionID, "query": value}, &found)
	for _, o := range found.Options {
		if strings.EqualFold(o["value"].(string), value) {
			return o
		}
	}
	if len(found.Options) == 0 {
		p.fail("nothing is found for %q", value)
		return nil
	}
	return found.Options[0]
}

// enter is what is put into fields by "name=value".
func (p *player) enter(user string, v *slackView, args []string) map[string]any {
	values := map[string]any{}
	for _, a := range args {
		name, value, _ := strings.Cut(a, "=")
		b, ok := v.field(name)
		if !ok {
			p.fail("the form has no field %q", name)
		}
		values[b.BlockID] = p.choice(user, v, b, value)
	}
	return values
}

// fill sends the form on top, and returns what the person sees then: what is wrong, or the
// next modal.
func (p *player) fill(user string, args []string) string {
	w := p.state()
	v := w.top(user)
	if v == nil {
		p.fail("%s has no form before him", user)
		return ""
	}
	var r struct {
		Errors map[string]string
		Error  string
	}
	p.post("slack/submit", map[string]any{"user": user, "view_id": v.ID, "values": p.enter(user, v, args)}, &r)
	if r.Error != "" {
		p.fail("the form: %s", r.Error)
	}
	var out strings.Builder
	for _, b := range v.blocks() {
		if wrong := r.Errors[b.BlockID]; wrong != "" {
			fmt.Fprintf(&out, "! %s: %s\n", b.Label.Text, wrong)
		}
	}
	if out.Len() > 0 {
		return out.String()
	}
	w = p.state()
	return w.modal(user)
}

// choose changes one field that the form follows.
func (p *player) choose(user, arg string) string {
	w := p.state()
	v := w.top(user)
	name, value, _ := strings.Cut(arg, "=")
	b, ok := v.field(name)
	if !ok {
		p.fail("the form has no field %q", name)
	}
	p.post("slack/action", map[string]any{"user": user, "view_id": v.ID, "action_id": b.Element.ActionID, "selected": p.choice(user, v, b, value)}, nil)
	w = p.state()
	return w.modal(user)
}

// tapModal presses a button of the modal on top; false where it has none of that label.
func (p *player) tapModal(w *world, user, label string) bool {
	v := w.top(user)
	if v == nil || !slices.Contains(labels(v.View.Blocks), label) {
		return false
	}
	p.post("slack/action", map[string]any{"user": user, "view_id": v.ID, "label": label}, nil)
	return true
}

func scriptForm(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "form USER")
	w := on(ts).play.state()
	io.WriteString(ts.Stdout(), w.modal(args[0]))
}

func scriptFill(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "fill USER NAME=VALUE…")
	io.WriteString(ts.Stdout(), on(ts).play.fill(args[0], args[1:]))
}

func scriptChoose(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "choose USER NAME=VALUE")
	io.WriteString(ts.Stdout(), on(ts).play.choose(args[0], args[1]))
}

func scriptClose(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 1, "close USER")
	w := on(ts).play.state()
	if v := w.top(args[0]); v != nil {
		on(ts).play.post("slack/close", map[string]any{"user": args[0], "view_id": v.ID}, nil)
	}
}

// scriptShortcut takes an entry of Slack's menu, or of the menu of the newest message whose
// text has the words.
func scriptShortcut(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "shortcut USER ID [WORDS]")
	p := on(ts).play
	act := map[string]any{"user": args[0], "callback_id": args[1]}
	w := p.state()
	for _, m := range w.Slack.Messages {
		if len(args) > 2 && m.EphemeralTo == "" && strings.Contains(m.Text, args[2]) {
			act["channel"], act["ts"] = m.Channel, m.TS
		}
	}
	p.post("slack/shortcut", act, nil)
	w = p.state()
	io.WriteString(ts.Stdout(), w.modal(args[0]))
}

func scriptLocale(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "locale USER LOCALE")
	on(ts).play.post("slack/locale", map[string]any{"user": args[0], "locale": args[1]}, nil)
}
