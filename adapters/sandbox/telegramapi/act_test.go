package telegramapi

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestStartBlockAndMigrate(t *testing.T) {
	fresh := emma()
	fresh.Started = false
	w := newWorld(t, fresh, group())
	w.refused(403, "Forbidden: bot can't initiate conversation with a user", "sendMessage", "chat_id", 1001, "text", "x")
	w.say(1001, "/start abc-DEF_1")
	w.sent("sendMessage", "chat_id", 1001, "text", "welcome")

	if err := w.Block(1001, true); err != nil {
		t.Fatal(err)
	}
	w.refused(403, "Forbidden: bot was blocked by the user", "sendMessage", "chat_id", 1001, "text", "x")
	if _, err := w.Message(MessageAct{Chat: 1001, Text: "hello"}); status(err) != 409 {
		t.Errorf("a message to a blocked bot: %v, want a 409", err)
	}
	w.say(1001, "/start")
	w.sent("sendMessage", "chat_id", 1001, "text", "back")

	if err := w.Migrate(-500, -1002000000001); err != nil {
		t.Fatal(err)
	}
	a := w.refused(400, "Bad Request: group chat was upgraded to a supergroup chat", "sendMessage", "chat_id", -500, "text", "x")
	if a.Params.MigrateTo != -1002000000001 {
		t.Errorf("migrate_to_chat_id %d", a.Params.MigrateTo)
	}
	if m := w.sent("sendMessage", "chat_id", a.Params.MigrateTo, "text", "x"); m.ID != 2 || m.Chat.Type != "supergroup" {
		t.Errorf("a supergroup numbers its own messages: %+v", m)
	}
	var kinds []string
	for _, u := range w.updates() {
		for k, v := range u {
			var x struct {
				New struct {
					Status string `json:"status"`
				} `json:"new_chat_member"`
				To   int64 `json:"migrate_to_chat_id"`
				From int64 `json:"migrate_from_chat_id"`
			}
			if k != "update_id" && json.Unmarshal(v, &x) == nil {
				kinds = append(kinds, fmt.Sprint(k, x.New.Status, x.To, x.From))
			}
		}
	}
	want := []string{"message0 0", "my_chat_memberkicked0 0", "my_chat_membermember0 0", "message0 0",
		"message-1002000000001 0", "message0 -500"}
	if !reflect.DeepEqual(kinds, want) {
		t.Errorf("updates %q\nwant %q", kinds, want)
	}
}

func TestGroupPrivacy(t *testing.T) {
	w := newWorld(t, group())
	for text, want := range map[string]bool{"hello": false, "/balance": true, "/balance@duebot_sandbox_bot": true,
		"/balance@other_bot": false, "see @duebot_sandbox_bot": true, "pay /balance": false} {
		before := w.Pending()
		if _, err := w.Message(MessageAct{Chat: -500, From: 1002, Text: text}); err != nil {
			t.Fatal(err)
		}
		if got := w.Pending() > before; got != want {
			t.Errorf("%q reaches the bot: %v, want %v", text, got, want)
		}
	}
	m, before := w.sent("sendMessage", "chat_id", -500, "text", "well?"), w.Pending()
	if _, err := w.Message(MessageAct{Chat: -500, Text: "yes", ReplyTo: m.ID}); err != nil || w.Pending() != before+1 {
		t.Errorf("a reply to the bot does not reach it (%v)", err)
	}
}

func TestClick(t *testing.T) {
	w := newWorld(t, emma())
	m := w.sent("sendMessage", "chat_id", 1001, "text", "x", "reply_markup",
		`{"inline_keyboard":[[{"text":"Pay","callback_data":"pay:7"},{"text":"Site","url":"example.com"}]]}`)
	a, err := w.Click(context.Background(), 1001, 0, m.ID, "Site", "")
	if err != nil || a == nil || a.URL != "http://example.com/" || w.Pending() != 0 {
		t.Errorf("a button with an address: %+v %v, pending %d", a, err, w.Pending())
	}
	if _, err := w.Click(context.Background(), 1001, 0, m.ID, "Nothing", ""); status(err) != 404 {
		t.Errorf("an unknown button: %v", err)
	}
	done := make(chan *CallbackAnswer)
	go func() {
		a, _ := w.Click(context.Background(), 1001, 0, m.ID, "", "pay:7")
		done <- a
	}()
	list := w.updates("timeout", 5)
	var q callbackQuery
	if len(list) != 1 || json.Unmarshal(list[0]["callback_query"], &q) != nil || q.Data != "pay:7" || q.From.ID != 1001 || q.Message.ID != m.ID {
		t.Fatalf("updates %s", list)
	}
	w.refused(400, "Bad Request: MESSAGE_TOO_LONG", "answerCallbackQuery", "callback_query_id", q.ID, "text", strings.Repeat("x", 201))
	if a := w.call("answerCallbackQuery", "callback_query_id", q.ID, "text", "Done", "show_alert", "True"); string(a.Result) != "true" {
		t.Errorf("answer: %+v", a)
	}
	if a := <-done; a == nil || a.Text != "Done" || !a.ShowAlert {
		t.Errorf("the person sees %+v", a)
	}
	w.refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "answerCallbackQuery", "callback_query_id", q.ID)

	w.updates("offset", updateID(list[0])+1)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := w.Click(ctx, 1001, 0, m.ID, "Pay", ""); err != context.Canceled {
		t.Errorf("a click that is given up: %v", err)
	}
	if w.Pending() != 1 {
		t.Errorf("pending %d after a click, want 1", w.Pending())
	}
	w.clock.move(callbackLife)
	if w.Pending() != 0 {
		t.Errorf("pending %d after the life of a callback query, want 0", w.Pending())
	}
}

func TestPeopleEdit(t *testing.T) {
	w := newWorld(t, emma())
	id := w.say(1001, "teh")
	w.clock.move(time.Minute)
	if err := w.Edit(1001, 0, id, "the"); err != nil {
		t.Fatal(err)
	}
	bot := w.sent("sendMessage", "chat_id", 1001, "text", "x")
	if err := w.Edit(1001, 0, bot.ID, "y"); status(err) != 409 {
		t.Errorf("a person edits the bot's message: %v", err)
	}
	list := w.updates()
	var m message
	if len(list) != 2 || json.Unmarshal(list[1]["edited_message"], &m) != nil || m.Text != "the" || m.ID != id || m.EditDate-m.Date != 60 {
		t.Errorf("updates %s", list)
	}
}

func TestLateCallbackAnswer(t *testing.T) {
	w := newWorld(t, emma())
	m := w.sent("sendMessage", "chat_id", 1001, "text", "x", "reply_markup", `{"inline_keyboard":[[{"text":"Pay","callback_data":"p"}]]}`)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	_, _ = w.Click(ctx, 1001, 0, m.ID, "Pay", "") // the query is made; nobody waits for the answer
	for id, q := range w.queries {
		q.At = q.At.Add(-answerLife)
		w.refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "answerCallbackQuery", "callback_query_id", id)
	}
}
