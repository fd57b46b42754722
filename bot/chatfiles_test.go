package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"duebot/ledger"
)

// A chat may send sixty files a day. What comes beyond is refused, and is not even fetched: it
// would fill the disk for nobody.
func TestFilesBeyondTheDayAreNotFetched(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.sentToday(58)
	before := f.filesKept()
	for i := range 4 {
		f.sendFile("a.pdf", fmt.Appendf(nil, "%%PDF-1.4 %d", i))
	}
	if got := f.filesKept() - before; got != 2 {
		t.Errorf("%d files were kept, want the last 2 of the day", got)
	}
	w := f.state()
	if got := strings.Count(w.chat(1001), "more than 60 files"); got != 2 {
		t.Errorf("%d files were refused, want 2", got)
	}
}

// A file that is not what was asked for lies there too, and counts.
func TestRefusedFilesCount(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.issue("acme", "Hosting")
	f.write(1001, "/invoices")
	f.tapData(1001, "item|")
	for _, label := range []string{"I Have Paid", "Today", "All of It: €100.00"} {
		f.tap(1001, label)
	}
	f.sentToday(58)
	before := f.filesKept()
	for i := range 4 {
		f.sendFile("a.csv", fmt.Appendf(nil, "a,b\n1,%d\n", i))
	}
	if got := f.filesKept() - before; got != 2 {
		t.Errorf("%d files were kept, want the last 2 of the day", got)
	}
	w := f.state()
	if got := strings.Count(w.chat(1001), "neither a photo"); got != 2 {
		t.Errorf("%d files were refused as proofs, want 2:\n%s", got, w.chat(1001))
	}
}

// sentToday notes how many files the chat 1001 has sent today.
func (f *fixture) sentToday(n int) {
	f.t.Helper()
	f.inBooks(func(tx *ledger.Tx) error {
		tx.Put("files:"+tx.ActorOf("telegram:1001"), []byte(tx.Today().String()+" "+strconv.Itoa(n)))
		return nil
	})
}

// sendFile sends a file in the chat 1001.
func (f *fixture) sendFile(name string, data []byte) {
	f.t.Helper()
	f.post("telegram/message", map[string]any{"chat": 1001, "document": upload{Name: name, Data: data}}, nil)
	f.state()
}

// filesKept is how many files lie beside the ledger.
func (f *fixture) filesKept() (n int) {
	f.t.Helper()
	list, err := filepath.Glob(filepath.Join(f.dir, "*.files", "*"))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, name := range list {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			n++
		}
	}
	return n
}
