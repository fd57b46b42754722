package sandbox

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Some clients of the Bot API take the origin of an address alone: it answers there too, and
// the page stays where it is.
func TestBotAPIAtTheOrigin(t *testing.T) {
	r := newRig(t, nil)
	for path, want := range map[string]string{"/bot123456789:sandbox/getMe": `"ok":true`, "/telegram/bot123456789:sandbox/getMe": `"ok":true`,
		"/bot1:x/getMe": "Unauthorized", "/file/bot123456789:sandbox/x": "Not Found", "/": "<!doctype html>"} {
		resp, err := http.Get(r.web.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if !strings.Contains(strings.ToLower(string(body)), strings.ToLower(want)) {
			t.Errorf("%s: got %.100s, want %s", path, body, want)
		}
	}
}

// Each plug of the page's menu does what it says, or says why it cannot.
func TestPlugs(t *testing.T) {
	r := newRig(t, nil)
	for _, c := range []struct {
		path, body string
		status     int
		says       string
	}{
		{"fault", `{"platform":"slack","kind":"refresh"}`, 409, "no socket"},
		{"fault", `{"platform":"slack","kind":"drop_socket"}`, 200, ""},
		{"fault", `{"platform":"slack","kind":"forged"}`, 409, "does not call the bot"},
		{"fault", `{"platform":"telegram","kind":"forged"}`, 409, "does not call the bot"},
		{"fault", `{"platform":"telegram","kind":"conflict"}`, 200, ""},
		{"fault", `{"platform":"slack","kind":"poison"}`, 400, "does not fail by poison"},
		{"fault", `{"platform":"stripe","kind":"drop_socket"}`, 400, "no socket to drop"},
		{"slack/channel", `{"channel":"CINVOICES1","archived":true}`, 200, ""},
		{"slack/channel", `{"channel":"CNONE","archived":true}`, 404, "no channel"},
		{"slack/manifest", `{"manifest":{"display_information":{"name":"x"}}}`, 200, ""},
		{"slack/manifest", `{"manifest":{"display_information":{}}}`, 400, "/display_information/name"},
		{"slack/scope", `{"scope":"chat:write","granted":false}`, 400, "does not ask"},
	} {
		status, a := r.do("POST", c.path, c.body)
		if says, _ := a["error"].(string); status != c.status || !strings.Contains(says, c.says) {
			t.Errorf("%s %s: got %d %q, want %d %q", c.path, c.body, status, says, c.status, c.says)
		}
	}
	post := func(args string) string {
		resp, err := http.Post(r.web.URL+"/slack/api/chat.postMessage?token=xoxb-sandbox", "application/json", strings.NewReader(args))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return string(body)
	}
	if got := post(`{"channel":"CFINANCE01","text":"x"}`); !strings.Contains(got, "missing_scope") {
		t.Errorf("without the scope: %s", got)
	}
	r.do("POST", "slack/manifest", `{"manifest":{"display_information":{"name":"x"},"features":{"bot_user":{"display_name":"x"}},"oauth_config":{"scopes":{"bot":["chat:write"]}},"settings":{"socket_mode_enabled":true}}}`)
	if got := post(`{"channel":"CINVOICES1","text":"x"}`); !strings.Contains(got, "is_archived") {
		t.Errorf("in an archived channel: %s", got)
	}
	r.do("POST", "slack/channel", `{"channel":"CINVOICES1","archived":false,"removed":true}`)
	if got := post(`{"channel":"CINVOICES1","text":"x"}`); !strings.Contains(got, "not_in_channel") {
		t.Errorf("in a channel that it is not in: %s", got)
	}
}

// A person makes a channel, and gives the bot rights in a group.
func TestChannelsAndRights(t *testing.T) {
	r := newRig(t, nil)
	id, _ := r.must("slack/channel", `{"name":"board","private":true,"members":["UMANAGER01","UDUEBOT001"]}`)["channel"].(string)
	post := r.platform("/slack/api/chat.postMessage", url.Values{"token": {"xoxb-sandbox"}, "channel": {id}, "text": {"x"}})
	if id == "" || post["ok"] != true {
		t.Errorf("channel %q: %v", id, post)
	}
	for body, want := range map[string]int{`{"name":"board","members":["UMANAGER01"]}`: 400, `{"name":"other","members":["UNOBODY001"]}`: 404, `{"name":"other"}`: 400} {
		if status, a := r.do("POST", "slack/channel", body); status != want || a["error"] == nil {
			t.Errorf("%s: %d %v", body, status, a)
		}
	}
	r.must("telegram/chat", `{"id":-500,"title":"Group","people":[{"id":1001,"first_name":"Emma"}],"rights":["can_pin_messages"]}`)
	me := r.platform("/telegram/bot123456789:sandbox/getChatMember", url.Values{"chat_id": {"-500"}, "user_id": {"123456789"}})
	if x, _ := me["result"].(map[string]any); x["status"] != "administrator" || x["can_pin_messages"] != true || x["can_manage_topics"] != false {
		t.Errorf("the bot is %v", me)
	}
}
