package telegramapi

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

func invoice(pairs ...any) []any {
	all := map[string]any{"chat_id": 1001, "title": "Invoice 7", "description": "Consulting", "payload": "inv-7", "provider_token": ProviderToken,
		"currency": "EUR", "prices": `[{"label":"Net","amount":10000},{"label":"Tax","amount":"1900"}]`, "start_parameter": "inv7"}
	for i := 0; i+1 < len(pairs); i += 2 {
		all[pairs[i].(string)] = pairs[i+1]
	}
	var out []any
	for k, v := range all {
		if v != nil {
			out = append(out, k, v)
		}
	}
	return out
}

// The rules of invoices, in the server's words; the client library's null for "no tips" is
// refused as the real server refuses it.
func TestInvoiceRules(t *testing.T) {
	w := newWorld(t, emma())
	for want, pairs := range map[string][]any{
		`parameter "title" is required`:                        {"title", nil},
		`parameter "payload" is required`:                      {"payload", nil},
		"MEDIA_INVALID":                                        {"title", strings.Repeat("x", 33)},
		"INVOICE_PAYLOAD_INVALID":                              {"payload", strings.Repeat("x", 129)},
		"PAYMENT_PROVIDER_INVALID":                             {"provider_token", "123:LIVE:x"},
		"can't parse prices JSON object":                       {"prices", "[{"},
		"expected an Array of labeled prices":                  {"prices", `{"label":"x","amount":1}`},
		`can't parse labeled price: Can't find field "amount"`: {"prices", `[{"label":"x"}]`},
		"CURRENCY_TOTAL_AMOUNT_INVALID":                        {"prices", `[{"label":"x","amount":5}]`},
		"CURRENCY_INVALID":                                     {"currency", "EURO"},
		"START_PARAM_INVALID":                                  {"start_parameter", "a b"},
		"expected an Array of suggested tip amounts":           {"suggested_tip_amounts", "null"},
		"INVOICE_SUGGESTED_TIP_AMOUNTS_INVALID":                {"suggested_tip_amounts", "[5,3]", "max_tip_amount", 9},
		"REPLY_MARKUP_INVALID":                                 {"reply_markup", `{"inline_keyboard":[[{"text":"x","callback_data":"y"},{"text":"Pay","pay":true}]]}`},
	} {
		w.refused(400, "Bad Request: "+want, "sendInvoice", invoice(pairs...)...)
	}
	w.refused(400, "Bad Request: BUTTON_TYPE_INVALID", "sendMessage", "chat_id", 1001, "text", "x", "reply_markup", `{"inline_keyboard":[[{"text":"Pay","pay":true}]]}`)
	bot, err := tgbotapi.NewBotAPIWithAPIEndpoint(Token, w.url+"/telegram/bot%s/%s")
	if err != nil {
		t.Fatal(err)
	}
	c := tgbotapi.NewInvoice(1001, "Invoice 7", "Consulting", "inv-7", ProviderToken, "inv7", "EUR", []tgbotapi.LabeledPrice{{Label: "Net", Amount: 10000}})
	if _, err := bot.Send(c); err == nil || !strings.Contains(err.Error(), "expected an Array of suggested tip amounts") {
		t.Errorf("the library's default: %v", err)
	}
	c.SuggestedTipAmounts = []int{}
	if m, err := bot.Send(c); err != nil || m.Invoice == nil || m.Invoice.TotalAmount != 10000 {
		t.Errorf("with an empty list: %+v %v", m.Invoice, err)
	}
}

// pay pays in the background, and returns the question that the bot gets.
func (w *world) pay(message int, link, outcome string) (q *tgbotapi.PreCheckoutQuery, over chan error) {
	w.t.Helper()
	over = make(chan error, 1)
	go func() { over <- w.Pay(context.Background(), 1001, 0, message, link, outcome) }()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		w.mu.Lock()
		list := append([]*update{}, w.queue.list...)
		w.queue.list = nil
		w.mu.Unlock()
		for _, raw := range list {
			var u tgbotapi.Update
			if err := json.Unmarshal(raw.Body, &u); err != nil {
				w.t.Fatal(err)
			}
			if u.PreCheckoutQuery != nil {
				return u.PreCheckoutQuery, over
			}
		}
	}
	w.t.Fatal("the bot is not asked")
	return nil, nil
}

// The bot is asked before the money moves; what it refuses, or leaves without an answer, is
// not paid; what is paid is told once.
func TestPayment(t *testing.T) {
	w := newWorld(t, emma())
	m := w.sent("sendInvoice", invoice("need_email", true)...)
	q, over := w.pay(m.ID, "", PayPaid)
	if q.TotalAmount != 11900 || q.Currency != "EUR" || q.InvoicePayload != "inv-7" || q.From.ID != 1001 || q.OrderInfo.Email != "emma@example.com" {
		t.Errorf("asked %+v", q)
	}
	w.refused(400, "Bad Request: ERROR_TEXT_EMPTY", "answerPreCheckoutQuery", "pre_checkout_query_id", q.ID, "ok", "false")
	w.call("answerPreCheckoutQuery", "pre_checkout_query_id", q.ID, "ok", "False", "error_message", "It was paid by bank")
	if err := <-over; err == nil || !strings.Contains(err.Error(), "It was paid by bank") {
		t.Errorf("refused: %v", err)
	}
	q, over = w.pay(m.ID, "", PayDeclined)
	w.call("answerPreCheckoutQuery", "pre_checkout_query_id", q.ID, "ok", "True")
	if err := <-over; err != nil || len(w.updates()) != 0 {
		t.Errorf("declined by the bank: %v", err)
	}
	q, over = w.pay(m.ID, "", PayPaid)
	w.call("answerPreCheckoutQuery", "pre_checkout_query_id", q.ID, "ok", "True")
	w.refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "answerPreCheckoutQuery", "pre_checkout_query_id", q.ID, "ok", "True")
	if err := <-over; err != nil {
		t.Fatal(err)
	}
	list := w.updates()
	var u tgbotapi.Update
	data, _ := json.Marshal(list[0])
	json.Unmarshal(data, &u)
	if p := u.Message.SuccessfulPayment; len(list) != 1 || p == nil || p.TotalAmount != 11900 || p.InvoicePayload != "inv-7" || p.TelegramPaymentChargeID == "" {
		t.Errorf("told %s", data)
	}
	if err := w.Pay(context.Background(), 1001, 0, m.ID, "", PayPaid); err == nil {
		t.Error("paid twice")
	}
	data, err := w.Save()
	v := newWorld(t, emma())
	if err == nil {
		err = v.Load(data)
	}
	if err != nil || v.Pay(context.Background(), 1001, 0, m.ID, "", PayPaid) == nil {
		t.Errorf("after a restart it can be paid again (%v)", err)
	}
}

// Whoever has the link pays it; a message that is no invoice cannot be paid.
func TestInvoiceLink(t *testing.T) {
	w := newWorld(t, emma())
	var link string
	json.Unmarshal(w.call("createInvoiceLink", invoice("chat_id", nil)...).Result, &link)
	if !strings.HasPrefix(link, "https://t.me/$") {
		t.Fatalf("the link is %q", link)
	}
	q, over := w.pay(0, link, PayPaid)
	w.call("answerPreCheckoutQuery", "pre_checkout_query_id", q.ID, "ok", "1")
	if err := <-over; err != nil {
		t.Error(err)
	}
	for _, message := range []int{w.say(1001, "no invoice"), 999} {
		if err := w.Pay(context.Background(), 1001, 0, message, "", PayPaid); err == nil {
			t.Errorf("message %d was paid", message)
		}
	}
}

// Topics of a forum: messages go into them, a closed one takes none, and a chat without
// topics knows none.
func TestTopics(t *testing.T) {
	w := newWorld(t, Chat{ID: -1001000000009, Title: "Forum", Forum: true, Rights: []string{"can_manage_topics"}, People: []Person{{ID: 1001, FirstName: "Emma"}}}, emma())
	w.refused(400, "Bad Request: the chat is not a forum", "createForumTopic", "chat_id", 1001, "name", "x")
	w.refused(400, "Bad Request: title must be non-empty", "createForumTopic", "chat_id", -1001000000009)
	w.refused(400, "Bad Request: invalid icon color specified", "createForumTopic", "chat_id", -1001000000009, "name", "x", "icon_color", 5)
	var made topic
	json.Unmarshal(w.call("createForumTopic", "chat_id", -1001000000009, "name", "Invoices").Result, &made)
	m := w.sent("sendMessage", "chat_id", -1001000000009, "message_thread_id", made.ID, "text", "x")
	if m.Thread != made.ID || !m.InTopic || !m.Chat.Forum {
		t.Errorf("sent %+v", m)
	}
	if a := w.sent("sendMessage", "chat_id", -1001000000009, "text", "answer", "reply_parameters", `{"message_id":`+encodeString(m.ID)+`}`); a.Thread != made.ID {
		t.Errorf("an answer goes to topic %d", a.Thread)
	}
	w.refused(400, "Bad Request: message thread not found", "sendMessage", "chat_id", -1001000000009, "message_thread_id", 999, "text", "x")
	w.refused(400, "Bad Request: message thread not found", "sendMessage", "chat_id", 1001, "message_thread_id", 1, "text", "x")
	w.refused(400, "Bad Request: TOPIC_NOT_MODIFIED", "editForumTopic", "chat_id", -1001000000009, "message_thread_id", made.ID, "name", "Invoices")
	w.call("closeForumTopic", "chat_id", -1001000000009, "message_thread_id", made.ID)
	w.refused(400, "Bad Request: TOPIC_NOT_MODIFIED", "closeForumTopic", "chat_id", -1001000000009, "message_thread_id", made.ID)
	w.refused(400, "Bad Request: TOPIC_CLOSED", "sendMessage", "chat_id", -1001000000009, "message_thread_id", made.ID, "text", "x")
	if _, err := w.Message(MessageAct{Chat: -1001000000009, Text: "/x", Thread: made.ID}); err == nil {
		t.Error("a person writes in a closed topic")
	}
	w.refused(400, "Bad Request: message can't be deleted", "deleteMessage", "chat_id", -1001000000009, "message_id", made.ID)
	w.call("deleteForumTopic", "chat_id", -1001000000009, "message_thread_id", made.ID)
	w.refused(400, "Bad Request: TOPIC_ID_INVALID", "reopenForumTopic", "chat_id", -1001000000009, "message_thread_id", made.ID)
	if n := w.count(-1001000000009); n != 0 {
		t.Errorf("%d messages outlive their topic", n)
	}
}

// Several messages are deleted at once; what is not there is passed over.
func TestDeleteMessages(t *testing.T) {
	w := newWorld(t, emma())
	one, two := w.say(1001, "one"), w.say(1001, "two")
	w.refused(400, "Bad Request: message identifiers are not specified", "deleteMessages", "chat_id", 1001)
	w.refused(400, "Bad Request: expected an Array of message identifiers", "deleteMessages", "chat_id", 1001, "message_ids", `{}`)
	if a := w.call("deleteMessages", "chat_id", 1001, "message_ids", "["+encodeString(one)+","+encodeString(two)+",999]"); !a.OK || w.count(1001) != 0 {
		t.Errorf("%+v, %d left", a, w.count(1001))
	}
	three := w.say(1001, "three")
	w.clock.move(49 * time.Hour)
	w.refused(400, "Bad Request: message can't be deleted for everyone", "deleteMessages", "chat_id", 1001, "message_ids", "["+encodeString(three)+"]")
}

func encodeString(n int) string { return string(encode(n)) }
