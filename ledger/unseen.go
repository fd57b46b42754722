package ledger

import (
	"fmt"
	"io"
	"slices"
)

// Words that were edited or taken back while their copy could not be changed: the chat was
// blocked, or stopped, or a channel of staff's was closed. Their other side holds what they said
// before. When the chat opens, the change is queued again, so that both sides end with the same
// words.

// changeWent notes what became of an edit of the copy of words: an older edit than the newest
// says nothing.
func (s *state) changeWent(q *Notice, became NoticeState) {
	w := s.words.at(uint32(q.Words))
	if w == nil || w.edit != q.ID {
		return
	}
	switch became {
	case NoticeSent:
		drop(s, s.unseen, w.ID)
	case NoticeWithdrawn, NoticeFailed:
		put(s, s.unseen, w.ID, true)
	}
}

// showUnseen queues again the changes of words whose copies stand in a chat that has opened.
func (tx *Tx) showUnseen(chat string) error {
	if ChannelOf(chat) == ChannelMail { // a mail stays as it is
		return nil
	}
	for _, id := range sortedByID(tx.s.unseen, func(id WordsID, _ bool) WordsID { return id }, func(id WordsID) WordsID { return id }) {
		w := tx.Words(id)
		at, _, stands, err := tx.NoticeMessage(w.Copy)
		if err != nil {
			return err
		}
		if !stands || at != chat || tx.s.open[w.edit] != nil {
			continue
		}
		again, err := tx.noticeOf(w.edit)
		if err == nil {
			err = tx.Notify(*again)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func dumpUnseen(w io.Writer, s *state) {
	var list []WordsID
	for id := range s.unseen {
		list = append(list, id)
	}
	slices.Sort(list)
	fmt.Fprintf(w, "unseen changes of words %d\n", list)
}
