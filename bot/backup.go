package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"duebot/ledger"
)

// backupDays is how many days copies are kept. What a person had erased leaves the copies
// with the oldest of them.
const backupDays = 14

// backupRetry is how soon a copy that could not be made is tried again.
const backupRetry = time.Hour

// backups makes a copy of the ledger each day of the company, in the folder that is set, and
// drops those that are too old.
func (b *Bot) backups(ctx context.Context) error {
	for {
		wait := backupRetry
		now := b.clock.Now()
		zone, err := time.LoadLocation(b.cfg.Company.Zone)
		if err != nil {
			zone = time.UTC
		}
		today := ledger.DateOf(now, zone)
		if err := backupOf(b.books, b.cfg.BackupDir, today); err != nil {
			b.log.Error("making the daily backup", "error", err)
		} else {
			wait = max((today+1).At(0, 0, zone).Sub(now), time.Minute)
		}
		if b.clock.Sleep(ctx, wait) != nil {
			return nil
		}
	}
}

var (
	backupName = regexp.MustCompile(`^duebot-(\d{4}-\d{2}-\d{2})\.db$`)
	backupHalf = regexp.MustCompile(`^\.duebot-\d{4}-\d{2}-\d{2}\.db\.`) // under way: see ledger's Backup
)

// backupOf makes the copy of a day, unless it is there, and then drops the copies that are
// too old: never before there is a new one.
func backupOf(books *ledger.Books, dir string, today ledger.Date) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if backupHalf.MatchString(f.Name()) { // a process that was killed left it: this one is alone with the ledger
			os.Remove(filepath.Join(dir, f.Name()))
		}
	}
	_, err = books.Backup(filepath.Join(dir, "duebot-"+today.String()+".db"))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if files, err = os.ReadDir(dir); err != nil {
		return err
	}
	var errs []error
	for _, f := range files {
		m := backupName.FindStringSubmatch(f.Name())
		if m == nil {
			continue
		}
		if day, err := ledger.ParseDate(m[1]); err == nil && day <= today.AddDays(-backupDays) {
			path := filepath.Join(dir, f.Name())
			errs = append(errs, os.Remove(path), ledger.FilesOf(path).Remove())
		}
	}
	return errors.Join(errs...)
}
