package telegramapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"reflect"
	"strings"
	"testing"
	"time"

	tgbot "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/mymmrac/telego"
	"github.com/mymmrac/telego/telegoutil"
)

// telegoBot is a client of telego's that talks to the world.
func telegoBot(t *testing.T, w *world) *telego.Bot {
	t.Helper()
	bot, err := telego.NewBot(LongToken, telego.WithAPIServer(w.url+"/telegram"), telego.WithDiscardLogger())
	if err != nil {
		t.Fatal(err)
	}
	return bot
}

// wants compares a refusal with the end of what the server says.
func wants(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("got %v, want %q", err, text)
	}
}

// A forward keeps its first author, a copy is the bot's own; neither takes a keyboard along.
func TestForwardAndCopy(t *testing.T) {
	w := newWorld(t, emma(), group())
	bot, ctx := telegoBot(t, w), context.Background()
	theirs := w.say(1001, "hello")
	own := w.sent("sendMessage", "chat_id", 1001, "text", "<b>mine</b>", "parse_mode", "HTML", "reply_markup", `{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}`)

	f, err := bot.ForwardMessage(ctx, &telego.ForwardMessageParams{ChatID: telegoutil.ID(-500), FromChatID: telegoutil.ID(1001), MessageID: theirs})
	if err != nil {
		t.Fatal(err)
	}
	if o, ok := f.ForwardOrigin.(*telego.MessageOriginUser); !ok || o.SenderUser.ID != 1001 || o.Date == 0 || f.From.ID != BotID {
		t.Errorf("forwarded: %+v", f)
	}
	again, err := bot.ForwardMessage(ctx, &telego.ForwardMessageParams{ChatID: telegoutil.ID(1001), FromChatID: telegoutil.ID(-500), MessageID: f.MessageID})
	if err != nil || again.ForwardOrigin.(*telego.MessageOriginUser).SenderUser.ID != 1001 {
		t.Errorf("a forward of a forward: %+v %v", again, err)
	}
	c, err := bot.CopyMessage(ctx, &telego.CopyMessageParams{ChatID: telegoutil.ID(-500), FromChatID: telegoutil.ID(1001), MessageID: own.ID})
	if err != nil {
		t.Fatal(err)
	}
	r := w.chats[-500]
	if m := r.Messages[r.find(c.MessageID)]; m.Text != "mine" || m.Entities[0].Type != "bold" || m.Markup != nil || m.Origin != nil {
		t.Errorf("copied: %+v", m)
	}
	w.refused(400, "Bad Request: message can't be edited", "editMessageText", "chat_id", -500, "message_id", f.MessageID, "text", "x")
	w.clock.move(time.Minute)
	secret := w.sent("sendMessage", "chat_id", 1001, "text", "secret", "protect_content", "true")
	invoice := w.sent("sendInvoice", "chat_id", 1001, "title", "t", "description", "d", "payload", "p", "currency", "EUR", "prices", `[{"label":"l","amount":500}]`, "provider_token", ProviderToken)
	from := func(method, text string, id int) {
		t.Helper()
		w.refused(400, "Bad Request: "+text, method, "chat_id", -500, "from_chat_id", 1001, "message_id", id)
	}
	from("forwardMessage", "message to forward not found", 999)
	from("copyMessage", "message to copy not found", 999)
	from("forwardMessage", "the message can't be forwarded", secret.ID)
	from("copyMessage", "the message can't be copied", invoice.ID)
	w.refused(400, "Bad Request: chat not found", "forwardMessage", "chat_id", 1001, "from_chat_id", 77, "message_id", 1)
	w.refused(400, "Bad Request: message identifiers must be in a strictly increasing order", "forwardMessages", "chat_id", -500, "from_chat_id", 1001, "message_ids", "[2,1]")
	w.refused(400, "Bad Request: there are no messages to copy", "copyMessages", "chat_id", -500, "from_chat_id", 1001, "message_ids", "[998,999]")
}

// A copy takes another caption, or none; several messages keep their order and their album.
func TestCopiesOfAlbums(t *testing.T) {
	w := newWorld(t, emma(), group())
	bot, ctx := telegoBot(t, w), context.Background()
	album, err := bot.SendMediaGroup(ctx, telegoutil.MediaGroup(telegoutil.ID(1001),
		telegoutil.MediaPhoto(telegoutil.FileFromBytes(onePixel(), "a.png")).WithCaption("one"),
		telegoutil.MediaVideo(telegoutil.FileFromBytes([]byte("v"), "v.mp4")).WithDuration(3).WithWidth(4).WithHeight(5)))
	if err != nil || len(album) != 2 || album[0].MediaGroupID == "" || album[0].MediaGroupID != album[1].MediaGroupID || album[1].Video.Width != 4 {
		t.Fatalf("album: %+v %v", album, err)
	}
	w.clock.move(time.Minute)
	ids := fmt.Sprintf("[%d,%d]", album[0].MessageID, album[1].MessageID)
	var made []messageID
	if a := w.call("copyMessages", "chat_id", -500, "from_chat_id", 1001, "message_ids", ids, "remove_caption", "true"); json.Unmarshal(a.Result, &made) != nil || len(made) != 2 {
		t.Fatalf("%+v", a)
	}
	r := w.chats[-500]
	one, two := r.Messages[r.find(made[0].ID)], r.Messages[r.find(made[1].ID)]
	if one.Caption != "" || one.Album == "" || one.Album != two.Album || one.Album == album[0].MediaGroupID {
		t.Errorf("copies: %+v %+v", one, two)
	}
	other := w.call("copyMessage", "chat_id", -500, "from_chat_id", 1001, "message_id", album[0].MessageID, "caption", "<i>other</i>", "parse_mode", "HTML")
	var id messageID
	_ = json.Unmarshal(other.Result, &id)
	if m := r.Messages[r.find(id.ID)]; m.Caption != "other" || m.CaptionEntities[0].Type != "italic" || m.Album != "" {
		t.Errorf("copy with a caption: %+v", m)
	}
}

func TestAlbumRules(t *testing.T) {
	w := newWorld(t, emma())
	photo := w.files[w.sentFile("sendPhoto", "photo", "p.png", onePixel()).Photo[0].FileID].ID
	doc := w.files[w.sentFile("sendDocument", "document", "d.pdf", []byte("%PDF")).Document.FileID].ID
	item := func(kind, media, more string) string {
		return fmt.Sprintf(`{"type":%q,"media":%q%s}`, kind, media, more)
	}
	many := strings.Repeat(item("photo", photo, "")+",", 10)
	for _, c := range []struct{ media, text string }{
		{"", `parameter "media" is required`},
		{"[]", "there are no messages to send"},
		{"{}", "expected an Array of InputMedia"},
		{"[" + many + item("photo", photo, "") + "]", "too many messages to send as an album"},
		{"[" + item("document", doc, "") + "," + item("photo", photo, "") + "]", "document can't be mixed with other media types"},
		{"[" + item("photo", photo, "") + "," + item("audio", doc, "") + "]", "audio can't be mixed with other media types"},
		{"[" + item("animation", doc, "") + "," + item("photo", photo, "") + "]", `can't parse InputMedia: type "animation" can't be used in sendMediaGroup`},
		{"[" + item("sticker", doc, "") + "]", `can't parse InputMedia: type "sticker" is unsupported`},
		{"[" + item("photo", "attach://none", "") + "]", "can't parse InputMedia: media not found"},
		{"[" + item("photo", photo, `,"show_caption_above_media":true`) + "," + item("photo", photo, "") + "]",
			"parameter show_caption_above_media must be the same for all messages"},
		{"[" + item("photo", photo, `,"caption":"`+strings.Repeat("x", 1025)+`"`) + "," + item("photo", photo, "") + "]", "message caption is too long"},
		{"[" + item("photo", photo, `,"caption":"<b>x","parse_mode":"HTML"`) + "]", `can't parse entities: Can't find end tag corresponding to start tag "b"`},
	} {
		w.clock.move(time.Minute)
		before := w.count(1001)
		w.refused(400, "Bad Request: "+c.text, "sendMediaGroup", "chat_id", 1001, "media", c.media)
		if w.count(1001) != before {
			t.Errorf("%s left something behind", c.text)
		}
	}
	var alone []message
	if a := w.call("sendMediaGroup", "chat_id", 1001, "media", "["+item("photo", photo, "")+"]"); json.Unmarshal(a.Result, &alone) != nil || len(alone) != 1 || alone[0].Album != "" {
		t.Errorf("one file alone: %+v", a)
	}
	w.clock.move(time.Minute)
	var album []message
	_ = json.Unmarshal(w.call("sendMediaGroup", "chat_id", 1001, "media", "["+item("photo", photo, "")+","+item("photo", photo, "")+"]").Result, &album)
	w.refused(400, "Bad Request: can't change media type in the album", "editMessageMedia", "chat_id", 1001, "message_id", album[0].ID, "media", item("document", doc, ""))
	// An album is let in whole, and paid for afterwards.
	w.clock.move(time.Minute)
	w.call("sendMediaGroup", "chat_id", 1001, "media", "["+strings.TrimSuffix(many, ",")+"]")
	if a := w.call("sendMessage", "chat_id", 1001, "text", "x"); a.Code != 429 || a.Params.RetryAfter < 7 {
		t.Errorf("after ten files: %d %s", a.Code, a.Text)
	}
}

// sentFile uploads a file into a message.
func (w *world) sentFile(method, field, name string, data []byte) (m message) {
	w.t.Helper()
	if a := w.upload(method, field, name, data, "chat_id", "1001"); !a.OK || json.Unmarshal(a.Result, &m) != nil {
		w.t.Fatalf("%s: %s", method, a.Text)
	}
	return m
}

// Recordings have what their sender says of them; sent again by id a file stays what it was.
func TestRecordings(t *testing.T) {
	w := newWorld(t, emma())
	bot, err := tgbot.New(Token, tgbot.WithServerURL(w.url+"/telegram"), tgbot.WithSkipGetMe())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	up := func(name string) models.InputFile {
		return &models.InputFileUpload{Filename: name, Data: strings.NewReader("data")}
	}
	v, err := bot.SendVideo(ctx, &tgbot.SendVideoParams{ChatID: 1001, Video: up("v.mp4"), Duration: 5, Width: 7, Height: 9, Caption: "c"})
	if err != nil || v.Video.Duration != 5 || v.Video.Width != 7 || v.Caption != "c" {
		t.Fatalf("video: %+v %v", v, err)
	}
	a, err := bot.SendAudio(ctx, &tgbot.SendAudioParams{ChatID: 1001, Audio: up("a.mp3"), Title: "T", Performer: "P"})
	if err != nil || a.Audio.Title != "T" || a.Audio.Performer != "P" || a.Audio.FileName != "a.mp3" {
		t.Fatalf("audio: %+v %v", a, err)
	}
	w.clock.move(time.Minute)
	if x, err := bot.SendVoice(ctx, &tgbot.SendVoiceParams{ChatID: 1001, Voice: up("v.ogg"), Duration: 2}); err != nil || x.Voice.Duration != 2 {
		t.Errorf("voice: %+v %v", x, err)
	}
	if x, err := bot.SendAnimation(ctx, &tgbot.SendAnimationParams{ChatID: 1001, Animation: up("a.gif")}); err != nil || x.Animation == nil || x.Document == nil {
		t.Errorf("animation: %+v %v", x, err)
	}
	if x, err := bot.SendDocument(ctx, &tgbot.SendDocumentParams{ChatID: 1001, Document: &models.InputFileString{Data: v.Video.FileID}}); err != nil || x.Video == nil || x.Document != nil {
		t.Errorf("a video's id as a document: %+v %v", x, err)
	}
	w.refused(400, "Bad Request: can't use file of type Video as Photo", "sendPhoto", "chat_id", 1001, "photo", v.Video.FileID)
	w.refused(400, "Bad Request: there is no voice in the request", "sendVoice", "chat_id", 1001)
	w.clock.move(time.Minute)
	if x, err := bot.SendVenue(ctx, &tgbot.SendVenueParams{ChatID: 1001, Latitude: 52.5, Longitude: 13.4, Title: "Office", Address: "Street 1"}); err != nil ||
		x.Venue.Title != "Office" || x.Location.Latitude != 52.5 {
		t.Errorf("venue: %+v %v", x, err)
	}
	w.refused(400, "Bad Request: wrong latitude or longitude specified", "sendLocation", "chat_id", 1001, "latitude", "91", "longitude", "0")
	w.refused(400, `Bad Request: field "first_name" must be non-empty`, "sendContact", "chat_id", 1001, "phone_number", "+49")
}

// Pins, reactions and topics need rights in a group; with them the bot is an administrator.
func TestRights(t *testing.T) {
	w := newWorld(t, emma(), group())
	bot, ctx := telegoBot(t, w), context.Background()
	m := w.sent("sendMessage", "chat_id", -500, "text", "rules")
	pin := func(id int) error {
		return bot.PinChatMessage(ctx, &telego.PinChatMessageParams{ChatID: telegoutil.ID(-500), MessageID: id})
	}
	wants(t, pin(999), "message to pin not found")
	wants(t, pin(m.ID), "not enough rights to manage pinned messages in the chat")
	theirs := w.say(-500, "/x")
	w.refused(400, "Bad Request: message can't be deleted", "deleteMessage", "chat_id", -500, "message_id", theirs)

	g := group()
	g.Rights = []string{"can_pin_messages", "can_delete_messages"}
	w.updates("offset", 1<<40)
	w.AddChat(g)
	if err := pin(m.ID); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, u := range w.updates("offset", 2) {
		if x := u["my_chat_member"]; x != nil && !strings.Contains(string(x), `"status":"administrator","is_anonymous":false`) {
			t.Errorf("my_chat_member: %s", x)
		}
		for k := range u {
			if k != "update_id" {
				kinds = append(kinds, k)
			}
		}
	}
	if want := []string{"my_chat_member", "message"}; !reflect.DeepEqual(kinds, want) {
		t.Errorf("updates %v, want %v", kinds, want)
	}
	chat, err := bot.GetChat(ctx, &telego.GetChatParams{ChatID: telegoutil.ID(-500)})
	if err != nil || chat.PinnedMessage == nil || chat.PinnedMessage.GetMessageID() != m.ID {
		t.Errorf("getChat: %+v %v", chat, err)
	}
	me, err := bot.GetChatMember(ctx, &telego.GetChatMemberParams{ChatID: telegoutil.ID(-500), UserID: BotID})
	if x, ok := me.(*telego.ChatMemberAdministrator); err != nil || !ok || !x.CanPinMessages || x.CanManageTopics {
		t.Errorf("the bot's place: %+v %v", me, err)
	}
	if list, err := bot.GetChatAdministrators(ctx, &telego.GetChatAdministratorsParams{ChatID: telegoutil.ID(-500)}); err != nil || len(list) != 1 || list[0].MemberStatus() != "creator" {
		t.Errorf("administrators: %v %v", list, err)
	}
	w.refused(400, "Bad Request: there are no administrators in the private chat", "getChatAdministrators", "chat_id", 1001)
	w.call("unpinChatMessage", "chat_id", -500)
	w.refused(400, "Bad Request: message to unpin not found", "unpinChatMessage", "chat_id", -500)
	if a := w.call("deleteMessage", "chat_id", -500, "message_id", theirs); !a.OK {
		t.Errorf("an administrator may not delete: %s", a.Text)
	}
	// An administrator hears what nobody addressed to it.
	w.say(-500, "just talk")
	if list := w.updates("offset", 3); !strings.Contains(string(list[len(list)-1]["message"]), "just talk") {
		t.Errorf("heard %v", list)
	}
}

func TestReactionsAndQuotes(t *testing.T) {
	w := newWorld(t, emma())
	bot, ctx := telegoBot(t, w), context.Background()
	id := w.say(1001, "💶 all is paid")
	react := func(emoji ...string) error {
		p := &telego.SetMessageReactionParams{ChatID: telegoutil.ID(1001), MessageID: id}
		for _, e := range emoji {
			p.Reaction = append(p.Reaction, &telego.ReactionTypeEmoji{Type: "emoji", Emoji: e})
		}
		return bot.SetMessageReaction(ctx, p)
	}
	if err := react("❤️"); err != nil || w.chats[1001].Reactions[id] != "❤" {
		t.Errorf("reaction %q: %v", w.chats[1001].Reactions[id], err)
	}
	wants(t, react("🚗"), "REACTION_INVALID")
	wants(t, react("👍", "👎"), "REACTIONS_TOO_MANY")
	if err := react(); err != nil || len(w.chats[1001].Reactions) != 0 {
		t.Errorf("taken away: %v %v", w.chats[1001].Reactions, err)
	}
	w.refused(400, "Bad Request: message to react not found", "setMessageReaction", "chat_id", 1001, "message_id", 99)

	m, err := bot.SendMessage(ctx, telegoutil.Message(telegoutil.ID(1001), "thanks").WithReplyParameters(&telego.ReplyParameters{MessageID: id, Quote: "paid"}))
	if err != nil || m.Quote == nil || m.Quote.Text != "paid" || m.Quote.Position != 10 {
		t.Errorf("quote: %+v %v", m, err)
	}
	w.refused(400, "Bad Request: QUOTE_TEXT_INVALID", "sendMessage", "chat_id", 1001, "text", "x", "reply_parameters", fmt.Sprintf(`{"message_id":%d,"quote":"unpaid"}`, id))
}

// What a bot says of itself is kept by language and outlives a restart.
func TestProfileAndMenu(t *testing.T) {
	w := newWorld(t, emma())
	bot, ctx := telegoBot(t, w), context.Background()
	if x, err := bot.GetMyName(ctx, &telego.GetMyNameParams{}); err != nil || x.Name != BotName {
		t.Errorf("name at first: %+v %v", x, err)
	}
	w.call("setMyDescription", "description", "What I do")
	w.call("setMyDescription", "description", "Что я умею", "language_code", "ru")
	saved, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	w.Reset()
	if err := w.Load(saved); err != nil {
		t.Fatal(err)
	}
	for language, want := range map[string]string{"": "What I do", "ru": "Что я умею", "ro": "What I do"} {
		if x, err := bot.GetMyDescription(ctx, &telego.GetMyDescriptionParams{LanguageCode: language}); err != nil || x.Description != want {
			t.Errorf("%q: %+v %v", language, x, err)
		}
	}
	w.refused(400, "Bad Request: BOT_ABOUT_INVALID", "setMyShortDescription", "short_description", strings.Repeat("x", 121))
	w.refused(400, "Bad Request: invalid language code specified", "setMyName", "name", "x", "language_code", "russian")
	if err := bot.SetChatMenuButton(ctx, &telego.SetChatMenuButtonParams{ChatID: 1001, MenuButton: &telego.MenuButtonWebApp{Type: "web_app", Text: "Pay", WebApp: telego.WebAppInfo{URL: "https://e.example"}}}); err != nil {
		t.Fatal(err)
	}
	if x, err := bot.GetChatMenuButton(ctx, &telego.GetChatMenuButtonParams{ChatID: 1001}); err != nil || x.ButtonType() != "web_app" {
		t.Errorf("menu button: %+v %v", x, err)
	}
	if x, err := bot.GetChatMenuButton(ctx, &telego.GetChatMenuButtonParams{}); err != nil || x.ButtonType() != "commands" {
		t.Errorf("everybody's menu button: %+v %v", x, err)
	}
	w.refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "answerInlineQuery", "inline_query_id", "1", "results", "[]")
}

// A part of a form is a file as soon as it has a file name, be it an empty one: some clients
// name no photo.
func TestFileWithoutName(t *testing.T) {
	w := newWorld(t, emma())
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("chat_id", "1001")
	for _, name := range []string{"document", "thumbnail"} {
		part, _ := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + name + `"; filename=""`}})
		_, _ = part.Write([]byte("data"))
	}
	_ = form.Close()
	r, err := post(w.url+"/telegram/bot"+Token+"/sendDocument", form.FormDataContentType(), body.String())
	if err != nil {
		t.Fatal(err)
	}
	a, err := readAnswer(r)
	var m message
	if err != nil || !a.OK || json.Unmarshal(a.Result, &m) != nil || m.Document == nil || m.Document.FileName != "" || m.Document.FileSize != 4 {
		t.Errorf("%+v %v", a, err)
	}
}

// TestUpdateIDComesFirst: a client takes the second name of an update for its kind.
func TestUpdateIDComesFirst(t *testing.T) {
	w := newWorld(t, emma())
	w.say(1001, "hello")
	if list := w.queue.list; len(list) != 1 || !strings.HasPrefix(string(list[0].Body), fmt.Sprintf(`{"update_id":%d,"message":{"message_id":`, list[0].ID)) {
		t.Errorf("%s", list[0].Body)
	}
}
