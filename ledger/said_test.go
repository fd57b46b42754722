package ledger

import (
	"testing"
)

// An act is contested as often as its customer likes, and agreed to once: the document that went
// out, and no other.
func TestActsAreAgreedToOnce(t *testing.T) {
	b, now, c := claimBooks(t, "2026-10-05", nil)
	owe(t, b, c, "100", "EUR", "2026-09-20")
	from, to := mustDate(t, "2026-09-01"), mustDate(t, "2026-09-30")
	send := func() error {
		return try(b, "", func(tx *Tx) error { _, err := tx.SendAct(tx.Customer(c), from, to); return err })
	}
	answer := func(a ActAnswer) error {
		return try(b, "", func(tx *Tx) error {
			return tx.Answer(tx.Act(1), AnswerAct{Answer: a, Chat: "telegram:1", Words: "so it is"})
		})
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, send(), "act.again")
	wantRefusal(t, answer(ActAgreed), "act.unsent")
	do(t, b, "", func(tx *Tx) error {
		bytes, err := tx.Files().Put([]byte("act"))
		if err != nil {
			return err
		}
		return tx.DrawnAct(tx.Act(1), "en", bytes, 3)
	})
	due := func() (n int) {
		b.View(func(v *View) error { n = len(v.DueActs()); return nil })
		return n
	}
	if n := due(); n != 0 {
		t.Errorf("%d acts are asked about again at once", n)
	}
	*now = now.AddDate(0, 0, actPatience)
	if n := due(); n != 1 {
		t.Errorf("%d acts are asked about again after a week", n)
	}
	for _, a := range []ActAnswer{ActDiffers, ActDiffers, ActAgreed} {
		if err := answer(a); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	wantRefusal(t, answer(ActDiffers), "act.agreed")
	wantRefusal(t, answer(ActAgreed), "act.agreed")
	if n := due(); n != 0 {
		t.Errorf("%d acts are asked about that have an answer", n)
	}
}

// A question for a rating is put once in thirty days, while the matter is fresh, and answered once.
func TestRatingsAreAskedForRarely(t *testing.T) {
	b, now, c := claimBooks(t, "2026-10-05", nil)
	settled := func() {
		id := owe(t, b, c, "100", "EUR", "2026-09-20")
		do(t, b, "", func(tx *Tx) error {
			d, err := tx.OpenDispute(tx.Invoice(id), ReasonSum, euros(1000), "telegram:1")
			if err != nil {
				return err
			}
			_, err = tx.Resolve(d, Rejected, 0, "no")
			return err
		})
	}
	asked := func() (n int) {
		b.View(func(v *View) error { n = len(v.MayRate(v.Today())); return nil })
		return n
	}
	do(t, b, "", func(tx *Tx) error {
		token, _, err := tx.Invite(tx.Customer(c))
		if err == nil {
			_, err = tx.Link(token, "telegram:1", "Anna", "en")
		}
		return err
	})
	settled()
	if n := asked(); n != 1 {
		t.Fatalf("%d are asked after a dispute", n)
	}
	do(t, b, "", func(tx *Tx) error { return tx.Notify(tx.MayRate(tx.Today())[0]) })
	question := NoticeID(0)
	b.View(func(v *View) error { question = NoticeID(v.s.notices.n); return nil })
	rate := func(stars int) error {
		return try(b, "", func(tx *Tx) error { _, err := tx.Rate(question, stars, "telegram:1"); return err })
	}
	if err := rate(2); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, rate(5), "rating.given")
	for _, x := range []struct{ after, want int }{{10, 0}, {ratingEvery - 10, 1}} {
		*now = now.AddDate(0, 0, x.after)
		settled()
		if n := asked(); n != x.want {
			t.Errorf("%d are asked %d days later", n, x.after)
		}
	}
	*now = now.AddDate(0, 0, ratingFresh+1)
	if n := asked(); n != 0 {
		t.Errorf("%d are asked about what is long over", n)
	}
}

// Whoever says each week that he has paid is silenced for once in sixty days.
func TestClaimsSilenceOnceInSixtyDays(t *testing.T) {
	b, now, c := claimBooks(t, "2026-10-05", nil)
	id := owe(t, b, c, "100", "EUR", "2026-09-20")
	for _, x := range []struct {
		after  int // days
		silent bool
	}{{0, true}, {30, false}, {30, false}, {1, true}} {
		*now = now.AddDate(0, 0, x.after)
		do(t, b, "", func(tx *Tx) error {
			inv := tx.Invoice(id)
			p, err := tx.ClaimPaid(NewPaidClaim{Invoice: inv, Amount: euros(10000), Date: tx.Today(), Pause: 5})
			if err != nil {
				return err
			}
			if (p.Silent != 0) != x.silent || tx.Silent(inv, tx.Today()) != x.silent {
				t.Errorf("on %s: silent until %s", tx.Today(), p.Silent)
			}
			_, err = tx.SettleClaim(p, ClaimTakenBack, 0, "")
			if err == nil && tx.Silent(inv, tx.Today()) {
				t.Error("what was taken back is silent")
			}
			return err
		})
	}
}
