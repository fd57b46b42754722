package slackapi

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack/socketmode"
)

const small = `{"display_information":{"name":"Test"},"features":{"bot_user":{"display_name":"test"},"slash_commands":[{"command":"/ar","description":"x"}]},
	"oauth_config":{"scopes":{"bot":["commands","chat:write","channels:history"]}},
	"settings":{"event_subscriptions":{"bot_events":["message.channels"]},"interactivity":{"is_enabled":true},"socket_mode_enabled":true}}`

// Slack names what is wrong in a manifest, and where.
func TestManifestRules(t *testing.T) {
	if err := ReadManifest([]byte(small)); err != nil {
		t.Fatal(err)
	}
	change := func(from, to string) string {
		if !strings.Contains(small, from) {
			t.Fatalf("%s is not there", from)
		}
		return strings.Replace(small, from, to, 1)
	}
	for want, text := range map[string]string{
		"/display_information/name":                         change(`"Test"`, `""`),
		"must have 1 to 35 characters, has 36":              change(`"Test"`, `"`+strings.Repeat("x", 36)+`"`),
		"unknown field":                                     change(`"description":"x"`, `"descripion":"x"`),
		"after the object":                                  small + "{}",
		"unexpected EOF":                                    small[:40],
		"/features/slash_commands/0/command":                change(`"/ar"`, `"ar"`),
		"a slash and 1 to 31":                               change(`"/ar"`, `"/Ar"`),
		"/features/slash_commands/0/description":            change(`"description":"x"`, `"description":""`),
		"/features/slash_commands/0/url":                    change(`"socket_mode_enabled":true`, `"socket_mode_enabled":false`),
		"/settings/event_subscriptions/request_url":         change(`"socket_mode_enabled":true`, `"socket_mode_enabled":false`),
		"/settings/interactivity/request_url":               change(`"socket_mode_enabled":true`, `"socket_mode_enabled":false`),
		"need the scope commands":                           change(`"commands",`, ``),
		"message.channels needs the scope channels:history": change(`,"channels:history"`, ``),
		`"chat:wriet" is no bot scope`:                      change(`chat:write`, `chat:wriet`),
		`"message.channel" is no event`:                     change(`message.channels`, `message.channel`),
		"stands there twice":                                change(`"commands",`, `"commands","commands",`),
		"/features/bot_user":                                change(`"bot_user":{"display_name":"test"},`, ``),
		"must have 1 to 50 items, has 0":                    change(`[{"command":"/ar","description":"x"}]`, `[]`),
		"must be a colour":                                  change(`"name":"Test"`, `"name":"Test","background_color":"red"`),
		"must have 175 to 4000":                             change(`"name":"Test"`, `"name":"Test","long_description":"short"`),
		"must be message or global":                         change(`"bot_user"`, `"shortcuts":[{"name":"a","type":"x","callback_id":"c","description":"d"}],"bot_user"`),
		"/features/shortcuts/0/name":                        change(`"bot_user"`, `"shortcuts":[{"name":"`+strings.Repeat("x", 25)+`","type":"global","callback_id":"c","description":"d"}],"bot_user"`),
	} {
		if text == "" {
			continue
		}
		if err := ReadManifest([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

// The app has the scopes that its manifest asks for, and no others: each other call is
// refused with what it needs, and what the app has.
func TestScopesOfTheManifest(t *testing.T) {
	x := open(t)
	if err := x.Install([]byte(small)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, args, needed string }{
		{"auth.test", `{}`, ""},
		{"chat.postMessage", `{"channel":"CINVOICES1","text":"x"}`, ""},
		{"conversations.history", `{"channel":"CINVOICES1"}`, ""},
		{"conversations.history", `{"channel":"DSALES0001"}`, "channel_not_found"},
		{"conversations.replies", `{"channel":"USALES0001","ts":"1.000000"}`, "im:history"},
		{"conversations.info", `{"channel":"CINVOICES1"}`, "channels:read"},
		{"conversations.info", `{"channel":"CNONE"}`, "channels:read,groups:read,im:read,mpim:read"},
		{"conversations.members", `{"channel":"CINVOICES1"}`, "channels:read"},
		{"conversations.list", `{}`, "channels:read"},
		{"conversations.list", `{"types":"im"}`, "im:read"},
		{"conversations.open", `{"users":"USALES0001"}`, "im:write"},
		{"conversations.join", `{"channel":"CINVOICES1"}`, "channels:join"},
		{"users.info", `{"user":"USALES0001"}`, "users:read"},
		{"users.list", `{}`, "users:read"},
		{"users.lookupByEmail", `{"email":"sofia@lindenhof.example"}`, "users:read.email"},
		{"usergroups.list", `{}`, "usergroups:read"},
		{"bots.info", `{"bot":"BDUEBOT001"}`, "users:read"},
		{"team.info", `{}`, "team:read"},
		{"files.getUploadURLExternal", `{"filename":"a","length":1}`, "files:write"},
		{"files.info", `{"file":"F1"}`, "files:read"},
		{"reactions.add", `{"channel":"CINVOICES1","name":"x","timestamp":"1.000000"}`, "reactions:write"},
	} {
		a := x.ask(c.method, c.args)
		switch {
		case c.needed == "" && a["ok"] == true:
		case a["error"] == c.needed:
		case a["error"] != "missing_scope" || a["needed"] != c.needed || a["provided"] != "commands,chat:write,channels:history":
			t.Errorf("%s %s: got %v, want %s", c.method, c.args, a, c.needed)
		}
	}
}

// What the app did not subscribe to is not delivered, and what it has not does not exist.
func TestWhatTheManifestDoesNotName(t *testing.T) {
	x := open(t)
	if err := x.Install([]byte(small)); err != nil {
		t.Fatal(err)
	}
	var got []string
	x.connect(func(ev socketmode.Event) {
		if ev.Request == nil || ev.Type == socketmode.EventTypeHello {
			return
		}
		var p struct{ Event struct{ Type, Text string } }
		json.Unmarshal(ev.Request.Payload, &p)
		got = append(got, p.Event.Type+" "+p.Event.Text)
		x.sock.Ack(*ev.Request)
	})
	for channel, text := range map[string]string{"CINVOICES1": "hello <@UDUEBOT001>", "USALES0001": "in private"} {
		if _, err := x.Message(background, MessageAct{User: "USALES0001", Channel: channel, Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.OpenHome(background, "USALES0001"); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(2 * time.Second); x.Pending() > 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	if len(got) != 1 || got[0] != "message hello <@UDUEBOT001>" {
		t.Errorf("heard %q, want the message in the channel alone", got)
	}
	if _, err := x.Command(background, "USALES0001", "CINVOICES1", "/pay", ""); err == nil || !strings.Contains(err.Error(), "not a valid command") {
		t.Errorf("an unknown command: %v", err)
	}
	if err := x.Shortcut(background, "USALES0001", "do", "", ""); err == nil {
		t.Error("an unknown shortcut is taken")
	}
	if err := x.SetScope("commands", false); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Command(background, "USALES0001", "CINVOICES1", "/ar", ""); err == nil {
		t.Error("a command works without its scope")
	}
	if err := x.SetScope("files:read", true); err == nil {
		t.Error("a scope that the manifest does not ask for is granted")
	}
}

// A manifest from anywhere is read without harm.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) { ReadManifest(data) })
}
