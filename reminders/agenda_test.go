package reminders

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"duebot/ledger"
)

// What waits, for its hour or while a platform takes nothing, is a contact of the day on which it is
// heard: the next one keeps its distance from that.
func TestContactsOfTheDayOnWhichTheyAreHeard(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Interval, o.policy().Before = 3, nil
	o.invoice("2026-10-05", 10000)
	o.run("2026-10-08T10:00:00Z")
	o.run("2026-10-12T09:00:00Z") // it waited for four days
	o.expect("2026-10-12T09:30:00Z", 1)
	o.expect("2026-10-12T10:00:00Z")
	o.wantWhy("2026-10-12", "toosoon until 2026-10-15")
	o.expect("2026-10-14T10:00:00Z")
	o.expect("2026-10-15T10:00:00Z", 2)
}

// A reminder that waits is withdrawn when staff speak to its customer meanwhile, and is taken up
// by the next run that may.
func TestSpokenToMeanwhile(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before, o.policy().Interval = nil, 2
	o.invoice("2026-10-05", 10000)
	o.run("2026-10-08T10:00:00Z")
	o.now = o.now.Add(time.Hour)
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.NoteOn(ledger.NewNote{Customer: o.acme, Kind: ledger.NoteContact, Words: "they will pay"})
		return err
	})
	o.expect("2026-10-08T12:00:00Z") // it is withdrawn
	o.expect("2026-10-09T10:00:00Z")
	o.expect("2026-10-10T10:00:00Z", 1)
}

// A reminder that waits is withdrawn when its customer is given a policy by which it is too early.
func TestMilderPolicyMeanwhile(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before = nil
	o.invoice("2026-10-05", 10000)
	o.run("2026-10-08T10:00:00Z")
	o.do(func(tx *ledger.Tx) error { return tx.GivePolicy(tx.Customer(o.acme), 0, "gentle") })
	o.expect("2026-10-08T12:00:00Z") // it is withdrawn
	o.expect("2026-10-09T10:00:00Z")
	o.expect("2026-10-12T10:00:00Z", 1)
}

// A step that counts as said since a pause was over is not said by a reminder that waited all the
// while: the next one has the step of the age.
func TestStepOfAPauseMeanwhile(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before = nil
	o.invoice("2026-10-05", 10000)
	o.run("2026-10-12T10:00:00Z") // seven days late, and nothing was said: its first step
	o.do(func(tx *ledger.Tx) error {
		h, err := tx.Hold(tx.Customer(o.acme), 0, on("2026-10-19"), "their accountant is ill")
		if err != nil {
			return err
		}
		return tx.EndHold(h, o.rules.Policy.Silenced(&tx.View))
	})
	o.expect("2026-10-12T12:00:00Z") // it is withdrawn
	o.expect("2026-10-13T10:00:00Z", 2)
}

// A reminder that waits is withdrawn when its customer is given a policy, or chooses a rhythm, by which
// it comes too soon.
func TestStricterRhythmMeanwhile(t *testing.T) {
	for name, change := range map[string]func(tx *ledger.Tx, c *ledger.Customer) error{
		"weekly": func(tx *ledger.Tx, c *ledger.Customer) error { return tx.ChooseWeekly(c, true) },
		"policy": func(tx *ledger.Tx, c *ledger.Customer) error { return tx.GivePolicy(c, 0, "once") },
	} {
		o := newOffice(t, "UTC")
		o.policy().Before, o.policy().Interval = nil, 2
		once := *o.policy()
		once.Name, once.Week = "once", 1
		o.rules.Policy.Named["once"] = &once
		o.invoice("2026-10-05", 10000)
		o.expect("2026-10-08T10:00:00Z", 1)
		o.run("2026-10-12T10:00:00Z")
		o.do(func(tx *ledger.Tx) error { return change(tx, tx.Customer(o.acme)) })
		o.expect("2026-10-12T12:00:00Z") // it is withdrawn
		if o.expect("2026-10-15T10:00:00Z", 2); t.Failed() {
			t.Fatal(name)
		}
	}
}

// A word before a due date that waits is withdrawn, too, when the company's policies change and have
// none yet.
func TestStricterPoliciesMeanwhile(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before, o.policy().Interval = []int{10, 2}, 3
	o.invoice("2026-10-18", 10000)
	o.expect("2026-10-08T10:00:00Z", 0)
	o.run("2026-10-16T10:00:00Z")
	o.policy().Before, o.policy().Interval = []int{10}, 9
	o.do(func(tx *ledger.Tx) error { _, err := tx.SetPolicies(o.rules.Policy.Text()); return err })
	o.expect("2026-10-16T12:00:00Z") // it is withdrawn
	o.expect("2026-10-18T10:00:00Z")
}

// A reminder that waits is withdrawn when the instalment is paid that it is about: the next one has
// steps of its own.
func TestInstalmentPaidMeanwhile(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before, o.policy().Interval = nil, 1
	id := o.parts(ledger.Instalment{Due: on("2026-10-05"), Minor: 6000}, ledger.Instalment{Due: on("2026-10-06"), Minor: 4000})
	o.expect("2026-10-08T10:00:00Z", 1)
	o.expect("2026-10-12T10:00:00Z", 2)
	o.run("2026-10-21T10:00:00Z")
	o.pay(id, 6000)
	o.expect("2026-10-21T12:00:00Z") // it is withdrawn
	o.expect("2026-10-22T10:00:00Z", 1)
	o.pay(id, 4000)

	o.policy().Before = []int{3}
	id = o.parts(ledger.Instalment{Due: on("2026-11-10"), Minor: 6000}, ledger.Instalment{Due: on("2026-12-10"), Minor: 4000})
	o.run("2026-11-07T10:00:00Z")
	o.pay(id, 6000)
	o.expect("2026-11-07T12:00:00Z") // it is withdrawn
	o.expect("2026-12-07T10:00:00Z", 0)
}

// A reminder that waits is withdrawn when a later step counts as said by then: a hold has passed
// those before.
func TestLaterStepMeanwhile(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before = nil
	id := o.invoice("2026-10-01", 10000)
	o.run("2026-10-20T10:00:00Z") // an old one, of which nothing was said
	o.do(func(tx *ledger.Tx) error {
		h, err := tx.Hold(tx.Customer(o.acme), id, 0, "")
		if err != nil {
			return err
		}
		return tx.EndHold(h, o.rules.Policy.Silenced(&tx.View))
	})
	o.expect("2026-10-20T12:00:00Z") // it is withdrawn: two steps were passed
	o.expect("2026-10-21T10:00:00Z", 3)
}

// A customer whom something concerns between the choice of a run and its commit is told once.
func TestNewsOfAChosenCustomer(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before = nil
	o.invoice("2026-10-05", 10000)
	o.now = time.Date(2026, 10, 8, 10, 0, 0, 0, time.UTC)
	if err := o.books.View(func(v *ledger.View) error { o.rules.agenda.follow(v, o.rules.Policy); return nil }); err != nil {
		t.Fatal(err)
	}
	s, day := o.rules.agenda.slots[slot{zone: "UTC"}], on("2026-10-08")
	list, many, err := o.rules.choose(s, day)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v are chosen, %v", list, err)
	}
	o.invoice("2026-12-05", 2000)
	if _, err := o.rules.runPart(t.Context(), s, day, &list, many); err != nil {
		t.Fatal(err)
	}
	o.do(func(tx *ledger.Tx) error {
		told := 0
		for _, n := range tx.OpenNotices(0) {
			if n.Kind == ledger.NoticeReminder {
				told++
			}
		}
		if told != 1 {
			t.Errorf("%d reminders wait, want one", told)
		}
		return nil
	})
}

// Whoever has paid all is not told months later, when he owes something else, that a plan is over.
func TestOldPlanIsNotMentioned(t *testing.T) {
	o := newOffice(t, "UTC")
	id := o.invoice("2026-10-05", 90000)
	o.do(func(tx *ledger.Tx) error {
		parts := []ledger.PlanPart{{Due: on("2026-10-06"), Minor: 30000}, {Due: on("2026-10-27"), Minor: 60000}}
		_, err := tx.AgreePlan(tx.Customer(o.acme), []*ledger.Invoice{tx.Invoice(id)}, parts)
		return err
	})
	o.run("2026-10-08T06:00:00Z") // it is broken
	o.pay(id, 90000)
	o.run("2026-10-08T10:00:00Z")
	o.invoice("2026-12-01", 100)
	o.run("2026-11-10T10:00:00Z")
	o.do(func(tx *ledger.Tx) error {
		for _, n := range tx.OpenNotices(0) {
			if n.Kind == ledger.NoticePlanOver {
				t.Errorf("he is told of %s", n.Code)
			}
		}
		return nil
	})
}

// The hour comes on each day of the year, whatever the clocks of a zone do: by an hour, by half an
// hour, or by a whole day.
func TestHourComesEachDay(t *testing.T) {
	p := Default()
	for _, name := range []string{"Australia/Lord_Howe", "America/St_Johns", "Europe/Berlin", "Africa/Casablanca", "Pacific/Chatham", "Asia/Kathmandu", "Pacific/Niue"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		s := slot{zone: name}
		at := on("2026-01-01").At(0, 0, zone)
		for day := on("2026-01-01"); day < on("2028-01-01"); day++ {
			at = p.nextRunOf(s, zone, at)
			if want := day.At(10, 0, zone); !at.Equal(want) {
				t.Fatalf("%s: %s, want %s", name, at.In(zone), want)
			}
		}
	}
}

// A schedule may have minutes, and leave days of the week out.
func TestScheduleOfSomeDays(t *testing.T) {
	p := Default()
	var err error
	if p.Schedule, err = cron.ParseStandard("45 9 * * 2,4"); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	s, at := slot{zone: "Asia/Kolkata"}, on("2026-10-01").At(0, 0, zone)
	for _, want := range []string{"2026-10-01", "2026-10-06", "2026-10-08", "2026-10-13"} {
		if at = p.nextRunOf(s, zone, at); !at.Equal(on(want).At(9, 45, zone)) {
			t.Fatalf("%s, want %s", at, want)
		}
	}
}

// run runs the rules at a time.
func (o *office) run(at string) {
	o.t.Helper()
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		o.t.Fatal(err)
	}
	o.now = now
	if _, err := o.rules.Run(context.Background(), now); err != nil {
		o.t.Fatal(err)
	}
}

// The agenda leaves nobody out: for any customers, debts and pauses, each run chooses whom a walk
// through all of them chooses, whatever happened since, and after a restart too.
func TestAgendaLeavesNobodyOut(t *testing.T) {
	o := newOffice(t, "UTC")
	first, days := on("2026-10-01"), 50
	all := anyDebtors.Example(11)
	o.owedBy(all, first)
	chosen, contacts := map[slot]ledger.Date{}, 0
	for hour := 6; hour < days*24; hour += 2 {
		o.now = first.At(0, 0, time.UTC).Add(time.Duration(hour) * time.Hour)
		if hour%86 == 0 { // what was kept in memory is gone
			o.rules = &Rules{Books: o.books, Policy: o.rules.Policy, Finance: o.rules.Finance, Cards: o.rules.Cards, Readers: o.rules.Readers, Buttons: o.rules.Buttons}
		}
		if err := o.rules.judge(t.Context()); err != nil {
			t.Fatal(err)
		}
		want, got := o.walk(chosen), []string{}
		if _, err := o.rules.Run(t.Context(), o.now); err != nil {
			t.Fatal(err)
		}
		o.do(func(tx *ledger.Tx) error {
			for _, n := range tx.OpenNotices(0) {
				if n.Kind != ledger.NoticeReminder {
					continue
				}
				got = append(got, fmt.Sprintf("%d: %d", n.Customer, n.Invoice))
				if err := tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: "telegram:1", Message: "1"}); err != nil {
					return err
				}
			}
			return nil
		})
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%s: %v, want %v", o.now, got, want)
		}
		if contacts += len(got); hour%18 == 0 { // something happens to somebody
			o.do(func(tx *ledger.Tx) error {
				c := tx.Customer(ledger.CustomerID(1 + hour%len(all)))
				for _, inv := range tx.OpenInvoices(c) {
					if inv.Currency != "EUR" {
						continue
					}
					_, _, err := tx.Receive(ledger.NewPayment{Customer: c.ID, Invoice: inv.ID, Date: tx.Today(), Amount: ledger.Money{Minor: 1 + inv.Open/2, Currency: inv.Currency}, Method: "bank", Reference: "x"})
					return err
				}
				return nil
			})
		}
	}
	if contacts < len(all) {
		t.Errorf("only %d contacts of %d customers", contacts, len(all))
	}
}

// walk looks at every customer whose hour has come and who was not looked at on this day.
func (o *office) walk(chosen map[slot]ledger.Date) (out []string) {
	p := o.rules.Policy
	o.do(func(tx *ledger.Tx) error {
		today := map[slot]ledger.Date{}
		tx.Customers(func(c *ledger.Customer) {
			s, day := p.slot(c), ledger.DateOf(o.now, c.Zone)
			if at, ok := p.scheduled(s, c.Zone, day); !ok || at.After(o.now) || chosen[s] == day {
				return
			}
			today[s] = day
			if d := p.Decide(&tx.View, c, day); d.Why == "" && p.hours(c).Until > o.now.In(c.Zone).Hour() {
				out = append(out, fmt.Sprintf("%d: %d", c.ID, d.Contact.Invoice.ID))
			}
		})
		for s, day := range today {
			chosen[s] = day
		}
		return nil
	})
	slices.Sort(out)
	return out
}

// A run that stops in its midst is gone on with by the next program: nobody is left out, nobody is
// reminded twice, and all of it is one campaign.
func TestRunStoppedInItsMidst(t *testing.T) {
	o := newOffice(t, "UTC")
	customers := 2*partSize + 50
	o.manyDebtors(customers)
	o.now = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	if err := o.books.View(func(v *ledger.View) error { o.rules.agenda.follow(v, o.rules.Policy); return nil }); err != nil {
		t.Fatal(err)
	}
	s, day := o.rules.agenda.slots[slot{zone: "Europe/Berlin"}], on("2026-10-01")
	list, many, err := o.rules.choose(s, day)
	if err != nil || !many || len(list) != customers {
		t.Fatalf("%d are chosen, many %t, %v", len(list), many, err)
	}
	if more, err := o.rules.runPart(t.Context(), s, day, &list, many); err != nil || !more {
		t.Fatal(more, err)
	}
	o.rules = &Rules{Books: o.books, Policy: o.rules.Policy, Finance: o.rules.Finance, Cards: o.rules.Cards, Readers: o.rules.Readers, Buttons: o.rules.Buttons}
	for range 2 {
		o.run("2026-10-01T09:05:00Z")
	}
	told := map[ledger.CustomerID]int{}
	o.do(func(tx *ledger.Tx) error {
		for _, n := range tx.OpenNotices(0) {
			if n.Kind != ledger.NoticeReminder {
				continue
			}
			if told[n.Customer]++; n.Campaign != 1 {
				t.Errorf("customer %d is in campaign %d", n.Customer, n.Campaign)
			}
		}
		return nil
	})
	for id, n := range told {
		if n != 1 {
			t.Errorf("customer %d is reminded %d times", id, n)
		}
	}
	if len(told) != customers {
		t.Errorf("%d of %d are reminded", len(told), customers)
	}
}

// Whom a run has looked at without a word to him, and which then stopped in its midst, is looked at
// again by the next program on the days behind it: here the bank's data was old on the first.
func TestLookedAtBeforeAStop(t *testing.T) {
	o := newOffice(t, "UTC")
	customers := 2 * partSize
	o.manyDebtors(customers)
	statement := func(file ledger.ImportID, day string) {
		o.do(func(tx *ledger.Tx) error {
			_, err := tx.TakeStatement(file, 1, ledger.BankStatement{Format: "MT940", Account: ledger.BankAccount{Number: "DE02"}, From: on(day), To: on(day)}, 0, false)
			return err
		})
	}
	statement(1, "2026-09-21")
	o.now = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	if err := o.books.View(func(v *ledger.View) error { o.rules.agenda.follow(v, o.rules.Policy); return nil }); err != nil {
		t.Fatal(err)
	}
	s, day := o.rules.agenda.slots[slot{zone: "Europe/Berlin"}], on("2026-10-01")
	list, many, err := o.rules.choose(s, day)
	if err != nil || len(list) != customers {
		t.Fatalf("%d are chosen, %v", len(list), err)
	}
	if more, err := o.rules.runPart(t.Context(), s, day, &list, many); err != nil || !more {
		t.Fatal(more, err)
	}
	o.rules = &Rules{Books: o.books, Policy: o.rules.Policy, Finance: o.rules.Finance, Cards: o.rules.Cards, Readers: o.rules.Readers, Buttons: o.rules.Buttons}
	o.run("2026-10-01T09:05:00Z")
	statement(2, "2026-10-01")
	o.run("2026-10-02T09:05:00Z")
	told := 0
	o.do(func(tx *ledger.Tx) error {
		tx.Customers(func(c *ledger.Customer) {
			if c.Reminder != 0 {
				told++
			}
		})
		return nil
	})
	if told != customers {
		t.Errorf("%d of %d are reminded on the day after", told, customers)
	}
}
