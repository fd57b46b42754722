//go:build bench

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"duebot/adapters/exchange"
	"duebot/ledger"

	"github.com/shopspring/decimal"
	bolt "go.etcd.io/bbolt"
)

// TestFigures measures what the README promises and prints it as a table: engines in turn, in
// one run, on one machine. BENCH_SIZES (invoices, by default 10000,100000,1000000) says how
// large the ledgers are, BENCH_ROUNDS how often the engines take their turns.
func TestFigures(t *testing.T) {
	sizes := benchSizes(t)
	largest := sizes[len(sizes)-1]
	fig := &figures{t: t}
	t.Cleanup(fig.print)
	for _, n := range sizes {
		fig.sized(n)
	}
	fig.againstPeers(largest)
	fig.slackCommand(largest)
	fig.againstHledger(min(largest, 100_000))
	if largest >= 1_000_000 {
		fig.openItems()
	}
}

func benchSizes(t *testing.T) (sizes []int) {
	for _, s := range strings.Split(cmp.Or(os.Getenv("BENCH_SIZES"), "10000,100000,1000000"), ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 1000 {
			t.Fatalf("BENCH_SIZES: %q is no number of invoices from 1000 up", s)
		}
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	return sizes
}

func benchRounds() int {
	n, _ := strconv.Atoi(os.Getenv("BENCH_ROUNDS"))
	return max(n, 3)
}

// figures are the rows of the table.
type figures struct {
	t    *testing.T
	rows [][4]string // target's number, work, measured, target
}

func (f *figures) row(number, work, target, format string, args ...any) {
	got := fmt.Sprintf(format, args...)
	f.t.Logf("%s %s: %s", number, work, got)
	f.rows = append(f.rows, [4]string{number, work, got, target})
}

func (f *figures) print() {
	slices.SortStableFunc(f.rows, func(a, b [4]string) int { return cmp.Or(cmp.Compare(len(a[0]), len(b[0])), cmp.Compare(a[0], b[0])) })
	fmt.Printf("\n| | what | measured | target |\n| --- | --- | --- | --- |\n")
	for _, r := range f.rows {
		fmt.Printf("| %s | %s | %s | %s |\n", r[0], r[1], r[2], r[3])
	}
	fmt.Println()
}

// sized are the figures of one ledger of that size.
func (f *figures) sized(n int) {
	t := f.t
	path := years(n).make(t)
	size := thousands(n)
	scan := best(func() { scanFile(t, path) })
	var heap uint64
	var facts uint64
	var books *ledger.Books
	warm := best(func() {
		if books != nil {
			books.Close()
		}
		books = openBench(t, path)
	})
	books.View(func(v *ledger.View) error { facts = v.Head().Seq; return nil })
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&after)
	f.aging(size, books)
	books.Close()
	books = nil
	runtime.GC()
	runtime.ReadMemStats(&before)
	heap = after.HeapAlloc - before.HeapAlloc

	evict(t, path)
	began := time.Now()
	openBench(t, path).Close()
	cold := time.Since(began)
	f.row("P4", "ready after start, "+size+" invoices", "1 s warm, 2 s cold; 6 x a bare scan; 200 MB", "%s warm, %s cold, %s facts; %.1f x a bare scan; heap %s",
		short(warm), short(cold), thousands(int(facts)), ratio(warm, scan), megabytes(int64(heap)))

	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f.row("P5", "file, per invoice with its notice and payment, "+size, "900 bytes", "%d bytes, %s in all", info.Size()/int64(n), megabytes(info.Size()))

	wall, cpu := timed(func() {
		if rep, err := ledger.Verify(path, ""); err != nil || len(rep.Problems) > 0 {
			t.Fatal(err, rep.Problems)
		}
	})
	f.row("P9", "verify, "+size, "500,000 facts per second and core", "%s facts per second and core, %s", perSecond(facts, cpu), short(wall))
	wall, cpu = timed(func() {
		rep, err := ledger.Rebuild(path, ledger.Options{Now: benchClock}, io.Discard)
		if err != nil || len(rep.Problems) > 0 {
			t.Fatal(err, rep)
		}
	})
	f.row("P9", "rebuild (makes them twice), "+size, "500,000 facts per second and core", "%s facts per second and core, %s", perSecond(2*facts, cpu), short(wall))
}

func benchClock() time.Time { return benchNow }

func openBench(t *testing.T, path string) *ledger.Books {
	books, err := ledger.Open(path, ledger.Options{Now: benchClock})
	if err != nil {
		t.Fatal(err)
	}
	return books
}

// aging are the questions to memory, of today and of the past.
func (f *figures) aging(size string, books *ledger.Books) {
	books.View(func(v *ledger.View) error {
		rows := len(v.Aging(v.Today()))
		today := often(func() { v.Aging(v.Today()) })
		one := often(func() {
			for range 1000 {
				v.AgingOf(v.Customer(7), v.Today())
			}
		}) / 1000
		f.row("P3", "aging, "+size+": all / one customer", "10 ms", "%s (%s rows) / %s", short(today), thousands(rows), short(one))
		for _, days := range []int{30, 365} {
			past := often(func() { v.AgingAsOf(ledger.AsOf{On: v.Today().AddDays(-days)}) })
			f.row("P10", fmt.Sprintf("aging as of %d days ago, %s", days, size), "5 x today's", "%s, %.1f x today's", short(past), ratio(past, today))
		}
		return nil
	})
}

// againstPeers posts into a ledger of n invoices, and asks for its aging, in turn with raw
// bbolt and PostgreSQL.
func (f *figures) againstPeers(n int) {
	t := f.t
	made := years(n).make(t)
	work := filepath.Join(benchDir(), "work.db")
	copyFile(t, made, work)
	defer os.Remove(work)
	books := openBench(t, work)
	pg := startPostgres(t)
	if pg != nil {
		pg.load(t, books)
	}
	f.postingPeers(n, books, work, pg)
	if pg != nil {
		f.agingPeers(n, pg)
	}
}

func (f *figures) postingPeers(n int, books *ledger.Books, path string, pg *postgres) {
	t := f.t
	customers := years(n).customers
	duebot := func(writers int) posted {
		run := time.Now().UnixNano()
		return post(writers, 2*time.Second, func(i int64) error {
			return postOne(books, fmt.Sprintf("slack:trigger:%d.%d", run, i), customers, int(i))
		})
	}
	duebot(1)
	sizes := rowSizes(t, books, path)
	books = openBench(t, path)
	defer books.Close()
	type turn struct{ duebot, raw, app, one []float64 }
	turns := map[int]*turn{1: {}, 64: {}}
	var p50, disk, raw50 []time.Duration
	for range benchRounds() {
		disk = append(disk, twoSyncs(t))
		for _, writers := range []int{1, 64} {
			x := turns[writers]
			d, r := duebot(writers), rawBolt(t, sizes, writers, 2*time.Second)
			x.duebot, x.raw = append(x.duebot, d.rate), append(x.raw, r.rate)
			if writers == 1 {
				p50, raw50 = append(p50, d.p50), append(raw50, r.p50)
			}
			if pg != nil {
				x.app = append(x.app, pg.post(t, "app.pgb", writers, customers, 2*time.Second).rate)
				x.one = append(x.one, pg.post(t, "one.pgb", writers, customers, 2*time.Second).rate)
			}
		}
	}
	peers := func(x *turn) string {
		s := fmt.Sprintf("%.0f per second, %.0f %% of raw bbolt (%.0f)", median(x.duebot), 100*median(x.duebot)/median(x.raw), median(x.raw))
		if pg != nil {
			s += fmt.Sprintf("; %.1f x PostgreSQL as applications do it (%.0f), %.1f x its single statement (%.0f)",
				median(x.duebot)/median(x.app), median(x.app), median(x.duebot)/median(x.one), median(x.one))
		}
		return s
	}
	size := thousands(n)
	f.row("P1", "posting, 64 writers, ledger of "+size, "10 x PostgreSQL, 5 x single statement; 50 % of raw bbolt", "%s", peers(turns[64]))
	f.row("P2", "posting, 1 writer, ledger of "+size, "p50 2 x two fdatasyncs", "p50 %s, %.2f x two fdatasyncs of 4 KiB (%s; raw bbolt %.2f x); %s",
		short(median(p50)), ratio(median(p50), median(disk)), short(median(disk)), ratio(median(raw50), median(disk)), peers(turns[1]))
}

// postOne issues an invoice of two lines, with its card and its message, by a command whose
// key and reply are kept.
func postOne(books *ledger.Books, key string, customers, i int) error {
	_, err := books.Update(context.Background(), ledger.Command{Key: key, By: "slack:U0SALES0001", Run: func(tx *ledger.Tx) ([]byte, error) {
		c := ledger.CustomerID(i*7919%customers + 1)
		inv, err := tx.Issue(ledger.Draft{Customer: c, Date: tx.Today(), Due: tx.Today().AddDays(14), Currency: "EUR",
			Lines: []ledger.Line{
				{Text: "Consulting, October", Quantity: decimal.NewFromInt(3), Price: decimal.NewFromInt(1200), Tax: decimal.NewFromInt(19)},
				{Text: "Hosting", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(99), Tax: decimal.NewFromInt(19)}}})
		if err != nil {
			return nil, err
		}
		if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeCard, Customer: c, Invoice: inv.ID, Address: "C0INVOICES1"}); err != nil {
			return nil, err
		}
		return []byte("issued"), tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeInvoice, Customer: c, Invoice: inv.ID})
	}})
	return err
}

// rowSizes are the bytes of what one posting put into the file: its three facts, its stored
// reply and the head. It closes the books to look.
func rowSizes(t *testing.T, books *ledger.Books, path string) (sizes []int) {
	books.Close()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket([]byte("facts")).Cursor()
		_, v := c.Last()
		for range 3 {
			sizes = append(sizes, len(v))
			_, v = c.Prev()
		}
		_, v = tx.Bucket([]byte("replies")).Cursor().Last()
		sizes = append(sizes, len(v), 44)
		return nil
	})
	return sizes
}

func (f *figures) agingPeers(n int, pg *postgres) {
	books := openBench(f.t, years(n).path())
	defer books.Close()
	books.View(func(v *ledger.View) error {
		var all, one, totals, ours, oursOne []time.Duration
		for range benchRounds() {
			x := pg.aging(f.t, v.Today())
			all, one, totals = append(all, x[0]), append(one, x[1]), append(totals, x[2])
			ours = append(ours, often(func() { v.Aging(v.Today()) }))
			oursOne = append(oursOne, often(func() {
				for range 1000 {
					v.AgingOf(v.Customer(7), v.Today())
				}
			})/1000)
		}
		f.row("P3", "PostgreSQL's, indexed, open amount kept, "+thousands(n), "a tenth of it", "%s / %s (totals %s): %.0f x / %.0f x our time",
			short(median(all)), short(median(one)), short(median(totals)), ratio(median(all), median(ours)), ratio(median(one), median(oursOne)))
		return nil
	})
}

// againstHledger compares whole processes: read the books of n invoices and say who owes what.
func (f *figures) againstHledger(n int) {
	t := f.t
	hledger, err := exec.LookPath("hledger")
	if err != nil {
		t.Log("no hledger here: its row is missing")
		return
	}
	path := years(n).make(t)
	journal := filepath.Join(benchDir(), "books.journal")
	out, err := os.Create(journal)
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(journal)
	books := openBench(t, path)
	if err := books.View(func(v *ledger.View) error { return exchange.Journal(out, v) }); err != nil {
		t.Fatal(err)
	}
	books.Close()
	out.Close()
	theirs := measure(t, exec.Command(hledger, "-f", journal, "balance", "-N", "--flat", "assets:receivables"))
	self := exec.Command(os.Args[0], "-test.run", "TestAgingProcess")
	self.Env = append(os.Environ(), "BENCH_AGING="+path)
	ours := measure(t, self)
	f.row("P3", "whole process, "+thousands(n), "a 500th of hledger's time, a 100th of its memory", "%s and %s; hledger %s and %s: %.0f x and %.0f x",
		short(ours.wall), megabytes(ours.memory), short(theirs.wall), megabytes(theirs.memory), ratio(theirs.wall, ours.wall), float64(theirs.memory)/float64(ours.memory))
}

// TestAgingProcess is the process that hledger is compared with.
func TestAgingProcess(t *testing.T) {
	path := os.Getenv("BENCH_AGING")
	if path == "" {
		t.Skip("a part of TestFigures")
	}
	books := openBench(t, path)
	books.View(func(v *ledger.View) error {
		for _, r := range v.Aging(v.Today()) {
			fmt.Fprintln(io.Discard, r.Customer, r.Total())
		}
		return nil
	})
	books.Close()
}

// openItems: aging must follow what is open, not what ever was.
func (f *figures) openItems() {
	few := recipe{invoices: 30_000, customers: 1500, allOpen: true}
	many := recipe{invoices: 1_000_000, customers: 1500, openLast: 30_000}
	var times [2]time.Duration
	for i, r := range []recipe{few, many} {
		books := openBench(f.t, r.make(f.t))
		books.View(func(v *ledger.View) error { times[i] = often(func() { v.Aging(v.Today()) }); return nil })
		books.Close()
	}
	f.row("P3", "aging of 30,000 open items under 30,000 / 1,000,000 invoices", "the same", "%s / %s, %.2f x", short(times[0]), short(times[1]), ratio(times[1], times[0]))
}

// scanFile reads every fact's bytes, and does nothing with them.
func scanFile(t *testing.T, path string) (sum int) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket([]byte("facts")).Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			for i := 0; i < len(v); i += 64 { // a byte of each line of the cache
				sum += int(v[i])
			}
		}
		return nil
	})
	return sum
}

// evict asks the system to forget a file's pages, so that the next read is the disk's.
func evict(t *testing.T, path string) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.Sync()
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0)
}

func copyFile(t *testing.T, from, to string) {
	os.Remove(to)
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err == nil {
		_, err = io.Copy(out, in)
	}
	if err == nil {
		err = out.Sync()
	}
	if err != nil {
		t.Fatal(err)
	}
	out.Close()
}

// best is the shortest of three: other people share the machine.
func best(f func()) time.Duration {
	var times []time.Duration
	for range 3 {
		began := time.Now()
		f()
		times = append(times, time.Since(began))
	}
	return slices.Min(times)
}

// often is the median of many.
func often(f func()) time.Duration {
	var times []time.Duration
	for began := time.Now(); len(times) < 5 || time.Since(began) < 300*time.Millisecond; {
		at := time.Now()
		f()
		times = append(times, time.Since(at))
	}
	return median(times)
}

// timed returns how long f took, and how long it kept the cores busy all together.
func timed(f func()) (wall, cpu time.Duration) {
	busy := func() time.Duration {
		var u syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	runtime.GC()
	began, was := time.Now(), busy()
	f()
	return time.Since(began), busy() - was
}

func median[T cmp.Ordered](list []T) T {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

// short rounds to three digits.
func short(d time.Duration) string {
	unit := time.Duration(1)
	for d >= 1000*unit {
		unit *= 10
	}
	return d.Round(unit).String()
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", n>>20) }

func perSecond(n uint64, d time.Duration) string { return thousands(int(float64(n) / d.Seconds())) }

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
