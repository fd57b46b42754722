package ledger

import (
	"testing"
	"time"
)

// A campaign counts what became of its reminders, ends with the last of them, and shows
// itself not more often than every five seconds.
func TestCampaignCounts(t *testing.T) {
	b, _ := testBooks(t)
	now := testNow
	b.now = func() time.Time { return now }
	c := addAcme(t, b)
	var ids []NoticeID
	do(t, b, "", func(tx *Tx) error {
		k, err := tx.BeginCampaign("overdue", "C1")
		for range 4 {
			if err == nil {
				err = tx.Notify(NoticeQueued{Kind: NoticeReminder, Customer: c, For: tx.Today(), Campaign: k.ID})
				ids = append(ids, tx.LastNotice())
			}
		}
		return err
	})
	settle := func(id NoticeID, s NoticeState) {
		t.Helper()
		do(t, b, "", func(tx *Tx) error { return tx.Settle(NoticeOutcome{Notice: id, State: s, Reason: "test"}) })
	}
	want := func(state CampaignState, size int, n CampaignCount, edits int) {
		t.Helper()
		b.View(func(v *View) error {
			k := v.Campaign(1)
			if k.State != state || k.Size != size || k.Count != n {
				t.Errorf("got %s, %d, %+v, want %s, %d, %+v", k.State, k.Size, k.Count, state, size, n)
			}
			got := 0
			v.Facts(1, func(f *Fact) error {
				if x, ok := f.Body.(*NoticeQueued); ok && x.Kind == NoticeCampaignEdit {
					got++
				}
				return nil
			})
			if got != edits {
				t.Errorf("%d edits were queued, want %d", got, edits)
			}
			return nil
		})
	}
	now = now.Add(10 * time.Second)
	settle(ids[0], NoticeSent)
	want(CampaignRunning, 4, CampaignCount{Sent: 1}, 1)
	do(t, b, "", func(tx *Tx) error { return tx.Settle(NoticeOutcome{Notice: tx.LastNotice(), State: NoticeSent}) }) // the edit
	settle(ids[1], NoticeUnknown)
	want(CampaignRunning, 4, CampaignCount{Sent: 1, Unknown: 1}, 1)
	now = now.Add(time.Second)
	settle(ids[2], NoticeFailed)
	settle(ids[3], NoticeWithdrawn)
	want(CampaignDone, 4, CampaignCount{Sent: 1, Unknown: 1, Failed: 1, Withdrawn: 1}, 2)
	settle(ids[1], NoticeSent) // says staff
	want(CampaignDone, 4, CampaignCount{Sent: 2, Failed: 1, Withdrawn: 1}, 2)
	for _, change := range []func(tx *Tx, k *Campaign) error{(*Tx).PauseCampaign, (*Tx).ResumeCampaign,
		func(tx *Tx, k *Campaign) error { _, err := tx.StopCampaign(k); return err }} {
		refusal := ""
		do(t, b, "", func(tx *Tx) error {
			r, _ := AsRefusal(change(tx, tx.Campaign(1)))
			refusal = r.Key
			return nil
		})
		if refusal != "campaign.done" {
			t.Errorf("got the refusal %q, want campaign.done", refusal)
		}
	}
}

// Stopping withdraws what was not begun; what is under way comes to its own end.
func TestCampaignStopped(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	do(t, b, "", func(tx *Tx) error {
		k, err := tx.BeginCampaign("daily", "C1")
		for range 3 {
			if err == nil {
				err = tx.Notify(NoticeQueued{Kind: NoticeReminder, Customer: c, For: tx.Today(), Campaign: k.ID})
			}
		}
		if err == nil {
			err = tx.BeginSend(tx.LastNotice(), "telegram:1001", Hash{})
		}
		return err
	})
	do(t, b, "", func(tx *Tx) error {
		if err := tx.PauseCampaign(tx.Campaign(1)); err != nil || !tx.PausedCampaigns()[1] {
			t.Errorf("pausing: %v, paused %v", err, tx.PausedCampaigns())
		}
		if err := tx.ResumeCampaign(tx.Campaign(1)); err != nil || len(tx.PausedCampaigns()) > 0 {
			t.Errorf("resuming: %v, paused %v", err, tx.PausedCampaigns())
		}
		n, err := tx.StopCampaign(tx.Campaign(1))
		if k := tx.Campaign(1); n != 2 || k.Waiting() != 1 || !k.Ended.IsZero() {
			t.Errorf("%d were withdrawn, %d wait, ended %s; want 2, 1, not yet", n, k.Waiting(), k.Ended)
		}
		return err
	})
	do(t, b, "", func(tx *Tx) error {
		err := tx.Settle(NoticeOutcome{Notice: 4, State: NoticeSent, Chat: "telegram:1001", Message: "1"})
		if k := tx.Campaign(1); k.State != CampaignStopped || k.Waiting() != 0 || k.Ended.IsZero() || k.Count.Sent != 1 {
			t.Errorf("got %+v, want it stopped and ended, with one sent", k)
		}
		return err
	})
}

// A chat that is shut is not written to until it opens; one that moves takes its customers
// with it, and what was sent in it before is not to be edited.
func TestRoutes(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	link := func(chat string) {
		do(t, b, "", func(tx *Tx) error {
			token, _, err := tx.Invite(tx.Customer(c))
			if err == nil {
				_, err = tx.Link(token, chat, "Anna", "en")
			}
			return err
		})
	}
	link("telegram:-5")
	open := func(want ...string) {
		t.Helper()
		b.View(func(v *View) error {
			got := v.OpenChats(v.Customer(c))
			if len(got) != len(want) || len(got) > 0 && got[0] != want[0] {
				t.Errorf("got the chats %q, want %q", got, want)
			}
			return nil
		})
	}
	shut := func(chat string, news bool) {
		t.Helper()
		do(t, b, "", func(tx *Tx) error {
			got, err := tx.BreakRoute(c, chat, RouteBlocked, 0)
			if got != news {
				t.Errorf("shutting %s is news: %v, want %v", chat, got, news)
			}
			return err
		})
	}
	open("telegram:-5")
	shut("telegram:-5", true)
	shut("telegram:-5", false)
	shut("telegram:99", false) // nobody's
	open()
	do(t, b, "", func(tx *Tx) error { return tx.MendRoute("telegram:-5") })
	open("telegram:-5")
	shut("telegram:-5", true)
	link("telegram:-5")
	open("telegram:-5")

	sent := func(chat string) (id NoticeID) {
		do(t, b, "", func(tx *Tx) error {
			err := tx.Notify(NoticeQueued{Kind: NoticeReceipt, Customer: c})
			if id = tx.LastNotice(); err == nil {
				err = tx.Settle(NoticeOutcome{Notice: id, State: NoticeSent, Chat: chat, Message: "7"})
			}
			return err
		})
		return id
	}
	before := sent("telegram:-5")
	do(t, b, "", func(tx *Tx) error { return tx.MoveChat("telegram:-5", "telegram:-1005") })
	do(t, b, "", func(tx *Tx) error { return tx.MoveChat("telegram:-5", "telegram:-1005") }) // told twice
	open("telegram:-1005")
	after := sent("telegram:-1005")
	b.View(func(v *View) error {
		if v.ChatOwner("telegram:-5") != nil || v.ChatOwner("telegram:-1005").ID != c {
			t.Error("the customer is not at the chat's new address")
		}
		for id, want := range map[NoticeID]bool{before: false, after: true} {
			if chat, _, ok, err := v.NoticeMessage(id); chat != "telegram:-1005" || ok != want || err != nil {
				t.Errorf("notice %d: got %s, %v, %v, want that it can be edited: %v", id, chat, ok, err, want)
			}
		}
		return nil
	})
}
