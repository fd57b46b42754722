package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duebot/ledger"
)

// A chat may send sixty files a day. What comes beyond is refused, and is not even fetched: it
// would fill the disk for nobody.
func TestFilesBeyondTheDayAreNotFetched(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := f.box.bot.Load().books.Update(t.Context(), ledger.Command{By: "test", Run: func(tx *ledger.Tx) ([]byte, error) {
		tx.Put("files:"+tx.ActorOf("telegram:1001"), []byte(tx.Today().String()+" 58")) // sent already
		return nil, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	kept := func() int {
		list, err := filepath.Glob(filepath.Join(f.dir, "*.files", "*"))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, name := range list {
			if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
				n++
			}
		}
		return n
	}
	before := kept()
	for i := range 4 {
		f.post("telegram/message", map[string]any{"chat": 1001, "document": upload{Name: "a.pdf", Data: fmt.Appendf(nil, "%%PDF-1.4 %d", i)}}, nil)
		f.state()
	}
	if got := kept() - before; got != 2 {
		t.Errorf("%d files were kept, want the last 2 of the day", got)
	}
	w := f.state()
	if got := strings.Count(w.chat(1001), "more than 60 files"); got != 2 {
		t.Errorf("%d files were refused, want 2", got)
	}
}
