package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duebot/ledger"
)

// A copy a day, the oldest dropped on the fifteenth; what is not ours stays.
func TestDailyBackupsAreKeptFourteenDays(t *testing.T) {
	b := randomBooks(t, 1)
	dir := filepath.Join(t.TempDir(), "backups")
	first, err := ledger.ParseDate("2026-02-20")
	if err != nil {
		t.Fatal(err)
	}
	for day := first; day < first+20; day++ {
		for range 2 { // a restart on the same day
			if err := backupOf(b, dir, day); err != nil {
				t.Fatal(err)
			}
		}
		if day == first {
			for _, name := range []string{"duebot-2020-01-01.db.old", "duebot-2020-13-01.db", "notes.txt"} {
				if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Name())
	}
	want := []string{"duebot-2020-01-01.db.old", "duebot-2020-13-01.db"}
	for day := first + 6; day < first+20; day++ {
		want = append(want, "duebot-"+day.String()+".db")
	}
	want = append(want, "notes.txt")
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	rep, err := ledger.Verify(filepath.Join(dir, "duebot-2026-03-11.db"), "")
	if err != nil || len(rep.Problems) > 0 {
		t.Errorf("the newest copy: %v %v", err, rep)
	}
}
