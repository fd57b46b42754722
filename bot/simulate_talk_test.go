package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duebot/ledger"
)

// What staff and customers of the simulation say to each other: words and files, which they
// edit and take back. Whatever fails on the way, the two sides of each thread hold the same
// words in the same order, once nothing waits any more.

// talk has somebody say something, or change what he said.
func (s *simulation) talk() {
	inv, ok := s.invoice()
	chat := s.chats[inv.handle]
	if !ok || chat == 0 || s.blocked[chat] {
		return
	}
	text := fmt.Sprintf("%d: سلام <b>&amp; 🙂 *x*", s.acts)
	switch s.rng.Intn(6) {
	case 0, 1:
		s.writes(chat, text)
	case 2:
		file := upload{Name: "letter.txt", Data: fmt.Appendf(nil, "letter %d", s.acts)}
		if s.rng.Intn(2) == 0 {
			file = upload{Name: "order.pdf", Mime: "application/pdf", Data: paymentOrder(s.acts)}
		}
		s.writes(chat, text, file)
	case 3:
		if w := s.said(false); w != nil {
			s.change(w, "telegram/edit", map[string]any{"text": text})
		}
	default:
		s.staffTalk(text)
	}
}

// staffTalk has staff answer in a thread, or edit or delete what they said there.
func (s *simulation) staffTalk(text string) {
	if w := s.said(true); w != nil && s.rng.Intn(3) == 0 {
		s.change(w, "slack/edit", map[string]any{"user": finance, "text": text})
		return
	} else if w != nil && s.rng.Intn(4) == 0 {
		s.change(w, "slack/delete", map[string]any{"user": finance})
		return
	}
	channel, thread := s.someThread()
	if thread == "" {
		return
	}
	m := map[string]any{"user": finance, "channel": channel, "thread_ts": thread, "text": text}
	if s.rng.Intn(3) == 0 {
		m["files"] = []upload{{Name: "terms.txt", Mime: "text/plain", Data: fmt.Appendf(nil, "terms %d", s.acts)}}
	}
	s.try("slack/message", m, nil)
}

// change edits or deletes the message in which w was said.
func (s *simulation) change(w *ledger.Words, path string, act map[string]any) {
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		chat, message, _ := v.SaidAt(w)
		if where, ok := strings.CutPrefix(chat, "slack:"); ok {
			act["channel"], act["ts"] = where, message
		} else {
			act["chat"], _ = strconv.ParseInt(strings.TrimPrefix(chat, "telegram:"), 10, 64)
			act["message_id"], _ = strconv.Atoi(message)
		}
		return nil
	})
	s.try(path, act, nil) // it may be gone
}

// said is something that was said by one side, of the last things.
func (s *simulation) said(staff bool) *ledger.Words {
	s.rest()
	var all []*ledger.Words
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		for id := ledger.WordsID(1); v.Words(id) != nil; id++ {
			if w := *v.Words(id); w.Staff == staff && !w.Withdrawn {
				if _, _, ok := v.SaidAt(&w); ok {
					all = append(all, &w)
				}
			}
		}
		return nil
	})
	if len(all) == 0 {
		return nil
	}
	all = all[max(0, len(all)-8):]
	return all[s.rng.Intn(len(all))]
}

// someThread is a thread in which staff talk with a customer.
func (s *simulation) someThread() (channel, ts string) {
	s.rest()
	var heads []ledger.NoticeID
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		for _, q := range v.OpenQuestions() {
			heads = append(heads, q.Notice)
		}
		for _, d := range v.OpenDisputes() {
			heads = append(heads, v.Invoice(d.Invoice).Card)
		}
		if len(heads) == 0 {
			return nil
		}
		chat, message, ok, err := v.NoticeMessage(heads[s.rng.Intn(len(heads))])
		if ok {
			channel, ts = strings.TrimPrefix(chat, "slack:"), message
		}
		return err
	})
	return channel, ts
}

// copied is where the copy of something said stands, and what the two read.
type copied struct {
	id             ledger.WordsID
	here, there    string // the messages' ids, as long as each other so that they can be compared
	says, copy     string
	file, gone, in bool
}

// checkTalks compares the two sides of each thread.
func (s *simulation) checkTalks() {
	s.t.Helper()
	w := s.state()
	threads := map[string][]copied{}
	s.box.bot.Load().books.View(func(v *ledger.View) error {
		for id := ledger.WordsID(1); v.Words(id) != nil; id++ {
			said := v.Words(id)
			chat, message, noted := v.SaidAt(said)
			to, as, sent, err := v.NoticeMessage(said.Copy)
			if err != nil || !noted || !sent || ledger.ChannelOf(to) == ledger.ChannelMail {
				continue
			}
			if state, _, _ := v.NoticeFate(said.EditNotice()); state != "" && state != ledger.NoticeSent && v.Shut(to) {
				continue // the change waits until he can be reached again
			}
			text, _ := v.Text(said.Text)
			c := copied{id: id, here: fmt.Sprintf("%30s", message), there: fmt.Sprintf("%30s", as), says: text, copy: w.reads(to, as), file: said.File != 0, gone: said.Withdrawn}
			c.in = chat != "" && to != ""
			key := fmt.Sprintf("%d/%d %t %s %s %s", said.Dispute, said.Question, said.Staff, chat, to, w.thread(to, as))
			threads[key] = append(threads[key], c)
		}
		return nil
	})
	for key, list := range threads {
		s.did["words compared"] += len(list)
		byHere := slices.IsSortedFunc(list, func(a, b copied) int { return strings.Compare(a.here, b.here) })
		byThere := slices.IsSortedFunc(list, func(a, b copied) int { return strings.Compare(a.there, b.there) })
		if !byHere || !byThere {
			s.t.Errorf("%s: what was said is in another order on the other side: %+v", key, list)
		}
		for _, c := range list {
			if c.file || !c.in {
				continue
			}
			if has := strings.Contains(c.copy, c.says); has == c.gone || c.copy == "" {
				s.t.Errorf("%s, words %d: said %q (taken back: %t), the other side reads %q", key, c.id, c.says, c.gone, c.copy)
			}
		}
	}
}

// thread is the message that heads the thread in which a message stands, "" outside of Slack:
// a question that is handed to somebody else goes on in another one.
func (w *world) thread(chat, id string) string {
	channel, ok := strings.CutPrefix(chat, "slack:")
	if !ok {
		return ""
	}
	for i := range w.Slack.Messages {
		if m := &w.Slack.Messages[i]; m.Channel == channel && m.TS == id && m.ThreadTS != "" {
			return m.ThreadTS
		}
	}
	return id
}

// reads is what a message says to whoever looks at it.
func (w *world) reads(chat, id string) string {
	if channel, ok := strings.CutPrefix(chat, "slack:"); ok {
		for i := range w.Slack.Messages {
			if m := &w.Slack.Messages[i]; m.Channel == channel && m.TS == id {
				return isolates.Replace(shown(m.Text, m.Blocks))
			}
		}
		return ""
	}
	n, _ := strconv.ParseInt(strings.TrimPrefix(chat, "telegram:"), 10, 64)
	for _, m := range w.messages(n) {
		if strconv.Itoa(m.MessageID) == id {
			return isolates.Replace(m.Text)
		}
	}
	return ""
}
