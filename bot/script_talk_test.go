package main

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts' commands for what people say to each other.

// newestWith is the newest message in Slack that who sees fit, and says these words.
func (w *world) newestWith(words string, fits func(m *slackMessage) bool) *slackMessage {
	for i := len(w.Slack.Messages) - 1; i >= 0; i-- {
		if m := &w.Slack.Messages[i]; fits(m) && strings.Contains(isolates.Replace(shown(m.Text, m.Blocks)), words) {
			return m
		}
	}
	return nil
}

func scriptThread(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "thread USER WORDS TEXT [FILE…]")
	s := on(ts)
	w := s.play.state()
	m := w.newestWith(args[1], func(m *slackMessage) bool { return m.BotID != "" && m.EphemeralTo == "" })
	if m == nil {
		ts.Fatalf("no message says %q", args[1])
	}
	head := m.TS
	if m.ThreadTS != "" {
		head = m.ThreadTS
	}
	var files []upload
	for _, name := range args[3:] {
		files = append(files, upload{Name: filepath.Base(name), Mime: "application/octet-stream", Data: []byte(ts.ReadFile(name))})
	}
	s.play.post("slack/message", map[string]any{"user": args[0], "channel": m.Channel, "thread_ts": head, "text": args[2], "files": files}, nil)
	s.play.state()
}

func scriptCorrect(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "correct USER|CHAT WORDS TEXT")
	s := on(ts)
	w := s.play.state()
	if chat, err := strconv.ParseInt(args[0], 10, 64); err == nil {
		m := w.chatMessage(chat, args[1], false)
		if m == nil {
			ts.Fatalf("nobody wrote %q", args[1])
		}
		s.play.post("telegram/edit", map[string]any{"chat": chat, "message_id": m.MessageID, "text": args[2]}, nil)
	} else {
		m := w.newestWith(args[1], func(m *slackMessage) bool { return m.User == args[0] && m.BotID == "" })
		if m == nil {
			ts.Fatalf("%s did not write %q", args[0], args[1])
		}
		s.play.post("slack/edit", map[string]any{"user": args[0], "channel": m.Channel, "ts": m.TS, "text": args[2]}, nil)
	}
	s.play.state()
}

func scriptErase(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "erase USER WORDS")
	s := on(ts)
	w := s.play.state()
	m := w.newestWith(args[1], func(m *slackMessage) bool { return m.User == args[0] && m.BotID == "" })
	if m == nil {
		ts.Fatalf("%s did not write %q", args[0], args[1])
	}
	s.play.post("slack/delete", map[string]any{"user": args[0], "channel": m.Channel, "ts": m.TS}, nil)
	s.play.state()
}

// chatMessage is the newest message with these words in a chat, of the bot or of a person.
func (w *world) chatMessage(chat int64, words string, bot bool) *chatMessage {
	list := w.messages(chat)
	for i := range slices.Backward(list) {
		if m := &list[i]; m.From.IsBot == bot && strings.Contains(isolates.Replace(m.Text), words) {
			return m
		}
	}
	return nil
}

func scriptSend(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "send CHAT [-text WORDS] [-photo] [-album] FILE…")
	s, text, kind, album := on(ts), "", "document", ""
	for i := 1; i < len(args); i++ {
		switch args[i] {
		case "-text":
			i++
			text = args[i]
		case "-photo":
			kind = "photo"
		case "-album":
			album = "13000000000001"
		default:
			file := upload{Name: filepath.Base(args[i]), Data: []byte(ts.ReadFile(args[i]))}
			s.play.post("telegram/message", map[string]any{"chat": chatID(ts, args[0]), "text": text, kind: file, "album": album}, nil)
			text = ""
		}
	}
	s.play.state()
}

func scriptAnswer(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "answer CHAT WORDS TEXT")
	s := on(ts)
	w, chat := s.play.state(), chatID(ts, args[0])
	m := w.chatMessage(chat, args[1], true)
	if m == nil {
		ts.Fatalf("no message of the bot's says %q", args[1])
	}
	s.play.post("telegram/message", map[string]any{"chat": chat, "text": args[2], "reply_to": m.MessageID}, nil)
	s.play.state()
}
