package ledger

// PaperFate is what became of the newest document of a kind that was to hang in the thread of
// inv's card; "" where none was, or where another is needed.
func (v *View) PaperFate(inv *Invoice, kind string) (fate NoticeState, err error) {
	err = v.History(v.Customer(inv.Customer), inv.ID, 0, func(f *Fact) bool {
		var q *NoticeQueued
		state := NoticeQueuedState
		switch x := f.Body.(type) {
		case *NoticeQueued:
			q = x
		case *NoticeOutcome:
			state = x.State
			if q, err = v.noticeOf(x.Notice); err != nil {
				return false
			}
		}
		if q == nil || q.Kind != NoticePaper || q.Code != kind || q.Credit != 0 {
			return true
		}
		if state == NoticeQueuedState || state == NoticeSent {
			fate = state
		}
		return false
	})
	return fate, err
}
