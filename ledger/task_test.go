package ledger

import (
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// taskBooks are books with a customer who owes two invoices, at a time that can be moved.
func taskBooks(t *testing.T) (b *Books, acme CustomerID, one, two *Invoice) {
	t.Helper()
	b = openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	t.Cleanup(func() { b.Close() })
	setTestCompany(t, b)
	acme = addAcme(t, b)
	return b, acme, issueFor(t, b, acme, "100"), issueFor(t, b, acme, "200")
}

// One task of a kind is open for a customer: a second reason joins it, and the same one does not.
func TestTasksOfAKindAreOne(t *testing.T) {
	b, acme, one, two := taskBooks(t)
	open := func(kind TaskKind, inv *Invoice) (fresh, joined bool) {
		t.Helper()
		do(t, b, "", func(tx *Tx) (err error) {
			_, fresh, joined, err = tx.OpenTask(tx.Customer(acme), kind, TaskReason{Invoice: inv.ID}, "U1", tx.Today().AddDays(2))
			return err
		})
		return fresh, joined
	}
	for i, x := range []struct {
		kind          TaskKind
		inv           *Invoice
		fresh, joined bool
	}{{TaskPromise, one, true, false}, {TaskPromise, one, false, false}, {TaskPromise, two, false, true}, {TaskLastStep, two, true, false}} {
		if fresh, joined := open(x.kind, x.inv); fresh != x.fresh || joined != x.joined {
			t.Errorf("act %d: got fresh %t and joined %t, want %t and %t", i, fresh, joined, x.fresh, x.joined)
		}
	}
	b.View(func(v *View) error {
		all := v.OpenTasks()
		if len(all) != 2 || len(all[0].Reasons) != 2 || v.Escalated(two) != all[1] || v.Escalated(one) != all[0] {
			t.Errorf("open are %+v", all)
		}
		return nil
	})
	do(t, b, "", func(tx *Tx) error { return tx.CloseTask(tx.Task(1), TaskNothing, 0, false, "a friend") })
	for _, again := range []func(tx *Tx) error{
		func(tx *Tx) error { return tx.CloseTask(tx.Task(1), TaskNothing, 0, false, "") },
		func(tx *Tx) error { return tx.AssignTask(tx.Task(1), "U2") },
		func(tx *Tx) error { return tx.MoveTask(tx.Task(1), tx.Today().AddDays(1), false) },
	} {
		refusedWith(t, b, "task.over", again)
	}
	refusedWith(t, b, "task.day", func(tx *Tx) error { return tx.MoveTask(tx.Task(2), tx.Today(), false) })
	refusedWith(t, b, "task.day", func(tx *Tx) error { return tx.MoveTask(tx.Task(2), tx.Today().AddDays(91), false) })
}

func refusedWith(t *testing.T, b *Books, key string, act func(tx *Tx) error) {
	t.Helper()
	err := try(b, "", act)
	if r, ok := AsRefusal(err); !ok || r.Key != key {
		t.Errorf("got %v, want the refusal %s", err, key)
	}
}

// A step that a task does counts as said by its outcome alone, with those of other currencies.
func TestStepOfATaskCountsWhenDone(t *testing.T) {
	for _, said := range []bool{true, false} {
		b, acme, one, two := taskBooks(t)
		do(t, b, "", func(tx *Tx) error {
			why := TaskReason{Invoice: one.ID, Step: 2, Also: []PlanStep{{two.ID, 1}}}
			_, _, _, err := tx.OpenTask(tx.Customer(acme), TaskCall, why, "", tx.Today().AddDays(2))
			return err
		})
		do(t, b, "", func(tx *Tx) error { return tx.CloseTask(tx.Task(1), TaskTalked, 0, said, "") })
		want := []int{2, 1}
		if !said {
			want = []int{0, 0}
		}
		if got := []int{one.Step, two.Step}; !slices.Equal(got, want) {
			t.Errorf("said %t: steps are %v, want %v", said, got, want)
		}
	}
}

// A task is answered when all that it is about is: paid, promised, held.
func TestTaskIsAnsweredByTheBooks(t *testing.T) {
	b, acme, one, two := taskBooks(t)
	do(t, b, "", func(tx *Tx) error {
		c := tx.Customer(acme)
		if _, _, _, err := tx.OpenTask(c, TaskPromise, TaskReason{Invoice: one.ID}, "", tx.Today().AddDays(2)); err != nil {
			return err
		}
		_, _, _, err := tx.OpenTask(c, TaskPromise, TaskReason{Invoice: two.ID}, "", tx.Today().AddDays(2))
		return err
	})
	want := func(outcome TaskOutcome) {
		t.Helper()
		b.View(func(v *View) error {
			if got := v.TaskAnswered(v.Task(1)); got != outcome {
				t.Errorf("answered %q, want %q", got, outcome)
			}
			return nil
		})
	}
	want("")
	do(t, b, "", func(tx *Tx) error { return tx.Promise(one, tx.Today().AddDays(3)) })
	want("")
	do(t, b, "", func(tx *Tx) error { _, err := tx.Hold(tx.Customer(acme), two.ID, 0, ""); return err })
	want(TaskHeld)
	do(t, b, "", func(tx *Tx) error {
		_, _, err := tx.Receive(NewPayment{Customer: acme, Date: tx.Today(), Amount: euros(30000), Method: "bank"})
		return err
	})
	want(TaskPaid)
}

// Numbers that the whole world can dial, and others.
func TestDialNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"+40 721 234 567": "+40721234567", "+49 (0)30 123456": "+4930123456", "+1-202-555-0143": "+12025550143", "+98 912 345 6789": "+989123456789",
		"+86 138 0013 8000": "+8613800138000", "0721 234 567": "", "+40 721": "", "+999 123 456 78": "", "+49 30 123456 x12": "", "+4972123456789012": "", "": "", "+": "",
		"+40721\u0661234567": "", "0040721234567": "",
	} {
		if got, ok := DialNumber(text); got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t, want %q", text, got, ok, want)
		}
	}
}

// Facts tell of messages to a number by the customer, and never by the number; a number that is
// refused is shut until it is named again.
func TestNumbersStayOutOfFacts(t *testing.T) {
	b, acme, _, _ := taskBooks(t)
	set := func(phone string) {
		t.Helper()
		do(t, b, "", func(tx *Tx) error { _, err := tx.SetPhone(tx.Customer(acme), phone); return err })
	}
	set("+40 721 234 567")
	const address = "sms:+40721234567"
	if got := b.s.actorOf(address); got == address || got == "sms" || b.s.addressOf(got) != address {
		t.Errorf("a fact calls the number %q", got)
	}
	if got := b.s.actorOf("sms:+40721000000"); got != "sms" {
		t.Errorf("a fact calls a stranger's number %q", got)
	}
	reached := func() (yes bool) {
		b.View(func(v *View) error { yes = v.ReachesBySMS(v.Customer(acme)); return nil })
		return yes
	}
	do(t, b, "", func(tx *Tx) error { _, err := tx.BreakRoute(acme, address, RouteRefused, time.Hour); return err })
	if reached() {
		t.Error("a number that was refused is not shut")
	}
	set("+40 721 234 567")
	if !reached() {
		t.Error("a number that was named again is shut")
	}
}
