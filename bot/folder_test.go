package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"duebot/bot/text"
	"duebot/ledger"
)

// watchedBot is as much of the program as the watched folder needs, with books of their own.
func watchedBot(t *testing.T, dir string) (*Bot, *folder) {
	t.Helper()
	desk := openDesk(t, filepath.Join(t.TempDir(), "duebot.db"))
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	b := &Bot{desk: desk, books: desk.Books, texts: texts, log: slog.New(slog.DiscardHandler)}
	b.cfg.Company.Language, b.cfg.Slack.Finance, b.cfg.ImportMB, b.cfg.Statements.Folder = "en", "CFINANCE01", 1, dir
	desk.IsBank, desk.ReadBank, desk.FolderAlone = bankReader{b}.IsBank, bankReader{b}.Read, true
	b.imports = newImports(b)
	b.folder = newFolder(b)
	_, err = b.books.Update(t.Context(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		return nil, tx.SetCompany(ledger.CompanySet{Name: "Lindenhof", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV"})
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b, b.folder
}

// settle looks until the files have been still for long enough, and what they wait for is done.
func (f *folder) settle(t *testing.T) {
	t.Helper()
	for range 3 {
		f.look(t.Context())
		time.Sleep(folderStill + 10*time.Millisecond)
		f.look(t.Context())
		f.bot.imports.work(t.Context())
		f.look(t.Context())
	}
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

const smallStatement = ":20:1\n:25:DE02120300000000202051\n:28C:1/1\n:60F:C260901EUR1000,00\n:61:2609010901D7,00NMSCNONREF//R3\n:86:808?00FEES?20account fees\n:62F:C260901EUR993,00\n-\n"

// Whoever can write into the folder can call a file anything and put anything there: nothing but
// plain files is read, nothing waits, nothing is followed, and names are only names.
func TestFolderOfAStranger(t *testing.T) {
	dir := t.TempDir()
	b, f := watchedBot(t, dir)
	defer b.books.Close()
	outside := filepath.Join(t.TempDir(), "outside.sta")
	write(t, outside, smallStatement)
	if err := errors.Join(syscall.Mkfifo(filepath.Join(dir, "pipe.sta"), 0o600), os.Symlink(outside, filepath.Join(dir, "link.sta")),
		os.Mkdir(filepath.Join(dir, "sub.sta"), 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".hidden.sta", "half.sta.part", "half.tmp", "backup.sta~"} {
		write(t, filepath.Join(dir, name), smallStatement)
	}
	hostile := "a\nb\u202e;<!channel>%s..\x1b[2J.sta"
	write(t, filepath.Join(dir, hostile), smallStatement)
	write(t, filepath.Join(dir, "large.sta"), strings.Repeat("x", 2<<20))
	f.settle(t)

	got := map[string][]string{}
	for _, sub := range []string{".", folderTaken, folderRefused} {
		all, _ := os.ReadDir(filepath.Join(dir, sub))
		for _, e := range all {
			got[sub] = append(got[sub], e.Name())
		}
	}
	if len(got[folderTaken]) != 1 || got[folderTaken][0] != hostile {
		t.Errorf("taken are %q", got[folderTaken])
	}
	if len(got[folderRefused]) != 2 || got[folderRefused][0] != "large.sta" {
		t.Errorf("refused are %q", got[folderRefused])
	}
	if len(got["."]) != 9 { // seven that are none of ours, and the two folders
		t.Errorf("the folder has %q", got["."])
	}
	why, _ := os.ReadFile(filepath.Join(dir, folderRefused, "large.sta.txt"))
	if !strings.Contains(string(why), "1 MB") {
		t.Errorf("the reason is %q", why)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"pipe.sta", "link.sta", "../" + filepath.Base(outside)} {
		if data, err := f.read(root, name); err == nil {
			t.Errorf("%s was read: %q", name, data)
		}
	}
	if _, err := f.read(root, "pipe.sta"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a pipe: %v", err)
	}
}

// A second file of a name lies beside the first; the same bytes are known; and where a file cannot
// be moved, finance is told once, with a number and without a path.
func TestFolderTwiceAndStuck(t *testing.T) {
	dir := t.TempDir()
	b, f := watchedBot(t, dir)
	defer b.books.Close()
	write(t, filepath.Join(dir, "a.sta"), smallStatement)
	f.settle(t)
	write(t, filepath.Join(dir, "a.sta"), strings.Replace(smallStatement, "account fees", "other fees", 1))
	f.settle(t)
	write(t, filepath.Join(dir, "a.sta"), smallStatement)
	f.settle(t)
	for _, name := range []string{"taken/a.sta", "taken/a-2.sta", "refused/a.sta", "refused/a.sta.txt"} {
		if !exists(filepath.Join(dir, name)) {
			t.Errorf("%s is not there", name)
		}
	}

	if err := errors.Join(os.RemoveAll(filepath.Join(dir, folderTaken)), os.Symlink(t.TempDir(), filepath.Join(dir, folderTaken))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "b.sta"), strings.Replace(smallStatement, "account fees", "more fees", 1))
	f.settle(t)
	if !exists(filepath.Join(dir, "b.sta")) {
		t.Error("a file left the folder by a link")
	}
	told := 0
	err := b.books.View(func(v *ledger.View) error {
		return v.Facts(1, func(f *ledger.Fact) error {
			if n, ok := f.Body.(*ledger.NoticeQueued); ok && n.Code == "folder.stuck" {
				told++
				if words, _ := v.Text(n.Text); len(words) != 8 {
					t.Errorf("it is told with %q", words)
				}
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if told != 1 {
		t.Errorf("it was told %d times", told)
	}
	if end, err := b.desk.FolderOutcome(4); err != nil || !end.Taken {
		t.Errorf("the desk has %+v %v of it", end, err)
	}
}
