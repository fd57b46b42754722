package ledger

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lostReminders makes so many customers, each with a reminder whose answer was lost, in a
// campaign or without one.
func lostReminders(t *testing.T, b *Books, customers int, campaign bool) (ids []NoticeID) {
	t.Helper()
	do(t, b, "", func(tx *Tx) error {
		k := CampaignID(0)
		if campaign {
			x, err := tx.BeginCampaign("overdue", "C1")
			if err != nil {
				return err
			}
			k = x.ID
		}
		for i := range customers {
			c, err := tx.AddCustomer(NewCustomer{Handle: fmt.Sprintf("lost%d-%d", k, i)})
			if err != nil {
				return err
			}
			if err := tx.Notify(NoticeQueued{Kind: NoticeReminder, Customer: c.ID, For: tx.Today(), Campaign: k, Step: 1}); err != nil {
				return err
			}
			id := tx.LastNotice()
			if err := tx.BeginSend(id, "telegram:1", Hash{}); err != nil {
				return err
			}
			if err := tx.Settle(NoticeOutcome{Notice: id, State: NoticeUnknown, Reason: "lost"}); err != nil {
				return err
			}
			if err := tx.AskUnknown(id, "C1"); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids
}

// queuedOf are the notices of a kind.
func queuedOf(b *Books, kind NoticeKind) (out []NoticeQueued) {
	b.View(func(v *View) error {
		return v.Facts(1, func(f *Fact) error {
			if x, ok := f.Body.(*NoticeQueued); ok && x.Kind == kind {
				out = append(out, *x)
			}
			return nil
		})
	})
	return out
}

// Lost reminders are asked about by one message for a campaign and one for a day; what is said
// of them is booked once, and the same after a replay.
func TestDoubtsAreClearedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duebot.db")
	b := openTest(t, path)
	addAcme(t, b)
	of, day := lostReminders(t, b, 5, true), lostReminders(t, b, 3, false)
	if asks := queuedOf(b, NoticeDoubt); len(asks) != 2 || asks[0].Campaign != 1 || asks[1].Campaign != 0 || asks[1].For == 0 {
		t.Fatalf("asked by %+v, want one for the campaign and one for the day", asks)
	}
	clear := func(ids []NoticeID, again bool) (out Cleared) {
		do(t, b, "", func(tx *Tx) (err error) { out, err = tx.ClearDoubts(ids, again, "C1"); return err })
		return out
	}
	if got := clear(of[:2], false); got.Arrived != 2 || got.All() != 2 || got.Campaign != nil {
		t.Errorf("got %+v, want two that arrived", got)
	}
	got := clear(append(of, of...), true)
	if got.Again != 3 || got.All() != 3 || got.Campaign == nil || got.Campaign.Size != 3 || got.Campaign.What != "again" {
		t.Errorf("got %+v, want three that are sent again as a campaign", got)
	}
	if got := clear(of, true); got.All() != 0 {
		t.Errorf("the second time %+v, want nothing", got)
	}
	if got := clear(day[:1], true); got.Again != 1 || got.Campaign != nil {
		t.Errorf("got %+v, want one that is sent again by itself", got)
	}
	if n := len(queuedOf(b, NoticeReminder)); n != 8+4 {
		t.Errorf("%d reminders were queued, want the eight and four once more", n)
	}
	b.View(func(v *View) error {
		if k := v.Campaign(1); k.Count != (CampaignCount{Sent: 2, Withdrawn: 3}) {
			t.Errorf("the first campaign counts %+v", k.Count)
		}
		if d := v.Doubt(DoubtID{Campaign: 1}); d.Arrived != 2 || d.Again != 3 || d.Card == 0 {
			t.Errorf("of the campaign is known %+v", d)
		}
		if left := v.UnknownNotices(); len(left) != 2 {
			t.Errorf("%d are unknown, want two", len(left))
		}
		return nil
	})
	before := dumpOf(t, b)
	b.Close()
	b = openTest(t, path)
	defer b.Close()
	if after := dumpOf(t, b); after != before {
		t.Error("a replay gives other projections")
	}
	if !strings.Contains(before, "doubt of campaign 1") {
		t.Error("the dump does not tell of doubts")
	}
}

// Who was reminded since is not reminded once more, and of two to one customer the newest is.
func TestRemindedSinceIsLeftOut(t *testing.T) {
	b, _ := testBooks(t)
	now := testNow
	b.now = func() time.Time { return now }
	ids := lostReminders(t, b, 2, false)
	now = now.AddDate(0, 0, 4)
	remind := func(id CustomerID, s NoticeState) (n NoticeID) {
		do(t, b, "", func(tx *Tx) error {
			if err := tx.Notify(NoticeQueued{Kind: NoticeReminder, Customer: id, For: tx.Today(), Step: 2}); err != nil {
				return err
			}
			n = tx.LastNotice()
			return tx.Settle(NoticeOutcome{Notice: n, State: s, Chat: "telegram:1", Message: "9"})
		})
		return n
	}
	remind(1, NoticeSent)
	second := remind(2, NoticeUnknown)
	var out Cleared
	do(t, b, "", func(tx *Tx) (err error) { out, err = tx.ClearDoubts(append(ids, second), true, "C1"); return err })
	if out.Left != 2 || out.Again != 1 {
		t.Errorf("got %+v, want one sent again and two left out", out)
	}
	if last := queuedOf(b, NoticeReminder); last[len(last)-1].Customer != 2 || last[len(last)-1].Step != 2 {
		t.Errorf("sent again is %+v, want the newest of the second customer", last[len(last)-1])
	}
}

// That a reminder of long ago arrived does not count as a contact of today.
func TestArrivedIsNoNewContact(t *testing.T) {
	b, _ := testBooks(t)
	now := testNow
	b.now = func() time.Time { return now }
	ids := lostReminders(t, b, 1, true)
	var was, is Date
	b.View(func(v *View) error { was = v.Customer(1).LastContact; return nil })
	now = now.AddDate(0, 0, 10)
	do(t, b, "", func(tx *Tx) error { _, err := tx.ClearDoubts(ids, false, "C1"); return err })
	b.View(func(v *View) error { is = v.Customer(1).LastContact; return nil })
	if was == 0 || is != was {
		t.Errorf("the last contact was %s and is %s", was, is)
	}
}
