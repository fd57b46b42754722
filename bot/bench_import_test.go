//go:build bench

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
)

// TestImportFigures measures what importing files takes, beside PostgreSQL's COPY of the same
// files, and how long others wait meanwhile: each row is tried, taken back and booked.
func TestImportFigures(t *testing.T) {
	sizes := benchSizes(t)
	n := sizes[len(sizes)-1]
	f := &figures{t: t}
	t.Cleanup(f.print)
	files := []string{manyCustomers(max(n/20, 1)), manyOpen(n), manyPaid(n)}
	d, first, _ := importDesk(t, files[0])
	ids := []ledger.ImportID{first}
	var tried, booked []time.Duration
	var waits []time.Duration
	for i, file := range files {
		if i > 0 {
			start := time.Now()
			ids = append(ids, dropFile(t, d, file))
			tried = append(tried, time.Since(start))
		}
		pressImport(t, d, ids[i], "book")
		stop := watchWriter(t, d.Books)
		start := time.Now()
		if err := d.WorkImport(t.Context(), ids[i]); err != nil {
			t.Fatal(err)
		}
		booked = append(booked, time.Since(start))
		waits = append(waits, stop()...)
	}
	slices.Sort(waits)
	rows, took := n/20+n+n, booked[0]+booked[1]+booked[2]
	f.row("P11", fmt.Sprintf("import of %s open invoices with their customers and payments", thousands(n)), "PostgreSQL's COPY",
		"%s for %s rows, tried once more and booked (%s a second); tried alone %s", short(took), thousands(rows), perSecond(uint64(rows), took), short(tried[0]+tried[1]))
	f.row("P11", "what another writer waits meanwhile", "10 ms", "p50 %s, p99 %s, most %s", short(waits[len(waits)/2]), short(waits[len(waits)*99/100]), short(waits[len(waits)-1]))
	if pg := startPostgres(t); pg != nil {
		copied := pg.copyFiles(t, files)
		f.row("P11", "PostgreSQL's COPY of the same files into tables with keys", "", "%s, %.1f x faster", short(copied), ratio(took, copied))
	}
}

// watchWriter writes something small again and again, until it is stopped; then it returns how
// long each took.
func watchWriter(t *testing.T, books *ledger.Books) (stop func() []time.Duration) {
	ctx, cancel := context.WithCancel(t.Context())
	out := make(chan []time.Duration)
	go func() {
		var waits []time.Duration
		for ctx.Err() == nil {
			start := time.Now()
			books.Update(context.Background(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
				tx.Put("bench", []byte{1})
				return nil, nil
			}})
			waits = append(waits, time.Since(start))
			time.Sleep(2 * time.Millisecond)
		}
		out <- waits
	}()
	return func() []time.Duration { cancel(); return <-out }
}

func manyOpen(n int) string {
	var out strings.Builder
	out.WriteString("customer,number,date,due,open\n")
	for i := range n {
		fmt.Fprintf(&out, "c%d,2025/%d,2026-%02d-%02d,2026-09-%02d,%d.%02d\n", i%max(n/20, 1), i, 1+i%8, 1+i%28, 1+i%30, 10+i%5000, i%100)
	}
	return out.String()
}

func manyPaid(n int) string {
	var out strings.Builder
	out.WriteString("number,payment date,paid,reference\n")
	for i := range n {
		fmt.Fprintf(&out, "2025/%d,2026-09-%02d,%d.%02d,transfer %d\n", i, 1+i%20, 10+i%5000, i%100, i)
	}
	return out.String()
}

// copyFiles loads the files by COPY, and returns how long that took.
func (p *postgres) copyFiles(t *testing.T, files []string) time.Duration {
	const schema = "create table customers (handle text primary key, name text not null, terms text);\n" +
		"create table open_invoices (customer text not null references customers, number text primary key, date date not null, due date not null, open numeric(18,2) not null);\n" +
		"create table paid (number text not null references open_invoices, date date not null, paid numeric(18,2) not null, reference text);\n"
	psql := func(line string) {
		p.run(t, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", p.dir, "-U", "bench", "-d", "bench", "-c", line)
	}
	psql(schema)
	var took time.Duration
	for i, table := range []string{"customers", "open_invoices", "paid"} {
		path := filepath.Join(p.dir, table+".csv")
		if err := os.WriteFile(path, []byte(files[i]), 0o644); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		psql("copy " + table + " from '" + path + "' csv header")
		took += time.Since(start)
	}
	return took
}
