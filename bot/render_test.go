package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"duebot/adapters/sandbox/slackapi"
	"duebot/adapters/sandbox/stand"
	"duebot/adapters/sandbox/telegramapi"
	"duebot/adapters/slack"
	"duebot/adapters/telegram"
	"duebot/bot/text"
	"duebot/commands/card"
)

// hurried is business time that jumps ten seconds whenever it is looked at, so that no rate
// is ever reached.
type hurried struct{ n atomic.Int64 }

func (h *hurried) Now() time.Time {
	return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(h.n.Add(10)) * time.Second)
}

func (h *hurried) After(time.Duration, func()) func() { return func() {} }

// Whatever people write, every card is within the platforms' limits and comes through their
// parsers: it is posted through the real clients to the strict stand-ins.
func TestHostileCardsArePosted(t *testing.T) {
	toSlack, toPhone, texts := strictPlatforms(t)
	rapid.Check(t, func(r *rapid.T) {
		k := hostileCard(r)
		words := wordsIn(texts, rapid.SampledFrom(texts.Languages()).Draw(r, "language"))
		ctx := context.Background()
		channel, ts, err := toSlack.Post(ctx, slack.Message{Channel: "CINVOICES1", Card: k, Words: words, ID: "n1"})
		if err != nil {
			r.Fatalf("Slack refused %+v: %v", k, err)
		}
		if err := toSlack.Update(ctx, slack.Message{Channel: channel, Card: k, Words: words, ID: "n1"}, ts); err != nil {
			r.Fatalf("Slack refused the edit of %+v: %v", k, err)
		}
		if _, err := toPhone.Send(ctx, telegram.Message{Chat: "telegram:1001", Card: k, Words: words}); err != nil {
			r.Fatalf("Telegram refused %+v: %v", k, err)
		}
	})
}

// strictPlatforms are clients of stand-ins that check all that they are sent.
func strictPlatforms(t *testing.T) (*slack.Client, *telegram.Client, *text.Catalog) {
	clk := &hurried{}
	var base string
	o := stand.Options{Clock: clk, Faults: &stand.Faults{}, Log: stand.NewLog(clk), Base: func() string { return base }, Changed: func() {}}
	mux := http.NewServeMux()
	s := slackapi.New(o)
	mux.Handle("/slack/", s)
	phones := telegramapi.New(o, []telegramapi.Chat{{ID: 1001, Type: "private", Started: true, People: []telegramapi.Person{{ID: 1001, FirstName: "A"}}}})
	mux.Handle("/telegram/", phones)
	srv := httptest.NewServer(mux)
	t.Cleanup(func() { srv.Close(); s.Close() })
	base = srv.URL
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	seal := func(string, string) string { return strings.Repeat("x", 16) }
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	return slack.New(slack.Config{BotToken: sandboxSlackToken, APIURL: base + "/slack/api", Log: log, Seal: seal}),
		telegram.New(telegram.Config{Token: sandboxTelegramToken, APIURL: base + "/telegram/", Log: log, Seal: seal}), texts
}

// hostile are words as people and attackers write them.
func hostile(r *rapid.T, name string) string {
	s := rapid.OneOf(
		rapid.SampledFrom([]string{"Acme GmbH", "<b>bold</b> & <script>", "*a* _b_ ~c~ `d`", "<!channel> <@U1>", "شرکت نمونه", "\u202eevil", "👩‍👩‍👧‍👦", "ООО «Ромашка»", "数字有限公司", "{{.x}}", "\ue000U1\ue001", "a\nb\r\nc", "\u0000\u0007"}),
		rapid.String(),
		rapid.Map(rapid.IntRange(1, 12000), func(n int) string { return strings.Repeat("я", n) }),
		rapid.Map(rapid.IntRange(1, 300), func(n int) string { return strings.Repeat("👨‍👩‍👦", n) }),
	).Draw(r, name)
	return "x" + s // a title of nothing but spaces is no card of ours
}

func hostileCard(r *rapid.T) *card.Card {
	k := &card.Card{Title: card.Plain(hostile(r, "title"))}
	for range rapid.IntRange(0, 30).Draw(r, "paragraphs") {
		k.Body = append(k.Body, card.T("value", "value", hostile(r, "paragraph")))
	}
	for range rapid.IntRange(0, 25).Draw(r, "fields") {
		k.Fields = append(k.Fields, card.Field{Label: card.Plain(hostile(r, "label")), Value: card.Plain(hostile(r, "value"))})
	}
	if rapid.Bool().Draw(r, "quoted") {
		k.Quote = card.Plain(hostile(r, "quote"))
	}
	if rows := rapid.IntRange(0, 150).Draw(r, "rows"); rows > 0 {
		k.Table = &card.Table{Head: []card.Text{card.Plain("a"), card.Plain("b"), card.Plain("c")}, Right: []bool{false, true}}
		for range rows {
			k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(hostile(r, "cell")), card.Plain(""), card.Join(card.T("value", "value", card.User("U012AB3CD")), card.Plain(hostile(r, "beside")))})
		}
	}
	for range rapid.IntRange(0, 12).Draw(r, "notes") {
		k.Note = append(k.Note, card.Plain(hostile(r, "note")))
	}
	for range rapid.IntRange(0, 12).Draw(r, "buttons") {
		b := card.Button{Label: card.Plain(hostile(r, "button")), Do: "dispute", Arg: "4294967295.not_received", Wide: rapid.Bool().Draw(r, "wide"), More: rapid.Bool().Draw(r, "more")}
		if rapid.Bool().Draw(r, "confirm") {
			b.Confirm = card.Plain(hostile(r, "question"))
		}
		if rapid.Bool().Draw(r, "link") {
			b.URL, b.Do = "http://127.0.0.1/pay/1.abc", ""
		}
		k.Buttons = append(k.Buttons, b)
	}
	return k
}

// A name that turns the direction of writing, or has marks of ours, is written without them.
func TestClean(t *testing.T) {
	const plain = "Acme GmbH"
	for _, name := range []string{plain, "Acme\u202e GmbH", "\u2067Acme GmbH\u2069", "Acme\x00 GmbH\r", card.MentionOpen + plain + card.MentionClose, "Acme\u202d\u2066 GmbH"} {
		if got := clean(name); got != plain {
			t.Errorf("%q: got %q", name, got)
		}
	}
	if got := clean("می\u200cخواهم"); got != "می\u200cخواهم" { // a joiner is a part of a word
		t.Errorf("got %q", got)
	}
}
