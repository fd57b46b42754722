package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// turns are the days of a schedule through a day, found by walking the calendar: another way
// than Schedule.At.
func turns(s Schedule, from, through Date) (out []Date) {
	if s.Every == Weekly {
		for d := from; d <= through; d += Date(7 * max(s.N, 1)) {
			out = append(out, d)
		}
		return out
	}
	step := map[Every]int{Monthly: max(s.N, 1), Quarterly: 3, Yearly: 12}[s.Every]
	y, m, _ := from.Parts()
	for i := 0; ; i++ {
		month := int(m) - 1 + i*step
		year, name := y+month/12, time.Month(month%12+1)
		day := NewDate(year, name, 1)
		for n := 1; n < s.Day; n++ {
			if _, next, _ := day.AddDays(1).Parts(); next != name {
				break
			}
			day++
		}
		if day > through {
			return out
		}
		out = append(out, day)
	}
}

func drawSchedule(r *rapid.T) Schedule {
	s := Schedule{Every: rapid.SampledFrom([]Every{Weekly, Monthly, Quarterly, Yearly}).Draw(r, "every"),
		Billing: Billing(rapid.IntRange(0, 2).Draw(r, "billing")), Workday: rapid.Bool().Draw(r, "workday")}
	if s.Every != Weekly {
		s.Day = rapid.SampledFrom([]int{1, 2, 15, 28, 29, 30, 31}).Draw(r, "day")
	}
	if s.Every == Weekly || s.Every == Monthly {
		s.N = rapid.IntRange(0, 5).Draw(r, "n")
	}
	return s
}

// The periods of a schedule follow each other without a gap and without a day in two, for years,
// and their days are those of the calendar.
func TestPeriodsFollowEachOther(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := ContractMade{Schedule: drawSchedule(r), From: mustDate(t, "2026-01-01").AddDays(rapid.IntRange(0, 1500).Draw(r, "from"))}
		begins := x.From
		if rapid.Bool().Draw(r, "prorate") {
			x.Start = x.From
		}
		x.anchor()
		con := Contract{Schedule: x.Schedule, From: x.From, Start: x.Start}
		last := con.Occurrence(0)
		if x.Start != 0 && (last.From != begins || !last.Part()) {
			r.Fatalf("%s from %s begins with %+v", x.Schedule, begins, last)
		}
		if !con.closing() && last.From < begins || last.To < begins {
			r.Fatalf("%s from %s begins before that: %+v", x.Schedule, begins, last)
		}
		for n := 1; n < 80; n++ {
			p := con.Occurrence(n)
			if p.From != last.To+1 || p.To < p.From || p.On <= last.On || p.Part() {
				r.Fatalf("%s from %s: after %+v comes %+v", x.Schedule, begins, last, p)
			}
			last = p
		}
		all := turns(x.Schedule, x.From, x.Schedule.At(x.From, 90))
		for n, want := range all {
			if got := x.Schedule.At(x.From, n); got != want {
				r.Fatalf("%s from %s: the %dth is on %s, want %s", x.Schedule, x.From, n, got, want)
			}
		}
	})
}

// What begins on the last of a month, and is invoiced on the last for the month that comes, has a day
// for its first one of its own.
func TestPartOfOneDay(t *testing.T) {
	x := ContractMade{Schedule: Schedule{Every: Monthly, Day: 31, Billing: Advance}, From: mustDate(t, "2026-12-31"), Start: mustDate(t, "2026-12-31")}
	x.anchor()
	con := Contract{Schedule: x.Schedule, From: x.From, Start: x.Start}
	for n, want := range []string{"2026-12-30 2026-12-31 2026-12-31", "2026-12-31 2027-01-01 2027-01-31", "2027-01-31 2027-02-01 2027-02-28"} {
		p := con.Occurrence(n)
		if got := fmt.Sprintf("%s %s %s", p.On, p.From, p.To); got != want {
			t.Errorf("the %dth is %s, want %s", n, got, want)
		}
	}
}

// Whatever the schedule, whenever it is run, through outages, skips and pauses: each period has
// one invoice or was left out by a person, and none has two.
func TestEachPeriodOnce(t *testing.T) {
	b, now, c := claimBooks(t, "2026-10-12", nil)
	rapid.Check(t, func(r *rapid.T) {
		do(t, b, "", func(tx *Tx) error { // one commit: only its clock moves
			x := ContractMade{Customer: c, Schedule: drawSchedule(r), From: tx.Today().AddDays(rapid.IntRange(-60, 60).Draw(r, "from")),
				Draft: Draft{Currency: "EUR", Lines: []Line{line("Rent {from}", "1", "10", "0")}}}
			if rapid.Bool().Draw(r, "prorate") {
				x.Start = x.From
			}
			con, err := tx.MakeContract(x)
			for range rapid.IntRange(1, 8).Draw(r, "steps") {
				tx.Now = tx.Now.AddDate(0, 0, rapid.SampledFrom([]int{0, 1, 7, 31, 45, 100}).Draw(r, "days"))
				if err == nil {
					err = contractAct(r, tx, con)
				}
			}
			if err == nil {
				err = checkContract(&tx.View, con)
			}
			*now = tx.Now
			if err == nil {
				err = tx.StopContract(con)
			}
			return err
		})
	})
}

// contractAct is one thing that can happen to a contract.
func contractAct(r *rapid.T, tx *Tx, con *Contract) error {
	switch act := rapid.IntRange(0, 9).Draw(r, "act"); {
	case act == 0:
		return tx.SkipOccurrences(con, tx.Today().AddDays(rapid.IntRange(-30, 60).Draw(r, "skip")), "")
	case act == 1 && rapid.Bool().Draw(r, "open"):
		return tx.PauseContract(con, 0, "")
	case act == 1:
		return tx.PauseContract(con, tx.Today().AddDays(rapid.IntRange(0, 60).Draw(r, "pause")), "")
	case act == 2 && con.Paused:
		return tx.ResumeContract(con, rapid.Bool().Draw(r, "makeup"))
	}
	if _, err := tx.EndPause(con); err != nil {
		return err
	}
	for len(tx.DueContracts(tx.Today())) > 0 {
		if _, err := tx.IssueOccurrence(con, func(s string, p Occurrence) string { return s + p.From.String() }, ""); err != nil {
			return err
		}
	}
	return nil
}

// checkContract compares the facts of a contract with a count of its own.
func checkContract(v *View, con *Contract) error {
	facts, err := v.ContractHistory(con)
	if err != nil {
		return err
	}
	issued, left, paused := map[Date]int{}, []dateRange{}, Date(0)
	for _, f := range facts {
		switch x := f.Body.(type) {
		case *ContractInvoiced:
			issued[x.On]++
		case *ContractSkipped:
			left = append(left, dateRange{x.On, x.Through})
		case *ContractPaused:
			if paused == 0 {
				paused = f.Effective
			}
		case *ContractResumed:
			if !x.MakeUp {
				left = append(left, dateRange{paused, x.On - 1})
			}
			paused = 0
		}
	}
	for n := range con.Passed {
		p := con.Occurrence(n)
		skipped := slices.ContainsFunc(left, func(g dateRange) bool { return g.from <= p.On && p.On <= g.to })
		if issued[p.On] != 1 && !skipped || issued[p.On] > 1 {
			return fmt.Errorf("%s on %s has %d invoices, left out %t", con.Schedule, p.On, issued[p.On], skipped)
		}
		within := slices.ContainsFunc(left, func(g dateRange) bool { return g.from < p.On && p.On <= g.to }) // on its first day it may have been before
		if within && issued[p.On] > 0 {
			return fmt.Errorf("%s on %s was left out and issued", con.Schedule, p.On)
		}
		delete(issued, p.On)
	}
	if len(issued) > 0 {
		return fmt.Errorf("invoices for days that are not of the schedule: %v", issued)
	}
	if p := con.Occurrence(con.Passed); con.Next != p.On {
		return fmt.Errorf("the next is on %s, want %s", con.Next, p.On)
	}
	return nil
}

// A first part of a period is invoiced in proportion, a price holds from its day on, and a count
// ends the contract.
func TestPartPriceAndCount(t *testing.T) {
	b, now, c := claimBooks(t, "2026-12-01", nil)
	price := func(p string) Draft {
		return Draft{Currency: "EUR", Lines: []Line{line("Support", "3", p, "19")}}
	}
	do(t, b, "", func(tx *Tx) error {
		from := mustDate(t, "2026-12-10")
		con, err := tx.MakeContract(ContractMade{Customer: c, Schedule: Schedule{Every: Monthly, Day: 1}, From: from, Start: from, Times: 4, Draft: price("1200")})
		if err == nil {
			err = tx.ChangeContract(ContractChanged{Contract: con.ID, From: mustDate(t, "2027-02-01"), Draft: price("1300")})
		}
		return err
	})
	fill := func(s string, p Occurrence) string {
		return fmt.Sprintf("%s %s–%s %d/%d", s, p.From, p.To, p.Days, p.Whole)
	}
	var want []string
	do(t, b, "", func(tx *Tx) error {
		list, err := tx.ComingOf(tx.Contract(1), 9, fill)
		for _, x := range list {
			want = append(want, fmt.Sprintf("%s %s %s", x.Date, x.Draft.Lines[0].Text, x.Total))
		}
		return err
	})
	var got []string
	for range 200 {
		do(t, b, "", func(tx *Tx) error {
			for len(tx.DueContracts(tx.Today())) > 0 {
				inv, err := tx.IssueOccurrence(tx.Contract(1), fill, "")
				if err != nil {
					return err
				}
				doc, err := tx.InvoiceDetail(inv)
				if err != nil {
					return err
				}
				got = append(got, fmt.Sprintf("%s %s %s", inv.Date, doc.Lines[0].Text, inv.TotalMoney()))
			}
			return nil
		})
		*now = now.AddDate(0, 0, 1)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("issued\n%s\nannounced\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	must := "2026-12-10 Support 2026-12-10–2026-12-31 22/31 3040.26 EUR\n2027-01-01 Support 2027-01-01–2027-01-31 31/31 4284.00 EUR\n" +
		"2027-02-01 Support 2027-02-01–2027-02-28 28/28 4641.00 EUR\n2027-03-01 Support 2027-03-01–2027-03-31 31/31 4641.00 EUR"
	if s := strings.Join(got, "\n"); s != must {
		t.Errorf("got\n%s\nwant\n%s", s, must)
	}
}

// On a free day the invoice waits for the next business day, where it was asked to.
func TestIssueOnBusinessDays(t *testing.T) {
	b, _, c := claimBooks(t, "2026-12-01", nil)
	do(t, b, "", func(tx *Tx) error {
		con, err := tx.MakeContract(ContractMade{Customer: c, Schedule: Schedule{Every: Monthly, Day: 1, Workday: true, Billing: Arrears}, From: mustDate(t, "2027-04-01"),
			Draft: Draft{Currency: "EUR", Lines: []Line{line("Support", "1", "10", "0")}}})
		if err != nil {
			return err
		}
		list, err := tx.ComingOf(con, 3, func(s string, _ Occurrence) string { return s })
		var got []string
		for _, x := range list {
			got = append(got, fmt.Sprintf("%s for %s–%s", x.Date, x.From, x.To))
		}
		if want := "2027-05-03 for 2027-04-01–2027-04-30 2027-06-01 for 2027-05-01–2027-05-31 2027-07-01 for 2027-06-01–2027-06-30"; strings.Join(got, " ") != want {
			t.Errorf("got %v, want %s", got, want)
		}
		return err
	})
}

// What contracts will issue through a day is told ahead: without what is skipped or falls into a
// pause, and nothing of a pause without an end.
func TestComingThrough(t *testing.T) {
	b, _, c := claimBooks(t, "2026-12-01", nil)
	fill := func(s string, _ Occurrence) string { return s }
	through := func(act func(tx *Tx, con *Contract) error) (out string) {
		do(t, b, "", func(tx *Tx) error {
			if err := act(tx, tx.Contract(1)); err != nil {
				return err
			}
			return tx.ComingThrough(mustDate(t, "2026-12-31"), fill, func(x Coming) { out += fmt.Sprintf("%s %s due %s; ", x.Date, x.Total, x.Draft.Due) })
		})
		return out
	}
	for _, tt := range []struct {
		act  func(tx *Tx, con *Contract) error
		want string
	}{
		{func(tx *Tx, _ *Contract) error {
			_, err := tx.MakeContract(ContractMade{Customer: c, Schedule: Schedule{Every: Weekly, N: 2}, From: mustDate(t, "2026-12-03"), OwnTerms: true, Terms: Terms{Days: 7},
				Draft: Draft{Currency: "EUR", Lines: []Line{line("Cleaning", "1", "10", "0")}}})
			return err
		}, "2026-12-03 10.00 EUR due 2026-12-10; 2026-12-17 10.00 EUR due 2026-12-24; 2026-12-31 10.00 EUR due 2027-01-07; "},
		{func(tx *Tx, con *Contract) error { return tx.SkipOccurrences(con, 0, "") }, "2026-12-17 10.00 EUR due 2026-12-24; 2026-12-31 10.00 EUR due 2027-01-07; "},
		{func(tx *Tx, con *Contract) error { return tx.PauseContract(con, mustDate(t, "2026-12-20"), "") }, "2026-12-31 10.00 EUR due 2027-01-07; "},
		{func(tx *Tx, con *Contract) error { return tx.PauseContract(con, 0, "") }, ""},
		{func(tx *Tx, con *Contract) error { return tx.ResumeContract(con, false) }, "2026-12-17 10.00 EUR due 2026-12-24; 2026-12-31 10.00 EUR due 2027-01-07; "},
		{func(tx *Tx, con *Contract) error { return tx.EndContract(con, mustDate(t, "2026-12-20")) }, "2026-12-17 10.00 EUR due 2026-12-24; "},
	} {
		if got := through(tt.act); got != tt.want {
			t.Errorf("got %s\nwant %s", got, tt.want)
		}
	}
}
