package slackapi

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

// What people write, change and delete reaches the app as the client library's own types,
// in order; and the app hears itself.
func TestEvents(t *testing.T) {
	x := open(t)
	got := make(chan any, 20)
	x.connect(func(ev socketmode.Event) {
		if e, ok := ev.Data.(slackevents.EventsAPIEvent); ok {
			got <- e.InnerEvent.Data
			x.sock.Ack(*ev.Request)
		}
		if ev.Type == socketmode.EventTypeErrorBadMessage {
			t.Errorf("the library cannot read an envelope: %v", ev.Data)
		}
	})
	ts := must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CFINANCE01", Text: "hi @duebot, R&D", Files: []File{{Name: "a.csv", Data: "YQ=="}}}))
	m := (<-got).(*slackevents.MessageEvent)
	if m.Text != "hi <@UDUEBOT001>, R&amp;D" || m.User != "UFINANCE01" || m.TimeStamp != ts || m.ChannelType != "channel" || m.SubType != "file_share" {
		t.Errorf("message: %+v", m)
	}
	if len(m.Message.Files) != 1 || m.Message.Files[0].Mimetype != "text/csv" || len(m.Blocks.BlockSet) != 1 {
		t.Errorf("files %+v, blocks %+v", m.Message.Files, m.Blocks)
	}
	if a := (<-got).(*slackevents.AppMentionEvent); a.TimeStamp != ts || a.Text != m.Text {
		t.Errorf("mention: %+v", a)
	}
	if f := (<-got).(*slackevents.FileSharedEvent); f.FileID != m.Message.Files[0].ID || f.UserID != "UFINANCE01" || f.ChannelID != "CFINANCE01" {
		t.Errorf("file: %+v", f)
	}
	if err := x.EditMessage(background, "UFINANCE01", "CFINANCE01", ts, "new words"); err != nil {
		t.Fatal(err)
	}
	m = (<-got).(*slackevents.MessageEvent)
	if m.SubType != "message_changed" || m.Message.Text != "new words" || m.PreviousMessage.Text == m.Message.Text || m.Message.Edited == nil || m.Message.Timestamp != ts {
		t.Errorf("edit: %+v", m)
	}
	if err := x.DeleteMessage(background, "USALES0001", "CFINANCE01", ts); err == nil {
		t.Error("somebody else deleted the message")
	}
	if err := x.DeleteMessage(background, "UFINANCE01", "CFINANCE01", ts); err != nil {
		t.Fatal(err)
	}
	if m = (<-got).(*slackevents.MessageEvent); m.SubType != "message_deleted" || m.PreviousMessage.Timestamp != ts {
		t.Errorf("deletion: %+v", m)
	}
	if _, _, err := x.api.PostMessage("UMANAGER01", slack.MsgOptionText("digest", false)); err != nil {
		t.Fatal(err)
	}
	if m = (<-got).(*slackevents.MessageEvent); m.BotID != "BDUEBOT001" || m.ChannelType != "im" {
		t.Errorf("the bot's own: %+v", m)
	}
	eventually(t, "all quiet", func() bool { return x.Pending() == 0 })
}

func TestFindingElements(t *testing.T) {
	x := open(t)
	got := make(chan slack.InteractionCallback, 1)
	x.connect(func(ev socketmode.Event) {
		if d, ok := ev.Data.(slack.InteractionCallback); ok {
			got <- d
		}
		if ev.Request != nil && ev.Request.EnvelopeID != "" {
			x.sock.Ack(*ev.Request)
		}
	})
	opt := func(v, label string) *slack.OptionBlockObject {
		return slack.NewOptionBlockObject(v, words(label), nil)
	}
	row := func(value string) slack.Block {
		return slack.NewSectionBlock(words("Row "+value), nil, slack.NewAccessory(button("open", value, "Open")))
	}
	att := slack.Attachment{Color: "#f00", Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewActionBlock("in", button("inside", "9", "Inside"))}}}
	_, ts, err := x.api.PostMessage("CFINANCE01", slack.MsgOptionAttachments(att), slack.MsgOptionBlocks(row("1"), row("2"),
		slack.NewActionBlock("acts", slack.NewOverflowBlockElement("more", opt("e", "Edit"), opt("v", "Void")),
			slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, words("Who"), "who", opt("s", "Sofia"), opt("f", "Farid & Co")),
			slack.NewCheckboxGroupsBlockElement("flags", opt("a", "Alpha"), opt("b", "Beta")),
			slack.NewDatePickerBlockElement("day"), slack.NewOptionsSelectBlockElement(slack.OptTypeUser, nil, "user"))))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		a    Action
		want string // action_id=choice, or "refused"
	}{
		{"two with one action_id", Action{ActionID: "open"}, "refused"},
		{"told apart by value", Action{ActionID: "open", Value: "2"}, "open=2"},
		{"no such button", Action{Label: "Close"}, "refused"},
		{"nothing named", Action{}, "refused"},
		{"overflow by label", Action{Label: "Void"}, "more=v"},
		{"overflow by value", Action{ActionID: "more", Value: "e"}, "more=e"},
		{"select by label", Action{ActionID: "who", Selected: json.RawMessage(`"Farid & Co"`)}, "who=f"},
		{"select by option", Action{ActionID: "who", Selected: json.RawMessage(`{"value":"s"}`)}, "who=s"},
		{"no such option", Action{ActionID: "who", Value: "z"}, "refused"},
		{"checkboxes", Action{ActionID: "flags", Selected: json.RawMessage(`["b","Alpha"]`)}, "flags=ba"},
		{"date", Action{ActionID: "day", Value: "2026-03-31"}, "day=2026-03-31"},
		{"no date", Action{ActionID: "day", Value: "tomorrow"}, "refused"},
		{"user", Action{ActionID: "user", Value: "USALES0001"}, "user=USALES0001"},
		{"in an attachment", Action{Label: "inside"}, "inside=9"},
	} {
		c.a.User, c.a.Channel, c.a.TS = "USALES0001", "CFINANCE01", ts
		if err := x.Action(background, c.a); err != nil {
			if c.want != "refused" {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		d := <-got
		b := d.ActionCallback.BlockActions[0]
		choice := b.Value + b.SelectedOption.Value + b.SelectedDate + b.SelectedUser
		for _, o := range b.SelectedOptions {
			choice += o.Value
		}
		if s := b.ActionID + "=" + choice; s != c.want {
			t.Errorf("%s: got %s, want %s", c.name, s, c.want)
		}
		if d.Message.Timestamp != ts || d.ResponseURL == "" || d.Channel.ID != "CFINANCE01" {
			t.Errorf("%s: payload %+v", c.name, d)
		}
		if c.name == "user" {
			v := d.BlockActionState.Values["acts"]
			if v["who"].SelectedOption.Value != "s" || v["day"].SelectedDate != "2026-03-31" || len(v["flags"].SelectedOptions) != 2 {
				t.Errorf("state: %+v", v)
			}
		}
	}
}

func TestSuggestions(t *testing.T) {
	x := open(t)
	var asked slack.InteractionCallback
	x.connect(func(ev socketmode.Event) {
		d, ok := ev.Data.(slack.InteractionCallback)
		if !ok {
			return
		}
		if d.Type == slack.InteractionTypeBlockSuggestion {
			asked = d
			x.sock.Ack(*ev.Request, slack.OptionsResponse{Options: []*slack.OptionBlockObject{slack.NewOptionBlockObject("acme", words("Acme GmbH"), nil)}})
			return
		}
		x.sock.Ack(*ev.Request)
	})
	_, ts, err := x.api.PostMessage("CFINANCE01", slack.MsgOptionBlocks(slack.NewActionBlock("b", slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, nil, "customer"))))
	if err != nil {
		t.Fatal(err)
	}
	a := Action{User: "USALES0001", Channel: "CFINANCE01", TS: ts, ActionID: "customer"}
	raw, err := x.Suggest(background, a, "ac")
	if err != nil || !strings.Contains(string(raw), "Acme GmbH") || asked.Value != "ac" || asked.ActionID != "customer" {
		t.Errorf("got %s, %v; asked %+v", raw, err, asked)
	}
}

// Arguments may stand in a query, a form, a multipart form or a JSON body.
func TestBodies(t *testing.T) {
	x := open(t)
	multi := "--b\r\nContent-Disposition: form-data; name=\"channel\"\r\n\r\nCFINANCE01\r\n--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nx\r\n--b--\r\n"
	for _, c := range []struct{ name, kind, query, body, want string }{
		{"form", "application/x-www-form-urlencoded", "", "token=xoxb-sandbox&channel=CFINANCE01&text=x", ""},
		{"json", "application/json; charset=utf-8", "", `{"token":"xoxb-sandbox","channel":"CFINANCE01","text":"x","blocks":[{"type":"divider"}]}`, ""},
		{"json with blocks as text", "application/json", "", `{"token":"xoxb-sandbox","channel":"CFINANCE01","blocks":"[{\"type\":\"divider\"}]"}`, ""},
		{"multipart", "multipart/form-data; boundary=b", "?token=xoxb-sandbox", multi, ""},
		{"broken json", "application/json", "?token=xoxb-sandbox", `{`, "invalid_json"},
		{"a list", "application/json", "?token=xoxb-sandbox", `[]`, "json_not_object"},
		{"xml", "application/xml", "?token=xoxb-sandbox", `<a/>`, "invalid_post_type"},
		{"no channel", "application/json", "?token=xoxb-sandbox", `{"text":"x"}`, "invalid_arguments"},
		{"blocks that are no list", "application/json", "?token=xoxb-sandbox", `{"channel":"CFINANCE01","blocks":{}}`, "invalid_blocks_format"},
	} {
		x.clock.move(time.Second)
		resp, err := http.Post(x.web.URL+"/slack/api/chat.postMessage"+c.query, c.kind, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		var a map[string]any
		json.Unmarshal(b, &a)
		if stringOf(a["error"]) != c.want || (c.want == "") != (a["ok"] == true) {
			t.Errorf("%s: got %s, want %q", c.name, b, c.want)
		}
	}
	long := `{"token":"xoxb-sandbox","channel":"CINVOICES1","text":"` + strings.Repeat("a", 40001) + `"}`
	resp, err := http.Post(x.web.URL+"/slack/api/chat.postMessage", "application/json", strings.NewReader(long))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var a map[string]any
	json.NewDecoder(resp.Body).Decode(&a)
	if a["warning"] != "message_truncated,missing_charset" || len(textOf(a["message"])) != 40000 {
		t.Errorf("a long text: %v, %d characters", a["warning"], len(textOf(a["message"])))
	}
}
