package main

import (
	"fmt"
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// talks reports whether a notice belongs to a talk with a customer in a way that its invoice
// does not tell: it is said in a question's thread, or changes something that was said.
func talks(n *ledger.Notice) bool {
	switch n.Kind {
	case ledger.NoticeReplyEdit, ledger.NoticeWordsEdit, ledger.NoticeQuestionEdit:
		return true
	}
	return n.Question != 0 && n.InThread
}

// inTalk finds the message that a notice changes, or in whose thread it is said. What cannot be
// said there yet waits: an edit never overtakes what it edits.
func (d *delivery) inTalk(v *ledger.View, o *outgoing) (why string, err error) {
	n := &o.notice
	heads, at := ledger.NoticeID(0), &o.edit
	switch w := v.Words(n.Words); {
	case n.InThread:
		heads, at = v.Question(n.Question).Notice, &o.thread
	case n.Kind == ledger.NoticeQuestionEdit:
		heads = questionMessage(v, n)
	case w != nil:
		heads = w.Copy
	}
	chat, message, ok, err := v.NoticeMessage(heads)
	switch {
	case err != nil:
		return "", err
	case !ok && heads != 0 && !v.NoticeDone(heads):
		return noCard, nil
	case !ok && n.InThread:
		return "", nil // better beside it than nowhere
	case !ok:
		return "there is no message to edit", nil
	}
	*at = message
	return d.placed(v, o, chat, nil)
}

// disputeMessage is the message of a dispute that an edit changes: the one in the thread of the
// invoice, or the one that told its owner of the deadline.
func disputeMessage(v *ledger.View, n *ledger.Notice) ledger.NoticeID {
	d := v.Dispute(n.Dispute)
	if n.Code == ledger.DisputeNear {
		return d.Reminder
	}
	return d.Notice
}

// questionMessage is the message of a question that an edit changes: where it is answered, or
// where it was until somebody else took it over.
func questionMessage(v *ledger.View, n *ledger.Notice) ledger.NoticeID {
	if id, left := n.QuestionLeft(); left {
		return id
	}
	return v.Question(n.Question).Notice
}

// awaited reports whether a notice brings a file that is being fetched.
func awaited(v *ledger.View, n *ledger.Notice) bool {
	w := v.Words(n.Words)
	return w != nil && w.Awaits && w.File == 0 && !w.Withdrawn
}

// unchanged tells staff that the customer's copy of their words stays as it was: for good, or
// until his chat opens.
func (d *delivery) unchanged(tx *ledger.Tx, n *ledger.Notice, why string) error {
	if w := tx.Words(n.Words); n.Kind != ledger.NoticeReplyEdit || w == nil || !arrived(&tx.View, w.Copy) {
		return nil
	}
	if why == shut {
		return d.bot.desk.TellUnsaid(tx, n, "later")
	}
	return d.bot.desk.TellUnsaid(tx, n, "unchanged")
}

// tellWaits tells staff, once, that what they wrote, or an edit of it, waits until the customer
// can be reached.
func (d *delivery) tellWaits(tx *ledger.Tx, n *ledger.Notice) error {
	if n.Kind != ledger.NoticeReply && n.Kind != ledger.NoticeReplyEdit {
		return nil
	}
	marker := fmt.Sprintf("unsaid:%d", n.ID)
	if told, err := tx.Get(marker); err != nil || told != nil {
		return err
	}
	tx.Put(marker, []byte{1})
	if n.Kind == ledger.NoticeReplyEdit {
		return d.unchanged(tx, n, shut)
	}
	return d.bot.desk.TellUnsaid(tx, n, "waits")
}

func arrived(v *ledger.View, id ledger.NoticeID) bool {
	state, _, err := v.NoticeFate(id)
	return err == nil && state == ledger.NoticeSent
}

// asker is the chat that staff's words answer, if its customer is still reached there: who
// raised a dispute or asked a question is answered, not his colleagues.
func asker(v *ledger.View, n *ledger.Notice) string {
	if n.Kind != ledger.NoticeReply {
		return ""
	}
	chat := ""
	if q := v.Question(n.Question); q != nil {
		chat = v.Asker(q)
	} else if disp := v.Dispute(n.Dispute); disp != nil {
		chat = disp.Chat
	}
	if !slices.Contains(v.Customer(n.Customer).Chats, chat) || v.Shut(chat) {
		return ""
	}
	return chat
}

// withdrawn is the file that takes the place of one that was taken back.
func (b *Bot) withdrawn(p *card.Paper) card.Drawn {
	words := wordsIn(b.texts, b.texts.Match(p.Lang))
	return card.Drawn{Name: words(card.T("talk.withdrawn.file")) + ".txt", MIME: fileMIME["txt"], Data: []byte(words(card.T("talk.withdrawn")) + "\n")}
}

// knownName is what Slack calls a user, "" while it was not asked.
func (b *Bot) knownName(user string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return clean(b.people[user].Name)
}
