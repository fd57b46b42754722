package slackapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// A private channel without the bot is to it as if it were not there.
func TestPrivateChannels(t *testing.T) {
	x := open(t)
	id := must[string](t)(x.MakeChannel("board", true, []string{"UMANAGER01", "UFINANCE01"}))
	own := must[string](t)(x.Message(background, MessageAct{User: "UMANAGER01", Channel: id, Text: "secret"}))
	for _, c := range []struct{ method, args string }{
		{"conversations.info", `{"channel":"` + id + `"}`},
		{"conversations.history", `{"channel":"` + id + `"}`},
		{"conversations.replies", `{"channel":"` + id + `","ts":"` + own + `"}`},
		{"conversations.members", `{"channel":"` + id + `"}`},
		{"conversations.join", `{"channel":"` + id + `"}`},
		{"conversations.invite", `{"channel":"` + id + `","users":"USALES0001"}`},
		{"chat.postMessage", `{"channel":"` + id + `","text":"x"}`},
		{"chat.postMessage", `{"channel":"board","text":"x"}`},
		{"chat.getPermalink", `{"channel":"` + id + `","message_ts":"` + own + `"}`},
		{"chat.scheduleMessage", `{"channel":"` + id + `","text":"x","post_at":9999999999}`},
		{"reactions.add", `{"channel":"` + id + `","timestamp":"` + own + `","name":"eyes"}`},
		{"pins.list", `{"channel":"` + id + `"}`},
	} {
		if a := x.ask(c.method, c.args); a["error"] != "channel_not_found" {
			t.Errorf("%s: %v", c.method, a)
		}
	}
	types := &slack.GetConversationsParameters{Types: []string{"public_channel", "private_channel", "mpim", "im"}}
	if list, _, err := x.api.GetConversations(types); err != nil || len(list) != 2 {
		t.Errorf("listed: %+v %v", list, err)
	}
	if err := x.SetChannel(id, nil, new(bool)); err != nil {
		t.Fatal(err)
	}
	ch := must[*slack.Channel](t)(x.api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: id}))
	if !ch.IsPrivate || ch.IsMpIM || !ch.IsMember || ch.Name != "board" {
		t.Errorf("as a member: %+v", ch)
	}
	if _, _, err := x.api.PostMessage(id, slack.MsgOptionText("x", false)); err != nil {
		t.Error(err)
	}
	if list, _, err := x.api.GetConversations(types); err != nil || len(list) != 3 {
		t.Errorf("listed: %+v %v", list, err)
	}
	if err := x.SetScope("groups:history", false); err != nil {
		t.Fatal(err)
	}
	if a := x.ask("conversations.history", `{"channel":"`+id+`"}`); a["error"] != "missing_scope" || a["needed"] != "groups:history" {
		t.Errorf("without the scope: %v", a)
	}
}

// The app hears of private channels and of group messages by their own kinds of event.
func TestKindsOfChannel(t *testing.T) {
	x := open(t)
	id := must[string](t)(x.MakeChannel("board", true, []string{"UMANAGER01", botUser}))
	mpim, _, already, err := x.api.OpenConversation(&slack.OpenConversationParameters{Users: []string{"UFINANCE01", "USALES0001"}})
	if err != nil || already || !mpim.IsMpIM || mpim.Name != "mpdm-farid--sofia--duebot-1" {
		t.Fatalf("opened: %+v %v", mpim, err)
	}
	if again, _, already, err := x.api.OpenConversation(&slack.OpenConversationParameters{Users: []string{"USALES0001", "UFINANCE01"}}); err != nil || !already || again.ID != mpim.ID {
		t.Errorf("opened again: %+v %v %v", again, already, err)
	}
	x.mu.Lock()
	x.w.Queue, x.waiting = nil, nil
	x.mu.Unlock()
	must[string](t)(x.Message(background, MessageAct{User: "UMANAGER01", Channel: id, Text: "one"}))
	must[string](t)(x.Message(background, MessageAct{User: "USALES0001", Channel: mpim.ID, Text: "two"}))
	var kinds []string
	for _, e := range x.w.Queue {
		for _, kind := range []string{"group", "mpim", "channel"} {
			if strings.Contains(string(e.Payload), `"channel_type":"`+kind+`"`) {
				kinds = append(kinds, kind)
			}
		}
	}
	if !slices.Equal(kinds, []string{"group", "mpim"}) {
		t.Errorf("kinds %v", kinds)
	}
	if got := x.w.channel(id).label(); got != "privategroup" {
		t.Errorf("a command's channel_name is %q", got)
	}
}

func TestChannelsOfTheBot(t *testing.T) {
	x := open(t)
	ch := must[*slack.Channel](t)(x.api.CreateConversation(slack.CreateConversationParams{ChannelName: "disputes"}))
	if ch.Name != "disputes" || ch.IsPrivate || !ch.IsMember || ch.Creator != botUser {
		t.Errorf("made: %+v", ch)
	}
	for name, want := range map[string]string{"disputes": "name_taken", "Disputes": "invalid_name_specials", "a b": "invalid_name_specials", "": "invalid_name_required",
		"--": "invalid_name_punctuation", strings.Repeat("a", 81): "invalid_name_maxlength"} {
		if _, err := x.api.CreateConversation(slack.CreateConversationParams{ChannelName: name}); slackErr(err) != want {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
	if _, err := x.api.InviteUsersToConversation(ch.ID, "USALES0001", "UFINANCE01"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ users, want string }{{"USALES0001", "already_in_channel"}, {botUser, "cant_invite_self"}, {"UNOBODY001", "user_not_found"}, {"UMANAGER01,USALES0001", "already_in_channel"}} {
		if a := x.ask("conversations.invite", `{"channel":"`+ch.ID+`","users":"`+c.users+`"}`); a["error"] != c.want {
			t.Errorf("invite %s: %v", c.users, a)
		}
	}
	if a := x.ask("conversations.invite", `{"channel":"`+ch.ID+`","users":"UMANAGER01,USALES0001","force":true}`); a["ok"] != true {
		t.Errorf("by force: %v", a)
	}
	if got := must[*slack.Channel](t)(x.api.SetTopicOfConversation(ch.ID, "What is open")); got.Topic.Value != "What is open" {
		t.Errorf("topic: %+v", got.Topic)
	}
	if a := x.ask("conversations.setPurpose", `{"channel":"`+ch.ID+`","purpose":"`+strings.Repeat("a", 251)+`"}`); a["error"] != "too_long" {
		t.Errorf("long purpose: %v", a)
	}
	if err := x.api.KickUserFromConversation(ch.ID, "USALES0001"); err != nil {
		t.Error(err)
	}
	if got := must[*slack.Channel](t)(x.api.RenameConversation(ch.ID, "disputes-2")); got.Name != "disputes-2" {
		t.Errorf("renamed: %+v", got)
	}
	if err := x.api.ArchiveConversation(ch.ID); err != nil {
		t.Error(err)
	}
	if _, _, err := x.api.PostMessage(ch.ID, slack.MsgOptionText("x", false)); slackErr(err) != "is_archived" {
		t.Errorf("archived: %v", err)
	}
	if err := x.api.ArchiveConversation(ch.ID); slackErr(err) != "already_archived" {
		t.Errorf("archived twice: %v", err)
	}
	if err := x.api.UnArchiveConversation(ch.ID); err != nil {
		t.Error(err)
	}
	if _, err := x.api.LeaveConversation(ch.ID); err != nil {
		t.Error(err)
	}
	if _, err := x.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: ch.ID}); slackErr(err) != "not_in_channel" {
		t.Errorf("after leaving: %v", err)
	}
	if was, err := x.api.LeaveConversation(ch.ID); err != nil || !was {
		t.Errorf("left twice: %v %v", was, err)
	}
	if err := x.SetScope("channels:manage", false); err != nil {
		t.Fatal(err)
	}
	if a := x.ask("conversations.create", `{"name":"more"}`); a["error"] != "missing_scope" || a["needed"] != "channels:manage" {
		t.Errorf("without the scope: %v", a)
	}
	if a := x.ask("conversations.create", `{"name":"more","is_private":true}`); a["ok"] != true {
		t.Errorf("a private one wants another scope: %v", a)
	}
}

// A scheduled message comes at its time, also after a restart, and can be taken back before.
func TestScheduledMessages(t *testing.T) {
	x := open(t)
	at := x.clock.Now().Add(10 * time.Minute)
	in := func(d time.Duration) string { return timeArg(at.Add(d)) }
	_, first, err := x.api.ScheduleMessage("CFINANCE01", in(0), slack.MsgOptionText("later", false))
	if err != nil || !strings.HasPrefix(first, "Q") {
		t.Fatal(first, err)
	}
	_, second, _ := x.api.ScheduleMessage("CFINANCE01", in(time.Hour), slack.MsgOptionText("never", false))
	list, _, err := x.api.GetScheduledMessages(&slack.GetScheduledMessagesParameters{Channel: "CFINANCE01"})
	if err != nil || len(list) != 2 || list[0].Text != "later" || list[0].PostAt != int(at.Unix()) {
		t.Errorf("scheduled: %+v %v", list, err)
	}
	if ok, err := x.api.DeleteScheduledMessage(&slack.DeleteScheduledMessageParameters{Channel: "CFINANCE01", ScheduledMessageID: second}); !ok || err != nil {
		t.Errorf("taken back: %v", err)
	}
	for _, c := range []struct{ args, want string }{
		{`"post_at":"` + in(-time.Hour) + `","text":"x"`, "time_in_past"},
		{`"post_at":"` + in(121*24*time.Hour) + `","text":"x"`, "time_too_far"},
		{`"post_at":"soon","text":"x"`, "invalid_time"},
		{`"post_at":"` + in(0) + `"`, "no_text"},
	} {
		if a := x.ask("chat.scheduleMessage", `{"channel":"CFINANCE01",`+c.args+`}`); a["error"] != c.want {
			t.Errorf("%s: %v", c.args, a)
		}
	}
	saved := must[[]byte](t)(x.Save())
	if err := x.Load(saved); err != nil {
		t.Fatal(err)
	}
	x.clock.move(11 * time.Minute)
	var texts []string
	for end := time.Now().Add(5 * time.Second); len(texts) == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		h := must[*slack.GetConversationHistoryResponse](t)(x.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "CFINANCE01"}))
		for _, m := range h.Messages {
			texts = append(texts, m.Text)
		}
	}
	if !slices.Equal(texts, []string{"later"}) {
		t.Errorf("posted %q", texts)
	}
	for range windowMax {
		x.clock.move(time.Minute)
		if _, _, err := x.api.ScheduleMessage("CINVOICES1", in(10*24*time.Hour), slack.MsgOptionText("x", false)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := x.api.ScheduleMessage("CINVOICES1", in(10*24*time.Hour+time.Minute), slack.MsgOptionText("x", false)); slackErr(err) != "restricted_too_many" {
		t.Errorf("thirty-one in five minutes: %v", err)
	}
}

func TestPinsAndReactions(t *testing.T) {
	x := open(t)
	own := must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CFINANCE01", Text: "rules"}))
	ref := slack.NewRefToMessage("CFINANCE01", own)
	if err := x.api.AddPin("CFINANCE01", ref); err != nil {
		t.Fatal(err)
	}
	if err := x.api.AddPin("CFINANCE01", ref); slackErr(err) != "already_pinned" {
		t.Errorf("pinned twice: %v", err)
	}
	items, _, err := x.api.ListPins("CFINANCE01")
	if err != nil || len(items) != 1 || items[0].Message.Timestamp != own || !slices.Equal(items[0].Message.PinnedTo, []string{"CFINANCE01"}) {
		t.Errorf("pins: %+v %v", items, err)
	}
	if err := x.DeleteMessage(background, "UFINANCE01", "CFINANCE01", own); err != nil {
		t.Fatal(err)
	}
	if items, _, err := x.api.ListPins("CFINANCE01"); err != nil || len(items) != 0 {
		t.Errorf("a deleted message stays pinned: %+v %v", items, err)
	}
	own = must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CFINANCE01", Text: "more"}))
	ref = slack.NewRefToMessage("CFINANCE01", own)
	if err := x.api.RemovePin("CFINANCE01", ref); slackErr(err) != "no_pin" {
		t.Errorf("no pin: %v", err)
	}
	if err := x.api.AddReaction("eyes", ref); err != nil {
		t.Fatal(err)
	}
	got, err := x.api.GetReactions(ref, slack.GetReactionsParameters{})
	if err != nil || len(got.Reactions) != 1 || got.Reactions[0].Name != "eyes" || !slices.Equal(got.Reactions[0].Users, []string{botUser}) {
		t.Errorf("reactions: %+v %v", got, err)
	}
	if last := x.w.Queue[len(x.w.Queue)-1]; !strings.Contains(string(last.Payload), `"type":"reaction_added"`) {
		t.Errorf("the app hears of its own reaction: %s", last.Payload)
	}
	if err := x.SetChannel("CFINANCE01", nil, ptr(true)); err != nil {
		t.Fatal(err)
	}
	if err := x.api.AddReaction("tada", ref); slackErr(err) != "not_in_channel" {
		t.Errorf("reaction from outside: %v", err)
	}
}

// Files of a channel that the bot is not in are nobody's to it; only its own can be deleted.
func TestFilesOfOthers(t *testing.T) {
	x := open(t)
	board := must[string](t)(x.MakeChannel("board", true, []string{"UMANAGER01"}))
	act := MessageAct{User: "UMANAGER01", Channel: board, Files: []File{{Name: "a.txt", Mime: "text/plain", Data: "YQ=="}}}
	must[string](t)(x.Message(background, act))
	act.Channel = "CFINANCE01"
	must[string](t)(x.Message(background, act))
	up, err := x.api.UploadFile(slack.UploadFileParameters{Filename: "b.txt", Content: "b", FileSize: 1, Channel: "CFINANCE01"})
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := x.api.GetFiles(slack.NewGetFilesParameters())
	if err != nil || len(list) != 2 || list[0].ID != up.ID {
		t.Fatalf("files: %+v %v", list, err)
	}
	hidden := ""
	for id, f := range x.w.Files {
		if slices.Contains(f.Channels, board) {
			hidden = id
		}
	}
	if _, _, _, err := x.api.GetFileInfo(hidden, 0, 0); slackErr(err) != "file_not_found" {
		t.Errorf("a hidden file: %v", err)
	}
	req, _ := http.NewRequest("GET", wireFile(x.w.Files[hidden], x.web.URL)["url_private"].(string), nil)
	req.Header.Set("Authorization", "Bearer xoxb-sandbox")
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if r.Body.Close(); r.StatusCode != http.StatusNotFound {
		t.Errorf("a hidden file's bytes: %s", r.Status)
	}
	if err := x.api.DeleteFile(list[1].ID); slackErr(err) != "cant_delete_file" {
		t.Errorf("somebody's file: %v", err)
	}
	if err := x.api.DeleteFile(up.ID); err != nil {
		t.Error(err)
	}
	if a := x.ask("files.upload", `{"content":"x"}`); a["error"] != "method_deprecated" {
		t.Errorf("files.upload: %v", a)
	}
}

// JSON should name its charset, a form need not; both are warned of and work all the same.
func TestCharsets(t *testing.T) {
	x := open(t)
	for _, c := range []struct{ kind, body, warning, code string }{
		{"application/json; charset=utf-8", `{"channel":"CFINANCE01","text":"x"}`, "", ""},
		{"application/json", `{"channel":"CFINANCE01","text":"x"}`, "missing_charset", ""},
		{"application/json", `{"channel":"CFINANCE01","text":"` + strings.Repeat("a", 40001) + `"}`, "message_truncated,missing_charset", ""},
		{"application/x-www-form-urlencoded", `channel=CFINANCE01&text=x`, "", ""},
		{"application/x-www-form-urlencoded; charset=UTF-8", `channel=CFINANCE01&text=x`, "superfluous_charset", ""},
		{"application/json; charset=koi8-r", `{}`, "", "invalid_charset"},
		{"application/json", `{"channel":"CNONE"}`, "missing_charset", "channel_not_found"},
	} {
		x.clock.move(time.Minute)
		req, _ := http.NewRequest("POST", x.web.URL+"/slack/api/chat.postMessage", strings.NewReader(c.body))
		req.Header.Set("Content-Type", c.kind)
		req.Header.Set("Authorization", "Bearer xoxb-sandbox")
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var a map[string]any
		err = json.NewDecoder(r.Body).Decode(&a)
		r.Body.Close()
		if err != nil || stringOf(a["warning"]) != c.warning || stringOf(a["error"]) != c.code {
			t.Errorf("%s: %v %v", c.kind, a["warning"], a["error"])
		}
	}
}

func timeArg(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

func ptr[T any](v T) *T { return &v }
