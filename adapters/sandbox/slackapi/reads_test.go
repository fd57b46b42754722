package slackapi

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"duebot/adapters/sandbox/stand"
)

// ask calls a method by hand and returns its answer.
func (x *shop) ask(method, args string) map[string]any {
	x.t.Helper()
	resp, err := http.Post(x.web.URL+"/slack/api/"+method+"?token=xoxb-sandbox", "application/json", strings.NewReader(args))
	if err != nil {
		x.t.Fatal(err)
	}
	defer resp.Body.Close()
	var a map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		x.t.Fatal(err)
	}
	return a
}

func TestSmallReads(t *testing.T) {
	x := open(t)
	for _, c := range []struct{ method, args, want string }{
		{"api.test", `{}`, ""},
		{"api.test", `{"error":"my_error"}`, "my_error"},
		{"conversations.info", `{"channel":"CFINANCE01","include_num_members":true}`, ""},
		{"conversations.info", `{"channel":"CNOWHERE01"}`, "channel_not_found"},
		{"conversations.info", `{}`, "invalid_arguments"},
		{"conversations.join", `{"channel":"CFINANCE01"}`, ""},
		{"conversations.open", `{"users":"UNOBODY001"}`, "user_not_found"},
		{"conversations.open", `{}`, "users_list_not_supplied"},
		{"conversations.open", `{"users":"USALES0001,UDUEBOT001"}`, "not_enough_users"},
		{"conversations.open", `{"channel":"CFINANCE01"}`, "method_not_supported_for_channel_type"},
		{"conversations.open", `{"channel":"CNOWHERE01"}`, "channel_not_found"},
		{"conversations.list", `{"types":"secret"}`, "invalid_types"},
		{"conversations.list", `{"limit":-1}`, "invalid_limit"},
		{"conversations.list", `{"cursor":"x"}`, "invalid_cursor"},
		{"conversations.history", `{"channel":"CFINANCE01","oldest":"yesterday"}`, "invalid_ts_oldest"},
		{"conversations.history", `{"channel":"CFINANCE01","latest":"1.2.3"}`, "invalid_ts_latest"},
		{"conversations.history", `{"channel":"CFINANCE01","cursor":"eA=="}`, "invalid_cursor"},
		{"conversations.history", `{"channel":"CFINANCE01","limit":1000}`, "invalid_limit"},
		{"conversations.replies", `{"channel":"CFINANCE01","ts":"1.000001"}`, "thread_not_found"},
		{"users.conversations", `{"user":"UMANAGER01"}`, ""},
		{"users.lookupByEmail", `{"email":"nobody@lindenhof.example"}`, "users_not_found"},
		{"usergroups.users.list", `{"usergroup":"S1"}`, "no_such_subteam"},
		{"bots.info", `{"bot":"BDUEBOT001"}`, ""},
		{"bots.info", `{"bot":"BOTHER0001"}`, "bot_not_found"},
		{"team.info", `{}`, ""},
		{"files.info", `{"file":"F0"}`, "file_not_found"},
		{"files.getUploadURLExternal", `{"filename":"x","length":0}`, "invalid_arguments"},
		{"files.completeUploadExternal", `{"files":[{}]}`, "invalid_arguments"},
		{"reactions.add", `{"name":"eyes"}`, "no_item_specified"},
		{"reactions.add", `{"name":"No Name","channel":"CFINANCE01","timestamp":"1.000001"}`, "invalid_name"},
		{"views.publish", `{"user_id":"UNOBODY001","view":{"type":"home","blocks":[]}}`, "user_not_found"},
		{"views.publish", `{"user_id":"USALES0001","view":{"type":"modal","title":{"type":"plain_text","text":"T"},"blocks":[]}}`, "invalid_arguments"},
		{"views.publish", `{"user_id":"USALES0001","hash":"1.a","view":{"type":"home","blocks":[]}}`, "hash_conflict"},
		{"views.open", `{"trigger_id":"x","view":"{"}`, "invalid_arguments"},
	} {
		if a := x.ask(c.method, c.args); stringOf(a["error"]) != c.want || (a["ok"] == true) != (c.want == "") {
			t.Errorf("%s %s: got %v, want %q", c.method, c.args, a, c.want)
		}
	}
}

func TestExternalIDsAreUnique(t *testing.T) {
	x := open(t)
	x.mu.Lock()
	one, two := x.newTrigger("USALES0001", ""), x.newTrigger("USALES0001", "")
	x.mu.Unlock()
	f := form("x")
	f.ExternalID = "inv-1"
	must[*slack.ViewResponse](t)(x.api.OpenView(one, f))
	if _, err := x.api.OpenView(two, f); slackErr(err) != "duplicate_external_id" {
		t.Errorf("second view: %v", err)
	}
	f.CallbackID = "y"
	if v, err := x.api.UpdateView(f, "inv-1", "", ""); err != nil || v.CallbackID != "y" {
		t.Errorf("update by external_id: %v", err)
	}
}

// A response may delete the message whose button was pressed, and answer in its thread.
func TestDeleteOriginalAndThread(t *testing.T) {
	x := open(t)
	links := make(chan string, 2)
	x.connect(func(ev socketmode.Event) {
		if d, ok := ev.Data.(slack.InteractionCallback); ok {
			links <- d.ResponseURL
		}
		if ev.Request != nil && ev.Request.EnvelopeID != "" {
			x.sock.Ack(*ev.Request)
		}
	})
	ask := slack.MsgOptionBlocks(slack.NewActionBlock("", button("ok", "", "OK")))
	_, ts, _ := x.api.PostMessage("CFINANCE01", ask)
	hidden, _ := x.api.PostEphemeral("CFINANCE01", "USALES0001", ask)
	press := func(ts string) string {
		if err := x.Action(background, Action{User: "USALES0001", Channel: "CFINANCE01", TS: ts, ActionID: "ok"}); err != nil {
			t.Fatal(err)
		}
		return <-links
	}
	if _, _, err := x.api.PostMessage("", slack.MsgOptionDeleteOriginal(press(hidden))); err != nil {
		t.Fatal(err)
	}
	if _, _, err := x.api.PostMessage("", slack.MsgOptionText("seen", false), slack.MsgOptionTS(ts), slack.MsgOptionResponseURL(press(ts), slack.ResponseTypeEphemeral)); err != nil {
		t.Fatal(err)
	}
	m := x.messages("CFINANCE01")
	if len(m) != 2 || m[1]["text"] != "seen" || m[1]["thread_ts"] != ts || m[1]["ephemeral_to"] != "USALES0001" {
		t.Errorf("messages: %v", m)
	}
	resp, err := http.Post(x.web.URL+"/slack/response/nothing", "application/json", strings.NewReader(`{"text":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("an invented URL: %d", resp.StatusCode)
	}
}

// The fault drop_socket cuts the connection before a delivery; the command goes out when the
// client is back, and is done once.
func TestDropSocketFault(t *testing.T) {
	x := open(t)
	n := 0
	x.connect(func(ev socketmode.Event) {
		if ev.Type == socketmode.EventTypeSlashCommand {
			n++
			x.sock.Ack(*ev.Request, map[string]any{"text": "done", "response_type": "in_channel"})
		}
	})
	x.faults.Add(stand.Fault{Platform: "slack", Kind: stand.FaultDropSocket})
	reply, err := x.Command(background, "USALES0001", "CINVOICES1", "/ar", "help")
	if err != nil || reply.Error != "" || n != 1 {
		t.Fatalf("got %+v, %v after %d deliveries", reply, err, n)
	}
	if m := x.messages("CINVOICES1"); m[0]["ephemeral_to"] != nil {
		t.Errorf("in_channel became ephemeral: %v", m)
	}
	if len(x.faults.Left()) != 0 {
		t.Errorf("faults left: %v", x.faults.Left())
	}
}

func TestAckThatIsNoMessage(t *testing.T) {
	x := open(t)
	payloads := []any{nil, map[string]any{"response_type": "ephemeral"}, "just text", map[string]any{"blocks": []any{map[string]any{"type": "input"}}}}
	x.connect(func(ev socketmode.Event) {
		if ev.Type == socketmode.EventTypeSlashCommand {
			x.sock.Ack(*ev.Request, payloads[0])
			payloads = payloads[1:]
		}
	})
	for _, want := range []string{"", "", "invalid_command_response", "invalid_blocks"} {
		reply, err := x.Command(background, "USALES0001", "CINVOICES1", "/ar", "x")
		if err != nil || reply.Error != want || reply.TS != "" {
			t.Errorf("got %+v, %v, want %q", reply, err, want)
		}
	}
	if m := x.messages("CINVOICES1"); len(m) != 0 {
		t.Errorf("messages: %v", m)
	}
}

// What a person does wrong is refused with words, and reaches nobody.
func TestRefusedActs(t *testing.T) {
	x := open(t)
	mine := must[string](t)(x.Message(background, MessageAct{User: "USALES0001", Channel: "CFINANCE01", Text: "x"}))
	before := x.Pending()
	for name, act := range map[string]func() error{
		"unknown person":  func() error { _, err := x.Command(background, "UNOBODY001", "CFINANCE01", "/ar", ""); return err },
		"unknown channel": func() error { _, err := x.Command(background, "USALES0001", "CNOWHERE01", "/ar", ""); return err },
		"no slash":        func() error { _, err := x.Command(background, "USALES0001", "CFINANCE01", "ar", ""); return err },
		"somebody else's DM": func() error {
			_, err := x.Message(background, MessageAct{User: "USALES0001", Channel: "DFINANCE01", Text: "x"})
			return err
		},
		"empty message": func() error {
			_, err := x.Message(background, MessageAct{User: "USALES0001", Channel: "CFINANCE01", Text: "  "})
			return err
		},
		"no such thread": func() error {
			_, err := x.Message(background, MessageAct{User: "USALES0001", Channel: "CFINANCE01", ThreadTS: "1.000001", Text: "x"})
			return err
		},
		"broken file": func() error {
			_, err := x.Message(background, MessageAct{User: "USALES0001", Channel: "CFINANCE01", Files: []File{{Name: "a", Data: "?"}}})
			return err
		},
		"edit to nothing":     func() error { return x.EditMessage(background, "USALES0001", "CFINANCE01", mine, " ") },
		"edit another's":      func() error { return x.EditMessage(background, "UFINANCE01", "CFINANCE01", mine, "y") },
		"delete what is gone": func() error { return x.DeleteMessage(background, "USALES0001", "CFINANCE01", "1.000001") },
		"press nothing": func() error {
			return x.Action(background, Action{User: "USALES0001", Channel: "CFINANCE01", TS: mine, Label: "Go"})
		},
		"press in no view":  func() error { return x.Action(background, Action{User: "USALES0001", ViewID: "V1", Label: "Go"}) },
		"an empty Home":     func() error { return x.Action(background, Action{User: "USALES0001", Label: "Go"}) },
		"submit no view":    func() error { _, err := x.Submit(background, "USALES0001", "V1", nil); return err },
		"close no view":     func() error { return x.CloseView(background, "USALES0001", "V1") },
		"nameless shortcut": func() error { return x.Shortcut(background, "USALES0001", "", "", "") },
		"home of nobody":    func() error { return x.OpenHome(background, "UNOBODY001") },
	} {
		err := act()
		if r, ok := err.(*stand.Refusal); !ok || r.Status < 400 || r.Status > 409 || !strings.HasSuffix(r.Text, ".") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if x.Pending() != before {
		t.Errorf("pending: got %d, want %d", x.Pending(), before)
	}
}

// The page's own requests are a signed-in person's; others need the token.
func TestFileForThePage(t *testing.T) {
	x := open(t)
	must[string](t)(x.Message(background, MessageAct{User: "USALES0001", Channel: "CFINANCE01", Files: []File{{Name: "a b.txt", Data: "aGk="}}}))
	file := x.messages("CFINANCE01")[0]["files"].([]any)[0].(map[string]any)
	req, _ := http.NewRequest("GET", file["url_private"].(string), nil)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if string(b) != "hi" || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("got %q, %v", b, resp.Header)
	}
	if name, kind, data, ok := x.File(file["id"].(string)); name != "a b.txt" || kind != "text/plain" || string(data) != "hi" || !ok {
		t.Errorf("File: %q %q %q %v", name, kind, data, ok)
	}
}

// An unheard event waits through any business time and through a restart; an acknowledged
// one is forgotten.
func TestWhatARestartRemembers(t *testing.T) {
	x := open(t)
	reload := func() int {
		b, err := x.Save()
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Load(b); err != nil {
			t.Fatal(err)
		}
		return x.Pending()
	}
	must[string](t)(x.Message(background, MessageAct{User: "USALES0001", Channel: "CFINANCE01", Text: "x"}))
	x.clock.move(1000 * time.Hour)
	if n := reload(); n != 1 {
		t.Errorf("unheard: %d pending, want 1", n)
	}
	x.connect(func(ev socketmode.Event) {
		if ev.Request != nil && ev.Request.EnvelopeID != "" {
			x.sock.Ack(*ev.Request)
		}
	})
	eventually(t, "heard", func() bool { return x.Pending() == 0 })
	x.end()
	if n := reload(); n != 0 {
		t.Errorf("acknowledged: %d pending, want 0", n)
	}
}
