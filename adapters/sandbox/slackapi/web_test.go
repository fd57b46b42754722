package slackapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"duebot/adapters/sandbox/stand"
)

func TestMessagesOfTheBot(t *testing.T) {
	x := open(t)
	_, ts, err := x.api.PostMessage("CFINANCE01", slack.MsgOptionText("one & two", false), slack.MsgOptionBlocks(section("*one*")),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "notice", EventPayload: map[string]any{"id": "n1"}}))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := x.api.UpdateMessage("CFINANCE01", ts, slack.MsgOptionText("changed", false)); err != nil {
		t.Fatal(err)
	}
	h := must[*slack.GetConversationHistoryResponse](t)(x.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "CFINANCE01", IncludeAllMetadata: true}))
	m := h.Messages[0]
	if m.Text != "changed" || len(m.Blocks.BlockSet) != 1 || m.Blocks.BlockSet[0].ID() == "" || m.Metadata.EventPayload["id"] != "n1" || m.Edited == nil || m.BotID != "BDUEBOT001" {
		t.Errorf("history: %+v", m)
	}
	h = must[*slack.GetConversationHistoryResponse](t)(x.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "CFINANCE01"}))
	if h.Messages[0].Metadata.EventType != "" {
		t.Error("metadata came without being asked for")
	}
	link := must[string](t)(x.api.GetPermalink(&slack.PermalinkParameters{Channel: "CFINANCE01", Ts: ts}))
	if want := "https://lindenhof.slack.com/archives/CFINANCE01/p" + strings.ReplaceAll(ts, ".", ""); link != want {
		t.Errorf("permalink: got %s, want %s", link, want)
	}
	if _, _, err := x.api.DeleteMessage("CFINANCE01", ts); err != nil {
		t.Fatal(err)
	}
	if _, _, err := x.api.DeleteMessage("CFINANCE01", ts); slackErr(err) != "message_not_found" {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestRefusedMessages(t *testing.T) {
	x := open(t)
	own := must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CFINANCE01", Text: "mine"}))
	_, mine, _ := x.api.PostMessage("CFINANCE01", slack.MsgOptionText("bot's", false))
	hidden, _ := x.api.PostEphemeral("CFINANCE01", "USALES0001", slack.MsgOptionText("hidden", false))
	x.mu.Lock()
	x.w.Channels = append(x.w.Channels, &channel{ID: "CPRIVATE01", Name: "board", Members: []string{"UMANAGER01"}},
		&channel{ID: "COLD000001", Name: "old", Archived: true, Members: []string{botUser}})
	x.mu.Unlock()
	post := func(ch string, o ...slack.MsgOption) func() error {
		return func() error { _, _, err := x.api.PostMessage(ch, o...); return err }
	}
	update := func(ts string, o ...slack.MsgOption) func() error {
		return func() error { _, _, _, err := x.api.UpdateMessage("CFINANCE01", ts, o...); return err }
	}
	text := slack.MsgOptionText("x", false)
	var many []slack.Block
	for range 51 {
		many = append(many, slack.NewDividerBlock())
	}
	var long []slack.Block
	for range 4 {
		long = append(long, section(strings.Repeat("a", 2900)))
	}
	for _, c := range []struct {
		name string
		do   func() error
		want string
	}{
		{"unknown channel", post("CNOWHERE01", text), "channel_not_found"},
		{"not a member", post("CPRIVATE01", text), "not_in_channel"},
		{"archived", post("COLD000001", text), "is_archived"},
		{"nothing to say", post("CFINANCE01"), "no_text"},
		{"no thread", post("CFINANCE01", text, slack.MsgOptionTS("1.000001")), "thread_not_found"},
		{"51 blocks", post("CFINANCE01", slack.MsgOptionBlocks(many...)), "invalid_blocks"},
		{"too much text in blocks", post("CFINANCE01", slack.MsgOptionBlocks(long...)), "msg_blocks_too_long"},
		{"metadata without a type", post("CFINANCE01", text, slack.MsgOptionMetadata(slack.SlackMetadata{EventPayload: map[string]any{"a": 1}})), "invalid_metadata_schema"},
		{"metadata too large", post("CFINANCE01", text, slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "x", EventPayload: map[string]any{"a": strings.Repeat("b", 9000)}})), "metadata_too_large"},
		{"a person's message", update(own, text), "cant_update_message"},
		{"an ephemeral message", update(hidden, text), "message_not_found"},
		{"update to nothing", update(mine), "no_text"},
		{"update with 4001 characters", update(mine, slack.MsgOptionText(strings.Repeat("a", 4001), false)), "msg_too_long"},
		{"delete a person's message", func() error { _, _, err := x.api.DeleteMessage("CFINANCE01", own); return err }, "cant_delete_message"},
		{"ephemeral to a stranger", func() error { _, err := x.api.PostEphemeral("CFINANCE01", "UNOBODY001", text); return err }, "user_not_found"},
		{"reaction twice", func() error {
			x.api.AddReaction("eyes", slack.NewRefToMessage("CFINANCE01", own))
			return x.api.AddReaction("eyes", slack.NewRefToMessage("CFINANCE01", own))
		}, "already_reacted"},
		{"reaction taken off twice", func() error {
			x.api.RemoveReaction("eyes", slack.NewRefToMessage("CFINANCE01", own))
			return x.api.RemoveReaction("eyes", slack.NewRefToMessage("CFINANCE01", own))
		}, "no_reaction"},
	} {
		x.clock.move(10 * time.Second)
		if got := slackErr(c.do()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestThreads(t *testing.T) {
	x := open(t)
	_, parent, _ := x.api.PostMessage("CFINANCE01", slack.MsgOptionText("case", false))
	one := must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CFINANCE01", ThreadTS: parent, Text: "one"}))
	must[string](t)(x.Message(background, MessageAct{User: "USALES0001", Channel: "CFINANCE01", ThreadTS: one, Text: "two"}))
	msgs, _, _, err := x.api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: "CFINANCE01", Timestamp: parent})
	if err != nil || len(msgs) != 3 || msgs[0].ReplyCount != 2 || msgs[2].ThreadTimestamp != parent || msgs[2].Text != "two" {
		t.Errorf("replies: %v, %+v", err, msgs)
	}
	h := must[*slack.GetConversationHistoryResponse](t)(x.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "CFINANCE01"}))
	if len(h.Messages) != 1 {
		t.Errorf("history shows %d messages, want the parent alone", len(h.Messages))
	}
	x.api.DeleteMessage("CFINANCE01", parent)
	_, _, m, err := x.api.PostMessageWithResponse("CFINANCE01", slack.MsgOptionText("late", false), slack.MsgOptionTS(parent))
	if err != nil || m.ThreadTimestamp != "" {
		t.Errorf("answer to a deleted parent: %v, thread %q", err, m.ThreadTimestamp)
	}
}

func TestHistoryPages(t *testing.T) {
	x := open(t)
	if _, err := x.api.PostEphemeral("CINVOICES1", "USALES0001", slack.MsgOptionText("hidden", false)); err != nil {
		t.Fatal(err)
	}
	var all []string
	for i := range 5 {
		all = append(all, must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CINVOICES1", Text: strconv.Itoa(i)})))
	}
	var got []string
	cursor := ""
	for {
		h := must[*slack.GetConversationHistoryResponse](t)(x.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "CINVOICES1", Limit: 2, Cursor: cursor}))
		for _, m := range h.Messages {
			got = append(got, m.Text)
		}
		if cursor = h.ResponseMetaData.NextCursor; cursor == "" {
			break
		}
		must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CINVOICES1", Text: "between"}))
	}
	if s := strings.Join(got, ""); s != "43210" {
		t.Errorf("pages: got %s, want 43210", s)
	}
	for _, c := range []struct {
		inclusive bool
		want      string
	}{{true, "321"}, {false, "2"}} {
		h := must[*slack.GetConversationHistoryResponse](t)(x.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: "CINVOICES1", Oldest: all[1], Latest: all[3], Inclusive: c.inclusive}))
		s := ""
		for _, m := range h.Messages {
			s += m.Text
		}
		if s != c.want {
			t.Errorf("inclusive %v: got %s, want %s", c.inclusive, s, c.want)
		}
	}
}

// A clock that stands still gives unique, rising stamps and lets four messages through; a
// second of business time later there is room for one more.
func TestRateOfAChannel(t *testing.T) {
	x := open(t)
	last := ""
	for i := range 4 {
		_, ts, err := x.api.PostMessage("CFINANCE01", slack.MsgOptionText("x", false))
		if err != nil || ts <= last {
			t.Fatalf("message %d: %s after %s, %v", i, ts, last, err)
		}
		last = ts
	}
	_, _, err := x.api.PostMessage("CFINANCE01", slack.MsgOptionText("x", false))
	var limited *slack.RateLimitedError
	if !errors.As(err, &limited) || limited.RetryAfter != time.Second {
		t.Fatalf("fifth: got %v, want a second's wait", err)
	}
	if _, _, err := x.api.PostMessage("CINVOICES1", slack.MsgOptionText("x", false)); err != nil {
		t.Errorf("another channel: %v", err)
	}
	x.clock.move(time.Second)
	if _, _, err := x.api.PostMessage("CFINANCE01", slack.MsgOptionText("x", false)); err != nil {
		t.Errorf("a second later: %v", err)
	}
	if _, _, err := x.api.PostMessage("CFINANCE01", slack.MsgOptionText("x", false)); !errors.As(err, &limited) {
		t.Errorf("and one more: got %v", err)
	}
}

func TestFaults(t *testing.T) {
	x := open(t)
	post := func() error {
		_, _, err := x.api.PostMessage("CFINANCE01", slack.MsgOptionText("x", false))
		return err
	}
	x.faults.Add(stand.Fault{Platform: "slack", Kind: stand.Fault429, RetryAfter: 7, Channel: "CFINANCE01"})
	var limited *slack.RateLimitedError
	if err := post(); !errors.As(err, &limited) || limited.RetryAfter != 7*time.Second {
		t.Errorf("429: %v", err)
	}
	x.faults.Add(stand.Fault{Platform: "slack", Kind: stand.Fault500})
	var status slack.StatusCodeError
	if err := post(); !errors.As(err, &status) || status.Code != 500 {
		t.Errorf("500: %v", err)
	}
	if n := len(x.messages("CFINANCE01")); n != 0 {
		t.Errorf("refused messages were posted: %d", n)
	}
	short := slack.New("xoxb-sandbox", slack.OptionAPIURL(x.web.URL+"/slack/api/"), slack.OptionHTTPClient(&http.Client{Timeout: 100 * time.Millisecond}))
	for i, kind := range []string{stand.FaultTimeout, stand.FaultTimeoutAfterAccept} {
		x.faults.Add(stand.Fault{Platform: "slack", Kind: kind})
		_, _, err := short.PostMessage("CFINANCE01", slack.MsgOptionText("x", false))
		if err == nil {
			t.Errorf("%s: answered", kind)
		}
		if n := len(x.messages("CFINANCE01")); n != i {
			t.Errorf("%s: %d messages, want %d", kind, n, i)
		}
	}
	if _, err := x.api.AuthTest(); err != nil {
		t.Errorf("auth.test: %v", err)
	}
	eventually(t, "nothing is held", func() bool { x.mu.Lock(); defer x.mu.Unlock(); return x.serving == 0 })
}

func TestResponseURLLivesFiveUsesAndHalfAnHour(t *testing.T) {
	x := open(t)
	x.mu.Lock()
	five := x.linkURL(x.newLink("commands", "USALES0001", "CINVOICES1", "", x.clock.Now()))
	old := x.linkURL(x.newLink("commands", "USALES0001", "CINVOICES1", "", x.clock.Now()))
	x.mu.Unlock()
	say := func(url string, o ...slack.MsgOption) error {
		o = append(o, slack.MsgOptionText("x", false))
		_, _, err := x.api.PostMessage("", append(o, slack.MsgOptionResponseURL(url, slack.ResponseTypeInChannel))...)
		return err
	}
	for i := range 5 {
		if err := say(five); err != nil {
			t.Fatalf("use %d: %v", i, err)
		}
	}
	var status slack.StatusCodeError
	if err := say(five); !errors.As(err, &status) || status.Code != 404 {
		t.Errorf("sixth use: %v", err)
	}
	x.clock.move(31 * time.Minute)
	if err := say(old); !errors.As(err, &status) || status.Code != 404 {
		t.Errorf("after 31 minutes: %v", err)
	}
	if n := len(x.messages("CINVOICES1")); n != 5 {
		t.Errorf("messages: %d", n)
	}
}

func TestUpload(t *testing.T) {
	x := open(t)
	_, parent, _ := x.api.PostMessage("CFINANCE01", slack.MsgOptionText("case", false))
	pdf := []byte("%PDF-1.7 not really")
	f, err := x.api.UploadFile(slack.UploadFileParameters{Reader: bytes.NewReader(pdf), FileSize: len(pdf), Filename: "invoice.pdf", Title: "Invoice",
		Channel: "CFINANCE01", InitialComment: "Here it is", ThreadTimestamp: parent})
	if err != nil {
		t.Fatal(err)
	}
	m := x.messages("CFINANCE01")[1]
	if m["text"] != "Here it is" || m["thread_ts"] != parent {
		t.Errorf("message: %v", m)
	}
	if info, _, _, err := x.api.GetFileInfo(f.ID, 0, 0); err != nil || info.Mimetype != "" {
		t.Errorf("an upload is read in a moment later, and its kind is known at once: %v, %q", err, info.Mimetype)
	}
	time.Sleep(readIn)
	info, _, _, err := x.api.GetFileInfo(f.ID, 0, 0)
	if err != nil || info.Mimetype != "application/pdf" || info.Title != "Invoice" || len(info.Shares.Public["CFINANCE01"]) != 1 {
		t.Fatalf("info: %v, %+v", err, info)
	}
	var got bytes.Buffer
	if err := x.api.GetFile(info.URLPrivateDownload, &got); err != nil || !bytes.Equal(got.Bytes(), pdf) {
		t.Errorf("download: %v, %q", err, got.Bytes())
	}
	resp, err := http.Get(info.URLPrivate)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("without a token: %d", resp.StatusCode)
	}
	u := must[*slack.GetUploadURLExternalResponse](t)(x.api.GetUploadURLExternalContext(background, slack.GetUploadURLExternalParameters{FileName: "a.csv", FileSize: 3}))
	if _, err := x.api.CompleteUploadExternalContext(background, slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{{ID: u.FileID}}}); slackErr(err) != "file_not_found" {
		t.Errorf("completed before the upload: %v", err)
	}
	for _, c := range []struct {
		body   string
		status int
		answer string
	}{{"ab", 400, "Bad Request: 2 bytes, announced 3\n"}, {"a,b", 200, "OK - 3"}} {
		resp, err := http.Post(u.UploadURL, "application/octet-stream", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != c.status || string(b) != c.answer {
			t.Errorf("raw upload of %q: %d %q", c.body, resp.StatusCode, b)
		}
	}
}

func TestPeopleAndChannels(t *testing.T) {
	x := open(t)
	u := must[*slack.User](t)(x.api.GetUserByEmail("Sofia@lindenhof.example"))
	if u.ID != "USALES0001" || u.TZ != "Europe/Berlin" || u.TZOffset != 3600 || u.RealName != "Sofia Brandt" {
		t.Errorf("user: %+v", u)
	}
	if _, err := x.api.GetUserInfo("UNOBODY001"); slackErr(err) != "user_not_found" {
		t.Errorf("unknown user: %v", err)
	}
	if users := must[[]slack.User](t)(x.api.GetUsers()); len(users) != 5 {
		t.Errorf("users: %d", len(users))
	}
	ch, noOp, already, err := x.api.OpenConversation(&slack.OpenConversationParameters{Users: []string{"UMANAGER01"}, ReturnIM: true})
	if err != nil || !ch.IsIM || ch.User != "UMANAGER01" || noOp || already {
		t.Errorf("open: %v, %+v", err, ch)
	}
	id, _, err := x.api.PostMessage("UMANAGER01", slack.MsgOptionText("digest", false))
	if err != nil || id != ch.ID {
		t.Errorf("message to a user: %s, %v", id, err)
	}
	list, next, err := x.api.GetConversations(&slack.GetConversationsParameters{Types: []string{"public_channel", "im"}, Limit: 2})
	if err != nil || len(list) != 2 || next == "" {
		t.Errorf("list: %v, %d, %q", err, len(list), next)
	}
	members, _, err := x.api.GetUsersInConversation(&slack.GetUsersInConversationParameters{ChannelID: "CFINANCE01"})
	if err != nil || len(members) != 5 {
		t.Errorf("members: %v, %v", err, members)
	}
	if g := must[[]slack.UserGroup](t)(x.api.GetUserGroups()); len(g) != 1 || g[0].ID != "SSALES0001" {
		t.Errorf("groups: %v", g)
	}
}

func TestSaveAndLoad(t *testing.T) {
	x := open(t)
	x.api.PostMessage("CFINANCE01", slack.MsgOptionText("kept", false), slack.MsgOptionBlocks(slack.NewActionBlock("b", button("go", "1", "Go"))))
	must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "UFINANCE01", Text: "unheard", Files: []File{{Name: "a.txt", Mime: "text/plain", Data: "aGk="}}}))
	saved, err := x.Save()
	if err != nil {
		t.Fatal(err)
	}
	before, pending := mustJSON(x.State()), x.Pending()
	x.Reset()
	if len(x.snapshot().Messages) != 0 || x.Pending() != 0 {
		t.Error("not as new after Reset")
	}
	if err := x.Load(saved); err != nil {
		t.Fatal(err)
	}
	if after := mustJSON(x.State()); after != before || x.Pending() != pending {
		t.Errorf("after Load:\n got %s, %d pending\nwant %s, %d pending", after, x.Pending(), before, pending)
	}
	again, _ := x.Save()
	if !bytes.Equal(again, saved) {
		t.Error("saved anew, it reads differently")
	}
	if err := x.Load([]byte("{")); err == nil {
		t.Error("half a file was loaded")
	}
}

// A block shows a file that is there, is a picture, and was read in.
func TestPicturesInBlocks(t *testing.T) {
	x := open(t)
	png := []byte("\x89PNG\r\n\x1a\n0000")
	upload := func(name string) string {
		f, err := x.api.UploadFile(slack.UploadFileParameters{Reader: bytes.NewReader(png), FileSize: len(png), Filename: name})
		if err != nil {
			t.Fatal(err)
		}
		return f.ID
	}
	say := func(id string) error {
		_, _, err := x.api.PostMessage("CFINANCE01", slack.MsgOptionBlocks(slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: id}, "what it shows", "", nil)))
		return err
	}
	id, text := upload("aging.png"), upload("aging.csv")
	var refused slack.SlackErrorResponse
	if err := say(id); !errors.As(err, &refused) || refused.Err != "invalid_blocks" || !strings.Contains(strings.Join(refused.ResponseMetadata.Messages, ""), "invalid slack file [json-pointer:/blocks/0/slack_file]") {
		t.Errorf("a picture that was not read in: %v", err)
	}
	time.Sleep(readIn)
	if err := say(id); err != nil {
		t.Errorf("a picture: %v", err)
	}
	for name, id := range map[string]string{"a table": text, "nothing": "F999999999"} {
		if err := say(id); err == nil {
			t.Errorf("%s is shown as a picture", name)
		}
	}
	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{
		slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: "F999999999"}, "what it shows", "", nil)}}}
	if _, err := x.api.PublishView("USALES0001", home, ""); err == nil {
		t.Error("a Home tab shows a file that is not there")
	}
}
