package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Backups are taken while commands run: each is whole, and each holds a head that the books
// had.
func TestBackupWhileCommandsRun(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	dir := t.TempDir()
	var work sync.WaitGroup
	for w := range 4 {
		work.Go(func() {
			for i := range 50 {
				if err := try(b, fmt.Sprintf("w%d.%d", w, i), func(tx *Tx) error {
					_, err := tx.Issue(Draft{Customer: c, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Lines: []Line{line("a", "1", "1", "0")}})
					return err
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var last Head
	for i := range 5 {
		rep, err := b.Backup(filepath.Join(dir, fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		if rep.Head.Seq < last.Seq {
			t.Errorf("backup %d ends at %d, the one before at %d", i, rep.Head.Seq, last.Seq)
		}
		last = rep.Head
	}
	work.Wait()
	for i := range 5 {
		checkFile(t, filepath.Join(dir, fmt.Sprint(i)))
	}
	err := b.View(func(v *View) error {
		f, err := v.fact(last.Seq)
		if err == nil && f.Hash != last.Hash {
			t.Error("the last backup's head is not in the books")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	left, _ := filepath.Glob(dir + "/.*")
	if len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
}

func TestCopiesNeverOverwriteAndVerifyFirst(t *testing.T) {
	path := busyFile(t)
	dir := t.TempDir()
	dest := filepath.Join(dir, "copy.db")
	rep, err := CopyFile(path, dest)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Verify(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if rep.Head != want.Head || !bytes.Equal(rep.Dump(), want.Dump()) {
		t.Error("the copy says something else than its source")
	}
	before, _ := os.ReadFile(dest)
	if _, err := CopyFile(path, dest); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second copy over the first: %v", err)
	}
	damaged := append([]byte{}, before...)
	bad := filepath.Join(dir, "bad.db")
	for i := len(damaged) / 2; ; i += 997 { // a byte that verify minds; some pages are free
		damaged = append(damaged[:0], before...)
		damaged[i%len(damaged)] ^= 0x55
		if err := os.WriteFile(bad, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if rep, err := Verify(bad, ""); err == nil && len(rep.Problems) > 0 {
			break
		}
	}
	if _, err := CopyFile(bad, filepath.Join(dir, "from-bad.db")); err == nil {
		t.Error("a damaged file was copied")
	}
	if exists(filepath.Join(dir, "from-bad.db")) {
		t.Error("the copy of a damaged file is there")
	}
	after, _ := os.ReadFile(dest)
	if !bytes.Equal(before, after) {
		t.Error("the first copy changed")
	}
	b := openTest(t, path)
	defer b.Close()
	if _, err := CopyFile(path, filepath.Join(dir, "busy.db")); !errors.Is(err, ErrInUse) {
		t.Errorf("copying a file in use: %v", err)
	}
}
