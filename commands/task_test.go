package commands

import (
	"context"
	"maps"
	"testing"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// tasked is a desk with a customer who owes, and one task about him.
func tasked(t *testing.T, owner string) (w *waits, acme *ledger.Customer, inv *ledger.Invoice) {
	t.Helper()
	w = newWaits(t, "2026-11-02 10:00") // a Monday
	w.Tasks = TaskRules{Days: 2, Hour: 9, Late: 3}
	w.do("duebot", func(tx *ledger.Tx) (err error) {
		if acme, err = tx.AddCustomer(ledger.NewCustomer{Handle: "acme", Name: "Acme", ZoneName: "Europe/Berlin", Owner: owner}); err != nil {
			return err
		}
		if inv, err = tx.Issue(ledger.Draft{Customer: acme.ID, Date: tx.Today().AddDays(-30), Due: tx.Today().AddDays(-20), Currency: "EUR",
			Lines: []ledger.Line{{Text: "x", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(100)}}}); err != nil {
			return err
		}
		return w.GiveTask(tx, tx.Customer(acme.ID), ledger.TaskCall, ledger.TaskReason{Invoice: inv.ID, Step: 1})
	})
	return w, acme, inv
}

// told runs the day's messages, and names who got one about late tasks.
func (w *waits) toldLate(at string) (to string) {
	w.t.Helper()
	w.at(at)
	before := ledger.NoticeID(0)
	w.Books.View(func(v *ledger.View) error { before = v.LastNotice(); return nil })
	if _, err := w.RemindTasks(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	w.Books.View(func(v *ledger.View) error {
		for _, n := range v.OpenNotices(before) {
			if n.Kind == ledger.NoticeWorkLate {
				to += n.Address + " "
			}
		}
		return nil
	})
	return to
}

// A task that is late is told once a day of work, and after some days those above are told, once.
func TestLateTasksAreToldOnceADay(t *testing.T) {
	w, _, _ := tasked(t, "USALES")
	for _, x := range []struct{ at, want string }{
		{"2026-11-03 10:00", ""}, {"2026-11-04 10:00", ""}, // it is due on that day
		{"2026-11-05 08:59", ""}, {"2026-11-05 09:00", "USALES "}, {"2026-11-05 15:00", ""},
		{"2026-11-06 09:00", "USALES "}, {"2026-11-07 09:00", ""}, {"2026-11-09 09:00", "USALES "}, {"2026-11-10 19:00", ""}, {"2026-11-11 12:00", "UBOSS USALES "},
		{"2026-11-12 09:00", "USALES "},
	} {
		if got := w.toldLate(x.at); got != x.want {
			t.Errorf("%s: told are %q, want %q", x.at, got, x.want)
		}
	}
	nobodys, _, _ := tasked(t, "")
	if got := nobodys.toldLate("2026-11-05 09:00"); got != "C2 " {
		t.Errorf("of what nobody does %q are told", got)
	}
}

// Those above hear of each task once, when it has been late for some days, and of that alone; the
// digest counts the rest.
func TestThoseAboveHearOfATaskOnce(t *testing.T) {
	w, acme, inv := tasked(t, "USALES")
	heard := map[string]string{}
	for day, _ := ledger.ParseDate("2026-11-03"); day.String() < "2026-12-24"; day = day.AddDays(1) {
		before := ledger.NoticeID(0)
		w.at(day.String() + " 10:00")
		w.do("duebot", func(tx *ledger.Tx) error {
			if before = tx.LastNotice(); day.String() == "2026-11-10" {
				return w.GiveTask(tx, tx.Customer(acme.ID), ledger.TaskPromise, ledger.TaskReason{Invoice: inv.ID, Day: day})
			}
			return nil
		})
		w.toldLate(day.String() + " 10:00")
		w.Books.View(func(v *ledger.View) error {
			for _, n := range v.OpenNotices(before) {
				if n.Kind == ledger.NoticeWorkLate && n.Address == "UBOSS" {
					for _, late := range w.tasksFor(v, &n) {
						heard[day.String()] += late.ID.Label() + " "
					}
				}
			}
			return nil
		})
	}
	if want := map[string]string{"2026-11-10": "T-1 ", "2026-11-18": "T-2 "}; !maps.Equal(heard, want) {
		t.Errorf("those above heard %v, want %v", heard, want)
	}
}

// What is next, by the first rule that fits.
func TestNextBestAction(t *testing.T) {
	w, acme, inv := tasked(t, "USALES")
	want := func(key string) {
		t.Helper()
		w.Books.View(func(v *ledger.View) error {
			if got := w.standingOf(v, v.Task(1)).advice().Key; got != key {
				t.Errorf("advised is %s, want %s", got, key)
			}
			return nil
		})
	}
	customer := func(tx *ledger.Tx) *ledger.Customer { return tx.Customer(acme.ID) }
	want("work.advice.nophone")
	w.do("slack:USALES", func(tx *ledger.Tx) error { _, err := tx.SetPhone(customer(tx), "+49 30 123456"); return err })
	want("work.advice.call")
	w.do("slack:USALES", func(tx *ledger.Tx) error {
		if err := tx.MoveTask(tx.Task(1), tx.Today().AddDays(1), true); err != nil {
			return err
		}
		return tx.MoveTask(tx.Task(1), tx.Today().AddDays(2), true)
	})
	want("work.advice.unreached")
	w.do("slack:UANNA", func(tx *ledger.Tx) error {
		_, err := tx.OpenDispute(tx.Invoice(inv.ID), ledger.Reasons()[0], ledger.Money{Minor: 4000, Currency: "EUR"}, "slack:UANNA")
		return err
	})
	want("work.advice.dispute")
	w.do("slack:UANNA", func(tx *ledger.Tx) error {
		p, _, err := tx.Receive(ledger.NewPayment{Customer: acme.ID, Invoice: inv.ID, Date: tx.Today(), Amount: ledger.Money{Minor: 2000, Currency: "EUR"}, Method: "bank"})
		if err == nil {
			_, err = tx.Unapply(p, tx.Invoice(inv.ID))
		}
		return err
	})
	want("work.advice.apply")
}

// Whoever calls about a broken promise names what was promised, though something older is open.
func TestScriptNamesWhatWasPromised(t *testing.T) {
	w, acme, old := tasked(t, "USALES")
	var promised *ledger.Invoice
	w.do("duebot", func(tx *ledger.Tx) (err error) {
		if promised, err = tx.Issue(ledger.Draft{Customer: acme.ID, Date: tx.Today().AddDays(-30), Due: tx.Today().AddDays(-10), Currency: "EUR",
			Lines: []ledger.Line{{Text: "y", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(50)}}}); err != nil {
			return err
		}
		return w.GiveTask(tx, tx.Customer(acme.ID), ledger.TaskPromise, ledger.TaskReason{Invoice: promised.ID, Day: tx.Today().AddDays(-3)})
	})
	said := func(task ledger.TaskID) (key, number string) {
		w.Books.View(func(v *ledger.View) error {
			s := w.standingOf(v, v.Task(task)).script()
			key = s.Key
			for _, a := range s.Args {
				if a.Name == "number" {
					number = a.S
				}
			}
			return nil
		})
		return key, number
	}
	if key, number := said(2); key != "work.script.promise" || number != promised.Number.String() {
		t.Errorf("about the promise %s names %s, want %s", key, number, promised.Number)
	}
	if key, number := said(1); key != "work.script.friendly" || number != old.Number.String() {
		t.Errorf("on the call %s names %s, want the oldest, %s", key, number, old.Number)
	}
	// Once it is paid, the oldest is what is left to talk about.
	w.do("slack:UANNA", func(tx *ledger.Tx) error {
		_, _, err := tx.Receive(ledger.NewPayment{Customer: acme.ID, Invoice: promised.ID, Date: tx.Today(), Amount: ledger.Money{Minor: 5000, Currency: "EUR"}, Method: "bank"})
		return err
	})
	if _, number := said(2); number != old.Number.String() {
		t.Errorf("after the promise was paid %s is named, want %s", number, old.Number)
	}
}

// A task for more invoices than its card lists says how many more, and whoever calls names one that
// is listed.
func TestTaskForManyInvoices(t *testing.T) {
	w, acme, _ := tasked(t, "USALES")
	var first string
	w.do("duebot", func(tx *ledger.Tx) error {
		for i := range reasonsShown + 2 {
			inv, err := tx.Issue(ledger.Draft{Customer: acme.ID, Date: tx.Today().AddDays(-30), Due: tx.Today().AddDays(-10), Currency: "EUR",
				Lines: []ledger.Line{{Text: "y", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(50)}}})
			if err != nil {
				return err
			}
			if i == 0 {
				first = inv.Number.String()
			}
			if err := w.GiveTask(tx, tx.Customer(acme.ID), ledger.TaskPromise, ledger.TaskReason{Invoice: inv.ID, Day: tx.Today().AddDays(-3)}); err != nil {
				return err
			}
		}
		return nil
	})
	w.Books.View(func(v *ledger.View) error {
		k, err := w.taskCard(v, v.Task(2))
		if err != nil {
			t.Fatal(err)
		}
		if more := k.Body[reasonsShown]; more.Key != "home.more" || more.Args[0].N != 2 {
			t.Errorf("behind the reasons stands %+v", more)
		}
		for _, a := range k.Quote.Args {
			if a.Name == "number" && a.S != first {
				t.Errorf("the call names %s, want %s", a.S, first)
			}
		}
		return nil
	})
}
