package telegramapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestLimits(t *testing.T) {
	w := newWorld(t, emma())
	keyboard := func(data string) string {
		return `{"inline_keyboard":[[{"text":"Pay","callback_data":"` + data + `"}]]}`
	}
	bad := func(text, method string, pairs ...any) {
		t.Helper()
		w.refused(400, "Bad Request: "+text, method, append([]any{"chat_id", 1001}, pairs...)...)
	}
	bad("message text is empty", "sendMessage")
	bad("text must be non-empty", "sendMessage", "text", " \n ")
	bad("message is too long", "sendMessage", "text", strings.Repeat("x", 4097))
	bad("text is too long", "sendMessage", "text", strings.Repeat("x", 32769))
	bad("unsupported parse_mode", "sendMessage", "text", "x", "parse_mode", "Markdown3")
	bad("can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'", "sendMessage", "text", "12.50", "parse_mode", "markdownv2")
	bad(`can't parse entities: Unsupported start tag "x" at byte offset 2`, "sendMessage", "text", "a <x>", "parse_mode", "html")
	bad("BUTTON_DATA_INVALID", "sendMessage", "text", "x", "reply_markup", keyboard(strings.Repeat("я", 32)+"!"))
	bad("can't parse reply keyboard markup JSON object", "sendMessage", "text", "x", "reply_markup", "{")
	bad("object expected as reply markup", "sendMessage", "text", "x", "reply_markup", "[]")
	bad(`can't parse inline keyboard button: Can't find field "text"`, "sendMessage", "text", "x", "reply_markup", `{"inline_keyboard":[[{"url":"x.y"}]]}`)
	bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard", "sendMessage", "text", "x",
		"reply_markup", `{"inline_keyboard":[[{"text":"x"}]]}`)
	bad("inline keyboard button URL 'http://localhost/pay' is invalid: Wrong HTTP URL", "sendMessage", "text", "x",
		"reply_markup", `{"inline_keyboard":[[{"text":"x","url":"http://localhost/pay"}]]}`)
	bad("message to be replied not found", "sendMessage", "text", "x", "reply_to_message_id", 99)
	bad("there is no photo in the request", "sendPhoto", "caption", "x")
	bad("wrong remote file identifier specified: Wrong character in the string", "sendDocument", "document", "a.pdf")
	bad("wrong parameter action in request", "sendChatAction", "action", "dance")
	bad("message identifier is not specified", "editMessageText", "text", "x")
	bad("message to edit not found", "editMessageText", "text", "x", "message_id", 99)
	bad("message to delete not found", "deleteMessage", "message_id", 99)
	w.refused(400, "Bad Request: chat not found", "sendMessage", "chat_id", 77, "text", "x")
	w.refused(400, "Bad Request: chat_id is empty", "sendMessage", "text", "x")
	w.refused(400, "Bad Request: invalid file_id", "getFile", "file_id", "x")
	w.refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "answerCallbackQuery", "callback_query_id", "1")

	// At the limit everything is taken; characters count, not UTF-16 units or bytes.
	w.sent("sendMessage", "chat_id", 1001, "text", "<b>"+strings.Repeat("💶", 4096)+"</b>", "parse_mode", "HTML")
	m := w.sent("sendMessage", "chat_id", 1001, "text", "x", "reply_markup", keyboard(strings.Repeat("я", 32)))
	bad("MESSAGE_TOO_LONG", "editMessageText", "text", strings.Repeat("x", 4097), "message_id", m.ID)
	bad("there is no caption in the message to edit", "editMessageCaption", "caption", "x", "message_id", m.ID)
	bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
		"editMessageText", "text", "x", "message_id", m.ID, "reply_markup", keyboard(strings.Repeat("я", 32)))
	if m = w.sent("editMessageText", "chat_id", 1001, "message_id", m.ID, "text", "x"); m.Markup != nil || m.EditDate == 0 {
		t.Errorf("an edit without a keyboard takes it away: %+v", m)
	}
	theirs := w.say(1001, "mine")
	bad("message can't be edited", "editMessageText", "text", "x", "message_id", theirs)
	w.clock.move(48*time.Hour + time.Second)
	bad("message can't be deleted for everyone", "deleteMessage", "message_id", m.ID)
}

func TestRates(t *testing.T) {
	w := newWorld(t, emma(), group())
	for range 3 {
		w.sent("sendMessage", "chat_id", 1001, "text", "x")
	}
	a := w.refused(429, "Too Many Requests: retry after 1", "sendMessage", "chat_id", 1001, "text", "x")
	if a.Params.RetryAfter != 1 || a.header.Get("Retry-After") != "1" {
		t.Errorf("retry_after %d, header %q", a.Params.RetryAfter, a.header.Get("Retry-After"))
	}
	w.clock.move(time.Second)
	w.sent("sendMessage", "chat_id", 1001, "text", "x")

	for range 20 {
		w.sent("sendMessage", "chat_id", -500, "text", "x")
		w.clock.move(time.Second)
	}
	w.refused(429, "Too Many Requests: retry after 40", "sendMessage", "chat_id", -500, "text", "x")
	w.clock.move(40 * time.Second)
	w.sent("sendMessage", "chat_id", -500, "text", "x")
}

func TestAllChatsTogether(t *testing.T) {
	var chats []Chat
	for i := range 40 {
		c := emma()
		c.ID += int64(i)
		chats = append(chats, c)
	}
	w := newWorld(t, chats...)
	for i := range 30 {
		w.sent("sendMessage", "chat_id", 1001+i, "text", "x")
	}
	w.refused(429, "Too Many Requests: retry after 1", "sendMessage", "chat_id", 1039, "text", "x")
}

func TestFiles(t *testing.T) {
	w := newWorld(t, emma())
	pdf := []byte("%PDF-1.7 not really")
	a := w.upload("sendDocument", "document", "/home/clerk/INV-7.pdf", pdf, "chat_id", "1001", "caption", "<b>Invoice</b> 7", "parse_mode", "HTML")
	var m message
	if !a.OK || json.Unmarshal(a.Result, &m) != nil || m.Document.FileName != "INV-7.pdf" || m.Document.MIME != "application/pdf" ||
		m.Document.FileSize != len(pdf) || m.Caption != "Invoice 7" || len(m.CaptionEntities) != 1 || m.Text != "" {
		t.Fatalf("document: %+v\n%s", m, a.Text)
	}
	again := w.sent("sendDocument", "chat_id", 1001, "document", m.Document.FileID)
	if again.Document.FileID != m.Document.FileID {
		t.Errorf("sent again by id: %+v", again.Document)
	}
	w.refused(400, "Bad Request: can't use file of type Document as Photo", "sendPhoto", "chat_id", 1001, "photo", m.Document.FileID)

	var f struct {
		Path string `json:"file_path"`
		Size int    `json:"file_size"`
	}
	if a = w.call("getFile", "file_id", m.Document.FileID); json.Unmarshal(a.Result, &f) != nil || f.Size != len(pdf) {
		t.Fatalf("getFile: %+v", a)
	}
	r, err := http.Get(w.url + "/telegram/file/bot" + Token + "/" + f.Path)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(r.Body)
	r.Body.Close()
	if !bytes.Equal(got, pdf) {
		t.Errorf("downloaded %q", got)
	}

	if a = w.upload("sendPhoto", "photo", "x.png", []byte("no picture"), "chat_id", "1001"); a.Text != "Bad Request: IMAGE_PROCESS_FAILED" {
		t.Errorf("a photo that is none: %s", a.Text)
	}
	if a = w.upload("sendDocument", "document", "x.txt", nil, "chat_id", "1001"); a.Text != "Bad Request: file must be non-empty" {
		t.Errorf("an empty file: %s", a.Text)
	}
	w.clock.move(time.Minute)
	a = w.upload("editMessageMedia", "shot", "x.png", onePixel(), "chat_id", "1001", "message_id", fmt.Sprint(m.ID),
		"media", `{"type":"photo","media":"attach://shot","caption":"paid"}`)
	m = message{}
	if !a.OK || json.Unmarshal(a.Result, &m) != nil || len(m.Photo) != 1 || m.Photo[0].Width != 1 || m.Document != nil || m.Caption != "paid" {
		t.Errorf("editMessageMedia: %s %+v", a.Text, m)
	}

	big := make([]byte, downloadMax+1)
	id, err := w.Message(MessageAct{Chat: 1001, Document: &Upload{Name: "big.zip", Data: big}})
	if err != nil {
		t.Fatal(err)
	}
	doc := w.chats[1001].Messages[w.chats[1001].find(id)].Document
	w.refused(400, "Bad Request: file is too big", "getFile", "file_id", doc.FileID)
}

func TestCommands(t *testing.T) {
	w := newWorld(t, emma())
	list := `[{"command":"invoices","description":"Open invoices"},{"command":"/help","description":"Help"}]`
	ok := func(pairs ...any) {
		t.Helper()
		if a := w.call("setMyCommands", pairs...); string(a.Result) != "true" {
			t.Fatalf("%v: %s", pairs, a.Text)
		}
	}
	ok("commands", list)
	ok("commands", `[{"command":"help","description":"Помощь"}]`, "language_code", "ru", "scope", `{"type":"all_private_chats"}`)
	ok("commands", `[{"command":"help","description":"x"}]`, "scope", `{"type":"chat","chat_id":1001}`)
	got := w.call("getMyCommands")
	if want := `[{"command":"invoices","description":"Open invoices"},{"command":"help","description":"Help"}]`; string(got.Result) != want {
		t.Errorf("got %s", got.Result)
	}
	if got = w.call("getMyCommands", "language_code", "ru"); string(got.Result) != "[]" {
		t.Errorf("a language without a list: %s", got.Result)
	}
	w.call("deleteMyCommands", "scope", `{"type":"chat","chat_id":"1001"}`)
	state := w.State().(map[string]any)["commands"].(map[string][]botCommand)
	if len(state) != 2 || state["all_private_chats/ru"][0].Description != "Помощь" {
		t.Errorf("state %v", state)
	}
	for text, commands := range map[string]string{
		"BOT_COMMAND_INVALID":                                `[{"command":"Invoices","description":"x"}]`,
		"command description must be non-empty":              `[{"command":"a","description":" "}]`,
		"command length must not exceed 32":                  `[{"command":"` + strings.Repeat("a", 33) + `","description":"x"}]`,
		"can't parse commands JSON object":                   `[`,
		"expected an Array of BotCommand":                    `{}`,
		`can't parse BotCommand: Can't find field "command"`: `[{}]`,
	} {
		w.refused(400, "Bad Request: "+text, "setMyCommands", "commands", commands)
	}
	w.refused(400, "Bad Request: invalid language code specified", "setMyCommands", "commands", list, "language_code", "deu")
	w.refused(400, "Bad Request: chat not found", "setMyCommands", "commands", list, "scope", `{"type":"chat","chat_id":5}`)
}

func TestEntitiesParameter(t *testing.T) {
	w := newWorld(t, emma())
	for entities, want := range map[string]string{
		`[{"type":"bold","offset":0,"length":3},{"type":"italic","offset":2,"length":3}]`:                        "bold 0+2; italic 2+3; bold 2+1",
		`[{"type":"text_link","offset":0,"length":5,"url":"example.com"},{"type":"code","offset":2,"length":2}]`: "text_link 0+5 http://example.com/",
		`[{"type":"pre","offset":0,"length":2,"language":"go"},{"type":"url","offset":3,"length":1}]`:            "pre 0+2 go",
		`[{"type":"text_mention","offset":0,"length":1,"user":{"id":1001}}]`:                                     "text_mention 0+1 1001",
		`[{"type":"text_mention","offset":0,"length":1,"user":{"id":4}}]`:                                        "",
		`no JSON`: "",
	} {
		w.clock.move(time.Minute)
		if m := w.sent("sendMessage", "chat_id", 1001, "text", "abc💶", "entities", entities); written(m.Entities) != want {
			t.Errorf("%s\n got %s\nwant %s", entities, written(m.Entities), want)
		}
	}
	for entities, text := range map[string]string{
		`[{"type":"bold","offset":4,"length":1}]`: "entity begins in a middle of a UTF-16 symbol at byte offset 7",
		`[{"type":"bold","offset":0,"length":9}]`: "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9",
		`[{"type":"bold","offset":9,"length":1}]`: "entity begins after the end of the text at UTF-16 offset 9",
		`[{"type":"loud","offset":0,"length":1}]`: "can't parse MessageEntity: Unsupported type specified",
		`[{"type":"bold","length":1}]`:            `can't parse MessageEntity: Can't find field "offset"`,
	} {
		w.refused(400, "Bad Request: "+text, "sendMessage", "chat_id", 1001, "text", "abc💶", "entities", entities)
	}
}

func TestReplyKeyboard(t *testing.T) {
	w := newWorld(t, emma())
	keyboard := func() string { return string(w.chats[1001].Keyboard) }
	m := w.sent("sendMessage", "chat_id", 1001, "text", "x", "reply_markup", `{"keyboard":[[{"text":"Share","request_contact":true}]],"one_time_keyboard":true}`)
	if m.Markup != nil || !strings.Contains(keyboard(), "request_contact") {
		t.Errorf("message %+v, keyboard %s", m, keyboard())
	}
	if w.say(1001, "Share"); keyboard() != "" {
		t.Errorf("a keyboard for one time stays: %s", keyboard())
	}
	w.sent("sendMessage", "chat_id", 1001, "text", "x", "reply_markup", `{"keyboard":[["A"]]}`)
	w.sent("sendMessage", "chat_id", 1001, "text", "x", "reply_markup", `{"remove_keyboard":true}`)
	if keyboard() != "" {
		t.Errorf("a removed keyboard stays: %s", keyboard())
	}
}
