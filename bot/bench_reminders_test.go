//go:build bench

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/bot/clock"
	"duebot/commands"
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

// reminders are the figures of a day's work: choosing and recording, the morning's card and what is
// pressed on it, a digest, and how long somebody who writes waits for any of it.
func (f *figures) reminders(customers int) {
	path := makeOpen(f.t, customers)
	work := filepath.Join(benchDir(), "remind.db")
	copyFile(f.t, path, work)
	defer os.Remove(work)
	ours := f.remindDays(work)
	row := fmt.Sprintf("with few due, %s of %s open invoices: %s to choose, %s with recording (%s where nobody is, %s the first time after a start); with many: %s to choose %s, %s with recording",
		thousands(customers/fewShare), thousands(customers*openPerCustomer), short(ours.fewChosen), short(ours.few), short(ours.none), short(ours.first), short(ours.chosen), thousands(ours.contacts), short(ours.recorded))
	if pg := startPostgres(f.t); pg != nil {
		theirs := pg.sweep(f.t, work)
		row += fmt.Sprintf("; PostgreSQL chooses in %s and %s: %.0f x and %.0f x our time, and records in %s: %.1f x",
			short(theirs.few), short(theirs.choose), ratio(theirs.few, ours.fewChosen), ratio(theirs.choose, ours.chosen), short(theirs.record), ratio(theirs.record, ours.recorded))
	}
	f.row("P6", "choosing and recording today's contacts", "a 20th of PostgreSQL's time, an 8th", "%s", row)
	f.row("P6", "what else a day has: few due / many", "", "the morning's card made in %s / %s, all of it looked at in %s / %s, one of its contacts in %s / %s, one left out in %s / %s; a digest in %s / %s",
		short(ours.work[few].card), short(ours.work[many].card), short(ours.work[few].list), short(ours.work[many].list), short(ours.work[few].row), short(ours.work[many].row),
		short(ours.work[few].skip), short(ours.work[many].skip), short(ours.work[few].digest), short(ours.work[many].digest))
	f.row("P6", "what runs by itself besides, each time", "", "%s", ours.besides)
	f.row("P6", "the longest that anything of these days kept who writes waiting", "no commit over 10 ms", "%s", ours.watch.longest())
}

// The kinds of days.
const (
	few = iota
	many
)

// swept is how long a day's contacts took.
type swept struct {
	first, none, fewChosen, few, chosen, recorded time.Duration // ours
	choose, record                                time.Duration // PostgreSQL's
	contacts                                      int
	work                                          [2]dayWork
	besides                                       string // what else runs by itself
	watch                                         *writerWatch
}

// dayWork is how long the rest of a day took.
type dayWork struct{ card, list, row, skip, digest time.Duration }

// writerWatch measures, while one thing at a time is done, how long each transaction kept whoever
// writes waiting: a commit from its first command until it is durable, and a look at the books until
// the next transaction began, which is more than it held.
type writerWatch struct {
	mu      sync.Mutex
	what    string // is being done
	began   time.Time
	open    bool // a transaction began
	commits []time.Time
	starts  []time.Time // of the transactions that were commits
	most    map[string][2]time.Duration
}

const (
	byCommit = iota
	byLook
)

// now is the clock of the books, which each transaction reads first.
func (w *writerWatch) now(now time.Time) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open {
		w.note(byLook)
	}
	w.began, w.open = time.Now(), true
	return now
}

func (w *writerWatch) committed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(byCommit)
	w.starts, w.commits = append(w.starts, w.began), append(w.commits, time.Now())
}

func (w *writerWatch) note(kind int) {
	most := w.most[w.what]
	most[kind] = max(most[kind], time.Since(w.began))
	w.most[w.what], w.open = most, false
}

// does measures something.
func (w *writerWatch) does(what string, f func()) time.Duration {
	w.mu.Lock()
	w.what, w.open, w.commits, w.starts = what, false, nil, nil
	w.mu.Unlock()
	began := time.Now()
	f()
	took := time.Since(began)
	w.mu.Lock()
	if w.open {
		w.note(byLook)
	}
	w.mu.Unlock()
	return took
}

// longest tells it of each thing that was done, the longest first.
func (w *writerWatch) longest() string {
	var all []string
	for _, what := range slices.SortedFunc(maps.Keys(w.most), func(a, b string) int { return cmp.Compare(slices.Max(pair(w.most[b])), slices.Max(pair(w.most[a]))) }) {
		all = append(all, fmt.Sprintf("%s: commit %s, look %s", what, short(w.most[what][byCommit]), short(w.most[what][byLook])))
	}
	return strings.Join(all, "; ")
}

func pair(x [2]time.Duration) []time.Duration { return x[:] }

// benchDay is the program on the ledger of open invoices, without its loops.
type benchDay struct {
	t     *testing.T
	b     *Bot
	now   time.Time
	watch *writerWatch
}

func newBenchDay(t *testing.T, path string) *benchDay {
	x := &benchDay{t: t, now: remindBegin.At(10, 0, time.UTC), watch: &writerWatch{most: map[string][2]time.Duration{}}}
	cfg := sandboxConfig("http://127.0.0.1:1", path)
	cfg.Digest.Readers = []string{"UMANAGER01"}
	now := func() time.Time { return x.watch.now(x.now) }
	var err error
	if x.b, err = NewBot(cfg, clock.New(x.now), now, "", slog.New(slog.NewTextHandler(io.Discard, nil))); err != nil {
		t.Fatal(err)
	}
	x.b.books.Close() // they tell the watch of their commits, too
	if x.b.books, err = ledger.Open(path, ledger.Options{Now: now, Calendar: x.b.calendar, Touched: x.b.touched, OnCommit: x.watch.committed}); err != nil {
		t.Fatal(err)
	}
	x.b.rules.Books, x.b.desk.Books = x.b.books, x.b.books
	p := benchPolicies()
	x.b.rules.Policy.Campaign, x.b.rules.Policy.Named = p.Campaign, p.Named
	return x
}

// run runs the rules at a time of a day.
func (x *benchDay) run(what string, at time.Time) time.Duration {
	x.now = at
	return x.watch.does(what, func() {
		if _, err := x.b.rules.Run(context.Background(), x.now); err != nil {
			x.t.Fatal(err)
		}
	})
}

// contacts runs the rules at the hour of contacts, and tells how long it took until the first commit
// began, and in all.
func (x *benchDay) contacts(day ledger.Date) (chosen, took time.Duration) {
	began := time.Now()
	took = x.run("contacts", day.At(10, 0, time.UTC))
	if len(x.watch.starts) > 0 {
		chosen = x.watch.starts[0].Sub(began)
	}
	return chosen, took
}

// line has finance type something.
func (x *benchDay) line(what, text string) time.Duration {
	return x.watch.does(what, func() {
		who := commands.Staff{ID: "UFINANCE01", Role: commands.Finance}
		reply, err := x.b.desk.Line(context.Background(), commands.Line{Key: "bench:" + text + x.now.String(), Who: who, Text: text})
		if err != nil || reply.Card == nil {
			x.t.Fatal(text, reply, err)
		}
	})
}

// begin sends the newest notice of a kind, as the delivery does, but for the platform.
func (x *benchDay) begin(what string, kind ledger.NoticeKind) time.Duration {
	var id ledger.NoticeID
	x.b.books.View(func(v *ledger.View) error {
		for _, n := range v.OpenNotices(0) {
			if n.Kind == kind {
				id = n.ID
			}
		}
		return nil
	})
	return x.watch.does(what, func() {
		out, wait, parked, err := x.b.delivery.begin(context.Background(), id)
		if err != nil || out == nil {
			x.t.Fatalf("%s: waits %s, parked %t, %v", what, wait, parked, err)
		}
		_, err = x.b.books.Update(context.Background(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
			return nil, tx.Settle(ledger.NoticeOutcome{Notice: id, State: ledger.NoticeSent, Chat: out.chat, Message: fmt.Sprint(id)})
		}})
		if err != nil {
			x.t.Fatal(err)
		}
	})
}

// work is what a day has beside its contacts: they come an hour and more before those.
func (x *benchDay) work(day ledger.Date) (out dayWork) {
	x.run("new day", day.At(0, 5, time.UTC))
	out.card = x.run("morning's card", day.At(8, 30, time.UTC))
	out.card += x.begin("morning's card", ledger.NoticePreflight)
	out.digest = x.run("digest", day.At(9, 0, time.UTC))
	out.digest += x.begin("digest", ledger.NoticeDigest)
	var one []string
	x.b.books.View(func(v *ledger.View) error {
		rows, err := x.b.rules.Rows(v)
		for _, r := range rows[:min(2, len(rows))] {
			one = append(one, r.Customer.Handle)
		}
		return err
	})
	if len(one) < 2 {
		x.t.Fatalf("%s: nobody is on the card", day)
	}
	out.list = x.line("the card as a list", "preflight")
	out.row = x.line("a contact of it", "preflight "+one[0])
	out.skip = x.line("leaving one out", "preflight skip "+one[1])
	out.skip += x.begin("leaving one out", ledger.NoticePreflightEdit)
	return out
}

// besides runs what the program looks at again and again beside the rules, and a person's Home tab,
// and tells how long each took.
func (x *benchDay) besides() string {
	ctx := context.Background()
	type look struct {
		what string
		run  func() error
	}
	at := func(f func(context.Context) (time.Time, error)) func() error {
		return func() error { _, err := f(ctx); return err }
	}
	var out []string
	for _, l := range []look{
		{"Home tab", func() error {
			_, err := x.b.desk.Home(commands.Staff{ID: "UFINANCE01", Role: commands.Finance})
			return err
		}},
		{"contracts", func() error { _, err := x.b.desk.RunContracts(ctx, x.now); return err }},
		{"approvals", at(x.b.desk.ExpireApprovals)}, {"bank details", at(x.b.desk.RunBankChange)}, {"questions", at(x.b.desk.RemindQuestions)},
		{"money that waits", at(x.b.desk.RemindEntries)}, {"tasks", at(x.b.desk.RemindTasks)}, {"disputes", at(x.b.desk.RunDisputes)},
		{"payouts", at(x.b.desk.TellLatePayouts)}, {"calendar", x.b.warnOfCalendar},
	} {
		took := x.watch.does(l.what, func() {
			if err := l.run(); err != nil {
				x.t.Fatalf("%s: %v", l.what, err)
			}
		})
		out = append(out, l.what+" "+short(took))
	}
	return strings.Join(out, ", ")
}

// remindDays runs the rules day by day.
func (f *figures) remindDays(path string) (out swept) {
	x := newBenchDay(f.t, path)
	defer x.b.Close()
	out.watch = x.watch
	out.first = x.run("start", remindBegin.AddDays(-1).At(10, 0, time.UTC))
	x.run("new day", remindBegin.At(9, 59, time.UTC))
	_, out.none = x.contacts(remindBegin)
	var chosen, took []time.Duration
	for k := range fewDays {
		day := remindBegin.AddDays(k + 1)
		if k == 1 {
			out.work[few] = x.work(day)
		}
		x.run("new day", day.At(9, 59, time.UTC))
		a, b := x.contacts(day)
		chosen, took = append(chosen, a), append(took, b)
	}
	out.fewChosen, out.few = median(chosen), median(took)
	out.work[many] = x.work(manyDay)
	x.run("new day", manyDay.At(9, 59, time.UTC))
	before := waiting(x.b.books)
	out.chosen, out.recorded = x.contacts(manyDay)
	out.contacts = waiting(x.b.books) - before
	out.besides = x.besides()
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
	var took []time.Duration
	for k := range fewDays {
		x := p.sweepDay(t, remindBegin.AddDays(k+1))
		took = append(took, x[0])
	}
	out.few = median(took)
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
