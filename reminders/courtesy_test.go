package reminders

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"duebot/ledger"
)

// went runs the rules at a time, has everything that was queued accepted, and tells the notices of a
// kind: their codes, or "" for none.
func (o *office) went(at string, kind ledger.NoticeKind) (codes []string) {
	o.t.Helper()
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		o.t.Fatal(err)
	}
	o.now = now
	if _, err := o.rules.Run(context.Background(), now); err != nil {
		o.t.Fatal(err)
	}
	o.do(func(tx *ledger.Tx) error {
		for _, n := range tx.OpenNotices(0) {
			if n.Kind == kind {
				codes = append(codes, n.Code)
			}
			if err := tx.Settle(ledger.NoticeOutcome{Notice: n.ID, State: ledger.NoticeSent, Chat: "telegram:1", Message: "1"}); err != nil {
				return err
			}
		}
		return nil
	})
	return codes
}

// days runs the rules four times on each of so many days, and tells the day and the code of
// whatever went of a kind.
func (o *office) days(from string, n int, kind ledger.NoticeKind) (out []string) {
	o.t.Helper()
	for i := range n {
		day := on(from).AddDays(i)
		for _, hour := range []int{9, 12, 11, 22} { // the clock goes back once
			for _, code := range o.went(fmt.Sprintf("%sT%02d:00:00Z", day, hour), kind) {
				out = append(out, day.String()+" "+code)
			}
		}
	}
	return out
}

func (o *office) wantWent(got []string, want ...string) {
	o.t.Helper()
	if !slices.Equal(got, want) {
		o.t.Errorf("went %q, want %q", got, want)
	}
}

// A statement goes once a month on the first working day after it, to whom wants one, whatever runs
// how often; after a month off, for the last one alone.
func TestStatementsGoByThemselves(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before, o.policy().Steps = nil, nil
	o.rules.Policy.Statements = StatementRules{Segments: map[string]ledger.Statements{"retail": ledger.StatementsMonthly}}
	o.invoice("2027-06-01", 10000)
	o.wantWent(o.days("2026-10-01", 33, ledger.NoticeStatement))
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.ChangeCustomer(tx.Customer(o.acme), ledger.CustomerChange{Segment: ref("retail")})
		return err
	})
	o.wantWent(o.days("2026-11-03", 31, ledger.NoticeStatement), "2026-11-03 20261001.20261031", "2026-12-01 20261101.20261130")
	o.wantWent(o.days("2027-03-02", 3, ledger.NoticeStatement), "2027-03-02 20270201.20270228")
	o.do(func(tx *ledger.Tx) error { // he wants them by the quarter, from now on
		_, err := tx.ChooseStatements(tx.Customer(o.acme), ledger.StatementsQuarterly, false)
		return err
	})
	o.wantWent(o.days("2027-03-05", 60, ledger.NoticeStatement), "2027-04-01 20270101.20270331")
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.ChooseStatements(tx.Customer(o.acme), ledger.StatementsOff, false)
		return err
	})
	o.wantWent(o.days("2027-07-01", 10, ledger.NoticeStatement))
}

func ref[T any](x T) *T { return &x }

// Where nothing moved and nothing is open there is no statement, unless he asked for it always.
func TestStatementOfNothing(t *testing.T) {
	o := newOffice(t, "UTC")
	always := func(x bool) {
		o.do(func(tx *ledger.Tx) error {
			_, err := tx.ChooseStatements(tx.Customer(o.acme), ledger.StatementsMonthly, x)
			return err
		})
	}
	always(false)
	o.wantWent(o.days("2026-11-01", 20, ledger.NoticeStatement))
	always(true)
	o.wantWent(o.days("2026-12-01", 5, ledger.NoticeStatement), "2026-12-01 20261101.20261130")
}

// The zone that a customer moves to repeats no statement, and skips none.
func TestStatementAcrossZones(t *testing.T) {
	o := newOffice(t, "Pacific/Kiritimati")
	o.policy().Before, o.policy().Steps = nil, nil
	o.rules.Policy.Statements.Every = ledger.StatementsMonthly
	o.invoice("2027-06-01", 10000)
	o.wantWent(o.went("2026-11-02T02:00:00Z", ledger.NoticeStatement), "20261001.20261031")
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.ChangeCustomer(tx.Customer(o.acme), ledger.CustomerChange{ZoneName: ref("Pacific/Niue")})
		return err
	})
	o.wantWent(o.days("2026-11-02", 20, ledger.NoticeStatement))
	o.wantWent(o.days("2026-12-01", 3, ledger.NoticeStatement), "2026-12-01 20261101.20261130")
}

// A statement and a reminder never come in the same week: the reminder goes on its day, and the
// statement waits, or is left out with the reason in the books.
func TestStatementKeepsAwayFromReminders(t *testing.T) {
	o := newOffice(t, "UTC")
	o.rules.Policy.Statements.Every = ledger.StatementsMonthly
	o.policy().Before, o.policy().Steps = nil, []Step{{3, Friendly, Message}, {30, Firm, Message}}
	id := o.invoice("2026-11-01", 10000) // step 1 on the 4th
	o.wantWent(o.days("2026-11-02", 12, ledger.NoticeStatement), "2026-11-11 20261001.20261031")
	o.do(func(tx *ledger.Tx) error {
		if inv := tx.Invoice(id); inv.Step != 1 || tx.Customer(o.acme).LastContact != on("2026-11-04") {
			t.Errorf("step %d on %s: the statement has changed the reminder", inv.Step, tx.Customer(o.acme).LastContact)
		}
		return nil
	})
	// December: step 2 on the first, and staff call every week; the statement waits in vain.
	for _, day := range []string{"2026-12-01", "2026-12-07", "2026-12-13"} {
		o.wantWent(o.days(day, 6, ledger.NoticeStatement))
		o.do(func(tx *ledger.Tx) error {
			_, err := tx.NoteOn(ledger.NewNote{Customer: o.acme, Kind: ledger.NoteContact, Words: "they will pay"})
			return err
		})
	}
	o.wantWent(o.days("2026-12-19", 10, ledger.NoticeStatement))
	o.do(func(tx *ledger.Tx) error {
		if got := tx.StatedThrough(tx.Customer(o.acme)); got.To != on("2026-11-30") || got.LeftOut != string(NearContact) {
			t.Errorf("the books say %+v", got)
		}
		return nil
	})
}

// Who asks for statements gets none of the time before he did.
func TestStatementsFromTheWishOn(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before, o.policy().Steps = nil, nil
	o.invoice("2027-06-01", 10000)
	o.wantWent(o.days("2026-11-03", 3, ledger.NoticeStatement))
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.ChooseStatements(tx.Customer(o.acme), ledger.StatementsMonthly, false)
		return err
	})
	o.wantWent(o.days("2026-11-06", 27, ledger.NoticeStatement), "2026-12-01 20261101.20261130")
}

// While staff keep words about his debt away from somebody, no statement of it comes either.
func TestStatementWaitsForAHold(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before, o.policy().Steps = nil, nil
	o.rules.Policy.Statements.Every = ledger.StatementsMonthly
	o.invoice("2027-06-01", 10000)
	o.do(func(tx *ledger.Tx) error {
		_, err := tx.Hold(tx.Customer(o.acme), 0, on("2026-11-05"), "their accountant is ill")
		return err
	})
	o.wantWent(o.days("2026-11-02", 8, ledger.NoticeStatement), "2026-11-06 20261001.20261031")
}

// A statement that waited while a platform took nothing is not sent when a reminder comes in the week
// of that day: when it was decided, there was none.
func TestStatementWaitsIntoAReminder(t *testing.T) {
	o := newOffice(t, "UTC")
	o.rules.Policy.Statements.Every = ledger.StatementsMonthly
	o.policy().Before, o.policy().Steps = nil, []Step{{3, Friendly, Message}}
	o.invoice("2026-11-06", 10000) // reminded on the 9th
	o.run("2026-11-02T10:00:00Z")
	for at, want := range map[string]bool{"2026-11-02T11:00:00Z": false, "2026-11-03T09:00:00Z": true} {
		if o.now, _ = time.Parse(time.RFC3339, at); o.now.IsZero() {
			t.Fatal(at)
		}
		o.do(func(tx *ledger.Tx) error {
			open := tx.OpenNotices(0)
			if len(open) != 1 || open[0].Kind != ledger.NoticeStatement {
				t.Fatalf("on their way are %+v", open)
			}
			if why := o.rules.Overtaken(&tx.View, &open[0]); (why != "") != want {
				t.Errorf("%s: not sent because %q", at, why)
			}
			return nil
		})
	}
}

// Whoever pays his last invoices on time is thanked, once a quarter, and not while something is
// wrong or near a reminder.
func TestThanks(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before = nil
	o.rules.Policy.GoodPayers = ThanksRules{After: 3}
	onTime := func(due string) { o.pay(o.invoice(due, 10000), 10000) }
	onTime("2026-10-05")
	onTime("2026-10-06")
	o.wantWent(o.days("2026-10-02", 3, ledger.NoticeThanks))
	onTime("2026-10-20")
	o.wantWent(o.days("2026-10-05", 5, ledger.NoticeThanks), "2026-10-05 ")
	onTime("2026-10-20")
	o.wantWent(o.days("2026-10-10", 10, ledger.NoticeThanks))
	late := o.invoice("2026-10-25", 10000)
	o.went("2027-01-19T12:00:00Z", ledger.NoticeThanks)
	o.pay(late, 10000)
	for range 3 {
		onTime("2027-01-20")
	}
	o.wantWent(o.days("2027-01-20", 2, ledger.NoticeThanks)) // he was reminded on the 19th
	o.wantWent(o.days("2027-01-26", 2, ledger.NoticeThanks), "2027-01-26 ")
}

// Thanks that waited, while a platform took nothing, are said within a week of the day on which they
// were decided, or not at all.
func TestThanksThatWaited(t *testing.T) {
	o := newOffice(t, "UTC")
	o.now = on("2026-10-06").At(12, 0, time.UTC)
	o.do(func(tx *ledger.Tx) error {
		for day, withdrawn := range map[string]bool{"2026-10-06": false, "2026-09-29": false, "2026-09-28": true} {
			n := ledger.Notice{NoticeQueued: ledger.NoticeQueued{Kind: ledger.NoticeThanks, Customer: o.acme, Step: 3, For: on(day)}, At: o.now}
			if msg, err := o.rules.Notice(&tx.View, &n); err != nil || (msg.Withdraw != "") != withdrawn {
				t.Errorf("of %s: %q, %v", day, msg.Withdraw, err)
			}
		}
		return nil
	})
}

// What a customer outside of the pilot would have been sent is in the books, its steps count as
// said, and when he is let in the next one is that of its age: nothing is said again, and nothing
// in a burst.
func TestPilot(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before = nil
	o.rules.Channel = func(*ledger.View, *ledger.Notice) string { return "telegram" }
	pilot := func(customers ...string) {
		o.do(func(tx *ledger.Tx) error { _, err := tx.SetPilot(true, customers, nil); return err })
	}
	pilot()
	id := o.invoice("2026-10-05", 10000) // steps after 3, 7, 14 and 30 days
	o.wantWent(o.days("2026-10-06", 14, ledger.NoticeReminder))
	o.do(func(tx *ledger.Tx) error {
		var got []string
		for _, x := range tx.HeldBack(0) {
			got = append(got, fmt.Sprint(x.For, " ", x.Step, " ", x.Channel, " ", x.Sums))
		}
		want := []string{"2026-10-19 3 telegram [100.00 EUR]", "2026-10-12 2 telegram [100.00 EUR]", "2026-10-08 1 telegram [100.00 EUR]"}
		if !slices.Equal(got, want) {
			t.Errorf("held back %q, want %q", got, want)
		}
		if c := tx.Customer(o.acme); c.LastContact != 0 || len(c.Contacts) != 0 {
			t.Errorf("contacts on %v that were none", c.Contacts)
		}
		return nil
	})
	o.do(func(tx *ledger.Tx) error {
		if n, why := o.rules.ByHand(&tx.View, tx.Customer(o.acme), true); why != "pilot" {
			t.Errorf("by hand: %v %q", n, why)
		}
		return nil
	})
	pilot("acme")
	o.expect("2026-10-20T12:00:00Z")
	o.expect("2026-11-03T12:00:00Z")
	o.expect("2026-11-04T12:00:00Z", 4)
	o.do(func(tx *ledger.Tx) error {
		if got := tx.Invoice(id).Step; got != 4 {
			t.Errorf("step %d", got)
		}
		return nil
	})
}

// A reminder that waits when a pilot begins is not said to whom that leaves outside.
func TestPilotBeginsMeanwhile(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before = nil
	o.invoice("2026-10-05", 10000)
	o.run("2026-10-08T10:00:00Z")
	overtaken := func(want bool) {
		t.Helper()
		o.do(func(tx *ledger.Tx) error {
			n, open := tx.OpenNotice(tx.Customer(o.acme).Reminder)
			if why := o.rules.Overtaken(&tx.View, &n); !open || (why != "") != want {
				t.Errorf("a reminder waits: %t, and is not said because %q", open, why)
			}
			return nil
		})
	}
	overtaken(false)
	for _, customers := range [][]string{nil, {"acme"}} {
		o.do(func(tx *ledger.Tx) error { _, err := tx.SetPilot(true, customers, nil); return err })
		overtaken(customers == nil)
	}
}

// The pilot holds back by kind, whoever queues it, and lets documents and answers go.
func TestPilotByKind(t *testing.T) {
	o := newOffice(t, "UTC")
	o.do(func(tx *ledger.Tx) error { return tx.ConfigurePilot(nil, []string{"Retail"}) })
	queued := func(n ledger.NoticeQueued) (count int) {
		n.Customer = o.acme
		o.do(func(tx *ledger.Tx) error {
			before := tx.LastNotice()
			err := tx.Notify(n)
			count = int(tx.LastNotice() - before)
			return err
		})
		return count
	}
	day := on("2026-10-01")
	for _, n := range []ledger.NoticeQueued{{Kind: ledger.NoticeReminder, For: day}, {Kind: ledger.NoticeThanks, For: day}, {Kind: ledger.NoticeRating, For: day},
		{Kind: ledger.NoticeStatement, For: day, Code: "20260901.20260930"}} {
		if queued(n) != 0 {
			t.Errorf("%s goes", n.Kind)
		}
	}
	for _, n := range []ledger.NoticeQueued{{Kind: ledger.NoticeStatement, Code: "20260901.20260930"}, {Kind: ledger.NoticeClaimWord}, {Kind: ledger.NoticeTask}} {
		if queued(n) != 1 {
			t.Errorf("%s is held back", n.Kind)
		}
	}
	o.do(func(tx *ledger.Tx) error { // the segment is let in, in any case
		_, err := tx.ChangeCustomer(tx.Customer(o.acme), ledger.CustomerChange{Segment: ref("retail")})
		return err
	})
	if queued(ledger.NoticeQueued{Kind: ledger.NoticeThanks, For: day}) != 1 {
		t.Error("thanks to one of the pilot are held back")
	}
	o.do(func(tx *ledger.Tx) error { _, err := tx.SetPilot(false, nil, nil); return err })
	o.do(func(tx *ledger.Tx) error { // the configuration is as it was: staff's word stands
		if err := tx.ConfigurePilot(nil, []string{"Retail"}); err != nil || tx.Pilot().On {
			t.Errorf("the pilot is %v (%v)", tx.Pilot(), err)
		}
		return nil
	})
}

// Whoever wants a week between two reminders has it, and then the next step: none is left out.
func TestWeeklyReminders(t *testing.T) {
	o := newOffice(t, "UTC")
	o.policy().Before = nil
	o.do(func(tx *ledger.Tx) error { return tx.ChooseWeekly(tx.Customer(o.acme), true) })
	o.invoice("2026-10-05", 10000)
	o.expect("2026-10-08T12:00:00Z", 1)
	o.expect("2026-10-12T12:00:00Z")
	o.wantWhy("2026-10-12", "toosoon until 2026-10-15")
	o.expect("2026-10-15T12:00:00Z", 2)
	o.expect("2026-10-19T12:00:00Z")
	o.expect("2026-10-22T12:00:00Z", 3)
}
