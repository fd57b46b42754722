package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestPromisesAreJudgedByTheEffectiveDate(t *testing.T) {
	type paid struct{ booked, on, sum string }
	tests := map[string]struct {
		paid []paid
		want map[string]PromiseOutcome // by the day on which it is judged
	}{
		"paid in time": {[]paid{{"2026-10-15", "2026-10-15", "100"}}, map[string]PromiseOutcome{"2026-10-15": PromiseTrue}},
		"nothing comes: broken after a business day": {nil, map[string]PromiseOutcome{"2026-10-16": "", "2026-10-18": "", "2026-10-19": "", "2026-10-20": PromiseFalse}},
		"of Friday, booked on Monday":                {[]paid{{"2026-10-19", "2026-10-16", "100"}}, map[string]PromiseOutcome{"2026-10-18": "", "2026-10-19": PromiseTrue}},
		"of Saturday, booked on Monday":              {[]paid{{"2026-10-19", "2026-10-17", "100"}}, map[string]PromiseOutcome{"2026-10-19": "", "2026-10-20": PromiseFalse}},
		"a part is not the whole":                    {[]paid{{"2026-10-16", "2026-10-16", "98"}}, map[string]PromiseOutcome{"2026-10-20": PromiseFalse}},
		"booked a month later for Friday":            {[]paid{{"2026-11-16", "2026-10-16", "100"}}, map[string]PromiseOutcome{"2026-10-20": PromiseFalse, "2026-11-16": PromiseTrue}},
		"paid a month later stays broken":            {[]paid{{"2026-11-16", "2026-11-16", "100"}}, map[string]PromiseOutcome{"2026-10-20": PromiseFalse, "2026-11-17": PromiseFalse}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, now, c := claimBooks(t, "2026-10-12", nil)
			id := owe(t, b, c, "100", "EUR", "2026-10-12")
			do(t, b, "", func(tx *Tx) error { return tx.Promise(tx.Invoice(id), mustDate(t, "2026-10-16")) })
			for day := mustDate(t, "2026-10-12"); day < mustDate(t, "2026-11-20"); day++ {
				*now = day.At(12, 0, time.UTC)
				for _, p := range tt.paid {
					if p.booked == day.String() {
						m, _ := Exact(dec(p.sum), "EUR")
						pay(t, b, NewPayment{Customer: c, Invoice: id, Date: mustDate(t, p.on), Amount: m})
					}
				}
				do(t, b, "", func(tx *Tx) error {
					_, err := tx.JudgePromises(tx.DuePromises(), func(*Invoice, int) int { return 2 })
					return err
				})
				b.View(func(v *View) error {
					p, cust := v.s.promises.at(1), v.Customer(c)
					if want, ok := tt.want[day.String()]; ok && p.Outcome != want {
						t.Errorf("%s: %q, want %q", day, p.Outcome, want)
					}
					if p.Outcome == PromiseTrue && (cust.PromisesKept != 1 || cust.PromisesBroken != 0) || p.Outcome == PromiseFalse && (cust.PromisesBroken != 1 || v.Invoice(id).Step != 2) {
						t.Errorf("%s: %q, kept %d, broken %d, step %d", day, p.Outcome, cust.PromisesKept, cust.PromisesBroken, v.Invoice(id).Step)
					}
					if silent := v.Silent(v.Invoice(id), day); silent && p.Outcome == PromiseFalse || !silent && p.Outcome == PromiseAwaited {
						t.Errorf("%s: silent %t, the promise is %q", day, silent, p.Outcome)
					}
					return nil
				})
			}
		})
	}
}

// A day that is promised in the place of another is no broken word; one that is over is.
// What a credit note or a dispute ends says nothing of the customer.
func TestPromisesThatAreMovedOrLapse(t *testing.T) {
	b, now, c := claimBooks(t, "2026-10-12", nil)
	promise := func(id InvoiceID, by string) {
		do(t, b, "", func(tx *Tx) error { return tx.Promise(tx.Invoice(id), mustDate(t, by)) })
	}
	moved, credited, disputed := owe(t, b, c, "1", "EUR", "2026-10-12"), owe(t, b, c, "2", "EUR", "2026-10-12"), owe(t, b, c, "3", "EUR", "2026-10-12")
	promise(moved, "2026-10-14")
	promise(moved, "2026-10-16")
	promise(credited, "2026-10-16")
	promise(disputed, "2026-10-16")
	do(t, b, "", func(tx *Tx) error {
		if _, err := tx.Credit(tx.Invoice(credited), euros(200), "sorry"); err != nil {
			return err
		}
		_, err := tx.OpenDispute(tx.Invoice(disputed), ReasonSum, Money{}, "telegram:1")
		return err
	})
	*now = mustDate(t, "2026-10-26").At(12, 0, time.UTC)
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.JudgePromises(tx.DuePromises(), func(*Invoice, int) int { return 0 })
		return err
	})
	got := ""
	b.View(func(v *View) error {
		v.s.promises.each(func(p *Promise) { got += " " + string(p.Outcome) })
		return nil
	})
	if got != " moved broken lapsed lapsed" {
		t.Errorf("got%s", got)
	}
}

func TestEvenPartsAddUp(t *testing.T) {
	for _, tt := range []struct {
		minor int64
		n     int
		want  string
	}{{120500, 3, "40167 40167 40166"}, {10000, 3, "3333 3333 3334"}, {100, 7, "14 14 14 14 14 14 16"}, {2, 3, "1 1 0"}, {10, 2, "5 5"}} {
		got, sum := []string{}, int64(0)
		for _, p := range EvenParts(Money{tt.minor, "EUR"}, tt.n, func(i int) Date { return Date(i) }) {
			got, sum = append(got, fmt.Sprint(p.Minor)), sum+p.Minor
		}
		if strings.Join(got, " ") != tt.want || sum != tt.minor {
			t.Errorf("%d in %d: got %v, want %s", tt.minor, tt.n, got, tt.want)
		}
	}
}

// Money settles the parts in order, whichever invoice it is booked on; a disputed part is
// left out. A part that is missed breaks the plan, by effective date, after a business day.
func TestPlans(t *testing.T) {
	b, now, c := claimBooks(t, "2026-10-12", nil)
	one, two := owe(t, b, c, "700", "EUR", "2026-10-12"), owe(t, b, c, "600", "EUR", "2026-10-12")
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.OpenDispute(tx.Invoice(two), ReasonSum, euros(9500), "telegram:1")
		return err
	})
	parts := []PlanPart{{mustDate(t, "2026-11-02"), 40000}, {mustDate(t, "2026-12-01"), 40000}, {mustDate(t, "2027-01-04"), 40500}}
	agree := func(parts []PlanPart) error {
		return try(b, "", func(tx *Tx) error {
			_, err := tx.AgreePlan(tx.Customer(c), []*Invoice{tx.Invoice(one), tx.Invoice(two)}, parts)
			return err
		})
	}
	wantRefusal(t, agree(parts[:2]), "plan.sum")
	wantRefusal(t, agree(parts[:1]), "plan.parts")
	wantRefusal(t, agree([]PlanPart{parts[1], parts[0]}), "plan.dates")
	wantRefusal(t, agree([]PlanPart{{parts[0].Due, 120600}, {parts[1].Due, -100}}), "plan.small")
	if err := agree(parts); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, agree(parts), "plan.already")
	step := func(day string, sum int64, inv InvoiceID, want PlanOutcome, part int) {
		t.Helper()
		*now = mustDate(t, day).At(12, 0, time.UTC)
		if sum > 0 {
			pay(t, b, NewPayment{Customer: c, Invoice: inv, Date: mustDate(t, day), Amount: euros(sum)})
		}
		do(t, b, "", func(tx *Tx) error {
			_, err := tx.JudgePlans(tx.DuePlans(), func(*Invoice, int) int { return 1 })
			return err
		})
		b.View(func(v *View) error {
			p := v.Plan(1)
			at, _, ok := v.NextPart(p)
			if p.Outcome != want || ok && at != part || (v.Invoice(one).Plan != 0) != (want == PlanStands) {
				t.Errorf("%s: %q at part %d, want %q at %d", day, p.Outcome, at, want, part)
			}
			return nil
		})
	}
	step("2026-10-20", 30000, two, PlanStands, 0)
	step("2026-11-02", 10000, one, PlanStands, 1)
	step("2026-11-20", 0, 0, PlanStands, 1)
	step("2026-12-02", 0, 0, PlanStands, 1) // money of the 1st may still be booked
	pay(t, b, NewPayment{Customer: c, Invoice: one, Date: mustDate(t, "2026-12-01"), Amount: euros(40000)})
	step("2026-12-03", 0, 0, PlanStands, 2)
	step("2027-01-06", 0, 0, PlanFailed, 2)
	b.View(func(v *View) error {
		if v.Invoice(one).Step != 1 || v.Invoice(one).Due != mustDate(t, "2026-10-12") {
			t.Errorf("step %d, due %s", v.Invoice(one).Step, v.Invoice(one).Due)
		}
		return nil
	})
	*now = mustDate(t, "2027-01-07").At(12, 0, time.UTC)
	do(t, b, "", func(tx *Tx) error {
		parts := EvenParts(tx.Invoice(one).Undisputed(), 2, func(i int) Date { return tx.Today().AddDays(7 * i) })
		_, err := tx.AgreePlan(tx.Customer(c), []*Invoice{tx.Invoice(one)}, parts)
		return err
	})
	pay(t, b, NewPayment{Customer: c, Invoice: one, Date: mustDate(t, "2027-01-07"), Amount: euros(20000)})
	do(t, b, "", func(tx *Tx) error {
		ended, err := tx.JudgePlans(tx.DuePlans(), func(*Invoice, int) int { return 1 })
		if err == nil && (len(ended) != 1 || ended[0].Outcome != PlanDone) {
			t.Errorf("got %+v", ended)
		}
		return err
	})
	wantRefusal(t, try(b, "", func(tx *Tx) error { return tx.CancelPlan(tx.Plan(2)) }), "plan.over")
}

// Money that came in time keeps a promise and a plan, though its month was closed when the
// provider told of it.
func TestPromisesAndPlansOfAClosedMonth(t *testing.T) {
	b, now, c := claimBooks(t, "2026-10-12", nil)
	promised, planned := owe(t, b, c, "100", "EUR", "2026-10-12"), owe(t, b, c, "200", "EUR", "2026-10-12")
	do(t, b, "", func(tx *Tx) error {
		if err := tx.Promise(tx.Invoice(promised), mustDate(t, "2026-10-30")); err != nil {
			return err
		}
		_, err := tx.AgreePlan(tx.Customer(c), []*Invoice{tx.Invoice(planned)}, []PlanPart{{mustDate(t, "2026-10-30"), 10000}, {mustDate(t, "2026-12-30"), 10000}})
		return err
	})
	*now = mustDate(t, "2026-11-10").At(12, 0, time.UTC)
	judge := func(want string) {
		t.Helper()
		do(t, b, "", func(tx *Tx) error {
			_, err := tx.JudgePromises(tx.DuePromises(), func(*Invoice, int) int { return 1 })
			if err == nil {
				_, err = tx.JudgePlans(tx.DuePlans(), func(*Invoice, int) int { return 1 })
			}
			if got := fmt.Sprintf("%s %s", tx.s.promises.at(1).Outcome, tx.Plan(1).Outcome); err == nil && got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			return err
		})
	}
	do(t, b, "", func(tx *Tx) error { return tx.ClosePeriod(mustMonth(t, "2026-10")) })
	for i, id := range []InvoiceID{promised, planned} {
		do(t, b, fmt.Sprintf("stripe:evt_%d", i), func(tx *Tx) error {
			_, _, err := tx.Receive(NewPayment{Customer: c, Invoice: id, Date: mustDate(t, "2026-10-30"), Amount: euros(10000)})
			return err
		})
	}
	judge("kept ")
}

// A dispute neither keeps a plan nor breaks it: what is disputed later is not paid, and what
// was disputed before stays outside, however that dispute ends.
func TestPlansAndDisputes(t *testing.T) {
	dispute := func(minor int64) func(tx *Tx, inv *Invoice) error {
		return func(tx *Tx, inv *Invoice) error {
			_, err := tx.OpenDispute(inv, ReasonSum, euros(minor), "telegram:1")
			return err
		}
	}
	reject := func(tx *Tx, inv *Invoice) error {
		_, err := tx.Resolve(tx.Dispute(inv.Dispute), Rejected, 0, "no")
		return err
	}
	credit := func(minor int64) func(tx *Tx, inv *Invoice) error {
		return func(tx *Tx, inv *Invoice) error { _, err := tx.Credit(inv, euros(minor), "sorry"); return err }
	}
	money := func(minor int64) func(tx *Tx, inv *Invoice) error {
		return func(tx *Tx, inv *Invoice) error {
			_, _, err := tx.Receive(NewPayment{Customer: inv.Customer, Invoice: inv.ID, Date: tx.Today(), Amount: euros(minor)})
			return err
		}
	}
	for name, tt := range map[string]struct {
		before func(tx *Tx, inv *Invoice) error
		total  int64
		after  []func(tx *Tx, inv *Invoice) error
		paid   int64
		want   PlanOutcome
	}{
		"nothing comes":                           {nil, 60000, nil, 0, PlanFailed},
		"all is disputed":                         {nil, 60000, []func(tx *Tx, inv *Invoice) error{dispute(60000)}, 60000, PlanStands},
		"and rejected":                            {nil, 60000, []func(tx *Tx, inv *Invoice) error{dispute(60000), reject}, 0, PlanFailed},
		"all but a part is disputed":              {nil, 60000, []func(tx *Tx, inv *Invoice) error{dispute(20000)}, 20000, PlanFailed},
		"an earlier dispute is rejected":          {dispute(9500), 50500, []func(tx *Tx, inv *Invoice) error{reject}, 0, PlanFailed},
		"and the plan is paid":                    {dispute(9500), 50500, []func(tx *Tx, inv *Invoice) error{reject, money(50500)}, 50500, PlanDone},
		"an earlier dispute is credited":          {dispute(9500), 50500, []func(tx *Tx, inv *Invoice) error{credit(9500), reject}, 0, PlanFailed},
		"the plan is paid, the dispute stands":    {dispute(9500), 50500, []func(tx *Tx, inv *Invoice) error{money(50500)}, 50500, PlanDone},
		"half of it is paid, and all is credited": {nil, 60000, []func(tx *Tx, inv *Invoice) error{money(30000), credit(30000)}, 60000, PlanDone},
	} {
		t.Run(name, func(t *testing.T) {
			b, now, c := claimBooks(t, "2026-10-12", nil)
			id := owe(t, b, c, "600", "EUR", "2026-10-12")
			do(t, b, "", func(tx *Tx) error {
				if tt.before != nil {
					if err := tt.before(tx, tx.Invoice(id)); err != nil {
						return err
					}
				}
				_, err := tx.AgreePlan(tx.Customer(c), []*Invoice{tx.Invoice(id)}, []PlanPart{{mustDate(t, "2026-11-02"), 30000}, {mustDate(t, "2026-12-01"), tt.total - 30000}})
				return err
			})
			for _, act := range tt.after {
				do(t, b, "", func(tx *Tx) error { return act(tx, tx.Invoice(id)) })
			}
			*now = mustDate(t, "2026-12-10").At(12, 0, time.UTC)
			do(t, b, "", func(tx *Tx) error {
				_, err := tx.JudgePlans(tx.DuePlans(), func(*Invoice, int) int { return 1 })
				if p := tx.Plan(1); err == nil && (p.Outcome != tt.want || tx.PlanPaid(p, tx.Today()).Minor != tt.paid) {
					t.Errorf("%q, %s paid, want %q, %d", p.Outcome, tx.PlanPaid(p, tx.Today()), tt.want, tt.paid)
				}
				return err
			})
		})
	}
}

func TestSchedules(t *testing.T) {
	for _, tt := range []struct {
		every Every
		day   int
		from  string
		want  string
	}{
		{Monthly, 31, "2026-01-10", "2026-01-31 2026-02-28 2026-03-31 2026-04-30"},
		{Monthly, 30, "2028-01-30", "2028-01-30 2028-02-29 2028-03-30 2028-04-30"},
		{Monthly, 29, "2026-01-30", "2026-02-28 2026-03-29 2026-04-29 2026-05-29"},
		{Monthly, 1, "2026-11-02", "2026-12-01 2027-01-01 2027-02-01 2027-03-01"},
		{Quarterly, 15, "2026-11-15", "2026-11-15 2027-02-15 2027-05-15 2027-08-15"},
		{Yearly, 29, "2028-02-29", "2028-02-29 2029-02-28 2030-02-28 2031-02-28"},
		{Weekly, 0, "2026-12-28", "2026-12-28 2027-01-04 2027-01-11 2027-01-18"},
	} {
		s := Schedule{Every: tt.every, Day: tt.day}
		first, got := s.First(mustDate(t, tt.from)), []string{}
		for n := range 4 {
			got = append(got, s.At(first, n).String())
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s from %s: got %v, want %s", s, tt.from, got, tt.want)
		}
	}
}

// After an outage each occurrence is issued once: dated on the day of issue, from which it falls
// due, with its own period in its lines.
func TestContractsCatchUp(t *testing.T) {
	b, now, c := claimBooks(t, "2026-10-12", nil)
	limit := euros(100)
	do(t, b, "", func(tx *Tx) error {
		if _, err := tx.ChangeCustomer(tx.Customer(c), CustomerChange{Limit: &limit}); err != nil {
			return err
		}
		_, err := tx.MakeContract(ContractMade{Customer: c, Schedule: Schedule{Every: Monthly, Day: 1}, From: tx.Today(), Until: mustDate(t, "2027-02-15"),
			OwnTerms: true, Terms: Terms{Days: 7}, Draft: Draft{Currency: "EUR", Lines: []Line{line("Rent {month}", "1", "10", "0")}}})
		return err
	})
	*now = mustDate(t, "2027-03-05").At(12, 0, time.UTC)
	do(t, b, "", func(tx *Tx) error { return tx.ClosePeriod(mustMonth(t, "2026-11")) })
	var got []string
	do(t, b, "", func(tx *Tx) error {
		for len(tx.DueContracts(tx.Today())) > 0 {
			x := tx.DueContracts(tx.Today())[0]
			inv, err := tx.IssueOccurrence(x, func(s string, p Occurrence) string { return strings.ReplaceAll(s, "{month}", p.From.String()) }, "test")
			if err != nil {
				return err
			}
			doc, err := tx.InvoiceDetail(inv)
			if err != nil {
				return err
			}
			got = append(got, fmt.Sprintf("%s due %s: %s by %s", inv.Date, inv.Due, doc.Lines[0].Text, doc.Override))
		}
		return nil
	})
	want := []string{}
	for _, month := range []string{"2026-11", "2026-12", "2027-01", "2027-02"} {
		want = append(want, "2027-03-05 due 2027-03-12: Rent "+month+"-01 by test")
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	wantRefusal(t, try(b, "", func(tx *Tx) error { return tx.StopContract(tx.Contract(1)) }), "recur.over")
}
