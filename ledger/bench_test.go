package ledger

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// benchBooks makes books with n invoices of customers with a hundred each; seven in ten
// are paid.
func benchBooks(b *testing.B, n int) (*Books, string) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "duebot.db")
	books := openTest(b, path)
	var customers []CustomerID
	for made := 0; made < n; {
		do(b, books, "", func(tx *Tx) error {
			for range 200 {
				if made%100 == 0 {
					c, err := tx.AddCustomer(NewCustomer{Handle: fmt.Sprintf("c%d", made)})
					if err != nil {
						return err
					}
					customers = append(customers, c.ID)
				}
				if err := benchInvoice(tx, customers[len(customers)-1], made%10 < 7, made%150); err != nil {
					return err
				}
				if made++; made == n {
					return nil
				}
			}
			return nil
		})
	}
	return books, path
}

func benchInvoice(tx *Tx, c CustomerID, paid bool, age int) error {
	date := tx.Today().AddDays(-age)
	inv, err := tx.Issue(Draft{Customer: c, Date: date, Due: date.AddDays(14), Currency: "EUR",
		Lines: []Line{line("Consulting, October", "3", "1200", "19"), line("Hosting", "1", "99", "19")}})
	if err != nil || !paid {
		return err
	}
	_, _, err = tx.Receive(NewPayment{Customer: c, Invoice: inv.ID, Date: tx.Today(), Amount: inv.TotalMoney(), Method: "bank", Reference: "transfer"})
	return err
}

// BenchmarkPost is durable posting of whole invoices: one command, one answer after the
// commit; beside it, raw bbolt group commit of the same bytes.
func BenchmarkPost(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("duebot/%d", writers), func(b *testing.B) {
			books, _ := benchBooks(b, 1000)
			defer books.Close()
			var seq atomic.Int64
			post(b, writers, func() error {
				_, err := books.Update(context.Background(), Command{Key: fmt.Sprintf("slack:trigger:%d", seq.Add(1)), By: "slack:USALES0001",
					Run: func(tx *Tx) ([]byte, error) {
						inv, err := tx.Issue(Draft{Customer: 1, Date: tx.Today(), Due: tx.Today().AddDays(14), Currency: "EUR",
							Lines: []Line{line("Consulting, October", "3", "1200", "19"), line("Hosting", "1", "99", "19")}})
						if err != nil {
							return nil, err
						}
						if err := tx.Notify(NoticeQueued{Kind: NoticeCard, Customer: 1, Invoice: inv.ID, Address: "CINVOICES1"}); err != nil {
							return nil, err
						}
						return []byte("issued"), tx.Notify(NoticeQueued{Kind: NoticeInvoice, Customer: 1, Invoice: inv.ID})
					}})
				return err
			})
		})
		b.Run(fmt.Sprintf("bbolt/%d", writers), func(b *testing.B) { rawBolt(b, writers) })
	}
}

func post(b *testing.B, writers int, one func() error) {
	b.ResetTimer()
	var wg sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(b.N))
	for range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for left.Add(-1) >= 0 {
				if err := one(); err != nil {
					b.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

// rawBolt appends records of a posted invoice's size, its notices and its stored reply, one
// writer draining a channel: what the disk and bbolt alone can do.
func rawBolt(b *testing.B, writers int) {
	db, err := bolt.Open(filepath.Join(b.TempDir(), "raw.db"), 0o600, &bolt.Options{NoFreelistSync: true, FreelistType: bolt.FreelistMapType})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	type put struct{ done chan error }
	jobs := make(chan put, 1024)
	go func() {
		seq := uint64(0)
		rec := make([]byte, 700)
		for j := range jobs {
			batch := []put{j}
			for more := true; more && len(batch) < batchMax; {
				select {
				case j, ok := <-jobs:
					if !ok {
						more = false
						break
					}
					batch = append(batch, j)
				default:
					more = false
				}
			}
			err := db.Update(func(tx *bolt.Tx) error {
				bucket, err := tx.CreateBucketIfNotExists([]byte("facts"))
				if err != nil {
					return err
				}
				bucket.FillPercent = 0.95
				for range batch {
					seq++
					if err := bucket.Put(factKey(seq), rec); err != nil {
						return err
					}
				}
				return nil
			})
			for _, j := range batch {
				j.done <- err
			}
		}
	}()
	defer close(jobs)
	post(b, writers, func() error {
		j := put{make(chan error, 1)}
		jobs <- j
		return <-j.done
	})
}

// BenchmarkAging is the aging of all customers, of one, and its totals.
func BenchmarkAging(b *testing.B) {
	books, _ := benchBooks(b, 100_000)
	defer books.Close()
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			books.View(func(v *View) error { v.Aging(v.Today()); return nil })
		}
	})
	for _, days := range []int{0, 30, 120} {
		b.Run(fmt.Sprintf("all/%d days ago", days), func(b *testing.B) {
			for b.Loop() {
				books.View(func(v *View) error { v.AgingAsOf(AsOf{On: v.Today().AddDays(-days)}); return nil })
			}
		})
	}
	b.Run("one", func(b *testing.B) {
		for b.Loop() {
			books.View(func(v *View) error { v.AgingOf(v.Customer(7), v.Today()); return nil })
		}
	})
}

// BenchmarkOpen is how long a start takes until questions can be answered, per fact, and how
// long verify takes. DUEBOT_BENCH_LEDGER names a ledger file to take instead of a made one.
func BenchmarkOpen(b *testing.B) {
	path := os.Getenv("DUEBOT_BENCH_LEDGER")
	if path == "" {
		var books *Books
		books, path = benchBooks(b, 100_000)
		books.Close()
	}
	b.Run("open", func(b *testing.B) {
		var facts uint64
		for b.Loop() {
			books, err := Open(path, Options{Now: func() time.Time { return testNow }})
			if err != nil {
				b.Fatal(err)
			}
			books.View(func(v *View) error { facts = v.Head().Seq; return nil })
			books.Close()
		}
		b.ReportMetric(float64(facts)*float64(b.N)/b.Elapsed().Seconds(), "facts/s")
	})
	b.Run("verify", func(b *testing.B) {
		var facts uint64
		for b.Loop() {
			rep, err := Verify(path, "")
			if err != nil || len(rep.Problems) > 0 {
				b.Fatal(err, rep.Problems)
			}
			facts = rep.Facts
		}
		b.ReportMetric(float64(facts)*float64(b.N)/b.Elapsed().Seconds(), "facts/s")
	})
}

// BenchmarkDecode is checking the chain and decoding, as a replay does it in each of its
// goroutines: lean, and whole facts.
func BenchmarkDecode(b *testing.B) {
	books, _ := benchBooks(b, 1000)
	defer books.Close()
	for _, full := range []bool{false, true} {
		b.Run(map[bool]string{false: "lean", true: "full"}[full], func(b *testing.B) {
			r := newReplay(full)
			c := &chunk{decoded: make(chan struct{}, 1), coder: newCoder(full)}
			c.reset(1, Hash{})
			r.current = c
			err := books.store.Facts(1, func(seq uint64, rec []byte) error {
				if len(c.ends) < chunkFacts-1 {
					return r.add(0, rec)
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				c.before, c.facts = Hash{}, c.facts[:0]
				c.coder.reset()
				if c.decode(r); c.bad != nil {
					b.Fatal(c.bad)
				}
			}
			b.ReportMetric(float64(len(c.ends))*float64(b.N)/b.Elapsed().Seconds(), "facts/s")
		})
	}
}
