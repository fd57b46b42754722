package telegram

import (
	"encoding/json"
	"strings"
	"testing"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// Whatever an update holds, it is read without harm; what is taken has a key and a chat, and
// a button that we did not seal is forged.
func FuzzUpdate(f *testing.F) {
	for _, s := range []string{
		`{"update_id":1,"message":{"message_id":2,"from":{"id":3,"first_name":"A"},"chat":{"id":4,"type":"private"},"text":"/start x"}}`,
		`{"update_id":1,"callback_query":{"id":"5","from":{"id":3},"message":{"message_id":2,"chat":{"id":4}},"data":"pay:1:seal"}}`,
		`{"update_id":1,"callback_query":{"id":"5","from":{"id":3},"message":{"message_id":2},"data":"x"}}`,
		`{"update_id":1,"edited_message":{"message_id":2,"chat":{"id":-1}}}`, `{"update_id":1,"my_chat_member":{"new_chat_member":{"status":"kicked"}}}`,
	} {
		f.Add([]byte(s))
	}
	c := New(Config{Token: "123:secret", APIURL: "http://127.0.0.1:1/", Seal: func(chat, what string) string { return "seal" },
		Sealed: func(proof, chat, what string) bool { return proof == "seal" }})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var u tgbotapi.Update
		if json.Unmarshal(raw, &u) != nil {
			return
		}
		in, ok := c.read(&u)
		if !ok {
			return
		}
		if !strings.HasPrefix(in.Key, "telegram:") || !strings.HasPrefix(in.Chat, "telegram:") {
			t.Errorf("taken without a key or a chat: %+v", in)
		}
		if in.Do != "" && !strings.Contains(u.CallbackQuery.Data, "seal") {
			t.Errorf("a button without our seal was believed: %+v", in)
		}
	})
}
