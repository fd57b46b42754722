package ledger

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// A file is kept once, is told when it is missing or altered, and is mended by keeping it again.
func TestFiles(t *testing.T) {
	f := FilesOf(filepath.Join(t.TempDir(), "x.db"))
	h, err := f.Put([]byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := f.Put([]byte("one")); again != h || err != nil {
		t.Error(again, err)
	}
	if list, err := os.ReadDir(f.dir); len(list) != 1 || err != nil {
		t.Errorf("%d files, %v", len(list), err)
	}
	if err := os.WriteFile(f.path(h), []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(h); !errors.Is(err, ErrAltered) {
		t.Error(err)
	}
	if _, err := f.Put([]byte("one")); err != nil {
		t.Fatal(err)
	}
	if data, err := f.ReadNamed(h.String()); string(data) != "one" || err != nil {
		t.Error(string(data), err)
	}
	if _, err := f.Read(Hash{1}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := f.ReadNamed("../x"); err == nil {
		t.Error("a path is a name")
	}
}

// handIn keeps a document with an invoice, and shares it.
func handIn(t *testing.T, b *Books, inv InvoiceID, data string) (id FileID) {
	t.Helper()
	h, err := b.Files().Put([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	do(t, b, "", func(tx *Tx) error {
		f, err := tx.KeepFile(NewFile{Invoice: inv, Bytes: h, Size: int64(len(data)), Type: "pdf", Name: data + ".pdf"})
		if err != nil {
			return err
		}
		id = f.ID
		return tx.ShareFile(f)
	})
	return id
}

// What facts name is part of verify, backup and restore; what none names is swept. One that is
// missing is named, and holds up no backup of the books.
func TestFilesBelongToTheBooks(t *testing.T) {
	b, path := testBooks(t)
	inv := issueDraft(t, b, addAcme(t, b), Draft{Lines: []Line{line("Advance", "1", "2500", "19")}})
	handIn(t, b, inv, "slip")
	orphan, err := b.Files().Put([]byte("orphan"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.Files().dir, half+"1"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := b.SweepFiles(); n != 2 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if _, err := b.Files().Read(orphan); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"one.db", "two.db"} {
		if _, err := b.Backup(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	slip := HashOf([]byte("slip"))
	one, _ := os.Stat(FilesOf(filepath.Join(dir, "one.db")).path(slip))
	two, _ := os.Stat(FilesOf(filepath.Join(dir, "two.db")).path(slip))
	if !os.SameFile(one, two) {
		t.Error("two copies in one folder do not share what they have in common")
	}
	if err := os.Remove(b.Files().path(slip)); err != nil {
		t.Fatal(err)
	}
	rep, err := b.Backup(filepath.Join(t.TempDir(), "three.db"))
	if err == nil || rep == nil || rep.Head.Seq == 0 {
		t.Error("a missing file is not told, or holds up the backup", err)
	}
	b.Close()
	if rep, err := Verify(path, ""); err != nil || len(rep.Problems) != 1 || !strings.Contains(rep.Problems[0], "is missing") {
		t.Error(rep, err)
	}
	if _, err := b.Files().Put([]byte("slip")); err != nil { // who ends the test verifies once more
		t.Fatal(err)
	}
	back := filepath.Join(t.TempDir(), "back.db")
	if _, err := CopyFile(filepath.Join(dir, "one.db"), back); err != nil {
		t.Fatal(err)
	}
	if rep, err := Verify(back, ""); err != nil || len(rep.Problems) > 0 {
		t.Error(rep, err)
	}
}

// A document goes through its states once, and the invoice's list follows.
func TestHandedIn(t *testing.T) {
	b, _ := testBooks(t)
	inv := issueDraft(t, b, addAcme(t, b), Draft{Lines: []Line{line("Advance", "1", "2500", "19")}})
	id := handIn(t, b, inv, "slip")
	again := func(tx *Tx) error {
		_, err := tx.KeepFile(NewFile{Invoice: inv, Bytes: HashOf([]byte("slip")), Type: "pdf", Name: "other"})
		return err
	}
	wantRefusal(t, try(b, "", again), "attach.again")
	wantRefusal(t, try(b, "", func(tx *Tx) error { return tx.ShareFile(tx.File(id)) }), "attach.settled")
	do(t, b, "", func(tx *Tx) error { return tx.WithdrawFile(tx.File(id)) })
	wantRefusal(t, try(b, "", func(tx *Tx) error { return tx.WithdrawFile(tx.File(id)) }), "attach.settled")
	if err := b.View(func(v *View) error {
		if n := len(v.FilesWith(v.Invoice(inv))); n != 0 {
			t.Errorf("%d documents", n)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	do(t, b, "", again)
	for i := range FilesMax - 1 {
		do(t, b, "", func(tx *Tx) error {
			h, err := b.Files().Put([]byte{byte(i)})
			if err == nil {
				_, err = tx.KeepFile(NewFile{Invoice: inv, Bytes: h, Type: "pdf", Name: "x"})
			}
			return err
		})
	}
	wantRefusal(t, try(b, "", func(tx *Tx) error {
		_, err := tx.KeepFile(NewFile{Invoice: inv, Bytes: Hash{99}, Type: "pdf", Name: "x"})
		return err
	}), "attach.many")
}

func TestCleanFileName(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"slip.pdf", "slip.pdf"}, {`C:\docs\Lieferschein 17.PDF`, "Lieferschein 17.pdf"}, {"../../etc/passwd", "passwd.pdf"},
		{"rech\u202egnp.exe", "rechgnp.pdf"}, {"  a \t b\r\n.txt", "a b.pdf"}, {"...", "document.pdf"}, {"", "document.pdf"},
		{"наклад\u0301ная №7.jpeg", "наклад\u0301ная №7.pdf"}, {"a<b>|c?.csv", "a_b__c.pdf"}, {"bad\xff.pdf", "bad.pdf"},
		{"فاکتور می\u200cشود.pdf", "فاکتور می\u200cشود.pdf"},
	} {
		if got := CleanFileName(c.name, "pdf"); got != c.want {
			t.Errorf("%q: got %q, want %q", c.name, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := CleanFileName(rapid.String().Draw(t, "name"), "png")
		if !utf8.ValidString(name) || utf8.RuneCountInString(name) > fileNameMax+4 || strings.ContainsAny(name, "/\\:<>\"|?*\n\r\x00") || strings.HasPrefix(name, ".") ||
			!strings.HasSuffix(name, ".png") || strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) }) {
			t.Fatalf("%q", name)
		}
	})
}
