package reminders

import (
	"testing"

	"duebot/ledger"
)

// tasked has the office's people do tasks: each stays open until the test closes it.
func (o *office) tasked() {
	o.rules.Task = func(tx *ledger.Tx, c *ledger.Customer, kind ledger.TaskKind, why ledger.TaskReason) error {
		_, _, _, err := tx.OpenTask(c, kind, why, "U1", tx.Today().AddDays(2))
		return err
	}
}

// task is the open task of a kind, nil for none.
func (o *office) task(kind ledger.TaskKind) (t *ledger.Task) {
	o.books.View(func(v *ledger.View) error { t = v.TaskOf(v.Customer(o.acme), kind); return nil })
	return t
}

func (o *office) closeTask(t *ledger.Task, outcome ledger.TaskOutcome, said bool) {
	o.t.Helper()
	if t == nil {
		o.t.Fatal("there is no such task")
	}
	o.do(func(tx *ledger.Tx) error { return tx.CloseTask(tx.Task(t.ID), outcome, 0, said, "") })
}

// A step that a person does waits until it is done, and those behind it wait with it; words before
// a due date do not.
func TestCallIsAStepOfItsOwn(t *testing.T) {
	o := newOffice(t, "UTC")
	o.tasked()
	p := o.policy()
	p.Before, p.Interval, p.Steps = []int{1}, 2, []Step{{3, Friendly, Message}, {7, Plain, Call}, {14, Firm, Message}}
	o.invoice("2026-10-05", 10000)
	o.expect("2026-10-04T10:00:00Z", 0)
	o.expect("2026-10-08T10:00:00Z", 1)
	o.expect("2026-10-12T10:00:00Z")
	call := o.task(ledger.TaskCall)
	if call == nil || call.Reasons[0].Step != 2 || len(call.Reasons) != 1 {
		t.Fatalf("the call is %+v", call)
	}
	o.books.View(func(v *ledger.View) error {
		if d := o.rules.Policy.Decide(v, v.Customer(o.acme), on("2026-10-13")); d.Why != AtWork || d.Contact.Step != 2 {
			t.Errorf("while it is to be done the rules say %+v", d)
		}
		if all := o.rules.Policy.Ahead(v, v.Customer(o.acme), on("2026-10-25")); len(all) != 1 || all[0].On != on("2026-10-19") || all[0].Contact.Step != 3 {
			t.Errorf("ahead are %+v", all)
		}
		return nil
	})
	o.expect("2026-10-19T10:00:00Z") // of an age that has reached the next step
	o.invoice("2026-10-21", 500)
	o.expect("2026-10-20T10:00:00Z", 0)
	o.closeTask(call, ledger.TaskTalked, true)
	o.expect("2026-10-22T10:00:00Z", 3)
}

// What closes a call by itself is no step: it comes again where the debt is there again.
func TestCallThatWasNotMadeIsNotSaid(t *testing.T) {
	o := newOffice(t, "UTC")
	o.tasked()
	p := o.policy()
	p.Before, p.Steps = nil, []Step{{3, Plain, Call}, {30, Firm, Message}}
	o.invoice("2026-10-05", 10000)
	o.expect("2026-10-08T10:00:00Z")
	o.closeTask(o.task(ledger.TaskCall), ledger.TaskHeld, false)
	o.expect("2026-10-09T10:00:00Z")
	if next := o.task(ledger.TaskCall); next == nil || next.ID != 2 || next.Reasons[0].Step != 1 {
		t.Errorf("the call is %+v", next)
	}
}

// Some days after the last step what is open is a person's; not again where he said that nothing is
// to be done, and again after a while where it came to nothing.
func TestLastStepIsATask(t *testing.T) {
	for _, x := range []struct {
		outcome ledger.TaskOutcome
		again   bool
	}{{ledger.TaskNothing, false}, {ledger.TaskTalked, true}} {
		o := newOffice(t, "UTC")
		o.tasked()
		o.rules.Policy.Escalate = 7
		p := o.policy()
		p.Before, p.Steps = nil, []Step{{3, Final, Message}}
		o.invoice("2026-10-05", 10000)
		o.expect("2026-10-08T10:00:00Z", 1)
		o.expect("2026-10-14T10:00:00Z")
		if o.task(ledger.TaskLastStep) != nil {
			t.Error("it is a task at once")
		}
		o.expect("2026-10-15T10:00:00Z")
		o.closeTask(o.task(ledger.TaskLastStep), x.outcome, false)
		o.expect("2026-10-28T10:00:00Z")
		if o.task(ledger.TaskLastStep) != nil {
			t.Errorf("%s: it is a task again too soon", x.outcome)
		}
		o.expect("2026-10-29T10:00:00Z")
		if again := o.task(ledger.TaskLastStep) != nil; again != x.again {
			t.Errorf("%s: a task again: %t, want %t", x.outcome, again, x.again)
		}
	}
}

// The channels of a reminder: the step's own, the customer's wish where the policy has an order, its
// order, and the rest; short messages nowhere else.
func TestChannelsOfAPolicy(t *testing.T) {
	o := newOffice(t, "UTC")
	id := o.invoice("2026-10-05", 10000)
	usual := []string{ledger.ChannelTelegram, ledger.ChannelMail}
	for _, x := range []struct {
		order []string
		kind  Kind
		want  string
	}{
		{nil, Message, "telegram mail"},
		{nil, SMS, "sms telegram mail"},
		{nil, Letter, "mail telegram"},
		{[]string{"mail", "sms"}, Message, "mail sms telegram"},
		{[]string{"sms"}, Message, "sms telegram mail"},
	} {
		p := o.policy()
		p.Channels, p.Steps = x.order, []Step{{3, Plain, x.kind}}
		o.books.View(func(v *ledger.View) error {
			got := ""
			for _, c := range o.rules.Policy.Channels(v, &ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: o.acme, Invoice: id, Step: 1}, usual) {
				got += " " + c
			}
			if got != " "+x.want {
				t.Errorf("%v, %s: got%s, want %s", x.order, x.kind, got, x.want)
			}
			return nil
		})
	}
}

// A call that was the last step and ended with nothing more to do is seen to; not where nobody was
// reached, nor where more was said since.
func TestLastStepThatWasSeenTo(t *testing.T) {
	for _, x := range []struct {
		outcome ledger.TaskOutcome
		again   string // the first day on which it is a task
	}{{ledger.TaskNothing, ""}, {ledger.TaskLawyer, ""}, {ledger.TaskUnreached, "2026-10-25"}} {
		o := newOffice(t, "UTC")
		o.tasked()
		o.rules.Policy.Escalate = 7
		p := o.policy()
		p.Before, p.Steps = nil, []Step{{3, Plain, Call}}
		o.invoice("2026-10-05", 10000)
		o.expect("2026-10-08T10:00:00Z")
		o.expect("2026-10-18T10:00:00Z")
		o.closeTask(o.task(ledger.TaskCall), x.outcome, true)
		for day, end := on("2026-10-19"), on("2026-12-19"); day < end; day = day.AddDays(1) {
			o.expect(day.String() + "T10:00:00Z")
			if task := o.task(ledger.TaskLastStep); (task != nil) != (x.again != "" && day >= on(x.again)) {
				t.Fatalf("%s: on %s there is %+v, want one from %q on", x.outcome, day, task, x.again)
			}
		}
		o.invoice("2026-12-20", 500)
		p.Steps = append(p.Steps, Step{60, Firm, Message})
		o.expect("2026-12-21T10:00:00Z", 2)
		o.expect("2026-12-28T10:00:00Z")
		if task := o.task(ledger.TaskLastStep); task == nil || len(task.Reasons) != 1 || task.Reasons[0].Invoice != 1 {
			t.Errorf("%s: after one more step there is %+v", x.outcome, task)
		}
	}
}

// Where somebody spoke about a broken promise, the call that falls due then keeps its distance.
func TestCallKeepsAwayFromATalk(t *testing.T) {
	o := newOffice(t, "UTC")
	o.tasked()
	p := o.policy()
	p.Before, p.Interval, p.Steps = nil, 7, []Step{{3, Plain, Message}, {9, Plain, Call}}
	id := o.invoice("2026-10-05", 10000)
	o.expect("2026-10-08T10:00:00Z", 1)
	o.do(func(tx *ledger.Tx) error { return tx.Promise(tx.Invoice(id), on("2026-10-12")) })
	o.expect("2026-10-14T00:30:00Z")
	o.closeTask(o.task(ledger.TaskPromise), ledger.TaskTalked, false)
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.NoteOn(ledger.NewNote{Customer: o.acme, Kind: ledger.NoteContact, Words: "soon"})
		return err
	})
	o.expect("2026-10-20T10:00:00Z")
	if task := o.task(ledger.TaskCall); task != nil {
		t.Errorf("six days after the talk there is %+v", task)
	}
	o.expect("2026-10-21T10:00:00Z")
	if o.task(ledger.TaskCall) == nil {
		t.Error("a week after it there is no call")
	}
}
