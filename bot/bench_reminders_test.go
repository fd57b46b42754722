//go:build bench

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/reminders"
)

// TestReminderFigures measures how today's contacts are chosen and recorded among 1,000,000 open
// invoices of 50,000 customers, ten of each overdue, on ten days with few due and on one with many,
// against PostgreSQL. BENCH_OPEN says how many there are.
func TestReminderFigures(t *testing.T) {
	fig := &figures{t: t}
	t.Cleanup(fig.print)
	open := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("BENCH_OPEN")); err == nil {
		open = n
	}
	fig.reminders(open / openPerCustomer)
}

const (
	openPerCustomer = 20
	fewDays         = 10
	fewShare        = 100 // on each of the days with few due, one of so many customers is
)

// remindBegin is the day before the first with contacts.
var remindBegin = ledger.NewDate(2026, 11, 2)

// manyDay is the day on which all others are due.
var manyDay = remindBegin.AddDays(fewDays + 1)

// lastStep is of the policy of the figures: its last step, in days.
const lastStep = 30

// dueOn is the day on which the contact of a customer comes.
func dueOn(customer int) ledger.Date {
	if k := customer % fewShare; k < fewDays {
		return remindBegin.AddDays(k + 1)
	}
	return manyDay
}

// reminders are the figures of choosing and recording.
func (f *figures) reminders(customers int) {
	path := makeOpen(f.t, customers)
	work := filepath.Join(benchDir(), "remind.db")
	copyFile(f.t, path, work)
	defer os.Remove(work)
	ours := f.remindDays(work)
	row := fmt.Sprintf("%s to choose and record %s of %s open invoices on a day with few due (%s where nobody is, %s the first time after a start); %s until the first of %s is recorded on one with many, %s for all, no commit over %s",
		short(ours.few), thousands(customers/fewShare), thousands(customers*openPerCustomer), short(ours.none), short(ours.first), short(ours.choose), thousands(ours.contacts), short(ours.record), short(ours.longest))
	if pg := startPostgres(f.t); pg != nil {
		theirs := pg.sweep(f.t, work)
		row += fmt.Sprintf("; PostgreSQL chooses in %s with few due and %s with many: %.0f x and %.0f x our time, and records in %s: %.0f x",
			short(theirs.few), short(theirs.choose), ratio(theirs.few, ours.few), ratio(theirs.choose, ours.choose), short(theirs.record), ratio(theirs.record, ours.record))
	}
	f.row("P6", "choosing and recording today's contacts", "a 20th of PostgreSQL's time, an 8th; no commit over 10 ms", "%s", row)
}

// swept is how long a day's contacts took.
type swept struct {
	first, none, few, choose, record, longest time.Duration
	contacts                                  int
}

// remindDays runs the rules day by day.
func (f *figures) remindDays(path string) (out swept) {
	now := remindBegin.At(10, 0, time.UTC)
	var commits []time.Time
	books, err := ledger.Open(path, ledger.Options{Now: func() time.Time { return now }, OnCommit: func() { commits = append(commits, time.Now()) }})
	if err != nil {
		f.t.Fatal(err)
	}
	defer books.Close()
	rules := &reminders.Rules{Books: books, Policy: benchPolicies(), Finance: "C0FINANCE1", Cards: func(*ledger.Customer) string { return "C0INVOICES1" },
		Readers: func() []reminders.Reader { return nil }, Buttons: func(*ledger.View, []*ledger.Invoice) []card.Button { return nil }}
	run := func(day ledger.Date) (took, choose, longest time.Duration) {
		now, commits = day.At(9, 59, time.UTC), nil
		if _, err := rules.Run(context.Background(), now); err != nil { // what a new day needs besides
			f.t.Fatal(err)
		}
		now, commits = day.At(10, 0, time.UTC), nil
		began := time.Now()
		if _, err := rules.Run(context.Background(), now); err != nil {
			f.t.Fatal(err)
		}
		took = time.Since(began)
		for i, at := range commits {
			if i == 0 {
				choose = at.Sub(began)
				continue
			}
			longest = max(longest, at.Sub(commits[i-1]))
		}
		return took, choose, longest
	}
	out.first, _, _ = run(remindBegin.AddDays(-1))
	out.none, _, _ = run(remindBegin)
	var few []time.Duration
	for k := range fewDays {
		took, _, _ := run(remindBegin.AddDays(k + 1))
		few = append(few, took)
	}
	out.few = median(few)
	before := waiting(books)
	out.record, out.choose, out.longest = run(manyDay)
	out.contacts = waiting(books) - before
	return out
}

func waiting(books *ledger.Books) (n int) {
	books.View(func(v *ledger.View) error { n = len(v.OpenNotices(0)); return nil })
	return n
}

// benchPolicies is one policy of four steps.
func benchPolicies() *reminders.Policies {
	p := reminders.Default()
	p.Campaign = 0
	p.Named["standard"] = &reminders.Policy{Name: "standard", Interval: 2, FreeDays: true, Steps: []reminders.Step{
		{After: 3, Tone: reminders.Friendly, Kind: reminders.Message}, {After: 7, Tone: reminders.Plain, Kind: reminders.Message},
		{After: 14, Tone: reminders.Firm, Kind: reminders.Message}, {After: lastStep, Tone: reminders.Final, Kind: reminders.Message}}}
	return p
}

// makeOpen makes the books, unless an earlier run has.
func makeOpen(t *testing.T, customers int) string {
	path := filepath.Join(benchDir(), fmt.Sprintf("open-%s-%d.db", benchLayout, customers))
	now := remindBegin.AddDays(-1).At(6, 0, time.UTC)
	clock := func() time.Time { return now }
	if _, err := os.Stat(path); err == nil {
		if books, err := ledger.Open(path, ledger.Options{Now: clock}); err == nil {
			books.Close()
			return path
		}
	}
	if err := os.MkdirAll(benchDir(), 0o755); err != nil {
		t.Fatal(err)
	}
	temp := path + ".part"
	os.Remove(temp)
	books, err := ledger.Open(temp, ledger.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	do := func(fn func(tx *ledger.Tx) error) {
		if _, err := books.Update(context.Background(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) { return nil, fn(tx) }}); err != nil {
			t.Fatal(err)
		}
	}
	do(func(tx *ledger.Tx) error {
		return tx.SetCompany(ledger.CompanySet{Name: "Lindenhof Studio GmbH", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"})
	})
	for from := 0; from < customers; from += 100 {
		do(func(tx *ledger.Tx) error {
			for i := from; i < min(from+100, customers); i++ {
				if err := openCustomer(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	books.Close()
	if err := os.Rename(temp, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// openCustomer is one with his invoices: the oldest is at its third step, nine fell due after it,
// and ten are not due yet.
func openCustomer(tx *ledger.Tx, i int) error {
	c, err := tx.AddCustomer(ledger.NewCustomer{Handle: fmt.Sprintf("c%d", i+1), Name: fmt.Sprintf("Customer %d GmbH", i+1), ZoneName: "UTC"})
	if err != nil {
		return err
	}
	token, _, err := tx.Invite(c)
	if err == nil {
		_, err = tx.Link(token, fmt.Sprintf("telegram:%d", 1000+i), "Anna", "en")
	}
	oldest := dueOn(i).AddDays(-lastStep)
	for n := 0; n < openPerCustomer && err == nil; n++ {
		due := oldest.AddDays(n / 2)
		if n >= openPerCustomer/2 {
			due = manyDay.AddDays(60 + 3*n)
		}
		var inv *ledger.Invoice
		inv, err = tx.Issue(ledger.Draft{Customer: c.ID, Date: oldest.AddDays(-30), Due: due, Currency: "EUR",
			Lines: []ledger.Line{{Text: "Consulting", Quantity: decimal.NewFromInt(1), Price: decimal.New(int64(100_000-n), -2)}}})
		if err == nil && n == 0 {
			err = tx.SkipSteps(c, oldest.AddDays(14), []ledger.PlanStep{{Invoice: inv.ID, Step: 3}}, ledger.SkipByStaff, "")
		}
	}
	return err
}

// sweep chooses and records the same contacts in PostgreSQL, as an application would: a stage kept
// with each invoice, an index of what is due, an outbox, one transaction.
func (p *postgres) sweep(t *testing.T, path string) (out swept) {
	now := remindBegin.At(10, 0, time.UTC)
	books, err := ledger.Open(path, ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	csv, err := os.Create(filepath.Join(p.dir, "open.csv"))
	if err != nil {
		t.Fatal(err)
	}
	books.View(func(v *ledger.View) error {
		v.Invoices(func(i *ledger.Invoice) {
			stage := 4 // the others of a customer are told with the oldest
			if i.Step > 0 {
				stage = 3
			}
			fmt.Fprintf(csv, "%d,%d,%s,%d,%d\n", i.ID, i.Customer, i.Due, i.Open, stage)
		})
		return nil
	})
	books.Close()
	csv.Close()
	os.Chmod(csv.Name(), 0o644)
	p.script(t, "sweep_load.sql")
	var few []time.Duration
	for k := range fewDays {
		x := p.sweepDay(t, remindBegin.AddDays(k+1))
		few = append(few, x[0])
	}
	out.few = median(few)
	many := p.sweepDay(t, manyDay)
	out.choose, out.record = many[0], many[1]
	return out
}

// sweepDay returns how long it took to choose the contacts of a day, and to record them.
func (p *postgres) sweepDay(t *testing.T, day ledger.Date) (out [2]time.Duration) {
	all := timing.FindAllStringSubmatch(p.script(t, "sweep.sql", "-v", "day="+day.String()), -1)
	if len(all) != 5 {
		t.Fatalf("psql gave %d times", len(all))
	}
	for i, m := range all {
		ms, _ := strconv.ParseFloat(m[1], 64)
		out[min(i, 1)] += time.Duration(ms * float64(time.Millisecond))
	}
	return out
}
