package slackapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"duebot/adapters/sandbox/stand"
)

var background = context.Background()

func button(action, value, label string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(action, value, slack.NewTextBlockObject(slack.PlainTextType, label, false, false))
}

func section(text string) *slack.SectionBlock {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, false), nil, nil)
}

// A command's acknowledgement becomes an ephemeral message whose button can be pressed;
// the response URL replaces it where it stands.
func TestCommandButtonAndResponse(t *testing.T) {
	x := open(t)
	var got slack.SlashCommand
	var pressed slack.InteractionCallback
	x.connect(func(ev socketmode.Event) {
		switch d := ev.Data.(type) {
		case slack.SlashCommand:
			got = d
			x.sock.Ack(*ev.Request, map[string]any{"text": "Preview", "blocks": []slack.Block{section("Preview"), slack.NewActionBlock("go", button("confirm", "7", "Confirm"))}})
		case slack.InteractionCallback:
			pressed = d
			x.sock.Ack(*ev.Request)
			_, _, err := x.api.PostMessage("", slack.MsgOptionReplaceOriginal(d.ResponseURL), slack.MsgOptionText("Done", false))
			if err != nil {
				t.Error(err)
			}
		}
	})
	reply, err := x.Command(background, "USALES0001", "CINVOICES1", "/ar", `invoice acme 5 "R&D <x>" for @farid in #finance`)
	if err != nil || reply.Error != "" {
		t.Fatalf("command: %+v, %v", reply, err)
	}
	if want := `invoice acme 5 "R&amp;D &lt;x&gt;" for <@UFINANCE01> in <#CFINANCE01|finance>`; got.Text != want {
		t.Errorf("text: got %q, want %q", got.Text, want)
	}
	if got.Command != "/ar" || got.UserName != "sofia" || got.ChannelName != "invoices" || got.TriggerID == "" || got.TeamID != "T0SANDBOX" {
		t.Errorf("command: %+v", got)
	}
	m := x.messages("CINVOICES1")
	if len(m) != 1 || m[0]["ephemeral_to"] != "USALES0001" || m[0]["ts"] != reply.TS {
		t.Fatalf("messages: %v", m)
	}
	press := Action{User: "UFINANCE01", Channel: "CINVOICES1", TS: reply.TS, Label: "Confirm"}
	if err := x.Action(background, press); err == nil {
		t.Error("somebody else pressed a button that he cannot see")
	}
	press.User = "USALES0001"
	if err := x.Action(background, press); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the answer replaced the preview", func() bool {
		m := x.messages("CINVOICES1")
		return len(m) == 1 && m[0]["text"] == "Done" && m[0]["blocks"] == nil && m[0]["ts"] == reply.TS
	})
	a := pressed.ActionCallback.BlockActions
	if len(a) != 1 || a[0].ActionID != "confirm" || a[0].Value != "7" || a[0].BlockID != "go" || a[0].Text.Text != "Confirm" {
		t.Errorf("action: %+v", a)
	}
	if c := pressed.Container; c.MessageTs != reply.TS || !c.IsEphemeral || c.ChannelID != "CINVOICES1" || pressed.Message.Timestamp != "" {
		t.Errorf("container %+v, message %q", c, pressed.Message.Timestamp)
	}
	eventually(t, "all quiet", func() bool { return x.Pending() == 0 })
}

func TestNobodyAnswers(t *testing.T) {
	x := open(t)
	quick(t, 50*time.Millisecond, 50*time.Millisecond)
	reply, err := x.Command(background, "USALES0001", "CINVOICES1", "/ar", "help")
	if err != nil || reply.Error != "dispatch_failed" {
		t.Errorf("no socket: got %+v, %v", reply, err)
	}
	x.connect(func(socketmode.Event) {})
	reply, err = x.Command(background, "USALES0001", "CINVOICES1", "/ar", "help")
	if err != nil || reply.Error != "operation_timeout" {
		t.Errorf("no acknowledgement: got %+v, %v", reply, err)
	}
	if n := x.Pending(); n != 0 {
		t.Errorf("pending: got %d, want 0", n)
	}
}

// An event that is not acknowledged comes again with its number, three times, and then no
// more.
func TestRedelivery(t *testing.T) {
	x := open(t)
	quick(t, 30*time.Millisecond, time.Second)
	var mu sync.Mutex
	var attempts []int
	var ids = map[string]bool{}
	x.connect(func(ev socketmode.Event) {
		if e, ok := ev.Data.(slackevents.EventsAPIEvent); ok {
			mu.Lock()
			defer mu.Unlock()
			attempts = append(attempts, ev.Request.RetryAttempt)
			ids[e.Data.(*slackevents.EventsAPICallbackEvent).EventID] = true
		}
	})
	must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CINVOICES1", Text: "hello"}))
	if x.Pending() != 1 {
		t.Errorf("pending: got %d, want 1", x.Pending())
	}
	eventually(t, "the app is given up", func() bool { return x.Pending() == 0 })
	mu.Lock()
	defer mu.Unlock()
	if b, _ := json.Marshal(attempts); string(b) != "[0,1,2,3]" || len(ids) != 1 {
		t.Errorf("attempts: got %s of %d events, want [0,1,2,3] of one", b, len(ids))
	}
}

// Events wait for a socket, in order; an app that comes back after a cut connection gets
// what it had not acknowledged, marked as a repetition.
func TestCutAndReconnect(t *testing.T) {
	x := open(t)
	for _, text := range []string{"one", "two"} {
		must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CINVOICES1", Text: text}))
	}
	type seen struct {
		text    string
		attempt int
	}
	got := make(chan seen, 10)
	silent := true
	x.connect(func(ev socketmode.Event) {
		e, ok := ev.Data.(slackevents.EventsAPIEvent)
		if !ok {
			return
		}
		m := e.InnerEvent.Data.(*slackevents.MessageEvent)
		got <- seen{m.Text, ev.Request.RetryAttempt}
		if !silent {
			x.sock.Ack(*ev.Request)
		}
		if silent && m.Text == "two" {
			silent = false
			x.DropSocket()
		}
	})
	for _, want := range []seen{{"one", 0}, {"two", 0}, {"one", 1}, {"two", 1}} {
		select {
		case g := <-got:
			if g != want {
				t.Fatalf("got %v, want %v", g, want)
			}
		case <-time.After(4 * time.Second):
			t.Fatalf("missing %v", want)
		}
	}
	eventually(t, "all quiet", func() bool { return x.Pending() == 0 })
}

// An app that dies again and again before it acknowledges loses nothing.
func TestManyCutsLoseNothing(t *testing.T) {
	x := open(t)
	must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CINVOICES1", Text: "patience"}))
	for i := range 8 {
		conn := x.dial(t)
		var e struct {
			ID      string `json:"envelope_id"`
			Attempt int    `json:"retry_attempt"`
		}
		for e.ID == "" {
			if err := conn.ReadJSON(&e); err != nil {
				t.Fatalf("connection %d: %v", i, err)
			}
		}
		if e.Attempt != min(i, 3) {
			t.Errorf("connection %d: attempt %d", i, e.Attempt)
		}
		conn.Close()
		eventually(t, "the cut is noticed", func() bool { return x.Sockets() == 0 })
	}
	if x.Pending() != 1 {
		t.Errorf("pending: %d", x.Pending())
	}
}

func TestRefreshOpensAnotherSocket(t *testing.T) {
	x := open(t)
	hellos := make(chan bool, 10)
	x.connect(func(ev socketmode.Event) {
		if ev.Type == socketmode.EventTypeHello {
			hellos <- true
		}
	})
	<-hellos
	x.Refresh()
	select {
	case <-hellos:
	case <-time.After(4 * time.Second):
		t.Fatal("the client did not connect again")
	}
	if x.Sockets() != 1 {
		t.Errorf("sockets: got %d, want 1", x.Sockets())
	}
}

// The fault "duplicate" delivers one envelope twice under one id; the second
// acknowledgement changes nothing.
func TestDuplicate(t *testing.T) {
	x := open(t)
	x.faults.Add(stand.Fault{Platform: "slack", Kind: stand.FaultDuplicate})
	var ids []string
	x.connect(func(ev socketmode.Event) {
		if ev.Type == socketmode.EventTypeSlashCommand {
			ids = append(ids, ev.Request.EnvelopeID)
			x.sock.Ack(*ev.Request, map[string]any{"text": "answer"})
		}
	})
	must[CommandReply](t)(x.Command(background, "USALES0001", "CINVOICES1", "/ar", "help"))
	eventually(t, "both copies are acknowledged", func() bool { return x.Pending() == 0 })
	if len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("envelopes: %v", ids)
	}
	if m := x.messages("CINVOICES1"); len(m) != 1 {
		t.Errorf("messages: got %d, want 1", len(m))
	}
}

// dial opens a socket by hand.
func (x *shop) dial(t *testing.T) *websocket.Conn {
	t.Helper()
	_, url, err := socketmode.New(x.api).Open()
	if err != nil {
		t.Fatal(err)
	}
	conn, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, _, err := websocket.DefaultDialer.Dial(url, nil); err == nil {
		t.Error("a ticket opened two sockets")
	}
	return conn
}

func TestFrameOf20480BytesClosesTheSocket(t *testing.T) {
	x := open(t)
	for size, closes := range map[int]bool{20479: false, 20480: true} {
		conn := x.dial(t)
		frame := `{"envelope_id":"x","payload":{"text":"` + strings.Repeat("a", size) + `"}}`
		frame = frame[:size-3] + `"}}`
		if len(frame) != size || !json.Valid([]byte(frame)) {
			t.Fatalf("frame of %d bytes, want %d", len(frame), size)
		}
		conn.WriteMessage(websocket.TextMessage, []byte(frame))
		conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
		var err error
		for err == nil {
			_, _, err = conn.ReadMessage()
		}
		if got := websocket.IsCloseError(err, 1009); got != closes {
			t.Errorf("%d bytes: got %v, want closed %v", size, err, closes)
		}
		conn.Close()
	}
}

func TestEleventhSocketIsSentAway(t *testing.T) {
	x := open(t)
	for range 10 {
		x.dial(t)
	}
	eventually(t, "ten are open", func() bool { return x.Sockets() == 10 })
	conn := x.dial(t)
	_, b, err := conn.ReadMessage()
	if err != nil || !strings.Contains(string(b), "too_many_websockets") {
		t.Errorf("got %s, %v", b, err)
	}
}

// A socket is pinged at once and often, and an app that leaves others idle shares the
// deliveries among them.
func TestPingsAndTurns(t *testing.T) {
	x := open(t)
	pinged := make(chan string, 10)
	counts := make(chan int, 100)
	for i := range 2 {
		conn := x.dial(t)
		conn.SetPingHandler(func(data string) error { pinged <- data; return nil })
		go func() {
			for {
				_, b, err := conn.ReadMessage()
				if err != nil {
					return
				}
				var e struct {
					ID string `json:"envelope_id"`
				}
				if json.Unmarshal(b, &e); e.ID != "" {
					conn.WriteJSON(map[string]string{"envelope_id": e.ID})
					counts <- i
				}
			}
		}()
	}
	for range 2 {
		select {
		case <-pinged:
		case <-time.After(time.Second):
			t.Fatal("no ping")
		}
	}
	eventually(t, "both are open", func() bool { return x.Sockets() == 2 })
	per := [2]int{}
	for range 6 {
		must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CINVOICES1", Text: "x"}))
		per[<-counts]++
	}
	if per != [2]int{3, 3} {
		t.Errorf("deliveries: got %v, want three each", per)
	}
}

func TestTokens(t *testing.T) {
	x := open(t)
	for _, c := range []struct{ method, header, query, want string }{
		{"auth.test", "", "", "not_authed"},
		{"auth.test", "Bearer xoxb-other", "", "invalid_auth"},
		{"auth.test", "Bearer xapp-sandbox", "", "not_allowed_token_type"},
		{"auth.test", "Bearer xoxb-sandbox", "", ""},
		{"auth.test", "", "?token=xoxb-sandbox", ""},
		{"apps.connections.open", "Bearer xoxb-sandbox", "", "not_allowed_token_type"},
		{"apps.connections.open", "Bearer xapp-sandbox", "", ""},
		{"chat.shout", "Bearer xoxb-sandbox", "", "unknown_method"},
	} {
		req, _ := http.NewRequest("GET", x.web.URL+"/slack/api/"+c.method+c.query, nil)
		req.Header.Set("Authorization", c.header)
		if c.header == "" {
			req.Header.Del("Authorization")
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var a map[string]any
		json.NewDecoder(resp.Body).Decode(&a)
		resp.Body.Close()
		if stringOf(a["error"]) != c.want {
			t.Errorf("%s with %q %q: got %v, want %q", c.method, c.header, c.query, a["error"], c.want)
		}
	}
	b, _ := json.Marshal(x.log.Since(0))
	for _, secret := range []string{"xoxb-", "xapp-"} {
		if strings.Contains(string(b), secret) {
			t.Errorf("the log holds a token: %s", b)
		}
	}
}
