package ledger

import (
	"cmp"
	"slices"
)

// Money that waits has an age and an owner. The age is told in days on which the company's
// country works, from the day on which the entry was taken.

// EntryAge is how many business days an entry has waited.
func (v *View) EntryAge(e *BankEntry) int {
	return v.Days().Count(e.Taken, v.Today(), v.Home())
}

// ByAgeAndSum sorts entries: what has waited longest first, of one day the largest.
func ByAgeAndSum(all []*BankEntry) []*BankEntry {
	slices.SortStableFunc(all, func(a, b *BankEntry) int {
		return cmp.Or(cmp.Compare(a.Taken, b.Taken), b.Amount.Decimal().Abs().Cmp(a.Amount.Decimal().Abs()))
	})
	return all
}

// WaitingMoney is what the entries that wait come to.
type WaitingMoney struct {
	Count  int
	Sums   map[Currency]int64 // what came; what went back is not netted with it
	Oldest int                // in business days
}

// WaitingMoney sums entries that wait.
func (v *View) WaitingMoney(all []*BankEntry) WaitingMoney {
	w := WaitingMoney{Count: len(all), Sums: map[Currency]int64{}}
	for _, e := range all {
		w.Oldest = max(w.Oldest, v.EntryAge(e))
		w.Sums[e.Amount.Currency] += max(e.Amount.Minor, -e.Amount.Minor)
	}
	return w
}

// BankTally counts all entries of all statements by what became of them.
func (v *View) BankTally() (n BankCount) {
	v.s.bankEntries.each(func(e *BankEntry) { n.add(v, e) })
	return n
}

// EntryKind is one of the counts of a BankCount, in one word.
type EntryKind string

// The kinds.
const (
	EntryPosted  EntryKind = "posted"
	EntryAccount EntryKind = "account"
	EntryBack    EntryKind = "returned"
	EntryAside   EntryKind = "left"
	EntryWaiting EntryKind = "waits"
)

// Of is one of the counts.
func (n BankCount) Of(kind EntryKind) int {
	return map[EntryKind]int{EntryPosted: n.Posted, EntryAccount: n.Account, EntryBack: n.Return, EntryAside: n.Left, EntryWaiting: n.Waits}[kind]
}

// KindOf is what became of an entry.
func (v *View) KindOf(e *BankEntry) EntryKind {
	switch e.Place {
	case EntryWaits:
		return EntryWaiting
	case EntryLeft:
		return EntryAside
	case EntryReturn:
		return EntryBack
	}
	for _, id := range e.Payments {
		if p := v.Payment(id); !p.Returned && p.OnAcct+p.Refunded < p.Amount.Minor {
			return EntryPosted
		}
	}
	return EntryAccount
}

// EntriesOf are at most so many entries of which this became, the newest first.
func (v *View) EntriesOf(kind EntryKind, most int) (out []*BankEntry) {
	for id := v.s.bankEntries.n; id > 0 && len(out) < most; id-- {
		if e := v.s.bankEntries.at(id); v.KindOf(e) == kind {
			out = append(out, e)
		}
	}
	return out
}

// bankStale is after how many business days without a statement the bank's data is old, and
// bankGone after how many days an account is taken for one that is not used any more.
const (
	bankStale = 2
	bankGone  = 90
)

// StaleBank are the accounts of ours whose newest statement ends business days ago.
func (v *View) StaleBank() []*TakenStatement {
	return slices.DeleteFunc(v.BankFresh(), func(st *TakenStatement) bool {
		return v.Days().Count(st.To, v.Today(), v.Home()) <= bankStale || st.To < v.Today().AddDays(-bankGone)
	})
}

// toldOfEntries is the last message to somebody of staff about the entries that wait.
type toldOfEntries struct {
	notice NoticeID
	day    Date
}

// toldWaiting keeps which message tells an address of what waits, and its newest edit.
func (s *state) toldWaiting(x *NoticeQueued, id NoticeID) {
	if x.Kind == NoticeWaiting {
		put(s, s.waitingTold, x.Address, toldOfEntries{id, x.For})
	} else {
		put(s, s.waitingEdits, x.Address, id)
	}
}

// EntriesTold is the last message to an address about entries that wait, and its day.
func (v *View) EntriesTold(address string) (NoticeID, Date) {
	t := v.s.waitingTold[address]
	return t.notice, t.day
}

// waitingSoon reports whether a message to come shows what waits as it stands.
func (s *state) waitingSoon(x *NoticeQueued) bool {
	if x.Kind != NoticeWaitingEdit {
		return false
	}
	for _, id := range []NoticeID{s.waitingTold[x.Address].notice, s.waitingEdits[x.Address]} {
		if n := s.open[id]; n != nil && n.Attempt.At.IsZero() {
			return true
		}
	}
	return false
}
