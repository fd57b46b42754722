package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a command is given in place of a ledger: it says so in one line, ends with status
// 1, and leaves the file as it was. bbolt by itself would end the process.
func TestWhatIsNoLedgerIsRefused(t *testing.T) {
	path, _ := auditedFile(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := func(change func(b []byte) []byte) []byte { return change(bytes.Clone(whole)) }
	page := os.Getpagesize()
	files := map[string][]byte{
		"empty":          {},
		"text":           []byte("handle;name\nacme;Acme GmbH\n"),
		"one page":       whole[:page],
		"two pages":      whole[:2*page],
		"a page missing": broken(func(b []byte) []byte { return append(b[:3*page], b[4*page:]...) }),
		"no metas":       broken(func(b []byte) []byte { clear(b[:2*page]); return b }),
		"pages of ones": broken(func(b []byte) []byte {
			for i := 2 * page; i < len(b); i++ {
				b[i] = 0xff
			}
			return b
		}),
		"lengths": broken(func(b []byte) []byte {
			for at := 2 * page; at < len(b); at += page {
				clear(b[at+20 : at+64])
				b[at+30] = 0x7f
			}
			return b
		}),
	}
	rates := filepath.Join(t.TempDir(), "rates.csv")
	if err := os.WriteFile(rates, []byte("date,currency,rate\n2026-10-01,USD,0.9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file, out := filepath.Join(dir, "x.db"), filepath.Join(dir, "out.db")
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"verify", file}, {"rebuild", file}, {"audit", file}, {"export", "-db", file},
				{"backup", "-db", file, out}, {"restore", file, out}, {"rates", "-db", file, rates}} {
				var said, errs bytes.Buffer
				if status := duebot(args, &said, &errs); status != 1 {
					t.Errorf("%s: status %d, %s", args[0], status, errs.String())
				}
				if lines := strings.Count(errs.String(), "\n"); lines != 1 {
					t.Errorf("%s: said %d lines: %.300s", args[0], lines, errs.String())
				}
				if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, data) {
					t.Errorf("%s: the file was changed (%v)", args[0], err)
				}
				if list, _ := os.ReadDir(dir); len(list) != 1 {
					t.Errorf("%s: left %d files", args[0], len(list)-1)
				}
			}
		})
	}
	// And one that is whole stays as it is where it is only read.
	for _, args := range [][]string{{"verify", path}, {"rebuild", path}, {"audit", path}, {"export", "-db", path}, {"backup", "-db", path, filepath.Join(t.TempDir(), "b.db")}} {
		var said bytes.Buffer
		if status := duebot(args, &said, &said); status != 0 {
			t.Errorf("%s: status %d, %s", args[0], status, said.String())
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, whole) {
			t.Errorf("%s changed the file (%v)", args[0], err)
		}
	}
	for _, args := range [][]string{{"verify", t.TempDir()}, {"rebuild", t.TempDir()}, {"export", "-db", t.TempDir()}, {"backup", "-db", t.TempDir(), "x"}} {
		var said, errs bytes.Buffer
		if status := duebot(args, &said, &errs); status != 1 || !strings.Contains(errs.String(), "is not a file") {
			t.Errorf("%s of a folder: status %d, %s", args[0], status, errs.String())
		}
	}
}
