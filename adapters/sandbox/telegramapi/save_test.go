package telegramapi

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"duebot/adapters/sandbox/stand"
)

func TestSaveAndLoad(t *testing.T) {
	w := newWorld(t, emma(), group())
	w.say(1001, "unread")
	w.upload("sendDocument", "document", "a.pdf", []byte("bytes"), "chat_id", "1001")
	w.call("setMyCommands", "commands", `[{"command":"help","description":"Help"}]`)
	saved, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	x := newWorld(t)
	if err := x.Load(saved); err != nil {
		t.Fatal(err)
	}
	again, err := x.Save()
	if err != nil || !bytes.Equal(saved, again) {
		t.Errorf("saved, loaded and saved again differs (%v)\n%s\n%s", err, saved, again)
	}
	if got, want := string(encode(x.State())), string(encode(w.State())); got != want {
		t.Errorf("state %s\nwant %s", got, want)
	}
	if list := x.updates(); len(list) != 1 || updateID(list[0]) != firstUpdateID {
		t.Errorf("updates after loading: %v", list)
	}
	if err := x.Load([]byte("{")); err == nil {
		t.Error("half a file was loaded")
	}
	x.Reset()
	if n := x.Pending(); n != 0 || len(x.chats) != 10 || len(x.chats[1001].Messages) != 0 {
		t.Errorf("after Reset: pending %d, %d chats", n, len(x.chats))
	}
	x.say(1001, "new")
	if list := x.updates("offset", firstUpdateID+1); len(list) != 1 {
		t.Errorf("a bot that held an offset gets %d updates after Reset, want 1", len(list))
	}
}

func TestChanged(t *testing.T) {
	c := &clock{now: time.Now()}
	n := 0
	s := New(stand.Options{Clock: c, Faults: &stand.Faults{}, Log: stand.NewLog(c), Changed: func() { n++ }}, []Chat{emma()})
	if _, err := s.Message(MessageAct{Chat: 1001, Text: "x"}); err != nil || n != 1 {
		t.Errorf("told %d times of a message (%v), want once", n, err)
	}
	r := httptest.NewRequest("GET", "/telegram/bot"+Token+"/getMe", nil)
	if s.ServeHTTP(httptest.NewRecorder(), r); n != 1 {
		t.Errorf("told of getMe")
	}
}

// TestState: the page and scripts rely on these names.
func TestState(t *testing.T) {
	w := newWorld(t, emma(), group())
	w.say(1001, "hello")
	w.call("sendChatAction", "chat_id", 1001, "action", "typing")
	if err := w.Block(-500, true); err != nil {
		t.Fatal(err)
	}
	w.refused(403, "Forbidden: bot was kicked from the group chat", "sendMessage", "chat_id", -500, "text", "x")
	want := `{"chats":[{"id":1001,"type":"private","people":[{"id":1001,"is_bot":false,"first_name":"Emma","last_name":"Clarke",` +
		`"username":"emma","language_code":"en"}],"blocked":false,"started":true,"messages":[{"message_id":1,` +
		`"from":{"id":1001,"is_bot":false,"first_name":"Emma","last_name":"Clarke","username":"emma","language_code":"en"},` +
		`"chat":{"id":1001,"type":"private","first_name":"Emma","last_name":"Clarke","username":"emma"},"date":1795251600,"text":"hello"}],"action":"typing"},` +
		`{"id":-500,"type":"group","title":"Acme and Lindenhof","people":[{"id":1001,"is_bot":false,"first_name":"Emma"},` +
		`{"id":1002,"is_bot":false,"first_name":"Bo"}],"blocked":true,"started":false,"messages":[]}],"commands":{}}`
	if got := string(encode(w.State())); got != want {
		t.Errorf("state %s\nwant  %s", got, want)
	}
	w.clock.move(actionLife)
	if strings.Contains(string(encode(w.State())), "typing") {
		t.Error("the bot types for ever")
	}
}
