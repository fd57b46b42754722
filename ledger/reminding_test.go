package ledger

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// tenSteps counts a step for every ten days, of any invoice.
func tenSteps(_ *Invoice, days int) int { return max(days/10, 0) }

// A hold lasts through its day in the customer's zone; then reminders go on with the step of the
// age, and none of those before.
func TestHoldEndsByItself(t *testing.T) {
	now := testNow
	b, err := Open(filepath.Join(t.TempDir(), "duebot.db"), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	setTestCompany(t, b)
	acme := addAcme(t, b)
	one, two := issueFor(t, b, acme, "100"), issueFor(t, b, acme, "200")
	until := one.Due.AddDays(25)
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.Hold(tx.Customer(acme), one.ID, until, "the new director")
		return err
	})
	judge := func(day Date) {
		t.Helper()
		now = day.At(12, 0, time.UTC)
		do(t, b, "", func(tx *Tx) error { return tx.JudgeHolds(tx.DueHolds(), tenSteps) })
	}
	judge(until)
	b.View(func(v *View) error {
		if h := v.HoldOf(v.Customer(acme), one.ID); h == nil || h.Ended != 0 || len(v.DueHolds()) != 0 || v.HoldOf(v.Customer(acme), two.ID) != nil {
			t.Errorf("on its last day the hold is %+v", h)
		}
		return nil
	})
	judge(until.AddDays(1))
	b.View(func(v *View) error {
		if len(v.OpenHolds()) != 0 || one.Step != 2 || two.Step != 0 {
			t.Errorf("after its end: %d holds, steps %d and %d", len(v.OpenHolds()), one.Step, two.Step)
		}
		return nil
	})
}

// setTestCompany gives books the company of the tests.
func setTestCompany(t *testing.T, b *Books) {
	t.Helper()
	do(t, b, "", func(tx *Tx) error {
		return tx.SetCompany(CompanySet{Name: "L", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN"})
	})
}

// A second hold of the same takes the place of the first; ended twice is refused, and so is a day
// that is over.
func TestHoldsAreOneEach(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	defer b.Close()
	acme := addAcme(t, b)
	hold := func(until Date) *Hold {
		t.Helper()
		var h *Hold
		do(t, b, "", func(tx *Tx) (err error) { h, err = tx.Hold(tx.Customer(acme), 0, until, ""); return err })
		return h
	}
	first, second := hold(0), hold(testDay.AddDays(9))
	b.View(func(v *View) error {
		if first.Ended == 0 || len(v.OpenHolds()) != 1 || v.HoldOf(v.Customer(acme), 0) != second {
			t.Errorf("the holds are %v", v.OpenHolds())
		}
		return nil
	})
	do(t, b, "", func(tx *Tx) error { return tx.EndHold(second, tenSteps) })
	wantRefusal(t, try(b, "", func(tx *Tx) error { return tx.EndHold(second, tenSteps) }), "hold.over")
	wantRefusal(t, try(b, "", func(tx *Tx) error {
		_, err := tx.Hold(tx.Customer(acme), 0, tx.Today().AddDays(-2), "")
		return err
	}), "hold.past")
}

// The version of policies moves when they do, and each stays readable.
func TestPoliciesHaveVersions(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	defer b.Close()
	for i, text := range []string{"mild", "mild", "strict", "mild"} {
		want := []int{1, 1, 2, 3}[i]
		do(t, b, "", func(tx *Tx) error {
			got, err := tx.SetPolicies(text)
			if got != want {
				t.Errorf("%q is version %d, want %d", text, got, want)
			}
			return err
		})
	}
	b.View(func(v *View) error {
		if v.Policies(2) != "strict" || v.Policies(0) != "" || v.Policies(4) != "" || v.PolicyVersion() != 3 {
			t.Error("a version is not what it was")
		}
		return nil
	})
}

// Steps that were left out count as said, and a lower one takes nothing back.
func TestSkippedStepsCountAsSaid(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	defer b.Close()
	acme := addAcme(t, b)
	inv, soon := issueFor(t, b, acme, "100"), issueFor(t, b, acme, "50")
	for _, step := range []int{2, 1} {
		do(t, b, "", func(tx *Tx) error {
			return tx.SkipSteps(tx.Customer(acme), testDay, []PlanStep{{inv.ID, step}, {soon.ID, 0}}, SkipByStaff, "he called")
		})
	}
	if inv.Step != 2 || soon.Step != 0 || soon.Nudge != testDay {
		t.Errorf("steps %d and %d, nudged %s", inv.Step, soon.Step, soon.Nudge)
	}
}

// Contacts of the last month are remembered by day, those of a call and of a message alike; an
// undone note takes its own away, and what is older goes.
func TestContactsAreRemembered(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	defer b.Close()
	acme := addAcme(t, b)
	inv, other := issueFor(t, b, acme, "100"), issueFor(t, b, acme, "50")
	contacts := func() []Date {
		var out []Date
		b.View(func(v *View) error { out = slices.Clone(v.Customer(acme).Contacts); return nil })
		return out
	}
	say := func(on Date) {
		t.Helper()
		do(t, b, "", func(tx *Tx) error {
			return tx.Notify(NoticeQueued{Kind: NoticeReminder, Customer: acme, Invoice: inv.ID, For: on, Step: 1, Policy: 3, Also: []PlanStep{{other.ID, 4}}})
		})
		do(t, b, "", func(tx *Tx) error {
			id := tx.Customer(acme).Reminder
			return tx.Settle(NoticeOutcome{Notice: id, State: NoticeSent, Chat: "telegram:1", Message: "1"})
		})
	}
	say(testDay)
	var note *Note
	do(t, b, "", func(tx *Tx) (err error) {
		note, err = tx.NoteOn(NewNote{Customer: acme, Kind: NoteContact, Words: "called"})
		return err
	})
	if got := contacts(); len(got) != 2 || inv.Step != 1 || other.Step != 4 {
		t.Errorf("contacts on %v, steps %d and %d", got, inv.Step, other.Step)
	}
	do(t, b, "", func(tx *Tx) error { return tx.UndoNote(note) })
	say(testDay.AddDays(contactDays - 1))
	if got := contacts(); len(got) != 2 {
		t.Errorf("contacts on %v", got)
	}
	say(testDay.AddDays(contactDays))
	if got := contacts(); fmt.Sprint(got) != fmt.Sprint([]Date{testDay.AddDays(contactDays - 1), testDay.AddDays(contactDays)}) {
		t.Errorf("contacts on %v", got)
	}
}

// remindingAct is one of what staff decide about reminders.
func remindingAct(r *rapid.T, tx *Tx, c CustomerID) error {
	inv := InvoiceID(rapid.IntRange(0, int(tx.s.invoices.n)).Draw(r, "invoice"))
	x := tx.Customer(c)
	switch rapid.IntRange(0, 8).Draw(r, "of reminders") {
	case 0:
		return tx.GivePolicy(x, inv, rapid.SampledFrom([]string{"", "mild", "strict"}).Draw(r, "policy"))
	case 1:
		_, err := tx.Hold(x, inv, tx.Today().AddDays(rapid.IntRange(-1, 20).Draw(r, "days")), "because")
		return err
	case 2:
		if h := tx.HoldOf(x, inv); h != nil {
			return tx.EndHold(h, tenSteps)
		}
	case 3:
		return tx.JudgeHolds(tx.DueHolds(), tenSteps)
	case 4:
		return tx.SkipSteps(x, tx.Today(), []PlanStep{{inv, rapid.IntRange(0, 3).Draw(r, "step")}}, rapid.SampledFrom([]string{SkipByStaff, SkipContact}).Draw(r, "why"), "")
	case 5:
		return tx.UndoSkip(x)
	case 6:
		return tx.Snooze(x, tx.Today(), tx.Today().AddDays(rapid.IntRange(0, 5).Draw(r, "snoozed")))
	case 7:
		_, err := tx.HoldContact(x, ContactKey{Invoice: inv, Step: 1}, tx.Today(), HeldMoney)
		return err
	}
	_, err := tx.SetPolicies(rapid.SampledFrom([]string{"one", "two"}).Draw(r, "policies"))
	return err
}

// remindingActs are what staff decide about reminders, once each.
func remindingActs(t *testing.T, b *Books) {
	var c *Customer
	acts := []func(tx *Tx) error{
		func(tx *Tx) (err error) {
			c, err = tx.AddCustomer(NewCustomer{Handle: "held", Name: "Held"})
			return err
		},
		func(tx *Tx) error { _, err := tx.SetPolicies("the policies"); return err },
		func(tx *Tx) error { return tx.GivePolicy(c, 0, "mild") },
		func(tx *Tx) error { _, err := tx.Hold(c, 0, 0, "the new director"); return err },
		func(tx *Tx) error { return tx.EndHold(tx.HoldOf(c, 0), tenSteps) },
		func(tx *Tx) error {
			return tx.SkipSteps(c, tx.Today(), []PlanStep{{1, 1}, {2, 0}}, SkipByStaff, "he called")
		},
	}
	for i, act := range acts {
		if err := try(b, fmt.Sprintf("reminding%d", i), act); err != nil {
			t.Errorf("act %d about reminders: %v", i, err)
		}
	}
}
