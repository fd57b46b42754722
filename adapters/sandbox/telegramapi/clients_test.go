package telegramapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"sort"
	"strings"
	"testing"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	tgbot "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/mymmrac/telego"
	"github.com/mymmrac/telego/telegoutil"
)

// everyKind fills a world with every kind of message that the stand-in makes, and returns
// all messages of all chats.
func everyKind(w *world) []*message {
	w.t.Helper()
	keyboard := `{"inline_keyboard":[[{"text":"Pay","url":"https://example.com/pay"},{"text":"Dispute","callback_data":"d:7"}],
		[{"text":"App","web_app":{"url":"https://example.com"}},{"text":"Copy","copy_text":{"text":"DE02"}},{"text":"Share","switch_inline_query":""}]]}`
	m := w.sent("sendMessage", "chat_id", 1001, "parse_mode", "HTML", "reply_markup", keyboard, "link_preview_options", `{"is_disabled":true}`,
		"text", `<b>b</b> <i>i</i> <u>u</u> <s>s</s> <tg-spoiler>x</tg-spoiler> <code>c</code> <pre><code class="language-go">p</code></pre>`+
			` <a href="example.com">l</a> <a href="tg://user?id=1001">Emma</a> <tg-emoji emoji-id="5">👍</tg-emoji> @someone #tag $EUR`+
			` /help ar@lindenhof.example www.example.org +49 30 1234567 <tg-time unix="1795276800" format="D">d</tg-time>`+
			"\n<blockquote>q</blockquote>\n<blockquote expandable>e</blockquote>")
	w.sent("editMessageReplyMarkup", "chat_id", 1001, "message_id", m.ID)
	w.sent("sendMessage", "chat_id", 1001, "text", "reply", "protect_content", "true", "reply_parameters", fmt.Sprintf(`{"message_id":%d}`, m.ID), "reply_markup", keyboard)
	w.clock.move(time.Minute)
	if a := w.upload("sendPhoto", "photo", "p.png", onePixel(), "chat_id", "1001", "caption", "<b>paid</b>", "parse_mode", "HTML",
		"has_spoiler", "true", "show_caption_above_media", "true"); !a.OK {
		w.t.Fatal(a.Text)
	}
	if a := w.upload("sendDocument", "document", "INV-7.pdf", []byte("%PDF"), "chat_id", "1001", "caption", "x"); !a.OK {
		w.t.Fatal(a.Text)
	}
	for _, act := range []MessageAct{
		{Chat: 1001, Text: "/start abc"},
		{Chat: 1001, Photo: &Upload{Name: "p.png", Data: onePixel()}, Text: "receipt"},
		{Chat: 1001, Document: &Upload{Name: "b.csv", Data: []byte("a;b")}},
		{Chat: 1001, Contact: &Contact{Phone: "+49301234567", FirstName: "Emma", LastName: "Clarke", UserID: 1001}},
		{Chat: 1001, Text: "answer", ReplyTo: m.ID},
	} {
		if _, err := w.Message(act); err != nil {
			w.t.Fatal(err)
		}
	}
	w.sent("sendInvoice", "chat_id", 1001, "title", "t", "description", "d", "payload", "p", "currency", "EUR", "prices", `[{"label":"l","amount":500}]`,
		"provider_token", ProviderToken, "start_parameter", "s", "reply_markup", `{"inline_keyboard":[[{"text":"Pay","pay":true}]]}`)
	w.change(func() {
		r := receipt{Currency: "EUR", Total: 500, Payload: "p", Order: &orderInfo{Name: "E", Phone: "+1", Email: "e@x"}, Charge: "c", Provider: "p"}
		w.add(w.chats[1001], message{From: &Person{ID: 1001, FirstName: "Emma"}, Payment: &r})
	})
	w.AddChat(Chat{ID: -1001000000009, Title: "Forum", Forum: true, Rights: []string{"can_manage_topics"}, People: []Person{{ID: 1001, FirstName: "Emma"}}})
	var made topic
	if err := json.Unmarshal(w.call("createForumTopic", "chat_id", -1001000000009, "name", "Invoices", "icon_custom_emoji_id", "5").Result, &made); err != nil {
		w.t.Fatal(err)
	}
	w.sent("sendMessage", "chat_id", -1001000000009, "message_thread_id", made.ID, "text", "in it")
	for _, call := range []string{"closeForumTopic", "reopenForumTopic"} {
		w.call(call, "chat_id", -1001000000009, "message_thread_id", made.ID)
	}
	w.call("editForumTopic", "chat_id", -1001000000009, "message_thread_id", made.ID, "name", "Bills", "icon_custom_emoji_id", "6")
	w.clock.move(time.Minute)
	for _, x := range [][2]string{{"sendVideo", "v.mp4"}, {"sendAudio", "a.mp3"}, {"sendVoice", "v.ogg"}, {"sendAnimation", "a.gif"}} {
		kind := strings.ToLower(strings.TrimPrefix(x[0], "send"))
		if a := w.upload(x[0], kind, x[1], []byte("data"), "chat_id", "1001", "duration", "3", "width", "4", "height", "5", "title", "T", "performer", "P"); !a.OK {
			w.t.Fatal(a.Text)
		}
		w.clock.move(time.Minute)
	}
	w.sent("sendVenue", "chat_id", 1001, "latitude", "52.5", "longitude", "13.4", "title", "Office", "address", "Street 1")
	w.sent("sendContact", "chat_id", 1001, "phone_number", "+49", "first_name", "A", "vcard", "BEGIN:VCARD")
	w.clock.move(time.Minute)
	w.sent("forwardMessage", "chat_id", 1001, "from_chat_id", 1001, "message_id", m.ID)
	w.sent("sendMessage", "chat_id", 1001, "text", "q", "reply_parameters", fmt.Sprintf(`{"message_id":%d,"quote":"help"}`, m.ID))
	w.call("pinChatMessage", "chat_id", 1001, "message_id", m.ID)
	id := w.chats[1001].Messages[2].Photo[0].FileID
	w.call("sendMediaGroup", "chat_id", 1001, "media", fmt.Sprintf(`[{"type":"photo","media":%[1]q},{"type":"photo","media":%[1]q}]`, id))
	w.AddChat(Chat{ID: -700, Title: "New", People: []Person{{ID: 1001, FirstName: "Emma"}}})
	w.AddChat(Chat{ID: -700, Title: "Renamed", People: []Person{{ID: 1001, FirstName: "Emma"}, {ID: 1003, FirstName: "Cy"}}})
	w.AddChat(Chat{ID: -700, Title: "Renamed", People: []Person{{ID: 1001, FirstName: "Emma"}}})
	if err := w.Migrate(-700, -1002000000700); err != nil {
		w.t.Fatal(err)
	}
	var all []*message
	for _, id := range w.order {
		all = append(all, w.chats[id].Messages...)
	}
	return all
}

// TestClientsDecode: each client's Message takes every message and gives every field
// back, so no field has a name or type that the client does not know.
func TestClientsDecode(t *testing.T) {
	w := newWorld(t, emma(), group())
	for _, c := range []struct {
		name    string
		message func() any
		unknown string // newer than the client, or older
	}{
		{"telego", func() any { return new(telego.Message) }, "unix_time date_time_format forward_from forward_date"},
		{"go-telegram/bot", func() any { return new(models.Message) }, "unix_time date_time_format forward_from forward_date"},
		{"telegram-bot-api", func() any { return new(tgbotapi.Message) }, "unix_time date_time_format custom_emoji_id has_protected_content " +
			"link_preview_options show_caption_above_media has_media_spoiler web_app copy_text message_thread_id is_topic_message is_forum " +
			"forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened forward_origin quote"},
	} {
		all := everyKind(w)
		seen := map[string]bool{}
		for _, m := range all {
			src := encode(m)
			into := c.message()
			if err := json.Unmarshal(src, into); err != nil {
				t.Errorf("%s: %v in %s", c.name, err, src)
				continue
			}
			back, err := json.Marshal(into)
			if err != nil {
				t.Fatal(err)
			}
			var want, got any
			_ = json.Unmarshal(src, &want)
			_ = json.Unmarshal(back, &got)
			if lost := missing(want, got, "", c.unknown); len(lost) > 0 {
				t.Errorf("%s loses %v of %s", c.name, lost, src)
			}
			for k := range want.(map[string]any) {
				seen[k] = true
			}
		}
		if len(seen) < 22 {
			t.Errorf("%d kinds of field seen, want all that a message can have: %v", len(seen), seen)
		}
		w.Reset()
	}
}

// missing lists the places where got lacks what want has.
func missing(want, got any, at, unknown string) (lost []string) {
	switch x := want.(type) {
	case map[string]any:
		y, _ := got.(map[string]any)
		for k, v := range x {
			if strings.Contains(" "+unknown+" ", " "+k+" ") {
				continue
			}
			// False and empty values are left out by some clients.
			if _, ok := y[k]; !ok && (v == false || v == "") {
				continue
			}
			lost = append(lost, missing(v, y[k], at+"."+k, unknown)...)
		}
	case []any:
		y, _ := got.([]any)
		if len(x) != len(y) {
			return []string{at}
		}
		for i := range x {
			lost = append(lost, missing(x[i], y[i], fmt.Sprint(at, "[", i, "]"), unknown)...)
		}
	default:
		if !reflect.DeepEqual(want, got) {
			return []string{at}
		}
	}
	sort.Strings(lost)
	return lost
}

// said posts messages and a pressed button, and returns what a bot should hear of them.
func said(w *world) []string {
	w.say(1001, "one")
	w.say(1001, "two")
	if err := w.Block(1001, true); err != nil {
		w.t.Fatal(err)
	}
	w.say(1001, "/start")
	return []string{"one", "two", "kicked", "member", "/start"}
}

func hear(t *testing.T, name string, from <-chan string, want []string) {
	t.Helper()
	for _, x := range want {
		select {
		case got := <-from:
			if got != x {
				t.Errorf("%s heard %q, want %q", name, got, x)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s did not hear %q", name, x)
		}
	}
}

// quiet waits until the bot has confirmed everything.
func quiet(t *testing.T, w *world) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); w.Pending() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("pending %d", w.Pending())
		}
	}
}

func TestTelego(t *testing.T) {
	w := newWorld(t, emma())
	bot, err := telego.NewBot(LongToken, telego.WithAPIServer(w.url+"/telegram"), telego.WithDiscardLogger())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	updates, err := bot.UpdatesViaLongPolling(ctx, &telego.GetUpdatesParams{Timeout: 20})
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan string)
	go func() {
		for u := range updates {
			switch {
			case u.Message != nil:
				heard <- u.Message.Text
			case u.MyChatMember != nil:
				heard <- u.MyChatMember.NewChatMember.MemberStatus()
			}
		}
	}()
	hear(t, "telego", heard, said(w))
	quiet(t, w)
	m, err := bot.SendDocument(ctx, telegoutil.Document(telegoutil.ID(1001), telegoutil.FileFromBytes([]byte("%PDF"), "INV-7.pdf")).
		WithCaption("<b>Invoice</b>").WithParseMode(telego.ModeHTML).WithReplyMarkup(telegoutil.InlineKeyboard(
		telegoutil.InlineKeyboardRow(telegoutil.InlineKeyboardButton("Pay").WithCallbackData("p")))))
	if err != nil || m.Document.FileName != "INV-7.pdf" || m.CaptionEntities[0].Type != "bold" || m.ReplyMarkup == nil {
		t.Errorf("SendDocument: %+v %v", m, err)
	}
	if _, err := bot.GetChat(ctx, &telego.GetChatParams{ChatID: telegoutil.ID(1001)}); err != nil {
		t.Error(err)
	}
	if x, err := bot.GetChatMember(ctx, &telego.GetChatMemberParams{ChatID: telegoutil.ID(1001), UserID: BotID}); err != nil || x.MemberStatus() != "member" {
		t.Errorf("GetChatMember: %v %v", x, err)
	}
}

func TestGoTelegramBot(t *testing.T) {
	w := newWorld(t, emma())
	heard := make(chan string)
	bot, err := tgbot.New(Token, tgbot.WithServerURL(w.url+"/telegram"), tgbot.WithNotAsyncHandlers(),
		tgbot.WithErrorsHandler(func(error) {}), // it complains of the poll that ends with the test
		tgbot.WithDefaultHandler(func(_ context.Context, _ *tgbot.Bot, u *models.Update) {
			switch {
			case u.Message != nil:
				heard <- u.Message.Text
			case u.MyChatMember != nil:
				heard <- string(u.MyChatMember.NewChatMember.Type)
			}
		}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go bot.Start(ctx)
	hear(t, "go-telegram/bot", heard, said(w))
	quiet(t, w)
	m, err := bot.SendMessage(ctx, &tgbot.SendMessageParams{ChatID: 1001, Text: "<b>x</b>", ParseMode: models.ParseModeHTML,
		ReplyMarkup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Pay", CallbackData: "p"}}}}})
	if err != nil || m.Text != "x" || m.Entities[0].Type != "bold" {
		t.Fatalf("SendMessage: %+v %v", m, err)
	}
	if _, err := bot.SendMessage(ctx, &tgbot.SendMessageParams{ChatID: 5, Text: "x"}); err == nil || !strings.Contains(err.Error(), "chat not found") {
		t.Errorf("unknown chat: %v", err)
	}
}

func TestTelegramBotAPI(t *testing.T) {
	w := newWorld(t, emma())
	bot, err := tgbotapi.NewBotAPIWithClient(Token, w.url+"/telegram/bot%s/%s", &http.Client{Timeout: 30 * time.Second})
	if err != nil || bot.Self.UserName != Username {
		t.Fatalf("%+v %v", bot, err)
	}
	want := said(w)
	list, err := bot.GetUpdates(tgbotapi.UpdateConfig{Timeout: 5})
	if err != nil || len(list) != len(want) {
		t.Fatalf("%d updates (%v), want %d", len(list), err, len(want))
	}
	for i, u := range list {
		got := ""
		if u.Message != nil {
			got = u.Message.Text
		} else if u.MyChatMember != nil {
			got = u.MyChatMember.NewChatMember.Status
		}
		if got != want[i] {
			t.Errorf("update %d: %q, want %q", i, got, want[i])
		}
	}
	doc := tgbotapi.NewDocument(1001, tgbotapi.FileBytes{Name: "INV-7.pdf", Bytes: []byte("%PDF")})
	doc.Caption, doc.ParseMode = "<b>Invoice</b>", "HTML"
	doc.ReplyMarkup = tgbotapi.NewInlineKeyboardMarkup(tgbotapi.NewInlineKeyboardRow(tgbotapi.NewInlineKeyboardButtonData("Pay", "p")))
	m, err := bot.Send(doc)
	if err != nil || m.Document == nil || m.ReplyMarkup == nil {
		t.Fatalf("document: %+v %v", m, err)
	}
	if _, err := bot.Request(tgbotapi.NewEditMessageCaption(1001, m.MessageID, "Paid")); err != nil {
		t.Error(err)
	}
	reply := tgbotapi.NewMessage(1001, "x")
	reply.ReplyToMessageID, reply.DisableWebPagePreview = m.MessageID, true
	if m, err = bot.Send(reply); err != nil || m.ReplyToMessage == nil {
		t.Errorf("reply: %+v %v", m, err)
	}
	if _, err := bot.Request(tgbotapi.NewDeleteMessage(1001, m.MessageID)); err != nil {
		t.Error(err)
	}
	if _, err := bot.Request(tgbotapi.NewSetMyCommandsWithScopeAndLanguage(tgbotapi.NewBotCommandScopeAllPrivateChats(), "ru",
		tgbotapi.BotCommand{Command: "help", Description: "Помощь"})); err != nil {
		t.Error(err)
	}
	_, err = bot.Send(tgbotapi.NewMessage(5, "x"))
	if e, ok := err.(*tgbotapi.Error); !ok || e.Code != 400 || e.Message != "Bad Request: chat not found" {
		t.Errorf("unknown chat: %v", err)
	}
	for range 5 {
		_, err = bot.Send(tgbotapi.NewMessage(1001, "x"))
	}
	if e, ok := err.(*tgbotapi.Error); !ok || e.Code != 429 || e.RetryAfter < 1 {
		t.Errorf("too many: %v", err)
	}
}
