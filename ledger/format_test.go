package ledger

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var writeFormat = flag.Bool("write-format", false, "write the sample ledger of the newest layout, testdata/format/v<n>.db.gz")

// A ledger that an earlier version wrote is good for ever: it opens, its chain holds, its
// bookFigures are what they were, the program's own verify and rebuild agree, and it can be
// written on.
func TestOldLayoutsStayReadable(t *testing.T) {
	if *writeFormat {
		writeSample(t, fmt.Sprintf("testdata/format/v%d", factVersion))
	}
	files, err := filepath.Glob("testdata/format/*.db.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples of old layouts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			want, err := os.ReadFile(file[:len(file)-len(".db.gz")] + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "duebot.db")
			unzip(t, file, path)
			if rep, err := Verify(path, ""); err != nil || len(rep.Problems) > 0 {
				t.Fatal(err, rep)
			}
			b, err := Open(path, Options{Now: func() time.Time { return testNow.AddDate(0, 1, 0) }})
			if err != nil {
				t.Fatal(err)
			}
			if got := bookFigures(t, b); got != string(want) {
				t.Errorf("the figures are\n%s\nand were\n%s", got, want)
			}
			do(t, b, "", func(tx *Tx) error {
				_, _, err := tx.Receive(NewPayment{Customer: 1, Date: tx.Today(), Amount: Money{12345, "EUR"}})
				return err
			})
			b.Close()
			checkFile(t, path)
		})
	}
}

// bookFigures are what a ledger says, in a form that no later version has cause to change.
func bookFigures(t *testing.T, b *Books) string {
	var w bytes.Buffer
	err := b.View(func(v *View) error {
		fmt.Fprintf(&w, "head %d %s\n", v.Head().Seq, v.Head().Hash)
		v.Invoices(func(i *Invoice) {
			fmt.Fprintf(&w, "%s %s due %s total %d open %d paid %d credited %d deducted %d written off %d %s\n", i.Number, i.Date, i.Due,
				i.Total, i.Open, i.Paid, i.Credited, i.Deducted, i.WrittenOff, i.Currency)
		})
		v.Payments(func(p *Payment) { fmt.Fprintf(&w, "%s %s %s on account %d\n", p.Label(), p.Date, p.Amount, p.OnAcct) })
		v.Balances(func(a Account, c CustomerID, m Money) { fmt.Fprintf(&w, "%s %d %s\n", a, c, m) })
		return v.Facts(1, func(f *Fact) error {
			fmt.Fprintf(&w, "%d %T %s %s %s", f.Seq, f.Body, f.Recorded.Format(time.RFC3339), f.Effective, f.By)
			for _, p := range f.Postings {
				fmt.Fprintf(&w, " %d:%d:%d%s", p.Account, p.Customer, p.Amount.Minor, p.Amount.Currency)
			}
			fmt.Fprintln(&w)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.String()
}

// writeSample makes a ledger with facts of every kind that the acts of TestInvariants make.
func writeSample(t *testing.T, name string) {
	path := filepath.Join(t.TempDir(), "duebot.db")
	rapid.Custom(func(r *rapid.T) bool {
		os.Remove(path)
		b := openTest(t, path)
		defer b.Close()
		c := addAcme(t, b)
		for step := range 250 {
			try(b, fmt.Sprintf("k%d", step), func(tx *Tx) error { return oneAct(r, tx, c) })
		}
		return true
	}).Example(7)
	b := openTest(t, path)
	text := bookFigures(t, b)
	b.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	z.Write(data)
	z.Close()
	os.MkdirAll(filepath.Dir(name), 0o755)
	os.WriteFile(name+".db.gz", zipped.Bytes(), 0o644)
	if err := os.WriteFile(name+".txt", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func unzip(t testing.TB, from, to string) {
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
