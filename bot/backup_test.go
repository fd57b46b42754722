package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duebot/bot/clock"
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
			for _, name := range []string{"duebot-2020-01-01.db.old", "duebot-2020-13-01.db", "notes.txt", ".duebot-2020-01-01.db.4711"} {
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

// The bot makes the first copy when it starts, and one as soon as each day of the company
// begins: at 22:00 UTC in Berlin's summer.
func TestBackupsFollowTheClock(t *testing.T) {
	dir := t.TempDir()
	b := &Bot{clock: clock.New(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)), log: logger(false), books: randomBooks(t, 2)}
	b.cfg.BackupDir, b.cfg.Company.Zone = dir, "Europe/Berlin"
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.backups(ctx) }()
	for i, want := range []string{"2026-07-01", "2026-07-02", "2026-07-03"} {
		if i > 0 {
			to := time.Date(2026, 7, i, 22, 1, 0, 0, time.UTC)
			if err := b.clock.Advance(ctx, to, func() bool { return true }); err != nil {
				t.Fatal(err)
			}
		}
		for range 500 {
			if exists(filepath.Join(dir, "duebot-"+want+".db")) {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if !exists(filepath.Join(dir, "duebot-"+want+".db")) {
			t.Fatalf("there is no copy of %s", want)
		}
		time.Sleep(50 * time.Millisecond) // until it sleeps again
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
